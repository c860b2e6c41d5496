"""Grades of rivers, lakes and the whole site (河流、湖库和区域水质评价) from their stations.

A river of five sections or more is graded by the shares of its sections; a shorter one, and every
lake, by its mean over the stations. The whole site is graded by the shares of all its stations.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.water.classes import WHY_NOT_OFFICIAL, classes_table, classify
from wetland.water.results import Readings
from wetland.water.rowtables import table_of
from wetland.water.shares import (
    possible_conditions,
    river_condition,
    river_pollutants,
    section_shares,
    shown_percent,
)
from wetland.water.spacemeans import Reach, reach_station, reaches, space_means
from wetland.water.standards import Assessment, assessment_on
from wetland.water.stations import Programme, Station
from wetland.water.trophic import trophic_table

if TYPE_CHECKING:
    import pandas as pd

REGION = "*"
KINDS: dict[str, Text] = {
    "river": text("河流", "river"),
    "lake": text("湖库", "lake"),
    "region": text("全部站点", "all stations"),
}
METHODS: dict[str, Text] = {
    "shares": text("断面水质类别比例法", "shares of the classes of its sections"),
    "means": text("平均浓度单因子评价法", "worst item of the means over its stations"),
}
COLUMNS = (
    "reach", "name", "kind", "period", "method", "condition", "condition_words", "possible",
    "complete", "water_class", "sections", "not_assessed", "counts", "percents", "good_percent",
    "inferior_percent", "main_pollutants", "station_classes", "station_pollutants", "official",
    "why_not_official", "deciding", "apart", "values", "tli", "state", "tli_official", "synthetic",
)  # fmt: skip

_SOME_NOT_OFFICIAL = text(
    "{n} 个站点的类别不是正式评价（指标不全、监测次数不足或时段未结束）：{stations}",
    "the class of {n} station(s) is not official (items missing, too few samples or the period is "
    "not over): {stations}",
)
_SAMPLES = text(
    "河流、湖库和区域按月、季或年评价，不按单次采样评价",
    "rivers, lakes and regions are graded by month, quarter or year, not by sample",
)
_FEW = text(
    "只有 {n} 个断面，少于比例法要求的 {least} 个",
    "{n} section(s), fewer than the {least} that shares need",
)


def grades_table(
    readings: Readings,
    stations: Mapping[str, Station],
    *,
    on: dt.date | None = None,
    programmes: Mapping[str, Programme] | None = None,
    as_of: dt.date | None = None,
) -> pd.DataFrame:
    """Grade every river, lake and the whole site for every period of the readings.

    Parameters
    ----------
    readings
        Means in time of every station.
    stations
        Stations by id; those of a river or lake name it as their ``reach``.
    on
        Day whose standard and method hold; the newest by default.
    programmes
        The site's programmes by name.
    as_of
        The day it is looked on: a period that has not ended by then has no official grade.

    Returns
    -------
    DataFrame
        One row per river, lake and period, and one for all stations (``reach`` is ``*``, kind
        ``region``). ``method`` shares or means; ``condition`` excellent, good, light, moderate,
        heavy; ``possible`` conditions where items of the programme are missing or detection limits
        are above a limit; ``water_class`` only where the method gives one (means);
        ``main_pollutants`` is a list of ``{parameter, exceeding, rate}`` by shares, of
        ``{parameter, value, limit, multiple}`` by means; ``station_classes`` and
        ``station_pollutants`` are the class and the main pollutants of each station;
        ``not_assessed`` are declared stations without a class in the period; ``tli`` and ``state``
        are those of a lake.

    Raises
    ------
    InputError
        The readings are single samples.

    Notes
    -----
    Rule of decision: rivers by `river_condition` where five sections or more have a class in the
    period, else by the worst item of the means over the sections (`space_means`); lakes always by
    means. A region needs five stations too; with fewer it has percentages and no condition.
    Official only where the class of every station that counts is.

    References
    ----------
    环办[2011]22号, rivers and catchments; lakes and reservoirs; regions.
    """
    if readings.per == "sample":
        raise InputError(_SAMPLES)
    how = _How(on, programmes, assessment_on(on), as_of)
    classes = _classes(readings, stations, how)
    known = reaches(stations)
    means = {body: _means(readings, stations, [r for r in known if r.water_body == body], how)
             for body in ("river", "lake")}  # fmt: skip
    out = []
    for period in sorted(classes):
        rows = classes[period]
        for reach in known:
            mine = {name: rows[name] for name in reach.stations if name in rows}
            mean = means[reach.water_body].get((reach.id, period))
            if mean is not None:
                out.append(_of_reach(reach, period, (mine, mean), how.method))
        out.append(_of_region(stations, period, rows, how.method))
    return table_of(out, COLUMNS)


@dataclass(frozen=True, slots=True)
class _How:
    on: dt.date | None
    programmes: Mapping[str, Programme] | None
    method: Assessment
    as_of: dt.date | None


Row = dict[str, Any]


def _classes(
    readings: Readings, stations: Mapping[str, Station], how: _How
) -> dict[str, dict[str, Row]]:
    """Return the rows of the table of classes by period and station."""
    found = classify(readings, stations, on=how.on, programmes=how.programmes, as_of=how.as_of)
    table = classes_table(found)
    out: dict[str, dict[str, Row]] = {}
    for row in table.to_dict("records"):
        named = {str(k): v for k, v in row.items()}
        out.setdefault(str(named["period"]), {})[str(named["station"])] = named
    return out


def _means(
    readings: Readings, stations: Mapping[str, Station], found: Sequence[Reach], how: _How
) -> dict[tuple[str, str], Row]:
    """Return the class, and of lakes the trophic state, of the means over each reach's stations."""
    over = space_means(readings, found)
    as_stations = {reach.id: reach_station(reach, stations) for reach in found}
    out = {
        (name, period): row
        for period, of in _classes(over, as_stations, how).items()
        for name, row in of.items()
    }
    lakes = trophic_table(over, as_stations, lakes_only=True, as_of=how.as_of)
    for row in lakes.to_dict("records"):
        kept = {"tli": row["tli"], "state": row["state"], "tli_official": row["official"]}
        out[row["station"], row["period"]] |= kept
    return out


