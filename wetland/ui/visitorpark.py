"""Parking (停车): how full the car parks are, where to stop for a gate, and what the signs say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.visitorparking import ParkBar, parking_bars
from wetland.charts.visitortiers import count_words
from wetland.maps.escape import esc
from wetland.operations.visitors import VisitorData
from wetland.reports.findings import rows_of
from wetland.ui import language, visitordata, visitorwords
from wetland.ui.language import name_of, say
from wetland.ui.plain import md
from wetland.ui.visitorwords import number

if TYPE_CHECKING:
    from wetland.visitors.parkingrows import ParkingAdvice, ParkRow

STALE_MIN = 60
_SURE = 0.99
_NONE = text(
    "存储里还没有停车场读数。到“导入文件”读入一份。",
    "The store holds no readings of car parks yet. Read a file under “Load a file”.",
)
_NO_GATES = text(
    "场地包没有出入口，不能按出入口排序。", "The pack has no gates to rank car parks for."
)
_GATE = text("去哪个出入口", "To which gate")
_WHEN = text("多久后到", "Arriving in")
_LEADS: Mapping[int, Text] = {
    0: text("现在", "now"),
    30: text("30 分钟", "30 min"),
    60: text("1 小时", "1 h"),
    120: text("2 小时", "2 h"),
    240: text("4 小时", "4 h"),
}
_STALE = text(
    "读数不新：最近一次读数是 {at}，以下都按那一时刻推算。",
    "Not up to date: the latest reading is of {at}; everything below is reckoned from then.",
)
_ASKED = text("按 {now} 的读数，预计 {at} 到达", "readings of {now}, arriving at {at}")
_BEST = text("建议", "Best")
_GO = text("{name}：{p}，步行 {w}，找位 {s}", "{name}: {p}, {w} on foot, {s} searching")
_CHANCE = text("有空位的可能 {p}", "{p} likely to have a bay")
_NO_CHANCE = text("可能性无法推算", "likelihood not known")
_MIN = text("{m:.0f} 分钟", "{m:.0f} min")
_UNKNOWN = text("不知道", "not known")
_RANKED = text("排序：步行加找位", "Ranked by walking plus searching")
_BOARD = text("各停车场", "Car parks")
_SIGN = text("诱导屏文字（预览）", "Text for guidance signs (preview)")
_SIGN_NOTE = text(
    "每行不超过屏宽；满位、关闭、无数据时给出下一处。",
    "Each line fits its sign; where there is no bay, a closure or no data it points on.",
)
_HEADS: Mapping[str, Text] = {
    "rank": text("序", "Rank"),
    "name": text("停车场", "Car park"),
    "free": text("最近空位", "Free (latest)"),
    "trend": text("近 30 分钟（辆）", "Last 30 min (cars)"),
    "chance": text("到时有空位", "Bay at arrival"),
    "walk": text("步行", "On foot"),
    "search": text("找位", "Searching"),
    "total": text("合计", "Together"),
    "read": text("读数时间", "Reading"),
    "advice": text("说明", "Advice"),
}
_STATE_STALE = text("{at}（过时）", "{at} (out of date)")
_RANGE = text("{p}（{a}–{b}）", "{p} ({a}–{b})")
_CHANCE_NOTE = text(
    "可能性由以往同一时段的变化推算，括号内是由历史天数多少决定的范围；过时、关闭的排在最后。",
    "Likelihoods come from how car parks changed at these times of day before; in brackets the "
    "range for as many days as are known. Those out of date or closed come last.",
)


def render(held: VisitorData) -> None:
    """Show the choice of gate and arrival, the best car park, all of them, and the signs."""
    latest = held.last_reading
    if latest is None:
        st.info(say(_NONE), icon=":material/local_parking:")
        return
    if not held.pack.gates:
        st.info(say(_NO_GATES), icon=":material/local_parking:")
        return
    _stale(held, latest)
    gate, at = _asked(held, latest)
    advice = visitordata.advice(held, gate, at)
    st.caption(md(say(_ASKED, now=_clock(advice.now), at=_clock(advice.at))))
    _best(advice)
    _board(held, advice)
    _signs(advice)


def _stale(held: VisitorData, latest: dt.datetime) -> None:
    if dt.datetime.now(held.zone) - latest > dt.timedelta(minutes=STALE_MIN):
        st.warning(md(say(_STALE, at=_clock(latest))), icon=":material/schedule:")


def _clock(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _asked(held: VisitorData, latest: dt.datetime) -> tuple[str, dt.datetime]:
    labels = {minutes: say(name) for minutes, name in _LEADS.items()}
    gates = {gate.id: gate.name for gate in held.pack.gates}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        gate: str = st.selectbox(
            say(_GATE), list(gates), format_func=name_of(gates), key="visitors-gate", width=260
        )
        lead: int = st.segmented_control(
            say(_WHEN), list(_LEADS), default=30, format_func=labels.__getitem__,
            key="visitors-lead", required=True,
        )  # fmt: skip
    return gate, latest + dt.timedelta(minutes=int(lead))


def _best(advice: ParkingAdvice) -> None:
    """Show the first of the ranked car parks in large, with what it rests on."""
    first = next((row for row in advice.rows if not row.diverted), None)
    if first is None:
        return
    with st.container(border=True, key="card-applies-parking"):
        words = say(
            _GO, name=say(first.name), p=_chance(first), w=_minutes(first.walk_min),
            s=_minutes(first.search_min),
        )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(say(_BEST), icon=":material/local_parking:", color="blue")
            st.markdown(f"**{md(words)}**")
        st.caption(md(say(first.advice)))


def _chance(row: ParkRow) -> str:
    if row.probability_free is None:
        return say(_NO_CHANCE)
    return say(_CHANCE, p=_share(row.probability_free))


def _share(p: float) -> str:
    """Return a probability in per cent; never 0 or 100, which nobody can know."""
    return ">99%" if p > _SURE else "<1%" if p < 1 - _SURE else f"{p:.0%}"


def _minutes(value: float | None) -> str:
    return say(_UNKNOWN) if value is None else say(_MIN, m=value)


def _board(held: VisitorData, advice: ParkingAdvice) -> None:
    st.subheader(say(_BOARD), anchor=False)
    bars = [
        ParkBar(
            f"{row.rank}. {say(row.name)}",
            None if row.occupied is None else float(row.occupied),
            row.bays,
            when="" if row.read_at is None else _clock(row.read_at),
            stale=row.stale,
            closed=row.closed,
        )
        for row in advice.rows
    ]
    picture = parking_bars(bars, lang=language.current())
    visitorwords.draw(held, picture, key="visitors-parks", name="car-parks")
    st.markdown(f"**{say(_RANKED)}**")
    trends = _trends(visitordata.board(held))
    rows = [_row(row, trends) for row in advice.rows]
    visitorwords.show_table(rows, _HEADS, key="visitors-board", tallest=420)
    said = [say(_CHANCE_NOTE), *(say(note) for note in advice.notes)]
    st.caption(md(" · ".join(said)))


def _row(row: ParkRow, trends: Mapping[str, float]) -> dict[str, str]:
    read = "–" if row.read_at is None else f"{row.read_at:%m-%d %H:%M}"
    trend = trends.get(row.car_park)
    return {
        "rank": str(row.rank),
        "name": say(row.name),
        "free": f"{count_words(row.free)} / {count_words(row.bays)}",
        "trend": "–" if trend is None else f"{trend:+,.0f}",
        "chance": _range(row),
        "walk": _minutes(row.walk_min),
        "search": _minutes(row.search_min),
        "total": _minutes(row.total_min),
        "read": say(_STATE_STALE, at=read) if row.stale else read,
        "advice": say(row.advice),
    }


def _range(row: ParkRow) -> str:
    if row.probability_free is None:
        return "–"
    shown, between = _share(row.probability_free), row.probability_range
    if between is None:
        return shown
    return say(_RANGE, p=shown, a=_share(between[0]), b=_share(between[1]))


def _trends(board: pd.DataFrame) -> dict[str, float]:
    """Return how many bays were taken in the last half hour, of car parks of which it is known."""
    rows: Sequence[Mapping[Any, Any]] = rows_of(board)
    told = ((str(row["car_park"]), number(row["trend_cars"])) for row in rows)
    return {name: trend for name, trend in told if trend is not None}


def _signs(advice: ParkingAdvice) -> None:
    st.subheader(say(_SIGN), anchor=False)
    lines = "".join(
        f'<div class="s-{esc(line.state)}"><span>{esc(line.words.zh)}</span>'
        f"<span>{esc(line.words.en)}</span></div>"
        for line in advice.sign
    )
    st.html(f'<div class="wl-sign">{lines}</div>')
    st.caption(say(_SIGN_NOTE))
