"""What visitors of an area are held against: its birds, its water, findings in its zones."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wetland.base.texts import Text, text
from wetland.operations.water import ONE_DAY
from wetland.regulations.facts import YES
from wetland.sites.load import Site
from wetland.statistics.aligned import Dated
from wetland.store.query import Span
from wetland.store.store import Store
from wetland.visitors.balance import Per, Series
from wetland.visitors.pack import Area

if TYPE_CHECKING:
    import pandas as pd

    from wetland.operations.water import WaterData

FOUND_BY = "screening"  # acts of people; classes of water and counts of birds are series themselves
MINUTES_PER_HOUR = 60.0
Days = tuple[dt.date, dt.date | None]

_BIRDS = text("样点鸟类计数合计（{n}个样点）", "birds counted at {n} plots")
_MINUTES = text("调查努力量：小时", "survey effort: hours")
_VISITS = text(
    "部分调查没有时长，努力量以调查次数计", "some surveys tell no duration: effort is their number"
)
_UNCOUNTED = text(
    "{n}条记录有而未计数，未计入", "{n} records tell presence without a number: not in the sum"
)
_LONG = text(
    "{n}次调查跨月（如只写年份），不能按月比较，请按年比较",
    "{n} surveys span months (known by their year only): they cannot be compared by month, try "
    "years",
)
_CLASS = text(
    "{n}个站点中最差的水质类别（Ⅰ=1，劣Ⅴ=6）",
    "worst water class of {n} stations (I = 1, inferior V = 6)",
)
_PARAMETER = text("{parameter}，{n}个站点均值", "{parameter}, mean of {n} stations")
_FINDINGS = text("分区内疑似违反数", "suspected breaches in its zones")
_LOOKED = text(
    "巡查多则发现多：没有巡查努力量，只计有观察记录的时期",
    "who looks more finds more: patrol effort is not told, only times with observations count",
)
_NO_BIRDS = text("没有可比的鸟类调查", "there are no bird surveys to compare with")
_NO_PLOTS = text("场地包没有为{area}指定样点", "the pack names no bird plots for {area}")
_NO_WATER = text("没有可比的水质结果", "there are no water results to compare with")
_NO_STATIONS = text("场地包没有为{area}指定水质站点", "the pack names no stations for {area}")
_NO_ZONES = text("场地包没有为{area}指定分区", "the pack names no zones for {area}")
_NO_FINDINGS = text(
    "{area}的分区内没有同期的疑似违反",
    "no suspected breach of these years lies in the zones of {area}",
)


def beside(
    store: Store,
    site: Site,
    area: Area,
    *,
    parameters: Sequence[str],
    per: Per,
    days: Days,
) -> tuple[list[Series], list[Text]]:
    """Return what an area's visitors are held against, and why something is missing.

    Parameters
    ----------
    parameters
        Of water, by any name of the dictionary.
    days
        First and last day that count; a last day of None is no limit. What came before the first
        visitors cannot be held against them.
    """
    found: list[Series] = []
    missing: list[Text] = []
    for series, notes in (
        _birds(store, site, area, per, days),
        _water(store, site, area, parameters, days),
        _findings(store, site, area, days),
    ):
        found += series
        missing += notes
    return found, missing


# Birds


def _birds(
    store: Store, site: Site, area: Area, per: Per, days: Days
) -> tuple[list[Series], list[Text]]:
    from wetland.operations.birds import birds_of_store

    if not area.bird_plots:
        return [], [_NO_PLOTS.fill(area=area.name)]
    since, until = days
    data = birds_of_store(store, site, as_of=until)
    asked = data.surveys["plot"].isin(area.bird_plots) & (data.surveys["event_date"] >= since)
    surveys = data.surveys[asked]
    notes = []
    if per == "month":
        spans = zip(surveys["event_date"], surveys["event_end"], strict=True)
        within = [a.replace(day=1) == b.replace(day=1) for a, b in spans]
        long = len(surveys) - sum(within)
        notes = [_LONG.fill(n=long)] if long else []
        surveys = surveys.loc[within]
    kept = data.records["validation"] != "rejected"  # a bird of no known name is a bird
    records = data.records[kept & data.records["survey_id"].isin(set(surveys["survey_id"]))]
    told = records[records["individual_count"].notna()]
    sums = told.groupby("survey_id")["individual_count"].sum()
    complete = surveys["complete"].fillna(False).astype(bool).to_numpy()
    counts = surveys["survey_id"].map(sums).astype(float)
    surveys = surveys[counts.notna().to_numpy() | complete]
    if not len(surveys):
        return [], [*notes, _NO_BIRDS]
    when = list(surveys["event_date"])
    values = counts[surveys.index].fillna(0.0).tolist()
    effort, said = _effort(surveys)
    uncounted = len(records) - len(told)
    if uncounted:
        notes.append(_UNCOUNTED.fill(n=uncounted))
    name = _BIRDS.fill(n=surveys["plot"].nunique())
    made = Series(
        "birds", "birds", name, Dated(when, values, "sum"), Dated(when, effort, "sum"),
        (said, *notes), _invented(surveys),
    )  # fmt: skip
    return [made], []


def _effort(surveys: pd.DataFrame) -> tuple[list[float], Text]:
    """Return hours of each survey, or 1 for each where not all of them tell a duration."""
    minutes = surveys["duration_min"].astype(float)
    if bool(minutes.notna().all()):
        return (minutes / MINUTES_PER_HOUR).tolist(), _MINUTES
    return [1.0] * len(surveys), _VISITS


# Water


def _water(
    store: Store, site: Site, area: Area, parameters: Sequence[str], days: Days
) -> tuple[list[Series], list[Text]]:
    from wetland.operations.water import stations_of, water_of_store

    if not area.stations:
        return [], [_NO_STATIONS.fill(area=area.name)]
    there = [s for s in area.stations if s in stations_of(store, site)]
    if not there:
        return [], [_NO_WATER]
    data = water_of_store(store, site, stations=there, since=days[0], until=days[1])
    if not len(data.results):
        return [], [_NO_WATER]
    return [*_classes(data), *_parameters(data, parameters)], []


def _classes(data: WaterData) -> list[Series]:
    """Return the worst class of the stations, sample month by sample month."""
    from wetland.operations.wateranswers import classes_of
    from wetland.water.stations import CLASSES

    table = classes_of(data, per="month")
    rank: dict[Any, int] = {name: k + 1 for k, name in enumerate(CLASSES)}
    days, values = [], []
    for period, one in zip(table["period"], table["water_class"], strict=True):
        if one in rank:
            days.append(dt.date.fromisoformat(f"{period}-01"))
            values.append(float(rank[one]))
    name = _CLASS.fill(n=len(data.station_ids))
    made = Series("water_class", "water", name, Dated(days, values, "max"),
                  synthetic=data.synthetic)  # fmt: skip
    return [made] if days else []


def _parameters(data: WaterData, parameters: Sequence[str]) -> list[Series]:
    """Return the monthly means of some parameters, the mean of the stations' means."""
    from wetland.water.parameters import parameters as dictionary
    from wetland.water.readoptions import code_of
    from wetland.water.results import period_means

    means = period_means(data.results, per="month")
    days = [dt.date.fromisoformat(str(day)[:10]) for day in means.starts_on]
    known, found = dictionary(), []
    for code in dict.fromkeys(code_of(name) for name in parameters):
        if code not in means.parameters:
            continue
        values = means.value[:, list(means.parameters).index(code)].tolist()
        stations = {s for s, v in zip(means.station, values, strict=True) if math.isfinite(v)}
        name = _PARAMETER.fill(parameter=known[code].name, n=len(stations))
        found.append(Series(f"water:{code}", "water", name, Dated(days, values, "mean"),
                            synthetic=data.synthetic))  # fmt: skip
    return found


