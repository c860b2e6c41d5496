"""Trend tests by their definitions: slow ways, exact laws, symmetries, and faults not copied."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wetland.base.errors import InputError
from wetland.statistics.kendall import mann_kendall, sen_slope
from wetland.statistics.kendallblocks import limit_ranks
from wetland.statistics.kendallcensored import certain_signs, permutation_variance
from wetland.statistics.kendallexact import exact_p, inversion_counts
from wetland.statistics.kendallmany import (
    mann_kendall_many,
    regional_kendall_many,
    seasonal_kendall_many,
)
from wetland.statistics.kendallseasons import regional_kendall, seasonal_kendall
from wetland.statistics.kendallserial import autocorrelations, steps_of
from wetland.statistics.trendtest import standard_score, two_sided

NAN = float("nan")
STEPS = st.integers(-4, 4).map(lambda k: k / 2)
MAYBE = st.one_of(STEPS, st.just(NAN))
FIELDS = ("s", "var_s", "z", "p_value", "tau", "slope", "lower", "upper", "n")


def same(a, b):
    return (math.isnan(a) and math.isnan(b)) or a == pytest.approx(b, rel=1e-12, abs=1e-13)


def slowly(t, y):
    """Score, variance by all orders of the values, and slopes, from their definitions."""
    rows = [(a, b) for a, b in zip(t, y, strict=True) if not math.isnan(b)]

    def score(values):
        return sum(
            ((b[0] > a[0]) - (b[0] < a[0])) * ((w > v) - (w < v))
            for (a, v), (b, w) in itertools.combinations(list(zip(rows, values, strict=True)), 2)
        )

    held = [v for _, v in rows]
    orders = [score(order) for order in itertools.permutations(held)]
    slopes = [
        Fraction(b[1] - a[1]) / Fraction(b[0] - a[0])
        for a, b in itertools.combinations(rows, 2)
        if a[0] != b[0]
    ]
    return score(held), orders, sorted(slopes)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 5), MAYBE), min_size=1, max_size=6))
def test_score_variance_and_slope_by_definition(rows):
    t, y = [float(a) for a, _ in rows], [b for _, b in rows]
    score, orders, slopes = slowly(t, y)
    found = mann_kendall(t, y)
    assert found.s == score
    mean = Fraction(sum(v * v for v in orders), len(orders))
    assert found.var_s == pytest.approx(float(mean), abs=1e-9)
    if slopes:
        middle = (slopes[(len(slopes) - 1) // 2] + slopes[len(slopes) // 2]) / 2
        assert found.slope == pytest.approx(float(middle), abs=1e-12)
    else:
        assert math.isnan(found.slope)


@settings(max_examples=60)
@given(st.lists(STEPS, min_size=2, max_size=7))
def test_exact_p_counts_all_orders(y):
    _, orders, _ = slowly(range(len(y)), y)
    found = mann_kendall(range(len(y)), y, exact=True)
    far = sum(abs(v) >= abs(found.s) for v in orders)
    assert found.p_value == pytest.approx(far / len(orders), abs=1e-12)


def test_exact_law_without_ties_is_scipys():
    rng = np.random.default_rng(3)
    for n in (4, 9, 33, 170):
        y = rng.permutation(n)
        told = stats.kendalltau(np.arange(n), y, method="exact").pvalue
        assert mann_kendall(np.arange(n), y, exact=True).p_value == pytest.approx(told, rel=1e-9)
    assert sum(inversion_counts((2, 3))) == 10
    assert exact_p(0, (5,)) == 1.0


def test_exact_p_is_refused_where_it_does_not_hold():
    with pytest.raises(InputError):
        mann_kendall([1, 1, 2], [1, 2, 3], exact=True)
    with pytest.raises(InputError):
        mann_kendall(range(171), range(171), exact=True)
    with pytest.raises(InputError):
        mann_kendall([1, 2, 3], [1, 2, 3], exact=True, autocorrelation="hamed_rao")
    with pytest.raises(InputError):
        mann_kendall([1, 2, 3], [1, 2, 3], exact=True, censored=[True, False, False])


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.floats(0, 50, width=16), MAYBE), min_size=3, max_size=30),
    st.floats(0.25, 4),
    st.floats(-100, 100),
)
def test_turning_the_series_round(rows, scale, shift):
    t, y = np.array([a for a, _ in rows]), np.array([b for _, b in rows])
    found = mann_kendall(t, y)
    turned, moved = mann_kendall(t, -y), mann_kendall(t + shift, y * scale)
    backwards = mann_kendall(-t, y)
    assert turned.s == -found.s == backwards.s
    assert same(turned.slope, -found.slope)
    assert same(turned.lower, -found.upper)
    assert same(turned.upper, -found.lower)
    assert turned.var_s == pytest.approx(found.var_s)
    assert moved.p_value == pytest.approx(found.p_value)


def test_order_of_rows_does_not_matter():
    rng = np.random.default_rng(1)
    t, y = np.round(rng.uniform(0, 9, 60), 1), np.round(rng.normal(size=60), 1)
    order = rng.permutation(60)
    assert mann_kendall(t, y) == mann_kendall(t[order], y[order])


def test_nothing_and_little():
    for t, y in (([], []), ([1.0], [2.0]), ([1.0, 2.0], [NAN, NAN])):
        found = mann_kendall(t, y)
        assert (found.s, found.z, found.p_value) == (0.0, 0.0, 1.0)
        assert math.isnan(found.slope)
        assert found.direction == "none"
        assert found.notes
    equal = mann_kendall(range(12), [3.0] * 12)
    assert (equal.var_s, equal.z, equal.p_value, equal.slope) == (0.0, 0.0, 1.0, 0.0)
    assert (equal.lower, equal.upper) == (0.0, 0.0)


def test_p_does_not_vanish_far_out():
    found = mann_kendall(range(60), range(60))
    assert found.z > 9
    assert 0 < found.p_value < 1e-18
    assert pymannkendall.original_test(np.arange(60.0)).p == 0.0  # 1 - cdf
    assert two_sided(38.0) > 0
    assert np.isnan(standard_score(3.0, 0.0))


def test_alpha_is_used():
    rng = np.random.default_rng(8)
    values = rng.normal(size=(24, 4)).cumsum(axis=0) * 0.3
    year, season = np.repeat(np.arange(24), 4), np.tile(np.arange(4), 24)
    flat = values.ravel()
    for test in (seasonal_kendall, regional_kendall):
        found = test(year, season, flat, correlated=True, alpha=0.2)
        p = found.p_value
        assert test(year, season, flat, correlated=True, alpha=min(2 * p, 0.9)).significant
        assert not test(year, season, flat, correlated=True, alpha=p / 2).significant
        narrow, wide = found, test(year, season, flat, correlated=True, alpha=0.01)
        assert wide.lower <= narrow.lower <= narrow.upper <= wide.upper
    y = flat[:60]
    told = mann_kendall(range(60), y, autocorrelation="hamed_rao", alpha=0.9)
    peer = pymannkendall.hamed_rao_modification_test(y, alpha=0.9)
    assert told.var_s == pytest.approx(peer.var_s, rel=1e-9)
    assert told.var_s != pytest.approx(
        mann_kendall(range(60), y, autocorrelation="hamed_rao", alpha=0.01).var_s
    )


def test_gaps_do_not_shift_time():
    """A straight line with one gap: detrended by true times it is flat, closed up it has a step."""
    rng = np.random.default_rng(2)
    y = 3.0 * np.arange(40.0) + rng.normal(0, 0.1, 40)
    y[5:25] = NAN
    found = mann_kendall(range(40), y, autocorrelation="hamed_rao")
    plain = mann_kendall(range(40), y)
    assert found.var_s == pytest.approx(plain.var_s, rel=0.5)
    assert pymannkendall.hamed_rao_modification_test(y).var_s > 1.7 * plain.var_s


def test_gaps_leave_lags_where_they_are():
    index = np.array([0, 1, 2, 6, 7, 8])
    values = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    r, pairs = autocorrelations(values, steps_of(index / 12.0))
    assert pairs.tolist() == [6, 4, 2, 0, 1, 2, 3, 2, 1]
    assert r[1] == pytest.approx(-4 / 6)
    assert r[3] == pytest.approx(0.0, abs=1e-12)


def test_two_values_in_one_step_are_refused():
    with pytest.raises(InputError, match="step"):
        mann_kendall([2000, 2001, 2001, 2002], [1, 2, 3, 5], autocorrelation="hamed_rao")
    with pytest.raises(InputError, match="step"):
        mann_kendall([0, 1, 2, 3, 3.1, 4], [1, 2, 3, 5, 4, 4], autocorrelation="yue_wang")


@pytest.mark.parametrize("seed", range(3))
def test_corrections_against_the_peer(seed):
    rng = np.random.default_rng(seed)
    y = np.round(np.convolve(rng.normal(size=84), [1, 0.7, 0.3], "valid"), 2)
    for method in ("hamed_rao", "yue_wang", "pre_whitening", "trend_free_pre_whitening"):
        peer = getattr(pymannkendall, f"{method}_modification_test")(y)
        found = mann_kendall(range(len(y)), y, autocorrelation=method)
        assert found.s == peer.s
        # Values on the line of the trend tie when it is taken out; there rounding ranks them.
        near = 5e-3 if method == "hamed_rao" else 1e-9
        assert found.var_s == pytest.approx(peer.var_s, rel=near)
        assert found.p_value == pytest.approx(peer.p, rel=10 * near, abs=1e-15)


def series(rng, rows, width, missing=0.1):
    values = np.round(rng.gamma(2, 0.5, (rows, width)) + np.linspace(0, 0.4, width), 1)
    values[rng.random(values.shape) < missing] = NAN
    return values


@pytest.mark.parametrize(("width", "period"), [(60, 12), (37, 4), (9, 1), (240, 12), (12, 12)])
@pytest.mark.parametrize("correlated", [False, True])
def test_many_seasonal_tests_are_the_single_ones(width, period, correlated):
    values = series(np.random.default_rng(width), 12, width)
    values[3] = NAN
    values[4] = 2.0
    many = seasonal_kendall_many(values, period, correlated=correlated)
    at = np.arange(width)
    for row, y in enumerate(values):
        found = seasonal_kendall(at // period, at % period, y, correlated=correlated)
        for name in FIELDS:
            if name == "tau" and found.n == 0:
                continue
            assert same(float(getattr(many, name)[row]), getattr(found, name)), (name, row)


@pytest.mark.parametrize("width", [2, 5, 30, 120, 400])
@pytest.mark.parametrize("tied", [False, True])
def test_many_plain_tests_are_the_single_ones(width, tied):
    rng = np.random.default_rng(width)
    values = series(rng, 8, width)
    values[3] = NAN
    values[4] = 2.0
    t = np.sort(np.round(rng.uniform(0, width / 3, width))) if tied else np.arange(width) / 12
    many = mann_kendall_many(t, values)
    for row, y in enumerate(values):
        found = mann_kendall(t, y)
        for name in (*FIELDS, "intercept"):
            assert same(float(getattr(many, name)[row]), getattr(found, name)), (name, row)
    order = rng.permutation(width)
    again = mann_kendall_many(t[order], values[:, order], threads=2)
    assert np.array_equal(again.slope, many.slope, equal_nan=True)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 10, 1000]), st.sampled_from([30, 90, 150]))
def test_slopes_found_by_bracketing_are_those_found_by_sorting(seed, levels, n):
    """Few levels tie most slopes with each other, many tie none."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, levels, n) * 0.1
    y[rng.random(n) < 0.2] = NAN
    t = np.arange(n) if seed % 2 else np.sort(rng.uniform(0, 30, n))
    found, kept = mann_kendall(t, y), ~np.isnan(y)
    i, j = np.triu_indices(int(kept.sum()), 1)
    a, b = t[kept], y[kept]
    slopes = np.sort((b[j] - b[i]) / (a[j] - a[i]))
    assert found.slope == np.median(slopes)
    for rank, limit in zip(
        limit_ranks(slopes.size, found.var_s, alpha=0.05), (found.lower, found.upper), strict=True
    ):
        assert limit == pytest.approx(np.interp(rank - 1, np.arange(slopes.size), slopes))


