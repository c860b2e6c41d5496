"""Conditional means of a Gaussian series in order of time: every forecast from one factorisation.

With the covariance of a series factored as ``L @ L.T`` in order of time, the white numbers
``a = L^-1 y`` are its one-step surprises. What is expected of value t once the values up to i are
known is the sum of ``L[t, :i + 1] * a[:i + 1]``, and the variance that is left is the sum of
``L[t, i + 1:t + 1] ** 2``: running sums along the rows tell all origins and all leads at once.

References
----------
Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, chapter 2. The Cholesky factor
as prediction errors in order of time: Brockwell and Davis 1991, Time Series: Theory and Methods,
section 5.2 (innovations).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text

Floats = NDArray[np.float64]

_JITTERS = (1e-8, 1e-6, 1e-4, 1e-2)  # times the mean variance, the first that factors


@dataclass(frozen=True, eq=False)
class Factored:
    """A factored covariance and the white numbers of the values: ``lower @ white == values``."""

    lower: Floats
    white: Floats


def factored(covariance: Floats, values: Floats) -> Factored:
    """Factor the covariance of values in order of time.

    Parameters
    ----------
    covariance : array of float, shape (n, n)
    values : array of float, shape (n,)
        Finite, with mean nought.

    Raises
    ------
    InputError
        For a matrix that is no covariance.

    Examples
    --------
    >>> found = factored(np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([2.0, 0.0]))
    >>> [round(float(x), 3) for x in found.lower @ found.white]
    [2.0, 0.0]
    """
    from scipy.linalg import LinAlgError, cholesky, solve_triangular  # noqa: PLC0415 - slow

    size = len(values)
    if size == 0:
        return Factored(np.empty((0, 0)), np.empty(0))
    unit = float(np.trace(covariance)) / size
    for jitter in _JITTERS:
        made = covariance.copy()
        made.flat[:: size + 1] += jitter * unit
        try:
            lower = cholesky(made, lower=True, check_finite=False, overwrite_a=True)
        except LinAlgError:
            continue
        white = solve_triangular(lower, values, lower=True, check_finite=False)
        return Factored(lower, white)
    raise InputError(text("协方差矩阵不正定", "the covariance matrix is not positive definite"))


def known_up_to(found: Factored) -> tuple[Floats, Floats]:
    """Return what is expected of each value from those before, and the spread that is left.

    Returns
    -------
    means, spreads : array of float, shape (n, n)
        Row: the value; column i: once values 0 to i are known. From its own column on a value is
        known: its mean is itself and its spread 0.

    Examples
    --------
    >>> found = factored(np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([2.0, 0.0]))
    >>> means, spreads = known_up_to(found)
    >>> round(float(means[1, 0]), 3), round(float(spreads[1, 0] ** 2), 3)
    (1.0, 0.75)
    """
    means = np.cumsum(found.lower * found.white, axis=1)
    explained = np.cumsum(found.lower**2, axis=1)
    left = explained[:, -1:] - explained if len(explained) else explained
    spreads: Floats = np.sqrt(np.maximum(left, 0.0))
    return means, spreads


def ahead(found: Factored, across: Floats, variances: Floats) -> tuple[Floats, Floats]:
    """Return mean and spread of values that are not among the known ones.

    Parameters
    ----------
    found : Factored
        Of the known values.
    across : array of float, shape (n, m)
        Covariance of the known with the asked.
    variances : array of float, shape (m,)
        Of the asked.
    """
    from scipy.linalg import solve_triangular  # noqa: PLC0415 - slow

    if not len(found.white):
        return np.zeros(len(variances)), np.sqrt(variances)
    weights = solve_triangular(found.lower, across, lower=True, check_finite=False)
    left = variances - (weights**2).sum(axis=0)
    return weights.T @ found.white, np.sqrt(np.maximum(left, 0.0))


def surprise(found: Factored) -> float:
    """Return the negative log-likelihood of the values, without its constant."""
    return 0.5 * float(found.white @ found.white) + float(np.log(np.diag(found.lower)).sum())


def surprise_slope(found: Factored) -> Floats:
    """Return the derivative of `surprise` by each entry of the covariance, shape (n, n).

    Only the lower triangle holds it: the matrix is symmetric.
    """
    from scipy.linalg import lapack, solve_triangular  # noqa: PLC0415 - slow

    weights = solve_triangular(found.lower, found.white, lower=True, trans=1, check_finite=False)
    inverse, _ = lapack.dpotri(found.lower, lower=1)
    slope: Floats = 0.5 * (inverse - weights[:, None] * weights)
    return slope
