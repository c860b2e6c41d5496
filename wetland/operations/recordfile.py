"""Read permits, closures, designated areas, works and events (许可与公告) from a file or a form.

A row becomes one record of the table `RECORDS` or, where anything in it is wrong, problems. The
period is half-open in the store; papers give the last day, so a column ``last_day`` (截止日期) is
taken as the last day on which the record still holds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.checks import check_table
from wetland.base.errors import InputError
from wetland.base.problems import Problem, Problems
from wetland.base.texts import Text, text
from wetland.operations.recordcells import parsers
from wetland.reading.files import Given, format_of, look_at
from wetland.regulations.records import RECORDS
from wetland.screening.columns import plain
from wetland.screening.options import ReadOptions
from wetland.screening.parse import Reader, tell_garbled
from wetland.screening.positions import Extent, from_geometries, from_wkt, read_datums
from wetland.screening.read import READERS
from wetland.sites.load import Site

if TYPE_CHECKING:
    import pandas as pd

LAST_DAY = "last_day"
# Ours -> names of columns beside the id and the Chinese name of the schema.
_NAMES: dict[str, tuple[str, ...]] = {
    "record_id": ("id", "编号"),
    "kind": ("种类", "类型", "type"),
    "number": ("许可证号", "证号", "文书号"),
    "holder": ("被许可人", "申请人", "单位"),
    "activity": ("活动", "许可行为"),
    "valid_from": ("起始日期", "开始日期", "生效日期", "有效期起", "from"),
    LAST_DAY: ("截止日期", "截止日", "终止日", "终止日期", "结束日期", "有效期至", "有效期止",
               "until"),
    "times": ("时段",),
    "quantity": ("数量",),
    "place": ("geometry", "geom", "wkt", "几何", "位置"),
    "issued_by": ("发证机关", "审批单位"),
    "issued_on": ("发证日期", "发布日期"),
}  # fmt: skip
_OF_EXPORTS = frozenset({"notice_zh", "notice_en", "row_digest", "fid"})
_HALF_OPEN = frozenset({"valid_to", "终止日（不含）", "终止日(不含)"})

ORDER = text("终止日须晚于起始日", "the period must end after it begins")
TWO_ENDS = text(
    "valid_to 与 last_day 说的不是同一天", "valid_to and last_day do not say the same day"
)
HALF_SEASON = text("每年起止须同时写明", "the season needs both its first and its last day")
NOT_REVOKED = text("写了撤销日而状态不是 revoked", "a day of revocation, but the status is not so")
NO_DAY = text(
    "已撤销而没有撤销日：撤销前后都按未知处理",
    "revoked without a day: whether it holds is unknown on every day",
)
NO_EXTENT = text(
    "点或线没有范围，无法判断行为是否在内", "a point or a line has no extent: it never tells"
)
UNKNOWN_COLUMN = text("没有用到这一列", "this column is not used")


@dataclass(frozen=True, slots=True)
class RecordReading:
    """What a file held: sound records, problems, the row of `SOURCES`, and how many rows."""

    records: pd.DataFrame
    problems: Problems
    source: dict[str, Any]
    rows: int


def read_records(
    source: str | Path | Given,
    site: Site,
    options: ReadOptions | None = None,
    *,
    store: str | Path | None = None,
) -> RecordReading:
    """Read a file of records: CSV (UTF-8, GB18030), GeoJSON, GeoPackage or GeoParquet.

    Parameters
    ----------
    source
        A path, or what was sent.
    site
        Gives kinds of records, activities, zones and extent.
    options
        Of these ``columns`` (ours -> theirs), ``datum``, ``encoding`` and ``layer`` count.
    store
        The store's own file, which must not be read this way.

    Raises
    ------
    InputError
        Nothing can be read.
    """
    asked = options or ReadOptions()
    given = look_at(source, store=store)
    format = format_of(given)
    sha256 = given.sha256()
    whole = json.dumps([site.id, "records", sha256, asked.as_json()], sort_keys=True)
    source_id = "s-" + hashlib.sha256(whole.encode("utf-8")).hexdigest()[:24]
    problems = Problems(given.name, source_id)
    raw = READERS[format](given, asked, problems)
    reader = Reader(raw.rows, problems)
    tell_garbled(reader, raw.cells)
    cells = _named(raw.cells, asked.columns, problems)
    records = understand(reader, cells, raw.geometry, site, datum=asked.datum or raw.datum)
    described = {
        "source_id": source_id, "site": site.id, "name": asked.source or Path(given.name).stem,
        "file": given.name, "sha256": sha256, "size_bytes": given.size, "format": raw.format,
        "encoding": raw.encoding, "crs": raw.crs,
        "options": json.dumps(asked.as_json(), ensure_ascii=False, sort_keys=True),
        "rows": raw.total, "rows_read": len(records), "rows_aside": raw.total - len(records),
    }  # fmt: skip
    return RecordReading(records, problems, described, raw.total)


def record_of(values: Mapping[str, object], site: Site) -> pd.DataFrame:
    """Return a table of one record from a form's values, named as in `RECORDS`.

    Raises
    ------
    InputError
        A value is wrong: every one of them is named.
    """
    import pandas as pd

    unknown = sorted(set(values) - {*RECORDS.names, LAST_DAY})
    if unknown:
        raise InputError(
            text(
                "记录没有 {names}；可用：{known}", "a record has no {names}; it has: {known}"
            ).fill(names=", ".join(unknown), known=", ".join([*RECORDS.names, LAST_DAY]))
        )
    problems = Problems("-")
    place = values.get("place")
    drawn = hasattr(place, "geom_type")
    cells = pd.DataFrame(
        [{k: v for k, v in values.items() if not (drawn and k == "place")}], dtype=object
    )
    geometry = np.array([place], dtype=object) if drawn else None
    found = understand(Reader(np.array([1]), problems), cells, geometry, site, datum=None)
    wrong = [p.message for p in problems.items if p.level == "error"]
    if wrong or len(found) != 1:
        raise InputError(Text(zh="；".join(w.zh for w in wrong), en="; ".join(w.en for w in wrong)))
    return found


def _named(cells: pd.DataFrame, asked: Mapping[str, str], problems: Problems) -> pd.DataFrame:
    """Return the columns that mean something, under our names."""
    theirs = {plain(name): name for name in reversed([str(c) for c in cells.columns])}
    found: dict[str, str] = {}
    for ours, column in asked.items():
        if plain(column) not in theirs or ours not in {*RECORDS.names, LAST_DAY}:
            raise InputError(
                text("没有这一列或字段：{o}={c}", "no such column or field: {o}={c}").fill(
                    o=ours, c=column
                )
            )
        found[ours] = theirs[plain(column)]
    for column in cells.columns:
        if str(column).strip() in _HALF_OPEN:
            found.setdefault("valid_to", str(column))
    for ours in (*RECORDS.names, LAST_DAY):
        names = (ours, *_NAMES.get(ours, ()), *_titles(ours))
        free = [theirs[plain(n)] for n in names if plain(n) in theirs]
        free = [column for column in free if column not in found.values()]
        if free:
            found.setdefault(ours, free[0])
    for column in cells.columns:
        if column not in found.values() and column not in _OF_EXPORTS:
            problems.add(
                "unknown_column", row=1, column=str(column), message=UNKNOWN_COLUMN, level="warning"
            )
    named = cells[list(found.values())].set_axis(list(found), axis=1)
    if "times" in named:  # JSON within GeoJSON comes taken apart
        named["times"] = [json.dumps(v) if isinstance(v, dict) else v for v in named["times"]]
    return named


def _titles(ours: str) -> tuple[str, ...]:
    if ours in {LAST_DAY, "valid_to"}:  # which of the two a name means must be told by name
        return ()
    return (RECORDS.column(ours).description.zh,)


def understand(
    reader: Reader,
    cells: pd.DataFrame,
    geometry: NDArray[Any] | None,
    site: Site,
    *,
    datum: str | None,
) -> pd.DataFrame:
    """Return the sound rows as a table `RECORDS`; tell of the others what is wrong."""
    import pandas as pd

    made: dict[str, NDArray[Any]] = {}
    for name, parse in parsers(site).items():
        if name in cells.columns:
            made[name] = reader.read(cells[name], parse, column=name)
        else:
            made[name] = np.full(len(cells), None, dtype=object)
    made["place"] = _places(reader, cells, geometry, site, datum=datum)
    made["status"] = np.array([s or "issued" for s in made["status"]], dtype=object)
    made["site"] = np.full(len(cells), site.id, dtype=object)
    _close(reader, made)
    _compare(reader, made)
    made["record_id"] = _identifiers(site, made)
    table = pd.DataFrame(
        {n: pd.Series(made[n], dtype=object) for n in RECORDS.names}, index=None
    ).set_axis(pd.Index(reader.rows), axis=0)
    sound = table[~table.index.isin(reader.problems.error_rows)]
    good, problems = check_table(RECORDS, sound, file=reader.problems.file)
    reader.problems.extend(_as_problem(p, reader.problems) for p in problems.to_dict("records"))
    return good


def _as_problem(row: Mapping[Any, Any], problems: Problems) -> Problem:
    number = None if row["row"] is None or row["row"] != row["row"] else int(row["row"])
    message = Text(zh=row["message_zh"], en=row["message_en"])
    return Problem(problems.file, number, row["column"], _word(row["value"]), row["code"],
                   row["level"], message, problems.source_id)  # fmt: skip


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _places(
    reader: Reader,
    cells: pd.DataFrame,
    geometry: NDArray[Any] | None,
    site: Site,
    *,
    datum: str | None,
) -> NDArray[Any]:
    places = np.full(len(cells), None, dtype=object)
    if geometry is None and "place" in cells.columns:
        geometry = from_wkt(reader, cells["place"])
    if geometry is None:
        return places
    there = np.array([g is not None and not g.is_empty for g in geometry], dtype=bool)
    if not there.any():
        return places
    part = Reader(reader.rows[there], reader.problems)
    datums = read_datums(part, None, default=None, stated=datum)
    bounds = shapely.total_bounds(np.array([z.geometry for z in site.zones], dtype=object))
    extent = Extent(*(float(b) for b in bounds))
    places[there] = from_geometries(part, geometry[there], datums, extent).geometry
    flat = [i for i, p in enumerate(places) if p is not None and "Polygon" not in p.geom_type]
    reader.tell("no_extent", flat, NO_EXTENT, column="place", level="warning")
    return places


def _close(reader: Reader, made: dict[str, NDArray[Any]]) -> None:
    """Turn a last day into the first day a record no longer holds."""
    last = made.pop(LAST_DAY)
    for position, day in enumerate(last):
        if day is None:
            continue
        after = day + dt.timedelta(days=1)
        stated = made["valid_to"][position]
        if stated is not None and stated != after:
            reader.tell("two_ends", [position], TWO_ENDS, column=LAST_DAY, values=last.tolist())
        made["valid_to"][position] = after


def _compare(reader: Reader, made: dict[str, NDArray[Any]]) -> None:
    """Tell where the fields of one record do not go together."""
    for i in range(len(made["kind"])):
        begin, end = made["valid_from"][i], made["valid_to"][i]
        if begin is not None and end is not None and end <= begin:
            reader.tell("period", [i], ORDER, column="valid_to", values=made["valid_to"].tolist())
        if (made["season_from"][i] is None) != (made["season_to"][i] is None):
            reader.tell("season", [i], HALF_SEASON, column="season_from")
        revoked, on = made["status"][i] == "revoked", made["revoked_on"][i]
        if on is not None and not revoked:
            reader.tell(
                "not_revoked", [i], NOT_REVOKED, column="status", values=made["status"].tolist()
            )
        if revoked and on is None:
            reader.tell("no_revoked_on", [i], NO_DAY, column="revoked_on", level="warning")


def _identifiers(site: Site, made: dict[str, NDArray[Any]]) -> NDArray[Any]:
    """Return the identifiers given; else one made of kind and number, or of the whole content."""
    ids = np.array(made["record_id"], dtype=object)
    for i, given in enumerate(ids):
        if given is not None:
            continue
        if made["number"][i] is not None:
            parts = [site.id, made["kind"][i], made["number"][i]]
        else:
            parts = [
                site.id,
                *(made[n][i] for n in RECORDS.names if n not in {"record_id", "site"}),
            ]
        whole = json.dumps([None if p is None else str(p) for p in parts], ensure_ascii=False)
        ids[i] = "r-" + hashlib.sha256(whole.encode("utf-8")).hexdigest()[:24]
    return ids
