"""Where a species was found: exact places for roles that may see them, squares for the others."""

from __future__ import annotations

import streamlit as st

from wetland.base.texts import text
from wetland.maps.birds import (
    ABSENT_LEGEND,
    CELL_LEGEND,
    PRESENT_LEGEND,
    BirdPlace,
    bird_group,
)
from wetland.maps.stations import show_all
from wetland.operations.birds import BirdData
from wetland.sites.load import Site
from wetland.ui import birddata, birdwords, mapview, session, sitebase
from wetland.ui.birdsummary import Place, places_of
from wetland.ui.language import say
from wetland.ui.plain import md

_TITLE = text("分布", "Where")
_FOUND = text("{name}：有记录 {k} 次", "{name}: recorded {k} times")
_MOST = text("，最多 {n:g} 只", ", at most {n:g}")
_LAST = text("，最近 {d}", ", last on {d}")
_ABSENT = text("{name}：查过 {k} 次，没有", "{name}: looked for {k} times, absent")
_SOMEWHERE = text("约 {m:.0f} 米范围内", "within about {m:.0f} m")
_HERE = text("此处", "here")
_NOWHERE = text("没有带位置的记录。", "No record of it has a place.")


def render(site: Site, held: BirdData, taxon: str) -> None:
    """Show the map of a species, as this session's role may see it."""
    st.subheader(say(_TITLE), anchor=False)
    seen = birddata.seen(held)
    places = places_of(seen.surveys, seen.records, taxon)
    hidden = birddata.hidden(held, taxon)
    if hidden:
        role = birdwords.role_name(session.role())
        st.caption(":material/blur_on: " + md(say(birdwords.BLURRED, role=role)))
    names = {p.id: say(p.name) for p in site.birds.plots}
    marks = [_mark(p, names) for p in places]
    base = sitebase.base_map(site)
    if marks and not hidden:
        show_all(base, [(m.lon, m.lat) for m in marks])
    groups = [bird_group(marks)] if marks else []
    mapview.show(base, key="birds-map", height=400, groups=groups)
    items = [PRESENT_LEGEND, ABSENT_LEGEND]
    if any(m.blurred_m is not None for m in marks):
        items = [CELL_LEGEND, *items]
    sitebase.base_legend(site, items)
    if not marks:
        st.caption(say(_NOWHERE))
    st.caption(md(birdwords.source_words(held.surveys, held.sources)))


def _mark(p: Place, names: dict[str, str]) -> BirdPlace:
    if p.blurred_m is not None:
        name = say(_SOMEWHERE, m=p.blurred_m)
    else:
        name = names.get(p.name, p.name) or say(_HERE)
    if p.found:
        tip = say(_FOUND, name=name, k=p.found)
        tip += say(_MOST, n=p.most) if p.most is not None else ""
        tip += say(_LAST, d=p.last)
    else:
        tip = say(_ABSENT, name=name, k=p.absent)
    return BirdPlace(p.lon, p.lat, tip, p.found > 0, p.blurred_m)
