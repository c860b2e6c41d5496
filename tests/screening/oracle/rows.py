"""Write a judgement down as rows of `FINDINGS`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wetland.base.findings import FINDINGS, finding_id
from wetland.base.places import Cause, Where
from wetland.base.tables import DTYPES
from wetland.base.texts import Text
from wetland.regulations.answers import explanation, fine_json, overlap_json
from wetland.regulations.conditions import FactValue, Situation, Truth
from wetland.regulations.evaluate import Outcome, Verdict
from wetland.regulations.explain import Words
from wetland.regulations.judge import Judged, Judgement

if TYPE_CHECKING:
    import pandas as pd

# Columns that hang on the judgement alone, and the rule's evidence as the end of a JSON object.
_Part = tuple[dict[str, Any], str]
WITH_ROWS = frozenset({Outcome.BROKEN, Outcome.UNDECIDED})


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every finding of one screening carries."""

    site: str
    detector: str
    zone_basis: str
    pack_digest: str
    notice: Text | None


@dataclass(slots=True)
class Findings:
    """The rows found so far, and what rows of one judgement share."""

    words: Words
    stamp: Stamp
    rows: list[dict[str, Any]] = field(default_factory=list)
    _shared: dict[int, tuple[Judgement, list[_Part]]] = field(default_factory=dict)
    _parts: dict[tuple[Any, ...], _Part] = field(default_factory=dict)

    def shared(self, judgement: Judgement, kept: frozenset[Outcome]) -> list[_Part]:
        """Return, for each rule with an outcome in ``kept``, what hangs on the judgement alone."""
        found = self._shared.get(id(judgement))
        if found is None:
            parts = [self._part(j, judgement) for j in judgement.judged if j.outcome in kept]
            found = self._shared[id(judgement)] = (judgement, parts)
        return found[1]

    def _part(self, judged: Judged, judgement: Judgement) -> _Part:
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
        if key not in self._parts:
            evidence = _json(_law_evidence(judged, judgement, self.words))[1:]
            self._parts[key] = _law_columns(judged, self.words), evidence
        return self._parts[key]


def finding_rows(
    found: Findings,
    observation: Mapping[str, Any],
    situation: Situation,
    judgement: Judgement,
    *,
    kept: frozenset[Outcome] = WITH_ROWS,
) -> None:
    """Add one row for each rule that is broken or undecided (``kept`` of one screening)."""
    parts = found.shared(judgement, kept)
    if not parts:
        return
    own = _own_columns(found.stamp, observation, situation)
    position = _json(_position(observation, situation, found.stamp))[:-1]
    for columns, evidence in parts:
        key = finding_id(
            found.stamp.site, found.stamp.detector, columns["rule"], observation["observation_id"]
        )
        found.rows.append(
            {
                "finding_id": key,
                **own,
                **columns,
                "evidence": f"{position}, {evidence}",
            }
        )


def findings_table(found: Findings) -> pd.DataFrame:
    """Return the rows as the table `FINDINGS`."""
    import pandas as pd

    table = pd.DataFrame(found.rows, columns=FINDINGS.names)
    table["occurred_at"] = pd.to_datetime(table["occurred_at"], utc=True)
    return table.astype({c.name: DTYPES[c.kind] for c in FINDINGS.columns})


def _own_columns(
    stamp: Stamp, observation: Mapping[str, Any], situation: Situation
) -> dict[str, Any]:
    zones = [
        name for name, m in situation.zones.items() if m.where is Where.INSIDE and "|" not in name
    ]
    return {
        "site": stamp.site,
        "detector": stamp.detector,
        "subject": observation["observation_id"],
        "subject_kind": "observation",
        "activity": observation["activity"],
        "zones": _json(zones),
        "occurred_on": situation.on,
        "occurred_at": observation["occurred_at"],
        "geometry": observation["geometry"],
        "source_id": observation["source_id"],
        "source_row": observation["source_row"],
        "zone_basis": stamp.zone_basis,
        "pack_digest": stamp.pack_digest,
        "status": "open",
    }


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
        "missing": _json(list(judged.missing)),
        "severity": rule.severity,
        "fine_min": None if fine is None else fine.min,
        "fine_max": None if fine is None else fine.max,
        "fine_unit": None if fine is None else fine.unit,
        "discretion": None if fine is None else fine.discretion,
        "measures": _json(
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


def _position(observation: Mapping[str, Any], situation: Situation, stamp: Stamp) -> dict[str, Any]:
    unsure = {
        name: m.cause.value
        for name, m in situation.zones.items()
        if m.where is Where.UNDETERMINED
        and m.cause is not None
        and m.cause is not Cause.NOT_LOADED
        and "|" not in name
    }
    areas = {
        name: {"area_m2": round(m.area_m2, 2), "share": round(m.share or 0.0, 6)}
        for name, m in situation.zones.items()
        if m.area_m2 and "|" not in name
    }
    return {
        "observation": observation["observation_id"],
        "record_id": observation["record_id"],
        "uncertainty_m": observation["used_uncertainty_m"],
        "uncertainty_from": "stated"
        if observation["uncertainty_stated"]
        else observation["position_source"],
        "unsure_zones": unsure,
        "areas": areas,
        "facts": dict(situation.facts),
        "records": {k: v for k, v in situation.records.items() if v is not None},
        "notice": None if stamp.notice is None else {"zh": stamp.notice.zh, "en": stamp.notice.en},
    }


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


_json = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
