"""Richness of a table sites x species as plain values, for files and programs (丰富度结果).

Three levels are told apart: individuals (all rows together, or each row), sampling units (the rows,
by what was found in them), and the rows themselves brought to equal coverage. What a measure cannot
say of these counts is None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.accumulation import accumulate
from wetland.birds.ace import ace, ice
from wetland.birds.communitytable import CommunityTable
from wetland.birds.curves import DRAWS, ORDERS, Band, Chance, asymptotes, curve
from wetland.birds.diversity import evenness, fisher_alpha, hill, observed, shannon, simpson
from wetland.birds.hill import Assemblage, coverage, of_individuals, of_units
from wetland.birds.rarefaction import rarefy
from wetland.birds.richness import (
    Estimate,
    bootstrap,
    chao1,
    chao2,
    ichao1,
    jackknife1,
    jackknife2,
    jackknife_individuals,
)
from wetland.birds.standardised import Standardised, standardise

Floats = NDArray[np.float64]
Answer = dict[str, Any]

MOST_DRAWS_OF_SITES = 50  # every draw of every site has to find its own size
MANY_SITES = 100  # beyond, sites at equal coverage come without intervals

FORMS: dict[str, str] = {
    "chao1": "bias-corrected: S + f1 (f1 - 1) / (2 (f2 + 1)); as vegan, EstimateS",
    "chao1_classic": "S + (n - 1) / n f1^2 / (2 f2); as iNEXT, SpadeR",
    "chao2": "classic with (m - 1) / m; as vegan, iNEXT",
    "ace": "rare up to 10; error by the delta method, as SpadeR",
    "simpson": "Gini-Simpson, 1 - sum p^2",
    "shannon": "natural logarithm",
    "evenness": "Pielou, H / ln S",
}

_NO_INDIVIDUALS = text(
    "计数不是个体数（有小数，或只写了有无）：按个体计算的指标为空",
    "the cells are not individuals (fractions, or present only): what counts individuals is empty",
)
_ONE_UNIT = text(
    "只有一个样点：没有按抽样单元计算的估计（Chao2、刀切法等）",
    "one site only: no estimate from sampling units (Chao2, jackknives and the like)",
)
_FEW_UNITS = text(
    "只有 {n} 个样点：按抽样单元的估计很不可靠",
    "only {n} sites: estimates from sampling units are very uncertain",
)
_ONLY_ONES = text(
    "表中只有 0 和 1：若为有无而非个体数，只看按抽样单元（样点）计算的指标",
    "only 0 and 1 in the table: if these are presences and no counts, look at what is computed "
    "from sampling units (sites) only",
)
_LOWER = text(
    "估计值只包括用同样方法在此处仍可能找到的种，是下限，不是全部",
    "the estimates hold the species that the same method would still find here: lower bounds",
)
_NOT_EVEN = text(
    "样点之间不能直接比较种数：请看相同覆盖度下的数值",
    "numbers of species of the sites cannot be compared as they are: see those at equal coverage",
)
_EMPTY_SITES = text(
    "{n} 个样点没有记录到任何鸟，只计入抽样单元", "{n} sites without any bird: they count as units"
)
_NOTHING = text("表中没有记录到任何物种", "no species was found in this table")


def richness_answer(
    table: CommunityTable, *, draws: int = DRAWS, seed: int = 0, confidence: float = 0.95
) -> Answer:
    """Return every measure of richness and diversity of a table, in JSON's types.

    Parameters
    ----------
    draws
        Of the bootstrap that makes the intervals of Hill numbers and curves; 0: none. The rows at
        equal coverage take up to 50 of them, and none where there are more than 100 rows.
    seed
        Of the draws: the same seed gives the same intervals.
    confidence
        Of all intervals.

    Returns
    -------
    dict
        ``observed``, ``individuals``, ``chao1`` ... of all rows together, every estimate with
        ``_se`` and ``_ci``; ``hill`` (by order: observed, estimated, interval), ``evenness``;
        ``chao2``, ``ice``, ``jackknife1``, ``jackknife2``, ``bootstrap`` from the rows as sampling
        units; ``curves`` of individuals and of units, ``accumulation``; ``rarefied``: the rows at
        the individuals of the smallest one; ``sites`` with the measures of every row;
        ``equal_coverage`` with the rows at one coverage; ``forms`` says which form of a measure is
        meant.

    Raises
    ------
    InputError
        Nothing was found in the table, or the bootstrap cannot be made as told.

    Examples
    --------
    >>> from wetland.base.problems import Problems
    >>> counts = np.array([[5.0, 1, 0, 2], [3, 0, 1, 2]])
    >>> table = CommunityTable(("a", "b"), ("w", "x", "y", "z"), counts, Problems("demo"))
    >>> answer = richness_answer(table, draws=0)
    >>> answer["observed"], answer["chao1"], answer["chao2"], answer["sites"][0]["observed"]
    (4, 5.0, 4.5, 3)
    """
    counts = table.counts
    if not counts.any():
        raise InputError(_NOTHING)
    chance = Chance(draws, seed, confidence)
    together = counts.sum(axis=0)
    return {
        "rows": len(table.sites),
        "species": len(table.species),
        **_of_row(together, table, confidence),
        **_of_units(counts, confidence),
        "hill": _hill(together, table, chance),
        "curves": _curves(counts, table.whole, chance),
        "accumulation": _accumulation(counts),
        "rarefied": _rarefied(table),
        "sites": [
            {"site": site, **_of_row(row, table, confidence)}
            for site, row in zip(table.sites, counts, strict=True)
        ],
        "equal_coverage": _equal(table, chance),
        "forms": dict(FORMS),
        "level": confidence,
        "draws": draws,
        "seed": seed,
        "notes": [{"zh": note.zh, "en": note.en} for note in _notes(table)],
    }


def _of_row(row: Floats, table: CommunityTable, confidence: float) -> Answer:
    """Return the measures of one row of counts, or of all rows together."""
    counted = table.whole and bool(row.any())
    answer: Answer = {
        "observed": int(observed(row)),
        "individuals": _number(float(row.sum())) if table.whole else None,
        **_of_shares(row if not table.presence_only else np.zeros(len(row))),
    }

    def estimate(name: str, of: Callable[[], Estimate]) -> None:
        answer.update(_estimate(name, of() if counted else None))

    estimate("chao1", lambda: chao1(row, "bias_corrected", confidence=confidence))
    estimate("chao1_classic", lambda: chao1(row, confidence=confidence))
    estimate("ace", lambda: ace(row, confidence=confidence))
    estimate("jackknife1_individuals", lambda: jackknife_individuals(row, 1, confidence=confidence))
    estimate("jackknife2_individuals", lambda: jackknife_individuals(row, 2, confidence=confidence))
    for name, of in (("ichao1", ichao1), ("fisher_alpha", fisher_alpha)):
        answer[name] = _number(float(of(row))) if counted else None
    answer["coverage"] = _number(float(coverage(of_individuals(row))[0])) if counted else None
    return answer


def _of_shares(row: Floats) -> Answer:
    """Return what follows from the shares of the species; a row without counts has none."""
    return {
        "shannon": _number(float(shannon(row))),
        "simpson": _number(float(simpson(row))),
        "inverse_simpson": _number(float(simpson(row, "inverse"))),
        "evenness": _number(float(evenness(row))),
    }


def _of_units(counts: Floats, confidence: float) -> Answer:
    """Return what the rows say as sampling units; one row alone says nothing of the unseen."""
    several = len(counts) > 1
    ways: dict[str, Callable[[], Estimate]] = {
        "chao2": lambda: chao2(counts, confidence=confidence),
        "ice": lambda: ice(counts),
        "jackknife1": lambda: jackknife1(counts, confidence=confidence),
        "jackknife2": lambda: jackknife2(counts),
        "bootstrap": lambda: bootstrap(counts, confidence=confidence),
    }
    answer: Answer = {}
    for name, of in ways.items():
        answer |= _estimate(name, of() if several else None)
    answer["coverage_units"] = _number(float(coverage(of_units(counts))[0])) if several else None
    return answer


def _estimate(name: str, found: Estimate | None) -> Answer:
    if found is None:
        return {name: None, f"{name}_se": None, f"{name}_ci": [None, None]}
    ends = [_number(float(found.lower)), _number(float(found.upper))]
    return {
        name: _number(float(found.value)),
        f"{name}_se": _number(float(found.se)),
        f"{name}_ci": ends,
    }


def _hill(together: Floats, table: CommunityTable, chance: Chance) -> list[Answer]:
    """Return Hill numbers by order: of the sample, and estimated of the whole community."""
    estimated = asymptotes(of_individuals(together), chance=chance) if table.whole else {}
    rows: list[Answer] = []
    for q in ORDERS:
        band = estimated.get(q)
        rows.append(
            {
                "q": q,
                "observed": None if table.presence_only and q else float(hill(together, q)),
                "estimated": None if band is None else _number(float(band.value[0])),
                "se": None if band is None else _number(float(band.se[0])),
                "ci": [None, None] if band is None else _ends(band)[0],
            }
        )
    return rows


def _curves(counts: Floats, whole: bool, chance: Chance) -> Answer:
    together = counts.sum(axis=0)
    return {
        "individuals": _curve(of_individuals(together), chance) if whole else None,
        "units": _curve(of_units(counts), chance) if len(counts) > 1 else None,
    }


def _curve(assemblage: Assemblage, chance: Chance) -> Answer:
    found = curve(assemblage, chance=chance)
    return {
        "size": _numbers(found.sizes),
        "region": list(found.region),
        "beyond_double": list(found.beyond_double),
        "coverage": _numbers(found.coverage.value),
        "coverage_ci": _ends(found.coverage),
        "hill": [
            {"q": q, "value": _numbers(band.value), "se": _numbers(band.se), "ci": _ends(band)}
            for q, band in found.hill.items()
        ],
    }


def _accumulation(counts: Floats) -> Answer:
    found = accumulate(counts)
    return {
        "method": found.method,
        "units": _numbers(found.units),
        "richness": _numbers(found.richness),
        "sd": _numbers(found.sd),
    }


def _rarefied(table: CommunityTable) -> Answer | None:
    """Return the rows rarefied to the individuals of the smallest one that has any."""
    sizes = table.counts.sum(axis=1)
    if not table.whole:
        return None
    size = float(sizes[sizes > 0].min())
    richness, se = rarefy(table.counts, size)
    return {
        "size": size,
        "sites": [
            {"site": site, "value": _number(value), "se": _number(error)}
            for site, value, error in zip(table.sites, richness.tolist(), se.tolist(), strict=True)
        ],
    }


def _equal(table: CommunityTable, chance: Chance) -> Answer | None:
    """Return the rows at the highest coverage that doubles no sample; None where none compares."""
    if not table.whole:
        return None
    usable = {
        site: of_individuals(row)
        for site, row in zip(table.sites, table.counts, strict=True)
        if row.sum() > 1 and float(coverage(of_individuals(row))[0]) > 0
    }
    if len(usable) < 2:
        return None
    draws = min(chance.draws, MOST_DRAWS_OF_SITES) if len(usable) <= MANY_SITES else 0
    rows = standardise(usable, chance=replace(chance, draws=draws))
    return {
        "coverage": _number(rows[0].level),
        "draws": draws,
        "left_out": [site for site in table.sites if site not in usable],
        "sites": [_standard(row) for row in rows],
    }


def _standard(row: Standardised) -> Answer:
    return {
        "site": row.name,
        "q": row.order,
        "size": _number(row.size),
        "value": _number(row.value),
        "ci": [_number(row.lower), _number(row.upper)],
        "region": row.region,
        "beyond_double": row.beyond_double,
    }


def _notes(table: CommunityTable) -> list[Text]:
    found = [_LOWER]
    units = len(table.sites)
    if not table.whole:
        found.append(_NO_INDIVIDUALS)
    elif table.counts.max() <= 1:
        found.append(_ONLY_ONES)
    if units == 1:
        found.append(_ONE_UNIT)
    elif units < 10:
        found.append(_FEW_UNITS.fill(n=units))
    if units > 1:
        found.append(_NOT_EVEN)
    if empty := int((~table.counts.any(axis=1)).sum()):
        found.append(_EMPTY_SITES.fill(n=empty))
    return found


def _number(value: float) -> float | None:
    if not math.isfinite(value):
        return None
    return float(value)


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(float(value)) for value in values]


def _ends(band: Band) -> list[list[float | None]]:
    return [
        [low, high] for low, high in zip(_numbers(band.lower), _numbers(band.upper), strict=True)
    ]
