"""What every detector of birds needs: settings, what it looks at, and how a row is made."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from wetland.base.findings import finding_id
from wetland.base.texts import Text, text
from wetland.birds.alerts import AlertSettings
from wetland.birds.seasons import YEAR, SeasonSurveys
from wetland.birds.species import BirdPack, CountSeason, Plot, Species

if TYPE_CHECKING:
    import pandas as pd

DETECTOR = "birds"
DECLINE = "birds/decline"
ONE_PERCENT = "birds/one_percent"
FIRST_RECORD = "birds/first_record"
BREEDING = "birds/breeding"
RULES: dict[str, Text] = {
    DECLINE: text("鸟类数量下降", "decline of a bird's numbers"),
    ONE_PERCENT: text("达到拉姆萨尔 1% 标准", "Ramsar 1 % criterion met"),
    FIRST_RECORD: text("首次记录的鸟种", "first record of a species"),
    BREEDING: text("鸟类繁殖", "breeding of birds"),
}
CONFIRMATION = "confirmation"  # what is missing until a person has confirmed a record or a count
MORE_COUNTS = "more_counts"  # what is missing where an interval includes no decline
MOST_RECORDS = 20  # records that the evidence of one finding names
_OF_RECORDS = (
    "record_id", "source_id", "source_row", "survey_id", "taxon_id", "event_date", "plot",
    "individual_count", "breeding", "validation", "synthetic", "geometry", "survey_geometry",
)  # fmt: skip
THREATENED = ("VU", "EN", "CR")

_SYNTHETIC = text("数据是合成的，仅供演练。", "The data are invented, for exercise only.")
_FLAGGED = text(
    "其中 {n} 条记录存疑，仍计算在内。",
    "{n} of the records are flagged for review and count all the same.",
)
_HIDDEN = text("敏感物种，不给出位置。", "A sensitive species: its place is not told.")
SEASON_YEAR = text("{season} {year}", "{season} {year}")


class HasSpecies(Protocol):
    """A checklist: species by id."""

    @property
    def species(self) -> Mapping[str, Species]:
        """Return the species by id."""


@dataclass(frozen=True, slots=True)
class BirdSettings:
    """What the detectors look for.

    Parameters
    ----------
    season, season_id
        Which counts are compared from year to year; the identifier hangs on ``season_id``.
    alerts
        When a decline is an alert.
    recent_days
        First records and breeding are told for so many days up to the day they are looked on.
    history_days
        A record is a first one only if surveys reach back so many days before it: in the first
        year of a series every species would be new.
    breeding
        Evidence of breeding that is told.
    rules
        Rules that are looked for.
    """

    season: CountSeason = YEAR
    season_id: str = "year"
    alerts: AlertSettings = AlertSettings()  # noqa: RUF009 - frozen
    recent_days: int = 366
    history_days: int = 365
    breeding: tuple[str, ...] = ("probable", "confirmed")
    rules: tuple[str, ...] = tuple(RULES)

    @classmethod
    def of(cls, pack: BirdPack) -> BirdSettings:
        """Return the settings that a pack's season makes; the calendar year where it has none."""
        if pack.season is None or pack.season not in pack.seasons:
            return cls()
        return cls(season=pack.seasons[pack.season], season_id=pack.season)


