"""Take a plain table in text as columns, all rows at once: nothing in it is wrong.

Rule of decision: a file of which any cell, row or byte is not plainly in order is left to
`taken.take_each`, which looks at every cell and tells what is wrong. Both take the same rows from a
file that is in order.
"""

from __future__ import annotations

import codecs
import csv
import re
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.reading.delimited import header_of
from wetland.reading.files import Given, format_of
from wetland.reading.options import zone_of
from wetland.reading.raw import MOST_ROWS
from wetland.screening.assemble import NO_DATE_COLUMN
from wetland.screening.columns import Columns, understand
from wetland.screening.isoforms import NONE, Ints, read_forms
from wetland.screening.moments import FIRST_INSTANT, LAST_INSTANT, Moments, join_all, local_days
from wetland.screening.options import ReadOptions
from wetland.screening.parse import REPLACEMENT, ungarbled
from wetland.screening.positions import NEAR_DEGREES
from wetland.screening.read import ReadingSite, extent_of
from wetland.screening.strings import TEXT, bytes_of, marks_of
from wetland.screening.taken import NUMBERS, OF_TIME, Taken

BLOCK_BYTES = 1 << 22
FIRST_PRINTED = 0x20
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)")
_UTC = pa.timestamp("us", "UTC")


def take_plain(
    given: Given, options: ReadOptions, site: ReadingSite, problems: Problems
) -> Taken | None:
    """Take the rows of a table that is plainly in order; None where it may not be."""
    start = _start_of(given, options)
    if start is None:
        return None
    names, first, separator, sample = start
    columns = understand(names, options.columns, {}, site.vocabulary)
    if not {"lon", "lat"} <= set(columns.roles) or not _on_wgs84(columns, options):
        return None
    table = _read(given, _Form(names, first, separator, _types(names, columns, sample)))
    if table is None or not table.num_rows or table.num_rows > MOST_ROWS:
        return None
    lon, lat = (_values(table, columns.roles[role]) for role in ("lon", "lat"))
    sound = _near(lon, lat, site) and _sound_numbers(table, columns) and _sound_text(table)
    if not (sound and _closed(given) and _differ(table, columns)):
        return None
    times = _times(table, columns, options, site)
    if times is None:
        return None
    if not {"date", "time"} & set(columns.roles) and options.default_date is None:
        problems.add("no_date", message=NO_DATE_COLUMN, level="warning")
    gone = {columns.roles[role] for role in OF_TIME if role in columns.roles}
    received = {name: table.column(name) for name in names if name not in gone}
    rows = np.arange(first + 1, first + 1 + table.num_rows, dtype=np.int64)
    return Taken(received, rows, lon, lat, {}, *times, table.num_rows)


def _start_of(given: Given, options: ReadOptions) -> tuple[list[str], int, str, list[str]] | None:
    """Return the header, how many lines it ends after, the separator, and the first row."""
    if format_of(given) != "csv":
        return None
    head = given.head()
    marked = head.startswith(codecs.BOM_UTF8)
    if options.encoding not in {None, "utf-8"} and not marked:
        return None
    stop = head.rfind(b"\n") + 1
    try:
        words = head[:stop].decode("utf-8-sig")
        names, first, separator = header_of(words, given.name)
        sample = next(csv.reader(words.splitlines()[first:], delimiter=separator, strict=True), [])
    except (UnicodeDecodeError, InputError, csv.Error):
        return None
    odd = any(not n or REPLACEMENT in n or ungarbled(n) is not None for n in names)
    if odd or len(set(names)) < len(names) or len(sample) != len(names):
        return None
    return names, first, separator, sample


def _on_wgs84(columns: Columns, options: ReadOptions) -> bool:
    plain = {None, "wgs84", "cgcs2000"}
    return "datum" not in columns.roles and {columns.datum, options.datum} <= plain


def _types(names: list[str], columns: Columns, sample: list[str]) -> dict[str, pa.DataType]:
    types = dict.fromkeys(names, pa.string())
    for role in NUMBERS:
        if role in columns.roles:
            types[columns.roles[role]] = pa.float64()
    for role in OF_TIME:
        name = columns.roles.get(role)
        if name is not None and _INSTANT.fullmatch(sample[names.index(name)]):
            types[name] = _UTC
    return types


class _Form:
    """How a table is written: names and types of its columns, where it starts, its separator."""

    def __init__(
        self, names: list[str], first: int, separator: str, types: dict[str, pa.DataType]
    ) -> None:
        self.read = arrow_csv.ReadOptions(
            use_threads=False, block_size=BLOCK_BYTES, column_names=names, skip_rows=first
        )
        self.parse = arrow_csv.ParseOptions(
            delimiter=separator, newlines_in_values=False, ignore_empty_lines=False
        )
        self.convert = arrow_csv.ConvertOptions(
            column_types=types, strings_can_be_null=False, null_values=[""]
        )


def _read(given: Given, form: _Form) -> pa.Table | None:
    opened = given.opened
    source = pa.BufferReader(opened) if isinstance(opened, bytes) else str(opened)
    try:
        return arrow_csv.read_csv(source, form.read, form.parse, form.convert)
    except pa.ArrowException:
        return None


