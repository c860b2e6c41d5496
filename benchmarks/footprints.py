"""Buildings to zones: square metres of every footprint in every zone, beside shapely and geopandas.

Every way gives all pairs of a footprint and a zone that share ground, with the area; before a time
counts they are compared pair by pair. End to end starts from shapely objects as a file reader
leaves them and counts the index; the other table starts from flat coordinates (GeoArrow) with the
index at hand, for which shapely, which knows no such thing, is given its objects.
"""

from __future__ import annotations

from functools import partial

import geopandas as gpd
import numpy as np
import report
import scenes
import shapely
from numpy.typing import NDArray

from wetland.zones.overlay import TOUCH_M2, Ground, areas_in_zones
from wetland.zones.overlayflat import Flat
from wetland.zones.overlayindex import GroundIndex

SECTION = "footprints"
SIZE, QUICK_SIZE = 200_000, 20_000
SLOW_SIZE = 20_000  # of the slow peers
TOTAL = "wetland index + areas, 1 thread"
TOTAL_2 = "wetland index + areas, 2 threads"
FLAT = "wetland flat coordinates, index cached, 1 thread"
FLAT_2 = "wetland flat coordinates, index cached, 2 threads"
BEST = "shapely STRtree, contains_properly, else clip_by_rect + intersection"
PLAIN = "shapely STRtree, contains_properly, else intersection"
EVERY = "shapely STRtree + intersection"
OVERLAY = "geopandas.overlay"
WITHIN_M2 = 1e-6
SPARE = np.array([-1.0, -1.0, 1.0, 1.0])

Objects = NDArray[np.object_]


def by_index(zones: Objects, footprints: Objects, threads: int) -> Ground:
    """Build the index and measure."""
    return areas_in_zones(GroundIndex.build(zones), footprints, threads=threads)


def by_shapely(zones: Objects, footprints: Objects, way: str) -> Ground:
    """Intersect what an index cannot answer; ``way`` tells how much is spared."""
    zones = scenes.fresh(zones)
    shapely.prepare(zones)
    zone, thing = shapely.STRtree(footprints).query(zones, predicate="intersects")
    area = np.empty(len(zone))
    inside = np.zeros(len(zone), dtype=bool)
    if way != EVERY:
        inside = shapely.contains_properly(zones[zone], footprints[thing])
        area[inside] = shapely.area(footprints[thing[inside]])
    rest = np.flatnonzero(~inside)
    pieces, cut = zones[zone[rest]], footprints[thing[rest]]
    if way == BEST:  # a metre to spare: clipped at a vertex of the zone, GEOS is 92 m2 off
        boxes = shapely.bounds(cut) + SPARE
        for number, box in enumerate(boxes):
            pieces[number] = shapely.clip_by_rect(pieces[number], *box)
    area[rest] = shapely.area(shapely.intersection(pieces, cut))
    return ordered(thing, zone, area)


def by_overlay(zones: Objects, footprints: Objects) -> Ground:
    """Let geopandas do all of it."""
    one = gpd.GeoDataFrame({"thing": np.arange(len(footprints))}, geometry=list(footprints))
    two = gpd.GeoDataFrame({"zone": np.arange(len(zones))}, geometry=list(zones))
    found = gpd.overlay(one, two, how="intersection", keep_geom_type=True)
    return ordered(found["thing"].to_numpy(), found["zone"].to_numpy(), found.area.to_numpy())


def ordered(thing: NDArray[np.int64], zone: NDArray[np.int64], area: NDArray[np.float64]) -> Ground:
    """Order pairs by footprint and zone; leave out those that only touch."""
    order = np.lexsort((zone, thing))
    order = order[area[order] > TOUCH_M2]
    return Ground(thing[order].astype(np.int64), zone[order].astype(np.int32), area[order])


def check(scene: str, way: str, found: Ground, expected: Ground) -> None:
    """Raise where two ways differ in a pair or by more than a square millimetre."""
    same = np.array_equal(found.footprint, expected.footprint) and np.array_equal(
        found.zone, expected.zone
    )
    if not same:
        raise SystemExit(
            f"{scene}: {way} finds {len(found.zone)} pairs, {BEST} {len(expected.zone)}"
        )
    most = float(np.abs(found.area_m2 - expected.area_m2).max(initial=0.0))
    if most > WITHIN_M2:
        raise SystemExit(f"{scene}: {way} differs by {most} square metres in one pair")


def rows(*, quick: bool) -> list[report.Row]:
    """Measure both scenes; raise SystemExit where answers differ."""
    size = QUICK_SIZE if quick else SIZE
    buildings = scenes.fresh(scenes.footprints(size))
    made: list[report.Row] = []
    for scene, zones in (("a", scenes.zones_a()), ("b", scenes.zones_b())):
        made += scene_rows(scene, scenes.fresh(zones), buildings)
    return made


def scene_rows(scene: str, zones: Objects, buildings: Objects) -> list[report.Row]:
    """Measure one scene, end to end and from flat coordinates."""
    size = len(buildings)
    few = scenes.fresh(buildings[: min(size, SLOW_SIZE)])
    index, flat = GroundIndex.build(zones), Flat.from_geometries(buildings)
    whole = {
        TOTAL: partial(by_index, zones, buildings, 1),
        TOTAL_2: partial(by_index, zones, buildings, 2),
        BEST: partial(by_shapely, zones, buildings, BEST),
        PLAIN: partial(by_shapely, zones, buildings, PLAIN),
    }
    slow = {
        EVERY: partial(by_shapely, zones, few, EVERY),
        OVERLAY: partial(by_overlay, zones, few),
    }
    cached = {
        FLAT: partial(areas_in_zones, index, flat),
        FLAT_2: partial(areas_in_zones, index, flat, threads=2),
        BEST: whole[BEST],
    }
    expected, expected_few = whole[BEST](), by_shapely(zones, few, BEST)
    for way, answer in {**whole, **cached}.items():
        check(scene, way, answer(), expected)
    for way, answer in slow.items():
        check(scene, way, answer(), expected_few)
    sizes = dict.fromkeys(slow, len(few))
    measured = partial(report.measure, section=SECTION, size=size)
    return [
        *measured(whole | slow, scene=f"{scene}: end to end", ours=TOTAL, sizes=sizes),
        *measured(cached, scene=f"{scene}: flat coordinates, index cached", ours=FLAT),
    ]


if __name__ == "__main__":
    report.run_alone(rows, __doc__)
