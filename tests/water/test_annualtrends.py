"""The official test of annual means, from results to the word."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.water.made import GOOD, results, sample, station
from wetland.base.errors import InputError
from wetland.water.annualtrends import annual_trends, share_trends
from wetland.water.grades import grades_table
from wetland.water.results import period_means


def years(values, *, months=8, item="nh3n"):
    """Make years of a station; ``values`` is the item's value in each."""
    return [
        sample("R1", f"{year}-{month:02d}-06", {**GOOD, item: value})
        for year, value in values.items()
        for month in range(1, months + 1)
    ]


def row_of_item(samples, item="nh3n"):
    """Test annual means; the row of one item."""
    table = annual_trends(period_means(results(samples), per="year"))
    return table.set_index("parameter").loc[item]


def test_falling_ammonia_gets_better():
    """Five falling years: rs is -1, beyond the 0.900 of the table."""
    row = row_of_item(years({2020: 1.0, 2021: 0.9, 2022: 0.8, 2023: 0.7, 2024: 0.6}))
    assert (row["rs"], row["n"], row["official"]) == (-1.0, 5, True)
    assert row["critical"] == pytest.approx(0.9)
    assert (row["direction"], row["verdict"]) == ("decreasing", "better")
    assert row["words"].zh == "显著下降（好转）"
    assert (row["first"], row["last"]) == (2020, 2024)
    assert row["means"] == [1.0, 0.9, 0.8, 0.7, 0.6]


def test_the_formula_by_hand():
    """Ranks 1 3 2 4 5: d^2 sums to 2, rs = 1 - 12 / 120 = 0.9, on the critical value: a rise."""
    row = row_of_item(years({2020: 0.1, 2021: 0.3, 2022: 0.2, 2023: 0.4, 2024: 0.5}))
    assert row["rs"] == pytest.approx(0.9)
    assert (row["direction"], row["verdict"]) == ("increasing", "worse")


def test_less_oxygen_is_worse_and_ph_has_no_better():
    """The direction of the item decides what a fall means."""
    falling = {2020: 9.0, 2021: 8.5, 2022: 8.0, 2023: 7.5, 2024: 7.0}
    assert row_of_item(years(falling, item="do"), "do")["verdict"] == "worse"
    row = row_of_item(years({y: x - 1 for y, x in falling.items()}, item="temp"), "temp")
    assert (row["direction"], row["verdict"]) == ("decreasing", None)


def test_years_with_few_samples_are_left_out_and_four_years_are_not_official():
    """Seven samples make no annual mean."""
    rising = {2020: 0.1, 2021: 0.2, 2022: 0.3, 2023: 0.4}
    samples = years(rising) + years({2024: 0.5}, months=7)
    row = row_of_item(samples)
    assert (row["n"], row["left_out"], row["official"]) == (4, [2024], False)
    assert (row["verdict"], row["words"].zh) == (
        None, "只有 4 年的年均值，少于 5 年，不作趋势评价",
    )  # fmt: skip


def test_only_years():
    """Monthly means are refused."""
    with pytest.raises(InputError, match="month"):
        annual_trends(period_means(results(years({2020: 0.1})), per="month"))


def test_shares_of_a_river_over_the_years():
    """One more good section every year: the share of good sections rises, the water gets better."""
    stations = {f"R{k}": station(f"R{k}", reach="五常港") for k in range(1, 6)}
    samples = [
        sample(f"R{k}", f"{2019 + n}-{month:02d}-06", {**GOOD, "tp": 0.1 if k <= n else 0.9})
        for n in range(1, 6)
        for k in range(1, 6)
        for month in range(1, 9)
    ]
    table = share_trends(grades_table(period_means(results(samples), per="year"), stations))
    row = table.set_index(["station", "parameter"]).loc[("五常港", "good_percent")]
    assert row["means"] == [20.0, 40.0, 60.0, 80.0, 100.0]
    assert (row["rs"], row["verdict"], row["official"]) == (1.0, "better", True)
    worse = table.set_index(["station", "parameter"]).loc[("五常港", "inferior_percent")]
    assert (worse["direction"], worse["verdict"]) == ("decreasing", "better")


def test_shares_need_official_years_of_the_same_sections():
    """A year of seven samples is left out; a sixth section makes other shares of it."""
    stations = {f"R{k}": station(f"R{k}", reach="五常港") for k in range(1, 7)}
    samples = [
        sample(f"R{k}", f"{year}-{month:02d}-06", GOOD)
        for year in range(2019, 2025)
        for k in range(1, 7 if year == 2020 else 6)
        for month in range(1, 8 if year == 2019 else 9)
    ]
    grades = grades_table(period_means(results(samples), per="year"), stations)
    for row in share_trends(grades).to_dict("records"):
        assert (row["n"], row["left_out"], row["official"]) == (5, [2019], False)
    same = share_trends(grades[grades["period"] != "2020"])
    assert (same["n"].tolist(), same["official"].any()) == ([4] * 4, False)


def test_a_year_that_is_not_over_is_left_out():
    """Eight samples by August make no annual mean yet."""
    samples = years({2020: 1.0, 2021: 0.9, 2022: 0.8, 2023: 0.7, 2024: 0.6})
    table = annual_trends(period_means(results(samples), per="year"), as_of=dt.date(2024, 9, 1))
    row = table.set_index("parameter").loc["nh3n"]
    assert (row["n"], row["left_out"], row["official"]) == (4, [2024], False)
