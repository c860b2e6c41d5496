"""When something was counted, as files write it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from tests.visitors.readcases import LONDON, NEW_YORK, codes, read, rows_of
from wetland.reading.dates import CellError
from wetland.visitors.readwhen import Rules, Stamp, When, read_when

D = dt.date


@pytest.mark.parametrize(
    ("cell", "first", "last", "scale"),
    [
        ("2024-05-01", D(2024, 5, 1), D(2024, 5, 1), "day"),
        ("20240501", D(2024, 5, 1), D(2024, 5, 1), "day"),
        ("2024年5月", D(2024, 5, 1), D(2024, 5, 31), "month"),
        ("202402", D(2024, 2, 1), D(2024, 2, 29), "month"),
        ("2024", D(2024, 1, 1), D(2024, 12, 31), "span"),
        ("2024Q3", D(2024, 7, 1), D(2024, 9, 30), "span"),
        ("2024年第一季度", D(2024, 1, 1), D(2024, 3, 31), "span"),
        ("2024-W18", D(2024, 4, 29), D(2024, 5, 5), "span"),
        ("2024年第18周", D(2024, 4, 29), D(2024, 5, 5), "span"),
        ("2024-10-01/2024-10-07", D(2024, 10, 1), D(2024, 10, 7), "span"),
        ("2024-10-01至10-07", D(2024, 10, 1), D(2024, 10, 7), "span"),
        ("2024.10.1-10.7", D(2024, 10, 1), D(2024, 10, 7), "span"),
        ("2024年10月1日-7日", D(2024, 10, 1), D(2024, 10, 7), "span"),
        ("2024-10-01 - 2024-10-07", D(2024, 10, 1), D(2024, 10, 7), "span"),
        ("2024-10-01~2024-10-07（黄金周）", D(2024, 10, 1), D(2024, 10, 7), "span"),
        ("2024/12/28至1/3", None, None, "date_backwards"),
        ("合计", None, None, "span_days_missing"),
        ("国庆黄金周", None, None, "span_days_missing"),
        ("10月1日", None, None, "date_no_year"),
        ("5/6/2024", None, None, "date_two_ways"),
        ("2024-02-30", None, None, "no_such_day"),
        ("2024-W60", None, None, "date_invalid"),
        ("x" * 100, None, None, "date_invalid"),
    ],
)
def test_days(cell: str, first: D | None, last: D | None, scale: str) -> None:
    if first is None:
        with pytest.raises(CellError) as wrong:
            read_when(When(cell), Rules())
        assert wrong.value.code == scale
        return
    stamp = read_when(When(cell), Rules())
    assert (stamp.first, stamp.last, stamp.scale, stamp.minute) == (first, last, scale, None)


@pytest.mark.parametrize(
    ("when", "minute", "end"),
    [
        (When("2024-05-01 08:00"), 480, None),
        (When("2024-05-01 24:00"), 1440, None),
        (When("2024-05-01 08:00-09:00"), 480, 540),
        (When("2024-05-01 08:00:00-05:00"), 480, None),
        (When("2024-05-01T08:00-05:00"), 480, None),
        (When("2024-05-01T08:00/2024-05-01T09:00"), 480, 540),
        (When("2024-05-01 08:00", "2024-05-01 09:00"), 480, 540),
        (When("2024-05-01", time="23:00-24:00"), 1380, 1440),
        (When("2024-05-01", time="0830"), 510, None),
        (When("2024-05-01", hour="24"), 1440, None),
        (When("2024-05-01", hour="8-9"), 480, 540),
        (When("2024-05-01", hour="8时"), 480, None),
        (When("2024-05-01", time="08:00", time_end="08:30"), 480, 510),
        (When(year="2024", month="5", day="1", hour="7"), 420, None),
        (When("2016-10-04 07:59:42"), 479.7, None),
    ],
)
def test_times_of_day(when: When, minute: float, end: float | None) -> None:
    stamp = read_when(when, Rules())
    assert (stamp.minute, stamp.end_minute, stamp.scale) == (minute, end, "time")


def test_a_time_past_midnight_and_columns_that_tell_the_period() -> None:
    stamp = read_when(When("2024-05-03", time="23:00-01:00"), Rules())
    assert (stamp.first, stamp.last) == (D(2024, 5, 3), D(2024, 5, 4))
    assert read_when(When("2024-05-03", period="周"), Rules()).last == D(2024, 5, 9)
    assert read_when(When("2024-05-03", period="month"), Rules()) == Stamp(
        D(2024, 5, 1), D(2024, 5, 31), "month", period="month"
    )
    with pytest.raises(CellError):
        read_when(When("2024-05-03", period="合计"), Rules())
    with pytest.raises(CellError):
        read_when(When(), Rules())
    assert read_when(When(), Rules(default="2024-05")).scale == "month"


@drawn(st.dates(D(1990, 1, 1), D(2100, 1, 1)), st.integers(0, 200))
def test_every_way_to_write_two_days_says_the_same(first: D, days: int) -> None:
    last = first + dt.timedelta(days=days)
    ways = (f"{first}/{last}", f"{first}至{last}", f"{first} - {last}", f"{first}~{last}",
            f"{first:%Y年%m月%d日}-{last:%Y年%m月%d日}",
            f"{first:%Y.%m.%d}—{last:%Y.%m.%d}")  # fmt: skip
    for way in ways:
        stamp = read_when(When(way), Rules())
        assert (stamp.first, stamp.last) == (first, last)


@drawn(st.text(max_size=40), st.text(max_size=12) | st.none(), st.text(max_size=5) | st.none())
def test_no_text_breaks_it(date: str, time: str | None, hour: str | None) -> None:
    try:
        stamp = read_when(When(date, time=time, hour=hour), Rules(2024, "dmy"))
    except CellError:
        return
    assert stamp.first <= stamp.last


def starts(reading: object) -> list[str]:
    """Return the instants that counts began, without seconds."""
    return [t.strftime("%d %H:%M") for t in reading.counts["start_at"]]  # type: ignore[attr-defined]


def test_hours_1_to_24_are_named_by_their_end() -> None:
    rows = "".join(f"2024-05-01,{h},东门,{h}\n" for h in range(1, 25))
    reading = read("日期,小时,入口,入园\n" + rows)
    assert starts(reading)[0] == "30 16:00"
    assert starts(reading)[-1] == "01 15:00"
    assert set(reading.counts["counted_on"]) == {D(2024, 5, 1)}
    assert codes(reading) == {"hours_1_24": 1}
    early = read("日期,小时,入口,入园\n" + rows, hours="0-23")
    assert starts(early)[0] == "30 17:00"
    assert early.counts["counted_on"].iloc[-1] == D(2024, 5, 2)


def test_hours_0_and_24_together_cannot_be_told() -> None:
    reading = read("日期,小时,入口,入园\n2024-05-01,0,东门,1\n2024-05-01,24,东门,2\n")
    assert rows_of(reading, "hour_24_and_0") == [3]
    assert len(reading.counts) == 1


def test_a_moment_at_24_is_midnight_of_the_next_day() -> None:
    reading = read("时间,景区,在园\n2024-05-01 08:00,全园,1\n2024-05-01 24:00,全园,2\n")
    assert starts(reading)[-1] == "01 16:00"
    assert reading.counts["counted_on"].iloc[-1] == D(2024, 5, 2)


def test_midnight_in_every_row_is_a_day() -> None:
    reading = read("时间,东门\n2024-05-01 00:00:00,1\n2024-05-02 00:00:00,2\n")
    assert set(reading.counts["period"]) == {"day"}
    reading = read("时间,东门\n2024-05-01 00:00,1\n2024-05-01 01:00,2\n")
    assert set(reading.counts["period"]) == {"hour"}


def test_the_length_of_a_count_is_what_its_series_is_apart() -> None:
    reading = read(
        "时间,东门\n" + "".join(f"2024-05-01 08:{m:02d},1{m}\n" for m in (0, 15, 30, 45))
    )
    lengths = (reading.counts["end_at"] - reading.counts["start_at"]).dt.total_seconds() / 60
    assert set(lengths) == {15}


SPRING = "date,gate,count\n2024-03-10 01:30,G1,1\n2024-03-10 02:30,G1,2\n2024-03-10 03:30,G1,3\n"


def test_a_local_time_that_does_not_exist_is_an_error() -> None:
    reading = read(SPRING, timezone=NEW_YORK)
    assert rows_of(reading, "time_skipped") == [3]
    assert starts(reading) == ["10 06:30", "10 07:30"]
    assert len(read(SPRING).counts) == 3


AUTUMN = (
    "date,gate,count\n2024-11-03 00:30,G1,3\n2024-11-03 01:30,G1,4\n2024-11-03 01:30,G1,5\n"
    "2024-11-03 02:30,G1,6\n"
)


def test_a_local_time_that_comes_twice_is_told_by_order() -> None:
    reading = read(AUTUMN, timezone=NEW_YORK)
    assert starts(reading) == ["03 04:30", "03 05:30", "03 06:30", "03 07:30"]
    assert rows_of(reading, "time_twice") == [3, 4]
    assert set(reading.counts["flag"]) == {"good"}
    lines = AUTUMN.splitlines()
    backwards = "\n".join([lines[0], *lines[:0:-1]])
    reading = read(backwards, timezone=NEW_YORK)
    assert starts(reading) == ["03 07:30", "03 06:30", "03 05:30", "03 04:30"]


def test_one_of_two_local_times_is_not_used() -> None:
    lines = AUTUMN.splitlines()
    reading = read("\n".join([*lines[:3], lines[4]]), timezone=NEW_YORK)
    assert reading.counts["flag"].tolist() == ["good", "fail", "good"]
    assert rows_of(reading, "time_ambiguous") == [3]


def test_offsets_decide_and_mixed_ones_are_told() -> None:
    reading = read(
        "date,gate,count\n2024-10-27T01:30+01:00,G1,1\n2024-10-27T01:30+00:00,G1,2\n"
        "2024-10-27 03:30,G1,3\n2024-10-27T12:00Z,G1,4\n",
        timezone=LONDON,
    )
    assert starts(reading) == ["27 00:30", "27 01:30", "27 03:30", "27 12:00"]
    assert codes(reading) == {"mixed_zones": 1}


def test_local_times_of_another_zone_count_for_the_local_day_of_the_site() -> None:
    reading = read(
        "date,gate,count\n2024-05-01 20:00,G1,1\n2024-05-01 21:00,G1,1\n", timezone="UTC"
    )
    assert set(reading.counts["counted_on"]) == {D(2024, 5, 1)}
    reading = read("date,gate,count\n2024-05-01 20:00,G1,1\n2024-05-01 21:00,G1,1\n")
    assert reading.counts["start_at"].iloc[0].hour == 12
