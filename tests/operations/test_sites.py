"""What `wetland site` computes: a sound pack passes, and each thing that is off is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.sites.packs import SQUARE, feature, write_pack
from wetland.base.errors import InputError
from wetland.operations.sites import check_site, list_sites, show_site

EAST = [[120.015, 30.0], [120.03, 30.0], [120.03, 30.02], [120.015, 30.02], [120.015, 30.0]]
BOW_TIE = [[120.0, 30.0], [120.02, 30.02], [120.02, 30.0], [120.0, 30.02], [120.0, 30.0]]


@pytest.mark.parametrize("name", ["xixi", "everglades"])
def test_the_packs_that_come_with_the_program_are_sound(name: str) -> None:
    check = check_site(name)
    assert check.ok, check.to_json("en")
    document = check.to_json("en")
    assert json.loads(json.dumps(document)) == document
    assert len(document["areas"]) == len(check.areas) > 0
    assert document["digest"] == (check.site.digest if check.site else None)


def test_xixi_reports_both_areas_and_runs_every_case() -> None:
    document = check_site("xixi").to_json("zh")
    park = document["areas"][0]
    assert park["declared_km2"] == 11.4
    assert park["projected_km2"] == pytest.approx(11.489, abs=1e-3)
    assert park["geodesic_km2"] == pytest.approx(park["projected_km2"], rel=1e-5)
    assert park["deviation"] == pytest.approx(0.0078, abs=1e-4)
    assert document["cases"] > document["rules"] > 0
    assert document["failed_cases"] == document["topology"] == document["mistakes"] == []


@pytest.mark.parametrize(
    ("features", "part", "words"),
    [
        ([feature(declared_area_km2=4.0)], "areas", None),
        ([feature(ring=BOW_TIE)], "topology", "invalid geometry"),
        ([feature("a"), feature("b", ring=EAST)], "topology", "overlaps b by"),
        ([feature(nested_in="garden")], "topology", "no zone of kind garden"),
    ],
)
def test_what_is_off(tmp_path: Path, features: list[dict], part: str, words: str | None) -> None:  # type: ignore[type-arg]
    kinds = {kind: {"name": {"zh": "试", "en": kind}} for kind in ("park", "garden")}
    check = check_site(write_pack(tmp_path / "small", *features, kinds=kinds))
    assert not check.ok
    document = check.to_json("en")
    if words is None:
        assert [row["ok"] for row in document[part]] == [False]
    else:
        assert any(words in row["what"] for row in document[part]), document[part]


def test_a_tolerance_of_its_own(tmp_path: Path) -> None:
    drawn = feature(declared_area_km2=4.0, tolerance=0.2)
    assert check_site(write_pack(tmp_path / "small", drawn)).ok


def test_an_ill_formed_pack_is_a_result_with_all_its_mistakes(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small", feature(kind="meadow", ring=SQUARE))
    (folder / "site.yaml").write_text("id: small\n", encoding="utf-8")
    check = check_site(folder)
    assert not check.ok
    assert check.site is None
    document = check.to_json("en")
    assert document["areas"] == []
    assert len(document["mistakes"]) > 5


def test_a_failed_case_and_a_rule_without_cases(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small")
    law = folder / "regulations" / "everglades-florida.yaml"
    document = yaml.safe_load(law.read_text(encoding="utf-8"))
    document["regulation"] |= {"coverage": "complete", "text_seen": True}
    words = {"zh": "试", "en": "a test"}
    document["rules"] = [
        {
            "id": "no-fishing", "article": "1", "title": words, "says": words,
            "modality": "prohibition", "activity": ["fishing"], "zones": ["park"],
            "addressee": words, "authority": words,
        }
    ]  # fmt: skip
    law.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    cases = [
        {"rule": "no-fishing", "kind": "broken", "on": "2020-01-01", "at": "park",
         "does": "fishing", "then": "kept"},
    ]  # fmt: skip
    path = law.with_name("everglades-florida.cases.yaml")
    path.write_text(yaml.safe_dump({"cases": cases}), encoding="utf-8")
    check = check_site(folder)
    assert not check.mistakes
    [failed] = check.failed_cases
    assert "outcome broken" in failed.faults[0]
    [(rule, lacking)] = check.without_cases
    assert rule == "everglades-florida/no-fishing"
    assert "edge" in lacking
    assert not check.ok


def test_a_broken_file_of_cases_is_a_mistake(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "small")
    (folder / "regulations" / "x.cases.yaml").write_text("cases: 3\n", encoding="utf-8")
    assert check_site(folder).to_json("en")["mistakes"] == [
        {
            "file": "regulations/x.cases.yaml",
            "where": "cases",
            "what": "the list `cases` is missing",
        }
    ]


def test_listing_and_showing() -> None:
    rows = {row["site"]: row for row in list_sites("en")}
    assert rows["everglades"]["landmarks"] == 408
    assert rows["xixi"]["mistakes"] == 0
    shown = show_site("xixi", "en")
    assert shown["notice"].endswith("not for enforcement")
    ramsar = next(m for m in shown["memberships"] if m["membership"] == "ramsar")
    assert ramsar["elsewhere"] == "outside"
    assert ramsar["rules"] == [{"zone": ["protection"], "is": "unknown"}]
    with pytest.raises(InputError, match="no site pack"):
        show_site("atlantis")
