"""Lines and footprints against one zone: some part inside for certain, or none possible.

Exact distances decide what is outside, and a vertex farther than every belt decides most of what is
inside. What is left asks for the zone without its belts; the belts are drawn a little too wide (a
polygon around the round, not in it), so an answer "inside" is never given too early.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from wetland.base.places import Cause
from wetland.zones.located import CAUSE_CODE, OPEN, Located
from wetland.zones.readiness import compiled_pays

if TYPE_CHECKING:
    from wetland.zones.footprintruns import Drawn
    from wetland.zones.placing import Placed
    from wetland.zones.shapes import Shape

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rows = NDArray[np.intp]

QUADRANT = 16  # segments in a quarter of a circle
AROUND = 1.0 / math.cos(math.pi / (4 * QUADRANT))  # makes the polygon surround the circle
GROW_M = 1e-6
INTERIORS_MEET = "T********"


def draw_extended(placed: Placed) -> tuple[list[Drawn], Rows] | None:
    """Lay out very many lines and footprints for `classify_extended`; None where they are few."""
    if not compiled_pays(len(placed.extended)):
        return None
    from wetland.zones.footprintruns import draw  # noqa: PLC0415 - brings the compiler

    return draw(placed)


def classify_extended(
    out: Located,
    shape: Shape,
    placed: Placed,
    uncertainty: Floats,
    own: Floats,
    drawn: tuple[list[Drawn], Rows] | None = None,
) -> None:
    """Write the answers for the extended geometries of ``placed`` into ``out``.

    Very many were laid out by `draw_extended` and go through `wetland.zones.footprintruns`, which
    gives the same answers.
    """
    rows = placed.extended
    if drawn is not None and shape.loose is None:
        from wetland.zones.footprintruns import classify_many  # noqa: PLC0415 - brings the compiler

        for some in drawn[0]:
            classify_many(out, shape, placed.cut, uncertainty, own, some)
        rows = drawn[1]
    if len(rows):
        classify_few(out, shape, placed, uncertainty, own, rows)


def classify_few(
    out: Located, shape: Shape, placed: Placed, uncertainty: Floats, own: Floats, rows: Rows
) -> None:
    """Write the answers for ``rows`` of ``placed`` into ``out``, one by one where in doubt."""
    things = placed.projected[rows]
    away = np.stack([group.distances_m(things) for group in shape.edges])
    meets = shapely.intersects(shape.polygon, things)
    covered = shapely.covers(shape.polygon, things)
    belt = uncertainty[rows] + own[:, None]
    near = (away <= belt).any(axis=0)
    nearest = away.min(axis=0)
    inside = ~near & meets
    lost = (away + diameters(things) <= belt).any(axis=0)  # lies in one edge's belt altogether
    for k in np.flatnonzero(meets & near & ~lost):
        inside[k] = _some_part_inside(shape, things[k], belt[:, k])
    outside = ~near & ~meets
    out.where[rows] = np.select([inside, outside], [1, 0], 2)
    out.distance_m[rows] = np.where(covered, nearest, -nearest)
    out.whole[rows] = covered & ~near
    out.cause[rows] = 0
    _blame_position(out, shape, placed, uncertainty, own, rows)
    _measure(out, shape, placed, rows)


def diameters(things: NDArray[Any]) -> Floats:
    """Return the diagonal of the box around each thing."""
    west, south, east, north = shapely.bounds(things).T
    return np.asarray(np.hypot(east - west, north - south), dtype=float)


def _some_part_inside(shape: Shape, thing: BaseGeometry, belt: Floats) -> bool:
    vertices = np.asarray(shapely.points(shapely.get_coordinates(thing)))
    deep = shapely.intersects(shape.polygon, vertices)
    for group, width in zip(shape.edges, belt, strict=True):
        deep &= group.distances_m(vertices) > width
    if deep.any():
        return True
    return inside_core(thing, core_of(shape, belt, around=thing))


def inside_core(thing: BaseGeometry, core: BaseGeometry) -> bool:
    """Tell whether some part of a thing lies in a zone without its belts."""
    return not core.is_empty and bool(shapely.relate_pattern(thing, core, INTERIORS_MEET))


def core_of(shape: Shape, belt: Floats, *, around: BaseGeometry) -> BaseGeometry:
    """Return the zone near ``around`` without the belts of its edges."""
    west, south, east, north = shapely.bounds(around)
    core = shapely.clip_by_rect(shape.polygon, west - 1, south - 1, east + 1, north + 1)
    for group, width in zip(shape.edges, belt, strict=True):
        if width <= 0 or core.is_empty:
            continue
        reach = width * 1.01 + 2
        near = shapely.clip_by_rect(
            group.line, west - reach, south - reach, east + reach, north + reach
        )
        band = shapely.buffer(near, width * AROUND + GROW_M, quad_segs=QUADRANT)
        core = shapely.difference(core, band)
    return core


def _blame_position(
    out: Located, shape: Shape, placed: Placed, uncertainty: Floats, own: Floats, rows: Rows
) -> None:
    """Mark what the position's uncertainty leaves open and the edge's own accuracy would not."""
    for row in rows[(out.where[rows] == OPEN) & (uncertainty[rows] > 0)]:
        thing, width = placed.projected[row], float(uncertainty[row])
        one = np.array([thing], dtype=object)
        if not _open_within(shape, thing, one, own) and _open_within(
            shape, thing, one, np.full(len(shape.edges), width)
        ):
            out.cause[row] = CAUSE_CODE[Cause.POSITION_UNCERTAIN]


def _open_within(shape: Shape, thing: BaseGeometry, one: NDArray[Any], belt: Floats) -> bool:
    """Tell whether belts of these widths alone leave a thing open."""
    away = np.array([float(group.distances_m(one)[0]) for group in shape.edges])
    if not bool(((away <= belt) & (belt > 0)).any()):
        return False
    return not _some_part_inside(shape, thing, belt)


def _measure(out: Located, shape: Shape, placed: Placed, rows: Rows) -> None:
    """Measure the area of each footprint inside the zone as drawn, and its share."""
    things: NDArray[Any] = placed.projected[rows]
    whole = shapely.area(things)
    flat = whole > 0
    inner = np.full(len(rows), np.nan)
    inner[flat] = shapely.area(shapely.intersection(shape.polygon, things[flat]))
    out.area_m2[rows] = inner
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(flat & ~placed.cut[rows], inner / whole, np.nan)
    out.share[rows] = np.minimum(share, 1.0)
