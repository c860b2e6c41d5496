"""Birds on a map: exact places as dots, generalised places of sensitive species as grid squares.

A dot says "here". A square says "somewhere in here": its sides follow from the uncertainty, so that
nobody takes its middle for the place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry import Point, box

from wetland.base.texts import text
from wetland.maps.features import geojson
from wetland.maps.layers import Feature, FeatureLayer, PlaceArray, feature
from wetland.maps.sitemap import FeatureGroup
from wetland.maps.style import LegendItem, LineStyle, MarkStyle

_METRES_PER_DEGREE = 111_320.0
PRESENT = MarkStyle("#B35806", "circle", 7.0)
ABSENT = MarkStyle("#5B5B5B", "circle", 5.0, filled=False)
PLOT = MarkStyle("#00441B", "square", 6.0)
CELL = LineStyle("#6A3D9A", 2.0, "5 3", 0.16)
PRESENT_LEGEND = LegendItem(text("有记录", "recorded"), mark=PRESENT)
ABSENT_LEGEND = LegendItem(text("查过，没有", "looked for, absent"), mark=ABSENT)
PLOT_LEGEND = LegendItem(text("样点", "count plot"), mark=PLOT)
CELL_LEGEND = LegendItem(
    text("位置已模糊：在格内某处", "place blurred: somewhere in the square"), line=CELL
)


@dataclass(frozen=True, slots=True)
class BirdPlace:
    """Where a bird, or none, was recorded; ``blurred_m`` is the half diagonal of its square."""

    lon: float
    lat: float
    tip: str
    present: bool = True
    blurred_m: float | None = None


@dataclass(frozen=True, slots=True)
class PlotPlace:
    """Where a count plot is."""

    lon: float
    lat: float
    tip: str


def bird_group(places: Sequence[BirdPlace], plots: Sequence[PlotPlace] = ()) -> FeatureGroup:
    """Return places as a layer that is put on a map without drawing the map again.

    Squares lie below, then plots, then absences, then records.

    Raises
    ------
    MapError
        More squares or places than a map may hold.
    """
    group = FeatureGroup()
    cells = [_cell(p) for p in places if p.blurred_m is not None]
    if cells:
        group.add_child(FeatureLayer(cells))
    if plots:
        marks = [feature(geojson(Point(p.lon, p.lat)), PLOT, tip=p.tip) for p in plots]
        group.add_child(FeatureLayer(marks))
    exact = sorted((p for p in places if p.blurred_m is None), key=lambda p: p.present)
    if exact:
        group.add_child(
            PlaceArray(
                [p.lon for p in exact],
                [p.lat for p in exact],
                style=[int(p.present) for p in exact],
                tips=[p.tip for p in exact],
                styles=[ABSENT, PRESENT],
            )
        )
    return group


def _cell(p: BirdPlace) -> Feature:
    """Return the square a generalised place stands for: its half diagonal is the uncertainty."""
    half = float(p.blurred_m or 0.0) / math.sqrt(2.0)
    dy = half / _METRES_PER_DEGREE
    dx = dy / max(math.cos(math.radians(p.lat)), 0.01)
    return feature(geojson(box(p.lon - dx, p.lat - dy, p.lon + dx, p.lat + dy)), CELL, tip=p.tip)
