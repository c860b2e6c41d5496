"""The header of a file of visitors (表头): what its columns mean, and so how it is laid out.

Rule of decision: of the first rows the header is the one with most cells that name a role, a
measure or a place, the first of equals; one of them must tell a time, unless a date is told for the
whole file. Rows below it without a date belong to it while they hold words, and a row above that is
filled over the counts only (东门 over 入园, 出园). A cell of an upper row reaches over the empty
cells to its right. ``parking``: a column of bays taken or free. ``tidy``: one column of counts.
``wide``: several, each of a place, a measure or an hour; a column of totals is checked, not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.reading.dates import CellError
from wetland.reading.grid import HEAD_ROWS, Grid
from wetland.visitors.layoutsdays import date_of_title, days_of_head
from wetland.visitors.readcells import read_number
from wetland.visitors.readoptions import CountOptions
from wetland.visitors.readplaces import Places
from wetland.visitors.readwords import (
    PLACES,
    TIMES,
    cumulative_of,
    is_other,
    is_total,
    kind_of_place,
    measure_of,
    parted,
    plain,
    role_of,
    roles_of,
)

ROWS_BELOW = 2
SAMPLE_ROWS = 200
MOST_LISTED = 12
_HOUR_HEAD = re.compile(
    r"\d{1,2}(?:[:：]00|[时点])(?:\s*[-~至到—–]\s*\d{1,2}(?:[:：]00|[时点])?)?$"
)
_FEWEST_HOURS = 3
_IN_TEN_THOUSANDS = re.compile(
    r"[(（\[【]\s*(?:单位[:：]\s*)?万\s*(?:人次?|艘次)?\s*[)）\]】]|万人次?$"
)

NO_HEADER = text(
    "{f}：找不到表头：没有一行写有日期（时间）和数量的列；第一行是：{n}",
    "{f}: no header found: no row names a date and a count; the first row is: {n}",
)
HEADER_HINT = text(
    "表头可写：日期,入口,入园,出园；或 日期,东门,西门；或用 --map date=列名 指明",
    "write a header such as date,gate,entries,exits or series,time,count; or tell by --map date="
    "NAME",
)
NO_COUNTS = text("{f}：没有一列是数量；现有列：{n}", "{f}: no column holds counts; there are: {n}")
COUNT_HINT = text("用 --map count=列名 指明", "tell it by --map count=NAME")
NO_SUCH_COLUMN = text("{f}：没有列 {c}；现有：{n}", "{f}: there is no column {c}; there are: {n}")


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of counts: what its header says of them; None where the row says it."""

    at: int
    label: str
    place: str | None = None
    measure: str | None = None
    cumulative: str | None = None
    hour: str | None = None
    day: str | None = None

    @property
    def factor(self) -> int:
        """Return what a number of the column is to be multiplied with: 10,000 for 万人次."""
        return 10_000 if _IN_TEN_THOUSANDS.search(self.label) else 1


@dataclass(slots=True)
class Head:
    """A header understood.

    Attributes
    ----------
    top, stop
        Position of its first row, and of the first row below it.
    labels
        The header of each column in one line.
    roles
        Role -> position of its column.
    values
        Columns of counts.
    totals
        Positions of columns that sum up others.
    unread
        Positions of columns that look like counts and were not taken for any.
    layout
        As in `wetland.visitors.readoptions.LAYOUTS`.
    """

    top: int
    stop: int
    labels: list[str]
    roles: dict[str, int]
    values: list[ValueColumn] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    layout: str = "tidy"

    @property
    def others(self) -> list[int]:
        """Return the positions of columns that mean nothing here and are kept as received."""
        taken = {*self.roles.values(), *(v.at for v in self.values), *self.totals}
        return [at for at, name in enumerate(self.labels) if name and at not in taken]

    def cell(self, cells: Sequence[str], role: str) -> str | None:
        """Return what a row says in a role; None where nothing."""
        at = self.roles.get(role)
        word = cells[at].strip() if at is not None and at < len(cells) else ""
        return word or None


