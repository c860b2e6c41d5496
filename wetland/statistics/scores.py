"""Scores of forecasts that were told at rolling origins: skill, its chance, ranked probability."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def chance_of_skill(differences: Floats, *, reach: int) -> float | None:
    """Return the one-sided p of a mean loss difference above nought (Diebold-Mariano).

    Parameters
    ----------
    differences : array of float
        Per origin in order of time, the yardstick's loss less the forecast's; NaN does not count.
    reach : int
        How many origins an outcome is shared by: differences so far apart may hang together. The
        long-run variance has Bartlett's weights up to it, so that it is never negative.

    Returns
    -------
    float or None
        With the correction of Harvey, Leybourne and Newbold for few origins and Student's law;
        None with fewer than three origins, or where all differences are alike.

    References
    ----------
    Diebold and Mariano 1995, Comparing predictive accuracy. Harvey, Leybourne and Newbold 1997,
    Testing the equality of prediction mean squared errors. Newey and West 1987.
    """
    from scipy.special import stdtr  # noqa: PLC0415 - scipy is slow to import

    d = differences[~np.isnan(differences)]
    n = len(d)
    if n < 3:
        return None
    centred = d - d.mean()
    reach = max(1, min(reach, n // 2))
    variance = float(centred @ centred) / n
    for lag in range(1, reach):
        variance += 2 * (1 - lag / reach) * float(centred[lag:] @ centred[:-lag]) / n
    if variance <= 1e-24 * float(d @ d) / n:
        return None
    few = max(n + 1 - 2 * reach + reach * (reach - 1) / n, 1.0) / n
    statistic = sqrt(few) * float(d.mean()) / sqrt(variance / n)
    return float(stdtr(n - 1, -statistic))


def ranked_probability_score(probabilities: Floats, outcome: Ints) -> Floats:
    """Return the ranked probability score of ordered classes: 0 is best, 1 the worst.

    Parameters
    ----------
    probabilities : array of float, shape (..., classes)
        They add up to one.
    outcome : array of int, shape (...)
        The class that came, counted from 0; a negative one gives NaN.

    Returns
    -------
    array of float
        Squared differences of the cumulative probabilities, divided by the number of classes less
        one: a sure forecast that is one class off scores 1 / (classes - 1).

    References
    ----------
    Epstein 1969, A scoring system for probability forecasts of ranked categories; Wilks 2011,
    Statistical Methods in the Atmospheric Sciences, section 8.4.9.

    Examples
    --------
    >>> sure = np.array([0.0, 1.0, 0.0])
    >>> [float(ranked_probability_score(sure, np.array(k))) for k in (0, 1, 2)]
    [0.5, 0.0, 0.5]
    """
    classes = probabilities.shape[-1]
    told = np.cumsum(probabilities, axis=-1)[..., :-1]
    came = (np.arange(classes - 1) >= outcome[..., None]).astype(np.float64)
    score: Floats = ((told - came) ** 2).sum(axis=-1) / (classes - 1)
    return np.where(outcome < 0, np.nan, score)
