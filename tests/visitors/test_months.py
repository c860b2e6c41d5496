"""Monthly forecasts: what they reach on real parks, and what must hold for any numbers."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.visitors.calendar import Calendar
from wetland.visitors.forecastrolled import widths
from wetland.visitors.months import forecast_many, forecast_months, said_of
from wetland.visitors.monthsholidays import moved_holidays
from wetland.visitors.pack import Holiday

Floats = NDArray[np.float64]
FIRST_TEST = 95  # December 2012
GOAL = 0.9


def _parks(shared: Path) -> Floats:
    with (shared / "data/visitors/park_visitation.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["park"], row["date"]))
    return np.array([float(row["nps"]) for row in rows]).reshape(20, 156)


def _seasonal(months: int, *, seed: int = 0, series: int = 1, noise: float = 0.1) -> Floats:
    rng = np.random.default_rng(seed)
    season = 1.0 + 0.6 * np.sin(2 * np.pi * np.arange(months) / 12)
    return 10_000 * season * np.exp(rng.normal(0, noise, (series, months)))


def test_parks_of_the_protocol_are_told_a_tenth_better_than_by_last_year(shared: Path) -> None:
    counts = _parks(shared)
    said = said_of(counts, 12)
    scale = np.abs(counts[:, 12 : FIRST_TEST + 1] - counts[:, : FIRST_TEST - 11]).mean(axis=1)
    mine, naive, inside = [], [], []
    for park in range(20):
        rolled = said.rolled(park, first=23)
        half = widths(rolled, alpha=0.1, period=12).told
        for origin in range(FIRST_TEST, 155):
            for ahead in range(1, min(12, 155 - origin) + 1):
                came = counts[park, origin + ahead]
                told = said.logs.back(said.told[park, origin, ahead - 1], park)
                mine.append(abs(came - told) / scale[park])
                naive.append(abs(came - counts[park, origin + ahead - 12]) / scale[park])
                error = abs(rolled.errors[origin - 23, ahead - 1])
                inside.append(error <= half[origin - 23, ahead - 1])
    assert np.mean(naive) == pytest.approx(1.6266, abs=1e-4)
    assert np.mean(mine) <= GOAL * np.mean(naive)
    assert 0.87 <= np.mean(inside) <= 0.93


@given(seed=st.integers(0, 2**20), cut=st.integers(30, 60))
@settings(max_examples=12, deadline=None)
def test_no_origin_knows_what_comes_after_it(seed: int, cut: int) -> None:
    values = _seasonal(66, seed=seed, series=3)
    values[np.random.default_rng(seed).random(values.shape) < 0.1] = np.nan
    whole = said_of(values, 6).told[:, cut]
    part = said_of(values[:, : cut + 1], 6).told[:, -1]
    np.testing.assert_allclose(part, whole, rtol=1e-12)


@given(seed=st.integers(0, 2**20), unit=st.sampled_from([1e-4, 0.1, 1000.0]))
@settings(max_examples=10, deadline=None)
def test_the_unit_makes_no_difference(seed: int, unit: float) -> None:
    values = _seasonal(72, seed=seed)[0]
    values[40] = 0.0
    one = forecast_months(values, first=(2015, 1), horizon=4)
    other = forecast_months(values * unit, first=(2015, 1), horizon=4)
    np.testing.assert_allclose(other.mean, one.mean * unit, rtol=1e-9)
    np.testing.assert_allclose(other.upper, one.upper * unit, rtol=1e-9)
    assert other.shown == one.shown


def test_the_order_of_series_makes_no_difference() -> None:
    values = _seasonal(80, series=4)
    told = forecast_many(values, first=(2015, 1), horizon=3)
    back = forecast_many(values[::-1], first=(2015, 1), horizon=3)[::-1]
    for one, other in zip(told, back, strict=True):
        np.testing.assert_allclose(one.mean, other.mean, rtol=1e-12)


def test_a_closed_month_is_no_new_level() -> None:
    values = _seasonal(96, noise=0.02)[0]
    closed = values.copy()
    closed[90:92] = 0.0
    told = forecast_months(values, first=(2015, 1)).mean
    after = forecast_months(closed, first=(2015, 1)).mean
    np.testing.assert_allclose(after, told, rtol=0.15)


def test_growth_of_all_series_is_followed_by_each() -> None:
    flat = _seasonal(120, series=12, noise=0.05)
    growth = np.exp(0.08 * np.clip(np.arange(120) - 84, 0, None) / 12)
    told = np.array([t.mean for t in forecast_many(flat * growth, first=(2010, 1))])
    last_year = (flat * growth)[:, -12:]
    assert 1.03 < float((told / last_year).mean()) < 1.15


def test_a_month_the_park_is_always_closed_is_told_as_nobody() -> None:
    values = _seasonal(96, noise=0.02)[0]
    values[0::12] = 0.0
    told = forecast_months(values, first=(2015, 1))
    assert told.mean[0] < 0.005 * told.mean.max()
    assert (told.lower >= 0).all()
    assert (told.lower <= told.mean).all()
    assert (told.mean <= told.upper).all()


def test_a_series_that_began_later_is_told_from_its_own_beginning() -> None:
    values = _seasonal(120, series=2, noise=0.05)
    values[1, :50] = np.nan
    late = forecast_many(values, first=(2010, 1))[1]
    assert late.evaluation is not None
    assert late.evaluation.origins < 70
    np.testing.assert_allclose(late.mean, values[1, -12:], rtol=0.25)


def test_gaps_are_unknown_and_said() -> None:
    values = _seasonal(96)[0]
    values[60:63] = np.nan
    told = forecast_months(values, first=(2015, 1))
    assert any("3 months have no number" in note.en for note in told.notes)
    negative = np.where(np.isnan(values), -5.0, values)
    np.testing.assert_array_equal(forecast_months(negative, first=(2015, 1)).mean, told.mean)


@pytest.mark.parametrize("months", [0, 5, 23, 30])
def test_too_little_data_refuses_and_says_what_it_needs(months: int) -> None:
    told = forecast_months(_seasonal(40)[0, :months], first=(2020, 1))
    assert np.isnan(told.mean).all()
    assert not told.shown
    assert "50" in told.reason.en
    assert "50" in told.reason.zh


def test_few_years_tell_some_leads_and_are_not_shown() -> None:
    told = forecast_months(_seasonal(38)[0], first=(2020, 1))
    assert np.isfinite(told.mean).sum() == 7  # 15 origins at lead 1; eight errors at lead 7
    assert not told.shown


def test_nobody_at_all() -> None:
    told = forecast_months(np.zeros(80), first=(2015, 1))
    assert not told.shown


@pytest.mark.parametrize("asked", [{"horizon": 0}, {"horizon": 13}, {"alpha": 0.0}, {"alpha": 1.0}])
def test_what_cannot_be_asked(asked: dict[str, float]) -> None:
    with pytest.raises(InputError):
        forecast_months(_seasonal(60)[0], first=(2015, 1), **asked)  # type: ignore[arg-type]


def _spring_festivals(*years: int) -> Calendar:
    """Return seven days off about the new moon of each year's Spring Festival (as it was)."""
    eves = {2011: (2, 2), 2012: (1, 22), 2013: (2, 9), 2014: (1, 30), 2015: (2, 18), 2016: (2, 7),
            2017: (1, 27), 2018: (2, 15), 2019: (2, 4), 2020: (1, 24)}  # fmt: skip
    days = [dt.date(year, *eves[year]) + dt.timedelta(days=i) for year in years for i in range(7)]
    name = text("春节", "Spring Festival")
    return Calendar({d: Holiday(day=d, off=True, name=name) for d in days}, frozenset(years))


