"""The pages: one line each. A new page is its module in `wetland.ui.pages` and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import streamlit as st

from wetland.base.texts import Text, text
from wetland.ui.guard import told
from wetland.ui.language import say

Frame = Callable[[Callable[[], None]], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: the last part of its address, its module, what it is called, its icon."""

    path: str
    title: Text
    short: Text
    icon: str
    in_tab_bar: bool = True


ENTRIES = (
    Entry("map", text("此地适用", "What applies here"), text("地图", "Map"), ":material/map:"),
    Entry("screen", text("筛查文件", "Screen a file"), text("筛查", "Screen"), ":material/rule:"),
    Entry("findings", text("疑似问题", "Findings"), text("问题", "Findings"), ":material/flag:"),
    Entry(
        "records",
        text("许可与公告", "Permits and notices"),
        text("记录", "Records"),
        ":material/description:",
    ),
    Entry("law", text("法规", "Law"), text("法规", "Law"), ":material/gavel:"),
    Entry("water", text("水质", "Water"), text("水质", "Water"), ":material/water_drop:"),
    Entry("birds", text("鸟类", "Birds"), text("鸟类", "Birds"), ":material/flutter_dash:"),
    Entry("visitors", text("游客", "Visitors"), text("游客", "Visitors"), ":material/groups:"),
    Entry(
        "about",
        text("关于与数据", "About and data"),
        text("关于", "About"),
        ":material/info:",
        False,
    ),
)


def pages(frame: Frame) -> dict[str, st.Page]:
    """Return the pages in order, each shown by ``frame``; the first is what a visitor sees."""
    return {
        entry.path: st.Page(
            _runner(entry.path, frame),
            title=say(entry.title),
            icon=entry.icon,
            url_path=entry.path,
            default=entry is ENTRIES[0],
        )
        for entry in ENTRIES
    }


def _runner(path: str, frame: Frame) -> Callable[[], None]:
    def run_page() -> None:
        told(lambda: frame(import_module(f"wetland.ui.pages.{path}").render))()

    run_page.__name__ = path  # Streamlit tells pages apart by this name
    return run_page


def tab_bar(shown: dict[str, st.Page]) -> None:
    """Show the bar at the lower edge of a phone; the style sheet hides it on wider screens."""
    with st.bottom, st.container(key="tabs", horizontal=True, horizontal_alignment="distribute"):
        for entry in ENTRIES:
            if entry.in_tab_bar:
                st.page_link(shown[entry.path], label=say(entry.short), icon=entry.icon)
