"""How many people an area has, of a day and at one time, against what it may hold."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.operations.visitorcases import DAY, ZONE, counts_of, day_rows, hour_rows, moment_row
from wetland.base.errors import InputError
from wetland.sites.load import open_site
from wetland.visitors.instants import present_with_parts
from wetland.visitors.load import DAILY, INSTANT, daily_load, instant_load
from wetland.visitors.loadcounts import disjoint_hours

PACK = open_site("xixi").visitors
CLOSED = dt.date(2026, 3, 2)


def daily(rows: list[dict[str, Any]], **how: Any) -> dict[tuple[str, dt.date], dict[str, Any]]:
    table = daily_load(counts_of(rows), PACK, **how)
    assert tuple(table.columns) == DAILY
    return {(r["area"], r["day"]): r for r in table.to_dict("records")}


def at(hour: int, minute: int = 0, day: dt.date = DAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), ZONE)


def instant(rows: list[dict[str, Any]], moment: dt.datetime, **how: Any) -> dict[str, Any]:
    table = instant_load(counts_of(rows), PACK, at=moment, **how)
    assert tuple(table.columns) == INSTANT
    return {r["area"]: r for r in table.to_dict("records")}


def flows(place: str, entries: list[float], exits: list[float], **how: Any) -> list[dict[str, Any]]:
    return [*hour_rows(place, entries, **how), *hour_rows(place, exits, measure="exits", **how)]


# ------------------------------------------------------------------ of a day


def test_an_area_is_the_sum_of_its_gates_and_the_park_of_its_parts() -> None:
    found = daily([*day_rows("EX-G1", [50_000]), *day_rows("EX-G2", [19_280]),
                   *day_rows("EX-G3", [1_000]), *day_rows("EX-G4", [2_000])])  # fmt: skip
    xihu, yuhang, park = (found[a, DAY] for a in ("xihu", "yuhang", "park"))
    assert (xihu["people"], xihu["outcome"], xihu["basis"]) == (69_280, "yellow", "gates")
    assert (yuhang["people"], yuhang["outcome"]) == (3_000, "kept")
    assert (park["people"], park["basis"], park["reports"]) == (72_280, "areas", 4)
    assert xihu["share"] == 0.8  # exactly at the edge
    assert xihu["synthetic"]


def test_a_gate_without_report_leaves_a_lower_bound() -> None:
    found = daily([*day_rows("EX-G1", [50_000, 90_000]), *day_rows("EX-G2", [1_000])])
    second = DAY + dt.timedelta(days=1)
    assert found["xihu", DAY]["outcome"] == "kept"
    over = found["xihu", second]
    assert (over["outcome"], over["at_least"], over["gates_missing"]) == ("red", True, "EX-G2")
    park = found["park", DAY]
    assert (park["outcome"], park["people"]) == ("undecided", 51_000)
    assert park["gates_missing"] == "EX-G3, EX-G4"
    assert "至少" in park["reason_zh"]
    assert found["yuhang", DAY]["people"] != found["yuhang", DAY]["people"]  # NaN: not 0


def test_counts_of_the_area_go_first_where_they_are_whole() -> None:
    rows = [*day_rows("xihu", [100]), *day_rows("EX-G1", [70]), *day_rows("EX-G2", [60])]
    assert daily(rows)["xihu", DAY]["people"] == 100
    hours = hour_rows("xihu", [10, 10])
    usual = [r for k in range(1, 5) for r in hour_rows("xihu", [10] * 6,
                                                       day=DAY - dt.timedelta(days=k))]  # fmt: skip
    found = daily([*usual, *hours, *rows[1:]])
    assert (found["xihu", DAY]["people"], found["xihu", DAY]["basis"]) == (130, "gates")
    assert found["xihu", DAY - dt.timedelta(days=1)]["people"] == 60


def test_a_day_of_hours_is_whole_when_no_usual_hour_is_missing() -> None:
    past = [r for k in range(1, 5) for r in hour_rows("xihu", [10] * 10,
                                                      day=DAY - dt.timedelta(days=k))]  # fmt: skip
    part = daily([*past, *hour_rows("xihu", [9_000] * 6)])["xihu", DAY]
    assert (part["people"], part["outcome"], part["at_least"]) == (54_000, "undecided", True)
    gap = [r for n, r in enumerate(hour_rows("xihu", [10] * 10)) if n != 4]
    assert daily([*past, *gap])["xihu", DAY]["outcome"] == "undecided"
    assert daily([*past, *hour_rows("xihu", [10] * 10)])["xihu", DAY]["outcome"] == "kept"


def test_a_day_that_is_not_over_is_not_whole() -> None:
    rows = [*day_rows("EX-G1", [5]), *day_rows("EX-G2", [5])]
    assert daily(rows, now=at(14))["xihu", DAY]["outcome"] == "undecided"
    assert daily(rows, now=at(0, day=DAY + dt.timedelta(days=1)))["xihu", DAY]["outcome"] == "kept"


@pytest.mark.parametrize("period", ["span", "month"])
def test_a_total_of_several_days_is_compared_with_no_day(period: str) -> None:
    """A week's total (244,400) is no day: it exceeds every capacity of a day and means nothing."""
    week = day_rows("park", [244_400], period=period, counted_to=DAY + dt.timedelta(days=7))
    rows = [*week, *day_rows("xihu", [5]), *day_rows("yuhang", [5])]
    found = daily(rows)
    assert found["park", DAY]["people"] == 10
    assert {r["outcome"] for r in found.values()} == {"kept"}
    assert daily(week) == {}


