"""Intervals and scores: by their definitions, by scipy, and by what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import t as student

from wetland.statistics.intervals import (
    FEWEST_ERRORS,
    conformal_width,
    half_widths,
    interval_scores,
    student_width,
)
from wetland.statistics.rolling import known_before
from wetland.statistics.scores import chance_of_skill, ranked_probability_score


@given(
    hnp.arrays(float, (40, 2), elements=st.floats(-5, 5)),
    hnp.arrays(bool, (40, 2)),
    st.sampled_from([0.05, 0.2, 0.5]),
)
def test_half_widths_by_their_definition(errors, absent, alpha):
    errors[absent] = np.nan
    known = known_before(np.arange(40), 2)
    got = half_widths(errors, known, alpha=alpha)
    for origin in range(40):
        for lead in range(2):
            sizes = np.abs(errors[: known[origin, lead], lead])
            sizes = np.sort(sizes[~np.isnan(sizes)])
            if len(sizes) < FEWEST_ERRORS:
                assert np.isnan(got[origin, lead])
            elif len(sizes) >= 4 / alpha:
                assert got[origin, lead] == sizes[int(np.ceil((len(sizes) + 1) * (1 - alpha))) - 1]
            else:
                scatter = np.sqrt((sizes**2).mean())
                want = student.ppf(1 - alpha / 2, len(sizes)) * scatter
                assert got[origin, lead] == pytest.approx(want, rel=1e-9)


@pytest.mark.parametrize("count", [20, 99, 400])
def test_conformal_widths_cover_what_they_promise(count):
    """Of exchangeable errors, whatever their law, at least 90 % and at most 1/(n+1) more."""
    rng = np.random.default_rng(2)
    drawn = rng.standard_cauchy((4000, count + 1))
    widths = np.array([conformal_width(sorted(np.abs(row[:-1])), alpha=0.1) for row in drawn])
    covered = float((np.abs(drawn[:, -1]) <= widths).mean())
    assert 0.9 - 0.015 < covered < 0.9 + 1 / (count + 1) + 0.015


def test_conformal_width_is_infinite_with_too_few_errors():
    assert conformal_width([1.0] * 18, alpha=0.05) == float("inf")
    assert conformal_width([*[1.0] * 18, 3.0], alpha=0.05) == 3.0


def test_students_widths_cover_normal_errors():
    rng = np.random.default_rng(3)
    drawn = rng.normal(size=(20000, 11))
    scatter = np.sqrt((drawn[:, :-1] ** 2).mean(axis=1))
    width = student_width(10, 1.0, alpha=0.1) * scatter
    assert float((np.abs(drawn[:, -1]) <= width).mean()) == pytest.approx(0.9, abs=0.01)


@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(0, 9), st.sampled_from([0.05, 0.5]))
def test_the_interval_score_is_the_pinball_loss_of_both_ends(actual, middle, width, alpha):
    def pinball(quantile, level):
        return max(level * (actual - quantile), (level - 1) * (actual - quantile))

    want = pinball(middle - width, alpha / 2) + pinball(middle + width, 1 - alpha / 2)
    got = interval_scores(np.array(actual), np.array(middle), np.array(width), alpha=alpha)
    assert float(got) == pytest.approx(2 / alpha * want, abs=1e-9)


def test_chance_without_overlap_is_the_t_test():
    rng = np.random.default_rng(4)
    d = rng.normal(0.2, 1, 50)
    from scipy.stats import ttest_1samp

    want = ttest_1samp(d, 0, alternative="greater").pvalue
    assert chance_of_skill(d, reach=1) == pytest.approx(want, rel=1e-9)
    gaps = np.insert(d, 10, np.nan)
    assert chance_of_skill(gaps, reach=1) == pytest.approx(want, rel=1e-9)


def test_chance_turns_round_with_the_sign():
    d = np.random.default_rng(5).normal(0.1, 1, 60)
    one, other = chance_of_skill(d, reach=5), chance_of_skill(-d, reach=5)
    assert one is not None
    assert other is not None
    assert one + other == pytest.approx(1)


def test_chance_of_overlapping_outcomes_is_larger():
    """Sums over twelve shared outcomes look sure if their dependence is not told."""
    noise = np.random.default_rng(6).normal(0.15, 1, 131)
    d = np.convolve(noise, np.ones(12), mode="valid")
    alone, told = chance_of_skill(d, reach=1), chance_of_skill(d, reach=12)
    assert alone is not None
    assert told is not None
    assert alone < told / 5


@pytest.mark.parametrize("values", [[], [1.0, 2.0], [3.0, 3.0, 3.0], [np.nan] * 5])
def test_no_chance_where_none_can_be_told(values):
    assert chance_of_skill(np.array(values), reach=2) is None


@given(
    hnp.arrays(float, 6, elements=st.floats(0.01, 1)).map(lambda w: w / w.sum()), st.integers(0, 5)
)
def test_ranked_probability_score_by_its_definition(probabilities, outcome):
    told, came = np.cumsum(probabilities), np.cumsum(np.eye(6)[outcome])
    got = float(ranked_probability_score(probabilities, np.array(outcome)))
    assert got == pytest.approx(((told - came) ** 2).sum() / 5, abs=1e-12)
    assert 0 <= got <= 1


def test_ranked_probability_score_is_proper():
    """Nobody gains in the mean by telling other probabilities than he holds."""
    held = np.array([0.1, 0.2, 0.4, 0.2, 0.1, 0.0])

    def mean_score(told):
        scores = [ranked_probability_score(told, np.array(k)) for k in range(6)]
        return float(held @ np.array(scores))

    rng = np.random.default_rng(7)
    best = mean_score(held)
    assert all(best < mean_score(rng.dirichlet(np.ones(6))) for _ in range(50))


def test_ranked_probability_score_without_an_outcome():
    told = np.full((2, 6), 1 / 6)
    got = ranked_probability_score(told, np.array([-1, 2]))
    assert np.isnan(got[0])
    assert not np.isnan(got[1])
