"""Loops from longitude and latitude to metres, and on to the zones there."""

from __future__ import annotations

import numpy as np

from wetland.base.compiled import compiled
from wetland.zones.cellbuild import Floats, Ints
from wetland.zones.cellkernels import BLOCK, DOUBT, Cells, read_codes, settle

FEW_TERMS = 21  # of the polynomial of degree 5
Frame = tuple[Floats, Floats, Floats]


@compiled
def one_axis(u: Floats, v: Floats, c: Floats, middle: float, out: Floats) -> None:
    """Evaluate a polynomial of degree 5 in two variables for a block of points."""
    for k in range(u.size):
        a, b = u[k], v[k]
        r0 = ((((c[5] * a + c[4]) * a + c[3]) * a + c[2]) * a + c[1]) * a + c[0]
        r1 = (((c[10] * a + c[9]) * a + c[8]) * a + c[7]) * a + c[6]
        r2 = ((c[14] * a + c[13]) * a + c[12]) * a + c[11]
        r3 = (c[17] * a + c[16]) * a + c[15]
        r4 = c[19] * a + c[18]
        out[k] = middle + (((((c[20] * b + r4) * b + r3) * b + r2) * b + r1) * b + r0)


@compiled
def one_axis_wide(u: Floats, v: Floats, c: Floats, middle: float, out: Floats) -> None:
    """Do so with a polynomial of degree 7, for boxes of a degree and more."""
    for k in range(u.size):
        a, b = u[k], v[k]
        r0 = (c[7] * a + c[6]) * a + c[5]
        r0 = ((((r0 * a + c[4]) * a + c[3]) * a + c[2]) * a + c[1]) * a + c[0]
        r1 = (c[14] * a + c[13]) * a + c[12]
        r1 = (((r1 * a + c[11]) * a + c[10]) * a + c[9]) * a + c[8]
        r2 = ((((c[20] * a + c[19]) * a + c[18]) * a + c[17]) * a + c[16]) * a + c[15]
        r3 = (((c[25] * a + c[24]) * a + c[23]) * a + c[22]) * a + c[21]
        r4 = ((c[29] * a + c[28]) * a + c[27]) * a + c[26]
        r5 = (c[32] * a + c[31]) * a + c[30]
        high = (((c[35] * b + c[34] * a + c[33]) * b + r5) * b + r4) * b + r3
        out[k] = middle + (((high * b + r2) * b + r1) * b + r0)


@compiled
def place_block(lon: Floats, lat: Floats, frame: Frame, east: Floats, north: Floats) -> int:
    """Project a block of points; NaN outside the box. Return how many are outside."""
    at, box, coefficients = frame
    u, v = np.empty(lon.size), np.empty(lon.size)
    lon0, lat0, lon_scale, lat_scale = at[0], at[1], at[2], at[3]
    west, south, box_east, box_north = box[0], box[1], box[2], box[3]
    inside = 0
    for k in range(lon.size):
        here = (lon[k] >= west) & (lon[k] <= box_east) & (lat[k] >= south) & (lat[k] <= box_north)
        u[k] = (lon[k] - lon0) * lon_scale if here else np.nan
        v[k] = (lat[k] - lat0) * lat_scale
        inside += here
    if coefficients.shape[1] == FEW_TERMS:
        one_axis(u, v, coefficients[0], at[4], east)
        one_axis(u, v, coefficients[1], at[5], north)
    else:
        one_axis_wide(u, v, coefficients[0], at[4], east)
        one_axis_wide(u, v, coefficients[1], at[5], north)
    return int(lon.size - inside)


@compiled
def project_all(lon: Floats, lat: Floats, frame: Frame, out: tuple[Floats, Floats]) -> int:
    """Project points; NaN outside the box. Return how many are outside."""
    outside = 0
    for start in range(0, lon.size, BLOCK):
        stop = min(start + BLOCK, lon.size)
        outside += place_block(
            lon[start:stop], lat[start:stop], frame, out[0][start:stop], out[1][start:stop]
        )
    return outside


@compiled
def look_up_degrees(
    lon: Floats,
    lat: Floats,
    frame: Frame,
    limits: tuple[float, float],
    cells: Cells,
    ids: Ints,
) -> int:
    """Give every point its set, or a negative answer; return how many are negative.

    ``limits`` are the polynomial's error, metres, and how far from the middle of the box (degrees)
    a point outside it is known to be outside all zones.
    """
    slack_m, near = limits
    lon0, lat0 = frame[0][0], frame[0][1]
    east, north = np.empty(BLOCK), np.empty(BLOCK)
    open_ = np.empty(BLOCK + 1, dtype=np.int32)
    left = 0
    for start in range(0, lon.size, BLOCK):
        stop = min(start + BLOCK, lon.size)
        x, y, found = east[: stop - start], north[: stop - start], ids[start:stop]
        outside = place_block(lon[start:stop], lat[start:stop], frame, x, y)
        count = read_codes(x, y, cells, found, open_)
        left += settle(x, y, cells, slack_m, found, open_[:count])
        if outside:
            for k in range(stop - start):
                away = max(abs(lon[start + k] - lon0), abs(lat[start + k] - lat0))
                if np.isnan(x[k]) and away > near and away < np.inf:
                    found[k] = DOUBT
                    left += 1
    return left
