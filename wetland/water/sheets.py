"""The table inside a file (表格): where its header is, in how many rows, and what units it tells.

Water tables come with a title above the header, with a header of two rows (names and units, or a
group of parameters above its members), with merged cells, and with notes below. Rule of decision:
of the first rows, the header is the one with most cells that name a role or a parameter, the first
of equals; a row below it that names parameters where it does not, or that holds units only, belongs
to it; a cell of it that is empty takes what stands above.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.dates import CellError
from wetland.reading.delimited import SEPARATORS, decode, read_csv
from wetland.reading.files import Given, format_of
from wetland.reading.raw import RawTable
from wetland.reading.workbook import (
    FORMULA,
    Merged,
    OpenWorkbook,
    SheetCells,
    SheetName,
    find_sheet,
    open_workbook,
)
from wetland.water.cells import narrowed, parse_value
from wetland.water.columns import is_role, listed, plain
from wetland.water.parameters import parameters
from wetland.water.units import conversion

HEAD_ROWS = 30
MOST_MERGED = 20_000  # rows of one block
HEAD_BYTES = 1 << 16
ROWS_BELOW = 3
_END_OF_LINE = re.compile(rb"\r\n|\n|\r")
_CAPTION_UNIT = re.compile(r"单位\s*[:：]\s*([^\s,，;；()（）]+)")
_CAPTION_DATE = re.compile(
    r"(\d{4})\s*(?:年|-)\s*(\d{1,2})(?!\d)(?:\s*(?:月|-)\s*(\d{1,2})(?!\d))?"
)
_NOTE = re.compile(r"\s*[\"“]?\s*(?:注|备注|说明|附注|note|注释)\s*\d*\s*[:：、.]", re.IGNORECASE)
_DASH = {"-", "--", "—", "/", "无量纲", "无", "", "单位", "unit", "units"}

NO_HEADER = text(
    "{f}：找不到表头：没有一行写有站点、日期和指标的名称",
    "{f}: no header found: no row names stations, dates and parameters",
)
HEADER_HINT = text(
    "表头可写：站点,采样日期,指标,数值,单位；或 站点,采样日期,氨氮(mg/L),总磷(mg/L)",
    "write a header such as station,date,parameter,value,unit or station,date,nh3n (mg/L)",
)
OTHER_SHEETS = text(
    "只读了工作表“{s}”；其余 {n} 张未读：{o}（用 --sheet 指明）",
    "only the sheet '{s}' was read; {n} not read: {o} (name one by --sheet)",
)
HIDDEN_SHEET = text("工作表“{s}”是隐藏的", "the sheet '{s}' is hidden")
HIDDEN_ROWS = text("有 {n} 行被隐藏或筛选掉，也已读入", "{n} rows are hidden; they were read too")
FORMULAS = text(
    "{n} 格是公式，取上次计算的值", "{n} cells are formulas: the values last calculated were taken"
)
SAME_NAME = text(
    "有两列同名：作为字段只用第一列，作为检测结果两列都读",
    "two columns of this name: as a field the first is used, as results both are read",
)
NOTE_ROW = text("这一行是注释，不是样品", "this row is a note, not a sample")
MERGED_VALUE = text(
    "检测值跨 {n} 行合并，只算第 {r} 行的样品",
    "a result merged over {n} rows: taken for the sample of row {r} only",
)


@dataclass(frozen=True, slots=True)
class Head:
    """A header: names, units told in a row of their own, and after which row the data start."""

    names: tuple[str, ...]
    units: dict[int, str]
    stop: int
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its header understood.

    Parameters
    ----------
    raw
        Its rows; the columns have names of their own.
    headers
        Column -> the header as written.
    units
        Column -> unit, where a row of the header tells it.
    caption
        What stands above the header: it may tell a unit or a month of the whole table.
    epoch
        Of a workbook: the year its day numbers count from.
    part
        Name of the sheet of a workbook.
    """

    raw: RawTable
    headers: dict[str, str]
    units: dict[str, str] = field(default_factory=dict)
    caption: str = ""
    epoch: int | None = None
    part: str | None = None

    @property
    def caption_unit(self) -> str | None:
        """Return the unit that the title tells for the whole table (单位：mg/L)."""
        found = _CAPTION_UNIT.search(narrowed(self.caption))
        return found[1] if found else None

    @property
    def caption_date(self) -> str | None:
        """Return the month or day that the title tells for the whole table, if it tells one."""
        found = {"-".join(filter(None, m.groups()))
                 for m in _CAPTION_DATE.finditer(narrowed(self.caption))}  # fmt: skip
        return found.pop() if len(found) == 1 else None


