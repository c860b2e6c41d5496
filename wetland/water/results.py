"""From results to readings (检测结果 → 评价用数据): what may be used, and the means of a period.

The official rule of non-detects (环办监测函〔2020〕82号) is half the detection limit. Beside the
official value stand the least and the most that the true value may be, with the non-detects at
zero and at their limits: they tell how far a class could be off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.water.exactmeans import Cells, exact_means
from wetland.water.grouping import grouped
from wetland.water.parameters import parameters
from wetland.water.standards import Per

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Names = NDArray[np.object_]

NOT_USED = ("fail", "missing")
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
        Of a row: number of visits, of results flagged suspect, and whether any of it is invented.
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
    return results[_usable(results)]


def _usable(results: pd.DataFrame) -> Flags:
    kept: Flags = ((results["qa"] == "sample") & ~results["flag"].isin(NOT_USED)).to_numpy(
        dtype=bool
    )
    return kept


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

    Raises
    ------
    InputError
        ``per`` is none of these.
    """
    if per not in PERS:
        raise InputError(_PER.fill(per=per, allowed=", ".join(PERS)))
    rows = _rows(results)
    row_of, size = grouped(rows.visit if per == "sample" else rows.keyed(rows.month))
    columns = rows.parameters
    cells = Cells(rows.value, rows.below, rows.above, row_of, rows.column, columns)
    first = _first_of(row_of, size)
    if per == "sample":
        table = exact_means(cells, size, rounding=False)
    else:  # months, then rows of whole periods over them
        start = rows.month // _MONTHS[per] * _MONTHS[per]
        of_month, spans = grouped(rows.keyed(start)[first])
        table = exact_means(cells, size, rounding=True, spans=of_month)
        row_of, size = of_month[row_of], spans
        first = _first_of(row_of, size)
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
        np.ones(size, dtype=np.int64) if per == "sample" else _visits(rows.moment, row_of, size),
        np.bincount(row_of[rows.suspect], minlength=size),
        np.bincount(row_of[rows.synthetic], minlength=size) > 0,
    )


@dataclass(frozen=True)
class _Rows:
    """The usable rows as arrays: codes of stations (sorted), of parameters, of samples."""

    names: Names
    station: Integers
    parameters: tuple[str, ...]
    column: Integers
    day: NDArray[np.datetime64]
    month: Integers
    moment: Integers
    visit: Integers
    value: Floats
    below: Flags
    above: Flags
    suspect: Flags
    synthetic: Flags

    def keyed(self, time: Integers) -> Integers:
        """Return one number for each station and time, in their order."""
        return _keyed(self.station, time)


def _rows(results: pd.DataFrame) -> _Rows:
    kept = _usable(results) & ~_nothing(results)
    used = results if kept.all() else results[kept]
    names, station = _coded(used["station"])
    codes, column = _coded(used["parameter"], order=tuple(parameters()))
    day = _days(used["sampled_on"])
    censoring = used["censoring"]
    day_key = _keyed(station, day.astype(np.int64))
    moment = _within_day(day_key, _instants(used))
    return _Rows(
        names,
        station,
        tuple(str(c) for c in codes),
        column,
        day,
        day.astype("datetime64[M]").astype(np.int64),
        moment,
        _within_day(moment, _depths(used)),
        used["value"].to_numpy(dtype=float, na_value=np.nan),
        (censoring == "below").to_numpy(dtype=bool),
        (censoring == "above").to_numpy(dtype=bool),
        (used["flag"] == "suspect").to_numpy(dtype=bool),
        _booleans(used, "synthetic"),
    )


def _keyed(station: Integers, time: Integers) -> Integers:
    if not len(time):
        return station
    least = int(time.min())
    return station * (int(time.max()) - least + 1) + (time - least)


def _nothing(results: pd.DataFrame) -> Flags:
    """Find rows that tell nothing: no value, and not a non-detect."""
    empty: Flags = np.isnan(results["value"].to_numpy(dtype=float, na_value=np.nan))
    return empty & (results["censoring"] != "below").to_numpy(dtype=bool) if empty.any() else empty


