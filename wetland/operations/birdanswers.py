"""Answers about birds: index, richness, alerts, phenology, the checklist with what was recorded.

Each takes `BirdData`. What is imported in functions is imported there because the command line
starts without it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from wetland.base.errors import InputError
from wetland.base.texts import Lang, Text, text
from wetland.birds.species import CountSeason
from wetland.operations.birdindex import BirdIndex, fit_index
from wetland.operations.birds import BirdData, require_records

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.alerts import AlertSettings, SpeciesAlerts
    from wetland.birds.onepercent import Criterion6
    from wetland.birds.richnessof import RichnessSettings
    from wetland.birds.seasons import SeasonSurveys
    from wetland.birds.trim import TrimSettings

Per = Literal["year", "season", "plot"]

LEFT_OUT = text(
    "{n} 次调查不在“{s}”各季之内（或跨季、该季尚未结束、被起止日期截断），未计入",
    "{n} surveys are not within a {s} (outside its months, over two, it has not ended, or the days "
    "asked for cut it): left out",
)
IN_DOUBT = text(
    "{n} 次调查有名称未匹配、可能就是此种的记录：未记到时不按 0 计；请先确认名称",
    "{n} surveys have records of unmatched names that may mean this species, so that its absence "
    "there is no 0: match the names first",
)


def index_of(
    data: BirdData,
    species: str,
    settings: TrimSettings | None = None,
    *,
    season: str | None = None,
    base: int | Sequence[int] | None = None,
    level: float = 0.95,
) -> BirdIndex:
    """Fit the population index of a species to the counts of its plots in each season.

    Parameters
    ----------
    species
        Its id or any of its names.
    settings
        What to fit; None is model 3 with overdispersion and serial correlation.
    season
        Count season of the pack; None is its usual one. Seasons that are not over on ``as_of``, or
        that the days asked for cut, are left out.
    base, level
        See `BirdIndex`.

    Raises
    ------
    InputError
        The species or season is unknown, there are no surveys, or the counts do not carry the
        model: a park's total, or one plot, is refused.
    """
    from wetland.birds.seasons import count_table_of, season_counts
    from wetland.birds.trim import TrimSettings

    require_records(data)
    taxon = data.taxon(species)
    name, months = data.season(season)
    dated = data.dated(months)
    counts = season_counts(data.records, dated, months, taxon_id=taxon)
    known = data.checklist.species.get(taxon)
    table = count_table_of(counts, named=known is None or known.sensitivity == "none")
    table = replace(table, notes=(*table.notes, *_not_used(data, dated, taxon, months)))
    chosen = settings or TrimSettings(model=3, overdispersion=True, serial_correlation=True)
    called = data.checklist.name(taxon)
    about = {
        "species": taxon,
        "species_name": {"zh": called.zh, "en": called.en},
        "season": {"id": name, "months": list(months.months), "measure": months.measure},
        "surveys_left_out": dated.left_out,
        "flagged": int(counts["flagged"].sum()),
        "synthetic": bool(counts["synthetic"].any()),
    }
    return fit_index(table, chosen, base=base, level=level, about=about)


def _not_used(
    data: BirdData, dated: SeasonSurveys, taxon: str, months: CountSeason
) -> Iterator[Text]:
    """Say which surveys tell nothing where a reader would think they do."""
    if dated.left_out and (data.since or data.until):
        yield LEFT_OUT.fill(n=dated.left_out, s=months.name)
    if doubted := len(dated.in_doubt.get(taxon, ())):
        yield IN_DOUBT.fill(n=doubted)


@dataclass(frozen=True, eq=False)
class BirdAlerts:
    """Alerts of declines and the 1 % test of every species that was recorded.

    Parameters
    ----------
    alerts
        By species; an `InputError` where no index can be made, which says why.
    criterion6
        The 1 % test by species.
    season, months
        The count season they are of.
    left_out
        Surveys that lie in no season that is over.
    """

    data: BirdData
    alerts: Mapping[str, SpeciesAlerts | InputError]
    criterion6: Mapping[str, Criterion6]
    season: str
    months: CountSeason
    left_out: int

    def of(self, taxon: str, lang: Lang = "zh") -> dict[str, Any] | None:
        """Return what alerts and the 1 % test say of a species; None of one without records."""
        if taxon not in self.criterion6:
            return None
        found, ramsar = self.alerts[taxon], self.criterion6[taxon]
        row: dict[str, Any] = {
            "species": taxon,
            "name": self.data.checklist.name(taxon).get(lang),
            **_alerts_json(found, lang),
            "one_percent": _criterion6_json(ramsar, lang),
            "ramsar": ramsar.told.get(lang),
        }
        return row

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return everything as JSON-ready mappings in one language, alerted species first."""
        rows = [row for taxon in self.criterion6 if (row := self.of(taxon, lang)) is not None]
        rank = {"high_alert": 0, "medium_alert": 1}
        rows.sort(key=lambda row: (rank.get(row["alert"], 2), row["species"]))
        notes = []
        if self.left_out:
            notes.append(LEFT_OUT.fill(n=self.left_out, s=self.months.name).get(lang))
        as_of = self.data.as_of
        return {
            "as_of": None if as_of is None else as_of.isoformat(),
            "season": {"id": self.season, "name": self.months.name.get(lang),
                       "measure": self.months.measure},
            "synthetic": self.data.synthetic,
            "species": rows,
            "notes": notes,
        }  # fmt: skip


