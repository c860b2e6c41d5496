"""Rank car parks for a gate by the minutes they are expected to cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

from wetland.base.texts import Text
from wetland.visitors.pack import CarPark
from wetland.visitors.parkingpast import Plausible
from wetland.visitors.parkingsearch import (
    SearchChoices,
    Stop,
    costs,
    round_minutes,
    search_minutes,
)
from wetland.visitors.parkingseries import ParkSeries
from wetland.visitors.parkingwalk import WalkTime, straight_m


@dataclass(frozen=True, eq=False)
class Seen:
    """A car park before it is ranked."""

    id: str
    name: Text
    told: CarPark | None
    series: ParkSeries | None
    stale: bool
    closed: bool
    bays: float | None
    walk: WalkTime
    may_be: Plausible | None
    minutes: list[float] = field(default_factory=list)  # searching, all

    @property
    def free(self) -> float | None:
        """Return the free bays of the last reading."""
        occupied = self.series.occupied if self.series else None
        if occupied is None or self.bays is None:
            return None
        return max(self.bays - occupied, 0.0)

    @property
    def limit(self) -> float:
        """Return below what share at least one bay is free."""
        return 1.0 if self.bays is None else 1 - 0.5 / self.bays

    @property
    def chance(self) -> float | None:
        """Return the chance of a free bay; None where it cannot be told."""
        return None if self.may_be is None else self.may_be.below(self.limit)


def reckon(seen: list[Seen], choices: SearchChoices) -> None:
    """Reckon the minutes of car parks; those whose walk nobody knows by themselves."""
    for has_walk in (True, False):
        group = [one for one in seen if (one.walk.minutes is not None) is has_walk]
        usable = [one for one in group if not one.closed and not one.stale]
        for members in (usable, *([one] for one in group if one not in usable)):
            _reckon_group(members, choices)


def _reckon_group(members: list[Seen], choices: SearchChoices) -> None:
    known = [one for one in members if believed(one) is not None]
    stops = [
        Stop(
            believed(one) or 0.0,
            _sure_minutes(one, choices),
            round_minutes(one.bays, choices),
            one.walk.minutes or 0.0,
        )
        for one in known
    ]
    metres = [[straight_m(one.told, other.told) for other in known] for one in known]
    for one, cost in zip(known, costs(stops, metres, choices), strict=True):
        one.minutes.extend((cost.search_min, cost.total_min))


def believed(one: Seen) -> float | None:
    """Return the chance of a free bay, else whether one was free at the last reading."""
    if one.chance is not None:
        return one.chance
    return None if one.free is None else float(one.free > 0)


def _sure_minutes(one: Seen, choices: SearchChoices) -> float:
    """Return the expected minutes of searching where there is a free bay."""
    import numpy as np  # noqa: PLC0415 - starts fast

    may_be = one.may_be
    if may_be is None:
        share = np.array([1 - (one.free or 0.0) / one.bays]) if one.bays else np.ones(1)
        return float(search_minutes(np.minimum(share, one.limit), one.bays, choices)[0])
    free = may_be.share < one.limit
    if not free.any():
        return float(search_minutes(np.array([one.limit]), one.bays, choices)[0])
    weight = may_be.weight[free] / may_be.weight[free].sum()
    return float(search_minutes(may_be.share[free], one.bays, choices) @ weight)


def order_key(one: Seen) -> tuple[object, ...]:
    """Return what car parks are ordered by: `ParkRow.rank`."""
    searching, total = one.minutes or (float("inf"), float("inf"))
    by = searching if one.walk.minutes is None else total
    return (
        one.closed,
        one.stale,
        not isfinite(total),
        one.walk.minutes is None,
        round(by, 6),
        -(one.free or 0.0),
        one.id,
    )


def onward_of(ranked: list[Seen], one: Seen) -> Seen | None:
    """Return the best other car park that is open, read lately and likelier free than not."""
    for other in ranked:
        likely = believed(other)
        usable = not other.closed and not other.stale and other is not one
        if usable and likely is not None and likely >= 0.5:
            return other
    return None
