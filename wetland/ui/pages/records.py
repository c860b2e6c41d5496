"""Permits and notices (许可与公告): what holds when and where; add, change, revoke."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.maps.features import table_features
from wetland.maps.sitemap import group_of
from wetland.maps.style import RECORD, RECORD_AREA, LegendItem
from wetland.operations.records import list_records
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.ui import mapview, recordforms, session, sitebase
from wetland.ui.empty import no_store
from wetland.ui.guard import told
from wetland.ui.language import name_of, pair, say
from wetland.ui.mapview import Click
from wetland.ui.plain import md
from wetland.ui.recordwords import kind_of, tip_of

LEGEND = LegendItem(text("许可、公告的范围", "place of a permit or notice"), line=RECORD_AREA)
_TYPES = {
    "": text("全部", "all"),
    "permit": text("许可", "permits"),
    "closure": text("封闭、禁止", "closures"),
    "designation": text("划定区域", "designated areas"),
    "works": text("作业", "works"),
    "event": text("活动", "events"),
    "order": text("责令", "orders"),
}
_TYPE = text("类别", "Type")
_ON = text("当日有效（空＝全部）", "Holds on (empty: all)")
_N = text("{n} 条", "{n} records")
_NONE = text("没有符合条件的记录。", "No record matches.")
_PICK = text("点选一行，或点地图上的范围。", "Pick a row, or a place on the map.")
_INVENTED = text("虚构示例", "invented example")
_STATUS = {
    "issued": text("已发出", "issued"),
    "changed": text("已变更", "changed"),
    "revoked": text("已撤销", "revoked"),
}
_EXPIRED = text("已到期", "expired")
_HEADS: dict[str, Text] = {
    "id": text("编号", "Id"),
    "kind": text("种类", "Kind"),
    "number": text("文号", "Number"),
    "holder": text("持有人", "Holder"),
    "activity": text("行为", "Activity"),
    "from": text("起始日", "First day"),
    "until": text("最后有效日", "Last day"),
    "times": text("季节与时段", "Season and times"),
    "place": text("范围", "Place"),
    "quantity": text("限量", "Quantity"),
    "status": text("状态", "Status"),
    "invented": text("虚构", "Invented"),
}
_DRAWN = text("图上范围", "on the map")
_WHOLE = text("整个场地", "whole site")
_BY = text("发出", "Issued by")
_NOTE = text("备注", "Note")
_REVOKED_ON = text("撤销自", "Revoked from")


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
    add, take = st.columns(2)
    with add:
        recordforms.show_add(site, store)
    with take:
        recordforms.show_import(site, store)
    found = _filtered(site, list_records(store, site, on=_day()))
    st.caption(f"{say(_N, n=len(found))} · {say(_PICK)}")
    left, right = st.columns([11, 9], gap="medium")
    with right, st.container(key="sticky-records"):
        _map(site, found)
    with left:
        row = _table(site, found)
        if row is not None:
            _one(site, row)
            recordforms.show_change(site, store, row)


def _day() -> dt.date | None:
    return st.session_state.get("records-on")


def _filtered(site: Site, found: pd.DataFrame) -> pd.DataFrame:
    type_box, day_box = st.columns([3, 2])
    chosen = type_box.segmented_control(
        say(_TYPE), list(_TYPES), default="", format_func=name_of(_TYPES), required=True,
        key="records-type",
    )  # fmt: skip
    day_box.date_input(
        say(_ON), value=None, min_value=session.FIRST_DAY, max_value=session.LAST_DAY,
        format="YYYY-MM-DD", key="records-on",
    )  # fmt: skip
    kinds = site.vocabulary.records
    of_type = [not chosen or (k in kinds and kinds[k].type == chosen) for k in found["kind"]]
    return found.loc[of_type].reset_index(drop=True)


def _map(site: Site, found: pd.DataFrame) -> None:
    tips = [tip_of(site, row) for row in rows_of(found)]

    def pick(click: Click) -> None:
        st.session_state["records-tip"] = click.tip if click.tip in set(tips) else None

    drawn = table_features(found, "place", tips=tips, marks=RECORD, lines=RECORD_AREA)
    groups = [group_of(drawn)] if drawn else []
    mapview.show(
        sitebase.base_map(site), key="records-map", height=400, groups=groups, on_click=pick
    )
    sitebase.base_legend(site, [LEGEND])


def _table(site: Site, found: pd.DataFrame) -> dict[str, Any] | None:
    if not len(found):
        st.info(say(_NONE))
        return None
    rows = rows_of(found)
    chosen = st.dataframe(
        pd.DataFrame([_row(site, row) for row in rows], columns=[*_HEADS]),
        hide_index=True,
        height=min(38 + 35 * len(rows), 420),
        column_config={name: say(title) for name, title in _HEADS.items()},
        on_select="rerun",
        selection_mode="single-row",
        key="records-table",
    )
    picked = [int(i) for i in chosen["selection"]["rows"] if int(i) < len(rows)]
    if picked:
        return rows[picked[0]]
    tip = st.session_state.get("records-tip")
    return next((row for row in rows if tip and tip_of(site, row) == tip), None)


def _row(site: Site, row: dict[str, Any]) -> dict[str, object]:
    activity = site.vocabulary.activities.get(str(row["activity"]))
    amount = "" if row["quantity"] is None else f"{row['quantity']:g} {row['quantity_unit'] or ''}"
    return {
        "id": row["record_id"],
        "kind": kind_of(site, row),
        "number": row["number"] or "",
        "holder": row["holder"] or "",
        "activity": say(activity.name) if activity is not None else "",
        "from": str(row["valid_from"]),
        "until": str(row["valid_to"] - dt.timedelta(days=1)) if row["valid_to"] else "",
        "times": _times(row),
        "place": _place(site, row),
        "quantity": amount.strip(),
        "status": say(_status(row)),
        "invented": bool(row["synthetic"]),
    }


def _times(row: dict[str, Any]) -> str:
    season = f"{row['season_from']} – {row['season_to']}" if row["season_from"] else ""
    return " ".join(part for part in (season, row["times"] or "") if part)


def _place(site: Site, row: dict[str, Any]) -> str:
    if row["place"] is not None:
        return say(_DRAWN)
    titles = site.config.zone_titles
    zone = row["zone"]
    return say(titles[zone]) if zone in titles else str(zone or say(_WHOLE))


def _one(site: Site, row: dict[str, Any]) -> None:
    shown = _row(site, row)
    with st.container(border=True, key="card-applies-record"):
        with st.container(horizontal=True):
            st.badge(md(shown["status"]), color="gray")
            if row["synthetic"]:
                st.badge(say(_INVENTED), color="orange", icon=":material/science:")
        st.markdown(f"**{md(shown['kind'])}** · {md(row['record_id'])} {md(row['number'] or '')}")
        for name in ("activity", "holder", "from", "until", "times", "place", "quantity"):
            if shown[name]:
                st.caption(md(pair(say(_HEADS[name]), str(shown[name]))))
        more = {_BY: row["issued_by"], _REVOKED_ON: row["revoked_on"], _NOTE: row["note"]}
        for title, value in more.items():
            if value:
                st.caption(md(pair(say(title), str(value))))


def _status(row: Mapping[str, Any]) -> Text:
    """Return what a record is today: revoked, expired by its last day, changed or issued."""
    last = row["valid_to"]
    if row["status"] != "revoked" and last is not None and last <= session.today():
        return _EXPIRED
    return _STATUS[str(row["status"])]
