"""Loops that cover zones with cells: which edges touch a cell, and which zones hold its centre.

An edge enters every cell it comes within ``pad`` of, so that no rounding hides it from a point of
that cell. Which zones hold the centres of a row is found from the left: each edge that crosses the
row's middle line toggles its zone for every centre beyond the crossing. A centre so near an edge
that rounding could misplace it does no harm: whatever point of that cell lies across that edge is
left in doubt (`wetland.zones.cellkernels.settle`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.zones.compiled import compiled, in_place

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

HEAD = 4  # words before a cell's edges: their number, its place in the table, error, reach
EDGE = 5  # words of an edge: both ends from the cell's centre, and the bit it toggles
MOST_BITS = 6  # groups of zones that change within a cell; a cell of more asks GEOS
FEW_EDGES = 64  # of a cell are compared, to keep a shared edge once
EAGER_BITS = 2  # up to here every combination is named at once, else when it is first met
SINGLE = 2.0**-24  # half a unit in the last place of the coordinates kept
SETS, MEMBERS, RECORDS, SLOTS, FULL = range(5)  # of `Work.state`


class Grid(NamedTuple):
    """Square cells over the zones; the outermost ring of cells touches none of them."""

    x0: float
    y0: float
    cell_m: float
    per_m: float
    columns: int
    rows: int
    pad_m: float
    ulp_m: float


class Work(NamedTuple):
    """What the loops of the build share. A set is a sorted list of zone numbers; set 0 is empty."""

    edges: Floats
    owners: Ints
    codes: Ints
    following: Ints
    entries: Ints
    set_start: Ints
    set_members: Ints
    set_heads: Ints
    set_chain: Ints
    memo: Ints
    words: Ints
    reals: NDArray[np.float32]
    table: Ints
    groups: Ints
    state: NDArray[np.int64]


@in_place
def columns_in(row: int, ends: tuple[float, float, float, float], grid: Grid) -> tuple[int, int]:
    """Return the first and last column in which an edge passes through a row."""
    ax, ay, bx, by = ends
    pad = grid.pad_m
    left, right, low_y, high_y = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
    if high_y - low_y > pad:
        slope = (bx - ax) / (by - ay)
        bottom = grid.y0 + row * grid.cell_m - pad
        top = grid.y0 + (row + 1) * grid.cell_m + pad
        one = ax + (max(low_y, bottom) - ay) * slope
        two = ax + (min(high_y, top) - ay) * slope
        left, right = max(left, min(one, two)), min(right, max(one, two))
    return int((left - pad - grid.x0) * grid.per_m), int((right + pad - grid.x0) * grid.per_m)


@compiled
def enter_edges(work: Work, grid: Grid) -> int:
    """Enter edges into the cells they touch, and their crossings of the rows' middle lines."""
    count = 0
    codes, entries, following = work.codes, work.entries, work.following
    for edge in range(work.edges.shape[0]):
        ax, ay = work.edges[edge, 0], work.edges[edge, 1]
        bx, by = work.edges[edge, 2], work.edges[edge, 3]
        first_row = int((min(ay, by) - grid.pad_m - grid.y0) * grid.per_m)
        last_row = int((max(ay, by) + grid.pad_m - grid.y0) * grid.per_m)
        for row in range(first_row, last_row + 1):
            start = row * grid.columns
            first, last = columns_in(row, (ax, ay, bx, by), grid)
            for cell in range(start + first, start + last + 1):
                entries[count], following[count] = 2 * edge, codes[cell]
                codes[cell] = count
                count += 1
            middle = grid.y0 + (row + 0.5) * grid.cell_m
            if (ay > middle) != (by > middle):
                x = ax + (middle - ay) * ((bx - ax) / (by - ay))
                x = min(max(x, min(ax, bx)), max(ax, bx))
                cell = start + int((x - grid.x0) * grid.per_m + 0.5)
                entries[count], following[count] = 2 * edge + 1, codes[cell]
                codes[cell] = count
                count += 1
    return count


