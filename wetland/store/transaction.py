"""One transaction: what is written in it is there whole, with its audit entries, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, Table, bindparam, insert, select, update

from wetland.base.tables import TableSchema
from wetland.store import geopackage
from wetland.store.audit import Author, append
from wetland.store.columns import ROW_DIGEST, sql_table
from wetland.store.digests import row_digest
from wetland.store.engines import is_postgres
from wetland.store.geometry import Bounds
from wetland.store.query import Where, read_rows
from wetland.store.rows import Row, by_key, rows_of

CHUNK = 5_000
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were new, differed from what was there, or were there already."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: Written) -> Written:
        """Return the sums."""
        return Written(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )


class Transaction:
    """Write to and read from the store within one transaction; `Store.transaction` makes it."""

    def __init__(
        self,
        connection: Connection,
        author: Author,
        find_schema: Callable[[str], TableSchema],
    ) -> None:
        self._connection = connection
        self._author = author
        self._find_schema = find_schema

    def read(
        self, table: str, where: Where | None = None, *, within: Bounds | None = None
    ) -> pd.DataFrame:
        """Return rows as they are within this transaction; see `Store.read`."""
        return read_rows(self._connection, self._find_schema(table), where=where, within=within)

    def write(
        self,
        table: str,
        frame: pd.DataFrame,
        *,
        progress: Callable[[int], None] | None = None,
    ) -> Written:
        """Add or change rows by the table's key; each change is an entry of the audit trail.

        A row replaces the one of its key whole: a column that ``frame`` does not have is missing in
        the rows written. The store keeps two dimensions and milliseconds. Rows that are there
        already, with the same content, change nothing and leave no trace. Nothing is ever deleted.

        Parameters
        ----------
        table
            Name of one of the store's tables.
        frame
            The rows, in kinds that `wetland.base.checks.coerce` understands.
        progress
            Called with the number of rows done, now and then.

        Raises
        ------
        InputError
            A row is not as the table's schema wants it, or two rows of one key differ.
        """
        schema = self._find_schema(table)
        sql = sql_table(schema)
        wanted = by_key(schema, rows_of(schema, frame))
        total, done = Written(), 0
        for part in _chunks(wanted):
            total += self._write_part(schema, sql, part)
            done += len(part)
            if progress is not None:
                progress(done)
        if total.added or total.changed:
            self._touch(schema, sql, wanted)
        return total

    def _write_part(
        self, schema: TableSchema, sql: Table, part: Mapping[str, tuple[Row, str]]
    ) -> Written:
        key, stored = sql.c[schema.key], sql.c[ROW_DIGEST]
        query = select(key, stored).where(key.in_(list(part)))
        held = {row[0]: row[1] for row in self._connection.execute(query)}
        new = {k: v for k, v in part.items() if k not in held}
        other = {k: v for k, v in part.items() if k in held and held[k] != v[1]}
        if new:
            self._connection.execute(
                insert(sql), [{**row, ROW_DIGEST: mark} for row, mark in new.values()]
            )
        before = self._digests_of(schema, sql, list(other))
        if other:
            self._update(schema, sql, other)
        changes = [
            _change(schema, k, action="add", before=None, after=v[1]) for k, v in new.items()
        ]
        changes += [
            _change(schema, k, action="change", before=before[k], after=v[1])
            for k, v in other.items()
        ]
        append(self._connection, self._author, changes)
        return Written(len(new), len(other), len(part) - len(new) - len(other))

    def _update(self, schema: TableSchema, sql: Table, rows: Mapping[str, tuple[Row, str]]) -> None:
        names = [n for n in schema.names if n != schema.key]
        statement = (
            update(sql)
            .where(sql.c[schema.key] == bindparam("the_key"))
            .values({**{n: bindparam(f"new_{n}") for n in names}, ROW_DIGEST: bindparam("mark")})
        )
        self._connection.execute(
            statement,
            [
                {"the_key": k, "mark": mark, **{f"new_{n}": row[n] for n in names}}
                for k, (row, mark) in rows.items()
            ],
        )

    def _digests_of(self, schema: TableSchema, sql: Table, keys: list[str]) -> dict[str, str]:
        """Return the digests of what rows hold now, whatever their stored digest says."""
        found: dict[str, str] = {}
        for key in keys:
            query = select(*(sql.c[n] for n in schema.names)).where(sql.c[schema.key] == key)
            try:
                found[key] = row_digest(
                    schema, dict(self._connection.execute(query).mappings().one())
                )
            except (ValueError, TypeError):
                found[key] = UNREADABLE
        return found

    def _touch(
        self, schema: TableSchema, sql: Table, wanted: Mapping[str, tuple[Row, str]]
    ) -> None:
        if is_postgres(self._connection):
            return
        geopackage.touch(self._connection, sql, at=self._author.at, bounds=_bounds(schema, wanted))


def _chunks(rows: dict[str, tuple[Row, str]]) -> Iterator[dict[str, tuple[Row, str]]]:
    keys = list(rows)
    for start in range(0, len(keys), CHUNK):
        yield {k: rows[k] for k in keys[start : start + CHUNK]}


def _change(
    schema: TableSchema, key: str, *, action: str, before: str | None, after: str
) -> dict[str, str | None]:
    return {
        "table": schema.name,
        "key": key,
        "action": action,
        "before_digest": before,
        "after_digest": after,
    }


def _bounds(schema: TableSchema, rows: Mapping[str, tuple[Row, str]]) -> Bounds | None:
    if schema.geometry is None:
        return None
    geometries: Any = np.array([row[schema.geometry] for row, _ in rows.values()], dtype=object)
    west, south, east, north = shapely.total_bounds(geometries)
    return None if np.isnan(west) else (float(west), float(south), float(east), float(north))
