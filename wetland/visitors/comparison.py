"""Each figure beside the period before (环比) and the same period of last year (同比)."""

from __future__ import annotations

import calendar as gregorian
import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.visitors.calendar import Calendar

if TYPE_CHECKING:
    import pandas as pd

Per = Literal["day", "month"]
PER: tuple[Per, ...] = ("day", "month")
ONE_DAY = dt.timedelta(days=1)
MONTHS = 12
ENOUGH = 0.8  # of the days counted, those that the other month counted too

BASES: dict[str, Text] = {
    "whole": text("整期比较", "whole periods"),
    "same_days": text("按已计数的同一些日子比较", "the same days of both"),
}

_PER = text("须按 day 或 month 比较，不能按 {p}", "compare by day or month, not by {p!r}")
_MONTH = text("月份须写作 2024-05，不能是 {m}", "a month is written 2024-05, not {m!r}")
_PART = text(
    "本月已计数 {n}/{all} 天，与同样的日子比较",
    "{n} of {all} days of this month are counted: compared with the same days",
)
_NO_DAYS = text(
    "{base}同样这些日子的计数不够，不比较", "{base} lacks counts of these days: not compared"
)
_BOTH = text(
    "与{base}按双方都有计数的{n}天比较", "compared with {base} over the {n} days both have"
)
_ZERO = text("{base}为0，不算百分比", "{base} is 0: no per cent")
_PREVIOUS = {
    "month": text("上月", "the month before"),
    "day": text("前一日", "the day before"),
}
_LAST_YEAR = {
    "month": text("上年同月", "the same month of last year"),
    "day": text("上年同日", "the same day of last year"),
}
_LEAP_DAY = text("2月29日上年没有同一日", "29 February has no such day last year")
_LEAP = text("闰年，2月{n}天，上年{b}天", "leap year: February has {n} days, last year {b}")
_MOVED = text(
    "{name}放假{n}天，上年同期{b}天", "{name}: {n} days off, {b} in the same period of last year"
)
_UNKNOWN = text("{years}年节假日未知", "public holidays of {years} are not known")


@dataclass(frozen=True)
class _Period:
    """A day or month: its days, those that are counted, and its total where it is whole."""

    label: str
    days: tuple[dt.date, ...]
    counted: Mapping[dt.date, float]
    total: float | None

    @property
    def value(self) -> float:
        """Return the total, or the sum of the days that are counted."""
        if self.total is not None:
            return self.total
        return math.fsum(self.counted.values()) if self.counted else math.nan


@dataclass(frozen=True)
class _Change:
    """What a period is compared with, and what is to be said of it."""

    base: float = math.nan
    per_cent: float = math.nan
    notes: tuple[Text, ...] = ()
    same_days: bool = False


def _against(value: float, base: float, name: Text) -> _Change:
    """Compare two numbers; of 0 there is no per cent."""
    if base <= 0:
        return _Change(base, notes=(_ZERO.fill(base=name),))
    return _Change(base, (value / base - 1.0) * 100.0)


def compared(
    days: pd.Series[Any],
    *,
    per: Per = "month",
    months: Mapping[str, float] | None = None,
    calendar: Calendar | None = None,
) -> pd.DataFrame:
    """Put each day or month beside the one before and the one a year before.

    A month is whole when all its days are counted, or when a total of it is told. Two whole months
    are compared as they are. Where one of them is not whole, the days of the month that the other
    counted too are compared, if they are four fifths of the days counted or more; the note says so.
    Nothing is compared with what is missing, and no per cent is given of 0.

    Parameters
    ----------
    days
        Values by local day (index `datetime.date`), NaN where a day is not wholly counted.
    per
        ``day`` or ``month``; the day before and the same day of last year are then meant.
    months
        Totals of whole months (``2024-05``) from elsewhere; used where days are missing.
    calendar
        Holidays: where a month has more or fewer days of a holiday than a year before (Spring
        Festival moves between January and February), the note says so. One that knows no year
        says nothing.

    Returns
    -------
    DataFrame
        ``period``, ``value``, ``complete``, ``days_counted``, ``days``, ``previous``, ``mom``
        (环比, per cent), ``last_year``, ``yoy`` (同比, per cent), ``basis`` (`BASES`),
        ``note_zh``, ``note_en``; in order of time, without periods of which nothing is known.
        ``previous`` and ``last_year`` are of the days that are compared.

    Raises
    ------
    InputError
        Another step than a day or month, or a month that is not one.

    Examples
    --------
    >>> import pandas as pd
    >>> may = {dt.date(2024, 5, 1) + ONE_DAY * k: 10.0 for k in range(31)}
    >>> june = {dt.date(2024, 6, 1) + ONE_DAY * k: 15.0 for k in range(10)}
    >>> found = compared(pd.Series(may | june))
    >>> found[["period", "value", "complete", "previous", "mom", "basis"]].values.tolist()[1]
    ['2024-06', 150.0, False, 100.0, 50.0, 'same_days']
    """
    import pandas as pd  # noqa: PLC0415 - starts fast

    if per not in PER:
        raise InputError(_PER.fill(p=per))
    periods = _days(days) if per == "day" else _months(days, months or {})
    rows = [_row(one, periods, per, calendar) for one in periods.values()]
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = ["period", "value", "complete", "days_counted", "days", "previous", "mom", "last_year",
           "yoy", "basis", "note_zh", "note_en"]  # fmt: skip


