"""From the coordinate reference system a file names to longitude and latitude."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text

LONLAT = 4326
DECIMALS = 9  # a tenth of a millimetre, the same on every machine
_SAME_AS_WGS84 = ("World Geodetic System 1984", "WGS 84", "China Geodetic", "CGCS", "China 2000",
                  "NAD83", "North American Datum 1983", "European Terrestrial")  # fmt: skip

UNKNOWN = text("{f}：不认识的坐标参考系", "{f}: its coordinate reference system is not known")
NAME_IT = text("请用 EPSG 代码标明坐标系", "name it by an EPSG code")
NOT_EXACT = text(
    "该坐标系到 WGS84 的转换可能有百米级误差，位置误差请按此填写",
    "bringing this CRS to WGS84 may be off by about 100 m; state the uncertainty so",
)


def crs_missing(name: str) -> InputError:
    """Return the error for a layer that does not say where its coordinates are."""
    return InputError(
        text(
            "{f}：没有坐标参考系，无法知道坐标的含义",
            "{f}: no coordinate reference system is given",
        ).fill(f=name),
        hint=text(
            "请在 QGIS 中为图层设定坐标系（如 EPSG:4326、EPSG:4490）后再导出",
            "set the layer's CRS (such as EPSG:4326 or EPSG:4490) in a GIS and export it again",
        ),
    )


def to_lonlat(
    geometry: NDArray[Any], given: object, *, name: str, problems: Problems
) -> tuple[NDArray[Any], str, str | None]:
    """Bring geometries to longitude and latitude.

    Parameters
    ----------
    geometry
        Shapely objects, None where a row has none.
    given
        The CRS as the file gives it: code, WKT or PROJJSON; None is an error, never a guess.

    Returns
    -------
    geometry, crs, datum
        ``datum`` is ``cgcs2000`` or ``wgs84`` where the CRS settles it, None for plain longitude
        and latitude on WGS84, which many a file says of shifted coordinates too.

    Raises
    ------
    InputError
        There is no CRS, or it is not known.
    """
    if given is None or given == "":
        raise crs_missing(name)
    try:
        crs = CRS.from_user_input(given)
        if crs.is_geographic and _is_modern(crs.geodetic_crs):
            return geometry, _label(crs), "cgcs2000" if _is_cgcs2000(crs) else None
        transformer = Transformer.from_crs(crs, LONLAT, always_xy=True)
    except (CRSError, ProjError):
        raise InputError(UNKNOWN.fill(f=name), hint=NAME_IT) from None
    if not _is_modern(crs.geodetic_crs):
        problems.add("crs_not_exact", value=_label(crs), level="warning", message=NOT_EXACT)

    def move(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[Any, Any]:
        lon, lat = transformer.transform(x, y)
        return np.round(lon, DECIMALS), np.round(lat, DECIMALS)

    moved = shapely.transform(geometry, move, interleaved=False)  # type: ignore[arg-type]
    datum = "cgcs2000" if _is_cgcs2000(crs) else "wgs84"
    return np.asarray(moved, dtype=object), _label(crs), datum


def _label(crs: CRS) -> str:
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else crs.name


def _is_cgcs2000(crs: CRS) -> bool:
    name = "" if crs.datum is None else crs.datum.name
    return "2000" in name and ("China" in name or "CGCS" in name)


def _is_modern(crs: CRS | None) -> bool:
    """Tell whether the datum is WGS84 or one that differs from it by a metre or two at most."""
    if crs is None or crs.datum is None:
        return False
    return any(name.casefold() in crs.datum.name.casefold() for name in _SAME_AS_WGS84)


def in_effect(given: object) -> str:
    """Return a name that two CRSs share where their coordinates can be read in one table.

    Longitude and latitude on WGS84, CGCS2000 or a datum within a metre or two of them is one and
    the same here; any other CRS is itself.

    Examples
    --------
    >>> in_effect("EPSG:4490") == in_effect("OGC:CRS84"), in_effect("EPSG:4549")
    (True, 'EPSG:4549')
    """
    try:
        crs = CRS.from_user_input(given)
    except CRSError:
        return str(given)
    return "lonlat" if crs.is_geographic and _is_modern(crs.geodetic_crs) else _label(crs)
