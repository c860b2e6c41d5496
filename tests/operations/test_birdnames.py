"""Names that matched no species, and what accepting one does."""

from __future__ import annotations

import pytest

from tests.operations.birdcases import CSV, imported
from wetland.base.errors import InputError
from wetland.operations.birdnames import COLUMNS, accept_name, unmatched
from wetland.operations.birdvalidation import validate
from wetland.sites.load import Site
from wetland.store.store import Store

LOCAL = "小白鹭子"


def test_names_are_listed_with_what_they_may_be(birds: Store, site: Site) -> None:
    table = unmatched(birds, site)
    assert list(table.columns) == list(COLUMNS)
    assert table[["name", "records"]].to_numpy().tolist() == [["小 白鹭子", 1], [LOCAL, 1]]
    assert table["suggestions"].iloc[1] == ["egretta-garzetta"]
    assert not len(unmatched(birds, site).query("name == '白鹭'"))


def test_an_accepted_name_matches_its_records_and_later_files(birds: Store, site: Site) -> None:
    assert accept_name(birds, site, LOCAL, "egretta-garzetta", actor="甲", reason="俗名") == 2
    assert not len(unmatched(birds, site))
    records = birds.read("bird_records", {"match": "accepted"})
    assert set(records["taxon_id"]) == {"egretta-garzetta"}
    assert set(records["name_received"]) == {LOCAL, "小 白鹭子"}
    assert not records["flags"].str.contains("unmatched", na=False).any()
    told = birds.read("bird_names").iloc[0]
    assert (told["name_received"], told["reason"]) == (LOCAL, "俗名")
    assert birds.audit(table="bird_names")["actor"].tolist() == ["甲"]
    head = birds.head()
    imported(birds, site)
    assert birds.head() == head
    later = CSV.replace("2024-01-15", "2024-01-20").replace("E1", "E2")
    imported(birds, site, later)
    assert (birds.read("bird_records", {"match": "accepted"})["taxon_id"].notna()).sum() == 4
    assert birds.verify().ok


def test_accepting_again_for_another_species_takes_the_records_along(
    birds: Store, site: Site
) -> None:
    accept_name(birds, site, LOCAL, "egretta-garzetta", actor="甲")
    assert accept_name(birds, site, LOCAL, "egretta-garzetta", actor="甲") == 0
    assert accept_name(birds, site, " 小白鹭子 ", "anas-zonorhyncha", actor="乙") == 2
    assert birds.count("bird_names") == 1
    assert set(birds.read("bird_records", {"match": "accepted"})["taxon_id"]) == {
        "anas-zonorhyncha"
    }


def test_what_a_person_decided_stays(birds: Store, site: Site) -> None:
    (first,) = birds.read("bird_records", {"name_received": LOCAL})["record_id"]
    validate(birds, site, [first], decision="reject", actor="甲", reason="不明")
    assert unmatched(birds, site)["name"].tolist() == ["小 白鹭子"]
    assert accept_name(birds, site, LOCAL, "egretta-garzetta", actor="甲") == 1
    held = birds.read("bird_records", {"record_id": first}).iloc[0]
    assert (held["validation"], held["match"]) == ("rejected", "none")


@pytest.mark.parametrize(
    ("name", "taxon", "match"),
    [
        ("  ", "egretta-garzetta", "which name"),
        (LOCAL, "phoenix", "no species phoenix"),
        ("白鹭", "anas-zonorhyncha", "nothing to accept"),
    ],
)
def test_what_cannot_be_accepted_changes_nothing(
    birds: Store, site: Site, name: str, taxon: str, match: str
) -> None:
    head = birds.head()
    with pytest.raises(InputError, match=match):
        accept_name(birds, site, name, taxon, actor="甲")
    assert birds.head() == head
