"""``wetland screen ... --out`` as a person types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.operations.batches import fixes, spread

Run = Callable[..., object]


@pytest.fixture
def pattern(tmp_path: Path) -> str:
    table = fixes(40).drop_duplicates("id")
    return spread(table[table["lon"] < 180], tmp_path / "fixes", [20], group=100)


def test_files_to_a_folder(run_cli: Run, pattern: str, tmp_path: Path) -> None:
    out = tmp_path / "findings"
    ran = run_cli("screen", pattern, "--out", out, "--workers", "0", "--lang", "en")
    assert ran.code == 0
    assert "not for enforcement" in ran.out
    assert "Undecided answers are counted" in ran.out
    assert "screening:" in ran.err
    assert "## Suspected breaches" in ran.out
    again = run_cli("screen", pattern, "--out", out, "--workers", "0", "--quiet", "--fresh",
                    "--undecided-rows", "--format", "json")  # fmt: skip
    assert again.err == ""
    answer = json.loads(again.out)
    assert answer["counts"] == json.loads((out / "summary.json").read_text("utf-8"))["counts"]
    assert answer["options"]["screen"]["undecided_rows"] is True
    assert (out / "problems.parquet").is_file()
    found = run_cli("screen", pattern, "--out", out, "--workers", "0", "-q", "--fail-on", "any")
    assert found.code == 3


def test_what_is_set_aside_shows_in_the_exit_code(
    run_cli: Run, pattern: str, tmp_path: Path
) -> None:
    bad = tmp_path / "fixes" / "bad.parquet"
    bad.write_bytes(b"PAR1" + b"\0" * 100)
    out = tmp_path / "findings"
    for lang, said in (("en", "set aside: bad.parquet"), ("zh", "搁置：bad.parquet")):
        ran = run_cli("screen", pattern, "--out", out, "--workers", "0", "--lang", lang)
        assert ran.code == 4
        assert said in ran.err
    spread(fixes(40)[["lon", "lat"]].assign(activity="waltzing"), tmp_path / "dance", [], group=100)
    ran = run_cli("screen", tmp_path / "dance", "--out", tmp_path / "danced", "--workers", "0",
                  "--lang", "en")  # fmt: skip
    assert "000.parquet:1 | waltzing | unknown activity" in ran.out
    alone = run_cli("screen", bad, "--out", tmp_path / "none", "--workers", "0")
    assert alone.code == 1
    assert "bad.parquet" in alone.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("{p}", "{p}"), 2),
        (("{p}", "--workers", "2"), 2),
        (("{p}", "--fresh"), 2),
        (("{p}",), 1),
        (("{d}",), 1),
        (("{p}", "--out", "{o}", "--format", "csv"), 2),
        (("-", "--out", "{o}"), 2),
        (("{p}", "--out", "{o}", "--workers", "1", "--scheduler", "tcp://127.0.0.1:9"), 2),
        (("{p}none", "--out", "{o}"), 1),
        (("{p}", "--out", "{o}", "--store", "{o}/none.gpkg", "--workers", "0"), 1),
    ],
)
def test_usage(
    run_cli: Run, pattern: str, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    filled = [a.format(p=pattern, o=tmp_path / "o", d=tmp_path) for a in arguments]
    ran = run_cli("screen", *filled)
    assert ran.code == code
    assert "Traceback" not in ran.err + ran.out
