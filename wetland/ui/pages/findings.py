"""Findings (疑似问题) of the store: list, map, explanation, status."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from wetland.base.findings import OUTCOMES, STATUSES
from wetland.base.texts import Text, text
from wetland.operations.birdexport import findings_for_role
from wetland.operations.findings import list_findings, notice_for
from wetland.operations.screening import screen_store
from wetland.reports.findings import rows_of
from wetland.screening.screen import Settings
from wetland.sites.load import Site
from wetland.store import Store
from wetland.ui import findings, session
from wetland.ui.empty import no_store
from wetland.ui.guard import told
from wetland.ui.language import name_of, say

_OUTCOME = text("结论", "Outcome")
_STATUS = text("状态", "Status")
_ALL = text("全部", "all")
_FIND = text("查找（编号、行为、规定）", "Search (id, activity, rule)")
_N = text("{n} 条", "{n} findings")
_NONE = text(
    "没有符合条件的疑似问题。请先在“筛查文件”里筛查并保存，或重新筛查存储中的观察。",
    "No finding matches. Screen a file and save it first, or screen what the store holds again.",
)
_AGAIN = text("重新筛查存储中的全部观察", "Screen the store again")
_AGAIN_HELP = text(
    "许可、公告或场地包变了以后用。人已核实或排除的状态不变。",
    "After permits, notices or the pack changed. What a person settled keeps its status.",
)
_WORKING = text("正在筛查…", "Screening…")
_DONE = text(
    "完成：疑似违反 {b}，新增 {a}，更新 {c}。", "Done: {b} suspected, {a} new, {c} changed."
)

_EXERCISE_HIDDEN = text(
    "严格模式下不显示按演练模式算出的 {n} 条。请按“重新筛查”得到严格的答案。",
    "{n} computed in exercise mode are not shown in strict mode. Screen again for strict answers.",
)


def render() -> None:
    """Show the page."""
    if session.store() is None:
        no_store(session.site())
        return
    _body()


@st.fragment
@told
def _body() -> None:
    site, store = session.site(), session.store()
    if store is None:
        return
    _again(site, store)
    found = _filtered(site, store)
    st.caption(say(_N, n=len(found)))
    if not len(found):
        st.info(say(_NONE), icon=":material/flag:")
        return
    findings.show(site, found, key="stored")
    findings.downloads(found, notice_for(found, site), name=f"{site.id}-findings", key="stored")


def _again(site: Site, store: Store) -> None:
    if not st.button(say(_AGAIN), icon=":material/refresh:", help=say(_AGAIN_HELP)):
        return
    actor = session.actor_or_hint()
    if actor is None:
        return
    with st.spinner(say(_WORKING)):
        settings = Settings(assume_schematic=session.assume_schematic())
        done = screen_store(store, site, settings=settings, actor=actor)
    counts = {"b": done.counts["broken"], "a": 0, "c": 0}
    if done.written is not None:
        counts |= {"a": done.written.added, "c": done.written.changed}
    st.success(say(_DONE, **counts), icon=":material/check_circle:")


def _filtered(site: Site, store: Store) -> pd.DataFrame:
    outcome_box, status_box, find_box = st.columns([2, 2, 3])
    outcome = outcome_box.selectbox(
        say(_OUTCOME), [*OUTCOMES, ""], format_func=_or_all(OUTCOMES), key="finding-outcome"
    )
    status = status_box.selectbox(
        say(_STATUS), [*STATUSES, ""], format_func=_or_all(STATUSES), key="finding-status"
    )
    wanted = find_box.text_input(say(_FIND), key="finding-find", icon=":material/search:")
    every = list_findings(store, site=site.id, outcome=outcome or None, status=status or None)
    found = findings_for_role(every, site, session.role())
    exercise = found["zone_basis"] == "exercise"
    if not session.assume_schematic() and exercise.any():
        st.warning(say(_EXERCISE_HIDDEN, n=int(exercise.sum())), icon=":material/visibility_off:")
        found = found[~exercise]
    found = found.sort_values("occurred_on", ascending=False, na_position="last")
    found = found.reset_index(drop=True)
    return found.loc[_matches(site, found, wanted.strip().lower())].reset_index(drop=True)


def _or_all(names: Mapping[str, Text]) -> Callable[[str], str]:
    return name_of({**names, "": _ALL})


def _matches(site: Site, found: pd.DataFrame, wanted: str) -> list[bool]:
    if not wanted:
        return [True] * len(found)
    return [wanted in findings.searched(site, row) for row in rows_of(found)]
