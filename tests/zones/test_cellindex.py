"""The cell index: golden answers, points where rounding decides, bounds of memory, threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from wetland.zones.cellindex import CellIndex
from wetland.zones.cellkernels import write_pairs

X, Y = 505_773.25, 3_350_046.75


def blob(x: float, y: float, size: float, *, seed: int, vertices: int = 120) -> Polygon:
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    away = size * np.exp(0.1 * rng.normal(size=vertices).cumsum() / 3)
    return Polygon(np.column_stack([x + away * np.cos(angle), y + away * np.sin(angle)]))


def city(count: int = 60) -> list[Polygon]:
    """Return a zone, a ring around it that shares its edge, and zones that overlap both."""
    inner = blob(X, Y, 1_500, seed=0, vertices=800)
    outer = shapely.transform(inner, lambda xy: (xy - (X, Y)) * 1.7 + (X, Y))
    rng = np.random.default_rng(5)
    at = rng.uniform(-2_500, 2_500, (count, 2)) + np.array([X, Y])
    small = [blob(x, y, float(rng.uniform(20, 300)), seed=k) for k, (x, y) in enumerate(at)]
    return [inner, Polygon(outer.exterior, [inner.exterior.coords]), *small]


def by_geos(polygons: list[Any], x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.bool_]:
    prepared = shapely.from_wkb(shapely.to_wkb(np.array(polygons, dtype=object)))
    shapely.prepare(prepared)
    return np.column_stack([shapely.intersects_xy(one, x, y) for one in prepared])


def test_golden_closed_zones() -> None:
    left, right = box(0, 0, 10, 10), box(10, 0, 20, 10)
    holed = Polygon([(0, 0), (20, 0), (20, 10), (0, 10)], [[(4, 4), (6, 4), (6, 6), (4, 6)]])
    index = CellIndex.build([left, right, holed])
    places = [(5, 5), (4, 5), (10, 5), (20, 10), (20.0000001, 10), (1, 1), (15, 9)]
    answers = [index.sets[one] for one in index.set_ids(*np.array(places, dtype=float).T)]
    assert answers == [(0,), (0, 2), (0, 1, 2), (1, 2), (), (0, 2), (1, 2)]
    point, polygon = index.on_edge(*np.array(places, dtype=float).T)
    assert list(zip(point, polygon, strict=True)) == [(1, 2), (2, 0), (2, 1), (3, 1), (3, 2)]


def test_nowhere_and_no_number() -> None:
    index = CellIndex.build([box(0, 0, 10, 10)])
    odd = [np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324]
    x, y = (grid.ravel() for grid in np.meshgrid(odd, odd))
    np.testing.assert_array_equal(index.set_ids(x, y) > 0, (x == 5e-324) & (y == 5e-324))


def test_without_zones_or_points() -> None:
    for polygons in ([], [Polygon()], [None], [MultiPolygon()]):
        index = CellIndex.build(polygons)
        assert index.set_ids([1.0, np.nan], [0.0, 0.0]).tolist() == [0, 0]
        assert index.covers([0.0], [0.0]).shape == (1, len(polygons))
    index = CellIndex.build([box(0, 0, 1, 1)])
    assert len(index.set_ids([], [])) == 0
    assert [len(part) for part in index.pairs([], [])] == [0, 0]


def test_what_is_no_zone_or_no_point_is_refused() -> None:
    for other in (Point(0, 0), LineString([(0, 0), (1, 1)])):
        with pytest.raises(TypeError):
            CellIndex.build([other])
    index = CellIndex.build([box(0, 0, 1, 1)])
    with pytest.raises(ValueError, match="as many x as y"):
        index.set_ids([1.0, 2.0], [1.0])


def test_on_and_beside_the_edges_nothing_differs() -> None:
    polygons = city()
    index = CellIndex.build(polygons)
    rng = np.random.default_rng(7)
    coords, ring = shapely.get_coordinates(
        shapely.get_rings(np.array(polygons, dtype=object)), return_index=True
    )
    step = rng.choice(np.flatnonzero(ring[1:] == ring[:-1]), 100_000)
    along = rng.random((len(step), 1)) * rng.integers(0, 2, (len(step), 1))  # half are vertices
    on = coords[step] + along * (coords[step + 1] - coords[step])
    off = np.nextafter(on, on + rng.choice([-1.0, 0.0, 1.0], on.shape))
    x, y = np.concatenate([on, off]).T.copy()
    assert len(x) == 200_000
    covered = index.covers(x, y)
    wanted = by_geos(polygons, x, y)
    assert (covered != wanted).sum() == 0
    point, polygon = index.on_edge(x, y)
    inner = [shapely.contains_xy(one, x, y) for one in polygons]
    wanted &= ~np.column_stack(inner)
    assert len(point) == wanted.sum()
    assert wanted[point, polygon].all()


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_pairs_and_sets_agree_with_geos_in_any_number_of_threads(threads: int) -> None:
    polygons = city()
    index = CellIndex.build(polygons)
    rng = np.random.default_rng(8)
    x, y = rng.uniform(X - 3_000, X + 3_000, 50_000), rng.uniform(Y - 3_000, Y + 3_000, 50_000)
    wanted = by_geos(polygons, x, y)
    point, polygon = index.pairs(x, y, threads=threads)
    assert point.dtype == np.int64
    assert polygon.dtype == np.int32
    np.testing.assert_array_equal(np.stack([point, polygon]), np.nonzero(wanted))
    ids = index.set_ids(x, y, threads=threads)
    np.testing.assert_array_equal(index.membership(ids), wanted)
    assert index.sets[0] == ()
    assert all(list(members) == sorted(members) for members in index.sets)
    assert len(set(index.sets)) == len(index.sets)


@pytest.mark.parametrize("most", [1 << 22, 1 << 10])
def test_hundreds_of_zones_through_one_place(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Copies of one zone, nested zones, and sectors that all meet in a point."""
    monkeypatch.setattr("wetland.zones.celledges.MOST_MEMBERS", most)
    copies = [blob(X, Y, 400, seed=1)] * 30
    nested = [box(X - k, Y - k, X + k, Y + k) for k in range(2, 242, 4)]
    turn = np.linspace(0, 2 * np.pi, 121)
    sectors = [
        Polygon([(X, Y), (X + 500 * np.cos(a), Y + 500 * np.sin(a)),
                 (X + 500 * np.cos(b), Y + 500 * np.sin(b))])
        for a, b in zip(turn[:-1], turn[2:], strict=False)
    ]  # fmt: skip
    polygons = [*copies, *nested, *sectors]
    index = CellIndex.build(polygons)
    rng = np.random.default_rng(9)
    x = np.concatenate([rng.normal(X, 200, 3_000), X + rng.normal(0, 3, 1_000), [X]])
    y = np.concatenate([rng.normal(Y, 200, 3_000), Y + rng.normal(0, 3, 1_000), [Y]])
    np.testing.assert_array_equal(index.covers(x, y), by_geos(polygons, x, y))
    assert (len(index.foreign) == len(polygons)) == (most == 1 << 10)


