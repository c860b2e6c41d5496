"""Which version is applied: the law of the day of the act, or a later and milder one.

References
----------
中华人民共和国行政处罚法 (2021) 第三十七条.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from wetland.regulations.conditions import Situation
from wetland.regulations.evaluate import Outcome, Verdict, evaluate
from wetland.regulations.penalties import FineState
from wetland.regulations.rulebook import DatedRule, Regulations


class Applied(StrEnum):
    """Which law is applied on the decision day."""

    STANDS = "stands"
    LATER_MILDER = "later_milder"
    NO_LONGER_FORBIDDEN = "no_longer_forbidden"
    UNDECIDED = "undecided"
    PENALTY_UNDECIDED = "penalty_undecided"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class LaterLaw:
    """What the law of the decision day changes; ``later`` is the later rule's verdict, if any."""

    applied: Applied
    reason: str
    later: Verdict | None = None


def later_law(
    regulations: Regulations,
    verdict: Verdict,
    situation: Situation,
    *,
    decided_on: dt.date | None,
) -> LaterLaw:
    """Compare a broken rule with the version in force on the day of the decision.

    Notes
    -----
    Rule of decision (Art 37): the law of the day of the act is applied. A later law prevails only
    if it was in force on ``decided_on`` and both ends of its range are no higher (and one is
    lower), or if it no longer forbids the act. "No higher" takes in the rest of the penalty: may
    turned into shall, or an order or confiscation added, is higher. A text that was not seen or a
    version that is not encoded leaves the outcome undecided. Where both forbid the act and the
    ranges cross or are not known, it is broken under either and the penalty is undecided. Both
    are shown.
    """
    if decided_on is None or situation.on is None or verdict.outcome is not Outcome.BROKEN:
        return LaterLaw(Applied.NOT_ASKED, "")
    now = verdict.rule
    if decided_on < situation.on:
        return LaterLaw(Applied.UNDECIDED, "decided_before_act")
    if now.in_force(decided_on):
        return LaterLaw(Applied.STANDS, "same_version")
    version = regulations.version_on(now.regulation.line, decided_on)
    if version is None or version.coverage == "none":
        return LaterLaw(Applied.UNDECIDED, "later_version_not_encoded")
    successors = [
        rule
        for rule in regulations.rules
        if rule.norm == now.norm and rule.regulation.id == version.id and rule.in_force(decided_on)
    ]
    if not successors:
        if version.coverage == "complete" and version.text_seen:
            return LaterLaw(Applied.NO_LONGER_FORBIDDEN, "norm_gone")
        return LaterLaw(Applied.UNDECIDED, "later_text_not_seen")
    return _compare(verdict, successors[0], situation, decided_on)


def _compare(
    verdict: Verdict, successor: DatedRule, situation: Situation, decided_on: dt.date
) -> LaterLaw:
    later = evaluate(successor, situation, law_of=decided_on)
    if not successor.text_seen or not verdict.rule.text_seen:
        return LaterLaw(Applied.UNDECIDED, "later_text_not_seen", later)
    if later.outcome is Outcome.KEPT:
        return LaterLaw(Applied.NO_LONGER_FORBIDDEN, "no_longer_forbidden", later)
    if later.outcome is not Outcome.BROKEN:
        return LaterLaw(Applied.UNDECIDED, "later_outcome_undecided", later)
    return _compare_fines(verdict, later)


def _compare_fines(verdict: Verdict, later: Verdict) -> LaterLaw:
    before, after = _weight(verdict), _weight(later)
    if before is None or after is None:
        return LaterLaw(Applied.PENALTY_UNDECIDED, "range_unknown", later)
    lighter = all(a <= b for a, b in zip(after[0], before[0], strict=True))
    heavier = all(a >= b for a, b in zip(after[0], before[0], strict=True))
    fewer, more = after[1] <= before[1], after[1] >= before[1]
    if lighter and heavier and fewer and more:
        return LaterLaw(Applied.STANDS, "same_range", later)
    if lighter and fewer:
        return LaterLaw(Applied.LATER_MILDER, "both_ends_no_higher", later)
    if heavier and more:
        return LaterLaw(Applied.STANDS, "later_is_heavier", later)
    return LaterLaw(Applied.PENALTY_UNDECIDED, "ranges_cross", later)


Weight = tuple[tuple[float, float, int], frozenset[str]]
_DISCRETION = {"may": 0, "shall": 1}


def _weight(verdict: Verdict) -> Weight | None:
    """Return (lowest, highest fine in yuan, may or shall) and the orders; None if not known.

    A rule whose penalty carries no fine, and that refers to no other law, has the range (0, 0).
    """
    penalty = verdict.penalty
    orders = frozenset(m.measure.measure for m in penalty.measures)
    if penalty.state is FineState.UNDECIDED or any(m.certain is None for m in penalty.measures):
        return None
    fine = penalty.fine
    if fine is None:
        return None if verdict.rule.rule.refers_to else ((0.0, 0.0, 0), orders)
    if fine.computed_min is None or fine.computed_max is None:
        return None
    if fine.discretion not in _DISCRETION:
        return None
    return (fine.computed_min, fine.computed_max, _DISCRETION[fine.discretion]), orders
