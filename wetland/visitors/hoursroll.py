"""What would have been said at past moments of a grid, and what came (滚动起点)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from wetland.statistics.gaussian import ahead, factored, known_up_to
from wetland.statistics.onethread import one_thread
from wetland.visitors.hoursfit import fitted
from wetland.visitors.hoursgrid import DayTable, SlotGrid, window
from wetland.visitors.hourskernel import Kernel, grounds
from wetland.visitors.hoursscale import Scaled, scaled, to_model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_READINGS = 1_500  # of a series that are learnt from
_LEAST_DAYS, _MOST_DAYS = 28, 70
_LEAST_ORDINARY = 10


@dataclass(frozen=True, eq=False)
class Learnt:
    """What was learnt of a grid up to the beginning of a day (``upto``, exclusive).

    ``slots`` are those at which any series is modelled; ``numbers`` of each series.
    """

    upto: int
    days: Ints
    slots: Ints
    scale: Scaled
    numbers: Floats


@one_thread()
def learn(model: Floats, table: DayTable, *, upto: int, ahead_days: int, flows: bool) -> Learnt:
    """Learn scale and covariance from the days before ``upto``.

    Holidays are left out of both where at least `_LEAST_ORDINARY` other days are known: one
    National Day would make every later day look alike.

    Parameters
    ----------
    model : array of float, shape (series, days, slots)
        On the scale of the model, NaN where nothing is known.
    ahead_days : int
        How many days on the forecasts reach: holidays among them bring their last time along.
    """
    open_slots = int(np.isfinite(model[:, max(0, upto - _MOST_DAYS) : upto]).any((0, 1)).sum())
    size = min(max(MOST_READINGS // max(open_slots, 1), _LEAST_DAYS), _MOST_DAYS)
    days = window(table, upto=upto, ahead=ahead_days, size=size)
    ordinary = days[table.holiday[days] < 0]
    if len(ordinary) < _LEAST_ORDINARY:
        ordinary = days
    scale = scaled(model, days, usual_days=ordinary, flows=flows)
    slots = np.nonzero(scale.open.any(axis=0))[0]
    numbers = fitted(scale.standard(model), ordinary, table, slots=slots)
    return Learnt(upto, days, slots, scale, numbers)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of an origin and an outcome, one a row; values on the scale of the model.

    ``origin`` counts steps of the clock from the first midnight, ``lead`` those to the outcome;
    ``spread`` is the standard deviation by the covariance alone, ``round`` counts the blocks.
    """

    series: Ints
    origin: Ints
    lead: Ints
    actual: Floats
    told: Floats
    spread: Floats
    round: Ints

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.actual)

    def at(self, rows: NDArray[np.bool_]) -> Pairs:
        """Return some of them."""
        return Pairs(*(getattr(self, one.name)[rows] for one in fields(self)))


def joined(parts: Sequence[Pairs]) -> Pairs:
    """Return several sets of pairs as one."""
    none, no = np.empty(0), np.empty(0, dtype=np.int64)
    parts = [Pairs(no, no, no, none, none, none, no), *parts]
    return Pairs(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Pairs)))


@dataclass(frozen=True, slots=True)
class Block:
    """Origins on the days from ``start`` to before ``end``, ``stride`` slots apart."""

    start: int
    end: int
    stride: int = 1


def _spans(times: Ints, origins: Ints, horizon: int) -> tuple[Ints, Ints]:
    """Return rows (origin, outcome) of all pairs at most ``horizon`` steps apart."""
    upto = np.searchsorted(times, times[origins] + horizon, side="right")
    count = upto - origins - 1
    row = np.repeat(origins, count)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return row, row + 1 + within


