"""Rows of Darwin Core that tell a record, with or without its visit, as sightings."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.birds.dwcameta import TableFile
from wetland.birds.dwcarows import Rows
from wetland.birds.dwcroles import event_columns, first_told, merged_extra, record_columns
from wetland.birds.dwcterms import EVENT_TERMS, RECORD_TERMS, TERMS
from wetland.birds.sightings import Sightings
from wetland.reading.cells import is_blank

NO_NAMES = text(
    "没有写鸟名的列（scientificName 等）；有的列：{t}",
    "no column of names (scientificName ...); the columns are: {t}",
)
TERM_ALIKE = text(
    "不认识的术语 {t}，是否应为 {s}；按其他列保留",
    "unknown term {t}, perhaps {s}: kept with the other columns",
)
_ALIKE = 0.9
_NAME_TERMS = frozenset(
    {t for r in ("name", "name_en", "verbatim") for t in RECORD_TERMS[r]} | {"genus"}
)
_MEDIUM = ("identifier", "type", "format", "title", "description", "creator", "license",
           "rightsHolder", "references", "created", "accessURI")  # fmt: skip

# Role -> term, for the problems that are told.
HEADERS: dict[str, str] = {role: terms[0] for role, terms in
                           {**EVENT_TERMS, **RECORD_TERMS}.items()} | {
    "count": "individualCount", "record_lon": "decimalLongitude", "duration_min": "samplingEffort",
    "record_uncertainty_m": "coordinateUncertaintyInMeters",
}  # fmt: skip


def check_terms(table: TableFile, problems: Problems) -> None:
    """Raise where no column of a table of occurrences names the bird; tell terms that look wrong.

    A term nobody reads that is almost spelled like one that is read (``individualCounts``) is told;
    its cells are kept with the other columns.

    Raises
    ------
    InputError
        No term of it is a name.
    """
    terms = {*table.columns.values(), *table.defaults}
    if not terms & _NAME_TERMS:
        raise InputError(NO_NAMES.fill(t=", ".join(sorted(terms)[:20]) or "—"))
    tell_alike(table, problems)


def tell_alike(table: TableFile, problems: Problems) -> None:
    """Tell terms that are almost spelled like one that is read and not there."""
    terms = {*table.columns.values(), *table.defaults}
    missing = [term for term in TERMS.values() if term not in terms]
    for term in sorted(terms - set(TERMS.values())):
        alike = get_close_matches(term, missing, n=1, cutoff=_ALIKE)
        if alike and term.endswith("ID") == alike[0].endswith("ID"):
            message = TERM_ALIKE.fill(t=term, s=alike[0])
            problems.add("term_alike", column=term, message=message, level="warning")


def occurrences_of(
    rows: Rows,
    *,
    core: bool,
    media: Mapping[str, list[dict[str, Any]]] | None = None,
    measured: Mapping[str, list[dict[str, Any]]] | None = None,
) -> Sightings:
    """Return the sightings of rows that tell visit and record in one.

    A row of a core without ``occurrenceID`` is identified by the core's identifier.
    """
    made = event_columns(rows)
    own = record_columns(rows, as_extension=False)
    if "observers" not in made:
        recorders = first_told(rows, ("recordedBy",))
        if recorders is not None:
            made["observers"] = recorders
    if core:
        ids = own.get("occurrence_id") or [None] * len(rows.numbers)
        own["occurrence_id"] = [k if is_blank(i) else i
                                for i, k in zip(ids, rows.keys, strict=True)]  # fmt: skip
    put_media(own, rows.keys, media or {})
    if measured:
        extras = own["extra"]
        own["extra"] = [
            merged_extra(
                e, {"measurements": measured[k]} if k is not None and k in measured else None
            )
            for e, k in zip(extras, rows.keys, strict=True)
        ]
    return Sightings.of(rows.numbers, {**made, **own}, headers=HEADERS)


def put_media(
    made: dict[str, list[Any]], keys: list[Any] | None, media: Mapping[str, list[dict[str, Any]]]
) -> None:
    """Add media to records, by keys."""
    if not media or keys is None:
        return
    own = made.get("media") or [None] * len(keys)
    made["media"] = [[*(o or ()), *media.get(k, ())] or None
                     for o, k in zip(own, keys, strict=True)]  # fmt: skip


def medium(rows: Rows, at: int) -> dict[str, Any]:
    """Return a row of a multimedia extension."""
    told = {name: rows.column(name)[at] for name in _MEDIUM}
    told["identifier"] = told.pop("accessURI") or told["identifier"] or told["references"]
    return {name: value for name, value in told.items() if value}


def measurement(rows: Rows, at: int) -> dict[str, Any]:
    """Return a row of measurements."""
    told = {name: rows.column(f"measurement{name.title()}")[at]
            for name in ("type", "value", "unit")}  # fmt: skip
    return {name: value for name, value in told.items() if value}
