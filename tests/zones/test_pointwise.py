"""Points by compiled loops and by GEOS: one answer, to the last bit where it decides."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from tests.zones.drawn import RING, SQUARE, TWO, VAGUE_EAST, zone
from wetland.sites.load import open_site
from wetland.zones import pointwise
from wetland.zones.locate import locate, locate_columns
from wetland.zones.located import IN, OPEN, OUT, Located
from wetland.zones.model import ZoneLayer
from wetland.zones.placing import Points, place_geometries
from wetland.zones.projection import project_geometry, unproject
from wetland.zones.readiness import compiled_pays

LAYER = ZoneLayer(
    [
        zone(SQUARE, "square"),
        zone(RING, "ring", schematic=False),
        zone(TWO, "two", positional_accuracy_m=0.0),
        zone(SQUARE, "edged", edges=VAGUE_EAST),
        zone(box(120.02, 30.0, 120.03, 30.02), "neighbour"),
    ],
    4549,
)  # fmt: skip


@contextmanager
def loops(always: bool) -> Iterator[None]:
    """Let all points go one way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pointwise, "compiled_pays", lambda _: always)
        yield


def both(
    layer: ZoneLayer, things: Any, uncertainty_m: Any, **options: Any
) -> tuple[dict[str, Located], dict[str, Located]]:
    with loops(True):
        first = locate_columns(layer, things, uncertainty_m, on=None, **options)
    with loops(False):
        return first, locate_columns(layer, things, uncertainty_m, on=None, **options)


def same(first: dict[str, Located], second: dict[str, Located]) -> None:
    assert list(first) == list(second)
    for name, column in first.items():
        other = second[name]
        for part in ("where", "cause", "whole"):
            np.testing.assert_array_equal(getattr(column, part), getattr(other, part), name)
        np.testing.assert_allclose(column.distance_m, other.distance_m, rtol=1e-12, atol=1e-9)


def around(count: int, seed: int) -> Points:
    rng = np.random.default_rng(seed)
    return Points(rng.uniform(119.98, 120.05, count), rng.uniform(29.98, 30.04, count))


@pytest.mark.parametrize("assume", [True, False])
def test_everywhere_with_any_uncertainty(assume: bool) -> None:
    points = around(3000, 1)
    widths = np.random.default_rng(2).choice([0.0, 1e-3, 5.0, 200.0, 3000.0], 3000)
    same(*both(LAYER, points, widths, assume_schematic=assume))


@pytest.mark.parametrize("uncertainty_m", [0.0, 10.0])
def test_on_an_edge_and_a_step_beside_it(uncertainty_m: float) -> None:
    rng = np.random.default_rng(3)
    share = rng.uniform(0, 1, 200)
    lon = np.concatenate([np.full(200, 120.02), 120.0 + 0.02 * share, [120.0, 120.02]])
    lat = np.concatenate([30.0 + 0.02 * share, np.full(200, 30.02), [30.0, 30.02]])
    for step in (lon, np.nextafter(lon, 0), np.nextafter(lon, 360)):
        for assume in (True, False):
            points = Points(step, lat)
            same(*both(LAYER, points, uncertainty_m, assume_schematic=assume))


def test_at_exactly_a_belts_width() -> None:
    """The uncertainty is the distance that GEOS finds, less the edge's accuracy, or a step off."""
    points = around(400, 4)
    with loops(False):
        away = locate_columns(LAYER, points, 0.0, on=None, assume_schematic=True)
    for column in away.values():
        exact = np.abs(column.distance_m)
        for widths in (exact, np.nextafter(exact, 0), np.nextafter(exact, np.inf), exact + 1e-7):
            first, second = both(LAYER, points, widths, assume_schematic=True)
            same(first, second)
        assert (column.where != OPEN).any()
        same(*both(LAYER, points, np.maximum(exact - 100.0, 0.0)))
    for name, column in away.items():
        here = both(LAYER, points, np.abs(column.distance_m), assume_schematic=True)[0][name]
        assert (here.where == OPEN).all()  # exactly a belt's width is in it


def test_the_park_and_its_unions() -> None:
    site = open_site("xixi")
    zones = [*site.zones, site.zones.union(list(site.zones)[:3], assume_schematic=False)]
    layer = ZoneLayer(zones, 4549, like=site.zones)
    rng = np.random.default_rng(5)
    points = Points(rng.uniform(120.0, 120.14, 2000), rng.uniform(30.2, 30.33, 2000))
    widths = rng.choice([5.0, 50.0, 200.0], 2000)
    same(*both(layer, points, widths, assume_schematic=True))
    same(*both(layer, points, widths))
    corners = shapely.get_coordinates([z.geometry for z in site.zones])
    same(*both(layer, Points(corners[:, 0], corners[:, 1]), 0.0, assume_schematic=True))


