"""A zone (分区) of a site and a layer of them.

Geometry is longitude, latitude (EPSG:4326; CGCS2000 differs by less than a decimetre, far below any
boundary here). An edge of a zone is the straight line in longitude and latitude between two
vertices, as GeoJSON has it; projected shapes follow that line because it is densified first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon

from wetland.base.texts import Text
from wetland.zones.areas import polygons_of, repair
from wetland.zones.shapes import Shape, boundary_segments, segment_accuracies, segment_key

if TYPE_CHECKING:
    from wetland.zones.cellindex import CellIndex

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
    like
        A layer of the same zones whose projected shapes are shared.
    """

    def __init__(
        self, zones: Sequence[Zone], crs_epsg: int, *, like: ZoneLayer | None = None
    ) -> None:
        ids = [zone.id for zone in zones]
        if len(set(ids)) != len(ids):
            raise ValueError("zone ids are not unique")
        self.zones = tuple(zones)
        self.crs_epsg = crs_epsg
        self._shapes: dict[str, Shape] = {} if like is None else like._shapes
        self._unions: dict[str, Zone] = {} if like is None else like._unions
        #: Cell indexes by zone ids in their order (see `wetland.zones.zoneindex`).
        self.indexes: dict[tuple[str, ...], CellIndex] = {} if like is None else like.indexes

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
        return ZoneLayer(kept, self.crs_epsg, like=self)

    def of_kind(self, kind: str) -> ZoneLayer:
        """Return the zones of one kind."""
        kept = [zone for zone in self.zones if zone.kind == kind]
        return ZoneLayer(kept, self.crs_epsg, like=self)

    def union(self, zones: Sequence[Zone], *, assume_schematic: bool) -> Zone:
        """Return several zones as one: edges they share are gone (see `dissolve`)."""
        if len(zones) == 1:
            return zones[0]
        zone_id = "+".join(zone.id for zone in zones) + ("!" if assume_schematic else "")
        if zone_id not in self._unions:
            self._unions[zone_id] = dissolve(
                zones, zone_id=zone_id, assume_schematic=assume_schematic
            )
        return self._unions[zone_id]

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


def dissolve(zones: Sequence[Zone], *, zone_id: str, assume_schematic: bool) -> Zone:
    """Make one zone of several, without the edges they share.

    Between two zones that share an edge a place may be in doubt of each, and yet be in one of them
    for certain. Each remaining edge keeps its accuracy (0 where a schematic edge is assumed to be
    surveyed); one that the union made anew has the widest of all.
    """
    named: dict[tuple[float, ...], float] = {}
    for zone in zones:
        ends = boundary_segments(zone.geometry)
        parts = [(edge.line, edge.positional_accuracy_m) for edge in zone.edges]
        trusted = assume_schematic and zone.schematic
        for (first, second), accuracy_m in zip(
            ends, segment_accuracies(ends, zone.positional_accuracy_m, parts), strict=True
        ):
            key = segment_key(first, second)
            named[key] = max(0.0 if trusted else float(accuracy_m), named.get(key, 0.0))
    widest = max(named.values(), default=0.0)
    geometry = polygons_of(shapely.union_all([repair(zone.geometry)[0] for zone in zones]))
    edges = [
        Edge(LineString(pair), named.get(segment_key(*pair), widest))
        for pair in boundary_segments(geometry)
    ]
    return Zone(
        id=zone_id,
        kind="+".join(dict.fromkeys(zone.kind for zone in zones)),
        name=zones[0].name,
        geometry=geometry,
        schematic=any(zone.schematic for zone in zones) and not assume_schematic,
        positional_accuracy_m=widest,
        source="; ".join(dict.fromkeys(zone.source for zone in zones)),
        edges=tuple(edges),
    )
