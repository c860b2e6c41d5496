"""What rows of a water table say beside their results: station, moment, depth, kind of sample.

Rows that are no samples (平均值、最大值、超标率、标准限值) are told and left out: they are never
counted as measurements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.reading.dates import CellError
from wetland.water.cells import narrowed, parse_value
from wetland.water.columns import is_note, listed, plain
from wetland.water.readmoments import moments_of
from wetland.water.readtable import Bools, Objects, Table
from wetland.water.samplekinds import (
    KINDS,
    SURE,
    is_limit_row,
    mentions_qa,
    qa_of,
    qa_of_name,
    qa_of_note,
    qa_of_sample,
    summary_of,
)
from wetland.water.stations import LONGEST_NAME, Station

NO_STATION = text(
    "没有写站点（合并单元格导出后下面各行会是空的，请填满）",
    "no station is given (merged cells leave the rows below empty: fill them)",
)
NO_NAME = text(
    "站点名称是出错的表格公式，未读入",
    "the name of the station is a formula without a result: not read",
)
TOO_LONG = text(
    "站点名称超过 {n} 个字符，未读入",
    "the name of the station is longer than {n} characters: not read",
).fill(n=LONGEST_NAME)
NO_STATION_COLUMN = text(
    "{f}：没有站点列，请用 --map station=列名 或 --default-station 指明；现有列：{n}",
    "{f}: no column of stations; name it by --map station=COLUMN or --default-station; there are: "
    "{n}",
)
SUMMARY = text(
    "这一行是统计或限值（{w}），不是样品，未读入",
    "this row is a statistic or a limit ({w}), not a sample: not read",
)
HEADER_AGAIN = text("重复的表头，未读入", "the header once more: not read")
NOT_A_DEPTH = text("不是深度（米）", "not a depth in metres")
NOT_A_FLAG = text("请写 0/1 或 true/false", "write 0/1 or true/false")
QA_FOUND = text(
    "{n} 行是质控样（{w}），单独保存，不参与评价",
    "{n} rows are quality-control samples ({w}): kept apart, not assessed",
)
QA_MENTIONED = text(
    "{n} 行的备注提到质控（如“{w}”），但没有写明该行就是质控样，按样品读入；如是质控样，请在"
    "样品类型列或备注中单独写 平行样、空白 或 加标",
    "the remark of {n} rows speaks of quality control ('{w}') without saying that the row is such "
    "a sample: read as samples; write duplicate, blank or spike alone where it is one",
)
UNKNOWN_STATIONS = text(
    "场地没有登记这些站点：{s}；结果已读入", "the site has no such stations: {s}; results were read"
)
_TRUE = {"1", "true", "t", "yes", "y", "是", "合成", "synthetic"}
_FALSE = {"0", "false", "f", "no", "n", "否", ""}
_FEET = 0.3048


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
    limit_row: int | None = None
    names: dict[str, str] = field(default_factory=dict)


def read_rows(table: Table, timezone: str, stations: Mapping[str, Station]) -> Rows:
    """Read station, sample, moment, depth and kind of sample of each row."""
    usable = np.ones(table.count, dtype=bool)
    _repeated_headers(table, usable)
    summaries, limit_row = _summaries(table, usable)
    station, qa, names = _stations_and_qa(table, stations, usable)
    sampled_on, sampled_at = moments_of(table, timezone, usable)
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
        limit_row=limit_row,
        names=names,
    )


def _repeated_headers(table: Table, usable: Bools) -> None:
    """Leave out rows that write the header once more (a table of several printed pages)."""
    columns = [table.roles[r] for r in ("station", "date") if r in table.roles]
    if len(columns) < 2:
        return
    found = np.ones(table.count, dtype=bool)
    for name in columns:
        cells = table.sheet.raw.cells[name]
        found &= (cells.str.strip() == table.sheet.headers.get(name, name)).to_numpy(dtype=bool)
    table.tell("repeated_header", np.flatnonzero(found), HEADER_AGAIN, level="warning")
    usable[found] = False


def _summaries(table: Table, usable: Bools) -> tuple[int, int | None]:
    """Leave out rows that hold statistics; the first cells of a row name them.

    Returns how many there are, and where the one stands that gives detection limits. Short English
    words (``n``, ``sd``, ``max``) may be names of stations: they count only in a row without a
    date.
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
        said = np.array([summary_of(raw) for raw in distinct] + [0], dtype=np.int8)[codes]
        sure = said == SURE if dateless is None else (said == SURE) | ((said > 0) & dateless)
        hit = sure & ~found
        words[hit] = table.sheet.raw.cells[name].to_numpy(dtype=object)[hit]
        found |= hit
    for at in np.flatnonzero(found).tolist():
        table.problems.add("summary_row", row=int(table.sheet.raw.rows[at]), value=words[at],
                           message=SUMMARY.fill(w=words[at]), level="warning")  # fmt: skip
    usable[found] = False
    limits = [at for at in np.flatnonzero(found).tolist() if is_limit_row(str(words[at]))]
    return int(found.sum()), limits[0] if len(limits) == 1 else None


