"""Where tracks cross the edges of zones: the turns (进出点) of each track at each zone.

Rule of decision. Zones are closed: a fix on an edge is in the zone. A *turn* is a place of the way
where a track comes into a zone or leaves it. Where a segment crosses edges in the inside of both,
the turns are these crossings. Where an end of one may lie on the other (a fix on an edge, a way
through a corner or along an edge), GEOS says which part of the segment lies in the zone; a touch in
passing is no turn, a fix on the edge is two: in and out again, at one place.

References
----------
Shewchuk, J. R. (1997). Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
Predicates. Discrete & Computational Geometry 18, 305-363 (``ccwerrboundA``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from wetland.zones.areas import polygons_of, repair
from wetland.zones.readiness import compiled_pays
from wetland.zones.trackfixes import Bools, Fixes, Floats, Ints

if TYPE_CHECKING:
    from wetland.zones.trackkernels import Cells

Shapes = NDArray[Any]
MOST_CELLS = 4_000_000
APART, CROSSES, OPEN = 0, 1, 2  # what a segment is to an edge
EPSILON = 2.0**-53
BOUND = (3.0 + 16.0 * EPSILON) * EPSILON  # of the two products: beyond it a rounded sign is right
SNAP_M = 1e-8  # a part of a segment that ends so near its end ends there


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """Turns in order of stretch, zone and way; in, out, in, out ... of each stretch and zone.

    ``segment`` is the fix before the turn and ``part`` how much of the way to the next (0 <= part <
    1); ``kind`` is `CROSSING`, `FIRST` (the stretch begins inside) or `LAST` (it ends inside).
    """

    stretch: Ints
    zone: Ints
    segment: Ints
    part: Floats
    kind: NDArray[np.int8]


CROSSING, FIRST, LAST = 0, 1, 2


def find_turns(fixes: Fixes, travelled: Bools, polygons: Sequence[BaseGeometry]) -> Turns:
    """Return the turns of tracks at zones.

    Parameters
    ----------
    fixes
        Ordered fixes.
    travelled
        Whether the way from each fix to the next is a straight line (else a gap, or another track).
    polygons
        The zones, projected as the fixes; an invalid one is mended first (``make_valid``,
        structure).
    """
    shapes = sound_shapes(polygons)
    stretch = np.cumsum(np.concatenate([[False], ~travelled[:-1]])) if len(fixes) else _none()
    stretch = stretch.astype(np.int64)
    segment, zone, part, kind = _meetings(fixes, travelled, shapes)
    exact = kind != OPEN
    doubted = _pairs(segment[~exact], zone[~exact], len(shapes))
    turns = _turns(fixes, shapes, stretch, (segment[exact], zone[exact], part[exact]), doubted)
    wrong = _not_as_geos_has_it(fixes, shapes, stretch, turns)
    if len(wrong):  # cannot be, with valid zones; then every segment of the stretch is asked
        extra = [(s, z) for w, z in wrong for s in np.flatnonzero(travelled & (stretch == w))]
        both = np.unique(np.concatenate([doubted, np.array(extra).reshape(-1, 2)]), axis=0)
        turns = _turns(fixes, shapes, stretch, (segment[exact], zone[exact], part[exact]), both)
    return turns


def sound_shapes(polygons: Sequence[BaseGeometry]) -> Shapes:
    """Return own copies of the polygons, prepared; what is invalid is mended."""
    shapes = np.empty(len(polygons), dtype=object)
    shapes[:] = list(polygons)
    shapes = np.asarray(shapely.force_2d(shapes))
    for i in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        shapes[i] = polygons_of(repair(shapes[i])[0])
    shapes = np.asarray(shapely.from_wkb(shapely.to_wkb(shapes)))  # preparing must not be shared
    shapely.prepare(shapes)
    return shapes


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


def _pairs(segment: Ints, zone: Ints, zones: int) -> Ints:
    keys = np.unique(segment * max(zones, 1) + zone)
    return np.column_stack([keys // max(zones, 1), keys % max(zones, 1)])


def _edges(shapes: Shapes) -> tuple[Floats, Ints]:
    """Return x, y of both ends of all edges (n, 4), and whose each is; none of no length."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    same = np.flatnonzero(ring[:-1] == ring[1:])
    ends = np.column_stack([coordinates[same], coordinates[same + 1]])
    long = (ends[:, :2] != ends[:, 2:]).any(axis=1)
    whose = np.asarray(owner[part[ring[same]]], dtype=np.int64)
    return np.ascontiguousarray(ends[long]), whose[long]


def _meetings(
    fixes: Fixes, travelled: Bools, shapes: Shapes
) -> tuple[Ints, Ints, Floats, NDArray[np.int8]]:
    """Return segment, zone, part of the way and kind of all meetings of segments and edges."""
    ends, owner = _edges(shapes)
    if not len(ends) or not travelled.any():
        return _none(), _none(), np.zeros(0), np.zeros(0, dtype=np.int8)
    if compiled_pays(len(fixes)):
        found = _by_cells(fixes, travelled, ends, owner)
    else:
        found = _by_tree(fixes, travelled, ends, owner)
    part = np.clip(found[:, 2], np.nextafter(0, 1), np.nextafter(1, 0))
    kind = found[:, 3].astype(np.int8)
    return found[:, 0].astype(np.int64), found[:, 1].astype(np.int64), part, kind


