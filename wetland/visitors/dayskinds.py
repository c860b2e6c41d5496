"""What the days of a series are: weekdays, phases of holidays, make-up days, events, closures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.visitors.calendar import Calendar, DayKind

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MAKEUP = 7  # after the seven weekdays
PHASES = ("only", "first", "middle", "last")


@dataclass(frozen=True, eq=False)
class DayKinds:
    """Kinds of consecutive days.

    Attributes
    ----------
    week : array of int, shape (days,)
        0 Monday to 6 Sunday, 7 a make-up working day.
    phase : array of int, shape (days,)
        Of a public holiday the place in its run of days off: only day, first, one between, last; -1
        on other days.
    holiday, named : array of int, shape (days,)
        The holiday, and holiday and phase together, counted from 0; -1 on other days.
    extras : array of bool, shape (days, kinds)
        Kinds of events and closed areas that hold on a day.
    holidays, names, extra_names : tuple of str
        What ``holiday``, ``named`` and the columns of ``extras`` mean.
    """

    week: Ints
    phase: Ints
    holiday: Ints
    named: Ints
    extras: Bools
    holidays: tuple[str, ...]
    names: tuple[str, ...]
    extra_names: tuple[str, ...]

    @property
    def odd(self) -> Bools:
        """Tell which days are holidays or make-up working days."""
        made: Bools = (self.phase >= 0) | (self.week == MAKEUP)
        return made


def _phase(kind: DayKind) -> int:
    if kind.kind != "holiday":
        return -1
    if kind.length <= 1:
        return 0
    return 1 if kind.position == 1 else 3 if kind.position == kind.length else 2


def kinds_of(first: dt.date, days: int, calendar: Calendar | None) -> DayKinds:
    """Return what ``days`` days from ``first`` on are; without a calendar weekdays only.

    Examples
    --------
    >>> kinds_of(dt.date(2026, 11, 23), 8, None).week.tolist()
    [0, 1, 2, 3, 4, 5, 6, 0]
    """
    dates = [first + dt.timedelta(days=i) for i in range(days)]
    week = np.array([day.weekday() for day in dates], dtype=np.int64)
    phase, holiday, named = (np.full(days, -1, dtype=np.int64) for _ in range(3))
    told = [] if calendar is None else [calendar.day(day) for day in dates]
    names: dict[str, int] = {}
    holidays: dict[str, int] = {}
    extras: dict[str, int] = {}
    for i, kind in enumerate(told):
        phase[i] = _phase(kind)
        if kind.kind == "makeup":
            week[i] = MAKEUP
        if phase[i] >= 0:
            name = kind.holiday or ""
            holiday[i] = holidays.setdefault(name, len(holidays))
            named[i] = names.setdefault(f"{name} {PHASES[phase[i]]}", len(names))
        for extra in _extras(kind):
            extras.setdefault(extra, len(extras))
    held = np.zeros((days, len(extras)), dtype=np.bool_)
    for i, kind in enumerate(told):
        held[i, [extras[extra] for extra in _extras(kind)]] = True
    return DayKinds(week, phase, holiday, named, held, tuple(holidays), tuple(names), tuple(extras))


def _extras(kind: DayKind) -> list[str]:
    return [f"event:{name}" for name in kind.events] + [f"closed:{name}" for name in kind.closed]
