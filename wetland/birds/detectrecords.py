"""Findings made of single records: first records of a species, and breeding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wetland.base.texts import text
from wetland.birds.detectbase import (
    BREEDING,
    CONFIRMATION,
    FIRST_RECORD,
    MOST_RECORDS,
    Found,
    Look,
    plain_rows,
    special,
)
from wetland.birds.species import Species

if TYPE_CHECKING:
    import pandas as pd

BREEDING_WORDS = {
    "possible": text("可能繁殖", "possible breeding"),
    "probable": text("很可能繁殖", "probable breeding"),
    "confirmed": text("确认繁殖", "confirmed breeding"),
}
_RANK = ("confirmed", "probable", "possible")
_FIRST = text(
    "{name}（{scientific}）于 {day} 在已载入的记录中首次出现；此前的调查自 {begin} 起。"
    "这说的是已载入的记录，不是当地的全部历史。",
    "{name} ({scientific}) is for the first time in the records that are loaded on {day}; surveys "
    "before it reach back to {begin}. It tells of the records that are loaded, not of all that "
    "was ever seen here.",
)
_BREEDS = text(
    "{name}（{scientific}）{year} 年{evidence}：{n} 条记录，首次在 {day}。",
    "{name} ({scientific}), {year}: {evidence}, {n} record(s), the first on {day}.",
)


def first_record_findings(look: Look) -> Iterator[Found]:
    """Yield one finding per species whose first record is recent.

    Surveys must reach back `BirdSettings.history_days` before it: in the first year of a series
    every species would be new. Several records of the first day are one finding. Severity 2, 3 for
    vagrants and for species that are protected or threatened. It waits for a person to confirm it,
    unless somebody accepted the record.
    """
    if not len(look.surveys):
        return
    begin: dt.date = min(look.surveys["event_date"])
    present = _present(look)
    since = look.as_of - dt.timedelta(days=look.settings.recent_days)
    for taxon_id, own in present.groupby("taxon_id", sort=True):
        day: dt.date = min(own["event_date"])
        if day < since or (day - begin).days < look.settings.history_days:
            continue
        species = look.species[str(taxon_id)]
        rows = plain_rows(own[(own["event_date"] == day).to_numpy(dtype=bool)])
        told = _FIRST.fill(name=species.name, scientific=species.scientific_name, day=day,
                           begin=begin)  # fmt: skip
        rare = species.season == "vagrant" or special(species)
        yield _found(
            FIRST_RECORD, species, None, rows, told=told, severity=3 if rare else 2,
            evidence={"surveys_since": begin.isoformat(), "count": _highest(rows)},
        )  # fmt: skip


def breeding_findings(look: Look) -> Iterator[Found]:
    """Yield one finding per species and year with recent evidence of breeding.

    It tells of the whole year, of which some evidence is recent: it does not lose its first records
    as time goes on. Severity 2, 3 for species that are protected or threatened, 4 of class I.
    """
    present = _present(look)
    since = look.as_of - dt.timedelta(days=look.settings.recent_days)
    told = present["breeding"].isin(list(look.settings.breeding)).to_numpy(dtype=bool)
    recent = (present["event_date"] >= since).to_numpy(dtype=bool)
    bred = present[told].assign(recent=recent[told])
    years = [day.year for day in bred["event_date"]]
    for _, own in bred.groupby([bred["taxon_id"], years], sort=True):
        if not own["recent"].any():
            continue
        rows = plain_rows(own)
        species, year = look.species[rows[0]["taxon_id"]], rows[0]["event_date"].year
        best = min((str(row["breeding"]) for row in rows), key=_RANK.index)
        said = _BREEDS.fill(
            name=species.name, scientific=species.scientific_name, year=year, n=len(rows),
            evidence=BREEDING_WORDS[best], day=rows[0]["event_date"],
        )  # fmt: skip
        severity = 4 if species.protection == "I" else 2 + special(species)
        rows.sort(key=lambda row: (_RANK.index(str(row["breeding"])), row["event_date"]))
        yield _found(
            BREEDING, species, str(year), rows, told=said, severity=severity,
            evidence={"breeding": best, "year": year, "n": len(rows)},
        )  # fmt: skip


def _found(
    rule: str,
    species: Species,
    subject: str | None,
    rows: list[dict[str, Any]],
    **more: Any,  # noqa: ANN401 - fields of Found
) -> Found:
    """Return a finding of records; the first of them gives it its place."""
    confirmed = any(row["validation"] in ("accepted", "corrected") for row in rows)
    return Found(
        rule, species, subject, rows[0]["event_date"],
        records=rows[:MOST_RECORDS], place=rows[0],
        missing=() if confirmed else (CONFIRMATION,),
        confidence="high" if confirmed else "low" if _all_flagged(rows) else "medium",
        flagged=sum(row["validation"] == "flagged" for row in rows),
        synthetic=any(row["synthetic"] is True for row in rows),
        **more,
    )  # fmt: skip


def _all_flagged(rows: list[dict[str, Any]]) -> bool:
    return all(row["validation"] == "flagged" for row in rows)


def _present(look: Look) -> pd.DataFrame:
    return look.records[(look.records["occurrence_status"] == "present").to_numpy(dtype=bool)]


def _highest(rows: list[Mapping[str, Any]] | list[dict[str, Any]]) -> float | None:
    numbers = [row["individual_count"] for row in rows if row["individual_count"] is not None]
    return max(numbers, default=None)
