"""Water stations (水质站点) on a map: colour and letter say the class, the shape says the target.

Circle: the target class is met. Triangle: it is not. Square: nobody can tell (no target, no data,
or items of the programme are missing). Grey is no data: a station without a class has no colour of
a class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shapely.geometry import Point

from wetland.base.texts import Text, text
from wetland.maps.features import geojson
from wetland.maps.layers import Feature, FeatureLayer, feature
from wetland.maps.offline import OfflineMap
from wetland.maps.sitemap import FeatureGroup
from wetland.maps.style import LegendItem, MarkStyle, Shape

Ink = Literal["light", "dark"]
_INKS: tuple[Ink, ...] = ("light", "dark")
_RADIUS = 11.0
_MARGIN = 0.18
_NO_DATA = "#D4DAD8"
_LABEL = MarkStyle("#000000", "dot", 0.0)
_SHAPES: Mapping[bool | None, Shape] = {True: "circle", False: "triangle", None: "square"}
TARGET_LEGEND = (
    LegendItem(text("达到目标", "target met"), mark=MarkStyle("#5B5B5B", "circle", 6.5)),
    LegendItem(text("未达目标", "target not met"), mark=MarkStyle("#5B5B5B", "triangle", 6.5)),
    LegendItem(text("无法判定", "cannot be told"), mark=MarkStyle("#5B5B5B", "square", 6.5)),
)
NO_DATA_LEGEND = LegendItem(text("缺测", "no data"), mark=MarkStyle(_NO_DATA, "square", 6.5))


@dataclass(frozen=True, slots=True)
class StationMark:
    """A station to draw: where, in which colour, with which letter, and what a click gives back."""

    lon: float
    lat: float
    tip: str
    letter: str
    colour: str | None = None
    ink: Ink = "dark"
    meets_target: bool | None = None


def station_group(marks: Sequence[StationMark]) -> FeatureGroup:
    """Return stations as a layer that is put on a map without drawing the map again."""
    group = FeatureGroup()
    group.add_child(FeatureLayer([_mark(m) for m in marks]))
    for ink in _INKS:
        letters = [_letter(m) for m in marks if m.ink == ink]
        if letters:
            group.add_child(FeatureLayer(letters, interactive=False, on_marks=ink))
    return group


def show_all(map_: OfflineMap, places: Sequence[tuple[float, float]]) -> None:
    """Let a map begin with these places (longitude, latitude) in sight, some ground around them.

    A single place, or none, leaves the map as it is.
    """
    if len(places) < 2:
        return
    lons, lats = [p[0] for p in places], [p[1] for p in places]
    dx, dy = _MARGIN * (max(lons) - min(lons)), _MARGIN * (max(lats) - min(lats))
    map_.look_at((min(lons) - dx, min(lats) - dy, max(lons) + dx, max(lats) + dy))


def class_legend(classes: Mapping[str, Text], colours: Mapping[str, str]) -> list[LegendItem]:
    """Return the legend of the class colours; classes of one colour share a line."""
    names: dict[str, list[Text]] = {}
    for key, name in classes.items():
        names.setdefault(colours[key], []).append(name)
    return [
        LegendItem(
            text("、".join(n.zh for n in several), ", ".join(n.en for n in several)),
            mark=MarkStyle(colour, "square", 6.5),
        )
        for colour, several in names.items()
    ]


def _mark(m: StationMark) -> Feature:
    style = MarkStyle(m.colour or _NO_DATA, _SHAPES[m.meets_target], _RADIUS)
    return feature(geojson(Point(m.lon, m.lat)), style, tip=m.tip)


def _letter(m: StationMark) -> Feature:
    return feature(geojson(Point(m.lon, m.lat)), _LABEL, label=m.letter)
