"""The views of a page: one choice, which its address may make."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from wetland.base.texts import Text, text
from wetland.ui.language import name_of, say

_VIEW = text("看什么", "View")


def view_of_address(key: str, views: Mapping[str, Text]) -> None:
    """Take the view that the address asks for (``?view=``), once a session; else the first."""
    if key not in st.session_state:
        first = next(iter(views))
        asked = st.query_params.get("view", first)
        st.session_state[key] = asked if asked in views else first


def choose_view(key: str, views: Mapping[str, Text]) -> str:
    """Show the choice of views and return the one chosen."""
    return str(
        st.segmented_control(
            say(_VIEW), list(views), format_func=name_of(views), key=key,
            label_visibility="collapsed", required=True,
        )
    )  # fmt: skip