def _by_cells(fixes: Fixes, travelled: Bools, ends: Floats, owner: Ints) -> Floats:
    from wetland.zones.trackkernels import cross_cells  # noqa: PLC0415 - loads the compiler

    cells = edge_cells(ends, owner)
    room = max(4096, len(fixes) // 4)
    while True:
        seen, found = np.full(len(ends), -1, dtype=np.int64), np.empty((room, 4))
        used = int(cross_cells(fixes.x, fixes.y, travelled, cells, seen, found))
        if used >= 0:
            return found[:used]
        room *= 4


def edge_cells(ends: Floats, owner: Ints) -> Cells:
    """Sort edges into cells about as wide as the mean edge is long."""
    from wetland.zones.trackkernels import Cells, count_edges, fill_edges  # noqa: PLC0415

    low, top = ends.reshape(-1, 2).min(axis=0), ends.reshape(-1, 2).max(axis=0)
    way = float(np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]).sum())
    across = np.maximum(top - low, 1e-3)
    size = max(way / len(ends), math.sqrt(float(across[0] * across[1]) / MOST_CELLS), 1e-3)
    size = max(size, float(across.max()) / MOST_CELLS)
    frame = (float(low[0]) - size / 2, float(low[1]) - size / 2, float(size))
    wide, high = (int(n) for n in np.ceil(across / size + 1))
    starts = np.cumsum(count_edges(ends, frame, wide, high))
    return Cells(frame, wide, high, starts, fill_edges(ends, frame, wide, starts), ends, owner)


