"""``wetland water``: the shapes of its answers, and a clear word for whatever is given wrongly."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from wetland.operations.stores import open_store
from wetland.operations.waterfiles import import_water
from wetland.reading.files import Given
from wetland.sites.load import open_site

HEAD = "station,date,ph,do (mg/L),codmn (mg/L),nh3n (mg/L),tp (mg/L),tn (mg/L),fc (个/L)\n"
CLASS_KEYS = {"station", "period", "water_class", "complete", "possible", "deciding",
              "main_pollutants", "apart"}  # fmt: skip
TREND_KEYS = {"station", "parameter", "method", "s", "var_s", "z", "p_value", "slope_per_year",
              "lower", "upper", "n"}  # fmt: skip
SERIES = "station,date,parameter,value\n" + "".join(
    f"A,{2016 + k},tp,{v}\n" for k, v in enumerate((0.21, 0.19, 0.18, 0.20, 0.15))
)


@pytest.fixture
def write(tmp_path: Path):
    def made(words: str | bytes, name: str = "w.csv") -> str:
        path = tmp_path / name
        path.write_bytes(words if isinstance(words, bytes) else words.encode("utf-8"))
        return str(path)

    return made


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a store with the invented examples of Xixi, of its last years (to be quick)."""
    path = tmp_path_factory.mktemp("water") / "xixi.gpkg"
    site = open_site("xixi")
    words = (site.folder / "examples" / "water.csv").read_text(encoding="utf-8-sig")
    head, *rows = words.splitlines(keepends=True)
    late = [row for row in rows if row.split(",")[1] >= "2020" and row[3] in "RP"]
    with open_store(path, site) as store:
        few = Given.of_bytes("water.csv", (head + "".join(late)).encode())
        import_water(store, site, few, actor="t")
    return str(path)


def test_classes_have_the_promised_shape(run_cli, write) -> None:
    rows = "A,2024-05-01,7.5,7.9,3.0,2.2,0.44,6,300\nB,2024-05-01,7.5,7.9,3.0,0.3,,1.2,\n"
    ran = run_cli("water", "classes", write(HEAD + rows), "--water-body", "river", "--per",
                  "sample", "--format", "json")  # fmt: skip
    assert ran.code == 0
    bad, good = json.loads(ran.out)
    assert set(bad) >= CLASS_KEYS
    assert (bad["station"], bad["period"], bad["water_class"]) == ("A", "2024-05-01", "inferior_v")
    assert bad["complete"] is True
    assert bad["possible"] == ["inferior_v"]
    assert bad["deciding"] == ["nh3n", "tp"]
    first = {"parameter": "nh3n", "value": 2.2, "limit": 1.0, "multiple": 1.2}
    assert bad["main_pollutants"] == [first, {"parameter": "tp", "value": 0.44, "limit": 0.2,
                                              "multiple": 1.2}]  # fmt: skip
    assert bad["main_words"] == "氨氮(1.2)、总磷(1.2)"
    assert bad["apart"] == {"tn": "inferior_v", "fc": "II"}
    assert good["complete"] is False
    assert good["possible"] == ["II", "III", "IV", "V", "inferior_v"]
    assert good["main_pollutants"] == []
    assert good["apart"] == {"tn": "IV", "fc": None}


@pytest.mark.parametrize(("body", "water_class"), [("river", "II"), ("lake", "IV")])
def test_lakes_have_their_own_phosphorus(run_cli, write, body: str, water_class: str) -> None:
    file = write(HEAD + "A,2024-05-01,7.5,7.9,3.0,0.3,0.08,1.2,\n")
    ran = run_cli("water", "classes", file, "--water-body", body, "--format", "json")
    assert json.loads(ran.out)[0]["water_class"] == water_class


def test_an_empty_row_has_no_class(run_cli, write) -> None:
    file = write("station,date,temp,cond\nA,2024-05-01,17.2,300\n")
    ran = run_cli("water", "classes", file, "--water-body", "river", "--format", "json")
    (row,) = json.loads(ran.out)
    assert row["water_class"] is None
    assert row["possible"] == ["I", "II", "III", "IV", "V", "inferior_v"]