def test_statistics_of_the_peer():
    values = series(np.random.default_rng(20), 6, 240, 0.05)
    seasonal, plain = seasonal_kendall_many(values), mann_kendall_many(range(240), values)
    for row, y in enumerate(values):
        for ours, told in (
            (seasonal, pymannkendall.seasonal_test(y, period=12)),
            (plain, pymannkendall.original_test(y)),
        ):
            for name, key in (("s", "s"), ("var_s", "var_s"), ("z", "z"), ("p_value", "p"),
                              ("tau", "Tau"), ("slope", "slope")):  # fmt: skip
                assert getattr(ours, name)[row] == pytest.approx(
                    getattr(told, key), rel=1e-12, abs=1e-12
                )


def test_regions_are_seasons_of_stations():
    cube = series(np.random.default_rng(4), 10, 14).reshape(2, 5, 14)
    many = regional_kendall_many(cube, correlated=True)
    year, station = np.tile(np.arange(14), 5), np.repeat(list("abcde"), 14)
    for row in range(2):
        found = regional_kendall(year, station, cube[row].ravel(), correlated=True)
        assert same(many.p_value[row], found.p_value)
        assert same(many.slope[row], found.slope)
        assert [s.block for s in found.seasons] == list("abcde")


def test_widely_spread_values():
    """A value far out, and differences that overflow bins, do not disturb the others."""
    y = np.array([1e308, 1.0, 2.0, -1e308, 3.0, 4.0, 5.0, 5e-324, 6.0, 7.0])
    found = mann_kendall(range(10), y)
    i, j = np.triu_indices(10, 1)
    with np.errstate(over="ignore"):
        assert found.slope == np.median((y[j] - y[i]) / (j - i))


