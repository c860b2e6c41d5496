"""What the visitor page counts: steps with their gaps, holidays, the fullest moment of a day."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetland.base.texts import text
from wetland.charts.visitorcalendar import DayCell
from wetland.operations.visitoranswers import peaks_of
from wetland.operations.visitors import VisitorData
from wetland.ui.visitorcalendar import cells_of, latest
from wetland.ui.visitoroutlook import measures_of, places_of
from wetland.ui.visitorsummary import after, counted_of, named_days
from wetland.visitors.calendar import Calendar
from wetland.visitors.pack import Area, Capacity, Gate, Holiday, VisitorPack
from wetland.visitors.tables import PARKING_READINGS, VISITOR_COUNTS

DAY = dt.date(2026, 5, 1)
PACK = VisitorPack(
    areas=(
        Area(id="in", name=text("内", "in"), parent="all"),
        Area(id="all", name=text("全", "all")),
        Area(id="far", name=text("远", "far")),
    ),
    gates=(Gate(id="g", name=text("门", "gate"), area="in"),),
    capacities=(
        Capacity(area="in", limit="instantaneous", people=100, judged=True,
                 wording=text("一百", "a hundred"), source="made up", confidence="low"),
    ),
)  # fmt: skip


def count(place: str, value: float, *, hour: int | None = None, **more: Any) -> dict[str, Any]:
    at = None if hour is None else pd.Timestamp(2026, 5, 1, hour, tz="UTC")
    kind = {"g": "gate", "b": "boat"}.get(place, "area")
    row = {
        "count_id": f"{place}{hour}{value}", "site": "s", "source_id": "x", "place": place,
        "place_kind": kind, "measure": "entries", "period": "day", "counted_on": DAY,
        "counted_to": DAY, "start_at": at, "end_at": at, "value": value, "flag": "good",
        "synthetic": False, "content": "c",
    }  # fmt: skip
    return row | more


def data(*rows: dict[str, Any]) -> VisitorData:
    counts = pd.DataFrame(rows, columns=[c.name for c in VISITOR_COUNTS.columns])
    counts["start_at"] = pd.to_datetime(counts["start_at"], utc=True)
    counts["end_at"] = pd.to_datetime(counts["end_at"], utc=True)
    parking = pd.DataFrame(columns=[c.name for c in PARKING_READINGS.columns])
    return VisitorData(counts, parking, PACK)


def test_a_step_nobody_counted_is_a_gap_and_not_zero() -> None:
    times = [pd.Timestamp(2026, 5, 1, 8), pd.Timestamp(2026, 5, 1, 10)]
    series = pd.DataFrame({"series": "g", "time": times, "count": [0.0, 7.0]})
    eight, nine, ten = counted_of(series, "hour")
    assert (eight.value, ten.value) == (0.0, 7.0)
    assert math.isnan(nine.value)
    assert nine.at == dt.datetime(2026, 5, 1, 9)  # noqa: DTZ001 - local wall time
    assert counted_of(series.iloc[:0], "day") == []


@settings(max_examples=40)
@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 30))
def test_months_follow_each_other(first: dt.date, steps: int) -> None:
    at: dt.date = first.replace(day=1)
    for _ in range(steps):
        following = after(at, "month")
        assert following.day == 1
        assert 28 <= (following - at).days <= 31
        at = following


def test_holidays_are_named_once_a_run() -> None:
    labour = text("劳动节", "Labour Day")
    off = [Holiday(day=dt.date(2026, 5, d), off=True, name=labour) for d in (1, 2, 3)]
    makeup = Holiday(day=dt.date(2026, 5, 9), off=False, name=labour)
    again = Holiday(day=dt.date(2026, 5, 20), off=True, name=labour)
    calendar = Calendar({h.day: h for h in [*off, makeup, again]}, frozenset({2026}))
    found = named_days(calendar, [dt.date(2026, 5, 2), dt.date(2026, 5, 31)])
    assert [(d.first.day, d.last.day, d.name) for d in found] == [
        (2, 3, "劳动节"), (20, 20, "劳动节"),
    ]  # fmt: skip
    assert named_days(calendar, []) == []


def test_a_past_day_is_told_by_its_fullest_moment() -> None:
    rows = [
        count("in", n, hour=h, measure="present", period="moment")
        for h, n in ((9, 40.0), (13, 120.0), (19, 0.0))
    ]
    found = peaks_of(data(*rows), DAY)
    assert found is not None
    [row] = found.to_dict("records")
    assert (row["area"], row["people"], row["outcome"]) == ("in", 120.0, "red")
    assert row["at"].hour == 13
    assert peaks_of(data(*rows), DAY + dt.timedelta(days=1)) is None


def test_places_with_counts_are_offered_the_whole_site_first() -> None:
    held = data(count("g", 5.0), count("b", 3.0, measure="boats"))
    assert places_of(held) == ["all", "in", "g", "b"]
    assert measures_of(held, "all") == ["entries"]
    assert measures_of(held, "b") == ["boats"]


@pytest.mark.parametrize("weeks", [1, 3])
def test_the_latest_weeks_begin_on_a_monday(weeks: int) -> None:
    cells = [DayCell(DAY + dt.timedelta(days=n), 1.0) for n in range(60)]
    kept = latest(cells, weeks)
    assert kept[0].day.weekday() == 0
    assert kept[-1] == cells[-1]
    assert len(kept) <= 7 * weeks
    assert latest([], weeks) == []


def test_days_between_two_counts_have_a_cell_without_a_number() -> None:
    columns = {"limit": "daily", "outcome": "kept", "at_least": False, "reason_zh": None}
    days = pd.DataFrame(
        [columns | {"day": DAY + dt.timedelta(days=n), "people": 5.0} for n in (0, 2)]
    )
    first, gap, last = cells_of(data(count("g", 5.0)), days)
    assert (first.value, gap.value, last.value) == (5.0, None, 5.0)
    assert (first.outcome, gap.outcome) == ("kept", "")
