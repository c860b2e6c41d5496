"""The 1 % test: official rounding, mean of annual maxima, what is not met."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.birds.birdrows import species
from wetland.base.errors import InputError
from wetland.birds.onepercent import OUTCOMES, one_percent_of, ramsar_criterion6, threshold_of

HUNDRED = species(one_percent=100, flyway="East Asian-Australasian", one_percent_edition="WPE5")


# Waterbird Population Estimates: thresholds of 1 to 10 to the nearest 1, 11 to 100 to the nearest
# 5, 101 to 1,000 to the nearest 10, above to the nearest 100; 20,000 from 2,000,000 birds on.
@pytest.mark.parametrize(
    ("population", "threshold"),
    [
        (100, 1), (149, 1), (150, 2), (249, 2), (250, 3), (949, 9), (1_000, 10), (1_049, 10),
        (1_100, 10), (1_249, 10), (1_250, 15), (1_700, 15), (1_800, 20), (9_749, 95),
        (9_750, 100), (10_000, 100), (10_100, 100), (10_499, 100), (10_500, 110), (11_400, 110),
        (14_999, 150), (99_499, 990), (99_500, 1_000), (100_000, 1_000), (100_100, 1_000),
        (104_999, 1_000), (105_000, 1_100), (1_000_000, 10_000), (1_994_999, 19_900),
        (1_999_999, 20_000), (2_000_000, 20_000), (2_000_001, 20_000), (5e9, 20_000),
        (1, 1), (40, 1), (0.5, 1),
    ],
)  # fmt: skip
def test_the_official_rounding(population: float, threshold: float) -> None:
    assert one_percent_of(population) == threshold


@given(st.integers(1, 10_000_000))
def test_the_threshold_is_the_nearest_of_its_step(population: int) -> None:
    """A second way, with exact fractions."""
    one = Fraction(population, 100)
    found = Fraction(one_percent_of(population))
    if population >= 2_000_000:
        assert found == 20_000
        return
    step = 1 if one <= 10 else 5 if one <= 100 else 10 if one <= 1000 else 100
    assert found % step == 0
    if one >= Fraction(1, 2):
        assert abs(found - one) <= Fraction(step, 2)
        assert found - one != Fraction(-step, 2), "a tie goes up"
    else:
        assert found == 1


@given(st.floats(1, 1e8), st.floats(1, 1e8))
def test_a_larger_population_has_no_smaller_threshold(a: float, b: float) -> None:
    assert one_percent_of(min(a, b)) <= one_percent_of(max(a, b))


@pytest.mark.parametrize("population", [0, -1, math.nan, math.inf])
def test_a_population_is_a_number_above_0(population: float) -> None:
    with pytest.raises(InputError):
        one_percent_of(population)


def outcome(maxima: dict[int, float]) -> str:
    return ramsar_criterion6(maxima, HUNDRED).outcome


def test_the_mean_of_five_seasons_decides() -> None:
    assert outcome({2019: 100, 2020: 100, 2021: 100, 2022: 100, 2023: 100}) == "met"
    assert outcome({2019: 100, 2020: 100, 2021: 100, 2022: 100, 2023: 99}) == "reached_once"
    assert outcome({2019: 99, 2020: 99, 2021: 99, 2022: 99, 2023: 99}) == "not_met"
    assert outcome({2019: 0, 2020: 0, 2021: 0, 2022: 0, 2023: 500}) == "met", "the mean is 100"


def test_a_single_count_above_is_reached_once() -> None:
    answer = ramsar_criterion6({2019: 10, 2020: 300, 2021: 10, 2022: 10, 2023: 10}, HUNDRED)
    assert (answer.outcome, answer.mean) == ("reached_once", 68.0)
    assert dict(answer.reached) == {2020: 300.0}
    assert answer.told.zh.startswith("曾达到 1%，但未达到标准六")
    assert "East Asian-Australasian; WPE5" in answer.told.en


def test_at_least_three_seasons_with_counts() -> None:
    assert outcome({2022: 900, 2023: 900}) == "reached_once"
    assert outcome({2022: 9, 2023: 9}) == "too_few"
    assert outcome({2021: math.nan, 2022: 900, 2023: 900}) == "reached_once", "not counted is no 0"
    assert outcome({2015: 900, 2022: 900, 2023: 900}) == "met"


def test_only_the_last_five_with_counts_are_averaged() -> None:
    maxima = {2010: 9000.0, 2016: 9000.0, 2018: 10, 2019: 20, 2020: 30, 2022: 40, 2023: 50}
    answer = ramsar_criterion6(maxima, HUNDRED)
    assert (answer.mean, answer.outcome) == (30.0, "reached_once")
    assert list(answer.seasons) == [2018, 2019, 2020, 2022, 2023]
    assert not answer.notes


def test_seasons_of_long_ago_are_told() -> None:
    answer = ramsar_criterion6({1990: 200, 1991: 200, 2023: 200}, HUNDRED)
    assert answer.outcome == "met"
    assert "span 34" in answer.notes[0].en


def test_without_a_threshold_it_is_not_tested_and_says_so() -> None:
    answer = ramsar_criterion6({2021: 9e9, 2022: 9e9, 2023: 9e9}, species())
    assert (answer.outcome, answer.mean, answer.threshold) == ("not_tested", None, None)
    assert "not tested" in answer.told.en
    assert "未检验" in answer.told.zh
    assert ramsar_criterion6({}, HUNDRED).outcome == "not_tested"
    assert ramsar_criterion6({2020: 999}, species(one_percent=1, waterbird=False)).outcome == (
        "not_tested"
    )


def test_a_threshold_made_of_an_estimate_says_so() -> None:
    made = species(population_estimate=12_345)
    limit = threshold_of(made)
    assert limit is not None
    assert (limit.value, limit.published) == (120, False)
    notes = " ".join(note.en for note in ramsar_criterion6({2020: 1, 2021: 1, 2022: 1}, made).notes)
    assert "not the published one" in notes
    assert "flyway population is not named" in notes
    assert "edition" in notes
    both = threshold_of(species(population_estimate=12_345, one_percent=200))
    assert both is not None
    assert (both.value, both.published) == (200, True)


@pytest.mark.parametrize("number", [-1.0, math.inf])
def test_numbers_of_birds_are_not_below_0(number: float) -> None:
    with pytest.raises(InputError, match="2020"):
        ramsar_criterion6({2020: number}, HUNDRED)


@given(st.dictionaries(st.integers(1950, 2030), st.floats(0, 1e6), min_size=1, max_size=12))
def test_met_is_the_mean_and_nothing_else(maxima: dict[int, float]) -> None:
    answer = ramsar_criterion6(maxima, HUNDRED)
    last = [maxima[s] for s in sorted(maxima)[-5:]]
    met = len(last) >= 3 and math.fsum(last) / len(last) >= 100
    assert (answer.outcome == "met") == met
    if not met:
        assert (answer.outcome == "reached_once") == (max(maxima.values()) >= 100)
    assert answer.outcome in OUTCOMES
