"""The state of all stations (总览): four answers, a map with a table, classes in time."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.look import CLASS_COLOURS, CLASS_NAMES, INK, letter
from wetland.charts.strip import PICK, Cell, class_strip
from wetland.maps.stations import (
    NO_DATA_LEGEND,
    TARGET_LEGEND,
    StationMark,
    class_legend,
    show_all,
    station_group,
)
from wetland.operations.water import WaterData
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.ui import drawn, language, mapview, sitebase, watertiles, waterwords
from wetland.ui.language import say
from wetland.ui.mapview import Click
from wetland.ui.watersummary import Row, Summary, has_class, meets_target

CHOSEN = "water-chosen"
_STRIP_COLUMNS = 24
_HEADS: Mapping[str, Text] = {
    "station": text("站点", "Station"),
    "class": text("类别", "Class"),
    "tn": text("总氮（单独评价）", "Total nitrogen (apart)"),
    "met": text("是否达标", "Within target"),
    "deciding": text("决定指标", "Set by"),
    "main": text("主要污染物（超标倍数）", "Main pollutants (multiple)"),
    "last_year": text("同比", "Against last year"),
    "previous": text("环比", "Against the period before"),
    "samples": text("样品数", "Samples"),
}
_PICK = text(
    "点选一行、地图上的标记或时间条里的一格，看该站点的依据。",
    "Pick a row, a mark on the map or a cell of the strip to see what a station's class rests on.",
)
_STRIP = text("类别变化", "Classes in time")
_STRIP_NOTE = text(
    "灰格＝缺测；带“?”＝方案内有指标缺测，可能更差；浅色＝样品太少，不作正式类别。",
    "Grey: no data. A question mark: items of the programme are missing, it may be worse. Pale: "
    "too few samples for an official class.",
)
_LAST = text("最近 {n} 个时段", "The latest {n} periods")
_TN_NOTE = text(
    "总氮、粪大肠菌群按办法不参与类别评价，单独列出。",
    "Total nitrogen and faecal coliforms do not enter the class by the method: they stand apart.",
)
_NOWHERE = text("{n} 个站点没有坐标，不在图上。", "{n} stations have no place and are not drawn.")


def render(site: Site, held: WaterData, classes: pd.DataFrame, summary: Summary) -> None:
    """Show the overview of one period."""
    named = waterwords.labels(held)
    watertiles.show(held, summary, named)
    _table(held, summary, named)
    left, right = st.columns([11, 9], gap="medium")
    with left:
        st.subheader(say(_STRIP), anchor=False)
        _strip(held, classes, named)
    with right:
        _map(site, held, summary, named)


def choose(station: str) -> None:
    """Open a station: called before the page runs again."""
    st.session_state[CHOSEN] = station
    st.session_state["water-view"] = "station"


def _map(site: Site, held: WaterData, summary: Summary, named: Mapping[str, str]) -> None:
    by_tip: dict[str, str] = {}
    marks = []
    for station, name in named.items():
        known = held.stations.get(station)
        if known is None or known.lon is None or known.lat is None:
            continue
        row = summary.rows.get(station)
        tip = f"{name} · {waterwords.class_words(row)} · {summary.period}"
        by_tip[tip] = station
        marks.append(_mark(known.lon, known.lat, tip, row))

    def pick(click: Click) -> None:
        if click.tip in by_tip:
            choose(by_tip[click.tip])

    groups = [station_group(marks)] if marks else []
    base = sitebase.base_map(site)
    show_all(base, [(m.lon, m.lat) for m in marks])
    mapview.show(base, key="water-map", height=400, groups=groups, on_click=pick)
    used = {str(r["water_class"]) for r in summary.rows.values()}
    shown = {key: name for key, name in CLASS_NAMES.items() if key in used}
    items = [*class_legend(shown, CLASS_COLOURS), NO_DATA_LEGEND, *TARGET_LEGEND]
    sitebase.base_legend(site, items)
    if len(marks) < len(named):
        st.caption(say(_NOWHERE, n=len(named) - len(marks)))


def _mark(lon: float, lat: float, tip: str, row: Row | None) -> StationMark:
    if row is None or not has_class(row):
        return StationMark(lon, lat, tip, "–")
    key = str(row["water_class"])
    shown = letter(key, language.current()) + ("" if row["complete"] else "?")
    return StationMark(
        lon,
        lat,
        tip,
        shown,
        CLASS_COLOURS[key],
        "light" if INK[key] == "#FFFFFF" else "dark",
        meets_target(row),
    )


def _table(held: WaterData, summary: Summary, named: Mapping[str, str]) -> None:
    st.caption(say(_PICK))
    order = sorted(named, key=lambda s: -_rank(summary.rows.get(s)))
    rows = [_row(summary, s, named[s], held) for s in order]
    frame = pd.DataFrame(rows, columns=list(_HEADS))

    def picked() -> None:
        came = st.session_state["water-table"]["selection"]["rows"]
        if came and came[0] < len(order):
            choose(order[came[0]])

    st.dataframe(
        frame,
        hide_index=True,
        height=min(38 + 35 * max(len(frame), 1), 420),
        column_config={name: say(head) for name, head in _HEADS.items()},
        on_select=picked,
        selection_mode="single-row",
        key="water-table",
    )
    st.caption(f"{say(_TN_NOTE)} {waterwords.source_words(held)}")


def _rank(row: Row | None) -> int:
    keys = list(CLASS_COLOURS)
    return keys.index(row["water_class"]) if row is not None and has_class(row) else -1


def _row(summary: Summary, station: str, name: str, held: WaterData) -> dict[str, object]:
    row = summary.rows.get(station)
    known = held.stations.get(station)
    target = known.target_class if known is not None else None
    cells: dict[str, object] = {"station": name, "class": waterwords.class_words(row)}
    for against in ("last_year", "previous"):
        change = summary.changes[against].get(station)
        cells[against] = say(change.words) if change is not None else "–"
    if row is None or not has_class(row):
        return cells | {"met": "–", "deciding": "–", "main": "–", "tn": "–", "samples": 0}
    return cells | {
        "met": waterwords.met_words(row, target),
        "deciding": waterwords.names_of(row["deciding"]),
        "main": waterwords.main_words(row),
        "tn": waterwords.apart_words(row, "tn"),
        "samples": int(row["samples"]),
    }


def _strip(held: WaterData, classes: pd.DataFrame, named: Mapping[str, str]) -> None:
    periods = sorted(set(classes["period"]))[-(12 if _on_a_phone() else _STRIP_COLUMNS) :]
    cells = cells_of(classes[classes["period"].isin(periods)], named)
    shown = class_strip(cells, lang=language.current(), rows=list(named.values()))

    def picked() -> None:
        came = st.session_state["water-strip"]["selection"].get(PICK) or []
        if came and came[0].get("row") in by_name:
            choose(by_name[came[0]["row"]])
            st.session_state["water-period"] = str(came[0].get("column"))

    by_name = {name: station for station, name in named.items()}
    drawn.show(shown, key="water-strip", name="water-classes", on_pick=picked)
    words = [say(_STRIP_NOTE), say(_LAST, n=len(periods)), waterwords.source_words(held)]
    st.caption(" ".join(words))


def _on_a_phone() -> bool:
    """Tell whether the browser says it is a phone's: a strip of 24 columns is too fine for it."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def cells_of(classes: pd.DataFrame, named: Mapping[str, str]) -> list[Cell]:
    """Return the cells of a strip of classes."""
    return [
        Cell(
            named[row["station"]],
            str(row["period"]),
            row["water_class"] if has_class(row) else None,
            str(row["station"]),
            complete=bool(row["complete"]),
            official=bool(row["official"]),
            deciding=waterwords.names_of(row["deciding"]) if has_class(row) else "",
            samples=int(row["samples"]),
        )
        for row in rows_of(classes)
        if row["station"] in named
    ]
