"""Stations beside each other: the change per year of one parameter, with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import MUTED

BETTER, WORSE, UNCLEAR = "better", "worse", "unclear"
_COLOURS = {BETTER: "#2166AC", WORSE: "#B00040", UNCLEAR: "#7A8683"}
_SHAPES = {BETTER: "triangle-down", WORSE: "triangle-up", UNCLEAR: "circle"}
WORDS: Mapping[str, Text] = {
    BETTER: text("好转", "better"),
    WORSE: text("变差", "worse"),
    UNCLEAR: text("看不出趋势", "no trend shown"),
}
_AXIS = text("每年变化（{unit}/年）", "change per year ({unit} per year)")
_HEADS: Mapping[str, Text] = {
    "row": text("站点", "station"),
    "shown": text("每年变化", "per year"),
    "p": text("p 值", "p"),
    "n": text("样本数", "n"),
    "word": text("方向", "direction"),
}
_ALT = text("各站点 {name} 每年变化：{cases}。", "Change of {name} per year by station: {cases}.")


@dataclass(frozen=True, slots=True)
class Slope:
    """The trend of a station: change per year, interval, p, number of values, how it is judged."""

    row: str
    slope: float
    lower: float
    upper: float
    p_value: float
    n: int
    judged: str = UNCLEAR


def station_slopes(slopes: Sequence[Slope], *, name: Text, unit: str, lang: Lang) -> Drawing:
    """Draw the change per year of each station with its interval, against the line of no change.

    Better, worse and neither differ by colour and by shape; an interval that holds 0 shows no
    trend, whatever side its middle lies on.
    """
    values = [_value(s, lang) for s in slopes]
    order = [s.row for s in slopes]
    base = alt.Chart(inline(values)).encode(
        y=alt.Y(
            "row:N",
            sort=order,
            title=None,
            axis=alt.Axis(labelLimit=150, domain=False, ticks=False),
        ),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )
    zero = (
        alt.Chart(inline([{"zero": 0}]))
        .mark_rule(color=MUTED, strokeDash=[4, 3])
        .encode(x="zero:Q")
    )
    span = base.mark_rule(strokeWidth=2.2).encode(
        x=alt.X("lower:Q", title=_AXIS.fill(unit=unit).get(lang)),
        x2="upper:Q",
        color=alt.Color("colour:N", scale=None),
    )
    points = base.mark_point(size=90, filled=True, opacity=1).encode(
        x="slope:Q",
        color=alt.Color("colour:N", scale=None),
        shape=alt.Shape("shape:N", scale=None),
    )
    chart = alt.layer(zero, span, points).properties(
        width="container", height=max(34 * len(order), 60)
    )
    cases = ", ".join(f"{s.row} {s.slope:+.3g} ({WORDS[s.judged].get(lang)})" for s in slopes)
    return drawing(chart, _ALT.fill(name=name, cases=cases or "–").get(lang))


def _value(s: Slope, lang: Lang) -> dict[str, Any]:
    return {
        "row": s.row,
        "slope": s.slope,
        "lower": s.lower,
        "upper": s.upper,
        "shown": f"{s.slope:+.3g} ({s.lower:+.3g} – {s.upper:+.3g})",
        "p": "<0.001" if s.p_value < 0.001 else f"{s.p_value:.2g}",
        "n": str(s.n),
        "word": WORDS[s.judged].get(lang),
        "colour": _COLOURS[s.judged],
        "shape": _SHAPES[s.judged],
    }
