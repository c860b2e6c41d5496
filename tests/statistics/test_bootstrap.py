"""The bootstrap: scipy's intervals, the moments of its weights, the same seed the same answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wetland.base.errors import InputError
from wetland.statistics.bootstrap import (
    blocks_drawn,
    bootstrap,
    drawn,
    interval,
    left_out_in_turn,
    stratum_weights,
)

SKEWED = np.exp(np.random.default_rng(11).normal(size=18))


def mean(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return x.mean(axis=axis)


def spread(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return x.std(axis=axis, ddof=1)


@pytest.mark.parametrize("method", ["percentile", "bca"])
@pytest.mark.parametrize("statistic", [mean, spread])
def test_intervals_are_those_of_scipy_on_the_same_draws(method, statistic):
    found = stats.bootstrap(
        (SKEWED,), statistic, n_resamples=999, method=method, vectorized=True,
        rng=np.random.default_rng(3),
    )  # fmt: skip
    turns = left_out_in_turn(SKEWED, statistic) if method == "bca" else None
    ends = interval(float(statistic(SKEWED)), found.bootstrap_distribution, jackknife=turns)
    want = found.confidence_interval
    assert ends == pytest.approx((want.low, want.high), rel=1e-12)


def test_a_seed_or_a_generator_gives_the_same():
    first = bootstrap(SKEWED, mean, seed=5)
    assert bootstrap(SKEWED, mean, seed=np.random.default_rng(5)) == first
    assert bootstrap(SKEWED, mean, seed=6) != first


def test_coverage_of_the_mean_of_a_normal_law():
    """About 95 % of the intervals hold the true mean (30 values; 400 trials, error 1.1 points)."""
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(400):
        _, low, high = bootstrap(rng.normal(size=30), mean, seed=rng, draws=400)
        hits += low <= 0 <= high
    assert 0.90 <= hits / 400 <= 0.98


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(InputError):
        bootstrap(np.array([1.0]), mean, seed=1)
    with pytest.raises(InputError):
        blocks_drawn(3, 2, 1, length=4)


def test_equal_values_have_an_interval_of_no_width():
    assert bootstrap(np.full(6, 2.5), mean, seed=1) == (2.5, 2.5, 2.5)


def test_replicates_that_failed_are_left_out():
    kept = np.arange(81.0)
    assert interval(40.0, np.append(kept, [np.nan] * 9)) == interval(40.0, kept)
    assert np.isnan(interval(1.0, np.full(3, np.nan))).all()


strata_of = st.lists(st.integers(0, 4), min_size=1, max_size=25).map(np.array)


@settings(max_examples=40)
@given(strata_of, st.integers(0, 9))
def test_draws_stay_in_their_stratum(strata, seed):
    rows = drawn(len(strata), 7, seed, strata=strata)
    assert rows.shape == (7, len(strata))
    assert (strata[rows] == strata).all()


@settings(max_examples=40)
@given(strata_of, st.integers(0, 9))
def test_weights_of_a_stratum_add_up_to_its_size(strata, seed):
    weights = stratum_weights(strata, 9, seed)
    for stratum in np.unique(strata):
        inside = weights[:, strata == stratum]
        assert inside.sum(axis=1) == pytest.approx(inside.shape[1])
        assert (inside >= 0).all()
        if inside.shape[1] == 1:
            assert (inside == 1).all()


@pytest.mark.parametrize("size", [2, 3, 6])
def test_the_spread_of_a_weighted_mean_is_without_bias(size):
    """Variance over the draws = s^2 / n per stratum, also for two samples (Rao, Wu 1988)."""
    x = np.random.default_rng(size).normal(size=2 * size)
    strata = np.repeat([0, 1], size)
    weights = stratum_weights(strata, 100_000, 1)
    want = sum(x[strata == s].var(ddof=1) / size for s in (0, 1)) / 4
    means = weights @ x / (2 * size)
    assert means.var() == pytest.approx(want, rel=0.02)
    assert means.mean() == pytest.approx(x.mean(), abs=4 * np.sqrt(want / 100_000))


@settings(max_examples=40)
@given(st.integers(1, 20), st.data())
def test_blocks_are_neighbours(size, data):
    length = data.draw(st.integers(1, size))
    rows = blocks_drawn(size, 5, 1, length=length)
    assert rows.shape == (5, size)
    steps = np.diff(rows, axis=1) % size
    within = np.arange(1, size) % length != 0
    assert (steps[:, within] == 1 % size).all()
