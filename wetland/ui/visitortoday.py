"""Today (今日): the load of every area against its capacity, what to do, and how it compares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from wetland.base.texts import Text, text
from wetland.charts.visitorgauge import LoadBar, load_gauges
from wetland.charts.visitortiers import OUTCOMES, count_words
from wetland.operations.visitoranswers import CapacityOfArea, Loads, Per
from wetland.operations.visitors import VisitorData
from wetland.reports.findings import rows_of
from wetland.sites.load import Site
from wetland.ui import language, session, visitordata, visitorfindings, visitorwords
from wetland.ui.language import pair, say
from wetland.ui.plain import md
from wetland.ui.visitorwords import LIMITS, missing, number
from wetland.visitors.pack import Area, Capacity, Tier

STALE_DAYS = 2  # a day without counts is a weekend of the office, two are a gap
_DAY = text("哪一天", "Day")
_STALE = text(
    "数据不新：最近一次计数是 {d}，已过 {n} 天。",
    "Not up to date: the last count is of {d}, {n} days ago.",
)
_VISITS = text("{area}当日入园", "Visits of the day, {area}")
_AT_LEAST = text("至少 {n}", "at least {n}")
_NO_DAILY = text("当日没有计数", "not counted on that day")
_NOT_OVER = text("当日未计完，不作比较", "not wholly counted: not compared")
_MONTH = text("{month} 累计入园", "Visits of {month}")
_NOW = text("最近在园人数", "People in the park")
_MOST = text("当日最多在园人数", "Most people in the park at once")
_AS_OF = text("{at} · 占瞬时承载量 {p}", "{at} · {p} of the capacity at once")
_NO_NOW = text("没有在园人数，也不能由进出推算", "not counted, and not told by entries and exits")
_OPEN = text("待核实的承载问题", "Open findings on capacity")
_NEVER = text("还没有检查过", "not looked for yet")
_GAUGES = text("负荷与承载量", "Load against capacity")
_GAUGE_NOTE = text(
    "竖线＝承载量；底色＝黄、橙、红预警的范围；空心条＝待定（有入口未报数，或当日未完）。"
    "日承载量与瞬时承载量分别判断，过去的日子取瞬时最多的时刻；"
    "周合计、黄金周合计不与日承载量比较。",
    "The upright mark is the capacity, the ground the tiers. A hollow bar is undecided: gates have "
    "not reported, or the day is not over. Daily and instantaneous capacity are judged apart, "
    "past days by their fullest moment; totals of a week or a holiday are never compared with a "
    "daily capacity.",
)
_NO_LOAD = text(
    "没有区域既有计数又有承载量。承载量写在场地包的 visitors.yaml。",
    "No area has both counts and a capacity. Capacities are declared in the pack's visitors.yaml.",
)
_TO_DO = text("现在该做什么", "What to do now")
_NOTHING = text("当日没有区域达到预警线。", "No area reached a tier on that day.")
_NOT_YET = text(
    "目前没有区域达到预警线；{n} 项待定，可能还会达到。",
    "No area reached a tier so far; {n} are undecided and still may.",
)
_PAID, _FREE = text("收费区", "Paid areas"), text("免费区", "Free areas")
_ALL_TIERS = text("各级预警该做什么", "What each tier asks for")
_NO_TIER = text(
    "场地包没有写这一级要做什么。", "The pack does not say what is to be done at this tier."
)
_FROM = text("{share:.0%} 起", "from {share:.0%}")
_SOURCE = text("依据：{s}", "source: {s}")
_BASIS = text("每项判断的依据", "What each judgement rests on")
_FIGURES = text("公布过的承载量（说法不一）", "Published capacities (they conflict)")
_HEADS: Mapping[str, Text] = {
    "area": text("区域", "Area"),
    "limit": text("承载量", "Limit"),
    "people": text("人数", "People"),
    "capacity": text("承载量数值", "Capacity"),
    "outcome": text("判断", "Judged"),
    "reason": text("理由", "Why"),
    "n": text("报数次数", "Reports"),
    "time": text("时间", "Time"),
}
_FIGURE_HEADS: Mapping[str, Text] = {
    "area": text("区域", "Area"),
    "limit": text("承载量", "Limit"),
    "people": text("人数", "People"),
    "judged": text("用于判断", "Judged by"),
    "wording": text("说法", "Wording"),
    "source": text("来源", "Source"),
    "confidence": text("可信度", "Confidence"),
}
_YES, _NO = text("是", "yes"), text("否，仅列出", "no, listed only")
_CONFIDENCE: Mapping[str, Text] = {
    "high": text("高", "high"),
    "medium": text("中", "medium"),
    "low": text("低", "low"),
}
_LOOKS: Mapping[str, tuple[str, str]] = {
    "red": ("red", ":material/error:"),
    "orange": ("orange", ":material/warning:"),
    "yellow": ("yellow", ":material/campaign:"),
}


def render(site: Site, held: VisitorData) -> None:
    """Show one day: tiles, gauges, what to do, and what it all rests on."""
    day = _choose_day(held)
    if day is None:
        st.info(say(_NO_LOAD))
        return
    _stale(held)
    loads = visitordata.loads(held, day)
    _tiles(held, loads, day)
    _gauges(held, loads, day)
    if _known(loads):
        _to_do(held, loads)
    visitorfindings.render(site)
    _basis(held, loads)
    _figures(held, day)


def _choose_day(held: VisitorData) -> dt.date | None:
    first, last = held.first_day, held.last_day
    if first is None or last is None:
        return None
    chosen = st.session_state.get("visitors-day") or _asked_day()
    known = chosen is not None and first <= chosen <= last
    st.session_state["visitors-day"] = chosen if known else last
    day: dt.date = st.date_input(
        say(_DAY), min_value=first, max_value=last, key="visitors-day", width=190
    )
    return day


def _asked_day() -> dt.date | None:
    """Return the day that the address asks for (``?day=2026-10-02``); None without one."""
    try:
        return dt.date.fromisoformat(st.query_params.get("day", ""))
    except ValueError:
        return None


def _stale(held: VisitorData) -> None:
    last = held.last_day
    days = 0 if last is None else (session.today() - last).days
    if days > STALE_DAYS:
        st.warning(say(_STALE, d=last, n=days), icon=":material/schedule:")


def _tiles(held: VisitorData, loads: Loads, day: dt.date) -> None:
    area = visitorwords.whole_area(held.pack)
    with st.container(key="visitors-tiles", horizontal=True, gap="small"):
        with st.container(border=True, key="visitors-tile-day"):
            _tile_day(held, loads, area, day)
        with st.container(border=True, key="visitors-tile-month"):
            _tile_month(held, area, day)
        with st.container(border=True, key="visitors-tile-now"):
            _tile_now(held, loads, area)
        with st.container(border=True, key="visitors-tile-open"):
            n = visitorfindings.waiting()
            st.metric(say(_OPEN), "–" if n is None else f"{n:,}")
            st.caption(say(_NEVER) if n is None else visitorfindings.by_rule())
    st.caption(md(visitorwords.source_words(held)))


def _row_of(table: pd.DataFrame, area: Area | None, limit: str) -> Mapping[str, Any] | None:
    wanted = "" if area is None else area.id
    found = (r for r in rows_of(table) if (r["area"], r["limit"]) == (wanted, limit))
    return next(found, None)


def _tile_day(held: VisitorData, loads: Loads, area: Area | None, day: dt.date) -> None:
    row = _row_of(loads.daily, area, "daily")
    title = say(_VISITS, area="" if area is None else say(area.name))
    people = None if row is None else number(row["people"])
    shown = count_words(people)
    part = row is not None and bool(row["at_least"])
    if part and people is not None:
        shown = say(_AT_LEAST, n=shown)
    st.metric(title, shown)
    said = [f"{day} {visitorwords.kind_words(held, day)}"]
    if people is None:
        said.append(say(_NO_DAILY))
    elif part:
        said.append(say(_NOT_OVER))
    elif area is not None:
        said.append(visitorwords.change_words(_period(held, area, "day", day.isoformat())))
    st.caption(md(" · ".join(said)))


def _tile_month(held: VisitorData, area: Area | None, day: dt.date) -> None:
    month = day.isoformat()[:7]
    row = None if area is None else _period(held, area, "month", month)
    st.metric(say(_MONTH, month=month), count_words(None if row is None else number(row["value"])))
    st.caption(md(visitorwords.change_words(row)))


def _period(
    held: VisitorData,
    area: Area,
    per: Per,
    period: str,
) -> Mapping[str, Any] | None:
    rows = rows_of(visitordata.compared(held, area.id, per))
    return next((r for r in rows if str(r["period"])[: len(period)] == period), None)


def _tile_now(held: VisitorData, loads: Loads, area: Area | None) -> None:
    row = _row_of(loads.instant, area, "instantaneous")
    people = None if row is None else number(row["people"])
    st.metric(say(_NOW if loads.day == held.last_day else _MOST), count_words(people))
    if row is None or people is None:
        st.caption(say(_NO_NOW))
        return
    share = number(row["share"])
    said = say(_AS_OF, at=_moment(row), p="–" if share is None else f"{share:.0%}")
    st.caption(md(said))


def _moment(row: Mapping[str, Any]) -> str:
    """Return the time a row is of: its moment to the minute, else its day."""
    for name in ("as_of", "at", "day"):
        value = row.get(name)
        if value is not None and not missing(value):
            shown = f"{value:%Y-%m-%d %H:%M}" if isinstance(value, dt.datetime) else str(value)
            return shown
    return "–"


def _known(loads: Loads) -> list[Mapping[str, Any]]:
    """Return the rows that have people or a capacity, in order of the pack's areas."""
    order = [area.id for area in loads.pack.areas]
    rows = [*rows_of(loads.daily), *rows_of(loads.instant)]
    kept = [r for r in rows if not (missing(r["people"]) and missing(r["capacity"]))]
    return sorted(kept, key=lambda r: order.index(r["area"]) if r["area"] in order else len(order))


