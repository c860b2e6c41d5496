"""One species: who it is, its index with the interval, when in the year and where it is found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.birds.species import Species
from wetland.birds.tables import VALIDATIONS
from wetland.charts.birdseasons import phenology_strip
from wetland.operations.birds import BirdData
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.ui import (
    birdalertview,
    birddata,
    birdindexview,
    birdmap,
    birdtogether,
    birdwords,
    drawn,
    language,
)
from wetland.ui.birdoverview import CHOSEN
from wetland.ui.birdsummary import days_words, species_table, weeks_of
from wetland.ui.language import name_of, pair, say
from wetland.ui.plain import md

_CHOICE = text("鸟种", "Species")
_NONE = text("还没有匹配到物种的记录。", "No record has been matched with a species yet.")
_UNKNOWN = text("名录中已没有这个物种。", "The checklist no longer has this species.")
_THRESHOLD = text("1% 标准", "1 % threshold")
_THRESHOLD_SAID = text("{n:g} 只（{flyway}，{edition}）", "{n:g} birds ({flyway}, {edition})")
_NO_THRESHOLD = text("未录入（未读到公布版本）", "not entered (no edition was read)")
_ESTIMATE = text(
    "种群估计 {n:g} 只，由此按官方规则取整", "rounded officially from an estimate of {n:g} birds"
)
_EXPECTED = text("预期月份", "Expected in")
_LISTED = text("名录来源", "Listed by")
_PHENOLOGY = text("物候（按周）", "When in the year (by week)")
_PHENOLOGY_NOTE = text(
    "蓝格＝有记录，越深出现率越高；白格＝查过而没有；灰格＝没有调查，不等于没有鸟。",
    "Blue: found, the darker the more often; white: looked for and not found; grey: not surveyed, "
    "which does not mean absent.",
)
_NO_WEEK = text(
    "调查只写到月或年，看不出在一年中的哪些周。",
    "The surveys are known by their month or year only: no week can be told.",
)
_ALL_YEARS = text("全部年份", "all years")
_ROWS = text("源数据行（{n}）", "Rows of the source ({n})")
_ROWS_MORE = text("源数据行（最近 {k}，共 {n}）", "Rows of the source (latest {k} of {n})")
_HEADS: Mapping[str, Text] = {
    "day": text("日期", "Day"),
    "plot": text("样点", "Plot"),
    "received": text("原名", "Name as received"),
    "count": text("计数", "Count"),
    "as_received": text("计数原值", "Count as received"),
    "validation": text("审核", "Validation"),
    "flags": text("存疑之处", "Flags"),
    "file": text("文件", "File"),
    "row": text("行", "Row"),
}
_MOST_ROWS = 500


def render(site: Site, held: BirdData) -> None:
    """Show the species chosen."""
    taxon = _choose(held)
    if taxon is None:
        st.info(say(_NONE))
        return
    _card(held.checklist.species.get(taxon))
    birdindexview.render(held, taxon)
    birdalertview.of_species(held, taxon)
    birdtogether.render(site, held, taxon)
    left, right = st.columns([11, 9], gap="medium")
    with left:
        _phenology(held, taxon)
        _rows(held, taxon)
    with right:
        birdmap.render(site, held, taxon)


def _choose(held: BirdData) -> str | None:
    """Show the choice of the species; what was picked elsewhere is chosen."""
    options = [str(t) for t in species_table(held.surveys, held.records)["taxon_id"]]
    if not options:
        return None
    asked = st.session_state.get(CHOSEN, st.query_params.get("species"))
    at = options.index(asked) if asked in options else 0

    def chosen() -> None:
        st.session_state[CHOSEN] = st.session_state["birds-species"]

    st.session_state["birds-species"] = options[at]
    labels = birdwords.species_labels(held.checklist.species, options)
    return str(
        st.selectbox(
            say(_CHOICE), options, format_func=name_of(labels), key="birds-species",
            on_change=chosen,
        )
    )  # fmt: skip


def _card(known: Species | None) -> None:
    if known is None:
        st.warning(say(_UNKNOWN), icon=":material/help:")
        return
    with st.container(border=True, key="birds-card"):
        st.markdown(f"### {md(say(known.name))}")
        said = [f"*{md(known.scientific_name)}*", *(md(t) for t in birdwords.traits(known))]
        st.markdown(" · ".join(said))
        for name, words in _facts(known).items():
            st.markdown(f"**{md(name)}** {md(words)}")
        if known.source:
            st.caption(md(pair(say(_LISTED), known.source)))


def _facts(known: Species) -> dict[str, str]:
    said: dict[str, str] = {}
    if known.waterbird:
        said[say(_THRESHOLD)] = _threshold(known)
    if known.present:
        said[say(_EXPECTED)] = known.present
    return said


def _threshold(known: Species) -> str:
    if known.one_percent is not None:
        return say(
            _THRESHOLD_SAID,
            n=known.one_percent,
            flyway=known.flyway or "–",
            edition=known.one_percent_edition or "–",
        )
    if known.population_estimate is not None:
        return say(_ESTIMATE, n=known.population_estimate)
    return say(_NO_THRESHOLD)


def _phenology(held: BirdData, taxon: str) -> None:
    st.subheader(say(_PHENOLOGY), anchor=False)
    weeks = weeks_of(held.surveys, held.records, taxon, total=say(_ALL_YEARS))
    if not weeks:
        st.info(say(_NO_WEEK), icon=":material/calendar_month:")
        return
    lang = language.current()
    drawn.show(phenology_strip(weeks, lang=lang), key="birds-phenology", name=f"phenology-{taxon}")
    source = birdwords.source_words(held.surveys, held.sources)
    st.caption(md(f"{say(_PHENOLOGY_NOTE)} {source}"))


def _rows(held: BirdData, taxon: str) -> None:
    seen = birddata.seen(held)
    mine = seen.records[seen.records["taxon_id"] == taxon]
    surveys = {str(row["survey_id"]): row for row in rows_of(seen.surveys)}
    files = {}
    if len(held.sources):
        files = dict(zip(held.sources["source_id"], held.sources["file"], strict=True))
    rows: list[dict[str, Any]] = []
    for row in rows_of(mine):
        survey = surveys.get(str(row["survey_id"]), {})
        rows.append(
            {
                "day": days_words(survey.get("event_date"), survey.get("event_end")),
                "plot": survey.get("plot") or "–",
                "count": birdwords.count_words(row),
                "received": str(row["name_received"]),
                "as_received": row["count_received"] or "",
                "validation": say(VALIDATIONS[str(row["validation"])]),
                "flags": birdwords.flag_words(row["flags"]),
                "file": str(files.get(row["source_id"], "–")),
                "row": row["source_row"],
            }
        )
    rows.sort(key=lambda r: str(r["day"]), reverse=True)
    shown = rows[:_MOST_ROWS]
    n = len(rows)
    st.caption(say(_ROWS, n=n) if n <= _MOST_ROWS else say(_ROWS_MORE, k=_MOST_ROWS, n=n))
    frame = pd.DataFrame(shown, columns=list(_HEADS))
    st.dataframe(
        frame,
        hide_index=True,
        height=min(38 + 35 * max(len(frame), 1), 300),
        column_config={name: say(head) for name, head in _HEADS.items()},
    )