@pytest.mark.parametrize(
    "columns",
    [([1, 2], [1]), ([1, NAN], [1, 2]), ([1, 2], [1, math.inf]), (["a", "b"], [1, 2])],
)
def test_columns_that_do_not_fit_are_refused(columns):
    with pytest.raises(InputError):
        mann_kendall(*columns)


def test_choices_that_do_not_exist_are_refused():
    with pytest.raises(InputError, match="hamed_rao"):
        mann_kendall([1, 2], [1, 2], autocorrelation="hamed")
    for alpha in (0.0, 1.0, NAN, -1.0):
        with pytest.raises(InputError):
            mann_kendall([1, 2, 3], [1, 2, 3], alpha=alpha)
        with pytest.raises(InputError):
            seasonal_kendall_many([[1.0, 2.0]], 1, alpha=alpha)
    with pytest.raises(InputError):
        seasonal_kendall([1, 1], [1, 1], [1, 2], correlated=True)
    with pytest.raises(InputError):
        seasonal_kendall([1, 2], [None, 1], [1, 2])
    with pytest.raises(InputError):
        mann_kendall_many([1, 2, 3], [[1, 2]])


def test_intervals_cover_the_true_slope():
    rng = np.random.default_rng(11)
    values = rng.normal(size=(2000, 40)) + 0.05 * np.arange(40)
    found = mann_kendall_many(range(40), values)
    share = ((found.lower <= 0.05) & (found.upper >= 0.05)).mean()
    assert share == pytest.approx(0.95, abs=0.02)
    assert (mann_kendall_many(range(40), rng.normal(size=(2000, 40))).p_value < 0.05).mean() < 0.065


