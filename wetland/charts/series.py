"""One parameter of one station in time: samples, limits of the classes, trend with its interval."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import AHEAD, BAND, CLASS_COLOURS, LINE, MUTED, TREND, letter

_LIMIT = text("{letter}类限值 {value:g}", "limit {letter}: {value:g}")
_HEADS: Mapping[str, Text] = {
    "day": text("日期", "day"),
    "shown": text("数值", "value"),
    "note": text("说明", "note"),
}
_DETECTED = text("检出", "detected")
_BELOW = text("未检出：小于检出限", "not detected: below the limit shown")
_ABOVE = text("高于测定上限", "above the upper limit of the method")
_SUSPECT = text("存疑", "suspect")
_ALT = text(
    "{name}：{n} 个结果，{first} 至 {last}，其中 {c} 个未检出；{low:g} 至 {high:g} {unit}。",
    "{name}: {n} results, {first} to {last}, {c} of them not detected; {low:g} to {high:g} {unit}.",
)
_ALT_TREND = text(
    "每年 {slope:+.3g}（{lower:+.3g} 至 {upper:+.3g}）。",
    " Per year {slope:+.3g} ({lower:+.3g} to {upper:+.3g}).",
)
_EMPTY = text("{name}：没有数据。", "{name}: no data.")
_FORECAST = text("预测", "forecast")


@dataclass(frozen=True, slots=True)
class Dot:
    """One result: its day, its value (the limit where censored) and how it was found."""

    on: dt.date
    value: float
    censoring: str = "none"
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A trend: change per year with its interval, through the middle of the series."""

    slope: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Ahead:
    """One month of a forecast with its interval."""

    on: dt.date
    mean: float
    lower: float
    upper: float


def parameter_series(
    dots: Sequence[Dot],
    *,
    name: Text,
    unit: str,
    lang: Lang,
    limits: Mapping[str, float] | None = None,
    extra: Line | Sequence[Ahead] | None = None,
) -> Drawing:
    """Draw results with the limits of the classes, and a trend or a forecast over them.

    Non-detects are hollow triangles that point down from their detection limit: the value lies
    somewhere below. The axis begins at 0 unless values do not. Limits far above everything
    measured are left out, so that they do not flatten the series.

    Parameters
    ----------
    limits
        Class to limit in the unit of the values (``{"III": 0.05}``); missing ones are not drawn.
    extra
        A `Line` (the shaded wedge is the interval of the slope, not of single values), or the
        months of a forecast with the interval of each.
    """
    shown = sorted((d for d in dots if d.value == d.value), key=lambda d: d.on)
    ahead = list(extra) if isinstance(extra, Sequence) else []
    line = extra if isinstance(extra, Line) else None
    title = f"{name.get(lang)} ({unit})" if unit and unit != "1" else name.get(lang)
    layers: list[alt.Chart] = []
    if shown:
        rules, labels = _limits(limits or {}, shown, ahead, lang)
        layers += rules
        layers += _trend(line, shown) if line is not None else []
        layers += _forecast(ahead, shown[-1], lang)
        layers += _dots(shown, title, lang)
        layers += labels
    else:
        layers.append(alt.Chart(inline([])).mark_point())
    chart = alt.layer(*layers).properties(width="container", height=260)
    return drawing(chart, _words(shown, line, name=name, unit=unit, lang=lang))


def epoch_ms(day: dt.date) -> int:
    """Return a day as Vega takes it: milliseconds since 1970 at midnight UTC."""
    return (day - dt.date(1970, 1, 1)).days * 86_400_000


def time_axis(title: str | None = None) -> alt.X:
    """Return the axis of time with numeric months (Vega knows month names in English only)."""
    axis = alt.Axis(format="%Y-%m", labelOverlap="greedy", tickCount=8, title=title)
    return alt.X("t:T", scale=alt.Scale(type="utc", nice=False, padding=12), axis=axis)


def _dots(shown: Sequence[Dot], title: str, lang: Lang) -> list[alt.Chart]:
    values = [_dot(d, lang) for d in shown]
    base = alt.Chart(inline(values)).encode(
        x=time_axis(),
        y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=_from_zero(shown), nice=True)),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )
    path = base.mark_line(color=LINE, strokeWidth=1, opacity=0.35)
    points = base.mark_point(size=_dot_size(len(shown)), strokeWidth=1.2, opacity=0.8).encode(
        shape=alt.Shape("shape:N", scale=None),
        fill=alt.Fill("fill:N", scale=None),
        stroke=alt.Stroke("stroke:N", scale=None),
    )
    return [path, points]


def _dot_size(count: int) -> int:
    return 34 if count <= 80 else 20


def _dot(d: Dot, lang: Lang) -> dict[str, Any]:
    notes = {"none": _DETECTED, "below": _BELOW, "above": _ABOVE}
    mark = {"none": "circle", "below": "triangle-down", "above": "triangle-up"}
    sign = {"none": "", "below": "<", "above": ">"}[d.censoring]
    said = [notes[d.censoring].get(lang)] + ([_SUSPECT.get(lang)] if d.suspect else [])
    return {
        "t": epoch_ms(d.on),
        "value": d.value,
        "day": d.on.isoformat(),
        "shown": f"{sign}{d.value:g}",
        "note": " · ".join(said),
        "shape": mark[d.censoring],
        "fill": LINE if d.censoring == "none" and not d.suspect else "#FFFFFF",
        "stroke": TREND if d.suspect else LINE,
    }


