"""What findings of detectors that know no law are called: rules, missing facts, likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetland.base.texts import Lang, Text, text
from wetland.water.detectbase import DETECTOR as WATER
from wetland.water.detectbase import RULES as WATER_RULES
from wetland.water.parameters import parameters

LIMIT = "detection_limit"
WATER_LIKELIHOOD = text(
    "考虑抽样误差，劣于目标的可能性", "likelihood to be worse than the target, given the sampling"
)
_ABOUT = text("约 {p}%", "about {p} %")
_ABOVE, _BELOW = text("大于 99%", "above 99 %"), text("小于 1%", "below 1 %")
_LIMIT = text("{name}的检出限", "detection limit of {name}")


def rule_titles() -> dict[str, Text]:
    """Return the name of every rule that is no rule of the law, by its id."""
    return dict(WATER_RULES)


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
}


def missing_name(name: str) -> Text | None:
    """Return what a missing parameter, or its missing detection limit, is called; else None.

    Examples
    --------
    >>> missing_name("nh3n").zh, missing_name("tp.detection_limit").zh, missing_name("consent")
    ('氨氮', '总磷的检出限', None)
    """
    code, dot, what = name.partition(".")
    known = parameters()
    if code not in known or (dot and what != LIMIT):
        return None
    return _LIMIT.fill(name=known[code].name) if dot else known[code].name


def of_water(row: Mapping[str, Any]) -> bool:
    """Tell whether a finding is one of the water detector."""
    return row.get("detector") == WATER


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
