"""Check a table against its schema: good rows go on, wrong rows become problems.

`check_table` takes rows as they come out of a file (words, numbers, anything) and gives back the
good ones in the house's dtypes (`DTYPES`) and one problem per wrong cell. `coerce` does the same
for a table the program made itself and raises at the first wrong cell.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from wetland.base.casts import CASTS, NOT_OF_KIND
from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.tables import DTYPES, Column, TableSchema
from wetland.base.texts import Text, text

if TYPE_CHECKING:
    import pandera.pandas as pa

_MISSING = text("{column} 是必填的，此行为空", "{column} is required and empty in this row")
_CHOICE = text(
    "{column} 不能是 {value}；可用：{allowed}", "{column} cannot be {value}; allowed: {allowed}"
)
_RANGE = text(
    "{column} 的值 {value} 超出范围 {low} 到 {high}",
    "{column}: {value} is not within {low} to {high}",
)
_DUPLICATE = text(
    "{column} 为 {value} 的行不止一行且内容不同",
    "several rows with different content carry {column} {value}",
)
_REPEATED = text(
    "此行与前面编号为 {value} 的行完全相同，只保留一行",
    "this row repeats an earlier one, {value}; one is kept",
)
_UNKNOWN = text("表 {table} 没有这一列：{column}", "table {table} has no such column: {column}")
_ABSENT = text("缺少必填列 {column}", "the required column {column} is not there")


def empty(schema: TableSchema) -> pd.DataFrame:
    """Return the table of a schema without rows.

    Examples
    --------
    >>> from wetland.base.problems import PROBLEMS
    >>> str(empty(PROBLEMS)["row"].dtype)
    'Int64'
    """
    return pd.DataFrame({c.name: pd.Series([], dtype=DTYPES[c.kind]) for c in schema.columns})


def coerce(schema: TableSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Put the dtypes of the house on a table: all columns of the schema, in its order.

    A column that is not there is missing in every row. Choices, ranges and required values are not
    looked at: that is `check_table`.

    Raises
    ------
    InputError
        The schema has no such column, or a value is not of its column's kind.
    """
    unknown = [str(c) for c in frame.columns if c not in schema.names]
    if unknown:
        raise InputError(_UNKNOWN.fill(table=schema.name, column=", ".join(unknown)))
    columns: dict[str, pd.Series[Any]] = {}
    for column in schema.columns:
        series, wrong = _cast(column, frame)
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            raise InputError(
                text("表 {table} 第 {row} 行：{what}", "table {table}, row {row}: {what}").fill(
                    table=schema.name,
                    row=frame.index[at],
                    what=_not_of_kind(column, frame[column.name].iloc[at]),
                )
            )
        columns[column.name] = series
    return pd.DataFrame(columns, index=frame.index)


