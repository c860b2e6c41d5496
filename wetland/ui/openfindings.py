"""Findings of one detector on its own page: how many are open, and the button that looks again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.reports.detectors import rule_titles
from wetland.sites.load import Site
from wetland.store import Store
from wetland.store.transaction import Written
from wetland.ui import session
from wetland.ui.language import COMMA, say

_WORKING = text("正在检查…", "Looking…")
_DONE = text(
    "完成：疑似 {b}，待定 {u}；新增 {a}，更新 {c}。",
    "Done: {b} suspected, {u} undecided; {a} new, {c} changed.",
)
_NONE = text("没有待核实的", "none open")
_COUNT = text("{name} {n}", "{name}: {n}")


class Screened(Protocol):
    """What a screening gave: how many findings of each outcome, and what was written."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many findings there are, by outcome."""

    @property
    def written(self) -> Written | None:
        """Return what changed in the table of findings."""


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector and its words: ``opened`` (with ``{n}``), ``never``, and those of the button."""

    name: str
    opened: Text
    never: Text
    look: Text


def mine(detector: str) -> pd.DataFrame | None:
    """Return the findings of a detector; None where nobody looked for any."""
    held = session.table("findings")
    if held is None:
        return None
    found = held[held["detector"] == detector]
    return found if len(found) else None


def opened(detector: str) -> pd.DataFrame | None:
    """Return its findings that are broken and still open; None where nobody looked for any."""
    found = mine(detector)
    if found is None:
        return None
    return found[(found["status"] == "open") & (found["outcome"] == "broken")]


def waiting(detector: str) -> int | None:
    """Return how many of its findings are open; None where nobody looked for any."""
    found = opened(detector)
    return None if found is None else len(found)


def by_rule(detector: str) -> str:
    """Return how many of its findings are open under each rule, in words."""
    found = opened(detector)
    if found is None or not len(found):
        return say(_NONE)
    titles = rule_titles()
    counts = found["rule"].value_counts()
    return say(COMMA).join(
        say(_COUNT, name=titles.get(str(rule), text(str(rule), str(rule))), n=int(n))
        for rule, n in sorted(counts.items())
    )


def render(
    site: Site, detector: Detector, screen: Callable[[Store, Site, str], Screened], *, key: str
) -> None:
    """Show how many findings are open, and the button that screens what the store holds.

    Parameters
    ----------
    screen
        Screens and keeps, given the store, the site and who acts.
    key
        Names the button in this session.
    """
    n = waiting(detector.name)
    with st.container(horizontal=True, vertical_alignment="center"):
        words = say(detector.never) if n is None else say(detector.opened, n=n)
        st.caption(f":material/flag: {words}")
        pressed = st.button(say(detector.look), icon=":material/refresh:", key=key)
    store = session.store()
    if not pressed or store is None:
        return
    actor = session.actor_or_hint()
    if actor is None:
        return
    with st.spinner(say(_WORKING)):
        done = screen(store, site, actor)
    counts = {"b": done.counts["broken"], "u": done.counts["undecided"], "a": 0, "c": 0}
    if done.written is not None:
        counts |= {"a": done.written.added, "c": done.written.changed}
    st.success(say(_DONE, **counts), icon=":material/check_circle:")