LON, LAT = st.floats(119.97, 120.05), st.floats(29.97, 30.05)
ODD = st.sampled_from([math.nan, math.inf, -math.inf, 90.0, 360.0, 361.0, -500.0, 1e300, 120.02])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.one_of(LON, ODD), st.one_of(LAT, ODD)), min_size=1, max_size=30),
    st.floats(0.0, 3000.0),
    st.booleans(),
)
def test_columns_say_what_shapely_points_say(
    places: list[tuple[float, float]], uncertainty_m: float, assume: bool
) -> None:
    lon, lat = np.array(places).T
    columns = both(LAYER, Points(lon, lat), uncertainty_m, assume_schematic=assume)
    points = both(LAYER, [Point(*p) for p in places], uncertainty_m, assume_schematic=assume)
    same(*columns)
    same(columns[0], points[1])
    np.testing.assert_array_equal(columns[1]["square"].distance_m, points[1]["square"].distance_m)


def test_points_among_lines_and_footprints_keep_their_rows() -> None:
    things = [
        Point(120.01, 30.004), None, box(120.001, 30.001, 120.002, 30.002), Point(2.35, 48.85),
        LineString([(120.0, 30.0), (120.01, 30.01)]), Point(), Point(120.04, 30.01),
    ]  # fmt: skip
    same(*both(LAYER, things, 10.0))
    alone = [locate(LAYER, [thing], 10.0, on=None)[0] for thing in things]
    assert locate(LAYER, things, 10.0, on=None) == alone


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        Points(np.zeros(3), np.zeros(2))


def test_points_share_columns_that_measure_nothing() -> None:
    found = locate_columns(LAYER, around(5, 1), 10.0, on=None)["square"]
    assert np.isnan(found.area_m2).all()
    assert not found.area_m2.flags.writeable
    assert found.share.strides == (0,)


def test_blocks_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pointwise, "BLOCK", 97)
    points = around(1000, 6)
    points.lon[::7] = np.nan
    same(*both(LAYER, points, 20.0))


def test_sessions_share_the_cells() -> None:
    fresh = ZoneLayer(LAYER.zones, 4549)
    points = around(3000, 7)
    with loops(True), ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: locate_columns(fresh, points, 20.0, on=None), range(8)))
    for each in found:
        same(each, found[0])


def test_many_points_take_the_loops() -> None:
    assert not compiled_pays(10)
    points = around(120_000, 8)
    found = locate_columns(LAYER, points, 20.0, on=None)
    some = Points(points.lon[:500], points.lat[:500])
    expected = locate_columns(LAYER, some, 20.0, on=None)
    for name, column in expected.items():
        np.testing.assert_array_equal(found[name].where[:500], column.where)


def test_a_corner_of_the_park_is_where_the_projection_says() -> None:
    """Nothing is lost between degrees and metres: a point put 3 m beside an edge is 3 m away."""
    edge_x, edge_y = 500_000.0, 3_320_000.0
    lon, lat = unproject([edge_x, edge_x + 300], [edge_y, edge_y + 300], 4549)
    plot = zone(box(lon[0], lat[0], lon[1], lat[1]), "plot", schematic=False)
    layer = ZoneLayer([plot], 4549)
    middle = (lat[0] + lat[1]) / 2
    west = Points(*(np.array(v) for v in ([lon[0]], [middle])))
    first, second = both(layer, west, 0.0)
    assert abs(first["plot"].distance_m[0]) < 0.01
    same(first, second)


def test_broken_zones_answer_alike() -> None:
    """Rings that cross, a hole outside its shell, parts on each other: as GEOS says of each."""
    west, east = box(120.0, 30.0, 120.012, 30.012), box(120.008, 30.008, 120.02, 30.02)
    outside = [(120.03, 30.0), (120.04, 30.0), (120.04, 30.02), (120.03, 30.02)]
    bow = Polygon([(120.0, 30.0), (120.02, 30.02), (120.02, 30.0), (120.0, 30.02)])
    broken = [MultiPolygon([west, east]), Polygon(SQUARE.exterior.coords, [outside]), bow]
    layer = ZoneLayer([zone(g, f"broken-{k}") for k, g in enumerate(broken)], 4549)
    points = around(1500, 10)
    first, second = both(layer, points, 1.0, assume_schematic=True)
    same(first, second)
    alone = [
        locate_columns(layer, [Point(*p)], 1.0, on=None, assume_schematic=True)
        for p in zip(points.lon[:100], points.lat[:100], strict=True)
    ]
    for name, column in first.items():
        assert column.where[:100].tolist() == [one[name].where[0] for one in alone]


