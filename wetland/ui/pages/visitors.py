"""Visitors (游客): load against capacity, days ahead, car parks, totals, balance of use."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from wetland.base.texts import Text, text
from wetland.operations.visitors import VisitorData, pack_of
from wetland.sites.load import Site
from wetland.ui import (
    empty,
    session,
    visitorbalance,
    visitorcalendar,
    visitordata,
    visitorload,
    visitoroutlook,
    visitorpark,
    visitortoday,
    visitortotals,
    visitorwords,
)
from wetland.ui.guard import told
from wetland.ui.language import say
from wetland.ui.views import choose_view, view_of_address

VIEWS: Mapping[str, Text] = {
    "today": text("今日", "Today"),
    "calendar": text("客流", "By day"),
    "forecast": text("预测", "Forecast"),
    "parking": text("停车", "Parking"),
    "totals": text("累计", "Totals"),
    "balance": text("保护与利用", "Balance"),
    "load": text("导入文件", "Load a file"),
}
_NO_VISITORS = text(
    "存储里还没有客流数据。到“导入文件”读入一份，或先看下面公布的人次。",
    "The store holds no visitors yet. Read a file under “Load a file”.",
)
_NO_COUNTS = text(
    "存储里只有停车场读数，没有客流计数。", "The store holds car parks only, no counts of visitors."
)


def render() -> None:
    """Show the page."""
    view_of_address("visitors-view", VIEWS)
    _body()


@st.fragment
@told
def _body() -> None:
    site = session.site()
    view = choose_view("visitors-view", VIEWS)
    if view == "load":
        visitorload.render(site)
        return
    held = visitordata.data()
    if held is None:
        _nothing(site)
        return
    visitorwords.synthetic_banner(held.synthetic)
    if view == "totals":
        visitortotals.render(held.pack.statements, held)
    elif view == "parking":
        visitorpark.render(held)
    elif not len(held.counts):
        st.info(say(_NO_COUNTS), icon=":material/groups:")
    else:
        _counted(site, held, view)


def _counted(site: Site, held: VisitorData, view: str) -> None:
    if view == "today":
        visitortoday.render(site, held)
    elif view == "calendar":
        visitorcalendar.render(held)
    elif view == "forecast":
        visitoroutlook.render(held)
    else:
        visitorbalance.render(site, held)


def _nothing(site: Site) -> None:
    if session.store() is None:
        empty.no_store(site)
    else:
        st.info(say(_NO_VISITORS), icon=":material/groups:")
    visitortotals.render(pack_of(site).statements, None)
