"""Findings made of counts per season: declines, and the 1 % test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.alerts import LEVELS, AlertSettings, Change, SpeciesAlerts, alerts
from wetland.birds.detectbase import (
    CONFIRMATION,
    DECLINE,
    MORE_COUNTS,
    ONE_PERCENT,
    Found,
    Look,
    rows_at_most,
    special,
)
from wetland.birds.onepercent import Criterion6, ramsar_criterion6, threshold_of
from wetland.birds.seasons import (
    SeasonSurveys,
    count_table_of,
    season_counts,
    season_end,
    season_label,
    site_maxima,
)
from wetland.birds.species import Species

if TYPE_CHECKING:
    import pandas as pd

_DECLINE = text(
    "{name}（{season}）的平滑指数从 {first} 到 {last} 下降 {percent:.0f}%（区间 {low} 至 {high}），"
    "{words}；依据 {plots} 个样点的计数。",
    "{name} ({season}): from {first} to {last} the smoothed index declined by {percent:.0f} % "
    "(interval {low} to {high}), {words}; from counts at {plots} plots.",
)
_UNSURE = text(
    "{told}区间包含“没有下降”，须以更多计数证实。",
    "{told} The interval includes no decline: more counts have to confirm it.",
)
_SIGNED = "{:+.0f}%"


def alerts_by_species(
    records: pd.DataFrame,
    dated: SeasonSurveys,
    species: Mapping[str, Species],
    settings: AlertSettings | None = None,
) -> dict[str, SpeciesAlerts | InputError]:
    """Return the alerts of every species with a record; where no index can be made, why.

    ``dated`` holds the surveys by season (with ``until``: of seasons that are over).
    """
    found: dict[str, SpeciesAlerts | InputError] = {}
    for taxon_id, own in _by_species(records, species):
        try:
            counts = season_counts(own, dated, taxon_id=taxon_id)
            open_place = species[taxon_id].sensitivity == "none"
            table = count_table_of(counts, named=open_place)
            fluctuates = species[taxon_id].fluctuates
            found[taxon_id] = alerts(table, fluctuates=fluctuates, settings=settings)
        except InputError as error:
            found[taxon_id] = error
    return found


def criterion6_by_species(
    records: pd.DataFrame, dated: SeasonSurveys, species: Mapping[str, Species]
) -> dict[str, Criterion6]:
    """Return the 1 % test of every species with a record."""
    found: dict[str, Criterion6] = {}
    for taxon_id, own in _by_species(records, species):
        by_season: dict[int, float] = {}
        if threshold_of(species[taxon_id]) is not None:
            maxima = site_maxima(own, dated, taxon_id=taxon_id)
            by_season = dict(zip(maxima["season"].tolist(), maxima["count"].tolist(), strict=True))
        found[taxon_id] = ramsar_criterion6(by_season, species[taxon_id])
    return found


def decline_findings(look: Look) -> Iterator[Found]:
    """Yield one finding per species whose numbers declined so much that it is an alert.

    The alert with the largest decline is told; one whose interval includes no decline only where
    there is no other. The other spans are in the evidence. Severity 3 of a medium alert, 4 of a
    high one; one more for species that are protected or threatened; one less where the interval
    includes no decline: then more counts are missing and it is undecided.
    """
    found = alerts_by_species(look.told, look.dated, look.species, look.settings.alerts)
    for taxon_id, answer in found.items():
        told = None if isinstance(answer, InputError) else answer.surest
        if told is not None and not isinstance(answer, InputError):
            yield _decline(look, look.species[taxon_id], answer, told)


def _decline(look: Look, species: Species, answer: SpeciesAlerts, worst: Change) -> Found:
    settings, high = look.settings, worst.level == "high_alert"
    limit = settings.alerts.high if high else settings.alerts.medium
    last = worst.last if worst.last is not None else int(answer.table.times[-1])
    told = _DECLINE.fill(
        name=species.name, season=settings.season.name,
        first=season_label(worst.first if worst.first is not None else last, settings.season),
        last=season_label(last, settings.season),
        percent=abs(worst.percent or 0.0), low=_SIGNED.format(worst.lower),
        high=_SIGNED.format(worst.upper), words=LEVELS[worst.level],
        plots=len(answer.table.sites),
    )  # fmt: skip
    unsure = worst.upper is not None and worst.upper >= 0
    if unsure:
        told = _UNSURE.fill(told=told)
    used = _of_season(look, species.id, last)
    plain = answer.to_json("zh")
    return Found(
        DECLINE, species, settings.season_id, season_end(last, settings.season), told,
        severity=(4 if high else 3) + special(species) - unsure,
        outcome="undecided" if unsure else "broken", missing=(MORE_COUNTS,) if unsure else (),
        measure=worst.percent, limit=-limit, likelihood=worst.likelihood,
        confidence=_confidence(worst.likelihood), records=rows_at_most(used),
        flagged=int((used["validation"] == "flagged").sum()),
        synthetic=_synthetic(look, species.id),
        evidence={
            "season": settings.season.name.model_dump(),
            "level": worst.level, "span": worst.span,
            "changes": [
                {k: v for k, v in change.items() if k not in ("name", "words", "note")}
                for change in plain["changes"]
            ],
            "seasons": plain["season"], "smoothed_index": plain["smoothed"],
            "smoothed_lower": plain["lower"], "smoothed_upper": plain["upper"],
            "plots": plain["plots"],
            "notes": [note.model_dump() for note in answer.notes],
        },
    )  # fmt: skip


def one_percent_findings(look: Look) -> Iterator[Found]:
    """Yield one finding per species of which the site regularly supports 1 % of a population.

    It is no breach: it waits for a person to confirm it (outcome undecided). Severity 2, 3 for
    species that are protected or threatened.
    """
    found = criterion6_by_species(look.told, look.dated, look.species)
    for taxon_id, answer in found.items():
        if answer.outcome == "met" and answer.threshold is not None:
            yield _one_percent(look, taxon_id, answer)


def _one_percent(look: Look, taxon_id: str, answer: Criterion6) -> Found:
    limit, settings = answer.threshold, look.settings
    species = answer.species
    maxima = site_maxima(look.told, look.dated, taxon_id=taxon_id)
    maxima = maxima[maxima["season"].isin(list(answer.seasons))]
    ids = {one for own in maxima["records"] for one in own}
    used = look.records[look.records["record_id"].isin(ids).to_numpy(dtype=bool)]
    named = text("{name}：", "{name}: ").fill(name=species.name)
    told = text("{a}{b}", "{a}{b}").fill(a=named, b=answer.told)
    last = max(answer.seasons)
    return Found(
        ONE_PERCENT, species, settings.season_id, season_end(last, settings.season), told,
        severity=2 + special(species), measure=answer.mean,
        limit=None if limit is None else limit.value,
        confidence="high" if limit is not None and limit.published else "low",
        missing=(CONFIRMATION,), records=rows_at_most(used),
        flagged=int(maxima["flagged"].sum()), synthetic=bool(maxima["synthetic"].any()),
        evidence={
            "season": settings.season.name.model_dump(),
            "criterion": "Ramsar 6", "annual_maxima": {str(s): n for s, n in
                                                       answer.seasons.items()},
            "threshold_published": limit is not None and limit.published,
            "flyway": None if limit is None else limit.flyway,
            "edition": None if limit is None else limit.edition,
            "population_estimate": None if limit is None else limit.population,
            "notes": [note.model_dump() for note in answer.notes],
        },
    )  # fmt: skip


def _by_species(
    records: pd.DataFrame, species: Mapping[str, Species]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the records of each species that was ever found, in the order of their ids."""
    known = records[records["taxon_id"].isin(list(species)).to_numpy(dtype=bool)]
    for taxon_id, own in known.groupby("taxon_id", sort=True):
        if ((own["occurrence_status"] == "present") & (own["validation"] != "rejected")).any():
            yield str(taxon_id), own


def _of_season(look: Look, taxon_id: str, year: int) -> pd.DataFrame:
    """Return the records of a species that its count in a season rests on."""
    surveys = look.dated.surveys
    own = surveys.loc[surveys["season_year"] == year, "survey_id"]
    records = look.records
    chosen = (records["taxon_id"] == taxon_id) & records["survey_id"].isin(own)
    return records[chosen.fillna(False).to_numpy(dtype=bool)]


def _synthetic(look: Look, taxon_id: str) -> bool:
    own = (look.records["taxon_id"] == taxon_id).fillna(False).to_numpy(dtype=bool)
    return bool(look.records["synthetic"].fillna(False).to_numpy(dtype=bool)[own].any())


def _confidence(likelihood: float | None) -> str:
    """Return how sure an alert is: the share of the draws with it (0.95, 0.8)."""
    if likelihood is None or likelihood < 0.8:
        return "low"
    return "high" if likelihood >= 0.95 else "medium"


__all__ = [
    "alerts_by_species", "criterion6_by_species", "decline_findings", "one_percent_findings",
]  # fmt: skip
