"""Spearman's rank correlation as a trend test, and the method of China's water assessment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.kendallblocks import as_series
from wetland.statistics.trendtest import Direction, Floats

Ties = Literal["midranks", "ordinal"]
EXACT = 12  # up to so many values all orders are counted
FEWEST_YEARS = 5
DANIEL_WORDS: dict[Direction, Text] = {
    "increasing": text("显著上升", "significant increase"),
    "decreasing": text("显著下降", "significant decrease"),
    "none": text("变化趋势不显著", "no significant trend"),
}


@dataclass(frozen=True)
class SpearmanTest:
    """Spearman's rho with its two-sided p; ``exact``: p from all orders of the values."""

    rho: float
    p_value: float
    n: int
    exact: bool


@dataclass(frozen=True)
class DanielTest:
    """The official test of annual means.

    Attributes
    ----------
    rs
        The rank correlation coefficient (秩相关系数).
    critical
        The one-sided critical value it is held against; NaN for fewer than four years, and where
        no coefficient is as rare as ``alpha``.
    direction
        "none" unless the absolute value of ``rs`` reaches the critical value.
    n
        Years that were used.
    official
        Whether there are the five years the method wants.
    """

    rs: float
    critical: float
    direction: Direction
    n: int
    official: bool

    @property
    def words(self) -> Text:
        """The finding in the words of the method."""
        return DANIEL_WORDS[self.direction]


def spearman(t: ArrayLike, y: ArrayLike) -> SpearmanTest:
    """Test two columns for rank correlation, such as values with time.

    rho is Pearson's correlation of the mean ranks. Without ties the two-sided p counts all orders
    for up to 12 values, and is the Edgeworth series of AS 89 beyond (as R's ``cor.test``); with
    ties it is Student's t with n - 2 degrees of freedom. Rows with a missing value are left out.
    Fewer than three rows, or a constant column, give NaN.

    References
    ----------
    Best and Roberts (1975), Algorithm AS 89, Appl. Stat. 24, 377.

    Examples
    --------
    >>> found = spearman([2016, 2017, 2018, 2019, 2020], [0.21, 0.19, 0.18, 0.20, 0.15])
    >>> round(found.rho, 6), round(found.p_value, 6)
    (-0.7, 0.233333)
    """
    times, values = _both(t, y)
    n = times.size
    if n < 3 or np.ptp(times) == 0.0 or np.ptp(values) == 0.0:
        return SpearmanTest(math.nan, math.nan, n, False)
    a, b = ranks(times), ranks(values)
    rho = _pearson(a, b)
    if np.unique(times).size == n and np.unique(values).size == n:
        return SpearmanTest(rho, _untied_p(int(np.rint(((a - b) ** 2).sum())), n), n, n <= EXACT)
    from scipy.special import stdtr  # noqa: PLC0415 - scipy is slow to load

    if abs(rho) >= 1.0:
        return SpearmanTest(rho, 0.0, n, False)
    score = abs(rho) * math.sqrt((n - 2) / ((1.0 - rho) * (1.0 + rho)))
    return SpearmanTest(rho, 2.0 * float(stdtr(n - 2, -score)), n, False)


def daniel(
    t: ArrayLike, y: ArrayLike, *, alpha: float = 0.05, ties: Ties = "midranks"
) -> DanielTest:
    """Test annual means for a trend by the official method (Daniel 检验，秩相关系数法).

    ``rs = 1 - 6 sum d^2 / (N^3 - N)``, ``d`` the rank of the year less the rank of the mean; the
    trend is significant where the absolute value of ``rs`` reaches the critical value of a
    one-sided ``alpha``. With equal means that formula leans towards a rise (ten equal means give
    0.5): ``rs`` is then still the formula's, but the trend is judged by the correlation of the mean
    ranks. Critical values are exact: the smallest ``rs`` that random orders reach
    with a probability of ``alpha`` at most. Printed tables round them (0.564 for ten years, where
    0.5636 = 31/55 is meant, so that the table misses it); beyond 12 years they follow AS 89.

    Parameters
    ----------
    t, y
        Years and annual means; rows with a missing value are left out.
    alpha
        One-sided; the method says 0.05.
    ties
        Equal means share their mean rank ("midranks"), or are ranked in order of time ("ordinal",
        which favours a rise).

    References
    ----------
    地表水环境质量评价办法（试行），环办〔2011〕22号，五（三）; Daniel (1990), Applied Nonparametric
    Statistics, 2nd ed.

    Examples
    --------
    >>> found = daniel(range(2016, 2021), [0.30, 0.25, 0.24, 0.22, 0.20])
    >>> found.rs, found.critical, found.direction
    (-1.0, 0.9, 'decreasing')
    """
    times, values = _both(t, y)
    n = times.size
    if np.unique(times).size < n:
        raise InputError(text("同一年有多个均值", "a year has several means"))
    if n < 2:
        return DanielTest(math.nan, math.nan, "none", n, False)
    order = np.argsort(times)
    own = ranks(values[order]) if ties == "midranks" else _ordinal(values[order])
    d2 = float(((np.arange(1.0, n + 1.0) - own) ** 2).sum())
    rs = 1.0 - 6.0 * d2 / (n**3 - n)
    critical = critical_rs(n, alpha)
    tied = np.unique(values).size < n
    judged = spearman(times, values).rho if tied else rs
    direction: Direction = "none"
    if abs(judged) >= critical - 1e-12:
        direction = "increasing" if judged > 0 else "decreasing"
    return DanielTest(rs, critical, direction, n, n >= FEWEST_YEARS)


