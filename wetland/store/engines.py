"""Open a database: connections, transactions that wait for their turn, errors a person can read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from wetland.base.errors import InputError, StoreBusy, StoreDamaged, StoreError
from wetland.base.texts import text as words
from wetland.store import geopackage

WRITE = {"wetland_write": True}
SNAPSHOT = {"wetland_snapshot": True}

# One writer at a time keeps the audit chain a chain; the second number tells stores in different
# schemas of one database apart.
_CHAIN_LOCK = 0x57_45_54_4C

_NOT_A_DATABASE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NO_WAY_IN = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
_LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True)
class Place:
    """Where a store is and how to speak of it: ``shown`` never holds a password."""

    url: URL
    path: Path | None
    shown: str
    wait_s: float


def place_of(url_or_path: str | Path, *, wait_s: float) -> Place:
    """Read what the user gave: the path of a ``.gpkg`` file or a ``postgresql://`` address.

    Raises
    ------
    InputError
        It is neither.
    """
    given = str(url_or_path)
    if "://" not in given:
        path = Path(given)
        if path.suffix.lower() != ".gpkg":
            raise InputError(
                words(
                    "存储文件名须以 .gpkg 结尾：{given}",
                    "a store's file must end in .gpkg: {given}",
                ).fill(given=given)
            )
        return Place(URL.create("sqlite", database=str(path)), path, given, wait_s)
    try:
        url = make_url(given.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername.split("+")[0] != "postgresql":
        raise InputError(
            words(
                "存储地址须是 .gpkg 文件或 postgresql:// 地址",
                "a store is a .gpkg file or a postgresql:// address",
            )
        )
    return Place(
        url.set(drivername="postgresql+psycopg"),
        None,
        url.render_as_string(hide_password=True),
        wait_s,
    )


def make_engine(place: Place) -> Engine:
    """Return an engine whose transactions are marked ``WRITE`` or read only."""
    if place.path is not None:
        return _sqlite_engine(place)
    return _postgres_engine(place)


def _sqlite_engine(place: Place) -> Engine:
    engine = create_engine(place.url, connect_args={"timeout": place.wait_s})

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where `_begin` says so
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        geopackage.add_functions(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("wetland_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _postgres_engine(place: Place) -> Engine:
    try:
        engine = create_engine(place.url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except (NoSuchModuleError, ImportError) as error:
        raise StoreError(
            words("缺少 PostgreSQL 驱动 psycopg", "the PostgreSQL driver psycopg is missing"),
            hint=words("请运行 make install", "run: make install"),
        ) from error
    wait_ms = max(1, round(place.wait_s * 1000))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("wetland_write", False):
            connection.execute(
                text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": f"{wait_ms}ms"}
            )
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:lock, hashtext(current_schema()))"),
                {"lock": _CHAIN_LOCK},
            )
        elif options.get("wetland_snapshot", False):
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))

    return engine


def is_postgres(connection: Connection) -> bool:
    """Tell which of the two back ends a connection speaks to."""
    return connection.dialect.name == "postgresql"


@contextmanager
def speaking(place: Place) -> Iterator[None]:
    """Turn the database's errors into errors for a person; never shows SQL or a password."""
    try:
        yield
    except DBAPIError as error:
        raise _translated(place, error) from error
    except SQLAlchemyError as error:
        raise _failed(place, type(error).__name__) from error
    except sqlite3.Error as error:
        raise _from_sqlite(place, error) from error


def _translated(place: Place, error: DBAPIError) -> StoreError:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _from_sqlite(place, cause)
    if getattr(cause, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
        return busy(place)
    lines = str(cause).strip().splitlines()
    return _failed(place, lines[0] if lines else type(cause).__name__)


def _from_sqlite(place: Place, error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _BUSY:
        return busy(place)
    if code in _NOT_A_DATABASE:
        return StoreDamaged(
            words("存储文件已损坏：{where}", "the store's file is damaged: {where}").fill(
                where=place.shown
            ),
            hint=words("请用最近的备份替换它", "put the latest backup in its place"),
        )
    if code in _NO_WAY_IN:
        return StoreError(
            words(
                "打不开或不能写入存储：{where}", "cannot open the store or write to it: {where}"
            ).fill(where=place.shown),
            hint=words(
                "请检查文件夹是否存在、是否可写",
                "check that its folder exists and can be written to",
            ),
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreError(
            words("磁盘已满，什么都没有写入", "the disk is full, nothing was written")
        )
    return _failed(place, str(error))


def _failed(place: Place, reason: str) -> StoreError:
    return StoreError(
        words("存储 {where} 出错：{reason}", "store {where} failed: {reason}").fill(
            where=place.shown, reason=reason
        )
    )


def busy(place: Place) -> StoreBusy:
    """Return the error that says how long we waited, and for what."""
    return StoreBusy(
        words(
            "另一个程序正在写入存储，等了 {n:g} 秒仍未结束：{where}",
            "another program is writing to the store; waited {n:g} s and it has not ended: {where}",
        ).fill(n=place.wait_s, where=place.shown),
        hint=words(
            "本次没有写入任何内容，请稍后再试", "nothing of this was written; try again later"
        ),
    )
