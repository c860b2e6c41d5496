"""Kendall's test over seasons (季节性肯德尔检验) and over stations (区域肯德尔检验)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.kendall import block_test
from wetland.statistics.kendallblocks import (
    Blocks,
    BlockScores,
    block_scores,
    slope_interval,
    sort_blocks,
)
from wetland.statistics.trendtest import (
    Floats,
    Heterogeneity,
    TrendTest,
    normal_quantile,
    sample_notes,
    standard_score,
    two_sided,
)

Correlated = bool | Literal["midrank"]
YEARS_FOR_CORRELATED = 10
SINGULAR = 1e-10  # smallest over largest eigenvalue
FEW_YEARS = text(
    "仅 {n} 年，季节间相关的方差估计需要约 10 年以上",
    "only {n} years: the variance for correlated seasons wants some ten",
)
REPEATED = text(
    "同一年同一季节有多个值，不能计算季节间协方差；请先取均值或中位数",
    "several values in one season of one year: the covariance of seasons cannot be had; "
    "take their mean or median first",
)


def seasonal_kendall(
    year: ArrayLike,
    season: ArrayLike,
    y: ArrayLike,
    *,
    censored: ArrayLike | None = None,
    correlated: Correlated = False,
    alpha: float = 0.05,
) -> TrendTest:
    """Test for a trend that all seasons share: values are compared within their season only.

    Parameters
    ----------
    year
        Times; the slope is per unit of them. Whole years, or years with a fraction.
    season
        Which season (month, quarter, word) a value is of.
    y
        Values; NaN is missing. Several values of one time are not compared with each other.
    censored
        As for `mann_kendall`.
    correlated
        Whether seasons may depend on each other: the variance then holds their covariances
        (Hirsch and Slack 1984, Dietz and Killeen 1981). A missing value takes no part (R's rkt);
        with "midrank" it stands at the middle rank of its season (EnvStats).
    alpha
        For the interval of the slope and the direction.

    Returns
    -------
    TrendTest
        Scores and variances are those of the seasons added up; ``tau`` is the score over the pairs
        of all seasons; the slope is the median of the slopes of all seasons; the intercept the
        median of their intercepts. ``seasons`` holds each season's own test.

    Notes
    -----
    No season and no year is left out because a value is missing.

    References
    ----------
    Hirsch, Slack and Smith (1982), Water Resour. Res. 18, 107; Hirsch and Slack (1984), Water
    Resour. Res. 20, 727; Van Belle and Hughes (1984), Water Resour. Res. 20, 127.

    Examples
    --------
    >>> found = seasonal_kendall([1, 1, 2, 2, 3, 3], [1, 2, 1, 2, 1, 2], [5, 1, 6, 2, 7, 3])
    >>> found.s, found.slope
    (6.0, 1.0)
    """
    return _added_up(
        (year, season, y, censored), correlated=correlated, alpha=alpha, method="seasonal_kendall"
    )


def regional_kendall(
    year: ArrayLike,
    station: ArrayLike,
    y: ArrayLike,
    *,
    censored: ArrayLike | None = None,
    correlated: Correlated = False,
    alpha: float = 0.05,
) -> TrendTest:
    """Test for a trend that all stations of a region share: `seasonal_kendall` with stations.

    ``correlated`` says that stations may depend on each other (neighbours in one lake do).

    References
    ----------
    Helsel and Frans (2006), Environ. Sci. Technol. 40, 4066.
    """
    return _added_up(
        (year, station, y, censored), correlated=correlated, alpha=alpha, method="regional_kendall"
    )


def _censored(
    columns: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    *,
    correlated: Correlated,
    alpha: float,
    method: str,
) -> TrendTest:
    from wetland.statistics.kendallcensored import censored_seasonal  # noqa: PLC0415 - rarely

    if correlated:
        raise InputError(
            text(
                "含未检出值时不计算季节间协方差",
                "with censored values the covariance of seasons is not computed",
            )
        )
    return censored_seasonal(columns, alpha=alpha, method=method)


@dataclass(frozen=True)
class _Sum:
    """What the seasons give together."""

    s: float
    var_s: float
    notes: tuple[Text, ...]
    heterogeneity: Heterogeneity


def _added_up(
    columns: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike | None],
    *,
    correlated: Correlated,
    alpha: float,
    method: str,
) -> TrendTest:
    year, block, y, censored = columns
    normal_quantile(alpha)
    if censored is not None and np.asarray(censored).astype(bool).any():
        return _censored(
            (year, block, y, censored), correlated=correlated, alpha=alpha, method=method
        )
    blocks = sort_blocks(year, y, block)
    scores = block_scores(blocks)
    parts = tuple(_season(blocks, scores, g, alpha) for g in range(blocks.bounds.size - 1))
    total = _sum(blocks, scores, correlated)
    z = float(standard_score(total.s, total.var_s))
    slope, lower, upper = slope_interval(blocks, total.var_s, alpha=alpha)
    pairs, pairs_b = float(scores.pairs.sum()), float(scores.pairs_b.sum())
    return TrendTest(
        method,
        s=total.s,
        var_s=total.var_s,
        z=z,
        p_value=two_sided(z),
        tau=total.s / pairs if pairs else math.nan,
        tau_b=total.s / pairs_b if pairs_b else math.nan,
        slope=slope,
        lower=lower,
        upper=upper,
        intercept=median_intercept(parts),
        n=blocks.y.size,
        alpha=alpha,
        notes=total.notes,
        heterogeneity=total.heterogeneity,
        seasons=parts,
    )


def _season(blocks: Blocks, scores: BlockScores, block: int, alpha: float) -> TrendTest:
    found = block_test(blocks, scores, alpha=alpha, method="mann_kendall", block=block)
    return replace(found, notes=(), block=blocks.labels.tolist()[block])


def median_intercept(parts: tuple[TrendTest, ...]) -> float:
    """Return the median of the intercepts of the seasons that have one."""
    told = [part.intercept for part in parts if not math.isnan(part.intercept)]
    return float(np.median(told)) if told else math.nan


def _sum(blocks: Blocks, scores: BlockScores, correlated: Correlated) -> _Sum:
    s = float(scores.s.sum())
    notes = sample_notes(blocks.y.size)
    if not correlated:
        return _Sum(s, float(scores.var_s.sum()), notes, heterogeneity(scores.s, scores.var_s))
    grid = year_grid(blocks)
    shared = covariances(grid, midrank=correlated == "midrank")
    if grid.shape[0] < YEARS_FOR_CORRELATED:
        notes = (*notes, FEW_YEARS.fill(n=grid.shape[0]))
    alike = dependent_heterogeneity(
        scores.s.astype(np.float64), shared, scores.pairs.astype(np.float64)
    )
    return _Sum(s, float(shared.sum()), notes, alike)


def year_grid(blocks: Blocks) -> Floats:
    """Return values as years x blocks, NaN where there is none.

    Raises
    ------
    InputError
        If a block has several values at one time.
    """
    if ((blocks.first - np.arange(blocks.y.size)) > 1).any():
        raise InputError(REPEATED)
    years, at = np.unique(blocks.t, return_inverse=True)
    grid = np.full((years.size, blocks.bounds.size - 1), np.nan)
    grid[at, np.repeat(np.arange(blocks.bounds.size - 1), blocks.sizes)] = blocks.y
    return grid


def covariances(grid: Floats, *, midrank: bool = False) -> Floats:
    """Return the matrix of covariances of the scores of the columns of ``years x blocks``.

    ``(K + D) / 3`` where ``K`` adds up, over pairs of years, the products of the signs of change
    of two columns, and ``D`` over years the products of how many other years a year exceeds less
    how many it falls short of. That is equation 8 of Hirsch and Slack (1984) after the mid-ranks
    are written out. The diagonal is the variance of each score with its ties. A missing value is
    neither above nor below another; with ``midrank`` it takes the middle rank of its column in
    ``K`` (EnvStats does).
    """
    years, columns = grid.shape
    signs = np.nan_to_num(np.sign(grid[None, :, :] - grid[:, None, :]))
    over = signs.sum(axis=0)
    flat = signs.reshape(years * years, columns)
    own = flat.T @ flat / 2.0
    products: Floats = own
    if midrank:
        # On ranks centred at the middle, which `over` is twice of, a missing value stands at 0.
        filled = np.sign(over[None, :, :] - over[:, None, :]).reshape(years * years, columns)
        products = filled.T @ filled / 2.0
        np.fill_diagonal(products, np.diag(own))
    matrix: Floats = (products + over.T @ over) / 3.0
    return matrix


def heterogeneity(s: ArrayLike, var_s: ArrayLike) -> Heterogeneity:
    """Test whether independent seasons have one trend: chi2 = sum z^2 - K mean(z)^2, df = K - 1.

    Standard scores are taken without continuity correction. Where a season has no variance, or
    there is only one, it cannot be told: NaN.
    """
    score, variance = np.asarray(s, np.float64), np.asarray(var_s, np.float64)
    df = score.size - 1
    if df < 1 or not (variance > 0).all():
        return Heterogeneity(math.nan, max(df, 0), math.nan)
    z = score / np.sqrt(variance)
    chi2 = max(float((z**2).sum() - z.size * z.mean() ** 2), 0.0)
    return Heterogeneity(chi2, df, _chi2_tail(chi2, df))


def dependent_heterogeneity(s: Floats, shared: Floats, pairs: Floats) -> Heterogeneity:
    """Test whether dependent seasons have one trend, on contrasts of their taus.

    NaN where the covariances are singular, or (few years) no covariances at all.
    """
    df = s.size - 1
    if df < 1 or not (pairs > 0).all():
        return Heterogeneity(math.nan, max(df, 0), math.nan)
    contrast = np.eye(df, s.size) - np.eye(df, s.size, 1)
    middle = contrast @ (shared / np.outer(pairs, pairs)) @ contrast.T
    values = np.abs(np.linalg.eigvalsh(middle))
    if values.min() <= SINGULAR * values.max():
        return Heterogeneity(math.nan, df, math.nan)
    off = contrast @ (s / pairs)
    chi2 = float(off @ np.linalg.solve(middle, off))
    if chi2 < 0.0:
        return Heterogeneity(math.nan, df, math.nan)
    return Heterogeneity(chi2, df, _chi2_tail(chi2, df))


def _chi2_tail(chi2: float, df: int) -> float:
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy is slow to load

    return float(chdtrc(df, chi2)) if chi2 >= 0.0 else math.nan
