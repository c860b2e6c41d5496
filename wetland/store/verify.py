"""Check that the store says what its audit trail says (核验), and name what does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select
from sqlalchemy import text as sql_text
from sqlalchemy.exc import DBAPIError

from wetland.base.errors import StoreError
from wetland.base.tables import TableSchema
from wetland.base.texts import Text, text
from wetland.store import migrations
from wetland.store.audit import MIGRATIONS, entries, read_head
from wetland.store.columns import ROW_DIGEST, ROW_ID, sql_table
from wetland.store.digests import digest, first_link, link, row_digest
from wetland.store.engines import is_postgres
from wetland.store.geopackage import index_name

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 5_000

_COLUMNS_SQLITE = sql_text("SELECT name FROM pragma_table_info(:table)")
_COLUMNS_POSTGRES = sql_text(
    "SELECT column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND table_name = :table"
)

LIMITS = text(
    "核验发现不了两件事：有人把行、全部记录和链头一起改写得前后一致；有人放回了整个文件的旧副本。"
    "请把链头（wetland store info）抄在别处，核验时用 --head 给出，这两件事也就能发现。",
    "Two things cannot be seen from the store alone: rows, trail and head rewritten together so "
    "that they agree, and an older copy of the whole file put back. Write the head of the chain "
    "(wetland store info) down elsewhere and give it to verify with --head: then these show too.",
)

FAULTS: dict[str, Text] = {
    "row_changed": text(
        "该行被程序以外的手段改过", "this row was changed behind the program's back"
    ),
    "row_deleted": text(
        "该行被程序以外的手段删除", "this row was deleted behind the program's back"
    ),
    "row_inserted": text("该行不是由程序写入的", "this row was not written by the program"),
    "row_digest_changed": text("该行的摘要被改过", "the stored digest of this row was changed"),
    "row_changed_before": text(
        "程序这次改动之前，该行已被别的手段改过",
        "before this entry the row had been changed behind the program's back",
    ),
    "table_lost": text("表不见了或缺列", "the table is gone or lacks columns"),
    "entry_changed": text("审计记录的内容被改过", "this audit entry was changed"),
    "entries_missing": text("此前有审计记录被删除", "audit entries before this one were taken out"),
    "chain_broken": text("审计链在此断开", "the audit chain breaks here"),
    "tail_missing": text(
        "审计记录的末尾被截掉（至链头所记的编号）",
        "the end of the audit trail was cut off (up to the number its head remembers)",
    ),
    "head_changed": text(
        "链头与最后一条审计记录不符", "the head of the chain does not match the last audit entry"
    ),
    "head_lost": text("链头不见了", "the head of the chain is gone"),
    "migration_changed": text("迁移记录被改过", "the record of this migration was changed"),
    "known_head_lost": text(
        "给出的链头不在审计链中：这是旧副本，或全链被改写",
        "the head that was given is not in the chain: an older copy, or the whole chain rewritten",
    ),
    "file_damaged": text("数据库文件损坏", "the database file is damaged"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not fit: ``kind`` is a key of `FAULTS`."""

    kind: str
    table: str | None = None
    key: str | None = None
    seq: int | None = None
    detail: str | None = None

    @property
    def message(self) -> Text:
        """Say what was found."""
        return FAULTS[self.kind]


@dataclass(frozen=True, slots=True)
class Verification:
    """What `Store.verify` found: the faults, how much was looked at, and what cannot be seen."""

    faults: tuple[Fault, ...]
    rows: int
    entries: int
    limits: Text = LIMITS

    @property
    def ok(self) -> bool:
        """Tell whether everything fits."""
        return not self.faults

    def frame(self) -> pd.DataFrame:
        """Return the faults as a table."""
        import pandas as pd

        names = ["kind", "table", "key", "seq", "detail", "message_zh", "message_en"]
        rows = [
            (f.kind, f.table, f.key, f.seq, f.detail, f.message.zh, f.message.en)
            for f in self.faults
        ]
        frame = pd.DataFrame(rows, columns=names)
        return frame.astype({n: "Int64" if n == "seq" else "str" for n in names})


@dataclass(slots=True)
class _Findings:
    """What is gathered on the way: faults, and the last digest of each row by the trail."""

    faults: list[Fault] = field(default_factory=list)
    last: dict[tuple[str, str], str | None] = field(default_factory=dict)
    rows: int = 0
    entries: int = 0

    def add(self, kind: str, **where: Any) -> None:  # noqa: ANN401 - the fields of Fault
        self.faults.append(Fault(kind, **where))


def verify(connection: Connection, *, known_head: str | None = None) -> Verification:
    """Compare rows, audit trail, head and migrations; see `Store.verify`."""
    found = _Findings()
    try:
        _check_file(connection, found)
        _check_chain(connection, found, known_head)
        for schema in _check_migrations(connection, found):
            _check_rows(connection, schema, found)
    except DBAPIError as error:
        found.add("file_damaged", detail=str(error.orig).splitlines()[0])
    for (table, key), mark in found.last.items():
        if mark is not None:
            found.add("row_deleted", table=table, key=key)
    return Verification(tuple(found.faults), found.rows, found.entries)


