"""Read a table sites x species from text (群落表): a row is a site or a visit."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.problems import Level, Problems
from wetland.base.texts import Text, text
from wetland.birds.communitylong import long_columns, spread
from wetland.birds.countcells import Count, parse_count
from wetland.reading.cells import is_blank, number
from wetland.reading.dates import CellError
from wetland.reading.files import TEXT_TABLES, Given, accepting, look_at

if TYPE_CHECKING:
    from wetland.reading.raw import RawTable

Floats = NDArray[np.float64]

SITE_NAMES = frozenset(
    {"site", "sites", "plot", "row", "sample", "unit", "visit", "survey", "event", "id", "name",
     "station", "point", "transect", "year", "date", "site_id", "plot_id", "unnamed: 0", "x",
     "样点", "样方", "样线", "地点", "样地", "站点", "点位", "编号", "序号", "调查", "年份", "日期"}
)  # fmt: skip
TOTALS = frozenset({"total", "totals", "sum", "合计", "总计", "总数", "小计", "总和"})
TOO_LARGE = 2.0**53

_NO_SITE = text("没有写样点，按行号命名", "no site is given: named by its row")
_AGAIN = text("与第 {row} 行同名，作为另一次调查保留为 {name}",
              "the same name as row {row}: kept as another visit, {name}")  # fmt: skip
_NEGATIVE = text("计数不能为负", "a count cannot be negative")
_LARGE = text("计数过大", "the count is too large")
_NO_COUNT = text(
    "这一格是空的，而表中写有 0：没有查过的不等于 0，整行搁置；查过而没有请写 0",
    "an empty cell, while the table writes 0: not looked for is not zero, so the row is kept "
    "aside; write 0 where it was looked for",
)
_BLANK_IS_NONE = text(
    "表中没有写 0，{n} 个空格按“查过，没有”（0）读入",
    "the table writes no 0: {n} empty cells are read as looked for and not found (0)",
)
_NOTHING = text("整行是空的：没有调查过的样点不是 0，搁置",
                "an empty row: a site that was not surveyed is not 0; kept aside")  # fmt: skip
_NOT_COUNTS = text(
    "这一列多半不是计数，不作为物种", "most cells of this column are no counts: no species"
)
_TOTAL = text("合计不是物种，也不是样点，不参与计算", "a total is no species and no site: left out")
_TOTAL_DIFFERS = text(
    "合计 {told}，而各格之和是 {sum}", "a total of {told}, the cells add up to {sum}"
)
_PRESENT = text("只写了“有”，没有数量：按 1 读入，只用于出现与否的指标",
                "present, not counted: read as 1, and only for measures of presence")  # fmt: skip
_NO_SPECIES = text("{f}：没有物种列", "{f}: there is no column of a species")
_NO_ROWS = text("{f}：没有可用的行", "{f}: no row can be used")
_HEADER = text("第一列为样点，其余每列一个物种；每行一个样点或一次调查",
               "the first column is the site, every other one a species; a row is a site or a "
               "visit")  # fmt: skip
_SEE = text("见问题表", "see the table of problems")
_SITE_COLUMN = text("第一列“{c}”按样点名称读入", "the first column, {c!r}, is read as the sites")
_SPECIES_COLUMN = text(
    "第一列“{c}”是重复出现的数，按物种读入，样点按行号命名",
    "the first column, {c!r}, holds numbers that repeat: read as a species, sites are named by row",
)


@dataclass(frozen=True, eq=False)
class CommunityTable:
    """Counts of sites x species.

    Attributes
    ----------
    sites
        Names of the rows, each once.
    species
        Names of the columns.
    counts
        Array ``[sites, species]``; 0 is looked for and not found.
    problems
        What was wrong, and what was read in a way the sender should know of.
    presence_only
        Whether a cell said "present" without a number: then nothing that counts individuals holds.
    """

    sites: tuple[str, ...]
    species: tuple[str, ...]
    counts: Floats
    problems: Problems
    presence_only: bool = False

    @property
    def whole(self) -> bool:
        """Return whether the cells are individuals: whole numbers, none of them "present" only."""
        return not self.presence_only and bool((self.counts == np.rint(self.counts)).all())


@dataclass(frozen=True, slots=True)
class CommunityOptions:
    """How to read a table sites x species; ``encoding`` None: the content decides."""

    encoding: str | None = None


def read_community(
    source: str | Path | Given, options: CommunityOptions | None = None
) -> CommunityTable:
    """Read a table sites x species; wrong rows are kept aside and told.

    The first column holds the sites; a first column of an unknown name whose numbers repeat is a
    species, and the rows are numbered. Cells are numbers of 0 or more (fractions are cover or
    biomass), or counts as observers write them (``3+2``, ``约50``, ``12只``). An empty cell is a
    missing count, and its row kept aside, where the table writes 0 anywhere; in a table without a
    single 0 it is 0, which is told. A wrong cell keeps its whole row aside: the other cells alone
    would be another survey. Two rows of one name are two visits. A column most of whose
    cells are no counts (habitat, remarks) and totals are left out; totals that differ from the sum
    are told.

    A table with columns for site, species and count is read as single counts (长表).

    Raises
    ------
    InputError
        No file, no column of a species, no row that can be used.
    """
    from wetland.reading.delimited import read_csv  # noqa: PLC0415 - pandas is slow to import

    with accepting(TEXT_TABLES):
        given = look_at(source)
        problems = Problems(given.name)
        raw = read_csv(given, options or CommunityOptions(), problems)
    columns = long_columns(raw)
    if columns is not None:
        listed, species, table, presence = spread(raw, columns, problems)
        if not listed:
            raise InputError(_NO_ROWS.fill(f=given.name), hint=_SEE)
        return CommunityTable(tuple(listed), tuple(species), table, problems, presence)
    sites, names = _columns(raw, problems)
    grid = _Grid(raw, names, problems)
    if not grid.species:
        raise InputError(_NO_SPECIES.fill(f=given.name), hint=_HEADER)
    rows, counts = grid.rows(sites)
    if not rows:
        raise InputError(_NO_ROWS.fill(f=given.name), hint=_SEE)
    named = _named([sites[at] for at in rows], [int(raw.rows[at]) for at in rows], problems)
    return CommunityTable(named, tuple(grid.species), counts, problems, grid.presence_only)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _columns(raw: RawTable, problems: Problems) -> tuple[list[str], list[str]]:
    """Return the name of the site of every row, and the columns that may be species."""
    names = [str(name) for name in raw.cells.columns]
    first = names[0]
    cells = [str(cell).strip() for cell in raw.cells.iloc[:, 0]]
    known = _plain(first) in SITE_NAMES or re.fullmatch(r"column \d+", first) is not None
    numbers = [_number(cell) for cell in cells]
    repeated = len(set(cells)) < len(cells) and None not in numbers
    if not known and repeated and len(names) > 1:
        problems.add("first_column", row=1, column=first, level="warning",
                     message=_SPECIES_COLUMN.fill(c=first))  # fmt: skip
        return [str(int(row)) for row in raw.rows], _once(names)
    if not known and None not in numbers:
        problems.add("first_column", row=1, column=first, level="warning",
                     message=_SITE_COLUMN.fill(c=first))  # fmt: skip
    return cells, _once(names)[1:]


def _once(names: list[str]) -> list[str]:
    """Return names without those that the reader numbered because they came before."""
    kept = []
    for name in names:
        found = re.fullmatch(r"(.*) \((\d+)\)", name)
        if found is None or found[1] not in kept:
            kept.append(name)
    return kept


class _Grid:
    """The cells of the species, read column by column."""

    def __init__(self, raw: RawTable, names: list[str], problems: Problems) -> None:
        self.raw, self.problems = raw, problems
        self.presence_only = False
        self.species: list[str] = []
        self.read: list[list[Count | float | None]] = []
        self.cells: list[list[str]] = []
        totals: list[tuple[str, list[float | None]]] = []
        for name in names:
            cells = [str(cell) for cell in raw.cells[name]]
            read = [_cell(cell) for cell in cells]
            some = [value for value in read if value is not None]
            if _plain(name) in TOTALS:
                self._note("total", name, _TOTAL)
                totals.append((name, [_number(cell) for cell in cells]))
            elif 2 * sum(_is_wrong(value) for value in some) > len(some):
                self._note("not_counts", name, _NOT_COUNTS)
            elif some or re.fullmatch(r"column \d+", name) is None:
                self.species.append(name)
                self.read.append(read)
                self.cells.append(cells)
        self.totals = totals

    def _note(self, code: str, column: str, message: Text) -> None:
        self.problems.add(code, row=1, column=column, level="warning", message=message)

    def rows(self, sites: list[str]) -> tuple[list[int], Floats]:
        """Return which rows can be used, and their counts."""
        written = any(_value(cell) == 0 for column in self.read for cell in column)
        kept: list[int] = []
        table: list[list[float]] = []
        blanks = 0
        for at in range(len(sites)):
            if _plain(sites[at]) in TOTALS:
                self.problems.add("total", row=int(self.raw.rows[at]), value=sites[at],
                                  level="warning", message=_TOTAL)  # fmt: skip
                continue
            cells = [column[at] for column in self.read]
            if all(cell is None for cell in cells):
                self.problems.add("nothing_written", row=int(self.raw.rows[at]), message=_NOTHING)
                continue
            values = [self._one(at, k, cell, written) for k, cell in enumerate(cells)]
            if any(math.isnan(value) for value in values):
                continue
            blanks += sum(cell is None for cell in cells)
            kept.append(at)
            table.append(values)
            self._against_totals(at, sum(values))
        if blanks:
            self.problems.add("empty_is_zero", level="warning",
                              message=_BLANK_IS_NONE.fill(n=blanks))  # fmt: skip
        return kept, np.array(table, dtype=np.float64).reshape(len(kept), len(self.species))

    def _one(self, at: int, k: int, cell: Count | float | None, written: bool) -> float:
        """Return a count; NaN where it is wrong, which is told."""
        if cell is None:
            if written:
                self._wrong(at, k, "no_count", _NO_COUNT)
                return math.nan
            return 0.0
        if isinstance(cell, float):
            if cell < 0 or cell > TOO_LARGE:
                self._wrong(at, k, "bad_count", _NEGATIVE if cell < 0 else _LARGE)
                return math.nan
            return cell
        if cell.problem is not None:
            level: Level = "error" if cell.status is None else "warning"
            self.problems.add(cell.problem.code, row=int(self.raw.rows[at]), level=level,
                              column=self.species[k], value=self.cells[k][at],
                              message=cell.problem.message)  # fmt: skip
        if cell.status is None:
            return math.nan
        if cell.value is None:
            self.presence_only = True
            if cell.problem is None:
                self._wrong(at, k, "not_counted", _PRESENT, warning=True)
            return 1.0
        return float(cell.value)

    def _wrong(self, at: int, k: int, code: str, message: Text, *, warning: bool = False) -> None:
        self.problems.add(code, row=int(self.raw.rows[at]), column=self.species[k],
                          value=self.cells[k][at], message=message,
                          level="warning" if warning else "error")  # fmt: skip

    def _against_totals(self, at: int, found: float) -> None:
        for name, told in self.totals:
            value = told[at]
            if value is not None and abs(value - found) > 1e-9 * max(abs(found), 1.0):
                self.problems.add("total_differs", row=int(self.raw.rows[at]), column=name,
                                  level="warning", value=f"{value:g}",
                                  message=_TOTAL_DIFFERS.fill(told=f"{value:g}", sum=f"{found:g}"),
                                  )  # fmt: skip


def _number(cell: str) -> float | None:
    try:
        return number(cell)
    except CellError:
        return None


def _cell(cell: str) -> Count | float | None:
    """Return a number, a count as observers write it, or None where nothing is written."""
    if is_blank(cell):
        return None
    value = _number(cell)
    if value is not None:
        return value
    return parse_count(cell)


def _is_wrong(cell: Count | float) -> bool:
    return cell < 0 if isinstance(cell, float) else cell.status is None


def _value(cell: Count | float | None) -> float | None:
    return cell.value if isinstance(cell, Count) else cell


def _named(sites: list[str], rows: list[int], problems: Problems) -> tuple[str, ...]:
    """Return a name for every row, each once."""
    seen: dict[str, int] = {}
    names: list[str] = []
    for site, row in zip(sites, rows, strict=True):
        name = site
        if is_blank(site):
            name = str(row)
            problems.add("no_site", row=row, level="warning", message=_NO_SITE)
        times = 2
        while name in seen:
            name = f"{site} ({times})"
            times += 1
        if name != site and site in seen:
            problems.add("site_again", row=row, value=site, level="warning",
                         message=_AGAIN.fill(row=seen[site], name=name))  # fmt: skip
        seen[name] = row
        names.append(name)
    return tuple(names)
