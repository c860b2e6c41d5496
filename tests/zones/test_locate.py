"""Three-valued membership: golden places, brute force, and what uncertainty may and may not do."""

from __future__ import annotations

import datetime as dt
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box

from tests.zones.drawn import (
    EAST_EDGE,
    FOOTPRINTS,
    LAT,
    LON,
    POINTS,
    RING,
    SQUARE,
    TWO,
    VAGUE_EAST,
    zone,
)
from wetland.base.errors import InputError
from wetland.base.places import Cause, Membership, Where
from wetland.zones.datums import from_wgs84
from wetland.zones.locate import locate, locate_columns
from wetland.zones.model import ZoneLayer, dissolve
from wetland.zones.projection import project_geometry

INSIDE, OUTSIDE, OPEN = Where.INSIDE, Where.OUTSIDE, Where.UNDETERMINED
LAYER = ZoneLayer(
    [zone(SQUARE), zone(RING, "ring"), zone(TWO, "two"), zone(SQUARE, "edged", edges=VAGUE_EAST)],
    4549,
)  # fmt: skip


def one(geometry: Any, uncertainty_m: float, zone_id: str = "z", **options: Any) -> Membership:
    return locate(LAYER, [geometry], uncertainty_m, on=None, **options)[0][zone_id]


def test_causes_in_their_order() -> None:
    near = Point(120.0006, 30.01)  # 58 m inside the western edge
    assert one(near, 10).cause is Cause.ZONE_NOT_SURVEYED
    assert one(near, 60).cause is Cause.ZONE_NOT_SURVEYED  # a better fix would not help
    farther = Point(120.002, 30.01)  # 193 m inside: farther than the edge's own accuracy
    assert one(farther, 250).cause is Cause.POSITION_UNCERTAIN
    assert one(farther, 150).cause is Cause.ZONE_NOT_SURVEYED  # only both together
    assert one(near, 10, assume_schematic=True).where is INSIDE
    assert one(near, 60, assume_schematic=True).cause is Cause.POSITION_UNCERTAIN
    assert one(Point(120.0, 30.01), 0, assume_schematic=True).cause is Cause.ON_BOUNDARY
    assert one(Point(120.0, 30.01), 0).cause is Cause.ZONE_NOT_SURVEYED


def test_a_surveyed_edge_within_its_own_accuracy_is_a_boundary() -> None:
    layer = ZoneLayer([zone(SQUARE, schematic=False)], 4549)
    [answer] = locate(layer, [Point(120.0006, 30.01)], 10, on=None, assume_schematic=True)
    assert answer["z"].cause is Cause.ON_BOUNDARY


def test_each_edge_has_its_own_accuracy() -> None:
    beside_east, beside_west = Point(120.0150, 30.01), Point(120.0050, 30.01)  # 480 m from each
    assert one(beside_east, 5, "edged").where is OPEN
    assert one(beside_west, 5, "edged").where is INSIDE
    assert one(beside_east, 5, "z").where is INSIDE


def test_distance_is_signed_and_in_metres() -> None:
    assert one(Point(120.01, 30.005), 1).distance_m == pytest.approx(554.4, abs=0.5)
    assert one(Point(120.01, 29.995), 1).distance_m == pytest.approx(-554.4, abs=0.5)
    inside_the_hole = one(Point(120.01, 30.0105), 1, "ring")
    assert inside_the_hole.where is OUTSIDE
    assert inside_the_hole.distance_m == pytest.approx(-166.3, abs=0.5)


@pytest.mark.parametrize("nothing", [None, Point(), Point(math.nan, 30.0), Polygon()])
def test_no_position(nothing: Any) -> None:
    answer = one(nothing, 10)
    assert (answer.where, answer.cause) == (OPEN, Cause.NO_POSITION)


def test_a_place_on_no_earth_is_no_position() -> None:
    assert one(Point(30.01, 120.01), 10).cause is Cause.NO_POSITION  # swapped


@pytest.mark.parametrize("uncertainty_m", [math.nan, -1.0, math.inf, None])
def test_a_missing_uncertainty_is_refused(uncertainty_m: Any) -> None:
    with pytest.raises(InputError, match="uncertainty"):
        one(Point(120.01, 30.01), uncertainty_m)


def test_far_away_is_outside_without_asking_the_projection() -> None:
    for place in (Point(-60.0, 30.0), Point(2.35, 48.85), Point(120.0, -80.0)):
        answer = one(place, 100)
        assert answer.where is OUTSIDE
        assert answer.distance_m is not None
        assert answer.distance_m < -1e6
    assert one(Point(2.35, 48.85), 2e7).cause is Cause.POSITION_UNCERTAIN


