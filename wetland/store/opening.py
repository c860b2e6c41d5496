"""Make a new store, recognise one that is there, and leave its file whole at the end."""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select
from sqlalchemy import text as sql_text
from sqlalchemy.exc import DBAPIError

from wetland.base.errors import InputError, StoreError
from wetland.base.texts import text
from wetland.store import geopackage
from wetland.store.audit import AUDIT, HEAD, METADATA, MIGRATIONS
from wetland.store.digests import first_link
from wetland.store.engines import WRITE, Place, busy, is_postgres

FORM = 1  # of the system tables; a store of a later form is not opened

_DESCRIBED = {
    AUDIT.name: "审计记录 / audit trail",
    HEAD.name: "审计链头 / head of the audit chain",
    MIGRATIONS.name: "迁移记录 / migrations",
}
_PAUSE_S = 0.05


def find_or_make(engine: Engine, place: Place, *, create: bool, at: str) -> None:
    """Recognise the store, or make one where there is nothing and ``create`` is set.

    Raises
    ------
    StoreError
        There is nothing and ``create`` is not set; what is there is not a store of this program; or
        a later version of the program made it.
    """
    if place.path is not None:
        _check_path(place, create=create)
    with engine.connect() as connection:
        state = _state(connection)
    if state == "empty":
        if not create:
            raise _nothing_there(place)
        with engine.execution_options(**WRITE).begin() as connection:
            if _state(connection) == "empty":  # nobody else was first
                _make(connection, place, at=at)
    elif state == "foreign":
        raise StoreError(
            text("{where} 不是本程序的存储", "{where} is not a store of this program").fill(
                where=place.shown
            ),
            hint=text(
                "请给出另一个文件名；要读入数据请用 import 命令",
                "name another file; to read data in, use an import command",
            ),
        )
    if place.path is not None:
        _use_write_ahead_log(engine, place)
    _check_form(engine, place)


def _check_path(place: Place, *, create: bool) -> None:
    path = place.path
    if path is None or path.exists():
        return
    if not create:
        raise _nothing_there(place)
    path.parent.mkdir(parents=True, exist_ok=True)


def _nothing_there(place: Place) -> StoreError:
    return StoreError(
        text("没有存储：{where}", "there is no store: {where}").fill(where=place.shown),
        hint=text(
            "请检查路径；首次导入或 wetland demo 会建立存储",
            "check the path; a first import or wetland demo makes a store",
        ),
    )


def _state(connection: Connection) -> str:
    """Return ``store``, ``empty`` or ``foreign``."""
    if is_postgres(connection):
        return "store" if inspect(connection).has_table(HEAD.name) else "empty"
    names = set(inspect(connection).get_table_names())
    if HEAD.name in names:
        return "store"
    return "foreign" if names else "empty"


def _make(connection: Connection, place: Place, *, at: str) -> None:
    if is_postgres(connection):
        _require_postgis(connection, place)
    else:
        geopackage.prepare(connection)
    METADATA.create_all(connection, checkfirst=False)
    if not is_postgres(connection):
        for name, description in _DESCRIBED.items():
            geopackage.register_table(connection, name, description=description)
    store_id = uuid.uuid4().hex
    connection.execute(
        insert(HEAD).values(
            id=1, store_id=store_id, form=FORM, created_at=at, seq=0, hash=first_link(store_id)
        )
    )


def _require_postgis(connection: Connection, place: Place) -> None:
    try:
        with connection.begin_nested():
            connection.execute(sql_text("CREATE EXTENSION IF NOT EXISTS postgis"))
    except DBAPIError as error:
        raise StoreError(
            text("数据库没有 PostGIS：{where}", "the database has no PostGIS: {where}").fill(
                where=place.shown
            ),
            hint=text(
                "请数据库管理员执行 CREATE EXTENSION postgis",
                "ask its administrator to run CREATE EXTENSION postgis",
            ),
        ) from error


def _check_form(engine: Engine, place: Place) -> None:
    with engine.connect() as connection:
        form = connection.execute(select(HEAD.c.form)).scalar()
    if form is not None and form > FORM:
        raise StoreError(
            text(
                "存储由更新版本的程序建立：{where}", "a later version of the program made {where}"
            ).fill(where=place.shown),
            hint=text("请更新程序", "update the program"),
        )


def _use_write_ahead_log(engine: Engine, place: Place) -> None:
    """Switch to the write-ahead log last: a header written under it would stay in the log."""
    deadline = time.monotonic() + place.wait_s
    while True:
        raw = engine.raw_connection()
        try:
            cursor = raw.cursor()
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                return
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            if time.monotonic() > deadline:
                raise busy(place) from error
            time.sleep(_PAUSE_S)
        finally:
            raw.close()


def fold_log(engine: Engine) -> None:
    """Move what is in the write-ahead log into the file, so that the file alone is the store.

    Where another program still reads or writes, its closing does this instead.
    """
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA busy_timeout = 1000")
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        raw.invalidate()  # its busy_timeout is not the pool's


def copy_whole(engine: Engine, place: Place, path: Path) -> None:
    """Write a whole copy of the store, its log included, to a new file (``VACUUM INTO``)."""
    if place.path is None:
        raise InputError(
            text("PostGIS 存储不在此备份", "a PostGIS store is not backed up here"),
            hint=text("请用 pg_dump 备份数据库", "back the database up with pg_dump"),
        )
    if path.exists():
        raise InputError(
            text("文件已存在：{path}", "the file exists already: {path}").fill(path=path),
            hint=text(
                "备份不覆盖旧文件，请换一个名字", "a backup replaces nothing; choose another name"
            ),
        )
    if not path.parent.is_dir():
        raise InputError(
            text("没有文件夹 {folder}", "there is no folder {folder}").fill(folder=path.parent)
        )
    made = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}.part")
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(made),))
        os.replace(made, path)
    finally:
        raw.close()
        made.unlink(missing_ok=True)
