"""Classes in time (类别时间条): one row per station or year, a colour and a letter per cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from wetland.base.texts import Lang, Text, text
from wetland.charts.drawing import Drawing, drawing, inline
from wetland.charts.look import CLASS_COLOURS, DARK, INK, NO_DATA, letter

PICK = "pick"
_ROW_HEIGHT = 30
_NOT_MEASURED = text("缺测", "no data")
_COMPLETE = text("方案内指标齐全", "all items of the programme")
_AT_LEAST = text("方案内有指标缺测，可能更差", "items of the programme are missing: may be worse")
_NOT_OFFICIAL = text("样品不足，不作正式类别", "too few samples for an official class")
_HEADS: Mapping[str, Text] = {
    "row": text("站点", "station"),
    "column": text("时段", "period"),
    "word": text("类别", "class"),
    "deciding": text("决定指标", "set by"),
    "n": text("样品数", "samples"),
    "note": text("说明", "note"),
}
_ALT = text(
    "类别时间条：{rows} 行，{first} 至 {last}。最新一格：{latest}。",
    "Classes in time: {rows} rows, {first} to {last}. Latest: {latest}.",
)
_EMPTY = text("类别时间条：没有数据。", "Classes in time: no data.")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its row and column as shown, the class (None: not measured) and what it rests on.

    ``complete`` False marks "this class or worse"; ``official`` False a class that is only for
    information because too few samples were taken.
    """

    row: str
    column: str
    water_class: str | None
    key: str = ""
    complete: bool = True
    official: bool = True
    deciding: str = ""
    samples: int | None = None


def class_strip(cells: Sequence[Cell], *, lang: Lang, rows: Sequence[str] = ()) -> Drawing:
    """Draw cells of classes: colour, letter, grey for what was not measured.

    A letter with a question mark is "this class or worse"; a pale cell rests on too few samples. A
    combination of row and column without a cell is drawn grey: no data is never a class.

    Parameters
    ----------
    cells
        In any order; columns are shown in order of their text (``2024``, ``2024-05``).
    rows
        The order of the rows; by default as they come.
    """
    order = list(rows) or list(dict.fromkeys(cell.row for cell in cells))
    columns = sorted({cell.column for cell in cells})
    known = {(cell.row, cell.column): cell for cell in cells}
    values = [
        _value(known.get((row, column)) or Cell(row, column, None), lang)
        for row in order
        for column in columns
    ]
    pick = alt.selection_point(name=PICK, fields=["row", "column", "key"], toggle=False)
    base = alt.Chart(inline(values)).encode(
        x=alt.X("column:O", sort=columns, title=None, axis=_axis(columns)),
        y=alt.Y("row:N", sort=order, title=None, axis=_names()),
        tooltip=[alt.Tooltip(f"{n}:N", title=head.get(lang)) for n, head in _HEADS.items()],
    )
    boxes = base.mark_rect(stroke="#FFFFFF", strokeWidth=1.5, cursor="pointer").encode(
        color=alt.Color("fill:N", scale=None),
        opacity=alt.Opacity("opacity:Q", scale=None),
    )
    # Letters follow the width of a cell: as large as fits, at most 13 pixels.
    size = alt.ExprRef(expr=f"min(13, max(7, 0.62 * width / {max(len(columns), 1)}))")
    letters = base.mark_text(fontSize=size, fontWeight=600).encode(
        text="letter:N", color=alt.Color("ink:N", scale=None)
    )
    chart = alt.layer(boxes.add_params(pick), letters).properties(
        width="container", height=_ROW_HEIGHT * max(len(order), 1)
    )
    return drawing(chart, _words(values, order, columns, lang))


def _axis(columns: Sequence[str]) -> alt.Axis:
    months = any("-" in column for column in columns)
    return alt.Axis(
        orient="top", labelAngle=-90 if months else 0, labelOverlap="greedy", ticks=False,
        domain=False, labelFontSize=10, labelPadding=3,
    )  # fmt: skip


def _names() -> alt.Axis:
    return alt.Axis(ticks=False, domain=False, labelLimit=150, labelPadding=6, labelFontSize=12)


def _value(cell: Cell, lang: Lang) -> dict[str, Any]:
    none = cell.water_class not in CLASS_COLOURS
    key = str(cell.water_class)
    note = _NOT_MEASURED if none else _COMPLETE if cell.complete else _AT_LEAST
    notes = [note.get(lang)]
    if not none and not cell.official:
        notes.append(_NOT_OFFICIAL.get(lang))
    short = "劣" if key == "inferior_v" and lang == "zh" else letter(cell.water_class, lang)
    return {
        "row": cell.row,
        "column": cell.column,
        "key": cell.key,
        "letter": short if none or cell.complete else f"{short}?",
        "word": letter(cell.water_class, lang),
        "fill": NO_DATA if none else CLASS_COLOURS[key],
        "ink": "#8A9794" if none else INK[key] if cell.official else DARK,
        "opacity": 1.0 if none or cell.official else 0.45,
        "deciding": cell.deciding or "–",
        "n": "–" if cell.samples is None else str(cell.samples),
        "note": "; ".join(notes) if lang == "en" else "；".join(notes),
    }


def _words(
    values: Sequence[Mapping[str, Any]], rows: Sequence[str], columns: Sequence[str], lang: Lang
) -> str:
    if not columns:
        return _EMPTY.get(lang)
    last = [f"{v['row']} {v['letter']}" for v in values if v["column"] == columns[-1]]
    said = _ALT.fill(
        rows=len(rows), first=columns[0], last=columns[-1], latest=", ".join(last[:12])
    )
    return said.get(lang)
