"""Forecasts within days and up to a fortnight of series by hour or half hour (短时预测).

Entries of a gate are flows, bays taken in a car park are levels. All series of a grid are told by
one method: a Gaussian process over days and hours, whose strengths are learnt from the data. Shown
is what beats the better of "as the day before" and "as the week before" at past origins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.evaluation import Evaluation
from wetland.statistics.forecast import judge
from wetland.statistics.onethread import one_thread
from wetland.visitors.calendar import Calendar
from wetland.visitors.hourserrors import error_quantiles, lead_class
from wetland.visitors.hoursgrid import DAYS_AHEAD, DayTable, SlotGrid, day_table
from wetland.visitors.hoursjudge import Tested, evaluation, tested
from wetland.visitors.hoursroll import Block, Learnt, Pairs, joined, learn, roll, tell
from wetland.visitors.hoursscale import from_model, to_model
from wetland.visitors.told import Told

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Origin = tuple[int, int]
__all__ = ["SlotEvaluation", "SlotGrid", "SlotModel", "evaluate_slots", "forecast_slots",
           "learn_slots"]  # fmt: skip

WARM_UP_DAYS = 14  # before the first origin that is tested
FEWEST_TESTED_DAYS = 4
BLOCK_DAYS = 7  # what is learnt is learnt anew after so many days
MOST_BLOCKS = 5
MOST_PAIRS = 20_000  # of origin and outcome, tested for one series

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


def _checked_origin(grid: SlotGrid, origin: Origin | None) -> int:
    """Return the step of the origin."""
    found = grid.last_known() if origin is None else origin
    if found is None:
        raise InputError(text("没有可用的数值", "there is no usable value"))
    day, slot = found
    if not (0 <= day < grid.days and 0 <= slot < grid.slots_per_day):
        raise InputError(text("起点不在数据范围内", "the origin lies outside the data"))
    return day * grid.slots_per_day + slot


def _checked_alpha(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise InputError(text("alpha 须在 0 与 1 之间", "alpha must lie between 0 and 1"))


def _known_at(grid: SlotGrid, step: int) -> SlotGrid:
    """Return the grid as it was known at a step: nothing later is in it."""
    days = step // grid.slots_per_day + 1
    values = grid.usable()[:, :days].copy()
    values[:, -1, step % grid.slots_per_day + 1 :] = np.nan
    return replace(grid, values=values)


def _known_days(grid: SlotGrid) -> Ints:
    return np.nonzero(np.isfinite(grid.values).any((0, 2)))[0]


def test_blocks(grid: SlotGrid, *, horizon: int) -> list[Block]:
    """Return the blocks of days whose slots are the origins of the test; the first one calibrates.

    They lie at the end, at least `WARM_UP_DAYS` after the first known day, `BLOCK_DAYS` long or a
    quarter of what is left. Origins are so far apart that at most `MOST_PAIRS` are tested.
    """
    known = _known_days(grid)
    if not len(known):
        return []
    left = grid.days - int(known[0]) - WARM_UP_DAYS
    if left < FEWEST_TESTED_DAYS:
        return []
    length = min(max(left // FEWEST_TESTED_DAYS, 1), BLOCK_DAYS)
    count = min(left // length, MOST_BLOCKS)
    slots = int(np.isfinite(grid.values).any((0, 1)).sum())
    pairs = count * length * slots * max(horizon * slots // grid.slots_per_day, 1)
    stride = -(-pairs // MOST_PAIRS)
    while stride > 1 and np.gcd(stride, slots) > 1:
        stride += 1
    starts = [grid.days - length * (count - i) for i in range(count)]
    return [Block(start, start + length, stride) for start in starts]


@dataclass(frozen=True, eq=False)
class SlotModel:
    """What was learnt of a grid up to an origin, with the errors of its past forecasts.

    ``pairs`` are those at rolling origins, None where there were too few days to test any.
    """

    grid: SlotGrid
    step: int
    table: DayTable
    learnt: Learnt
    pairs: Pairs | None

    def model_values(self) -> Floats:
        """Return the known values on the scale of the model."""
        return to_model(self.grid.values, flows=self.grid.limit is None)

    def told(self, targets: Ints, levels: Floats) -> tuple[Floats, Floats]:
        """Return median and quantiles at some steps, in the unit of the series.

        Returns
        -------
        middle : array of float, shape (series, targets)
        quantiles : array of float, shape (series, targets, levels)
            Never descending; NaN with the middle at slots never seen.
        """
        with one_thread():
            middle, spread = tell(self.model_values(), self.table, self.learnt, targets)
        per_day, count = self.grid.slots_per_day, len(self.grid.names)
        pairs = joined([]) if self.pairs is None else self.pairs
        table = error_quantiles(pairs, count=count, per_day=per_day, levels=levels)
        of_lead = table[:, lead_class(np.maximum(targets - self.step, 1), per_day)]
        around = middle[:, :, None] + spread[:, :, None] * of_lead
        limit = self.grid.limit
        wide = None if limit is None else limit[:, None]
        wider = None if limit is None else limit[:, None, None]
        return from_model(middle, limit=wide), from_model(around, limit=wider)


def learn_slots(
    grid: SlotGrid,
    *,
    origin: Origin | None = None,
    horizon: int,
    calendar: Calendar | None = None,
    test: bool = True,
) -> SlotModel:
    """Learn a grid up to an origin, and how far forecasts up to ``horizon`` steps missed before.

    Parameters
    ----------
    grid : SlotGrid
    origin : tuple of int, optional
        Day and slot of the last values that are known; without, the last known of all.
    horizon : int
        Steps of the clock ahead, nights included; at most a fortnight.
    calendar : Calendar, optional
        Holidays and make-up working days; without, the weekday says all.
    test : bool
        False leaves the past errors out: quantiles are then those of the covariance alone.

    Raises
    ------
    InputError
        For an origin outside the data, a horizon beyond a fortnight, a grid without values.
    """
    if not 1 <= horizon <= DAYS_AHEAD * grid.slots_per_day:
        raise InputError(
            text("按小时最多预测 {days} 天", "by hour at most {days} days ahead").fill(
                days=DAYS_AHEAD
            )
        )
    step = _checked_origin(grid, origin)
    known = _known_at(grid, step)
    if not len(_known_days(known)):
        raise InputError(text("起点之前没有数值", "there is no value up to the origin"))
    table = day_table(grid.first, known.days + 2 * DAYS_AHEAD + BLOCK_DAYS, calendar)
    flows, ahead_days = grid.limit is None, -(-horizon // grid.slots_per_day) + 1
    with one_thread():
        model = to_model(known.values, flows=flows)
        learnt = learn(model, table, upto=known.days, ahead_days=ahead_days, flows=flows)
        blocks = test_blocks(known, horizon=horizon) if test else []
        pairs = roll(known, table, blocks, np.arange(1, horizon + 1)) if blocks else None
    return SlotModel(known, step, table, learnt, pairs)


def _notes(model: SlotModel, middle: Floats, calendar: Calendar | None) -> tuple[Text, ...]:
    found = []
    if calendar is not None and model.table.unknown_years:
        years = "、".join(str(year) for year in model.table.unknown_years)
        found.append(_UNKNOWN_YEARS.fill(years=years))
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


def _outcomes(model: SlotModel, alpha: float) -> Tested | None:
    if model.pairs is None or not len(model.pairs):
        return None
    return tested(model.grid, model.pairs, alpha=alpha)


def _evaluations(
    model: SlotModel, outcomes: Tested | None, alpha: float
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
        notes = _notes(model, middle[i], calendar)
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
