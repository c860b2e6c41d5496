"""When a survey was: a day, a span of days, the month or the year of it, as files write it.

Rule of decision: a year or a month stands for its first to its last day; an interval
(``2024-05-01/2024-05-03``, ``2024-05-01至3日``) for the days from its first to its last. A moment
with an offset is that instant and its day the site's local day; midnight without a column of times
is a day and no moment, since many systems write days so. 23:00 to 01:00 goes past midnight. What
names no year is refused unless the year is told beside the file; so is what can be read two ways
(5/6/2024) unless its order is told.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wetland.base.texts import text
from wetland.reading.dates import NOT_A_TIME, CellError, Moment, join, parse_moment

FIRST_YEAR = 1700
LONGEST = 80

MISSING = text("没有日期", "there is no date")
NO_YEAR = text(
    "日期没有年份；请写全（2024-05-01），或用 --year 指明",
    "the date has no year; write 2024-05-01, or tell the year by --year",
)
BACKWARDS = text("结束早于开始", "it ends before it begins")
TOO_LONG = text("不是日期", "not a date")

_YEAR = re.compile(r"(\d{4})\s*年?$")
_MONTH = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*月?$")
_ORDINAL = re.compile(r"(\d{4})-(\d{3})$")
_TWO_WAYS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)(.*)$")
_NO_YEAR = re.compile(r"(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*[日号]?(.*)$")
_INTERVAL = re.compile(r"(.*?\d\D{0,2}?)\s*(?:至|到|~|—+|--|–|－)\s*(\d.*)$")
_ISO_INTERVAL = re.compile(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?(?:[T ][\d:.]+\S*)?)/([\dT].*)$")
_TIME_INTERVAL = re.compile(r"(\d{1,2}[:：]\d{2}\S*?|\d{4,6})\s*(?:/|-|~|至|到|—|–)\s*(\d.*)$")
_BARE = re.compile(r"(\d{1,2})\s*[日号]?$")
_MONTH_DAY = re.compile(r"(\d{1,2})(?:-|月|/|\.)(\d{1,2})\s*[日号]?$")
_CLOCK = re.compile(r"T?\d{1,2}[:：]\d{2}")


class Span(NamedTuple):
    """The first and last local day of a survey, and the instants it began and ended where told."""

    first: dt.date
    last: dt.date
    at: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """What dates are read with: the file's zone, the site's, a year, an order, a date for all."""

    file_zone: ZoneInfo
    site_zone: ZoneInfo
    year: int | None = None
    order: str | None = None
    default: str | None = None


class When(NamedTuple):
    """The cells that tell when a survey was."""

    date: object = None
    date_end: object = None
    time: object = None
    time_end: object = None
    year: object = None
    month: object = None
    day: object = None


class _Part(NamedTuple):
    first: dt.date
    last: dt.date
    moment: Moment | None = None


def read_when(when: When, clock: Clock) -> Span:
    """Read the days of a survey.

    Parameters
    ----------
    when
        Cells as received; None where blank.
    clock
        What is known beside the cells.

    Raises
    ------
    CellError
        No date, one that cannot be read, or an end before the beginning.

    Examples
    --------
    >>> clock = Clock(ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Shanghai"))
    >>> read_when(When("2024-02"), clock)[:2]
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    >>> read_when(When("2024-05-01/03"), clock).last
    datetime.date(2024, 5, 3)
    """
    begins, ends = _dates(when, clock)
    starts, stops = _times(when)
    begins = _at(begins, starts)
    if stops is not None:
        ends = _at(ends or _Part(begins.first, begins.last), stops)
    at, until = _instant(begins, clock), None if ends is None else _instant(ends, clock)
    if at is not None and until is not None and until < at and _is_overnight(when, begins, ends):
        until += dt.timedelta(days=1)
    first = begins.first if at is None else at.astimezone(clock.site_zone).date()
    last = begins.last if ends is None else ends.last
    if ends is None and at is not None:
        last = first
    elif until is not None:
        last = until.astimezone(clock.site_zone).date()
    if last < first or (at is not None and until is not None and until < at):
        raise CellError("date_backwards", BACKWARDS)
    return Span(first, last, at, until)


def _is_overnight(when: When, begins: _Part, ends: _Part | None) -> bool:
    """Tell whether the end is a time of day only, so that 23:00 to 01:00 goes past midnight."""
    return ends is not None and when.date_end is None and ends.last == begins.first


def _dates(when: When, clock: Clock) -> tuple[_Part, _Part | None]:
    """Return the first and, where there is one, the last part of a span."""
    cell = when.date if when.date is not None else _from_parts(when, clock)
    cell = cell if cell is not None else clock.default
    if cell is None:
        raise CellError("date_missing", MISSING)
    begins, ends = _split(cell)
    first = _part(begins, clock)
    last = when.date_end if when.date_end is not None else ends
    if last is None:
        return first, None
    return first, _part(_completed(last, first, begins), clock)


def _from_parts(when: When, clock: Clock) -> str | None:
    """Return the date of columns of year, month and day; None where there is no year."""
    year = _whole(when.year) or clock.year
    if year is None:
        return None
    month, day = _whole(when.month), _whole(when.day)
    if month is None:
        return None if when.year is None else f"{year:04d}"
    return f"{year:04d}-{month:02d}" + ("" if day is None else f"-{day:02d}")


def _whole(cell: object) -> int | None:
    words = "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()
    found = re.fullmatch(r"(\d{1,4})(?:\.0+)?\s*[年月日号]?", words)
    return int(found[1]) if found else None


def _split(cell: object) -> tuple[object, str | None]:
    if isinstance(cell, dt.date):
        return cell, None
    words = unicodedata.normalize("NFKC", str(cell)).strip()
    if len(words) > LONGEST:
        raise CellError("date_invalid", TOO_LONG)
    found = _ISO_INTERVAL.match(words)
    if found and not _is_slashed(found[1], found[2]):
        return found[1], found[2]
    found = _INTERVAL.match(words)
    return (found[1].strip(), found[2].strip()) if found else (words, None)


def _is_slashed(first: str, rest: str) -> bool:
    """Tell whether ``2024/5`` or ``2024/5/1`` was taken for an interval of years."""
    return _YEAR.match(first) is not None and not re.match(r"\d{4}", rest)


def _completed(last: object, first: _Part, begins: object) -> object:
    """Return the end of an interval with what it leaves out taken from its beginning."""
    if isinstance(last, dt.date):
        return last
    words = unicodedata.normalize("NFKC", str(last)).strip()
    day = first.first
    if _CLOCK.match(words):
        return f"{day.isoformat()} {words.lstrip('T')}"
    bare = _BARE.match(words)
    if bare and isinstance(begins, str) and _MONTH.match(begins):
        return f"{day.year:04d}-{int(bare[1]):02d}"
    if bare:
        return f"{day.year:04d}-{day.month:02d}-{int(bare[1]):02d}"
    found = _MONTH_DAY.match(words)
    return words if found is None else f"{day.year:04d}-{int(found[1]):02d}-{int(found[2]):02d}"


def _part(cell: object, clock: Clock) -> _Part:
    """Read one date: a year, a month, a day of the year, or a day with or without a time."""
    if not isinstance(cell, str):
        return _of_moment(parse_moment(cell, first_year=FIRST_YEAR))
    words = _ordered(unicodedata.normalize("NFKC", cell).strip(), clock)
    ordinal = _ORDINAL.match(words)
    if ordinal:
        return _of_moment(_day_of_year(int(ordinal[1]), int(ordinal[2])))
    for pattern in (_YEAR, _MONTH):
        found = pattern.match(words)
        if found:
            return _whole_span([int(g) for g in found.groups()])
    try:
        return _of_moment(parse_moment(words, first_year=FIRST_YEAR))
    except CellError as error:
        if error.code == "date_no_year":
            raise CellError("date_no_year", NO_YEAR) from None
        raise


def _of_moment(moment: Moment) -> _Part:
    if moment.day is None:
        raise CellError("date_missing", MISSING)
    return _Part(moment.day, moment.day, moment)


def _ordered(words: str, clock: Clock) -> str:
    """Bring 5/6/2024 and 5月6日 to year, month, day where the order or the year is told."""
    found = _TWO_WAYS.match(words)
    if found and clock.order is not None:
        month, day = (found[1], found[3]) if clock.order == "mdy" else (found[3], found[1])
        return f"{found[4]}-{int(month):02d}-{int(day):02d}{found[5]}"
    if found or clock.year is None or re.match(r"\d{3}|\d{1,2}[-/.]\d{1,2}[-/.]", words):
        return words
    found = _NO_YEAR.match(words)
    if found is None:
        return words
    return f"{clock.year:04d}-{int(found[1]):02d}-{int(found[2]):02d}{found[3]}"


def _day_of_year(year: int, number: int) -> Moment:
    days = 366 if calendar.isleap(max(year, 1)) else 365
    if year < 1 or not 1 <= number <= days:
        raise CellError("no_such_day", text("没有这一天", "there is no such day"))
    return parse_moment(dt.date(year, 1, 1) + dt.timedelta(days=number - 1), first_year=FIRST_YEAR)


def _whole_span(parts: list[int]) -> _Part:
    year, month = parts[0], parts[1] if len(parts) > 1 else None
    parse_moment(f"{year:04d}-{month or 1:02d}-01", first_year=FIRST_YEAR)  # refuses 0000, month 13
    if month is None:
        return _Part(dt.date(year, 1, 1), dt.date(year, 12, 31))
    return _Part(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))


def _times(when: When) -> tuple[Moment | None, Moment | None]:
    """Return the times of day of the columns of times."""
    starts, stops = when.time, when.time_end
    if isinstance(starts, str):
        words = unicodedata.normalize("NFKC", starts[: LONGEST + 1]).strip()
        found = _TIME_INTERVAL.match(words)
        starts, ends = (found[1], found[2]) if found else (words, None)
        stops = ends if stops is None else stops
    return _time(starts), _time(stops)


def _time(cell: object) -> Moment | None:
    if cell is None:
        return None
    if isinstance(cell, dt.time):
        return Moment(None, cell)
    if isinstance(cell, dt.date):
        return parse_moment(cell, first_year=FIRST_YEAR)
    words = unicodedata.normalize("NFKC", str(cell)).strip().lstrip("T")
    if len(words) > LONGEST:
        raise CellError("time_invalid", NOT_A_TIME)
    if re.fullmatch(r"\d{3,4}", words):  # 630, 0630
        words = f"{int(words[:-2]):02d}:{words[-2:]}"
    elif re.fullmatch(r"0?\.\d+", words):  # a share of the day, as spreadsheets keep times
        minutes = round(float(words) * 24 * 60) % (24 * 60)
        words = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return parse_moment(words, first_year=FIRST_YEAR)


def _at(part: _Part, time: Moment | None) -> _Part:
    """Put a column of times to a date; midnight without one is a day only."""
    moment = part.moment
    if time is None:
        is_day = moment is not None and moment.time == dt.time(0)
        return part._replace(moment=None) if is_day else part
    if moment is None:  # a month or a year, or an end that is told by its time only
        if part.first != part.last:
            return part
        moment = Moment(part.first)
    return part._replace(moment=join(Moment(moment.day), time))


def _instant(part: _Part, clock: Clock) -> dt.datetime | None:
    return None if part.moment is None else part.moment.at(clock.file_zone)
