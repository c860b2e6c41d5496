"""Surveys and records in the terms of Darwin Core: one mapping of term to cells per file.

A cell is text without tabs and line breaks, empty where nothing is known; a term of which no row
knows anything is left out, unless the standard or its readers want it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import numpy as np

from wetland.base.texts import text

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.checklist import Checklist
    from wetland.birds.species import Species

Columns = dict[str, list[str]]

WGS84 = "EPSG:4326"
# What a person decided, in the words of identificationVerificationStatus.
VERIFICATION: Mapping[str, str] = {
    "accepted": "verified",
    "corrected": "verified, corrected",
    "flagged": "unverified, flagged for review",
    "unreviewed": "unverified",
}
BLURRED = text("位置已概化到网格", "place generalised to a cell of a grid")
WITHHELD = text("位置不公开", "place withheld")
UNMATCHED = text("名称未与名录匹配", "the name was not matched with the checklist")
HUMAN = "HumanObservation"
INDIVIDUALS = "individuals"

_BREAKS = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LATIN = re.compile(r"[A-Z][a-z-]+(?: [a-z-]+){1,2}$")
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Effort:
    """One kind of effort: its column, its name and its unit as measurements tell them."""

    column: str
    type: str
    unit: str


EFFORT: tuple[Effort, ...] = (
    Effort("duration_min", "duration", "min"),
    Effort("distance_km", "distance", "km"),
    Effort("area_ha", "area", "ha"),
    Effort("observer_count", "number of observers", ""),
    Effort("complete", "all species recorded", ""),
    Effort("observers", "observers", ""),
)


def cell(value: object) -> str:
    r"""Return a value as a cell: one line, no control characters; missing is empty.

    Examples
    --------
    >>> cell(" a\tb\nc "), cell(12.0), cell(None), cell(True), cell(dt.date(2024, 5, 1))
    ('a b c', '12', '', 'true', '2024-05-01')
    """
    if is_missing(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    return _BREAKS.sub(" ", str(value)).strip()


def is_missing(value: object) -> bool:
    """Tell whether a cell of a table is missing (None, NaN, NA, NaT)."""
    return value is None or type(value).__name__ in {"NAType", "NaTType"} or value != value


def event_columns(
    surveys: pd.DataFrame, events: Sequence[str], *, timezone: str, common: Mapping[str, str]
) -> Columns:
    """Return the core of an archive: one cell per survey and term.

    Parameters
    ----------
    surveys
        `BIRD_SURVEYS`, with ``blurred`` where places were generalised.
    events
        The identifier of each.
    timezone
        In which moments are written.
    common
        Terms that are the same in every row.
    """
    rows = rows_of(surveys)
    made: Columns = {"eventID": list(events)}
    made["parentEventID"] = _cells(rows, "parent_event_id")
    made["eventDate"] = [event_date(row, ZoneInfo(timezone)) for row in rows]
    made["samplingProtocol"] = _cells(rows, "sampling_protocol")
    sizes = [_sample_size(row) for row in rows]
    made["sampleSizeValue"] = [size[0] for size in sizes]
    made["sampleSizeUnit"] = [size[1] for size in sizes]
    made["samplingEffort"] = [_effort_words(row) for row in rows]
    made["locationID"] = _cells(rows, "plot")
    made["habitat"] = _cells(rows, "habitat")
    made |= _place_columns(rows)
    made["eventRemarks"] = _cells(rows, "remarks")
    made["dataGeneralizations"] = _each(rows, lambda r: _generalised(r)[0])
    made["informationWithheld"] = _each(rows, lambda r: _generalised(r)[1])
    made["dynamicProperties"] = [_properties({"synthetic": _true(r["synthetic"])}) for r in rows]
    return _used(made | _constant(common, len(rows)), keep=("eventID", "eventDate"))


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
    made["occurrenceStatus"] = _cells(rows, "occurrence_status")
    made["individualCount"] = [_whole(row["individual_count"]) for row in rows]
    made["organismQuantity"] = [_not_whole(row["individual_count"]) for row in rows]
    made["organismQuantityType"] = [INDIVIDUALS if q else "" for q in made["organismQuantity"]]
    made |= _taxon_columns(rows, checklist)
    for term, name in (
        ("sex", "sex"), ("lifeStage", "life_stage"), ("behavior", "behavior"),
        ("reproductiveCondition", "breeding"),
    ):  # fmt: skip
        made[term] = _cells(rows, name)
    made["recordedBy"] = [
        cell(row["recorded_by"]) or cell(observers.get(row["survey_id"])) for row in rows
    ]
    made["identificationVerificationStatus"] = [VERIFICATION[r["validation"]] for r in rows]
    made |= _place_columns(rows)
    made["associatedMedia"] = [_media(row["media"]) for row in rows]
    made["occurrenceRemarks"] = _cells(rows, "remarks")
    made["dataGeneralizations"] = _each(rows, lambda r: _generalised(r)[0])
    made["informationWithheld"] = _each(rows, lambda r: _generalised(r)[1])
    made["dynamicProperties"] = [_record_properties(row) for row in rows]
    keep = ("eventID", "occurrenceID", "basisOfRecord", "occurrenceStatus", "scientificName")
    return _used(made | _constant(common, len(rows)), keep=keep)


def measurement_columns(surveys: pd.DataFrame, events: Sequence[str]) -> Columns:
    """Return the effort of surveys as measurements: one row for each kind that is told."""
    made: Columns = {
        name: [] for name in ("eventID", "measurementID", "measurementType", "measurementValue",
                              "measurementUnit")
    }  # fmt: skip
    for event, row in zip(events, rows_of(surveys), strict=True):
        for kind in EFFORT:
            value = cell(row[kind.column])
            if not value:
                continue
            cells = (event, f"{event}:{kind.column}", kind.type, value, kind.unit)
            for name, one in zip(made, cells, strict=True):
                made[name].append(one)
    return made


def event_date(row: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Return the date of a survey: a moment, a day, or two with a slash between them.

    Examples
    --------
    >>> days = {"event_date": dt.date(2024, 5, 1), "event_end": dt.date(2024, 5, 31)}
    >>> event_date({**days, "event_at": None}, ZoneInfo("Asia/Shanghai"))
    '2024-05-01/2024-05-31'
    """
    first, last, moment = row["event_date"], row["event_end"], row["event_at"]
    if is_missing(last):
        last = first
    begun = cell(first)
    if not is_missing(moment):
        begun = moment.astimezone(zone).isoformat(timespec="seconds")
    return begun if first == last else f"{begun}/{cell(last)}"


