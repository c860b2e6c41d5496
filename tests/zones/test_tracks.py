"""Visits of tracks to zones: golden cases, conservation, and shapely segment by segment."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from wetland.zones import trackcrossings
from wetland.zones.trackfixes import NO_TIME
from wetland.zones.tracks import CROSSED, END, GAP, START, Breaks, Visits, find_visits, order_fixes

S = 1_000_000_000
ENDLESS = Breaks(max_gap_s=None)
POND = Polygon(
    [(20, 0), (60, 0), (60, 40), (20, 40)],
    [[(30, 10), (50, 10), (50, 30), (30, 30)]],
)


@pytest.fixture(params=["plain", "compiled"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Go both ways: plain shapely and numpy, and compiled loops."""
    monkeypatch.setattr(trackcrossings, "compiled_pays", lambda _: request.param == "compiled")
    return request.param


def track(*points: tuple[float, float], every_s: int = 10) -> object:
    x, y = np.array(points, dtype=float).T
    return order_fixes(["t"] * len(x), np.arange(len(x)) * every_s * S, x=x, y=y)


def said(found: Visits) -> list[tuple[float, float, float, int]]:
    return [
        (round(a / S, 6), round(b / S, 6), round(m, 6), n)
        for a, b, m, n in zip(
            found.entered_ns.tolist(), found.left_ns.tolist(), found.length_m.tolist(),
            found.n_fixes.tolist(), strict=True,
        )
    ]  # fmt: skip


def test_a_crossing_between_fixes_is_timed(way: str) -> None:
    found = find_visits(track((0, 5), (100, 5)), [box(20, 0, 45, 10)])
    assert said(found) == [(2.0, 4.5, 25.0, 0)]
    assert found.entry.tolist() == [[20, 5]]
    assert found.exit.tolist() == [[45, 5]]
    assert (found.entry_kind.tolist(), found.exit_kind.tolist()) == ([CROSSED], [CROSSED])


def test_a_hole_parts_a_visit(way: str) -> None:
    found = find_visits(track((0, 20), (100, 20)), [POND])
    assert said(found) == [(2.0, 3.0, 10.0, 0), (5.0, 6.0, 10.0, 0)]


def test_a_corner_is_cut(way: str) -> None:
    found = find_visits(track((15, 6), (26, -5)), [box(20, 0, 45, 10)])
    assert said(found) == [(round(50 / 11, 6), round(60 / 11, 6), round(2**0.5, 6), 0)]


def test_several_zones_and_parts(way: str) -> None:
    parts = MultiPolygon([box(10, 0, 20, 10), box(30, 0, 40, 10)])
    found = find_visits(track((0, 5), (100, 5)), [parts, box(15, -5, 35, 15), box(0, 90, 1, 91)])
    assert found.zone.tolist() == [0, 0, 1]
    assert said(found) == [(1.0, 2.0, 10.0, 0), (3.0, 4.0, 10.0, 0), (1.5, 3.5, 20.0, 0)]


def test_touching_between_fixes_is_no_visit(way: str) -> None:
    square = box(20, 0, 30, 10)
    assert not len(find_visits(track((10, 0), (30, 20)), [square]))  # through the corner (20, 10)
    assert not len(find_visits(track((10, 10.0001), (40, 10.0001)), [square]))


def test_along_an_edge_is_inside_because_zones_are_closed(way: str) -> None:
    found = find_visits(track((10, 10), (40, 10)), [box(20, 0, 30, 10), box(20, 10, 30, 20)])
    assert found.zone.tolist() == [0, 1]
    assert found.length_m.tolist() == [10.0, 10.0]


def test_a_fix_on_a_corner_is_a_visit_of_no_length(way: str) -> None:
    found = find_visits(track((10, 0), (20, 10), (30, 20)), [box(20, 0, 30, 10)])
    assert said(found) == [(10.0, 10.0, 0.0, 1)]
    stays = find_visits(track((10, 0), (20, 10), (20, 10), (30, 20)), [box(20, 0, 30, 10)])
    assert said(stays) == [(10.0, 20.0, 0.0, 2)]


