"""What forecasts of car parks and of monthly visits are judged by: grid, origins, outcomes, scores.

Written before the method. It reads the files by itself, so that a fault of the project's reading
shows as a difference. Nothing here knows the project.

Car parks (Birmingham, 29 parks, 2016-10-04 to 2016-12-02, CC BY 4.0)
    A reading counts for the nearest half hour, the nearest of several, the earlier of two as near.
    Below nought and above the capacity it is not used, neither to forecast from nor as an outcome.
    Origins: every half hour with a reading from `FIRST_TEST` on; outcomes 1, 4 and 24 hours later.
    The yardsticks are the value one day and one week before the outcome, or the nearest such day
    or week before that has a reading. An outcome counts where both yardsticks and the value at the
    origin are known; everybody answers all of them.
Monthly visits (20 parks, 2005 to 2017, public domain)
    Origins: every month from `FIRST_MONTH` on; outcomes 1 to 12 months later. The yardstick is the
    same month of the last year that is known. Errors are scaled by the mean absolute difference of
    months a year apart before the first origin (MASE, Hyndman and Koehler 2006).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SLOTS = 18  # half hours from 08:00 to 16:30
FIRST_SLOT = 16
HORIZONS = {"1 h": (0, 2), "4 h": (0, 8), "24 h": (1, 0)}  # days and half hours ahead
FIRST_VALIDATION = date(2016, 10, 25)
FIRST_TEST = date(2016, 11, 1)
REFIT_DAYS = 7
LONGEST_GAP_DAYS = 28  # how far back a yardstick looks for a day or week with a reading

FIRST_MONTH = 95  # 2012-12, counted from 0: eight years are known there
MONTHS_AHEAD = 12


@dataclass(frozen=True)
class Parking:
    """Shares of the capacity by park, day and half hour; NaN where nothing usable was read."""

    names: tuple[str, ...]
    capacity: Floats
    first: date
    share: Floats  # (parks, days, SLOTS)

    def day(self, on: date) -> int:
        """Return the place of a day."""
        return (on - self.first).days


def parking(file: Path) -> Parking:
    """Read the file of car parks."""
    best: dict[tuple[str, date, int], tuple[float, datetime, float]] = {}
    capacity: dict[str, float] = {}
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            name, at = row["SystemCodeNumber"], datetime.fromisoformat(row["LastUpdated"])
            capacity[name] = float(row["Capacity"])
            minutes = at.hour * 60 + at.minute + at.second / 60
            slot = int(minutes / 30 + 0.5)
            key, off = (name, at.date(), slot - FIRST_SLOT), abs(minutes - 30 * slot)
            if key not in best or (off, at) < best[key][:2]:
                best[key] = (off, at, float(row["Occupancy"]))
    names = tuple(sorted(capacity))
    days = [key[1] for key in best]
    first, last = min(days), max(days)
    share = np.full((len(names), (last - first).days + 1, SLOTS), np.nan)
    for (name, on, slot), (_, _, occupied) in best.items():
        if 0 <= slot < SLOTS and 0 <= occupied <= capacity[name]:
            share[names.index(name), (on - first).days, slot] = occupied / capacity[name]
    return Parking(names, np.array([capacity[name] for name in names]), first, share)


@dataclass(frozen=True)
class Cases:
    """Outcomes to be forecast at one horizon: from where, what came, what the yardsticks said."""

    park: Ints
    day: Ints
    slot: Ints
    target_day: Ints
    target_slot: Ints
    actual: Floats
    daily: Floats
    weekly: Floats

    def __len__(self) -> int:
        """Return how many outcomes there are."""
        return len(self.actual)

    def at(self, rows: NDArray[np.bool_]) -> Cases:
        """Return some of them."""
        return Cases(*(getattr(self, field.name)[rows] for field in fields(self)))


def before(share: Floats, step: int) -> Floats:
    """Return for each park, day and slot the last value a multiple of ``step`` days before it."""
    found = np.full_like(share, np.nan)
    for back in range(step, LONGEST_GAP_DAYS + 1, step):
        moved = np.full_like(share, np.nan)
        moved[:, back:] = share[:, :-back]
        found = np.where(np.isnan(found), moved, found)
    return found


def cases(data: Parking, horizon: str, first: date, last: date | None = None) -> Cases:
    """Return the outcomes at a horizon whose origin lies on ``first`` or later, before ``last``."""
    days_on, slots_on = HORIZONS[horizon]
    share = data.share
    daily, weekly = before(share, 1), before(share, 7)
    end = share.shape[1] if last is None else data.day(last)
    park, day, slot = np.nonzero(~np.isnan(share))
    keep = (day >= data.day(first)) & (day < end)
    keep &= (day + days_on < share.shape[1]) & (slot + slots_on < SLOTS)
    park, day, slot = park[keep], day[keep], slot[keep]
    to_day, to_slot = day + days_on, slot + slots_on
    at = (park, to_day, to_slot)
    made = Cases(park, day, slot, to_day, to_slot, share[at], daily[at], weekly[at])
    return made.at(~np.isnan(made.actual + made.daily + made.weekly))


def mean_absolute_error(actual: Floats, told: Floats) -> float:
    """Return the mean absolute error; an answer that is missing is an error of the one who asks."""
    if np.isnan(told).any():
        raise SystemExit("every outcome has to be forecast")
    return float(np.abs(actual - told).mean())


@dataclass(frozen=True)
class Visits:
    """Monthly visits, shape (parks, months), months counted from ``first``."""

    names: tuple[str, ...]
    first: date
    count: Floats


def visits(file: Path) -> Visits:
    """Read the file of monthly visits."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = [
            (r["park"], date.fromisoformat(r["date"]), r["nps"]) for r in csv.DictReader(opened)
        ]
    names = tuple(sorted({name for name, _, _ in rows}))
    first = min(on for _, on, _ in rows)
    months = [(on.year - first.year) * 12 + on.month - first.month for _, on, _ in rows]
    count = np.full((len(names), max(months) + 1), np.nan)
    for (name, _, value), month in zip(rows, months, strict=True):
        count[names.index(name), month] = float(value)
    return Visits(names, first, count)


