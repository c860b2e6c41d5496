"""Compiled loops of the Mann-Kendall test over many series."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled
from wetland.statistics.kendallgridkernels import (
    LOWER,
    MEDIAN,
    PAIRS,
    SLOPE,
    UPPER,
    VAR_S,
    N,
    S,
    limit_ranks,
    median_of,
)
from wetland.statistics.kendallkernels import ranked_slopes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MIDDLE = 8  # the median of the times that have values
ROW_FIELDS = 9


@compiled
def present_rows(t: Floats, values: Floats, when: Floats, y: Floats) -> int:
    """Copy the times and values that are not missing; return how many there are."""
    size = 0
    for k in range(values.size):
        when[size] = t[k]
        y[size] = values[k]
        size += values[k] == values[k]
    return size


@compiled
def next_times(t: Floats, first: Ints) -> bool:
    """Write for each of the sorted times where the next later one is; return whether any tie."""
    later = t.size
    tied = False
    for i in range(t.size - 1, -1, -1):
        if i + 1 < t.size and t[i + 1] != t[i]:
            later = i + 1
        first[i] = later
        tied |= later > i + 1 and i + 1 < t.size
    return tied


@compiled
def tie_terms(values: Floats) -> tuple[float, float, float]:
    """Return the sums over ties of u(u-1)(2u+5), u(u-1)(u-2) and u(u-1) of sorted values."""
    five, three, two = 0.0, 0.0, 0.0
    start = 0
    for k in range(1, values.size + 1):
        if k == values.size or values[k] != values[start]:
            u = float(k - start)
            two += u * (u - 1.0)
            three += u * (u - 1.0) * (u - 2.0)
            five += u * (u - 1.0) * (2.0 * u + 5.0)
            start = k
    return five, three, two


@compiled
def score_of(y: Floats, first: Ints) -> tuple[int, float]:
    """Return the score, and the sum of 6 u (u + 2) over how many later values equal each value."""
    score = 0
    tied = 0.0
    for i in range(y.size):
        here = y[i]
        later = y[first[i] :]
        total = 0
        same = 0
        for k in range(later.size):
            total += later[k] > here
            total -= later[k] < here
            same += later[k] == here
        for k in range(i + 1, first[i]):
            same += y[k] == here
        score += total
        tied += 6.0 * same * (same + 2.0)
    return score, tied


@compiled
def row_tests(t: Floats, values: Floats, quantile: float, found: Floats) -> None:
    """Test each row of ``values`` against its sorted times; numbers go to the row of ``found``."""
    width = t.shape[1]
    when, held, work = np.empty(width + 1), np.empty(width + 1), np.empty(width)
    firsts, stops = np.empty(width, np.int64), np.empty(width, np.int64)
    ranks, two = np.empty(6, np.int64), np.empty(2, np.int64)
    pair = np.empty(2)
    for r in range(values.shape[0]):
        n = present_rows(t[r], values[r], when, held)
        at, y = when[:n], held[:n]
        first, stop = firsts[:n], stops[:n]
        stop[:] = n
        tied_times = next_times(at, first)
        score, tied = score_of(y, first)
        pairs = n * (n - 1)
        var_s = (pairs * (2.0 * n + 5.0) - tied) / 18.0
        if tied_times:
            _, y3, y2 = tie_terms(np.sort(y))
            t5, t3, t2 = tie_terms(at)
            var_s -= t5 / 18.0
            var_s += y2 * t2 / (2.0 * pairs)
            if n > 2:
                var_s += y3 * t3 / (9.0 * pairs * (n - 2.0))
        row = found[r]
        row[S], row[VAR_S], row[PAIRS], row[N] = score, var_s, pairs // 2, n
        row[SLOPE] = row[LOWER] = row[UPPER] = row[MEDIAN] = row[MIDDLE] = np.nan
        if n == 0:
            continue
        row[MIDDLE] = (at[(n - 1) // 2] + at[n // 2]) / 2.0
        row[MEDIAN] = median_of(y.copy(), work, two, pair)
        total = 0
        for i in range(n):
            total += n - first[i]
        if total == 0:
            continue
        low, high = limit_ranks(total, quantile * np.sqrt(var_s), ranks)
        s = ranked_slopes(at, y, first, stop, ranks)
        row[SLOPE] = (s[2] + s[3]) / 2.0
        row[LOWER] = s[0] + (low - np.floor(low)) * (s[1] - s[0])
        row[UPPER] = s[4] + (high - np.floor(high)) * (s[5] - s[4])
