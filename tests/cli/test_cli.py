"""The command line as a whole: exit codes, languages, output formats, hostile values."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
import typer
from shapely.geometry import Point

import wetland
from wetland import cli
from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.cli import output
from wetland.cli.options import (
    DayOption,
    FailOnOption,
    FormatOption,
    LangOption,
    SiteOption,
    StoreOption,
    fail_on,
    parse_pairs,
)

TABLE = pd.DataFrame(
    {
        "name": ["西溪", "=cmd|' /C calc'!A0", "a\x1b[31mred"],
        "area_km2": [11.4, float("nan"), 2.0],
        "on": [date(2024, 5, 1), None, date(2012, 1, 31)],
        "geometry": [Point(120.0668, 30.2742), None, Point(1, 2)],
    }
)


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Register a noun whose verbs do what their names say."""
    module = ModuleType("wetland.cli.probe")
    module.app = app = typer.Typer()  # type: ignore[attr-defined]

    @app.command()
    def table(
        site: SiteOption = "xixi",
        store: StoreOption = None,
        format: FormatOption = "table",
        lang: LangOption = "zh",
        on: DayOption = None,
    ) -> None:
        """Print the table."""
        titles = {"name": text("名称", "Name")}
        output.emit(TABLE, format=format, lang=lang, titles=titles)

    @app.command()
    def refuse(lang: LangOption = "zh") -> None:
        """Refuse."""
        raise InputError(text("不行", "no"), hint=text("换一个", "take another"))

    @app.command()
    def crash() -> None:
        """Raise something nobody foresaw."""
        raise ZeroDivisionError("x")

    @app.command()
    def read(path: Path) -> None:
        """Read a file."""
        path.read_bytes()

    @app.command()
    def interrupt() -> None:
        """Press Ctrl-C."""
        raise KeyboardInterrupt

    @app.command()
    def check(asked: FailOnOption = None) -> None:
        """Find one broken rule."""
        fail_on(asked, {"broken": 0, "undecided": 1})

    monkeypatch.setitem(sys.modules, "wetland.cli.probe", module)
    monkeypatch.setattr(cli, "NOUNS", {"probe": text("探针", "probe")})
    return module


Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["probe", "table"], 0),
        (["probe", "refuse"], 1),
        (["probe", "crash"], 1),
        (["probe", "read", "no/such/file"], 1),
        (["probe", "table", "--format", "yaml"], 2),
        (["probe", "nothing"], 2),
        (["nothing"], 2),
        (["probe", "interrupt"], 130),
        (["probe", "check"], 0),
        (["probe", "check", "--fail-on", "broken"], 0),
        (["probe", "check", "--fail-on", "undecided"], 3),
        (["probe", "check", "--fail-on", "any"], 3),
    ],
)
@pytest.mark.usefixtures("probe")
def test_exit_codes(run_cli: Run, arguments: list[str], code: int) -> None:
    ran = run_cli(*arguments)
    assert ran.code == code
    assert "Traceback" not in ran.out + ran.err
    assert (ran.err == "") == (code in {0, 3, 130})


