"""Series of a grid brought to one scale: what is usual at each slot is nought, its scatter one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Weight of a slot's own variance, the rest is that of the whole series: a busy day of a gate is
# busy at each hour in proportion, a full car park is fuller by as much.
SLOT_SHARE = {"flows": 0.95, "levels": 0.5}
FEWEST_CLOSED = 5  # readings of nought, and nothing else, from which a slot is taken as closed


@dataclass(frozen=True, eq=False)
class Scaled:
    """Usual value and scatter of every series and slot, from the days up to some moment.

    ``seen`` are the slots at which a series was ever observed, ``closed`` those at which a flow was
    always nought; both shape (series, slots). ``usual`` and ``scatter`` are on the model's scale:
    the value of a level, the square root of a flow.
    """

    usual: Floats
    scatter: Floats
    seen: Bools
    closed: Bools

    @property
    def open(self) -> Bools:
        """Slots that are modelled."""
        return self.seen & ~self.closed

    def standard(self, model: Floats) -> Floats:
        """Return values of the model's scale (series, days, slots) about nought, NaN elsewhere."""
        made = (model - self.usual[:, None]) / self.scatter[:, None]
        return np.where(self.open[:, None], made, np.nan)


def to_model(values: Floats, *, flows: bool) -> Floats:
    """Return values on the scale of the model: flows by their square root, as counts scatter."""
    return np.sqrt(values) if flows else values


def from_model(values: Floats, *, limit: Floats | None) -> Floats:
    """Return values in the unit of the series, within what is possible.

    Flows (no limit) are not negative, levels lie within nought and their limit.
    """
    if limit is None:
        return np.maximum(values, 0.0) ** 2
    return np.clip(values, 0.0, limit)


def _mean(values: Floats, axis: int | tuple[int, int]) -> Floats:
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    made: Floats = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return made


def scaled(model: Floats, days: Ints, *, usual_days: Ints, flows: bool) -> Scaled:
    """Return the scale of every series from some of the days.

    What is usual and how it scatters rests on ``usual_days``, what was seen on all ``days``.

    Where a slot was never seen within them, it is usual as the series is. A series that never
    changes has a scatter of next to nothing.
    """
    every_day = model[:, days]
    known = np.isfinite(every_day)
    seen = np.asarray(known.any(axis=1))
    part = model[:, usual_days]
    whole = _mean(part, (1, 2))
    usual = _mean(part, 1)
    usual = np.where(np.isnan(usual), whole[:, None], usual)
    square = (part - usual[:, None]) ** 2
    every, own = _mean(square, (1, 2)), _mean(square, 1)
    own = np.where(np.isnan(own), every[:, None], own)
    least = (1e-6 * (1 + np.abs(np.nan_to_num(whole)))) ** 2
    share = SLOT_SHARE["flows" if flows else "levels"]
    variance = (1 - share) * every[:, None] + share * own
    closed = np.zeros_like(seen)
    if flows:
        always = np.where(known, every_day, 0.0).max(axis=1, initial=0.0) == 0
        closed = always & (known.sum(axis=1) >= FEWEST_CLOSED)
    return Scaled(
        np.nan_to_num(usual),
        np.sqrt(np.maximum(np.nan_to_num(variance), least[:, None])),
        seen,
        closed,
    )
