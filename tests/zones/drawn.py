"""Zones drawn for the tests: a square, and with it a hole, two parts, an edge of its own."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from wetland.base.texts import text
from wetland.zones.model import Edge, Zone

SQUARE = box(120.0, 30.0, 120.02, 30.02)
_HOLE = [(120.008, 30.008), (120.012, 30.008), (120.012, 30.012), (120.008, 30.012)]
RING = Polygon(SQUARE.exterior.coords, [_HOLE])
TWO = MultiPolygon([box(120.0, 30.0, 120.005, 30.005), box(120.01, 30.0, 120.02, 30.02)])
EAST_EDGE = LineString([(120.02, 30.0), (120.02, 30.02)])
VAGUE_EAST = (Edge(EAST_EDGE, 900.0),)

# In the square and around it.
LON, LAT = st.floats(119.99, 120.03), st.floats(29.99, 30.03)
POINTS = st.builds(Point, LON, LAT)
FOOTPRINTS = st.builds(
    lambda p, w, h: box(p.x, p.y, p.x + w, p.y + h),
    POINTS, st.floats(1e-5, 0.02), st.floats(1e-5, 0.02),
)  # fmt: skip


def zone(geometry: Any, zone_id: str = "z", **changes: Any) -> Zone:
    given: dict[str, Any] = {
        "id": zone_id, "kind": "protection", "name": text("区", "zone"), "geometry": geometry,
        "schematic": True, "positional_accuracy_m": 100.0, "source": "drawn for a test",
    }  # fmt: skip
    return Zone(**(given | changes))
