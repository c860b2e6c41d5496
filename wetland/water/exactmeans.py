"""Means of results in decimal arithmetic (均值与修约): exact, and rounded half to even.

A result is a decimal with few places, so a sum is a sum of whole numbers: of steps of 10^-8, and of
half steps for non-detects at half their limit. Sums of whole numbers are exact in double precision
below 2^53, and so is what is rounded from them. Only what does not fit (other numbers, months of
unequal weight) is summed in floating point; there a result near a tie is calculated anew with
fractions.

References
----------
GB/T 8170-2008, 3.2: rounding half to even (数值修约规则).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wetland.water.fractionmeans import hydrogen_mean, mean_of_means, round_half_even
from wetland.water.parameters import parameters

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Which = Literal["value", "low", "high"]

PLACES = 8
_STEP = 10.0**PLACES
_WHOLE = 2.0**51  # twice of it, and a sum of two such, is still a whole number in a double
_NOISE = 4 * np.finfo(float).eps  # what a conversion of units may leave of a decimal
_NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class Cells:
    """Single results: value or limit, how it is censored, its group (a sample or month), column."""

    value: Floats
    below: Flags
    above: Flags
    group: Integers
    column: Integers
    codes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Means:
    """Tables of rows x columns; NaN where there is nothing (see `results.Readings`)."""

    value: Floats
    low: Floats
    high: Floats
    mean: Floats
    count: Integers
    censored: Integers


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums over cells, in half steps where ``whole``; ``plain`` in the unit itself elsewhere."""

    steps: Floats
    limits: Floats
    count: Floats
    whole: Flags
    plain: Floats | None
    plain_limits: Floats | None


def exact_means(
    cells: Cells, groups: int, *, rounding: bool, spans: Integers | None = None
) -> Means:
    """Average results over groups and, with ``spans``, the groups' means over spans.

    Parameters
    ----------
    cells
        The results.
    groups
        Number of groups.
    rounding
        Round to the places of each parameter; without it ``value`` is ``mean``.
    spans
        The row of each group where groups (months) are averaged again, with equal weights.
    """
    cells = _clean(cells)
    width = len(cells.codes)
    rows = groups if spans is None else int(spans.max()) + 1 if len(spans) else 0
    of_group = np.arange(groups) if spans is None else spans
    at = cells.group * width + cells.column
    final = at if spans is None else of_group[cells.group] * width + cells.column
    size = rows * width
    sums = _sums(cells, at, groups * width)
    if spans is not None:
        sums = _of_spans(sums, of_group, width, size)
    count = np.bincount(final, minlength=size)
    told = cells.below | cells.above
    means = _Rounding(cells, of_group, final, (rows, width), rounding)
    with np.errstate(divide="ignore", invalid="ignore"):
        value, mean = means.of(sums, np.arange(size), "value")
        low, high = value.copy(), value.copy()
        if told.any():
            wide = np.unique(final[told])
            low[wide] = means.of(sums, wide, "low")[0]
            high[wide] = means.of(sums, wide, "high")[0]
    unknown = cells.below & np.isnan(cells.value)
    value[final[unknown]] = np.nan
    mean[final[unknown]] = np.nan
    high[final[unknown | cells.above]] = np.inf
    censored = np.bincount(final[told], minlength=size)
    shape = (rows, width)
    return Means(
        value.reshape(shape),
        low.reshape(shape),
        high.reshape(shape),
        mean.reshape(shape),
        count.reshape(shape),
        censored.reshape(shape),
    )


def _clean(cells: Cells) -> Cells:
    """Leave out censored results of what is no concentration; undo the noise of conversions."""
    ranges = np.array([_direction(c) == "range" for c in cells.codes], dtype=bool)
    told = cells.below | cells.above
    if ranges.any() and told.any():
        kept = ~(told & ranges[cells.column])
        cells = Cells(
            cells.value[kept],
            cells.below[kept],
            cells.above[kept],
            cells.group[kept],
            cells.column[kept],
            cells.codes,
        )
    near = np.rint(cells.value * _STEP) / _STEP
    close = np.abs(near - cells.value) <= _NOISE * np.abs(cells.value)
    return Cells(
        np.where(close, near, cells.value),
        cells.below,
        cells.above,
        cells.group,
        cells.column,
        cells.codes,
    )


