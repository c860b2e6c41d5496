"""Findings about birds on the bird page: how many are open, and the button that looks again."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from wetland.base.texts import text
from wetland.operations.birdscreen import screen_birds
from wetland.reports.detectors import rule_titles
from wetland.sites.load import Site
from wetland.ui import session
from wetland.ui.language import COMMA, say

DETECTOR = "birds"
_OPEN = text(
    "鸟类疑似问题（下降、1% 标准、新记录、繁殖）：{n} 条待核实，见“疑似问题”页。",
    "Findings about birds (declines, 1 % test, first records, breeding): {n} open, see the page "
    "“Findings”.",
)
_NEVER = text(
    "还没有对已存的鸟类数据检查过下降、1% 标准、新记录和繁殖。",
    "The stored surveys have not been looked through for declines, the 1 % test, first records and "
    "breeding yet.",
)
_LOOK = text("检查预警、新记录和繁殖", "Look for alerts and first records")
_WORKING = text("正在检查…", "Looking…")
_DONE = text(
    "完成：疑似 {b}，待定 {u}；新增 {a}，更新 {c}。",
    "Done: {b} suspected, {u} undecided; {a} new, {c} changed.",
)
_NONE = text("没有待核实的", "none open")
_COUNT = text("{name} {n}", "{name}: {n}")


def mine() -> pd.DataFrame | None:
    """Return the findings about birds; None where nobody looked for any."""
    held = session.table("findings")
    if held is None:
        return None
    found = held[held["detector"] == DETECTOR]
    return found if len(found) else None


def _open() -> pd.DataFrame | None:
    found = mine()
    if found is None:
        return None
    return found[(found["status"] == "open") & (found["outcome"] == "broken")]


def waiting() -> int | None:
    """Return how many findings about birds are open; None where nobody looked for any."""
    found = _open()
    return None if found is None else len(found)


def by_rule() -> str:
    """Return how many findings are open under each rule, in words."""
    found = _open()
    if found is None or not len(found):
        return say(_NONE)
    titles = rule_titles()
    counts = found["rule"].value_counts()
    return say(COMMA).join(
        say(_COUNT, name=titles.get(str(rule), text(str(rule), str(rule))), n=int(n))
        for rule, n in sorted(counts.items())
    )


def render(site: Site) -> None:
    """Show how many findings are open, and the button that screens the birds of the store."""
    n = waiting()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/flag: {say(_NEVER) if n is None else say(_OPEN, n=n)}")
        pressed = st.button(say(_LOOK), icon=":material/refresh:", key="birds-screen")
    store = session.store()
    if not pressed or store is None:
        return
    actor = session.actor_or_hint()
    if actor is None:
        return
    with st.spinner(say(_WORKING)):
        done = screen_birds(store, site, as_of=session.today(), actor=actor)
    counts = {"b": done.counts["broken"], "u": done.counts["undecided"], "a": 0, "c": 0}
    if done.written is not None:
        counts |= {"a": done.written.added, "c": done.written.changed}
    st.success(say(_DONE, **counts), icon=":material/check_circle:")
