"""How full a car park may be at a later time, from what happened on days before at these times.

Every past day on which something was read at both times of day (of the last reading, and of the
arrival) says how the car park went on. Their relation is a straight line, fitted with weights and
drawn towards that of all car parks; what it left over on those days, of the car park itself and
less so of the others, is put on what it says today. At short leads the line is nearly "as before,
plus the usual change", at long ones "as usual at that time", and in between what the data say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.visitors.calendar import Calendar
from wetland.visitors.parkingseries import DAY_MIN, PAST_DAYS, Floats, ParkSeries

Bools = NDArray[np.bool_]

FEWEST_PAIRS = 8  # past days over all car parks, for a chance to be told at all
LONGEST_LEAD_DAYS = 14
WEEK_MIN = 7 * DAY_MIN
SAME_MOMENT_MIN = 1.0  # a reading so shortly before is of the moment itself
HALF_LIFE_DAYS = 14.0  # a day so long ago counts half
OTHER_KIND = 0.15  # weight of days off for working days, and the other way
SAME_WEEKDAY = 2.0  # weight of the same day of the week
OTHERS_DAYS = 8.0  # the other car parks count together as so many days of its own
NEW_DAYS = 7.0  # a car park read for fewer days goes by the others alone
USUAL_DAYS = 2.0  # the usual change of all counts as so many days beside a car park's own line
SLOPE_DAYS = 15.0  # as many days' worth draws the line's slope to that of all
LIKE = 0.15  # how like the level of a day has to be for what was left over on it to count
FULL_AGAIN = 0.02  # share by which a day that ended full may be shifted and still be full
OF_NOTHING = 0.3  # days of which nothing is known, half of them full


@dataclass(frozen=True, eq=False)
class Plausible:
    """Shares of the bays that may be taken at a time, with their weights.

    Attributes
    ----------
    share, weight : array of float
        Ascending shares between 0 and 1; weights that add up to one.
    days : float
        How many independent days they are worth (Kish's effective size).
    pairs : int
        Past days of the car park itself they rest on.
    """

    share: Floats
    weight: Floats
    days: float
    pairs: int

    @property
    def mean(self) -> float:
        """Return the mean share."""
        return float(self.share @ self.weight)

    def below(self, limit: float) -> float:
        """Return the chance that the share is below a limit; never quite 0 or 1."""
        told = float(self.weight[self.share < limit].sum())
        return (told * self.days + OF_NOTHING / 2) / (self.days + OF_NOTHING)

    def range_below(self, limit: float, *, alpha: float = 0.1) -> tuple[float, float]:
        """Return between what that chance lies, by the number of days it is known from (beta)."""
        from scipy.special import betaincinv  # noqa: PLC0415 - scipy is slow to import

        sure = self.below(limit) * (self.days + OF_NOTHING)
        full = self.days + OF_NOTHING - sure
        return (
            float(betaincinv(sure, full, alpha / 2)),
            float(betaincinv(sure, full, 1 - alpha / 2)),
        )

    def quantile(self, level: float) -> float:
        """Return the share that is not passed with a probability of ``level``."""
        at = int(np.searchsorted(np.cumsum(self.weight), level))
        return float(self.share[min(at, len(self.share) - 1)])


def plausible_shares(
    parks: Sequence[ParkSeries], *, clock: float, now_clock: float, calendar: Calendar
) -> list[Plausible | None]:
    """Return how full each car park may be at a time of the local clock.

    None where nothing can be said: no reading with a share, more than `LONGEST_LEAD_DAYS` after
    the last, or no past day with readings at both times of day (of a car park that was read for
    `NEW_DAYS` or more: of its own). Where such days are fewer than `FEWEST_PAIRS` over all car
    parks, or all readings span less than two days, `FEWEST_PAIRS` changes over as long a time at
    any hour stand in for them. A reading of the moment itself is taken as it is. Leads beyond a
    week go by past days as many weeks less apart.

    Parameters
    ----------
    parks
        Readings up to the moment of asking; the pairs are pooled over them.
    clock, now_clock
        Times of the local clock (`local_clock`) of the arrival and of asking.
    calendar
        Which days are days off.
    """
    known = [park for park in parks if len(park.clock)]
    if not known:
        return [None] * len(parks)
    young = now_clock - min(park.clock[0] for park in known) < 2 * DAY_MIN
    ways: dict[float, _Way] = {}
    found: list[Plausible | None] = []
    for park in parks:
        lead = clock - park.clock[-1] if len(park.clock) else np.inf
        if lead > LONGEST_LEAD_DAYS * DAY_MIN:
            found.append(None)
            continue
        if lead <= SAME_MOMENT_MIN:
            found.append(_plausible(park.share[-1:], np.ones(1), 0, days=float(FEWEST_PAIRS)))
            continue
        # After a week nothing is left of a day: further weeks say no more.
        start = float(park.clock[-1]) + WEEK_MIN * max(np.ceil(lead / WEEK_MIN) - 1, 0)
        if start not in ways:
            back = _days_back(clock, now_clock)
            weights = _day_weights(start, clock, back, calendar)
            ways[start] = _way(known, start - back, clock - back, weights)
        way, place = ways[start], known.index(park)
        if way.known.sum() >= FEWEST_PAIRS and _seen_then(way, place, park):
            found.append(way.told(place, float(park.share[-1])))
        else:
            few = young or 0 < way.known.sum() < FEWEST_PAIRS
            found.append(_any_hour(known, park, clock) if few else None)
    return found


def _seen_then(way: _Way, place: int, park: ParkSeries) -> bool:
    """Tell whether a car park was read at both times of day, or is too new to have been."""
    return bool(way.known[place].any()) or park.clock[-1] - park.clock[0] < NEW_DAYS * DAY_MIN


def _days_back(clock: float, now_clock: float) -> Floats:
    """Return by how many minutes whole days lie back whose both times are over."""
    days = np.arange(1, PAST_DAYS + 1, dtype=np.float64) * DAY_MIN
    over: Floats = days[clock - days <= now_clock]
    return over


def _day_weights(start: float, clock: float, back: Floats, calendar: Calendar) -> Floats:
    """Return what past days count: recent, of the same kind, of the same day of the week."""
    kinds: dict[dt.date, bool] = {}

    def kind(at: float) -> tuple[bool, int]:
        day = (dt.datetime(1970, 1, 1) + dt.timedelta(minutes=at)).date()  # noqa: DTZ001 - a clock
        if day not in kinds:
            kinds[day] = calendar.day(day).off
        return kinds[day], day.weekday()

    (off_from, _), (off_to, weekday) = kind(start), kind(clock)
    newest = back[0] if len(back) else 0.0
    weights = np.empty(len(back))
    for i, minutes in enumerate(back):
        was_from, was_to = kind(start - minutes), kind(clock - minutes)
        weight = 0.5 ** ((minutes - newest) / DAY_MIN / HALF_LIFE_DAYS)
        weight *= 1.0 if was_to[0] == off_to else OTHER_KIND
        weight *= 1.0 if was_from[0] == off_from else OTHER_KIND
        weights[i] = weight * (SAME_WEEKDAY if was_to[1] == weekday else 1.0)
    return weights


@dataclass(frozen=True, eq=False)
class _Way:
    """How car parks went on from one time of day to another: lines and what they left over."""

    known: Bools  # (parks, days)
    weight: Floats
    middle_from: Floats  # (parks,)
    middle_to: Floats
    slope: Floats
    change: float  # of all
    fitted: Floats  # (parks, days)
    left: Floats
    full: Bools  # (parks, days): no bay was free at the second time

    def told(self, park: int, last: float) -> Plausible:
        """Return how full a park may be."""
        own = self.known[park]
        middle = last + self.change
        if own.any():  # a few days of its own do not outweigh the usual change
            line = self.middle_to[park] + self.slope[park] * (last - self.middle_from[park])
            middle += (line - middle) * own.sum() / (own.sum() + USUAL_DAYS)
        like = self.weight * np.exp(-0.5 * ((self.fitted - middle) / LIKE) ** 2) + 1e-9
        like = np.where(self.known, like, 0.0)
        others = like.sum() - like[park].sum()
        if others > 0:
            like[np.arange(len(like)) != park] *= OTHERS_DAYS / others
        share = np.clip(middle + self.left[self.known], 0.0, 1.0)
        # A day that ended full ends full again where no more than a little is shifted.
        again = self.full & (np.abs(self.fitted - middle) <= FULL_AGAIN)
        share[again[self.known]] = 1.0
        return _plausible(share, like[self.known], int(own.sum()))


def _plausible(
    share: Floats, weight: Floats, pairs: int, *, days: float | None = None
) -> Plausible:
    order = np.argsort(share, kind="stable")
    weight = weight / weight.sum()
    worth = float(1 / (weight**2).sum()) if days is None else days
    return Plausible(share[order], weight[order], worth, pairs)


def _way(parks: Sequence[ParkSeries], start: Floats, end: Floats, weights: Floats) -> _Way:
    x = np.array([park.at(start) for park in parks]).reshape(len(parks), len(start))
    y = np.array([park.at(end) for park in parks]).reshape(len(parks), len(start))
    known = ~np.isnan(x + y)
    x, y = np.where(known, x, 0.0), np.where(known, y, 0.0)
    weight = np.where(known, weights, 0.0)
    total = np.maximum(weight.sum(axis=1), 1e-12)
    middle_from, middle_to = (weight * x).sum(axis=1) / total, (weight * y).sum(axis=1) / total
    dx = np.where(known, x - middle_from[:, None], 0.0)
    dy = np.where(known, y - middle_to[:, None], 0.0)
    spread, common = (weight * dx * dx).sum(axis=1), (weight * dx * dy).sum(axis=1)
    of_all = common.sum() / spread.sum() if spread.sum() > 0 else 1.0
    drawn = SLOPE_DAYS * spread.sum() / max(weight.sum(), 1e-12)
    slope = (common + drawn * of_all) / np.where(spread + drawn > 0, spread + drawn, 1.0)
    slope = np.where(spread + drawn > 0, slope, 1.0)
    fitted = middle_to[:, None] + slope[:, None] * dx
    # A day's own part in the mean is taken out of what it left over.
    part = np.minimum(weight / total[:, None], 0.7)
    left = np.where(known, (y - fitted) / (1 - part), 0.0)
    change = float((weight * (y - x)).sum() / max(weight.sum(), 1e-12))
    return _Way(
        known, weight, middle_from, middle_to, slope, change, fitted, left, known & (y >= 1)
    )


def _any_hour(parks: Sequence[ParkSeries], park: ParkSeries, clock: float) -> Plausible | None:
    """Return the last share with past changes over as long a time, at whatever hour."""
    lead = clock - park.clock[-1]
    changes: list[Floats] = []
    weights: list[Floats] = []
    pairs = 0
    for other in parks:
        starts = other.clock[other.clock + lead <= other.clock[-1]]
        change = other.at(starts + lead) - other.at(starts)
        change = change[~np.isnan(change)]
        if not len(change):
            continue
        pairs = len(change) if other is park else pairs
        changes.append(change)
        weights.append(np.full(len(change), 1.0 if other is park else OTHERS_DAYS / len(change)))
    if not changes or sum(len(c) for c in changes) < FEWEST_PAIRS:
        return None
    share = np.clip(park.share[-1] + np.concatenate(changes), 0.0, 1.0)
    return _plausible(share, np.concatenate(weights), pairs)