def find_head(grid: Grid, options: CountOptions, places: Places) -> Head | None:
    """Find the header of a table of visitors; None where no row can be one."""
    row = _name_row(grid, options, places)
    if row is None:
        return None
    rows = _header_rows(grid, row, options)
    stacks = _stacks(grid, rows)
    labels = [" ".join(stack) for stack in stacks]
    days = _days([stack[-1] if stack else "" for stack in stacks], options)
    if row_needs_days(grid, row, options) and not days:
        return None
    named = [stack[-1] if stack else "" for stack in stacks]
    roles = _roles(stacks, labels, named, options)
    head = Head(rows[0], rows[-1] + 1, labels, roles)
    head.layout = options.layout or _layout(head)
    if head.layout == "parking":
        _parking(head)
    else:
        _values(head, grid, stacks, _Context(options, places, days))
    return head if head.values else None


def row_needs_days(grid: Grid, row: int, options: CountOptions) -> bool:
    """Tell whether a header has no column of times, so that days in its cells have to tell them."""
    told = {plain(name) for name in options.columns.values()}
    timed = any(role_of(cell) in TIMES or plain(cell) in told for cell in grid.rows[row] if cell)
    return options.default_date is None and not timed


def _days(cells: Sequence[str], options: CountOptions) -> dict[int, str]:
    return days_of_head(cells, default=options.default_date, year=options.year)


def with_title_date(grid: Grid, options: CountOptions, places: Places) -> CountOptions:
    """Return the options with the date of the title, where the table itself tells none."""
    if options.default_date is not None or find_head(grid, options, places) is not None:
        return options
    assumed = replace(options, default_date="2000-01")
    row = _name_row(grid, assumed, places)
    told = None if row is None else date_of_title(grid, row)
    dated = replace(options, default_date=told)
    return options if told is None or find_head(grid, dated, places) is None else dated


def need_head(grid: Grid, options: CountOptions, places: Places, file: str) -> Head:
    """Return the header of a table of visitors.

    Raises
    ------
    InputError
        There is none, or a column that a person tells is not there.
    """
    head = find_head(grid, options, places)
    if head is None:
        row = _name_row(grid, options, places)
        shown = listed(grid.rows[0 if row is None else row])
        if row is None:
            raise InputError(NO_HEADER.fill(f=file, n=shown), hint=HEADER_HINT)
        raise InputError(NO_COUNTS.fill(f=file, n=shown), hint=COUNT_HINT)
    present = {plain(name) for name in head.labels}
    present |= {plain(cell) for row in grid.rows[head.top : head.stop] for cell in row}
    for name in options.columns.values():
        if plain(name) not in present:
            raise InputError(NO_SUCH_COLUMN.fill(f=file, c=name, n=listed(head.labels)))
    return head


def listed(names: Sequence[str]) -> str:
    """Return names of columns for a person, the first of many."""
    shown = [name for name in names if name]
    return "、".join(shown[:MOST_LISTED]) + ("…" if len(shown) > MOST_LISTED else "")


@dataclass(frozen=True, slots=True)
class _Context:
    options: CountOptions
    places: Places
    days: Mapping[int, str] = field(default_factory=dict)

    def measure(self, word: str) -> str | None:
        told = {plain(w): m for w, m in self.options.measures.items()}
        return told.get(plain(word)) or measure_of(word)

    def is_named(self, word: str) -> bool:
        """Tell whether a word names a place of the pack, or one that a person tells."""
        return bool(word) and self.places.find(word) is not None

    def is_left_out(self, stack: Sequence[str]) -> bool:
        words = [*stack, " ".join(stack)]
        left = {plain(w) for w, m in self.options.measures.items() if not m}
        return any(self.places.told(w) == "" or plain(w) in left for w in words)


def _name_row(grid: Grid, options: CountOptions, places: Places) -> int | None:
    context = _Context(options, places)
    told = {plain(name) for name in options.columns.values()}
    best, most = None, 0
    for at, row in enumerate(grid.rows[:HEAD_ROWS]):
        cells = [cell for cell in row if cell]
        days = _days(row, options)
        has_time = options.default_date is not None or any(
            role_of(cell) in TIMES or plain(cell) in told for cell in cells
        )
        words = sum(_is_word(cell, context, told) for cell in cells)
        if not (has_time or days) or len(cells) < 2 or (days and not any(map(_corner, cells))):
            continue
        score = words + len(days)
        if score > most:
            best, most = at, score
    return best


def _corner(cell: str) -> str | None:
    """Return the part of a header that names a role: 入口 of 入口/日期."""
    parts = [cell, *re.split(r"[\\/|]", cell)]
    return next((p for p in parts if role_of(p) in {*PLACES, "measure"}), None)


