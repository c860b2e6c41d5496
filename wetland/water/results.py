"""From results to readings (检测结果 → 评价用数据): what may be used, and the means of a period.

The official rule of non-detects (环办监测函〔2020〕82号) is half the detection limit. Beside the
official value stand the least and the most that the true value may be, with the non-detects at
zero and at their limits: they tell how far a class could be off.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.water.exactmeans import Cells, exact_means
from wetland.water.grouping import grouped
from wetland.water.resultrows import ResultRows, first_of, keyed, rows_of, usable_rows
from wetland.water.standards import Per

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Names = NDArray[np.object_]

PERS: tuple[Per, ...] = ("sample", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}

_PER = text("不认识的时段 {per}；可用：{allowed}", "unknown period {per}; allowed: {allowed}")


@dataclass(frozen=True, eq=False)
class Readings:
    """Values by station and period (rows) and parameter (columns), ready to be assessed.

    Attributes
    ----------
    per
        What a row is: one sample, or the mean of a month, quarter or year.
    station, period
        Names of the rows, sorted; a period is ``2024-05-01``, ``2024-05``, ``2024-Q2`` or ``2024``.
        Several samples of one station and day are ``2024-05-01/1``, ``2024-05-01/2``.
    starts_on
        First day of the period.
    parameters
        Codes of the columns, in the order of the registry.
    value
        The official value in the parameter's unit: non-detects at half their limit, means rounded
        half to even to the parameter's places; NaN where not measured or, for a non-detect that
        came without a limit, not known.
    low, high
        The least and the most the true value may be, treated like ``value``.
    mean
        The official value before rounding.
    count, censored
        Number of results, and of non-detects (and values above the upper limit) among them.
    samples, suspect, synthetic
        Of a row: number of visits with a result, of results flagged suspect, and whether any of it
        is invented.
    """

    per: Per
    station: Names
    period: Names
    starts_on: NDArray[np.datetime64]
    parameters: tuple[str, ...]
    value: Floats
    low: Floats
    high: Floats
    mean: Floats
    count: Integers
    censored: Integers
    samples: Integers
    suspect: Integers
    synthetic: Flags

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.station)

    def over(self, as_of: dt.date | None) -> Flags:
        """Tell which periods have ended by a day, that day included; all of them without a day."""
        if as_of is None:
            return np.ones(len(self), dtype=bool)
        ends = self.starts_on
        if self.per != "sample":
            after = self.starts_on.astype("datetime64[M]") + _MONTHS[self.per]
            ends = after.astype("datetime64[D]") - 1
        ended: Flags = ends <= np.datetime64(as_of)
        return ended

    def column(self, code: str, which: str = "value") -> Floats:
        """Return one parameter's column of ``which`` array; NaN where it has no column."""
        if code in self.parameters:
            found: Floats = getattr(self, which)[:, self.parameters.index(code)]
            return found
        return np.full(len(self), np.nan)


def usable(results: pd.DataFrame) -> pd.DataFrame:
    """Return the rows an analysis may use: samples of the water that did not fail a check.

    Duplicates, blanks, spikes and standards of the laboratory are left out, and rows flagged
    ``fail`` or ``missing``; a ``suspect`` row is used (and counted, `Readings.suspect`).
    """
    return results[usable_rows(results)]


