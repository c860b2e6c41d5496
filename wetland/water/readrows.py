"""What rows of a water table say beside their results: station, moment, depth, kind of sample.

Rows that are no samples (平均值、最大值、超标率、标准限值) are told and left out: they are never
counted as measurements.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.problems import Level, Problems
from wetland.base.texts import Text, text
from wetland.reading.cells import is_blank
from wetland.reading.dates import CellError, Moment, join, parse_moment
from wetland.water.cells import narrowed, parse_value
from wetland.water.columns import listed, plain
from wetland.water.readdates import (
    DateRules,
    Order,
    days_and_instants,
    parse_day,
    proven_order,
    read_days,
)
from wetland.water.readoptions import WaterOptions, zone_of
from wetland.water.sheets import Sheet
from wetland.water.stations import Station

if TYPE_CHECKING:
    import pandas as pd

Objects = NDArray[np.object_]
Bools = NDArray[np.bool_]

NO_STATION = text(
    "没有写站点（合并单元格导出后下面各行会是空的，请填满）",
    "no station is given (merged cells leave the rows below empty: fill them)",
)
NO_STATION_COLUMN = text(
    "{f}：没有站点列，请用 --map station=列名 或 --default-station 指明；现有列：{n}",
    "{f}: no column of stations; name it by --map station=COLUMN or --default-station; there are: "
    "{n}",
)
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
SUMMARY = text(
    "这一行是统计或限值（{w}），不是样品，未读入",
    "this row is a statistic or a limit ({w}), not a sample: not read",
)
NOT_A_DEPTH = text("不是深度（米）", "not a depth in metres")
NOT_A_FLAG = text("请写 0/1 或 true/false", "write 0/1 or true/false")
QA_FOUND = text(
    "{n} 行是质控样（{w}），单独保存，不参与评价",
    "{n} rows are quality-control samples ({w}): kept apart, not assessed",
)
UNKNOWN_STATIONS = text(
    "场地没有登记这些站点：{s}；结果已读入", "the site has no such stations: {s}; results were read"
)

QA_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("spike", re.compile(r"加标|\bspiked?\b|\bms\b|\bmsd\b|matrix spike")),
    ("blank", re.compile(r"空白|blank")),
    ("duplicate", re.compile(r"平行|重复样|复测|duplicate|replicate|\bdup\b")),
    ("standard", re.compile(
        r"标样|标准样|标准物质|质控|有证|reference material|\blcs\b|\bcrm\b|\bqc\b|quality control"
        r"|^standard$|calibration")),
)  # fmt: skip
_IN_NAME = re.compile(
    r"[\s_\-—]*[(\[]?\s*(?P<word>(?:现场|密码|室内|实验室|明码)?平行(?:双?样)?\d*|加标(?:回收)?样?\d*|"
    r"(?:全程序|运输|现场|实验室|设备|淋洗)?空白样?\d*|质控样?\d*|标准样品?\d*|标样\d*|"
    r"(?:field |lab |trip |equipment )?(?:duplicate|replicate|blank)|dup|spike)\s*[)\]]?$",
    re.IGNORECASE,
)
_SUFFIXES = {"p": "duplicate", "px": "duplicate", "dup": "duplicate", "fd": "duplicate",
             "平行": "duplicate", "kb": "blank", "fb": "blank", "tb": "blank", "eb": "blank",
             "blk": "blank", "空白": "blank", "jb": "spike", "ms": "spike", "msd": "spike",
             "加标": "spike", "zk": "standard", "qc": "standard", "std": "standard",
             "lcs": "standard", "crm": "standard", "质控": "standard",
             "标样": "standard"}  # fmt: skip
_SUFFIX = re.compile(r"(?:[-_.\s](?P<a>[A-Za-z]{1,3})|(?P<b>平行|空白|加标|质控|标样)样?)\d*$")
_SUMMARY = re.compile(
    r"(?:[^,，]{0,12})?(?:平均值?|均值|最大值?|最小值?|极大值|极小值|中位数|中值|合计|总计|小计|超标率"
    r"|超标倍数|检出率|达标率|样本数|样品数|标准差|变异系数|标准值|标准限值|评价标准|限值|[ⅠⅡⅢⅣⅤ]+类标准"
    r"|[IV]+类标准?|水质标准|检出限|方法检出限|备注|执行标准|范围值?|波动范围)$"
)
_SUMMARY_EN = frozenset({"mean", "average", "avg", "maximum", "minimum", "median", "geomean",
                         "exceedance rate", "detection limit", "standard limit"})  # fmt: skip
_MAYBE_SUMMARY = frozenset({"max", "min", "total", "sum", "count", "std", "stdev", "sd", "range",
                            "limit", "standard", "n", "p95"})  # fmt: skip
_SURE = 2
_NOTE = re.compile(r"(?:注|备注|说明|附注|note)\s*\d*\s*[:：、.]", re.IGNORECASE)
_TRUE = {"1", "true", "t", "yes", "y", "是", "合成", "synthetic"}
_FALSE = {"0", "false", "f", "no", "n", "否", ""}
_FEET = 0.3048
OFFSETS = {"UTC": 0, "GMT": 0, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
           "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8,
           "HST": -10}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A table being read: its cells, what its columns mean, and where to tell what is wrong."""

    sheet: Sheet
    roles: dict[str, str]
    options: WaterOptions
    problems: Problems

    def cells(self, role: str) -> pd.Series | None:
        """Return the cells of a role, None where no column has it."""
        name = self.roles.get(role)
        return None if name is None else self.sheet.raw.cells[name]

    @property
    def count(self) -> int:
        """Return the number of rows."""
        return len(self.sheet.raw.rows)

    def tell(
        self,
        code: str,
        positions: Sequence[int] | NDArray[np.intp],
        message: Text,
        *,
        column: str | None = None,
        level: Level = "error",
    ) -> None:
        """Tell the same problem of several rows."""
        cells = None if column is None else self.sheet.raw.cells[column]
        rows = self.sheet.raw.rows
        for at in positions:
            value = None if cells is None else cells.iloc[at]
            self.problems.add(code, row=int(rows[at]), column=column, value=value,
                              message=message, level=level)  # fmt: skip

    def words(self, role: str) -> Objects:
        """Return the trimmed words of a role, None where blank or where no column has it."""
        name = self.roles.get(role)
        return np.full(self.count, None, dtype=object) if name is None else self.words_of(name)

    def words_of(self, column: str) -> Objects:
        """Return the trimmed words of a column, None where blank; each distinct is read once."""
        import pandas as pd

        cells = self.sheet.raw.cells[column]
        codes, distinct = pd.factorize(cells.to_numpy(dtype=object))
        table = np.full(len(distinct) + 1, None, dtype=object)
        for code, raw in enumerate(distinct):
            table[code] = None if is_blank(raw) else " ".join(str(raw).split())
        found: Objects = table[codes]
        return found