def _is_word(cell: str, context: _Context, told: set[str]) -> bool:
    if plain(cell) in told or role_of(cell) is not None or is_total(cell):
        return True
    if context.measure(cell) is not None or context.is_named(cell):
        return True
    return (
        parted(cell)[1] is not None
        or _HOUR_HEAD.match(cell) is not None
        or (kind_of_place(cell) is not None and not cell[0].isdigit())
    )


def _header_rows(grid: Grid, row: int, options: CountOptions) -> list[int]:
    """Return the positions of the rows of the header, from the top down."""
    told = {plain(name) for role, name in options.columns.items() if role in TIMES}
    times = [c for c, cell in enumerate(grid.rows[row])
             if cell and (role_of(cell) in TIMES or plain(cell) in told)]  # fmt: skip
    last = row
    while times and last + 1 < min(len(grid.rows), row + 1 + ROWS_BELOW):
        below = grid.rows[last + 1]
        filled = [cell for cell in below if cell]
        dated = any(grid.cell(last + 1, c) for c in times)
        if dated or any(_is_count(cell) for cell in filled) or any(map(is_total, filled[:1])):
            break
        fills = any(cell and not grid.cell(last, c) for c, cell in enumerate(below))
        if not fills and not any(measure_of(cell) for cell in filled):
            break
        last += 1
    first = row
    if row > 0 and times:
        above = [c for c, cell in enumerate(grid.rows[row - 1]) if cell]
        noted = any(":" in cell or "：" in cell for cell in grid.rows[row - 1])
        if above and above[0] > min(times) and not noted:
            first = row - 1
    return list(range(first, last + 1))


def _is_count(cell: str) -> bool:
    try:
        return read_number(cell) is not None
    except CellError:
        return False


def _stacks(grid: Grid, rows: Sequence[int]) -> list[list[str]]:
    """Return the cells above each column from the top down, each text once."""
    width = max(len(grid.rows[at]) for at in range(rows[0], min(len(grid.rows), rows[-1] + 200)))
    lines = [[" ".join(grid.cell(at, c).split()) for c in range(width)] for at in rows]
    for number, line in enumerate(lines[:-1]):
        word = ""
        for c, cell in enumerate(line):
            below = [lower[c] for lower in lines[number + 1 :] if lower[c]]
            word = cell or (word if below and role_of(below[-1]) not in TIMES else "")
            line[c] = word if below or cell else ""
    return [list(dict.fromkeys(line[c] for line in lines if line[c])) for c in range(width)]


def _roles(
    stacks: list[list[str]], labels: list[str], named: list[str], options: CountOptions
) -> dict[str, int]:
    told = dict(options.columns)
    by_plain = {plain(label): label for label in reversed(labels) if label}
    by_last = {
        plain(name): label for name, label in reversed(list(zip(named, labels, strict=True)))
    }
    told = {role: by_plain.get(plain(n)) or by_last.get(plain(n)) or n for role, n in told.items()}
    # A cell below a group is no role of the row: 人次 below 东门.
    plain_names = [(label if role_of(label) else _corner(label) or label) if len(stack) == 1 else ""
                   for label, stack in zip(labels, stacks, strict=True)]  # fmt: skip
    taken = roles_of(labels, told) if told else {}
    found = {role: at for role, at in taken.items() if role in told}
    names = ["" if at in found.values() else name for at, name in enumerate(plain_names)]
    for role, at in roles_of(names, {}).items():
        found.setdefault(role, at)
    if "date" not in found and "time" in found and not {"year", "month"} & set(found):
        found["date"] = found.pop("time")
    return found


def _layout(head: Head) -> str:
    if {"occupied", "free"} & set(head.roles):
        return "parking"
    return "tidy" if "count" in head.roles else "wide"


def _parking(head: Head) -> None:
    """Take the bays taken, else the free ones, as the column that is read."""
    at = next((head.roles[r] for r in ("occupied", "free", "count") if r in head.roles), None)
    if at is not None:
        head.values = [ValueColumn(at, head.labels[at])]