def names_parameter(cell: str) -> bool:
    """Tell whether a header names a parameter, with or without a unit."""
    known = parameters()
    return known.find(cell) is not None or known.find(known.split_header(cell)[0]) is not None


def find_head(rows: Sequence[Sequence[str]]) -> Head | None:
    """Find the header among the first rows of a table; None where no row can be one.

    Examples
    --------
    >>> head = find_head([["某湖 2024 年监测结果"], ["站点", "日期", "营养盐", ""],
    ...                   ["", "", "氨氮", "总磷"], ["", "", "mg/L", "mg/L"], ["A", "2024-05-01"]])
    >>> head.names, head.units, head.stop
    (('站点', '日期', '氨氮', '总磷'), {2: 'mg/L', 3: 'mg/L'}, 4)
    """
    scores = [_score(row) for row in rows]
    best = max(range(len(rows)), key=lambda at: (scores[at], -at), default=None)
    if best is None or scores[best] == 0:
        return None
    names = [_one_line(cell) for cell in rows[best]]
    for above in range(best - 1, max(-1, best - 3), -1):
        _fill_from_above(names, rows[above])
    units: dict[int, str] = {}
    stop = best + 1
    while stop < min(len(rows), best + 1 + ROWS_BELOW):
        if not _takes_row(names, units, rows[stop]):
            break
        stop += 1
    caption = " ".join(cell for row in rows[:best] for cell in row if cell)
    return Head(tuple(names), units, stop, caption)


def _score(row: Sequence[str]) -> int:
    return len({plain(cell) for cell in row if cell and (is_role(cell) or names_parameter(cell))})


def _one_line(cell: str) -> str:
    return " ".join(narrowed(cell).split())


def _fill_from_above(names: list[str], row: Sequence[str]) -> None:
    """Take names of roles and parameters from the row above where the header is empty."""
    for at, cell in enumerate(row):
        if not cell or not (is_role(cell) or names_parameter(cell)):
            continue
        if at < len(names) and not names[at]:
            names[at] = _one_line(cell)


def _takes_row(names: list[str], units: dict[int, str], row: Sequence[str]) -> bool:
    """Take a row below the header that belongs to it: units, or names of parameters."""
    found = _units_of_row(names, row)
    if found:
        units.update(found)
        return True
    below = {at: cell for at, cell in enumerate(row) if cell and names_parameter(cell)}
    known = {at for at, name in enumerate(names) if is_role(name)}
    if not below or known & {at for at, cell in enumerate(row) if cell}:
        return False
    names.extend([""] * (max(below) + 1 - len(names)))
    for at, cell in below.items():
        if not names_parameter(names[at]):
            names[at] = _one_line(cell)
    return True


def _units_of_row(names: Sequence[str], row: Sequence[str]) -> dict[int, str]:
    """Return the units of a row that holds nothing but units; empty where it holds anything else.

    A column whose header names a parameter must hold a unit of it, a dash, or nothing; one that
    does not may hold anything that is no number and no date.
    """
    found: dict[int, str] = {}
    for at, raw in enumerate(row):
        cell = narrowed(raw).strip("()[]【】（） ")
        if cell.casefold() in _DASH:
            continue
        name = names[at] if at < len(names) else ""
        if is_role(name) or _is_value(cell):
            return {}
        if _fits(name, cell):
            found[at] = cell
        elif names_parameter(name) and any(c.isdigit() for c in cell):
            return {}
    return found


def _is_value(cell: str) -> bool:
    try:
        return parse_value(cell, lowest=-1e9) is not None
    except CellError:
        return False


def _fits(name: str, unit: str) -> bool:
    known = parameters()
    code = known.find(name) or known.find(known.split_header(name)[0])
    if code is None:
        return False
    try:
        conversion(code, unit)
    except InputError:
        return False
    return True


