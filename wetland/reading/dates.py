"""Days and instants as people write them (日期与时刻): 2024-05-01, 2024/5/1, 2024年5月1日 14:30.

Rule of decision: a day is year, month, day in that order with four digits of the year. What could
mean two days (5/6/2024) or no year (5月1日) is refused, never guessed. An instant with an offset is
that instant; one without is local time of the file's time zone, the site's unless stated.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from wetland.base.texts import Text, text

NO_YEAR = text(
    "日期缺少年份，无法确定适用哪一天的法规；请写成 2024-05-01",
    "the date has no year, so the law of the day is not known; write 2024-05-01",
)
NO_DAY = text(
    "日期不完整，须精确到日，例如 2024-05-01",
    "the date is not complete: give the day too, as in 2024-05-01",
)
TWO_WAYS = text(
    "日期有两种读法（月/日或日/月），请写成 2024-05-01",
    "the date can be read two ways (month/day or day/month); write 2024-05-01",
)
TWO_DIGITS = text(
    "年份只有两位，请写四位年份，例如 2024-05-01",
    "the year has two digits only; write four, as in 2024-05-01",
)
SERIAL = text(
    "这是表格软件的日期序号或时间戳，请把该列设为日期格式（2024-05-01）再导出",
    "this is a spreadsheet's serial number or a timestamp; format the column as 2024-05-01",
)
YEAR = text("年份不合理，请核对", "the year is not plausible; check it")
NO_SUCH_DAY = text("没有这一天", "there is no such day")
NOT_A_DATE = text("不是日期，请写成 2024-05-01", "not a date; write 2024-05-01")
NOT_A_TIME = text("不是时刻，请写成 14:30", "not a time of day; write 14:30")
NO_DAY_FOR_TIME = text("有时刻而没有日期", "a time of day without a day")
CONTRADICTS = text("日期列与时间列不是同一天", "date and time name different days")

FIRST_YEAR, END_YEAR = 1900, 2200

_DAY = re.compile(
    r"(?P<y>\d{4})(?:(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"
    r"|\s*年\s*(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*[日号]?"
    r"|(?P<m3>\d{2})(?P<d3>\d{2}))(?!\d)"
)
_TIME = re.compile(
    r"(?:(?P<half>上午|下午|中午|凌晨|晚上)\s*)?"
    r"(?:(?P<h>\d{1,2})(?:[:：](?P<mi>\d{1,2})|[时点]\s*(?:(?P<mi2>\d{1,2})|整)?)"
    r"(?:[:：分]\s*(?P<s>\d{1,2})(?P<f>[.,]\d+)?)?\s*[分秒]?"
    r"|(?P<h3>\d{2})(?P<mi3>\d{2})(?P<s3>\d{2})?)"
    r"\s*(?P<ap>[AaPp]\.?[Mm]\.?)?"
)
_OFFSET = re.compile(r"\s*(?:(?P<z>[Zz]|UTC|GMT)|(?P<sign>[+-])(?P<h>\d{2}):?(?P<m>\d{2})?)\s*$")
_ZONE_NAME = re.compile(r"\s*\[[A-Za-z_/+-]+\]$")
_NO_YEAR = re.compile(r"\d{1,2}\s*(?:月|[-/.])\s*\d{1,2}\s*[日号]?(?:$|[\sT])")
_TWO_WAYS = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{4}(?!\d)")
_TWO_DIGITS = re.compile(r"\d{2}(?:([-/.])\d{1,2}\1\d{1,2}(?!\d)|\s*年)")
_NO_DAY = re.compile(r"\d{4}\s*(?:[-/.]|年)\s*\d{1,2}\s*月?$|\d{4}\s*年?$")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?$|\d{9,}(?:\.\d+)?$")
_LATE = {"下午", "晚上"}
_NOON = 12


class CellError(ValueError):
    """A cell that cannot be read: the code of the problem and what to tell its sender."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Moment:
    """A day or a moment as written: ``offset`` None is local time, ``time`` None is a whole day."""

    day: dt.date | None
    time: dt.time | None = None
    offset: dt.timezone | None = None

    def at(self, zone: ZoneInfo) -> dt.datetime | None:
        """Return the instant, None for a whole day or a bare time of day."""
        if self.day is None or self.time is None:
            return None
        local = dt.datetime.combine(self.day, self.time, self.offset or zone)
        return local.astimezone(dt.UTC)

    def local_day(self, file_zone: ZoneInfo, site_zone: ZoneInfo) -> dt.date | None:
        """Return the site's local day: of the instant, or the day as written."""
        instant = self.at(file_zone)
        return self.day if instant is None else instant.astimezone(site_zone).date()


def since_midnight_us(time: dt.time) -> int:
    """Return the microseconds between midnight and a time of day."""
    return ((time.hour * 60 + time.minute) * 60 + time.second) * 1_000_000 + time.microsecond


