"""Stations that come with a file (随文件而来的站点), where their kind of water body is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.base.tables import DTYPES
from wetland.base.texts import text
from wetland.reading.cells import number
from wetland.reading.dates import CellError
from wetland.water.cells import narrowed
from wetland.water.readrows import Rows
from wetland.water.readtable import Table
from wetland.water.stations import Station
from wetland.water.tables import WATER_STATIONS

if TYPE_CHECKING:
    import pandas as pd

BODIES: dict[str, tuple[str, ...]] = {
    "lake": ("lake", "湖", "库", "塘", "池", "湖库", "reservoir", "pond", "impoundment"),
    "river": ("river", "河", "江", "溪", "渠", "港", "stream", "canal", "creek"),
}
_ROMAN = {"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV", "Ⅴ": "V", "一": "I", "二": "II", "三": "III",
          "四": "IV", "五": "V", "1": "I", "2": "II", "3": "III", "4": "IV", "5": "V"}  # fmt: skip
_CLASS = re.compile(r"(?:class)?\s*([IV]{1,3}|[1-5一二三四五])\s*(?:类|级)?$", re.IGNORECASE)

NOT_A_BODY = text(
    "不认识的水体类型，请写 河流 或 湖库", "unknown kind of water body: river or lake"
)
TWO_BODIES = text("同一站点写了两种水体类型：{s}", "two kinds of water body for one station: {s}")
NO_PLACE = text(
    "{d} 坐标须先换算，站点位置未读入",
    "coordinates in {d} need a shift first: places were not read",
)
BAD_PLACE = text("不是经纬度", "not a longitude and latitude")


def body_of(word: str) -> str | None:
    """Return the kind of water body a word names, None where it names none or both.

    Examples
    --------
    >>> body_of("湖库"), body_of("River/Stream"), body_of("湿地")
    ('lake', 'river', None)
    """
    folded = narrowed(word).casefold()
    found = [body for body, words in BODIES.items() if any(w in folded for w in words)]
    return found[0] if len(found) == 1 else None


def class_of(word: str) -> str | None:
    """Return the class I..V that a word names, None where it names none.

    Examples
    --------
    >>> class_of("Ⅲ类"), class_of("III"), class_of("劣Ⅴ")
    ('III', 'III', None)
    """
    found = _CLASS.match(narrowed(word))
    if found is None:
        return None
    return _ROMAN.get(found[1], found[1].upper() if found[1].upper() in
                      {"I", "II", "III", "IV", "V"} else None)  # fmt: skip


def station_rows(
    table: Table,
    rows: Rows,
    site_id: str,
    stations: Mapping[str, Station],
    source_id: str,
) -> pd.DataFrame:
    """Return rows of `WATER_STATIONS` for stations the site does not know.

    Rule of decision: the kind is what the column of the file says of the station, else the option;
    a station without either gets no row, and its classes are asked for later by name. The first row
    of a station that tells a place or a target is believed.
    """
    import pandas as pd

    found: list[dict[str, Any]] = []
    words = {role: table.words(role) for role in ("water_body", "reach", "target_class")}
    places = _places(table)
    for station in sorted(set(rows.station[rows.usable].tolist()) - set(stations)):
        at = np.flatnonzero(rows.usable & (rows.station == station))
        body = _body(table, station, words["water_body"], at)
        if body is None:
            continue
        target = _first(words["target_class"], at)
        found.append(
            {
                "station_key": f"{site_id}/{station}",
                "site": site_id,
                "station": station,
                "name_zh": rows.names.get(station, station),
                "name_en": rows.names.get(station, station),
                "water_body": body,
                "reach": _first(words["reach"], at),
                "target_class": None if target is None else class_of(target),
                "geometry": _first(places, at),
                "source_id": source_id,
                "synthetic": bool(rows.synthetic[at].all()),
            }
        )
    frame = pd.DataFrame(found, columns=WATER_STATIONS.names)
    return frame.astype({c.name: DTYPES[c.kind] for c in WATER_STATIONS.columns})


def _first(values: Any, at: Any) -> Any:  # noqa: ANN401 - a cell of an array of objects
    return next((v for v in values[at].tolist() if v is not None), None)


def _body(table: Table, station: str, words: Any, at: Any) -> str | None:  # noqa: ANN401 - arrays
    told = {w for w in words[at].tolist() if w is not None}
    column = table.roles.get("water_body")
    kinds = {body_of(word) for word in told}
    if len(kinds - {None}) > 1:
        table.tell("water_body_twice", at[:1], TWO_BODIES.fill(s=station), column=column,
                   level="warning")  # fmt: skip
        return None
    if None in kinds:
        table.tell("water_body_unknown", at[:1], NOT_A_BODY, column=column, level="warning")
    named = next(iter(kinds - {None}), None)
    return named or table.options.water_body


def _places(table: Table) -> Any:  # noqa: ANN401 - an array of points or None
    import shapely

    found = np.full(table.count, None, dtype=object)
    if not {"lon", "lat"} <= set(table.roles):
        return found
    if table.options.datum in {"gcj02", "bd09"}:
        table.problems.add("datum_unread", level="warning",
                           message=NO_PLACE.fill(d=table.options.datum))  # fmt: skip
        return found
    seen: dict[tuple[str, str], Any] = {}
    pairs = zip(table.words("lon").tolist(), table.words("lat").tolist(), strict=True)
    for at, (lon, lat) in enumerate(pairs):
        if lon is None or lat is None:
            continue
        if (lon, lat) not in seen:
            seen[lon, lat] = _place(lon, lat)
            if seen[lon, lat] is None:
                table.tell("place_invalid", [at], BAD_PLACE, column=table.roles["lon"],
                           level="warning")  # fmt: skip
        found[at] = None if seen[lon, lat] is None else shapely.Point(*seen[lon, lat])
    return found


def _place(lon: str, lat: str) -> tuple[float, float] | None:
    try:
        x, y = number(narrowed(lon).rstrip("°")), number(narrowed(lat).rstrip("°"))
    except CellError:
        return None
    return (x, y) if -180 <= x <= 180 and -90 <= y <= 90 and (x, y) != (0, 0) else None
