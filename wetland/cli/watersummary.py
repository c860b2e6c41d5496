"""``wetland water summary``: means with non-detects, by the official rule and by statistics."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from wetland.base.texts import Lang, Text, text
from wetland.cli.output import emit
from wetland.cli.wateroutlook import ParametersOption
from wetland.cli.waterreading import Asked, read_water, water_answer
from wetland.cli.watertables import SYNTHETIC
from wetland.cli.waterwords import item_with_unit, worded

METHODS = ("half", "kaplan_meier", "ros", "mle")
Over = Literal["all", "year", "quarter", "month"]

TITLES: dict[str, Text] = {
    "station": text("站点", "station"),
    "parameter": text("指标", "parameter"),
    "period": text("时段", "period"),
    "method": text("方法", "method"),
    "n": text("数", "n"),
    "censored": text("未检出", "non-detects"),
    "mean": text("均值", "mean"),
    "lower": text("下限", "lower"),
    "upper": text("上限", "upper"),
    "sd": text("标准差", "sd"),
    "median": text("中位数", "median"),
    "notes": text("说明", "notes"),
}


@water_answer()
def summary(
    asked: Asked,
    method: Annotated[
        list[str] | None,
        typer.Option(
            "--method",
            metavar="|".join(METHODS),
            help="方法（可重复）；half 为官方口径 / Method (repeatable); half is the official rule",
        ),
    ] = None,
    per: Annotated[Over, typer.Option("--per", help="时段 / Period")] = "all",
    confidence: Annotated[
        float, typer.Option("--confidence", min=0.5, max=0.999, help="置信度 / Confidence")
    ] = 0.95,
    parameter: ParametersOption = None,
) -> None:
    """含未检出值的均值：官方口径与统计方法并列 / Means with non-detects, two ways."""
    from wetland.operations.wateranswers import told  # noqa: PLC0415 - starts fast
    from wetland.operations.watersummary import summary_of  # noqa: PLC0415

    found = summary_of(
        read_water(asked), methods=method or METHODS[:2], per=per, parameters=parameter,
        confidence=confidence,
    )  # fmt: skip
    lang = asked.lang
    rows = told(found, lang)
    if asked.format != "table":
        emit(rows, format=asked.format, lang=lang)
        return
    if any(row["synthetic"] for row in rows):
        typer.echo(SYNTHETIC.get(lang), err=True)
    shown = [name for name in TITLES if name != "period" or per != "all"]
    emit([_short(row, shown, lang) for row in rows], format="table", lang=lang, titles=TITLES)


def _short(row: dict[str, Any], shown: list[str], lang: Lang) -> dict[str, object]:
    """Return a row as a person reads it: four figures, words for keys, notes in one cell."""
    own = {
        "parameter": item_with_unit(row["parameter"], lang),
        "notes": {"zh": "；", "en": "; "}[lang].join(row["notes"]),
    }
    return {name: own[name] if name in own else worded(name, row[name], lang) for name in shown}
