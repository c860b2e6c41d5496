"""行政处罚法 29 after the yielding clauses: one fine, or both shown."""

from __future__ import annotations

from tests.regulations.small import act, book, regulation, rule
from wetland.regulations.judge import judge

YIELDS = '{article: "55", to: [law, provincial_regulation]}'


def _city(fine: str, **more: str) -> str:
    return regulation("city", "2019-01-01", None, line="c", yields=YIELDS) + rule("r", fine, **more)


def _law(fine: str, **more: str) -> str:
    return regulation("law", "2019-01-01", None, line="l", rank="law") + rule("r", fine, **more)


def test_the_city_yields_to_a_law_with_the_higher_fine(tmp_path) -> None:
    regulations = book(
        tmp_path,
        city=_city("{min: 500, max: 2000, discretion: may}"),
        law=_law("{min: 0, max: 50000, discretion: may}"),
    )
    one = judge(regulations, act()).overlap
    assert (one.state, one.by_yielding, one.by_higher_fine) == ("agreed", "law/r", "law/r")
    assert one.yielded == (("city/r", "law/r", "55"),)


def test_where_the_steps_disagree_both_are_shown(tmp_path) -> None:
    regulations = book(
        tmp_path,
        city=_city("{min: 500, max: 2000, discretion: may}"),
        law=_law("{min: 20, max: 500, discretion: shall}"),
    )
    one = judge(regulations, act()).overlap
    assert (one.state, one.by_yielding, one.by_higher_fine) == ("legal_review", "law/r", "city/r")


def test_the_higher_fine_is_the_one_for_the_facts_at_hand(tmp_path) -> None:
    regulations = book(
        tmp_path,
        one=regulation("one", "2019-01-01", None, line="x")
        + rule("r", "{min: 10, max: 30, basis: per_m2, discretion: may}"),
        two=regulation("two", "2019-01-01", None, line="y")
        + rule("r", "{min: 500, max: 2000, discretion: may}"),
    )
    assert judge(regulations, act(area_m2=10.0)).overlap.by_higher_fine == "two/r"
    assert judge(regulations, act(area_m2=1000.0)).overlap.by_higher_fine == "one/r"
    unknown = judge(regulations, act()).overlap
    assert (unknown.state, "area_m2" in unknown.missing) == ("undecided", True)


def test_a_norm_that_may_yet_be_broken_leaves_it_open(tmp_path) -> None:
    regulations = book(
        tmp_path,
        city=_city("{min: 500, max: 2000, discretion: may}"),
        law=_law("{min: 0, max: 50000, discretion: may}", when="natural"),
    )
    assert judge(regulations, act()).overlap.state == "undecided"
    assert judge(regulations, act(natural=False)).overlap.state == "single"
    assert judge(regulations, act(natural=True)).overlap.state == "agreed"


def test_an_amount_not_seen_leaves_it_open(tmp_path) -> None:
    unseen = "{min: 500, max: null, unseen: [max], discretion: unknown}"
    regulations = book(
        tmp_path,
        city=_city(unseen),
        law=_law("{min: 0, max: 50000, discretion: may}"),
    )
    one = judge(regulations, act()).overlap
    assert (one.state, one.by_yielding) == ("undecided", "law/r")


def test_no_fine_no_overlap(tmp_path) -> None:
    regulations = book(tmp_path, one=regulation("one", "2019-01-01", None) + rule("r"))
    assert judge(regulations, act()).overlap is None


def test_versions_of_one_law_do_not_yield_to_each_other(tmp_path) -> None:
    clause = '{article: "9", to: [city_regulation]}'
    head = regulation("one", "2019-01-01", None, yields=clause)
    two = rule("a", "{min: 1, max: 5, discretion: may}") + rule(
        "b", "{min: 1, max: 9, discretion: may}"
    )
    one = judge(book(tmp_path, one=head + two), act()).overlap
    assert (one.state, one.by_yielding, one.yielded) == ("agreed", "one/b", ())


def test_of_equal_fines_that_of_the_first_step_goes(tmp_path) -> None:
    fine = "{min: 500, max: 2000, discretion: may}"
    one = judge(book(tmp_path, city=_city(fine), law=_law(fine)), act()).overlap
    assert (one.state, one.by_yielding, one.by_higher_fine) == ("agreed", "law/r", "law/r")


def test_an_omission_may_be_an_act_of_its_own(tmp_path) -> None:
    duty = {"modality": "obligation", "requires": "natural"}
    regulations = book(
        tmp_path,
        one=regulation("one", "2019-01-01", None, line="x")
        + rule("r", "{min: 1, max: 5, discretion: may}"),
        two=regulation("two", "2019-01-01", None, line="y")
        + rule("r", "{min: 1, max: 9, discretion: may}", **duty),
    )
    one = judge(regulations, act(natural=False)).overlap
    assert (one.state, one.by_higher_fine) == ("one_act_or_several", "two/r")
