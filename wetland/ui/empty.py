"""What a page shows while there is no store: what to do, and the demo at one press."""

from __future__ import annotations

import streamlit as st

from wetland.base.texts import Text, text
from wetland.sites.load import Site
from wetland.ui import session
from wetland.ui.language import say

_NO_STORE = text("还没有数据存储（{where}）。", "There is no store yet ({where}).")
_HOW = text(
    "可先准备演示数据（虚构的逐条标明），或在“筛查文件”页保存第一个文件。",
    "Prepare the demo data (what is invented is marked so), or save a first file on the page "
    "“Screen a file”.",
)
_NO_DEMO = text("这个场地没有演示数据。", "This site has no demo data.")
_PREPARE = text("准备演示数据", "Prepare the demo data")
_WORKING = text("正在准备演示数据…", "Preparing the demo data…")


def no_store(site: Site) -> None:
    """Say that there is no store, and offer to make the demo's."""
    from wetland.operations.demo import has_demo, prepare_demo

    address = session.store_address(site.id)
    st.info(f"{say(_NO_STORE, where=address)} {say(_HOW)}", icon=":material/database:")
    if not has_demo(site):
        st.caption(say(_NO_DEMO))
        return
    if st.button(say(_PREPARE), type="primary", icon=":material/play_arrow:", key="prepare-demo"):
        bar = st.progress(0.0, text=say(_WORKING))

        def tell(share: float, words: Text) -> None:
            bar.progress(share, text=say(words))

        prepare_demo(site, address, progress=tell)
        st.rerun()
