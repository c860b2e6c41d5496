"""Regression on order statistics (次序统计量回归, ROS) for values below detection limits.

The detected values are kept as they are. A straight line through the logarithms of the detected
values, drawn over their normal scores, gives the values that stand in for the non-detects; only
their sum matters, no single one of them is the concentration of a sample (so "robust" ROS).

References
----------
Helsel, Cohn (1988), Estimation of descriptive statistics for multiply censored water quality data,
Water Resour. Res. 24:1997-2004 (plotting positions, several limits).
Helsel (2012), Statistics for Censored Environmental Data, 2nd ed., 6.3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

DRAWS = 1000
AT_ONCE = 2_000_000  # values of all draws together


def _exceedance(values: Floats, censored: Bools) -> tuple[Floats, Floats, Floats]:
    """Return the thresholds, the probability to exceed each (one more, 0), detects between them."""
    limits = np.unique(values[censored])
    if values.min() < limits[0]:
        limits = np.append(values.min(), limits)
    detected = np.sort(values[~censored])
    nondetects = np.sort(values[censored])
    start = np.searchsorted(detected, limits)  # detected values under each threshold
    between = np.diff(np.append(start, len(detected))).astype(float)
    under = start + np.searchsorted(nondetects, limits, side="right")
    exceeding = np.zeros(len(limits) + 1)
    for j in range(len(limits) - 1, -1, -1):
        share = between[j] / (between[j] + under[j])
        exceeding[j] = exceeding[j + 1] + (1 - exceeding[j + 1]) * share
    return limits, exceeding, between


def plotting_positions(values: Floats, censored: Bools) -> Floats:
    """Return the Helsel-Cohn plotting position of every value, in the order they came.

    Detected values between two thresholds share that part of the probability evenly, and so do the
    non-detects of one limit below it; equal values take their places in the order they came.

    Parameters
    ----------
    values, censored
        Positive numbers, the limit where ``censored``; at least one of each kind.

    Examples
    --------
    >>> plotting_positions(np.array([1.0, 2.0, 3.0]), np.array([True, False, False])).round(3)
    array([0.167, 0.556, 0.778])
    """
    limits, exceeding, between = _exceedance(values, censored)
    group = np.searchsorted(limits, values, side="right") - 1
    order = np.lexsort((values, censored, group))
    kind = (2 * group + censored)[order]
    starts = np.flatnonzero(np.diff(kind, prepend=-1))
    lengths = np.diff(np.append(starts, len(kind)))
    rank = np.empty(len(values))
    rank[order] = np.arange(len(kind)) - np.repeat(starts, lengths) + 1.0
    nondetects = np.bincount(group[censored], minlength=len(limits)).astype(float)
    low = 1 - exceeding[group]
    inside = exceeding[group] - exceeding[group + 1]
    return np.where(
        censored,
        low * rank / (nondetects[group] + 1),
        low + inside * rank / (between[group] + 1),
    )


def filled_in(values: Floats, censored: Bools) -> Floats:
    """Return the values with every non-detect replaced by its place on the fitted line.

    Non-detects whose limit is above all detected values tell nothing and are left out.

    Parameters
    ----------
    values, censored
        Positive numbers, the limit where ``censored``; two different detected values at least where
        there are non-detects.

    Examples
    --------
    >>> filled_in(np.array([1.0, 2.0, 3.0]), np.array([True, False, False])).round(3)
    array([0.975, 2.   , 3.   ])
    """
    told = ~censored | (values <= values[~censored].max())
    values, censored = values[told], censored[told]
    if not censored.any():
        return values
    from scipy.special import ndtri  # noqa: PLC0415 - scipy is slow to import

    score = ndtri(plotting_positions(values, censored))
    x, y = score[~censored], np.log(values[~censored])
    dx = x - x.mean()
    slope = float(dx @ (y - y.mean()) / (dx @ dx))
    line = y.mean() + slope * (score - x.mean())
    return np.where(censored, np.exp(line), values)


def mean_interval(
    values: Floats, censored: Bools, *, confidence: float, seed: int | np.random.Generator
) -> tuple[float, float]:
    """Return the bootstrap percentiles of the mean of `filled_in`.

    NaN for one value, and where fewer than the share ``confidence`` of the draws have a mean.
    """
    n, rng = len(values), np.random.default_rng(seed)
    step = max(1, AT_ONCE // n)
    sizes = [min(step, DRAWS - start) for start in range(0, DRAWS, step)]
    drawn = [drawn_means(values, censored, rng.integers(0, n, (size, n))) for size in sizes]
    means = np.concatenate(drawn)
    means = means[~np.isnan(means)]
    if n < 2 or len(means) < confidence * DRAWS:
        return float("nan"), float("nan")
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def drawn_means(values: Floats, censored: Bools, rows: Ints) -> Floats:
    """Return the mean of `filled_in` for many draws of the values at once.

    Parameters
    ----------
    values, censored
        Positive numbers, the limit where ``censored``.
    rows
        Indices ``[draws, n]`` into them.

    Returns
    -------
    ndarray
        One mean for each draw, of its values without the non-detects whose limit is above all its
        detected values; NaN where a draw with non-detects has fewer than two different detected
        values.
    """
    x, c = _sorted_rows(values, censored, rows)
    detected = ~c
    largest = np.where(detected, x, -np.inf).max(axis=1, keepdims=True)
    smallest = np.where(detected, x, np.inf).min(axis=1, keepdims=True)
    used = detected | (x <= largest)
    sums = np.where(detected, x, 0.0).sum(axis=1)
    line = _lines(x, detected, used, np.unique(values[censored]))
    means = (sums + np.where(c & used, line, 0.0).sum(axis=1)) / np.maximum(used.sum(axis=1), 1)
    unknown = c.any(axis=1) & (smallest >= largest)[:, 0]
    return np.where(unknown, np.nan, means)


def _sorted_rows(values: Floats, censored: Bools, rows: Ints) -> tuple[Floats, Bools]:
    order = np.argsort(values, kind="stable")
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order))
    picked = order[np.sort(place[rows], axis=1)]
    return values[picked], censored[picked]


def _lines(x: Floats, detected: Bools, used: Bools, limits: Floats) -> Floats:
    """Return the fitted line at every value's normal score, for all draws."""
    from scipy.special import ndtri  # noqa: PLC0415 - scipy is slow to import

    score = ndtri(_positions(x, detected, used, limits))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        n = detected.sum(axis=1, keepdims=True)
        y = np.where(detected, np.log(x), 0.0)
        z = np.where(detected, score, 0.0)
        zm, ym = z.sum(axis=1, keepdims=True) / n, y.sum(axis=1, keepdims=True) / n
        dz = np.where(detected, z - zm, 0.0)
        slope = (dz * (y - ym)).sum(axis=1, keepdims=True) / (dz * dz).sum(axis=1, keepdims=True)
        line: Floats = np.exp(ym + slope * (score - zm))
    return line


