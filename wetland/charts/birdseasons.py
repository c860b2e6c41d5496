"""When in the year a bird is there (物候): a strip of weeks, one row per species or year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import LINE, MUTED, NO_DATA

WEEKS = 53
_ROW_HEIGHT = 24
_DAYS_TO_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_HEADS: Mapping[str, Text] = {
    "row": text("行", "row"),
    "span": text("日期（月-日）", "days (month-day)"),
    "shown": text("有记录的调查", "surveys with it"),
    "mean": text("平均只数", "mean count"),
}
_NOT_SURVEYED = text("没有调查", "not surveyed")
_LOOKED = text("查过 {n} 次，没有", "looked for {n} times, none")
_FOUND = text("{k} / {n} 次", "{k} of {n}")
_MONTH = text("月份", "month")
_ALT = text(
    "物候，{n} 行，按周：{cases}。",
    "Phenology by week, {n} rows: {cases}.",
)
_CASE = text(
    "{row}：{weeks} 周有记录，{first} 至 {last}", "{row}: {weeks} weeks, {first} to {last}"
)
_NONE = text("{row}：没有记录", "{row}: no record")
_EMPTY = text("物候：没有数据。", "Phenology: no data.")


@dataclass(frozen=True, slots=True)
class Week:
    """One week of one row: surveys made, surveys that found it, mean count where counted."""

    row: str
    week: int
    surveys: int
    found: int
    mean: float | None = None


def phenology_strip(weeks: Sequence[Week], *, lang: Lang, rows: Sequence[str] = ()) -> Drawing:
    """Draw weeks of the year: the darker, the larger the share of surveys that found the bird.

    Three things never look the same: found (blue), looked for and not found (white with an edge),
    and not surveyed (grey). A dot stands in every week it was found, so that nothing rests on
    shade alone.

    Parameters
    ----------
    weeks
        Week 1 begins on 1 January, as days of the year by sevens; week 53 is the last day or two.
    """
    order = list(rows) or list(dict.fromkeys(w.row for w in weeks))
    known = {(w.row, w.week): w for w in weeks}
    values = [
        _value(row, week, known.get((row, week)), lang)
        for row in order
        for week in range(1, WEEKS + 1)
    ]
    ticks = [round(1 + days / 7, 3) for days in _DAYS_TO_MONTH]
    labels = "format(round((datum.value - 1) * 7 / 30.44) + 1, 'd')"
    axis = alt.Axis(
        values=ticks, labelExpr=labels, grid=False, orient="top", title=_MONTH.get(lang),
        titleAnchor="start", domain=False, labelAlign="left", labelFlush=False,
    )  # fmt: skip
    base = alt.Chart(inline(values)).encode(
        y=alt.Y("row:N", sort=order, title=None, axis=alt.Axis(labelLimit=130, domain=False,
                                                               ticks=False)),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )  # fmt: skip
    scale = alt.Scale(domain=[1, WEEKS + 1], nice=False, zero=False)
    boxes = base.mark_rect(strokeWidth=0.7).encode(
        x=alt.X("from:Q", scale=scale, axis=axis),
        x2="to:Q",
        color=alt.Color("fill:N", scale=None),
        stroke=alt.Stroke("edge:N", scale=None),
        opacity=alt.Opacity("opacity:Q", scale=None),
    )
    dots = base.transform_filter("datum.found > 0").mark_circle(
        size=9, color="#FFFFFF", opacity=0.9
    ).encode(x=alt.X("middle:Q", scale=scale))  # fmt: skip
    chart = alt.layer(boxes, dots).properties(
        width="container", height=_ROW_HEIGHT * max(len(order), 1)
    )
    return drawing(chart, _words(order, known, lang))


def day_words(day_of_year: int) -> str:
    """Return a day of a common year as ``MM-DD``.

    Examples
    --------
    >>> day_words(1), day_words(60), day_words(365), day_words(366)
    ('01-01', '03-01', '12-31', '12-31')
    """
    day = min(max(day_of_year, 1), 365)
    month = sum(day > before for before in _DAYS_TO_MONTH)
    return f"{month:02d}-{day - _DAYS_TO_MONTH[month - 1]:02d}"


def _span(week: int) -> str:
    return f"{day_words(7 * week - 6)} – {day_words(7 * week)}"


def _value(row: str, week: int, w: Week | None, lang: Lang) -> dict[str, Any]:
    surveyed = w is not None and w.surveys > 0
    found = w is not None and w.found > 0
    if w is None or not surveyed:
        shown = _NOT_SURVEYED
    else:
        shown = _FOUND.fill(k=w.found, n=w.surveys) if found else _LOOKED.fill(n=w.surveys)
    share = w.found / w.surveys if w is not None and surveyed and found else 0.0
    return {
        "row": row,
        "from": week,
        "to": week + 1,
        "middle": week + 0.5,
        "span": _span(week),
        "shown": shown.get(lang),
        "mean": "–" if w is None or w.mean is None else f"{w.mean:.1f}",
        "found": 0 if w is None else w.found,
        "fill": LINE if found else "#FFFFFF" if surveyed else NO_DATA,
        "edge": "#FFFFFF" if found or not surveyed else MUTED,
        "opacity": round(0.35 + 0.65 * share, 3) if found else 1.0,
    }


def _words(order: Sequence[str], known: Mapping[tuple[str, int], Week], lang: Lang) -> str:
    if not order:
        return _EMPTY.get(lang)
    cases = []
    for row in order[:8]:
        there = [k for k in range(1, WEEKS + 1) if (w := known.get((row, k))) and w.found]
        if not there:
            cases.append(_NONE.fill(row=row))
            continue
        first, last = day_words(7 * there[0] - 6), day_words(7 * there[-1])
        cases.append(_CASE.fill(row=row, weeks=len(there), first=first, last=last))
    joined = ("；" if lang == "zh" else "; ").join(c.get(lang) for c in cases)
    return _ALT.fill(n=len(order), cases=joined).get(lang)
