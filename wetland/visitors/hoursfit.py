"""Learn how the values of a grid hang together: for all its series, then for each (最大似然)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wetland.statistics.gaussian import factored, surprise, surprise_slope
from wetland.visitors.hoursgrid import DayTable
from wetland.visitors.hourskernel import Grounds, Kernel, farthest, grounds, start

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIT_DAYS = 28
FIT_SLOTS = 12  # of a day: where more are open, every second or third is left out
POOLED_SERIES = 12
FEWEST_READINGS = 60  # of a series, for numbers of its own
_POOLED_TURNS, _OWN_TURNS = 6, 4
_POOLED_HOLD, _OWN_HOLD = 5.0, 1.0  # how firmly the logarithms are held to where they begin
_FARTHEST = 4.0  # logarithm


def _loss(
    log: Floats, rows: Sequence[Floats], base: Grounds, held: Floats, hold: float
) -> tuple[float, Floats]:
    """Return the mean surprise of series with the price of leaving ``held``, and its slope."""
    kernel = Kernel.of(log, base)
    slots = len(base.apart_hours)
    slope = np.zeros(len(log))
    total = 0.0
    for row in rows:
        known = np.nonzero(np.isfinite(row))[0]
        places = (known // slots, known % slots)
        found = factored(kernel.between(places), row[known])
        total += surprise(found)
        slope += kernel.slopes(places, surprise_slope(found), len(log))
    away = log - held
    return total / len(rows) + hold * float(away @ away), slope / len(rows) + 2 * hold * away


def _fit(rows: Sequence[Floats], base: Grounds, held: Floats, hold: float, turns: int) -> Floats:
    from scipy.optimize import minimize  # noqa: PLC0415 - scipy is slow to import

    found = minimize(
        _loss,
        held,
        args=(rows, base, held, hold),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": turns, "maxfun": 2 * turns},
        bounds=list(zip(held - _FARTHEST, np.minimum(held + _FARTHEST, farthest()), strict=True)),
    )
    made: Floats = np.asarray(found.x, dtype=np.float64)
    return made


def fitted(standard: Floats, days: Ints, table: DayTable, *, slots: Ints) -> Floats:
    """Return what was learnt of each series, shape (series, numbers).

    First for the series together (at most `POOLED_SERIES` of those with most readings), then for
    each with at least `FEWEST_READINGS`, held to what they have in common.

    Parameters
    ----------
    standard : array of float, shape (series, all days, slots of the day)
        About nought, NaN where nothing is known.
    days : array of int
        Days to learn from; the last `FIT_DAYS` of them are used.
    table : DayTable
    slots : array of int
        Slots of the day that are open.
    """
    per_day = standard.shape[2]
    days = days[-FIT_DAYS:]
    slots = slots[:: -(-len(slots) // FIT_SLOTS)] if len(slots) else slots
    base = grounds(table, days, slots * 24.0 / per_day)
    rows = list(standard[:, days][:, :, slots].reshape(len(standard), -1))
    sizes = np.array([int(np.isfinite(row).sum()) for row in rows])
    most = [int(i) for i in np.argsort(-sizes, kind="stable")[:POOLED_SERIES]]
    pooled = [rows[i] for i in most if sizes[i] >= FEWEST_READINGS]
    if not pooled:
        return np.tile(start(), (len(rows), 1))
    common = _fit(pooled, base, start(), _POOLED_HOLD, _POOLED_TURNS)
    own = [
        _fit([row], base, common, _OWN_HOLD, _OWN_TURNS) if size >= FEWEST_READINGS else common
        for row, size in zip(rows, sizes, strict=True)
    ]
    return np.stack(own)
