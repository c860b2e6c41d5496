"""Mann-Kendall's test of values that depend on those before them (自相关修正).

All corrections work on the true index of time: a missing value leaves its place empty, and two
values on either side of a gap are not neighbours. (pymannkendall 1.4.3 closes the gaps up first,
and detrends the closed series with the slope of the open one.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.kendall import block_test
from wetland.statistics.kendallblocks import (
    Blocks,
    block_scores,
    limit_ranks,
    slope_interval,
    sort_blocks,
)
from wetland.statistics.trendtest import (
    Floats,
    Ints,
    TrendTest,
    normal_quantile,
    standard_score,
    two_sided,
)

Serial = Literal["hamed_rao", "yue_wang", "pre_whitening", "trend_free_pre_whitening"]
UNEVEN = 0.25  # of a step
TOLD_UNEVEN = text(
    "采样间隔不均匀，自相关按最近的整步计算",
    "uneven times: the autocorrelation is taken at the nearest whole step",
)
NO_VARIANCE = text(
    "自相关修正后的方差不为正，无法给出 p 值",
    "the corrected variance is not positive: there is no p value",
)


@dataclass(frozen=True)
class Steps:
    """Where values stand on an even grid of time: ``index`` rises, with holes for gaps."""

    index: Ints
    even: bool

    @property
    def length(self) -> int:
        """How many places the grid has."""
        return int(self.index[-1]) + 1 if self.index.size else 0


def serial_kendall(t: ArrayLike, y: ArrayLike, *, alpha: float, method: Serial) -> TrendTest:
    """Return the Mann-Kendall test corrected for autocorrelation.

    ``hamed_rao`` widens the variance by the autocorrelations of the ranks of the detrended values
    that are significant at ``alpha`` (Hamed and Rao 1998); ``yue_wang`` by those of the detrended
    values at all lags (Yue and Wang 2004); ``pre_whitening`` takes each value less the first
    autocorrelation times the one before it (Yue and Wang 2002), ``trend_free_pre_whitening`` does
    so after the trend is taken out, and puts it back (Yue et al. 2002). Slope and intercept are
    those of the plain test. The interval of the slope is widened with the variance, so that it
    goes with the p value; for pre-whitening it is the plain one.

    Raises
    ------
    InputError
        If two values fall on one step of time.
    """
    blocks = sort_blocks(t, y)
    plain = block_test(blocks, block_scores(blocks), alpha=alpha, method="mann_kendall")
    name = f"mann_kendall_{method}"
    if plain.n < 3 or plain.var_s == 0.0:
        return replace(plain, method=name)
    steps = steps_of(blocks.t)
    notes = plain.notes if steps.even else (*plain.notes, TOLD_UNEVEN)
    if method in ("hamed_rao", "yue_wang"):
        found = _widened(blocks, plain, variance_factor(blocks, steps, plain, method=method))
    else:
        found = _whitened(blocks, steps, plain, keep_trend=method == "trend_free_pre_whitening")
    return replace(found, method=name, notes=(*notes, *found.notes))


def steps_of(t: Floats) -> Steps:
    """Return the places of sorted times on a grid of the median distance between neighbours."""
    gaps = np.diff(t)
    step = float(np.median(gaps)) if gaps.size else 1.0
    if step > 0.0 and gaps.size:
        whole = np.maximum(np.rint(gaps / step), 1.0)
        step = float((t[-1] - t[0]) / whole.sum())
    if not step > 0.0 or gaps.min(initial=math.inf) <= 0.0:
        raise _shared_step()
    exact = (t - t[0]) / step
    index = np.rint(exact).astype(np.int64)
    if index.size > 1 and np.diff(index).min() < 1:
        raise _shared_step()
    return Steps(index, bool(np.abs(exact - index).max(initial=0.0) <= UNEVEN))


def _shared_step() -> InputError:
    return InputError(
        text(
            "有两个值落在同一时间步上，不能计算自相关",
            "two values fall on one step of time: there is no autocorrelation",
        ),
        hint=text("请先按月或按年取均值或中位数", "take means or medians of months or years first"),
    )


def autocorrelations(values: Floats, steps: Steps) -> tuple[Floats, Floats]:
    """Return the autocorrelation at each lag from 0, and how many pairs each lag has.

    Sums over the pairs that are there, over the sum of all squares: without gaps the usual
    estimate with divisor n.
    """
    length = steps.length
    padded = 1 << (2 * length - 1).bit_length()
    centred, there = np.zeros(padded), np.zeros(padded)
    centred[steps.index] = values - values.mean()
    there[steps.index] = 1.0
    sums = np.fft.irfft(np.abs(np.fft.rfft(centred)) ** 2, padded)[:length]
    pairs = np.rint(np.fft.irfft(np.abs(np.fft.rfft(there)) ** 2, padded)[:length])
    squares = float((centred**2).sum())
    flat = np.zeros(length)
    flat[0] = 1.0
    return (sums / squares if squares > 0.0 else flat), pairs


def variance_factor(
    blocks: Blocks, steps: Steps, plain: TrendTest, *, method: Literal["hamed_rao", "yue_wang"]
) -> float:
    """Return by how much the autocorrelation multiplies the variance of the score.

    Hamed and Rao (1998, eq. 13): ``1 + 2 / (n (n-1) (n-2)) sum m (m-1) (m-2) r``, over lags whose
    ``r`` lies outside ``+- z / sqrt(n)``; ``m`` is how many pairs a lag has, ``n - lag`` without
    gaps. Yue and Wang (2004): ``1 + 2 sum (m / n) r`` over all lags.
    """
    detrended = blocks.y - plain.slope * (blocks.t - blocks.t[0])
    n = float(plain.n)
    if method == "yue_wang":
        r, pairs = autocorrelations(detrended, steps)
        return 1.0 + 2.0 * float((pairs[1:] / n * r[1:]).sum())
    from scipy.stats import rankdata  # noqa: PLC0415 - scipy is slow to load

    # Values on one line differ by rounding only: such differences are no ranks.
    scale = max(float(np.abs(blocks.y).max()), float(np.abs(detrended).max()))
    ranks = rankdata(np.round(detrended, 13 - _digits(scale)))
    r, pairs = autocorrelations(ranks, steps)
    outside = np.abs(r) > normal_quantile(plain.alpha) / math.sqrt(n)
    weights = pairs * (pairs - 1.0) * (pairs - 2.0)
    told = float((weights * r)[1:][outside[1:]].sum())
    return 1.0 + 2.0 * told / (n * (n - 1.0) * (n - 2.0))


def _digits(scale: float) -> int:
    return math.ceil(math.log10(scale)) if scale > 0.0 else 0


def _widened(blocks: Blocks, plain: TrendTest, factor: float) -> TrendTest:
    var_s = plain.var_s * factor
    z = float(standard_score(plain.s, var_s))
    lower, upper = math.nan, math.nan
    if not any(map(math.isnan, limit_ranks(1, var_s, alpha=plain.alpha))):
        _, lower, upper = slope_interval(blocks, var_s, alpha=plain.alpha)
    return replace(
        plain,
        var_s=var_s,
        z=z,
        p_value=two_sided(z),
        lower=lower,
        upper=upper,
        notes=() if var_s > 0.0 else (NO_VARIANCE,),
    )


def _whitened(blocks: Blocks, steps: Steps, plain: TrendTest, *, keep_trend: bool) -> TrendTest:
    trend = plain.slope * (blocks.t - blocks.t[0]) if keep_trend else np.zeros(plain.n)
    values = blocks.y - trend
    first = autocorrelations(values, steps)[0][1] if steps.length > 1 else 0.0
    after = np.flatnonzero(np.diff(steps.index) == 1) + 1
    white = values[after] - first * values[after - 1] + trend[after]
    kept = sort_blocks(blocks.t[after], white)
    found = block_test(kept, block_scores(kept), alpha=plain.alpha, method=plain.method)
    return replace(
        found,
        slope=plain.slope,
        lower=plain.lower,
        upper=plain.upper,
        intercept=plain.intercept,
        notes=(),
    )
