"""Smooth a population's course through its noise (平滑指数): an additive model of counts at plots.

The expected count of a plot at a time is its level times a smooth function of time that all plots
share: a natural cubic spline with a knot at every time, held to ``round(0.3 x times)`` degrees of
freedom. Intervals come from drawing the plots anew.

References
----------
Fewster, Buckland, Siriwardena, Baillie and Wilson (2000), Analysis of population trends for
farmland birds using generalized additive models, Ecology 81:1970-1984 (model, degrees of freedom,
bootstrap over plots).
Atkinson, Austin, Rehfisch et al. (2006), Identifying declines in waterbirds, Biological
Conservation 130:549-559 (waterbirds).
Green and Silverman (1994), Nonparametric regression and generalized linear models, ch. 2 (penalty).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.trimtable import CountTable, Floats, Numbers

SHARE = 0.3
MOST_ROUNDS = 60
LONGEST_STEP = 2.0
FARTHEST = 30.0  # logarithms from the mean: nothing that was counted is beyond
SETTLED = 1e-9
RIDGE = 1e-9
MOST_CELLS = 4_000_000  # of arrays (draws, rows, times) at one go

_LEVEL = text(
    "置信水平须在 0 与 1 之间：{level}", "a level of confidence is between 0 and 1, not {level}"
)
_DRAWS = text("自助抽样次数须不小于 2：{draws}", "at least 2 draws are needed, not {draws}")
_FREEDOM = text(
    "自由度须在 1 与 {most} 之间：{freedom}",
    "degrees of freedom are from 1 to {most}, not {freedom}",
)


@dataclass(frozen=True, eq=False)
class Smoothed:
    """A smoothed course of a population.

    Attributes
    ----------
    log
        Logarithm of the expected count less its mean over the times; only differences mean
        something.
    drawn
        The same of each bootstrap draw (draws, times).
    freedom
        Effective degrees of freedom, as of the smooth function without its level.
    plots
        Plots with birds that it rests on.
    """

    times: Numbers
    log: Floats
    drawn: Floats
    freedom: float
    plots: int

    def index(self, base: int | None = None) -> Floats:
        """Return the index with 100 at a time (None: the last)."""
        at = -1 if base is None else int(np.searchsorted(self.times, base))
        out: Floats = 100 * np.exp(self.log - self.log[at])
        return out

    def interval(self, base: int | None = None, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the interval of the index: quantiles of the draws, each with 100 at the base."""
        if not 0 < level < 1:
            raise InputError(_LEVEL.fill(level=level))
        at = -1 if base is None else int(np.searchsorted(self.times, base))
        drawn = 100 * np.exp(self.drawn - self.drawn[:, [at]])
        tail = (1 - level) / 2
        lower, upper = np.quantile(drawn, [tail, 1 - tail], axis=0)
        return lower, upper

    def change(self, first: int, last: int) -> tuple[float, Floats]:
        """Return the change in per cent from one time to another, and that of each draw."""
        a, b = np.searchsorted(self.times, [first, last])
        drawn: Floats = 100 * np.expm1(self.drawn[:, b] - self.drawn[:, a])
        return 100 * math.expm1(float(self.log[b] - self.log[a])), drawn


