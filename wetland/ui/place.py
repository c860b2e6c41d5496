"""The place, day and act a ranger asks about: kept for the session, read from fields and clicks."""

from __future__ import annotations

import datetime as dt
import re

import streamlit as st

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.maps.offline import GPS_TIP
from wetland.operations.law import LawQuestion
from wetland.regulations.facts import parse_facts
from wetland.sites.load import Site
from wetland.ui import session
from wetland.ui.language import name_of, say
from wetland.ui.mapview import Click

DATUMS = {
    "wgs84": text("WGS84（GPS）", "WGS84 (GPS)"),
    "cgcs2000": text("CGCS2000（国家2000）", "CGCS2000"),
    "gcj02": text("GCJ-02（高德、腾讯）", "GCJ-02 (Amap, Tencent)"),
    "bd09": text("BD-09（百度）", "BD-09 (Baidu)"),
}
SOURCES = {
    "map_click": text("地图点选", "click on a map"),
    "gps": text("卫星定位", "GPS"),
    "photo": text("照片定位", "photo"),
    "declared": text("口头或文字申报", "declared"),
    "unknown": text("来源不明", "unknown"),
}
_WHERE = text("经度, 纬度", "Longitude, latitude")
_WHERE_HINT = text("例：120.0668, 30.2742", "e.g. 120.0668, 30.2742")
_DATUM = text("坐标系", "Datum")
_LANDMARK = text("地标", "Landmark")
_LANDMARK_HINT = text("选一个地标", "pick a landmark")
_ON = text("行为日期", "Day of the act")
_ACTIVITY = text("行为（可不选）", "Activity (optional)")
_ACTIVITY_HINT = text("不选则列出全部适用规定", "none: everything that applies")
_MORE = text(
    "地标、坐标系、位置误差、决定日期", "Landmark, datum, position uncertainty, decision day"
)
_UNCERTAINTY = text("位置误差（米）", "Position uncertainty (m)")
_WIDEST = text("按来源最宽：{m}", "widest of its source: {m}")
_SOURCE = text("位置来源", "How it was positioned")
_DECIDED = text("决定日期", "Day of the decision")
_DECIDED_HELP = text(
    "填写后才查决定之日有无较轻的新法。", "Only with it is a later and milder law looked for."
)
_NOT_TWO = text("请填“经度, 纬度”两个数", "write two numbers: longitude, latitude")
_SWAPPED = text(
    "像是先纬度后经度；请写成：{lon}, {lat}",
    "this looks like latitude first; write: {lon}, {lat}",
)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def read_where(written: str) -> tuple[float, float] | None:
    """Read ``longitude, latitude`` as people write it; None where nothing is written.

    Raises
    ------
    InputError
        Not two numbers, or the two in the wrong order. The order is never guessed: it is said.

    Examples
    --------
    >>> read_where("120.0668，30.2742")
    (120.0668, 30.2742)
    """
    if not written.strip():
        return None
    found = _NUMBER.findall(written)
    if len(found) != 2:
        raise InputError(_NOT_TWO, hint=_WHERE_HINT)
    lon, lat = (float(number) for number in found)
    if abs(lat) > 90 and abs(lon) <= 90:
        raise InputError(_SWAPPED.fill(lon=found[1], lat=found[0]))
    return lon, lat


def take_click(click: Click) -> None:
    """Ask about the place clicked on the map, or where the browser says it is."""
    st.session_state["where"] = f"{click.lon:.6f}, {click.lat:.6f}"
    st.session_state["datum"] = "wgs84"
    st.session_state["landmark"] = None
    told = (click.tip or "").removeprefix(GPS_TIP)
    by_gps = click.tip is not None and click.tip.startswith(GPS_TIP) and told.isdigit()
    st.session_state["source"] = "gps" if by_gps else "map_click"
    st.session_state["uncertainty"] = float(told) if by_gps else None


