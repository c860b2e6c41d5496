"""Loops that look points up in cells that cover zones (see `cellbuild`).

A point in a cell that no edge comes near has the cell's set. Else each edge of the cell that the
line from the cell's centre to the point crosses toggles the zones it bounds. Every sign that this
rests on must exceed a bound of its rounding error; where one does not, the point is left to GEOS.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled
from wetland.zones.cellbuild import EDGE, HEAD, Floats, Grid, Ints

BLOCK = 1024  # points taken together: their codes stay in the nearest cache
AHEAD = 15  # words: the next line of the cache; records are followed by as many spare words
DOUBT = -1  # an answer that GEOS must give; below it: -2 - place of the set to name


class Cells(NamedTuple):
    """A grid, a code for each cell, and the records of those with edges (see `cellbuild`)."""

    grid: Grid
    codes: Ints
    words: Ints
    reals: NDArray[np.float32]


@compiled
def read_codes(x: Floats, y: Floats, cells: Cells, ids: Ints, open_: Ints) -> int:
    """Read the codes of a block of points; list those whose cell holds edges.

    Their records are looked at once, one after the other without waiting, so that they are near
    when they are needed.
    """
    x0, y0, per_m = cells.grid.x0, cells.grid.y0, cells.grid.per_m
    last_column, last_row = cells.grid.columns - 1.0, cells.grid.rows - 1.0
    columns = np.uint64(cells.grid.columns)
    codes = cells.codes
    for i in range(x.size):
        column, row = (x[i] - x0) * per_m, (y[i] - y0) * per_m
        column = column if column > 0.0 else 0.0  # NaN too: the outermost cells are empty
        row = row if row > 0.0 else 0.0
        column = column if column < last_column else last_column
        row = row if row < last_row else last_row
        ids[i] = codes[np.uint64(row) * columns + np.uint64(column)]
    count = 0
    for i in range(x.size):
        open_[count] = i
        count += ids[i] < 0
    words = cells.words
    seen = 0
    for k in range(count):
        start = -1 - ids[open_[k]]
        seen ^= words[start] ^ words[start + AHEAD]
    open_[BLOCK] = seen & 1  # of no use, but that it was looked at
    return count


@compiled
def settle(x: Floats, y: Floats, cells: Cells, slack_m: float, ids: Ints, open_: Ints) -> int:
    """Decide the listed points of a block by the edges of their cells; return how many are left."""
    x0, y0, cell_m, per_m = cells.grid.x0, cells.grid.y0, cells.grid.cell_m, cells.grid.per_m
    words, reals = cells.words, cells.reals
    left = 0
    for i in open_:
        start = -1 - ids[i]
        px = x[i] - (x0 + (np.floor((x[i] - x0) * per_m) + 0.5) * cell_m)
        py = y[i] - (y0 + (np.floor((y[i] - y0) * per_m) + 0.5) * cell_m)
        error = reals[start + 2] + slack_m * reals[start + 3]
        mask = 0
        doubt = words[start] < 0
        for at in range(start + HEAD, start + HEAD + EDGE * words[start], EDGE):
            ax, ay = np.float64(reals[at]), np.float64(reals[at + 1])
            bx, by = np.float64(reals[at + 2]), np.float64(reals[at + 3])
            a, b = px * ay - py * ax, px * by - py * bx
            if (a > error and b > error) or (a < -error and b < -error):
                continue
            centre = ax * by - ay * bx
            point = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
            if (centre > error and point > error) or (centre < -error and point < -error):
                continue
            if abs(a) > error and abs(b) > error and abs(centre) > error and abs(point) > error:
                mask ^= words[at + 4]
            else:
                doubt = True
        place = start + HEAD + EDGE * words[start] + mask
        found = DOUBT if doubt else words[place]
        if found < 0:
            left += 1
            found = DOUBT if doubt else -2 - place
        ids[i] = found
    return left


@compiled
def look_up(x: Floats, y: Floats, cells: Cells, ids: Ints) -> int:
    """Give every point its set, or a negative answer; return how many are negative."""
    open_ = np.empty(BLOCK + 1, dtype=np.int32)
    left = 0
    for start in range(0, x.size, BLOCK):
        stop = min(start + BLOCK, x.size)
        bx, by, found = x[start:stop], y[start:stop], ids[start:stop]
        count = read_codes(bx, by, cells, found, open_)
        left += settle(bx, by, cells, 0.0, found, open_[:count])
    return left


@compiled
def count_members(ids: Ints, set_start: Ints) -> int:
    """Return how many (point, zone) pairs these sets make."""
    total = 0
    for i in range(ids.size):
        total += set_start[ids[i] + 1] - set_start[ids[i]]
    return total


@compiled
def write_pairs(
    ids: Ints,
    first: int,
    sets: tuple[Ints, Ints],
    points: NDArray[np.int64],
    zones: Ints,
) -> int:
    """Write (point, zone) pairs into lists of exactly their number; points count from ``first``.

    Nothing is ever written beyond the lists: another thread may be writing there.
    """
    set_start, members = sets
    at = 0
    for i in range(ids.size):
        if at == points.size:  # what is left is in no zone
            break
        begin = set_start[ids[i]]
        size = set_start[ids[i] + 1] - begin
        points[at] = first + i
        zones[at] = members[begin]  # of an empty set: written over by the next
        if size > 1:
            for k in range(1, size):
                points[at + k] = first + i
                zones[at + k] = members[begin + k]
        at += size
    return at