@in_place
def differing(work: Work, one: int, other: int) -> int:
    """Return the set of the zones that are in just one of two sets."""
    slot = (one * 40503 + other * 9973) & (work.memo.shape[0] - 1)
    same = work.memo[slot, 2]
    if work.memo[slot, 0] != one or work.memo[slot, 1] != other:
        same = newly_differing(work, one, other)
        work.memo[slot, 0], work.memo[slot, 1], work.memo[slot, 2] = one, other, same
    return int(same)


@compiled
def newly_differing(work: Work, one: int, other: int) -> int:
    """Do so without memory of earlier answers."""
    a, a_end = work.set_start[one], work.set_start[one + 1]
    b, b_end = work.set_start[other], work.set_start[other + 1]
    found = work.state[SETS]
    start = end = work.state[MEMBERS]
    if end + a_end - a + b_end - b > work.set_members.size or found + 2 > work.set_start.size:
        work.state[FULL] = 1
        return 0
    while a < a_end or b < b_end:
        if b == b_end or (a < a_end and work.set_members[a] < work.set_members[b]):
            work.set_members[end] = work.set_members[a]
            a, end = a + 1, end + 1
        elif a == a_end or work.set_members[b] < work.set_members[a]:
            work.set_members[end] = work.set_members[b]
            b, end = b + 1, end + 1
        else:
            a, b = a + 1, b + 1
    return int(named(work, start, end))


@compiled
def named(work: Work, start: int, end: int) -> int:
    """Return the number of the set whose members stand at start..end, a new one if need be."""
    mixed = np.uint64(end - start)
    for place in range(start, end):
        mixed = (mixed ^ np.uint64(work.set_members[place])) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    bucket = np.int64(mixed & np.uint64(work.set_heads.size - 1))
    known = work.set_heads[bucket]
    while known >= 0:
        first = work.set_start[known]
        same = work.set_start[known + 1] - first == end - start
        for place in range(start, end):
            if not same:
                break
            same = work.set_members[first + place - start] == work.set_members[place]
        if same:
            return int(known)
        known = work.set_chain[known]
    fresh = work.state[SETS]
    work.set_start[fresh + 1] = end
    work.set_chain[fresh] = work.set_heads[bucket]
    work.set_heads[bucket] = fresh
    work.state[SETS], work.state[MEMBERS] = fresh + 1, end
    return int(fresh)


@in_place
def same_edge(work: Work, first: int, at: int) -> int:
    """Return where this edge stands already, in either direction; else ``at``.

    Edges that differ by less than what is kept of them are decided alike, or both not decided here.
    """
    ax, ay, bx, by = work.reals[at], work.reals[at + 1], work.reals[at + 2], work.reals[at + 3]
    for one in range(max(first, at - EDGE * FEW_EDGES), at, EDGE):
        cx, cy, dx, dy = (
            work.reals[one], work.reals[one + 1], work.reals[one + 2], work.reals[one + 3]
        )  # fmt: skip
        if ax == cx and ay == cy and bx == dx and by == dy:
            return one
        if ax == dx and ay == dy and bx == cx and by == cy:
            return one
    return at


@in_place
def keep_edges(work: Work, grid: Grid, entry: int, x: float, y: float) -> int:
    """Write the edges of a cell as seen from its centre; an edge of several zones once.

    Leaves in the last word of each edge the set of zones that it bounds.
    """
    start = work.state[RECORDS]
    kept, error, reach = 0, 0.0, 0.0
    while entry >= 0:
        what, entry = work.entries[entry], work.following[entry]
        if what & 1:
            continue
        edge = what >> 1
        ax, ay = work.edges[edge, 0] - x, work.edges[edge, 1] - y
        bx, by = work.edges[edge, 2] - x, work.edges[edge, 3] - y
        far = max(max(abs(ax), abs(ay)), max(abs(bx), abs(by)), grid.cell_m)
        length = abs(bx - ax) + abs(by - ay)
        shift = SINGLE * far + grid.ulp_m
        error = max(error, 4.0 * shift * (length + 4.0 * grid.cell_m + 4.0 * shift))
        reach = max(reach, 6.0 * far)
        at = start + HEAD + EDGE * kept
        if at + EDGE > work.words.size:
            work.state[FULL] = 1
            return 0
        work.reals[at], work.reals[at + 1] = ax, ay
        work.reals[at + 2], work.reals[at + 3] = bx, by
        work.words[at + 4] = work.owners[edge] + 1
        twin = same_edge(work, start + HEAD, at)
        if twin == at:
            kept += 1
        else:
            work.words[twin + 4] = differing(work, work.words[twin + 4], work.words[at + 4])
    work.words[start] = kept
    work.reals[start + 2] = error * 1.001
    work.reals[start + 3] = reach * 1.001
    return kept