def from_address(site: Site) -> None:
    """Take ``?lon= &lat= &on= &activity=`` of the address, once: a link to an answer."""
    if "where" in st.session_state:
        return
    asked = st.query_params
    if "lon" in asked and "lat" in asked:
        st.session_state["where"] = f"{asked['lon'][:20]}, {asked['lat'][:20]}"
    known = [a for a in asked.get_all("activity") if a in site.vocabulary.activities]
    if known:
        st.session_state["activity"] = known[0]
    try:
        st.session_state["on"] = dt.date.fromisoformat(asked.get("on", ""))
    except ValueError:
        return


def fields(site: Site) -> None:
    """Show the fields; what they hold is read by `question`."""
    where, day = st.columns([3, 2])
    where.text_input(say(_WHERE), key="where", placeholder=say(_WHERE_HINT), on_change=_typed)
    st.session_state.setdefault("on", session.today())
    day.date_input(
        say(_ON),
        key="on",
        min_value=session.FIRST_DAY,
        max_value=session.LAST_DAY,
        format="YYYY-MM-DD",
    )
    activities = {key: a.name for key, a in site.vocabulary.activities.items()}
    st.selectbox(
        say(_ACTIVITY),
        list(activities),
        index=None,
        format_func=name_of(activities),
        placeholder=say(_ACTIVITY_HINT),
        key="activity",
    )
    with st.expander(say(_MORE)):
        _more(site)


def _more(site: Site) -> None:
    left, right = st.columns(2)
    with left:
        _landmark(site)
    right.selectbox(say(_DATUM), list(DATUMS), format_func=name_of(DATUMS), key="datum")
    defaults = site.config.position_defaults
    how, wide = st.columns(2)
    how.selectbox(say(_SOURCE), list(defaults), format_func=name_of(SOURCES), key="source")
    widest = defaults[st.session_state.get("source", "declared")]
    wide.number_input(
        say(_UNCERTAINTY),
        min_value=0.0,
        value=None,
        placeholder=say(_WIDEST, m=f"{widest:g}"),
        key="uncertainty",
    )
    st.date_input(
        say(_DECIDED),
        value=None,
        min_value=session.FIRST_DAY,
        max_value=session.LAST_DAY,
        key="decided",
        format="YYYY-MM-DD",
        help=say(_DECIDED_HELP),
    )


def _landmark(site: Site) -> None:
    landmarks = {
        str(row.id): text(str(row.name_zh), str(row.name_en))
        for row in site.landmarks.itertuples(index=False)
    }
    st.selectbox(
        say(_LANDMARK),
        list(landmarks),
        index=None,
        format_func=name_of(landmarks),
        placeholder=say(_LANDMARK_HINT),
        key="landmark",
        on_change=_take_landmark,
        args=(site,),
        disabled=not landmarks,
    )


def _typed() -> None:
    st.session_state["source"] = "declared"
    st.session_state["landmark"] = None


def _take_landmark(site: Site) -> None:
    chosen = site.landmarks[site.landmarks["id"] == st.session_state["landmark"]]
    if len(chosen):
        place = chosen.geometry.iloc[0]
        st.session_state["where"] = f"{place.x:.6f}, {place.y:.6f}"
        st.session_state["datum"] = "wgs84"
        st.session_state["source"] = "declared"


def question(site: Site) -> LawQuestion | None:
    """Return what is asked, or None while no place is given.

    Raises
    ------
    InputError
        The place cannot be read.
    """
    where = read_where(str(st.session_state.get("where", "")))
    if where is None:
        return None
    state = st.session_state
    activity = state.get("activity")
    return LawQuestion(
        where[0],
        where[1],
        state.get("on"),
        activities=() if activity is None else (activity,),
        facts=parse_facts(site.vocabulary, facts()),
        decided_on=state.get("decided"),
        assume_schematic=session.assume_schematic(),
        uncertainty_m=state.get("uncertainty"),
        position_source=state.get("source", "declared"),
        datum=state.get("datum", "wgs84"),
    )


def facts() -> dict[str, object]:
    """Return the facts answered in this session."""
    known: dict[str, object] = st.session_state.setdefault("facts", {})
    return known
