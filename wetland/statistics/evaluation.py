"""How well a forecast did at rolling origins, against seasonal naive (季节性朴素预测)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.statistics.intervals import half_widths, interval_scores
from wetland.statistics.rolling import Rolled, known_before
from wetland.statistics.scores import chance_of_skill

Floats = NDArray[np.float64]

FEWEST_TESTED = 6  # outcomes of one lead, for it to be told at all


@dataclass(frozen=True, slots=True)
class Lead:
    """How the forecasts of one lead came out, over ``tested`` outcomes."""

    lead: int
    tested: int
    mae: float
    naive_mae: float
    coverage: float

    @property
    def skill(self) -> float | None:
        """One less the ratio of the mean absolute errors; None where the yardstick made none."""
        return 1 - self.mae / self.naive_mae if self.naive_mae > 0 else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What rolling origins said of a forecast, pooled over the leads that were tested.

    Attributes
    ----------
    leads : tuple of Lead
        Those with at least `FEWEST_TESTED` outcomes.
    origins, tested : int
        Origins with an outcome, and outcomes (pairs of origin and lead).
    mae, naive_mae : float
        Mean absolute error of the forecast and of seasonal naive on the same outcomes, in the unit
        of the series.
    skill : float or None
        ``1 - mae / naive_mae``; None where seasonal naive made no error.
    chance : float or None
        One-sided p of so much skill by chance (`wetland.statistics.scores.chance_of_skill`).
    mase : float or None
        ``mae`` over the mean absolute seasonal difference of the series before the first origin
        that was tested (Hyndman and Koehler 2006).
    coverage, naive_coverage : float
        Share of outcomes inside the intervals that were told at their origins.
    interval_skill : float or None
        One less the ratio of the mean interval scores, on the scale of the model; seasonal naive
        has intervals from its own past errors by the same rule.
    alpha : float
        One minus the coverage that was wanted.
    """

    leads: tuple[Lead, ...]
    origins: int
    tested: int
    mae: float
    naive_mae: float
    skill: float | None
    chance: float | None
    mase: float | None
    coverage: float
    naive_coverage: float
    interval_skill: float | None
    alpha: float


@dataclass(frozen=True, slots=True)
class Intervals:
    """Half widths on the scale of the model at every origin and lead, NaN with too few errors."""

    told: Floats
    naive: Floats


def intervals_of(rolled: Rolled, *, alpha: float) -> Intervals:
    """Return the half widths that were told at each origin, for the forecast and its yardstick."""
    known = known_before(rolled.origins, rolled.told.shape[1])
    return Intervals(
        half_widths(rolled.errors, known, alpha=alpha),
        half_widths(rolled.naive_errors, known, alpha=alpha),
    )


def _ratio_skill(mine: float, theirs: float) -> float | None:
    return 1 - mine / theirs if theirs > 0 else None


def _leads(rolled: Rolled, hit: Floats, tested: NDArray[np.bool_]) -> tuple[Lead, ...]:
    found = []
    for column in range(tested.shape[1]):
        rows = tested[:, column]
        if int(rows.sum()) < FEWEST_TESTED:
            continue
        found.append(
            Lead(
                lead=column + 1,
                tested=int(rows.sum()),
                mae=float(rolled.loss[rows, column].mean()),
                naive_mae=float(rolled.naive_loss[rows, column].mean()),
                coverage=float(hit[rows, column].mean()),
            )
        )
    return tuple(found)


def _seasonal_difference(rolled: Rolled, tested: NDArray[np.bool_]) -> float:
    """Return seasonal naive's mean absolute error at lead 1 up to the first tested origin."""
    first = int(np.argmax(tested.any(axis=1)))
    before = rolled.naive_loss[:first, 0]
    before = before[~np.isnan(before)]
    return float(before.mean()) if len(before) else 0.0


def evaluate(rolled: Rolled, intervals: Intervals, *, alpha: float) -> Evaluation | None:
    """Say how the forecasts came out; None where no lead has `FEWEST_TESTED` outcomes.

    An outcome counts where it is known and where, at its origin, the season had been seen and
    enough errors were known for an interval: forecast and yardstick are judged on the same ones.
    """
    tested = ~np.isnan(rolled.loss + rolled.naive_loss + intervals.told + intervals.naive)
    tested &= tested.sum(axis=0) >= FEWEST_TESTED
    if not tested.any():
        return None
    hit = (np.abs(rolled.errors) <= intervals.told).astype(np.float64)
    naive_hit = np.abs(rolled.naive_errors) <= intervals.naive
    scores = interval_scores(rolled.actual, rolled.told, intervals.told, alpha=alpha)
    naive_scores = interval_scores(rolled.actual, rolled.naive, intervals.naive, alpha=alpha)
    mae, naive_mae = float(rolled.loss[tested].mean()), float(rolled.naive_loss[tested].mean())
    rows = tested.any(axis=1)
    gain = np.where(tested, rolled.naive_loss - rolled.loss, 0.0)[rows]
    stride = int(np.diff(rolled.origins).max(initial=1))
    difference = _seasonal_difference(rolled, tested)
    return Evaluation(
        leads=_leads(rolled, hit, tested),
        origins=int(rows.sum()),
        tested=int(tested.sum()),
        mae=mae,
        naive_mae=naive_mae,
        skill=_ratio_skill(mae, naive_mae),
        chance=chance_of_skill(gain.sum(axis=1), reach=-(-tested.shape[1] // stride)),
        mase=mae / difference if difference > 0 else None,
        coverage=float(hit[tested].mean()),
        naive_coverage=float(naive_hit[tested].mean()),
        interval_skill=_ratio_skill(
            float(scores[tested].mean()), float(naive_scores[tested].mean())
        ),
        alpha=alpha,
    )
