"""Individual-based rarefaction (个体稀释法): the species expected in a smaller sample of a row.

References
----------
Hurlbert (1971), Ecology 52:577-586; Heck, van Belle, Simberloff (1975), Ecology 56:1459-1461
(variance given the sample); Gotelli, Colwell (2001), Ecology Letters 4:379-391.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.counts import whole_counts
from wetland.birds.draws import none_drawn

Floats = NDArray[np.float64]


def rarefy(counts: ArrayLike, size: float) -> tuple[Floats, Floats]:
    """Return the expected richness of ``size`` individuals of every row, and its standard error.

    Parameters
    ----------
    size
        Whole number of individuals, 0 or more. A row with fewer has NaN (vegan returns its own
        richness): it cannot be compared at this size.

    Notes
    -----
    The error is that of drawing from this very sample: 0 at its full size. For the error of the
    community's richness see `wetland.birds.curves`.

    Examples
    --------
    >>> richness, se = rarefy([[2, 2, 2], [5, 1, 0], [1, 0, 0]], 2)
    >>> richness.round(6).tolist()
    [1.8, 1.333333, nan]
    """
    table = whole_counts(counts)
    _check(size)
    rows = np.atleast_2d(table)
    pairs = [_one(row[row > 0], float(size)) for row in rows]
    both = np.array(pairs).reshape(*table.shape[:-1], 2)
    return both[..., 0], both[..., 1]


def _one(x: Floats, m: float) -> tuple[float, float]:
    """Return richness and standard error of one sample; species with equal counts at once."""
    n = float(x.sum())
    if m > n:
        return float("nan"), float("nan")
    values, times = np.unique(x, return_counts=True)
    missing = none_drawn(n, values, m)
    richness = float((times * (1 - missing)).sum())
    joint = none_drawn(n, np.add.outer(values, values), m) - np.outer(missing, missing)
    pairs = np.outer(times, times) - np.diag(times)
    variance = (times * missing * (1 - missing)).sum() + (pairs * joint).sum()
    # what is left of rounding where the richness is certain
    spread = float(variance) if variance > 1e-12 * max(richness, 1.0) else 0.0
    return richness, float(np.sqrt(spread))


def chance_seen(counts: ArrayLike, size: float) -> Floats:
    """Return the chance of every species to be in a draw of ``size`` individuals of its row.

    Species last, as in ``counts``; NaN for a row with fewer individuals. The sum over species is
    the rarefied richness.
    """
    table = whole_counts(counts)
    _check(size)
    rows = np.atleast_2d(table)
    out = np.full(rows.shape, np.nan)
    for at, row in enumerate(rows):
        if (n := float(row.sum())) >= size:
            out[at] = 1 - none_drawn(n, row, float(size))
    chances: Floats = out.reshape(table.shape)
    return chances


def slope(counts: ArrayLike, size: float) -> Floats:
    """Return how many species one more individual adds at ``size``: the slope of the curve.

    The factorials of the rarefaction as gamma functions, so that ``size`` need not be whole; NaN
    where the row has fewer individuals. The counts' share of species with more than n - size
    individuals, which are in every draw, is 0.

    Examples
    --------
    >>> float(slope([2, 2, 2], 5).round(6))
    0.1
    """
    table = whole_counts(counts)
    if not (np.isfinite(size) and size >= 0):
        raise InputError(text("样本量应不小于 0", "a size must be 0 or more"))
    rows = np.atleast_2d(table)
    n = rows.sum(axis=1, keepdims=True)
    rest = np.maximum(n - size, 0.0) + 1
    without = np.maximum(n - rows - size + 1, 1.0)
    logs = (
        special.gammaln(n - rows + 1)
        + special.gammaln(rest)
        - special.gammaln(without)
        - special.gammaln(n + 1)
    )
    speed = special.digamma(rest) - special.digamma(without)
    parts = np.where(rows > 0, speed * np.exp(logs), 0.0)
    sums = np.where(n[:, 0] >= size, parts.sum(axis=1), np.nan)
    out: Floats = sums.reshape(table.shape[:-1])
    return out


def _check(size: float) -> None:
    if not (np.isfinite(size) and size >= 0 and size == np.floor(size)):
        raise InputError(
            text("稀释的样本量应为整数，且不小于 0",
                 "the size of a rarefied sample must be a whole number, 0 or more")
        )  # fmt: skip