def _row(
    one: _Period, periods: Mapping[str, _Period], per: Per, calendar: Calendar | None
) -> list[Any]:
    before = _change(one, periods.get(_shifted(one, per, years=0)), _PREVIOUS[per], per, years=0)
    a_year = _change(one, periods.get(_shifted(one, per, years=1)), _LAST_YEAR[per], per, years=1)
    notes = [*_of_part(one), *before.notes, *a_year.notes]
    if not math.isnan(a_year.base):
        notes += _moved(one, per, calendar)
    told = list(dict.fromkeys(notes))
    return [
        one.label, one.value, one.total is not None, _counted(one), len(one.days),
        before.base, before.per_cent, a_year.base, a_year.per_cent,
        "same_days" if one.total is None or before.same_days or a_year.same_days else "whole",
        "；".join(note.zh for note in told) or None, "; ".join(note.en for note in told) or None,
    ]  # fmt: skip


def _counted(one: _Period) -> int:
    return len(one.days) if one.total is not None else len(one.counted)


def _of_part(one: _Period) -> list[Text]:
    if one.total is not None:
        return []
    return [_PART.fill(n=len(one.counted), all=len(one.days))]


def _change(one: _Period, base: _Period | None, name: Text, per: Per, *, years: int) -> _Change:
    """Compare a period with another; nothing where that is not known as far as needed."""
    if base is None:
        leap = years == 1 and per == "day" and one.days[0].month == 2 and one.days[0].day == 29
        return _Change(notes=(_LEAP_DAY,) if leap else ())
    if one.total is not None and base.total is not None:
        return _against(one.total, base.total, name)
    same = {day: _same_day(day, base) for day in one.counted}
    both = {day: other for day, other in same.items() if other in base.counted}
    if not both or len(both) < ENOUGH * len(one.counted):
        return _Change(notes=(_NO_DAYS.fill(base=name),))
    value = math.fsum(one.counted[day] for day in both)
    notes = () if len(both) == len(one.counted) else (_BOTH.fill(base=name, n=len(both)),)
    told = math.fsum(base.counted[other] for other in both.values() if other is not None)
    found = _against(value, told, name)
    return replace(found, notes=(*notes, *found.notes), same_days=True)


def _same_day(day: dt.date, base: _Period) -> dt.date | None:
    """Return the day of another month with the same number; None where that month is shorter."""
    first = base.days[0]
    return None if day.day > len(base.days) else first.replace(day=day.day)


def _moved(one: _Period, per: Per, calendar: Calendar | None) -> list[Text]:
    """Return what differs between a month and the same month of last year."""
    if per == "day":
        return []
    first = one.days[0]
    last_year = _days_of_month(first.year - 1, first.month)
    notes = []
    if len(last_year) != len(one.days) and one.total is not None:
        notes.append(_LEAP.fill(n=len(one.days), b=len(last_year)))
    if calendar is None or not calendar.years:
        return notes
    unknown = [y for y in (first.year - 1, first.year) if y not in calendar.years]
    if unknown:
        return [*notes, _UNKNOWN.fill(years=", ".join(map(str, unknown)))]
    meant = one.days if one.total is not None else tuple(one.counted)
    numbers = {day.day for day in meant}
    now, then = (_holidays(calendar, days, numbers) for days in (one.days, last_year))
    changed = [name for name in dict.fromkeys([*now, *then]) if now[name] != then[name]]
    names = {h.name.zh: h.name for h in calendar.holidays.values()} if changed else {}
    told = (_MOVED.fill(name=names[name], n=now[name], b=then[name]) for name in changed)
    return [*notes, *told]


def _holidays(
    calendar: Calendar, days: Sequence[dt.date], numbers: set[int]
) -> Counter[str]:  # fmt: skip
    """Count the days off of each holiday (by its Chinese name) among some days of a month."""
    told = (calendar.holidays.get(day) for day in days if day.day in numbers)
    return Counter(holiday.name.zh for holiday in told if holiday is not None and holiday.off)


def _days(days: pd.Series[Any]) -> dict[str, _Period]:
    return {
        day.isoformat(): _Period(day.isoformat(), (day,), {day: value}, value)
        for day, value in _known(days).items()
    }


def _months(days: pd.Series[Any], totals: Mapping[str, float]) -> dict[str, _Period]:
    parts: dict[str, dict[dt.date, float]] = {}
    for day, value in _known(days).items():
        parts.setdefault(f"{day:%Y-%m}", {})[day] = value
    for label, total in totals.items():
        if math.isfinite(total):
            parts.setdefault(_month_label(label), {})
    found = {}
    for label in sorted(parts):
        every = _days_of_month(*map(int, label.split("-")))
        counted = parts[label]
        total = totals.get(label, math.nan)
        if len(counted) == len(every):
            total = math.fsum(counted.values())
        found[label] = _Period(label, every, counted, total if math.isfinite(total) else None)
    return found


def _known(days: pd.Series[Any]) -> dict[dt.date, float]:
    told = ((day, float(value)) for day, value in zip(days.index, days.to_numpy(), strict=True))
    return dict(sorted((day, value) for day, value in told if math.isfinite(value)))


def _month_label(label: str) -> str:
    try:
        first = dt.date.fromisoformat(f"{label}-01")
    except ValueError:
        raise InputError(_MONTH.fill(m=label)) from None
    return f"{first:%Y-%m}"


def _days_of_month(year: int, month: int) -> tuple[dt.date, ...]:
    first = dt.date(year, month, 1)
    return tuple(first + ONE_DAY * k for k in range(gregorian.monthrange(year, month)[1]))


def _shifted(one: _Period, per: Per, *, years: int) -> str:
    """Return the label of the period before, or of the same one a year before."""
    first = one.days[0]
    if per == "day":
        if not years:
            return (first - ONE_DAY).isoformat()
        return f"{first.year - 1:04d}-{first:%m-%d}"
    steps = first.year * MONTHS + first.month - 1 - (MONTHS if years else 1)
    return f"{steps // MONTHS:04d}-{steps % MONTHS + 1:02d}"
