"""Kendall's tests of many series at once, with the same numbers as one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.trendtest import (
    Floats,
    Ints,
    normal_quantile,
    standard_score,
    two_sided_many,
)


@dataclass(frozen=True, eq=False)
class TrendTests:
    """The results of many tests: arrays with one number for each series (see `TrendTest`).

    ``intercept`` makes a line through the medians of the times and the values; it is NaN in
    seasonal and regional tests, whose seasons have levels of their own.
    """

    s: Ints
    var_s: Floats
    z: Floats
    p_value: Floats
    tau: Floats
    slope: Floats
    lower: Floats
    upper: Floats
    intercept: Floats
    n: Ints
    alpha: float

    @property
    def significant(self) -> NDArray[np.bool_]:
        """Where the p value is below alpha."""
        return self.p_value < self.alpha


def mann_kendall_many(
    t: ArrayLike, values: ArrayLike, *, alpha: float = 0.05, threads: int = 1
) -> TrendTests:
    """Return the Mann-Kendall tests of the rows of ``values``.

    ``t`` are the times of the columns, or a table with the times of each row. Missing values are
    NaN. The numbers are those of `wetland.statistics.kendall.mann_kendall`.

    Raises
    ------
    InputError
        If the shapes do not fit, a time is missing, or a value is infinite.

    Examples
    --------
    >>> found = mann_kendall_many([1, 2, 3, 4], [[1, 2, 3, 4], [4, float("nan"), 2, 1]])
    >>> found.s.tolist(), found.slope.tolist()
    ([6, -3], [1.0, -1.0])
    """
    times, table = np.asarray(t, np.float64), _matrix(values)
    if times.shape not in (table.shape, table.shape[1:]) or not np.isfinite(times).all():
        raise InputError(
            text("每一列都应有一个时间", "there must be one time for each column of values")
        )
    quantile = normal_quantile(alpha)
    if (np.diff(times, axis=-1) < 0).any():
        times = np.broadcast_to(times, table.shape)
        order = np.argsort(times, axis=1, kind="stable")
        times = np.take_along_axis(times, order, axis=1)
        table = np.take_along_axis(table, order, axis=1)
    times = np.broadcast_to(times, table.shape)
    from wetland.base.compiled import in_threads  # noqa: PLC0415 - loads the compiler
    from wetland.statistics import kendallgridkernels as grid  # noqa: PLC0415 - the compiler
    from wetland.statistics import kendallrowkernels as rows  # noqa: PLC0415 - the compiler

    found = np.empty((len(table), rows.ROW_FIELDS))

    def work(a: int, b: int) -> None:
        rows.row_tests(times[a:b], table[a:b], quantile, found[a:b])

    in_threads(work, len(table), threads)
    intercept = found[:, grid.MEDIAN] - found[:, grid.SLOPE] * found[:, rows.MIDDLE]
    return _tests(found, found[:, grid.VAR_S], intercept, alpha)


def seasonal_kendall_many(
    values: ArrayLike,
    period: int = 12,
    *,
    correlated: bool = False,
    alpha: float = 0.05,
    threads: int = 1,
) -> TrendTests:
    """Return the seasonal Kendall tests of many series on one grid.

    Parameters
    ----------
    values
        One series a row: the ``period`` seasons of the first year, then of the second, and so on;
        a last year may be short. Missing values are NaN.
    period
        Seasons of a year.
    correlated
        Whether seasons may depend on each other (Hirsch and Slack 1984).
    alpha
        For the intervals.
    threads
        How many threads share the series.

    Returns
    -------
    TrendTests
        With the numbers of `wetland.statistics.kendallseasons.seasonal_kendall`; slopes are per
        year.

    Raises
    ------
    InputError
        If ``values`` is no table, ``period`` is less than 1, or a value is infinite.

    Examples
    --------
    >>> found = seasonal_kendall_many([[5, 1, 6, 2, 7, 3]], 2)
    >>> found.s.tolist(), found.slope.tolist()
    ([6], [1.0])
    """
    table = _matrix(values)
    if period < 1:
        raise InputError(text("季节数应至少为 1", "a year has one season or more"))
    quantile = normal_quantile(alpha)
    if short := -table.shape[1] % period:
        table = np.pad(table, ((0, 0), (0, short)), constant_values=np.nan)
    from wetland.base.compiled import in_threads  # noqa: PLC0415 - loads the compiler
    from wetland.statistics import kendallgridkernels as grid  # noqa: PLC0415 - the compiler

    found = np.empty((len(table), grid.FIELDS))
    years = table.shape[1] // period
    places = sample_places(period * years * (years - 1) // 2, grid.SAMPLE)
    dependent = np.empty(len(table)) if correlated else None

    def work(a: int, b: int) -> None:
        part = table[a:b]
        if dependent is not None:
            grid.dependent_variances(part, period, dependent[a:b])
        grid.grid_tests(part, period, quantile, (places, dependent_of(a, b)), found[a:b])

    def dependent_of(a: int, b: int) -> Floats:
        return np.empty(0) if dependent is None else dependent[a:b]

    in_threads(work, len(table), threads)
    return _tests(found, found[:, grid.VAR_S], np.full(len(table), np.nan), alpha)


def regional_kendall_many(
    values: ArrayLike, *, correlated: bool = False, alpha: float = 0.05, threads: int = 1
) -> TrendTests:
    """Return regional Kendall tests; ``values`` is series (parameters) x stations x years."""
    cube = np.asarray(values, np.float64)
    if cube.ndim != 3:
        raise InputError(
            text("应为 指标 x 站点 x 年份 的数组", "values must be series x stations x years")
        )
    table = np.swapaxes(cube, 1, 2).reshape(len(cube), -1)
    return seasonal_kendall_many(
        table, max(cube.shape[1], 1), correlated=correlated, alpha=alpha, threads=threads
    )


def season_intercepts(values: Floats, period: int, starts: Floats) -> Floats:
    """Return the median of the intercepts of the seasons' own lines, for each row of a grid.

    ``starts`` are the first years of the rows. NaN where no season has two values.
    """
    from wetland.statistics import kendallgridkernels as grid  # noqa: PLC0415 - the compiler

    lines = np.empty((len(values), period))
    grid.season_intercepts(np.ascontiguousarray(values), period, starts, lines)
    known = ~np.isnan(lines).all(axis=1)
    found = np.full(len(values), np.nan)
    found[known] = np.nanmedian(lines[known], axis=1)
    return found


def sample_places(total: int, size: int) -> Ints:
    """Return places of a sample among ``total`` slopes: one at random in each of equal parts.

    What is drawn decides how long the search takes, never what it finds.
    """
    size = min(size, total)
    edges = np.linspace(0.0, total, size + 1)
    drawn = np.random.default_rng(size).random(size)
    return (edges[:-1] + drawn * np.diff(edges)).astype(np.int64)


def _matrix(values: ArrayLike) -> Floats:
    table = np.asarray(values, np.float64)
    if table.ndim != 2:
        raise InputError(
            text("应为二维数组：每行一个序列", "values must be a table with one series a row")
        )
    table = np.ascontiguousarray(table)
    if np.isinf(table).any():
        raise InputError(text("数值含无穷大", "values hold an infinite number"))
    return table


def _tests(found: Floats, var_s: Floats, intercept: Floats, alpha: float) -> TrendTests:
    from wetland.statistics import kendallgridkernels as grid  # noqa: PLC0415 - the compiler

    s, pairs = found[:, grid.S], found[:, grid.PAIRS]
    z = standard_score(s, var_s)
    return TrendTests(
        s=s.astype(np.int64),
        var_s=var_s.copy(),
        z=z,
        p_value=two_sided_many(z),
        tau=np.divide(s, pairs, out=np.full(len(s), np.nan), where=pairs > 0),
        slope=found[:, grid.SLOPE].copy(),
        lower=found[:, grid.LOWER].copy(),
        upper=found[:, grid.UPPER].copy(),
        intercept=intercept,
        n=found[:, grid.N].astype(np.int64),
        alpha=alpha,
    )
