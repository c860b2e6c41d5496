"""Print a table or a document in the format that ``--format`` asks for.

`emit` is the one way out: an aligned table for a person (Chinese characters are two columns wide),
CSV that a spreadsheet can open without running a cell as a formula, JSON (RFC 8259: no NaN) and
GeoJSON (RFC 7946: longitude, latitude).
"""

from __future__ import annotations

import csv
import json
import math
import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, TextIO, cast

from wetland.base.errors import InputError
from wetland.base.texts import Lang, Text, text

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from wetland.cli.options import Format

Row = Mapping[str, object]
CELL_WIDTH = 60  # columns of a terminal; the last column of a table is never cut
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def emit(
    value: pd.DataFrame | Sequence[Row] | Mapping[str, object],
    *,
    format: Format = "table",
    lang: Lang = "zh",
    rows: pd.DataFrame | Sequence[Row] | None = None,
    titles: Mapping[str, Text] | None = None,
) -> None:
    """Print ``value`` on standard output; a reader that goes away (``| head``) is no error.

    Parameters
    ----------
    value
        A table (DataFrame or a list of mappings) or a document (a mapping). JSON prints it whole.
    format
        ``table``, ``csv``, ``json`` or ``geojson``.
    lang
        Language of the headings of a table.
    rows
        The table to print where ``value`` is a document and the format wants rows.
    titles
        Headings for a person, by column; a column without one keeps its name.

    Raises
    ------
    InputError
        GeoJSON was asked for and no column holds geometries.
    """
    try:
        _emit(value, format, lang, rows, titles)
    except BrokenPipeError:
        silence_stdout()


def _emit(
    value: pd.DataFrame | Sequence[Row] | Mapping[str, object],
    format: Format,
    lang: Lang,
    rows: pd.DataFrame | Sequence[Row] | None,
    titles: Mapping[str, Text] | None,
) -> None:
    if format == "json":
        _print(to_json(value))
        return
    table = as_rows(value if rows is None else rows)
    if format == "geojson":
        _print(to_json(to_geojson(table)))
    elif format == "csv":
        _print_csv(table)
    elif rows is None and isinstance(value, Mapping):
        _print(_document(value, lang))
    else:
        _print(align(table, lang=lang, titles=titles))


def as_rows(value: pd.DataFrame | Sequence[Row] | Mapping[str, object]) -> list[dict[str, object]]:
    """Turn a DataFrame, a list of mappings or one mapping (name, value) into rows."""
    if isinstance(value, Mapping):
        return [{"name": name, "value": item} for name, item in value.items()]
    if isinstance(value, Sequence):
        return [dict(row) for row in value]
    columns = [str(c) for c in value.columns]
    if not len(value):
        return [Headings.fromkeys(columns)]
    return [
        dict(zip(columns, row, strict=True)) for row in value.itertuples(index=False, name=None)
    ]


class Headings(dict[str, object]):
    """The columns of a table that has no rows."""


def to_json(value: object) -> str:
    """Write JSON: Chinese as it is, NaN and NaT as null, days and instants in ISO 8601.

    Examples
    --------
    >>> to_json({"名称": "西溪", "area": float("nan")})
    '{"名称": "西溪", "area": null}'
    """
    plain = plain_value(value)
    indent = 2 if sys.stdout.isatty() else None
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=indent)


def plain_value(value: object) -> object:
    """Turn a value into what JSON knows; a geometry becomes a GeoJSON geometry.

    Rule: anything missing (None, NaN, NaT, NA) is null; infinite numbers are null too.
    """
    if isinstance(value, Enum):
        return plain_value(value.value)
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(item) for item in value]
    return _plain_object(value)


def _plain_object(value: object) -> object:
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if _missing(value):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "itertuples"):
        rows = as_rows(cast("pd.DataFrame", value))
        return [plain_value(row) for row in rows if not isinstance(row, Headings)]
    if hasattr(value, "model_dump"):
        return plain_value(value.model_dump(mode="json"))
    if hasattr(value, "__geo_interface__"):
        return plain_value(value.__geo_interface__)
    if hasattr(value, "item"):  # a numpy scalar
        return plain_value(value.item())
    return str(value)


def _missing(value: object) -> bool:
    return type(value).__name__ in {"NaTType", "NAType"}


def to_geojson(rows: Sequence[Row]) -> dict[str, object]:
    """Make a FeatureCollection; the first column with geometries is the geometry.

    A row without geometry becomes a feature whose geometry is null. Coordinates are longitude,
    latitude as they stand in the table.
    """
    table = [row for row in rows if not isinstance(row, Headings)]
    column = _geometry_column(rows)
    if column is None:
        raise InputError(
            text("这个结果没有几何，不能输出 GeoJSON", "this result has no geometry for GeoJSON"),
            hint=text("请用 --format json 或 csv", "use --format json or csv"),
        )
    features = [
        {
            "type": "Feature",
            "geometry": plain_value(row[column]),
            "properties": {k: plain_value(v) for k, v in row.items() if k != column},
        }
        for row in table
    ]
    return {"type": "FeatureCollection", "features": features}


