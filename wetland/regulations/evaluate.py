"""Was a rule broken? One rule, one situation, one explained verdict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from wetland.base.places import INSIDE, OUTSIDE, Cause
from wetland.regulations.conditions import Situation, Truth, activity_truth, any_of, zone_truth
from wetland.regulations.models import Unless
from wetland.regulations.penalties import NO_PENALTY, PenaltyResult, penalty_for
from wetland.regulations.rulebook import DatedRule

# Causes that lie in the edge or the fix; a zone that is not loaded stays unknown on either side.
EDGE_CAUSES = frozenset({Cause.ZONE_NOT_SURVEYED, Cause.POSITION_UNCERTAIN, Cause.ON_BOUNDARY})


class Outcome(StrEnum):
    """What comes out for one rule."""

    BROKEN = "broken"
    KEPT = "kept"
    UNDECIDED = "undecided"
    NOT_COVERED = "not_covered"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one rule with everything it was decided from.

    ``applies`` tells whether the norm speaks of this place and act at all (False: it does not, and
    the rule is kept trivially). ``missing`` names the facts that would decide it.
    """

    rule: DatedRule
    outcome: Outcome
    applies: bool | None
    missing: tuple[str, ...]
    zone: Truth
    activity: Truth
    conditions: Truth
    exceptions: tuple[tuple[Unless, Truth], ...]
    requires: Truth | None
    penalty: PenaltyResult


def union_key(zones: Iterable[str]) -> str:
    """Return under which id the union of several zones stands in `Situation.zones`.

    Between two zones that share an edge a place may be in doubt of each and yet be in one of them
    for certain; only the membership of their union knows.

    Examples
    --------
    >>> union_key(["protection", "buffer"])
    'buffer|protection'
    """
    return "|".join(sorted(zones))


def _within_any(zones: tuple[str, ...], situation: Situation) -> Truth:
    key = union_key(zones)
    if len(zones) > 1 and key in situation.zones:
        return zone_truth(situation, key)
    return any_of(zone_truth(situation, zone) for zone in zones)


def place_truth(dated: DatedRule, situation: Situation) -> Truth:
    """Tell whether the rule reaches the place: in one of its zones and in none it leaves out."""
    within = _within_any(dated.rule.zones, situation)
    left_out = any_of(zone_truth(situation, zone) for zone in dated.not_zones)
    return within & ~left_out


def evaluate(dated: DatedRule, situation: Situation, *, law_of: dt.date | None = None) -> Verdict:
    """Decide whether a rule was broken.

    Parameters
    ----------
    dated, situation
        The rule and what is known of the act.
    law_of
        Take the law of this day instead of the day of the act (only to compare a later version).

    Notes
    -----
    Rule of decision. A rule not in force on the day is ``not_covered`` here (its law of that day is
    another version or none); a day that is not known is ``undecided``. Otherwise, with Kleene's
    logic: the rule *applies* when its zones, activity and ``when`` hold; a prohibition is broken
    when it applies and no ``unless`` holds; an obligation is broken when besides its ``requires``
    does not hold; a permission is never broken (undecided while it is not known to apply).
    """
    zone = place_truth(dated, situation)
    activity = any_of(activity_truth(situation, a) for a in dated.rule.activity)
    conditions = dated.when.truth(situation)
    exceptions = tuple((unless, node.truth(situation)) for unless, node in dated.unless)
    applies = zone & activity & conditions
    excused = any_of(truth for _, truth in exceptions)
    requires = None
    broken = applies & ~excused
    if dated.rule.modality == "obligation":
        requires = dated.requires.truth(situation)
        broken = broken & ~requires
    elif dated.rule.modality == "permission":
        broken = Truth(None if applies.value is None else False, applies.missing, applies.used)

    parts = (zone, activity, conditions, exceptions, requires)
    if situation.on is None:
        missing = ("date", *(m for m in broken.missing if m != "date"))
        penalty = penalty_for(dated, situation, broken=None)
        return Verdict(dated, Outcome.UNDECIDED, None, missing, *parts, penalty)
    if not dated.in_force(law_of or situation.on):
        return Verdict(dated, Outcome.NOT_COVERED, None, (), *parts, NO_PENALTY)
    outcome = {True: Outcome.BROKEN, False: Outcome.KEPT, None: Outcome.UNDECIDED}[broken.value]
    penalty = penalty_for(dated, situation, broken=broken.value)
    return Verdict(dated, outcome, applies.value, broken.missing, *parts, penalty)


def what_if(dated: DatedRule, situation: Situation, inside: bool) -> Outcome:
    """Return the outcome were every zone that is open at an edge certainly inside (or outside).

    Used to say what an outcome that hangs on an unsurveyed edge would be on either side of it.
    """
    settled = {
        name: (INSIDE if inside else OUTSIDE) if m.cause in EDGE_CAUSES else m
        for name, m in situation.zones.items()
    }
    return evaluate(dated, replace(situation, zones=settled)).outcome
