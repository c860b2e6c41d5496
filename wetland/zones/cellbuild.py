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

from wetland.base.compiled import compiled, in_place

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

HEAD = 4  # words before a cell's edges: how many, how many bits, error, reach; then 2**bits sets
EDGE = 5  # words of an edge: both ends from the cell's centre, and the bit it toggles
SPARE = 16  # words after the last record: a look ahead may reach them
MOST_BITS = 6  # groups of zones that change within a cell; a cell of more asks GEOS
FEW_EDGES = 64  # of a cell are compared, to keep a shared edge once
EAGER_BITS = 2  # up to here every combination is named at once, else when it is first met
SINGLE = 2.0**-24  # half a unit in the last place of the coordinates kept
SETS, MEMBERS, RECORDS, PACKED, FULL = range(5)  # of `Work.state`


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
    held: NDArray[np.int32]
    following: Ints
    entries: Ints
    set_start: Ints
    set_members: Ints
    set_heads: Ints
    set_chain: Ints
    memo: Ints
    words: Ints
    reals: NDArray[np.float32]
    packed: Ints
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
def recall(memo: Ints, one: int, other: int) -> int:
    """Return what `differing` said of two sets, if that is still known; else -1."""
    slot = (one * 40503 + other * 9973) & (memo.shape[0] - 1)
    known = memo[slot, 0] == one and memo[slot, 1] == other
    return memo[slot, 2] if known else -1


@compiled
def differing(work: Work, one: int, other: int) -> int:
    """Return the set of the zones that are in just one of two sets, and remember it."""
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
    same = named(work, start, end)
    slot = (one * 40503 + other * 9973) & (work.memo.shape[0] - 1)
    work.memo[slot, 0], work.memo[slot, 1], work.memo[slot, 2] = one, other, same
    return int(same)


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
def same_edge(reals: NDArray[np.float32], first: int, at: int) -> int:
    """Return where this edge stands already, in either direction; else ``at``.

    Edges that differ by less than what is kept of them are decided alike, or both not decided here.
    """
    ax, ay, bx, by = reals[at], reals[at + 1], reals[at + 2], reals[at + 3]
    for one in range(max(first, at - EDGE * FEW_EDGES), at, EDGE):
        cx, cy, dx, dy = (
            reals[one], reals[one + 1], reals[one + 2], reals[one + 3]
        )  # fmt: skip
        if ax == cx and ay == cy and bx == dx and by == dy:
            return one
        if ax == dx and ay == dy and bx == cx and by == cy:
            return one
    return at


@compiled
def sweep(work: Work, grid: Grid) -> int:
    """Give every cell the set of its centre, row by row; list the cells that hold edges."""
    codes, entries, following, owners = work.codes, work.entries, work.following, work.owners
    memo, held = work.memo, work.held
    count = 0
    for row in range(grid.rows):
        current = 0
        for cell in range(row * grid.columns, (row + 1) * grid.columns):
            first = entry = codes[cell]
            edges = 0
            while entry >= 0:
                what = entries[entry]
                if what & 1:
                    zone = owners[what >> 1] + 1
                    same = recall(memo, current, zone)
                    current = differing(work, current, zone) if same < 0 else same
                else:
                    edges += 1
                entry = following[entry]
            codes[cell] = current
            if edges:
                held[count, 0], held[count, 1], held[count, 2] = cell, first, current
                count += 1
        if work.state[FULL]:
            return 0
    return count


