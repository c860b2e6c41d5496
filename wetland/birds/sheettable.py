"""Bird tables with one header row: which row it is, and its rows as sightings.

Rule of decision: of the first rows the header is the one with most cells that name a role, the
first of equals; at least one of them must name the species, or be told by a person. What stands
above it is a title. A row that repeats the header, a row of totals and a note below are no rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.birds.sheetnames import NAME_ROLES, find_roles, is_note, is_total, plain, role_of
from wetland.reading.grid import HEAD_ROWS, Grid
from wetland.reading.workbook import FORMULA, Merged

LISTED = 20
_UNIT = re.compile(r"[(\[【]\s*([^()\[\]【】]{1,12}?)\s*[)\]】]\s*$")
_BARE_NUMBER = re.compile(r"\d+(?:\.\d+)?$")
_WITH_UNITS = ("duration_min", "distance_km", "area_ha")
# What else tells of a visit and has no column of its own.
_OF_VISIT = frozenset(
    {"天气", "天气状况", "风力", "风速", "风向", "温度", "气温", "水温", "水位", "能见度", "潮位",
     "云量", "湿度", "干扰", "干扰因素", "weather", "wind", "windspeed", "temperature", "temp",
     "visibility", "cloud", "cloudcover", "tide", "waterlevel", "disturbance", "humidity"}
)  # fmt: skip

NO_HEADER = text(
    "{f}：找不到表头：没有一行写有鸟种名称的列；第一行是：{n}",
    "{f}: no header found: no row names a column of species; the first row is: {n}",
)
HEADER_HINT = text(
    "表头可写：样点,日期,鸟种,数量；或用 --map name=列名 指明",
    "write a header such as plot,date,species,count; or tell by --map name=NAME",
)
NO_SUCH_COLUMN = text("{f}：没有列 {c}；现有：{n}", "{f}: there is no column {c}; there are: {n}")
ONLY_HEADER = text("{f}：只有表头，没有数据行", "{f}: there is a header and no row")
CELLS = text("列数不对：应有 {n} 列，实有 {m} 列", "wrong number of cells: {n} expected, {m} found")
NOTE_ROW = text("这一行是注释，不是记录", "this row is a note, not a record")
MERGED_COUNT = text(
    "数量跨 {n} 格合并，只算第一格", "a count merged over {n} cells: taken for the first cell only"
)
SAME_NAME = text("有两列同名，只用第一列", "two columns of this name; the first is used")


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table whose header is found.

    Parameters
    ----------
    grid
        All rows of the file.
    headers
        Names of the columns; each one once.
    roles
        Role -> position of its column.
    start
        Position of the first row below the header.
    """

    grid: Grid
    headers: tuple[str, ...]
    roles: Mapping[str, int]
    start: int

    def others(self) -> list[int]:
        """Return the positions of columns that have a name and no role."""
        taken = set(self.roles.values())
        return [at for at, name in enumerate(self.headers) if name and at not in taken]


def header_score(row: Sequence[str], told: Collection[str] = ()) -> int:
    """Return how many cells of a row name a role; 0 where none names the species."""
    given = {plain(name) for name in told}
    roles = {role_of(cell) for cell in row if cell} - {None}
    extra = sum(plain(cell) in given for cell in row if cell)
    if not extra and not roles & set(NAME_ROLES):
        return 0
    return len(roles) + extra


def find_header(grid: Grid, told: Collection[str] = ()) -> int | None:
    """Return the position of the header; None where no row can be one."""
    scores = [header_score(row, told) for row in grid.rows[:HEAD_ROWS]]
    best = max(range(len(scores)), key=lambda at: (scores[at], -at), default=None)
    return None if best is None or not scores[best] else best


def table_of(grid: Grid, told: Mapping[str, str], problems: Problems) -> SheetTable:
    """Find the header of a grid and what its columns mean.

    Parameters
    ----------
    grid
        The cells.
    told
        Role -> column, as a person tells them.
    problems
        Takes columns of the same name.

    Raises
    ------
    InputError
        There is no header, no row below it, or a column that is told is not there.
    """
    at = find_header(grid, tuple(told.values()))
    if at is None:
        shown = listed(grid.rows[0])
        raise InputError(NO_HEADER.fill(f=problems.file, n=shown), hint=HEADER_HINT)
    return table_at(grid, at, told, problems)


def table_at(grid: Grid, at: int, told: Mapping[str, str], problems: Problems) -> SheetTable:
    """Return the table whose header stands at a position; InputError as `table_of`."""
    headers = _named(grid.rows[at], problems, grid.numbers[at])
    if at + 1 >= len(grid.rows):
        raise InputError(ONLY_HEADER.fill(f=problems.file))
    need_columns(told, headers, problems.file)
    roles = find_roles([name for name in headers if name], told)
    positions = {name: position for position, name in reversed(list(enumerate(headers)))}
    found = {role: positions[name] for role, name in roles.items()}
    if "plot" in found and "locality" not in found:
        second = [p for p, name in enumerate(headers)
                  if role_of(name) == "plot" and p not in found.values()]  # fmt: skip
        if second:
            found["locality"] = second[0]
    _fill_down(grid, found, at + 1, problems)
    return SheetTable(grid, tuple(headers), found, at + 1)


