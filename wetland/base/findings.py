"""Findings (疑似问题): the one table that cases, maps, reports and warnings are written from.

A finding is *suspected*: a machine compared something with a rule. A person on site verifies the
fact; only the authority's decision makes it a violation. A row with outcome ``undecided`` names the
facts that are missing and can open a check task (核查任务), never a case.
"""

from __future__ import annotations

import hashlib
import json

from wetland.base.tables import Column, TableSchema
from wetland.base.texts import Text, text

OUTCOMES: dict[str, Text] = {
    "broken": text("疑似违反", "suspected breach"),
    "undecided": text("待定", "undecided"),
}

STATUSES: dict[str, Text] = {
    "open": text("待核实", "open"),
    "verified": text("已核实", "verified on site"),
    "dismissed": text("已排除", "dismissed by a person"),
    "passed": text("复算后不再成立", "no longer found by a later screening"),
}

ZONE_BASES: dict[str, Text] = {
    "surveyed": text("实测界线", "surveyed boundary"),
    "schematic": text("示意界线，从严判定", "schematic boundary, strict answer"),
    "exercise": text("示意界线，演练模式", "schematic boundary, exercise mode"),
    "not_used": text("与界线无关", "no boundary is involved"),
}

FINDINGS = TableSchema(
    name="findings",
    key="finding_id",
    title=text("疑似问题", "findings"),
    columns=(
        Column("finding_id", "text", text("编号", "identifier"), required=True),
        Column("site", "text", text("场地", "site"), required=True),
        Column("detector", "text", text("发现方式", "what found it"), required=True),
        Column("rule", "text", text("规范", "rule"), required=True),
        Column("regulation", "text", text("法规版本", "version of the law")),
        Column("article", "text", text("条款", "article")),
        Column("penalty_article", "text", text("罚则", "article of the penalty")),
        Column("subject", "text", text("对象编号", "what it is about"), required=True),
        Column("subject_kind", "text", text("对象类别", "kind of subject"), required=True),
        Column("activity", "text", text("行为", "activity")),
        Column("zones", "json", text("所在区域", "zones")),
        Column("occurred_on", "day", text("行为日", "day of the act")),
        Column("occurred_at", "instant", text("行为时刻", "instant of the act")),
        Column("geometry", "geometry", text("位置", "place")),
        Column("measure", "number", text("测得值", "measured")),
        Column("limit", "number", text("限值", "limit")),
        Column("outcome", "text", text("结论", "outcome"), required=True, choices=tuple(OUTCOMES)),
        Column("missing", "json", text("缺失事实", "missing facts")),
        Column("likelihood", "number", text("可能性", "likelihood"), minimum=0, maximum=1),
        Column("severity", "integer", text("严重程度", "severity"), minimum=1, maximum=5),
        Column("fine_min", "number", text("罚款下限", "lowest fine"), minimum=0),
        Column("fine_max", "number", text("罚款上限", "highest fine"), minimum=0),
        Column("fine_unit", "text", text("罚款单位", "unit of the fine")),
        Column(
            "discretion",
            "text",
            text("可处或应处", "may or shall"),
            choices=("may", "shall", "unknown"),
        ),
        Column("measures", "json", text("其他处理", "orders and other measures")),
        Column("authority_zh", "text", text("主管部门", "authority in Chinese")),
        Column("authority_en", "text", text("主管部门（英文）", "authority in English")),
        Column("explanation_zh", "text", text("说明", "explanation in Chinese")),
        Column("explanation_en", "text", text("说明（英文）", "explanation in English")),
        Column(
            "confidence",
            "text",
            text("录入可信度", "confidence in the encoding"),
            choices=("high", "medium", "low"),
        ),
        Column("text_seen", "boolean", text("已见条文原文", "text of the law was seen")),
        Column(
            "zone_basis",
            "text",
            text("界线依据", "basis of the zones"),
            required=True,
            choices=tuple(ZONE_BASES),
        ),
        Column("evidence", "json", text("事实与证据", "facts and evidence")),
        Column("source_id", "text", text("来源编号", "source")),
        Column("source_row", "integer", text("来源行", "row of the source"), minimum=0),
        Column("status", "text", text("状态", "status"), required=True, choices=tuple(STATUSES)),
        Column("pack_digest", "text", text("场地包摘要", "digest of the site pack"), required=True),
    ),
)


def finding_id(site: str, detector: str, rule: str, subject: str) -> str:
    """Return the stable identifier of a finding.

    It depends on where, by what, under which rule and about what, never on the answer: when more
    facts come in, the row changes and its identifier stays.

    Parameters
    ----------
    rule
        The rule with its version of the law, ``regulation/rule``.

    Examples
    --------
    >>> finding_id("xixi", "screening", "xixi-2011/26-1-aquatic", "o-1")
    'f-7b6470a8935c8f46c19600ee'
    """
    whole = json.dumps([site, detector, rule, subject], ensure_ascii=False)
    return "f-" + hashlib.sha256(whole.encode("utf-8")).hexdigest()[:24]
