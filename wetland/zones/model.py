"""A zone (分区) of a site and a layer of them.

Geometry is longitude, latitude (EPSG:4326; CGCS2000 differs by less than a decimetre, far below any
boundary here). An edge of a zone is the straight line in longitude and latitude between two
vertices, as GeoJSON has it; projected shapes follow that line because it is densified first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shapely.geometry import LineString, MultiPolygon, Polygon

from wetland.base.texts import Text
from wetland.zones.shapes import Shape

DEFAULT_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """A part of a boundary with its own positional accuracy.

    Parameters
    ----------
    line
        Consecutive vertices of the zone's boundary, longitude and latitude.
    positional_accuracy_m
        How far the true boundary may lie from this line, metres.
    """

    line: LineString
    positional_accuracy_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """One version of one zone.

    Parameters
    ----------
    id
        Unique in the layer; a moved boundary is a new id, and the old feature gets ``valid_to``.
    kind
        What rules speak of (``protection``, ``buffer`` ...); declared in ``site.yaml``.
    geometry
        Polygon or multipolygon, longitude and latitude.
    schematic
        True where the boundary was drawn, not surveyed: what hangs on its edge is not determined.
    positional_accuracy_m
        Accuracy of every part of the boundary that ``edges`` does not name, metres.
    edges
        Parts of the boundary with an accuracy of their own.
    valid_from, valid_to
        Half-open period [from, to); None is open.
    declared_area_km2, tolerance
        The area its source declares and how far (as a share) the drawn area may be from it.
    nested_in, part_of, ring_around
        Kinds this zone must lie in; must fill, together with its siblings; must surround.
    """

    id: str
    kind: str
    name: Text
    geometry: Polygon | MultiPolygon
    schematic: bool
    positional_accuracy_m: float
    source: str
    edges: tuple[Edge, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    declared_area_km2: float | None = None
    tolerance: float = DEFAULT_TOLERANCE
    reading: Text | None = None
    note: Text | None = None
    nested_in: str | None = None
    part_of: str | None = None
    ring_around: str | None = None

    def valid_on(self, day: dt.date) -> bool:
        """Tell whether this version of the zone holds on ``day``."""
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_to is None or day < self.valid_to)

    def valid_with(self, other: Zone) -> bool:
        """Tell whether there is a day on which this zone and ``other`` both hold."""
        start = max(self.valid_from or dt.date.min, other.valid_from or dt.date.min)
        end = min(self.valid_to or dt.date.max, other.valid_to or dt.date.max)
        return start < end


class ZoneLayer:
    """The zones of a site, with their shapes projected once.

    Parameters
    ----------
    zones
        All versions of all zones; ids are unique.
    crs_epsg
        Projected CRS in metres in which distances and areas are measured.
    """

    def __init__(
        self, zones: Sequence[Zone], crs_epsg: int, *, _shapes: dict[str, Shape] | None = None
    ) -> None:
        ids = [zone.id for zone in zones]
        if len(set(ids)) != len(ids):
            raise ValueError("zone ids are not unique")
        self.zones = tuple(zones)
        self.crs_epsg = crs_epsg
        self._shapes: dict[str, Shape] = {} if _shapes is None else _shapes

    def __len__(self) -> int:
        """Return the number of zones."""
        return len(self.zones)

    def __iter__(self) -> Iterator[Zone]:
        """Go through the zones in the order of the file."""
        return iter(self.zones)

    def __getitem__(self, zone_id: str) -> Zone:
        """Return the zone with this id (KeyError where there is none)."""
        for zone in self.zones:
            if zone.id == zone_id:
                return zone
        raise KeyError(zone_id)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds in order of first appearance."""
        return tuple(dict.fromkeys(zone.kind for zone in self.zones))

    def on(self, day: dt.date | None) -> ZoneLayer:
        """Return the zones valid on ``day``; None keeps all versions. Shapes are shared."""
        if day is None:
            return self
        kept = [zone for zone in self.zones if zone.valid_on(day)]
        return ZoneLayer(kept, self.crs_epsg, _shapes=self._shapes)

    def of_kind(self, kind: str) -> ZoneLayer:
        """Return the zones of one kind."""
        kept = [zone for zone in self.zones if zone.kind == kind]
        return ZoneLayer(kept, self.crs_epsg, _shapes=self._shapes)

    def shape(self, zone: Zone) -> Shape:
        """Return the projected shape of ``zone``, made on first use."""
        made = self._shapes.get(zone.id)
        if made is None:
            parts = tuple((edge.line, edge.positional_accuracy_m) for edge in zone.edges)
            made = Shape.make(
                zone.geometry, self.crs_epsg, accuracy_m=zone.positional_accuracy_m, parts=parts
            )
            self._shapes[zone.id] = made
        return made