@pytest.mark.usefixtures("probe")
def test_messages_speak_the_chosen_language(run_cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_cli("probe", "refuse").err == "不行\n换一个\n"
    assert run_cli("probe", "refuse", "--lang", "en").err == "no\ntake another\n"
    assert run_cli("--lang", "en", "probe", "refuse").err == "no\ntake another\n"
    assert run_cli("--lang", "en", "probe", "refuse", "--lang", "zh").err == "不行\n换一个\n"
    monkeypatch.setenv("WETLAND_LANG", "en")
    assert run_cli("probe", "refuse").err == "no\ntake another\n"
    assert run_cli("--lang", "zh", "probe", "refuse").err == "不行\n换一个\n"


@pytest.mark.usefixtures("probe")
def test_version_and_help_need_no_command(run_cli: Run) -> None:
    assert run_cli("--version").out == f"wetland {wetland.__version__}\n"
    helped = run_cli("--help")
    assert helped.code == 0
    assert "probe" in helped.out


@pytest.mark.usefixtures("probe")
def test_a_date_without_its_year_is_refused(run_cli: Run) -> None:
    ran = run_cli("probe", "table", "--on", "05-01")
    assert ran.code == 2
    assert "YEAR-MONTH-DAY" in ran.err


@pytest.mark.usefixtures("probe")
def test_debug_shows_where_it_broke(run_cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WETLAND_DEBUG", "1")
    ran = run_cli("probe", "crash")
    assert ran.code == 1
    assert "ZeroDivisionError" in ran.err
    assert "Traceback" in ran.err


@pytest.mark.usefixtures("probe")
def test_json_has_no_nan_and_keeps_chinese(run_cli: Run) -> None:
    printed = run_cli("probe", "table", "--format", "json").out
    assert "西溪" in printed
    rows = json.loads(printed, parse_constant=pytest.fail)
    assert rows[0] == {
        "name": "西溪",
        "area_km2": 11.4,
        "on": "2024-05-01",
        "geometry": {"type": "Point", "coordinates": [120.0668, 30.2742]},
    }
    assert rows[1]["area_km2"] is None
    assert rows[1]["geometry"] is None


@pytest.mark.usefixtures("probe")
def test_csv_disarms_formulas(run_cli: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run_cli("probe", "table", "--format", "csv").out)))
    assert rows[1]["name"].startswith("'=")
    assert rows[0]["geometry"] == "POINT (120.0668 30.2742)"
    assert rows[1]["area_km2"] == ""


@pytest.mark.usefixtures("probe")
def test_geojson_is_a_feature_collection(run_cli: Run) -> None:
    found = json.loads(run_cli("probe", "table", "--format", "geojson").out)
    assert found["type"] == "FeatureCollection"
    assert found["features"][0]["geometry"]["coordinates"] == [120.0668, 30.2742]
    assert found["features"][1]["geometry"] is None
    assert found["features"][0]["properties"]["on"] == "2024-05-01"


def test_geojson_without_geometry_is_refused() -> None:
    with pytest.raises(InputError, match="geometry"):
        output.emit([{"a": 1}], format="geojson")


@pytest.mark.usefixtures("probe")
def test_table_columns_line_up_and_obey_no_cell(run_cli: Run) -> None:
    lines = run_cli("probe", "table").out.splitlines()
    assert lines[0].startswith("名称")
    assert "\x1b" not in "".join(lines)
    start = lines[0].index("area_km2")
    starts = {output.width(line[: line.index("11.4") + 4]) for line in lines if "11.4" in line}
    assert starts == {output.width(lines[0][: start + len("area_km2")])}


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (pd.NaT, None),
        (pd.NA, None),
        (float("inf"), None),
        (datetime(2024, 5, 1, 8, tzinfo=UTC), "2024-05-01T08:00:00+00:00"),
        (pd.Timestamp("2024-05-01T08:00:00Z"), "2024-05-01T08:00:00+00:00"),
        (pd.Series([3], dtype="Int64")[0], 3),
        (text("甲", "a"), {"zh": "甲", "en": "a"}),
        ({"a": {1}}, {"a": [1]}),
    ],
)
def test_plain_values(value: object, plain: object) -> None:
    assert output.plain_value(value) == plain


def test_an_empty_table_keeps_its_headings_in_csv(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit(pd.DataFrame({"a": [], "b": []}), format="csv")
    assert capsys.readouterr().out == "a,b\n"
    output.emit(pd.DataFrame({"a": [], "b": []}), format="json")
    assert capsys.readouterr().out == "[]\n"
    output.emit(pd.DataFrame({"a": [], "b": []}), lang="en")
    assert capsys.readouterr().out == "(none)\n"


def test_pairs_need_an_equals_sign() -> None:
    assert parse_pairs(["a=b=c"]) == {"a": "b=c"}
    with pytest.raises(typer.BadParameter):
        parse_pairs(["a"])


def test_a_reader_that_goes_away_is_no_error(repo: Path) -> None:
    code = (
        "from wetland.cli.output import emit; emit([{'n': i} for i in range(200000)], format='csv')"
    )
    ran = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -c "$CODE" | head -n 1; echo "${{PIPESTATUS[0]}}"'],
        env={"CODE": code, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(repo)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "n\n0\n"
    assert ran.stderr == ""
