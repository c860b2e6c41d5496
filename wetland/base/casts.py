"""Turn the cells of a column into the house's dtype, and tell which cells are not of that kind.

Each function takes a column as read and returns the typed column and a mask of wrong cells (these
are missing in the typed column). Missing stays missing: None, NaN, NaT, NA; an empty string is
missing everywhere but in a text column.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pandas as pd

from wetland.base.tables import DTYPES, Kind
from wetland.base.texts import Text, text

Cast = Callable[["pd.Series[Any]"], "tuple[pd.Series[Any], np.ndarray[Any, Any]]"]

NOT_OF_KIND: dict[str, Text] = {
    "text": text(
        "{column} 含有不能保存的字符：{value}",
        "{column} has characters that cannot be kept: {value}",
    ),
    "integer": text(
        "{column} 应为整数，而不是 {value}", "{column} must be a whole number, not {value}"
    ),
    "number": text("{column} 应为数字，而不是 {value}", "{column} must be a number, not {value}"),
    "boolean": text(
        "{column} 应为 是/否，而不是 {value}", "{column} must be yes or no, not {value}"
    ),
    "day": text(
        "{column} 应为带年份的日期，如 2024-05-01，而不是 {value}",
        "{column} must be a date with its year, like 2024-05-01, not {value}",
    ),
    "instant": text(
        "{column} 应为带时区的时刻，如 2024-05-01T08:00:00+08:00，而不是 {value}",
        "{column} must be an instant with its zone, like 2024-05-01T08:00:00+08:00, not {value}",
    ),
    "geometry": text(
        "{column} 应为经纬度几何（经度 -180 到 180，纬度 -90 到 90），而不是 {value}",
        "{column} must be a geometry in degrees (lon -180 to 180, lat -90 to 90), not {value}",
    ),
    "json": text("{column} 应为 JSON，而不是 {value}", "{column} must be JSON, not {value}"),
}

TRUE_WORDS = frozenset({"true", "t", "yes", "y", "1", "是", "有", "对"})
FALSE_WORDS = frozenset({"false", "f", "no", "n", "0", "否", "无", "错"})
_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))(?:[T ]0?0:00(?::00(?:\.0+)?)?)?"
)
_INTEGER_LIMIT = 2**63


class _WrongError(ValueError):
    """A cell is not of its column's kind."""


def is_missing(value: object) -> bool:
    """Tell whether a cell holds nothing.

    Examples
    --------
    >>> is_missing(float("nan")), is_missing(""), is_missing(0)
    (True, False, False)
    """
    return value is None or value is pd.NaT or value is pd.NA or (
        isinstance(value, float | np.floating) and bool(value != value)
    )  # fmt: skip


def _text(value: object) -> str:
    if isinstance(value, bytes):
        raise _WrongError
    written = value if isinstance(value, str) else str(value)
    try:
        written.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _WrongError from error
    if "\x00" in written:
        raise _WrongError
    return written


def _json(value: object) -> str:
    if isinstance(value, dict | list | tuple):
        value = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, str):
        raise _WrongError
    try:
        json.loads(value)
    except (ValueError, RecursionError) as error:
        raise _WrongError from error
    return _text(value)


def _number(value: object) -> float:
    if isinstance(value, bool | np.bool_):
        raise _WrongError
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        raise _WrongError from error
    if not math.isfinite(found) or (isinstance(value, str) and "_" in value):
        raise _WrongError
    return found + 0.0  # a database does not keep the sign of zero


def _integer(value: object) -> int:
    written = isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,20}\s*", value)
    if written or (isinstance(value, int | np.integer) and not isinstance(value, bool)):
        found = int(cast(int, value))
    else:
        number = _number(value)
        if not number.is_integer():
            raise _WrongError
        found = int(number)
    if not -_INTEGER_LIMIT <= found < _INTEGER_LIMIT:
        raise _WrongError
    return found


