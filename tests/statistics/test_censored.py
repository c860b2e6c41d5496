"""Summaries of values below detection limits: published examples, other programs, properties."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.imputation.ros import impute_ros

from wetland.base.errors import InputError
from wetland.statistics.censored import METHODS, summarise
from wetland.statistics.kaplan_meier import kaplan_meier
from wetland.statistics.maximum_likelihood import fit
from wetland.statistics.order_statistics import drawn_means, filled_in, plotting_positions


def told(words: str) -> tuple[np.ndarray, np.ndarray]:
    """Read "<2 3.5 ..." into values and marks."""
    parts = words.split()
    values = np.array([float(p.lstrip("<")) for p in parts])
    return values, np.array([p.startswith("<") for p in parts])


# USEPA (2009), Unified Guidance, example 15-1: manganese (ppb) in five background wells.
MANGANESE = told(
    "<5 12.1 16.9 21.6 <2 <5 7.7 53.6 9.5 45.9 <5 5.3 12.6 106.3 34.5 6.3 11.9 10 <2 77.2 "
    "17.9 22.7 3.3 8.4 <2"
)
# Newman, Quantitative Ecotoxicology, table p. 35 and example 2.3 p. 39: sulfate (mg/L).
SULFATE = told("<2.5 <2.5 2.6 3.3 3.5 3.5 3.6 4.0 4.1 4.5 5.2 5.6 5.7 6.1 6.2 6.5 6.9 7.1 7.7 7.9")
# Helsel (2005), Nondetects and Data Analysis: arsenic in Manoa stream, Oahu; his filled-in values.
ARSENIC = told(
    "3.2 2.8 <2 <2 <2 <2 <2 <2 <2 <2 1.7 1.5 <1 <1 <1 <1 0.9 <0.9 0.7 0.7 0.6 0.5 0.5 0.5"
)
ARSENIC_FILLED = (
    "3.20 2.80 1.42 1.14 0.95 0.81 0.68 0.57 0.46 0.35 1.70 1.50 0.98 0.76 0.58 0.41 0.90 0.61 "
    "0.70 0.70 0.60 0.50 0.50 0.50"
)


def test_kaplan_meier_of_the_unified_guidance():
    """Example 15-1 (mean 19.87, sd 25.3, divisor n) with the lowest limit taken as a value."""
    found = summarise(*MANGANESE)
    assert found.mean == pytest.approx(19.867, abs=5e-4)
    assert found.sd * math.sqrt(24 / 25) == pytest.approx(25.317737, abs=1e-5)
    assert (found.n, found.censored, found.unknown_below) == (25, 6, 3.3)
    assert math.isnan(found.quantiles[0.1])
    assert "21 %" in found.notes[0].en
    assert "0.42 at most" in found.notes[0].en  # 0.21 of the probability times the limit 2


def test_kaplan_meier_median_of_newman():
    """Example 2.3: median 3.15 of 8 - x, the same in SAS and R survfit: 4.85 turned back."""
    found = kaplan_meier(*SULFATE)
    assert found.quantile(0.5) == pytest.approx(8 - 3.15)


def test_ros_of_published_examples():
    """Newman p. 35 (SAS 5.16 and 2.07, NADA 5.158 and 2.071) and EnvStats rROS, plot.pos.con 0."""
    values, censored = np.append(SULFATE[0], 9.9), np.append(SULFATE[1], False)
    found = summarise(values, censored, method="ros")
    assert (found.mean, found.sd, found.median) == pytest.approx((5.158, 2.071, 5.2), abs=5e-4)
    found = summarise(*MANGANESE, method="ros")
    assert found.mean == pytest.approx(19.827673, abs=5e-7)
    assert found.sd / found.mean == pytest.approx(1.304725, abs=5e-7)
    assert found.lower < found.mean < found.upper


def test_ros_of_helsels_arsenic():
    """Three limits, all of them above the lowest detected values."""
    filled = np.sort(filled_in(*ARSENIC))
    want = np.sort(np.array(ARSENIC_FILLED.split(), dtype=float))
    assert np.abs(filled - want).max() < 0.0051  # his values have two decimals


def test_maximum_likelihood_of_envstats():
    """EnvStats elnormAltCensored on example 15-1: mean, cv and profile likelihood interval."""
    found = summarise(*MANGANESE, method="mle")
    assert found.mean == pytest.approx(23.003987, abs=5e-7)
    assert found.sd / found.mean == pytest.approx(2.300772, abs=5e-7)
    assert (found.lower, found.upper) == pytest.approx((12.37629, 69.87694), abs=1e-4)
    assert any("shape of the law" in note.en for note in found.notes)


def test_kaplan_meier_error_of_values_all_detected():
    """The error and the interval are then those of the textbook."""
    x = np.array([1.0, 4.0, 4.0, 9.0, 10.5])
    found = summarise(x)
    assert found.mean == pytest.approx(x.mean())
    assert found.sd == pytest.approx(x.std(ddof=1))
    want = stats.t.interval(0.95, 4, x.mean(), stats.sem(x))
    assert (found.lower, found.upper) == pytest.approx(want)


def test_an_interval_of_what_cannot_be_negative_stops_at_zero():
    assert summarise([0.1, 0.1, 9.0]).lower == 0
    assert summarise([-0.1, 0.1, 9.0]).lower < -5


def test_what_is_not_known_is_not_made_up():
    nothing = summarise([0.02, 0.05], [True, True], method="kaplan_meier")
    assert nothing.refused
    assert "below 0.05" in nothing.notes[0].en
    assert all(math.isnan(q) for q in nothing.quantiles.values())
    for method in ("ros", "mle"):
        assert summarise([1, 2, 3], [True, True, False], method=method).refused
        assert summarise([1, 3, 3, 3], [True, False, False, False], method=method).refused
        assert summarise([], [], method=method).refused
    half = summarise([0.02, 0.06], [True, True], method="half")
    assert half.mean == pytest.approx(0.02)
    assert "half their limit" in half.notes[0].en


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=2, max_size=30))
def test_kaplan_meier_error_is_greenwoods_of_the_data_turned_over(data):
    """Sum over the events of the turned data: squared area to the right, d / (r (r - d))."""
    x = np.array([v for v, _ in data], float)
    c = np.array([b for _, b in data], bool)
    assume(len(np.unique(x[~c])) >= 2)
    found = kaplan_meier(x, c)
    lowest = x.min()
    time, event = 100 - x, ~c | (x == lowest)  # Efron: the lowest counts as an event
    if not found.below:
        time, event = 100 - x, ~c
    ends = np.unique(time[event])
    kept = 1.0
    survival = []
    for t in ends:
        kept *= 1 - np.sum(event & (time == t)) / np.sum(time >= t)
        survival.append(kept)
    variance = 0.0
    for i, t in enumerate(ends[:-1]):
        area = sum(
            s * (b - a) for s, a, b in zip(survival[i:], ends[i:], ends[i + 1 :], strict=False)
        )
        d, r = np.sum(event & (time == t)), np.sum(time >= t)
        variance += area**2 * d / (r * (r - d))
    m = np.sum(event)
    assume(found.at[0] < found.at[1])  # one step for the limit and a detected value that equals it
    assert found.error == pytest.approx(math.sqrt(variance * m / (m - 1)))


def test_the_lower_end_allows_for_what_may_lie_below_the_lowest_limit():
    """Here 40 % of the probability lies below 5: the mean may be 2 lower, whatever the sampling."""
    x, c = told("<5 <5 <5 <5 6 7 8 9 10 12")
    found = summarise(x, c)
    error = kaplan_meier(x, c).error
    t = stats.t.ppf(0.975, 9)
    assert found.upper == pytest.approx(found.mean + t * error)
    assert found.lower == pytest.approx(found.mean - 0.4 * 5 - t * error)


def test_one_detected_value_has_no_interval():
    found = summarise([1.0, 5.0], [True, False])
    assert found.mean == pytest.approx(3.0)
    assert math.isnan(found.lower)


def test_limits_above_every_detected_value_tell_nothing():
    x, c = told("<1 2 3 5 8 <50 <50")
    for method in ("kaplan_meier", "ros"):
        found = summarise(x, c, method=method)
        assert found.mean == pytest.approx(summarise(x[:5], c[:5], method=method).mean)
        assert found.n == 7
        assert any("2 non-detects have a limit above" in n.en for n in found.notes)
    # The likelihood does use them: below 50 is not nothing for a lognormal law.
    assert summarise(x, c, method="mle").mean != summarise(x[:5], c[:5], method="mle").mean


def test_missing_values_and_limits_not_told_are_left_out_and_counted():
    found = summarise([1.0, np.nan, 3.0, np.nan], [False, True, False, False])
    assert (found.n, found.left_out, found.mean) == (2, 2, 2.0)
    assert "2 values left out" in found.notes[0].en


@pytest.mark.parametrize(
    ("values", "censored", "method", "words"),
    [
        ([1, 2], [True], "half", "one for each"),
        ([1, np.inf], [True, False], "half", "infinite"),
        ([1, 2], None, "mean", "unknown method mean"),
        ([0, 1, 2, 3], [True, False, False, False], "ros", "no logarithm"),
        ([-1, 1, 2, 3], None, "mle", "no logarithm"),
    ],
)
def test_wrong_input_is_refused(values, censored, method, words):
    with pytest.raises(InputError) as caught:
        summarise(values, censored, method=method)
    assert words in caught.value.message.en


def test_same_seed_same_interval():
    first = summarise(*MANGANESE, method="ros", seed=4)
    assert first == pytest.approx(first)
    assert first.lower == summarise(*MANGANESE, method="ros", seed=4).lower
    assert first.lower != summarise(*MANGANESE, method="ros", seed=5).lower


def test_ros_without_non_detects_is_the_ordinary_mean():
    found = summarise([2.0, 2.0, 2.0], method="ros")
    assert (found.mean, found.sd, found.lower, found.upper) == (2, 0, 2, 2)
    one = summarise([3.0], method="ros")
    assert one.mean == 3
    assert math.isnan(one.lower)


@pytest.mark.parametrize("method", ["half", "kaplan_meier", "ros"])
def test_an_interval_that_is_not_there_is_explained(method):
    [note] = summarise([3.0], method=method).notes
    assert "for an interval" in note.en


def test_values_that_only_differ_in_their_last_digit_are_the_same():
    found = summarise([1e9, np.nextafter(1e9, 2e9), 1e9, 1e8], [0, 0, 0, 1], method="mle")
    assert found.notes[0].en == "3 detected values (1 different): too few for this method"


def test_limits_below_zero_have_no_half_nor_lowest_place():
    for method in ("half", "kaplan_meier"):
        found = summarise([-2.0, 3.0, 4.0], [True, False, False], method=method)
        assert found.refused
        assert "below 0" in found.notes[0].en
    normal = summarise([-2.0, 3.0, 4.0, 6.0], [1, 0, 0, 0], method="mle", law="normal")
    assert normal.mean < 3


@pytest.mark.parametrize("more", [{"confidence": 95}, {"confidence": 1}, {"law": "gamma"}])
def test_what_is_not_known_is_refused(more):
    with pytest.raises(InputError):
        summarise([1.0, 2.0, 3.0], method="mle", **more)


positive = st.integers(1, 60).map(lambda k: k / 4)
rows = st.lists(st.tuples(positive, st.booleans()), min_size=2, max_size=40)


def split(data: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([v for v, _ in data], float), np.array([c for _, c in data], bool)


@settings(max_examples=40)
@given(rows)
def test_kaplan_meier_is_that_of_scipy_turned_over(data):
    """scipy.stats.ecdf of right censored data, 100 - x."""
    x, c = split(data)
    assume(not c.all())
    found = kaplan_meier(x, c)
    turned = stats.ecdf(stats.CensoredData(uncensored=100 - x[~c], right=100 - x[c])).sf
    for at, up_to in zip(found.at, found.up_to, strict=True):
        if at == found.at[0] and found.below:
            continue  # what Efron's rule puts at the lowest limit
        assert turned.evaluate(100 - at - 1e-9) == pytest.approx(up_to, abs=1e-12)
    lowest = np.min(x[~c])
    assert turned.evaluate(100 - lowest + 1e-9) == pytest.approx(found.below, abs=1e-12)


@given(rows)
def test_a_distribution_adds_up_and_stays_inside_the_values(data):
    x, c = split(data)
    assume(not c.all())
    found = kaplan_meier(x, c)
    assert found.mass.min() > 0
    assert found.mass.sum() == pytest.approx(1)
    assert x.min() - 1e-9 <= found.mean <= x[~c].max() + 1e-9
    # Whatever the non-detects are, the mean with all of them at their limits is not exceeded.
    kept = ~c | (x <= x[~c].max())
    assert found.mean <= x[kept].mean() + 1e-9


@settings(max_examples=25)
@given(rows, st.randoms())
def test_order_does_not_matter_nor_does_the_unit(data, random):
    """Nor does a unit change anything but the unit: 1 mg/L = 1000 ug/L."""
    x, c = split(data)
    assume(len(np.unique(x[~c])) >= 2)
    assume((~c).sum() >= 3)
    mixed = list(range(len(x)))
    random.shuffle(mixed)
    for method in METHODS:
        first = summarise(x, c, method=method)
        again = summarise(x[mixed] * 1000, c[mixed], method=method)
        assert again.mean == pytest.approx(first.mean * 1000, rel=1e-7)
        assert again.sd == pytest.approx(first.sd * 1000, rel=1e-6)
        ends = np.array([first.lower, first.upper])
        want = pytest.approx(ends * 1000, rel=1e-5, nan_ok=True)
        assert [again.lower, again.upper] == want


@settings(max_examples=25)
@given(rows)
def test_ros_is_that_of_statsmodels(data):
    """Where no limit is above all detected values (its thresholds keep those, ours do not)."""
    x, c = split(data)
    assume((~c).sum() >= 2)
    assume(len(np.unique(x[~c])) >= 2)
    x, c = x[~c | (x <= x[~c].max())], c[~c | (x <= x[~c].max())]
    assume(c.mean() <= 0.8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = impute_ros(x, c)
    assert np.sort(filled_in(x, c)) == pytest.approx(np.sort(want), rel=1e-9)


def one_by_one(x: np.ndarray, c: np.ndarray) -> float:
    """Return the mean of one draw the long way."""
    if c.any() and len(np.unique(x[~c])) < 2:
        return math.nan
    kept = ~c | (x <= x[~c].max(initial=0))
    return float(filled_in(x[kept], c[kept]).mean())


@settings(max_examples=60)
@given(rows, st.integers(0, 99))
def test_many_draws_at_once_are_each_as_one_alone(data, seed):
    x, c = split(data)
    draws = np.random.default_rng(seed).integers(0, len(x), (12, len(x)))
    want = [one_by_one(x[row], c[row]) for row in draws]
    assert drawn_means(x, c, draws) == pytest.approx(want, rel=1e-9, nan_ok=True)


@given(rows)
def test_plotting_positions_are_probabilities_in_order(data):
    x, c = split(data)
    assume(c.any())
    assume(not c.all())
    x, c = x[~c | (x <= x[~c].max())], c[~c | (x <= x[~c].max())]
    assume(c.any())
    at = plotting_positions(x, c)
    assert ((at > 0) & (at < 1)).all()
    order = np.argsort(x[~c], kind="stable")
    assert (np.diff(at[~c][order]) > 0).all()


@settings(max_examples=20)
@given(rows)
def test_maximum_likelihood_is_that_of_scipy(data):
    """The optimiser of scipy on CensoredData, started at this answer, finds nothing better."""
    x, c = split(data)
    assume((~c).sum() >= 3)
    assume(len(np.unique(x[~c])) >= 2)
    for law, y in (("lognormal", np.log(x)), ("normal", x)):
        found = fit(x, c, law)
        both = stats.CensoredData(uncensored=y[~c], left=y[c]) if c.any() else y
        mu, sigma = stats.norm.fit(both, loc=found.mu, scale=found.sigma)
        lost = [
            -stats.norm.logpdf(y[~c], m, s).sum() - stats.norm.logcdf(y[c], m, s).sum()
            for m, s in ((found.mu, found.sigma), (mu, sigma))
        ]
        assert lost[0] <= lost[1] + 1e-9 * (1 + abs(lost[1]))
        assert -found.loglik == pytest.approx(lost[0] - (~c).sum() * math.log(2 * math.pi) / 2)
        assert (found.mu, found.sigma) == pytest.approx((mu, sigma), rel=2e-3, abs=2e-3)


def loglik(mu: np.ndarray, sigma: np.ndarray, y: np.ndarray, c: np.ndarray) -> np.ndarray:
    detected = stats.norm.logpdf(y[~c], mu, sigma).sum(axis=-1)
    return detected + stats.norm.logcdf(y[c], mu, sigma).sum(axis=-1)


def test_limits_far_below_detected_values_that_are_nearly_equal_count():
    """Seen from the spread of the detected values the limit is 200,000 widths away."""
    y = np.array([100.0, 100.0, 100.001] + [1.0] * 10)
    c = y == 1
    found = fit(y, c, "normal")
    best = loglik(np.array([found.mu]), np.array([found.sigma]), y, c)
    mu, sigma = np.meshgrid(np.linspace(-200, 100, 301), np.linspace(50, 250, 201))
    assert best >= loglik(mu[..., None], sigma[..., None], y, c).max()
    assert (found.mu, found.sigma) == pytest.approx((-93.62, 138.45), abs=0.01)


FEW_OF_MANY = np.array([1.0, 2.0, 3.0] + [2.9] * 300), np.array([False] * 3 + [True] * 300)


@pytest.mark.parametrize("data", [MANGANESE, ARSENIC, FEW_OF_MANY])
@pytest.mark.parametrize("law", ["lognormal", "normal"])
def test_the_ends_of_an_interval_are_less_likely_by_the_quantile(data, law):
    """The best law of each end, found on a fine grid of widths; there may be several valleys."""
    x, c = data
    found = summarise(x, c, method="mle", law=law)
    fitted, y = fit(x, c, law), np.log(x) if law == "lognormal" else x
    best = loglik(np.array([fitted.mu]), np.array([fitted.sigma]), y, c)
    sigma = fitted.sigma * np.exp(np.linspace(-6, 6, 6001))[:, None]
    for end in (found.lower, found.upper):
        mu = np.log(end) - sigma**2 / 2 if law == "lognormal" else np.array([[end]])
        lost = best - loglik(mu, sigma, y, c).max()
        assert lost == pytest.approx(stats.chi2.ppf(0.95, 1) / 2, abs=1e-4)


@settings(max_examples=40)
@given(rows, st.floats(0.05, 0.95))
def test_lower_limits_lower_the_mean(data, factor):
    """A non-detect at a lower limit never raises the Kaplan-Meier mean."""
    x, c = split(data)
    assume(not c.all())
    lower = np.where(c, x * factor, x)
    assert kaplan_meier(lower, c).mean <= kaplan_meier(x, c).mean + 1e-9


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.floats(1e-9, 1e9) | st.sampled_from([0.5, 1.0, 2.0]), st.booleans()),
        min_size=1, max_size=20,
    ),
    st.sampled_from(["kaplan_meier", "mle", "half", "ros"]),
)  # fmt: skip
def test_every_answer_is_a_number_or_says_why_there_is_none(data, method):
    """Over eighteen orders of magnitude; the mean lies inside its own interval."""
    x, c = split(data)
    found = summarise(x, c, method=method)
    assert found.n == len(x)
    if found.refused:
        assert found.notes
        return
    assert math.isfinite(found.mean)
    if not math.isnan(found.lower):
        assert found.lower <= found.mean * (1 + 1e-9)
        assert found.mean <= found.upper * (1 + 1e-9)
    known = [q for q in found.quantiles.values() if not math.isnan(q)]
    assert known == sorted(known)
