"""Compiled loops of `wetland.zones.trackcrossings`: edges into cells, segments against edges.

A segment or an edge is in every cell that it comes within a millionth of a cell of, so two that
meet share a cell. Orientations are decided by Shewchuk's error bound; what it leaves open is said
to be open, never guessed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled
from wetland.zones.trackcrossings import APART, BOUND, CROSSES, OPEN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PAD = 1e-6  # of a cell


class Cells(NamedTuple):
    """Edges of all zones and the cells they are in.

    ``frame`` holds x and y of the south-west corner and the size of a cell; of the ``wide`` x
    ``high`` cells, cell ``c`` keeps the edges ``edges[starts[c]:starts[c + 1]]``; ``ends`` holds x
    and y of both ends of each edge, ``zone`` whose edge it is.
    """

    frame: tuple[float, float, float]
    wide: int
    high: int
    starts: Ints
    edges: Ints
    ends: Floats
    zone: Ints


@compiled
def orientation(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> float:
    """Return twice the signed area of a, b, c; 0 where its sign is not certain."""
    left = (ax - cx) * (by - cy)
    right = (ay - cy) * (bx - cx)
    area = left - right
    if abs(area) > BOUND * (abs(left) + abs(right)):
        return area
    return 0.0


@compiled
def meeting(
    px: float, py: float, qx: float, qy: float, ends: tuple[float, float, float, float]
) -> tuple[int, float]:
    """Tell whether p -> q crosses an edge in the inside of both, and at which part of the way.

    `OPEN` where an end of one may lie on the other; only then 0 <= part <= 1 is not given.
    """
    ax, ay, bx, by = ends
    if max(ax, bx) < min(px, qx) or min(ax, bx) > max(px, qx):
        return APART, 0.0
    if max(ay, by) < min(py, qy) or min(ay, by) > max(py, qy):
        return APART, 0.0
    of_a = orientation(px, py, qx, qy, ax, ay)
    of_b = orientation(px, py, qx, qy, bx, by)
    if (of_a > 0.0 and of_b > 0.0) or (of_a < 0.0 and of_b < 0.0):
        return APART, 0.0
    of_p = orientation(ax, ay, bx, by, px, py)
    of_q = orientation(ax, ay, bx, by, qx, qy)
    if (of_p > 0.0 and of_q > 0.0) or (of_p < 0.0 and of_q < 0.0):
        return APART, 0.0
    if of_a == 0.0 or of_b == 0.0 or of_p == 0.0 or of_q == 0.0:
        return OPEN, 0.0
    return CROSSES, of_p / (of_p - of_q)


@compiled
def rows_of(ay: float, by: float, high: int) -> tuple[int, int]:
    """Return the first and the last row of cells between two heights, in cells."""
    low = math.floor(max(min(ay, by) - PAD, 0.0))
    top = math.floor(min(max(ay, by) + PAD, high - 0.5))
    return low, top


@compiled
def columns_of(ends: tuple[float, float, float, float], row: int, wide: int) -> tuple[int, int]:
    """Return the first and the last cell of a row that a segment (in cells) comes near to."""
    ax, ay, bx, by = ends
    near, far = 0.0, 1.0
    rise = by - ay
    if rise != 0.0:
        one, two = (row - PAD - ay) / rise, (row + 1 + PAD - ay) / rise
        near, far = max(min(one, two), 0.0), min(max(one, two), 1.0)
    one, two = ax + near * (bx - ax), ax + far * (bx - ax)
    first = math.floor(max(min(one, two) - PAD, 0.0))
    last = math.floor(min(max(one, two) + PAD, wide - 0.5))
    return first, last


@compiled
def count_edges(ends: Floats, frame: tuple[float, float, float], wide: int, high: int) -> Ints:
    """Return how many edges each cell keeps, shifted by one: the start of `fill_edges`."""
    x0, y0, size = frame
    counts = np.zeros(wide * high + 1, np.int64)
    for e in range(len(ends)):
        ax, ay = (ends[e, 0] - x0) / size, (ends[e, 1] - y0) / size
        bx, by = (ends[e, 2] - x0) / size, (ends[e, 3] - y0) / size
        low, top = rows_of(ay, by, high)
        for row in range(low, top + 1):
            first, last = columns_of((ax, ay, bx, by), row, wide)
            for column in range(first, last + 1):
                counts[row * wide + column + 1] += 1
    return counts


@compiled
def fill_edges(ends: Floats, frame: tuple[float, float, float], wide: int, starts: Ints) -> Ints:
    """Return the edges of all cells, cell after cell."""
    x0, y0, size = frame
    high = (len(starts) - 1) // wide
    filled = starts[:-1].copy()
    edges = np.empty(starts[-1], np.int64)
    for e in range(len(ends)):
        ax, ay = (ends[e, 0] - x0) / size, (ends[e, 1] - y0) / size
        bx, by = (ends[e, 2] - x0) / size, (ends[e, 3] - y0) / size
        low, top = rows_of(ay, by, high)
        for row in range(low, top + 1):
            first, last = columns_of((ax, ay, bx, by), row, wide)
            for column in range(first, last + 1):
                cell = row * wide + column
                edges[filled[cell]] = e
                filled[cell] += 1
    return edges


@compiled
def cross_cells(
    x: Floats, y: Floats, travelled: NDArray[np.bool_], cells: Cells, seen: Ints, found: Floats
) -> int:
    """Write segment, zone, part of the way and kind of every meeting into ``found``.

    ``seen`` holds the last segment that each edge was compared with. Returns how many there are,
    or -1 where ``found`` is too short.
    """
    x0, y0, size = cells.frame
    wide, starts, edges, ends, zone = cells.wide, cells.starts, cells.edges, cells.ends, cells.zone
    used, room = 0, len(found)
    for i in range(len(x) - 1):
        px, py, qx, qy = x[i], y[i], x[i + 1], y[i + 1]
        if not travelled[i] or (px == qx and py == qy):
            continue
        ax, ay, bx, by = (px - x0) / size, (py - y0) / size, (qx - x0) / size, (qy - y0) / size
        low, top = rows_of(ay, by, cells.high)
        for row in range(low, top + 1):
            first, last = columns_of((ax, ay, bx, by), row, wide)
            if last < first:
                continue
            for k in range(starts[row * wide + first], starts[row * wide + last + 1]):
                e = edges[k]
                if seen[e] == i:
                    continue
                seen[e] = i
                kind, part = meeting(px, py, qx, qy,
                                     (ends[e, 0], ends[e, 1], ends[e, 2], ends[e, 3]))  # fmt: skip
                if kind != APART:
                    if used == room:
                        return -1
                    found[used, 0], found[used, 1] = i, zone[e]
                    found[used, 2], found[used, 3] = part, kind
                    used += 1
    return used
