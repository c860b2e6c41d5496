"""Read boundaries from a GeoPackage, a Shapefile or GeoJSON, and say what is wrong with the file.

GDAL reads the first two. It must never open the store inside this process (a second copy of SQLite
destroys its log), so callers that have a store pass ``refuse``, which is asked before any file is
touched.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from wetland.base.texts import text
from wetland.zones.areas import Change, repair
from wetland.zones.features import wrong_range
from wetland.zones.projection import LONLAT_EPSG, projected_crs
from wetland.zones.rawfiles import file_error, read_geojson, read_layer

Refuse = Callable[[Path], None]

GEOJSON = {".geojson", ".json"}
LAYERS = {".gpkg", ".shp"}
SAME_AS_WGS84 = ("World Geodetic System 1984", "China 2000", "China Geodetic Coordinate System")
COARSEST_M = 20.0  # a datum that PROJ brings to WGS84 with less accuracy than this is refused


@dataclass(frozen=True, slots=True, eq=False)
class Boundaries:
    """Boundaries read from a file: attributes by column, polygons in longitude and latitude.

    ``changes`` holds what the repair of invalid rings did, by row (from 1).
    """

    columns: dict[str, list[Any]]
    geometry: list[Any]
    changes: dict[int, Change]
    crs: str

    def __len__(self) -> int:
        """Return the number of boundaries."""
        return len(self.geometry)


def read_boundaries(
    path: Path,
    *,
    crs: str | None = None,
    layer: str | None = None,
    crs_epsg: int | None = None,
    refuse: Refuse | None = None,
) -> Boundaries:
    """Read polygons from a file.

    Parameters
    ----------
    path
        A ``.gpkg``, ``.shp``, ``.geojson`` or ``.json`` file.
    crs
        The CRS of the coordinates (``EPSG:4549`` ...), where the file does not tell; it is an error
        to give one that contradicts the file. GeoJSON without a CRS is longitude and latitude.
    layer
        Which layer of a GeoPackage that holds several.
    crs_epsg
        The projected CRS of the site, where known: coordinates that lie in its area of use only
        when swapped are told to be swapped.
    refuse
        Called with the path before it is opened; raises where the path is a store.

    Raises
    ------
    InputError
        The file is missing, empty, of another kind, damaged; has no CRS; holds what is not a
        polygon; has rows whose geometry is missing or broken (all are named); has coordinates that
        are swapped or out of range.
    """
    if refuse is not None:
        refuse(path)
    if not path.is_file():
        raise file_error(path, text("文件不存在", "the file does not exist"))
    if path.stat().st_size == 0:
        raise file_error(path, text("文件是空的", "the file is empty"))
    suffix = path.suffix.lower()
    if suffix in GEOJSON:
        raw = read_geojson(path)
    elif suffix in LAYERS:
        raw = read_layer(path, layer)
    else:
        raise file_error(
            path,
            text("不支持的格式 {s}", "format {s} is not supported").fill(s=suffix or "-"),
            hint=text(
                "可用 GeoPackage、Shapefile、GeoJSON", "use a GeoPackage, a Shapefile or GeoJSON"
            ),
        )
    if not raw.geometry:
        raise file_error(path, text("没有任何要素", "there is no feature in it"))
    named = raw.crs
    if named is None and crs is None and suffix in GEOJSON:
        named = f"EPSG:{LONLAT_EPSG}"  # RFC 7946
    known = _settle_crs(path, named, crs)
    things = _to_lonlat(path, np.array(raw.geometry, dtype=object), known)
    _check_range(path, things, crs_epsg)
    sound, changes = _repaired(things)
    return Boundaries(raw.columns, sound, changes, _label(known))


def _settle_crs(path: Path, named: str | None, given: str | None) -> CRS:
    """Decide the CRS: the file's, or the one given where the file has none."""
    if named is None and given is None:
        raise file_error(
            path,
            text("文件没有说明坐标系", "the file does not name its CRS"),
            hint=text(
                "请用 --crs EPSG:… 指明；不作猜测", "name it with --crs EPSG:...; it is not guessed"
            ),
        )
    known = {name: _crs(path, name) for name in (named, given) if name is not None}
    if named is not None and given is not None and not _alike(known[named], known[given]):
        what = text(
            "文件的坐标系是 {a}，与所给的 {b} 不符", "the file's CRS is {a}, not {b} as given"
        )
        raise file_error(path, what.fill(a=_label(known[named]), b=_label(known[given])))
    return next(iter(known.values()))


