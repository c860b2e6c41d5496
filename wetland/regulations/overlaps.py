"""One act, several norms: who yields, and which one fine there may be.

Orders and confiscations of the norms add up; only fines are one.

References
----------
中华人民共和国行政处罚法 (2021) 第二十九条; the yielding clauses (从其规定) of the regulations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wetland.regulations.evaluate import Outcome, Verdict
from wetland.regulations.penalties import FineState

State = Literal["single", "agreed", "legal_review", "one_act_or_several", "undecided"]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Which rule's fine goes, by each of the two steps.

    ``by_yielding`` and ``by_higher_fine`` are rule ids; ``yielded`` says who stepped back before
    whom; ``missing`` what keeps it undecided (rule ids or facts).
    """

    state: State
    by_yielding: str | None
    by_higher_fine: str | None
    yielded: tuple[tuple[str, str, str], ...]
    missing: tuple[str, ...]


def _bounds(verdict: Verdict) -> tuple[float, float] | None:
    """Return (max, min) of the fine in yuan, None where an end is not known."""
    fine = verdict.penalty.fine
    if fine is None or fine.computed_max is None or fine.computed_min is None:
        return None
    return fine.computed_max, fine.computed_min


def _yields_to(one: Verdict, other: Verdict) -> bool:
    clause = one.rule.regulation.yields
    return (
        clause is not None
        and one.rule.regulation.line != other.rule.regulation.line
        and other.rule.regulation.rank in clause.to
    )


def _missing(verdict: Verdict) -> tuple[str, ...]:
    penalty = verdict.penalty
    if verdict.outcome is Outcome.UNDECIDED:
        return (verdict.rule.id, *verdict.missing)
    if penalty.state is FineState.UNDECIDED:
        return (verdict.rule.id, *penalty.missing)
    fine = penalty.fine
    if fine is not None and fine.missing_quantity is not None:
        return verdict.rule.id, fine.missing_quantity
    return (verdict.rule.id, "text_not_seen") if _bounds(verdict) is None else ()


def overlap(verdicts: Sequence[Verdict]) -> Overlap | None:
    """Resolve which fine goes where one act breaks several norms.

    Parameters
    ----------
    verdicts
        All verdicts on *one* act.

    Returns
    -------
    Overlap or None
        None where no broken norm carries a fine.

    Notes
    -----
    Rule of decision. Only norms with a fine take part. First step: a norm of a regulation with a
    yielding clause steps back before any other that it yields to. Among those left the higher fine
    goes. Second step (Art 29): of *all* norms the one with the higher fine, computed for the
    facts at hand (higher maximum, then higher minimum). Where the two steps do not name the same
    norm both are shown: ``legal_review``. Art 29 speaks of *one* act: where an unmet obligation is
    among several broken norms, it may be an act of its own (``one_act_or_several``, for legal
    review). A norm that may yet turn out broken, a tier not settled, a quantity not known or an
    amount not seen leave it undecided. Of equal fines that of the first step goes.
    """
    fined = [v for v in verdicts if v.penalty.state is not FineState.NONE]
    broken = [v for v in fined if v.outcome is Outcome.BROKEN]
    if not broken:
        return None
    unclear = tuple(dict.fromkeys(m for v in fined for m in _missing(v)))
    yielded = tuple(
        (a.rule.id, b.rule.id, a.rule.regulation.yields.article)
        for a in broken
        for b in broken
        if a is not b and a.rule.regulation.yields is not None and _yields_to(a, b)
    )
    stepped_back = {a for a, _, _ in yielded}
    left = [v for v in broken if v.rule.id not in stepped_back]
    if len(fined) == 1:
        return Overlap("single", broken[0].rule.id, broken[0].rule.id, (), ())
    first = _highest(left)
    second = _highest(broken, prefer=first)
    if unclear or first is None or second is None:
        return Overlap("undecided", first, second, yielded, unclear)
    if any(v.rule.rule.modality == "obligation" for v in broken):
        return Overlap("one_act_or_several", first, second, yielded, ())
    return Overlap("agreed" if first == second else "legal_review", first, second, yielded, ())


def _highest(verdicts: Sequence[Verdict], *, prefer: str | None = None) -> str | None:
    """Return the rule with the highest fine, None where an amount is not known."""
    if len(verdicts) == 1:
        return verdicts[0].rule.id
    known = [(bounds, v.rule.id) for v in verdicts if (bounds := _bounds(v)) is not None]
    if len(known) != len(verdicts) or not known:
        return None
    best = max(bounds for bounds, _ in known)
    ties = sorted(rule for bounds, rule in known if bounds == best)
    return prefer if prefer in ties else ties[0]
