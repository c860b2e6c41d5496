"""From polygons to edges and a grid: what the cells of `cellbuild` are laid out over."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.zones.cellbuild import (
    EDGE,
    FULL,
    HEAD,
    MOST_BITS,
    PACKED,
    SETS,
    SPARE,
    Grid,
    Work,
    empty_work,
    enter_edges,
    keep_edges,
    name_sets,
    sweep,
)
from wetland.zones.cellkernels import Cells

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Geometries = NDArray[np.object_]

BOX_COORDINATES = 5
FARTHEST_M = 1e9  # a coordinate beyond it is no place on Earth: such a polygon is left to GEOS
SHARE = 0.075  # of the cells may hold edges, about: fewer cost memory, more cost time
FEWEST_CELLS, MOST_CELLS = 1 << 18, 1 << 22
MOST_ACROSS = 1 << 20
MOST_VISITS = 1 << 21  # of an edge to a cell, beside one for each edge
MOST_MEMBERS = 1 << 22  # of all sets together
SLACK_M = 2e-7  # coordinates may be off by half as much when they were projected by a polynomial


@dataclass(frozen=True)
class Edges:
    """Edges of the polygons that cells can hold, the polygon of each, and the other polygons.

    ``bounds`` are those of the former.
    """

    ends: Floats
    owners: Ints
    foreign: Ints
    bounds: Floats


def edges_of(polygons: Geometries) -> Edges:
    """Take polygons apart.

    GEOS counts crossings of one ring, valid or not, as the cells do. Not so where rings of one
    polygon overlap, nor where a ring goes to and fro between corners of its bounds, which GEOS
    takes for a rectangle. Hence an invalid polygon of several rings, or of five coordinates, is
    foreign: GEOS itself is asked. So is one of no extent, or with a coordinate that is missing or
    beyond 1e9 m.
    """
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    ring_owner = part_owner[ring_part]
    bounds = shapely.bounds(polygons)
    several = np.bincount(ring_owner, minlength=len(polygons)) > 1
    foreign = (bounds[:, 0] == bounds[:, 2]) & (bounds[:, 1] == bounds[:, 3])
    if not np.abs(coords).max(initial=0.0) <= FARTHEST_M:  # nor where one is NaN
        wild = ~(np.abs(coords) <= FARTHEST_M).all(axis=1)
        foreign[ring_owner[ring[wild]]] = True
    like_boxes = np.bincount(ring_owner[ring], minlength=len(polygons)) == BOX_COORDINATES
    ask = np.flatnonzero((several | like_boxes) & ~foreign)
    foreign[ask] = ~shapely.is_valid(polygons[ask])
    foreign &= ~(shapely.is_missing(polygons) | shapely.is_empty(polygons))
    x, y = coords[:, 0].copy(), coords[:, 1].copy()
    owners = ring_owner.astype(np.int32)[ring[:-1]]
    kept = (ring[1:] == ring[:-1]) & ((x[1:] != x[:-1]) | (y[1:] != y[:-1])) & ~foreign[owners]
    first = np.flatnonzero(kept)
    ends = np.column_stack([x[first], y[first], x[first + 1], y[first + 1]])
    return Edges(ends, owners[first], np.flatnonzero(foreign).astype(np.int32), bounds[~foreign])


def no_edges(polygons: Geometries) -> Edges:
    """Leave all polygons to GEOS."""
    held = ~(shapely.is_missing(polygons) | shapely.is_empty(polygons))
    nothing = np.empty(0, dtype=np.int32)
    foreign = np.flatnonzero(held).astype(np.int32)
    return Edges(np.empty((0, 4)), nothing, foreign, np.empty((0, 4)))


def grid_over(edges: Edges, cell_m: float | None) -> Grid:
    """Lay square cells over the edges, with a ring of empty cells around.

    The cells are as small as pays: one in about twenty holds an edge. Their number, and that of the
    edges in them, stay within bounds, whatever the extent.
    """
    ends = edges.ends
    if len(ends) == 0:
        return Grid(0.0, 0.0, 1.0, 1.0, 1, 1, 0.25, 0.0)
    low_x, low_y = np.nanmin(edges.bounds[:, :2], axis=0)
    high_x, high_y = np.nanmax(edges.bounds[:, 2:], axis=0)
    wide, high = float(high_x - low_x), float(high_y - low_y)
    length = float(np.abs(ends[:, 2:] - ends[:, :2]).sum()) * 0.8
    ulp = float(np.spacing(np.nanmax(np.abs(edges.bounds))))
    least = max(
        max(wide, high) / MOST_ACROSS,
        math.sqrt(wide * high / MOST_CELLS),
        length / MOST_VISITS,
        64 * (SLACK_M + 16 * ulp),
    )
    if cell_m is None:
        wanted = (length / SHARE) ** 2 / (wide * high) if wide * high > 0 else 0.0
        cells = min(max(wanted, FEWEST_CELLS), MOST_CELLS)
        cell_m = max(math.sqrt(wide * high / cells), max(wide, high) / 4096)
    cell_m = max(cell_m, least)
    # Not a round number of cells from the corner: drawn edges like to lie on round coordinates.
    x0, y0 = float(low_x) - 1.3718 * cell_m, float(low_y) - 1.3718 * cell_m
    columns, rows = (int((top - at) / cell_m) + 3 for top, at in ((high_x, x0), (high_y, y0)))
    pad = SLACK_M + 1e-9 * cell_m + 16 * ulp
    return Grid(x0, y0, cell_m, 1 / cell_m, columns, rows, pad, 4 * ulp)


def cells_over(edges: Edges, grid: Grid, zones: int) -> tuple[Cells, Ints, Ints] | None:
    """Build the cells; return them and the sets they name (starts and members).

    None where hundreds of zones overlap in so many ways that naming them would fill the memory.
    """
    across = np.abs(edges.ends[:, 2:] - edges.ends[:, :2]) * grid.per_m
    entries = int(3 * across.sum()) + 12 * len(edges.ends)
    many = 4096 + 2 * zones
    while True:
        work = empty_work(edges.ends, edges.owners, _sizes(grid, entries, many), zones)
        entered = enter_edges(work, grid)
        work = _roomy(work, entered, many)
        held = sweep(work, grid)
        keep_edges(work, grid, held)
        name_sets(work, held)
        if not work.state[FULL]:
            break
        many *= 4
        if 16 * many > MOST_MEMBERS + 32 * zones:
            return None
    words = work.packed[: work.state[PACKED]].copy()
    starts = work.set_start[: work.state[SETS] + 1].copy()
    cells = Cells(grid, work.codes, words, words.view(np.float32))
    return cells, starts, work.set_members[: starts[-1]].copy()


def _sizes(grid: Grid, entries: int, many: int) -> dict[str, int]:
    return {
        "cells": grid.columns * grid.rows,
        "entries": entries,
        "sets": many,
        "members": 16 * many,
    }


def _roomy(work: Work, entered: int, many: int) -> Work:
    """Give room for the records: no cell holds more than was entered."""
    words = np.empty((EDGE + HEAD) * entered + EDGE, dtype=np.int32)
    room = len(words) + 2 * entered + many + (1 << MOST_BITS) + SPARE
    packed = np.empty(room, dtype=np.int32)
    return work._replace(words=words, reals=words.view(np.float32), packed=packed)
