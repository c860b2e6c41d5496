"""Sort incoming geometries (points, extended, far away, none) and project them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.zones.areas import repair
from wetland.zones.model import ZoneLayer
from wetland.zones.projection import ellipsoid, project, project_geometry

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

REACH_DEGREES = 3.0  # around the zones: beyond it a Gauss-Kruger projection need not be asked


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Geometries sorted and projected: row numbers and, by row, the projected geometry.

    ``far`` rows lie more than `REACH_DEGREES` from every zone, ``far_m`` metres at least. ``cut``
    is True where only the part within reach was projected. Rows in none of the lists have no
    position.
    """

    size: int
    points: NDArray[np.intp]
    extended: NDArray[np.intp]
    far: NDArray[np.intp]
    far_m: Floats
    projected: NDArray[Any]
    cut: Bools


def place_geometries(layer: ZoneLayer, geometries: Sequence[Any] | NDArray[Any]) -> Placed:
    """Sort ``geometries`` (longitude, latitude) by what can be done with them, and project them."""
    given = _as_array(geometries)
    size = len(given)
    reach = _reach(layer)
    bounds = shapely.bounds(given) if size else np.empty((0, 4))
    known = _on_earth(given, bounds)
    is_point = shapely.get_type_id(given) == shapely.GeometryType.POINT
    near = known & ~_apart(bounds, reach)
    extended = np.flatnonzero(near & ~is_point)
    given[extended] = _sound(given[extended])
    cut = np.zeros(size, dtype=bool)
    cut[extended] = _sticks_out(bounds[extended], reach)
    clipped = given.copy()
    clipped[cut] = shapely.clip_by_rect(given[cut], *reach)
    near &= ~shapely.is_empty(clipped)
    points, extended = np.flatnonzero(near & is_point), np.flatnonzero(near & ~is_point)
    projected = np.full(size, None, dtype=object)
    x, y = shapely.get_x(given[points]), shapely.get_y(given[points])
    projected[points] = shapely.points(*project(x, y, layer.crs_epsg))
    projected[extended] = project_geometry(clipped[extended], layer.crs_epsg)
    far = np.flatnonzero(known & ~near)
    return Placed(size, points, extended, far, _far_m(layer, given[far], reach), projected, cut)


def _as_array(geometries: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
    out = np.empty(len(geometries), dtype=object)
    out[:] = [g if isinstance(g, shapely.Geometry) else None for g in geometries]
    return out


def _on_earth(given: NDArray[Any], bounds: Floats) -> Bools:
    finite = np.isfinite(bounds).all(axis=1)
    with np.errstate(invalid="ignore"):
        there = (np.abs(bounds[:, [1, 3]]) <= 90).all(axis=1)
        there &= (np.abs(bounds[:, [0, 2]]) <= 360).all(axis=1)
    coordinates, owner = shapely.get_coordinates(given, return_index=True)
    whole = np.ones(len(given), dtype=bool)
    whole[owner[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite & there & whole & ~shapely.is_empty(given)


def _reach(layer: ZoneLayer) -> tuple[float, float, float, float]:
    if not len(layer):
        return (-180.0, -90.0, 180.0, 90.0)
    west, south, east, north = shapely.total_bounds([zone.geometry for zone in layer])
    return (
        float(west) - REACH_DEGREES,
        max(float(south) - REACH_DEGREES, -90.0),
        float(east) + REACH_DEGREES,
        min(float(north) + REACH_DEGREES, 90.0),
    )


def _apart(bounds: Floats, reach: tuple[float, float, float, float]) -> Bools:
    west, south, east, north = reach
    with np.errstate(invalid="ignore"):
        apart: Bools = (bounds[:, 2] < west) | (bounds[:, 0] > east)
        apart |= (bounds[:, 3] < south) | (bounds[:, 1] > north)
    return apart


def _sticks_out(bounds: Floats, reach: tuple[float, float, float, float]) -> Bools:
    west, south, east, north = reach
    out: Bools = (bounds[:, 0] < west) | (bounds[:, 2] > east)
    return out | (bounds[:, 1] < south) | (bounds[:, 3] > north)


def _far_m(
    layer: ZoneLayer, things: NDArray[Any], reach: tuple[float, float, float, float]
) -> Floats:
    """Return the geodesic distance from each far thing to the box of the zones."""
    if not len(things) or not len(layer):
        return np.full(len(things), np.inf)
    west, south, east, north = reach
    zones = shapely.box(
        west + REACH_DEGREES, south + REACH_DEGREES, east - REACH_DEGREES, north - REACH_DEGREES
    )
    ends = shapely.get_coordinates(shapely.shortest_line(zones, things)).reshape(-1, 2, 2)
    (lon1, lat1), (lon2, lat2) = ends[:, 0].T, ends[:, 1].T
    return np.asarray(ellipsoid(layer.crs_epsg).inv(lon1, lat1, lon2, lat2)[2], dtype=float)


def _sound(geometries: NDArray[Any]) -> NDArray[Any]:
    """Repair invalid things, so that areas and overlaps mean something; none becomes nothing."""
    out = np.asarray(shapely.force_2d(geometries))
    for row in np.flatnonzero(~shapely.is_valid(out)):
        mended = repair(out[row])[0]
        if mended.is_empty:  # a footprint without area: keep its line or its point
            mended = shapely.make_valid(out[row], method="structure", keep_collapsed=True)
        out[row] = mended
    return out
