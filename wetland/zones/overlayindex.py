"""Cells over a set of zones that answer for whole footprints at once: `GroundIndex`.

A footprint whose box meets no cell with an edge lies wholly in the set of zones of any cell it
meets. Only the others are compared with edges, and with few of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.zones.areas import polygons_of, repair
from wetland.zones.overlaycells import Frame, Sets, fill_sets, lay_edges, list_edges
from wetland.zones.overlayflat import Flat

Floats = NDArray[np.float64]

POLYGONAL = {Polygon, MultiPolygon}
FEW_CELLS, MANY_CELLS = 4_096, 200_000
CELLS_PER_EDGE = 12
LONGEST = 32  # cells: longer edges are cut, so that products stay small where areas are summed
EXACT_BITS = 52


class Cells(NamedTuple):
    """What the compiled loops read. Coordinates are metres from the origin, multiples of a grain.

    ``zone`` is by edge; cell c lists the edges ``listed[first[c]:first[c + 1]]``, and ``near`` has
    their ends.

    Every coordinate within ``limit`` of the origin is rounded to the grain, so that the difference
    of two is exact. For coordinates of this size the grain is that of the numbers themselves.
    """

    east: float
    north: float
    limit: float
    grain: float
    frame: Frame
    zone: NDArray[np.int32]
    first: NDArray[np.int64]
    listed: NDArray[np.int32]
    near: Floats
    sets: Sets


@dataclass(frozen=True, slots=True, eq=False)
class GroundIndex:
    """The cells of a set of zones, and the zones as valid polygons (the repaired where invalid)."""

    cells: Cells
    polygons: NDArray[np.object_]
    depth: NDArray[np.int64]

    @classmethod
    def build(cls, polygons: Sequence[Any], *, cell_m: float | None = None) -> GroundIndex:
        """Index polygons and multipolygons in projected metres.

        Parameters
        ----------
        polygons
            The zones, in order; None or an empty one has no ground. Invalid ones are repaired
            (`wetland.zones.areas.repair`). Coordinates beyond x and y are left out.
        cell_m
            About how wide a cell is; None takes one that fits the number of edges.

        Raises
        ------
        InputError
            A zone is no polygon, or has a coordinate that is no number.

        Examples
        --------
        >>> index = GroundIndex.build([shapely.box(0, 0, 100, 100)], cell_m=10)
        >>> len(index.polygons), index.cells.frame.size
        (1, 10.0)
        """
        zones = sound_zones(polygons)
        ends, zone = _segments(zones)
        if not len(ends):
            return cls(_no_cells(), zones, np.zeros(1, dtype=np.int64))
        starts = ends[:, 0], ends[:, 1]  # rings are closed: the other ends are no farther
        low, high = (np.array([f(v) for v in starts]) for f in (np.min, np.max))
        size = _cell_size(high - low, len(ends), cell_m)
        origin = np.floor((low + high) / 2)
        limit = 2.0 ** math.ceil(math.log2(2 * float((high - low).max()) + 8 * size))
        grain = limit / 2.0**EXACT_BITS
        edges, zone = _edges(ends - np.tile(origin, 2), zone, grain, LONGEST * size)
        if not len(edges):
            return cls(_no_cells(), zones, np.zeros(1, dtype=np.int64))
        cells = _cells(edges, zone, size, (float(origin[0]), float(origin[1]), limit, grain))
        return cls(cells, zones, _depths(cells.sets))


def sound_zones(polygons: Sequence[Any]) -> NDArray[np.object_]:
    """Return zones as valid polygons; refuse what is none."""
    zones = np.empty(len(polygons), dtype=object)
    zones[:] = list(polygons)
    usable = np.array([zone is None or type(zone) in POLYGONAL for zone in zones], dtype=bool)
    xy, owner = shapely.get_coordinates(zones[usable], return_index=True)
    usable[np.flatnonzero(usable)[owner[~np.isfinite(xy).all(axis=1)]]] = False
    if not usable.all():
        raise InputError(
            text(
                "第 {row} 个分区不是坐标有效的面",
                "zone {row} is no polygon with usable coordinates",
            ).fill(row=int(np.argmin(usable)) + 1)
        )
    zones = np.asarray(shapely.force_2d(zones), dtype=object)
    for row in np.flatnonzero(~shapely.is_valid(zones) & ~shapely.is_missing(zones)):
        zones[row] = polygons_of(repair(zones[row])[0])
    return zones


def _segments(zones: NDArray[np.object_]) -> tuple[Floats, NDArray[np.int64]]:
    """Return every edge as x, y, x, y with the inside on its left, and the zone it belongs to."""
    flat = Flat.from_geometries(zones)
    edges = np.maximum(np.diff(flat.ring_offsets) - 1, 0)  # an empty polygon has an empty ring
    ends = np.empty((int(edges.sum()), 4))
    lay_edges(flat.xy, flat.ring_offsets, flat.shells(), ends)
    ring_zone = np.repeat(np.arange(len(zones)), np.diff(flat.rings()))
    return ends, np.repeat(ring_zone, edges)


def _cell_size(extent: Floats, edges: int, cell_m: float | None) -> float:
    """Return a width near the wanted one, with three binary digits: its multiples are exact."""
    wide, high = float(extent[0]), float(extent[1])
    cells = min(max(CELLS_PER_EDGE * edges, FEW_CELLS), MANY_CELLS)
    least = max(math.sqrt(wide * high / MANY_CELLS / 8), max(wide, high) / MANY_CELLS)
    wanted = cell_m or max(math.sqrt(wide * high / cells), max(wide, high) / cells)
    mantissa, power = math.frexp(max(wanted, least, 1e-6))
    return math.ldexp(math.ceil(mantissa * 8) / 8, power)


def _edges(
    ends: Floats, zone: NDArray[np.int64], grain: float, longest: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Round edges to the grain, cut long ones, leave out those without length."""
    ends = ends * (1 / grain)
    np.rint(ends, out=ends)
    ends *= grain
    length = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    pieces = np.maximum(np.ceil(length / longest).astype(np.int64), 1)
    if (pieces > 1).any():
        owner = np.repeat(np.arange(len(ends)), pieces)
        step = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        part = (step / pieces[owner])[:, None]
        starts = ends[owner, :2] + part * (ends[owner, 2:] - ends[owner, :2])
        starts = np.rint(starts / grain) * grain
        last = step == pieces[owner] - 1
        stops = np.vstack([starts[1:], starts[:1]])
        stops[last] = ends[:, 2:]
        ends, zone = np.hstack([starts, stops]), zone[owner]
    long = (ends[:, 0] != ends[:, 2]) | (ends[:, 1] != ends[:, 3])
    if long.all():
        return ends, zone
    return np.ascontiguousarray(ends[long]), zone[long]


