"""Findings of counters and car parks: a car park nearly full, a counter gone silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from wetland.base.texts import Text, text
from wetland.visitors.capacity import capacity_on
from wetland.visitors.detectbase import (
    CAR_PARK,
    CONFIRMATION,
    DIVERTED,
    SILENT,
    Found,
    Look,
    plain_rows,
    sentences,
)
from wetland.visitors.loadcounts import usable
from wetland.visitors.pack import CarPark

if TYPE_CHECKING:
    import pandas as pd

_READING = ("reading_id", "source_id", "source_row", "read_at", "occupied", "bays")
_COUNT = ("count_id", "source_id", "source_row", "place", "counted_on", "value")
_LONGEST_GAP_MIN = 60  # between readings, up to which a car park is taken to have stayed full

_FULL = text(
    "{name} {day} {a}—{b} 已停 {p} 以上（最多 {n}，泊位 {c}）。",
    "{name}: at least {p} taken on {day} from {a} to {b} (at most {n} of {c} bays).",
)
_DIVERT = text("建议引导至其他停车场。", "Lead cars to other car parks.")
_UNTIL = text("{b} 恢复。", "It tells again from {b} on.")
_STILL = text("至 {b} 仍无。", "Still silent on {b}.")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What silence is told of, and what it means."""

    kind: str
    told: Text
    means: Text
    order: str
    columns: tuple[str, ...]


_GATES = _Kind(
    "gate",
    text(
        "{name} 自 {a} 起 {n} 天没有可用计数，同期其他出入口有计数。",
        "{name}: no usable counts on {n} days from {a} on, while other gates told theirs.",
    ),
    text(
        "区域合计因此不全，不能判为未达预警。",
        "Sums of its area are not whole and cannot be said to keep a capacity.",
    ),
    "counted_on",
    _COUNT,
)
_PARKS = _Kind(
    "car_park",
    text(
        "{name} 自 {a} 起 {n} 天没有可用读数，同期其他停车场有读数。",
        "{name}: no usable readings on {n} days from {a} on, while other car parks told theirs.",
    ),
    text("期间不能引导车辆前往。", "No car can be led there meanwhile."),
    "read_at",
    ("reading_id", "source_id", "source_row", "read_at", "occupied", "capacity"),
)


def car_park_findings(look: Look) -> Iterator[Found]:
    """Yield the car parks and days on which one was nearly full for a while.

    Rule of decision: readings of `VisitorSettings.full_share` of the bays or more in a row, no more
    than an hour apart, that span `VisitorSettings.full_min` minutes; of a day the longest. Readings
    that failed a test, and those without a number of bays, are not used.
    """
    rows = _readings(look)
    if rows is None or not len(rows):
        return
    groups = rows.groupby(["car_park", "day"], sort=True)
    for (name, day), own in cast("Iterable[tuple[tuple[str, dt.date], pd.DataFrame]]", groups):
        run = _longest(own, look.settings.full_share)
        if run is None:
            continue
        first, last = run["read_at"].iloc[0], run["read_at"].iloc[-1]
        if (last - first).total_seconds() / 60 < look.settings.full_min:
            continue
        yield _full(look, name, day, run)


def _full(look: Look, name: str, day: dt.date, run: pd.DataFrame) -> Found:
    top = run.iloc[int((run["occupied"] / run["bays"]).argmax())]
    times = [run["read_at"].iloc[n].astimezone(look.zone) for n in (0, -1)]
    told = _FULL.fill(
        name=look.name(name), day=day.isoformat(), a=f"{times[0]:%H:%M}", b=f"{times[1]:%H:%M}",
        p=f"{100 * look.settings.full_share:g}%", n=f"{top['occupied']:,.0f}",
        c=f"{top['bays']:,.0f}",
    )  # fmt: skip
    largest = run.sort_values("occupied", ascending=False, kind="stable")
    return Found(
        CAR_PARK, name, "car_park", day, sentences((told, _DIVERT)), 2, at=times[0].to_pydatetime(),
        measure=float(top["occupied"]), limit=look.settings.full_share * float(top["bays"]),
        missing=(DIVERTED,), counts=plain_rows(largest, _READING),
        evidence={"bays": float(top["bays"]), "share": float(top["occupied"] / top["bays"]),
                  "from": times[0].isoformat(), "to": times[1].isoformat()},
        synthetic=bool(run["synthetic"].any()),
    )  # fmt: skip


def _usable_readings(look: Look) -> pd.DataFrame | None:
    """Return usable readings up to the day it is looked on, with their local day."""
    if look.parking is None or not len(look.parking):
        return None
    good = (look.parking["flag"] != "fail") & look.parking["occupied"].notna()
    rows = look.parking[good.fillna(False).to_numpy(dtype=bool)]
    days = rows["read_at"].dt.tz_convert(look.zone).dt.date
    known = np.array([day <= look.as_of for day in days], dtype=bool)
    synthetic = rows["synthetic"].fillna(False).astype(bool)
    return rows.assign(day=days, synthetic=synthetic)[known]


