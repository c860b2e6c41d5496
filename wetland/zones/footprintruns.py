"""Very many lines and footprints against one zone: the answers of `wetland.zones.footprints`.

Distances to edges are exact; what they leave open is decided by vertices (one that no belt reaches)
and by edges (a thing that lies wholly in the belt of one of them). Only what neither decides asks
for the zone without its belts. Where rounding might tip a decision GEOS is asked, as for few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.places import Cause
from wetland.zones.footprintkernels import Outlines, in_one_belt, nearest_edges
from wetland.zones.footprints import core_of, diameters, inside_core
from wetland.zones.located import CAUSE_CODE, OPEN, Located
from wetland.zones.overlay import area_inside
from wetland.zones.overlayflat import Flat
from wetland.zones.overlayindex import GroundIndex

if TYPE_CHECKING:
    from wetland.zones.placing import Placed
    from wetland.zones.shapes import EdgeGroup, Shape

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rows = NDArray[np.intp]

BORDER_M = 1e-6  # a distance so near to a belt's width is asked of GEOS
TINY_M2 = 10.0  # a square millimetre that only touches is no share of a smaller footprint
LINEAR = (int(shapely.GeometryType.LINESTRING), int(shapely.GeometryType.MULTILINESTRING))
AREAL = (int(shapely.GeometryType.POLYGON), int(shapely.GeometryType.MULTIPOLYGON))


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Lines, or footprints, laid out once for all zones: ``rows`` of what was placed.

    ``whole`` is the area of each, ``flat`` the coordinates of those large enough for a share by
    loops, ``sizeable`` their numbers; lines have none.
    """

    rows: Rows
    things: NDArray[Any]
    outlines: Outlines
    whole: Floats
    sizeable: Rows
    flat: Flat | None


def draw(placed: Placed) -> tuple[list[Drawn], Rows]:
    """Lay out what the loops take; return it and the other rows (collections, several points)."""
    kinds = shapely.get_type_id(placed.projected[placed.extended])
    lines, polygons = np.isin(kinds, LINEAR), np.isin(kinds, AREAL)
    drawn = [
        make(rows, placed.projected[rows])
        for make, chosen in ((_drawn_lines, lines), (_drawn_polygons, polygons))
        if len(rows := placed.extended[chosen])
    ]
    return drawn, placed.extended[~lines & ~polygons]


