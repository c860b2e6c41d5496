"""How full, or how busy, it may be at some moments ahead: whole distributions (预测分布)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.visitors.calendar import Calendar
from wetland.visitors.hoursgrid import SlotGrid
from wetland.visitors.hoursmodel import Origin, SlotModel, learn_slots

Floats = NDArray[np.float64]

LEVELS = 199  # plausible values told of each moment, equally likely


@dataclass(frozen=True, eq=False)
class SlotOutlook:
    """What is plausible at some moments, from what is known at an origin.

    Attributes
    ----------
    names : tuple of str
    targets : tuple of (day, slot)
    middle : array of float, shape (series, targets)
        The median, in the unit of the series; NaN at slots never seen.
    sample : array of float, shape (series, targets, LEVELS)
        Equally likely values in ascending order, within nought and the limit.
    """

    names: tuple[str, ...]
    targets: tuple[Origin, ...]
    middle: Floats
    sample: Floats

    def chance_below(self, value: Floats | float) -> Floats:
        """Return the probability of less than a value, shape (series, targets); NaN where unknown.

        Parameters
        ----------
        value : float or array of float, shape (series,)
        """
        line = np.broadcast_to(np.asarray(value, dtype=np.float64), (len(self.names),))
        share = (self.sample < line[:, None, None]).mean(axis=2)
        return np.where(np.isnan(self.middle), np.nan, share)

    def quantile(self, level: float) -> Floats:
        """Return a quantile, shape (series, targets)."""
        made: Floats = np.quantile(self.sample, level, axis=2)
        return made


def outlook_of(model: SlotModel, targets: Sequence[Origin]) -> SlotOutlook:
    """Return the outlook of what was already learnt (`wetland.visitors.hoursmodel.learn_slots`).

    Raises
    ------
    InputError
        For a target that is not after the origin.
    """
    per_day = model.grid.slots_per_day
    steps = np.array([day * per_day + slot for day, slot in targets], dtype=np.int64)
    if len(steps) and int(steps.min()) <= model.step:
        raise InputError(text("目标时刻须在起点之后", "a target must lie after the origin"))
    levels = (np.arange(LEVELS) + 0.5) / LEVELS
    middle, sample = model.told(steps, levels)
    return SlotOutlook(model.grid.names, tuple(targets), middle, sample)


def outlook(
    grid: SlotGrid,
    *,
    targets: Sequence[Origin],
    origin: Origin | None = None,
    calendar: Calendar | None = None,
) -> SlotOutlook:
    """Return what is plausible at some moments ahead, from the method's own past errors.

    Parameters
    ----------
    grid : SlotGrid
    targets : sequence of (day, slot)
        After the origin, at most a fortnight; days count from the grid's first and may lie beyond
        its last.
    origin : tuple of int, optional
        Day and slot of the last values that are known; without, the last known of all.
    calendar : Calendar, optional

    Returns
    -------
    SlotOutlook

    Raises
    ------
    InputError
        For targets not after the origin or beyond a fortnight, and a grid without values.
    """
    per_day = grid.slots_per_day
    found = grid.last_known() if origin is None else origin
    if found is None:
        raise InputError(text("没有可用的数值", "there is no usable value"))
    at = found[0] * per_day + found[1]
    farthest = max((day * per_day + slot - at for day, slot in targets), default=1)
    horizon = max(farthest, 1)
    model = learn_slots(grid, origin=origin, horizon=horizon, calendar=calendar)
    return outlook_of(model, targets)
