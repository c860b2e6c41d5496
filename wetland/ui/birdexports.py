"""Give the bird surveys out: a Darwin Core archive, or one CSV, as this session's role may see."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from wetland.base.texts import text
from wetland.operations.birdexport import export_birds
from wetland.sites.load import Site
from wetland.store import Store
from wetland.ui import birdwords, session
from wetland.ui.language import say
from wetland.ui.plain import md

_TITLE = text("下载数据", "Download the data")
_ARCHIVE = text("达尔文核心归档（ZIP）", "Darwin Core archive (ZIP)")
_TABLE = text("表格（CSV）", "Table (CSV)")
_NOTE = text(
    "被否定的记录不给出，未审核的注明；合成数据逐条注明；按角色“{role}”决定位置是否模糊。",
    "Rejected records are not given out, unreviewed ones say so, synthetic data are marked row by "
    "row; places as the role “{role}” may see them.",
)
_FILES = (("zip", _ARCHIVE, "application/zip"), ("csv", _TABLE, "text/csv"))


def render(site: Site) -> None:
    """Show the buttons that give the stored surveys and records out."""
    store = session.store()
    if store is None:
        return
    st.subheader(say(_TITLE), anchor=False)
    with st.container(horizontal=True):
        for suffix, title, mime in _FILES:
            st.download_button(
                say(title),
                partial(file_of, store, site, suffix, session.role()),
                file_name=f"{site.id}-birds.{suffix}",
                mime=mime,
                icon=":material/download:",
                key=f"birds-{suffix}",
                on_click="ignore",
            )
    st.caption(md(say(_NOTE, role=birdwords.role_name(session.role()))))


def file_of(store: Store, site: Site, suffix: str, role: str) -> bytes:
    """Return the archive (``zip``) or the table (``csv``) as `wetland birds export` writes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"birds.{suffix}"
        return export_birds(store, site, path, role=role).path.read_bytes()
