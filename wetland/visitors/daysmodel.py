"""The model of daily numbers: level times kind of day times season of the year, robust.

A level that follows slowly; an effect of each weekday; of public holidays one of all, that leans on
weekends, and what the day's place in its run, the holiday, and both together add to it, each small
until it was seen often enough; of events and closures one each in the same way. An effect of a
weekday is the mean of what was seen until it was seen often. From the second year on the level
moves ahead as it moved a year (52 weeks) ago. An error beyond a multiple of the usual one moves
nothing further. The forecast is the mean over a fixed set of settings; nothing is fitted to a
series as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from wetland.visitors.dayskinds import MAKEUP, PHASES, DayKinds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_DAYS = 14  # tell the first level and the first effects of weekdays
FEWEST_FIRST = 7
YEAR = 364  # whole weeks
HALF_WINDOW = 14  # days around the day a year ago
FOLLOWED = 0.7  # of the move of a year ago that is expected again
CLIP = 1.5
USUAL_ERROR = 0.4
USUAL_GAIN = 0.05
NORMAL = 1.25
ODD_WEIGHT = 0.25  # of a holiday, in what moves the level
LEANS = (2.0, 4.0, 1.0, 1.0)  # all holidays, place, holiday, both: seen so often, they count half
LEAN_EXTRA = 1.0
MEMORY = 15.0  # an effect of holidays, events and closures remembers so many of its days
_WEEKEND = (5, 6)

# Gains of level and weekday.
_GAINS = np.array(list(product((0.08, 0.2, 0.4), (0.05, 0.15))), dtype=np.float64)


@dataclass
class _Means:
    """Means of what was seen of some kinds of days, and how often; axes setting, series, kind."""

    shape: tuple[int, int, int]
    mean: Floats = field(init=False)
    count: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.mean = np.zeros(self.shape)
        self.count = np.zeros(self.shape)

    def leaning(self, at: Ints, lean: float) -> Floats:
        """Return the means of kinds, drawn to 0 while they were seen seldom."""
        made: Floats = self.mean[:, :, at] * (self.count[:, :, at] / (self.count[:, :, at] + lean))
        return made

    def learn(self, at: int, seen: Floats) -> None:
        """Take in what was seen of one kind; NaN tells nothing."""
        known = ~np.isnan(seen)
        count = np.minimum(self.count[:, :, at] + 1.0, MEMORY)
        moved = (np.where(known, seen, 0.0) - self.mean[:, :, at]) / count
        self.mean[:, :, at] += np.where(known, moved, 0.0)
        self.count[:, :, at] = np.where(known, count, self.count[:, :, at])


@dataclass
class _State:
    level: Floats  # setting, series
    week: Floats  # setting, series, 8
    seen: Floats  # series, 8: how often each weekday was seen
    usual: Floats
    off: tuple[_Means, ...]  # all holidays, place in the run, holiday, both
    extras: _Means
    plain: Floats  # setting, series, day: values less the effect of their day


def _start(series: int, days: int, kinds: DayKinds) -> _State:
    size = (len(_GAINS), series)
    return _State(
        np.full(size, np.nan),
        np.zeros((*size, 8)),
        np.zeros((series, 8)),
        np.full(size, USUAL_ERROR),
        tuple(_Means((*size, n)) for n in (1, len(PHASES), len(kinds.holidays), len(kinds.names))),
        _Means((*size, len(kinds.extra_names))),
        np.full((*size, days), np.nan),
    )


def _begin(state: _State, logs: Floats, kinds: DayKinds, day: int) -> None:
    """Begin the series that have seen `FEWEST_FIRST` of the last `FIRST_DAYS` days, no holidays."""
    window = np.arange(max(0, day - FIRST_DAYS + 1), day + 1)
    window = window[kinds.phase[window] < 0]
    known = ~np.isnan(logs[:, window])
    enough = (known.sum(axis=1) >= FEWEST_FIRST) & np.isnan(state.level[0])
    for row in np.flatnonzero(enough):
        seen = logs[row, window]
        level = float(np.nanmedian(seen))
        state.level[:, row] = level
        effects_seen: list[list[float]] = [[], []]
        for weekday in range(MAKEUP):
            own = seen[(kinds.week[window] == weekday) & known[row]] - level
            state.seen[row, weekday] = len(own)
            if len(own):
                state.week[:, row, weekday] = float(own.mean())
                effects_seen[weekday in _WEEKEND].append(float(own.mean()))
        for weekday in np.flatnonzero(state.seen[row] == 0).tolist():
            alike = effects_seen[weekday in _WEEKEND]
            state.week[:, row, weekday] = float(np.mean(alike)) if alike else 0.0


def _places(kinds: DayKinds, days: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the places of holidays in each of the means they are told by."""
    return np.zeros_like(days), kinds.phase[days], kinds.holiday[days], kinds.named[days]


