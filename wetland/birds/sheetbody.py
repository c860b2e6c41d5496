"""The rows of a park's own sheet: species with their counts, totals, and what is told of visits.

Rule of decision. A row of the body that is named like an observer, a time or the weather tells it
of each column. A row named a total holds sums; one named a mean or a number of species is left out.
A line of words with a colon, or in one cell, is told of all visits or a note. A heading of an order
or a family has no counts and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.birds.countcells import parse_count
from wetland.birds.sheetcaption import read_caption
from wetland.birds.sheethead import SheetHead
from wetland.birds.sheetnames import NAME_ROLES, is_note, is_summary, is_total, plain, role_of
from wetland.birds.sheetrows import NO_NAME
from wetland.birds.sheettable import MERGED_COUNT, fill_block, is_of_visit
from wetland.birds.sightings import EVENT_COLUMNS
from wetland.reading.grid import Grid
from wetland.reading.workbook import FORMULA

_YEAR = re.compile(r"\d{4}")
GOES_BACK = text(
    "列的日期倒退，均按 {y} 年读入；若是跨年的越冬季，请在表上方写明两年（如 2023-2024年）",
    "the dates of the columns go back, all are read as of {y}; if they are of a winter, write its "
    "two years above the table (2023-2024)",
)
TOTAL = text(
    "合计为 {t}，各格相加为 {s}，请核对",
    "the total says {t}, the cells add up to {s}; check them",
)
UNNAMED = text("这一列没有列头，未读入", "this column has no header and was not read")
EMPTY_COLUMN = text(
    "这一列一格也没填，视为没有调查，不是 0",
    "nothing is filled in here: taken as not surveyed, not as 0",
)


@dataclass(frozen=True, slots=True)
class SpeciesRow:
    """A row of counts of one species."""

    number: int
    cells: list[str]


@dataclass(slots=True)
class SheetBody:
    """The rows below a header.

    Attributes
    ----------
    species
        Rows of species.
    totals
        Rows of sums.
    told
        Position of a column -> role -> cell, of rows that tell of visits.
    extra
        Position of a column -> label -> cell, of weather and the like.
    """

    species: list[SpeciesRow] = field(default_factory=list)
    totals: list[SpeciesRow] = field(default_factory=list)
    told: dict[int, dict[str, str]] = field(default_factory=dict)
    extra: dict[int, dict[str, str]] = field(default_factory=dict)


def read_body(grid: Grid, head: SheetHead, problems: Problems) -> SheetBody:
    """Sort the rows below the header; tell counts without a name and merged counts."""
    _fill_down(grid, head, problems)
    body = SheetBody()
    titles = [plain(grid.cell(head.stop - 1, at)) for at in range(grid.width)]
    notes: list[list[str]] = []
    for at in range(head.stop, len(grid.rows)):
        cells = grid.rows[at] + [""] * (grid.width - len(grid.rows[at]))
        if [plain(cell) for cell in cells] == titles:
            continue
        row = SpeciesRow(grid.numbers[at], cells)
        kind = _kind(cells, head)
        if kind == "species":
            body.species.append(row)
        elif kind == "total":
            body.totals.append(row)
        elif kind == "visit":
            _take_visit(body, head, cells)
        elif kind == "note":
            notes.append(cells)
        elif kind == "nameless":
            column = next(c for c in head.counts if cells[c])
            problems.add("name_missing", row=row.number, column=head.counts[column].label,
                         value=cells[column], message=NO_NAME)  # fmt: skip
    below = read_caption(notes)
    for role, cell in below.cells.items():
        head.caption.cells.setdefault(role, cell)
    for label, words in below.extra.items():
        head.caption.extra.setdefault(label, words)
    return body


def _kind(cells: Sequence[str], head: SheetHead) -> str:
    """Tell what a row of the body is."""
    names = [cells[at] for at in head.names if cells[at]]
    first = next((cell for cell in cells if cell), "")
    has_counts = any(cells[at] for at in head.counts)
    if is_total(first) or any(map(is_total, names)):
        return "total"
    is_number = bool(names) and role_of(names[0]) in NAME_ROLES  # a row "种类" below a table
    if is_number or is_summary(first) or any(map(is_summary, names)):
        return "summary"
    label = first if not names else names[0]
    if role_of(label) in EVENT_COLUMNS or is_of_visit(label) or role_of(label) == "recorded_by":
        return "visit" if has_counts else "note"
    if is_note(first) or ("：" in first or ":" in first):
        return "note"
    if names:
        return "species" if has_counts else "heading"
    return "nameless" if has_counts else "note"


def _take_visit(body: SheetBody, head: SheetHead, cells: Sequence[str]) -> None:
    names = [cells[at] for at in head.names if cells[at]]
    label = names[0] if names else next(cell for cell in cells if cell)
    role = role_of(label)
    role = "observers" if role == "recorded_by" else role
    for at in head.counts:
        if not cells[at]:
            continue
        if role in EVENT_COLUMNS:
            body.told.setdefault(at, {})[role] = cells[at]
        else:
            body.extra.setdefault(at, {})[label] = cells[at]


def _fill_down(grid: Grid, head: SheetHead, problems: Problems) -> None:
    """Write names and plots merged over several rows into each; tell counts that are merged."""
    places = {number: at for at, number in enumerate(grid.numbers)}
    fixed = set(head.fixed.values())
    for block in grid.merged:
        at = places.get(block.first_row)
        column = block.first_column - 1
        if at is None or at < head.stop or column >= len(grid.rows[at]):
            continue
        word = grid.rows[at][column]
        if not word or word == FORMULA:
            continue
        if column in fixed:
            fill_block(grid, block, at, word)
        elif column in head.counts and _kind(_padded(grid, at), head) == "species":
            wide = block.last_column - block.first_column + 1
            cells = (block.last_row - block.first_row + 1) * wide
            problems.add("merged_value", row=block.first_row, value=word, level="warning",
                         column=head.counts[column].label,
                         message=MERGED_COUNT.fill(n=cells))  # fmt: skip


def _padded(grid: Grid, at: int) -> list[str]:
    return grid.rows[at] + [""] * (grid.width - len(grid.rows[at]))


def check_totals(head: SheetHead, body: SheetBody, problems: Problems) -> None:
    """Compare sums that the sheet tells with the sums of its cells; tell those that differ.

    A sum over cells that were not counted (√) or cannot be read is not compared.
    """
    for total in body.totals[-1:]:  # those above it are of parts of the table
        for at, axis in head.counts.items():
            cells = [row.cells[at] for row in body.species]
            _compare(total.cells[at], cells, problems, row=total.number, column=axis.label)
    columns = list(head.counts)
    if len(head.totals) == 1:
        for row in body.species:
            cells = [row.cells[at] for at in columns]
            _compare(row.cells[head.totals[0]], cells, problems, row=row.number, column=None)


def _compare(
    told: str, cells: Collection[str], problems: Problems, *, row: int, column: str | None
) -> None:
    total = parse_count(told)
    if total is None or total.value is None:
        return
    counts = [count for cell in cells if (count := parse_count(cell)) is not None]
    if not counts or any(count.value is None for count in counts):
        return  # what was not counted, or could not be read, may be in the total
    found = sum(count.value or 0 for count in counts)
    if found != total.value:
        problems.add("total_differs", row=row, column=column, value=told, level="warning",
                     message=TOTAL.fill(t=total.value, s=found))  # fmt: skip


def tell_columns(grid: Grid, head: SheetHead, body: SheetBody, problems: Problems) -> None:
    """Tell columns without a header, without a cell, and dates that go back within one year."""
    number = grid.numbers[head.stop - 1]
    latest = ""
    for axis in head.counts.values():
        if axis.date is None or _YEAR.search(axis.label):
            continue
        if axis.date < latest and axis.date[:4] == latest[:4]:
            problems.add("dates_go_back", row=number, column=axis.label, value=axis.date,
                         level="warning", message=GOES_BACK.fill(y=axis.date[:4]))  # fmt: skip
            break
        latest = axis.date
    for at in head.unnamed:
        if any(row.cells[at] for row in body.species):
            problems.add("column_unnamed", row=number, column=str(at + 1), level="warning",
                         message=UNNAMED)  # fmt: skip
    for at, axis in head.counts.items():
        if not any(row.cells[at] for row in body.species):
            problems.add("column_empty", row=number, column=axis.label, level="warning",
                         message=EMPTY_COLUMN)  # fmt: skip
