"""One run of footprints through the compiled loops, in threads: what `areas_in_zones` calls."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.compiled import in_threads
from wetland.zones.overlay import TOUCH_M2, Ground, Objects, Rows, plain_areas, sound_footprints
from wetland.zones.overlayflat import Flat
from wetland.zones.overlayindex import Cells, GroundIndex
from wetland.zones.overlaykernels import CROSSED, FAR, Rings, measure_rings, sort_footprints
from wetland.zones.overlaymeet import Pairs, Sums, Terms, add_up, gain, gather, stand
from wetland.zones.overlaynear import Near, Sides, find_near, lay_sides, take

RUN = 8_192  # footprints compared at a time
Floats = NDArray[np.float64]
ROOM = 8  # edges near, and zones, of a footprint of a run; more room is made where needed


def measure(index: GroundIndex, flat: Flat, *, threads: int = 1) -> Ground:
    """Measure the ground of footprints in the zones of an index."""
    rings = _rings(flat)
    codes = np.zeros(len(flat), dtype=np.int32)
    area = np.zeros(len(flat))

    def sort(start: int, stop: int) -> None:
        sort_footprints(rings, index.cells, codes, start, stop)
        measure_rings(rings, codes, area, start, stop)

    in_threads(sort, len(flat), threads)
    broken = _ask_geos(flat, codes, area)
    codes[(codes > 0) & (area <= TOUCH_M2)] = 0
    main = _ordered(index, rings, codes, area, threads=threads)
    return main if broken is None else _with(main, *broken, index)


def _rings(flat: Flat) -> Rings:
    first = flat.rings()
    vertices = flat.ring_offsets[first]
    return Rings(flat.xy, vertices, first, flat.ring_offsets, flat.shells())


def _ask_geos(
    flat: Flat, codes: NDArray[np.int32], area: NDArray[np.float64]
) -> tuple[Rows, Objects] | None:
    """Settle what the loops left open; return the rows that go through GEOS, made valid."""
    rows = np.flatnonzero(np.isnan(area) | (codes == FAR))
    if not len(rows):
        return None
    things = flat.geometries(rows)
    valid = shapely.is_valid(things)
    area[rows] = shapely.area(things)
    wrong = ~valid | (codes[rows] == FAR)
    codes[rows[wrong]] = 0
    if not wrong.any():
        return None
    return rows[wrong], sound_footprints(things[wrong])


def _ordered(
    index: GroundIndex,
    rings: Rings,
    codes: NDArray[np.int32],
    area: NDArray[np.float64],
    *,
    threads: int,
) -> Ground:
    crossed = np.flatnonzero(codes <= CROSSED)
    crossed = crossed[np.argsort(codes[crossed])]  # by cell: its edges are at hand for the next
    parts: dict[int, Pairs] = {}

    def work(start: int, stop: int) -> None:
        parts[start] = _compared(index, rings, area, crossed[start:stop])

    in_threads(work, len(crossed), threads)
    runs = [parts[start] for start in sorted(parts)]
    found = Pairs(*(np.concatenate(column) for column in zip(*runs, strict=True)))
    many = index.depth[np.maximum(codes, 0)]
    many[crossed] = found.many
    begins = np.zeros(len(codes), dtype=np.int64)
    begins[crossed] = np.cumsum(found.many) - found.many
    total = int(many.sum())
    owner = np.empty(total, dtype=np.int64)
    out = Pairs(many, np.empty(total, dtype=np.int32), np.empty(total))
    gather(codes, area, index.cells.sets, begins, found, out, owner)
    return Ground(owner, out.zone, out.area)


def _compared(index: GroundIndex, rings: Rings, area: Floats, rows: Rows) -> Pairs:
    """Compare some footprints with the edges near them."""
    zones = len(index.polygons)
    seen = np.empty(len(index.cells.zone), dtype=np.int32)
    sums = Sums(np.empty(zones), np.empty(zones, np.int32), np.empty(zones, np.int32))
    runs: list[Pairs] = []
    for start in range(0, max(len(rows), 1), RUN):
        run = rows[start : start + RUN]
        runs.append(_run(index.cells, take(rings, run), area[run], seen, sums))
    return Pairs(*(np.concatenate(column) for column in zip(*runs, strict=True)))


def _run(cells: Cells, rings: Rings, area: Floats, seen: NDArray[np.int32], sums: Sums) -> Pairs:
    size = len(area)

    def numbers(count: int) -> NDArray[np.int64]:
        return np.empty(count, dtype=np.int64)

    near = Near(numbers(size + 1), numbers(ROOM * size), np.empty(size), seen)
    met = find_near(rings, cells, near)
    if met > len(near.places):
        near = near._replace(places=numbers(met))
        find_near(rings, cells, near)
    sides = Sides(
        numbers(size + 1),
        np.empty((size, 2)),
        np.empty(len(rings.xy)),
        np.empty(len(rings.xy)),
        np.empty(len(rings.xy)),
        numbers(size + 1),
        np.empty((len(rings.shells), 3)),
    )
    lay_sides(rings, cells, area, near, sides)
    terms = Terms(numbers(size + 1), np.empty(ROOM * size, np.int32), np.empty(ROOM * size))
    stood = stand(cells, sides, terms)
    if stood > len(terms.zone):
        terms = Terms(terms.first, np.empty(stood, np.int32), np.empty(stood))
        stand(cells, sides, terms)
    gains = np.empty(met)
    gain(cells, near, sides, gains)
    out = Pairs(numbers(size), np.empty(met + stood, np.int32), np.empty(met + stood))
    written = add_up(cells, near, gains, terms, sums, out)
    return Pairs(out.many, out.zone[:written], out.area[:written])


def _with(main: Ground, rows: Rows, things: Objects, index: GroundIndex) -> Ground:
    """Add what goes through GEOS, in its place."""
    more = plain_areas(index.polygons, things)
    footprint = np.concatenate([main.footprint, rows[more.footprint]])
    zone = np.concatenate([main.zone, more.zone])
    area = np.concatenate([main.area_m2, more.area_m2])
    order = np.lexsort((zone, footprint))
    return Ground(footprint[order], zone[order], area[order])
