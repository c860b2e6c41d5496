"""Diversity, richness and rarefaction: rules for odd samples, properties, exact arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import spatial, stats

from wetland.base.errors import InputError
from wetland.birds.accumulation import accumulate
from wetland.birds.ace import ace, ice
from wetland.birds.dissimilarity import MEASURES, dissimilarity
from wetland.birds.diversity import (
    EVENNESS_FORMS,
    SIMPSON_FORMS,
    evenness,
    fisher_alpha,
    hill,
    observed,
    renyi,
    shannon,
    simpson,
)
from wetland.birds.draws import expected_log, none_drawn
from wetland.birds.rarefaction import chance_seen, rarefy, slope
from wetland.birds.richness import (
    bootstrap,
    chao1,
    chao2,
    ichao1,
    jackknife1,
    jackknife2,
    jackknife_individuals,
)
from wetland.birds.tails import tail

SAMPLES = st.lists(st.integers(0, 60), min_size=1, max_size=25).filter(any)
TABLES = st.integers(1, 8).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 4), min_size=width, max_size=width), min_size=2, max_size=7
    )
)


# ---- input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", [[1, -1], [1, math.nan], [1, math.inf], [], [[]], 3, [["a"]], [[1, 2], [3]], [[[1]]]]
)
@pytest.mark.parametrize("of", [shannon, observed, chao1, chao2, rarefy, accumulate, dissimilarity])
def test_no_counts_are_refused(of: Callable[..., Any], wrong: Any) -> None:
    more = (1,) if of is rarefy else ()
    with pytest.raises(InputError):
        of(wrong, *more)


@pytest.mark.parametrize(
    "of", [fisher_alpha, chao1, ace, ichao1, jackknife_individuals, lambda x: rarefy(x, 1)]
)
def test_counts_of_individuals_are_whole(of: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match="whole"):
        of([1.5, 2])


@pytest.mark.parametrize(
    "call",
    [
        lambda: shannon([1], base=1),
        lambda: simpson([1], "evenness"),
        lambda: evenness([1], "jost"),
        lambda: renyi([1], -1),
        lambda: renyi([1], math.nan),
        lambda: chao1([1], "improved"),
        lambda: chao1([1], confidence=1),
        lambda: jackknife_individuals([1], 3),
        lambda: jackknife1([[1]], spread="own"),
        lambda: ace([1], "ace2"),
        lambda: ace([1], "ace1", spread="vegan"),
        lambda: ace([1], rare=0),
        lambda: ice([[1]], infrequent=0),
        lambda: accumulate([[1]], "random"),
        lambda: dissimilarity([[1]], "mahalanobis"),
        lambda: dissimilarity([1, 2]),
        lambda: rarefy([3], 1.5),
        lambda: rarefy([3], -1),
        lambda: slope([3], math.inf),
    ],
)
def test_what_means_nothing_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        call()


# ---- odd samples ------------------------------------------------------------------------------


def test_a_row_of_zeros() -> None:
    x = [[0, 0, 0], [2, 1, 0]]
    assert observed(x).tolist() == [0, 2]
    for found in (shannon(x), simpson(x), evenness(x), hill(x, 1), hill(x, 2), fisher_alpha(x)):
        assert np.isnan(found[0])
        assert np.isfinite(found[1])
    assert hill(x, 0).tolist() == [0, 2]
    for estimate in (chao1(x), chao1(x, "bias_corrected"), ace(x), jackknife_individuals(x, 2)):
        assert (estimate.value[0], estimate.se[0], estimate.upper[0]) == (0, 0, 0)
    nothing = [[0, 0], [0, 0]]
    for estimate in (chao2(nothing), jackknife1(nothing), bootstrap(nothing)):
        assert (estimate.value, estimate.se, estimate.lower, estimate.upper) == (0, 0, 0, 0)
    assert ichao1(x)[0] == 0
    richness, se = rarefy(x, 0)
    assert richness.tolist() == [0, 0]
    assert se.tolist() == [0, 0]


def test_only_singletons() -> None:
    x = [1, 1, 1, 1]
    assert fisher_alpha(x) == math.inf
    assert simpson(x, "unbiased_inverse") == math.inf
    assert np.isnan(ace(x).value)
    assert chao1(x).value == 4 + 0.75 * 6
    assert chao1(x, "bias_corrected").value == 4 + 6


def test_one_individual_and_one_unit() -> None:
    assert chao1([1]).value == 1
    assert np.isnan(simpson([1], "unbiased"))
    assert np.isnan(jackknife_individuals([1], 2).value)
    units = [[1, 1, 0]]
    assert chao2(units).value == 2
    assert np.isnan(chao2(units, small_sample=False).value)
    assert jackknife1(units).value == 2
    assert np.isnan(jackknife2(units).value)
    assert bootstrap(units).value == 2
    assert np.isnan(ice(units).value)
    assert accumulate(units).richness.tolist() == [2]
    for alone in (
        chao1([1]),
        chao1([1], "bias_corrected"),
        jackknife_individuals([1]),
        chao2(units),
        chao2(units, small_sample=False),
        jackknife1(units),
        bootstrap(units),
    ):
        assert np.isnan([alone.se, alone.lower, alone.upper]).all()


def test_nothing_found_in_any_unit() -> None:
    units = [[0, 0], [0, 0]]
    for estimate in (
        chao2(units),
        jackknife1(units),
        jackknife2(units),
        bootstrap(units),
        ice(units),
    ):
        assert estimate.value == 0
    for method in ("exact", "collector", "rarefaction", "coleman"):
        assert accumulate(units, method).richness.tolist() == [0, 0]


def test_a_row_with_fewer_individuals_cannot_be_compared() -> None:
    richness, se = rarefy([[1, 1], [3, 2]], 4)
    assert np.isnan(richness[0])
    assert np.isnan(se[0])
    assert np.isnan(chance_seen([1, 1], 3)).all()
    assert np.isnan(slope([1, 1], 3))


def test_spread_of_the_jackknife_as_defined() -> None:
    units = np.array([[1, 1, 1, 0, 1], [1, 0, 0, 1, 0], [1, 0, 0, 0, 0], [1, 0, 0, 0, 0]])
    m, whole = len(units), (units > 0).any(axis=0).sum()
    left = np.array([(np.delete(units, at, axis=0) > 0).any(axis=0).sum() for at in range(m)])
    pseudo = m * whole - (m - 1) * left
    own = jackknife1(units, spread="heltshe_forrester")
    assert own.value == pytest.approx(pseudo.mean())
    assert own.se == pytest.approx(math.sqrt(pseudo.var(ddof=1) / m))
    assert jackknife1(units).se >= own.se


def test_the_error_of_ace_by_numerical_derivatives() -> None:
    x = np.array([1, 1, 1, 1, 2, 2, 3, 4, 6, 9, 10, 15, 40])
    f = np.array([(x == i).sum() for i in range(1, 11)], dtype=float)

    def value(f: np.ndarray, form: str) -> float:
        i = np.arange(1, 11)
        n, pairs = (i * f).sum(), (i * (i - 1) * f).sum()
        cover = 1 - f[0] / n
        gamma = max(f.sum() / cover * pairs / n / (n - 1) - 1, 0)
        if form == "ace1":
            gamma *= 1 + (1 - cover) * pairs / (n - 1) / cover
        return 2 + f.sum() / cover + f[0] / cover * (0 if form == "homogeneous" else gamma)

    for form in ("ace", "ace1", "homogeneous"):
        found = ace(x, form)
        steps = np.eye(10) * 1e-6
        by = np.array([(value(f + h, form) - value(f - h, form)) / 2e-6 for h in steps])
        spread = (by**2 * f).sum() + 2 - ((by * f).sum() + 2) ** 2 / value(f, form)
        assert found.value == pytest.approx(value(f, form))
        assert found.se == pytest.approx(math.sqrt(spread), rel=1e-6)


def test_ice_as_estimates_defines_it() -> None:
    units = np.array([[1, 1, 1, 0, 0], [1, 1, 0, 1, 0], [1, 0, 0, 0, 1], [0, 1, 0, 0, 1]])
    q1, n, species, m = 2, 10, 5, 4
    cover, pairs = 1 - q1 / n, 3 * 2 + 3 * 2 + 2 * 1
    gamma = max(species / cover * m / (m - 1) * pairs / n**2 - 1, 0)
    assert ice(units).value == pytest.approx((species + q1 * gamma) / cover)


# ---- properties -------------------------------------------------------------------------------


@given(SAMPLES, st.floats(0, 6), st.floats(0, 6))
def test_hill_numbers_fall_with_their_order(x: list[int], p: float, q: float) -> None:
    low, high = sorted((p, q))
    assert hill(x, high) <= hill(x, low) * (1 + 1e-9)
    assert 1 - 1e-9 <= hill(x, math.inf) <= observed(x) * (1 + 1e-9)


@given(SAMPLES)
def test_forms_belong_together(x: list[int]) -> None:
    assert math.exp(shannon(x)) == pytest.approx(float(hill(x, 1)))
    assert simpson(x, "inverse") == pytest.approx(float(hill(x, 2)))
    assert simpson(x) + simpson(x, "concentration") == pytest.approx(1)
    assert shannon(x) == pytest.approx(float(stats.entropy(x)))
    for form in EVENNESS_FORMS:
        assert not evenness(x, form) > 1 + 1e-9
    for name in SIMPSON_FORMS:
        simpson(x, name)


@given(SAMPLES, st.integers(1, 50))
def test_diversity_is_of_shares_alone(x: list[int], times: int) -> None:
    scaled = np.array(x) * times
    for q in (0, 0.5, 1, 2, math.inf):
        assert hill(scaled, q) == pytest.approx(float(hill(x, q)))


@given(SAMPLES)
def test_estimates_are_not_below_what_was_seen(x: list[int]) -> None:
    for estimate in (
        chao1(x),
        chao1(x, "bias_corrected"),
        jackknife_individuals(x),
        ace(x),
        ace(x, "ace1"),
    ):
        if np.isnan(estimate.value) or np.isnan(estimate.se):
            continue
        assert estimate.value >= estimate.observed - 1e-9
        assert estimate.lower >= estimate.observed - 1e-9
        assert estimate.upper >= estimate.lower - 1e-9
        assert estimate.se >= 0
    assert ichao1(x) >= chao1(x).value - 1e-9


@given(TABLES)
def test_accumulation_is_the_mean_over_all_orders(table: list[list[int]]) -> None:
    x, m = np.array(table), len(table)
    curve = accumulate(x)
    for size in range(1, m + 1):
        seen = [(x[list(rows)] > 0).any(axis=0).sum() for rows in combinations(range(m), size)]
        assert curve.richness[size - 1] == pytest.approx(np.mean(seen))
    assert curve.sd[-1] == pytest.approx(0, abs=1e-6)
    assert accumulate(x, "collector").richness[-1] == curve.richness[-1]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4).filter(any), st.integers(0, 6))
def test_rarefaction_is_the_mean_over_all_draws(x: list[int], size: int) -> None:
    birds = [species for species, count in enumerate(x) for _ in range(count)]
    richness, se = rarefy(x, size)
    if size > len(birds):
        assert np.isnan(richness)
        return
    seen = np.array([len(set(draw)) for draw in combinations(birds, size)], dtype=float)
    assert richness == pytest.approx(seen.mean())
    assert se == pytest.approx(seen.std(), abs=1e-7)
    assert chance_seen(x, size).sum() == pytest.approx(float(richness))


@given(TABLES)
def test_dissimilarities_are_symmetric_and_bounded(table: list[list[int]]) -> None:
    for measure in MEASURES:
        found = dissimilarity(table, measure)
        np.testing.assert_array_equal(found, found.T)
        assert not (found < -1e-12).any()
        if measure in ("bray", "jaccard", "sorensen", "kulczynski", "canberra", "horn", "chao"):
            assert not (found > 1 + 1e-9).any()


@pytest.mark.parametrize(
    ("measure", "other"),
    [("bray", "braycurtis"), ("manhattan", "cityblock"), ("euclidean", "euclidean")],
)
def test_dissimilarities_of_scipy(measure: Any, other: str) -> None:
    x = np.random.default_rng(2).poisson(3, (6, 9)) + np.eye(6, 9)
    wanted = spatial.distance.squareform(spatial.distance.pdist(x, other))
    np.testing.assert_allclose(dissimilarity(x, measure), wanted, rtol=1e-12)


def test_dissimilarities_by_hand() -> None:
    a, b = np.array([3, 1, 0, 2]), np.array([1, 0, 4, 2])
    for measure, wanted in {
        "kulczynski": 1 - (3 / 6 + 3 / 7) / 2,
        "canberra": (2 / 4 + 1 + 1 + 0) / 4,
        "clark": math.sqrt((0.25 + 1 + 1) / 4),
        "gower": 3 / 4,
        "chord": math.sqrt(2 - 2 * 7 / math.sqrt(14 * 21)),
        "hellinger": math.sqrt(2 - 2 * (math.sqrt(3) + 2) / math.sqrt(42)),
        "horn": 1 - 14 / ((14 / 36 + 21 / 49) * 42),
        "morisita": 1 - 14 / ((8 / 30 + 14 / 42) * 42),
        "raup": 1 - 0,  # 2 of 3 and 3 shared among 4 species: at least 2 are shared always
    }.items():
        found = dissimilarity([a, b], measure)[0, 1]
        assert found == pytest.approx(wanted), measure


def test_chaos_dissimilarity_by_hand() -> None:
    a, b = [4, 1, 2, 0, 3], [1, 2, 1, 5, 0]  # shared 1-3; of b two once, one twice
    u = 7 / 10 + 8 / 9 * 2 / (2 * 1) * (4 + 2) / 10
    v = 4 / 9 + 9 / 10 * 1 / (2 * 1) * 2 / 9
    u = min(u, 1)
    assert dissimilarity([a, b], "chao")[0, 1] == pytest.approx(1 - u * v / (u + v - u * v))


def test_empty_sites_have_no_shares() -> None:
    for measure in MEASURES:
        found = dissimilarity([[0, 0], [0, 0], [1, 2]], measure)
        if measure in ("manhattan", "euclidean", "gower"):
            assert found[0, 1] == 0
            assert found[0, 2] > 0
            continue
        assert np.isnan(found[0, 1])
        if measure in ("bray", "jaccard", "sorensen", "canberra", "clark"):
            assert found[0, 2] == 1
        else:
            assert np.isnan(found[0, 2])


# ---- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "x", "m"),
    [
        (10, 3, 4), (100_000, 7, 50_000), (10**7, 3, 5 * 10**6), (10**7, 400, 10**5),
        (10**9, 12, 10**8), (300, 150, 130), (10**6, 10**4, 300), (40, 10, 15), (33, 16, 1),
    ],
)  # fmt: skip
def test_missing_from_a_draw_in_exact_arithmetic(n: int, x: int, m: int) -> None:
    few, many = sorted((x, m))
    wanted = Fraction(1)
    for at in range(few):
        wanted *= Fraction(n - many - at, n - at)
    found = none_drawn(float(n), np.array([float(x)]), float(m))[0]
    assert found == pytest.approx(float(wanted), rel=1e-12)


@given(st.integers(2, 3000), st.data())
def test_expected_log_is_that_of_the_law(n: int, data: st.DataObject) -> None:
    x, m = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    k = np.arange(min(x, m) + 1)
    wanted = (stats.hypergeom(n, x, m).pmf(k) * k * np.log(np.maximum(k, 1))).sum()
    found = expected_log(float(n), np.array([float(x)]), float(m))[0]
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_many_counts_at_once_are_those_one_by_one() -> None:
    x = np.array([1.0, 5, 17, 300, 2e4, 6e5, 1e6])
    n, m = float(x.sum()), 4e5
    together = expected_log(n, x, m)
    alone = [expected_log(n, x[at : at + 1], m)[0] for at in range(len(x))]
    np.testing.assert_allclose(together, alone, rtol=1e-13)


@given(st.floats(0.0, 0.999), st.integers(1, 60))
def test_tail_is_the_sum_of_its_terms(z: float, n: int) -> None:
    terms = int(40 / (1 - z)) + 5
    wanted = math.fsum(z ** (j + 1) / (n + j) for j in range(terms))
    assert tail(np.array([z]), n)[0] == pytest.approx(wanted, rel=1e-11)


def test_large_counts_keep_their_digits() -> None:
    x = np.array([10**8, 3 * 10**7, 5 * 10**5, 4000, 30, 2, 1, 1])
    richness, se = rarefy(x, 10**6)
    n = int(x.sum())
    wanted = sum(
        1 - math.exp(math.fsum(math.log1p(-(10**6) / (n - at)) for at in range(min(int(c), 5000))))
        for c in x
    )
    assert richness == pytest.approx(wanted, rel=1e-12)
    assert se > 0
    alpha = fisher_alpha(x)
    assert alpha * np.log1p(n / alpha) == pytest.approx(8, rel=1e-13)
    assert float(shannon(x * 10**6)) == pytest.approx(float(shannon(x)))
