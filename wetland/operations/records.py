"""Permits, closures, designated areas, works and events: import, list, add, change, revoke.

Records live in the store; each change names who made it and why, and stays in the audit trail.
Nothing is deleted: a record that no longer holds is revoked from a day on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import Lang, text
from wetland.operations.recordfile import RecordReading, read_records, record_of
from wetland.reading.files import Given
from wetland.regulations.records import RECORDS, record_from_row, time_truth
from wetland.reports.findings import problem_json, rows_of
from wetland.screening.options import ReadOptions
from wetland.screening.tables import SOURCES
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Transaction, Written

if TYPE_CHECKING:
    import pandas as pd

SETTLED = ("changed", "revoked")
KEPT = text(
    "记录在存储中已被{what}，导入不改动它", "the store holds this record as {what}; left as it is"
)
_STATUS = {"changed": text("变更", "changed"), "revoked": text("撤销", "revoked")}


@dataclass(frozen=True, slots=True)
class ImportedRecords:
    """What an import of records did."""

    reading: RecordReading
    written: Written

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return the import as JSON-ready mappings in one language."""
        problems = self.reading.problems
        return {
            "source": dict(self.reading.source),
            "problems": [problem_json(p, lang) for p in problems.items],
            "counts": {
                "rows": self.reading.rows,
                "records": len(self.reading.records),
                "rows_aside": self.reading.rows - len(self.reading.records),
                "problems": len(problems),
                "problems_by_code": problems.counts(),
                "added": self.written.added,
                "changed": self.written.changed,
                "unchanged": self.written.unchanged,
            },
        }


def import_records(
    store: Store,
    site: Site,
    path: str | Path | Given,
    *,
    options: ReadOptions | None = None,
    actor: str,
) -> ImportedRecords:
    """Read a file of records and keep them, their problems and their source, all or nothing.

    Rule of decision: a record is known by its identifier, else by its kind and number. One that a
    person changed or revoked in the store is not set back by an older file: it is left as it is,
    with a warning. The same file twice changes nothing.

    Raises
    ------
    InputError
        The file cannot be read.
    StoreError
        The store cannot be written; it then holds what it held before.
    """
    reading = read_records(path, site, options, store=store.path)
    with store.transaction(actor=actor, reason=f"import {reading.source['file']}") as tx:
        written = _keep(tx, reading)
    return ImportedRecords(reading, written)


def _keep(tx: Transaction, reading: RecordReading) -> Written:
    import pandas as pd

    new = reading.records
    held = tx.read(RECORDS.name, {"record_id": new["record_id"].tolist(), "status": list(SETTLED)})
    settled = dict(zip(held["record_id"], held["status"], strict=True))
    back = new[new["record_id"].isin(settled) & (new["status"] == "issued")]
    for row, record_id in back["record_id"].items():
        message = KEPT.fill(what=_STATUS[settled[record_id]])
        reading.problems.add(
            "settled", row=int(str(row)), column="record_id", value=record_id, message=message,
            level="warning",
        )  # fmt: skip
    tx.write(SOURCES.name, pd.DataFrame([reading.source]))
    written = tx.write(RECORDS.name, new.drop(index=back.index))
    tx.write("problems", reading.problems.frame())
    return written + Written(unchanged=len(back))


def list_records(
    store: Store,
    site: Site,
    *,
    on: dt.date | None = None,
    kind: str | None = None,
    status: str | None = None,
) -> pd.DataFrame:
    """Return the records of a site.

    Parameters
    ----------
    store, site
        Where the records are, and whose are wanted.
    on
        Only those that may hold on this day: within period, season and weekdays, and not revoked
        by then. One that holds at certain hours counts; so does one revoked on a day nobody knows.
    kind, status
        Only those of this kind, with this status.
    """
    wanted = {"site": site.id, "kind": kind, "status": status}
    found = store.read(RECORDS.name, {k: v for k, v in wanted.items() if v is not None})
    if on is None:
        return found
    holds = [
        time_truth(record_from_row(row), on, None).value is not False for row in rows_of(found)
    ]
    return found.loc[holds].reset_index(drop=True)


def add_record(store: Store, site: Site, values: Mapping[str, object], *, actor: str) -> str:
    """Add one record and return its identifier.

    Parameters
    ----------
    values
        Fields of `RECORDS`, as words or typed; ``last_day`` may stand for ``valid_to``; ``place``
        is WKT or a shapely geometry. Without ``record_id`` one is made of kind and number.

    Raises
    ------
    InputError
        A value is wrong, or there is a record with this identifier.
    """
    new = record_of(values, site)
    record_id = str(new["record_id"].iloc[0])
    with store.transaction(actor=actor, reason=f"add record {record_id}") as tx:
        if len(tx.read(RECORDS.name, {"record_id": record_id})):
            raise InputError(
                text("已有记录 {i}", "there is a record {i} already").fill(i=record_id),
                hint=text("请改用变更，或另给编号", "change it, or give another identifier"),
            )
        tx.write(RECORDS.name, new)
    return record_id


def change_record(
    store: Store,
    site: Site,
    record_id: str,
    values: Mapping[str, object],
    *,
    actor: str,
    reason: str,
) -> None:
    """Change fields of a record; it then has the status ``changed``.

    Raises
    ------
    InputError
        There is no such record, it is revoked, or a value is wrong.
    """
    if "record_id" in values or "status" in values:
        raise InputError(
            text("编号和状态不能这样改", "identifier and status are not changed this way"),
            hint=text("撤销请用 revoke", "to revoke it, use revoke"),
        )
    with store.transaction(actor=actor, reason=f"change record {record_id}: {reason}") as tx:
        row = _standing(tx, record_id)
        if "last_day" in values:
            row["valid_to"] = None
        merged = {k: v for k, v in {**row, **values}.items() if v is not None}
        tx.write(RECORDS.name, record_of({**merged, "status": "changed"}, site))


def revoke_record(store: Store, record_id: str, *, on: dt.date, actor: str, reason: str) -> None:
    """Revoke a record: from the day ``on`` it no longer holds.

    Raises
    ------
    InputError
        There is no such record, or it is revoked already.
    """
    import pandas as pd

    with store.transaction(actor=actor, reason=f"revoke record {record_id}: {reason}") as tx:
        row = _standing(tx, record_id)
        row |= {"status": "revoked", "revoked_on": on}
        tx.write(RECORDS.name, pd.DataFrame([row], columns=RECORDS.names, dtype=object))


def _standing(tx: Transaction, record_id: str) -> dict[str, Any]:
    found = rows_of(tx.read(RECORDS.name, {"record_id": record_id}))
    if not found:
        raise InputError(text("没有记录 {i}", "there is no record {i}").fill(i=record_id))
    if found[0]["status"] == "revoked":
        raise InputError(
            text("记录 {i} 已撤销", "record {i} is revoked").fill(i=record_id),
            hint=text("请另发新的记录", "issue a new record"),
        )
    return found[0]
