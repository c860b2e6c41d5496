"""Where to park for a gate (停车诱导): chances of a free bay at arrival, ranked, with sign text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from math import ceil, floor
from typing import TYPE_CHECKING

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.visitors.calendar import Calendar
from wetland.visitors.pack import Area, Gate, VisitorPack
from wetland.visitors.parkingoutlook import chances
from wetland.visitors.parkingpast import LONGEST_LEAD_DAYS, Plausible
from wetland.visitors.parkingrank import Seen, onward_of, order_key, reckon
from wetland.visitors.parkingrows import ParkingAdvice, ParkingOptions, ParkRow
from wetland.visitors.parkingseries import (
    ParkSeries,
    bays_on,
    local_clock,
    park_series,
    stale_after_min,
)
from wetland.visitors.parkingsign import Signed, sign_line
from wetland.visitors.parkingwalk import walk_time
from wetland.visitors.parkingwords import GATE_CLOSED, WORDS, advice_of, notes_of

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = ParkingOptions()


def find_gate(pack: VisitorPack, gate: str) -> Gate:
    """Return the gate of an identifier or name.

    Raises
    ------
    InputError
        Where there is none: names the gates there are, and the one most like it.
    """
    wanted = gate.strip()
    for one in pack.gates:
        if wanted in (one.id, one.name.zh, one.name.en):
            return one
    if not pack.gates:
        raise InputError(WORDS["no_gates"])
    names = {word: g for g in pack.gates for word in (g.id, g.name.zh, g.name.en)}
    near = get_close_matches(wanted, list(names), 1)
    listed = "; ".join(f"{g.id} ({g.name.zh} / {g.name.en})" for g in pack.gates)
    raise InputError(
        WORDS["unknown_gate"].fill(gate=repr(gate), gates=listed),
        hint=WORDS["near_gate"].fill(gate=names[near[0]].id) if near else None,
    )


def parking_advice(
    readings: pd.DataFrame,
    pack: VisitorPack,
    *,
    gate: str,
    at: dt.datetime,
    now: dt.datetime | None = None,
    options: ParkingOptions = DEFAULT,
) -> ParkingAdvice:
    """Return where to park for a gate at a time of arrival.

    Chances come from what happened before at these times of day (`wetland.visitors.parkingpast`);
    nothing read after ``now`` is used. Car parks are those of the pack and of the readings; where
    no reading is of a car park of the pack, those of the readings only. A car park of an area that
    is closed on the day of arrival, or whose last reading is out of date at ``now``, is diverted:
    ranked after the others, with the next best in its advice.

    Parameters
    ----------
    readings
        Table `PARKING_READINGS`; only ``car_park``, ``read_at`` and ``occupied`` must be there.
    gate
        Identifier or name of a gate of the pack.
    at, now
        Arrival and moment of asking, both with a zone; ``now`` is else the newest reading at or
        before the arrival, or the arrival where that is more than `LONGEST_LEAD_DAYS` before it.

    Raises
    ------
    InputError
        For a gate that is not there, times without a zone, an arrival before the moment of asking.
    """
    entrance = find_gate(pack, gate)
    asked = _moment(readings, at, now)
    tz = options.tz or at.tzinfo or dt.UTC
    seen = _seen(readings, pack, entrance, (at, asked), (tz, options))
    reckon(seen, options.choices)
    order = sorted(range(len(seen)), key=lambda i: order_key(seen[i]))
    ranked = [seen[i] for i in order]
    rows = tuple(
        _row(one, rank, onward_of(ranked, one), options, tz) for rank, one in enumerate(ranked, 1)
    )
    sign = tuple(
        sign_line(_signed(one, onward_of(ranked, one)), most=options.sign_columns) for one in ranked
    )
    day = at.astimezone(tz).date()
    lead_min = (at - asked) / dt.timedelta(minutes=1)
    notes = notes_of(rows, lead_min=lead_min, calendar=Calendar.of(pack), day=day)
    if _is_closed(entrance.area, _closed(pack, day, options), pack):
        notes = (GATE_CLOSED, *notes)
    return ParkingAdvice(entrance, at, asked, rows, sign, notes)


def _moment(readings: pd.DataFrame, at: dt.datetime, now: dt.datetime | None) -> dt.datetime:
    if at.tzinfo is None or (now is not None and now.tzinfo is None):
        raise InputError(WORDS["no_zone"])
    if now is not None:
        if now > at:
            raise InputError(WORDS["before_now"].fill(at=at.isoformat(), now=now.isoformat()))
        return now
    before = readings["read_at"][readings["read_at"] <= at]
    if before.empty:
        return at
    newest: dt.datetime = before.max().to_pydatetime().astimezone(at.tzinfo)
    if at - newest > dt.timedelta(days=LONGEST_LEAD_DAYS):
        return at
    return newest


def _closed(pack: VisitorPack, day: dt.date, options: ParkingOptions) -> frozenset[str]:
    told = {closure.area for closure in pack.closures if closure.holds_on(day)}
    return options.closed | told


def _is_closed(area: str | None, closed: frozenset[str], pack: VisitorPack) -> bool:
    """Tell whether an area or one that it is a part of is closed."""
    areas: Mapping[str, Area] = {a.id: a for a in pack.areas}
    passed: set[str] = set()
    while area is not None and area not in passed:
        if area in closed:
            return True
        passed.add(area)
        area = areas[area].parent if area in areas else None
    return False


def _seen(
    readings: pd.DataFrame,
    pack: VisitorPack,
    gate: Gate,
    times: tuple[dt.datetime, dt.datetime],
    how: tuple[dt.tzinfo, ParkingOptions],
) -> list[Seen]:
    (at, now), (tz, options) = times, how
    series = park_series(readings, pack, now=now, tz=tz)
    told = {park.id: park for park in pack.car_parks}
    ours = not series or any(name in told for name in series)
    names = sorted({*series, *told} if ours else series)
    may_be = _chances(series, at, now, (tz, pack))
    day = at.astimezone(tz).date()
    closed = _closed(pack, day, options)
    found: list[Seen] = []
    for name in names:
        known, park = series.get(name), told.get(name)
        read_at = known.read_at if known else None
        age = None if read_at is None else (now - read_at) / dt.timedelta(minutes=1)
        bays = (known.bays if known else None) or bays_on(park, day)
        walk = walk_time(pack, car_park=name, gate=gate, told_min=known.walk_min if known else None)
        found.append(
            Seen(
                name,
                park.name if park else text(name, name),
                park,
                known,
                age is None or age > stale_after_min(known, park),
                name in closed or _is_closed(park.area if park else None, closed, pack),
                bays,
                walk,
                may_be.get(name),
            )
        )
    return found


def _chances(
    series: Mapping[str, ParkSeries],
    at: dt.datetime,
    now: dt.datetime,
    how: tuple[dt.tzinfo, VisitorPack],
) -> dict[str, Plausible | None]:
    """Return how full each car park may be at arrival."""
    tz, pack = how
    told = chances(
        list(series.values()),
        clock=local_clock(at, tz),
        now_clock=local_clock(now, tz),
        calendar=Calendar.of(pack),
    )
    return dict(zip(series, told, strict=True))


def _signed(one: Seen, onward: Seen | None) -> Signed:
    name, code = (onward.name, onward.id) if onward else (None, None)
    if one.closed:
        return Signed(one.id, one.name, "closed", onward=name, onward_id=code)
    if one.stale or one.free is None:
        return Signed(one.id, one.name, "no_data", onward=name, onward_id=code)
    if one.free < 1:
        return Signed(one.id, one.name, "full", onward=name, onward_id=code)
    return Signed(one.id, one.name, "free", floor(one.free), one.walk.minutes)


def _row(
    one: Seen, rank: int, onward: Seen | None, options: ParkingOptions, tz: dt.tzinfo
) -> ParkRow:
    may_be, series = one.may_be, one.series
    searching, total = one.minutes or (None, None)
    occupied = series.occupied if series else None
    expected = None
    if may_be is not None and one.bays is not None:
        expected = max(0, round(one.bays * (1 - may_be.mean)))
    walk = one.walk.minutes
    row = ParkRow(
        car_park=one.id,
        name=one.name,
        free=None if one.stale or one.free is None else floor(one.free),
        bays=None if one.bays is None else round(one.bays),
        occupied=None if occupied is None else ceil(occupied),
        read_at=None if series is None or series.read_at is None else series.read_at.astimezone(tz),
        stale=one.stale,
        closed=one.closed,
        diverted=one.closed or one.stale,
        probability_free=one.chance,
        probability_range=may_be.range_below(one.limit) if may_be else None,
        probability_uncrowded=may_be.below(options.choices.crowded) if may_be else None,
        free_expected=expected,
        walk_min=walk,
        walk_basis=one.walk.basis,
        search_min=searching,
        total_min=total if walk is not None else None,
        rank=rank,
        advice=one.name,
        past_days=may_be.pairs if may_be else 0,
        synthetic=one.walk.synthetic
        or bool(series and series.synthetic)
        or bool(one.told and one.told.synthetic),
    )
    aside = series.set_aside_at if series else None
    advice = advice_of(row, onward.name if onward else None, set_aside=aside is not None)
    return replace(row, advice=advice)
