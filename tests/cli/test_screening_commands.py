"""``wetland screen``, ``wetland observations`` and ``wetland findings`` as a person types them."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., object]

LINES = """经度,纬度,日期,行为,捕捞水生动物同意
120.0668,30.2742,2015-05-01,网具捕捞,否
30.2742,120.0668,2015-05-01,网具捕捞,否
120.0668,30.2742,5月1日,网具捕捞,否
120.0668,30.2742,2015-05-02,网具捕捞,
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "巡护.csv"
    path.write_bytes(LINES.encode("gb18030"))
    return path


def test_screen_as_the_issue_asks(run_cli: Run, file: Path) -> None:
    ran = run_cli("screen", file, "--as-of-act", "--source-kind", "gps", "--format", "json")
    assert ran.code == 0
    answer = json.loads(ran.out)
    assert {"findings", "undecided", "problems", "counts"} <= set(answer)
    (catch,) = [f for f in answer["findings"] if f["rule"] == "xixi-2011/26-1-aquatic"]
    assert (catch["article"], catch["penalty_article"]) == ("26(1)", "60(1)")
    assert catch["fine"] == {"min": 500.0, "max": 2000.0, "unit": "CNY", "discretion": "may"}
    assert catch["notice"] == answer["notice"]
    assert {"rule", "missing", "count"} == set(answer["undecided"][0])
    assert [(p["row"], p["column"]) for p in answer["problems"]] == [
        (3, "经度, 纬度"), (4, "日期"),
    ]  # fmt: skip
    assert answer["counts"]["rows"] == 4
    assert answer["counts"]["observations"] == answer["counts"]["rows_aside"] == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_screen_as_a_table(run_cli: Run, file: Path, lang: str) -> None:
    ran = run_cli("screen", file, "--lang", lang, "--assume-schematic")
    assert ran.code == 0
    assert ("演练模式" if lang == "zh" else "Exercise mode") in ran.out
    assert ("示意" if lang == "zh" else "not for enforcement") in ran.out
    assert ("疑似颠倒" if lang == "zh" else "seem swapped") in ran.out
    assert ("搁置 2" if lang == "zh" else "2 kept aside") in ran.out
    assert ("按 1000 米计" if lang == "zh" else "1000 m taken") in ran.out


@pytest.mark.parametrize("format", ["csv", "geojson"])
def test_screen_as_rows(run_cli: Run, file: Path, format: str) -> None:
    ran = run_cli("screen", file, "--source-kind", "gps", "--format", format, "--undecided-rows")
    if format == "csv":
        rows = list(csv.DictReader(io.StringIO(ran.out)))
    else:
        rows = [f["properties"] for f in json.loads(ran.out)["features"]]
    assert {row["outcome"] for row in rows} == {"broken", "undecided"}
    assert all(row["notice"] for row in rows)


