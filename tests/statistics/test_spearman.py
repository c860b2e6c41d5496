"""Rank correlation and the official trend test against all orders, scipy and the printed table."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from wetland.base.errors import InputError
from wetland.statistics.spearman import at_most, critical_rs, daniel, ranks, spearman

# 环办〔2011〕22号's table of critical values (one-sided 0.05), as printed.
PRINTED = {5: 0.900, 6: 0.829, 7: 0.714, 8: 0.643, 9: 0.600, 10: 0.564}


@pytest.mark.parametrize("n", [4, 5, 6, 7])
def test_law_counts_all_orders(n):
    sums = [sum((a - b) ** 2 for a, b in enumerate(o)) for o in itertools.permutations(range(n))]
    for d2 in range(0, max(sums) + 1, 2):
        share = sum(v <= d2 for v in sums) / math.factorial(n)
        assert at_most(d2, n) == pytest.approx(share, abs=1e-12)


def test_series_beyond_counting_continues_the_law():
    """At 13 values AS 89 takes over: against a large sample of orders."""
    rng = np.random.default_rng(1)
    orders = rng.permuted(np.tile(np.arange(13), (200_000, 1)), axis=1)
    sums = ((orders - np.arange(13)) ** 2).sum(axis=1)
    for d2 in (60, 140, 240, 364):
        assert at_most(d2, 13) == pytest.approx((sums <= d2).mean(), abs=4e-3)


def test_printed_critical_values():
    for n, value in PRINTED.items():
        assert round(critical_rs(n, 0.05), 3) == value
    assert math.isnan(critical_rs(3, 0.05))
    assert math.isnan(critical_rs(4, 0.01))
    values = [critical_rs(n, 0.05) for n in range(5, 40)]
    assert all(a >= b for a, b in itertools.pairwise(values))


def test_a_coefficient_that_only_rounding_keeps_below_the_table():
    """31/55 = 0.563636... is the critical value of ten years; the printed 0.564 would miss it."""
    order = next(
        o
        for o in itertools.permutations(range(10))
        if sum((a - b) ** 2 for a, b in enumerate(o)) == 72
    )
    found = daniel(range(10), order)
    assert found.rs == pytest.approx(31 / 55)
    assert found.rs < PRINTED[10]
    assert found.direction == "increasing"
    assert daniel(range(10), [-v for v in order]).direction == "decreasing"


def test_few_years_are_not_official():
    assert not daniel([2017, 2018, 2019, 2020], [4, 3, 2, 1]).official
    assert daniel([2017, 2018, 2019, 2020], [4, 3, 2, 1]).direction == "decreasing"
    assert daniel([2020], [1.0]).direction == "none"
    assert daniel(range(2016, 2021), [1, 2, float("nan"), 3, 4]).n == 4
    with pytest.raises(InputError):
        daniel([2019, 2019, 2020], [1, 2, 3])


def test_equal_means_are_no_trend():
    """The formula gives 0.5 for equal means, which is above the critical value of 20 years."""
    found = daniel(range(20), [3.0] * 20)
    assert found.rs == pytest.approx(0.5)
    assert found.rs > found.critical
    assert found.direction == "none"


@given(st.lists(st.integers(-3, 3), min_size=3, max_size=30))
def test_rho_is_scipys(y):
    found = spearman(range(len(y)), y)
    if len(set(y)) == 1:
        assert math.isnan(found.rho)
        return
    told = stats.spearmanr(range(len(y)), y)
    assert found.rho == pytest.approx(told.statistic, abs=1e-12)
    if len(set(y)) < len(y):
        assert found.p_value == pytest.approx(told.pvalue, abs=1e-9)
    assert spearman(range(len(y)), [-v for v in y]).rho == pytest.approx(-found.rho, abs=1e-12)


@given(st.lists(st.floats(-5, 5, width=16), max_size=30))
def test_ranks_are_scipys(y):
    assert ranks(np.array(y, float)).tolist() == stats.rankdata(y).tolist()
