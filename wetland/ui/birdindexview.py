"""The population index of a species: the chart, what it says in words, what it rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.seasons import season_label
from wetland.birds.species import CountSeason
from wetland.charts.birdindex import IndexPoint, index_series
from wetland.operations.birds import BirdData
from wetland.ui import birddata, birdwords, drawn, language
from wetland.ui.language import say
from wetland.ui.plain import md

_TITLE = text("种群指数", "Population index")
_NOT = text("算不出指数：{why}", "No index can be worked out: {why}")
_CLASS = text(
    "**{trend}** · 每季 {percent:+.1f}%（标准误 {se:.1f}），{first}–{last}",
    "**{trend}** · {percent:+.1f} % per season (standard error {se:.1f}), {first} to {last}",
)
_CLASS_ONLY = text("**{trend}** · {first}–{last}", "**{trend}** · {first} to {last}")
_BASIS = text(
    "TRIM 模型 {m}，{sites} 个样点，{counts} 个样点季有计数，{missing} 个没有调查（插补）；"
    "离散系数 {phi}，序列相关 {rho}。区间为 95%。",
    "TRIM model {m}, {sites} plots; {counts} seasons of plots counted, {missing} not surveyed "
    "(imputed); overdispersion {phi}, serial correlation {rho}. Intervals of 95 %.",
)
# Why there is no index, and what was left out of it, tell plots by name.
NAMES_PLOTS = text(
    "敏感物种：说明涉及样点，当前角色不显示。",
    "Sensitive species: notes that name plots are not shown to this role.",
)
_HOLLOW = text(
    "空心点＝当季无人调查，只由模型插补。", "Hollow: nobody surveyed that season, imputed only."
)


def render(held: BirdData, taxon: str) -> None:
    """Show the index of a species, or why there is none."""
    st.subheader(say(_TITLE), anchor=False)
    try:
        answer = birddata.index(held, taxon)
    except InputError as error:
        why = " ".join(error.show(language.current()).splitlines())
        told = say(NAMES_PLOTS) if birddata.hidden(held, taxon) else say(_NOT, why=why)
        st.info(md(told), icon=":material/help:")
        return
    _, season = held.season()
    points = points_of(answer, season)
    name = birdwords.species_text(held.checklist.species, taxon)
    base = _base(answer, season)
    shown = index_series(points, name=name, base=base, lang=language.current())
    st.markdown(class_words(answer, season))
    drawn.show(shown, key="birds-index", name=f"index-{taxon}")
    notes = [say(NAMES_PLOTS)] if birddata.hidden(held, taxon) else notes_of(answer)
    said = [_basis(answer), say(_HOLLOW), *notes]
    said.append(birdwords.source_words(held.surveys, held.sources))
    st.caption(md(" · ".join(said)))


def points_of(answer: Mapping[str, Any], season: CountSeason) -> list[IndexPoint]:
    """Return the points of an index as TRIM's answer gives them, 1 becoming 100."""
    points = []
    for at, time in enumerate(answer["time"]):
        low, high = answer["index_ci"][at]
        points.append(
            IndexPoint(
                season_label(int(time), season),
                _hundred(answer["index"][at]),
                _hundred(low),
                _hundred(high),
                surveyed=answer["observed"][at] is not None,
            )
        )
    return points


def _hundred(value: float | None) -> float:
    return math.nan if value is None else 100.0 * float(value)


def _base(answer: Mapping[str, Any], season: CountSeason) -> str:
    base: Sequence[int] = answer.get("base") or answer["time"][:1]
    first = season_label(int(base[0]), season)
    return first if len(base) == 1 else f"{first}–{season_label(int(base[-1]), season)}"


def class_words(answer: Mapping[str, Any], season: CountSeason) -> str:
    """Return the trend over all seasons: its class and the change per season, as Markdown."""
    slope = answer["overall"]
    words = md(slope["words"][language.current()])
    first, last = (md(season_label(int(slope[k]), season)) for k in ("first", "last"))
    if slope["factor"] is None or slope["factor_se"] is None:
        return say(_CLASS_ONLY, trend=words, first=first, last=last)
    percent, se = 100 * (slope["factor"] - 1), 100 * slope["factor_se"]
    return say(_CLASS, trend=words, percent=percent, se=se, first=first, last=last)


def _basis(answer: Mapping[str, Any]) -> str:
    return say(
        _BASIS,
        m=answer["model"],
        sites=answer["sites"],
        counts=answer["counts"],
        missing=answer["missing"],
        phi=_two(answer["overdispersion"]),
        rho=_two(answer["serial_correlation"]),
    )


def _two(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def notes_of(answer: Mapping[str, Any]) -> list[str]:
    """Return what the reader has to know, in the language of the session."""
    lang = language.current()
    return [str(note[lang]) for note in answer.get("notes", ())]