def _from_zero(shown: Sequence[Dot]) -> bool:
    low, high = min(d.value for d in shown), max(d.value for d in shown)
    return low >= 0 and low < 0.5 * high


def _limits(
    limits: Mapping[str, float], shown: Sequence[Dot], ahead: Sequence[Ahead], lang: Lang
) -> tuple[list[alt.Chart], list[alt.Chart]]:
    """Return the lines of the limits, and their labels, which go on top of everything."""
    at = _near(limits, [d.value for d in shown] + [a.upper for a in ahead])
    if not at:
        return [], []
    rows = []
    for value, keys in at.items():
        letters = "/".join(letter(k, lang) for k in keys)
        label = _LIMIT.fill(letter=letters, value=value).get(lang)
        rows.append({"value": value, "label": label, "colour": CLASS_COLOURS[keys[-1]]})
    base = alt.Chart(inline(rows)).encode(y=alt.Y("value:Q"))
    rules = base.mark_rule(strokeWidth=1.6, strokeDash=[6, 3]).encode(
        color=alt.Color("colour:N", scale=None)
    )
    place: dict[str, Any] = {"align": "right", "dx": -2, "dy": -6, "fontSize": 10}
    halo = base.mark_text(**place, stroke="#FFFFFF", strokeWidth=3, opacity=0.85)
    labels = base.mark_text(**place, color=MUTED)
    at_edge: dict[str, Any] = {"x": alt.value("width"), "text": "label:N"}
    return [rules], [halo.encode(**at_edge), labels.encode(**at_edge)]


def _near(limits: Mapping[str, float], values: Sequence[float]) -> dict[float, list[str]]:
    """Return the limits to draw: those among the values, and the next one on either side if near.

    "Near" is within 1.5 times the spread of the values; classes that share a limit share a line.
    """
    low, high = min(values), max(values)
    reach = max(high - low, 0.2 * abs(high)) * 1.5
    next_above = min((v for v in limits.values() if v > high), default=math.inf)
    next_below = max((v for v in limits.values() if v < low), default=-math.inf)
    upper = next_above if next_above - high <= reach else high
    lower = next_below if low - next_below <= reach else low
    at: dict[float, list[str]] = {}
    for key, value in limits.items():
        if lower <= value <= upper:
            at.setdefault(value, []).append(key)
    return at


def _trend(line: Line, shown: Sequence[Dot]) -> list[alt.Chart]:
    """Draw the slope through the middle of time and value, with the wedge of its interval."""
    times = [epoch_ms(d.on) for d in shown]
    values = sorted(d.value for d in shown)
    ordered = sorted(times)
    middle_t, middle = ordered[len(ordered) // 2], values[len(values) // 2]
    year = 365.25 * 86_400_000
    rows = [
        {
            "t": t,
            "fit": middle + line.slope * (t - middle_t) / year,
            "low": middle + line.lower * (t - middle_t) / year,
            "high": middle + line.upper * (t - middle_t) / year,
        }
        for t in (times[0], middle_t, times[-1])
    ]
    base = alt.Chart(inline(rows)).encode(x=time_axis())
    wedge = base.mark_area(color=BAND, opacity=0.13).encode(y="low:Q", y2="high:Q")
    return [wedge, base.mark_line(color=TREND, strokeWidth=2.2).encode(y="fit:Q")]


def _forecast(ahead: Sequence[Ahead], last: Dot, lang: Lang) -> list[alt.Chart]:
    if not ahead:
        return []
    rows = [
        {
            "t": epoch_ms(a.on),
            "mean": a.mean,
            "low": a.lower,
            "high": a.upper,
            "day": a.on.isoformat()[:7],
            "shown": f"{a.mean:.3g} ({a.lower:.3g} – {a.upper:.3g})",
            "note": _FORECAST.get(lang),
        }
        for a in ahead
    ]
    base = alt.Chart(inline(rows)).encode(
        x=time_axis(),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )
    band = base.mark_area(color=AHEAD, opacity=0.16).encode(y="low:Q", y2="high:Q")
    path = base.mark_line(color=AHEAD, strokeWidth=2, strokeDash=[5, 3], point=True).encode(
        y="mean:Q"
    )
    return [band, path]


def _words(shown: Sequence[Dot], line: Line | None, *, name: Text, unit: str, lang: Lang) -> str:
    if not shown:
        return _EMPTY.fill(name=name).get(lang)
    said = _ALT.fill(
        name=name,
        n=len(shown),
        first=shown[0].on,
        last=shown[-1].on,
        c=sum(d.censoring == "below" for d in shown),
        low=min(d.value for d in shown),
        high=max(d.value for d in shown),
        unit=unit,
    ).get(lang)
    if line is not None:
        said += _ALT_TREND.fill(slope=line.slope, lower=line.lower, upper=line.upper).get(lang)
    return said
