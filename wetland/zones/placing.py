"""Sort incoming geometries (points, extended, far away, none) and project them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.zones.areas import repair
from wetland.zones.model import ZoneLayer
from wetland.zones.projection import (
    DENSE_DEGREES,
    MOST_PIECES,
    ellipsoid,
    project,
    project_geometry,
)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

REACH_DEGREES = 3.0  # around the zones: beyond it a Gauss-Kruger projection need not be asked


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Positions as two columns, degrees, instead of shapely points; NaN is no position.

    Raises
    ------
    ValueError
        The columns are not equally long.
    """

    lon: Floats
    lat: Floats

    def __post_init__(self) -> None:
        """Refuse columns that do not belong together."""
        if np.shape(self.lon) != np.shape(self.lat) or np.ndim(self.lon) != 1:
            raise ValueError("longitudes and latitudes are two columns of one length")

    def __len__(self) -> int:
        """Return the number of positions."""
        return len(self.lon)


Things = Sequence[Any] | NDArray[Any] | Points


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Geometries sorted and projected.

    ``points``, ``extended`` and ``far`` hold row numbers; rows in none of them have no position.
    ``x`` and ``y`` are those of ``points``, metres. ``projected`` holds, by row, what is extended
    (it is empty where nothing is), and ``cut`` is True where only the part within reach was
    projected. What is ``far`` lies more than `REACH_DEGREES` from every zone, ``far_m`` metres at
    least.
    """

    size: int
    points: NDArray[np.intp]
    x: Floats
    y: Floats
    extended: NDArray[np.intp]
    far: NDArray[np.intp]
    far_m: Floats
    projected: NDArray[Any]
    cut: Bools


def place_geometries(layer: ZoneLayer, geometries: Things) -> Placed:
    """Sort ``geometries`` (longitude, latitude) by what can be done with them, and project them."""
    if isinstance(geometries, Points):
        return _place_points(layer, geometries)
    given = _as_array(geometries)
    kinds = shapely.get_type_id(given)
    is_point = kinds == shapely.GeometryType.POINT
    some = given.copy()
    some[~is_point | shapely.is_empty(given)] = None
    points = _place_points(layer, Points(shapely.get_x(some), shapely.get_y(some)))
    rows = np.flatnonzero(~is_point & (kinds >= 0))
    return _with_extended(layer, points, given[rows], rows) if len(rows) else points


def _place_points(layer: ZoneLayer, given: Points) -> Placed:
    west, south, east, north = reach = _reach(layer)
    lon, lat = np.asarray(given.lon, dtype=float), np.asarray(given.lat, dtype=float)
    known = (np.abs(lon) <= 360) & (np.abs(lat) <= 90)
    near = known & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    points, far = np.flatnonzero(near), np.flatnonzero(known & ~near)
    x, y = project(lon[points], lat[points], layer.crs_epsg)
    far_m = _points_far_m(layer, lon[far], lat[far], reach)
    none = np.empty(0, dtype=np.intp)
    return Placed(
        len(given), points, x, y, none, far, far_m, np.empty(0, dtype=object), np.empty(0, bool)
    )


def _with_extended(
    layer: ZoneLayer, placed: Placed, given: NDArray[Any], rows: NDArray[np.intp]
) -> Placed:
    """Add lines and footprints, ``rows`` of the input."""
    reach = _reach(layer)
    bounds = shapely.bounds(given)
    known = _on_earth(given, bounds)
    near = known & ~_apart(bounds, reach)
    sound = given.copy()
    sound[near] = _sound(given[near])
    sticks = near & _sticks_out(bounds, reach)
    clipped = sound.copy()
    clipped[sticks] = shapely.clip_by_rect(sound[sticks], *reach)
    near &= ~shapely.is_empty(clipped)
    cut = np.zeros(placed.size, dtype=bool)
    cut[rows] = sticks
    projected = np.full(placed.size, None, dtype=object)
    projected[rows[near]] = _projected(clipped[near], bounds[near], layer.crs_epsg)
    away = known & ~near
    far = np.concatenate([placed.far, rows[away]])
    far_m = np.concatenate([placed.far_m, _far_m(layer, sound[away], reach)])
    return replace(placed, extended=rows[near], far=far, far_m=far_m, projected=projected, cut=cut)


def _as_array(geometries: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
    given = np.empty(len(geometries), dtype=object)
    given[:] = geometries if isinstance(geometries, np.ndarray) else list(geometries)
    given[~shapely.is_geometry(given)] = None
    return given


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


def _points_far_m(
    layer: ZoneLayer, lon: Floats, lat: Floats, reach: tuple[float, float, float, float]
) -> Floats:
    """Return the geodesic distance from each far point to the box of the zones."""
    if not len(lon) or not len(layer):
        return np.full(len(lon), np.inf)
    west, south, east, north = reach
    side = np.clip(lon, west + REACH_DEGREES, east - REACH_DEGREES)
    level = np.clip(lat, south + REACH_DEGREES, north - REACH_DEGREES)
    return np.asarray(ellipsoid(layer.crs_epsg).inv(side, level, lon, lat)[2], dtype=float)


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


def _projected(things: NDArray[Any], bounds: Floats, crs_epsg: int) -> NDArray[Any]:
    """Project sound things; what is small has no edge that bends and is not densified.

    What is longer than can be densified finely is projected by itself, so that it does not coarsen
    the others.
    """
    west, south, east, north = bounds.T
    bends = np.hypot(east - west, north - south) > DENSE_DEGREES
    long = bends & (shapely.length(things) > DENSE_DEGREES * MOST_PIECES)
    out = np.empty(len(things), dtype=object)
    out[~bends] = project_geometry(things[~bends], crs_epsg, dense=False)
    out[bends & ~long] = project_geometry(things[bends & ~long], crs_epsg)
    out[long] = [project_geometry(thing, crs_epsg) for thing in things[long]]
    return out


def _sound(geometries: NDArray[Any]) -> NDArray[Any]:
    """Repair invalid things, so that areas and overlaps mean something; none becomes nothing."""
    out = np.asarray(shapely.force_2d(geometries))
    for row in np.flatnonzero(~shapely.is_valid(out)):
        mended = repair(out[row])[0]
        if mended.is_empty:  # a footprint without area: keep its line or its point
            mended = shapely.make_valid(out[row], method="structure", keep_collapsed=True)
        out[row] = mended
    return out
