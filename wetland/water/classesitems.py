"""The class of single items (单项水质类别): values against the limits of a standard, in arrays."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from wetland.water.standards import Limits, Standard
from wetland.water.stations import CLASSES

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Marks = NDArray[np.int8]

WORST = len(CLASSES)  # 6: worse than class V; 0 is no class
# mg/L of oxygen in saturated fresh water at T degrees: 468 / (31.6 + T) (HJ 2.3-2018, annex D).
SATURATION = (468.0, 31.6)
_NEAR = 1e-9


def item_class(
    limits: Limits, value: Floats, lake: Flags, *, saturated: Flags | None = None
) -> Marks:
    """Return the class of every value of one item as 1 to 6; 0 where there is no value.

    Parameters
    ----------
    limits
        The item's limits in a `Standard`.
    value
        Values in the parameter's unit.
    lake
        Which of them are of lakes, reservoirs or ponds.
    saturated
        Which values of dissolved oxygen reach class I by saturation (`oxygen_saturated`).

    Notes
    -----
    A value equal to a limit belongs to the better class. Where classes share a limit, a value
    belongs to the best of them. A range is class I inside, its ends included, and worse than V
    outside. Values and limits are the doubles nearest to decimals of less than 16 digits, so that
    comparing them is comparing the decimals.

    Examples
    --------
    >>> import numpy as np
    >>> from wetland.water.standards import standard_on
    >>> cod = standard_on().limits["cod"]
    >>> item_class(cod, np.array([15, 15.1, 40, 41, np.nan]), np.zeros(5, bool)).tolist()
    [1, 3, 5, 6, 0]
    """
    if limits.within is not None:
        inside = (value >= float(limits.within[0])) & (value <= float(limits.within[1]))
        found = np.where(inside, 1, WORST).astype(np.int8)
    else:
        found = _by_limits(limits, value, lake=False)
        if limits.lake and lake.any():
            found = np.where(lake, _by_limits(limits, value, lake=True), found)
    if saturated is not None:
        found = np.where(saturated, np.int8(1), found)
    return np.where(np.isnan(value), np.int8(0), found)


def _by_limits(limits: Limits, value: Floats, *, lake: bool) -> Marks:
    steps = np.array([float(x) for x in limits.of("lake" if lake else "river")])
    if limits.kind == "min":
        return (np.searchsorted(-steps, -value, side="left") + 1).astype(np.int8)
    return (np.searchsorted(steps, value, side="left") + 1).astype(np.int8)


def oxygen_saturated(
    standard: Standard, oxygen: Floats, temperature: Floats, percent: Floats
) -> Flags:
    """Find where dissolved oxygen reaches the share of saturation that makes class I.

    The share is the measured ``percent`` where there is one, else ``oxygen`` (mg/L) over what the
    water holds at ``temperature`` (degrees Celsius, 0 to 40): 468 / (31.6 + T), for fresh water at
    sea level. Where neither is known it is not reached. Equality reaches it, in decimals.

    References
    ----------
    GB 3838-2002, table 1 (饱和率90%或7.5); HJ 2.3-2018, annex D.

    Examples
    --------
    >>> import numpy as np
    >>> from wetland.water.standards import standard_on
    >>> none = np.full(3, np.nan)
    >>> oxygen_saturated(standard_on(), np.array([7.2, 7.0, 7.2]), np.array([26.9, 26.9, np.nan]),
    ...                  none).tolist()
    [True, False, False]
    """
    share = float(standard.do_saturation)
    least = share * SATURATION[0]
    with np.errstate(invalid="ignore"):
        product = oxygen * (SATURATION[1] + temperature)
        held = (temperature >= 0) & (temperature <= 40)
        reached = held & (product >= least)
        near = np.flatnonzero(held & (np.abs(product - least) < _NEAR * least))
    for at in near.tolist():
        exact = _decimal(oxygen[at]) * (_decimal(SATURATION[1]) + _decimal(temperature[at]))
        reached[at] = exact >= Fraction(standard.do_saturation) * _decimal(SATURATION[0])
    known = ~np.isnan(percent) & ~np.isnan(oxygen)
    return np.where(known, percent >= 100 * share, reached)


def _decimal(value: float) -> Fraction:
    return Fraction(repr(float(value)))


def exceedance_multiple(value: Floats, limit: Floats) -> Floats:
    """Return (C - S) / S rounded half to even to one place, in whole numbers (超标倍数).

    Examples
    --------
    >>> import numpy as np
    >>> exceedance_multiple(np.array([2.2, 1.25, 0.065]), np.array([1.0, 1.0, 0.05])).tolist()
    [1.2, 0.2, 0.3]
    """
    steps = 2e8  # of half of 10^-8, as in `exactmeans`
    fits = value < 2**53 / (20 * steps)
    c = np.rint(np.where(fits, value, 0.0) * steps).astype(np.int64)
    s = np.rint(limit * steps).astype(np.int64)
    quotient, rest = np.divmod(10 * (c - s), s)
    up = (2 * rest > s) | ((2 * rest == s) & (quotient % 2 == 1))
    exact = (quotient + up) / 10
    return np.where(fits, exact, np.round((value - limit) / limit, 1))
