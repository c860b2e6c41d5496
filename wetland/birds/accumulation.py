"""Species accumulation (物种累积曲线): species against sampling units or individuals.

References
----------
Ugland, Gray, Ellingsen (2003), J. Anim. Ecol. 72:888-897 and Kindt et al. (2006) (exact);
Colwell, Mao, Chang (2004), Ecology 85:2717-2727; Coleman et al. (1982), Ecology 63:1121-1133.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.counts import presences, whole_counts
from wetland.birds.draws import none_drawn
from wetland.birds.rarefaction import rarefy

Floats = NDArray[np.float64]
Method = Literal["exact", "collector", "rarefaction", "coleman"]

METHODS: dict[Method, Text] = {
    "exact": text("精确法（各种抽样次序的平均）", "exact: the mean over all orders of the units"),
    "collector": text("按调查次序累积", "collector: in the order of the rows"),
    "rarefaction": text("按个体数稀释", "rarefaction of all individuals together"),
    "coleman": text("Coleman 随机放置法", "Coleman's random placement"),
}


@dataclass(frozen=True, slots=True)
class Accumulation:
    """A curve of species.

    Attributes
    ----------
    units
        Sampling units; for ``rarefaction`` the units that the individuals make on average.
    individuals
        For ``rarefaction`` only.
    richness, sd
        Expected species and their standard deviation given this very table (0 at its full size);
        no deviation for ``collector``: NaN.
    """

    method: Method
    units: Floats
    richness: Floats
    sd: Floats
    individuals: Floats | None = None


def accumulate(units: ArrayLike, method: Method = "exact") -> Accumulation:
    """Accumulate species over the rows of a table sampling units x species.

    Parameters
    ----------
    units
        Counts or presences; whole counts for ``rarefaction``. A row of zeros is a unit in which
        nothing was found and counts as effort.
    method
        By `METHODS`. ``exact``: units drawn in any order, the deviation from the correlations of
        the species (as vegan's specaccum, conditioned). ``rarefaction``: at k/m of all individuals,
        rounded half to even.

    Examples
    --------
    >>> curve = accumulate([[1, 0, 0], [1, 1, 0], [0, 1, 2]])
    >>> curve.richness.round(6).tolist()
    [1.666667, 2.666667, 3.0]
    """
    if method not in METHODS:
        names = ", ".join(METHODS)
        raise InputError(
            text(f"没有「{method}」这种方法；可用：{names}", f"no method {method!r}: {names}")
        )
    found = presences(units)
    m = len(found)
    steps = np.arange(1.0, m + 1)
    if method == "collector":
        seen = np.logical_or.accumulate(found, axis=0).sum(axis=1).astype(np.float64)
        return Accumulation(method, steps, seen, np.full(m, np.nan))
    if method == "rarefaction":
        return _individuals(whole_counts(units))
    times = found.sum(axis=0)
    present, times = found[:, times > 0], times[times > 0].astype(np.float64)
    if method == "coleman":
        missing = (1 - steps[:, None] / m) ** times
        variance = (missing * (1 - missing)).sum(axis=1)
    else:
        missing = np.array([none_drawn(float(m), times, step) for step in steps])
        variance = _conditioned(present, missing)
    richness = (1 - missing).sum(axis=1)
    return Accumulation(method, steps, richness, np.sqrt(np.maximum(variance, 0.0)))


def _conditioned(present: NDArray[np.bool_], missing: Floats) -> Floats:
    """Return variances with the covariances that the species' correlations give."""
    table = present.astype(np.float64)
    centred = table - table.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    unit = np.divide(centred, size, out=np.zeros(table.shape), where=size > 0)
    # sum over i, j of r_ij s_i s_j = |unit s|^2; a species in every unit has no correlation, and
    # its s is 0 too: the diagonal is the variance of every other one.
    out: Floats = ((np.sqrt(missing * (1 - missing)) @ unit.T) ** 2).sum(axis=1)
    return out


def _individuals(counts: Floats) -> Accumulation:
    """Rarefy all individuals together, at as many sizes as there are units."""
    m, together = len(counts), counts.sum(axis=0)
    total = float(together.sum())
    sizes = np.rint(np.linspace(total / m, total, m))
    pairs = np.array([rarefy(together, size) for size in sizes])
    effort = sizes / total * m if total > 0 else np.zeros(m)
    return Accumulation("rarefaction", effort, pairs[:, 0], pairs[:, 1], sizes)
