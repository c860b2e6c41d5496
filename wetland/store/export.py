"""Write a table to another file: GeoPackage, GeoJSON or CSV, with a notice on every row.

Never to the store's own file: see `wetland.reading.guard`.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from wetland.base.errors import InputError
from wetland.base.tables import TableSchema
from wetland.base.texts import Text, text
from wetland.reading.guard import refuse_store
from wetland.store.columns import instant_text
from wetland.store.geometry import SRS_ID
from wetland.store.rows import rows_of

if TYPE_CHECKING:
    import pyarrow as pa

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NOTICE_COLUMNS = ("notice_zh", "notice_en")


def export(
    schema: TableSchema,
    frame: pd.DataFrame,
    path: Path,
    *,
    notice: Text | None = None,
    store_path: Path | None = None,
) -> Path:
    """Write ``frame`` to ``path`` in the format its suffix names; an older file is replaced.

    The file appears whole or not at all. ``notice`` (such as "schematic, not for enforcement") goes
    into two columns of every row and into the file's own description where the format has one.

    Raises
    ------
    InputError
        The suffix is not ``.gpkg``, ``.geojson``, ``.json`` or ``.csv``, the folder is not there,
        or the path is a store.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise InputError(
            text("不能导出为 {suffix}", "cannot export to {suffix}").fill(
                suffix=path.suffix or path
            ),
            hint=text("请用 .gpkg、.geojson 或 .csv", "use .gpkg, .geojson or .csv"),
        )
    refuse_store(path, store_path)
    if not path.parent.is_dir():
        raise InputError(
            text("没有文件夹 {folder}", "there is no folder {folder}").fill(folder=path.parent)
        )
    made = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}{path.suffix.lower()}")
    try:
        write(schema, frame, made, notice)
        os.replace(made, path)
    finally:
        made.unlink(missing_ok=True)
    return path


def safe_cell(value: str) -> str:
    """Return text that a spreadsheet does not run as a formula: an apostrophe goes before it.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("-3.5"), safe_cell("西溪")
    ("'=1+1", '-3.5', '西溪')
    """
    if not value.startswith(FORMULA_STARTS):
        return value
    try:
        return value if math.isfinite(float(value)) else "'" + value
    except ValueError:
        return "'" + value


def plain_cell(value: str) -> str:
    """Take off the apostrophe that `safe_cell` put on.

    Examples
    --------
    >>> plain_cell("'=1+1"), plain_cell("'tis")
    ('=1+1', "'tis")
    """
    rest = value[1:]
    return rest if value.startswith("'") and safe_cell(rest) != rest else value


def _notices(notice: Text | None) -> dict[str, str]:
    return {} if notice is None else dict(zip(NOTICE_COLUMNS, (notice.zh, notice.en), strict=True))


_CELLS: dict[str, Callable[[Any], str]] = {
    "text": safe_cell,
    "json": safe_cell,
    "integer": str,
    "number": repr,
    "boolean": lambda v: "true" if v else "false",
    "day": dt.date.isoformat,
    "instant": instant_text,
    "geometry": lambda g: shapely.to_wkt(g, rounding_precision=-1),
}


def _write_csv(schema: TableSchema, frame: pd.DataFrame, path: Path, notice: Text | None) -> None:
    extra = _notices(notice)
    kinds = {c.name: c.kind for c in schema.columns}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*schema.names, *extra])
        for row in rows_of(schema, frame):
            cells = ["" if v is None else _CELLS[kinds[n]](v) for n, v in row.items()]
            writer.writerow([*cells, *(safe_cell(v) for v in extra.values())])


def _write_geojson(
    schema: TableSchema, frame: pd.DataFrame, path: Path, notice: Text | None
) -> None:
    extra = _notices(notice)
    kinds = {c.name: c.kind for c in schema.columns}
    head: dict[str, object] = {"type": "FeatureCollection", "name": schema.name}
    if notice is not None:
        head["notice"] = {"zh": notice.zh, "en": notice.en}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
        for number, row in enumerate(rows_of(schema, frame)):
            shape = row.pop(schema.geometry, None) if schema.geometry is not None else None
            feature = {
                "type": "Feature",
                "geometry": _geojson(shape),
                "properties": {n: _property(kinds[n], v) for n, v in row.items()} | extra,
            }
            file.write(",\n" if number else "\n")
            file.write(json.dumps(feature, ensure_ascii=False, allow_nan=False))
        file.write("\n]}\n")


def _geojson(shape: Any) -> object:  # noqa: ANN401
    if shape is None:
        return None
    return json.loads(shapely.to_geojson(shapely.orient_polygons(shape)))


def _property(kind: str, value: Any) -> object:  # noqa: ANN401
    if value is None:
        return None
    if kind in {"day", "instant"}:
        return _CELLS[kind](value)
    if kind == "json":
        return json.loads(value)
    return value


def _arrow(schema: TableSchema, frame: pd.DataFrame, notice: Text | None) -> pa.Table:
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "json": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "day": pa.date32(),
        "instant": pa.timestamp("ms", tz="UTC"),
        "geometry": pa.binary(),
    }
    rows = rows_of(schema, frame)
    arrays, fields = [], []
    for column in schema.columns:
        values = [row[column.name] for row in rows]
        metadata = None
        if column.kind == "geometry":
            values = [None if g is None else shapely.to_wkb(g, flavor="iso") for g in values]
            metadata = {b"ARROW:extension:name": b"geoarrow.wkb"}
        arrays.append(pa.array(values, type=types[column.kind]))
        fields.append(pa.field(column.name, types[column.kind], metadata=metadata))
    for name, words in _notices(notice).items():
        arrays.append(pa.array([words] * len(rows), type=pa.string()))
        fields.append(pa.field(name, pa.string()))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _write_gpkg(schema: TableSchema, frame: pd.DataFrame, path: Path, notice: Text | None) -> None:
    import pyogrio

    described = None if notice is None else {"DESCRIPTION": f"{notice.zh} / {notice.en}"}
    has_geometry = schema.geometry is not None
    pyogrio.write_arrow(
        _arrow(schema, frame, notice),
        path,
        layer=schema.name,
        driver="GPKG",
        geometry_name=schema.geometry,
        geometry_type="Unknown" if has_geometry else None,
        crs=f"EPSG:{SRS_ID}" if has_geometry else None,
        layer_metadata=described,
        dataset_metadata=described,
    )


_WRITERS: dict[str, Callable[[TableSchema, pd.DataFrame, Path, Text | None], None]] = {
    ".csv": _write_csv,
    ".geojson": _write_geojson,
    ".json": _write_geojson,
    ".gpkg": _write_gpkg,
}
