"""The calendar of visitors: weekends, holidays with make-up working days, events, closures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from wetland.base.texts import Text, text
from wetland.visitors.pack import Closure, Event, Holiday, VisitorPack

Kind = Literal["workday", "weekend", "holiday", "makeup"]

KINDS: dict[Kind, Text] = {
    "workday": text("工作日", "working day"),
    "weekend": text("周末", "weekend"),
    "holiday": text("法定节假日（含调休放假）", "public holiday, moved rest days included"),
    "makeup": text("调休上班日", "make-up working day"),
}
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DayKind:
    """What a day is to visitors.

    Attributes
    ----------
    kind
        Working day, weekend, holiday or make-up working day.
    known
        Whether the holidays of its year are known; where not, the kind rests on the weekday.
    holiday
        The holiday it belongs to, in Chinese (that names it in every year); None else.
    position, length
        Which day of its run of days off it is, from 1, and how long that run is; 0 on working days.
    events
        Kinds of events on that day, in order of the pack.
    closed
        Areas closed on that day.
    """

    kind: Kind
    known: bool
    holiday: str | None = None
    position: int = 0
    length: int = 0
    events: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()

    @property
    def off(self) -> bool:
        """Tell whether most people do not work."""
        return self.kind in ("weekend", "holiday")


@dataclass(frozen=True)
class Calendar:
    """What is known of days.

    Examples
    --------
    >>> new_year = Holiday(day=dt.date(2026, 1, 1), off=True, name=text("元旦", "New Year"))
    >>> known = Calendar({new_year.day: new_year}, frozenset({2026}))
    >>> known.day(dt.date(2026, 1, 1)).kind, known.day(dt.date(2027, 1, 1)).known
    ('holiday', False)
    """

    holidays: Mapping[dt.date, Holiday] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    events: Sequence[Event] = ()
    closures: Sequence[Closure] = ()

    @classmethod
    def of(cls, pack: VisitorPack) -> Calendar:
        """Return the calendar of a pack."""
        return cls(
            {h.day: h for h in pack.holidays},
            frozenset(pack.holiday_years),
            pack.events,
            pack.closures,
        )

    def _kind(self, day: dt.date) -> Kind:
        told = self.holidays.get(day)
        if told is not None:
            return "holiday" if told.off else "makeup"
        return "weekend" if day.weekday() >= _SATURDAY else "workday"

    def _off(self, day: dt.date) -> bool:
        return self._kind(day) in ("weekend", "holiday")

    def _run(self, day: dt.date) -> tuple[int, int]:
        """Return which day of its run of days off a day is, and how long the run is."""
        if not self._off(day):
            return 0, 0
        one = dt.timedelta(days=1)
        before = after = 0
        while self._off(day - one * (before + 1)):
            before += 1
        while self._off(day + one * (after + 1)):
            after += 1
        return before + 1, before + 1 + after

    def day(self, day: dt.date) -> DayKind:
        """Return what a day is."""
        told = self.holidays.get(day)
        position, length = self._run(day)
        return DayKind(
            self._kind(day),
            day.year in self.years,
            None if told is None or not told.off else told.name.zh,
            position,
            length,
            tuple(dict.fromkeys(e.kind for e in self.events if e.holds_on(day))),
            tuple(dict.fromkeys(c.area for c in self.closures if c.holds_on(day))),
        )

    def unknown_years(self, first: dt.date, last: dt.date) -> list[int]:
        """Return the years of a span whose holidays are not known."""
        return [y for y in range(first.year, last.year + 1) if y not in self.years]