def _cells(
    edges: Floats, zone: NDArray[np.int64], size: float, place: tuple[float, float, float, float]
) -> Cells:
    x, y = edges[:, 0], edges[:, 1]
    west, south = (math.floor(float(v.min()) / size) * size - size for v in (x, y))
    wide, high = (int((float(v.max()) - low) / size) + 2 for v, low in ((x, west), (y, south)))
    frame = Frame(west, south, size, wide, high)
    count = np.zeros(wide * high, dtype=np.int64)
    list_edges(edges, frame, count, np.empty(0, dtype=np.int32))
    first = np.concatenate([[0], np.cumsum(count)])
    listed = np.empty(int(first[-1]), dtype=np.int32)
    list_edges(edges, frame, first[:-1].copy(), listed)
    begins = np.searchsorted(zone, np.arange(int(zone.max()) + 2))
    sets = fill_sets(edges, begins.astype(np.int64), frame)
    return Cells(*place, frame, zone.astype(np.int32), first, listed, edges[listed], sets)


def _no_cells() -> Cells:
    none = np.zeros(1, dtype=np.int32)
    frame = Frame(0.0, 0.0, 1.0, 1, 1)
    nothing = np.zeros(0, dtype=np.int32)
    return Cells(
        0.0, 0.0, 1.0, 2.0**-EXACT_BITS, frame, nothing, np.zeros(2, dtype=np.int64),
        nothing, np.zeros((0, 4)), Sets(none, none, none),
    )  # fmt: skip


def _depths(sets: Sets) -> NDArray[np.int64]:
    """Return how many zones each set holds."""
    depth = np.zeros(len(sets.parent), dtype=np.int64)
    for number in range(1, len(depth)):  # a parent has the smaller number
        depth[number] = depth[sets.parent[number]] + 1
    return depth
