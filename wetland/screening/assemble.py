"""Put the columns of `OBSERVATIONS` together from what a file holds."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import text
from wetland.screening.cells import ActivityReader, distance_m, fact, is_blank, position_source
from wetland.screening.columns import Columns
from wetland.screening.dates import CellError, Moment, join, parse_moment
from wetland.screening.options import ReadOptions, zone_of
from wetland.screening.parse import Reader
from wetland.screening.positions import Positions
from wetland.screening.raw import RawTable

if TYPE_CHECKING:
    import pandas as pd

    from wetland.screening.read import ReadingSite

NO_ACTIVITY_COLUMN = text(
    "没有行为列：这些行只能定位，不能对照法规；用 --activity 列名 或 --default-activity 指明",
    "no column names an activity: rows are placed but no rule can be tried; "
    "use --activity COLUMN or --default-activity",
)
NO_DATE_COLUMN = text(
    "没有日期列：无法确定适用哪一天的法规；用 --date 列名 或 --default-date 指明",
    "no column names a date, so the law of the day is not known; "
    "use --date COLUMN or --default-date",
)
NO_ACTIVITY = text("没有写行为", "no activity is given")
NO_DATE = text("没有写日期", "no date is given")
WIDE = text(
    "定位方式“{s}”写明的误差最大 {m:g} 米，超过场地声明的 {d:g} 米；未写误差的行按 {m:g} 米计",
    "positions by '{s}' state up to {m:g} m, wider than the {d:g} m the site declares; "
    "rows without a stated uncertainty are taken at {m:g} m",
)


def assemble(
    reader: Reader,
    raw: RawTable,
    columns: Columns,
    options: ReadOptions,
    site: ReadingSite,
    *,
    positions: Positions,
) -> pd.DataFrame:
    """Return all rows with the columns of `OBSERVATIONS` that do not depend on other rows."""
    import pandas as pd

    cells, roles = raw.cells, columns.roles
    days, instants, ends = _times(reader, raw, columns, options, site)
    uncertainty = _stated(reader, cells, roles.get("uncertainty"))
    sources = _sources(reader, raw, roles.get("position_source"), options)
    _warn_wide(reader, uncertainty, sources, site)
    record_id = _record_ids(cells, roles.get("id"))
    return pd.DataFrame(
        {
            "site": site.id,
            "source_row": pd.array(raw.rows, dtype="Int64"),
            "record_id": record_id,
            "track_id": _record_ids(cells, roles.get("track")),
            "activity": _activities(reader, raw, columns, options, site),
            "occurred_on": days,
            "occurred_at": _instants(instants),
            "ended_at": _instants(ends),
            "geometry": positions.geometry,
            "shape": positions.shapes,
            "datum": positions.datum,
            "uncertainty_m": uncertainty,
            "position_source": sources,
            "facts": _facts(reader, cells, columns, site),
            "extra": _extra(raw, columns, positions),
        }
    )


def _instants(values: NDArray[Any]) -> pd.Series:
    import pandas as pd

    return pd.Series(pd.to_datetime(list(values), utc=True)).astype("datetime64[us, UTC]")


def _record_ids(cells: pd.DataFrame, column: str | None) -> NDArray[Any]:
    if column is None:
        return np.full(len(cells), None, dtype=object)
    return np.array([None if is_blank(v) else str(v).strip() for v in cells[column]], dtype=object)


def _times(
    reader: Reader, raw: RawTable, columns: Columns, options: ReadOptions, site: ReadingSite
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the site's local day, the instant, and the instant of the end, of each row."""
    site_zone = zone_of(site.timezone)
    file_zone = zone_of(options.timezone) if options.timezone else site_zone
    moments = {role: _moments(reader, raw, columns.roles.get(role))
               for role in ("date", "time", "end")}  # fmt: skip
    date, time = moments["date"], moments["time"]
    if date is None and time is None and options.default_date is None:
        reader.problems.add("no_date", message=NO_DATE_COLUMN, level="warning")
    count = len(reader.rows)
    days: NDArray[Any] = np.full(count, None, dtype=object)
    instants, ends = days.copy(), days.copy()
    told = reader.problems.error_rows
    for position in range(count):
        moment = _moment(reader, position, date, time, options.default_date)
        if moment is not None:
            days[position] = moment.local_day(file_zone, site_zone)
            instants[position] = moment.at(file_zone)
        elif (date is not None or time is not None) and int(reader.rows[position]) not in told:
            column = columns.roles.get("date") or columns.roles.get("time")
            reader.tell("date_missing", [position], NO_DATE, column=column, level="warning")
        if moments["end"] is not None and moments["end"][position] is not None:
            ends[position] = _end(moments["end"][position], days[position], file_zone)
    return days, instants, ends


def _moments(reader: Reader, raw: RawTable, column: str | None) -> NDArray[Any] | None:
    if column is None:
        return None
    return reader.read(raw.cells[column], parse_moment, column=column)


