"""The exact law of Kendall's score over the permutations of the values, ties included."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.kendallblocks import Blocks
from wetland.statistics.trendtest import TrendTest

LARGEST = 170


def exact_kendall(blocks: Blocks, found: TrendTest) -> TrendTest:
    """Return ``found`` with the exact two-sided p: the share of orders with a score as far from 0.

    Raises
    ------
    InputError
        Where values share a time, or there are more than 170.
    """
    if blocks.y.size > LARGEST or np.unique(blocks.t).size < blocks.t.size:
        raise InputError(
            text(
                "精确 p 值要求各值时间不同，且不超过 {n} 个",
                "an exact p wants values of different times, {n} at most",
            ).fill(n=LARGEST)
        )
    tied = tuple(sorted(int(u) for u in np.unique(blocks.y, return_counts=True)[1]))
    p = exact_p(int(found.s), tied)
    return replace(found, method="mann_kendall_exact", p_value=p, notes=())


def exact_p(s: int, tied: tuple[int, ...]) -> float:
    """Return the probability of a score as far from 0 as ``s``, or farther, without a trend.

    Parameters
    ----------
    s
        Kendall's score.
    tied
        The sizes of the groups of equal values (1 for a value that is alone).

    Notes
    -----
    The number of inversions of a random order of a multiset has the Gaussian multinomial
    coefficient as its generating function (MacMahon); the score is the number of untied pairs less
    twice the inversions. Everything is counted in whole numbers.

    Examples
    --------
    >>> round(exact_p(-6, (1, 1, 1, 1, 1)), 6)
    0.233333
    """
    counts = inversion_counts(tied)
    most = len(counts) - 1
    far = sum(c for k, c in enumerate(counts) if abs(most - 2 * k) >= abs(s))
    return far / sum(counts)


@lru_cache(maxsize=64)
def inversion_counts(tied: tuple[int, ...]) -> tuple[int, ...]:
    """Return how many orders of a multiset have 0, 1, 2 ... inversions."""
    counts = [1]
    placed = 0
    for size in tied:
        for k in range(1, size + 1):
            placed += 1
            counts = _divide(_multiply(counts, placed), k)
    return tuple(counts)


def _multiply(counts: list[int], k: int) -> list[int]:
    """Multiply a polynomial by 1 - q^k."""
    made = counts + [0] * k
    for at, c in enumerate(counts):
        made[at + k] -= c
    return made


def _divide(counts: list[int], k: int) -> list[int]:
    """Divide a polynomial by 1 - q^k, without remainder."""
    made = list(counts)
    for at in range(k, len(made)):
        made[at] += made[at - k]
    return made[: len(made) - k]
