"""One station: its class and what it rests on, down to the rows of the source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.look import CLASS_NAMES
from wetland.charts.strip import class_strip
from wetland.operations.water import WaterData
from wetland.reports.findings import rows_of
from wetland.ui import drawn, language, waterdata, waterlake, waterseries, waterwords
from wetland.ui.language import COMMA, name_of, pair, say
from wetland.ui.plain import md
from wetland.ui.wateroverview import CHOSEN, cells_of
from wetland.ui.watersummary import Row, changes_of, has_class, meets_target
from wetland.water.classestable import WHY_NOT_OFFICIAL
from wetland.water.parameters import parameters
from wetland.water.periods import AGAINST, split_period
from wetland.water.stations import CLASSES
from wetland.water.tables import CENSORING, FLAGS, QA_KINDS, WATER_BODIES

_STATION = text("站点", "Station")
_TARGET = text("目标类别", "target class")
_DECIDING = text("决定类别的指标", "Set by")
_MAIN = text("主要污染物（超标倍数）", "Main pollutants (exceedance multiple)")
_APART = text("单独评价", "Assessed apart")
_COMPLETE = text(
    "方案内指标齐全；21 项中未覆盖：{items}", "all items of the programme; not covered: {items}"
)
_MISSING = text(
    "方案内缺测：{items}。类别只能说“{said}”，可能为 {possible}。",
    "missing of the programme: {items}. The class is “{said}”, possibly {possible}.",
)
_WHOLENESS = text("完整性", "Completeness")
_OFFICIAL = text("正式与否", "Official")
_NO = text("不作正式类别：{why}（样品 {n} 个）", "not official: {why} ({n} samples)")
_RETROSPECTIVE = text(
    "该时段早于标准或评价办法的施行，按现行规定回算。",
    "The period began before the standard or the method held: judged by them in retrospect.",
)
_YES = text("可作正式类别（样品 {n} 个）", "official ({n} samples)")
_SURE = text("把握（{period} 年，n={n}）", "How sure ({period}, n={n})")
_SURE_NOTE = text("自助法，只含抽样误差", "bootstrap, sampling error only")
_NO_ROW = text("{period} 这个站点没有数据。", "This station has no data in {period}.")
_ITEMS = text("各指标（未检出按检出限一半计）", "Item by item (a non-detect counts half its limit)")
_ROWS = text("源数据行（{n}）", "Rows of the source ({n})")
_HISTORY = text("历年类别", "Class of each year")
_NO_KIND = text(
    "没有说明是河流还是湖库，不能评价类别；数据照样显示。",
    "Nobody told whether this is a river or a lake: no class can be given. Its data are shown.",
)
_HEADS: Mapping[str, Text] = {
    "item": text("指标", "Item"),
    "role": text("作用", "Role"),
    "value": text("均值", "Mean"),
    "unit": text("单位", "Unit"),
    "class": text("单项类别", "Class of the item"),
    "limit": text("目标类别限值", "Limit of the target class"),
    "sampled_on": text("采样日", "Sampled on"),
    "received": text("原值", "As received"),
    "stored": text("换算后", "As stored"),
    "censoring": text("检出", "Detected"),
    "qa": text("类别", "Kind"),
    "flag": text("质控", "Quality"),
    "file": text("文件", "File"),
    "row": text("行", "Row"),
}
_DECIDES = text("决定类别", "sets the class")
_BESIDE = text("不参与", "stands apart")


def render(held: WaterData, classes: pd.DataFrame, period: str) -> None:
    """Show the station chosen, in the period chosen."""
    station = choose(held)
    if station in held.stations:
        _class_of(held, classes, station, period)
    else:
        st.warning(say(_NO_KIND), icon=":material/help:")
    waterseries.render(held, station)
    if station in held.stations:
        _history(held, station)
        if held.stations[station].water_body == "lake":
            waterlake.render(held, station)


def choose(held: WaterData) -> str:
    """Show the choice of the station; what was picked elsewhere is chosen."""
    named = waterwords.labels(held)
    options = list(named)
    asked = st.session_state.get(CHOSEN, st.query_params.get("station"))
    at = options.index(asked) if asked in options else 0

    def chosen() -> None:
        st.session_state[CHOSEN] = st.session_state["water-station"]

    st.session_state["water-station"] = options[at]
    station = st.selectbox(
        say(_STATION), options, format_func=name_of_labels(named), key="water-station",
        on_change=chosen,
    )  # fmt: skip
    return str(station)


def name_of_labels(named: Mapping[str, str]) -> Any:  # noqa: ANN401 - a ``format_func``
    """Return a ``format_func`` that shows a station by its label."""
    return name_of({s: text(n, n) for s, n in named.items() if n})


def _class_of(held: WaterData, classes: pd.DataFrame, station: str, period: str) -> None:
    mine = classes[(classes["station"] == station) & (classes["period"] == period)]
    rows = rows_of(mine)
    if not rows:
        st.info(say(_NO_ROW, period=period))
        return
    row = rows[0]
    with st.container(border=True, key="water-card"):
        _headline(held, row)
        for name, words in _facts(held, classes, row).items():
            st.markdown(f"**{md(name)}** {md(words)}")
        basis = [say(_RETROSPECTIVE)] if row["retrospective"] else []
        st.caption(md(" ".join([*basis, waterwords.source_words(held, [station])])))
    left, right = st.columns([11, 9], gap="medium")
    with left:
        st.caption(say(_ITEMS))
        _items(held, row)
    with right:
        _source_rows(held, station, period)


def _headline(held: WaterData, row: Row) -> None:
    key = row["water_class"] if has_class(row) else None
    known = held.stations[str(row["station"])]
    box = waterwords.badge(key, waterwords.class_words(row))
    st.html(f'<div style="font-size:1.25rem">{box}</div>')
    parts = [
        str(row["period"]),
        waterwords.condition_words(key),
        say(WATER_BODIES[known.water_body]),
    ]
    if known.target_class:
        target = pair(say(_TARGET), say(CLASS_NAMES[known.target_class]))
        parts += [target, say(waterwords.TARGET[meets_target(row)])]
    st.markdown(md(" · ".join(parts)))


def _facts(held: WaterData, classes: pd.DataFrame, row: Row) -> dict[str, str]:
    said: dict[str, str] = {}
    if has_class(row):
        said[say(_DECIDING)] = waterwords.names_of(row["deciding"])
        said[say(_MAIN)] = waterwords.main_words(row)
    apart = [
        f"{waterwords.parameter_name(c)} {waterwords.apart_words(row, c)}" for c in ("tn", "fc")
    ]
    said[say(_APART)] = say(COMMA).join(apart)
    said[say(_WHOLENESS)] = _wholeness(row)
    if has_class(row):
        said[say(_OFFICIAL)] = _official(row)
    for against, title in AGAINST.items():
        change = changes_of(classes, str(row["period"]), against).get(str(row["station"]))
        if change is not None:
            said[say(title)] = say(change.words)
    return said | _certainty(held, row)


def _wholeness(row: Row) -> str:
    if row["complete"]:
        return say(_COMPLETE, items=waterwords.names_of(row["not_covered"]))
    possible = [say(CLASS_NAMES[c]) for c in row["possible"]]
    span = f"{possible[0]} – {possible[-1]}" if len(possible) > 1 else "".join(possible) or "–"
    return say(
        _MISSING,
        items=waterwords.names_of(row["missing"]),
        said=waterwords.class_words(row),
        possible=span,
    )


def _official(row: Row) -> str:
    if row["official"]:
        return say(_YES, n=int(row["samples"]))
    why = WHY_NOT_OFFICIAL[str(row["why_not_official"])]
    return say(_NO, why=why, n=int(row["samples"]))


def _certainty(held: WaterData, row: Row) -> dict[str, str]:
    year = str(row["period"])[:4]
    found = [
        r
        for r in rows_of(waterdata.certainty(held, str(row["station"])))
        if str(r["period"]) == year and has_class(r)
    ]
    if not found:
        return {}
    chances = {k: float(p) for k, p in (found[0]["probabilities"] or {}).items() if p >= 0.005}
    order = [k for k in CLASSES if k in chances]
    shares = say(COMMA).join(f"{say(CLASS_NAMES[k])} {_percent(chances[k])}" for k in order)
    name = say(_SURE, period=year, n=int(found[0]["n"]))
    return {name: f"{shares} · {say(_SURE_NOTE)}"}


def _percent(chance: float) -> str:
    return ">99%" if chance > 0.99 else f"{chance:.0%}"


def _items(held: WaterData, row: Row) -> None:
    known = held.stations[str(row["station"])]
    rows = []
    for code, value in (row["values"] or {}).items():
        key = str((row["item_classes"] or {}).get(code) or (row["apart"] or {}).get(code))
        role = _DECIDES if code in row["deciding"] else _BESIDE if code in row["apart"] else None
        rows.append(
            {
                "item": waterwords.parameter_name(code),
                "role": say(role) if role is not None else "",
                "value": "–" if waterwords.missing(value) else f"{value:.4g}",
                "unit": waterwords.unit_of(code),
                "class": say(CLASS_NAMES[key]) if key in CLASS_NAMES else "–",
                "limit": waterwords.limit_words(code, known.target_class, known.water_body),
            }
        )
    _grid(pd.DataFrame(rows), 320)


def _source_rows(held: WaterData, station: str, period: str) -> None:
    mine = held.results[held.results["station"] == station]
    mine = mine[[in_period(day, period) for day in mine["sampled_on"]]]
    files = {}
    if len(held.sources):
        files = dict(zip(held.sources["source_id"], held.sources["file"], strict=True))
    order = {code: i for i, code in enumerate(parameters())}
    rows = [
        {
            "sampled_on": str(r["sampled_on"]),
            "item": waterwords.parameter_name(str(r["parameter"])),
            "received": f"{r['value_received'] or ''} {r['unit_received'] or ''}".strip(),
            "stored": "–" if waterwords.missing(r["value"]) else f"{r['value']:g}",
            "censoring": say(CENSORING[r["censoring"]]),
            "qa": say(QA_KINDS[r["qa"]]),
            "flag": say(FLAGS[r["flag"]]),
            "file": str(files.get(r["source_id"], "–")),
            "row": r["source_row"],
        }
        for r in sorted(
            rows_of(mine), key=lambda r: (r["sampled_on"], order.get(str(r["parameter"]), 999))
        )
    ]
    st.caption(say(_ROWS, n=len(rows)))
    _grid(pd.DataFrame(rows), 320)


def in_period(day: dt.date, period: str) -> bool:
    """Tell whether a day lies within a period (``2024``, ``2024-Q2``, ``2024-05``)."""
    kind, year, part = split_period(period)
    parts = {"year": 1, "quarter": (day.month - 1) // 3 + 1, "month": day.month}
    return day.year == year and (kind == "sample" or parts[kind] == part)


def _grid(frame: pd.DataFrame, height: int) -> None:
    st.dataframe(
        frame,
        hide_index=True,
        height=min(38 + 35 * max(len(frame), 1), height),
        column_config={name: say(_HEADS[name]) for name in frame.columns},
    )


def _history(held: WaterData, station: str) -> None:
    st.subheader(say(_HISTORY), anchor=False)
    years = waterdata.classes(waterdata.with_kind(held) or held, "year")
    named = {station: waterwords.labels(held)[station]}
    shown = class_strip(cells_of(years, named), lang=language.current())
    drawn.show(shown, key="water-years", name=f"water-class-{station}")
    st.caption(md(waterwords.source_words(held, [station])))