@dataclass(frozen=True, slots=True)
class Rows:
    """What each row says beside its results; ``usable`` rows have a station and a day."""

    station: Objects
    sample: Objects
    sampled_on: Objects
    sampled_at: NDArray[np.datetime64]
    depth_m: NDArray[np.float64]
    qa: Objects
    synthetic: Bools
    usable: Bools
    summaries: int = 0
    names: dict[str, str] = field(default_factory=dict)


def read_rows(table: Table, timezone: str, stations: Mapping[str, Station]) -> Rows:
    """Read station, sample, moment, depth and kind of sample of each row."""
    usable = np.ones(table.count, dtype=bool)
    summaries = _summaries(table, usable)
    station, qa, names = _stations_and_qa(table, stations, usable)
    sampled_on, sampled_at = _moments(table, timezone, usable)
    return Rows(
        station=station,
        sample=_samples(table),
        sampled_on=sampled_on,
        sampled_at=sampled_at,
        depth_m=_depths(table),
        qa=qa,
        synthetic=_synthetic(table),
        usable=usable,
        summaries=summaries,
        names=names,
    )


def is_summary(word: str) -> bool:
    """Tell whether the name in a row says that it is surely no sample.

    Examples
    --------
    >>> [is_summary(w) for w in ("平均值", "年均值", "Ⅲ类标准", "Average", "标准桥", "平均桥断面")]
    [True, True, True, True, False, False]
    """
    return _summary_of(word) == _SURE


def _summary_of(raw: object) -> int:
    """Return `_SURE`, 1 for a word that may be a name as well, 0 for any other."""
    word = narrowed(raw) if isinstance(raw, str) else ""
    folded = word.casefold()
    if _SUMMARY.match(word) or folded in _SUMMARY_EN or _NOTE.match(word):
        return _SURE
    return int(folded in _MAYBE_SUMMARY)


