"""Forms of the records page: add, change, revoke, import. Each change is in the audit trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import streamlit as st
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from wetland.base.errors import InputError, WetlandError
from wetland.base.texts import text
from wetland.operations.records import (
    add_record,
    change_record,
    import_records,
    revoke_record,
)
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.store import Store
from wetland.ui import language, session
from wetland.ui.guard import tell
from wetland.ui.language import name_of, say
from wetland.ui.place import read_where
from wetland.ui.plain import md
from wetland.zones.datums import to_wgs84
from wetland.zones.projection import project_geometry, unproject_geometry

_ADD = text("新增一条记录", "Add a record")
_KIND = text("种类", "Kind")
_NUMBER = text("文号", "Number of the document")
_HOLDER = text("持有人（空＝任何人）", "Holder (empty: anyone)")
_ACTIVITY = text("行为（空＝任何）", "Activity (empty: any)")
_FROM = text("起始日", "First day")
_LAST = text("最后有效日", "Last day")
_BY = text("发出单位", "Issued by")
_NOTE = text("备注", "Note")
_WHERE = text("范围", "Place")
_WHERE_CHOICES = {
    "site": text("整个场地", "the whole site"),
    "zone": text("一个分区", "a zone"),
    "circle": text("以一点为圆心", "round a place"),
    "wkt": text("边界（WKT，经度 纬度）", "boundary (WKT, longitude latitude)"),
}
_ZONE = text("分区", "Zone")
_CENTRE = text("圆心：经度, 纬度（WGS84）", "Centre: longitude, latitude (WGS84)")
_RADIUS = text("半径（米）", "Radius (m)")
_WKT = text("WKT", "WKT")
_TIMES = text("季节与时段", "Season and times")
_SEASON_FROM = text("每年起（月-日）", "Each year from (MM-DD)")
_SEASON_TO = text("每年止（月-日，含）", "Each year to (MM-DD, included)")
_WEEKDAYS = text("星期（空＝每天）", "Weekdays (empty: every day)")
_HOURS = text("每天时段，如 06:00-18:00", "Hours, such as 06:00-18:00")
_DAYS = {
    "1": text("周一", "Mon"), "2": text("周二", "Tue"), "3": text("周三", "Wed"),
    "4": text("周四", "Thu"), "5": text("周五", "Fri"), "6": text("周六", "Sat"),
    "7": text("周日", "Sun"),
}  # fmt: skip
_SAVE = text("保存", "Save")
_SAVED = text("已保存：{i}", "Saved: {i}")
_BAD_HOURS = text("时段须写成 06:00-18:00", "write hours as 06:00-18:00")
_NO_CENTRE = text("请填圆心", "give the centre")
_CHANGE = text("变更", "Change")
_REVOKE = text("撤销", "Revoke")
_ON = text("自哪天起不再有效", "No longer holds from")
_REASON = text("原因（记入审计）", "Reason (goes into the audit trail)")
_REASON_NEEDED = text("请写明原因", "give a reason")
_CHANGED = text("已变更：{i}", "Changed: {i}")
_REVOKED = text("已撤销：{i}", "Revoked: {i}")
_IMPORT = text("从文件导入", "Import a file")
_FILE = text("记录文件（CSV、GeoJSON、GeoPackage）", "Records (CSV, GeoJSON, GeoPackage)")
_TAKE = text("导入", "Import")
_IMPORTED = text(
    "导入完成：新增 {a}，更新 {c}，未变 {u}，问题 {p}。",
    "Imported: {a} added, {c} changed, {u} unchanged, {p} problems.",
)

Values = dict[str, object]


def show_add(site: Site, store: Store) -> None:
    """Show the form for a new record."""
    with st.expander(say(_ADD), icon=":material/add:"):
        values = _fields(site)
        if st.button(say(_SAVE), type="primary", key="record-save", icon=":material/save:"):
            _do(lambda actor: say(_SAVED, i=_add(site, store, values, actor)))


def _add(site: Site, store: Store, values: Values, actor: str) -> str:
    place = values.pop("place", None)
    if callable(place):
        values["place"] = place()
    hours = values.pop("hours", "")
    values |= _times(values.pop("weekdays", ()), str(hours))
    given = {name: value for name, value in values.items() if value not in (None, "", ())}
    return add_record(store, site, given, actor=actor)


def _fields(site: Site) -> Values:
    kinds = {key: kind.name for key, kind in site.vocabulary.records.items()}
    activities = {key: a.name for key, a in site.vocabulary.activities.items()}
    left, right = st.columns(2)
    values: Values = {
        "kind": left.selectbox(say(_KIND), list(kinds), format_func=name_of(kinds), key="r-kind"),
        "number": right.text_input(say(_NUMBER), key="r-number"),
        "holder": left.text_input(say(_HOLDER), key="r-holder"),
        "activity": right.selectbox(
            say(_ACTIVITY), ["", *activities], format_func=name_of(activities), key="r-activity"
        ),
        "valid_from": left.date_input(
            say(_FROM), value=session.today(), min_value=session.FIRST_DAY,
            max_value=session.LAST_DAY, format="YYYY-MM-DD", key="r-from",
        ),
        "last_day": right.date_input(
            say(_LAST), value=None, min_value=session.FIRST_DAY, max_value=session.LAST_DAY,
            format="YYYY-MM-DD", key="r-last",
        ),
        "issued_by": left.text_input(say(_BY), key="r-by"),
        "note": right.text_input(say(_NOTE), key="r-note"),
    }  # fmt: skip
    return values | _place_fields(site) | _time_fields()


def _place_fields(site: Site) -> Values:
    how = st.segmented_control(
        say(_WHERE), list(_WHERE_CHOICES), default="site", required=True,
        format_func=name_of(_WHERE_CHOICES), key="r-where",
    )  # fmt: skip
    if how == "zone":
        titles = site.config.zone_titles
        return {
            "zone": st.selectbox(
                say(_ZONE), list(titles), format_func=name_of(titles), key="r-zone"
            )
        }
    if how == "circle":
        left, right = st.columns([2, 1])
        written = left.text_input(say(_CENTRE), key="r-centre")
        radius = right.number_input(say(_RADIUS), min_value=1.0, value=100.0, key="r-radius")
        return {"place": lambda: circle(site, written, radius)}
    if how == "wkt":
        return {"place": st.text_area(say(_WKT), key="r-wkt")}
    return {}


def circle(site: Site, centre: str, radius_m: float) -> BaseGeometry:
    """Return a circle on the ground, measured in the site's projected CRS.

    Raises
    ------
    InputError
        The centre cannot be read.
    """
    where = read_where(centre)
    if where is None:
        raise InputError(_NO_CENTRE)
    lon, lat = to_wgs84(*where, "wgs84")
    middle = project_geometry(Point(float(lon), float(lat)), site.crs_epsg)
    return unproject_geometry(middle.buffer(radius_m, quad_segs=16), site.crs_epsg)


def _time_fields() -> Values:
    with st.expander(say(_TIMES)):
        left, right = st.columns(2)
        return {
            "season_from": left.text_input(say(_SEASON_FROM), key="r-season-from"),
            "season_to": right.text_input(say(_SEASON_TO), key="r-season-to"),
            "weekdays": left.pills(
                say(_WEEKDAYS), list(_DAYS), selection_mode="multi", format_func=name_of(_DAYS),
                key="r-weekdays",
            ),
            "hours": right.text_input(say(_HOURS), key="r-hours"),
        }  # fmt: skip


def _times(weekdays: Any, hours: str) -> Values:  # noqa: ANN401 - what a widget returns
    import json

    times: dict[str, object] = {}
    if weekdays:
        times["weekdays"] = sorted(int(day) for day in weekdays)
    if hours.strip():
        first, dash, last = hours.replace("–", "-").replace("—", "-").partition("-")
        if not dash:
            raise InputError(_BAD_HOURS)
        times["hours"] = [first.strip(), last.strip()]
    return {"times": json.dumps(times)} if times else {}


def show_change(site: Site, store: Store, row: dict[str, Any]) -> None:
    """Show the forms that change or revoke one record; a revoked one has none."""
    if row["status"] == "revoked":
        return
    record_id = str(row["record_id"])
    change, revoke = st.columns(2)
    with change, st.popover(say(_CHANGE), icon=":material/edit:"):
        _change(site, store, record_id, row)
    with revoke, st.popover(say(_REVOKE), icon=":material/block:"):
        _revoke(store, record_id)


def _change(site: Site, store: Store, record_id: str, row: dict[str, Any]) -> None:
    until = row["valid_to"]
    last = st.date_input(
        say(_LAST), value=until - dt.timedelta(days=1) if until else None,
        min_value=session.FIRST_DAY, max_value=session.LAST_DAY, format="YYYY-MM-DD",
        key=f"c-last-{record_id}",
    )  # fmt: skip
    holder = st.text_input(say(_HOLDER), value=row["holder"] or "", key=f"c-holder-{record_id}")
    note = st.text_input(say(_NOTE), value=row["note"] or "", key=f"c-note-{record_id}")
    reason = st.text_input(say(_REASON), key=f"c-reason-{record_id}")
    if not st.button(say(_SAVE), key=f"c-save-{record_id}", type="primary"):
        return
    values = {"last_day": last, "holder": holder, "note": note}
    given = {name: value for name, value in values.items() if value not in (None, "")}

    def act(actor: str) -> str:
        change_record(store, site, record_id, given, actor=actor, reason=_given(reason))
        return say(_CHANGED, i=record_id)

    _do(act)


def _revoke(store: Store, record_id: str) -> None:
    on = st.date_input(
        say(_ON), value=session.today(), min_value=session.FIRST_DAY, max_value=session.LAST_DAY,
        format="YYYY-MM-DD", key=f"v-on-{record_id}",
    )  # fmt: skip
    reason = st.text_input(say(_REASON), key=f"v-reason-{record_id}")
    if not st.button(say(_REVOKE), key=f"v-save-{record_id}", type="primary"):
        return

    def act(actor: str) -> str:
        revoke_record(store, record_id, on=on, actor=actor, reason=_given(reason))
        return say(_REVOKED, i=record_id)

    _do(act)


def _given(reason: str) -> str:
    if not reason.strip():
        raise InputError(_REASON_NEEDED)
    return reason.strip()


def show_import(site: Site, store: Store) -> None:
    """Show the field that takes a file of records."""
    with st.expander(say(_IMPORT), icon=":material/upload_file:"):
        uploaded = st.file_uploader(
            say(_FILE), type=["csv", "txt", "json", "geojson", "gpkg"], key="record-file"
        )
        pressed = st.button(say(_TAKE), key="record-import", disabled=uploaded is None)
        if not pressed or uploaded is None:
            return
        given = Given.of_bytes(uploaded.name, uploaded.getvalue())
        problems: list[dict[str, Any]] = []

        def act(actor: str) -> str:
            done = import_records(store, site, given, actor=actor)
            problems.extend(done.to_json(language.current())["problems"])
            written = done.written
            words = {"a": written.added, "c": written.changed, "u": written.unchanged}
            return say(_IMPORTED, p=len(problems), **words)

        _do(act)
        if problems:
            st.dataframe(problems, hide_index=True)


def _do(act: Callable[[str], str]) -> None:
    """Do something that writes: with a name for the audit trail, errors told in words."""
    actor = session.actor_or_hint()
    if actor is None:
        return
    try:
        st.success(md(act(actor)), icon=":material/check_circle:")
    except WetlandError as error:
        tell(error)
