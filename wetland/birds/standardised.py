"""Richness that may be compared (可比较的丰富度): at equal coverage, equal size, or equal effort.

More visits find more species. Two places, or two years, are compared only where the samples are
equally complete (coverage, the fairest), equally large, or made with equal effort.

References
----------
Chao, Jost (2012), Ecology 93:2533-2547; Chao et al. (2014), Ecol. Monogr. 84:45-67; Gotelli,
Colwell (2001), Ecology Letters 4:379-391 (rescaling to a common axis).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.curves import ORDERS, Band, Chance, Region, at_coverage, curve
from wetland.birds.hill import Assemblage, Order, coverage

By = Literal["coverage", "size", "effort"]

BASES: dict[By, Text] = {
    "coverage": text("相同样本覆盖度", "equal sample coverage"),
    "size": text("相同样本量", "equal sample size"),
    "effort": text("相同调查努力量", "equal survey effort"),
}


@dataclass(frozen=True, slots=True)
class Standardised:
    """One sample's Hill number of one order, brought to the common level.

    Attributes
    ----------
    level
        The coverage, size or effort that all samples were brought to.
    size, coverage
        Where this sample has it.
    region
        Whether this sample was made smaller or larger for it.
    beyond_double
        True: larger than twice the sample; a richness there is hardly more than a guess.
    """

    name: str
    order: Order
    level: float
    size: float
    coverage: float
    value: float
    lower: float
    upper: float
    region: Region
    beyond_double: bool


def standardise(
    assemblages: Mapping[str, Assemblage],
    by: By = "coverage",
    *,
    level: float | None = None,
    efforts: Mapping[str, float] | None = None,
    orders: Sequence[Order] = ORDERS,
    chance: Chance | None = None,
) -> list[Standardised]:
    """Bring samples to one level of coverage, size or effort, and give their Hill numbers.

    Parameters
    ----------
    assemblages
        By name, all of individuals or all of sampling units.
    by
        By `BASES`. Equal coverage needs no effort and treats rich and poor communities alike.
    level
        None: the highest that no sample must be more than doubled for: the smallest coverage at
        twice the sample, twice the smallest size, twice the smallest effort. Samples that are all
        complete (no species counted once) are compared as they are, at coverage 1.
    efforts
        For ``effort``: of every sample its total effort (hours, km, trap nights; above 0). The
        individuals or units per effort are taken to stay the same.

    Errors
    ------
    InputError
        No samples, kinds mixed, an unknown ``by``, a level or an effort that is not above 0, a
        coverage of 1 or more, efforts missing or not asked for; a level of coverage that cannot be
        chosen, because a sample of one individual or one unit has no coverage.

    Examples
    --------
    >>> from wetland.birds.hill import of_individuals
    >>> few, many = of_individuals([3, 2, 1, 1]), of_individuals([30, 20, 10, 5, 1, 1])
    >>> both = {"few": few, "many": many}
    >>> rows = standardise(both, "size", level=7, orders=[0], chance=Chance(draws=0))
    >>> [(row.name, round(row.value, 3), row.region) for row in rows]
    [('few', 4.0, 'observed'), ('many', 3.255, 'rarefaction')]
    """
    _check(assemblages, by, efforts)
    made = _efforts(assemblages, by, efforts)
    common = _level(assemblages, by, made) if level is None else float(level)
    complete = by == "coverage" and level is None and common >= 1
    if complete:
        by = "size"
    if not (np.isfinite(common) and common > 0) or (by == "coverage" and common >= 1):
        raise InputError(
            text("无法按此水平比较：水平应大于 0，覆盖度应小于 1",
                 "no such level to compare at: it must be above 0, a coverage below 1")
        )  # fmt: skip
    how = chance or Chance()
    out: list[Standardised] = []
    for name, assemblage in assemblages.items():
        if by == "coverage":
            found = at_coverage(assemblage, [common], orders=orders, chance=how)
            size, hill = float(found.sizes[0]), found.hill
            region, far = found.region[0], found.beyond_double[0]
        else:
            size = common if by == "size" else assemblage.n * common / made[name]
            size = assemblage.n if complete else size
            drawn = curve(assemblage, [size], orders=orders, chance=how)
            hill, region, far = drawn.hill, drawn.region[0], drawn.beyond_double[0]
        cover = float(coverage(assemblage, size)[0]) if np.isfinite(size) else float("nan")
        at = (common, size, cover)
        out += [_row(name, q, at, hill[q], (region, far)) for q in orders]
    return out


def _row(
    name: str, q: Order, at: tuple[float, float, float], band: Band, how: tuple[Region, bool]
) -> Standardised:
    ends = (float(band.value[0]), float(band.lower[0]), float(band.upper[0]))
    return Standardised(name, q, *at, *ends, *how)


def _level(assemblages: Mapping[str, Assemblage], by: By, made: Mapping[str, float]) -> float:
    """Return the highest level that doubles no sample by more than two."""
    if by == "coverage":
        return float(min(coverage(a, 2 * a.n)[0] for a in assemblages.values()))
    if by == "size":
        return 2 * min(a.n for a in assemblages.values())
    return 2 * min(made.values())


def _check(
    assemblages: Mapping[str, Assemblage], by: By, efforts: Mapping[str, float] | None
) -> None:
    if by not in BASES:
        names = ", ".join(BASES)
        raise InputError(text(f"没有「{by}」；可用：{names}", f"no {by!r}; there are: {names}"))
    if not assemblages or len({a.kind for a in assemblages.values()}) > 1:
        raise InputError(
            text("请给同类的样本：都按个体，或都按抽样单元",
                 "give samples of one kind: all of individuals, or all of sampling units")
        )  # fmt: skip
    if (by == "effort") != (efforts is not None):
        raise InputError(
            text("努力量与「按努力量」须同时给出", "efforts and by='effort' belong together")
        )


def _efforts(
    assemblages: Mapping[str, Assemblage], by: By, efforts: Mapping[str, float] | None
) -> Mapping[str, float]:
    """Return the efforts, every one present and above 0."""
    if by != "effort" or efforts is None:
        return {}
    wrong = [name for name in assemblages if not 0 < efforts.get(name, 0.0) < float("inf")]
    if wrong:
        names = ", ".join(wrong)
        raise InputError(
            text(f"努力量缺失或不大于 0：{names}", f"effort missing or not above 0: {names}")
        )
    return efforts
