"""Read counts at plots from text: ``site,time[,month],count`` and more (样点计数文件)."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import Text, text
from wetland.birds.trimrows import count_table
from wetland.birds.trimtable import CountTable, listed
from wetland.reading.cells import is_blank, number
from wetland.reading.dates import CellError
from wetland.reading.files import TEXT_TABLES, Given, accepting, look_at

if TYPE_CHECKING:
    from wetland.reading.raw import RawTable

NAMES: dict[str, tuple[str, ...]] = {
    "site": ("site", "plot", "site_id", "plot_id", "样点", "样方", "样线", "地点"),
    "time": ("time", "year", "时间", "年份", "年"),
    "month": ("month", "月份", "月"),
    "count": ("count", "individual_count", "individualcount", "计数", "数量", "只数"),
}

_NO_COLUMN = text(
    "{f}：缺少 {what} 列；现有列：{names}", "{f}: no column {what}; there are: {names}"
)
_HEADER = text(
    "表头应为 site,time[,month],count[,权重列][,协变量列]",
    "the header should be site,time[,month],count[,a weight][,covariates]",
)
_NO_SITE = text("没有写样点", "no site is given")
_NO_TIME = text("没有写年份", "no time is given")
_NO_MONTH = text("没有写月份", "no month is given")
_WHOLE = text("须为整数，如 2024", "must be a whole number, such as 2024")
_MONTH = text("月份须为 1 至 366 的整数", "a month is a whole number from 1 to 366")
_COUNT = text("计数须为不小于 0 的数", "a count is a number, 0 or more")
_WEIGHT = text("权重须为大于 0 的数", "a weight is a number above 0")
_NO_CATEGORY = text("没有写协变量 {name}", "the covariate {name} is not told")
_OTHER_CATEGORY = text(
    "样点 {site} 在第 {row} 行的 {name} 是 {value}",
    "site {site} has the {name} {value} in row {row}",
)
_AGAIN = text(
    "第 {row} 行已有这个样点这一时次的计数",
    "row {row} already has a count of this site at this time",
)
_NOTHING = text("{f}：没有可用的行", "{f}: no row can be used")
_LOST = text("见问题表", "see the table of problems")


@dataclass(frozen=True, slots=True)
class CountOptions:
    """How to read a table of counts.

    Attributes
    ----------
    covariates
        Columns that hold categories of sites.
    weights
        Column that holds weights.
    encoding
        Encoding of the file; None where the content decides.
    """

    covariates: tuple[str, ...] = ()
    weights: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    site: str
    time: int
    month: int
    count: float
    weight: float
    categories: tuple[str, ...]


def read_counts(
    source: str | Path | Given, options: CountOptions | None = None
) -> tuple[CountTable, Problems]:
    """Read counts at plots; wrong rows are kept aside and told, the others make the table.

    Columns are found by name, in English or Chinese (``year`` is read as ``time``). An empty count
    is a missing one: the site was not counted then. Wrong are: no site or time, a time or month
    that is no whole number, a count that is no number or below 0, a weight not above 0, a second
    row of one site and time (the first one stays), and a category other than the site has in its
    first row.

    Raises
    ------
    InputError
        A column is missing, no row is left, or the counts make no table (`count_table`).
    """
    from wetland.reading.delimited import read_csv  # noqa: PLC0415 - pandas is slow to import

    options = options or CountOptions()
    with accepting(TEXT_TABLES):
        given = look_at(source)
        problems = Problems(given.name)
        raw = read_csv(given, options, problems)
    reader = _Reader(raw, _columns(raw, options, given.name), problems)
    rows = [row for at in range(len(raw.cells)) if (row := reader.row(at)) is not None]
    if not rows:
        raise InputError(_NOTHING.fill(f=given.name), hint=_LOST)
    table = count_table(
        [row.site for row in rows],
        np.array([row.time for row in rows]),
        np.array([row.count for row in rows]),
        month=np.array([row.month for row in rows]) if "month" in reader.columns else None,
        weight=np.array([row.weight for row in rows]) if options.weights else None,
        covariates={
            name: [row.categories[k] for row in rows] for k, name in enumerate(options.covariates)
        },
    )
    return table, problems


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _columns(raw: RawTable, options: CountOptions, name: str) -> dict[str, str]:
    """Return role -> column; covariates have the role ``covariate:NAME``."""
    there = {_plain(str(column)): str(column) for column in reversed(list(raw.cells.columns))}
    wanted: dict[str, Sequence[str]] = dict(NAMES)
    wanted |= {f"covariate:{column}": (column,) for column in options.covariates}
    if options.weights:
        wanted["weight"] = (options.weights,)
    found: dict[str, str] = {}
    for role, names in wanted.items():
        column = next((there[_plain(n)] for n in names if _plain(n) in there), None)
        if column is not None:
            found[role] = column
        elif role != "month":
            shown = listed([str(c) for c in raw.cells.columns], 20)
            what = role.partition(":")[2] or names[0]
            raise InputError(_NO_COLUMN.fill(f=name, what=what, names=shown), hint=_HEADER)
    return found


class _Reader:
    """The rows of a file, one after another, with what the rows before have settled."""

    def __init__(self, raw: RawTable, columns: dict[str, str], problems: Problems) -> None:
        self.columns = columns
        self.problems = problems
        self.numbers = [int(n) for n in raw.rows]
        self.cells = {role: raw.cells[name].tolist() for role, name in columns.items()}
        self.covariates = [role for role in columns if role.startswith("covariate:")]
        self.categories: dict[tuple[str, str], tuple[str, int]] = {}
        self.seen: dict[tuple[str, int, int], int] = {}

    def row(self, at: int) -> _Row | None:
        """Return a row; None where it is wrong, which is told."""
        try:
            site = self._name(at, "site", _NO_SITE)
            time = self._value(at, "time", _whole, (_NO_TIME, _WHOLE))
            month = 0
            if "month" in self.cells:
                month = int(self._value(at, "month", _month, (_NO_MONTH, _MONTH)))
            count = self._value(at, "count", _count, (None, _COUNT))
            weight = 1.0
            if "weight" in self.cells:
                weight = self._value(at, "weight", _weight, (_WEIGHT, _WEIGHT))
            categories = tuple(self._category(at, role, site) for role in self.covariates)
            self._first_of_its_cell(at, (site, int(time), month))
        except _WrongError:
            return None
        for role, category in zip(self.covariates, categories, strict=True):
            self.categories.setdefault((role, site), (category, self.numbers[at]))
        return _Row(site, int(time), month, count, weight, categories)

    def _wrong(self, code: str, at: int, role: str, message: Text) -> _WrongError:
        self.problems.add(
            code,
            row=self.numbers[at],
            column=self.columns[role],
            value=self.cells[role][at],
            message=message,
        )
        return _WrongError()

    def _name(self, at: int, role: str, missing: Text) -> str:
        raw = self.cells[role][at]
        if is_blank(raw):
            raise self._wrong(f"{role.partition(':')[0]}_missing", at, role, missing)
        return _cleaned(str(raw))

    def _value(
        self, at: int, role: str, allowed: Callable[[float], bool], words: tuple[Text | None, Text]
    ) -> float:
        raw = self.cells[role][at]
        missing, wrong = words
        if is_blank(raw):
            if missing is None:
                return math.nan
            raise self._wrong(f"{role}_missing", at, role, missing)
        value = _parsed(str(raw))
        if not allowed(value):
            raise self._wrong(f"bad_{role}", at, role, wrong)
        return value

    def _category(self, at: int, role: str, site: str) -> str:
        name = self.columns[role]
        category = self._name(at, role, _NO_CATEGORY.fill(name=name))
        known, row = self.categories.get((role, site), (category, 0))
        if known != category:
            message = _OTHER_CATEGORY.fill(site=site, row=row, name=name, value=known)
            raise self._wrong("covariate_changes", at, role, message)
        return category

    def _first_of_its_cell(self, at: int, cell: tuple[str, int, int]) -> None:
        if cell in self.seen:
            raise self._wrong("count_again", at, "count", _AGAIN.fill(row=self.seen[cell]))
        self.seen[cell] = self.numbers[at]


class _WrongError(ValueError):
    """A row is wrong; the problem has been told."""


@lru_cache(maxsize=10_000)
def _cleaned(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).split())


@lru_cache(maxsize=10_000)
def _parsed(words: str) -> float:
    """Return the number of a cell (a year may end in 年, a month in 月); NaN where it is none."""
    try:
        return number(_cleaned(words).rstrip("年月"))
    except CellError:
        return math.nan


def _whole(value: float) -> bool:
    return value == math.floor(value) if math.isfinite(value) else False


def _month(value: float) -> bool:
    return _whole(value) and 1 <= value <= 366


def _count(value: float) -> bool:
    return value >= 0


def _weight(value: float) -> bool:
    return value > 0
