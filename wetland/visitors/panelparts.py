"""Whether a sum of a day or month has all of its parts, as far as the table itself can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

COMPLETE = 0.95  # share of its usual parts that a day or month needs for its sum
NEIGHBOURS = 7  # days before and after, and weeks, that tell what is usual
SELDOM_WHOLE = 0.1  # with more steps that lack parts, the number of parts tells nothing
ALWAYS_OPEN = 0.99


def whole_hours(sizes: pd.DataFrame) -> Bools:
    """Tell which hours have as many parts as hours of their series have as a rule."""
    usual = sizes.groupby("series")["size"].transform("median").to_numpy()
    return _unless_common(sizes, sizes["size"].to_numpy() >= usual)


def whole_days(sizes: pd.DataFrame) -> Bools:
    """Tell which days have (nearly) as many parts as is usual for them.

    Usual is the least of the medians of the days before, of the days after, and of the same weekday
    of the weeks before and after: opening hours may differ by season and weekday, but a day that
    has fewer parts than all of these lost some.

    Parameters
    ----------
    sizes : DataFrame
        ``series``, ``step`` (days from 1970) and ``size``, sorted by series and step.
    """
    usual = np.full(len(sizes), np.inf)
    weekday = sizes["step"] % 7
    for keys in (["series"], ["series", weekday]):
        grouped = sizes.groupby(keys, sort=False)["size"]
        for turned in (False, True):
            found = grouped.transform(_median_before, turned=turned).to_numpy(dtype=np.float64)
            usual = np.fmin(usual, found)
    return _unless_common(sizes, sizes["size"].to_numpy() >= COMPLETE * usual)


def _median_before(sizes: pd.Series, *, turned: bool) -> pd.Series:
    """Return the median of the sizes before each; of those after it where ``turned``."""
    ordered = sizes[::-1] if turned else sizes
    found: pd.Series = ordered.rolling(NEIGHBOURS, min_periods=1).median().shift(1)
    return found[::-1] if turned else found


def whole_months(sizes: pd.DataFrame, days: Ints) -> tuple[Bools, Floats]:
    """Tell which months have (nearly) all of their usual days, and what share of them.

    Parameters
    ----------
    sizes : DataFrame
        ``series`` and ``step`` (months from 1970).
    days : array of int
        Days with a number in each.

    Returns
    -------
    whole : array of bool
    share : array of float
        Of the days of the month; 1 where the series is closed on some days as a rule, so that a
        missing day cannot be told from a closed one.
    """
    months = sizes["step"].to_numpy(dtype=np.int64).astype("datetime64[M]")
    length = (months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")
    share = days / length.astype(np.float64)
    grouped = sizes.assign(share=share).groupby("series")["share"]
    whole = share >= COMPLETE * grouped.transform("median").to_numpy()
    every_day = grouped.transform("max").to_numpy() >= ALWAYS_OPEN
    return whole, np.where(every_day, np.minimum(share, 1.0), 1.0)


def _unless_common(sizes: pd.DataFrame, whole: Bools) -> Bools:
    """Return ``whole``, or doubt the last step of a series only where many lack parts."""
    partly = sizes.assign(partly=~whole).groupby("series")["partly"]
    common = partly.transform("mean").to_numpy() > SELDOM_WHOLE
    last = ~sizes.duplicated("series", keep="last").to_numpy()
    return np.asarray(whole | (common & ~last))