def ranks(values: Floats) -> Floats:
    """Return ranks from 1; equal values share their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    found: Floats = (last - (counts - 1) / 2.0)[inverse]
    return found


@lru_cache(maxsize=256)
def critical_rs(n: int, alpha: float) -> float:
    """Return the smallest coefficient of ``n`` values with one-sided probability up to ``alpha``.

    NaN for fewer than four values, and where even 1 is not as rare as that.

    >>> [round(critical_rs(n, 0.05), 3) for n in (5, 6, 7, 8, 9, 10)]
    [0.9, 0.829, 0.714, 0.643, 0.6, 0.564]
    """
    if n < 4 or not 0.0 < alpha < 1.0:
        return math.nan
    low, high = -2, (n**3 - n) // 3  # sums of d^2, all even; few d^2 is a large coefficient
    while high - low > 2:
        middle = (low + high) // 4 * 2
        if at_most(middle, n) <= alpha + 1e-15:
            low = middle
        else:
            high = middle
    return math.nan if low < 0 else 1.0 - 6.0 * low / (n**3 - n)


def at_most(d2: int, n: int) -> float:
    """Return the probability that random orders of ``n`` values have a sum of d^2 up to ``d2``."""
    if n <= EXACT:
        counts = _orders(n)
        return float(counts[: d2 // 2 + 1].sum()) / math.factorial(n) if d2 >= 0 else 0.0
    return 1.0 - _edgeworth(d2 + 2, n)


def _untied_p(d2: int, n: int) -> float:
    """Return the two-sided p of a sum of d^2 of columns without ties."""
    if d2 <= (n**3 - n) / 6:
        return min(1.0, 2.0 * at_most(d2, n))
    if n <= EXACT:
        return min(1.0, 2.0 * (1.0 - at_most(d2 - 2, n)))
    return min(1.0, 2.0 * _edgeworth(d2, n))


@lru_cache(maxsize=16)
def _orders(n: int) -> NDArray[np.int64]:
    """Return how many orders of ``n`` values have a sum of d^2 of 0, 2, 4 ...

    Ranks are placed one after the other: for each set of ranks that is used up, how many ways
    there are for each sum.
    """
    most = (n**3 - n) // 6
    # sum d^2 = 2 (sum i^2 - sum i r); the second sum grows with the place and the rank.
    top = n * (n + 1) * (2 * n + 1) // 6
    least = top - most
    ways = {0: np.ones(1, np.int64)}
    for place in range(1, n + 1):
        nexts: dict[int, NDArray[np.int64]] = {}
        for used, counts in ways.items():
            for rank in range(1, n + 1):
                bit = 1 << (rank - 1)
                if used & bit:
                    continue
                size = counts.size + place * rank
                held = nexts.get(used | bit)
                if held is None or held.size < size:
                    grown = np.zeros(size, np.int64)
                    if held is not None:
                        grown[: held.size] = held
                    nexts[used | bit] = held = grown
                held[place * rank : size] += counts
        ways = nexts
    products = ways[(1 << n) - 1]
    return products[least : top + 1][::-1]


def _edgeworth(d2: int, n: int) -> float:
    """Return the probability of a sum of d^2 of ``d2`` or more (AS 89, for n above 9)."""
    b = 1.0 / n
    x = (6.0 * (d2 - 1) / (n**3 - n) - 1.0) * math.sqrt(n - 1.0)
    y = x * x
    inner = 0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y)
    middle = -0.0758 + b * (0.1033 + 0.3932 * b) - y * b * (0.0879 + 0.0151 * b - y * inner)
    u = x * b * (0.2274 + b * (0.2531 + 0.1745 * b) + y * middle)
    tail = u * math.exp(-y / 2.0) + 0.5 * math.erfc(x / math.sqrt(2.0))
    return min(max(tail, 0.0), 1.0)


def _both(t: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    values = as_series("y", y)
    times = as_series("t", t, values.size)
    kept = ~np.isnan(values) & ~np.isnan(times)
    return times[kept], values[kept]


def _ordinal(values: Floats) -> Floats:
    own = np.empty(values.size)
    own[np.argsort(values, kind="stable")] = np.arange(1.0, values.size + 1.0)
    return own


def _pearson(a: Floats, b: Floats) -> float:
    x, y = a - a.mean(), b - b.mean()
    return float(np.clip((x @ y) / math.sqrt((x @ x) * (y @ y)), -1.0, 1.0))