def _readings(look: Look) -> pd.DataFrame | None:
    """Return usable readings of the recent days with their bays."""
    rows = _usable_readings(look)
    if rows is None:
        return None
    first = look.as_of - dt.timedelta(days=look.settings.recent_days - 1)
    rows = rows[np.array([day >= first for day in rows["day"]], dtype=bool)]
    parks = {park.id: park for park in look.pack.car_parks}
    bays = [
        told if told == told and told is not None else _bays(parks.get(str(name)), day)
        for told, name, day in zip(rows["capacity"], rows["car_park"], rows["day"], strict=True)
    ]
    rows = rows.assign(bays=bays)
    rows = rows[(rows["bays"].notna() & (rows["bays"] > 0)).to_numpy(dtype=bool)]
    ordered: pd.DataFrame = rows.sort_values(["car_park", "read_at"], kind="stable")
    return ordered.reset_index(drop=True)


def _bays(park: CarPark | None, day: dt.date) -> float:
    if park is not None:
        for bays in park.bays:
            if bays.holds_on(day):
                return float(bays.bays)
    return float("nan")


def _longest(own: pd.DataFrame, share: float) -> pd.DataFrame | None:
    """Return the longest run of readings of a day at or above a share, the first of equal ones."""
    full = (own["occupied"] / own["bays"] >= share).to_numpy(dtype=bool)
    gaps = (own["read_at"].diff().dt.total_seconds() / 60 > _LONGEST_GAP_MIN).to_numpy(dtype=bool)
    number = (~full | gaps).cumsum()
    best: pd.DataFrame | None = None
    longest = -1.0
    for _, run in own[full].groupby(number[full], sort=True):
        span = (run["read_at"].iloc[-1] - run["read_at"].iloc[0]).total_seconds()
        if span > longest:
            best, longest = run, span
    return best


def silent_findings(look: Look) -> Iterator[Found]:
    """Yield the gates and car parks that told nothing usable for some days while others did.

    Rule of decision: `VisitorSettings.silent_days` or more days in a row, of those on which any
    gate (any car park) told something, from its own first count on. Days on which its area was
    closed are not asked for. What never told anything is not silent: it has not begun.
    """
    rows = usable(look.counts, "entries")
    gates = {g.id: g.area for g in look.pack.gates}
    at_gates = (rows["place_kind"] == "gate") | rows["place"].isin(list(gates))
    rows = rows[at_gates.fillna(False).to_numpy(dtype=bool)]
    yield from _silent_of(look, rows.assign(day=rows["counted_on"]), gates, _GATES)
    readings = _usable_readings(look)
    if readings is not None:
        areas = {p.id: p.area for p in look.pack.car_parks}
        yield from _silent_of(look, readings.assign(place=readings["car_park"]), areas, _PARKS)


def _silent_of(
    look: Look, rows: pd.DataFrame, areas: Mapping[str, str | None], kind: _Kind
) -> Iterator[Found]:
    days = sorted(set(rows["day"]))
    for place, own in rows.groupby("place", sort=True):
        name, told = str(place), set(own["day"])
        first, area = min(told), areas.get(str(place))
        asked = [d for d in days if d >= first and not _closed(look, area, d)]
        for run in _runs(asked, told):
            if len(run) >= look.settings.silent_days:
                yield _silent(look, name, run, own, kind)


def _closed(look: Look, area: str | None, day: dt.date) -> bool:
    return area is not None and capacity_on(look.pack, area, "daily", day).closed


def _runs(asked: Sequence[dt.date], told: Iterable[dt.date]) -> Iterator[list[dt.date]]:
    there, run = set(told), list[dt.date]()
    for day in asked:
        if day not in there:
            run.append(day)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _silent(look: Look, name: str, run: Sequence[dt.date], own: pd.DataFrame, kind: _Kind) -> Found:
    back = min((d for d in set(own["day"]) if d > run[-1]), default=None)
    ending = _STILL.fill(b=run[-1].isoformat()) if back is None else _UNTIL.fill(b=back.isoformat())
    told = kind.told.fill(name=look.name(name), a=run[0].isoformat(), n=len(run))
    before = own[np.array([day < run[0] for day in own["day"]], dtype=bool)]
    last = before.sort_values(kind.order, ascending=False, kind="stable")
    evidence: dict[str, Any] = {
        "first_day": run[0].isoformat(), "last_day": run[-1].isoformat(), "days": len(run),
        "again_from": None if back is None else back.isoformat(),
    }  # fmt: skip
    return Found(
        SILENT, name, kind.kind, run[0], sentences((told, ending, kind.means)), 1,
        measure=float(len(run)), limit=float(look.settings.silent_days), missing=(CONFIRMATION,),
        counts=plain_rows(last.head(1), kind.columns), evidence=evidence,
        synthetic=bool(own["synthetic"].fillna(False).astype(bool).any()),
    )  # fmt: skip
