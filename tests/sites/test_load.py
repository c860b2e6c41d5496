"""Opening a pack: all mistakes of all files at once, and what a site holds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sites.packs import feature, write_pack, write_yaml, write_zones
from wetland.base.errors import InputError, PackError
from wetland.sites.load import find_pack, list_packs, open_site, pack_digest, read_pack


def shown(folder: Path) -> list[str]:
    return [mistake.show("en") for mistake in read_pack(folder)[1]]


def change(folder: Path, file: str, **changes: Any) -> None:
    path = folder / file
    write_yaml(path, yaml.safe_load(path.read_text(encoding="utf-8")) | changes)


def test_packs_that_come_with_the_program() -> None:
    assert set(list_packs()) >= {"xixi", "everglades"}
    for name in ("xixi", "everglades"):
        assert open_site(name).id == name


def test_a_folder_is_a_pack_too(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small")
    site = open_site(folder)
    assert (site.id, site.crs_epsg, site.timezone) == ("small", 4549, "Asia/Shanghai")
    assert len(site.landmarks) == 0
    assert site.landmarks.crs.to_epsg() == 4326
    assert site.zone_names == {"park"}


@pytest.mark.parametrize("name", ["atlantis", "", "no/such/folder"])
def test_no_such_pack(name: str) -> None:
    with pytest.raises(InputError, match="no site pack") as caught:
        find_pack(name)
    assert "xixi" in caught.value.message.en


def test_mistakes_of_all_files_are_listed_at_once(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small", feature(kind="meadow"), feature(ring=[[0, 0], [1, 1]]))
    change(folder, "site.yaml", timezone="Mars/Base", crs_epsg=4326, colour="red")
    (folder / "vocabulary.yaml").write_text("activities: [\n", encoding="utf-8")
    (folder / "landmarks.geojson").write_text("{", encoding="utf-8")
    (folder / "regulations/everglades-florida.yaml").unlink()
    (folder / "regulations/everglades-federal.yaml").unlink()
    with pytest.raises(PackError) as caught:
        open_site(folder)
    files = {mistake.file for mistake in caught.value.mistakes}
    assert files == {
        "site.yaml", "zones.geojson", "vocabulary.yaml", "landmarks.geojson", "regulations/",
    }  # fmt: skip
    told = caught.value.show("zh")
    assert "处错误" in told.splitlines()[0]
    assert len(told.splitlines()) == 1 + len(caught.value.mistakes)
    lines = shown(folder)
    assert any("no time zone 'Mars/Base'" in line for line in lines)
    assert any("EPSG:4326 is not a projected CRS" in line for line in lines)
    assert any("colour: an unknown key" in line for line in lines)
    assert any("landmarks.geojson: line 1: JSON" in line for line in lines)


def test_a_mistake_in_site_yaml_does_not_hide_the_zones(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small", feature(schematic="perhaps"))
    (folder / "site.yaml").write_text("id: [", encoding="utf-8")
    lines = shown(folder)
    assert any(line.startswith("site.yaml: line") for line in lines)
    assert any("schematic: true or false" in line for line in lines)
    assert not any("not declared" in line for line in lines)


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small")
    path = folder / "site.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nid: other\n", encoding="utf-8")
    [line] = [line for line in shown(folder) if line.startswith("site.yaml")]
    assert "the key 'id' is written twice" in line


@pytest.mark.parametrize("missing", ["site.yaml", "zones.geojson", "vocabulary.yaml"])
def test_a_missing_file(tmp_path: Path, missing: str) -> None:
    folder = write_pack(tmp_path / "small")
    (folder / missing).unlink()
    assert any(line.startswith(f"{missing}: -: the file does not exist") for line in shown(folder))


def test_a_pack_not_in_utf8(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small")
    for name in ("site.yaml", "zones.geojson"):
        path = folder / name
        path.write_bytes(path.read_bytes() + "西溪".encode("gb18030"))
    assert sum("is not UTF-8" in line for line in shown(folder)) == 2


def test_a_pack_without_law_is_told_what_to_do(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small")
    shutil.rmtree(folder / "regulations")
    assert any("coverage: none" in line for line in shown(folder))


RULE: dict[str, Any] = {"zone": "park", "is": "unknown"}
MEMBERSHIP: dict[str, Any] = {
    "id": "lake", "name": {"zh": "湖", "en": "lake"}, "rules": [RULE], "elsewhere": "outside",
    "why": {"zh": "试", "en": "a test"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"memberships": [MEMBERSHIP, MEMBERSHIP]}, "used twice"),
        ({"memberships": [MEMBERSHIP | {"id": "park"}]}, "as a kind"),
        ({"memberships": [MEMBERSHIP | {"rules": [RULE | {"zone": "sea"}]}]}, "kind: sea"),
        ({"memberships": [MEMBERSHIP | {"rules": [RULE | {"is": "perhaps"}]}]}, "one of 'inside'"),
        ({"memberships": [{k: v for k, v in MEMBERSHIP.items() if k != "why"}]}, "why: it is m"),
        ({"readings": {"sea": {"zh": "净", "en": "net"}}}, "kind: sea"),
        ({"registers": {"sea": {"complete_from": "2020-01-01"}}}, "no such kind of record"),
        ({"position_defaults": {"gps": 10}}, "no default for declared"),
        (
            {
                "position_defaults": {
                    "declared": 1, "map_click": 1, "gps": 50, "photo": 1, "unknown": 10,
                }
            },
            "must be the widest",
        ),
        ({"likelihood_threshold": 0.9}, "must be 0.95 or more (given: 0.9)"),
        ({"likelihood_threshold": 1}, "must be below 1"),
        ({"likelihood_threshold": float("nan")}, "a finite number is needed"),
        ({"hdop_m": 0}, "must be above 0"),
        ({"kinds": {}}, "at least 1"),
        ({"id": "Xi Xi"}, "must match"),
        ({"sources": []}, "at least 1"),
        ({"crs_epsg": 999999}, "no CRS EPSG:999999"),
        ({"name": {"zh": "小"}}, "name.en: it is missing"),
    ],
)  # fmt: skip
def test_each_mistake_of_site_yaml(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    folder = write_pack(tmp_path / "small", **changes)
    lines = shown(folder)
    assert any(words in line for line in lines if line.startswith("site.yaml")), lines


def test_a_rule_on_a_zone_that_is_not_declared(tmp_path: Path) -> None:
    folder = tmp_path / "xixi"
    shutil.copytree(find_pack("xixi"), folder)
    document = yaml.safe_load((folder / "site.yaml").read_text(encoding="utf-8"))
    document["memberships"] = [m for m in document["memberships"] if m["id"] != "city_park"]
    write_yaml(folder / "site.yaml", document)
    lines = shown(folder)
    assert any("regulations/" in line and "city_park" in line for line in lines), lines[:3]


def test_the_digest_is_of_what_decides(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small")
    before = pack_digest(folder)
    (folder / "README.md").write_text("words", encoding="utf-8")
    (folder / "regulations/x.cases.yaml").write_text("cases: []", encoding="utf-8")
    assert pack_digest(folder) == before
    for name in ("site.yaml", "vocabulary.yaml"):
        path = folder / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert pack_digest(folder) == before
    write_zones(folder, feature(positional_accuracy_m=51))
    assert pack_digest(folder) != before


def test_landmarks_have_their_mistakes_too(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small")
    properties = {
        "id": "a", "name": {"zh": "甲", "en": "a"}, "datum": "wgs84", "lon_src": 120.0,
        "lat_src": 30.0, "source": "a test", "confidence": "high",
    }  # fmt: skip
    good = {
        "type": "Feature", "properties": properties,
        "geometry": {"type": "Point", "coordinates": [120.0, 30.0]},
    }  # fmt: skip
    bad = [
        good,
        good,
        good | {"properties": properties | {"id": "b", "datum": "xian80"}},
        good | {"geometry": {"type": "Point", "coordinates": [30.0, 120.0]}},
        good | {"geometry": {"type": "LineString", "coordinates": [[120, 30], [121, 30]]}},
        "nothing",
    ]
    path = folder / "landmarks.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": bad}), encoding="utf-8")
    lines = [line for line in shown(folder) if line.startswith("landmarks.geojson")]
    assert len(lines) == 5
    for words in ("used twice", "one of 'wgs84'", "look swapped", "must be a point", "not a f"):
        assert any(words in line for line in lines), (words, lines)


@pytest.mark.parametrize(
    ("ring", "why"),
    [
        ([(120, 30), (120.01, 30.01), (120.01, 30), (120, 30.01), (120, 30)], "Self-intersection"),
        ([(120, 30), (120.01, 30), (120.02, 30), (120, 30)], "invalid geometry"),
        (
            [(120, 30), (120.01, 30), (120.03, 30), (120.01, 30), (120.01, 30.01), (120, 30)],
            "invalid geometry",
        ),
    ],
    ids=["crosses itself", "no area", "a spike"],
)
def test_a_zone_that_is_not_sound_is_named_and_not_used(
    tmp_path: Path, ring: list[tuple[float, float]], why: str
) -> None:
    zone = feature("pond-7", ring=[list(map(float, xy)) for xy in ring])
    folder = write_pack(tmp_path / "small", zone)
    with pytest.raises(PackError) as refused:
        open_site(folder)
    [mistake] = refused.value.mistakes
    assert (mistake.file, mistake.where) == ("zones.geojson", "pond-7")
    assert why in mistake.what.en
