"""Rolling origin (滚动起点): what would have been said at every past moment, and how it came out.

At each origin every candidate of `wetland.statistics.candidates` speaks from the values up to it.
They are combined with weights that rest on the losses known at that origin, so that the choice of a
model is part of what is evaluated. The errors of the combination that were known at an origin give
its intervals; whether they covered what came is measured on the origins after.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.candidates import candidates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Scale = Literal["identity", "log", "log1p"]

NAIVE = 0  # row of seasonal naive in `candidates`
SHARPNESS = 8.0  # weight of a candidate: (least loss / its loss) to this power
MOST_TOLD = 40_000  # origins times leads that are kept for one series


@dataclass(frozen=True, slots=True)
class Rolled:
    """What was said at every origin; axes origin, lead (lead 1 first).

    ``origins`` are steps of the series, the last one is its end; ``told``, ``naive``, ``actual``
    and the errors ``actual - told`` stand on the scale of the model, the losses are absolute errors
    in the unit of the series. NaN where the season was never seen before the origin, or where
    nothing is known of the step ahead. ``weights`` are those of the last origin.
    """

    origins: Ints
    told: Floats
    naive: Floats
    actual: Floats
    loss: Floats
    naive_loss: Floats
    weights: Floats
    scale: Scale

    @property
    def errors(self) -> Floats:
        """Errors of the combination on the scale of the model."""
        return self.actual - self.told

    @property
    def naive_errors(self) -> Floats:
        """Errors of seasonal naive on the scale of the model."""
        return self.actual - self.naive


def to_scale(values: Floats, scale: Scale) -> Floats:
    """Return ``values`` on the scale of the model.

    Raises
    ------
    InputError
        For a value that has no logarithm: at or below 0 (log), at or below -1 (log1p).
    """
    floor = {"identity": -np.inf, "log": 0.0, "log1p": -1.0}[scale]
    if bool(np.any(values <= floor)):
        raise InputError(
            text(
                "数值不大于 {floor}，不能取对数", "a value is not above {floor}: no logarithm"
            ).fill(floor=floor)
        )
    if scale == "identity":
        return values
    return np.log(values) if scale == "log" else np.log1p(values)


def from_scale(values: Floats, scale: Scale) -> Floats:
    """Return values of the model's scale in the unit of the series."""
    if scale == "identity":
        return values
    return np.exp(values) if scale == "log" else np.expm1(values)


def season_labels(size: int, period: int) -> Ints:
    """Return 0, 1 .. period - 1 over and over: the season of each of ``size`` steps."""
    return np.arange(size, dtype=np.int64) % period


def warm_up(period: int) -> int:
    """Return how many steps are read before the first origin: two periods, at least six steps."""
    return max(2 * period, 6)


def _origins(size: int, horizon: int, period: int) -> Ints:
    """Return the origins: all of them, or every k-th back from the end, k without the period."""
    first = warm_up(period) - 1
    stride = max(1, -(-(size - first) * horizon // MOST_TOLD))
    while period > 1 and stride > 1 and gcd(stride, period) > 1:
        stride += 1
    return np.arange(size - 1, first - 1, -stride, dtype=np.int64)[::-1]


def known_before(origins: Ints, horizon: int) -> Ints:
    """Return, per origin and lead, how many earlier origins' errors at that lead are known there.

    The error of origin s at lead h is known at origin o when s + h <= o.
    """
    leads = np.arange(1, horizon + 1)
    return np.searchsorted(origins, origins[:, None] - leads[None, :], side="right")


def weights_of(losses: Floats, known: Ints) -> Floats:
    """Return the weight of each candidate at each origin, from the losses known there.

    A candidate's loss is its mean over all pairs of origin and lead whose outcome is known at the
    origin; its weight is (least loss / its loss) to the power `SHARPNESS`. Without any outcome, and
    where no candidate lost anything, all weigh alike.

    Parameters
    ----------
    losses : array of float, shape (candidates, origins, leads)
        NaN, for all candidates alike, where there is no outcome.
    known : array of int, shape (origins, leads)
        `known_before`.

    Returns
    -------
    array of float, shape (candidates, origins)
    """
    total = np.zeros(losses.shape[:2])
    pairs = np.zeros(losses.shape[1])
    for lead in range(losses.shape[2]):
        lost = losses[:, :, lead]
        absent = np.isnan(lost)
        sums = np.concatenate([np.zeros((len(lost), 1)), np.where(absent, 0.0, lost).cumsum(1)], 1)
        counts = np.concatenate([[0], (~absent[0]).cumsum()])
        total += sums[:, known[:, lead]]
        pairs += counts[known[:, lead]]
    least = total.min(axis=0)
    ratio = np.divide(least, total, out=np.ones_like(total), where=total > 0)
    weights = np.where(pairs > 0, ratio**SHARPNESS, 1.0)
    made: Floats = weights / weights.sum(axis=0)
    return made


def roll_origins(
    values: Floats, labels: Ints, *, horizon: int, period: int, scale: Scale
) -> Rolled:
    """Say at every origin of a series what comes 1 to ``horizon`` steps later.

    Parameters
    ----------
    values : array of float
        On a regular grid, NaN where nothing is known.
    labels : array of int
        Season of every step and of ``horizon`` steps after the last.
    horizon, period : int
        Steps ahead, and steps of a whole round of the seasons.
    scale : {"identity", "log", "log1p"}
        Where errors are alike: concentrations are told on the logarithm.

    Returns
    -------
    Rolled

    Raises
    ------
    InputError
        For fewer steps than `warm_up`, and for values without a logarithm.

    References
    ----------
    Bates and Granger 1969, The combination of forecasts (weights by past errors).
    Tashman 2000, Out-of-sample tests of forecasting accuracy (rolling origin).
    """
    from wetland.statistics.rollingkernels import roll  # noqa: PLC0415 - brings the compiler

    if len(values) < warm_up(period):
        raise InputError(
            text("序列过短：至少 {n} 步", "the series is too short: at least {n} steps").fill(
                n=warm_up(period)
            )
        )
    on_scale = to_scale(np.asarray(values, dtype=np.float64), scale)
    origins = _origins(len(values), horizon, period)
    row_of = np.full(len(values), -1, dtype=np.int64)
    row_of[origins] = np.arange(len(origins))
    spoken = np.full((len(candidates()), len(origins), horizon), np.nan)
    roll(on_scale, labels, candidates(), row_of, spoken)
    steps = origins[:, None] + np.arange(1, horizon + 1)
    actual = np.where(steps < len(values), on_scale[np.minimum(steps, len(values) - 1)], np.nan)
    observed = from_scale(actual, scale)
    losses = np.abs(observed - from_scale(spoken, scale))
    weights = weights_of(losses, known_before(origins, horizon))
    told: Floats = np.einsum("co,col->ol", weights, spoken)
    loss = np.abs(observed - from_scale(told, scale))
    return Rolled(origins, told, spoken[NAIVE], actual, loss, losses[NAIVE], weights[:, -1], scale)
