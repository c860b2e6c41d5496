"""Car parks as bars: how full each is, what is free, and which reading is out of date."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import DARK, MUTED, NO_DATA
from wetland.charts.visitortiers import COLOURS, EMPTY_FILL, count_words

NEARLY_FULL = 0.95
_ROW_HEIGHT = 58
_AXIS = text("已停比例（%）", "bays taken (%)")
_HEADS: Mapping[str, Text] = {
    "row": text("停车场", "car park"),
    "line": text("情况", "state"),
    "when": text("读数时间", "time of the reading"),
}
_FREE = text("余 {free} / {bays} 位", "{free} of {bays} free")
_TAKEN = text("已停 {share:.0%}", "{share:.0%} taken")
_STATES: Mapping[str, Text] = {
    "open": text("有空位", "bays free"),
    "nearly": text("将满", "nearly full"),
    "full": text("已满", "full"),
    "stale": text("数据过时", "out of date"),
    "none": text("暂无数据", "no data"),
    "closed": text("所在区域关闭", "its area is closed"),
}
_FILLS: Mapping[str, str] = {
    "open": COLOURS["kept"],
    "nearly": COLOURS["orange"],
    "full": COLOURS["red"],
    "closed": NO_DATA,
}
_ALT = text("停车场：{cases}。", "Car parks: {cases}.")
_EMPTY = text("没有停车场读数。", "There are no readings of car parks.")


@dataclass(frozen=True, slots=True)
class ParkBar:
    """The latest reading of one car park; ``taken`` and ``bays`` are None where unknown."""

    row: str
    taken: float | None
    bays: int | None
    when: str = ""
    stale: bool = False
    closed: bool = False

    @property
    def share(self) -> float | None:
        """Return the share of bays taken, None where it is not known."""
        return None if self.taken is None or not self.bays else self.taken / self.bays

    @property
    def state(self) -> str:
        """Return closed, none, stale, full, nearly or open, the first that holds."""
        if self.closed:
            return "closed"
        if self.share is None:
            return "none"
        if self.stale:
            return "stale"
        if self.share >= 1:
            return "full"
        return "nearly" if self.share >= NEARLY_FULL else "open"


def parking_bars(bars: Sequence[ParkBar], *, lang: Lang) -> Drawing:
    """Draw how full each car park was at its latest reading.

    A hollow bar is a reading that is out of date; a car park without one has no bar. From 95 % on a
    car park is nearly full.
    """
    values = [_value(bar, n, lang) for n, bar in enumerate(bars)]
    scale = alt.Scale(domain=[0, 1.02], nice=False)
    y = alt.Y("at:O", axis=None, sort=[v["at"] for v in values])
    base = alt.Chart(inline(values)).encode(
        y=y,
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )
    x = alt.X("zero:Q", scale=scale, title=_AXIS.get(lang),
              axis=alt.Axis(format=".0%", grid=False, tickCount=5))  # fmt: skip
    height = {"band": 0.2}
    ground = base.mark_bar(height=height, color="#EEF2F1").encode(x=x, x2="one:Q")
    bar = base.transform_filter("datum.share != null").mark_bar(
        height=height, strokeWidth=1.6
    ).encode(
        x=x, x2="share:Q", fill=alt.Fill("fill:N", scale=None),
        stroke=alt.Stroke("stroke:N", scale=None),
    )  # fmt: skip
    left: dict[str, Any] = {"align": "left", "baseline": "middle"}
    names = base.mark_text(**left, dy=-17, fontSize=12, fontWeight=600).encode(
        x=alt.value(0), text="row:N"
    )
    said = base.mark_text(**left, dy=16, fontSize=11.5, color=MUTED).encode(
        x=alt.value(0), text="line:N"
    )
    chart = alt.layer(ground, bar, names, said).properties(
        width="container", height=_ROW_HEIGHT * max(len(values), 1)
    )
    return drawing(chart, _words(values, lang))


def _value(bar: ParkBar, at: int, lang: Lang) -> dict[str, Any]:
    state, share = bar.state, bar.share
    parts = [_STATES[state].get(lang)]
    if share is not None and bar.taken is not None and bar.bays is not None:
        free = count_words(max(bar.bays - bar.taken, 0.0))
        parts += [_FREE.fill(free=free, bays=count_words(bar.bays)).get(lang)]
        parts += [_TAKEN.fill(share=_floor(share)).get(lang)]
    if bar.when:
        parts.append(bar.when)
    fill = _FILLS.get(state, EMPTY_FILL)
    return {
        "at": at,
        "row": bar.row,
        "zero": 0.0,
        "one": 1.0,
        "share": None if share is None else min(max(share, 0.0), 1.02),
        "line": " · ".join(parts),
        "when": bar.when or "–",
        "fill": fill,
        "stroke": MUTED if state == "stale" else DARK if state == "full" else fill,
    }


def _floor(share: float) -> float:
    """Return a share in whole per cent, rounded down: one bay left is never 100 %."""
    return math.floor(100 * share + 1e-9) / 100


def _words(values: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    if not values:
        return _EMPTY.get(lang)
    cases = [f"{v['row']} {v['line']}" for v in values]
    return _ALT.fill(cases=("；" if lang == "zh" else "; ").join(cases)).get(lang)
