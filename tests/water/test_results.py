"""Readings: what is used, what is averaged with what, and exact rounding."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.water.made import results, sample
from wetland.base.errors import InputError
from wetland.water.exactmeans import Cells, exact_means
from wetland.water.fractionmeans import mean_of_means, round_half_even
from wetland.water.grouping import grouped
from wetland.water.results import PERS, Readings, period_means, usable


def cell(readings: Readings, code: str, which: str = "value", row: int = 0) -> float:
    return float(readings.column(code, which)[row])


def test_only_samples_that_did_not_fail_are_used() -> None:
    table = results(
        [
            sample("a", "2024-05-01", {"tp": 0.1}),
            sample("a", "2024-05-01", {"tp": 0.2}, qa="duplicate"),
            sample("a", "2024-05-01", {"tp": 0.0}, qa="blank"),
            sample("a", "2024-05-01", {"tp": 9.0}, qa="spike"),
            sample("a", "2024-05-01", {"tp": 8.0}, qa="standard"),
            sample("a", "2024-05-01", {"tp": 7.0}, flag="fail"),
            sample("a", "2024-05-01", {"tp": 6.0}, flag="missing"),
            sample("a", "2024-05-02", {"tp": 0.3}, flag="suspect"),
            sample("a", "2024-05-03", {"tp": 0.5}, flag="unknown"),
        ]
    )
    assert usable(table)["value"].tolist() == [0.1, 0.3, 0.5]
    month = period_means(table, per="month")
    assert cell(month, "tp") == 0.3
    assert (month.samples[0], month.suspect[0], month.count[0, 0]) == (3, 1, 3)


@pytest.mark.parametrize(
    ("code", "values", "mean"),
    [
        ("nh3n", [0.12, 0.13], 0.12),  # 0.125: the even neighbour is 0.12
        ("nh3n", [0.13, 0.14], 0.14),  # 0.135 is 0.14; as a double 0.135 lies above, 0.145 below
        ("nh3n", [0.14, 0.15], 0.14),
        ("nh3n", [1.005], 1.0),  # 1.005 as a double lies below; the decimal is a tie
        ("nh3n", [1.015], 1.02),
        ("codmn", [4.25], 4.2),
        ("codmn", [4.35], 4.4),
        ("tp", [0.0125], 0.012),
        ("tp", [0.0135], 0.014),
        ("tp", [0.05, 0.05, 0.051], 0.05),
        ("ph", [8.5], 8.0),
        ("ph", [9.5], 10.0),
        ("ph", [8.5, 8.5], 8.0),  # equal values are their own mean, hydrogen ions or not
        ("temp", [-0.05], 0.0),
        ("hg", [0.000045], 0.00004),
        ("chla", [1.23456], 1.23456),  # no places are laid down
    ],
)
def test_means_are_rounded_half_to_even(code: str, values: list[float], mean: float) -> None:
    table = results([sample("a", f"2024-05-{d:02d}", {code: v}) for d, v in enumerate(values, 1)])
    assert cell(period_means(table, per="month"), code) == mean


def test_samples_are_not_rounded() -> None:
    table = results([sample("a", "2024-05-01", {"nh3n": 1.005, "ph": 8.57})])
    readings = period_means(table)
    assert (cell(readings, "nh3n"), cell(readings, "ph")) == (1.005, 8.57)


def test_months_have_equal_weight_in_a_year_and_are_not_rounded_before() -> None:
    table = results(
        [
            sample("a", "2024-01-05", {"codmn": 1.0, "nh3n": 0.10}),
            sample("a", "2024-01-20", {"codmn": 3.0, "nh3n": 0.11}),
            sample("a", "2024-02-05", {"codmn": 5.0, "nh3n": 0.12}),
            sample("a", "2024-06-05", {"codmn": 2.0}),
        ]
    )
    year = period_means(table, per="year")
    assert cell(year, "codmn") == 3.0  # (2 + 5 + 2) / 3; all results alike would give 2.75
    assert cell(year, "codmn", "mean") == 3.0
    # (0.105 + 0.12) / 2; with January rounded to 0.10 first the mean would be 0.11.
    assert cell(year, "nh3n", "mean") == pytest.approx(0.1125, abs=1e-15)
    quarters = period_means(table, per="quarter")
    assert quarters.period.tolist() == ["2024-Q1", "2024-Q2"]
    assert quarters.column("codmn").tolist() == [3.5, 2.0]
    assert quarters.samples.tolist() == [3, 1]


def test_ph_is_averaged_as_hydrogen_ions() -> None:
    """-lg((10^-6 + 10^-8) / 2) = 7 - lg 5.05 = 6.2967."""
    table = results([sample("a", "2024-05-01", {"ph": 6.0}), sample("a", "2024-05-02", {"ph": 8})])
    month = period_means(table, per="month")
    assert cell(month, "ph", "mean") == pytest.approx(7 - np.log10(5.05), rel=1e-14)
    assert cell(month, "ph") == 6


def test_non_detects_count_half_their_limit_and_carry_what_they_may_be() -> None:
    table = results([sample("a", "2024-05-01", {"nh3n": "<0.05"}),
                     sample("a", "2024-05-02", {"nh3n": 0.1})])  # fmt: skip
    month = period_means(table, per="month")
    assert cell(month, "nh3n", "mean") == 0.0625
    assert [cell(month, "nh3n", w) for w in ("value", "low", "high")] == [0.06, 0.05, 0.08]
    assert (month.count[0, 0], month.censored[0, 0]) == (2, 1)
    assert cell(period_means(table), "nh3n") == 0.025


def test_a_non_detect_without_a_limit_leaves_the_value_unknown() -> None:
    table = results([sample("a", "2024-05-01", {"nh3n": 0.4}),
                     sample("a", "2024-05-02", {"nh3n": "<nan"})])  # fmt: skip
    month = period_means(table, per="month")
    assert np.isnan(cell(month, "nh3n"))
    assert [cell(month, "nh3n", w) for w in ("low", "high")] == [0.2, np.inf]


def test_above_the_upper_limit_has_no_upper_end() -> None:
    table = results([sample("a", "2024-05-01", {"fc": 24000}, censoring="above")])
    month = period_means(table, per="month")
    assert [cell(month, "fc", w) for w in ("value", "low", "high")] == [24000, 24000, np.inf]


def test_a_censored_ph_is_not_used() -> None:
    table = results([sample("a", "2024-05-01", {"ph": "<2", "tp": 0.1})])
    readings = period_means(table)
    assert np.isnan(cell(readings, "ph"))
    assert np.isnan(cell(readings, "ph", "high"))
    assert readings.count[0].tolist() == [0, 1]


def test_the_noise_of_a_conversion_is_not_a_digit() -> None:
    assert 9 * 0.001 != 0.009
    table = results([sample("a", "2024-05-01", {"nh3n": 9 * 0.001})])
    assert cell(period_means(table), "nh3n") == 0.009


def test_samples_of_one_day_stay_apart_and_rows_without_a_moment_join_the_only_one() -> None:
    at = [pd.Timestamp("2024-05-01T01:00Z"), pd.Timestamp("2024-05-01T07:00Z")]
    table = results(
        [
            sample("a", "2024-05-01", {"tp": 0.1}, sampled_at=at[1]),
            sample("a", "2024-05-01", {"tp": 0.2}, sampled_at=at[0]),
            sample("a", "2024-05-02", {"tp": 0.3}, sampled_at=at[0] + pd.Timedelta(days=1)),
            sample("a", "2024-05-02", {"nh3n": 0.3}),
            sample("b", "2024-05-02", {"tp": 0.1}, depth_m=0.5),
            sample("b", "2024-05-02", {"tp": 0.4}, depth_m=5.0),
        ]
    )
    readings = period_means(table)
    assert readings.period.tolist() == [
        "2024-05-01/1", "2024-05-01/2", "2024-05-02", "2024-05-02/1", "2024-05-02/2"
    ]  # fmt: skip
    assert readings.column("tp").tolist() == [0.2, 0.1, 0.3, 0.1, 0.4]
    assert cell(readings, "nh3n", row=2) == 0.3
    month = period_means(table, per="month")
    assert month.samples.tolist() == [3, 1]  # two depths of one moment are one visit
    assert cell(month, "tp", row=1) == 0.25


def test_rows_are_sorted_and_columns_follow_the_registry() -> None:
    table = results(
        [
            sample("b", "2024-05-02", {"tn": 1.0, "tp": 0.1, "ph": 7.0}),
            sample("a", "1969-12-31", {"unheard": 3.25, "do": 8.0}, synthetic=True),
            sample("a", "1970-01-01", {"do": 8.0}),
        ]
    )
    month = period_means(table, per="month")
    assert month.parameters == ("ph", "do", "tp", "tn", "unheard")
    assert list(zip(month.station, month.period, strict=True)) == [
        ("a", "1969-12"), ("a", "1970-01"), ("b", "2024-05")
    ]  # fmt: skip
    assert month.starts_on.astype(str).tolist() == ["1969-12-01", "1970-01-01", "2024-05-01"]
    assert month.synthetic.tolist() == [True, False, False]
    assert cell(month, "unheard") == 3.25
    year = period_means(table, per="year")
    assert year.starts_on.astype(str).tolist() == ["1969-01-01", "1970-01-01", "2024-01-01"]


@pytest.mark.parametrize("per", PERS)
def test_nothing_gives_nothing(per: str) -> None:
    none = results([sample("a", "2024-05-01", {"tp": 0.1}, qa="blank")])
    readings = period_means(none, per=per)
    assert (len(readings), readings.value.shape) == (0, (0, 0))


def test_an_unknown_period_is_refused() -> None:
    with pytest.raises(InputError, match="fortnight"):
        period_means(results([sample("a", "2024-05-01", {"tp": 0.1})]), per="fortnight")


# Few decimals, many, and sums of very different size; months of unequal weight make fractions.
decimals = st.integers(0, 4000).map(lambda n: n / 1000) | st.floats(0, 5).map(lambda v: round(v, 9))


@given(st.lists(st.lists(st.tuples(decimals, st.booleans()), min_size=1, max_size=4), min_size=1,
                max_size=5))  # fmt: skip
def test_means_of_months_are_those_of_fractions(months: list[list[tuple[float, bool]]]) -> None:
    flat = [(m, v, b) for m, month in enumerate(months) for v, b in month]
    cells = Cells(
        np.array([v for _, v, _ in flat]),
        np.array([b for *_, b in flat]),
        np.zeros(len(flat), dtype=bool),
        np.array([m for m, *_ in flat]),
        np.zeros(len(flat), dtype=np.int64),
        ("nh3n",),
    )
    made = exact_means(cells, len(months), rounding=True, spans=np.zeros(len(months), np.int64))
    for share, got in ((1 / 2, made.value), (0, made.low), (1, made.high)):
        groups = [[Fraction(repr(v)) * (Fraction(share) if b else 1) for v, b in month]
                  for month in months]  # fmt: skip
        assert got[0, 0] == round_half_even(mean_of_means(groups), 2)


@given(st.lists(st.integers(400, 1100), min_size=1, max_size=6))
def test_a_mean_ph_lies_among_its_values_and_below_their_mean(hundredths: list[int]) -> None:
    values = [h / 100 for h in hundredths]
    table = results([sample("a", f"2024-05-{d:02d}", {"ph": v}) for d, v in enumerate(values, 1)])
    mean = cell(period_means(table, per="month"), "ph", "mean")
    assert min(values) - 1e-9 <= mean <= float(np.mean(values)) + 1e-9


@given(st.lists(st.integers(-(10**12), 10**12) | st.integers(0, 30), max_size=30))
def test_groups_are_numbered_in_order_with_and_without_sorting(keys: list[int]) -> None:
    numbers, size = grouped(np.array(keys, dtype=np.int64))
    distinct = sorted(set(keys))
    assert size == len(distinct)
    assert numbers.tolist() == [distinct.index(k) for k in keys]


def test_samples_far_apart_in_time_stay_in_order() -> None:
    table = results([sample(name, day, {"tp": 0.1}) for name in "cab"
                     for day in ("2199-01-01", "1850-06-30")])  # fmt: skip
    readings = period_means(table)
    assert readings.station.tolist() == list("aabbcc")
    assert readings.period.tolist() == ["1850-06-30", "2199-01-01"] * 3