@pytest.mark.parametrize(
    ("polygons", "around"),
    [
        ([blob(X, Y, 0.5, seed=1)], 1.0),  # a permit of a metre
        ([blob(0, 0, 1e-4, seed=1)], 2e-4),
        ([blob(X, Y, 30, seed=1), blob(X + 1e5, Y + 1e5, 30, seed=2)], 1.2e5),  # 100 km apart
        ([blob(X, Y, 5e4, seed=k, vertices=3_000) for k in range(4)], 8e4),
        ([box(X, Y, X + 1e5, Y + 1e-3)], 1.0),  # a sliver
        ([box(-2e7, -2e7, 2e7, 2e7), blob(X, Y, 5, seed=3)], 50.0),
    ],
    ids=["metre", "tenth of a millimetre", "far apart", "large", "sliver", "the Earth"],
)
def test_any_extent_in_bounded_memory(polygons: list[Any], around: float) -> None:
    index = CellIndex.build(polygons)
    held = sum(part.nbytes for part in index.cells[1:4])
    assert held < 60e6
    rng = np.random.default_rng(3)
    low, high = index.polygons[0].bounds[:2], index.polygons[0].bounds[2:]
    x = np.concatenate(
        [rng.uniform(X - around, X + around, 2_000), rng.uniform(low[0], high[0], 99)]
    )
    y = np.concatenate(
        [rng.uniform(Y - around, Y + around, 2_000), rng.uniform(low[1], high[1], 99)]
    )
    np.testing.assert_array_equal(index.covers(x, y), by_geos(polygons, x, y))


def test_the_build_is_bounded_where_edges_are_long_and_many() -> None:
    rng = np.random.default_rng(4)
    zigzag = [Polygon(rng.uniform(0, 1e5, (400, 2))) for _ in range(5)]  # 100,000 km of edge
    index = CellIndex.build(zigzag)
    assert index.cells.words.nbytes < 120e6
    x, y = rng.uniform(0, 1e5, (2, 300))
    np.testing.assert_array_equal(index.covers(x, y), by_geos(zigzag, x, y))


@given(cell_m=st.floats(1e-6, 1e6), shift=st.floats(-1e7, 1e7))
def test_the_side_of_a_cell_changes_no_answer(cell_m: float, shift: float) -> None:
    polygons = [blob(shift, shift, 50, seed=1), box(shift, shift, shift + 64, shift + 64)]
    index = CellIndex.build(polygons, cell_m=cell_m)
    rng = np.random.default_rng(2)
    x, y = rng.uniform(shift - 70, shift + 70, (2, 200))
    np.testing.assert_array_equal(index.covers(x, y), by_geos(polygons, x, y))


def test_a_part_writes_nothing_beyond_its_own_pairs() -> None:
    """Threads write side by side: what lies behind the last pair belongs to the next one."""
    sets = (np.array([0, 0, 2], dtype=np.int32), np.array([4, 7, 0], dtype=np.int32))
    ids = np.array([0, 1, 0, 1, 0, 0], dtype=np.int32)  # the empty set, and {4, 7}
    points = np.full(8, -1, dtype=np.int64)
    zones = np.full(8, -1, dtype=np.int32)
    assert write_pairs(ids, 10, sets, points[:4], zones[:4]) == 4
    assert points.tolist() == [11, 11, 13, 13, -1, -1, -1, -1]
    assert zones.tolist() == [4, 7, 4, 7, -1, -1, -1, -1]
