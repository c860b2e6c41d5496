"""Prediction limits of a station's own history."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from statsmodels.robust.scale import qn_scale

from wetland.water.sudden import Scale, SuddenRule, prediction_width, robust_scale, sudden_changes

NH3N = Scale(logarithm=True, upper=True, lower=False, digit=0.01)
DO = Scale(logarithm=False, upper=False, lower=True, digit=0.1)
PH = Scale(logarithm=False, upper=True, lower=True, digit=0.1)


def table(values, *, parameter="nh3n", censoring="none", start=2018):
    """Make monthly results of one station."""
    days = [dt.date(start + k // 12, k % 12 + 1, 5) for k in range(len(values))]
    return pd.DataFrame(
        {
            "station": "S1",
            "parameter": parameter,
            "sampled_on": days,
            "value": np.asarray(values, dtype=float),
            "censoring": censoring,
        }
    )


def seasonal(months, *, seed=0, spread=0.25):
    """Make ammonia with a season and lognormal noise."""
    rng = np.random.default_rng(seed)
    season = np.exp(0.4 * np.cos(2 * np.pi * np.arange(months) / 12))
    return 0.5 * season * np.exp(spread * rng.standard_normal(months))


@pytest.mark.parametrize("size", [5, 8, 12, 15, 40])
def test_scale_is_qn(size):
    """Differential: statsmodels' Qn, which leaves out the correction for few values."""
    values = np.random.default_rng(size).standard_normal(size)
    known = {5: 0.844, 8: 0.669}
    few = known.get(size, size / (size + (1.4 if size % 2 else 3.8)))
    assert robust_scale(values) == pytest.approx(few * qn_scale(values), rel=2e-3)


def test_false_alarms_are_as_rare_as_said():
    """Without any change about one in a thousand lies beyond the limit; not many more."""
    rng = np.random.default_rng(7)
    beyond = 0
    for _ in range(4000):
        history, new = rng.standard_normal(15), rng.standard_normal(8)
        width = prediction_width(history, years=5, alpha=0.001, floor=0.0)
        beyond += int((new - np.median(history) > width).sum())
    assert 0.0002 < beyond / 32_000 < 0.002


def test_quiet_series_has_no_sudden_change():
    """Season and noise alone are expected."""
    assert len(sudden_changes(table(seasonal(120)), {"nh3n": NH3N})) == 0


def test_a_bad_day_is_found_with_its_history():
    """Eight times the usual ammonia in one May: one row that says what was expected and why."""
    values = seasonal(96)
    values[88] *= 8  # May 2025
    found = sudden_changes(table(values), {"nh3n": NH3N})
    assert found[["sampled_on", "side"]].to_numpy().tolist() == [[dt.date(2025, 5, 5), "upper"]]
    row = found.iloc[0]
    assert row["row"] == 88
    assert row["median"] < row["limit"] < row["value"] == values[88]
    assert (row["n"], row["years"], row["censored"]) == (15, 5, 0)
    assert (row["first_on"], row["last_on"]) == (dt.date(2020, 4, 5), dt.date(2024, 6, 5))
    assert row["beyond"] > 1


def test_only_the_worse_side_counts():
    """Less ammonia and more oxygen are no alarm; pH counts both ways."""
    low = seasonal(96)
    low[88] /= 50
    assert len(sudden_changes(table(low), {"nh3n": NH3N})) == 0
    oxygen = 8 + 0.3 * np.random.default_rng(3).standard_normal(96)
    oxygen[88] = 1.0
    assert sudden_changes(table(oxygen, parameter="do"), {"do": DO})["side"].tolist() == ["lower"]
    oxygen[88] = 15
    assert len(sudden_changes(table(oxygen, parameter="do"), {"do": DO})) == 0
    assert sudden_changes(table(oxygen, parameter="ph"), {"ph": PH})["side"].tolist() == ["upper"]


def test_history_is_of_the_season_only():
    """A value that is usual in winter is sudden in summer."""
    season = 10 - 6 * np.cos(2 * np.pi * np.arange(96) / 12)
    oxygen = season + 0.3 * np.random.default_rng(4).standard_normal(96)
    oxygen[90] = oxygen[84]
    found = sudden_changes(table(oxygen, parameter="do"), {"do": DO})
    assert found["sampled_on"].tolist() == [dt.date(2025, 7, 5)]


