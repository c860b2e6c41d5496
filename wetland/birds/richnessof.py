"""Species found per year, season or plot, with the effort made, and at equal completeness (丰富度).

Only surveys count: a published list is a statement, not a survey. A survey is one sampling unit.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.curves import Chance
from wetland.birds.hill import Assemblage, coverage, of_units
from wetland.birds.richness import chao2
from wetland.birds.seasons import NO_SEASON, season_label, season_years
from wetland.birds.species import CountSeason
from wetland.birds.standardised import By, Standardised, standardise
from wetland.birds.trimtable import listed

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist

Per = Literal["year", "season", "plot"]
Basis = Literal["coverage", "surveys", "hours"]

FEWEST = 3
DRAWS = 100
RICHNESS_COLUMNS = (
    "period", "observed", "surveys", "units", "hours", "without_hours", "km", "without_km",
    "records", "unmatched", "flagged", "coverage", "chao2", "chao2_lower",
    "chao2_upper", "standardised", "lower", "upper", "basis",
    "level", "region", "beyond_double", "synthetic",
)  # fmt: skip

BASES: dict[Basis, Text] = {
    "coverage": text("相同样本覆盖度", "equal sample coverage"),
    "surveys": text("相同调查次数", "an equal number of surveys"),
    "hours": text("相同调查时数", "equal hours of survey"),
}
# Quarters as naturalists cut the year; winter is of the year it begins in.
QUARTERS = tuple(
    CountSeason(name=text(zh, en), months=months)
    for zh, en, months in (
        ("春", "spring", (3, 4, 5)), ("夏", "summer", (6, 7, 8)),
        ("秋", "autumn", (9, 10, 11)), ("冬", "winter", (12, 1, 2)),
    )
)  # fmt: skip

_PER = text("没有「{per}」这种分组；可用：year、season、plot",
            "no grouping {per!r}; there are: year, season, plot")  # fmt: skip
_BY = text("没有「{by}」这种比较；可用：{all}", "no comparison {by!r}; there are: {all}")
_OUTSIDE = text(
    "{n} 次调查跨越时段、不在所选季节之内，或没有写样点，未计入",
    "{n} surveys go over the period, lie outside the season, or name no plot: left out",
)
_UNMATCHED = text(
    "{n} 条记录的名称未匹配到名录，不计为物种", "{n} records without a matched name are no species"
)
_FLAGGED = text("{n} 条存疑的记录仍计算在内", "{n} records flagged for review count all the same")
_PARTIAL = text(
    "{n} 次调查没有记录全部物种，只计入观测种数",
    "{n} surveys did not list all species: in the observed number only",
)
_NOT_COMPARED = text(
    "没有比较（完整调查少于 {least} 次，或每种只见一次）：{names}",
    "not compared (fewer than {least} complete surveys, or each species met once): {names}",
)
_UNTOLD_HOURS = text(
    "没有写历时的调查，无法按相同时数比较：{names}",
    "no comparison at equal hours where surveys have no duration: {names}",
)
_SYNTHETIC = text("数据是合成的，仅供演练", "the data are invented, for exercise only")


@dataclass(frozen=True, slots=True)
class RichnessSettings:
    """How richness is grouped and compared.

    Attributes
    ----------
    by
        What is made equal, by `BASES`. Coverage treats rich and poor periods alike and needs no
        effort; ``hours`` needs the duration of every survey.
    season
        Of ``per="season"``: the months that count; None cuts the year into four quarters.
    draws, seed, confidence
        Of the bootstrap that makes the intervals.
    fewest
        Surveys that a period needs to be compared.
    """

    by: Basis = "coverage"
    season: CountSeason | None = None
    draws: int = DRAWS
    seed: int = 0
    confidence: float = 0.95
    fewest: int = FEWEST


@dataclass(frozen=True, eq=False)
class _Group:
    """The surveys and records of one period or plot."""

    name: str
    surveys: pd.DataFrame
    records: pd.DataFrame

    @property
    def met(self) -> pd.DataFrame:
        """Return the records of species that were there."""
        there = self.records["occurrence_status"] == "present"
        return self.records[there & self.records["taxon_id"].notna()]

    @property
    def units(self) -> pd.DataFrame:
        """Return the surveys that may stand for the period: those not known to be incomplete."""
        return self.surveys[self.surveys["complete"].fillna(True).astype(bool)]

    @property
    def hours(self) -> float:
        """Return the hours of the units; NaN where one has no duration."""
        spent = self.units["duration_min"]
        return float("nan") if spent.isna().any() else float(spent.sum()) / 60

    @cached_property
    def table(self) -> NDArray[np.float64]:
        """Return units x species, 1 where a species was met."""
        units = self.units["survey_id"]
        found = self.met[self.met["survey_id"].isin(units)]
        rows = {one: k for k, one in enumerate(units)}
        columns = {one: k for k, one in enumerate(sorted(found["taxon_id"].unique()))}
        table = np.zeros((len(rows), len(columns)))
        for survey, taxon in zip(found["survey_id"], found["taxon_id"], strict=True):
            table[rows[survey], columns[taxon]] = 1.0
        return table

    def assemblage(self, fewest: int) -> Assemblage | None:
        """Return the units; None where they cannot be compared."""
        if len(self.table) < max(fewest, 2) or not self.table.size:
            return None
        made = of_units(self.table)
        return made if float(coverage(made)[0]) > 0 else None

    def estimate(self, confidence: float) -> tuple[float, float, float]:
        """Return Chao2 with its interval; NaN of fewer than two units, and of none with a bird."""
        if len(self.table) < 2 or not self.table.size:
            return (float("nan"),) * 3
        found = chao2(self.table, confidence=confidence)
        return float(found.value), float(found.lower), float(found.upper)


def richness_of(
    records: pd.DataFrame,
    surveys: pd.DataFrame,
    checklist: Checklist,
    *,
    per: Per = "year",
    settings: RichnessSettings | None = None,
) -> pd.DataFrame:
    """Return the species found per period or plot, and what an equal effort would have found.

    Rejected records never count, flagged ones do and are told; a record that something was absent,
    or whose name is none of the checklist's, is no species. Surveys that go over the year's or the
    season's end are left out; those that did not list all species count in ``observed`` and in the
    effort only (``complete`` not told is taken for complete).

    Parameters
    ----------
    records, surveys
        Tables `BIRD_RECORDS` and `BIRD_SURVEYS`.
    per
        ``year``; ``season`` (by ``settings.season``, named by the year it begins in); ``plot``.

    Returns
    -------
    DataFrame
        `RICHNESS_COLUMNS`, in order of periods or plots: ``observed``; ``surveys`` and ``units``
        (of them, those compared); ``hours`` and ``km`` (sums of what was told; NaN where nothing
        was) with how many surveys tell none; ``records`` with a species; ``unmatched``;
        ``flagged``; ``coverage`` of the units; ``chao2`` with its interval: the species estimated
        to be there; ``standardised``, ``lower``, ``upper``: species at
        ``level`` of ``basis``, NaN where there are too few surveys; ``region`` (rarefied or
        extrapolated). What a reader has to know is in ``attrs["notes"]``.

    Errors
    ------
    InputError
        An unknown ``per`` or basis; a season without months is none.
    """
    import pandas as pd  # noqa: PLC0415 - pandas is slow to import

    how = settings or RichnessSettings()
    _check(per, how)
    counted = records[records["validation"] != "rejected"]
    known = counted["taxon_id"].isin(list(checklist.species))
    counted = counted.assign(taxon_id=counted["taxon_id"].where(known))
    names, order = _periods(surveys, per, how)
    groups = _groups(surveys.assign(period=names), counted, order)
    compared = _compared(groups, how)
    rows = [_row(group, how, compared.get(group.name)) for group in groups]
    out = pd.DataFrame(rows, columns=list(RICHNESS_COLUMNS))
    left_out = int(names.isna().sum())
    out.attrs["notes"] = tuple(_notes(groups, compared, how, left_out))
    return out


def _check(per: str, how: RichnessSettings) -> None:
    if per not in ("year", "season", "plot"):
        raise InputError(_PER.fill(per=per))
    if how.by not in BASES:
        raise InputError(_BY.fill(by=how.by, all=", ".join(BASES)))


def _periods(
    surveys: pd.DataFrame, per: Per, how: RichnessSettings
) -> tuple[pd.Series[str], list[str]]:
    """Return the period of every survey (none where it has none), and the periods in order."""
    import pandas as pd  # noqa: PLC0415 - pandas is slow to import

    if per == "plot":
        plots = surveys["plot"].astype(object).where(surveys["plot"].notna(), None)
        return plots, sorted({str(p) for p in plots if p is not None})
    begun, ended = surveys["event_date"].tolist(), surveys["event_end"].tolist()
    names: list[str | None] = [None] * len(begun)
    if per == "year":
        for k, (first, last) in enumerate(zip(begun, ended, strict=True)):
            names[k] = str(first.year) if first.year == last.year else None
        return pd.Series(names, index=surveys.index, dtype=object), sorted(set(filter(None, names)))
    found: dict[str, tuple[int, int]] = {}
    for place, season in enumerate(QUARTERS if how.season is None else (how.season,)):
        years, ends = season_years(begun, season), season_years(ended, season)
        within = (years == ends) & (years != NO_SEASON)
        for k in [at for at, inside in enumerate(within) if inside]:
            year = int(years[k])
            label = season_label(year, season)
            months = f"{season.months[0]:02d}–{season.months[-1]:02d}"
            names[k] = label if how.season else f"{label} {months}"
            found[str(names[k])] = (year, place)
    ordered = sorted(found, key=lambda name: found[name])
    return pd.Series(names, index=surveys.index, dtype=object), ordered


def _groups(surveys: pd.DataFrame, records: pd.DataFrame, order: list[str]) -> list[_Group]:
    of_survey = dict(zip(surveys["survey_id"], surveys["period"], strict=True))
    held: dict[Hashable, pd.DataFrame] = dict(
        list(records.groupby(records["survey_id"].map(of_survey), sort=False))
    )
    parts = dict(list(surveys.groupby("period", sort=False)))
    return [_Group(name, parts[name], held.get(name, records.iloc[:0])) for name in order]


def _compared(groups: list[_Group], how: RichnessSettings) -> dict[str, Standardised]:
    """Bring the groups that can be compared to one level."""
    made: dict[str, Assemblage] = {}
    efforts: dict[str, float] = {}
    for group in groups:
        assemblage = group.assemblage(how.fewest)
        hours = group.hours
        if assemblage is not None and (how.by != "hours" or hours > 0):
            made[group.name] = assemblage
            efforts[group.name] = hours
    if not made:
        return {}
    chance = Chance(how.draws, how.seed, how.confidence)
    if how.by == "hours":
        rows = standardise(made, "effort", efforts=efforts, orders=(0,), chance=chance)
    else:
        by: By = "size" if how.by == "surveys" else "coverage"
        rows = standardise(made, by, orders=(0,), chance=chance)
    return {row.name: row for row in rows}


def _row(group: _Group, how: RichnessSettings, row: Standardised | None) -> dict[str, object]:
    surveys, met = group.surveys, group.met
    unseen = group.estimate(how.confidence)
    assemblage = group.assemblage(how.fewest)
    nan = float("nan")
    even: dict[str, object] = {
        "standardised": nan, "lower": nan, "upper": nan, "level": nan, "region": None,
        "beyond_double": None,
    }  # fmt: skip
    if row is not None:
        even = {
            "standardised": row.value, "lower": row.lower, "upper": row.upper, "level": row.level,
            "region": row.region, "beyond_double": row.beyond_double,
        }  # fmt: skip
    return {
        "period": group.name,
        "observed": int(met["taxon_id"].nunique()),
        "surveys": len(surveys),
        "units": len(group.units),
        "hours": _sum(surveys["duration_min"].to_numpy(np.float64)) / 60,
        "without_hours": int(surveys["duration_min"].isna().sum()),
        "km": _sum(surveys["distance_km"].to_numpy(np.float64)),
        "without_km": int(surveys["distance_km"].isna().sum()),
        "records": len(met),
        "unmatched": _unmatched(group),
        "flagged": int((group.records["validation"] == "flagged").sum()),
        "coverage": nan if assemblage is None else float(coverage(assemblage)[0]),
        **dict(zip(("chao2", "chao2_lower", "chao2_upper"), unseen, strict=True)),
        "basis": how.by,
        "synthetic": bool(surveys["synthetic"].fillna(False).any()),
        **even,
    }


def _sum(values: NDArray[np.float64]) -> float:
    """Return the sum of what is told; NaN where nothing is."""
    told = values[~np.isnan(values)]
    return float(told.sum()) if told.size else float("nan")


def _unmatched(group: _Group) -> int:
    return int(group.records["taxon_id"].isna().sum())


def _notes(
    groups: list[_Group], compared: dict[str, Standardised], how: RichnessSettings, left_out: int
) -> list[Text]:
    partial = sum(len(group.surveys) - len(group.units) for group in groups)
    flagged = sum(int((group.records["validation"] == "flagged").sum()) for group in groups)
    counts = (
        (_OUTSIDE, left_out), (_UNMATCHED, sum(_unmatched(group) for group in groups)),
        (_FLAGGED, flagged), (_PARTIAL, partial),
    )  # fmt: skip
    notes = [note.fill(n=n) for note, n in counts if n]
    without = [group for group in groups if group.name not in compared]
    untimed = [g.name for g in without if how.by == "hours" and not g.hours > 0]
    if untimed:
        notes.append(_UNTOLD_HOURS.fill(names=listed(untimed)))
    few = [g.name for g in without if g.name not in untimed]
    if few:
        notes.append(_NOT_COMPARED.fill(least=how.fewest, names=listed(few)))
    if any(group.surveys["synthetic"].fillna(False).any() for group in groups):
        notes.append(_SYNTHETIC)
    return notes