def test_a_holiday_that_moves_takes_its_visitors_along() -> None:
    known = _spring_festivals(*range(2011, 2021))
    off = np.array([
        sum((d.year, d.month) == (2011 + i // 12, i % 12 + 1) for d in known.holidays)
        for i in range(120)
    ])  # fmt: skip
    values = _seasonal(120, series=4, noise=0.04) * np.exp(0.06 * off)
    knows = forecast_many(values[:, :108], first=(2011, 1), horizon=2, calendar=known)
    not_told = forecast_many(values[:, :108], first=(2011, 1), horizon=2)
    mine = np.array([t.mean for t in knows])
    plain = np.array([t.mean for t in not_told])
    came = values[:, 108:110]  # seven days in January 2020, none in February
    assert np.abs(mine - came).mean() < 0.6 * np.abs(plain - came).mean()
    assert all("move between months" in t.model.en for t in knows)


def test_holidays_that_say_nothing_change_nothing() -> None:
    values = _seasonal(108, series=2)
    known = _spring_festivals(*range(2011, 2020))
    told = forecast_many(values, first=(2011, 1), calendar=known)
    plain = forecast_many(values, first=(2011, 1))
    for one, other in zip(told, plain, strict=True):
        np.testing.assert_array_equal(one.mean, other.mean)
        assert any("2020" in note.zh and "未知" in note.zh for note in one.notes[-1:])


def test_moved_holidays_are_counted_against_earlier_years() -> None:
    moved = moved_holidays(_spring_festivals(2013, 2014, 2015), (2014, 1), 24)
    # 2013: 7 days in February; 2014: 2 in January and 5 in February; 2015: 7 in February.
    assert moved[:2].tolist() == [2.0, -2.0]
    np.testing.assert_allclose(moved[12:14], [-2 / 1.5, 7 - (5 + 3.5) / 1.5])
    assert not moved[2:12].any()
