"""Pettitt's test for one change point (佩蒂特突变点检验)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.statistics.kendallblocks import as_series
from wetland.statistics.spearman import ranks


@dataclass(frozen=True)
class ChangePoint:
    """Where a series most likely changes its level.

    Attributes
    ----------
    u
        The largest absolute value of Pettitt's statistic.
    p_value
        Approximate two-sided p.
    last_before
        Positions (from 0, in what was handed over) of the last value before the change; several
        where the statistic is equally large.
    before, after
        Medians of the values up to the first of these positions, and of those after it.
    n
        How many values were used.
    """

    u: float
    p_value: float
    last_before: tuple[int, ...]
    before: float
    after: float
    n: int


def pettitt(y: ArrayLike) -> ChangePoint:
    """Test whether a series in order of time changes its level once, at an unknown time.

    ``U(k)`` is twice the sum of the first ``k`` ranks less ``k (n + 1)``, with mean ranks for ties;
    the change is after the ``k`` with the largest absolute value. ``p = min(1, 2 exp(-6 U^2 /
    (n^3 + n^2)))``: an approximation, good for p below 0.5. Missing values (NaN) are left out.
    The values are taken as independent: a trend or autocorrelation also gives a small p. Fewer
    than two values give U = 0 and p = 1.

    References
    ----------
    Pettitt (1979), Appl. Stat. 28, 126.

    Examples
    --------
    >>> found = pettitt([1, 2, 1, 2, 8, 9, 8, 9])
    >>> found.last_before, found.u
    ((3,), 16.0)
    """
    values = as_series("y", y)
    kept = np.flatnonzero(~np.isnan(values))
    present = values[kept]
    n = present.size
    if n < 2:
        return ChangePoint(0.0, 1.0, (), math.nan, math.nan, n)
    u = pettitt_many(present[None, :])[0]
    largest = float(np.abs(u).max())
    at = np.flatnonzero(np.abs(u) == largest)
    last = int(at[0])
    return ChangePoint(
        u=largest,
        p_value=pettitt_p(largest, n),
        last_before=tuple(int(kept[k]) for k in at),
        before=float(np.median(present[: last + 1])),
        after=float(np.median(present[last + 1 :])) if last + 1 < n else math.nan,
        n=n,
    )


def pettitt_many(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``U(k)`` for the rows of a matrix without missing values, k = 1 to n."""
    n = values.shape[1]
    ranked = np.array([ranks(row) for row in values]).reshape(values.shape)
    u: NDArray[np.float64] = 2.0 * np.cumsum(ranked, axis=1) - np.arange(1, n + 1) * (n + 1.0)
    return u


def pettitt_p(u: float, n: int) -> float:
    """Return the approximate two-sided p of Pettitt's statistic."""
    return min(1.0, 2.0 * math.exp(-6.0 * u * u / (n**3 + n**2)))
