"""How many people an area has against what it may hold (承载): of a day, and at one time.

The two limits are judged apart. What was not wholly counted is a lower bound: it may exceed a
capacity and is never said to keep it. A total of several days is never compared with a capacity.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.visitors.capacity import CapacityOn, capacity_on
from wetland.visitors.entered import Entered, entries_of
from wetland.visitors.instants import Present, latest_present
from wetland.visitors.loadcounts import DayTotal, day_totals, with_places
from wetland.visitors.pack import VisitorPack
from wetland.visitors.tiers import Judged, judge

if TYPE_CHECKING:
    import pandas as pd

MOST_DAYS = 36_600

BASES: dict[str, Text] = {
    "area": text("区域计数", "counts of the area"),
    "gates": text("各出入口之和", "sum of its gates"),
    "areas": text("各下级区域之和", "sum of its parts"),
    "present": text("在园人数读数", "people present, as measured"),
    "balance": text("当日入园减出园", "entries less exits since the start of the day"),
}
DAILY = (
    "area", "limit", "day", "people", "reports", "gates_missing", "capacity", "share", "colour",
    "outcome", "reason_zh", "reason_en", "basis", "synthetic", "at_least",
)  # fmt: skip
INSTANT = (
    "area", "limit", "day", "at", "as_of", "stale", "people", "reports", "gates_missing",
    "capacity", "share", "colour", "outcome", "reason_zh", "reason_en", "basis", "synthetic",
    "at_least",
)  # fmt: skip

_BACKWARDS = text("{a} 晚于 {b}", "{a} is after {b}")
_MANY = text("{n} 天过多（最多 {m}）", "{n} days are too many ({m} at most)")
_NO_ZONE = text("时刻 {t} 没有时区", "the moment {t} has no time zone")
_MISSING = text("缺：{g}", "missing: {g}")
_STALE = text(
    "最近读数为 {m} 分钟前（超过 {s} 分钟），不能据以判定",
    "the latest reading is {m} minutes old (more than {s}): nothing is decided by it",
)
_NEGATIVE = text(
    "入园减出园为负（{n}），计数有误", "entries less exits are negative ({n}): a counter is wrong"
)
_SUSPECT = text("其中 {n} 条计数存疑", "{n} of the counts are to be looked at")


def daily_load(
    counts: pd.DataFrame,
    pack: VisitorPack,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    now: dt.datetime | None = None,
    timezone: str | None = None,
) -> pd.DataFrame:
    """Return how many people entered each area on each day, against its capacity of a day.

    Rule of decision: counts of the area itself go first, then the sum of its own gates, then the
    sum of its parts (all of them; a closed one without counts is 0); the first of these that is
    whole is used. Where none is, the largest of them is a lower bound (``at_least``), and
    ``gates_missing`` names what was not wholly counted. A day is not whole before it is over.

    Parameters
    ----------
    counts
        Table `VISITOR_COUNTS`. Counts with the flag ``fail``, without a value, and totals of
        several days or months are not used.
    pack
        What the pack says of areas, gates, capacities, closures and tiers.
    since, until
        First and last local day; None are those of the counts. Days outside the counts are left
        out, but a single day that is asked for is told whatever there is.
    now
        The present moment: a local day that is not over is not whole. None: every day of the counts
        is over.
    timezone
        Whose local day it is at ``now``; None is that of ``now`` itself.

    Returns
    -------
    DataFrame
        One row per area and day, by day and in the order of the pack: ``area``, ``limit``
        (``daily``), ``day``, ``people`` (NaN: not known), ``reports`` (counts used),
        ``gates_missing`` (ids joined by ", ", empty where nothing is missing), ``capacity`` (NaN:
        none), ``share``, ``colour``, ``outcome`` (`wetland.visitors.tiers.OUTCOMES`),
        ``reason_zh``, ``reason_en``, ``basis`` (of `BASES`), ``synthetic``, ``at_least``. Areas
        that have neither a capacity nor counts are left out.

    Raises
    ------
    InputError
        ``since`` is after ``until``, the days are too many, or ``now`` has no time zone.
    """
    totals = day_totals(with_places(counts, pack))
    days = _days(totals, since, until)
    today = None if now is None else _local(now, timezone).date()
    counted = {place for place, _ in totals}
    shown = [a.id for a in pack.areas if _is_told(pack, a.id, "daily", counted)]
    rows = []
    for day in days:
        over = today is None or day < today
        for area in shown:
            capacity = capacity_on(pack, area, "daily", day)
            found = entries_of(pack, totals, area, day)
            whole = found.whole and over
            rows.append(
                {"area": area, "limit": "daily", "day": day}
                | _row(found, capacity, pack, whole=whole)
            )
    return _frame(rows, DAILY)


def instant_load(
    counts: pd.DataFrame,
    pack: VisitorPack,
    *,
    at: dt.datetime,
    stale_after_min: float = 60,
    timezone: str | None = None,
) -> pd.DataFrame:
    """Return how many people are in each area at a moment, against its capacity at one time.

    Rule of decision: people present as measured, the latest reading at or before ``at`` that is not
    out of date; else entries less exits since the start of the day, where every gate of the area
    (or the area itself) tells both without a gap; else the sum of its parts, where all are known; a
    balance below 0 is not a number of people. Later counts are not looked at.

    Parameters
    ----------
    at
        The moment, with a time zone.
    stale_after_min
        Readings older than so many minutes decide nothing.
    timezone
        In which moments are told, and whose local day decides which capacity holds; None is that of
        ``at`` itself.

    Returns
    -------
    DataFrame
        As `daily_load`, one row per area, with ``at``, ``as_of`` (of the counts, of sums the oldest
        one) and ``stale``. Areas that have neither a capacity nor counts are left out.

    Raises
    ------
    InputError
        ``at`` has no time zone.
    """
    at = _local(at, timezone)
    counts = with_places(counts, pack)
    counted = {str(place) for place in counts["place"].dropna().unique()}
    latest = latest_present(counts, pack, at=at, stale_after_min=stale_after_min)
    rows = []
    for area in pack.areas:
        if not _is_told(pack, area.id, "instantaneous", counted):
            continue
        capacity = capacity_on(pack, area.id, "instantaneous", at.date())
        rows.append(
            {"area": area.id, "limit": "instantaneous", "day": at.date(), "at": at}
            | instant_row(latest[area.id], capacity, pack, stale_after_min=stale_after_min)
        )
    return _frame(rows, INSTANT)


def _local(moment: dt.datetime, timezone: str | None) -> dt.datetime:
    if moment.tzinfo is None:
        raise InputError(_NO_ZONE.fill(t=moment.isoformat(timespec="minutes")))
    return moment if timezone is None else moment.astimezone(ZoneInfo(timezone))


def _is_told(pack: VisitorPack, area: str, limit: str, counted: set[str]) -> bool:
    """Tell whether an area has a capacity, a closure's figure, or counts."""
    if any(c.area == area and c.limit == limit for c in pack.capacities):
        return True
    if any(limit in closure.rest.get(area, {}) for closure in pack.closures):
        return True
    places = {area, *(g.id for g in pack.gates if g.area == area)}
    return bool(places & counted)


