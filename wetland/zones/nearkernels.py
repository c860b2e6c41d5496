"""Compiled loops of `wetland.zones.nearness`: narrow the edges of each cell, ask for the nearest.

The bodies stand in the loops: an inlined helper that takes arrays would count references for every
point. Distances are formed as GEOS forms them, operation by operation.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Edges = NDArray[np.int32]

NEAR, DRAWN, BLURRED = 1, 2, 4  # bits that `narrow_belts` sets


class Grids(NamedTuple):
    """Grids of cells, finest first, each over more than the one before.

    ``corner`` holds, per grid, x and y of its south-west corner and cells per metre in x and y;
    ``shape`` its columns and rows and the number of its first cell. Cell ``c`` keeps
    ``edges[starts[c]:starts[c + 1]]``; the last cell keeps all edges, for points on no grid.
    ``segments`` holds x and y of one end, the way to the other, and 1 / length squared (0: none).
    """

    corner: Floats
    shape: Ints
    starts: Ints
    edges: Edges
    segments: Floats


@compiled
def narrow_cells(
    centre: Floats, diagonal: float, parent: Ints, starts: Ints, edges: Edges, segments: Floats
) -> tuple[Ints, Edges]:
    """Keep, of the edges of each cell's parent, those that can be nearest to a point of the cell.

    Such an edge is no farther from the centre than the nearest edge is plus the cell's diagonal; a
    little more is kept, for the rounding of all this.
    """
    size = len(centre)
    kept_starts = np.zeros(size + 1, np.int64)
    capacity = 0
    for cell in range(size):
        capacity += starts[parent[cell] + 1] - starts[parent[cell]]
    kept = np.empty(capacity, np.int32)
    away = np.empty(len(segments))
    used = 0
    for cell in range(size):
        low, high = starts[parent[cell]], starts[parent[cell] + 1]
        px, py = centre[cell, 0], centre[cell, 1]
        least = np.inf
        for k in range(low, high):
            edge = edges[k]
            ax, ay = px - segments[edge, 0], py - segments[edge, 1]
            dx, dy = segments[edge, 2], segments[edge, 3]
            along = min(1.0, max(0.0, (ax * dx + ay * dy) * segments[edge, 4]))
            found = math.hypot(ax - along * dx, ay - along * dy)
            away[k - low] = found
            least = min(least, found)
        reach = (least + diagonal) * (1.0 + 1e-9) + 1e-6
        for k in range(low, high):
            if away[k - low] <= reach:
                kept[used] = edges[k]
                used += 1
        kept_starts[cell + 1] = used
    return kept_starts, kept[:used].copy()


@compiled
def _nearest_points(places: Floats, edges: Edges, segments: Floats, feet: Floats) -> None:
    """Write, for each place, the nearest point of some edges."""
    for c in range(len(places)):
        px, py = places[c, 0], places[c, 1]
        least = np.inf
        for edge in edges:
            ax, ay = px - segments[edge, 0], py - segments[edge, 1]
            dx, dy = segments[edge, 2], segments[edge, 3]
            along = min(1.0, max(0.0, (ax * dx + ay * dy) * segments[edge, 4]))
            ex, ey = ax - along * dx, ay - along * dy
            found = ex * ex + ey * ey
            if found < least:
                least = found
                feet[c, 0] = segments[edge, 0] + along * dx
                feet[c, 1] = segments[edge, 1] + along * dy


@compiled
def thin_cells(places: Floats, starts: Ints, edges: Edges, segments: Floats) -> tuple[Ints, Edges]:
    """Drop from each cell the edges that another edge is nearer than, all over the cell.

    Take a point q of some edge. The places nearer to q than to an edge e are an intersection of
    half-planes, hence convex: where all four corners of a cell are nearer to q than to e, the whole
    cell is. The nearest points to the corners and to the centre are tried as q. ``places`` holds,
    for each cell, x and y of the corners and the centre; the corners stand a little outside it.
    """
    kept_starts = np.zeros(len(starts), np.int64)
    kept = np.empty(len(edges), np.int32)
    feet = np.empty((5, 2))
    rivals = np.empty((5, 4))
    beaten = np.empty(5, np.bool_)
    used = 0
    for cell in range(len(places)):
        low, high = starts[cell], starts[cell + 1]
        _nearest_points(places[cell], edges[low:high], segments, feet)
        for q in range(5):
            for c in range(4):
                ex, ey = feet[q, 0] - places[cell, c, 0], feet[q, 1] - places[cell, c, 1]
                rivals[q, c] = (math.sqrt(ex * ex + ey * ey) * (1.0 + 1e-9) + 1e-6) ** 2
        for k in range(low, high):
            edge = edges[k]
            beaten[:] = True
            for c in range(4):
                ax = places[cell, c, 0] - segments[edge, 0]
                ay = places[cell, c, 1] - segments[edge, 1]
                dx, dy = segments[edge, 2], segments[edge, 3]
                along = min(1.0, max(0.0, (ax * dx + ay * dy) * segments[edge, 4]))
                ex, ey = ax - along * dx, ay - along * dy
                for q in range(5):
                    beaten[q] &= rivals[q, c] < ex * ex + ey * ey
            if not beaten.any():
                kept[used] = edge
                used += 1
        kept_starts[cell + 1] = used
    return kept_starts, kept[:used].copy()


@compiled
def nearest_distances(x: Floats, y: Floats, grids: Grids, out: Floats) -> None:
    """Write the distance from each point to the nearest edge; NaN for a point that is nowhere."""
    corner, shape, starts, edges, segments = grids
    for i in range(len(x)):
        px, py = x[i], y[i]
        cell = len(starts) - 2
        for g in range(len(shape)):
            column = (px - corner[g, 0]) * corner[g, 2]
            row = (py - corner[g, 1]) * corner[g, 3]
            if 0.0 <= column < shape[g, 0] and 0.0 <= row < shape[g, 1]:
                cell = shape[g, 2] + np.int64(row) * shape[g, 0] + np.int64(column)
                break
        least = np.inf
        best = -1
        for k in range(starts[cell], starts[cell + 1]):
            edge = edges[k]
            ax, ay = px - segments[edge, 0], py - segments[edge, 1]
            dx, dy = segments[edge, 2], segments[edge, 3]
            along = min(1.0, max(0.0, (ax * dx + ay * dy) * segments[edge, 4]))
            ex, ey = ax - along * dx, ay - along * dy
            found = ex * ex + ey * ey
            if found < least:
                least = found
                best = edge
        out[i] = np.nan
        if best >= 0:
            ax, ay = px - segments[best, 0], py - segments[best, 1]
            dx, dy = segments[best, 2], segments[best, 3]
            squared = dx * dx + dy * dy
            along = (ax * dx + ay * dy) / squared if segments[best, 4] > 0.0 else 0.0
            if along <= 0.0:
                out[i] = math.sqrt(ax * ax + ay * ay)
            elif along >= 1.0:
                ex, ey = ax - dx, ay - dy
                out[i] = math.sqrt(ex * ex + ey * ey)
            else:
                out[i] = abs((dx * ay - dy * ax) / squared) * math.sqrt(squared)


@compiled
def narrow_belts(
    away: Floats, uncertainty: Floats, accuracy: float, slack: float, nearest: Floats, bits: Edges
) -> None:
    """Fold one group of edges into the nearest distance so far and what is known of the belts.

    `NEAR`: within the belt; `DRAWN`: within the edges' own accuracy; `BLURRED`: so near to a
    belt's rim, or to the edge, that another rounding could decide otherwise.
    """
    for i in range(len(away)):
        here = away[i]
        belt = uncertainty[i] + accuracy
        found = 0
        if here <= belt:
            found |= NEAR
        if here <= accuracy and accuracy > 0.0:
            found |= DRAWN
        rim = min(abs(here - belt), abs(here - accuracy))
        if min(rim, abs(here - uncertainty[i])) <= slack or not here > slack:
            found |= BLURRED
        bits[i] |= found
        nearest[i] = min(nearest[i], here)
