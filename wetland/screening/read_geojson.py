"""Read GeoJSON: features with their properties, one file or one feature a line.

Longitude and latitude on WGS84 by definition (RFC 7946); the older ``crs`` member is honoured. A
feature whose geometry cannot be made is an error of its row, the others are read.

References
----------
RFC 7946, The GeoJSON Format, sections 3, 4 and 11.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.delimited import decode
from wetland.reading.files import Given
from wetland.reading.raw import Json, RawTable
from wetland.screening import earthranger
from wetland.screening.crs import to_lonlat
from wetland.screening.options import ReadOptions

GEOMETRIES = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon",
                        "MultiPolygon", "GeometryCollection"})  # fmt: skip
NOT_A_FEATURE = text("不是 GeoJSON 要素", "not a GeoJSON feature")
BAD_GEOMETRY = text("几何无法构成：{why}", "the geometry cannot be made: {why}")
_DEFAULT_CRS = "OGC:CRS84"
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def read_geojson(given: Given, options: ReadOptions, problems: Problems) -> RawTable:
    """Read a GeoJSON file; an EarthRanger export in JSON is recognised and read too.

    Raises
    ------
    InputError
        It is not JSON (says the line), holds no features, or names a CRS nobody knows.
    """
    words, encoding = decode(given.read(), options.encoding, given.name)
    document = _parse(words, given.name)
    crs = _crs(document, given.name)
    features = _features(document)
    if features is None:
        features = list(earthranger.features(document))
        if not features:
            raise InputError(
                text(
                    "{f}：JSON 中没有要素（FeatureCollection）", "{f}: this JSON holds no features"
                ).fill(f=given.name)
            )
    if not features:
        raise InputError(text("{f}：没有要素", "{f}: there are no features").fill(f=given.name))
    table = feature_table("geojson", features, crs, name=given.name, problems=problems)
    return replace(table, encoding=encoding)


def feature_table(
    format: str, features: list[Any], crs: str, *, name: str, problems: Problems
) -> RawTable:
    """Make a table from GeoJSON features; what is no feature is an error of its row."""
    import pandas as pd

    rows: list[int] = []
    geometries: list[BaseGeometry | None] = []
    properties: list[dict[str, Any]] = []
    for row, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            problems.add("not_a_feature", row=row, value=feature, message=NOT_A_FEATURE)
            continue
        try:
            geometry = _geometry(feature.get("geometry"))
        except _Unmakeable as error:
            problems.add("broken_geometry", row=row, column="geometry",
                         message=BAD_GEOMETRY.fill(why=str(error)))  # fmt: skip
            continue
        own = feature.get("properties")
        found = dict(own) if isinstance(own, dict) else {}
        if feature.get("id") is not None:
            found = {"id": feature["id"], **{k: v for k, v in found.items() if k != "id"}}
        rows.append(row)
        geometries.append(geometry)
        properties.append(found)
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = geometries
    shapes, label, datum = to_lonlat(shapes, crs, name=name, problems=problems)
    cells = pd.DataFrame(properties, index=pd.RangeIndex(len(rows)), dtype=object)
    numbers = np.array(rows, dtype=np.int64)
    return RawTable(format, numbers, cells, len(features), shapes, label, datum)


def _parse(words: str, name: str) -> Json:
    try:
        return _without_halves(json.loads(words), words)
    except RecursionError:
        raise InputError(
            text("{f}：JSON 嵌套太深", "{f}: the JSON is nested too deeply").fill(f=name)
        ) from None
    except json.JSONDecodeError as error:
        lines = _by_lines(words)
        if lines is not None:
            return {"type": "FeatureCollection", "features": lines}
        raise InputError(
            text("{f}：第 {n} 行不是 JSON", "{f}: line {n} is not JSON").fill(
                f=name, n=error.lineno
            ),
            hint=text("文件可能不完整", "the file may be cut off"),
        ) from None
    except ValueError as error:
        raise InputError(
            text("{f}：JSON 无法读取：{w}", "{f}: cannot be read: {w}").fill(
                f=name, w=str(error)[:80]
            )
        ) from None


def _without_halves(document: Json, words: str) -> Json:
    """Replace halves of characters (lone surrogates), which no text can hold, by U+FFFD."""
    if not _HALF.search(words):
        return document
    whole = json.dumps(document, ensure_ascii=False).encode("utf-16", "surrogatepass")
    return json.loads(whole.decode("utf-16", "replace"))


def _by_lines(words: str) -> list[Any] | None:
    """Read one feature a line (GeoJSON text sequence); None if any line is not one."""
    found = []
    for line in words.split("\n"):
        clean = line.strip().lstrip("\x1e")
        if not clean:
            continue
        try:
            found.append(_without_halves(json.loads(clean), clean))
        except (ValueError, RecursionError):
            return None
    return found if len(found) > 1 else None


def _features(document: Json) -> list[Any] | None:
    """Return the features of a document, None where it is some other JSON."""
    if not isinstance(document, dict):
        return document if _all_features(document) else None
    kind = document.get("type")
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        features: list[Any] = document["features"]
        return features
    if kind == "Feature":
        return [document]
    if kind in GEOMETRIES and ("coordinates" in document or "geometries" in document):
        return [{"type": "Feature", "geometry": document, "properties": {}}]
    return None


def _all_features(document: Json) -> bool:
    if not isinstance(document, list) or not document:
        return False
    return all(isinstance(f, dict) and f.get("type") == "Feature" for f in document)


def _crs(document: Json, name: str) -> str:
    if not isinstance(document, dict) or "crs" not in document:
        return _DEFAULT_CRS
    crs = document["crs"]
    if isinstance(crs, dict) and isinstance(crs.get("properties"), dict):
        named = crs["properties"].get("name") or crs["properties"].get("code")
        if isinstance(named, str | int):
            return f"EPSG:{named}" if isinstance(named, int) else named
    raise InputError(
        text("{f}：crs 成员为空或无法理解", "{f}: the crs member is null or not understood").fill(
            f=name
        ),
        hint=text("请去掉 crs（即 WGS84）或写明 EPSG 代码", "leave crs out (WGS84) or name a code"),
    )


class _Unmakeable(ValueError):
    """A geometry object that no geometry can be made from."""


def _geometry(raw: Json) -> BaseGeometry | None:
    if raw is None or raw == {}:
        return None
    if not isinstance(raw, dict) or raw.get("type") not in GEOMETRIES:
        raise _Unmakeable("type")
    try:
        with np.errstate(all="ignore"):  # NaN in coordinates is told later, with its row
            made = shape(raw)
    except (ShapelyError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise _Unmakeable(
            str(error).splitlines()[0][:120] if str(error) else "coordinates"
        ) from None
    return None if made.is_empty else made
