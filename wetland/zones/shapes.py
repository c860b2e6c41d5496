"""The projected shape of a zone: its polygon and its edges, grouped by positional accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from wetland.zones.areas import polygons_of, repair
from wetland.zones.projection import project_geometry

if TYPE_CHECKING:
    from wetland.zones.nearness import NearIndex

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MATCH_DECIMALS = 9  # 0.1 mm: vertices of an edge must be vertices of the boundary
FEW_SEGMENTS = 250  # up to here going through all segments beats a tree (measured)


@dataclass(frozen=True, slots=True, eq=False)
class EdgeGroup:
    """All edges of a zone that share one positional accuracy, projected."""

    accuracy_m: float
    line: BaseGeometry
    tree: STRtree | None
    _near: list[NearIndex] = field(default_factory=list, repr=False)

    @classmethod
    def make(cls, accuracy_m: float, segments: NDArray[Any]) -> EdgeGroup:
        """Make a group from projected line pieces."""
        pieces = np.asarray(segments)
        line: Any = shapely.multilinestrings(pieces)
        many = shapely.get_num_coordinates(line) > FEW_SEGMENTS
        tree = STRtree(_split(pieces)) if many else None
        return cls(accuracy_m, line, tree)

    def distances_m(self, geometries: NDArray[Any]) -> Floats:
        """Return the exact distance of each projected geometry to the nearest of these edges."""
        if self.tree is None or not len(geometries):
            return np.asarray(shapely.distance(self.line, geometries), dtype=float)
        found, away = self.tree.query_nearest(geometries, return_distance=True, all_matches=False)
        out = np.full(len(geometries), np.nan)
        out[found[0]] = away
        return out

    def near(self) -> NearIndex:
        """Return the cells that find the nearest of these edges for many points, made once."""
        if not self._near:  # two threads may both make it: it is the same
            from wetland.zones.nearness import NearIndex  # noqa: PLC0415 - brings the compiler

            pieces = shapely.get_coordinates(_split(shapely.get_parts(self.line)))
            self._near.append(NearIndex.build(pieces.reshape(-1, 4)))
        return self._near[0]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A zone in the site's projected CRS.

    ``loose`` is a copy of an invalid polygon that nobody prepares: of one with several rings a
    prepared polygon answers the first point of a call otherwise than the next ones.
    """

    polygon: BaseGeometry
    edges: tuple[EdgeGroup, ...]
    loose: BaseGeometry | None = None

    @classmethod
    def make(
        cls,
        geometry: Polygon | MultiPolygon,
        crs_epsg: int,
        *,
        accuracy_m: float,
        parts: Sequence[tuple[LineString, float]] = (),
    ) -> Shape:
        """Project ``geometry`` and sort its edges by accuracy; ``accuracy_m`` is the default.

        Rings that cross are repaired first, so that no part is lost; they stay edges as drawn.
        """
        sound = polygons_of(repair(geometry)[0])
        polygon = project_geometry(sound, crs_epsg)
        loose = None if shapely.is_valid(polygon) else shapely.from_wkb(shapely.to_wkb(polygon))
        shapely.prepare(polygon)
        ends = boundary_segments(geometry)
        accuracies = segment_accuracies(ends, accuracy_m, parts)
        lines = project_geometry(np.asarray(shapely.linestrings(ends)), crs_epsg)
        groups = tuple(
            EdgeGroup.make(float(value), lines[accuracies == value])
            for value in np.unique(accuracies)
        )
        return cls(polygon, groups, loose)

    def covers(self, x: Floats, y: Floats) -> Bools:
        """Tell which points the zone covers, its edges included; each as if it were the only one.

        One thread at a time: GEOS makes an index on first use.
        """
        if self.loose is None:
            return np.asarray(shapely.intersects_xy(self.polygon, x, y), dtype=bool)
        return np.asarray(shapely.intersects(self.loose, shapely.points(x, y)), dtype=bool)


def boundary_segments(geometry: Polygon | MultiPolygon) -> Floats:
    """Return all edges of all rings as an array (n, 2 ends, longitude and latitude)."""
    rings = [
        shapely.get_coordinates(ring)
        for part in shapely.get_parts(geometry)
        for ring in shapely.get_rings(part)
    ]
    pairs = [np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings if len(ring) > 1]
    segments: Floats = np.concatenate(pairs) if pairs else np.empty((0, 2, 2))
    long: Floats = segments[(segments[:, 0] != segments[:, 1]).any(axis=1)]
    return long


def segment_accuracies(
    ends: Floats, default_m: float, parts: Sequence[tuple[LineString, float]]
) -> Floats:
    """Return the accuracy of each boundary segment.

    Rule: a segment that is a consecutive pair of vertices of a part (in either direction) has that
    part's accuracy; where two parts name it, the widest; all others have ``default_m``.
    """
    named: dict[tuple[float, ...], float] = {}
    for line, accuracy_m in parts:
        vertices = shapely.get_coordinates(line)
        for first, second in pairwise(vertices):
            key = segment_key(first, second)
            named[key] = max(accuracy_m, named.get(key, 0.0))
    return np.array([named.get(segment_key(a, b), default_m) for a, b in ends], dtype=float)


def foreign_segments(geometry: Polygon | MultiPolygon, line: LineString) -> int:
    """Count the pieces of ``line`` that are not edges of ``geometry``."""
    own = {segment_key(a, b) for a, b in boundary_segments(geometry)}
    vertices = shapely.get_coordinates(line)
    return sum(segment_key(a, b) not in own for a, b in pairwise(vertices))


def segment_key(first: Floats, second: Floats) -> tuple[float, ...]:
    """Return the same key for a segment in either direction."""
    a = tuple(round(float(v), MATCH_DECIMALS) for v in first)
    b = tuple(round(float(v), MATCH_DECIMALS) for v in second)
    return (*a, *b) if a <= b else (*b, *a)


def _split(lines: NDArray[Any]) -> NDArray[Any]:
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[:-1] == owner[1:]
    pairs = np.stack([coordinates[:-1][same], coordinates[1:][same]], axis=1)
    return np.asarray(shapely.linestrings(pairs))
