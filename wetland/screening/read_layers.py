"""Read GeoPackage and GPX through GDAL, GeoParquet through Arrow."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.files import Given
from wetland.reading.raw import MOST_ROWS, RawTable
from wetland.screening import earthranger
from wetland.screening.crs import crs_missing, to_lonlat
from wetland.screening.options import ReadOptions
from wetland.screening.trackfiles import TRACK_POINTS, track_table
from wetland.screening.wkb import POINT

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from pyarrow import parquet

MOST_UNPACKED_BYTES = 4 << 30
_LONLAT = "OGC:CRS84"
_WKB = "WKB"
_T = TypeVar("_T")


def damaged(name: str, why: object) -> InputError:
    """Return the error for a file that cannot be taken apart."""
    reason = str(why).splitlines()[0][:160] if str(why) else type(why).__name__
    return InputError(
        text("{f}：文件损坏，无法读取（{w}）", "{f}: damaged, cannot be read ({w})").fill(
            f=name, w=reason
        )
    )


def _too_many(name: str) -> InputError:
    return InputError(
        text("{f}：内容太大，请拆成几个文件", "{f}: too large; split it into several files").fill(
            f=name
        )
    )


def read_gpkg(given: Given, options: ReadOptions, problems: Problems) -> RawTable:
    """Read one layer of a GeoPackage; row numbers are feature ids.

    Raises
    ------
    InputError
        Damaged, no layer with geometry, several and none named, or a layer without CRS.
    """
    import pyogrio

    layers = {str(n): kind for n, kind in _layers(given, problems) if kind is not None}
    layer = options.layer or (next(iter(layers)) if len(layers) == 1 else None)
    if layer is None or layer not in layers:
        names = ", ".join(layers) or "-"
        raise InputError(
            text(
                "{f}：请指明要读的图层，可选：{n}", "{f}: say which layer to read; it has: {n}"
            ).fill(f=given.name, n=names),
            hint=text("用 --layer 名称", "use --layer NAME"),
        )
    info = _gdal(given, lambda: pyogrio.read_info(given.opened, layer=layer), problems)
    if info["features"] > MOST_ROWS:
        raise _too_many(given.name)
    cells, shapes, fids, crs = _features(given, layer, problems)
    if crs is None:
        raise crs_missing(given.name)
    shapes, label, datum = to_lonlat(shapes, crs, name=given.name, problems=problems)
    return RawTable("gpkg", fids, cells, len(fids), shapes, label, datum)


def read_gpx(given: Given, options: ReadOptions, problems: Problems) -> RawTable:
    """Read waypoints, routes and tracks; a track becomes a line with the times of its ends.

    Row numbers count waypoints, then routes, then tracks. WGS84 by the format's definition. With
    the option ``layer="track_points"`` the fixes of the tracks are read instead, one a row.
    """
    import pandas as pd

    if options.layer == TRACK_POINTS:
        tracks = _features(given, "tracks", Problems(given.name))  # only for their names
        points = _features(given, TRACK_POINTS, problems)
        return track_table(tracks, points, name=given.name)
    parts: list[tuple[pd.DataFrame, NDArray[Any]]] = []
    for layer in ("waypoints", "routes", "tracks"):
        first = 1 + sum(len(p[0]) for p in parts)
        parts.append(_gpx_layer(given, layer, problems, first=first))
    cells = pd.concat([p[0] for p in parts], ignore_index=True)
    shapes = np.concatenate([p[1] for p in parts])
    shapes[shapely.is_empty(shapes)] = None
    if not len(cells):
        raise InputError(
            text("{f}：没有航点和航迹", "{f}: there are no waypoints or tracks").fill(f=given.name)
        )
    rows = np.arange(1, len(cells) + 1)
    roles = {"event": "type", "time": "time", "end": "ended"}
    return RawTable("gpx", rows, cells, len(cells), shapes, _LONLAT, "wgs84", roles=roles)


def _gpx_layer(
    given: Given, layer: str, problems: Problems, *, first: int
) -> tuple[pd.DataFrame, NDArray[Any]]:
    cells, shapes, fids, _ = _features(given, layer, problems, first=first)
    cells["gpx"] = layer.removesuffix("s")
    if layer == "tracks" and len(cells):
        points, _, _, _ = _features(given, "track_points", Problems(given.name))
        timed = points[points["time"].notna()]
        ends = timed.groupby("track_fid")["time"].agg(["min", "max"])
        cells["time"] = [ends["min"].get(f) for f in fids]
        cells["ended"] = [ends["max"].get(f) for f in fids]
    return cells.astype(object), shapes


def _layers(given: Given, problems: Problems) -> list[tuple[Any, Any]]:
    import pyogrio

    return [
        tuple(pair) for pair in _gdal(given, lambda: pyogrio.list_layers(given.opened), problems)
    ]


def _gdal(given: Given, ask: Callable[[], _T], problems: Problems) -> _T:
    """Ask GDAL, turning its errors into ours and its warnings into problems."""
    from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError

    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            answer = ask()
    except (DataLayerError, DataSourceError, FieldError, GeometryError, RuntimeError) as error:
        raise damaged(given.name, error) from None
    for message in sorted({str(w.message) for w in said}):
        problems.add("reader_says", level="warning", value=message,
                     message=text("读取时的提示", "a remark of the reader"))  # fmt: skip
    return answer


def _features(
    given: Given, layer: str, problems: Problems, *, first: int | None = None
) -> tuple[pd.DataFrame, NDArray[Any], NDArray[np.int64], Any]:
    import pandas as pd
    import pyogrio

    meta, fids, wkb, columns = _gdal(
        given,
        lambda: pyogrio.raw.read(
            given.opened, layer=layer, return_fids=True, datetime_as_string=True, force_2d=True
        ),
        problems,
    )
    frame = pd.DataFrame(
        {str(n): pd.Series(c, dtype=object) for n, c in zip(meta["fields"], columns, strict=True)},
        index=pd.RangeIndex(len(fids)),
    )
    ids = np.asarray(fids, dtype=np.int64)
    rows = ids if first is None else np.arange(first, first + len(ids))
    return frame, _from_wkb(wkb, rows, problems), ids, meta["crs"]


def _from_wkb(wkb: Sequence[Any], rows: NDArray[np.int64], problems: Problems) -> NDArray[Any]:
    """Make geometries; what cannot be made is an error of its row and None here."""
    given = np.asarray(wkb, dtype=object)
    made = np.asarray(shapely.from_wkb(given, on_invalid="ignore"), dtype=object)
    for position in np.flatnonzero(shapely.is_missing(made)).tolist():
        if given[position] is not None and len(given[position]):
            problems.add("broken_geometry", row=rows[position], column="geometry",
                         message=text("几何无法解析", "the geometry cannot be made"))  # fmt: skip
    return made


def read_parquet(given: Given, options: ReadOptions, problems: Problems) -> RawTable:
    """Read GeoParquet, a plain Parquet table, or an EarthRanger patrol export in Parquet.

    Raises
    ------
    InputError
        Damaged, too large once unpacked, an encoding of geometry other than WKB, or no CRS
        (GeoParquet: a CRS left out means longitude and latitude, ``null`` means unknown).
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(_source(given))
        _refuse_bomb(file.metadata, given.name)
        table = file.read()
        table.validate(full=True)
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise damaged(given.name, error) from None
    if "patrol_segments" in table.column_names:
        return _patrols(table, given.name, problems)
    return arrow_rows(table, given.name, problems)