def _drawn_lines(rows: Rows, things: NDArray[Any]) -> Drawn:
    parts, owner = shapely.get_parts(things, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    last = np.append(part[1:] != part[:-1], True)[: len(xy)]
    begins = np.searchsorted(owner[part], np.arange(len(things) + 1)).astype(np.int64)
    none = np.empty(0, dtype=np.intp)
    return Drawn(rows, things, Outlines(xy, begins, last), np.zeros(len(rows)), none, None)


def _drawn_polygons(rows: Rows, things: NDArray[Any]) -> Drawn:
    flat = Flat.from_geometries(things)
    last = np.zeros(len(flat.xy), dtype=bool)
    last[flat.ring_offsets[1:] - 1] = True
    whole = np.asarray(shapely.area(things), dtype=float)
    sizeable = np.flatnonzero(whole > TINY_M2)
    large = flat if len(sizeable) == len(rows) else Flat.from_geometries(things[sizeable])
    outlines = Outlines(flat.xy, flat.ring_offsets[flat.rings()], last)
    return Drawn(rows, things, outlines, whole, sizeable, large)


def classify_many(
    out: Located, shape: Shape, cut: Bools, uncertainty: Floats, own: Floats, drawn: Drawn
) -> None:
    """Write the answers for what was drawn into ``out``; ``cut`` is that of `Placed`."""
    rows = drawn.rows
    asked = _Asked(shape, drawn.things, drawn.outlines)
    belt = uncertainty[rows] + own[:, None]
    away = asked.distances(belt, own, uncertainty[rows])
    meets, covered = asked.relations(away)
    near = (away <= belt).any(axis=0)
    nearest = away.min(axis=0)
    inside = ~near & meets
    doubtful = np.flatnonzero(meets & near)
    inside[doubtful] = asked.some_part_inside(doubtful, away, belt)
    outside = ~near & ~meets
    out.where[rows] = np.select([inside, outside], [1, 0], 2)
    out.distance_m[rows] = np.where(covered, nearest, -nearest)
    out.whole[rows] = covered & ~near
    out.cause[rows] = 0
    _blame_position(out, asked, away, own, (rows, uncertainty[rows]))
    _measure(out, shape, cut, drawn)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """Things that are asked about one zone."""

    shape: Shape
    things: NDArray[Any]
    outlines: Outlines

    def distances(self, belt: Floats, own: Floats, uncertainty: Floats) -> Floats:
        """Return the distance of each thing to each group of edges, as GEOS has it at a border."""
        away = np.empty((len(self.shape.edges), len(self.things)))
        for number, group in enumerate(self.shape.edges):
            found = away[number]
            nearest_edges(self.outlines, _edges(group), found)
            border = np.isnan(found)
            for width in (belt[number], own[number], uncertainty):
                border |= np.abs(found - width) < BORDER_M
            rows = np.flatnonzero(border)
            found[rows] = group.distances_m(self.things[rows])
        return away

    def relations(self, away: Floats) -> tuple[Bools, Bools]:
        """Tell which things the zone meets and which it covers.

        What no edge comes near lies, line by line, where its first vertex lies.
        """
        xy, begins, last = self.outlines
        starts = np.flatnonzero(np.append(True, last[:-1]))
        inside = np.asarray(self.shape.covers(xy[starts, 0], xy[starts, 1]), dtype=bool)
        owner = np.searchsorted(begins, starts, side="right") - 1
        size = len(self.things)
        meets = np.bincount(owner[inside], minlength=size) > 0
        covered = np.bincount(owner[~inside], minlength=size) == 0
        rows = np.flatnonzero(_touched(self.things, away))
        meets[rows] = shapely.intersects(self.shape.polygon, self.things[rows])
        covered[rows] = shapely.covers(self.shape.polygon, self.things[rows])
        return meets, covered

    def some_part_inside(self, rows: Rows, away: Floats, belt: Floats) -> Bools:
        """Tell of some things whether a part of each is in the zone and in no belt."""
        inside = np.zeros(len(rows), dtype=bool)
        lost = self._lost(rows, away, belt)
        left = np.flatnonzero(~lost)
        inside[left] = self._deep(rows[left], belt[:, rows[left]])
        for k in left[~inside[left]]:
            row = rows[k]
            core = core_of(self.shape, belt[:, row], around=self.things[row])
            inside[k] = inside_core(self.things[row], core)
        return inside

    def _lost(self, rows: Rows, away: Floats, belt: Floats) -> Bools:
        wide = diameters(self.things[rows])
        lost = np.array((away[:, rows] + wide <= belt[:, rows]).any(axis=0), dtype=bool)
        for number, group in enumerate(self.shape.edges):
            left = np.flatnonzero(~lost)
            found = np.zeros(len(left), dtype=bool)
            in_one_belt(self.outlines, _edges(group), belt[number, rows[left]], rows[left], found)
            lost[left[found]] = True
        return lost

    def _deep(self, rows: Rows, belt: Floats) -> Bools:
        """Tell of which things a vertex lies in the zone and in no belt."""
        counts = (self.outlines.begins[rows + 1] - self.outlines.begins[rows]).astype(np.intp)
        owner = np.repeat(np.arange(len(rows)), counts)
        start = self.outlines.begins[rows] - np.concatenate([[0], np.cumsum(counts)[:-1]])
        xy = self.outlines.xy[np.arange(len(owner)) + np.repeat(start, counts)]
        deep = np.array(self.shape.covers(xy[:, 0], xy[:, 1]), dtype=bool)
        for group, width in zip(self.shape.edges, belt, strict=True):
            left = np.flatnonzero(deep)
            away = group.near().distances(xy[left, 0], xy[left, 1])
            border = np.abs(away - width[owner[left]]) < BORDER_M
            away[border] = group.distances_m(np.asarray(shapely.points(xy[left[border]])))
            deep[left] = away > width[owner[left]]
        found = np.zeros(len(rows), dtype=bool)
        found[owner[deep]] = True
        return found


def _edges(group: EdgeGroup) -> Floats:
    """Return a group's edges as x, y, x, y."""
    xy, piece = shapely.get_coordinates(shapely.get_parts(group.line), return_index=True)
    same = piece[:-1] == piece[1:]
    return np.ascontiguousarray(np.hstack([xy[:-1][same], xy[1:][same]]))


def _touched(things: NDArray[Any], away: Floats) -> Bools:
    """Tell which things may have an edge in them: those that one meets, or nearly."""
    return np.array((away <= BORDER_M).any(axis=0), dtype=bool)


def _blame_position(
    out: Located, asked: _Asked, away: Floats, own: Floats, who: tuple[Rows, Floats]
) -> None:
    """Mark what the position's uncertainty leaves open and the edge's own accuracy would not."""
    rows, uncertainty = who
    blank = np.broadcast_to(own[:, None], away.shape)
    widths = np.broadcast_to(uncertainty, away.shape)
    left = np.flatnonzero((out.where[rows] == OPEN) & (uncertainty > 0))
    left = left[~_open_within(asked, left, away, blank)]
    left = left[_open_within(asked, left, away, widths)]
    out.cause[rows[left]] = CAUSE_CODE[Cause.POSITION_UNCERTAIN]


def _open_within(asked: _Asked, rows: Rows, away: Floats, belt: Floats) -> Bools:
    """Tell which things belts of these widths alone leave open."""
    held = (away[:, rows] <= belt[:, rows]) & (belt[:, rows] > 0)
    found = np.array(held.any(axis=0), dtype=bool)
    some = np.flatnonzero(found)
    found[some] = ~asked.some_part_inside(rows[some], away, belt)
    return found


def _measure(out: Located, shape: Shape, cut: Bools, drawn: Drawn) -> None:
    """Measure the area of each footprint inside the zone as drawn, and its share."""
    rows, things, whole = drawn.rows, drawn.things, drawn.whole
    inner = np.full(len(rows), np.nan)
    if drawn.flat is not None:
        inner[drawn.sizeable] = area_inside(GroundIndex.build([shape.polygon]), drawn.flat)
    tiny = np.flatnonzero((whole > 0) & (whole <= TINY_M2))
    inner[tiny] = shapely.area(shapely.intersection(shape.polygon, things[tiny]))
    out.area_m2[rows] = inner
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where((whole > 0) & ~cut[rows], inner / whole, np.nan)
    out.share[rows] = np.minimum(share, 1.0)
