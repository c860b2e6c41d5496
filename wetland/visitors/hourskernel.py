"""How values of a grid of days and slots hang together: a covariance in nine parts.

Each part is a matrix of days times a matrix of slots. Strengths and reaches are learnt from the
data by maximum likelihood (`wetland.visitors.hoursfit`), beginning with `START`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.visitors.hoursgrid import DayTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = tuple[Ints, Ints]  # day and slot of each value, counted within the chosen ones

# Part: strength (of a variance of about one), reach within the day (hours), reach over days (days;
# 0: it does not fade). Learnt on the car parks of Birmingham before 2016-11-01.
START: dict[str, tuple[float, float, float]] = {
    "every day": (0.0743, 12.4, 0),
    "same weekday": (0.1938, 7.26, 0),
    "days off, working days": (0.354, 6.6, 0),
    "these days": (0.1928, 5.12, 3.63),
    "these weeks": (0.05, 6.0, 25.0),
    "same weekday of late": (0.0303, 3.26, 12.4),
    "days off, working days of late": (0.0376, 5.01, 7.47),
    "today": (0.0776, 1.96, 0),
    "this hour": (0.0234, 2.98, 0),
    "the reading alone": (0.0011, 0, 0),
}
# Strength of all holidays, of one holiday, of one set of events; reach in hours: not learnt.
_HOLIDAYS = (3.0, 3.0, 1.0, 6.0)
_TODAY, _HOUR, _ALONE = 7, 8, 9
_FADES = (3, 4, 5, 6)


def start() -> Floats:
    """Return the logarithms of `START`: strengths, then reaches in hours, then those in days."""
    strengths = [x[0] for x in START.values()]
    hours = [x[1] for x in START.values() if x[1]]
    days = [x[2] for x in START.values() if x[2]]
    made: Floats = np.log(np.array([*strengths, *hours, *days]))
    return made


def farthest() -> Floats:
    """Return the largest logarithm of each learnt number.

    Today's parts reach into the next day and no farther, so that their reach is a few hours.
    """
    most = np.full(len(start()), np.inf)
    most[[len(START) + _TODAY, len(START) + _HOUR]] = np.log([4.0, 6.0])
    return most


@dataclass(frozen=True, eq=False)
class Grounds:
    """What the covariance of chosen days and slots is made from, whatever the strengths."""

    same: tuple[Floats, ...]  # one matrix of days for each part
    apart_days: Floats
    follows: Floats  # 1 where the column's day is the day after the row's
    apart_hours: Floats
    overnight: Floats  # hours from a slot to one of the next day
    festive: Floats  # strength between holidays, between days of one event


def grounds(table: DayTable, days: Ints, hours: Floats) -> Grounds:
    """Return the grounds for days (places in the table) and slots (hours of the day)."""
    label, off, holiday = table.label[days], table.off[days], table.holiday[days]
    special = table.special[days]
    weekday = (label[:, None] == label).astype(np.float64)
    alike = (off[:, None] == off).astype(np.float64)
    every, one = np.ones_like(weekday), np.eye(len(days))
    both = np.outer(holiday >= 0, holiday >= 0)
    festive = both * (_HOLIDAYS[0] + _HOLIDAYS[1] * (holiday[:, None] == holiday))
    event = (special[:, None] == special) & (special >= 0)
    return Grounds(
        (every, weekday, alike, every, every, weekday, alike, one, one, one),
        np.abs(days[:, None] - days).astype(np.float64),
        (days - days[:, None] == 1).astype(np.float64),
        np.abs(hours[:, None] - hours),
        24.0 + hours - hours[:, None],
        festive + _HOLIDAYS[2] * event,
    )


def _smooth(apart: Floats, reach: float) -> tuple[Floats, Floats]:
    """Return Matern's covariance (3/2) and its derivative by the logarithm of the reach."""
    ratio = np.sqrt(3.0) * apart / reach
    fading = np.exp(-ratio)
    return (1 + ratio) * fading, ratio**2 * fading


def _rough(apart: Floats, reach: float) -> tuple[Floats, Floats]:
    """Return the exponential covariance and its derivative by the logarithm of the reach."""
    ratio = apart / reach
    fading = np.exp(-ratio)
    return fading, ratio * fading


