"""Means with non-detects two ways (未检出值的两种口径): official, and what the values really tell.

``official`` statistics put half the limit for every non-detect. Beside them stand the statistical
methods of `wetland.statistics.censored`, so that a reader sees how much of a mean is convention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.censored import METHODS, QUANTILES, Method, Summary, summarise
from wetland.water.parameters import parameters
from wetland.water.periods import written
from wetland.water.resultrows import days_of
from wetland.water.results import usable

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Over = Literal["all", "year", "quarter", "month"]

_OVERS = ("all", "year", "quarter", "month")
_LOGARITHMS = ("ros", "mle")

_ABOVE = text(
    "{n} 个结果高于测定上限，真值不明，此方法不适用",
    "{n} results are above the upper limit, nobody knows by how much: not for this method",
)
_ABOVE_HALF = text(
    "{n} 个结果高于测定上限，按上限计", "{n} results above the upper limit, taken at it"
)
_ZERO = text(
    "{n} 个数值不大于 0，无法取对数",
    "{n} values are 0 or less and have no logarithm: not for this method",
)


def nondetect_summaries(
    results: pd.DataFrame,
    *,
    methods: Sequence[str] = ("half", "kaplan_meier"),
    per: Over = "all",
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Summarise every station's results of every parameter, by each method beside the other.

    Parameters
    ----------
    results
        Rows of `WATER_RESULTS`; only usable ones count (`wetland.water.results.usable`).
    methods
        Of `wetland.statistics.censored.METHODS`; ``half`` is the official one.
    per
        ``all``: one summary of all results; or one for each year, quarter or month.
    confidence, seed
        As for `wetland.statistics.censored.summarise`.

    Returns
    -------
    DataFrame
        station, parameter, period (None for ``all``), method, n, censored, mean, sd, median, p10,
        p25, p75, p90, lower and upper (interval of the mean), unknown_below, left_out, notes
        (list of `Text`), synthetic; sorted. Numbers are NaN where the method cannot tell, and the
        notes say why.

    Notes
    -----
    Every result has the same weight (official means of years weigh months; see
    `wetland.water.results.period_means`). pH: mean and interval through hydrogen ions, the rest of
    pH itself. A result above an upper limit counts at the limit for ``half``; the other methods
    refuse then, and those that take logarithms where a value is 0 or less.

    Raises
    ------
    InputError
        An unknown method or period.
    """
    import pandas as pd  # noqa: PLC0415 - the command line starts without it

    if per not in _OVERS or (set(methods) - set(METHODS)):
        raise InputError(
            text("不认识的方法或时段；方法：{m}；时段：{p}",
                 "unknown method or period; methods: {m}; periods: {p}").fill(
                m=", ".join(METHODS), p=", ".join(_OVERS))
        )  # fmt: skip
    chosen = [method for method in METHODS if method in set(methods)]
    used = usable(results)
    rows: list[dict[str, Any]] = []
    period = np.full(len(used), "") if per == "all" else written(days_of(used["sampled_on"]), per)
    by = [used["station"], used["parameter"], period]
    for key, part in used.groupby(by, sort=True):
        station, code, when = (str(k) for k in key)
        synthetic = "synthetic" in part and bool(part["synthetic"].fillna(False).any())
        for method in chosen:
            found = _one(part, code, method, confidence, seed)
            named = {"station": station, "parameter": code, "period": when or None}
            rows.append(named | _row(found) | {"synthetic": synthetic})
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    frame["period"] = pd.Series([row["period"] for row in rows], dtype=object)
    return frame


_COLUMNS = (
    "station", "parameter", "period", "method", "n", "censored", "mean", "sd", "median", "p10",
    "p25", "p75", "p90", "lower", "upper", "unknown_below", "left_out", "notes", "synthetic",
)  # fmt: skip


def _one(part: pd.DataFrame, code: str, method: Method, confidence: float, seed: int) -> Summary:
    value = part["value"].to_numpy(dtype=float, na_value=np.nan)
    below = (part["censoring"] == "below").to_numpy(dtype=bool)
    above = int(((part["censoring"] == "above").to_numpy(dtype=bool)).sum())
    if above and method != "half":
        return _refused(value, below, method, _ABOVE.fill(n=above))
    zeros = int((value <= 0).sum())
    if zeros and method in _LOGARITHMS:
        return _refused(value, below, method, _ZERO.fill(n=zeros))
    found = summarise(value, below, method=method, confidence=confidence, seed=seed)
    if code in parameters() and parameters()[code].mean == "hydrogen" and not below.any():
        found = _by_ions(found, value, method, confidence, seed)
    if above:
        found = replace(found, notes=(*found.notes, _ABOVE_HALF.fill(n=above)))
    return found


def _refused(value: Floats, below: Bools, method: Method, why: Text) -> Summary:
    nan = float("nan")
    told = ~np.isnan(value)
    return Summary(
        method, nan, nan, nan, nan, nan, int(told.sum()), int((below & told).sum()),
        left_out=int((~told).sum()), notes=(why,),
    )  # fmt: skip


def _by_ions(
    found: Summary, value: Floats, method: Method, confidence: float, seed: int
) -> Summary:
    """Take mean and interval of pH from those of the concentration of hydrogen ions."""
    ions = summarise(10.0**-value, method=method, confidence=confidence, seed=seed)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, low, high = -np.log10(np.array([ions.mean, ions.upper, ions.lower]))
    return replace(found, mean=float(mean), lower=float(low), upper=float(high))


def _row(found: Summary) -> dict[str, Any]:
    names = {p: f"p{100 * p:.0f}" for p in QUANTILES if p != 0.5}
    return {
        "method": found.method,
        "n": found.n,
        "censored": found.censored,
        "mean": found.mean,
        "sd": found.sd,
        "median": found.median,
        **{name: found.quantiles.get(p, float("nan")) for p, name in names.items()},
        "lower": found.lower,
        "upper": found.upper,
        "unknown_below": float("nan") if found.unknown_below is None else found.unknown_below,
        "left_out": found.left_out,
        "notes": list(found.notes),
    }