def _positions(x: Floats, detected: Bools, used: Bools, limits: Floats) -> Floats:
    """Return the plotting positions of rows of sorted values, from the highest limit downwards."""
    nondetect = used & ~detected
    rank = np.cumsum(detected, axis=1)
    at = np.full(x.shape, 0.5)
    above = np.zeros((len(x), 1))  # probability to exceed the threshold above
    upper = np.full((len(x), 1), np.inf)
    for limit in limits[::-1]:
        here = nondetect & (x == limit)
        count = here.sum(axis=1, keepdims=True)
        present = count > 0
        inside = detected & (x >= limit) & (x < upper) & present
        between = inside.sum(axis=1, keepdims=True)
        lower = (detected & (x < limit)).sum(axis=1, keepdims=True)
        under = lower + (nondetect & (x <= limit)).sum(axis=1, keepdims=True)
        exceeding = above + (1 - above) * between / np.maximum(between + under, 1)
        step = (exceeding - above) / (between + 1)
        at = np.where(inside, 1 - exceeding + step * (rank - lower), at)
        at = np.where(here, (1 - exceeding) * np.cumsum(here, axis=1) / (count + 1), at)
        above, upper = np.where(present, exceeding, above), np.where(present, limit, upper)
    lowest = detected & (x < upper)
    step = (1 - above) / (lowest.sum(axis=1, keepdims=True) + 1)
    positions: Floats = np.where(lowest, step * rank, at)
    return positions
