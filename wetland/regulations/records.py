"""Records: permits, closures, designated areas, works, events, orders (许可、封闭、划定、作业).

They live in the store and change from day to day; rules ask whether one *covers* an act.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from wetland.base.tables import Column, TableSchema
from wetland.base.texts import text
from wetland.regulations.conditions import Situation, Truth, all_of, any_of, within_season
from wetland.regulations.vocabulary import covers

RECORDS = TableSchema(
    "records",
    "record_id",
    (
        Column("record_id", "text", text("记录编号", "record id"), required=True),
        Column("site", "text", text("场地", "site"), required=True),
        Column("kind", "text", text("种类", "kind (vocabulary)"), required=True),
        Column("number", "text", text("文号", "number of the document")),
        Column("holder", "text", text("持有人", "holder; empty: anyone")),
        Column("activity", "text", text("行为", "activity; empty: any")),
        Column("valid_from", "day", text("起始日", "first day"), required=True),
        Column("valid_to", "day", text("终止日（不含）", "first day it no longer holds")),
        Column("season_from", "text", text("每年起（MM-DD）", "each year from MM-DD")),
        Column("season_to", "text", text("每年止（MM-DD，含）", "each year to MM-DD, included")),
        Column(
            "times", "json", text("每周时段", '{"weekdays": [1..7], "hours": ["06:00", "18:00"]}')
        ),
        Column("quantity", "number", text("限量", "quantity allowed"), minimum=0),
        Column("quantity_unit", "text", text("限量单位", "unit of the quantity")),
        Column("place", "geometry", text("范围", "place; empty: see zone, else the whole site")),
        Column("zone", "text", text("区域", "zone kind it holds in; empty: see place")),
        Column(
            "status",
            "text",
            text("状态", "status"),
            required=True,
            choices=("issued", "changed", "revoked"),
        ),
        Column("revoked_on", "day", text("撤销日", "first day after revocation")),
        Column("document", "text", text("文件", "document it rests on")),
        Column("issued_by", "text", text("发出单位", "issued by")),
        Column("issued_on", "day", text("发出日", "issued on")),
        Column("note", "text", text("备注", "note")),
        Column("synthetic", "boolean", text("虚构示例", "invented example")),
    ),
    text("许可与公告记录", "permits and notices"),
)


@dataclass(frozen=True, slots=True)
class Record:
    """One record, read for matching. ``hours`` are local times, the end not included."""

    record_id: str
    kind: str
    holder: str | None
    activity: str | None
    valid_from: dt.date
    valid_to: dt.date | None
    season: tuple[str, str] | None
    weekdays: tuple[int, ...]
    hours: tuple[dt.time, dt.time] | None
    quantity: float | None
    zone: str | None
    has_place: bool
    revoked: bool
    revoked_on: dt.date | None


def record_from_row(row: Mapping[str, object]) -> Record:
    """Read one row of the table `RECORDS` (missing values as None)."""
    times = json.loads(str(row["times"])) if row.get("times") else {}
    hours = times.get("hours")
    first, last = row.get("season_from"), row.get("season_to")
    return Record(
        str(row["record_id"]),
        str(row["kind"]),
        _text(row.get("holder")),
        _text(row.get("activity")),
        _day(row["valid_from"]) or dt.date.min,
        _day(row.get("valid_to")),
        (str(first), str(last)) if first and last else None,
        tuple(int(d) for d in times.get("weekdays", ())),
        (dt.time.fromisoformat(hours[0]), dt.time.fromisoformat(hours[1])) if hours else None,
        _number(row.get("quantity")),
        _text(row.get("zone")),
        row.get("place") is not None,
        row.get("status") == "revoked",
        _day(row.get("revoked_on")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _day(value: object) -> dt.date | None:
    return value if isinstance(value, dt.date) else None


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value:
        return float(value)
    return None


def _known(value: bool | None, name: str) -> Truth:
    return Truth(value, (name,) if value is None else ())


def time_truth(record: Record, on: dt.date | None, at: dt.time | None) -> Truth:
    """Tell whether a record holds at a moment.

    Rule of decision: ``valid_from <= day < valid_to``; not revoked by that day (revoked without a
    day: unknown); within its yearly season (both ends included), its weekdays (1 = Monday) and its
    hours (end not included). An unknown day or, where hours are set, hour is unknown.
    """
    if on is None:
        return Truth(None, ("date",))
    parts = [
        _known(
            record.valid_from <= on and (record.valid_to is None or on < record.valid_to), "date"
        )
    ]
    if record.revoked:
        standing = None if record.revoked_on is None else on < record.revoked_on
        parts.append(_known(standing, f"revoked_on:{record.record_id}"))
    if record.season is not None:
        parts.append(_known(within_season(on.strftime("%m-%d"), *record.season), ""))
    if record.weekdays:
        parts.append(_known(on.isoweekday() in record.weekdays, ""))
    if record.hours is not None:
        begin, end = record.hours
        inside = None if at is None else begin <= at < end
        parts.append(_known(inside, "time"))
    return all_of(parts)


def held_by(record: Record, holder: object) -> Truth:
    """Tell whether the party is the record's holder; a record without holder is anyone's."""
    if record.holder is None:
        return Truth(True)
    return _known(None if holder is None else str(holder) == record.holder, "party_name")


def within_quantity(record: Record, taken: object) -> Truth:
    """Tell whether a quantity keeps to the record's limit."""
    if record.quantity is None:
        return Truth(True)
    amount = _number(taken)
    return _known(None if amount is None else amount <= record.quantity, "quantity")


def of_activity(record: Record, activities: tuple[str, ...]) -> Truth:
    """Tell whether one of the activities is of the record's kind."""
    if record.activity is None:
        return Truth(True)
    if not activities:
        return Truth(None, ("activity",))
    answers = [covers(record.activity, seen) for seen in activities]
    return _known(True if True in answers else None if None in answers else False, "activity")


PlaceTruth = Callable[[Record], bool | None]


def register_truth(
    records: Iterable[Record],
    situation: Situation,
    place: PlaceTruth,
    *,
    at: dt.time | None = None,
    complete_from: dt.date | None = None,
) -> Truth:
    """Tell whether one of ``records`` (all of one kind) covers an act.

    Parameters
    ----------
    records
        The register of one kind.
    situation
        The act; its facts ``party_name`` and ``quantity`` are compared with holder and limit.
    place
        Answers whether a record's place holds the act's place (None: not determined).
    at
        Local time of day of the act.
    complete_from
        First day from which the register is known to be complete. Only then does the absence of a
        record mean there is none; before, or with None, absence is unknown.

    Notes
    -----
    A record covers the act when its time, place, activity, holder and quantity all do; each may be
    unknown, and doubt is never settled against the party (行政处罚法 40).
    """
    answers = [
        all_of(
            (
                time_truth(record, situation.on, at),
                _known(place(record), "position"),
                of_activity(record, situation.activities),
                held_by(record, situation.facts.get("party_name")),
                within_quantity(record, situation.facts.get("quantity")),
            )
        )
        for record in records
    ]
    complete = (
        complete_from is not None and situation.on is not None and situation.on >= complete_from
    )
    return any_of((*answers, Truth(False) if complete else Truth(None, ("register",))))
