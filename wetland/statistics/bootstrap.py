"""Bootstrap (自助法): how far an estimate would wander if the sampling were done again.

Every draw is a row of weights, so that a statistic is computed for all draws at once. Randomness
comes from a seed or a numpy generator that the caller hands in: the same seed gives the same
answer.

References
----------
Efron, Tibshirani (1993), An Introduction to the Bootstrap, ch. 8.
Rao, Wu (1988), Resampling inference with complex survey data, JASA 83:231-241 (strata).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

DRAWS = 2000


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
    rng = np.random.default_rng(seed)
    order = np.argsort(strata, kind="stable")
    _, starts, counts = np.unique(strata[order], return_index=True, return_counts=True)
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
    out: Floats = weights[:, np.argsort(order)]
    return out
