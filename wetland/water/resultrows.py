"""The usable rows of a table of results as arrays: stations, parameters, samples by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.water.grouping import grouped
from wetland.water.parameters import parameters

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Names = NDArray[np.object_]

NOT_USED = ("fail", "missing")


def usable_rows(results: pd.DataFrame) -> Flags:
    """Find the rows an analysis may use (see `results.usable`)."""
    kept: Flags = ((results["qa"] == "sample") & ~results["flag"].isin(NOT_USED)).to_numpy(
        dtype=bool
    )
    return kept


@dataclass(frozen=True)
class ResultRows:
    """Rows as arrays: codes of stations (sorted), of parameters, of samples.

    ``row`` is the place of each in the table of results; ``told`` says which of them tell a result,
    the others only that there is none.
    """

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
    row: Integers
    told: Flags

    def keyed(self, time: Integers) -> Integers:
        """Return one number for each station and time, in their order."""
        return keyed(self.station, time)


def rows_of(results: pd.DataFrame, *, unmeasured: bool = False) -> ResultRows:
    """Return the usable rows that tell something, numbered; ``unmeasured`` samples' rows too."""
    kept = told = usable_rows(results) & ~_nothing(results)
    if unmeasured and not told.all():
        kept = told | _unmeasured(results)
    used = results if kept.all() else results[kept]
    names, station = _coded(used["station"])
    codes, column = _coded(used["parameter"], order=tuple(parameters()))
    day = days_of(used["sampled_on"])
    censoring = used["censoring"]
    day_key = keyed(station, day.astype(np.int64))
    moment = _within_day(day_key, instants_of(used))
    return ResultRows(
        names,
        station,
        tuple(str(c) for c in codes),
        column,
        day,
        day.astype("datetime64[M]").astype(np.int64),
        moment,
        _within_day(moment, depths_of(used)),
        used["value"].to_numpy(dtype=float, na_value=np.nan),
        (censoring == "below").to_numpy(dtype=bool),
        (censoring == "above").to_numpy(dtype=bool),
        (used["flag"] == "suspect").to_numpy(dtype=bool),
        _booleans(used, "synthetic"),
        np.flatnonzero(kept),
        told[kept],
    )


def keyed(station: Integers, time: Integers) -> Integers:
    """Return one number for each station and time, in their order."""
    if not len(time):
        return station
    least = int(time.min())
    return station * (int(time.max()) - least + 1) + (time - least)


def _unmeasured(results: pd.DataFrame) -> Flags:
    """Find rows of samples of the water that say that nothing was measured."""
    lacking: Flags = ((results["qa"] == "sample") & (results["flag"] == "missing")).to_numpy(
        dtype=bool
    )
    return lacking


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


def days_of(days: pd.Series[Any]) -> NDArray[np.datetime64]:
    """Return dates as an array of days."""
    import pyarrow as pa

    if days.dtype == object:
        array = pa.array(days.to_numpy(), type=pa.date32(), from_pandas=True)
        whole: NDArray[np.datetime64] = array.to_numpy(zero_copy_only=False)
        return whole.astype("datetime64[D]")
    return days.to_numpy().astype("datetime64[D]")


def instants_of(used: pd.DataFrame) -> Integers | None:
    """Return the moments in microseconds since 1970, `ABSENT` where there is none; maybe none."""
    if "sampled_at" not in used or used["sampled_at"].isna().all():
        return None
    at = used["sampled_at"].to_numpy(dtype="datetime64[us]", na_value=np.datetime64("NaT"))
    return at.view(np.int64)


def depths_of(used: pd.DataFrame) -> Integers | None:
    """Return the depths in millimetres, `ABSENT` where there is none; None without any."""
    if "depth_m" not in used or used["depth_m"].isna().all():
        return None
    depth = used["depth_m"].to_numpy(dtype=float, na_value=np.nan)
    millimetres = np.rint(np.nan_to_num(depth) * 1000).astype(np.int64)
    return np.where(np.isnan(depth), ABSENT, millimetres)


def _booleans(used: pd.DataFrame, name: str) -> Flags:
    if name not in used:
        return np.zeros(len(used), dtype=bool)
    return used[name].to_numpy(dtype=bool, na_value=False)


ABSENT = np.iinfo(np.int64).min  # also what a missing instant is as a number


def _within_day(key: Integers, part: Integers | None) -> Integers:
    """Tell keys apart by a part; a missing part joins the only part of its key."""
    group, size = grouped(key)
    if part is None:
        return group
    absent = part == ABSENT
    if absent.any():
        least = np.full(size, np.iinfo(np.int64).max)
        most = np.full(size, ABSENT)
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


def first_of(group_of: Integers, size: int) -> Integers:
    """Return the first member of every group."""
    first = np.empty(size, dtype=np.int64)
    first[group_of[::-1]] = np.arange(len(group_of))[::-1]
    return first
