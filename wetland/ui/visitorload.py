"""Load a file of counts or of car parks: read, see what is wrong and what it says, then save."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.visitortiers import count_words
from wetland.operations.visitorfiles import import_visitors, visitors_of_file
from wetland.operations.visitors import VisitorData
from wetland.reading.files import Given
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.ui import session, visitorwords
from wetland.ui.birdwords import flag_words
from wetland.ui.language import name_of, say
from wetland.ui.problemgrid import show_problems
from wetland.ui.visitorwords import number
from wetland.visitors.readoptions import CUMULATIVE, HOURS, LAYOUTS, CountOptions
from wetland.visitors.readwords import ROLES
from wetland.visitors.tables import FLAGS, MEASURES, PERIODS, PLACE_KINDS

KINDS = ["csv", "txt", "tsv", "xlsx"]
EXAMPLES = ("examples/visitors.csv", "examples/parking.csv")
_FILE = text("客流或停车场文件（CSV、XLSX）", "Visitors or car parks (CSV, XLSX)")
_FILE_HELP = text(
    "一行一个计数的长表（日期、时刻、入口/区域/码头、人次），一行一天、每个入口一列的宽表，进出并列的"
    "表，累计计数器读数，或停车场表（停车场、泊位数、已停或空位、时间）。合计行列只核对，不作计数。",
    "One count per row (day, time, gate/area/pier, visits), one day per row with a column per "
    "gate, entries beside exits, readings of counters, or car parks (bays, taken or free, time). "
    "Totals are checked against their parts and never taken as counts.",
)
_TRY = text("试用示例文件（合成数据）", "Try an example file (synthetic)")
_EXAMPLE = text("哪个示例", "Which example")
_EXAMPLE_NAMES: Mapping[str, Text] = {
    EXAMPLES[0]: text("客流计数", "counts of visitors"),
    EXAMPLES[1]: text("停车场读数", "readings of car parks"),
}
_START = text(
    "选一个文件，或先试用示例。这里只读不存，点“保存到存储”才写入。",
    "Choose a file, or try the example first. Nothing is stored until you save.",
)
_OPTIONS = text(
    "读取选项：格式、来源、计数器、列名对应", "How to read it: layout, source, counters, columns"
)
_LAYOUT = text("格式", "Layout")
_AUTO = text("自动判断", "decided from the content")
_LAYOUT_NAMES: Mapping[str, Text] = {
    "tidy": text("一行一个计数", "one count per row"),
    "wide": text("每个入口或区域一列", "a column per gate or area"),
    "parking": text("停车场读数", "readings of car parks"),
}
_SOURCE = text("来源名称（读法按它记住）", "Name of the source (how it is read is kept by it)")
_SHEET = text("工作表（空＝第一张）", "Sheet (empty: the first)")
_PLACE = text("没有写地点的行，地点是", "Place of rows that name none")
_MEASURE = text("没有写计数内容时，计的是", "What was counted, where the file does not say")
_COUNTERS = text("数值是计数器累计读数吗", "Are the numbers readings of counters")
_COUNTER_NAMES: Mapping[str, Text] = {
    "no": text("不是", "no"),
    "ever": text("是，一直累加", "yes, they go on"),
    "day": text("是，每天从 0 开始", "yes, from 0 each day"),
}
_HOURS = text("小时的写法", "Hours are written")
_HOUR_NAMES: Mapping[str, Text] = {
    "0-23": text("0–23（小时开始）", "0-23 (by their start)"),
    "1-24": text("1–24（小时结束）", "1-24 (by their end)"),
}
_YEAR = text("日期没有年份时，年份是", "Year of dates without one")
_ZONE = text(
    "时间没有时区时，时区是（空＝场地）", "Time zone where none is told (empty: the site's)"
)
_COLUMNS = text(
    "列名对应：右格填文件里的列名，空＝自动判断。",
    "Columns: write the name in the file; empty is decided from the content.",
)
_ROLE, _THEIRS = text("含义", "Meaning"), text("文件中的列名", "Column of the file")
_READING = text("正在读取…", "Reading…")
_SAVING = text("正在保存…", "Saving…")
_TILES: Mapping[str, Text] = {
    "counts": text("客流计数", "Counts"),
    "readings": text("停车读数", "Car park readings"),
    "places": text("地点", "Places"),
    "suspect": text("存疑", "Suspect"),
    "fail": text("不通过（未采用）", "Failed (not used)"),
    "aside": text("搁置行", "Rows kept aside"),
}
_PREVIEW = text("预览：读到的行（前 {k} 条，共 {n}）", "Preview: rows read (first {k} of {n})")
_FLAGGED = text("只看未通过检验的", "Only those that did not pass")
_HEADS: Mapping[str, Text] = {
    "row": text("行", "Row"),
    "place": text("地点", "Place"),
    "time": text("时间", "Time"),
    "measure": text("内容", "Counted"),
    "period": text("时段", "Period"),
    "value": text("数值", "Value"),
    "received": text("原值", "As received"),
    "flag": text("检验", "Tests"),
    "why": text("说明", "Why"),
}
_BAYS = text("已停 / 泊位", "taken / bays")
_ROWS = 200
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
    visitorwords.synthetic_banner(read.synthetic)
    _tiles(read)
    _save(site, given, options)
    show_problems(read.problems)
    _preview(read)


def _file(site: Site) -> Given | None:
    uploaded = st.file_uploader(say(_FILE), type=KINDS, help=say(_FILE_HELP), key="visitors-upload")
    if uploaded is not None:
        return Given.of_bytes(uploaded.name, uploaded.getvalue())
    there = [name for name in EXAMPLES if (site.folder / name).is_file()]
    if not there or not st.toggle(say(_TRY), key="visitors-example"):
        return None
    name = there[0]
    if len(there) > 1:
        name = st.segmented_control(
            say(_EXAMPLE), there, default=there[0], format_func=name_of(_EXAMPLE_NAMES),
            key="visitors-which", required=True,
        )  # fmt: skip
    path = site.folder / name
    return Given.of_bytes(path.name, path.read_bytes())


def _options() -> CountOptions:
    with st.expander(say(_OPTIONS)):
        left, middle, right = st.columns(3)
        layout = _choice(left, _LAYOUT, LAYOUTS, _LAYOUT_NAMES, key="visitors-layout")
        source = middle.text_input(say(_SOURCE), key="visitors-source").strip()
        sheet = right.text_input(say(_SHEET), key="visitors-sheet").strip()
        measure = _choice(left, _MEASURE, tuple(MEASURES), MEASURES, key="visitors-measure-of")
        place = middle.text_input(say(_PLACE), key="visitors-place-of").strip()
        year = right.number_input(
            say(_YEAR), min_value=1900, max_value=2199, value=None, step=1, key="visitors-year"
        )
        cumulative = _choice(left, _COUNTERS, CUMULATIVE, _COUNTER_NAMES, key="visitors-counters")
        hours = _choice(middle, _HOURS, HOURS, _HOUR_NAMES, key="visitors-hours")
        zone = right.text_input(say(_ZONE), key="visitors-zone").strip()
        columns = _columns()
    return CountOptions(
        columns=columns,
        layout=layout,
        sheet=sheet or None,
        source=source or None,
        timezone=zone or None,
        year=None if year is None else int(year),
        place=place or None,
        measure=measure,
        cumulative=cumulative,
        hours=hours,
    )


def _choice(
    column: Any,  # noqa: ANN401 - a column of the page
    title: Text,
    options: tuple[str, ...],
    names: Mapping[str, Text],
    *,
    key: str,
) -> str | None:
    chosen: str | None = column.selectbox(
        say(title), options, index=None, format_func=name_of(names), placeholder=say(_AUTO), key=key
    )
    return chosen


def _columns() -> dict[str, str]:
    """Show what each column may mean; return role -> name of the column where one is written."""
    st.caption(say(_COLUMNS))
    frame = pd.DataFrame({"role": [say(name) for name in ROLES.values()], "theirs": ""})
    edited = st.data_editor(
        frame, hide_index=True, disabled=["role"], height=220, key="visitors-columns",
        column_config={"role": say(_ROLE), "theirs": say(_THEIRS)},
    )  # fmt: skip
    told = [str(v or "").strip() for v in edited["theirs"]]
    return {role: name for role, name in zip(ROLES, told, strict=True) if name}


def _read(site: Site, given: Given, options: CountOptions) -> VisitorData:
    """Return what a file says; the same file read in the same way is read once a session."""
    parts = (given.name, given.sha256(), repr(options), site.digest, session.today())
    key = hashlib.sha256(repr(parts).encode()).hexdigest()
    known = st.session_state.get("visitors-read")
    if known is None or known[0] != key:
        with st.spinner(say(_READING)):
            known = (key, visitors_of_file(given, site, options, today=session.today()))
        st.session_state["visitors-read"] = known
    read: VisitorData = known[1]
    return read


def _tiles(read: VisitorData) -> None:
    flags = pd.concat([read.counts["flag"], read.parking["flag"]])
    aside = read.problems.loc[read.problems["level"] == "error", "row"].nunique()
    shown = {
        "counts": len(read.counts),
        "readings": len(read.parking),
        "places": len(read.places) + len(read.car_parks),
        "suspect": int((flags == "suspect").sum()),
        "fail": int((flags == "fail").sum()),
        "aside": int(aside),
    }
    with st.container(horizontal=True, gap="medium"):
        for name, count in shown.items():
            st.metric(say(_TILES[name]), f"{count:,}", width="content")


def _save(site: Site, given: Given, options: CountOptions) -> None:
    if not st.button(say(_SAVE), type="primary", icon=":material/save:", key="visitors-save"):
        return
    actor = session.actor_or_hint()
    if actor is None:
        return
    with st.spinner(say(_SAVING)):
        done = import_visitors(
            session.make_store(), site, given, options=options, actor=actor, today=session.today()
        )
    written = done.written
    said = say(_SAVED, a=written.added, c=written.changed, u=written.unchanged)
    st.success(said, icon=":material/check_circle:")


def _preview(read: VisitorData) -> None:
    parts = [(read.counts, _count_row), (read.parking, _reading_row)]
    total = sum(len(table) for table, _ in parts)
    if not total:
        return
    only = st.toggle(say(_FLAGGED), key="visitors-flagged")
    rows = []
    for table, row_of in parts:
        kept = table[table["flag"].isin(["fail", "suspect"])] if only else table
        rows += [row_of(read, row) for row in rows_of(kept.head(_ROWS))]
    st.subheader(say(_PREVIEW, k=len(rows), n=total), anchor=False)
    visitorwords.show_table(rows, _HEADS, key="visitors-preview", tallest=300)


def _count_row(read: VisitorData, row: Mapping[str, Any]) -> dict[str, str]:
    start = row["start_at"]
    days = str(row["counted_on"])
    if row["counted_to"] != row["counted_on"]:
        days = f"{days} – {row['counted_to']}"
    hour = "" if visitorwords.missing(start) else f"{start.astimezone(read.zone):%H:%M}"
    kind = PLACE_KINDS[str(row["place_kind"])]
    return _common(row) | {
        "place": f"{say(read.name(str(row['place'])))} ({say(kind)})",
        "time": f"{days} {hour}".strip(),
        "measure": say(MEASURES[str(row["measure"])]),
        "period": say(PERIODS[str(row["period"])]),
        "value": count_words(number(row["value"])),
    }


def _reading_row(read: VisitorData, row: Mapping[str, Any]) -> dict[str, str]:
    taken = count_words(number(row["occupied"]))
    return _common(row) | {
        "place": say(read.name(str(row["car_park"]))),
        "time": f"{row['read_at'].astimezone(read.zone):%Y-%m-%d %H:%M}",
        "measure": say(_BAYS),
        "period": say(PERIODS["moment"]),
        "value": f"{taken} / {count_words(number(row['capacity']))}",
    }


def _common(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "row": "" if visitorwords.missing(row["source_row"]) else str(int(row["source_row"])),
        "received": str(row["value_received"] or ""),
        "flag": say(FLAGS[str(row["flag"])]),
        "why": flag_words(row["flags"]),
    }
