"""Visitors so far and ahead: counts, the forecast with its interval, and the days that have names.

Times are local wall times. A step without a count leaves a gap in the line.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import AHEAD, LINE, MUTED
from wetland.charts.visitortiers import count_words, wall_ms

Freq = Literal["hour", "day", "month"]
_FORMATS: Mapping[Freq, str] = {"hour": "%m-%d %H:00", "day": "%m-%d", "month": "%Y-%m"}
_SHOWN: Mapping[Freq, str] = {"hour": "%Y-%m-%d %H:%M", "day": "%Y-%m-%d", "month": "%Y-%m"}
_HEADS: Mapping[str, Text] = {
    "when": text("时间", "time"),
    "shown": text("人次（区间）", "visits (interval)"),
    "what": text("性质", "what it is"),
    "note": text("说明", "note"),
}
_COUNTED = text("计数", "counted")
_FORECAST = text("预测", "forecast")
_INTERVAL = text("{level:.0%} 区间", "{level:.0%} interval")
_REACH = 1.3
_ALT = text(
    "{name}：计数 {n} 个，至 {last}；预测 {k} 步，{first} 的预测是 {mean}（{low} 至 {high}）。",
    "{name}: {n} counts up to {last}; {k} steps ahead, {first} is {mean} ({low} to {high}).",
)
_ALT_PAST = text("{name}：计数 {n} 个，至 {last}；没有预测。",
                 "{name}: {n} counts up to {last}; no forecast.")  # fmt: skip
_EMPTY = text("{name}：没有数据。", "{name}: no data.")


@dataclass(frozen=True, slots=True)
class Counted:
    """A count at a local time; NaN where nobody counted."""

    at: dt.date | dt.datetime
    value: float


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a forecast at a local time, with its interval."""

    at: dt.date | dt.datetime
    mean: float
    lower: float
    upper: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class NamedDays:
    """Days that have a name (a holiday, a festival), from the first to the last of them."""

    first: dt.date
    last: dt.date
    name: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that is drawn across: a capacity, or the share of it at which a tier begins."""

    value: float
    label: str
    colour: str


def counts_ahead(
    counted: Sequence[Counted],
    steps: Sequence[Step],
    *,
    name: Text,
    freq: Freq,
    lang: Lang,
    marks: Sequence[NamedDays | Limit] = (),
) -> Drawing:
    """Draw what was counted, and the forecast dashed within its interval.

    Parameters
    ----------
    marks
        Days are shaded and named where they fall within what is drawn. Limits are drawn across, but
        not those far above everything: they would flatten the series.
    """
    past = sorted(counted, key=lambda c: wall_ms(c.at))
    ahead = sorted((s for s in steps if math.isfinite(s.mean)), key=lambda s: wall_ms(s.at))
    layers: list[alt.Chart] = [alt.Chart(inline([])).mark_point()]
    if past or ahead:
        days = [m for m in marks if isinstance(m, NamedDays)]
        layers = [*_named(past, ahead, days, freq), *_past(past, freq, lang, name)]
        layers += _ahead(ahead, freq, lang, name)
        layers += _limits(past, ahead, [m for m in marks if isinstance(m, Limit)], name.get(lang))
    chart = alt.layer(*layers).properties(width="container", height=280)
    return drawing(chart, _words(past, ahead, name, freq, lang))


def _axis(freq: Freq) -> alt.X:
    axis = alt.Axis(format=_FORMATS[freq], labelOverlap="greedy", labelSeparation=8, tickCount=8,
                    title=None)  # fmt: skip
    return alt.X("t:T", scale=alt.Scale(type="utc", nice=False, padding=8), axis=axis)


def _tips(lang: Lang) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()]


def _when(at: dt.date | dt.datetime, freq: Freq) -> str:
    return at.strftime(_SHOWN[freq])


def _past(past: Sequence[Counted], freq: Freq, lang: Lang, name: Text) -> list[alt.Chart]:
    values = [
        {
            "t": wall_ms(c.at),
            "value": c.value if math.isfinite(c.value) else None,
            "when": _when(c.at, freq),
            "shown": count_words(c.value),
            "what": _COUNTED.get(lang),
            "note": "–",
        }
        for c in past
    ]
    y = alt.Y("value:Q", title=name.get(lang), scale=alt.Scale(zero=True, nice=True),
              axis=alt.Axis(format=",.0f"))  # fmt: skip
    base = alt.Chart(inline(values)).encode(x=_axis(freq), y=y, tooltip=_tips(lang))
    line = base.mark_line(color=LINE, strokeWidth=1.6, invalid="break-paths-show-domains")
    if len(past) > 150:
        return [line]
    return [line, base.mark_point(color=LINE, size=16, filled=True, invalid="filter")]


def _ahead(ahead: Sequence[Step], freq: Freq, lang: Lang, name: Text) -> list[alt.Chart]:
    if not ahead:
        return []
    values = [
        {
            "t": wall_ms(s.at),
            "mean": s.mean,
            "low": s.lower if math.isfinite(s.lower) else None,
            "high": s.upper if math.isfinite(s.upper) else None,
            "when": _when(s.at, freq),
            "shown": f"{count_words(s.mean)} ({count_words(s.lower)} – {count_words(s.upper)})",
            "what": _FORECAST.get(lang),
            "note": s.note or "–",
        }
        for s in ahead
    ]
    base = alt.Chart(inline(values)).encode(x=_axis(freq), tooltip=_tips(lang))
    title = name.get(lang)
    band = base.transform_filter("datum.low != null && datum.high != null").mark_area(
        color=AHEAD, opacity=0.17, interpolate="linear"
    ).encode(y=alt.Y("low:Q", title=title), y2="high:Q")  # fmt: skip
    line = base.mark_line(color=AHEAD, strokeWidth=2, strokeDash=[5, 3]).encode(
        y=alt.Y("mean:Q", title=title)
    )
    point = base.mark_point(color=AHEAD, size=22, filled=True, shape="diamond").encode(
        y=alt.Y("mean:Q", title=title)
    )
    return [band, line] if len(ahead) > 60 else [band, line, point]


def _limits(
    past: Sequence[Counted], ahead: Sequence[Step], limits: Sequence[Limit], title: str
) -> list[alt.Chart]:
    """Return the lines of the limits with their words, those within reach of the numbers only."""
    told = [c.value for c in past] + [s.upper for s in ahead] + [s.mean for s in ahead]
    top = max((v for v in told if math.isfinite(v)), default=0.0)
    rows = [
        {"value": one.value, "label": one.label, "colour": one.colour}
        for one in limits
        if one.value <= _REACH * top
    ]
    if not rows:
        return []
    base = alt.Chart(inline(rows)).encode(y=alt.Y("value:Q", title=title))
    rule = base.mark_rule(strokeDash=[6, 3], strokeWidth=1.6).encode(
        color=alt.Color("colour:N", scale=None)
    )
    words = base.mark_text(align="right", dx=-3, dy=-6, fontSize=10.5).encode(
        x=alt.value("width"), text="label:N"
    )
    return [rule, words]


def _named(
    past: Sequence[Counted], ahead: Sequence[Step], days: Sequence[NamedDays], freq: Freq
) -> list[alt.Chart]:
    """Return the shaded spans of the named days, each with its name at the top."""
    if freq == "month":
        return []
    times = [wall_ms(c.at) for c in past] + [wall_ms(s.at) for s in ahead]
    low, high = min(times), max(times)
    half = 43_200_000 if freq == "day" else 0
    rows: list[dict[str, object]] = []
    for one in days:
        first = wall_ms(one.first) - half
        last = wall_ms(one.last + dt.timedelta(days=1)) - half
        if last > low and first < high:
            first, last = max(first, low - half), min(last, high + half)
            row = {"t": first, "to": last, "label": one.name, "y": 13 * (len(rows) % 2)}
            rows.append(row)
    if not rows:
        return []
    base = alt.Chart(inline(rows)).encode(x=_axis(freq))
    span = base.mark_rect(color="#F2C94C", opacity=0.2).encode(x2="to:T")
    # Names of neighbours stand one above the other, so that they do not run into each other.
    label = base.mark_text(
        color=MUTED, fontSize=10.5, baseline="top", align="left", dx=2, dy=2
    ).encode(y=alt.Y("y:Q", scale=None), text="label:N")  # fmt: skip
    return [span, label]


def _words(
    past: Sequence[Counted], ahead: Sequence[Step], name: Text, freq: Freq, lang: Lang
) -> str:
    known = [c for c in past if math.isfinite(c.value)]
    if not known and not ahead:
        return _EMPTY.fill(name=name).get(lang)
    last = _when(known[-1].at, freq) if known else "–"
    if not ahead:
        return _ALT_PAST.fill(name=name, n=len(known), last=last).get(lang)
    one = ahead[0]
    return _ALT.fill(
        name=name,
        n=len(known),
        last=last,
        k=len(ahead),
        first=_when(one.at, freq),
        mean=count_words(one.mean),
        low=count_words(one.lower),
        high=count_words(one.upper),
    ).get(lang)
