"""Pettitt's test by its definition, and its behaviour at edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.statistics.pettitt import pettitt, pettitt_many


@given(st.lists(st.integers(0, 4), min_size=2, max_size=25))
def test_statistic_by_definition(y):
    n = len(y)
    u = [
        sum((y[i] > y[j]) - (y[i] < y[j]) for i in range(k) for j in range(k, n))
        for k in range(1, n + 1)
    ]
    assert pettitt_many(np.array([y], float))[0].tolist() == u
    found = pettitt(y)
    assert found.u == max(abs(v) for v in u)
    assert set(found.last_before) == {k for k in range(n) if abs(u[k]) == found.u}


def test_a_step_is_found_with_its_sides():
    rng = np.random.default_rng(5)
    y = rng.normal(size=80) + np.where(np.arange(80) < 30, 0.0, 3.0)
    found = pettitt(y)
    assert abs(found.last_before[0] - 29) <= 1
    assert found.p_value < 1e-6
    assert found.after - found.before == pytest.approx(3.0, abs=0.6)


def test_missing_values_keep_their_positions():
    found = pettitt([float("nan"), 1, 1, float("nan"), 9, 9])
    assert found.last_before == (2,)
    assert found.n == 4


def test_too_little():
    assert pettitt([]).p_value == 1.0
    assert pettitt([4.0]).last_before == ()
    assert pettitt([2.0, 2.0, 2.0]).p_value == 1.0
    assert not math.isnan(pettitt([1.0, 2.0]).after)


def test_small_p_is_as_rare_as_it_says():
    rng = np.random.default_rng(6)
    rare = np.mean([pettitt(rng.normal(size=40)).p_value < 0.1 for _ in range(1500)])
    assert rare <= 0.1
