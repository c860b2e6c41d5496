"""Positions (位置): from columns or geometries of a file to sound longitudes and latitudes.

Rule of decision, row by row: no position is a fact not known (a warning, the row is kept); half a
position, one that is not finite, not on earth, at 0, 0, swapped, of an unknown datum or of a shape
that cannot be mended is an error. Invalid rings are mended and it is said how.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from wetland.base.texts import text
from wetland.reading.cells import is_blank, is_empty
from wetland.screening.cells import angle, datum, datum_doubted
from wetland.screening.parse import Reader, nones
from wetland.screening.strings import plain_numbers
from wetland.zones.areas import repair
from wetland.zones.datums import DATUMS, to_wgs84

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

NEAR_DEGREES = 1.0
DECIMALS = 9
_PROJECTED = 1000.0
_SHAPES = {"Point": "station", "MultiPoint": "station", "LineString": "line",
           "MultiLineString": "line", "Polygon": "footprint",
           "MultiPolygon": "footprint"}  # fmt: skip

_SHAPE_OF_TYPE = np.array(
    [_SHAPES.get(name) for name in ("Point", "LineString", "LinearRing", "Polygon", "MultiPoint",
                                    "MultiLineString", "MultiPolygon", "GeometryCollection")]
    + [None], dtype=object)  # fmt: skip

SWAPPED = text(
    "经度和纬度疑似颠倒（对调后在本场地附近）",
    "longitude and latitude seem swapped (they fit the other way)",
)
OFF_EARTH = text(
    "坐标超出范围（经度 ±180，纬度 ±90）", "outside the earth (longitude ±180, latitude ±90)"
)
PROJECTED = text(
    "这是投影坐标（米），请提供经纬度，或用带坐标系的 GeoPackage",
    "these are projected coordinates in metres; give longitude and latitude, or a file with a CRS",
)
HALF = text("经度、纬度缺一个", "one of longitude and latitude is missing")
ZERO = text("坐标为 0, 0，设备没有定位", "0, 0 is what a device writes without a fix")
NO_POSITION = text("没有位置，无法判断所在区域", "no position, so no zone can be told")
NOT_FINITE = text("坐标含 NaN 或无穷", "a coordinate is NaN or infinite")
NO_DATUM = text("该行没有写坐标基准", "the row does not state its datum")
DOUBTED = text("坐标基准标为“可能”，请核实", "the datum is stated as probable; check it")
MIXED = text("一行只能有一种几何", "one row holds one kind of geometry")
SEVERAL = text("一行有多个点，请分成多行", "several points in one row; write one row each")
COLLAPSED = text("几何无效且无法修复", "the geometry is invalid and cannot be mended")
TO_POINT = text("线的各点相同，按点处理", "all vertices of the line are one: taken as a station")
BAD_WKT = text("不是可读的 WKT 几何", "not a geometry in WKT")
FAR = text(
    "{n} 行距本场地超过约 100 公里，请核对场地和坐标基准",
    "{n} row(s) lie more than about 100 km from the site; check site and datum",
)


@dataclass(frozen=True, slots=True)
class Positions:
    """What became of the positions of a file: one entry a row."""

    geometry: NDArray[Any]
    datum: NDArray[Any]

    @property
    def shapes(self) -> NDArray[Any]:
        """Return station, line or footprint, None without geometry."""
        kinds = np.asarray(shapely.get_type_id(self.geometry))
        return _SHAPE_OF_TYPE[kinds]  # -1, no geometry, is the last one: None


@dataclass(frozen=True, slots=True)
class Extent:
    """Where the site is: west, south, east, north."""

    west: float
    south: float
    east: float
    north: float

    def near(self, bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which bounds (n, 4) come within about 100 km of the site."""
        pad = NEAR_DEGREES
        west, south, east, north = bounds.T
        with np.errstate(invalid="ignore"):
            return np.asarray(
                (east >= self.west - pad) & (west <= self.east + pad)
                & (north >= self.south - pad) & (south <= self.north + pad)
            )  # fmt: skip


def from_columns(
    reader: Reader, lon_cells: pd.Series, lat_cells: pd.Series, datums: NDArray[Any], extent: Extent
) -> Positions:
    """Make stations from two columns."""
    lon, lat = degrees_of(reader, lon_cells), degrees_of(reader, lat_cells)
    no_lon, no_lat = _empties(lon_cells, lon), _empties(lat_cells, lat)
    columns = f"{lon_cells.name}, {lat_cells.name}"
    shown = _Pairs(lon_cells.array, lat_cells.array)
    reader.tell(
        "half_position", np.flatnonzero(no_lon != no_lat), HALF, column=columns, values=shown
    )
    reader.tell("position_missing", np.flatnonzero(no_lon & no_lat), NO_POSITION, column=columns,
                level="warning")  # fmt: skip
    bounds = np.stack([lon, lat, lon, lat], axis=1)
    sound = _sound(reader, bounds, extent, column=columns, values=shown)
    x, y = _shifted(np.where(sound, lon, np.nan), np.where(sound, lat, np.nan), datums)
    sound &= np.isfinite(x)
    geometry = np.full(len(lon), None, dtype=object)
    geometry[sound] = shapely.points(x[sound], y[sound])
    return Positions(geometry, datums)


