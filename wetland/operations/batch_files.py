"""Tables of the house as Arrow and GeoParquet files, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from wetland.base.tables import DTYPES, Column, TableSchema

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ABOUT = b"wetland"  # key of what a part says of itself in the footer of its file
_PARTLY = "tmp"


def arrow_schema(schema: TableSchema) -> pa.Schema:
    """Return the Arrow schema of a table; geometries are WKB."""
    import pyarrow as pa

    types = {
        "text": pa.string(), "json": pa.string(), "integer": pa.int64(), "number": pa.float64(),
        "boolean": pa.bool_(), "day": pa.date32(), "instant": pa.timestamp("us", tz="UTC"),
        "geometry": pa.binary(),
    }  # fmt: skip
    return pa.schema([pa.field(c.name, types[c.kind]) for c in schema.columns])


def to_arrow(frame: pd.DataFrame, schema: TableSchema) -> pa.Table:
    """Return a table as Arrow; what is missing is null."""
    import pyarrow as pa

    wanted = arrow_schema(schema)
    arrays = [
        _array(frame[column.name], column, wanted.field(column.name).type)
        for column in schema.columns
    ]
    return pa.Table.from_arrays(arrays, schema=wanted)


def _array(values: pd.Series, column: Column, type: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if column.kind == "geometry":
        return pa.array(shapely.to_wkb(values.to_numpy(dtype=object)), type=type)
    made = pa.array(values, type=type, from_pandas=True)
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def from_arrow(table: pa.Table, schema: TableSchema) -> pd.DataFrame:
    """Return an Arrow table in the dtypes of the house."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for column in schema.columns:
        values = table.column(column.name)
        if column.kind == "geometry":
            wkb = np.array([*values.to_pylist()], dtype=object)
            columns[column.name] = pd.Series(shapely.from_wkb(wkb), dtype=object)
        elif column.kind == "day":
            columns[column.name] = pd.Series(values.to_pylist(), dtype=object)
        else:
            columns[column.name] = values.to_pandas(integer_object_nulls=True).astype(
                DTYPES[column.kind]
            )
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))


def whole(path: Path, write: Callable[[Path], None], *, work: Path) -> None:
    """Write a file under another name and give it its own when it is complete."""
    folder = work / _PARTLY
    folder.mkdir(parents=True, exist_ok=True)
    partly = folder / f"{uuid.uuid4().hex}{path.suffix}"
    try:
        write(partly)
        os.replace(partly, path)
    finally:
        partly.unlink(missing_ok=True)


def write_arrow(table: pa.Table, path: Path, *, work: Path) -> None:
    """Write an Arrow file."""
    from pyarrow import feather

    whole(path, lambda p: feather.write_feather(table, p, compression="lz4"), work=work)


def read_arrow(path: Path) -> pa.Table:
    """Read an Arrow file that `write_arrow` wrote; nothing of it stays mapped."""
    from pyarrow import feather

    return feather.read_table(path, memory_map=False)


def write_json(value: object, path: Path, *, work: Path) -> None:
    """Write JSON, keys sorted, Chinese as it is."""
    words = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    whole(path, lambda p: _write_text(p, words), work=work)


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the JSON object in a file; None where there is none, or it cannot be read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def _write_text(path: Path, words: str) -> None:
    path.write_text(words, encoding="utf-8")


def write_table(
    frames: Iterable[pd.DataFrame],
    schema: TableSchema,
    path: Path,
    *,
    work: Path,
    about: Callable[[], Mapping[str, Any]] | None = None,
) -> int:
    """Write a table to Parquet, GeoParquet 1.1 where it has geometries; return its rows.

    Parameters
    ----------
    frames
        The rows, some at a time.
    about
        Called when all rows are written: what the file says of itself in its footer.
    """
    from pyarrow import parquet

    rows = 0

    def write(partly: Path) -> None:
        nonlocal rows
        extent = _Extent()
        options: dict[str, Any] = {"compression": "zstd", "compression_level": 3}
        with parquet.ParquetWriter(partly, arrow_schema(schema), **options) as writer:
            for frame in frames:
                if len(frame):
                    writer.write_table(to_arrow(frame, schema))
                    rows += len(frame)
                    if schema.geometry is not None:
                        extent.add(frame[schema.geometry].to_numpy(dtype=object))
            said: dict[str, str] = {}
            if schema.geometry is not None:
                said["geo"] = json.dumps(extent.geo(schema.geometry))
            if about is not None:
                said[ABOUT.decode()] = json.dumps(about(), ensure_ascii=False, sort_keys=True)
            writer.add_key_value_metadata(said)

    whole(path, write, work=work)
    return rows


class _Extent:
    """Kinds and bounds of the geometries seen so far."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.bounds = np.array([np.inf, np.inf, -np.inf, -np.inf])

    def add(self, geometry: np.ndarray[Any, Any]) -> None:
        here = geometry[~shapely.is_missing(geometry)]
        if len(here):
            self.kinds |= {str(shapely.GeometryType(kind).name) for kind in
                           np.unique(shapely.get_type_id(here)).tolist()}  # fmt: skip
            west, south, east, north = shapely.total_bounds(here)
            low, high = self.bounds[:2], self.bounds[2:]
            self.bounds = np.concatenate(
                [np.minimum(low, [west, south]), np.maximum(high, [east, north])]
            )

    def geo(self, column: str) -> dict[str, Any]:
        """Return GeoParquet's own metadata."""
        from wetland.screening.geoparquet import geo_metadata

        names = {"POINT": "Point", "LINESTRING": "LineString", "POLYGON": "Polygon",
                 "MULTIPOINT": "MultiPoint", "MULTILINESTRING": "MultiLineString",
                 "MULTIPOLYGON": "MultiPolygon", "GEOMETRYCOLLECTION": "GeometryCollection",
                 "LINEARRING": "LineString"}  # fmt: skip
        bounds = self.bounds.tolist() if np.isfinite(self.bounds).all() else None
        return geo_metadata(column, [names[kind] for kind in self.kinds], bounds)


def about_of(path: Path) -> dict[str, Any] | None:
    """Return what a part says of itself; None where it is no part or cannot be read."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        said = (parquet.read_metadata(path).metadata or {}).get(ABOUT)
        found = None if said is None else json.loads(said)
    except (pa.ArrowException, OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def digest_of(*parts: object) -> str:
    """Return a digest of JSON-ready parts, short enough for the name of a file."""
    words = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:32]
