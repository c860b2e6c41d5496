"""The four tiles above everything: within target, the worst station, better or worse, how sure."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from wetland.base.texts import text
from wetland.operations.water import WaterData
from wetland.reports.findings import rows_of
from wetland.ui import waterdata, waterwords
from wetland.ui.language import say
from wetland.ui.plain import md
from wetland.ui.watersummary import PAST, Summary
from wetland.water.certainty import WHY_NONE

_MET = text("达到目标类别的站点", "Stations within their target")
_MET_OF = text("{met} / {all}", "{met} of {all}")
_OPEN = text("{n} 个无法判定", "{n} cannot be told")
_NO_DATA = text("{n} 个缺测", "{n} without data")
_PAST = text(
    "最近 {n} 个时段 {met} / {all} 站次达标",
    "{met} of {all} classes of the latest {n} periods met it",
)
_WORST = text("最差站点", "Worst station")
_OTHERS = text("另有 {n} 个同类", "{n} more of this class")
_BY = text("由 {names} 决定", "set by {names}")
_CHANGE = text("与上年同期相比", "Against the same period last year")
_CHANGED = text("{b} 好转 · {w} 变差", "{b} better · {w} worse")
_COMPARED = text(
    "可比站点 {n} 个；环比：{b} 好转、{w} 变差",
    "{n} stations compared; against the period before: {b} better, {w} worse",
)
_NOT_COMPARED = text("没有可比的上年同期数据", "nothing of last year to compare with")
_SURE = text("有多大把握", "How sure")
_SURE_NOTE = text(
    "{name} {period} 年类别，按 {n} 次采样重抽；只含抽样误差",
    "{name}, class of {period}, {n} samples drawn anew; sampling error only",
)
_BASIS = text("{period} · 样品 {n} 个 · {source}", "{period} · {n} samples · {source}")


def show(held: WaterData, summary: Summary, named: Mapping[str, str]) -> None:
    """Show the tiles; each says its period, how many samples it rests on, and their source."""
    with st.container(key="water-tiles", horizontal=True, gap="small"):
        for tile in (_met, _worst, _changed, _sure):
            with st.container(border=True, key=f"water-tile{tile.__name__}"):
                tile(held, summary, named)
    source = waterwords.source_words(held)
    st.caption(md(say(_BASIS, period=summary.period, n=summary.samples, source=source)))


def _met(held: WaterData, summary: Summary, named: Mapping[str, str]) -> None:
    del held, named
    judged = summary.met + summary.missed
    value = say(_MET_OF, met=summary.met, all=judged) if judged else say(waterwords.NO_CLASS)
    st.metric(say(_MET), value)
    notes = [say(_OPEN, n=summary.open)] if summary.open else []
    notes += [say(_NO_DATA, n=summary.no_data)] if summary.no_data else []
    if summary.past_judged:
        notes.append(say(_PAST, met=summary.past_met, all=summary.past_judged, n=PAST))
    st.caption(" · ".join([summary.period, *notes]))


def _worst(held: WaterData, summary: Summary, named: Mapping[str, str]) -> None:
    row = summary.worst
    if row is None:
        st.metric(say(_WORST), say(waterwords.NO_CLASS))
        st.caption(summary.period)
        return
    st.metric(say(_WORST), waterwords.class_words(row))
    notes = [named[str(row["station"])]]
    notes += [say(_OTHERS, n=summary.as_bad)] if summary.as_bad else []
    station = held.stations.get(str(row["station"]))
    notes.append(waterwords.met_words(row, station.target_class if station is not None else None))
    notes.append(say(_BY, names=waterwords.names_of(row["deciding"])))
    st.caption(md(" · ".join(notes)))


def _changed(held: WaterData, summary: Summary, named: Mapping[str, str]) -> None:
    del held, named
    compared = len(summary.changes["last_year"])
    if not compared:
        st.metric(say(_CHANGE), "–")
        st.caption(say(_NOT_COMPARED))
        return
    better, worse = summary.better("last_year"), summary.worse("last_year")
    st.metric(say(_CHANGE), say(_CHANGED, b=better, w=worse))
    b, w = summary.better("previous"), summary.worse("previous")
    st.caption(say(_COMPARED, n=compared, b=b, w=w))


def _sure(held: WaterData, summary: Summary, named: Mapping[str, str]) -> None:
    row = summary.worst
    if row is None:
        st.metric(say(_SURE), say(waterwords.NO_CLASS))
        return
    station = str(row["station"])
    year = summary.period[:4]
    rows = [r for r in rows_of(waterdata.certainty(held, station)) if str(r["period"]) <= year]
    last = max(rows, key=lambda r: str(r["period"]), default=None)
    if last is None or waterwords.missing(last["likelihood"]):
        why = WHY_NONE["no_class" if last is None else str(last["why_none"])]
        st.metric(say(_SURE), "–")
        st.caption(md(f"{named[station]} · {say(why)}"))
        return
    st.metric(say(_SURE), say(last["words"]))
    note = say(_SURE_NOTE, name=named[station], period=last["period"], n=int(last["n"]))
    st.caption(md(note))
