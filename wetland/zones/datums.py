"""Chinese datums (坐标系): GCJ-02, BD-09 and CGCS2000 to WGS84 and back.

GCJ-02 (maps of phones) moves a point by some 300 to 700 m, BD-09 by about 500 m more: at Xixi a
mix-up moves a place out of its zone and so changes the article. CGCS2000 and WGS84 differ by less
than a decimetre and are taken as equal. Outside the rectangle that the public implementations agree
on, a GCJ-02 or BD-09 position *is* the WGS84 position.

Rule on the rectangle's edge, where the forward shift begins with a jump of up to 1.2 km. The WGS84
position decides: in the rectangle (its edge included) it is shifted, outside it is not.

- Every position of the rectangle comes back from GCJ-02 and BD-09, also one that the shift carries
  out over the edge. So within that strip outside (up to 0.02 degree wide, in the east, south and
  north) a GCJ-02 position is read as the shifted one of the rectangle, not as itself.
- Within the strip inside the rectangle that no shifted position reaches (in the west, mostly) the
  formula is continued: the answer is a place just outside.
- Everywhere else outside nothing moves, in either direction.

References
----------
The shift is unpublished law of 2002; these are the formulas that all open implementations share
(ellipsoid a = 6378245 m, e2 = 0.00669342162296594323), each checked against the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
DATUMS: tuple[Datum, ...] = get_args(Datum)
Floats = NDArray[np.float64]

WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
SEMI_MAJOR_M = 6378245.0
ECCENTRICITY2 = 0.00669342162296594323
BD_ANGLE = np.pi * 3000.0 / 180.0
BD_LON, BD_LAT = 0.0065, 0.006
STRIP_DEGREES = 0.03  # wider than any shift: only this near the rectangle is an inverse sought
ROUNDS = 30  # the iteration gains two digits a round; 7 suffice inside China
CLOSE_DEGREES = 1e-12  # the last move: some 0.1 micrometre on the ground
EDGE_DEGREES = 1e-9  # an inverse this near the rectangle lies in it
BLOCK = 8192  # positions at once, so that the terms stay in the processor's cache


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[Floats, Floats]:
    """Bring positions of ``datum`` to WGS84.

    Parameters
    ----------
    lon, lat
        Longitudes and latitudes in ``datum``, degrees; numbers or arrays. NaN stays NaN.
    datum
        ``wgs84``, ``cgcs2000``, ``gcj02`` or ``bd09``.

    Returns
    -------
    tuple of arrays
        Longitude and latitude. Both inverses are iterated until the forward formula gives the
        input back: less than a micrometre is left (a one-step inverse of GCJ-02 is up to 2 m off,
        the closed inverse of BD-09 about 0.1 m). On the rectangle's edge see the module's rule.

    Raises
    ------
    InputError
        The datum is not known.

    Examples
    --------
    >>> lon, lat = to_wgs84(120.087436, 30.264166, "gcj02")  # 中国湿地博物馆 on a phone's map
    >>> round(float(lon), 5), round(float(lat), 5)
    (120.08262, 30.26644)
    """
    known = check_datum(datum)
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if known in {"wgs84", "cgcs2000"}:
        return x.copy(), y.copy()
    return _blocks(_back, x, y, bd=known == "bd09")


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[Floats, Floats]:
    """Bring WGS84 positions to ``datum`` (the other way of `to_wgs84`)."""
    known = check_datum(datum)
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if known in {"wgs84", "cgcs2000"}:
        return x.copy(), y.copy()
    return _blocks(_forth, x, y, bd=known == "bd09")


def check_datum(datum: str) -> Datum:
    """Return ``datum`` as one of `DATUMS`; ``GCJ-02`` and ``BD_09`` are understood.

    Examples
    --------
    >>> check_datum("GCJ-02")
    'gcj02'
    """
    wanted = datum.strip().lower().replace("-", "").replace("_", "")
    for known in DATUMS:
        if wanted == known:
            return known
    raise InputError(
        text(
            "不认识的坐标系 {datum}；可用：{known}", "unknown datum {datum}; use one of {known}"
        ).fill(datum=datum, known=", ".join(DATUMS))
    )


def in_china(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Tell where the GCJ-02 shift applies: the rectangle the public implementations use."""
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    with np.errstate(invalid="ignore"):
        inside = (x >= WEST) & (x <= EAST) & (y >= SOUTH) & (y <= NORTH)
    return np.asarray(inside)


