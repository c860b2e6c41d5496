"""The model of monthly visits: season times level times trend, on the logarithm, robust, pooled.

Each series has a level, a damped slope and twelve seasons (exponential smoothing: Hyndman, Koehler,
Ord and Snyder 2008). Three things differ from the textbook. A month moves level and slope by how
many visits it has: ten visitors more in an empty winter say little of the year. An error beyond a
multiple of the usual one moves nothing further: a closed month is not a new level. And what all
series of a file do together moves the slope of each: years in which everybody travels more show in
twenty parks long before they show in one.

Nothing is fitted: the forecast is the mean over a fixed set of settings, so that no origin of an
evaluation knows what comes after it, and twenty series with all their origins take less than a
second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SEASONS = 12
FEWEST_IN_A_YEAR = 6  # months with a value among the first twelve, for a level to begin with
DAMPING = 0.95  # of the slope, a month
WEIGHT_POWER = 3.0  # weight of a month: its season against the level, at most 1, to this power
CLIP = 1.2  # an error counts up to so many usual errors
USUAL_ERROR = 0.1  # usual error at the beginning, on the logarithm
USUAL_GAIN = 0.1
NORMAL = 1.25  # root mean square of normal errors over their mean size

# Gains: level, slope, seasons; of what all series do together: level, slope.
_GAINS = ((0.05, 0.2), (0.003, 0.01), (0.4, 0.7), (0.1, 0.3), (0.01, 0.03))


@cache
def settings() -> Floats:
    """Return the settings, one a row: level, slope, season, common level, common slope."""
    made = np.array(list(product(*_GAINS)), dtype=np.float64)
    made.setflags(write=False)
    return made


@dataclass
class _State:
    """Level, slope, seasons and usual error; axes setting, series (, season)."""

    level: Floats
    slope: Floats
    seasons: Floats
    usual: Floats


def _start(series: int, count: int) -> _State:
    return _State(
        np.full((count, series), np.nan),
        np.zeros((count, series)),
        np.full((count, series, SEASONS), np.nan),
        np.full((count, series), USUAL_ERROR),
    )


def _begin(state: _State, values: Floats, logs: Floats, at: int) -> None:
    """Begin the series whose first twelve months (the first of them known) end at ``at``.

    The level is the logarithm of their mean, each season that was seen its difference to it.
    """
    year = slice(at - SEASONS + 1, at + 1)
    known = ~np.isnan(values[:, year])
    ready = np.isnan(state.level[0]) & (known.sum(axis=1) >= FEWEST_IN_A_YEAR)
    ready &= known[:, 0]
    for row in np.flatnonzero(ready):
        mean = float(np.nanmean(values[row, year]))
        if mean <= 0:
            continue
        level = float(np.log(mean))
        state.level[:, row] = level
        for month in range(at - SEASONS + 1, at + 1):
            state.seasons[:, row, month % SEASONS] = logs[row, month] - level


def _learn(state: _State, logs: Floats, month: int) -> None:
    """Move the state by one month; a gap moves the slope on and nothing else."""
    level_gain, slope_gain, season_gain, common_level, common_slope = settings().T[:, :, None]
    place = month % SEASONS
    season = state.seasons[:, :, place]
    state.slope *= DAMPING
    ahead = state.level + state.slope
    error = logs[None, :] - ahead - season
    known = ~np.isnan(error)
    clipped = np.where(known, np.clip(error, -CLIP * state.usual, CLIP * state.usual), 0.0)
    weight = np.where(known, np.minimum(np.exp(np.where(known, season, 0.0)), 1.0), 0.0)
    weight **= WEIGHT_POWER
    moved = weight * clipped
    common = moved.sum(axis=1, keepdims=True) / (weight.sum(axis=1, keepdims=True) + 1.0)
    running = ~np.isnan(state.level)
    change = level_gain * moved + np.where(running, common_level * common, 0.0)
    state.level = ahead + change
    state.slope += slope_gain * moved + np.where(running, common_slope * common, 0.0)
    size = np.minimum(np.abs(np.where(known, error, 0.0)), 3.0 * state.usual)
    state.usual += np.where(known, USUAL_GAIN * (NORMAL * size - state.usual), 0.0)
    first = np.isnan(season) & ~np.isnan(logs)[None, :] & running
    seen = season + np.where(known, season_gain * (clipped - change), 0.0)
    state.seasons[:, :, place] = np.where(first, logs[None, :] - state.level, seen)


def rolled(values: Floats, logs: Floats, *, horizon: int) -> Floats:
    """Return what is said at every month of the months after it, on the logarithm.

    Parameters
    ----------
    values, logs : array of float, shape (series, months)
        In the unit of the series and as logarithms; NaN where nothing is known. The first column is
        season 0.
    horizon : int
        Months ahead.

    Returns
    -------
    array of float, shape (series, months, horizon)
        NaN before a series has begun, and for seasons it never showed.
    """
    series, months = values.shape
    told = np.full((series, months, horizon), np.nan)
    state = _start(series, len(settings()))
    drift = np.cumsum(DAMPING ** np.arange(1, horizon + 1))
    ahead = np.arange(1, horizon + 1)
    for month in range(months):
        if not np.isnan(state.level[0]).all():
            _learn(state, logs[:, month], month)
        if month >= SEASONS - 1 and np.isnan(state.level[0]).any():
            _begin(state, values, logs, month)
        middle = state.level[:, :, None] + state.slope[:, :, None] * drift
        told[:, month] = (middle + state.seasons[:, :, (month + ahead) % SEASONS]).mean(axis=0)
    return told
