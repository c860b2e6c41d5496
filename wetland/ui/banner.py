"""The banner of a site whose boundaries are a drawing: it is on every page, and says the mode."""

from __future__ import annotations

import streamlit as st

from wetland.base.texts import text
from wetland.sites.load import Site
from wetland.ui import session
from wetland.ui.language import say
from wetland.ui.plain import md

_EXERCISE = text(
    "**演练模式**：把示意边界当作实测边界来判断。",
    "**Exercise mode**: schematic boundaries are taken as if they had been surveyed.",
)
_STRICT = text(
    "**严格模式**：凡取决于示意边界的，一律答“待定”。",
    "**Strict mode**: whatever hangs on a schematic boundary is answered “undecided”.",
)
_SWITCH = text("严格答案", "Strict answers")
_HELP = text(
    "打开后不再把示意边界当作实测边界。", "Turn on to stop taking schematic edges as surveyed."
)


def show(site: Site) -> None:
    """Show the notice of a schematic site and the one switch between exercise and strict answers.

    A site whose zones are all surveyed has neither.
    """
    if not any(zone.schematic for zone in site.zones):
        return
    strict = not session.assume_schematic()
    words = say(_STRICT if strict else _EXERCISE)
    with st.container(
        key="banner-strict" if strict else "banner",
        horizontal=True,
        vertical_alignment="center",
    ):
        st.markdown(f":material/warning: {words} {md(say(site.config.schematic_notice))}")
        st.toggle(say(_SWITCH), value=strict, key="strict-switch", help=say(_HELP), on_change=_turn)


def _turn() -> None:
    st.session_state["strict"] = st.session_state["strict-switch"]