def test_screen_reads_standard_input(
    run_cli: Run, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    class Stdin:
        buffer = io.BytesIO(file.read_bytes())

    monkeypatch.setattr(sys, "stdin", Stdin)
    ran = run_cli("screen", "-", "--format", "json")
    answer = json.loads(ran.out)
    assert answer["counts"]["rows"] == 4
    assert {p["file"] for p in answer["problems"]} == {"stdin"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 0),
        (("--fail-on", "broken", "--source-kind", "gps"), 3),
        (("--fail-on", "broken", "--source-kind", "gps", "--on", "2011-11-30"), 0),
        (("--fail-on", "undecided"), 3),
        (("--fail-on", "any"), 3),
        (("--as-of-act", "--on", "2020-01-01"), 2),
        (("--on", "5-1"), 2),
        (("--datum", "nad27"), 2),
        (("--lon", "nothere"), 1),
        (("--map", "lon"), 2),
        (("--map", "colour=行为"), 1),
        (("--activity-as", "网具捕捞=juggling"), 1),
        (("--encoding", "utf-8"), 1),
        (("--site", "atlantis"), 1),
    ],
)
def test_exit_codes(run_cli: Run, file: Path, arguments: tuple[str, ...], code: int) -> None:
    ran = run_cli("screen", file, *arguments)
    assert ran.code == code
    assert "Traceback" not in ran.err + ran.out


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "空"),
        ("zip.csv", b"PK\x03\x04" + b"0" * 60, "压缩"),
        ("binary.csv", bytes(range(256)), "二进制"),
        ("cut.geojson", b'{"type": "FeatureCollection", "features": [', "不是 JSON"),
        ("half.gpkg", b"SQLite format 3\0" + b"\0" * 100, ""),
        ("half.parquet", b"PAR1" + b"\0" * 100, "损坏"),
        ("no-position.csv", "地点,日期\n湖边,2015-05-01\n".encode(), "--lon"),
    ],
)
def test_bad_files(run_cli: Run, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    ran = run_cli("screen", path, "--lang", "zh")
    assert ran.code == 1
    assert name in ran.err
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""
    assert run_cli("screen", tmp_path / "none.csv").code == 1
    assert run_cli("screen", tmp_path).code == 1


def test_columns_and_words_by_flags(run_cli: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b;c;d;e\n120.087436;30.264166;2015-05-01;netting;no\n", encoding="utf-8")
    ran = run_cli(
        "screen", path, "--lon", "a", "--lat", "b", "--date", "c", "--activity", "d", "--datum",
        "gcj02", "--activity-as", "netting=fishing.net", "--map", "aquatic_catch_consent=e",
        "--source-kind", "gps", "--assume-schematic", "--format", "json",
    )  # fmt: skip
    answer = json.loads(ran.out)
    assert answer["problems"] == []
    rules = {f["rule"] for f in answer["findings"]}
    assert "xixi-2011/26-1-aquatic" in rules


def test_from_import_to_sheet(run_cli: Run, file: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.gpkg"
    given = ("--store", store, "--actor", "ranger")
    first = run_cli("observations", "import", file, "--source-kind", "gps", *given)
    assert first.code == 0
    assert "新增 2" in first.out
    again = run_cli("observations", "import", file, "--source-kind", "gps", *given,
                    "--format", "json")  # fmt: skip
    counts = json.loads(again.out)["counts"]
    assert (counts["added"], counts["unchanged"]) == (0, 2)
    plain = run_cli("observations", "import", file, *given, "--fail-on", "any")
    assert plain.code == 3
    assert "更新 2" in plain.out  # the same rows, read without knowing how they were positioned
    listed = run_cli("observations", "list", "--store", store, "--format", "csv")
    assert len(list(csv.DictReader(io.StringIO(listed.out)))) == 2

    screened = run_cli("screen", file, "--source-kind", "gps", *given, "--format", "json")
    found = json.loads(screened.out)["findings"]
    rows = json.loads(run_cli("findings", "list", "--store", store, "--format", "json").out)
    assert {r["finding_id"] for r in rows["findings"]} == {f["finding_id"] for f in found}
    table = run_cli("findings", "list", "--store", store, "--lang", "en", "--outcome", "all")
    assert "undecided" in table.out
    assert "not for enforcement" in table.err
    told = run_cli("findings", "explain", found[0]["finding_id"], "--store", store, "--lang", "en")
    assert "Law:" in told.out
    assert run_cli("findings", "explain", "f-none", "--store", store).code == 1

    for name in ("out.csv", "out.geojson", "out.gpkg"):
        ran = run_cli("findings", "export", "--out", tmp_path / name, "--store", store)
        assert ran.code == 0
        assert (tmp_path / name).stat().st_size
    sheet = tmp_path / "sheet.html"
    assert run_cli("findings", "sheet", "--out", sheet, "--store", store, "--lang", "en").code == 0
    assert found[0]["finding_id"] in sheet.read_text(encoding="utf-8")


def test_the_store_itself_is_no_input(run_cli: Run, file: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.gpkg"
    run_cli("screen", file, "--store", store, "--actor", "me")
    ran = run_cli("screen", store, "--store", store, "--actor", "me", "--lang", "en")
    assert ran.code == 1
    assert "the store itself" in ran.err
