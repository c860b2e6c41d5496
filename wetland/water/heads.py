"""The table inside a file (表格): where its header is, in how many rows, and what units it tells.

Water tables come with a title above the header, with a header of two rows (names and units, or a
group of parameters above its members), with merged cells, and with notes below. Rule of decision:
of the first rows, the header is the one with most cells that name a role or a parameter, the first
of equals; a row below it that names parameters where it does not, or that holds units only, belongs
to it; a cell of it that is empty takes what stands above.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.dates import CellError
from wetland.reading.raw import RawTable
from wetland.water.cells import narrowed, parse_value
from wetland.water.columns import LONGEST_NAME, is_role, names_results, plain
from wetland.water.parameters import parameters
from wetland.water.units import conversion

HEAD_ROWS = 30
ROWS_BELOW = 3
_CAPTION_UNIT = re.compile(r"单位\s*[:：]\s*([^\s,，;；()（）]+)")
_CAPTION_DATE = re.compile(
    r"(\d{4})\s*(?:年|-)\s*(\d{1,2})(?!\d)(?:\s*(?:月|-)\s*(\d{1,2})(?!\d))?"
)
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$")
_DASH = {"-", "--", "—", "/", "无量纲", "无", "", "单位", "unit", "units"}
NO_HEADER = text(
    "{f}：找不到表头：没有一行写有站点、日期和指标的名称",
    "{f}: no header found: no row names stations, dates and parameters",
)
HEADER_HINT = text(
    "表头可写：站点,采样日期,指标,数值,单位；或 站点,采样日期,氨氮(mg/L),总磷(mg/L)",
    "write a header such as station,date,parameter,value,unit or station,date,nh3n (mg/L)",
)
SAME_NAME = text(
    "有两列同名：作为字段只用第一列，作为检测结果两列都读",
    "two columns of this name: as a field the first is used, as results both are read",
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
    if len(cell) > LONGEST_NAME:
        return False
    known = parameters()
    return known.find(cell) is not None or known.find(known.split_header(cell)[0]) is not None


def find_head(rows: Sequence[Sequence[str]], *, told: Collection[str] = ()) -> Head | None:
    """Find the header among the first rows of a table; None where no row can be one.

    ``told`` are names of columns that the user gives: they count like names that are known.

    Examples
    --------
    >>> head = find_head([["某湖 2024 年监测结果"], ["站点", "日期", "营养盐", ""],
    ...                   ["", "", "氨氮", "总磷"], ["", "", "mg/L", "mg/L"], ["A", "2024-05-01"]])
    >>> head.names, head.units, head.stop
    (('站点', '日期', '氨氮', '总磷'), {2: 'mg/L', 3: 'mg/L'}, 4)
    """
    given = {plain(name) for name in told}
    scores = [_score(row, given) for row in rows]
    best = max(range(len(rows)), key=lambda at: (scores[at], -at), default=None)
    if best is None or scores[best] == 0:
        return None
    names = [_one_line(cell) for cell in rows[best]]
    units: dict[int, str] = {}
    for above in range(best - 1, max(-1, best - 3), -1):
        _fill_from_above(names, rows[above])
        units.update(_units_of_groups(names, rows[above]))
    stop = best + 1
    while stop < min(len(rows), best + 1 + ROWS_BELOW):
        if not _takes_row(names, units, rows[stop]):
            break
        stop += 1
    caption = " ".join(cell for row in rows[:best] for cell in row if cell)
    return Head(tuple(names), units, stop, caption)


def _score(row: Sequence[str], told: Collection[str]) -> int:
    named = {plain(cell): cell for cell in row if cell}
    return sum(
        name in told or is_role(cell) or names_parameter(cell) for name, cell in named.items()
    )


def _one_line(cell: str) -> str:
    return " ".join(narrowed(cell).split())


def _fill_from_above(names: list[str], row: Sequence[str]) -> None:
    """Take names of roles and parameters from the row above where the header is empty."""
    for at, cell in enumerate(row):
        if not cell or not (is_role(cell) or names_parameter(cell)):
            continue
        names.extend([""] * (at + 1 - len(names)))  # a row that ends earlier than the one above
        if not names[at]:
            names[at] = _one_line(cell)


def _takes_row(names: list[str], units: dict[int, str], row: Sequence[str]) -> bool:
    """Take a row below the header that belongs to it: units, or names of parameters."""
    found = _units_of_row(names, row)
    if found:
        units.update(found)
        return True
    below = {at: cell for at, cell in enumerate(row) if cell and names_parameter(cell)}
    known = {at for at, name in enumerate(names) if is_role(name)}
    if not below or known & {at for at, cell in enumerate(row) if cell and at not in below}:
        return False
    names.extend([""] * (max(below) + 1 - len(names)))
    groups = list(names)
    for at, cell in below.items():
        if not names_parameter(names[at]):
            names[at] = _one_line(cell)
    units.update(_units_of_groups(names, groups, only=set(below)))
    return True


def _units_of_groups(
    names: Sequence[str], groups: Sequence[str], *, only: Collection[int] | None = None
) -> dict[int, str]:
    """Return the units that the name of a group tells its members: 监测项目（mg/L）.

    A group reaches from its cell over the empty cells to its right; a member with a unit of its
    own, or that the unit does not measure (pH), is left alone.
    """
    found: dict[int, str] = {}
    group = ""
    for at, name in enumerate(names):
        cell = groups[at] if at < len(groups) else ""
        group = narrowed(cell) or group
        unit = _IN_BRACKETS.search(group)
        is_group = not names_parameter(group) and (names_results(group) or not is_role(group))
        if unit is None or not is_group or is_role(name):
            continue
        own = parameters().split_header(name)[1]
        if own is None and (only is None or at in only) and _fits(name, unit[1].strip()):
            found[at] = unit[1].strip()
    return found


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


def no_header(name: str) -> InputError:
    """Return the error for a file in which no header is found."""
    return InputError(NO_HEADER.fill(f=name), hint=HEADER_HINT)


def named(raw: RawTable, head: Head, problems: Problems, *, row: int) -> Sheet:
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
