"""Landmarks (地标) of a site: points with the position as their source gave it, and its datum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError
from shapely.geometry import Point

from wetland.base.errors import Mistake
from wetland.base.mistakes import explain
from wetland.base.strict import Strict
from wetland.base.texts import Text, text
from wetland.zones.datums import Datum
from wetland.zones.features import read_geometry

if TYPE_CHECKING:
    import geopandas as gpd

COLUMNS = (
    "id", "name_zh", "name_en", "kind", "datum", "datum_certain", "lon_src", "lat_src",
    "positional_accuracy_m", "source", "confidence", "aliases", "geometry",
)  # fmt: skip


class LandmarkProperties(Strict):
    """The properties of one feature of `landmarks.geojson`.

    ``lon_src`` and ``lat_src`` are what the source wrote, in ``datum``; the geometry is WGS84 made
    from them. ``aliases`` are other names that files give to the place.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    name: Text
    aliases: tuple[str, ...] = ()
    kind: str = Field(default="landmark", pattern=r"^[a-z][a-z0-9_]*$")
    datum: Datum
    datum_certain: bool = True
    lon_src: float = Field(ge=-180, le=180)
    lat_src: float = Field(ge=-90, le=90)
    positional_accuracy_m: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    source: str = Field(min_length=1)
    confidence: str = Field(min_length=1)


def read_landmarks(document: object, *, file: str) -> tuple[gpd.GeoDataFrame | None, list[Mistake]]:
    """Make the landmark table of a parsed `landmarks.geojson`; the table is None if it is broken.

    Columns are `COLUMNS`; the geometry is a point, longitude and latitude (EPSG:4326).
    """
    features = document.get("features") if isinstance(document, Mapping) else None
    if not isinstance(features, list):
        what = text("须为 GeoJSON 的 FeatureCollection", "a GeoJSON FeatureCollection is needed")
        return None, [Mistake(file, "-", what)]
    rows: list[dict[str, Any]] = []
    mistakes: list[Mistake] = []
    for number, feature in enumerate(features, start=1):
        row, wrong = _row(feature, number, file)
        mistakes += wrong
        if row is not None:
            rows.append(row)
    mistakes += _twice(rows, file)
    return (None, mistakes) if mistakes else (_frame(rows), [])


def _row(feature: object, number: int, file: str) -> tuple[dict[str, Any] | None, list[Mistake]]:
    where = f"feature {number}"
    if not isinstance(feature, Mapping):
        return None, [Mistake(file, where, text("不是要素", "it is not a feature"))]
    geometry, mistakes = read_geometry(
        feature.get("geometry"), file=file, where=where, polygonal=False
    )
    if geometry is not None and not isinstance(geometry, Point):
        what = text("地标须为点", "a landmark must be a point")
        mistakes.append(Mistake(file, where, what))
    try:
        read = LandmarkProperties.model_validate(feature.get("properties"))
    except ValidationError as error:
        return None, mistakes + explain(error, file=file, where=where)
    row = read.model_dump(exclude={"name"})
    row |= {"name_zh": read.name.zh, "name_en": read.name.en, "geometry": geometry}
    return (None, mistakes) if mistakes else (row, [])


def _twice(rows: list[dict[str, Any]], file: str) -> list[Mistake]:
    ids = [row["id"] for row in rows]
    what = text("编号出现两次", "the id is used twice")
    return [Mistake(file, name, what) for name in sorted({n for n in ids if ids.count(n) > 1})]


def _frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    import geopandas as gpd

    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    return gpd.GeoDataFrame(columns, geometry="geometry", crs="EPSG:4326")
