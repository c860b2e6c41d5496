"""Curves of Hill numbers with bootstrap intervals (稀释与外推曲线及自助法区间).

The bootstrap samples from an estimated community, not from the sample: the seen species with their
shares lowered by what the coverage says is missing, and the unseen ones with that share in equal
parts. Sampling from the sample itself could only lose species. Intervals are normal: the value of
the sample plus or minus z standard deviations over the draws, never below 0.

References
----------
Chao et al. (2014), Ecol. Monogr. 84:45-67, appendix G; Chao, Jost (2015), Methods Ecol. Evol.
6:873-882; Hsieh, Ma, Chao (2016), Methods Ecol. Evol. 7:1451-1456 (iNEXT).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.hill import (
    Assemblage,
    Order,
    asymptote,
    beyond_double,
    coverage,
    hill_number,
    size_at_coverage,
)

Floats = NDArray[np.float64]
Region = Literal["rarefaction", "observed", "extrapolation"]

DRAWS = 200
KNOTS = 40
ORDERS: tuple[Order, ...] = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class Chance:
    """How intervals are made: draws of the bootstrap (0: none), seed, and confidence."""

    draws: int = DRAWS
    seed: int | np.random.Generator = 0
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Refuse what makes no interval."""
        if self.draws < 0 or self.draws == 1 or not 0 < self.confidence < 1:
            raise InputError(
                text("自助法次数应为 0 或不少于 2，置信水平在 0 与 1 之间",
                     "draws must be 0 or at least 2, the confidence between 0 and 1")
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """Values with their interval and standard error; without draws these are NaN."""

    value: Floats
    lower: Floats
    upper: Floats
    se: Floats


@dataclass(frozen=True, slots=True)
class Curve:
    """Hill numbers over sizes.

    Attributes
    ----------
    sizes
        Individuals or sampling units.
    region
        Of every size: below, at or above the sample.
    coverage
        Sample coverage at every size.
    hill
        By order, the Hill numbers at every size.
    beyond_double
        Of every size: beyond twice the sample, where order 0 rests on the estimate of the unseen.
    """

    sizes: Floats
    region: tuple[Region, ...]
    coverage: Band
    hill: dict[Order, Band]
    beyond_double: tuple[bool, ...]


def curve(
    assemblage: Assemblage,
    sizes: Sequence[float] | None = None,
    *,
    orders: Sequence[Order] = ORDERS,
    chance: Chance | None = None,
) -> Curve:
    """Return rarefied and extrapolated Hill numbers and coverage over sizes, with intervals.

    Parameters
    ----------
    assemblage
        One sample, from ``of_individuals``, ``of_units`` or ``of_frequencies``.
    sizes
        None: up to 40 whole sizes from 1 to twice the sample, the sample among them.

    Notes
    -----
    Intervals are for given sizes; a draw of the community without any record is left out. The same
    seed gives the same intervals.

    Examples
    --------
    >>> from wetland.birds.hill import of_individuals
    >>> found = curve(of_individuals([8, 4, 2, 1, 1]), [8, 16, 32], chance=Chance(draws=50))
    >>> found.hill[0].value.round(3).tolist(), found.region[0]
    ([3.728, 5.0, 6.207], 'rarefaction')
    """
    how = chance or Chance()
    at = np.asarray(_knots(assemblage.n) if sizes is None else sizes, dtype=np.float64)
    drawn = resampled(assemblage, how)
    hill = {q: _band(assemblage, drawn, how, partial(_over, at, q)) for q in orders}
    cover = _band(assemblage, drawn, how, lambda a: np.stack([coverage(a, m) for m in at]))
    cover = Band(cover.value, cover.lower, np.minimum(cover.upper, 1.0), cover.se)
    return Curve(at, _regions(at, assemblage.n), cover, hill, _far(at, assemblage))


@dataclass(frozen=True, slots=True)
class AtCoverage:
    """Hill numbers where the samples are equally complete; see `Curve` for the parts."""

    targets: Floats
    sizes: Floats
    region: tuple[Region, ...]
    hill: dict[Order, Band]
    beyond_double: tuple[bool, ...]


def at_coverage(
    assemblage: Assemblage,
    targets: Sequence[float],
    *,
    orders: Sequence[Order] = ORDERS,
    chance: Chance | None = None,
) -> AtCoverage:
    """Return the Hill numbers at given coverages, with the sizes that have them.

    In every draw of the bootstrap the size is found anew: the interval holds the uncertainty of the
    coverage too. A coverage that no size reaches has an infinite size and NaN.

    Errors
    ------
    InputError
        A target not between 0 and 1.
    """
    how = chance or Chance()
    drawn = resampled(assemblage, how)
    sizes = np.array([size_at_coverage(assemblage, target) for target in targets])

    def values(a: Assemblage) -> Floats:
        """Return ``[orders x targets, rows]``."""
        singles = [Assemblage(a.kind, a.n, row[row > 0][None, :]) for row in a.counts]
        columns = [
            [(single, size_at_coverage(single, target)) for target in targets] for single in singles
        ]
        table = [[_reached(*pair, q) for q in orders for pair in column] for column in columns]
        return np.array(table, dtype=np.float64).T

    band = _band(assemblage, drawn, how, values)
    step = len(targets)
    hill: dict[Order, Band] = {}
    for at, q in enumerate(orders):
        part = slice(at * step, (at + 1) * step)
        hill[q] = Band(band.value[part], band.lower[part], band.upper[part], band.se[part])
    region, far = _regions(sizes, assemblage.n), _far(sizes, assemblage)
    return AtCoverage(np.asarray(targets, dtype=np.float64), sizes, region, hill, far)


def asymptotes(
    assemblage: Assemblage, *, orders: Sequence[Order] = ORDERS, chance: Chance | None = None
) -> dict[Order, Band]:
    """Return the estimated Hill numbers of the whole community, by order, with intervals.

    The lower end is never below the value of the sample itself. Draws in which the estimate is
    infinite (only singletons) are left out of the error.
    """
    how = chance or Chance()
    drawn = resampled(assemblage, how)
    out: dict[Order, Band] = {}
    for q in orders:
        band = _band(assemblage, drawn, how, partial(_ends, q))
        own = hill_number(assemblage, q)
        out[q] = Band(band.value, np.fmax(band.lower, own) + 0 * band.se, band.upper, band.se)
    return out


def community(assemblage: Assemblage) -> Floats:
    """Return the estimated shares (units: chances per unit) of all species, the unseen last.

    Seen: p (1 - w (1 - p)^n), w so that they add up to the coverage; unseen: the rest in equal
    parts over the unseen species, their estimated number rounded up. For individuals the shares add
    up to 1. A sample of one individual or unit is taken as it is.
    """
    n = assemblage.n
    p: Floats = assemblage.counts[0] / n
    if n <= 1:
        return p
    missing = float((1 - coverage(assemblage)[0]) * assemblage.total[0] / n)
    pull = p * np.exp(special.xlog1py(n, -p))
    weight = missing / float(pull.sum()) if pull.sum() > 0 else 0.0
    seen = np.maximum(p - weight * pull, 0.0)
    more = int(np.ceil(assemblage.unseen[0]))
    return np.concatenate([seen, np.full(more, missing / max(more, 1))])


def resampled(assemblage: Assemblage, chance: Chance) -> Assemblage | None:
    """Return ``draws`` samples of the estimated community as one assemblage; None without draws."""
    if len(assemblage.counts) != 1:
        raise InputError(text("请给一个样本", "give one sample"))
    if not chance.draws:
        return None
    rng = np.random.default_rng(chance.seed)
    shares = community(assemblage)
    n = int(assemblage.n)
    if assemblage.kind == "individuals":
        counts = rng.multinomial(n, shares / shares.sum(), size=chance.draws)
    else:
        chances = np.minimum(shares, 1.0)
        counts = rng.binomial(n, chances, size=(chance.draws, len(shares)))
    kept = counts[counts.any(axis=1)].astype(np.float64)
    return Assemblage(assemblage.kind, assemblage.n, kept) if len(kept) else None


def _ends(q: Order, assemblage: Assemblage) -> Floats:
    return asymptote(assemblage, q)[None, :]


def _over(sizes: Floats, q: Order, assemblage: Assemblage) -> Floats:
    """Return Hill numbers ``[sizes, rows]``."""
    return np.stack([hill_number(assemblage, q, size) for size in sizes])


def _reached(single: Assemblage, size: float, q: Order) -> float:
    return float(hill_number(single, q, size)[0]) if np.isfinite(size) else float("nan")


def _band(
    assemblage: Assemblage,
    drawn: Assemblage | None,
    how: Chance,
    of: Callable[[Assemblage], Floats],
) -> Band:
    """Return values of the sample, with the spread of the draws around them."""
    value = of(assemblage)[:, 0]
    se = np.full(value.shape, np.nan)
    if drawn is not None:
        draws = of(drawn)
        for at, row in enumerate(draws):
            finite = row[np.isfinite(row)]
            if len(finite) > 1:
                se[at] = finite.std(ddof=1)
    half = float(special.ndtri((1 + how.confidence) / 2)) * se
    return Band(value, np.maximum(value - half, 0.0), value + half, se)


def _knots(n: float) -> Floats:
    """Return whole sizes from 1 to 2n with n among them."""
    below = np.rint(np.linspace(1, n, KNOTS // 2))
    above = np.rint(np.linspace(n, 2 * n, KNOTS // 2 + 1))
    out: Floats = np.unique(np.concatenate([below, above]))
    return out


def _regions(sizes: Floats, n: float) -> tuple[Region, ...]:
    return tuple(
        "observed" if m == n else ("rarefaction" if m < n else "extrapolation") for m in sizes
    )


def _far(sizes: Floats, assemblage: Assemblage) -> tuple[bool, ...]:
    return tuple(beyond_double(assemblage, float(m)) for m in sizes)
