"""Conditional means in order of time agree with the formulas of the normal law."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import multivariate_normal
from threadpoolctl import threadpool_info

from wetland.base.errors import InputError
from wetland.statistics.gaussian import ahead, factored, known_up_to, surprise, surprise_slope
from wetland.statistics.gridkernels import filled, filled_across, summed
from wetland.statistics.onethread import one_thread

Floats = NDArray[np.float64]


def made(seed: int, size: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(size, size))
    return root @ root.T + size * np.eye(size), rng.normal(size=size)


@given(seed=st.integers(0, 10_000), size=st.integers(2, 12))
@settings(max_examples=30)
def test_means_and_spreads_are_those_of_the_conditional_normal(seed: int, size: int) -> None:
    whole, values = made(seed, size)
    means, spreads = known_up_to(factored(whole, values))
    for known in range(1, size):
        weights = np.linalg.solve(whole[:known, :known], whole[:known, known:])
        left = whole[known:, known:] - whole[known:, :known] @ weights
        assert means[known:, known - 1] == pytest.approx(weights.T @ values[:known], abs=1e-5)
        assert spreads[known:, known - 1] == pytest.approx(np.sqrt(np.diag(left)), rel=1e-5)
    assert np.diag(means) == pytest.approx(values, abs=1e-9)
    assert np.allclose(np.diag(spreads), 0)


@given(seed=st.integers(0, 10_000), size=st.integers(3, 12))
@settings(max_examples=20)
def test_values_outside_are_told_as_values_that_come_later(seed: int, size: int) -> None:
    whole, values = made(seed, size)
    means, spreads = known_up_to(factored(whole, values))
    found = factored(whole[:-1, :-1], values[:-1])
    mean, spread = ahead(found, whole[:-1, -1:], np.diag(whole)[-1:])
    assert mean[0] == pytest.approx(means[-1, -2], abs=1e-5)
    assert spread[0] == pytest.approx(spreads[-1, -2], rel=1e-5)


def test_surprise_is_the_negative_log_likelihood() -> None:
    whole, values = made(3, 8)
    known = -multivariate_normal(np.zeros(8), whole).logpdf(values) - 4 * np.log(2 * np.pi)
    assert surprise(factored(whole, values)) == pytest.approx(known, rel=1e-7)


def test_slope_of_the_surprise_is_that_of_small_steps() -> None:
    whole, values = made(5, 6)
    slope = np.tril(surprise_slope(factored(whole, values)))
    for i, j in ((0, 0), (4, 2), (5, 5), (5, 0)):
        step = np.zeros((6, 6))
        step[i, j] = step[j, i] = 1e-4
        up, down = (surprise(factored(whole + s * step, values)) for s in (1, -1))
        times = 1 if i == j else 2  # both halves of the matrix move
        assert times * slope[i, j] == pytest.approx((up - down) / 2e-4, rel=1e-4, abs=1e-7)


def test_nothing_known_leaves_the_variance() -> None:
    none = factored(np.empty((0, 0)), np.empty(0))
    mean, spread = ahead(none, np.empty((0, 2)), np.array([4.0, 9.0]))
    assert mean.tolist() == [0, 0]
    assert spread.tolist() == [2, 3]


def test_matrix_that_is_no_covariance_is_refused() -> None:
    with pytest.raises(InputError, match="not positive definite"):
        factored(np.array([[1.0, 5.0], [5.0, 1.0]]), np.zeros(2))


def test_compiled_sums_are_those_of_einsum() -> None:
    rng = np.random.default_rng(1)
    of_days, of_slots = rng.normal(size=(5, 5, 3)), rng.normal(size=(4, 4, 3))
    of_days, of_slots = (x + x.transpose(1, 0, 2) for x in (of_days, of_slots))
    chosen = np.nonzero(rng.random((5, 4)) < 0.7)
    place = (chosen[0], chosen[1])
    whole = np.einsum("abk,cdk->acbd", of_days, of_slots)
    wanted = whole[place][:, place[0], place[1]]
    assert filled(*place, of_days, of_slots) == pytest.approx(wanted, abs=1e-12)
    others = (np.array([4, 0]), np.array([3, 1]))
    wanted = whole[place][:, others[0], others[1]]
    assert filled_across(place, others, of_days, of_slots) == pytest.approx(wanted, abs=1e-12)
    entries = rng.normal(size=(len(place[0]),) * 2)
    entries = entries + entries.T
    sums = summed(entries, place, (of_days, 2 * of_days), (of_slots, 3 * of_slots))
    each = np.einsum("abk,cdk->acbdk", of_days, of_slots)[place][:, place[0], place[1]]
    level = np.einsum("ij,ijk->k", entries, each)
    assert sums == pytest.approx(np.stack([level, 3 * level, 2 * level], axis=1), abs=1e-9)


def threads() -> list[int]:
    return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]


def test_one_thread_gives_the_threads_back() -> None:
    before = threads()
    assert before
    with one_thread():
        assert set(threads()) == {1}
    with pytest.raises(ZeroDivisionError), one_thread():
        1 / 0  # noqa: B018 - an error inside
    assert threads() == before
