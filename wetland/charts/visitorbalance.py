"""Visitors beside birds, water and findings by month, and what a lower cap would touch.

Each series has a chart of its own over the same months: two scales in one chart would show a
likeness that its maker chose.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import DARK, LINE
from wetland.charts.visitortiers import COLOURS, count_words, wall_ms

_HEADS: Mapping[str, Text] = {
    "month": text("月份", "month"),
    "shown": text("数值", "value"),
}
_ALT = text("{name}，{first} 至 {last}，{n} 个月有数值；{low} 至 {high}。",
            "{name}, {first} to {last}, {n} months with a value; {low} to {high}.")  # fmt: skip
_EMPTY = text("{name}：没有数据。", "{name}: no data.")
_CAP_HEADS: Mapping[str, Text] = {
    "day": text("日期", "day"),
    "shown": text("人次", "visits"),
    "over": text("超出上限", "over the cap"),
}
_CAP_ALT = text("{n} 天有计数，{over} 天超过 {cap} 人次的上限，超出合计 {sum} 人次。",
                "{n} days counted, {over} of them above a cap of {cap}, {sum} visits over it."
                )  # fmt: skip
_CAP_LABEL = text("上限 {cap}", "cap {cap}")
_LARGE = 1000.0
_VISITS = text("人次", "visits")


def month_panel(
    values: Mapping[str, float], *, months: Sequence[str], name: Text, lang: Lang
) -> Drawing:
    """Draw one value a month (``2026-05``) over the months given; a month without one is a gap."""
    rows = [
        {"month": month, "value": values[month], "shown": f"{values[month]:,.4g}"}
        if _known(values, month)
        else {"month": month, "value": None, "shown": "–"}
        for month in months
    ]
    order = list(months)
    base = alt.Chart(inline(rows)).encode(
        x=alt.X("month:O", sort=order, scale=alt.Scale(domain=order), title=None,
                axis=alt.Axis(labelOverlap="greedy", labelSeparation=8, labelAngle=0)),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=True),
                axis=alt.Axis(tickCount=3, format=_format(values.values()))),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )  # fmt: skip
    line = base.mark_line(color=LINE, strokeWidth=1.5, invalid="break-paths-show-domains")
    dots = base.mark_point(color=LINE, filled=True, size=34, invalid="filter")
    chart = alt.layer(line, dots).properties(width="container", height=96)
    return drawing(chart, _panel_words(values, order, name, lang))


def _format(values: Iterable[float]) -> str:
    """Return how an axis writes numbers: large ones with a letter, never with an exponent."""
    largest = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    return "~s" if largest >= _LARGE else ",.3~g"


def _known(values: Mapping[str, float], month: str) -> bool:
    return month in values and math.isfinite(values[month])


def _panel_words(values: Mapping[str, float], months: Sequence[str], name: Text, lang: Lang) -> str:
    known = [month for month in months if _known(values, month)]
    if not known:
        return _EMPTY.fill(name=name).get(lang)
    told = [values[month] for month in known]
    return _ALT.fill(
        name=name, first=known[0], last=known[-1], n=len(known),
        low=f"{min(told):,.4g}", high=f"{max(told):,.4g}",
    ).get(lang)  # fmt: skip


def capped_days(days: Sequence[tuple[dt.date, float]], *, cap: float, lang: Lang) -> Drawing:
    """Draw the days counted with a cap across them; what is over it stands in another colour."""
    rows: list[dict[str, Any]] = [
        {
            "t": wall_ms(day),
            "to": wall_ms(day) + 86_400_000,
            "zero": 0.0,
            "under": min(value, cap),
            "value": value,
            "day": day.isoformat(),
            "shown": count_words(value),
            "over": count_words(max(value - cap, 0.0)),
        }
        for day, value in days
        if math.isfinite(value)
    ]
    over = [r for r in rows if r["value"] > cap]
    scale = alt.Scale(type="utc", nice=False)
    x = alt.X("t:T", scale=scale, title=None,
              axis=alt.Axis(format="%Y-%m", labelOverlap="greedy", tickCount=8))  # fmt: skip
    y = alt.Y("zero:Q", title=_VISITS.get(lang), axis=alt.Axis(format=",.0f"))
    tips = [alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _CAP_HEADS.items()]
    base = alt.Chart(inline(rows)).encode(x=x, x2="to:T", tooltip=tips)
    under = base.mark_rect(color=COLOURS["kept"]).encode(y=y, y2="under:Q")
    above = alt.Chart(inline(over)).mark_rect(color=COLOURS["orange"]).encode(
        x=x, x2="to:T", y=alt.Y("under:Q"), y2="value:Q", tooltip=tips
    )  # fmt: skip
    words = _CAP_LABEL.fill(cap=count_words(cap)).get(lang)
    line = alt.Chart(inline([{"cap": cap, "label": words}])).encode(y=alt.Y("cap:Q"))
    rule = line.mark_rule(color=DARK, strokeDash=[5, 3], strokeWidth=1.4)
    label = line.mark_text(align="right", dx=-3, dy=-7, fontSize=11).encode(
        x=alt.value("width"), text="label:N"
    )
    chart = alt.layer(under, above, rule, label).properties(width="container", height=210)
    said = _CAP_ALT.fill(
        n=len(rows), over=len(over), cap=count_words(cap),
        sum=count_words(sum(r["value"] - cap for r in over)),
    )  # fmt: skip
    return drawing(chart, said.get(lang))
