"""Synthetic days of a park and a calendar, for tests of forecasts."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import text
from wetland.visitors.calendar import Calendar
from wetland.visitors.pack import Closure, Event, Holiday

Floats = NDArray[np.float64]
NATIONAL_DAY = text("国庆节", "National Day")
FIRST = dt.date(2023, 1, 2)  # a Monday


def week_off(year: int) -> dict[dt.date, Holiday]:
    """Return seven days off from 1 October and one Saturday made a working day before."""
    days = [Holiday(day=dt.date(year, 10, d), off=True, name=NATIONAL_DAY) for d in range(1, 8)]
    worked = dt.date(year, 9, 30)
    while worked.weekday() != 5:
        worked -= dt.timedelta(days=1)
    return {h.day: h for h in [*days, Holiday(day=worked, off=False, name=NATIONAL_DAY)]}


def calendar(
    *years: int, events: tuple[Event, ...] = (), closures: tuple[Closure, ...] = ()
) -> Calendar:
    """Return a calendar with seven days off in October of each year."""
    held: dict[dt.date, Holiday] = {}
    for year in years:
        held |= week_off(year)
    return Calendar(held, frozenset(years), events, closures)


def park(
    days: int, known: Calendar, *, seed: int = 1, noise: float = 0.08, holiday: float = 3.0
) -> Floats:
    """Return synthetic daily visits: busy weekends, busier holidays, noise on the logarithm."""
    rng = np.random.default_rng(seed)
    made = np.empty(days)
    for i in range(days):
        kind = known.day(FIRST + dt.timedelta(days=i)).kind
        factor = {"workday": 1.0, "makeup": 1.0, "weekend": 1.8, "holiday": holiday}[kind]
        made[i] = 1_000 * factor * np.exp(rng.normal(0, noise))
    return np.round(made)
