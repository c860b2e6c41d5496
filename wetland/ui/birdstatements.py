"""Published numbers of recorded species: bars with their sources, never a line through them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from wetland.base.texts import text
from wetland.birds.species import ListStatement
from wetland.charts.birdlist import TITLE, ListBar, published_list
from wetland.maps.escape import esc
from wetland.ui import drawn, language
from wetland.ui.language import say

_NOTE = text(
    "别人公布的“有记录以来共多少种”，不是本系统的测量；调查努力量未公布，名录只增不减，"
    "所以两根柱之间不能算增长或趋势。",
    "What others published as “species ever recorded”, not measurements of this system. The effort "
    "is unknown and such a list can only grow: nothing may be read from one bar to the next.",
)
_CONFLICT = text("{year} 年说法不一（{n}）。", "Published numbers for {year} differ ({n}).")
_SHADES = text(
    "带“?”的柱上，短线是其他说法；颜色越浅，可信度越低。",
    "Where there is a “?”, short marks are the other numbers; the paler a bar, the less sure.",
)
_CONFIDENCE = {
    "high": text("可信度高", "high confidence"),
    "medium": text("可信度中", "medium confidence"),
    "low": text("可信度低", "low confidence"),
}
_SOURCES = text("来源与原话", "Sources and wording")


def render(found: Sequence[ListStatement]) -> None:
    """Show the statements as bars with what they say and where; nothing without any."""
    if not found:
        return
    title = say(TITLE)
    st.subheader(title[:1].upper() + title[1:], anchor=False)
    st.caption(say(_NOTE))
    lang = language.current()
    bars = [
        ListBar(s.year, s.species, say(s.wording), s.source, s.confidence, s.at_least, s.conflicts)
        for s in found
    ]
    drawn.show(published_list(bars, lang=lang), key="birds-list", name="bird-list-published")
    said = [
        say(_CONFLICT, year=s.year, n=" / ".join(str(n) for n in sorted({s.species, *s.conflicts})))
        for s in found
        if s.conflicts
    ]
    st.caption(" ".join([*said, say(_SHADES)]))
    with st.expander(say(_SOURCES)):
        st.html("".join(_line(s) for s in sorted(found, key=lambda s: (s.year, s.species))))


def _line(s: ListStatement) -> str:
    sign = "≥" if s.at_least else ""
    note = f"{s.source} · {say(_CONFIDENCE[s.confidence])}"
    return (
        f'<div class="wl-said"><b>{s.year}</b><span>{sign}{s.species}</span>'
        f"<span>{esc(say(s.wording))}<small>{esc(note)}</small></span></div>"
    )
