"""Bootstrap (自助法): how far an estimate would wander if the sampling were done again.

Every draw is a row of indices or of weights, so that a statistic is computed for all draws at once.
Randomness comes from a seed or a numpy generator that the caller hands in: the same seed gives the
same answer.

References
----------
Efron, Tibshirani (1993), An Introduction to the Bootstrap, ch. 8, 13, 14 (BCa: eq. 14.9 to 14.15).
Rao, Wu (1988), Resampling inference with complex survey data, JASA 83:231-241 (strata).
Politis, Romano (1992), A circular block-resampling procedure for stationary data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Statistic = Callable[[Floats], Floats]
Interval = Literal["bca", "percentile"]

DRAWS = 2000


def random_source(seed: int | np.random.Generator) -> np.random.Generator:
    """Return a generator: the one given, or the one that starts from the number given."""
    return seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)


def drawn(
    size: int, draws: int, seed: int | np.random.Generator, *, strata: Ints | None = None
) -> Ints:
    """Return indices ``[draws, size]`` of samples drawn with replacement.

    Parameters
    ----------
    strata
        A number per sample: each draw takes from every stratum as many as it has, so that months or
        stations keep their share. Column i of the answer is a sample of the stratum of sample i.

    Examples
    --------
    >>> rows = drawn(4, 3, 1, strata=np.array([0, 0, 1, 1]))
    >>> rows.shape, bool((rows[:, :2] < 2).all()), bool((rows[:, 2:] > 1).all())
    ((3, 4), True, True)
    """
    rng = random_source(seed)
    if strata is None:
        return rng.integers(0, size, (draws, size), dtype=np.intp)
    order, starts, counts, place = _strata(strata)
    group = np.repeat(np.arange(len(counts)), counts)[place]
    inside = (rng.random((draws, size)) * counts[group]).astype(np.intp)
    picked: Ints = order[starts[group] + np.minimum(inside, counts[group] - 1)]
    return picked


def _strata(strata: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the samples in order of strata, start and size of each, and each sample's place."""
    order = np.argsort(strata, kind="stable")
    _, starts, counts = np.unique(strata[order], return_index=True, return_counts=True)
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    return order, starts, counts, place


def blocks_drawn(size: int, draws: int, seed: int | np.random.Generator, *, length: int) -> Ints:
    """Return indices ``[draws, size]`` made of blocks of neighbours, the end joined to the start.

    For series in which neighbours resemble each other; ``length`` 1 is the ordinary bootstrap.

    Examples
    --------
    >>> (np.diff(blocks_drawn(6, 1, 0, length=3)) % 6).tolist()
    [[1, 1, 2, 1, 1]]
    """
    if not 1 <= length <= size:
        raise InputError(
            text("块长须在 1 与 {n} 之间", "the length of a block must be 1 to {n}").fill(n=size)
        )
    rng = random_source(seed)
    blocks = -(-size // length)
    starts = rng.integers(0, size, (draws, blocks, 1), dtype=np.intp)
    indices: Ints = ((starts + np.arange(length)) % size).reshape(draws, -1)[:, :size]
    return indices


def stratum_weights(strata: Ints, draws: int, seed: int | np.random.Generator) -> Floats:
    """Return weights ``[draws, size]`` of samples for means in strata with few samples (Rao, Wu).

    From a stratum of n samples n - 1 are drawn with replacement, each counting n / (n - 1) times.
    So the weights of a stratum always add up to n, and the spread of a weighted mean over the draws
    is without bias even where a stratum has only two samples (the ordinary bootstrap would give
    half of it). The one sample of a stratum of one always has weight 1: it tells of no spread.

    Examples
    --------
    >>> stratum_weights(np.array([0, 0, 7]), 2, 3).sum(axis=1).tolist()
    [3.0, 3.0]
    """
    rng = random_source(seed)
    _, starts, counts, place = _strata(strata)
    weights = np.empty((draws, len(strata)))
    for size in np.unique(counts):
        where = starts[counts == size]
        columns = (where[:, None] + np.arange(size)).ravel()
        if size == 1:
            weights[:, columns] = 1.0
            continue
        shape = (draws, len(where), size - 1)
        cell = rng.integers(0, size, shape) + size * np.arange(draws * len(where)).reshape(
            draws, len(where), 1
        )
        times = np.bincount(cell.ravel(), minlength=draws * len(where) * size)
        weights[:, columns] = times.reshape(draws, -1) * (size / (size - 1))
    out: Floats = weights[:, place]
    return out


def left_out_in_turn(values: Floats, statistic: Statistic) -> Floats:
    """Return the statistic with each value left out in turn (jackknife, 刀切法)."""
    n = len(values)
    others = np.arange(n - 1)[None, :] + (np.arange(n - 1)[None, :] >= np.arange(n)[:, None])
    return np.asarray(statistic(values[others]), dtype=float)


def interval(
    estimate: float,
    replicates: Floats,
    *,
    confidence: float = 0.95,
    jackknife: Floats | None = None,
) -> tuple[float, float]:
    """Return the interval of an estimate from its bootstrap replicates.

    With ``jackknife`` (the statistic with each value left out in turn) it is the bias corrected and
    accelerated interval (BCa); without, or where all replicates lie on one side of the estimate so
    that BCa has no answer, the percentile interval. Replicates that are NaN are left out.

    Examples
    --------
    >>> [round(end, 9) for end in interval(40.0, np.arange(81.0))]
    [2.0, 78.0]
    """
    from scipy.special import ndtr, ndtri  # noqa: PLC0415 - scipy is slow to import

    kept = replicates[~np.isnan(replicates)]
    if not len(kept):
        return float("nan"), float("nan")
    tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    if jackknife is not None:
        share = (np.mean(kept < estimate) + np.mean(kept <= estimate)) / 2
        if 0 < share < 1:
            away = jackknife.mean() - jackknife
            spread = float(np.sum(away**2)) ** 1.5
            a = float(np.sum(away**3)) / (6 * spread) if spread > 0 else 0.0
            z = ndtri(share) + ndtri(tails)
            tails = ndtr(ndtri(share) + z / (1 - a * z))
    low, high = np.quantile(kept, tails)
    return float(low), float(high)


def bootstrap(
    values: Floats,
    statistic: Statistic,
    *,
    seed: int | np.random.Generator,
    draws: int = DRAWS,
    confidence: float = 0.95,
    method: Interval = "bca",
) -> tuple[float, float, float]:
    """Return a statistic of independent values and the two ends of its interval.

    Parameters
    ----------
    values
        One dimension, without missing values.
    statistic
        Takes an array ``[..., n]`` and returns the statistic along the last axis.

    Errors
    ------
    InputError
        Fewer than two values.

    Examples
    --------
    >>> values = np.array([1.0, 2.0, 4.0, 8.0])
    >>> estimate, low, high = bootstrap(values, lambda x: x.mean(axis=-1), seed=1)
    >>> estimate, low < 3.75 < high
    (3.75, True)
    """
    if len(values) < 2:
        raise InputError(text("自助法至少需要 2 个数值", "the bootstrap needs two values at least"))
    estimate = float(statistic(values))
    replicates = np.asarray(statistic(values[drawn(len(values), draws, seed)]), dtype=float)
    turns = left_out_in_turn(values, statistic) if method == "bca" else None
    low, high = interval(estimate, replicates, confidence=confidence, jackknife=turns)
    return estimate, low, high
