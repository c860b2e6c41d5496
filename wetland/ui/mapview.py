"""Show a map and hand on what was clicked.

`st_folium` loads whatever a map's parts name, so every map passes `localise` here, just before. A
map is never cached: st_folium changes its parts, and the second visitor would see a blank frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from wetland.maps.offline import OfflineMap, localise
from wetland.maps.sitemap import FeatureGroup

# Naming what is used keeps a pan or a zoom from running the page again.
_RETURNED = ("last_clicked", "last_object_clicked", "last_object_clicked_tooltip")


@dataclass(frozen=True, slots=True)
class Click:
    """A click on a map: where (WGS 84), and the tooltip of what it hit."""

    lon: float
    lat: float
    tip: str | None


def show(
    map_: OfflineMap,
    *,
    key: str,
    height: int = 460,
    groups: Sequence[FeatureGroup] = (),
    on_click: Callable[[Click], None] | None = None,
) -> None:
    """Show ``map_``; ``on_click`` is called with each new click before the page runs again.

    Parameters
    ----------
    key
        Names the map in this session; each map on a page has its own.
    groups
        Layers that change from run to run: they are put on without drawing the map again, so zoom
        and place stay.

    Raises
    ------
    MapError
        The map would go out to the network, or is too large.
    """
    # Registers its component only inside a running script: never import it at the top.
    from streamlit_folium import st_folium

    def clicked() -> None:
        came = st.session_state.get(key)
        click = read_click(came) if isinstance(came, Mapping) else None
        if click is not None and on_click is not None:
            on_click(click)

    localise(map_, map_.assets, groups)
    with st.container(key=f"map-{key}"):
        st_folium(
            map_,
            key=key,
            height=height,
            use_container_width=True,
            returned_objects=list(_RETURNED) if on_click else [],
            feature_group_to_add=list(groups) or None,
            on_change=clicked,
        )


def read_click(came: Mapping[str, object]) -> Click | None:
    """Read what the map sent; the tooltip counts only if the *last* click hit that thing.

    Examples
    --------
    >>> read_click({"last_clicked": {"lng": 120.0, "lat": 30.0}, "last_object_clicked": None})
    Click(lon=120.0, lat=30.0, tip=None)
    """
    at = came.get("last_clicked")
    if not isinstance(at, Mapping):
        return None
    tip = came.get("last_object_clicked_tooltip")
    hit = tip is not None and came.get("last_object_clicked") == at
    lon = (float(at["lng"]) + 180.0) % 360.0 - 180.0
    return Click(round(lon, 6), round(float(at["lat"]), 6), str(tip) if hit else None)