def alerts_of(
    data: BirdData,
    *,
    as_of: dt.date | None = None,
    season: str | None = None,
    settings: AlertSettings | None = None,
) -> BirdAlerts:
    """Test every recorded species for declines, and its numbers against 1 % of its population.

    Parameters
    ----------
    as_of
        Seasons that are not over by then do not count; None is the day of the data.
    season
        Count season of the pack; None is its usual one.

    Raises
    ------
    InputError
        There are no surveys, or the season is unknown.
    """
    from wetland.birds.detectcounts import alerts_by_species, criterion6_by_species

    require_records(data)
    name, months = data.season(season)
    dated = data.dated(months, as_of)
    species = dict(data.checklist.species)
    found = alerts_by_species(data.records, dated, species, settings)
    ramsar = criterion6_by_species(data.records, dated, species)
    return BirdAlerts(data, found, ramsar, name, months, dated.left_out)


def _alerts_json(found: SpeciesAlerts | InputError, lang: Lang) -> dict[str, Any]:
    if isinstance(found, InputError):
        nothing = dict.fromkeys(
            ("plots", "base", "reference", "smoothed", "lower", "upper", "freedom", "alert")
        )
        return {"season": [], **nothing, "changes": [], "notes": [found.message.get(lang)]}
    return found.to_json(lang)


def _criterion6_json(found: Criterion6, lang: Lang) -> dict[str, Any]:
    limit = found.threshold
    return {
        "outcome": found.outcome,
        "threshold": None if limit is None else limit.value,
        "flyway": None if limit is None else limit.flyway,
        "edition": None if limit is None else limit.edition,
        "mean": found.mean,
        "seasons": {str(year): count for year, count in found.seasons.items()},
        "reached": {str(year): count for year, count in found.reached.items()},
        "notes": [note.get(lang) for note in found.notes],
    }


def richness_of(
    data: BirdData, *, per: Per = "year", settings: RichnessSettings | None = None
) -> pd.DataFrame:
    """Return observed richness with its effort, and what equal effort would have found.

    See `wetland.birds.richnessof.richness_of`; seasons are the pack's usual one unless ``settings``
    say otherwise.

    Raises
    ------
    InputError
        There are no surveys.
    """
    from wetland.birds.richnessof import RichnessSettings
    from wetland.birds.richnessof import richness_of as of_surveys

    require_records(data)
    how = settings or RichnessSettings(season=data.season()[1])
    return of_surveys(data.records, data.surveys, data.checklist, per=per, settings=how)


def phenology_of(data: BirdData) -> pd.DataFrame:
    """Return the first and last days of the year on which each species was met.

    Raises
    ------
    InputError
        There are no surveys.
    """
    from wetland.birds.plausibility import first_last

    require_records(data)
    return first_last(data.counted, data.surveys)


def checklist_rows(data: BirdData, lang: Lang = "zh") -> list[dict[str, Any]]:
    """Return the species of the checklist with what is known and what was recorded of them."""
    met = data.counted[data.counted["occurrence_status"] == "present"]
    joined = met.merge(data.surveys[["survey_id", "event_date", "event_end"]], on="survey_id")
    days = joined.groupby("taxon_id")
    first, last = days["event_date"].min().to_dict(), days["event_end"].max().to_dict()
    counts = met["taxon_id"].value_counts().to_dict()
    most = met.groupby("taxon_id")["individual_count"].max().dropna().to_dict()
    return [
        {
            "species": one.id,
            "name": one.name.get(lang),
            "scientific_name": one.scientific_name,
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "protection": one.protection,
            "red_list": one.red_list,
            "waterbird": one.waterbird,
            "one_percent": one.one_percent,
            "sensitivity": one.sensitivity,
            "source": one.source,
            "confidence": one.confidence,
            "records": int(counts.get(one.id, 0)),
            "most": most.get(one.id),
            "first": first.get(one.id),
            "last": last.get(one.id),
        }
        for one in data.checklist
    ]
