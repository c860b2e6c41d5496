"""Visitors against other series: what is found, what is not, what is left out."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.aligned import Dated
from wetland.statistics.association import AssociationOptions, associate
from wetland.visitors.balance import Series, balance, holm, number

FAST = AssociationOptions("effective")
NAME = text("某值", "some value")


def months(first: int, n: int) -> list[dt.date]:
    """Return first days of months in a row."""
    return [dt.date(first + k // 12, k % 12 + 1, 1) for k in range(n)]


def noise(n: int, seed: int = 0) -> np.ndarray:
    """Return independent numbers."""
    return np.random.default_rng(seed).normal(size=n)


def test_a_series_that_follows_visitors_is_found_at_its_lag() -> None:
    days, visits = months(2016, 72), noise(72)
    later = np.r_[0.0, visits[:-1]] + 0.2 * noise(72, 1)
    pairs = balance(Dated(days, visits, "sum"), [Series("x", "water", NAME, Dated(days, later))],
                    lags=(0, 1, 2, 1), options=FAST)  # fmt: skip
    assert [pair.lag for pair in pairs] == [0, 1, 2]
    by_lag = {pair.lag: pair for pair in pairs}
    assert by_lag[1].p_corrected < 0.001
    assert by_lag[1].found.rho > 0.8
    assert "较高" in by_lag[1].verdict.zh
    assert min(by_lag[0].p_corrected, by_lag[2].p_corrected) > 0.05
    assert "未见关联" in by_lag[0].verdict.zh


def test_one_pair_is_the_test_of_association_itself() -> None:
    days, visits, other = months(2018, 60), noise(60), noise(60, 1)
    (pair,) = balance(Dated(days, visits, "sum"), [Series("x", "water", NAME, Dated(days, other))],
                      lags=(0,))  # fmt: skip
    times = [day.year * 12 + day.month - 1 for day in days]
    wanted = associate(times, other, visits, period=12)
    assert pair.found.p_value == wanted.p_value
    assert pair.found.rho == pytest.approx(wanted.rho)
    assert pair.p_corrected == wanted.p_value
    assert pair.found.caveat == wanted.caveat


def test_a_common_season_is_no_association() -> None:
    days = months(2014, 96)
    season = 10 * np.sin(2 * np.pi * np.arange(96) / 12)
    one = Series("x", "birds", NAME, Dated(days, season + noise(96, 2)))
    (pair,) = balance(Dated(days, season + noise(96), "sum"), [one], lags=(0,), options=FAST)
    assert np.corrcoef(pair.aligned.x, pair.aligned.y)[0, 1] > 0.9
    assert pair.p_corrected > 0.05


def test_effort_that_visitors_follow_is_taken_out() -> None:
    days, visits = months(2014, 96), noise(96)
    hours = np.exp(visits + 0.3 * noise(96, 1))
    seen = hours * np.exp(0.3 * noise(96, 2))  # more were seen only because more was looked
    bare = Series("x", "birds", NAME, Dated(days, seen))
    told = Series("x", "birds", NAME, Dated(days, seen), Dated(days, hours, "sum"))
    (without,) = balance(Dated(days, visits, "sum"), [bare], lags=(0,), options=FAST)
    (spent,) = balance(Dated(days, visits, "sum"), [told], lags=(0,), options=FAST)
    assert without.p_corrected < 0.001
    assert spent.p_corrected > 0.05


def test_months_without_effort_are_left_out_and_told() -> None:
    days, hours = months(2014, 96), np.ones(96) + noise(96, 3) ** 2
    hours[:12] = math.nan
    one = Series("x", "birds", NAME, Dated(days, noise(96, 1)), Dated(days, hours, "sum"))
    (pair,) = balance(Dated(days, noise(96), "sum"), [one], lags=(0,), options=FAST)
    assert pair.found.n == 84
    assert any("12" in note.zh and "努力量" in note.zh for note in pair.found.notes)


def test_one_year_cannot_tell_its_season_and_says_so() -> None:
    days = months(2025, 14)
    one = Series("x", "water", NAME, Dated(days, noise(14, 1)))
    (pair,) = balance(Dated(days, noise(14), "sum"), [one], lags=(0,))
    assert pair.found.n == 4  # January and February are there twice
    assert not pair.found.known
    assert math.isnan(pair.p_corrected)
    assert pair.verdict.zh == "无法判断"
    assert any("10" in note.zh for note in pair.found.notes)
    assert any("至少 8 个" in note.zh for note in pair.found.notes)


def test_years_are_summed_and_have_no_season() -> None:
    days = months(2001, 144)
    visits, nests = noise(144) + 5, {y: v for y, v in zip(range(2001, 2013), noise(12, 1),
                                                          strict=True)}  # fmt: skip
    one = Series("x", "birds", NAME, Dated(list(nests), list(nests.values())))
    (pair,) = balance(Dated(days, visits, "sum"), [one], per="year", lags=(0,), options=FAST)
    assert pair.aligned.labels[0] == "2001"
    assert pair.aligned.period is None
    assert pair.aligned.y.tolist() == pytest.approx(visits.reshape(12, 12).sum(axis=1).tolist())
    assert pair.found.n == 12


@pytest.mark.parametrize(("per", "lag"), [("day", 0), ("month", -1), ("month", 13)])
def test_wrong_steps_and_lags_are_refused(per: str, lag: int) -> None:
    one = Dated([dt.date(2024, 1, 1)], [1.0])
    with pytest.raises(InputError):
        balance(one, [Series("x", "birds", NAME, one)], per=per, lags=(lag,))  # type: ignore[arg-type]


@given(st.lists(st.sampled_from([0.001, 0.01, 0.02, 0.04, 0.2, 0.9, 1.0]), max_size=12))
def test_holm_is_that_of_its_definition(p_values: list[float]) -> None:
    ordered = sorted(p_values)
    wanted = [
        max(min((len(ordered) - k) * q, 1.0) for k, q in enumerate(ordered) if q <= p)
        for p in p_values
    ]
    assert holm(p_values) == pytest.approx(wanted)


def test_holm_of_five() -> None:
    # by hand: 5 x 0.01, 4 x 0.02, 3 x 0.03, then never less than before
    assert holm([0.05, 0.01, 0.03, 0.04, 0.02]) == pytest.approx([0.09, 0.05, 0.09, 0.09, 0.08])


def test_holm_leaves_out_what_was_not_tested() -> None:
    found = holm([0.01, math.nan, 0.02])
    assert found[0] == 0.02
    assert math.isnan(found[1])
    assert found[2] == 0.02
    assert number(0.0005) == "<0.001"


def test_many_unrelated_pairs_rarely_look_related() -> None:
    days = months(2012, 120)
    wrong = 0
    for seed in range(40):
        visits = noise(120, seed)
        others = [Series(str(k), "water", NAME, Dated(days, noise(120, 1000 + 10 * seed + k)))
                  for k in range(6)]  # fmt: skip
        pairs = balance(Dated(days, visits, "sum"), others, lags=(0,), options=FAST)
        wrong += min(pair.p_corrected for pair in pairs) < 0.05
    assert wrong <= 6  # 5 % of 40 tables are 2; more than 6 would come once in 300
