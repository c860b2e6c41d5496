"""What was said of counts at rolling origins, on the logarithm, and what it makes of a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text, text
from wetland.statistics.evaluation import Intervals
from wetland.statistics.intervals import half_widths, recent_widths
from wetland.statistics.rolling import Rolled, known_before
from wetland.statistics.scores import chance_of_skill

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CHANCE = 0.1  # what is known besides is used where its gain is chance less often than this
YEARS_REMEMBERED = 4.0
MOST = 1e15  # of a number; what is more is no count of anything
SEASON_LEANS = 72.0  # errors of one season that count half against those of all seasons
SMALLEST = 0.001  # stands for nobody on the logarithm: a share of the median of the first steps


_LEADING = text(
    "开头 {n} 个 0 按尚未开放处理，不使用",
    "{n} noughts at the beginning are not used: taken as not open yet",
)


@dataclass(frozen=True, eq=False)
class Logs:
    """Numbers of several series on the logarithm.

    ``values = exp(logs) - offset``. The offset of a series rests on its first steps with visitors,
    so that the unit (persons, thousands) makes no difference and nothing later is known.
    """

    logs: Floats
    offset: Floats

    @classmethod
    def of(cls, values: Floats, *, first: int) -> Logs:
        """Return the logarithms of ``values``.

        The first number of a series and the ``first - 1`` steps after it tell its offset: nobody
        is told anything before they are over.
        """
        middle = np.ones(len(values))
        for row, series in enumerate(values):
            begun = int(np.argmax(~np.isnan(series))) if series.size else 0
            seen = series[begun : begun + first]
            if (seen > 0).any():
                middle[row] = float(np.median(seen[seen > 0]))
        offset = SMALLEST * middle
        return cls(np.log(values + offset[:, None]), offset)

    def back(self, logs: Floats, row: int) -> Floats:
        """Return values of one series in its unit, never below 0."""
        made: Floats = np.maximum(np.exp(logs) - self.offset[row], 0.0)
        return made


def usable(values: Floats) -> tuple[Floats, Ints]:
    """Return numbers a forecast may rest on, and how many noughts each series begins with.

    Negative numbers and those beyond `MOST` are unknown. So are noughts before the first visitor:
    nothing was open or counted yet.
    """
    given = np.asarray(values, dtype=np.float64)
    made = np.where((given >= 0) & (given <= MOST), given, np.nan)
    begun = np.logical_or.accumulate(np.nan_to_num(made) > 0, axis=1)
    leading = ~begun & (made == 0)
    return np.where(leading, np.nan, made), leading.sum(axis=1)


def came(logs: Floats, horizon: int) -> Floats:
    """Return what came after each step, shape (series, steps, horizon); NaN beyond the end."""
    steps = logs.shape[1]
    at = np.arange(steps)[:, None] + np.arange(1, horizon + 1)
    return np.where(at < steps, logs[:, np.minimum(at, steps - 1)], np.nan)


def seasonal_naive(logs: Floats, *, period: int, horizon: int) -> Floats:
    """Return the last value of its season known at each step, shape (series, steps, horizon).

    Where the season's last value is unknown, the one before it stands for it.
    """
    series, steps = logs.shape
    made = np.full((series, steps, horizon), np.nan)
    last = np.full((series, period), np.nan)
    ahead = np.arange(1, horizon + 1)
    for step in range(steps):
        here, place = logs[:, step], step % period
        last[:, place] = np.where(np.isnan(here), last[:, place], here)
        made[:, step] = last[:, (step + ahead) % period]
    return made


@dataclass(frozen=True, eq=False)
class Said:
    """What was said of all series at every step; axes series, step, lead.

    ``leading`` counts the noughts each series began with that were not used.
    """

    told: Floats
    naive: Floats
    actual: Floats
    logs: Logs
    leading: Ints

    def notes(self, row: int) -> tuple[Text, ...]:
        """Say how many noughts at the beginning of a series were not used."""
        leading = int(self.leading[row])
        return (_LEADING.fill(n=leading),) if leading else ()

    def rolled(self, row: int, *, first: int) -> Rolled:
        """Return what was said of one series at the origins from ``first`` on."""
        origins = np.arange(first, self.told.shape[1], dtype=np.int64)
        told, naive, actual = (a[row, origins] for a in (self.told, self.naive, self.actual))
        real = self.logs.back(actual, row)
        loss, naive_loss = (np.abs(real - self.logs.back(a, row)) for a in (told, naive))
        return Rolled(origins, told, naive, actual, loss, naive_loss, np.ones(1), "log")


def gain_of(plain: Sequence[Rolled], other: Sequence[Rolled]) -> float | None:
    """Return by which share other forecasts of some series make the mean absolute error smaller.

    The mean of the series, each against its own error. None where it is not smaller, or where so
    much may be chance (`CHANCE`, Diebold and Mariano over the origins of all series together).
    """
    gains = []
    for one, two in zip(plain, other, strict=True):
        both = ~np.isnan(one.loss + two.loss)
        lost = float(one.loss[both].sum())
        if lost > 0:
            gains.append(np.where(both, one.loss - two.loss, 0.0).sum(axis=1) / lost)
    if not gains:
        return None
    gain: Floats = np.mean(gains, axis=0)
    chance = chance_of_skill(gain, reach=plain[0].told.shape[1])
    if gain.sum() <= 0 or chance is None or chance > CHANCE:
        return None
    return float(gain.sum())


def season_scales(errors: Floats, origins: Ints, *, period: int) -> Floats:
    """Return how large errors of each outcome's season are as a rule, against those of all seasons.

    Parameters
    ----------
    errors : array of float, shape (origins, leads)
        On the logarithm; NaN where nothing is known.
    origins : array of int, shape (origins,)
        Consecutive steps of the series.
    period : int
        Steps of a round of the seasons.

    Returns
    -------
    array of float, shape (origins, leads)
        The mean size of the errors of the outcome's season that were known at the origin over that
        of all errors known there; with few of its own (`SEASON_LEANS`) near 1.
    """
    made = np.ones(errors.shape)
    total, count = np.zeros(period), np.zeros(period)
    ahead = np.arange(1, errors.shape[1] + 1)
    for row in range(len(errors)):
        came_now = ahead[ahead <= row]
        sizes = np.abs(errors[row - came_now, came_now - 1])
        sizes = sizes[~np.isnan(sizes)]
        here = int(origins[row]) % period
        total[here] += float(sizes.sum())
        count[here] += len(sizes)
        if total.sum() > 0:
            usual = total.sum() / count.sum()
            own = (total + SEASON_LEANS * usual) / (count + SEASON_LEANS)
            made[row] = own[(origins[row] + ahead) % period] / usual
    return made


def widths(
    rolled: Rolled, *, alpha: float, odd: Bools | None = None, period: int | None = None
) -> Intervals:
    """Return the half widths told at each origin.

    Parameters
    ----------
    odd : array of bool, shape (origins, leads), optional
        Outcomes of another kind (holidays): they have intervals from errors of their own kind where
        enough are known, from all errors where not; so do the others.
    period : int, optional
        Steps of a round of the seasons whose errors differ: widths follow `season_scales`, and
        errors weigh half after `YEARS_REMEMBERED` rounds.
    """
    known = known_before(rolled.origins, rolled.told.shape[1])

    def of(errors: Floats) -> Floats:
        if period is not None:
            scales = season_scales(errors, rolled.origins, period=period)
            sized = recent_widths(
                errors / scales, known, alpha=alpha, half_life=YEARS_REMEMBERED * period
            )
            return sized * scales
        every = half_widths(errors, known, alpha=alpha)
        if odd is None or not odd.any():
            return every
        kinds = [
            half_widths(np.where(odd == kind, errors, np.nan), known, alpha=alpha)
            for kind in (False, True)
        ]
        own = np.where(odd, kinds[1], kinds[0])
        return np.where(np.isnan(own), every, own)

    return Intervals(of(rolled.errors), of(rolled.naive_errors))
