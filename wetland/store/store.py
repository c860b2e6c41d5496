"""The store (存储): tables of rows, every change of which is written down.

A GeoPackage file that QGIS opens (the default), or PostGIS for a team: the same calls, the same
rows, the same digests. Keep the file on a local disk: locks do not hold on network shares.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd
from sqlalchemy import Connection, Engine, func, select

from wetland.base.errors import InputError, StoreError
from wetland.base.tables import TableSchema
from wetland.base.texts import Text, text
from wetland.reading import guard
from wetland.store import migrations, opening
from wetland.store.audit import AUDIT, Author, Head, read_head
from wetland.store.columns import instant_text, sql_table
from wetland.store.engines import SNAPSHOT, WRITE, Place, make_engine, place_of, speaking
from wetland.store.export import export
from wetland.store.geometry import Bounds
from wetland.store.migrations import Migration
from wetland.store.query import Where, read_rows
from wetland.store.transaction import Transaction
from wetland.store.verify import Verification, verify

WAIT_S = 60.0
PROGRAM = "wetland"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Store:
    """One store; open it with `Store.open`, close it when done (it is a context manager).

    May be used from several threads. Other processes may use the same store: one writes at a time,
    the others wait.

    Examples
    --------
    >>> import tempfile
    >>> from wetland.base.problems import PROBLEMS
    >>> folder = tempfile.TemporaryDirectory()
    >>> with Store.open(Path(folder.name) / "demo.gpkg", schemas=[PROBLEMS]) as store:
    ...     store.count("problems"), store.verify().ok
    (0, True)
    >>> folder.cleanup()
    """

    def __init__(
        self,
        engine: Engine,
        place: Place,
        schemas: Sequence[TableSchema],
        *,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._engine = engine
        self._place = place
        self._schemas = {s.name: s for s in schemas}
        self._clock = clock
        self._migrations = 0
        self._pending: dict[str, Migration] = {}
        self._writing = threading.local()
        self._closed = False

    @classmethod
    def open(
        cls,
        url_or_path: str | Path,
        *,
        schemas: Sequence[TableSchema],
        wait_s: float = WAIT_S,
        create: bool = True,
        migrate: bool = True,
        clock: Callable[[], dt.datetime] = _now,
    ) -> Self:
        """Open a store, making it where there is none.

        Parameters
        ----------
        url_or_path
            The path of a ``.gpkg`` file, or a ``postgresql://user:password@host/database`` address.
        schemas
            The tables the program works with.
        wait_s
            How long to wait for another writer before saying so (`StoreBusy`).
        create
            Whether to make a store where there is none.
        migrate
            Whether to add the tables and columns that the store lacks. Without it nothing is
            written, and the tables that lack something can be neither read nor written.
        clock
            Gives the instant for the audit trail.

        Raises
        ------
        InputError
            The address is neither a ``.gpkg`` file nor ``postgresql://``.
        StoreError
            The store cannot be opened, is not a store, or another version of the program wrote it.
        """
        place = place_of(url_or_path, wait_s=wait_s)
        engine = make_engine(place)
        store = cls(engine, place, schemas, clock=clock)
        try:
            with speaking(place):
                opening.find_or_make(engine, place, create=create, at=instant_text(clock()))
                store._look_for_migrations()
                if migrate:
                    store.migrate()
        except BaseException:
            engine.dispose()
            raise
        if place.path is not None:
            guard.register(place.path.resolve())
        return store

    @property
    def path(self) -> Path | None:
        """Return the store's file; None for PostGIS."""
        return self._place.path

    @property
    def shown(self) -> str:
        """Return where the store is, without a password."""
        return self._place.shown

    @property
    def tables(self) -> list[str]:
        """Return the names of the tables the program works with."""
        return list(self._schemas)

    def schema(self, table: str) -> TableSchema:
        """Return the schema of a table that can be read and written.

        Raises
        ------
        StoreError
            There is no such table, or it waits for a migration.
        """
        if table not in self._schemas:
            raise StoreError(
                text("存储没有表 {table}", "the store has no table {table}").fill(table=table)
            )
        if any(m.schema.name == table for m in self._pending.values()):
            raise StoreError(
                text("表 {table} 需要先迁移", "table {table} has to be migrated first").fill(
                    table=table
                ),
                hint=text("请运行 wetland store migrate", "run: wetland store migrate"),
            )
        return self._schemas[table]

    def read(
        self, table: str, where: Where | None = None, *, within: Bounds | None = None
    ) -> pd.DataFrame:
        """Return rows of a table in the house's dtypes, in the order they came in.

        Parameters
        ----------
        table
            Its name.
        where
            Column to value: equal to it, one of a list, missing (None), or in a `Span`; all must
            hold.
        within
            West, south, east, north: only rows whose geometry's box meets this one.
        """
        schema = self.schema(table)
        with speaking(self._place), self._reading() as connection:
            return read_rows(connection, schema, where=where, within=within)

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        query = select(func.count()).select_from(sql_table(self.schema(table)))
        with speaking(self._place), self._reading() as connection:
            return int(connection.execute(query).scalar_one())

    @contextmanager
    def transaction(self, *, actor: str, reason: str) -> Iterator[Transaction]:
        """Open a transaction: at its end all is kept, on an error nothing.

        Waits for other writers up to the store's ``wait_s``.

        Parameters
        ----------
        actor, reason
            Who does this and why, for the audit trail; neither may be blank.

        Raises
        ------
        StoreBusy
            Another program did not end its writing in time.
        StoreError
            This thread has a transaction open already, or another program migrated the store.
        """
        author = self._author(actor, reason)
        with self._one_at_a_time(), speaking(self._place), self._for_writing() as connection:
            self._check_unmoved(connection)
            yield Transaction(connection, author, self.schema)

    def audit(self, *, table: str | None = None, key: str | None = None) -> pd.DataFrame:
        """Return the audit trail in order, of all rows or of one table or row."""
        query = select(AUDIT).order_by(AUDIT.c.seq)
        if table is not None:
            query = query.where(AUDIT.c.table == table)
        if key is not None:
            query = query.where(AUDIT.c.key == key)
        with speaking(self._place), self._reading() as connection:
            rows = connection.execute(query).mappings().all()
        names = [c.name for c in AUDIT.columns]
        frame = pd.DataFrame([dict(r) for r in rows], columns=names)
        frame["at"] = pd.to_datetime(frame["at"], utc=True, format="ISO8601").astype(
            "datetime64[us, UTC]"
        )
        return frame.astype({n: "Int64" if n == "seq" else "str" for n in names if n != "at"})

    def verify(self, *, known_head: str | None = None) -> Verification:
        """Compare every row with the audit trail and the trail with its chain of hashes.

        Names the rows that were changed, deleted or inserted behind the program's back, entries
        that were changed or taken out, and a trail that was cut off at its end (its head remembers
        the last entry in a table of its own). What cannot be seen: trail, head and rows rewritten
        together so that they agree, and an older copy of the whole file put back. ``known_head``, a
        hash of `head` that was written down elsewhere, shows these too.
        """
        with speaking(self._place), self._reading() as connection:
            return verify(connection, known_head=known_head)

    def head(self) -> Head:
        """Return the end of the audit chain."""
        with speaking(self._place), self._reading() as connection:
            try:
                return read_head(connection)
            except ValueError as error:
                raise StoreError(
                    text("审计链头不见了", "the head of the audit chain is gone")
                ) from error

    def pending(self) -> list[str]:
        """Return the migrations that the store still lacks; changes nothing."""
        return list(self._pending)

    def migrate(self) -> list[str]:
        """Add what the store lacks, each migration in one transaction; return what was added."""
        author = self._author(PROGRAM, "migrate")
        done = []
        with speaking(self._place):
            for migration in list(self._pending.values()):
                with self._for_writing() as connection:
                    if migrations.apply(connection, migration, author):
                        done.append(migration.id)
            self._look_for_migrations()
        return done

    def backup(self, path: Path) -> Path:
        """Write a whole copy of the store to a new file, also while others write.

        Copying the file itself would leave out what is still in its write-ahead log.

        Raises
        ------
        InputError
            The file exists, its folder does not, or the store is PostGIS (use ``pg_dump``).
        """
        guard.refuse_store(path, self.path)
        with speaking(self._place):
            opening.copy_whole(self._engine, self._place, path)
        return path

    def export(
        self,
        table: str,
        path: Path,
        *,
        notice: Text | None = None,
        where: Where | None = None,
    ) -> Path:
        """Write a table to a GeoPackage, GeoJSON or CSV file other than the store.

        Parameters
        ----------
        notice
            What every reader has to know, such as "schematic, not for enforcement": two columns
            (Chinese, English) of each row.
        where
            Which rows, as for `read`.
        """
        frame = self.read(table, where)
        return export(self.schema(table), frame, path, notice=notice, store_path=self.path)

    def close(self) -> None:
        """End all connections; the file alone is then the store."""
        if self._closed:
            return
        self._closed = True
        try:
            if self.path is not None:
                with speaking(self._place):
                    opening.fold_log(self._engine)
        finally:
            self._engine.dispose()
            if self.path is not None:
                guard.unregister(self.path.resolve())

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()

    def _reading(self) -> Any:  # noqa: ANN401 - a context manager of a connection
        return self._engine.execution_options(**SNAPSHOT).begin()

    def _for_writing(self) -> Any:  # noqa: ANN401
        return self._engine.execution_options(**WRITE).begin()

    def _look_for_migrations(self) -> None:
        with self._reading() as connection:
            known = list(self._schemas.values())
            self._pending = {m.id: m for m in migrations.pending(connection, known)}
            self._migrations = migrations.count(connection)

    def _check_unmoved(self, connection: Connection) -> None:
        if migrations.count(connection) != self._migrations:
            raise StoreError(
                text("另一个程序刚迁移了存储", "another program has just migrated the store"),
                hint=text("请重新打开程序", "start the program again"),
            )

    def _author(self, actor: str, reason: str) -> Author:
        if not actor.strip() or not reason.strip():
            raise InputError(
                text("写入存储须说明操作人和原因", "say who writes to the store, and why")
            )
        return Author(actor.strip(), reason.strip(), instant_text(self._clock()))

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        if getattr(self._writing, "now", False):
            raise StoreError(text("这里已经开着一个事务", "a transaction is open here already"))
        self._writing.now = True
        try:
            yield
        finally:
            self._writing.now = False
