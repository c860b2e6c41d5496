"""Minutes until a car stands: looking for a free bay, and what it costs to find none.

A driver passes bays in a row; where a share s of them is taken at random, the first free one is
the 1 / (1 - s)-th on average (a geometric wait, as in the cruising models of Arnott and Rowse
1999). How long a bay takes to pass, to leave a full car park and to drive on are choices of this
project, not measurements of the site: `SearchChoices`.

References
----------
Arnott and Rowse 1999, Modeling Parking, Journal of Urban Economics 45(1), 97-124.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wetland.visitors.parkingseries import Floats
from wetland.visitors.parkingwalk import DETOUR

UNKNOWN_BAYS = 200.0  # where nobody tells how many


@dataclass(frozen=True, slots=True)
class SearchChoices:
    """Choices of this project for what searching takes.

    Attributes
    ----------
    bay_s
        Seconds to pass a bay: 2.5 m at 10 km/h.
    enter_min
        Minutes to drive in and to park at a free bay.
    most_min
        Longest search in one car park; who has passed all bays has searched it once.
    leave_min
        Minutes to leave a full car park.
    drive_m_min
        Metres a minute on the road to the next one: 20 km/h.
    drive_min
        Minutes to the next one where a position is not known.
    give_up_min
        What finding the next one full as well is reckoned at.
    crowded
        Share of the bays from which a car park counts as nearly full.
    """

    bay_s: float = 0.9
    enter_min: float = 1.0
    most_min: float = 10.0
    leave_min: float = 2.0
    drive_m_min: float = 333.0
    drive_min: float = 5.0
    give_up_min: float = 15.0
    crowded: float = 0.95


CHOICES = SearchChoices()


def search_minutes(share: Floats, bays: float | None, choices: SearchChoices = CHOICES) -> Floats:
    """Return the minutes until a bay is found, by the share that is taken.

    It is ``enter_min`` and 1 / (1 - share) bays passed, at most all of them and at most
    ``most_min`` minutes.

    Examples
    --------
    >>> search_minutes(np.array([0.0, 0.9, 1.0]), 200).round(2).tolist()
    [1.01, 1.15, 4.0]
    """
    count = UNKNOWN_BAYS if bays is None else bays
    passed = np.minimum(1 / np.maximum(1 - share, 1e-9), count)
    minutes: Floats = choices.enter_min + np.minimum(passed * choices.bay_s / 60, choices.most_min)
    return minutes


def round_minutes(bays: float | None, choices: SearchChoices = CHOICES) -> float:
    """Return the minutes lost in a full car park: past all bays and out again."""
    return float(search_minutes(np.ones(1), bays, choices)[0]) + choices.leave_min


@dataclass(frozen=True, slots=True)
class Stop:
    """A car park as one who looks for a bay sees it.

    Attributes
    ----------
    free
        Chance of a free bay at arrival.
    sure_min
        Minutes of searching where there is one.
    round_min
        Minutes lost where there is none.
    walk_min
        Minutes on foot to the gate; 0 where nobody knows (compare such ones among themselves).
    """

    free: float
    sure_min: float
    round_min: float
    walk_min: float


@dataclass(frozen=True, slots=True)
class Cost:
    """Expected minutes of a car park: searching and driving on (``search_min``), and all."""

    search_min: float
    total_min: float


def costs(
    stops: list[Stop], metres: list[list[float | None]], choices: SearchChoices = CHOICES
) -> list[Cost]:
    """Return the expected minutes from each car park's entrance to the gate.

    With the chance of a free bay it is searching and walking. Else it is the round in vain and
    the best of the others from there: the drive, its search and walk, and ``give_up_min`` by its
    chance of being full too. Who found it full is never better off than who found a bay, so that
    the minutes of a car park never rise with its chance.

    Parameters
    ----------
    metres
        Between car parks as the crow flies; None where a position is not known.
    """
    found: list[Cost] = []
    for i, stop in enumerate(stops):
        here = Cost(stop.sure_min, stop.sure_min + stop.walk_min)
        others = [_on(o, metres[i][j], choices) for j, o in enumerate(stops) if j != i]
        nowhere = Cost(here.search_min + choices.give_up_min, here.total_min + choices.give_up_min)
        on = min(others, key=lambda cost: cost.total_min, default=nowhere)
        after = on if on.total_min >= here.total_min else here
        full = 1 - stop.free
        found.append(
            Cost(
                stop.free * here.search_min + full * (stop.round_min + after.search_min),
                stop.free * here.total_min + full * (stop.round_min + after.total_min),
            )
        )
    return found


def _on(other: Stop, metres: float | None, choices: SearchChoices) -> Cost:
    """Return the minutes from a full car park on, by way of another one."""
    search = _drive(metres, choices) + other.sure_min + (1 - other.free) * choices.give_up_min
    return Cost(search, search + other.walk_min)


def _drive(metres: float | None, choices: SearchChoices) -> float:
    return choices.drive_min if metres is None else metres * DETOUR / choices.drive_m_min
