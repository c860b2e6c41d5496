"""The map of a site: zones and landmarks below, what is asked or found above, and its legend."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import folium
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from wetland.base.texts import Lang, Text, text
from wetland.maps.features import geojson, place_features, zone_features, zone_labels
from wetland.maps.layers import Feature, FeatureLayer, PlaceArray, feature
from wetland.maps.limits import MAX_OBJECTS
from wetland.maps.offline import OfflineMap
from wetland.maps.style import (
    ASKED,
    ASKED_AREA,
    LANDMARK,
    LegendItem,
    LineStyle,
    MarkStyle,
    zone_style,
)
from wetland.zones.model import Zone

_MARGIN = 0.04
_METRES_PER_DEGREE = 111_195.0


def site_map(
    zones: Sequence[Zone],
    landmarks: Sequence[tuple[str, BaseGeometry]],
    *,
    assets: str,
    lang: Lang,
) -> OfflineMap:
    """Return the map of a site: its zones with their names, and its landmarks.

    Parameters
    ----------
    zones
        The zones valid on the day shown. The map shows them all; without zones, the landmarks.
    landmarks
        Name and place of each.
    assets
        Where scripts and styles are served (see `OfflineMap`).
    """
    shown = OfflineMap(assets, _bounds(zones, landmarks), lang=lang)
    shown.add_child(FeatureLayer(zone_features(zones, lang)))
    named = [zone for zone in zones if not (zone.nested_in or zone.part_of)]
    shown.add_child(FeatureLayer(zone_labels(named, lang), interactive=False))
    if landmarks:
        shown.add_child(FeatureLayer(place_features(landmarks, LANDMARK, labels=True), places=True))
    return shown


def _bounds(
    zones: Sequence[Zone], landmarks: Sequence[tuple[str, BaseGeometry]]
) -> tuple[float, float, float, float]:
    geometries: list[BaseGeometry] = [zone.geometry for zone in zones]
    geometries = geometries or [place for _, place in landmarks]
    if not geometries:
        return (73.0, 18.0, 135.0, 54.0)
    boxes = [geometry.bounds for geometry in geometries]
    west, south = min(b[0] for b in boxes), min(b[1] for b in boxes)
    east, north = max(b[2] for b in boxes), max(b[3] for b in boxes)
    dx, dy = max(east - west, 0.005) * _MARGIN, max(north - south, 0.005) * _MARGIN
    return (west - dx, south - dy, east + dx, north + dy)


def asked_group(lon: float, lat: float, *, radius_m: float) -> FeatureGroup:
    """Return the layer that marks the place asked about, with the ring of its uncertainty."""
    features: list[Feature] = []
    if radius_m > 0:
        features.append(feature(geojson(ring(lon, lat, radius_m)), ASKED_AREA))
    features.append(feature(geojson(Point(lon, lat)), ASKED))
    return group_of(features)


def ring(lon: float, lat: float, radius_m: float) -> Polygon:
    """Return a circle to draw (not to measure: on the sphere, good to 0.5 % below 80 degrees)."""
    north = radius_m / _METRES_PER_DEGREE
    east = north / max(math.cos(math.radians(lat)), 0.02)
    turns = [2 * math.pi * i / 72 for i in range(72)]
    return Polygon([(lon + east * math.cos(t), lat + north * math.sin(t)) for t in turns])


def group_of(features: Sequence[Feature]) -> FeatureGroup:
    """Return features as a layer that is put on a map without drawing the map again."""
    group = FeatureGroup()
    group.add_child(FeatureLayer(features))
    return group


def place_group(
    rows: Sequence[tuple[float, float, str, str]], marks: Mapping[str, MarkStyle]
) -> FeatureGroup:
    """Return many places (longitude, latitude, key of the mark, tooltip) as one canvas layer."""
    keys = list(marks)
    group = FeatureGroup()
    group.add_child(
        PlaceArray(
            [row[0] for row in rows],
            [row[1] for row in rows],
            style=[keys.index(row[2]) for row in rows],
            tips=[row[3] for row in rows],
            styles=[marks[key] for key in keys],
        )
    )
    return group


class FeatureGroup(folium.FeatureGroup):
    """A `folium.FeatureGroup` whose name is fixed, so that the same content is the same script."""

    def __init__(self) -> None:
        super().__init__(name="wetland", control=False)


def fits_features(count: int) -> bool:
    """Tell whether ``count`` things may be features, or must be an array of places."""
    return count <= MAX_OBJECTS


def zone_legend(zones: Iterable[Zone], kind_names: Mapping[str, Text]) -> list[LegendItem]:
    """Return the legend of zones in the order of the layer; kinds drawn alike share one line."""
    names: dict[LineStyle, dict[str, Text]] = {}
    for zone in zones:
        style = zone_style(zone.kind, inner=bool(zone.nested_in or zone.part_of))
        names.setdefault(style, {})[zone.kind] = kind_names.get(zone.kind, zone.name)
    return [LegendItem(_joined(list(kinds.values())), line=style) for style, kinds in names.items()]


def _joined(names: Sequence[Text]) -> Text:
    return text("、".join(n.zh for n in names), ", ".join(n.en for n in names))


ASKED_LEGEND = LegendItem(text("所问地点", "place asked about"), mark=ASKED)
LANDMARK_LEGEND = LegendItem(text("地标", "landmark"), mark=LANDMARK)
