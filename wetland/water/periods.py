"""Periods (时段) as they are written: a year, a quarter, a month or the day of a sample."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text

Against = Literal["last_year", "previous"]
Per = Literal["sample", "month", "quarter", "year"]

AGAINST: dict[Against, Text] = {
    "last_year": text("同比（与上年同期比）", "against the same period of the year before"),
    "previous": text("环比（与上一时段比）", "against the period before"),
}

_NOT_A_PERIOD = text(
    "{value} 不是时段；应如 2024、2024-Q2、2024-05 或 2024-05-01",
    "{value} is no period; like 2024, 2024-Q2, 2024-05 or 2024-05-01",
)


def compared_period(period: str, against: Against) -> str | None:
    """Return the period that one is compared with; None for a sample (2024-05-01).

    The period before is the one before in the calendar, whether or not it was measured: an older
    one is never put in its place.

    Raises
    ------
    InputError
        No period.

    Examples
    --------
    >>> compared_period("2024-01", "previous"), compared_period("2024-Q1", "last_year")
    ('2023-12', '2023-Q1')
    """
    kind, year, part = split_period(period)
    if kind == "sample":
        return None
    if kind == "year" or against == "last_year":
        return write_period(kind, year - 1, part)
    parts = {"month": 12, "quarter": 4}[kind]
    return write_period(kind, year - (part == 1), parts if part == 1 else part - 1)


def split_period(period: str) -> tuple[Per, int, int]:
    """Return the kind of a period (sample, month, quarter, year), its year and its part.

    Examples
    --------
    >>> split_period("2024-Q2"), split_period("2024-05"), split_period("2024")
    (('quarter', 2024, 2), ('month', 2024, 5), ('year', 2024, 1))
    """
    year, _, part = period.partition("-")
    try:
        if len(period) >= 10:  # a sample's may go on after its day
            return "sample", dt.date.fromisoformat(period[:10]).year, 1
        if not part and len(year) == 4:
            return "year", int(year), 1
        if part[:1] == "Q" and part[1:] in {"1", "2", "3", "4"}:
            return "quarter", int(year), int(part[1:])
        if len(part) == 2 and 1 <= int(part) <= 12:
            return "month", int(year), int(part)
    except ValueError:
        pass
    raise InputError(_NOT_A_PERIOD.fill(value=period))


def write_period(kind: Per, year: int, part: int) -> str:
    """Write a period of a kind: ``2024``, ``2024-Q2`` or ``2024-05``."""
    if kind == "year":
        return f"{year:04d}"
    return f"{year:04d}-Q{part}" if kind == "quarter" else f"{year:04d}-{part:02d}"


def written(
    days: NDArray[np.datetime64], kind: Literal["month", "quarter", "year"]
) -> NDArray[np.str_]:
    """Write the periods of a kind that days (or months) lie in, like `write_period`.

    Examples
    --------
    >>> written(np.array(["2024-05", "2023-12"], dtype="datetime64[M]"), "quarter").tolist()
    ['2024-Q2', '2023-Q4']
    """
    months = days.astype("datetime64[M]")
    if kind == "month":
        return np.datetime_as_string(months, unit="M")
    years = np.datetime_as_string(months, unit="Y")
    if kind == "year":
        return years
    quarters = (months.astype(np.int64) % 12 // 3 + 1).astype(str)
    return np.char.add(np.char.add(years, "-Q"), quarters)


def last_day(period: str) -> dt.date:
    """Return the last day of a period.

    Examples
    --------
    >>> last_day("2024-02"), last_day("2024-Q4"), last_day("2024-05-01")
    (datetime.date(2024, 2, 29), datetime.date(2024, 12, 31), datetime.date(2024, 5, 1))
    """
    kind, year, part = split_period(period)
    if kind == "sample":
        return dt.date.fromisoformat(period[:10])
    month = {"year": 12, "quarter": 3 * part, "month": part}[kind]
    after = dt.date(year + (month == 12), month % 12 + 1, 1)
    return after - dt.timedelta(days=1)


def first_day(period: str) -> dt.date:
    """Return the first day of a period.

    Examples
    --------
    >>> first_day("2024-02"), first_day("2024-Q4"), first_day("2024-05-01")
    (datetime.date(2024, 2, 1), datetime.date(2024, 10, 1), datetime.date(2024, 5, 1))
    """
    kind, year, part = split_period(period)
    if kind == "sample":
        return dt.date.fromisoformat(period[:10])
    return dt.date(year, {"year": 1, "quarter": 3 * part - 2, "month": part}[kind], 1)
