"""Rarefied and extrapolated Hill numbers, coverage, bootstrap, equal effort."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.birds.curves import Chance, asymptotes, at_coverage, community, curve, resampled
from wetland.birds.diversity import hill
from wetland.birds.hill import (
    Assemblage,
    asymptote,
    beyond_double,
    coverage,
    hill_number,
    of_frequencies,
    of_individuals,
    of_units,
    size_at_coverage,
)
from wetland.birds.rarefaction import rarefy
from wetland.birds.richness import chao1, chao2
from wetland.birds.standardised import standardise

COUNTS = [30, 18, 11, 7, 5, 4, 2, 2, 2, 1, 1, 1, 1, 1]
SAMPLES = st.lists(st.integers(1, 40), min_size=2, max_size=20)
QUICK = Chance(draws=40, seed=3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: of_individuals([0, 0]),
        lambda: of_individuals([[1, 2]]),
        lambda: of_units([1, 2]),
        lambda: of_frequencies([3], 2),
        lambda: of_frequencies([1], 0),
        lambda: hill_number(of_individuals([1, 2]), 3),
        lambda: hill_number(of_individuals([1, 2]), 0, -1),
        lambda: coverage(of_individuals([1, 2]), math.nan),
        lambda: size_at_coverage(of_individuals([1, 2]), 1),
        lambda: Chance(draws=1),
        lambda: Chance(draws=-5),
        lambda: Chance(confidence=0),
        lambda: curve(Assemblage("individuals", 3, np.ones((2, 3)))),
        lambda: standardise({}),
        lambda: standardise({"a": of_individuals([2])}, "area"),
        lambda: standardise({"a": of_individuals([2, 1]), "b": of_units([[1], [1]])}),
        lambda: standardise({"a": of_individuals([2, 1])}, "effort"),
        lambda: standardise({"a": of_individuals([2, 1])}, efforts={"a": 1}),
        lambda: standardise({"a": of_individuals([2, 1])}, "effort", efforts={"a": 0}),
        lambda: standardise({"a": of_individuals([2, 1])}, "effort", efforts={"b": 2}),
        lambda: standardise({"a": of_individuals([2, 1])}, level=1),
        lambda: standardise({"a": of_individuals([2, 1])}, "size", level=0),
        lambda: standardise({"a": of_individuals([1])}),
    ],
)
def test_what_means_nothing_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        call()


@given(SAMPLES)
def test_the_curve_goes_through_the_sample(x: list[int]) -> None:
    a = of_individuals(x)
    for q in (0, 1, 2):
        assert hill_number(a, q)[0] == pytest.approx(float(hill(x, q)))
        assert hill_number(a, q, 1)[0] == pytest.approx(1)
    assert asymptote(a, 0)[0] == pytest.approx(float(chao1(x).value))


@given(SAMPLES)
def test_more_is_never_less(x: list[int]) -> None:
    a = of_individuals(x)
    sizes = np.linspace(1, 3 * a.n, 25)
    for q in (0, 1, 2):
        values = np.array([hill_number(a, q, m)[0] for m in sizes])
        assert (np.diff(values) >= -1e-9).all()
    covered = np.array([coverage(a, m)[0] for m in np.arange(1, a.n)])
    assert (np.diff(covered) >= -1e-9).all()
    assert ((covered >= -1e-12) & (covered <= 1 + 1e-12)).all()


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(1, 5))
def test_smaller_samples_by_all_draws(x: list[int], size: int) -> None:
    a = of_individuals(x)
    if size >= a.n:
        return
    birds = [species for species, count in enumerate(x) for _ in range(count)]
    draws = [np.bincount(draw, minlength=len(x)) for draw in combinations(birds, size)]
    entropy = np.mean([-sum(k / size * math.log(k / size) for k in d if k) for d in draws])
    squares = np.mean([((d / size) ** 2).sum() for d in draws])
    assert hill_number(a, 0, size)[0] == pytest.approx(np.mean([(d > 0).sum() for d in draws]))
    assert hill_number(a, 1, size)[0] == pytest.approx(math.exp(entropy))
    assert hill_number(a, 2, size)[0] == pytest.approx(1 / squares)
    # coverage: the chance that one more bird of the rest is of a species in the draw
    rest = [((np.array(x) - d) * (d > 0)).sum() / (a.n - size) for d in draws]
    assert coverage(a, size)[0] == pytest.approx(np.mean(rest))


def test_units_and_their_frequencies_are_the_same() -> None:
    units = np.random.default_rng(1).random((12, 9)) < np.linspace(0.05, 0.9, 9)
    one, other = of_units(units), of_frequencies(units.sum(axis=0), 12)
    for q in (0, 1, 2):
        for m in (1, 5.5, 12, 20):
            assert hill_number(one, q, m)[0] == hill_number(other, q, m)[0]
    assert asymptote(one, 0)[0] == pytest.approx(float(chao2(units).value))


@given(SAMPLES, st.floats(0.02, 0.99))
def test_size_and_coverage_belong_together(x: list[int], target: float) -> None:
    a = of_individuals(x)
    size = size_at_coverage(a, target)
    if np.isfinite(size):
        reached = coverage(a, size)[0]
        assert reached >= target - 1e-9
        if size > 1:
            assert reached == pytest.approx(target, abs=1e-9) or size < a.n + 1e-9


def test_a_coverage_is_on_the_line_between_whole_sizes() -> None:
    a = of_individuals([5, 1])  # coverage 4/6 of one, 5/6 of two to five, 1 of six
    assert size_at_coverage(a, 0.75) == pytest.approx(1.5)
    assert size_at_coverage(a, 5 / 6) == pytest.approx(2)
    assert size_at_coverage(a, 0.9) == pytest.approx(5.4)


@pytest.mark.parametrize("single", [of_individuals([1]), of_units([[1, 1, 0]])])
def test_one_individual_or_unit_tells_nothing_of_the_unseen(single: Assemblage) -> None:
    assert np.isnan(coverage(single)[0])
    assert np.isnan(size_at_coverage(single, 0.9))
    for q in (0, 1, 2):
        assert np.isnan(asymptote(single, q)[0])
        assert np.isnan(hill_number(single, q, 2)[0])
        assert np.isfinite(hill_number(single, q)[0])
    assert np.isfinite(curve(single, [1], chance=QUICK).hill[0].value).all()


def test_singletons_only_and_no_doubletons() -> None:
    a = of_individuals([1, 1, 1, 1])
    assert asymptote(a, 2)[0] == math.inf
    assert np.isfinite(asymptote(a, 1)[0])
    assert 0 < coverage(a)[0] < 1
    found = curve(a, chance=QUICK)
    assert np.isfinite(found.hill[0].value).all()
    one = of_individuals([6, 1])  # one singleton, no doubleton: nothing is taken to be missing
    assert coverage(one)[0] == 1
    assert asymptote(one, 0)[0] == 2


def test_the_estimated_community_adds_up() -> None:
    shares = community(of_individuals(COUNTS))
    assert shares.sum() == pytest.approx(1)
    assert len(shares) == len(COUNTS) + math.ceil(asymptote(of_individuals(COUNTS), 0)[0] - 14)
    assert shares[: len(COUNTS)].sum() == pytest.approx(coverage(of_individuals(COUNTS))[0])
    drawn = resampled(of_individuals(COUNTS), Chance(draws=30))
    assert drawn is not None
    assert (drawn.counts.sum(axis=1) == sum(COUNTS)).all()


def test_intervals_come_from_the_seed() -> None:
    a = of_individuals(COUNTS)
    one, same, other = (curve(a, chance=Chance(draws=40, seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.hill[0].se, same.hill[0].se)
    assert (one.hill[0].se != other.hill[0].se).any()
    without = curve(a, chance=Chance(draws=0))
    np.testing.assert_array_equal(one.hill[1].value, without.hill[1].value)
    assert np.isnan(without.hill[1].lower).all()


def test_draws_at_once_are_draws_one_by_one() -> None:
    a = of_individuals(COUNTS)
    drawn = resampled(a, QUICK)
    assert drawn is not None
    for q in (0, 1, 2):
        for m in (7, 40.5, a.n, 150):
            alone = [hill_number(of_individuals(row), q, m)[0] for row in drawn.counts]
            np.testing.assert_allclose(hill_number(drawn, q, m), alone, rtol=1e-12)


def test_intervals_cover_the_truth() -> None:
    """200 samples of 150 birds from a known community: the 95 % interval at 80 birds holds."""
    rng = np.random.default_rng(5)
    truth = rng.dirichlet(np.full(40, 0.7))
    wanted = (1 - (1 - truth) ** 80).sum()
    inside = 0
    for seed in range(200):
        sample = rng.multinomial(150, truth)
        band = curve(
            of_individuals(sample), [80], orders=[0], chance=Chance(draws=60, seed=seed)
        ).hill[0]
        inside += bool(band.lower[0] <= wanted <= band.upper[0])
    assert 0.88 * 200 <= inside <= 200


def test_curve_says_where_it_is() -> None:
    a = of_individuals(COUNTS)
    found = curve(a, [10, a.n, a.n + 1, 2 * a.n, 2 * a.n + 1], chance=QUICK)
    assert found.region == (
        "rarefaction",
        "observed",
        "extrapolation",
        "extrapolation",
        "extrapolation",
    )
    assert found.beyond_double == (False, False, False, False, True)
    assert beyond_double(a, 2 * a.n + 1)
    own = curve(a, chance=QUICK)
    assert own.sizes[0] == 1
    assert own.sizes[-1] == 2 * a.n
    assert a.n in own.sizes
    assert (own.coverage.upper <= 1).all()
    for band in own.hill.values():
        assert (band.lower <= band.value).all()
        assert (band.value <= band.upper).all()


def test_at_equal_coverage() -> None:
    a = of_individuals(COUNTS)
    found = at_coverage(a, [0.8, 0.97], chance=QUICK)
    assert found.region == ("rarefaction", "extrapolation")
    for at, size in enumerate(found.sizes):
        for q in (0, 1, 2):
            assert found.hill[q].value[at] == hill_number(a, q, size)[0]
    assert (found.hill[0].se > 0).all()


def test_asymptotes_are_not_below_the_sample() -> None:
    found = asymptotes(of_individuals(COUNTS), chance=QUICK)
    for q in (0, 1, 2):
        assert found[q].lower[0] >= float(hill(COUNTS, q)) - 1e-9
        assert found[q].upper[0] > found[q].value[0]


def test_equal_size_is_rarefaction() -> None:
    few, many = of_individuals([3, 2, 1, 1]), of_individuals(COUNTS)
    rows = standardise({"few": few, "many": many}, "size", level=7, orders=[0], chance=QUICK)
    assert rows[1].value == pytest.approx(float(rarefy(COUNTS, 7)[0]))
    assert [row.region for row in rows] == ["observed", "rarefaction"]
    free = standardise({"few": few, "many": many}, "size", orders=[0], chance=QUICK)
    assert free[0].level == 14
    assert not any(row.beyond_double for row in free)


def test_equal_effort_scales_the_sample() -> None:
    both = {"spring": of_individuals(COUNTS), "autumn": of_individuals([9, 4, 2, 1, 1])}
    hours = {"spring": 20.0, "autumn": 5.0}
    rows = standardise(both, "effort", level=5, efforts=hours, orders=[0], chance=QUICK)
    assert [row.size for row in rows] == [sum(COUNTS) / 4, 17]
    assert rows[0].value == pytest.approx(hill_number(both["spring"], 0, sum(COUNTS) / 4)[0])


@given(SAMPLES, SAMPLES)
def test_equal_coverage_doubles_no_sample(x: list[int], y: list[int]) -> None:
    both = {"x": of_individuals(x), "y": of_individuals(y)}
    try:
        rows = standardise(both, orders=[0], chance=Chance(draws=0))
    except InputError:
        assert min(coverage(a, 2 * a.n)[0] for a in both.values()) in (0.0, 1.0)
        return
    for row in rows:
        assert row.size <= 2 * both[row.name].n * (1 + 1e-9)
        assert not row.beyond_double
        assert row.coverage >= row.level - 1e-9


def test_large_samples_stay_exact() -> None:
    x = np.array([10**6, 4 * 10**5, 3000, 40, 7, 2, 1, 1])
    a = of_individuals(x)
    assert hill_number(a, 0, 10**5)[0] == pytest.approx(float(rarefy(x, 10**5)[0]), rel=1e-12)
    assert hill_number(a, 1, a.n - 1)[0] == pytest.approx(hill_number(a, 1)[0], rel=1e-4)
    assert asymptote(a, 1)[0] >= hill_number(a, 1)[0]
    assert np.isfinite([hill_number(a, q, 2 * a.n)[0] for q in (0, 1, 2)]).all()


@pytest.mark.parametrize("counts", [[3], [3, 3], [3, 3, 3, 3]])
def test_species_in_every_unit_are_all_there_are(counts: list[int]) -> None:
    a = of_frequencies(counts, 3)
    for q in (0, 1, 2):
        for m in (1, 2.5, 3, 4, 9):
            assert hill_number(a, q, m)[0] == pytest.approx(len(counts))
    assert coverage(a, 1)[0] == 1


def test_units_in_which_nothing_repeats() -> None:
    a = of_units(np.eye(4))
    assert a.kind == "units"
    assert a.total[0] == 4
    assert coverage(a)[0] == pytest.approx(1 - 4 / 4 * (3 * 3) / (3 * 3 + 2))
