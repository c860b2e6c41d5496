"""What a session works on: the site, its store, who acts, and how strict the answers are."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from streamlit.runtime import Runtime

from wetland.base.errors import WetlandError
from wetland.base.findings import FINDINGS
from wetland.base.texts import Text, text
from wetland.operations.birdexport import findings_for_role
from wetland.operations.indexes import warm_in_background
from wetland.operations.stores import default_store, open_store
from wetland.sites.load import Site, find_pack, list_packs, open_site
from wetland.store import Store
from wetland.ui.language import name_of, say

DEFAULT_SITE = "xixi"
ROLE = "WETLAND_ROLE"
DEFAULT_ROLE = "public"
# Days a field accepts; without them a field only offers ten years round today.
FIRST_DAY = dt.date(1950, 1, 1)
LAST_DAY = dt.date(2100, 1, 1)
_SITE = text("场地", "Site")
_ACTOR = text("操作人", "Your name")
_ACTOR_HELP = text(
    "保存、修改时记入审计记录。", "Goes into the audit trail with whatever you save or change."
)
_ACTOR_NEEDED = text(
    "请先在侧栏填写操作人，再保存。", "Enter your name in the sidebar first, then save."
)


def choose_site() -> None:
    """Show the choice of site, where there is more than one."""
    options = list(list_packs())
    asked = _asked_site()
    if asked not in options:
        options.insert(0, asked)
    if len(options) > 1:
        st.selectbox(
            say(_SITE),
            options,
            index=options.index(asked),
            format_func=name_of({name: _site_name(name) for name in options}),
            key="site",
        )


def _asked_site() -> str:
    chosen = st.session_state.get("site")
    if chosen in list_packs():
        return str(chosen)
    return str(st.query_params.get("site") or os.environ.get("WETLAND_SITE") or DEFAULT_SITE)


def _site_name(name: str) -> Text:
    try:
        return _open(name).name
    except WetlandError:  # an ill-formed pack still stands in the list; opening it says why
        return text(name, name)


@st.cache_resource(show_spinner=False, max_entries=8)
def _open_site(folder: str, stamp: str) -> Site:
    del stamp  # part of the key: a changed pack is read again
    opened = open_site(folder)
    if isinstance(Runtime.instance() if Runtime.exists() else None, Runtime):  # not in a test
        warm_in_background(opened)
    return opened


def _open(name: str) -> Site:
    folder = find_pack(name)
    files = [p for p in sorted(folder.glob("**/*")) if p.suffix in {".yaml", ".geojson"}]
    stamp = ";".join(f"{p.name}:{p.stat().st_mtime_ns}:{p.stat().st_size}" for p in files)
    return _open_site(str(folder), stamp)


def site() -> Site:
    """Return the site of this session; a changed pack is read again without a restart.

    Raises
    ------
    InputError, PackError
        There is no such pack, or it is ill-formed.
    """
    return _open(_asked_site())


def store_address(site_id: str) -> str:
    """Return where the store of a site is: ``WETLAND_STORE``, else ``.wetland/<site>.gpkg``."""
    return os.environ.get("WETLAND_STORE") or str(default_store(site_id))


def store_exists(address: str) -> bool:
    """Tell whether there is a store at ``address`` (a server is taken to be there)."""
    return "://" in address or Path(address).is_file()


@st.cache_resource(show_spinner=False, max_entries=8, on_release=lambda store: store.close())
def _open_store(address: str, file: str, _site: Site) -> Store:
    del file  # part of the key: another file in the same place is another store
    return open_store(address, _site)


def _file_of(address: str) -> str:
    if "://" in address:
        return ""
    found = Path(address).stat()
    return f"{found.st_dev}:{found.st_ino}"


def store() -> Store | None:
    """Return the store of the site of this session, or None where there is none yet."""
    current = site()
    address = store_address(current.id)
    if not store_exists(address):
        return None
    return _open_store(address, _file_of(address), current)


@st.cache_resource(show_spinner=False, max_entries=16)
def _read(address: str, head: str, table: str, site_id: str, _store: Store) -> pd.DataFrame:
    del address, head  # part of the key: a change in the store is read
    return _store.read(table, {"site": site_id})


def table(name: str) -> pd.DataFrame | None:
    """Return a table of this site to read (never to change), or None where there is no store.

    Findings are as this session's role may see them: places of sensitive birds are generalised.
    """
    current = store()
    if current is None:
        return None
    held = _read(current.shown, current.head().hash, name, site().id, current)
    return findings_for_role(held, site(), role()) if name == FINDINGS.name else held


@st.cache_resource(show_spinner=False, max_entries=16)
def _last_change(address: str, head: str, table: str, _store: Store) -> str:
    del address, head  # part of the key: a change in the store is read
    trail = _store.audit(table=table)
    return str(trail["hash"].iloc[-1]) if len(trail) else ""


def last_change(table: str) -> str:
    """Return what changes whenever a row of a table changes; empty where there is no store."""
    current = store()
    if current is None:
        return ""
    return _last_change(current.shown, current.head().hash, table, current)


def version_of(tables: Sequence[str]) -> str:
    """Return what changes whenever answers from some tables of this session may be others.

    The store, the pack, the day, and each table; empty where there is no store.
    """
    current = store()
    if current is None:
        return ""
    changes = (last_change(name) for name in tables)
    return "|".join([current.shown, site().digest, today().isoformat(), *changes])


def make_store() -> Store:
    """Return the store of the site of this session; a new one where there is none yet."""
    current = site()
    address = store_address(current.id)
    if not store_exists(address):
        Path(address).parent.mkdir(parents=True, exist_ok=True)
        open_store(address, current).close()
    return _open_store(address, _file_of(address), current)


def actor() -> str:
    """Return who acts in this session (may be empty)."""
    return str(st.session_state.get("actor", "")).strip()


def ask_actor() -> None:
    """Show the field for the name that goes into the audit trail."""
    st.text_input(
        say(_ACTOR),
        value=os.environ.get("WETLAND_ACTOR", ""),
        key="actor",
        help=say(_ACTOR_HELP),
        max_chars=60,
    )


def actor_or_hint() -> str | None:
    """Return who acts, or say that a name is needed and return None."""
    if actor():
        return actor()
    st.warning(say(_ACTOR_NEEDED))
    return None


def role() -> str:
    """Return the role of this session: ``WETLAND_ROLE``, else the public, who sees the least."""
    return os.environ.get(ROLE, "").strip() or DEFAULT_ROLE


def assume_schematic() -> bool:
    """Tell whether schematic edges are taken as surveyed (exercise mode)."""
    return not st.session_state.get("strict", not site().config.exercise_mode)


def today() -> dt.date:
    """Return today's date where the site is."""
    return dt.datetime.now(ZoneInfo(site().timezone)).date()
