"""EarthRanger's own JSON (patrols with their events, single observations) as GeoJSON features.

The field names are those of its public interface. An event's time is the ``datetime`` of its
``geojson``; ``created_at`` is when somebody typed it in and never stands for the day of the act.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_EVENT = ("event_type", "title", "state", "priority", "serial_number")


def features(document: object) -> Iterator[dict[str, Any]]:
    """Yield a feature for every event or position; none where this is no EarthRanger document."""
    for record in _records(document):
        if "patrol_segments" in record:
            yield from _patrol(record)
        elif isinstance(record.get("location"), dict):
            yield _position(record)


def _records(document: object) -> Iterator[dict[str, Any]]:
    """Yield records of a list, of one object, or of a table turned on its side."""
    if isinstance(document, list):
        yield from (item for item in document if isinstance(item, dict))
    elif isinstance(document, dict):
        columns = [v for v in document.values() if isinstance(v, dict)]
        if columns and len(columns) == len(document) and "patrol_segments" in document:
            for key in document["patrol_segments"]:
                yield {name: column.get(key) for name, column in document.items()}
        else:
            yield document


def _patrol(patrol: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for segment in _listed(patrol.get("patrol_segments")):
        for event in _listed(segment.get("events")):
            yield _event(event, patrol, segment)


def _listed(value: object) -> list[dict[str, Any]]:
    items = list(value) if isinstance(value, list | tuple) else []
    return [item for item in items if isinstance(item, dict)]


def _event(
    event: dict[str, Any], patrol: dict[str, Any], segment: dict[str, Any]
) -> dict[str, Any]:
    geojson = event.get("geojson")
    geojson = geojson if isinstance(geojson, dict) else {}
    own = geojson.get("properties")
    own = own if isinstance(own, dict) else {}
    properties = {name: event[name] for name in _EVENT if event.get(name) is not None}
    properties["time"] = own.get("datetime")
    properties["patrol_id"] = patrol.get("id")
    properties["patrol_type"] = segment.get("patrol_type")
    geometry = geojson.get("geometry")
    return {
        "type": "Feature",
        "id": event.get("id"),
        "geometry": geometry if isinstance(geometry, dict) and geometry.get("type") else None,
        "properties": {k: v for k, v in properties.items() if v is not None},
    }


def _position(record: dict[str, Any]) -> dict[str, Any]:
    place = record["location"]
    return {
        "type": "Feature",
        "id": record.get("id"),
        "geometry": {
            "type": "Point",
            "coordinates": [place.get("longitude"), place.get("latitude")],
        },
        "properties": {k: v for k, v in record.items() if k not in {"id", "location"}},
    }