def test_a_row_without_results_is_shown(run_cli, write) -> None:
    file = write("station,date,nh3n(mg/L)\nA,2024-05-01,0.3\nA,2024-06-01,\nB,2024-05-01,-1\n")
    words = ("--per", "month", "--water-body", "river", "--format", "json")
    rows = json.loads(run_cli("water", "classes", file, *words).out)
    assert [(r["station"], r["period"], r["water_class"]) for r in rows] == [
        ("A", "2024-05", "II"), ("A", "2024-06", None), ("B", "2024-05", None),
    ]  # fmt: skip
    assert len(rows[1]["possible"]) == 6
    assert rows[1]["official"] is False


@pytest.mark.parametrize("method", ["mann_kendall", "seasonal_kendall", "regional_kendall"])
def test_trends_have_the_promised_shape(run_cli, write, method: str) -> None:
    ran = run_cli("water", "trends", write(SERIES), "--method", method, "--format", "json")
    assert ran.code == 0
    (row,) = json.loads(ran.out)
    assert set(row) >= TREND_KEYS
    assert (row["station"], row["method"]) == ("*" if "reg" in method else "A", method)
    assert (row["s"], row["n"]) == (-6.0, 5)
    assert row["p_value"] == pytest.approx(0.2206714, abs=1e-7)  # scipy and EnvStats agree
    assert row["slope_per_year"] == pytest.approx(-0.0141667, abs=1e-7)


@pytest.mark.parametrize(("name", "program"), [("guelphP", "rkt"), ("rand_quarterly_multi_a",
                         "rkt_rep_average")])  # fmt: skip
def test_trends_agree_with_the_reference(
    run_cli, write, shared: Path, name: str, program: str
) -> None:
    """From a file to JSON: numbers of R's rkt, to 1e-6."""
    path = shared / "reference" / "wq" / f"{name}.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    rows = zip(told["year"], told["season"], told["y"], strict=True)
    step = 12 // told["period"]
    words = "station,date,parameter,value\n" + "".join(
        f"A,{year}-{(season - 1) * step + 1:02d},x,{'' if y in (None, 'NA') else y}\n"
        for year, season, y in rows
    )
    ran = run_cli("water", "trends", write(words), "--method", "seasonal_kendall",
                  "--period", str(told["period"]), "--format", "json")  # fmt: skip
    (row,) = json.loads(ran.out)
    wanted = told["results"][program]
    for ours, theirs in (("s", "S"), ("var_s", "varS"), ("p_value", "p"),
                         ("slope_per_year", "slope")):  # fmt: skip
        assert row[ours] == pytest.approx(wanted[theirs], rel=1e-6), ours


def test_trends_take_censored_values_and_any_parameter(run_cli, write) -> None:
    words = "station,date,parameter,value,censored\n" + "".join(
        f"A,{2010 + k},dolphins,{v},{c}\n"
        for k, (v, c) in enumerate([(5, 1), (5, 1), (6, 0), (8, 0), (9, 0), (12, 0)])
    )
    ran = run_cli("water", "trends", write(words), "--method", "mann_kendall", "--format", "json")
    (row,) = json.loads(ran.out)
    assert row["parameter"] == "dolphins"
    assert row["censored"] == 2
    assert row["s"] == 14


def test_the_official_trend_is_of_annual_means(run_cli, write) -> None:
    rows = [f"A,{y}-{m:02d}-06,氨氮,{2030 - y}" for y in range(2015, 2021) for m in range(1, 9)]
    file = write("station,date,parameter,value\n" + "\n".join(rows) + "\n")
    asked = ("water", "trends", file, "--method", "spearman")
    (row,) = json.loads(run_cli(*asked, "--format", "json").out)
    assert (row["parameter"], row["method"], row["n"], row["rs"]) == ("nh3n", "spearman", 6, -1.0)
    assert (row["critical"], row["words"]) == (pytest.approx(0.829, abs=5e-4), "显著下降（好转）")
    assert "临界值" in run_cli(*asked).out
    refused = run_cli(*asked, "--alpha", "0.1")
    assert refused.code != 0
    assert "--alpha" in refused.err


