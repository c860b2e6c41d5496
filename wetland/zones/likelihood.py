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
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import MultiPolygon, Polygon

from wetland.base.places import BELT_LIKELIHOOD
from wetland.zones.shapes import boundary_segments

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

RADIUS = math.sqrt(-2 * math.log(1 - BELT_LIKELIHOOD))  # of 95 %, in standard deviations
BEYOND = 9.0  # standard deviations: less than 1e-17 lies farther out
TOUCHING = 1e-6  # standard deviations: so near an edge that its side is not looked at
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
        Standard deviation of the error along each axis, metres; one or one per position. 0 gives 1
        inside, 0 outside and 0.5 on the edge. NaN gives NaN, as a position that is NaN does.

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
    edges: Floats, places: tuple[Floats, Floats], covered: Bools, away: Floats, sigma: Floats
) -> Floats:
    """Return the probability where it is known who is covered and how far the nearest edge is."""
    out = covered.astype(float)
    out[(sigma == 0) & (away == 0)] = 0.5
    near = np.flatnonzero((sigma > 0) & (away <= BEYOND * sigma))
    step = max(1, PAIRS // max(1, len(edges)))
    for start in range(0, len(near), step):
        rows = near[start : start + step]
        touching = away[rows] <= TOUCHING * sigma[rows]
        for chosen, seen in ((rows[~touching], covered), (rows[touching], None)):
            if len(chosen):
                at = (places[0][chosen], places[1][chosen])
                beyond = _beyond_edges(edges, at, sigma[chosen], by_angle=seen is None)
                out[chosen] = (0.0 if seen is None else seen[chosen]) - beyond
    clipped: Floats = np.clip(out, 0.0, 1.0)
    return clipped


def _beyond_edges(
    edges: Floats, places: tuple[Floats, Floats], sigma: Floats, *, by_angle: bool
) -> Floats:
    """Sum up what lies beyond the edges as seen from each place.

    ``by_angle`` takes off the angle under which each edge is seen, so that the sum is what lies
    before the edges, less than nothing: nothing then hangs on which side of an edge a place is on.
    """
    from scipy.special import owens_t  # noqa: PLC0415 - only who asks for a likelihood waits for it

    way = edges[:, 2:] - edges[:, :2]
    length = np.hypot(way[:, 0], way[:, 1])
    unit = way / length[:, None]
    east, north = edges[:, 0] - places[0][:, None], edges[:, 1] - places[1][:, None]
    first = (east * unit[:, 0] + north * unit[:, 1]) / sigma[:, None]
    across = (east * unit[:, 1] - north * unit[:, 0]) / sigma[:, None]
    last = first + length / sigma[:, None]
    beside = np.maximum(0.0, np.maximum(first, -last))
    seen = (across != 0) & (by_angle | (across**2 + beside**2 <= BEYOND**2))
    row, _ = np.nonzero(seen)
    h, a, b = across[seen], first[seen], last[seen]
    with np.errstate(over="ignore"):
        a, b = a / h, b / h
    sector = owens_t(h, b) - owens_t(h, a)
    if by_angle:
        sector -= (np.arctan(b) - np.arctan(a)) / (2 * math.pi)
    return np.bincount(row, weights=sector, minlength=len(sigma)).astype(float)


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
    return found


def at_most(away: Floats, sigma: Floats) -> Floats:
    """Return an upper bound of the probability of an error as long as ``away``.

    Exactly that of a normal error in the plane (Rayleigh's law): exp(-away**2 / (2 sigma**2)).

    Examples
    --------
    >>> at_most(np.array([2.4477468, 0.0, 3.0]), np.array([1.0, 0.0, 0.0])).round(6).tolist()
    [0.05, 1.0, 0.0]
    """
    size = np.divide(away, sigma, where=sigma > 0, out=np.where(away > 0, np.inf, 0.0))
    bound: Floats = np.exp(-0.5 * np.minimum(size, 40.0) ** 2) * (size < 40.0)
    return bound


def all_right(probabilities: Sequence[Floats]) -> Floats:
    """Return a lower bound of the probability that several answers are right together.

    Each answer is taken as right with the larger of P and 1 - P, and the doubts are added up
    (Bonferroni): nothing is assumed of how they hang together. NaN where one of them is.

    Examples
    --------
    >>> all_right([np.array([0.99, 0.6]), np.array([0.02, np.nan])]).round(6).tolist()
    [0.97, nan]
    """
    doubts = [np.minimum(p, 1 - p) for p in probabilities]
    total = np.sum(doubts, axis=0) if doubts else np.zeros(())
    right: Floats = np.maximum(0.0, 1.0 - total)
    return right
