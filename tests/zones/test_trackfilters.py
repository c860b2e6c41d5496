"""Fixes that are not to be believed: the one that jumps, and not its neighbours."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.zones import trackfilters
from wetland.zones.trackfilters import SPEEDS_M_S, TITLES, Flags, Limits, flag_fixes
from wetland.zones.trackfixes import NO_TIME

S = 1_000_000_000
DEGREE_M = 111_320.0
LAT = 30.27


def flagged(metres: list[float], at_s: list[float] | None = None, **asked: object) -> Flags:
    """Flag a track that goes north and south: ``metres`` north of a place."""
    at = np.arange(len(metres)) * 10.0 if at_s is None else np.array(at_s, dtype=float)
    lat = LAT + np.array(metres, dtype=float) / DEGREE_M
    lonlat = (np.full(len(lat), 120.06), lat)
    return flag_fixes(["a"] * len(lat), (at * S).astype(np.int64), lonlat=lonlat, **asked)


def fast(metres: list[float], at_s: list[float] | None = None, **asked: object) -> list[int]:
    return np.flatnonzero(flagged(metres, at_s, **asked).impossible_speed).tolist()


def test_one_jump_flags_the_fix_that_jumps() -> None:
    assert fast([0, 10, 2000, 30, 40]) == [2]
    assert fast([2000, 10, 20, 30]) == [0]
    assert fast([0, 10, 20, 3000]) == [3]
    assert fast([0, 10, 20, 30]) == []


def test_a_few_fixes_elsewhere_are_flagged_together() -> None:
    assert fast([0, 10, 5000, 5010, 5020, 60, 70, 80]) == [2, 3, 4]
    assert fast([0, 3000, 20, -4000, 40, 50]) == [1, 3]


def test_where_nobody_can_tell_both_are_flagged() -> None:
    assert fast([0, 5000]) == [0, 1]
    assert fast([0, 10, 5000, 5010]) == [0, 1, 2, 3]


def test_a_long_pause_makes_a_way_possible() -> None:
    assert fast([0, 10, 5000, 5010], [0, 10, 400, 410]) == []


@pytest.mark.parametrize(("kind", "limit"), SPEEDS_M_S.items())
def test_each_kind_has_its_limit(kind: str, limit: float) -> None:
    asked = Limits(speed_m_s=limit)
    assert fast([0, limit * 10.9, limit * 21.8], limits=asked) == []  # 10 s and one for the clock
    assert fast([0, 1, limit * 11.2 + 1, 2, 3], limits=asked) == [2]
    assert kind in {"walk", "boat", "car", "drone"}


def test_uncertainty_may_jump_at_any_speed() -> None:
    assert fast([0, 10, 700, 30, 40]) == [2]
    assert fast([0, 10, 700, 30, 40], uncertainty_m=100.0) == []
    assert fast([0, 10, 700, 30, 40], uncertainty_m=[5, 5, np.nan, 5, 5]) == [2]


def test_equal_times_elsewhere() -> None:
    flags = flagged([0, 10, 900, 20, 30], [0, 10, 10, 20, 30])
    assert flags.duplicate_time.tolist() == [False, False, True, False, False]
    assert np.flatnonzero(flags.impossible_speed).tolist() == [2]


def test_order_of_rows() -> None:
    flags = flagged([0, 20, 10, 30], [0, 20, 10, 30])
    assert flags.out_of_order.tolist() == [False, False, True, False]
    assert not flags.doubted.any()
    assert flags.any.tolist() == [False, False, True, False]
    assert flags.counts() == dict.fromkeys(TITLES, 0) | {"out_of_order": 1}


def test_the_same_place_again_and_again_is_stale_after_half_an_hour() -> None:
    at = np.arange(60) * 60.0
    flags = flagged([0.0] * 50 + [5.0] * 10, list(at))
    assert flags.stale.tolist() == [False] * 31 + [True] * 19 + [False] * 10
    wandering = np.random.default_rng(1).normal(0, 1, 60)
    assert not flagged(list(wandering), list(at)).stale.any()
    assert not flagged([0.0, 0.0, 0.0], [0, 1000, 2000]).stale.any()  # three are too few to tell
    assert flagged([0.0] * 50, list(at[:50]), limits=Limits(stale_s=60)).stale.sum() == 48


def test_what_came_in_late_or_early_is_stale() -> None:
    at = np.arange(4) * 10
    received = np.array([at[0] + 5, at[1] + 4000, at[2] - 100, 0]) * S
    received[3] = NO_TIME
    assert flagged([0, 1, 2, 3], received=received).stale.tolist() == [False, True, True, False]


def test_rows_that_are_no_fix_have_no_flag() -> None:
    at = np.array([0, 10, NO_TIME, 20, 30, 40])
    at[at != NO_TIME] *= S
    lon = np.array([120.06, 120.06, 121, np.nan, 121, 120.06])
    flags = flag_fixes(["a", "a", "a", "a", None, "a"], at, lonlat=(lon, np.full(6, LAT)))
    assert not flags.any.any()
    empty = flag_fixes([], np.zeros(0, dtype=np.int64), lonlat=([], []))
    assert empty.counts() == dict.fromkeys(TITLES, 0)


def test_across_the_date_line() -> None:
    lon = np.array([179.9999, -179.9999, -179.9997])
    assert not flag_fixes([1] * 3, np.arange(3) * 10 * S, lonlat=(lon, np.zeros(3))).any.any()


@given(st.lists(st.sampled_from([0.0, 5.0, 900.0, 5000.0, 9000.0]), max_size=14))
def test_it_is_the_best_choice(metres: list[float]) -> None:
    """Differential: of all subsets of fixes that can follow each other, the largest."""
    flags = flagged(metres).impossible_speed
    size = len(metres)
    if size and (np.abs(np.diff(metres)) > 550 + 1e-6).any():
        pieces = np.split(np.arange(size), np.flatnonzero(np.abs(np.diff(metres)) > 550) + 1)
        top, kept = 0, []
        for mask in range(1, 2 ** len(pieces)):
            chosen = [p for i, p in enumerate(pieces) if mask >> i & 1]
            links = [
                abs(metres[b[0]] - metres[a[-1]]) <= 50 * (10 * (b[0] - a[-1]) + 1)
                for a, b in pairwise(chosen)
            ]
            total = sum(map(len, chosen))
            if all(links) and total >= top:
                kept = [*kept, chosen] if total == top else [chosen]
                top = total
        surely = set.intersection(*[{int(i) for p in k for i in p} for k in kept])
        assert (~flags).sum() <= top
        assert surely <= set(np.flatnonzero(~flags).tolist())
        assert set(np.flatnonzero(~flags).tolist()) <= {int(i) for k in kept for p in k for i in p}
    else:
        assert not flags.any()


def test_compiled_and_plain_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    track = np.repeat(np.arange(8), 250)
    lat = LAT + np.cumsum(rng.normal(0, 5, 2000)) / DEGREE_M
    lat[rng.random(2000) < 0.1] += 0.05
    at = np.tile(np.arange(250) * 10, 8) * S
    lonlat = (np.full(2000, 120.06), lat)
    compiled = flag_fixes(track, at, lonlat=lonlat).impossible_speed
    monkeypatch.setattr(trackfilters, "MANY_PIECES", 10**9)
    plain = flag_fixes(track, at, lonlat=lonlat).impossible_speed
    assert compiled.sum() > 100
    assert (compiled == plain).all()


def test_many_fixes_and_a_track_that_is_none() -> None:
    rng = np.random.default_rng(6)
    at = np.arange(400_000) * 5 * S
    lonlat = (rng.uniform(120, 120.2, 400_000), rng.uniform(30.2, 30.4, 400_000))
    flag_fixes([0] * 400, at[:400], lonlat=(lonlat[0][:400], lonlat[1][:400]))  # warm
    started = time.process_time()
    flags = flag_fixes(np.zeros(400_000, dtype=np.int64), at, lonlat=lonlat)
    assert flags.impossible_speed.any()
    assert time.process_time() - started < 6.0  # 1.2 s on an idle core of 2024
