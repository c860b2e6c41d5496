"""Rows of Darwin Core terms as columns of sightings: what a term says of a visit or a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wetland.birds.dwcarows import Rows
from wetland.birds.dwccells import (
    count_told,
    effort_of,
    is_of_individuals,
    media_of,
    properties_of,
)
from wetland.birds.dwcterms import (
    COUNT_TERMS,
    EFFORT_TERMS,
    EVENT_TERMS,
    MEDIA_TERMS,
    RECORD_TERMS,
)
from wetland.reading.cells import is_blank

Columns = dict[str, list[Any]]

# Terms of downloads that speak of the download, not of the bird.
_NOISE_ENDS = ("Key", "IDs")
_NOISE = frozenset(
    {"gbifID", "lastInterpreted", "lastParsed", "lastCrawled", "gbifid", "hasCoordinate",
     "hasGeospatialIssues", "mediaType", "issue", "publishingCountry", "repatriated", "id",
     "kingdom", "phylum", "class", "order", "family", "genus", "subgenus", "specificEpithet",
     "infraspecificEpithet", "taxonRank", "taxonID", "scientificNameAuthorship", "genericName",
     "higherClassification", "nomenclaturalCode", "taxonomicStatus", "protocol", "modified",
     "identificationVerificationStatus", "identificationRemarks", "datasetName", "license",
     "startDayOfYear", "endDayOfYear", "countryCode", "datasetID", "footprintSRS"}
)  # fmt: skip
_PLACE = {"lon": "record_lon", "lat": "record_lat", "uncertainty_m": "record_uncertainty_m"}
_EFFORT_ROLES = ("duration_min", "distance_km", "area_ha", "observer_count", "complete",
                 "observers")  # fmt: skip


def used_terms(*, of_events: bool, of_records: bool) -> set[str]:
    """Return the terms that have a column of their own."""
    found = {"dynamicProperties", "eventID"}
    if of_events:
        found |= {t for terms in EVENT_TERMS.values() for t in terms}
        found |= {*EFFORT_TERMS, *_EFFORT_ROLES}
    if of_records:
        found |= {t for terms in RECORD_TERMS.values() for t in terms}
        found |= {*COUNT_TERMS, *MEDIA_TERMS, "genus", "specificEpithet"}
    return found


def first_told(rows: Rows, terms: Iterable[str]) -> list[Any] | None:
    """Return the first cell told of several terms, row by row; None where no term is there."""
    columns = [rows.terms[term] for term in terms if term in rows.terms]
    if not columns:
        return None
    if len(columns) == 1:
        return list(columns[0])
    return [next((c for c in cells if not is_blank(c)), None)
            for cells in zip(*columns, strict=True)]  # fmt: skip


def event_columns(rows: Rows) -> Columns:
    """Return what rows say of their visits, by role; ``event_extra`` what is left of the effort."""
    made = {role: found for role, terms in EVENT_TERMS.items()
            if (found := first_told(rows, terms)) is not None}  # fmt: skip
    for role in _EFFORT_ROLES:
        if role in rows.terms:
            made[role] = list(rows.terms[role])
    terms = [term for term in EFFORT_TERMS if term in rows.terms]
    if terms:
        _put_effort(made, rows, terms)
    return made


def _put_effort(made: Columns, rows: Rows, terms: list[str]) -> None:
    """Read the terms of effort, each distinct set of cells once."""
    seen: dict[tuple[Any, ...], tuple[dict[str, float], dict[str, str]]] = {}
    extras: list[dict[str, Any] | None] = []
    count = len(rows.numbers)
    for at, cells in enumerate(zip(*(rows.terms[t] for t in terms), strict=True)):
        if cells not in seen:
            seen[cells] = effort_of(dict(zip(terms, cells, strict=True)))
        found, rest = seen[cells]
        for role, value in found.items():
            column = made.setdefault(role, [None] * count)
            if is_blank(column[at]):
                column[at] = value
        extras.append(dict(rest) or None)
    if any(extras):
        made["event_extra"] = extras


def record_columns(rows: Rows, *, as_extension: bool) -> Columns:
    """Return what rows say of their records, by role.

    Parameters
    ----------
    rows
        Some rows of a table.
    as_extension
        Whether visits are told elsewhere: a place is then the record's own.
    """
    made = {role: found for role, terms in RECORD_TERMS.items()
            if (found := first_told(rows, terms)) is not None}  # fmt: skip
    _name_parts(made, rows)
    properties = [properties_of(cell) for cell in rows.terms.get("dynamicProperties", ())]
    _put_counts(made, rows, properties)
    if any("synthetic" in one for one in properties):
        made["synthetic"] = [one.get("synthetic") for one in properties]
    if "associatedMedia" in rows.terms:
        made["media"] = [media_of(cell) or None for cell in rows.terms["associatedMedia"]]
    if as_extension:
        for role, own in _PLACE.items():
            found = first_told(rows, EVENT_TERMS[role])
            if found is not None:
                made[own] = found
    others = extras_of(rows, used_terms(of_events=not as_extension, of_records=True),
                       placed=as_extension)  # fmt: skip
    made["extra"] = [merged_extra(*both) for both in zip(others, _quantities(rows), strict=True)]
    return made


def _name_parts(made: Columns, rows: Rows) -> None:
    """Make a name of genus and species where there is none."""
    genus, epithet = rows.terms.get("genus"), rows.terms.get("specificEpithet")
    if genus is None or epithet is None:
        return
    named = made.setdefault("name", [None] * len(rows.numbers))
    for at, (first, second) in enumerate(zip(genus, epithet, strict=True)):
        if is_blank(named[at]) and not is_blank(first) and not is_blank(second):
            named[at] = f"{first} {second}"


def _put_counts(made: Columns, rows: Rows, properties: list[dict[str, Any]]) -> None:
    terms = [term for term in COUNT_TERMS if term in rows.terms]
    if not terms and not any(properties):
        return
    told = properties or [{}] * len(rows.numbers)
    columns = [rows.terms[term] for term in terms] or [[None] * len(rows.numbers)]
    named = terms or ["individualCount"]
    made["count"] = [
        count_told(dict(zip(named, cells, strict=True)), one)
        for cells, one in zip(zip(*columns, strict=True), told, strict=True)
    ]


def _quantities(rows: Rows) -> list[dict[str, Any] | None]:
    """Return quantities that are no individuals: kept as told beside the record."""
    names = ("organismQuantity", "organismQuantityType")
    if not all(name in rows.terms for name in names):
        return [None] * len(rows.numbers)
    return [
        None if is_blank(cells[0]) or is_of_individuals(cells[1])
        else dict(zip(names, cells, strict=True))
        for cells in zip(*(rows.terms[name] for name in names), strict=True)
    ]  # fmt: skip


def extras_of(rows: Rows, used: set[str], *, placed: bool = False) -> list[dict[str, Any] | None]:
    """Return the cells of all other terms, row by row; what speaks of a download is left out."""
    used = used | ({t for role in _PLACE for t in EVENT_TERMS[role]} if placed else set())
    others = [t for t in rows.terms
              if t not in used and t not in _NOISE and not t.endswith(_NOISE_ENDS)]  # fmt: skip
    told = [t for t in others if any(rows.terms[t])]
    if not told:
        return [None] * len(rows.numbers)
    columns = [rows.terms[t] for t in told]
    return [
        {t: c for t, c in zip(told, cells, strict=True) if c and not is_blank(c)} or None
        for cells in zip(*columns, strict=True)
    ]


def merged_extra(*parts: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Put other columns together, the first that tells one counts."""
    whole: dict[str, Any] = {}
    for part in parts:
        for name, value in (part or {}).items():
            whole.setdefault(name, value)
    return whole or None
