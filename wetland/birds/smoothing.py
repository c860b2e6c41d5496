"""Smooth a population's course through its noise (平滑指数): an additive model of counts at plots.

The expected count of a plot at a time is its level times a smooth function of time that all plots
share: a natural cubic spline with a knot at every time, held to ``round(0.3 x times)`` degrees of
freedom. Intervals come from drawing the plots anew.

References
----------
Fewster, Buckland, Siriwardena, Baillie and Wilson (2000), Analysis of population trends for
farmland birds using generalized additive models, Ecology 81:1970-1984 (model, degrees of freedom,
bootstrap over plots).
Hesterberg (2015), What teachers should know about the bootstrap, The American Statistician
69:371-386 (few plots).
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
from wetland.birds.smoothfit import CountRows, shapes_of
from wetland.birds.trimtable import CountTable, Floats, Numbers
from wetland.statistics.bootstrap import stratum_weights

SHARE = 0.3
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
        """Return the interval of the index, made as that of a change (`change_interval`)."""
        at = -1 if base is None else int(np.searchsorted(self.times, base))
        lower, upper = self._spread(self.log - self.log[at], self.drawn - self.drawn[:, [at]],
                                    level)  # fmt: skip
        return 100 * np.exp(lower), 100 * np.exp(upper)

    def change(self, first: int, last: int) -> tuple[float, Floats]:
        """Return the change in per cent from one time to another, and that of each draw."""
        a, b = np.searchsorted(self.times, [first, last])
        drawn: Floats = 100 * np.expm1(self.drawn[:, b] - self.drawn[:, a])
        return 100 * math.expm1(float(self.log[b] - self.log[a])), drawn

    def change_interval(self, first: int, last: int, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the change in per cent.

        Quantiles of the draws, their distances from the estimate (on the logarithm) stretched by
        Student's t with the plots less one over the normal deviate: a few plots say little of how
        plots differ (Hesterberg's expanded percentiles).
        """
        a, b = np.searchsorted(self.times, [first, last])
        step = self.log[[b]] - self.log[[a]]
        lower, upper = self._spread(step, self.drawn[:, [b]] - self.drawn[:, [a]], level)
        return 100 * math.expm1(float(lower[0])), 100 * math.expm1(float(upper[0]))

    def _spread(self, log: Floats, drawn: Floats, level: float) -> tuple[Floats, Floats]:
        from scipy.special import ndtri, stdtrit  # noqa: PLC0415 - scipy is slow to import

        if not 0 < level < 1:
            raise InputError(_LEVEL.fill(level=level))
        tail = (1 - level) / 2
        wider = float(stdtrit(max(1, self.plots - 1), tail) / ndtri(tail))
        lower, upper = np.quantile(drawn - log, [tail, 1 - tail], axis=0)
        return log + wider * lower, log + wider * upper


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
        Plots are drawn with replacement so many times, with the penalty of the whole: one less
        than there are, weighted up, so that the spread of few plots is not too small (Rao and Wu).

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
    rows, sites = CountRows.of(table), len(table.sites)
    whole = np.ones((1, sites))
    shapes = shapes_of(rows.information(np.zeros((1, count)), whole)[0], wanted)
    log = rows.fit(whole, shapes)
    weights = stratum_weights(np.zeros(sites, dtype=np.intp), draws, seed)
    step = max(1, MOST_CELLS // max(1, rows.counts.size))
    parts = [rows.fit(weights[k : k + step], shapes) for k in range(0, draws, step)]
    held = shapes.freedom(rows.information(log, whole)[0])
    return Smoothed(table.times, log[0], np.concatenate(parts), held, sites)
