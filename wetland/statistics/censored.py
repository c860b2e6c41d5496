"""Summaries of values below detection limits (含未检出值的统计): mean, spread, quantiles, interval.

Four ways, by name:

``kaplan_meier``
    Nothing assumed of the distribution (`wetland.statistics.kaplan_meier`).
``ros``
    Detected values as they are, the others from the line through them
    (`wetland.statistics.order_statistics`); positive values.
``mle``
    A lognormal or normal law by maximum likelihood (`wetland.statistics.maximum_likelihood`).
``half``
    Half the limit for every non-detect: what the official statistics do (环办监测函〔2020〕82号),
    and no estimate: it makes spread and intervals too narrow.

What the values do not tell is not made up: the number is NaN and ``notes`` says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics import maximum_likelihood, order_statistics
from wetland.statistics.cautions import cautions, refusal
from wetland.statistics.kaplan_meier import kaplan_meier
from wetland.statistics.maximum_likelihood import LAWS, Law

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Method = Literal["kaplan_meier", "ros", "mle", "half"]

METHODS: dict[Method, Text] = {
    "half": text("检出限之半（官方统计口径）", "half the detection limit (official statistics)"),
    "kaplan_meier": text("乘积限法（Kaplan-Meier）", "Kaplan-Meier"),
    "ros": text("次序统计量回归（ROS）", "regression on order statistics (ROS)"),
    "mle": text("极大似然法", "maximum likelihood"),
}

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
NAN = float("nan")
_NO_INTERVAL = text("检出值太少或彼此相同，不给区间",
                    "too few detected values for an interval, or all the same")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of the distribution of values of which some are below their limit.

    Attributes
    ----------
    mean, sd, median
        In the unit of the values; NaN where the method cannot tell. ``sd`` has the divisor n - 1.
    quantiles
        By probability; NaN where a quantile is a non-detect below every detected value (then it is
        lower than ``unknown_below``).
    lower, upper
        Ends of the confidence interval of the mean.
    n, censored
        Values used, and how many of them are non-detects.
    left_out
        Values not used: missing, or non-detects whose limit is not told.
    notes
        What a reader has to know, in both languages.
    """

    method: Method
    mean: float
    sd: float
    median: float
    lower: float
    upper: float
    n: int
    censored: int
    quantiles: dict[float, float] = field(default_factory=dict)
    unknown_below: float | None = None
    left_out: int = 0
    notes: tuple[Text, ...] = ()

    @property
    def refused(self) -> bool:
        """Return whether no mean could be estimated; ``notes`` says why."""
        return bool(np.isnan(self.mean))


def summarise(
    values: ArrayLike,
    censored: ArrayLike | None = None,
    *,
    method: Method = "kaplan_meier",
    law: Law = "lognormal",
    confidence: float = 0.95,
    seed: int | np.random.Generator = 0,
) -> Summary:
    """Summarise values of which some are below their detection limit.

    Parameters
    ----------
    values
        Numbers of one unit; the limit where censored. A value that is NaN is left out and counted.
    censored
        True where the value is a limit and the true one is below it; None: all are detected.
    method
        See the module. ``ros`` and the lognormal law need values above 0.
    law
        For ``mle``: ``"lognormal"`` (concentrations) or ``"normal"``.
    confidence
        Of the interval of the mean: Student's t on Greenwood's error for ``kaplan_meier`` (the
        lower end also allows for the non-detects that may be anything below the lowest limit),
        profile likelihood for ``mle``, bootstrap percentiles (``seed``) for ``ros``, Student's t as
        if the halves were measured for ``half``.

    Errors
    ------
    InputError
        Unknown method or law, confidence not between 0 and 1, lengths that differ, infinite values,
        values of 0 or less where logarithms are taken.

    Notes
    -----
    No non-detects: every method gives the ordinary mean and standard deviation (``mle``: of the
    fitted law). Only non-detects, or too few or too equal detected values: mean, spread and
    interval are NaN (``half`` always gives its number and says on what it rests).

    Examples
    --------
    >>> found = summarise([1, 2, 3, 4], [True, False, True, False])
    >>> found.mean, found.n, found.censored
    (2.125, 4, 2)
    >>> summarise([0.025, 0.025], [True, True]).notes[0].en
    'all 2 values are below their limits: the mean is below 0.025, nothing else is known'
    """
    _known(method, law, confidence)
    given = _checked(values, censored)
    why_not = refusal(given.x, given.c, method)
    if why_not is not None:
        return _summary(given, method, notes=(why_not,))
    if method == "ros" or (method == "mle" and law == "lognormal"):
        _positive(given.x)
    if method == "half":
        return _half(given, confidence)
    if method == "mle":
        return _mle(given, law, confidence)
    if method == "ros":
        return _ros(given, confidence, seed)
    return _kaplan_meier(given, confidence)


@dataclass(frozen=True, slots=True)
class _Given:
    """The values that are used, rising, which of them are limits, and how many were left out."""

    x: Floats
    c: Bools
    left_out: int


def _known(method: str, law: str, confidence: float) -> None:
    if method not in METHODS or law not in LAWS:
        raise InputError(
            text("未知的方法 {m}，可用：{a}", "unknown method {m}; there are: {a}").fill(
                m=method if method not in METHODS else law,
                a=", ".join(METHODS if method not in METHODS else LAWS),
            )
        )
    if not 0 < confidence < 1:
        raise InputError(
            text("置信水平须在 0 与 1 之间，如 0.95", "the confidence is between 0 and 1, say 0.95")
        )