def test_failed_and_unknown_counts_are_not_used() -> None:
    rows = [*day_rows("EX-G1", [99_999], flag="fail"), *day_rows("EX-G2", [5])]
    found = daily(rows)["xihu", DAY]
    assert (found["people"], found["gates_missing"]) == (5, "EX-G1")
    doubted = daily([*day_rows("EX-G1", [7], flag="suspect"), *day_rows("EX-G2", [5])])
    assert doubted["xihu", DAY]["people"] == 12
    assert "存疑" in doubted["xihu", DAY]["reason_zh"]


def test_passengers_and_exits_are_not_entries() -> None:
    rows = [*day_rows("EX-G1", [5]), *day_rows("EX-G2", [5]),
            *day_rows("EX-G1", [90_000], measure="exits"),
            *day_rows("EX-D1", [90_000], measure="passengers")]  # fmt: skip
    assert daily(rows)["xihu", DAY]["people"] == 10


def test_a_closure_changes_what_it_is_judged_by() -> None:
    rows = [*day_rows("EX-G3", [24_000, 24_000], first=CLOSED - dt.timedelta(days=1)),
            *day_rows("EX-G4", [0, 0], first=CLOSED - dt.timedelta(days=1))]  # fmt: skip
    found = daily(rows)
    assert found["yuhang", CLOSED - dt.timedelta(days=1)]["outcome"] == "kept"
    assert found["yuhang", CLOSED]["outcome"] == "yellow"  # 80 % of 30,000
    assert found["yuhang", CLOSED]["capacity"] == 30_000


def test_places_may_be_named_as_the_pack_names_them() -> None:
    rows = [*day_rows("西湖区部分", [10]), *day_rows("Yuhang part", [5])]
    found = daily(rows)
    assert (found["xihu", DAY]["people"], found["park", DAY]["people"]) == (10, 15)


def test_days_that_are_asked_for() -> None:
    rows = day_rows("xihu", [1, 2, 3])
    one, last = dt.timedelta(days=1), DAY + dt.timedelta(days=2)
    assert {d for _, d in daily(rows)} == {DAY, DAY + one, last}
    assert {d for _, d in daily(rows, since=last, until=last + 9 * one)} == {last}
    empty = daily(rows, since=last + one, until=last + one)  # one day is told in any case
    assert empty["xihu", last + one]["outcome"] == "undecided"
    with pytest.raises(InputError):
        daily(rows, since=last, until=DAY)
    assert daily_load(counts_of(rows).head(0), PACK).empty


def test_hours_that_overlap_count_once() -> None:
    hour = hour_rows("xihu", [100, 100])
    half_hour = dt.timedelta(minutes=30)
    half = [{**r, "value": 50.0, "start_at": at(8, m), "end_at": at(8, m) + half_hour}
            for r, m in zip(hour, (0, 30), strict=True)]  # fmt: skip
    assert daily([*half, *hour])["xihu", DAY]["people"] == 200
    assert daily(half)["xihu", DAY]["people"] == 100


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), min_size=1, max_size=9))
def test_no_two_counts_that_are_left_overlap(spans: list[tuple[int, int]]) -> None:
    rows = [{**hour_rows("xihu", [1])[0], "start_at": at(0) + dt.timedelta(hours=a),
             "end_at": at(0) + dt.timedelta(hours=a + n)} for a, n in spans]  # fmt: skip
    left = disjoint_hours(counts_of(rows))
    told = sorted(zip(left["start_at"], left["end_at"], strict=True))
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(told))
    # Nothing is dropped that overlaps nothing else.
    alone = [a for k, (a, n) in enumerate(spans) if all(
        a + n <= b or b + m <= a for j, (b, m) in enumerate(spans) if j != k)]  # fmt: skip
    assert {at(0) + dt.timedelta(hours=a) for a in alone} <= {t.to_pydatetime() for t, _ in told}
    assert len(left) >= 1


