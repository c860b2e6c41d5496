"""Changes of smoothed indices over spans of years, against the limits of an alert."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.birds.alerts import LEVELS as ALERT_LEVELS
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import MUTED

FILTERED = "filtered"
LEVELS: Mapping[str, Text] = {
    **{str(level): words for level, words in ALERT_LEVELS.items()},
    FILTERED: text("自然波动大，不预警", "fluctuates by nature: no alert"),
}
LEVEL_COLOURS: Mapping[str, str] = {
    "high_alert": "#B00040",
    "medium_alert": "#E08214",
    FILTERED: "#8C8C8C",
    "decline": "#5F6E6A",
    "stable": "#5F6E6A",
    "increase": "#2166AC",
    "strong_increase": "#2166AC",
    "not_tested": "#B9C6C4",
}
_SHAPES: Mapping[str, str] = {
    "high_alert": "triangle-down",
    "medium_alert": "diamond",
    FILTERED: "cross",
    "decline": "circle",
    "stable": "square",
    "increase": "triangle-up",
    "strong_increase": "triangle-up",
    "not_tested": "stroke",
}
_HIGHEST = 200.0
_LIMITS = (-25.0, -50.0)
_AXIS = text("变化（%）", "change (%)")
_HEADS: Mapping[str, Text] = {
    "row": text("时段", "span"),
    "shown": text("变化（区间）", "change (interval)"),
    "word": text("预警", "alert"),
    "sure": text("可能性", "likelihood"),
}
_BEYOND = text("超出图幅", "beyond the chart")
_ALT = text("各时段的变化：{cases}。", "Change over each span: {cases}.")
_CASE = text("{row} {change}%（{word}）", "{row} {change} % ({word})")
_EMPTY = text("没有可算的变化。", "No change can be worked out.")


@dataclass(frozen=True, slots=True)
class SpanChange:
    """The change of one row (a span of years, or a species) in per cent, with its interval."""

    row: str
    change: float
    lower: float = math.nan
    upper: float = math.nan
    level: str = "stable"
    likelihood: float | None = None


def alert_spans(changes: Sequence[SpanChange], *, lang: Lang) -> Drawing:
    """Draw changes with their intervals against the limits of -25 % and -50 %.

    Levels differ by colour and by shape. What rises above +200 % is drawn at the edge; the tooltip
    has its number.
    """
    shown = [c for c in changes if math.isfinite(c.change)]
    order = [c.row for c in shown]
    values = [_value(c, lang) for c in shown]
    reach = max([*(min(c.change, _HIGHEST) for c in shown), *_tops(shown), 25.0])
    scale = alt.Scale(domain=[-105, reach + 10], nice=False)
    base = alt.Chart(inline(values)).encode(
        y=alt.Y("row:N", sort=order, title=None,
                axis=alt.Axis(labelLimit=160, domain=False, ticks=False)),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )  # fmt: skip
    lines = [{"at": 0.0, "label": "0"}] + [{"at": at, "label": f"{at:.0f}%"} for at in _LIMITS]
    rules = alt.Chart(inline(lines)).mark_rule(color=MUTED, strokeDash=[4, 3]).encode(
        x=alt.X("at:Q", scale=scale, title=_AXIS.get(lang))
    )  # fmt: skip
    span = base.transform_filter("datum.low != null").mark_rule(strokeWidth=2.2).encode(
        x=alt.X("low:Q", scale=scale), x2="high:Q", color=alt.Color("colour:N", scale=None)
    )  # fmt: skip
    marks = base.mark_point(size=110, filled=True, opacity=1).encode(
        x=alt.X("at:Q", scale=scale),
        color=alt.Color("colour:N", scale=None),
        shape=alt.Shape("shape:N", scale=None),
    )
    chart = alt.layer(rules, span, marks).properties(
        width="container", height=max(30 * len(order), 60)
    )
    return drawing(chart, _words(shown, lang))


def _tops(shown: Sequence[SpanChange]) -> list[float]:
    return [min(c.upper, _HIGHEST) for c in shown if math.isfinite(c.upper)]


def _value(c: SpanChange, lang: Lang) -> dict[str, Any]:
    known = math.isfinite(c.lower) and math.isfinite(c.upper)
    said = f"{c.change:+.0f}%" + (f" ({c.lower:+.0f} – {c.upper:+.0f})" if known else "")
    if c.change > _HIGHEST:
        said += f" {_BEYOND.get(lang)}"
    level = c.level if c.level in LEVELS else "not_tested"
    return {
        "row": c.row,
        "at": min(c.change, _HIGHEST),
        "low": max(c.lower, -100.0) if known else None,
        "high": min(c.upper, _HIGHEST) if known else None,
        "shown": said,
        "word": LEVELS[level].get(lang),
        "sure": "–" if c.likelihood is None else f"{c.likelihood:.0%}",
        "colour": LEVEL_COLOURS[level],
        "shape": _SHAPES[level],
    }


def _words(shown: Sequence[SpanChange], lang: Lang) -> str:
    if not shown:
        return _EMPTY.get(lang)
    cases = [
        _CASE.fill(
            row=c.row, change=f"{c.change:+.0f}", word=LEVELS.get(c.level, LEVELS["not_tested"])
        )
        for c in shown[:12]
    ]
    return _ALT.fill(cases=("，" if lang == "zh" else ", ").join(x.get(lang) for x in cases)).get(
        lang
    )
