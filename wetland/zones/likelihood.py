r"""How likely a place is inside a zone (位于分区内的概率) when position and edges are uncertain.

An uncertainty is the radius around a position that holds the true place with 95 %. Taking the error
as normal and the same in all directions, that radius is sqrt(-2 ln 0.05) = 2.4477 standard
deviations. An edge's accuracy says the same of the edge, and both add in quadrature.

The probability over a polygon is exact. With :math:`h` the distance from the position to the line
of an edge and :math:`a, b` the two ends along it (all in standard deviations, signed), it is

.. math:: P = [inside] - \sum_{edges} T(h, b / h) - T(h, a / h)

where Owen's :math:`T(h, x) = \frac{1}{2 \pi} \int_0^x e^{-h^2 (1 + t^2) / 2} / (1 + t^2) dt` is
what lies beyond the edge as seen from the position.

Where edges differ in accuracy a zone has no one standard deviation. The one taken makes the nearest
edge as far away, in standard deviations, as the edge that is nearest in its own. So it is exact
where the whole zone shifts alike, never kinder than the least accurate edge deserves, and a place
that is inside or outside by the belts (`wetland.zones.locate`) is so with 95 % at least.

References
----------
Owen (1956), Tables for computing bivariate normal probabilities, Ann. Math. Statist. 27:1075-1090.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import MultiPolygon, Polygon

from wetland.base.places import BELT_LIKELIHOOD
from wetland.zones.readiness import compiled_pays
from wetland.zones.shapes import boundary_segments

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

RADIUS = math.sqrt(-2 * math.log(1 - BELT_LIKELIHOOD))  # of 95 %, in standard deviations
BEYOND = 9.0  # standard deviations: less than 1e-17 lies farther out
TOUCHING = 1e-6  # standard deviations: so near an edge that its side is not looked at
LEAST_M = 1e-6  # a smaller standard deviation is none
PAIRS = 500_000  # points x edges at once


def probability_inside(
    polygon: Polygon | MultiPolygon, x: ArrayLike, y: ArrayLike, sigma_m: ArrayLike
) -> Floats:
    """Return the probability that the true place is inside a valid polygon.

    Parameters
    ----------
    polygon
        Projected, metres; holes and several parts are taken as they are.
    x, y
        The positions, metres.
    sigma_m
        Standard deviation of the error along each axis, metres; one or one per position. 0 (and
        less than a micrometre) gives 1 inside, 0 outside and 0.5 on the edge. NaN gives NaN, as a
        position that is NaN does.

    Examples
    --------
    Half of a position's error lies on either side of a straight edge:

    >>> half = shapely.box(0, -1e6, 1e6, 1e6)
    >>> probability_inside(half, [0.0, 1.6448536, -1e3], [0.0, 0.0, 0.0], 1.0).round(6).tolist()
    [0.5, 0.95, 0.0]
    """
    east, north, sigma = (
        np.asarray(part, dtype=float).ravel() for part in np.broadcast_arrays(x, y, sigma_m)
    )
    out = np.full(len(east), np.nan)
    known = np.isfinite(east) & np.isfinite(north) & (sigma >= 0)
    sigma = _counted(sigma)
    points = shapely.points(east[known], north[known])
    covered = shapely.intersects_xy(polygon, east[known], north[known])
    away = np.asarray(shapely.distance(polygon.boundary, points), dtype=float)
    edges = edges_of(polygon)
    out[known] = over_edges(edges, (east[known], north[known]), covered, away, sigma[known])
    return out


def edges_of(polygon: Polygon | MultiPolygon) -> Floats:
    """Return the edges (m, 4) with the inside of the polygon to their left."""
    return boundary_segments(shapely.orient_polygons(polygon)).reshape(-1, 4)


def over_edges(
    edges: Floats,
    places: tuple[Floats, Floats],
    covered: Bools,
    away: Floats,
    sigma: Floats,
    beyond: float = BEYOND,
) -> Floats:
    """Return the probability where it is known who is covered and how far the nearest edge is.

    What lies more than ``beyond`` standard deviations away is left out.
    """
    out = covered.astype(float)
    out[(sigma == 0) & (away == 0)] = 0.5
    near = (sigma > 0) & (away <= beyond * sigma)
    touching = near & (away <= TOUCHING * sigma)
    table = np.column_stack([*places, sigma])
    lines = _lines(edges)
    for rows, reach in ((near & ~touching, beyond), (touching, math.inf)):
        chosen = np.flatnonzero(rows)
        before = 0.0 if math.isinf(reach) else covered[chosen]
        out[chosen] = before - _beyond_edges(lines, table[chosen], reach)
    clipped: Floats = np.clip(out, 0.0, 1.0)
    return clipped


def _lines(edges: Floats) -> Floats:
    """Return one end, the unit vector along and the length of each edge."""
    way = edges[:, 2:] - edges[:, :2]
    length = np.hypot(way[:, 0], way[:, 1])
    return np.column_stack([edges[:, :2], way / length[:, None], length])


def _beyond_edges(lines: Floats, places: Floats, reach: float) -> Floats:
    """Sum up what lies beyond the edges as seen from each place (x, y, standard deviation).

    With all edges (``reach`` infinite) the angle under which each edge is seen is taken off, so
    that the sum is what lies before the edges, less than nothing: nothing then hangs on which side
    of an edge a place is on.
    """
    from scipy.special import owens_t  # noqa: PLC0415 - only who asks for a likelihood waits for it

    out = np.zeros(len(places))
    for pairs in _pairs(lines, places, reach):
        row, h = pairs[:, 0].astype(np.intp), pairs[:, 1]
        with np.errstate(over="ignore"):
            a, b = pairs[:, 2] / h, pairs[:, 3] / h
        sector = owens_t(h, b) - owens_t(h, a)
        if math.isinf(reach):
            sector -= (np.arctan(b) - np.arctan(a)) / (2 * math.pi)
        out += np.bincount(row, weights=sector, minlength=len(places))
    return out


def _pairs(lines: Floats, places: Floats, reach: float) -> Iterator[Floats]:
    """Give the pairs of a place and an edge within reach as `sectorkernels.pair_edges` does."""
    if compiled_pays(len(places)):
        from wetland.zones.sectorkernels import pair_edges  # noqa: PLC0415 - brings the compiler

        room, done = np.empty((PAIRS + len(lines), 4)), 0
        while done < len(places):
            done, used = pair_edges(places, done, lines, reach, room).tolist()
            yield room[:used]
        return
    step = max(1, PAIRS // max(1, len(lines)))
    for start in range(0, len(places), step):
        x, y, sigma = places[start : start + step].T[:, :, None]
        east, north = lines[:, 0] - x, lines[:, 1] - y
        across = (east * lines[:, 3] - north * lines[:, 2]) / sigma
        first = (east * lines[:, 2] + north * lines[:, 3]) / sigma
        last = first + lines[:, 4] / sigma
        beside = np.maximum(0.0, np.maximum(first, -last))
        seen = (across != 0) & (across**2 + beside**2 <= reach**2)
        row = np.nonzero(seen)[0] + start
        yield np.column_stack([row, across[seen], first[seen], last[seen]])


def one_sigma(away: Floats, uncertainty: Floats, accuracies: ArrayLike) -> Floats:
    """Return the standard deviation to take for each of n places (see the module).

    Parameters
    ----------
    away
        Distance to the nearest edge of each group of one accuracy, metres; (groups, n).
    uncertainty, accuracies
        Of the places and of the groups; radii of 95 %, metres.
    """
    own = np.asarray(accuracies, dtype=float)[:, None]
    each = np.hypot(uncertainty, own) / RADIUS
    least = away.min(axis=0)
    share = np.divide(least, away, where=away > least, out=np.ones_like(away))
    found: Floats = (share * each).max(axis=0)
    return _counted(found)


def _counted(sigma: Floats) -> Floats:
    counted: Floats = np.where(sigma < LEAST_M, 0.0, sigma)
    return counted


def at_most(away: Floats, sigma: Floats) -> Floats:
    """Return an upper bound of the probability of an error as long as ``away``.

    Exactly that of a normal error in the plane (Rayleigh's law): exp(-away**2 / (2 sigma**2)).

    Examples
    --------
    >>> at_most(np.array([2.4477468, 0.0, 3.0]), np.array([1.0, 0.0, 0.0])).round(6).tolist()
    [0.05, 1.0, 0.0]
    """
    known = _counted(sigma)
    size = np.divide(away, known, where=known > 0, out=np.where(away > 0, np.inf, 0.0))
    bound: Floats = np.exp(-0.5 * np.minimum(size, 40.0) ** 2) * (size < 40.0)
    return bound
