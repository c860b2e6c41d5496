"""Plain series on a grid: what adds up, what is read nearest, what is left out and said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.visitors.panel import Panel, to_panel


def _table(times: object, counts: object, series: str = "A") -> pd.DataFrame:
    stamps = pd.to_datetime(pd.Series(times), format="ISO8601").astype("datetime64[us]")
    return pd.DataFrame({"series": series, "time": stamps, "count": np.asarray(counts, float)})


def _said(panel: Panel) -> str:
    return " ".join(note.en for note in panel.notes)


def test_one_number_a_day_is_used_as_it_is() -> None:
    panel = to_panel(_table(["2026-01-03", "2026-01-01"], [7, 5]), freq="day")
    assert panel.way == "single"
    assert panel.first == dt.date(2026, 1, 1)
    np.testing.assert_array_equal(panel.values, [[5, np.nan, 7]])
    assert panel.times(1) == [dt.datetime(2026, 1, 4)]  # noqa: DTZ001 - local by contract


def test_hours_add_up_to_days_and_a_day_half_over_is_left_out() -> None:
    times = pd.date_range("2026-01-01 00:00", periods=3 * 24 + 9, freq="h")
    panel = to_panel(_table(times, np.ones(len(times))), freq="day")
    assert panel.way == "sum"
    np.testing.assert_array_equal(panel.values, [[24, 24, 24]])
    assert "1 days lack parts" in _said(panel)


def test_a_day_without_one_of_its_hours_is_unknown() -> None:
    times = pd.date_range("2026-01-01 00:00", periods=20 * 24, freq="h").delete([30, 31])
    panel = to_panel(_table(times, np.ones(len(times))), freq="day")
    np.testing.assert_array_equal(panel.values, [[24, np.nan, *[24] * 18]])


def test_quarters_of_an_hour_add_up_to_hours() -> None:
    times = pd.date_range("2026-01-01 08:00", periods=12, freq="15min")
    panel = to_panel(_table(times, np.arange(12)), freq="hour")
    assert panel.way == "sum"
    np.testing.assert_array_equal(panel.values[0, 8:], [6, 22, 38])
    assert np.isnan(panel.values[0, :8]).all()
    assert panel.time(8) == dt.datetime(2026, 1, 1, 8)  # noqa: DTZ001 - local by contract


def test_levels_are_read_nearest_to_the_hour_and_earlier_of_two_as_near() -> None:
    times = ["2026-01-01 07:45", "2026-01-01 08:15", "2026-01-01 08:59:58", "2026-01-01 09:20:11"]
    table = _table(times, [1, 2, 3, 4]).assign(capacity=[10.0, 10, 10, 12])
    panel = to_panel(table, freq="hour")
    assert panel.way == "nearest"
    np.testing.assert_array_equal(panel.values[0, 8:], [1, 3])
    assert panel.limit is not None
    assert panel.limit.tolist() == [12.0]


def test_a_reading_half_an_hour_off_stands_for_an_hour_only_where_none_come_more_often() -> None:
    often = pd.date_range("2026-01-01 08:01", periods=4, freq="30min")  # the last at 09:31
    panel = to_panel(_table(often, [1, 2, 3, 4]).assign(capacity=9.0), freq="hour")
    np.testing.assert_array_equal(panel.values[0, 8:], [1, 3])
    seldom = pd.date_range("2026-01-01 08:31", periods=3, freq="h")
    panel = to_panel(_table(seldom, [1, 2, 3]).assign(capacity=9.0), freq="hour")
    np.testing.assert_array_equal(panel.values[0, 9:], [1, 2, 3])


def test_levels_of_a_day_are_averaged() -> None:
    times = pd.date_range("2026-01-01 08:00", periods=4, freq="30min")
    table = _table(times, [1, 2, 3, 6]).assign(capacity=10.0)
    assert to_panel(table, freq="day").values.tolist() == [[3.0]]


def test_irregular_stamps_are_levels_unless_told_otherwise() -> None:
    times = ["2026-01-01 08:03:11", "2026-01-01 08:31:57", "2026-01-01 09:02:05"]
    assert to_panel(_table(times, [1, 2, 3]), freq="hour").way == "nearest"
    assert to_panel(_table(times, [1, 2, 3]), freq="hour", aggregate="sum").way == "sum"
    assert to_panel(_table(times, [1, 2, 3]), freq="hour", aggregate="mean").way == "mean"


def test_clocks_that_go_back_an_hour_make_no_sums() -> None:
    times = pd.date_range("2026-10-20", periods=24 * 10, freq="h").insert(
        130, pd.Timestamp("2026-10-25 01:00")
    )
    panel = to_panel(_table(times, np.full(len(times), 5.0)), freq="hour")
    assert panel.way == "single"
    assert np.nanmax(panel.values) == 5.0


def test_a_month_that_lacks_a_day_is_filled_out_by_the_others_and_half_a_month_is_not() -> None:
    days = pd.date_range("2025-01-01", "2025-03-14").delete(9)
    panel = to_panel(_table(days, np.full(len(days), 10.0)), freq="month")
    np.testing.assert_allclose(panel.values, [[310.0, 280.0]])
    assert panel.times(2)[1] == dt.datetime(2025, 4, 1)  # noqa: DTZ001 - local by contract


def test_all_series_share_one_grid_in_order_of_names() -> None:
    table = pd.concat(
        [_table(["2026-01-02"], [2], "乙"), _table(["2026-01-01", "2026-01-04"], [1, 4], "B")]
    )
    panel = to_panel(table, freq="day")
    assert panel.names == ("B", "乙")
    np.testing.assert_array_equal(
        panel.values, [[1, np.nan, np.nan, 4], [np.nan, 2, np.nan, np.nan]]
    )
    assert panel.limit is None


def test_a_long_past_is_cut_and_said() -> None:
    days = pd.date_range("2000-01-01", periods=100)
    panel = to_panel(_table(days, np.arange(100)), freq="day", period_limit=30)
    assert panel.steps == 30
    assert panel.values[0, -1] == 99
    assert "only the last 30" in _said(panel)


def test_negative_and_missing_numbers_are_not_used() -> None:
    days = pd.date_range("2026-01-01", periods=4)
    panel = to_panel(_table(days, [1, -3, np.nan, 4]), freq="day")
    np.testing.assert_array_equal(panel.values, [[1, np.nan, np.nan, 4]])


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"series": ["A"], "time": pd.to_datetime(["2026-01-01"])}),
        _table(["2026-01-01"], [np.nan]),
        _table(["2026-01-01"], [-1]),
    ],
)
def test_nothing_to_use_is_an_error(table: pd.DataFrame) -> None:
    with pytest.raises(InputError):
        to_panel(table, freq="day")


def test_too_many_series_are_a_mistaken_column() -> None:
    table = pd.DataFrame(
        {"series": map(str, range(2_001)), "time": pd.Timestamp("2026-01-01"), "count": 1.0}
    )
    with pytest.raises(InputError, match="2001"):
        to_panel(table, freq="day")


def _open(first: str, days: int, hours: Callable[[int], int]) -> list[pd.Timestamp]:
    """Return hourly stamps of days that are open for ``hours(day)`` hours from 08:00 on."""
    start = pd.Timestamp(first)
    return [
        start + pd.Timedelta(days=day, hours=8 + hour)
        for day in range(days)
        for hour in range(hours(day))
    ]


def test_opening_hours_that_change_with_season_and_weekday_are_whole_days() -> None:
    times = _open("2025-01-06", 84, lambda day: (8 if day < 40 else 11) - 3 * (day % 7 == 0))
    panel = to_panel(_table(times, np.ones(len(times))), freq="day")
    assert not np.isnan(panel.values).any()
    assert panel.values[0, 41] == 11
    lost = [t for t in times if t != pd.Timestamp("2025-03-20 12:00")]
    again = to_panel(_table(lost, np.ones(len(lost))), freq="day")
    assert np.flatnonzero(np.isnan(again.values[0])).tolist() == [73]


def test_where_hours_without_visitors_have_no_row_only_the_last_day_is_doubted() -> None:
    rng = np.random.default_rng(3)
    times = _open("2025-01-06", 60, lambda day: 4 if day == 59 else int(rng.integers(6, 14)))
    panel = to_panel(_table(times, np.ones(len(times))), freq="day")
    assert panel.steps == 59
    assert np.isnan(panel.values).mean() < 0.05


def test_a_park_closed_on_mondays_has_whole_months() -> None:
    days = pd.date_range("2024-01-01", "2025-03-31")
    days = days[days.day_of_week != 0]
    panel = to_panel(_table(days, np.full(len(days), 10.0)), freq="month")
    assert panel.steps == 15
    assert panel.values[0, 0] == 260.0  # 31 days, five of them Mondays


@given(
    counts=st.lists(st.integers(0, 500), min_size=48, max_size=48),
    minutes=st.sampled_from([15, 30, 60]),
    seed=st.integers(0, 99),
)
@settings(max_examples=25, deadline=None)
def test_parts_of_steps_add_up_to_what_they_are_parts_of(
    counts: list[int], minutes: int, seed: int
) -> None:
    times = pd.date_range("2026-02-27", periods=48 * 60 // minutes, freq=f"{minutes}min")
    fine = np.repeat(np.array(counts, float) * minutes / 60, 60 // minutes)
    table = _table(times, fine).sample(frac=1, random_state=seed)
    hours, days = to_panel(table, freq="hour"), to_panel(table, freq="day")
    np.testing.assert_allclose(hours.values[0], counts)
    np.testing.assert_allclose(days.values[0], np.array(counts).reshape(2, 24).sum(axis=1))
