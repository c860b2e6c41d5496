"""Read a plain series for trends: ``station,date,parameter,value[,censored]``, of any quantity.

Here a date may be a year or a month, a value may be negative, and a parameter may have any name:
a trend needs no dictionary.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import Text, text
from wetland.reading.cells import is_blank
from wetland.reading.dates import CellError
from wetland.reading.files import Given, look_at
from wetland.water.cells import narrowed
from wetland.water.columns import find_roles, listed
from wetland.water.layouts import is_portal
from wetland.water.readcells import CENSORED, NOT_MEASURED, RESULT, Cells, read_cells
from wetland.water.readdates import DateRules, parse_day, proven_order, year_part
from wetland.water.seriessamples import leave_out_quality_control, refuse_several_units
from wetland.water.sheets import read_sheet

if TYPE_CHECKING:
    import pandas as pd

    from wetland.reading.raw import RawTable

COLUMNS = ("row", "station", "parameter", "date", "sampled_on", "year", "month", "t", "value",
           "censored")  # fmt: skip
MOST_SHOWN = 5
FIRST_YEAR = 1  # long records, of tree rings or of the Nile, begin before any laboratory
NO_VALUE = text("{f}：找不到数值列；现有列：{n}", "{f}: no column of values; there are: {n}")
NO_DATE = text(
    "{f}：找不到日期或年份列；现有列：{n}", "{f}: no column of dates or years; there are: {n}"
)
PORTAL = text(
    "{f}：这是 Water Quality Portal 的表格，含未检出、形态和单位，须按水质结果读取",
    "{f}: a table of the Water Quality Portal has non-detects, fractions and units: it must be "
    "read as water results",
)
PORTAL_HINT = text("请用 --layout wqp", "use --layout wqp")
WRITE = text(
    "表头应为 station,date,parameter,value[,censored]",
    "the header should be station,date,parameter,value[,censored]",
)
AMBIGUOUS_YEAR = text(
    "无法判断是月份还是小数年份，请写成 2001-05 或三位以上小数",
    "a month or a part of a year? write 2001-05, or three decimals and more",
)
BLANK_DATE = text("没有写日期", "no date is given")
ABOVE = text("高于上限的值不能用于趋势", "a value above an upper limit cannot be used in a trend")
NO_LIMIT = text(
    "未检出而没有写检出限，不能用于趋势",
    "a non-detect without its limit cannot be used in a trend",
)
NOT_A_FLAG = text("检出情况请写 0/1、true/false 或 <", "write 0/1, true/false or < for censoring")
LEFT = {"1", "true", "t", "yes", "y", "<", "<=", "below", "left", "lt", "nd", "u", "l", "是",
        "未检出", "1.0", "cen", "censored"}  # fmt: skip
NOT_LEFT = {"0", "false", "f", "no", "n", "=", "none", "", "否", "检出", "0.0", "detected"}

_YEAR = re.compile(r"(\d{4})(?:\.0+)?\s*年?$")
_DECIMAL_YEAR = re.compile(r"\d{4}\.\d{3,}$")
_DOTTED = re.compile(r"\d{4}\.\d$")
_QUARTER = re.compile(
    r"(\d{4})\s*(?:[-/年]?\s*第?\s*[Qq]?\s*([1-4一二三四])\s*季度?|[-/ ]?[Qq]([1-4]))$"
)
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


class SeriesDay(NamedTuple):
    """A date of a series: ``t`` in years, the day and month only where they are told."""

    t: float
    year: int
    month: int | None = None
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class _Series:
    raw: RawTable
    roles: dict[str, str]
    problems: Problems

    def cells(self, role: str) -> pd.Series | None:
        name = self.roles.get(role)
        return None if name is None else self.raw.cells[name]

    def tell(self, code: str, at: int, role: str, message: Text) -> None:
        column = self.roles.get(role)
        value = None if column is None else self.raw.cells[column].iloc[at]
        self.problems.add(code, row=int(self.raw.rows[at]), column=column, value=value,
                          message=message)  # fmt: skip


def parse_series_day(raw: object, rules: DateRules | None = None) -> SeriesDay:
    """Read a date of a series: a day, a month, a quarter, a year or a decimal year.

    ``t`` is ``year + (month - 1 + (day - 1) / days of the month) / 12``; a month, quarter or year
    stands at its start. A decimal year has three decimals or more.

    Raises
    ------
    CellError
        No date at all, or one with two readings (2001.5).

    Examples
    --------
    >>> parse_series_day("1990").t, parse_series_day("2001-07").t, parse_series_day("2001Q2").t
    (1990.0, 2001.5, 2001.25)
    >>> parse_series_day("0622-07-16").day, parse_series_day("1871-01-01").t
    (datetime.date(622, 7, 16), 1871.0)
    """
    words = narrowed(raw)
    year = _YEAR.match(words)
    if year is not None:
        return SeriesDay(float(year[1]), int(year[1]))
    if _DECIMAL_YEAR.match(words):
        t = float(words)
        return SeriesDay(t, int(t), int(t % 1 * 12) + 1)
    if _DOTTED.match(words):
        raise CellError("date_two_ways", AMBIGUOUS_YEAR)
    quarter = _QUARTER.match(words)
    if quarter is not None:
        number = quarter[2] or quarter[3]
        month = 3 * (_QUARTERS.get(number) or int(number)) - 2
        return SeriesDay(int(quarter[1]) + (month - 1) / 12, int(quarter[1]), month)
    moment, is_month = parse_day(words, rules or DateRules(first_year=FIRST_YEAR))
    day = moment.day
    if day is None:
        raise CellError("date_missing", BLANK_DATE)
    return SeriesDay(year_part(day), day.year, day.month, None if is_month else day)


def tidy_series(
    source: str | Path | Given, *, problems: Problems | None = None, sheet: str | None = None
) -> pd.DataFrame:
    """Read a series in tidy form from CSV or XLSX.

    Parameters
    ----------
    source
        A file with the columns station, date (or year and month), parameter, value and perhaps
        censored (0/1, true/false, ``<``). Without a station or parameter column the name of the
        file, or of the column of values, stands for it. ``<0.025`` and ``0.025L`` are censored too.
    problems
        Takes the rows that cannot be used; without it they raise.
    sheet
        Sheet of a workbook.

    Returns
    -------
    DataFrame
        ``row`` of the file, ``station``, ``parameter``, ``date`` as written, ``sampled_on`` (None
        where only a month or year is told), ``year``, ``month`` (NA for a bare year), ``t`` in
        years, ``value`` (the limit where ``censored``). Rows without a value are left out.

    Raises
    ------
    InputError
        No column of dates or values, a table of the Water Quality Portal, or several units of one
        parameter; or wrong rows where nothing takes the problems.
    """
    given = look_at(source)
    taken = Problems(given.name) if problems is None else problems
    raw = read_sheet(given, taken, sheet=sheet).raw
    series = _Series(raw, find_roles(list(raw.cells.columns), series=True), taken)
    _refuse_unfit(series, given.name)
    found = _frame(series, Path(given.name).stem)
    if problems is None:
        _raise_errors(taken)
    return found


def _refuse_unfit(series: _Series, name: str) -> None:
    names = listed([str(c) for c in series.raw.cells.columns])
    if is_portal(series.raw.cells.columns):
        raise InputError(PORTAL.fill(f=name), hint=PORTAL_HINT)
    if "value" not in series.roles:
        raise InputError(NO_VALUE.fill(f=name, n=names), hint=WRITE)
    if not {"date", "year"} & set(series.roles):
        raise InputError(NO_DATE.fill(f=name, n=names), hint=WRITE)


def _raise_errors(taken: Problems) -> None:
    errors = [p for p in taken.items if p.level == "error"]
    if not errors:
        return
    zh = "；".join(f"第 {p.row} 行 {p.value!s}：{p.message.zh}" for p in errors[:MOST_SHOWN])
    en = "; ".join(f"row {p.row} {p.value!s}: {p.message.en}" for p in errors[:MOST_SHOWN])
    raise InputError(
        text("{f}：有 {n} 处不能用：{w}", "{f}: {n} cannot be used: {w}").fill(
            f=taken.file, n=len(errors), w=Text(zh=zh, en=en)
        )
    )


def _frame(series: _Series, stem: str) -> pd.DataFrame:
    import pandas as pd

    raw = series.raw
    cells = read_cells(raw.cells[series.roles["value"]], lowest=-np.inf)
    held = leave_out_quality_control(raw, _sound_values(series, cells), series.problems)
    days = _days(series, held)
    censored = _censored(series, cells, held)
    held &= np.array([day is not None for day in days], dtype=bool)
    kept = np.flatnonzero(held)
    some = [day for day in (days[at] for at in kept) if day is not None]
    value_name = series.roles["value"]
    parameter = _words(series, "parameter", value_name)[kept]
    unit = series.cells("unit")
    if unit is not None:
        refuse_several_units(series.problems.file, parameter.tolist(), unit.iloc[kept].tolist())
    frame = pd.DataFrame(
        {
            "row": raw.rows[kept],
            "station": _words(series, "station", stem)[kept],
            "parameter": parameter,
            "date": _dates_as_written(series)[kept],
            "sampled_on": np.array([d.day for d in some], dtype=object),
            "year": np.array([d.year for d in some], dtype=np.int64),
            "month": pd.array([d.month for d in some], dtype="Int64"),
            "t": np.array([d.t for d in some], dtype=np.float64),
            "value": cells.value[kept],
            "censored": censored[kept],
        }
    )
    return frame.astype({"station": "str", "parameter": "str", "date": "str"})


def _sound_values(series: _Series, cells: Cells) -> NDArray[np.bool_]:
    """Tell which rows have a value that a trend can use, and what is wrong with the others."""
    for at, error in cells.wrong.items():
        series.tell(error.code, at, "value", error.message)
    held: NDArray[np.bool_] = cells.state == RESULT
    for at in np.flatnonzero(held & (cells.censoring == CENSORED.index("above"))).tolist():
        series.tell("above_limit", at, "value", ABOVE)
        held[at] = False
    for at in np.flatnonzero(held & np.isnan(cells.value)).tolist():
        series.tell("no_limit", at, "value", NO_LIMIT)
        held[at] = False
    unmeasured = int((cells.state == NOT_MEASURED).sum())
    if unmeasured:
        message = text("{n} 行没有数值", "{n} rows have no value").fill(n=unmeasured)
        series.problems.add("not_measured", message=message, level="warning")
    return held


def _days(series: _Series, held: NDArray[np.bool_]) -> list[SeriesDay | None]:
    cells = series.cells("date")
    if cells is None:
        cells = series.raw.cells[series.roles["year"]]
        month = series.cells("month")
        if month is not None:
            cells = cells.str.strip() + "-" + month.str.strip()
    role = "date" if "date" in series.roles else "year"
    words = cells.astype(object).tolist()
    rules = DateRules(order=proven_order(str(w) for w in set(words)), first_year=FIRST_YEAR)
    read: dict[object, SeriesDay | CellError] = {}
    found: list[SeriesDay | None] = []
    for at, raw in enumerate(words):
        day = read.get(raw)
        if day is None:
            day = read[raw] = _read_day(raw, rules)
        if isinstance(day, CellError):
            if held[at]:
                series.tell(day.code, at, role, day.message)
            found.append(None)
        else:
            found.append(day)
    return found


def _read_day(raw: object, rules: DateRules) -> SeriesDay | CellError:
    if is_blank(raw):
        return CellError("date_missing", BLANK_DATE)
    try:
        return parse_series_day(raw, rules)
    except CellError as error:
        return error


def _censored(series: _Series, cells: Cells, held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = cells.censoring == CENSORED.index("below")
    flags = series.cells("censored")
    if flags is None:
        return found
    for at, raw in enumerate(flags.astype(object).tolist()):
        word = "" if is_blank(raw) else narrowed(raw).casefold()
        if word in LEFT:
            found[at] = True
        elif word not in NOT_LEFT and held[at]:
            series.tell("not_a_flag", at, "censored", NOT_A_FLAG)
            held[at] = False
    return found


def _words(series: _Series, role: str, default: str) -> NDArray[np.object_]:
    cells = series.cells(role)
    count = len(series.raw.rows)
    if cells is None:
        return np.full(count, default, dtype=object)
    import pandas as pd

    codes, distinct = pd.factorize(cells.to_numpy(dtype=object))
    words = [default if is_blank(v) else str(v).strip() for v in distinct]
    return np.array([*words, default], dtype=object)[codes]


def _dates_as_written(series: _Series) -> NDArray[np.object_]:
    cells = series.cells("date")
    if cells is None:
        cells = series.raw.cells[series.roles["year"]]
    return cells.astype(object).to_numpy(dtype=object)
