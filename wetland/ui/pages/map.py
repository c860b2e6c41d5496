"""What applies here (此地适用): a place, a day, an act -> the law, article by article."""

from __future__ import annotations

import streamlit as st

from wetland.base.errors import WetlandError
from wetland.base.texts import text
from wetland.maps.sitemap import (
    ASKED_LEGEND,
    asked_group,
)
from wetland.operations.law import LawAnswer, law_at
from wetland.sites.load import Site
from wetland.ui import answer as answers
from wetland.ui import language, mapview, overlays, place, session, sitebase
from wetland.ui.guard import tell, told
from wetland.ui.language import say

_START = text(
    "点地图上任意一处，或选地标、填坐标：右边列出当日适用的规定。",
    "Click anywhere on the map, pick a landmark or write a position: what applies there that day "
    "is listed here.",
)
_NO_ZONES = text(
    "该日尚无生效的分区，地图上画的是今天的分区，仅供参考。",
    "No zone was in force on that day; the map shows today's zones for orientation only.",
)


def render() -> None:
    """Show the page."""
    place.from_address(session.site())
    _body()


@st.fragment
@told
def _body() -> None:
    site = session.site()
    left, right = st.columns([11, 10], gap="medium")
    with right:
        form = st.container()
        answer_box = st.container()
    with form:
        place.fields(site)
    answer = None
    with answer_box:
        try:
            asked = place.question(site)
            records = session.table("records")
            answer = law_at(site, asked, records=records) if asked is not None else None
        except WetlandError as error:
            tell(error)
        else:
            if answer is None:
                st.info(say(_START), icon=":material/touch_app:")
    said = answer.to_json(language.current()) if answer is not None else None
    with left, st.container(key="sticky"):
        _map(site, answer, answers.headline(said) if said else None)
    if said is not None:
        with answer_box:
            answers.show(site, said)


def _map(site: Site, answer: LawAnswer | None, headline: str | None) -> None:
    on = st.session_state.get("on") or session.today()
    zones = list(site.zones.on(on))
    if not zones:
        zones = list(site.zones.on(session.today()))
        if zones:
            st.caption(say(_NO_ZONES))
    box = st.container()
    groups, items = overlays.layers(site, on, overlays.choose())
    if answer is not None:
        groups.append(asked_group(answer.lon, answer.lat, radius_m=answer.uncertainty_m))
        items.append(ASKED_LEGEND)
    with box:
        base = sitebase.base_map(site, zones)
        mapview.show(base, key="place-map", groups=groups, on_click=place.take_click)
        if headline is not None:
            with st.container(key="short"):  # a phone shows the answer right below the map
                st.markdown(f"**{headline}**")
    sitebase.base_legend(site, items, zones)
