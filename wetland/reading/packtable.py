"""Read a small table of a site pack: every mistake of every row at once.

A table has one header row, columns in any order, in English or Chinese, parted by comma, tab or
semicolon; UTF-8, UTF-16 or GB18030 (what a spreadsheet saves in China). An empty cell is "not
told".
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from wetland.base.errors import InputError, Mistake
from wetland.base.mistakes import explain
from wetland.base.strict import Strict
from wetland.base.texts import Text, text
from wetland.reading.delimited import decode

_Row = TypeVar("_Row", bound=Strict)

_EMPTY = text("没有表头", "there is no header row")
_UNKNOWN = text("不认识的列 {c}；可用：{k}", "unknown column {c}; there are: {k}")
_TWICE_COLUMN = text("列 {c} 出现两次", "the column {c} is there twice")
_CELLS = text("有 {m} 格，表头有 {n} 列", "{m} cells, {n} columns in the header")
_BROKEN = text("CSV 无法拆分：{p}", "the CSV cannot be parted: {p}")
_MANY = text("超过 {n} 行", "more than {n} rows")
_DELIMITERS = ",\t;"  # the one that the header has most of


@dataclass(frozen=True, slots=True)
class TableForm(Generic[_Row]):
    """What a table of a pack holds.

    Parameters
    ----------
    model
        What a row becomes.
    headers
        What a header may be called instead of the field.
    value
        What a cell of a field says; None: nothing.
    prepare
        Makes the fields of the model of what the cells of a row say.
    columns
        Columns that the table may have: of a model's fields those that are cells, and others that
        ``prepare`` makes fields of.
    most
        Rows that a table may have.
    """

    model: type[_Row]
    headers: Mapping[str, str]
    value: Callable[[str, str], Any]
    prepare: Callable[[dict[str, Any]], dict[str, Any]]
    columns: tuple[str, ...]
    most: int


def read_table(path: Path, form: TableForm[_Row]) -> tuple[list[tuple[int, _Row]], list[Mistake]]:
    """Read the rows of one table, numbered with the header as row 1; the right ones.

    Returns
    -------
    list of (int, model), list of Mistake
        What could be read, and every mistake of the other rows.
    """
    try:
        words, _ = decode(path.read_bytes(), None, path.name)
    except OSError as error:
        return [], [Mistake(path.name, "-", _BROKEN.fill(p=error.strerror or "-"))]
    except InputError as error:
        return [], [Mistake(path.name, "-", error.message)]
    rows: list[tuple[int, _Row]] = []
    mistakes: list[Mistake] = []
    columns: list[str] | None = None
    try:
        for number, cells in _lines(words.removeprefix("\ufeff")):
            if columns is None:
                columns, mistakes = _columns(path, cells, form)
            elif len(rows) >= form.most:
                mistakes.append(row_mistake(path, number, "-", _MANY.fill(n=form.most)))
                break
            elif len(cells) > len(columns) and any(c.strip() for c in cells[len(columns) :]):
                what = _CELLS.fill(m=len(cells), n=len(columns))
                mistakes.append(row_mistake(path, number, "-", what))
            else:
                row, wrong = _row(path, number, dict(zip(columns, cells, strict=False)), form)
                mistakes += wrong
                rows += [(number, row)] if row is not None else []
    except csv.Error as error:
        mistakes.append(Mistake(path.name, "-", _BROKEN.fill(p=error)))
    if columns is None and not mistakes:
        mistakes.append(Mistake(path.name, "-", _EMPTY))
    return rows, mistakes


def row_mistake(path: Path, row: int, field: str, what: Text) -> Mistake:
    """Return a mistake of a row of a table."""
    return Mistake(path.name, f"row {row}: {field}", what)


def _lines(words: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something, with their number."""
    head = words.split("\n", 1)[0]
    rows = csv.reader(
        io.StringIO(words, newline=""), delimiter=max(_DELIMITERS, key=head.count), strict=True
    )
    for number, cells in enumerate(rows, 1):
        if any(cell.strip() for cell in cells):
            yield number, cells


def _columns(
    path: Path, header: list[str], form: TableForm[Any]
) -> tuple[list[str], list[Mistake]]:
    columns: list[str] = []
    mistakes: list[Mistake] = []
    for cell in header:
        plain = unicodedata.normalize("NFKC", cell).strip()
        column = form.headers.get(plain, plain.casefold().replace(" ", "_"))
        if column and column not in form.columns:
            what = _UNKNOWN.fill(c=plain, k=", ".join(form.columns))
            mistakes.append(row_mistake(path, 1, plain[:40], what))
        elif column and column in columns:
            mistakes.append(row_mistake(path, 1, column, _TWICE_COLUMN.fill(c=column)))
        columns.append(column)
    return columns, mistakes


def _row(
    path: Path, number: int, cells: dict[str, str], form: TableForm[_Row]
) -> tuple[_Row | None, list[Mistake]]:
    told = {c: form.value(c, v) for c, v in cells.items() if c in form.columns}
    told = form.prepare({c: v for c, v in told.items() if v is not None})
    known = {c: v for c, v in told.items() if c in form.model.model_fields}
    try:
        return form.model.model_validate(known), []
    except ValidationError as error:
        return None, explain(error, file=path.name, where=f"row {number}")
