"""Areas of the footprints that edges come near, and all pairs in order: compiled loops."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled, in_place
from wetland.zones.overlay import TOUCH_M2, TOUCH_SHARE
from wetland.zones.overlaycells import Numbers, Sets
from wetland.zones.overlayexact import turn
from wetland.zones.overlayindex import Cells
from wetland.zones.overlaynear import Near, Sides

Floats = NDArray[np.float64]
Offsets = NDArray[np.int64]

LEAST = 5e-324


class Terms(NamedTuple):
    """What makes up twice the areas: footprint n has ``first[n]:first[n + 1]``, each of a zone."""

    first: Offsets
    zone: Numbers
    twice: Floats


class Sums(NamedTuple):
    """Room to add up by zone: a mark is the number of a footprint, ``met`` its zones."""

    twice: Floats
    marks: Numbers
    met: Numbers


class Pairs(NamedTuple):
    """Pairs found: for each footprint that was asked for how many, then zones and areas."""

    many: Offsets
    zone: Numbers
    area: Floats


@compiled
def stand(cells: Cells, sides: Sides, terms: Terms) -> int:
    """Give each whole ring to the zones its corner p lies in, told from its cell's middle m.

    Returns how many terms there are, even if there is no room.
    """
    frame, ends, first, listed = cells.frame, cells.near, cells.first, cells.listed
    state, parent, member, owner = (
        cells.sets.state, cells.sets.parent, cells.sets.member, cells.zone
    )  # fmt: skip
    starts, corner, ring_first, zones, twices = (
        terms.first, sides.corner, sides.ring_first, terms.zone, terms.twice
    )  # fmt: skip
    count = 0
    for number in range(len(ring_first) - 1):
        starts[number] = count
        for ring in range(ring_first[number], ring_first[number + 1]):
            px, py, twice = corner[ring, 0], corner[ring, 1], corner[ring, 2]
            column, row = (px - frame.west) / frame.size, (py - frame.south) / frame.size
            if not (column >= 0 and row >= 0 and column < frame.wide and row < frame.high):
                continue
            mx = frame.west + (int(column) + 0.5) * frame.size
            my = frame.south + (int(row) + 0.5) * frame.size
            cell = int(row) * frame.wide + int(column)
            held = state[cell]
            while held > 0:
                if count < len(zones):
                    zones[count], twices[count] = member[held], twice
                held = parent[held]
                count += 1
            for k in range(first[cell], first[cell + 1]):
                turned = crossed(ends[k, 0], ends[k, 1], ends[k, 2], ends[k, 3], mx, my, px, py)
                if turned == 0:
                    continue
                if count < len(zones):
                    zones[count], twices[count] = owner[listed[k]], turned * twice
                count += 1
    starts[len(ring_first) - 1] = count
    return count


@in_place
def crossed(  # noqa: PLR0913 - four points
    cx: float, cy: float, dx: float, dy: float, mx: float, my: float, px: float, py: float
) -> int:
    """Return 1 where the way from m to p crosses c -> d to its left, -1 to its right, else 0."""
    if (max(cx, dx) < min(mx, px)) | (min(cx, dx) > max(mx, px)):
        return 0
    if (max(cy, dy) < min(my, py)) | (min(cy, dy) > max(my, py)):
        return 0
    tie = dy < cy or (dy == cy and dx > cx)
    to_m, to_p = turn(cx, cy, dx, dy, mx, my), turn(cx, cy, dx, dy, px, py)
    entering = to_p > 0 or (to_p == 0 and tie)
    if (to_m > 0 or (to_m == 0 and tie)) == entering:
        return 0
    tie = py > my or (py == my and px < mx)
    to_c, to_d = turn(mx, my, px, py, cx, cy), turn(mx, my, px, py, dx, dy)
    if (to_c > 0 or (to_c == 0 and tie)) == (to_d > 0 or (to_d == 0 and tie)):
        return 0
    return 1 if entering else -1


@compiled
def gain(cells: Cells, near: Near, sides: Sides, gains: Floats) -> None:
    """Write what each zone's edge c -> d adds to twice the area that it shares with the footprint.

    Green's theorem over the pieces of the footprint's edges in the zone and of the zone's edges in
    the footprint. Each of the footprint's edges a -> b that crosses the line through c and d before
    d tells something of d: it lies inside past one that enters, outside past one that leaves. Where
    a -> b crosses c -> d itself it enters the zone or leaves it: that adds, or takes away, what is
    left of the ring from there, and of c -> d what lies beyond. Where two edges are all but
    parallel that place is hardly known, and hardly matters, as long as it is one.
    """
    ends, places, starts, first, origin = (
        cells.near, near.places, near.first, sides.first, sides.origin
    )  # fmt: skip
    x, y, rest = sides.x, sides.y, sides.rest
    for number in range(len(starts) - 1):
        x0, y0 = origin[number, 0], origin[number, 1]
        for one in range(starts[number], starts[number + 1]):
            place = places[one]
            cx, cy, dx, dy = (
                ends[place, 0] - x0, ends[place, 1] - y0, ends[place, 2] - x0, ends[place, 3] - y0
            )  # fmt: skip
            tie = LEAST if dy < cy or (dy == cy and dx > cx) else -LEAST
            whole, total, to_a = cx * dy - cy * dx, 0.0, 0.0
            for k in range(first[number], first[number + 1]):
                to_b = turn(cx, cy, dx, dy, x[k], y[k])
                to_b = tie if to_b == 0.0 else to_b
                entering, last, to_a = to_b > 0, to_a, to_b
                if k == first[number] or (last > 0) == entering or rest[k - 1] != rest[k - 1]:
                    continue
                ax, ay, bx, by = x[k - 1], y[k - 1], x[k], y[k]
                aside = by > ay or (by == ay and bx < ax)
                to_c, to_d = turn(ax, ay, bx, by, cx, cy), turn(ax, ay, bx, by, dx, dy)
                left_d = to_d > 0 or (to_d == 0 and aside)
                if left_d == entering:
                    continue  # the line is crossed beyond d
                piece = -whole
                if (to_c > 0 or (to_c == 0 and aside)) != left_d:
                    part = last / (last - to_b)
                    px, py = ax + part * (bx - ax), ay + part * (by - ay)  # one for both boundaries
                    piece += rest[k - 1] - (ax * py - ay * px) + (cx * py - cy * px)
                total += piece if entering else -piece
            gains[one] = total


@compiled
def add_up(cells: Cells, near: Near, gains: Floats, terms: Terms, sums: Sums, out: Pairs) -> int:
    """Write, footprint by footprint, the zones that share more than they touch, in order.

    Returns how many there are.
    """
    owner, listed, places, starts = cells.zone, cells.listed, near.places, near.first
    zones, twices, stood, twice, marks, met = (
        terms.zone, terms.twice, terms.first, sums.twice, sums.marks, sums.met
    )  # fmt: skip
    written = 0
    marks[:] = -1
    for number in range(len(starts) - 1):
        found, before = 0, written
        own = stood[number + 1] - stood[number]
        for one in range(own + starts[number + 1] - starts[number]):
            if one < own:
                zone, more = zones[stood[number] + one], twices[stood[number] + one]
            else:
                place = starts[number] + one - own
                zone, more = owner[listed[places[place]]], gains[place]
            if marks[zone] != number:
                place = found
                while place > 0 and met[place - 1] > zone:
                    met[place] = met[place - 1]
                    place -= 1
                met[place], marks[zone], twice[zone] = zone, number, 0.0
                found += 1
            twice[zone] += more
        least = max(TOUCH_M2, TOUCH_SHARE * near.extent[number])
        for k in range(found):
            if twice[met[k]] / 2 > least:
                out.zone[written], out.area[written] = met[k], twice[met[k]] / 2
                written += 1
        out.many[number] = written - before
    return written


@compiled
def gather(  # noqa: PLR0913 - columns
    codes: Numbers,
    area: Floats,
    sets: Sets,
    begins: Offsets,
    found: Pairs,
    out: Pairs,
    owner: Offsets,
) -> None:
    """Write all pairs in order: ``out.many`` says how many each footprint has.

    A footprint with a set of zones has the whole of it; the others have what was ``found``, from
    ``begins`` on.
    """
    place = 0
    for i in range(len(codes)):
        number, taken = codes[i], begins[i]
        for k in range(place + out.many[i] - 1, place - 1, -1):  # the set begins with its last zone
            owner[k] = i
            if number > 0:
                out.zone[k], out.area[k] = sets.member[number], area[i]
                number = sets.parent[number]
            else:
                out.zone[k], out.area[k] = (
                    found.zone[taken + k - place],
                    found.area[taken + k - place],
                )
        place += out.many[i]