def test_a_short_history_says_nothing():
    """Two years before are not enough, whatever the value."""
    values = seasonal(30)
    values[-1] *= 100
    assert len(sudden_changes(table(values), {"nh3n": NH3N})) == 0


def test_non_detects():
    """Mostly below the limit: nothing is said. A non-detect itself is never too high."""
    values = seasonal(96)
    values[88] *= 8
    mostly = table(values)
    mostly["censoring"] = ["below" if k % 3 else "none" for k in range(96)]
    mostly.loc[88, "censoring"] = "none"
    assert len(sudden_changes(mostly, {"nh3n": NH3N})) == 0
    itself = table(values)
    itself.loc[88, "censoring"] = "below"
    assert len(sudden_changes(itself, {"nh3n": NH3N})) == 0


def test_equal_values_do_not_make_every_difference_sudden():
    """Where the history has no spread, a tenth more is within; the smallest scale is said."""
    values = np.full(96, 0.4)
    values[88] = 0.44
    assert len(sudden_changes(table(values), {"nh3n": NH3N})) == 0
    values[88] = 0.7
    assert len(sudden_changes(table(values), {"nh3n": NH3N})) == 1


def test_since_chooses_what_is_judged_not_the_history():
    """Results before are still the history."""
    values = seasonal(96)
    values[64] *= 8
    values[88] *= 8
    found = sudden_changes(table(values), {"nh3n": NH3N}, since=dt.date(2025, 1, 1))
    assert found["sampled_on"].tolist() == [dt.date(2025, 5, 5)]


def test_one_earlier_bad_day_does_not_hide_the_next():
    """The scale is robust: an outlier in the history moves the limit little."""
    values = seasonal(96)
    clean = values.copy()
    values[[76, 88]] *= 8
    clean[88] *= 8
    with_one = sudden_changes(table(values), {"nh3n": NH3N}, since=dt.date(2025, 1, 1))
    without = sudden_changes(table(clean), {"nh3n": NH3N})
    assert len(with_one) == len(without) == 1
    assert with_one["limit"][0] < 2 * without["limit"][0]


def test_order_and_other_stations_do_not_matter():
    """Rows in another order, and rows of others, change nothing."""
    values = seasonal(96)
    values[88] *= 8
    one = table(values)
    other = one.assign(station="S2", value=5.0, sampled_on=one["sampled_on"])
    both = pd.concat([other, one]).reset_index(drop=True).sample(frac=1, random_state=1)
    found = sudden_changes(both, {"nh3n": NH3N}, rule=SuddenRule())
    first = sudden_changes(one, {"nh3n": NH3N})
    mine = found[found["station"] == "S1"].drop(columns="row").reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, first.drop(columns="row"))


def test_real_blooms_and_quiet_series(shared):
    """San Francisco Bay: the autumn bloom of 1999 at three stations, and little else.

    Of 4,259 results that have a history ten are sudden, all of them chlorophyll; of 606 nitrate
    results of the Choptank River none is.
    """
    bay = pd.read_parquet(shared / "data/water/wql_sfbay.parquet")
    bay = bay[bay["depth"] <= 2]
    days = pd.to_datetime(bay["date"].str.strip(), format="%m/%d/%Y").dt.date
    means = bay.assign(sampled_on=days).groupby(["stn", "sampled_on"], as_index=False)
    rows = means[["chl", "dox", "spm", "nhx", "nox"]].mean()
    rows = rows.melt(["stn", "sampled_on"], var_name="parameter").dropna()
    rows = rows.assign(station=rows["stn"].astype(str), censoring="none").reset_index(drop=True)
    found = sudden_changes(rows, {"dox": DO} | dict.fromkeys(("chl", "spm", "nhx", "nox"), NH3N))
    assert len(found) == 10
    assert set(found["parameter"]) == {"chl"}
    bloom = found[found["sampled_on"] == dt.date(1999, 10, 21)]
    assert bloom["station"].tolist() == ["24.0", "27.0", "30.0"]
    river = pd.read_csv(shared / "data/water/egret/Choptank_eList_Sample.csv")
    nitrate = pd.DataFrame(
        {
            "station": "Choptank",
            "parameter": "no3n",
            "sampled_on": pd.to_datetime(river["Date"]).dt.date,
            "value": river["ConcHigh"],
            "censoring": np.where(river["Uncen"] == 0, "below", "none"),
        }
    )
    assert len(sudden_changes(nitrate, {"no3n": NH3N})) == 0