def _direction(code: str) -> str:
    return parameters()[code].direction if code in parameters() else "none"


def _sums(cells: Cells, at: Integers, size: int) -> _Sums:
    known = ~np.isnan(cells.value)
    steps = np.rint(cells.value * _STEP)
    fits = (steps / _STEP == cells.value) & (np.abs(steps) < _WHOLE)
    usable = fits & known
    weights = np.where(usable, np.where(cells.below, steps, 2 * steps), 0.0)
    total = _added(at, weights, size)
    limits: Floats = np.zeros(size)
    below = np.flatnonzero(cells.below & usable)
    if len(below):
        limits = _added(at[below], steps[below], size)
    whole = (np.abs(total) < _WHOLE) & (np.abs(limits) < _WHOLE)
    odd = np.flatnonzero(known & ~fits)
    plain = plain_limits = None
    whole[at[odd]] = False
    if not whole.all():
        value = np.where(known, cells.value, 0.0)
        plain = _added(at, np.where(cells.below, value / 2, value), size)
        plain_limits = _added(at, np.where(cells.below, value / 2, 0.0), size)
    return _Sums(
        total, limits, np.bincount(at, minlength=size).astype(float), whole, plain, plain_limits
    )


def _of_spans(sums: _Sums, of_group: Integers, width: int, size: int) -> _Sums:
    """Sum the means of groups over spans: whole numbers where all groups have one weight."""
    used = np.flatnonzero(sums.count > 0)
    at = of_group[used // width] * width + used % width
    n = sums.count[used]
    groups = np.bincount(at, minlength=size).astype(float)
    count = _added(at, n, size)
    squares = _added(at, n * n, size)
    total = _added(at, sums.steps[used], size)
    limits = _added(at, sums.limits[used], size)
    whole = (groups * squares == count * count) & (np.abs(total) < _WHOLE)
    whole[at[~sums.whole[used]]] = False
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = count / groups  # so that the sum of means over `count` is their mean
        plain = _added(at, _units(sums)[used] / n, size) * scale
        plain_limits = _added(at, _unit_limits(sums)[used] / n, size) * scale
    return _Sums(total, limits, count, whole, plain, plain_limits)


def _added(at: Integers, weights: NDArray[Any], size: int) -> Floats:
    return np.bincount(at, weights, minlength=size).astype(float, copy=False)


def _units(sums: _Sums) -> Floats:
    steps = sums.steps / (2 * _STEP)
    return steps if sums.plain is None else np.where(sums.whole, steps, sums.plain)


def _unit_limits(sums: _Sums) -> Floats:
    steps = sums.limits / (2 * _STEP)
    return steps if sums.plain_limits is None else np.where(sums.whole, steps, sums.plain_limits)


class _Rounding:
    """Turn sums into means, exact where it matters; cells are numbered row by row."""

    def __init__(
        self,
        cells: Cells,
        of_group: Integers,
        final: Integers,
        shape: tuple[int, int],
        rounding: bool,
    ) -> None:
        self.cells = cells
        self.of_group = of_group
        self.final = final
        self.shape = shape
        self.rounding = rounding

    def of(self, sums: _Sums, at: Integers, which: Which) -> tuple[Floats, Floats]:
        """Return the value (rounded, where asked for) and the mean of the cells ``at``."""
        sign = {"value": 0.0, "low": -1.0, "high": 1.0}[which]
        steps = sums.steps[at] + sign * sums.limits[at]
        count, whole = sums.count[at], sums.whole[at]
        mean = steps / (count * (2 * _STEP))
        if not whole.all():
            plain = (_units(sums)[at] + sign * _unit_limits(sums)[at]) / count
            mean = np.where(whole, mean, plain)
        value = mean.copy()
        column = at % self.shape[1]
        for k, code in enumerate(self.cells.codes):
            known = parameters().get(code)
            if known is None or not (self.rounding or known.mean == "hydrogen"):
                continue
            mine = np.flatnonzero(column == k)
            if known.mean == "hydrogen":
                several = mine[count[mine] > 1]
                mean[several] = self._hydrogen_means(k)[at[several] // self.shape[1]]
                value[several] = mean[several]
                whole[several] = False
            if self.rounding and known.decimals is not None:
                value[mine] = _rounded(steps[mine], count[mine], known.decimals)
                odd = mine[~whole[mine]]
                value[odd] = self._not_whole(mean[odd], at[odd], k, which)
        return value, mean

    def _hydrogen_means(self, k: int) -> Floats:
        """Average pH as the concentration of hydrogen ions: over groups, then over spans."""
        mine = np.flatnonzero(self.cells.column == k)
        group, ions = self.cells.group[mine], 10.0 ** -self.cells.value[mine]
        n = np.bincount(group, minlength=len(self.of_group))
        means = np.bincount(group, ions, minlength=len(self.of_group)) / n
        used = np.flatnonzero(n)
        spans = self.of_group[used]
        total = np.bincount(spans, means[used], minlength=self.shape[0])
        result: Floats = -np.log10(total / np.bincount(spans, minlength=self.shape[0]))
        return result

    def _not_whole(self, mean: Floats, at: Integers, k: int, which: Which) -> Floats:
        """Round means that are not sums of whole numbers; near a tie calculate them exactly."""
        known = parameters()[self.cells.codes[k]]
        places = known.decimals or 0
        scaled = mean * 10.0**places
        value: Floats = np.rint(scaled) / 10.0**places
        near = np.abs(scaled - np.floor(scaled) - 0.5) < _NEAR * np.maximum(1.0, np.abs(scaled))
        if not near.any():
            return value
        wanted = np.zeros(self.shape[0] * self.shape[1], dtype=bool)
        wanted[at[near]] = True
        exact = self._by_cell(np.flatnonzero(wanted[self.final]), which)
        average = hydrogen_mean if known.mean == "hydrogen" else mean_of_means
        for place in np.flatnonzero(near).tolist():
            value[place] = round_half_even(average(exact[int(at[place])]), places)
        return value

    def _by_cell(self, mine: Integers, which: Which) -> dict[int, list[list[Fraction]]]:
        """Return the results of cells as fractions, by group."""
        cells = self.cells
        factor = {"value": Fraction(1, 2), "low": Fraction(0), "high": Fraction(1)}[which]
        found: dict[int, dict[int, list[Fraction]]] = {}
        for at in mine.tolist():
            value = float(cells.value[at])
            exact = Fraction(0) if np.isnan(value) else Fraction(repr(value))
            if cells.below[at]:
                exact *= factor
            cell = found.setdefault(int(self.final[at]), {})
            cell.setdefault(int(cells.group[at]), []).append(exact)
        return {cell: list(groups.values()) for cell, groups in found.items()}


def _rounded(steps: Floats, count: Floats, places: int) -> Floats:
    """Round ``steps / count`` (in half steps) half to even, in whole numbers throughout."""
    whole = np.where(np.abs(steps) < 2 * _WHOLE, steps, 0.0).astype(np.int64)
    unit = np.maximum(count, 1).astype(np.int64) * (2 * 10 ** (PLACES - places))
    quotient = whole // unit
    twice = 2 * (whole - quotient * unit)
    up = (twice > unit) | ((twice == unit) & (quotient % 2 == 1))
    rounded: Floats = (quotient + up) / 10.0**places
    return np.where(count > 0, rounded, np.nan)