# Findings


def _findings(store: Store, site: Site, area: Area, days: Days) -> tuple[list[Series], list[Text]]:
    """Return one count for every month with an observation: breaches of that month, maybe 0."""
    from wetland.reports.findings import rows_of

    if not area.zones:
        return [], [_NO_ZONES.fill(area=area.name)]
    since, until = days
    span = Span(since=since, until=None if until is None else until + ONE_DAY)
    where = {"site": site.id, "detector": FOUND_BY, "outcome": "broken", "occurred_on": span}
    found = [
        row["occurred_on"]
        for row in rows_of(store.read("findings", where))
        if row["status"] in ("open", "verified")
        and not set(json.loads(row["zones"] or "[]")).isdisjoint(area.zones)
    ]
    if not found:
        return [], [_NO_FINDINGS.fill(area=area.name)]
    observed = store.read("observations", {"site": site.id, "occurred_on": span})
    months = sorted({day.replace(day=1) for day in observed["occurred_on"]})
    invented = any(_says_invented(extra) for extra in observed["extra"].dropna())
    values = [1.0] * len(found) + [0.0] * len(months)
    made = Series("findings", "findings", _FINDINGS, Dated([*found, *months], values, "sum"),
                  notes=(_LOOKED,), synthetic=invented)  # fmt: skip
    return [made], []


def _says_invented(extra: str) -> bool:
    """Tell whether an observation's other columns say that it is invented."""
    return str(json.loads(extra).get("synthetic", "")).strip().casefold() in YES


def _invented(table: pd.DataFrame) -> bool:
    return bool(table["synthetic"].fillna(False).astype(bool).any())
