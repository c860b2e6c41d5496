"""The official words of change, and the periods they compare."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.water.change import (
    WORDS,
    class_change,
    larger_change,
    levels_changed,
    share_change,
)
from wetland.water.periods import compared_period, last_day, split_period, write_period
from wetland.water.stations import CLASSES

OPPOSITE = {
    "no_change": "no_change",
    "some_better": "some_worse",
    "some_worse": "some_better",
    "clearly_better": "clearly_worse",
    "clearly_worse": "clearly_better",
}
shares = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)).map(
    lambda n: (Fraction(100 * n[0], sum(n) or 1), Fraction(100 * n[1], sum(n) or 1))
)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("I", "II", "无明显变化"),
        ("II", "I", "无明显变化"),
        ("I", "III", "有所变差"),
        ("II", "III", "有所变差"),
        ("III", "II", "有所好转"),
        ("III", "IV", "有所变差"),
        ("II", "IV", "明显变差"),
        ("inferior_v", "III", "明显好转"),
        ("V", "IV", "有所好转"),
    ],
)
def test_words_of_a_station_count_levels_of_the_condition(before, after, words):
    """I and II are both excellent: between them nothing changes; two levels are clear."""
    assert class_change(before, after).words.zh == words


@given(st.sampled_from(CLASSES), st.sampled_from(CLASSES))
def test_the_way_back_has_the_opposite_words(before, after):
    """What got better got worse the other way round."""
    there, back = class_change(before, after), class_change(after, before)
    assert there.word == OPPOSITE[back.word]
    assert there.levels == -back.levels


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        (0, "无明显变化"),
        (10, "无明显变化"),
        (-10, "无明显变化"),
        (Fraction("10.001"), "有所好转"),
        (20, "有所好转"),
        (-20, "有所变差"),
        (Fraction("20.001"), "明显好转"),
        (Fraction("-20.001"), "明显变差"),
    ],
)
def test_edges_of_shares(moved, words):
    """Up to 10 points nothing, up to 20 somewhat, above clearly; the edges belong to the less."""
    before = (Fraction(50), Fraction(25))
    assert share_change(before, (before[0] + Fraction(moved), before[1])).words.zh == words
    assert share_change(before, (before[0], before[1] - Fraction(moved))).words.zh == words


def test_shares_are_compared_exactly():
    """Six sections of sixty are ten points: in floats 0.1 + 0.2 would make a change of it."""
    before = (Fraction(100 * 42, 60), Fraction(0))
    assert share_change(before, (Fraction(100 * 48, 60), Fraction(0))).word == "no_change"
    assert share_change(before, (Fraction(100 * 49, 60), Fraction(0))).word == "some_better"


@given(shares, shares, st.integers(-4, 4))
def test_the_larger_of_the_two_ways_counts(before, after, levels):
    """The word is one of the two and never of smaller size; only a tie of opposites is apart."""
    size = {"no_change": 0, "some": 1, "clearly": 2}
    by_level, by_share = levels_changed(levels), share_change(before, after)
    found = larger_change(by_level, by_share)
    sizes = [size[c.word if c.word == "no_change" else c.word.partition("_")[0]]
             for c in (by_level, by_share)]  # fmt: skip
    if found.word == "contradictory":
        assert by_level.word == OPPOSITE[by_share.word]
    else:
        assert found.word == (by_level.word if sizes[0] >= sizes[1] else by_share.word)
    assert (found.levels, found.shares) == (by_level.levels, by_share.shares)


def test_not_a_class():
    """A word that is no class is refused, with what is allowed."""
    with pytest.raises(InputError, match="inferior_v"):
        class_change("III", "VI")


@pytest.mark.parametrize(
    ("period", "previous", "last_year"),
    [
        ("2024", "2023", "2023"),
        ("2024-Q1", "2023-Q4", "2023-Q1"),
        ("2024-Q3", "2024-Q2", "2023-Q3"),
        ("2024-01", "2023-12", "2023-01"),
        ("2024-12", "2024-11", "2023-12"),
        ("2024-05-01", None, None),
    ],
)
def test_compared_periods(period, previous, last_year):
    """环比 is against the period before in the calendar, 同比 against the same one a year ago."""
    assert compared_period(period, "previous") == previous
    assert compared_period(period, "last_year") == last_year


@pytest.mark.parametrize("wrong", ["", "24", "2024-13", "2024-Q5", "2024-00", "May", "2024-2-30xx"])
def test_not_a_period(wrong):
    """What is no period is refused, not guessed."""
    with pytest.raises(InputError, match="2024-Q2"):
        split_period(wrong)


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)))
def test_a_month_ends_before_the_next_begins(day):
    """The last day of a period is in it, and the day after is not."""
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    for period in (f"{day:%Y}", quarter, f"{day:%Y-%m}", f"{day}"):
        kind, year, part = split_period(period)
        if kind != "sample":
            assert write_period(kind, year, part) == period
        end = last_day(period)
        assert end >= day
        after = end + dt.timedelta(days=1)
        assert {"year": after.year != day.year, "month": after.month != day.month,
                "quarter": after.month % 3 == 1, "sample": True}[kind]  # fmt: skip


def test_every_word_has_both_languages():
    """Each word can be said in Chinese and in English."""
    assert all(word.zh and word.en for word in WORDS.values())
