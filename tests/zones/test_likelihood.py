"""The probability of being inside: closed forms, numerical integrals, chance, and bounds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad
from scipy.stats import norm
from shapely.geometry import MultiPolygon, Polygon, box

from wetland.zones.likelihood import (
    LEAST_M,
    RADIUS,
    at_most,
    one_sigma,
    over_edges,
    probability_inside,
)

FAR = 1e7
EAST, NORTH = 505_000.0, 3_351_000.0  # where EPSG:4549 puts the park


def one(polygon: Any, x: float, y: float, sigma_m: float) -> float:
    return float(probability_inside(polygon, [x], [y], sigma_m)[0])


def star(points: int, seed: int, centre: tuple[float, float] = (0.0, 0.0)) -> Polygon:
    rng = np.random.default_rng(seed)
    angle = 2 * np.pi * (np.arange(points) + rng.uniform(0, 1, points)) / points  # no wide gap
    radius = rng.uniform(5, 100, points)
    return Polygon(
        np.column_stack([centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)])
    )


def test_the_radius_of_95_percent() -> None:
    assert pytest.approx(2.447746830680816) == RADIUS  # chi-square, 2 degrees of freedom, 0.95
    assert at_most(np.array([RADIUS]), np.array([1.0]))[0] == pytest.approx(0.05)


@pytest.mark.parametrize("deep", [-3.0, -1.0, 0.0, 1e-9, 0.5, 1.6448536, 4.0, 8.9])
def test_beside_a_straight_edge(deep: float) -> None:
    half = box(0, -FAR, FAR, FAR)
    assert one(half, deep * 7.0, 123.4, 7.0) == pytest.approx(norm.cdf(deep), abs=1e-12)


def test_a_rectangle_is_a_product() -> None:
    rng = np.random.default_rng(1)
    x, y, sigma = rng.uniform(-30, 50, 200), rng.uniform(-30, 40, 200), rng.uniform(0.5, 60, 200)
    along = norm.cdf((20 - x) / sigma) - norm.cdf((0 - x) / sigma)
    across = norm.cdf((10 - y) / sigma) - norm.cdf((0 - y) / sigma)
    found = probability_inside(box(0, 0, 20, 10), x, y, sigma)
    np.testing.assert_allclose(found, along * across, rtol=0, atol=1e-13)


def test_on_edges_and_corners() -> None:
    square, x = box(0, 0, 20, 10), [0.0, 0.0, 20.0, 7.0]
    found = probability_inside(square, x, [0.0, 5.0, 10.0, 10.0], 0.5)
    np.testing.assert_allclose(found, [0.25, 0.5, 0.25, 0.5], atol=1e-12)
    found = probability_inside(square, x, [0.0, 5.0, 10.0, 10.0], 4.0)
    wide, high = norm.cdf(5.0) - 0.5, norm.cdf(2.5) - 0.5
    middle = norm.cdf(1.25) - norm.cdf(-1.25)
    np.testing.assert_allclose(
        found, [wide * high, wide * middle, wide * high, (norm.cdf(3.25) - norm.cdf(-1.75)) * high],
        atol=1e-12,
    )  # fmt: skip


@pytest.mark.parametrize("place", [(10.0, 5.0), (-4.0, 3.0), (60.0, 60.0)])
def test_against_a_double_integral(place: tuple[float, float]) -> None:
    """A triangle, integrated row by row."""
    triangle, sigma = Polygon([(0, 0), (40, 0), (0, 30)]), 9.0

    def density(x: float, y: float) -> float:
        away = (x - place[0]) ** 2 + (y - place[1]) ** 2
        return math.exp(-away / (2 * sigma**2)) / (2 * math.pi * sigma**2)

    expected = dblquad(density, 0, 30, 0, lambda y: 40 * (1 - y / 30), epsabs=1e-11)[0]
    assert one(triangle, *place, sigma) == pytest.approx(expected, abs=1e-9)


def test_in_a_hole_and_between_parts() -> None:
    ring = Polygon(box(-50, -50, 50, 50).exterior.coords, [box(-10, -10, 10, 10).exterior.coords])
    whole, hole = (norm.cdf(side) - norm.cdf(-side) for side in (50 / 8, 10 / 8))
    assert one(ring, 0.0, 0.0, 8.0) == pytest.approx(whole**2 - hole**2, abs=1e-12)
    two = MultiPolygon([box(-50, -50, -5, 50), box(5, -50, 50, 50)])
    gap = norm.cdf(5 / 8) - norm.cdf(-5 / 8)
    assert one(two, 0.0, 0.0, 8.0) == pytest.approx((whole - gap) * whole, abs=1e-12)


def test_however_the_rings_are_wound() -> None:
    shell, hole = [(0, 0), (9, 0), (9, 9), (0, 9)], [(3, 3), (6, 3), (6, 6), (3, 6)]
    found = {
        round(one(Polygon(s, [h]), 2.0, 2.0, 3.0), 14)
        for s in (shell, shell[::-1])
        for h in (hole, hole[::-1])
    }
    assert len(found) == 1


def test_no_error_and_no_knowledge() -> None:
    square = box(0, 0, 10, 10)
    found = probability_inside(square, [5, 15, 10, 10, 9.999999], [5, 5, 5, 10, 5], 0.0)
    assert found.tolist() == [1.0, 0.0, 0.5, 0.5, 1.0]
    nothing = probability_inside(square, [5, np.nan, 5], [5, 5, np.inf], [np.nan, 1.0, 1.0])
    assert np.isnan(nothing).all()


@pytest.mark.parametrize("seed", range(4))
def test_against_chance(seed: int) -> None:
    """200,000 errors each; the standard error of a share is at most 0.0011."""
    zone = star(30, seed, (EAST, NORTH))
    rng = np.random.default_rng(100 + seed)
    for sigma in (3.0, 25.0, 120.0):
        x, y = EAST + rng.uniform(-60, 60), NORTH + rng.uniform(-60, 60)
        error = rng.normal(0, sigma, (2, 200_000))
        share = shapely.contains_xy(zone, x + error[0], y + error[1]).mean()
        assert one(zone, x, y, sigma) == pytest.approx(share, abs=0.005)


def test_blocks_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    zone, rng = star(40, 9), np.random.default_rng(9)
    x, y = rng.uniform(-100, 100, (2, 300))
    whole = probability_inside(zone, x, y, 20.0)
    monkeypatch.setattr("wetland.zones.likelihood.PAIRS", 90)
    np.testing.assert_allclose(probability_inside(zone, x, y, 20.0), whole, rtol=0, atol=1e-14)


def test_loops_find_the_pairs_that_arrays_find(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(11)
    zone = star(60, 11, (EAST, NORTH))
    vertices = shapely.get_coordinates(zone)
    x = np.concatenate([EAST + rng.uniform(-200, 200, 500), vertices[:, 0]])
    y = np.concatenate([NORTH + rng.uniform(-200, 200, 500), vertices[:, 1]])
    sigma = rng.choice([0.0, 1e-9, 1e-6, 0.5, 20.0, 500.0], len(x))
    plain = probability_inside(zone, x, y, sigma)
    monkeypatch.setattr("wetland.zones.likelihood.compiled_pays", lambda _: True)
    np.testing.assert_array_equal(probability_inside(zone, x, y, sigma), plain)
    monkeypatch.setattr("wetland.zones.likelihood.PAIRS", 70)
    np.testing.assert_allclose(probability_inside(zone, x, y, sigma), plain, rtol=0, atol=1e-15)


# --- properties

SEED, PLACE = st.integers(0, 10_000), st.tuples(st.floats(-150, 150), st.floats(-150, 150))
SIGMA = st.floats(1e-3, 300)


@settings(max_examples=150, deadline=None)
@given(SEED, PLACE, SIGMA)
def test_inside_and_outside_make_one(seed: int, place: tuple[float, float], sigma: float) -> None:
    zone = star(12, seed)
    around = box(-FAR, -FAR, FAR, FAR).difference(zone)
    found = one(zone, *place, sigma) + one(around, *place, sigma)
    assert found == pytest.approx(1.0, abs=1e-11)


@settings(max_examples=150, deadline=None)
@given(SEED, PLACE, SIGMA)
def test_parts_add_up(seed: int, place: tuple[float, float], sigma: float) -> None:
    zone = star(12, seed)
    west, east = (zone.intersection(box(*b)) for b in ((-FAR, -FAR, 3, FAR), (3, -FAR, FAR, FAR)))
    parts = sum(one(part, *place, sigma) for part in (west, east) if not part.is_empty)
    assert one(zone, *place, sigma) == pytest.approx(parts, abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(SEED, PLACE, st.floats(0.1, 300), st.floats(0, 300))
def test_outside_the_belt_it_is_95_percent_at_least(
    seed: int, place: tuple[float, float], radius_m: float, own_m: float
) -> None:
    """The disc of 95 % lies on one side of the edge; a wider one only raises the doubt."""
    zone = star(12, seed)
    away = zone.boundary.distance(shapely.Point(place))
    inside = zone.covers(shapely.Point(place))
    sigma = float(one_sigma(np.array([[away]]), np.array([radius_m]), [own_m])[0])
    assert sigma == pytest.approx(math.hypot(radius_m, own_m) / RADIUS)
    if away <= radius_m + own_m:
        return
    doubts = []
    for part in (1.0, 0.7, 0.4):
        p = one(zone, *place, sigma * part)
        doubts.append(1 - p if inside else p)
        assert doubts[-1] <= float(at_most(np.array([away]), np.array([sigma * part]))[0]) + 1e-12
    assert doubts[0] <= 0.05
    assert doubts[0] >= doubts[1] - 1e-12
    assert doubts[1] >= doubts[2] - 1e-12


@given(
    st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 500)), min_size=1, max_size=4),
    st.floats(0, 500), st.floats(0, 500),
)  # fmt: skip
def test_one_sigma_for_edges_that_differ(
    groups: list[tuple[float, float]], radius_m: float, more_m: float
) -> None:
    away, own = np.array(groups).T[0][:, None], np.array(groups).T[1]
    small, large = (one_sigma(away, np.array([r]), own)[0] for r in (radius_m, radius_m + more_m))
    assert small <= large
    nearest = away.min()
    alike = [math.hypot(radius_m, accuracy) for d, accuracy in groups if d == nearest]
    assert small >= max(alike) / RADIUS * (1 - 1e-12) - LEAST_M
    if all(d > radius_m + accuracy for d, accuracy in groups):
        assert at_most(np.array([nearest]), np.array([small]))[0] <= 0.05 + 1e-12
    same = one_sigma(away, np.array([radius_m]), np.full(len(groups), 40.0))[0]
    assert same == pytest.approx(math.hypot(radius_m, 40.0) / RADIUS)


@pytest.mark.parametrize("sigma", [0.0, 5e-324, 1e-300, 1e-12])
def test_next_to_no_error_is_none(sigma: float) -> None:
    found = probability_inside(
        box(EAST, NORTH, EAST + 9, NORTH + 9), EAST + 4.5, NORTH + 4.5, sigma
    )
    assert found.tolist() == [1.0]
    assert at_most(np.array([1e9]), np.array([sigma])).tolist() == [0.0]
    assert one_sigma(np.array([[1e-300], [1e4]]), np.array([sigma]), [0.0, 0.0])[0] == 0.0


def test_no_edge_at_all() -> None:
    empty = np.empty((0, 4))
    places = (np.zeros(2), np.zeros(2))
    found = over_edges(empty, places, np.array([True, False]), np.full(2, np.inf), np.ones(2))
    assert found.tolist() == [1.0, 0.0]
