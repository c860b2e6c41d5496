"""The standard and the method as data: every limit, versions by day, mistakes in the files."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from tests.water import slowclasses
from wetland.base.errors import InputError, PackError
from wetland.water import standards
from wetland.water.standards import (
    CLASS_WORDS,
    COLOUR_WORDS,
    COLOURS,
    CONDITIONS,
    assessment_on,
    standard_on,
)
from wetland.water.stations import CLASSES

CODES = {"pH": "ph", "DO": "do", "F-": "f", "Cr6+": "cr6", "CN-": "cn", "VPhenol": "phenol",
         "S2-": "sulfide", "NH3-N": "nh3n", "TP_lake": "tp", "TN_lake": "tn"}  # fmt: skip


def test_every_limit_is_that_of_the_table(shared: Path) -> None:
    """GB 3838-2002, table 1, as `facts/gb3838.csv` has it: 24 items in 25 lines."""
    with (shared / "facts" / "gb3838.csv").open(encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file))
    limits = standard_on().limits
    seen = set()
    for line in lines:
        code = CODES.get(line["symbol"], line["symbol"].lower())
        seen.add(code)
        told = [line[c] for c in CLASSES[:5]]
        if line["direction"] == "range":
            low, high = (Decimal(x) for x in told[0].split(".."))
            assert limits[code].within == (low, high)
            continue
        assert limits[code].kind == line["direction"]
        body = "lake" if line["symbol"].endswith("_lake") else "river"
        assert list(limits[code].of(body)) == [Decimal(x) for x in told]
    assert len(lines) == 25
    assert seen == set(limits)
    assert len(seen) == 24


def test_limits_typed_a_second_time_agree() -> None:
    for code, told in {**slowclasses.LIMITS, "do": slowclasses.OXYGEN}.items():
        assert list(standard_on().limits[code].limits) == [Decimal(x) for x in told.split()]
    lake = [Decimal(x) for x in slowclasses.LAKE_TP.split()]
    assert list(standard_on().limits["tp"].of("lake")) == lake
    assert standard_on().limits["tn"].lakes_only
    assert standard_on().do_saturation == Decimal("0.9")


def test_the_21_items_and_the_programme() -> None:
    """环办[2011]22号: the 24 items without temperature, total nitrogen and faecal coliforms."""
    method = assessment_on()
    assert set(method.items) == set(standard_on().limits) - {"temp", "tn", "fc"}
    assert len(method.items) == 21
    assert method.apart == ("tn", "fc")
    assert {"ph", "do", "codmn", "nh3n", "tp"} == set(method.programme.items) & set(method.items)
    assert method.minimum_samples == {"sample": 1, "month": 1, "quarter": 2, "year": 8}


def test_words_and_colours() -> None:
    """环办[2011]22号, table 1: 优 良好 轻度污染 中度污染 重度污染; blue green yellow orange red."""
    assert [CONDITIONS[c].zh for c in CLASSES] == [
        "优", "优", "良好", "轻度污染", "中度污染", "重度污染"
    ]  # fmt: skip
    assert [COLOUR_WORDS[c].zh for c in CLASSES] == ["蓝色", "蓝色", "绿色", "黄色", "橙色", "红色"]
    assert [COLOURS[c] for c in CLASSES] == [
        "#2166AC", "#2166AC", "#4DB8A4", "#F7E04B", "#E08214", "#7F1D1D"
    ]  # fmt: skip
    assert CLASS_WORDS["inferior_v"].zh == "劣Ⅴ类"


def test_versions_are_chosen_by_day() -> None:
    assert standard_on(dt.date(2002, 6, 1)).id == "gb3838-2002"
    assert standard_on() is standard_on(dt.date(2024, 1, 1))
    assert assessment_on(dt.date(2011, 3, 9)).id == "cn-2011-22"
    with pytest.raises(InputError, match="GB 3838-2002"):
        standard_on(dt.date(2002, 5, 31))
    with pytest.raises(InputError, match="2011"):
        assessment_on(dt.date(2011, 3, 8))


def test_a_new_version_closes_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repo: Path
) -> None:
    old = (repo / "wetland/water/standards/gb3838-2002.yaml").read_text(encoding="utf-8")
    new = old.replace("gb3838-2002", "gb-next").replace("2002-06-01", "2030-01-01")
    (tmp_path / "gb-old.yaml").write_text(old, encoding="utf-8")
    (tmp_path / "gb-next.yaml").write_text(new, encoding="utf-8")
    monkeypatch.setattr(standards, "FOLDER", tmp_path)
    standards.standards.cache_clear()
    try:
        with pytest.raises(PackError, match="1 mistake"):
            standard_on()
        closed = old.replace("valid_to: null", "valid_to: 2030-01-01")
        (tmp_path / "gb-old.yaml").write_text(closed, encoding="utf-8")
        assert standard_on(dt.date(2029, 12, 31)).id == "gb3838-2002"
        assert standard_on(dt.date(2030, 1, 1)).id == "gb-next"
        assert standard_on().id == "gb-next"
    finally:
        standards.standards.cache_clear()


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("['2', '4', '6', '10', '15']", "['2', '4', '3', '10', '15']", "weaker limit"),
        ("['2', '4', '6', '10', '15']", "['2', '4']", "five limits"),
        ("codmn:", "codxx:", "not a parameter: codxx"),
        ("valid_from: 2002-06-01", "valid_from: soon", "valid_from"),
        ("{kind: range, within: ['6', '9']}", "{kind: range}", "within"),
    ],
)
def test_mistakes_in_a_standard_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repo: Path, was: str, becomes: str, said: str
) -> None:
    content = (repo / "wetland/water/standards/gb3838-2002.yaml").read_text(encoding="utf-8")
    assert was in content
    (tmp_path / "gb.yaml").write_text(content.replace(was, becomes, 1), encoding="utf-8")
    monkeypatch.setattr(standards, "FOLDER", tmp_path)
    standards.standards.cache_clear()
    try:
        with pytest.raises(PackError) as refused:
            standard_on()
        assert said in refused.value.show("en")
    finally:
        standards.standards.cache_clear()