def _by_name(stations: Mapping[str, Station]) -> dict[str, str]:
    """Return the station of each name, however it is written."""
    found: dict[str, str] = {}
    for one in stations.values():
        for name in (one.id, one.name.zh, one.name.en):
            found.setdefault(plain(name), one.id)
    return found


def _stations_and_qa(
    table: Table, stations: Mapping[str, Station], usable: Bools
) -> tuple[Objects, Objects, dict[str, str]]:
    import pandas as pd

    by_name = _by_name(stations)
    if "station" not in table.roles and table.options.station is None:
        names_here = listed([str(name) for name in table.sheet.raw.cells.columns])
        raise InputError(NO_STATION_COLUMN.fill(f=table.problems.file, n=names_here))
    codes, distinct = pd.factorize(table.words("station"))
    size = len(distinct) + 1
    ids, kinds = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    ids[-1] = table.options.station
    names: dict[str, str] = {}
    for code, word in enumerate(distinct):
        base, kinds[code] = qa_of_name(word)
        if plain(word) in by_name:  # a declared station, whatever its name sounds like
            base, kinds[code] = word, None
        ids[code] = by_name.get(plain(base), base)
        names.setdefault(ids[code], base)
    station = ids[codes]
    missing = np.flatnonzero(usable & pd.isna(station))
    table.tell("station_missing", missing, NO_STATION, column=table.roles.get("station"))
    usable[missing] = False
    failed = [str(s).startswith("#") and str(s).endswith(("!", "?", "/A")) for s in distinct]
    wrong = np.flatnonzero(usable & np.array([*failed, False], dtype=bool)[codes])
    table.tell("station_missing", wrong, NO_NAME, column=table.roles.get("station"))
    usable[wrong] = False
    too_long = [s is not None and len(str(s)) > LONGEST_NAME for s in station.tolist()]
    wrong = np.flatnonzero(usable & np.array(too_long, dtype=bool))
    table.tell("station_too_long", wrong, TOO_LONG, column=table.roles.get("station"))
    usable[wrong] = False
    unknown = sorted({s for s in station[usable].tolist() if s not in stations})
    if unknown and stations:
        shown = ", ".join(unknown[:10]) + (" …" if len(unknown) > 10 else "")
        table.problems.add("station_unknown", level="warning",
                           message=UNKNOWN_STATIONS.fill(s=shown))  # fmt: skip
    return station, _kinds(table, kinds[codes], usable), names


def _kinds(table: Table, of_name: Objects, usable: Bools) -> Objects:
    """Return the kind of sample of each row.

    Its column decides, then the station's name, the sample's identifier, and remarks.
    """
    import pandas as pd

    kind = _judged(table.words("qa"), qa_of)
    notes = [table.words_of(name) for name in _note_columns(table)]
    for other in (of_name, _judged(table.words("sample"), qa_of_sample),
                  *(_judged(words, qa_of_note) for words in notes)):  # fmt: skip
        kind = np.where(pd.isna(kind), other, kind)
    unsaid = pd.isna(kind)
    for words in notes:
        _tell_mentions(table, words, unsaid & usable)
    kind = np.where(unsaid, "sample", kind)
    counts = pd.Series(kind[usable]).value_counts()
    told = [(KINDS[str(k)], n) for k, n in counts.items() if k != "sample"]
    if told:
        listing = Text(
            zh="、".join(f"{k.zh} {n}" for k, n in told),
            en=", ".join(f"{k.en} {n}" for k, n in told),
        )
        table.problems.add("qa_samples", level="warning",
                           message=QA_FOUND.fill(n=sum(n for _, n in told), w=listing))  # fmt: skip
    return kind


def _note_columns(table: Table) -> list[str]:
    """Return the columns of remarks: those free of any role, and the one of qualifiers."""
    taken = set(table.roles.values())
    headers = table.sheet.headers
    names = [str(name) for name in table.sheet.raw.cells.columns]
    free = [n for n in names if n not in taken and is_note(headers.get(n, n))]
    return [*free, table.roles["remark"]] if "remark" in table.roles else free


def _judged(words: Objects, judge: Callable[[str], str | None]) -> Objects:
    """Return what ``judge`` says of each word; each distinct is judged once."""
    import pandas as pd

    codes, distinct = pd.factorize(words)
    found: Objects = np.array([*(judge(w) for w in distinct), None], dtype=object)[codes]
    return found


def _tell_mentions(table: Table, words: Objects, which: Bools) -> None:
    """Tell once of remarks that speak of quality control in rows that are read as samples."""
    said = _judged(words, lambda word: word if mentions_qa(word) else None)
    hit = [w for w in said[which].tolist() if w is not None]
    if hit:
        table.problems.add("qa_mentioned", level="warning", value=hit[0],
                           message=QA_MENTIONED.fill(n=len(hit), w=hit[0][:40]))  # fmt: skip


def _samples(table: Table) -> Objects:
    """Return the identifier of each sample; the vertical or layer is part of it."""
    import pandas as pd

    sample, vertical = table.words("sample"), table.words("vertical")
    both = ~pd.isna(sample) & ~pd.isna(vertical)
    found = np.where(pd.isna(sample), vertical, sample)
    found[both] = sample[both] + "/" + vertical[both]
    return found


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