@in_place
def name_sets(work: Work, kept: int, current: int) -> None:
    """Give each group of zones that changes within a cell a bit, and combinations their sets."""
    start, slots = work.state[RECORDS], work.state[SLOTS]
    bits = 0
    for at in range(start + HEAD, start + HEAD + EDGE * kept, EDGE):
        group = work.words[at + 4]
        if group == 0:  # there and back again: nothing changes across it
            continue
        bit = 0
        while bit < bits and work.groups[bit] != group:
            bit += 1
        if bit == MOST_BITS:
            work.words[start] = -1
            work.state[RECORDS] += HEAD
            return
        work.groups[bit] = group
        bits = max(bits, bit + 1)
        work.words[at + 4] = 1 << bit
    work.state[RECORDS] += HEAD + EDGE * kept
    work.words[start + 1] = slots
    work.state[SLOTS] += 1 << bits
    if slots + (1 << bits) > work.table.size:
        work.state[FULL] = 1
        return
    work.table[slots] = current
    for mask in range(1, 1 << bits):
        work.table[slots + mask] = -1
        if bits <= EAGER_BITS:
            bit = 1 if mask & 2 else 0
            before = work.table[slots + (mask & ~(1 << bit))]
            work.table[slots + mask] = differing(work, before, work.groups[bit])
    return


@compiled
def cover(work: Work, grid: Grid) -> None:
    """Give every cell its code: a set where no edge comes near, else -1 - place of its record.

    Stops early with ``state[FULL]`` where a list of ``work`` is too short.
    """
    for row in range(grid.rows):
        current = 0
        for column in range(grid.columns):
            cell = row * grid.columns + column
            entry = work.codes[cell]
            if entry < 0:
                work.codes[cell] = current
                continue
            edges = 0
            first = entry
            while entry >= 0:
                what = work.entries[entry]
                if what & 1:
                    current = differing(work, current, work.owners[what >> 1] + 1)
                else:
                    edges += 1
                entry = work.following[entry]
            work.codes[cell] = current
            if edges:
                work.codes[cell] = -1 - work.state[RECORDS]
                x = grid.x0 + (column + 0.5) * grid.cell_m
                y = grid.y0 + (row + 0.5) * grid.cell_m
                kept = keep_edges(work, grid, first, x, y)
                name_sets(work, kept, current)
            if work.state[FULL]:
                return


def empty_work(edges: Floats, owners: Ints, sizes: dict[str, int], zones: int) -> Work:
    """Make the lists of a build; the first sets are the empty one and each zone alone."""

    def ints(*shape: int) -> Ints:
        return np.empty(shape, dtype=np.int32)

    words = ints(1)
    work = Work(
        edges=edges,
        owners=owners,
        codes=np.full(sizes["cells"], -1, dtype=np.int32),
        following=ints(sizes["entries"]),
        entries=ints(sizes["entries"]),
        set_start=ints(sizes["sets"] + 2),
        set_members=ints(sizes["members"]),
        set_heads=np.full(1 << 14, -1, dtype=np.int32),
        set_chain=ints(sizes["sets"] + 2),
        memo=np.full((1 << 13, 3), -1, dtype=np.int32),
        words=words,
        reals=words.view(np.float32),
        table=ints(1),
        groups=ints(MOST_BITS + 1),
        state=np.zeros(5, dtype=np.int64),
    )
    work.set_start[0] = 0
    name_single(work, zones)
    return work


@compiled
def name_single(work: Work, zones: int) -> None:
    """Name the empty set and each zone alone."""
    named(work, 0, 0)
    for zone in range(zones):
        place = work.state[MEMBERS]
        work.set_members[place] = zone
        named(work, place, place + 1)
