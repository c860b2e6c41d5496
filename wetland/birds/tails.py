"""The entropy that unseen species add (未见种的熵), without losing digits for large samples.

The estimator of Chao, Wang and Jost ends in z^(1-n) times what the series of -ln(1 - z) has beyond
its first n - 1 terms, z the chance-like ratio of singletons to doubletons. Written as it stands it
subtracts nearly equal numbers and divides by almost nothing. Here the terms beyond are summed:
z/n + z^2/(n+1) + z^3/(n+2) + ... , the far ones by Euler and Maclaurin's formula.
"""

from __future__ import annotations

from math import comb, factorial

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

_HEAD = 64  # terms summed one by one
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730)


def unseen_entropy(f1: Floats, f2: Floats, n: float) -> Floats:
    """Return f1 / n times the tail, from singletons, doubletons and the size; 0 without singletons.

    z = 1 - 2 f2 / ((n - 1) f1 + 2 f2), or 1 - 2 / ((n - 1)(f1 - 1) + 2) where there is no
    doubleton. Chao, Wang, Jost (2013), Methods Ecol. Evol. 4:1091-1100, eq. 7.
    """
    over = np.where(f2 > 0, (n - 1) * f1, (n - 1) * np.maximum(f1 - 1, 0))
    two = np.where(f2 > 0, 2 * f2, 2.0)
    z = np.where(f1 > 0, over / (over + two), 0.0)
    logs = np.where(f1 > 0, np.log1p(over / two) - np.log(np.where(over > 0, over / two, 1.0)), 0.0)
    out: Floats = np.where(f1 > 0, f1 / n * tail(np.atleast_1d(z), n, np.atleast_1d(logs)), 0.0)
    return out


def tail(z: Floats, n: float, decay: Floats | None = None) -> Floats:
    """Return the sum over j from 0 of z^(j+1) / (n + j), for 0 <= z < 1 and n of 1 or more.

    Parameters
    ----------
    decay
        -ln z where it is known better than from z (z near 1).

    Examples
    --------
    >>> float(tail(np.array([0.5]), 1).round(12)[0])  # ln 2
    0.69314718056
    """
    j = np.arange(_HEAD)
    total: Floats = (z[:, None] ** (j + 1) / (n + j)).sum(axis=1)
    rate = -np.log(np.where(z > 0, z, 1.0)) if decay is None else decay
    slow = (z > 0.5) & (rate > 0)
    total[slow] += z[slow] ** (_HEAD + 1) * _far(rate[slow], n + _HEAD)
    return total


def _far(rate: Floats, start: float) -> Floats:
    """Return the sum over j from 0 of exp(-rate j) / (start + j)."""
    out = _scaled_integral(rate * start) + 0.5 / start
    for order, number in enumerate(_BERNOULLI, 1):
        k = 2 * order - 1
        slope = sum(
            comb(k, i) * rate ** (k - i) * factorial(i) / start ** (i + 1) for i in range(k + 1)
        )
        out += number / factorial(2 * order) * slope
    return out


def _scaled_integral(x: Floats) -> Floats:
    """Return exp(x) E1(x): the integral of exp(-t) / (x + t) over t from 0."""
    near = np.minimum(x, 50.0)
    far = np.maximum(x, 50.0)
    series = sum((-1.0) ** k * factorial(k) / far ** (k + 1) for k in range(40))
    out: Floats = np.where(x <= 50, np.exp(near) * special.exp1(near), series)
    return out
