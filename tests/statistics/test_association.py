"""Association of two series: against scipy and partial correlation, and its size and power."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from wetland.base.errors import InputError
from wetland.statistics.association import (
    CAVEAT,
    METHODS,
    Association,
    AssociationOptions,
    Method,
    associate,
    effective_size,
)
from wetland.statistics.surrogates import persistence, persistent_series, phase_randomised

Floats = NDArray[np.float64]
PLAIN = AssociationOptions("naive", detrend=False)


def autoregressive(n: int, phi: float, rng: np.random.Generator) -> Floats:
    drawn: Floats = persistent_series(np.arange(float(n)), phi, 1, rng)[0]
    return drawn


def partial(x: Floats, y: Floats, *others: Floats) -> float:
    """Partial rank correlation from the inverse of the correlation matrix: a second way."""
    table = np.stack([stats.rankdata(part) for part in (x, y, *others)])
    inverse = np.linalg.inv(np.corrcoef(table))
    return float(-inverse[0, 1] / np.sqrt(inverse[0, 0] * inverse[1, 1]))


@pytest.mark.parametrize("ties", [False, True])
def test_without_autocorrelation_it_is_spearmans_test(ties: bool) -> None:
    rng = np.random.default_rng(8)
    x, y = rng.standard_normal((2, 35))
    y = y + 0.4 * x
    if ties:
        x, y = np.round(x), np.round(y)
    found = associate(range(35), x, y, options=PLAIN)
    expected = stats.spearmanr(x, y)
    assert found.rho == pytest.approx(expected.statistic, abs=1e-12)
    assert found.p_value == found.p_naive == pytest.approx(expected.pvalue, abs=1e-12)
    assert found.n == found.n_effective == 35


def test_white_series_lose_little() -> None:
    """Where there is no autocorrelation the tests agree with scipy's, up to chance."""
    rng = np.random.default_rng(5)
    x, y = rng.standard_normal((2, 60))
    y = y + 0.3 * x
    found = associate(range(60), x, y, options=AssociationOptions(detrend=False, draws=4999))
    assert found.n_effective > 40
    assert found.p_value == pytest.approx(stats.spearmanr(x, y).pvalue, rel=0.6, abs=0.01)


def test_trend_and_effort_are_taken_out_as_partial_correlation_does() -> None:
    rng = np.random.default_rng(2)
    times = np.arange(40.0)
    effort = rng.gamma(3.0, size=40) + times / 20
    x = 2 * effort + times / 10 + rng.standard_normal(40)
    y = 3 * effort - times / 10 + rng.standard_normal(40)
    how = AssociationOptions("naive")
    assert associate(times, x, y, options=how).rho == pytest.approx(partial(x, y, times))
    both = associate(times, x, y, effort=effort, options=how)
    assert both.rho == pytest.approx(partial(x, y, times, effort))
    score = abs(both.rho) * math.sqrt((40 - 2 - 2) / (1 - both.rho**2))
    assert both.p_value == pytest.approx(2 * stats.t.sf(score, 40 - 4))
    assert associate(times, x, y, options=how).rho > 0.5 > abs(both.rho)


def test_seasons_are_compared_within_themselves() -> None:
    """Two series that only share a season are not associated; without the period they seem so."""
    rng = np.random.default_rng(3)
    months = np.arange(120)
    swing = 5 * np.sin(2 * np.pi * months / 12)
    x, y = swing + rng.standard_normal(120), swing + rng.standard_normal(120)
    assert associate(months, x, y, options=AssociationOptions("naive")).rho > 0.8
    found = associate(months, x, y, period=12)
    assert abs(found.rho) < 0.2
    assert found.p_value > 0.05
    assert any("season" in note.en for note in found.notes)
    deep = np.where(months % 12 == 3, 1e6, 0.0)  # a level of a season changes nothing
    assert associate(months, x + deep, y, period=12).rho == pytest.approx(found.rho)


def shares_below(n: int, phi: float, times: int, *, detrend: bool) -> dict[Method, float]:
    """Return how often each method finds something in unrelated series at 5 %."""
    rng = np.random.default_rng(71)
    found: dict[Method, int] = {"auto": 0, "naive": 0}
    for seed in range(times):
        x, y = (autoregressive(n, phi, rng) for _ in range(2))
        for method in found:
            how = AssociationOptions(method, detrend=detrend, draws=199, seed=seed)
            found[method] += associate(range(n), x, y, options=how).p_value <= 0.05
    return {method: count / times for method, count in found.items()}


@pytest.mark.parametrize(("n", "detrend"), [(40, True), (30, False)])
def test_size_under_autocorrelation(n: int, detrend: bool) -> None:
    """At nominal 5 % with an autocorrelation of 0.8: at most 7 %; the usual test is far off."""
    found = shares_below(n, 0.8, 600, detrend=detrend)
    assert found["auto"] <= 0.07
    assert found["naive"] > 0.18


