"""Dates as people write them: what is clear is read, what is not is refused by name."""

from __future__ import annotations

import contextlib
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.reading.dates import CellError, Moment, join, parse_moment

HANGZHOU, MIAMI = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    "written",
    ["2024-05-01", "2024/5/1", "2024.5.1", "2024年5月1日", "2024 年 5 月 1 日", "20240501",
     "2024-05-01T00:00", dt.date(2024, 5, 1)],
)  # fmt: skip
def test_days(written: object) -> None:
    assert parse_moment(written).day == dt.date(2024, 5, 1)


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2024-05-01 14:30", dt.time(14, 30)),
        ("2024年5月1日 下午2:30", dt.time(14, 30)),
        ("2024年5月1日 14时30分20秒", dt.time(14, 30, 20)),
        ("2024-05-01 中午12点整", dt.time(12)),
        ("2024-05-01 12:30 AM", dt.time(0, 30)),
        ("20240501T143000", dt.time(14, 30)),
        ("2024-05-01 14:30:20.25", dt.time(14, 30, 20, 250000)),
    ],
)
def test_moments(written: str, time: dt.time) -> None:
    assert parse_moment(written) == Moment(dt.date(2024, 5, 1), time)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("5月1日", "date_no_year"),
        ("5-1", "date_no_year"),
        ("05/01 14:30", "date_no_year"),
        ("5/6/2024", "date_two_ways"),
        ("24-05-01", "year_two_digits"),
        ("24年5月1日", "year_two_digits"),
        ("2024-05", "date_no_day"),
        ("2024年5月", "date_no_day"),
        ("45413", "date_serial"),
        ("1714521600000", "date_serial"),
        ("2024-02-30", "no_such_day"),
        ("0202-05-01", "year_implausible"),
        ("2024-05-01 25:00", "time_invalid"),
        ("2024-05-01 noon", "date_invalid"),
        ("昨天", "date_invalid"),
        ("2024-05-010", "date_invalid"),
    ],
)
def test_refused_by_name(written: str, code: str) -> None:
    with pytest.raises(CellError) as error:
        parse_moment(written)
    assert error.value.code == code


def test_local_day_is_the_sites() -> None:
    late = parse_moment("2024-04-30T18:00:00Z")
    assert late.local_day(HANGZHOU, HANGZHOU) == dt.date(2024, 5, 1)
    assert late.local_day(MIAMI, MIAMI) == dt.date(2024, 4, 30)
    assert parse_moment("2024-04-30 18:00").local_day(HANGZHOU, HANGZHOU) == dt.date(2024, 4, 30)
    assert parse_moment("2024-04-30 18:00").local_day(MIAMI, HANGZHOU) == dt.date(2024, 5, 1)
    assert parse_moment("2024-04-30").local_day(MIAMI, HANGZHOU) == dt.date(2024, 4, 30)


def test_midnight_at_the_end_of_a_day() -> None:
    assert parse_moment("2024-05-01 24:00") == Moment(dt.date(2024, 5, 2), dt.time(0))


@given(st.dates(dt.date(1900, 1, 2), dt.date(2199, 12, 30)), st.times())
def test_iso_round_trip(day: dt.date, time: dt.time) -> None:
    instant = dt.datetime.combine(day, time, dt.UTC)
    assert parse_moment(instant.isoformat()).at(HANGZHOU) == instant
    assert parse_moment(instant) == parse_moment(instant.isoformat())


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(written: str) -> None:
    with contextlib.suppress(CellError):
        parse_moment(written)


def test_two_columns() -> None:
    day, time = parse_moment("2024-05-01"), parse_moment("14:30")
    whole = parse_moment("2024-05-01T14:30Z")
    assert join(day, time) == Moment(dt.date(2024, 5, 1), dt.time(14, 30))
    assert join(day, whole) == whole
    assert join(day, None) == day
    assert join(None, None) is None
    another = parse_moment("2024-05-04")
    for first, second, code in (
        (None, time, "date_missing"),
        (another, whole, "date_contradicts"),
    ):
        with pytest.raises(CellError) as error:
            join(first, second)
        assert error.value.code == code