def months_to_tell(data: Visits) -> list[tuple[int, int]]:
    """Return (origin, months ahead) of every outcome."""
    size = data.count.shape[1]
    return [
        (origin, ahead)
        for origin in range(FIRST_MONTH, size - 1)
        for ahead in range(1, min(MONTHS_AHEAD, size - 1 - origin) + 1)
    ]


def months_naive(data: Visits) -> Floats:
    """Return what the yardstick says, shape (parks, outcomes)."""
    at = [origin + ahead - 12 for origin, ahead in months_to_tell(data)]
    return data.count[:, at]


def months_came(data: Visits) -> Floats:
    """Return what came, shape (parks, outcomes)."""
    return data.count[:, [origin + ahead for origin, ahead in months_to_tell(data)]]


def mase(data: Visits, told: Floats) -> float:
    """Return the mean absolute scaled error over all parks and outcomes."""
    known = data.count[:, : FIRST_MONTH + 1]
    scale = np.abs(known[:, 12:] - known[:, :-12]).mean(axis=1)
    if np.isnan(told).any():
        raise SystemExit("every outcome has to be forecast")
    return float((np.abs(months_came(data) - told) / scale[:, None]).mean())


def refits(data: Parking) -> list[tuple[date, date]]:
    """Return the spans between refits: from each, to the next."""
    end = data.first + timedelta(days=data.share.shape[1])
    starts = [FIRST_TEST]
    while starts[-1] + timedelta(days=REFIT_DAYS) < end:
        starts.append(starts[-1] + timedelta(days=REFIT_DAYS))
    return list(zip(starts, [*starts[1:], end], strict=True))