def _coded(names: pd.Series[Any], *, order: Sequence[str] = ()) -> tuple[Names, Integers]:
    """Return the distinct names, in ``order`` and then sorted, and the number of each row's."""
    import pandas as pd

    codes, found = pd.factorize(names)
    distinct = np.asarray(found, dtype=object)
    place: dict[Any, int] = {name: at for at, name in enumerate(order)}
    sort = sorted(range(len(distinct)), key=lambda i: (place.get(distinct[i], len(place)),
                                                       distinct[i]))  # fmt: skip
    rank = np.empty(len(sort), dtype=np.int64)
    rank[sort] = np.arange(len(sort))
    return distinct[sort], rank[codes]


def _days(days: pd.Series[Any]) -> NDArray[np.datetime64]:
    import pyarrow as pa

    if days.dtype == object:
        array = pa.array(days.to_numpy(), type=pa.date32(), from_pandas=True)
        whole: NDArray[np.datetime64] = array.to_numpy(zero_copy_only=False)
        return whole.astype("datetime64[D]")
    return days.to_numpy().astype("datetime64[D]")


def _instants(used: pd.DataFrame) -> Integers | None:
    if "sampled_at" not in used or used["sampled_at"].isna().all():
        return None
    at = used["sampled_at"].to_numpy(dtype="datetime64[us]", na_value=np.datetime64("NaT"))
    return at.view(np.int64)


def _depths(used: pd.DataFrame) -> Integers | None:
    if "depth_m" not in used or used["depth_m"].isna().all():
        return None
    depth = used["depth_m"].to_numpy(dtype=float, na_value=np.nan)
    millimetres = np.rint(np.nan_to_num(depth) * 1000).astype(np.int64)
    return np.where(np.isnan(depth), _ABSENT, millimetres)


def _booleans(used: pd.DataFrame, name: str) -> Flags:
    if name not in used:
        return np.zeros(len(used), dtype=bool)
    return used[name].to_numpy(dtype=bool, na_value=False)


_ABSENT = np.iinfo(np.int64).min  # also what a missing instant is as a number


def _within_day(key: Integers, part: Integers | None) -> Integers:
    """Tell keys apart by a part; a missing part joins the only part of its key."""
    group, size = grouped(key)
    if part is None:
        return group
    absent = part == _ABSENT
    if absent.any():
        least = np.full(size, np.iinfo(np.int64).max)
        most = np.full(size, _ABSENT)
        np.minimum.at(least, group[~absent], part[~absent])
        np.maximum.at(most, group[~absent], part[~absent])
        only = (least == most)[group] & absent
        part = np.where(only, least[group], part)
    order = np.lexsort((part, group))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(group[order]) != 0) | (np.diff(part[order]) != 0)
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.cumsum(new) - 1
    return numbers


def _first_of(group_of: Integers, size: int) -> Integers:
    first = np.empty(size, dtype=np.int64)
    first[group_of[::-1]] = np.arange(len(group_of))[::-1]
    return first


def _visits(moment: Integers, row_of: Integers, size: int) -> Integers:
    """Count the distinct moments of every row (depths of one moment are one visit)."""
    if not len(moment):
        return np.zeros(size, dtype=np.int64)
    _, visits = grouped(moment)
    first = _first_of(moment, visits)  # moments are numbered without gaps, and lie in one row each
    return np.bincount(row_of[first], minlength=size)


def _period_names(rows: _Rows, first: Integers, per: Per) -> Names:
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
    days = rows.day[first][_first_of(day, size)]
    names: Names = np.datetime_as_string(days, unit="D").astype(object)[day]
    return _numbered(names, _keyed(rows.station, rows.day.astype(np.int64))[first])


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


def _starts(rows: _Rows, first: Integers, per: Per) -> NDArray[np.datetime64]:
    if per == "sample":
        return rows.day[first]
    whole = rows.month[first] // _MONTHS[per] * _MONTHS[per]
    return whole.astype("datetime64[M]").astype("datetime64[D]")
