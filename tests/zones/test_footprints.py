"""Very many lines and footprints come out as few of them do, one by one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from tests.zones.drawn import RING, SQUARE, TWO, VAGUE_EAST, zone
from wetland.sites.load import open_site
from wetland.zones import footprints
from wetland.zones.locate import locate_columns
from wetland.zones.located import Located
from wetland.zones.model import ZoneLayer

LAYER = ZoneLayer(
    [
        zone(SQUARE, "square"),
        zone(RING, "ring"),
        zone(TWO, "two"),
        zone(SQUARE, "edged", edges=VAGUE_EAST),
        zone(box(120.004, 30.004, 120.016, 30.016), "surveyed", schematic=False,
             positional_accuracy_m=0.0),
    ],
    4549,
)  # fmt: skip


@pytest.fixture
def both_ways(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that locates things through the loops and one by one."""

    def locate(layer: ZoneLayer, things: Any, uncertainty: Any, **options: Any) -> Any:
        answers = []
        for pays in (True, False):
            monkeypatch.setattr(footprints, "compiled_pays", lambda _size, pays=pays: pays)
            answers.append(locate_columns(layer, things, uncertainty, **options))
        return answers

    return locate


def assert_same(many: dict[str, Located], few: dict[str, Located]) -> None:
    for name, expected in few.items():
        found = many[name]
        assert found.where.tolist() == expected.where.tolist(), name
        assert found.cause.tolist() == expected.cause.tolist(), name
        assert found.whole.tolist() == expected.whole.tolist(), name
        np.testing.assert_allclose(found.distance_m, expected.distance_m, rtol=1e-12, atol=1e-8)
        np.testing.assert_allclose(found.area_m2, expected.area_m2, rtol=1e-9, atol=2e-6)
        np.testing.assert_allclose(found.share, expected.share, rtol=1e-6, atol=1e-6)


LON = st.one_of(st.floats(119.995, 120.025), st.integers(0, 10).map(lambda k: 120 + k / 500))
LAT = st.one_of(st.floats(29.995, 30.025), st.integers(0, 10).map(lambda k: 30 + k / 500))
SPOT = st.tuples(LON, LAT)
LINES = st.lists(SPOT, min_size=2, max_size=6).map(LineString)
BOXES = st.builds(
    lambda at, w, h: box(*at, at[0] + w, at[1] + h),
    SPOT, st.sampled_from([1e-8, 1e-5, 1e-4, 2e-3, 0.02]), st.floats(1e-6, 0.02),
)  # fmt: skip
TURNED = st.builds(lambda thing, turn: affinity.rotate(thing, turn), BOXES, st.floats(0, 360))
THINGS = st.one_of(
    BOXES,
    TURNED,
    LINES,
    st.lists(SPOT, min_size=3, max_size=7).map(Polygon),  # bow ties and worse
    st.lists(SPOT, min_size=1, max_size=3).map(MultiPoint),
    st.lists(LINES, min_size=1, max_size=3).map(MultiLineString),
    st.lists(BOXES, min_size=1, max_size=3).map(MultiPolygon),
    st.builds(lambda a, b: GeometryCollection([a, b]), BOXES, LINES),
    SPOT.map(Point),
)
SIZES = st.one_of(st.sampled_from([0.0, 5.0, 100.0]), st.floats(0.0, 1500.0))


@pytest.mark.parametrize("assume", [True, False])
def test_hostile_things_come_out_the_same(both_ways: Any, assume: bool) -> None:
    @settings(max_examples=90, deadline=None)
    @given(st.lists(THINGS, min_size=1, max_size=8), SIZES)
    def check(things: list[Any], uncertainty_m: float) -> None:
        assert_same(*both_ways(LAYER, things, uncertainty_m, on=None, assume_schematic=assume))

    check()


@pytest.mark.parametrize("assume", [True, False])
@pytest.mark.parametrize("uncertainty_m", [0.0, 5.0, 120.0])
def test_a_town_at_xixi_comes_out_the_same(
    both_ways: Any, assume: bool, uncertainty_m: float
) -> None:
    """Buildings, some with courts, and patrol lines; on days with other versions too."""
    generator = np.random.default_rng(17)
    at = generator.uniform((120.03, 30.235), (120.10, 30.30), (400, 2))
    size = generator.uniform(5e-5, 6e-4, (400, 2))
    town = list(shapely.box(*at.T, *(at + size).T))
    town[:40] = [g.difference(shapely.buffer(g.centroid, 1e-5)) for g in town[:40]]
    walks = at[:200].reshape(20, 10, 2)
    town += [
        LineString(np.cumsum(walk - walk.mean(axis=0), axis=0) / 9 + walk[0]) for walk in walks
    ]
    layer = open_site("xixi").zones
    options = {"on": dt.date(2015, 5, 1), "assume_schematic": assume}
    assert_same(*both_ways(layer, town, uncertainty_m, **options))


def test_each_thing_has_its_own_uncertainty(both_ways: Any) -> None:
    things = [box(120.0 + k / 5000, 30.01, 120.0001 + k / 5000, 30.0101) for k in range(60)]
    widths = np.tile([0.0, 3.0, 80.0, 700.0], 15)
    assert_same(*both_ways(LAYER, things, widths, on=None, assume_schematic=True))


def test_nothing_extended(both_ways: Any) -> None:
    assert_same(*both_ways(LAYER, [Point(120.01, 30.01), None], 5.0, on=None))
    assert_same(*both_ways(LAYER, [MultiPoint([(120.01, 30.01)])], 5.0, on=None))
