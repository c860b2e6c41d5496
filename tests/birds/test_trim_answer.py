"""What a fitted model says as plain values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from wetland.base.errors import InputError
from wetland.birds.trim import TrimSettings, trim
from wetland.birds.trimanswer import trim_answer
from wetland.birds.trimreading import CountOptions, read_counts

DATA = Path(__file__).parent / "data" / "trim"


def test_the_answer_is_json_with_the_numbers_of_the_model() -> None:
    table, _ = read_counts(DATA / "sim_b.csv", CountOptions(covariates=("habitat",)))
    fitted = trim(table, TrimSettings(model=3, serial_correlation=True))
    answer = json.loads(json.dumps(trim_answer(fitted, base=2010), allow_nan=False))
    assert answer["time"] == list(range(2008, 2023))
    assert answer["base"] == [2010]
    assert answer["index"][2] == 1.0
    assert_allclose(answer["imputed"], fitted.totals.imputed)
    assert_allclose(answer["index_se"], fitted.index(2010).se)
    assert all(
        low < total < high
        for (low, high), total in zip(answer["totals_ci"], answer["imputed"], strict=True)
    )
    assert answer["overall"]["class"] == fitted.overall().meaning
    assert [c["category"] for c in answer["categories"]] == ["pond", "reed", "riparian"]
    assert_allclose(
        sum(c["imputed"][0] for c in answer["categories"]), answer["imputed"][0], rtol=1e-9
    )
    assert [w["question"] for w in answer["wald"]] == ["covariate"]
    assert answer["overdispersion"] > 0
    with pytest.raises(InputError, match="not from 2008 to 2022"):
        trim_answer(fitted, base=1999)


def test_what_is_not_known_is_none() -> None:
    table, _ = read_counts(DATA / "sim_a_gap.csv")
    answer = trim_answer(trim(table, TrimSettings(model=2, overdispersion=False)))
    assert answer["observed"][5] is None
    assert answer["imputed"][5] > 0
    assert answer["overdispersion"] is None
    assert answer["serial_correlation"] is None
    assert answer["wald"][0]["question"] == "slope"
    assert any("2010" in note["en"] for note in answer["notes"])


def test_no_interval_of_an_index_goes_below_nothing(tmp_path: Path) -> None:
    rows = ("A,2011,3", "B,2011,2.5", "B,2012,5", "A,2012,5", "C,2010,1", "C,2011,2")
    (tmp_path / "few.csv").write_text("\n".join(("site,year,count", *rows)), encoding="utf-8")
    table, _ = read_counts(tmp_path / "few.csv")
    answer = trim_answer(trim(table, TrimSettings(model=3, overdispersion=False)))
    assert answer["index_se"][1] > answer["index"][1] / 2
    assert [low >= 0 for low, _ in answer["index_ci"]] == [True] * 3
