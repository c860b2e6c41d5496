"""Read the cells of a record: kind, activity, zone, days, season, hours, status."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from wetland.base.casts import FALSE_WORDS, TRUE_WORDS
from wetland.base.texts import Text, text
from wetland.reading.dates import CellError, parse_moment
from wetland.regulations.records import RECORDS
from wetland.sites.load import Site
from wetland.store.export import plain_cell

Parse = Callable[[Any], Any]

_SEASON = re.compile(r"(\d{1,2})(?:[-/.]|月)(\d{1,2})日?")
_LEAP_YEAR = 2024
_STATUS = {
    "已发": "issued",
    "有效": "issued",
    "变更": "changed",
    "撤销": "revoked",
    "已撤销": "revoked",
}

UNKNOWN_KIND = text("没有这种记录；可用：{known}", "there is no such kind; known: {known}")
UNKNOWN_ACTIVITY = text("场地词表中没有这个行为", "the site knows no such activity")
UNKNOWN_ZONE = text("没有这个区域；可用：{known}", "there is no such zone; known: {known}")
NOT_A_DAY = text("应为日期，不带时刻", "must be a day without a time")
NOT_A_SEASON = text("应为月-日，例如 12-01", "must be month and day, such as 12-01")
NOT_A_NUMBER = text("应为不小于 0 的数字", "must be a number, 0 or more")
NOT_A_STATUS = text("应为 issued、changed 或 revoked", "must be issued, changed or revoked")
NOT_YES_OR_NO = text("应为 是/否", "must be yes or no")
NOT_TIMES = text(
    '应为如 {"weekdays": [6, 7], "hours": ["06:00", "18:00"]} 的 JSON（1 为周一，不跨午夜）',
    'must be JSON such as {"weekdays": [6, 7], "hours": ["06:00", "18:00"]} (1 is Monday)',
)


def parsers(site: Site) -> dict[str, Parse]:
    """Return, per field, what reads one of its cells or raises `CellError`.

    The place is not among them: see `wetland.operations.recordfile`.
    """
    found: dict[str, Parse] = {c.name: _word for c in RECORDS.columns if c.kind == "text"}
    found |= {c.name: _day for c in RECORDS.columns if c.kind == "day"}
    found |= {
        "last_day": _day,
        "kind": _choice({k: r.name for k, r in site.vocabulary.records.items()}, "unknown_kind",
                        UNKNOWN_KIND),
        "zone": _choice(site.config.zone_titles, "unknown_zone", UNKNOWN_ZONE),
        "activity": _activity(site),
        "season_from": _season,
        "season_to": _season,
        "times": _times,
        "quantity": _quantity,
        "status": _status,
        "synthetic": _yes_or_no,
    }  # fmt: skip
    return found


def _word(raw: object) -> str | None:
    return plain_cell(str(raw)).strip() or None


def _choice(names: Mapping[str, Text], code: str, message: Text) -> Parse:
    words = {
        word.casefold(): key for key, name in names.items() for word in (name.zh, name.en, key)
    }
    known = message.fill(known=", ".join(names))

    def parse(raw: object) -> str:
        found = words.get(str(raw).strip().casefold())
        if found is None:
            raise CellError(code, known)
        return found

    return parse


def _activity(site: Site) -> Parse:
    def parse(raw: object) -> str:
        found = site.vocabulary.find_activity(str(raw))
        if found is None:
            raise CellError("unknown_activity", UNKNOWN_ACTIVITY)
        return found

    return parse


def _day(raw: object) -> dt.date:
    moment = parse_moment(raw)
    if moment.day is None or moment.time not in (None, dt.time()):
        raise CellError("not_a_day", NOT_A_DAY)
    return moment.day


def _season(raw: object) -> str:
    found = _SEASON.fullmatch(str(raw).strip())
    if found is None:
        raise CellError("season", NOT_A_SEASON)
    try:
        return dt.date(_LEAP_YEAR, int(found[1]), int(found[2])).strftime("%m-%d")
    except ValueError:
        raise CellError("season", NOT_A_SEASON) from None


def _times(raw: object) -> str:
    try:
        given = json.loads(raw) if isinstance(raw, str) else raw
        return json.dumps(_checked_times(given))
    except (TypeError, ValueError, RecursionError):
        raise CellError("times", NOT_TIMES) from None


def _checked_times(given: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    if not isinstance(given, dict) or not given or set(given) - {"weekdays", "hours"}:
        raise ValueError(given)
    checked: dict[str, Any] = {}
    if "weekdays" in given:
        days = sorted({int(d) for d in given["weekdays"]})
        if not days or not set(days) <= set(range(1, 8)):
            raise ValueError(days)
        checked["weekdays"] = days
    if "hours" in given:
        begin, end = (dt.time.fromisoformat(h) for h in given["hours"])
        if begin >= end:
            raise ValueError(given["hours"])
        checked["hours"] = [begin.isoformat("minutes"), end.isoformat("minutes")]
    return checked


def _quantity(raw: object) -> float:
    try:
        found = float(str(raw))
    except ValueError:
        raise CellError("quantity", NOT_A_NUMBER) from None
    if not 0 <= found < float("inf"):
        raise CellError("quantity", NOT_A_NUMBER)
    return found


def _status(raw: object) -> str:
    word = str(raw).strip().casefold()
    found = _STATUS.get(word, word)
    if found not in {"issued", "changed", "revoked"}:
        raise CellError("status", NOT_A_STATUS)
    return found


def _yes_or_no(raw: object) -> bool:
    word = str(raw).strip().casefold().removesuffix(".0")  # a whole column with gaps is of floats
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise CellError("yes_or_no", NOT_YES_OR_NO)
    return word in TRUE_WORDS