def _alike(first: CRS, second: CRS) -> bool:
    same = bool(first.equals(second, ignore_axis_order=True))
    return same or (first.is_geographic and second.is_geographic and _modern(first, second))


def _modern(*known: CRS) -> bool:
    """Tell whether the datums are WGS84 or CGCS2000, which differ by less than a decimetre."""
    names = [crs.datum.name if crs.datum is not None else "" for crs in known]
    return all(name.startswith(SAME_AS_WGS84) for name in names)


def _crs(path: Path, name: str) -> CRS:
    try:
        return CRS.from_user_input(name)
    except CRSError:
        what = text("不认识的坐标系 {c}", "unknown CRS {c}").fill(c=name)
        raise file_error(path, what) from None


def _label(crs: CRS) -> str:
    if crs.is_geographic and _modern(crs) and crs.to_epsg() is None:
        return f"EPSG:{LONLAT_EPSG}"
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else crs.name


def _to_lonlat(path: Path, things: NDArray[Any], crs: CRS) -> NDArray[Any]:
    if crs.is_geographic and _modern(crs):
        return things
    transformer = _transformer(path, crs)

    def move(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    try:
        return np.asarray(shapely.transform(things, move))
    except ProjError as error:
        what = text("坐标无法换算为经纬度：{e}", "coordinates cannot be brought to lon/lat: {e}")
        raise file_error(path, what.fill(e=error)) from None


def _transformer(path: Path, crs: CRS) -> Transformer:
    """Return the way from ``crs`` to longitude and latitude; refuse one that is a guess."""
    if _modern(crs):
        return Transformer.from_crs(crs, LONLAT_EPSG, always_xy=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a better grid is not installed
        found = TransformerGroup(crs, LONLAT_EPSG, always_xy=True).transformers
    if not found or not 0 <= found[0].accuracy <= COARSEST_M:
        what = text(
            "坐标系 {c} 到 WGS84 没有可靠的换算（可差百米），边界不能据此使用",
            "there is no reliable way from {c} to WGS84 (it may be off by 100 m)",
        ).fill(c=crs.name)
        hint = text(
            "请先用当地转换参数转为 CGCS2000（EPSG:4490）再导入",
            "convert it to CGCS2000 (EPSG:4490) or WGS84 with the local parameters first",
        )
        raise file_error(path, what, hint=hint)
    return found[0]


def _check_range(path: Path, things: NDArray[Any], crs_epsg: int | None) -> None:
    west, south, east, north = (float(v) for v in shapely.total_bounds(things))
    wrong = wrong_range(west, south, east, north)
    if wrong is not None:
        raise file_error(path, wrong)
    area = projected_crs(crs_epsg).area_of_use if crs_epsg is not None else None
    if area is None:
        return
    lon, lat = (west + east) / 2, (south + north) / 2
    here = area.west <= lon <= area.east and area.south <= lat <= area.north
    swapped = area.west <= lat <= area.east and area.south <= lon <= area.north
    if here:
        return
    if swapped:
        raise file_error(
            path,
            text(
                "经度与纬度很可能写反了：对调后才落在 EPSG:{c} 的适用范围内",
                "longitude and latitude look swapped: only then do they lie where EPSG:{c} is used",
            ).fill(c=crs_epsg),
        )
    what = text(
        "坐标（{lon:.3f}, {lat:.3f}）不在 EPSG:{c} 的适用范围内",
        "coordinates ({lon:.3f}, {lat:.3f}) lie outside the area of use of EPSG:{c}",
    )
    raise file_error(path, what.fill(lon=lon, lat=lat, c=crs_epsg))


def _repaired(things: NDArray[Any]) -> tuple[list[Any], dict[int, Change]]:
    sound: list[Any] = []
    changes: dict[int, Change] = {}
    for number, thing in enumerate(things, start=1):
        mended, change = repair(thing)
        sound.append(mended)
        if change is not None:
            changes[number] = change
    return sound, changes
