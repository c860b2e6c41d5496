"""``wetland birds``: the shapes of its answers, and a clear word for whatever is given wrongly."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

COUNTS = (
    "site,year,count\na,2020,10\na,2021,12\na,2022,\nb,2020,5\nb,2021,9\nb,2022,30\n"
    "c,2020,4\nc,2021,7\nc,2022,2\n"
)
INDEX_KEYS = {"time", "imputed", "fitted", "index", "index_se", "totals_ci", "overall", "wald",
              "gof", "overdispersion", "serial_correlation"}  # fmt: skip


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def made(words: str | bytes, name: str = "counts.csv") -> str:
        path = tmp_path / name
        path.write_bytes(words if isinstance(words, bytes) else words.encode("utf-8"))
        return str(path)

    return made


def test_an_index_has_the_promised_shape(run_cli, write) -> None:
    ran = run_cli("birds", "index", write(COUNTS), "--model", "3", "--format", "json")
    assert ran.code == 0
    answer = json.loads(ran.out)
    assert set(answer) >= INDEX_KEYS
    assert answer["time"] == [2020, 2021, 2022]
    assert answer["observed"] == [19.0, 28.0, 32.0]
    assert {"slope", "se", "class"} <= set(answer["overall"])
    assert {"chi2", "df", "p", "lr", "aic"} <= set(answer["gof"])
    assert answer["overdispersion"] is None
    assert answer["serial_correlation"] is None
    assert all(low < total < high for (low, high), total
               in zip(answer["totals_ci"], answer["imputed"], strict=True))  # fmt: skip


def test_corrections_widen_the_errors_and_not_the_totals(run_cli, write) -> None:
    file = write(COUNTS)
    plain, corrected = (
        json.loads(run_cli("birds", "index", file, *more, "--format", "json").out)
        for more in ((), ("--overdispersion", "--serial-correlation"))
    )
    assert corrected["overdispersion"] > 1
    assert corrected["serial_correlation"] is not None
    assert corrected["index_se"][1] > plain["index_se"][1]
    assert corrected["imputed"] == pytest.approx(plain["imputed"], rel=0.05)
    assert "--overdispersion" in plain["notes"][-1]["en"]
    assert all("--overdispersion" not in note["en"] for note in corrected["notes"])


@pytest.mark.parametrize(
    ("given", "points"), [("auto", {(2020,), (2021,), (2020, 2021)}), ("all", {(2020, 2021)}),
                          ("2021", {(2021,)}), ("2020，2021", {(2020, 2021)})]
)  # fmt: skip
def test_change_points_of_model_2(run_cli, write, given: str, points: set[tuple[int]]) -> None:
    ran = run_cli("birds", "index", write(COUNTS), "--model", "2", "--changepoints", given,
                  "--format", "json")  # fmt: skip
    assert tuple(json.loads(ran.out)["change_points"]) in points


def test_the_base_is_where_the_index_is_one(run_cli, write) -> None:
    ran = run_cli("birds", "index", write(COUNTS), "--base", "2021", "--format", "json")
    answer = json.loads(ran.out)
    assert (answer["base"], answer["index"][1]) == ([2021], 1.0)
    assert answer["index"][0] == pytest.approx(answer["imputed"][0] / answer["imputed"][1])


def test_months_covariates_and_weights(run_cli, write) -> None:
    rows = [f"p{p},{y},{m},{3 + p + y % 4 + m},{'wet' if p < 2 else 'dry'},{1 + p}"
            for p in range(4) for y in range(2015, 2020) for m in (1, 2)]  # fmt: skip
    file = write("site,time,month,count,habitat,w\n" + "\n".join(rows) + "\n")
    ran = run_cli("birds", "index", file, "--monthly", "--covariates", "habitat", "--weights", "w",
                  "--format", "json")  # fmt: skip
    answer = json.loads(ran.out)
    assert (answer["sites"], answer["counts"]) == (4, 40)
    assert {(c["covariate"], c["category"]) for c in answer["categories"]} == {
        ("habitat", "wet"), ("habitat", "dry")
    }  # fmt: skip


def test_csv_has_a_row_for_each_time(run_cli, write) -> None:
    ran = run_cli("birds", "index", write(COUNTS), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["time"] for row in rows] == ["2020", "2021", "2022"]
    assert {"imputed", "totals_ci_lower", "totals_ci_upper", "index"} <= set(rows[0])


@pytest.mark.parametrize(("lang", "words"), [("zh", "不确定"), ("en", "uncertain")])
def test_a_table_ends_with_the_class(run_cli, write, lang: str, words: str) -> None:
    ran = run_cli("birds", "index", write(COUNTS), "--overdispersion", "--lang", lang)
    assert ran.code == 0
    assert words in ran.out


@pytest.mark.parametrize(
    ("words", "more", "said"),
    [
        (COUNTS, ("--monthly",), "month"),
        (COUNTS, ("--base", "1999"), "1999"),
        (COUNTS, ("--base", "x"), "--base"),
        (COUNTS, ("--changepoints", "2021"), "model 2"),
        (COUNTS, ("--model", "2", "--changepoints", "soon"), "--changepoints"),
        (COUNTS, ("--covariates", "habitat"), "habitat"),
        ("site,year,count\npark,2020,4\npark,2021,5\n", ("--species", "x"), "one of the two"),
        ("plot,count\na,3\n", (), "time"),
        ("site,year,count\na,2020,many\n", (), "no row"),
        ("", (), "empty"),
    ],
)
def test_a_clear_word_for_what_cannot_be(run_cli, write, words, more, said) -> None:
    ran = run_cli("birds", "index", write(words), *more, "--lang", "en")
    assert ran.code == 1
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_wrong_rows_are_told_and_the_good_ones_count(run_cli, write) -> None:
    file = write(COUNTS.replace("c,2021,7", "c,2021,many"))
    ran = run_cli("birds", "index", file, "--lang", "en")
    assert ran.code == 0
    assert "1 errors" in ran.err
    assert "many" in ran.err
    answer = json.loads(run_cli("birds", "index", file, "--format", "json").out)
    assert [(p["row"], p["value"]) for p in answer["problems"]] == [(9, "many")]