def test_lines_and_footprints() -> None:
    across = LineString([(119.99, 30.01), (120.01, 30.01)])
    assert one(across, 5).where is INSIDE
    assert one(across, 5).area_m2 is None
    along = LineString([(120.0001, 30.005), (120.0001, 30.015)])  # 10 m inside the edge
    assert one(along, 5).cause is Cause.ZONE_NOT_SURVEYED
    assert one(along, 5, assume_schematic=True).where is INSIDE
    assert one(along, 20, assume_schematic=True).cause is Cause.POSITION_UNCERTAIN
    half = box(119.995, 30.005, 120.005, 30.015)
    answer = one(half, 5)
    assert answer.where is INSIDE
    assert answer.share == pytest.approx(0.5, abs=1e-6)
    assert answer.area_m2 == pytest.approx(482.3 * 1108.7, rel=1e-3)
    beside = box(119.99, 30.0, 120.0, 30.02)  # shares an edge
    assert one(beside, 0, assume_schematic=True).cause is Cause.ON_BOUNDARY
    assert one(beside, 0, assume_schematic=True).area_m2 == pytest.approx(0.0, abs=1e-3)


def test_a_footprint_deep_inside_with_no_deep_vertex() -> None:
    """A band across the whole zone: every vertex lies outside, its middle for certain inside."""
    band = Polygon([(119.99, 30.009), (120.03, 30.009), (120.03, 30.011), (119.99, 30.011)])
    assert one(band, 20).where is INSIDE
    assert one(band, 20, "ring").where is INSIDE
    assert one(band, 2000).where is OPEN


def test_a_broken_footprint_is_repaired_first() -> None:
    bow_tie = Polygon([(120.005, 30.005), (120.015, 30.015), (120.015, 30.005), (120.005, 30.015)])
    answer = one(bow_tie, 5)
    assert answer.where is INSIDE
    assert answer.share == pytest.approx(1.0)


def test_several_points_are_one_thing() -> None:
    assert one(MultiPoint([(119.9, 30.01), (120.01, 30.01)]), 5).where is INSIDE


def test_a_track_from_the_other_side_of_the_world() -> None:
    track = LineString([(2.35, 48.85), (120.01, 30.01)])
    assert one(track, 5).where is INSIDE


def test_the_day_decides_which_version() -> None:
    old = zone(
        box(120.0, 30.0, 120.01, 30.02), "old", valid_from=dt.date(2000, 1, 1),
        valid_to=dt.date(2020, 1, 1),
    )  # fmt: skip
    new = zone(SQUARE, "new", valid_from=dt.date(2020, 1, 1))
    layer = ZoneLayer([old, new], 4549)
    place = [Point(120.015, 30.01)]
    assert list(locate(layer, place, 5, on=dt.date(2019, 12, 31))[0]) == ["old"]
    assert list(locate(layer, place, 5, on=dt.date(2020, 1, 1))[0]) == ["new"]
    assert list(locate(layer, place, 5, on=dt.date(1999, 12, 31))[0]) == []
    assert list(locate(layer, place, 5, on=None)[0]) == ["old", "new"]


def test_a_union_has_no_inner_edge() -> None:
    west, east = (
        zone(box(120.0, 30.0, 120.01, 30.02), "west"),
        zone(box(120.01, 30.0, 120.02, 30.02), "east", edges=VAGUE_EAST),
    )
    both = dissolve([west, east], zone_id="both", assume_schematic=False)
    layer = ZoneLayer([west, east, both], 4549)
    [between, beside_east] = locate(
        layer, [Point(120.01, 30.01), Point(120.0150, 30.01)], 10, on=None
    )
    assert [m.where for m in between.values()] == [OPEN, OPEN, INSIDE]
    assert beside_east["both"].where is OPEN


def test_nothing_to_locate() -> None:
    assert locate(LAYER, [], 5, on=None) == []
    assert locate(ZoneLayer([], 4549), [Point(120, 30)], 5, on=None) == [{}]


# --- properties

SIZE = st.floats(0.0, 2000.0)
LINES = st.lists(st.tuples(LON, LAT), min_size=2, max_size=6).map(LineString)
THINGS = st.one_of(POINTS, LINES, FOOTPRINTS)


@given(st.lists(POINTS, min_size=1, max_size=30), SIZE)
def test_points_agree_with_brute_force(points: list[Point], uncertainty_m: float) -> None:
    answers = locate(LAYER, points, uncertainty_m, on=None)
    for place, answer in zip(points, answers, strict=True):
        flat = project_geometry(place, 4549)
        for each in LAYER:
            polygon = project_geometry(each.geometry, 4549)
            edges = [(polygon.boundary, 100.0)]
            if each.edges:
                east = project_geometry(EAST_EDGE, 4549)
                edges = [(polygon.boundary.difference(east.buffer(1e-6)), 100.0), (east, 900.0)]
            near = [flat.distance(line) - own - uncertainty_m for line, own in edges]
            if min(abs(d) for d in near) < 1e-3:
                continue  # the buffer above is not exact
            expected = OPEN if min(near) <= 0 else INSIDE if polygon.covers(flat) else OUTSIDE
            assert answer[each.id].where is expected


