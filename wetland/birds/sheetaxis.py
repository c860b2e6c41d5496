"""What heads a column of counts (列头): a date, a time, a count plot, or several of them.

Rule of decision: `2024-01-05`, `2024年1月`, `1月5日`, `20240105` and a bare year are dates; `5-1`
and `5.1` are dates only where the year is known and every column is headed so, since plots are
numbered that way too. `7:30` is a time. `P1 2024-01-05` is both. `上午` or `清晨` keeps two visits
of one day apart and is told as part of the protocol; `第2次` beside a date says nothing. Anything
else is a plot; of two names above each other the lower is the plot and the upper the place it lies
in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_FULL = r"(?<!\d)(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}(?!\d)\s*[日号]?"
_COMPACT = r"(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
_MONTH = r"(?<!\d)(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}(?!\d)\s*月?(?!\d)(?:份)?"
_MONTH_DAY = r"(?<!\d)\d{1,2}\s*月\s*\d{1,2}(?!\d)\s*[日号]?"
_BARE_MONTH = r"(?<!\d)\d{1,2}\s*月(?:份)?"
_DATE = re.compile(f"(?P<full>{_FULL})|(?P<compact>{_COMPACT})|(?P<month>{_MONTH})"
                   f"|(?P<monthday>{_MONTH_DAY})|(?P<baremonth>{_BARE_MONTH})")  # fmt: skip
_YEAR = re.compile(r"(?:19|20)\d{2}\s*年?$")
_DAY_ONLY = re.compile(r"(\d{1,2})\s*[日号]$")
_WEAK = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})$")
_TIME = re.compile(
    r"(?<!\d)\d{1,2}[:：]\d{2}(?::\d{2})?(?:\s*[-~—至到]\s*\d{1,2}[:：]\d{2}(?::\d{2})?)?"
)
_HALF_DAY = re.compile(
    r"上午|下午|中午|清晨|早晨|凌晨|晨间|傍晚|黄昏|夜间|晚上|早上|晨|昏|(?<![A-Za-z])(?:am|pm|dawn|dusk)(?![A-Za-z])",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"第?\s*[\d一二三四五六七八九十]+\s*[次期轮回]$")
_MIDNIGHT = "00:00:00"  # how spreadsheets write a day
_EDGES = " \t()[]（）【】,，;；、-_/|"
_LONGEST = 120
_LAST_MONTH, _LAST_DAY = 12, 31

Years = int | tuple[int, int] | None


@dataclass(slots=True)
class Axis:
    """What heads a column of counts."""

    label: str = ""
    date: str | None = None
    month: str | None = None
    time: str | None = None
    plot: str | None = None
    locality: str | None = None
    protocol: str | None = None

    @property
    def is_dated(self) -> bool:
        """Tell whether it names a day, a month or a year."""
        return self.date is not None or self.month is not None


def date_in(words: str) -> tuple[str, str] | None:
    """Return the date inside some words, and what is left of them; None where there is none.

    Examples
    --------
    >>> date_in("P1（2024年1月5日）"), date_in("2024-01"), date_in("深潭口")
    (('2024年1月5日', 'P1'), ('2024-01', ''), None)
    """
    if _YEAR.match(words):
        return words, ""
    found = _DATE.search(words)
    if found is None:
        return None
    left = words[: found.start()].strip(_EDGES) + " " + words[found.end() :].strip(_EDGES)
    return found[0].strip(), left.strip(_EDGES)


def year_of(years: Years, month: int) -> int | None:
    """Return the year of a month: of a winter, its first year from July on, its second before.

    Examples
    --------
    >>> year_of((2023, 2024), 11), year_of((2023, 2024), 2), year_of(2024, 2)
    (2023, 2024, 2024)
    """
    if isinstance(years, tuple):
        return years[0] if month > _LAST_MONTH // 2 else years[1]
    return years


def weak_date(words: str, year: Years) -> str | None:
    """Return ``5-1`` as a date of the year; None where it is none, or the year is not known."""
    found = _WEAK.match(words)
    if found is None or year is None:
        return None
    month, day = int(found[1]), int(found[2])
    if not (1 <= month <= _LAST_MONTH and 1 <= day <= _LAST_DAY):
        return None
    return f"{year_of(year, month):04d}-{month:02d}-{day:02d}"


def axis_of(cells: Sequence[str], *, year: Years = None, month: str | None = None,
            weak: bool = False) -> Axis:  # fmt: skip
    """Tell what the cells above a column of counts say, from the top down.

    Parameters
    ----------
    cells
        The cells, without blank ones.
    year
        Year of dates that name none; of a winter, its two years.
    month
        Year and month (``2024-01``) of days that name none (``5日``).
    weak
        Whether ``5-1`` is a date.

    Examples
    --------
    >>> axis_of(["2024-01-05", "P1"]).plot, axis_of(["1月5日"], year=2024).date
    ('P1', '2024-01-05')
    >>> axis_of(["5-1"], year=2024).plot, axis_of(["5-1"], year=2024, weak=True).date
    ('5-1', '2024-05-01')
    """
    axis = Axis(" ".join(cells))
    for cell in cells:
        words = unicodedata.normalize("NFKC", cell).strip()[:_LONGEST]
        rest = _take_date(axis, words, year, month, weak=weak)
        time = _TIME.search(rest)
        if time is not None and axis.time is None:
            axis.time = None if time[0] == _MIDNIGHT else time[0]
            rest = (rest[: time.start()].strip(_EDGES) + " " + rest[time.end() :]).strip(_EDGES)
        rest = _take_half_day(axis, rest)
        if rest:
            if axis.plot is not None:
                axis.locality = " ".join(filter(None, (axis.locality, axis.plot)))
            axis.plot = rest
    return axis


def _take_half_day(axis: Axis, words: str) -> str:
    """Take ``上午`` or ``第2次`` from beside a date and return what is left."""
    found = _HALF_DAY.search(words)
    if found is not None and (axis.date is not None or found[0] == words):
        axis.protocol = found[0]
        words = words.replace(found[0], " ").strip(_EDGES)
    if axis.is_dated and _ORDINAL.match(words):
        return ""
    return words


def _take_date(axis: Axis, words: str, year: Years, month: str | None, *, weak: bool) -> str:
    """Put the date of a cell to the axis and return what is left of the cell."""
    if weak and (short := weak_date(words, year)):
        axis.date = short
        return ""
    day = _DAY_ONLY.match(words)
    known = axis.date if axis.date and re.fullmatch(r"\d{4}-\d{2}", axis.date) else month
    if day and known:
        axis.date = f"{known}-{int(day[1]):02d}"
        return ""
    found = date_in(words)
    if found is None:
        return words
    date, rest = found
    above = _YEAR.match(axis.date or "")  # a year that heads several months
    _set_date(axis, date, int(above[0][:4]) if above else year)
    return rest


def _set_date(axis: Axis, date: str, year: Years) -> None:
    """Complete a date that names no year where the year is known."""
    numbers = [int(number) for number in re.findall(r"\d+", date)]
    if not date.rstrip("份日号").endswith("月") or len(numbers) > 1:
        is_month_day = len(numbers) == 2 and numbers[0] <= _LAST_MONTH
        if is_month_day and year is not None:
            date = f"{year_of(year, numbers[0]):04d}-{numbers[0]:02d}-{numbers[1]:02d}"
        elif len(numbers) == 2 and not is_month_day:
            date = f"{numbers[0]:04d}-{numbers[1]:02d}"
        axis.date = date
    elif year is not None:
        axis.date = f"{year_of(year, numbers[0]):04d}-{numbers[0]:02d}"
    else:
        axis.month = str(numbers[0])
