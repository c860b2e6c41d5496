"""How forecasts of a grid did at rolling origins, against the better of day and week before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.statistics.evaluation import FEWEST_TESTED, Evaluation, Lead
from wetland.statistics.scores import chance_of_skill
from wetland.visitors.hourserrors import error_quantiles, lead_class, quantiles
from wetland.visitors.hoursgrid import SlotGrid
from wetland.visitors.hoursroll import Pairs
from wetland.visitors.hoursscale import from_model, to_model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LONGEST_GAP_DAYS = 28  # how far back a yardstick looks for a day or week with a value


def _carried(values: Floats, step: int) -> Floats:
    """Return the last known value a multiple of ``step`` days back, the day itself included."""
    found = values.copy()
    for back in range(step, LONGEST_GAP_DAYS + 1, step):
        moved = np.full_like(values, np.nan)
        moved[:, back:] = values[:, :-back]
        found = np.where(np.isnan(found), moved, found)
    return found


def yardstick(values: Floats, pairs: Pairs, *, step: int) -> Floats:
    """Return what seasonal naive says of each outcome: the value some days before it.

    It is the latest value at that slot, a multiple of ``step`` days before, that is known at the
    origin; NaN with none in `LONGEST_GAP_DAYS`.

    Parameters
    ----------
    values : array of float, shape (series, days, slots)
    step : int
        1: daily, 7: weekly.
    """
    per_day = values.shape[2]
    target = pairs.origin + pairs.lead
    back = step * -(-pairs.lead // (step * per_day))
    day = target // per_day - back
    found = _carried(values, step)[pairs.series, np.maximum(day, 0), target % per_day]
    return np.where(day >= 0, found, np.nan)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Outcomes in the unit of the series, one a row: what came, what was told, the yardstick."""

    pairs: Pairs
    actual: Floats
    told: Floats
    lower: Floats
    upper: Floats
    naive: Floats
    naive_lower: Floats
    naive_upper: Floats

    def at(self, rows: Bools) -> Outcomes:
        """Return some of them."""
        rest = (self.actual, self.told, self.lower, self.upper)
        naive = (self.naive, self.naive_lower, self.naive_upper)
        return Outcomes(self.pairs.at(rows), *(one[rows] for one in (*rest, *naive)))


def _better(grid: SlotGrid, values: Floats, pairs: Pairs) -> Floats:
    """Return the yardstick of each outcome: for each series the one with the smaller error."""
    flows = grid.limit is None
    told = [to_model(yardstick(values, pairs, step=step), flows=flows) for step in (1, 7)]
    unit = [from_model(x, limit=_limits(grid, pairs.series)) for x in (*told, pairs.actual)]
    chosen = told[0].copy()
    for one in range(len(grid.names)):
        rows = (pairs.series == one) & np.isfinite(told[0] + told[1])
        losses = [float(np.abs(unit[i][rows] - unit[2][rows]).sum()) for i in (0, 1)]
        if losses[1] <= losses[0]:
            chosen[pairs.series == one] = told[1][pairs.series == one]
    return chosen


def _limits(grid: SlotGrid, series: Ints) -> Floats | None:
    return None if grid.limit is None else grid.limit[series]


def outcomes_of(grid: SlotGrid, pairs: Pairs, *, alpha: float) -> Outcomes:
    """Return the outcomes with intervals from the errors that were known at their origins.

    Errors count from the next block of origins on, so that the first block has no intervals: it is
    left out. Outcomes without a yardstick are left out.
    """
    values, per_day, count = grid.usable(), grid.slots_per_day, len(grid.names)
    naive = _better(grid, values, pairs)
    levels = np.array([alpha / 2, 1 - alpha / 2])
    ends, naive_ends = np.full((2, len(pairs)), np.nan), np.full((2, len(pairs)), np.nan)
    classes = lead_class(pairs.lead, per_day)
    missed = pairs.actual - naive
    for start in np.unique(pairs.round)[1:]:
        known = pairs.origin + pairs.lead < start * per_day
        now = pairs.round == start
        if not known.any():
            continue
        at = (pairs.series[now], classes[now])
        mine = error_quantiles(pairs.at(known), count=count, per_day=per_day, levels=levels)[at]
        ends[:, now] = (pairs.told[now, None] + mine * pairs.spread[now, None]).T
        theirs = quantiles(
            missed[known], pairs.series[known], classes[known], count=count, levels=levels
        )
        naive_ends[:, now] = (naive[now, None] + theirs[at]).T
    limit = _limits(grid, pairs.series)
    parts = (pairs.actual, pairs.told, *ends, naive, *naive_ends)
    made = [from_model(one, limit=limit) for one in parts]
    return Outcomes(pairs, *made).at(np.isfinite(np.sum(parts, axis=0)))


