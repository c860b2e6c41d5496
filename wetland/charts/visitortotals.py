"""Published totals of visits as points, never joined; the park's own counted sum on its own.

Between two published totals nothing is known: no line, slope or rate is drawn through them. The
park's own sum runs over the days it counted, and only over them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import LINE, MUTED
from wetland.charts.visitortiers import count_words, large_words, wall_ms

_POINTS: Mapping[str, str] = {"high": "#2F5573", "medium": "#5E86A6", "low": "#A9BFD0"}
_CONFIDENCE: Mapping[str, Text] = {
    "high": text("可信度高", "high confidence"),
    "medium": text("可信度中", "medium confidence"),
    "low": text("可信度低", "low confidence"),
}
_HEADS: Mapping[str, Text] = {
    "day": text("截至", "up to"),
    "shown": text("累计人次", "visits in total"),
    "wording": text("说法", "wording"),
    "confidence": text("可信度", "confidence"),
    "source": text("来源", "source"),
}
_AXIS: Mapping[Lang, tuple[str, float]] = {
    "zh": ("公布的累计人次（万）", 10_000.0),
    "en": ("published total of visits (millions)", 1_000_000.0),
}
_ALT = text("公布的累计人次（各点来源不同，不连线）：{cases}。",
            "Published totals of visits (points of different sources, not joined): {cases}."
            )  # fmt: skip
_NONE = text("没有公布的累计人次。", "No total was published.")
_SUM_HEADS: Mapping[str, Text] = {
    "day": text("日期", "day"),
    "shown": text("累计人次", "visits in total"),
    "added": text("当日", "that day"),
}
_SUM_AXIS = text("自 {first} 起计数累计（人次）", "counted since {first} (visits)")
_SUM_ALT = text(
    "自 {first} 至 {last} 已计数 {n} 天，合计 {total} 人次；另有 {gaps} 天没有计数，未补。",
    "{n} days counted from {first} to {last}, {total} visits; {gaps} days were not counted and "
    "nothing was put in for them.",
)
_SUM_NONE = text("没有按日的计数。", "There are no daily counts.")


@dataclass(frozen=True, slots=True)
class PublishedTotal:
    """One published total of visits up to a day."""

    on: dt.date
    visits: int
    wording: str
    source: str
    confidence: str = "medium"
    at_least: bool = False
    about: bool = False


def published_totals(totals: Sequence[PublishedTotal], *, lang: Lang) -> Drawing:
    """Draw one point per published total with its number, paler the less sure it is."""
    shown = sorted(totals, key=lambda t: t.on)
    title, unit = _AXIS[lang]
    values = [_value(t, unit, lang) for t in shown]
    top = max([v["at"] for v in values], default=1.0) * 1.18
    base = alt.Chart(inline(values)).encode(
        x=alt.X("t:T", scale=alt.Scale(type="utc", nice=False, padding=46), title=None,
                axis=alt.Axis(format="%Y", tickCount={"interval": "year", "step": 1},
                              labelOverlap="greedy")),
        y=alt.Y("at:Q", title=title, scale=alt.Scale(domain=[0, top], nice=False)),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )  # fmt: skip
    points = base.mark_point(size=130, filled=True, opacity=1).encode(
        color=alt.Color("fill:N", scale=None), shape=alt.Shape("shape:N", scale=None)
    )
    numbers = base.mark_text(dy=-14, fontSize=12, fontWeight=600).encode(text="shown:N")
    days = base.mark_text(dy=16, fontSize=10.5, color=MUTED).encode(text="month:N")
    chart = alt.layer(points, numbers, days).properties(width="container", height=230)
    return drawing(chart, _words(values, lang))


def _value(t: PublishedTotal, unit: float, lang: Lang) -> dict[str, Any]:
    sign = "≥" if t.at_least else "≈" if t.about else ""
    return {
        "t": wall_ms(t.on),
        "at": t.visits / unit,
        "day": t.on.isoformat(),
        "month": t.on.isoformat()[:7],
        "shown": f"{sign}{large_words(t.visits, lang)}",
        "wording": t.wording,
        "source": t.source,
        "confidence": _CONFIDENCE.get(t.confidence, _CONFIDENCE["low"]).get(lang),
        "fill": _POINTS.get(t.confidence, _POINTS["low"]),
        "shape": "circle" if t.confidence == "high" else "diamond",
    }


def _words(values: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    if not values:
        return _NONE.get(lang)
    cases = [f"{v['month']} {v['shown']}" for v in values]
    return _ALT.fill(cases=("、" if lang == "zh" else ", ").join(cases)).get(lang)


def counted_sum(days: Sequence[tuple[dt.date, float | None]], *, lang: Lang) -> Drawing:
    """Draw the running sum of the days counted; a day not counted breaks the line and adds nothing.

    Parameters
    ----------
    days
        Every day of the span with its visits, None where nobody counted.
    """
    ordered = sorted(days)
    counted = [(day, value) for day, value in ordered if value is not None]
    rows: list[dict[str, Any]] = []
    total = 0.0
    for day, value in ordered:
        total += value or 0.0
        rows.append(
            {
                "t": wall_ms(day),
                "sum": total if value is not None else None,
                "day": day.isoformat(),
                "shown": count_words(total),
                "added": count_words(value),
            }
        )
    first = counted[0][0].isoformat() if counted else "–"
    chart = alt.Chart(inline(rows if counted else [])).encode(
        x=alt.X("t:T", scale=alt.Scale(type="utc", nice=False), title=None,
                axis=alt.Axis(format="%Y-%m", labelOverlap="greedy", tickCount=8)),
        y=alt.Y("sum:Q", title=_SUM_AXIS.fill(first=first).get(lang),
                axis=alt.Axis(format=",.0f")),
        tooltip=[alt.Tooltip(f"{n}:N", title=h.get(lang)) for n, h in _SUM_HEADS.items()],
    ).mark_line(color=LINE, strokeWidth=2, invalid="break-paths-show-domains").properties(
        width="container", height=190
    )  # fmt: skip
    if not counted:
        return drawing(chart, _SUM_NONE.get(lang))
    said = _SUM_ALT.fill(
        first=first, last=counted[-1][0], n=len(counted), total=count_words(total),
        gaps=len(ordered) - len(counted),
    )  # fmt: skip
    return drawing(chart, said.get(lang))