def _summaries(table: Table, usable: Bools) -> int:
    """Leave out rows that hold statistics; the first cells of a row name them.

    Short English words (``n``, ``sd``, ``max``) may be names of stations: they count only in a row
    without a date.
    """
    import pandas as pd

    dateless = pd.isna(table.words("date")) if "date" in table.roles else None
    never = {table.roles[r] for r in ("parameter", "value", "unit") if r in table.roles}
    found = np.zeros(table.count, dtype=bool)
    words = np.full(table.count, None, dtype=object)
    first = [str(name) for name in table.sheet.raw.cells.columns[:3]]
    looked = dict.fromkeys([*first, *(table.roles[r] for r in ("station", "date", "sample")
                                      if r in table.roles)])  # fmt: skip
    for name in (one for one in looked if one not in never):
        codes, distinct = pd.factorize(table.sheet.raw.cells[name].to_numpy(dtype=object))
        said = np.array([_summary_of(raw) for raw in distinct] + [0], dtype=np.int8)[codes]
        sure = said == _SURE if dateless is None else (said == _SURE) | ((said > 0) & dateless)
        hit = sure & ~found
        words[hit] = table.sheet.raw.cells[name].to_numpy(dtype=object)[hit]
        found |= hit
    for at in np.flatnonzero(found).tolist():
        table.problems.add("summary_row", row=int(table.sheet.raw.rows[at]), value=words[at],
                           message=SUMMARY.fill(w=words[at]), level="warning")  # fmt: skip
    usable[found] = False
    return int(found.sum())


def qa_of(word: str) -> str | None:
    """Return the kind of quality-control sample a word of its column names, None for a sample.

    Examples
    --------
    >>> qa_of("全程序空白"), qa_of("空白加标"), qa_of("Quality Control Sample-Field Replicate")
    ('blank', 'spike', 'duplicate')
    """
    folded = narrowed(word).casefold()
    return next((kind for kind, pattern in QA_WORDS if pattern.search(folded)), None)


def _qa_of_name(name: str) -> tuple[str, str | None]:
    """Part the name of a station from a word for a quality-control sample at its end."""
    found = _IN_NAME.search(narrowed(name))
    if found is None:
        return name, None
    kind = qa_of(found["word"])
    base = narrowed(name)[: found.start()].strip(" -_—(（")
    return base or name, kind


def _qa_of_sample(name: str) -> str | None:
    found = _SUFFIX.search(narrowed(name))
    return None if found is None else _SUFFIXES.get((found["a"] or found["b"]).casefold())


def _stations_and_qa(
    table: Table, stations: Mapping[str, Station], usable: Bools
) -> tuple[Objects, Objects, dict[str, str]]:
    import pandas as pd

    by_name: dict[str, str] = {}
    for one in stations.values():
        for name in (one.id, one.name.zh, one.name.en):
            by_name.setdefault(plain(name), one.id)
    if "station" not in table.roles and table.options.station is None:
        names_here = listed([str(name) for name in table.sheet.raw.cells.columns])
        raise InputError(NO_STATION_COLUMN.fill(f=table.problems.file, n=names_here))
    codes, distinct = pd.factorize(table.words("station"))
    size = len(distinct) + 1
    ids, kinds = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    ids[-1] = table.options.station
    names: dict[str, str] = {}
    for code, word in enumerate(distinct):
        base, kinds[code] = _qa_of_name(word)
        if plain(word) in by_name:  # a declared station, whatever its name sounds like
            base, kinds[code] = word, None
        ids[code] = by_name.get(plain(base), base)
        names.setdefault(ids[code], base)
    station = ids[codes]
    missing = np.flatnonzero(usable & pd.isna(station))
    table.tell("station_missing", missing, NO_STATION, column=table.roles.get("station"))
    usable[missing] = False
    unknown = sorted({s for s in station[usable].tolist() if s not in stations})
    if unknown and stations:
        shown = ", ".join(unknown[:10]) + (" …" if len(unknown) > 10 else "")
        table.problems.add("station_unknown", level="warning",
                           message=UNKNOWN_STATIONS.fill(s=shown))  # fmt: skip
    return station, _kinds(table, kinds[codes], usable), names


