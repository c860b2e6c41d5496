"""Grades of rivers, lakes and the site, from results to the row."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.water.made import GOOD, results, sample, station
from wetland.base.errors import InputError
from wetland.water.grades import grades_table
from wetland.water.results import period_means
from wetland.water.spacemeans import reaches, round_half_even, space_means
from wetland.water.trophic import trophic_index

LAKE = {**GOOD, "chla": 20.0, "sd": 0.6}


def rivers(count, **more):
    """Make sections of one river."""
    return {f"R{k}": station(f"R{k}", reach="五常港", **more) for k in range(1, count + 1)}


def graded(samples, stations, per="month"):
    """Grade samples; rows by reach."""
    found = grades_table(period_means(results(samples), per=per), stations)
    return {(row["reach"], row["period"]): row for row in found.to_dict("records")}


def test_five_sections_are_graded_by_shares():
    """Three of five good and one inferior: lightly polluted is under 20 %, so moderately."""
    tp = [0.04, 0.1, 0.2, 0.25, 0.9]
    samples = [sample(f"R{k}", "2024-05-06", {**GOOD, "tp": x}) for k, x in enumerate(tp, 1)]
    row = graded(samples, rivers(5))["五常港", "2024-05"]
    assert (row["method"], row["condition"], row["sections"]) == ("shares", "moderate", 5)
    assert row["water_class"] is None  # of many sections no mean class is given
    assert row["counts"] == {"I": 0, "II": 2, "III": 1, "IV": 1, "V": 0, "inferior_v": 1}
    assert (row["good_percent"], row["inferior_percent"]) == (60.0, 20.0)
    assert row["main_pollutants"] == [{"parameter": "tp", "exceeding": 2, "rate": 40.0}]
    assert (row["official"], row["complete"], row["possible"]) == (True, True, ["moderate"])
    assert row["condition_words"].zh == "中度污染"


def test_four_sections_are_graded_by_their_means():
    """Fewer than five: the class of the mean, with its main pollutants and their multiples."""
    tp = [0.04, 0.1, 0.2, 0.9]  # mean 0.31: class V
    samples = [sample(f"R{k}", "2024-05-06", {**GOOD, "tp": x}) for k, x in enumerate(tp, 1)]
    row = graded(samples, rivers(4))["五常港", "2024-05"]
    assert (row["method"], row["condition"], row["water_class"]) == ("means", "moderate", "V")
    assert row["values"]["tp"] == 0.31
    assert row["deciding"] == ["tp"]
    assert row["main_pollutants"] == [
        {"parameter": "tp", "value": 0.31, "limit": 0.2, "multiple": 0.6}  # 0.55, to even
    ]
    assert [p["parameter"] for p in row["station_pollutants"]["R4"]] == ["tp"]
    assert row["station_pollutants"]["R3"] == []
    assert row["station_classes"] == {"R1": "II", "R2": "II", "R3": "III", "R4": "inferior_v"}


def test_sections_without_a_class_do_not_count():
    """Five are declared, four were sampled: they are too few for shares, and the fifth is named."""
    samples = [sample(f"R{k}", "2024-05-06", GOOD) for k in range(1, 5)]
    row = graded(samples, rivers(5))["五常港", "2024-05"]
    assert (row["method"], row["sections"], row["not_assessed"]) == ("means", 4, ["R5"])


def test_missing_items_leave_the_condition_open():
    """A section without ammonia may be anything: the condition is open and not official."""
    samples = [sample(f"R{k}", "2024-05-06", GOOD) for k in range(1, 6)]
    samples[0] = sample("R1", "2024-05-06", {**GOOD, "nh3n": None})
    row = graded(samples, rivers(5))["五常港", "2024-05"]
    assert (row["condition"], row["possible"]) == ("excellent", ["excellent", "good"])
    assert not row["complete"]
    assert not row["official"]
    assert "R1" in row["why_not_official"].zh


def test_lake_is_averaged_in_time_then_in_space():
    """A point sampled often weighs no more than one sampled once."""
    stations = {n: station(n, "lake", reach="朝天暮漾") for n in ("L1", "L2")}
    samples = [sample("L1", f"2024-05-{d:02d}", {**LAKE, "tp": 0.1}) for d in (3, 10, 17, 24)]
    samples.append(sample("L2", "2024-05-06", {**LAKE, "tp": 0.02}))
    row = graded(samples, stations)["朝天暮漾", "2024-05"]
    assert row["values"]["tp"] == 0.06
    assert (row["method"], row["water_class"]) == ("means", "IV")
    assert row["main_pollutants"] == [
        {"parameter": "tp", "value": 0.06, "limit": 0.05, "multiple": 0.2}
    ]
    assert row["tli"] == trophic_index({**LAKE, "tp": 0.06}).tli
    assert (row["tli_official"], row["apart"]["tn"]) == (True, "IV")


def test_many_points_of_a_lake_are_still_means():
    """Shares are for rivers."""
    stations = {f"L{k}": station(f"L{k}", "lake", reach="朝天暮漾") for k in range(6)}
    samples = [sample(name, "2024-05-06", LAKE) for name in stations]
    assert graded(samples, stations)["朝天暮漾", "2024-05"]["method"] == "means"


def test_region_counts_all_stations_and_needs_five():
    """All stations together, those of no river too; with four there are shares and no word."""
    stations = rivers(2) | {"L1": station("L1", "lake"), "P1": station("P1", "lake"),
                            "P2": station("P2", "lake")}  # fmt: skip
    samples = [sample(name, "2024-05-06", GOOD) for name in stations]
    row = graded(samples, stations)["*", "2024-05"]
    assert (row["sections"], row["condition"], row["kind"]) == (5, "excellent", "region")
    few = graded(samples[:4], stations)["*", "2024-05"]
    assert (few["condition"], few["sections"], few["not_assessed"]) == (None, 4, ["P2"])
    assert few["good_percent"] == 100.0
    assert few["why_not_official"] is not None


def test_a_year_with_few_samples_is_not_official():
    """Seven months of a year make no official grade of the year."""
    months = [sample(f"R{k}", f"2024-{m:02d}-06", GOOD) for m in range(1, 8) for k in range(1, 6)]
    row = graded(months, rivers(5), per="year")["五常港", "2024"]
    assert (row["condition"], row["official"]) == ("excellent", False)


def test_samples_are_not_graded():
    """A grade is of a month, quarter or year."""
    with pytest.raises(InputError, match="month"):
        grades_table(period_means(results([sample("R1", "2024-05-06", GOOD)])), rivers(1))


def test_invented_data_stay_marked():
    """One invented section marks the grade."""
    samples = [sample(f"R{k}", "2024-05-06", GOOD, synthetic=k == 2) for k in range(1, 6)]
    assert graded(samples, rivers(5))["五常港", "2024-05"]["synthetic"]


def test_ph_is_averaged_as_hydrogen_ions():
    """Of pH 6 and 8 the mean is 6.3, not 7, and rounded 6."""
    stations = {n: station(n, "lake", reach="朝天暮漾") for n in ("L1", "L2")}
    samples = [sample("L1", "2024-05-06", {**LAKE, "ph": 6.0}),
               sample("L2", "2024-05-06", {**LAKE, "ph": 8.0})]  # fmt: skip
    over = space_means(period_means(results(samples), per="month"), reaches(stations))
    assert over.column("ph", "mean")[0] == pytest.approx(-math.log10((1e-6 + 1e-8) / 2))
    assert over.column("ph").tolist() == [6.0]


def test_an_unknown_non_detect_leaves_the_mean_unknown():
    """Where one point is below a limit that nobody told, the mean of the lake is not known."""
    stations = {n: station(n, "lake", reach="朝天暮漾") for n in ("L1", "L2")}
    rows = results([sample("L1", "2024-05-06", LAKE), sample("L2", "2024-05-06", LAKE)])
    untold = (rows["station"] == "L2") & (rows["parameter"] == "tp")
    rows.loc[untold, "censoring"] = "below"
    rows.loc[untold, "value"] = np.nan
    over = space_means(period_means(rows, per="month"), reaches(stations))
    assert np.isnan(over.column("tp")[0])
    assert over.column("codmn").tolist() == [3.0]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 4))
def test_rounding_of_a_mean_of_two_is_half_to_even(first, second, decimals):
    """Differential: the mean of two decimals with one place more, against whole numbers."""
    step = 10.0 ** -(decimals + 1)
    found = round_half_even(np.array([(first * step + second * step) / 2]), decimals)[0]
    twentieths, rest = divmod(first + second, 20)
    up = rest > 10 or (rest == 10 and twentieths % 2 == 1)
    assert found == pytest.approx((twentieths + up) / 10**decimals, rel=1e-12, abs=1e-15)


def test_an_unfinished_year_has_no_official_grade():
    """Nine months of a year, looked on in October: river, site and lake."""
    stations = rivers(5) | {"L1": station("L1", "lake", reach="朝天暮漾")}
    months = [sample(n, f"2024-{m:02d}-06", LAKE) for m in range(1, 10) for n in stations]
    readings = period_means(results(months), per="year")
    early = grades_table(readings, stations, as_of=dt.date(2024, 10, 1))
    assert (len(early), early["official"].any(), early["tli_official"].any()) == (3, False, False)
    late = grades_table(readings, stations, as_of=dt.date(2025, 1, 1))
    assert late["official"].all()


def test_ends_of_a_mean_never_lie_on_the_wrong_side_of_it():
    """Three points of 0.0504, 0.0504 and 0.0508: the mean is 0.051, and nothing else is possible.

    With one of them not detected the ends are apart, and the value lies between them.
    """
    stations = {n: station(n, "lake", reach="朝天暮漾") for n in ("L1", "L2", "L3")}
    found = reaches(stations)
    for last, apart in ((0.0508, False), ("<0.0004", True)):
        samples = [sample(n, "2024-05-06", {**LAKE, "tp": x})
                   for n, x in zip(stations, (0.0504, 0.0504, last), strict=True)]  # fmt: skip
        over = space_means(period_means(results(samples), per="month"), found)
        low, value, high = (over.column("tp", which)[0] for which in ("low", "value", "high"))
        assert low <= value <= high
        assert (low == value == high == 0.051) != apart


def test_a_point_that_was_not_sampled_does_not_count():
    """A row that says nothing was measured leaves the mean of the others as official as it was."""
    stations = {n: station(n, "lake", reach="朝天暮漾") for n in ("L1", "L2")}
    rows = results([sample("L1", "2024-05-06", LAKE), sample("L2", "2024-05-06", LAKE)])
    rows.loc[rows["station"] == "L2", "flag"] = "missing"
    found = grades_table(period_means(rows, per="month"), stations)
    row = found[found["reach"] == "朝天暮漾"].iloc[0]
    assert (row["official"], row["not_assessed"], row["values"]["tp"]) == (True, ["L2"], 0.04)
