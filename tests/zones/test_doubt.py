"""Likelihood of answers: what the belts promise, what a threshold opens, bounds by chance."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from shapely.geometry import LineString, Point, Polygon, box

from tests.zones.drawn import FOOTPRINTS, LAT, LON, POINTS, RING, SQUARE, TWO, VAGUE_EAST, zone
from wetland.base.places import Cause, Where
from wetland.zones import pointwise
from wetland.zones.likelihood import RADIUS
from wetland.zones.locate import locate, locate_columns, locate_likely
from wetland.zones.located import CAUSE_CODE, IN, OPEN, OUT
from wetland.zones.model import ZoneLayer
from wetland.zones.placing import Points
from wetland.zones.projection import project_geometry, unproject

LAYER = ZoneLayer(
    [
        zone(SQUARE, "square"),
        zone(RING, "ring"),
        zone(TWO, "two"),
        zone(SQUARE, "edged", edges=VAGUE_EAST),
    ],
    4549,
)  # fmt: skip


def square_points(*depths_m: float) -> Points:
    """Put points so far inside the western edge of the square, at its middle."""
    edge = project_geometry(LineString([(120.0, 30.01), (120.0, 30.0100001)]), 4549)
    x, y = shapely.get_coordinates(edge)[0]
    lon, lat = unproject(x + np.array(depths_m), np.full(len(depths_m), y), 4549)
    return Points(lon, lat)


def test_beside_a_straight_edge() -> None:
    depths = (-30.0, -5.0, 0.5, 12.0, 40.0)
    found = locate_columns(
        LAYER, square_points(*depths), 20.0, on=None, assume_schematic=True, probability=True
    )["square"]
    expected = norm.cdf(np.array(depths) / (20.0 / RADIUS))
    np.testing.assert_allclose(found.probability, expected, atol=2e-4)  # 0.1 mm of projection
    both = locate_columns(LAYER, square_points(150.0), 20.0, on=None, probability=True)["square"]
    wide = np.hypot(20.0, 100.0) / RADIUS
    np.testing.assert_allclose(both.probability, norm.cdf(150.0 / wide), atol=2e-4)


def test_a_membership_carries_it() -> None:
    [asked] = locate(LAYER, [Point(120.005, 30.01)], 20.0, on=None, probability=True)
    assert asked["square"].probability == pytest.approx(1.0)
    assert asked["square"].distance_m == pytest.approx(482.3, abs=0.1)
    assert asked["square"].area_m2 is None
    [plain] = locate(LAYER, [Point(120.005, 30.01)], 20.0, on=None)
    assert plain["square"].probability is None
    [nowhere] = locate(LAYER, [None], 20.0, on=None, probability=True)
    assert nowhere["square"].probability is None


def test_a_higher_threshold_opens_and_says_why() -> None:
    """At 0.999 a straight edge must be 3.09 standard deviations away: 12.6 m for 10 m."""
    points = square_points(9.0, 10.5, 12.5, 12.7, -10.5, -12.7)
    found = locate_likely(LAYER, points, 10.0, threshold=0.999, assume_schematic=True)["square"]
    assert found.where.tolist() == [OPEN, OPEN, OPEN, IN, OPEN, OUT]
    assert {found.cause[k] for k in (0, 1, 2, 4)} == {CAUSE_CODE[Cause.POSITION_UNCERTAIN]}
    assert found.whole.tolist() == [False, False, False, True, False, False]
    drawn = locate_likely(
        LAYER, square_points(105.0, 150.0), 1.0, threshold=0.999, assume_schematic=False
    )["square"]
    assert drawn.where.tolist() == [OPEN, IN]
    assert drawn.cause[0] == CAUSE_CODE[Cause.ZONE_NOT_SURVEYED]


def test_far_away_is_not_likely() -> None:
    places = [Point(2.35, 48.85), Point(-60.0, 30.0)]
    found = locate_columns(LAYER, places, [100.0, 2e7], on=None, probability=True)["square"]
    assert found.probability is not None
    away = np.abs(found.distance_m) * RADIUS / np.hypot([100.0, 2e7], 100.0)
    np.testing.assert_allclose(found.probability, [0.0, np.exp(-(away[1] ** 2) / 2)])
    assert found.where.tolist() == [OUT, OPEN]


def test_loops_and_geos_find_the_same_likelihood(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    points = Points(rng.uniform(119.99, 120.03, 2000), rng.uniform(29.99, 30.03, 2000))
    found = []
    for always in (True, False):
        monkeypatch.setattr(pointwise, "compiled_pays", lambda _, always=always: always)
        found.append(
            locate_likely(
                LAYER, points, 60.0, threshold=0.97, assume_schematic=False, probability=True
            )
        )
    for name, column in found[0].items():
        np.testing.assert_array_equal(column.where, found[1][name].where)
        np.testing.assert_array_equal(column.cause, found[1][name].cause)
        np.testing.assert_allclose(column.probability, found[1][name].probability, atol=1e-9)


@pytest.mark.parametrize(
    ("thing", "uncertainty_m"),
    [
        (box(119.9995, 30.009, 120.0006, 30.0100), 50.0),  # its east is 58 m inside
        (box(119.9980, 30.009, 119.9993, 30.0110), 50.0),  # 67 m outside
        (box(119.9980, 30.019, 119.9994, 30.0210), 40.0),  # beside the corner
        (LineString([(119.9995, 30.009), (120.0004, 30.010), (119.9996, 30.011)]), 30.0),
        (Polygon([(119.99, 30.009), (120.03, 30.009), (120.03, 30.011), (119.99, 30.011)]), 30.0),
    ],
)
def test_bounds_of_extended_things_by_chance(thing: Any, uncertainty_m: float) -> None:
    """20,000 shifts each; the standard error of a share is at most 0.0036."""
    [answer] = locate(
        LAYER, [thing], uncertainty_m, on=None, assume_schematic=True, probability=True
    )
    flat, square = project_geometry(thing, 4549), project_geometry(SQUARE, 4549)
    error = np.random.default_rng(2).normal(0, uncertainty_m / RADIUS, (20_000, 2))
    coordinates = shapely.get_coordinates(flat)
    moved = [shapely.set_coordinates(shapely.from_wkb(flat.wkb), coordinates + e) for e in error]
    shapely.prepare(square)
    share = float(shapely.intersects(square, moved).mean())
    found = answer["square"].probability
    assert found is not None
    if answer["square"].where is Where.INSIDE:
        assert 0.95 <= found <= share + 0.005
    elif answer["square"].where is Where.OUTSIDE:
        assert share - 0.005 <= found <= 0.05
    else:
        assert min(found, 1 - found) >= min(share, 1 - share) - 0.01


# --- properties

SIZE = st.floats(0.0, 1500.0)
LINES = st.lists(st.tuples(LON, LAT), min_size=2, max_size=5).map(LineString)
THINGS = st.lists(st.one_of(POINTS, LINES, FOOTPRINTS), min_size=1, max_size=5)
THRESHOLD = st.floats(0.95, 0.99999)


@settings(max_examples=60, deadline=None)
@given(THINGS, SIZE, st.booleans())
def test_what_the_belts_let_stand_is_right_with_95_percent(
    things: list[Any], uncertainty_m: float, assume: bool
) -> None:
    found = locate_columns(
        LAYER, things, uncertainty_m, on=None, assume_schematic=assume, probability=True
    )
    for column in found.values():
        assert column.probability is not None
        assert ((column.probability >= 0) & (column.probability <= 1)).all()
        assert (column.probability[column.where == IN] >= 0.95 - 1e-12).all()
        assert (column.probability[column.where == OUT] <= 0.05 + 1e-12).all()


@settings(max_examples=60, deadline=None)
@given(THINGS, SIZE, st.floats(0, 300), st.tuples(THRESHOLD, THRESHOLD), st.booleans())
def test_threshold_and_uncertainty_only_open(
    things: list[Any],
    uncertainty_m: float,
    more_m: float,
    thresholds: tuple[float, float],
    assume: bool,
) -> None:
    low, high = sorted(thresholds)
    plain = locate_columns(LAYER, things, uncertainty_m, on=None, assume_schematic=assume)

    def asked(width: float, threshold: float) -> Any:
        return locate_likely(LAYER, things, width, threshold=threshold, assume_schematic=assume)

    chain = [plain, asked(uncertainty_m, low), asked(uncertainty_m, high)]
    chain.append(asked(uncertainty_m + more_m, high))
    for before, after in pairwise(chain):
        for name, column in after.items():
            assert ((column.where == OPEN) | (column.where == before[name].where)).all(), name
            assert ((column.cause > 0) == (column.where == OPEN)).all()
    equal = asked(uncertainty_m, 0.95)
    for name, column in plain.items():
        np.testing.assert_array_equal(column.where, equal[name].where)
        np.testing.assert_array_equal(column.cause, equal[name].cause)
