"""How far past forecasts of a grid missed, as quantiles of their errors (误差分位数).

An error is divided by the spread that its forecast told; how often such errors of a lead came says
how plausible each value is. A series with few errors leans on those of the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetland.visitors.hoursroll import Pairs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAD_HOURS = (0.5, 1, 2, 4, 8, 16, 24, 48, 96, 168, 336)  # upper ends of the classes of leads
FEWEST_POOLED = 40  # errors of a class of leads over all series, for quantiles of its own
LEANING = 150.0  # the errors of the others count as so many of its own
NORMAL_DAYS = 40.0
FEWEST_FREE = 3
_TINY = 1e-12


def lead_class(lead: Ints, per_day: int) -> Ints:
    """Return the class of each lead: the first of `LEAD_HOURS` that is not exceeded.

    Examples
    --------
    >>> lead_class(np.array([1, 2, 3, 48, 49]), 48).tolist()
    [0, 1, 2, 6, 7]
    """
    found = np.searchsorted(np.array(LEAD_HOURS), lead * 24.0 / per_day, side="left")
    made: Ints = np.minimum(found, len(LEAD_HOURS) - 1).astype(np.int64)
    return made


def normal_quantiles(levels: Floats) -> Floats:
    """Return the quantiles of the normal distribution."""
    from scipy.special import ndtri  # noqa: PLC0415 - scipy is slow to import

    made: Floats = ndtri(levels)
    return made


def quantiles(errors: Floats, series: Ints, classes: Ints, *, count: int, levels: Floats) -> Floats:
    """Return quantiles of errors for every series and class of leads.

    Those of a series and those of all series are averaged, level by level, with the weights of its
    number of errors and of `LEANING`. A class with fewer than `FEWEST_POOLED` errors takes the
    quantiles of the next shorter class that has them; without any, those of the normal
    distribution.

    Parameters
    ----------
    errors : array of float
        In units of the spread told; those that are not finite do not count.
    series, classes : array of int
        Of each error.
    count : int
        How many series there are.
    levels : array of float
        Between 0 and 1.

    Returns
    -------
    array of float, shape (series, classes of leads, levels)
    """
    made = np.empty((count, len(LEAD_HOURS), len(levels)))
    made[:] = normal_quantiles(levels)
    usable = np.isfinite(errors)
    for one in range(len(LEAD_HOURS)):
        inside = usable & (classes == one)
        if int(inside.sum()) < FEWEST_POOLED:
            if one:
                made[:, one] = made[:, one - 1]
            continue
        values, whose = errors[inside], series[inside]
        pooled = np.quantile(values, levels)
        for at in range(count):
            own = values[whose == at]
            told = np.quantile(own, levels) if len(own) else pooled
            made[at, one] = (len(own) * told + LEANING * pooled) / (len(own) + LEANING)
    return made


def standard_errors(pairs: Pairs) -> Floats:
    """Return the errors in units of the spread told; NaN where no spread was told."""
    spread = pairs.spread
    missed = (pairs.actual - pairs.told) / np.maximum(spread, _TINY)
    made: Floats = np.where(spread > _TINY, missed, np.nan)
    return made


def few_days(levels: Floats, days: int) -> Floats:
    """Return by how much quantiles are widened because errors are known of a few days only.

    Errors of one day hang together: it is days that are many or few. Student's quantiles with so
    many degrees of freedom (at least `FEWEST_FREE`), over those of the normal distribution; 1 at
    the median.

    Examples
    --------
    >>> few_days(np.array([0.05, 0.5, 0.95]), 7).round(2).tolist()
    [1.15, 1.0, 1.15]
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - scipy is slow to import

    middle = np.abs(levels - 0.5) < _TINY
    asked = np.where(middle, 0.75, levels)
    ratio = stdtrit(max(days, FEWEST_FREE), asked) / normal_quantiles(asked)
    made: Floats = np.where(middle, 1.0, ratio)
    return made


def error_quantiles(pairs: Pairs, *, count: int, per_day: int, levels: Floats) -> Floats:
    """Return `quantiles` of the errors of pairs, wider where they are of a few days (`few_days`).

    Errors of a lead of several days overlap: so many of them are worth one.
    Quantiles of the normal distribution are averaged in as if they were known of `NORMAL_DAYS` days
    of one series; without any error they stand alone.
    """
    found = quantiles(
        standard_errors(pairs),
        pairs.series,
        lead_class(pairs.lead, per_day),
        count=count,
        levels=levels,
    )
    on = pairs.origin // per_day
    days = len(np.unique(on))
    if not days:
        return found
    seen = len(np.unique(pairs.series * (int(on.max()) + 1) + on))
    mixed = (seen * found + NORMAL_DAYS * normal_quantiles(levels)) / (seen + NORMAL_DAYS)
    wider = [few_days(levels, int(days / max(hours / 24, 1))) for hours in LEAD_HOURS]
    made: Floats = mixed * np.stack(wider)
    return made