def _blocks(
    turn: Callable[..., tuple[Floats, Floats]], lon: Floats, lat: Floats, *, bd: bool
) -> tuple[Floats, Floats]:
    """Apply ``turn`` to blocks of those positions that may move; the others are copied."""
    lon, lat = np.broadcast_arrays(lon, lat)
    x, y = lon.ravel().copy(), lat.ravel().copy()
    near = _within(x, y, STRIP_DEGREES)
    for start in range(0, x.size, BLOCK):
        here = slice(start, start + BLOCK)
        some = near[here]
        if some.all():
            x[here], y[here] = turn(x[here], y[here], bd=bd)
        elif some.any():
            at = start + np.flatnonzero(some)
            x[at], y[at] = turn(x[at], y[at], bd=bd)
    return x.reshape(lon.shape), y.reshape(lat.shape)


def _within(lon: Floats, lat: Floats, margin: float) -> NDArray[np.bool_]:
    return np.asarray(
        (lon >= WEST - margin) & (lon <= EAST + margin)
        & (lat >= SOUTH - margin) & (lat <= NORTH + margin)
    )  # fmt: skip


def _forth(lon: Floats, lat: Floats, *, bd: bool) -> tuple[Floats, Floats]:
    here = in_china(lon, lat)
    d_lon, d_lat = _shift(lon, lat)
    x, y = lon + d_lon, lat + d_lat
    if bd:
        x, y = _gcj02_to_bd09(x, y)
    return np.where(here, x, lon), np.where(here, y, lat)


def _back(lon: Floats, lat: Floats, *, bd: bool) -> tuple[Floats, Floats]:
    x, y = _bd09_to_gcj02(lon, lat) if bd else (lon, lat)
    x, y = _solved(_gcj02, x, y, x, y)
    found = _within(x, y, EDGE_DEGREES)
    x = np.where(found, np.clip(x, WEST, EAST), x)
    y = np.where(found, np.clip(y, SOUTH, NORTH), y)
    moved = found | in_china(lon, lat)
    return np.where(moved, x, lon), np.where(moved, y, lat)


def _solved(
    forward: Callable[[Floats, Floats], tuple[Floats, Floats]],
    lon: Floats,
    lat: Floats,
    x: Floats,
    y: Floats,
) -> tuple[Floats, Floats]:
    """Return what ``forward`` takes to (lon, lat), from a first guess, by fixed-point iteration."""
    for _ in range(ROUNDS):
        there_x, there_y = forward(x, y)
        d_x, d_y = lon - there_x, lat - there_y
        x, y = x + d_x, y + d_y
        if max(np.abs(d_x).max(), np.abs(d_y).max()) <= CLOSE_DEGREES:
            break
    return x, y


def _shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the GCJ-02 offset at a WGS84 position, degrees, as if China had no edge."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    d_lat += waves * 2.0 / 3.0
    d_lat += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    d_lon += waves * 2.0 / 3.0
    d_lon += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    angle = np.radians(lat)
    curve = 1.0 - ECCENTRICITY2 * np.sin(angle) ** 2
    meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY2) / (curve * np.sqrt(curve))
    d_lat = np.degrees(d_lat / meridian)
    d_lon = np.degrees(d_lon / (SEMI_MAJOR_M / np.sqrt(curve) * np.cos(angle)))
    return d_lon, d_lat


def _gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    d_lon, d_lat = _shift(lon, lat)
    return lon + d_lon, lat + d_lat


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_ANGLE)
    return radius * np.cos(angle) + BD_LON, radius * np.sin(angle) + BD_LAT


def _bd09_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - BD_LON, lat - BD_LAT
    radius = np.hypot(x, y) - 0.00002 * np.sin(y * BD_ANGLE)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * BD_ANGLE)
    return _solved(_gcj02_to_bd09, lon, lat, radius * np.cos(angle), radius * np.sin(angle))