def arrow_rows(table: pa.Table, name: str, problems: Problems, *, first: int = 1) -> RawTable:
    """Take the rows of an Arrow table apart: a whole Parquet file, or consecutive rows of one.

    Parameters
    ----------
    table
        Rows, with the metadata of the file's schema.
    name
        Name of the file.
    problems
        Where rows that cannot be taken apart are told.
    first
        Number of the table's first row in its file.

    Raises
    ------
    InputError
        An encoding of geometry other than WKB, or no CRS.
    """
    rows = np.arange(first, first + table.num_rows)
    geo = geometry_column((table.schema.metadata or {}).get(b"geo"), name)
    if geo is None or geo[0] not in table.column_names:
        return RawTable("parquet", rows, _columns(table), len(rows))
    column, crs = geo
    wkb = table.column(column)
    shapes = _points(wkb)
    if shapes is None:
        shapes = _from_wkb(wkb.to_pylist(), rows, problems)
    shapes, label, datum = to_lonlat(shapes, crs, name=name, problems=problems)
    cells = _columns(table.drop_columns([column]))
    return RawTable("parquet", rows, cells, len(rows), shapes, label, datum)


def _points(wkb: pa.ChunkedArray) -> NDArray[Any] | None:
    """Make geometries of WKB that is all points in two dimensions; None where it is not."""
    import pyarrow as pa

    if not len(wkb) or wkb.null_count or not (
        pa.types.is_binary(wkb.type) or pa.types.is_large_binary(wkb.type)
    ):  # fmt: skip
        return None
    parts: list[NDArray[Any]] = []
    for chunk in wkb.chunks:
        held = chunk.cast(pa.large_binary())
        ends = np.frombuffer(held.buffers()[1], dtype=np.int64)
        ends = ends[held.offset : held.offset + len(held) + 1]
        if (np.diff(ends) != POINT.itemsize).any():
            return None
        if len(held):
            data = np.frombuffer(held.buffers()[2], dtype=np.uint8)[ends[0] : ends[-1]]
            parts.append(data.view(POINT))
    made = np.concatenate(parts)
    plain = (made["order"] == 1) & (made["kind"] == 1)
    if not (plain & np.isfinite(made["x"]) & np.isfinite(made["y"])).all():
        return None
    return np.asarray(shapely.points(made["x"], made["y"]), dtype=object)


