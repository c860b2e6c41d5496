"""Days and moments of water tables (采样时间): months without a day, other orders, serial numbers.

Rule of decision: as `wetland.reading.dates`, and
- a column in which some date can only be month/day/year, and none only day/month/year, is read as
  month/day/year (and the other way round), which is told; without such a proof it is refused;
- a month without a day (2024-05, 2024年5月) stands for its first day, which is told;
- a date without a year takes the year of the options, where one is given;
- midnight is a moment only where some cell of the column has another time of day;
- in a workbook a bare number is the day the workbook counts; in a text file it is refused.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import text
from wetland.reading.dates import FIRST_YEAR, NOT_A_DATE, CellError, Moment, parse_moment
from wetland.water.cells import narrowed

if TYPE_CHECKING:
    import pandas as pd

NO_YEAR = text(
    "日期缺少年份；请写成 2024-05-01，或用 --year 指明",
    "the date has no year: write 2024-05-01, or tell it by --year",
)

Order = Literal["mdy", "dmy"]
FIRST_SERIAL, END_SERIAL = 20_000, 80_000  # 1954 to 2119
_EPOCHS = {1900: dt.date(1899, 12, 30), 1904: dt.date(1904, 1, 1)}
_SLASHED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
_MONTH = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*月?(?:份)?$|(\d{4})(\d{2})$")
_NO_YEAR = re.compile(r"(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})(?:\s*[日号])?(?=$|[\sT])")
_MONTH_ALONE = re.compile(r"(\d{1,2})\s*月(?:份)?$")
_NUMBER = re.compile(r"\d{5}(?:\.\d+)?$")
_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?$")
_MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class DateRules:
    """How the dates of one file are to be read.

    Parameters
    ----------
    order
        Order of a date like 5/6/2024; None refuses it.
    year
        Year of dates that have none; None refuses them.
    epoch
        1900 or 1904 in a workbook, where a bare number is a day; None in a text file.
    first_year
        Earlier years are refused as not plausible.
    """

    order: Order | None = None
    year: int | None = None
    epoch: int | None = None
    first_year: int = FIRST_YEAR


@dataclass(frozen=True, slots=True)
class Moments:
    """What a column says of days and moments, one entry a distinct cell, and the cell of each row.

    Parameters
    ----------
    codes
        For each row the position in ``moments``; -1 where the cell is blank.
    moments
        What the distinct cells say; None where one is wrong.
    wrong
        What is wrong, by code.
    months
        Codes of the cells that name a month without a day.
    """

    codes: NDArray[np.intp]
    moments: list[Moment | None]
    wrong: dict[int, CellError] = field(default_factory=dict)
    months: frozenset[int] = frozenset()


def proven_order(words: Iterable[str]) -> Order | None:
    """Tell in which order a column writes its dates, None where nothing proves it.

    Examples
    --------
    >>> proven_order(["1/23/1985", "2/5/1985"]), proven_order(["1/2/1985"])
    ('mdy', None)
    """
    found = [m for m in map(_SLASHED.match, words) if m is not None]
    month_last = any(int(m[1]) > _MOST_MONTHS for m in found)
    month_first = any(int(m[3]) > _MOST_MONTHS for m in found)
    if month_first == month_last:
        return None
    return "mdy" if month_first else "dmy"


def parse_day(raw: object, rules: DateRules) -> tuple[Moment, bool]:
    """Read one cell; tell also whether it names a month only.

    Raises
    ------
    CellError
        As `parse_moment`.

    Examples
    --------
    >>> parse_day("2024年5月", DateRules())
    (Moment(day=datetime.date(2024, 5, 1), time=None, offset=None), True)
    >>> parse_day("45413", DateRules(epoch=1900))[0].day
    datetime.date(2024, 5, 1)
    """
    words = narrowed(raw)
    slashed = _SLASHED.match(words)
    if slashed is not None and rules.order is not None:
        first, second = (slashed[1], slashed[3])
        month, day = (first, second) if rules.order == "mdy" else (second, first)
        words = f"{slashed[4]}-{month}-{day}{words[slashed.end() :]}"
    if rules.epoch is not None and _NUMBER.match(words):
        return _of_serial(float(words), rules.epoch), False
    month = _MONTH_ALONE.match(words)
    if month is not None:
        if rules.year is None:
            raise CellError("date_no_year", NO_YEAR)
        words = f"{rules.year:04d}-{month[1]}"
    bare = _NO_YEAR.match(words) if rules.year is not None else None
    if bare is not None and slashed is None:
        words = f"{rules.year:04d}-{bare[1]}-{bare[2]}{words[bare.end() :]}"
    month_only = _MONTH.match(words)
    if month_only is not None:
        year, month = (month_only[1] or month_only[3], month_only[2] or month_only[4])
        return parse_moment(f"{year}-{month}-1", first_year=rules.first_year), True
    try:
        moment = parse_moment(words, first_year=rules.first_year)
    except CellError as error:
        if error.code == "date_no_year":
            raise CellError("date_no_year", NO_YEAR) from None
        raise
    if moment.day is None:
        raise CellError("date_invalid", NOT_A_DATE)
    return moment, False


def _of_serial(serial: float, epoch: int) -> Moment:
    if not FIRST_SERIAL <= serial < END_SERIAL:
        return parse_moment(f"{serial:.0f}")
    days, part = divmod(serial, 1)
    day = _EPOCHS[epoch] + dt.timedelta(days=int(days))
    seconds = round(part * 86_400)
    if not seconds:
        return Moment(day)
    start = dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(seconds=seconds)
    return Moment(start.date(), start.time())


def read_days(cells: pd.Series, rules: DateRules) -> Moments:
    """Read a column of days or moments, each distinct cell once; blank cells have code -1."""
    import pandas as pd

    from wetland.reading.cells import is_blank

    codes, distinct = pd.factorize(cells.to_numpy(dtype=object))
    moments: list[Moment | None] = []
    wrong: dict[int, CellError] = {}
    months: set[int] = set()
    blank: list[int] = []
    words = ["" if is_blank(raw) else narrowed(raw) for raw in distinct]
    for code, raw in enumerate(_without_midnight(words)):
        moments.append(None)
        if not raw:
            blank.append(code)
            continue
        try:
            moments[code], is_month = parse_day(raw, rules)
        except CellError as error:
            wrong[code] = error
            continue
        if is_month:
            months.add(code)
    if blank:
        codes = np.where(np.isin(codes, blank), -1, codes)
    return Moments(codes.astype(np.intp), moments, wrong, frozenset(months))


def _without_midnight(words: list[str]) -> list[str]:
    timed = [_MIDNIGHT.search(one) is None and ":" in one for one in words]
    return words if any(timed) else [_MIDNIGHT.sub("", one) for one in words]


def days_and_instants(
    moments: list[Moment | None], file_zone: ZoneInfo, site_zone: ZoneInfo
) -> tuple[NDArray[Any], NDArray[np.datetime64]]:
    """Return the site's local day and the instant of each moment; None and NaT where there is none.

    A moment without an offset is local time of the file; its day stays the day as written where
    both zones are one.
    """
    days = np.full(len(moments), None, dtype=object)
    instants = np.full(len(moments), np.datetime64("NaT"), dtype="datetime64[us]")
    for at, moment in enumerate(moments):
        if moment is None or moment.day is None:
            continue
        instant = moment.at(file_zone)
        if instant is None:
            days[at] = moment.day
        else:
            days[at] = instant.astimezone(site_zone).date()
            instants[at] = np.datetime64(instant.replace(tzinfo=None), "us")
    return days, instants


def year_part(day: dt.date) -> float:
    """Return a day as years: equal calendar days lie whole years apart.

    Examples
    --------
    >>> year_part(dt.date(2024, 7, 1))
    2024.5
    """
    length = calendar.monthrange(day.year, day.month)[1]
    return day.year + (day.month - 1 + (day.day - 1) / length) / 12
