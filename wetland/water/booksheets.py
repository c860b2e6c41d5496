"""Water tables in workbooks: which sheet, what merged cells mean, and what a sheet hides."""

from __future__ import annotations

from collections.abc import Collection

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.raw import RawTable
from wetland.reading.workbook import (
    FORMULA,
    Merged,
    OpenWorkbook,
    SheetCells,
    SheetName,
    find_sheet,
)
from wetland.water.columns import is_role, listed, plain
from wetland.water.heads import HEAD_ROWS, Head, Sheet, find_head, named, no_header

MOST_FILLED = 5_000_000  # cells of merged blocks: real blocks do not overlap
OTHER_SHEETS = text(
    "只读了工作表“{s}”；其余 {n} 张未读：{o}（用 --sheet 指明）",
    "only the sheet '{s}' was read; {n} not read: {o} (name one by --sheet)",
)
HIDDEN_SHEET = text("工作表“{s}”是隐藏的", "the sheet '{s}' is hidden")
HIDDEN_ROWS = text("有 {n} 行被隐藏或筛选掉，也已读入", "{n} rows are hidden; they were read too")
FORMULAS = text(
    "{n} 格是公式，取上次计算的值", "{n} cells are formulas: the values last calculated were taken"
)
MERGED_VALUE = text(
    "检测值跨 {n} 行合并，只算第 {r} 行的样品",
    "a result merged over {n} rows: taken for the sample of row {r} only",
)


def of_workbook(
    book: OpenWorkbook, wanted: str | None, problems: Problems, *, told: Collection[str] = ()
) -> Sheet:
    """Read the table of a sheet: the one asked for, else the first visible one with a header."""
    import numpy as np
    import pandas as pd

    chosen = find_sheet(book, wanted) if wanted else _first_with_header(book, told)
    _tell_sheets(book, chosen, wanted, problems)
    cells = book.read(chosen.name)
    head = find_head(cells.rows[:HEAD_ROWS], told=told)
    if head is None:
        raise no_header(book.file)
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
    sheet = named(raw, head, problems, row=cells.numbers[head.stop - 1])
    return Sheet(raw, sheet.headers, sheet.units, head.caption, book.epoch, chosen.name)


def _first_with_header(book: OpenWorkbook, told: Collection[str]) -> SheetName:
    visible = [sheet for sheet in book.sheets if sheet.visible]
    for sheet in visible:
        head = find_head(book.head(sheet.name, HEAD_ROWS), told=told)
        if head is not None and len(head.names) > 1:
            return sheet
    if not visible:
        raise no_header(book.file)
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
    left = MOST_FILLED
    for block in cells.merged:
        if block.last_row == block.first_row:
            continue
        at = places.get(block.first_row)
        if at is None or at < head.stop or block.first_column > len(cells.rows[at]):
            continue
        left -= _fill_block(cells, head, block, at, problems)
        if left < 0:
            return


def _fill_block(
    cells: SheetCells, head: Head, block: Merged, first: int, problems: Problems
) -> int:
    """Fill one block down; return how many cells were looked at."""
    column = block.first_column - 1
    word = cells.rows[first][column]
    name = head.names[column] if column < len(head.names) else ""
    if not word or word == FORMULA:
        return 0
    if not is_role(name) or plain(name) == plain("value"):
        message = MERGED_VALUE.fill(n=block.last_row - block.first_row + 1, r=block.first_row)
        problems.add("merged_value", row=block.first_row, column=name or None, value=word,
                     message=message, level="warning")  # fmt: skip
        return 0
    at = first + 1
    while at < len(cells.numbers) and cells.numbers[at] <= block.last_row:
        row = cells.rows[at]
        row.extend([""] * (column + 1 - len(row)))
        row[column] = row[column] or word
        at += 1
    return at - first
