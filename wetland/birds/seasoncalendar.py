"""Which days belong to which season (计数季), and what a season is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import text
from wetland.birds.species import CountSeason

Years = NDArray[np.int64]

NO_SEASON = -(2**31)
YEAR = CountSeason(name=text("全年", "year"), months=tuple(range(1, 13)))


def first_month(months: Sequence[int]) -> int:
    """Return the month a season begins with: the one after the longest gap of the year.

    Of several equal gaps, and of a season of twelve months, the month that was told first decides
    (else the earliest one).

    Examples
    --------
    >>> first_month((11, 12, 1, 2, 3)), first_month((1, 2, 3, 11, 12)), first_month((4, 5, 6))
    (11, 11, 4)
    """
    told = sorted(set(months))
    gaps = {month: (month - told[k - 1] - 1) % 12 for k, month in enumerate(told)}
    widest = max(gaps.values())
    starts = [month for month in told if gaps[month] == widest]
    return months[0] if months[0] in starts else starts[0]


def season_years(days: Sequence[dt.date], season: CountSeason) -> Years:
    """Return the season that each day belongs to, by the year it begins in.

    A day outside the months of the season has `NO_SEASON`.

    Examples
    --------
    >>> winter = CountSeason(name=text("冬季", "winter"), months=(11, 12, 1, 2, 3))
    >>> season_years([dt.date(2023, 11, 1), dt.date(2024, 3, 31)], winter).tolist()
    [2023, 2023]
    >>> season_years([dt.date(2024, 5, 1)], winter).tolist() == [NO_SEASON]
    True
    """
    stamps = np.array([np.datetime64(day) for day in days], dtype="datetime64[M]").astype(np.int64)
    years, months = stamps // 12 + 1970, stamps % 12 + 1
    within = np.isin(months, np.array(sorted(set(season.months))))
    start = first_month(season.months)
    out: Years = np.where(within, np.where(months >= start, years, years - 1), NO_SEASON)
    return out


def season_end(year: int, season: CountSeason) -> dt.date:
    """Return the last day of a season that begins in a year.

    Examples
    --------
    >>> season_end(2023, CountSeason(name=text("冬季", "winter"), months=(11, 12, 1, 2)))
    datetime.date(2024, 2, 29)
    """
    start = first_month(season.months)
    last = max(season.months, key=lambda month: (month - start) % 12)
    ahead = year + (1 if last < start else 0)
    following = dt.date(ahead + last // 12, last % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def season_begin(year: int, season: CountSeason) -> dt.date:
    """Return the first day of a season that begins in a year."""
    return dt.date(year, first_month(season.months), 1)


def season_label(year: int, season: CountSeason) -> str:
    """Return what a season is written as: "2023", or "2023/24" where it goes over the year's end.

    Examples
    --------
    >>> winter = CountSeason(name=text("冬季", "winter"), months=(11, 12, 1, 2, 3))
    >>> season_label(2023, winter), season_label(2023, YEAR)
    ('2023/24', '2023')
    """
    ends = season_end(year, season).year
    return str(year) if ends == year else f"{year}/{ends % 100:02d}"
