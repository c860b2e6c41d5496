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
BINS = 128
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
def pick(values: Floats, size: int, ranks: Ints, work: Floats, found: Floats) -> None:
    """Write the values of ``ranks`` (ascending, from 0) of ``values[:size]`` into ``found``.

    Values are dealt into bins of equal width, in ``work``; only the bins of the ranks are looked
    into. Dealing never puts a larger value before a smaller one's bin, whatever is rounded.
    """
    least, most = values[0], values[0]
    for k in range(size):
        least = min(least, values[k])
        most = max(most, values[k])
    scale = (BINS - 0.5) / (most - least) if most > least else 0.0
    if not (scale > 0.0 and scale < np.inf and most - least < np.inf):
        for r in range(ranks.size):
            found[r] = split(values, 0, size, ranks[r])
        return
    ends = np.zeros(BINS + 1, np.int64)
    for k in range(size):
        ends[int((values[k] - least) * scale) + 1] += 1
    for b in range(BINS):
        ends[b + 1] += ends[b]
    starts = ends[:BINS].copy()
    for k in range(size):
        b = int((values[k] - least) * scale)
        work[starts[b]] = values[k]
        starts[b] += 1
    b = 0
    for r in range(ranks.size):
        while ends[b + 1] <= ranks[r]:
            b += 1
        found[r] = split(work, ends[b], ends[b + 1], ranks[r])


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

    Where ``kept`` has no room for another row, it is counted on: what is kept is only good where
    their number and a row's fit.
    """
    low, high = limits
    below = 0
    size = 0
    row = np.empty(y.size, np.float64)
    for i in range(y.size):
        later, when = y[first[i] : stop[i]], t[first[i] : stop[i]]
        here, now = y[i], t[i]
        width = later.size
        slopes = row[:width]
        for k in range(width):
            slopes[k] = (later[k] - here) / (when[k] - now)
        for k in range(width):
            below += slopes[k] < low
        if size + width > kept.size:
            for k in range(width):
                size += (slopes[k] >= low) & (slopes[k] <= high)
            continue
        room = kept[size:]
        at = 0
        for k in range(width):
            room[at] = slopes[k]
            at += (slopes[k] >= low) & (slopes[k] <= high)
        size += at
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
        kept = np.empty(total + y.size, np.float64)
        slopes_between(t, y, first, stop, (-np.inf, np.inf), kept)
        pick(kept, total, ranks, np.empty(total), found)
        return found
    sample, work = np.empty(SAMPLE, np.float64), np.empty(SAMPLE, np.float64)
    sample_slopes(t, y, first, stop, sample)
    ends, pair = np.empty(2, np.int64), np.empty(2, np.float64)
    spread = SPREAD
    while True:
        margin = spread * 0.5 * np.sqrt(float(SAMPLE))
        ends[0] = max(int(float(ranks[0]) / total * SAMPLE - margin), 0)
        ends[1] = min(int(float(ranks[ranks.size - 1]) / total * SAMPLE + margin) + 1, SAMPLE - 1)
        pick(sample, SAMPLE, ends, work, pair)
        low = pair[0] if ends[0] > 0 else -np.inf
        high = pair[1] if ends[1] < SAMPLE - 1 else np.inf
        kept = np.empty(total // SAMPLE * (ends[1] - ends[0] + int(margin)) + y.size, np.float64)
        below, size = slopes_between(t, y, first, stop, (low, high), kept)
        if size + y.size > kept.size:
            kept = np.empty(size + y.size, np.float64)
            below, size = slopes_between(t, y, first, stop, (low, high), kept)
        if below <= ranks[0] and ranks[ranks.size - 1] < below + size:
            pick(kept, size, ranks - below, np.empty(size), found)
            return found
        spread *= 2.0
