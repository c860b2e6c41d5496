"""Compiled loop of the forecasts: every candidate through a series once, told at every origin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def roll(values: Floats, labels: Ints, candidates: Floats, row_of: Ints, told: Floats) -> None:
    """Fill ``told[candidate, row, lead - 1]`` with what each candidate says at each origin.

    ``values`` float64 with NaN for gaps, on the scale of the model; ``labels`` the season of every
    step of the past and of the steps ahead; ``candidates`` has the columns of
    `wetland.statistics.rolling.CANDIDATE`; ``row_of[t]`` is the row of origin t, -1 where nobody
    asks. A step is read before the origin at it speaks, none after it: there is no look-ahead.

    With e the one-step error: season += gain e, deviation = persistence deviation + pull (1 - gain)
    e, slope += bend e, slope damped at every step. The gain of a season is at least one over its
    number of values, so it starts as a running mean and needs no first guess. A gap moves the
    deviation and the slope on and changes nothing else.
    """
    horizon = told.shape[2]
    seasons = np.empty(labels.max() + 1)
    counts = np.empty(seasons.size)
    for c in range(candidates.shape[0]):
        gain, persistence, pull, bend, damping = candidates[c]
        seasons[:] = np.nan
        counts[:] = 0.0
        deviation = 0.0
        slope = 0.0
        for t in range(values.size):
            deviation = persistence * deviation + slope
            slope *= damping
            label = labels[t]
            if not np.isnan(values[t]):
                counts[label] += 1.0
                if counts[label] == 1.0:
                    seasons[label] = values[t] - deviation
                else:
                    error = values[t] - seasons[label] - deviation
                    share = max(gain, 1.0 / counts[label])
                    seasons[label] += share * error
                    deviation += pull * (1.0 - share) * error
                    slope += bend * error
            row = row_of[t]
            if row >= 0:
                ahead = deviation
                drift = slope
                for lead in range(horizon):
                    ahead = persistence * ahead + drift
                    drift *= damping
                    told[c, row, lead] = seasons[labels[t + 1 + lead]] + ahead
