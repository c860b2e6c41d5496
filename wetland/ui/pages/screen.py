"""Screen a file (筛查文件): upload, see what is wrong in it and what it found, then save."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import text
from wetland.operations.overview import Overview, overview_of, packed
from wetland.operations.screening import screen_file
from wetland.reading.files import Given
from wetland.regulations.records import RECORDS
from wetland.reports.findings import problem_json, rows_of
from wetland.screening.datumguard import SUSPECTED
from wetland.screening.options import ReadOptions
from wetland.screening.screen import Settings
from wetland.sites.load import Site
from wetland.ui import findings, language, reading, session, sitebase, waiting
from wetland.ui.guard import told
from wetland.ui.language import COMMA, say
from wetland.ui.place import SOURCES
from wetland.ui.plain import md

_EMPTY = text(
    "选一个文件，或先试用示例。这里只算不存，点“保存到存储”才写入。",
    "Choose a file, or try the example first. Nothing is stored until you save.",
)
_WORKING = text("正在读取和筛查…", "Reading and screening…")
_ROWS = text("读入行数", "Rows read")
_ASIDE = text("搁置行数", "Kept aside")
_ASSUMED = text(
    "{count} 行没有写位置误差，来源为“{position_source}”，按 {uncertainty_m:g} 米计。"
    "若知道定位方式，请在上面选定。",
    "{count} rows state no uncertainty: {uncertainty_m:g} m taken for “{position_source}”. "
    "Say above how positions were found, if you know.",
)
_ONLY_COUNTED = text(
    "待定的太多，只按规定和缺失事实计数，不逐条列出。",
    "Too many are undecided to list one by one: counted by rule and missing fact.",
)
_BROKEN = text("疑似违反", "Suspected")
_UNDECIDED = text("待定的观察", "Undecided")
_PROBLEMS = text("数据问题", "Problems in the file")
_NOT_COVERED = text("法律未录入", "Law not encoded")
_TABS = (
    text("疑似问题", "Findings"),
    text("待定", "Undecided"),
    text("数据问题", "Problems"),
    text("未录入的法律", "Law not encoded"),
)
_WORST_FIRST = text(
    "共 {all:,} 条，这里显示最严重的 {n:,} 条；全部见下载。",
    "The severest {n:,} of {all:,} are shown; all are in the download.",
)
_ALL_OF_IT = text("下载全部（GeoParquet，zip）", "Download all (GeoParquet, zip)")
_NONE_BROKEN = text("没有疑似违反的观察。", "Nothing suspected.")
_NO_PROBLEMS = text("文件没有问题。", "No problem in the file.")
_NO_MISSING = text("没有缺少事实的规定。", "No fact is missing.")
_ALL_ENCODED = text("涉及的法律都已录入。", "All law concerned is encoded.")
_UNDECIDED_HELP = text(
    "缺下列事实，待定。补齐事实（文件中加一列）后再筛查。",
    "These facts are missing. Get them, add them as columns, and screen again.",
)
_SAVE = text("保存到存储", "Save to the store")
_SAVED = text(
    "已保存：新增 {a}，更新 {c}，未变 {u}。",
    "Saved: {a} added, {c} changed, {u} unchanged.",
)
_NO_STORE = text(
    "还没有数据存储，保存时会新建：{where}", "There is no store yet; saving makes one: {where}"
)
_HEADS = {
    "rule": text("规定", "Rule"),
    "missing": text("缺的事实", "Missing facts"),
    "count": text("次数", "Count"),
    "row": text("行", "Row"),
    "column": text("列", "Column"),
    "value": text("原值", "Value"),
    "level": text("级别", "Level"),
    "message": text("说明", "What is wrong"),
    "law": text("法律", "Law"),
}
_LEVELS = {
    "error": text("错误（未筛查）", "error (kept aside)"),
    "warning": text("提醒", "warning"),
}


def render() -> None:
    """Show the page."""
    site = session.site()
    given = reading.file(site)
    options = reading.options(site)
    if given is None:
        st.info(say(_EMPTY), icon=":material/upload_file:")
        return
    key = _key(site, given, options)
    st.session_state["given"] = (given, options, key)
    if given.size >= waiting.BIG_BYTES and not waiting.known(key):
        if waiting.stopped(key):
            return
        waiting.begin(key, given, site, options)
    going_on = [one for one in (key, f"{key}-saved") if not waiting.ended(one)]
    if going_on:
        waiting.progress(going_on[0])
    else:
        _result()


@st.fragment
@told
def _result() -> None:
    site = session.site()
    given, options, key = st.session_state["given"]
    found = _found(site, given, options, key)
    if found is None:
        return
    saved = waiting.written(f"{key}-saved")
    if saved is not None:
        _tell_saved(saved)
    _datum_warning(found)
    _counts(found)
    _save(site, given, options, key)
    broken, undecided, problems, laws = st.tabs([say(title) for title in _TABS])
    with broken:
        _broken(site, found)
    with undecided:
        _undecided(site, found)
    with problems:
        _problems(found)
    with laws:
        _laws(found)


def _key(site: Site, given: Given, options: ReadOptions) -> str:
    """Return what an answer hangs on: the file, how it is read, the pack and the records."""
    records = session.last_change(RECORDS.name)
    parts = (given.name, given.sha256(), repr(options), session.assume_schematic(), site.digest)
    return hashlib.sha256(repr((*parts, records)).encode()).hexdigest()[:24]


def _found(site: Site, given: Given, options: ReadOptions, key: str) -> Overview | None:
    """Return what screening gave; the same question is answered once a session."""
    if waiting.known(key):
        return waiting.overview(key)
    known = st.session_state.get("screening")
    if known is None or known[0] != key:
        settings = Settings(assume_schematic=session.assume_schematic())
        with st.spinner(say(_WORKING)):
            screening = screen_file(
                given, site, store=session.store(), options=options, settings=settings
            )
        known = (key, overview_of(screening))
        st.session_state["screening"] = known
    overview: Overview = known[1]
    return overview


def _datum_warning(found: Overview) -> None:
    """Say before anything else that the whole file may lie some hundred metres off."""
    lang = language.current()
    suspected = found.problems[found.problems["code"] == SUSPECTED]
    for problem in rows_of(suspected):
        st.warning(md(str(problem[f"message_{lang}"])), icon=":material/wrong_location:")


def _counts(found: Overview) -> None:
    by_outcome = found.counts["by_outcome"]
    shown = {
        _ROWS: found.counts["observations"],
        _ASIDE: found.counts["rows_aside"],
        _BROKEN: by_outcome.get("broken", 0),
        _UNDECIDED: by_outcome.get("undecided", 0),
        _NOT_COVERED: by_outcome.get("not_covered", 0),
        _PROBLEMS: found.counts["problems"],
    }
    with st.container(horizontal=True, gap="medium"):
        for title, count in shown.items():
            st.metric(say(title), f"{count:,}", width="content")
    for taken in found.counts["default_uncertainty"]:
        source = say(SOURCES[taken["position_source"]])
        said = say(_ASSUMED, **{**taken, "position_source": source})
        st.info(said, icon=":material/my_location:")
    if not found.counts.get("undecided_listed", False):
        st.caption(say(_ONLY_COUNTED))


def _save(site: Site, given: Given, options: ReadOptions, key: str) -> None:
    address = session.store_address(site.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(say(_SAVE), type="primary", icon=":material/save:", key="save-file")
        if not session.store_exists(address):
            st.caption(say(_NO_STORE, where=address))
    actor = session.actor_or_hint() if pressed else None
    if actor is None:
        return
    if given.size >= waiting.BIG_BYTES:
        session.make_store()
        waiting.begin(f"{key}-saved", given, site, options, actor=actor)
        st.rerun()
        return
    settings = Settings(assume_schematic=session.assume_schematic())
    with st.spinner(say(_WORKING)):
        saved = screen_file(
            given,
            site,
            store=session.make_store(),
            options=options,
            settings=settings,
            actor=actor,
        )
    if saved.written is not None:
        _tell_saved(asdict(saved.written))


def _tell_saved(counts: Mapping[str, int]) -> None:
    said = say(_SAVED, a=counts["added"], c=counts["changed"], u=counts["unchanged"])
    st.success(said, icon=":material/check_circle:")


def _broken(site: Site, found: Overview) -> None:
    if not found.broken:
        st.info(say(_NONE_BROKEN))
        return
    if found.broken > len(found.findings):
        st.info(say(_WORST_FIRST, n=len(found.findings), all=found.broken))
    findings.show(site, found.findings, key="screened")
    if found.folder is None:
        findings.downloads(found.all_findings, found.notice, name="findings", key="screened")
    else:
        st.download_button(
            say(_ALL_OF_IT),
            partial(packed, found.folder),
            file_name="findings.zip",
            mime="application/zip",
            icon=":material/download:",
            key="screened-zip",
            on_click="ignore",
        )


def _undecided(site: Site, found: Overview) -> None:
    if not found.undecided:
        st.success(say(_NO_MISSING))
        return
    st.caption(say(_UNDECIDED_HELP))
    rows = [
        {
            "rule": _rule_name(site, str(row["rule"])),
            "missing": say(COMMA).join(sitebase.fact_name(site, m) for m in row["missing"]),
            "count": row["count"],
        }
        for row in sorted(found.undecided, key=lambda row: -int(row["count"]))
    ]
    _show(pd.DataFrame(rows))


def _rule_name(site: Site, rule: str) -> str:
    known = site.regulations.by_id.get(rule)
    return f"{say(known.rule.title)} ({rule})" if known is not None else rule


def _problems(found: Overview) -> None:
    lang = language.current()
    said: list[dict[str, Any]] = [problem_json(row, lang) for row in rows_of(found.problems)]
    if not said:
        st.success(say(_NO_PROBLEMS))
        return
    table = pd.DataFrame(said)[["row", "column", "value", "level", "message"]]
    table["level"] = table["level"].map(lambda level: say(_LEVELS[level]))
    _show(table)


def _laws(found: Overview) -> None:
    lang = language.current()
    rows = [
        {"law": law[f"law_{lang}"], "count": law["count"]} for law in found.counts["not_covered"]
    ]
    if not rows:
        st.success(say(_ALL_ENCODED))
        return
    _show(pd.DataFrame(rows))


def _show(table: pd.DataFrame) -> None:
    heads = {name: say(_HEADS[name]) for name in table.columns}
    st.dataframe(table, hide_index=True, column_config=heads)