# --- values below and above limits


def test_order_of_censored_values_is_certain_or_tied():
    y = np.array([1.0, 1.0, 2.0, 2.0, 3.0])
    codes = np.array([-1, 0, -1, 1, 0], np.int8)  # <1, 1, <2, >2, 3
    signs = certain_signs(y, codes)
    assert signs[0].tolist() == [0, 1, 0, 1, 1]
    assert signs[1].tolist() == [-1, 0, 0, 1, 1]  # 1 may be more than "<2" or less
    assert signs[2].tolist() == [0, 0, 0, 1, 1]
    assert signs[3].tolist() == [-1, -1, -1, 0, 0]  # ">2" may be more than 3 or less
    assert (signs == -signs.T).all()


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 1)), min_size=2, max_size=6))
def test_permutation_variance_by_all_orders(rows):
    from wetland.statistics.kendallblocks import sort_blocks

    y, codes = np.array([float(a) for a, _ in rows]), np.array([b for _, b in rows], np.int8)
    scores = []
    for order in itertools.permutations(range(len(rows))):
        signs = certain_signs(y[list(order)], codes[list(order)])
        scores.append(np.triu(signs).sum())
    blocks = sort_blocks(np.arange(len(rows)), y)
    told = permutation_variance(blocks, codes)
    assert told == pytest.approx(np.mean(np.square(scores)), abs=1e-9)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.booleans())
