"""Cases a lawyer can read (`<id>.cases.yaml`): what happened, and what must come out.

Every rule has at least one case of each kind: broken, kept, undecided, before (not yet in force)
and edge; a permission has no broken one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from wetland.base.errors import Mistake
from wetland.base.mistakes import explain
from wetland.base.places import INSIDE, OUTSIDE, Cause, Membership, Where, undetermined
from wetland.base.strict import Strict
from wetland.base.texts import text
from wetland.base.yaml import read_yaml
from wetland.regulations.conditions import Situation
from wetland.regulations.evaluate import Verdict, evaluate
from wetland.regulations.judge import settled, with_later_law
from wetland.regulations.rulebook import Regulations

Kind = Literal["broken", "kept", "undecided", "before", "edge"]
KINDS: tuple[Kind, ...] = ("broken", "kept", "undecided", "before", "edge")


class Case(Strict):
    """One case. ``at``: ``outside``, one zone (inside it, outside all others), or zone -> where."""

    rule: str
    kind: Kind
    on: dt.date | None
    at: str | dict[str, Where]
    does: str | tuple[str, ...] = ()
    facts: dict[str, bool | float | str | dt.date | None] = Field(default_factory=dict)
    then: Literal["broken", "kept", "undecided", "not_covered"]
    fine: tuple[float | None, float | None] | None = None
    fine_state: Literal["decided", "if_broken", "undecided", "none"] | None = None
    computed: tuple[float | None, float | None] | None = None
    discretion: Literal["may", "shall", "unknown"] | None = None
    missing: tuple[str, ...] | None = None
    decided_on: dt.date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case that was run; ``faults`` is empty when it came out as written."""

    regulation: str
    case: Case
    faults: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return a name short enough for a test report."""
        at = self.case.at if isinstance(self.case.at, str) else "+".join(self.case.at)
        return f"{self.regulation}/{self.case.rule}-{self.case.kind}-{self.case.on}-{at}"


def load_cases(folder: Path) -> tuple[list[tuple[str, Case]], list[Mistake]]:
    """Read all ``*.cases.yaml`` of a folder as (regulation id, case) pairs, and their mistakes."""
    cases: list[tuple[str, Case]] = []
    mistakes: list[Mistake] = []
    for path in sorted(folder.glob("*.cases.yaml")):
        file = f"regulations/{path.name}"
        raw, wrong = read_yaml(path)
        mistakes.extend(Mistake(file, m.where, m.what) for m in wrong)
        items = raw.get("cases") if isinstance(raw, dict) else None
        if not isinstance(items, list):
            mistakes.append(
                Mistake(file, "cases", text("缺少 cases 列表", "the list `cases` is missing"))
            )
            continue
        regulation = path.name.removesuffix(".cases.yaml")
        for number, item in enumerate(items):
            try:
                cases.append((regulation, Case.model_validate(item)))
            except ValidationError as error:
                found = explain(error, file=file)
                mistakes.extend(Mistake(file, f"cases.{number}.{m.where}", m.what) for m in found)
    return cases, mistakes


def situation_of(case: Case, zone_names: Iterable[str]) -> Situation:
    """Build the situation a case describes; every zone it does not name is outside."""
    zones: dict[str, Membership] = dict.fromkeys(zone_names, OUTSIDE)
    named = {case.at: Where.INSIDE} if isinstance(case.at, str) else case.at
    for zone, where in named.items():
        if zone != "outside":
            zones[zone] = _membership(where)
    does = (case.does,) if isinstance(case.does, str) else case.does
    return Situation(case.on, tuple(does), zones, dict(case.facts), {})


def _membership(where: Where) -> Membership:
    if where is Where.UNDETERMINED:
        return undetermined(Cause.ZONE_NOT_SURVEYED)
    return INSIDE if where is Where.INSIDE else OUTSIDE


def run_case(
    regulations: Regulations, regulation: str, case: Case, zone_names: Iterable[str]
) -> CaseResult:
    """Run one case and name every way in which it did not come out as written."""
    rule = regulations.by_id.get(f"{regulation}/{case.rule}")
    if rule is None:
        return CaseResult(regulation, case, (f"there is no rule {regulation}/{case.rule}",))
    faults = list(_unknown_words(regulations, case, zone_names))
    situation = situation_of(case, zone_names)
    verdict = evaluate(rule, situation)
    if case.decided_on is not None:
        judged = with_later_law(regulations, verdict, situation, case.decided_on)
        verdict = settled(judged)
    faults.extend(_differences(case, verdict))
    return CaseResult(regulation, case, tuple(faults))


def _unknown_words(
    regulations: Regulations, case: Case, zone_names: Iterable[str]
) -> Iterable[str]:
    words = regulations.vocabulary
    for name in case.facts:
        if name not in words.facts and name not in words.records:
            yield f"unknown fact {name}"
    for activity in (case.does,) if isinstance(case.does, str) else case.does:
        if activity not in words.activities:
            yield f"unknown activity {activity}"
    for zone in (case.at,) if isinstance(case.at, str) else case.at:
        if zone != "outside" and zone not in set(zone_names):
            yield f"unknown zone {zone}"


def _differences(case: Case, verdict: Verdict) -> Iterable[str]:
    if verdict.outcome != case.then:
        yield f"outcome {verdict.outcome.value} {list(verdict.missing)}, expected {case.then}"
    penalty = verdict.penalty
    if case.fine_state is not None and penalty.state != case.fine_state:
        yield f"fine is {penalty.state.value} {list(penalty.missing)}, expected {case.fine_state}"
    fine = penalty.fine
    if case.fine is not None and (fine is None or (fine.min, fine.max) != case.fine):
        yield f"fine {fine and (fine.min, fine.max)}, expected {case.fine}"
    if case.computed is not None:
        given = fine and (fine.computed_min, fine.computed_max)
        if given != case.computed:
            yield f"computed {given}, expected {case.computed}"
    if case.discretion is not None and (fine is None or fine.discretion != case.discretion):
        yield f"discretion {fine and fine.discretion}, expected {case.discretion}"
    known = {*verdict.missing, *penalty.missing}
    if case.missing is not None and not set(case.missing) <= known:
        yield f"missing {sorted(known)}, expected {sorted(case.missing)}"


def run_cases(
    regulations: Regulations, cases: Iterable[tuple[str, Case]], zone_names: Iterable[str]
) -> list[CaseResult]:
    """Run all cases in order."""
    zones = tuple(zone_names)
    return [run_case(regulations, regulation, case, zones) for regulation, case in cases]


def uncovered_rules(
    regulations: Regulations, cases: Iterable[tuple[str, Case]]
) -> dict[str, list[str]]:
    """Return, for each rule that lacks some, the kinds of case it has none of."""
    seen: dict[str, set[str]] = {}
    for regulation, case in cases:
        seen.setdefault(f"{regulation}/{case.rule}", set()).add(case.kind)
    lacking = {}
    for rule in regulations.rules:
        wanted = [k for k in KINDS if not (k == "broken" and rule.rule.modality == "permission")]
        missing: list[str] = [kind for kind in wanted if kind not in seen.get(rule.id, set())]
        if missing:
            lacking[rule.id] = missing
    return lacking
