"""Published cumulative lists of recorded species as bars: never a line, a slope or a percentage.

Each bar is what somebody published that year: how many species had ever been recorded. Effort is
unknown, and the list can only grow, so nothing may be read between two bars. Years are apart, not
on a scale of time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import DARK

TITLE = text("历年累计记录鸟种数", "cumulative list of recorded species")
_BARS: Mapping[str, str] = {"high": "#4A6B8A", "medium": "#7F9BB3", "low": "#B5C5D2"}
_CONFIDENCE: Mapping[str, Text] = {
    "high": text("可信度高", "high confidence"),
    "medium": text("可信度中", "medium confidence"),
    "low": text("可信度低", "low confidence"),
}
_HEADS: Mapping[str, Text] = {
    "column": text("公布年", "published"),
    "shown": text("鸟种数", "species"),
    "wording": text("说法", "wording"),
    "confidence": text("可信度", "confidence"),
    "source": text("来源", "source"),
    "conflicts": text("另有说法", "others say"),
}
_AXIS = text("鸟种数（累计名录）", "species (cumulative list)")
_ALT = text(
    "历年累计记录鸟种数（累计名录，不是趋势）：{cases}。",
    "Cumulative list of recorded species (a list, not a trend): {cases}.",
)
_EMPTY = text("没有公布的鸟种数。", "No list was published.")


@dataclass(frozen=True, slots=True)
class ListBar:
    """One published number of species; ``conflicts`` are other numbers for the same list."""

    year: int
    species: int
    wording: str
    source: str
    confidence: str = "medium"
    at_least: bool = False
    conflicts: tuple[int, ...] = ()


def published_list(bars: Sequence[ListBar], *, lang: Lang) -> Drawing:
    """Draw one bar per published statement, its number on top, paler the less sure it is.

    Conflicting numbers for the same year stand as ticks on its bar with "?" at the number.
    """
    shown = sorted(bars, key=lambda b: (b.year, b.species))
    columns = _columns(shown)
    values = [_value(b, c, lang) for b, c in zip(shown, columns, strict=True)]
    x = alt.X("column:N", sort=columns, title=None, axis=alt.Axis(labelAngle=0, ticks=False))
    scale = alt.Scale(
        domain=[0, max([n for b in shown for n in (b.species, *b.conflicts)] + [10]) * 1.12],
        nice=False,
    )
    tips = [alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()]
    base = alt.Chart(inline(values)).encode(x=x, tooltip=tips)
    boxes = base.mark_bar(width={"band": 0.62}).encode(
        y=alt.Y("species:Q", title=_AXIS.get(lang), scale=scale),
        color=alt.Color("fill:N", scale=None),
    )
    numbers = base.mark_text(dy=-9, fontSize=12, fontWeight=600).encode(
        y=alt.Y("top:Q", scale=scale), text="shown:N"
    )
    others = [
        {"column": c, "at": n} for b, c in zip(shown, columns, strict=True) for n in b.conflicts
    ]
    ticks = alt.Chart(inline(others)).mark_tick(
        color=DARK, thickness=2, size=26, strokeDash=[3, 2]
    ).encode(x=x, y=alt.Y("at:Q", scale=scale))  # fmt: skip
    layers = [boxes, ticks, numbers] if others else [boxes, numbers]
    chart = alt.layer(*layers).properties(width="container", height=230)
    return drawing(chart, _words(values, lang))


def _columns(shown: Sequence[ListBar]) -> list[str]:
    """Return the label of each bar; several of one year are told apart by a letter."""
    years = [b.year for b in shown]
    seen: dict[int, int] = {}
    labels = []
    for year in years:
        at = seen.get(year, 0)
        seen[year] = at + 1
        labels.append(f"{year}{'abcdefgh'[at % 8]}" if years.count(year) > 1 else str(year))
    return labels


def _value(b: ListBar, column: str, lang: Lang) -> dict[str, Any]:
    sign = "≥" if b.at_least else ""
    doubt = "?" if b.conflicts else ""
    return {
        "column": column,
        "species": b.species,
        "top": max(b.species, *b.conflicts) if b.conflicts else b.species,
        "shown": f"{sign}{b.species}{doubt}",
        "wording": b.wording,
        "source": b.source,
        "confidence": _CONFIDENCE.get(b.confidence, _CONFIDENCE["low"]).get(lang),
        "conflicts": " / ".join(str(n) for n in b.conflicts) or "–",
        "fill": _BARS.get(b.confidence, _BARS["low"]),
    }


def _words(values: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    if not values:
        return _EMPTY.get(lang)
    cases = []
    for v in values:
        others = f" ({v['conflicts']})" if v["conflicts"] != "–" else ""
        cases.append(f"{v['column']} {v['shown']}{others}")
    return _ALT.fill(cases=("、" if lang == "zh" else ", ").join(cases)).get(lang)
