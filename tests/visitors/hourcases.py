"""Grids of hours for tests: synthetic gates and car parks."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from wetland.visitors.hoursgrid import SlotGrid

Floats = NDArray[np.float64]
FIRST = dt.date(2026, 3, 2)  # a Monday
OPEN = slice(8, 18)


def gates(days: int = 40, series: int = 2, *, seed: int = 0) -> SlotGrid:
    """Return synthetic entries by hour: open from 8 to 18, busy at weekends, busy days."""
    rng = np.random.default_rng(seed)
    hour = np.arange(24)
    shape = np.where((hour >= 8) & (hour < 18), 1.2 + np.sin((hour - 8) / 10 * np.pi), 0.0)
    weekday = (np.arange(days) + FIRST.weekday()) % 7
    busy = np.where(weekday >= 5, 2.0, 1.0) * np.exp(rng.normal(0, 0.25, days))
    mean = 200 * busy[:, None] * shape * rng.uniform(0.5, 2, (series, 1, 1))
    names = tuple(f"gate {i}" for i in range(series))
    return SlotGrid(names, FIRST, 24, rng.poisson(mean).astype(np.float64))


def car_parks(days: int = 40, *, seed: int = 0, bays: float = 300.0) -> SlotGrid:
    """Return two synthetic car parks read each half hour from 7 to 20, full on busy days."""
    rng = np.random.default_rng(seed)
    hour = np.arange(48) / 2
    shape = np.where((hour >= 7) & (hour < 20), np.sin((hour - 6) / 15 * np.pi), np.nan)
    weekday = (np.arange(days) + FIRST.weekday()) % 7
    busy = np.where(weekday >= 5, 1.2, 0.7) + rng.normal(0, 0.08, days)
    level = bays * busy[:, None] * shape + rng.normal(0, 6, (2, days, 48))
    values: Floats = np.round(np.clip(level, 0, bays)).astype(np.float64)
    return SlotGrid(("north", "south"), FIRST, 48, values, np.full(2, bays))
