"""Runs of footprints laid out for comparison, with the edges that come near them: compiled loops.

One loop after the other goes over a run, each with its body in place: what hands arrays to a part
per footprint counts them each time, and threads would wait for one another there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled, in_place
from wetland.zones.overlaycells import Numbers
from wetland.zones.overlayindex import Cells
from wetland.zones.overlaykernels import Rings

Floats = NDArray[np.float64]
Offsets = NDArray[np.int64]


class Near(NamedTuple):
    """The edges near each footprint of a run: ``places[first[n]:first[n + 1]]`` in `Cells.near`.

    ``extent`` is the square of the footprint's diagonal, ``seen`` is by edge: the
    number of the footprint that met it last.
    """

    first: Offsets
    places: Offsets
    extent: Floats
    seen: Numbers


class Sides(NamedTuple):
    """The vertices of the footprints that have edges near, ring after ring, the inside on the left.

    ``x`` and ``y`` are metres from the footprint's ``origin``, ``rest`` the sum of a x b over the
    edges a -> b from there to the end of the ring (NaN at a ring's end, where no edge begins).
    Every ring has a ``corner``: x and y of a vertex from the cells' origin, and twice its area
    (below 0 for a hole); a footprint without edges near has one for the whole of it.
    """

    first: Offsets
    origin: Floats
    x: Floats
    y: Floats
    rest: Floats
    ring_first: Offsets
    corner: Floats


@compiled
def take(rings: Rings, rows: Offsets) -> Rings:
    """Return a run of footprints, one after the other."""
    xy, vertices, ring_of, offsets = rings.xy, rings.vertices, rings.rings, rings.ring_offsets
    begins, firsts = np.zeros(len(rows) + 1, np.int64), np.zeros(len(rows) + 1, np.int64)
    for number in range(len(rows)):
        i = rows[number]
        begins[number + 1] = begins[number] + vertices[i + 1] - vertices[i]
        firsts[number + 1] = firsts[number] + ring_of[i + 1] - ring_of[i]
    own, shells = np.empty((begins[-1], 2)), np.empty(firsts[-1], np.bool_)
    ends = np.zeros(firsts[-1] + 1, np.int64)
    for number in range(len(rows)):
        i = rows[number]
        away = begins[number] - vertices[i]
        for k in range(vertices[i], vertices[i + 1]):
            own[k + away, 0], own[k + away, 1] = xy[k, 0], xy[k, 1]
        for ring in range(ring_of[i], ring_of[i + 1]):
            place = firsts[number] + ring - ring_of[i]
            ends[place + 1], shells[place] = offsets[ring + 1] + away, rings.shells[ring]
    return Rings(own, begins, firsts, ends, shells)


@compiled
def find_near(rings: Rings, cells: Cells, near: Near) -> int:
    """Find the edges near each footprint, each once; return how many, even if there is no room."""
    xy, vertices, frame, first = rings.xy, rings.vertices, cells.frame, cells.first
    ends, listed, east, north = cells.near, cells.listed, cells.east, cells.north
    places, seen = near.places, near.seen
    spare = 2 * cells.grain  # more than rounding moves a vertex
    count = 0
    seen[:] = -1
    for number in range(len(vertices) - 1):
        near.first[number] = count
        low_x = low_y = np.inf
        high_x = high_y = -np.inf
        for k in range(vertices[number], vertices[number + 1]):
            low_x, high_x = min(low_x, xy[k, 0]), max(high_x, xy[k, 0])
            low_y, high_y = min(low_y, xy[k, 1]), max(high_y, xy[k, 1])
        near.extent[number] = (high_x - low_x) ** 2 + (high_y - low_y) ** 2
        low_x, high_x = low_x - east - spare, high_x - east + spare
        low_y, high_y = low_y - north - spare, high_y - north + spare
        column_0 = max(int((low_x - frame.west) / frame.size), 0)
        column_1 = min(int((high_x - frame.west) / frame.size), frame.wide - 1)
        row_0 = max(int((low_y - frame.south) / frame.size), 0)
        row_1 = min(int((high_y - frame.south) / frame.size), frame.high - 1)
        for row in range(row_0 * frame.wide, row_1 * frame.wide + 1, frame.wide):
            for k in range(first[row + column_0], first[row + column_1 + 1]):
                cx, cy, dx, dy = ends[k, 0], ends[k, 1], ends[k, 2], ends[k, 3]
                aside = (max(cx, dx) < low_x) | (min(cx, dx) > high_x)
                aside |= (max(cy, dy) < low_y) | (min(cy, dy) > high_y)
                if aside or seen[listed[k]] == number:  # or met in another cell
                    continue
                seen[listed[k]] = number
                if count < len(places):
                    places[count] = k
                count += 1
    near.first[len(vertices) - 1] = count
    return count


@compiled
def lay_sides(rings: Rings, cells: Cells, area: Floats, near: Near, sides: Sides) -> None:
    """Lay out the vertices of the footprints that have edges near, and a corner of every ring."""
    xy, offsets, ring_of, shells = rings.xy, rings.ring_offsets, rings.rings, rings.shells
    x, y, rest, corner, origin = sides.x, sides.y, sides.rest, sides.corner, sides.origin
    grain, scale, at, place = cells.grain, 1.0 / cells.grain, 0, 0
    for number in range(len(area)):
        vertex = rings.vertices[number]
        x0 = origin[number, 0] = np.rint((xy[vertex, 0] - cells.east) * scale) * grain
        y0 = origin[number, 1] = np.rint((xy[vertex, 1] - cells.north) * scale) * grain
        sides.first[number], sides.ring_first[number] = at, place
        if near.first[number + 1] == near.first[number]:
            corner[place, 0], corner[place, 1], corner[place, 2] = x0, y0, 2 * area[number]
            place += 1
            continue
        for ring in range(ring_of[number], ring_of[number + 1]):
            a, b = offsets[ring], offsets[ring + 1]
            if a == b:
                continue
            step = 1 if is_left(xy, a, b) == shells[ring] else -1
            begin, at = at, at + b - a
            k = a if step == 1 else b - 1
            for to in range(begin, at):
                x[to] = np.rint((xy[k, 0] - cells.east) * scale) * grain - x0
                y[to] = np.rint((xy[k, 1] - cells.north) * scale) * grain - y0
                k += step
            twice = 0.0
            rest[at - 1] = np.nan
            for k in range(at - 2, begin - 1, -1):
                twice += x[k] * y[k + 1] - y[k] * x[k + 1]
                rest[k] = twice
            corner[place, 0], corner[place, 1] = x[begin] + x0, y[begin] + y0
            corner[place, 2] = twice
            place += 1
    sides.first[len(area)], sides.ring_first[len(area)] = at, place


@in_place
def is_left(xy: Floats, a: int, b: int) -> bool:
    """Tell whether a ring turns left all in all."""
    twice = 0.0
    for k in range(a + 1, b - 1):
        twice += (xy[k, 0] - xy[a, 0]) * (xy[k + 1, 1] - xy[a, 1])
        twice -= (xy[k, 1] - xy[a, 1]) * (xy[k + 1, 0] - xy[a, 0])
    return twice > 0
