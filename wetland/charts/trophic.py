"""The trophic index (综合营养状态指数 TLI) of a lake or pond, over the bands of its states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import LINE, MUTED

# Lower and upper edge, name, shade: from 环办[2011]22号; the shades are ours.
BANDS = (
    (0.0, 30.0, text("贫营养", "oligotrophic"), "#E3EEF6"),
    (30.0, 50.0, text("中营养", "mesotrophic"), "#E4F2E7"),
    (50.0, 60.0, text("轻度富营养", "lightly eutrophic"), "#FBF6D3"),
    (60.0, 70.0, text("中度富营养", "moderately eutrophic"), "#F9E3C6"),
    (70.0, 100.0, text("重度富营养", "highly eutrophic"), "#F0CFC9"),
)
_HEADS: Mapping[str, Text] = {
    "column": text("时段", "period"),
    "shown": text("TLI(Σ)", "TLI(Σ)"),
    "note": text("说明", "note"),
}
_FULL = text("五项齐全", "all five items")
_PART = text("不足五项，不是正式的 TLI(Σ)", "fewer than five items: not the official TLI(Σ)")
_TITLE = text("综合营养状态指数 TLI(Σ)", "trophic index TLI(Σ)")
_ALT = text(
    "{title}：{n} 个时段，最新 {last} 为 {value:.1f}。",
    "{title}: {n} periods, latest {last}: {value:.1f}.",
)
_EMPTY = text("{title}：没有数据。", "{title}: no data.")


@dataclass(frozen=True, slots=True)
class Index:
    """TLI of one period; ``official`` only with all five items."""

    column: str
    tli: float
    official: bool = True


def trophic_series(points: Sequence[Index], *, lang: Lang) -> Drawing:
    """Draw the index over the bands of its states; hollow where fewer than five items were used."""
    shown = [p for p in points if p.tli == p.tli]
    order = [p.column for p in shown]
    high = max([p.tli for p in shown] + [62.0]) + 8
    low = max(min([p.tli for p in shown] + [38.0]) - 8, 0.0)
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    chart = alt.layer(*_bands(low, high, scale, lang), *_line(shown, order, scale, lang))
    title = _TITLE.get(lang)
    words = _EMPTY.fill(title=title).get(lang)
    if shown:
        said = _ALT.fill(title=title, n=len(shown), last=order[-1], value=shown[-1].tli)
        words = said.get(lang)
    return drawing(chart.properties(width="container", height=220), words)


def _bands(low: float, high: float, scale: alt.Scale, lang: Lang) -> list[alt.Chart]:
    bands = [
        {"from": max(a, low), "to": min(b, high), "name": name.get(lang), "fill": fill,
         "top": min(b, high)}
        for a, b, name, fill in BANDS
        if b > low and a < high
    ]  # fmt: skip
    data = inline(bands)
    boxes = (
        alt.Chart(data)
        .mark_rect()
        .encode(y=alt.Y("from:Q", scale=scale), y2="to:Q", color=alt.Color("fill:N", scale=None))
    )
    names = alt.Chart(data).mark_text(
        align="left", baseline="top", dx=5, dy=4, fontSize=10, color=MUTED
    ).encode(x=alt.value(0), y=alt.Y("top:Q", scale=scale), text="name:N")  # fmt: skip
    return [boxes, names]


def _line(
    shown: Sequence[Index], order: Sequence[str], scale: alt.Scale, lang: Lang
) -> list[alt.Chart]:
    values = [
        {"column": p.column, "tli": p.tli, "shown": f"{p.tli:.1f}",
         "note": (_FULL if p.official else _PART).get(lang),
         "fill": LINE if p.official else "#FFFFFF"}
        for p in shown
    ]  # fmt: skip
    base = alt.Chart(inline(values)).encode(
        x=alt.X(
            "column:O", sort=list(order), title=None,
            axis=alt.Axis(labelOverlap="greedy", labelAngle=-45 if len(order) > 8 else 0),
        ),
        y=alt.Y("tli:Q", title=_TITLE.get(lang), scale=scale),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )  # fmt: skip
    path = base.mark_line(color=LINE, strokeWidth=1.2, opacity=0.6)
    marks = base.mark_point(size=50, stroke=LINE, strokeWidth=1.5).encode(
        fill=alt.Fill("fill:N", scale=None)
    )
    return [path, marks]