def test_coming_in_over_a_fix_on_the_edge(way: str) -> None:
    found = find_visits(track((10, 5), (20, 5), (25, 5), (30, 5), (40, 5)), [box(20, 0, 30, 10)])
    assert said(found) == [(10.0, 30.0, 10.0, 3)]
    assert found.first.tolist() == [1]


def test_starts_ends_and_gaps(way: str) -> None:
    x = np.array([25.0, 26, 27, 28, 50])
    at = np.array([0, 10, 1000, 1010, 1020]) * S
    fixes = order_fixes(["t"] * 5, at, x=x, y=np.full(5, 5.0))
    found = find_visits(fixes, [box(20, 0, 30, 10)], breaks=Breaks(600))
    assert found.entry_kind.tolist() == [START, GAP]
    assert found.exit_kind.tolist() == [GAP, CROSSED]
    assert found.n_fixes.tolist() == [2, 2]
    assert found.dwell_s == pytest.approx([10.0, 10 + 20 / 22])
    assert found.gaps.before.tolist() == [1]
    assert found.gaps.duration_s.tolist() == [990.0]
    assert found.totals.gap_s.tolist() == [990.0]
    assert found.totals.duration_s.tolist() == [30.0]
    whole = find_visits(fixes, [box(20, 0, 30, 10)], breaks=ENDLESS)
    assert whole.entry_kind.tolist() == [START]
    assert not len(whole.gaps.before)
    far = find_visits(fixes, [box(20, 0, 30, 10)], breaks=Breaks(None, 5.0))
    assert far.exit_kind.tolist() == [GAP]
    assert far.gaps.length_m.tolist() == [22.0]


def test_at_exactly_the_limit_there_is_no_gap(way: str) -> None:
    fixes = order_fixes([1, 1], [0, 600 * S], x=[0, 1], y=[0, 0])
    assert not len(find_visits(fixes, [box(0, 0, 1, 1)], breaks=Breaks(600.0, 1.0)).gaps.before)


def test_single_fixes_and_nothing(way: str) -> None:
    one = find_visits(track((25, 5)), [box(20, 0, 30, 10), box(90, 0, 91, 1)])
    assert said(one) == [(0.0, 0.0, 0.0, 1)]
    assert (one.entry_kind.tolist(), one.exit_kind.tolist()) == ([START], [END])
    none = order_fixes([], [], x=[], y=[])
    assert not len(find_visits(none, [POND]))
    assert not len(find_visits(track((25, 5), (26, 5)), []))
    assert not len(find_visits(track((25, 5), (26, 5)), [Polygon()]))


def test_what_is_no_fix_is_counted() -> None:
    fixes = order_fixes(
        ["a", None, "a", "a", "a", "a", "b", "a"],
        [30 * S, 0, 10 * S, NO_TIME, 20 * S, 10 * S, 5 * S, 10 * S],
        x=[3, 0, 1, 1, np.nan, 1, 9, 2],
        y=[0] * 8,
    )
    assert fixes.dropped == {"no_track": 1, "no_time": 1, "no_position": 1, "repeated": 1}
    assert fixes.noted == {"out_of_order": 3, "equal_time": 1}
    assert fixes.names == ("a", "b")
    assert fixes.row.tolist() == [2, 7, 0, 6]


def test_absurd_positions_are_none() -> None:
    fixes = order_fixes([1] * 4, [0, 1, 2, 3], x=[np.inf, -1e300, 0, 1e9], y=[0, 0, 0, 0])
    assert len(fixes) == 1
    assert fixes.dropped == {"no_position": 3}


def test_an_invalid_zone_is_mended(way: str) -> None:
    bow = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    found = find_visits(track((-5, 2), (15, 2)), [bow])
    assert said(found) == [(2.5, 3.5, 2.0, 0), (6.5, 7.5, 2.0, 0)]


def test_some_fix_of_the_visit() -> None:
    found = find_visits(track((0, 5), (25, 5), (27, 5), (99, 5), (25, 5)), [box(20, 0, 30, 10)])
    flags = np.zeros((5, 1), dtype=bool)
    flags[2] = True
    assert found.n_fixes.tolist() == [2, 1]
    assert found.with_some(flags).tolist() == [True, False]
    flags[[0, 3]] = True
    assert found.with_some(flags).tolist() == [True, False]


