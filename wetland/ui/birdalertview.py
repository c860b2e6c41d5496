"""Alerts of declines and the 1 % test: of one species, and of all of them (预警)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.birds.onepercent import OUTCOMES
from wetland.birds.seasons import season_label
from wetland.charts.birdalerts import SpanChange, alert_spans
from wetland.charts.birdindex import IndexPoint, index_series
from wetland.operations.birds import BirdData
from wetland.sites.load import Site
from wetland.ui import birddata, birdfindings, birdgroupview, birdwords, drawn, language
from wetland.ui.birdindexview import NAMES_PLOTS
from wetland.ui.birdoverview import choose
from wetland.ui.language import SEMICOLON, pair, say
from wetland.ui.plain import md

Answer = Mapping[str, Any]

_TITLE = text("下降预警", "Alerts of declines")
_SMOOTHED = text("平滑指数（{base} = 100）", "Smoothed index ({base} = 100)")
_CHANGES = text("各时段的变化", "Change over each span")
_REFERENCE = text(
    "变化由平滑指数算得，量到倒数第二季（{r}）：最后一季受单季波动影响，不作终点。区间由样点自助"
    "抽样得到，下降 25% 起为中度、50% 起为高度。",
    "Changes are those of the smoothed index up to the season before the last ({r}): the last one "
    "hangs on one season's noise. Intervals by bootstrap over plots. From 25 % medium, from 50 % "
    "high.",
)
_NOT = text("没有检验：{why}", "Not tested: {why}")
_ALL = text("各鸟种的预警与 1% 标准", "Alerts and the 1 % test, species by species")
_NONE = text("还没有可检验的鸟种。", "There is no species to test yet.")
_PICK = text("点选一行看该种。", "Pick a row to see the species.")
_RAMSAR = text(
    "1% 标准（拉姆萨尔标准六）：最近五个有计数的季（至少三季）季最高数的平均不低于标准值才算达到；"
    "单次超过只算“曾达到”。没有读到标准值版本的种不检验。",
    "1 % test (Ramsar Criterion 6): met only if the mean of the highest numbers of the last five "
    "seasons with counts (at least three) is not below the threshold; a single count above is "
    "“reached once”. Species without a threshold from an edition are not tested.",
)
_HEADS: Mapping[str, Text] = {
    "name": text("鸟种", "Species"),
    "alert": text("预警", "Alert"),
    "five": text("5 季", "5 seasons"),
    "ten": text("10 季", "10 seasons"),
    "long": text("25 季", "25 seasons"),
    "full": text("全部", "All"),
    "ramsar": text("1% 标准", "1 % test"),
    "note": text("说明", "Note"),
}
_SPANS: Mapping[int | None, str] = {5: "five", 10: "ten", 25: "long", None: "full"}
_SEASON = text("计数季：{s}。", "Count season: {s}.")
_FILTERED = text("自然波动大，不预警", "fluctuates by nature: no alert")
_NO_ALERT = text("无预警", "no alert")
_WORKING = text("正在检验全部鸟种…", "Testing all species…")


def of_species(held: BirdData, taxon: str) -> None:
    """Show the smoothed index of a species and its change over each span."""
    with st.spinner(say(_WORKING)):
        found = birddata.alerts(held).of(taxon, language.current())
    if found is None:
        return
    st.subheader(say(_TITLE), anchor=False)
    tested = [c for c in found["changes"] if c["change_percent"] is not None]
    if not tested:
        why = [*_notes(held, found), *(str(c["note"]) for c in found["changes"] if c["note"])]
        said = say(SEMICOLON).join(dict.fromkeys(why)) or "–"
        st.info(md(say(_NOT, why=said)), icon=":material/help:")
    else:
        _drawn(held, taxon, found)
    st.markdown(f":material/public: {md(found['ramsar'])}")


def _drawn(held: BirdData, taxon: str, found: Answer) -> None:
    _, season = held.season()
    labels = [season_label(int(s), season) for s in found["season"]]
    base = season_label(int(found["base"]), season)
    reference = season_label(int(found["reference"]), season)
    name = birdwords.species_text(held.checklist.species, taxon)
    lang = language.current()
    left, right = st.columns(2, gap="medium")
    with left:
        st.caption(md(say(_SMOOTHED, base=base)))
        points = [
            IndexPoint(label, _number(found["smoothed"][i]), _number(found["lower"][i]),
                       _number(found["upper"][i]))
            for i, label in enumerate(labels)
        ]  # fmt: skip
        shown = index_series(points, name=name, base=base, lang=lang, reference=reference)
        drawn.show(shown, key="birds-smoothed", name=f"smoothed-{taxon}")
    with right:
        st.caption(say(_CHANGES))
        spans = alert_spans([_span(c) for c in found["changes"]], lang=lang)
        drawn.show(spans, key="birds-spans", name=f"alerts-{taxon}")
        notes = [pair(str(c["name"]), str(c["note"])) for c in found["changes"] if c["note"]]
        st.caption("  \n".join(md(note) for note in notes))
    said = [say(_REFERENCE, r=reference), *_notes(held, found)]
    said.append(birdwords.source_words(held.surveys, held.sources))
    st.caption(md(" · ".join(said)))


def _notes(held: BirdData, found: Answer) -> list[str]:
    """Return what has to be known of the counts; notes that name plots only where they may be."""
    if found["notes"] and birddata.hidden(held, str(found["species"])):
        return [say(NAMES_PLOTS)]
    return [str(note) for note in found["notes"]]


def _span(change: Answer) -> SpanChange:
    return SpanChange(
        str(change["name"]),
        _number(change["change_percent"]),
        _number(change["lower"]),
        _number(change["upper"]),
        "filtered" if change["filtered"] else str(change["level"]),
        change["likelihood"],
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def render(site: Site, held: BirdData) -> None:
    """Show the alerts of all species, and the button that makes findings of them."""
    birdfindings.render(site)
    st.subheader(say(_ALL), anchor=False)
    with st.spinner(say(_WORKING)):
        told = birddata.alerts(held).to_json(language.current())
    found = sorted(told["species"], key=_rank)
    if not found:
        st.info(say(_NONE))
        return
    st.caption(say(_PICK))
    order = [str(row["species"]) for row in found]
    frame = pd.DataFrame([_row(held, row) for row in found], columns=list(_HEADS))

    def picked() -> None:
        came = st.session_state["birds-alerts"]["selection"]["rows"]
        if came and came[0] < len(order):
            choose(order[came[0]])

    st.dataframe(
        frame,
        hide_index=True,
        height=min(38 + 35 * max(len(frame), 1), 560),
        column_config={name: say(head) for name, head in _HEADS.items()},
        on_select=picked,
        selection_mode="single-row",
        key="birds-alerts",
    )
    said = [say(_SEASON, s=told["season"]["name"]), *told["notes"], say(_RAMSAR)]
    said.append(birdwords.source_words(held.surveys, held.sources))
    st.caption(md(" · ".join(said)))
    birdgroupview.render(held)


def _percent(change: float) -> str:
    """Return a change in whole per cent; one that rounds to nothing has no sign."""
    return f"{change:+.0f}%" if round(change) else "0%"


def _rank(found: Answer) -> tuple[int, float]:
    """Return the place of a species: high alerts first, then medium ones, the steepest first."""
    levels = {"high_alert": 0, "medium_alert": 1}
    tested = [c["change_percent"] for c in found["changes"] if c["change_percent"] is not None]
    return levels.get(str(found["alert"]), 2 if tested else 3), min(tested, default=0.0)


def _row(held: BirdData, found: Answer) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(_HEADS, "–")
    row["name"] = str(found["name"])
    tested = [c for c in found["changes"] if c["change_percent"] is not None]
    for change in tested:
        if change["span"] in _SPANS:
            row[_SPANS[change["span"]]] = _percent(change["change_percent"])
    worst = next((c for c in tested if c["level"] == found["alert"] and c["alert"]), None)
    if worst is not None:
        row["alert"] = str(worst["words"])
    elif tested:
        row["alert"] = say(_FILTERED if any(c["filtered"] for c in tested) else _NO_ALERT)
    row["ramsar"] = say(OUTCOMES[found["one_percent"]["outcome"]])
    notes = _notes(held, found) if not tested else []
    if worst is not None and worst["note"]:  # e.g. that its interval spans the limit
        notes = [str(worst["note"])]
    row["note"] = say(SEMICOLON).join(notes) or "–"
    return row
