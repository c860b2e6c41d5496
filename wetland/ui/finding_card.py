"""A stored finding as a card: the rule's words as they are now, and what was found then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetland.base.findings import OUTCOMES
from wetland.base.texts import Text, text
from wetland.regulations.citation import cite
from wetland.regulations.explain import carried_over_text, order_text
from wetland.regulations.models import CarriedOver
from wetland.regulations.rulebook import DatedRule
from wetland.regulations.wording import MODALITIES
from wetland.reports.detectors import (
    estimate_text,
    likelihood_label,
    missing_name,
    of_detector,
    rule_titles,
    says,
)
from wetland.reports.findings import finding_json
from wetland.reports.sheet import LIKELIHOOD, likelihood_text
from wetland.sites.load import Site
from wetland.ui import language, sitebase
from wetland.ui.language import say

_OWN_METHOD = text("本程序的统计方法", "a statistical method of this program")
_NO_RULE = text("这条规定已不在场地包中：{rule}", "this rule is no longer in the site pack: {rule}")


def card_of(site: Site, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a stored finding as a card shows it: the rule's words and what was found then."""
    said = finding_json({str(k): v for k, v in row.items()}, language.current())
    evidence = said["evidence"] or {}
    rule = site.regulations.by_id.get(str(said["rule"]))
    fine = evidence.get("fine")
    if fine and fine.get("carried_over"):
        fine = {**fine, "carried_over": {"note": _history(fine["carried_over"])}}
    words = _own_words(site, said) if of_detector(said) else _rule_words(said, rule)
    return {
        **words,
        "rule": said["rule"],
        "outcome": said["outcome"],
        "outcome_text": say(OUTCOMES[said["outcome"]]),
        "penalty_article": said["penalty_article"],
        "fine": fine,
        "measures": [
            {"text": say(order_text(m["measure"], m["discretion"], m["certain"]))}
            for m in said["measures"] or []
        ],
        "crime_suspected": [],
        "missing": said["missing"] or [],
        "missing_text": [_missing(site, name) for name in said["missing"] or []],
        "either_side": None,
        "text_seen": _text_seen(said),
        "confidence": said["confidence"],
        "authority": said["authority"] or "",
        "explanation": said["explanation"] or "",
        "source": evidence.get("source", ""),
        **_likelihood(said),
    }


def title_of(site: Site, rule: str) -> Text:
    """Return the title of a rule, of the law or of a detector; its id where it is unknown."""
    known = site.regulations.by_id.get(rule)
    return known.rule.title if known is not None else rule_titles().get(rule, text(rule, rule))


def _missing(site: Site, name: str) -> str:
    own = missing_name(name)
    return sitebase.fact_name(site, name) if own is None else say(own)


def _likelihood(said: Mapping[str, Any]) -> dict[str, str]:
    value, lang = said["likelihood"], language.current()
    if of_detector(said):
        return {"likelihood_text": estimate_text(value, lang),
                "likelihood_label": say(likelihood_label(said))}  # fmt: skip
    return {"likelihood_text": likelihood_text(value, lang), "likelihood_label": say(LIKELIHOOD)}


def _text_seen(said: Mapping[str, Any]) -> bool:
    """Tell whether the text of the law that a finding names was seen; without a law: yes."""
    own = of_detector(said) and not said["regulation"]
    return True if own or said["text_seen"] is None else bool(said["text_seen"])


def _own_words(site: Site, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words of a rule of a detector: a law is named only where it forbids the same."""
    rule = str(said["rule"])
    law = next((r for r in site.regulations.regulations if r.id == said["regulation"]), None)
    title = rule_titles().get(rule, text(rule, rule))
    told = says(rule)
    return {
        "title": say(title),
        "says": "" if told is None else say(told),
        "cite": said["article"] or say(_OWN_METHOD) if law is None else say(cite(said["article"])),
        "regulation_title": "" if law is None else say(law.title),
        "version": "" if law is None else say(law.version),
        "modality": None,
        "modality_text": "",
    }


def _rule_words(said: Mapping[str, Any], rule: DatedRule | None) -> dict[str, Any]:
    if rule is None:
        return {
            "title": said["rule"], "says": say(_NO_RULE, rule=said["rule"]),
            "cite": say(cite(said["article"])), "regulation_title": said["regulation"] or "",
            "version": "", "modality": "prohibition",
            "modality_text": say(MODALITIES["prohibition"]),
        }  # fmt: skip
    return {
        "title": say(rule.rule.title),
        "says": say(rule.rule.says),
        "cite": say(cite(rule.rule.article, rule.rule.cite)),
        "regulation_title": say(rule.regulation.title),
        "version": say(rule.regulation.version),
        "modality": rule.rule.modality,
        "modality_text": say(MODALITIES[rule.rule.modality]),
    }


def _history(carried: Mapping[str, Any]) -> str:
    earlier = CarriedOver(rule=carried["from"], fine_min=carried["min"], fine_max=carried["max"])
    return say(carried_over_text(earlier))