@compiled
def keep_edges(work: Work, grid: Grid, count: int) -> None:
    """Write the edges of each cell that holds some, as seen from its centre.

    An edge of several zones is written once; its last word is the set of zones that it bounds.
    """
    edges, entries, following, owners = work.edges, work.entries, work.following, work.owners
    words, reals, memo, held, codes = work.words, work.reals, work.memo, work.held, work.codes
    start = 0
    for one in range(count):
        cell, entry = held[one, 0], held[one, 1]
        x = grid.x0 + (cell % grid.columns + 0.5) * grid.cell_m
        y = grid.y0 + (cell // grid.columns + 0.5) * grid.cell_m
        at, error, reach = start + HEAD, 0.0, 0.0
        while entry >= 0:
            edge, crossing, entry = entries[entry] >> 1, entries[entry] & 1, following[entry]
            if crossing:
                continue
            ax, ay = edges[edge, 0] - x, edges[edge, 1] - y
            bx, by = edges[edge, 2] - x, edges[edge, 3] - y
            far = max(max(abs(ax), abs(ay)), max(abs(bx), abs(by)), grid.cell_m)
            shift = SINGLE * far + grid.ulp_m
            span = abs(bx - ax) + abs(by - ay) + 4.0 * (grid.cell_m + shift)
            error, reach = max(error, 4.0 * shift * span), max(reach, 6.0 * far)
            reals[at], reals[at + 1], reals[at + 2], reals[at + 3] = ax, ay, bx, by
            zone = owners[edge] + 1
            twin = same_edge(reals, start + HEAD, at)
            if twin == at:
                words[at + 4] = zone
                at += EDGE
            else:
                same = recall(memo, words[twin + 4], zone)
                words[twin + 4] = differing(work, words[twin + 4], zone) if same < 0 else same
        words[start] = (at - start - HEAD) // EDGE
        reals[start + 2], reals[start + 3] = error * 1.001, reach * 1.001
        codes[cell] = -1 - start
        start = at
    work.state[RECORDS] = start


@in_place
def name_groups(words: Ints, groups: Ints, start: int) -> int:
    """Give each group of zones that changes in a cell a bit; return how many, -1 if too many."""
    bits = 0
    for at in range(start + HEAD, start + HEAD + EDGE * words[start], EDGE):
        group = words[at + 4]
        if group == 0:  # there and back again: nothing changes across it
            continue
        bit = 0
        while bit < bits and groups[bit] != group:
            bit += 1
        if bit == MOST_BITS:
            return -1
        groups[bit] = group
        bits = max(bits, bit + 1)
        words[at + 4] = 1 << bit
    return bits


@compiled
def name_sets(work: Work, count: int) -> None:
    """Pack the records, each followed by the sets of all combinations of its groups."""
    words, packed, groups, memo = work.words, work.packed, work.groups, work.memo
    codes, held = work.codes, work.held
    place = 0
    for one in range(count):
        cell = held[one, 0]
        start = -1 - codes[cell]
        bits = name_groups(words, groups, start)
        size = HEAD + EDGE * words[start] if bits >= 0 else HEAD
        if place + size + (1 << MOST_BITS) + SPARE > packed.size or work.state[FULL]:
            work.state[FULL] = 1
            return
        for k in range(size):
            packed[place + k] = words[start + k]
        packed[place + 1] = bits
        codes[cell] = -1 - place
        if bits < 0:
            packed[place] = -1
            place += HEAD
            continue
        place += size
        packed[place] = held[one, 2]
        for mask in range(1, 1 << bits):
            packed[place + mask] = -1
            if bits <= EAGER_BITS:
                bit = 1 if mask & 2 else 0
                before = packed[place + (mask & ~(1 << bit))]
                same = recall(memo, before, groups[bit])
                packed[place + mask] = differing(work, before, groups[bit]) if same < 0 else same
        place += 1 << bits
    packed[place : place + SPARE] = 0
    work.state[PACKED] = place + SPARE


def empty_work(edges: Floats, owners: Ints, sizes: dict[str, int], zones: int) -> Work:
    """Make the lists of a build; the first sets are the empty one and each zone alone."""

    def ints(*shape: int) -> Ints:
        return np.empty(shape, dtype=np.int32)

    words = ints(1)
    work = Work(
        edges=edges,
        owners=owners,
        codes=np.full(sizes["cells"], -1, dtype=np.int32),
        held=ints(sizes["entries"], 3),
        following=ints(sizes["entries"]),
        entries=ints(sizes["entries"]),
        set_start=ints(sizes["sets"] + 2),
        set_members=ints(sizes["members"]),
        set_heads=np.full(1 << 14, -1, dtype=np.int32),
        set_chain=ints(sizes["sets"] + 2),
        memo=np.full((1 << 13, 3), -1, dtype=np.int32),
        words=words,
        reals=words.view(np.float32),
        packed=ints(1),
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
