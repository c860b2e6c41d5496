"""Totals over the sites with their covariance, and the index made of them (总数与指数)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.trimdesign import Design
from wetland.birds.trimfit import Estimates, symmetric_inverse
from wetland.birds.trimtable import CountTable, Floats, Numbers

Which = Literal["imputed", "fitted"]

_BAD_LEVEL = text(
    "置信水平须在 0 与 1 之间：{level}", "a level of confidence is between 0 and 1, not {level}"
)
_NO_BASE = text(
    "基准年 {time} 不在 {first} 至 {last} 之间",
    "the base {time} is not from {first} to {last}",
)
_EMPTY_BASE = text("没有给出基准年", "no base time is given")
_ZERO_BASE = text("基准年的总数为 0，无法作为基准", "the total of the base is 0: it cannot be one")


@dataclass(frozen=True, eq=False)
class Index:
    """Totals as a share of the base (指数), which is 1.

    ``lower`` and ``upper`` are the interval of the level that was asked for; a base of one time
    is 1 without an error.
    """

    base: tuple[int, ...]
    times: Numbers
    value: Floats
    se: Floats
    lower: Floats
    upper: Floats
    scaled_se: Floats


@dataclass(frozen=True, eq=False)
class Totals:
    """Weighted totals over the sites at each time.

    Attributes
    ----------
    observed
        Sum of the counts; NaN where nothing was counted.
    fitted
        Sum of what the model expects.
    imputed
        Sum of the counts, and of what the model expects where a site was not counted.
    fitted_covariance, imputed_covariance
        Their covariance between times.
    sigma2
        Overdispersion (1 where it was not asked for).
    """

    times: Numbers
    observed: Floats
    fitted: Floats
    imputed: Floats
    fitted_covariance: Floats
    imputed_covariance: Floats
    sigma2: float

    def of(self, which: Which) -> tuple[Floats, Floats]:
        """Return the imputed or the fitted totals and their covariance."""
        if which == "fitted":
            return self.fitted, self.fitted_covariance
        return self.imputed, self.imputed_covariance

    def se(self, which: Which = "imputed") -> Floats:
        """Return the standard errors."""
        return _roots(np.diag(self.of(which)[1]))

    def interval(self, level: float = 0.95, which: Which = "imputed") -> tuple[Floats, Floats]:
        """Return the confidence interval of the totals.

        Quantiles of the gamma distribution with the mean and the standard error of the total
        (shape ``t^2 / se^2``, scale ``se^2 / t``): never below 0, and never of no width where the
        standard error is not 0. Where that is several times the total the upper quantile would lie
        below the total, which stands for it then.
        """
        total, _ = self.of(which)
        return gamma_interval(total, self.se(which), level)

    def index(
        self,
        base: int | Sequence[int] | None = None,
        *,
        level: float = 0.95,
        which: Which = "imputed",
    ) -> Index:
        """Return the index, with 1 at the base: one time, or the mean of several.

        ``base`` None is the first time. The standard error follows from the covariance of the
        totals (delta method); its interval has the asymmetry of a gamma distribution of the total
        with the variance ``sigma2 * total`` and does not go below 0. ``scaled_se`` is
        ``se(total) / base``: the error without that of the base.
        """
        _check_level(level)
        total, covariance = self.of(which)
        bases = _positions(self.times, base)
        count = bases.size
        reference = float(total[bases].sum())
        if not reference > 0:
            raise InputError(_ZERO_BASE)
        value = count * total / reference
        slopes = np.zeros((total.size, total.size))
        slopes[:, bases] = -count * total[:, None] / reference**2
        slopes[np.arange(total.size), np.arange(total.size)] += count / reference
        if count == 1:
            slopes[bases[0]] = 0.0
        se = _roots(np.einsum("ij,jk,ik->i", slopes, covariance, slopes))
        below, above = _asymmetry(total, self.sigma2, level)
        return Index(
            base=tuple(int(t) for t in self.times[bases]),
            times=self.times,
            value=value,
            se=se,
            lower=np.maximum(value - below * se, 0.0),
            upper=value + above * se,
            scaled_se=self.se(which) * count / reference,
        )


def gamma_interval(total: Floats, se: Floats, level: float) -> tuple[Floats, Floats]:
    """Return quantiles of the gamma distributions of given means and standard errors."""
    from scipy.special import gammaincinv  # noqa: PLC0415 - scipy is slow to import

    _check_level(level)
    lower, upper = total.copy(), total.copy()
    some = (total > 0) & (se > 0)
    shape = (total[some] / se[some]) ** 2
    scale = se[some] ** 2 / total[some]
    lower[some] = gammaincinv(shape, (1 - level) / 2) * scale
    upper[some] = np.maximum(gammaincinv(shape, (1 + level) / 2) * scale, total[some])
    unknown = np.isnan(se)
    lower[unknown] = upper[unknown] = np.nan
    return lower, upper


def make_totals(
    table: CountTable, design: Design, estimates: Estimates, sites: NDArray[np.bool_] | None = None
) -> Totals:
    """Return the totals of all sites, or of some: every sum over sites is over these only.

    The variance of an imputed total is the variance of the fitted total, less what the counted
    cells have in it, plus the variance of the counts themselves (with their serial correlation).
    """
    chosen = np.ones(len(table.sites), dtype=np.bool_) if sites is None else sites
    counts, weights = table.counts[chosen], table.weights[chosen]
    seen = ~np.isnan(counts)
    expected = estimates.expected[chosen] * weights
    counted = np.where(seen, np.nan_to_num(counts) * weights, 0.0)
    whole = _model_variance(design, estimates, expected, chosen)
    known = _model_variance(design, estimates, np.where(seen, expected, 0.0), chosen)
    of_counts = _count_variance(estimates, weights * np.where(seen, expected, 0.0))
    observed = counted.sum(axis=(0, 1))
    return Totals(
        times=table.times,
        observed=np.where(seen.any(axis=(0, 1)), observed, np.nan),
        fitted=expected.sum(axis=(0, 1)),
        imputed=np.where(seen, counted, expected).sum(axis=(0, 1)),
        fitted_covariance=whole,
        imputed_covariance=whole - known + of_counts,
        sigma2=estimates.sigma2,
    )


def total_slopes(
    design: Design, estimates: Estimates, expected: Floats, chosen: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Return ``G`` (times x sites) and ``D = G F - H``: how totals depend on levels and effects."""
    by_site = expected.sum(axis=1).T
    group = design.group[chosen]
    own = np.zeros((expected.shape[2], design.parameters))
    for number, columns in enumerate(design.columns):
        of_group = expected[group == number].sum(axis=0)
        own += np.einsum("mt,mtp->tp", of_group, columns)
    return by_site, by_site @ estimates.site_effects[chosen] - own


