"""Forecasts of water: parameters and the class, on San Francisco Bay and on invented stations."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.scores import ranked_probability_score
from wetland.water.classes import classify
from wetland.water.forecast import PARAMETER_COLUMNS, forecast_water, monthly_series, tell
from wetland.water.forecastclasses import CLASS_COLUMNS
from wetland.water.forecastitems import class_codes
from wetland.water.forecastscores import (
    MIXTURES,
    frequencies,
    mix_with_frequencies,
    outcomes,
    score_classes,
)
from wetland.water.results import period_means
from wetland.water.stations import CLASSES, Programme, Station

BASE = {"temp": 18.0, "ph": 7.6, "do": 6.5, "codmn": 5.0, "nh3n": 0.8, "tp": 0.15, "tn": 2.5}


def station(name: str, body: str = "river") -> Station:
    """Make a station of either kind."""
    return Station(id=name, name=text(name, name), water_body=body)


def results(rows: list[tuple[str, dt.date, str, float]]) -> pd.DataFrame:
    """Make results of rows of station, day, parameter, value; all detected samples."""
    frame = pd.DataFrame(rows, columns=["station", "sampled_on", "parameter", "value"])
    return frame.assign(
        censoring="none", qa="sample", flag="good", synthetic=True, depth_m=np.nan,
        sampled_at=pd.NaT,
    )  # fmt: skip


def invented(
    names: list[str], *, years: int = 10, seed: int = 1, gaps: float = 0.03
) -> pd.DataFrame:
    """Invent months of nine parameters: a season, a deviation that fades, a slow fall."""
    rng = np.random.default_rng(seed)
    rows = []
    for name in names:
        for code, base in BASE.items():
            deviation = 0.0
            for t in range(12 * years):
                deviation = 0.5 * deviation + rng.normal(0, 0.2)
                wave = np.sin(2 * np.pi * t / 12)
                if code in {"temp", "ph", "do"}:
                    size = {"temp": 9.0, "ph": 0.3, "do": -2.0}[code]
                    value = base + size * wave + deviation
                else:
                    value = base * np.exp(0.3 * wave + deviation - 0.003 * t)
                if rng.random() >= gaps:
                    day = dt.date(2014 + t // 12, t % 12 + 1, 10)
                    rows.append((name, day, code, float(value)))
    return results(rows)


@pytest.fixture(scope="module")
def two() -> pd.DataFrame:
    """Give two invented stations."""
    return invented(["a", "b"])


@pytest.fixture(scope="module")
def forecasts(two: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the forecasts of both, b being a lake."""
    return forecast_water(two, {"a": station("a"), "b": station("b", "lake")})


# -- real water ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bay(shared: Path) -> pd.DataFrame:
    """Give oxygen, temperature, ammonia (as N) and chlorophyll of San Francisco Bay, to 3 m."""
    table = pd.read_parquet(shared / "data" / "water" / "wql_sfbay.parquet")
    table = table[table["depth"] <= 3]
    days = pd.to_datetime(table["date"].astype(str).str.strip(), format="%m/%d/%Y").dt.date
    table = table.assign(day=days)
    parts = []
    names = (
        ("dox", "do", 1.0),
        ("temp", "temp", 1.0),
        ("nhx", "nh3n", 0.0140067),
        ("chl", "chla", 1),
    )
    for name, code, factor in names:
        means = table[["stn", "day", name]].dropna().astype({name: float}).groupby(["stn", "day"])
        rows = means[name].mean().reset_index()
        parts += [(f"s{s:.0f}", d, code, v * factor) for s, d, v in rows.itertuples(index=False)]
    return results(parts).assign(synthetic=False)


def test_the_bay_beats_seasonal_naive(bay):
    """Measured when this was written: oxygen, temperature and chlorophyll at all six stations."""
    names = bay["station"].unique()
    parameters, classes = forecast_water(bay, {name: station(name) for name in names})
    series = parameters.drop_duplicates(["station", "parameter"])
    for code, least in (("do", 0.1), ("temp", 0.1), ("chla", 0.2)):
        mine = series[series["parameter"] == code]
        assert mine["shown"].all()
        assert mine["skill"].min() > least
        assert mine["origins"].min() > 100
    told = series[series["tested"] > 0]
    covered = (told["coverage"] * told["tested"]).sum() / told["tested"].sum()
    assert 0.94 < covered < 0.965
    first = classes.drop_duplicates("station")
    assert first["shown"].all()
    assert first["skill"].min() > 0.3
    assert first["frequency_skill"].mean() > 0.04
    assert (first["hits"] > first["naive_hits"]).all()
    assert first["items"].tolist() == [["do"]] * 6  # ammonia is known in half as many months
    assert first["left_out"].tolist() == [["nh3n"]] * 6


