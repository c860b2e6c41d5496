"""Intervals from errors that weigh less the older they are."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wetland.statistics.intervals import half_widths, recent_widths
from wetland.statistics.rolling import known_before


@given(seed=st.integers(0, 2**20), leads=st.integers(1, 4), gaps=st.floats(0, 0.5))
@settings(max_examples=20, deadline=None)
def test_errors_that_never_fade_give_the_plain_widths(seed: int, leads: int, gaps: float) -> None:
    rng = np.random.default_rng(seed)
    errors = rng.normal(0, 1, (90, leads))
    errors[rng.random(errors.shape) < gaps] = np.nan
    known = known_before(np.arange(90), leads)
    plain = half_widths(errors, known, alpha=0.1)
    faded = recent_widths(errors, known, alpha=0.1, half_life=1e15)
    np.testing.assert_allclose(faded, plain, rtol=1e-9)


def test_widths_follow_errors_that_grow() -> None:
    rng = np.random.default_rng(7)
    errors = rng.normal(0, np.repeat([1.0, 3.0], 200))[:, None]
    known = known_before(np.arange(400), 1)
    plain = half_widths(errors, known, alpha=0.1)[-1, 0]
    faded = recent_widths(errors, known, alpha=0.1, half_life=30.0)[-1, 0]
    assert plain < 0.9 * 3 * 1.645
    assert 0.8 * 3 * 1.645 < faded < 1.35 * 3 * 1.645


def test_few_errors_tell_nothing_and_widths_know_nothing_later() -> None:
    errors = np.arange(1.0, 21.0)[:, None]
    known = known_before(np.arange(20), 1)
    widths = recent_widths(errors, known, alpha=0.1, half_life=10.0)
    assert np.isnan(widths[:8]).all()
    assert np.isfinite(widths[8:]).all()
    later = errors.copy()
    later[12:] = 1e6
    again = recent_widths(later, known, alpha=0.1, half_life=10.0)
    np.testing.assert_array_equal(again[:13], widths[:13])
