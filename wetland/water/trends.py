"""Trends of series (水质趋势): one test for each station and parameter, or for a whole region."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.kendall import Autocorrelation as Serial
from wetland.statistics.kendall import mann_kendall
from wetland.statistics.kendallseasons import regional_kendall, seasonal_kendall
from wetland.statistics.pettitt import pettitt
from wetland.statistics.trendtest import DIRECTIONS, TrendTest, normal_quantile
from wetland.water.seriestime import Repeats, season_of
from wetland.water.seriestime import calendar_years as calendar_years
from wetland.water.seriestime import results_series as results_series
from wetland.water.trendparts import (
    AUTOCORRELATIONS,
    METHODS,
    Autocorrelation,
    How,
    Method,
    Part,
    judged_together,
    parts_of,
)
from wetland.water.trendparts import REGION as REGION

if TYPE_CHECKING:
    import pandas as pd

SURE = 0.001  # smaller p are written as "< 0.001"

COLUMNS = (
    "station", "parameter", "method", "s", "var_s", "z", "p_value", "slope_per_year", "lower",
    "upper", "n", "tau", "intercept", "alpha", "autocorrelation", "censored", "first", "last",
    "direction", "change_point", "change_p", "before", "after", "words", "notes", "synthetic",
)  # fmt: skip

_UNKNOWN = text(
    "{what}没有 {name} 这一项；可用：{names}", "{what} cannot be {name}; there are {names}"
)
_SERIAL_SEASONS = text(
    "季节性与区域 Kendall 检验的自相关修正为 hirsch_slack，而不是 {name}",
    "the seasonal and the regional test are corrected by hirsch_slack, not by {name}",
)
_SERIAL_PLAIN = text(
    "hirsch_slack 修正用于季节性或区域 Kendall 检验",
    "hirsch_slack corrects the seasonal or the regional test",
)
_WORDS = text(
    "{direction}：每年 {slope}（{level}% 区间 {lower} 至 {upper}），p {p}，n = {n}",
    "{direction}: {slope} per year ({level} % interval {lower} to {upper}), p {p}, n = {n}",
)
_WORDS_ALONE = text(
    "{direction}：每年 {slope}（值太少，无区间），p {p}，n = {n}",
    "{direction}: {slope} per year (too few values for an interval), p {p}, n = {n}",
)
_UNTOLD = text("数据不足，无法检验趋势（n = {n}）", "too few values to test a trend (n = {n})")


def trends(
    series: pd.DataFrame,
    *,
    method: Method = "seasonal_kendall",
    period: int = 12,
    alpha: float = 0.05,
    repeats: Repeats = "mean",
    autocorrelation: Autocorrelation = "none",
) -> pd.DataFrame:
    """Test every series of a table for a monotonic trend.

    Parameters
    ----------
    series
        ``station``, ``parameter``, ``t`` (years), ``value`` and perhaps ``censored`` (True or -1:
        ``value`` is a limit that the true value lies below; 1: above) and ``synthetic``. Rows
        without a time or a value are left out (``n`` tells how many values a test had); other
        columns are not read.
    method
        "mann_kendall" compares all values of a series; "seasonal_kendall" those of one season;
        "regional_kendall" tests one trend over all stations, with the stations as blocks.
    period
        Seasons of a year, 1 to 366: 12 are months, 4 quarters. Season and year come from ``t``.
    alpha
        Significance for direction and intervals.
    repeats
        What becomes of several values of a station in one season of a year (one year for the
        regional test, one moment for the plain test): "mean", "median", "refuse", or "keep" them
        all, uncompared with each other. Rules for censored values are in
        `wetland.water.seriestime.combined`.
    autocorrelation
        "hirsch_slack" for the seasonal and the regional test; "hamed_rao", "yue_wang",
        "pre_whitening" and "trend_free_pre_whitening" for the plain one, which then takes one
        value for each season.

    Returns
    -------
    DataFrame
        One row for each station and parameter (each parameter, station ``*``, for the regional
        test), sorted: the numbers of `TrendTest`; ``change_point`` is the time of the first value
        after the change that Pettitt's test finds most likely (values less the median of their
        season for the seasonal test; all values up to the highest limit of non-detects tie), with
        its p and the medians before and after (non-detects at half their limit); ``words`` says
        it all in a sentence (`Text`), ``notes`` what a reader has to know (list of `Text`).

    Raises
    ------
    InputError
        A choice that does not exist, columns that are missing, repeats that were to be refused.
    """
    import pandas as pd

    how = How(method, period, alpha, repeats, autocorrelation)
    _check(series, how)
    parts = parts_of(series, how)
    done = judged_together(parts, how)
    rows = [_row(part, done.get(k) or _test(part, how), how) for k, part in enumerate(parts)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _check(series: pd.DataFrame, how: How) -> None:
    choices: tuple[tuple[Text, str, tuple[str, ...]], ...] = (
        (text("方法", "method"), how.method, METHODS),
        (text("重复值的处理", "repeats"), how.repeats, get_args(Repeats)),
        (text("自相关修正", "autocorrelation"), how.autocorrelation, AUTOCORRELATIONS),
    )
    for what, name, names in choices:
        if name not in names:
            raise InputError(_UNKNOWN.fill(what=what, name=name, names=", ".join(names)))
    if how.method == "mann_kendall" and how.autocorrelation == "hirsch_slack":
        raise InputError(_SERIAL_PLAIN)
    if how.method != "mann_kendall" and how.autocorrelation not in ("none", "hirsch_slack"):
        raise InputError(_SERIAL_SEASONS.fill(name=how.autocorrelation))
    missing = sorted({"station", "parameter", "t", "value"} - set(series.columns))
    if missing:
        raise InputError(
            text("缺少列：{names}", "columns are missing: {names}").fill(names=", ".join(missing))
        )
    normal_quantile(how.alpha)
    season_of(np.zeros(1), how.period)


def _row(part: Part, found: TrendTest, how: How) -> dict[str, object]:
    change = _change(part, how)
    told = not math.isnan(found.slope) and not math.isnan(found.p_value)
    return {
        "station": part.station,
        "parameter": part.parameter,
        "method": how.method,
        "s": found.s,
        "var_s": found.var_s,
        "z": found.z,
        "p_value": found.p_value if found.n > 1 else math.nan,
        "slope_per_year": found.slope,
        "lower": found.lower,
        "upper": found.upper,
        "n": found.n,
        "tau": found.tau,
        "intercept": found.intercept,
        "alpha": how.alpha,
        "autocorrelation": how.autocorrelation,
        "censored": int((part.censored != 0).sum()),
        "first": float(part.t.min(initial=math.inf)) if found.n else math.nan,
        "last": float(part.t.max(initial=-math.inf)) if found.n else math.nan,
        "direction": found.direction if told else None,
        **change,
        "words": words_of(found) if told else _UNTOLD.fill(n=found.n),
        "notes": list(found.notes),
        "synthetic": part.synthetic,
    }


def _test(part: Part, how: How) -> TrendTest:
    if how.method == "mann_kendall":
        serial: Serial = "none" if how.autocorrelation == "hirsch_slack" else how.autocorrelation
        return mann_kendall(
            part.year, part.value, censored=part.censored, alpha=how.alpha, autocorrelation=serial
        )
    test: Callable[..., TrendTest] = (
        seasonal_kendall if how.method == "seasonal_kendall" else regional_kendall
    )
    return test(
        part.year,
        part.block,
        part.value,
        censored=part.censored,
        correlated=how.autocorrelation == "hirsch_slack",
        alpha=how.alpha,
    )


def _change(part: Part, how: How) -> dict[str, float]:
    none = dict.fromkeys(("change_point", "change_p", "before", "after"), math.nan)
    if how.method == "regional_kendall" or part.value.size < 2:
        return none
    order = np.argsort(part.t, kind="stable")
    t, codes = part.t[order], part.censored[order]
    value = np.where(codes == -1, part.value[order] / 2.0, part.value[order])
    judged = tied_at_limits(part.value[order], codes)
    if how.method == "seasonal_kendall":
        judged = judged - season_medians(judged, part.block[order])
    found = pettitt(judged)
    if found.u == 0.0 or not found.last_before:
        return none
    cut = found.last_before[0] + 1
    return {
        "change_point": float(t[cut]) if cut < t.size else math.nan,
        "change_p": found.p_value,
        "before": float(np.median(value[:cut])),
        "after": float(np.median(value[cut:])) if cut < t.size else math.nan,
    }


def tied_at_limits(value: NDArray[np.float64], codes: NDArray[np.int8]) -> NDArray[np.float64]:
    """Return values whose order is certain.

    All up to the highest limit that values lie below tie, and all from the lowest that values lie
    above.
    """
    lowest = value[codes == -1].max(initial=-math.inf)
    highest = value[codes == 1].min(initial=math.inf)
    return np.clip(value, lowest, max(highest, lowest))


def season_medians(value: NDArray[np.float64], block: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return for each value the median of its season."""
    medians = np.empty(value.size)
    for season in np.unique(block):
        own = block == season
        medians[own] = np.median(value[own])
    return medians


def words_of(found: TrendTest) -> Text:
    """Say a result in one sentence: direction, slope with interval, p and n."""
    p = f"< {SURE}" if found.p_value < SURE else f"= {found.p_value:.3f}"
    untold = math.isnan(found.lower) or math.isnan(found.upper)
    return (_WORDS_ALONE if untold else _WORDS).fill(
        direction=DIRECTIONS[found.direction],
        slope=f"{found.slope:+.3g}" if found.slope else "0",
        level=f"{100 * (1 - found.alpha):g}",
        lower=f"{found.lower:.3g}",
        upper=f"{found.upper:.3g}",
        p=p,
        n=found.n,
    )