def test_a_zone_whose_rings_cross_loses_no_part() -> None:
    bow = Polygon([(120.0, 30.0), (120.02, 30.02), (120.02, 30.0), (120.0, 30.02)])
    flat = Polygon([(120.0, 30.0), (120.02, 30.0), (120.01, 30.0)])
    layer = ZoneLayer([zone(bow, "bow"), zone(flat, "flat")], 4549)
    points = Points(np.array([120.003, 120.017, 120.01]), np.array([30.01, 30.01, 30.003]))
    for found in both(layer, points, 1.0, assume_schematic=True):
        assert found["bow"].where.tolist() == [IN, IN, OUT]
        assert found["flat"].where.tolist() == [OUT, OUT, OUT]
    found = locate_columns(layer, points, 1.0, on=None, assume_schematic=True, probability=True)
    np.testing.assert_allclose(found["bow"].probability, [1.0, 1.0, 0.0], atol=1e-12)


def test_small_things_are_projected_as_dense_ones_are() -> None:
    """A thing smaller than a piece of a dense edge gains nothing by being densified."""
    rng = np.random.default_rng(12)
    centres = rng.uniform((119.98, 29.98), (120.04, 30.04), (400, 2))
    sizes = 10 ** rng.uniform(-6, -1, (400, 1))
    things = [
        shapely.convex_hull(shapely.MultiPoint(c + s * rng.normal(0, 1, (6, 2))))
        if k % 2
        else LineString(c + s * rng.normal(0, 1, (4, 2)))
        for k, (c, s) in enumerate(zip(centres, sizes, strict=True))
    ]
    placed = place_geometries(LAYER, things)
    expected = [project_geometry(thing, 4549) for thing in things]
    assert shapely.equals_exact(placed.projected, expected, tolerance=0).all()


def test_a_thing_as_long_as_a_continent_does_not_coarsen_the_others() -> None:
    plot = box(120.0, 30.0, 120.3, 30.2)
    around = LineString([(117.5, 27.5), (122.5, 32.5)] * 12)
    both_ways = ([plot], [plot, around])
    alone, together = (place_geometries(LAYER, things).projected[0] for things in both_ways)
    assert shapely.equals_exact(alone, together, tolerance=0)


def hostile(rng: np.random.Generator, lattice: bool) -> Any:
    """Make rings at random: they cross, touch, lie on each other, and holes lie anywhere."""

    def ring(size: float) -> Any:
        corners = rng.integers(3, 9)
        steps = rng.integers(-3, 4, (corners, 2)) * 0.002 if lattice else None
        way = rng.normal(0, 0.004, (corners, 2)) if steps is None else steps
        return (120.01, 30.01) + size * way

    parts = [
        Polygon(ring(1.0), [ring(0.5) for _ in range(rng.integers(0, 3))])
        for _ in range(rng.integers(1, 3))
    ]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


@pytest.mark.parametrize("seed", range(20))
def test_hostile_zones_answer_alike(seed: int) -> None:
    rng = np.random.default_rng(seed)
    zones = [
        zone(made, f"z{k}", positional_accuracy_m=float(rng.choice([0, 5, 100])))
        for k in range(4)
        if shapely.length(made := hostile(rng, lattice=seed % 2 == 0)) > 0
    ]
    layer = ZoneLayer(zones, 4549)
    vertices = shapely.get_coordinates([each.geometry for each in zones])
    middles = (vertices[:-1] + vertices[1:]) / 2
    places = np.concatenate([vertices, middles, rng.uniform(119.99, 120.03, (100, 2)) - (0, 90)])
    points = Points(places[:, 0].copy(), places[:, 1].copy())
    for uncertainty_m in (0.0, 20.0):
        same(*both(layer, points, uncertainty_m, assume_schematic=bool(seed % 3)))
    first, second = both(layer, points, 20.0, probability=True)
    for name, column in first.items():
        np.testing.assert_allclose(column.probability, second[name].probability, atol=1e-9)
