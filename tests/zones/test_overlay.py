"""Ground of footprints in zones: golden squares, hostile shapes, and GEOS as the other way."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from wetland.base.errors import InputError
from wetland.zones import overlayruns
from wetland.zones.areas import polygons_of, repair
from wetland.zones.overlay import Ground, area_inside, areas_in_zones, plain_areas
from wetland.zones.overlayflat import Flat
from wetland.zones.overlayindex import GroundIndex, sound_zones

BOW_TIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
EAST, NORTH = 505_773.25, 3_350_046.5  # where a site lies in EPSG:4549


def spoilt(number: float) -> Polygon:
    """Return a square one of whose vertices is no place."""
    return shapely.transform(
        box(0, 0, 5, 5), lambda xy: np.where(np.arange(len(xy))[:, None] == 1, number, xy)
    )


def ground(zones: list[Any], footprints: Any, **options: Any) -> dict[tuple[int, int], float]:
    """Measure through the compiled loops, whatever the number."""
    return as_dict(areas_in_zones(GroundIndex.build(zones), footprints, **options))


def as_dict(found: Ground) -> dict[tuple[int, int], float]:
    columns = (column.tolist() for column in found)
    return {(f, z): area for f, z, area in zip(*columns, strict=True)}


def by_geos(zones: list[Any], footprints: list[Any]) -> dict[tuple[int, int], float]:
    """Intersect every pair with shapely, one by one."""
    out = {}
    for f, footprint in enumerate(footprints):
        for z, zone in enumerate(zones):
            one, two = (polygons_of(repair(g)[0]) for g in (footprint, zone))
            out[f, z] = shapely.intersection(one, two).area
    return out


def assert_same(zones: list[Any], footprints: list[Any]) -> None:
    found, expected = ground(zones, footprints), by_geos(zones, footprints)
    for key, area in expected.items():
        scale = max(1.0, *np.abs(shapely.bounds(footprints[key[0]])), area)
        assert found.get(key, 0.0) == pytest.approx(area, abs=max(2e-6, 1e-12 * scale)), key
    assert set(found) <= set(expected)
    plain = as_dict(plain_areas(sound_zones(zones), footprints))
    margin = 2e-6 + 1e-12 * max([1.0, *plain.values()])
    for key in {*plain, *found}:
        assert found.get(key, 0.0) == pytest.approx(plain.get(key, 0.0), abs=margin), key


# --- golden


def test_squares() -> None:
    pond = box(0, 0, 100, 100)
    sheds = [
        box(10, 10, 20, 20),  # inside
        box(-5, 10, 5, 20),  # half
        box(-5, -5, 5, 5),  # a corner
        box(-50, -50, 150, 150),  # around
        box(200, 200, 210, 210),  # away
        box(-10, 40, 110, 50),  # across
    ]
    assert ground([pond], sheds) == {
        (0, 0): 100.0, (1, 0): 50.0, (2, 0): 25.0, (3, 0): 10_000.0, (5, 0): 1000.0,
    }  # fmt: skip


def test_holes_in_zone_and_footprint() -> None:
    ring = Polygon(box(0, 0, 100, 100).exterior.coords, [box(40, 40, 60, 60).exterior.coords])
    court = Polygon(box(30, 30, 70, 70).exterior.coords, [box(45, 45, 55, 55).exterior.coords])
    in_the_hole = box(45, 45, 55, 55)
    on_the_hole = box(35, 45, 45, 55)
    yard = Polygon(box(-50, -50, 30, 30).exterior.coords, [box(-10, -10, 10, 10).exterior.coords])
    assert ground([ring], [court, in_the_hole, on_the_hole, yard]) == {
        (0, 0): 1200.0, (2, 0): 50.0, (3, 0): 800.0,
    }  # fmt: skip


def test_rings_may_be_wound_either_way() -> None:
    shell = [(0, 0), (0, 100), (100, 100), (100, 0)]
    hole = [(40, 40), (60, 40), (60, 60), (40, 60)]
    for zone in (Polygon(shell, [hole]), Polygon(shell[::-1], [hole[::-1]])):
        for shed in (Polygon(shell, [hole]), Polygon(shell[::-1], [hole]), Polygon(shell[::-1])):
            assert ground([zone], [shed]) == {(0, 0): 9600.0}


def test_walls_on_the_edge() -> None:
    """Parcels that tile both sides of an edge: the inner ones whole, the outer ones not at all."""
    west, east = box(0, 0, 50, 100), box(50, 0, 100, 100)
    parcels = [box(x, y, x + 10, y + 20) for x in range(-20, 120, 10) for y in range(0, 100, 20)]
    found = ground([west, east], parcels)
    assert set(found.values()) == {200.0}
    assert len(found) == 50
    assert all((parcels[f].centroid.x < 50) == (z == 0) for f, z in found)


def test_a_slanted_wall_on_the_edge() -> None:
    a, b = (EAST + 0.1, NORTH + 0.7), (EAST + 33.3, NORTH + 17.9)
    zone = Polygon([a, b, (EAST + 20, NORTH + 60), (EAST - 10, NORTH + 40)])
    inside = Polygon([a, b, (EAST + 17, NORTH + 20)])
    outside = Polygon([a, b, (EAST + 17, NORTH)])
    found = ground([zone], [inside, outside, zone])
    assert set(found) == {(0, 0), (2, 0)}
    assert found[0, 0] == pytest.approx(inside.area, abs=1e-9)
    assert found[2, 0] == pytest.approx(zone.area, abs=1e-9)


def test_what_only_touches_has_no_ground() -> None:
    pond = box(0, 0, 100, 100)
    touching = [
        box(100, 0, 110, 10),
        box(100, 100, 110, 110),
        Polygon([(50, 0), (60, -9), (40, -9)]),
    ]
    assert ground([pond], touching) == {}
    assert as_dict(plain_areas(sound_zones([pond]), np.array(touching))) == {}
    assert ground([pond], [box(100 - 1e-8, 0, 110, 10)]) == {}  # a tenth of a square millimetre
    assert ground([pond], [box(100 - 1e-6, 0, 110, 10)])[0, 0] == pytest.approx(1e-5, rel=1e-3)


def test_several_parts_count_together() -> None:
    zone = MultiPolygon([box(0, 0, 10, 10), box(20, 0, 30, 10)])
    thing = MultiPolygon([box(-5, 0, 5, 10), box(15, 0, 25, 10), box(50, 50, 60, 60)])
    assert ground([zone], [thing, box(5, 2, 25, 4)]) == {(0, 0): 100.0, (1, 0): 20.0}


def test_zones_may_lie_over_one_another() -> None:
    zones = [box(0, 0, 100, 100), None, box(0, 0, 50, 50), box(0, 0, 100, 100), Polygon()]
    assert ground(zones, [box(40, 10, 60, 20)]) == {(0, 0): 200.0, (0, 2): 100.0, (0, 3): 200.0}
    many = [box(k, 0, 200, 100) for k in range(100)]
    assert len(ground(many, [box(150, 50, 151, 51), box(98.5, 50, 99.5, 51)])) == 200


def test_invalid_ones_are_repaired_first() -> None:
    pond = box(-100, -100, 100, 100)
    leaving = Polygon(box(0, 0, 10, 10).exterior.coords, [box(5, 5, 15, 8).exterior.coords])
    twice = MultiPolygon([box(0, 0, 10, 10), box(5, 0, 15, 10)])
    flat = Polygon([(0, 0), (10, 10), (20, 20)])
    spiked = Polygon([(0, 0), (10, 0), (10, 10), (10, 30), (10, 10), (0, 10)])
    footprints = [BOW_TIE, leaving, twice, flat, spiked]
    assert ground([pond], footprints) == pytest.approx(
        {(0, 0): 50.0, (1, 0): 85.0, (2, 0): 150.0, (4, 0): 100.0}
    )
    assert ground([BOW_TIE], [box(0, 0, 10, 10), box(5, 0, 10, 10)]) == pytest.approx(
        {(0, 0): 50.0, (1, 0): 25.0}
    )
    assert_same([BOW_TIE, twice, leaving], footprints)


def test_what_has_no_ground() -> None:
    pond = box(0, 0, 100, 100)
    nothing = [
        None, Point(5, 5), LineString([(0, 0), (9, 9), (9, 0), (0, 0)]), Polygon(), MultiPolygon(),
        spoilt(math.nan), spoilt(math.inf),
    ]  # fmt: skip
    assert ground([pond], [*nothing, box(0, 0, 1, 1)]) == {(7, 0): 1.0}
    assert area_inside(pond, nothing).tolist() == [0.0] * 7
    some = GeometryCollection([Point(5, 5), box(5, 5, 6, 6)])
    assert ground([pond], [some]) == {(0, 0): 1.0}
    assert as_dict(areas_in_zones([pond], [some, *nothing])) == {(0, 0): 1.0}


def test_no_zones_and_no_footprints() -> None:
    assert ground([], [box(0, 0, 1, 1)]) == {}
    assert ground([None, Polygon()], [box(0, 0, 1, 1)]) == {}
    assert ground([box(0, 0, 1, 1)], []) == {}
    assert as_dict(areas_in_zones([], [])) == {}


@pytest.mark.parametrize("zone", [LineString([(0, 0), (1, 1)]), spoilt(math.nan), "pond"])
def test_a_zone_that_is_none_is_refused(zone: Any) -> None:
    with pytest.raises(InputError, match="zone 2"):
        areas_in_zones([box(0, 0, 1, 1), zone], [box(0, 0, 1, 1)])


def test_a_footprint_that_reaches_far() -> None:
    pond = Polygon([(0, 0), (100, 10), (90, 110), (-10, 90)])
    country = box(-1e7, -1e7, 1e7, 50)
    assert_same([pond], [country, box(-1e7, -1e7, 1e7, 1e7)])
    assert ground([pond], [country])[0, 0] == pytest.approx(pond.intersection(country).area)


def test_long_edges_are_as_exact() -> None:
    province = Polygon(
        [(EAST - 2e5, NORTH - 1e5), (EAST + 3e5, NORTH + 1.7e5), (EAST, NORTH + 3e5)]
    )
    sheds = [affinity.rotate(box(EAST + x, NORTH + y, EAST + x + 30, NORTH + y + 20), x)
             for x in range(-100, 100, 7) for y in range(0, 30, 5)]  # fmt: skip
    assert_same([province, *sheds[::9]], sheds)


# --- properties

SPOT = st.floats(-60.0, 60.0).map(lambda v: round(v, 12))
CORNER = st.integers(-6, 6).map(lambda k: 5.0 * k)  # often on edges and corners
PLACE = st.one_of(SPOT, CORNER)


@st.composite
def buildings(draw: st.DrawFn) -> Polygon:
    wide, high = draw(st.floats(0.01, 40.0)), draw(st.floats(0.01, 40.0))
    plan: Any = box(0, 0, wide, high)
    if draw(st.booleans()):
        plan = plan.difference(box(wide / 2, high / 3, wide, high))  # L-shaped
    if draw(st.booleans()):
        plan = plan.difference(box(wide / 8, high / 8, wide / 4, high / 4))  # a court
    turned = affinity.rotate(plan, draw(st.floats(0, 360)), origin=(0, 0))
    moved: Polygon = affinity.translate(turned, draw(SPOT), draw(SPOT))
    return moved


RINGS = st.lists(st.tuples(PLACE, PLACE), min_size=3, max_size=9)
LATTICE = st.builds(
    lambda x, y, w, h: box(x, y, x + 5 * w, y + 5 * h),
    CORNER, CORNER, st.integers(1, 6), st.integers(1, 6),
)  # fmt: skip
SLIVERS = st.builds(
    lambda x, y, dx, dy, w: Polygon([(x, y), (x + dx, y + dy), (x + dx, y + dy + w)]),
    PLACE, PLACE, SPOT, SPOT, st.sampled_from([1e-12, 1e-9, 1e-6, 1e-3]),
)  # fmt: skip
HOSTILE = st.one_of(RINGS.map(Polygon), LATTICE, SLIVERS, buildings())
HOLED = st.builds(
    lambda outer, x, y: box(*outer).difference(box(x, y, x + 10, y + 10)),
    st.tuples(CORNER, CORNER, st.just(40.0), st.just(40.0)), CORNER, CORNER,
)  # fmt: skip
ZONES = st.lists(st.one_of(RINGS.map(Polygon), LATTICE, HOLED, buildings()), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(ZONES, st.lists(buildings(), min_size=1, max_size=6))
def test_buildings_agree_with_geos(zones: list[Any], footprints: list[Any]) -> None:
    assert_same(zones, footprints)


@settings(max_examples=250, deadline=None)
@given(ZONES, st.lists(HOSTILE, min_size=1, max_size=6), st.booleans())
@example([box(0, 0, 10, 10)], [box(0, 0, 10, 10), box(0, 0, 10, 5), box(5, -5, 5.1, 15)], True)
@example([BOW_TIE], [BOW_TIE, BOW_TIE], False)
def test_hostile_shapes_agree_with_geos(
    zones: list[Any], footprints: list[Any], at_a_site: bool
) -> None:
    if at_a_site:  # where numbers have fewer digits behind the point
        zones, footprints = (
            [affinity.translate(g, EAST, NORTH) for g in some] for some in (zones, footprints)
        )
    assert_same(zones, [*footprints, footprints[0], zones[0]])


@settings(max_examples=60, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=8), st.lists(CORNER, unique=True, max_size=5))
def test_parts_of_a_zone_sum_to_the_whole(footprints: list[Any], cuts: list[float]) -> None:
    bounds = [-70.0, *sorted(cuts), 70.0]
    parts = [box(a, -70, b, 70) for a, b in pairwise(bounds)]
    found = ground([box(-70, -70, 70, 70), *parts], footprints)
    for f in range(len(footprints)):
        pieces = sum(area for (owner, z), area in found.items() if owner == f and z > 0)
        assert pieces == pytest.approx(found.get((f, 0), 0.0), abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(ZONES, st.lists(HOSTILE, min_size=1, max_size=12))
def test_threads_cells_and_layout_do_not_matter(zones: list[Any], footprints: list[Any]) -> None:
    alone = areas_in_zones(GroundIndex.build(zones), footprints)
    flat = Flat.from_offsets(*_geoarrow(footprints))
    for index in (GroundIndex.build(zones), GroundIndex.build(zones, cell_m=3.0)):
        for given_ in (footprints, np.array(footprints, dtype=object), flat):
            other = areas_in_zones(index, given_, threads=3)
            assert other.footprint.tolist() == alone.footprint.tolist()
            assert other.zone.tolist() == alone.zone.tolist()
            assert other.area_m2 == pytest.approx(alone.area_m2, abs=1e-9)


def test_runs_and_room_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Footprints on many edges, compared a few at a time and with no room to begin with."""
    zones = [Point(3 * k, k).buffer(20 + k, quad_segs=40) for k in range(12)]
    sheds = [affinity.rotate(box(x, y, x + 9, y + 7), x * y) for x in range(-20, 60, 6)
             for y in range(-20, 40, 6)]  # fmt: skip
    courts = [shed.difference(affinity.scale(shed, 0.5, 0.5)) for shed in sheds[::3]]
    expected = areas_in_zones(GroundIndex.build(zones), [*sheds, *courts])
    monkeypatch.setattr(overlayruns, "RUN", 7)
    monkeypatch.setattr(overlayruns, "ROOM", 0)
    found = areas_in_zones(GroundIndex.build(zones), [*sheds, *courts], threads=2)
    assert as_dict(found) == as_dict(expected)
    plain = plain_areas(sound_zones(zones), [*sheds, *courts])
    assert np.array_equal(found.footprint, plain.footprint)
    assert np.abs(found.area_m2 - plain.area_m2).max() < 1e-6


