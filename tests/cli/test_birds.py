"""``wetland birds``: the shapes of its answers, and a clear word for whatever is given wrongly."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.operations.birdfile import TODAY, table
from wetland.operations.birdfiles import import_birds
from wetland.operations.stores import open_store
from wetland.reading.files import Given
from wetland.sites.load import open_site

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


def test_totals_that_rest_on_plots_not_counted_are_told(run_cli, write) -> None:
    few = "site,time,count\na,2020,4\na,2021,5\nb,2020,40\nb,2021,\n"
    answer = json.loads(run_cli("birds", "index", write(few), "--format", "json").out)
    assert answer["observed"] == [44.0, 5.0]
    assert answer["imputed"] == pytest.approx([44, 55])
    assert [note["en"] for note in answer["notes"] if "imputed at 1 times (2021)" in note["en"]]


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


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a store with a small table of surveys."""
    path = tmp_path_factory.mktemp("birds") / "xixi.gpkg"
    site = open_site("xixi")
    with open_store(path, site) as store:
        given = Given.of_bytes("b.csv", table())
        import_birds(store, site, given, actor="t", today=TODAY)
    return str(path)


def test_an_import_is_told_and_a_second_one_changes_nothing(run_cli, write, tmp_path) -> None:
    store = str(tmp_path / "s.gpkg")
    words = table().decode() + "E-9,EX-B1,2024-01-05,样线法,60,true,白骨丁,many,,true\n"
    words += "E-8,EX-B1,someday,样线法,60,true,白鹭,4,,true\n"
    file = write(words, "b.csv")
    ran = run_cli("birds", "import", file, "--store", store, "--format", "json", "--lang", "en")
    assert ran.code == 0
    answer = json.loads(ran.out)
    assert answer["layout"] == "tidy"
    assert answer["counts"]["records_added"] == 118
    assert answer["counts"]["rows_aside"] == 1
    assert [(u["name"], u["suggestions"]) for u in answer["unmatched"]] == [
        ("白骨丁", ["fulica-atra"])
    ]
    assert {"many", "someday"} <= {p["value"] for p in answer["problems"]}
    again = run_cli("birds", "import", file, "--store", store, "--lang", "en")
    assert "0 added, 0 changed" in again.out
    assert "names accept" in again.err
    assert "invented" in again.err
    assert run_cli("birds", "import", file, "--store", store, "--fail-on", "any").code == 3
    listed = json.loads(run_cli("birds", "names", "list", "--store", store, "-f", "json").out)
    assert listed[0]["name"] == "白骨丁"
    took = run_cli("birds", "names", "accept", "白骨丁", "白骨顶", "--store", store, "--actor",
                   "eve", "--lang", "en")  # fmt: skip
    assert "1 records" in took.out
    assert json.loads(run_cli("birds", "names", "list", "--store", store, "-f", "json").out) == []


def test_the_index_of_a_species_is_corrected_unless_told_otherwise(run_cli, stored) -> None:
    ask = ("birds", "index", "--species", "斑嘴鸭", "--store", stored, "--format", "json")
    answer = json.loads(run_cli(*ask).out)
    assert answer["species"] == "anas-zonorhyncha"
    assert answer["synthetic"] is True
    assert answer["overdispersion"] is not None
    assert answer["serial_correlation"] is not None
    plain = json.loads(run_cli(*ask, "--no-overdispersion", "--no-serial-correlation").out)
    assert plain["overdispersion"] is plain["serial_correlation"] is None
    told = run_cli("birds", "index", "--species", "斑嘴鸭", "--store", stored, "--lang", "en")
    assert "invented" in told.err


def test_alerts_become_findings(run_cli, stored) -> None:
    ask = ("birds", "alerts", "--store", stored, "--as-of", "2026-11-24", "--actor", "t")
    looked = json.loads(run_cli(*ask, "--no-save", "--format", "json").out)
    assert looked["species"][0]["species"] == "anas-zonorhyncha"
    assert looked["counts"]["birds/decline"] == 1
    other = (*ask, "--no-save", "--species", "白鹭", "--format", "json", "--fail-on", "broken")
    ran = run_cli(*other)
    assert (ran.code, json.loads(ran.out)["findings"]) == (0, [])
    one = json.loads(run_cli(*ask, "--no-save", "--species", "斑嘴鸭", "--format", "json").out)
    assert [f["rule"] for f in one["findings"]] == ["birds/decline"]
    listed = ("findings", "list", "--store", stored, "--format", "json")
    assert json.loads(run_cli(*listed).out)["findings"] == []
    ran = run_cli(*ask, "--fail-on", "broken", "--lang", "en")
    assert ran.code == 3
    assert "Eastern Spot-billed Duck" in ran.out
    assert [f["rule"] for f in json.loads(run_cli(*listed).out)["findings"]] == ["birds/decline"]