def _closed(given: Given) -> bool:
    """Tell whether the last line of the file has as many quotation marks that close as open."""
    return given.tail().rstrip(b"\r\n").rpartition(b"\n")[2].count(b'"') % 2 == 0


def _sound_text(table: pa.Table) -> bool:
    """Tell whether no text holds a control character or one that was lost.

    A quotation mark that is not closed swallows the end of its line, which is one of them.
    """
    for column in table.columns:
        if not pa.types.is_string(column.type):
            continue
        for chunk in column.chunks:
            held = np.frombuffer(chunk.buffers()[2] or b"", dtype=np.uint8)
            if len(held) and (held.min() < FIRST_PRINTED or _lost(held)):
                return False
    return True


def _lost(held: NDArray[np.uint8]) -> bool:
    """Tell whether the bytes of U+FFFD occur."""
    middle = np.flatnonzero(held[1:-1] == 0xBF) + 1
    return bool(((held[middle - 1] == 0xEF) & (held[middle + 1] == 0xBD)).any())


def _values(table: pa.Table, name: str) -> NDArray[np.float64]:
    """Return numbers, NaN where a cell is empty."""
    values: NDArray[np.float64] = table.column(name).to_numpy()
    return values


def _near(lon: NDArray[np.float64], lat: NDArray[np.float64], site: ReadingSite) -> bool:
    """Tell whether every row has a position, and none is farther than any of its site would be."""
    extent, pad = extent_of(site), NEAR_DEGREES
    return bool(
        lon.min() >= extent.west - pad and lon.max() <= extent.east + pad
        and lat.min() >= extent.south - pad and lat.max() <= extent.north + pad
    )  # fmt: skip


def _sound_numbers(table: pa.Table, columns: Columns) -> bool:
    """Tell whether no uncertainty is negative, infinite or not a number."""
    for role in ("uncertainty", "hdop"):
        name = columns.roles.get(role)
        if name is None:
            continue
        values = _values(table, name)
        known = values[~np.isnan(values)]
        if len(known) != len(values) - table.column(name).null_count:
            return False
        if len(known) and not (known.min() >= 0 and np.isfinite(known.max())):
            return False
    return True


def _differ(table: pa.Table, columns: Columns) -> bool:
    """Tell whether all identifiers differ, by numbers made of their bytes.

    Two that differ may share a number: then the careful reader looks at them.
    """
    name = columns.roles.get("id")
    if name is None:
        return True
    if pa.types.is_floating(table.schema.field(name).type):
        return False
    marks = marks_of(table.column(name).combine_chunks().cast(TEXT))
    if marks is None:
        return False
    marks.sort()
    return not bool((marks[1:] == marks[:-1]).any())


Times = tuple[Ints | None, Ints | None, Ints | None]


def _times(
    table: pa.Table, columns: Columns, options: ReadOptions, site: ReadingSite
) -> Times | None:
    """Return days, instants and ends; None where a cell is not plainly a day or an instant."""
    site_zone = zone_of(site.timezone)
    file_zone = zone_of(options.timezone) if options.timezone else site_zone
    found: dict[str, Moments] = {}
    for role in OF_TIME:
        if role in columns.roles:
            moments = _moments(table.column(columns.roles[role]))
            if moments is None:
                return None
            found[role] = moments
    return _joined(found, options, file_zone, site_zone, table.num_rows)


def _joined(
    found: dict[str, Moments],
    options: ReadOptions,
    file_zone: ZoneInfo,
    site_zone: ZoneInfo,
    count: int,
) -> Times | None:
    days: Ints | None = None
    instants: Ints | None = None
    if len(found.keys() & {"date", "time"}) == 1 and options.default_date is None:
        (when,) = (found[role] for role in ("date", "time") if role in found)
    else:
        nothing = Moments.nothing(count)
        date, time = found.get("date", nothing), found.get("time", nothing)
        when, wrong = join_all(date, time, options.default_date)
        if wrong.any():
            return None
    if "date" in found or "time" in found or options.default_date is not None:
        if (when.day == NONE).any():
            return None
        instants = when.instants(file_zone)
        days = local_days(when.day, instants, site_zone)
    if "end" not in found:
        return days, instants, None
    lacking = np.full(count, NONE, dtype=np.int64) if days is None else days
    return days, instants, found["end"].on(lacking).instants(file_zone)


def _moments(column: pa.ChunkedArray) -> Moments | None:
    """Read a column of which every cell is plainly a day, an instant or a time of day."""
    if column.null_count:
        return None
    if pa.types.is_timestamp(column.type):
        at = column.cast(pa.int64()).to_numpy()
        if at.min() < FIRST_INSTANT or at.max() > LAST_INSTANT:
            return None
        return Moments.of_instants(at)
    words = column.combine_chunks().cast(TEXT)
    found = Moments.nothing(len(words))
    offsets, data = bytes_of(words)
    read_forms(offsets, data, np.diff(offsets), found=found)
    return found if found.given.all() else None
