"""Trends of tables of series: time, seasons, repeats, methods, words."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from wetland.base.errors import InputError
from wetland.statistics.kendall import mann_kendall
from wetland.statistics.kendallmany import seasonal_kendall_many
from wetland.statistics.kendallseasons import regional_kendall, seasonal_kendall
from wetland.water.seriestime import combined, season_of, year_of
from wetland.water.trends import COLUMNS, calendar_years, results_series, trends

NAN = float("nan")


@pytest.fixture
def series():
    """Two synthetic stations, two parameters, 12 years of months."""
    rng = np.random.default_rng(7)
    parts = []
    for station in ("b", "a"):
        for parameter, slope in (("tp", -0.01), ("tn", 0.0)):
            month = np.arange(144)
            value = 1 + 0.3 * np.sin(month / 6 * np.pi) + slope * month / 12 * 12
            value = np.round(value + rng.normal(0, 0.1, 144), 3)
            parts.append(
                pd.DataFrame(
                    {"station": station, "parameter": parameter, "t": 2010 + month / 12,
                     "value": value}
                )
            )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_equal_days_are_whole_years_apart():
    days = [dt.date(y, m, d) for m, d in ((1, 1), (2, 28), (5, 31), (12, 31)) for y in (1999, 2024)]
    t = calendar_years(pd.Series(days))
    gaps = np.diff(t)[::2]
    assert gaps[[0, 2, 3]].tolist() == [25.0, 25.0, 25.0]
    assert gaps[1] == pytest.approx(25.0, abs=0.01)  # 2024 has a 29 February
    assert np.isnan(calendar_years(pd.Series([None, "2020-01-01"]))[0])


def test_seasons_of_all_days():
    days = pd.Series(pd.date_range("1999-01-01", "2004-12-31"))
    t = calendar_years(days)
    assert (season_of(t, 12) == days.dt.month).all()
    assert (season_of(t, 4) == days.dt.quarter).all()
    assert (year_of(t) == days.dt.year).all()
    assert (season_of(t, 1) == 1).all()
    assert season_of(t, 366).max() == 366
    assert season_of(np.array([2001.083, 2001.917]), 12).tolist() == [1, 12]  # three decimals
    assert season_of(np.array([2001.0833333, 2001.9166667]), 12).tolist() == [2, 12]
    for period in (0, 367, 2.5, True):
        with pytest.raises(InputError):
            season_of(t, period)


def test_one_row_for_each_series(series):
    found = trends(series)
    assert list(found.columns) == list(COLUMNS)
    assert list(zip(found["station"], found["parameter"], strict=True)) == [
        ("a", "tn"), ("a", "tp"), ("b", "tn"), ("b", "tp"),
    ]  # fmt: skip
    own = series[(series["station"] == "a") & (series["parameter"] == "tp")]
    told = seasonal_kendall(year_of(own["t"].to_numpy()), np.tile(np.arange(12), 12), own["value"])
    row = found.iloc[1]
    for name in ("s", "var_s", "z", "p_value", "lower", "upper", "n", "tau", "intercept"):
        assert row[name] == pytest.approx(getattr(told, name), rel=1e-12)
    assert row["slope_per_year"] == pytest.approx(told.slope, rel=1e-12)
    assert row["direction"] == "decreasing"
    assert row["words"].zh.startswith("下降：每年 -")
    assert row["words"].en.startswith("decreasing: -")
    assert found["direction"].tolist()[0::2] == ["none", "none"]


def test_rows_may_come_in_any_order(series):
    shuffled = series.sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(trends(series), trends(shuffled))


def test_quarters_take_the_mean_of_their_months(series):
    own = series[(series["station"] == "a") & (series["parameter"] == "tn")]
    found = trends(own, period=4)
    means = own["value"].to_numpy().reshape(12, 4, 3).mean(axis=2)
    told = seasonal_kendall(np.repeat(np.arange(12), 4), np.tile(np.arange(4), 12), means.ravel())
    assert found.loc[0, "s"] == told.s
    assert found.loc[0, "slope_per_year"] == pytest.approx(told.slope)
    assert found.loc[0, "n"] == 48
    with pytest.raises(InputError, match="repeat"):
        trends(own, period=4, repeats="refuse")
    kept = trends(own, period=4, repeats="keep")
    assert kept.loc[0, "n"] == 144


def test_plain_test_and_its_corrections(series):
    own = series[(series["station"] == "b") & (series["parameter"] == "tp")]
    found = trends(own, method="mann_kendall").iloc[0]
    told = mann_kendall(own["t"], own["value"])
    assert found["s"] == told.s
    assert found["p_value"] == pytest.approx(told.p_value)
    corrected = trends(own, method="mann_kendall", autocorrelation="hamed_rao").iloc[0]
    assert corrected["s"] == told.s
    assert corrected["var_s"] != told.var_s
    dependent = trends(own, autocorrelation="hirsch_slack").iloc[0]
    assert dependent["s"] == trends(own).iloc[0]["s"]
    assert dependent["var_s"] != trends(own).iloc[0]["var_s"]


def test_a_region_has_one_row_for_each_parameter(series):
    yearly = series.assign(t=np.floor(series["t"])).groupby(["station", "parameter", "t"]).mean()
    found = trends(yearly.reset_index(), method="regional_kendall")
    assert found["station"].tolist() == ["*", "*"]
    own = yearly.reset_index().query("parameter == 'tp'")
    told = regional_kendall(own["t"], own["station"], own["value"])
    assert found.loc[1, "s"] == told.s
    assert found.loc[1, "slope_per_year"] == pytest.approx(told.slope)
    monthly = trends(series, method="regional_kendall")  # means of years are taken first
    assert monthly.loc[1, "s"] == told.s
    assert monthly.loc[1, "slope_per_year"] == pytest.approx(told.slope)


def test_non_detects_are_compared_by_their_limits():
    frame = pd.DataFrame(
        {
            "station": "s",
            "parameter": "tp",
            "t": np.arange(2001.0, 2011.0),
            "value": [0.1, 0.1, 0.1, 0.05, 0.05, 0.2, 0.3, 0.25, 0.4, 0.5],
            "censored": [True, True, True, True, True, False, False, False, False, False],
        }
    )
    found = trends(frame, method="mann_kendall").iloc[0]
    told = mann_kendall(frame["t"], frame["value"], censored=frame["censored"])
    assert found["s"] == told.s == 33.0  # 25 with a non-detect, 9 - 1 among the others
    assert found["censored"] == 5
    assert found["p_value"] == told.p_value


def test_rule_for_repeats_that_are_censored():
    t, block = np.zeros(6), np.array([0, 0, 1, 1, 2, 2])
    value = np.array([0.1, 0.2, 0.1, 0.4, 9.0, 8.0])
    codes = np.array([-1, -1, -1, 0, 1, 1], np.int8)
    done = combined(t, block, value, censored=codes, repeats="mean")
    assert done.value.tolist() == [0.2, pytest.approx(0.225), 8.0]
    assert done.censored.tolist() == [-1, 0, 1]


def test_change_point_and_its_sides():
    t = np.arange(1990.0, 2020.0)
    value = np.where(t < 2004, 5.0, 2.0) + np.tile([0.0, 0.1, 0.2], 10)
    frame = pd.DataFrame({"station": "s", "parameter": "tp", "t": t, "value": value})
    found = trends(frame, method="mann_kendall").iloc[0]
    assert found["change_point"] == 2004.0
    assert found["change_p"] < 0.001
    assert (found["before"], found["after"]) == pytest.approx((5.1, 2.1))


@pytest.mark.parametrize("method", ["mann_kendall", "seasonal_kendall", "regional_kendall"])
def test_little_and_nothing(method):
    empty = pd.DataFrame({"station": [], "parameter": [], "t": [], "value": []})
    assert trends(empty, method=method).empty
    one = pd.DataFrame(
        {"station": ["s", "s"], "parameter": ["ph", "ph"], "t": [2001.0, 2002.0],
         "value": [7.0, NAN]}
    )  # fmt: skip
    found = trends(one, method=method).iloc[0]
    assert found["n"] == 1
    assert math.isnan(found["p_value"])
    assert found["direction"] is None
    assert "n = 1" in found["words"].zh


def test_tests_at_once_are_those_one_by_one(series):
    """Gaps, another start and length, one season only, few values: the same numbers."""
    rng = np.random.default_rng(4)
    holes = series.assign(value=series["value"].where(rng.random(len(series)) > 0.2))
    odd = pd.DataFrame(
        {"station": ["c", "c", "c", "d"], "parameter": "tp", "t": [1999.5, 2001.5, 2004.5, 2001.0],
         "value": [3.0, 2.0, 2.5, 1.0]}
    )  # fmt: skip
    table = pd.concat([holes, odd])
    for options in (
        {},
        {"period": 4},
        {"autocorrelation": "hirsch_slack"},
        {"method": "mann_kendall"},
        {"repeats": "median", "period": 1},
    ):
        together = trends(table, **options).set_index(["station", "parameter"])
        for (station, parameter), rows in table.groupby(["station", "parameter"]):
            alone = one_by_one(rows.dropna(subset="value"), **options)
            row = together.loc[(station, parameter)]
            for name in ("s", "var_s", "z", "p_value", "lower", "upper", "n", "tau", "intercept"):
                if name == "p_value" and alone.n == 1:
                    continue
                assert row[name] == pytest.approx(getattr(alone, name), nan_ok=True), (
                    name,
                    options,
                )
            assert row["slope_per_year"] == pytest.approx(alone.slope, nan_ok=True)
            assert row["notes"] == list(alone.notes)


def test_a_year_far_off_costs_neither_memory_nor_answers():
    frame = pd.DataFrame(
        {"station": "s", "parameter": "tp", "t": [20.0, *np.arange(2001.0, 2013.0)],
         "value": np.arange(13.0)}
    )  # fmt: skip
    found = trends(frame, period=366).iloc[0]
    assert (found["s"], found["n"]) == (78.0, 13)
    assert found["slope_per_year"] == 1.0


def one_by_one(rows, *, method="seasonal_kendall", period=12, repeats="mean", **options):
    t = rows["t"].to_numpy()
    if method == "mann_kendall":
        return mann_kendall(t, rows["value"])
    keys = pd.DataFrame({"year": year_of(t), "season": season_of(t, period), "v": rows["value"]})
    cells = keys.groupby(["year", "season"], as_index=False)["v"].agg(repeats)
    return seasonal_kendall(
        cells["year"], cells["season"], cells["v"], correlated="autocorrelation" in options
    )


def test_nitrate_of_a_real_river(shared):
    """Choptank River, 1979 to 2011 (EGRET): monthly means with gaps, beside a test of the grid."""
    told = pd.read_csv(shared / "data/water/egret/Choptank_eList_Sample.csv")
    table = pd.DataFrame(
        {"station": "choptank", "parameter": "no3n", "t": calendar_years(told["Date"]),
         "value": told["ConcHigh"], "censored": told["Uncen"] == 0}
    )  # fmt: skip
    measured = table[~table["censored"]]
    found = trends(measured).iloc[0]
    year, month = year_of(measured["t"].to_numpy()), season_of(measured["t"].to_numpy(), 12)
    cells = measured["value"].groupby([year, month]).mean()
    whole = cells.reindex(
        pd.MultiIndex.from_product([np.arange(year.min(), year.max() + 1), range(1, 13)])
    )
    many = seasonal_kendall_many([whole.to_numpy()])
    assert found["n"] == len(cells) == 347
    assert found["s"] == many.s[0]
    assert found["slope_per_year"] == pytest.approx(many.slope[0])
    assert found["direction"] == "increasing"
    with_limit = trends(table).iloc[0]
    assert with_limit["censored"] <= 1
    assert with_limit["slope_per_year"] == pytest.approx(found["slope_per_year"], rel=0.02)


def test_choices_are_checked(series):
    for options in (
        {"method": "linear"},
        {"repeats": "last"},
        {"autocorrelation": "ar1"},
        {"autocorrelation": "hamed_rao"},
        {"method": "mann_kendall", "autocorrelation": "hirsch_slack"},
        {"alpha": 2.0},
        {"period": 0},
    ):
        with pytest.raises(InputError):
            trends(series, **options)
    with pytest.raises(InputError, match="value"):
        trends(series.drop(columns="value"))


def test_series_of_results():
    rows = pd.DataFrame(
        {
            "station": ["s"] * 6,
            "parameter": ["tp"] * 6,
            "sampled_on": [dt.date(2020, m, 1) for m in (6, 1, 2, 3, 4, 5)],
            "value": [0.1, 0.02, NAN, 0.3, 0.4, 50.0],
            "censoring": ["none", "below", "below", "none", "none", "above"],
            "qa": ["sample", "sample", "sample", "duplicate", "sample", "sample"],
            "flag": ["good", "suspect", "good", "good", "fail", "unknown"],
            "synthetic": [True] * 6,
        }
    )
    found = results_series(rows)
    assert found["season"].tolist() == [1, 5, 6]
    assert found["censored"].tolist() == [-1, 1, 0]
    assert found["year"].tolist() == [2020] * 3
    assert trends(found, method="mann_kendall").loc[0, "synthetic"]
    assert trends(found).loc[0, "n"] == 3


def test_a_slope_of_nought_has_no_sign() -> None:
    years = np.arange(2000, 2010)
    series = pd.DataFrame({"station": "A", "parameter": "x", "t": years.astype(float),
                           "year": years, "value": 7.0, "censored": False})  # fmt: skip
    series.loc[5, "value"] = 7.5
    found = trends(series, method="mann_kendall").iloc[0]
    assert "+0" not in found["words"].zh
    assert "每年 0（" in found["words"].zh
