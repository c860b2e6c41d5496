"""How answers about birds look as tables: columns, headings, short words for what is long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from wetland.base.texts import Lang, Text, text
from wetland.birds.tables import VALIDATIONS
from wetland.cli.options import Format
from wetland.cli.output import emit

Row = Mapping[str, Any]

ALERTS = ("species", "name", "alert", "change_5", "change_10", "change_25", "change_all",
          "likelihood", "reference", "plots", "one_percent", "mean", "threshold",
          "note")  # fmt: skip
CHECKLIST = ("species", "name", "scientific_name", "protection", "red_list", "waterbird",
             "one_percent", "sensitivity", "records", "most", "first", "last")  # fmt: skip
ESTIMATES = ("measure", "value", "se", "lower", "upper")
FINDINGS = ("finding_id", "outcome", "severity", "rule", "about", "likelihood", "explanation")
COMPARED = ("time", "birds", "other")
INDICATOR = ("time", "index", "se", "lower", "upper", "smooth", "smooth_lower", "smooth_upper",
             "species")  # fmt: skip
NAMES = ("name", "records", "suggestions", "note")
QUEUE = ("record_id", "validation", "event_date", "plot", "name_received", "name",
         "individual_count", "why")  # fmt: skip
PHENOLOGY = ("name", "first_day", "last_day", "n", "years")
WHOLE = {"individual_count", "most", "threshold"}  # numbers of birds: no needless decimals
RICHNESS = ("period", "observed", "surveys", "hours", "km", "coverage", "standardised", "lower",
            "upper", "region", "flagged", "synthetic")  # fmt: skip

TITLES: dict[str, Text] = {
    "species": text("物种", "species"),
    "name": text("名称", "name"),
    "scientific_name": text("学名", "scientific name"),
    "protection": text("保护级别", "protection"),
    "red_list": text("红色名录", "red list"),
    "waterbird": text("水鸟", "waterbird"),
    "sensitivity": text("敏感", "sensitive"),
    "records": text("记录数", "records"),
    "most": text("最高数", "most"),
    "first": text("首次", "first"),
    "last": text("末次", "last"),
    "alert": text("预警", "alert"),
    "change_5": text("5季%", "5 seasons %"),
    "change_10": text("10季%", "10 %"),
    "change_25": text("25季%", "25 %"),
    "change_all": text("全部%", "all %"),
    "likelihood": text("可能性", "likelihood"),
    "reference": text("参照季", "reference"),
    "plots": text("样点", "plots"),
    "one_percent": text("1%标准", "1 %"),
    "mean": text("均值", "mean"),
    "threshold": text("1%值", "threshold"),
    "note": text("说明", "note"),
    "measure": text("指标", "measure"),
    "value": text("值", "value"),
    "se": text("标准误", "se"),
    "lower": text("下限", "lower"),
    "upper": text("上限", "upper"),
    "period": text("时段", "period"),
    "region": text("方式", "how"),
    "flagged": text("存疑", "flagged"),
    "surveys": text("调查次数", "surveys"),
    "hours": text("小时", "hours"),
    "km": text("公里", "km"),
    "coverage": text("覆盖度", "coverage"),
    "standardised": text("等覆盖度种数", "standardised"),
    "n": text("记录数", "records"),
    "synthetic": text("虚构", "synthetic"),
    "first_day": text("始见日", "first day"),
    "last_day": text("终见日", "last day"),
    "years": text("年数", "years"),
    "birds": text("鸟类", "birds"),
    "other": text("对方", "the other"),
    "smooth": text("平滑", "smoothed"),
    "smooth_lower": text("下限", "lower"),
    "smooth_upper": text("上限", "upper"),
    "record_id": text("编号", "identifier"),
    "validation": text("审核", "validation"),
    "event_date": text("日期", "day"),
    "plot": text("样点", "plot"),
    "name_received": text("来源名称", "name as received"),
    "taxon_id": text("物种", "species"),
    "individual_count": text("数量", "count"),
    "why": text("存疑之处", "why"),
    "suggestions": text("建议", "suggestions"),
    "finding_id": text("编号", "identifier"),
    "outcome": text("结论", "outcome"),
    "severity": text("严重程度", "severity"),
    "rule": text("规则", "rule"),
    "about": text("对象", "about"),
    "explanation": text("说明", "explanation"),
    "time": text("年份", "time"),
    "observed": text("实测", "counted"),
    "imputed": text("插补总数", "imputed"),
    "imputed_se": text("总数标准误", "se of total"),
    "totals_ci_lower": text("总数下限", "lower"),
    "totals_ci_upper": text("总数上限", "upper"),
    "index": text("指数", "index"),
    "index_se": text("指数标准误", "se of index"),
    "fitted": text("模型值", "fitted"),
}

YES_NO = {"True": text("是", "yes"), "False": text("否", "no")}
WORDS: dict[str, Mapping[str, Text]] = {  # what a table says for the codes of a column
    "validation": VALIDATIONS,
    "waterbird": YES_NO,
    "synthetic": YES_NO,
    "sensitivity": {"none": text("否", "no"), "withhold": text("不公开", "withheld")},
    "alert": {"high_alert": text("高度", "high"), "medium_alert": text("中度", "medium")},
    "region": {
        "rarefaction": text("稀释", "rarefaction"),
        "observed": text("实测", "observed"),
        "extrapolation": text("外推", "extrapolation"),
    },
    "one_percent": {
        "met": text("达到", "met"),
        "reached_once": text("曾达到", "reached once"),
        "not_met": text("未达到", "not met"),
        "too_few": text("季数太少", "too few"),
        "not_tested": text("未检验", "not tested"),
    },
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
    titles: Mapping[str, Text] | None = None,
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
    titles
        Headings that differ from the usual ones.
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
    short = [{name: _said(name, row.get(name), lang) for name in shown} for row in rows]
    emit(short, format=format, lang=lang, titles={**TITLES, **(titles or {})})


def finding_rows(findings: Sequence[Row], lang: Lang) -> list[Row]:
    """Return findings about birds with the names of rules and species."""
    from wetland.reports.detectors import rule_titles  # noqa: PLC0415 - starts fast

    titles = rule_titles()
    out: list[Row] = []
    for row in findings:
        evidence = row["evidence"] or {}
        called = evidence.get(f"name_{lang}") or evidence.get("name") or row["subject"]
        if isinstance(called, Mapping):
            called = called.get(lang)
        title = titles.get(row["rule"])
        rule = row["rule"] if title is None else title.get(lang)
        out.append({**row, "rule": rule, "about": called,
                    "synthetic": bool(evidence.get("synthetic"))})  # fmt: skip
    return out


def _said(column: str, value: object, lang: Lang) -> object:
    """Return what a table says: words for codes, counts without decimals, few digits."""
    word = WORDS.get(column, {}).get(str(value))
    if word is not None:
        return word.get(lang)
    if column in WHOLE and isinstance(value, float) and value.is_integer():
        return int(value)
    return _short(value)


def _short(value: object) -> object:
    """Return a number with the digits that a person reads; lists as words."""
    if isinstance(value, float):
        return round(value, 4) if abs(value) < 10 else round(value, 1)
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return value
