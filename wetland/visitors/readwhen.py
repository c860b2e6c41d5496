"""When something was counted, as files write it (日期与时段): a moment, an hour, a day, a span.

Rule of decision: a month or a year stands for its days, a week (2024-W18, 2024年第18周) for Monday
to Sunday, two dates for the days from the first to the last. 24:00 is kept apart from 00:00 of the
next day until it is known whether hours are named by their start or by their end. ``08:00-09:00``
beside a day is an hour, after ``T`` or with seconds an offset. What can be read in two ways is
refused.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from wetland.base.texts import text
from wetland.reading.dates import NOT_A_TIME, CellError, Moment, parse_moment
from wetland.visitors.readwords import says_span

MISSING = text("没有日期", "there is no date")
NO_YEAR = text(
    "日期没有年份；请写全（2024-05-01），或用 --year 指明",
    "the date has no year; write 2024-05-01, or tell the year by --year",
)
NO_SPAN = text(
    "多日合计须写明首日和末日，例如 2024-10-01至2024-10-07",
    "a total of several days needs its first and last day, as in 2024-10-01/2024-10-07",
)
BACKWARDS = text("结束早于开始", "it ends before it begins")
NOT_A_DATE = text("不是日期", "not a date")
NOT_AN_HOUR = text("不是 0 至 24 的小时", "not an hour from 0 to 24")

DAY_MINUTES = 24 * 60
LONGEST = 80

_YEAR = re.compile(r"(\d{4})\s*年?(?:度|全年)?$")
_MONTH = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*月?(?:份)?$|(\d{4})(\d{2})$")
_WEEK = re.compile(r"(\d{4})\s*(?:-?W|年\s*第?)\s*(\d{1,2})\s*周?$", re.IGNORECASE)
_QUARTER = re.compile(r"(\d{4})\s*(?:-?Q|年\s*第?)\s*([1-4一二三四])\s*(?:季度?)?$", re.IGNORECASE)
_TWO_WAYS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)(.*)$")
_NO_YEAR = re.compile(r"(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})(?!\d)\s*[日号]?(.*)$")
_BARE_MONTH = re.compile(r"(\d{1,2})\s*月(?:份)?$")
_APART = re.compile(r"(.*?\d\D{0,2}?)\s*(?:至|到|~|—+|--|–|\s-\s)\s*(\d.*)$")
_ISO = re.compile(r"(\d{4}-\d{2}(?:-\d{2}(?:[T ][\d:.]+\S*?)?)?)/(\d.*)$")
_HYPHEN = re.compile(
    r"(\d{4}(?:[./]\d{1,2}[./]\d{1,2}|年\s*\d{1,2}\s*月\s*\d{1,2}\s*[日号]?|-\d{1,2}-\d{1,2}))"
    r"\s*-\s*(\d{4}\D.*|\d{1,2}(?:\D.*)?)$"
)
_HOURS = re.compile(r"(|.*[^\d:：.])(\d{1,2}[:：]\d{2})\s*[-~—–至到]\s*(\d{1,2}[:：]\d{2})$")
_BARE_DAY = re.compile(r"(\d{1,2})\s*[日号]?$")
_MONTH_DAY = re.compile(r"(\d{1,2})\s*(?:-|月|/|\.)\s*(\d{1,2})\s*[日号]?$")
_CLOCK = re.compile(r"T?\d{1,2}[:：时点]")
_AT_24 = re.compile(r"(?<![\d:+.])24[:：](?:00)(?:[:：]00)?(?!\d)|(?<!\d)24[时点]")
_HOUR = re.compile(r"(\d{1,2})(?:\.0+)?\s*(?:[时点]|[:：]00(?:[:：]00)?|h)?$", re.IGNORECASE)
_HOUR_SPAN = re.compile(r"(\d{1,2})\s*[时点]?\s*[-~—–至到]\s*(\d{1,2})\s*[时点]?$")
_WORDS = re.compile(
    r"[（(【\[].*?[)）】\]]|[^\d\s]*(?:黄金周|小长假|长假|假期|节|合计|总计|周)[^\d]*$"
)
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_PERIODS = {
    "hour": "hour", "hourly": "hour", "小时": "hour", "时": "hour", "每小时": "hour",
    "day": "day", "daily": "day", "日": "day", "天": "day", "每日": "day", "全天": "day",
    "month": "month", "monthly": "month", "月": "month", "每月": "month",
    "week": "week", "weekly": "week", "周": "week", "moment": "moment", "瞬时": "moment",
    "实时": "moment", "instant": "moment", "span": "span", "多日合计": "span", "holiday": "span",
    "假期": "span", "黄金周": "span", "合计": "span", "total": "span",
}  # fmt: skip


class When(NamedTuple):
    """The cells that tell when something was counted; None where blank."""

    date: str | None = None
    date_end: str | None = None
    time: str | None = None
    time_end: str | None = None
    hour: str | None = None
    year: str | None = None
    month: str | None = None
    day: str | None = None
    period: str | None = None


class Rules(NamedTuple):
    """What dates are read with: a year for those without, the order of 5/6/2024, a date for all."""

    year: int | None = None
    order: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """When, as written.

    Attributes
    ----------
    first, last
        First and last day.
    scale
        ``time`` (a time of day is told), ``day``, ``month`` or ``span``.
    minute
        Minutes after the midnight that ``first`` begins with, 1440 for 24:00; a fraction for
        seconds. None without a time of day.
    end_minute
        The same of its end, from the midnight that ``last`` begins with; None where no end is told.
    offset, end_offset
        Offsets from UTC, where told.
    period
        ``hour``, ``day``, ``month``, ``span`` or ``moment`` where a column says so.
    """

    first: dt.date
    last: dt.date
    scale: str
    minute: float | None = None
    end_minute: float | None = None
    offset: dt.timezone | None = None
    end_offset: dt.timezone | None = None
    period: str | None = None


def period_of(word: str | None) -> str | None:
    """Return the kind of period a word names; None where it names none."""
    return None if word is None else _PERIODS.get(word.strip().casefold())


def read_when(when: When, rules: Rules) -> Stamp:
    """Read when something was counted.

    Raises
    ------
    CellError
        No date, one that cannot be read, an end before the beginning, a total without its days.

    Examples
    --------
    >>> read_when(When("2024-05-01 24:00"), Rules()).minute
    1440
    >>> s = read_when(When("2024-10-01至10-07"), Rules()); s.scale, s.last
    ('span', datetime.date(2024, 10, 7))
    >>> s = read_when(When("2024-05-01", time="8:00-9:00"), Rules()); s.minute, s.end_minute
    (480, 540)
    """
    begins, ends = _dates(when, rules)
    stamp = _with_times(begins, ends, when)
    period = period_of(when.period)
    stamp = _as_period(stamp, period, when) if period is not None else stamp
    if stamp.last < stamp.first or _is_backwards(stamp):
        raise CellError("date_backwards", BACKWARDS)
    return stamp


def _is_backwards(stamp: Stamp) -> bool:
    if stamp.end_minute is None or stamp.minute is None or stamp.end_offset != stamp.offset:
        return False
    days = (stamp.last - stamp.first).days
    return days * DAY_MINUTES + stamp.end_minute <= stamp.minute


def _as_period(stamp: Stamp, period: str, when: When) -> Stamp:
    """Apply what a column of periods says: a week from a day on, the month of a day."""
    first = stamp.first
    plain = {"first": first, "last": stamp.last, "period": "span" if period == "week" else period}
    if period == "week" and stamp.first == stamp.last:
        return Stamp(first, first + dt.timedelta(days=6), "span", period="span")
    if period == "month":
        last = dt.date(first.year, first.month, calendar.monthrange(first.year, first.month)[1])
        return Stamp(first.replace(day=1), max(last, stamp.last), "month", period="month")
    if period in ("day", "span") and stamp.minute is None:
        if period == "span" and stamp.first == stamp.last and when.date_end is None:
            raise CellError("span_days_missing", NO_SPAN)
        return Stamp(scale="span" if period == "span" else stamp.scale, **plain)  # type: ignore[arg-type]
    return Stamp(stamp.first, stamp.last, stamp.scale, stamp.minute, stamp.end_minute,
                 stamp.offset, stamp.end_offset, str(plain["period"]))  # fmt: skip


def _narrow(cell: str) -> str:
    words = " ".join(unicodedata.normalize("NFKC", cell).split())
    if len(words) > LONGEST:
        raise CellError("date_invalid", NOT_A_DATE)
    return words


def _dates(when: When, rules: Rules) -> tuple[Stamp, Stamp | None]:
    cell = when.date or _of_parts(when, rules) or rules.default
    if cell is None:
        raise CellError("date_missing", MISSING)
    words = _ordered(_narrow(cell), rules)
    if when.date_end is not None:
        end = _narrow(when.date_end)
        first = _date(words, rules)
        return first, _date(_completed(end, first, words), rules)
    parts = _apart(words)
    if parts is None:
        return _date(words, rules), None
    first = _date(parts[0], rules)
    return first, _date(_completed(parts[1], first, parts[0]), rules)


def _of_parts(when: When, rules: Rules) -> str | None:
    """Return the date of columns of year, month and day."""
    year, month, day = (_whole(c) for c in (when.year, when.month, when.day))
    year = year or rules.year
    if month is None and when.month is not None and _MONTH.match(_narrow(when.month)):
        return when.month
    if year is None:
        return None
    if month is None:
        return None if when.year is None else f"{year:04d}"
    return f"{year:04d}-{month:02d}" + ("" if day is None else f"-{day:02d}")


def _whole(cell: str | None) -> int | None:
    found = re.fullmatch(r"(\d{1,4})(?:\.0+)?\s*[年月日号]?", "" if cell is None else _narrow(cell))
    return int(found[1]) if found else None


def _apart(words: str) -> tuple[str, str] | None:
    """Part an interval in its two ends; None where the words are of one date."""
    hours = _HOURS.match(words)
    if hours is not None and "T" not in words and _is_later(hours[2], hours[3]):
        return f"{hours[1]}{hours[2]}".strip(), hours[3]
    for pattern in (_ISO, _APART, _HYPHEN):
        found = pattern.match(words)
        if found:
            return found[1].strip(), found[2].strip()
    return None


def _is_later(first: str, last: str) -> bool:
    begins, ends = (int(t[:-3]) * 60 + int(t[-2:]) for t in (first, last))
    return ends > begins


def _completed(end: str, first: Stamp, begins: str) -> str:
    """Return the end of an interval with what it leaves out taken from its beginning."""
    day = first.first
    if _CLOCK.match(end):
        return f"{day.isoformat()} {end.lstrip('T')}"
    bare = _BARE_DAY.match(_WORDS.sub("", end).strip())
    if bare and first.scale == "month" and _MONTH.match(begins):
        return f"{day.year:04d}-{int(bare[1]):02d}"
    if bare:
        return f"{day.year:04d}-{day.month:02d}-{int(bare[1]):02d}"
    found = _MONTH_DAY.match(_WORDS.sub("", end).strip())
    return end if found is None else f"{day.year:04d}-{int(found[1]):02d}-{int(found[2]):02d}"


def _date(cell: str, rules: Rules) -> Stamp:
    """Read one end: a year, a quarter, a month, a week, a day, or a day and a time of day."""
    words = _ordered(cell, rules)
    whole = _whole_span(words)
    if whole is not None:
        return whole
    try:
        return _of_moment(words)
    except CellError as error:
        bare = _WORDS.sub("", words).strip()
        if bare != words and bare:
            return _date(bare, rules)
        if says_span(words) and error.code in ("date_invalid", "date_no_day"):
            raise CellError("span_days_missing", NO_SPAN) from None
        if error.code == "date_no_year":
            raise CellError("date_no_year", NO_YEAR) from None
        raise


def _of_moment(words: str) -> Stamp:
    at_24 = _AT_24.search(words) is not None
    moment = parse_moment(words)
    if moment.day is None:
        raise CellError("date_missing", MISSING)
    day = moment.day - dt.timedelta(days=1) if at_24 else moment.day
    if moment.time is None:
        return Stamp(day, day, "day")
    return Stamp(day, day, "time", DAY_MINUTES if at_24 else _minutes(moment), None, moment.offset)


def _minutes(moment: Moment) -> float:
    time = moment.time or dt.time(0)
    whole = time.hour * 60 + time.minute
    rest = (time.second + time.microsecond / 1e6) / 60
    return whole + rest if rest else whole


def _ordered(words: str, rules: Rules) -> str:
    """Bring 5/6/2024 and 5月6日 to year, month, day where the order or the year is told."""
    found = _TWO_WAYS.match(words)
    if found and rules.order is not None:
        month, day = (found[1], found[3]) if rules.order == "mdy" else (found[3], found[1])
        return f"{found[4]}-{int(month):02d}-{int(day):02d}{found[5]}"
    if found or rules.year is None or re.match(r"\d{3}|\d{1,2}[-/.]\d{1,2}[-/.]", words):
        return words
    month_only = _BARE_MONTH.match(words)
    if month_only:
        return f"{rules.year:04d}-{int(month_only[1]):02d}"
    found = _NO_YEAR.match(words)
    if found is None:
        return words
    return f"{rules.year:04d}-{int(found[1]):02d}-{int(found[2]):02d}{found[3]}"


def _whole_span(words: str) -> Stamp | None:
    """Return the days of a year, a quarter, a month or a week; None where it is none of them."""
    found = _YEAR.match(words)
    if found:
        return _months(int(found[1]), 1, 12)
    found = _MONTH.match(words)
    if found:
        year, month = int(found[1] or found[3]), int(found[2] or found[4])
        return _months(year, month, month)
    found = _QUARTER.match(words) if "季" in words or "q" in words.casefold() else None
    if found:
        number = _QUARTERS.get(found[2]) or int(found[2])
        return _months(int(found[1]), 3 * number - 2, 3 * number)
    found = _WEEK.match(words) if "周" in words or "w" in words.casefold() else None
    if found:
        return _week(int(found[1]), int(found[2]))
    return None


def _months(year: int, first: int, last: int) -> Stamp:
    parse_moment(f"{year:04d}-{first:02d}-01")  # refuses the year 0000 and the month 13
    end = dt.date(year, last, calendar.monthrange(year, last)[1])
    return Stamp(dt.date(year, first, 1), end, "month" if first == last else "span")


def _week(year: int, number: int) -> Stamp:
    try:
        monday = dt.date.fromisocalendar(year, number, 1)
    except ValueError:
        raise CellError("date_invalid", NOT_A_DATE) from None
    parse_moment(monday)
    return Stamp(monday, monday + dt.timedelta(days=6), "span")


class _Times(NamedTuple):
    minute: float | None = None
    end: float | None = None
    offset: dt.timezone | None = None
    day: dt.date | None = None


def _with_times(begins: Stamp, ends: Stamp | None, when: When) -> Stamp:
    """Put the columns of times to the dates."""
    times = _hour(when.hour) if when.hour is not None else _time(when.time)
    if when.hour is not None and when.time is not None:  # hour and minutes, or the hour's span
        told = _time(when.time)
        times = told if told.end is not None or times.minute is None else times
    if times.day is not None and begins.scale == "day" and times.day != begins.first:
        begins = Stamp(times.day, times.day, "day")
    minute = times.minute if times.minute is not None else begins.minute
    end = times.end if times.end is not None else _time(when.time_end).minute
    last, end_offset = begins.last, times.offset or begins.offset
    if ends is not None:
        last = ends.last
        end = end if end is not None else ends.minute
        end_offset = ends.offset or end_offset
    if minute is None:
        return Stamp(begins.first, last, _scale(begins, last))
    if end is not None and last == begins.first and end <= minute and ends is None:
        last = last + dt.timedelta(days=1)  # 23:00 to 01:00
    if end is None and last != begins.first:  # to a day: to its end
        end = DAY_MINUTES
    return Stamp(begins.first, last, "time", minute, end, times.offset or begins.offset,
                 end_offset)  # fmt: skip


def _scale(begins: Stamp, last: dt.date) -> str:
    if last == begins.last:
        return "day" if begins.first == last else begins.scale
    return "span"


def _hour(cell: str) -> _Times:
    words = _narrow(cell)
    span = _HOUR_SPAN.match(words)
    if span and int(span[1]) < int(span[2]) <= 24:
        return _Times(int(span[1]) * 60, int(span[2]) * 60)
    found = _HOUR.match(words)
    if found:
        if int(found[1]) > 24:
            raise CellError("hour_invalid", NOT_AN_HOUR)
        return _Times(int(found[1]) * 60)
    return _time(cell)


def _time(cell: str | None) -> _Times:
    if cell is None:
        return _Times()
    words = _narrow(cell).lstrip("T")
    span = _HOURS.match(words)
    if span and not span[1].strip():
        return _Times(_time(span[2]).minute, _time(span[3]).minute)
    if re.fullmatch(r"\d{3,4}", words):  # 630, 0630
        words = f"{int(words[:-2]):02d}:{words[-2:]}"
    elif re.fullmatch(r"\d{1,2}", words):
        return _hour(words)
    at_24 = _AT_24.search(words) is not None
    try:
        moment = parse_moment(words)
    except CellError as error:
        if error.code == "date_invalid":
            span = _HOUR_SPAN.match(words)
            if span:
                return _hour(words)
            raise CellError("time_invalid", NOT_A_TIME) from None
        raise
    if moment.time is None:
        return _Times(day=moment.day)
    day = moment.day - dt.timedelta(days=1) if at_24 and moment.day else moment.day
    return _Times(DAY_MINUTES if at_24 else _minutes(moment), None, moment.offset, day)
