"""Sudden change (突变): a result beyond what the history of its station and season expects.

For each result the same season of the years before is the history; its median and a robust scale
(Qn) make a prediction limit for one more result. Nothing is assumed of other stations, and nothing
is said where the history is too short or mostly below the detection limit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.water.rowtables import table_of

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

YEAR_DAYS = 365.25
MOST_HISTORY = 200  # values of a longer history are taken at even steps for the scale
_EPOCH = dt.date(1970, 1, 1).toordinal()
_QN = 2.2219  # makes Qn the standard deviation of a normal law
_DF = 0.7  # degrees of freedom per value: Qn is less sure than the standard deviation


@dataclass(frozen=True, slots=True)
class SuddenRule:
    """When a result is a sudden change.

    Parameters
    ----------
    years
        How many years back the history reaches.
    season_days
        How far from the day of the year a result may be to count as of the season.
    least
        Fewest values of a history.
    least_years
        Fewest different years of a history.
    alpha
        How often a result would lie beyond a limit by chance, on one side.
    floor_log, floor
        Smallest scale: of logarithms (0.1 is some 10 %), and of values that are not logarithms, in
        units of the last digit that the parameter is given with.
    most_censored
        Largest share of non-detects a history may have.
    """

    years: int = 5
    season_days: int = 45
    least: int = 8
    least_years: int = 3
    alpha: float = 0.001
    floor_log: float = 0.1
    floor: float = 1.0
    most_censored: float = 0.5


@dataclass(frozen=True, slots=True)
class Scale:
    """How the values of a parameter are compared.

    Parameters
    ----------
    logarithm
        Compare logarithms: concentrations are skewed and changes of them are factors.
    upper, lower
        Whether a result above, or below, its limit is a change for the worse.
    digit
        The last digit the parameter is given with, in its unit.
    """

    logarithm: bool
    upper: bool
    lower: bool
    digit: float


def robust_scale(values: Floats) -> float:
    """Return Qn: a scale that half of the values may be wrong without ruining.

    The quarter-way order statistic of all distances between two values, so made that it is the
    standard deviation of a normal law; corrected for few values. Zero where most values are equal.

    References
    ----------
    Rousseeuw and Croux (1993), Alternatives to the median absolute deviation, JASA 88, 1273-1283.

    Examples
    --------
    >>> round(robust_scale(np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 1000])), 2)
    3.22
    """
    size = len(values)
    if size < 2:
        return 0.0
    first, second = np.triu_indices(size, 1)
    half = size // 2 + 1
    nth = half * (half - 1) // 2 - 1
    distance = np.partition(np.abs(values[first] - values[second]), nth)[nth]
    return float(_QN * distance * _few(size))


def _few(size: int) -> float:
    """Return the correction of Qn for few values (Croux and Rousseeuw 1992)."""
    known = {2: 0.399, 3: 0.994, 4: 0.512, 5: 0.844, 6: 0.611, 7: 0.857, 8: 0.669, 9: 0.872}
    return known.get(size, size / (size + (1.4 if size % 2 else 3.8)))


def prediction_width(history: Floats, *, years: int, alpha: float, floor: float) -> float:
    """Return how far from its history's median one more value may lie.

    ``t(1-alpha, df) * max(Qn, floor) * sqrt(1 + pi / 2n)``, where ``n`` is the number of values,
    but no more than three for each year (values close in time say the same), and
    ``df = 0.7 (n - 1)``.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - the command line starts without it

    size = min(len(history), 3 * years)
    scale = max(robust_scale(history), floor)
    factor = -float(stdtrit(_DF * (size - 1), alpha))
    return factor * scale * float(np.sqrt(1 + np.pi / (2 * size)))


def sudden_changes(
    results: pd.DataFrame,
    scales: Mapping[str, Scale],
    *,
    since: dt.date | None = None,
    rule: SuddenRule | None = None,
) -> pd.DataFrame:
    """Return the results that lie beyond the prediction limit of their own history.

    Parameters
    ----------
    results
        Usable rows of `WATER_RESULTS`. A non-detect counts half its limit in a history.
    scales
        How each parameter is compared; parameters without are left out.
    since
        Judge results from this day on; all by default.

    Returns
    -------
    DataFrame
        ``row`` (index label in ``results``), ``station``, ``parameter``, ``sampled_on``,
        ``value``, ``side`` (upper or lower), ``median``, ``limit``, ``beyond`` (distance from the
        median in widths of the limit: above 1), ``n``, ``years``, ``first_on``, ``last_on``,
        ``censored`` (non-detects of the history).

    Notes
    -----
    Rule of decision: the history are results of the station and parameter of the ``rule.years``
    years before, at most ``season_days`` from the same day of those years. Where it has too few
    values or years, or too many non-detects, nothing is said. A value on the limit is within it.
    """
    rule = rule or SuddenRule()
    known = results[results["parameter"].isin(scales) & results["value"].notna()]
    found: list[dict[str, Any]] = []
    for key, series in known.groupby(["station", "parameter"], sort=True):
        found += _of_series(series, scales[str(key[1])], since, rule)
    return table_of(found, _COLUMNS)


