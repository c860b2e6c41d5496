"""Distances to the nearest edge through cells, against GEOS on every kind of edges and points."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from wetland.zones import nearness
from wetland.zones.nearness import NearIndex

Floats = np.ndarray[Any, np.dtype[np.float64]]
EAST, NORTH = 505_000.0, 3_351_000.0  # where EPSG:4549 puts the park


def by_geos(segments: Floats, x: Floats, y: Floats) -> Floats:
    lines = shapely.multilinestrings(shapely.linestrings(segments.reshape(-1, 2, 2)))
    return np.asarray(shapely.distance(lines, shapely.points(x, y)), dtype=float)


def same(segments: Floats, x: Floats, y: Floats) -> None:
    found = NearIndex.build(segments).distances(x, y)
    np.testing.assert_allclose(found, by_geos(segments, x, y), rtol=1e-12, atol=1e-9)


def fractal(vertices: int, seed: int) -> Floats:
    """Make a closed, jagged line around the park."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    walk = np.cumsum(rng.normal(0, 1, vertices))
    radius = 2500 + 30 * (walk - np.linspace(0, walk[-1], vertices))
    ring = np.column_stack([EAST + radius * np.cos(angle), NORTH + radius * np.sin(angle)])
    return np.hstack([ring, np.roll(ring, -1, axis=0)])


@pytest.mark.parametrize("vertices", [3, 40, 1500])
def test_around_on_and_far_from_a_jagged_line(vertices: int) -> None:
    rng = np.random.default_rng(vertices)
    segments = fractal(vertices, vertices)
    for spread in (3e3, 3e4, 1e6, 1e9):
        x, y = rng.uniform(-spread, spread, (2, 800))
        same(segments, EAST + x, NORTH + y)
    same(segments, segments[:, 0].copy(), segments[:, 1].copy())  # at the vertices
    share = rng.uniform(0, 1, len(segments))
    on = segments[:, :2] + share[:, None] * (segments[:, 2:] - segments[:, :2])
    same(segments, on[:, 0].copy(), on[:, 1].copy())
    for step in (-np.inf, np.inf):  # one step of floating point off the line
        same(segments, np.nextafter(on[:, 0], step), on[:, 1].copy())


def test_an_edge_and_its_ends_by_hand() -> None:
    index = NearIndex.build(np.array([[0.0, 0.0, 30.0, 40.0]]))
    x, y = np.array([15.0, 0.0, -3.0, 33.0, 25.0]), np.array([20.0, 0.0, -4.0, 44.0, 0.0])
    assert index.distances(x, y).tolist() == [0.0, 0.0, 5.0, 5.0, 20.0]


def test_the_middle_of_a_circle_keeps_every_edge() -> None:
    angle = np.linspace(0, 2 * np.pi, 721)
    ring = np.column_stack([EAST + 1000 * np.cos(angle), NORTH + 1000 * np.sin(angle)])
    segments = np.hstack([ring[:-1], ring[1:]])
    rng = np.random.default_rng(3)
    for spread in (0.0, 1e-9, 1e-3, 1.0, 100.0):
        same(segments, EAST + rng.normal(0, spread, 200), NORTH + rng.normal(0, spread, 200))


def test_full_cells_only_make_the_grid_coarser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearness, "MOST_ENTRIES", 300)
    segments = fractal(200, 5)
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-4000, 4000, (2, 500))
    same(segments, EAST + x, NORTH + y)


def test_memory_stays_small() -> None:
    assert NearIndex.build(fractal(2000, 9)).nbytes < 10e6


def test_nothing_is_known_of_a_point_that_is_nowhere() -> None:
    index = NearIndex.build(fractal(10, 1))
    found = index.distances(np.array([np.nan, EAST, EAST]), np.array([NORTH, np.nan, NORTH]))
    assert np.isnan(found).tolist() == [True, True, False]


@pytest.mark.parametrize("segments", [np.empty((0, 4)), np.array([[0.0, 0.0, np.nan, 1.0]])])
def test_no_edges_and_broken_edges_are_refused(segments: Floats) -> None:
    with pytest.raises(ValueError, match="at least one edge"):
        NearIndex.build(segments)


def test_threads_share_one_index() -> None:
    segments = fractal(300, 2)
    index = NearIndex.build(segments)
    rng = np.random.default_rng(2)
    x, y = EAST + rng.uniform(-4000, 4000, 20_000), NORTH + rng.uniform(-4000, 4000, 20_000)
    alone = index.distances(x, y)
    assert np.array_equal(index.distances(x, y, threads=3), alone)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: index.distances(x, y), range(8)))
    assert all(np.array_equal(found, alone) for found in together)


COARSE = st.integers(-8, 8).map(float)  # on a lattice: ties, shared ends, edges on edges
# Metres to the nanometre: on an edge of 1e-218 m GEOS itself divides nothing by nothing.
FINE = st.floats(-1e4, 1e4).map(lambda metres: round(metres, 9))
ENDS = st.one_of(st.tuples(*[COARSE] * 4), st.tuples(*[FINE] * 4))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(ENDS, min_size=1, max_size=30),
    st.lists(st.one_of(st.tuples(COARSE, COARSE), st.tuples(FINE, FINE)), min_size=1, max_size=20),
    st.sampled_from([0.0, 1.0]),
)
def test_any_edges_and_any_points(
    ends: list[tuple[float, ...]], places: list[tuple[float, float]], moved: float
) -> None:
    segments = np.array(ends) + moved * np.array([EAST, NORTH, EAST, NORTH])
    x, y = (np.array(places) + moved * np.array([EAST, NORTH])).T
    same(segments, x.copy(), y.copy())