def _check_file(connection: Connection, found: _Findings) -> None:
    if is_postgres(connection):
        return
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check(20)").all():
        if said != "ok":
            found.add("file_damaged", detail=str(said))


def _check_chain(connection: Connection, found: _Findings, known_head: str | None) -> None:
    try:
        head = read_head(connection)
    except ValueError:
        found.add("head_lost")
        head = None
    last_hash = first_link(head.store_id) if head is not None else None
    anchored = known_head is None or known_head == last_hash
    number = 0
    for entry in entries(connection):
        _check_entry(entry, found, number=number, last_hash=last_hash)
        number, last_hash = entry["seq"], entry["hash"]
        anchored = anchored or last_hash == known_head
        found.entries += 1
    if head is not None and head.seq > number:
        found.add("tail_missing", seq=head.seq)
    elif head is not None and (head.seq, head.hash) != (number, last_hash):
        found.add("head_changed", seq=head.seq)
    if not anchored:
        found.add("known_head_lost", detail=known_head)


def _check_entry(
    entry: dict[str, Any], found: _Findings, *, number: int, last_hash: str | None
) -> None:
    where = {"table": entry["table"], "key": entry["key"], "seq": entry["seq"]}
    if entry["seq"] != number + 1:
        found.add("entries_missing", **where)
    elif last_hash is not None and entry["prev_hash"] != last_hash:
        found.add("chain_broken", **where)
    try:
        fits = link(entry["prev_hash"], entry) == entry["hash"]
    except (TypeError, ValueError):
        fits = False
    if not fits:
        found.add("entry_changed", **where)
    row = (str(entry["table"]), str(entry["key"]))
    if found.last.get(row) != entry["before_digest"] and entry["seq"] == number + 1:
        found.add("row_changed_before", **where)
    found.last[row] = entry["after_digest"]


def _check_migrations(connection: Connection, found: _Findings) -> list[TableSchema]:
    for row in connection.execute(select(MIGRATIONS)):
        said = found.last.pop((MIGRATIONS.name, row.id), None)
        if digest(row.definition) != row.digest or said != row.digest:
            found.add("migration_changed", table=MIGRATIONS.name, key=row.id)
    try:
        return list(migrations.recorded(connection).values())
    except (ValueError, KeyError, TypeError, StoreError):
        found.add("migration_changed", table=MIGRATIONS.name)
        found.last.clear()  # which tables there are is no longer known
        return []


def _check_rows(connection: Connection, schema: TableSchema, found: _Findings) -> None:
    if not _columns_there(connection, schema):
        found.add("table_lost", table=schema.name)
        found.last = {k: v for k, v in found.last.items() if k[0] != schema.name}
        return
    for key, stored, actual in _contents(connection, schema):
        found.rows += 1
        said = found.last.pop((schema.name, key), None)
        if said is None:
            found.add("row_inserted", table=schema.name, key=key)
        elif actual != said:
            found.add("row_changed", table=schema.name, key=key)
        elif stored != said:
            found.add("row_digest_changed", table=schema.name, key=key)
    if schema.geometry is not None and not is_postgres(connection):
        said = connection.execute(select(func.rtreecheck("main", index_name(schema)))).scalar_one()
        if said != "ok":
            found.add("file_damaged", table=schema.name, detail=str(said))


def _columns_there(connection: Connection, schema: TableSchema) -> bool:
    query = _COLUMNS_POSTGRES if is_postgres(connection) else _COLUMNS_SQLITE
    names = set(connection.execute(query, {"table": schema.name}).scalars())
    return names.issuperset({*schema.names, ROW_ID, ROW_DIGEST})


def _contents(
    connection: Connection, schema: TableSchema
) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield key, stored digest and digest of the content (None where it cannot be read)."""
    sql = sql_table(schema)
    row_ids = connection.execute(select(sql.c[ROW_ID]).order_by(sql.c[ROW_ID])).scalars().all()
    for start in range(0, len(row_ids), CHUNK):
        part = list(row_ids[start : start + CHUNK])
        try:
            yield from list(_read(connection, schema, part))
        except (ValueError, TypeError):
            for row_id in part:
                yield _one(connection, schema, row_id)


def _read(
    connection: Connection, schema: TableSchema, row_ids: list[int]
) -> Iterator[tuple[str, str | None, str | None]]:
    sql = sql_table(schema)
    query = select(*(sql.c[n] for n in (*schema.names, ROW_DIGEST)))
    if row_ids:
        query = query.where(sql.c[ROW_ID].between(row_ids[0], row_ids[-1]))
    for row in connection.execute(query.order_by(sql.c[ROW_ID])).mappings():
        yield str(row[schema.key]), row[ROW_DIGEST], row_digest(schema, dict(row))


def _one(
    connection: Connection, schema: TableSchema, row_id: int
) -> tuple[str, str | None, str | None]:
    try:
        return next(_read(connection, schema, [row_id]))
    except (ValueError, TypeError):
        sql = sql_table(schema)
        query = select(sql.c[schema.key], sql.c[ROW_DIGEST]).where(sql.c[ROW_ID] == row_id)
        key, stored = connection.execute(query).one()
        return str(key), stored, None
