"""Balance of protection and use (保护与利用): visitors beside birds and water; a lower cap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import streamlit as st

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.charts.visitorbalance import capped_days, month_panel
from wetland.charts.visitortiers import count_words
from wetland.operations.visitoranswers import series_of_area
from wetland.operations.visitorbalance import Balance, cap_ahead, cap_of
from wetland.operations.visitors import VisitorData
from wetland.sites.load import Site
from wetland.ui import language, visitordata, visitorwords
from wetland.ui.language import SEMICOLON, name_of, say
from wetland.ui.plain import md
from wetland.ui.visitorwords import number
from wetland.visitors.balance import Per
from wetland.visitors.whatif import WhatIf

_AREA = text("区域", "Area")
_PER = text("比较", "Compare")
PERS_SHOWN: tuple[Per, ...] = ("month", "year")
PERS: Mapping[str, Text] = {"month": text("按月", "by month"), "year": text("按年", "by year")}
_BESIDE = text("并列看：每张图各用各的刻度", "Side by side, each on a scale of its own")
_TESTS = text("关联检验", "Tests of association")
_CHOOSE = text("并列哪些", "Which series")
_WORKING = text("正在检验…", "Testing…")
_HEADS: Mapping[str, Text] = {
    "kind": text("类别", "Kind"),
    "name": text("与游客比较的", "Held against visitors"),
    "lag": text("游客在前", "Visitors before by"),
    "verdict": text("结论", "What was found"),
    "rho": text("ρ（区间）", "ρ (interval)"),
    "p": text("p（校正后）", "p (corrected)"),
    "n": text("共同时次（相当于独立）", "Steps in common (independent)"),
    "notes": text("说明", "Notes"),
}
_LAGS: Mapping[Per, Text] = {
    "month": text("{n} 个月", "{n} months"),
    "year": text("{n} 年", "{n} years"),
}
_SAME = text("同期", "at the same time")
_IF = text("假如降低日上限", "What if the daily cap were lower")
_WHICH = text("算哪些日子", "Which days")
Days = Literal["past", "ahead"]
_DAYS_SHOWN: tuple[Days, ...] = ("past", "ahead")
_DAYS: Mapping[str, Text] = {
    "past": text("已计数的日子", "days counted"),
    "ahead": text("未来 14 天（按预测）", "next 14 days (forecast)"),
}
_CAP = text("日上限（人次）", "Cap, visits a day")
_AGAIN = text("被限者改日再来的比例（假定）", "Share who come on another day (assumed)")
_TOUCHED = text("受影响的天数", "Days touched")
_OF_DAYS = text("{n} 天中", "of {n} days")
_ABOVE = text("超出上限的人次", "Visits above the cap")
_OF_ALL = text("占全部 {p:.1%}", "{p:.1%} of all")
_BETWEEN = text("区间 {a} – {b}", "interval {a} – {b}")
_MOVED = text("改日再来", "Come on another day")
_LOST = text("不再来", "Do not come")
_NO_DAYS = text(
    "没有一天是全部计数的，无法测算。", "No day was wholly counted: nothing to reckon with."
)
_MONTHS = text("逐月", "By month")
_MONTH_HEADS: Mapping[str, Text] = {
    "month": text("月份", "Month"),
    "days": text("天数", "Days"),
    "touched": text("受影响", "Touched"),
    "visitors": text("人次", "Visits"),
    "above": text("超出", "Above the cap"),
    "kept": text("放行", "Let in"),
}
_ALL_SHOWN = 4  # panels that are drawn unless others are chosen


def render(site: Site, held: VisitorData) -> None:
    """Show visitors beside birds, water and findings, and what a lower cap would have touched."""
    names = visitorwords.area_names(held.pack)
    if not names:
        st.info(say(_NO_DAYS))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        area = st.selectbox(
            say(_AREA), list(names), format_func=name_of(names), key="visitors-balance-area",
            width=220,
        )  # fmt: skip
        per: Per = st.segmented_control(
            say(_PER), PERS_SHOWN, default="month", format_func=name_of(PERS),
            key="visitors-balance-per", required=True,
        )  # fmt: skip
    try:
        with st.spinner(say(_WORKING)):
            found = visitordata.balance(site, area, per)
    except InputError as error:
        st.info(md(" ".join(error.show(language.current()).splitlines())), icon=":material/help:")
    else:
        _caveats(found)
        _tests(found)
        _panels(held, found)
    _what_if(held, area)


def _caveats(found: Balance) -> None:
    st.warning(md(" ".join(say(one) for one in found.caveats)), icon=":material/info:")


def _tests(found: Balance) -> None:
    st.subheader(say(_TESTS), anchor=False)
    rows = [
        {
            "kind": row["kind"],
            "name": row["name"],
            "lag": say(_LAGS[found.per], n=row["lag"]) if row["lag"] else say(_SAME),
            "verdict": row["verdict"],
            "rho": _rho(row["rho"], row["lower"], row["upper"]),
            "p": f"{_three(row['p_value'])} ({_three(row['p_corrected'])})",
            "n": f"{row['n']} ({_one(row['n_effective'])})",
            "notes": say(SEMICOLON).join(row["notes"]),
        }
        for row in found.rows(language.current())
    ]
    if rows:
        visitorwords.show_table(rows, _HEADS, key="visitors-tests")
    if found.notes:
        st.caption(md(" · ".join(say(note) for note in found.notes)))


def _rho(rho: float | None, low: float | None, high: float | None) -> str:
    if rho is None:
        return "–"
    return (
        f"{rho:+.2f}" if low is None or high is None else f"{rho:+.2f} ({low:+.2f} – {high:+.2f})"
    )


def _three(value: float | None) -> str:
    return "–" if value is None else "<0.001" if value < 0.001 else f"{value:.3f}"


def _one(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _panels(held: VisitorData, found: Balance) -> None:
    st.subheader(say(_BESIDE), anchor=False)
    names = {panel.key: panel.name for panel in found.panels}
    keys = list(names)
    chosen = st.multiselect(
        say(_CHOOSE), keys, default=keys[:_ALL_SHOWN], format_func=name_of(names),
        key=f"visitors-panels-{found.area.id}-{found.per}",
    )  # fmt: skip
    for panel in found.panels:
        if panel.key in chosen:
            st.markdown(f"**{md(say(panel.name))}**")
            picture = month_panel(
                panel.values, months=found.steps, name=panel.name, lang=language.current()
            )
            visitorwords.draw(
                held, picture, key=f"visitors-panel-{panel.key}", name=f"balance-{panel.key}"
            )


def _what_if(held: VisitorData, area: str) -> None:
    st.subheader(say(_IF), anchor=False)
    days = series_of_area(held, area).dropna()
    if not len(days):
        st.info(say(_NO_DAYS))
        return
    most = max(int(days.max()), 2)
    step = max(int(round(most / 100, -2)), 1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which: Days = st.segmented_control(
            say(_WHICH), _DAYS_SHOWN, default="past", format_func=name_of(_DAYS),
            key="visitors-cap-days", required=True,
        )  # fmt: skip
    left, right = st.columns(2)
    cap = left.slider(
        say(_CAP), min_value=step, max_value=most, step=step,
        value=step * round(0.6 * most / step), key=f"visitors-cap-{area}",
    )  # fmt: skip
    again = right.slider(
        say(_AGAIN), min_value=0, max_value=100, step=5, value=0, format="%d%%",
        key="visitors-again",
    )  # fmt: skip
    try:
        reckon = cap_of if which == "past" else cap_ahead
        found = reckon(held, float(cap), area=area, come_again=again / 100)
    except InputError as error:
        st.info(md(" ".join(error.show(language.current()).splitlines())), icon=":material/help:")
        return
    _tiles(found)
    if which == "past":
        pairs: list[tuple[dt.date, float]] = list(zip(days.index, days.to_list(), strict=True))
        picture = capped_days(pairs, cap=float(cap), lang=language.current())
        visitorwords.draw(held, picture, key="visitors-capped", name=f"visitors-cap-{area}")
    said = [*(say(note) for note in found.notes), visitorwords.source_words(held)]
    st.caption(md(" ".join(said)))
    _months(found)


def _months(found: WhatIf) -> None:
    """Show what a cap changes month by month."""
    with st.expander(say(_MONTHS)):
        rows = [
            {
                name: str(row[name]) if name == "month" else count_words(number(row[name]))
                for name in _MONTH_HEADS
            }
            for row in found.by_month.to_dict("records")
        ]
        visitorwords.show_table(rows, _MONTH_HEADS, key="visitors-cap-months")


def _tiles(found: WhatIf) -> None:
    share = found.above / found.visitors if found.visitors else 0.0
    above = [say(_OF_ALL, p=share)]
    if number(found.above_lower) is not None:
        low, high = count_words(found.above_lower), count_words(found.above_upper)
        above.append(say(_BETWEEN, a=low, b=high))
    tiles = (
        (_TOUCHED, f"{found.touched:,}", say(_OF_DAYS, n=f"{found.days:,}")),
        (_ABOVE, count_words(found.above), " · ".join(above)),
        (_MOVED, count_words(found.moved), ""),
        (_LOST, count_words(found.lost), ""),
    )
    with st.container(key="visitors-cap-tiles", horizontal=True, gap="small"):
        for title, value, note in tiles:
            with st.container(border=True):
                st.metric(say(title), value)
                st.caption(note)
