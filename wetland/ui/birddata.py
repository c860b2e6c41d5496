"""The birds of the site of this session and the answers about them, each worked out once.

An answer is kept under the version of the bird tables and of the pack, and the day. Kept frames are
read, never changed. Numbers come from exact data; whatever shows a place comes from `seen`, in
which the places of sensitive species are blurred for roles that may not see them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.birdgroups import members
from wetland.birds.trim import TrimSettings
from wetland.operations import birdanswers as answers
from wetland.operations import birds as operations
from wetland.operations.birdanswers import BirdAlerts
from wetland.operations.birdindicator import BirdIndicator, indicator_of
from wetland.operations.birds import BirdData
from wetland.sites.load import Site
from wetland.store import Store
from wetland.ui import session

if TYPE_CHECKING:
    import pandas as pd

ONE_SLOPE = text("改用单一斜率的模型 2：{why}", "model 2 with one slope is shown instead: {why}")
TABLES = ("bird_surveys", "bird_records", "bird_names", "sources")


def exact(site: Site) -> bool:
    """Tell whether this session's role may see exact places of sensitive species."""
    return session.role() in site.birds.exact_roles


def hidden(held: BirdData, taxon_id: str) -> bool:
    """Tell whether places of a species are not for this session's role."""
    known = held.checklist.species.get(taxon_id)
    told = known is not None and known.sensitivity != "none"
    return told and session.role() not in held.pack.exact_roles


def version() -> str:
    """Return what changes whenever the birds of this session may answer otherwise."""
    return session.version_of(TABLES)


@st.cache_resource(show_spinner=False, max_entries=4)
def _data(version: str, _store: Store, _site: Site) -> BirdData:
    del version  # the key
    return replace(operations.birds_of_store(_store, _site), as_of=session.today())


def data() -> BirdData | None:
    """Return the birds of this site, exact, or None where none are stored."""
    store = session.store()
    if store is None:
        return None
    held = _data(version(), store, session.site())
    return held if len(held.surveys) else None


@st.cache_resource(show_spinner=False, max_entries=4)
def _seen(version: str, role: str, _held: BirdData) -> BirdData:
    del version
    return _held.seen_by(role)


def seen(held: BirdData) -> BirdData:
    """Return the birds as this session's role may see them: for maps and tables of records."""
    return _seen(version(), session.role(), held)


@st.cache_resource(show_spinner=False, max_entries=48)
def _index(version: str, taxon_id: str, _held: BirdData) -> dict[str, Any]:
    del version
    try:
        return answers.index_of(_held, taxon_id).to_json()
    except InputError as error:
        # Seasons without a single bird carry no effect of their own; one slope they do carry.
        slope = TrimSettings(model=2, overdispersion=True, serial_correlation=True)
        answer = _or_raise(error, lambda: answers.index_of(_held, taxon_id, slope).to_json())
        note = ONE_SLOPE.fill(why=error.message)
        return {**answer, "notes": [*answer["notes"], {"zh": note.zh, "en": note.en}]}


def _or_raise(first: InputError, fit: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what the second model gives; where it fails too, the first says why."""
    try:
        return fit()
    except InputError:
        raise first from None


def index(held: BirdData, taxon_id: str) -> dict[str, Any]:
    """Return the index of a species as `wetland.birds.trimanswer` says it.

    Model 3 has an effect for each season; where the counts do not carry it, model 2 with one slope
    is fitted, and a note says so.

    Raises
    ------
    InputError
        No index can be fitted, e.g. because there is one plot only; the error says why.
    """
    return _index(version(), taxon_id, held)


@st.cache_resource(show_spinner=False, max_entries=8)
def _richness(version: str, _held: BirdData) -> pd.DataFrame:
    del version
    return answers.richness_of(_held)


def richness(held: BirdData) -> pd.DataFrame:
    """Return the species of each year, its effort, and what equal effort would have found."""
    return _richness(version(), held)


@st.cache_resource(show_spinner=False, max_entries=4)
def _alerts(version: str, _held: BirdData) -> BirdAlerts:
    del version
    return answers.alerts_of(_held)


def alerts(held: BirdData) -> BirdAlerts:
    """Return the alerts and 1 % tests of all species."""
    return _alerts(version(), held)


@st.cache_resource(show_spinner=False, max_entries=12)
def _indicator(version: str, group: str, _held: BirdData) -> BirdIndicator:
    del version
    return indicator_of(_held, group)


def indicator(held: BirdData, group: str) -> BirdIndicator:
    """Return the index of a group of species (`wetland.birds.birdgroups.GROUPS`).

    Raises
    ------
    InputError
        No species of the group has an index.
    """
    return _indicator(version(), group, held)


@st.cache_resource(show_spinner=False, max_entries=4)
def _species(version: str, _held: BirdData) -> frozenset[str]:
    del version
    return frozenset(_held.species)


def met(held: BirdData, group: str) -> list[str]:
    """Return the species of a group that were met."""
    there = _species(version(), held)
    return [one for one in members(held.checklist.species.values(), group) if one in there]
