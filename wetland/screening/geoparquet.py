"""Write a table with places as GeoParquet: WKB put together from columns, no object a row.

References
----------
GeoParquet 1.1.0 (OGC), section "File metadata"; OGC 06-103r4, section 8 (well-known binary).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyarrow import parquet
from pyproj import CRS

from wetland.screening.wkb import points_as_wkb

Floats = NDArray[np.float64]
GEOMETRY = "geometry"
VERSION = "1.1.0"


def point_wkb(lon: Floats, lat: Floats) -> pa.BinaryArray:
    """Return points as WKB; a position with a NaN is missing.

    Examples
    --------
    >>> import shapely
    >>> made = point_wkb(np.array([120.5, np.nan]), np.array([30.25, 30.0]))
    >>> shapely.from_wkb(made[0].as_py()).wkt, made[1].as_py()
    ('POINT (120.5 30.25)', None)
    """
    made = points_as_wkb(lon, lat)
    ends = np.arange(0, made.nbytes + 1, made.itemsize, dtype=np.int32)
    there = ~(np.isnan(lon) | np.isnan(lat))
    mask = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.BinaryArray.from_buffers(
        pa.binary(), len(lon), [mask, pa.py_buffer(ends), pa.py_buffer(made)]
    )


def geometry_wkb(lon: Floats, lat: Floats, others: Mapping[int, Any]) -> pa.BinaryArray:
    """Return points as WKB, and in the rows of ``others`` these geometries."""
    points = point_wkb(lon, lat)
    if not others:
        return points
    rows = sorted(others)
    here = np.zeros(len(lon), dtype=bool)
    here[rows] = True
    wkb = shapely.to_wkb(np.array([others[row] for row in rows], dtype=object))
    return pa.compute.replace_with_mask(points, pa.array(here), pa.array(wkb, type=pa.binary()))


def bounds_of(lon: Floats, lat: Floats, others: Mapping[int, Any]) -> list[float] | None:
    """Return west, south, east and north of all places, None where there is none."""
    boxes = [np.asarray(shapely.bounds(g)) for g in others.values()]
    known = ~(np.isnan(lon) | np.isnan(lat))
    if known.all() and len(lon):
        boxes.append(np.array([lon.min(), lat.min(), lon.max(), lat.max()]))
    elif known.any():
        x, y = lon[known], lat[known]
        boxes.append(np.array([x.min(), y.min(), x.max(), y.max()]))
    if not boxes:
        return None
    whole = np.stack(boxes)
    return [*whole[:, :2].min(axis=0).tolist(), *whole[:, 2:].max(axis=0).tolist()]


def geo_metadata(
    column: str, kinds: Iterable[str], bounds: Sequence[float] | None
) -> dict[str, Any]:
    """Return what GeoParquet says of a file with one column of WKB in longitude and latitude.

    Parameters
    ----------
    column
        Name of the column.
    kinds
        Kinds of geometry, such as ``Point``.
    bounds
        West, south, east and north of the places; None where there is none.
    """
    described: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(kinds),
        "crs": CRS.from_user_input("OGC:CRS84").to_json_dict(),
    }
    if bounds is not None:
        described["bbox"] = list(bounds)
    return {"version": VERSION, "primary_column": column, "columns": {column: described}}


def write_geoparquet(
    table: pa.Table,
    out: str | Path | IO[bytes],
    *,
    bounds: Sequence[float] | None,
    kinds: Sequence[str],
    notes: Mapping[str, object],
) -> None:
    """Write a table whose column ``geometry`` is WKB in longitude and latitude (WGS84).

    Parameters
    ----------
    table
        The rows.
    out
        A path or an opened file.
    bounds, kinds
        As `geo_metadata` takes them.
    notes
        What a reader must know, kept as JSON under the key ``wetland`` of the file's metadata.
    """
    about = {b"geo": _json(geo_metadata(GEOMETRY, kinds, bounds)), b"wetland": _json(notes)}
    numbers = {f.name for f in table.schema if not _is_text(f.type)}
    parquet.write_table(
        table.replace_schema_metadata(about),
        out,
        use_dictionary=[f.name for f in table.schema if pa.types.is_dictionary(f.type)],
        compression={f.name: "none" if f.name in numbers else "snappy" for f in table.schema},
        write_statistics=[name for name in numbers if name != GEOMETRY],
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind)
                or pa.types.is_dictionary(kind))  # fmt: skip


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8")