def _model_variance(
    design: Design, estimates: Estimates, expected: Floats, chosen: NDArray[np.bool_]
) -> Floats:
    by_site, shifts = total_slopes(design, estimates, expected, chosen)
    levels = (by_site / estimates.site_information[chosen]) @ by_site.T
    variance: Floats = levels + shifts @ symmetric_inverse(estimates.information) @ shifts.T
    return estimates.sigma2 * variance


def _count_variance(estimates: Estimates, variance: Floats) -> Floats:
    """Return the covariance of the weighted sums of counts, ``variance`` being that of each."""
    times = variance.shape[2]
    root = np.sqrt(variance).reshape(-1, times)
    if not estimates.rho:
        return estimates.sigma2 * np.diag((root * root).sum(axis=0))
    distance = np.abs(np.subtract.outer(np.arange(times), np.arange(times)))
    covariance: Floats = estimates.sigma2 * np.power(estimates.rho, distance) * (root.T @ root)
    return covariance


def _asymmetry(total: Floats, sigma2: float, level: float) -> tuple[Floats, Floats]:
    """Return how many standard errors the interval reaches down and up."""
    from scipy.special import gammaincinv, ndtri  # noqa: PLC0415 - scipy is slow to import

    normal = float(ndtri((1 + level) / 2))
    below, above = np.full(total.size, normal), np.full(total.size, normal)
    some = total > 0
    if sigma2 > 0:
        shape = total[some] / sigma2
        spread = np.sqrt(sigma2 * total[some])
        below[some] = (total[some] - gammaincinv(shape, (1 - level) / 2) * sigma2) / spread
        above[some] = (gammaincinv(shape, (1 + level) / 2) * sigma2 - total[some]) / spread
    return below, above


def _roots(variance: Floats) -> Floats:
    """Return square roots; what is below 0 by rounding alone is 0, else not known."""
    small = (variance < 0) & (variance > -1e-9 * np.abs(variance).max(initial=0.0))
    out: Floats = np.sqrt(np.where(small, 0.0, np.where(variance < 0, np.nan, variance)))
    return out


def _positions(times: Numbers, base: int | Sequence[int] | None) -> NDArray[np.intp]:
    wanted = [int(t) for t in np.atleast_1d(times[0] if base is None else base)]
    if not wanted:
        raise InputError(_EMPTY_BASE)
    for time in wanted:
        if not times[0] <= time <= times[-1]:
            raise InputError(_NO_BASE.fill(time=time, first=times[0], last=times[-1]))
    return np.unique(np.array(wanted, dtype=np.intp) - int(times[0]))


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise InputError(_BAD_LEVEL.fill(level=level))
