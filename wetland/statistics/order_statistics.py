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

    Parameters
    ----------
    values, censored
        Positive numbers, the limit where ``censored``; two different detected values at least and
        no limit above all of them.

    Examples
    --------
    >>> filled_in(np.array([1.0, 2.0, 3.0]), np.array([True, False, False])).round(3)
    array([0.975, 2.   , 3.   ])
    """
    if not censored.any():
        return values.copy()
    from scipy.special import ndtri  # noqa: PLC0415 - scipy is slow to import

    score = ndtri(plotting_positions(values, censored))
    x, y = score[~censored], np.log(values[~censored])
    dx = x - x.mean()
    slope = float(dx @ (y - y.mean()) / (dx @ dx))
    line = y.mean() + slope * (score - x.mean())
    return np.where(censored, np.exp(line), values)