def test_the_trophic_index_of_one_sample(run_cli, write) -> None:
    """By hand: (50.006 + 0.7056 x 45.709 + 0.6724 x 54.53 + 0.6889 x (51.18 + 37.979)) / 3.7558."""
    rows = ("chla,10,ug/L", "tp,0.05,mg/L", "tn,1.0,mg/L", "sd,1.0,m", "codmn,4,mg/L")
    file = write("station,date,parameter,value,unit\n"
                 + "".join(f"L,2024-05-01,{row}\n" for row in rows))  # fmt: skip
    asked = ("water", "trophic", file, "--per", "sample", "--format", "json", "--water-body")
    (row,) = json.loads(run_cli(*asked, "lake").out)
    assert (row["period"], row["state"], row["official"]) == ("2024-05-01", "mesotrophic", True)
    assert row["tli"] == pytest.approx(48.0181, abs=1e-4)
    refused = run_cli(*asked, "river")
    assert refused.code != 0
    assert "河流" in refused.err


def test_the_official_trend_takes_a_file_with_one_value_a_year(run_cli, write) -> None:
    """Ten years that fall but for one exchange: rs = 1 - 6*2/990; the last is half a limit."""
    values = [1.9, 1.8, 1.6, 1.7, 1.4, 1.2, 1.0, 0.8, 0.6, "<0.4"]
    rows = "".join(f"A,{2011 + k},氨氮,{v}\n" for k, v in enumerate(values))
    file = write("station,date,parameter,value\n" + rows)
    asked = ("water", "trends", file, "--method", "spearman", "--format", "json")
    (row,) = json.loads(run_cli(*asked).out)
    assert (row["n"], row["first"], row["last"]) == (10, 2011, 2020)
    assert row["rs"] == pytest.approx(-(1 - 12 / 990), abs=1e-10)
    assert (row["means"][-1], row["verdict"], row["official"]) == (0.2, "better", False)
    twice = run_cli(*asked[:2], write("station,date,parameter,value\n" + rows + "A,2011,氨氮,2\n"),
                    *asked[3:])  # fmt: skip
    assert twice.code != 0
    assert "2011" in twice.err


def test_trends_convert_units_or_refuse_them(run_cli, write) -> None:
    """0.30 mg/L to 0.22 mg/L, half of it written in ug/L: one falling series."""
    rows = [(2010 + k, 0.3 - k / 100) for k in range(9)]
    head = "station,date,parameter,value,unit\n"
    lines = "".join(
        f"A,{y}-05-01,{{p}},{v:.2f},mg/L\n"
        if y < 2015
        else f"A,{y}-05-01,{{p}},{v * 1000:.0f},ug/L\n"
        for y, v in rows
    )
    asked = ("--method", "mann_kendall", "--water-body", "river", "--format", "json")
    known = run_cli("water", "trends", write(head + lines.format(p="TP")), *asked)
    (row,) = json.loads(known.out)
    assert (row["parameter"], row["s"]) == ("tp", -36)
    assert row["slope_per_year"] == pytest.approx(-0.01, rel=1e-3)
    refused = run_cli("water", "trends", write(head + lines.format(p="dolphins")), *asked,
                      "--lang", "en")  # fmt: skip
    assert refused.code == 1
    assert "several units" in refused.err


def test_trends_read_a_portal_table_as_results(run_cli, write) -> None:
    """Non-detects stay, nitrate is nitrogen, and replicates are left out."""
    head = ("ActivityTypeCode,ActivityStartDate,MonitoringLocationIdentifier,CharacteristicName,"
            "ResultMeasureValue,ResultMeasure/MeasureUnitCode,ResultDetectionConditionText,"
            "DetectionQuantitationLimitMeasure/MeasureValue,"
            "DetectionQuantitationLimitMeasure/MeasureUnitCode,MethodSpeciationName\n")  # fmt: skip
    rows = "".join(f"Sample-Routine,{2010 + k}-05-01,S,Nitrate,{4.43 - k / 10},mg/l,,,,as NO3\n"
                   for k in range(6))  # fmt: skip
    rows += "Sample-Routine,2016-05-01,S,Nitrate,,,Not Detected,0.443,mg/l,as NO3\n"
    rows += "Quality Control Sample-Field Replicate,2015-05-01,S,Nitrate,9,mg/l,,,,as NO3\n"
    ran = run_cli("water", "trends", write(head + rows), "--method", "mann_kendall",
                  "--format", "json")  # fmt: skip
    (row,) = json.loads(ran.out)
    assert (row["parameter"], row["n"], row["censored"], row["s"]) == ("no3n", 7, 1, -21)
    assert row["slope_per_year"] == pytest.approx(-0.1 * 14.007 / 62.005, rel=1e-3)


