"""`water.yaml` of a pack: stations, programmes, statements, and every mistake in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sites.packs import write_pack, write_yaml
from wetland.base.errors import PackError
from wetland.operations.sites import check_site
from wetland.sites.load import open_site, pack_digest
from wetland.sites.waterpack import read_water_pack
from wetland.water.parameters import parameters

NAME = {"zh": "甲", "en": "a"}
STATION: dict[str, Any] = {"id": "A", "name": NAME, "water_body": "river"}
PROGRAMME: dict[str, Any] = {"name": NAME, "items": ["ph", "do"]}
STATEMENT: dict[str, Any] = {
    "year": 2020, "water_class": "III", "wording": NAME, "source": "s", "confidence": "high",
}  # fmt: skip


def write(folder: Path, document: Any) -> Path:
    write_pack(folder)
    write_yaml(folder / "water.yaml", document)
    return folder


def test_a_pack_needs_none(tmp_path: Path) -> None:
    water = open_site(write_pack(tmp_path / "a")).water
    assert (water.stations, water.programmes, water.statements) == ((), {}, ())


@pytest.mark.parametrize("words", ["", "# nothing yet\n", "stations: []\n"])
def test_one_that_says_nothing_is_empty(tmp_path: Path, words: str) -> None:
    folder = write_pack(tmp_path / "a")
    (folder / "water.yaml").write_text(words, encoding="utf-8")
    assert open_site(folder).water.stations == ()


def test_what_it_holds(tmp_path: Path) -> None:
    document = {
        "programmes": {"p": PROGRAMME},
        "stations": [STATION | {"programme": "p", "lon": 120.01, "lat": 30.01}],
        "statements": [STATEMENT, STATEMENT | {"year": 2009, "water_class": ["III", "IV"]}],
    }
    water = open_site(write(tmp_path / "a", document)).water
    assert water.stations[0].water_body == "river"
    assert water.programmes["p"].items == ("ph", "do")
    assert [s.water_class for s in water.statements] == [("III",), ("III", "IV")]


def test_the_digest_includes_it(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "a")
    without = pack_digest(folder)
    write_yaml(folder / "water.yaml", {"stations": [STATION]})
    river = pack_digest(folder)
    write_yaml(folder / "water.yaml", {"stations": [STATION | {"water_body": "lake"}]})
    assert len({without, river, pack_digest(folder)}) == 3


WRONG: dict[str, tuple[Any, tuple[str, ...]]] = {
    "a list": ([], ("keys with values",)),
    "unknown key": ({"station": []}, ("station", "unknown key")),
    "no kind of water body": (
        {"stations": [{"id": "A", "name": NAME}]},
        ("stations.0.water_body", "missing"),
    ),
    "no such kind": ({"stations": [STATION | {"water_body": "pond"}]}, ("'river' or 'lake'",)),
    "one language": ({"stations": [STATION | {"name": {"zh": "甲"}}]}, ("name.en", "missing")),
    "no such class": ({"stations": [STATION | {"target_class": "VI"}]}, ("target_class", "'VI'")),
    "half a place": ({"stations": [STATION | {"lon": 120.0}]}, ("lon and lat",)),
    "latitude first": ({"stations": [STATION | {"lon": 30.0, "lat": 120.0}]}, ("lat", "90")),
    "an id twice": ({"stations": [STATION, STATION]}, ("used twice", "A")),
    "no such programme": (
        {"stations": [STATION | {"programme": "q"}]},
        ("not a declared programme", "q"),
    ),
    "no such item": (
        {"programmes": {"p": PROGRAMME | {"items": ["氨氮"]}}},
        ("programmes.p.items", "氨氮", "nh3n"),
    ),
    "an item nobody knows": (
        {"programmes": {"p": PROGRAMME | {"items": ["qqqqqq"]}}},
        ("no parameter qqqqqq",),
    ),
    "an item twice": ({"programmes": {"p": PROGRAMME | {"items": ["ph", "ph"]}}}, ("ph", "twice")),
    "no items": ({"programmes": {"p": PROGRAMME | {"items": []}}}, ("items",)),
    "no source": ({"statements": [STATEMENT | {"source": ""}]}, ("source",)),
    "no such published class": (
        {"statements": [STATEMENT | {"water_class": "6"}]},
        ("water_class",),
    ),
    "no year": ({"statements": [STATEMENT | {"year": "long ago"}]}, ("year", "whole number")),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_named(tmp_path: Path, name: str) -> None:
    document, words = WRONG[name]
    folder = write(tmp_path / "a", document)
    with pytest.raises(PackError) as caught:
        open_site(folder)
    lines = [m.show("en") for m in caught.value.mistakes]
    assert any(all(w in line for w in ("water.yaml", *words)) for line in lines), lines
    assert all(m.what.zh for m in caught.value.mistakes)


def test_all_mistakes_are_listed_at_once(tmp_path: Path, run_cli: Any) -> None:
    document = {
        "programmes": {"p": PROGRAMME | {"items": ["zzzzzz", "ph", "ph"]}},
        "stations": [STATION],
    }
    folder = write(tmp_path / "a", document)
    mistakes = check_site(folder).mistakes
    assert len(mistakes) == 2
    ran = run_cli("site", "check", str(folder), "--lang", "en")
    assert ran.code == 1
    assert "zzzzzz" in ran.out
    assert "ph is written twice" in ran.out


def test_a_file_that_is_no_yaml(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "a")
    (folder / "water.yaml").write_bytes(b"\xff\xfe\x00stations")
    _, mistakes = read_water_pack(folder)
    assert [m.file for m in mistakes] == ["water.yaml"]


def test_xixi_says_what_is_invented_and_what_was_published() -> None:
    """Coordinates and concentrations of real sections were not found: none may pass for real."""
    water = open_site("xixi").water
    assert len(water.stations) == 6
    assert all(s.synthetic and "示例" in s.name.zh for s in water.stations)
    assert {s.water_body for s in water.stations} == {"river", "lake"}
    assert all(s.target_class and s.programme in water.programmes for s in water.stations)
    said = {s.year: s.water_class for s in water.statements}
    assert said[2003] == ("inferior_v",)
    assert said[2020] == said[2022] == ("III",)
    assert all(s.source for s in water.statements)
    items = water.programmes["9+X"].items
    assert len(items) == 9
    assert set(items) <= set(parameters())


def test_the_example_stations_lie_in_the_park() -> None:
    site = open_site("xixi")
    from shapely.geometry import Point

    park = next(z.geometry for z in site.zones if z.kind == "protection")
    for station in site.water.stations:
        assert park.contains(Point(station.lon, station.lat)), station.id
