"""What holidays do that lie in another month than in the years before (Spring Festival).

The season of a month holds the holidays it usually has. What a day of holidays more or less does is
learnt from the errors of forecasts that knew none, of all series together.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from wetland.visitors.calendar import Calendar

Floats = NDArray[np.float64]

REMEMBERED = 0.5  # of what was usual, from one year to the next
RIDGE = 100.0  # squared days that say nothing, put before the first
MOST_ERROR = 1.0  # on the logarithm


def moved_holidays(calendar: Calendar, first: tuple[int, int], months: int) -> Floats:
    """Return by how many days of holidays each month differs from what was usual for it.

    Usual is the mean of the same month of earlier years the calendar knows, each year half of the
    next. 0 where the year is not known, and without an earlier year.
    """
    counted: dict[tuple[int, int], float] = {}
    for day, told in calendar.holidays.items():
        if told.off and day.year in calendar.years:
            counted[day.year, day.month] = counted.get((day.year, day.month), 0.0) + 1.0
    made = np.zeros(months)
    for i in range(months):
        year, month = divmod(first[0] * 12 + first[1] - 1 + i, 12)
        before = [y for y in sorted(calendar.years) if y < year]
        if year in calendar.years and before:
            weights = np.array([REMEMBERED ** (year - 1 - y) for y in before])
            past = np.array([counted.get((y, month + 1), 0.0) for y in before])
            made[i] = counted.get((year, month + 1), 0.0) - float(weights @ past / weights.sum())
    return made


def holiday_effects(moved: Floats, errors: Floats, *, horizon: int) -> tuple[Floats, Floats]:
    """Learn month by month what a day of holidays more does.

    Parameters
    ----------
    moved : array of float, shape (months + horizon,)
        `moved_holidays`.
    errors : array of float, shape (series, months)
        What forecasts of the month before were wrong by, on the logarithm.
    horizon : int

    Returns
    -------
    today, ahead : array of float, shape (months,) and (months, horizon)
        The effect on each month by what was known the month before; and on the months after it by
        what was known at its end.
    """
    months = errors.shape[1]
    today, ahead = np.zeros(months), np.zeros((months, horizon))
    squares, products = RIDGE, 0.0
    for month in range(months):
        here = moved[month]
        today[month] = products / squares * here
        error = errors[:, month]
        error = np.clip(error[~np.isnan(error)], -MOST_ERROR, MOST_ERROR)
        if len(error):
            squares += here**2
            products += here * float(np.median(error))
        ahead[month] = products / squares * moved[month + 1 : month + 1 + horizon]
    return today, ahead


def years_unknown(calendar: Calendar, first: tuple[int, int], months: int) -> list[int]:
    """Return the years of a span of months that the calendar does not know."""
    start = dt.date(first[0], first[1], 1)
    last = first[0] * 12 + first[1] - 1 + months - 1
    return calendar.unknown_years(start, dt.date(last // 12, last % 12 + 1, 1))
