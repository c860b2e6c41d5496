"""What applies here (此地适用): a place, a day, an act -> the law, article by article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from wetland.base.errors import WetlandError
from wetland.base.texts import text
from wetland.maps.sitemap import (
    ASKED_LEGEND,
    LANDMARK_LEGEND,
    FeatureGroup,
    asked_group,
    site_map,
    zone_legend,
)
from wetland.operations.law import LawAnswer, law_at
from wetland.sites.load import Site
from wetland.ui import answer as answers
from wetland.ui import assets, language, legend, mapview, place, session
from wetland.ui.guard import tell, told
from wetland.ui.language import pair, say
from wetland.ui.plain import md
from wetland.zones.model import Zone

_NAMED_KINDS = frozenset({"place", "entrance"})
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
            answer = law_at(site, asked) if asked is not None else None
        except WetlandError as error:
            tell(error)
        else:
            if answer is None:
                st.info(say(_START), icon=":material/touch_app:")
    with left, st.container(key="sticky"):
        _map(site, answer)
    if answer is not None:
        with answer_box:
            answers.show(site, answer)


def _map(site: Site, answer: LawAnswer | None) -> None:
    on = st.session_state.get("on") or session.today()
    zones = list(site.zones.on(on))
    if not zones:
        zones = list(site.zones.on(session.today()))
        if zones:
            st.caption(say(_NO_ZONES))
    lang = language.current()
    shown = site_map(zones, landmarks(site), assets=assets.serve(), lang=lang)
    groups: list[FeatureGroup] = []
    if answer is not None:
        groups.append(asked_group(answer.lon, answer.lat, radius_m=answer.uncertainty_m))
    mapview.show(shown, key="place-map", groups=groups, on_click=place.take_click)
    items = zone_legend(zones, site.config.zone_titles)
    legend.show([*items, LANDMARK_LEGEND, *([ASKED_LEGEND] if answer else [])])
    _readings(site, zones)


def landmarks(site: Site) -> list[tuple[str, Any]]:
    """Return the named places of a site to write on a map, in the language of the session."""
    lang = language.current()
    return [
        (str(row.name_zh if lang == "zh" else row.name_en), row.geometry)
        for row in site.landmarks.itertuples(index=False)
        if row.kind in _NAMED_KINDS
    ]


def _readings(site: Site, zones: Sequence[Zone]) -> None:
    kinds = {zone.kind for zone in zones}
    notes = {kind: note for kind, note in site.config.readings.items() if kind in kinds}
    names = site.config.zone_titles
    for zone in zones:
        if zone.reading is not None:
            notes.setdefault(zone.kind, zone.reading)
    for kind, note in notes.items():
        st.caption(md(pair(say(names[kind]), say(note))))
