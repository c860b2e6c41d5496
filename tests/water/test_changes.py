"""同比 and 环比 of stations, rivers and lakes."""

from __future__ import annotations

import pytest

from tests.water.made import GOOD, results, sample, station
from wetland.water.changes import changes_table, compared_values, reach_changes
from wetland.water.classes import classes_table, classify
from wetland.water.grades import grades_table
from wetland.water.results import period_means

BAD = {**GOOD, "nh3n": 1.2}  # class IV


def classes(samples, stations=None, per="month"):
    """Return the table of classes of samples."""
    readings = period_means(results(samples), per=per)
    return classes_table(classify(readings, stations or {"R1": station("R1")}))


def test_against_the_year_before_and_the_month_before():
    """One level lost against last May, none against April."""
    samples = [sample("R1", d, v) for d, v in
               (("2023-05-06", GOOD), ("2024-04-06", BAD), ("2024-05-06", BAD))]  # fmt: skip
    table = classes(samples)
    year = changes_table(table, against="last_year").set_index("period").loc["2024-05"]
    assert (year["class_before"], year["class_after"], year["levels"]) == ("II", "IV", 2)
    assert (year["words"].zh, year["worse"], year["official"]) == ("明显变差", True, True)
    assert year["values"]["nh3n"] == {
        "before": 0.3, "after": 1.2, "difference": 0.9, "percent": 300.0,
    }  # fmt: skip
    before = changes_table(table, against="previous").set_index("period").loc["2024-05"]
    assert (before["before_period"], before["words"].zh) == ("2024-04", "无明显变化")


def test_a_period_that_was_not_measured_is_compared_with_nothing():
    """March is no stand-in for April."""
    table = classes([sample("R1", "2024-03-06", GOOD), sample("R1", "2024-05-06", BAD)])
    row = changes_table(table, against="previous").set_index("period").loc["2024-05"]
    assert row["word"] is None
    assert not row["worse"]
    assert "2024-04" in row["why_not"].zh


def test_only_items_of_both_periods_are_compared():
    """Phenol measured for the first time makes no change; the word is then not official."""
    table = classes([sample("R1", "2024-04-06", GOOD),
                     sample("R1", "2024-05-06", {**GOOD, "phenol": 0.05})])  # fmt: skip
    assert table["water_class"].tolist() == ["II", "V"]
    row = changes_table(table, against="previous").set_index("period").loc["2024-05"]
    assert (row["class_after"], row["words"].zh) == ("II", "无明显变化")
    assert (row["left_out"], row["official"]) == (["phenol"], False)
    assert "挥发酚" in row["why_not"].zh


def test_nothing_in_common():
    """Without a common item there is no word."""
    table = classes(
        [sample("R1", "2024-04-06", {"ph": 7.0}), sample("R1", "2024-05-06", {"tp": 0.1})]
    )
    row = changes_table(table, against="previous").set_index("period").loc["2024-05"]
    assert row["word"] is None
    assert row["left_out"] == ["ph", "tp"]


def test_missing_items_and_few_samples_are_not_official():
    """The same items, but the programme asks for more: a word, not an official one."""
    less = {**GOOD, "do": None}
    table = classes([sample("R1", "2024-04-06", less), sample("R1", "2024-05-06", less)])
    row = changes_table(table, against="previous").set_index("period").loc["2024-05"]
    assert (row["word"], row["official"]) == ("no_change", False)


def test_years_are_compared_with_the_year_before():
    """Eight samples in each year are enough."""
    samples = [sample("R1", f"{y}-{m:02d}-06", GOOD if y == 2023 else BAD)
               for y in (2023, 2024) for m in range(1, 9)]  # fmt: skip
    row = changes_table(classes(samples, per="year"), against="previous").iloc[1]
    assert (row["period"], row["before_period"], row["official"]) == ("2024", "2023", True)


def test_samples_and_empty_rows_have_no_change():
    """A sample is compared with nothing, a row without a class neither."""
    samples = [sample("R1", "2024-04-06", GOOD), sample("R1", "2024-05-06", {"tn": 3.0})]
    assert len(changes_table(classes(samples, per="sample"), against="previous")) == 0
    assert changes_table(classes(samples), against="previous")["period"].tolist() == ["2024-04"]


