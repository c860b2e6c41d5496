"""Daily forecasts: holidays, events and weather are learnt from the past, and nothing else is."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.visitors.daycases import FIRST, calendar, park
from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.visitors.calendar import Calendar
from wetland.visitors.days import forecast_days, forecast_days_many
from wetland.visitors.dayskinds import MAKEUP, kinds_of
from wetland.visitors.daysmodel import rolled
from wetland.visitors.daysweather import unusual, weather_of
from wetland.visitors.forecastrolled import Logs
from wetland.visitors.pack import Closure, Event

KNOWN = calendar(2023, 2024, 2025)
EVE_2024 = (dt.date(2024, 9, 27) - FIRST).days  # a Friday, four days before the holiday


def test_kinds_of_days_name_phases_of_holidays_and_makeup_days() -> None:
    kinds = kinds_of(dt.date(2024, 9, 28), 12, KNOWN)
    assert kinds.week[0] == MAKEUP  # Saturday the 28th is worked
    assert kinds.week[1] == 6
    assert kinds.phase[2:11].tolist() == [-1, 1, 2, 2, 2, 2, 2, 3, -1]
    assert {kinds.names[i] for i in kinds.named[3:10]} == {
        "国庆节 first",
        "国庆节 middle",
        "国庆节 last",
    }
    assert kinds.odd.tolist() == [True, False, False, *[True] * 7, False, False]


def test_events_and_closures_are_kinds_of_their_own() -> None:
    fair = Event(
        id="fair-1",
        kind="fair",
        name=text("庙会（合成）", "fair (synthetic)"),
        source="test",
        synthetic=True,
        valid_from=dt.date(2024, 5, 4),
        valid_to=dt.date(2024, 5, 6),
    )
    closed = Closure(
        area="east", source="test", valid_from=dt.date(2024, 5, 5), valid_to=dt.date(2024, 5, 7)
    )
    kinds = kinds_of(dt.date(2024, 5, 3), 5, calendar(2024, events=(fair,), closures=(closed,)))
    assert kinds.extra_names == ("event:fair", "closed:east")
    assert kinds.extras.T.astype(int).tolist() == [[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]]


def test_weekdays_are_told_and_worth_showing() -> None:
    values = park(300, calendar())
    told = forecast_days(values, first=FIRST, calendar=None)
    weekend = [(FIRST + dt.timedelta(days=300 + i)).weekday() >= 5 for i in range(14)]
    np.testing.assert_allclose(told.mean, np.where(weekend, 1_800, 1_000), rtol=0.1)
    assert told.shown
    assert told.evaluation is not None
    assert 0.85 <= told.evaluation.coverage <= 0.95
    assert any("no calendar" in note.en for note in told.notes)


def test_a_holiday_is_told_by_what_it_did_the_year_before() -> None:
    values = park(EVE_2024 + 1, KNOWN, holiday=3.0)
    knows = forecast_days(values, first=FIRST, calendar=KNOWN)
    not_told = forecast_days(values, first=FIRST, calendar=None)
    off = slice(3, 10)  # 1 to 7 October
    np.testing.assert_allclose(knows.mean[off], 3_000, rtol=0.2)
    assert not_told.mean[off].max() < 2_100
    assert knows.mean[0] == pytest.approx(1_000, rel=0.15)  # the Saturday that is worked


def test_a_holiday_never_seen_is_told_as_a_weekend_and_said() -> None:
    values = park(300, calendar(2023), seed=3)[: (dt.date(2023, 9, 28) - FIRST).days]
    short = forecast_days(values[-120:], first=FIRST + dt.timedelta(days=len(values) - 120),
                          calendar=calendar(2023))  # fmt: skip
    assert any("国庆节 did not occur" in note.en for note in short.notes)


def test_years_nobody_knows_are_said() -> None:
    values = park(120, calendar())
    told = forecast_days(values, first=FIRST, calendar=calendar(2022))
    assert any("2023" in note.zh and "未知" in note.zh for note in told.notes)


def test_an_event_is_told_by_what_its_kind_did_before() -> None:
    def fair(at: int, number: int) -> Event:
        start = FIRST + dt.timedelta(days=at)
        return Event(
            id=f"fair-{number}",
            kind="fair",
            name=text("庙会（合成）", "fair (synthetic)"),
            source="test",
            synthetic=True,
            valid_from=start,
            valid_to=start + dt.timedelta(days=3),
        )

    starts = (70, 140, 210, 280)
    known = Calendar(events=tuple(fair(at, i) for i, at in enumerate(starts)))
    values = park(279, calendar(), noise=0.05)
    for at in starts[:3]:
        values[at : at + 3] *= 2.0
    told = forecast_days(values, first=FIRST, calendar=known)
    plain = forecast_days(values, first=FIRST, calendar=None)
    assert float((told.mean[1:4] / plain.mean[1:4]).mean()) > 1.35  # leans on nothing: 2 ** (3/4+)
    assert told.mean[4] == pytest.approx(plain.mean[4], rel=0.15)


def test_the_second_year_follows_the_course_of_the_first() -> None:
    days = 364 + 100
    rise = np.exp(0.8 * np.sin(2 * np.pi * np.arange(days + 14) / 364))
    values = park(days, calendar(), noise=0.02) * rise[:days]
    told = forecast_days(values, first=FIRST)
    flat = forecast_days(values[-200:], first=FIRST + dt.timedelta(days=days - 200))
    base = np.array([1_800 if (FIRST + dt.timedelta(days=days + i)).weekday() >= 5 else 1_000
                     for i in range(14)])  # fmt: skip
    came = base * rise[days:]
    assert np.abs(told.mean - came).mean() < 0.6 * np.abs(flat.mean - came).mean()


def _rain(days: int, effect: float, seed: int = 5) -> tuple[np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    rain = np.where(rng.random(days + 14) < 0.3, rng.gamma(2.0, 5.0, days + 14), 0.0)
    table = pd.DataFrame({"day": pd.date_range(FIRST, periods=days + 14), "rain_mm": rain})
    values = park(days, calendar(), seed=seed) * np.exp(-effect * np.minimum(rain[:days], 20))
    return values, table


def test_weather_is_used_where_it_helps_and_the_gain_is_said() -> None:
    values, table = _rain(400, 0.03)
    wet = forecast_days(values, first=FIRST, weather=table)
    dry = forecast_days(values, first=FIRST)
    assert wet.evaluation is not None
    assert dry.evaluation is not None
    assert wet.evaluation.mae < 0.9 * dry.evaluation.mae
    assert "rain_mm" in wet.model.en
    assert any("most it can bring" in note.en for note in wet.notes)


def test_weather_that_says_nothing_changes_nothing() -> None:
    values, table = _rain(300, 0.0)
    wet, dry = forecast_days(values, first=FIRST, weather=table), forecast_days(values, first=FIRST)
    np.testing.assert_array_equal(wet.mean, dry.mean)
    assert any("made no error smaller" in note.en for note in wet.notes)


def test_weather_of_the_past_only_is_not_used_and_said() -> None:
    values, table = _rain(300, 0.03)
    wet = forecast_days(values, first=FIRST, weather=table[:300])
    np.testing.assert_array_equal(wet.mean, forecast_days(values, first=FIRST).mean)
    assert any("days ahead have none" in note.en for note in wet.notes)
    partly = forecast_days(values, first=FIRST, weather=table[:305])
    assert any("9 of the days ahead" in note.en for note in partly.notes)


def test_unusual_weather_is_measured_against_the_past_only() -> None:
    _, table = _rain(60, 0.0)
    told = weather_of(table, FIRST, 74).values
    later = told.copy()
    later[41:] += 100.0
    np.testing.assert_array_equal(unusual(told, 40, 0), unusual(later, 40, 0))
    assert (np.abs(unusual(later, 40, 3)) <= 3.0).all()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (pd.DataFrame({"rain": [1.0]}), "no column day"),
        (pd.DataFrame({"day": ["2023-01-02", "2023-01-02"], "rain": [1.0, 2.0]}), "several rows"),
        (pd.DataFrame({"day": ["2023-01-02"], "sky": ["grey"]}), "no column of numbers"),
    ],
)
def test_tables_of_weather_that_cannot_be_used(table: pd.DataFrame, words: str) -> None:
    with pytest.raises(InputError, match=words):
        forecast_days(park(60, calendar()), first=FIRST, weather=table)


@given(seed=st.integers(0, 2**20), cut=st.integers(40, 110))
@settings(max_examples=8, deadline=None)
def test_no_origin_knows_what_comes_after_it(seed: int, cut: int) -> None:
    values = park(120, KNOWN, seed=seed)[None, :]
    values[np.random.default_rng(seed).random(values.shape) < 0.1] = np.nan
    logs = Logs.of(values, first=7).logs
    kinds = kinds_of(FIRST, 134, KNOWN)
    whole = rolled(logs, kinds, horizon=14)[:, cut]
    part = rolled(logs[:, : cut + 1], kinds, horizon=14)[:, -1]
    np.testing.assert_allclose(part, whole, rtol=1e-12)


@given(seed=st.integers(0, 2**20), unit=st.sampled_from([1e-4, 10.0]))
@settings(max_examples=6, deadline=None)
def test_the_unit_makes_no_difference_and_series_stand_by_themselves(
    seed: int, unit: float
) -> None:
    values = np.stack([park(90, calendar(), seed=seed), park(90, calendar(), seed=seed + 1)])
    both = forecast_days_many(values * unit, first=FIRST, horizon=5)
    alone = forecast_days(values[1], first=FIRST, horizon=5)
    np.testing.assert_allclose(both[1].mean, alone.mean * unit, rtol=1e-9)
    np.testing.assert_allclose(both[1].lower, alone.lower * unit, rtol=1e-9, atol=1e-12)


def test_a_weekday_that_is_always_closed_is_told_as_nobody() -> None:
    values = park(140, calendar())
    values[0::7] = 0.0
    told = forecast_days(values, first=FIRST, horizon=7)
    assert told.mean[0] < 20
    assert told.mean[1:].min() > 800


def test_noughts_before_the_opening_are_not_used_and_said() -> None:
    values = np.concatenate([np.zeros(50), park(100, calendar())])
    told = forecast_days(values, first=FIRST)
    assert any("50 noughts" in note.en for note in told.notes)
    assert told.mean.min() > 700


@pytest.mark.parametrize("days", [0, 6, 27, 34])
def test_too_little_data_refuses_and_says_what_it_needs(days: int) -> None:
    told = forecast_days(park(40, calendar())[:days], first=FIRST)
    assert np.isnan(told.mean).all()
    assert not told.shown
    assert "62" in told.reason.zh


@pytest.mark.parametrize("asked", [{"horizon": 0}, {"horizon": 15}, {"alpha": 0.0}, {"alpha": 1.5}])
def test_what_cannot_be_asked(asked: dict[str, float]) -> None:
    with pytest.raises(InputError):
        forecast_days(park(60, calendar()), first=FIRST, **asked)  # type: ignore[arg-type]


def test_a_weekday_that_was_first_seen_late_is_learnt_at_once() -> None:
    values = park(60, calendar(), noise=0.03)
    values[5:15:7] = np.nan  # no Saturday within the first fortnight
    told = forecast_days(values[:48], first=FIRST, horizon=7)
    assert told.mean[6] == pytest.approx(1_800, rel=0.1)  # the next Saturday
