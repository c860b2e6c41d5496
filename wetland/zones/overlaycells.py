"""The cells of `wetland.zones.overlayindex`, filled: compiled loops.

A cell lists the edges that come near it, and holds the set of zones that its centre lies in. Sets
are numbered: 0 is the empty one, each other is its parent and one zone more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled
from wetland.zones.overlayexact import turn

Floats = NDArray[np.float64]
Numbers = NDArray[np.int32]

PAD = 1.0 / 1024  # of a cell: an edge so near is listed too, so that rounding never hides one


class Frame(NamedTuple):
    """Where the cells lie; metres from the index's own origin."""

    west: float
    south: float
    size: float
    wide: int
    high: int


class Sets(NamedTuple):
    """The set of zones at the centre of each cell, and what the sets hold."""

    state: Numbers
    parent: Numbers
    member: Numbers


@compiled
def tie_point(cx: float, cy: float, dx: float, dy: float) -> bool:
    """Tell on which side of c -> d a footprint's point counts that lies on it: True is left."""
    return dy < cy or (dy == cy and dx > cx)


@compiled
def lay_edges(
    xy: Floats, offsets: NDArray[np.int64], shells: NDArray[np.bool_], ends: Floats
) -> None:
    """Write the edges of valid rings as x, y, x, y, the inside on the left of each."""
    at = 0
    for ring in range(len(shells)):
        a, b = offsets[ring], offsets[ring + 1] - 1
        twice = 0.0
        for k in range(a, b):
            twice += (xy[k, 0] - xy[a, 0]) * (xy[k + 1, 1] - xy[a, 1])
            twice -= (xy[k, 1] - xy[a, 1]) * (xy[k + 1, 0] - xy[a, 0])
        back = 0 if (twice > 0) == shells[ring] else 1
        for k in range(a, b):
            ends[at, 0], ends[at, 1] = xy[k + back, 0], xy[k + back, 1]
            ends[at, 2], ends[at, 3] = xy[k + 1 - back, 0], xy[k + 1 - back, 1]
            at += 1


@compiled
def list_edges(edges: Floats, frame: Frame, cursor: NDArray[np.int64], listed: Numbers) -> None:
    """Count the edges of each cell (``listed`` is empty), or write them where the cursors are."""
    west, south, size, wide, high = frame
    pad = size * PAD
    counting = len(listed) == 0
    for e in range(len(edges)):
        x1, y1, x2, y2 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
        least = min(x1, x2)
        most = max(x1, x2)
        lowest = min(y1, y2)
        row_to = min(int((max(y1, y2) + pad - south) / size), high - 1)
        for row in range(max(int((lowest - pad - south) / size), 0), row_to + 1):
            bottom = south + row * size - pad
            xa, xb = x1, x2
            if y1 != y2:
                ta = min(max((bottom - y1) / (y2 - y1), 0.0), 1.0)
                tb = min(max((bottom + size + 2 * pad - y1) / (y2 - y1), 0.0), 1.0)
                xa, xb = x1 + ta * (x2 - x1), x1 + tb * (x2 - x1)
            from_x = max(min(xa, xb), least) - pad
            to_x = min(max(xa, xb), most) + pad
            column_to = min(int((to_x - west) / size), wide - 1)
            for column in range(max(int((from_x - west) / size), 0), column_to + 1):
                cell = row * wide + column
                if not counting:
                    listed[cursor[cell]] = e
                cursor[cell] += 1