def period_means(results: pd.DataFrame, *, per: Per = "sample") -> Readings:
    """Arrange usable results by station and period, with the means of the official method.

    Parameters
    ----------
    results
        Rows of `WATER_RESULTS`.
    per
        ``sample``: as reported, no rounding (several results of one parameter in one sample are
        averaged). ``month``: mean of its results. ``quarter``, ``year``: mean of the monthly means
        that there are, each month with equal weight; monthly means are not rounded before.

    Notes
    -----
    A sample is a station, day, moment and depth; a result without moment or depth belongs to the
    only sample of its day, where there is only one. pH is averaged as the concentration of
    hydrogen ions. Decimals are exact: a result is the decimal it was written as (of at most eight
    places), ties are rounded half to even (GB/T 8170). A result above the upper limit counts at
    that limit, its ``high`` is infinite. A non-detect without a limit leaves the official value of
    its cell unknown; one of a parameter that is no concentration (pH, temperature) is not used.

    A period of which nothing but rows flagged ``missing`` is known has a row without values, with
    no sample counted; `usable` results have no such rows.

    Raises
    ------
    InputError
        ``per`` is none of these.
    """
    if per not in PERS:
        raise InputError(_PER.fill(per=per, allowed=", ".join(PERS)))
    rows = rows_of(results, unmeasured=True)
    told = rows.told
    row_of, size = grouped(rows.visit if per == "sample" else rows.keyed(rows.month))
    columns = rows.parameters
    cells = Cells(rows.value[told], rows.below[told], rows.above[told], row_of[told],
                  rows.column[told], columns)  # fmt: skip
    first = first_of(row_of, size)
    if per == "sample":
        table = exact_means(cells, size, rounding=False)
    else:  # months, then rows of whole periods over them
        start = rows.month // _MONTHS[per] * _MONTHS[per]
        of_month, spans = grouped(rows.keyed(start)[first])
        table = exact_means(cells, size, rounding=True, spans=of_month)
        row_of, size = of_month[row_of], spans
        first = first_of(row_of, size)
    return Readings(
        per,
        rows.names[rows.station[first]],
        _period_names(rows, first, per),
        _starts(rows, first, per),
        columns,
        table.value,
        table.low,
        table.high,
        table.mean,
        table.count,
        table.censored,
        _visits(rows.visit if per == "sample" else rows.moment, row_of, told, size),
        np.bincount(row_of[rows.suspect], minlength=size),
        np.bincount(row_of[rows.synthetic], minlength=size) > 0,
    )


def _visits(moment: Integers, row_of: Integers, told: Flags, size: int) -> Integers:
    """Count the distinct moments with a result of every row (depths of one moment are one)."""
    number, visits = grouped(moment[told])
    first = first_of(number, visits)  # a moment lies in one row
    return np.bincount(row_of[told][first], minlength=size)


def _period_names(rows: ResultRows, first: Integers, per: Per) -> Names:
    months = rows.month[first].astype("datetime64[M]")
    if per == "month":
        return np.datetime_as_string(months, unit="M").astype(object)
    if per == "year":
        return np.datetime_as_string(months, unit="Y").astype(object)
    if per == "quarter":
        number = months.astype(np.int64) % 12 // 3 + 1
        years = np.datetime_as_string(months, unit="Y")
        return np.char.add(np.char.add(years, "-Q"), number.astype(str)).astype(object)
    day, size = grouped(rows.day[first].astype(np.int64))
    days = rows.day[first][first_of(day, size)]
    names: Names = np.datetime_as_string(days, unit="D").astype(object)[day]
    return _numbered(names, keyed(rows.station, rows.day.astype(np.int64))[first])


def _numbered(names: Names, day_key: Integers) -> Names:
    """Tell samples of one station and day apart: ``/1``, ``/2``; rows are sorted by time."""
    same = np.zeros(len(names), dtype=bool)
    equal = day_key[1:] == day_key[:-1]
    same[1:] |= equal
    same[:-1] |= equal
    number = 0
    for at in np.flatnonzero(same).tolist():
        number = number + 1 if at and day_key[at] == day_key[at - 1] else 1
        names[at] = f"{names[at]}/{number}"
    return names


def _starts(rows: ResultRows, first: Integers, per: Per) -> NDArray[np.datetime64]:
    if per == "sample":
        return rows.day[first]
    whole = rows.month[first] // _MONTHS[per] * _MONTHS[per]
    return whole.astype("datetime64[M]").astype("datetime64[D]")
