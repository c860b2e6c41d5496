"""Records in the terms of Darwin Core: one mapping of term to cells."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wetland.base.texts import text
from wetland.birds.dwcrows import (
    Columns,
    cell,
    cells_of,
    constant,
    each,
    generalised,
    is_blurred,
    is_missing,
    is_true,
    place_columns,
    properties,
    rows_of,
)
from wetland.birds.eml import licence_of

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist
    from wetland.birds.species import Species

# What a person decided, in the words of identificationVerificationStatus.
VERIFICATION: Mapping[str, str] = {
    "accepted": "verified",
    "corrected": "verified, corrected",
    "flagged": "unverified, flagged for review",
    "unreviewed": "unverified",
}
UNMATCHED = text("名称未与名录匹配", "the name was not matched with the checklist")
HUMAN = "HumanObservation"
INDIVIDUALS = "individuals"
# Columns of a source that are kept with its rows and that Darwin Core has terms for.
_OTHERS = ("license", "source", "unit")
_SAME = ("individuals", "individual", "birds", "只", "羽", "个体")

_WEB = re.compile("https?://", re.I)
_LATIN = re.compile(r"[A-Z][a-z-]+(?: [a-z-]+){1,2}$")


def occurrence_columns(
    records: pd.DataFrame,
    events: Sequence[str],
    checklist: Checklist,
    *,
    observers: Mapping[str, str],
    common: Mapping[str, str],
) -> Columns:
    """Return the occurrences of an archive: one cell per record and term.

    Parameters
    ----------
    records
        `BIRD_RECORDS`, with ``blurred`` where places were generalised.
    events
        The identifier of the event of each.
    observers
        Who made a survey, by ``survey_id``: recorded its records unless they name somebody.
    common
        Terms that are the same in every row.
    """
    rows = rows_of(records)
    made: Columns = {"eventID": list(events)}
    made["occurrenceID"] = [occurrence_id(row) for row in rows]
    made["basisOfRecord"] = [cell(row["basis_of_record"]) or HUMAN for row in rows]
    made["occurrenceStatus"] = cells_of(rows, "occurrence_status")
    others = [_other_columns(row["extra"]) for row in rows]
    counts = [_count_cells(row, other) for row, other in zip(rows, others, strict=True)]
    for at, term in enumerate(("individualCount", "organismQuantity", "organismQuantityType")):
        made[term] = [cells[at] for cells in counts]
    made |= _taxon_columns(rows, checklist)
    for term, name in (
        ("sex", "sex"), ("lifeStage", "life_stage"), ("behavior", "behavior"),
        ("reproductiveCondition", "breeding"),
    ):  # fmt: skip
        made[term] = cells_of(rows, name)
    made["recordedBy"] = [
        cell(row["recorded_by"]) or cell(observers.get(row["survey_id"])) for row in rows
    ]
    made["identificationVerificationStatus"] = [VERIFICATION[r["validation"]] for r in rows]
    made |= place_columns(rows)
    made["associatedMedia"] = [_media(row["media"]) for row in rows]
    made["occurrenceRemarks"] = cells_of(rows, "remarks")
    made["dataGeneralizations"] = each(rows, lambda r: generalised(r)[0])
    made["informationWithheld"] = each(rows, lambda r: generalised(r)[1])
    made["associatedReferences"] = [cell(other.get("source")) for other in others]
    made["dynamicProperties"] = [
        _record_properties(row, other) for row, other in zip(rows, others, strict=True)
    ]
    made |= constant(common, len(rows))  # the same terms in every piece of a table
    own = [licence_of(cell(other.get("license"))) for other in others]
    made["license"] = [one or common.get("license", "") for one in own]
    return made


def occurrence_id(row: Mapping[str, Any]) -> str:
    """Return the identifier of a record, by the rule of `event_id`."""
    return ("" if is_blurred(row) else cell(row["occurrence_id"])) or cell(row["record_id"])


def _taxon_columns(rows: Sequence[Mapping[str, Any]], checklist: Checklist) -> Columns:
    """Return the columns of the name.

    Rule of decision: a matched record has the name of its species. One that was not matched has the
    name as received where that looks like a scientific name, else it is only a bird (Aves); the
    name as received stands in verbatimIdentification either way.
    """
    terms = ("taxonID", "scientificName", "scientificNameAuthorship", "taxonRank", "kingdom",
             "class", "order", "family", "vernacularName", "verbatimIdentification",
             "identificationRemarks")  # fmt: skip
    known: dict[str, tuple[str, ...]] = {}
    cells: list[tuple[str, ...]] = []
    for row in rows:
        taxon_id, received = cell(row["taxon_id"]), cell(row["name_received"])
        if taxon_id not in known and taxon_id in checklist.species:
            known[taxon_id] = _of_species(checklist.species[taxon_id])
        if taxon_id in known:
            cells.append((*known[taxon_id], received, ""))
        else:
            cells.append(_unmatched(received))
    return {term: [one[at] for one in cells] for at, term in enumerate(terms)}


def _of_species(species: Species) -> tuple[str, ...]:
    told = (species.id, species.scientific_name, species.authorship, "species", "Animalia", "Aves",
            species.order, species.family, species.name_zh or species.name_en)  # fmt: skip
    return tuple(cell(one) for one in told)


def _unmatched(received: str) -> tuple[str, ...]:
    latin = _LATIN.match(received) is not None
    rank = "" if latin else "class"
    why = f"{UNMATCHED.zh} / {UNMATCHED.en}"
    return ("", received if latin else "Aves", "", rank, "Animalia", "Aves", "", "", "", received,
            why)  # fmt: skip


def _other_columns(extra: object) -> dict[str, Any]:
    """Return what other columns of the source tell of a record: its unit, licence and source."""
    if is_missing(extra) or not any(f'"{name}"' in str(extra) for name in _OTHERS):
        return {}
    told = json.loads(str(extra))
    return {name: told[name] for name in _OTHERS if name in told} if isinstance(told, dict) else {}


def _count_cells(row: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return individualCount, or quantity and its kind of what is no whole number of individuals.

    A source that counts something else (a column ``unit``: nesting pairs) keeps saying so.
    """
    shown = cell(row["individual_count"])
    unit = cell(other.get("unit"))
    if unit and unit.casefold() not in _SAME:
        return "", shown, unit if shown else ""
    if not shown or shown.isdigit():
        return shown, "", ""
    return "", shown, INDIVIDUALS


def _whole(value: object) -> str:
    shown = cell(value)
    return shown if shown.isdigit() else ""


def _media(value: object) -> str:
    """Return the addresses of media, parted as Darwin Core wants it; local files are not told."""
    if is_missing(value) or not value:
        return ""
    items = json.loads(str(value))
    found = [str(item.get("identifier") or "") for item in items if isinstance(item, dict)]
    return cell(" | ".join(one for one in found if _WEB.match(one)))


def _record_properties(row: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    told: dict[str, object] = {"synthetic": is_true(row["synthetic"])}
    if row["count_qualifier"] != "exact":
        told["countQualifier"] = row["count_qualifier"]
    if not is_missing(row["count_received"]) and row["count_received"]:
        shown = cell(row["count_received"])
        if shown != _whole(row["individual_count"]):
            told["countReceived"] = shown
    if "unit" in other:
        told["unit"] = cell(other["unit"])
    return properties(told)