def _geoarrow(footprints: list[Any]) -> tuple[Any, ...]:
    kind, xy, offsets = shapely.to_ragged_array(np.array(footprints))
    assert kind in {shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON}
    return xy, *offsets


def test_flat_coordinates_go_there_and_back() -> None:
    court, two = box(0, 0, 9, 9).difference(box(3, 3, 6, 6)), box(4, 4, 9, 9)
    parts = MultiPolygon([box(0, 0, 1, 1), two.difference(box(5, 5, 6, 6))])
    courts = [court, box(1, 1, 2, 2), None, Polygon(), parts]
    flat = Flat.from_geometries(courts)
    assert flat.shells().tolist()[:3] == [True, False, True]
    assert flat.shells().sum() == len(flat.part_offsets) - 1
    back = flat.geometries(np.arange(len(courts)))
    assert [shapely.area(g) for g in back] == [72.0, 1.0, 0.0, 0.0, 25.0]


def test_rings_part_where_they_do_even_if_a_vertex_comes_again() -> None:
    shell = [(0, 0), (10, 0), (0, 0), (0, 10), (10, 10), (0, 0)]  # comes by its start twice
    hole = [(2, 4), (2, 6), (3, 6), (2, 4)]
    same = [(0, 0), (0, 5), (5, 5), (0, 0)]  # starts where the shell starts
    things = [
        Polygon(shell),
        Polygon(shell, [hole]),
        Polygon(box(0, 0, 9, 9).exterior, [same]),
        Polygon(box(0, 0, 9, 9).exterior, [same, hole]),
        Polygon([(0, 0), (5, 0), (0, 0), (0, 0), (0, 5), (0, 0)]),
        Polygon(box(0, 0, 9, 9).exterior, [hole]),
    ]
    flat = Flat.from_geometries(things)
    expected = _geoarrow(things)
    assert flat.ring_offsets.tolist() == expected[1].tolist()
    assert flat.part_offsets.tolist() == expected[2].tolist()
    assert_same([box(-1, -1, 8, 8)], things[-1:])
    assert len(flat.geometries(np.array([4, 0]))) == 2


