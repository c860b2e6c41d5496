"""Review of bird records: what waits, what a decision does, and that it can be taken back."""

from __future__ import annotations

import json

import pytest

from tests.operations.birdcases import CSV, imported
from wetland.base.errors import InputError
from wetland.operations.birdvalidation import COLUMNS, queue, validate
from wetland.sites.load import Site
from wetland.store.store import Store


def ids(store: Store, name: str) -> list[str]:
    return store.read("bird_records", {"name_received": name})["record_id"].tolist()


def row(store: Store, record_id: str) -> dict:
    frame = store.read("bird_records", {"record_id": record_id})
    return frame.astype(object).where(frame.notna(), None).iloc[0].to_dict()


def test_flagged_records_come_first_and_say_why(birds: Store, site: Site) -> None:
    waiting = queue(birds, site, role="ecologist")
    assert list(waiting.columns) == list(COLUMNS)
    assert len(waiting) == 7
    flagged = waiting["validation"] == "flagged"
    assert flagged.sum() >= 2
    assert flagged.tolist() == sorted(flagged, reverse=True)
    assert waiting.loc[flagged, ["why_zh", "why_en"]].map(bool).all(axis=None)
    first = waiting[waiting["name_received"] == "绿头鸭"].iloc[0]
    assert (first["plot"], first["observers"], first["individual_count"]) == ("EX-B1", "张三", 50)
    assert first["geometry"] is not None or first["plot"]


def test_who_may_not_see_gets_no_sensitive_record(birds: Store, site: Site) -> None:
    for role in (None, "public"):
        shown = queue(birds, site, role=role)
        assert "aythya-baeri" not in set(shown["taxon_id"].dropna())
        assert shown.attrs["withheld"] == 1
        assert not shown.astype(str).apply(lambda c: c.str.contains("对岸")).any(axis=None)
    assert queue(birds, site, role="ecologist").attrs["withheld"] == 0


def test_an_accepted_record_leaves_the_queue_and_is_in_the_trail(birds: Store, site: Site) -> None:
    egrets = ids(birds, "白鹭")
    assert validate(birds, site, [*egrets, *egrets], decision="accept", actor="甲") == 2
    assert not set(queue(birds, site, role="ecologist")["record_id"]) & set(egrets)
    held = row(birds, egrets[0])
    assert (held["validation"], held["validated_by"]) == ("accepted", "甲")
    assert held["validated_at"] is not None
    trail = birds.audit(table="bird_records", key=egrets[0])
    assert trail["actor"].tolist() == ["importer", "甲"]
    assert "accept 2" in trail["reason"].iloc[-1]
    assert birds.verify().ok


def test_a_correction_keeps_what_was_imported_and_can_be_taken_back(
    birds: Store, site: Site
) -> None:
    (duck,) = ids(birds, "绿头鸭")
    before = row(birds, duck)
    told = {"decision": "correct", "actor": "甲", "reason": "照片为斑嘴鸭"}
    validate(birds, site, [duck], **told, taxon_id="anas-zonorhyncha", individual_count=48)
    validate(birds, site, [duck], **told, individual_count=0)
    held = row(birds, duck)
    assert (held["taxon_id"], held["individual_count"]) == ("anas-zonorhyncha", 0)
    assert (held["occurrence_status"], held["count_qualifier"]) == ("absent", "exact")
    assert json.loads(held["before_correction"]) == {
        "taxon_id": "anas-platyrhynchos", "individual_count": 50, "count_qualifier": "about",
        "occurrence_status": "present",
    }  # fmt: skip
    assert held["content"] == before["content"]
    validate(birds, site, [duck], decision="undo", actor="乙", reason="照片看错")
    assert row(birds, duck) == before
    assert birds.audit(table="bird_records", key=duck)["reason"].iloc[-1].endswith("照片看错")


def test_a_flagged_record_that_is_taken_back_is_flagged_again(birds: Store, site: Site) -> None:
    (local,) = ids(birds, "小白鹭子")
    validate(birds, site, [local], decision="reject", actor="甲", reason="不明")
    assert row(birds, local)["validation"] == "rejected"
    validate(birds, site, [local], decision="undo", actor="甲", reason="有照片")
    assert row(birds, local)["validation"] == "flagged"


@pytest.mark.parametrize(
    ("told", "match"),
    [
        ({"decision": "reject"}, "say why"),
        ({"decision": "reject", "reason": "  "}, "say why"),
        ({"decision": "correct", "reason": "x"}, "which species or count"),
        ({"decision": "correct", "individual_count": 3}, "say why"),
        ({"decision": "correct", "reason": "x", "taxon_id": "phoenix"}, "no species phoenix"),
        ({"decision": "correct", "reason": "x", "individual_count": -1}, "whole number"),
        ({"decision": "correct", "reason": "x", "individual_count": 1.5}, "whole number"),
        ({"decision": "correct", "reason": "x", "individual_count": float("nan")}, "whole number"),
        ({"decision": "accept", "taxon_id": "anas-zonorhyncha"}, "by a correction only"),
        ({"decision": "maybe"}, "no decision"),
        ({"decision": "undo", "reason": "x"}, "no decision to take back"),
    ],
)
def test_what_lacks_something_changes_nothing(
    birds: Store, site: Site, told: dict, match: str
) -> None:
    head = birds.head()
    with pytest.raises(InputError, match=match):
        validate(birds, site, ids(birds, "白鹭"), actor="甲", **told)
    assert birds.head() == head


def test_all_or_nothing(birds: Store, site: Site) -> None:
    head = birds.head()
    egrets, local = ids(birds, "白鹭"), ids(birds, "小白鹭子")
    for chosen, match in (([*egrets, *local], "matches no species"),
                          ([*egrets, "b-none"], "no bird record b-none"), ([], "no record"),
                          ):  # fmt: skip
        with pytest.raises(InputError, match=match):
            validate(birds, site, chosen, decision="accept", actor="甲")
    assert birds.head() == head


def test_what_the_source_changed_after_a_decision_waits_again(birds: Store, site: Site) -> None:
    (duck,) = ids(birds, "绿头鸭")
    validate(birds, site, [duck], decision="accept", actor="甲")
    imported(birds, site, CSV.replace("约50", "60"))
    waiting = queue(birds, site, role="ecologist")
    again = waiting[waiting["record_id"] == duck].iloc[0]
    assert (again["validation"], again["individual_count"]) == ("accepted", 50)
    assert "source" in again["why_en"]
    validate(birds, site, [duck], decision="correct", actor="甲", reason="来源已改",
             individual_count=60)  # fmt: skip
    assert duck not in set(queue(birds, site, role="ecologist")["record_id"])
    validate(birds, site, [duck], decision="undo", actor="甲", reason="再看")
    assert row(birds, duck)["individual_count"] == 50  # as first imported
    imported(birds, site, CSV.replace("约50", "60"))
    held = row(birds, duck)
    assert (held["individual_count"], held["validation"]) == (60, "unreviewed")
    head = birds.head()
    imported(birds, site, CSV.replace("约50", "60"))
    assert birds.head() == head


def test_a_second_import_takes_no_decision_back(birds: Store, site: Site) -> None:
    (duck,) = ids(birds, "绿头鸭")
    validate(birds, site, [duck], decision="reject", actor="甲", reason="看错")
    head = birds.head()
    imported(birds, site)
    assert row(birds, duck)["validation"] == "rejected"
    assert birds.head() == head