def test_warnings_of_a_file_are_told_in_words(run_cli, write) -> None:
    rows = "".join(f"A,{2010 + k},x,{k},\n" for k in range(6)) + "A,2016,x,99,平行样\n"
    ran = run_cli("water", "trends", write("station,date,parameter,value,备注\n" + rows))
    assert "1 行是质控样" in ran.err
    assert "nan" not in ran.err


def test_a_file_without_results_is_not_an_empty_store(run_cli, write) -> None:
    ran = run_cli("water", "classes", write("station,date,tp (mg/L)\nA,1875,0.1\n"), "--water-body",
                  "river", "--lang", "en")  # fmt: skip
    assert ran.code == 1
    assert "no row of it" in ran.err
    assert "wetland demo" not in ran.err


def test_without_a_file_the_store_is_read(run_cli, stored: str) -> None:
    days = ("--since", "2026-06-01", "--until", "2026-06-30")
    ran = run_cli("water", "classes", "--station", "EX-R2", "--per", "month", *days,
                  "--store", stored, "--format", "json")  # fmt: skip
    (row,) = json.loads(ran.out)
    assert (row["period"], row["water_class"]) == ("2026-06", "inferior_v")
    assert row["synthetic"] is True
    assert row["meets_target"] is False


@pytest.mark.parametrize(
    "words",
    [
        ("classes", "--per", "year"),
        ("trophic", "--per", "year"),
        ("trends", "--parameter", "tp"),
        ("certainty", "--station", "EX-R3"),
        ("forecast", "--station", "EX-P1", "--months", "2", "--parameter", "tp"),
        ("grades",),
        ("changes", "--against", "previous"),
        ("changes", "--reaches"),
        ("compliance",),
        ("screen", "--as-of", "2026-10-31"),
        ("stations",),
    ],
    ids=lambda words: words[0],
)
def test_every_answer_is_a_table_json_and_csv(run_cli, stored: str, words: tuple[str, ...]) -> None:
    since = () if words[0] == "stations" else ("--since", "2025-01-01")
    asked = ("water", *words, *since, "--store", stored)
    table = run_cli(*asked, "--lang", "en")
    assert table.code == 0, table.err
    assert table.out.strip()
    assert "invented" in table.err
    answer = json.loads(run_cli(*asked, "--format", "json").out)
    assert answer
    sheet = list(csv.DictReader(io.StringIO(run_cli(*asked, "--format", "csv").out)))
    assert sheet


def test_no_cell_of_a_table_is_cut_off_by_a_raw_word(run_cli, stored: str) -> None:
    out = run_cli("water", "classes", "--per", "year", "--store", stored, "--lang", "zh").out
    assert "inferior_v" not in out
    assert "劣Ⅴ" in out


RAW = ("nh3n", "codmn", "mesotrophic", "true", "false", "_kendall", "broken", "shares", "river",
       "*")  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("classes", "--per", "year"),
        ("trophic", "--per", "year"),
        ("trends", "--method", "regional_kendall"),
        ("grades",),
        ("stations",),
        ("screen", "--as-of", "2026-10-31"),
    ],
    ids=lambda words: words[0],
)
def test_a_chinese_table_has_words_for_keys(run_cli, stored: str, words: tuple[str, ...]) -> None:
    since = () if words[0] == "stations" else ("--since", "2025-01-01")
    ran = run_cli("water", *words, *since, "--store", stored, "--lang", "zh")
    assert [raw for raw in RAW if raw in ran.out] == []
    assert "虚构" in ran.err


def test_a_grade_that_cannot_be_given_says_why(run_cli, write) -> None:
    row = "A,2024-05-01,7.5,7.9,3.0,0.3,0.08,1.2,\n"
    ran = run_cli("water", "grades", write(HEAD + row), "--water-body", "river", "--lang", "en")
    assert "fewer than" in ran.out
    assert "none" not in ran.out


