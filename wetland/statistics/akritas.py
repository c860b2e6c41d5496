"""The slope of Akritas, Theil and Sen: Sen's slope of values that partly lie beyond limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.kendallblocks import Blocks
from wetland.statistics.trendtest import Floats, normal_quantile

Codes = NDArray[np.int8]
BELOW, MEASURED, ABOVE = -1, 0, 1
TOLERANCE = 1e-7  # NADA's, of its bisection
BISECTIONS = 1000
MOST_PAIRS = 20_000_000


@dataclass(frozen=True)
class Pairs:
    """Pairs of values of different times, the earlier one first.

    ``up`` and ``down`` tell where the order is certain; ``may_rise`` and ``may_fall`` where it is
    for some slope taken out of the values; ``slope`` is where that changes.
    """

    up: NDArray[np.bool_]
    down: NDArray[np.bool_]
    may_rise: NDArray[np.bool_]
    may_fall: NDArray[np.bool_]
    slope: Floats


def pairs_of(blocks: Blocks, codes: Codes) -> Pairs:
    """Return all pairs of values of different times within blocks.

    Raises
    ------
    InputError
        If there are more than 20 million, as of 6,300 values.
    """
    width = blocks.stop - blocks.first
    if width.sum() > MOST_PAIRS:
        raise InputError(
            text(
                "含未检出值的序列过长（{n} 个值）",
                "the series is too long with censored values: {n}",
            ).fill(n=blocks.y.size),
            hint=text("请先按月或按年合并", "take months or years together first"),
        )
    i = np.repeat(np.arange(blocks.y.size), width)
    j = np.arange(i.size) - np.repeat(np.cumsum(width) - width, width) + blocks.first[i]
    change = blocks.y[j] - blocks.y[i]
    may_rise = (codes[i] != ABOVE) & (codes[j] != BELOW)
    may_fall = (codes[i] != BELOW) & (codes[j] != ABOVE)
    same = change == 0.0
    up = may_rise & ((change > 0.0) | (same & ((codes[i] == BELOW) | (codes[j] == ABOVE))))
    down = may_fall & ((change < 0.0) | (same & ((codes[j] == BELOW) | (codes[i] == ABOVE))))
    return Pairs(up, down, may_rise, may_fall, change / (blocks.t[j] - blocks.t[i]))


def akritas_theil_sen(pairs: Pairs, var_s: float, *, alpha: float) -> tuple[float, float, float]:
    """Return the slope that leaves a score of 0, and the limits of its interval.

    As the slope that is taken out grows, the score falls from the number of pairs that may rise to
    less the number that may fall: by 2 where both are measured, by 1 where one is a limit.
    """
    steps = pairs.may_rise.astype(np.int64) + pairs.may_fall
    at = steps > 0
    if not at.any():
        return math.nan, math.nan, math.nan
    slopes, group = np.unique(pairs.slope[at], return_inverse=True)
    drop = np.cumsum(np.bincount(group, steps[at]))
    highest, lowest = float(pairs.may_rise.sum()), float(pairs.may_fall.sum())
    left = highest - drop
    k = int(np.argmax(left <= 0.0))
    slope = float(slopes[k])
    if highest == 0.0 or (left[k] == 0.0 and k + 1 == slopes.size):
        slope = math.nan
    elif left[k] == 0.0:
        slope = float(slopes[k] + slopes[k + 1]) / 2.0
    order = np.argsort(pairs.slope[at], kind="stable")
    sorted_slopes, sizes = pairs.slope[at][order], steps[at][order]
    reach = normal_quantile(alpha) * math.sqrt(var_s) if var_s > 0.0 else math.nan
    lower = _at_rank(sorted_slopes, np.cumsum(sizes) / 2.0, (highest - reach) / 2.0)
    upper = _at_rank(-sorted_slopes[::-1], np.cumsum(sizes[::-1]) / 2.0, (lowest - reach) / 2.0)
    return slope, lower, -upper


def bisected_slope(blocks: Blocks, codes: Codes, middle: float) -> float:
    """Return the slope at which NADA's bisection ends, from its own bounds and to its tolerance.

    Limits are drawn down by a thousandth of the least of all values, so that they do not tie with
    measured ones. The bounds are the extreme slopes with limits taken as 0. The bisection stops at
    the first slope with a score of 0, goes on below and above it in the same way, and the mean of
    both ends is the slope. Where no slope leaves a score of 0 this is where its sign changes, to
    the tolerance of 1e-7. ``middle`` is returned where there are no bounds.
    """
    below = codes == BELOW
    drawn = replace(blocks, y=blocks.y - below * blocks.y.min() / 1000.0)
    pairs = pairs_of(drawn, codes)
    zeroed = pairs_of(replace(drawn, y=np.where(below, 0.0, drawn.y)), codes)
    steps = pairs.may_rise.astype(np.int64) + pairs.may_fall
    order = np.argsort(pairs.slope, kind="stable")
    turns = pairs.slope[order]
    left = np.append(0, np.cumsum(steps[order]))
    highest = int(pairs.may_rise.sum())

    def score(slope: float) -> int:
        # A pair of measured values on the line itself counts 0, between 1 and -1.
        low, high = np.searchsorted(turns, slope, "left"), np.searchsorted(turns, slope, "right")
        return highest - int(left[low] + left[high]) // 2

    if zeroed.slope.size == 0:
        return middle
    bounds = float(zeroed.slope.min()), float(zeroed.slope.max())
    low, at, high = _bisect(score, *bounds)
    return (_bisect(score, low, at)[1] + _bisect(score, at, high)[1]) / 2.0


def _bisect(score: Callable[[float], int], low: float, high: float) -> tuple[float, float, float]:
    """Halve a range until its middle scores 0 or it is narrow; return its ends and middle."""
    for _ in range(BISECTIONS):
        at = (low + high) / 2.0
        falls = score(low) * score(at) <= 0
        narrowed = at - low if falls else high - at
        if score(at) == 0 or narrowed <= TOLERANCE:
            break
        low, high = (low, at) if falls else (at, high)
    return low, at, high


def _at_rank(values: Floats, ranks: Floats, rank: float) -> float:
    if math.isnan(rank) or not ranks[0] <= rank <= ranks[-1]:
        return math.nan
    return float(np.interp(rank, ranks, values))
