"""Forgetting any one fact never changes an outcome or a fine, except to undecided.

The rules of every site pack are the subject: each is put into random situations, then one thing
that was known (a fact, a record, a zone, the activity, the day) is forgotten.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.regulations.test_cases import PACKS
from wetland.base.places import INSIDE, OUTSIDE, Cause, undetermined
from wetland.regulations.conditions import Situation
from wetland.regulations.evaluate import Outcome, evaluate
from wetland.regulations.overlaps import overlap
from wetland.regulations.penalties import FineState
from wetland.regulations.penalty_law import (
    Effect,
    evidence_standing,
    limitation,
    on_the_spot,
    party_effect,
)
from wetland.regulations.rulebook import DatedRule, Regulations
from wetland.regulations.vocabulary import Fact

REGULATIONS: Regulations = PACKS["xixi"][0]
ZONES = sorted(PACKS["xixi"][2])
EDGE_DAYS = sorted(
    {day for r in REGULATIONS.rules for day in (r.valid_from, r.valid_to) if day is not None}
)


def _words(raw: object) -> set[str]:
    """Collect every name a raw condition mentions."""
    if isinstance(raw, str):
        return {raw}
    if isinstance(raw, list | tuple):
        return set().union(*map(_words, raw)) if raw else set()
    if isinstance(raw, dict):
        return set().union(*map(_words, raw.values())) if raw else set()
    return set()


def _fact_names(rule: DatedRule) -> list[str]:
    raw = rule.rule.model_dump(mode="python")
    names = _words([raw["when"], raw["requires"], raw["unless"], raw["penalties"], raw["crime"]])
    known = REGULATIONS.vocabulary
    return sorted(n for n in names if n in known.facts or n in known.records)


def _values(fact: Fact | None) -> st.SearchStrategy[object]:
    if fact is None or fact.kind == "boolean":
        return st.booleans()
    if fact.kind == "number":
        return st.sampled_from([0.0, 1.0, 13.0, 14.0, 120.0, 999.0, 1000.0, 2000.0, 5000.0, 1e6])
    if fact.kind == "choice":
        return st.sampled_from(sorted(fact.choices))
    return st.dates(dt.date(2010, 1, 1), dt.date(2028, 1, 1))


@st.composite
def _cases(draw: st.DrawFn) -> tuple[DatedRule, Situation]:
    rule = draw(st.sampled_from(REGULATIONS.rules))
    words = REGULATIONS.vocabulary
    facts = {
        name: draw(_values(words.facts.get(name)))
        for name in _fact_names(rule)
        if draw(st.booleans())
    }
    near = [rule.rule.activity[0], rule.rule.activity[0].split(".")[0], "fishing"]
    activities = draw(st.sampled_from([*near, None]))
    zones = {
        zone: draw(st.sampled_from([INSIDE, OUTSIDE, undetermined(Cause.POSITION_UNCERTAIN)]))
        for zone in ZONES
    }
    on = draw(
        st.one_of(st.sampled_from(EDGE_DAYS), st.dates(dt.date(2009, 1, 1), dt.date(2027, 1, 1)))
    )
    return rule, Situation(on, (activities,) if activities else (), zones, facts, {})


def _forgotten(situation: Situation) -> list[Situation]:
    out = [replace(situation, on=None), replace(situation, activities=())]
    out += [
        replace(situation, facts={k: v for k, v in situation.facts.items() if k != name})
        for name in situation.facts
    ]
    for zone in situation.zones:
        kept = {k: v for k, v in situation.zones.items() if k != zone}
        out.append(replace(situation, zones=kept))
        out.append(replace(situation, zones={**kept, zone: undetermined(Cause.ZONE_NOT_SURVEYED)}))
    return out


@settings(max_examples=400, deadline=None)
@given(_cases())
def test_forgetting_only_leads_to_undecided(case: tuple[DatedRule, Situation]) -> None:
    rule, situation = case
    before = evaluate(rule, situation)
    for poorer in _forgotten(situation):
        after = evaluate(rule, poorer)
        assert after.outcome in {before.outcome, Outcome.UNDECIDED}
        if after.outcome is not before.outcome:
            assert after.missing
        old, new = before.penalty, after.penalty
        if old.state is FineState.DECIDED and new.state is FineState.DECIDED:
            assert (old.fine.min, old.fine.max) == (new.fine.min, new.fine.max)
        if after.outcome is before.outcome and new.state is not old.state:
            assert new.state is FineState.UNDECIDED


PARTY = [n for n, f in REGULATIONS.vocabulary.facts.items() if f.role in {"party", "procedure"}]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_forgetting_never_hardens_the_penalty_law(data: st.DataObject) -> None:
    words = REGULATIONS.vocabulary
    facts = {
        name: data.draw(_values(words.facts[name])) for name in PARTY if data.draw(st.booleans())
    }
    situation = Situation(
        data.draw(st.dates(dt.date(2020, 1, 1), dt.date(2026, 1, 1))), (), {}, facts
    )
    penalty = evaluate(
        REGULATIONS.rule("xixi-2011/26-1-aquatic"),
        Situation(
            dt.date(2015, 5, 1),
            ("fishing",),
            {"protection": INSIDE},
            {"aquatic_catch_consent": False},
        ),
    ).penalty
    for name in facts:
        poorer = replace(situation, facts={k: v for k, v in facts.items() if k != name})
        assert party_effect(poorer).effect in {party_effect(situation).effect, Effect.UNDECIDED}
        assert limitation(poorer).state in {limitation(situation).state, "undecided"}
        assert on_the_spot(penalty, poorer).value in {on_the_spot(penalty, situation).value, None}
        assert evidence_standing(poorer)[0] in {
            evidence_standing(situation)[0],
            "undecided",
            "lead",
        }


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_forgetting_never_swaps_the_one_fine(data: st.DataObject) -> None:
    """Art 29: a forgotten fact may leave the one fine open, never hand it to another norm."""
    on = data.draw(st.dates(dt.date(2012, 1, 1), dt.date(2026, 12, 31)))
    rules = [r for r in REGULATIONS.in_force(on) if r.rule.activity[0].startswith("fishing")]
    names = sorted({n for r in rules for n in _fact_names(r)})
    words = REGULATIONS.vocabulary
    facts = {
        n: data.draw(_values(words.facts.get(n))) for n in names if data.draw(st.integers(0, 3)) > 0
    }
    zones = dict.fromkeys(ZONES, INSIDE)
    situation = Situation(on, ("fishing.electric",), zones, facts)
    full = overlap([evaluate(r, situation) for r in rules])
    for name in facts:
        poorer = replace(situation, facts={k: v for k, v in facts.items() if k != name})
        less = overlap([evaluate(r, poorer) for r in rules])
        if less is None or less.state == "undecided":
            continue
        assert full is not None
        assert (less.state, less.by_yielding, less.by_higher_fine) == (
            full.state,
            full.by_yielding,
            full.by_higher_fine,
        )


def test_a_name_in_quotes_is_not_a_condition() -> None:
    """The collector above must really find facts, or the property would be empty."""
    found = {n for r in REGULATIONS.rules for n in _fact_names(r)}
    assert "aquatic_catch_consent" in found


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[2].glob("layers/*/regulations/*.yaml"))
)
def test_no_article_on_a_text_not_seen(path: Path) -> None:
    """CAUTIONS: a rule that rests on news must not name an article."""
    for rule in REGULATIONS.rules:
        if not rule.text_seen:
            assert rule.rule.article is None
            assert all(p.article is None for p in rule.rule.penalties)