@pytest.mark.soak
@pytest.mark.parametrize("n", [15, 20, 30, 60, 120])
@pytest.mark.parametrize("phi", [0.0, 0.5, 0.8, 0.9])
@pytest.mark.parametrize("detrend", [True, False])
def test_size_over_lengths_and_persistence(n: int, phi: float, detrend: bool) -> None:
    assert shares_below(n, phi, 2000, detrend=detrend)["auto"] <= 0.08


@pytest.mark.soak
@pytest.mark.parametrize("case", ["classes", "winters", "skewed", "walks", "cycles"])
def test_size_of_series_that_are_no_simple_autoregression(case: str) -> None:
    """Classes of water, five months a winter, skewed counts, random walks, cycles: at most 7 %."""
    rng = np.random.default_rng(31)
    winters = np.array([year * 12 + month for year in range(12) for month in (0, 1, 2, 10, 11)])
    times: Floats = (winters if case == "winters" else np.arange(40)).astype(np.float64)

    def drawn() -> Floats:
        if case == "winters":  # persistent from winter to winter, and within each
            slow, fast = autoregressive(14, 0.8, rng), persistent_series(times, 0.3, 1, rng)[0]
            both: Floats = slow[winters // 12 + (winters % 12 > 5)] + 0.7 * fast
            return both
        if case == "walks":
            return rng.standard_normal(40).cumsum()
        if case == "cycles":
            noise, out = rng.standard_normal(140), np.zeros(140)
            for t in range(2, 140):
                out[t] = 1.2 * out[t - 1] - 0.6 * out[t - 2] + noise[t]
            return out[100:]
        values = autoregressive(40, 0.8, rng)
        if case == "skewed":
            return np.exp(1.5 * values)
        return np.digitize(values, [-1, 0, 1]).astype(np.float64)

    found = 0
    for seed in range(1000):
        how = AssociationOptions(draws=199, seed=seed)
        season = 12 if case == "winters" else None
        found += associate(times, drawn(), drawn(), period=season, options=how).p_value <= 0.05
    assert found / 1000 <= 0.07


def test_power_under_autocorrelation() -> None:
    rng = np.random.default_rng(12)
    hits = 0
    for seed in range(60):
        common, own, other = (autoregressive(40, 0.8, rng) for _ in range(3))
        how = AssociationOptions(draws=199, seed=seed)
        found = associate(range(40), own + 1.5 * common, other + 1.5 * common, options=how)
        hits += found.p_value <= 0.05
    assert hits / 60 > 0.6


def test_two_trends_are_no_association() -> None:
    rng = np.random.default_rng(1)
    years = np.arange(2000, 2024)
    x, y = years * 3.0 + 9 * rng.standard_normal(24), years * -2.0 + 6 * rng.standard_normal(24)
    assert associate(years, x, y, options=PLAIN).rho < -0.8
    assert associate(years, x, y).p_value > 0.05


def test_result_says_what_it_is() -> None:
    rng = np.random.default_rng(4)
    x = autoregressive(40, 0.9, rng)
    y = x + 0.1 * rng.standard_normal(40)
    x[3], y[20] = np.nan, np.nan
    found = associate(range(40), x, y)
    assert found.known
    assert found.caveat == CAVEAT
    assert "cause" in found.caveat.en
    assert found.n == 38
    assert found.n_effective < 38
    assert found.p_value >= found.p_naive
    assert found.lower < found.rho < found.upper <= 1
    told = " ".join(note.en for note in found.notes)
    assert "2 times lack one of the values" in told
    assert "2 times are missing within the series" in told
    assert "trend" in told


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_said_where_nothing_can_be(method: str) -> None:
    how = AssociationOptions(method)  # type: ignore[arg-type]  # names of the methods
    values = np.arange(10.0) ** 2
    holed = np.where(np.arange(10) < 7, values, np.nan)
    few = associate(range(10), holed, values, options=how)
    assert (few.n, few.known) == (7, False)
    assert "only 7 times" in few.notes[-1].en
    flat = associate(range(10), np.ones(10), values, options=how)
    assert math.isnan(flat.rho)
    assert "does not vary" in flat.notes[-1].en
    line = associate(range(10), np.arange(10.0), values, options=how)  # nothing but its trend
    assert not line.known
    assert associate([], [], [], options=how).n == 0


def test_effective_size_is_bartletts_sum() -> None:
    rng = np.random.default_rng(9)
    a, b = (autoregressive(50, 0.8, rng) for _ in range(2))
    a, b = a - a.mean(), b - b.mean()
    inverse = 1 / 50
    for lag in range(1, 11):
        r_a = (a[lag:] * a[:-lag]).mean() / (a * a).mean()
        r_b = (b[lag:] * b[:-lag]).mean() / (b * b).mean()
        inverse += 2 / 50 * (50 - lag) / 50 * r_a * r_b
    assert effective_size(np.arange(50.0), a, b) == pytest.approx(min(max(1 / inverse, 3), 50))
    alternating = np.tile([1.0, -1.0], 25)
    assert effective_size(np.arange(50.0), alternating, a) <= 50


def test_gaps_are_not_neighbours() -> None:
    """Values that are far apart carry no persistence over the gap."""
    at = np.array([0.0, 1, 2, 100, 101, 102])
    rng = np.random.default_rng(0)
    drawn = persistent_series(at, 0.8, 20_000, rng)
    table = np.asarray(np.corrcoef(drawn.T))
    assert table[0, 1] == pytest.approx(0.8, abs=0.02)
    assert table[0, 2] == pytest.approx(0.64, abs=0.02)
    assert abs(table[2, 3]) < 0.03
    assert drawn.std(axis=0) == pytest.approx(np.ones(6), abs=0.02)


def test_persistence_is_corrected_for_its_bias() -> None:
    rng = np.random.default_rng(6)
    at = np.arange(25.0)
    rows = persistent_series(at, 0.6, 2000, rng)
    raw = [float(r[:-1] @ r[1:] / (r @ r)) for r in rows - rows.mean(axis=1, keepdims=True)]
    corrected = [persistence(at, r) for r in rows - rows.mean(axis=1, keepdims=True)]
    assert np.mean(raw) < 0.5
    assert np.mean(corrected) == pytest.approx(0.6, abs=0.05)
    assert persistence(at, np.zeros(25)) == 0.0


@pytest.mark.parametrize("n", [24, 25])
def test_random_phases_keep_the_spectrum(n: int) -> None:
    rng = np.random.default_rng(7)
    values = autoregressive(n, 0.7, rng) + 5
    drawn = phase_randomised(values, 20, rng)
    power = np.abs(np.fft.rfft(drawn, axis=1))
    assert power == pytest.approx(np.tile(np.abs(np.fft.rfft(values)), (20, 1)), abs=1e-9)
    assert not np.allclose(drawn[0], drawn[1])


def test_random_phases_need_a_whole_series() -> None:
    rng = np.random.default_rng(7)
    x, y = rng.standard_normal((2, 30))
    phase = AssociationOptions("phase")
    assert associate(range(30), x, y, options=phase).method == "phase"
    times = [*range(15), *range(16, 31)]
    found = associate(times, x, y, options=phase)
    assert found.method == "surrogate"
    assert any("phases" in note.en for note in found.notes)


SERIES = st.lists(
    st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=8, max_size=30, unique=True
)


@settings(max_examples=40)
@given(SERIES, st.sampled_from(["naive", "effective"]), st.booleans())
def test_what_does_not_matter(pairs: list[tuple[float, float]], method: str, detrend: bool) -> None:
    """Scales, order of rows, and which series is first change nothing; a sign changes the sign."""
    x, y = (np.round(part, 3) for part in np.array(pairs).T)
    times = np.arange(len(pairs)) + 2000
    how = AssociationOptions(method, detrend=detrend)  # type: ignore[arg-type]

    def parts(found: Association) -> list[float]:
        return [found.rho, found.p_value, found.n_effective]

    plain = parts(associate(times, x, y, options=how))
    order = np.random.default_rng(len(pairs)).permutation(len(pairs))

    def same(expected: list[float]) -> object:
        return pytest.approx(expected, nan_ok=True, rel=1e-7, abs=1e-7)

    for other in (
        associate(times, x**3 + 5 * x, y * 7 - 2, options=how),
        associate(times[order], x[order], y[order], options=how),
        associate(times, y, x, options=how),
        associate(times - 500, x, y, options=how),
    ):
        assert parts(other) == same(plain)
    turned = associate(times, -x, y, options=how)
    assert parts(turned) == same([-plain[0], *plain[1:]])


@settings(max_examples=15)
@given(SERIES, st.integers(0, 99))
def test_a_seed_repeats(pairs: list[tuple[float, float]], seed: int) -> None:
    x, y = np.array(pairs).T
    how = AssociationOptions(draws=99, seed=seed)
    found = associate(range(len(pairs)), x, y, options=how)
    again = associate(range(len(pairs)), x, y, options=how)
    assert repr(found) == repr(again)
    if found.known:
        assert 0.01 <= found.p_value <= 1
        assert -1 <= found.lower <= found.rho <= found.upper <= 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: associate([1, 1, 2], [1, 2, 3], [1, 2, 3]),
        lambda: associate([1, 2.5, 3], [1, 2, 3], [1, 2, 3]),
        lambda: associate([1, 2, 3], [1, 2], [1, 2, 3]),
        lambda: associate(range(9), range(9), range(9), period=1),
        lambda: AssociationOptions("pearson"),  # type: ignore[arg-type]
        lambda: AssociationOptions(draws=10),
        lambda: AssociationOptions(confidence=1.0),
    ],
)
def test_wrong_input_is_said(wrong: object) -> None:
    with pytest.raises(InputError) as caught:
        wrong()  # type: ignore[operator]
    assert caught.value.message.zh
    assert caught.value.message.en
