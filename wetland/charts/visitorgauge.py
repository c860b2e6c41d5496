"""Load against capacity (承载量): one bar per area and limit over the ground of the tiers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import DARK, MUTED
from wetland.charts.visitortiers import COLOURS, EMPTY_FILL, OUTCOMES, TINTS, count_words

_ROW_HEIGHT = 82
_WIDEST = 2.0  # a share beyond twice the capacity is drawn at the edge
_HEADS: Mapping[str, Text] = {
    "row": text("区域", "area"),
    "shown": text("人数 / 承载量", "people / capacity"),
    "word": text("判断", "judged"),
    "n": text("报数次数", "reports"),
    "when": text("时间", "time"),
    "source": text("承载量来源", "source of the capacity"),
    "note": text("说明", "note"),
}
_AXIS = text("占承载量（%）", "per cent of the capacity")
_NO_CAPACITY = text("当日没有承载量", "no capacity holds")
_NO_COUNT = text("没有计数", "not counted")
_ALT = text("负荷与承载量：{cases}。", "Load against capacity: {cases}.")
_EMPTY = text("没有可显示的负荷。", "There is no load to show.")
_MEASURE: Mapping[Lang, Mapping[str, str]] = {
    "zh": {"at_least": "至少 ", "sep": "；"},
    "en": {"at_least": "at least ", "sep": "; "},
}


@dataclass(frozen=True, slots=True)
class LoadBar:
    """The load of one area under one limit.

    ``people`` and ``capacity`` are None where unknown; ``at_least`` says that not everything was
    counted yet; ``reports`` how many counts it rests on. ``outcome`` is one of
    `wetland.charts.visitortiers.OUTCOMES`.
    """

    row: str
    people: float | None
    capacity: int | None
    outcome: str
    at_least: bool = False
    reports: int | None = None
    when: str = ""
    source: str = ""
    note: str = ""

    @property
    def share(self) -> float | None:
        """Return people over capacity, None where either is unknown or the capacity is 0."""
        if self.people is None or not self.capacity:
            return None
        return self.people / self.capacity


def load_gauges(
    bars: Sequence[LoadBar], *, tiers: Sequence[tuple[str, float]], lang: Lang
) -> Drawing:
    """Draw each load as a share of its capacity, over the ground of the tiers.

    A hollow bar is not decided (not everything was counted, or no count reached here); a row
    without a bar has no count or no capacity, and says so. Shares beyond 200 % end at the edge with
    their number beside them.

    Parameters
    ----------
    tiers
        Colour and share from which it begins, e.g. ``[("yellow", 0.8), ("red", 1.0)]``.
    """
    values = [_value(bar, n, lang) for n, bar in enumerate(bars)]
    reach = max([min(b.share or 0.0, _WIDEST) for b in bars] + [1.0]) * 1.08
    scale = alt.Scale(domain=[0, reach], nice=False)
    y = alt.Y("at:O", axis=None, sort=[v["at"] for v in values])
    base = alt.Chart(inline(values)).encode(
        y=y,
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )
    thick = {"band": 0.2}
    rows = [g | {"at": v["at"]} for v in values for g in _ground(tiers, reach) if v["known"]]
    ground = alt.Chart(inline(rows)).mark_bar(height=thick).encode(
        y=y, x=alt.X("low:Q", scale=scale, title=_AXIS.get(lang), axis=_axis()), x2="high:Q",
        color=alt.Color("fill:N", scale=None),
    )  # fmt: skip
    bar = base.transform_filter("datum.share != null").mark_bar(
        height={"band": 0.125}, strokeWidth=1.8
    ).encode(
        x=alt.X("zero:Q", scale=scale), x2="share:Q",
        fill=alt.Fill("fill:N", scale=None), stroke=alt.Stroke("stroke:N", scale=None),
    )  # fmt: skip
    full = base.transform_filter("datum.known").mark_tick(
        color=DARK, thickness=2.5, height={"band": 0.28}
    ).encode(x=alt.X("full:Q", scale=scale))  # fmt: skip
    left: dict[str, Any] = {"align": "left", "baseline": "middle"}
    names = base.mark_text(**left, dy=-27, fontSize=12.5, fontWeight=600).encode(
        x=alt.value(0), text="row:N"
    )
    said = base.mark_text(**left, dy=15, fontSize=11.5).encode(x=alt.value(0), text="line:N")
    rests = base.mark_text(
        **left, dy=30, fontSize=10.5, color=MUTED, limit=alt.ExprRef(expr="width")
    ).encode(x=alt.value(0), text="rests:N")
    chart = alt.layer(ground, bar, full, names, said, rests).properties(
        width="container", height=_ROW_HEIGHT * max(len(values), 1)
    )
    return drawing(chart, _words(values, lang))


def _axis() -> alt.Axis:
    return alt.Axis(format=".0%", grid=False, tickCount=6)


def _ground(tiers: Sequence[tuple[str, float]], reach: float) -> list[dict[str, Any]]:
    """Return the ground of a gauge: below the first tier, then from each to the next."""
    steps = sorted(tiers, key=lambda t: t[1])
    edges = [0.0, *(min(share, reach) for _, share in steps), reach]
    names = ["kept", *(colour for colour, _ in steps)]
    return [
        {"low": low, "high": high, "fill": TINTS.get(name, TINTS["kept"])}
        for name, (low, high) in zip(names, pairwise(edges), strict=True)
        if high > low
    ]


def _value(bar: LoadBar, at: int, lang: Lang) -> dict[str, Any]:
    outcome = bar.outcome if bar.outcome in OUTCOMES else "undecided"
    people = count_words(bar.people)
    if bar.at_least and bar.people is not None:
        people = _MEASURE[lang]["at_least"] + people
    share = bar.share
    shown = f"{people} / {count_words(bar.capacity)}"
    if share is not None and math.isfinite(share):
        shown += f" · {share:.0%}"
    word = OUTCOMES[outcome].get(lang)
    lacking = _NO_COUNT if bar.people is None else _NO_CAPACITY if bar.capacity is None else None
    parts = [shown, word] + ([lacking.get(lang)] if lacking is not None else [])
    hollow = outcome == "undecided"
    return {
        "at": at,
        "row": bar.row,
        "share": None if share is None else min(share, _WIDEST * 1.05),
        "zero": 0.0,
        "full": 1.0,
        "known": bool(bar.capacity),
        "shown": shown,
        "line": " · ".join(parts),
        "word": word,
        "n": count_words(bar.reports),
        "rests": " · ".join(
            [f"n = {count_words(bar.reports)}", bar.when or "–", bar.source or "–"]
        ),
        "when": bar.when or "–",
        "source": bar.source or "–",
        "note": bar.note or "–",
        "fill": EMPTY_FILL if hollow else COLOURS[outcome],
        "stroke": COLOURS[outcome] if hollow else DARK if outcome != "kept" else COLOURS["kept"],
    }


def _words(values: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    if not values:
        return _EMPTY.get(lang)
    cases = [f"{v['row']} {v['line']}" for v in values]
    return _ALT.fill(cases=_MEASURE[lang]["sep"].join(cases)).get(lang)