def event_id(row: Mapping[str, Any]) -> str:
    """Return the identifier of a survey: its source's where there is one, else ours.

    A generalised survey has ours: its source's could tell where it was.
    """
    return ("" if _is_blurred(row) else cell(row["event_id"])) or cell(row["survey_id"])


def occurrence_id(row: Mapping[str, Any]) -> str:
    """Return the identifier of a record, by the rule of `event_id`."""
    return ("" if _is_blurred(row) else cell(row["occurrence_id"])) or cell(row["record_id"])


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as mappings of column to cell."""
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _cells(rows: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    return [cell(row[name]) for row in rows]


def _each(rows: Iterable[Mapping[str, Any]], tell: Callable[[Mapping[str, Any]], str]) -> list[str]:
    return [tell(row) for row in rows]


def _constant(common: Mapping[str, str], count: int) -> Columns:
    return {term: [cell(value)] * count for term, value in common.items()}


def _used(columns: Columns, *, keep: Sequence[str]) -> Columns:
    return {term: cells for term, cells in columns.items() if term in keep or any(cells)}


def _is_blurred(row: Mapping[str, Any]) -> bool:
    return _true(row.get("blurred"))


def _true(value: object) -> bool:
    return not is_missing(value) and bool(value)


def _sample_size(row: Mapping[str, Any]) -> tuple[str, str]:
    for name, unit in (("duration_min", "minute"), ("distance_km", "kilometre"),
                       ("area_ha", "hectare")):  # fmt: skip
        if value := cell(row[name]):
            return value, unit
    return "", ""


def _effort_words(row: Mapping[str, Any]) -> str:
    told = [
        f"{value} {unit}"
        for name, unit in (("duration_min", "min"), ("distance_km", "km"), ("area_ha", "ha"),
                           ("observer_count", "observer(s)"))
        if (value := cell(row[name]))
    ]  # fmt: skip
    return "; ".join(told)


def _place_columns(rows: Sequence[Mapping[str, Any]]) -> Columns:
    import shapely

    places = np.array(
        [None if is_missing(row["geometry"]) else row["geometry"] for row in rows], dtype=object
    )
    made: Columns = {
        name: [""] * len(rows)
        for name in ("decimalLatitude", "decimalLongitude", "geodeticDatum",
                     "coordinateUncertaintyInMeters", "footprintWKT", "footprintSRS")
    }  # fmt: skip
    for at, (row, place) in enumerate(zip(rows, places, strict=True)):
        if place is None or place.is_empty:
            continue
        middle = place if place.geom_type == "Point" else shapely.box(*place.bounds).centroid
        made["decimalLongitude"][at] = repr(float(middle.x))
        made["decimalLatitude"][at] = repr(float(middle.y))
        made["geodeticDatum"][at] = WGS84
        told = cell(row["uncertainty_m"])
        if place.geom_type != "Point":
            made["footprintWKT"][at] = shapely.to_wkt(place, rounding_precision=-1)
            made["footprintSRS"][at] = WGS84
            told = told or cell(float(round(_half_diagonal_m(place.bounds))))
        made["coordinateUncertaintyInMeters"][at] = told
    return made


def _half_diagonal_m(bounds: Sequence[float]) -> float:
    west, south, east, north = bounds
    narrow = np.cos(np.radians((south + north) / 2))
    wide = (east - west) * narrow
    return float(np.hypot(wide, north - south) * _METRES_PER_DEGREE / 2)


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


def _generalised(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return what dataGeneralizations and informationWithheld say of a row."""
    if not _is_blurred(row):
        return "", ""
    if is_missing(row["geometry"]):
        return "", f"{WITHHELD.zh} / {WITHHELD.en}"
    return f"{BLURRED.zh} / {BLURRED.en}", ""


def _whole(value: object) -> str:
    shown = cell(value)
    return shown if shown.isdigit() else ""


def _not_whole(value: object) -> str:
    shown = cell(value)
    return "" if shown.isdigit() else shown


def _media(value: object) -> str:
    """Return the addresses of media, parted as Darwin Core wants it; local files are not told."""
    if is_missing(value) or not value:
        return ""
    items = json.loads(str(value))
    found = [str(item.get("identifier") or "") for item in items if isinstance(item, dict)]
    return cell(" | ".join(one for one in found if urlsplit(one).scheme in {"http", "https"}))


def _record_properties(row: Mapping[str, Any]) -> str:
    told: dict[str, object] = {"synthetic": _true(row["synthetic"])}
    if row["count_qualifier"] != "exact":
        told["countQualifier"] = row["count_qualifier"]
    if not is_missing(row["count_received"]) and row["count_received"]:
        shown = cell(row["count_received"])
        if shown != _whole(row["individual_count"]):
            told["countReceived"] = shown
    return _properties(told)


def _properties(told: Mapping[str, object]) -> str:
    kept = {name: value for name, value in told.items() if value is not False}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""
