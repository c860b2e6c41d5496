"""Population indices from counts at plots with missing counts: TRIM (种群指数).

Log-linear Poisson regression of counts on sites and times, in which what was not counted is
imputed, with correct errors under overdispersion and serial correlation.

References
----------
Pannekoek and van Strien (2005), TRIM 3 manual, Statistics Netherlands.
Pannekoek, Bogaart and van der Loo (2018), Models and statistical methods in rtrim.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

import numpy as np

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.trimdesign import (
    Design,
    Model,
    Named,
    change_point_positions,
    check_counts,
    make_design,
    supported_change_points,
)
from wetland.birds.trimfit import Corrections, Estimates, Fitting
from wetland.birds.trimrows import count_table as count_table
from wetland.birds.trimslope import Quantiles, Slope, overall_slope
from wetland.birds.trimsteps import stepwise
from wetland.birds.trimtable import CountTable, listed
from wetland.birds.trimtests import Fit, LinearTrend, WaldTest, goodness, linear_trend, wald_tests
from wetland.birds.trimtotals import Index, Totals, Which, make_totals

_MODEL = text("模型须为 1、2 或 3：{model}", "a model is 1, 2 or 3, not {model}")
_NAMED = text(
    'change_points 须为 "all"、"auto" 或若干年份：{given}',
    'change points are "all", "auto" or times, not {given}',
)
_NO_POINTS = text("没有给出变化点", "no change point is given")
_ONLY_TWO = text("变化点只用于模型 2", "change points belong to model 2")
_CONFIDENCE = text(
    "约束离散度的置信度须在 0.5 至 1 之间：{value}",
    "the confidence of constrained overdispersion is from 0.5 to 1, not {value}",
)
_DELETED = text(
    "删除了所在时段没有正计数的变化点：{points}",
    "change points of segments without a count above 0 were deleted: {points}",
)
_NEGATIVE = text(
    "序列相关为负（{rho:.3f}）：宜考虑不作此修正",
    "serial correlation is negative ({rho:.3f}): consider leaving it out",
)
_UNDER = text(
    "离散度小于 1（{sigma2:.3f}）：误差小于泊松分布的误差",
    "overdispersion is below 1 ({sigma2:.3f}): errors are smaller than those of Poisson counts",
)


@dataclass(frozen=True)
class TrimSettings:
    """What to fit.

    Attributes
    ----------
    model
        1 no change in time; 2 slopes between change points; 3 an effect for every time.
    change_points
        Of model 2, as times or as positions from 1; "all"; "auto" (stepwise from all). None is
        one slope over the whole series.
    overdispersion, serial_correlation
        Whether errors take account of counts that vary more than Poisson's, and of counts of a
        site that resemble those of its neighbouring times.
    confidence
        Below 1 (e.g. 0.999): constrained overdispersion, without the extreme residuals.
    autodelete
        Whether change points without counts above 0 in their segment are taken away, and told.
    """

    model: Model = 3
    change_points: Sequence[int] | Named | None = None
    overdispersion: bool = True
    serial_correlation: bool = False
    confidence: float = 1.0
    autodelete: bool = True


@dataclass(frozen=True, eq=False)
class Trim:
    """A fitted model with its totals.

    Attributes
    ----------
    change_points
        Times at which the slope changes (model 2).
    overdispersion, serial_correlation
        None where they were not asked for.
    totals
        Of all sites.
    by_category
        The same for the sites of each category: (covariate, category) to totals.
    notes
        What a reader has to know.
    """

    table: CountTable
    settings: TrimSettings
    design: Design
    estimates: Estimates
    totals: Totals
    fit: Fit
    tests: tuple[WaldTest, ...]
    notes: tuple[Text, ...]
    by_category: dict[tuple[str, str], Totals] = field(default_factory=dict)

    @property
    def change_points(self) -> tuple[int, ...]:
        """Return the times of the change points."""
        return tuple(int(self.table.times[p - 1]) for p in self.design.change_points)

    @property
    def overdispersion(self) -> float | None:
        """Return the overdispersion, where it was asked for."""
        return self.estimates.sigma2 if self.settings.overdispersion else None

    @property
    def serial_correlation(self) -> float | None:
        """Return the serial correlation, where it was asked for."""
        return self.estimates.rho if self.settings.serial_correlation else None

    def index(
        self,
        base: int | Sequence[int] | None = None,
        *,
        level: float = 0.95,
        which: Which = "imputed",
    ) -> Index:
        """Return the index of all sites; see `Totals.index`."""
        return self.totals.index(base, level=level, which=which)

    def overall(
        self,
        which: Which = "imputed",
        *,
        window: tuple[int, int] | None = None,
        quantiles: Quantiles = "t",
    ) -> Slope:
        """Return the overall slope and its class, of the whole series or of a window of times."""
        total, covariance = self.totals.of(which)
        return overall_slope(
            self.table.times, total, covariance, window=window, quantiles=quantiles
        )

    def slopes_between(self, change_points: Sequence[int], which: Which = "imputed") -> list[Slope]:
        """Return the slope of each part of the series; a change point belongs to both sides."""
        times = self.table.times
        starts = change_point_positions(times, change_points)
        ends = [*starts[1:], times.size]
        return [
            self.overall(which, window=(int(times[start - 1]), int(times[end - 1])))
            for start, end in zip(starts, ends, strict=True)
        ]

    def linear_trend(self) -> LinearTrend | None:
        """Return linear trend and deviations of model 3; None for other models."""
        return linear_trend(self.design, self.estimates)[0] if self.design.model == 3 else None


def trim(table: CountTable, settings: TrimSettings | None = None) -> Trim:
    """Fit a TRIM model to a table of counts.

    The solution is the exact one of the estimating equations (steps below 1e-10), the errors are
    those of the model (not robust ones). Imputed totals need no count at a time in model 2: slopes
    bridge it (``notes`` tells which times stand on the model alone).

    Raises
    ------
    InputError
        The counts above 0 that the model needs are missing; parameters that cannot be told apart;
        no degrees of freedom for the corrections; estimates that do not settle.

    Examples
    --------
    >>> sites, years = ["a"] * 3 + ["b"] * 3, [2020, 2021, 2022] * 2
    >>> table = count_table(sites, years, [10, 20, 40, 5, 10, float("nan")])
    >>> fitted = trim(table, TrimSettings(model=3, overdispersion=False))
    >>> fitted.totals.imputed.round(6).tolist(), fitted.index().value.round(6).tolist()
    ([15.0, 30.0, 60.0], [1.0, 2.0, 4.0])
    """
    settings = settings or TrimSettings()
    _check(settings)
    check_counts(table, settings.model)
    corrections = Corrections(
        settings.overdispersion, settings.serial_correlation, settings.confidence
    )
    notes = list(table.notes)
    points: tuple[int, ...] = ()
    if settings.model == 2:
        points = _points(table, settings, notes)
    if settings.change_points == "auto":
        fitting, estimates = stepwise(table, points, corrections)
    else:
        fitting = Fitting(table, make_design(table, settings.model, points))
        estimates = fitting.run(corrections)
    if estimates.rho < 0:
        notes.append(_NEGATIVE.fill(rho=estimates.rho))
    if settings.overdispersion and estimates.sigma2 < 1:
        notes.append(_UNDER.fill(sigma2=estimates.sigma2))
    return Trim(
        table=table,
        settings=settings,
        design=fitting.design,
        estimates=estimates,
        totals=make_totals(table, fitting.design, estimates),
        fit=goodness(fitting, estimates),
        tests=wald_tests(fitting.design, estimates, table.times),
        notes=tuple(notes),
        by_category={
            (covariate.name, category): make_totals(
                table, fitting.design, estimates, covariate.codes == code
            )
            for covariate in table.covariates
            for code, category in enumerate(covariate.categories)
        },
    )


def _check(settings: TrimSettings) -> None:
    if settings.model not in get_args(Model):
        raise InputError(_MODEL.fill(model=settings.model))
    points = settings.change_points
    if isinstance(points, str) and points not in get_args(Named):
        raise InputError(_NAMED.fill(given=points))
    if points is not None and settings.model != 2:
        raise InputError(_ONLY_TWO)
    if points is not None and not len(points):
        raise InputError(_NO_POINTS)
    if not (0.5 <= settings.confidence <= 1 and math.isfinite(settings.confidence)):
        raise InputError(_CONFIDENCE.fill(value=settings.confidence))


def _points(table: CountTable, settings: TrimSettings, notes: list[Text]) -> tuple[int, ...]:
    """Return the change points to begin with; tell which were taken away."""
    wanted = (1,) if settings.change_points is None else change_point_positions(
        table.times, settings.change_points
    )  # fmt: skip
    kept = supported_change_points(table, wanted, autodelete=settings.autodelete)
    lost = [str(t) for t in table.times[np.setdiff1d(wanted, kept) - 1]]
    if lost:
        notes.append(_DELETED.fill(points=listed(lost)))
    return kept
