"""Days and instants of a whole column: plain ISO forms all at once, the rest one by one.

Rule of decision: a cell written in one of the plain forms (``2024-05-01``, ``2024/05/01 14:30``,
``2024-05-01T06:30:00.123Z``, ``...+08:00``, ``14:30``) with a real day and time is read from its
digits; every other cell goes to `dates.parse_moment`, each distinct one once. Both give the same.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text
from wetland.reading.dates import (
    CONTRADICTS,
    END_YEAR,
    FIRST_YEAR,
    NO_DAY_FOR_TIME,
    Moment,
    parse_moment,
    since_midnight_us,
)
from wetland.screening.isoforms import DAY, HOUR, NONE, SECOND, Bools, Ints, read_forms
from wetland.screening.parse import Reader
from wetland.screening.strings import blank, bytes_of, missing, strings_of

if TYPE_CHECKING:
    import pandas as pd

Codes = NDArray[np.int8]
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - local time of any zone
_EPOCH_DAY = _EPOCH.toordinal()

_PARTS_OF_DAY = (0, 12 * HOUR, DAY - 1)
# Between these an instant is of a plausible year, whatever offset it was written with.
FIRST_INSTANT = (dt.date(FIRST_YEAR, 1, 3).toordinal() - _EPOCH_DAY) * DAY
LAST_INSTANT = (dt.date(END_YEAR - 1, 12, 30).toordinal() - _EPOCH_DAY) * DAY
JOIN_ERRORS: dict[int, tuple[str, Text]] = {
    1: ("date_missing", NO_DAY_FOR_TIME),
    2: ("date_contradicts", CONTRADICTS),
}


@dataclass(frozen=True, slots=True)
class Moments:
    """What a column says of days and times, one entry a row; `NONE` where it says nothing.

    Parameters
    ----------
    given
        Whether there is a moment at all.
    day
        Days since 1970-01-01 as written.
    clock
        Microseconds since midnight; `NONE` is a whole day.
    offset
        Seconds ahead of UTC; `NONE` is local time.
    """

    given: Bools
    day: Ints
    clock: Ints
    offset: Ints

    @classmethod
    def nothing(cls, count: int) -> Moments:
        """Return ``count`` rows that say nothing."""
        none = np.full(count, NONE, dtype=np.int64)
        return cls(np.zeros(count, dtype=bool), none, none.copy(), none.copy())

    @classmethod
    def of_instants(cls, at: Ints) -> Moments:
        """Return moments of instants, microseconds UTC."""
        day, clock = np.divmod(at, DAY)
        zero = np.zeros(len(at), dtype=np.int64)
        return cls(np.ones(len(at), dtype=bool), day, clock, zero)

    def instants(self, zone: ZoneInfo) -> Ints:
        """Return the instants, microseconds UTC; `NONE` for whole days and bare times of day."""
        found = np.full(len(self.given), NONE, dtype=np.int64)
        known = np.flatnonzero(self.given & (self.day != NONE) & (self.clock != NONE))
        local = self.day[known] * DAY + self.clock[known]
        offset = self.offset[known] * SECOND
        floating = self.offset[known] == NONE
        offset[floating] = _ahead(local[floating], zone, local=True)
        found[known] = local - offset
        return found

    def on(self, days: Ints) -> Moments:
        """Return the moments with these days where only a time of day was given."""
        bare = self.given & (self.day == NONE)
        return replace(self, day=np.where(bare, days, self.day))


def join_all(date: Moments, time: Moments, default: dt.date | None) -> tuple[Moments, Codes]:
    """Put days and times of two columns together, as `dates.join` does of one row.

    Returns
    -------
    joined, wrong
        ``wrong`` is 0 where the two go together, else the key of `JOIN_ERRORS`.
    """
    day_given, day = date.given, date.day
    if default is not None:
        taken = ~date.given & (~time.given | (time.day == NONE))
        day_given, day = date.given | taken, date.day.copy()
        day[taken] = default.toordinal() - _EPOCH_DAY
    day_known = day_given & (day != NONE)
    bare = time.given & (time.day == NONE)
    whole = time.given & ~bare
    wrong = np.zeros(len(day), dtype=np.int8)
    wrong[bare & ~day_known] = 1
    both = whole & day_known
    wrong[both] = np.where(np.abs(day[both] - time.day[both]) > 1, 2, 0)
    from_time = whole & ((time.clock != NONE) | ~day_given)
    from_day = ~from_time & ~bare
    offset = np.where(bare & (time.offset == NONE), date.offset, time.offset)
    joined = Moments(
        (day_given | time.given) & (wrong == 0),
        np.where(wrong > 0, NONE, np.where(from_time, time.day, day)),
        np.where(from_day, date.clock, time.clock),
        np.where(from_day, date.offset, offset),
    )
    return joined, wrong


def read_moments(reader: Reader, cells: pd.Series, column: str) -> Moments:
    """Read a column of days and times, and tell what could not be read."""
    words = strings_of(cells)
    found = Moments.nothing(len(cells))
    rest = np.ones(len(cells), dtype=bool)
    if words is not None:
        offsets, data = bytes_of(words)
        lengths = np.where(missing(words), -1, np.diff(offsets))
        read_forms(offsets, data, lengths, found=found)
        rest = ~found.given & ~blank(words)
    at = np.flatnonzero(rest)
    if len(at):
        part = Reader(reader.rows[at], reader.problems)
        read = part.read(cells.iloc[at], parse_moment, column=column)
        _put_each(found, at, read)
    return found


def _put_each(found: Moments, at: Ints, read: NDArray[Any]) -> None:
    """Put in moments that were read one by one."""
    some = np.array([moment is not None for moment in read], dtype=bool)
    numbers = np.array([_numbers(moment) for moment in read[some]], dtype=np.int64).reshape(-1, 3)
    rows = at[some]
    found.given[rows] = True
    found.day[rows], found.clock[rows], found.offset[rows] = numbers.T


def _numbers(moment: Moment) -> tuple[int, int, int]:
    """Return the day, the microseconds since midnight and the seconds ahead of UTC."""
    day, clock, offset = NONE, NONE, NONE
    if moment.day is not None:
        day = moment.day.toordinal() - _EPOCH_DAY
    if moment.time is not None:
        clock = since_midnight_us(moment.time)
    if moment.offset is not None:
        ahead = moment.offset.utcoffset(None)
        offset = ahead.days * 86_400 + ahead.seconds
    return day, clock, offset


def local_days(days: Ints, instants: Ints, zone: ZoneInfo) -> Ints:
    """Return the local day of each instant, and where there is none the day as written."""
    found = days.copy()
    known = np.flatnonzero(instants != NONE)
    utc = instants[known]
    found[known] = (utc + _ahead(utc, zone, local=False)) // DAY
    return found


def as_dates(days: Ints) -> NDArray[Any]:
    """Return `datetime.date` objects, equal days sharing one; None where there is no day."""
    distinct, codes = np.unique(days, return_inverse=True)
    made = np.empty(len(distinct), dtype=object)
    made[:] = [None if d == NONE else dt.date.fromordinal(d + _EPOCH_DAY)
               for d in distinct.tolist()]  # fmt: skip
    found: NDArray[Any] = made[codes]
    return found


def _ahead(at: Ints, zone: ZoneInfo, *, local: bool) -> Ints:
    """Return how far ahead of UTC a zone is at instants, or at local times, microseconds.

    A day on which the zone is as far ahead at its start, middle and end is settled at once; on the
    others, those on which clocks are changed, each instant is asked for. (No zone of the tz
    database changes twice within a day.)
    """
    if not len(at):
        return np.zeros(0, dtype=np.int64)
    days = at // DAY
    first = int(days.min())
    present = np.flatnonzero(np.bincount(days - first))
    table = np.zeros(present[-1] + 1, dtype=np.int64)
    changes = np.zeros(len(table), dtype=bool)
    for day in present.tolist():
        start = (first + day) * DAY
        seen = {_offset(start + part, zone, local=local) for part in _PARTS_OF_DAY}
        table[day], changes[day] = min(seen), len(seen) > 1
    found = table[days - first]
    for position in np.flatnonzero(changes[days - first]).tolist() if changes.any() else ():
        found[position] = _offset(int(at[position]), zone, local=local)
    return found


def _offset(at: int, zone: ZoneInfo, *, local: bool) -> int:
    moment = _EPOCH + dt.timedelta(microseconds=at)
    if local:
        ahead = moment.replace(tzinfo=zone).utcoffset()
    else:
        ahead = moment.replace(tzinfo=dt.UTC).astimezone(zone).utcoffset()
    return 0 if ahead is None else ahead // dt.timedelta(microseconds=1)