@settings(max_examples=300)
@given(THINGS, SIZE, st.floats(0.0, 500.0), st.booleans())
@example(Point(120.0, 30.0), 0.0, 0.0, True)
def test_growing_uncertainty_only_opens(
    thing: Any, uncertainty_m: float, more_m: float, assume: bool
) -> None:
    options: dict[str, Any] = {"on": None, "assume_schematic": assume}
    [small] = locate(LAYER, [thing], uncertainty_m, **options)
    [large] = locate(LAYER, [thing], uncertainty_m + more_m, **options)
    for name, answer in large.items():
        assert answer.where in {OPEN, small[name].where}


@settings(max_examples=300)
@given(THINGS, SIZE)
def test_taking_a_drawing_at_its_word_only_closes(thing: Any, uncertainty_m: float) -> None:
    [strict] = locate(LAYER, [thing], uncertainty_m, on=None)
    [exercise] = locate(LAYER, [thing], uncertainty_m, on=None, assume_schematic=True)
    for name, answer in strict.items():
        assert answer.where in {OPEN, exercise[name].where}


@settings(max_examples=200)
@given(THINGS, SIZE, st.floats(0.0, 2 * math.pi), st.floats(0.0, 0.999))
def test_a_certain_answer_survives_any_true_position(
    thing: Any, uncertainty_m: float, angle: float, part: float
) -> None:
    """Move the thing by less than its uncertainty: what was certain is true of the moved thing."""
    [answer] = locate(LAYER, [thing], uncertainty_m, on=None, assume_schematic=True)
    step = part * uncertainty_m
    moved = shapely.transform(
        project_geometry(thing, 4549),
        lambda xy: xy + step * np.array([math.cos(angle), math.sin(angle)]),
    )
    for each in LAYER:
        polygon = project_geometry(each.geometry, 4549)
        if answer[each.id].where is INSIDE:
            assert polygon.intersects(moved)
        if answer[each.id].where is OUTSIDE:
            assert not polygon.intersects(moved)


@given(st.lists(THINGS, min_size=1, max_size=8), SIZE)
def test_things_are_located_one_by_one_as_together(things: list[Any], uncertainty_m: float) -> None:
    together = locate(LAYER, things, uncertainty_m, on=None)
    alone = [locate(LAYER, [thing], uncertainty_m, on=None)[0] for thing in things]
    assert together == alone


def test_a_hundred_thousand_points_take_seconds() -> None:
    """Not a benchmark: a guard against a loop in Python over points and zones."""
    generator = np.random.default_rng(7)
    points = shapely.points(generator.uniform((119.9, 29.9), (120.1, 30.1), (100_000, 2)))
    found = locate_columns(LAYER, points, 10.0, on=None)
    assert all(len(column.where) == 100_000 for column in found.values())


def test_sessions_share_a_layer() -> None:
    generator = np.random.default_rng(11)
    points = list(shapely.points(generator.uniform((119.99, 29.99), (120.03, 30.03), (2000, 2))))
    fresh = ZoneLayer(LAYER.zones, 4549)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: locate(fresh, points, 20, on=None), range(16)))
    assert all(answer == answers[0] for answer in answers)


def test_the_datum_changes_the_zone() -> None:
    """A point 227 m inside the park falls 102 m and 773 m outside when its datum is mixed up.

    The building is a point of OpenStreetMap (ODbL); the figures are from the project's fact sheet.
    """
    from wetland.sites.load import open_site

    site = open_site("xixi")
    lon, lat = 120.0826183, 30.2664423
    as_gcj, as_bd = (from_wgs84(lon, lat, datum) for datum in ("gcj02", "bd09"))
    assert [round(float(v), 6) for v in as_gcj] == [120.087436, 30.264166]
    assert [round(float(v), 6) for v in as_bd] == [120.093967, 30.270123]
    places = [Point(lon, lat), Point(*as_gcj), Point(*as_bd)]
    rows = locate(site.zones, places, 5, on=dt.date(2015, 5, 1), assume_schematic=True)
    park = [row["protection-2011"] for row in rows]
    assert [m.where for m in park] == [INSIDE, OUTSIDE, OUTSIDE]
    assert [round(m.distance_m or 0.0) for m in park] == [227, -102, -773]
    assert rows[1]["buffer-2011"].where is INSIDE
    assert rows[2]["buffer-2011"].where is INSIDE


def test_a_bus_stop_lies_a_metre_from_the_edge() -> None:
    """Bus stop 西溪湿地东门 (OpenStreetMap node 6363918320, ODbL), a ready-made boundary case."""
    from wetland.sites.load import open_site

    layer = open_site("xixi").zones
    place = [Point(120.0847608, 30.2758363)]
    day = dt.date(2015, 5, 1)
    [exact] = locate(layer, place, 0.5, on=day, assume_schematic=True)
    assert exact["protection-2011"].where is INSIDE
    assert 0.7 < (exact["protection-2011"].distance_m or 0.0) < 1.1
    [loose] = locate(layer, place, 1.2, on=day, assume_schematic=True)
    assert loose["protection-2011"].cause is Cause.POSITION_UNCERTAIN
    [strict] = locate(layer, place, 0.5, on=day)
    assert strict["protection-2011"].cause is Cause.ZONE_NOT_SURVEYED
