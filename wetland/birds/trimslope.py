"""The overall slope of totals and what it is called (总体趋势与等级)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.trimtable import Floats, Numbers

Trend = Literal[
    "strong_increase", "moderate_increase", "stable", "uncertain", "moderate_decrease",
    "strong_decrease", "unknown",
]  # fmt: skip
Quantiles = Literal["t", "normal"]

STRICT, USUAL = 0.001, 0.05
STEEP = 0.05  # a change of 5 % a year is a strong one
MARGIN = 1e-7

TREND_WORDS: dict[Trend, Text] = {
    "strong_increase": text("急剧增加", "strong increase"),
    "moderate_increase": text("中度增加", "moderate increase"),
    "stable": text("稳定", "stable"),
    "uncertain": text("不确定", "uncertain"),
    "moderate_decrease": text("中度减少", "moderate decrease"),
    "strong_decrease": text("急剧减少", "strong decrease"),
    "unknown": text("无法判断（时次太少）", "unknown (too few times)"),
}
_WITH_ALPHA = text("{words}（p<{alpha}）", "{words} (p<{alpha})")
_WINDOW = text(
    "时段 {first} 至 {last} 不在 {start} 至 {end} 之内，或少于两个时次",
    "the window {first} to {last} is not within {start} to {end}, or has fewer than two times",
)
_QUANTILES = text('分位数须为 "t" 或 "normal"：{name}', 'quantiles are "t" or "normal", not {name}')


@dataclass(frozen=True)
class Slope:
    """A straight line through the logarithms of totals.

    Attributes
    ----------
    first, last
        Times it is of, both ends in.
    slope, se
        Change of the logarithm per time step, and its standard error.
    intercept, intercept_se
        Logarithm one step before the first time of the series.
    p_value
        Of no change, two-sided, by Student's t with the number of times less 2.
    trend
        Its class.
    alpha
        Level at which the class holds: 0.001 or 0.05; None for classes that need none.
    """

    first: int
    last: int
    slope: float
    se: float
    intercept: float
    intercept_se: float
    p_value: float
    trend: Trend
    alpha: float | None

    @property
    def factor(self) -> float:
        """Return the yearly factor: 1.05 is an increase of 5 % a year."""
        return math.exp(self.slope)

    @property
    def factor_se(self) -> float:
        """Return the standard error of the factor."""
        return self.factor * self.se

    @property
    def words(self) -> Text:
        """Return the class in words, with the level at which it holds."""
        words = TREND_WORDS[self.trend]
        return words if self.alpha is None else _WITH_ALPHA.fill(words=words, alpha=self.alpha)

    @property
    def meaning(self) -> str:
        """Return the class as TRIM prints it; its "p<0.01" stands for a test at 0.001."""
        if self.trend == "unknown":
            return "Unknown (df<=0)"
        words = self.trend.replace("_", " ").capitalize()
        if self.alpha is None:
            return words
        return f"{words} (p<0.01)" if self.alpha == STRICT else f"{words} (p<0.05)"


def classify(
    slope: float, se: float, freedom: int, *, quantiles: Quantiles = "t"
) -> tuple[Trend, float | None]:
    """Return the class of a slope and the level at which it holds.

    The interval of the yearly factor decides, first at 0.001, then at 0.05: strong where all of it
    is above 1.05 (below 0.95), moderate where all of it is above (below) 1. Where neither holds,
    stable if the interval at 0.05 lies within 0.95 and 1.05, else uncertain. Without degrees of
    freedom nothing can be said.

    Examples
    --------
    >>> classify(0.0485, 0.0124, 6), classify(0.002, 0.004, 6), classify(-0.3, 0.01, 6)
    (('moderate_increase', 0.05), ('stable', None), ('strong_decrease', 0.001))
    """
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415 - scipy is slow to import

    if freedom <= 0 or not (math.isfinite(slope) and math.isfinite(se)):
        return "unknown", None
    bounds: dict[float, tuple[float, float]] = {}
    for alpha in (STRICT, USUAL):
        part = 1 - alpha / 2
        reach = se * float(ndtri(part) if quantiles == "normal" else stdtrit(freedom, part))
        bounds[alpha] = math.exp(min(slope - reach, 700)), math.exp(min(slope + reach, 700))
    for limit, up, down in (
        (STEEP, "strong_increase", "strong_decrease"), (0.0, "moderate_increase",
                                                        "moderate_decrease"),
    ):  # fmt: skip
        margin = MARGIN if not limit else 0.0
        for alpha, (lower, upper) in bounds.items():
            if lower > 1 + limit + margin:
                return _trend(up), alpha
            if upper < 1 - limit - margin:
                return _trend(down), alpha
    lower, upper = bounds[USUAL]
    return ("stable" if lower > 1 - STEEP and upper < 1 + STEEP else "uncertain"), None


def _trend(name: str) -> Trend:
    return next(trend for trend in TREND_WORDS if trend == name)


def overall_slope(
    times: Numbers,
    totals: Floats,
    covariance: Floats,
    *,
    window: tuple[int, int] | None = None,
    quantiles: Quantiles = "t",
) -> Slope:
    """Return the slope of a line through the logarithms of totals, and its class.

    Least squares on the number of the time (1 is the first of the series), with the standard error
    that the covariance of the totals gives: not the scatter about the line. ``window`` is the
    first and last time of a part of the series. Totals that are not above 0 give class unknown.
    """
    from scipy.special import stdtr  # noqa: PLC0415 - scipy is slow to import

    if quantiles not in ("t", "normal"):
        raise InputError(_QUANTILES.fill(name=quantiles))
    first, last = (int(times[0]), int(times[-1])) if window is None else window
    part = np.flatnonzero((times >= first) & (times <= last))
    if part.size < 2 or first < times[0] or last > times[-1]:
        raise InputError(_WINDOW.fill(first=first, last=last, start=times[0], end=times[-1]))
    total = totals[part]
    nothing = math.nan
    if not (total > 0).all():
        return Slope(first, last, nothing, nothing, nothing, nothing, nothing, "unknown", None)
    design = np.stack([np.ones(part.size), part + 1.0], axis=1)
    solver = np.linalg.solve(design.T @ design, design.T)
    intercept, slope = (float(b) for b in solver @ np.log(total))
    relative = covariance[np.ix_(part, part)] / np.outer(total, total)
    variance = np.maximum(np.diag(solver @ relative @ solver.T), 0.0)
    intercept_se, se = (float(v) for v in np.sqrt(variance))
    freedom = part.size - 2
    p_value = nothing
    if freedom > 0 and se > 0:
        p_value = 2 * float(stdtr(freedom, -abs(slope) / se))
    trend, alpha = classify(slope, se, freedom, quantiles=quantiles)
    return Slope(first, last, slope, se, intercept, intercept_se, p_value, trend, alpha)
