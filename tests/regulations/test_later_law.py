"""行政处罚法 37: the law of the act, unless a later one in force on the decision day is milder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.regulations.small import act, book, regulation, rule
from wetland.regulations.evaluate import Outcome
from wetland.regulations.judge import judge

FIRST = regulation("a1", "2019-01-01", "2021-01-01") + rule(
    "r", "{min: 500, max: 2000, discretion: may}"
)
DECIDED = dt.date(2022, 1, 1)


def _second(fine: str | None, **more: str) -> str:
    return regulation("a2", "2021-01-01", None, **more) + rule("r", fine)


def _judged(folder: Path, second: str, decided_on: dt.date | None = DECIDED):
    [judged] = judge(book(folder, a1=FIRST, a2=second), act(), decided_on=decided_on).judged
    return judged


@pytest.mark.parametrize(
    ("fine", "applied", "reason", "held"),
    [
        (
            "{min: 200, max: 1000, discretion: may}",
            "later_milder",
            "both_ends_no_higher",
            (200, 1000),
        ),
        (
            "{min: 500, max: 1999, discretion: may}",
            "later_milder",
            "both_ends_no_higher",
            (500, 1999),
        ),
        ("{min: 500, max: 2000, discretion: may}", "stands", "same_range", (500, 2000)),
        ("{min: 501, max: 2000, discretion: may}", "stands", "later_is_heavier", (500, 2000)),
    ],
)
def test_the_milder_range_prevails(tmp_path, fine, applied, reason, held) -> None:
    judged = _judged(tmp_path, _second(fine))
    assert (judged.later.applied, judged.later.reason) == (applied, reason)
    assert judged.outcome is Outcome.BROKEN
    assert (judged.penalty.fine.min, judged.penalty.fine.max) == held


@pytest.mark.parametrize(
    "fine", ["{min: 100, max: 3000, discretion: may}", "{min: 100, max: 1000, discretion: shall}"]
)
def test_ranges_that_cross_leave_the_penalty_undecided_and_both_shown(tmp_path, fine) -> None:
    """Both versions forbid the act, so it is broken under either; only the penalty is open."""
    judged = _judged(tmp_path, _second(fine))
    assert (judged.outcome, judged.penalty.state) == (Outcome.BROKEN, "undecided")
    assert judged.penalty.missing == ("later_law",)
    assert judged.later.reason == "ranges_cross"
    assert judged.penalty.fine.max == 2000
    assert judged.later.later.penalty.fine.min == 100


def test_without_a_decision_day_the_law_of_the_act_stands(tmp_path) -> None:
    judged = _judged(tmp_path, _second("{min: 1, max: 2, discretion: may}"), None)
    assert judged.later.applied == "not_asked"
    assert judged.penalty.fine.max == 2000


def test_a_decision_before_the_later_law_is_not_touched_by_it(tmp_path) -> None:
    judged = _judged(tmp_path, _second("{min: 1, max: 2, discretion: may}"), dt.date(2020, 12, 31))
    assert judged.later.reason == "same_version"


def test_a_norm_that_is_gone_no_longer_forbids(tmp_path) -> None:
    second = regulation("a2", "2021-01-01", None) + rule("other", activity="[digging]")
    judged = _judged(tmp_path, second)
    assert (judged.outcome, judged.later.applied) == (Outcome.KEPT, "no_longer_forbidden")
    assert judged.penalty.fine is None


def test_a_norm_that_is_gone_from_a_text_not_seen_is_undecided(tmp_path) -> None:
    second = regulation("a2", "2021-01-01", None, text_seen="false", coverage="partial") + rule(
        "other", activity="[digging]", article="null"
    )
    judged = _judged(tmp_path, second)
    assert (judged.outcome, judged.later.reason) == (Outcome.UNDECIDED, "later_text_not_seen")


def test_a_later_text_not_seen_is_undecided_even_if_milder(tmp_path) -> None:
    second = regulation("a2", "2021-01-01", None, text_seen="false", coverage="partial") + rule(
        "r", "{min: 1, max: 2, discretion: may}", article="null"
    )
    judged = _judged(tmp_path, second)
    assert (judged.outcome, judged.later.reason) == (Outcome.UNDECIDED, "later_text_not_seen")


def test_a_later_version_that_allows_with_consent(tmp_path) -> None:
    more = {"unless": "[{means: {zh: 同意, en: consent}, when: {record: consent}}]"}
    second = regulation("a2", "2021-01-01", None) + rule(
        "r", "{min: 500, max: 2000, discretion: may}", **more
    )
    regulations = book(tmp_path, a1=FIRST, a2=second)
    [kept] = judge(regulations, act(consent=True), decided_on=DECIDED).judged
    assert kept.later.applied == "no_longer_forbidden"
    [open_] = judge(regulations, act(), decided_on=DECIDED).judged
    assert (open_.outcome, open_.later.reason) == (Outcome.UNDECIDED, "later_outcome_undecided")


def test_ranges_in_other_units_are_compared_in_yuan(tmp_path) -> None:
    second = _second("{min: 10, max: 30, basis: per_m2, discretion: may}")
    regulations = book(tmp_path, a1=FIRST, a2=second)
    [unknown] = judge(regulations, act(), decided_on=DECIDED).judged
    assert unknown.later.reason == "range_unknown"
    [known] = judge(regulations, act(area_m2=20.0), decided_on=DECIDED).judged
    assert known.later.applied == "later_milder"
    assert (known.penalty.fine.computed_min, known.penalty.fine.computed_max) == (200, 600)


def test_an_added_confiscation_is_not_milder(tmp_path) -> None:
    penalties = """
      - article: "1"
        fine: {min: 100, max: 900, discretion: may}
        measures: [{measure: confiscate_gear}]"""
    second = regulation("a2", "2021-01-01", None) + rule("r", penalties=penalties)
    judged = _judged(tmp_path, second)
    assert (judged.outcome, judged.later.reason) == (Outcome.BROKEN, "ranges_cross")
