"""What a trend test (趋势检验) answers, and the normal law it is judged by."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Direction = Literal["increasing", "decreasing", "none"]

DIRECTIONS: dict[Direction, Text] = {
    "increasing": text("上升", "increasing"),
    "decreasing": text("下降", "decreasing"),
    "none": text("无显著趋势", "no significant trend"),
}
SMALL_SAMPLE = 10
TOO_FEW = text("仅 {n} 个值，正态近似较粗略", "only {n} values: the normal approximation is rough")


@dataclass(frozen=True)
class Heterogeneity:
    """Whether seasons or stations trend alike (Van Belle and Hughes 1984); NaN: cannot be told."""

    chi2: float
    df: int
    p_value: float


@dataclass(frozen=True)
class TrendTest:
    """The result of one trend test.

    Attributes
    ----------
    method
        The name of the test.
    s, var_s
        Kendall's score and its variance under no trend, with ties (and whatever else the method
        corrects for).
    z, p_value
        The standard score with continuity correction ``(s - sign(s)) / sqrt(var_s)`` and its
        two-sided p; ``s`` = 0 gives ``z`` = 0 and ``p_value`` = 1. NaN where the variance is not
        positive although ``s`` is not 0.
    tau
        Kendall's tau-a, ``s`` over the number of pairs.
    tau_b
        Kendall's tau-b, which leaves tied pairs out; NaN where all are tied.
    slope, lower, upper
        Sen's slope (森斜率) per unit of time and the limits of its interval of confidence
        1 - ``alpha``; limits are NaN where there are too few slopes for them.
    intercept
        So that ``intercept + slope * t`` is the line of the trend.
    n
        How many values were used.
    notes
        What a reader has to know about this result.
    seasons
        The results of the seasons (or stations) that were added up, in their order.
    block
        Of which season or station this is the result; None where it is none's.
    """

    method: str
    s: float
    var_s: float
    z: float
    p_value: float
    tau: float
    tau_b: float
    slope: float
    lower: float
    upper: float
    intercept: float
    n: int
    alpha: float = 0.05
    notes: tuple[Text, ...] = ()
    heterogeneity: Heterogeneity | None = None
    seasons: tuple[TrendTest, ...] = field(default=(), repr=False)
    block: object = None

    @property
    def significant(self) -> bool:
        """Whether the p value is below alpha; an unknown p is not."""
        return self.p_value < self.alpha

    @property
    def direction(self) -> Direction:
        """Where it goes: the sign of the score, where it is significant."""
        if not self.significant:
            return "none"
        return "increasing" if self.s > 0 else "decreasing"

    @property
    def z_plain(self) -> float:
        """The standard score without continuity correction."""
        return float(standard_score(self.s, self.var_s, continuity=False))

    @property
    def p_plain(self) -> float:
        """The two-sided p of `z_plain`."""
        return two_sided(self.z_plain)


def standard_score(s: ArrayLike, var_s: ArrayLike, *, continuity: bool = True) -> Floats:
    """Return Kendall's scores in standard deviations, drawn towards 0 by 1 (continuity correction).

    A score of 0 gives 0 whatever the variance; otherwise a variance that is not positive gives NaN.

    >>> standard_score([-6.0, 0.0], [50 / 3, 0.0]).round(6).tolist()
    [-1.224745, 0.0]
    """
    score, variance = np.asarray(s, np.float64), np.asarray(var_s, np.float64)
    drawn = score - np.sign(score) if continuity else score
    spread = np.sqrt(np.where(variance > 0, variance, np.nan))
    return np.where(score == 0, 0.0, drawn / spread)


def two_sided(z: float) -> float:
    """Return the two-sided p of a standard score; from the tail itself, so it is not 0 for z = 9.

    >>> two_sided(9.0) > 0
    True
    """
    return math.erfc(abs(z) / math.sqrt(2.0))


def two_sided_many(z: Floats) -> Floats:
    """Return `two_sided` of many standard scores."""
    from scipy.special import erfc  # noqa: PLC0415 - scipy is slow to load

    p: Floats = erfc(np.abs(z) / math.sqrt(2.0))
    return p


def normal_quantile(alpha: float) -> float:
    """Return the standard score that is exceeded on either side with probability ``alpha``.

    Raises
    ------
    InputError
        If ``alpha`` is not between 0 and 1.
    """
    from statistics import NormalDist  # noqa: PLC0415 - only where an interval is asked for

    if not 0.0 < alpha < 1.0:
        raise InputError(
            text(
                "显著性水平 alpha 应在 0 与 1 之间，现为 {alpha}",
                "alpha must lie between 0 and 1, it is {alpha}",
            ).fill(alpha=alpha)
        )
    return -NormalDist().inv_cdf(alpha / 2.0)


def sample_notes(n: int) -> tuple[Text, ...]:
    """Return what has to be said of a sample of ``n`` values."""
    return (TOO_FEW.fill(n=n),) if n < SMALL_SAMPLE else ()
