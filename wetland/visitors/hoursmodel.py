"""What is learnt of a grid up to an origin, and what it tells of the steps after it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.visitors.calendar import Calendar
from wetland.visitors.hourserrors import error_quantiles, lead_class
from wetland.visitors.hoursgrid import DAYS_AHEAD, DayTable, SlotGrid, day_table
from wetland.visitors.hoursroll import Block, Learnt, Pairs, joined, learn, roll, tell
from wetland.visitors.hoursscale import from_model, to_model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Origin = tuple[int, int]

WARM_UP_DAYS = 14  # before the first origin that is tested
FEWEST_TESTED_DAYS = 4
BLOCK_DAYS = 7  # what is learnt is learnt anew after so many days
MOST_BLOCKS = 5
MOST_PAIRS = 20_000  # of origin and outcome, tested for one series


def _checked_origin(grid: SlotGrid, origin: Origin | None) -> int:
    """Return the step of the origin."""
    found = grid.last_known() if origin is None else origin
    if found is None:
        raise InputError(text("没有可用的数值", "there is no usable value"))
    day, slot = found
    if not (0 <= day < grid.days and 0 <= slot < grid.slots_per_day):
        raise InputError(text("起点不在数据范围内", "the origin lies outside the data"))
    return day * grid.slots_per_day + slot


def _known_at(grid: SlotGrid, step: int) -> SlotGrid:
    """Return the grid as it was known at a step: nothing later is in it."""
    days = step // grid.slots_per_day + 1
    values = grid.usable()[:, :days].copy()
    values[:, -1, step % grid.slots_per_day + 1 :] = np.nan
    return replace(grid, values=values)


def _known_days(grid: SlotGrid) -> Ints:
    return np.nonzero(np.isfinite(grid.values).any((0, 2)))[0]


def rolling_blocks(grid: SlotGrid, *, horizon: int) -> list[Block]:
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
    count = known.days + 2 * DAYS_AHEAD + BLOCK_DAYS
    table = day_table(grid.first, count, calendar, known=known.days)
    flows, ahead_days = grid.limit is None, -(-horizon // grid.slots_per_day) + 1
    model = to_model(known.values, flows=flows)
    learnt = learn(model, table, upto=known.days, ahead_days=ahead_days, flows=flows)
    blocks = rolling_blocks(known, horizon=horizon) if test else []
    pairs = roll(known, table, blocks, np.arange(1, horizon + 1)) if blocks else None
    return SlotModel(known, step, table, learnt, pairs)
