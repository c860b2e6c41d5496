"""Intervals of forecasts from past errors, each from what was known at its origin.

With many past errors the half width is a quantile of their sizes, with the correction of conformal
prediction for their number; with few it is Student's quantile times their root mean square. Errors
of neighbouring origins hang together, so that neither is exact: the coverage is measured.
"""

from __future__ import annotations

from bisect import insort
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST_ERRORS = 8  # of one lead, for an interval
TIE = 1e-9  # shares of weights so near are the same


def _conformal_from(alpha: float) -> int:
    """Return the number of errors from which quantiles are taken: four beyond the interval."""
    return ceil(4 / alpha)


def student_width(count: int, root_mean_square: float, *, alpha: float) -> float:
    """Return the half width from the root mean square of ``count`` errors about nought.

    It is t(1 - alpha/2; count) times the root mean square, as for a new normal error with no
    bias: the errors themselves are those of forecasts, so that their estimation is in them.

    Examples
    --------
    >>> round(student_width(10, 1.0, alpha=0.05), 3)
    2.228
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - scipy is slow to import

    return float(stdtrit(count, 1 - alpha / 2)) * root_mean_square


def conformal_width(sizes: list[float], *, alpha: float) -> float:
    """Return the half width from ascending sizes of errors: the ceil((n + 1)(1 - alpha))-th.

    Infinite where that is beyond the last.

    References
    ----------
    Vovk, Gammerman and Shafer 2005; Lei et al. 2018, Distribution-free predictive inference for
    regression (split conformal prediction).

    Examples
    --------
    >>> conformal_width([float(i) for i in range(1, 100)], alpha=0.05)
    95.0
    """
    rank = ceil((len(sizes) + 1) * (1 - alpha))
    return sizes[rank - 1] if rank <= len(sizes) else float("inf")


def half_widths(errors: Floats, known: Ints, *, alpha: float) -> Floats:
    """Return the half width at every origin and lead, from the errors known there at that lead.

    Parameters
    ----------
    errors : array of float, shape (origins, leads)
        NaN where nothing is known; they do not count.
    known : array of int, shape (origins, leads)
        How many of the first rows of ``errors`` are known at an origin (`known_before`).
    alpha : float
        One minus the coverage that is wanted.

    Returns
    -------
    array of float, shape (origins, leads)
        NaN with fewer than `FEWEST_ERRORS`.
    """
    widths = np.full(errors.shape, np.nan)
    for lead in range(errors.shape[1]):
        sizes: list[float] = []
        squares = 0.0
        read = 0
        for origin in range(errors.shape[0]):
            for row in range(read, int(known[origin, lead])):
                size = abs(float(errors[row, lead]))
                if size == size:  # not NaN
                    insort(sizes, size)
                    squares += size * size
            read = max(read, int(known[origin, lead]))
            if len(sizes) >= _conformal_from(alpha):
                widths[origin, lead] = conformal_width(sizes, alpha=alpha)
            elif len(sizes) >= FEWEST_ERRORS:
                scatter = sqrt(squares / len(sizes))
                widths[origin, lead] = student_width(len(sizes), scatter, alpha=alpha)
    return widths


def recent_widths(errors: Floats, known: Ints, *, alpha: float, half_life: float) -> Floats:
    """Return half widths as `half_widths` does, from errors that weigh less the older they are.

    Where what is forecast changes its ways, old errors say less of new ones. An error that became
    known ``half_life`` origins ago weighs half. The quantile counts the error to come with weight
    one beyond all others; with few errors the root mean square is weighted, and Student's degrees
    of freedom are the number of equal weights that would say as much.

    Parameters
    ----------
    errors, known, alpha
        As in `half_widths`.
    half_life : float
        In origins.

    Returns
    -------
    array of float, shape (origins, leads)
        NaN with fewer than `FEWEST_ERRORS`.

    References
    ----------
    Barber, Candes, Ramdas and Tibshirani 2023, Conformal prediction beyond exchangeability.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - scipy is slow to import

    widths = np.full(errors.shape, np.nan)
    for lead in range(errors.shape[1]):
        sizes = np.abs(errors[:, lead])
        order = np.argsort(sizes, kind="stable")[: int((~np.isnan(sizes)).sum())]
        read = known[:, lead, None]
        seen = order < read
        count = seen.sum(axis=1)
        rows = np.flatnonzero(count >= FEWEST_ERRORS)
        if not len(rows):
            continue
        sizes, age = sizes[order], np.maximum(read - 1 - order, 0)[rows]
        weights = np.where(seen[rows], 0.5 ** (age / half_life), 0.0)
        total = weights.sum(axis=1)
        reached = weights.cumsum(axis=1) / (total + 1.0)[:, None] >= 1 - alpha - TIE
        quantile = sizes[reached.argmax(axis=1)]
        equal = total**2 / (weights**2).sum(axis=1)
        student = stdtrit(equal, 1 - alpha / 2) * np.sqrt(weights @ sizes**2 / total)
        many = reached[:, -1] & (count[rows] >= _conformal_from(alpha))
        widths[rows, lead] = np.where(many, quantile, student)
    return widths


def interval_scores(actual: Floats, middle: Floats, widths: Floats, *, alpha: float) -> Floats:
    """Return the interval score of each interval: its width and what it missed by, over alpha.

    It is 2 / alpha times the sum of the pinball losses of both ends; smaller is better.

    References
    ----------
    Gneiting and Raftery 2007, Strictly proper scoring rules, prediction and estimation, eq. 43.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> interval_scores(3 * one, 0 * one, 2 * one, alpha=0.5).tolist()
    [8.0]
    """
    missed = np.maximum(np.abs(actual - middle) - widths, 0.0)
    made: Floats = 2 * widths + 2 / alpha * missed
    return made