# -- what comes back -----------------------------------------------------------------------------


def test_the_tables_are_whole(forecasts):
    parameters, classes = forecasts
    assert tuple(parameters.columns) == PARAMETER_COLUMNS
    assert tuple(classes.columns) == CLASS_COLUMNS
    shown = parameters[parameters["shown"]]
    assert shown.groupby(["station", "parameter"]).size().eq(12).all()
    assert (
        parameters[~parameters["shown"]][["month", "mean", "lower", "upper"]].isna().all(axis=None)
    )
    one = parameters[(parameters["station"] == "a") & (parameters["parameter"] == "tp")]
    assert one["month"].tolist() == [f"2024-{m:02d}" for m in range(1, 13)]
    assert (one["lower"] < one["mean"]).all()
    assert (one["mean"] < one["upper"]).all()
    assert parameters["synthetic"].all()
    assert set(parameters["parameter"]) == set(BASE)


def test_the_invented_stations_are_told_well(forecasts, two):
    parameters, _ = forecasts
    series = parameters.drop_duplicates(["station", "parameter"])
    assert series["shown"].mean() > 0.8
    assert 0.92 < series["coverage"].mean() < 0.98
    assert series["wanted_coverage"].eq(0.95).all()


def test_probabilities_add_up_and_name_what_decides(forecasts):
    _, classes = forecasts
    for row in classes.to_dict("records"):
        shares = row["probabilities"]
        assert tuple(shares) == CLASSES
        assert sum(shares.values()) == pytest.approx(1)
        assert min(shares.values()) > 0
        assert row["likelihood"] == max(shares.values()) == shares[row["water_class"]]
        assert set(row["deciding"]) <= set(row["items"])
    assert classes["items"].iloc[0] == ["ph", "do", "codmn", "nh3n", "tp"]
    assert classes["not_measured"].iloc[0] == []


def test_a_lake_is_judged_by_the_limits_of_lakes(forecasts):
    """The same phosphorus, 0.1 mg/L, is class II in a river and IV in a lake."""
    _, classes = forecasts
    worst = classes.groupby("station")["probabilities"].apply(
        lambda rows: np.mean([r["V"] + r["inferior_v"] for r in rows])
    )
    assert worst["b"] > 10 * worst["a"]
    assert classes[classes["station"] == "b"]["deciding"].iloc[0]["tp"] > 0.9


