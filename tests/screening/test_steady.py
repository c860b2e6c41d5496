"""Hysteresis: what drift alone can do raises nothing, what really goes in is seen."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter

from wetland.screening.steady import CERTAIN_FIXES, DEEP_REACHES, Stretches, unsteady
from wetland.zones.trackfixes import nanoseconds

PER_AXIS = 2.4477468306808164  # sqrt(-2 ln 0.05): radius of 95 % of a round normal error, in sigma
START = np.datetime64("2024-05-01T00:00:00", "ns")


def drift(size: int, error_m: float, tau_s: float, step_s: float, seed: int) -> np.ndarray:
    """Return a Gauss-Markov error (n, 2) with a 95 % radius of ``error_m``."""
    noise = np.random.default_rng(seed).standard_normal((size, 2))
    keep = np.exp(-step_s / tau_s) if tau_s else 0.0
    noise[1:] *= np.sqrt(1 - keep**2)
    return np.asarray(lfilter([1.0], [1.0, -keep], noise, axis=0)) * error_m / PER_AXIS


def times(size: int, step_s: float) -> np.ndarray:
    return START + (np.arange(size) * step_s * 1e9).astype("timedelta64[ns]")


@pytest.mark.parametrize("tau_s", [0.0, 60.0, 600.0, 7200.0])
def test_standing_beside_a_zone_raises_nothing(tau_s: float) -> None:
    """1,000 days in all, a fix every 5 s, 1 m outside a straight edge, at 30 m error."""
    days, per_day = 250, 17_280
    track, at = np.repeat(np.arange(days), per_day), times(days * per_day, 5)
    off = drift(days * per_day, 30.0, tau_s, 5.0, seed=int(tau_s))
    depth = off[:, 0] - 1.0
    plain = depth > 30.0
    assert plain.sum() > 1000  # by itself each of these would be a finding
    steady = plain & ~unsteady(track, at, depth, 30.0)
    assert not steady.any()


def test_standing_in_a_hole_of_the_zone_raises_nothing() -> None:
    """The worst of shapes: whichever way the receiver drifts, it comes to lie inside."""
    days, per_day = 100, 17_280
    off = drift(days * per_day, 30.0, 600.0, 5.0, seed=5)
    depth = np.hypot(off[:, 0], off[:, 1]) - 1.0
    track, at = np.repeat(np.arange(days), per_day), times(days * per_day, 5)
    plain = depth > 30.0
    assert plain.sum() > 10_000
    assert not (plain & ~unsteady(track, at, depth, 30.0)).any()


@pytest.mark.soak
@pytest.mark.parametrize("error_m", [5.0, 10.0, 30.0, 100.0])
def test_thousand_days_at_each_error(error_m: float) -> None:
    at = times(17_280, 5)
    for day in range(1000):
        off = drift(17_280, error_m, 300.0, 5.0, seed=day)[:, 0] - 1.0
        assert not ((off > error_m) & ~unsteady(np.zeros(17_280), at, off, error_m)).any()


@pytest.mark.parametrize("step_s", [1.0, 5.0, 10.0, 30.0])
def test_two_minutes_deep_inside_are_caught(step_s: float) -> None:
    """A boat goes 150 m into the zone and is there for two minutes, 200 times over."""
    caught = 0
    for seed in range(200):
        out_s, there_s = 300.0, 120.0
        size = int((2 * out_s + there_s) / step_s) + 1
        second = np.arange(size) * step_s
        truth = np.where((second >= out_s) & (second <= out_s + there_s), 150.0, -100.0)
        depth = truth + drift(size, 30.0, 300.0, step_s, seed=seed)[:, 0]
        there = truth > 0
        steady = (depth > 30) & ~unsteady(np.zeros(size), times(size, step_s), depth, 30.0)
        caught += steady[there].any()
        assert not steady[~there].any()
    assert caught == 200


def test_the_limits() -> None:
    at = times(5, 10)
    deep = DEEP_REACHES * 20
    inside = [-50, 25, deep, 25, -50]
    assert not unsteady(["a"] * 5, at, inside, 20.0).any()
    below = np.nextafter(deep, 0)
    assert unsteady(["a"] * 5, at, [-50, 25, below, 25, -50], 20.0).tolist() == [
        False, True, True, True, False,
    ]  # fmt: skip
    two = unsteady(["a"] * 5, at, [-50, 500, 500, 10, -50], 20.0)
    assert two.tolist() == [False, True, True, False, False]
    assert CERTAIN_FIXES == 3


def test_a_stay_lasts_while_the_fixes_are_on_the_inner_side() -> None:
    depth = [90, 90, 90, 5, 40, 1, 40, -1, 40]
    out = unsteady(["a"] * 9, times(9, 10), depth, 30.0)
    assert out.tolist() == [False] * 8 + [True]


def test_the_edge_counts_once() -> None:
    """A schematic edge of 300 m is not asked for 2.5 times: it is the same for every fix."""
    at, depth = times(4, 10), [-400, 340, 376, 340]
    assert unsteady(["a"] * 4, at, depth, 330.0).any()
    assert not unsteady(["a"] * 4, at, depth, 330.0, edge_m=300.0).any()


def test_single_observations_are_left_alone() -> None:
    at = times(4, 7200)
    assert not unsteady(["a"] * 4, at, [31, 31, 31, 31], 30.0).any()  # two hours apart
    near = times(4, 10)
    assert not unsteady([None, "a", None, np.nan], near, [31] * 4, 30.0).any()
    unknown = near.copy()
    unknown[:] = np.datetime64("NaT")
    assert not unsteady(["a"] * 4, unknown, [31] * 4, 30.0).any()


def test_two_fixes_of_a_stretch_must_both_be_certain() -> None:
    at = times(2, 10)
    assert not unsteady(["a"] * 2, at, [80, 40], 30.0).any()
    assert unsteady(["a"] * 2, at, [80, 20], 30.0).tolist() == [True, False]


def test_one_time_counts_once() -> None:
    at = np.repeat(times(1, 1), 5)
    assert not unsteady(["a"] * 5, at, [90] * 5, 30.0).any()  # one fix, said five times
    at = np.concatenate([at, times(3, 10)[1:]])
    assert unsteady(["a"] * 7, at, [90] * 5 + [-50, -50], 30.0).tolist() == [True] * 5 + [False] * 2


def test_unknown_depth_ends_a_stay() -> None:
    out = unsteady(["a"] * 5, times(5, 10), [90, 90, np.nan, 90, 90], 30.0)
    assert out.tolist() == [True, True, False, True, True]


def test_order_and_company_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    size = 3000
    track = rng.integers(0, 5, size)
    at = times(size, 7)
    depth = np.cumsum(rng.normal(0, 20, size)) / 3
    want = unsteady(track, at, depth, 10.0)
    mixed = rng.permutation(size)
    assert (unsteady(track[mixed], at[mixed], depth[mixed], 10.0) == want[mixed]).all()
    for one in range(5):
        own = track == one
        assert (unsteady(track[own], at[own], depth[own], 10.0) == want[own]).all()
    both = unsteady(track, at, np.column_stack([depth, -depth]), 10.0)
    assert (both[:, 0] == want).all()
    assert (both[:, 1] == unsteady(track, at, -depth, 10.0)).all()


@given(
    st.lists(st.floats(-200, 200) | st.just(float("nan")), min_size=0, max_size=40),
    st.floats(0, 60),
    st.integers(1, 5000),
)
def test_only_certain_fixes_are_named_and_it_is_what_it_says(
    depth: list[float], reach: float, step: int
) -> None:
    """Differential: the same rule as a plain loop over the fixes of one track."""
    out = unsteady(np.zeros(len(depth)), times(len(depth), step), depth, reach)
    assert out.tolist() == _by_hand(depth, reach, step)


def _by_hand(depth: list[float], reach: float, step: int) -> list[bool]:
    size = len(depth)
    if size < 2 or step > 3600:
        return [False] * size
    out = [False] * size
    first = 0
    while first < size:
        last = first
        while last < size and depth[last] > 0:
            last += 1
        stay = range(first, last)
        longest = run = 0
        for i in stay:
            run = run + 1 if depth[i] > reach else 0
            longest = max(longest, run)
        deep = any(depth[i] > reach and depth[i] >= DEEP_REACHES * reach for i in stay)
        if not (deep and longest >= min(CERTAIN_FIXES, size)):
            for i in stay:
                out[i] = depth[i] > reach
        first = last + 1
    return out


def test_fixes_not_to_be_believed_are_opened_and_bear_no_stay() -> None:
    """A receiver beside a zone jumps 3 km into it and back; one that hangs repeats its place."""
    at, lon = times(7, 10), np.full(7, 120.06)
    depth = np.array([-20.0, -20, 3000, -20, -20, -20, -20])
    lonlat = (lon, 30.27 + depth / 111_320)
    plain = Stretches.of(["a"] * 7, at)
    assert plain.unsteady(depth, 30.0).tolist() == [False, False, True, *[False] * 4]
    told = Stretches.of(["a"] * 7, at, lonlat=lonlat)
    assert told.doubted.tolist() == [2]
    assert told.unsteady(depth, 30.0).tolist() == [False, False, True, *[False] * 4]

    size = 60
    stands = Stretches.of(
        ["a"] * size, times(size, 60), lonlat=(np.full(size, 120.06), np.full(size, 30.27))
    )
    named = stands.unsteady(np.full(size, 500.0), 30.0)
    assert named.tolist() == [False] * 31 + [True] * 29
    unknown = Stretches.of(["a"] * 3, times(3, 10), lonlat=([np.nan] * 3, [np.nan] * 3))
    assert not unknown.unsteady([500.0] * 3, 30.0).any()


def test_a_jump_out_does_not_end_a_stay() -> None:
    at, depth = times(5, 10), np.array([90.0, 90, -5000, 90, 20])
    lonlat = (np.full(5, 120.06), 30.27 + depth / 111_320)
    assert Stretches.of(["a"] * 5, at).unsteady(depth, 30.0).tolist() == [
        True, True, False, True, False,
    ]  # fmt: skip
    assert not Stretches.of(["a"] * 5, at, lonlat=lonlat).unsteady(depth, 30.0).any()


def test_stretches_do_not_hang_on_each_other() -> None:
    """What is said of a stretch is the same with and without the rest of its track."""
    rng = np.random.default_rng(4)
    size = 2000
    at = times(size, 10) + np.repeat(np.arange(4), size // 4) * np.timedelta64(2, "h")
    depth = np.cumsum(rng.normal(0, 30, size)) / 3
    depth[rng.random(size) < 0.05] += 4000
    lonlat = (np.full(size, 120.06), 30.27 + depth / 111_320)
    whole = Stretches.of([1] * size, at, lonlat=lonlat).unsteady(depth, 20.0)
    for part in np.split(np.arange(size), 4):
        own = Stretches.of([1] * len(part), at[part], lonlat=(lonlat[0][part], lonlat[1][part]))
        assert (own.unsteady(depth[part], 20.0) == whole[part]).all()


def test_instants_of_any_kind() -> None:
    import pandas as pd

    ns = nanoseconds(times(2, 1))
    stamps = pd.Series(pd.to_datetime(times(2, 1), utc=True)).astype("datetime64[us, UTC]")
    assert (nanoseconds(stamps) == ns).all()
    assert (nanoseconds(ns) == ns).all()
    assert (nanoseconds(times(2, 1).astype("datetime64[s]")) == ns).all()


def test_a_million_fixes_take_less_than_a_second_or_two() -> None:
    size = 1_000_000
    track = np.repeat([f"boat {i}" for i in range(100)], size // 100).astype(object)
    at, depth = times(size, 5), np.cumsum(np.random.default_rng(1).normal(0, 5, size))
    started = time.process_time()
    stretches = Stretches.of(track, at)
    for shift in (0.0, 50.0, 100.0):
        stretches.unsteady(depth - shift, 30.0)
    assert time.process_time() - started < 3.0  # 0.5 s on an idle core of 2024
