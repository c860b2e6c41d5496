"""Forecasts: what is shown, on real series and on invented ones whose truth is known."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.statistics.realseries import Real, choptank, reference, san_francisco_bay
from wetland.base.errors import InputError
from wetland.statistics.evaluation import Evaluation
from wetland.statistics.forecast import Forecast, forecast, judge
from wetland.statistics.rolling import roll_origins, season_labels


def told(real: Real, *, alpha: float = 0.05) -> Forecast:
    """Forecast a real series over a year, or five steps where it has no seasons."""
    horizon = 12 if real.period > 1 else 5
    return forecast(real.values, horizon=horizon, period=real.period, alpha=alpha, scale=real.scale)


def evaluated(found: Forecast) -> Evaluation:
    """Return the evaluation of a forecast that has one."""
    assert found.evaluation is not None
    return found.evaluation


def seasonal(size: int, noise: float, seed: int, *, trend: float = 0.0) -> np.ndarray:
    """Invent months of one wave with noise and trend."""
    t = np.arange(size)
    rng = np.random.default_rng(seed)
    return 10 + 3 * np.sin(t * np.pi / 6) + trend * t + rng.normal(0, noise, size)


# -- real series ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_series(shared: Path) -> dict[str, Real]:
    """Give forty series of water, air and a river's flow."""
    found = san_francisco_bay(shared)
    found |= {name: reference(shared, name) for name in ("nottem", "nile", "guelphP")}
    return found | {"choptank": choptank(shared)}


@pytest.mark.parametrize(
    ("name", "skill"), [("nottem", 0.27), ("nile", 0.157), ("choptank", 0.172), ("chl-27", 0.318)]
)
def test_real_series_beat_seasonal_naive(real_series, name, skill):
    """What was measured when this was written; no one else's numbers exist."""
    found = told(real_series[name])
    assert found.shown
    assert found.skill == pytest.approx(skill, abs=0.01)
    assert evaluated(found).chance < 0.01
    assert evaluated(found).interval_skill > 0.1


@pytest.mark.parametrize(("alpha", "least", "most"), [(0.05, 0.94, 0.965), (0.1, 0.895, 0.93)])
def test_intervals_of_real_series_cover(real_series, alpha, least, most):
    found = [evaluated(told(real, alpha=alpha)) for real in real_series.values()]
    covered = sum(e.coverage * e.tested for e in found) / sum(e.tested for e in found)
    assert len(found) == len(real_series)
    assert least < covered < most
    assert np.mean([e.skill for e in found]) > 0.17
    assert min(e.coverage for e in found) > 1 - alpha - 0.12


def test_what_is_not_sure_is_not_shown(real_series):
    """Six years of phosphorus in the Speed River: 24 % better, on 39 origins, perhaps by chance."""
    found = told(real_series["guelphP"])
    assert found.skill > 0.2
    assert not found.shown
    assert "chance" in found.reason.en
    assert "39" in found.reason.zh