def _of_reach(
    reach: Reach, period: str, rows: tuple[Mapping[str, Row], Row], method: Assessment
) -> Row:
    sections, mean = rows
    assessed = {name: row for name, row in sections.items() if row["water_class"] is not None}
    row = _counted(assessed, method) | {
        "reach": reach.id,
        "name": reach.name,
        "kind": reach.water_body,
        "period": period,
        "not_assessed": [name for name in reach.stations if name not in assessed],
    }
    few = len(assessed) < method.river_min_sections
    if reach.water_body == "lake" or few:
        return row | _by_means(mean, assessed, method)
    return row | _by_shares(assessed, method)


def _of_region(
    stations: Mapping[str, Station], period: str, rows: Mapping[str, Row], method: Assessment
) -> Row:
    assessed = {name: row for name, row in rows.items() if row["water_class"] is not None}
    row = _counted(assessed, method) | {
        "reach": REGION,
        "name": KINDS["region"],
        "kind": "region",
        "period": period,
        "not_assessed": [name for name in sorted(stations) if name not in assessed],
    }
    row |= _by_shares(assessed, method)
    if len(assessed) < method.river_min_sections:
        why = _FEW.fill(n=len(assessed), least=method.river_min_sections)
        row |= {"condition": None, "condition_words": None, "possible": [], "official": False,
                "why_not_official": why}  # fmt: skip
    return row


def _counted(assessed: Mapping[str, Row], method: Assessment) -> Row:
    """Return what is said of every reach, graded by whatever method: its stations by class."""
    shares = section_shares([row["water_class"] for row in assessed.values()], method=method)
    return {
        "sections": shares.sections,
        "counts": dict(shares.counts),
        "percents": shares.percents() if shares.sections else {},
        "good_percent": shown_percent(shares.good) if shares.sections else None,
        "inferior_percent": shown_percent(shares.inferior) if shares.sections else None,
        "station_classes": {name: row["water_class"] for name, row in assessed.items()},
        "station_pollutants": {name: row["main_pollutants"] for name, row in assessed.items()},
        "synthetic": any(row["synthetic"] for row in assessed.values()),
    }


def _by_shares(assessed: Mapping[str, Row], method: Assessment) -> Row:
    rows = list(assessed.values())
    condition = river_condition(
        section_shares([row["water_class"] for row in rows], method=method), method=method
    )
    possible = possible_conditions([row["possible"] for row in rows], method=method)
    few = sorted(name for name, row in assessed.items() if not row["official"])
    why = _SOME_NOT_OFFICIAL.fill(n=len(few), stations=", ".join(few)) if few else None
    pollutants = river_pollutants([row["item_classes"] for row in rows], method=method)
    return {
        "method": "shares",
        "condition": condition,
        "condition_words": None if condition is None else method.conditions[condition].name,
        "possible": possible,
        "complete": all(row["complete"] for row in rows),
        "main_pollutants": [
            {"parameter": p.parameter, "exceeding": p.exceeding, "rate": shown_percent(p.rate)}
            for p in pollutants
        ],
        "official": not few,
        "why_not_official": why,
    }


def _by_means(mean: Row, assessed: Mapping[str, Row], method: Assessment) -> Row:
    worst = mean["water_class"]
    few = sorted(name for name, row in assessed.items() if not row["official"])
    why = _SOME_NOT_OFFICIAL.fill(n=len(few), stations=", ".join(few)) if few else None
    if mean["why_not_official"] is not None:
        why = WHY_NOT_OFFICIAL[mean["why_not_official"]]
    conditions = [method.classes[c].condition for c in mean["possible"]]
    kept = ("water_class", "complete", "main_pollutants", "deciding", "apart", "values")
    return {
        "method": "means",
        "condition": None if worst is None else method.classes[worst].condition,
        "condition_words": None if worst is None else method.condition(worst).name,
        "possible": list(dict.fromkeys(conditions)),
        "official": why is None,
        "why_not_official": why,
        **{name: mean[name] for name in kept},
        **{name: mean.get(name) for name in ("tli", "state", "tli_official")},
    }
