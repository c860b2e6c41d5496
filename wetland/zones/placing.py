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
    lowest = shapely.bounds(given) if size else np.empty((0, 4))
    known = _on_earth(given, lowest)
    reach = _reach(layer)
    away = known & _apart(lowest, reach)
    inner = known & ~away
    is_point = shapely.get_type_id(given) == shapely.GeometryType.POINT
    points, extended = np.flatnonzero(inner & is_point), np.flatnonzero(inner & ~is_point)
    projected = np.full(size, None, dtype=object)
    cut = np.zeros(size, dtype=bool)
    if len(points):
        east, north = project(
            shapely.get_x(given[points]), shapely.get_y(given[points]), layer.crs_epsg
        )
        projected[points] = shapely.points(east, north)
    if len(extended):
        sound = _sound(given[extended])
        cut[extended] = _sticks_out(lowest[extended], reach)
        sound[cut[extended]] = shapely.clip_by_rect(sound[cut[extended]], *reach)
        projected[extended] = project_geometry(sound, layer.crs_epsg)
    far = np.flatnonzero(away)
    return Placed(size, points, extended, far, _far_m(layer, lowest[far], reach), projected, cut)


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


def _far_m(layer: ZoneLayer, bounds: Floats, reach: tuple[float, float, float, float]) -> Floats:
    """Return the geodesic distance from each far thing's box to the box of the zones."""
    if not len(bounds) or not len(layer):
        return np.full(len(bounds), np.inf)
    west, south, east, north = (
        reach[0] + REACH_DEGREES, reach[1] + REACH_DEGREES,
        reach[2] - REACH_DEGREES, reach[3] - REACH_DEGREES,
    )  # fmt: skip
    lon = np.clip((west + east) / 2, bounds[:, 0], bounds[:, 2])
    lat = np.clip((south + north) / 2, bounds[:, 1], bounds[:, 3])
    away = ellipsoid(layer.crs_epsg).inv(
        lon, lat, np.clip(lon, west, east), np.clip(lat, south, north)
    )[2]
    return np.asarray(away, dtype=float)


def _sound(geometries: NDArray[Any]) -> NDArray[Any]:
    """Repair invalid footprints, so that areas and overlaps mean something."""
    out = shapely.force_2d(geometries)
    broken = np.flatnonzero(~shapely.is_valid(out))
    for row in broken:
        out[row] = repair(out[row])[0]
    return np.asarray(out)
