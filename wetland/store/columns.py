"""SQL tables from table schemas, with types that GDAL reads whole in a GeoPackage.

A GeoPackage knows few column types: GDAL leaves out a column of VARCHAR, BIGINT, NUMERIC or JSON
and reads FLOAT in single precision. So text and JSON are TEXT, numbers DOUBLE, integers INTEGER,
days DATE; an instant is text with exactly three decimals and Z.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Index, MetaData, Table
from sqlalchemy import types as sql
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles

from wetland.base.tables import Column, TableSchema
from wetland.store.geometry import Geometry

ROW_ID = "fid"
ROW_DIGEST = "row_digest"
RESERVED = frozenset({ROW_ID, ROW_DIGEST})

_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_SYSTEM = ("wetland_", "gpkg_", "rtree_", "sqlite_", "pg_")

Integer64 = sql.BigInteger().with_variant(sql.Integer(), "sqlite")


def instant_text(value: dt.datetime) -> str:
    """Write an instant as the store does: UTC, milliseconds (rest cut off), Z.

    Examples
    --------
    >>> instant_text(dt.datetime(2024, 5, 1, 8, 0, 0, 123999, dt.UTC))
    '2024-05-01T08:00:00.123Z'
    """
    if value.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    utc = value.astimezone(dt.UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


class Instant(sql.UserDefinedType[dt.datetime]):
    """A moment in UTC to the millisecond: text in a GeoPackage, timestamptz in PostGIS."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type as a GeoPackage names it."""
        return "DATETIME"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return what turns an aware datetime into what the database takes."""
        return lambda value: None if value is None else instant_text(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return what turns the database's value into an aware datetime in UTC."""
        if dialect.name == "sqlite":
            return lambda value: None if value is None else dt.datetime.fromisoformat(value)
        return lambda value: None if value is None else value.astimezone(dt.UTC)


class YesNo(sql.UserDefinedType[bool]):
    """True or false, and an error where another program wrote anything else."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type as both back ends name it."""
        return "BOOLEAN"

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return what turns the database's value into True, False or None."""

        def read(value: object) -> bool | None:
            if value is None:
                return None
            if value not in (0, 1):
                raise ValueError(f"{value!r} is neither true nor false")
            return bool(value)

        return read


class Stamp(sql.UserDefinedType[str]):
    """An instant kept as the text it was written as, for what a hash is made from."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type as a GeoPackage names it."""
        return "DATETIME"


@compiles(Instant, "postgresql")  # type: ignore[untyped-decorator, unused-ignore]
def _timestamptz(_type: Instant, _compiler: object, **_: object) -> str:
    return "TIMESTAMP WITH TIME ZONE"


@compiles(Stamp, "postgresql")  # type: ignore[untyped-decorator, unused-ignore]
def _text(_type: Stamp, _compiler: object, **_: object) -> str:
    return "TEXT"


_TYPES: dict[str, sql.TypeEngine[Any]] = {
    "text": sql.Text(),
    "json": sql.Text(),
    "integer": Integer64,
    "number": sql.Double(),
    "boolean": YesNo(),
    "day": sql.Date(),
    "instant": Instant(),
    "geometry": Geometry(),
}


def sql_column(column: Column, *, key: bool = False) -> SqlColumn[Any]:
    """Return the SQL column of a schema's column; only the key is NOT NULL and unique."""
    return SqlColumn(column.name, _TYPES[column.kind], nullable=not key, unique=key or None)


@lru_cache(maxsize=256)
def sql_table(schema: TableSchema) -> Table:
    """Return the SQL table of a schema: an integer row id, the columns, the row's digest.

    Raises
    ------
    ValueError
        The schema cannot be a table: a name that is reserved or not in lower case, two geometries,
        a key that is not a text column.
    """
    _check(schema)
    columns = [sql_column(c, key=c.name == schema.key) for c in schema.columns]
    table = Table(
        schema.name,
        MetaData(),
        SqlColumn(ROW_ID, Integer64, primary_key=True, autoincrement=True),
        *columns,
        SqlColumn(ROW_DIGEST, sql.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    return table


def spatial_index(schema: TableSchema) -> Index:
    """Return the index of the geometry column in PostGIS (a GeoPackage has an R-tree instead)."""
    name = str(schema.geometry)
    return Index(f"{schema.name}_{name}", sql_table(schema).c[name], postgresql_using="gist")


def _check(schema: TableSchema) -> None:
    names = [schema.name, *schema.names]
    odd = [n for n in names if not _NAME.match(n)]
    if odd or schema.name.startswith(_SYSTEM):
        raise ValueError(f"table {schema.name}: names must be lower case and not reserved: {odd}")
    if RESERVED & set(schema.names) or len(set(schema.names)) != len(schema.names):
        raise ValueError(f"table {schema.name}: a column name is reserved or comes twice")
    if schema.key not in schema.names or schema.column(schema.key).kind != "text":
        raise ValueError(f"table {schema.name}: the key must be one of its text columns")
    if sum(c.kind == "geometry" for c in schema.columns) > 1:
        raise ValueError(f"table {schema.name}: a GeoPackage table has one geometry column")