@dataclass(frozen=True, eq=False)
class Part:
    """One part: days times slots, their slopes by the logarithms of its reaches, and where these.

    ``numbers`` are the places of its strength, its reach in hours and its reach in days among the
    learnt numbers; None where it has none.
    """

    days: Floats
    slots: Floats
    numbers: tuple[int | None, int | None, int | None]
    days_slope: Floats | None = None
    slots_slope: Floats | None = None


def parts(log: Floats, base: Grounds) -> list[Part]:
    """Return the parts of the covariance; those of today reach over midnight into the next day."""
    count = len(START)
    strength, hours, days = np.exp(log[:count]), np.exp(log[count:-4]), np.exp(log[-4:])
    found = []
    for i in range(count - 1):
        shape = _rough if i == _HOUR else _smooth
        slots, slope = (strength[i] * x for x in shape(base.apart_hours, hours[i]))
        if i in _FADES:
            at = i - _FADES[0]
            fade, fade_slope = (base.same[i] * x for x in _rough(base.apart_days, days[at]))
            numbers = (i, count + i, len(log) - len(_FADES) + at)
            found.append(Part(fade, slots, numbers, fade_slope, slope))
        else:
            found.append(Part(base.same[i], slots, (i, count + i, None), None, slope))
        if i in (_TODAY, _HOUR) and base.follows.any():
            over, slope = (strength[i] * x for x in shape(base.overnight, hours[i]))
            found += [
                Part(base.follows, over, (i, count + i, None), None, slope),
                Part(base.follows.T, over.T, (i, count + i, None), None, slope.T),
            ]
    alone = strength[_ALONE] * np.eye(len(base.apart_hours))
    found.append(Part(base.same[_ALONE], alone, (_ALONE, None, None)))
    if base.festive.any():
        festive = _smooth(base.apart_hours, _HOLIDAYS[3])[0]
        found.append(Part(base.festive, festive, (None, None, None)))
    return found


def _stacked(matrices: list[Floats | None], shape: tuple[int, int]) -> Floats:
    made = [np.zeros(shape) if one is None else one for one in matrices]
    return np.ascontiguousarray(np.stack(made, axis=2))


@dataclass(frozen=True, eq=False)
class Kernel:
    """The covariance of chosen days and slots for given numbers."""

    found: tuple[Part, ...]
    days: Floats
    slots: Floats

    @classmethod
    def of(cls, log: Floats, base: Grounds) -> Kernel:
        """Return the kernel for the logarithms of the numbers."""
        found = parts(log, base)
        return cls(
            tuple(found),
            _stacked([one.days for one in found], base.apart_days.shape),
            _stacked([one.slots for one in found], base.apart_hours.shape),
        )

    def between(self, places: Places) -> Floats:
        """Return the covariance of values at places, shape (n, n)."""
        from wetland.statistics.gridkernels import filled  # noqa: PLC0415 - brings the compiler

        return filled(*places, self.days, self.slots)

    def across(self, places: Places, others: Places) -> Floats:
        """Return the covariance of values with others, shape (n, m)."""
        from wetland.statistics.gridkernels import filled_across  # noqa: PLC0415 - the compiler

        return filled_across(places, others, self.days, self.slots)

    def variances(self, places: Places) -> Floats:
        """Return the variance at places."""
        day, slot = places
        made: Floats = (self.days[day, day] * self.slots[slot, slot]).sum(axis=1)
        return made

    def slopes(self, places: Places, by_entry: Floats, size: int) -> Floats:
        """Return the derivative by each of ``size`` numbers, from that by each entry."""
        from wetland.statistics.gridkernels import summed  # noqa: PLC0415 - brings the compiler

        days_slope = _stacked([one.days_slope for one in self.found], self.days.shape[:2])
        slots_slope = _stacked([one.slots_slope for one in self.found], self.slots.shape[:2])
        sums = summed(by_entry, places, (self.days, days_slope), (self.slots, slots_slope))
        made = np.zeros(size)
        for part, row in zip(self.found, sums, strict=True):
            for number, value in zip(part.numbers, row, strict=True):
                if number is not None:
                    made[number] += value
        return made