def test_the_same_is_said_twice(forecasts, two):
    again = forecast_water(two, {"a": station("a"), "b": station("b", "lake")})
    for one, other in zip(forecasts, again, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_station_of_unknown_kind_has_no_class(two):
    parameters, classes = forecast_water(two, {"a": station("a")}, months=3, only=["tp"])
    assert set(parameters["parameter"]) == {"tp"}
    assert set(parameters["station"]) == {"a", "b"}
    assert parameters["lead"].max() == 3
    assert set(classes["station"]) == {"a"}
    assert classes["items"].iloc[0] == ["ph", "do", "codmn", "nh3n", "tp"]


def test_what_was_told_before_was_told_without_what_came_after(two):
    """The forecast of a record cut short is the one that its evaluation holds for that month."""
    known = {"a": station("a")}
    one = two[two["station"] == "a"]
    whole = monthly_series(period_means(one, per="month"))["a"]
    cut = one[one["sampled_on"] < dt.date(2021, 1, 1)]
    parameters, _ = forecast_water(cut, known)
    shown = set(parameters.loc[parameters["shown"], "parameter"])
    assert len(shown) >= 4
    for series in whole:
        if series.parameter not in shown:
            continue
        rolled = tell(series, months=12, alpha=0.05).rolled
        row = int(np.flatnonzero(rolled.origins == 83)[0])
        mine = parameters[parameters["parameter"] == series.parameter]
        told = np.exp(rolled.told[row]) if rolled.scale == "log" else rolled.told[row]
        np.testing.assert_allclose(mine["mean"], told, rtol=1e-12)


# -- what cannot be told -------------------------------------------------------------------------


def test_no_results_no_forecast(two):
    parameters, classes = forecast_water(two.iloc[:0], {"a": station("a")})
    assert (len(parameters), len(classes)) == (0, 0)
    assert tuple(parameters.columns) == PARAMETER_COLUMNS


def test_too_short_is_said():
    parameters, classes = forecast_water(invented(["a"], years=2), {"a": station("a")})
    assert parameters["month"].isna().all()
    assert parameters["mean"].isna().all()
    assert not parameters["shown"].any()
    assert "five years" in parameters["reason"].iloc[0].en
    assert classes["water_class"].isna().all()
    assert "no item" in classes["reason"].iloc[0].en


def test_non_detects_are_taken_at_half_their_limit_and_said(two):
    one = two[(two["station"] == "a") & (two["parameter"] == "tp")].reset_index(drop=True)
    some = one.copy()
    some.loc[:9, "censoring"] = "below"
    parameters, _ = forecast_water(some, {"a": station("a")})
    assert parameters["censored_months"].iloc[0] == 10
    assert "half their limit" in parameters["reason"].iloc[0].en
    halves = one.copy()
    halves.loc[:9, "value"] /= 2
    same, _ = forecast_water(halves, {"a": station("a")})
    np.testing.assert_allclose(parameters["mean"], same["mean"])
    most = one.copy()
    most.loc[: len(one) * 0.6, "censoring"] = "below"
    parameters, _ = forecast_water(most, {"a": station("a")})
    assert not parameters["shown"].any()
    assert parameters["month"].isna().all()
    assert "detection limit" in parameters["reason"].iloc[0].en


def test_what_does_not_beat_seasonal_naive_has_no_numbers():
    """Steps from year to year: the verdict is there, the values are not."""
    rng = np.random.default_rng(3)
    walk = 5 + 0.3 * rng.normal(size=(10, 12)).cumsum(axis=0).ravel()
    days = [dt.date(2014 + t // 12, t % 12 + 1, 5) for t in range(120)]
    rows = [("a", day, "do", value) for day, value in zip(days, walk, strict=True)]
    parameters, _ = forecast_water(results(rows), {})
    assert len(parameters) == 1
    row = parameters.iloc[0]
    assert not row["shown"]
    assert row["tested"] > 300
    assert row[["month", "mean", "lower", "upper"]].isna().all()
    assert "no forecast is shown" in row["reason"].en
    assert "不显示" in row["reason"].zh


def test_items_that_are_missing_are_named(two):
    """By the station's own programme where it has one, else by the method's."""
    one = two[(two["station"] == "a") & ~two["parameter"].isin(["tp"])]
    _, classes = forecast_water(one, {"a": station("a")})
    assert classes["not_measured"].iloc[0] == ["tp"]
    assert classes["reason"].iloc[0].en.endswith("without total phosphorus: the class may be worse")
    assert classes["reason"].iloc[0].zh.endswith("不含总磷，实际类别可能更差")
    small = Programme(name=text("小", "small"), items=("do", "nh3n", "bod5", "temp"))
    own = station("a").model_copy(update={"programme": "small"})
    _, classes = forecast_water(one, {"a": own}, programmes={"small": small})
    assert classes["not_measured"].iloc[0] == ["bod5"]


def test_a_parameter_that_ended_long_ago_is_not_continued(two):
    one = two[two["station"] == "a"]
    ended = (one["parameter"] == "nh3n") & (one["sampled_on"] >= dt.date(2022, 6, 1))
    parameters, classes = forecast_water(one[~ended], {"a": station("a")})
    row = parameters[parameters["parameter"] == "nh3n"].iloc[0]
    assert not row["shown"]
    assert "2022-05" in row["reason"].zh
    assert classes["left_out"].iloc[0] == ["nh3n"]


def test_a_class_that_never_changes_is_not_told():
    """Seasonal naive is always right there: nothing can be better."""
    rows = [
        ("a", dt.date(2014 + t // 12, t % 12 + 1, 5), "codmn", 4.8 + 0.01 * (t * 7 % 12))
        for t in range(120)
    ]
    _, classes = forecast_water(results(rows), {"a": station("a")})
    assert len(classes) == 1
    assert not classes["shown"].any()
    assert classes["water_class"].isna().all()
    assert "nothing to beat" in classes["reason"].iloc[0].en
    assert classes["not_measured"].iloc[0] == ["ph", "do", "nh3n", "tp"]


def test_values_of_nought_are_told_without_a_logarithm(two):
    one = two[(two["station"] == "a") & (two["parameter"] == "nh3n")].reset_index(drop=True)
    one.loc[3, "value"] = 0.0
    parameters, _ = forecast_water(one, {"a": station("a")})
    assert (parameters["lower"] >= 0).all()
    assert parameters["mean"].notna().all()


@pytest.mark.parametrize("options", [{"months": 0}, {"months": 13}, {"alpha": 0.0}])
def test_options_that_cannot_be_are_refused(two, options):
    with pytest.raises(InputError):
        forecast_water(two, {}, **options)


def test_only_monthly_readings_make_a_series(two):
    with pytest.raises(InputError, match="monthly"):
        monthly_series(period_means(two, per="year"))


# -- classes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["river", "lake"])
def test_classes_of_a_forecast_are_those_of_the_assessment(two, body):
    """Differential: months with all items, judged here and by the assessment itself."""
    one = two[two["station"] == "a"]
    known = {"a": station("a", body)}
    readings = period_means(one, per="month")
    want = classify(readings, known)
    codes = ("ph", "do", "codmn", "nh3n", "tp", "temp")
    values = np.stack([readings.column(code, "mean") for code in codes])
    got, by_item = class_codes(codes, values, known["a"])
    whole = got > 0
    assert whole.sum() > 90
    np.testing.assert_array_equal(got[whole], want.water_class[whole])
    for row, code in enumerate(codes[:-1]):
        np.testing.assert_array_equal(by_item[row], want.item_class[:, want.items.index(code)])


@given(hnp.arrays(np.int8, 60, elements=st.integers(0, 6)))
@settings(max_examples=25)
def test_frequencies_and_the_naive_class_by_their_definition(actual):
    origins = np.arange(20, 60, 7)
    got, naive = frequencies(actual, origins, 12)
    assert got.shape == (6, 12, 6)
    for i, origin in enumerate(origins):
        before = actual[: origin + 1]
        for lead in (1, 5, 12):
            month = (origin + lead) % 12
            same = before[np.arange(origin + 1) % 12 == month]
            same = same[same > 0]
            overall = np.array([(before == c).sum() + 1 / 6 for c in range(1, 7)])
            want = [(same == c).sum() for c in range(1, 7)] + 2 * overall / overall.sum()
            np.testing.assert_allclose(got[i, lead - 1], want / want.sum())
            assert naive[i, lead - 1] == (same[-1] - 1 if len(same) else -1)


def test_a_mixture_leans_to_what_was_right():
    """Sure and right: the items get nearly all the weight; sure and wrong: hardly any."""
    rng = np.random.default_rng(1)
    actual = rng.choice(np.array([2, 3, 4], dtype=np.int8), 120)
    origins = np.arange(24, 120)
    came = outcomes(actual, origins, 3)
    right = np.eye(6)[np.maximum(came, 0)]
    wrong = np.eye(6)[np.where(came >= 0, (came + 3) % 6, 0)]
    assert mix_with_frequencies(right, actual, origins)[1] == pytest.approx(1)
    mixed, weight = mix_with_frequencies(wrong, actual, origins)
    assert weight < 0.1
    np.testing.assert_allclose(mixed.sum(axis=2), 1)
    assert (MIXTURES[0], MIXTURES[-1]) == (0, 1)


def test_scores_of_classes_are_means_over_the_same_outcomes():
    rng = np.random.default_rng(2)
    actual = rng.choice(np.array([1, 2, 3, 3], dtype=np.int8), 100)
    origins = np.arange(30, 100)
    told = rng.dirichlet(np.ones(6), size=(70, 4))
    test = score_classes(told, actual, origins)
    came = outcomes(actual, origins, 4)
    _, naive = frequencies(actual, origins, 4)
    known = came >= 0
    scores = ranked_probability_score(told, came)
    assert test.tested == known.sum() == 69 + 68 + 67 + 66
    assert test.rps == pytest.approx(scores[known].mean())
    # One class off by a sure word costs a fifth.
    assert test.naive_rps == pytest.approx((np.abs(naive - came)[known] / 5).mean())
    assert test.naive_hits == pytest.approx((naive == came)[known].mean())


def test_what_a_page_shows_takes_little_time():
    """Six stations, seven parameters, twelve years: under three seconds of CPU."""
    names = [f"s{i}" for i in range(6)]
    frame = invented(names, years=12)
    known = {name: station(name) for name in names}
    forecast_water(frame[frame["station"] == "s0"], known)  # compiles the loop
    begun = time.process_time()
    parameters, classes = forecast_water(frame, known)
    assert time.process_time() - begun < 3
    assert len(parameters) > 0.8 * 6 * 7 * 12
    assert set(classes["station"]) == set(names)