def test_compliance_names_stations_without_a_target(run_cli, write) -> None:
    head, row = HEAD.replace("date", "date,target_class"), "2024-05-01,{t},7.5,7.9,3,0.3,0.08,1,\n"
    file = write(head + "A," + row.format(t="III") + "B," + row.format(t=""))
    ran = run_cli("water", "compliance", file, "--water-body", "river", "--lang", "en")
    assert "A" in ran.out
    assert "stations without a target class: B;" in ran.err


def test_a_class_without_a_percentage_says_why(run_cli, write) -> None:
    rows = "".join(f"A,2024-0{m}-01,7.5,7.9,3.0,,0.08,1.2,\n" for m in range(1, 7))
    ran = run_cli("water", "certainty", write(HEAD + rows), "--water-body", "river", "--lang", "en")
    assert "an item of the programme is missing" in ran.out


def test_stations_are_features(run_cli, stored: str) -> None:
    ran = run_cli("water", "stations", "--store", stored, "--format", "geojson")
    found = json.loads(ran.out)["features"]
    assert len(found) == 6
    assert found[0]["geometry"]["type"] == "Point"


def test_import_lists_what_is_wrong(run_cli, write, tmp_path: Path) -> None:
    file = write("station,date,tp (mg/L)\nA,2024-05-01,0.1\nA,2024-06-01,-0.4\nA,2024-07-01,ND\n")
    store = str(tmp_path / "s.gpkg")
    asked = ("water", "import", file, "--store", store, "--lang", "en")
    ran = run_cli(*asked, "--format", "json")
    answer = json.loads(ran.out)
    assert answer["counts"]["added"] == 2
    assert [p["row"] for p in answer["problems"] if p["level"] == "error"] == [3]
    again = run_cli(*asked, "--fail-on", "any")
    assert again.code == 3
    assert "0 added" in again.out
    assert "-0.4" in again.out


def test_import_lists_problems_in_the_order_of_the_file(run_cli, write, tmp_path: Path) -> None:
    file = write("station,date,tp (mg/L),cod (mg/L)\nA,2024-05-01,0.1,much\nA,2024-06-01,-0.4,1\n"
                 "A,2024-07-01,0.1,1\nA,2024-07-01,0.2,1\n")  # fmt: skip
    ran = run_cli("water", "import", file, "--store", str(tmp_path / "s.gpkg"), "--format", "json")
    rows = [p["row"] or 0 for p in json.loads(ran.out)["problems"]]
    assert rows == sorted(rows)


def test_screening_can_fail_a_run(run_cli, stored: str) -> None:
    asked = ("water", "screen", "--store", stored, "--since", "2026-06-01", "--as-of", "2026-06-30",
             "--format", "json")  # fmt: skip
    ran = run_cli(*asked, "--fail-on", "broken")
    assert ran.code == 3
    assert {f["detector"] for f in json.loads(ran.out)["findings"]} == {"water"}
    assert run_cli(*asked, "--fail-on", "any").code == 3


def test_the_kind_of_water_may_be_given_for_the_store_too(run_cli, write, tmp_path: Path) -> None:
    file = write("station,date,tp (mg/L)\nA,2024-05-01,0.1\n")
    store = str(tmp_path / "s.gpkg")
    assert run_cli("water", "import", file, "--store", store).code == 0
    refused = run_cli("water", "classes", "--store", store, "--lang", "en")
    assert refused.code == 1
    assert "--water-body" in refused.err
    told = run_cli("water", "classes", "--store", store, "--water-body", "lake", "--format", "json")
    assert json.loads(told.out)[0]["water_class"] == "IV"


def test_problems_of_a_file_are_said_beside_the_answer(run_cli, write) -> None:
    file = write("station,date,tp (mg/L)\nA,2024-05-01,0.1\nA,2024-06-01,much\n")
    ran = run_cli("water", "classes", file, "--water-body", "river", "--format", "json",
                  "--lang", "en")  # fmt: skip
    assert len(json.loads(ran.out)) == 1
    assert "1 errors in the file" in ran.err
    assert "much" in ran.err


