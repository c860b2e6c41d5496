"""How many species there are, the unseen ones included (物种丰富度估计).

From individuals (`chao1`, `ichao1`, `ace`, `jackknife_individuals`) or from sampling units: visits,
plots, points (`chao2`, `ice`, `jackknife1`, `jackknife2`, `bootstrap`). All of them are lower
bounds or close to it: they tell of the species that the same method would still find here, not of
those it cannot find. f1, f2 are the species counted once or twice, Q1, Q2 those found in one or two
units; n the individuals, m the units.

Nothing counted: 0 observed, 0 estimated, error 0. Nothing rare: the estimate is what was observed.
One individual, one unit: what was observed, without an error or an interval (NaN).

References
----------
Chao (1984), Scand. J. Statist. 11:265-270; Chao (1987), Biometrics 43:783-791 (intervals on the
log scale of the unseen); Chao, Lee (1992), JASA 87:210-217; Lee, Chao (1994), Biometrics 50:88-97
(ICE); Chiu, Wang, Walther, Chao (2014), Biometrics 70:671-682 (iChao1); Burnham, Overton (1979),
Ecology 60:927-936; Heltshe, Forrester (1983), Biometrics 39:1-11; Smith, van Belle (1984),
Biometrics 40:119-129; Colwell (2013), EstimateS 9 user's guide (eq. 5-8, variances).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.counts import presences, seen_times, whole_counts

Floats = NDArray[np.float64]
Form = Literal["classic", "bias_corrected"]
Spread = Literal["smith_van_belle", "heltshe_forrester"]

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Estimate:
    """Richness with the unseen species; arrays by row for a table of counts.

    Attributes
    ----------
    observed, value
        Species seen, and species estimated.
    se
        Standard error of ``value``; NaN where there is none.
    lower, upper
        Confidence interval, never below ``observed``; NaN where the method has none.
    """

    observed: Floats
    value: Floats
    se: Floats
    lower: Floats
    upper: Floats


def chao1(
    counts: ArrayLike,
    form: Form = "classic",
    *,
    small_sample: bool | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate richness from singletons and doubletons of individuals (Chao1).

    Parameters
    ----------
    counts
        Whole counts of individuals, species last.
    form
        ``"classic"``: S + k f1^2 / (2 f2), and S + k f1 (f1 - 1) / 2 where f2 = 0.
        ``"bias_corrected"``: S + k f1 (f1 - 1) / (2 (f2 + 1)) always.
    small_sample
        Whether k is (n - 1) / n, else 1. None: yes for ``classic`` (iNEXT, SpadeR), no for
        ``bias_corrected`` (vegan, EstimateS). The forms differ by these conventions alone, and by
        more than rounding: tell the form with the number.

    Notes
    -----
    Variances of EstimateS (eq. 5-7), the powers of k with them; ``bias_corrected`` with k = 1 by
    the delta method for multinomial frequencies, as in vegan. Interval: lognormal in the number of
    the unseen (Chao 1987). Where none is estimated unseen, the interval (and for ``classic`` the
    error too) comes from the chance exp(-x) of missing a species seen x times; the error of
    ``bias_corrected`` is then by its own formula (0 where f1 = 0), as in vegan.

    Examples
    --------
    >>> float(chao1([5, 3, 1, 1, 1, 2]).value.round(4))  # 6 + (12/13) 9 / 2
    10.1538
    >>> float(chao1([5, 3, 1, 1, 1, 2], "bias_corrected").value)
    7.5
    """
    _known(form, ("classic", "bias_corrected"))
    table = whole_counts(counts)
    n = table.sum(axis=-1)
    short = form == "classic" if small_sample is None else small_sample
    k = np.where(n > 0, (n - 1) / np.maximum(n, 1), 1.0) if short else np.ones(n.shape)
    seen, f1, f2 = _seen(table), seen_times(table, 1), seen_times(table, 2)
    value, variance = _chao(form, seen, (f1, f2), k)
    variance = np.where(n == 1, NAN, variance)
    return _finish(table, value, variance, confidence, own_error=form == "bias_corrected")


def _chao(
    form: Form, seen: Floats, rare: tuple[Floats, Floats], k: Floats
) -> tuple[Floats, Floats]:
    """Return estimate and variance from the species seen once and twice."""
    f1, f2 = rare
    none = f2 == 0
    two = np.where(none, 1.0, f2)
    r = f1 / two
    value = seen + np.where(none, k * f1 * (f1 - 1) / 2, k * f1 * r / 2)
    variance = two * (k / 2 * r**2 + k**2 * r**3 + k**2 / 4 * r**4)
    if form == "bias_corrected":
        value = seen + k * f1 * (f1 - 1) / (2 * (f2 + 1))
        variance = _spread_corrected(seen, rare, k, value)
    no_twos = (
        k * f1 * (f1 - 1) / 2
        + k**2 * f1 * (2 * f1 - 1) ** 2 / 4
        - k**2 * f1**4 / (4 * np.where(value > 0, value, 1.0))
    )
    return value, np.where(none, no_twos, variance)


