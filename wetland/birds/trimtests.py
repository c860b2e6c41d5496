"""Tests of a TRIM model: goodness of fit, and Wald's tests of its effects (检验)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wetland.birds.trimdesign import Design, make_design
from wetland.birds.trimfit import Estimates, Fitting, symmetric_inverse
from wetland.birds.trimtable import CountTable, Floats, Numbers

Question = Literal["slope", "change_point", "deviations", "covariate"]


@dataclass(frozen=True)
class Fit:
    """How well a model fits (拟合优度).

    ``chi2`` is Pearson's, ``likelihood_ratio`` the deviance; their p are of a chi-square with
    ``df`` (NaN without degrees of freedom). With overdispersion both are large by nature.
    ``aic`` is ``likelihood_ratio - 2 df``: comparable between models of the same counts.
    """

    chi2: float
    df: int
    chi2_p: float
    likelihood_ratio: float
    likelihood_ratio_p: float
    aic: float


@dataclass(frozen=True)
class WaldTest:
    """One of Wald's tests.

    ``question``: is there a "slope"; does it change at a "change_point" (``subject`` is the time);
    do the times have "deviations" from a linear trend; has a "covariate" (``subject``) an effect.
    """

    question: Question
    subject: str
    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, eq=False)
class LinearTrend:
    """Effects of times as a linear trend and what deviates from it (model 3)."""

    slope: float
    slope_se: float
    deviations: Floats
    deviations_se: Floats


def goodness(fitting: Fitting, estimates: Estimates) -> Fit:
    """Return the goodness of fit."""
    residuals = fitting.residuals(estimates.expected)
    chi2 = float(residuals @ residuals)
    ratio = fitting.likelihood_ratio(estimates.expected)
    df = fitting.freedom
    return Fit(chi2, df, chi2_p(chi2, df), ratio, chi2_p(max(ratio, 0.0), df), ratio - 2 * df)


def chi2_p(statistic: float, df: int) -> float:
    """Return the p of a chi-square; NaN without degrees of freedom."""
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy is slow to import

    return float(chdtrc(df, statistic)) if df > 0 else math.nan


def _wald(effects: Floats, covariance: Floats) -> tuple[float, int, float]:
    statistic = float(effects @ np.linalg.solve(covariance, effects))
    return statistic, effects.size, chi2_p(statistic, effects.size)


def change_point_tests(design: Design, estimates: Estimates, times: Numbers) -> list[WaldTest]:
    """Test each change point: does the slope change there? All categories are tested together."""
    covariance = estimates.covariance
    tests = []
    for number, point in enumerate(design.change_points):
        after = design.positions(number)
        contrast = np.zeros((after.size, design.parameters))
        contrast[np.arange(after.size), after] = 1.0
        if number:
            contrast[np.arange(after.size), design.positions(number - 1)] = -1.0
        found = _wald(contrast @ estimates.beta, contrast @ covariance @ contrast.T)
        tests.append(WaldTest("change_point", str(times[point - 1]), *found))
    return tests


def linear_trend(design: Design, estimates: Estimates) -> tuple[LinearTrend, WaldTest | None]:
    """Return the linear trend in the effects of times of model 3, and the test of the rest.

    With covariates it is the trend of the first categories.
    """
    count = design.time_columns + 1
    d = np.arange(count) - (count - 1) / 2
    line = np.outer(d, d) / (d @ d)
    rest = np.eye(count) - 1.0 / count - line
    gamma = np.concatenate([[0.0], estimates.beta[: count - 1]])
    spread = np.zeros((count, count))
    spread[1:, 1:] = estimates.covariance[: count - 1, : count - 1]
    of_rest = rest @ spread @ rest.T
    trend = LinearTrend(
        slope=float(d @ gamma / (d @ d)),
        slope_se=math.sqrt(float(d @ spread @ d)) / float(d @ d),
        deviations=rest @ gamma,
        deviations_se=np.sqrt(np.maximum(np.diag(of_rest), 0.0)),
    )
    if count < 3:
        return trend, None
    some = slice(0, count - 2)
    found = _wald((rest @ gamma)[some], of_rest[some, some])
    return trend, WaldTest("deviations", "", *found)


def covariate_tests(design: Design, estimates: Estimates) -> list[WaldTest]:
    """Test each covariate: all of its effects together."""
    width = design.time_columns + design.month_columns
    if not width:
        return []
    owner = np.repeat([name for name, _ in design.blocks], width)
    covariance = estimates.covariance
    return [
        WaldTest("covariate", name, *_wald(estimates.beta[part], covariance[np.ix_(part, part)]))
        for name in dict.fromkeys(name for name, _ in design.blocks[1:])
        for part in [np.flatnonzero(owner == name)]
    ]


def wald_tests(design: Design, estimates: Estimates, times: Numbers) -> tuple[WaldTest, ...]:
    """Return the tests that a model allows."""
    tests: list[WaldTest] = []
    if design.model == 2:
        tests = change_point_tests(design, estimates, times)
        if len(tests) == 1 and design.change_points == (1,):
            only = tests[0]
            tests = [WaldTest("slope", "", only.statistic, only.df, only.p_value)]
    if design.model == 3 and len(design.blocks) == 1:
        _, deviations = linear_trend(design, estimates)
        tests += [] if deviations is None else [deviations]
    return (*tests, *covariate_tests(design, estimates))


def score_test(table: CountTable, fitted: Estimates, point: int, points: tuple[int, ...]) -> float:
    """Return the p of a change point that the model does not have.

    ``fitted`` are the estimates with the change points ``points``: the slope would go on through
    ``point`` as it is.
    """
    wider = make_design(table, 2, tuple(sorted({*points, point})))
    number = wider.change_points.index(point)
    narrow_width = len(points) + wider.month_columns
    width = wider.time_columns + wider.month_columns
    beta = np.zeros(wider.parameters)
    for block in range(len(wider.blocks)):
        old = fitted.beta[block * narrow_width : (block + 1) * narrow_width]
        going_on = old[number - 1] if number else 0.0
        beta[block * width : (block + 1) * width] = np.insert(old, number, going_on)
    state = Fitting(table, wider).evaluate(beta, fitted.rho, sigma2=fitted.sigma2)
    statistic = _score(state)
    return chi2_p(statistic, len(wider.blocks))


def _score(state: Estimates) -> float:
    inverse: NDArray[np.float64] = symmetric_inverse(state.information)
    return float(state.score @ inverse @ state.score) / state.sigma2
