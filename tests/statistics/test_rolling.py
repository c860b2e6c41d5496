"""Rolling origins: no look-ahead, seasonal naive and the weights by their definitions."""

from __future__ import annotations

from math import gcd

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from wetland.base.errors import InputError
from wetland.statistics.candidates import COLUMNS, candidates, family_of, shares
from wetland.statistics.evaluation import intervals_of
from wetland.statistics.rolling import (
    MOST_TOLD,
    SHARPNESS,
    from_scale,
    known_before,
    roll_origins,
    season_labels,
    to_scale,
    warm_up,
    weights_of,
)
from wetland.statistics.rollingkernels import roll

PERIODS = st.integers(1, 6)
VALUES = hnp.arrays(
    float,
    st.integers(14, 60),
    elements=st.one_of(st.floats(-100, 100, width=32), st.just(float("nan"))),
)


def plainly(values, labels, setting, origin, horizon):
    """Tell one candidate at one origin, step by step, with dictionaries."""
    gain, persistence, pull, bend, damping = setting
    season, count, deviation, slope = {}, {}, 0.0, 0.0
    for value, label in zip(values[: origin + 1], labels, strict=False):
        deviation, slope = persistence * deviation + slope, damping * slope
        if np.isnan(value):
            continue
        count[label] = count.get(label, 0) + 1
        if count[label] == 1:
            season[label] = value - deviation
            continue
        error = value - season[label] - deviation
        share = max(gain, 1 / count[label])
        season[label] += share * error
        deviation += pull * (1 - share) * error
        slope += bend * error
    told = []
    for lead in range(1, horizon + 1):
        deviation, slope = persistence * deviation + slope, damping * slope
        told.append(season.get(labels[origin + lead], np.nan) + deviation)
    return np.array(told)