def _days(
    totals: Mapping[tuple[str, dt.date], DayTotal], since: dt.date | None, until: dt.date | None
) -> list[dt.date]:
    if since is not None and until is not None and since > until:
        raise InputError(_BACKWARDS.fill(a=since.isoformat(), b=until.isoformat()))
    if since is not None and since == until:
        return [since]
    told = {day for _, day in totals}
    if not told:
        return []
    first = min(told) if since is None else max(since, min(told))
    last = max(told) if until is None else min(until, max(told))
    number = (last - first).days + 1
    if number > MOST_DAYS:
        raise InputError(_MANY.fill(n=number, m=MOST_DAYS))
    return [first + dt.timedelta(days=n) for n in range(number)]


def _row(found: Entered, capacity: CapacityOn, pack: VisitorPack, *, whole: bool) -> dict[str, Any]:
    told = judge(found.people, capacity, pack.tiers, whole=whole)
    notes = [told.reason]
    if found.missing:
        notes.append(_MISSING.fill(g=named(pack, found.missing)))
    if found.suspect:
        notes.append(_SUSPECT.fill(n=found.suspect))
    return _cells(told, capacity, notes) | {
        "people": found.people,
        "reports": found.reports,
        "gates_missing": ", ".join(found.missing),
        "basis": found.basis,
        "synthetic": found.synthetic or capacity.synthetic,
        "at_least": found.people is not None and not whole,
    }


def instant_row(
    found: Present, capacity: CapacityOn, pack: VisitorPack, *, stale_after_min: float
) -> dict[str, Any]:
    """Return what people present are against a capacity, as a row without its area and moment."""
    usable = found.people is not None and found.people >= 0 and not found.stale
    told = judge(found.people if usable else None, capacity, pack.tiers)
    notes = [told.reason]
    if found.people is not None and found.people < 0:
        notes = [_NEGATIVE.fill(n=f"{found.people:,.0f}")]
    elif found.stale:
        notes = [_STALE.fill(m=f"{found.age_min:.0f}", s=f"{stale_after_min:g}")]
    if found.missing and not usable:
        notes.append(_MISSING.fill(g=named(pack, found.missing)))
    if found.suspect:
        notes.append(_SUSPECT.fill(n=found.suspect))
    return _cells(told, capacity, notes) | {
        "as_of": found.as_of,
        "stale": found.stale,
        "people": found.people if found.people is None or found.people >= 0 else None,
        "reports": found.reports,
        "gates_missing": ", ".join(found.missing),
        "basis": found.basis,
        "synthetic": found.synthetic or capacity.synthetic,
        "at_least": False,
    }


def _cells(told: Judged, capacity: CapacityOn, notes: Sequence[Text]) -> dict[str, Any]:
    return {
        "capacity": capacity.people,
        "share": told.share,
        "colour": told.colour,
        "outcome": told.outcome,
        "reason_zh": "；".join(n.zh for n in notes),
        "reason_en": "; ".join(n.en for n in notes),
    }


def named(pack: VisitorPack, ids: Sequence[str]) -> Text:
    """Return the names of places, as far as the pack knows them."""
    names = {p.id: p.name for p in (*pack.areas, *pack.gates, *pack.piers, *pack.car_parks)}
    found = [names.get(i, text(i, i)) for i in ids]
    return Text(zh="、".join(n.zh for n in found), en=", ".join(n.en for n in found))


def _frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(list(rows), columns=list(columns))
    for name in ("people", "capacity", "share"):
        frame[name] = frame[name].astype(float)
    for name in ("synthetic", "at_least", *(["stale"] if "stale" in columns else [])):
        frame[name] = frame[name].astype(bool)
    frame["reports"] = frame["reports"].astype("int64")
    for name in ("colour", "basis"):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame
