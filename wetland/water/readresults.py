"""Results of columns and rows (检测结果): units, limits and remarks of numbers.

Rule of decision for units. A unit in the cell, in the row, in the header or in a row of units below
it, in an option, in the title: the first of these counts. Where two of the first three tell units
that do not mean the same, the result is kept aside. Where none tells one, the parameter's own unit
is taken and told once a column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.reading.dates import CellError
from wetland.water.cells import ZERO_LIMIT, narrowed
from wetland.water.columns import plain
from wetland.water.parameters import parameters
from wetland.water.readcells import CENSORED, NOT_MEASURED, RESULT, WRONG, Cells, read_cells
from wetland.water.readrows import Objects, Table
from wetland.water.units import conversion, converted

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    import pandas as pd

Positions = NDArray[np.intp]
BELOW, ABOVE = CENSORED.index("below"), CENSORED.index("above")

CONTRADICTS = text(
    "单位矛盾：表头或单位列为 {a}，单元格为 {b}", "units contradict: {a} and, in the cell, {b}"
)
NO_UNIT = text(
    "没有写单位，按 {u} 计（共 {n} 个结果）；请核对，或用 --unit 列名=单位 指明",
    "no unit is told: {u} was taken ({n} results); check it, or tell one by --unit COLUMN=UNIT",
)
ZEROS = text(
    "{n} 个结果写成 0：浓度恰为零很少见，多半是未检出；按原值 0 读入",
    "{n} results are written as 0: probably non-detects; they were read as the 0 they say",
)
MARKED = text(
    "{n} 个结果带标记（{m}），只取数值", "{n} results bear a mark ({m}): the number is read"
)
NOT_A_REMARK = text("不认识的限定符“{r}”", "unknown remark '{r}'")
REMARK_WITHOUT = text(
    "限定符为“{r}”而没有数值，也没有检出限", "the remark is '{r}', without a value or a limit"
)
CLASHES = text("限定符与单元格矛盾", "the remark contradicts the cell")

BELOW_REMARKS = frozenset(
    {"<", "<=", "nd", "u", "l", "k", "bdl", "below", "left", "lt", "未检出", "低于检出限", "1",
     "1.0", "true", "t", "yes", "y", "是", "not detected", "non-detect", "nondetect",
     "below detection limit", "*non-detect", "below reporting limit",
     "not detected at reporting limit", "not detected at detection limit",
     "present below quantification limit", "*present <ql", "uj", "<dl", "censored"}
)  # fmt: skip
ABOVE_REMARKS = frozenset({">", ">=", "above", "right", "gt", "*present >ql",
                           "present above quantification limit"})  # fmt: skip
NO_REMARKS = frozenset({"", "0", "0.0", "false", "f", "no", "n", "否", "none", "=", "检出",
                        "detected", "正常", "合格"})  # fmt: skip
QUALIFIERS = frozenset({"j", "e", "h", "b", "a", "m", "v", "r", "d", "q", "p", "h;j", "est"})
UNMEASURED_REMARKS = frozenset({"not reported", "not measured", "未测", "缺测", "停测", "维护"})


@dataclass(frozen=True, slots=True)
class Piece:
    """Results of one parameter from one column, one entry a result."""

    parameter: str
    column: str
    position: Positions
    value: NDArray[np.float64]
    censoring: NDArray[np.int8]
    received: Objects
    unit: Objects
    synthetic: bool = False


@dataclass(slots=True)
class Tally:
    """What was counted while results were read."""

    not_measured: int = 0
    left_out: int = 0
    unknown: dict[str, int] = field(default_factory=dict)
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where the results of one parameter stand.

    Parameters
    ----------
    parameter
        Code.
    column
        Column of the values.
    position
        Rows to read.
    header_unit
        Unit that the header tells.
    unit, limit, remark
        Columns beside the value, where there are any.
    limit_unit
        Column with the unit of the limit; None is the unit of the value.
    inverted
        Whether the remark column says "detected" (是否检出).
    """

    parameter: str
    column: str
    position: Positions
    header_unit: str | None = None
    unit: str | None = None
    limit: str | None = None
    remark: str | None = None
    limit_unit: str | None = None