def _boolean(value: object) -> bool:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, str):
        word = value.strip().casefold()
        if word in TRUE_WORDS or word in FALSE_WORDS:
            return word in TRUE_WORDS
    elif isinstance(value, int | float | np.number) and value in (0, 1):
        return bool(value)
    raise _WrongError


def _day(value: object) -> dt.date:
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None or value.time() != dt.time():
            raise _WrongError
        return value.date()
    if isinstance(value, np.datetime64):
        return _day(pd.Timestamp(value).to_pydatetime())
    if isinstance(value, dt.date):
        return value
    found = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise _WrongError
    year, month, day = (int(g) for g in found.groups() if g is not None)
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise _WrongError from error


def _instant(value: object) -> dt.datetime:
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise _WrongError from error
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        raise _WrongError
    if isinstance(value, pd.Timestamp):
        value = value.floor("us").to_pydatetime()
    try:
        return value.astimezone(dt.UTC)
    except OverflowError as error:
        raise _WrongError from error


def _is_clean(series: pd.Series[Any]) -> bool:
    """Tell at once whether every cell of a column of text can be kept."""
    try:
        return "\x00" not in _text("".join(series.dropna().tolist()))
    except _WrongError:
        return False


def _geometries(series: pd.Series[Any]) -> tuple[pd.Series[Any], np.ndarray[Any, Any]]:
    """Keep shapely geometries within the world; a coordinate that is no number is wrong too."""
    import shapely

    held = np.empty(len(series), dtype=object)
    for at, value in enumerate(series.tolist()):
        held[at] = None if is_missing(value) or _blank(value) else value
    shapes = np.asarray(shapely.is_geometry(held), dtype=bool)
    wrong = ~shapes & np.array([v is not None for v in held], dtype=bool)
    held[wrong] = None
    west, south, east, north = shapely.bounds(held).T
    inside = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    outside = shapes & ~inside & ~shapely.is_empty(held)
    held[outside] = None
    return pd.Series(held, index=series.index, name=series.name), wrong | outside


def _blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


_CELLS: dict[Kind, Callable[[object], object]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "day": _day,
    "instant": _instant,
    "json": _json,
}
_TYPED = frozenset({"integer", "number", "boolean", "instant"})


def _as_it_is(kind: Kind, series: pd.Series[Any]) -> tuple[pd.Series[Any], np.ndarray[Any, Any]]:
    """Take a column that has its dtype already; only a number can be wrong still (infinite)."""
    if kind != "number":
        return series, np.zeros(len(series), dtype=bool)
    infinite = np.isinf(series.to_numpy())
    return series.mask(infinite) + 0.0, infinite


def _by_cell(kind: Kind) -> Cast:
    cell = _CELLS[kind]

    def cast_column(series: pd.Series[Any]) -> tuple[pd.Series[Any], np.ndarray[Any, Any]]:
        if kind in _TYPED and series.dtype == DTYPES[kind]:
            return _as_it_is(kind, series)
        if kind == "text" and series.dtype == DTYPES["text"] and _is_clean(series):
            return series, np.zeros(len(series), dtype=bool)
        values: list[object] = []
        wrong = np.zeros(len(series), dtype=bool)
        blank_is_missing = kind != "text"
        for at, value in enumerate(series.tolist()):
            if is_missing(value) or (blank_is_missing and _blank(value)):
                values.append(None)
                continue
            try:
                values.append(cell(value))
            except _WrongError:
                values.append(None)
                wrong[at] = True
        return _series(kind, values, series), wrong

    return cast_column


def _series(kind: Kind, values: list[object], like: pd.Series[Any]) -> pd.Series[Any]:
    if kind == "day":
        held = np.empty(len(values), dtype=object)
        held[:] = values
        return pd.Series(held, index=like.index, name=like.name)
    return pd.Series(values, index=like.index, name=like.name, dtype=DTYPES[kind])


CASTS: dict[Kind, Cast] = {
    "geometry": _geometries,
    **{kind: _by_cell(kind) for kind in _CELLS},
}
