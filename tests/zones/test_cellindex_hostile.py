"""The index against GEOS on zones that nobody should draw, and points where rounding decides."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

from wetland.zones.cellindex import CellIndex

SETS = max(1_000, settings.get_current_profile_name() == "soak" and 20_000)
ORIGINS = ((0.0, 0.0), (505_773.1, 3_350_046.7), (-1e7, 2e7), (1e-3, -1e8), (3e9, 0.0))
SCALES = (1.0, 1e-3, 7.3, 100.0, 12_345.6, 1e-9)
KINDS = ("ring", "ring", "ring", "holes", "holes", "many", "many", "bow", "spike", "line", "dot",
         "elbow", "again", "nested", "touching", "empty", "fine")  # fmt: skip


def lattice_ring(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return 3 to 10 points of a small lattice in any order: crossings, spikes, repeats."""
    return rng.integers(0, 9, (int(rng.integers(3, 11)), 2)).astype(float)


def fine_ring(rng: np.random.Generator) -> NDArray[np.float64]:
    angle = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 40))))
    away = rng.uniform(0.5, 4, len(angle))
    return np.column_stack([4 + away * np.cos(angle), 4 + away * np.sin(angle)])


def square(low: float, high: float) -> list[tuple[float, float]]:
    return [(low, low), (high, low), (high, high), (low, high)]


FIXED: dict[str, Any] = {
    "bow": Polygon([(0, 0), (8, 8), (8, 0), (0, 8)]),
    "spike": Polygon([(1, 1), (5, 1), (5, 5), (8, 8), (5, 5), (1, 5)]),
    "line": Polygon([(0, 0), (8, 4), (4, 2), (0, 0)]),
    "dot": Polygon([(3, 3)] * 4),
    "elbow": Polygon([(4, 8), (0, 8), (0, 2), (0, 8), (4, 8)]),
    "touching": Polygon(square(0, 8), [[(0, 4), (4, 2), (4, 6)], [(4, 2), (6, 1), (6, 3)]]),
}


def shape(kind: str, rng: np.random.Generator, earlier: list[Any]) -> Any:
    """Draw one zone of a kind."""
    few = int(rng.integers(1, 4))
    if kind in FIXED:
        return FIXED[kind]
    if kind == "ring":
        return Polygon(lattice_ring(rng))
    if kind == "holes":
        return Polygon(square(0, 8), [lattice_ring(rng) for _ in range(few)])
    if kind == "many":
        return MultiPolygon([Polygon(lattice_ring(rng)) for _ in range(few + 1)])
    if kind == "nested":
        return Polygon(square(few, 8 - few))
    if kind == "empty":
        return Polygon() if few > 1 else None
    if kind == "again" and earlier:
        return earlier[int(rng.integers(0, len(earlier)))]
    return Polygon(fine_ring(rng))


def hostile_points(polygons: NDArray[Any], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return vertices, places on edges, all of these one ulp off, places around, and nonsense."""
    coords, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(polygons)), return_index=True
    )
    some = np.array([[0.0, 0.0]]) if not len(coords) else coords
    step = np.flatnonzero(ring[1:] == ring[:-1])
    along = rng.random((len(step), 1))
    on = coords[step] + along * (coords[step + 1] - coords[step]) if len(step) else some
    half = (coords[step] + coords[step + 1]) / 2 if len(step) else some
    exact = np.concatenate([some, on, half])
    exact = exact[rng.integers(0, len(exact), 120)]
    off = np.nextafter(exact, exact + rng.choice([-1.0, 0.0, 1.0], exact.shape))
    low, high = some.min(axis=0), some.max(axis=0)
    wide = np.maximum(high - low, 1e-12)
    around = rng.uniform(low - 0.2 * wide, high + 0.2 * wide, (120, 2))
    odd = np.array([[np.nan, 0], [np.inf, low[1]], [low[0], -np.inf], [1e300, -1e300],
                    [np.nan, np.nan], [0, 0], [-1e18, 5e-324]])  # fmt: skip
    return np.concatenate([exact, off, around, odd])


def ask(polygons: NDArray[Any], at: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Ask GEOS of each point as if it were the only one: which zones it meets; lies within.

    Prepared, as the array form of ``intersects_xy`` makes them, invalid polygons of several rings
    answer the first point otherwise than the next ones; see the last test.
    """
    finite = np.isfinite(at).all(axis=1)
    fresh = shapely.from_wkb(shapely.to_wkb(polygons))
    places = shapely.points(np.where(finite[:, None], at, 0.0))
    meets = shapely.intersects(fresh[None, :], places[:, None]) & finite[:, None]
    inner = np.zeros_like(meets)
    row, zone = np.nonzero(meets)
    inner[row, zone] = shapely.contains(fresh[zone], places[row])
    return meets, inner


@settings(
    max_examples=SETS,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=9),
    seed=st.integers(0, 2**32 - 1),
    origin=st.sampled_from(ORIGINS),
    scale=st.sampled_from(SCALES),
)
def test_hostile_zones_never_disagree(
    kinds: list[str], seed: int, origin: tuple[float, float], scale: float
) -> None:
    rng = np.random.default_rng(seed)
    drawn: list[Any] = []
    for kind in kinds:
        drawn.append(shape(kind, rng, drawn))
    polygons = np.empty(len(drawn), dtype=object)
    polygons[:] = drawn
    polygons = shapely.transform(polygons, lambda xy: xy * scale + origin)
    at = hostile_points(polygons, rng)
    index = CellIndex.build(polygons)
    wanted, inner = ask(polygons, at)
    np.testing.assert_array_equal(index.covers(at[:, 0], at[:, 1]), wanted)
    touched = np.zeros_like(wanted)
    touched[index.on_edge(at[:, 0], at[:, 1])] = True
    np.testing.assert_array_equal(touched, wanted & ~inner)
    one = int(rng.integers(0, len(at)))  # the scalar form, polygon by polygon
    single = [
        bool(shapely.intersects_xy(each, *at[one]))
        for each in shapely.from_wkb(shapely.to_wkb(polygons))
    ]
    assert single == wanted[one].tolist()


def test_what_geos_takes_for_a_rectangle_is_taken_so() -> None:
    """To and fro along two sides of its bounds: no area, but GEOS says it holds what they hold."""
    elbow = Polygon([(4, 8), (0, 8), (0, 2), (0, 8), (4, 8)])
    assert shapely.intersects_xy(elbow, 3, 3)
    assert CellIndex.build([elbow]).covers([3.0, 5.0], [3.0, 3.0]).tolist() == [[True], [False]]


def test_geos_answers_the_first_point_otherwise() -> None:
    """The reason why an invalid polygon of several rings is asked of point by point."""
    parts = shapely.from_wkt(
        "MULTIPOLYGON (((7 6, 0 3, 7 4, 0 6, 6 7, 7 6)), ((0 7, 0 4, 0 2, 4 3, 0 7)),"
        " ((0 0, 1 0, 6 4, 5 2, 5 6, 3 4, 0 0)))"
    )
    index = CellIndex.build([parts])
    assert index.covers([4.5, 4.5], [4.5, 4.5]).tolist() == [[True], [True]]
    assert shapely.intersects_xy(parts, [4.5, 4.5], [4.5, 4.5])[0]