def parse_moment(raw: object, *, first_year: int = FIRST_YEAR) -> Moment:
    """Read a day, a moment or a time of day.

    Parameters
    ----------
    raw
        What stands in the cell.
    first_year
        Earlier years are refused as not plausible; so is 2200 and later.

    Raises
    ------
    CellError
        No year, two readings, a two-digit year, a serial number, no such day, or no date at all.

    Examples
    --------
    >>> parse_moment("2024年5月1日 下午2:30").time
    datetime.time(14, 30)
    >>> parse_moment("2024-05-01T06:00:00Z").offset
    datetime.timezone.utc
    """
    if isinstance(raw, dt.datetime):
        return _plausible(_from_datetime(raw), first_year)
    if isinstance(raw, dt.date):
        return _plausible(Moment(raw), first_year)
    words = str(raw).strip()
    found = _DAY.match(words)
    if found is None:
        return _without_day(words)
    day = _day(found)
    rest = words[found.end() :].lstrip(" T,，\u3000")
    return _plausible(_with_time(day, rest, NOT_A_DATE) if rest else Moment(day), first_year)


def _plausible(moment: Moment, first_year: int) -> Moment:
    if moment.day is not None and not first_year <= moment.day.year < END_YEAR:
        raise CellError("year_implausible", YEAR)
    return moment


def _from_datetime(raw: dt.datetime) -> Moment:
    if raw.tzinfo is None:
        return Moment(raw.date(), raw.time())
    instant = raw.astimezone(dt.UTC)
    return Moment(instant.date(), instant.time(), dt.UTC)


def _day(found: re.Match[str]) -> dt.date:
    month = found["m"] or found["m2"] or found["m3"]
    day = found["d"] or found["d2"] or found["d3"]
    try:
        return dt.date(int(found["y"]), int(month), int(day))
    except ValueError:
        raise CellError("no_such_day", NO_SUCH_DAY) from None


def _without_day(words: str) -> Moment:
    for pattern, code, message in (
        (_TWO_WAYS, "date_two_ways", TWO_WAYS),
        (_TWO_DIGITS, "year_two_digits", TWO_DIGITS),
        (_NO_YEAR, "date_no_year", NO_YEAR),
        (_NO_DAY, "date_no_day", NO_DAY),
        (_SERIAL, "date_serial", SERIAL),
    ):
        if pattern.match(words):
            raise CellError(code, message)
    if not _TIME.match(words):
        raise CellError("date_invalid", NOT_A_DATE)
    return _with_time(None, words, NOT_A_TIME)


def _with_time(day: dt.date | None, words: str, message: Text) -> Moment:
    words = _ZONE_NAME.sub("", words)
    found = _TIME.match(words)
    if found is None:
        raise CellError("date_invalid", message)
    rest = words[found.end() :]
    offset = _OFFSET.match(rest) if rest.strip() else None
    if rest.strip() and offset is None:
        raise CellError("date_invalid", message)
    return _moment(day, found, offset)


def _moment(day: dt.date | None, found: re.Match[str], offset: re.Match[str] | None) -> Moment:
    hour = int(found["h"] or found["h3"])
    minute = int(found["mi"] or found["mi2"] or found["mi3"] or 0)
    second = int(found["s"] or found["s3"] or 0)
    late = found["half"] in _LATE or (found["ap"] or "").lower().startswith("p")
    early = found["half"] == "凌晨" or (found["ap"] or "").lower().startswith("a")
    if late and hour < _NOON:
        hour += _NOON
    elif early and hour == _NOON:
        hour = 0
    fraction = (found["f"] or "").lstrip(".,")[:6].ljust(6, "0")
    try:
        if (hour, minute, second) == (24, 0, 0):
            next_day = None if day is None else day + dt.timedelta(days=1)
            return Moment(next_day, dt.time(0), _offset(offset))
        # A leap second is read as the last whole second of its minute.
        time = dt.time(hour, minute, min(second, 59), int(fraction) if second < 60 else 0)
        if second > 60:
            raise ValueError(second)
        return Moment(day, time, _offset(offset))
    except (ValueError, OverflowError):
        raise CellError("time_invalid", NOT_A_TIME) from None


def _offset(found: re.Match[str] | None) -> dt.timezone | None:
    if found is None:
        return None
    if found["z"]:
        return dt.UTC
    ahead = dt.timedelta(hours=int(found["h"]), minutes=int(found["m"] or 0))
    return dt.timezone(-ahead if found["sign"] == "-" else ahead)


def join(day: Moment | None, time: Moment | None) -> Moment | None:
    """Put a day and a time of day from two columns together.

    Rule of decision: a time column that holds a whole date and time wins over a bare day, if it is
    of the same day or of the day before or after (another offset); else the two contradict.

    Raises
    ------
    CellError
        The two columns name different days, or there is a time of day without a day.
    """
    if time is None:
        return day
    if time.day is None:
        if day is None or day.day is None:
            raise CellError("date_missing", NO_DAY_FOR_TIME)
        return Moment(day.day, time.time, time.offset or day.offset)
    if day is not None and day.day is not None and abs((day.day - time.day).days) > 1:
        raise CellError("date_contradicts", CONTRADICTS)
    return time if time.time is not None or day is None else day
