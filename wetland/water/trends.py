"""Trends of series (水质趋势): one test for each station and parameter, or for a whole region."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.kendall import Autocorrelation as Serial
from wetland.statistics.kendall import mann_kendall
from wetland.statistics.kendallseasons import regional_kendall, seasonal_kendall
from wetland.statistics.pettitt import pettitt
from wetland.statistics.trendtest import DIRECTIONS, TrendTest, normal_quantile
from wetland.water.seriestime import Repeats, combined, season_of, year_of
from wetland.water.seriestime import calendar_years as calendar_years
from wetland.water.seriestime import results_series as results_series

if TYPE_CHECKING:
    import pandas as pd

Method = Literal["mann_kendall", "seasonal_kendall", "regional_kendall"]
Autocorrelation = Literal[
    "none", "hamed_rao", "yue_wang", "pre_whitening", "trend_free_pre_whitening", "hirsch_slack"
]
METHODS: tuple[Method, ...] = get_args(Method)
AUTOCORRELATIONS: tuple[Autocorrelation, ...] = get_args(Autocorrelation)
REGION = "*"
SURE = 0.001  # smaller p are written as "< 0.001"

METHOD_WORDS: dict[Method, Text] = {
    "mann_kendall": text("Mann-Kendall 检验", "Mann-Kendall test"),
    "seasonal_kendall": text("季节性 Kendall 检验", "seasonal Kendall test"),
    "regional_kendall": text("区域 Kendall 检验", "regional Kendall test"),
}
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
_UNTOLD = text("数据不足，无法检验趋势（n = {n}）", "too few values to test a trend (n = {n})")


@dataclass(frozen=True)
class _How:
    """What was asked for."""

    method: Method
    period: int
    alpha: float
    repeats: Repeats
    autocorrelation: Autocorrelation


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
        ``value`` is a limit that the true value lies below; 1: above) and ``synthetic``. Other
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
        season for the seasonal test), with its p and the medians before and after; ``words`` says
        it all in a sentence (`Text`), ``notes`` what a reader has to know (list of `Text`).

    Raises
    ------
    InputError
        A choice that does not exist, columns that are missing, repeats that were to be refused.
    """
    import pandas as pd

    how = _How(method, period, alpha, repeats, autocorrelation)
    _check(series, how)
    rows = [_row(station, parameter, part, how) for station, parameter, part in _parts(series, how)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _check(series: pd.DataFrame, how: _How) -> None:
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


@dataclass(frozen=True)
class _Part:
    """The values of one test, combined where they repeat; ``block`` is the season or station."""

    t: NDArray[np.float64]
    year: NDArray[np.float64]
    block: NDArray[np.generic]
    value: NDArray[np.float64]
    censored: NDArray[np.int8]
    synthetic: bool


def _parts(series: pd.DataFrame, how: _How) -> Iterator[tuple[str, str, _Part]]:
    keys = ["parameter"] if how.method == "regional_kendall" else ["station", "parameter"]
    for key, rows in series.groupby(keys, sort=True, observed=True):
        names = tuple(np.atleast_1d(np.asarray(key, object)))
        station = REGION if how.method == "regional_kendall" else str(names[0])
        yield station, str(names[-1]), _part(rows, how)


def _part(rows: pd.DataFrame, how: _How) -> _Part:
    t = rows["t"].to_numpy(np.float64)
    value = rows["value"].to_numpy(np.float64)
    censored = censoring_of(rows)
    synthetic = "synthetic" in rows and bool(rows["synthetic"].fillna(False).any())
    kept = ~np.isnan(value) & ~np.isnan(t)
    t, value, censored = t[kept], value[kept], censored[kept]
    year, season = year_of(t), season_of(t, how.period)
    block: NDArray[np.generic] = season
    at = t  # the moment that may repeat, which is the time the test takes
    if how.method == "mann_kendall":
        if how.autocorrelation != "none":
            at = year + (season - 1.0) / how.period
    elif how.repeats != "keep":
        at = year
    if how.method == "regional_kendall":
        block = rows["station"].to_numpy()[kept].astype(str)
    plain = how.method == "mann_kendall"
    groups = np.zeros(t.size, np.int64) if plain else block
    done = combined(at, groups, value, censored=censored, repeats=how.repeats)
    return _Part(t[done.row], done.t, groups[done.row], done.value, done.censored, synthetic)


def censoring_of(rows: pd.DataFrame) -> NDArray[np.int8]:
    """Return -1 for values below a limit, 1 for values above one, 0 for measured ones."""
    if "censored" not in rows:
        return np.zeros(len(rows), np.int8)
    told = rows["censored"]
    if told.dtype.kind == "b":
        return -told.to_numpy().astype(np.int8)
    return np.asarray(told.fillna(0), np.int8)


def _row(station: str, parameter: str, part: _Part, how: _How) -> dict[str, object]:
    found = _test(part, how)
    change = _change(part, how)
    told = not math.isnan(found.slope) and not math.isnan(found.p_value)
    return {
        "station": station,
        "parameter": parameter,
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


def _test(part: _Part, how: _How) -> TrendTest:
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


def _change(part: _Part, how: _How) -> dict[str, float]:
    none = dict.fromkeys(("change_point", "change_p", "before", "after"), math.nan)
    if how.method == "regional_kendall" or part.value.size < 2:
        return none
    order = np.argsort(part.t, kind="stable")
    value, t = part.value[order], part.t[order]
    judged = value
    if how.method == "seasonal_kendall":
        judged = value - season_medians(value, part.block[order])
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
    return _WORDS.fill(
        direction=DIRECTIONS[found.direction],
        slope=f"{found.slope:+.3g}",
        level=f"{100 * (1 - found.alpha):g}",
        lower=f"{found.lower:.3g}",
        upper=f"{found.upper:.3g}",
        p=p,
        n=found.n,
    )