def test_records_are_reviewed_with_a_reason(run_cli, stored) -> None:
    waiting = json.loads(
        run_cli("birds", "queue", "--store", stored, "--limit", "2", "--format", "json").out
    )
    assert len(waiting) == 2
    key = waiting[0]["record_id"]
    ask = ("birds", "validate", "reject", key, "--store", stored, "--actor", "eve")
    assert run_cli(*ask).code == 1
    assert run_cli(*ask, "--reason", "another bird", "--lang", "en").code == 0
    undo = run_cli("birds", "validate", "undo", key, "--store", stored, "--actor", "eve",
                   "--reason", "it was right", "--format", "json")  # fmt: skip
    assert json.loads(undo.out)["changed"] == 1


def test_an_export_is_read_again(run_cli, stored, tmp_path) -> None:
    out = str(tmp_path / "birds.zip")
    ran = run_cli("birds", "export", "--out", out, "--store", stored, "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.out)["synthetic"] is True
    store = str(tmp_path / "again.gpkg")
    back = run_cli("birds", "import", out, "--store", store, "--format", "json")
    answer = json.loads(back.out)
    assert answer["layout"] == "dwca"
    assert answer["counts"]["records_added"] == 117
    assert answer["synthetic"] is True


@pytest.mark.parametrize(
    ("words", "format"),
    [
        (("richness",), "table"), (("richness", "--per", "season"), "json"),
        (("richness", "--per", "plot"), "csv"), (("phenology",), "table"),
        (("phenology",), "json"), (("checklist",), "table"), (("checklist",), "csv"),
        (("indicator", "--species", "斑嘴鸭"), "table"),
        (("indicator", "--species", "斑嘴鸭"), "json"), (("queue",), "table"),
        (("queue",), "csv"),
    ],
)  # fmt: skip
def test_answers_have_the_format_asked_for(run_cli, stored, words, format) -> None:
    ran = run_cli("birds", *words, "--store", stored, "--format", format, "--lang", "en")
    assert ran.code == 0
    assert "Traceback" not in ran.err
    if format == "json":
        assert json.loads(ran.out)
    else:
        assert len(ran.out.splitlines()) > 1


def test_birds_beside_a_series_of_a_file(run_cli, stored, write) -> None:
    rows = "".join(f"{year}-12-20,{(year * 7) % 5}\n" for year in range(2014, 2024))
    file = write("date,value\n" + rows, "water.csv")
    ran = run_cli("birds", "associate", "斑嘴鸭", "--with", f"file:{file}", "--store", stored,
                  "--lang", "en")  # fmt: skip
    assert ran.code == 0
    assert "not cause" in ran.out


def test_richness_of_a_table(run_cli, write) -> None:
    file = write("site,a,b,c,d,e\ns1,5,1,0,2,0\ns2,3,0,1,2,1\ns3,1,0,0,9,1\n")
    answer = json.loads(run_cli("birds", "richness", file, "--format", "json").out)
    assert answer["observed"] == 5
    assert {"chao1", "chao2", "ace", "jackknife1", "jackknife2", "hill", "curves",
            "accumulation", "shannon", "simpson", "evenness"} <= set(answer)  # fmt: skip
    told = run_cli("birds", "richness", file, "--lang", "en")
    assert "chao1" in told.out


def test_a_store_without_birds_says_what_to_do(run_cli, tmp_path) -> None:
    store = str(tmp_path / "s.gpkg")
    with open_store(store, "xixi"):
        pass
    ran = run_cli("birds", "alerts", "--store", store, "--lang", "en")
    assert ran.code == 1
    assert "wetland birds import" in ran.err