@settings(max_examples=10)
@given(st.lists(st.lists(st.none() | st.integers(0, 60_000), min_size=4, max_size=4), max_size=4))
def test_sums_are_those_of_a_second_way(days: list[list[int | None]]) -> None:
    """Every day of every area by plain arithmetic; what is missing never makes a day 'kept'."""
    gates = ("EX-G1", "EX-G2", "EX-G3", "EX-G4")
    rows = [
        row for k, told in enumerate(days) for gate, value in zip(gates, told, strict=True)
        if value is not None
        for row in day_rows(gate, [value], first=DAY + dt.timedelta(days=k))
    ]  # fmt: skip
    found = daily(rows) if rows else {}
    for k, told in enumerate(days):
        for area, own in (("xihu", told[:2]), ("yuhang", told[2:]), ("park", told)):
            row = found.get((area, DAY + dt.timedelta(days=k)))
            if row is None:
                continue
            there = [v for v in own if v is not None]
            limit = {"xihu": 86_600, "yuhang": 33_500, "park": 120_100}[area]
            assert (row["people"] == sum(there)) if there else row["people"] != row["people"]
            colour = next((c for c, p in (("red", 100), ("orange", 90), ("yellow", 80))
                           if there and 100 * sum(there) >= p * limit), None)  # fmt: skip
            whole = len(there) == len(own)
            assert row["outcome"] == (colour or ("kept" if whole else "undecided"))


# ------------------------------------------------------------------ at one time


def test_people_present_as_measured() -> None:
    rows = [moment_row("xihu", 20_000, at=at(11)), moment_row("xihu", 37_440, at=at(12)),
            moment_row("yuhang", 1_000, at=at(12)),
            moment_row("xihu", 1, at=at(13))]  # fmt: skip
    found = instant(rows, at(12, 30))
    xihu, park = found["xihu"], found["park"]
    assert (xihu["people"], xihu["outcome"], xihu["basis"]) == (37_440, "orange", "present")
    assert (park["people"], park["basis"], park["stale"]) == (38_440, "areas", False)
    assert xihu["as_of"] == at(12)
    assert found["xihu"]["capacity"] == 41_600


def test_a_stale_reading_decides_nothing() -> None:
    rows = [moment_row("xihu", 41_600, at=at(10))]
    assert instant(rows, at(11))["xihu"]["outcome"] == "red"
    old = instant(rows, at(11, 1))["xihu"]
    assert (old["stale"], old["outcome"], old["people"]) == (True, "undecided", 41_600)
    assert "61" in old["reason_zh"]
    assert instant(rows, at(11, 1), stale_after_min=61)["xihu"]["outcome"] == "red"


def test_nothing_later_than_the_moment_is_used() -> None:
    rows = [moment_row("xihu", 5, at=at(10)), moment_row("xihu", 40_000, at=at(11)),
            *flows("EX-G1", [9_000] * 5, [0] * 5),
            *flows("EX-G2", [9_000] * 5, [0] * 5)]  # fmt: skip
    assert instant(rows, at(10, 59))["xihu"]["people"] == 5


def test_entries_less_exits_where_every_gate_tells_both() -> None:
    rows = [*flows("EX-G1", [100, 200, 50], [0, 20, 30]), *flows("EX-G2", [10, 10, 10], [5, 5, 5])]
    found = instant(rows, at(10, 20))["xihu"]
    assert (found["people"], found["basis"]) == (100 + 200 + 20 - 20 - 10, "balance")
    assert found["as_of"] == at(10)
    without = [r for r in rows if not (r["place"] == "EX-G2" and r["measure"] == "exits")]
    assert instant(without, at(10, 20))["xihu"]["people"] is None or pd.isna(
        instant(without, at(10, 20))["xihu"]["people"]
    )


