"""Tiers, preconditions, quantities and orders of a penalty."""

from __future__ import annotations

import pytest

from tests.regulations.small import act, book, regulation, rule
from wetland.regulations.evaluate import evaluate
from wetland.regulations.explain import Words, explain

HEAD = regulation("one", "2019-01-01", None)


def _penalty(folder, penalties: str, **facts):
    regulations = book(folder, one=HEAD + rule("r", penalties=penalties))
    return evaluate(regulations.rule("one/r"), act(**facts)).penalty


TIERS = """
      - {article: "58", when: irreversible, fine: {min: 10000, max: 100000, discretion: shall}}
      - article: "58"
        fine: {min: 1000, max: 10000, discretion: shall}
        measures: [{measure: restore}]"""


@pytest.mark.parametrize(
    ("facts", "state", "fine"),
    [
        ({"irreversible": True}, "decided", (10000, 100000)),
        ({"irreversible": False}, "decided", (1000, 10000)),
        ({}, "undecided", None),
    ],
)
def test_the_first_tier_that_holds(tmp_path, facts, state, fine) -> None:
    penalty = _penalty(tmp_path, TIERS, **facts)
    assert penalty.state == state
    assert (penalty.fine and (penalty.fine.min, penalty.fine.max)) == fine
    if fine is None:
        assert penalty.missing == ("irreversible",)
        assert [(c.min, c.max) for c in penalty.candidates] == [(10000, 100000), (1000, 10000)]


def test_an_order_of_one_open_tier_is_not_certain(tmp_path) -> None:
    assert [m.certain for m in _penalty(tmp_path, TIERS).measures] == [None]


def test_tiers_of_the_same_range_need_no_choice(tmp_path) -> None:
    same = """
      - {article: "60", when: irreversible, fine: {min: 500, max: 2000, discretion: may}}
      - {article: "60", fine: {min: 500, max: 2000, discretion: may}}"""
    assert _penalty(tmp_path, same).state == "decided"


PRECONDITION = """
      - article: "67"
        precondition: {not: heeded}
        fine: {min: 500, max: 5000, discretion: may}"""


@pytest.mark.parametrize(
    ("facts", "state"),
    [({"heeded": True}, "none"), ({"heeded": False}, "decided"), ({}, "undecided")],
)
def test_a_precondition_stands_before_the_fine(tmp_path, facts, state) -> None:
    assert _penalty(tmp_path, PRECONDITION, **facts).state == state


@pytest.mark.parametrize(
    ("fine", "facts", "computed"),
    [
        (
            "{min: 500, max: 5000, basis: per_m2, discretion: shall}",
            {"area_m2": 20.0},
            (10000, 100000),
        ),
        (
            "{min: 5, max: 10, basis: percent, of: cost, discretion: shall}",
            {"cost": 1000.0},
            (50, 100),
        ),
        (
            "{min: 2, max: 5, basis: multiple, of: cost, discretion: shall}",
            {"cost": 300.0},
            (600, 1500),
        ),
        ("{min: 2, max: 5, basis: multiple, of: cost, discretion: shall}", {}, (None, None)),
    ],
)
def test_quantities_give_yuan(tmp_path, fine, facts, computed) -> None:
    penalty = _penalty(tmp_path, f"[{{article: '1', fine: {fine}}}]", **facts)
    assert (penalty.fine.computed_min, penalty.fine.computed_max) == computed
    assert (penalty.fine.missing_quantity is None) == bool(facts)


def test_kept_has_no_penalty_and_undecided_shows_what_would_be(tmp_path) -> None:
    fine = "{min: 1, max: 2, discretion: may}"
    more = {"unless": "[{means: {zh: 同意, en: consent}, when: consent}]"}
    regulations = book(tmp_path, one=HEAD + rule("r", fine, **more))
    found = regulations.rule("one/r")
    assert evaluate(found, act(consent=True)).penalty.state == "none"
    assert evaluate(found, act()).penalty.state == "if_broken"
    assert evaluate(found, act(consent=False)).penalty.state == "decided"


def test_person_and_unit_have_their_own_range(tmp_path) -> None:
    tiers = """
      - article: "18"
        when: {fact: party_type, equals: unit}
        fine: {min: 20000, max: 100000, discretion: shall}
      - article: "18"
        when: {fact: party_type, equals: person}
        fine: {min: 1000, max: 5000, discretion: shall}"""
    assert _penalty(tmp_path, tiers, party_type="person").fine.max == 5000
    assert _penalty(tmp_path, tiers).missing == ("party_type",)


def test_the_explanation_says_all_of_it_in_both_languages(tmp_path) -> None:
    more = {"unless": "[{means: {zh: 经同意, en: with consent}, when: consent}]"}
    regulations = book(
        tmp_path,
        one=HEAD + rule("r", "{min: 500, max: 2000, discretion: may}", article='"26(1)"', **more),
    )
    said = explain(
        evaluate(regulations.rule("one/r"), act(consent=False)), Words(regulations.vocabulary)
    )
    for word in ("第二十六条第一款", "经同意——不成立", "疑似违反", "可处500至2,000元罚款"):
        assert word in said.zh
    for word in (
        "Art. 26(1)",
        "with consent: does not hold",
        "suspected broken",
        "may be fined 500 to 2,000 CNY",
    ):
        assert word in said.en


@pytest.mark.parametrize(
    ("facts", "state"),
    [({"irreversible": True}, "none"), ({"irreversible": False}, "decided"), ({}, "undecided")],
)
def test_a_blocked_tier_is_no_range(tmp_path, facts, state) -> None:
    """Found in review: a tier whose precondition fails must not lend its range to another."""
    tiers = """
      - article: "1"
        when: irreversible
        precondition: {not: heeded}
        fine: {min: 1, max: 2, discretion: may}
      - {article: "1", fine: {min: 1, max: 2, discretion: may}}"""
    assert _penalty(tmp_path, tiers, heeded=True, **facts).state == state


def test_no_fine_is_possible_when_the_only_fining_tier_is_blocked(tmp_path) -> None:
    tiers = """
      - article: "1"
        when: irreversible
        precondition: {not: heeded}
        fine: {min: 1, max: 2, discretion: may}
      - {article: "1", measures: [{measure: correct}]}"""
    assert _penalty(tmp_path, tiers, heeded=True).state == "none"
