"""Fill in how far a position may be off (位置误差) where a record does not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.codes import coded

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = "unknown"
HIGHEST_HDOP = 50.0  # receivers write 50, 99 or 99.99 for "no fix"


def fill_uncertainty(
    stated: NDArray[np.float64], sources: NDArray[Any] | pd.Series, defaults: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return the uncertainty of each position, metres.

    Rule of decision: what a record states; else the default of its source, and never less than the
    widest value any record of that source states. Nothing is known of a position whose source is
    not known, so its default is the widest of all.

    Examples
    --------
    >>> fill_uncertainty(np.array([5.0, np.nan, 80.0]), np.array(["gps"] * 3), {"gps": 30.0})
    array([ 5., 80., 80.])
    """
    filled = np.asarray(stated, dtype=float).copy()
    known = np.isfinite(filled)
    widest = {name: float(value) for name, value in defaults.items()}
    numbers, names = coded(sources)
    for number in np.unique(numbers).tolist():
        name = names[number]
        here = filled[known & (numbers == number)]
        widest[name] = max(widest.get(name, 0.0), float(here.max(initial=0.0)))
    widest[UNKNOWN] = max(widest.values(), default=0.0)
    taken = [widest[name] if name in defaults else widest[UNKNOWN] for name in names]
    filled[~known] = np.array(taken)[numbers[~known]]
    return filled


def widest_of(defaults: Mapping[str, float], stated: Mapping[str, float]) -> dict[str, float]:
    """Return the defaults, each at least as wide as what its source states elsewhere.

    Examples
    --------
    >>> widest_of({"gps": 30.0, "unknown": 100.0}, {"gps": 45.0})
    {'gps': 45.0, 'unknown': 100.0}
    """
    return {name: max(float(value), stated.get(name, 0.0)) for name, value in defaults.items()}


def uncertainty_of_hdop(hdop: ArrayLike, hdop_m: float) -> NDArray[np.float64]:
    """Return the uncertainty that a receiver's HDOP (水平精度因子) means, metres.

    ``hdop_m`` is `SiteConfig.hdop_m`. NaN where there is no HDOP: missing, not finite, 0 or less,
    or above `HIGHEST_HDOP`, which is what receivers write when they have no fix.

    Examples
    --------
    >>> uncertainty_of_hdop([0.8, 2.5, 0.0, -1.0, 99.9, float("nan")], 10.0)
    array([ 8., 25., nan, nan, nan, nan])
    """
    given = np.asarray(hdop, dtype=float)
    with np.errstate(invalid="ignore"):
        usable = (given > 0) & (given <= HIGHEST_HDOP)
    return np.where(usable, given, np.nan) * hdop_m
