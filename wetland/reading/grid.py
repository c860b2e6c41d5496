"""Cells of a table as they stand (网格): rows of a CSV or of one sheet of a workbook.

Rows may be of any length: a park's own sheet has a title, a block of notes above the table and
lines below it. A text file may be of two encodings, where somebody appended lines to it: each line
is read in its own.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.delimited import SEPARATORS, decode
from wetland.reading.files import Given, format_of
from wetland.reading.raw import MOST_ROWS
from wetland.reading.workbook import (
    Merged,
    OpenWorkbook,
    SheetName,
    find_sheet,
    open_workbook,
)

LONGEST_CELL = 10_000
HEAD_ROWS = 40
MOST_COLUMNS = 2_000
_MOST_TOLD = 50
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

OTHER_ENCODING = text(
    "这一行的编码（{o}）与全文件（{e}）不同，已按该行的编码读入",
    "this row is encoded in {o}, unlike the file ({e}); it was read in its own encoding",
)
LOST_BYTES = text(
    "这一行有不属于任何已知编码的字节，已用 � 代替；请用 --encoding 指明编码",
    "bytes of this row are of no known encoding and stand as �; name it by --encoding",
)
OPEN_QUOTE = text(
    "引号没有闭合，这一行按没有引号读入",
    "a quotation mark is not closed: the row was read as if there were none",
)
OTHER_SHEETS = text(
    "只读了工作表“{s}”；其余 {n} 张未读：{o}（用 --sheet 指明）",
    "only the sheet '{s}' was read; {n} not read: {o} (name one by --sheet)",
)
FORMULAS = text(
    "{n} 格是公式，取上次计算的值", "{n} cells are formulas: the values last calculated were taken"
)
HIDDEN_ROWS = text("有 {n} 行被隐藏或筛选掉，也已读入", "{n} rows are hidden; they were read too")
NO_ROWS = text("{f}：没有任何有内容的行", "{f}: no row with content")
TOO_MANY = text("{f}：超过 {n} 行，请拆成几个文件", "{f}: more than {n} rows; split the file")

TOO_WIDE = text("{f}：超过 {n} 列，不像表格", "{f}: more than {n} columns: no table to be read")

Wanted = Callable[["Grid"], bool]


class GridOptions(Protocol):
    """What is known of a table beside its content."""

    @property
    def encoding(self) -> str | None:
        """Return the encoding of a text, None where the content decides."""

    @property
    def sheet(self) -> str | None:
        """Return the sheet of a workbook, by name or number; None where the content decides."""


@dataclass(slots=True)
class Grid:
    """Rows of cells, trimmed; rows without content are left out.

    Parameters
    ----------
    rows
        The cells, ``""`` where blank; rows may be of any length.
    numbers
        Number of each row as the file shows it, counted from 1.
    merged
        Blocks of merged cells of a workbook, in numbers of the file.
    format
        ``csv`` or ``xlsx``.
    encoding
        Encoding of a text file.
    part
        Name of the sheet of a workbook.
    """

    rows: list[list[str]]
    numbers: list[int]
    merged: tuple[Merged, ...] = ()
    format: str = "csv"
    encoding: str | None = None
    part: str | None = None

    def cell(self, row: int, column: int) -> str:
        """Return a cell by positions counted from 0, ``""`` beyond the end of a row."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def fill_down(self, start: int, *, kept: Collection[int] = ()) -> None:
        """Write what is merged over several rows (a date, a gate) into each, from a row on.

        Parameters
        ----------
        start
            Position of the first row that is filled.
        kept
            Positions of columns that are left alone: a count merged over rows is of the first.
        """
        places = {number: at for at, number in enumerate(self.numbers)}
        for block in self.merged:
            column, first = block.first_column - 1, places.get(block.first_row)
            if column in kept or first is None:
                continue
            for number in range(block.first_row + 1, block.last_row + 1):
                at = places.get(number, -1)
                if at >= start:
                    row = self.rows[at]
                    row.extend([""] * (column + 1 - len(row)))
                    row[column] = row[column] or self.cell(first, column)

    @property
    def width(self) -> int:
        """Return the number of columns of the longest row."""
        return max(map(len, self.rows), default=0)


