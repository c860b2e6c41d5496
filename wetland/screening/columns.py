"""Which column means what (列的含义): names people give to columns, in Chinese and English.

Rule of decision: what the user names by an option wins; then what the format settles; then the
first name in each role's list that the file has (case, spaces, ``_``, ``-`` and units in brackets
do not matter). What is left and bears the name of a fact of the site is that fact; the rest is
kept as received.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.regulations.vocabulary import Vocabulary

ROLES: dict[str, Text] = {
    "id": text("编号", "identifier"),
    "lon": text("经度", "longitude"),
    "lat": text("纬度", "latitude"),
    "geometry": text("几何（WKT）", "geometry (WKT)"),
    "datum": text("坐标基准", "datum"),
    "date": text("日期", "date"),
    "time": text("时间", "time"),
    "end": text("结束时间", "end"),
    "activity": text("行为", "activity"),
    "event": text("其他系统的事件类型", "event type of another system"),
    "uncertainty": text("位置误差（米）", "position uncertainty (m)"),
    "hdop": text("水平精度因子", "HDOP"),
    "position_source": text("定位方式", "how it was positioned"),
    "track": text("轨迹（设备、船只）", "track (device, boat)"),
}

_ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("observation_id", "id", "uuid", "guid", "记录编号", "编号", "序号", "event_id",
           "occurrence_id", "extra__id"),
    "geometry": ("geometry", "geom", "wkt", "几何", "the_geom"),
    "datum": ("datum", "坐标系", "坐标基准", "坐标系统", "坐标类型", "coord_type",
              "geodetic_datum"),
    "date": ("date", "occurred_on", "日期", "发生日期", "巡护日期", "发现日期", "event_date",
             "observed_on", "day"),
    "time": ("occurred_at", "time", "datetime", "date_time", "timestamp", "时间", "发生时间",
             "发现时间", "巡护时间", "时刻", "event_time", "recorded_at", "fixtime", "observed_at",
             "local_time"),
    "end": ("ended_at", "end", "end_time", "结束时间", "ended"),
    "activity": ("activity", "行为", "活动", "事由", "违法行为", "行为类型", "活动类型", "问题类型",
                 "infringement"),
    "event": ("event_type", "type", "事件类型", "类型", "category", "event"),
    "uncertainty": ("uncertainty_m", "coordinate_uncertainty_in_meters", "coordinate_uncertainty_m",
                    "uncertainty", "accuracy_m", "accuracy", "gps_accuracy", "horizontal_accuracy",
                    "精度", "定位精度", "位置误差", "误差", "定位误差", "gps精度"),
    "hdop": ("hdop", "水平精度因子", "gps_hdop"),
    "position_source": ("position_source", "source_kind", "定位方式", "位置来源", "定位来源"),
    "track": ("track_id", "track", "轨迹编号", "航迹编号", "轨迹", "航迹", "device_id", "设备号",
              "设备编号", "终端号", "imei", "boat_id", "boat", "vessel_id", "vessel", "mmsi",
              "船号", "船舶编号", "subject_id", "extra__subject_id", "subject_name",
              "extra__subject_name", "groupby_col"),
}  # fmt: skip

# Pairs in order of preference; a datum stands in the name of some.
_PAIRS: tuple[tuple[str, str, str | None], ...] = (
    ("lon", "lat", None), ("lng", "lat", None), ("long", "lat", None),
    ("longitude", "latitude", None), ("经度", "纬度", None), ("东经", "北纬", None),
    ("decimal_longitude", "decimal_latitude", None), ("lon_src", "lat_src", None),
    ("lon_wgs84", "lat_wgs84", "wgs84"), ("lng_wgs84", "lat_wgs84", "wgs84"),
    ("wgs84_lon", "wgs84_lat", "wgs84"), ("wgs84经度", "wgs84纬度", "wgs84"),
    ("lon_cgcs2000", "lat_cgcs2000", "cgcs2000"), ("cgcs2000经度", "cgcs2000纬度", "cgcs2000"),
    ("lon_gcj02", "lat_gcj02", "gcj02"), ("lng_gcj02", "lat_gcj02", "gcj02"),
    ("gcj02_lon", "gcj02_lat", "gcj02"), ("gcj02_lng", "gcj02_lat", "gcj02"),
    ("高德经度", "高德纬度", "gcj02"), ("gcj02经度", "gcj02纬度", "gcj02"),
    ("lon_bd09", "lat_bd09", "bd09"), ("lng_bd09", "lat_bd09", "bd09"),
    ("bd09_lon", "bd09_lat", "bd09"), ("bd09_lng", "bd09_lat", "bd09"),
    ("百度经度", "百度纬度", "bd09"), ("bd09经度", "bd09纬度", "bd09"),
    ("location_longitude", "location_latitude", None), ("x", "y", None),
)  # fmt: skip
_OF_THE_ACT = frozenset({"date", "time", "end", "activity", "event"})
_NOISE = re.compile(r"[\s_\-]+|[（(\[][^（(\[)）\]]*[)）\]]")


def plain(name: str) -> str:
    """Return a column name without what does not matter.

    Examples
    --------
    >>> plain("Position_Source"), plain("经度（°）")
    ('positionsource', '经度')
    """
    return _NOISE.sub("", name).casefold()


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of one file mean: role -> column, fact -> column, and the rest."""

    roles: dict[str, str]
    facts: dict[str, str]
    rest: tuple[str, ...]
    datum: str | None = None
    named: frozenset[str] = field(default=frozenset())