@dataclass(frozen=True, slots=True)
class Rest:
    """What the detectors know besides the records.

    Parameters
    ----------
    site, pack_digest
        What every finding of a run carries.
    as_of
        The day it is looked on.
    plots
        Where the plots lie.
    """

    site: str
    pack_digest: str
    as_of: dt.date
    settings: BirdSettings
    plots: Mapping[str, Plot]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the detectors look at: surveys and records up to a day.

    Parameters
    ----------
    records
        Present and absent ones of species of the checklist, with ``event_date`` and ``plot`` of
        their surveys, without rejected ones; by day.
    told
        All records up to the day, rejected ones too (a survey with one tells nothing).
    dated
        Surveys by season, of seasons that are over.
    """

    records: pd.DataFrame
    told: pd.DataFrame
    surveys: pd.DataFrame
    dated: SeasonSurveys
    species: Mapping[str, Species]
    rest: Rest

    @property
    def settings(self) -> BirdSettings:
        """Return what is looked for."""
        return self.rest.settings

    @property
    def as_of(self) -> dt.date:
        """Return the day it is looked on."""
        return self.rest.as_of


@dataclass(frozen=True, slots=True)
class Found:
    """One finding before it is a row.

    Parameters
    ----------
    subject
        What it is about besides the species, or none. The identifier hangs on nothing else.
    records
        Rows it rests on, as mappings, the one that is named as its source first.
    place
        The record whose place it has; none where it is about the whole site.
    """

    rule: str
    species: Species
    subject: str | None
    day: dt.date
    told: Text
    severity: int
    outcome: str = "undecided"
    measure: float | None = None
    limit: float | None = None
    likelihood: float | None = None
    confidence: str = "medium"
    missing: tuple[str, ...] = ()
    records: Sequence[Mapping[str, Any]] = ()
    place: Mapping[str, Any] | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    flagged: int = 0
    synthetic: bool = False


def special(species: Species) -> bool:
    """Tell whether a species is nationally protected or threatened (VU, EN, CR)."""
    return species.protection in ("I", "II") or species.red_list in THREATENED


def row_of(look: Look, found: Found) -> dict[str, Any]:
    """Return a finding as a row of `FINDINGS`."""
    subject = found.species.id + (f"|{found.subject}" if found.subject else "")
    source = found.records[0] if found.records else {}
    told = _whole(found)
    return {
        "finding_id": finding_id(look.rest.site, DETECTOR, found.rule, subject),
        "site": look.rest.site,
        "detector": DETECTOR,
        "rule": found.rule,
        "subject": subject,
        "subject_kind": "taxon",
        "occurred_on": found.day,
        "geometry": _place(look, found),
        "measure": found.measure,
        "limit": found.limit,
        "outcome": found.outcome,
        "missing": _json(list(found.missing)),
        "likelihood": found.likelihood,
        "severity": min(max(found.severity, 1), 5),
        "explanation_zh": told.zh,
        "explanation_en": told.en,
        "confidence": found.confidence,
        "zone_basis": "not_used",
        "evidence": _json(_evidence(look, found)),
        "source_id": source.get("source_id"),
        "source_row": source.get("source_row"),
        "status": "open",
        "pack_digest": look.rest.pack_digest,
    }


def rows_at_most(records: pd.DataFrame) -> list[dict[str, Any]]:
    """Return at most `MOST_RECORDS` records as mappings, the largest numbers first."""
    chosen = records.sort_values("individual_count", ascending=False, kind="stable")
    return plain_rows(chosen.head(MOST_RECORDS))


def plain_rows(records: pd.DataFrame) -> list[dict[str, Any]]:
    """Return what findings need of records as mappings, what is missing as None."""
    records = records[[name for name in _OF_RECORDS if name in records.columns]]
    plain = records.astype(object).where(records.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def _whole(found: Found) -> Text:
    parts = [found.told]
    if found.flagged:
        parts.append(_FLAGGED.fill(n=found.flagged))
    if found.place is not None and found.species.sensitivity != "none":
        parts.append(_HIDDEN)
    if found.synthetic:
        parts.append(_SYNTHETIC)
    return Text(zh="".join(p.zh for p in parts), en=" ".join(p.en for p in parts))


def _place(look: Look, found: Found) -> Any:  # noqa: ANN401 - a shape or nothing
    """Return where it was: the record's place, its survey's, its plot's; of sensitive ones none."""
    if found.place is None or found.species.sensitivity != "none":
        return None
    for name in ("geometry", "survey_geometry"):
        if found.place.get(name) is not None:
            return found.place[name]
    plot = look.rest.plots.get(str(found.place.get("plot")))
    if plot is None or plot.lon is None or plot.lat is None:
        return None
    import shapely  # noqa: PLC0415 - the command line starts without it

    return shapely.Point(plot.lon, plot.lat)


def _evidence(look: Look, found: Found) -> dict[str, Any]:
    hidden = found.species.sensitivity != "none"
    place = None if hidden or found.place is None else found.place.get("plot")
    return {
        "record_id": f"{found.species.name.zh} {found.day.isoformat()}",
        "taxon_id": found.species.id,
        "scientific_name": found.species.scientific_name,
        "name": found.species.name.model_dump(),
        "protection": found.species.protection,
        "red_list": found.species.red_list,
        "sensitivity": found.species.sensitivity,
        "plot": place,
        "as_of": look.as_of.isoformat(),
        "synthetic": found.synthetic,
        "flagged_records": found.flagged,
        **found.evidence,
        "records": [_record(row) for row in _first(found.records)],
        "source": found.species.source,
    }


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what names a record, without its place."""
    day = row.get("event_date")
    return {
        "record_id": row["record_id"],
        "day": None if day is None else day.isoformat(),
        "count": row.get("individual_count"),
        "validation": row.get("validation"),
    }


def _first(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list(records)[:MOST_RECORDS]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
