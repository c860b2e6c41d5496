"""Everything the law says of one act: each rule's outcome, the later law, the one fine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from wetland.regulations.conditions import Situation
from wetland.regulations.evaluate import EDGE_CAUSES, Outcome, Verdict, evaluate, what_if
from wetland.regulations.later_law import Applied, LaterLaw, later_law
from wetland.regulations.overlaps import Overlap, overlap
from wetland.regulations.penalties import NO_PENALTY, FineState, PenaltyResult
from wetland.regulations.rulebook import DatedRule, NotCovered, Regulations


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule's verdict with what the decision day's law makes of it.

    ``outcome``, ``missing`` and ``penalty`` are what holds in the end; ``verdict`` is the answer of
    the law of the day of the act. ``sides`` are the outcomes inside and outside where it hangs on
    an edge.
    """

    verdict: Verdict
    outcome: Outcome
    missing: tuple[str, ...]
    penalty: PenaltyResult
    later: LaterLaw
    sides: tuple[Outcome, Outcome] | None = None

    @property
    def rule(self) -> DatedRule:
        """Return the rule of the day of the act."""
        return self.verdict.rule


@dataclass(frozen=True, slots=True)
class Judgement:
    """All rules that reach one act, worst first, and what is not encoded."""

    judged: tuple[Judged, ...]
    overlap: Overlap | None
    not_covered: tuple[NotCovered, ...]

    @property
    def outcome(self) -> Outcome:
        """Return the worst outcome; ``not_covered`` where only law not encoded could tell."""
        found = {j.outcome for j in self.judged}
        for outcome in (Outcome.BROKEN, Outcome.UNDECIDED):
            if outcome in found:
                return outcome
        unseen = any(not (gap.partly and gap.seen) for gap in self.not_covered)
        if unseen or (self.not_covered and not self.judged):
            return Outcome.NOT_COVERED
        return Outcome.KEPT


_ORDER = {Outcome.BROKEN: 0, Outcome.UNDECIDED: 1, Outcome.KEPT: 2, Outcome.NOT_COVERED: 3}


def judge(
    regulations: Regulations,
    situation: Situation,
    *,
    decided_on: dt.date | None = None,
    rules: Iterable[DatedRule] | None = None,
) -> Judgement:
    """Evaluate every rule that may reach an act.

    Parameters
    ----------
    regulations, situation
        The law of the site and what is known of the act.
    decided_on
        Day of the decision: only with it a later and milder law is looked for (Art 37).
    rules
        Only these rules; default: all in force on the day (all rules where the day is not known).

    Returns
    -------
    Judgement
        Rules whose place or activity certainly does not match are left out.
    """
    day = situation.on
    if rules is None:
        rules = regulations.rules if day is None else regulations.in_force(day)
    judged = []
    for rule in rules:
        verdict = evaluate(rule, situation)
        if verdict.zone.value is False or verdict.activity.value is False:
            continue
        judged.append(with_later_law(regulations, verdict, situation, decided_on))
    judged.sort(key=lambda j: (_ORDER[j.outcome], len(j.missing), -j.rule.rule.severity))
    gaps = () if day is None else tuple(regulations.not_covered(day, situation.activities))
    one_fine = overlap([settled(j) for j in judged])
    return Judgement(tuple(judged), one_fine, gaps)


def with_later_law(
    regulations: Regulations,
    verdict: Verdict,
    situation: Situation,
    decided_on: dt.date | None,
) -> Judged:
    """Put what the decision day's law makes of a verdict beside it (Art 37)."""
    later = later_law(regulations, verdict, situation, decided_on=decided_on)
    sides = _sides(verdict, situation)
    if later.applied is Applied.NO_LONGER_FORBIDDEN:
        return Judged(verdict, Outcome.KEPT, (), NO_PENALTY, later, sides)
    if later.applied is Applied.PENALTY_UNDECIDED:
        open_ = replace(verdict.penalty, state=FineState.UNDECIDED, missing=("later_law",))
        return Judged(verdict, verdict.outcome, (), open_, later, sides)
    if later.applied is Applied.UNDECIDED:
        return Judged(verdict, Outcome.UNDECIDED, ("later_law",), verdict.penalty, later, sides)
    if later.applied is Applied.LATER_MILDER and later.later is not None:
        return Judged(verdict, verdict.outcome, (), later.later.penalty, later, sides)
    return Judged(verdict, verdict.outcome, verdict.missing, verdict.penalty, later, sides)


def _sides(verdict: Verdict, situation: Situation) -> tuple[Outcome, Outcome] | None:
    if verdict.outcome is not Outcome.UNDECIDED:
        return None
    if not {cause.value for cause in EDGE_CAUSES} & set(verdict.missing):
        return None
    return what_if(verdict.rule, situation, True), what_if(verdict.rule, situation, False)


def settled(judged: Judged) -> Verdict:
    """Return the verdict as it holds in the end, for the comparison of fines."""
    return replace(
        judged.verdict,
        outcome=judged.outcome,
        missing=judged.missing,
        penalty=judged.penalty,
    )
