"""The moment of each row of a water table: from one column, several, an option or the title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.reading.dates import CellError, Moment, join, parse_moment
from wetland.reading.options import zone_of
from wetland.water.cells import narrowed
from wetland.water.columns import listed
from wetland.water.readdates import (
    DateRules,
    Order,
    days_and_instants,
    proven_order,
    read_days,
)
from wetland.water.readtable import Bools, Objects, Table

if TYPE_CHECKING:
    import pandas as pd

OF_TITLE = text("没有日期列，取标题中的 {d}", "no column of dates: {d} was taken from the title")
NO_DATE_COLUMN = text(
    "{f}：没有采样日期列，请用 --map date=列名 或 --default-date 指明；现有列：{n}",
    "{f}: no column of dates; name it by --map date=COLUMN or --default-date; there are: {n}",
)
NO_DATE = text("没有写采样日期", "no date of sampling is given")
MONTHS = text("{n} 行只写到月，按当月 1 日计", "{n} rows name a month only: taken as its first day")
ORDER = text(
    "日期按 {o} 顺序读（本列有只能这样读的日期）",
    "dates are read as {o}: some of this column can be read in no other way",
)
ORDERS: dict[Order, Text] = {"mdy": text("月/日/年", "month/day/year"),
                             "dmy": text("日/月/年", "day/month/year")}  # fmt: skip
OFFSETS = {"UTC": 0, "GMT": 0, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
           "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8,
           "HST": -10}  # fmt: skip


def _rules(table: Table, role: str) -> DateRules:
    options = table.options
    order = options.date_order
    if order is None and role in table.roles:
        order = proven_order(set(map(str, table.words(role).tolist())))
        if order is not None:
            table.problems.add("date_order", column=table.roles[role], level="warning",
                               message=ORDER.fill(o=ORDERS[order]))  # fmt: skip
    known: Order | None = "mdy" if order == "mdy" else "dmy" if order == "dmy" else None
    return DateRules(known, options.year, table.sheet.epoch)


def moments_of(
    table: Table, timezone: str, usable: Bools
) -> tuple[Objects, NDArray[np.datetime64]]:
    """Return the local day and the instant of each row; rows without a day are not usable."""
    import pandas as pd

    site_zone = zone_of(timezone)
    file_zone = zone_of(table.options.timezone) if table.options.timezone else site_zone
    date = _dates(table)
    rules = _rules(table, "date")
    read = read_days(date, rules)
    column = next((table.roles[r] for r in ("date", "year", "month") if r in table.roles), None)
    tell_wrong(table, read.codes, read.wrong, usable, column)
    months = int((np.isin(read.codes, list(read.months)) & usable).sum())
    if months:
        table.problems.add("month_only", column=column, level="warning",
                           message=MONTHS.fill(n=months))  # fmt: skip
    missing = np.flatnonzero(usable & (read.codes < 0))
    table.tell("date_missing", missing, NO_DATE, column=column)
    usable[missing] = False
    moments: list[Moment | None] = [*read.moments, None]
    codes = read.codes
    if "time" in table.roles:
        moments, codes = _with_times(table, moments, codes, usable)
    days, instants = days_and_instants(moments, file_zone, site_zone)
    usable &= ~pd.isna(days[codes])
    return days[codes], instants[codes]


def _dates(table: Table) -> pd.Series:
    """Return the cells that hold the date: one column, three, or the date of the whole file."""
    import pandas as pd

    cells = table.cells("date")
    if cells is not None:
        return cells
    parts = [table.words(role) for role in ("year", "month", "day") if role in table.roles]
    if "year" in table.roles and len(parts) > 1:
        joined = ["-".join(str(p).rstrip("年月日") for p in row)
                  if not any(p is None for p in row) else None
                  for row in zip(*parts, strict=True)]  # fmt: skip
        return pd.Series(joined, dtype=object)
    if "month" in table.roles and "year" not in table.roles:
        return table.sheet.raw.cells[table.roles["month"]]
    default = table.options.default_date or table.sheet.caption_date
    if default is None:
        names_here = listed([str(name) for name in table.sheet.raw.cells.columns])
        raise InputError(NO_DATE_COLUMN.fill(f=table.problems.file, n=names_here))
    if table.options.default_date is None:
        table.problems.add("date_of_title", row=1, value=default, level="warning",
                           message=OF_TITLE.fill(d=default))  # fmt: skip
    return pd.Series([default] * table.count, dtype=object)


def tell_wrong(
    table: Table,
    codes: NDArray[np.intp],
    wrong: Mapping[int, CellError],
    usable: Bools,
    column: str | None,
) -> None:
    """Tell what is wrong with the cells of some codes; their rows are not usable."""
    for code, error in wrong.items():
        rows = np.flatnonzero(usable & (codes == code))
        table.tell(error.code, rows, error.message, column=column)
        usable[rows] = False


def _with_times(
    table: Table, moments: list[Moment | None], codes: NDArray[np.intp], usable: Bools
) -> tuple[list[Moment | None], NDArray[np.intp]]:
    """Put the times of their own column to the days, each distinct pair once."""
    import pandas as pd

    column = table.roles["time"]
    words = table.words("time")
    zones = table.words("zone") if "zone" in table.roles else np.full(len(words), None, object)
    keys = pd.MultiIndex.from_arrays([codes, words.astype(str), zones.astype(str)])
    pairs, distinct = pd.factorize(keys)
    found: list[Moment | None] = []
    wrong: dict[int, CellError] = {}
    for number, (code, word, zone) in enumerate(distinct):
        day = moments[code]
        found.append(day)
        if day is None or word == "None":
            continue
        try:
            time = _clock(word)
            offset = OFFSETS.get(zone.upper())
            joined = join(day, time)
            if joined is not None and offset is not None:
                joined = _ahead(joined, offset)
            found[-1] = joined
        except CellError as error:
            wrong[number] = error
    tell_wrong(table, pairs.astype(np.intp), wrong, usable, column)
    return [*found, None], pairs.astype(np.intp)


def _clock(word: str) -> Moment:
    """Read a time of day; 930 and 1120 are times too."""
    bare = narrowed(word).removesuffix(".0")
    if bare.isdecimal() and len(bare) <= 4:
        bare = f"{bare.zfill(4)[:2]}:{bare.zfill(4)[2:]}"
    return parse_moment(bare)


def _ahead(moment: Moment, hours: int) -> Moment:
    import datetime as dt

    return Moment(moment.day, moment.time, dt.timezone(dt.timedelta(hours=hours)))
