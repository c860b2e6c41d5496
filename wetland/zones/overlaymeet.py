"""Areas of the footprints that edges come near, and all pairs in order: compiled loops."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.zones.compiled import compiled
from wetland.zones.overlaycells import Numbers, Sets
from wetland.zones.overlayexact import DOUBTFUL, turn
from wetland.zones.overlayindex import Cells
from wetland.zones.overlaykernels import Rings

Floats = NDArray[np.float64]
Offsets = NDArray[np.int64]

TOUCH_M2 = 1e-6  # what shares no more is said to touch
LEAST = 5e-324
TOUCH_SHARE = 1e-14  # of the square of the footprint's extent, where that is more


class Desk(NamedTuple):
    """Room for the work on one footprint, used again for the next.

    ``sides`` has a column for each vertex, ring after ring, each closed, the inside on the left:
    0 and 1 are x and y, 2 the sum of a x b over the edges a -> b from there to the end of the ring
    (NaN at a ring's end, where no edge begins), 3 what `edge_gain` needs. ``sums`` and ``marks``
    are by zone, ``met`` holds the zones that were met, ``seen`` is by edge; a mark is the
    footprint's own number plus one.
    """

    sides: Floats
    sums: Floats
    marks: Offsets
    met: Offsets
    seen: Numbers


class Pairs(NamedTuple):
    """Pairs found: for each footprint that was asked for how many, then zones and areas."""

    many: Offsets
    zone: Numbers
    area: Floats


@compiled
def load_ring(  # noqa: PLR0913 - scalars: a record of them costs ten times
    rings: Rings, ring: int, cells: Cells, x0: float, y0: float, desk: Desk, count: int
) -> tuple[int, float]:
    """Lay a ring's vertices on the desk, metres from ``x0, y0``.

    Returns how many vertices are there now, and twice the ring's area (below 0 for a hole).
    """
    xy, sides = rings.xy, desk.sides
    grain = cells.grain
    scale = 1.0 / grain
    a, b = rings.ring_offsets[ring], rings.ring_offsets[ring + 1]
    twice = 0.0
    for k in range(a + 1, b - 1):
        twice += (xy[k, 0] - xy[a, 0]) * (xy[k + 1, 1] - xy[a, 1])
        twice -= (xy[k, 1] - xy[a, 1]) * (xy[k + 1, 0] - xy[a, 0])
    step = 1 if (twice > 0) == rings.shells[ring] else -1
    k = a if step == 1 else b - 1
    for at in range(count, count + b - a):
        sides[0, at] = np.rint((xy[k, 0] - cells.east) * scale) * grain - x0
        sides[1, at] = np.rint((xy[k, 1] - cells.north) * scale) * grain - y0
        k += step
    last = count + b - a - 1
    twice = 0.0
    for at in range(last - 1, count - 1, -1):
        twice += sides[0, at] * sides[1, at + 1] - sides[1, at] * sides[0, at + 1]
        sides[2, at] = twice
    sides[2, last] = np.nan
    return last + 1, twice


@compiled
def stand(  # noqa: PLR0913 - scalars: a record of them costs ten times
    cells: Cells, desk: Desk, px: float, py: float, twice: float, found: int, mark: int
) -> int:
    """Add a whole ring to every zone that its first vertex p lies in; return how many were met."""
    frame, near = cells.frame, cells.near
    sums, marks, met = desk.sums, desk.marks, desk.met
    column, row = (px - frame.west) / frame.size, (py - frame.south) / frame.size
    if not (column >= 0 and row >= 0 and column < frame.wide and row < frame.high):
        return found
    cell = int(row) * frame.wide + int(column)
    number = cells.sets.state[cell]
    while number > 0:
        zone = cells.sets.member[number]
        if marks[zone] != mark:
            marks[zone], sums[zone], met[found] = mark, 0.0, zone
            found += 1
        sums[zone] += twice
        number = cells.sets.parent[number]
    mx = frame.west + (int(column) + 0.5) * frame.size
    my = frame.south + (int(row) + 0.5) * frame.size
    for k in range(cells.first[cell], cells.first[cell + 1]):
        cx, cy, dx, dy = near[k, 0], near[k, 1], near[k, 2], near[k, 3]
        tie = dy < cy or (dy == cy and dx > cx)
        to_m, to_p = turn(cx, cy, dx, dy, mx, my), turn(cx, cy, dx, dy, px, py)
        entering = to_p > 0 or (to_p == 0 and tie)
        if (to_m > 0 or (to_m == 0 and tie)) == entering:
            continue
        tie = py > my or (py == my and px < mx)
        to_c, to_d = turn(mx, my, px, py, cx, cy), turn(mx, my, px, py, dx, dy)
        if (to_c > 0 or (to_c == 0 and tie)) != (to_d > 0 or (to_d == 0 and tie)):
            zone = cells.zone[cells.listed[k]]
            if marks[zone] != mark:
                marks[zone], sums[zone], met[found] = mark, 0.0, zone
                found += 1
            sums[zone] += twice if entering else -twice
    return found


@compiled
def side_of_line(sides: Floats, count: int, cx: float, cy: float, dx: float, dy: float) -> int:
    """Write how far left of c -> d each vertex lies; return how many do (0 where it matters not).

    What lies on the line is written as a tie is decided: just left or just right of it.
    """
    ux, uy = dx - cx, dy - cy
    left = doubtful = 0
    for k in range(count):
        one, two = ux * (sides[1, k] - cy), uy * (sides[0, k] - cx)
        sides[3, k] = one - two
        left += sides[3, k] > 0
        doubtful += abs(sides[3, k]) <= DOUBTFUL * (abs(one) + abs(two))
    if doubtful == 0:
        return left if left < count else 0
    tie = LEAST if dy < cy or (dy == cy and dx > cx) else -LEAST
    left = 0
    for k in range(count):
        sides[3, k] = turn(cx, cy, dx, dy, sides[0, k], sides[1, k])
        if sides[3, k] == 0.0:
            sides[3, k] = tie
        left += sides[3, k] > 0
    return left if left < count else 0


@compiled
def edge_gain(sides: Floats, count: int, cx: float, cy: float, dx: float, dy: float) -> float:
    """Return what a zone's edge c -> d adds to twice the area it shares with the footprint.

    Green's theorem over the pieces of the footprint's edges in the zone and of the zone's edges in
    the footprint. Each of the footprint's edges a -> b that crosses the line through c and d before
    d tells something of d: it lies inside past one that enters, outside past one that leaves. Where
    a -> b crosses c -> d itself it enters the zone or leaves it: that adds, or takes away, what is
    left of the ring from there, and of c -> d what lies beyond. Where two edges are all but
    parallel that place is hardly known, and hardly matters, as long as it is one.
    """
    whole = cx * dy - cy * dx
    gain = 0.0
    for k in range(count - 1):
        entering = sides[3, k + 1] > 0
        if (sides[3, k] > 0) == entering or sides[2, k] != sides[2, k]:
            continue
        ax, ay, bx, by = sides[0, k], sides[1, k], sides[0, k + 1], sides[1, k + 1]
        tie = by > ay or (by == ay and bx < ax)
        to_c, to_d = turn(ax, ay, bx, by, cx, cy), turn(ax, ay, bx, by, dx, dy)
        left_d = to_d > 0 or (to_d == 0 and tie)
        if left_d == entering:
            continue  # the line is crossed beyond d
        piece = -whole
        if (to_c > 0 or (to_c == 0 and tie)) != left_d:
            part = sides[3, k] / (sides[3, k] - sides[3, k + 1])
            px, py = ax + part * (bx - ax), ay + part * (by - ay)  # one place for both boundaries
            piece += sides[2, k] - (ax * py - ay * px) + (cx * py - cy * px)
        gain += piece if entering else -piece
    return gain


@compiled
def meet(  # noqa: PLR0913 - scalars: a record of them costs ten times
    cells: Cells, desk: Desk, count: int, x0: float, y0: float, found: int, mark: int
) -> tuple[int, float]:
    """Add what every edge near the footprint on the desk changes; return zones met and extent."""
    frame, near, sides, seen = cells.frame, cells.near, desk.sides, desk.seen
    sums, marks, met = desk.sums, desk.marks, desk.met
    low_x = low_y = np.inf
    high_x = high_y = -np.inf
    for k in range(count):
        low_x, high_x = min(low_x, sides[0, k] + x0), max(high_x, sides[0, k] + x0)
        low_y, high_y = min(low_y, sides[1, k] + y0), max(high_y, sides[1, k] + y0)
    column_0 = max(int((low_x - frame.west) / frame.size), 0)
    column_1 = min(int((high_x - frame.west) / frame.size), frame.wide - 1)
    row_0 = max(int((low_y - frame.south) / frame.size), 0)
    row_1 = min(int((high_y - frame.south) / frame.size), frame.high - 1)
    for row in range(row_0, row_1 + 1):
        begin = cells.first[row * frame.wide + column_0]
        for k in range(begin, cells.first[row * frame.wide + column_1 + 1]):
            cx, cy, dx, dy = near[k, 0], near[k, 1], near[k, 2], near[k, 3]
            if max(cx, dx) < low_x or min(cx, dx) > high_x:
                continue
            if max(cy, dy) < low_y or min(cy, dy) > high_y:
                continue
            e = cells.listed[k]
            if seen[e] == mark:  # met in another cell
                continue
            seen[e] = mark
            zone = cells.zone[e]
            if marks[zone] != mark:
                marks[zone], sums[zone], met[found] = mark, 0.0, zone
                found += 1
            if side_of_line(sides, count, cx - x0, cy - y0, dx - x0, dy - y0):
                sums[zone] += edge_gain(sides, count, cx - x0, cy - y0, dx - x0, dy - y0)
    return found, (high_x - low_x) ** 2 + (high_y - low_y) ** 2


@compiled
def write_down(desk: Desk, found: int, extent: float, out: Pairs, written: int) -> int:
    """Write the zones that share more than they touch, in order; return the number written."""
    met = desk.met
    for k in range(1, found):
        zone = met[k]
        place = k
        while place > 0 and met[place - 1] > zone:
            met[place] = met[place - 1]
            place -= 1
        met[place] = zone
    least = max(TOUCH_M2, TOUCH_SHARE * extent)
    for k in range(found):
        area = desk.sums[met[k]] / 2
        if area > least:
            out.zone[written], out.area[written] = met[k], area
            written += 1
    return written


@compiled
def compare(rings: Rings, cells: Cells, rows: Offsets, desk: Desk, out: Pairs) -> tuple[int, int]:
    """Measure footprints against the edges near them, as far as there is room for the answers.

    Returns how many of ``rows`` were done and how many pairs were written.
    """
    xy, east, north, grain = rings.xy, cells.east, cells.north, cells.grain
    scale = 1.0 / grain
    written = 0
    for number in range(len(rows)):
        i, mark = rows[number], rows[number] + 1
        count = found = 0
        vertex = rings.vertices[i]
        x0 = np.rint((xy[vertex, 0] - east) * scale) * grain
        y0 = np.rint((xy[vertex, 1] - north) * scale) * grain
        for ring in range(rings.rings[i], rings.rings[i + 1]):
            begin = count
            count, twice = load_ring(rings, ring, cells, x0, y0, desk, count)
            if count > begin:
                vertex = rings.ring_offsets[ring]
                px = np.rint((xy[vertex, 0] - east) * scale) * grain
                py = np.rint((xy[vertex, 1] - north) * scale) * grain
                found = stand(cells, desk, px, py, twice, found, mark)
        found, extent = meet(cells, desk, count, x0, y0, found, mark)
        if written + found > len(out.zone):
            return number, written
        done = write_down(desk, found, extent, out, written)
        out.many[number] = done - written
        written = done
    return len(rows), written


@compiled
def gather(
    codes: Numbers, area: Floats, sets: Sets, found: Pairs, out: Pairs, owner: Offsets
) -> None:
    """Write all pairs in order: ``out.many`` says how many each footprint has.

    A footprint with a set of zones has the whole of it; the others take the next of ``found``.
    """
    place = taken = 0
    for i in range(len(codes)):
        many = out.many[i]
        if codes[i] > 0 and many > 0:
            number = codes[i]
            for k in range(place + many - 1, place - 1, -1):  # the set begins with its last zone
                owner[k], out.zone[k], out.area[k] = i, sets.member[number], area[i]
                number = sets.parent[number]
        else:
            for k in range(place, place + many):
                owner[k], out.zone[k], out.area[k] = i, found.zone[taken], found.area[taken]
                taken += 1
        place += many
