"""What a pack says of visitors (``visitors.yaml``, ``holidays.csv``): places, limits, calendar.

Capacities are dated and carry their source, because published figures conflict: all of them are
listed, and the pack says which one the load is judged by.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from wetland.base.strict import Strict
from wetland.base.texts import Text

Confidence = Literal["high", "medium", "low"]
Limit = Literal["daily", "instantaneous"]
Id = Annotated[str, Field(min_length=1, max_length=120)]
Colour = Literal["yellow", "orange", "red"]


class _Dated(Strict):
    """Something that holds from a day on, until before another (half-open)."""

    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> _Dated:
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("valid_to must be later than valid_from")
        return self

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether it holds on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


class Place(Strict):
    """A place that is on a map; both coordinates or none."""

    id: Id
    name: Text
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)
    synthetic: bool = False
    source: str | None = None

    @model_validator(mode="after")
    def _both(self) -> Place:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat are given together or not at all")
        return self


class Area(Place):
    """A part of the site that has a capacity of its own.

    ``parent`` is the area it is a part of; ``paid`` whether a ticket is needed (None: not told);
    ``bird_plots``, ``stations`` and ``zones`` are what the balance of use compares it with.
    """

    parent: Id | None = None
    paid: bool | None = None
    bird_plots: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


class Gate(Place):
    """An entrance; ``area`` is the area it leads to."""

    area: Id


class Pier(Place):
    """A pier or fleet of boats within an area."""

    area: Id
    boats: int | None = Field(default=None, ge=0)


class Bays(_Dated):
    """How many bays a car park has, from a day on."""

    bays: int = Field(gt=0)
    source: str = Field(min_length=1)


class CarPark(Place):
    """A car park; readings older than ``stale_after_min`` minutes are out of date.

    ``area`` is the area whose closing turns its drivers elsewhere; none: it stays open always.
    """

    area: Id | None = None
    bays: tuple[Bays, ...] = ()
    stale_after_min: float = Field(default=30, gt=0)


class Walk(Strict):
    """Minutes on foot from a car park to a gate."""

    car_park: Id
    gate: Id
    minutes: float = Field(ge=0, allow_inf_nan=False)
    source: str = Field(min_length=1)
    synthetic: bool = False


class Capacity(_Dated):
    """A published or decided capacity of an area.

    ``judged`` says that the load is judged by it while it holds; at most one of an area and a limit
    holds so on any day. The others are shown beside it.
    """

    area: Id
    limit: Limit
    people: int = Field(gt=0)
    judged: bool = False
    wording: Text
    source: str = Field(min_length=1)
    confidence: Confidence


class Closure(_Dated):
    """An area closed for some days: rotation (轮休), works, weather.

    ``rest`` tells the capacity of what stays open, by area and limit, where it was decided; where
    it was not, the closed area's own capacity is taken off those of the areas it is a part of.
    """

    area: Id
    kind: Literal["rotation", "works", "weather", "event"] = "rotation"
    reason: Text | None = None
    source: str = Field(min_length=1)
    rest: dict[Id, dict[Limit, Annotated[int, Field(ge=0)]]] = Field(default_factory=dict)
    synthetic: bool = False


class Tier(Strict):
    """From which share of a capacity on what is to be done."""

    colour: Colour
    share: float = Field(gt=0, le=10)
    name: Text
    paid: tuple[Text, ...]
    free: tuple[Text, ...]
    source: str = Field(min_length=1)


class VisitStatement(Strict):
    """A number of visits that somebody published: shown with its source, joined by no line.

    ``kind``: visits since the opening, of a year, of a day, or of several days.
    """

    kind: Literal["cumulative", "year", "day", "span"]
    first_on: dt.date | None = None
    last_on: dt.date
    visits: int = Field(ge=0)
    area: Id | None = None
    at_least: bool = False
    about: bool = False
    wording: Text
    source: str = Field(min_length=1)
    confidence: Confidence


class Event(_Dated):
    """Something that moves visitors: a festival of the park, a fair, a race.

    ``kind`` names what repeats: events of one kind share what was learnt of them.
    """

    id: Id
    kind: Id
    name: Text
    source: str = Field(min_length=1)
    synthetic: bool = False


class Holiday(Strict):
    """A day that differs from its weekday: a row of ``holidays.csv``.

    ``off`` is True on a public holiday with its moved rest days (放假), False on a make-up working
    day (调休上班). ``name`` is the holiday it belongs to.
    """

    day: dt.date
    off: bool
    name: Text
    source: str | None = None


class VisitorPack(Strict):
    """A whole ``visitors.yaml`` with ``holidays.csv`` beside it.

    ``holiday_years`` are the years whose holidays are known: in others the days are judged by their
    weekday only, and whoever uses them says so. ``counting_error`` is the relative standard error
    of counts, None where nobody told one.
    """

    areas: tuple[Area, ...] = ()
    gates: tuple[Gate, ...] = ()
    piers: tuple[Pier, ...] = ()
    car_parks: tuple[CarPark, ...] = ()
    walks: tuple[Walk, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    closures: tuple[Closure, ...] = ()
    tiers: tuple[Tier, ...] = ()
    statements: tuple[VisitStatement, ...] = ()
    events: tuple[Event, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    holiday_years: tuple[int, ...] = ()
    counting_error: float | None = Field(default=None, ge=0, le=1)
