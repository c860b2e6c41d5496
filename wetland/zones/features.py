"""Read and write `zones.geojson`: one feature per version of a zone, every mistake listed.

Read with `json` and shapely, not with GDAL: edges with their own accuracy and names in two
languages are nested properties, and a mistake is named by the feature's id.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import shapely
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from shapely.geometry import LineString, MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from wetland.base.errors import Mistake
from wetland.base.mistakes import explain
from wetland.base.texts import Text, text
from wetland.zones.model import DEFAULT_TOLERANCE, Edge, Zone
from wetland.zones.shapes import foreign_segments

Position = Annotated[list[float], Field(min_length=2, max_length=3)]
Kind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class EdgeProperties(BaseModel):
    """A part of the boundary with its own accuracy: consecutive vertices of a ring."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    positional_accuracy_m: float = Field(ge=0, allow_inf_nan=False)
    coordinates: list[Position] = Field(min_length=2)
    name: Text | None = None


class ZoneProperties(BaseModel):
    """The properties of one feature of `zones.geojson`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    kind: Kind
    name: Text
    source: str = Field(min_length=1)
    schematic: bool
    positional_accuracy_m: float = Field(ge=0, allow_inf_nan=False)
    valid_from: dt.date | None
    valid_to: dt.date | None
    declared_area_km2: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    tolerance: float = Field(default=DEFAULT_TOLERANCE, ge=0, le=1)
    edges: tuple[EdgeProperties, ...] = ()
    boundary: Text | None = None
    reading: Text | None = None
    note: Text | None = None
    nested_in: Kind | None = None
    part_of: Kind | None = None
    ring_around: Kind | None = None

    @model_validator(mode="after")
    def _period(self) -> ZoneProperties:
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError(f"valid_to {self.valid_to} is not after valid_from {self.valid_from}")
        return self


def read_zones(
    document: object, *, file: str, kinds: Iterable[str]
) -> tuple[list[Zone], list[Mistake]]:
    """Make zones of a parsed `zones.geojson`.

    Parameters
    ----------
    document
        What the file holds.
    file
        Its name, for the mistakes.
    kinds
        The kinds that `site.yaml` declares; any other is a mistake.

    Returns
    -------
    zones, mistakes
        Zones without a mistake, and every mistake of all features: not a FeatureCollection, a CRS
        that is not longitude and latitude, properties, geometry missing, not polygonal, broken or
        out of range, an edge that is not on the boundary, an id twice, a kind not declared.
        An invalid ring is read as it is: `wetland.zones.topology` reports it.
    """
    features, mistakes = _features(document, file)
    declared = set(kinds)
    zones: list[Zone] = []
    seen: dict[str, int] = {}
    for number, feature in enumerate(features, start=1):
        zone, wrong = _zone(feature, number, file=file, kinds=declared)
        mistakes.extend(wrong)
        if zone is None:
            continue
        if zone.id in seen:
            mistakes.append(_twice(zone.id, seen[zone.id], number, file))
            continue
        seen[zone.id] = number
        zones.append(zone)
    if not features and not mistakes:
        mistakes.append(Mistake(file, "features", text("没有任何分区", "there is no zone at all")))
    return zones, mistakes


def zone_feature(zone: Zone, *, boundary: Text | None = None) -> dict[str, Any]:
    """Return ``zone`` as a GeoJSON feature that `read_zones` reads back."""
    properties = {
        "id": zone.id,
        "kind": zone.kind,
        "name": zone.name.model_dump(),
        "source": zone.source,
        "schematic": zone.schematic,
        "positional_accuracy_m": zone.positional_accuracy_m,
        "valid_from": zone.valid_from.isoformat() if zone.valid_from else None,
        "valid_to": zone.valid_to.isoformat() if zone.valid_to else None,
        "declared_area_km2": zone.declared_area_km2,
        "tolerance": zone.tolerance,
    }
    texts = {"boundary": boundary, "reading": zone.reading, "note": zone.note}
    properties |= {key: value.model_dump() for key, value in texts.items() if value is not None}
    relations = {
        "nested_in": zone.nested_in, "part_of": zone.part_of, "ring_around": zone.ring_around
    }  # fmt: skip
    properties |= {key: value for key, value in relations.items() if value is not None}
    if zone.edges:
        properties["edges"] = [
            {
                "positional_accuracy_m": edge.positional_accuracy_m,
                "coordinates": [list(c) for c in edge.line.coords],
            }
            for edge in zone.edges
        ]
    return {"type": "Feature", "properties": properties, "geometry": mapping(zone.geometry)}


def read_geometry(
    value: object, *, file: str, where: str, polygonal: bool = True, lonlat: bool = True
) -> tuple[Any, list[Mistake]]:
    """Make a shapely geometry of a GeoJSON geometry, or say what is wrong with it.

    ``lonlat`` False leaves the range of the coordinates open (they may be projected).
    """
    if not isinstance(value, Mapping):
        return None, [Mistake(file, where, text("没有几何", "there is no geometry"))]
    try:
        geometry = shapely.force_2d(shape(dict(value)))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.GEOSException):
        what = text(
            "几何无法读取（坐标缺失或结构错误）",
            "broken geometry (coordinates missing or malformed)",
        )
        return None, [Mistake(file, where, what)]
    wrong = _wrong_geometry(geometry, polygonal=polygonal)
    if wrong is None and lonlat:
        wrong = wrong_range(*geometry.bounds)
    return (None, [Mistake(file, where, wrong)]) if wrong else (geometry, [])


def _wrong_geometry(geometry: BaseGeometry, *, polygonal: bool) -> Text | None:
    if geometry.is_empty:
        return text("几何为空", "the geometry is empty")
    if polygonal and not isinstance(geometry, Polygon | MultiPolygon):
        return text(
            "须为面（Polygon、MultiPolygon），此处为 {type}",
            "a Polygon or MultiPolygon is needed, this is a {type}",
        ).fill(type=geometry.geom_type)
    coordinates = shapely.get_coordinates(geometry)
    if not all(math.isfinite(v) for v in coordinates.ravel()):
        return text("坐标中有非数值", "a coordinate is not a number")
    return None


def wrong_range(west: float, south: float, east: float, north: float) -> Text | None:
    """Say what is wrong with bounds that should be longitude and latitude; None if nothing."""
    if max(abs(south), abs(north)) <= 90 and max(abs(west), abs(east)) <= 180:
        return None
    if max(abs(south), abs(north)) <= 180 and max(abs(west), abs(east)) <= 90:
        return text(
            "纬度超出 ±90°：经度与纬度很可能写反了（应为经度在前）",
            "latitude beyond 90: longitude and latitude look swapped (longitude goes first)",
        )
    return text(
        "坐标超出经纬度范围：很可能是投影坐标，须声明坐标系",
        "coordinates beyond longitude and latitude: they look projected, and need their CRS named",
    )


def _features(document: object, file: str) -> tuple[list[Any], list[Mistake]]:
    if not isinstance(document, Mapping) or document.get("type") != "FeatureCollection":
        what = text("须为 GeoJSON 的 FeatureCollection", "a GeoJSON FeatureCollection is needed")
        return [], [Mistake(file, "type", what)]
    features = document.get("features")
    if not isinstance(features, list):
        what = text("缺少 features 列表", "the list `features` is missing")
        return [], [Mistake(file, "features", what)]
    named = document.get("crs")
    if named is not None and not _is_lonlat(named):
        what = text(
            "坐标系须为经纬度（WGS84 或 CGCS2000），此处为 {crs}",
            "the CRS must be longitude and latitude (WGS84 or CGCS2000), this is {crs}",
        ).fill(crs=named)
        return features, [Mistake(file, "crs", what)]
    return features, []


def _is_lonlat(crs: object) -> bool:
    named = str(crs).upper()
    return any(code in named for code in ("CRS84", "EPSG::4326", "EPSG:4326", "4490"))


def _zone(
    feature: object, number: int, *, file: str, kinds: set[str]
) -> tuple[Zone | None, list[Mistake]]:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    given = properties.get("id") if isinstance(properties, Mapping) else None
    where = f"feature {number}" + (f" ({given})" if given else "")
    if not isinstance(properties, Mapping):
        return None, [Mistake(file, where, text("没有属性", "there are no properties"))]
    raw = feature.get("geometry") if isinstance(feature, Mapping) else None
    geometry, mistakes = read_geometry(raw, file=file, where=where)
    try:
        read = ZoneProperties.model_validate(properties)
    except ValidationError as error:
        return None, mistakes + explain(error, file=file, where=where)
    if read.kind not in kinds:
        what = text(
            "分区类别 {kind} 未在 site.yaml 的 kinds 中声明；已声明：{known}",
            "zone kind {kind} is not declared under `kinds` in site.yaml; declared: {known}",
        ).fill(kind=read.kind, known=", ".join(sorted(kinds)) or "-")
        mistakes.append(Mistake(file, f"{where}: kind", what))
    mistakes.extend(_wrong_relations(read, kinds, file, where))
    if geometry is not None:
        mistakes.extend(_wrong_edges(read, geometry, file, where))
    if mistakes or geometry is None:
        return None, mistakes
    return _make(read, geometry), []


def _wrong_relations(read: ZoneProperties, kinds: set[str], file: str, where: str) -> list[Mistake]:
    unknown = text("{kind} 不是已声明的分区类别", "{kind} is not a declared zone kind")
    own = text("不能是本分区自己的类别 {kind}", "it cannot be the zone's own kind {kind}")
    relations = ("nested_in", "part_of", "ring_around")
    named = [(name, getattr(read, name)) for name in relations]
    return [
        Mistake(file, f"{where}: {name}", (own if kind == read.kind else unknown).fill(kind=kind))
        for name, kind in named
        if kind is not None and (kind not in kinds or kind == read.kind)
    ]


def _wrong_edges(
    read: ZoneProperties, geometry: Polygon | MultiPolygon, file: str, where: str
) -> list[Mistake]:
    what = text(
        "有 {n} 段不在该分区的边界上（坐标须与边界的相邻顶点一致）",
        "{n} piece(s) are not on the zone's boundary (they must be consecutive vertices)",
    )
    lost = [foreign_segments(geometry, _line(edge)) for edge in read.edges]
    return [
        Mistake(file, f"{where}: edges.{number}", what.fill(n=count))
        for number, count in enumerate(lost)
        if count
    ]


def _make(read: ZoneProperties, geometry: Polygon | MultiPolygon) -> Zone:
    kept = read.model_dump(exclude={"edges", "boundary", "name", "reading", "note"})
    edges = tuple(Edge(_line(edge), edge.positional_accuracy_m) for edge in read.edges)
    return Zone(
        **kept, name=read.name, reading=read.reading, note=read.note, geometry=geometry, edges=edges
    )


def _line(edge: EdgeProperties) -> LineString:
    return LineString([position[:2] for position in edge.coordinates])


def _twice(zone_id: str, first: int, second: int, file: str) -> Mistake:
    what = text(
        "编号 {id} 出现两次（第 {first} 与第 {second} 个要素）",
        "id {id} twice (features {first} and {second})",
    ).fill(id=zone_id, first=first, second=second)
    return Mistake(file, f"feature {second}", what)
