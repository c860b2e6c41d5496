"""Drawing without replacement (不放回抽样): what a smaller sample would have held.

Of a population of ``n`` (individuals or sampling units) a species has ``x``; ``m`` of the n are
drawn. The number drawn of the species follows the hypergeometric law.

Differences of logarithms of factorials lose digits where counts are large: ln(10^7!) is 1.5e8,
so its last bit is 3e-8. Here the large parts are cancelled before anything is computed (Stirling's
formula with log1p), and whole distributions come from ratios of neighbours, normalised.

References
----------
Hurlbert (1971), The nonconcept of species diversity, Ecology 52:577-586.
Loader (2000), Fast and accurate computation of binomial probabilities (Stirling's error).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

_SMALL = 16.0
_HALF_LOG_TWO_PI = 0.5 * np.log(2 * np.pi)


def none_drawn(n: float, x: Floats, m: float) -> Floats:
    """Return the probability that a species with ``x`` of ``n`` is missing from a draw of ``m``.

    C(n - x, m) / C(n, m); 0 where fewer than m are left without the species. ``m`` and ``x`` are
    exchangeable; both whole, 0 <= m <= n.

    Examples
    --------
    >>> none_drawn(10, np.array([0.0, 1.0, 5.0, 6.0]), 5).round(6).tolist()
    [1.0, 0.5, 0.003968, 0.0]
    """
    x = np.asarray(x, dtype=np.float64)
    few, many = np.minimum(x, m), np.maximum(x, m)
    left = n - x - m
    logs = np.full(x.shape, -np.inf)
    large = left >= _SMALL
    if large.any():
        logs[large] = _stirling(n, few[large], many[large])
    small = (left >= 0) & ~large
    a, b = few[small], many[small]
    logs[small] = (
        special.gammaln(n - a + 1)
        + special.gammaln(n - b + 1)
        - special.gammaln(n - a - b + 1)
        - special.gammaln(n + 1)
    )
    out: Floats = np.where(few == 0, 1.0, np.minimum(np.exp(logs), 1.0))
    return out


def _stirling(n: float, few: Floats, many: Floats) -> Floats:
    """Return ln of C(n - few, many) / C(n, many) with every term of the size of ``few``."""
    rest = n - many
    both = rest - few
    main = (
        few * np.log1p(-many / n)
        - (both + 0.5) * np.log1p(-few / rest)
        + (n - few + 0.5) * np.log1p(-few / n)
    )
    out: Floats = main + _error(n - few) + _error(rest) - _error(both) - _error(np.asarray(n))
    return out


def _error(k: Floats) -> Floats:
    """Return what Stirling's formula lacks of ln k!, for k of 16 or more."""
    square = k * k
    series = (1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360360 / square) / square) / square) / square
    out: Floats = (1 / 12 - (1 / 360 - series) / square) / k
    return out


def expected_log(n: float, x: Floats, m: float) -> Floats:
    """Return the expectation of K ln K, K the number of a species with ``x`` of ``n`` in a draw.

    What the entropy of a smaller sample is made of. Exact up to terms below 1e-17 of it: K more
    than nine standard deviations and thirty off its mean is left out.

    Examples
    --------
    >>> expected_log(4, np.array([2.0]), 2).round(6).tolist()  # both drawn: 1 of 6; 2 ln 2 / 6
    [0.231049]
    """
    out = np.zeros(len(x))
    share = m / n
    spread = np.sqrt(np.maximum(x * share * (1 - share) * (n - x) / max(n - 1, 1), 0.0))
    first = np.maximum(0.0, np.maximum(m - (n - x), np.floor(x * share - 9 * spread - 30)))
    last = np.minimum(np.minimum(x, m), np.ceil(x * share + 9 * spread + 30))
    width = (last - first).astype(np.intp) + 1
    order = np.argsort(width)
    for some in _batches(width[order]):
        rows = order[some]
        out[rows] = _mean_log(n, x[rows], m, (first[rows], last[rows]))
    return out


def _batches(width: NDArray[np.intp], cells: int = 1_000_000) -> list[slice]:
    """Cut ascending widths into runs of similar width whose tables stay small."""
    cuts, start = [], 0
    while start < len(width):
        stop = int(np.searchsorted(width, 2 * width[start] + 8, side="right"))
        stop = min(stop, start + max(1, cells // int(width[stop - 1])))
        cuts.append(slice(start, stop))
        start = stop
    return cuts


def _mean_log(n: float, x: Floats, m: float, ends: tuple[Floats, Floats]) -> Floats:
    """Return E[K ln K] by rows, from the ratios of neighbouring probabilities."""
    first, last = ends[0][:, None], ends[1][:, None]
    k = first + np.arange(int((last - first).max()) + 1)
    inside = k <= last
    of = x[:, None]
    before = np.where(inside, k, first + 1.0)[:, 1:] - 1.0
    up = (of - before) * (m - before)
    down = (before + 1.0) * (n - of - m + before + 1.0)
    logs = np.zeros(k.shape)
    np.cumsum(np.where(inside[:, 1:], np.log(np.where(inside[:, 1:], up / down, 1.0)), 0.0),
              axis=1, out=logs[:, 1:])  # fmt: skip
    weights = np.where(inside, np.exp(logs - logs.max(axis=1, keepdims=True)), 0.0)
    out: Floats = (weights * special.xlogy(k, k)).sum(axis=1) / weights.sum(axis=1)
    return out
