"""What is encoded: rules, coverage of the law over time, and the words rules are written in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from wetland.base.errors import InputError
from wetland.base.texts import Lang, text
from wetland.sites.load import Site

Json = dict[str, Any]


def list_rules(
    site: Site, *, on: dt.date | None = None, regulation: str | None = None, lang: Lang = "zh"
) -> list[Json]:
    """Return the encoded rules, of one day or one regulation if asked.

    Raises
    ------
    InputError
        There is no such regulation.
    """
    known = [r.id for r in site.regulations.regulations]
    if regulation is not None and regulation not in known:
        message = text("没有法规 {r}；有：{k}", "there is no regulation {r}; there are: {k}")
        raise InputError(message.fill(r=regulation, k=", ".join(known)))
    return [
        {
            "rule": rule.id,
            "article": rule.rule.article,
            "penalty_article": rule.rule.penalties[0].article if rule.rule.penalties else None,
            "modality": rule.rule.modality,
            "title": rule.rule.title.get(lang),
            "activity": list(rule.rule.activity),
            "zones": list(rule.rule.zones),
            "valid_from": rule.valid_from.isoformat(),
            "valid_to": None if rule.valid_to is None else rule.valid_to.isoformat(),
            "text_seen": rule.text_seen,
            "confidence": rule.confidence,
        }
        for rule in site.regulations.rules
        if (on is None or rule.in_force(on))
        and (regulation is None or rule.regulation.id == regulation)
    ]


def list_coverage(site: Site, *, on: dt.date | None = None, lang: Lang = "zh") -> list[Json]:
    """Return each regulation, how far it is encoded, its rules, and its declared gaps."""
    rows: list[Json] = []
    for regulation in site.regulations.regulations:
        count = sum(1 for r in site.regulations.rules if r.regulation.id == regulation.id)
        spans: list[tuple[dt.date | None, dt.date | None, str, int]] = []
        spans += [(regulation.valid_from, regulation.valid_to, regulation.coverage, count)]
        spans += [(gap.start, gap.end, "none", 0) for gap in regulation.gaps]
        rows += [
            {
                "regulation": regulation.id,
                "title": regulation.title.get(lang),
                "from": None if start is None else start.isoformat(),
                "to": None if end is None else end.isoformat(),
                "coverage": coverage,
                "rules": rules,
                "text_seen": regulation.text_seen and coverage != "none",
                "source": regulation.source,
            }
            for start, end, coverage, rules in spans
            if on is None or ((start or on) <= on and (end is None or on < end))
        ]
    return rows


def list_words(site: Site, *, lang: Lang = "zh") -> list[Json]:
    """Return the activities, facts and record kinds of a site."""
    words = site.vocabulary
    rows: list[Json] = [
        {"word": "activity", "id": key, "name": a.name.get(lang), "aliases": list(a.aliases)}
        for key, a in words.activities.items()
    ]
    rows += [
        {
            "word": f"fact ({f.kind}, {f.role})",
            "id": key,
            "name": f.question.get(lang),
            "aliases": [],
        }
        for key, f in words.facts.items()
    ]
    rows += [
        {"word": f"record ({r.type})", "id": key, "name": r.name.get(lang), "aliases": []}
        for key, r in words.records.items()
    ]
    return rows
