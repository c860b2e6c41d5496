"""The penalty of a rule for the facts at hand (罚则): which tier, what range, which orders.

A penalty is cited as a range and never imposed here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from wetland.base.texts import Text
from wetland.regulations.conditions import Situation
from wetland.regulations.models import Fine, Measure
from wetland.regulations.rulebook import DatedRule, Tier


class FineState(StrEnum):
    """How far the fine is settled."""

    DECIDED = "decided"
    IF_BROKEN = "if_broken"
    UNDECIDED = "undecided"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FineRange:
    """A fine's range in its own unit, and in yuan where the quantity is known.

    ``computed_min``/``computed_max`` are None while the quantity (m2, value, cost) is missing.
    """

    article: str | None
    min: float | None
    max: float | None
    unit: str
    discretion: str
    unseen: tuple[str, ...] = ()
    computed_min: float | None = None
    computed_max: float | None = None
    missing_quantity: str | None = None


@dataclass(frozen=True, slots=True)
class OrderedMeasure:
    """An order beside the fine; ``certain`` is None while its own condition is unknown."""

    measure: Measure
    article: str | None
    certain: bool | None


@dataclass(frozen=True, slots=True)
class PenaltyResult:
    """What the penalty articles say for the facts at hand.

    ``fine`` is set when the tier is known. While it is not, ``candidates`` holds every tier that
    may apply and ``missing`` the facts that would tell.
    """

    state: FineState
    fine: FineRange | None = None
    candidates: tuple[FineRange, ...] = ()
    measures: tuple[OrderedMeasure, ...] = ()
    missing: tuple[str, ...] = ()
    article: str | None = None
    cite: str | None = None
    note: Text | None = None
    crime: tuple[tuple[str, bool | None], ...] = ()


NO_PENALTY = PenaltyResult(FineState.NONE)
_UNITS = {"flat": "CNY", "per_m2": "CNY/m2", "multiple": "x {of}", "percent": "% {of}"}


def unit_of(fine: Fine) -> str:
    """Return the unit a range is written in."""
    return _UNITS[fine.basis].format(of=fine.of)


def fine_range(fine: Fine, article: str | None, situation: Situation) -> FineRange:
    """Put a fine into yuan where its quantity is among the facts."""
    name = {"flat": None, "per_m2": fine.of or "area_m2"}.get(fine.basis, fine.of)
    factor: float | None = 1.0
    if name is not None:
        factor = _quantity(situation.facts.get(name))
        if factor is not None and fine.basis == "percent":
            factor /= 100.0
    return FineRange(
        article,
        fine.min,
        fine.max,
        unit_of(fine),
        fine.discretion,
        fine.unseen,
        None if factor is None or fine.min is None else fine.min * factor,
        None if factor is None or fine.max is None else fine.max * factor,
        name if factor is None else None,
    )


def _quantity(value: bool | float | str | dt.date | None) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def penalty_for(dated: DatedRule, situation: Situation, *, broken: bool | None) -> PenaltyResult:
    """Choose the tier of a rule's penalty.

    Parameters
    ----------
    dated
        The rule.
    situation
        What is known of the act and, for the penalty, of the party.
    broken
        The outcome so far: True broken, None undecided (the range is then what *would* apply),
        False kept (no penalty).

    Notes
    -----
    Rule of decision: tiers are tried in order; the first whose ``when`` is true applies. A tier
    whose ``when`` is unknown leaves the choice open among it and those that follow, up to the
    first that is true (or to no tier at all); if all of these carry the same range, it is
    settled. A tier whose ``precondition`` is false gives no fine yet (its orders stand), unknown
    leaves it undecided.
    """
    if broken is False:
        return NO_PENALTY
    crime = tuple((flag.article, node.truth(situation).value) for flag, node in dated.crime)
    tiers, missing, settled = _open_tiers(dated.tiers, situation)
    if not tiers:
        return PenaltyResult(FineState.NONE, crime=crime)
    named = [_named_range(tier, situation) for tier in tiers]
    ranges, unmet = _ranges(tiers, named, situation)
    result = PenaltyResult(
        FineState.NONE,
        candidates=tuple(dict.fromkeys(r for r in named if r is not None)),
        measures=_measures(tiers, situation, settled=settled),
        article=tiers[0].penalty.article,
        cite=tiers[0].penalty.cite,
        note=tiers[0].penalty.note if len(tiers) == 1 else None,
        crime=crime,
    )
    if not settled:
        ranges.append(None)  # none of the tiers may apply
    if unmet or len({_bare(r) for r in ranges}) > 1:
        missing = tuple(dict.fromkeys((*missing, *unmet)))
        return replace(result, state=FineState.UNDECIDED, missing=missing)
    if ranges[0] is None:
        return result
    state = FineState.DECIDED if broken else FineState.IF_BROKEN
    return replace(result, state=state, fine=ranges[0])


def _bare(fine: FineRange | None) -> tuple[object, ...] | None:
    return None if fine is None else (fine.min, fine.max, fine.unit, fine.discretion, fine.unseen)


def _open_tiers(
    tiers: tuple[Tier, ...], situation: Situation
) -> tuple[tuple[Tier, ...], tuple[str, ...], bool]:
    """Return the tiers that may apply, what would tell, and whether one of them surely does."""
    chosen: list[Tier] = []
    missing: list[str] = []
    for tier in tiers:
        answer = tier.when.truth(situation)
        if answer.value is False:
            continue
        chosen.append(tier)
        if answer.value is True:
            return tuple(chosen), tuple(dict.fromkeys(missing)), True
        missing.extend(answer.missing)
    return tuple(chosen), tuple(dict.fromkeys(missing)), False


def _named_range(tier: Tier, situation: Situation) -> FineRange | None:
    fine = tier.penalty.fine
    return None if fine is None else fine_range(fine, tier.penalty.article, situation)


def _ranges(
    tiers: tuple[Tier, ...], named: list[FineRange | None], situation: Situation
) -> tuple[list[FineRange | None], list[str]]:
    """Return each open tier's range, None where its precondition fails, and what is unmet."""
    ranges: list[FineRange | None] = []
    unmet: list[str] = []
    for tier, fine in zip(tiers, named, strict=True):
        ready = tier.precondition.truth(situation)
        ranges.append(None if ready.value is False else fine)
        if fine is not None and ready.value is None:
            unmet.extend(ready.missing)
    return ranges, unmet


def _measures(
    tiers: tuple[Tier, ...], situation: Situation, *, settled: bool
) -> tuple[OrderedMeasure, ...]:
    """Return the orders of the open tiers; certain only if every open tier orders them."""
    found: dict[tuple[str, str], list[OrderedMeasure]] = {}
    for tier in tiers:
        for measure, node in tier.measures:
            value = node.truth(situation).value
            if value is not False:
                ordered = OrderedMeasure(measure, tier.penalty.article, value)
                found.setdefault((measure.measure, measure.discretion), []).append(ordered)
    out = []
    for group in found.values():
        everywhere = settled and len(group) >= len(tiers) and all(m.certain for m in group)
        out.append(OrderedMeasure(group[0].measure, group[0].article, True if everywhere else None))
    return tuple(out)