def _gauges(held: VisitorData, loads: Loads, day: dt.date) -> None:
    st.subheader(say(_GAUGES), anchor=False)
    bars = [_bar(held, row, day) for row in _known(loads)]
    if not bars:
        st.info(say(_NO_LOAD))
        return
    tiers = [(t.colour, t.share) for t in held.pack.tiers]
    shown = load_gauges(bars, tiers=tiers, lang=language.current())
    visitorwords.draw(held, shown, key="visitors-gauges", name=f"visitor-load-{day}")
    st.caption(md(" ".join([say(_GAUGE_NOTE), visitorwords.source_words(held)])))


def _bar(held: VisitorData, row: Mapping[str, Any], day: dt.date) -> LoadBar:
    names = visitorwords.area_names(held.pack)
    area, limit = str(row["area"]), str(row["limit"])
    capacity = number(row["capacity"])
    return LoadBar(
        f"{say(names[area]) if area in names else area} · {say(LIMITS[limit])}",
        number(row["people"]),
        None if capacity is None else int(capacity),
        str(row["outcome"]) if str(row["outcome"]) in OUTCOMES else "undecided",
        at_least=bool(row["at_least"]),
        reports=None if missing(row["reports"]) else int(row["reports"]),
        when=_moment(row),
        source=visitorwords.source_of(held, area, limit, day),
        note=str(row[f"reason_{language.current()}"] or ""),
    )


