"""The index of several species together (多物种指数), with its interval and its smoothed course."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.birdgroups import GROUPS
from wetland.birds.seasons import season_label
from wetland.charts.birdindex import IndexPoint, index_series
from wetland.operations.birds import BirdData
from wetland.ui import birddata, birdwords, drawn, language
from wetland.ui.language import COMMA, name_of, say
from wetland.ui.plain import md

_TITLE = text("多物种指数", "Index of several species")
_GROUP = text("类群", "Group")
_NAME = text("多个物种（{g}）", "several species ({g})")
_NOT = text("算不出：{why}", "Not worked out: {why}")
_TREND = text(
    "**{trend}** · {first}–{last} 平滑变化 {change:+.0f}%（{low:+.0f}% 至 {high:+.0f}%）",
    "**{trend}** · {first} to {last}, smoothed: {change:+.0f} % ({low:+.0f} to {high:+.0f} %)",
)
_TREND_ONLY = text("**{trend}**", "**{trend}**")
_NOTE = text(
    "{n} 个物种指数的几何平均，各种同等重要；区间由各指数的标准误随机模拟得到（Soldaat 等，2017）。"
    "红线为平滑趋势。",
    "Geometric mean of the indices of {n} species, each counting the same; intervals by simulation "
    "from the errors of the indices (Soldaat et al., 2017). Red: the smoothed course.",
)
_LEFT_OUT = text("没有指数、未计入：{names}。", "Without an index and left out: {names}.")


def render(held: BirdData) -> None:
    """Show the index of a group of species that the person chooses."""
    st.subheader(say(_TITLE), anchor=False)
    group = str(
        st.selectbox(
            say(_GROUP), [g for g in GROUPS if _there(held, g)], format_func=name_of(GROUPS),
            key="birds-group", width=280,
        )
    )  # fmt: skip
    try:
        told = birddata.indicator(held, group).to_json(language.current())
    except InputError as error:
        why = " ".join(error.show(language.current()).splitlines())
        st.info(md(say(_NOT, why=why)), icon=":material/help:")
        return
    _drawn(held, group, told)


def _there(held: BirdData, group: str) -> bool:
    """Tell whether two species of a group were met, and so have something in common to show."""
    return len(birddata.met(held, group)) > 1


def _drawn(held: BirdData, group: str, told: Mapping[str, Any]) -> None:
    _, season = held.season()
    points = [
        IndexPoint(
            season_label(int(row["time"]), season),
            _number(row["index"]),
            _number(row["lower"]),
            _number(row["upper"]),
            _number(row["smooth"]),
        )
        for row in told["series"]
    ]
    base = season_label(int(told["base"]), season)
    name = _NAME.fill(g=GROUPS[group])
    st.markdown(_trend(told["smoothed"], lambda year: season_label(year, season)))
    shown = index_series(points, name=name, base=base, lang=language.current())
    drawn.show(shown, key="birds-indicator", name=f"bird-indicator-{group}")
    said = [say(_NOTE, n=len(told["species"]))]
    # Why a species has no index may name its plots: of sensitive ones nobody has to know.
    lost = say(COMMA).join(str(one["name"]) for one in told["left_out"])
    said += [say(_LEFT_OUT, names=lost)] if lost else []
    said += [str(note) for note in told["notes"]]
    said.append(birdwords.source_words(held.surveys, held.sources))
    st.caption(md(" · ".join(said)))


def _trend(found: Mapping[str, Any], label: Callable[[int], str]) -> str:
    words = md(found["words"])
    if any(found[k] is None for k in ("change_percent", "lower", "upper", "first", "last")):
        return say(_TREND_ONLY, trend=words)
    return say(
        _TREND,
        trend=words,
        first=md(label(int(found["first"]))),
        last=md(label(int(found["last"]))),
        change=found["change_percent"],
        low=found["lower"],
        high=found["upper"],
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
