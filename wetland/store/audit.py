"""The audit trail (审计记录): an entry per row added or changed, each tied to the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, select, update

from wetland.store.columns import Integer64, Stamp
from wetland.store.digests import link

METADATA = MetaData()

_PAGE = 10_000

AUDIT = Table(
    "wetland_audit",
    METADATA,
    Column("seq", Integer64, primary_key=True, autoincrement=False),
    Column("at", Stamp, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("table", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("before_digest", Text),
    Column("after_digest", Text),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

HEAD = Table(
    "wetland_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("store_id", Text, nullable=False),
    Column("form", Integer, nullable=False),
    Column("created_at", Stamp, nullable=False),
    Column("seq", Integer64, nullable=False),
    Column("hash", Text, nullable=False),
)

MIGRATIONS = Table(
    "wetland_migrations",
    METADATA,
    Column("seq", Integer64, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("applied_at", Stamp, nullable=False),
    Column("definition", Text, nullable=False),
    Column("digest", Text, nullable=False),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain as the store remembers it: its last number and hash."""

    store_id: str
    seq: int
    hash: str
    created_at: str


def read_head(connection: Connection) -> Head:
    """Return the head of the chain.

    Raises
    ------
    ValueError
        The head is missing: somebody took it away.
    """
    row = connection.execute(select(HEAD)).one_or_none()
    if row is None:
        raise ValueError("the head of the audit chain is missing")
    return Head(row.store_id, row.seq, row.hash, row.created_at)


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes the store, why, and at what instant (text as stored)."""

    actor: str
    reason: str
    at: str


def append(
    connection: Connection, author: Author, changes: Sequence[Mapping[str, str | None]]
) -> None:
    """Add one entry per change to the chain and move its head, in the open write transaction.

    Parameters
    ----------
    changes
        Mappings with table, key, action, before_digest, after_digest.
    """
    if not changes:
        return
    head = read_head(connection)
    seq, last = head.seq, head.hash
    entries: list[dict[str, Any]] = []
    for change in changes:
        seq += 1
        entry: dict[str, Any] = {
            "seq": seq,
            "at": author.at,
            "actor": author.actor,
            "reason": author.reason,
            **change,
        }
        entry["prev_hash"], entry["hash"] = last, link(last, entry)
        last = entry["hash"]
        entries.append(entry)
    connection.execute(insert(AUDIT), entries)
    connection.execute(update(HEAD).values(seq=seq, hash=last))


def entries(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield the entries in order, without holding them all."""
    last = None
    while True:
        query = select(AUDIT).order_by(AUDIT.c.seq).limit(_PAGE)
        if last is not None:
            query = query.where(AUDIT.c.seq > last)
        page = connection.execute(query).mappings().all()
        yield from (dict(row) for row in page)
        if len(page) < _PAGE:
            return
        last = page[-1]["seq"]
