"""One number of a file of visitors (`Seen`): where it stands, what it counts, when, how many."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from wetland.base.texts import Text
from wetland.visitors.readwhen import Stamp

OCCUPIED = "occupied"  # the measure of car parks
LEVELS = frozenset({"present", OCCUPIED})  # of a moment; others add up over time
SEVERITY = ("good", "unknown", "suspect", "fail")


@dataclass(frozen=True, slots=True)
class Said:
    """What a test said of a number: its name, the flag it gives, and a sentence."""

    name: str
    level: str
    message: Text


@dataclass(slots=True)
class Seen:
    """A number of a file.

    Attributes
    ----------
    row, column, raw
        Where it stands, and what the cell holds.
    place, kind, measure, counter
        What it counts; ``kind`` is that of the place, ``car_park`` for car parks.
    stamp
        When, as written.
    received, value
        The number as written, and as it counts: a step of a counter; None where it is not known.
    cumulative
        ``ever`` or ``day`` for readings of counters that add up.
    capacity
        Bays, of car parks.
    period
        As in `PERIODS`; empty until the times of the file are settled.
    first, last, start, end
        Days, and instants (UTC) it began and ended.
    tests
        What the tests said against it.
    """

    row: int
    column: str
    raw: str
    place: str
    kind: str
    measure: str
    stamp: Stamp
    received: float
    value: float | None
    counter: str | None = None
    cumulative: str | None = None
    capacity: float | None = None
    period: str = ""
    first: dt.date = dt.date.min
    last: dt.date = dt.date.min
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    remarks: str | None = None
    extra: str | None = None
    synthetic: bool | None = None
    tests: list[Said] = field(default_factory=list)

    @property
    def flag(self) -> str:
        """Return the worst of what the tests said."""
        worst = max((SEVERITY.index(t.level) for t in self.tests), default=0)
        return SEVERITY[worst]

    @property
    def series(self) -> tuple[str, str, str, str]:
        """Return what makes it one of a series."""
        return self.kind, self.place, self.measure, self.counter or ""

    @property
    def at(self) -> dt.datetime:
        """Return the instant it began, or the midnight (UTC) of its first day."""
        midnight = dt.datetime.combine(self.first, dt.time(), dt.UTC)
        return midnight if self.start is None else self.start

    def say(self, name: str, level: str, message: Text) -> None:
        """Keep what a test said."""
        self.tests.append(Said(name, level, message))
