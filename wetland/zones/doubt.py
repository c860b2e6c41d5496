"""How likely each answer to a question is, and which are not likely enough to stand.

A point's probability is that of `wetland.zones.likelihood`. A line or footprint is inside when some
part of it is; all of it shifts with its position's error. Two bounds are known:

- at least: that of its deepest vertex, or of one point of the part inside. Where it is inside for
  certain, only such points count that are so themselves, and 95 % is known anyway;
- at most, where it does not touch the zone: that of an error as long as the way to it.

Of what lies between the bounds the value nearest to even odds is taken: the doubt is never made
smaller than it may be. What lies beyond the projection's reach has the second bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.places import BELT_LIKELIHOOD, Cause
from wetland.zones.likelihood import BEYOND, RADIUS, at_most, edges_of, one_sigma, over_edges
from wetland.zones.located import CAUSE_CODE, IN, OPEN
from wetland.zones.pointwise import ONE_AT_A_TIME, Asked, distances

if TYPE_CHECKING:
    from wetland.zones.placing import Placed

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rows = NDArray[np.intp]

EVEN = 0.5
TOLD = 5.5  # standard deviations: farther edges are left out of what is only told
SURE = 1 - 1e-9  # from here on no other point is asked


def probabilities(asked: Asked, placed: Placed, uncertainty: Floats) -> Floats:
    """Return the probability of each thing to be inside; NaN for what has no position.

    What lies more than `TOLD` standard deviations away is left out (3e-7 at most).
    """
    out = np.full(placed.size, np.nan)
    for rows, measure in _kinds(placed):
        if len(rows):
            numbers = np.arange(len(rows))
            out[rows] = measure(asked, placed, numbers, uncertainty[rows], asked.own, TOLD)
    return out


def open_unlikely(
    asked: Asked, placed: Placed, uncertainty: Floats, likelihood_threshold: float
) -> None:
    """Leave open what is inside or outside with less than ``likelihood_threshold``.

    The cause is the one the belts would name: the edge (code 0, for the caller to explain) where
    its own accuracy alone leaves it open, the position where its uncertainty alone does, else the
    edge. At 0.95 nothing changes, and nothing is measured.
    """
    if likelihood_threshold <= BELT_LIKELIHOOD:
        return
    allowed = 1.0 - likelihood_threshold
    reach = math.sqrt(-2 * math.log(allowed)) / RADIUS  # in uncertainties: farther is sure enough
    widths = np.hypot(uncertainty, asked.own.max(initial=0.0)) * reach
    near = (asked.out.where != OPEN) & (np.abs(asked.out.distance_m) <= widths)
    for rows, measure in _kinds(placed):
        numbers = np.flatnonzero(near[rows])
        if len(numbers):
            _open(asked, placed, (rows, numbers, measure), uncertainty, allowed)


def _open(
    asked: Asked,
    placed: Placed,
    kind: tuple[Rows, Rows, _Measure],
    uncertainty: Floats,
    allowed: float,
) -> None:
    members, numbers, measure = kind
    inside = asked.out.where[members[numbers]] == IN

    def too_doubtful(chosen: Bools, widths: Floats, own: Floats) -> Bools:
        p = measure(asked, placed, numbers[chosen], widths[chosen], own, BEYOND)
        found: Bools = np.where(inside[chosen], 1.0 - p, p) > allowed
        return found

    widths = uncertainty[members[numbers]]
    opened = too_doubtful(np.ones(len(numbers), dtype=bool), widths, asked.own)
    drawn = too_doubtful(opened, np.zeros(len(numbers)), asked.own)
    unsure = too_doubtful(opened, widths, np.zeros(len(asked.own)))
    rows = members[numbers[opened]]
    asked.out.where[rows] = OPEN
    asked.out.whole[rows] = False
    asked.out.cause[rows] = np.where(unsure & ~drawn, CAUSE_CODE[Cause.POSITION_UNCERTAIN], 0)


def _of_points(
    asked: Asked, placed: Placed, numbers: Rows, widths: Floats, own: Floats, beyond: float
) -> Floats:
    depth = asked.out.distance_m[placed.points[numbers]]
    covered = ~np.signbit(depth)
    out = covered.astype(float)
    reach = np.hypot(widths, own.max(initial=0.0)) * (beyond / RADIUS)
    near = np.abs(depth) <= reach
    x, y = placed.x[numbers[near]], placed.y[numbers[near]]
    out[near] = _of_places(asked, (x, y), covered[near], widths[near], own, beyond)[0]
    return out


def _of_places(
    asked: Asked,
    places: tuple[Floats, Floats],
    covered: Bools,
    widths: Floats,
    own: Floats,
    beyond: float,
) -> tuple[Floats, Floats]:
    """Return the probability of each place and its distance to the edge, in uncertainties."""
    if not len(covered):
        return np.empty(0), np.empty(0)
    polygon: Any = asked.shape.polygon
    away = distances(asked.shape, *places)
    sigma, least = one_sigma(away, widths, own), away.min(axis=0)
    found = over_edges(edges_of(polygon), places, covered, least, sigma, beyond)
    sure = np.divide(least, sigma * RADIUS, where=sigma > 0, out=np.full(len(least), np.inf))
    return found, sure


def _of_extended(
    asked: Asked, placed: Placed, numbers: Rows, widths: Floats, own: Floats, beyond: float
) -> Floats:
    rows = placed.extended[numbers]
    things, inside = placed.projected[rows], asked.out.where[rows] == IN
    with ONE_AT_A_TIME:
        away = np.stack([group.distances_m(things) for group in asked.shape.edges])
        meets = shapely.intersects(asked.shape.polygon, things)
    bound = at_most(away.min(axis=0), one_sigma(away, widths, own))
    lower = _at_least(asked, _deepest_vertices(asked, things), inside, widths, own, beyond)
    more = np.flatnonzero(meets & (lower < SURE))
    with ONE_AT_A_TIME:
        inner = shapely.intersection(asked.shape.polygon, things[more])
    some = ~shapely.is_empty(inner)
    more, within = more[some], shapely.point_on_surface(inner[some])
    deep = shapely.get_coordinates(within)
    told = _at_least(asked, deep, inside[more], widths[more], own, beyond)
    lower[more] = np.maximum(lower[more], told)
    even: Floats = np.minimum(np.maximum(EVEN, lower), np.where(meets, 1.0, bound))
    return even


def _at_least(
    asked: Asked, places: Floats, inside: Bools, widths: Floats, own: Floats, beyond: float
) -> Floats:
    """Return what one place of each thing tells of it."""
    x, y = places.T.copy()
    with ONE_AT_A_TIME:
        covered = asked.shape.covers(x, y)
    found, sure = _of_places(asked, (x, y), covered, widths, own, beyond)
    counts = ~inside | (covered & (sure >= 1.0))
    return np.maximum(np.where(counts, found, 0.0), np.where(inside, BELT_LIKELIHOOD, 0.0))


def _deepest_vertices(asked: Asked, things: NDArray[Any]) -> Floats:
    """Return the vertex of each thing that is deepest in the zone, else nearest to it."""
    vertices, owner = shapely.get_coordinates(things, return_index=True)
    x, y = vertices.T.copy()
    least = distances(asked.shape, x, y).min(axis=0)
    with ONE_AT_A_TIME:
        depth = np.where(asked.shape.covers(x, y), least, -least)
    order = np.lexsort((depth, owner))
    deepest: Floats = vertices[order[np.flatnonzero(np.diff(owner[order], append=-1))]]
    return deepest


def _of_far(
    asked: Asked, placed: Placed, numbers: Rows, widths: Floats, own: Floats, _beyond: float
) -> Floats:
    sigma = np.hypot(widths, own.max(initial=0.0)) / RADIUS
    return np.minimum(EVEN, at_most(placed.far_m[numbers], sigma))


_Measure = Callable[["Asked", "Placed", Rows, Floats, Floats, float], Floats]


def _kinds(placed: Placed) -> list[tuple[Rows, _Measure]]:
    """Return the rows of each kind of thing and how such things are measured."""
    return [
        (placed.points, _of_points), (placed.extended, _of_extended), (placed.far, _of_far),
    ]  # fmt: skip
