"""A population index over seasons: points with their intervals, the smoothed line, the base."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import LINE, MUTED, TREND

# An interval wider than this many times the highest index is cut at the edge of the chart.
_WIDEST = 2.5
_AXIS = text("指数（{base} = 100）", "index ({base} = 100)")
_HEADS: Mapping[str, Text] = {
    "season": text("季", "season"),
    "shown": text("指数（区间）", "index (interval)"),
    "smooth": text("平滑后", "smoothed"),
    "note": text("说明", "note"),
}
_COUNTED = text("有调查", "surveyed")
_IMPUTED = text("当季没有调查，由模型插补", "not surveyed that season: imputed by the model")
_REFERENCE = text("参考季", "reference season")
_ALT = text(
    "{name}的指数，{n} 季，{first} 至 {last}；最后一季 {value:.0f}（{low:.0f} 至 {high:.0f}），"
    "{base} 为 100。",
    "Index of {name}, {n} seasons, {first} to {last}; the last is {value:.0f} ({low:.0f} to "
    "{high:.0f}), {base} being 100.",
)
_ALT_OPEN = text(
    "{name}的指数，{n} 季，{first} 至 {last}；最后一季 {value:.0f}，{base} 为 100。",
    "Index of {name}, {n} seasons, {first} to {last}; the last is {value:.0f}, {base} being 100.",
)
_EMPTY = text("{name}：没有可算的指数。", "{name}: no index can be worked out.")


@dataclass(frozen=True, slots=True)
class IndexPoint:
    """The index of one season with its interval; ``smooth`` is the smoothed index.

    ``surveyed`` False: nobody surveyed that season, the value is the model's alone.
    """

    season: str
    index: float
    lower: float = math.nan
    upper: float = math.nan
    smooth: float = math.nan
    surveyed: bool = True


def index_series(
    points: Sequence[IndexPoint],
    *,
    name: Text,
    base: str,
    lang: Lang,
    reference: str | None = None,
) -> Drawing:
    """Draw the index of each season with its interval against 100, and the smoothed line over it.

    Hollow points are seasons nobody surveyed. A season without a value leaves a gap. Intervals far
    beyond the highest index run off the chart; the tooltip has their numbers.

    Parameters
    ----------
    base
        The season that is 100.
    reference
        The season changes are measured from, where the chart is one of alerts.
    """
    shown = [p for p in points if math.isfinite(p.index)]
    layers: list[alt.Chart] = [alt.Chart(inline([])).mark_point()]
    if shown:
        title = _AXIS.fill(base=base).get(lang)
        layers = _layers(points, shown, title, lang, reference)
    chart = alt.layer(*layers).properties(width="container", height=260)
    return drawing(chart, _words(shown, name, base, lang))


def _layers(
    points: Sequence[IndexPoint],
    shown: Sequence[IndexPoint],
    title: str,
    lang: Lang,
    reference: str | None,
) -> list[alt.Chart]:
    order = [p.season for p in points]
    scale = alt.Scale(domain=[0, _top(shown)], nice=True)
    values = [_value(p, lang, reference) for p in shown]
    base = alt.Chart(inline(values)).encode(
        x=alt.X("season:O", sort=order, scale=alt.Scale(domain=order), title=None,
                axis=_axis(order)),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )  # fmt: skip
    y = alt.Y("index:Q", title=title, scale=scale)
    hundred = alt.Chart(inline([{"at": 100}])).mark_rule(
        color=MUTED, strokeDash=[4, 3]
    ).encode(y=alt.Y("at:Q", scale=scale))  # fmt: skip
    known = base.transform_filter("datum.low != null")
    band = known.mark_area(color=LINE, opacity=0.13, clip=True).encode(
        y=alt.Y("low:Q", scale=scale), y2="high:Q"
    )
    span = known.mark_rule(color=LINE, opacity=0.55, strokeWidth=1.2, clip=True).encode(
        y=alt.Y("low:Q", scale=scale), y2="high:Q"
    )
    path = base.mark_line(color=LINE, strokeWidth=1.2, opacity=0.7).encode(y=y)
    marks = base.mark_point(size=55, stroke=LINE, strokeWidth=1.6, opacity=1).encode(
        y=y, fill=alt.Fill("fill:N", scale=None)
    )
    smooth = base.transform_filter("datum.curve != null").mark_line(
        color=TREND, strokeWidth=2.4
    ).encode(y=alt.Y("curve:Q", scale=scale))  # fmt: skip
    return [hundred, band, span, path, smooth, marks]


def _axis(order: Sequence[str]) -> alt.Axis:
    return alt.Axis(labelOverlap="greedy", labelAngle=-45 if len(order) > 10 else 0)


def _top(shown: Sequence[IndexPoint]) -> float:
    high = max(100.0, *(p.index for p in shown))
    smooth = [p.smooth for p in shown if math.isfinite(p.smooth)]
    reach = [p.upper for p in shown if math.isfinite(p.upper)]
    return min(max([high, *smooth, *reach]), _WIDEST * max([high, *smooth])) * 1.04


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _value(p: IndexPoint, lang: Lang, reference: str | None) -> dict[str, Any]:
    known = math.isfinite(p.lower) and math.isfinite(p.upper)
    note = _COUNTED if p.surveyed else _IMPUTED
    notes = [note.get(lang)] + ([_REFERENCE.get(lang)] if p.season == reference else [])
    return {
        "season": p.season,
        "index": float(p.index),
        "low": float(p.lower) if known else None,
        "high": float(p.upper) if known else None,
        "curve": _finite(p.smooth),
        "shown": f"{p.index:.1f} ({p.lower:.1f} – {p.upper:.1f})" if known else f"{p.index:.1f}",
        "smooth": f"{p.smooth:.1f}" if math.isfinite(p.smooth) else "–",
        "note": " · ".join(notes),
        "fill": LINE if p.surveyed else "#FFFFFF",
    }


def _words(shown: Sequence[IndexPoint], name: Text, base: str, lang: Lang) -> str:
    if not shown:
        return _EMPTY.fill(name=name).get(lang)
    last = shown[-1]
    known = math.isfinite(last.lower) and math.isfinite(last.upper)
    return (
        (_ALT if known else _ALT_OPEN)
        .fill(
            name=name,
            n=len(shown),
            first=shown[0].season,
            last=last.season,
            value=last.index,
            low=last.lower,
            high=last.upper,
            base=base,
        )
        .get(lang)
    )