def check_table(
    schema: TableSchema, frame: pd.DataFrame, *, file: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split a table into good rows, in the house's dtypes, and problems.

    Parameters
    ----------
    schema
        What the table must be. Columns it does not name are left out with one warning each.
    frame
        The table as read; its index holds the row numbers of the file.
    file
        The file's name for the problems.

    Returns
    -------
    good, problems
        The good rows keep their index; problems are rows of `PROBLEMS`.

    Notes
    -----
    Rule of decision: a row is good when every cell is missing or of its column's kind, allowed and
    in range, when no required cell is missing, and when no other row with different content has its
    key. Rows that repeat a good row cell by cell are dropped with a warning, all but the first.

    Examples
    --------
    >>> schema = TableSchema("t", "id", (
    ...     Column("id", "text", text("编号", "id"), required=True),
    ...     Column("n", "integer", text("数", "n"), minimum=0)), text("表", "t"))
    >>> rows = pd.DataFrame({"id": ["a", "b"], "n": ["3", "many"]}, index=[2, 3])
    >>> good, problems = check_table(schema, rows)
    >>> good["n"].tolist(), problems[["row", "code"]].values.tolist()
    ([3], [[3, 'wrong_kind']])
    """
    problems = Problems(file)
    typed, bad = _typed(schema, frame, problems)
    typed = _without_repeats(schema, typed, problems)
    bad |= _broken_checks(schema, typed[~typed.index.isin(bad)], problems)
    return typed[~typed.index.isin(bad)], problems.frame()


def _cast(column: Column, frame: pd.DataFrame) -> tuple[pd.Series[Any], np.ndarray[Any, Any]]:
    if column.name not in frame.columns:
        return pd.Series(None, index=frame.index, dtype=DTYPES[column.kind]), np.zeros(
            len(frame), dtype=bool
        )
    return CASTS[column.kind](frame[column.name])


def _not_of_kind(column: Column, value: object) -> Text:
    return NOT_OF_KIND[column.kind].fill(column=column.name, value=_shown(value))


def _shown(value: object) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in str(value)[:80])


def _typed(
    schema: TableSchema, frame: pd.DataFrame, problems: Problems
) -> tuple[pd.DataFrame, set[Any]]:
    bad: set[Any] = set()
    for name in frame.columns:
        if name not in schema.names:
            message = _UNKNOWN.fill(table=schema.name, column=str(name))
            problems.add("unknown_column", column=str(name), message=message, level="warning")
    columns: dict[str, pd.Series[Any]] = {}
    for column in schema.columns:
        if column.required and column.name not in frame.columns:
            problems.add("no_column", column=column.name, message=_ABSENT.fill(column=column.name))
        columns[column.name], wrong = _cast(column, frame)
        for at in np.flatnonzero(wrong).tolist():
            value, row = frame[column.name].iloc[at], frame.index[at]
            message = _not_of_kind(column, value)
            problems.add("wrong_kind", row=row, column=column.name, value=value, message=message)
            bad.add(row)
    return pd.DataFrame(columns, index=frame.index), bad


def _without_repeats(schema: TableSchema, typed: pd.DataFrame, problems: Problems) -> pd.DataFrame:
    doubled = typed[typed[schema.key].notna() & typed[schema.key].duplicated(keep=False)]
    if doubled.empty:
        return typed
    comparable = doubled.astype(object).map(lambda v: str(v) if hasattr(v, "geom_type") else v)
    repeats = doubled.index[comparable.duplicated()]
    for row in repeats:
        key = typed.at[row, schema.key]
        said = _REPEATED.fill(value=_shown(key))
        problems.add(
            "repeated", row=row, column=schema.key, value=key, message=said, level="warning"
        )
    return typed.drop(index=repeats)


def _broken_checks(schema: TableSchema, typed: pd.DataFrame, problems: Problems) -> set[Any]:
    import pandera.pandas as pa

    if typed.empty:
        return set()
    blank = [c.name for c in schema.columns if c.required and c.kind in {"text", "json"}]
    looked_at = typed.copy()
    for name in blank:
        looked_at[name] = looked_at[name].where(looked_at[name].str.strip() != "")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pandera speaks of its own internals
            _pandera(schema).validate(looked_at, lazy=True)
    except pa.errors.SchemaErrors as failed:
        return _tell(schema, failed.failure_cases, problems)
    return set()


def _pandera(schema: TableSchema) -> pa.DataFrameSchema:
    import pandera.pandas as pa

    columns = {}
    for column in schema.columns:
        checks = []
        if column.choices is not None:
            checks.append(pa.Check.isin(column.choices, error="choice"))
        if column.minimum is not None:
            checks.append(pa.Check.ge(column.minimum, error="range"))
        if column.maximum is not None:
            checks.append(pa.Check.le(column.maximum, error="range"))
        columns[column.name] = pa.Column(
            None,
            checks,
            nullable=not column.required,
            unique=column.name == schema.key,
        )
    return pa.DataFrameSchema(columns)


_CODES = {
    "not_nullable": ("missing", _MISSING),
    "choice": ("not_allowed", _CHOICE),
    "range": ("out_of_range", _RANGE),
    "field_uniqueness": ("duplicate", _DUPLICATE),
}


def _tell(schema: TableSchema, cases: pd.DataFrame, problems: Problems) -> set[Any]:
    bad: set[Any] = set()
    for case in cases.to_dict("records"):
        if pd.isna(case["index"]):  # of the whole column, not of a row
            continue
        column = schema.column(case["column"])
        code, message = _CODES[case["check"].split("(")[0]]
        value = None if code == "missing" else case["failure_case"]
        said = message.fill(
            column=column.name,
            value=_shown(value),
            allowed=", ".join(column.choices or ()),
            low="-∞" if column.minimum is None else f"{column.minimum:g}",
            high="∞" if column.maximum is None else f"{column.maximum:g}",
        )
        row = int(case["index"])
        problems.add(code, row=row, column=column.name, value=value, message=said)
        bad.add(row)
    return bad