def test_the_slope_leaves_no_score(seed, above):
    rng = np.random.default_rng(seed)
    n = 25
    y = np.round(rng.gamma(3, 1, n) + 0.05 * np.arange(n), 2)
    limit = rng.choice([1.5, 2.5], n)
    codes = np.where(y < limit, -1, 0)
    y = np.where(codes == -1, limit, y)
    if above:
        codes = np.where(y > 5, 1, codes)
        y = np.minimum(y, 5.0)
    found = mann_kendall(range(n), y, censored=codes)
    if math.isnan(found.slope):
        return
    t = np.arange(n)
    drawn = y if above and (codes == 1).any() else y - (codes == -1) * y.min() / 1000
    scores = [
        np.triu(certain_signs(drawn - b * t, codes.astype(np.int8))).sum()
        for b in (found.slope - 2e-7, found.slope, found.slope + 2e-7)
    ]
    assert scores[0] >= 0 >= scores[2]
    turned = mann_kendall(range(n), -y, censored=-codes)
    assert turned.s == -found.s


def test_no_limit_gives_the_plain_test():
    y = [3.0, 1.0, 4.0, 1.0, 5.0]
    assert mann_kendall(range(5), y, censored=[False] * 5) == mann_kendall(range(5), y)


def test_only_limits_tell_nothing():
    found = mann_kendall(range(6), [1, 2, 1, 2, 1, 2], censored=[True] * 6)
    assert (found.s, found.p_value) == (0.0, 1.0)
    assert math.isnan(found.slope)
    assert any("%" in note.en for note in found.notes)


def test_marks_that_do_not_fit_are_refused():
    for marks in ([True], ["x", "y", "z"], [2, 0, 0], [0.5, 0, 0]):
        with pytest.raises(InputError):
            mann_kendall([1, 2, 3], [1, 2, 3], censored=marks)
    with pytest.raises(InputError):
        seasonal_kendall([1, 2], [1, 1], [1, 2], censored=[True, False], correlated=True)


def test_rounded_ranks_are_another_convention():
    t, y = range(5), [0.21, 0.19, 0.18, 0.20, 0.15]
    assert all(math.isnan(v) for v in sen_slope(t, y)[1:3])  # the rank 0.999 does not exist
    assert sen_slope(t, y, interval="rounded")[1:3] == pytest.approx((-0.05, 0.02))
