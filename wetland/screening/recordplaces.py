"""Which acts lie in the place of a record: wholly, not wholly, or not known.

Rule of decision: an act covers what `wetland.screening.registers` says of places. A fix of a track
is on its side of the place's edge only as part of a stay (`wetland.screening.steady`); one that is
there only by chance is not known to be in or out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from wetland.sites.placecodes import Steady
from wetland.zones.projection import DENSE_DEGREES, MOST_PIECES, project, project_geometry

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Truths = NDArray[np.int8]
Rows = NDArray[np.intp]
NO, UNKNOWN, YES = 0, 1, 2
_SLACK_M = 1e-3  # a box around a place is only there to leave out what is far


class ActPlaces:
    """The acts in the site's CRS: points in order of easting, the others as they are.

    Parameters
    ----------
    given, off_m
        Where the acts were, degrees, and how far each may be off, metres.
    extended
        The acts that are lines or footprints.
    crs_epsg
        The site's projected CRS.
    steady
        What tells which fixes of tracks are where they are only by chance; None: no act is a fix.
    """

    def __init__(
        self,
        given: NDArray[Any],
        off_m: Floats,
        extended: Rows,
        *,
        crs_epsg: int,
        steady: Steady | None,
    ) -> None:
        self.off, self.steady = off_m, steady
        self.reaches = 1.0 if steady is None else steady.deep_reaches
        self.nowhere = np.flatnonzero(shapely.is_missing(given))
        is_point = shapely.get_type_id(given) == shapely.GeometryType.POINT
        points = np.flatnonzero(is_point & ~shapely.is_empty(given))
        x, y = project(shapely.get_x(given[points]), shapely.get_y(given[points]), crs_epsg)
        order = np.argsort(x, kind="stable")
        self.points, self.x, self.y = points[order], x[order], y[order]
        self.widest = float(np.max(self.off[points], initial=0.0))
        self.extended = extended
        self.things = np.empty(len(self.extended), dtype=object)
        self.things[:] = _projected(given[self.extended], crs_epsg)
        self.tree = shapely.STRtree(self.things)
        self.reach = float(np.max(self.off[self.extended], initial=0.0))

    def near(self, shape: BaseGeometry) -> tuple[Rows, Truths]:
        """Return the acts that may lie in a place, and whether they do wholly."""
        rows, truth = self._near_points(shape)
        wide, truths = self._near_extended(shape)
        nowhere = np.full(len(self.nowhere), UNKNOWN, dtype=np.int8)
        return (
            np.concatenate([rows, wide, self.nowhere]),
            np.concatenate([truth, truths, nowhere]),
        )

    def _near_points(self, shape: BaseGeometry) -> tuple[Rows, Truths]:
        west, south, east, north = shape.bounds
        margin = self.reaches * self.widest + _SLACK_M
        first, last = np.searchsorted(self.x, [west - margin, east + margin])
        y = self.y[first:last]
        here = first + np.flatnonzero((y >= south - margin) & (y <= north + margin))
        x, y = self.x[here], self.y[here]
        own = self.reaches * self.off[self.points[here]] + _SLACK_M
        beside = np.maximum(np.maximum(west - x, x - east), np.maximum(south - y, y - north))
        here = here[beside <= own]
        rows, x, y = self.points[here], self.x[here], self.y[here]
        edge = shapely.boundary(shape)
        shapely.prepare([shape, edge])
        covered = shapely.intersects_xy(shape, x, y)
        spots = np.asarray(shapely.points(x, y))
        near = shapely.dwithin(edge, spots, self.off[rows])
        truth = np.where(near, UNKNOWN, np.where(covered, YES, NO)).astype(np.int8)
        if self.steady is not None:
            deep = ~shapely.dwithin(edge, spots, self.steady.deep_reaches * self.off[rows])
            rows, truth = self._settled(self.steady, rows, truth, covered, deep)
        kept = truth != NO
        return rows[kept], truth[kept]

    def _settled(
        self, steady: Steady, rows: Rows, truth: Truths, covered: Bools, deep: Bools
    ) -> tuple[Rows, Truths]:
        """Leave open what is in or out only by chance; what is not among ``rows`` is out, deep."""
        every = np.full(len(self.off), UNKNOWN, dtype=np.int8)
        every[self.points] = NO
        every[rows] = truth
        inner = np.zeros(len(self.off), dtype=bool)
        inner[rows] = covered
        far = np.ones(len(self.off), dtype=bool)
        far[rows] = deep
        outer = ~inner
        outer[self.extended] = outer[self.nowhere] = False
        chance = steady.shaky(inner, every == YES, far) | steady.shaky(outer, every == NO, far)
        every[chance] = UNKNOWN
        chosen = np.union1d(rows, np.flatnonzero(chance))
        return chosen, every[chosen]

    def _near_extended(self, shape: BaseGeometry) -> tuple[Rows, Truths]:
        found = self.tree.query(shape, predicate="dwithin", distance=self.reach)
        if not len(found):
            return found, np.zeros(0, dtype=np.int8)
        rows, things = self.extended[found], self.things[found]
        off = self.off[rows]
        edge = shapely.distance(shapely.boundary(shape), things)
        within = shapely.covers(shape, things) & (edge > off)
        truth = np.where(within, YES, UNKNOWN).astype(np.int8)
        for width in np.unique(off[~within]).tolist():
            same = np.flatnonzero(~within & (off == width))
            around = shapely.buffer(shape, width)
            shapely.prepare(around)
            truth[same[~shapely.covers(around, things[same])]] = NO
        return rows, truth


def _projected(things: NDArray[Any], crs_epsg: int) -> NDArray[Any]:
    """Project lines and footprints; one of the size of a continent must not coarsen the others."""
    long = shapely.length(things) > DENSE_DEGREES * MOST_PIECES
    out = np.empty(len(things), dtype=object)
    out[~long] = project_geometry(things[~long], crs_epsg)
    out[long] = [project_geometry(thing, crs_epsg) for thing in things[long]]
    return out
