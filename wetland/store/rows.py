"""Between a DataFrame and the rows of a database: one dict of plain Python values per row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import RowMapping

from wetland.base.checks import coerce
from wetland.base.errors import InputError
from wetland.base.tables import DTYPES, TableSchema
from wetland.base.texts import text
from wetland.store.digests import row_digest
from wetland.store.geometry import flatten

Row = dict[str, Any]


def rows_of(schema: TableSchema, frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a table as the database takes them, missing values as None.

    Instants are cut to the millisecond, geometries to two dimensions.

    Raises
    ------
    InputError
        A column is unknown, a value is not of its kind, or a required one is missing.
    """
    typed = coerce(schema, frame)
    columns = []
    for column in schema.columns:
        values = _plain(column.kind, typed[column.name])
        if column.required and any(v is None for v in values):
            raise _required(schema, column.name, typed.index[values.index(None)])
        columns.append(values)
    return [dict(zip(schema.names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(kind: str, series: pd.Series[Any]) -> list[Any]:
    if kind == "geometry":
        return list(flatten(series.to_numpy(dtype=object)))
    if kind == "instant":
        cut = series.dt.floor("ms").dt.tz_localize(None).to_numpy("datetime64[ms]")
        return [None if v is None else v.replace(tzinfo=dt.UTC) for v in cut.tolist()]
    values = series.astype(object)
    return [None if m else v for v, m in zip(values.tolist(), values.isna(), strict=True)]


def _required(schema: TableSchema, column: str, row: object) -> InputError:
    return InputError(
        text(
            "表 {table} 第 {row} 行缺少 {column}，没有写入",
            "table {table}, row {row}: {column} is missing; nothing was written",
        ).fill(table=schema.name, row=row, column=column)
    )


def by_key(schema: TableSchema, rows: Iterable[Row]) -> dict[str, tuple[Row, str]]:
    """Return rows and their digests by key; a row that is repeated whole counts once.

    Raises
    ------
    InputError
        Two rows of one key differ.
    """
    found: dict[str, tuple[Row, str]] = {}
    for row in rows:
        key, mark = row[schema.key], row_digest(schema, row)
        if found.setdefault(key, (row, mark))[1] != mark:
            raise InputError(
                text(
                    "表 {table} 有两行编号同为 {key} 而内容不同，没有写入",
                    "table {table}: two rows with key {key} differ; nothing was written",
                ).fill(table=schema.name, key=key)
            )
    return found


def to_frame(schema: TableSchema, rows: Sequence[RowMapping]) -> pd.DataFrame:
    """Return rows of the database as a table in the house's dtypes."""
    columns = {}
    for column in schema.columns:
        values = [row[column.name] for row in rows]
        if column.kind in {"day", "geometry"}:
            held = np.empty(len(values), dtype=object)
            held[:] = values
            columns[column.name] = pd.Series(held)
        else:
            columns[column.name] = pd.Series(values, dtype=DTYPES[column.kind])
    return pd.DataFrame(columns, columns=schema.names, index=pd.RangeIndex(len(rows)))
