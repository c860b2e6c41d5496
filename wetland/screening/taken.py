"""Rows of a file that are sound, as columns, with what they say of place and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from wetland.base.problems import Problems
from wetland.reading.files import Given, format_of
from wetland.reading.raw import RawTable
from wetland.screening.assemble import numbers_of, record_ids_of, times_of
from wetland.screening.cells import distance_m, hdop
from wetland.screening.columns import Columns, understand
from wetland.screening.identity import received_rows, tell_group
from wetland.screening.options import ReadOptions
from wetland.screening.parse import Reader, blank_columns, tell_garbled
from wetland.screening.positions import Positions, degrees_of
from wetland.screening.read import READERS, ReadingSite, positions_of
from wetland.screening.strings import TEXT, strings_of

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
OF_TIME = ("date", "time", "end")
NUMBERS = ("lon", "lat", "uncertainty", "hdop")


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """Sound rows of a file.

    Parameters
    ----------
    columns
        The columns as received, but for those that say when; longitude, latitude and uncertainty
        are numbers (degrees, metres).
    rows
        Row of the file.
    lon, lat
        Positions, degrees WGS84; NaN where a row has none, or is no point.
    others
        Geometries that are no points, by place in these columns.
    days, instants, ends
        Days since 1970-01-01 and microseconds UTC, `isoforms.NONE` where not known; None where no
        column says so.
    total
        Rows of the file, those set aside included.
    datums
        Datum each row was written in; None where all are WGS84.
    """

    columns: dict[str, pa.Array]
    rows: Ints
    lon: Floats
    lat: Floats
    others: Mapping[int, Any]
    days: Ints | None
    instants: Ints | None
    ends: Ints | None
    total: int
    datums: NDArray[Any] | None = None


def take_each(given: Given, options: ReadOptions, site: ReadingSite, problems: Problems) -> Taken:
    """Take the rows of a file of any format, and tell what is wrong with the others.

    Rule of decision: as for `read_observations`, but activities and facts are not looked at. Two
    rows with one identifier are one row if they say the same, else both are kept aside.
    """
    raw = READERS[format_of(given)](given, options, problems)
    reader = Reader(raw.rows, problems)
    tell_garbled(reader, raw.cells)
    columns = understand(
        raw.cells.columns, options.columns, raw.roles, site.vocabulary, blank=blank_columns(raw)
    )
    positions = positions_of(reader, raw, columns, options, site)
    times = times_of(reader, raw, columns, options, site)
    received = _columns(reader, raw, columns)
    _tell_doubled(reader, raw, columns.roles.get("id"))
    kept = np.flatnonzero(~np.isin(raw.rows, list(problems.error_rows)))
    some = pa.array(kept)
    lon, lat, others = _places(positions, kept)
    dated = bool({"date", "time"} & set(columns.roles)) or options.default_date is not None
    said = (dated, dated, "end" in columns.roles)
    days, instants, ends = (each[kept] if is_said else None
                            for each, is_said in zip(times, said, strict=True))  # fmt: skip
    return Taken(
        {name: column.take(some) for name, column in received.items()},
        raw.rows[kept],
        lon,
        lat,
        others,
        days,
        instants,
        ends,
        raw.total,
        positions.datum[kept],
    )


def _places(positions: Positions, kept: Ints) -> tuple[Floats, Floats, dict[int, Any]]:
    geometry = positions.geometry[kept]
    kinds = shapely.get_type_id(geometry)
    others = {row: geometry[row] for row in np.flatnonzero(kinds > 0).tolist()}
    return shapely.get_x(geometry), shapely.get_y(geometry), others  # NaN for what is no point


def _columns(reader: Reader, raw: RawTable, columns: Columns) -> dict[str, pa.Array]:
    roles = columns.roles
    numbers = {roles[role]: role for role in NUMBERS if role in roles}
    gone = {roles[role] for role in OF_TIME if role in roles}
    found: dict[str, pa.Array] = {}
    for name in map(str, raw.cells.columns):
        role = numbers.get(name)
        if role in {"lon", "lat"}:
            silent = Reader(reader.rows, Problems(""))  # what is wrong there is told already
            found[name] = _floats(degrees_of(silent, raw.cells[name]))
        elif role is not None:
            parse = distance_m if role == "uncertainty" else hdop
            found[name] = _floats(numbers_of(reader, raw.cells, name, parse))
        elif name not in gone:
            found[name] = _as_received(raw.cells[name])
    return found


def _floats(values: Floats) -> pa.Array:
    return pa.array(values, from_pandas=True)


def _as_received(cells: pd.Series) -> pa.Array:
    words = strings_of(cells)
    if words is not None:
        return words.cast(pa.string()) if words.nbytes < 1 << 30 else words
    try:
        made = pa.array(cells.to_numpy(), from_pandas=True)
    except (pa.ArrowException, UnicodeEncodeError):
        made = None
    if made is None or pa.types.is_nested(made.type) or pa.types.is_null(made.type):
        lost = cells.isna()  # not a number is no word either
        said = [None if gone else str(v) for v, gone in zip(cells, lost, strict=True)]
        return pa.array(said, type=TEXT)
    return made


def _tell_doubled(reader: Reader, raw: RawTable, column: str | None) -> None:
    """Tell the rows whose identifier another sound row has too."""
    import pandas as pd

    if column is None:
        return
    sound = ~np.isin(raw.rows, list(reader.problems.error_rows))
    own = pd.Series(record_ids_of(raw.cells, column))
    doubled = sound & own.notna().to_numpy()
    doubled[doubled] = own[doubled].duplicated(keep=False).to_numpy()
    if not doubled.any():
        return
    said = received_rows(raw, doubled)
    for name, group in own[doubled].groupby(own[doubled], sort=False):
        same = said[group.index].nunique() == 1
        tell_group(reader.problems, raw.rows[group.index].tolist(), name, same=same)
