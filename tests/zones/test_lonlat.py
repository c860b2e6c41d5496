"""The local polynomial against pyproj, and look-ups from degrees against pyproj and GEOS."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

from wetland.zones.cellindex import CellIndex
from wetland.zones.lonlat import ERROR_M, LocalProjection
from wetland.zones.projection import project, unproject

BOUNDS = (120.0, 30.2, 120.12, 30.32)


@pytest.mark.parametrize(
    ("crs_epsg", "bounds", "terms"),
    [(epsg, BOUNDS, 21) for epsg in (4549, 32650, 32651, 3857, 4527)]
    + [(4549, (119.5, 29.9, 120.7, 30.7), 36), (32617, (-81.5, 25.1, -80.4, 25.9), 36)],
)
def test_within_a_ten_millionth_of_a_metre_of_pyproj(
    crs_epsg: int, bounds: tuple[float, float, float, float], terms: int
) -> None:
    here = LocalProjection.fit(crs_epsg, bounds)
    assert here.polynomial
    assert here.coefficients.shape == (2, terms)
    rng = np.random.default_rng(1)
    west, south, east, north = here.box
    lon = np.concatenate([rng.uniform(west, east, 20_000), [west, west, east, east]])
    lat = np.concatenate([rng.uniform(south, north, 20_000), [south, north, south, north]])
    x, y = here.project(lon, lat)
    wanted_x, wanted_y = project(lon, lat, crs_epsg)
    assert np.hypot(x - wanted_x, y - wanted_y).max() < ERROR_M


def test_outside_the_box_and_without_a_number_pyproj_answers() -> None:
    here = LocalProjection.fit(4549, BOUNDS)
    lon, lat = [119.0, 121.5, 120.05, np.nan, np.inf, 120.05], [30.2, 31, 40, 30.2, 30.2, np.nan]
    np.testing.assert_array_equal(here.project(lon, lat), project(lon, lat, 4549))


@pytest.mark.parametrize("bounds", [(110.0, 20.0, 130.0, 40.0), (np.nan, 0.0, 1.0, 1.0)])
def test_a_poor_fit_is_not_used(bounds: tuple[float, float, float, float]) -> None:
    wide = LocalProjection.fit(4549, bounds)
    assert not wide.polynomial
    assert not wide.error_m < ERROR_M
    np.testing.assert_array_equal(wide.project([120.1], [30.2]), project([120.1], [30.2], 4549))


def zones() -> list[Polygon | MultiPolygon]:
    x, y = 505_773.0, 3_350_046.0
    away = 2_000 + 300 * np.sin(np.arange(200) * 0.7)
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    ring = np.column_stack([x + away * np.cos(angle), y + away * np.sin(angle)])
    overlapping = MultiPolygon([box(x, y, x + 90, y + 90), box(x + 40, y + 40, x + 150, y + 150)])
    return [Polygon(ring), box(x - 500, y - 500, x + 2500, y + 100), overlapping]


@pytest.mark.parametrize("threads", [1, 2])
def test_from_degrees_as_by_pyproj_and_geos(threads: int) -> None:
    polygons = zones()
    index = CellIndex.build(polygons)
    here = LocalProjection.fit(4549, BOUNDS)
    rng = np.random.default_rng(2)
    coords, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(polygons)), return_index=True
    )
    step = np.flatnonzero(ring[1:] == ring[:-1])
    along = rng.random((len(step), 40, 1))
    on = coords[step, None] + along * (coords[step + 1] - coords[step])[:, None]
    on += rng.choice([0.0, 1e-9, -1e-8, 1e-7, 1e-6], on.shape)
    lon, lat = unproject(*on.reshape(-1, 2).T, 4549)
    lon = np.concatenate([lon, rng.uniform(119.9, 120.2, 20_000), [np.nan, 50, 119, 120.06, -60]])
    lat = np.concatenate([lat, rng.uniform(30.1, 30.4, 20_000), [30.2, 30, 30.27, np.inf, -30]])
    x, y = project(lon, lat, 4549)
    wanted = np.column_stack(
        [shapely.intersects(one, shapely.points(x, y)) for one in polygons]
    ) & np.isfinite(x + y)[:, None]  # fmt: skip
    ids = index.set_ids_lonlat(here, lon, lat, threads=threads)
    np.testing.assert_array_equal(index.membership(ids), wanted)


def test_zones_beyond_the_box_are_found_all_the_same() -> None:
    x, y = 505_773.0, 3_350_046.0
    index = CellIndex.build([box(x, y, x + 100, y + 100), box(x + 60_000, y, x + 61_000, y + 500)])
    here = LocalProjection.fit(4549, BOUNDS)
    lon, lat = unproject([x + 50, x + 60_500, x + 30_000], [y + 50, y + 20, y + 50], 4549)
    ids = index.set_ids_lonlat(here, lon, lat)
    assert [index.sets[one] for one in ids] == [(0,), (1,), ()]
