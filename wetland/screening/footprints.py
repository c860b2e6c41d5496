"""Areas of footprints in the zones a rule names (占地面积): ``area_m2`` where nobody stated it.

Rule of decision: a stated area goes first. Else the area is measured in the union of the zones the
rule names, in the site's projected CRS; a footprint that the union covers counts with its own area.
Where the footprint crosses an edge that was drawn and not surveyed, the area inside is not known
and stays missing, unless in exercise mode.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.codes import Codes
from wetland.sites.load import Site
from wetland.zones.projection import project_geometry

POLYGONAL_TYPES = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_WHOLE = 1e-9
Floats = NDArray[np.float64]
Zones = tuple[str, ...]


@dataclass(slots=True)
class Ground:
    """The ground the acts stand on: measures each footprint in each set of zones once.

    Parameters
    ----------
    geometries
        The acts, longitude and latitude.
    days, listed
        The day of each act as a number, and the days by number.
    """

    site: Site
    geometries: NDArray[Any]
    days: Codes
    listed: Sequence[dt.date | None]
    assume_schematic: bool
    _areas: dict[Zones, Floats] = field(default_factory=dict)
    _projected: tuple[NDArray[np.intp], NDArray[Any]] | None = None

    def is_footprint(self) -> NDArray[np.bool_]:
        """Tell which acts are footprints."""
        return np.isin(shapely.get_type_id(self.geometries), POLYGONAL_TYPES)

    def areas_m2(self, zones: Zones) -> Floats:
        """Return the area of every footprint in the union of ``zones``; NaN where not known."""
        if zones not in self._areas:
            self._areas[zones] = self._measure(zones)
        return self._areas[zones]

    def _measure(self, zones: Zones) -> Floats:
        out = np.full(len(self.geometries), np.nan)
        rows, footprints = self._footprints()
        if "any" in zones:
            out[rows] = shapely.area(footprints)
            return out
        layers: dict[tuple[str, ...], list[int]] = {}
        for number in np.unique(self.days[rows]).tolist():
            layer = self.site.zones.on(self.listed[number])
            drawn = tuple(zone.id for zone in layer if zone.kind in zones)
            layers.setdefault(drawn, []).append(number)
        for drawn, numbers in layers.items():
            here = np.isin(self.days[rows], numbers)
            out[rows[here]] = self._inside(drawn, footprints[here])
        return out

    def _inside(self, drawn: tuple[str, ...], footprints: NDArray[Any]) -> Floats:
        if not drawn:
            return np.full(len(footprints), np.nan)
        zones = [self.site.zones[name] for name in drawn]
        union = shapely.union_all([self.site.zones.shape(zone).polygon for zone in zones])
        whole = shapely.area(footprints)
        shapely.prepare(union)
        inside = np.where(shapely.covers(union, footprints), whole, 0.0)
        across = np.flatnonzero((inside == 0) & shapely.intersects(union, footprints))
        inside[across] = shapely.area(shapely.intersection(union, footprints[across]))
        crosses = inside < whole * (1 - _WHOLE)
        unsure = any(zone.schematic for zone in zones) and not self.assume_schematic
        return np.where((inside <= 0) | (crosses & unsure), np.nan, inside)

    def _footprints(self) -> tuple[NDArray[np.intp], NDArray[Any]]:
        if self._projected is None:
            rows = np.flatnonzero(self.is_footprint())
            out = np.empty(len(rows), dtype=object)
            out[:] = project_geometry(self.geometries[rows], self.site.crs_epsg)
            self._projected = rows, out
        return self._projected
