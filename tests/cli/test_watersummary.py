"""``wetland water summary``: means with non-detects, two ways; clear words for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wetland.statistics.censored import summarise

VALUES = ("0.025L", "0.05", "<0.05", "0.11", "0.2", "未检出(0.025)")
NUMBERS = [0.025, 0.05, 0.05, 0.11, 0.2, 0.025]
BELOW = [True, False, True, False, False, True]


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Give a file of invented ammonia with non-detects as laboratories write them."""
    rows = "".join(f"A,2024-0{m}-03,{v},0.1\n" for m, v in enumerate(VALUES, start=1))
    path = tmp_path / "lab.csv"
    path.write_text("站点,日期,氨氮(mg/L),总磷(mg/L)\n" + rows, encoding="utf-8")
    return str(path)


def test_official_and_statistical_side_by_side(run_cli, file) -> None:
    ran = run_cli("water", "summary", file, "--parameter", "氨氮", "--format", "json")
    assert ran.code == 0
    half, km = json.loads(ran.out)
    for row, method in ((half, "half"), (km, "kaplan_meier")):
        want = summarise(NUMBERS, BELOW, method=method)
        assert (row["station"], row["parameter"], row["method"]) == ("A", "nh3n", method)
        assert (row["n"], row["censored"]) == (6, 3)
        assert row["mean"] == pytest.approx(want.mean)
        assert row["upper"] == pytest.approx(want.upper)
    assert km["p10"] is None  # one of the non-detects: below 0.05, nothing else is known
    assert km["unknown_below"] == 0.05
    assert "最低检出限" in km["notes"][0]


def test_all_methods_by_quarter(run_cli, file) -> None:
    methods = [w for m in ("mle", "half", "ros", "kaplan_meier") for w in ("--method", m)]
    ran = run_cli("water", "summary", file, "--per", "quarter", "--format", "json", *methods)
    rows = json.loads(ran.out)
    assert len(rows) == 2 * 2 * 4
    assert [r["method"] for r in rows[:4]] == ["half", "kaplan_meier", "ros", "mle"]
    assert {r["period"] for r in rows} == {"2024-Q1", "2024-Q2"}
    few = next(r for r in rows if r["method"] == "mle")
    assert few["mean"] is None
    assert few["notes"]


def test_a_table_for_a_person(run_cli, file) -> None:
    ran = run_cli("water", "summary", file, "--lang", "en")
    assert ran.code == 0
    assert "non-detects" in ran.out
    assert "too narrow" in ran.out
    assert "period" not in ran.out.splitlines()[0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--method", "mean"), "half, kaplan_meier, ros, mle"),
        (("--parameter", "nonsense"), "nonsense"),
    ],
)
def test_unknown_words_are_refused(run_cli, file, given, words) -> None:
    ran = run_cli("water", "summary", file, *given)
    assert ran.code == 1
    assert words in ran.err


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", ("氨氮(mg/L)", "检出限之半（官方）")), ("en", ("NH3-N(mg/L)", "half the limit"))],
)
def test_a_table_has_words_and_units(run_cli, file, lang: str, words: tuple[str, ...]) -> None:
    out = run_cli("water", "summary", file, "--lang", lang).out
    assert "nh3n" not in out
    for word in words:
        assert word in out
