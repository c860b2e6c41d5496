"""What the weather of a day does to its visitors, learnt from what the days themselves leave over.

At rolling origins the weather that was observed stands for the weather forecast nobody kept: the
gain that is measured is the most a perfect weather forecast can bring, and the page says so.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

HALF_LIFE_DAYS = 30.0  # of the usual weather a day is compared with
RIDGE = 20.0  # days that say nothing, put before the first
MOST_SPREADS = 3.0  # how far from the usual the weather counts
MOST_ERROR = 1.0  # on the logarithm
MOST_COLUMNS = 8

_NO_DAY = text("天气表缺少 day 列", "the weather table has no column day")
_TWICE = text("天气表中 {day} 有多行", "the weather table has several rows of {day}")
_NO_NUMBERS = text("天气表没有数值列", "the weather table has no column of numbers")
_MANY = text(
    "天气表有 {n} 个数值列，最多用 {most} 个",
    "the weather table has {n} columns of numbers, at most {most} are used",
)


@dataclass(frozen=True, eq=False)
class Weather:
    """Numbers of days, shape (days, columns); NaN where nothing is known."""

    names: tuple[str, ...]
    values: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        """Tell of which days everything is known."""
        return np.asarray(~np.isnan(self.values).any(axis=1))


def weather_of(table: pd.DataFrame, first: dt.date, days: int) -> Weather:
    """Return the weather of ``days`` days from ``first`` on.

    Raises
    ------
    InputError
        Without a column ``day``, with a day twice, without numbers, or with too many columns.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import

    if "day" not in table:
        raise InputError(_NO_DAY)
    numbers = table.drop(columns="day").select_dtypes("number").astype(np.float64)
    if not len(numbers.columns):
        raise InputError(_NO_NUMBERS)
    if len(numbers.columns) > MOST_COLUMNS:
        raise InputError(_MANY.fill(n=len(numbers.columns), most=MOST_COLUMNS))
    at = pd.DatetimeIndex(pd.to_datetime(table["day"])).normalize()
    if at.has_duplicates:
        raise InputError(_TWICE.fill(day=at[at.duplicated()][0].date().isoformat()))
    numbers.index = at
    made = numbers.reindex(pd.date_range(first, periods=days, freq="D"))
    values = made.to_numpy(dtype=np.float64)
    return Weather(tuple(map(str, numbers.columns)), np.where(np.isfinite(values), values, np.nan))


def unusual(values: Floats, day: int, ahead: int) -> Floats:
    """Return the weather of a day and ``ahead`` more against what was usual up to that day.

    In standard deviations from the mean, both with a half life of `HALF_LIFE_DAYS`; cut at
    `MOST_SPREADS`; 0 where the weather of a day is not known whole, or nothing is usual yet.
    """
    past = values[: day + 1]
    age = np.arange(len(past))[::-1]
    weight = np.where(np.isnan(past), 0.0, (0.5 ** (age / HALF_LIFE_DAYS))[:, None])
    total = weight.sum(axis=0)
    told = values[day : day + ahead + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (weight * np.nan_to_num(past)).sum(axis=0) / total
        spread = np.sqrt((weight * (np.nan_to_num(past) - mean) ** 2).sum(axis=0) / total)
        made = np.clip((told - mean) / spread, -MOST_SPREADS, MOST_SPREADS)
    made = np.where(np.isfinite(made), made, np.where(np.isnan(told), np.nan, 0.0))
    return np.where(np.isnan(made).any(axis=1, keepdims=True), 0.0, made)


def weather_effects(weather: Weather, errors: Floats, *, horizon: int) -> tuple[Floats, Floats]:
    """Learn day by day what the weather does, from errors of forecasts that knew none.

    Parameters
    ----------
    weather : Weather
        Of the days of the series and ``horizon`` more.
    errors : array of float, shape (series, days)
        What a forecast from the day before was wrong by, on the logarithm.
    horizon : int

    Returns
    -------
    today, ahead : array of float, shape (series, days) and (series, days, horizon)
        The effect on each day by what was known the day before; and on the days after it by what
        was known on it. 0 where the weather is not known.
    """
    series, days = errors.shape
    columns = weather.values.shape[1]
    squares = np.broadcast_to(RIDGE * np.eye(columns), (series, columns, columns)).copy()
    products = np.zeros((series, columns))
    today, ahead = np.zeros((series, days)), np.zeros((series, days, horizon))
    slopes = np.zeros((series, columns))
    for day in range(days):
        seen = unusual(weather.values, day, horizon)
        here = seen[0]
        today[:, day] = slopes @ here
        error = errors[:, day]
        known = ~np.isnan(error)
        squares += np.where(known[:, None, None], np.outer(here, here), 0.0)
        clipped = np.clip(np.where(known, error, 0.0), -MOST_ERROR, MOST_ERROR)
        products += clipped[:, None] * here
        slopes[:] = np.linalg.solve(squares, products[:, :, None])[:, :, 0]
        ahead[:, day] = slopes @ seen[1:].T
    return today, ahead
