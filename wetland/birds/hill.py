"""Hill numbers of a smaller or larger sample, and its coverage (希尔数的稀释与外推、样本覆盖度).

An `Assemblage` is what was counted: individuals, or sampling units in which species were found.
Smaller samples are drawn from it without replacement (exact expectations); larger ones are
extrapolated to what the estimated unseen species will add. The two curves meet at the sample. A
sample of one individual or one unit has no coverage and no extrapolation: NaN.

Sizes are individuals or sampling units. Between whole sizes below the sample the value is taken on
the straight line. Beyond twice the sample an extrapolated richness rests on the estimate of the
unseen alone: `beyond_double` says so.

References
----------
Chao, Gotelli, Hsieh, Sander, Ma, Colwell, Ellison (2014), Rarefaction and extrapolation with Hill
numbers, Ecol. Monogr. 84:45-67. Chao, Jost (2012), Coverage-based rarefaction and extrapolation,
Ecology 93:2533-2547. Chao, Wang, Jost (2013), Methods Ecol. Evol. 4:1091-1100 (entropy). Chao, Jost
(2015), Methods Ecol. Evol. 6:873-882 (asymptotic profiles). Hsieh, Ma, Chao (2016), iNEXT.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.counts import presences, seen_times, whole_counts
from wetland.birds.draws import expected_log, none_drawn
from wetland.birds.tails import unseen_entropy

Floats = NDArray[np.float64]
Kind = Literal["individuals", "units"]
Order = Literal[0, 1, 2]


@dataclass(frozen=True)
class Assemblage:
    """What was counted: rows of counts by species (several rows: repetitions of a bootstrap).

    Attributes
    ----------
    kind
        ``individuals``, or ``units`` (then a count is in how many units the species was found).
    n
        Individuals or sampling units, the same in every row.
    counts
        ``[rows, species]``.
    """

    kind: Kind
    n: float
    counts: Floats

    @cached_property
    def total(self) -> Floats:
        """Return the sum of the counts by row: n, or all records of species in units."""
        out: Floats = self.counts.sum(axis=1)
        return out

    @cached_property
    def f1(self) -> Floats:
        """Return the species counted once."""
        return seen_times(self.counts, 1)

    @cached_property
    def f2(self) -> Floats:
        """Return the species counted twice."""
        return seen_times(self.counts, 2)

    @cached_property
    def unseen(self) -> Floats:
        """Return the estimated number of unseen species, of Chao1 or Chao2 (classic).

        NaN for a sample of one individual or one unit, which says nothing of the unseen.
        """
        if self.n <= 1:
            return np.full(len(self.counts), np.nan)
        short = (self.n - 1) / self.n
        pairs = np.where(
            self.f2 > 0, self.f1**2 / (2 * np.maximum(self.f2, 1)), self.f1 * (self.f1 - 1) / 2
        )
        return short * pairs

    @cached_property
    def fading(self) -> Floats:
        """Return the factor by which every further unit of size shrinks what is uncovered."""
        total = self.n * self.unseen + self.f1
        return np.divide(self.n * self.unseen, total, out=np.zeros(total.shape), where=total != 0)

    @cached_property
    def _distinct(self) -> tuple[Floats, NDArray[np.intp]]:
        """Return the different counts, and which of them every cell holds."""
        values, cells = np.unique(self.counts, return_inverse=True)
        return values, cells.reshape(self.counts.shape)

    def summed(self, of: Callable[[Floats], Floats]) -> Floats:
        """Return the sum over species of a function of the count, computed once per count."""
        values, cells = self._distinct
        out: Floats = of(values)[cells].sum(axis=1)
        return out


def of_individuals(counts: ArrayLike) -> Assemblage:
    """Return the assemblage of one sample of individuals counted by species."""
    table = whole_counts(counts)
    if table.ndim != 1:
        raise InputError(
            text("请给一个样本的计数（一行）", "give the counts of one sample (a row)")
        )
    return _checked("individuals", float(table.sum()), table)


def of_units(units: ArrayLike) -> Assemblage:
    """Return the assemblage of sampling units (visits, plots) x species."""
    found = presences(units)
    return _checked("units", float(len(found)), found.sum(axis=0).astype(np.float64))


def of_frequencies(frequencies: ArrayLike, units: int) -> Assemblage:
    """Return the assemblage of which is known in how many of ``units`` each species was found."""
    table = whole_counts(frequencies)
    if table.ndim != 1 or units < 1 or table.max() > units:
        raise InputError(
            text("每种的出现单元数应为一行，且不多于抽样单元数",
                 "the units with a species must be a row, none above the number of units")
        )  # fmt: skip
    return _checked("units", float(units), table)


def _checked(kind: Kind, n: float, table: Floats) -> Assemblage:
    if not table.any():
        raise InputError(text("没有记录到任何物种", "no species was counted"))
    return Assemblage(kind, n, table[table > 0][None, :])


def coverage(assemblage: Assemblage, size: float | None = None) -> Floats:
    """Return the sample coverage (样本覆盖度) by row: the share of individuals of known species.

    Parameters
    ----------
    size
        Of the smaller or larger sample; None: the sample itself.

    Examples
    --------
    >>> float(coverage(of_individuals([5, 1, 1, 1, 1]))[0].round(6))  # 4 singletons of 9
    0.589744
    """
    at = _size(assemblage, size)
    if at >= assemblage.n:
        left = assemblage.f1 / assemblage.total
        out: Floats = 1 - left * assemblage.fading ** (at - assemblage.n + 1)
        return out
    return _between(at, lambda m: _covered(assemblage, m))


def _covered(assemblage: Assemblage, m: float) -> Floats:
    """Return the expected coverage of a draw of ``m`` below n; 0 of nothing."""
    if m >= assemblage.n:
        return coverage(assemblage)

    def missing(x: Floats) -> Floats:
        return x * none_drawn(assemblage.n - 1, np.maximum(x - 1, 0), m)

    out: Floats = 1 - assemblage.summed(missing) / assemblage.total
    return out


def hill_number(assemblage: Assemblage, q: Order, size: float | None = None) -> Floats:
    """Return the Hill number of order 0, 1 or 2 by row, for a sample of ``size``.

    Examples
    --------
    >>> round(float(hill_number(of_individuals([3, 2, 1]), 0, 2)[0]), 6)  # two of six differ: 11/15
    1.733333
    """
    if q not in (0, 1, 2):
        raise InputError(text("阶数 q 为 0、1 或 2", "the order q is 0, 1 or 2"))
    at = _size(assemblage, size)
    if q == 2:
        if at >= assemblage.n:
            return _second(assemblage, at) + 0 * (assemblage.unseen if at > assemblage.n else 0.0)
        return _between(at, lambda m: _second(assemblage, m))
    drawn = _zeroth if q == 0 else _first
    if at <= assemblage.n:
        return _between(at, lambda m: drawn(assemblage, m))
    further = at - assemblage.n
    if q == 0:
        added = assemblage.unseen * (1 - assemblage.fading**further)
        out: Floats = drawn(assemblage, assemblage.n) + added
        return out
    return _entropy_further(assemblage, further)


def _entropy_further(assemblage: Assemblage, further: float) -> Floats:
    """Extrapolate order 1: towards the asymptote, starting with the slope at the sample."""
    now, last = asymptote_now(assemblage)
    end = asymptote(assemblage, 1)
    rest = end - last
    sure = rest > 1e-12 * now
    step = np.clip(np.divide(now - last, rest, out=np.zeros(rest.shape), where=sure), 0.0, 1.0)
    out: Floats = now + (end - now) * (1 - (1 - step) ** further) + 0 * assemblage.unseen
    return out


def asymptote_now(assemblage: Assemblage) -> tuple[Floats, Floats]:
    """Return order 1 of the sample, and of the sample with one individual or unit less."""
    less = _first(assemblage, assemblage.n - 1)
    return _first(assemblage, assemblage.n), less


def asymptote(assemblage: Assemblage, q: Order) -> Floats:
    """Return the estimated Hill number of the whole assemblage (渐近估计) by row.

    q 0 Chao1 or Chao2 (a lower bound), q 1 the entropy of Chao, Wang, Jost, q 2 the unbiased
    inverse concentration; infinite where every species was counted once (q 2). One individual or
    one unit: NaN.
    """
    x, n, total = assemblage.counts, assemblage.n, assemblage.total
    if q == 0 or n <= 1:
        out: Floats = (x > 0).sum(axis=1) + assemblage.unseen
        return out
    if q == 2:
        pairs = (x * (x - 1)).sum(axis=1)
        pure: Floats = np.full(len(x), np.inf)
        np.divide(total**2 * (1 - 1 / n), pairs, out=pure, where=pairs > 0)
        return pure

    def known(values: Floats) -> Floats:
        safe = np.maximum(values, 1)
        return values / n * (special.digamma(n) - special.digamma(safe))

    entropy = assemblage.summed(known) + unseen_entropy(assemblage.f1, assemblage.f2, n)
    ends: Floats = np.exp(n / total * entropy + np.log(total / n))
    return ends


def _zeroth(assemblage: Assemblage, m: float) -> Floats:
    return assemblage.summed(lambda x: 1 - none_drawn(assemblage.n, x, m))


def _first(assemblage: Assemblage, m: float) -> Floats:
    if m == 0:
        return np.zeros(len(assemblage.counts))
    size = assemblage.total * (m / assemblage.n)
    entropy = assemblage.summed(lambda x: expected_log(assemblage.n, x, m))
    out: Floats = np.exp(np.log(size) - entropy / size)
    return out


def _second(assemblage: Assemblage, m: float) -> Floats:
    """Return order 2 at any size of 1 or more, below or above the sample (one formula)."""
    if m == 0:
        return np.zeros(len(assemblage.counts))
    x, n, total = assemblage.counts, assemblage.n, assemblage.total
    pairs = (x * (x - 1)).sum(axis=1) / total**2 * (n / max(n - 1, 1))
    out: Floats = 1 / (n / (m * total) + (m - 1) / m * pairs)
    return out


def _between(at: float, of: Callable[[float], Floats]) -> Floats:
    """Return a value at a size, on the straight line between whole sizes."""
    below = float(np.floor(at))
    if below == at:
        return of(at)
    out: Floats = (1 - (at - below)) * of(below) + (at - below) * of(below + 1)
    return out


def _size(assemblage: Assemblage, size: float | None) -> float:
    at = assemblage.n if size is None else float(size)
    if not (np.isfinite(at) and at >= 0):
        raise InputError(text("样本量应为不小于 0 的有限数", "a size must be finite and 0 or more"))
    return at


def beyond_double(assemblage: Assemblage, size: float) -> bool:
    """Return whether a size is beyond twice the sample, where extrapolation is not advised."""
    return bool(size > 2 * assemblage.n * (1 + 1e-9))  # a size found from a coverage is rounded


def size_at_coverage(assemblage: Assemblage, target: float) -> float:
    """Return the smallest size at which the coverage is ``target`` (above 0, below 1).

    Below the sample's own coverage the whole size is found by bisection, then on the straight line;
    above it the extrapolation is solved. Infinite where more sampling never gets there. One row.
    iNEXT minimises numerically instead: it agrees to four or five digits, and stops anywhere where
    the curve is flat.
    """
    if not 0 < target < 1:
        raise InputError(text("覆盖度应在 0 与 1 之间", "a coverage must be between 0 and 1"))
    n, own = assemblage.n, float(coverage(assemblage)[0])
    if np.isnan(own):
        return own
    if target > own:
        left = float(assemblage.f1[0] / assemblage.total[0])
        fading = float(assemblage.fading[0])
        if not 0 < fading < 1:
            return float("inf")
        return n - 1 + float(np.log((1 - target) / left) / np.log(fading))
    low, high = 0.0, n
    while high - low > 1:
        middle = np.floor((low + high) / 2)
        if float(_covered(assemblage, middle)[0]) >= target:
            high = middle
        else:
            low = middle
    under, over = float(_covered(assemblage, low)[0]), float(_covered(assemblage, high)[0])
    if over <= under:
        return high
    return low + min((target - under) / (over - under), 1.0)