def _source(given: Given) -> object:
    import pyarrow as pa

    return pa.BufferReader(given.opened) if isinstance(given.opened, bytes) else given.opened


def _refuse_bomb(metadata: parquet.FileMetaData, name: str) -> None:
    groups = range(metadata.num_row_groups)
    unpacked = sum(metadata.row_group(i).total_byte_size for i in groups)
    if metadata.num_rows > MOST_ROWS or unpacked > MOST_UNPACKED_BYTES:
        raise _too_many(name)


def geometry_column(raw: bytes | None, name: str) -> tuple[str, Any] | None:
    """Return geometry column and CRS from GeoParquet's metadata, None where there is none."""
    if raw is None:
        return None
    try:
        geo = json.loads(raw)
        column = str(geo["primary_column"])
        about = geo["columns"][column]
        encoding = about.get("encoding")
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise damaged(name, error) from None
    if encoding != _WKB:
        raise InputError(
            text(
                "{f}：几何编码 {e} 不支持，请以 WKB 写出",
                "{f}: geometry encoding {e}; write it as WKB",
            ).fill(f=name, e=encoding)
        )
    if "crs" not in about:
        return column, _LONLAT
    if about["crs"] is None:
        raise crs_missing(name)
    return column, json.dumps(about["crs"]) if isinstance(about["crs"], dict) else about["crs"]


def _columns(table: pa.Table) -> pd.DataFrame:
    """Return cells as Python values; instants keep their offset, nested values become JSON."""
    import pandas as pd
    import pyarrow as pa

    columns = {}
    for field in table.schema:
        if field.name.startswith("__index_level_"):
            continue
        column = table.column(field.name)
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            column = column.cast(pa.timestamp("us", tz=field.type.tz), safe=False)
        if _as_it_is(column.type, column.null_count):
            columns[field.name] = column.to_pandas().reset_index(drop=True)
            continue
        values = column.to_pylist()
        if pa.types.is_nested(field.type):
            values = [None if v is None else json.dumps(v, default=_plain, ensure_ascii=False)
                      for v in values]  # fmt: skip
        columns[field.name] = pd.Series(values, dtype=object)
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))


def _as_it_is(kind: pa.DataType, missing: int) -> bool:
    """Tell whether pandas gives the cells of a column as they are: text, or numbers in each row."""
    import pyarrow as pa

    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return True
    return not missing and bool(pa.types.is_floating(kind) or pa.types.is_int64(kind))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _patrols(table: pa.Table, name: str, problems: Problems) -> RawTable:
    from wetland.screening.read_geojson import feature_table

    found = list(earthranger.features(table.to_pylist()))
    if not found:
        raise InputError(text("{f}：巡护中没有事件", "{f}: no events in the patrols").fill(f=name))
    return feature_table("parquet", found, _LONLAT, name=name, problems=problems)
