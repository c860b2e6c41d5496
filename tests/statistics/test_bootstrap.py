"""The bootstrap: the moments of its weights, the same seed the same answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetland.statistics.bootstrap import stratum_weights


def test_a_seed_or_a_generator_gives_the_same():
    strata = np.array([1, 0, 1, 0, 0])
    first = stratum_weights(strata, 20, 5)
    assert (stratum_weights(strata, 20, np.random.default_rng(5)) == first).all()
    assert (stratum_weights(strata, 20, 6) != first).any()


strata_of = st.lists(st.integers(0, 4), min_size=1, max_size=25).map(np.array)


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