def _spread_corrected(
    seen: Floats, rare: tuple[Floats, Floats], k: Floats, value: Floats
) -> Floats:
    """Return the variance of the bias-corrected form: by the delta method where k is 1."""
    (f1, f2), d = rare, rare[1] + 1
    by_formula = (
        k * f1 * (f1 - 1) / (2 * d)
        + k**2 * f1 * (2 * f1 - 1) ** 2 / (4 * d**2)
        + k**2 * f1**2 * f2 * (f1 - 1) ** 2 / (4 * d**4)
    )
    one, two = 1 + (2 * f1 - 1) / (2 * d), 1 - f1 * (f1 - 1) / (2 * d**2)
    others = seen - f1 - f2
    mean = one * f1 + two * f2 + others
    delta = one**2 * f1 + two**2 * f2 + others - mean**2 / np.where(value > 0, value, 1.0)
    out: Floats = np.where(k == 1, delta, by_formula)
    return out


def _finish(
    table: Floats, value: Floats, variance: Floats, confidence: float, *, own_error: bool
) -> Estimate:
    """Add the interval; where none is estimated unseen, by the chances of having missed one."""
    z = _z(confidence)
    seen, n = _seen(table), table.sum(axis=-1)
    variance = np.maximum(variance, 0.0)
    unseen = value - seen
    some = unseen > 0
    gap = np.where(some, unseen, 1.0)
    factor = np.exp(z * np.sqrt(np.log1p(variance / gap**2)))
    missed = np.where(table > 0, np.exp(-table), 0.0)
    chance = missed.sum(axis=-1) / np.maximum(seen, 1)
    all_seen = (missed * (1 - missed)).sum(axis=-1) - (table * missed).sum(axis=-1) ** 2 / (
        np.maximum(n, 1)
    )
    all_seen = np.maximum(all_seen, 0.0)
    middle, half = seen / (1 - chance), z * np.sqrt(all_seen) / (1 - chance)
    lower = np.where(some, seen + gap / factor, np.maximum(seen, middle - half))
    upper = np.where(some, seen + gap * factor, middle + half)
    se = np.sqrt(np.where(some | own_error, variance, all_seen))
    known = 0 * variance + 0 * value  # NaN where there is no error or no estimate
    return Estimate(seen, value, se + known, lower + known, upper + known)


