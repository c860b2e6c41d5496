"""Areas of zones and footprints, and the repair of invalid rings.

Two figures are always given: projected (the site's CRS, what a plan shows) and geodesic (on the
ellipsoid, edges as geodesics). Traps that were met: the geodesic routine *adds* a hole wound like
its shell, so rings are oriented first; long edges bend when projected, so they are densified.
"""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from shapely.geometry import GeometryCollection, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from wetland.base.texts import Text, text
from wetland.zones.projection import densify, ellipsoid, project_geometry

AREA_DEGREES = 0.0005  # about 50 m: areas are then right to a part in a hundred million
POLYGONAL = {"Polygon", "MultiPolygon"}


@dataclass(frozen=True, slots=True)
class Area:
    """An area, measured twice; square metres."""

    geodesic_m2: float
    projected_m2: float


@dataclass(frozen=True, slots=True)
class Change:
    """What a repair did to a geometry.

    ``why`` is the reason it was invalid, as GEOS words it; the areas are in squares of the
    geometry's own unit.
    """

    why: str
    area_before: float
    area_after: float
    parts_before: int
    parts_after: int

    @property
    def message(self) -> Text:
        """Say what was changed."""
        change = text("原面积为 0", "it was 0")
        if self.area_before:
            share = f"{(self.area_after - self.area_before) / self.area_before:+.4%}"
            change = Text(zh=share, en=share)
        return text(
            "几何无效（{why}），已修复：面积变化 {change}，部件 {before} → {after}",
            "invalid geometry ({why}) repaired: area {change}, parts {before} -> {after}",
        ).fill(why=self.why, change=change, before=self.parts_before, after=self.parts_after)


def oriented(geometry: BaseGeometry) -> BaseGeometry:
    """Wind every shell counter-clockwise and every hole clockwise (RFC 7946)."""
    return shapely.orient_polygons(geometry)


def area(geometry: BaseGeometry, crs_epsg: int, *, dense: bool = True) -> Area:
    """Measure a polygon or multipolygon.

    Parameters
    ----------
    geometry
        Longitude and latitude; anything without area measures 0.
    crs_epsg
        Projected CRS in metres; its ellipsoid carries the geodesic area.
    dense
        Densify edges before projecting, so that they stay straight in longitude and latitude.

    Returns
    -------
    Area
        Both areas, never negative, whatever way the rings are wound. Overlapping parts of an
        invalid multipolygon count twice: `repair` first.

    Examples
    --------
    >>> hectare = shapely.box(120.0, 30.0, 120.001, 30.001)
    >>> measured = area(hectare, 4549)
    >>> round(measured.geodesic_m2), round(measured.projected_m2)
    (10696, 10696)
    """
    shaped = oriented(shapely.force_2d(geometry))
    geodesic, _ = ellipsoid(crs_epsg).geometry_area_perimeter(shaped)
    fine = densify(shaped, AREA_DEGREES) if dense else shaped
    projected = shapely.area(project_geometry(fine, crs_epsg, dense=False))
    return Area(geodesic_m2=abs(float(geodesic)), projected_m2=float(projected))


def repair(geometry: BaseGeometry) -> tuple[BaseGeometry, Change | None]:
    """Make a polygonal geometry valid; say what changed.

    Uses ``make_valid(method="structure")``: overlapping parts become their union and a hole that
    leaves its shell cuts only what it covers (the other methods lose half a bow-tie or count
    overlaps even-odd). Lines and points that a repair of a polygon leaves behind are dropped.
    A valid geometry comes back as it is, with None.

    Examples
    --------
    >>> bow_tie = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    >>> mended, change = repair(bow_tie)
    >>> mended.area, change.parts_after
    (50.0, 2)
    """
    if geometry.is_valid:
        return geometry, None
    why = shapely.is_valid_reason(geometry).split("[")[0].strip()
    polygonal = geometry.geom_type in POLYGONAL
    mended = shapely.make_valid(geometry, method="structure", keep_collapsed=not polygonal)
    if polygonal:
        mended = polygons_of(mended)
    change = Change(
        why=why,
        area_before=float(geometry.area),
        area_after=float(mended.area),
        parts_before=int(shapely.get_num_geometries(geometry)),
        parts_after=int(shapely.get_num_geometries(mended)),
    )
    return mended, change


def polygons_of(geometry: BaseGeometry) -> Polygon | MultiPolygon:
    """Return the polygons in ``geometry``; lines and points in it are dropped."""
    if isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    if not isinstance(geometry, GeometryCollection):
        return MultiPolygon()
    parts = [part for item in geometry.geoms for part in shapely.get_parts(polygons_of(item))]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