@dataclass(frozen=True, slots=True)
class _Pairs(Sequence[str]):
    """Longitude and latitude as received, put together only where they are shown."""

    lon: Any
    lat: Any

    def __len__(self) -> int:
        return len(self.lon)

    def __getitem__(self, position: Any) -> Any:  # noqa: ANN401 - as `Sequence` has it
        return f"{self._shown(self.lon, position)}, {self._shown(self.lat, position)}"

    @staticmethod
    def _shown(cells: Any, position: Any) -> object:  # noqa: ANN401 - as `Sequence` has it
        """Return a cell; a missing text is None, as in a column of anything."""
        value = cells[position]
        return None if value != value and cells.dtype == "str" else value


def _empties(cells: pd.Series, read: Floats) -> NDArray[np.bool_]:
    """Tell which cells hold nothing; one that was read as a number does hold something."""
    found = np.isnan(read)
    found[found] = [is_empty(v) for v in cells[found]]
    return found


def degrees_of(reader: Reader, cells: pd.Series) -> Floats:
    """Read a column of degrees; NaN where a cell is empty, or wrong, which is told."""
    import pandas as pd

    values, rest = plain_numbers(cells)
    if len(rest):
        some = cells.iloc[rest]
        read = pd.to_numeric(some, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        values[rest] = np.where(np.isfinite(read), read, np.nan)
        odd = rest[~np.isfinite(read)]
        part = Reader(reader.rows[odd], reader.problems)
        found = part.read(cells.iloc[odd], angle, column=str(cells.name), blank=is_empty)
        values[odd] = [np.nan if v is None else v for v in found]
    return values


def from_wkt(reader: Reader, cells: pd.Series) -> NDArray[Any]:
    """Make geometries from a column of WKT; None where blank or, told, not WKT."""
    words = [None if is_blank(v) else str(v).strip().partition(";")[2]
             if str(v).strip().upper().startswith("SRID=") else str(v).strip()
             for v in cells]  # fmt: skip
    made: NDArray[Any] = np.asarray(shapely.from_wkt(words, on_invalid="ignore"), dtype=object)
    wrong = [i for i, w in enumerate(words) if w is not None and made[i] is None]
    reader.tell("broken_geometry", wrong, BAD_WKT, column=str(cells.name), values=cells.array)
    empty = np.array([w is None for w in words], dtype=bool)
    made[empty] = None
    return made


def from_geometries(
    reader: Reader, given: NDArray[Any], datums: NDArray[Any], extent: Extent
) -> Positions:
    """Check geometries, mend them and bring them to WGS84."""
    told = reader.problems.error_rows
    geometry = given.copy()
    high = shapely.has_z(geometry)
    geometry[high] = shapely.force_2d(geometry[high])
    geometry[shapely.is_empty(geometry)] = None
    lacking = np.flatnonzero(shapely.is_missing(geometry)).tolist()
    missing = [i for i in lacking if int(reader.rows[i]) not in told]
    reader.tell("position_missing", missing, NO_POSITION, column="geometry", level="warning")
    coordinates, owner = shapely.get_coordinates(geometry, return_index=True)
    finite = np.ones(len(geometry), dtype=bool)
    finite[owner[~np.isfinite(coordinates).all(axis=1)]] = False
    reader.tell("not_finite", np.flatnonzero(~finite), NOT_FINITE, column="geometry")
    geometry[~finite] = None
    bounds = shapely.bounds(geometry)
    sound = _sound(reader, bounds, extent, column="geometry", values=None)
    geometry[~sound] = None
    plain = np.isin(shapely.get_type_id(geometry), (-1, 0))  # nothing, or a point: always valid
    for position in np.flatnonzero(sound & ~plain):
        geometry[position] = _mended(reader, int(position), geometry[position])
    _shift_geometries(geometry, datums)
    return Positions(geometry, datums)


def _mended(reader: Reader, position: int, geometry: BaseGeometry) -> BaseGeometry | None:
    """Return the geometry, mended where it must be; None, told, where it cannot be."""
    at: list[int] = [position]
    kind = geometry.geom_type
    if kind not in _SHAPES:
        reader.tell("mixed_geometry", at, MIXED, column="geometry")
        return None
    if kind == "MultiPoint":
        if shapely.get_num_geometries(geometry) == 1:
            return shapely.get_geometry(geometry, 0)
        reader.tell("several_points", at, SEVERAL, column="geometry")
        return None
    if geometry.is_valid:
        return geometry
    if _SHAPES[kind] == "line" and len(np.unique(shapely.get_coordinates(geometry), axis=0)) == 1:
        reader.tell("repaired", at, TO_POINT, column="geometry", level="warning")
        return Point(shapely.get_coordinates(geometry)[0])
    mended, change = repair(geometry)
    if mended.is_empty or mended.geom_type not in _SHAPES or not mended.is_valid:
        reader.tell("broken_geometry", at, COLLAPSED, column="geometry")
        return None
    if change is not None:
        reader.tell("repaired", at, change.message, column="geometry", level="warning")
    return mended


def _sound(
    reader: Reader,
    bounds: NDArray[np.float64],
    extent: Extent,
    *,
    column: str,
    values: Sequence[Any] | None,
) -> NDArray[np.bool_]:
    """Tell which bounds can be true; say of the others what is wrong."""
    west, south, east, north = bounds.T
    present = np.isfinite(west) & np.isfinite(south)
    with np.errstate(invalid="ignore"):
        off = present & ((west < -180) | (east > 180) | (south < -90) | (north > 90))
        metres = off & (np.abs(np.nan_to_num(bounds)).max(axis=1) > _PROJECTED)
    near = extent.near(bounds)
    swapped = present & ~near & extent.near(bounds[:, [1, 0, 3, 2]])
    zero = present & ~near & (np.abs(np.nan_to_num(bounds)) < 1e-9).all(axis=1)
    for code, mask, message in (
        ("swapped", swapped, SWAPPED),
        ("projected", metres, PROJECTED),
        ("off_earth", off & ~swapped & ~metres, OFF_EARTH),
        ("zero_position", zero & ~swapped, ZERO),
    ):
        reader.tell(code, np.flatnonzero(mask), message, column=column, values=values)
    sound = present & ~(off | swapped | zero)
    far = int((sound & ~near).sum())
    if far:
        reader.problems.add("far_from_site", message=FAR.fill(n=far), level="warning")
    return np.asarray(sound)


def read_datums(
    reader: Reader, cells: pd.Series | None, *, default: str | None, stated: str | None
) -> NDArray[Any]:
    """Return the datum of each row.

    Parameters
    ----------
    cells
        The column that names it, None where there is none.
    default
        What the format or the names of the columns settle.
    stated
        What the user says of the file.

    Notes
    -----
    Rule of decision: the row's own word; else what the user says; else what the file settles; else
    WGS84. In a file with a datum column a row without a word and no option is an error.
    """
    import pandas as pd

    rest = stated or default
    if cells is None:
        return np.full(len(reader.rows), rest or "wgs84", dtype=object)
    # A word such as "unknown" says that nobody knows the datum: an error, not a blank.
    found = reader.read(cells, datum, column=str(cells.name), blank=is_empty)
    codes, distinct = pd.factorize(cells)
    in_doubt = np.array([datum_doubted(v) for v in [*distinct, None]], dtype=bool)
    doubted = np.flatnonzero(in_doubt[codes] & ~nones(found))
    reader.tell("datum_doubted", doubted, DOUBTED, column=str(cells.name), values=cells.array,
                level="warning")  # fmt: skip
    blank = nones(found)
    blank[blank] = [is_empty(v) for v in cells[blank]]
    if rest is None:
        reader.tell("datum_missing", np.flatnonzero(blank), NO_DATUM, column=str(cells.name))
    found[blank] = rest
    return found


def _shifted(
    lon: NDArray[np.float64], lat: NDArray[np.float64], datums: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bring stations to WGS84, to a tenth of a millimetre; rows of no known datum become NaN."""
    x, y = lon.copy(), lat.copy()
    for name in DATUMS:
        here = datums == name
        moved = to_wgs84(lon[here], lat[here], name)
        if name in {"gcj02", "bd09"}:
            moved = np.round(moved[0], DECIMALS), np.round(moved[1], DECIMALS)
        x[here], y[here] = moved
    x[nones(datums)] = np.nan
    return x, y


def _shift_geometries(geometry: NDArray[Any], datums: NDArray[Any]) -> None:
    """Bring geometries to WGS84 in place; rows of no known datum lose theirs."""
    for name in ("gcj02", "bd09"):
        for position in np.flatnonzero(datums == name):
            if geometry[position] is not None:
                geometry[position] = _moved(geometry[position], name)
    geometry[nones(datums)] = None


def _moved(geometry: BaseGeometry, name: str) -> BaseGeometry:
    def move(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        lon, lat = to_wgs84(x, y, name)
        return np.round(lon, DECIMALS), np.round(lat, DECIMALS)

    return shapely.transform(geometry, move, interleaved=False)  # type: ignore[arg-type]
