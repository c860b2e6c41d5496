"""Values in blocks (seasons, stations), sorted by time: scores, ties, variances, slopes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.trendtest import Floats, Ints, normal_quantile

Interval = Literal["interpolated", "rounded"]


@dataclass(frozen=True)
class Blocks:
    """Values that are present, sorted by block and then by time.

    ``first[i]`` is the row of the next later time in the block of row ``i``, ``stop[i]`` the end of
    the block; block ``g`` holds the rows ``bounds[g]`` to ``bounds[g + 1]``. ``row`` tells where a
    value stood in what was handed over.
    """

    t: Floats
    y: Floats
    first: Ints
    stop: Ints
    bounds: Ints
    labels: NDArray[np.generic]
    row: Ints

    @property
    def sizes(self) -> Ints:
        """How many values each block holds."""
        return np.diff(self.bounds)

    def part(self, block: int) -> Blocks:
        """Return one block alone."""
        a, b = self.bounds[block], self.bounds[block + 1]
        return Blocks(
            self.t[a:b],
            self.y[a:b],
            self.first[a:b] - a,
            self.stop[a:b] - a,
            np.array([0, b - a]),
            self.labels[block : block + 1],
            self.row[a:b],
        )


@dataclass(frozen=True)
class BlockScores:
    """Kendall's score of each block, its variance, and the numbers of pairs for tau."""

    s: Ints
    var_s: Floats
    pairs: Ints
    pairs_b: Floats  # the denominator of tau-b
    row_score: Ints


def as_series(name: str, values: ArrayLike, size: int | None = None) -> Floats:
    """Return one column of numbers; NaN is a missing value, infinity is refused.

    Raises
    ------
    InputError
        If it is not one column of ``size`` numbers.
    """
    try:
        column = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            text("{name} 应为一列数", "{name} must be a column of numbers").fill(name=name)
        ) from error
    if column.ndim != 1 or (size is not None and column.size != size):
        raise InputError(
            text(
                "{name} 应为一列 {size} 个数，现为 {shape}",
                "{name} must be a column of {size} numbers, it is {shape}",
            ).fill(name=name, size="n" if size is None else size, shape=column.shape)
        )
    if np.isinf(column).any():
        raise InputError(text("{name} 含无穷大", "{name} holds an infinite number").fill(name=name))
    return column


def sort_blocks(t: ArrayLike, y: ArrayLike, block: ArrayLike | None = None) -> Blocks:
    """Leave out missing values and sort by block and time.

    Raises
    ------
    InputError
        If the columns differ in length, or a value that is present has no time or block.
    """
    values = as_series("y", y)
    times = as_series("t", t, values.size)
    kept = np.flatnonzero(~np.isnan(values))
    if np.isnan(times[kept]).any():
        raise InputError(text("有数值没有时间", "a value has no time"))
    labels, code = _labels(block, values.size)
    code = code[kept]
    if (code < 0).any():
        raise InputError(text("有数值没有季节或站点", "a value has no season or station"))
    present, code = np.unique(code, return_inverse=True)
    order = np.lexsort((times[kept], code))
    row = kept[order]
    t_sorted, y_sorted, code = times[row], values[row], code[order]
    size = row.size
    bounds = np.searchsorted(code, np.arange(present.size + 1)).astype(np.int64)
    stop = bounds[code + 1]
    new = np.ones(size + 1, np.bool_)
    new[1:size] = (code[1:] != code[:-1]) | (t_sorted[1:] != t_sorted[:-1])
    starts = np.flatnonzero(new)
    first = starts[np.cumsum(new[:size])] if size else np.zeros(0, np.int64)
    return Blocks(t_sorted, y_sorted, first, stop, bounds, labels[present], row)


def _labels(block: ArrayLike | None, size: int) -> tuple[NDArray[np.generic], Ints]:
    """Return the blocks in order and the block of each value; -1 where it is missing."""
    if block is None:
        return np.zeros(1, np.int64), np.zeros(size, np.int64)
    told = np.asarray(block)
    if told.shape != (size,):
        raise InputError(
            text("季节或站点应与数值一样多", "there must be as many seasons or stations as values")
        )
    missing = np.array([b is None or b != b for b in told.tolist()], np.bool_)
    labels, inverse = np.unique(told[~missing], return_inverse=True)
    code = np.full(size, -1, np.int64)
    code[~missing] = inverse
    return labels, code


