"""Take attributes and polygons out of a GeoJSON, GeoPackage or Shapefile, as they stand.

Every row without a usable polygon is named; nothing is dropped.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.zones.areas import POLYGONAL
from wetland.zones.features import read_geometry

SHOWN = 10


@dataclass(frozen=True, slots=True, eq=False)
class RawFile:
    """What a file holds: attributes by column, geometries, and the CRS it names, if any."""

    columns: dict[str, list[Any]]
    geometry: list[Any]
    crs: str | None


def read_geojson(path: Path) -> RawFile:
    """Read GeoJSON in UTF-8 (with or without BOM) or GB18030."""
    document = _parse_json(path)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        what = text("须为 GeoJSON 的 FeatureCollection", "a GeoJSON FeatureCollection is needed")
        raise file_error(path, what)
    geometry: list[Any] = []
    broken: list[tuple[int, Text]] = []
    rows: list[dict[str, Any]] = []
    for number, feature in enumerate(features, start=1):
        given = feature if isinstance(feature, dict) else {}
        thing, wrong = read_geometry(given.get("geometry"), file=path.name, where="", lonlat=False)
        broken += [(number, mistake.what) for mistake in wrong]
        geometry.append(thing)
        properties = given.get("properties")
        rows.append(properties if isinstance(properties, dict) else {})
    _refuse_broken(path, broken)
    names = list(dict.fromkeys(name for row in rows for name in row))
    crs = document.get("crs") if isinstance(document, dict) else None
    named = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    columns = {name: [row.get(name) for row in rows] for name in names}
    return RawFile(columns, geometry, named)


def _parse_json(path: Path) -> object:
    """Decode UTF-8 (with or without BOM) or GB18030, and parse."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return json.loads(content)
        except json.JSONDecodeError as error:
            what = text("不是 JSON：第 {l} 行第 {c} 列 {p}", "not JSON: line {l}, column {c}: {p}")
            where = what.fill(l=error.lineno, c=error.colno, p=error.msg)
            raise file_error(path, where) from None
        except RecursionError:
            raise file_error(path, text("JSON 嵌套过深", "JSON nested too deep")) from None
    raise file_error(path, text("编码既非 UTF-8 也非 GB18030", "neither UTF-8 nor GB18030"))


def read_layer(path: Path, layer: str | None) -> RawFile:
    """Read a layer of a GeoPackage, or a Shapefile in UTF-8 or GB18030, through GDAL."""
    from pyogrio.errors import DataLayerError, DataSourceError  # noqa: PLC0415
    from pyogrio.raw import read  # noqa: PLC0415 - GDAL is loaded only when it is needed

    chosen = _choose_layer(path, layer)
    encodings = ("utf-8", "gb18030") if _needs_encoding(path) else (None,)
    for encoding in encodings:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # rings not closed: closed below
                meta, _, wkb, fields = read(path, layer=chosen, encoding=encoding, force_2d=True)
            break
        except UnicodeDecodeError:
            continue
        except (DataSourceError, DataLayerError) as error:
            raise _damaged(path, error) from None
    else:
        raise file_error(path, text("编码既非 UTF-8 也非 GB18030", "neither UTF-8 nor GB18030"))
    if wkb is None:
        raise file_error(path, text("图层没有几何", "the layer has no geometry"))
    columns = {str(name): list(values) for name, values in zip(meta["fields"], fields, strict=True)}
    return RawFile(columns, _from_wkb(path, wkb), meta["crs"])


def _choose_layer(path: Path, layer: str | None) -> str | None:
    from pyogrio import list_layers  # noqa: PLC0415
    from pyogrio.errors import DataSourceError  # noqa: PLC0415

    try:
        found = [(str(name), kind) for name, kind in list_layers(path)]
    except DataSourceError as error:
        raise _damaged(path, error) from None
    names = [name for name, kind in found if kind is not None] or [name for name, _ in found]
    if layer is not None and layer not in names:
        what = text("没有图层 {l}；有：{n}", "there is no layer {l}; there are: {n}")
        raise file_error(path, what.fill(l=layer, n=", ".join(names) or "-"))
    if layer is None and len(names) > 1:
        what = text("有多个图层：{n}", "there are several layers: {n}").fill(n=", ".join(names))
        raise file_error(path, what, hint=text("请用 --layer 指定", "name one with --layer"))
    return layer or (names[0] if names else None)


def _needs_encoding(path: Path) -> bool:
    """Tell whether a Shapefile leaves its encoding open (no .cpg beside it)."""
    if path.suffix.lower() != ".shp":
        return False
    return not any(path.with_suffix(s).is_file() for s in (".cpg", ".CPG"))


def _from_wkb(path: Path, wkb: NDArray[Any]) -> list[Any]:
    geometry: list[Any] = []
    broken: list[tuple[int, Text]] = []
    for number, raw in enumerate(wkb, start=1):
        thing, wrong = _one_from_wkb(raw)
        geometry.append(thing)
        if wrong is not None:
            broken.append((number, wrong))
    _refuse_broken(path, broken)
    return geometry


def _one_from_wkb(raw: bytes | None) -> tuple[Any, Text | None]:
    if raw is None:
        return None, text("没有几何", "there is no geometry")
    with np.errstate(invalid="ignore"):  # a NaN is told below
        thing = shapely.from_wkb(raw, on_invalid="fix")
    if thing is None:
        return None, text("几何无法读取", "broken geometry")
    if thing.is_empty:
        return None, text("几何为空", "the geometry is empty")
    if thing.geom_type not in POLYGONAL:
        what = text("须为面，此处为 {t}", "a polygon is needed, this is a {t}")
        return None, what.fill(t=thing.geom_type)
    if not np.isfinite(shapely.get_coordinates(thing)).all():
        return None, text("坐标中有非数值", "a coordinate is not a number")
    return shapely.force_2d(thing), None


def _refuse_broken(path: Path, broken: Sequence[tuple[int, Text]]) -> None:
    if not broken:
        return
    shown = broken[:SHOWN]
    more = len(broken) - len(shown)
    zh = "；".join(f"第 {row} 个要素：{what.zh}" for row, what in shown)
    en = "; ".join(f"feature {row}: {what.en}" for row, what in shown)
    if more:
        zh, en = f"{zh}；另有 {more} 个", f"{en}; and {more} more"
    raise file_error(path, text("{list}", "{list}").fill(list=Text(zh=zh, en=en)))


def _damaged(path: Path, error: Exception) -> InputError:
    why = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
    return file_error(path, text("无法读取（{w}）", "cannot be read ({w})").fill(w=why))


def file_error(path: Path, what: Text, *, hint: Text | None = None) -> InputError:
    """Return the error "file: what is wrong"."""
    return InputError(text("{f}：{w}", "{f}: {w}").fill(f=path.name, w=what), hint=hint)