@pytest.mark.parametrize(
    "offsets", [([0, 5],), ([0, 6], [0, 1]), ([0, 5], [0, 2]), ([0, 5], [1, 0]), ([], [])]
)
def test_offsets_that_do_not_fit_are_refused(offsets: Any) -> None:
    square = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    with pytest.raises(InputError, match="offsets"):
        Flat.from_offsets(square, *offsets)


def test_sixty_thousand_buildings() -> None:
    """Both ways of the public function agree on a town, holes and shared walls included."""
    generator = np.random.default_rng(5)
    at = generator.uniform(-2000, 2000, (60_000, 2)) + np.array([EAST, NORTH])
    size = generator.uniform(2, 40, (60_000, 2))
    town = shapely.box(*at.T, *(at + size).T)
    turns = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    wave = 1200 + 200 * np.sin(7 * turns) + 60 * np.sin(43 * turns)
    lake = Polygon(np.c_[EAST + wave * np.cos(turns), NORTH + wave * np.sin(turns)])
    island = Polygon(np.c_[EAST + 300 * np.cos(turns), NORTH + 300 * np.sin(turns)])
    zones = [lake.difference(island), island]
    found = areas_in_zones(GroundIndex.build(zones), town, threads=2)
    plain = plain_areas(sound_zones(zones), town)
    assert found.footprint.tolist() == plain.footprint.tolist()
    assert found.zone.tolist() == plain.zone.tolist()
    assert np.abs(found.area_m2 - plain.area_m2).max() < 1e-6
