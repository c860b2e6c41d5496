"""Rivers, lakes and the whole wetland as the method assesses them (河流、湖库、区域评价)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.look import CLASS_NAMES
from wetland.operations.water import WaterData
from wetland.reports.findings import rows_of
from wetland.ui import waterdata, waterwords
from wetland.ui.language import say
from wetland.ui.plain import md
from wetland.ui.waterdata import Per

_TITLE = text("河流、湖库与整体评价（{period}）", "Rivers, lakes and the whole ({period})")
_NOTE = text(
    "按评价办法：河流 5 个及以上断面看类别比例，不足 5 个先算均值；湖库先时间、后空间平均。",
    "By the method: a river of five sections or more by the shares of their classes, of fewer by "
    "mean concentrations; a lake by means in time, then in space.",
)
_COUNT = text("{n} 个站点", "{n} stations")
_SECTIONS = text("{n} 个站点，Ⅰ–Ⅲ类 {p:g}%", "{n} stations, I to III {p:g} %")
_HEADS: Mapping[str, Text] = {
    "name": text("水体", "Water"),
    "condition": text("水质状况", "Condition"),
    "class": text("类别", "Class"),
    "sections": text("站点", "Stations"),
    "main": text("主要污染指标", "Main pollutants"),
    "official": text("正式与否", "Official"),
}
_YES = text("是", "yes")
_NO = text("否", "no")


def render(held: WaterData, per: Per, period: str) -> None:
    """Show the grade of each river and lake, and of all stations, in one period."""
    table = waterdata.grades(held, per)
    rows = [_row(r) for r in rows_of(table[table["period"] == period])]
    if not rows:
        return
    st.subheader(say(_TITLE, period=period), anchor=False)
    frame = pd.DataFrame(rows)
    heads = {name: say(head) for name, head in _HEADS.items()}
    st.dataframe(frame, hide_index=True, column_config=heads)
    st.caption(md(f"{say(_NOTE)} {waterwords.source_words(held)}"))


def _row(row: Mapping[Any, Any]) -> dict[str, object]:
    known = CLASS_NAMES.get(str(row["water_class"]))
    words = row["condition_words"]
    main = [str(one["parameter"]) for one in row["main_pollutants"] or ()]
    share, count = row["good_percent"], int(row["sections"])
    sections = say(_COUNT, n=count)
    if not waterwords.missing(share):
        sections = say(_SECTIONS, n=count, p=float(share))
    return {
        "name": say(row["name"]),
        "condition": "–" if waterwords.missing(words) else say(words),
        "class": "–" if known is None else say(known),
        "sections": sections,
        "main": waterwords.names_of(main),
        "official": say(_YES if row["official"] else _NO),
    }
