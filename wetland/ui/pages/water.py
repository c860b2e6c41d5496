"""Water (水质): is it within target, which station is worst, is it getting better, how sure."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.operations.water import WaterData
from wetland.sites.load import Site
from wetland.ui import (
    empty,
    language,
    session,
    watercompare,
    waterdata,
    waterfiles,
    waterfindings,
    watergrades,
    waterload,
    wateroverview,
    waterstation,
    waterwords,
)
from wetland.ui.guard import told
from wetland.ui.language import COMMA, say
from wetland.ui.plain import md
from wetland.ui.views import choose_view, view_of_address
from wetland.ui.waterdata import Per
from wetland.ui.watersummary import periods_of, summary_of
from wetland.ui.waterwords import PERS

VIEWS: Mapping[str, Text] = {
    "overview": text("总览", "Overview"),
    "station": text("站点", "Station"),
    "compare": text("比较与趋势", "Compare and trends"),
    "load": text("导入文件", "Load a file"),
}
PERS_SHOWN: tuple[Per, ...] = ("month", "quarter", "year")
_PERIOD = text("时段", "Period")
_PER = text("类别按", "Class per")
STALE_DAYS = 62  # two months: a monthly programme has then missed one
_STALE = text(
    "数据不新：最近一次采样是 {d}，已过 {n} 天。",
    "Not up to date: the last sample is of {d}, {n} days ago.",
)
_NO_WATER = text(
    "存储里还没有水质数据。到“导入文件”读入一份，或先看下面公布的说法。",
    "The store holds no water results yet. Read a file under “Load a file”.",
)
_NO_KIND = text(
    "{n} 个站点没有说明是河流还是湖库，不能评价类别：{names}",
    "{n} stations are not told to be rivers or lakes and have no class: {names}",
)
_NO_CLASS = text("没有一个时段能评出类别。", "No period has a class.")


def render() -> None:
    """Show the page."""
    view_of_address("water-view", VIEWS)
    _body()


@st.fragment
@told
def _body() -> None:
    site = session.site()
    view = choose_view("water-view", VIEWS)
    if view == "load":
        waterload.render(site)
        return
    held = waterdata.data()
    if held is None:
        _nothing(site)
        return
    waterwords.synthetic_banner(held)
    _stale(held)
    _shown(site, held, view)


def _stale(held: WaterData) -> None:
    """Say that the data are old, so that nobody takes them for today's."""
    last = held.last_day
    days = 0 if last is None else (session.today() - last).days
    if days > STALE_DAYS:
        st.warning(say(_STALE, d=last, n=days), icon=":material/schedule:")


def _nothing(site: Site) -> None:
    if session.store() is None:
        empty.no_store(site)
    else:
        st.info(say(_NO_WATER), icon=":material/water_drop:")
    watercompare.statements(site.water.statements)


def _shown(site: Site, held: WaterData, view: str) -> None:
    lost = waterdata.without_kind(held)
    if lost:
        names = say(COMMA).join(lost[:8])
        st.warning(md(say(_NO_KIND, n=len(lost), names=names)), icon=":material/help:")
    classed = waterdata.with_kind(held)
    per, period, classes = _choice(classed)
    if classed is None or period is None or classes is None:
        st.info(say(_NO_CLASS))
        if view == "station":
            waterstation.render(held, pd.DataFrame(), "")
        return
    if view == "overview":
        summary = summary_of(classes, period, classed.station_ids)
        wateroverview.render(site, classed, classes, summary)
        waterfindings.render(site)
        watercompare.statements(held.statements)
        waterfiles.render(held, classes, per)
    elif view == "station":
        waterstation.render(held, classes, period)
    else:
        summary = summary_of(classes, period, classed.station_ids)
        watergrades.render(classed, per, period)
        watercompare.render(site, classed, summary)


def _choice(held: WaterData | None) -> tuple[Per, str | None, pd.DataFrame | None]:
    """Show the choice of period; return what a class is of, the period, and all classes."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="water-choice"):
        per: Per = st.segmented_control(
            say(_PER),
            PERS_SHOWN,
            default="month",
            format_func=language.name_of(PERS),
            key="water-per",
            required=True,
        )
        if held is None:
            return "month", None, None
        classes = waterdata.classes(held, per)
        periods = periods_of(classes)
        if not periods:
            return per, None, None
        if st.session_state.get("water-period") not in periods:
            st.session_state["water-period"] = periods[0]
        period = st.selectbox(say(_PERIOD), periods, key="water-period", width=170)
    return per, str(period), classes
