"""The app: what stands on every page, and the pages.

Run by ``app.py``; ``streamlit run wetland/ui/main.py`` works too.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from wetland.base.texts import text
from wetland.ui import banner, language, look, navigation, session
from wetland.ui.language import say

TITLE = text("湿地保护管理平台", "Wetland monitoring")


def run() -> None:
    """Show the app once (Streamlit calls this for every interaction)."""
    lang = language.current()
    st.set_page_config(
        page_title=say(TITLE),
        page_icon=str(look.ICON),
        layout="wide",
        initial_sidebar_state="auto",
    )
    look.apply(lang)
    pages = navigation.pages(_with_banner)
    page = st.navigation(list(pages.values()), position="sidebar")
    with st.sidebar:
        session.choose_site()
        session.ask_actor()
    _head(page.title)
    page.run()
    navigation.tab_bar(pages)


def _head(title: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title(title, anchor=False)
        language.switch("language")


def _with_banner(page: Callable[[], None]) -> None:
    banner.show(session.site())
    page()


if __name__ == "__main__":
    run()