def ichao1(counts: ArrayLike) -> Floats:
    """Return the improved lower bound iChao1: Chao1 and what species seen 3 or 4 times add.

    Chao1 (classic) + (n-3)/(4n) f3/f4 max(f1 - (n-3)/(2(n-1)) f2 f3/f4, 0); f4 = 0 is taken as 1.
    """
    table = whole_counts(counts)
    n = np.maximum(table.sum(axis=-1), 1.0)
    f1, f2, f3, f4 = (seen_times(table, times) for times in (1, 2, 3, 4))
    ratio = f3 / np.maximum(f4, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        more = f1 - np.where(n > 1, (n - 3) / (2 * (n - 1)), 0.0) * f2 * ratio
    added = np.maximum((n - 3) / (4 * n), 0) * ratio * np.maximum(more, 0)
    out: Floats = chao1(table).value + added
    return out


def jackknife_individuals(
    counts: ArrayLike, order: Literal[1, 2] = 1, *, confidence: float = 0.95
) -> Estimate:
    """Estimate richness by leaving out individuals (jackknife of order 1 or 2).

    S + f1 (n - 1) / n, or S + f1 (2n - 3) / n - f2 (n - 2)^2 / (n (n - 1)); the error after
    Burnham and Overton. With one individual order 2 is not defined: NaN.
    """
    if order not in (1, 2):
        raise InputError(text("刀切法的阶数为 1 或 2", "the order of the jackknife is 1 or 2"))
    table = whole_counts(counts)
    n, seen = table.sum(axis=-1), _seen(table)
    f1, f2 = seen_times(table, 1), seen_times(table, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        if order == 1:
            first, second = (n - 1) / n, np.zeros(n.shape)
        else:
            first, second = (2 * n - 3) / n, (n - 2) ** 2 / (n * (n - 1))
    undefined, alone = (n > 0) & (n < order), n == 1
    first, second = (np.where(n >= order, part, 0.0) for part in (first, second))
    value = seen + first * f1 - second * f2
    squares = (1 + first) ** 2 * f1 + (1 - second) ** 2 * f2 + seen - f1 - f2
    variance = np.where(alone, NAN, np.maximum(squares - value, 0.0))
    value = np.where(undefined, NAN, value)
    return with_interval(seen, value, np.sqrt(variance), confidence)


def chao2(
    units: ArrayLike,
    form: Form = "classic",
    *,
    small_sample: bool = True,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate richness from the species found in one and in two sampling units (Chao2).

    As `chao1` with Q1, Q2 and k = (m - 1) / m (``small_sample``; else 1); vegan's specpool is the
    classic form. One sampling unit: k = 0, nothing can be told of the unseen, the estimate is what
    was seen (without ``small_sample`` it is not defined: NaN).
    """
    _known(form, ("classic", "bias_corrected"))
    found = presences(units)
    m, table = len(found), found.sum(axis=0).astype(np.float64)
    k = np.asarray((m - 1) / m if small_sample else (1.0 if m > 1 else NAN))
    q1, q2 = seen_times(table, 1), seen_times(table, 2)
    value, variance = _chao(form, _seen(table), (q1, q2), k)
    variance = np.where(m == 1, NAN, variance)
    return _finish(table, value, variance, confidence, own_error=True)


def jackknife1(
    units: ArrayLike, *, spread: Spread = "smith_van_belle", confidence: float = 0.95
) -> Estimate:
    """Estimate richness by leaving out one sampling unit: S + Q1 (m - 1) / m.

    Parameters
    ----------
    spread
        Of the variance (m - 1) / m (sum r^2 - c / m), r the species found in one unit only and in
        which: ``smith_van_belle`` as vegan computes it, c = Q1; ``heltshe_forrester`` the
        jackknife's own variance, c = Q1 squared. The first is never smaller.

    Examples
    --------
    >>> found = jackknife1([[1, 1, 0], [1, 0, 1], [1, 0, 1], [1, 0, 0]])
    >>> float(found.value), float(found.se)
    (3.75, 0.75)
    """
    _known(spread, ("smith_van_belle", "heltshe_forrester"))
    found = presences(units)
    m, times = len(found), found.sum(axis=0)
    only = found[:, times == 1].sum(axis=1).astype(np.float64)
    q1 = only.sum()
    centre = q1 if spread == "smith_van_belle" else q1**2
    variance = max((m - 1) / m * float((only**2).sum() - centre / m), 0.0) if m > 1 else NAN
    seen = _seen(times.astype(np.float64))
    return with_interval(seen, seen + q1 * (m - 1) / m, np.sqrt(np.asarray(variance)), confidence)


def jackknife2(units: ArrayLike) -> Estimate:
    """Estimate richness by leaving out one and two sampling units.

    S + Q1 (2m - 3) / m - Q2 (m - 2)^2 / (m (m - 1)); no error is known for it (NaN). It needs two
    units (else NaN).
    """
    found = presences(units)
    m, times = len(found), found.sum(axis=0).astype(np.float64)
    seen, q1, q2 = _seen(times), seen_times(times, 1), seen_times(times, 2)
    value = np.asarray(NAN)
    if m > 1:
        value = seen + q1 * (2 * m - 3) / m - q2 * (m - 2) ** 2 / (m * (m - 1))
    none = np.asarray(NAN)
    return Estimate(seen, value, none, none, none)


def bootstrap(units: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Estimate richness by the bootstrap's expectation (Smith, van Belle): S + sum (1 - p)^m.

    p is the share of units with the species. Exact: nothing is drawn; the variance counts how often
    two species would be missed together.
    """
    found = presences(units)
    m = len(found)
    present = found[:, found.any(axis=0)].astype(np.float64)
    missed = (1 - present.mean(axis=0)) ** m
    absent = 1 - present
    together = (absent.T @ absent / m) ** m - np.outer(missed, missed)
    seen = np.asarray(float(present.shape[1]))
    error = np.sqrt(np.asarray(max(float(together.sum()), 0.0) if m > 1 else NAN))
    return with_interval(seen, seen + missed.sum(), error, confidence)


def with_interval(seen: Floats, value: Floats, se: Floats, confidence: float) -> Estimate:
    """Return an estimate with the interval lognormal in the number of the unseen (Chao 1987).

    Where none is estimated unseen: from what was seen to the normal upper end.
    """
    z = _z(confidence)
    some = value > seen
    gap = np.where(some, value - seen, 1.0)
    factor = np.exp(z * np.sqrt(np.log1p((se / gap) ** 2)))
    lower = np.where(some, seen + gap / factor, np.where(np.isnan(se), NAN, seen))
    upper = np.where(some, seen + gap * factor, seen + z * se)
    return Estimate(seen, np.asarray(value), np.asarray(se), lower, upper)


def _seen(table: Floats) -> Floats:
    out: Floats = (table > 0).sum(axis=-1).astype(np.float64)
    return out


def _z(confidence: float) -> float:
    """Return the normal quantile of a two-sided interval."""
    if not 0 < confidence < 1:
        raise InputError(text("置信水平应在 0 与 1 之间", "the confidence must be between 0 and 1"))
    return float(special.ndtri((1 + confidence) / 2))


def _known(word: str, allowed: tuple[str, ...]) -> None:
    if word not in allowed:
        names = ", ".join(allowed)
        raise InputError(text(f"没有「{word}」；可用：{names}", f"no {word!r}; there are: {names}"))