def _moment(
    reader: Reader,
    position: int,
    date: NDArray[Any] | None,
    time: NDArray[Any] | None,
    default: dt.date | None,
) -> Moment | None:
    day = None if date is None else date[position]
    clock = None if time is None else time[position]
    if day is None and default is not None and (clock is None or clock.day is None):
        day = Moment(default)
    try:
        return join(day, clock)
    except CellError as error:
        reader.tell(error.code, [position], error.message)
        return None


def _end(end: Moment, day: dt.date | None, zone: ZoneInfo) -> dt.datetime | None:
    if end.day is None and day is not None:
        end = Moment(day, end.time, end.offset)
    return end.at(zone)


def _stated(reader: Reader, cells: pd.DataFrame, column: str | None) -> NDArray[np.float64]:
    if column is None:
        return np.full(len(cells), np.nan)
    found = reader.read(cells[column], distance_m, column=column)
    return np.array([np.nan if v is None else v for v in found], dtype=float)


def _sources(
    reader: Reader, raw: RawTable, column: str | None, options: ReadOptions
) -> NDArray[Any]:
    default = options.source_kind or ("gps" if raw.format == "gpx" else "unknown")
    found: NDArray[Any] = np.full(len(reader.rows), default, dtype=object)
    if column is not None:
        read = reader.read(raw.cells[column], position_source, column=column)
        stated = np.array([v is not None for v in read], dtype=bool)
        found[stated] = read[stated]
    return found


def _warn_wide(
    reader: Reader, uncertainty: NDArray[np.float64], sources: NDArray[Any], site: ReadingSite
) -> None:
    defaults = site.config.position_defaults
    for kind in sorted({*sources}):
        stated = uncertainty[(sources == kind) & np.isfinite(uncertainty)]
        declared = float(defaults.get(kind, 0.0))
        if len(stated) and stated.max() > declared:
            message = WIDE.fill(s=kind, m=float(stated.max()), d=declared)
            reader.problems.add("wide_uncertainty", value=float(stated.max()), level="warning",
                                message=message)  # fmt: skip


def _activities(
    reader: Reader, raw: RawTable, columns: Columns, options: ReadOptions, site: ReadingSite
) -> NDArray[Any]:
    """Return the activities of each row.

    Rule of decision: a column named after an activity must hold words of the site, anything else is
    an error. A column of event types of another system says what was seen, not what was done: a
    word the site does not know is a warning, and the row has no activity.
    """
    words = ActivityReader(site.vocabulary, dict(options.activity_words))
    column = columns.roles.get("activity")
    found: NDArray[Any] = np.full(len(reader.rows), None, dtype=object)
    if column is not None:
        found = reader.read(raw.cells[column], words, column=column)
    event = columns.roles.get("event")
    if event is not None and (column is None or column == event):
        loose = reader.read(raw.cells[event], words, column=event, level="warning")
        found = np.where(np.array([v is None for v in found], dtype=bool), loose, found)
    given = column or event
    if given is None:
        if options.default_activity is None:
            reader.problems.add("no_activity", message=NO_ACTIVITY_COLUMN, level="warning")
        return np.full(len(reader.rows), options.default_activity, dtype=object)
    known = {k for k, v in words.translate.items() if not v}
    cells = raw.cells[given]
    blank = np.array([v is None and str(c).strip().casefold() not in known
                      for v, c in zip(found, cells, strict=True)], dtype=bool)  # fmt: skip
    if options.default_activity is not None:
        found[blank] = options.default_activity
    elif column is not None:
        empty = np.array([is_blank(c) for c in cells], dtype=bool)
        reader.tell("activity_missing", np.flatnonzero(blank & empty), NO_ACTIVITY, column=column,
                    level="warning")  # fmt: skip
    return found


def _facts(
    reader: Reader, cells: pd.DataFrame, columns: Columns, site: ReadingSite
) -> NDArray[Any]:
    """Return the known facts of each row as JSON; a blank cell is a fact not known."""
    read = {
        name: reader.read(cells[column], partial(fact, site.vocabulary, name), column=column)
        for name, column in columns.facts.items()
    }  # fmt: skip
    return _json_rows(read, len(cells))


def _extra(raw: RawTable, columns: Columns, positions: Positions) -> NDArray[Any]:
    """Return the other columns of each row as JSON, and what was received of a shifted position."""
    kept = list(columns.rest)
    if {"gcj02", "bd09"} & set(positions.datum) and raw.geometry is None:
        kept = [columns.roles[r] for r in ("lon", "lat", "datum") if r in columns.roles] + kept
    event = columns.roles.get("event")
    if event is not None:
        kept.append(event)
    values = {name: np.array([None if is_blank(v) else v for v in raw.cells[name]], dtype=object)
              for name in kept}  # fmt: skip
    return _json_rows(values, len(raw.cells))


def _json_rows(columns: dict[str, NDArray[Any]], count: int) -> NDArray[Any]:
    out: NDArray[Any] = np.full(count, "{}", dtype=object)
    if not columns:
        return out
    names = list(columns)
    for position, row in enumerate(zip(*columns.values(), strict=True)):
        known = {n: v for n, v in zip(names, row, strict=True) if v is not None}
        if known:
            out[position] = _encode(known)
    return out


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    return str(value)


_encode = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
