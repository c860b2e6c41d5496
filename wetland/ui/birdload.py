"""Load a file of bird surveys: read, see what is wrong in it and what it says, then save."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.birds.readoptions import LAYOUTS, BirdOptions
from wetland.birds.sightings import ROLES
from wetland.operations.birdfiles import import_birds
from wetland.operations.birds import BirdData, birds_of_file
from wetland.reading.files import Given
from wetland.reading.options import DATUMS
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.ui import birdnames, birdwords, session
from wetland.ui.birdsummary import days_words, summary_of
from wetland.ui.language import name_of, say
from wetland.ui.place import DATUMS as DATUM_NAMES
from wetland.ui.problemgrid import show_problems

KINDS = ["csv", "txt", "tsv", "xlsx", "zip"]
EXAMPLE = "examples/birds.csv"
_FILE = text("鸟类调查文件（CSV、XLSX、DwC-A 等）", "Bird surveys (CSV, XLSX, DwC-A ...)")
_FILE_HELP = text(
    "达尔文核心归档（ZIP）、DwC 表格、eBird（EBD、“我的数据”）、ODK/Kobo、Camtrap DP，或公园自己的"
    "表：物种为行、日期或样点为列。“3+2”＝5，“约50”按约数，“√”＝有而未计数，空格＝未记录，0＝没有。",
    "Darwin Core archive (ZIP) or table, eBird (EBD or “My eBird data”), ODK/Kobo, Camtrap DP, or "
    "your own sheet with species as rows and dates or points as columns. “3+2” is 5, “约50” an "
    "estimate, “√” present and not counted, an empty cell not recorded, 0 absent.",
)
_TRY = text("试用示例文件", "Try the example file")
_START = text(
    "选一个文件，或先试用示例。这里只读不存，点“保存到存储”才写入。",
    "Choose a file, or try the example first. Nothing is stored until you save.",
)
_OPTIONS = text("读取选项：格式、来源、列名对应", "How to read it: layout, source, columns")
_LAYOUT = text("格式", "Layout")
_LAYOUT_AUTO = text("自动判断", "decided from the content")
_LAYOUT_NAMES: Mapping[str, Text] = {
    "dwca": text("达尔文核心归档", "Darwin Core archive"),
    "dwc": text("达尔文核心表格", "Darwin Core table"),
    "camtrap": text("红外相机 Camtrap DP", "Camtrap DP"),
    "ebird": text("eBird", "eBird"),
    "odk": text("ODK / Kobo 表单", "ODK / Kobo form"),
    "sheet": text("公园调查表（物种为行）", "park sheet (species as rows)"),
    "tidy": text("每行一条记录的表", "one record per row"),
}
_SOURCE = text("来源名称（列名设置按它记住）", "Name of the source (how it is read is kept by it)")
_SHEET = text("工作表（空＝第一张）", "Sheet (empty: the first)")
_PLOT = text("没有写样点的行，样点是", "Plot of rows that name none")
_PROTOCOL = text("没有写方法的调查，方法是", "Protocol of surveys that name none")
_YEAR = text("日期没有年份时，年份是", "Year of dates without one")
_COMPLETE = text("见到的种是否全部记录", "Were all species seen written down")
_COMPLETES: Mapping[str, Text] = {
    "": text("按文件", "as the file says"),
    "yes": text("是", "yes"),
    "no": text("否", "no"),
}
_DATUM = text("坐标系", "Datum")
_SAMPLING = text(
    "旁边的文件（eBird 抽样事件、ODK 重复组）", "The file beside it (eBird sampling, ODK repeats)"
)
_COLUMNS = text(
    "列名对应：右格填文件里的列名，空＝自动判断。",
    "Columns: write the name in the file; empty is decided from the content.",
)
_ROLE, _THEIRS = text("含义", "Meaning"), text("文件中的列名", "Column of the file")
_READING = text("正在读取…", "Reading…")
_SAVING = text("正在保存…", "Saving…")
_TILES: Mapping[str, Text] = {
    "surveys": text("调查", "Surveys"),
    "records": text("记录", "Records"),
    "species": text("鸟种", "Species"),
    "unmatched": text("未匹配记录", "Unmatched records"),
    "aside": text("搁置行", "Rows kept aside"),
}
_PREVIEW = text("预览：读到的记录（前 {k} 条，共 {n}）", "Preview: records read (first {k} of {n})")
_PREVIEW_HEADS: Mapping[str, Text] = {
    "day": text("日期", "Day"),
    "plot": text("样点", "Plot"),
    "received": text("原名", "Name as received"),
    "species": text("匹配为", "Matched as"),
    "count": text("计数", "Count"),
    "as_received": text("计数原值", "Count as received"),
}
_ROWS = 200
_SAVE = text("保存到存储", "Save to the store")
_SAVED = text(
    "已保存：新增 {a}，更新 {c}，未变 {u}。", "Saved: {a} added, {c} changed, {u} unchanged."
)


def render(site: Site) -> None:
    """Show the field for a file, what was read, and the button that saves it."""
    given = _file(site)
    options, beside = _options()
    if given is None:
        st.info(say(_START), icon=":material/upload_file:")
        birdnames.of_store(site)
        return
    read = _read(site, given, options, beside)
    birdwords.synthetic_banner(read.synthetic)
    _counts(read)
    _save(site, given, options, beside)
    show_problems(read.problems)
    birdnames.of_file(site, read)
    _preview(read)
    birdnames.of_store(site)


def _file(site: Site) -> Given | None:
    uploaded = st.file_uploader(say(_FILE), type=KINDS, help=say(_FILE_HELP), key="birds-upload")
    if uploaded is not None:
        return Given.of_bytes(uploaded.name, uploaded.getvalue())
    example = site.folder / EXAMPLE
    if example.is_file() and st.toggle(say(_TRY), key="birds-example"):
        return Given.of_bytes(example.name, example.read_bytes())
    return None


def _options() -> tuple[BirdOptions, Given | None]:
    with st.expander(say(_OPTIONS)):
        left, middle, right = st.columns(3)
        layout = left.selectbox(
            say(_LAYOUT), LAYOUTS, index=None, format_func=name_of(_LAYOUT_NAMES),
            placeholder=say(_LAYOUT_AUTO), key="birds-layout",
        )  # fmt: skip
        source = middle.text_input(say(_SOURCE), key="birds-source").strip()
        sheet = right.text_input(say(_SHEET), key="birds-sheet").strip()
        plot = left.text_input(say(_PLOT), key="birds-plot").strip()
        protocol = middle.text_input(say(_PROTOCOL), key="birds-protocol").strip()
        year = right.number_input(
            say(_YEAR), min_value=1900, max_value=2199, value=None, step=1, key="birds-year"
        )
        complete = left.segmented_control(
            say(_COMPLETE), list(_COMPLETES), default="", format_func=name_of(_COMPLETES),
            key="birds-complete", required=True,
        )  # fmt: skip
        datum = middle.selectbox(
            say(_DATUM), DATUMS, format_func=name_of(DATUM_NAMES), key="birds-datum"
        )
        added = st.file_uploader(say(_SAMPLING), type=["csv", "txt", "tsv"], key="birds-beside")
        columns = _columns()
    beside = Given.of_bytes(added.name, added.getvalue()) if added is not None else None
    options = BirdOptions(
        columns=columns,
        layout=layout,
        sheet=sheet or None,
        source=source or None,
        datum=None if datum == DATUMS[0] else datum,
        year=None if year is None else int(year),
        plot=plot or None,
        protocol=protocol or None,
        complete={"yes": True, "no": False}.get(str(complete)),
    )
    return options, beside


def _columns() -> dict[str, str]:
    """Show what each column may mean; return role -> name of the column where one is written."""
    st.caption(say(_COLUMNS))
    frame = pd.DataFrame({"role": [say(name) for name in ROLES.values()], "theirs": ""})
    edited = st.data_editor(
        frame, hide_index=True, disabled=["role"], height=220, key="birds-columns",
        column_config={"role": say(_ROLE), "theirs": say(_THEIRS)},
    )  # fmt: skip
    told = [str(v or "").strip() for v in edited["theirs"]]
    return {role: name for role, name in zip(ROLES, told, strict=True) if name}


def _read(site: Site, given: Given, options: BirdOptions, beside: Given | None) -> BirdData:
    """Return what a file says; the same file read in the same way is read once a session."""
    extra = None if beside is None else beside.sha256()
    parts = (given.name, given.sha256(), repr(options), site.digest, extra, session.today())
    key = hashlib.sha256(repr(parts).encode()).hexdigest()
    known = st.session_state.get("birds-read")
    if known is None or known[0] != key:
        with st.spinner(say(_READING)), tempfile.TemporaryDirectory() as folder:
            told = _with_beside(options, beside, folder)
            known = (key, birds_of_file(given, site, told, today=session.today()))
        st.session_state["birds-read"] = known
    read: BirdData = known[1]
    return read


def _with_beside(options: BirdOptions, beside: Given | None, folder: str) -> BirdOptions:
    """Return the options with the file beside it, which a reader opens by its path."""
    if beside is None:
        return options
    path = Path(folder) / ("beside" + Path(beside.name).suffix)
    path.write_bytes(beside.read())
    return BirdOptions(sampling_file=str(path)).over(options)


def _counts(read: BirdData) -> None:
    summary = summary_of(read.surveys, read.records)
    problems = read.problems
    aside = problems.loc[problems["level"] == "error", "row"].nunique()
    shown = {
        "surveys": summary.surveys,
        "records": summary.records,
        "species": summary.species,
        "unmatched": summary.unmatched,
        "aside": int(aside),
    }
    with st.container(horizontal=True, gap="medium"):
        for name, count in shown.items():
            st.metric(say(_TILES[name]), f"{count:,}", width="content")


def _save(site: Site, given: Given, options: BirdOptions, beside: Given | None) -> None:
    if not st.button(say(_SAVE), type="primary", icon=":material/save:", key="birds-save"):
        return
    actor = session.actor_or_hint()
    if actor is None:
        return
    with st.spinner(say(_SAVING)), tempfile.TemporaryDirectory() as folder:
        told = _with_beside(options, beside, folder)
        store = session.make_store()
        done = import_birds(store, site, given, options=told, actor=actor, today=session.today())
    written = done.written
    said = say(_SAVED, a=written.added, c=written.changed, u=written.unchanged)
    st.success(said, icon=":material/check_circle:")


def _preview(read: BirdData) -> None:
    if not len(read.records):
        return
    surveys = {str(row["survey_id"]): row for row in rows_of(read.surveys)}
    species = read.checklist.species
    rows = []
    for row in rows_of(read.records.head(_ROWS)):
        survey = surveys.get(str(row["survey_id"]), {})
        taxon = row["taxon_id"]
        rows.append(
            {
                "day": days_words(survey.get("event_date"), survey.get("event_end")),
                "plot": survey.get("plot") or "–",
                "received": str(row["name_received"]),
                "species": "–" if taxon is None else birdwords.species_name(species, taxon),
                "count": birdwords.count_words(row),
                "as_received": row["count_received"] or "",
            }
        )
    st.subheader(say(_PREVIEW, k=len(rows), n=len(read.records)), anchor=False)
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, height=300,
        column_config={name: say(head) for name, head in _PREVIEW_HEADS.items()},
    )  # fmt: skip
