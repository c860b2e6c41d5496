"""The exact distance from many points to the nearest of a zone's edges.

Around any place only few edges can be the nearest. A grid of cells keeps them for every cell, so a
point asks two or three edges instead of all; the answer is the one that going through all of them
gives. Coarser grids take the surroundings; beyond them all edges are asked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import in_threads
from wetland.zones.nearkernels import Grids, narrow_cells, nearest_distances, thin_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Edges = NDArray[np.int32]

SHORTEST_M = 1e-15  # a shorter edge is a point
CELLS_PER_EDGE = 64
FEWEST_SPLITS, MOST_SPLITS = 5, 8  # a grid has 2 ** splits columns and as many rows
MOST_ENTRIES = 4_000_000  # edges kept in all cells of a grid; beyond it cells stay coarser
MARGINS = (0.25, 4.0, 64.0)  # of the edges' extent, on every side of each grid
SIDE = 0.5 + 1e-6  # half a cell, and a little more for the rounding of a point's cell
CORNERS_AND_CENTRE = np.array([[-SIDE, -SIDE], [SIDE, -SIDE], [-SIDE, SIDE], [SIDE, SIDE], [0, 0]])


@dataclass(frozen=True, slots=True, eq=False)
class NearIndex:
    """Distances to a fixed set of edges, with the cells that make them quick.

    Examples
    --------
    >>> index = NearIndex.build(np.array([[0.0, 0.0, 10.0, 0.0], [10.0, 0.0, 10.0, 10.0]]))
    >>> index.distances(np.array([5.0, 13.0, 1e6]), np.array([2.0, 14.0, 0.0])).tolist()
    [2.0, 5.0, 999990.0]
    """

    grids: Grids

    @classmethod
    def build(cls, segments: Floats) -> NearIndex:
        """Build the cells for edges given as (m, 4): x and y of both ends, metres.

        Raises
        ------
        ValueError
            There is no edge, or a coordinate is not finite.
        """
        given = np.ascontiguousarray(segments, dtype=np.float64).reshape(-1, 4)
        if not len(given) or not np.isfinite(given).all():
            raise ValueError("a distance needs at least one edge, and finite coordinates")
        way = given[:, 2:] - given[:, :2]
        squared = (way**2).sum(axis=1)
        inverse = np.divide(1.0, squared, where=squared > SHORTEST_M**2, out=np.zeros(len(given)))
        edges = np.column_stack([given[:, :2], way, inverse])
        splits = math.ceil(math.log2(CELLS_PER_EDGE * len(given)) / 2)
        splits = min(MOST_SPLITS, max(FEWEST_SPLITS, splits))
        made = [_grid(given, edges, margin, splits) for margin in MARGINS]
        return cls(_joined(made, edges))

    @property
    def nbytes(self) -> int:
        """Return the memory that the index holds."""
        return sum(part.nbytes for part in self.grids)

    def distances(self, x: Floats, y: Floats, *, threads: int = 1) -> Floats:
        """Return the distance from each point to the nearest edge, metres.

        The same as `shapely.distance` to the edges up to rounding (1e-9 m); NaN where a coordinate
        is NaN.
        """
        x, y = np.ascontiguousarray(x, dtype=float), np.ascontiguousarray(y, dtype=float)
        out = np.empty(len(x))

        def work(start: int, stop: int) -> None:
            part = slice(start, stop)
            nearest_distances(x[part], y[part], self.grids, out[part])

        in_threads(work, len(x), threads)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """One grid while it is built: corner, cell sides, columns (and rows), and each cell's edges."""

    corner: tuple[float, float]
    sides: tuple[float, float]
    columns: int
    starts: Ints
    edges: Edges


def _grid(given: Floats, edges: Floats, margin: float, splits: int) -> _Grid:
    """Split one cell around all edges in four, again and again, keeping what can be nearest."""
    ends = given.reshape(-1, 2)
    low, high = ends.min(axis=0), ends.max(axis=0)
    room = margin * max(float((high - low).max()), 1.0)
    corner, whole = low - room, high - low + 2 * room
    grid = _Grid(
        (float(corner[0]), float(corner[1])),
        (float(whole[0]), float(whole[1])),
        1,
        np.array([0, len(edges)], dtype=np.int64),
        np.arange(len(edges), dtype=np.int32),
    )
    for _ in range(splits):
        finer = _split(grid, edges)
        if len(finer.edges) > MOST_ENTRIES:
            break
        grid = finer
    return grid


def _split(grid: _Grid, edges: Floats) -> _Grid:
    columns = grid.columns * 2
    sides = (grid.sides[0] / 2, grid.sides[1] / 2)
    row, column = np.divmod(np.arange(columns * columns), columns)
    centre = np.column_stack(
        [
            grid.corner[0] + (column + 0.5) * sides[0],
            grid.corner[1] + (row + 0.5) * sides[1],
        ]
    )
    parent = (row // 2) * grid.columns + column // 2
    starts, kept = narrow_cells(centre, math.hypot(*sides), parent, grid.starts, grid.edges, edges)
    places = centre[:, None] + CORNERS_AND_CENTRE * np.array(sides)
    starts, kept = thin_cells(places, starts, kept, edges)
    return _Grid(grid.corner, sides, columns, starts, kept)


def _joined(made: Sequence[_Grid], edges: Floats) -> Grids:
    """Put the cells of all grids into one list; a last cell keeps all edges."""
    corner, shape, starts, lists = [], [], [np.zeros(1, dtype=np.int64)], []
    cells = entries = 0
    for grid in made:
        corner.append([*grid.corner, 1 / grid.sides[0], 1 / grid.sides[1]])
        shape.append([grid.columns, grid.columns, cells])
        starts.append(grid.starts[1:] + entries)
        lists.append(grid.edges)
        cells += grid.columns**2
        entries += len(grid.edges)
    starts.append(np.array([entries + len(edges)], dtype=np.int64))
    lists.append(np.arange(len(edges), dtype=np.int32))
    return Grids(
        np.array(corner),
        np.array(shape, dtype=np.int64),
        np.concatenate(starts),
        np.concatenate(lists),
        edges,
    )
