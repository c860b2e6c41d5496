"""Trophic level index TLI(Σ) (综合营养状态指数) of lakes, reservoirs and ponds.

Five items make the index: chlorophyll a, total phosphorus, total nitrogen, transparency and the
permanganate index. It is no index for rivers, and an index of fewer items is not the official one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.water.classes import NO_STATION, NO_STATION_HINT
from wetland.water.classestable import WHY_NOT_OFFICIAL
from wetland.water.rowtables import table_of
from wetland.water.standards import Per, assessment_on
from wetland.water.stations import Station
from wetland.water.trophicindex import (
    ITEMS,
    STATES,
    WEIGHTS,
    TrophicIndex,
    bound_indices,
    part_indices,
    partial_indices,
    trophic_index,
    trophic_state,
    weighted_index,
)
from wetland.water.wording import named

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.results import Readings

__all__ = [
    "ITEMS", "STATES", "WEIGHTS", "TrophicIndex", "partial_indices", "trophic_index",
    "trophic_state", "trophic_table",
]  # fmt: skip

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_ORDER = tuple(STATES)

SUBSET = text(
    "缺少 {missing}，权重按其余指标重新分配，不是正式的综合营养状态指数",
    "without {missing}, the weights are shared among the others: not the official index",
)
FEW_SAMPLES = text(
    "只有 {n} 次监测，少于规定的 {least} 次",
    "{n} samples, fewer than the {least} that are required",
)
_RIVERS = text(
    "综合营养状态指数只用于湖泊、水库和池塘；以下站点是河流：{stations}",
    "the trophic level index is for lakes, reservoirs and ponds; these stations are rivers: "
    "{stations}",
)
_RIVERS_HINT = text(
    "只算湖库站点，或把河流站点去掉", "ask for the lakes only, or leave the rivers out"
)


def trophic_table(
    readings: Readings,
    stations: Mapping[str, Station],
    *,
    lakes_only: bool = False,
    as_of: dt.date | None = None,
) -> pd.DataFrame:
    """Return the trophic level index and state of each lake station and period.

    Parameters
    ----------
    readings
        Means by station and period; a non-detect counts half its limit, as in every official
        statistic.
    stations
        Stations by id; a lake as a whole (`wetland.water.grades.lake_means`) is a station too.
    lakes_only
        Leave rivers out instead of refusing them.
    as_of
        The day it is looked on; without one all periods are taken to be over.

    Returns
    -------
    DataFrame
        ``station``, ``period``, ``tli`` (not rounded), ``state`` (key of `STATES`) and
        ``state_words`` (`Text`), ``official``,
        ``why_not_official`` (`Text` or None), ``parts`` (index by item), ``values`` (mean by
        item), ``missing`` (items that are not there), ``censored`` (items whose mean rests on
        non-detects), ``possible`` (states that the index may have when each non-detect is
        anything from zero to its limit), ``samples``, ``synthetic``. One row for each station and
        period of the readings; without any item ``tli`` and ``state`` are missing.

    Notes
    -----
    Official only with all five items, with as many samples of each as the assessment asks for
    (two in a quarter, eight in a year), and of a period that has ended by ``as_of``.

    Raises
    ------
    InputError
        A station is a river, or is not told to be a river or a lake.
    """
    ids = readings.station
    kept = np.flatnonzero(_lakes(ids, stations, lakes_only=lakes_only))
    official, low, high = (_columns(readings, which, kept) for which in ("value", "low", "high"))
    parts = part_indices(official)
    tli = weighted_index(parts)
    bounds = [bound_indices(side, ~np.isnan(parts)) for side in _least_and_most(low, high)]
    censored = _columns(readings, "censored", kept) > 0
    samples = readings.samples[kept]
    count = np.nan_to_num(_columns(readings, "count", kept).astype(np.float64))
    fewest, over = np.minimum(samples, count.min(axis=1)), readings.over(as_of)[kept]
    rows = []
    for k, row in enumerate(kept.tolist()):
        missing = [i for i, part in zip(ITEMS, parts[k], strict=True) if np.isnan(part)]
        why = _why_not_official(missing, readings.per, int(fewest[k]), over=bool(over[k]))
        rows.append(
            {
                "station": ids[row],
                "period": readings.period[row],
                "tli": float(tli[k]),
                "state": (state := trophic_state(tli[k])),
                "state_words": None if state is None else STATES[state],
                "official": why is None,
                "why_not_official": why,
                "parts": _named(parts[k]),
                "values": _named(official[k]),
                "missing": missing,
                "censored": [i for i, some in zip(ITEMS, censored[k], strict=True) if some],
                "possible": _states_between(bounds[0][k], bounds[1][k]),
                "samples": int(samples[k]),
                "synthetic": bool(readings.synthetic[row]),
            }
        )
    return table_of(rows, _COLUMNS)


_COLUMNS = (
    "station", "period", "tli", "state", "state_words", "official", "why_not_official", "parts",
    "values", "missing", "censored", "possible", "samples", "synthetic",
)  # fmt: skip


def _least_and_most(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the values that give the lowest and the highest index.

    Transparency counts the other way round: the less, the higher the index.
    """
    clear = np.array(ITEMS) == "sd"
    return np.where(clear, high, low), np.where(clear, low, high)


def _why_not_official(missing: Sequence[str], per: Per, samples: int, *, over: bool) -> Text | None:
    """Return why an index is not the official one; None where it is."""
    if missing:
        return SUBSET.fill(missing=named(missing))
    if not over:
        return WHY_NOT_OFFICIAL["unfinished"]
    needed = assessment_on().minimum_samples[per]
    return None if samples >= needed else FEW_SAMPLES.fill(n=samples, least=needed)


def _lakes(ids: NDArray[np.object_], stations: Mapping[str, Station], *, lakes_only: bool) -> Bools:
    """Tell which rows are of lakes; rivers are refused unless they are to be left out."""
    names = sorted(set(ids))
    unknown = [name for name in names if name not in stations]
    if unknown:
        raise InputError(NO_STATION.fill(stations=", ".join(unknown)), hint=NO_STATION_HINT)
    rivers = [name for name in names if stations[name].water_body == "river"]
    if rivers and not lakes_only:
        raise InputError(_RIVERS.fill(stations=", ".join(rivers)), hint=_RIVERS_HINT)
    lakes = set(names) - set(rivers)
    return np.array([name in lakes for name in ids], dtype=bool)


def _columns(readings: Readings, which: str, rows: NDArray[np.intp]) -> Floats:
    """Return the five items of one array of the readings."""
    return np.column_stack([readings.column(item, which)[rows] for item in ITEMS])


def _states_between(least: float, most: float) -> list[str]:
    first, last = trophic_state(least), trophic_state(most)
    if first is None or last is None:
        return []
    return list(_ORDER[_ORDER.index(first) : _ORDER.index(last) + 1])


def _named(row: Floats) -> dict[str, float]:
    return {i: v for i, v in zip(ITEMS, row.tolist(), strict=True) if not np.isnan(v)}