def read_grid(
    given: Given, options: GridOptions, problems: Problems, *, wanted: Wanted | None = None
) -> Grid:
    """Read the cells of a CSV file, or of a sheet of a workbook.

    Parameters
    ----------
    given
        The file.
    options
        Its encoding and its sheet, where a person tells them.
    problems
        Takes rows of another encoding, and what a workbook keeps out of sight.
    wanted
        Tells whether the head of a sheet is that of a table looked for: without ``options.sheet``
        the first visible sheet that is one is read, else the first visible one.

    Raises
    ------
    InputError
        No content, no such sheet, too many rows or columns, or a file that cannot be read.
    """
    if format_of(given, accept={"xlsx"}) == "xlsx":
        with open_workbook(given) as book:
            grid = _of_workbook(book, options.sheet, problems, wanted)
    else:
        grid = _of_text(given.read(), given.name, options.encoding, problems)
    if not grid.rows:
        raise InputError(NO_ROWS.fill(f=given.name))
    if grid.width > MOST_COLUMNS:
        raise InputError(TOO_WIDE.fill(f=given.name, n=MOST_COLUMNS))
    return grid


def head_of(given: Given, options: GridOptions) -> Grid:
    """Return the first rows of a file, to tell what it is; of a workbook, of all visible sheets."""
    ignored = Problems(given.name)
    if format_of(given, accept={"xlsx"}) == "xlsx":
        with open_workbook(given) as book:
            if options.sheet:
                names = [find_sheet(book, options.sheet)]
            else:
                names = [sheet for sheet in book.sheets if sheet.visible]
            rows = [row for sheet in names for row in book.head(sheet.name, HEAD_ROWS)]
            return Grid(rows, list(range(1, len(rows) + 1)), format="xlsx")
    head = given.head()
    if given.size > len(head):
        head = head[: head.rfind(b"\n") + 1] or head
        if head.startswith(_BOMS[1:]):
            head = head[: len(head) // 2 * 2]
    return _of_text(head, given.name, options.encoding, ignored)


def separator_of(lines: Sequence[str]) -> str:
    """Return what parts the cells: the mark that the first lines hold most often, else a comma."""
    counts = {mark: sum(line.count(mark) for line in lines[:HEAD_ROWS]) for mark in SEPARATORS}
    best = max(SEPARATORS, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def decode_lines(
    data: bytes, name: str, encoding: str | None, problems: Problems
) -> tuple[str, str]:
    """Decode a text whose lines may be of two encodings; tell which lines were.

    Rule of decision: a byte order mark or the encoding asked for decides for the whole. Else a text
    with at least as many UTF-8 lines as others (of lines that are more than ASCII) is UTF-8, else
    GB18030; a line that is not of it is read in the other one, and told.

    Raises
    ------
    InputError
        The encoding is not known, or the bytes are not of the encoding asked for.
    """
    if encoding is not None or data.startswith(_BOMS):
        return decode(data, encoding, name)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        lines = data.split(b"\n")
    sound = [_is_of(line, "utf-8") for line in lines]
    marked = [ok for line, ok in zip(lines, sound, strict=True) if not line.isascii()]
    main = "utf-8" if sum(marked) * 2 >= len(marked) else "gb18030"
    told = 0
    words: list[str] = []
    for number, (line, is_utf8) in enumerate(zip(lines, sound, strict=True), 1):
        used = "utf-8" if is_utf8 else "gb18030"
        try:
            decoded = line.decode(used)
        except UnicodeDecodeError:
            decoded = line.decode(main, "replace")
            problems.add("wrong_bytes", row=number, value=decoded, message=LOST_BYTES)
        else:
            if used != main and told < _MOST_TOLD and not line.isascii():
                told += 1
                problems.add("other_encoding", row=number, value=decoded, level="warning",
                             message=OTHER_ENCODING.fill(o=used, e=main))  # fmt: skip
        words.append(decoded)
    return "\n".join(words), main


def _is_of(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _of_text(data: bytes, name: str, encoding: str | None, problems: Problems) -> Grid:
    words, found = decode_lines(data, name, encoding, problems)
    words = words.removeprefix("\ufeff").replace("\0", "")
    lines = io.StringIO(words, newline=None).readlines()
    separator = separator_of(lines)
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in _records(lines, separator, problems):
        trimmed = [cell.strip()[:LONGEST_CELL] for cell in cells]
        while trimmed and not trimmed[-1]:
            trimmed.pop()
        if trimmed:
            rows.append(trimmed)
            numbers.append(number)
            if len(rows) > MOST_ROWS:
                raise InputError(TOO_MANY.fill(f=name, n=MOST_ROWS))
    return Grid(rows, numbers, encoding=found)


def _records(lines: list[str], separator: str, problems: Problems) -> list[tuple[int, list[str]]]:
    """Part lines into cells; a quotation mark that is never closed costs its own line only."""
    found: list[tuple[int, list[str]]] = []
    at = 0
    while at < len(lines):
        reader = csv.reader(itertools.islice(lines, at, None), delimiter=separator)
        start = at
        try:
            for cells in reader:
                number = at + 1
                at = start + reader.line_num
                if at - number >= _MOST_TOLD:  # a quotation mark was opened by mistake
                    found.append((number, _parted(lines[number - 1], separator)))
                    problems.add("open_quote", row=number, value=lines[number - 1],
                                 level="warning", message=OPEN_QUOTE)  # fmt: skip
                    at = number
                    break
                found.append((number, cells))
            else:
                return found
        except csv.Error:
            found.append((at + 1, _parted(lines[at], separator)))
            problems.add("open_quote", row=at + 1, value=lines[at], level="warning",
                         message=OPEN_QUOTE)  # fmt: skip
            at += 1
    return found


def _parted(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _of_workbook(
    book: OpenWorkbook, asked: str | None, problems: Problems, wanted: Wanted | None
) -> Grid:
    chosen = find_sheet(book, asked) if asked else _first_wanted(book, wanted)
    others = [sheet.name for sheet in book.sheets if sheet.visible and sheet.name != chosen.name]
    if others and not asked:
        listed = "、".join(others[:5]) + ("…" if len(others) > 5 else "")
        problems.add("other_sheets", level="warning",
                     message=OTHER_SHEETS.fill(s=chosen.name, n=len(others), o=listed))  # fmt: skip
    cells = book.read(chosen.name)
    if cells.hidden_rows:
        problems.add("hidden_rows", level="warning", message=HIDDEN_ROWS.fill(n=cells.hidden_rows))
    if cells.formulas:
        problems.add("formulas", level="warning", message=FORMULAS.fill(n=cells.formulas))
    rows, numbers = [], []
    for number, row in zip(cells.numbers, cells.rows, strict=True):
        trimmed = [cell.strip()[:LONGEST_CELL] for cell in row]
        if any(trimmed):
            rows.append(trimmed)
            numbers.append(number)
    return Grid(rows, numbers, cells.merged, "xlsx", None, chosen.name)


def _first_wanted(book: OpenWorkbook, wanted: Wanted | None) -> SheetName:
    visible = [sheet for sheet in book.sheets if sheet.visible]
    if not visible:
        raise InputError(NO_ROWS.fill(f=book.file))
    for sheet in visible:
        rows = book.head(sheet.name, HEAD_ROWS)
        if wanted is not None and rows and wanted(Grid(rows, list(range(1, len(rows) + 1)))):
            return sheet
    return next((sheet for sheet in visible if book.head(sheet.name, 1)), visible[0])
