"""Compiled loops of Kendall's trend tests: scores, tied values and slopes of pairs of values.

Values come sorted by time within their block (a season, a station; one block for the plain test).
Row ``i`` is compared with the values ``first[i] <= j < stop[i]``: those of its own block that lie
strictly later, so that two values of one moment are never compared. No loop keeps all slopes of a
long series: they are made row by row, and only those near the wanted ranks are kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAMPLE = 512  # slopes that bracket the wanted ranks
SPREAD = 4.0  # half width of the bracket, in standard errors of a sampled rank
SMALL = 2048  # up to so many slopes all are kept


@compiled
def row_scores(y: Floats, first: Ints, stop: Ints) -> Ints:
    """Return for each row the later values above it less those below it."""
    score = np.zeros(y.size, np.int64)
    for i in range(y.size):
        here = y[i]
        later = y[first[i] : stop[i]]
        total = 0
        for k in range(later.size):
            total += later[k] > here
            total -= later[k] < here
        score[i] = total
    return score


@compiled
def split(values: Floats, low: int, high: int, rank: int) -> np.float64:
    """Put the value of ``rank`` at its place among ``values[low:high]``, smaller ones before it.

    Quickselect with the median of three as pivot and a partition without branches.
    """
    while high - low > 1:
        a, b, c = values[low], values[(low + high) >> 1], values[high - 1]
        pivot = max(min(a, b), min(max(a, b), c))
        below = low
        for k in range(low, high):
            x = values[k]
            values[k] = values[below]
            values[below] = x
            below += x < pivot
        if rank < below:
            high = below
            continue
        same = below
        for k in range(below, high):
            x = values[k]
            values[k] = values[same]
            values[same] = x
            same += x <= pivot
        if rank < same:
            return np.float64(pivot)
        low = same
    return np.float64(values[rank])


@compiled
def pick(values: Floats, size: int, ranks: Ints, found: Floats) -> None:
    """Write the values of ``ranks`` (ascending, from 0) of ``values[:size]`` into ``found``.

    Reorders ``values``. The middle rank is put in place first, then those on either side of it.
    """
    middle = ranks.size >> 1
    found[middle] = split(values, 0, size, ranks[middle])
    low = ranks[middle]
    for r in range(middle + 1, ranks.size):
        found[r] = found[r - 1]
        if ranks[r] > low:
            found[r] = split(values, low + 1, size, ranks[r])
            low = ranks[r]
    high = ranks[middle]
    for r in range(middle - 1, -1, -1):
        found[r] = found[r + 1]
        if ranks[r] < high:
            found[r] = split(values, 0, high, ranks[r])
            high = ranks[r]


@compiled
def count_pairs(first: Ints, stop: Ints) -> int:
    """Return the number of pairs of all rows."""
    total = 0
    for i in range(first.size):
        total += stop[i] - first[i]
    return total


@compiled
def slopes_between(
    t: Floats, y: Floats, first: Ints, stop: Ints, limits: tuple[float, float], kept: Floats
) -> tuple[int, int]:
    """Keep the slopes within ``limits``; return how many lie below and how many were kept.

    Where ``kept`` is full, it is counted on: the caller sees that more were to be kept.
    """
    low, high = limits
    below = 0
    size = 0
    row = np.empty(y.size, np.float64)
    for i in range(y.size):
        later, when = y[first[i] : stop[i]], t[first[i] : stop[i]]
        here, now = y[i], t[i]
        width = later.size
        for k in range(width):
            row[k] = (later[k] - here) / (when[k] - now)
        for k in range(width):
            below += row[k] < low
        if size + width > kept.size:
            inside = 0
            for k in range(width):
                inside += (row[k] >= low) & (row[k] <= high)
            if size + inside > kept.size:
                size += inside
                continue
        for k in range(width):
            if size < kept.size:
                kept[size] = row[k]
            size += (row[k] >= low) & (row[k] <= high)
    return below, size


@compiled
def sample_slopes(t: Floats, y: Floats, first: Ints, stop: Ints, sample: Floats) -> None:
    """Fill ``sample`` with slopes of pairs drawn one from each of its equal parts of all pairs."""
    total = count_pairs(first, stop)
    state = np.uint64(88172645463325252)
    i = 0
    start = 0
    for s in range(sample.size):
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
        low = s * total // sample.size
        part = max((s + 1) * total // sample.size - low, 1)
        target = low + np.int64(state % np.uint64(part))
        while start + stop[i] - first[i] <= target:
            start += stop[i] - first[i]
            i += 1
        j = first[i] + target - start
        sample[s] = (y[j] - y[i]) / (t[j] - t[i])


@compiled
def ranked_slopes(t: Floats, y: Floats, first: Ints, stop: Ints, ranks: Ints) -> Floats:
    """Return the slopes of ``ranks`` (ascending, from 0) among those of all pairs.

    A sample brackets the ranks; one pass keeps what lies in the bracket and counts what lies
    below. Where a bracket was missed, a wider one is taken: the answer does not depend on luck.
    """
    found = np.empty(ranks.size, np.float64)
    total = count_pairs(first, stop)
    if total <= SMALL:
        kept = np.empty(total, np.float64)
        slopes_between(t, y, first, stop, (-np.inf, np.inf), kept)
        pick(kept, total, ranks, found)
        return found
    sample = np.empty(SAMPLE, np.float64)
    sample_slopes(t, y, first, stop, sample)
    sample.sort()
    spread = SPREAD
    while True:
        margin = int(spread * 0.5 * np.sqrt(float(SAMPLE))) + 1
        a = int(float(ranks[0]) / total * SAMPLE) - margin
        b = int(float(ranks[ranks.size - 1]) / total * SAMPLE) + 1 + margin
        low = sample[a] if a >= 0 else -np.inf
        high = sample[b] if b < SAMPLE else np.inf
        room = total * min(b - a + 2 * margin, SAMPLE) // SAMPLE + y.size
        kept = np.empty(room, np.float64)
        below, size = slopes_between(t, y, first, stop, (low, high), kept)
        if size > kept.size:
            kept = np.empty(size, np.float64)
            below, size = slopes_between(t, y, first, stop, (low, high), kept)
        if below <= ranks[0] and ranks[ranks.size - 1] < below + size:
            pick(kept, size, ranks - below, found)
            return found
        spread *= 2.0
