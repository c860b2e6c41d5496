"""Richness from the coverage of the rare species (基于覆盖度的丰富度估计): ACE and ICE.

Species with counts up to ``rare`` (10) are rare; the others are surely seen. The share of the rare
individuals whose species is known, C = 1 - f1 / N_rare, says how many rare species are missing;
their unevenness gamma^2 adds more.

References
----------
Chao, Lee (1992), JASA 87:210-217; Chao, Ma, Yang (1993), Biometrika 80:193-201 (rare species);
Lee, Chao (1994), Biometrics 50:88-97 (incidence).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.counts import presences, whole_counts
from wetland.birds.richness import Estimate, with_interval

Floats = NDArray[np.float64]
Uneven = Literal["ace", "ace1", "homogeneous"]
Spread = Literal["delta", "vegan"]

NAN = float("nan")
RARE = 10


def ace(
    counts: ArrayLike,
    form: Uneven = "ace",
    *,
    spread: Spread = "delta",
    rare: int = RARE,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate richness from the coverage of the rare species (ACE).

    Parameters
    ----------
    counts
        Whole counts of individuals, species last.
    form
        ``"ace"``: abundant + rare / C + f1 gamma^2 / C; ``"ace1"`` corrects gamma^2 for very uneven
        communities; ``"homogeneous"`` takes gamma^2 = 0.
    spread
        Of the standard error. ``"delta"``: the delta method for multinomial frequencies (Chao and
        Lee; SpadeR). ``"vegan"``: as estimateR of vegan up to 2.6 prints it, whose derivative has
        1 - N where N belongs: too small, often by half; for comparison with printed results only.
    rare
        The largest count of a rare species.

    Notes
    -----
    No rare species: what was seen. Only singletons among the rare: C = 0, nothing can be said: NaN
    (then Chao1, bias-corrected, still gives a number). Interval: lognormal in the unseen.

    Examples
    --------
    >>> float(ace([5, 1]).value.round(6))
    3.12
    """
    if form not in ("ace", "ace1", "homogeneous") or spread not in ("delta", "vegan") or rare < 1:
        raise InputError(
            text("ACE 的形式：ace、ace1、homogeneous；误差：delta、vegan；稀有种界限不小于 1",
                 "forms: ace, ace1, homogeneous; spreads: delta, vegan; rare must be 1 or more")
        )  # fmt: skip
    if spread == "vegan" and form != "ace":
        raise InputError(text("vegan 的误差只用于 ace", "the spread vegan is of the form ace only"))
    table = whole_counts(counts)
    rows = np.atleast_2d(table)
    frequencies = np.stack([(rows == times).sum(axis=1) for times in range(1, rare + 1)], axis=1)
    abundant = (rows > rare).sum(axis=1).astype(np.float64)
    found = np.array(
        [
            _estimate(f, many, form, spread)
            for f, many in zip(frequencies * 1.0, abundant, strict=True)
        ]
    )
    found = found.reshape(*table.shape[:-1], 2)
    seen = np.asarray((table > 0).sum(axis=-1) * 1.0)
    return with_interval(seen, found[..., 0], found[..., 1], confidence)


def _estimate(f: Floats, abundant: float, form: Uneven, spread: Spread) -> tuple[float, float]:
    """Return ACE of one sample and its standard error."""
    i = np.arange(1.0, len(f) + 1)
    n, species = float(i @ f), float(f.sum())
    if f[0] == 0:
        return abundant + species, 0.0
    if f[0] == n:
        return NAN, NAN
    value, slopes = _with_slopes(f, form, 1 - f[0] / n, _cover_slopes(f, n))
    if spread == "vegan":
        wrong = f[0] * i / (n - 1) ** 2 * -1
        wrong[0] += 1 / (n - 1)
        _, slopes = _with_slopes(f, "unclipped", 1 + f[0] / (n - 1), wrong)
    total = abundant + value
    other = abundant if spread == "delta" else 0.0
    variance = float(slopes**2 @ f) + other - float(slopes @ f + other) ** 2 / total
    return total, float(np.sqrt(max(variance, 0.0)))


def _cover_slopes(f: Floats, n: float) -> Floats:
    """Return how the coverage 1 - f1 / n changes with every frequency."""
    slopes: Floats = f[0] * np.arange(1.0, len(f) + 1) / n**2
    slopes[0] -= 1 / n
    return slopes


def _with_slopes(
    f: Floats, form: Uneven | Literal["unclipped"], cover: float, by: Floats
) -> tuple[float, Floats]:
    """Return the estimated number of rare species, and its slope by every frequency.

    ``cover`` and its slopes ``by`` are handed in.
    """
    i = np.arange(1.0, len(f) + 1)
    n, species, pairs = float(i @ f), float(f.sum()), float((i * (i - 1)) @ f)
    all_pairs = n * (n - 1)
    part = species * pairs / (cover * all_pairs)
    gamma = part - 1
    slope = (pairs + species * i * (i - 1)) / (cover * all_pairs) - part * (
        by / cover + (2 * n - 1) * i / all_pairs
    )
    if form != "unclipped" and (gamma <= 0 or form == "homogeneous"):
        gamma, slope = 0.0, np.zeros(len(f))
    if form == "ace1":
        odds = 1 / cover - 1
        more = 1 + pairs * odds / (n - 1)
        by_more = (i * (i - 1) * odds - pairs * by / cover**2 - pairs * odds * i / (n - 1)) / (
            n - 1
        )
        gamma, slope = gamma * more, slope * more + gamma * by_more
    value = (species + f[0] * gamma) / cover
    slopes = (1 + f[0] * slope - value * by) / cover
    slopes[0] += gamma / cover
    return value, slopes


def ice(units: ArrayLike, *, infrequent: int = RARE) -> Estimate:
    """Estimate richness from the coverage of the infrequent species (ICE).

    Species found in up to ``infrequent`` sampling units are infrequent; m units hold any of them;
    gamma^2 = S_inf / C * m / (m - 1) * sum j (j - 1) Q_j / N_inf^2 - 1, never below 0 (as in
    EstimateS). No infrequent species: what was seen; only uniques among them, or all of them in one
    unit: NaN. No error is given (NaN).
    """
    if infrequent < 1:
        raise InputError(text("稀见种界限不小于 1", "infrequent must be 1 or more"))
    found = presences(units)
    times = found.sum(axis=0)
    some = (times > 0) & (times <= infrequent)
    seen, q1 = float((times > 0).sum()), float((times == 1).sum())
    n, m = float(times[some].sum()), int(found[:, some].any(axis=1).sum())
    value = seen
    if q1 > 0:
        value = NAN
        if q1 < n and m > 1:
            cover, species = 1 - q1 / n, float(some.sum())
            pairs = float((times[some] * (times[some] - 1.0)).sum())
            gamma = max(species / cover * m / (m - 1) * pairs / n**2 - 1, 0.0)
            value = seen - species + (species + q1 * gamma) / cover
    none = np.asarray(NAN)
    return Estimate(np.asarray(seen), np.asarray(value), none, none, none)
