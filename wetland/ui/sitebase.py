"""What every map of a site starts from, and the words of a site that several pages use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import streamlit as st

from wetland.maps.offline import OfflineMap
from wetland.maps.sitemap import LANDMARK_LEGEND, site_map, zone_legend
from wetland.maps.style import LegendItem
from wetland.operations.law import site_words
from wetland.sites.load import Site
from wetland.ui import assets, language, legend, session
from wetland.ui.language import pair, say
from wetland.ui.plain import md
from wetland.zones.model import Zone

_NAMED_KINDS = frozenset({"place", "entrance", "landmark"})


def zones_shown(site: Site, on: dt.date | None = None) -> list[Zone]:
    """Return the zones valid on a day (default: today), to draw."""
    return list(site.zones.on(on or session.today()))


def landmarks(site: Site) -> list[tuple[str, Any]]:
    """Return the named places of a site, in the language of the session."""
    lang = language.current()
    return [
        (str(row.name_zh if lang == "zh" else row.name_en), row.geometry)
        for row in site.landmarks.itertuples(index=False)
        if row.kind in _NAMED_KINDS
    ]


def base_map(site: Site, zones: Sequence[Zone] | None = None) -> OfflineMap:
    """Return the map of a site: its zones and landmarks. Made in every run, never cached."""
    drawn = zones_shown(site) if zones is None else zones
    return site_map(drawn, landmarks(site), assets=assets.serve(), lang=language.current())


def base_legend(
    site: Site, more: Sequence[LegendItem] = (), zones: Sequence[Zone] | None = None
) -> None:
    """Show the legend of a site's map, and how figures of its zones were read."""
    drawn = zones_shown(site) if zones is None else zones
    items = zone_legend(drawn, site.config.zone_titles)
    legend.show([*items, LANDMARK_LEGEND, *more])
    titles = site.config.zone_titles
    notes = {kind: say(note) for kind, note in site.config.readings.items()}
    for zone in drawn:
        if zone.reading is not None:
            notes.setdefault(zone.kind, say(zone.reading))
    for kind, note in notes.items():
        if kind in {zone.kind for zone in drawn}:
            st.caption(md(pair(say(titles[kind]), note)))


def fact_name(site: Site, name: str) -> str:
    """Return what a missing thing is called."""
    return say(site_words(site).name(name))
