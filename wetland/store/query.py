"""Which rows to read: conditions on columns, and a box of longitude and latitude."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Table, and_, column, func, select, table
from sqlalchemy.sql.selectable import Select

from wetland.base.errors import InputError
from wetland.base.tables import TableSchema
from wetland.base.texts import text
from wetland.store.columns import ROW_ID, sql_table
from wetland.store.engines import is_postgres
from wetland.store.geometry import SRS_ID, Bounds
from wetland.store.geopackage import index_name
from wetland.store.rows import to_frame


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of a column: ``since <= value < until``; None leaves an end open."""

    since: Any = None
    until: Any = None


Where = Mapping[str, object]


def read_rows(
    connection: Connection,
    schema: TableSchema,
    *,
    where: Where | None = None,
    within: Bounds | None = None,
) -> pd.DataFrame:
    """Return the rows of a table, in the order they came in.

    Parameters
    ----------
    where
        Column to value: equal to it, one of a list, missing (None) or in a `Span`; all must hold.
    within
        West, south, east, north: the rows whose geometry's box meets this one.
    """
    sql = sql_table(schema)
    query = select(*(sql.c[n] for n in schema.names)).order_by(sql.c[ROW_ID])
    for name, wanted in (where or {}).items():
        if name not in schema.names:
            raise InputError(
                text("表 {table} 没有列 {name}", "table {table} has no column {name}").fill(
                    table=schema.name, name=name
                )
            )
        query = query.where(_condition(sql.c[name], wanted))
    if within is not None:
        query = _near(connection, query, schema, sql=sql, within=within)
    frame = to_frame(schema, connection.execute(query).mappings().all())
    return frame if within is None else _meeting(frame, schema, within)


def _condition(held: ColumnElement[Any], wanted: object) -> ColumnElement[bool]:
    if wanted is None:
        return held.is_(None)
    if isinstance(wanted, Span):
        ends = []
        if wanted.since is not None:
            ends.append(held >= wanted.since)
        if wanted.until is not None:
            ends.append(held < wanted.until)
        return and_(held.is_not(None), *ends)
    if isinstance(wanted, list | tuple | set | frozenset):
        return held.in_(list(wanted))
    return held == wanted


def _near(
    connection: Connection,
    query: Select[Any],
    schema: TableSchema,
    *,
    sql: Table,
    within: Bounds,
) -> Select[Any]:
    if schema.geometry is None:
        raise InputError(
            text("表 {table} 没有位置", "table {table} holds no places").fill(table=schema.name)
        )
    west, south, east, north = within
    if is_postgres(connection):
        box = func.ST_MakeEnvelope(west, south, east, north, SRS_ID)
        return query.where(sql.c[schema.geometry].op("&&")(box))
    index = table(index_name(schema), *(column(n) for n in ("id", "minx", "maxx", "miny", "maxy")))
    inside = select(index.c.id).where(
        index.c.minx <= east, index.c.maxx >= west, index.c.miny <= north, index.c.maxy >= south
    )
    return query.where(sql.c[ROW_ID].in_(inside))


def _meeting(frame: pd.DataFrame, schema: TableSchema, within: Bounds) -> pd.DataFrame:
    """Keep what really meets the box: an index holds boxes in single precision, a little wider."""
    import shapely

    west, south, east, north = within
    boxes = shapely.bounds(frame[schema.geometry].to_numpy(dtype=object))
    meets = (
        (boxes[:, 0] <= east)
        & (boxes[:, 2] >= west)
        & (boxes[:, 1] <= north)
        & (boxes[:, 3] >= south)
    )
    return frame[meets].reset_index(drop=True)