def _checked(values: ArrayLike, censored: ArrayLike | None) -> _Given:
    x = np.asarray(values, dtype=float)
    c = np.zeros(len(x), dtype=bool) if censored is None else np.asarray(censored, dtype=bool)
    if x.shape != c.shape or x.ndim != 1:
        raise InputError(
            text(
                "数值有 {a} 个，未检出标记有 {b} 个，二者须一一对应",
                "{a} values and {b} marks of non-detects: there must be one for each",
            ).fill(a=x.size, b=c.size)
        )
    if np.isinf(x).any():
        raise InputError(text("数值中有无穷大", "a value is infinite"))
    told = ~np.isnan(x)
    order = np.lexsort((c, x))[: told.sum()]  # sorted: chance must not hang on the order of rows
    return _Given(x[order], c[order], int(len(x) - told.sum()))


def _positive(x: Floats) -> None:
    if (x <= 0).any():
        raise InputError(
            text(
                "有 {n} 个数值或检出限不大于 0，无法取对数",
                "{n} values or limits are 0 or less: they have no logarithm",
            ).fill(n=int((x <= 0).sum())),
            hint=text("请改用 kaplan_meier", "use kaplan_meier"),
        )


def _summary(
    given: _Given,
    method: Method,
    *,
    moments: tuple[float, float] = (NAN, NAN),
    ends: tuple[float, float] = (NAN, NAN),
    quantiles: Sequence[float] = (NAN,) * len(QUANTILES),
    notes: tuple[Text, ...] = (),
) -> Summary:
    if np.isnan(ends[0]) and not np.isnan(moments[0]):
        notes = (*notes, _NO_INTERVAL)
    return Summary(
        method=method,
        mean=float(moments[0]),
        sd=float(moments[1]),
        median=float(quantiles[QUANTILES.index(0.5)]),
        lower=float(ends[0]),
        upper=float(ends[1]),
        n=len(given.x),
        censored=int(given.c.sum()),
        quantiles={p: float(q) for p, q in zip(QUANTILES, quantiles, strict=True)},
        left_out=given.left_out,
        notes=(*notes, *cautions(given.x, given.c, method, given.left_out)),
    )


def _student(
    x: Floats, mean: float, error: float, confidence: float, *, too_high: float = 0.0
) -> tuple[float, float]:
    """Return mean -+ t times its error, n - 1 degrees of freedom; not below 0 where no value is.

    ``too_high`` is by how much the mean may be too high whatever the sampling.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - scipy is slow to import

    if len(x) < 2 or not error >= 0:
        return NAN, NAN
    width = float(stdtrit(len(x) - 1, (1 + confidence) / 2)) * error
    lowest = 0.0 if x.min() >= 0 else -np.inf
    return max(mean - too_high - width, lowest), mean + width


def _sd(x: Floats) -> float:
    return float(x.std(ddof=1)) if len(x) > 1 else NAN


def _half(given: _Given, confidence: float) -> Summary:
    x = np.where(given.c, given.x / 2, given.x)
    sd = _sd(x)
    note = text(
        "未检出值按检出限之半计，离散程度与区间偏窄",
        "non-detects taken as half their limit: spread and interval are too narrow",
    )
    return _summary(
        given,
        "half",
        moments=(x.mean(), sd),
        ends=_student(x, float(x.mean()), sd / np.sqrt(len(x)), confidence),
        quantiles=list(np.quantile(x, QUANTILES)),
        notes=(note,) if given.c.any() else (),
    )


def _mle(given: _Given, law: Law, confidence: float) -> Summary:
    fitted = maximum_likelihood.fit(given.x, given.c, law)
    ends = maximum_likelihood.mean_interval(fitted, given.x, given.c, confidence)
    return _summary(
        given,
        "mle",
        moments=(fitted.mean, fitted.sd),
        ends=ends,
        quantiles=[fitted.quantile(p) for p in QUANTILES],
    )


def _ros(given: _Given, confidence: float, seed: int | np.random.Generator) -> Summary:
    filled = order_statistics.filled_in(given.x, given.c)
    return _summary(
        given,
        "ros",
        moments=(filled.mean(), _sd(filled)),
        ends=order_statistics.mean_interval(given.x, given.c, confidence=confidence, seed=seed),
        quantiles=list(np.quantile(filled, QUANTILES)),
    )


def _kaplan_meier(given: _Given, confidence: float) -> Summary:
    found = kaplan_meier(given.x, given.c)
    n = len(given.x)
    notes: tuple[Text, ...] = ()
    if found.below:
        notes = (
            text(
                "{p}% 的概率落在最低检出值 {y} 之下，按最低检出限 {at} 计，均值至多偏高 {b}",
                "{p} % of the probability lies below the lowest detected value {y}; it is put at "
                "the lowest limit {at}, so the mean is too high by {b} at most",
            ).fill(
                p=f"{100 * found.below:.0f}",
                y=f"{found.at[1]:g}",
                at=f"{found.at[0]:g}",
                b=f"{found.below * found.at[0]:.3g}",
            ),
        )
    made = _summary(
        given,
        "kaplan_meier",
        moments=(found.mean, np.sqrt(found.variance * n / (n - 1)) if n > 1 else NAN),
        ends=_student(
            given.x, found.mean, found.error, confidence, too_high=found.below * found.at[0]
        ),
        quantiles=[found.quantile(p) for p in QUANTILES],
        notes=notes,
    )
    return replace(made, unknown_below=float(found.at[1]) if found.below else None)
