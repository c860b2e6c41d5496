"""Show a chart, with its words for who cannot see it, and give it as a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import streamlit as st

from wetland.base.texts import text
from wetland.charts.drawing import Drawing, as_svg
from wetland.ui.language import say

_SVG = text("下载图（SVG）", "Download chart (SVG)")


def show(
    drawn: Drawing,
    *,
    key: str,
    name: str,
    on_pick: Callable[[], None] | Literal["ignore"] = "ignore",
) -> Any:  # noqa: ANN401 - Streamlit's own state of a chart
    """Show a chart over the whole width, and below it the button that gives it as SVG.

    Parameters
    ----------
    key
        Names the chart in this session.
    name
        The name of the file, without its ending.
    on_pick
        Called when a part of a chart with a selection is picked.
    """
    spec = {part: value for part, value in drawn.spec.items() if part != "description"}
    shown = st.vega_lite_chart(
        spec=spec, width="stretch", theme=None, key=key, on_select=on_pick, alt=drawn.alt
    )
    download(drawn, key=key, name=name)
    return shown


def download(drawn: Drawing, *, key: str, name: str) -> None:
    """Show the button that gives a chart as SVG; it is drawn when the button is pressed."""
    st.download_button(
        say(_SVG),
        partial(as_svg, drawn),
        file_name=f"{name}.svg",
        mime="image/svg+xml",
        icon=":material/download:",
        key=f"{key}-svg",
        on_click="ignore",
        type="tertiary",
    )