def _to_do(held: VisitorData, loads: Loads) -> None:
    st.subheader(say(_TO_DO), anchor=False)
    known = _known(loads)
    reached = [row for row in known if str(row["outcome"]) in _LOOKS]
    for n, row in enumerate(reached):
        _card(held, row, key=f"card-broken-visitors-{n}")
    open_ = sum(str(row["outcome"]) == "undecided" for row in known)
    if not reached and open_:
        st.info(say(_NOT_YET, n=open_), icon=":material/help:")
    elif not reached:
        st.success(say(_NOTHING), icon=":material/check_circle:")
    if held.pack.tiers:
        with st.expander(say(_ALL_TIERS)):
            for tier in held.pack.tiers:
                colour, icon = _LOOKS[tier.colour]
                words = f"{say(tier.name)} · {say(_FROM, share=tier.share)}"
                st.badge(md(words), icon=icon, color=colour)  # type: ignore[arg-type]
                _measures(tier, None)


def _line(row: Mapping[str, Any]) -> str:
    share = number(row["share"])
    shown = f"{count_words(number(row['people']))} / {count_words(number(row['capacity']))}"
    return f"{shown} · {'–' if share is None else f'{share:.0%}'} · {_moment(row)}"


def _card(held: VisitorData, row: Mapping[str, Any], *, key: str) -> None:
    """Show that a tier was reached, by how much, and what it asks for."""
    outcome, area = str(row["outcome"]), str(row["area"])
    names = visitorwords.area_names(held.pack)
    title = f"{say(names[area]) if area in names else area} · {say(LIMITS[str(row['limit'])])}"
    tier = next((t for t in held.pack.tiers if t.colour == outcome), None)
    colour, icon = _LOOKS[outcome]
    with st.container(border=True, key=key):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            word = OUTCOMES[outcome] if tier is None else tier.name
            st.badge(md(say(word)), icon=icon, color=colour)  # type: ignore[arg-type]
            st.markdown(f"**{md(title)}** {md(_line(row))}")
        if tier is None:
            st.caption(say(_NO_TIER))
        else:
            _measures(tier, next((a.paid for a in held.pack.areas if a.id == area), None))


