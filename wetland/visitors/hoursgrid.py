"""Series on a grid of days and slots of the day (每日时段), and what the days are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.visitors.calendar import Calendar

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
SLOTS_PER_DAY = (24, 48)
DAYS_AHEAD = 14
_HOLIDAY, _MAKEUP = 7, 8  # labels after the seven weekdays


@dataclass(frozen=True, eq=False)
class SlotGrid:
    """Several series of one kind on the clock: hours or half hours of local days.

    Attributes
    ----------
    names : tuple of str
    first : date
        The first local day.
    slots_per_day : int
        24 or 48; slot 0 begins at midnight. A day of another length (summer time) has its missing
        hour unknown, its double hour once.
    values : array of float, shape (series, days, slots_per_day)
        NaN where nothing is known. Negative values, and levels above their limit, are not used.
    limit : array of float, shape (series,), or None
        Capacity of each series: they are levels (bays taken), and no forecast lies above it. None:
        flows (entries within the slot).

    Raises
    ------
    InputError
        For shapes that do not fit and for other numbers of slots.
    """

    names: tuple[str, ...]
    first: dt.date
    slots_per_day: int
    values: Floats
    limit: Floats | None = None

    def __post_init__(self) -> None:
        """Check that the parts fit together."""
        fits = self.values.ndim == 3 and self.values.shape[0] == len(self.names)
        fits = fits and self.values.shape[2] == self.slots_per_day
        if self.slots_per_day not in SLOTS_PER_DAY or not fits:
            raise InputError(
                text(
                    "数值须为 序列 × 天 × 每日时段（24 或 48）",
                    "values must have the shape series, days, slots of the day (24 or 48)",
                )
            )
        if self.limit is not None and (
            self.limit.shape != (len(self.names),) or not bool(np.all(self.limit > 0))
        ):
            raise InputError(
                text("每个序列须有一个正的容量", "every series needs one limit above nought")
            )

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return int(self.values.shape[1])

    def usable(self) -> Floats:
        """Return the values with those that cannot be set to NaN."""
        with np.errstate(invalid="ignore"):
            bad = ~np.isfinite(self.values) | (self.values < 0)
            if self.limit is not None:
                bad |= self.values > self.limit[:, None, None]
        made: Floats = np.where(bad, np.nan, self.values)
        return made

    def last_known(self) -> tuple[int, int] | None:
        """Return day and slot of the last usable value of any series; None where there is none."""
        known = np.isfinite(self.usable()).any(axis=0).ravel()
        if not known.any():
            return None
        step = int(np.nonzero(known)[0][-1])
        return step // self.slots_per_day, step % self.slots_per_day


@dataclass(frozen=True, eq=False)
class DayTable:
    """What the days of a grid and those after it are.

    ``label`` is the weekday (0 to 6), a holiday (7) or a make-up working day (8); ``off`` whether
    most people do not work; ``holiday`` a number for each holiday, -1 on other days; ``special`` a
    number for each set of events and closed areas that was known before, -1 on other days.
    """

    label: Ints
    off: Bools
    holiday: Ints
    special: Ints


def _numbered(names: Sequence[Hashable | None]) -> Ints:
    """Return a number for each name in order of first appearance, -1 for None."""
    number = {name: i for i, name in enumerate(dict.fromkeys(n for n in names if n is not None))}
    return np.array([-1 if name is None else number[name] for name in names], dtype=np.int64)


def day_table(
    first: dt.date, count: int, calendar: Calendar | None, *, known: int | None = None
) -> DayTable:
    """Return what ``count`` days are; without a calendar their weekday says all.

    Parameters
    ----------
    first : date
    count : int
    calendar : Calendar, optional
    known : int, optional
        How many of the days lie in the past: an event that none of them had teaches nothing and
        does not count. Without: all.
    """
    told = calendar or Calendar()
    kinds = [told.day(first + dt.timedelta(days=i)) for i in range(count)]
    weekday = (np.arange(count) + first.weekday()) % 7
    named = {"holiday": _HOLIDAY, "makeup": _MAKEUP}
    label = np.array(
        [named.get(k.kind, int(w)) for k, w in zip(kinds, weekday, strict=True)], dtype=np.int64
    )
    special = _numbered([(k.events, k.closed) if k.events or k.closed else None for k in kinds])
    had = np.isin(special, special[:known])
    return DayTable(
        label,
        np.array([k.off for k in kinds]),
        _numbered([k.holiday for k in kinds]),
        np.where(had, special, -1),
    )


def window(table: DayTable, *, upto: int, ahead: int, size: int) -> Ints:
    """Return the days to learn from: the last ``size`` before ``upto``, and earlier holidays.

    Earlier holidays and days of events are those of the same as among the ``ahead`` days from
    ``upto`` on, the latest two dozen of them: what a holiday does is learnt from its last time.
    """
    start = max(0, upto - size)
    wanted = np.zeros(start, dtype=np.bool_)
    for groups in (table.holiday, table.special):
        coming = groups[upto : upto + ahead]
        wanted |= np.isin(groups[:start], coming[coming >= 0])
    return np.concatenate([np.nonzero(wanted)[0][-24:], np.arange(start, upto)]).astype(np.int64)
