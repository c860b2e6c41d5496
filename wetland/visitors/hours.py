"""Forecasts within days and up to a fortnight of series by hour or half hour (短时预测).

Entries of a gate are flows, bays taken in a car park are levels. All series of a grid are told by
one method: a Gaussian process over days and hours, whose strengths are learnt from the data. Shown
is what beats the better of "as the day before" and "as the week before" at past origins.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.evaluation import Evaluation
from wetland.statistics.forecast import judge
from wetland.visitors.calendar import Calendar
from wetland.visitors.hoursgrid import SlotGrid
from wetland.visitors.hoursjudge import Outcomes, evaluation, outcomes_of
from wetland.visitors.hoursmodel import (
    FEWEST_TESTED_DAYS,
    WARM_UP_DAYS,
    Origin,
    SlotModel,
    learn_slots,
)
from wetland.visitors.told import Told

Floats = NDArray[np.float64]
__all__ = ["SlotEvaluation", "SlotGrid", "evaluate_slots", "forecast_slots"]

MODEL = text(
    "高斯过程：同星期、工作日与休息日、近几日、当日走势，强度由数据估计",
    "Gaussian process: weekday, working days and days off, these days, today; learnt from the data",
)
_TOO_SHORT = text(
    "资料太少：至少 {need} 天有数据才能检验预测，现有 {days} 天",
    "too little data: a forecast can be tested from about {need} days with values on, there are"
    " {days}",
)
_NOT_TESTED = text("没有可检验的时段，不显示预测", "nothing could be tested: no forecast is shown")
_UNKNOWN_YEARS = text(
    "{years} 年的节假日安排未知，只按星期几预测",
    "the holidays of {years} are not known: those days are told by their weekday only",
)
_NEVER_SEEN = text(
    "从未有读数的时段不作预测", "nothing is told of slots at which nothing was ever observed"
)


def _checked_alpha(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise InputError(text("alpha 须在 0 与 1 之间", "alpha must lie between 0 and 1"))


def _notes(
    grid: SlotGrid, last: int, middle: Floats, calendar: Calendar | None
) -> tuple[Text, ...]:
    """Return what a reader has to know; ``last`` is the last step that is told."""
    found = []
    until = grid.first + dt.timedelta(days=last // grid.slots_per_day)
    if calendar is not None and (unknown := calendar.unknown_years(grid.first, until)):
        found.append(_UNKNOWN_YEARS.fill(years=", ".join(str(year) for year in unknown)))
    if np.isnan(middle).any():
        found.append(_NEVER_SEEN)
    return tuple(found)


def _judged(found: Evaluation | None, known: Floats) -> tuple[bool, Text]:
    if found is not None:
        return judge(found)
    days, need = int(np.isfinite(known).any(1).sum()), WARM_UP_DAYS + 2 * FEWEST_TESTED_DAYS
    if days < need:
        return False, _TOO_SHORT.fill(need=need, days=days)
    return False, _NOT_TESTED


def _outcomes(model: SlotModel, alpha: float) -> Outcomes | None:
    if model.pairs is None or not len(model.pairs):
        return None
    return outcomes_of(model.grid, model.pairs, alpha=alpha)


def _evaluations(
    model: SlotModel, outcomes: Outcomes | None, alpha: float
) -> list[Evaluation | None]:
    if outcomes is None:
        return [None] * len(model.grid.names)
    return [
        evaluation(outcomes.at(outcomes.pairs.series == i), values, alpha=alpha)
        for i, values in enumerate(model.grid.values)
    ]


def forecast_slots(
    grid: SlotGrid,
    *,
    horizon: int,
    origin: Origin | None = None,
    alpha: float = 0.1,
    calendar: Calendar | None = None,
) -> list[Told]:
    """Forecast every series of a grid 1 to ``horizon`` steps of the clock ahead.

    Parameters
    ----------
    grid : SlotGrid
    horizon : int
        Steps of the clock, nights included; at most a fortnight.
    origin : tuple of int, optional
        Day and slot of the last values that are known; without, the last known of all series, so
        that all tell the same steps.
    alpha : float
        One minus the coverage that is wanted of the intervals.
    calendar : Calendar, optional
        Holidays and make-up working days; without, the weekday says all.

    Returns
    -------
    list of Told
        One a series. ``mean`` is the median: the score is the absolute error. NaN at slots at which
        the series was never observed; a flow that was always nought at a slot stays so (closed).

    Raises
    ------
    InputError
        For an origin outside the data, a horizon beyond a fortnight, a grid without values.
    """
    _checked_alpha(alpha)
    model = learn_slots(grid, origin=origin, horizon=horizon, calendar=calendar)
    levels = np.array([alpha / 2, 1 - alpha / 2])
    middle, ends = model.told(model.step + np.arange(1, horizon + 1), levels)
    made = []
    for i, found in enumerate(_evaluations(model, _outcomes(model, alpha), alpha)):
        shown, reason = _judged(found, model.grid.values[i])
        notes = _notes(model.grid, model.step + horizon, middle[i], calendar)
        made.append(
            Told(middle[i], ends[i, :, 0], ends[i, :, 1], MODEL, found, shown, reason, notes)
        )
    return made


@dataclass(frozen=True, eq=False)
class SlotEvaluation:
    """How forecasts of a grid did at rolling origins.

    ``series`` holds the evaluation of each series, ``coverage`` the share of all outcomes of all
    series inside their intervals, ``mae`` and ``naive_mae`` the mean absolute errors of all of them
    in the unit of the series (of the share of its capacity for levels); None without a test.
    """

    names: tuple[str, ...]
    series: tuple[Evaluation | None, ...]
    shown: tuple[bool, ...]
    coverage: float | None
    mae: float | None
    naive_mae: float | None


def evaluate_slots(
    grid: SlotGrid, *, horizon: int, alpha: float = 0.1, calendar: Calendar | None = None
) -> SlotEvaluation:
    """Say how forecasts 1 to ``horizon`` steps ahead did at rolling origins of a grid.

    Everything is learnt anew every `BLOCK_DAYS` days from the days before; a forecast rests on all
    values up to its origin. The yardstick of a series is the better, on these very outcomes, of the
    value a day and a week before. Parameters and errors are those of `forecast_slots`.
    """
    _checked_alpha(alpha)
    model = learn_slots(grid, horizon=horizon, calendar=calendar)
    outcomes = _outcomes(model, alpha)
    found = _evaluations(model, outcomes, alpha)
    shown = tuple(_judged(f, v)[0] for f, v in zip(found, model.grid.values, strict=True))
    if outcomes is None or not len(outcomes.actual):
        return SlotEvaluation(grid.names, tuple(found), shown, None, None, None)
    unit = np.ones(1) if grid.limit is None else grid.limit[outcomes.pairs.series]
    inside = (outcomes.actual >= outcomes.lower) & (outcomes.actual <= outcomes.upper)
    return SlotEvaluation(
        grid.names,
        tuple(found),
        shown,
        float(inside.mean()),
        float((np.abs(outcomes.actual - outcomes.told) / unit).mean()),
        float((np.abs(outcomes.actual - outcomes.naive) / unit).mean()),
    )