@given(VALUES, PERIODS, st.integers(0, len(candidates()) - 1))
def test_the_compiled_loop_says_what_the_plain_one_says(values, period, which):
    horizon = 5
    labels = season_labels(len(values) + horizon, period)
    told = np.full((1, len(values), horizon), np.inf)
    roll(values, labels, candidates()[which : which + 1], np.arange(len(values)), told)
    for origin in (0, len(values) // 2, len(values) - 1):
        want = plainly(values, labels, candidates()[which], origin, horizon)
        np.testing.assert_allclose(told[0, origin], want, rtol=1e-9, atol=1e-9)


@given(VALUES, PERIODS)
def test_seasonal_naive_is_the_last_value_of_the_season(values, period):
    labels = season_labels(len(values) + 4, period)
    rolled = roll_origins(values, labels, horizon=4, period=period, scale="identity")
    for row, origin in enumerate(rolled.origins):
        for lead in range(1, 5):
            before = values[: origin + 1][labels[: origin + 1] == labels[origin + lead]]
            before = before[~np.isnan(before)]
            want = before[-1] if len(before) else np.nan
            np.testing.assert_allclose(rolled.naive[row, lead - 1], want, atol=1e-9)


def test_the_mean_of_a_season_is_the_mean_of_all_its_values():
    values = np.array([1.0, 10, 3, 20, np.nan, 30, 5])
    setting = candidates()[[family_of(s) == "seasonal_mean" and s[0] == 0 for s in candidates()]]
    told = np.empty((1, 1, 2))
    row_of = np.array([-1] * 6 + [0])
    roll(values, season_labels(9, 2), setting, row_of, told)
    assert told[0, 0].tolist() == pytest.approx([20, 3])


@given(VALUES, PERIODS, st.data())
def test_nothing_after_an_origin_changes_what_is_said_there(values, period, data):
    """Forecasts, weights and intervals of an origin rest on the values up to it alone."""
    cut = data.draw(st.integers(warm_up(period) - 1, len(values) - 1))
    other = values.copy()
    size = len(values) - 1 - cut
    other[cut + 1 :] = data.draw(hnp.arrays(float, size, elements=st.floats(-1000, 1000)))
    said = []
    for series in (values, other):
        labels = season_labels(len(series) + 3, period)
        rolled = roll_origins(series, labels, horizon=3, period=period, scale="identity")
        upto = rolled.origins <= cut
        intervals = intervals_of(rolled, alpha=0.2)
        said.append((rolled.told[upto], rolled.naive[upto], intervals.told[upto]))
    for one, two in zip(*said, strict=True):
        np.testing.assert_array_equal(one, two)


def test_the_last_origin_is_the_whole_series():
    """Cutting the series at an origin gives the forecast that was told there, weights and all."""
    rng = np.random.default_rng(1)
    values = np.sin(np.arange(96) / 6 * np.pi) + rng.normal(0, 0.3, 96)
    labels = season_labels(120, 12)
    whole = roll_origins(values, labels, horizon=12, period=12, scale="identity")
    for at in (40, 60, 80):
        part = roll_origins(values[: at + 1], labels, horizon=12, period=12, scale="identity")
        row = int(np.flatnonzero(whole.origins == at)[0])
        np.testing.assert_array_equal(part.told[-1], whole.told[row])


@given(
    hnp.arrays(float, (3, 12, 4), elements=st.floats(0.1, 5)),
    hnp.arrays(bool, (12, 4)),
    st.integers(1, 3),
)
def test_weights_rest_on_known_losses(losses, absent, stride):
    losses[:, absent] = np.nan
    origins = np.arange(12) * stride
    got = weights_of(losses, known_before(origins, 4))
    for i, origin in enumerate(origins):
        pairs = [
            losses[:, s, h - 1]
            for s in range(12)
            for h in range(1, 5)
            if origins[s] + h <= origin and not absent[s, h - 1]
        ]
        mean = np.mean(pairs, axis=0) if pairs else np.ones(3)
        want = (mean.min() / mean) ** SHARPNESS
        np.testing.assert_allclose(got[:, i], want / want.sum(), rtol=1e-9)


def test_candidates_without_a_loss_share_the_weight():
    losses = np.zeros((2, 5, 1))
    losses[1] = 1.0
    got = weights_of(losses, known_before(np.arange(5), 1))
    assert got[:, 0].tolist() == [0.5, 0.5]  # nothing is known yet
    assert got[:, 4].tolist() == [1.0, 0.0]


def test_long_series_have_origins_spread_over_the_seasons():
    values = np.zeros(24 * 400)
    labels = season_labels(len(values) + 168, 24)
    rolled = roll_origins(values, labels, horizon=168, period=24, scale="identity")
    stride = set(np.diff(rolled.origins).tolist())
    assert len(stride) == 1
    assert gcd(stride.pop(), 24) == 1
    assert rolled.told.size <= MOST_TOLD
    assert rolled.origins[-1] == len(values) - 1
    assert len(set((rolled.origins % 24).tolist())) == 24


def test_a_label_of_its_own_keeps_a_holiday_out_of_the_season():
    values = np.tile([1.0, 2, 3, 4], 10)
    labels = season_labels(44, 4).copy()
    values[[10, 30]] = 50.0
    labels[[10, 30, 42]] = 4
    rolled = roll_origins(values, labels, horizon=4, period=4, scale="identity")
    assert rolled.told[-1].tolist() == pytest.approx([1, 2, 50, 4])


@pytest.mark.parametrize(("scale", "value"), [("log", 0.0), ("log", -1.0), ("log1p", -1.0)])
def test_values_without_a_logarithm_are_refused(scale, value):
    with pytest.raises(InputError, match="logarithm"):
        to_scale(np.array([1.0, np.nan, value]), scale)


@given(hnp.arrays(float, 5, elements=st.floats(0.001, 1e6)))
@settings(max_examples=30)
def test_scales_are_undone(values):
    for scale in ("identity", "log", "log1p"):
        np.testing.assert_allclose(from_scale(to_scale(values, scale), scale), values, rtol=1e-9)


def test_fewer_steps_than_the_warm_up_are_refused():
    with pytest.raises(InputError, match="too short"):
        roll_origins(np.ones(23), season_labels(25, 12), horizon=2, period=12, scale="identity")


def test_candidates_begin_with_seasonal_naive_and_differ():
    made = candidates()
    assert made.shape == (len(np.unique(made, axis=0)), len(COLUMNS))
    assert [family_of(s) for s in made].count("seasonal_naive") == 1
    assert family_of(made[0]) == "seasonal_naive"
    found = shares(np.full(len(made), 1 / len(made)))
    assert sum(found.values()) == pytest.approx(1)
    assert list(found.values()) == sorted(found.values(), reverse=True)
