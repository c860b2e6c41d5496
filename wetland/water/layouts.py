"""Layouts of water tables (表格版式): where the results stand, told from the header.

A new layout is its reader and one line in `READERS`. Every reader returns pieces: the results of
one parameter from one column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.water.cells import narrowed
from wetland.water.columns import LONGEST_NAME, is_ignored, is_role, listed, plain
from wetland.water.parameters import parameters
from wetland.water.readcells import RESULT, read_cells
from wetland.water.readremarks import Positions, Source
from wetland.water.readresults import Piece, Tally, read_piece
from wetland.water.readrows import Rows
from wetland.water.readtable import Table

if TYPE_CHECKING:
    import pandas as pd

_A_FEW = 200  # cells that tell whether a column holds numbers
_CNEMC = {plain(name) for name in ("省份", "流域", "断面名称", "监测时间", "水质类别", "站点情况")}
_WQP = {plain(name) for name in ("CharacteristicName", "MonitoringLocationIdentifier",
                                 "Result_Characteristic", "Location_Identifier")}  # fmt: skip
_EGRET = {plain(name) for name in ("ConcLow", "ConcHigh", "Uncen")}
_SUFFIXES = ("remark", "remarkcode", "qualifier", "flag", "cens", "censored", "code", "标记",
             "限定符", "检出情况")  # fmt: skip

_BASIS = re.compile(r"以\s*[A-Za-z0-9+-]+\s*计")

_RUN_TOGETHER = re.compile(r"^([munμ]?g)[lL]$")
_UNIT_SUFFIXES = ("unit", "units", "单位")

_NOT_DETECTED = {"否", "no", "n", "0", "false", "f", "未检出", "nd", "not detected"}

NO_LAYOUT = text(
    "{f}：找不到检测结果：既没有“指标”与“数值”两列，也没有以指标命名的列；现有列：{n}",
    "{f}: no results found: neither columns 'parameter' and 'value' nor columns named after "
    "parameters; there are: {n}",
)
NO_LAYOUT_HINT = text(
    "列名可写 氨氮(mg/L)、总磷(mg/L)…；或用 --map value=列名 --map parameter=列名 指明",
    "name columns nh3n (mg/L), tp (mg/L) ...; or --map value=NAME --map parameter=NAME",
)
UNKNOWN = text(
    "不认识的指标，{n} 个结果未读入{s}", "unknown parameter: {n} results were not read{s}"
)
ALIKE = text(
    "；是否指 {s}？用 --parameter-as 原名=指标 指明",
    "; perhaps {s}? tell by --parameter-as NAME=CODE",
)
NO_PARAMETER = text("没有写指标", "no parameter is given")
NEED_PARAMETER = text(
    "{f}：没有指标列，请用 --default-parameter 指明是什么指标",
    "{f}: there is no column of parameters; say which it is by --default-parameter",
)
NEED_COLUMN = text("{f}：版式 {l} 须有列 {c}", "{f}: the layout {l} needs the column {c}")

Reader = Callable[[Table, Rows, Tally], list[Piece]]


def is_portal(names: Iterable[object]) -> bool:
    """Tell whether columns are those of the Water Quality Portal."""
    plain_names = {plain(str(name)) for name in names}
    return len(plain_names & _WQP) > 1 or plain("Result_Characteristic") in plain_names


def detect(table: Table) -> str:
    """Tell the layout from the header.

    Rule of decision: what the option says; else the marks of the Water Quality Portal, of EGRET; a
    parameter and a value column are tidy; columns named after parameters are wide, of a CNEMC
    station table where at least three of its other columns are there.

    Raises
    ------
    InputError
        No results can be found.
    """
    if table.options.layout is not None:
        return table.options.layout
    names = {plain(str(name)) for name in table.sheet.raw.cells.columns}
    if is_portal(names):
        return "wqp"
    if names >= _EGRET:
        return "egret"
    if {"parameter", "value"} <= set(table.roles):
        return "tidy"
    if wide_columns(table):
        return "cnemc" if len(names & _CNEMC) > 2 else "wide"
    if "value" in table.roles:
        return "tidy"
    shown = listed([str(name) for name in table.sheet.raw.cells.columns])
    raise InputError(NO_LAYOUT.fill(f=table.problems.file, n=shown), hint=NO_LAYOUT_HINT)


def read_pieces(layout: str, table: Table, rows: Rows, tally: Tally) -> list[Piece]:
    """Read the results of a table in a layout."""
    return READERS[layout](table, rows, tally)


def code_of(table: Table, name: str) -> str | None:
    """Return the parameter of a word or header; "" where an option says to leave it out."""
    for word, code in table.options.parameter_words.items():
        if plain(word) == plain(name) or word == name:
            return code
    known = parameters()
    if len(name) > LONGEST_NAME:
        return None
    return known.find(name) or known.find(known.split_header(name)[0])


def wide_columns(table: Table) -> dict[str, tuple[str, str | None]]:
    """Return column -> parameter and unit of its header, of the columns named after parameters."""
    found: dict[str, tuple[str, str | None]] = {}
    taken = set(table.roles.values())
    for name, header in table.sheet.headers.items():
        if not header or name in taken:
            continue
        code = code_of(table, header)
        if code:
            found[name] = (code, _unit_of_name(table, header))
    return found


def _unit_of_name(table: Table, name: str) -> str | None:
    """Return the unit beside the name of a parameter; none where an option explains the name."""
    if name in table.options.parameter_words:
        return None
    unit = _BASIS.sub("", parameters().split_header(name)[1] or "").strip(" ,;")
    return _RUN_TOGETHER.sub(r"\1/L", unit) or None


def _tell_unknown(table: Table, name: str, number: int, *, row: int | None = None) -> None:
    alike = parameters().suggest(name) if len(name) <= LONGEST_NAME else []
    also = ALIKE.fill(s=", ".join(alike)) if alike else text(" ", " ")
    message = UNKNOWN.fill(n=number, s=also)
    table.problems.add("parameter_unknown", row=row, column=None if row is None else
                       table.roles.get("parameter"), value=name, message=message,
                       level="warning")  # fmt: skip


# Wide: a column a parameter.


def read_wide(table: Table, rows: Rows, tally: Tally) -> list[Piece]:
    """Read a table with one column for each parameter; a remark column stands beside its value."""
    usable = np.flatnonzero(rows.usable)
    columns = wide_columns(table)
    remarks = _beside(table, columns, _SUFFIXES)
    units = _beside(table, columns, _UNIT_SUFFIXES)
    cells, at = table.sheet.raw.cells, rows.limit_row
    limits = {name: None if at is None else str(cells[name].iloc[at]) for name in columns}
    pieces = [
        read_piece(
            table,
            Source(code, name, usable, unit, unit=units.get(name), remark=remarks.get(name),
                   stated_limit=limits[name]),
            tally,
        )
        for name, (code, unit) in columns.items()
    ]  # fmt: skip
    _tell_unread(table, {*columns, *remarks.values(), *units.values()}, usable, tally)
    return [piece for piece in pieces if piece is not None]


def _beside(
    table: Table, columns: Mapping[str, tuple[str, str | None]], suffixes: Sequence[str]
) -> dict[str, str]:
    """Return value column -> column of remarks (or units) named after it.

    A remark column may also stand before its value, and be named a remark only.
    """
    names = [str(name) for name in table.sheet.raw.cells.columns]
    by_plain = {plain(name): name for name in names}
    found: dict[str, str] = {}
    for at, name in enumerate(names):
        if name not in columns:
            continue
        header = plain(parameters().split_header(table.sheet.headers[name])[0])
        named = next((by_plain[header + s] for s in suffixes if header + s in by_plain), None)
        before = plain(names[at - 1]).rstrip("0123456789") if at else ""
        if named is None and before in suffixes and before.startswith("remark"):
            named = names[at - 1]
        if named is not None and named not in columns:
            found[name] = named
    return found


def _tell_unread(
    table: Table, read: set[str], usable: np.ndarray[tuple[int], np.dtype[np.intp]], tally: Tally
) -> None:
    """Tell of columns that hold numbers, and whose name no parameter has."""
    taken = read | set(table.roles.values())
    left_out = {plain(w) for w, code in table.options.parameter_words.items() if not code}
    for name, header in table.sheet.headers.items():
        bare = plain(header).rstrip("0123456789")
        if name in taken or is_ignored(header) or is_role(header) or plain(header) in left_out:
            continue
        if bare in _SUFFIXES:
            continue
        cells = table.sheet.raw.cells[name].iloc[usable]
        number = _results_in(cells)
        if number:
            tally.unknown[header or name] = number
            _tell_unknown(table, header or name, number)


def _results_in(cells: pd.Series) -> int:
    """Return how many cells of a column are results; 0 where most of the first are none."""
    first = cells[cells.str.strip() != ""].head(_A_FEW)
    if not len(first) or (read_cells(first, lowest=-np.inf).state == RESULT).mean() < 0.5:
        return 0
    return int((read_cells(cells, lowest=-np.inf).state == RESULT).sum())


# Tidy: a row a result.


def read_tidy(table: Table, rows: Rows, tally: Tally) -> list[Piece]:
    """Read a table with one row for each result."""
    if "value" not in table.roles:
        raise _needs(table, "tidy", "value")
    usable = np.flatnonzero(rows.usable)
    column = table.roles["value"]
    unit = _unit_of_header(table.sheet.headers.get(column, column))
    remark = table.roles.get("censored") or table.roles.get("remark") or _undetected(table)
    whole = Source(
        "",
        column,
        usable,
        unit,
        unit=table.roles.get("unit"),
        limit=table.roles.get("limit"),
        remark=remark,
        limit_unit=table.roles.get("limit_unit"),
    )
    found = [read_piece(table, one, tally) for one in _sources_of_rows(table, whole, tally)]
    return [piece for piece in found if piece is not None]


def _undetected(table: Table) -> str | None:
    """Turn a column that says whether it was detected (是否检出) into one of remarks."""
    if "detected" not in table.roles:
        return None
    name = "detected: remark"
    said = table.words("detected")
    table.sheet.raw.cells[name] = np.array(
        ["<" if narrowed(w).casefold() in _NOT_DETECTED else "" for w in said], dtype=object
    )
    return name


def _needs(table: Table, layout: str, column: str) -> InputError:
    return InputError(NEED_COLUMN.fill(f=table.problems.file, l=layout, c=column))


def _unit_of_header(header: str) -> str | None:
    """Return the unit in brackets of a column of values: ``value (mg/L)``."""
    words = narrowed(header)
    start, stop = words.find("("), words.rfind(")")
    return words[start + 1 : stop].strip() or None if 0 <= start < stop else None


def _sources_of_rows(table: Table, whole: Source, tally: Tally) -> list[Source]:
    """Return the parameters of a tidy table, each with its rows and the unit beside its name."""
    import pandas as pd

    if "parameter" not in table.roles:
        if table.options.parameter is None:
            raise InputError(NEED_PARAMETER.fill(f=table.problems.file))
        return [replace(whole, parameter=table.options.parameter)]
    usable = whole.position
    codes, distinct = pd.factorize(table.words("parameter")[usable])
    blank = usable[codes < 0]
    table.tell("parameter_missing", blank, NO_PARAMETER, column=table.roles["parameter"])
    rows: dict[tuple[str, str | None], list[Positions]] = {}
    words: dict[tuple[str, str | None], str] = {}
    for number, word in enumerate(distinct):
        where = usable[codes == number]
        code = code_of(table, word)
        if code is None:
            tally.unknown[word] = len(where)
            _tell_unknown(table, word, len(where), row=int(table.sheet.raw.rows[where[0]]))
        elif code:
            key = (code, _unit_of_name(table, word))
            rows.setdefault(key, []).append(where)
            words.setdefault(key, word)
    return [
        replace(whole, parameter=key[0], position=np.sort(np.concatenate(where)), word=words[key],
                word_unit=key[1])
        for key, where in rows.items()
    ]  # fmt: skip


# EGRET: intervals.


def read_egret(table: Table, rows: Rows, tally: Tally) -> list[Piece]:
    """Read an EGRET sample table: ``ConcHigh`` is the value, or the limit where ``Uncen`` is 0."""
    if table.options.parameter is None:
        raise InputError(NEED_PARAMETER.fill(f=table.problems.file))
    names = {plain(str(name)): str(name) for name in table.sheet.raw.cells.columns}
    if plain("ConcHigh") not in names or plain("Uncen") not in names:
        raise _needs(table, "egret", "ConcHigh, Uncen")
    usable = np.flatnonzero(rows.usable)
    source = Source(table.options.parameter, names[plain("ConcHigh")], usable)
    piece = read_piece(table, source, tally)
    if piece is None:
        return []
    uncensored = read_cells(table.sheet.raw.cells[names[plain("Uncen")]].iloc[piece.position])
    piece.censoring[uncensored.value == 0] = 1
    return [piece]


READERS: dict[str, Reader] = {
    "tidy": read_tidy,
    "wide": read_wide,
    "cnemc": read_wide,
    "wqp": read_tidy,
    "egret": read_egret,
}
