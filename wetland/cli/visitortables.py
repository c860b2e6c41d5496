"""How answers about visitors look as tables: columns, headings, words for codes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from wetland.base.findings import OUTCOMES as FINDING_OUTCOMES
from wetland.base.texts import Lang, Text, text
from wetland.cli import birdtables
from wetland.cli.options import Format

Row = Mapping[str, Any]

LOAD = ("name", "limit", "when", "people", "capacity", "share", "outcome", "reason", "actions")
CALENDAR = ("day", "name", "people", "capacity", "share", "outcome", "reason")
CAPACITY = ("name", "limit", "people", "judged", "holds", "valid_from", "valid_to", "on_day",
            "open", "closures", "confidence", "source", "wording", "note")  # fmt: skip
FORECAST = ("series", "time", "mean", "lower", "upper")
PARKING = ("rank", "name", "free", "bays", "probability_free", "walk_min", "search_min",
           "total_min", "read_at", "stale", "advice")  # fmt: skip
OF_CAR_PARKS = {"name": text("停车场", "car park")}
OF_BALANCE = {"name": text("对比对象", "beside")}
OF_CAPACITY = {"people": text("公布值", "published")}
COMPARED = ("period", "value", "complete", "previous", "mom", "last_year", "yoy", "note")
BALANCE = ("name", "kind", "lag", "n", "n_effective", "rho", "lower", "upper", "p_value",
           "p_corrected", "verdict")  # fmt: skip
CAP = ("day", "visitors", "above", "kept")
FINDINGS = ("finding_id", "outcome", "severity", "rule", "about", "likelihood", "explanation")

TITLES: dict[str, Text] = {
    "name": text("区域", "area"),
    "area": text("区域", "area"),
    "limit": text("承载量", "limit"),
    "when": text("时间", "when"),
    "people": text("人数", "people"),
    "capacity": text("承载量", "capacity"),
    "share": text("占比%", "share %"),
    "outcome": text("结论", "outcome"),
    "reason": text("依据", "why"),
    "actions": text("应采取措施", "what to do"),
    "day": text("日期", "day"),
    "judged": text("判定用", "judged by"),
    "holds": text("当日有效", "holds"),
    "valid_from": text("起", "from"),
    "valid_to": text("止", "until before"),
    "on_day": text("当日承载量", "on that day"),
    "open": text("开放", "open"),
    "closures": text("关闭", "closed"),
    "confidence": text("可信度", "confidence"),
    "source": text("来源", "source"),
    "wording": text("原意", "wording"),
    "note": text("说明", "note"),
    "series": text("序列", "series"),
    "time": text("时间", "time"),
    "mean": text("预测", "forecast"),
    "lower": text("下限", "lower"),
    "upper": text("上限", "upper"),
    "rank": text("顺序", "rank"),
    "free": text("空位", "free"),
    "bays": text("泊位", "bays"),
    "probability_free": text("到时有空位%", "free on arrival %"),
    "walk_min": text("步行(分)", "walk (min)"),
    "search_min": text("找位(分)", "search (min)"),
    "total_min": text("合计(分)", "total (min)"),
    "read_at": text("读数时刻", "read at"),
    "stale": text("过时", "out of date"),
    "advice": text("建议", "advice"),
    "period": text("时段", "period"),
    "value": text("人次", "visitors"),
    "complete": text("完整", "complete"),
    "previous": text("上期", "before"),
    "mom": text("环比%", "on the period before %"),
    "last_year": text("去年同期", "year before"),
    "yoy": text("同比%", "on the year before %"),
    "kind": text("类别", "kind"),
    "lag": text("领先期数", "lag"),
    "n": text("期数", "n"),
    "n_effective": text("有效期数", "n effective"),
    "rho": text("秩相关", "rho"),
    "p_value": text("p", "p"),
    "p_corrected": text("校正后 p", "p corrected"),
    "verdict": text("结论", "verdict"),
    "visitors": text("人次", "visitors"),
    "above": text("超出上限", "above the cap"),
    "kept": text("上限之内", "let in"),
}

_YES_NO = {True: text("是", "yes"), False: text("否", "no")}
_LOAD_OUTCOMES: dict[str, Text] = {
    "kept": text("未超", "within"),
    "yellow": text("黄色", "yellow"),
    "orange": text("橙色", "orange"),
    "red": text("红色", "red"),
    "undecided": text("待定", "undecided"),
}
_LIMITS = {"daily": text("日", "daily"), "instantaneous": text("瞬时", "at once")}
_CONFIDENCE = {
    "high": text("高", "high"), "medium": text("中", "medium"), "low": text("低", "low"),
}  # fmt: skip
_WORDS: dict[str, Mapping[str, Text]] = {
    "outcome": {**FINDING_OUTCOMES, **_LOAD_OUTCOMES},
    "limit": _LIMITS,
    "confidence": _CONFIDENCE,
}
_PERCENT = frozenset({"share", "probability_free"})
_MOMENTS = frozenset({"when", "read_at"})
_MINUTES = len("2026-11-22T14:00")
_FINE = frozenset({"rho", "p_value", "p_corrected"})
_BOUNDS = frozenset({"lower", "upper"})
_WHOLE_FROM = 10  # from here on numbers are written without decimals
_COUNTS = frozenset({
    "people", "capacity", "value", "previous", "last_year", "mean", "lower", "upper", "visitors",
    "above", "kept",
})  # fmt: skip


def show(
    rows: Sequence[Row],
    columns: Sequence[str],
    *,
    format: Format,
    lang: Lang,
    whole: object = None,
    titles: Mapping[str, Text] | None = None,
) -> None:
    """Print rows about visitors; see `wetland.cli.birdtables.show`."""
    if format == "table":
        rows = [{name: _said(name, value, lang) for name, value in row.items()} for row in rows]
    birdtables.show(rows, columns, format=format, lang=lang, whole=whole,
                    titles={**TITLES, **(titles or {})})  # fmt: skip


def _said(column: str, value: object, lang: Lang) -> object:
    """Return a cell as a person reads it: words for codes, whole visitors, shares in percent."""
    if column == "synthetic":
        return value
    if isinstance(value, bool):
        return _YES_NO[value].get(lang)
    if isinstance(value, str):
        if column in _MOMENTS:
            return value[:_MINUTES].replace("T", " ")
        word = _WORDS.get(column, {}).get(value)
        return value if word is None else word.get(lang)
    if isinstance(value, list | tuple):
        return text("；", "; ").get(lang).join(str(item) for item in value)
    if isinstance(value, float):
        if column in _PERCENT:  # cut, not rounded: 79.99 % does not read as 80 %
            return math.floor(round(1000 * value, 6)) / 10
        if column in _FINE or (column in _BOUNDS and abs(value) < 1):
            return round(value, 3)
        return round(value) if column in _COUNTS and abs(value) >= _WHOLE_FROM else round(value, 1)
    return value
