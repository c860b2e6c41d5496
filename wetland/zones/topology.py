"""Topology of a zone layer: invalid rings, overlaps, nesting, gaps, rings that do not fit.

Measured in the site's projected CRS, among zones that hold on a common day. Rules:

- a ring must be valid;
- two zones may overlap only where one is declared to lie in the other's kind (``nested_in`` or
  ``part_of``, through any number of steps);
- a zone with ``nested_in`` or ``part_of`` must lie in the zones of that kind;
- the zones with the same ``part_of`` must fill that kind: what is left over is a gap;
- a zone with ``ring_around`` must close around the zones of that kind: what lies between is a gap.

Less than a square metre is the rounding of coordinates and counts as nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from wetland.base.texts import Text, text
from wetland.zones.areas import polygons_of, repair
from wetland.zones.model import Zone, ZoneLayer
from wetland.zones.projection import project_geometry, unproject_geometry

NOISE_M2 = 1.0

FaultKind = Literal["invalid", "overlap", "unnested", "gap", "ring_gap", "nothing_inside"]

MESSAGES: dict[FaultKind, Text] = {
    "invalid": text("几何无效：{why}", "invalid geometry: {why}"),
    "overlap": text(
        "与 {other} 重叠 {area:.0f} 平方米", "overlaps {other} by {area:.0f} m2"
    ),
    "unnested": text(
        "有 {area:.0f} 平方米超出 {other}", "{area:.0f} m2 of it lie outside {other}"
    ),
    "gap": text(
        "{other} 内有 {area:.0f} 平方米未被任何部分覆盖",
        "{area:.0f} m2 of {other} are in no part of it",
    ),
    "ring_gap": text(
        "与所环绕的 {other} 之间有 {area:.0f} 平方米空隙",
        "{area:.0f} m2 lie between it and {other}, which it surrounds",
    ),
    "nothing_inside": text(
        "同期没有 {other} 类分区", "there is no zone of kind {other} in its period"
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """One thing that is off: which zone, what, how much and where (longitude, latitude)."""

    kind: FaultKind
    zone: str
    message: Text
    other: str | None = None
    area_m2: float | None = None
    where: BaseGeometry | None = None


def check_topology(layer: ZoneLayer) -> list[Fault]:
    """Return everything that is off in ``layer``, zone by zone.

    An invalid zone is reported and takes part in the other checks as repaired.
    """
    shapes: dict[str, BaseGeometry] = {}
    faults: list[Fault] = []
    for zone in layer:
        sound, change = repair(zone.geometry)
        if change is not None:
            message = MESSAGES["invalid"].fill(why=change.why)
            faults.append(Fault("invalid", zone.id, message))
        shapes[zone.id] = project_geometry(sound, layer.crs_epsg)
    checker = _Checker(layer, shapes)
    for part in (checker.overlaps(), checker.nesting(), checker.gaps(), checker.rings()):
        faults.extend(part)
    return faults


class _Checker:
    """The zones of a layer with sound projected shapes."""

    def __init__(self, layer: ZoneLayer, shapes: dict[str, BaseGeometry]) -> None:
        self.layer = layer
        self.shapes = shapes
        self.parents = {
            zone.kind: {z.nested_in or z.part_of for z in layer if z.kind == zone.kind}
            for zone in layer
        }

    def overlaps(self) -> Iterator[Fault]:
        for first, second in combinations(self.layer, 2):
            if not first.valid_with(second) or self._may_overlap(first, second):
                continue
            common = polygons_of(
                shapely.intersection(self.shapes[first.id], self.shapes[second.id])
            )
            if common.area > NOISE_M2:
                yield self._fault("overlap", first, second.id, common)

    def nesting(self) -> Iterator[Fault]:
        for zone in self.layer:
            wanted = zone.nested_in or zone.part_of
            if wanted is None:
                continue
            outer = self._union(self._contemporaries(zone, wanted))
            if outer is None:
                message = MESSAGES["nothing_inside"].fill(other=wanted)
                yield Fault("nothing_inside", zone.id, message, other=wanted)
                continue
            beyond = polygons_of(shapely.difference(self.shapes[zone.id], outer))
            if beyond.area > NOISE_M2:
                yield self._fault("unnested", zone, wanted, beyond)

    def gaps(self) -> Iterator[Fault]:
        wholes = {zone.part_of for zone in self.layer if zone.part_of is not None}
        for whole in self.layer:
            if whole.kind not in wholes:
                continue
            parts = [z for z in self.layer if z.part_of == whole.kind and z.valid_with(whole)]
            for day in _turning_days(parts):
                holding = [z for z in parts if z.valid_on(day)]
                filled = self._union(holding)
                if filled is None or not whole.valid_on(day):
                    continue
                left = polygons_of(shapely.difference(self.shapes[whole.id], filled))
                if left.area > NOISE_M2:
                    yield self._fault("gap", whole, whole.id, left)
                    break

    def rings(self) -> Iterator[Fault]:
        for zone in self.layer:
            if zone.ring_around is None:
                continue
            inner = self._union(self._contemporaries(zone, zone.ring_around))
            if inner is None:
                message = MESSAGES["nothing_inside"].fill(other=zone.ring_around)
                yield Fault("nothing_inside", zone.id, message, other=zone.ring_around)
                continue
            hollow = _without_holes(self.shapes[zone.id])
            between = polygons_of(
                shapely.difference(
                    hollow, shapely.union(self.shapes[zone.id], _without_holes(inner))
                )
            )
            open_side = polygons_of(shapely.difference(inner, hollow))
            if between.area > NOISE_M2:
                yield self._fault("ring_gap", zone, zone.ring_around, between)
            if open_side.area > NOISE_M2:
                yield self._fault("unnested", zone, zone.ring_around, open_side)

    def _contemporaries(self, zone: Zone, kind: str) -> list[Zone]:
        return [z for z in self.layer if z.kind == kind and z.valid_with(zone)]

    def _may_overlap(self, first: Zone, second: Zone) -> bool:
        return self._within(first.kind, second.kind) or self._within(second.kind, first.kind)

    def _within(self, kind: str, wanted: str) -> bool:
        """Tell whether ``kind`` is declared to lie in ``wanted``, through any number of steps."""
        seen: set[str] = set()
        waiting = [kind]
        while waiting:
            for parent in self.parents.get(waiting.pop(), set()):
                if parent == wanted:
                    return True
                if parent is not None and parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return False

    def _union(self, zones: Sequence[Zone]) -> BaseGeometry | None:
        if not zones:
            return None
        return shapely.union_all([self.shapes[zone.id] for zone in zones])

    def _fault(self, kind: FaultKind, zone: Zone, other: str, where: BaseGeometry) -> Fault:
        message = MESSAGES[kind].fill(other=other, area=where.area)
        lonlat = unproject_geometry(where, self.layer.crs_epsg)
        return Fault(kind, zone.id, message, other, float(where.area), lonlat)


def _turning_days(zones: Sequence[Zone]) -> list[dt.date]:
    """Return the days on which a zone begins, or is no longer."""
    starts = {zone.valid_from or dt.date.min for zone in zones}
    return sorted(starts | {zone.valid_to for zone in zones if zone.valid_to is not None})


def _without_holes(geometry: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(polygons_of(geometry))
    return shapely.union_all([Polygon(part.exterior) for part in parts])