def test_a_gap_ends_the_balance_of_a_day() -> None:
    whole = flows("xihu", [100] * 5, [10] * 5)
    gap = [r for r in whole if not (r["measure"] == "exits" and r["start_at"] == at(10))]
    assert instant(whole, at(13))["xihu"]["people"] == 450
    found = instant(gap, at(13))["xihu"]
    assert (found["people"], found["stale"], found["outcome"]) == (180, True, "undecided")


def test_a_balance_below_nothing_is_no_number_of_people() -> None:
    rows = flows("xihu", [10, 10], [5, 40])
    found = instant(rows, at(10))["xihu"]
    assert found["people"] != found["people"]
    assert (found["outcome"], found["colour"]) == ("undecided", None)
    assert "为负" in found["reason_zh"]


def test_the_park_is_known_only_when_both_parts_are() -> None:
    found = instant([moment_row("xihu", 5, at=at(10))], at(10))
    assert found["park"]["outcome"] == "undecided"
    assert found["park"]["people"] != found["park"]["people"]
    stale = [moment_row("xihu", 5, at=at(10)), moment_row("yuhang", 5, at=at(8))]
    park = instant(stale, at(10))["park"]
    assert (park["stale"], park["outcome"], park["as_of"]) == (True, "undecided", at(8))


def test_a_moment_needs_a_time_zone() -> None:
    with pytest.raises(InputError, match="no time zone"):
        instant_load(counts_of([]), PACK, at=dt.datetime(2026, 11, 9, 12))  # noqa: DTZ001 - meant


def test_the_local_day_is_that_of_the_time_zone() -> None:
    """16:30 of 1 March in UTC is half past midnight of 2 March in Shanghai: the closure began."""
    moment = dt.datetime(2026, 3, 1, 16, 30, tzinfo=dt.UTC)
    rows = counts_of([moment_row("yuhang", 15_000, at=moment)])
    utc, local = (instant_load(rows, PACK, at=moment, timezone=zone).set_index("area").loc["yuhang"]
                  for zone in (None, "Asia/Shanghai"))  # fmt: skip
    assert (utc["capacity"], utc["day"]) == (16_800, dt.date(2026, 3, 1))
    assert (local["capacity"], local["day"]) == (15_000, dt.date(2026, 3, 2))
    assert local["outcome"] == "red"
    assert local["as_of"].utcoffset() == dt.timedelta(hours=8)


def test_both_limits_are_judged_apart() -> None:
    """A day within its capacity may be beyond what the area may hold at one time."""
    rows = [*day_rows("xihu", [50_000]), moment_row("xihu", 42_000, at=at(12))]
    assert daily(rows)["xihu", DAY]["outcome"] == "kept"
    assert instant(rows, at(12))["xihu"]["outcome"] == "red"


@settings(max_examples=6)
@given(st.lists(st.tuples(*[st.integers(0, 999)] * 4), min_size=1, max_size=12))
def test_balances_are_those_of_running_sums(hours: list[tuple[int, ...]]) -> None:
    ins, outs = ([float(h[k]) for h in hours] for k in (0, 1))
    more, fewer = ([float(h[k]) for h in hours] for k in (2, 3))
    rows = [*flows("EX-G1", ins, outs), *flows("EX-G2", more, fewer)]
    series = present_with_parts(counts_of(rows), PACK)["xihu"]
    expected = itertools.accumulate(a + c - b - d for a, b, c, d in hours)
    assert series["people"].tolist() == list(expected)


def test_summer_time_does_not_break_a_balance() -> None:
    """America/New_York, 2026-03-08: the hour from 2 to 3 is not there; hours are 1-2, 3-4."""
    from zoneinfo import ZoneInfo

    zone, day = ZoneInfo("America/New_York"), dt.date(2026, 3, 8)
    rows = []
    for hour in (0, 1, 3, 4):
        begins = dt.datetime.combine(day, dt.time(hour), zone).astimezone(dt.UTC)
        for measure, value in (("entries", 10.0), ("exits", 1.0)):
            rows += [{**r, "start_at": begins, "end_at": begins + dt.timedelta(hours=1)}
                     for r in hour_rows("xihu", [value], day=day, measure=measure)]  # fmt: skip
    moment = dt.datetime(2026, 3, 8, 5, tzinfo=zone)
    assert instant(rows, moment)["xihu"]["people"] == 36
