"""About and data (关于与数据): where everything comes from, and whether it is still sound."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import wetland
from wetland.base.texts import Lang, Text, text
from wetland.operations.sites import check_site
from wetland.sites.load import Site
from wetland.ui import language, session
from wetland.ui.guard import told
from wetland.ui.language import pair, say
from wetland.ui.plain import md

_SITE = text("场地包", "Site pack")
_DIGEST = text("内容校验和", "Digest of its content")
_CRS = text("量算坐标系", "Measured in")
_ZONE_TIME = text("时区", "Time zone")
_SOURCES = text("来源与许可", "Sources and licences")
_CHECK = text("检查场地包", "Check the site pack")
_CHECK_HELP = text(
    "面积与公布值比较、拓扑、条文案例逐条复算。",
    "Areas against declared values, topology, and every case of every rule worked out again.",
)
_CHECKING = text("正在检查…", "Checking…")
_GOOD = text(
    "场地包无误：{zones} 个分区、{rules} 条规定、{cases} 个案例全部通过。",
    "The pack is sound: {zones} zones, {rules} rules, all {cases} cases pass.",
)
_BAD = text("场地包有 {n} 处不符，见下。", "{n} things are off in the pack, see below.")
_AREAS = text("分区面积", "Areas of the zones")
_STORE = text("数据存储", "Store")
_NO_STORE = text("还没有数据存储：{where}", "There is no store yet: {where}")
_WHERE = text("位置", "Where")
_ROWS = text("行数", "Rows")
_TABLE = text("表", "Table")
_VERIFY = text("核验存储", "Verify the store")
_VERIFY_HELP = text(
    "核对审计链和每一行的校验和，找出绕过程序的改动。",
    "Compares the audit chain and every row's digest: finds what was changed behind the program.",
)
_SOUND = text("存储完好：{n} 条审计记录相符。", "The store is sound: {n} audit entries agree.")
_UNSOUND = text("存储有 {n} 处不符：", "{n} things do not agree in the store:")
_AUDIT = text("最近的改动", "Latest changes")
_LIMITS = text(
    "本软件给出的是“疑似问题”，不是行政决定。事实由现场核实，是否违法、如何处罚由有权机关决定。",
    "What this software gives are suspected issues, not decisions. Facts are verified on "
    "site; whether the law was broken and what follows is for the authority to decide.",
)
_PROGRAM = text("程序", "Program")
_COLUMNS: dict[str, Text] = {
    "what": text("内容", "What"),
    "source": text("来源", "Source"),
    "licence": text("许可", "Licence"),
    "name": text("分区", "Zone"),
    "declared_km2": text("公布（km²）", "declared (km²)"),
    "projected_km2": text("投影面积（km²）", "projected (km²)"),
    "geodesic_km2": text("椭球面积（km²）", "geodesic (km²)"),
    "deviation": text("偏差", "deviation"),
    "tolerance": text("允许", "tolerance"),
    "ok": text("相符", "agrees"),
    "schematic": text("示意", "schematic"),
    "positional_accuracy_m": text("边界误差（米）", "edge accuracy (m)"),
}
_AUDIT_COLUMNS: dict[str, Text] = {
    "at": text("时间", "When"),
    "actor": text("操作人", "Who"),
    "reason": text("事由", "Why"),
    "table": text("表", "Table"),
    "key": text("编号", "Row"),
    "action": text("动作", "Action"),
}


def render() -> None:
    """Show the page."""
    site = session.site()
    st.info(say(_LIMITS), icon=":material/balance:")
    left, right = st.columns(2, gap="medium")
    with left:
        _pack(site)
    with right:
        _store(site)


def _pack(site: Site) -> None:
    st.subheader(pair(say(_SITE), say(site.name)), anchor=False)
    lines = {
        _DIGEST: site.digest[:16],
        _CRS: f"EPSG:{site.crs_epsg}",
        _ZONE_TIME: site.timezone,
        _PROGRAM: f"wetland {wetland.__version__}",
    }
    for name, value in lines.items():
        st.caption(md(pair(say(name), value)))
    if st.button(say(_CHECK), icon=":material/fact_check:", help=say(_CHECK_HELP)):
        st.session_state["site-checked"] = site.digest
    if st.session_state.get("site-checked") == site.digest:
        with st.spinner(say(_CHECKING)):
            _show_check(_checked(str(site.folder), site.digest, language.current()))
    st.subheader(say(_SOURCES), anchor=False)
    rows = [source.model_dump() for source in site.config.sources]
    _table(pd.DataFrame(rows, columns=["what", "source", "licence"]))


@st.cache_data(show_spinner=False, max_entries=4)
def _checked(folder: str, digest: str, lang: Lang) -> dict[str, Any]:
    del digest  # part of the key
    return check_site(folder).to_json(lang)


def _show_check(said: dict[str, Any]) -> None:
    faults = [
        *(f"{m['file']}: {m['where']}: {m['what']}" for m in said["mistakes"]),
        *(f"{t['zone']}: {t['what']}" for t in said["topology"]),
        *(f"{c['case']}: {c['faults']}" for c in said["failed_cases"]),
        *(f"{r['rule']}: {r['lacks']}" for r in said["rules_without_cases"]),
        *(str(a["zone"]) for a in said["areas"] if not a["ok"]),
    ]
    if said["ok"]:
        words = say(_GOOD, zones=len(said["areas"]), rules=said["rules"], cases=said["cases"])
        st.success(words, icon=":material/check_circle:")
    else:
        st.warning(say(_BAD, n=len(faults)), icon=":material/error:")
        st.text("\n".join(faults[:200]))
    st.caption(say(_AREAS))
    _table(pd.DataFrame(said["areas"])[[c for c in _COLUMNS if c in {*said["areas"][0]}]])


def _table(frame: pd.DataFrame) -> None:
    names = {key: say(_COLUMNS[key]) for key in frame.columns if key in _COLUMNS}
    st.dataframe(frame, hide_index=True, column_config=names)


def _store(site: Site) -> None:
    st.subheader(say(_STORE), anchor=False)
    store = session.store()
    if store is None:
        st.info(say(_NO_STORE, where=session.store_address(site.id)))
        return
    st.caption(md(pair(say(_WHERE), store.shown)))
    counts = [
        {"table": say(store.schema(name).title), "rows": store.count(name)} for name in store.tables
    ]
    st.dataframe(
        pd.DataFrame(counts),
        hide_index=True,
        column_config={"table": say(_TABLE), "rows": say(_ROWS)},
    )
    _verify()
    st.caption(say(_AUDIT))
    trail = store.audit().tail(50).iloc[::-1]
    trail["at"] = trail["at"].dt.tz_convert(site.timezone).dt.strftime("%Y-%m-%d %H:%M:%S")
    shown = [column for column in _AUDIT_COLUMNS if column in trail.columns]
    st.dataframe(
        trail[shown],
        hide_index=True,
        column_config={key: say(_AUDIT_COLUMNS[key]) for key in shown},
    )


@st.fragment
@told
def _verify() -> None:
    if not st.button(say(_VERIFY), icon=":material/verified_user:", help=say(_VERIFY_HELP)):
        return
    store = session.store()
    if store is None:
        return
    found = store.verify()
    if found.ok:
        st.success(say(_SOUND, n=found.entries), icon=":material/check_circle:")
    else:
        st.error(say(_UNSOUND, n=len(found.faults)), icon=":material/error:")
        st.dataframe(found.frame().head(200), hide_index=True)
    st.caption(md(say(found.limits)))
