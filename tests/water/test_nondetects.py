"""Means with non-detects by the official rule and by statistics, side by side."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from wetland.base.errors import InputError
from wetland.statistics.censored import METHODS, summarise
from wetland.water.nondetects import nondetect_summaries
from wetland.water.results import period_means


def table(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    """Make invented results of (station, month, parameter, value, censoring)."""
    frame = pd.DataFrame(
        rows, columns=["station", "month", "parameter", "value", "censoring"]
    )  # fmt: skip
    days = [dt.date(2024, m, 3) for m in frame.pop("month")]
    return frame.assign(sampled_on=days, qa="sample", flag="good", synthetic=True)


AMMONIA = [("A", m, "nh3n", v, c) for m, v, c in (
    (1, 0.025, "below"), (2, 0.05, "none"), (3, 0.05, "below"), (4, 0.11, "none"),
    (5, 0.025, "below"), (6, 0.2, "none"),
)]  # fmt: skip


def test_every_method_beside_the_official_one():
    found = nondetect_summaries(table(AMMONIA), methods=tuple(METHODS)).set_index("method")
    value = [v for *_, v, _ in AMMONIA]
    below = [c == "below" for *_, c in AMMONIA]
    for method in METHODS:
        want = summarise(value, below, method=method)
        row = found.loc[method]
        assert (row["mean"], row["lower"], row["p75"]) == pytest.approx(
            (want.mean, want.lower, want.quantiles[0.75]), nan_ok=True
        )
        assert (row["n"], row["censored"]) == (6, 3)
        assert row["notes"] == list(want.notes)
    official = period_means(table(AMMONIA), per="year")
    assert found.loc["half", "mean"] == pytest.approx(official.column("nh3n", "mean")[0])
    assert found["synthetic"].all()


def test_a_summary_for_each_period():
    found = nondetect_summaries(table(AMMONIA), methods=("half",), per="quarter")
    assert found["period"].tolist() == ["2024-Q1", "2024-Q2"]
    assert found["n"].tolist() == [3, 3]
    assert nondetect_summaries(table(AMMONIA), per="month")["period"].nunique() == 6
    assert nondetect_summaries(table(AMMONIA), per="year")["period"].unique().tolist() == ["2024"]
    assert nondetect_summaries(table(AMMONIA))["period"].tolist() == [None, None]


def test_ph_is_averaged_as_hydrogen_ions():
    rows = [("A", m, "ph", v, "none") for m, v in enumerate([6.0, 8.0, 7.0], start=1)]
    found = nondetect_summaries(table(rows), methods=("half",))
    want = -math.log10((1e-6 + 1e-8 + 1e-7) / 3)
    assert found["mean"].item() == pytest.approx(want)
    assert found["median"].item() == 7
    assert not found["lower"].item() > want


@pytest.mark.parametrize("per", ["month", "quarter", "year"])
def test_periods_are_those_of_the_classes(per):
    found = nondetect_summaries(table(AMMONIA), methods=("half",), per=per)
    assert found["period"].tolist() == period_means(table(AMMONIA), per=per).period.tolist()


def test_above_the_upper_limit_only_the_official_rule_has_a_number():
    rows = [("A", 1, "fc", 24000.0, "above"), ("A", 2, "fc", 900.0, "none")]
    found = nondetect_summaries(table(rows)).set_index("method")
    assert found.loc["half", "mean"] == 12450
    assert "taken at it" in found.loc["half", "notes"][-1].en
    assert math.isnan(found.loc["kaplan_meier", "mean"])
    assert "nobody knows" in found.loc["kaplan_meier", "notes"][0].en


def test_zero_has_no_logarithm_and_takes_nothing_else_down():
    rows = [("A", m, "tp", v, "none") for m, v in enumerate([0.0, 0.1, 0.2, 0.3], start=1)]
    found = nondetect_summaries(table(rows), methods=("half", "ros", "mle")).set_index("method")
    assert found.loc["half", "mean"] == pytest.approx(0.15)
    assert found.loc[["ros", "mle"], "mean"].isna().all()


def test_only_usable_rows_count_and_none_is_no_error():
    used = table(AMMONIA).assign(flag="fail")
    assert len(nondetect_summaries(used)) == 0
    assert "mean" in nondetect_summaries(used)
    lab = table(AMMONIA).assign(qa="blank")
    both = pd.concat([table(AMMONIA), lab], ignore_index=True)
    pd.testing.assert_frame_equal(nondetect_summaries(both), nondetect_summaries(table(AMMONIA)))


def test_a_non_detect_without_a_limit_is_left_out_and_counted():
    rows = [*AMMONIA, ("A", 7, "nh3n", np.nan, "below")]
    found = nondetect_summaries(table(rows), methods=("kaplan_meier",))
    assert (found["n"].item(), found["left_out"].item()) == (6, 1)


@pytest.mark.parametrize("wrong", [{"per": "week"}, {"methods": ("mean",)}])
def test_unknown_words_are_refused(wrong):
    with pytest.raises(InputError):
        nondetect_summaries(table(AMMONIA), **wrong)