def fill_block(grid: Grid, block: Merged, first: int, word: str) -> None:
    """Write the cell of a block of merged cells into its rows below the first."""
    at, column = first + 1, block.first_column - 1
    while at < len(grid.rows) and grid.numbers[at] <= block.last_row:
        row = grid.rows[at]
        row.extend([""] * (column + 1 - len(row)))
        row[column] = row[column] or word
        at += 1


def _fill_down(grid: Grid, roles: Mapping[str, int], start: int, problems: Problems) -> None:
    """Write what is merged over several rows (a date, a species) into each; tell merged counts."""
    places = {number: at for at, number in enumerate(grid.numbers)}
    role_at = {at: role for role, at in roles.items()}
    for block in grid.merged:
        at, role = places.get(block.first_row), role_at.get(block.first_column - 1)
        if at is None or at < start or role is None:
            continue
        word = grid.cell(at, block.first_column - 1)
        if not word or word == FORMULA:
            continue
        if role == "count":
            cells = (block.last_row - block.first_row + 1) * (
                block.last_column - block.first_column + 1
            )
            problems.add("merged_value", row=block.first_row, value=word, level="warning",
                         message=MERGED_COUNT.fill(n=cells))  # fmt: skip
        elif role != "occurrence_id":
            fill_block(grid, block, at, word)


def need_columns(told: Mapping[str, str], headers: Sequence[str], file: str) -> None:
    """Raise InputError where a column that a person tells is not there."""
    there = {plain(name) for name in headers}
    for column in told.values():
        if plain(column) not in there:
            raise InputError(NO_SUCH_COLUMN.fill(f=file, c=column, n=listed(headers)))


def listed(cells: Sequence[str]) -> str:
    """Return names in one line, the first twenty of them."""
    named = [cell[:40] for cell in cells if cell]
    return ", ".join(named[:LISTED]) + ("…" if len(named) > LISTED else "")


def _named(row: Sequence[str], problems: Problems, number: int) -> list[str]:
    seen: set[str] = set()
    names = []
    for cell in row:
        name = " ".join(cell.split())
        if name and name in seen:
            problems.add("duplicate_column", row=number, column=name, level="warning",
                         message=SAME_NAME)  # fmt: skip
            name = ""
        seen.add(name)
        names.append(name)
    return names


def with_unit(role: str, header: str, cell: str) -> str:
    """Put the unit of a header to a bare number of effort: ``样线长度(m)`` and ``800``.

    Examples
    --------
    >>> with_unit("distance_km", "样线长度（m）", "800"), with_unit("plot", "样点(号)", "3")
    ('800m', '3')
    """
    if role not in _WITH_UNITS or not _BARE_NUMBER.match(cell):
        return cell
    unit = _UNIT.search(unicodedata.normalize("NFKC", header))
    return cell + unit[1] if unit else cell


def is_of_visit(header: str) -> bool:
    """Tell whether a column without a role speaks of the visit (weather, wind, water level)."""
    return plain(header) in _OF_VISIT


def body_rows(table: SheetTable, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of the rows below the header that are rows of the table.

    A row with more cells than the header is an error; notes and totals are told as warnings.
    """
    header = [plain(name) for name in table.headers]
    width = len(header)
    name_at = next((table.roles[role] for role in NAME_ROLES if role in table.roles), 0)
    grid = table.grid
    for at in range(table.start, len(grid.rows)):
        cells, number = grid.rows[at], grid.numbers[at]
        filled = [cell for cell in cells if cell]
        if not filled or [plain(cell) for cell in cells] == header:
            continue
        if len(filled) == 1 and (is_note(filled[0]) or _is_line(cells, table)):
            problems.add("note_row", row=number, value=filled[0], level="warning",
                         message=NOTE_ROW)  # fmt: skip
            continue
        if any(cells[width:]):
            problems.add("wrong_cells", row=number, value=",".join(cells),
                         message=CELLS.fill(n=width, m=len(cells)))  # fmt: skip
            continue
        padded = cells[:width] + [""] * (width - len(cells))
        if not is_total(padded[name_at]) and not is_total(filled[0]):
            yield number, padded


def _is_line(cells: Sequence[str], table: SheetTable) -> bool:
    """Tell whether a row holds words in its first column only, which is not the species."""
    names = {table.roles[role] for role in NAME_ROLES if role in table.roles}
    return bool(cells[0]) and 0 not in names and len(table.headers) > 2