def _score(one: Outcomes, ends: tuple[Floats, Floats], alpha: float) -> float:
    """Return the mean interval score: the width and what was missed by, over alpha / 2."""
    lower, upper = ends
    out = np.maximum(lower - one.actual, 0) + np.maximum(one.actual - upper, 0)
    return float((upper - lower + 2 / alpha * out).mean())


def _inside(one: Outcomes, lower: Floats, upper: Floats) -> float:
    return float(((one.actual >= lower) & (one.actual <= upper)).mean())


def _leads(one: Outcomes) -> tuple[Lead, ...]:
    found = []
    for lead in np.unique(one.pairs.lead):
        part = one.at(one.pairs.lead == lead)
        found.append(
            Lead(
                lead=int(lead),
                tested=len(part.actual),
                mae=float(np.abs(part.actual - part.told).mean()),
                naive_mae=float(np.abs(part.actual - part.naive).mean()),
                coverage=_inside(part, part.lower, part.upper),
            )
        )
    return tuple(found)


def _skill(mine: float, theirs: float) -> float | None:
    return 1 - mine / theirs if theirs > 0 else None


def _by_origin(one: Outcomes) -> tuple[Floats, int]:
    """Return the gain over the yardstick summed by origin, and how many origins hang together."""
    origins, place = np.unique(one.pairs.origin, return_inverse=True)
    gain = np.abs(one.actual - one.naive) - np.abs(one.actual - one.told)
    reach = np.searchsorted(origins, origins + int(one.pairs.lead.max()), side="left")
    summed: Floats = np.bincount(place, weights=gain).astype(np.float64)
    return summed, int((reach - np.arange(len(origins))).max())


def _usual_change(values: Floats, before: int) -> float:
    """Return the mean absolute change from week to week on the days before one."""
    change = np.abs(values[7:before] - values[: max(before - 7, 0)])
    known = np.isfinite(change)
    return float(change[known].mean()) if known.any() else 0.0


def evaluation(outcomes: Outcomes, values: Floats, *, alpha: float) -> Evaluation | None:
    """Say how the forecasts of one series came out; None where no lead has enough outcomes.

    Parameters
    ----------
    outcomes : Outcomes
        Of one series.
    values : array of float, shape (days, slots)
        Of that series.
    """
    lead = outcomes.pairs.lead
    found, counts = np.unique(lead, return_counts=True)
    one = outcomes.at(np.isin(lead, found[counts >= FEWEST_TESTED]))
    if not len(one.actual):
        return None
    mae = float(np.abs(one.actual - one.told).mean())
    naive_mae = float(np.abs(one.actual - one.naive).mean())
    gain, reach = _by_origin(one)
    change = _usual_change(values, int(one.pairs.origin.min()) // values.shape[1])
    mine = _score(one, (one.lower, one.upper), alpha)
    theirs = _score(one, (one.naive_lower, one.naive_upper), alpha)
    return Evaluation(
        leads=_leads(one),
        origins=len(gain),
        tested=len(one.actual),
        mae=mae,
        naive_mae=naive_mae,
        skill=_skill(mae, naive_mae),
        chance=chance_of_skill(gain, reach=reach),
        mase=mae / change if change > 0 else None,
        coverage=_inside(one, one.lower, one.upper),
        naive_coverage=_inside(one, one.naive_lower, one.naive_upper),
        interval_skill=_skill(mine, theirs),
        alpha=alpha,
    )
