"""The trophic index of a lake or pond (综合营养状态指数)."""

from __future__ import annotations

import streamlit as st

from wetland.base.texts import text
from wetland.charts.trophic import Index, trophic_series
from wetland.operations.water import WaterData
from wetland.reports.findings import rows_of
from wetland.ui import drawn, language, waterdata, waterwords
from wetland.ui.language import say
from wetland.ui.plain import md
from wetland.water.trophic import STATES

_TITLE = text("营养状态", "Trophic state")
_NOW = text("{period}：TLI(Σ)={tli:.1f}，{state}", "{period}: TLI(Σ) = {tli:.1f}, {state}")
_NONE = text("这个站点没有可算的指标。", "This station has no item to work it out from.")


def render(held: WaterData, station: str) -> None:
    """Show the index of each year of a lake station, hollow where items are missing."""
    st.subheader(say(_TITLE), anchor=False)
    table = waterdata.trophic(waterdata.with_kind(held) or held, "year")
    rows = [
        r
        for r in sorted(rows_of(table[table["station"] == station]), key=lambda r: str(r["period"]))
        if not waterwords.missing(r["tli"])
    ]
    if not rows:
        st.info(say(_NONE))
        return
    points = [Index(str(r["period"]), float(r["tli"]), bool(r["official"])) for r in rows]
    shown = trophic_series(points, lang=language.current())
    drawn.show(shown, key="water-tli", name=f"water-tli-{station}")
    last = rows[-1]
    said = say(_NOW, period=last["period"], tli=float(last["tli"]), state=STATES[last["state"]])
    if not last["official"] and not waterwords.missing(last["why_not_official"]):
        said += f" · {say(last['why_not_official'])}"
    st.markdown(md(said))
    st.caption(md(waterwords.source_words(held, [station])))
