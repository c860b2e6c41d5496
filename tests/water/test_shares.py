"""Shares of sections: edges of the table of rivers, what is not sure, main pollutants."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.water.shares import (
    possible_conditions,
    river_condition,
    river_pollutants,
    section_shares,
    shown_percent,
)
from wetland.water.standards import assessment_on
from wetland.water.stations import CLASSES

some_classes = st.lists(st.sampled_from(CLASSES), min_size=1, max_size=8)


def river(good, between, inferior):
    """Make the shares of a river."""
    return section_shares(["II"] * good + ["IV"] * between + ["inferior_v"] * inferior)


@pytest.mark.parametrize(
    ("sections", "condition"),
    [
        ((9, 1, 0), "excellent"),
        ((90, 0, 10), "excellent"),
        ((89, 11, 0), "good"),
        ((75, 25, 0), "good"),
        ((75, 0, 25), "good"),
        ((74, 26, 0), "light"),
        ((74, 7, 19), "light"),
        ((50, 30, 20), "moderate"),
        ((50, 11, 39), "moderate"),
        ((50, 10, 40), "heavy"),
        ((0, 0, 5), "heavy"),
        ((0, 5, 0), "light"),
        ((60, 0, 40), "heavy"),
    ],
)
def test_edges_of_the_table(sections, condition):
    """90, 75, 20 and 40 per cent, each on the side the method puts it."""
    assert river_condition(river(*sections)) == condition


def test_edges_are_exact():
    """Of 7 sections 6 are 85.7 %: compared as a fraction, not as what is shown."""
    assert river_condition(river(6, 1, 0)) == "good"
    assert river(6, 1, 0).percents()["II"] == 85.7
    # 899 of 1000 are shown as 89.9, and 8996 of 10000 as 90.0: still not 90.
    assert river(8996, 1004, 0).good == Fraction(8996, 100)
    assert shown_percent(river(8996, 1004, 0).good) == 90.0
    assert river_condition(river(8996, 1004, 0)) == "good"


@given(some_classes)
def test_shares_count_every_section_once(classes):
    """Counts sum up to the sections; sections without a class count nowhere."""
    shares = section_shares([*classes, None])
    assert sum(shares.counts.values()) == shares.sections == len(classes)
    assert shares.good + shares.inferior <= 100


@given(some_classes, st.data())
def test_a_better_section_never_makes_a_worse_condition(classes, data):
    """Improve one section: the condition is the same or better."""
    order = list(assessment_on().conditions)
    at = data.draw(st.integers(0, len(classes) - 1))
    better = CLASSES[data.draw(st.integers(0, CLASSES.index(classes[at])))]
    improved = [*classes[:at], better, *classes[at + 1 :]]
    conditions = [river_condition(section_shares(c)) for c in (classes, improved)]
    assert order.index(conditions[1]) <= order.index(conditions[0])


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5)).map(
            lambda ends: list(CLASSES[min(ends) : max(ends) + 1])
        ),
        min_size=1,
        max_size=5,
    )
)
def test_possible_conditions_are_those_of_every_choice(possible):
    """Differential: try every combination of classes."""
    by_trial = {river_condition(section_shares(choice)) for choice in product(*possible)}
    order = list(assessment_on().conditions)
    assert possible_conditions(possible) == sorted(by_trial, key=order.index)


def test_nothing_assessed_has_no_condition():
    """No sections: nothing is said."""
    assert river_condition(section_shares([None, None])) is None
    assert section_shares([]).good == 0


def test_not_a_class():
    """A word that is none is refused."""
    with pytest.raises(InputError, match="VI"):
        section_shares(["VI"])


def test_pollutants_by_exceedance_rate():
    """The item that is worse than III at most sections goes first, however bad the others are."""
    sections = [
        {"nh3n": "inferior_v", "tp": "IV", "codmn": "III"},
        {"tp": "IV", "cod": "IV", "bod5": "IV"},
        {"tp": "III", "cod": "IV"},
        {"tp": "IV", "do": "V"},
    ]
    found = river_pollutants(sections)
    assert [(p.parameter, p.exceeding, p.rate) for p in found] == [
        ("tp", 3, 75),
        ("cod", 2, 50),
        ("nh3n", 1, 25),  # one section each: ammonia is the worst of them
    ]


def test_no_pollutants_in_good_water():
    """Items of class III and better are none."""
    assert river_pollutants([{"tp": "III"}, {"tp": "I"}]) == []


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["tp", "nh3n", "cod", "do", "hg"]), st.sampled_from(CLASSES)
        ),
        max_size=6,
    )
)
def test_pollutants_are_at_most_three_and_in_order(sections):
    """Rates fall, and no item that was left out has a higher one."""
    found = river_pollutants(sections)
    rates = [p.rate for p in found]
    assert len(found) <= 3
    assert rates == sorted(rates, reverse=True)
    worse = set(CLASSES[3:])
    for item in {"tp", "nh3n", "cod", "do", "hg"} - {p.parameter for p in found}:
        exceeding = sum(s.get(item) in worse for s in sections)
        assert exceeding == 0 or (len(found) == 3 and exceeding <= found[-1].exceeding)