def _values(head: Head, grid: Grid, stacks: list[list[str]], context: _Context) -> None:
    """Tell columns of counts from totals and from what stands beside them."""
    unknown = _sorted_out(head, grid, stacks, context)
    _leave_sums(head)
    count = head.roles.get("count")
    if count is not None:
        _take_count(head, count, context)
    elif not head.values:
        head.values = [_column(at, stacks[at], context, force=True) for at in unknown]
        if not unknown and len(head.totals) == 1:  # the day's total is all there is
            at = head.totals.pop()
            head.values = [ValueColumn(at, head.labels[at], cumulative=None)]
        unknown = []
    head.unread += unknown


def _sorted_out(
    head: Head, grid: Grid, stacks: list[list[str]], context: _Context
) -> list[int]:  # fmt: skip
    """Find columns of counts and of totals; return columns of numbers that nobody knows."""
    taken = set(head.roles.values())
    unknown: list[int] = []
    hours = [at for at, stack in enumerate(stacks) if stack and _HOUR_HEAD.match(stack[-1])]
    for at, stack in enumerate(stacks):
        if at in taken or not stack or context.is_left_out(stack):
            continue
        if any(map(is_total, stack)):
            head.totals.append(at)
        elif at in context.days:
            head.values.append(_column(at, stack[:-1], context, day=context.days[at]))
        elif at in hours and len(hours) >= _FEWEST_HOURS:
            head.values.append(_column(at, stack[:-1], context, hour=stack[-1]))
        elif not is_other(stack[-1]):
            column = _column(at, stack, context)
            is_count = _is_numeric(grid, head.stop, at)
            is_named = column.measure is not None or context.is_named(column.place or "")
            if is_named or (is_count and _is_place(column.place, context)):
                head.values.append(column)
            elif is_count:
                unknown.append(at)
    return unknown


def _leave_sums(head: Head) -> None:
    """Leave columns that add up beside a column of the same counts: they would count twice."""
    plain_ones = {(v.place, v.measure) for v in head.values if v.cumulative is None}
    twice = [v for v in head.values if v.cumulative and (v.place, v.measure) in plain_ones]
    head.values = [v for v in head.values if v not in twice]
    head.unread += [v.at for v in twice]


def _take_count(head: Head, at: int, context: _Context) -> None:
    """Read a column of counts; not beside columns of measures that say what it would say."""
    label = head.labels[at]
    measure = None if "measure" in head.roles else context.measure(label)
    if place_role(head) == "boat" and measure == "entries":
        measure = "passengers"
    column = ValueColumn(at, label, None, context.options.measure or measure, cumulative_of(label))
    beside = [value for value in head.values if value.measure is not None]
    if "measure" in head.roles or not beside:
        head.unread += [value.at for value in head.values]
        head.values = [column]
    elif (column.measure or "entries") in {value.measure for value in beside}:
        head.unread.append(head.roles.pop("count"))
        head.layout = "wide"
    else:
        head.values = [column, *head.values]
        head.layout = "wide"


def _is_place(word: str | None, context: _Context) -> bool:
    return bool(word) and (context.is_named(str(word)) or kind_of_place(str(word)) is not None)


def _column(
    at: int, stack: Sequence[str], context: _Context, *, hour: str | None = None,
    day: str | None = None, force: bool = False,
) -> ValueColumn:  # fmt: skip
    label = " ".join([*stack, *filter(None, (day, hour))])
    cumulative = next((c for c in map(cumulative_of, reversed(stack)) if c), None)
    measure = next((m for m in map(context.measure, reversed(stack)) if m), None)
    rest = [word for word in stack if context.measure(word) is None]
    place = next((word for word in rest if context.is_named(word)), None)
    if place is None:
        for word in rest:
            name, told = parted(word)
            name = "" if context.measure(name) is not None else name
            measure = measure or told
            place = place or name or None
        is_one = force or measure is not None or _is_place(place, context)
        place = place if is_one else None
    return ValueColumn(at, label, place, measure, cumulative, hour, day)


def _is_numeric(grid: Grid, start: int, at: int) -> bool:
    cells = [grid.cell(row, at) for row in range(start, min(len(grid.rows), start + SAMPLE_ROWS))]
    filled = [cell for cell in cells if cell]
    return bool(filled) and 2 * sum(map(_is_count, filled)) > len(filled)


def place_role(head: Head) -> str | None:
    """Return the role whose column names the place of a row; None where no column does."""
    return next((role for role in PLACES if role in head.roles), None)
