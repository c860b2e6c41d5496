"""Seasonal Kendall test of what a covariate (flow, rain, temperature) does not explain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.kendallblocks import as_series, block_scores, sort_blocks
from wetland.statistics.kendallseasons import covariances, seasonal_kendall, year_grid
from wetland.statistics.trendtest import TrendTest, standard_score, two_sided


def partial_kendall(
    year: ArrayLike,
    season: ArrayLike,
    y: ArrayLike,
    *,
    covariate: ArrayLike,
    correlated: bool = False,
    alpha: float = 0.05,
) -> TrendTest:
    """Test for a trend of ``y`` beyond the one of a covariate (偏曼-肯德尔检验).

    The score is ``S_y - c / v_x S_x`` and its variance ``v_y - c^2 / v_x``, with the variances of
    the seasonal scores of ``y`` and of the covariate and their covariance ``c`` over seasons. Rows
    where either is missing are left out of the test. With ``correlated`` the variance (not the
    score) also holds the covariances between seasons, as R's rkt has it. ``tau`` and the slope with
    its interval are those of ``y`` alone, with all its values.

    Raises
    ------
    InputError
        If a season has several values in one year, or the covariate is constant.

    References
    ----------
    Libiseller and Grimvall (2002), Environmetrics 13, 71.
    """
    values = as_series("y", y)
    beside = as_series("covariate", covariate, values.size)
    both = ~np.isnan(values) & ~np.isnan(beside)
    own = sort_blocks(year, np.where(both, values, np.nan), season)
    other = sort_blocks(year, np.where(both, beside, np.nan), season)
    matrix = covariances(np.hstack([year_grid(own), year_grid(other)]))
    half = matrix.shape[0] // 2
    alone = np.eye(half)
    v_x, c = _sum(matrix[half:, half:] * alone), _sum(matrix[:half, half:] * alone)
    if not v_x > 0.0:
        raise InputError(text("协变量没有变化", "the covariate does not vary"))
    s = float(block_scores(own).s.sum()) - c / v_x * float(block_scores(other).s.sum())
    kept = np.ones((half, half)) if correlated else alone
    v_y = _sum(matrix[:half, :half] * kept)
    v_x, c = _sum(matrix[half:, half:] * kept), _sum(matrix[:half, half:] * kept)
    var_s = v_y - c * c / v_x
    z = float(standard_score(s, var_s))
    plain = seasonal_kendall(year, season, y, correlated=correlated, alpha=alpha)
    return replace(
        plain, method="partial_kendall", s=s, var_s=var_s, z=z, p_value=two_sided(z), n=own.y.size
    )


def _sum(matrix: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    return float(matrix.sum())