_COLUMNS = (
    "row", "station", "parameter", "sampled_on", "value", "side", "median", "limit", "beyond",
    "n", "years", "first_on", "last_on", "censored",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Series:
    """One station's results of one parameter, in days since 1970 and compared values."""

    days: NDArray[np.int64]
    compared: Floats
    usable: Bools
    below: Bools
    above: Bools


@dataclass(frozen=True, slots=True)
class _Limits:
    median: float
    width: float
    n: int
    years: int
    days: tuple[int, int]
    censored: int


def _of_series(
    series: pd.DataFrame, scale: Scale, since: dt.date | None, rule: SuddenRule
) -> list[dict[str, Any]]:
    order = np.argsort([day.toordinal() for day in series["sampled_on"]], kind="stable")
    series = series.iloc[order]
    held = _held(series, scale)
    first = _day(since) if since is not None else int(held.days.min())
    of_day: dict[int, _Limits | None] = {}  # results of one day have one history
    found = []
    for at in np.flatnonzero((held.days >= first) & held.usable).tolist():
        day = int(held.days[at])
        if day not in of_day:
            of_day[day] = _limits(held, day, scale, rule)
        limits = of_day[day]
        side = None if limits is None else _side(held, at, limits, scale)
        if limits is not None and side is not None:
            found.append(_row(series, held, (at, side), limits, scale))
    return found


def _held(series: pd.DataFrame, scale: Scale) -> _Series:
    value = series["value"].to_numpy(dtype=np.float64)
    below = (series["censoring"] == "below").to_numpy(dtype=bool)
    usable = value > 0 if scale.logarithm else np.isfinite(value)
    known = np.where(usable, value, 1.0)
    return _Series(
        days=np.array([_day(day) for day in series["sampled_on"]], dtype=np.int64),
        compared=np.log(known) if scale.logarithm else known,
        usable=usable,
        below=below,
        above=(series["censoring"] == "above").to_numpy(dtype=bool),
    )


def _day(day: dt.date) -> int:
    return day.toordinal() - _EPOCH


def _limits(held: _Series, day: int, scale: Scale, rule: SuddenRule) -> _Limits | None:
    """Return the prediction limits of one day; None where its history says too little."""
    seasons = [_season(held, day, back, rule) for back in range(rule.years, 0, -1)]
    chosen = np.concatenate(seasons)
    years = sum(len(season) > 0 for season in seasons)
    if len(chosen) < rule.least or years < rule.least_years:
        return None
    below = held.below[chosen]
    if below.mean() > rule.most_censored:
        return None
    half = np.log(2.0) if scale.logarithm else held.compared[chosen] / 2
    history = np.where(below, held.compared[chosen] - half, held.compared[chosen])
    thin = history[:: -(-len(history) // MOST_HISTORY)]
    floor = rule.floor_log if scale.logarithm else rule.floor * scale.digit
    width = prediction_width(thin, years=years, alpha=rule.alpha, floor=floor)
    days = held.days[chosen]
    return _Limits(
        median=float(np.median(history)), width=width, n=len(days), years=years,
        days=(int(days.min()), int(days.max())), censored=int(below.sum()),
    )  # fmt: skip


def _season(held: _Series, day: int, back: int, rule: SuddenRule) -> NDArray[np.intp]:
    """Return the usable results of the same season so many years before."""
    middle = day - back * YEAR_DAYS
    first = np.searchsorted(held.days, middle - rule.season_days, side="left")
    last = np.searchsorted(held.days, middle + rule.season_days, side="right")
    rows = np.arange(first, last)
    return rows[held.usable[rows]]


def _side(held: _Series, at: int, limits: _Limits, scale: Scale) -> str | None:
    """Tell beyond which limit a result surely lies.

    A non-detect may be zero, so it is beyond no upper limit, and beyond a lower one only where the
    detection limit is; a result above the range of the method the other way round.
    """
    off = held.compared[at] - limits.median
    if scale.upper and not held.below[at] and off > limits.width:
        return "upper"
    if scale.lower and not held.above[at] and -off > limits.width:
        return "lower"
    return None


def _row(
    series: pd.DataFrame, held: _Series, what: tuple[int, str], limits: _Limits, scale: Scale
) -> dict[str, Any]:
    at, side = what
    edge = limits.median + (limits.width if side == "upper" else -limits.width)
    back = np.exp if scale.logarithm else float
    row = series.iloc[at]
    return {
        "row": series.index[at],
        "station": row["station"],
        "parameter": row["parameter"],
        "sampled_on": row["sampled_on"],
        "value": float(row["value"]),
        "side": side,
        "median": float(back(limits.median)),
        "limit": float(back(edge)),
        "beyond": abs(float(held.compared[at]) - limits.median) / limits.width,
        "n": limits.n,
        "years": limits.years,
        "first_on": dt.date.fromordinal(limits.days[0] + _EPOCH),
        "last_on": dt.date.fromordinal(limits.days[1] + _EPOCH),
        "censored": limits.censored,
    }
