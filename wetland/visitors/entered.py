"""How many entered an area on a day: counted itself, at its gates, or in its parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wetland.visitors.capacity import capacity_on, children
from wetland.visitors.loadcounts import DayTotal
from wetland.visitors.pack import VisitorPack


@dataclass(frozen=True, slots=True)
class Entered:
    """How many entered an area on a day, as far as it was counted."""

    people: float | None
    whole: bool
    basis: str | None
    reports: int = 0
    suspect: int = 0
    synthetic: bool = False
    missing: tuple[str, ...] = ()


def entries_of(
    pack: VisitorPack, totals: Mapping[tuple[str, dt.date], DayTotal], area: str, day: dt.date
) -> Entered:
    """Return how many entered an area on a day; `wetland.visitors.load.daily_load` has the rule."""
    ways = list(_ways(pack, totals, area, day))
    known = [way for way in ways if way.people is not None]
    for way in known:
        if way.whole:
            return way
    if known:
        return max(known, key=lambda way: way.people or 0.0)
    missing = next((way.missing for way in ways if way.missing), (area,))
    return Entered(None, False, None, missing=missing)


def _ways(
    pack: VisitorPack, totals: Mapping[tuple[str, dt.date], DayTotal], area: str, day: dt.date
) -> Iterator[Entered]:
    own = totals.get((area, day))
    if own is not None:
        yield _sum(((area, own),), "area")
    gates = [g.id for g in pack.gates if g.area == area]
    if gates:
        yield _sum([(gate, totals.get((gate, day))) for gate in gates], "gates")
    parts = children(pack, area)
    if parts:
        yield _of_parts([(part, _part(pack, totals, part, day)) for part in parts])


def _part(
    pack: VisitorPack, totals: Mapping[tuple[str, dt.date], DayTotal], area: str, day: dt.date
) -> Entered:
    found = entries_of(pack, totals, area, day)
    if found.people is None and capacity_on(pack, area, "daily", day).closed:
        return Entered(0.0, True, "areas")
    return found


def _sum(told: Sequence[tuple[str, DayTotal | None]], basis: str) -> Entered:
    there = [total for _, total in told if total is not None]
    missing = tuple(place for place, total in told if total is None or not total.whole)
    return Entered(
        sum(t.people for t in there) if there else None, not missing, basis,
        sum(t.rows for t in there), sum(t.suspect for t in there),
        any(t.synthetic for t in there), missing,
    )  # fmt: skip


def _of_parts(parts: Sequence[tuple[str, Entered]]) -> Entered:
    there = [part for _, part in parts if part.people is not None]
    missing = tuple(dict.fromkeys(name for _, part in parts for name in part.missing))
    counted = [p for p in there if p.reports]
    return Entered(
        sum(p.people or 0.0 for p in there) if counted else None,
        all(p.whole for _, p in parts), "areas", sum(p.reports for p in there),
        sum(p.suspect for p in there), any(p.synthetic for p in there), missing,
    )  # fmt: skip
