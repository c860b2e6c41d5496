"""Remarks and limits that stand in columns of their own, beside the results (限定符与检出限)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetland.base.texts import text
from wetland.reading.dates import CellError
from wetland.water.cells import ZERO_LIMIT, narrowed, parse_value
from wetland.water.readcells import CENSORED, NOT_MEASURED, RESULT, WRONG, Cells, read_cells
from wetland.water.readtable import Table
from wetland.water.samplekinds import qa_of_note

BELOW, ABOVE = CENSORED.index("below"), CENSORED.index("above")

Positions = NDArray[np.intp]
NOT_A_REMARK = text("不认识的限定符“{r}”", "unknown remark '{r}'")
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
    header_unit, word, word_unit
        Unit that the header tells; the name of the parameter in the row, and the unit that tells.
    unit, limit, remark
        Columns beside the value, where there are any.
    limit_unit
        Column with the unit of the limit; None is the unit of the value.
    stated_limit
        Cell of a row of the table that gives the limit of each column (检出限).
    """

    parameter: str
    column: str
    position: Positions
    header_unit: str | None = None
    unit: str | None = None
    limit: str | None = None
    remark: str | None = None
    limit_unit: str | None = None
    stated_limit: str | None = None
    word: str | None = None
    word_unit: str | None = None


def with_remarks(table: Table, source: Source, read: Cells) -> Cells:
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
    if word in NO_REMARKS or qa_of_note(word) is not None:
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
    cells.note[which[cells.state[which] == NOT_MEASURED]] = word


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


def take_stated_limit(source: Source, cells: Cells) -> bool:
    """Give non-detects without a number the limit that a row of the table gives their column."""
    lacking = (cells.state == RESULT) & (cells.censoring == BELOW) & np.isnan(cells.value)
    if source.stated_limit is None or not lacking.any():
        return False
    try:
        limit = parse_value(source.stated_limit)
    except CellError:
        return False
    if limit is None or not limit.value > 0:
        return False
    cells.value[lacking] = limit.value
    cells.unit[lacking] = limit.unit
    return True
