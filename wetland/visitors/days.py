"""Forecasts of daily numbers, 1 to 14 days ahead."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.forecast import forecast
from wetland.visitors.calendar import Calendar
from wetland.visitors.told import Told

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

DAYS_AHEAD = 14

_BAD = text(
    "天数或 alpha 不对：提前 1 至 {most} 天，alpha 在 0 与 1 之间",
    "days ahead must be 1 to {most}, alpha between 0 and 1",
)


def forecast_days(
    values: Floats,
    *,
    first: dt.date,
    horizon: int = DAYS_AHEAD,
    alpha: float = 0.1,
    calendar: Calendar | None = None,
    weather: pd.DataFrame | None = None,
) -> Told:
    """Forecast daily numbers of one series.

    Parameters
    ----------
    values : array of float
        In any unit, never below 0; NaN where nothing is known.
    first : date
        Of the first value.
    horizon : int
        Days after the last value, 1 to 14.
    alpha : float
        One less the coverage that is wanted of the intervals.
    calendar : Calendar, optional
        Holidays, make-up working days, events and closures.
    weather : DataFrame, optional
        ``day`` and numbers; also of the days ahead (a weather forecast).

    Returns
    -------
    Told

    Raises
    ------
    InputError
        For a horizon or an alpha out of range.
    """
    if not 1 <= horizon <= DAYS_AHEAD or not 0 < alpha < 1:
        raise InputError(_BAD.fill(most=DAYS_AHEAD))
    given = np.asarray(values, dtype=np.float64)
    used = np.where(given >= 0, given, np.nan)
    made = forecast(used, horizon=horizon, period=7, alpha=alpha, scale="log1p")
    told = np.full((3, horizon), np.nan)
    if len(made.frame):
        at = made.frame["lead"].to_numpy() - 1
        told[:, at] = made.frame[["mean", "lower", "upper"]].to_numpy().T
    told = np.maximum(told, 0.0)
    return Told(told[0], told[1], told[2], made.model, made.evaluation, made.shown, made.reason)
