"""The legend beside a map, drawn in CSS (`st.html` drops SVG, and a colour map would go out)."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from wetland.base.texts import Lang
from wetland.maps.escape import esc
from wetland.maps.style import LegendItem, LineStyle, MarkStyle
from wetland.ui import language

_CUT = {
    "diamond": "polygon(50% 0, 100% 50%, 50% 100%, 0 50%)",
    "triangle": "polygon(50% 0, 100% 100%, 0 100%)",
    "cross": "polygon(38% 0,62% 0,62% 38%,100% 38%,100% 62%,62% 62%,62% 100%,38% 100%,"
    "38% 62%,0 62%,0 38%,38% 38%)",
}


def show(items: Iterable[LegendItem]) -> None:
    """Show the legend as one line that wraps."""
    st.html(html(items, language.current()))


def html(items: Iterable[LegendItem], lang: Lang) -> str:
    """Return the legend as HTML; every label is escaped.

    Examples
    --------
    >>> from wetland.base.texts import text
    >>> "&#60;b&#62;" in html([LegendItem(text("<b>", "<b>"))], "en")
    True
    """
    keys = "".join(
        f'<span class="k">{_sample(item)}{esc(item.label.get(lang))}</span>' for item in items
    )
    return f'<div class="wl-legend">{keys}</div>'


def _sample(item: LegendItem) -> str:
    if item.line is not None:
        return _line(item.line)
    if item.mark is not None:
        return _mark(item.mark)
    return ""


def _line(style: LineStyle) -> str:
    kind = "solid"
    if style.dash:
        first = float(style.dash.split()[0])
        kind = "dashed" if first > 3 else "dotted"
    width = max(2, round(style.weight))
    return f'<i style="width:26px;border-top:{width}px {kind} {style.colour}"></i>'


def _mark(style: MarkStyle) -> str:
    size = max(6, round(style.radius * 1.7))
    look = f"width:{size}px;height:{size}px;"
    if not style.filled:
        look += "border-radius:50%;" if style.shape == "circle" else ""
        return f'<i style="{look}border:2.5px solid {style.colour};background:#fff"></i>'
    look += f"background:{style.colour};"
    if style.shape in _CUT:
        look += f"clip-path:{_CUT[style.shape]};"
    elif style.shape != "square":
        look += "border-radius:50%;"
    return f'<i style="{look}"></i>'
