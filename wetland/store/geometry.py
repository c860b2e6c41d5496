"""Geometry in the database: GeoPackage blobs in the file, EWKB in PostGIS, shapely in between.

The store holds two dimensions in EPSG:4326 (longitude, latitude): heights and measures (Z, M)
belong in columns of their own. The blob is a short header (magic, flags, SRS, envelope) before WKB.

References
----------
OGC 12-128r19 (GeoPackage 1.4), clause 2.1.3 "BLOB format".
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import UserDefinedType

from wetland.base.errors import InputError
from wetland.base.texts import text

SRS_ID = 4326

Bounds = tuple[float, float, float, float]

_LINEAR_RING = 2
_LAST_SIMPLE_TYPE = 7  # shapely numbers the seven simple features 0..7, the ring among them
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_HEADER = struct.Struct("<2sBBi")
_POINT = struct.Struct("<BI2d")
_POINT_HEAD = struct.pack("<BI", 1, 1)
_LITTLE_ENDIAN, _XY_ENVELOPE, _EMPTY, _EXTENDED = 0x01, 0x02, 0x10, 0x20


def flatten(geometries: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return geometries as the store holds them: two dimensions, simple features, finite.

    A linear ring becomes a line. Missing geometries stay None.

    Raises
    ------
    InputError
        A value is no geometry, is a curve, or has a coordinate that is not a finite number.
    """
    missing = np.array([g is None or g != g for g in geometries], dtype=bool)
    wrong = ~missing & ~shapely.is_geometry(geometries)
    if wrong.any():
        raise _refused(geometries[wrong][0])
    flat = np.full(len(geometries), None, dtype=object)
    flat[~missing] = shapely.force_2d(geometries[~missing])
    kinds = shapely.get_type_id(flat)
    if (kinds > _LAST_SIMPLE_TYPE).any():
        raise _refused(flat[kinds > _LAST_SIMPLE_TYPE][0])
    for i in np.flatnonzero(kinds == _LINEAR_RING):
        flat[i] = shapely.LineString(shapely.get_coordinates(flat[i]))
    coordinates, index = shapely.get_coordinates(flat, return_index=True)
    infinite = ~np.isfinite(coordinates).all(axis=1)
    if infinite.any():
        raise _refused(flat[index[infinite][0]])
    return flat


def _refused(value: object) -> InputError:
    shown = str(value)[:80]
    return InputError(
        text("存储不接受这个几何：{shown}", "the store does not take this geometry: {shown}").fill(
            shown=shown
        )
    )


def to_wkb(geometry: BaseGeometry) -> bytes:
    """Return ISO WKB, little endian, two dimensions: the one form that digests are made from."""
    return bytes(shapely.to_wkb(geometry, output_dimension=2, byte_order=1, flavor="iso"))


def to_blob(geometry: BaseGeometry) -> bytes:
    """Return the GeoPackage blob of a geometry; a point carries no envelope, others do.

    Examples
    --------
    >>> to_blob(shapely.Point(120, 30))[:8].hex()
    '47500001e6100000'
    """
    flags, envelope = _LITTLE_ENDIAN, b""
    if geometry.is_empty:
        flags |= _EMPTY
    elif geometry.geom_type != "Point":
        flags |= _XY_ENVELOPE
        west, south, east, north = geometry.bounds
        envelope = struct.pack("<4d", west, east, south, north)
    return _HEADER.pack(b"GP", 0, flags, SRS_ID) + envelope + to_wkb(geometry)


def _split(blob: bytes) -> tuple[int, bytes, bytes]:
    if len(blob) < _HEADER.size or blob[:2] != b"GP":
        raise ValueError("not a GeoPackage geometry")
    flags = blob[3]
    if flags & _EXTENDED:
        raise ValueError("an extended GeoPackage geometry")
    end = _HEADER.size + _ENVELOPE_BYTES[(flags >> 1) & 0x07]
    return flags, blob[_HEADER.size : end], blob[end:]


def from_blob(blob: bytes) -> BaseGeometry:
    """Return the geometry of a GeoPackage blob, also of one that other programs wrote.

    Raises
    ------
    ValueError
        The bytes are no GeoPackage geometry.

    Examples
    --------
    >>> from_blob(to_blob(shapely.Point(120, 30))).wkt
    'POINT (120 30)'
    """
    try:
        _, _, wkb = _split(blob)
        return shapely.from_wkb(wkb)
    except (KeyError, TypeError, struct.error, shapely.GEOSException) as error:
        raise ValueError(f"not a GeoPackage geometry: {error}") from error


def blob_bounds(blob: bytes | None) -> Bounds | None:
    """Return west, south, east, north of a blob; None where it is missing or empty."""
    if blob is None:
        return None
    flags, envelope, wkb = _split(blob)
    if flags & _EMPTY:
        return None
    if envelope:
        order = "<" if flags & _LITTLE_ENDIAN else ">"
        west, east, south, north = struct.unpack_from(order + "4d", envelope)
        return west, south, east, north
    if len(wkb) == _POINT.size and wkb[:5] == _POINT_HEAD:  # much the commonest; called per row
        _, _, lon, lat = _POINT.unpack(wkb)
        return None if lon != lon else (lon, lat, lon, lat)
    geometry = shapely.from_wkb(wkb)
    return None if geometry.is_empty else geometry.bounds


def is_empty_blob(blob: bytes | None) -> bool | None:
    """Tell whether a blob holds an empty geometry; None where there is none."""
    if blob is None:
        return None
    return blob_bounds(blob) is None


class Geometry(UserDefinedType[BaseGeometry]):
    """A column of geometries of any kind in EPSG:4326."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type as a GeoPackage names it."""
        return "GEOMETRY"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return what turns a shapely geometry into what the database takes."""
        if dialect.name == "sqlite":
            return lambda g: None if g is None else to_blob(g)
        return lambda g: None if g is None else to_ewkb(g)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return what turns the database's bytes into a shapely geometry."""
        if dialect.name == "sqlite":
            return lambda b: None if b is None else from_blob(b)
        return lambda b: None if b is None else shapely.from_wkb(b)


def to_ewkb(geometry: BaseGeometry) -> str:
    """Return the hexadecimal EWKB, with its SRID, that PostGIS reads as a geometry."""
    with_srid = shapely.set_srid(geometry, SRS_ID)
    return str(
        shapely.to_wkb(with_srid, hex=True, include_srid=True, flavor="extended", byte_order=1)
    )


@compiles(Geometry, "postgresql")  # type: ignore[untyped-decorator, unused-ignore]
def _postgis(_type: Geometry, _compiler: object, **_: object) -> str:
    return f"geometry(Geometry, {SRS_ID})"
