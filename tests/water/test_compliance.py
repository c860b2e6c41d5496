"""How often target classes were met."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.water.made import GOOD, results, sample, station
from wetland.base.errors import InputError
from wetland.water.classes import classes_table, classify
from wetland.water.compliance import compliance_table, meets
from wetland.water.results import period_means
from wetland.water.stations import CLASSES

ranges = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(
    lambda ends: list(CLASSES[min(ends) : max(ends) + 1])
)


def table(samples, **of_station):
    """Return the compliance of one station with target III."""
    stations = {"R1": station("R1", target_class="III", **of_station)}
    readings = period_means(results(samples), per="month")
    found = compliance_table(classes_table(classify(readings, stations)), stations)
    return found.iloc[0]


@given(st.sampled_from(CLASSES[:-1]), ranges)
def test_meets_only_where_every_possible_class_does(target, possible):
    """Differential: all, none or some of the classes are at least as good."""
    good = [CLASSES.index(c) <= CLASSES.index(target) for c in possible]
    assert meets(target, possible) == (True if all(good) else None if any(good) else False)


def test_inferior_is_no_target():
    """Nobody aims at worse than V."""
    with pytest.raises(InputError, match="I, II, III, IV, V"):
        meets("inferior_v", ["I"])


def test_shares_of_periods():
    """Two met, one missed, one open: 66.7 % of the decided ones, between 50 and 75 of all."""
    row = table([
        sample("R1", "2024-01-06", GOOD),
        sample("R1", "2024-02-06", GOOD),
        sample("R1", "2024-03-06", {**GOOD, "nh3n": 1.2, "codmn": 7.0}),
        sample("R1", "2024-04-06", {**GOOD, "tp": None}),
        sample("R1", "2024-05-06", {"tn": 2.0}),
    ])  # fmt: skip
    assert (row["periods"], row["met"], row["not_met"], row["undecided"]) == (4, 2, 1, 1)
    assert (row["share_met"], row["share_at_least"], row["share_at_most"]) == (66.7, 50.0, 75.0)
    assert (row["first"], row["last"], row["missed"]) == ("2024-01", "2024-04", ["2024-03"])
    assert row["exceeding"] == {"codmn": 1, "nh3n": 1}
    assert row["worst_class"] == "IV"


def test_missing_items_cannot_save_what_is_broken():
    """Ammonia alone above the limit decides, whatever is missing."""
    row = table([sample("R1", "2024-03-06", {"nh3n": 1.2})])
    assert (row["not_met"], row["undecided"], row["share_met"]) == (1, 0, 0.0)


def test_undecided_only_has_no_share():
    """Without a decided period there is no percentage, never 0 or 100."""
    row = table([sample("R1", "2024-04-06", {**GOOD, "tp": None})])
    assert row["share_met"] is None
    assert (row["share_at_least"], row["share_at_most"]) == (0.0, 100.0)


def test_half_a_detection_limit_decides_officially_and_the_rest_is_said():
    """Mercury below 0.0005: half is class IV, yet it may be I."""
    row = table([sample("R1", "2024-04-06", {**GOOD, "hg": "<0.0005"})])
    assert (row["met"], row["not_met"], row["hangs_on_limits"]) == (0, 1, 1)
    assert (row["share_met"], row["share_at_least"], row["share_at_most"]) == (0.0, 0.0, 100.0)


def test_stations_without_target_or_results_have_no_row():
    """Nothing is said of them."""
    stations = {"R1": station("R1"), "R2": station("R2", target_class="II")}
    readings = period_means(results([sample("R1", "2024-04-06", GOOD)]), per="month")
    assert len(compliance_table(classes_table(classify(readings, stations)), stations)) == 0


def test_years_of_too_few_samples_and_unfinished_ones_are_not_judged():
    """One bad sample is no bad year, and eight of a year that goes on are not the year."""
    stations = {"R1": station("R1", target_class="III")}
    samples = [sample("R1", f"{y}-{m:02d}-06", GOOD if y == 2023 else {**GOOD, "nh3n": 1.2})
               for y, n in ((2022, 1), (2023, 9), (2024, 9)) for m in range(1, n + 1)]  # fmt: skip
    readings = period_means(results(samples), per="year")
    classes = classes_table(classify(readings, stations, as_of=dt.date(2024, 10, 1)))
    row = compliance_table(classes, stations).iloc[0]
    assert (row["periods"], row["met"], row["not_judged"]) == (1, 1, 2)
    assert (row["first"], row["last"], row["worst_class"]) == ("2023", "2023", "II")
    row = compliance_table(classes[classes["period"] != "2023"], stations).iloc[0]
    assert (row["periods"], row["not_judged"], row["share_met"], row["last"]) == (0, 2, None, None)