def _geometry_column(rows: Sequence[Row]) -> str | None:
    for row in rows:
        for name, value in row.items():
            if hasattr(value, "__geo_interface__") or (value is None and name == "geometry"):
                return name
    return None


def _print_csv(rows: Sequence[Row]) -> None:
    columns = _columns(rows)
    writer = csv.writer(_Lines(), lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        if not isinstance(row, Headings):
            writer.writerow([csv_cell(row.get(column)) for column in columns])
    _flush(sys.stdout)


def csv_cell(value: object) -> str:
    """Write one CSV cell; text a spreadsheet would run as a formula gets a leading apostrophe.

    Examples
    --------
    >>> csv_cell("=1+1"), csv_cell("-3.5"), csv_cell(None)
    ("'=1+1", '-3.5', '')
    """
    written = _cell(value, geometry=_wkt)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS) and not _is_number(value):
        return "'" + written
    return written


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def _wkt(value: BaseGeometry) -> str:
    return value.wkt


def _brief(value: BaseGeometry) -> str:
    if value.geom_type == "Point" and not value.is_empty:
        lon, lat = value.bounds[:2]
        return f"{lon:.6f}, {lat:.6f}"
    return value.geom_type


def _cell(value: object, *, geometry: object = _brief) -> str:
    if hasattr(value, "geom_type") and callable(geometry):
        return str(geometry(value))
    plain = plain_value(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, dict | list):
        return json.dumps(plain, ensure_ascii=False)
    return str(plain)


def align(
    rows: Sequence[Row], *, lang: Lang = "zh", titles: Mapping[str, Text] | None = None
) -> str:
    """Lay a table out in columns; numbers stand on the right, Chinese counts double.

    Control characters in a cell (a terminal would obey them) are shown as ``·``.
    """
    columns = _columns(rows)
    body = [row for row in rows if not isinstance(row, Headings)]
    if not columns or not body:
        return text("（无）", "(none)").get(lang)
    heads = [titles[c].get(lang) if titles and c in titles else c for c in columns]
    last = len(columns) - 1
    cells = [
        [_show(_cell(row.get(c)), cut=index != last) for index, c in enumerate(columns)]
        for row in body
    ]
    widths = [max(width(line[i]) for line in [heads, *cells]) for i in range(len(columns))]
    right = [_numeric(row.get(c) for row in body) for c in columns]
    lines = [heads, ["-" * w for w in widths], *cells]
    return "\n".join(_line(line, widths, right) for line in lines)


def _columns(rows: Sequence[Row]) -> list[str]:
    columns: dict[str, None] = {}
    for row in rows:
        columns.update(dict.fromkeys(row))
    return list(columns)


def _numeric(values: object) -> bool:
    seen = [plain_value(v) for v in values if v is not None]  # type: ignore[attr-defined]
    return bool(seen) and all(
        v is None or (isinstance(v, int | float) and not isinstance(v, bool)) for v in seen
    )


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for cell, wide, to_right in zip(cells, widths, right, strict=True):
        gap = " " * (wide - width(cell))
        padded.append(gap + cell if to_right else cell + gap)
    return "  ".join(padded).rstrip()


def _show(cell: str, *, cut: bool) -> str:
    clean = "".join("·" if unicodedata.category(c) in {"Cc", "Cf"} else c for c in cell)
    if not cut or width(clean) <= CELL_WIDTH:
        return clean
    kept = ""
    for character in clean:
        if width(kept + character) >= CELL_WIDTH:
            break
        kept += character
    return kept + "…"


def width(value: str) -> int:
    """Count the terminal columns of ``value``.

    Examples
    --------
    >>> width("西溪 A")
    6
    """
    wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in value)
    return wide - sum(1 for c in value if unicodedata.combining(c))


def _document(value: Mapping[str, object], lang: Lang) -> str:
    parts = []
    for name, item in value.items():
        if isinstance(item, list | tuple) and item and all(isinstance(i, Mapping) for i in item):
            parts.append(f"{name}:\n{align(as_rows(item), lang=lang)}")
        else:
            parts.append(f"{name}: {_show(_cell(item), cut=False)}")
    return "\n".join(parts)


class _Lines:
    """A file for `csv.writer` that looks standard output up at each write."""

    def write(self, line: str) -> int:
        return sys.stdout.write(line)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    _flush(sys.stdout)


def _flush(stream: TextIO) -> None:
    stream.flush()


def silence_stdout() -> None:
    """Point standard output at nothing, once its reader has gone (``wetland ... | head``)."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)
