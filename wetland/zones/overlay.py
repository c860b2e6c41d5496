"""Square metres of footprints inside zones (占地面积), exactly, for very many footprints.

Where no edge of a zone is near a footprint it lies wholly inside or outside, which the cells of a
`GroundIndex` tell at once. Only footprints near an edge pay: Green's theorem over the pieces of
their edges inside the zone and of the zone's edges inside them, with exact decisions about which
crosses which. Walls on an edge, corners on an edge and whatever else only touches are no special
case. Invalid footprints and zones are repaired first (`wetland.zones.areas.repair`); what reaches
very far beyond the zones goes through GEOS.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.zones.areas import POLYGONAL, polygons_of, repair
from wetland.zones.overlayflat import Flat
from wetland.zones.readiness import compiled_pays

if TYPE_CHECKING:
    from wetland.zones.overlayindex import GroundIndex

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]
Rows = NDArray[np.intp]

TOUCH_M2 = 1e-6  # a square millimetre: what shares no more is said to touch
TOUCH_SHARE = 1e-14  # of the square of the footprint's extent, where that is more


class Ground(NamedTuple):
    """Pairs of a footprint and a zone that share ground, ordered by footprint, then zone."""

    footprint: NDArray[np.int64]
    zone: NDArray[np.int32]
    area_m2: Floats


def areas_in_zones(
    zones: Sequence[Any] | GroundIndex,
    footprints: Sequence[Any] | Objects | Flat,
    *,
    threads: int = 1,
) -> Ground:
    """Measure the ground that each footprint has in each zone.

    Parameters
    ----------
    zones
        Polygons and multipolygons in projected metres; or their index, made once.
    footprints
        Polygons and multipolygons in the same metres, or their flat coordinates. Points, lines,
        None, empty ones and those with a coordinate that is no number have no ground.
    threads
        How many threads share the work; the answer is the same.

    Returns
    -------
    Ground
        A pair that shares a square millimetre or less only touches and is left out (more where a
        footprint spans more than 10 km: a part in 10**14 of its extent squared). Areas differ
        from GEOS's by less than 1e-6 square metres.

    Raises
    ------
    InputError
        A zone is no polygon, or has a coordinate that is no number.

    Examples
    --------
    >>> import shapely
    >>> pond, shed = shapely.box(0, 0, 100, 100), shapely.box(-5, 10, 5, 20)
    >>> [column.tolist() for column in areas_in_zones([pond], [shed, shapely.box(9, 9, 10, 10)])]
    [[0, 1], [0, 0], [50.0, 1.0]]
    """
    from wetland.zones.overlayindex import GroundIndex, sound_zones  # noqa: PLC0415 - compiler

    if isinstance(zones, GroundIndex):
        index = zones
    elif compiled_pays(len(footprints)):
        index = GroundIndex.build(zones)
    else:
        return plain_areas(sound_zones(zones), footprints)
    from wetland.zones.overlayruns import measure  # noqa: PLC0415 - compiler

    flat = footprints if isinstance(footprints, Flat) else Flat.from_geometries(footprints)
    return measure(index, flat, threads=threads)


def area_inside(
    zone: Any,  # noqa: ANN401 - a polygon or its index
    footprints: Sequence[Any] | Objects | Flat,
    *,
    threads: int = 1,
) -> Floats:
    """Return the square metres of each footprint in one zone; 0 where it has none.

    Examples
    --------
    >>> import shapely
    >>> area_inside(shapely.box(0, 0, 1, 1), [shapely.box(0.5, 0, 2, 1), None]).tolist()
    [0.5, 0.0]
    """
    found = areas_in_zones(
        [zone] if isinstance(zone, shapely.Geometry) else zone, footprints, threads=threads
    )
    out = np.zeros(len(footprints))
    out[found.footprint] = found.area_m2
    return out


def plain_areas(zones: Objects, footprints: Sequence[Any] | Objects | Flat) -> Ground:
    """Do the same as `areas_in_zones` with GEOS: sooner for few, and what the loops are held to."""
    if isinstance(footprints, Flat):
        footprints = footprints.geometries(np.arange(len(footprints)))
    things = sound_footprints(np.asarray(footprints, dtype=object))
    hit = shapely.STRtree(things).query(zones, predicate="intersects")
    order = np.lexsort((hit[0], hit[1]))
    zone, thing = hit[0][order], hit[1][order]
    with np.errstate(all="ignore"):  # GEOS divides by lengths that are next to nothing
        shared = shapely.intersection(zones[zone], things[thing])
    area = np.asarray(shapely.area(shared), dtype=float)
    west, south, east, north = shapely.bounds(things[thing]).reshape(-1, 4).T
    shares = area > np.maximum(TOUCH_M2, TOUCH_SHARE * ((east - west) ** 2 + (north - south) ** 2))
    return Ground(thing[shares].astype(np.int64), zone[shares].astype(np.int32), area[shares])


def sound_footprints(given: Objects) -> Objects:
    """Return footprints as valid polygons; None for what has no ground."""
    things: Objects = np.array([_polygonal(thing) for thing in given], dtype=object)
    things = things.reshape(len(given))
    whole = np.array(np.isfinite(shapely.bounds(things)).all(axis=1), dtype=bool)
    coordinates, owner = shapely.get_coordinates(things, return_index=True)
    whole[owner[~np.isfinite(coordinates).all(axis=1)]] = False
    things[~whole] = None
    things = np.asarray(shapely.force_2d(things), dtype=object)
    for row in np.flatnonzero(whole & ~shapely.is_valid(things)):
        mended = polygons_of(repair(things[row])[0])
        things[row] = None if mended.is_empty else mended
    return things


def _polygonal(thing: Any) -> Any:  # noqa: ANN401 - a geometry or None
    kind = getattr(thing, "geom_type", "")
    if kind in POLYGONAL:
        return thing
    return polygons_of(thing) if kind == "GeometryCollection" else None
