"""How answers about water look as tables: columns, headings, short words for what is long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from wetland.base.texts import Lang, Text, text
from wetland.cli.output import emit
from wetland.cli.waterwords import worded

if TYPE_CHECKING:
    import pandas as pd

    from wetland.cli.options import Format
    from wetland.cli.waterreading import Asked

Row = Mapping[str, Any]

CLASSES = ("station", "period", "water_class", "complete", "possible", "deciding", "main_words",
           "tn", "fc", "target_class", "meets_target", "samples", "synthetic")  # fmt: skip
TROPHIC = ("station", "period", "tli", "state", "official", "missing", "samples", "synthetic")
TRENDS = ("station", "parameter", "method", "n", "s", "z", "p_value", "slope_per_year", "lower",
          "upper", "words")  # fmt: skip
ANNUAL_TRENDS = ("station", "parameter", "first", "last", "n", "rs", "critical", "words",
                 "official", "synthetic")  # fmt: skip
CERTAINTY = ("station", "period", "water_class", "words", "probabilities", "n", "why_none",
             "synthetic")  # fmt: skip
FORECAST = ("station", "parameter", "month", "mean", "lower", "upper", "shown", "skill", "coverage",
            "origins", "reason")  # fmt: skip
FORECAST_CLASSES = ("station", "period", "water_class", "probabilities", "shown", "skill",
                    "origins", "reason")  # fmt: skip
GRADES = ("name", "period", "method", "condition_words", "water_class", "sections", "good_percent",
          "inferior_percent", "main_pollutants", "tli", "official", "why_not_official",
          "synthetic")  # fmt: skip
CHANGES = ("station", "period", "before_period", "class_before", "class_after", "words", "official",
           "why_not", "synthetic")  # fmt: skip
REACH_CHANGES = ("name", "period", "before_period", "condition_before", "condition_after",
                 "shares_points", "words", "official", "why_not", "synthetic")  # fmt: skip
COMPLIANCE = ("station", "target_class", "periods", "met", "not_met", "undecided", "not_judged",
              "share_met", "worst_class", "first", "last", "synthetic")  # fmt: skip
FINDINGS = ("finding_id", "outcome", "severity", "rule", "subject", "measure", "limit",
            "missing", "explanation")  # fmt: skip
STATIONS = ("station", "name", "water_body", "target_class", "programme", "first", "last",
            "days", "results", "synthetic")  # fmt: skip

TITLES: dict[str, Text] = {
    "station": text("站点", "station"),
    "period": text("时段", "period"),
    "water_class": text("类别", "class"),
    "complete": text("齐全", "complete"),
    "possible": text("可能的类别", "possible"),
    "deciding": text("决定类别的指标", "deciding"),
    "main_words": text("主要污染指标", "main pollutants"),
    "tn": text("总氮(单列)", "TN (apart)"),
    "fc": text("粪大肠菌群(单列)", "FC (apart)"),
    "target_class": text("目标", "target"),
    "meets_target": text("达标", "met"),
    "samples": text("样品", "samples"),
    "synthetic": text("虚构", "synthetic"),
    "tli": text("TLI(Σ)", "TLI(Σ)"),
    "state": text("营养状态", "state"),
    "official": text("正式", "official"),
    "missing": text("缺少", "missing"),
    "parameter": text("指标", "parameter"),
    "method": text("方法", "method"),
    "slope_per_year": text("每年变化", "per year"),
    "lower": text("下限", "lower"),
    "upper": text("上限", "upper"),
    "words": text("结论", "conclusion"),
    "name": text("名称", "name"),
    "water_body": text("水体", "water body"),
    "programme": text("监测方案", "programme"),
    "first": text("首次", "first"),
    "last": text("末次", "last"),
    "results": text("结果", "results"),
    "month": text("月份", "month"),
    "mean": text("预测", "forecast"),
    "shown": text("可用", "shown"),
    "reason": text("理由", "why"),
    "likelihood": text("可能性", "likelihood"),
    "probabilities": text("各类概率", "probabilities"),
    "n": text("数", "n"),
    "days": text("采样日", "days"),
    "skill": text("优于同比", "skill"),
    "coverage": text("区间覆盖", "coverage"),
    "origins": text("检验次数", "origins"),
    "condition_words": text("水质状况", "condition"),
    "sections": text("断面数", "sections"),
    "good_percent": text("Ⅰ～Ⅲ类%", "I-III %"),
    "inferior_percent": text("劣Ⅴ类%", ">V %"),
    "main_pollutants": text("主要污染指标", "main pollutants"),
    "before_period": text("比较时段", "against"),
    "class_before": text("原类别", "before"),
    "condition_before": text("原状况", "before"),
    "condition_after": text("现状况", "after"),
    "shares_points": text("ΔG-ΔD", "ΔG-ΔD"),
    "class_after": text("现类别", "now"),
    "why_not": text("说明", "note"),
    "why_not_official": text("说明", "note"),
    "why_none": text("说明", "note"),
    "periods": text("时段数", "periods"),
    "met": text("达标数", "met"),
    "not_met": text("未达标", "not met"),
    "undecided": text("待定", "undecided"),
    "not_judged": text("未评价", "not judged"),
    "share_met": text("达标率%", "met %"),
    "worst_class": text("最差类别", "worst"),
    "finding_id": text("编号", "identifier"),
    "outcome": text("结论", "outcome"),
    "severity": text("严重程度", "severity"),
    "rule": text("规则", "rule"),
    "subject": text("对象", "about"),
    "measure": text("测得值", "measured"),
    "limit": text("限值", "limit"),
    "explanation": text("说明", "explanation"),
    "rs": text("秩相关系数", "rs"),
    "critical": text("临界值", "critical"),
}

SYNTHETIC = text(
    "含虚构（合成）数据，不是实测。", "Some of this is invented (synthetic), not measured."
)


def reply(asked: Asked, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Print a table in the format and language asked for; see `show`."""
    from wetland.operations.wateranswers import told  # noqa: PLC0415 - starts fast

    show(told(frame, asked.lang), columns, format=asked.format, lang=asked.lang)


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
    flat = [{**row, **(row.get("apart") or {})} for row in rows]
    shown = [column for column in columns if any(column in row for row in flat)]
    short = [{name: _cell(name, row, lang) for name in shown} for row in flat]
    emit(short, format=format, lang=lang, titles=TITLES)


def finding_rows(findings: Sequence[Row], lang: Lang) -> list[Row]:
    """Return findings of water with the names of rules and of what is missing."""
    from wetland.reports.detectors import missing_name, rule_titles  # noqa: PLC0415 - starts fast

    titles = rule_titles()
    out: list[Row] = []
    for row in findings:
        missing = [(missing_name(m) or text(m, m)).get(lang) for m in row["missing"] or ()]
        synthetic = bool((row["evidence"] or {}).get("synthetic"))
        rule = titles[row["rule"]].get(lang)
        out.append({**row, "rule": rule, "missing": missing, "synthetic": synthetic})
    return out


def _cell(name: str, row: Row, lang: Lang) -> object:
    """Return a cell in words; what is graded by shares of classes has no class of its own."""
    if name == "water_class" and row.get("method") == "shares":
        return None
    return worded(name, row.get(name), lang)
