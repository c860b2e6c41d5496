"""Series of visitors as the charts take them: regular steps, with gaps where nobody counted."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

import pandas as pd

from wetland.charts.visitorforecast import Counted, NamedDays
from wetland.operations.visitorforecast import Freq
from wetland.ui.language import say
from wetland.visitors.calendar import Calendar

_STEPS: Mapping[Freq, dt.timedelta] = {
    "hour": dt.timedelta(hours=1),
    "day": dt.timedelta(days=1),
}
_MOST = 20_000  # steps between the first and the last count of a series that is drawn


def moment_of(value: dt.datetime | str, freq: Freq) -> dt.date | dt.datetime:
    """Return a time of a series as a day, or of hours as a local moment without a zone.

    Examples
    --------
    >>> moment_of("2026-05-01T08:00:00", "hour"), moment_of("2026-05", "month")
    (datetime.datetime(2026, 5, 1, 8, 0), datetime.date(2026, 5, 1))
    """
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(f"{value}-01" if len(value) == len("2026-05") else value)
    at = dt.datetime(*value.timetuple()[:6])  # noqa: DTZ001 - local wall time, drawn as it is
    return at if freq == "hour" else at.date()


def after(at: dt.date | dt.datetime, freq: Freq) -> dt.date | dt.datetime:
    """Return the time one step later."""
    if freq == "month":
        return at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1, day=1)
    return at + _STEPS[freq]


def counted_of(series: pd.DataFrame, freq: Freq) -> list[Counted]:
    """Return a tidy series at every step from its first to its last, NaN where nobody counted."""
    known = {
        moment_of(time, freq): float(value)
        for time, value in zip(series["time"], series["count"], strict=True)
    }
    if not known:
        return []
    at, last = min(known), max(known)
    found: list[Counted] = []
    while at <= last and len(found) < _MOST:
        found.append(Counted(at, known.get(at, math.nan)))
        at = after(at, freq)
    return found


def day_of(at: dt.date | dt.datetime) -> dt.date:
    """Return the local day of a day or moment."""
    return at.date() if isinstance(at, dt.datetime) else at


def named_days(calendar: Calendar, times: Sequence[dt.date | dt.datetime]) -> list[NamedDays]:
    """Return the public holidays between the first and the last time, each run of days once."""
    if not times:
        return []
    days = [day_of(at) for at in times]
    first, last = min(days), max(days)
    found: list[NamedDays] = []
    for day in sorted(d for d in calendar.holidays if first <= d <= last):
        told = calendar.holidays[day]
        if not told.off:
            continue
        name = say(told.name)
        if found and found[-1].name == name and (day - found[-1].last).days == 1:
            found[-1] = NamedDays(found[-1].first, day, name)
        else:
            found.append(NamedDays(day, day, name))
    return found
