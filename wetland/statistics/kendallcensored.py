"""Kendall's tests of values that are partly known only to lie below, or above, a limit.

Two values are compared where their order is certain: a value below a limit (``<L``) is less than
any measured value of ``L`` or more, and than a value known to lie above ``L`` or more; otherwise
the two count as tied. No limit is replaced by a number.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.akritas import (
    ABOVE,
    BELOW,
    MEASURED,
    Codes,
    akritas_theil_sen,
    bisected_slope,
    pairs_of,
)
from wetland.statistics.kendallblocks import Blocks, as_series, sort_blocks, tie_sums
from wetland.statistics.kendallseasons import heterogeneity, median_intercept
from wetland.statistics.trendtest import (
    Floats,
    TrendTest,
    normal_quantile,
    sample_notes,
    standard_score,
    two_sided,
)

MOSTLY = 0.8
ROWS_AT_ONCE = 512
TOLD_MOSTLY = text(
    "{share}% 的值未测出确值，斜率与截距不可靠",
    "{share} % of the values are only known to a limit: slope and intercept are not reliable",
)


def censored_kendall(t: ArrayLike, y: ArrayLike, censored: ArrayLike, *, alpha: float) -> TrendTest:
    """Return the Mann-Kendall test of censored values, with the slope of Akritas, Theil and Sen.

    ``censored`` is True (or -1) where ``y`` is a limit the value lies below, 1 where it lies above
    it. The slope (ATS) is one that, taken out of the values, leaves a score of 0. That usually
    holds for a range, which is found exactly by sorting the slopes at which pairs change their
    order; of it the slope is given at which NADA's bisection ends (`bisected_slope`), so that
    figures can be compared with those of others. Where values lie above limits, which NADA does
    not know, it is the middle of the range; NaN where the range has no end. The interval holds the
    slopes that leave a score within the normal quantile times the root of the variance,
    interpolated as without censoring.

    References
    ----------
    Akritas, Murphy and LaValley (1995), J. Am. Stat. Assoc. 90, 170; Helsel (2012), Statistics for
    Censored Environmental Data, ch. 12.
    """
    normal_quantile(alpha)
    codes = as_codes(censored, np.size(y))
    blocks = sort_blocks(t, y)
    return _test(blocks, codes[blocks.row], alpha)


def censored_seasonal(
    columns: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike], *, alpha: float, method: str
) -> TrendTest:
    """Return the seasonal (or regional) test: scores of the blocks added up.

    The variance is the sum of the blocks' variances over all permutations, so that the p agrees
    with permutation tests (NADA2's censeaken); the blocks' own tests have Helsel's variance. The
    slope is the one that leaves a score of 0 over all blocks, or the middle of the range that does.
    (censeaken tests within seasons, but takes slope and intercept without them.)
    """
    year, block, y, censored = columns
    codes = as_codes(censored, np.size(y))
    blocks = sort_blocks(year, y, block)
    sorted_codes = codes[blocks.row]
    parts, var_s = [], 0.0
    for g in range(blocks.bounds.size - 1):
        own = sorted_codes[int(blocks.bounds[g]) : int(blocks.bounds[g + 1])]
        label = blocks.labels.tolist()[g]
        parts.append(replace(_test(blocks.part(g), own, alpha), notes=(), block=label))
        var_s += permutation_variance(blocks.part(g), own)
    s = sum(p.s for p in parts)
    pairs = float((blocks.sizes * (blocks.sizes - 1) // 2).sum())
    z = float(standard_score(s, var_s))
    slope, lower, upper = akritas_theil_sen(pairs_of(blocks, sorted_codes), var_s, alpha=alpha)
    return TrendTest(
        method,
        s=s,
        var_s=var_s,
        z=z,
        p_value=two_sided(z),
        tau=s / pairs if pairs else math.nan,
        tau_b=math.nan,
        slope=slope,
        lower=lower,
        upper=upper,
        intercept=median_intercept(tuple(parts)),
        n=blocks.y.size,
        alpha=alpha,
        notes=_notes(sorted_codes),
        heterogeneity=heterogeneity([p.s for p in parts], [p.var_s for p in parts]),
        seasons=tuple(parts),
    )


def as_codes(censored: ArrayLike, size: int) -> Codes:
    """Return -1, 0 or 1 for each value.

    Raises
    ------
    InputError
        If there are not as many flags as values, or one is of another kind.
    """
    told = np.asarray(censored)
    if told.shape != (size,):
        raise InputError(
            text("删失标记应与数值一样多", "there must be as many censoring flags as values")
        )
    if told.dtype == np.bool_:
        return -told.astype(np.int8)
    try:
        numbers = as_series("censored", told)
    except InputError:
        numbers = np.full(size, np.nan)
    if not np.isin(numbers, (BELOW, MEASURED, ABOVE)).all():
        raise InputError(
            text(
                "删失标记应为 真/假，或 -1（低于）、0（测得）、1（高于）",
                "censoring flags are true or false, or -1 (below), 0 (measured), 1 (above)",
            )
        )
    return numbers.astype(np.int8)


def _test(blocks: Blocks, codes: Codes, alpha: float) -> TrendTest:
    pairs = pairs_of(blocks, codes)
    n = blocks.y.size
    s = float(pairs.up.sum()) - float(pairs.down.sum())
    var_s = censored_variance(blocks, codes)
    z = float(standard_score(s, var_s))
    slope, lower, upper = akritas_theil_sen(pairs, var_s, alpha=alpha)
    if not math.isnan(slope) and not (codes == ABOVE).any():
        slope = bisected_slope(blocks, codes, slope)
    return TrendTest(
        "mann_kendall_censored",
        s=s,
        var_s=var_s,
        z=z,
        p_value=two_sided(z),
        tau=2.0 * s / (n * (n - 1.0)) if n > 1 else math.nan,
        tau_b=math.nan,
        slope=slope,
        lower=lower,
        upper=upper,
        intercept=censored_median(blocks.y - slope * blocks.t, codes),
        n=n,
        alpha=alpha,
        notes=_notes(codes),
    )


def _notes(codes: Codes) -> tuple[Text, ...]:
    share = float((codes != MEASURED).mean()) if codes.size else 0.0
    told = (TOLD_MOSTLY.fill(share=round(100 * share)),) if share > MOSTLY else ()
    return (*sample_notes(codes.size), *told)


def censored_variance(blocks: Blocks, codes: Codes) -> float:
    """Return the variance of the score of one block without a trend.

    Where values are measured or lie below limits: ``n (n - 1) (2 n + 5) / 18``, less the ties of
    equal limits, less 1 for each value under each limit (a tied pair), corrected for equal limits,
    less the ties of measured values and of times (Helsel's variance, as NADA has it). Where some
    lie above limits: the variance over all permutations of the values (Daniels 1944).
    """
    if (codes == ABOVE).any():
        return permutation_variance(blocks, codes)
    n = blocks.y.size
    if n < 2:
        return 0.0
    below = codes == BELOW
    order = np.lexsort((~below, blocks.y))
    under = float(np.flatnonzero(below[order]).sum())
    limits = np.unique(blocks.y[below], return_counts=True)[1].astype(np.float64)
    equal = float((limits * (limits - 1.0) * (2.0 * limits + 5.0)).sum()) / 18.0
    under -= float((limits - 1.0).sum())
    measured = blocks.y[~below]
    y5, y3, y2 = (float(v[0]) for v in tie_sums(measured, np.array([0, measured.size])))
    t5, t3, t2 = (float(v[0]) for v in tie_sums(blocks.t, np.array([0, n])))
    ties = (y5 + t5) / 18.0
    if y2 and t2:
        triple = 9.0 * n * (n - 1.0) * (n - 2.0) if n > 2 else math.inf
        ties -= y3 * t3 / triple + y2 * t2 / (2.0 * n * (n - 1.0))
    return float(n * (n - 1.0) * (2.0 * n + 5.0) / 18.0 - equal - under - ties)


def permutation_variance(blocks: Blocks, codes: Codes) -> float:
    """Return the variance of the score over all orders of the values, whatever is censored."""
    n = blocks.y.size
    if n < 2:
        return 0.0
    a2, a3, b2, b3 = 0.0, 0.0, 0.0, 0.0
    for start in range(0, n, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        times = np.sign(blocks.t[None, :] - blocks.t[rows, None])
        signs = certain_signs(blocks.y, codes, rows)
        a2, b2 = a2 + float(np.abs(times).sum()), b2 + float(np.abs(signs).sum())
        a3, b3 = a3 + _squares(times), b3 + _squares(signs)
    triple = (a3 - a2) * (b3 - b2) / (n * (n - 1.0) * (n - 2.0)) if n > 2 else 0.0
    return triple + a2 * b2 / (2.0 * n * (n - 1.0))


def _squares(rows: Floats) -> float:
    return float((rows.sum(axis=1) ** 2).sum())


def certain_signs(y: Floats, codes: Codes, rows: slice = slice(None)) -> Floats:
    """Return 1 where the value of the column certainly exceeds that of the row, -1, or 0."""
    change = y[None, :] - y[rows, None]
    i, j = codes[rows, None], codes[None, :]
    same = (change == 0.0) & (i != j)
    up = (i != ABOVE) & (j != BELOW) & ((change > 0.0) | same)
    down = (i != BELOW) & (j != ABOVE) & ((change < 0.0) | same)
    signs: Floats = up.astype(np.float64) - down
    return signs


def censored_median(values: Floats, codes: Codes) -> float:
    """Return the median of values by Kaplan and Meier; NaN where it lies below every limit.

    Values below limits are redistributed to what lies below them; values above limits take part
    at their limit.
    """
    if values.size == 0 or np.isnan(values).any():
        return math.nan
    below = codes == BELOW
    order = np.lexsort((~below, values))  # at one value a measured one counts into the limit's risk
    v, b = values[order], below[order]
    at_risk = np.arange(1, v.size + 1, dtype=np.float64)
    share = 1.0
    for k in range(v.size - 1, -1, -1):
        if b[k]:
            continue
        low = share * (1.0 - 1.0 / at_risk[k])
        if low <= 0.5:
            return float(v[k])
        share = low
    return math.nan
