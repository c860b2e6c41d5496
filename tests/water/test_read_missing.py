"""What a file says was not measured: rows flagged missing, shown and never used."""

from __future__ import annotations

import pytest

from tests.water.made import station
from tests.water.readingwater import read
from wetland.water.certainty import class_certainty
from wetland.water.classes import classes_table, classify
from wetland.water.results import PERS, period_means, usable
from wetland.water.seriestime import results_series
from wetland.water.stations import CLASSES

HEAD = "station,date,pH,do(mg/L),codmn(mg/L),nh3n(mg/L),tp(mg/L)\n"
FULL = "A,2024-05-01,7.5,8,3,0.3,0.08\n"
RIVER = {"A": station("A", "river")}


def missing(content: str) -> list[tuple[str, str, str | None]]:
    """Return day, parameter and words of the rows flagged missing."""
    rows = read(content).results
    rows = rows[rows["flag"] == "missing"]
    assert rows["value"].isna().all()
    assert (rows["censoring"] == "none").all()
    words = rows["value_received"].astype(object).where(rows["value_received"].notna(), None)
    return list(zip(rows["sampled_on"].astype(str), rows["parameter"], words, strict=True))


def test_a_row_without_a_result_is_one_missing_row_for_each_column() -> None:
    found = missing(HEAD + FULL + "A,2024-06-01,,,,,\n")
    assert found == [("2024-06-01", p, None) for p in ("ph", "do", "codmn", "nh3n", "tp")]


def test_only_cells_that_say_so_are_missing_beside_results() -> None:
    found = missing(HEAD + "A,2024-05-01,7.5,-1,—,,0.08\n")
    assert found == [("2024-05-01", "do", "-1"), ("2024-05-01", "codmn", "—")]


def test_a_tidy_row_without_a_value_names_what_is_missing() -> None:
    head = "station,date,parameter,value,unit,remark\n"
    rows = ("A,2024-05-01,tp,0.05,mg/L,\nA,2024-05-01,nh3n,,mg/L,\n"
            "A,2024-05-01,codmn,,mg/L,未测\nA,2024-05-01,cod,,mg/L,ND\n")  # fmt: skip
    assert missing(head + rows) == [
        ("2024-05-01", "nh3n", None), ("2024-05-01", "codmn", "未测"),
    ]  # fmt: skip


def test_quality_control_and_rows_without_a_day_are_not_missing() -> None:
    words = (
        "station,date,sample type,nh3n(mg/L)\nA,2024-05-01,空白,—\nA,,样品,—\nA,2024-05-01,,0.3\n"
    )
    assert missing(words) == []


def test_a_result_told_in_another_row_goes_before() -> None:
    empty = "A,2024-05-01,,,,,\n"
    assert missing(HEAD + empty + FULL) == missing(HEAD + FULL + empty) == []
    assert len(missing(HEAD + empty + empty)) == 5


def test_flags_are_not_given_to_what_was_not_measured() -> None:
    reading = read(HEAD + FULL + "A,2024-06-01,-1,-1,-1,-1,-1\n")
    rows = reading.results[reading.results["flag"] == "missing"]
    assert rows["flag_tests"].isna().all()
    assert (reading.counts["results"], reading.counts["missing"]) == (5, 5)
    assert reading.source["rows_aside"] == 0
    assert reading.results["source_row"].is_monotonic_increasing


@pytest.mark.parametrize(("per", "period"), [("sample", "2024-06-01"), ("month", "2024-06"),
                                             ("quarter", "2024-Q2"), ("year", "2024")])  # fmt: skip
def test_a_period_of_which_nothing_was_measured_has_no_class(per: str, period: str) -> None:
    results = read(HEAD + "A,2024-06-01,,,,,\n").results
    (row,) = classes_table(classify(period_means(results, per=per), RIVER)).to_dict("records")
    assert (row["period"], row["water_class"], row["official"]) == (period, None, False)
    assert (row["why_not_official"], row["possible"]) == ("no_class", list(CLASSES))
    assert row["missing"] == ["ph", "do", "codmn", "nh3n", "tp"]
    assert (row["samples"], row["deciding"], row["main_pollutants"]) == (0, [], [])
    assert row["values"] == {}
    assert row["meets_target"] is None


@pytest.mark.parametrize("per", PERS)
def test_missing_rows_change_nothing_of_what_was_measured(per: str) -> None:
    days = "".join(
        FULL.replace("05-01", f"{month:02}-0{day}") for month in (1, 2, 4) for day in (1, 8)
    )
    alone = read(HEAD + days).results
    beside = read(
        HEAD + days + "A,2024-03-01,,,,,\nA,2024-02-01,,,,,\nA,2024-04-09,7,-1,-1,,\n"
    ).results
    beside = beside[(beside["flag"] == "missing") | beside["result_id"].isin(alone["result_id"])]
    assert len(usable(beside)) == len(alone)
    before = classes_table(classify(period_means(alone, per=per), RIVER))
    after = classes_table(classify(period_means(beside, per=per), RIVER))
    assert after[after["samples"] > 0].to_dict("records") == before.to_dict("records")
    assert (after["samples"] == 0).sum() == {"sample": 2, "month": 1, "quarter": 0, "year": 0}[per]


def test_analyses_pass_over_what_was_not_measured() -> None:
    days = "".join(FULL.replace("05-01", f"0{month}-0{day}") for month in (1, 2) for day in (1, 8))
    results = read(HEAD + days + "A,2024-03-01,,,,,\n").results
    assert set(results_series(results)["t"]) == set(results_series(usable(results))["t"])
    certain = class_certainty(results, RIVER, per="month", draws=10)
    assert certain["period"].tolist() == ["2024-01", "2024-02"]
