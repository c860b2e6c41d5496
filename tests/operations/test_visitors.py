"""Visitors of a site: load against capacity, figures side by side, series out of counts."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.operations.visitorcases import (
    DAY,
    ZONE,
    data_of,
    day_rows,
    hour_rows,
    moment_row,
    readings_of,
)
from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.operations.visitoranswers import (
    actions_of,
    calendar_of,
    capacity_of,
    compare_of,
    last_moment,
    load_of,
    series_of_area,
    statements_of,
    summary_of,
)
from wetland.operations.visitorforecast import Forecasts, forecast_of
from wetland.operations.visitorparking import board_of, parking_of, where_read
from wetland.operations.visitors import nothing_of, require_counts, require_readings
from wetland.operations.visitorseries import tidy_of
from wetland.operations.visitorweather import read_weather
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.visitors.pack import Area, Tier, VisitorPack

NOON = dt.datetime(2026, 11, 9, 12, tzinfo=ZONE)


def test_the_load_of_a_day_is_the_sum_of_the_gates_against_the_judged_capacity(site: Site) -> None:
    rows = [*day_rows("EX-G1", [40_000]), *day_rows("EX-G2", [29_280])]
    answer = load_of(data_of(site, rows), day=DAY).to_json("zh")
    daily = {row["area"]: row for row in answer["loads"] if row["limit"] == "daily"}
    xihu = daily["xihu"]  # 69,280 of 86,600: exactly 80 %, the edge belongs to the tier
    assert (xihu["people"], xihu["capacity"], xihu["share"]) == (69_280, 86_600, 0.8)
    assert xihu["outcome"] == xihu["colour"] == "yellow"
    assert xihu["synthetic"] is True
    told = "；".join(xihu["actions"])
    assert "停止售票" in told  # whether it is paid was not told: both ways are named
    assert "免费区" in told
    assert daily["park"]["outcome"] == "undecided"  # the gates of yuhang told nothing
    assert daily["park"]["at_least"] is True


def test_people_at_once_are_judged_apart_from_those_of_the_day(site: Site) -> None:
    rows = [*day_rows("EX-G1", [1_000]), *day_rows("EX-G2", [2_000]),
            moment_row("xihu", 41_600, at=NOON)]  # fmt: skip
    loads = load_of(data_of(site, rows), at=NOON)
    assert (loads.day, loads.at) == (DAY, NOON)
    xihu = [row for row in loads.rows("en") if row["area"] == "xihu"]
    assert {row["limit"]: row["outcome"] for row in xihu} == {
        "instantaneous": "red", "daily": "kept",
    }  # fmt: skip
    later = load_of(data_of(site, rows), at=NOON + dt.timedelta(minutes=61))
    at_once = [r for r in later.rows("en") if (r["area"], r["limit"]) == ("xihu", "instantaneous")]
    assert (at_once[0]["outcome"], at_once[0]["stale"]) == ("undecided", True)


def test_a_week_is_never_compared_with_a_day(site: Site) -> None:
    week = day_rows("park", [244_400], period="span", counted_to=DAY + dt.timedelta(days=6))
    data = data_of(site, [*week, *day_rows("EX-G1", [5])])
    table = calendar_of(data, area="全园")
    assert set(table["outcome"]) <= {"undecided"}
    assert not (table["people"] > 5).any()
    with pytest.raises(InputError):
        forecast_of(data_of(site, week), freq="day")


def test_counts_that_failed_their_tests_are_not_used(site: Site) -> None:
    rows = [*day_rows("EX-G1", [90_000], flag="fail"), *day_rows("EX-G2", [10])]
    found = {r["area"]: r for r in load_of(data_of(site, rows), day=DAY).rows() if
             r["limit"] == "daily"}  # fmt: skip
    assert found["xihu"]["outcome"] == "undecided"
    assert found["xihu"]["people"] == 10


def test_the_last_moment_of_a_day_is_what_a_count_tells_or_its_end(site: Site) -> None:
    data = data_of(site, hour_rows("EX-G1", [1, 2, 3]))
    assert last_moment(data, DAY) == dt.datetime(2026, 11, 9, 11, tzinfo=ZONE)
    other = DAY + dt.timedelta(days=1)
    assert last_moment(data, other).time() == dt.time(23, 59, 59)


def test_every_published_capacity_is_listed_and_one_is_judged_by(site: Site) -> None:
    found = {(c.area.id, c.limit): c for c in capacity_of(site.visitors, dt.date(2026, 11, 24))}
    park = found["park", "daily"].to_json("en")
    judged = [p["people"] for p in park["published"] if p["judged"]]
    assert judged == [park["people"]] == [120_100]
    assert {p["people"] for p in park["published"]} == {120_100, 10_000, 15_000, 29_000}
    assert all(p["source"] and p["confidence"] for p in park["published"])
    xihu = found["xihu", "daily"].to_json("zh")
    assert xihu["tiers"] == {"yellow": 69_280, "orange": 77_940, "red": 86_600}
    before = {(c.area.id, c.limit): c for c in capacity_of(site.visitors, dt.date(2014, 12, 31))}
    assert before["xihu", "daily"].people is None  # no figure held yet


def test_a_closure_changes_what_the_rest_holds_and_is_told(site: Site) -> None:
    found = {(c.area.id, c.limit): c for c in capacity_of(site.visitors, dt.date(2026, 3, 2))}
    yuhang = found["yuhang", "daily"]
    assert (yuhang.people, yuhang.judged and yuhang.judged.people) == (30_000, 33_500)
    rows = found["yuhang", "daily"].rows("en")
    assert rows[0]["closures"]
    closed = found["ex-rotation", "daily"].to_json("en")
    assert (closed["open"], closed["people"], closed["published"]) == (False, 0, [])


def test_what_is_to_be_done_follows_whether_an_area_is_paid() -> None:
    tier = Tier(colour="red", share=1, name=text("红", "red"), paid=(text("停售", "stop"),),
                free=(text("分流", "divert"),), source="s")  # fmt: skip

    def told(paid: bool | None) -> list[str]:
        area = Area(id="a", name=text("甲", "a"), paid=paid)
        return [t.en for t in actions_of(VisitorPack(areas=(area,), tiers=(tier,)), "a", "red")]

    assert (told(True), told(False)) == (["stop"], ["divert"])
    assert told(None) == ["paid area: stop", "free area: divert"]


def test_statements_are_told_with_their_sources_in_order(site: Site) -> None:
    told = statements_of(site.visitors, "en")
    days = [one["last_on"] for one in told]
    assert days == sorted(days)
    since_opening = [one["visits"] for one in told if one["kind"] == "cumulative"]
    assert since_opening == [45_000_000, 55_000_000, 65_000_000]
    assert all(one["source"] for one in told)


def test_a_month_stands_beside_the_one_before_and_last_year(site: Site) -> None:
    first = dt.date(2026, 9, 1)
    rows = [row for gate in ("EX-G1", "EX-G2") for row in
            day_rows(gate, [100] * 30 + [150] * 31, first=first)]  # fmt: skip
    data = data_of(site, rows)
    table = compare_of(data, per="month", area="xihu")
    assert table["value"].tolist() == [6_000, 9_300]
    assert table["mom"].iloc[1] == pytest.approx(55.0)
    assert math.isnan(table["yoy"].iloc[1])
    october = compare_of(data, area="xihu", since=dt.date(2026, 10, 1))
    assert october["period"].tolist() == ["2026-10"]
    assert october["previous"].tolist() == [6_000]  # what it is compared with lies before
    days = compare_of(data, per="day", area="西湖区部分", until=dt.date(2026, 9, 2))
    assert days["period"].tolist() == ["2026-09-01", "2026-09-02"]


def test_a_day_on_which_a_gate_told_nothing_is_no_day_of_the_series(site: Site) -> None:
    rows = [*day_rows("EX-G1", [10, 20, 30]), *day_rows("EX-G2", [1, 2])]
    series = series_of_area(data_of(site, rows), "xihu")
    assert series.iloc[:2].tolist() == [11, 22]
    assert math.isnan(series.iloc[2])


@settings(max_examples=15)
@given(st.lists(st.tuples(*[st.integers(0, 5_000)] * 4), min_size=1, max_size=10))
def test_hours_of_an_area_are_the_sum_of_all_gates_that_count(
    values: list[tuple[int, ...]],
) -> None:
    site = _xixi()
    gates = ("EX-G1", "EX-G2", "EX-G3", "EX-G4")
    rows = [row for k, gate in enumerate(gates)
            for row in hour_rows(gate, [hour[k] for hour in values])]  # fmt: skip
    table = tidy_of(data_of(site, rows), freq="hour")
    assert table["series"].unique().tolist() == ["park"]
    assert table["count"].tolist() == [sum(hour) for hour in values]
    assert table["time"].iloc[0] == pd.Timestamp(2026, 11, 9, 8)
    xihu = tidy_of(data_of(site, rows), freq="hour", places=["xihu"])
    assert xihu["count"].tolist() == [hour[0] + hour[1] for hour in values]


def _xixi() -> Site:
    from wetland.sites.load import open_site

    if not hasattr(_xixi, "held"):
        _xixi.held = open_site("xixi")  # type: ignore[attr-defined]
    return _xixi.held  # type: ignore[attr-defined,no-any-return]


def test_an_hour_that_a_gate_did_not_tell_is_unknown_and_not_less(site: Site) -> None:
    rows = [*hour_rows("EX-G1", [5, 6, 7]), *hour_rows("EX-G2", [1, 1])]
    table = tidy_of(data_of(site, rows), freq="hour", places=["xihu"])
    assert table["count"].tolist() == [6, 7]


def test_a_month_is_what_was_told_or_the_sum_of_all_its_days(site: Site) -> None:
    september = day_rows("xihu", [10] * 30, first=dt.date(2026, 9, 1))
    october = day_rows("xihu", [10] * 30, first=dt.date(2026, 10, 1))  # a day is missing
    august = day_rows("xihu", [777], first=dt.date(2026, 8, 1), period="month",
                      counted_to=dt.date(2026, 8, 31))  # fmt: skip
    table = tidy_of(data_of(site, [*september, *october, *august]), freq="month", places=["xihu"])
    assert dict(zip(table["time"].dt.strftime("%Y-%m"), table["count"], strict=True)) == {
        "2026-08": 777, "2026-09": 300,
    }  # fmt: skip


def test_a_place_or_measure_without_counts_is_refused_with_a_sentence(site: Site) -> None:
    data = data_of(site, hour_rows("EX-G1", [5]))
    for places, measure in ((["nowhere"], "entries"), (["EX-G2"], "entries"), (None, "boats")):
        with pytest.raises(InputError):
            tidy_of(data, freq="hour", places=places, measure=measure)
    with pytest.raises(InputError):
        require_counts(nothing_of(site))
    with pytest.raises(InputError):
        require_readings(nothing_of(site))


def test_a_forecast_of_the_park_follows_the_week(site: Site) -> None:
    week = np.array([100, 100, 100, 100, 150, 400, 350])
    noise = np.random.default_rng(7).normal(1, 0.05, 140)
    first = dt.date(2026, 6, 22)  # a Monday
    rows = []
    for gate in ("EX-G1", "EX-G2", "EX-G3", "EX-G4"):
        rows += day_rows(gate, np.round(np.tile(week, 20) * noise), first=first)
    found = forecast_of(data_of(site, rows), freq="day", horizon=7, calendar=False)
    table = {row["time"]: row for row in found.rows("en")}
    assert list(table) == [f"2026-11-{day:02d}" for day in range(9, 16)]
    assert all(row["lower"] <= row["mean"] <= row["upper"] for row in table.values())
    assert table["2026-11-14"]["mean"] == pytest.approx(1_600, rel=0.15)  # Saturday
    assert table["2026-11-10"]["mean"] == pytest.approx(400, rel=0.15)
    assert {row["series"] for row in table.values()} == {"park"}
    assert found.name("park").zh == "全园"
    assert all(row["synthetic"] for row in table.values())


def test_times_are_written_as_the_file_writes_its_own() -> None:
    noon = dt.datetime(2026, 12, 3, 8)  # noqa: DTZ001 - local by contract
    assert Forecasts((), "month", style="day").written(noon) == "2026-12-01"
    assert Forecasts((), "month", style="month").written(noon) == "2026-12"
    assert Forecasts((), "day").written(noon) == "2026-12-03"
    assert Forecasts((), "hour").written(noon) == "2026-12-03T08:00:00"
    assert Forecasts((), "hour", zone=ZONE).written(noon) == "2026-12-03T08:00:00+08:00"


def test_parking_is_asked_for_a_gate_by_local_time(site: Site) -> None:
    readings = readings_of(
        (park, NOON - dt.timedelta(minutes=30 * k), taken + k)
        for park, taken in (("EX-C1", 300), ("EX-C2", 330))
        for k in range(60)
    )
    data = data_of(site, [], readings)
    advice = parking_of(data, gate="EX-G1")
    assert advice.at == NOON
    first = advice.to_json("en")[0]
    assert (first["car_park"], first["free"], first["rank"]) == ("EX-C1", 320, 1)
    with pytest.raises(InputError):
        parking_of(data, gate="EX-G9")
    board = board_of(data).set_index("car_park")
    assert board.loc["EX-C1", "free"] == 320
    assert bool(board.loc["EX-C6", "stale"])


def test_a_later_reading_that_failed_is_told_and_not_used(site: Site) -> None:
    late = NOON + dt.timedelta(minutes=10)
    readings = readings_of([("EX-C1", NOON, 300), ("EX-C1", late, 300)])
    readings.loc[readings["read_at"] == late, "flag"] = "fail"
    told = parking_of(data_of(site, [], readings), gate="EX-G1", at=late)
    first = next(row for row in told.to_json("en") if row["car_park"] == "EX-C1")
    assert first["read_at"] == NOON.isoformat()
    assert "a later reading failed its tests" in first["advice"]


def test_a_file_of_elsewhere_is_asked_in_its_own_zone(site: Site) -> None:
    foreign = data_of(site, [], readings_of([("Elsewhere", NOON, 3)]))
    assert where_read(foreign, "Europe/London").timezone == "Europe/London"
    assert where_read(foreign, None).timezone == foreign.timezone
    ours = data_of(site, [], readings_of([("EX-C1", NOON, 3)]))
    assert where_read(ours, "Europe/London").timezone == ours.timezone


def test_a_summary_says_what_there_is(site: Site) -> None:
    data = data_of(site, [*day_rows("EX-G1", [1, 2]), *day_rows("EX-G2", [-3], flag="fail")])
    told = summary_of(data)
    assert told["flags"] == {"fail": 1, "good": 2}
    assert (told["first_day"], told["last_day"]) == ("2026-11-09", "2026-11-10")
    assert told["places"] == ["EX-G1", "EX-G2"]
    assert told["synthetic"] is True


def test_places_are_found_by_name_and_days_are_chosen(site: Site) -> None:
    data = data_of(site, [*day_rows("EX-G1", [1, 2]), *day_rows("EX-G2", [3])])
    by_name = data.only(["示例入口一（东）"])
    assert by_name.places == ["EX-G1"]
    assert len(data.only(since=DAY, until=DAY).counts) == 2
    with pytest.raises(InputError):
        data.only(since=DAY + dt.timedelta(days=9))
    with pytest.raises(InputError):
        data.area("北区")


def test_weather_is_days_and_numbers(tmp_path: Path) -> None:
    words = "日期,气温,降水,备注\n2026-11-01,18.5,0,晴\n2026-11-02,,3.2,\n"
    found = read_weather(Given.of_bytes("w.csv", words.encode("utf-8")))
    assert list(found.columns) == ["day", "气温", "降水"]
    assert found["day"].tolist() == [dt.date(2026, 11, 1), dt.date(2026, 11, 2)]
    assert math.isnan(found["气温"].iloc[1])
    for wrong in ("a,b\n1,2\n", "date,t\n5/6,1\n", "date,t\n2026-11-01,1\n2026-11-01,2\n",
                  "date,t\n2026-11-01,warm\n"):  # fmt: skip
        with pytest.raises(InputError):
            read_weather(Given.of_bytes("w.csv", wrong.encode("utf-8")))


def test_a_past_day_is_told_by_its_fullest_moment_and_the_last_by_its_last(site: Site) -> None:
    rows = [
        moment_row("xihu", people, at=NOON.replace(day=day, hour=hour))
        for day in (9, 10) for hour, people in ((9, 10_000), (13, 40_000), (19, 0))
    ]  # fmt: skip
    data = data_of(site, rows)

    def at_once(day: dt.date) -> float:
        found = load_of(data, day=day).rows("en")
        return next(r["people"] for r in found
                    if (r["area"], r["limit"]) == ("xihu", "instantaneous"))  # fmt: skip

    assert at_once(DAY) == 40_000
    assert at_once(DAY + dt.timedelta(days=1)) == 0
