"""What the Administrative Penalty Law adds to every rule (行政处罚法, 2021 text).

It never changes whether a rule was broken: facts about the party decide the *penalty*, dates decide
deadlines, the kind of record decides whether it is evidence or a lead. A missing fact leaves each
of these undecided; doubt is never settled against the party (Art 40).

References
----------
中华人民共和国行政处罚法, 2021-01-22 revised, in force 2021-07-15: Arts 27, 30-33, 36, 40, 41, 46,
51, 60, 85.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from wetland.base.texts import Text, text
from wetland.regulations.conditions import FactValue, Situation, Truth, all_of, any_of, fact_truth
from wetland.regulations.penalties import FineRange, FineState, PenaltyResult

IN_FORCE_FROM = dt.date(2021, 7, 15)
TITLE = text("中华人民共和国行政处罚法（2021）", "Administrative Penalty Law (2021)")
ON_THE_SPOT_CNY = {"person": 200.0, "unit": 3000.0}
NOT_ON_THE_SPOT = frozenset(
    {"confiscate_gear", "confiscate_catch", "confiscate_goods", "confiscate_income",
     "confiscate_vessel", "confiscate_drone", "confiscate_building", "revoke_licence",
     "suspend_business", "close_business"}
)  # fmt: skip


class Effect(StrEnum):
    """What the party's circumstances do to the penalty."""

    FULL = "full"
    LIGHTER = "lighter"
    MAY_BE_LIGHTER = "may_be_lighter"
    MAY_BE_SPARED = "may_be_spared"
    SHALL_NOT = "shall_not"
    UNDECIDED = "undecided"


