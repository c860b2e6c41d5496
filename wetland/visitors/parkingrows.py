"""What drivers to a gate are told: a row for each car park, lines for signs, notes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from wetland.base.texts import Lang, Text
from wetland.visitors.pack import Gate
from wetland.visitors.parkingsearch import CHOICES, SearchChoices
from wetland.visitors.parkingsign import LINE_COLUMNS, SignLine


@dataclass(frozen=True, slots=True)
class ParkingOptions:
    """What may be said beside readings, pack, gate and time.

    Parameters
    ----------
    tz
        Zone of the local clock; None: the zone of the arrival's own time.
    closed
        Areas or car parks closed beside those the pack tells (weather, an event).
    sign_columns
        Longest line of a sign; a Chinese character takes two.
    choices
        What searching is reckoned at.
    """

    tz: dt.tzinfo | None = None
    closed: frozenset[str] = frozenset()
    sign_columns: int = LINE_COLUMNS
    choices: SearchChoices = CHOICES


@dataclass(frozen=True, eq=False)
class ParkRow:
    """A car park, for one arrival.

    Attributes
    ----------
    free, occupied, bays : int or None
        At the last reading that may be used; ``free`` is None where that is out of date.
    read_at : datetime or None
        When that was.
    stale, closed, diverted : bool
        Out of date; closed at the time of arrival; either of them.
    probability_free : float or None
        Chance of at least one free bay at arrival; ``probability_range`` is between what it lies
        for the number of past days it is known from. None: it cannot be told, ``advice`` why.
    probability_uncrowded : float or None
        Chance that less than 95 % of the bays are taken.
    free_expected : int or None
        Mean number of free bays at arrival.
    walk_min, search_min, total_min : float or None
        ``search_min`` is expected, with driving on to another one where this one is full;
        ``total_min`` holds the walk from there too, so it is not the sum of the others.
    rank : int
        From 1; open ones by ``total_min``, then those whose walk nobody knows, then out of date,
        then closed. Ties go to the more free bays, then by identifier.
    """

    car_park: str
    name: Text
    free: int | None
    bays: int | None
    occupied: int | None
    read_at: dt.datetime | None
    stale: bool
    closed: bool
    diverted: bool
    probability_free: float | None
    probability_range: tuple[float, float] | None
    probability_uncrowded: float | None
    free_expected: int | None
    walk_min: float | None
    walk_basis: Text
    search_min: float | None
    total_min: float | None
    rank: int
    advice: Text
    past_days: int
    synthetic: bool

    def to_json(self, lang: Lang) -> dict[str, Any]:
        """Return the row as JSON, words in one language."""
        between = self.probability_range
        return {
            "car_park": self.car_park,
            "free": self.free,
            "probability_free": _rounded(self.probability_free, 4),
            "walk_min": _rounded(self.walk_min, 1),
            "rank": self.rank,
            "name": self.name.get(lang),
            "bays": self.bays,
            "occupied": self.occupied,
            "read_at": None if self.read_at is None else self.read_at.isoformat(),
            "stale": self.stale,
            "closed": self.closed,
            "diverted": self.diverted,
            "probability_range": None if between is None else [round(p, 4) for p in between],
            "probability_uncrowded": _rounded(self.probability_uncrowded, 4),
            "free_expected": self.free_expected,
            "walk_basis": self.walk_basis.get(lang),
            "search_min": _rounded(self.search_min, 1),
            "total_min": _rounded(self.total_min, 1),
            "advice": self.advice.get(lang),
            "past_days": self.past_days,
            "synthetic": self.synthetic,
        }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


@dataclass(frozen=True, eq=False)
class ParkingAdvice:
    """What to tell drivers to a gate: rows by rank, lines for signs, what a reader has to know."""

    gate: Gate
    at: dt.datetime
    now: dt.datetime
    rows: tuple[ParkRow, ...]
    sign: tuple[SignLine, ...]
    notes: tuple[Text, ...] = ()

    def to_json(self, lang: Lang = "zh") -> list[dict[str, Any]]:
        """Return the rows as JSON, by rank."""
        return [row.to_json(lang) for row in self.rows]
