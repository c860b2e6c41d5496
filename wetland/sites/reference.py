"""Reference lines and areas (参照线、面) of a site: where roads, bridges, water and gates are.

A pack may hold `reference.geojson`. What is seen from a boat lies on water and what is seen from a
car lies on a road: so a file that was written in another datum is told. Nothing else hangs on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, ValidationError
from shapely.geometry.base import BaseGeometry

from wetland.base.errors import Mistake
from wetland.base.mistakes import explain
from wetland.base.strict import Strict
from wetland.base.texts import Text, text
from wetland.zones.features import read_geometry

Ground = Literal["road", "bridge", "water", "gate"]
_LINES = frozenset({"LineString", "MultiLineString"})
_AREAS = frozenset({"Polygon", "MultiPolygon"})
SHAPES: dict[Ground, frozenset[str]] = {
    "road": _LINES | _AREAS,
    "bridge": _LINES | _AREAS | {"Point"},
    "water": _LINES | _AREAS,
    "gate": _LINES | {"Point"},
}


class ReferenceProperties(Strict):
    """The properties of one feature of `reference.geojson`; the geometry is WGS84."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    kind: Ground
    name: Text | None = None
    positional_accuracy_m: float = Field(ge=0, le=200, allow_inf_nan=False)
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One road, bridge, water or gate: longitude and latitude, WGS84."""

    id: str
    kind: Ground
    geometry: BaseGeometry
    positional_accuracy_m: float
    source: str
    licence: str
    name: Text | None = None


def read_reference(document: object, *, file: str) -> tuple[tuple[Reference, ...], list[Mistake]]:
    """Make the reference features of a parsed `reference.geojson`, and list what is wrong with it.

    Wrong are: not a FeatureCollection, properties unknown or missing, an accuracy beyond 200 m (a
    shift of 500 m could not be seen in it), a shape that its kind cannot have, an id twice.
    """
    features = document.get("features") if isinstance(document, Mapping) else None
    if not isinstance(features, list):
        what = text("须为 GeoJSON 的 FeatureCollection", "a GeoJSON FeatureCollection is needed")
        return (), [Mistake(file, "-", what)]
    found: list[Reference] = []
    mistakes: list[Mistake] = []
    for number, feature in enumerate(features, start=1):
        one, wrong = _reference(feature, f"feature {number}", file)
        mistakes += wrong
        if one is not None:
            found.append(one)
    ids = [one.id for one in found]
    twice = text("编号出现两次", "the id is used twice")
    mistakes += [
        Mistake(file, name, twice) for name in sorted({n for n in ids if ids.count(n) > 1})
    ]
    return tuple(found), mistakes


def _reference(feature: object, where: str, file: str) -> tuple[Reference | None, list[Mistake]]:
    if not isinstance(feature, Mapping):
        return None, [Mistake(file, where, text("不是要素", "it is not a feature"))]
    geometry, mistakes = read_geometry(
        feature.get("geometry"), file=file, where=where, polygonal=False
    )
    try:
        read = ReferenceProperties.model_validate(feature.get("properties"))
    except ValidationError as error:
        return None, mistakes + explain(error, file=file, where=where)
    if geometry is not None and geometry.geom_type not in SHAPES[read.kind]:
        what = text("{k} 不能是 {g}；可以是 {a}", "a {k} cannot be a {g}, but a {a}")
        shapes = ", ".join(sorted(SHAPES[read.kind]))
        mistakes.append(
            Mistake(file, where, what.fill(k=read.kind, g=geometry.geom_type, a=shapes))
        )
    if geometry is None or mistakes:
        return None, mistakes
    return Reference(
        read.id, read.kind, geometry, read.positional_accuracy_m, read.source, read.licence,
        read.name,
    ), []  # fmt: skip
