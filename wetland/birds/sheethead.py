"""The header of a park's own sheet (野外调查表): species rows by columns of dates or count plots.

The header may take several rows, with merged cells: dates above plots, or plots above dates. Rule
of decision: of the first rows the one with most cells that has a column of species is the header,
the first of equals. Rows that its merged species cell spans belong to it; so does a row below whose
species cell is empty and that fills gaps of the header or holds dates or times, and a row above
that is filled over the columns of counts only. A cell of an upper row reaches over the empty cells
to its right, as merged cells do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from wetland.birds.countcells import parse_count
from wetland.birds.sheetaxis import Axis, Years, axis_of, date_in, weak_date
from wetland.birds.sheetcaption import Caption, read_caption
from wetland.birds.sheetnames import (
    NAME_ROLES,
    is_of_species,
    is_scientific,
    is_summary,
    is_total,
    plain,
    role_of,
)
from wetland.reading.grid import HEAD_ROWS, Grid

ROWS_BELOW = 3
ROWS_ABOVE = 2
# Roles that a column beside the species may have in a sheet, for the whole row.
_OF_ROW = frozenset({*NAME_ROLES, "plot", "locality", "date", "year", "month", "habitat", "remarks",
                     "sex", "life_stage", "time", "observers"})  # fmt: skip


@dataclass(slots=True)
class SheetHead:
    """A header understood.

    Attributes
    ----------
    top, stop
        Position of its first row, and of the first row below it.
    fixed
        Role -> position of a column that holds for the whole row: names, plot, remarks.
    counts
        Position of a column of counts -> what heads it.
    totals
        Positions of columns that hold the sum of their row.
    unnamed
        Positions of columns without a header.
    caption
        What is told around the table.
    labels
        Position of a column -> its header in one line.
    """

    top: int
    stop: int
    fixed: dict[str, int] = field(default_factory=dict)
    counts: dict[int, Axis] = field(default_factory=dict)
    totals: list[int] = field(default_factory=list)
    unnamed: list[int] = field(default_factory=list)
    caption: Caption = field(default_factory=Caption)
    labels: dict[int, str] = field(default_factory=dict)

    @property
    def names(self) -> list[int]:
        """Return the positions of the columns that name the species."""
        return [self.fixed[role] for role in NAME_ROLES if role in self.fixed]


def find_sheet_head(
    grid: Grid, *, told: Mapping[str, str] | None = None, year: Years = None
) -> SheetHead | None:
    """Find the header of a sheet; None where no row names species beside columns of counts.

    Parameters
    ----------
    grid
        The cells.
    told
        Role -> column, as a person tells them.
    year
        Year of dates that name none; None takes the one the title names.
    """
    told = told or {}
    given = {plain(name): role for role, name in told.items()}
    row = _name_row(grid, given)
    if row is None:
        return None
    rows = _header_rows(grid, row, _name_columns(grid.rows[row], given))
    stacks = _stacks(grid, rows)
    head = SheetHead(rows[0], rows[-1] + 1)
    head.caption = read_caption(grid.rows[: head.top])
    head.labels = {at: " ".join(stack) for at, stack in enumerate(stacks)}
    _assign(head, grid, stacks, given)
    _date_columns(head, stacks, head.caption.years if year is None else year)
    return head if head.counts else None


def _name_columns(row: Iterable[str], given: Mapping[str, str]) -> list[int]:
    """Return the positions of cells that head a column of names."""
    return [at for at, cell in enumerate(row)
            if cell and (given.get(plain(cell)) or role_of(cell)) in NAME_ROLES]  # fmt: skip


def _name_row(grid: Grid, given: Mapping[str, str]) -> int | None:
    best, most = None, 1
    for at, row in enumerate(grid.rows[:HEAD_ROWS]):
        filled = sum(1 for cell in row if cell)
        if filled > most and _name_columns(row, given):
            best, most = at, filled
    return best


def _header_rows(grid: Grid, row: int, names: Collection[int]) -> list[int]:
    """Return the positions of the rows of the header, from the top down."""
    first, last = row, row
    number = grid.numbers[row]
    for block in grid.merged:
        if block.first_row == number and block.first_column - 1 in names:
            while last + 1 < len(grid.rows) and grid.numbers[last + 1] <= block.last_row:
                last += 1
    left = max(names) + 1
    while last + 1 < min(len(grid.rows), row + 1 + ROWS_BELOW) and _is_below(grid, last + 1, names):
        last += 1
    while first > max(0, row - ROWS_ABOVE) and _is_above(grid, first - 1, left):
        first -= 1
    return list(range(first, last + 1))


def _is_below(grid: Grid, at: int, names: Collection[int]) -> bool:
    """Tell whether a row below the header belongs to it."""
    row, above = grid.rows[at], grid.rows[at - 1]
    filled = [c for c, cell in enumerate(row) if cell]
    if not filled or any(c in names for c in filled) or min(filled) < min(names):
        return False
    if any(c >= len(above) or not above[c] for c in filled) and any(above[min(names) + 1 :]):
        return all(not is_total(row[c]) for c in filled)
    others = [row[c] for c in filled if _is_no_count(row[c])]
    return len(others) * 2 > len(filled)


def _is_no_count(cell: str) -> bool:
    if date_in(cell) is not None:
        return True
    count = parse_count(cell)
    return count is not None and count.status is None


def _is_above(grid: Grid, at: int, left: int) -> bool:
    """Tell whether a row above is filled over the columns of counts only, with no labels."""
    filled = [(c, cell) for c, cell in enumerate(grid.rows[at]) if cell]
    if not filled or filled[0][0] < left:
        return False
    if any(":" in cell or "：" in cell for _, cell in filled):
        return all(date_in(cell) is not None for _, cell in filled)
    return all(role_of(cell) is None or date_in(cell) is not None for _, cell in filled)


def _stacks(grid: Grid, rows: list[int]) -> list[list[str]]:
    """Return the cells above each column from the top down, each text once."""
    width = max(len(grid.rows[at]) for at in range(rows[0], min(len(grid.rows), rows[-1] + 200)))
    lines = [[grid.cell(at, c) for c in range(width)] for at in rows]
    lines = [[" ".join(cell.split()) for cell in line] for line in lines]
    blocks = [b for b in grid.merged if b.first_row >= grid.numbers[rows[0]]
              and b.first_row <= grid.numbers[rows[-1]]]  # fmt: skip
    if blocks:
        for block in blocks:
            line = lines[next(i for i, at in enumerate(rows)
                              if grid.numbers[at] >= block.first_row)]  # fmt: skip
            word = line[block.first_column - 1] if block.first_column <= width else ""
            for c in range(block.first_column, min(block.last_column, width)):
                line[c] = line[c] or word
    else:
        _fill_right(lines)
    return [list(dict.fromkeys(line[c] for line in lines if line[c])) for c in range(width)]


def _fill_right(lines: list[list[str]]) -> None:
    for at, line in enumerate(lines[:-1]):
        word = ""
        for c, cell in enumerate(line):
            below = any(lower[c] for lower in lines[at + 1 :])
            if cell or not below:
                word = cell
            elif word and not any(_is_fixed(lower[c]) for lower in lines[at + 1 :]):
                line[c] = word


def _is_fixed(cell: str) -> bool:
    return bool(cell) and (is_total(cell) or is_summary(cell) or is_of_species(cell)
                           or role_of(cell) in _OF_ROW)  # fmt: skip


def _assign(head: SheetHead, grid: Grid, stacks: list[list[str]], given: Mapping[str, str]) -> None:
    """Tell columns of counts from those that hold for the whole row."""
    for at, stack in enumerate(stacks):
        last = stack[-1] if stack else ""
        role = next((given[plain(cell)] for cell in stack if plain(cell) in given), None)
        role = role or role_of(last)
        dated = any(date_in(cell) for cell in stack)
        if not stack:
            if any(grid.cell(row, at) for row in range(head.stop, len(grid.rows))):
                head.unnamed.append(at)
        elif any(map(is_total, stack)):
            head.totals.append(at)
        elif role == "count":
            head.counts[at] = Axis()
        elif role in _OF_ROW and not (dated and len(stack) == 1):
            if not dated:
                head.fixed.setdefault(_second_name(head, role, last), at)
        elif not any(map(is_summary, stack)) and not is_of_species(last):
            head.counts[at] = Axis()


def _second_name(head: SheetHead, role: str, cell: str) -> str:
    """Return ``name`` for scientific names and ``name_zh`` for the names beside them."""
    if role != "name" or "name" not in head.fixed:
        return role
    if is_scientific(cell):
        head.fixed.setdefault("name_zh", head.fixed.pop("name"))
        return role
    return "name_zh" if is_scientific(head.labels[head.fixed["name"]]) else role


def _date_columns(head: SheetHead, stacks: list[list[str]], year: Years) -> None:
    """Read what heads each column of counts."""
    lowest = [stacks[at][-1] for at in head.counts]
    weak = bool(lowest) and all(weak_date(cell, year) for cell in lowest)
    for at in head.counts:
        cells = [cell for cell in stacks[at] if role_of(cell) != "count"]
        axis = axis_of(cells, year=year, month=head.caption.month, weak=weak)
        axis.label = head.labels[at]
        head.counts[at] = axis
