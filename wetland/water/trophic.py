"""Trophic level index TLI(Σ) (综合营养状态指数) of lakes, reservoirs and ponds.

Five items make the index: chlorophyll a, total phosphorus, total nitrogen, transparency and the
permanganate index. It is no index for rivers, and an index of fewer items is not the official one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.water.periods import split_period
from wetland.water.rowtables import table_of
from wetland.water.standards import assessment_on
from wetland.water.stations import Station
from wetland.water.wording import named

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.results import Readings

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# By item: constant and factor of the logarithm, and the squared correlation with chlorophyll a.
_LINES: dict[str, tuple[float, float, float]] = {
    "chla": (2.5, 1.086, 1.0),
    "tp": (9.436, 1.624, 0.84**2),
    "tn": (5.453, 1.694, 0.82**2),
    "sd": (5.118, -1.94, 0.83**2),
    "codmn": (0.109, 2.661, 0.83**2),
}
ITEMS: tuple[str, ...] = tuple(_LINES)
_R2 = np.array([line[2] for line in _LINES.values()])
WEIGHTS: dict[str, float] = dict(zip(ITEMS, (_R2 / _R2.sum()).tolist(), strict=True))

STATES: dict[str, Text] = {
    "oligotrophic": text("贫营养", "oligotrophic"),
    "mesotrophic": text("中营养", "mesotrophic"),
    "lightly_eutrophic": text("轻度富营养", "lightly eutrophic"),
    "moderately_eutrophic": text("中度富营养", "moderately eutrophic"),
    "highly_eutrophic": text("重度富营养", "highly eutrophic"),
}
_NAMES: tuple[str, ...] = tuple(STATES)

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
_NO_KIND = text(
    "没有说明以下站点是河流还是湖库：{stations}",
    "not told whether these stations are rivers or lakes: {stations}",
)
_NOT_AN_ITEM = text(
    "{item} 不参与综合营养状态指数；参与的指标：{allowed}",
    "{item} is no item of the trophic level index; its items are {allowed}",
)


@dataclass(frozen=True, slots=True)
class TrophicIndex:
    """The index of one set of means.

    Parameters
    ----------
    tli
        TLI(Σ), not rounded; None where no item can be used.
    state
        Key of `STATES`; None without an index.
    parts
        Index of each item that was used.
    missing
        Items that were not measured, or whose mean is not above zero.
    """

    tli: float | None
    state: str | None
    parts: Mapping[str, float]
    missing: tuple[str, ...]

    @property
    def official(self) -> bool:
        """Tell whether all five items make the index."""
        return not self.missing


def partial_indices(item: str, means: Sequence[float] | Floats) -> Floats:
    """Return the index of one item for means of it.

    ``TLI(j) = 10 (a + b ln x)``. NaN where the mean is missing or not above zero: the logarithm
    of zero is no small index, it is none.

    Parameters
    ----------
    item
        One of `ITEMS`.
    means
        chla in mg/m3, sd in m, tp, tn and codmn in mg/L.

    Raises
    ------
    InputError
        No item of the index.

    References
    ----------
    环办[2011]22号, trophic state of lakes and reservoirs.

    Examples
    --------
    >>> partial_indices("chla", [1.0, 10.0]).round(3).tolist()
    [25.0, 50.006]
    """
    if item not in _LINES:
        raise InputError(_NOT_AN_ITEM.fill(item=item, allowed=", ".join(ITEMS)))
    constant, factor, _ = _LINES[item]
    values = np.asarray(means, dtype=np.float64)
    usable = np.isfinite(values) & (values > 0)
    logs = np.log(np.where(usable, values, 1.0))
    return np.where(usable, 10 * (constant + factor * logs), np.nan)


def weighted_index(parts: Floats) -> Floats:
    """Return TLI(Σ) of rows of partial indices in the order of `ITEMS`.

    The weight of an item is its squared correlation with chlorophyll a over the sum of those that
    are there. NaN where a row has no item.

    Examples
    --------
    >>> weighted_index(np.array([[50.0, 50.0, np.nan, 50.0, 50.0]])).round(9).tolist()
    [50.0]
    """
    there = ~np.isnan(parts)
    weights = np.where(there, _R2, 0.0)
    total = weights.sum(axis=1)
    summed = np.where(there, parts * weights, 0.0).sum(axis=1)
    return np.where(total > 0, summed / np.where(total > 0, total, 1.0), np.nan)


def trophic_state(tli: float) -> str | None:
    """Return the key of the state (`STATES`) of an index; None where it is missing.

    Rule of decision: below 30 oligotrophic, 30 to 50 mesotrophic, above 50 to 60 lightly, above 60
    to 70 moderately, above 70 highly eutrophic. The index is compared as computed, not rounded.

    Examples
    --------
    >>> [trophic_state(x) for x in (29.99, 30.0, 50.0, 50.01, 70.0)]
    ['oligotrophic', 'mesotrophic', 'mesotrophic', 'lightly_eutrophic', 'moderately_eutrophic']
    """
    if np.isnan(tli):
        return None
    if tli < 30:
        return _NAMES[0]
    return _NAMES[1 + int(np.searchsorted((50.0, 60.0, 70.0), tli, side="left"))]


def trophic_index(means: Mapping[str, float | None]) -> TrophicIndex:
    """Return the trophic level index of one lake from the means of its items.

    Parameters
    ----------
    means
        Mean by item: chla in mg/m3, sd in m, tp, tn and codmn in mg/L; None or NaN where it was
        not measured. Other parameters are not looked at.

    Notes
    -----
    With fewer than five items the weights are shared among those that are there; the index is then
    not official (`TrophicIndex.official`).

    Examples
    --------
    >>> found = trophic_index({"chla": 26.0, "tp": 0.08, "tn": 1.2, "sd": 0.5, "codmn": 5.0})
    >>> round(found.tli, 2), found.state, found.official
    (56.32, 'lightly_eutrophic', True)
    """
    rows = {item: np.array([[_number(means.get(item))]]) for item in ITEMS}
    parts = np.hstack([partial_indices(item, rows[item]) for item in ITEMS])
    value = float(weighted_index(parts)[0])
    there = dict(zip(ITEMS, parts[0].tolist(), strict=True))
    return TrophicIndex(
        tli=None if np.isnan(value) else value,
        state=trophic_state(value),
        parts={item: part for item, part in there.items() if not np.isnan(part)},
        missing=tuple(item for item, part in there.items() if np.isnan(part)),
    )


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def trophic_table(
    readings: Readings, stations: Mapping[str, Station], *, lakes_only: bool = False
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

    Returns
    -------
    DataFrame
        ``station``, ``period``, ``tli`` (not rounded), ``state`` (key of `STATES`), ``official``,
        ``why_not_official`` (`Text` or None), ``parts`` (index by item), ``values`` (mean by
        item), ``missing`` (items that are not there), ``censored`` (items whose mean rests on
        non-detects), ``possible`` (states that the index may have when each non-detect is
        anything from zero to its limit), ``samples``, ``synthetic``. One row for each station and
        period of the readings; without any item ``tli`` and ``state`` are missing.

    Notes
    -----
    Official only with all five items, and with as many samples as the assessment asks for (two in
    a quarter, eight in a year).

    Raises
    ------
    InputError
        A station is a river, or is not told to be a river or a lake.
    """
    ids = readings.station
    kept = np.flatnonzero(_lakes(ids, stations, lakes_only=lakes_only))
    official, low, high = (_columns(readings, which, kept) for which in ("value", "low", "high"))
    parts = _parts(official)
    tli = weighted_index(parts)
    # Transparency counts the other way round: the less, the higher the index.
    least, most = low.copy(), high.copy()
    at = ITEMS.index("sd")
    least[:, at], most[:, at] = high[:, at], low[:, at]
    bounds = [_bound(side, ~np.isnan(parts)) for side in (least, most)]
    censored = _columns(readings, "censored", kept) > 0
    samples = readings.samples[kept]
    rows = []
    for k, row in enumerate(kept.tolist()):
        missing = [i for i, part in zip(ITEMS, parts[k], strict=True) if np.isnan(part)]
        why = _why_not_official(missing, str(readings.period[row]), int(samples[k]))
        rows.append(
            {
                "station": ids[row],
                "period": readings.period[row],
                "tli": float(tli[k]),
                "state": trophic_state(tli[k]),
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
    "station", "period", "tli", "state", "official", "why_not_official", "parts", "values",
    "missing", "censored", "possible", "samples", "synthetic",
)  # fmt: skip


def _why_not_official(missing: Sequence[str], period: str, samples: int) -> Text | None:
    """Return why an index is not the official one; None where it is."""
    if missing:
        return SUBSET.fill(missing=named(missing))
    needed = assessment_on().minimum_samples[split_period(period)[0]]
    return None if samples >= needed else FEW_SAMPLES.fill(n=samples, least=needed)


def _lakes(ids: NDArray[np.object_], stations: Mapping[str, Station], *, lakes_only: bool) -> Bools:
    """Tell which rows are of lakes; rivers are refused unless they are to be left out."""
    names = sorted(set(ids))
    unknown = [name for name in names if name not in stations]
    if unknown:
        raise InputError(_NO_KIND.fill(stations=", ".join(unknown)))
    rivers = [name for name in names if stations[name].water_body == "river"]
    if rivers and not lakes_only:
        raise InputError(_RIVERS.fill(stations=", ".join(rivers)), hint=_RIVERS_HINT)
    lakes = set(names) - set(rivers)
    return np.array([name in lakes for name in ids], dtype=bool)


def _columns(readings: Readings, which: str, rows: NDArray[np.intp]) -> Floats:
    """Return the five items of one array of the readings."""
    return np.column_stack([readings.column(item, which)[rows] for item in ITEMS])


def _parts(means: Floats) -> Floats:
    return np.column_stack([partial_indices(item, means[:, k]) for k, item in enumerate(ITEMS)])


def _bound(means: Floats, there: Bools) -> Floats:
    """Return the index at one end of what the means may be; of a zero mean it is without bound."""
    parts = _parts(means)
    for k, item in enumerate(ITEMS):
        sign = np.sign(_LINES[item][1])
        parts[:, k] = np.where(means[:, k] == 0, -sign * np.inf, parts[:, k])
        parts[:, k] = np.where(np.isposinf(means[:, k]), sign * np.inf, parts[:, k])
    return weighted_index(np.where(there, parts, np.nan))


def _states_between(least: float, most: float) -> list[str]:
    first, last = trophic_state(least), trophic_state(most)
    if first is None or last is None:
        return []
    return list(_NAMES[_NAMES.index(first) : _NAMES.index(last) + 1])


def _named(row: Floats) -> dict[str, float]:
    return {i: v for i, v in zip(ITEMS, row.tolist(), strict=True) if not np.isnan(v)}