def test_a_standard_package_is_not_better(real_series):
    """ETS of statsmodels, chosen by AICc at each origin, on the air of Nottingham."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    values = real_series["nottem"].values
    labels = season_labels(len(values) + 12, 12)
    rolled = roll_origins(values, labels, horizon=12, period=12, scale="identity")
    mine, theirs = [], []
    for origin in (77, 149, 221):
        row = int(np.flatnonzero(rolled.origins == origin)[0])
        model = ETSModel(values[: origin + 1], seasonal="add", seasonal_periods=12)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of optimisers that stop early
            ahead = model.fit(disp=False).forecast(12)
        theirs.append(np.abs(values[origin + 1 : origin + 13] - ahead).mean())
        mine.append(rolled.loss[row].mean())
    assert np.mean(mine) < 1.05 * np.mean(theirs)


# -- invented series -----------------------------------------------------------------------------


def test_noise_about_a_season_is_forecast_by_its_mean():
    """Seasonal naive errs by sqrt(2) sigma, the mean of k years by sqrt(1 + 1/k) sigma."""
    found = [told(Real(seasonal(360, 1.0, seed), 12, "identity")) for seed in range(4)]
    assert all(f.shown for f in found)
    assert np.mean([f.skill for f in found]) == pytest.approx(1 - np.sqrt(1.06 / 2), abs=0.03)


def test_where_seasonal_naive_is_best_hardly_anything_is_shown():
    """Every month of a year is that of the year before plus a step: nothing can be better."""
    rng = np.random.default_rng(8)
    steps = rng.normal(size=(60, 12, 12))
    walks = steps.cumsum(axis=1).reshape(60, 144)
    found = [forecast(values) for values in walks]
    assert sum(f.shown for f in found) <= 6
    assert np.mean([f.skill for f in found]) > -0.1  # what the others in the combination cost


def test_a_trend_is_followed():
    found = told(Real(seasonal(144, 0.1, 1, trend=0.1), 12, "identity"))
    assert found.shown
    assert found.skill > 0.5
    assert found.frame["mean"].iloc[-1] == pytest.approx(10 + 0.1 * 155 - 3 * 0.5, abs=0.6)


def test_intervals_widen_where_a_series_wanders():
    walk = np.random.default_rng(9).normal(size=200).cumsum()
    frame = forecast(walk, horizon=8, period=1).frame
    width = frame["upper"] - frame["lower"]
    assert width.iloc[-1] > 1.8 * width.iloc[0]
    np.testing.assert_allclose(frame["mean"], (frame["upper"] + frame["lower"]) / 2)


def test_a_series_without_any_error_of_seasonal_naive():
    found = forecast(np.tile(np.arange(12.0), 8))
    assert not found.shown
    assert found.skill is None
    assert found.reason.en == "seasonal naive made no error: nothing to beat"
    assert found.frame["mean"].tolist() == pytest.approx(list(range(12)))


@pytest.mark.parametrize("values", [[], [1.0] * 24, [np.nan] * 100, [1.0] * 30])
def test_too_little_is_said_and_nothing_is_told(values):
    found = forecast(values)
    assert (found.shown, len(found.frame), found.evaluation) == (False, 0, None)
    assert str(len(values)) in found.reason.en


def test_a_season_that_was_never_seen_is_not_told():
    values = seasonal(144, 0.5, 2)
    values[7::12] = np.nan
    found = forecast(values)
    assert sorted(found.frame["time"] % 12) == [m for m in range(12) if m != 7]


def test_gaps_are_no_values():
    """A series with every third month missing is told from the others, all twelve months ahead."""
    values = seasonal(240, 0.5, 3)
    whole = forecast(values)
    values[np.random.default_rng(4).random(240) < 0.3] = np.nan
    found = forecast(values)
    assert found.shown
    assert found.evaluation.tested < whole.evaluation.tested
    np.testing.assert_allclose(found.frame["mean"], whole.frame["mean"], atol=0.8)


@given(st.floats(0.01, 100), st.floats(-50, 50), st.integers(0, 5))
@settings(max_examples=15)
def test_a_change_of_unit_changes_the_unit_alone(factor, shift, seed):
    values = seasonal(100, 1.0, seed)
    one, other = forecast(values), forecast(values * factor + shift)
    assert one.skill == pytest.approx(other.skill, abs=1e-6)
    for name in ("mean", "lower", "upper"):
        want = one.frame[name] * factor + shift
        np.testing.assert_allclose(other.frame[name], want, rtol=1e-6, atol=1e-6 * factor)


@given(st.floats(0.01, 100))
@settings(max_examples=10)
def test_concentrations_may_be_told_in_any_unit(factor):
    values = np.exp(seasonal(100, 0.4, 6) / 5)
    one, other = (forecast(v, scale="log") for v in (values, values * factor))
    np.testing.assert_allclose(other.frame["lower"], one.frame["lower"] * factor, rtol=1e-9)
    assert (one.frame["lower"] > 0).all()


# -- times and input -----------------------------------------------------------------------------


def test_times_go_on_after_the_series():
    months = pd.period_range("2015-03", periods=100, freq="M")
    found = forecast(pd.Series(seasonal(100, 1.0, 1), index=months), horizon=3)
    assert [str(t) for t in found.frame["time"]] == ["2023-07", "2023-08", "2023-09"]
    hours = pd.date_range("2024-03-30", periods=400, freq="h", tz="Europe/London")
    found = forecast(pd.Series(seasonal(400, 1.0, 1), index=hours), horizon=2, period=24)
    assert found.frame["time"].iloc[0] == hours[-1] + pd.Timedelta("1h")
    assert forecast(seasonal(100, 1.0, 1), horizon=2).frame["time"].tolist() == [100, 101]


def test_visitors_by_hour_and_by_day():
    """Counts with noughts, a week of hours; a horizon of two weeks of days."""
    rng = np.random.default_rng(11)
    t = np.arange(24 * 7 * 8)
    mean = np.maximum(0, 40 * np.sin(t % 24 / 24 * 2 * np.pi)) * np.where(t // 24 % 7 < 5, 1, 2)
    counts = rng.poisson(mean)
    by_hour = forecast(counts, horizon=48, period=168, scale="log1p")
    assert by_hour.shown
    assert (by_hour.frame["lower"] > -1).all()
    by_day = forecast(counts.reshape(-1, 24).sum(axis=1), horizon=14, period=7, alpha=0.2)
    assert by_day.frame["lead"].max() == 14


@pytest.mark.parametrize(
    "options",
    [{"horizon": 0}, {"period": 0}, {"alpha": 0.0}, {"alpha": 1.0}, {"labels": [0] * 5},
     {"labels": [-1] * 112}, {"scale": "log"}],
)  # fmt: skip
def test_input_that_cannot_be_used_is_refused(options):
    with pytest.raises(InputError):
        forecast(seasonal(100, 1.0, 1) - 10, **options)


def test_irregular_times_are_refused():
    days = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-05", "2024-01-06"])
    with pytest.raises(InputError, match="evenly"):
        forecast(pd.Series([1.0, 2, 3, 4], index=days))
    months = pd.PeriodIndex(["2024-01", "2024-03"], freq="M")
    with pytest.raises(InputError, match="gap"):
        forecast(pd.Series([1.0, 2], index=months))


@pytest.mark.parametrize(
    ("change", "shown", "word"),
    [
        ({}, True, "beats"),
        ({"origins": 11}, False, "at least 12"),
        ({"skill": -0.1}, False, "does not beat"),
        ({"chance": 0.11}, False, "chance"),
        ({"chance": None}, True, "beats"),
        ({"coverage": 0.84}, False, "too narrow"),
        ({"skill": None}, False, "nothing to beat"),
    ],
)
def test_what_is_shown(change, shown, word):
    whole = {
        "leads": (), "origins": 12, "tested": 100, "mae": 0.8, "naive_mae": 1.0, "skill": 0.2,
        "chance": 0.05, "mase": 0.7, "coverage": 0.93, "naive_coverage": 0.9,
        "interval_skill": 0.1, "alpha": 0.05,
    }  # fmt: skip
    got, reason = judge(Evaluation(**(whole | change)))
    assert got is shown
    assert word in reason.en
