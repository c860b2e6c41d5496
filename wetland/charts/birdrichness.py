"""Species found per year with the effort spent on it, and at equal coverage."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import DARK, TREND

OBSERVED = "#8FB8D8"
_EFFORT = "#A9B4B1"
_MARGIN = 44
_HEADS: Mapping[str, Text] = {
    "column": text("时段", "period"),
    "seen": text("观测种数", "species observed"),
    "even": text("同等覆盖度下（区间）", "at equal coverage (interval)"),
    "surveys": text("调查次数", "surveys"),
    "hours": text("小时", "hours"),
    "km": text("公里", "km"),
}
_AXIS = text("种数", "species")
_EFFORT_AXIS = text("调查次数", "surveys")
_ALT = text(
    "{n} 个时段的鸟种数：{cases}。括号内为调查次数。",
    "Species in {n} periods: {cases}. In brackets: surveys.",
)
_ALT_EFFORT = text("调查次数：{cases}。", "Surveys: {cases}.")
_EMPTY = text("鸟种数：没有数据。", "Species: no data.")


@dataclass(frozen=True, slots=True)
class RichnessBar:
    """Species observed in one period, its effort, and species at equal coverage."""

    column: str
    observed: int
    surveys: int
    hours: float | None = None
    km: float | None = None
    standardised: float = math.nan
    lower: float = math.nan
    upper: float = math.nan


def richness_years(bars: Sequence[RichnessBar], *, lang: Lang) -> Drawing:
    """Draw species observed as bars, and at equal coverage as diamonds with their intervals.

    The bars alone say as much of effort as of birds; only the diamonds can be compared.
    """
    values = [_value(b) for b in bars]
    order = [b.column for b in bars]
    tips = [alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()]
    base = alt.Chart(inline(values)).encode(x=_across(order), tooltip=tips)
    title = alt.Y("observed:Q", title=_AXIS.get(lang), axis=alt.Axis(minExtent=_MARGIN))
    boxes = base.mark_bar(color=OBSERVED, width={"band": 0.7}).encode(y=title)
    numbers = base.mark_text(dy=-8, fontSize=10, color=DARK).encode(y=alt.datum(0), text="seen:N")
    even = base.transform_filter("datum.middle != null")
    span = even.mark_rule(color=TREND, strokeWidth=1.8).encode(y="low:Q", y2="high:Q")
    marks = even.mark_point(
        shape="diamond", size=60, filled=True, color=TREND, opacity=1
    ).encode(y="middle:Q")  # fmt: skip
    layers = [boxes, numbers, span, marks] if len(order) <= 30 else [boxes, span, marks]
    chart = alt.layer(*layers).properties(width="container", height=230)
    return drawing(chart, _words(bars, lang))


def effort_years(bars: Sequence[RichnessBar], *, lang: Lang) -> Drawing:
    """Draw how many surveys each period had, on the same columns as `richness_years`."""
    order = [b.column for b in bars]
    tips = [
        alt.Tooltip(f"{n}:N", title=_HEADS[n].get(lang))
        for n in ("column", "surveys", "hours", "km")
    ]
    base = alt.Chart(inline([_value(b) for b in bars])).encode(x=_across(order), tooltip=tips)
    axis = alt.Axis(minExtent=_MARGIN, tickCount=3)
    boxes = base.mark_bar(color=_EFFORT, width={"band": 0.7}).encode(
        y=alt.Y("n:Q", title=_EFFORT_AXIS.get(lang), axis=axis)
    )
    numbers = base.mark_text(dy=-6, fontSize=10, color=DARK).encode(y="n:Q", text="surveys:N")
    layers = [boxes, numbers] if len(order) <= 30 else [boxes]
    chart = alt.layer(*layers).properties(width="container", height=110)
    cases = ", ".join(f"{b.column} {b.surveys}" for b in bars)
    return drawing(chart, _ALT_EFFORT.fill(cases=cases or "–").get(lang))


def _across(order: Sequence[str]) -> alt.X:
    angle = -45 if len(order) > 10 else 0
    axis = alt.Axis(labelOverlap="greedy", labelAngle=angle)
    return alt.X("column:N", sort=list(order), title=None, axis=axis)


def _value(b: RichnessBar) -> dict[str, Any]:
    known = math.isfinite(b.standardised)
    span = math.isfinite(b.lower) and math.isfinite(b.upper)
    even = f"{b.standardised:.1f}" if known else "–"
    if known and span:
        even += f" ({b.lower:.1f} – {b.upper:.1f})"
    return {
        "column": b.column,
        "observed": b.observed,
        "seen": str(b.observed),
        "even": even,
        "middle": float(b.standardised) if known else None,
        "low": float(b.lower) if known and span else None,
        "high": float(b.upper) if known and span else None,
        "n": b.surveys,
        "surveys": str(b.surveys),
        "hours": "–" if b.hours is None else f"{b.hours:.1f}",
        "km": "–" if b.km is None else f"{b.km:.1f}",
    }


def _words(bars: Sequence[RichnessBar], lang: Lang) -> str:
    if not bars:
        return _EMPTY.get(lang)
    cases = ", ".join(f"{b.column} {b.observed} ({b.surveys})" for b in bars[-12:])
    return _ALT.fill(n=len(bars), cases=cases).get(lang)
