"""Birds (鸟类): what was found with what effort, how each species fares, what needs a decision."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from wetland.base.texts import Text, text
from wetland.sites.load import Site
from wetland.ui import (
    birdalertview,
    birddata,
    birdload,
    birdoverview,
    birdqueue,
    birdspecies,
    birdstatements,
    birdwords,
    empty,
    session,
)
from wetland.ui.guard import told
from wetland.ui.language import say
from wetland.ui.plain import md
from wetland.ui.views import choose_view, view_of_address

VIEWS: Mapping[str, Text] = {
    "overview": text("总览", "Overview"),
    "species": text("鸟种", "Species"),
    "alerts": text("预警", "Alerts"),
    "queue": text("审核", "Review"),
    "load": text("导入文件", "Load a file"),
}
_NO_BIRDS = text(
    "存储里还没有鸟类调查。到“导入文件”读入一份，或先看下面公布的名录种数。",
    "The store holds no bird surveys yet. Read a file under “Load a file”.",
)


def render() -> None:
    """Show the page."""
    view_of_address("birds-view", VIEWS)
    _body()


@st.fragment
@told
def _body() -> None:
    site = session.site()
    view = choose_view("birds-view", VIEWS)
    if view == "load":
        birdload.render(site)
        return
    held = birddata.data()
    if held is None:
        _nothing(site)
        return
    birdwords.synthetic_banner(held.synthetic)
    if view == "queue" and _hidden(site):
        role = birdwords.role_name(session.role())
        st.caption(":material/blur_on: " + md(say(birdwords.BLURRED, role=role)))
    if view == "overview":
        birdoverview.render(site, held)
    elif view == "species":
        birdspecies.render(site, held)
    elif view == "alerts":
        birdalertview.render(site, held)
    else:
        birdqueue.render(site)


def _hidden(site: Site) -> bool:
    """Tell whether this session's role sees places of some species blurred."""
    sensitive = any(s.sensitivity != "none" for s in site.birds.species)
    return sensitive and not birddata.exact(site)


def _nothing(site: Site) -> None:
    if session.store() is None:
        empty.no_store(site)
    else:
        st.info(say(_NO_BIRDS), icon=":material/flutter_dash:")
    birdstatements.render(site.birds.statements)
