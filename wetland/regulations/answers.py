"""A judgement as JSON-ready mappings, the same for the command line, the app and exports."""

from __future__ import annotations

from typing import Any

from wetland.base.texts import Lang, Text
from wetland.regulations.citation import cite
from wetland.regulations.explain import (
    Words,
    carried_over_text,
    either_side_text,
    explain,
    fine_text,
    join,
    measure_text,
)
from wetland.regulations.judge import Judged, Judgement
from wetland.regulations.later_law import Applied
from wetland.regulations.overlaps import Overlap
from wetland.regulations.penalties import FineRange, FineState, PenaltyResult
from wetland.regulations.rulebook import DatedRule, NotCovered
from wetland.regulations.wording import LATER, MODALITIES, OUTCOMES, OVERLAPS, REASONS

Json = dict[str, Any]


def fine_json(penalty: PenaltyResult, rule: DatedRule, words: Words, lang: Lang) -> Json | None:
    """Return the fine: range, unit, discretion, how far it is settled, and history.

    ``min``/``max`` are null while the tier is open (``tiers`` lists what it may be) and where the
    text was not seen (``unseen``).
    """
    if penalty.state is FineState.NONE and not penalty.candidates:
        return None
    fine = penalty.fine
    carried = rule.rule.carried_over
    return {
        "min": None if fine is None else fine.min,
        "max": None if fine is None else fine.max,
        "unit": None if fine is None else fine.unit,
        "discretion": None if fine is None else fine.discretion,
        "state": penalty.state.value,
        "missing": list(penalty.missing),
        "unseen": [] if fine is None else list(fine.unseen),
        "computed": None if fine is None else _computed(fine),
        "tiers": [_tier_json(c, words, lang) for c in penalty.candidates],
        "carried_over": None
        if carried is None
        else {
            "from": carried.rule,
            "min": carried.fine_min,
            "max": carried.fine_max,
            "note": carried_over_text(carried).get(lang),
        },
    }


def _computed(fine: FineRange) -> Json | None:
    if fine.computed_min is None and fine.computed_max is None:
        return None
    return {"min": fine.computed_min, "max": fine.computed_max, "unit": "CNY"}


def _tier_json(fine: FineRange, words: Words, lang: Lang) -> Json:
    return {
        "article": fine.article,
        "min": fine.min,
        "max": fine.max,
        "unit": fine.unit,
        "discretion": fine.discretion,
        "text": fine_text(fine, words).get(lang),
    }


def explanation(judged: Judged, words: Words) -> Text:
    """Explain one rule's answer, the later law included."""
    lines = [explain(judged.verdict, words, sides=judged.sides)]
    later = judged.later
    if later.applied not in {Applied.NOT_ASKED, Applied.STANDS}:
        lines.append(LATER[later.applied.value].fill(r=REASONS[later.reason]))
        if later.later is not None:
            lines.append(explain(later.later, words))
    return join(lines, zh="\n", en="\n")


def rule_json(judged: Judged, words: Words, lang: Lang) -> Json:
    """Return one rule's answer with the keys the command line promises."""
    dated, rule = judged.rule, judged.rule.rule
    return {
        "rule": dated.id,
        "title": rule.title.get(lang),
        "says": rule.says.get(lang),
        "article": rule.article,
        "cite": cite(rule.article, rule.cite).get(lang),
        **_law_json(dated, lang),
        "modality": rule.modality,
        "modality_text": MODALITIES[rule.modality].get(lang),
        "outcome": judged.outcome.value,
        "outcome_text": OUTCOMES[judged.outcome.value].get(lang),
        "applies": judged.verdict.applies,
        "missing": list(judged.missing),
        "missing_text": [words.name(m).get(lang) for m in judged.missing],
        "either_side": _sides_json(judged, lang),
        **_penalty_json(judged, words, lang),
        "refers_to": [{"law": r.law, "article": r.article} for r in rule.refers_to],
        "addressee": rule.addressee.get(lang),
        "authority": rule.authority.get(lang),
        "severity": rule.severity,
        "later_law": None
        if judged.later.applied is Applied.NOT_ASKED
        else {"applied": judged.later.applied.value, "reason": judged.later.reason},
        "explanation": explanation(judged, words).get(lang),
    }


def _law_json(dated: DatedRule, lang: Lang) -> Json:
    return {
        "regulation": dated.regulation.id,
        "regulation_title": dated.regulation.title.get(lang),
        "version": dated.regulation.version.get(lang),
        "valid_from": dated.valid_from.isoformat(),
        "valid_to": None if dated.valid_to is None else dated.valid_to.isoformat(),
        "confidence": dated.confidence,
        "text_seen": dated.text_seen,
        "source": dated.source,
    }


def _penalty_json(judged: Judged, words: Words, lang: Lang) -> Json:
    penalty = judged.penalty
    named = penalty.article is not None
    return {
        "penalty_article": penalty.article,
        "penalty_cite": cite(penalty.article, penalty.cite).get(lang) if named else None,
        "fine": fine_json(penalty, judged.rule, words, lang),
        "measures": [
            {
                "measure": m.measure.measure,
                "text": measure_text(m).get(lang),
                "discretion": m.measure.discretion,
                "certain": m.certain,
            }
            for m in penalty.measures
        ],
        "crime_suspected": [{"article": a, "holds": holds} for a, holds in penalty.crime],
    }


def _sides_json(judged: Judged, lang: Lang) -> Json | None:
    if judged.sides is None:
        return None
    inside, outside = judged.sides
    return {
        "inside": inside.value,
        "outside": outside.value,
        "text": either_side_text(inside, outside).get(lang),
    }


def gap_json(gap: NotCovered, lang: Lang) -> Json:
    """Return one law that is not encoded: its name and half-open period."""
    return {
        "law": gap.law.get(lang),
        "line": gap.line,
        "from": None if gap.start is None else gap.start.isoformat(),
        "to": None if gap.end is None else gap.end.isoformat(),
        "note": gap.note.get(lang),
    }


def overlap_json(overlap: Overlap | None, lang: Lang) -> Json | None:
    """Return which norm's fine goes; ``conflict`` is ``legal_review`` where the steps disagree."""
    if overlap is None:
        return None
    return {
        "state": overlap.state,
        "conflict": "legal_review"
        if overlap.state in {"legal_review", "one_act_or_several"}
        else None,
        "by_yielding": overlap.by_yielding,
        "by_higher_fine": overlap.by_higher_fine,
        "yielded": [{"rule": a, "to": b, "article": c} for a, b, c in overlap.yielded],
        "missing": list(overlap.missing),
        "text": OVERLAPS[overlap.state].get(lang),
    }


def judgement_json(judgement: Judgement, words: Words, lang: Lang) -> Json:
    """Return a whole judgement: outcome, rules, what is not covered, the one fine."""
    gaps = judgement.not_covered
    return {
        "outcome": judgement.outcome.value,
        "outcome_text": OUTCOMES[judgement.outcome.value].get(lang),
        "rules": [rule_json(j, words, lang) for j in judgement.judged],
        "not_covered": [gap_json(g, lang) for g in gaps if not g.partly],
        "partly_covered": [gap_json(g, lang) for g in gaps if g.partly],
        "one_fine": overlap_json(judgement.overlap, lang),
    }
