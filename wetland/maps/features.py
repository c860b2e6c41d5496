"""From the things of the house (zones, places, records, findings) to features to draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import shapely
from shapely.geometry import LineString, Point, mapping
from shapely.geometry.base import BaseGeometry

from wetland.base.texts import Lang
from wetland.maps.layers import Feature, feature
from wetland.maps.style import LineStyle, MarkStyle, zone_style
from wetland.zones.model import Zone

DECIMALS = 6
_LABEL = MarkStyle("#000000", "dot", 0.0)


def geojson(geometry: BaseGeometry) -> dict[str, Any]:
    """Return a GeoJSON geometry with coordinates rounded to 0.1 m (six decimals)."""
    rounded = shapely.transform(geometry, lambda xy: xy.round(DECIMALS))
    return dict(mapping(rounded))


def is_place(geometry: BaseGeometry) -> bool:
    """Tell whether a geometry is drawn as a mark (a point) and not as a line or an area."""
    return geometry.geom_type in {"Point", "MultiPoint"}


def zone_features(zones: Iterable[Zone], lang: Lang) -> list[Feature]:
    """Return the zones, the largest first so that none hides a smaller one.

    The tooltip is the zone's name. Inner zones (those that lie in or fill another kind) get the
    thin style.
    """
    ordered = sorted(zones, key=lambda zone: -float(zone.geometry.area))
    return [
        feature(
            geojson(zone.geometry),
            zone_style(zone.kind, inner=bool(zone.nested_in or zone.part_of)),
            tip=zone.name.get(lang),
        )
        for zone in ordered
    ]


def zone_labels(zones: Iterable[Zone], lang: Lang) -> list[Feature]:
    """Return one label per zone: in the middle of its northern part, or inside an inner zone."""
    return [
        feature(geojson(_label_point(zone)), _LABEL, label=zone.name.get(lang)) for zone in zones
    ]


def _label_point(zone: Zone) -> Point:
    shape = zone.geometry
    if zone.nested_in or zone.part_of:
        return shape.representative_point()
    _, south, _, north = shape.bounds
    middle = shape.centroid.x
    cut = shape.intersection(LineString([(middle, south - 1), (middle, north + 1)]))
    pieces = [p for p in shapely.get_parts(cut) if p.length > 0]
    if not pieces:
        return shape.representative_point()
    top = max(pieces, key=lambda piece: piece.bounds[3])
    upwards = top.coords[0][1] < top.coords[-1][1]
    # Without a hole the label goes to the upper third, with one to the middle of the ring.
    share = (0.72 if upwards else 0.28) if len(pieces) == 1 else 0.5
    point: Point = top.interpolate(share, normalized=True)
    return point


def place_features(
    places: Sequence[tuple[str, BaseGeometry]], style: MarkStyle, *, labels: bool = False
) -> list[Feature]:
    """Return named places as marks; with ``labels`` the name stands beside the mark."""
    return [
        feature(
            geojson(geometry if is_place(geometry) else geometry.centroid),
            style,
            tip=None if labels else name,
            label=name if labels else None,
        )
        for name, geometry in places
    ]


def table_features(
    frame: pd.DataFrame,
    geometry: str,
    *,
    tips: Sequence[str],
    marks: Mapping[str, MarkStyle] | MarkStyle,
    lines: LineStyle | None = None,
    by: str | None = None,
) -> list[Feature]:
    """Return one feature per row that has a place.

    Parameters
    ----------
    frame
        A table of the house; ``geometry`` names its column of shapely geometries.
    tips
        Plain text per row; a click gives it back, so it should be unique.
    marks
        One style, or a style per value of column ``by``.
    lines
        The style of lines and areas; by default they take the colour of their mark.
    """
    features = []
    for place, tip, key in zip(
        frame[geometry], tips, frame[by] if by else [""] * len(frame), strict=True
    ):
        if place is None or place.is_empty:
            continue
        mark = marks if isinstance(marks, MarkStyle) else marks[str(key)]
        line = lines or LineStyle(mark.colour, 2.5, None, 0.25)
        features.append(feature(geojson(place), mark if is_place(place) else line, tip=tip))
    return features