EFFECTS: dict[Effect, Text] = {
    Effect.FULL: text("没有从轻、减轻或不罚的情形", "no ground to lighten or spare"),
    Effect.LIGHTER: text("应当从轻或者减轻", "shall be lightened or mitigated"),
    Effect.MAY_BE_LIGHTER: text("可以从轻或者减轻", "may be lightened or mitigated"),
    Effect.MAY_BE_SPARED: text("可以不予处罚", "may be spared"),
    Effect.SHALL_NOT: text("不予处罚", "shall not be punished"),
    Effect.UNDECIDED: text("当事人情况不明，处罚不能定", "not known: the penalty is undecided"),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground that was considered: its article, what it says, and whether it holds."""

    article: str
    means: Text
    truth: Truth


@dataclass(frozen=True, slots=True)
class PartyEffect:
    """How the party's circumstances bear on the penalty, and the grounds considered.

    ``also`` holds what applies beside ``effect``: a penalty not spared may have to be lighter.
    """

    effect: Effect
    also: tuple[Effect, ...]
    missing: tuple[str, ...]
    grounds: tuple[Ground, ...]


def _is(situation: Situation, name: str, *values: object) -> Truth:
    return fact_truth(situation, name, lambda v: v in values)


def _age(situation: Situation, low: float, high: float) -> Truth:
    age = fact_truth(
        situation, "party_age", lambda v: isinstance(v, int | float) and low <= v < high
    )
    return _person(situation) & age


def party_effect(situation: Situation) -> PartyEffect:
    """Tell what Articles 30 to 33 make of the party's circumstances.

    Rule of decision: a ground that forbids the penalty goes first (under 14; no capacity; minor
    act, corrected in time and no harm; no fault, proved). If none holds: "may be spared" (first
    offence, slight harm, corrected in time), "lighter" (14 to 17; Art 32) and "may be lighter"
    (capacity not wholly lost), each that holds. A ground that may hold leaves it undecided. A unit
    has no age and no capacity to lack. Where a law provides otherwise for acts without fault
    (33(2), last sentence) is for the authority to say.
    """
    return _weigh(
        _forbidding(situation),
        _sparing(situation),
        _lightening(situation),
        Ground(
            "31",
            text("尚未完全丧失辨认或者控制能力", "capacity not wholly lost"),
            _person(situation) & _is(situation, "partial_capacity", True),
        ),
    )


def _person(situation: Situation) -> Truth:
    return _is(situation, "party_type", "person")


def _forbidding(situation: Situation) -> tuple[Ground, ...]:
    corrected = _is(situation, "corrected_in_time", True)
    return (
        Ground("30", text("不满十四周岁", "under fourteen"), _age(situation, 0, 14)),
        Ground(
            "31",
            text("不能辨认或者控制自己行为", "cannot understand or control the act"),
            _person(situation) & _is(situation, "lacks_capacity", True),
        ),
        Ground(
            "33(1)",
            text("轻微、及时改正、没有危害后果", "minor, corrected in time, no harm"),
            all_of((_is(situation, "minor_act", True), corrected, _is(situation, "harm", "none"))),
        ),
        Ground(
            "33(2)",
            text("有证据证明没有主观过错", "no fault, proved"),
            _is(situation, "no_fault_proved", True),
        ),
    )


def _sparing(situation: Situation) -> Ground:
    return Ground(
        "33(1)",
        text("初次、危害后果轻微、及时改正", "first offence, slight harm, corrected in time"),
        all_of(
            (
                _is(situation, "first_offence", True),
                _is(situation, "corrected_in_time", True),
                _is(situation, "harm", "none", "slight"),
            )
        ),
    )


def _lightening(situation: Situation) -> tuple[Ground, ...]:
    return (
        Ground(
            "30", text("已满十四不满十八周岁", "fourteen to seventeen"), _age(situation, 14, 18)
        ),
        Ground(
            "32",
            text("主动消除后果、受胁迫、主动供述或立功", "Art 32 circumstances"),
            _is(situation, "mitigating", True),
        ),
    )


def _weigh(
    forbids: tuple[Ground, ...], spares: Ground, lightens: tuple[Ground, ...], may_lighten: Ground
) -> PartyEffect:
    grounds = (*forbids, spares, *lightens, may_lighten)
    barred = any_of(g.truth for g in forbids)
    if barred.value is True:
        return PartyEffect(Effect.SHALL_NOT, (), (), grounds)
    steps = (
        (Effect.MAY_BE_SPARED, spares.truth),
        (Effect.LIGHTER, any_of(g.truth for g in lightens)),
        (Effect.MAY_BE_LIGHTER, may_lighten.truth),
    )
    unknown = [t for t in (barred, *(t for _, t in steps)) if t.value is None]
    if unknown:
        missing = tuple(dict.fromkeys(m for t in unknown for m in t.missing))
        return PartyEffect(Effect.UNDECIDED, (), missing, grounds)
    found = [effect for effect, truth in steps if truth.value] or [Effect.FULL]
    return PartyEffect(found[0], tuple(found[1:]), (), grounds)


@dataclass(frozen=True, slots=True)
class Limitation:
    """Whether the act may still be punished (Art 36). ``last_day``: of discovery, two years on."""

    state: str
    last_day: dt.date | None
    missing: tuple[str, ...]


def limitation(situation: Situation) -> Limitation:
    """Tell whether the act was discovered in time.

    Rule of decision: two years from the day of the act, or for a continuing act from its end, to
    the *first discovery*, not to the decision; five where life, health or finance were harmed. An
    act that still goes on has no last day. Discovered on the very last day: left to legal review
    (undecided), since whether the first day counts is disputed.
    """
    facts = situation.facts
    seen = facts.get("first_discovered_on")
    longer = facts.get("life_health_or_finance_harmed")
    end, missing = _end_of_act(situation)
    if isinstance(seen, dt.date) and situation.on is not None and seen < situation.on:
        return Limitation("undecided", None, ("first_discovered_on",))  # before the act: an error
    if end is None:
        soonest = situation.on and _years_later(situation.on, 2)
        if soonest is not None and isinstance(seen, dt.date) and seen < soonest:
            return Limitation("open", soonest, ())  # whenever it ended, not before it happened
        return Limitation("undecided", None, missing)
    if not isinstance(seen, dt.date):
        return Limitation("undecided", _years_later(end, 2), ("first_discovered_on",))
    return _within(seen, end, longer=longer if isinstance(longer, bool) else None)


def _within(seen: dt.date, end: dt.date, *, longer: bool | None) -> Limitation:
    """Compare the day of discovery with two years, and five where ``longer`` may hold."""
    two, five = _years_later(end, 2), _years_later(end, 5)
    if seen < two or (longer is True and seen < five):
        return Limitation("open", five if longer else two, ())
    if longer is True:
        return Limitation(
            *(("undecided", five, ("legal_review",)) if seen == five else ("expired", five, ()))
        )
    if seen == two or (longer is None and seen <= five):
        missing = ("life_health_or_finance_harmed",) if longer is None else ("legal_review",)
        return Limitation("undecided", two, missing)
    return Limitation("expired", two, ())


def _end_of_act(situation: Situation) -> tuple[dt.date | None, tuple[str, ...]]:
    continuing, ended = situation.facts.get("continuing"), situation.facts.get("ended_on")
    if continuing is False:
        return situation.on, () if situation.on else ("date",)
    if continuing is None:
        return None, ("continuing",)
    if not isinstance(ended, dt.date):
        return None, ("ended_on",)
    return max(ended, situation.on or ended), ()  # no act ends before it happened


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return dt.date(day.year + years, 2, 28)


def decision_deadline(facts: Mapping[str, FactValue]) -> dt.date | None:
    """Return the day a decision is due: 90 calendar days (Art 85) from filing (Art 60)."""
    filed = facts.get("filed_on")
    return filed + dt.timedelta(days=90) if isinstance(filed, dt.date) else None


def on_the_spot(penalty: PenaltyResult, situation: Situation) -> Truth:
    """Tell whether the fine can be imposed on the spot (Art 51).

    Rule of decision: only for an established fact and a fine or warning (an act not yet settled is
    unknown, a confiscation or revocation that must be ordered rules it out), and only if the fine
    to be imposed can be at most 200 yuan for a person or 3,000
    for a unit, that is if the *lower* end of the range is not above it. Range or party unknown:
    unknown, unless the lower end settles it for both.
    """
    if any(
        m.measure.measure in NOT_ON_THE_SPOT and m.measure.discretion == "shall" and m.certain
        for m in penalty.measures
    ):
        return Truth(False)
    if penalty.state is FineState.NONE and not penalty.candidates:
        return Truth(any(m.measure.measure == "warn" for m in penalty.measures))
    low = _low(penalty.fine)
    if low is None or penalty.state is not FineState.DECIDED:
        return Truth(None, penalty.missing or ("fine",))
    party = situation.facts.get("party_type")
    if party is None and min(ON_THE_SPOT_CNY.values()) < low <= max(ON_THE_SPOT_CNY.values()):
        return Truth(None, ("party_type",))
    limit = ON_THE_SPOT_CNY.get(str(party), max(ON_THE_SPOT_CNY.values()))
    return Truth(low <= limit)


def _low(fine: FineRange | None) -> float | None:
    return None if fine is None else fine.computed_min


def evidence_standing(situation: Situation) -> tuple[str, Text, tuple[str, ...]]:
    """Tell whether the record of the act is evidence or a lead (Arts 41, 46).

    Rule of decision: photographs, recordings, testimony and inspection records made by people are
    evidence to be verified (46). A record of unattended fixed equipment is evidence only where the
    equipment rests on a law or administrative regulation, was reviewed, marked and published, and
    the record itself was reviewed (41); otherwise, or while that is not known, it is a lead.
    """
    kind = situation.facts.get("evidence_kind")
    if kind is None:
        return (
            "undecided",
            text("证据种类未知", "the kind of evidence is not known"),
            ("evidence_kind",),
        )
    if kind != "fixed_equipment":
        return "evidence", text("人工取得的证据，须查证属实（46）", "evidence by a person (46)"), ()
    reviewed = situation.facts.get("equipment_reviewed")
    if reviewed is True:
        return "evidence", text("电子监控记录经审核（41）", "reviewed equipment record (41)"), ()
    missing = ("equipment_reviewed",) if reviewed is None else ()
    return (
        "lead",
        text("自动设备记录未经审核，只作线索（41）", "equipment record: a lead only (41)"),
        missing,
    )