def read_piece(table: Table, source: Source, tally: Tally) -> Piece | None:
    """Read the results of one parameter from one column; what is wrong is told with its row."""
    cells = table.sheet.raw.cells[source.column].iloc[source.position]
    known = parameters()[source.parameter]
    read = read_cells(cells, lowest=known.plausible[0])
    if source.remark is not None or source.limit is not None:
        read = _with_remarks(table, source, read)
    for at, error in read.wrong.items():
        table.tell(error.code, [int(source.position[at])], error.message, column=source.column)
    tally.wrong += len(read.wrong)
    tally.not_measured += int((read.state == NOT_MEASURED).sum())
    held = np.flatnonzero(read.state == RESULT)
    if not len(held):
        return None
    try:
        value, unit, kept = _in_own_unit(table, source, read, held)
    except InputError as error:  # header and row of units contradict each other
        table.tell("unit_contradicts", source.position[held], error.message, column=source.column)
        tally.wrong += len(held)
        return None
    tally.wrong += int((~kept).sum())
    held, value, unit = held[kept], value[kept], unit[kept]
    _tell_oddities(table, source, read, held)
    received = _received(table, source, cells, read)[held]
    return Piece(source.parameter, source.column, source.position[held], value,
                 read.censoring[held], received, unit)  # fmt: skip


def _received(table: Table, source: Source, cells: pd.Series, read: Cells) -> Objects:
    """Return each cell as received; with its remark and limit where these made it censored."""
    received: Objects = np.array(cells, dtype=object)
    if source.remark is None and source.limit is None:
        return received
    beside = [table.sheet.raw.cells[name].iloc[source.position].to_numpy(dtype=object)
              for name in (source.remark, source.limit) if name is not None]  # fmt: skip
    for at in np.flatnonzero(read.censoring != 0).tolist():
        received[at] = " ".join(str(c[at]).strip() for c in (received, *beside) if c[at]).strip()
    return received


def _tell_oddities(table: Table, source: Source, read: Cells, held: Positions) -> None:
    """Tell once a column of zeros and of marks beside numbers."""
    known = parameters()[source.parameter]
    zeros = int(((read.value[held] == 0) & (read.censoring[held] == 0)).sum())
    if zeros and known.direction == "max":
        table.problems.add("zero_value", column=source.column, level="warning",
                           message=ZEROS.fill(n=zeros))  # fmt: skip
    marks = sorted({str(m) for m in read.note[held] if m is not None})
    if marks:
        number = sum(m is not None for m in read.note[held])
        message = MARKED.fill(n=number, m=" ".join(marks[:10]))
        table.problems.add("marked_value", column=source.column, message=message, level="warning")


# Units.


def _in_own_unit(
    table: Table, source: Source, read: Cells, held: Positions
) -> tuple[NDArray[np.float64], Objects, NDArray[np.bool_]]:
    """Return values in the parameter's unit, the unit of each as received, and which are sound."""
    import pandas as pd

    stated = _stated_units(table, source)
    row_units = np.full(len(source.position), None, dtype=object)
    if source.unit is not None:
        row_units = table.words("unit")[source.position]
    units = row_units.copy()
    units[pd.isna(row_units)] = stated
    units = units[held]
    units[read.settled[held]] = None
    cell_units = read.unit[held]
    value = read.value[held].copy()
    told: Objects = np.where(pd.isna(cell_units), units, cell_units)
    keys = pd.MultiIndex.from_arrays([units, cell_units])
    codes, distinct = pd.factorize(keys)
    kept = np.ones(len(held), dtype=bool)
    for code, (outer, inner) in enumerate(distinct):
        which = np.flatnonzero(codes == code)
        outer, inner = _none(outer), _none(inner)
        try:
            unit = _one_unit(source.parameter, outer, inner)
        except InputError as error:
            code_of = "unit_contradicts" if outer and inner else "unit_unknown"
            table.tell(code_of, source.position[held[which]], error.message, column=source.column)
            kept[which] = False
            continue
        if unit is not None:
            value[which] = converted(value[which], source.parameter, unit)
    missing = np.array([u is None for u in told.tolist()], dtype=bool)
    _tell_missing(table, source, int(missing.sum()))
    return value, told, kept


def _none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _stated_units(table: Table, source: Source) -> str | None:
    """Return the unit that stands for the whole column."""
    options = table.options.units
    header = table.sheet.headers.get(source.column, source.column)
    for name in (source.column, header, source.parameter):
        for ours, unit in options.items():
            if plain(ours) == plain(name):
                return unit
    below = table.sheet.units.get(source.column)
    if source.header_unit is not None and below is not None:
        _one_unit(source.parameter, source.header_unit, below)
    found = source.header_unit or below
    return found or _caption_unit(table, source.parameter)


def _caption_unit(table: Table, parameter: str) -> str | None:
    """Return the unit of the title where it is one of the parameter (not of pH, for one)."""
    unit = table.sheet.caption_unit
    if unit is None:
        return None
    try:
        conversion(parameter, unit)
    except InputError:
        return None
    return unit


