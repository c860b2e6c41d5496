"""Results of columns and rows (检测结果): units, limits and remarks of numbers.

Rule of decision for units. They are told by the cell, the row, the name of the parameter, the
header, a row of units below it: where two of these do not mean the same, the result is kept aside.
An option wins over the header; the title counts where nothing else tells one. Where none does, the
parameter's own unit is taken and told once a column.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.reading.cells import is_empty
from wetland.water.columns import plain
from wetland.water.parameters import parameters
from wetland.water.readcells import NOT_MEASURED, RESULT, Cells, read_cells
from wetland.water.readremarks import BELOW, Positions, Source, take_stated_limit, with_remarks
from wetland.water.readtable import Objects, Table
from wetland.water.units import conversion, converted

if TYPE_CHECKING:
    import pandas as pd

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
    """What was counted while results were read; ``unmeasured`` are the cells without a result."""

    not_measured: int = 0
    unmeasured: list[Piece] = field(default_factory=list)
    left_out: int = 0
    unknown: dict[str, int] = field(default_factory=dict)
    wrong: int = 0


def read_piece(table: Table, source: Source, tally: Tally) -> Piece | None:
    """Read the results of one parameter from one column; what is wrong is told with its row."""
    cells = table.sheet.raw.cells[source.column].iloc[source.position]
    known = parameters()[source.parameter]
    read = read_cells(cells, lowest=known.plausible[0])
    if source.remark is not None or source.limit is not None:
        read = with_remarks(table, source, read)
    lacked = np.isnan(read.value)
    stated = take_stated_limit(source, read)
    for at, error in read.wrong.items():
        table.tell(error.code, [int(source.position[at])], error.message, column=source.column)
    tally.wrong += len(read.wrong)
    _keep_unmeasured(source, cells, read, tally)
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
    received = _received(table, source, cells, read)
    if stated:  # the evidence of such a limit is the row that gives it
        taken = np.flatnonzero(lacked & (read.censoring == BELOW))
        received[taken] = [f"{word} ({source.stated_limit})" for word in received[taken]]
    received = received[held]
    return Piece(source.parameter, source.column, source.position[held], value,
                 read.censoring[held], received, unit)  # fmt: skip


def _keep_unmeasured(source: Source, cells: pd.Series, read: Cells, tally: Tally) -> None:
    """Note the cells without a result, as received or with the remark that says so."""
    at = np.flatnonzero(read.state == NOT_MEASURED)
    tally.not_measured += len(at)
    raw, received = cells.iloc[at].to_numpy(dtype=object), read.note[at]
    for one in np.flatnonzero((raw != "") & (received == None)).tolist():  # noqa: E711 - an array
        received[one] = None if is_empty(raw[one]) else str(raw[one]).strip()
    nothing = np.full(len(at), None, dtype=object)
    tally.unmeasured.append(
        Piece(source.parameter, source.column, source.position[at], np.full(len(at), np.nan),
              np.zeros(len(at), dtype=np.int8), received, nothing)
    )  # fmt: skip


def unmeasured_pieces(pieces: list[Piece], tally: Tally, samples: NDArray[np.bool_]) -> list[Piece]:
    """Return what the file says was not measured, of the rows that are ``samples`` of the water.

    Rule of decision: a cell that says so (``-1``, ``—``, 未测) does, and an empty one of a row
    that has no result at all; an empty cell beside results says nothing.
    """
    empty = samples.copy()
    for piece in pieces:
        empty[piece.position] = False
    found = []
    for piece in tally.unmeasured:
        said = np.array([word is not None for word in piece.received], dtype=bool)
        kept = samples[piece.position] & (said | empty[piece.position])
        if kept.any():
            found.append(replace(piece, position=piece.position[kept], value=piece.value[kept],
                                 censoring=piece.censoring[kept], received=piece.received[kept],
                                 unit=piece.unit[kept]))  # fmt: skip
    return found


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


def _in_own_unit(
    table: Table, source: Source, read: Cells, held: Positions
) -> tuple[NDArray[np.float64], Objects, NDArray[np.bool_]]:
    """Return values in the parameter's unit, the unit of each as received, and which are sound."""
    import pandas as pd

    stated, firm = _stated_unit(table, source)
    row_units = np.full(len(source.position), None, dtype=object)
    if source.unit is not None:
        row_units = table.words_of(source.unit)[source.position]
    units = row_units.copy()
    units[pd.isna(row_units)] = stated
    units = units[held]
    units[read.settled[held]] = None
    cell_units = read.unit[held]
    value = read.value[held].copy()
    told: Objects = np.where(pd.isna(cell_units), units, cell_units)
    codes, distinct = pd.factorize(pd.MultiIndex.from_arrays([units, cell_units]))
    kept = np.ones(len(held), dtype=bool)
    for code, pair in enumerate(distinct):
        which = np.flatnonzero(codes == code)
        outer, inner = _none(pair[0]), _none(pair[1])
        try:
            if firm and outer is not None:
                _one_unit(source.parameter, stated, outer)
            unit = _one_unit(source.parameter, outer, inner)
        except InputError as error:
            disagree = bool(outer) and (inner is not None or outer != stated) and firm
            code_of = "unit_contradicts" if disagree or (outer and inner) else "unit_unknown"
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


def _stated_unit(table: Table, source: Source) -> tuple[str | None, bool]:
    """Return the unit that stands for the whole column, and whether the table's header tells it.

    Raises
    ------
    InputError
        The places of the header that tell one contradict each other.
    """
    header = table.sheet.headers.get(source.column, source.column)
    for name in (source.column, header, source.word or header, source.parameter):
        for ours, unit in table.options.units.items():
            if plain(ours) == plain(name):
                return unit, False
    told = [source.word_unit, source.header_unit, table.sheet.units.get(source.column)]
    present = [unit for unit in told if unit is not None]
    for other in present[1:]:
        _one_unit(source.parameter, present[0], other)
    if present:
        return present[0], True
    return _caption_unit(table, source.parameter), False


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
    message = NO_UNIT.fill(u=own.replace("degC", "℃"), n=number)
    column = source.column
    if source.unit is not None:
        column = source.unit
    table.problems.add("unit_missing", column=column, value=source.parameter, message=message,
                       level="warning")  # fmt: skip
