"""The birds of a site (总览): tiles, species over the years with their effort, all species."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.birdrichness import RichnessBar, effort_years, richness_years
from wetland.operations.birds import BirdData
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.ui import (
    birddata,
    birdexports,
    birdfindings,
    birdstatements,
    birdwords,
    drawn,
    language,
)
from wetland.ui.birdsummary import BirdSummary, is_missing, species_table, summary_of
from wetland.ui.language import say
from wetland.ui.plain import md

CHOSEN = "birds-chosen"
_SPECIES = text("观测到的鸟种", "Species observed")
_SPECIES_NOTE = text(
    "{a} 至 {b}；随调查努力量而变，不是名录总数",
    "{a} to {b}; depends on effort, not the whole list",
)
_SURVEYS = text("调查次数", "Surveys")
_PLOTS = text("{n} 个样点或样线", "{n} plots or transects")
_HOURS = text("{h:.0f} 小时", "{h:.0f} hours")
_KM = text("{k:.0f} 公里", "{k:.0f} km")
_NO_EFFORT = text("历时、行程未记录", "duration and distance were not recorded")
_WAITING = text("待审核记录", "Records to review")
_OF = text("共 {n} 条记录", "of {n} records")
_UNMATCHED = text("{n} 条名称未匹配", "{n} with an unmatched name")
_FINDINGS = text("待核实的预警", "Open alerts")
_NEVER = text("还没有检查过", "not looked for yet")
_RICHNESS = text("历年观测鸟种数与调查努力量", "Species observed over the years, with effort")
_RICHNESS_NOTE = text(
    "柱＝当年观测到的种数，努力量大则种数多；红菱形＝折算到相同样本覆盖度的种数及其 95% 区间，"
    "年份之间只能比它。被否定的记录不计。",
    "Bars: species observed that year; more effort finds more. Red diamonds: species at equal "
    "sample coverage with the 95 % interval, the only ones to compare between years. Rejected "
    "records do not count.",
)
_NO_EVEN = text(
    "各年努力量太少，无法折算到相同努力量。", "Too little effort to tell species at equal effort."
)
_ALL = text("全部鸟种", "All species")
_PICK = text("点选一行看该种的指数、物候和分布。", "Pick a row for its index, phenology and map.")
_HEADS: Mapping[str, Text] = {
    "name": text("鸟种", "Species"),
    "scientific": text("学名", "Scientific name"),
    "protection": text("保护级别", "Protection"),
    "records": text("记录数", "Records"),
    "most": text("最大计数", "Largest count"),
    "last": text("最近记录", "Last recorded"),
}


def render(site: Site, held: BirdData) -> None:
    """Show the overview."""
    summary = summary_of(held.surveys, held.records)
    _tiles(held, summary)
    birdfindings.render(site)
    _richness(held)
    birdstatements.render(site.birds.statements)
    _species(held)
    birdexports.render(site)


def choose(taxon_id: str) -> None:
    """Open a species: called before the page runs again."""
    st.session_state[CHOSEN] = taxon_id
    st.session_state["birds-view"] = "species"


def _tiles(held: BirdData, summary: BirdSummary) -> None:
    tiles = (_tile_species, _tile_surveys, _tile_queue, _tile_findings)
    with st.container(key="birds-tiles", horizontal=True, gap="small"):
        for tile in tiles:
            with st.container(border=True, key=f"birds{tile.__name__.replace('_', '-')}"):
                tile(summary)
    st.caption(md(birdwords.source_words(held.surveys, held.sources)))


def _tile_species(summary: BirdSummary) -> None:
    st.metric(say(_SPECIES), f"{summary.species:,}")
    st.caption(md(say(_SPECIES_NOTE, a=summary.first, b=summary.last)))


def _tile_surveys(summary: BirdSummary) -> None:
    st.metric(say(_SURVEYS), f"{summary.surveys:,}")
    said = [say(_PLOTS, n=summary.plots)]
    said += [say(_HOURS, h=summary.hours)] if summary.hours is not None else []
    said += [say(_KM, k=summary.km)] if summary.km is not None else []
    if summary.hours is None and summary.km is None:
        said.append(say(_NO_EFFORT))
    st.caption(md(" · ".join(said)))


def _tile_queue(summary: BirdSummary) -> None:
    st.metric(say(_WAITING), f"{summary.waiting:,}")
    said = [say(_OF, n=f"{summary.records:,}")]
    said += [say(_UNMATCHED, n=summary.unmatched)] if summary.unmatched else []
    st.caption(md(" · ".join(said)))


def _tile_findings(summary: BirdSummary) -> None:
    del summary
    waiting = birdfindings.waiting()
    st.metric(say(_FINDINGS), "–" if waiting is None else f"{waiting:,}")
    st.caption(say(_NEVER) if waiting is None else birdfindings.by_rule())


def _richness(held: BirdData) -> None:
    st.subheader(say(_RICHNESS), anchor=False)
    table = birddata.richness(held)
    bars = bars_of(table)
    lang = language.current()
    drawn.show(richness_years(bars, lang=lang), key="birds-richness", name="bird-richness")
    drawn.show(effort_years(bars, lang=lang), key="birds-effort", name="bird-effort")
    said = [say(_RICHNESS_NOTE)]
    if not any(b.standardised == b.standardised for b in bars):
        said = [say(_NO_EVEN)]
    said += [say(note) for note in table.attrs.get("notes", ())]
    said.append(birdwords.source_words(held.surveys, held.sources))
    st.caption(md(" · ".join(said)))


def bars_of(table: pd.DataFrame) -> list[RichnessBar]:
    """Return the bars of the table of richness."""
    return [
        RichnessBar(
            str(row["period"]),
            int(row["observed"]),
            int(row["surveys"]),
            None if is_missing(row.get("hours")) else float(row["hours"]),
            None if is_missing(row.get("km")) else float(row["km"]),
            _number(row.get("standardised")),
            _number(row.get("lower")),
            _number(row.get("upper")),
        )
        for row in rows_of(table)
    ]


def _number(value: object) -> float:
    return float("nan") if is_missing(value) else float(str(value))


def _species(held: BirdData) -> None:
    st.subheader(say(_ALL), anchor=False)
    st.caption(say(_PICK))
    table = species_table(held.surveys, held.records)
    known = held.checklist.species
    rows = []
    for row in rows_of(table):
        one = known.get(str(row["taxon_id"]))
        level = one.protection if one is not None else None
        rows.append(
            {
                "name": birdwords.species_name(known, row["taxon_id"]),
                "scientific": "–" if one is None else one.scientific_name,
                "protection": say(birdwords.PROTECTION.get(str(level), birdwords.UNTOLD)),
                "records": int(row["records"]),
                "most": "–" if is_missing(row["most"]) else f"{float(row['most']):g}",
                "last": str(row["last"]),
            }
        )

    def picked() -> None:
        came = st.session_state["birds-table"]["selection"]["rows"]
        if came and came[0] < len(table):
            choose(str(table["taxon_id"].iloc[came[0]]))

    frame = pd.DataFrame(rows, columns=list(_HEADS))
    st.dataframe(
        frame,
        hide_index=True,
        height=min(38 + 35 * max(len(frame), 1), 420),
        column_config={name: say(head) for name, head in _HEADS.items()},
        on_select=picked,
        selection_mode="single-row",
        key="birds-table",
    )
