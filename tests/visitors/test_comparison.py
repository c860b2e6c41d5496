"""Figures beside the period before and last year: whole months, parts, holidays that move."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.visitors.calendar import Calendar
from wetland.visitors.comparison import COLUMNS, Per, compared
from wetland.visitors.pack import Holiday

ONE = dt.timedelta(days=1)


def series(first: dt.date, values: list[float]) -> pd.Series:
    """Return values of days in a row."""
    return pd.Series(values, index=[first + ONE * k for k in range(len(values))])


def row(table: pd.DataFrame, period: str) -> dict[str, object]:
    """Return the row of one period."""
    (found,) = table[table["period"] == period].to_dict("records")
    return {str(k): v for k, v in found.items()}


def test_whole_months_are_compared_as_a_second_way_does() -> None:
    days = series(dt.date(2023, 1, 1), [100.0 + (k * 37) % 53 for k in range(1096)])
    table = compared(days).set_index("period")
    stamps = pd.Series(days.to_numpy(), index=pd.to_datetime(list(days.index)))
    sums = stamps.resample("MS").sum()
    for before, name in ((1, "mom"), (12, "yoy")):
        wanted = (sums / sums.shift(before) - 1) * 100
        told = [table[name][f"{stamp:%Y-%m}"] for stamp in sums.index]
        assert told == pytest.approx(wanted.to_list(), nan_ok=True)
    assert table["complete"].all()
    assert (table["basis"] == "whole").all()


def test_part_of_a_month_is_compared_with_the_same_days_and_says_so() -> None:
    days = pd.concat([series(dt.date(2025, 11, 1), [10.0] * 30),
                      series(dt.date(2026, 10, 1), [20.0] * 31),
                      series(dt.date(2026, 11, 1), [15.0] * 21)])  # fmt: skip
    found = row(compared(days), "2026-11")
    assert found["value"] == 315.0
    assert (found["complete"], found["days_counted"], found["days"]) == (False, 21, 30)
    assert (found["previous"], found["last_year"]) == (420.0, 210.0)
    assert (found["mom"], found["yoy"]) == (pytest.approx(-25.0), pytest.approx(50.0))
    assert "21/30" in str(found["note_zh"])
    assert "same days" in str(found["note_en"])


def test_a_gap_is_taken_out_of_both() -> None:
    values = [10.0] * 31
    values[4] = math.nan
    days = pd.concat([series(dt.date(2026, 7, 1), [float(k) for k in range(31)]),
                      series(dt.date(2026, 8, 1), values)])  # fmt: skip
    found = row(compared(days), "2026-08")
    assert found["days_counted"] == 30
    assert found["previous"] == sum(range(31)) - 4


def test_a_gap_of_the_other_month_is_taken_out_of_both_and_told() -> None:
    values = [10.0] * 31
    values[4] = values[9] = math.nan
    days = pd.concat([series(dt.date(2026, 7, 1), values),
                      series(dt.date(2026, 8, 1), [12.0] * 31)])  # fmt: skip
    found = row(compared(days), "2026-08")
    assert (found["value"], found["complete"]) == (372.0, True)
    assert (found["previous"], found["mom"]) == (290.0, pytest.approx(20.0))
    assert found["basis"] == "same_days"
    assert "29天" in str(found["note_zh"])


def test_too_few_common_days_give_no_per_cent() -> None:
    days = pd.concat([series(dt.date(2026, 2, 1), [10.0] * 20),
                      series(dt.date(2026, 3, 1), [10.0] * 31)])  # fmt: skip
    found = row(compared(days), "2026-03")
    assert math.isnan(float(str(found["mom"])))
    assert "not compared" in str(found["note_en"])
    short = pd.concat([series(dt.date(2026, 2, 1), [10.0] * 28),
                       series(dt.date(2026, 3, 27), [10.0] * 5)])  # fmt: skip
    assert math.isnan(float(str(row(compared(short), "2026-03")["mom"])))  # 29 to 31 February


def test_a_total_of_a_month_is_not_compared_with_days() -> None:
    days = series(dt.date(2026, 2, 1), [10.0] * 20)
    found = row(compared(days, months={"2026-03": 500.0}), "2026-03")
    assert math.isnan(float(str(found["mom"])))


def test_months_told_count_where_days_are_missing_and_only_there() -> None:
    days = series(dt.date(2025, 5, 1), [10.0] * 31)
    table = compared(days, months={"2024-05": 200.0, "2025-05": 999.0, "2025-04": math.nan})
    found = row(table, "2025-05")
    assert found["value"] == 310.0
    assert found["yoy"] == pytest.approx(55.0)
    assert list(table["period"]) == ["2024-05", "2025-05"]


def test_no_per_cent_of_zero_and_of_nothing() -> None:
    days = pd.concat([series(dt.date(2024, 4, 1), [0.0] * 30),
                      series(dt.date(2024, 5, 1), [5.0] * 31)])  # fmt: skip
    found = row(compared(days), "2024-05")
    assert found["previous"] == 0.0
    assert math.isnan(float(str(found["mom"])))
    assert math.isnan(float(str(found["last_year"])))
    assert "不算百分比" in str(found["note_zh"])


def test_leap_days() -> None:
    days = series(dt.date(2023, 2, 1), [1.0] * 500)
    assert "29" in str(row(compared(days), "2024-02")["note_zh"])
    of_day = row(compared(days, per="day"), "2024-02-29")
    assert math.isnan(float(str(of_day["yoy"])))
    assert "29 February" in str(of_day["note_en"])
    assert row(compared(days, per="day"), "2024-03-01")["yoy"] == 0.0


def test_a_moved_spring_festival_is_told() -> None:
    name = text("春节", "Spring Festival")
    off = [*(dt.date(2025, 1, 28) + ONE * k for k in range(8)),
           *(dt.date(2026, 2, 15) + ONE * k for k in range(9))]  # fmt: skip
    calendar = Calendar({day: Holiday(day=day, off=True, name=name) for day in off},
                        frozenset({2025, 2026}))  # fmt: skip
    days = series(dt.date(2025, 1, 1), [1.0] * 424)
    table = compared(days, calendar=calendar)
    assert row(table, "2026-02")["note_zh"] == "春节放假9天，上年同期4天"
    assert row(table, "2026-01")["note_zh"] == "春节放假0天，上年同期4天"
    later = compared(series(dt.date(2026, 1, 1), [1.0] * 400), calendar=calendar)
    assert "2027" in str(row(later, "2027-01")["note_zh"])


def test_wrong_steps_and_months_are_refused() -> None:
    with pytest.raises(InputError):
        compared(pd.Series(dtype=float), per="week")  # type: ignore[arg-type]
    with pytest.raises(InputError):
        compared(pd.Series(dtype=float), months={"2024-13": 1.0})


def test_nothing_gives_an_empty_table() -> None:
    table = compared(pd.Series(dtype=float))
    assert list(table.columns) == COLUMNS
    assert not len(table)


@given(
    st.dates(dt.date(2019, 12, 1), dt.date(2024, 6, 1)),
    st.lists(st.one_of(st.just(math.nan), st.integers(0, 10**6).map(float)), max_size=420),
    st.sampled_from(["day", "month"]),
)
def test_every_change_is_that_of_the_days_both_have(
    first: dt.date, values: list[float], per: Per
) -> None:
    days = series(first, values)
    table = compared(days, per=per)
    known = {day: v for day, v in days.items() if not math.isnan(v)}
    assert table["value"].sum() == pytest.approx(sum(known.values()))
    assert table["days_counted"].sum() == len(known)
    whole = table["basis"] == "whole"
    for base, change in (("previous", "mom"), ("last_year", "yoy")):
        told = table[change].notna()
        assert (table.loc[told, base] > 0).all()
        again = table.loc[told & whole, base] * (1 + table.loc[told & whole, change] / 100)
        wanted = table.loc[told & whole, "value"].to_list()
        assert again.to_list() == pytest.approx(wanted, abs=1e-6)


@given(st.lists(st.integers(1, 1000), min_size=60, max_size=60),
       st.sets(st.integers(0, 59), max_size=12))  # fmt: skip
def test_part_months_as_a_second_way_does(values: list[int], lost: set[int]) -> None:
    first = dt.date(2026, 7, 1)  # two months of 31 days
    told = [math.nan if k in lost else float(v) for k, v in enumerate(values)]
    table = compared(series(first, told))
    pairs = [(told[k], told[k + 31]) for k in range(29)]
    both = [(a, b) for a, b in pairs if not math.isnan(a + b)]
    mine = sum(not math.isnan(b) for _, b in pairs)
    found = row(table, "2026-08")
    if len(both) < 0.8 * mine:
        assert math.isnan(float(str(found["mom"])))
    else:
        change = sum(b for _, b in both) / sum(a for a, _ in both) - 1
        assert found["mom"] == pytest.approx(100 * change)
