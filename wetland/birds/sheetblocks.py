"""Tables of one sheet that stand beside each other or below each other (分栏、分段).

Printed forms save paper: the columns of species and counts are repeated side by side, and one sheet
holds the forms of several visits one below the other.

Rule of decision. Where the cells of the header repeat as a whole, from its column of species on or
from its first column, the blocks are read one after the other as if they stood below each other. A
later row that is a header (a species beside other columns) begins a part of its own where it
differs from the header above or where the lines before it tell a day, a plot or a title; else it is
the header of another printed page and is left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from wetland.birds.sheetaxis import date_in
from wetland.birds.sheetcaption import read_caption
from wetland.birds.sheetnames import NAME_ROLES, is_note, is_summary, is_total, plain, role_of
from wetland.reading.grid import Grid

FEWEST = 2
_BEGINS = frozenset({"date", "plot", "locality", "time", "event_id", "year"})


def is_header(row: Sequence[str]) -> bool:
    """Tell whether a row names a species column beside others."""
    filled = [cell for cell in row if cell]
    return len(filled) >= FEWEST and any(role_of(cell) in NAME_ROLES for cell in filled)


def unfold(grid: Grid) -> Grid:
    """Return a grid in which blocks that stand side by side stand below each other."""
    at = next((at for at, row in enumerate(grid.rows[:40]) if is_header(row)), None)
    if at is None:
        return grid
    header = [plain(cell) for cell in grid.rows[at]]
    width = _period(header)
    if width is None:
        return grid
    rows, numbers = list(grid.rows[: at + 1]), list(grid.numbers[: at + 1])
    rows[at] = rows[at][:width]
    for start in range(0, len(header), width):
        for row, number in zip(grid.rows[at + 1 :], grid.numbers[at + 1 :], strict=True):
            cells = row[start : start + width]
            if any(cells):
                rows.append(cells)
                numbers.append(number)
    return Grid(rows, numbers, (), grid.format, grid.encoding, grid.part)


def _period(header: Sequence[str]) -> int | None:
    """Return after how many cells a header repeats as a whole; None where it does not."""
    names = [at for at, cell in enumerate(header) if role_of(cell) in NAME_ROLES]
    for width in range(FEWEST, len(header) // 2 + 1):
        if len(header) % width == 0 and all(
            cell == header[at % width] for at, cell in enumerate(header)
        ):
            return width if any(at < width for at in names) and all(header[:width]) else None
    return None


def parts_of(grid: Grid) -> list[Grid]:
    """Return the parts of a grid that stand below each other, each with the lines above it."""
    heads = [at for at, row in enumerate(grid.rows) if is_header(row)]
    names = _plain(grid.rows[heads[0]]) if heads else []
    heads = [at for at in heads if not _is_second_row(grid, at, heads)]
    heads = [at for at in heads if _has_words(grid.rows[at]) or _plain(grid.rows[at]) == names]
    begins = [0]
    dropped: set[int] = set()
    for above, head in itertools.pairwise(heads):
        lines = _lines_before(grid, above, head)
        same = _plain(grid.rows[head]) == _plain(grid.rows[above])
        first = next((at for at in lines if _begins(grid.rows[at])), None)
        if first is not None:
            begins.append(first)
        elif not same:
            begins.append(head)
        else:
            dropped.add(head)
    ends = [*begins[1:], len(grid.rows)]
    parts = []
    for start, end in zip(begins, ends, strict=True):
        kept = [at for at in range(start, end) if at not in dropped]
        parts.append(Grid([grid.rows[at] for at in kept], [grid.numbers[at] for at in kept],
                          grid.merged, grid.format, grid.encoding, grid.part))  # fmt: skip
    return parts


def _plain(row: Sequence[str]) -> list[str]:
    return [plain(cell) for cell in row]


def _has_words(row: Sequence[str]) -> bool:
    """Tell whether a header names more than species and numbers (a line ``种类 12`` is none)."""
    others = [cell for cell in row if cell and role_of(cell) not in NAME_ROLES]
    return any(not cell.isdecimal() for cell in others)


def _is_second_row(grid: Grid, at: int, heads: Sequence[int]) -> bool:
    """Tell whether a header is the second row of the one above it."""
    return at - 1 in heads and len([c for c in grid.rows[at - 1] if c]) >= FEWEST


def _lines_before(grid: Grid, above: int, head: int) -> list[int]:
    """Return the positions of lines between the last species and a header."""
    lines: list[int] = []
    names = [c for c, cell in enumerate(grid.rows[above]) if role_of(cell) in NAME_ROLES]
    for at in range(head - 1, above, -1):
        row = grid.rows[at]
        first = next((cell for cell in row if cell), "")
        is_species = any(c < len(row) and row[c] for c in names) and len(
            [cell for cell in row if cell]) >= FEWEST  # fmt: skip
        has_label = ":" in first or "：" in first or role_of(first) in _BEGINS
        if (is_species and not has_label) or is_total(first) or is_summary(first):
            break
        lines.append(at)
    return lines[::-1]


def _begins(row: Sequence[str]) -> bool:
    """Tell whether a line tells a day, a plot or a title, and so begins another table."""
    filled = [cell for cell in row if cell]
    if is_note(filled[0]):
        return False
    told = read_caption([row])
    if _BEGINS & told.cells.keys():
        return True
    return bool(told.title) and (date_in(told.title) is not None or len(filled) == 1)
