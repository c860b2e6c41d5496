"""Indices of strata combined into one, with the errors that the strata had (分层合并).

Each stratum (habitat, region) was fitted by itself; its imputed totals are now the counts of one
"site". The model is fitted to them by maximum likelihood, and the errors follow from the
covariances of the strata alone (sandwich), not from a distribution of counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.trimdesign import (
    Design,
    Model,
    change_point_positions,
    check_counts,
    make_design,
    supported_change_points,
)
from wetland.birds.trimfit import Corrections, Estimates, Fitting, symmetric_inverse
from wetland.birds.trimrows import count_table
from wetland.birds.trimslope import Slope, overall_slope
from wetland.birds.trimtable import CountTable, Floats, Numbers
from wetland.birds.trimtotals import Totals, Which, total_slopes

_SHAPE = text(
    "分层 {name} 的协方差矩阵须为 {n} × {n}，且没有缺失",
    "the covariance of stratum {name} must be {n} by {n} without missing numbers",
)
_SAME_NAME = text("分层名称重复：{name}", "two strata have the name {name}")


@dataclass(frozen=True, eq=False)
class Stratum:
    """Totals of one stratum at some times, and their covariance; ``weight`` multiplies both."""

    name: str
    times: Numbers
    totals: Floats
    covariance: Floats
    weight: float = 1.0

    @classmethod
    def of(cls, name: str, totals: Totals, weight: float = 1.0) -> Stratum:
        """Return the imputed totals of a fitted stratum."""
        return cls(name, totals.times, totals.imputed, totals.imputed_covariance, weight)


@dataclass(frozen=True, eq=False)
class Combined:
    """Totals of all strata together.

    Attributes
    ----------
    effects, effects_covariance
        Of the columns of the design: times or slopes. Their errors, too, come from the strata;
        rtrim prints those of Poisson counts here, which do not go with its own index.
    """

    totals: Totals
    effects: Floats
    effects_covariance: Floats
    notes: tuple[Text, ...]

    def overall(self, which: Which = "imputed", *, window: tuple[int, int] | None = None) -> Slope:
        """Return the overall slope and its class."""
        total, covariance = self.totals.of(which)
        return overall_slope(self.totals.times, total, covariance, window=window)


def combine(
    strata: Sequence[Stratum],
    *,
    model: Model = 3,
    change_points: Sequence[int] | None = None,
) -> Combined:
    """Combine strata that share (most of) their times; what a stratum lacks is imputed.

    Raises
    ------
    InputError
        Fewer than two strata, two of one name, covariances that do not fit the totals, totals
        below 0, or too few of them for the model.

    References
    ----------
    Pannekoek, Bogaart and van der Loo (2018), Models and statistical methods in rtrim, "Pseudo ML".
    """
    table = _table(strata)
    check_counts(table, model)
    points: tuple[int, ...] = ()
    if model == 2:
        wanted = (1,) if change_points is None else change_points
        points = change_point_positions(table.times, wanted)
        points = supported_change_points(table, points, autodelete=True)
    design = make_design(table, model, points)
    estimates = Fitting(table, design).run(Corrections(overdispersion=False))
    inverse = symmetric_inverse(estimates.information)
    by_name = {stratum.name: stratum for stratum in strata}
    kept = [by_name[name] for name in table.sites]
    passed = [
        _passed(table, design, estimates, k) for k in range(len(kept))
    ]  # how the score of each stratum depends on its totals
    spread = sum(
        (p @ stratum.covariance @ p.T for p, stratum in zip(passed, kept, strict=True)),
        np.zeros_like(inverse),
    )
    return Combined(
        totals=_totals(table, design, estimates, kept, passed),
        effects=estimates.beta,
        effects_covariance=inverse @ spread @ inverse,
        notes=table.notes,
    )


def _table(strata: Sequence[Stratum]) -> CountTable:
    names: set[str] = set()
    rows: list[tuple[str, Any, Any, float]] = []
    for stratum in strata:
        if stratum.name in names:
            raise InputError(_SAME_NAME.fill(name=stratum.name))
        names.add(stratum.name)
        n = len(stratum.totals)
        covariance = np.asarray(stratum.covariance)
        if covariance.shape != (n, n) or not np.isfinite(covariance).all():
            raise InputError(_SHAPE.fill(name=stratum.name, n=n))
        rows += [
            (stratum.name, time, total, stratum.weight)
            for time, total in zip(stratum.times, stratum.totals, strict=True)
        ]
    return count_table(
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        weight=[row[3] for row in rows],
    )


def _seen(table: CountTable, site: int) -> NDArray[np.intp]:
    return np.flatnonzero(table.observed[site, 0])


def _passed(table: CountTable, design: Design, estimates: Estimates, site: int) -> Floats:
    """Return ``B' (I - m 1' / m.)`` over the times that a stratum has."""
    at = _seen(table, site)
    columns = design.columns[design.group[site], 0, at]
    mu = estimates.expected[site, 0, at]
    passed: Floats = columns.T - (columns.T @ mu / mu.sum())[:, None]
    return passed


def _totals(
    table: CountTable,
    design: Design,
    estimates: Estimates,
    strata: Sequence[Stratum],
    passed: Sequence[Floats],
) -> Totals:
    """Return totals with the covariance that those of the strata give (delta method)."""
    seen = table.observed
    counted = np.where(seen, np.nan_to_num(table.counts) * table.weights, 0.0)
    expected = estimates.expected * table.weights
    everywhere = np.ones(len(strata), dtype=np.bool_)
    inverse = symmetric_inverse(estimates.information)
    covariances = []
    for kept in (expected, np.where(seen, 0.0, expected)):
        levels, shifts = total_slopes(design, estimates, kept, everywhere)
        covariance = np.zeros((table.times.size, table.times.size))
        for site, stratum in enumerate(strata):
            at = _seen(table, site)
            reach = (levels[:, site] / estimates.site_information[site])[:, None]
            reach = reach - shifts @ inverse @ passed[site]
            if kept is not expected:  # what is known counts as it is
                reach[at, np.arange(at.size)] += table.weights[site, 0, at]
            covariance += reach @ stratum.covariance @ reach.T
        covariances.append(covariance)
    return Totals(
        times=table.times,
        observed=np.where(seen.any(axis=(0, 1)), counted.sum(axis=(0, 1)), np.nan),
        fitted=expected.sum(axis=(0, 1)),
        imputed=np.where(seen, counted, expected).sum(axis=(0, 1)),
        fitted_covariance=covariances[0],
        imputed_covariance=covariances[1],
        sigma2=1.0,
    )
