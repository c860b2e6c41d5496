"""Footprints against the cells of a `GroundIndex`, and their own rings: compiled loops."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled
from wetland.zones.overlaycells import Numbers
from wetland.zones.overlayexact import DOUBTFUL
from wetland.zones.overlayindex import Cells

Floats = NDArray[np.float64]
Offsets = NDArray[np.int64]

FAR = -1  # reaches so far out that differences are not exact
CROSSED = -2  # this and less: an edge is near, must be compared; less the number of a cell
MANY_VERTICES = 128  # beyond it GEOS is asked whether a ring is simple


class Rings(NamedTuple):
    """What the loops read of `Flat`."""

    xy: Floats
    vertices: Offsets  # first of each footprint
    rings: Offsets  # first of each footprint
    ring_offsets: Offsets
    shells: NDArray[np.bool_]


@compiled
def sort_footprints(rings: Rings, cells: Cells, codes: Numbers, start: int, stop: int) -> None:
    """Write the set of zones each footprint lies in, 0 (also for a NaN), `FAR` or `CROSSED`.

    From `CROSSED` the number of the footprint's first cell is taken: those of one cell can be
    compared one after the other.
    """
    xy, vertices, first, state = rings.xy, rings.vertices, cells.first, cells.sets.state
    west, south = cells.frame.west + cells.east, cells.frame.south + cells.north
    scale = 1.0 / cells.frame.size
    wide, high = cells.frame.wide, cells.frame.high
    for i in range(start, stop):
        low_x = low_y = np.inf
        high_x = high_y = -np.inf
        known = True
        for k in range(vertices[i], vertices[i + 1]):
            x, y = xy[k, 0], xy[k, 1]
            low_x, high_x = min(low_x, x), max(high_x, x)
            low_y, high_y = min(low_y, y), max(high_y, y)
            known &= (x - x == 0.0) & (y - y == 0.0)
        codes[i] = 0
        left, right = (low_x - west) * scale, (high_x - west) * scale
        bottom, top = (low_y - south) * scale, (high_y - south) * scale
        if not known or not (right >= 0 and left < wide and top >= 0 and bottom < high):
            continue
        if (
            min(low_x - cells.east, low_y - cells.north) < -cells.limit
            or max(high_x - cells.east, high_y - cells.north) > cells.limit
        ):
            codes[i] = FAR
            continue
        column_0, column_1 = max(int(left), 0), min(int(right), wide - 1)
        row_0, row_1 = max(int(bottom), 0), min(int(top), high - 1)
        codes[i] = state[row_0 * wide + column_0]
        for row in range(row_0, row_1 + 1):
            if first[row * wide + column_0] != first[row * wide + column_1 + 1]:
                codes[i] = CROSSED - (row_0 * wide + column_0)
                break


@compiled
def measure_rings(rings: Rings, codes: Numbers, area: Floats, start: int, stop: int) -> None:
    """Write the area of footprints of a simple shell with at most one hole; NaN: GEOS is asked."""
    xy, ring_offsets = rings.xy, rings.ring_offsets
    for i in range(start, stop):
        if codes[i] == 0:
            continue
        shell = rings.rings[i]
        count = rings.rings[i + 1] - shell
        area[i] = np.nan
        if count == 1:
            area[i] = ring_area(xy, ring_offsets[shell], ring_offsets[shell + 1] - 1)
        elif count == 2 and not rings.shells[shell + 1]:
            a, b, c = ring_offsets[shell], ring_offsets[shell + 1], ring_offsets[shell + 2]
            whole, hole = ring_area(xy, a, b - 1), ring_area(xy, b, c - 1)
            apart = hole < whole and not meet_somewhere(xy, a, b - 1, b, c - 1)
            if apart and surrounds(xy, a, b - 1, xy[b, 0], xy[b, 1]):
                area[i] = whole - hole


@compiled
def ring_area(xy: Floats, a: int, b: int) -> float:
    """Return the area of the ring a..b (its last vertex) if it is simple without doubt, else NaN.

    A ring that turns one way only and goes up once and down once is; else edges are compared.
    """
    if not (3 <= b - a <= MANY_VERTICES and xy[a, 0] == xy[b, 0] and xy[a, 1] == xy[b, 1]):
        return np.nan
    twice = 0.0
    left = right = flips = 0
    rising = xy[a, 1] > xy[b - 1, 1]
    px, py = xy[b - 1, 0], xy[b - 1, 1]
    for k in range(a, b):
        x, y, nx, ny = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        one, two = (x - px) * (ny - py), (y - py) * (nx - px)
        clear = abs(one - two) > DOUBTFUL * (abs(one) + abs(two))
        left += clear and one > two
        right += clear and one < two
        if y != ny and (ny > y) != rising:
            rising = not rising
            flips += 1
        twice += (x - xy[a, 0]) * (ny - xy[a, 1]) - (y - xy[a, 1]) * (nx - xy[a, 0])
        px, py = x, y
    convex = flips == 2 and max(left, right) == b - a
    if convex or (left + right == b - a and not meet_somewhere(xy, a, b, a, b)):
        return abs(twice) / 2
    return np.nan


@compiled
def meet_somewhere(xy: Floats, a: int, b: int, c: int, d: int) -> bool:
    """Tell whether edges of the rings a..b and c..d meet, or may; neighbours in one ring aside."""
    same = a == c
    for i in range(a, b):
        ax, ay, bx, by = xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1]
        for j in range(i + 2 if same else c, b - 1 if same and i == a else d):
            cx, cy, dx, dy = xy[j, 0], xy[j, 1], xy[j + 1, 0], xy[j + 1, 1]
            if max(cx, dx) < min(ax, bx) or min(cx, dx) > max(ax, bx):
                continue
            if max(cy, dy) < min(ay, by) or min(cy, dy) > max(ay, by):
                continue
            if not clear_of(ax, ay, bx, by, cx, cy, dx, dy) and not clear_of(
                cx, cy, dx, dy, ax, ay, bx, by
            ):
                return True
    return False


@compiled
def clear_of(  # noqa: PLR0913 - two edges are eight numbers
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float
) -> bool:
    """Tell whether c and d lie on one side of the line through a and b beyond doubt."""
    one, two = (bx - ax) * (cy - ay), (by - ay) * (cx - ax)
    three, four = (bx - ax) * (dy - ay), (by - ay) * (dx - ax)
    to_c, to_d = one - two, three - four
    sure = abs(to_c) > DOUBTFUL * (abs(one) + abs(two))
    sure &= abs(to_d) > DOUBTFUL * (abs(three) + abs(four))
    return sure and (to_c > 0) == (to_d > 0)


@compiled
def surrounds(xy: Floats, a: int, b: int, x: float, y: float) -> bool:
    """Tell whether the ring a..b lies around a point that is not on it."""
    inside = False
    for k in range(a, b):
        ax, ay, bx, by = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        if (ay < y) != (by < y):
            left = (bx - ax) * (y - ay) > (by - ay) * (x - ax)
            if left == (ay < y):
                inside = not inside
    return inside


@compiled
def find_breaks(xy: Floats, offsets: Offsets, breaks: Offsets) -> None:
    """Write where the second ring of each polygon begins if it has two; -1: GEOS must tell.

    It is 0 where the first vertex does not come again before the last one: there is one ring only.
    Where it comes again just once, and what follows is closed too, two rings can part only there.
    """
    for i in range(len(offsets) - 1):
        a, b = offsets[i], offsets[i + 1] - 1
        breaks[i] = 0
        for k in range(a + 1, b):
            if xy[k, 0] == xy[a, 0] and xy[k, 1] == xy[a, 1]:
                closed = xy[k + 1, 0] == xy[b, 0] and xy[k + 1, 1] == xy[b, 1]
                breaks[i] = k + 1 - a if closed and breaks[i] == 0 else -1
