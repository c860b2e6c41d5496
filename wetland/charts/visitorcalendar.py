"""Visitors by day as a calendar: a column per week, a row per weekday, gaps left white."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import DARK
from wetland.charts.visitortiers import COLOURS, OUTCOMES, count_words

WEEKDAYS: tuple[Text, ...] = (
    text("一", "Mon"), text("二", "Tue"), text("三", "Wed"), text("四", "Thu"),
    text("五", "Fri"), text("六", "Sat"), text("日", "Sun"),
)  # fmt: skip
MARKS: Mapping[str, Text] = {"holiday": text("休", "H"), "makeup": text("班", "W")}
_DARKEST, _PALEST = (23, 78, 112), (225, 238, 244)
_HEADS: Mapping[str, Text] = {
    "day": text("日期", "day"),
    "shown": text("人次", "visits"),
    "word": text("判断", "judged"),
    "kind": text("日子", "kind of day"),
    "note": text("说明", "note"),
}
_NOT_COUNTED = text("没有计数", "not counted")
_AT_LEAST = text("至少 {n}", "at least {n}")
_LEGEND = text("人次", "visits")
_ALT = text(
    "客流日历，{first} 至 {last}：{n} 天有计数，{gaps} 天没有；最多 {most}（{day}）。",
    "Visitors by day, {first} to {last}: {n} days counted, {gaps} not; most {most} ({day}).",
)
_EMPTY = text("客流日历：没有数据。", "Visitors by day: no data.")
_DARK_FROM = 0.55


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day: its visits (None: not counted), what its load is judged and what day it is.

    ``kind`` is a key of `wetland.visitors.calendar.KINDS`; ``kind_words`` what is shown for it.
    """

    day: dt.date
    value: float | None
    outcome: str = ""
    at_least: bool = False
    kind: str = "workday"
    kind_words: str = ""
    note: str = ""


def day_calendar(cells: Sequence[DayCell], *, lang: Lang, tiers: bool = False) -> Drawing:
    """Draw days in the colour of their visits, or of their tier.

    Days nobody counted are white with a dashed edge; they are never 0. Public holidays carry 休
    (H), make-up working days 班 (W), days not wholly counted ≥.

    Parameters
    ----------
    tiers
        Colour by tier instead of by number; days without one are as those not counted.
    """
    shown = sorted(cells, key=lambda c: c.day)
    top = max([c.value for c in shown if c.value is not None], default=0.0) or 1.0
    values = [_value(c, top, lang, tiers=tiers) for c in shown]
    weeks = sorted({v["week"] for v in values})
    days = [name.get(lang) for name in WEEKDAYS]
    base = alt.Chart(inline(values)).encode(
        x=alt.X("week:O", sort=weeks, title=None, axis=_axis(weeks)),
        y=alt.Y("weekday:N", sort=days, scale=alt.Scale(domain=days), title=None,
                axis=alt.Axis(ticks=False, domain=False, labelFontSize=11)),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )  # fmt: skip
    counted = base.transform_filter("datum.filled").mark_rect(stroke="#FFFFFF", strokeWidth=1)
    boxes = counted.encode(color=_colour(top, lang, tiers=tiers))
    gaps = base.transform_filter("!datum.filled").mark_rect(
        fill="#FFFFFF", stroke="#B9C6C4", strokeWidth=0.8, strokeDash=[2, 2]
    )
    size = alt.ExprRef(expr=f"min(11, max(6, 0.62 * width / {max(len(weeks), 1)}))")
    marks = base.transform_filter("datum.mark != ''").mark_text(fontSize=size).encode(
        text="mark:N", color=alt.Color("ink:N", scale=None)
    )  # fmt: skip
    chart = alt.layer(gaps, boxes, marks).resolve_scale(color="independent").properties(
        width="container", height=7 * 22
    )  # fmt: skip
    return drawing(chart, _words(shown, lang))


def _axis(weeks: Sequence[str]) -> alt.Axis:
    """Return the axis of weeks: named by their Sunday, so that the week of a first says it."""
    firsts = [w for w in weeks if int(w[8:]) <= 7]
    return alt.Axis(
        orient="top", values=firsts, labelExpr="slice(datum.value, 2, 7)", labelAngle=0,
        labelOverlap="greedy", ticks=False, domain=False, labelFontSize=10, labelAlign="left",
    )  # fmt: skip


def _colour(top: float, lang: Lang, *, tiers: bool) -> alt.Color:
    if tiers:
        return alt.Color(
            "word:N",
            scale=alt.Scale(
                domain=[OUTCOMES[k].get(lang) for k in OUTCOMES],
                range=[COLOURS[k] for k in OUTCOMES],
            ),
            legend=alt.Legend(orient="bottom", title=None, columns=2, symbolType="square",
                              labelLimit=300),
        )  # fmt: skip
    scale = alt.Scale(domain=[0, top], range=[_hex(_PALEST), _hex(_DARKEST)])
    legend = alt.Legend(orient="bottom", title=_LEGEND.get(lang), format=",.0f", tickCount=4,
                        gradientLength=200)  # fmt: skip
    return alt.Color("value:Q", scale=scale, legend=legend)


def _hex(rgb: tuple[int, int, int]) -> str:
    return "#" + "".join(f"{part:02X}" for part in rgb)


def _value(c: DayCell, top: float, lang: Lang, *, tiers: bool) -> dict[str, Any]:
    sunday = c.day + dt.timedelta(days=6 - c.day.weekday())
    judged = OUTCOMES.get(c.outcome)
    filled = judged is not None if tiers else c.value is not None
    number = count_words(c.value)
    if c.value is None:
        number = _NOT_COUNTED.get(lang)
    elif c.at_least:
        number = _AT_LEAST.fill(n=number).get(lang)
    dark = c.outcome == "red" if tiers else (c.value or 0.0) > _DARK_FROM * top
    return {
        "week": sunday.isoformat(),
        "weekday": WEEKDAYS[c.day.weekday()].get(lang),
        "day": f"{c.day.isoformat()} {WEEKDAYS[c.day.weekday()].get(lang)}",
        "value": c.value,
        "filled": filled,
        "shown": number,
        "word": "–" if judged is None else judged.get(lang),
        "kind": c.kind_words or "–",
        "note": c.note or "–",
        "mark": MARKS[c.kind].get(lang) if c.kind in MARKS else "≥" if c.at_least else "",
        "ink": "#FFFFFF" if filled and dark else DARK,
    }


def _words(shown: Sequence[DayCell], lang: Lang) -> str:
    counted = [(c.value, c.day) for c in shown if c.value is not None]
    if not counted:
        return _EMPTY.get(lang)
    most, day = max(counted)
    return _ALT.fill(
        first=shown[0].day,
        last=shown[-1].day,
        n=len(counted),
        gaps=len(shown) - len(counted),
        most=count_words(most),
        day=day,
    ).get(lang)