def _by_tree(fixes: Fixes, travelled: Bools, ends: Floats, owner: Ints) -> Floats:
    """Do the same as the compiled loops with GEOS's tree and numpy, for few fixes."""
    steps = np.flatnonzero(travelled)
    steps = steps[(fixes.x[steps] != fixes.x[steps + 1]) | (fixes.y[steps] != fixes.y[steps + 1])]
    way = np.column_stack([fixes.x[steps], fixes.y[steps], fixes.x[steps + 1], fixes.y[steps + 1]])
    lines = np.asarray(shapely.linestrings(ends.reshape(-1, 2, 2)))
    own, other = shapely.STRtree(lines).query(
        np.asarray(shapely.linestrings(way.reshape(-1, 2, 2)))
    )
    order = np.lexsort((other, own))
    own, other = own[order], other[order]
    p, q, a, b = way[own, :2], way[own, 2:], ends[other, :2], ends[other, 2:]
    of_a, of_b = _orientation(p, q, a), _orientation(p, q, b)
    of_p, of_q = _orientation(a, b, p), _orientation(a, b, q)
    met = (np.sign(of_a) * np.sign(of_b) <= 0) & (np.sign(of_p) * np.sign(of_q) <= 0)
    low, top = np.minimum(p, q), np.maximum(p, q)
    met &= ((np.maximum(a, b) >= low) & (np.minimum(a, b) <= top)).all(axis=1)
    sure = (of_a != 0) & (of_b != 0) & (of_p != 0) & (of_q != 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(sure, of_p / (of_p - of_q), 0.0)
    columns = [steps[own], owner[other], part, np.where(sure, CROSSES, OPEN)]
    return np.column_stack(columns).astype(float)[met]


def _orientation(a: Floats, b: Floats, c: Floats) -> Floats:
    """Return twice the signed areas of a, b, c; 0 where the sign is not certain."""
    left = (a[:, 0] - c[:, 0]) * (b[:, 1] - c[:, 1])
    right = (a[:, 1] - c[:, 1]) * (b[:, 0] - c[:, 0])
    area = left - right
    certain = np.abs(area) > BOUND * (np.abs(left) + np.abs(right))
    return np.asarray(np.where(certain, area, 0.0))


def _turns(
    fixes: Fixes,
    shapes: Shapes,
    stretch: Ints,
    crossings: tuple[Ints, Ints, Floats],
    doubted: Ints,
) -> Turns:
    """Put turns of all kinds in order."""
    segment, zone, part = crossings
    zones = max(len(shapes), 1)
    plain = ~np.isin(segment * zones + zone, doubted[:, 0] * zones + doubted[:, 1])
    asked = _asked(fixes, shapes, doubted)
    first, last = _stretch_ends(stretch)
    begins, inside = _covered(fixes, shapes, first)
    segments = [first[begins], segment[plain], asked[0]]
    found_zone = np.concatenate([inside, zone[plain], asked[1]])
    found_segment = np.concatenate(segments)
    found_part = np.concatenate([np.zeros(len(begins)), part[plain], asked[2]])
    kind = np.full(len(found_zone), CROSSING, dtype=np.int8)
    kind[: len(begins)] = FIRST
    place = np.concatenate([np.full(len(begins), -1.0), found_part[len(begins) :]])
    order = np.lexsort((place, found_segment, found_zone, stretch[found_segment]))
    return _closed(
        Turns(stretch[found_segment][order], found_zone[order], found_segment[order],
              found_part[order], kind[order]), last, zones
    )  # fmt: skip


def _stretch_ends(stretch: Ints) -> tuple[Ints, Ints]:
    """Return the first and the last fix of each stretch."""
    first = np.flatnonzero(np.diff(stretch, prepend=-1) != 0)
    last = np.append(first[1:], len(stretch)) - 1 if len(first) else _none()
    return first, last


def _closed(turns: Turns, last: Ints, zones: int) -> Turns:
    """End what is still inside at the end of its stretch; say a part of 1 as the next fix."""
    key = turns.stretch * zones + turns.zone
    keys, count = np.unique(key, return_counts=True)
    odd = keys[count % 2 == 1]
    whole = turns.part >= 1.0
    segment = np.concatenate([turns.segment + whole, last[odd // zones]])
    part = np.concatenate([np.where(whole, 0.0, turns.part), np.zeros(len(odd))])
    kind = np.concatenate([turns.kind, np.full(len(odd), LAST, dtype=np.int8)])
    order = np.argsort(np.concatenate([key, odd]), kind="stable")
    key = np.concatenate([key, odd])[order]
    return Turns(key // zones, key % zones, segment[order], part[order], kind[order])


def _covered(fixes: Fixes, shapes: Shapes, at: Ints) -> tuple[Ints, Ints]:
    """Return which of the fixes ``at`` lie in which zone: places in ``at`` and zones."""
    x, y = fixes.x[at], fixes.y[at]
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    places, zones = [_none()], [_none()]
    for number, (west, south, east, north) in enumerate(bounds):
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        here = near[shapely.intersects_xy(shapes[number], x[near], y[near])]
        places.append(here)
        zones.append(np.full(len(here), number, dtype=np.int64))
    return np.concatenate(places), np.concatenate(zones)


def _not_as_geos_has_it(
    fixes: Fixes, shapes: Shapes, stretch: Ints, turns: Turns
) -> list[tuple[int, int]]:
    """Return stretch and zone where the end of the way is not in the zone as GEOS has it."""
    zones = max(len(shapes), 1)
    _, last = _stretch_ends(stretch)
    at, inside = _covered(fixes, shapes, last)
    ends = turns.kind == LAST
    said = turns.stretch[ends] * zones + turns.zone[ends]
    wrong = np.setxor1d(said, at * zones + inside)
    return [(int(key) // zones, int(key) % zones) for key in wrong]


def _asked(fixes: Fixes, shapes: Shapes, doubted: Ints) -> tuple[Ints, Ints, Floats]:
    """Return the turns on segments that GEOS is asked about."""
    if not len(doubted):
        return _none(), _none(), np.zeros(0)
    segment, zone = doubted.T
    p = np.column_stack([fixes.x[segment], fixes.y[segment]])
    q = np.column_stack([fixes.x[segment + 1], fixes.y[segment + 1]])
    within = shapely.intersection(shapely.linestrings(np.stack([p, q], axis=1)), shapes[zone])
    starts = shapely.intersects_xy(shapes[zone], p[:, 0], p[:, 1])
    ends = shapely.intersects_xy(shapes[zone], q[:, 0], q[:, 1])
    segments, zones, parts = [], [], []
    rows = zip(within, p, q, starts.tolist(), ends.tolist(), strict=True)
    for number, (inside, a, b, starts_in, ends_in) in enumerate(rows):
        turns = _turns_of_segment(inside, a, b, starts_in=starts_in, ends_in=ends_in)
        parts += turns
        segments += [int(segment[number])] * len(turns)
        zones += [int(zone[number])] * len(turns)
    return np.array(segments, dtype=np.int64), np.array(zones, dtype=np.int64), np.array(parts)


def _turns_of_segment(
    inside: BaseGeometry, a: Floats, b: Floats, *, starts_in: bool, ends_in: bool
) -> list[float]:
    """Return the turns on the way a -> b as parts of it, those at its ends included.

    Their number is even where both ends are in the zone or both are not.
    """
    way = b - a
    length = math.hypot(*way)
    pieces = []
    for line in shapely.get_parts(inside):
        if line.geom_type == "LineString" and line.length > 0:
            along = (shapely.get_coordinates(line)[[0, -1]] - a) @ way / length**2
            low, high = sorted(float(v) for v in along)
            pieces.append([0.0 if low * length <= SNAP_M else low,
                           1.0 if (1 - high) * length <= SNAP_M else high])  # fmt: skip
    merged: list[list[float]] = []
    for piece in sorted(pieces):
        if merged and (piece[0] - merged[-1][1]) * length <= SNAP_M:
            merged[-1][1] = max(merged[-1][1], piece[1])
        else:
            merged.append(piece)
    turns = [end for piece in merged for end in piece]
    if starts_in:
        turns = turns[1:] if turns and turns[0] == 0.0 else [0.0, *turns]
    if ends_in:
        turns = turns[:-1] if turns and turns[-1] == 1.0 else [*turns, 1.0]
    return turns
