"""Load a file of water results: read, see what is wrong in it and what it says, then save."""

from __future__ import annotations

import hashlib

import streamlit as st

from wetland.base.texts import text
from wetland.charts.strip import class_strip
from wetland.operations import wateranswers as answers
from wetland.operations.water import WaterData
from wetland.operations.waterfiles import import_water, water_of_file
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.ui import drawn, language, session, waterdata, waterwords
from wetland.ui.language import name_of, say
from wetland.ui.plain import md
from wetland.ui.problemgrid import TALLEST, show_problems
from wetland.ui.wateroverview import cells_of
from wetland.water.readoptions import WaterOptions
from wetland.water.tables import WATER_BODIES

KINDS = ["csv", "txt", "xlsx"]
EXAMPLE = "examples/water.csv"
_FILE = text("水质数据文件（CSV、XLSX）", "Water results (CSV, XLSX)")
_FILE_HELP = text(
    "一行一个结果，或一行一次采样、每个指标一列；中英文表头、表头带单位都可以。"
    "“0.025L”“<0.025”“未检出”按未检出处理，“-1”“—”按未测处理。",
    "One result per row, or one sample per row with a column per parameter; Chinese or English "
    "heads, with units. “<0.025”, “0.025L”, “ND” are non-detects; “-1” and “—” were not measured.",
)
_TRY = text("试用示例文件（合成数据）", "Try the example file (synthetic)")
_START = text(
    "选一个文件，或先试用示例。这里只读不存，点“保存到存储”才写入。",
    "Choose a file, or try the example first. Nothing is stored until you save.",
)
_BODY = text("站点没有说明时，水体是", "Where a station does not say, the water is")
_NOT_SAID = text("不设（按站点资料）", "not set (as the stations say)")
_SHEET = text("工作表（空＝第一张）", "Sheet (empty: the first)")
_SOURCE = text("来源名称（列名设置按它记住）", "Name of the source (how it is read is kept by it)")
_OPTIONS = text("读取选项：水体类型、工作表、来源", "How to read it: water body, sheet, source")
_READING = text("正在读取…", "Reading…")
_SAVING = text("正在保存…", "Saving…")
_RESULTS = text("读入结果", "Results read")
_STATIONS = text("站点", "Stations")
_QA = text("质控样", "Quality samples")
_CENSORED = text("未检出", "Not detected")
_SUSPECT = text("存疑", "Suspect")
_ASIDE = text("搁置行", "Rows kept aside")
_PREVIEW = text("预览：每月类别", "Preview: class of each month")
_SAVE = text("保存到存储", "Save to the store")
_SAVED = text(
    "已保存：新增 {a}，更新 {c}，未变 {u}。", "Saved: {a} added, {c} changed, {u} unchanged."
)


def render(site: Site) -> None:
    """Show the field for a file, what was read, and the button that saves it."""
    given = _file(site)
    options = _options()
    if given is None:
        st.info(say(_START), icon=":material/upload_file:")
        return
    read = _read(site, given, options)
    waterwords.synthetic_banner(read)
    _counts(read)
    _save(site, given, options)
    show_problems(read.problems, height=TALLEST)
    _preview(read)


def _file(site: Site) -> Given | None:
    uploaded = st.file_uploader(say(_FILE), type=KINDS, help=say(_FILE_HELP), key="water-upload")
    if uploaded is not None:
        return Given.of_bytes(uploaded.name, uploaded.getvalue())
    example = site.folder / EXAMPLE
    if example.is_file() and st.toggle(say(_TRY), key="water-example"):
        return Given.of_bytes(example.name, example.read_bytes())
    return None


def _options() -> WaterOptions:
    with st.expander(say(_OPTIONS)):
        left, middle, right = st.columns(3)
        body = left.selectbox(
            say(_BODY),
            list(WATER_BODIES),
            index=None,
            format_func=name_of(WATER_BODIES),
            placeholder=say(_NOT_SAID),
            key="water-body",
        )
        sheet = middle.text_input(say(_SHEET), key="water-sheet").strip()
        source = right.text_input(say(_SOURCE), key="water-source").strip()
    return WaterOptions(water_body=body, sheet=sheet or None, source=source or None)


def _read(site: Site, given: Given, options: WaterOptions) -> WaterData:
    """Return what a file says; the same file read in the same way is read once a session."""
    parts = (given.name, given.sha256(), repr(options), site.digest)
    key = hashlib.sha256(repr(parts).encode()).hexdigest()
    known = st.session_state.get("water-read")
    if known is None or known[0] != key:
        with st.spinner(say(_READING)):
            known = (key, water_of_file(given, site, options=options))
        st.session_state["water-read"] = known
    read: WaterData = known[1]
    return read


def _counts(read: WaterData) -> None:
    results = read.results
    problems = read.problems
    aside = problems.loc[problems["level"] == "error", "row"].nunique()
    shown = {
        _RESULTS: int((results["flag"] != "missing").sum()),
        _STATIONS: results["station"].nunique(),
        _QA: int((results["qa"] != "sample").sum()),
        _CENSORED: int((results["censoring"] == "below").sum()),
        _SUSPECT: int((results["flag"] == "suspect").sum()),
        _ASIDE: int(aside),
    }
    with st.container(horizontal=True, gap="medium"):
        for title, count in shown.items():
            st.metric(say(title), f"{count:,}", width="content")


def _save(site: Site, given: Given, options: WaterOptions) -> None:
    if not st.button(say(_SAVE), type="primary", icon=":material/save:", key="water-save"):
        return
    actor = session.actor_or_hint()
    if actor is None:
        return
    with st.spinner(say(_SAVING)):
        done = import_water(session.make_store(), site, given, options=options, actor=actor)
    written = done.written
    said = say(_SAVED, a=written.added, c=written.changed, u=written.unchanged)
    st.success(said, icon=":material/check_circle:")


def _preview(read: WaterData) -> None:
    held = waterdata.with_kind(read) if len(read.results) else None
    if held is None:
        return
    st.subheader(say(_PREVIEW), anchor=False)
    classes = answers.classes_of(held, per="month")
    periods = sorted(set(classes["period"]))[-24:]
    named = waterwords.labels(held)
    cells = cells_of(classes[classes["period"].isin(periods)], named)
    shown = class_strip(cells, lang=language.current(), rows=list(named.values()))
    drawn.show(shown, key="water-preview", name="water-preview")
    st.caption(md(waterwords.source_words(held)))
