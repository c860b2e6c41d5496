"""Mann-Kendall's test and Sen's slope of one series."""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.kendallblocks import (
    Blocks,
    BlockScores,
    Interval,
    block_scores,
    slope_interval,
    sort_blocks,
)
from wetland.statistics.trendtest import (
    TrendTest,
    normal_quantile,
    sample_notes,
    standard_score,
    two_sided,
)

Autocorrelation = Literal[
    "none", "hamed_rao", "yue_wang", "pre_whitening", "trend_free_pre_whitening"
]
AUTOCORRELATIONS: tuple[Autocorrelation, ...] = get_args(Autocorrelation)


def mann_kendall(
    t: ArrayLike,
    y: ArrayLike,
    *,
    censored: ArrayLike | None = None,
    alpha: float = 0.05,
    autocorrelation: Autocorrelation = "none",
    exact: bool = False,
) -> TrendTest:
    """Test one series for a monotonic trend (曼-肯德尔检验).

    Parameters
    ----------
    t
        Times, in the unit the slope is wanted for (years). They may be uneven, in any order, and
        several values may share one time: those are not compared with each other.
    y
        Values; NaN is a missing value, and distances in time stay true across it.
    censored
        True where ``y`` is a limit that the value lies below (or -1 for below, 0 for measured, 1
        for above a limit): see `wetland.statistics.kendallcensored`.
    alpha
        For the interval of the slope, the direction, and the lags that Hamed and Rao count.
    autocorrelation
        Correction for values that depend on those before them, on the true index of time: see
        `wetland.statistics.kendallserial`.
    exact
        Take the p value from the permutations of the values themselves, ties included, instead of
        from the normal law; for up to 170 values.

    Returns
    -------
    TrendTest
        With fewer than two values the score is 0 and the slope NaN.

    Raises
    ------
    InputError
        For columns that do not fit, alpha outside 0 to 1, and ways that do not go together.

    Notes
    -----
    The variance is corrected for ties in value and in time (the full formula). The interval of the
    slope interpolates between ranks, as EnvStats does.

    References
    ----------
    Mann (1945), Econometrica 13, 245; Kendall (1975), Rank Correlation Methods, 4th ed.; Sen
    (1968), J. Am. Stat. Assoc. 63, 1379; Gilbert (1987), ch. 16.

    Examples
    --------
    >>> found = mann_kendall(range(2016, 2021), [0.21, 0.19, 0.18, 0.20, 0.15])
    >>> found.s, round(found.p_value, 6), round(found.slope, 6)
    (-6.0, 0.220671, -0.014167)
    """
    limited = censored is not None and bool(np.asarray(censored).astype(bool).any())
    _refuse_what_does_not_go_together(autocorrelation, limited=limited, exact=exact)
    if censored is not None and limited:
        from wetland.statistics.kendallcensored import censored_kendall  # noqa: PLC0415 - rarely

        return censored_kendall(t, y, censored, alpha=alpha)
    if autocorrelation != "none":
        from wetland.statistics.kendallserial import serial_kendall  # noqa: PLC0415 - rarely

        return serial_kendall(t, y, alpha=alpha, method=autocorrelation)
    blocks = sort_blocks(t, y)
    found = block_test(blocks, block_scores(blocks), alpha=alpha, method="mann_kendall")
    if not exact:
        return found
    from wetland.statistics.kendallexact import exact_kendall  # noqa: PLC0415 - rarely

    return exact_kendall(blocks, found)


def _refuse_what_does_not_go_together(
    autocorrelation: Autocorrelation, *, limited: bool, exact: bool
) -> None:
    if autocorrelation not in AUTOCORRELATIONS:
        raise InputError(
            text(
                "没有名为 {name} 的自相关修正；可用：{names}",
                "there is no correction for autocorrelation named {name}; there are {names}",
            ).fill(name=autocorrelation, names=", ".join(AUTOCORRELATIONS))
        )
    corrected = autocorrelation != "none"
    if limited and (exact or corrected):
        raise InputError(
            text(
                "含未检出值时不能用精确 p 值或自相关修正",
                "with censored values there is no exact p and no correction for autocorrelation",
            )
        )
    if exact and corrected:
        raise InputError(
            text(
                "精确 p 值假定各值独立，不能与自相关修正同用",
                "an exact p takes the values as independent: it does not go with a correction",
            )
        )


def sen_slope(
    t: ArrayLike, y: ArrayLike, *, alpha: float = 0.05, interval: Interval = "interpolated"
) -> tuple[float, float, float, float]:
    """Return Sen's slope, the limits of its interval, and the intercept.

    ``interval`` says what happens between two ranks: "interpolated" as EnvStats does, "rounded" as
    R's trend does. The line goes through the medians of the times and of the values.
    """
    blocks = sort_blocks(t, y)
    var_s = float(block_scores(blocks).var_s.sum())
    slope, lower, upper = slope_interval(blocks, var_s, alpha=alpha, interval=interval)
    return slope, lower, upper, intercept_of(blocks, slope)


def block_test(
    blocks: Blocks, scores: BlockScores, *, alpha: float, method: str, block: int = 0
) -> TrendTest:
    """Return the test of one block of values."""
    normal_quantile(alpha)
    alone = blocks.part(block) if blocks.bounds.size > 1 else blocks
    n = alone.y.size
    s, var_s = (float(scores.s[block]), float(scores.var_s[block])) if n else (0.0, 0.0)
    z = float(standard_score(s, var_s))
    pairs, pairs_b = (scores.pairs[block], scores.pairs_b[block]) if n else (0, 0.0)
    slope, lower, upper = slope_interval(alone, var_s, alpha=alpha)
    return TrendTest(
        method,
        s=s,
        var_s=var_s,
        z=z,
        p_value=two_sided(z),
        tau=s / float(pairs) if pairs else math.nan,
        tau_b=s / float(pairs_b) if pairs_b else math.nan,
        slope=slope,
        lower=lower,
        upper=upper,
        intercept=intercept_of(alone, slope),
        n=n,
        alpha=alpha,
        notes=sample_notes(n),
    )


def intercept_of(blocks: Blocks, slope: float) -> float:
    """Return the intercept of the line through the medians of times and values (Conover)."""
    if blocks.y.size == 0:
        return math.nan
    return float(np.median(blocks.y) - slope * np.median(blocks.t))
