"""Compiled loops of the seasonal Kendall test over many series on one grid of years and seasons.

Series are rows, with the seasons of the first year, then those of the second; NaN is missing. Pairs
are taken by their distance in years: the pairs of all seasons at one distance are two runs of the
same row, so that a processor compares several at once, and a missing value needs no test.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled
from wetland.statistics.kendallkernels import pick

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

S, VAR_S, PAIRS, SLOPE, LOWER, UPPER, N, MEDIAN = range(8)
FIELDS = 8
SAMPLE = 192
SPREAD = 3.0  # half width of the bracket, in standard errors of a sampled rank


@compiled
def compare(y: Floats, period: int, slopes: Floats, later: Floats) -> tuple[int, int]:
    """Write the slopes of all pairs by distance; return how many rise and how many fall.

    ``later[k]`` becomes how many later values of its season equal value ``k``. A pair with a
    missing value has the slope NaN and neither rises, falls nor is equal.
    """
    later[:] = 0.0
    rise = 0
    fall = 0
    at = 0
    for years in range(1, y.size // period):
        size = y.size - years * period
        first, second, out = y[:size], y[years * period :], slopes[at : at + size]
        distance = float(years)
        for k in range(size):
            change = second[k] - first[k]
            out[k] = change / distance
            rise += change > 0.0
            fall += change < 0.0
            later[k] += change == 0.0
        at += size
    return rise, fall


@compiled
def counted(y: Floats, period: int, counts: Ints) -> tuple[int, int]:
    """Count the values of each season; return their pairs and sum n (n - 1) (2 n + 5)."""
    counts[:] = 0
    for start in range(0, y.size, period):
        year = y[start : start + period]
        for k in range(year.size):
            counts[k] += year[k] == year[k]
    pairs = 0
    full = 0
    for k in range(period):
        n = counts[k]
        pairs += n * (n - 1)
        full += n * (n - 1) * (2 * n + 5)
    return pairs // 2, full


@compiled
def limit_ranks(pairs: int, reach: float, ranks: Ints) -> tuple[float, float]:
    """Fill the ranks (from 0, ascending) of the limits and the median; return the limits' ranks.

    A limit that does not exist is asked for at the median, and its rank is NaN.
    """
    low = (pairs - reach) / 2.0 - 1.0
    high = (pairs + reach) / 2.0
    if reach == 0.0:
        low = high = (pairs - 1) / 2.0
    ranks[2] = (pairs - 1) // 2
    ranks[3] = pairs // 2
    if low >= 0.0:
        ranks[0] = int(np.floor(low))
        ranks[1] = int(np.ceil(low))
    else:
        ranks[0] = ranks[1] = ranks[2]
        low = np.nan
    if high <= pairs - 1:
        ranks[4] = int(np.floor(high))
        ranks[5] = int(np.ceil(high))
    else:
        ranks[4] = ranks[5] = ranks[3]
        high = np.nan
    return low, high


@compiled
def keep_between(values: Floats, low: float, high: float, kept: Floats) -> tuple[int, int]:
    """Keep the values from ``low`` to ``high``; return how many lie below and how many were kept.

    ``kept`` has one place more than there are values.
    """
    below = 0
    for k in range(values.size):
        below += values[k] < low
    size = 0
    for k in range(values.size):
        x = values[k]
        kept[size] = x
        size += (x >= low) & (x <= high)
    return below, size


@compiled
def ranked(
    values: Floats, present: int, places: Ints, ranks: Ints, buffers: Floats, found: Floats
) -> None:
    """Find the values of ``ranks`` among ``values``, ``present`` of which are not NaN.

    The values at ``places`` bracket the ranks; where they miss, all values are looked through.
    """
    spread = SPREAD
    kept, work = buffers[0], buffers[1]
    sample = kept[: places.size]
    while True:
        low, high = -np.inf, np.inf
        if present > 2 * places.size and spread < 2 * SPREAD:
            size = 0
            for k in range(places.size):
                x = values[places[k]]
                sample[size] = x
                size += x == x
            margin = spread * 0.5 * np.sqrt(float(size))
            a = int(float(ranks[0]) / present * size - margin)
            b = int(float(ranks[ranks.size - 1]) / present * size + margin) + 1
            if a > 0 and b < size:
                ends = np.array([a, b])
                pair = np.empty(2)
                pick(sample, size, ends, kept[places.size :], pair)
                low, high = pair[0], pair[1]
        below, size = keep_between(values, low, high, kept)
        if below <= ranks[0] and ranks[ranks.size - 1] < below + size:
            pick(kept, size, ranks - below, work, found)
            return
        spread *= 2.0


@compiled
def grid_tests(
    values: Floats, period: int, quantile: float, given: tuple[Ints, Floats], found: Floats
) -> None:
    """Test each row of ``values``; the numbers go to the row of ``found``.

    ``given`` are the places of the sample among the slopes, and the variances of the scores: none
    where they follow from the values of each season alone.
    """
    places, told = given
    width = values.shape[1]
    years = width // period
    slopes = np.empty(period * years * (years - 1) // 2)
    buffers = np.empty((2, max(slopes.size, 2 * places.size) + 1))
    later = np.empty(width)
    counts = np.empty(period, np.int64)
    ranks = np.empty(6, np.int64)
    at = np.empty(6)
    for r in range(values.shape[0]):
        y = values[r]
        rise, fall = compare(y, period, slopes, later)
        pairs, full = counted(y, period, counts)
        tied = 0.0
        for k in range(width):
            tied += later[k] * (later[k] + 2.0)
        var_s = (full - 6.0 * tied) / 18.0
        if told.size > 0:
            var_s = told[r]
        row = found[r]
        row[S], row[VAR_S], row[PAIRS], row[N] = rise - fall, var_s, pairs, counts.sum()
        row[SLOPE] = row[LOWER] = row[UPPER] = np.nan
        if pairs == 0:
            continue
        low, high = limit_ranks(pairs, quantile * np.sqrt(var_s), ranks)
        ranked(slopes, pairs, places, ranks, buffers, at)
        row[SLOPE] = (at[2] + at[3]) / 2.0
        row[LOWER] = at[0] + (low - np.floor(low)) * (at[1] - at[0])
        row[UPPER] = at[4] + (high - np.floor(high)) * (at[5] - at[4])


@compiled
def dependent_variances(values: Floats, period: int, found: Floats) -> None:
    """Write the variance of each row's score where seasons may depend on each other.

    All covariances added up: a third of the sum over pairs of years of the squared score of the
    pair, over all seasons, and of the sum over years of its squared score against all others.
    """
    years = values.shape[1] // period
    against = np.empty(years, np.int64)
    for r in range(values.shape[0]):
        y = values[r]
        against[:] = 0
        total = 0
        for i in range(years):
            here = y[i * period : (i + 1) * period]
            for j in range(i + 1, years):
                there = y[j * period : (j + 1) * period]
                score = 0
                for k in range(period):
                    score += there[k] > here[k]
                    score -= there[k] < here[k]
                total += score * score
                against[i] -= score
                against[j] += score
        for i in range(years):
            total += against[i] * against[i]
        found[r] = total / 3.0


@compiled
def median_of(values: Floats, work: Floats, ranks: Ints, found: Floats) -> np.float64:
    """Return the median; ``ranks`` and ``found`` are for two."""
    ranks[0], ranks[1] = (values.size - 1) // 2, values.size // 2
    pick(values, values.size, ranks, work, found)
    return np.float64((found[0] + found[1]) / 2.0)


@compiled
def season_intercepts(values: Floats, period: int, starts: Floats, found: Floats) -> None:
    """Write for each row the intercept of each season's own line; NaN where it has none.

    The line goes through the medians of the years and values of the season with its own Sen slope;
    the first year of row ``r`` is ``starts[r]``.
    """
    years = values.shape[1] // period
    slopes, work = np.empty(years * years), np.empty(years * years)
    when, y = np.empty(years), np.empty(years)
    ranks, pair = np.empty(2, np.int64), np.empty(2)
    for r in range(values.shape[0]):
        for season in range(period):
            n = 0
            pairs = 0
            for year in range(years):
                value = values[r, year * period + season]
                if value == value:
                    for k in range(n):
                        slopes[pairs + k] = (value - y[k]) / (year - when[k])
                    pairs += n
                    y[n], when[n] = value, year
                    n += 1
            found[r, season] = np.nan
            if pairs > 0:
                slope = median_of(slopes[:pairs], work, ranks, pair)
                middle = starts[r] + (when[(n - 1) // 2] + when[n // 2]) / 2.0
                found[r, season] = median_of(y[:n], work, ranks, pair) - slope * middle
