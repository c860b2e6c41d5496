"""How answers about birds look as tables: columns, headings, short words for what is long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from wetland.base.texts import Lang, Text, text
from wetland.cli.options import Format
from wetland.cli.output import emit

Row = Mapping[str, Any]

TITLES: dict[str, Text] = {
    "time": text("年份", "time"),
    "observed": text("实测", "counted"),
    "imputed": text("插补总数", "imputed"),
    "imputed_se": text("标准误", "se"),
    "totals_ci_lower": text("下限", "lower"),
    "totals_ci_upper": text("上限", "upper"),
    "index": text("指数", "index"),
    "index_se": text("标准误", "se"),
    "fitted": text("模型值", "fitted"),
}

SYNTHETIC = text(
    "含虚构（合成）数据，不是实测。", "Some of this is invented (synthetic), not measured."
)


def show(
    rows: Sequence[Row],
    columns: Sequence[str],
    *,
    format: Format,
    lang: Lang,
    whole: object = None,
) -> None:
    """Print rows: JSON and CSV whole, a table with the columns that a person reads.

    Parameters
    ----------
    rows
        JSON-ready rows of one language.
    columns
        The columns of the table for a person; those that no row has are left out.
    whole
        What JSON prints where it is not the rows.
    """
    if format == "json":
        emit(list(rows) if whole is None else whole, format=format)  # type: ignore[arg-type]
        return
    if format != "table":
        emit(list(rows), format=format, lang=lang)
        return
    if any(row.get("synthetic") for row in rows):
        typer.echo(SYNTHETIC.get(lang), err=True)
    shown = [column for column in columns if any(column in row for row in rows)]
    short = [{name: _short(row.get(name)) for name in shown} for row in rows]
    emit(short, format=format, lang=lang, titles=TITLES)


def _short(value: object) -> object:
    """Return a number with the digits that a person reads; lists as words."""
    if isinstance(value, float):
        return round(value, 4) if abs(value) < 10 else round(value, 1)
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return value
