"""The time of a series for trends: years with a fraction, seasons, one value for each moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.water.results import usable

if TYPE_CHECKING:
    import pandas as pd

Repeats = Literal["mean", "median", "refuse", "keep"]
Floats = NDArray[np.float64]
SLACK = 1e-6  # of a season: how far a start written as a decimal year may lie below itself
MOST_SEASONS = 366


def calendar_years(dates: pd.Series[Any] | pd.DatetimeIndex) -> Floats:
    """Return days as years: ``year + (month - 1 + (day - 1) / days of the month) / 12``.

    Equal days of the calendar are whole years apart, so that slopes between them divide by whole
    numbers; a month starts at a twelfth of the year. A missing day gives NaN.

    >>> import pandas as pd
    >>> calendar_years(pd.Series(["2020-01-01", "2021-07-01"])).tolist()
    [2020.0, 2021.5]
    """
    import pandas as pd

    at = pd.DatetimeIndex(pd.to_datetime(dates))
    part = (at.day.to_numpy() - 1) / at.days_in_month.to_numpy()
    years: Floats = at.year.to_numpy() + (at.month.to_numpy() - 1 + part) / 12.0
    return np.where(at.isna(), np.nan, years)


def year_of(t: Floats) -> Floats:
    """Return the whole year of times in years."""
    return np.floor(t + SLACK / MOST_SEASONS)


def season_of(t: Floats, period: int) -> NDArray[np.int64]:
    """Return the season, 1 to ``period``, of times in years: 12 seasons are months, 4 quarters.

    Raises
    ------
    InputError
        If ``period`` is not a whole number from 1 to 366.
    """
    if isinstance(period, bool) or not 1 <= period <= MOST_SEASONS or period != int(period):
        raise InputError(
            text(
                "一年的季节数应为 1 至 366 的整数，现为 {period}",
                "a year has 1 to 366 seasons, not {period}",
            ).fill(period=period)
        )
    season = np.floor((t - year_of(t)) * period + SLACK).astype(np.int64) + 1
    return np.clip(season, 1, int(period))


@dataclass(frozen=True)
class Combined:
    """One value for each block and moment; ``row`` is the first row it was made of."""

    t: Floats
    value: Floats
    censored: NDArray[np.int8]
    row: NDArray[np.int64]


def combined(
    t: Floats,
    block: NDArray[np.generic],
    value: Floats,
    *,
    censored: NDArray[np.int8],
    repeats: Repeats,
) -> Combined:
    """Combine the values that share a block and a moment.

    The rule for censored values among them: all below (above) their limits give a value below the
    largest (above the least) limit; where some were measured, values below a limit are taken at
    half of it (the official rule) and values above one at it, and the result counts as measured.

    Raises
    ------
    InputError
        If values repeat and ``repeats`` is "refuse".
    """
    code = np.unique(block, return_inverse=True)[1]
    order = np.lexsort((np.arange(t.size), t, code))
    new = np.ones(t.size, np.bool_)
    new[1:] = (np.diff(code[order]) != 0) | (np.diff(t[order]) != 0)
    starts = np.flatnonzero(new)
    if repeats == "keep" or starts.size == t.size:
        return Combined(t[order], value[order], censored[order], order)
    if repeats == "refuse":
        raise InputError(
            text(
                "同一时段有 {n} 个重复值；请选择取均值或中位数",
                "{n} values repeat a moment: choose their mean or median",
            ).fill(n=t.size - starts.size)
        )
    groups = _Groups(value[order], censored[order], starts)
    below, above = groups.all_are(-1), groups.all_are(1)
    made = np.where(below, groups.reduced(np.maximum), groups.middles(repeats))
    made = np.where(above, groups.reduced(np.minimum), made)
    alone = groups.sizes == 1
    made[alone] = value[order[starts]][alone]
    kind = np.where(below, -1, np.where(above, 1, 0)).astype(np.int8)
    first = order[starts]
    return Combined(t[first], made, kind, first)


@dataclass(frozen=True)
class _Groups:
    """Values that share a block and a moment, one group after the other."""

    value: Floats
    censored: NDArray[np.int8]
    starts: NDArray[np.int64]

    @property
    def sizes(self) -> NDArray[np.int64]:
        return np.diff(np.append(self.starts, self.value.size))

    def all_are(self, code: int) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = np.logical_and.reduceat(self.censored == code, self.starts)
        return found

    def reduced(self, by: np.ufunc) -> Floats:
        return np.asarray(by.reduceat(self.value, self.starts), np.float64)

    def middles(self, repeats: Repeats) -> Floats:
        """Return the means or medians, with values below a limit at half of it."""
        taken = np.where(self.censored == -1, self.value / 2.0, self.value)
        sizes = self.sizes
        if repeats == "mean":
            return np.asarray(np.add.reduceat(taken, self.starts) / sizes, np.float64)
        ordered = taken[np.lexsort((taken, np.repeat(np.arange(sizes.size), sizes)))]
        low, high = self.starts + (sizes - 1) // 2, self.starts + sizes // 2
        return np.asarray((ordered[low] + ordered[high]) / 2.0, np.float64)


def results_series(results: pd.DataFrame) -> pd.DataFrame:
    """Make series for trends from water results.

    Only samples that did not fail their checks are used (suspect ones are). A non-detect that came
    without its limit has no value and is left out.

    Returns
    -------
    DataFrame
        ``station``, ``parameter``, ``t``, ``year``, ``season`` (month), ``value``, ``censored`` (-1
        below a limit, 1 above one, 0 measured), ``synthetic``; sorted by station, parameter and t.
    """
    import pandas as pd

    used = usable(results)
    used = used[used["value"].notna()]
    t = calendar_years(used["sampled_on"])
    kinds = used["censoring"].map({"below": -1, "none": 0, "above": 1}).astype("int8")
    frame = pd.DataFrame(
        {
            "station": used["station"].astype(str).to_numpy(),
            "parameter": used["parameter"].astype(str).to_numpy(),
            "t": t,
            "year": year_of(t).astype(np.int64),
            "season": season_of(t, 12),
            "value": used["value"].to_numpy(np.float64),
            "censored": kinds.to_numpy(),
            "synthetic": used["synthetic"].fillna(False).astype(bool).to_numpy()
            if "synthetic" in used
            else False,
        }
    )
    return frame.sort_values(["station", "parameter", "t"], kind="stable", ignore_index=True)
