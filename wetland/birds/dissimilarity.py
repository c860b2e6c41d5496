"""How different two communities are (群落相异性).

Every measure takes a table sites x species and gives the square matrix of all pairs. Two sites
without anything counted have no dissimilarity (NaN), save by manhattan, euclidean and gower, where
it is 0. One such site against another: 1 by bray, jaccard, sorensen, canberra and clark (nothing
shared); NaN by the measures that need shares or species of both.

References
----------
Bray, Curtis (1957); Jaccard (1912); Sorensen (1948); Legendre, Legendre (2012), Numerical Ecology,
ch. 7; Legendre, Gallagher (2001), Oecologia 129:271-280 (chord, Hellinger); Morisita (1959); Horn
(1966); Raup, Crick (1979); Chao, Chazdon, Colwell, Shen (2005), Ecology Letters 8:148-159.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.counts import abundances, whole_counts

Floats = NDArray[np.float64]
Measure = Literal[
    "bray", "jaccard", "sorensen", "kulczynski", "manhattan", "euclidean", "canberra", "clark",
    "gower", "chord", "hellinger", "morisita", "horn", "raup", "chao",
]  # fmt: skip
MEASURES: tuple[Measure, ...] = get_args(Measure)
INDIVIDUALS = frozenset({"morisita", "chao"})


def dissimilarity(counts: ArrayLike, measure: Measure = "bray", *, binary: bool = False) -> Floats:
    """Return the dissimilarities of all pairs of rows as a square matrix, 0 on the diagonal.

    Parameters
    ----------
    counts
        Sites x species; whole counts for ``morisita`` and ``chao``.
    measure
        Names of vegan's vegdist. ``bray`` sum|a - b| / sum(a + b); ``jaccard`` 2B / (1 + B) of it
        (Ruzicka for counts, the usual one for presences); ``sorensen`` is ``bray`` of presences;
        ``raup`` the chance of so many shared species or more among the table's species.
    binary
        Take presences instead of counts.

    Examples
    --------
    >>> dissimilarity([[6, 4, 0], [3, 4, 3]]).round(3).tolist()
    [[0.0, 0.3], [0.3, 0.0]]
    """
    if measure not in MEASURES:
        names = ", ".join(MEASURES)
        raise InputError(
            text(f"没有「{measure}」这种相异性；可用：{names}", f"no measure {measure!r}: {names}")
        )
    table = whole_counts(counts) if measure in INDIVIDUALS else abundances(counts)
    if table.ndim != 2:
        raise InputError(text("需要样点 × 物种的表", "need a table sites x species"))
    if binary or measure in ("sorensen", "raup"):
        table = (table > 0).astype(np.float64)
    row = _PAIRS[measure]
    if measure == "gower":
        span = np.ptp(table, axis=0)
        table = np.divide(table, span, out=np.zeros(table.shape), where=span > 0)
    out = np.zeros((len(table), len(table)))
    with np.errstate(divide="ignore", invalid="ignore"):
        for at in range(len(table) - 1):
            out[at, at + 1 :] = out[at + 1 :, at] = row(table[at], table[at + 1 :])
    return out


def lower_triangle(matrix: Floats) -> Floats:
    """Return every pair once, by columns of the lower triangle (the order of R's dist)."""
    return matrix[np.triu_indices(len(matrix), 1)]


def _bray(a: Floats, b: Floats) -> Floats:
    out: Floats = np.abs(a - b).sum(axis=1) / (a + b).sum(axis=1)
    return out


def _jaccard(a: Floats, b: Floats) -> Floats:
    bray = _bray(a, b)
    return 2 * bray / (1 + bray)


def _kulczynski(a: Floats, b: Floats) -> Floats:
    shared = np.minimum(a, b).sum(axis=1)
    out: Floats = np.maximum(1 - shared / a.sum() / 2 - shared / b.sum(axis=1) / 2, 0)
    return out


def _manhattan(a: Floats, b: Floats) -> Floats:
    out: Floats = np.abs(a - b).sum(axis=1)
    return out


def _euclidean(a: Floats, b: Floats) -> Floats:
    out: Floats = np.sqrt(((a - b) ** 2).sum(axis=1))
    return out


def _relative(a: Floats, b: Floats, power: int) -> Floats:
    """Return the mean over the species of either site of (|a - b| / (a + b)) ** power."""
    both = a + b
    parts = np.divide(np.abs(a - b), both, out=np.zeros(both.shape), where=both > 0) ** power
    out: Floats = parts.sum(axis=1) / (both > 0).sum(axis=1)
    return out


def _canberra(a: Floats, b: Floats) -> Floats:
    return _relative(a, b, 1)


def _clark(a: Floats, b: Floats) -> Floats:
    return np.sqrt(_relative(a, b, 2))


def _gower(a: Floats, b: Floats) -> Floats:
    out: Floats = np.abs(a - b).mean(axis=1)
    return out


def _chord(a: Floats, b: Floats) -> Floats:
    first = a / np.sqrt((a**2).sum())
    return _euclidean(first, b / np.sqrt((b**2).sum(axis=1, keepdims=True)))


def _hellinger(a: Floats, b: Floats) -> Floats:
    first = np.sqrt(a / a.sum())
    return _euclidean(first, np.sqrt(b / b.sum(axis=1, keepdims=True)))


def _morisita(a: Floats, b: Floats) -> Floats:
    m, n = a.sum(), b.sum(axis=1)
    one = (a * (a - 1)).sum() / (m * (m - 1))
    other = (b * (b - 1)).sum(axis=1) / (n * (n - 1))
    out: Floats = np.maximum(1 - 2 * (b @ a) / ((one + other) * m * n), 0)
    return out


def _horn(a: Floats, b: Floats) -> Floats:
    m, n = a.sum(), b.sum(axis=1)
    out: Floats = np.maximum(
        1 - 2 * (b @ a) / (((a**2).sum() / m**2 + (b**2).sum(axis=1) / n**2) * m * n), 0
    )
    return out


def _raup(a: Floats, b: Floats) -> Floats:
    mine, theirs = a.sum(), b.sum(axis=1)
    out: Floats = stats.hypergeom.sf(b @ a - 1, len(a), mine, theirs)
    return np.where((mine > 0) & (theirs > 0), out, np.nan)


def _chao(a: Floats, b: Floats) -> Floats:
    """Return Chao's Jaccard, with the shared species that either sample missed."""
    shared = (a > 0) & (b > 0)
    m, n = a.sum(), b.sum(axis=1)
    ones = np.broadcast_to(a, b.shape)
    u = _chao_share(ones, b, shared, (m, n))
    v = _chao_share(b, ones, shared, (n, m))
    out: Floats = np.maximum(np.where((u <= 0) | (v <= 0), 1.0, 1 - u * v / (u + v - u * v)), 0)
    return np.where((m > 0) & (n > 0), out, np.nan)


def _chao_share(
    a: Floats, b: Floats, shared: NDArray[np.bool_], sizes: tuple[Floats, Floats]
) -> Floats:
    """Return the share of a's individuals of species shared with b, unseen ones included."""
    once = ((b == 1) & shared).sum(axis=1)
    twice = np.maximum(((b == 2) & shared).sum(axis=1), 1)
    own, other = sizes
    added = (other - 1) / other * once / (2 * twice) * (a * (shared & (b == 1))).sum(axis=1) / own
    out: Floats = np.minimum((a * shared).sum(axis=1) / own + added, 1)
    return out


_PAIRS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "bray": _bray,
    "jaccard": _jaccard,
    "sorensen": _bray,
    "kulczynski": _kulczynski,
    "manhattan": _manhattan,
    "euclidean": _euclidean,
    "canberra": _canberra,
    "clark": _clark,
    "gower": _gower,
    "chord": _chord,
    "hellinger": _hellinger,
    "morisita": _morisita,
    "horn": _horn,
    "raup": _raup,
    "chao": _chao,
}