def read_sheet(
    given: Given,
    problems: Problems,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Sheet:
    """Read the table of a CSV or XLSX file.

    Parameters
    ----------
    given
        The file.
    problems
        Takes broken rows, repeated names, and what a workbook keeps out of sight.
    sheet
        Sheet of a workbook, by name or number; None is the first visible one that has a header.
    encoding
        Encoding of a text file, None where the content decides.

    Raises
    ------
    InputError
        No header, no rows, or a file that cannot be read.
    """
    if format_of(given, accept={"xlsx"}) == "xlsx":
        with open_workbook(given) as book:
            return _of_workbook(book, sheet, problems)
    return _of_text(given, encoding, problems)


def _no_header(name: str) -> InputError:
    return InputError(NO_HEADER.fill(f=name), hint=HEADER_HINT)


# Text.


@dataclass(frozen=True, slots=True)
class _Encoding:
    encoding: str | None


def _of_text(given: Given, encoding: str | None, problems: Problems) -> Sheet:
    """Read text: the header is put in plain words before the rows are read as they are."""
    data = given.read()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        words, found = decode(data, encoding, given.name)
        data = words.encode("utf-8")
    else:
        words, found = _decoded_head(data, encoding)
    separator, rows, ends = _records(words)
    head = find_head(rows)
    if head is None:
        raise _no_header(given.name)
    lines = ends[head.stop - 1]
    width = max(len(head.names), len(rows[head.stop - 1]))
    header = separator.join(f"c{at}" for at in range(width)).encode()
    body = b"\n" * (lines - 1) + header + b"\n" + data[_after(data, lines) :]
    own = Problems(given.name, problems.source_id)
    given_body = Given.of_bytes(given.name, body)
    told = None if encoding is not None and found == "utf-8-sig" else encoding
    raw = read_csv(given_body, _Encoding(told), own)
    _take_over(own, problems)
    if found not in {"utf-8", raw.encoding} or raw.encoding is None:
        raw = RawTable("csv", raw.rows, raw.cells, raw.total, encoding=found)
    return _named(raw, head, problems, row=lines)


def _decoded_head(data: bytes, encoding: str | None) -> tuple[str, str]:
    """Decode the first lines; a letter cut in two at their end does not matter."""
    piece = data[:HEAD_BYTES]
    if len(data) > HEAD_BYTES:
        piece = piece[: piece.rfind(b"\n") + 1] or piece
    marked = data.startswith(b"\xef\xbb\xbf")
    for one in ("utf-8-sig",) if marked else (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            return piece.decode(one), one
        except UnicodeError:
            continue
        except LookupError:
            break
    return piece.decode("utf-8", "replace"), "utf-8"


def _records(words: str) -> tuple[str, list[list[str]], list[int]]:
    """Return the separator, the first records that hold anything, and the line each ends on."""
    lines = io.StringIO(words, newline=None).readlines()
    counts = {mark: sum(line.count(mark) for line in lines[:HEAD_ROWS]) for mark in SEPARATORS}
    separator = max(SEPARATORS, key=lambda mark: counts[mark])
    separator = separator if counts[separator] else ","
    reader = csv.reader(lines, delimiter=separator)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append([cell.strip() for cell in cells])
                ends.append(reader.line_num)
            if len(rows) >= HEAD_ROWS:
                break
    except csv.Error:
        pass  # a broken row is told where the rows are read
    return separator, rows, ends


def _after(data: bytes, lines: int) -> int:
    """Return where the line after so many lines starts."""
    position = 0
    for _ in range(lines):
        end = _END_OF_LINE.search(data, position)
        if end is None:
            return len(data)
        position = end.end()
    return position


def _take_over(own: Problems, problems: Problems) -> None:
    for problem in own.items:
        if problem.code == "wrong_cells" and _NOTE.match(problem.value or ""):
            problems.add("note_row", row=problem.row, value=problem.value, level="warning",
                         message=NOTE_ROW)  # fmt: skip
        elif problem.code != "duplicate_column":
            problems.extend([problem])


def _named(raw: RawTable, head: Head, problems: Problems, *, row: int) -> Sheet:
    """Give the columns their names; a second one of the same name gets one of its own."""
    names: list[str] = []
    headers: dict[str, str] = {}
    for at in range(len(raw.cells.columns)):
        header = head.names[at] if at < len(head.names) else ""
        name = header or f"column {at + 1}"
        if name in headers:
            problems.add("duplicate_column", row=row, column=name, level="warning",
                         message=SAME_NAME)  # fmt: skip
            name = f"{name} ({at + 1})"
        headers[name] = header
        names.append(name)
    raw.cells.columns = names
    units = {names[at]: unit for at, unit in head.units.items() if at < len(names)}
    return Sheet(raw, headers, units, head.caption)


# Workbooks.


def _of_workbook(book: OpenWorkbook, wanted: str | None, problems: Problems) -> Sheet:
    import numpy as np
    import pandas as pd

    chosen = find_sheet(book, wanted) if wanted else _first_with_header(book)
    _tell_sheets(book, chosen, wanted, problems)
    cells = book.read(chosen.name)
    head = find_head(cells.rows[:HEAD_ROWS])
    if head is None:
        raise _no_header(book.file)
    _fill_keys(cells, head, problems)
    rows, numbers = cells.rows[head.stop :], cells.numbers[head.stop :]
    if not rows:
        message = text("{f}：只有表头，没有数据行", "{f}: there is a header and no row")
        raise InputError(message.fill(f=book.file))
    width = max(len(head.names), *map(len, rows))
    padded = [row + [""] * (width - len(row)) for row in rows]
    frame = pd.DataFrame(padded, columns=[f"c{at}" for at in range(width)], dtype="str")
    raw = RawTable("xlsx", np.array(numbers, dtype=np.int64), frame, len(rows))
    _tell_cells(cells, problems)
    named = _named(raw, head, problems, row=cells.numbers[head.stop - 1])
    return Sheet(raw, named.headers, named.units, head.caption, book.epoch, chosen.name)


def _first_with_header(book: OpenWorkbook) -> SheetName:
    visible = [sheet for sheet in book.sheets if sheet.visible]
    for sheet in visible:
        head = find_head(book.head(sheet.name, HEAD_ROWS))
        if head is not None and len(head.names) > 1:
            return sheet
    if not visible:
        raise _no_header(book.file)
    return visible[0]


def _tell_sheets(
    book: OpenWorkbook, chosen: SheetName, wanted: str | None, problems: Problems
) -> None:
    if not chosen.visible:
        problems.add("hidden_sheet", level="warning", value=chosen.name,
                     message=HIDDEN_SHEET.fill(s=chosen.name))  # fmt: skip
    others = [sheet.name for sheet in book.sheets if sheet is not chosen]
    filled = [name for name in others if book.head(name, 2)]
    if filled and wanted is None:
        message = OTHER_SHEETS.fill(s=chosen.name, n=len(filled), o=listed(filled))
        problems.add("other_sheets", level="warning", message=message)


def _tell_cells(cells: SheetCells, problems: Problems) -> None:
    if cells.formulas:
        problems.add("formulas", level="warning", message=FORMULAS.fill(n=cells.formulas))
    if cells.hidden_rows:
        problems.add("hidden_rows", level="warning", message=HIDDEN_ROWS.fill(n=cells.hidden_rows))


def _fill_keys(cells: SheetCells, head: Head, problems: Problems) -> None:
    """Write the station, date and the like that are merged over several rows into each of them."""
    places = {number: at for at, number in enumerate(cells.numbers)}
    for block in cells.merged:
        if block.last_row == block.first_row:
            continue
        at = places.get(block.first_row)
        if at is None or at < head.stop or block.first_column > len(cells.rows[at]):
            continue
        _fill_block(cells, head, block, at, problems)


def _fill_block(
    cells: SheetCells, head: Head, block: Merged, first: int, problems: Problems
) -> None:
    column = block.first_column - 1
    word = cells.rows[first][column]
    name = head.names[column] if column < len(head.names) else ""
    if not word or word == FORMULA:
        return
    if not is_role(name) or plain(name) == plain("value"):
        message = MERGED_VALUE.fill(n=block.last_row - block.first_row + 1, r=block.first_row)
        problems.add("merged_value", row=block.first_row, column=name or None, value=word,
                     message=message, level="warning")  # fmt: skip
        return
    for at in range(first + 1, min(len(cells.numbers), first + MOST_MERGED)):
        if cells.numbers[at] > block.last_row:
            break
        row = cells.rows[at]
        row.extend([""] * (column + 1 - len(row)))
        row[column] = row[column] or word
