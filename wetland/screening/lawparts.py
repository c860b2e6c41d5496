"""What a finding says of the law: columns and evidence that hang on the judgement alone."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from wetland.regulations.answers import explanation, fine_json, overlap_json
from wetland.regulations.conditions import FactValue, Truth
from wetland.regulations.evaluate import Outcome, Verdict
from wetland.regulations.explain import Words
from wetland.regulations.judge import Judged, Judgement
from wetland.regulations.rulebook import DatedRule


@dataclass(slots=True)
class LawParts:
    """The answers of rules written down, each once.

    Parameters
    ----------
    words
        The words of the site.
    columns
        The columns of `FINDINGS` that hang on the law, by part.
    evidence
        The rule's evidence as the end of a JSON object, by part.
    rules
        The rule of each part.
    """

    words: Words
    columns: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    rules: list[DatedRule] = field(default_factory=list)
    _known: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _held: list[Judged] = field(default_factory=list)

    def of(self, judgement: Judgement, kept: frozenset[Outcome]) -> list[int]:
        """Return the parts of a judgement, one for each rule with an outcome in ``kept``."""
        return [self._part(j, judgement) for j in judgement.judged if j.outcome in kept]

    def forget(self, most: int) -> None:
        """Forget all parts where there are more than ``most``."""
        if len(self.columns) > most:
            for held in (self.columns, self.evidence, self.rules, self._held):
                held.clear()
            self._known.clear()

    def _part(self, judged: Judged, judgement: Judgement) -> int:
        """Write one rule's answer; the same answer to other acts is written once."""
        verdict, penalty = judged.verdict, judged.penalty
        key: tuple[Any, ...] = (
            judged.rule.id, judged.outcome, judged.missing, judged.sides, judged.later.applied,
            penalty.state, penalty.fine, penalty.candidates, penalty.missing, penalty.article,
            penalty.crime, tuple((id(m.measure), m.article, m.certain) for m in penalty.measures),
            judgement.overlap, tuple(t for _, t in verdict.exceptions),
            verdict.zone, verdict.activity, verdict.conditions, verdict.requires,
        )  # fmt: skip
        if judged.later.later is not None:
            key = (*key, id(judged))
            self._held.append(judged)  # its id stands in the key
        if key not in self._known:
            self._known[key] = len(self.columns)
            self.columns.append(_law_columns(judged, self.words))
            self.evidence.append(json_text(_law_evidence(judged, judgement, self.words))[1:])
            self.rules.append(judged.rule)
        return self._known[key]


def _law_columns(judged: Judged, words: Words) -> dict[str, Any]:
    rule, fine = judged.rule.rule, judged.penalty.fine
    told = explanation(judged, words)
    return {
        "rule": judged.rule.id,
        "regulation": judged.rule.regulation.id,
        "article": rule.article,
        "penalty_article": judged.penalty.article,
        "measure": _measured(judged.verdict),
        "outcome": judged.outcome.value,
        "missing": json_text(list(judged.missing)),
        "severity": rule.severity,
        "fine_min": None if fine is None else fine.min,
        "fine_max": None if fine is None else fine.max,
        "fine_unit": None if fine is None else fine.unit,
        "discretion": None if fine is None else fine.discretion,
        "measures": json_text(
            [
                {
                    "measure": m.measure.measure,
                    "discretion": m.measure.discretion,
                    "certain": m.certain,
                }
                for m in judged.penalty.measures
            ]
        ),
        "authority_zh": rule.authority.zh,
        "authority_en": rule.authority.en,
        "explanation_zh": told.zh,
        "explanation_en": told.en,
        "confidence": judged.rule.confidence,
        "text_seen": judged.rule.text_seen,
    }


def _measured(verdict: Verdict) -> float | None:
    """Return the quantity (m2, value, cost) that the fine hangs on, where it is known."""
    penalty = verdict.penalty
    for fine in (penalty.fine, *penalty.candidates):
        if fine is not None and fine.min and fine.unit != "CNY" and fine.computed_min is not None:
            return fine.computed_min / fine.min
    return None


def _law_evidence(judged: Judged, judgement: Judgement, words: Words) -> dict[str, Any]:
    verdict = judged.verdict
    truths = [verdict.zone, verdict.activity, verdict.conditions]
    truths += [truth for _, truth in verdict.exceptions]
    truths += [verdict.requires] if verdict.requires is not None else []
    return {
        "used": _used(truths),
        "exceptions": [
            {"zh": unless.means.zh, "en": unless.means.en, "holds": truth.value}
            for unless, truth in verdict.exceptions
        ],
        "source": judged.rule.source,
        "fine": fine_json(judged.penalty, judged.rule, words, "zh"),
        "one_fine": overlap_json(judgement.overlap, "zh"),
        "either_side": None
        if judged.sides is None
        else {"inside": judged.sides[0].value, "outside": judged.sides[1].value},
    }


def _used(truths: list[Truth]) -> dict[str, FactValue]:
    return {name: value for truth in truths for name, value in truth.used}


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


json_text = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