# --- properties -------------------------------------------------------------------------------


def _star(rng: np.random.Generator, *, whole: bool) -> Polygon:
    angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 12)))
    radius = rng.uniform(5, 45, len(angle))
    points = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
    points += rng.uniform(0, 100, 2)
    return Polygon(np.rint(points) if whole else points)


@st.composite
def scenes(draw: st.DrawFn, *, whole: bool | None = None) -> tuple[np.ndarray, list[object]]:
    """Draw a track and zones, half of them on whole numbers so that much is touched exactly."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    exact = draw(st.booleans()) if whole is None else whole
    zones: list[object] = [
        shapely.make_valid(_star(rng, whole=exact), method="structure")
        for _ in range(draw(st.integers(1, 4)))
    ]
    size = draw(st.integers(2, 30))
    points = np.cumsum(rng.normal(0, draw(st.sampled_from([3, 15, 60])), (size, 2)), axis=0) + 50
    if exact:
        points = np.rint(points)
        corners = shapely.get_coordinates(zones)
        if len(corners):
            chosen = rng.random(size) < 0.3
            points[chosen] = corners[rng.integers(0, len(corners), chosen.sum())]
    return points, zones


def _lengths(found: Visits, zones: int) -> np.ndarray:
    return np.bincount(found.zone, weights=found.length_m, minlength=zones)


def _dwells(found: Visits, zones: int) -> np.ndarray:
    return np.bincount(found.zone, weights=found.dwell_s, minlength=zones)


@given(scenes())
def test_lengths_are_those_of_shapely_segment_by_segment(scene: tuple[np.ndarray, list]) -> None:
    points, zones = scene
    both = []
    for compiled in (False, True):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(trackcrossings, "compiled_pays", lambda _, c=compiled: c)
            both.append(find_visits(track(*map(tuple, points)), zones, breaks=ENDLESS))
    plain, found = both
    assert said(plain) == said(found)
    assert (plain.zone == found.zone).all()
    for number, zone in enumerate(zones):
        wanted = sum(
            zone.intersection(LineString([a, b])).length
            for a, b in pairwise(points)
            if (a != b).any()
        )
        assert _lengths(found, len(zones))[number] == pytest.approx(wanted, abs=1e-6)
        inside = shapely.intersects_xy(zone, *points.T)
        here = found.zone == number
        told = np.zeros(len(points), dtype=bool)
        for a, n in zip(found.first[here], found.n_fixes[here], strict=True):
            assert not told[a : a + n].any()
            told[a : a + n] = True
        assert (told == inside).all()  # every fix inside is in one visit, no other is in any
        ends = np.concatenate([found.entry[here], found.exit[here]])
        assert (shapely.distance(zone, shapely.points(ends)) < 1e-6).all()


@given(scenes())
def test_inside_and_outside_make_the_whole(scene: tuple[np.ndarray, list]) -> None:
    points, zones = scene
    frame = box(-1e4, -1e4, 1e4, 1e4)
    found = find_visits(
        track(*map(tuple, points)), [zones[0], frame.difference(zones[0])], breaks=ENDLESS
    )
    inside, outside = _lengths(found, 2)
    shared = sum(
        zones[0].boundary.intersection(LineString([a, b])).length
        for a, b in pairwise(points)
        if (a != b).any()
    )
    total = found.totals.length_m[0]
    assert inside + outside == pytest.approx(total + shared, abs=1e-6)
    if shared < 1e-9 and (points[:-1] != points[1:]).any(axis=1).all():
        assert _dwells(found, 2).sum() == pytest.approx(found.totals.duration_s[0], abs=1e-6)
    everything = find_visits(track(*map(tuple, points)), [frame], breaks=ENDLESS)
    assert everything.length_m.sum() == pytest.approx(total)
    assert everything.dwell_s.sum() == found.totals.duration_s[0]


@given(scenes(), st.integers(0, 29))
def test_cutting_a_track_at_a_fix_changes_no_sum(scene: tuple[np.ndarray, list], cut: int) -> None:
    points, zones = scene
    cut = min(cut, len(points) - 1)
    at = np.arange(len(points)) * 10 * S
    x, y = points.T
    whole = find_visits(order_fixes([0] * len(x), at, x=x, y=y), zones, breaks=ENDLESS)
    rows = np.concatenate([np.arange(cut + 1), np.arange(cut, len(x))])
    halves = np.repeat([0, 1], [cut + 1, len(x) - cut])
    parts = find_visits(order_fixes(halves, at[rows], x=x[rows], y=y[rows]), zones, breaks=ENDLESS)
    size = len(zones)
    assert _lengths(parts, size) == pytest.approx(_lengths(whole, size), abs=1e-6)
    assert _dwells(parts, size) == pytest.approx(_dwells(whole, size), abs=1e-6)
    assert parts.totals.length_m.sum() == pytest.approx(whole.totals.length_m.sum())


@given(scenes())
def test_backwards_is_the_mirror(scene: tuple[np.ndarray, list]) -> None:
    points, zones = scene
    last = (len(points) - 1) * 10 * S
    there = find_visits(track(*map(tuple, points)), zones, breaks=ENDLESS)
    back = find_visits(track(*map(tuple, points[::-1])), zones, breaks=ENDLESS)

    def listed(zone: np.ndarray, start: np.ndarray, end: np.ndarray) -> list[tuple[float, ...]]:
        rows = zip(zone.tolist(), start.tolist(), end.tolist(), strict=True)
        return sorted((z, round(a / S, 3) + 0.0, round(b / S, 3) + 0.0) for z, a, b in rows)

    mirrored = listed(back.zone, last - back.left_ns, last - back.entered_ns)
    plain = listed(there.zone, there.entered_ns, there.left_ns)
    assert len(plain) == len(mirrored)
    for a, b in zip(plain, mirrored, strict=True):
        assert a == pytest.approx(b, abs=2e-3)


def test_many_tracks_are_each_their_own() -> None:
    rng = np.random.default_rng(7)
    zones = [_star(rng, whole=False).buffer(0) for _ in range(5)]
    codes = rng.integers(0, 40, 4000)
    at = rng.permutation(4000) * S
    x, y = rng.uniform(-20, 120, (2, 4000))
    together = find_visits(order_fixes(codes, at, x=x, y=y), zones, breaks=ENDLESS)
    names = order_fixes(codes, at, x=x, y=y).names
    for number in range(0, 40, 13):
        own = codes == names[number]
        alone = find_visits(
            order_fixes(codes[own], at[own], x=x[own], y=y[own]), zones, breaks=ENDLESS
        )
        here = together.track == number
        assert (together.entered_ns[here] == alone.entered_ns).all()
        assert together.length_m[here] == pytest.approx(alone.length_m, abs=1e-6)


def test_real_coordinates_far_from_the_origin(way: str) -> None:
    """At 3,350 km north a metre is 2e9 ulps: lengths hold to a micrometre."""
    rng = np.random.default_rng(11)
    zones = [
        shapely.transform(
            _star(rng, whole=False).buffer(0), lambda p: p * 30 + [505_773, 3_350_046]
        )
        for _ in range(3)
    ]
    points = np.cumsum(rng.normal(0, 40, (3000, 2)), axis=0) + np.array([507_000, 3_351_500])
    found = find_visits(track(*map(tuple, points)), zones, breaks=ENDLESS)
    lines = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1))
    for number, zone in enumerate(zones):
        wanted = shapely.length(shapely.intersection(lines, zone)).sum()
        assert _lengths(found, 3)[number] == pytest.approx(wanted, abs=1e-5)


def test_when_the_parity_fails_geos_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crossings that were lost (they cannot be) are found out and asked for again."""
    lost = trackcrossings._meetings

    def forgetful(*given: object) -> tuple[np.ndarray, ...]:
        segment, zone, part, kind = lost(*given)
        return segment[1:], zone[1:], part[1:], kind[1:]

    fixes = track((0, 5), (25, 5), (50, 5))
    want = said(find_visits(fixes, [box(20, 0, 30, 10)]))
    monkeypatch.setattr(trackcrossings, "_meetings", forgetful)
    assert said(find_visits(fixes, [box(20, 0, 30, 10)])) == want


def test_a_point_is_what_the_golden_numbers_rest_on() -> None:
    assert POND.intersects(Point(30, 20))
    assert not POND.intersects(Point(31, 20))
