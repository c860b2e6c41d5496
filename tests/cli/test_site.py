"""`wetland site` as a person uses it: output, exit codes, and no traceback on any file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import box

from tests.sites.packs import feature, write_pack

Run = Callable[..., Any]
WEST, EAST = box(120.0, 30.0, 120.01, 30.02), box(120.01, 30.0, 120.02, 30.02)


def boundaries(path: Path, *shapes: Any, crs: str | None = "EPSG:4326", **columns: Any) -> Path:
    gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs).to_file(path)
    return path


def test_check_prints_areas_and_a_verdict(run_cli: Run) -> None:
    ran = run_cli("site", "check", "xixi", "--lang", "en")
    assert ran.code == 0, ran.out + ran.err
    assert "protection-2011" in ran.out
    assert "0.78%" in ran.out
    assert "0 failed" in ran.out
    assert "xixi: all is well" in ran.out
    assert run_cli("site", "check", "--site", "everglades").out.strip().endswith("合格")


def test_check_as_json_and_csv(run_cli: Run) -> None:
    document = json.loads(run_cli("site", "check", "--format", "json").out)
    assert document["ok"] is True
    assert [row["kind"] for row in document["areas"]][:3] == ["protection", "buffer", "landscape"]
    lines = run_cli("site", "check", "--format", "csv").out.splitlines()
    assert lines[0].startswith("site,zone,kind,name,declared_km2,projected_km2,geodesic_km2")
    assert len(lines) == 1 + len(document["areas"])


def test_check_exits_with_1_when_anything_is_off(run_cli: Run, tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small", feature(declared_area_km2=4.0))
    ran = run_cli("site", "check", folder, "--lang", "en")
    assert ran.code == 1
    assert "park: the area is off by 6.9" in ran.out
    folder = write_pack(tmp_path / "crossed", feature(declared_area_km2=None))
    drawn = json.loads((folder / "zones.geojson").read_text(encoding="utf-8"))
    bow = [[120, 30], [120.01, 30.01], [120.01, 30], [120, 30.01], [120, 30]]
    drawn["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [bow]}
    (folder / "zones.geojson").write_text(json.dumps(drawn), encoding="utf-8")
    crossed = run_cli("site", "check", folder, "--lang", "en")
    assert crossed.code == 1
    assert "park: invalid geometry: Self-intersection" in crossed.out
    assert "park: the area cannot be told" in crossed.out
    (folder / "site.yaml").write_text("id: [", encoding="utf-8")
    ran = run_cli("site", "check", folder)
    assert ran.code == 1
    assert "site.yaml: line" in ran.out
    assert "有问题" in ran.out


def test_an_unknown_site(run_cli: Run) -> None:
    for verb in ("check", "show"):
        ran = run_cli("site", verb, "atlantis", "--lang", "en")
        assert ran.code == 1
        assert "there is no site pack atlantis" in ran.err


def test_list_and_show(run_cli: Run) -> None:
    rows = json.loads(run_cli("site", "list", "--format", "json").out)
    assert {row["site"] for row in rows} >= {"xixi", "everglades"}
    assert "不得用于执法" in run_cli("site", "show", "xixi").out
    assert run_cli("site", "show", "xixi", "--format", "csv").out.startswith("zone,kind,name")


@pytest.mark.parametrize("name", ["z.gpkg", "z.shp", "z.geojson"])
def test_init_then_check(run_cli: Run, tmp_path: Path, name: str) -> None:
    drawn = boundaries(
        tmp_path / name, WEST, EAST, code=["w", "e"], 名称=["西", "东"], en=["West", "East"],
        sort=["core", "rim"],
    )  # fmt: skip
    out = tmp_path / "layers" / "marsh"
    ran = run_cli(
        "site", "init", "marsh", "--zones", drawn, "--timezone", "Asia/Shanghai", "--out", out,
        "--id-column", "code", "--name-zh-column", "名称", "--name-en-column", "en",
        "--kind-column", "sort", "--crs-epsg", "4549", "--lang", "en",
    )  # fmt: skip
    assert ran.code == 0, ran.out + ran.err
    assert "made the site pack" in ran.out
    assert run_cli("site", "check", out).code == 0
    shown = json.loads(run_cli("site", "show", out, "--format", "json").out)
    assert [zone["zone"] for zone in shown["zones"]] == ["w", "e"]
    assert [zone["name"] for zone in shown["zones"]] == ["西", "东"]
    law = json.loads(
        run_cli(
            "law", "at", "--site", out, "--lon", "120.005", "--lat", "30.01", "--on", "2024-05-01",
            "--activity", "fishing", "--format", "json",
        ).out
    )  # fmt: skip
    assert law["rules"] == []
    assert law["not_covered"]


def test_init_repairs_and_says_so(run_cli: Run, tmp_path: Path) -> None:
    from shapely.geometry import Polygon

    bow_tie = Polygon([(120.0, 30.0), (120.1, 30.1), (120.1, 30.0), (120.0, 30.1)])
    drawn = boundaries(tmp_path / "z.gpkg", bow_tie, name=["x"])
    ran = run_cli(
        "site", "init", "marsh", "--zones", drawn, "--timezone", "UTC", "--out", tmp_path / "m",
        "--lang", "en",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert "zone-1: invalid geometry (Self-intersection) repaired" in ran.out


@pytest.mark.parametrize(
    ("write", "options", "words"),
    [
        (b"", [], "the file is empty"),
        (b"hello", [], "not JSON"),
        (None, [], "does not exist"),
        ("no crs", [], "does not name its CRS"),
        ("swapped", [], "look swapped"),
        ("overlap", [], "overlaps zone-2"),
        ("good", ["--id-column", "ID"], "no column ID"),
        ("good", ["--timezone", "Mars"], "no time zone"),
        ("good", ["--crs-epsg", "4326"], "not a projected CRS"),
        ("good", ["--crs-epsg", "32617"], "outside the area of use"),
    ],
)
def test_init_on_bad_input(
    run_cli: Run, tmp_path: Path, write: Any, options: list[str], words: str
) -> None:
    path = tmp_path / "z.geojson"
    if isinstance(write, bytes):
        path.write_bytes(write)
    elif write == "no crs":
        path = boundaries(tmp_path / "z.shp", WEST, name=["x"])
        path.with_suffix(".prj").unlink()
    elif write is not None:
        shapes = {
            "good": [WEST, EAST],
            "swapped": [box(30.0, 120.0, 30.1, 120.1)],
            "overlap": [WEST, box(120.005, 30.0, 120.015, 30.02)],
        }[write]
        boundaries(path, *shapes, name=["x"] * len(shapes))
    ran = run_cli(
        "site", "init", "marsh", "--zones", path, "--timezone", "UTC", "--out", tmp_path / "m",
        "--lang", "en", *options,
    )  # fmt: skip
    assert ran.code == 1, ran.out
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "m").exists()


def test_init_without_its_options_is_a_usage_error(run_cli: Run) -> None:
    assert run_cli("site", "init", "marsh").code == 2


def test_survey_replaces_the_drawing_in_one_step(run_cli: Run, tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small")
    drawn = boundaries(tmp_path / "s.gpkg", WEST, sort=["park"])
    common = ["site", "survey", folder, "--zones", drawn, "--accuracy-m", "1", "--source", "s"]
    assert run_cli(*common, "--lang", "en").code == 1  # neither kind nor column
    ran = run_cli(*common, "--kind-column", "sort", "--from", "2026-05-01", "--format", "json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["closed"] == ["park"]
    assert run_cli("site", "check", folder).code == 0
    assert run_cli(*common, "--kind", "meadow", "--lang", "en").code == 1
    assert "no kind meadow" in run_cli(*common, "--kind", "meadow", "--lang", "en").err
