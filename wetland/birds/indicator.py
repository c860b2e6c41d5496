"""Multi-species index (多物种指数): the geometric mean of the indices of several species.

Every species counts the same, whatever its numbers: a doubling of one and a halving of another
leave the index where it was. The yearly steps are means over the species that have both years, and
are chained; so a species that is counted later or no longer neither lifts nor lowers the index by
being there.

The interval holds the errors of the species' indices (Monte Carlo), not what another choice of
species would have given.

References
----------
Soldaat, Pannekoek, Verweij, van Turnhout, van Strien (2017), A Monte Carlo method to account for
sampling error in multi-species indicators, Ecol. Indic. 81:340-347; Gregory et al. (2005), Phil.
Trans. R. Soc. B 360:269-288; Cleveland (1979), JASA 74:829-836 (local regression).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.indicatorlines import chain, local_lines
from wetland.birds.indicatorspecies import Chosen, SpeciesIndex
from wetland.birds.trimslope import TREND_WORDS, Trend, classify

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

DRAWS = 1000
LEAST_SHARE = 0.01
MOST_CV = 3.0
SPAN = 0.75
RECENT = 10

_NO_BASE = text("基准年 {b} 不在 {first} 至 {last} 之间",
                "the base {b} is not within {first} to {last}")  # fmt: skip
_BROKEN = text(
    "没有一个物种同时有 {a} 与 {b} 年的指数，序列在此中断",
    "no species has an index both in {a} and in {b}: the series breaks there",
)
_SETTINGS = text("模拟次数不少于 100，平滑跨度与最小份额须在 0 与 1 之间",
                 "at least 100 draws; span and least share between 0 and 1")  # fmt: skip
_ERRORS = text(
    "区间只含各物种指数的误差，不含选择物种带来的不确定性",
    "the interval holds the errors of the species' indices, not the choice of species",
)


@dataclass(frozen=True, slots=True)
class IndicatorSettings:
    """How a multi-species index is made.

    Attributes
    ----------
    base
        Year at which it is 100; None is the first.
    draws, seed
        Of the Monte Carlo: the same seed gives the same intervals.
    level
        Confidence of the intervals.
    least_share
        A value below this share of the species' mean is raised to it (its logarithm would pull all
        others down), with no error.
    most_cv
        Species with a mean error above so many times the index are left out.
    span
        Share of the years that a point of the smoothed line is made from.
    """

    base: int | None = None
    draws: int = DRAWS
    seed: int = 0
    level: float = 0.95
    least_share: float = LEAST_SHARE
    most_cv: float = MOST_CV
    span: float = SPAN

    def __post_init__(self) -> None:
        """Refuse what makes no index."""
        shares = (self.level, self.least_share)
        if self.draws < 100 or not all(0 < s < 1 for s in shares) or not 0 < self.span <= 1:
            raise InputError(_SETTINGS)


@dataclass(frozen=True, slots=True)
class IndicatorTrend:
    """A yearly change of the index, and its class in TRIM's words.

    ``slope`` is of the logarithm per year; ``change`` the change over the whole span in percent,
    with its interval.
    """

    first: int
    last: int
    slope: float
    se: float
    change: float
    change_lower: float
    change_upper: float
    trend: Trend
    alpha: float | None

    @property
    def words(self) -> Text:
        """Return the class in words."""
        return TREND_WORDS[self.trend]


@dataclass(frozen=True, eq=False)
class Indicator:
    """A multi-species index; 100 at the base.

    Attributes
    ----------
    species
        Species that are in it.
    years_of
        By species, how many years it has.
    contributing
        Species with an index in every year.
    value, se, lower, upper
        The index, the standard deviation of its draws, and its interval; the base is 100 without an
        error.
    smooth, smooth_lower, smooth_upper
        The line of a local regression through the index.
    overall, recent
        Straight line through the logarithms over all years; the last ten of them (None where there
        are no more than ten).
    smoothed
        From the first to the last point of the smoothed line.
    """

    times: Numbers
    base: int
    species: tuple[str, ...]
    years_of: Mapping[str, int]
    contributing: Numbers
    value: Floats
    se: Floats
    lower: Floats
    upper: Floats
    smooth: Floats
    smooth_lower: Floats
    smooth_upper: Floats
    overall: IndicatorTrend
    smoothed: IndicatorTrend
    recent: IndicatorTrend | None
    level: float
    notes: tuple[Text, ...] = field(default=())


def multi_species_index(
    indices: Mapping[str, SpeciesIndex], settings: IndicatorSettings | None = None
) -> Indicator:
    """Return the geometric mean of species' indices with its interval and trends.

    Years within a species' own series that it misses lie on the straight line (of logarithms)
    between their neighbours; years before its first and after its last are bridged by the mean
    change of the other species.

    Errors
    ------
    InputError
        No species is left, an index is ill-formed, the base is none of the years, or two years that
        follow each other are shared by no species.

    Examples
    --------
    >>> up = SpeciesIndex.of([2020, 2021, 2022], [1.0, 2.0, 4.0], [0.0, 0.1, 0.2])
    >>> down = SpeciesIndex.of([2020, 2021, 2022], [30.0, 15.0, 7.5], [0.0, 1.0, 1.0])
    >>> multi_species_index({"up": up, "down": down}).value.round(6).tolist()
    [100.0, 100.0, 100.0]
    """
    how = settings or IndicatorSettings()
    made = Chosen.of(indices, how.least_share, how.most_cv)
    times = np.arange(made.first, made.last + 1)
    base = made.first if how.base is None else how.base
    if not made.first <= base <= made.last:
        raise InputError(_NO_BASE.fill(b=base, first=made.first, last=made.last))
    steps = chain([part.times for part in made.parts], times)
    if steps.broken is not None:
        raise InputError(_BROKEN.fill(a=steps.broken, b=steps.broken + 1))
    at = int(base - made.first)
    rng = np.random.default_rng(how.seed)
    logs, draws = np.zeros(times.size), np.zeros((how.draws, times.size))
    for part, lines in zip(made.parts, steps.lines, strict=True):
        to_index = lines - lines[at]
        logs += to_index @ part.logs
        draws += part.drawn(how.draws, rng) @ to_index.T
    smoother = local_lines(times.size, how.span)
    smooth, smooth_draws = smoother @ logs, draws @ smoother.T
    low, high = _quantiles(draws, how.level)
    smooth_low, smooth_high = _quantiles(smooth_draws, how.level)
    line = _trend(times, logs, draws, how.level)
    ends = _ends(times, smooth, smooth_draws, how.level)
    recent = None
    if times.size > RECENT:
        recent = _trend(times[-RECENT:], logs[-RECENT:], draws[:, -RECENT:], how.level)
    present = [np.isin(times, part.times) for part in made.parts]
    return Indicator(
        times=times, base=base, species=tuple(part.name for part in made.parts),
        years_of={part.name: int(part.times.size) for part in made.parts},
        contributing=np.array(present).sum(axis=0),
        value=100 * np.exp(logs), se=(100 * np.exp(draws)).std(axis=0, ddof=1),
        lower=100 * np.exp(low), upper=100 * np.exp(high), smooth=100 * np.exp(smooth),
        smooth_lower=100 * np.exp(smooth_low), smooth_upper=100 * np.exp(smooth_high),
        overall=line, smoothed=ends, recent=recent, level=how.level,
        notes=(*made.notes, _ERRORS),
    )  # fmt: skip


def _quantiles(draws: Floats, level: float) -> tuple[Floats, Floats]:
    ends: Floats = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return ends[0], ends[1]


def _trend(times: Numbers, logs: Floats, draws: Floats, level: float) -> IndicatorTrend:
    """Return the straight line of least squares, its error from the draws."""
    centred = times - times.mean()
    if times.size < 2:
        return _spoken(times, math.nan, math.nan, (math.nan, math.nan))
    weights = centred / float(centred @ centred)
    slopes = draws @ weights
    ends = np.quantile(slopes, [(1 - level) / 2, (1 + level) / 2])
    return _spoken(times, float(weights @ logs), float(slopes.std(ddof=1)), (ends[0], ends[1]))


def _ends(times: Numbers, smooth: Floats, draws: Floats, level: float) -> IndicatorTrend:
    """Return the mean yearly change from the first to the last point of the smoothed line."""
    span = max(times.size - 1, 1)
    slopes = (draws[:, -1] - draws[:, 0]) / span
    ends = np.quantile(slopes, [(1 - level) / 2, (1 + level) / 2])
    se = float(slopes.std(ddof=1))
    return _spoken(times, float(smooth[-1] - smooth[0]) / span, se, (ends[0], ends[1]))


def _spoken(
    times: Numbers, slope: float, se: float, ends: Sequence[float]
) -> IndicatorTrend:  # fmt: skip
    """Name a slope by the classes of TRIM, with normal quantiles: the errors are of the indices."""
    span = times.size - 1
    trend, alpha = classify(slope, se, times.size - 2, quantiles="normal")
    change, lower, upper = (100 * math.expm1(min(s * span, 700.0)) for s in (slope, *ends))
    first, last = int(times[0]), int(times[-1])
    return IndicatorTrend(first, last, slope, se, change, lower, upper, trend, alpha)