def effects(state: _State, kinds: DayKinds, days: Ints) -> Floats:
    """Return the effects of some days, shape (settings, series, days), as known now."""
    made = state.week[:, :, kinds.week[days]]
    off = kinds.phase[days] >= 0
    if off.any():
        weekend = state.week[:, :, list(_WEEKEND)].mean(axis=2, keepdims=True)
        added = [
            means.leaning(at, lean)
            for means, at, lean in zip(state.off, _places(kinds, days[off]), LEANS, strict=True)
        ]
        made[:, :, off] = weekend + sum(added)
    for extra in np.flatnonzero(kinds.extras[days].any(axis=0)):
        held = kinds.extras[days, extra]
        one = state.extras.leaning(np.full(1, extra), LEAN_EXTRA)
        made = made + np.where(held, one, 0.0)
    return made


def _learn(state: _State, logs: Floats, kinds: DayKinds, day: int) -> None:
    here = logs[None, :, day]
    effect = effects(state, kinds, np.array([day]))[:, :, 0]
    off = kinds.phase[day] >= 0
    extras = np.flatnonzero(kinds.extras[day])
    error = here - state.level - effect
    known = ~np.isnan(error)
    clipped = np.where(known, np.clip(error, -CLIP * state.usual, CLIP * state.usual), 0.0)
    level_gain, week_gain = _GAINS.T[:, :, None]
    often = state.seen[:, kinds.week[day]]
    new = (often == 0) & (not off)
    weight = np.where(new, 0.0, ODD_WEIGHT if off or len(extras) else 1.0)
    change = level_gain * weight * clipped
    rest = np.where(known, error, np.nan) - change
    for extra in extras:
        state.extras.learn(int(extra), state.extras.mean[:, :, extra] + rest)
    if off:
        weekend = state.week[:, :, list(_WEEKEND)].mean(axis=2)
        left = here - state.level - change - weekend
        for means, at, lean in zip(state.off, _places(kinds, np.array([day])), LEANS, strict=True):
            means.learn(int(at[0]), left)
            left = left - means.leaning(at, lean)[:, :, 0]
    elif not len(extras):
        share = np.maximum(week_gain, 1.0 / (often + 1.0))
        left = np.where(new & known, error, clipped) - change
        state.week[:, :, kinds.week[day]] += share * left
        state.seen[:, kinds.week[day]] += known[0]
        size = np.minimum(np.abs(np.where(known, error, 0.0)), 3.0 * state.usual)
        state.usual += np.where(known, USUAL_GAIN * (NORMAL * size - state.usual), 0.0)
    state.level = state.level + change
    plain = here - effect
    state.plain[:, :, day] = np.where(known, state.level - change + clipped, plain)


def _drift(state: _State, day: int, horizon: int) -> Floats | float:
    """Return how the level moved after the same day a year ago, as far as it is expected again."""
    first = day - YEAR - HALF_WINDOW
    if first < 0:
        return 0.0
    seen = state.plain[:, :, first : first + horizon + 2 * HALF_WINDOW + 1]
    known = ~np.isnan(seen)
    sums = np.concatenate([np.zeros((*seen.shape[:2], 1)), np.where(known, seen, 0).cumsum(2)], 2)
    counts = np.concatenate([np.zeros((*seen.shape[:2], 1)), known.cumsum(2)], 2)
    wide = 2 * HALF_WINDOW + 1
    number = counts[:, :, wide:] - counts[:, :, :-wide]
    with np.errstate(invalid="ignore", divide="ignore"):
        level = (sums[:, :, wide:] - sums[:, :, :-wide]) / number
    moved = level[:, :, 1:] - level[:, :, :1]
    return FOLLOWED * np.where(np.isnan(moved), 0.0, moved)


def rolled(logs: Floats, kinds: DayKinds, *, horizon: int) -> Floats:
    """Return what is said at every day of the days after it, on the logarithm.

    Parameters
    ----------
    logs : array of float, shape (series, days)
        NaN where nothing is known.
    kinds : DayKinds
        Of these days and ``horizon`` more.
    horizon : int

    Returns
    -------
    array of float, shape (series, days, horizon)
        NaN before a series has begun.
    """
    series, days = logs.shape
    told = np.full((series, days, horizon), np.nan)
    state = _start(series, days, kinds)
    ahead = np.arange(1, horizon + 1)
    for day in range(days):
        if np.isnan(state.level[0]).any() and day >= FEWEST_FIRST - 1:
            _begin(state, logs, kinds, day)
        if np.isnan(state.level[0]).all():
            continue
        _learn(state, logs, kinds, day)
        middle = state.level[:, :, None] + effects(state, kinds, day + ahead)
        told[:, day] = (middle + _drift(state, day, horizon)).mean(axis=0)
    return told