@pytest.mark.parametrize("parameter", ["ph", "temp"])
def test_no_percentage_without_a_true_zero(parameter):
    """PH 8 is not fourteen per cent more than pH 7."""
    found = compared_values({parameter: 7.0}, {parameter: 8.0})[parameter]
    assert (found["difference"], found["percent"]) == (1.0, None)
    assert compared_values({"tp": 0.0}, {"tp": 0.1})["tp"]["percent"] is None
    assert compared_values({"tp": 0.1}, {}) == {}


def graded(months, stations):
    """Grade sections by month; ``months`` holds the TP of each section."""
    samples = [
        sample(name, f"{month}-06", {**GOOD, "tp": tp})
        for month, values in months.items()
        for name, tp in values.items()
    ]
    return grades_table(period_means(results(samples), per="month"), stations)


def river(count):
    """Make sections of one river."""
    return {f"R{k}": station(f"R{k}", reach="五常港") for k in range(1, count + 1)}


def test_a_river_takes_the_larger_of_the_two_ways():
    """From 75 % good and 25 % inferior to 62.5 % and none: a word worse, 12.5 points better."""
    stations = river(8)
    before = {f"R{k}": 0.1 if k <= 6 else 0.9 for k in range(1, 9)}
    after = {f"R{k}": 0.1 if k <= 5 else 0.25 for k in range(1, 9)}
    grades = graded({"2024-04": before, "2024-05": after}, stations)
    found = reach_changes(grades, against="previous").set_index(["reach", "period"])
    row = found.loc[("五常港", "2024-05")]
    assert (row["condition_before"], row["condition_after"]) == ("good", "light")
    assert (row["levels"], row["shares_points"]) == (1, 12.5)
    assert row["words"].zh == "两种方法结论相反"
    better = {**after, "R7": 0.1}
    grades = graded({"2024-04": before, "2024-05": better}, stations)
    row = reach_changes(grades, against="previous").set_index(["reach", "period"])
    assert row.loc[("五常港", "2024-05"), "words"].zh == "明显好转"  # 25 points, no level


def test_a_river_is_compared_over_the_sections_of_both():
    """A sixth section that is new and inferior makes no change."""
    stations = river(6)
    before = {f"R{k}": 0.1 for k in range(1, 6)}
    grades = graded({"2024-04": before, "2024-05": {**before, "R6": 0.9}}, stations)
    row = reach_changes(grades, against="previous").set_index(["reach", "period"])
    row = row.loc[("五常港", "2024-05")]
    assert (row["words"].zh, row["shares_points"]) == ("无明显变化", 0.0)
    assert (row["left_out"], row["official"]) == (["R6"], False)


def test_means_are_compared_only_over_the_same_stations():
    """A lake point that was not sampled last month makes the means another lake's."""
    stations = {n: station(n, "lake", reach="朝天暮漾") for n in ("L1", "L2")}
    same = graded(
        {"2024-04": {"L1": 0.02, "L2": 0.02}, "2024-05": {"L1": 0.2, "L2": 0.2}}, stations
    )
    row = reach_changes(same, against="previous").set_index(["reach", "period"])
    row = row.loc[("朝天暮漾", "2024-05")]
    assert (row["words"].zh, row["levels"]) == ("明显变差", 3)
    other = graded({"2024-04": {"L1": 0.02}, "2024-05": {"L1": 0.2, "L2": 0.2}}, stations)
    row = reach_changes(other, against="previous").set_index(["reach", "period"])
    row = row.loc[("朝天暮漾", "2024-05")]
    assert row["word"] is None
    assert "L2" in row["why_not"].zh


def test_methods_that_differ_are_not_compared():
    """By means last month, by shares this month: no word."""
    stations = river(5)
    grades = graded(
        {"2024-04": {f"R{k}": 0.1 for k in range(1, 5)},
         "2024-05": {f"R{k}": 0.1 for k in range(1, 6)}}, stations,
    )  # fmt: skip
    row = reach_changes(grades, against="previous").set_index(["reach", "period"])
    row = row.loc[("五常港", "2024-05")]
    assert (row["word"], row["why_not"].zh) == (None, "两个时段的评价方法不同")
