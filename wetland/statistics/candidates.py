"""The candidates a forecast is combined from: one recursion, 61 settings, five families.

Every candidate is an innovations state space model (Hyndman, Koehler, Ord and Snyder 2008,
Forecasting with Exponential Smoothing) with a pattern of seasons, a deviation from it that fades
(persistence below one: an AR(1) about the season) or stays (persistence one: a level), and perhaps
a damped slope. The settings are the same for every series; nothing is fitted to a series as a
whole, so that no origin of an evaluation can know what comes after it.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import Text, text

Floats = NDArray[np.float64]
Family = Literal["seasonal_naive", "seasonal_mean", "fading", "level", "slope"]

COLUMNS = ("gain", "persistence", "pull", "bend", "damping")

FAMILIES: dict[Family, Text] = {
    "seasonal_naive": text(
        "季节性朴素（同季上一个值）", "seasonal naive (last value of the season)"
    ),
    "seasonal_mean": text("季节均值", "seasonal mean"),
    "fading": text("季节均值加渐退偏离", "seasonal mean with a fading deviation"),
    "level": text("季节均值加水平漂移", "seasonal mean with a drifting level"),
    "slope": text("季节均值加阻尼趋势", "seasonal mean with a damped trend"),
}

# Gain of the season (0: the mean of all its values), then persistence and pull of the deviation.
_GAINS = (0.0, 0.05, 0.15, 0.4, 0.7)
_DEVIATIONS = (
    (0.0, 0.0),
    *((1.0, pull) for pull in (0.05, 0.2, 0.5)),
    (0.95, 0.2),
    *((0.8, pull) for pull in (0.2, 0.4)),
    *((0.6, pull) for pull in (0.3, 0.6)),
)
_ON_NAIVE = ((1.0, 0.2), (0.95, 0.2), (0.8, 0.4))
_SLOPES = ((0.02, 0.9), (0.01, 0.98))  # bend and damping


@cache
def candidates() -> Floats:
    """Return the settings, one candidate a row, columns `COLUMNS`; row 0 is seasonal naive."""
    naive = [(1.0, p, pull, 0.0, 0.0) for p, pull in ((0.0, 0.0), *_ON_NAIVE)]
    steady = [(gain, p, pull, 0.0, 0.0) for gain in _GAINS for p, pull in _DEVIATIONS]
    sloping = [
        (gain, 1.0, pull, bend, damping)
        for gain in (0.0, 0.2, 0.7)
        for pull in (0.1, 0.3)
        for bend, damping in _SLOPES
    ]
    made = np.array(naive + steady + sloping, dtype=np.float64)
    made.setflags(write=False)
    return made


def family_of(setting: Floats) -> Family:
    """Return the family of one row of `candidates`.

    Examples
    --------
    >>> [family_of(row) for row in candidates()[[0, 1, 4]]]
    ['seasonal_naive', 'level', 'seasonal_mean']
    """
    gain, persistence, pull, bend, _ = setting
    if bend > 0:
        return "slope"
    if pull > 0:
        return "level" if persistence == 1.0 else "fading"
    return "seasonal_naive" if gain == 1.0 else "seasonal_mean"


def shares(weights: Floats) -> dict[Family, float]:
    """Return the share of each family in the weights of the candidates, largest first."""
    found: dict[Family, float] = {}
    for setting, weight in zip(candidates(), weights, strict=True):
        family = family_of(setting)
        found[family] = found.get(family, 0.0) + float(weight)
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))