def _one_unit(parameter: str, outer: str | None, inner: str | None) -> str | None:
    """Return the one unit meant; InputError where it is unknown, or the two do not agree."""
    if inner is not None:
        found = conversion(parameter, inner)
        if outer is not None and conversion(parameter, outer) != found:
            raise InputError(CONTRADICTS.fill(a=outer, b=inner))
        return inner
    if outer is not None:
        conversion(parameter, outer)
    return outer


def _tell_missing(table: Table, source: Source, number: int) -> None:
    own = parameters()[source.parameter].unit
    if not number or own == "-":
        return
    message = NO_UNIT.fill(u=own, n=number)
    column = source.column
    if source.unit is not None:
        column = source.unit
    table.problems.add("unit_missing", column=column, value=source.parameter, message=message,
                       level="warning")  # fmt: skip


# Remarks and limits of their own columns.


def _with_remarks(table: Table, source: Source, read: Cells) -> Cells:
    """Put remarks (``<``, ``U``, 未检出) and limits of other columns to the values."""
    import pandas as pd

    count = len(source.position)
    remarks = np.full(count, None, dtype=object)
    if source.remark is not None:
        words = table.sheet.raw.cells[source.remark].iloc[source.position].to_numpy(dtype=object)
        remarks = words
    found = read
    codes, distinct = pd.factorize(remarks)
    unread = []
    for code, raw in enumerate(distinct):
        which = np.flatnonzero(codes == code)
        effect = _effect(raw)
        if effect is None:
            unread.append((raw, which))
        else:
            effect(found, which, str(raw).strip())
    for raw, which in unread:
        bad = which[found.state[which] == RESULT]
        table.tell("remark_unknown", source.position[bad], NOT_A_REMARK.fill(r=raw),
                   column=source.remark, level="warning")  # fmt: skip
    _take_limits(table, source, found)
    return found


Effect = Callable[[Cells, Positions, str], None]


def _effect(raw: object) -> Effect | None:
    """Return what a remark does to its cells; None where it is not known."""
    word = narrowed(raw).casefold()
    if word in BELOW_REMARKS:
        return _mark_below
    if word in ABOVE_REMARKS:
        return _mark_above
    if word in UNMEASURED_REMARKS:
        return _mark_unmeasured
    if word in NO_REMARKS:
        return _leave
    return _note_it if word in QUALIFIERS else None


def _mark_below(cells: Cells, which: Positions, word: str) -> None:
    estimated = word.casefold() in {"below reporting limit", "present below quantification limit"}
    valued = cells.state[which] == RESULT
    if estimated:  # a number was measured all the same: it is kept, and said to be an estimate
        cells.note[which[valued]] = word
        which = which[~valued]
    cells.censoring[which] = BELOW
    unmeasured = which[cells.state[which] == NOT_MEASURED]
    cells.state[unmeasured] = RESULT
    cells.value[unmeasured] = np.nan


def _mark_above(cells: Cells, which: Positions, word: str) -> None:
    cells.censoring[which[cells.state[which] == RESULT]] = ABOVE


def _mark_unmeasured(cells: Cells, which: Positions, word: str) -> None:
    empty = which[np.isnan(cells.value[which]) & (cells.state[which] == RESULT)]
    cells.state[empty] = NOT_MEASURED


def _leave(cells: Cells, which: Positions, word: str) -> None:
    pass


def _note_it(cells: Cells, which: Positions, word: str) -> None:
    cells.note[which[cells.state[which] == RESULT]] = word


def _take_limits(table: Table, source: Source, cells: Cells) -> None:
    """Give non-detects without a number the limit of their row, where it tells one."""
    open_ = (cells.state == RESULT) & (cells.censoring == BELOW)
    if source.limit is not None:
        limits = read_cells(table.sheet.raw.cells[source.limit].iloc[source.position])
        lacking = open_ & np.isnan(cells.value) & (limits.value > 0)
        cells.value[lacking] = limits.value[lacking]
        if source.limit_unit is not None:
            words = table.words_of(source.limit_unit)[source.position]
            told = lacking & np.array([w is not None for w in words.tolist()], dtype=bool)
            cells.unit[told] = words[told]
            cells.settled[told] = True
    for at in np.flatnonzero(open_ & (cells.value <= 0)).tolist():
        cells.wrong[at] = CellError("limit_not_positive", ZERO_LIMIT)
        cells.state[at] = WRONG
