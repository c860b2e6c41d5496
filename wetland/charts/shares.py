"""Shares of classes that add up to the whole: sections by class, and what a class may become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import CLASS_COLOURS, CLASS_NAMES, CLASS_ORDER, INK, letter

# A share narrower than this is drawn without its letter; the tooltip and the table have it.
_LETTER_FROM = 0.08
_HEADS: Mapping[str, Text] = {
    "column": text("时段", "period"),
    "name": text("类别", "class"),
    "percent": text("占比", "share"),
    "n": text("站点数", "stations"),
}
_PROBABILITY = text("概率", "probability")
_SHARE = text("站点比例", "share of stations")
_ALT = text("{what}：{cases}。", "{what}: {cases}.")
_NOTHING = text("没有数据", "no data")


def class_shares(
    columns: Mapping[str, Mapping[str, float]],
    *,
    lang: Lang,
    counts: Mapping[str, int] | None = None,
    probabilities: bool = False,
) -> Drawing:
    """Draw one column per period, cut by class from the best at the foot to the worst on top.

    Parameters
    ----------
    columns
        Period to class to share (0 to 1). Each period's shares are drawn as they are, so those
        that do not add up to 1 leave a gap: stations without a class.
    counts
        How many stations each column rests on.
    probabilities
        The shares are chances of one station's class, not shares of stations.
    """
    what = _PROBABILITY if probabilities else _SHARE
    values = [v for column in columns for v in _stack(column, columns, counts, lang)]
    heads = {k: h for k, h in _HEADS.items() if k != "n" or counts is not None}
    base = alt.Chart(inline(values)).encode(
        x=alt.X("column:O", sort=list(columns), title=None, axis=alt.Axis(labelOverlap="greedy")),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in heads.items()],
    )
    axis = alt.Axis(format="%", tickCount=5, title=what.get(lang))
    bars = base.mark_bar(stroke="#FFFFFF", strokeWidth=1).encode(
        y=alt.Y("from:Q", scale=alt.Scale(domain=[0, 1]), axis=axis),
        y2="to:Q",
        color=alt.Color("fill:N", scale=None),
    )
    letters = base.mark_text(fontSize=11, fontWeight=600).encode(
        y=alt.Y("middle:Q"), text="letter:N", color=alt.Color("ink:N", scale=None)
    )
    chart = alt.layer(bars, letters).properties(width="container", height=220)
    return drawing(chart, _words(columns, what, lang))


def _stack(
    column: str,
    columns: Mapping[str, Mapping[str, float]],
    counts: Mapping[str, int] | None,
    lang: Lang,
) -> list[dict[str, Any]]:
    """Return the pieces of one column from its foot to its top."""
    pieces, foot = [], 0.0
    for key in CLASS_ORDER:
        share = float(columns[column].get(key, 0.0))
        if share <= 0:
            continue
        pieces.append(
            {
                "column": column,
                "from": foot,
                "to": foot + share,
                "middle": foot + share / 2,
                "letter": _short(key, len(columns), lang) if share >= _LETTER_FROM else "",
                "name": CLASS_NAMES[key].get(lang),
                "percent": f"{share:.0%}",
                "n": str((counts or {}).get(column, "–")),
                "fill": CLASS_COLOURS[key],
                "ink": INK[key],
            }
        )
        foot += share
    return pieces


def _short(key: str, columns: int, lang: Lang) -> str:
    """Return the letter of a class; of one of many narrow columns the shortest there is."""
    return "劣" if key == "inferior_v" and lang == "zh" and columns > 8 else letter(key, lang)


def _words(columns: Mapping[str, Mapping[str, float]], what: Text, lang: Lang) -> str:
    if not columns:
        return _ALT.fill(what=what, cases=_NOTHING).get(lang)
    last, shares = list(columns.items())[-1]
    parts = [f"{letter(k, lang)} {shares[k]:.0%}" for k in CLASS_ORDER if shares.get(k, 0.0) > 0]
    return _ALT.fill(what=what, cases=f"{last} " + ", ".join(parts)).get(lang)
