"""Tables of counts (计数表) as the measures of diversity read them: sites or visits x species.

Species are always the last axis. A 0 says "looked for, not found"; a visit that was not made has
no row. So a missing value is refused rather than taken for 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WHOLE_UP_TO = 2.0**53  # above, a float no longer tells two neighbouring counts apart


def abundances(values: ArrayLike) -> Floats:
    """Return counts, cover or biomass as floats: species last, finite, none below 0.

    Errors
    ------
    InputError
        No numbers, no axis, no species, more than two axes, a missing, infinite or negative value.
    """
    try:
        table = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            text("计数表里有不是数字的值", "the counts hold values that are no numbers")
        ) from error
    if table.ndim not in (1, 2) or table.shape[-1] == 0:
        raise InputError(
            text("计数应为一行（物种）或一张表（样点 × 物种），且至少有一个物种",
                 "counts must be a row of species or a table sites x species, with a species")
        )  # fmt: skip
    if np.isnan(table).any():
        raise InputError(
            text("计数有缺失值：未调查的样点请去掉整行，查过而没有记为 0",
                 "a count is missing: leave out what was not surveyed, write 0 for not found")
        )  # fmt: skip
    if np.isinf(table).any() or (table < 0).any():
        raise InputError(text("计数应为不小于 0 的有限数", "counts must be finite and 0 or more"))
    return table


def whole_counts(values: ArrayLike) -> Floats:
    """Return counts of individuals: as `abundances`, and whole numbers.

    Examples
    --------
    >>> whole_counts([3, 0, 2]).tolist()
    [3.0, 0.0, 2.0]
    """
    table = abundances(values)
    if (table != np.rint(table)).any() or (table > WHOLE_UP_TO).any():
        raise InputError(
            text("这项指标按个体数计算：计数须为整数",
                 "this measure counts individuals: the counts must be whole numbers")
        )  # fmt: skip
    return table


def presences(values: ArrayLike) -> Bools:
    """Return a table sampling units x species of what was found: any count above 0.

    Errors
    ------
    InputError
        As `abundances`; also a single row without the axis of sampling units, or no unit at all.
    """
    table = abundances(values)
    if table.ndim != 2 or not len(table):
        raise InputError(
            text("应为抽样单元 × 物种的表，且至少有一个单元",
                 "need a table sampling units x species, with at least one unit")
        )  # fmt: skip
    return table > 0


def seen_times(counts: Floats, times: int) -> Floats:
    """Return how many species were counted exactly ``times`` times (1: singletons, 单例种)."""
    out: Floats = (counts == times).sum(axis=-1).astype(np.float64)
    return out
