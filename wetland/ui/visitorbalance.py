"""Balance of protection and use (保护与利用): visitors beside birds and water; a lower cap."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from wetland.base.texts import text
from wetland.charts.visitorbalance import capped_days
from wetland.charts.visitortiers import count_words
from wetland.operations.visitoranswers import series_of_area
from wetland.operations.visitors import VisitorData
from wetland.sites.load import Site
from wetland.ui import drawn, language, visitorwords
from wetland.ui.language import name_of, say
from wetland.ui.plain import md
from wetland.visitors.whatif import what_if

_AREA = text("区域", "Area")
_IF = text("假如降低日上限", "What if the daily cap were lower")
_CAP = text("日上限（人次）", "Cap, visits a day")
_AGAIN = text("被限者改日再来的比例（假定）", "Share who come on another day (assumed)")
_TOUCHED = text("受影响的天数", "Days touched")
_OF_DAYS = text("{n} 天中", "of {n} days")
_ABOVE = text("超出上限的人次", "Visits above the cap")
_OF_ALL = text("占全部 {p:.1%}", "{p:.1%} of all")
_MOVED = text("改日再来", "Come on another day")
_LOST = text("不再来", "Do not come")
_NO_DAYS = text(
    "没有一天是所有入口都计数的，无法测算。", "No day was wholly counted: nothing to reckon with."
)


def render(site: Site, held: VisitorData) -> None:
    """Show visitors beside birds, water and findings, and what a lower cap would have touched."""
    del site
    names = visitorwords.area_names(held.pack)
    if not names:
        st.info(say(_NO_DAYS))
        return
    area = st.selectbox(
        say(_AREA), list(names), format_func=name_of(names), key="visitors-balance-area", width=220
    )
    _what_if(held, area)


def _what_if(held: VisitorData, area: str) -> None:
    st.subheader(say(_IF), anchor=False)
    days = series_of_area(held, area)
    known = days.dropna()
    if not len(known):
        st.info(say(_NO_DAYS))
        return
    most = float(known.max())
    step = max(round(most / 100, -2), 100.0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        cap = st.slider(
            say(_CAP), min_value=int(step), max_value=int(most), step=int(step),
            value=int(step * round(0.6 * most / step)), key=f"visitors-cap-{area}",
        )  # fmt: skip
        again = st.slider(
            say(_AGAIN), min_value=0, max_value=100, step=5, value=0, format="%d%%",
            key="visitors-again",
        )  # fmt: skip
    found = what_if(days, float(cap), come_again=again / 100)
    tiles = (
        (_TOUCHED, f"{found.touched:,}", say(_OF_DAYS, n=f"{found.days:,}")),
        (_ABOVE, count_words(found.above), say(_OF_ALL, p=found.above / found.visitors)),
        (_MOVED, count_words(found.moved), ""),
        (_LOST, count_words(found.lost), ""),
    )
    with st.container(key="visitors-cap-tiles", horizontal=True, gap="small"):
        for title, value, note in tiles:
            with st.container(border=True):
                st.metric(say(title), value)
                st.caption(note)
    pairs: list[tuple[dt.date, float]] = list(zip(known.index, known.to_list(), strict=True))
    picture = capped_days(pairs, cap=float(cap), lang=language.current())
    drawn.show(picture, key="visitors-capped", name=f"visitors-cap-{area}")
    st.caption(md(" ".join([*(say(n) for n in found.notes), visitorwords.source_words(held)])))
