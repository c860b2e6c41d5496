"""Forecasts of a plain table: steps, limits, refusals, and what each series is told."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.visitors.daycases import FIRST, calendar, park
from wetland.base.errors import InputError
from wetland.visitors.days import forecast_days
from wetland.visitors.forecast import SeriesForecast, forecast_counts
from wetland.visitors.months import forecast_many

COLUMNS = ["time", "lead", "mean", "lower", "upper"]


def _days(series: str, values: np.ndarray, first: dt.date = FIRST) -> pd.DataFrame:
    times = pd.date_range(first, periods=len(values))
    return pd.DataFrame({"series": series, "time": times, "count": values})


def _hours(days: int, *, seed: int = 0) -> pd.DataFrame:
    times = pd.date_range(FIRST, periods=24 * days, freq="h")
    shape = np.clip(np.sin((np.arange(24 * days) % 24 - 7) * np.pi / 12), 0, None)
    weekend = np.where(times.day_of_week >= 5, 2.0, 1.0)
    counts = np.random.default_rng(seed).poisson(200 * shape * weekend)
    return pd.DataFrame({"series": "gate", "time": times, "count": counts.astype(float)})


def _told(made: list[SeriesForecast], name: str) -> SeriesForecast:
    return next(one for one in made if one.series == name)


def test_days_are_told_as_by_the_model_itself() -> None:
    values = park(120, calendar())
    (made,) = forecast_counts(_days("A", values), freq="day", horizon=9, tz="Asia/Shanghai")
    alone = forecast_days(values, first=FIRST, horizon=9)
    assert made.frame.columns.tolist() == COLUMNS
    np.testing.assert_array_equal(made.frame["mean"], alone.mean)
    np.testing.assert_array_equal(made.frame["upper"], alone.upper)
    assert made.frame["time"].iloc[0] == pd.Timestamp(FIRST) + pd.Timedelta(days=120)
    assert made.frame["lead"].tolist() == list(range(1, 10))
    assert "one number per day" in made.told.notes[0].en


def test_months_are_told_together() -> None:
    rng = np.random.default_rng(4)
    months = pd.date_range("2015-01-01", periods=84, freq="MS")
    season = 500 + 300 * np.sin(np.arange(84) * np.pi / 6)
    values = season * np.exp(rng.normal(0, 0.1, (3, 84)))
    table = pd.concat(
        pd.DataFrame({"series": name, "time": months, "count": row})
        for name, row in zip("CAB", values, strict=True)
    )
    made = forecast_counts(table, freq="month")
    assert [one.series for one in made] == ["A", "B", "C"]
    expected = forecast_many(values[[1, 2, 0]], first=(2015, 1))
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_allclose(one.frame["mean"], other.mean)
    assert made[0].frame["time"].iloc[-1] == pd.Timestamp("2022-12-01")


def test_hours_of_a_gate_are_told_and_nights_stay_empty() -> None:
    (made,) = forecast_counts(_hours(42), freq="hour", horizon=48, tz="Asia/Shanghai")
    told = made.frame.set_index("time")["mean"]
    assert made.told.evaluation is not None
    assert told.index[0] == pd.Timestamp(FIRST) + pd.Timedelta(days=42)
    noon = told[told.index.hour == 13]
    assert noon.between(150, 260).all()
    assert (told[told.index.hour == 2] == 0).all()
    assert (made.frame["lower"] >= 0).all()
    assert len(made.told.mean) == 48


def test_a_series_with_too_little_data_is_refused_and_the_others_are_told() -> None:
    table = pd.concat([_days("long", park(90, calendar())), _days("short", np.full(10, 5.0))])
    made = forecast_counts(table, freq="day")
    assert len(_told(made, "long").frame) == 14
    short = _told(made, "short")
    assert short.frame.empty
    assert not short.told.shown
    assert "10" in short.told.reason.en
    assert "28" in short.told.reason.zh


def test_no_series_with_enough_data_is_an_error_that_says_what_is_needed() -> None:
    with pytest.raises(InputError, match="28"):
        forecast_counts(_days("A", np.full(20, 5.0)), freq="day")


def test_all_series_tell_the_same_times_and_silence_is_said() -> None:
    values = park(100, calendar())
    table = pd.concat([_days("on", values), _days("silent", values[:95])])
    made = forecast_counts(table, freq="day", horizon=3)
    on, silent = _told(made, "on"), _told(made, "silent")
    assert on.frame["time"].tolist() == silent.frame["time"].tolist()
    last = (FIRST + dt.timedelta(days=94)).isoformat()
    assert any(last in note.en and "5 days" in note.en for note in silent.told.notes)
    assert not any(last in note.en for note in on.told.notes)


@pytest.mark.parametrize(("freq", "most"), [("hour", 336), ("day", 14), ("month", 12)])
def test_nobody_is_told_further_than_can_be_tested(freq: str, most: int) -> None:
    for horizon in (0, -1, most + 1):
        with pytest.raises(InputError, match=str(most)):
            forecast_counts(_days("A", park(90, calendar())), freq=freq, horizon=horizon)  # type: ignore[arg-type]


def test_a_table_of_months_cannot_be_told_by_the_day() -> None:
    months = pd.date_range("2005-01-01", periods=156, freq="MS")
    table = pd.DataFrame({"series": "A", "time": months, "count": 5.0})
    with pytest.raises(InputError, match="every 31 days"):
        forecast_counts(table, freq="day")


def test_an_unknown_step_is_named() -> None:
    with pytest.raises(InputError, match="week"):
        forecast_counts(_days("A", park(90, calendar())), freq="week")  # type: ignore[arg-type]


def test_instants_are_days_of_the_site() -> None:
    local = _days("A", park(90, calendar()))
    instants = local.assign(time=local["time"].dt.tz_localize("Asia/Shanghai").dt.tz_convert("UTC"))
    (made,) = forecast_counts(instants, freq="day", tz="Asia/Shanghai")
    (plain,) = forecast_counts(local, freq="day", tz="Asia/Shanghai")
    pd.testing.assert_frame_equal(made.frame, plain.frame)


def test_the_calendar_tells_holidays_of_hourly_flows_added_up_to_days() -> None:
    table = _hours(60).assign(time=lambda t: t["time"] + pd.Timedelta(days=240))  # from 30 August
    by_day = forecast_counts(table, freq="day", calendar=calendar(2023))
    assert len(by_day[0].frame) == 14
    assert "added up" in by_day[0].told.notes[0].en


def test_closed_hours_have_no_forecast_and_the_reason_says_so() -> None:
    table = _hours(42).assign(capacity=1_000.0)
    table = table[table["time"].dt.hour.between(8, 18)]
    (made,) = forecast_counts(table, freq="hour", horizon=3)
    assert made.frame.empty
    assert "ever counted at the 3 hours" in made.told.reason.en
    (longer,) = forecast_counts(table, freq="hour", horizon=24)
    assert longer.frame["time"].dt.hour.tolist() == list(range(8, 19))
    assert (longer.frame["upper"] <= 1_000).all()
