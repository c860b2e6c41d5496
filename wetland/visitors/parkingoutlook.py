"""How full car parks may be, by two ways at once: past days, and the forecast of half hours.

The forecast of half hours (`wetland.visitors.hoursoutlook`) knows how days hang together over car
parks and hours; past days (`wetland.visitors.parkingpast`) know better how often a car park is
quite full, and the next half hour. Each gives half of the plausible shares: on real car parks the
mixture scores better than either. The forecast of half hours takes part up to a day and a half
ahead, for car parks with `FEWEST_DAYS` past days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from wetland.visitors.calendar import Calendar
from wetland.visitors.hoursgrid import SlotGrid
from wetland.visitors.hoursmodel import learn_slots
from wetland.visitors.hoursoutlook import SlotOutlook, outlook_of
from wetland.visitors.parkingpast import Plausible, plausible_shares
from wetland.visitors.parkingseries import DAY_MIN, NEAR_MIN, Floats, ParkSeries

SLOT_MIN = 30.0
PER_DAY = 48
FEWEST_DAYS = 10  # past days of its own, for the forecast of half hours to take part
SAME_MIN = 1.0
AS_READ_DAYS = 1000.0  # what a reading of the very minute is worth
SHORTEST_MIN, LONGEST_MIN = 15.0, 1.5 * DAY_MIN  # leads at which it does


def chances(
    parks: Sequence[ParkSeries], *, clock: float, now_clock: float, calendar: Calendar
) -> list[Plausible | None]:
    """Return how full each car park may be at a time of the local clock, from both ways.

    Within a minute of its last reading a car park is as it was read. Where past days say nothing,
    nothing is told; where the forecast of half hours does not take part, past days alone.
    """
    found = plausible_shares(parks, clock=clock, now_clock=now_clock, calendar=calendar)
    for i, park in enumerate(parks):
        if len(park.clock) and 0 <= clock - float(park.clock[-1]) < SAME_MIN:
            found[i] = _as_read(float(park.share[-1]))
    asked = [
        i
        for i, one in enumerate(found)
        if one is not None
        and one.pairs >= FEWEST_DAYS
        and SHORTEST_MIN <= clock - parks[i].clock[-1] <= LONGEST_MIN
    ]
    if not asked:
        return found
    sampled = _by_half_hours([parks[i] for i in asked], clock, calendar)
    for i, sample in zip(asked, sampled, strict=True):
        past = found[i]
        if past is not None and sample is not None:
            found[i] = _mixed(past, sample)
    return found


def _as_read(share: float) -> Plausible:
    return Plausible(np.array([share]), np.array([1.0]), AS_READ_DAYS, 0)


def _mixed(past: Plausible, sample: Floats) -> Plausible:
    """Return both ways with half the weight each; worth as many days as past days are."""
    share = np.concatenate([past.share, sample])
    weight = np.concatenate([past.weight / 2, np.full(len(sample), 0.5 / len(sample))])
    order = np.argsort(share, kind="stable")
    return Plausible(share[order], weight[order], past.days, past.pairs)


def _by_half_hours(
    parks: list[ParkSeries], clock: float, calendar: Calendar
) -> list[Floats | None]:
    """Return equally likely shares of each car park at a time, None where it cannot be told."""
    first = min(float(park.clock[0]) for park in parks) // DAY_MIN * DAY_MIN
    last = max(float(park.clock[-1]) for park in parks)
    origin = round((last - first) / SLOT_MIN)
    grid = _grid(parks, first, origin)
    place = (clock - first) / SLOT_MIN
    lower, part = int(place // 1), place % 1
    wanted = [step for step in (lower, lower + 1) if step > origin]
    if not wanted:
        return [None] * len(parks)
    # Its past errors are left out: past days tell them, and it takes a quarter of the time.
    model = learn_slots(
        grid,
        origin=divmod(origin, PER_DAY),
        horizon=wanted[-1] - origin,
        calendar=calendar,
        test=False,
    )
    told = outlook_of(model, [divmod(step, PER_DAY) for step in wanted])
    return [_between(told, i, len(wanted), part, park) for i, park in enumerate(parks)]


def _between(
    told: SlotOutlook, series: int, count: int, part: float, park: ParkSeries
) -> Floats | None:
    """Return the shares between two half hours, quantile by quantile.

    Before the first half hour that is forecast they start from the last reading. A half hour that
    was never read counts as the one beside it where that is near.
    """
    after = _sample(told, series, count - 1)
    before = (
        _sample(told, series, 0)
        if count > 1
        else np.full_like(told.sample[series, 0], park.share[-1])
    )
    if before is None or after is None:
        other, apart = (after, 1 - part) if before is None else (before, part)
        return other if apart * SLOT_MIN <= NEAR_MIN else None
    made: Floats = (1 - part) * before + part * after
    return made


def _sample(told: SlotOutlook, series: int, target: int) -> Floats | None:
    if np.isnan(told.middle[series, target]):
        return None
    found: Floats = told.sample[series, target]
    return found


def _grid(parks: list[ParkSeries], first: float, origin: int) -> SlotGrid:
    """Return the shares at the half hours of the clock up to the last reading."""
    days = origin // PER_DAY + 1
    clock = first + np.arange(days * PER_DAY, dtype=np.float64) * SLOT_MIN
    values = np.array([park.at(clock) for park in parks])
    values[:, origin + 1 :] = np.nan
    day = (datetime(1970, 1, 1) + timedelta(minutes=first)).date()  # noqa: DTZ001 - a clock
    return SlotGrid(
        tuple(park.car_park for park in parks),
        day,
        PER_DAY,
        values.reshape(len(parks), days, PER_DAY),
        np.ones(len(parks)),
    )
