"""What findings of detectors that know no law are called: rules, missing facts, likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetland.base.texts import Lang, Text, text
from wetland.birds.detectbase import (
    BREEDING,
    CONFIRMATION,
    DECLINE,
    FIRST_RECORD,
    MORE_COUNTS,
    ONE_PERCENT,
)
from wetland.birds.detectbase import DETECTOR as BIRDS
from wetland.birds.detectbase import RULES as BIRD_RULES
from wetland.visitors.detectbase import CAR_PARK, DAILY, INSTANTANEOUS, SILENT
from wetland.visitors.detectbase import DETECTOR as VISITORS
from wetland.visitors.detectbase import MISSING as VISITOR_MISSING
from wetland.visitors.detectbase import RULES as VISITOR_RULES
from wetland.water.detectbase import DETECTOR as WATER
from wetland.water.detectbase import RULES as WATER_RULES
from wetland.water.parameters import parameters

LIMIT = "detection_limit"
WATER_LIKELIHOOD = text(
    "考虑抽样误差，劣于目标的可能性", "likelihood to be worse than the target, given the sampling"
)
BIRD_LIKELIHOOD = text(
    "考虑样点之间的差异，下降达到该预警限值的可能性",
    "likelihood that the decline reaches the limit of the alert, given how plots differ",
)
VISITOR_LIKELIHOOD = text(
    "考虑计数误差，超过承载量的可能性",
    "likelihood that the capacity is exceeded, given the error of the counts",
)
_LIKELIHOODS: Mapping[str, Text] = {
    WATER: WATER_LIKELIHOOD, BIRDS: BIRD_LIKELIHOOD, VISITORS: VISITOR_LIKELIHOOD,
}  # fmt: skip
_MISSING: Mapping[str, Text] = {
    CONFIRMATION: text("人工核实", "confirmation by a person"),
    MORE_COUNTS: text("更多计数", "more counts"),
    **VISITOR_MISSING,
}
_ABOUT = text("约 {p}%", "about {p} %")
_ABOVE, _BELOW = text("大于 99%", "above 99 %"), text("小于 1%", "below 1 %")
_LIMIT = text("{name}的检出限", "detection limit of {name}")


def rule_titles() -> dict[str, Text]:
    """Return the name of every rule that is no rule of the law, by its id."""
    return {**WATER_RULES, **BIRD_RULES, **VISITOR_RULES}


def says(rule: str) -> Text | None:
    """Return what a rule asks for; None where it is a rule of the law."""
    return _SAYS.get(rule)


_SAYS: Mapping[str, Text] = {
    "water/target_class": text(
        "站点的水质不应劣于其目标类别（单因子评价；按样品和时段均值）。",
        "The water of a station is not to be worse than its target class (by its worst item; per "
        "sample and per mean of a period).",
    ),
    "water/deterioration": text(
        "与上年同期或上一时段相比，水质状况不应变差（按评价办法的变化用语）。",
        "Against the same period of last year, or the period before, the condition is not to get "
        "worse (in the words of the method of assessment).",
    ),
    "water/sudden_change": text(
        "结果超出该站点同季历史的稳健预测限，须查明原因。",
        "A result beyond the robust prediction limit of its station's own seasonal history: find "
        "out why.",
    ),
    DECLINE: text(
        "平滑指数在 5、10、25 季或全部计数季内下降 25% 以上（中度预警）或 50% 以上（高度预警），"
        "须查明原因。",
        "The smoothed index declined by 25 % or more (medium alert) or 50 % or more (high alert) "
        "over 5, 10, 25 seasons or the full series: find out why.",
    ),
    ONE_PERCENT: text(
        "最近五个有计数的季（至少三季）季最高数的平均值不低于迁飞区种群 1% 标准值"
        "（拉姆萨尔公约标准六），须由人核实。",
        "The mean of the highest numbers of the last five seasons with counts (at least three) is "
        "not below the 1 % threshold of the flyway population (Ramsar Criterion 6): a person has "
        "to confirm it.",
    ),
    FIRST_RECORD: text(
        "已载入的记录中首次出现的鸟种，须由人核实。",
        "A species that is in the loaded records for the first time: a person has to confirm it.",
    ),
    BREEDING: text(
        "有繁殖证据的鸟种：核实，并避免干扰繁殖地。",
        "A species with evidence of breeding: confirm it, and keep disturbance away.",
    ),
    DAILY: text(
        "当日入园人次不得超过日承载量；达到预警比例时，须公告、报告当地政府并分流。",
        "The entries of a day are not to exceed the capacity of a day; from the share of a tier on "
        "it is announced, reported to the local government, and visitors are led elsewhere.",
    ),
    INSTANTANEOUS: text(
        "同时在园人数不得超过瞬时承载量；达到预警比例时，须公告、报告当地政府并分流。",
        "People present are not to exceed the capacity at one time; from the share of a tier on it "
        "is announced, reported to the local government, and visitors are led elsewhere.",
    ),
    CAR_PARK: text(
        "停车场占用 95% 以上持续 30 分钟，须引导至其他停车场。",
        "A car park that is 95 % full for 30 minutes: lead cars to other car parks.",
    ),
    SILENT: text(
        "出入口或停车场连续两天以上没有可用数据而其他处有数据，须查明原因。",
        "A gate or car park without usable data on two days or more, while others tell theirs: "
        "find out why.",
    ),
}


def missing_name(name: str) -> Text | None:
    """Return what a parameter, its detection limit or a confirmation is called; else None.

    Examples
    --------
    >>> missing_name("nh3n").zh, missing_name("tp.detection_limit").zh, missing_name("consent")
    ('氨氮', '总磷的检出限', None)
    >>> missing_name("confirmation").zh
    '人工核实'
    """
    if name in _MISSING:
        return _MISSING[name]
    code, dot, what = name.partition(".")
    known = parameters()
    if code not in known or (dot and what != LIMIT):
        return None
    return _LIMIT.fill(name=known[code].name) if dot else known[code].name


def of_water(row: Mapping[str, Any]) -> bool:
    """Tell whether a finding is one of the water detector."""
    return row.get("detector") == WATER


def of_detector(row: Mapping[str, Any]) -> bool:
    """Tell whether a finding is one of a detector that knows no law."""
    return row.get("detector") in _LIKELIHOODS


def likelihood_label(row: Mapping[str, Any]) -> Text:
    """Return what the likelihood of such a finding is the likelihood of."""
    return _LIKELIHOODS.get(str(row.get("detector")), WATER_LIKELIHOOD)


def estimate_text(value: float | None, lang: Lang) -> str:
    """Say a probability that is an estimate, in whole per cent; never nothing and never all.

    Examples
    --------
    >>> estimate_text(0.857, "en"), estimate_text(1.0, "en")
    ('about 86 %', 'above 99 %')
    """
    if value is None:
        return ""
    if value > 0.99:
        return _ABOVE.get(lang)
    if value < 0.01:
        return _BELOW.get(lang)
    return _ABOUT.fill(p=f"{100 * value:.0f}").get(lang)
