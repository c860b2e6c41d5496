"""One run of footprints through the compiled loops, in threads: what `areas_in_zones` calls."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.zones.compiled import in_threads
from wetland.zones.overlay import TOUCH_M2, Ground, Objects, Rows, plain_areas, sound_footprints
from wetland.zones.overlayflat import Flat
from wetland.zones.overlayindex import GroundIndex
from wetland.zones.overlaykernels import CROSSED, FAR, Rings, measure_rings, sort_footprints
from wetland.zones.overlaymeet import Desk, Pairs, compare, gather

ROOM = 1_024  # pairs, more than footprints


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
    crossed = np.flatnonzero(codes == CROSSED)
    parts: dict[int, Pairs] = {}

    def work(start: int, stop: int) -> None:
        parts[start] = _compared(index, rings, crossed[start:stop])

    in_threads(work, len(crossed), threads)
    runs = [parts[start] for start in sorted(parts)]
    found = Pairs(*(np.concatenate(column) for column in zip(*runs, strict=True)))
    many = index.depth[np.maximum(codes, 0)]
    many[crossed] = found.many
    total = int(many.sum())
    owner = np.empty(total, dtype=np.int64)
    out = Pairs(many, np.empty(total, dtype=np.int32), np.empty(total))
    gather(codes, area, index.cells.sets, found, out, owner)
    return Ground(owner, out.zone, out.area)


def _compared(index: GroundIndex, rings: Rings, rows: Rows) -> Pairs:
    """Compare some footprints with the edges near them; make room as it is needed."""
    zones, edges = len(index.polygons), len(index.cells.zone)
    most = int(np.diff(rings.vertices)[rows].max(initial=1))
    desk = Desk(
        np.empty((4, most)),
        np.empty(zones),
        np.zeros(zones, dtype=np.int64),
        np.empty(zones, dtype=np.int64),
        np.zeros(edges, dtype=np.int32),
    )
    runs: list[Pairs] = []
    done, room = 0, 2 * len(rows) + zones + ROOM
    while done < len(rows) or not runs:
        left = rows[done:]
        out = Pairs(np.empty(len(left), np.int64), np.empty(room, np.int32), np.empty(room))
        finished, written = compare(rings, index.cells, left, desk, out)
        runs.append(Pairs(out.many[:finished], out.zone[:written], out.area[:written]))
        done += finished
        desk.marks[:] = 0
        desk.seen[:] = 0
    return Pairs(*(np.concatenate(column) for column in zip(*runs, strict=True)))


def _with(main: Ground, rows: Rows, things: Objects, index: GroundIndex) -> Ground:
    """Add what goes through GEOS, in its place."""
    more = plain_areas(index.polygons, things)
    footprint = np.concatenate([main.footprint, rows[more.footprint]])
    zone = np.concatenate([main.zone, more.zone])
    area = np.concatenate([main.area_m2, more.area_m2])
    order = np.lexsort((zone, footprint))
    return Ground(footprint[order], zone[order], area[order])
