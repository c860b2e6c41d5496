"""Surveys in the terms of Darwin Core: one mapping of term to cells per file of an archive.

A cell is text without tabs and line breaks, empty where nothing is known.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from wetland.base.texts import text

if TYPE_CHECKING:
    import pandas as pd


Columns = dict[str, list[str]]

WGS84 = "EPSG:4326"
BLURRED = text("位置已概化到网格", "place generalised to a cell of a grid")
WITHHELD = text("位置不公开", "place withheld")

_BREAKS = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
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
    made["parentEventID"] = cells_of(rows, "parent_event_id")
    made["eventDate"] = [event_date(row, ZoneInfo(timezone)) for row in rows]
    made["samplingProtocol"] = cells_of(rows, "sampling_protocol")
    sizes = [_sample_size(row) for row in rows]
    made["sampleSizeValue"] = [size[0] for size in sizes]
    made["sampleSizeUnit"] = [size[1] for size in sizes]
    made["samplingEffort"] = [_effort_words(row) for row in rows]
    made["locationID"] = cells_of(rows, "plot")
    made["habitat"] = cells_of(rows, "habitat")
    made |= place_columns(rows)
    made["eventRemarks"] = cells_of(rows, "remarks")
    made["dataGeneralizations"] = each(rows, lambda r: generalised(r)[0])
    made["informationWithheld"] = each(rows, lambda r: generalised(r)[1])
    made["dynamicProperties"] = [properties({"synthetic": is_true(r["synthetic"])}) for r in rows]
    return made | constant(common, len(rows))


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
    return ("" if is_blurred(row) else cell(row["event_id"])) or cell(row["survey_id"])


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as mappings of column to cell."""
    names = [str(name) for name in frame.columns]
    cells = (frame[name].astype(object).tolist() for name in names)
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def cells_of(rows: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    """Return one column as cells."""
    return [cell(row[name]) for row in rows]


def each(rows: Iterable[Mapping[str, Any]], tell: Callable[[Mapping[str, Any]], str]) -> list[str]:
    """Return what is told of each row."""
    return [tell(row) for row in rows]


def constant(common: Mapping[str, str], count: int) -> Columns:
    """Return columns that are the same in every row."""
    return {term: [cell(value)] * count for term, value in common.items()}


def used(columns: Columns) -> Columns:
    """Leave out the terms of which no row knows anything."""
    return {term: cells for term, cells in columns.items() if any(cells)}


def is_blurred(row: Mapping[str, Any]) -> bool:
    """Tell whether the place of a row was generalised or withheld."""
    return is_true(row.get("blurred"))


def is_true(value: object) -> bool:
    """Tell whether a truth value is known and true."""
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


def place_columns(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Return the columns of the place: a point, or the middle of a shape and the shape."""
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


def generalised(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return what dataGeneralizations and informationWithheld say of a row."""
    if not is_blurred(row):
        return "", ""
    if is_missing(row["geometry"]):
        return "", f"{WITHHELD.zh} / {WITHHELD.en}"
    return f"{BLURRED.zh} / {BLURRED.en}", ""


def properties(told: Mapping[str, object]) -> str:
    """Return what has no term of its own as JSON; empty where there is nothing."""
    kept = {name: value for name, value in told.items() if value is not False}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""
