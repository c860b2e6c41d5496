"""A park's own sheet (野外调查表): species in rows, dates or count plots in columns.

Each column of counts is one visit. An empty cell is not recorded, ``0`` is absent, and a column in
which nothing is filled in was not surveyed. A table of visits with a column for each species is
read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.birdsource import BirdSource
from wetland.birds.countcells import parse_count
from wetland.birds.sheetaxis import Axis
from wetland.birds.sheetblocks import parts_of, unfold
from wetland.birds.sheetbody import (
    SheetBody,
    SpeciesRow,
    check_totals,
    read_body,
    tell_columns,
)
from wetland.birds.sheetcaption import read_caption
from wetland.birds.sheetcells import with_parted_name
from wetland.birds.sheethead import SheetHead, find_sheet_head
from wetland.birds.sheetrows import CHUNK_ROWS, NOT_COMPLETE, apart, is_unread, of_rows
from wetland.birds.sheettable import listed, need_columns
from wetland.birds.sheetwide import find_wide_head, read_wide
from wetland.birds.sightings import Sightings
from wetland.reading.grid import Grid, read_grid

NO_SHEET = text(
    "{f}：找不到表头：没有一行写有鸟种的列和日期或样点的列；第一行是：{n}",
    "{f}: no header found: no row has a column of species and columns of dates or plots; the first "
    "row is: {n}",
)
NO_SHEET_HINT = text(
    "表头可写：鸟种,2024-01-05,2024-02-03；或用 --map name=列名 指明鸟种列",
    "write a header such as species,2024-01-05,2024-02-03; or tell the species by --map name=NAME",
)
NO_DATE = text(
    "{f}：没有写明日期：列头、标题和表头信息里都没有",
    "{f}: no date is told: neither the columns nor the lines around the table name one",
)
NO_DATE_HINT = text(
    "用 --default-date 2024-01-05 指明；缺年份的用 --year 2024",
    "tell it by --default-date 2024-01-05; where only the year is missing, by --year 2024",
)
NO_NUMBERS = text(
    "{f}：多数单元格是小数（{d}/{n}），像是统计或测量结果，不是鸟的数量",
    "{f}: most cells are decimals ({d} of {n}): statistics or measurements, no counts of birds",
)
NO_COUNTS = text("{f}：表头之下没有一格填了数量", "{f}: no count is filled in below the header")

_DECIMAL = re.compile(r"[+-]?\d*[.．]\d+(?:[eE][+-]?\d+)?")


def read_sheet(source: BirdSource) -> Iterator[Sightings]:
    """Yield the sightings of a sheet, column by column.

    Raises
    ------
    InputError
        No header, no count, mostly decimals, no date anywhere, or a file that cannot be read.
    """
    options = source.options

    def is_sheet(grid: Grid) -> bool:
        if find_sheet_head(grid, told=options.columns, year=options.year) is not None:
            return True
        return find_wide_head(grid, source.checklist, options.columns) is not None

    grid = read_grid(source.given, options, source.problems, wanted=is_sheet)
    source.tally.format, source.tally.encoding = grid.format, grid.encoding
    parts = [(part, head) for part in parts_of(unfold(grid)) if (head := _head(source, part))]
    if not parts:
        yield from _read_wide(source, grid)
    failed: list[InputError] = []
    for part, head in parts:
        try:
            yield from _read_columns(source, part, head)
        except InputError as error:
            failed.append(error)
            if len(failed) == len(parts):
                raise
            source.problems.add("part_unread", row=part.numbers[0], message=error.message)


def _read_wide(source: BirdSource, grid: Grid) -> Iterator[Sightings]:
    wide = find_wide_head(grid, source.checklist, source.options.columns)
    if wide is None:
        message = NO_SHEET.fill(f=source.problems.file, n=listed(grid.rows[0]))
        raise InputError(message, hint=NO_SHEET_HINT)
    yield from read_wide(source, grid, wide)


def _read_columns(source: BirdSource, grid: Grid, head: SheetHead) -> Iterator[Sightings]:
    options = source.options
    body = read_body(grid, head, source.problems)
    need_columns(options.columns, list(head.labels.values()), source.problems.file)
    source.tally.rows += len(body.species)
    if not body.species:
        raise InputError(NO_COUNTS.fill(f=source.problems.file))
    _refuse_measurements(head, body, source.problems.file)
    if not (_is_dated(head, body) or options.default_date or options.year):
        raise InputError(NO_DATE.fill(f=source.problems.file), hint=NO_DATE_HINT)
    check_totals(head, body, source.problems)
    tell_columns(grid, head, body, source.problems)
    together: list[dict[str, Any]] = []
    for at in head.counts:
        found = [row for row in body.species if parse_count(row.cells[at]) is not None]
        if not found:
            source.tally.count("columns_empty")
            continue
        source.tally.count("not_recorded", len(body.species) - len(found))
        rows = _visit(source, head, body, at, found)
        if apart(rows):  # so that problems are told with the name of the column
            yield of_rows(rows, _headers(head, head.counts[at].label))
        else:
            together += rows
        if len(together) >= CHUNK_ROWS:
            yield of_rows(together, _headers(head, None))
            together = []
    if together:
        yield of_rows(together, _headers(head, None))


def _refuse_measurements(head: SheetHead, body: SheetBody, file: str) -> None:
    """Refuse a table whose cells are mostly decimals: its few whole ones are no counts either."""
    cells = [row.cells[at].strip() for at in head.counts for row in body.species]
    filled = [cell for cell in cells if cell]
    decimals = sum(1 for cell in filled if _DECIMAL.fullmatch(cell))
    if 2 * decimals > len(filled):
        raise InputError(NO_NUMBERS.fill(f=file, d=decimals, n=len(filled)))


def _headers(head: SheetHead, label: str | None) -> dict[str, str]:
    named = {role: head.labels[at] for role, at in head.fixed.items()}
    if label is not None:
        named |= {role: label for role in ("count", "date", "plot", "time") if role not in named}
    return named


def _head(source: BirdSource, grid: Grid) -> SheetHead | None:
    told, year = source.options.columns, source.options.year
    head = find_sheet_head(grid, told=told, year=year)
    if head is None:
        return None
    if year is None and head.caption.years is None and grid.part:
        named = read_caption([[grid.part]]).years  # the sheet "2024"
        if named is not None:
            return find_sheet_head(grid, told=told, year=named) or head
    return head


def _is_dated(head: SheetHead, body: SheetBody) -> bool:
    if head.caption.date or "year" in head.caption.cells or {"date", "year"} & set(head.fixed):
        return True
    return any(axis.is_dated or "date" in body.told.get(at, {}) for at, axis in head.counts.items())


def _visit(
    source: BirdSource, head: SheetHead, body: SheetBody, at: int, rows: list[SpeciesRow]
) -> list[dict[str, Any]]:
    """Return the rows of one column of counts."""
    axis, told = head.counts[at], body.told.get(at, {})
    visit: dict[str, Any] = {**head.caption.cells, **_of_axis(axis), **told}
    around = head.caption.cells.get("plot")
    if around is not None and visit["plot"] != around:  # points on the line that the title names
        visit.setdefault("locality", around)
    if not axis.is_dated and "date" not in told:
        visit["date"] = head.caption.date
    elif axis.date is not None:
        visit.pop("year", None)
    if axis.protocol is not None:
        visit["protocol"] = " ".join(filter(None, (visit.get("protocol"), axis.protocol)))
    visit["event_extra"] = {**head.caption.extra, **body.extra.get(at, {})} or None
    unread = [row for row in rows if is_unread(row.cells[at])]
    if unread and source.options.complete:
        visit["complete"] = False
        source.problems.add("not_complete", row=unread[0].number, column=axis.label,
                            level="warning", message=NOT_COMPLETE.fill(n=1))  # fmt: skip
    found = []
    for row in rows:
        fixed = {role: row.cells[position] or visit.get(role)
                 for role, position in head.fixed.items()}  # fmt: skip
        cells = {**visit, **fixed, "count": row.cells[at], "row": row.number}
        found.append(with_parted_name(cells))
    return found


def _of_axis(axis: Axis) -> dict[str, str]:
    told = {"date": axis.date, "month": axis.month, "time": axis.time, "plot": axis.plot,
            "locality": axis.locality}  # fmt: skip
    return {role: cell for role, cell in told.items() if cell is not None}
