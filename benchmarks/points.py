"""Positions to zones: the cell index beside shapely, geopandas and the SQL engines.

Every way gives all (point, zone) pairs and they are compared by a sum over all pairs that does not
depend on their order; "set ids" gives the number of each point's set of zones, from an index that
was built before. The limit is a loop that reads both coordinates and writes one number per point.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import geopandas as gpd
import numpy as np
import peers
import report
import scenes
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import Polygon

from wetland.base.compiled import compiled
from wetland.zones.cellindex import CellIndex
from wetland.zones.lonlat import LocalProjection

SECTION = "points"
SIZE, QUICK_SIZE = 10_000_000, 300_000
JOIN_SIZE = 500_000  # of the slow peers
BUILT = "wetland build + pairs, 1 thread"
BUILT_2 = "wetland build + pairs, 2 threads"
CACHED = "wetland set ids, index cached, 1 thread"
CACHED_2 = "wetland set ids, index cached, 2 threads"
BEST = "shapely prepare + contains_xy, 1 thread"
BEST_2 = "shapely prepare + contains_xy, 2 threads"
SJOIN = "geopandas.sjoin(within)"
LIMIT = "limit: stream the coordinates, write one int32"
DEGREES = "wetland lon/lat -> set ids, index cached, 1 thread"
DEGREES_2 = "wetland lon/lat -> set ids, index cached, 2 threads"
PROJECTED = "pyproj + shapely prepare + contains_xy, 1 thread"
FEW_ZONES = 8  # as many are asked of all points, more of slices along x
WIDE = 3  # the first zones of a scene are as wide as the scene: no slices for them

Floats = NDArray[np.float64]
Pairs = tuple[NDArray[np.int64], NDArray[np.int32]]


@compiled
def stream(x: Floats, y: Floats, out: NDArray[np.int32]) -> None:
    """Read two numbers and write one for each point: no look-up can be faster."""
    for i in range(x.size):
        out[i] = np.int32(x[i] > y[i])


def by_shapely(zones: tuple[Polygon, ...], x: Floats, y: Floats, *, threads: int = 1) -> Pairs:
    """Return the pairs by the best recipe of the library.

    Few zones are asked of all points. For many, points are sorted along x once; of the slice
    within a zone's bounds those within its height are asked.
    """
    polygons = scenes.fresh(zones)
    shapely.prepare(polygons)
    bounds = [len(x) * part // threads for part in range(threads + 1)]

    def part(start: int, stop: int) -> Pairs:
        return _asked(polygons, x[start:stop], y[start:stop], start)

    if threads == 1:
        return part(0, len(x))
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(part, bounds[:-1], bounds[1:]))
    return np.concatenate([p for p, _ in found]), np.concatenate([z for _, z in found])


def _asked(polygons: NDArray[np.object_], x: Floats, y: Floats, first: int) -> Pairs:
    points, zones = [], []
    wide = len(polygons) if len(polygons) <= FEW_ZONES else WIDE
    for number, polygon in enumerate(polygons[:wide]):
        points.append(np.flatnonzero(shapely.contains_xy(polygon, x, y)))
        zones.append(np.full(len(points[-1]), number, dtype=np.int32))
    if wide < len(polygons):
        order = np.argsort(x)
        sorted_x, sorted_y = x[order], y[order]
        for number in range(wide, len(polygons)):
            low_x, low_y, high_x, high_y = polygons[number].bounds
            start, stop = np.searchsorted(sorted_x, [low_x, high_x])
            high = sorted_y[start:stop]
            rows = start + np.flatnonzero((high >= low_y) & (high <= high_y))
            inside = shapely.contains_xy(polygons[number], sorted_x[rows], sorted_y[rows])
            points.append(order[rows[inside]])
            zones.append(np.full(len(points[-1]), number, dtype=np.int32))
    return np.concatenate(points) + first, np.concatenate(zones)


def by_geopandas(zones: tuple[Polygon, ...], x: Floats, y: Floats) -> Pairs:
    """Return the pairs by the join most people write; points are made within the time."""
    crs = scenes.CRS_EPSG
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=crs)
    layer = gpd.GeoDataFrame(geometry=list(zones), crs=crs)
    joined = gpd.sjoin(points, layer, predicate="within")
    return joined.index.to_numpy(), joined["index_right"].to_numpy().astype(np.int32)


def same(name: str, wanted: int, pairs: Pairs) -> None:
    """Stop where a way gives other pairs."""
    if peers.checksum(*pairs) != wanted:
        raise SystemExit(f"points: {name} gives other (point, zone) pairs")


def rows(*, quick: bool) -> list[report.Row]:
    """Measure both scenes, from metres and from longitude and latitude."""
    size = QUICK_SIZE if quick else SIZE
    found = []
    for scene, zones in (("a", scenes.zones_a()), ("b", scenes.zones_b())):
        title = f"{scene}: {len(zones)} zones"
        measured = _from_metres(zones, title, size)
        ours = next(row.cpu_s / row.size for row in measured if row.way == BUILT)
        found += measured
        for row in peers.rows(zones, title, quick=quick):
            ratio = row.cpu_s / row.size / ours if row.size else None
            found.append(replace(row, ratio=ratio))
        found += _from_degrees(zones, title, size)
    return found


def _from_metres(zones: tuple[Polygon, ...], title: str, size: int) -> list[report.Row]:
    x, y = scenes.points(size)
    index = CellIndex.build(zones)
    few = min(size, JOIN_SIZE)
    part = x[:few], y[:few]
    ways: dict[str, Callable[[], object]] = {
        BUILT: lambda: CellIndex.build(zones).pairs(x, y),
        BUILT_2: lambda: CellIndex.build(zones).pairs(x, y, threads=2),
        CACHED: lambda: index.set_ids(x, y),
        CACHED_2: lambda: index.set_ids(x, y, threads=2),
        BEST: lambda: by_shapely(zones, x, y),
        BEST_2: lambda: by_shapely(zones, x, y, threads=2),
        SJOIN: lambda: by_geopandas(zones, *part),
        LIMIT: lambda: stream(x, y, np.empty(len(x), dtype=np.int32)),
    }
    wanted = peers.checksum(*index.pairs(x, y))
    same(BUILT_2, wanted, index.pairs(x, y, threads=2))
    same(CACHED_2, wanted, index.pairs_of(index.set_ids(x, y, threads=2)))
    same(BEST, wanted, by_shapely(zones, x, y))
    same(BEST_2, wanted, by_shapely(zones, x, y, threads=2))
    same(SJOIN, peers.checksum(*index.pairs(*part)), by_geopandas(zones, *part))
    measured = report.measure(
        ways, section=SECTION, scene=title, size=size, ours=BUILT, sizes={SJOIN: few}
    )
    return _noted(measured)


def _noted(measured: list[report.Row]) -> list[report.Row]:
    """Add the ratio to the cached index, and that of the times on the clock for two threads."""
    by_way = {row.way: row for row in measured}
    cached = by_way[CACHED]
    out = []
    for row in measured:
        note = f"{row.cpu_s / row.size / (cached.cpu_s / cached.size):.2f} x set ids"
        if row.way == BEST_2:
            wall = [row.wall_s / by_way[way].wall_s for way in (BUILT_2, CACHED_2)]
            note += f"; wall {wall[0]:.1f} x build + pairs, {wall[1]:.1f} x set ids, 2 threads each"
        if row.way == LIMIT:
            note = f"set ids take {cached.cpu_s / row.cpu_s:.1f} times the limit"
        out.append(replace(row, note=note))
    return out


def _from_degrees(zones: tuple[Polygon, ...], title: str, size: int) -> list[report.Row]:
    lon, lat = scenes.points_lonlat(size)
    index = CellIndex.build(zones)
    forward = Transformer.from_crs(4326, scenes.CRS_EPSG, always_xy=True)
    back = Transformer.from_crs(scenes.CRS_EPSG, 4326, always_xy=True)
    here = LocalProjection.fit(scenes.CRS_EPSG, back.transform_bounds(*scenes.zones_bounds()))
    if not here.polynomial:
        raise SystemExit("points: the projection was not followed by a polynomial")

    def peer() -> Pairs:
        return by_shapely(zones, *forward.transform(lon, lat))

    def ours(threads: int) -> NDArray[np.int32]:
        return index.set_ids_lonlat(here, lon, lat, threads=threads)

    wanted = peers.checksum(*peer())
    for threads in (1, 2):
        same(DEGREES, wanted, index.pairs_of(ours(threads)))
    ways: dict[str, Callable[[], object]] = {
        DEGREES: lambda: ours(1),
        DEGREES_2: lambda: ours(2),
        PROJECTED: peer,
    }
    return report.measure(
        ways, section=f"{SECTION} from lon/lat", scene=title, size=size, ours=DEGREES
    )


if __name__ == "__main__":
    report.run_alone(rows, __doc__)