def _measures(tier: Tier, paid: bool | None) -> None:
    """Show what a tier asks for; of an area not told to be paid or free, both ways."""
    if paid is not False:
        st.markdown(md(pair(say(_PAID), _listed(tier.paid))))
    if paid is not True:
        st.markdown(md(pair(say(_FREE), _listed(tier.free))))
    st.caption(md(say(_SOURCE, s=tier.source)))


def _listed(measures: Sequence[Text]) -> str:
    return ("；" if language.current() == "zh" else "; ").join(say(m) for m in measures) or "–"


def _basis(held: VisitorData, loads: Loads) -> None:
    names = visitorwords.area_names(held.pack)
    rows = [
        {
            "area": say(names[str(r["area"])]) if str(r["area"]) in names else str(r["area"]),
            "limit": say(LIMITS[str(r["limit"])]),
            "people": count_words(number(r["people"])),
            "capacity": count_words(number(r["capacity"])),
            "outcome": say(OUTCOMES.get(str(r["outcome"]), OUTCOMES["undecided"])),
            "reason": str(r[f"reason_{language.current()}"] or ""),
            "n": count_words(number(r.get("reports"))),
            "time": _moment(r),
        }
        for r in _known(loads)
    ]
    if rows:
        st.subheader(say(_BASIS), anchor=False)
        visitorwords.show_table(rows, _HEADS, key="visitors-basis")


def _figures(held: VisitorData, day: dt.date) -> None:
    with st.expander(say(_FIGURES)):
        found = visitordata.capacities(held, day)
        for one in found:
            if one.note is not None:
                title = f"{say(one.area.name)} · {say(LIMITS[one.limit])}"
                st.caption(md(pair(title, say(one.note))))
        rows = [_figure(one, f) for one in found for f in (one.judged, *one.others) if f]
        visitorwords.show_table(rows, _FIGURE_HEADS, key="visitors-figures")


def _figure(one: CapacityOfArea, figure: Capacity) -> dict[str, str]:
    return {
        "area": say(one.area.name),
        "limit": say(LIMITS[one.limit]),
        "people": count_words(figure.people),
        "judged": say(_YES if figure is one.judged else _NO),
        "wording": say(figure.wording),
        "source": figure.source,
        "confidence": say(_CONFIDENCE[figure.confidence]),
    }
