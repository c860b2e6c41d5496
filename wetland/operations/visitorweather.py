"""Weather by day for a forecast (天气): a table of days and numbers, past and ahead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.files import TEXT_TABLES, Given, accepting, format_of, look_at

if TYPE_CHECKING:
    import pandas as pd

DAY_NAMES = ("date", "day", "日期", "日")

_NO_DAY = text("{f}：没有日期列（date 或 日期）", "{f}: there is no column of days (date)")
_BAD_DAY = text("{f} 第 {n} 行：日期无法识别：{v}", "{f}, row {n}: no day can be read from {v}")
_TWICE = text("{f}：同一天有两行：{v}", "{f}: a day stands twice: {v}")
_NO_NUMBERS = text("{f}：没有全为数值的列", "{f}: no column holds numbers only")


@dataclass(frozen=True, slots=True)
class _Plain:
    encoding: str | None = None


def read_weather(path: str | Path | Given) -> pd.DataFrame:
    """Return the weather of a CSV file by day: ``day`` and every column whose cells are numbers.

    Empty cells are unknown; columns with words (a forecaster's remark) are left out.

    Raises
    ------
    InputError
        The file cannot be read, has no column of days, a day nobody can read or twice, or no column
        of numbers.
    """
    import pandas as pd  # noqa: PLC0415 - starts fast

    from wetland.reading.dates import CellError, parse_moment  # noqa: PLC0415
    from wetland.reading.delimited import read_csv  # noqa: PLC0415

    with accepting(TEXT_TABLES):
        given = look_at(path)
        if format_of(given) != "csv":
            raise InputError(_NO_DAY.fill(f=given.name), hint=TEXT_TABLES)
    raw = read_csv(given, _Plain(), Problems(given.name))
    names = {str(c).strip().casefold(): c for c in raw.cells.columns}
    told = next((names[name] for name in DAY_NAMES if name in names), None)
    if told is None:
        raise InputError(_NO_DAY.fill(f=given.name))
    days = []
    for number, cell in zip(raw.rows.tolist(), raw.cells[told], strict=True):
        try:
            day = parse_moment(cell).day
        except CellError:
            day = None
        if day is None:
            raise InputError(_BAD_DAY.fill(f=given.name, n=number, v=str(cell) or "''"))
        days.append(day)
    found = pd.DataFrame({"day": days})
    if found["day"].duplicated().any():
        twice = found.loc[found["day"].duplicated(), "day"].iloc[0]
        raise InputError(_TWICE.fill(f=given.name, v=twice))
    for column in raw.cells.columns:
        cells = raw.cells[column].astype("string").str.strip()
        cells = cells.mask(cells == "")
        numbers = pd.to_numeric(cells, errors="coerce")
        if column != told and numbers.notna().any() and not (cells.notna() & numbers.isna()).any():
            found[str(column).strip()] = numbers.astype(float).to_numpy()
    if len(found.columns) == 1:
        raise InputError(_NO_NUMBERS.fill(f=given.name))
    return found