def tie_sums(values: Floats, bounds: Ints) -> tuple[Floats, Floats, Floats]:
    """Return for each block the sums over tied groups of u(u-1)(2u+5), u(u-1)(u-2) and u(u-1)."""
    blocks = bounds.size - 1
    code = np.repeat(np.arange(blocks), np.diff(bounds))
    order = np.lexsort((values, code))
    v, c = values[order], code[order]
    new = np.ones(v.size, np.bool_)
    new[1:] = (v[1:] != v[:-1]) | (c[1:] != c[:-1])
    starts = np.flatnonzero(new)
    u = np.diff(np.append(starts, v.size)).astype(np.float64)
    group = c[starts]
    two = u * (u - 1.0)

    def of_blocks(weights: Floats) -> Floats:
        return np.bincount(group, weights, blocks).astype(np.float64)

    return of_blocks(two * (2.0 * u + 5.0)), of_blocks(two * (u - 2.0)), of_blocks(two)


def block_scores(blocks: Blocks) -> BlockScores:
    """Return the score of each block and its variance with ties in value and in time.

    The variance is the full formula of Kendall (1975), with the products of the ties in value and
    in time, as EnvStats and R's Kendall take it.
    """
    from wetland.statistics.kendallkernels import row_scores  # noqa: PLC0415 - loads the compiler

    row_score = row_scores(blocks.y, blocks.first, blocks.stop)
    edges = np.concatenate(([0], np.cumsum(row_score)))
    s = edges[blocks.bounds[1:]] - edges[blocks.bounds[:-1]]
    n = blocks.sizes.astype(np.float64)
    y5, y3, y2 = tie_sums(blocks.y, blocks.bounds)
    t5, t3, t2 = tie_sums(blocks.t, blocks.bounds)
    pairs = n * (n - 1.0)
    var_s = (pairs * (2.0 * n + 5.0) - y5 - t5) / 18.0
    both = (y2 > 0) & (t2 > 0)
    triples = np.where(n > 2, pairs * (n - 2.0), np.inf)
    var_s += np.where(both, y3 * t3 / (9.0 * triples) + y2 * t2 / np.maximum(2.0 * pairs, 1.0), 0.0)
    pairs_b = np.sqrt((pairs - y2) * (pairs - t2)) / 2.0
    return BlockScores(s, var_s, (pairs / 2.0).astype(np.int64), pairs_b, row_score)


def slope_interval(
    blocks: Blocks, var_s: float, *, alpha: float, interval: Interval = "interpolated"
) -> tuple[float, float, float]:
    """Return the median of the slopes of all pairs within blocks and the limits of its interval.

    Slopes are taken over true distances in time; pairs of one moment have none. The limits are
    the slopes of rank ``(N - C) / 2`` and ``(N + C) / 2 + 1``, where ``N`` is the number of slopes
    and ``C`` the normal quantile times the root of the variance of S (Gilbert 1987, 16.5): between
    ranks they are interpolated (EnvStats), or ranks are rounded (R's trend). A rank that does not
    exist gives NaN; without any pair all three are NaN.
    """
    from wetland.statistics.kendallkernels import ranked_slopes  # noqa: PLC0415 - the compiler

    pairs = int((blocks.stop - blocks.first).sum())
    if pairs == 0:
        return math.nan, math.nan, math.nan
    at = limit_ranks(pairs, var_s, alpha=alpha, interval=interval)
    wanted = {(pairs - 1) // 2, pairs // 2}
    for rank in at:
        if 1.0 <= rank <= pairs:
            wanted |= {math.floor(rank) - 1, math.ceil(rank) - 1}
    ranks = np.array(sorted(wanted), np.int64)
    found = ranked_slopes(blocks.t, blocks.y, blocks.first, blocks.stop, ranks)
    value = dict(zip(ranks.tolist(), found.tolist(), strict=True))
    slope = (value[(pairs - 1) // 2] + value[pairs // 2]) / 2.0
    limits = [_between(value, rank, pairs) for rank in at]
    return slope, limits[0], limits[1]


def limit_ranks(
    pairs: int, var_s: float, *, alpha: float, interval: Interval = "interpolated"
) -> tuple[float, float]:
    """Return the ranks, counted from 1, of the limits among ``pairs`` slopes; NaN: no variance."""
    if not var_s >= 0.0:
        return math.nan, math.nan
    reach = normal_quantile(alpha) * math.sqrt(var_s)
    low, high = (pairs - reach) / 2.0, (pairs + reach) / 2.0 + 1.0
    if reach == 0.0:
        low = high = (pairs + 1.0) / 2.0
    if interval == "rounded":
        return float(round(low)), float(round(high))
    return low, high


def _between(value: dict[int, float], rank: float, pairs: int) -> float:
    if not 1.0 <= rank <= pairs:
        return math.nan
    low, high = value[math.floor(rank) - 1], value[math.ceil(rank) - 1]
    return low + (rank - math.floor(rank)) * (high - low)