@compiled
def wind_centres(edges: Floats, frame: Frame, box: NDArray[np.int64], steps: Numbers) -> None:
    """Write, per row of ``box``, where the winding number of one zone changes, west to east.

    ``box`` is row, row, column, column (last ones included); a centre counts as a footprint's
    point. ``steps`` has one column more than the box.
    """
    west, south, size = frame.west, frame.south, frame.size
    row_0, row_1, column_0, column_1 = box[0], box[1], box[2], box[3]
    across = column_1 - column_0 + 2
    for e in range(len(edges)):
        cx, cy, dx, dy = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
        lowest = min(cy, dy)
        sign = 1 if dy < cy else -1
        row_to = min(int((max(cy, dy) - south) / size), row_1)
        for row in range(max(int((lowest - south) / size), row_0), row_to + 1):
            y = south + (row + 0.5) * size
            if (cy <= y) == (dy <= y):
                continue
            place = (cx + (y - cy) / (dy - cy) * (dx - cx) - west) / size - 0.5
            k = min(max(int(place) + 1, column_0), column_1 + 1)
            if PAD < place - int(place) < 1 - PAD:  # rounding does not move it past a centre
                steps[(row - row_0) * across + k - column_0] += sign
                continue
            while k > column_0:
                found = turn(cx, cy, dx, dy, west + (k - 0.5) * size, y)
                if (found > 0 or (found == 0 and tie_point(cx, cy, dx, dy))) != (sign > 0):
                    break
                k -= 1
            while k <= column_1:
                found = turn(cx, cy, dx, dy, west + (k + 0.5) * size, y)
                if (found > 0 or (found == 0 and tie_point(cx, cy, dx, dy))) == (sign > 0):
                    break
                k += 1
            steps[(row - row_0) * across + k - column_0] += sign


@compiled
def box_of(edges: Floats, frame: Frame) -> NDArray[np.int64]:
    """Return the cells that a zone's edges lie in: row, row, column, column."""
    box = np.empty(4, np.int64)
    low_x = low_y = np.inf
    high_x = high_y = -np.inf
    for e in range(len(edges)):
        low_x = min(low_x, edges[e, 0])
        high_x = max(high_x, edges[e, 0])
        low_y = min(low_y, edges[e, 1])
        high_y = max(high_y, edges[e, 1])
    box[0] = max(int((low_y - frame.south) / frame.size), 0)
    box[1] = min(int((high_y - frame.south) / frame.size), frame.high - 1)
    box[2] = max(int((low_x - frame.west) / frame.size), 0)
    box[3] = min(int((high_x - frame.west) / frame.size), frame.wide - 1)
    return box


@compiled
def longer(numbers: Numbers) -> Numbers:
    """Return the same numbers with room for as many again."""
    out = np.zeros(2 * len(numbers), np.int32)
    out[: len(numbers)] = numbers
    return out


@compiled
def fill_sets(edges: Floats, begins: NDArray[np.int64], frame: Frame) -> Sets:
    """Find the set of zones at the centre of each cell; zone z has edges begins[z]..begins[z+1]."""
    state = np.zeros(frame.wide * frame.high, np.int32)
    parent, member = np.zeros(1024, np.int32), np.zeros(1024, np.int32)
    follower, asked = np.zeros(1024, np.int32), np.full(1024, -1, np.int32)
    count = 1
    for zone in range(len(begins) - 1):
        own = edges[begins[zone] : begins[zone + 1]]
        if len(own) == 0:
            continue
        box = box_of(own, frame)
        across = box[3] - box[2] + 2
        steps = np.zeros((box[1] - box[0] + 1) * across, np.int32)
        wind_centres(own, frame, box, steps)
        for row in range(box[0], box[1] + 1):
            inside, last, one_more = 0, -1, 0
            for column in range(box[2], box[3] + 1):
                inside += steps[(row - box[0]) * across + column - box[2]]
                if inside == 0:
                    continue
                cell = row * frame.wide + column
                here = state[cell]
                if here == last:
                    state[cell] = one_more
                    continue
                if asked[here] != zone:
                    if count == len(parent):
                        parent, member = longer(parent), longer(member)
                        follower, asked = longer(follower), longer(asked)
                    asked[here] = zone
                    follower[here] = count
                    parent[count], member[count], asked[count] = here, zone, -1
                    count += 1
                last, one_more = here, follower[here]
                state[cell] = one_more
    return Sets(state, parent[:count].copy(), member[:count].copy())
