"""``wetland observations datum``, and the warning where a file is imported or screened."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wetland.sites.load import open_site
from wetland.zones.datums import from_wgs84

Run = Callable[..., Any]


def written(path: Path, datum: str) -> Path:
    table = open_site("xixi").landmarks
    lon, lat = from_wgs84(table.geometry.x.to_numpy(), table.geometry.y.to_numpy(), datum)
    names = table["name_zh"].tolist()
    rows = [f"{n},{x:.7f},{y:.7f}" for n, x, y in zip(names, lon, lat, strict=True)]
    path.write_text("\n".join(["地点,经度,纬度", *rows]), encoding="utf-8")
    return path


@pytest.fixture
def shifted(tmp_path: Path) -> Path:
    return written(tmp_path / "phone.csv", "gcj02")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("已知地标", "坐标疑为 GCJ-02", "528 米", "方位 119", "--datum gcj02")),
        ("en", ("named landmarks", "look like GCJ-02", "528 m", "119 degrees", "--datum gcj02")),
    ],
)
def test_the_table_of_hypotheses(
    run_cli: Run, shifted: Path, lang: str, words: tuple[str, ...]
) -> None:
    ran = run_cli("observations", "datum", shifted, "--lang", lang)
    assert ran.code == 0
    for word in (*words, "WGS84 = CGCS2000", "BD-09"):
        assert word in ran.out


def test_as_json_and_csv_and_the_exit_code(run_cli: Run, shifted: Path) -> None:
    ran = run_cli("observations", "datum", shifted, "--format", "json", "--fail-on", "any")
    assert ran.code == 3
    answer = json.loads(ran.out)
    (verdict,) = answer["verdicts"]
    assert (verdict["declared"], verdict["suspected"]) == ("WGS84", "GCJ-02")
    assert verdict["shift_m"] == pytest.approx(528, abs=5)
    assert verdict["bearing_deg"] == 119
    ran = run_cli("observations", "datum", shifted, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {row["read_as"] for row in rows} == {"WGS84 = CGCS2000", "GCJ-02", "BD-09"}


def test_a_right_file(run_cli: Run, shifted: Path, tmp_path: Path) -> None:
    for arguments in ((shifted, "--datum", "gcj02"), (written(tmp_path / "b.csv", "wgs84"),)):
        ran = run_cli("observations", "datum", *arguments, "--fail-on", "any", "--lang", "en")
        assert ran.code == 0
        assert "no sign of another datum" in ran.out


def test_outside_china(run_cli: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("lon,lat\n-80.5,25.9\n", encoding="utf-8")
    ran = run_cli("observations", "datum", path, "--site", "everglades", "--lang", "en")
    assert ran.code == 0
    assert "no row can be compared" in ran.out


def test_a_file_that_cannot_be_read(run_cli: Run, tmp_path: Path) -> None:
    assert run_cli("observations", "datum", tmp_path / "none.csv").code == 1


def test_import_and_screen_say_it_first(run_cli: Run, shifted: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.gpkg"
    ran = run_cli("observations", "import", shifted, "--store", store, "--actor", "a",
                  "--format", "json", "--lang", "en", "--fail-on", "any")  # fmt: skip
    assert ran.code == 3
    problems = json.loads(ran.out)["problems"]
    assert "datum_suspected" in [p["code"] for p in problems if p["row"] is None]
    ran = run_cli("screen", shifted, "--lang", "en")
    assert ran.code == 0
    heading = ran.out.index("## Suspected breaches")
    assert ran.out.index("look like GCJ-02") < heading  # before a long list of findings
    ran = run_cli("screen", shifted, "--format", "json")
    assert [p["level"] for p in json.loads(ran.out)["problems"]
            if p["code"] == "datum_suspected"] == ["warning"]  # fmt: skip