def _kinds(table: Table, of_name: Objects, usable: Bools) -> Objects:
    """Return the kind of sample of each row: its column decides, then the station, then the id."""
    import pandas as pd

    def read(role: str, judge: Any) -> Objects:  # noqa: ANN401 - a function of a word
        codes, distinct = pd.factorize(table.words(role))
        found: Objects = np.array([*(judge(w) for w in distinct), None], dtype=object)[codes]
        return found

    kind = read("qa", qa_of)
    for other in (of_name, read("sample", _qa_of_sample)):
        kind = np.where(pd.isna(kind), other, kind)
    kind = np.where(pd.isna(kind), "sample", kind)
    counts = pd.Series(kind[usable]).value_counts()
    told = ", ".join(f"{k} {n}" for k, n in counts.items() if k != "sample")
    if told:
        number = int(counts.drop("sample", errors="ignore").sum())
        table.problems.add("qa_samples", level="warning",
                           message=QA_FOUND.fill(n=number, w=told))  # fmt: skip
    return kind


def _samples(table: Table) -> Objects:
    """Return the identifier of each sample; the vertical or layer is part of it."""
    import pandas as pd

    sample, vertical = table.words("sample"), table.words("vertical")
    both = ~pd.isna(sample) & ~pd.isna(vertical)
    found = np.where(pd.isna(sample), vertical, sample)
    found[both] = sample[both] + "/" + vertical[both]
    return found


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


def _moments(table: Table, timezone: str, usable: Bools) -> tuple[Objects, NDArray[np.datetime64]]:
    """Return the local day and the instant of each row; rows without a day are not usable."""
    import pandas as pd

    site_zone = zone_of(timezone)
    file_zone = zone_of(table.options.timezone) if table.options.timezone else site_zone
    date = _dates(table)
    rules = _rules(table, "date")
    read = read_days(date, rules)
    column = table.roles.get("date") or table.roles.get("year")
    _tell_wrong(table, read.codes, read.wrong, usable, column)
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
    default = table.options.default_date or table.sheet.caption_date
    if default is None:
        names_here = listed([str(name) for name in table.sheet.raw.cells.columns])
        raise InputError(NO_DATE_COLUMN.fill(f=table.problems.file, n=names_here))
    return pd.Series([default] * table.count, dtype=object)


def _tell_wrong(
    table: Table,
    codes: NDArray[np.intp],
    wrong: Mapping[int, CellError],
    usable: Bools,
    column: str | None,
) -> None:
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
    _tell_wrong(table, pairs.astype(np.intp), wrong, usable, column)
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


def _depths(table: Table) -> NDArray[np.float64]:
    """Return depths in metres; a unit may stand in the header (feet too) or the cell."""
    import pandas as pd

    found = np.full(table.count, np.nan)
    column = table.roles.get("depth")
    if column is None:
        return found
    units = table.words("depth_unit") if "depth_unit" in table.roles else found.astype(object)
    header = narrowed(table.sheet.headers.get(column, "")).casefold()
    codes, distinct = pd.factorize(table.words("depth"))
    values = np.full(len(distinct) + 1, np.nan)
    for code, word in enumerate(distinct):
        try:
            read = parse_value(word)
        except CellError:
            table.tell("not_a_depth", np.flatnonzero(codes == code), NOT_A_DEPTH, column=column,
                       level="warning")  # fmt: skip
            continue
        values[code] = np.nan if read is None else read.value * _scale(read.unit or header)
    found = values[codes]
    scales: NDArray[np.float64] = np.array([_scale(str(u)) for u in units], dtype=float)
    return found * scales


def _scale(words: str) -> float:
    if re.search(r"\b(?:ft|feet|foot)\b", words.casefold()):
        return _FEET
    return 0.01 if re.search(r"(?<![a-z])cm\b|厘米", words.casefold()) else 1.0


def _synthetic(table: Table) -> Bools:
    found = np.zeros(table.count, dtype=bool)
    column = table.roles.get("synthetic")
    if column is None:
        return found
    for at, word in enumerate(table.words("synthetic").tolist()):
        folded = "" if word is None else word.casefold()
        found[at] = folded in _TRUE
        if folded not in _TRUE and folded not in _FALSE:
            table.tell("not_a_flag", [at], NOT_A_FLAG, column=column, level="warning")
    return found


def day_of(words: str) -> Moment:
    """Read the day or month that an option gives for a whole file; CellError where it is none."""
    return parse_day(words, DateRules())[0]