def smooth(
    table: CountTable, *, freedom: float | None = None, draws: int = 400, seed: int = 0
) -> Smoothed:
    """Smooth the course of a population from its counts at plots.

    Poisson likelihood given the total of each plot (the levels of the plots drop out), less a
    penalty on the curvature of the logarithm. Months of monthly counts are levels of their own.
    Cells without a count are left out, never 0; times that nobody counted are bridged, at the ends
    along a straight line. Weights of a table are not used: the course is that of a plot.

    Parameters
    ----------
    freedom
        Effective degrees of freedom; None is ``round(0.3 x times)``, at least 1 (a straight line).
    draws, seed
        Plots are drawn with replacement so many times, with the penalty of the whole.

    Raises
    ------
    InputError
        Too many or too few degrees of freedom, fewer than two draws.
    """
    count = table.times.size
    wanted = float(max(1, round(SHARE * count))) if freedom is None else float(freedom)
    if not 1 <= wanted <= max(1, count - 1):
        raise InputError(_FREEDOM.fill(most=count - 1, freedom=freedom))
    if draws < 2:
        raise InputError(_DRAWS.fill(draws=draws))
    rows = _Rows.of(table)
    penalty = curvature(count)
    whole = np.ones((1, len(table.sites)))
    strength = _strength(rows, penalty, wanted)
    log = rows.fit(whole, strength * penalty)
    held = _freedom(rows.information(log, whole)[0], strength * penalty)
    rng = np.random.default_rng(seed)
    sites = len(table.sites)
    weights = rng.multinomial(sites, np.full(sites, 1 / sites), size=draws).astype(np.float64)
    step = max(1, MOST_CELLS // max(1, rows.counts.size))
    parts = [rows.fit(weights[k : k + step], strength * penalty, start=log[0])
             for k in range(0, draws, step)]  # fmt: skip
    return Smoothed(table.times, log[0], np.concatenate(parts), held, sites)


def curvature(count: int) -> Floats:
    """Return the penalty of a natural cubic spline with knots at so many equally spaced times.

    The quadratic form of values at the knots that is the integral of the squared second
    derivative; 0 for straight lines.

    Examples
    --------
    >>> line = np.arange(5.0)
    >>> bool(abs(curvature(5) @ line).max() < 1e-12), curvature(2).tolist()
    (True, [[0.0, 0.0], [0.0, 0.0]])
    """
    if count < 3:
        return np.zeros((count, count))
    inner = count - 2
    second = np.zeros((count, inner))
    k = np.arange(inner)
    second[k, k], second[k + 1, k], second[k + 2, k] = 1.0, -2.0, 1.0
    band = np.diag(np.full(inner, 2 / 3))
    band[k[1:], k[:-1]] = band[k[:-1], k[1:]] = 1 / 6
    half = second @ np.linalg.solve(band, second.T)
    out: Floats = (half + half.T) / 2
    return out


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows with a level of their own: plots, or plots x months."""

    counts: Floats  # (rows, times), 0 where not counted
    seen: Floats  # 1 where counted
    totals: Floats
    site: Numbers

    @classmethod
    def of(cls, table: CountTable) -> _Rows:
        sites, months, times = table.counts.shape
        counts = table.counts.reshape(sites * months, times)
        site = np.repeat(np.arange(sites), months)
        kept = np.nansum(counts, axis=1) > 0
        counts, site = counts[kept], site[kept]
        seen = ~np.isnan(counts)
        filled = np.where(seen, counts, 0.0)
        return cls(filled, seen.astype(np.float64), filled.sum(axis=1), site)

    def shares(self, log: Floats) -> Floats:
        """Return how the total of each row spreads over its times (draws, rows, times)."""
        raw = self.seen * np.exp(log - log.max(axis=1, keepdims=True))[:, None, :]
        out: Floats = raw / np.maximum(raw.sum(axis=2, keepdims=True), 1e-300)
        return out

    def information(self, log: Floats, weights: Floats) -> Floats:
        """Return the information of the logarithms (draws, times, times)."""
        return self._information(self.shares(log), weights[:, self.site] * self.totals)

    @staticmethod
    def _information(shares: Floats, mass: Floats) -> Floats:
        scaled = shares * np.sqrt(mass)[:, :, None]
        out: Floats = -np.matmul(scaled.transpose(0, 2, 1), scaled)
        at = np.arange(shares.shape[2])
        out[:, at, at] += np.einsum("bi,bit->bt", mass, shares)
        return out

    def likelihood(self, log: Floats, weights: Floats, penalty: Floats) -> Floats:
        """Return the penalised log-likelihood of each draw, but for a constant."""
        top = log.max(axis=1, keepdims=True)
        mass = np.maximum(np.exp(log - top) @ self.seen.T, 1e-300)
        each = log @ self.counts.T - (np.log(mass) + top) * self.totals
        roughness = np.einsum("bt,ts,bs->b", log, penalty, log)
        each *= weights[:, self.site]
        out: Floats = each.sum(axis=1) - roughness / 2
        return out

    def fit(self, weights: Floats, penalty: Floats, start: Floats | None = None) -> Floats:
        """Return the logarithms (draws, times) that fit best, by Newton's method.

        ``weights`` (draws, sites) say how often each site counts. Steps are halved until the
        likelihood grows. A course that runs off (all birds at one end of it) is held at the
        farthest that is told apart.
        """
        draws, times = len(weights), self.counts.shape[1]
        log = np.zeros((draws, times)) if start is None else np.tile(start, (draws, 1))
        mass = weights[:, self.site] * self.totals
        told = weights[:, self.site] @ self.counts
        fixed = penalty + RIDGE * np.eye(times)
        value = self.likelihood(log, weights, fixed)
        busy = np.arange(draws)
        for _ in range(MOST_ROUNDS):
            shares = self.shares(log[busy])
            slope = told[busy] - np.einsum("bi,bit->bt", mass[busy], shares) - log[busy] @ fixed
            bend = self._information(shares, mass[busy]) + fixed + 1 / times
            step = np.linalg.solve(bend, slope[:, :, None])[:, :, 0]
            step /= np.maximum(1.0, np.abs(step).max(axis=1, keepdims=True) / LONGEST_STEP)
            log[busy], value[busy] = self._ahead(
                log[busy], step, value[busy], (weights[busy], fixed)
            )
            busy = busy[np.abs(step).max(axis=1) > SETTLED]
            if not busy.size:
                break
        out: Floats = np.clip(log - log.mean(axis=1, keepdims=True), -FARTHEST, FARTHEST)
        return out

    def _ahead(
        self, log: Floats, step: Floats, value: Floats, rest: tuple[Floats, Floats]
    ) -> tuple[Floats, Floats]:
        """Go a step, or the part of it after which the likelihood is not lower."""
        share = np.ones(len(log))
        weights, penalty = rest
        for _ in range(12):
            ahead = log + share[:, None] * step
            reached = self.likelihood(ahead, weights, penalty)
            lower = reached < value - 1e-9 * (1 + np.abs(value))
            if not lower.any():
                break
            share[lower] /= 2
        return ahead, reached


def _freedom(information: Floats, penalty: Floats) -> float:
    """Return the effective degrees of freedom of the smooth function, without its level."""
    level = np.full_like(penalty, 1 / len(penalty))
    return float(np.trace(np.linalg.solve(information + penalty + level, information)))


def _strength(rows: _Rows, penalty: Floats, wanted: float) -> float:
    """Return the weight of the penalty that leaves so many degrees of freedom, by bisection.

    They are those of the unpenalised shape where plots have their totals spread evenly: the
    information at no change, so that noise does not choose its own smoothing.
    """
    times = len(penalty)
    information = rows.information(np.zeros((1, times)), np.ones((1, int(rows.site.max()) + 1)))[0]
    scale = float(np.trace(information)) or 1.0
    low, high = -12.0, 12.0
    for _ in range(60):
        middle = (low + high) / 2
        if _freedom(information, scale * 10**middle * penalty) > wanted:
            low = middle
        else:
            high = middle
    return float(scale * 10**high)