@one_thread()
def roll_block(
    model: Floats, table: DayTable, learnt: Learnt, block: Block, leads: Ints
) -> list[Pairs]:
    """Say, at every origin of a block, what comes at some leads; one set of pairs a series.

    Scale and covariance rest on the days before the block; the values on everything up to the
    origin. Outcomes may lie after the block.
    """
    per_day = model.shape[2]
    last = min(model.shape[1], block.end + -(-int(leads.max()) // per_day))
    days = np.concatenate([learnt.days, np.arange(learnt.upto, last)])
    base = grounds(table, days, learnt.slots * 24.0 / per_day)
    values = learnt.scale.standard(model)[:, days][:, :, learnt.slots]
    steps = (days[:, None] * per_day + learnt.slots).ravel()
    found = []
    for one, row in enumerate(values.reshape(len(values), -1)):
        known = np.nonzero(np.isfinite(row))[0]
        if not len(known):
            continue
        times = steps[known]
        within = (times >= block.start * per_day) & (times < block.end * per_day)
        origins = np.nonzero(within)[0]
        origins = origins[:: block.stride]
        kernel = Kernel.of(learnt.numbers[one], base)
        places = (known // len(learnt.slots), known % len(learnt.slots))
        means, spreads = known_up_to(factored(kernel.between(places), row[known]))
        at, to = _spans(times, origins, int(leads.max()))
        keep = np.isin(times[to] - times[at], leads)
        at, to = at[keep], to[keep]
        slot = times[to] % per_day
        usual, scatter = learnt.scale.usual[one, slot], learnt.scale.scatter[one, slot]
        found.append(
            Pairs(
                np.full(len(at), one),
                times[at],
                times[to] - times[at],
                usual + scatter * row[known][to],
                usual + scatter * means[to, at],
                scatter * spreads[to, at],
                np.full(len(at), block.start),
            )
        )
    return found


def roll(grid: SlotGrid, table: DayTable, blocks: Sequence[Block], leads: Ints) -> Pairs:
    """Roll over blocks of days, learning anew before each from the days before it."""
    flows = grid.limit is None
    model = to_model(grid.usable(), flows=flows)
    found: list[Pairs] = []
    for block in blocks:
        ahead_days = block.end - block.start + -(-int(leads.max()) // grid.slots_per_day)
        learnt = learn(model, table, upto=block.start, ahead_days=ahead_days, flows=flows)
        found += roll_block(model, table, learnt, block, leads)
    return joined(found)


@one_thread()
def tell(model: Floats, table: DayTable, learnt: Learnt, targets: Ints) -> tuple[Floats, Floats]:
    """Return mean and spread of every series at some steps, from all values of ``model``.

    Parameters
    ----------
    targets : array of int
        Steps of the clock from the first midnight.

    Returns
    -------
    means, spreads : array of float, shape (series, targets)
        On the scale of the model; NaN at slots at which the series was never seen; a closed slot
        has its nought without any spread.
    """
    per_day = model.shape[2]
    to_days, to_slots = targets // per_day, targets % per_day
    days = np.union1d(learnt.days, to_days)
    place_day, place_slot = np.searchsorted(days, to_days), np.searchsorted(learnt.slots, to_slots)
    inside = np.isin(to_slots, learnt.slots)
    base = grounds(table, days, learnt.slots * 24.0 / per_day)
    asked = (place_day[inside], place_slot[inside])
    room = np.full((len(model), len(days), len(learnt.slots)), np.nan)
    had = np.nonzero(days < model.shape[1])[0]
    room[:, had] = learnt.scale.standard(model)[:, days[had]][:, :, learnt.slots]
    means = np.where(learnt.scale.closed[:, to_slots], 0.0, np.nan)
    spreads = means.copy()
    usual, scatter = learnt.scale.usual[:, to_slots], learnt.scale.scatter[:, to_slots]
    for one, row in enumerate(room.reshape(len(room), -1)):
        known = np.nonzero(np.isfinite(row))[0]
        kernel = Kernel.of(learnt.numbers[one], base)
        places = (known // len(learnt.slots), known % len(learnt.slots))
        found = factored(kernel.between(places), row[known])
        middle, spread = ahead(found, kernel.across(places, asked), kernel.variances(asked))
        use = inside & learnt.scale.open[one, to_slots]
        means[one, use] = (usual[one, inside] + scatter[one, inside] * middle)[use[inside]]
        spreads[one, use] = (scatter[one, inside] * spread)[use[inside]]
    return means, spreads
