"""Put the columns of `OBSERVATIONS` together from what a file holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import text
from wetland.reading.cells import is_blank
from wetland.reading.options import zone_of
from wetland.reading.raw import RawTable
from wetland.screening.cells import ActivityReader, distance_m, fact, hdop, position_source
from wetland.screening.columns import Columns
from wetland.screening.isoforms import Ints
from wetland.screening.jsonrows import json_cells, json_each, json_rows
from wetland.screening.moments import (
    JOIN_ERRORS,
    Moments,
    as_dates,
    join_all,
    local_days,
    read_moments,
)
from wetland.screening.options import ReadOptions
from wetland.screening.parse import Reader, nones
from wetland.screening.positions import Positions
from wetland.screening.strings import blank, plain_numbers, strings_of, stripped, without
from wetland.screening.uncertainty import uncertainty_of_hdop

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
NO_FIX = text(
    "水平精度因子表示设备没有定位，位置误差按来源的默认值计",
    "this HDOP is what a receiver writes without a fix: the default of the source is taken",
)
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
    days, instants, ends = times_of(reader, raw, columns, options, site)
    uncertainty = uncertainties_of(reader, cells, roles, site)
    sources = _sources(reader, raw, roles.get("position_source"), options)
    _warn_wide(reader, uncertainty, sources, site)
    return pd.DataFrame(
        {
            "site": site.id,
            "source_row": pd.array(raw.rows, dtype="Int64"),
            "record_id": record_ids_of(cells, roles.get("id")),
            "track_id": record_ids_of(cells, roles.get("track")),
            "activity": _activities(reader, raw, columns, options, site),
            "occurred_on": as_dates(days),
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


def _instants(values: Ints) -> pd.Series:
    import pandas as pd

    return pd.Series(values.view("datetime64[us]")).dt.tz_localize("UTC")


def record_ids_of(cells: pd.DataFrame, column: str | None) -> pd.Series | NDArray[Any]:
    """Return the identifiers of a column without white space around them; None where blank."""
    if column is None:
        return np.full(len(cells), None, dtype=object)
    words = strings_of(cells[column])
    if words is not None:
        found: pd.Series = without(stripped(words), blank(words)).to_pandas()
        return found
    return np.array([None if is_blank(v) else str(v).strip() for v in cells[column]], dtype=object)


def times_of(
    reader: Reader, raw: RawTable, columns: Columns, options: ReadOptions, site: ReadingSite
) -> tuple[Ints, Ints, Ints]:
    """Return the site's local day, the instant, and the instant of the end, of each row."""
    site_zone = zone_of(site.timezone)
    file_zone = zone_of(options.timezone) if options.timezone else site_zone
    roles = columns.roles
    date, time, end = (
        read_moments(reader, raw.cells[roles[role]], roles[role]) if role in roles else None
        for role in ("date", "time", "end")
    )
    if date is None and time is None and options.default_date is None:
        reader.problems.add("no_date", message=NO_DATE_COLUMN, level="warning")
    count = len(reader.rows)
    told = reader.problems.error_rows
    nothing = Moments.nothing(count)
    found, wrong = join_all(date or nothing, time or nothing, options.default_date)
    lacking = np.zeros(count, dtype=bool)
    if date is not None or time is not None:
        lacking = ~found.given
        lacking[lacking] = [int(row) not in told for row in reader.rows[lacking]]
    for position in np.flatnonzero(lacking | (wrong > 0)).tolist():
        if wrong[position]:
            code, message = JOIN_ERRORS[wrong[position]]
            reader.tell(code, [position], message)
        if lacking[position]:
            column = roles.get("date") or roles.get("time")
            reader.tell("date_missing", [position], NO_DATE, column=column, level="warning")
    instants = found.instants(file_zone)
    days = local_days(found.day, instants, site_zone)
    ends = (end or nothing).on(days).instants(file_zone)
    return days, instants, ends


def uncertainties_of(
    reader: Reader, cells: pd.DataFrame, roles: Mapping[str, str], site: ReadingSite
) -> NDArray[np.float64]:
    """Return what each row says of its uncertainty: metres, or an HDOP where it states none."""
    stated = numbers_of(reader, cells, roles.get("uncertainty"), distance_m)
    dilution = numbers_of(reader, cells, roles.get("hdop"), hdop)
    if not np.isfinite(dilution).any():
        return stated
    from_hdop = uncertainty_of_hdop(dilution, site.config.hdop_m)
    unfit = np.flatnonzero(np.isfinite(dilution) & np.isnan(from_hdop) & np.isnan(stated))
    reader.tell("hdop_no_fix", unfit, NO_FIX, column=roles["hdop"],
                values=cells[roles["hdop"]].array, level="warning")  # fmt: skip
    return np.where(np.isnan(stated), from_hdop, stated)


def numbers_of(
    reader: Reader, cells: pd.DataFrame, column: str | None, parse: Callable[[Any], float]
) -> NDArray[np.float64]:
    """Read a column of numbers that are not negative; NaN where blank, or wrong, which is told."""
    if column is None:
        return np.full(len(cells), np.nan)
    values, rest = plain_numbers(cells[column], signed=False)
    part = Reader(reader.rows[rest], reader.problems)
    found = part.read(cells[column].iloc[rest], parse, column=column)
    values[rest] = [np.nan if v is None else v for v in found]
    return values


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
        found = np.where(nones(found), loose, found)
    given = column or event
    if given is None:
        if options.default_activity is None:
            reader.problems.add("no_activity", message=NO_ACTIVITY_COLUMN, level="warning")
        return np.full(len(reader.rows), options.default_activity, dtype=object)
    known = {k for k, v in words.translate.items() if not v}
    lacking = np.flatnonzero(nones(found))
    cells = raw.cells[given].iloc[lacking]
    said_none = np.array([str(c).strip().casefold() in known for c in cells], dtype=bool)
    if options.default_activity is not None:
        found[lacking[~said_none]] = options.default_activity
    elif column is not None:
        empty = np.array([is_blank(c) for c in cells], dtype=bool)
        reader.tell("activity_missing", lacking[empty & ~said_none], NO_ACTIVITY, column=column,
                    level="warning")  # fmt: skip
    return found


def _facts(reader: Reader, cells: pd.DataFrame, columns: Columns, site: ReadingSite) -> pd.Series:
    """Return the known facts of each row as JSON; a blank cell is a fact not known."""
    read = {
        name: reader.read(cells[column], partial(fact, site.vocabulary, name), column=column)
        for name, column in columns.facts.items()
    }
    return json_rows({name: json_each(values) for name, values in read.items()}, len(cells))


def _extra(raw: RawTable, columns: Columns, positions: Positions) -> pd.Series:
    """Return the other columns of each row as JSON, and what was received of a shifted position."""
    kept = list(columns.rest)
    if {"gcj02", "bd09"} & set(positions.datum) and raw.geometry is None:
        kept = [columns.roles[r] for r in ("lon", "lat", "datum") if r in columns.roles] + kept
    kept += [columns.roles[r] for r in ("event", "hdop") if r in columns.roles]
    return json_rows({name: json_cells(raw.cells[name]) for name in kept}, len(raw.cells))