def understand(
    present: Iterable[str],
    given: Mapping[str, str],
    settled: Mapping[str, str],
    vocabulary: Vocabulary,
    *,
    blank: frozenset[str] = frozenset(),
) -> Columns:
    """Tell what each column means.

    Parameters
    ----------
    present
        Names of the file's columns, in order.
    given
        Ours -> theirs, as the user says.
    settled
        Roles that the format settles.
    vocabulary
        The facts of the site.
    blank
        Columns that hold nothing in any row: they say no day and no activity, unless the user
        names them.

    Raises
    ------
    InputError
        An option names a column that is not there, or something that is no role and no fact.
    """
    names = list(present)
    roles, facts = _given(names, given, vocabulary)
    for role, column in settled.items():
        if column in names and not (column in blank and role in _OF_THE_ACT):
            roles.setdefault(role, column)
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(plain(name), name)
    named = frozenset(roles)
    taken = {*roles.values(), *facts.values()}
    datum = _position(by_plain, roles, taken)
    for role, aliases in _ALIASES.items():
        known = [by_plain[plain(alias)] for alias in aliases if plain(alias) in by_plain]
        unfit = taken | (blank if role in _OF_THE_ACT else set())
        free = [column for column in known if column not in unfit]
        if free and role not in roles:
            roles[role] = free[0]
            taken.add(free[0])
    for name in names:
        fact = _fact(name, vocabulary)
        if name not in taken and fact is not None and fact not in facts:
            facts[fact] = name
            taken.add(name)
    rest = tuple(name for name in names if name not in taken)
    return Columns(roles, facts, rest, datum, named)


def _given(
    names: list[str], given: Mapping[str, str], vocabulary: Vocabulary
) -> tuple[dict[str, str], dict[str, str]]:
    roles: dict[str, str] = {}
    facts: dict[str, str] = {}
    for ours, theirs in given.items():
        column = theirs if theirs in names else _same(names, theirs)
        if column is None:
            raise InputError(
                text(
                    "文件中没有 {c} 这一列；现有列：{n}", "there is no column {c}; there are: {n}"
                ).fill(c=theirs, n=_listed(names))
            )
        if ours in ROLES:
            roles[ours] = column
        elif ours in vocabulary.facts or ours in vocabulary.records:
            facts[ours] = column
        else:
            raise InputError(
                text(
                    "{o} 既不是字段也不是事实；字段有：{r}",
                    "{o} is no field and no fact; fields are: {r}",
                ).fill(o=ours, r=", ".join(ROLES))
            )
    return roles, facts


def _same(names: list[str], wanted: str) -> str | None:
    return next((name for name in names if plain(name) == plain(wanted)), None)


def _listed(names: list[str], most: int = 30) -> str:
    shown = ", ".join(name[:40] for name in names[:most])
    return shown + (" …" if len(names) > most else "")


def _position(by_plain: Mapping[str, str], roles: dict[str, str], taken: set[str]) -> str | None:
    """Find longitude and latitude; return the datum that stands in their names."""
    if {"lon", "lat", "geometry"} & set(roles):
        return None
    for lon, lat, datum in _PAIRS:
        columns = by_plain.get(plain(lon)), by_plain.get(plain(lat))
        if columns[0] is not None and columns[1] is not None and not taken & set(columns):
            roles["lon"], roles["lat"] = columns[0], columns[1]
            taken.update({columns[0], columns[1]})
            return datum
    return None


def _fact(name: str, vocabulary: Vocabulary) -> str | None:
    """Return the fact or record kind a column is named after: its id, or a record's name."""
    wanted = name.strip().casefold().replace(" ", "_").replace("-", "_")
    if wanted in vocabulary.facts or wanted in vocabulary.records:
        return wanted
    for key, record in vocabulary.records.items():
        if name.strip().casefold() in {record.name.zh.casefold(), record.name.en.casefold()}:
            return key
    for key, fact in vocabulary.facts.items():
        questions = {fact.question.zh, fact.question.zh.rstrip("？?"), fact.question.en}
        if name.strip().casefold() in {q.casefold() for q in questions}:
            return key
    return None


def position_missing(names: Iterable[str], file: str) -> InputError:
    """Return the error for a file in which no column holds a position."""
    return InputError(
        text(
            "{f}：找不到经度、纬度列；现有列：{n}",
            "{f}: no longitude and latitude column; there are: {n}",
        ).fill(f=file, n=_listed(list(names))),
        hint=text(
            "用 --lon 列名 --lat 列名（或 --geometry 列名）指明",
            "name them by --lon COLUMN --lat COLUMN (or --geometry COLUMN)",
        ),
    )
