"""Findings about water on the water page: how many are open, and the button that looks again."""

from __future__ import annotations

import streamlit as st

from wetland.base.texts import text
from wetland.operations.waterscreen import screen_water
from wetland.sites.load import Site
from wetland.ui import session
from wetland.ui.language import say

DETECTOR = "water"
_OPEN = text(
    "水质疑似问题（超目标类别、恶化、突变）：{n} 条待核实，见“疑似问题”页。",
    "Findings about water (target class missed, deterioration, sudden change): {n} open, see the "
    "page “Findings”.",
)
_NEVER = text(
    "还没有对照目标类别检查过已存的水质数据。",
    "The stored results have not been compared with their target classes yet.",
)
_LOOK = text("检查超标、恶化与突变", "Look for exceedance, deterioration, sudden change")
_WORKING = text("正在检查…", "Looking…")
_DONE = text(
    "完成：疑似 {b}，待定 {u}；新增 {a}，更新 {c}。",
    "Done: {b} suspected, {u} undecided; {a} new, {c} changed.",
)


def render(site: Site) -> None:
    """Show how many findings are open, and the button that screens the water of the store."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/flag: {_words()}")
        pressed = st.button(say(_LOOK), icon=":material/refresh:", key="water-screen")
    store = session.store()
    if not pressed or store is None:
        return
    actor = session.actor_or_hint()
    if actor is None:
        return
    with st.spinner(say(_WORKING)):
        done = screen_water(store, site, actor=actor)
    counts = {"b": done.counts["broken"], "u": done.counts["undecided"], "a": 0, "c": 0}
    if done.written is not None:
        counts |= {"a": done.written.added, "c": done.written.changed}
    st.success(say(_DONE, **counts), icon=":material/check_circle:")


def _words() -> str:
    held = session.table("findings")
    mine = None if held is None else held[held["detector"] == DETECTOR]
    if mine is None or not len(mine):
        return say(_NEVER)
    waiting = (mine["status"] == "open") & (mine["outcome"] == "broken")
    return say(_OPEN, n=int(waiting.sum()))