HOSTILE: dict[str, tuple[Any, tuple[str, ...], int, str]] = {
    "missing": (None, ("classes", "nope.csv"), 1, "no such file"),
    "folder": (None, ("classes", "."), 1, "a folder"),
    "empty": ("", ("classes", "FILE"), 1, "is empty"),
    "binary": (b"\x00\x01\x02\x03", ("classes", "FILE"), 1, "binary"),
    "old excel": (b"\xd0\xcf\x11\xe0" + b"\0" * 99, ("classes", "FILE"), 1, "Excel"),
    "packed": (b"PK\x03\x04nothing", ("classes", "FILE"), 1, "packed"),
    "no header": ("1,2\n3,4\n", ("classes", "FILE"), 1, "header"),
    "no results": ("station,date\nA,2024-05-01\n", ("classes", "FILE"), 1, "results"),
    "no kind": (HEAD + "A,2024-05-01,7,7,3,1,1,1,1\n", ("classes", "FILE"), 1, "--water-body"),
    "no such kind": (SERIES, ("classes", "FILE", "--water-body", "pond"), 2, "'river', 'lake'"),
    "no such period": (SERIES, ("classes", "FILE", "--per", "week"), 2, "'month'"),
    "no such layout": (SERIES, ("classes", "FILE", "--layout", "long"), 2, "'tidy'"),
    "no such column": (SERIES, ("classes", "FILE", "--map", "date=when"), 1, "no column when"),
    "no such field": (SERIES, ("classes", "FILE", "--map", "data=date"), 1, "data"),
    "not a pair": (SERIES, ("classes", "FILE", "--map", "date"), 2, "NAME=VALUE"),
    "no such parameter": (SERIES, ("classes", "FILE", "--parameter-as", "tp=xyz"), 1, "xyz"),
    "no such station": (
        HEAD + "A,2024-05-01,7,7,3,1,1,1,1\n",
        ("classes", "FILE", "--water-body", "river", "--station", "Q"), 1, "no station Q",
    ),
    "no such day": (SERIES, ("classes", "FILE", "--since", "May"), 2, "YEAR-MONTH-DAY"),
    "backwards": (
        SERIES,
        ("classes", "FILE", "--since", "2024-02-01", "--until", "2024-01-01"), 1, "--since",
    ),
    "no store": (None, ("classes", "--store", "none.gpkg"), 1, "no store"),
    "no such site": (SERIES, ("classes", "FILE", "--site", "atlantis"), 1, "atlantis"),
    "trend of nothing": ("", ("trends", "FILE"), 1, "empty"),
    "no such method": (SERIES, ("trends", "FILE", "--method", "ols"), 2, "'mann_kendall'"),
    "no season": (SERIES, ("trends", "FILE", "--period", "0"), 2, "1"),
    "no such series": (SERIES, ("trends", "FILE", "--parameter", "tn"), 1, "there are: tp"),
    "wrong correction": (
        SERIES, ("trends", "FILE", "--autocorrelation", "hamed_rao"), 1, "hirsch_slack",
    ),
    "too far": (SERIES, ("forecast", "FILE", "--months", "13"), 2, "12"),
    "import of nothing": ("", ("import", "FILE", "--store", "s.gpkg"), 1, "empty"),
    "nothing to screen": (None, ("screen", "--store", "none.gpkg"), 1, "no store"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_is_said_without_a_traceback(
    run_cli, write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    content, words, code, said = HOSTILE[name]
    monkeypatch.chdir(tmp_path)
    file = "" if content is None else write(content, "given.csv")
    asked = ["water", *(file if word == "FILE" else word for word in words)]
    asked += [] if "--site" in asked else ["--site", "everglades"]  # the quicker pack
    ran = run_cli(*asked, "--lang", "en")
    assert ran.code == code, ran.err
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert "inside the program" not in ran.err
    assert not ran.out.strip()


@pytest.mark.parametrize("name", ["missing", "no kind", "no such series"])
def test_it_is_said_in_chinese_too(run_cli, write, name: str) -> None:
    content, words, code, _ = HOSTILE[name]
    file = "nope.csv" if content is None else write(content)
    ran = run_cli("water", *(file if w == "FILE" else w for w in words), "--site", "everglades")
    assert ran.code == code
    assert any("\u4e00" <= c <= "\u9fff" for c in ran.err)


def test_standard_input_is_read(run_cli, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO((HEAD + "A,2024-05-01,7.5,7.9,3.0,0.3,0.08,1.2,\n").encode())

    monkeypatch.setattr("sys.stdin", Stdin)
    ran = run_cli("water", "classes", "-", "--water-body", "river", "--format", "json")
    assert json.loads(ran.out)[0]["station"] == "A"
