"""Forecast (预测): the days and months ahead with their interval, and how well it did before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.charts.visitorforecast import Counted, Limit, Step, counts_ahead
from wetland.charts.visitortiers import COLOURS, count_words
from wetland.operations.visitorforecast import Freq
from wetland.operations.visitors import VisitorData, declared_places
from wetland.reports.findings import rows_of
from wetland.ui import language, visitordata, visitorwords
from wetland.ui.language import COMMA, name_of, say
from wetland.ui.plain import md
from wetland.ui.visitorsummary import counted_of, day_of, moment_of, named_days
from wetland.visitors.tables import MEASURES

if TYPE_CHECKING:
    from wetland.statistics.evaluation import Evaluation
    from wetland.visitors.forecast import SeriesForecast
    from wetland.visitors.told import Told

_PLACE = text("地点", "Place")
_MEASURE = text("内容", "Counted")
_FREQ = text("步长", "Step")
_AHEAD = text("多远", "How far")
FREQS_SHOWN: tuple[Freq, ...] = ("day", "hour", "month")
FREQS: Mapping[str, Text] = {
    "day": text("按日", "by day"),
    "hour": text("按小时", "by hour"),
    "month": text("按月", "by month"),
}
HORIZONS: Mapping[Freq, tuple[int, ...]] = {
    "day": (7, 14),
    "hour": (24, 72, 168, 336),
    "month": (3, 6, 12),
}
_USUAL: Mapping[Freq, int] = {"day": 14, "hour": 72, "month": 12}
_STEPS: Mapping[Freq, Text] = {
    "day": text("{n} 天", "{n} days"),
    "hour": text("{n} 小时", "{n} h"),
    "month": text("{n} 个月", "{n} months"),
}
_PAST: Mapping[Freq, int] = {"day": 60, "hour": 24 * 7, "month": 36}
_WORKING = text("正在推算…", "Working it out…")
_SHOWN = text("比季节性朴素预测好 {skill:.0%}", "{skill:.0%} better than seasonal naive")
_NOT_SHOWN = text("不显示预测", "No forecast is shown")
_TESTED = text(
    "平均绝对误差 {mae}，季节性朴素预测 {naive}（{n} 次滚动起报，共 {k} 个结果）；"
    "{level:.0%} 区间实际盖住 {coverage:.0%}",
    "mean absolute error {mae}, seasonal naive {naive} ({n} rolling origins, {k} outcomes); the "
    "{level:.0%} interval held {coverage:.0%}",
)
_MODEL = text("方法：{m}", "Method: {m}")
_TABLE = text("逐步数值", "The numbers")
_HEADS: Mapping[str, Text] = {
    "time": text("时间", "Time"),
    "kind": text("日子", "Kind of day"),
    "mean": text("预测", "Forecast"),
    "interval": text("区间", "Interval"),
}
_HOLIDAYS = text("黄色＝节假日：{names}。", "Yellow: public holidays ({names}).")
_EVENTS = text("预测期内的活动：{names}。", "Events ahead: {names}.")
_TIER = text("{name} {n}（{share:.0%}）", "{name} {n} ({share:.0%})")
_MAY_REACH = text(
    "区间上限达到{label}的日子：{days}。", "Days whose interval reaches {label}: {days}."
)
_NONE_REACH = text("没有一天的区间达到{label}。", "No day's interval reaches {label}.")
_NOTE = text(
    "虚线＝预测，紫色带＝{level:.0%} 区间；线断开处没有计数。",
    "Dashed: forecast, violet: {level:.0%} interval; the line breaks where nobody counted.",
)
_LEVEL = 0.9


def render(held: VisitorData) -> None:
    """Show the forecast of one place, or why none is shown."""
    place, measure, freq, horizon = _asked(held)
    if measure is None:  # nothing is counted there
        return
    name = text(
        f"{held.name(place).zh} {MEASURES[measure].zh}",
        f"{held.name(place).en}: {MEASURES[measure].en}",
    )
    try:
        with st.spinner(say(_WORKING)):
            found = visitordata.forecast(held, place, measure, freq, horizon)
    except InputError as error:
        st.info(md(" ".join(error.show(language.current()).splitlines())), icon=":material/help:")
        _chart(held, (place, measure), freq, name, None)
        return
    for one in found.forecasts:
        _told(one.told)
        _chart(held, (place, measure), freq, name, one if one.told.shown else None)
        _words(held, (place, measure), freq, one)
        if one.told.shown:
            _numbers(held, freq, one)


def _asked(held: VisitorData) -> tuple[str, str | None, Freq, int]:
    places = places_of(held)
    names = {p: held.name(p) for p in places}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(
            say(_PLACE), places, format_func=name_of(names), key="visitors-place", width=230
        )
        measures = measures_of(held, place)
        measure = st.selectbox(
            say(_MEASURE), measures, format_func=name_of(MEASURES), key="visitors-measure",
            width=150,
        )  # fmt: skip
        freq: Freq = st.segmented_control(
            say(_FREQ), FREQS_SHOWN, default=usual_freq(held), format_func=name_of(FREQS),
            key="visitors-freq", required=True,
        )  # fmt: skip
        horizons = HORIZONS[freq]
        labels = {n: say(_STEPS[freq], n=n) for n in horizons}
        horizon = st.selectbox(
            say(_AHEAD), horizons, index=horizons.index(_USUAL[freq]),
            format_func=labels.__getitem__, key=f"visitors-ahead-{freq}", width=120,
        )  # fmt: skip
    return place, measure, freq, int(horizon)


def places_of(held: VisitorData) -> list[str]:
    """Return the areas whose visitors are known, the whole site first, then all that has counts."""
    there = set(held.places)
    parents = {a.id: a.parent for a in held.pack.areas}
    known = there & set(parents) | {g.area for g in held.pack.gates if g.id in there}
    while above := {parents[a] for a in known if parents.get(a)} - known:
        known |= {a for a in above if a is not None}
    order = [p.id for p in declared_places(held.pack) if p.id in known | there]
    order.sort(key=lambda p: p not in parents or parents[p] is not None)
    return order + [p for p in held.places if p not in order]


def usual_freq(held: VisitorData) -> Freq:
    """Return days, or months where nothing was counted by the day or finer."""
    finer = held.usable["period"].isin(["day", "hour", "moment"])
    return "day" if bool(finer.any()) else "month"


def measures_of(held: VisitorData, place: str) -> list[str]:
    """Return what was counted at a place; of an area nothing was, what its gates count."""
    own = held.usable.loc[held.usable["place"] == place, "measure"]
    found = [m for m in MEASURES if m in set(own)]
    if place in {a.id for a in held.pack.areas} and "entries" not in found:
        return ["entries", *found]
    return found


def _told(told: Told) -> None:
    """Say by how much it beats seasonal naive, or why it is not shown."""
    with st.container(border=True, key="visitors-card"):
        skill = None if told.evaluation is None else told.evaluation.skill
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if told.shown and skill is not None:
                st.badge(say(_SHOWN, skill=skill), icon=":material/check_circle:", color="green")
            elif not told.shown:
                st.badge(say(_NOT_SHOWN), icon=":material/visibility_off:", color="orange")
            st.markdown(md(say(told.reason)))
        if told.evaluation is not None:
            st.caption(md(tested_words(told.evaluation)))


def tested_words(evaluation: Evaluation) -> str:
    """Return what rolling origins said of a forecast."""
    return say(
        _TESTED,
        mae=count_words(evaluation.mae),
        naive=count_words(evaluation.naive_mae),
        n=evaluation.origins,
        k=evaluation.tested,
        level=1 - evaluation.alpha,
        coverage=evaluation.coverage,
    )


def _chart(
    held: VisitorData,
    what: tuple[str, str],
    freq: Freq,
    name: Text,
    one: SeriesForecast | None,
) -> None:
    place, measure = what
    past = _past(held, place, measure, freq)[-_PAST[freq] :]
    steps = [] if one is None else steps_of(held, freq, one)
    if not past:
        return
    days = named_days(held.calendar, [c.at for c in past] + [s.at for s in steps])
    judged = freq == "day" and measure == "entries"
    limits = limits_of(held, place, day_of(past[-1].at)) if judged else []
    picture = counts_ahead(
        past, steps, name=name, freq=freq, lang=language.current(), marks=[*days, *limits]
    )
    visitorwords.draw(held, picture, key="visitors-ahead", name=f"visitors-{freq}-{place}")


def limits_of(held: VisitorData, area: str, day: dt.date) -> list[Limit]:
    """Return where the tiers of an area begin by its daily capacity of a day; none without one."""
    told = (c for c in visitordata.capacities(held, day) if c.area.id == area)
    people = next((c.people for c in told if c.limit == "daily"), None)
    if not people:
        return []
    return [
        Limit(
            tier.share * people,
            say(_TIER, name=tier.name, n=count_words(tier.share * people), share=tier.share),
            COLOURS[tier.colour],
        )
        for tier in held.pack.tiers
    ]


def _reached(held: VisitorData, area: str, steps: Sequence[Step]) -> str:
    """Say on which days ahead the interval reaches the first tier of an area."""
    limits = limits_of(held, area, day_of(steps[0].at))
    if not limits:
        return ""
    first = min(limits, key=lambda one: one.value)
    days = [f"{s.at:%m-%d}" for s in steps if s.upper >= first.value]
    if not days:
        return say(_NONE_REACH, label=first.label)
    return say(_MAY_REACH, days=say(COMMA).join(days), label=first.label)


def _past(held: VisitorData, place: str, measure: str, freq: Freq) -> list[Counted]:
    """Return what was counted; nothing where nothing was in steps of this length."""
    try:
        return counted_of(visitordata.series(held, place, measure, freq), freq)
    except InputError:
        return []


def steps_of(held: VisitorData, freq: Freq, one: SeriesForecast) -> list[Step]:
    """Return the steps of a forecast as they are drawn."""
    steps = []
    for row in rows_of(one.frame):
        at = moment_of(row["time"], freq)
        note = "" if freq == "month" else visitorwords.kind_words(held, day_of(at))
        steps.append(Step(at, float(row["mean"]), float(row["lower"]), float(row["upper"]), note))
    return steps


def _words(held: VisitorData, what: tuple[str, str], freq: Freq, one: SeriesForecast) -> None:
    """Say what the picture shows and what the forecast rests on."""
    steps = steps_of(held, freq, one)
    said = [say(_NOTE, level=_LEVEL)] if one.told.shown else []
    if one.told.shown and steps and freq != "month":
        first, last = day_of(steps[0].at), day_of(steps[-1].at)
        days = named_days(held.calendar, [s.at for s in steps])
        names = dict.fromkeys(d.name for d in days)
        said += [say(_HOLIDAYS, names=say(COMMA).join(names))] if names else []
        events = [
            say(e.name) for e in held.pack.events
            if any(e.holds_on(first + dt.timedelta(days=n)) for n in range((last - first).days + 1))
        ]  # fmt: skip
        said += [say(_EVENTS, names=say(COMMA).join(events))] if events else []
    if one.told.shown and steps and freq == "day" and what[1] == "entries":
        said.append(_reached(held, what[0], steps))
    said += [say(_MODEL, m=one.told.model), *(say(note) for note in one.told.notes)]
    st.caption(md(" · ".join([*said, visitorwords.source_words(held)])))


def _numbers(held: VisitorData, freq: Freq, one: SeriesForecast) -> None:
    shown: Mapping[Freq, str] = {"hour": "%m-%d %H:%M", "day": "%Y-%m-%d", "month": "%Y-%m"}
    rows: list[dict[str, Any]] = [
        {
            "time": step.at.strftime(shown[freq]),
            "kind": step.note or "–",
            "mean": count_words(step.mean),
            "interval": f"{count_words(step.lower)} – {count_words(step.upper)}",
        }
        for step in steps_of(held, freq, one)
    ]
    with st.expander(say(_TABLE)):
        visitorwords.show_table(rows, _HEADS, key="visitors-numbers")
