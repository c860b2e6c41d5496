"""Import of bird surveys: nothing twice, decisions kept, mappings remembered, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.operations.birdfile import HEAD, TODAY, rows, table
from wetland.base.errors import InputError
from wetland.birds.readoptions import BirdOptions
from wetland.operations.birdfiles import ImportedBirds, import_birds, mapping_of
from wetland.operations.birdkeeping import SOURCE_CHANGED, flags_of, zones_of
from wetland.operations.birdnames import accept_name
from wetland.operations.birds import birds_of_file, birds_of_store
from wetland.operations.birdvalidation import queue, validate
from wetland.reading.files import Given
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Transaction

ONE = "E-1,EX-B1,2024-01-05,样线法,60,true,白鹭,{n},{remark},true\n"


def take(
    store: Store, site: Site, words: str | bytes, name: str = "b.csv", **told: object
) -> ImportedBirds:
    data = words if isinstance(words, bytes) else words.encode("utf-8")
    options = BirdOptions(**told)  # type: ignore[arg-type]
    given = Given.of_bytes(name, data)
    return import_birds(store, site, given, options=options, actor="t", today=TODAY)


def only_record(store: Store) -> dict[str, object]:
    held = store.read("bird_records")
    assert len(held) == 1
    found: dict[str, object] = held.iloc[0].to_dict()
    return found


def test_a_second_import_changes_nothing(store: Store, site: Site) -> None:
    first = take(store, site, table()).to_json("en")
    assert first["counts"]["surveys_added"] == 39
    assert first["counts"]["records_added"] == len(rows()) == 117
    assert first["counts"]["absent"] > 0
    assert first["synthetic"] is True
    entries = store.head().seq
    again = take(store, site, table())
    assert (again.written.added, again.written.changed) == (0, 0)
    assert again.written.unchanged == 39 + 117
    assert store.head().seq == entries
    assert store.verify().ok


def test_a_later_file_of_the_same_surveys_replaces_them(store: Store, site: Site) -> None:
    take(store, site, HEAD + ONE.format(n=5, remark=""))
    done = take(store, site, HEAD + ONE.format(n=7, remark=""), "later.csv")
    assert (done.counted.records.added, done.counted.records.changed) == (0, 1)
    assert only_record(store)["individual_count"] == 7


@pytest.mark.parametrize(
    ("decision", "told", "count"),
    [
        ("accept", {}, 5),
        ("reject", {"reason": "other bird"}, 5),
        ("correct", {"reason": "misread", "individual_count": 4}, 4),
    ],
)
def test_what_a_person_decided_stays_and_the_change_is_told(
    store: Store, site: Site, decision: str, told: dict[str, object], count: int
) -> None:
    take(store, site, HEAD + ONE.format(n=5, remark=""))
    key = str(only_record(store)["record_id"])
    validate(store, site, [key], decision=decision, actor="eve", **told)  # type: ignore[arg-type]
    decided = only_record(store)["validation"]
    assert take(store, site, HEAD + ONE.format(n=5, remark="")).written.changed == 0
    done = take(store, site, HEAD + ONE.format(n=500, remark=""), "later.csv")
    after = only_record(store)
    assert done.to_json("zh")["counts"]["changed_after_review"] == 1
    assert (after["validation"], after["individual_count"]) == (decided, count)
    assert after["validated_by"] == "eve"
    flag = next(f for f in flags_of(after["flags"]) if f["test"] == SOURCE_CHANGED)
    assert flag["numbers"]["individual_count"] == 500
    again = take(store, site, HEAD + ONE.format(n=500, remark=""), "later.csv")
    assert again.written.changed == 0


def test_a_source_that_says_what_was_decided_asks_for_nobody(store: Store, site: Site) -> None:
    take(store, site, HEAD + ONE.format(n=5, remark=""))
    key = str(only_record(store)["record_id"])
    validate(store, site, [key], decision="correct", actor="eve", reason="photo",
             individual_count=9)  # fmt: skip
    done = take(store, site, HEAD + ONE.format(n=9, remark=""), "later.csv")
    assert done.counted.decided == 0
    assert queue(store, site, role="ecologist").empty
    validate(store, site, [key], decision="undo", actor="eve", reason="no photo")
    assert only_record(store)["individual_count"] == 5
    take(store, site, HEAD + ONE.format(n=9, remark=""), "later.csv")  # what the source says now
    assert only_record(store)["individual_count"] == 9
    validate(store, site, [key], decision="accept", actor="eve")
    assert take(store, site, HEAD + ONE.format(n=8, remark="")).counted.decided == 1
    assert len(queue(store, site, role="ecologist")) == 1
    assert take(store, site, HEAD + ONE.format(n=9, remark="")).counted.decided == 0
    assert queue(store, site, role="ecologist").empty


def test_a_name_that_is_known_by_now_is_matched(store: Store, site: Site) -> None:
    words = HEAD + ONE.format(n=5, remark="").replace("白鹭", "小白鹭鸶")
    done = take(store, site, words)
    assert done.suggestions[0][:2] == ("小白鹭鸶", 1)
    assert only_record(store)["match"] == "none"
    accept_name(store, site, "小白鹭鸶", "egretta-garzetta", actor="eve", reason="local name")
    assert only_record(store)["taxon_id"] == "egretta-garzetta"
    take(store, site, words)
    assert only_record(store)["match"] == "accepted"


def test_the_mapping_of_a_source_is_kept_for_its_next_file(store: Store, site: Site) -> None:
    words = "哪里,何时,什么,几只\nEX-B1,2024-01-05,白鹭,5\n"
    mapping = {"plot": "哪里", "date": "何时", "name": "什么", "count": "几只"}
    take(store, site, words, columns=mapping, source="club", layout="tidy")
    saved = mapping_of(store, site, "club")
    assert saved is not None
    assert dict(saved.columns) == mapping
    later = words.replace("01-05", "01-12").replace(",5\n", ",6\n")
    done = take(store, site, later, "b2.csv", source="club")
    assert done.counted.records.added == 1
    assert "mapping_used" in done.problems.counts()
    other = take(store, site, HEAD + ONE.format(n=5, remark=""), "c.csv", source="club")
    assert other.counted.records.added == 1
    assert other.problems.counts() == {"mapping_unfit": 1}


def test_nothing_is_kept_where_writing_fails(
    store: Store, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Transaction.write

    def fail(self: Transaction, table: str, *args: object, **more: object) -> object:
        if table == "bird_records":
            raise OSError("disk full")
        return write(self, table, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Transaction, "write", fail)
    with pytest.raises(OSError, match="disk full"):
        take(store, site, table())
    monkeypatch.undo()
    assert store.count("bird_surveys") == store.count("sources") == 0
    assert store.verify().ok


@pytest.mark.parametrize("words", ["", "no bird here\n", "<html>"])
def test_what_is_no_survey_is_refused_with_a_sentence(store: Store, site: Site, words: str) -> None:
    with pytest.raises(InputError):
        take(store, site, words)
    assert store.count("sources") == 0


def test_a_missing_file_is_told_with_what_can_be_read(store: Store, site: Site) -> None:
    with pytest.raises(InputError) as told:
        import_birds(store, site, Path("nowhere.csv"), actor="t", today=TODAY)
    assert "eBird" in told.value.show("en")


def test_dates_to_come_and_places_outside_are_flagged(store: Store, site: Site) -> None:
    words = (
        "plot,date,lon,lat,species,count\nA,2027-01-05,120.06,30.27,白鹭,5\n"
        "B,2024-01-05,121.5,31.2,白鹭,5\nC,2024-01-05,120.06,30.27,白鹭,5\n"
    )
    done = take(store, site, words)
    tests = [{f["test"] for f in flags_of(cell)} for cell in store.read("bird_records")["flags"]]
    assert tests == [{"future"}, {"outside"}, set()]
    assert done.to_json("zh")["counts"]["flags"] == {"future": 1, "outside": 1}


def test_places_lie_in_their_zones(site: Site) -> None:
    import numpy as np

    assert zones_of(site) is None  # no species of the starter list is tied to a zone
    egret = next(s for s in site.birds.species if s.id == "egretta-garzetta")
    tied = site.birds.model_copy(update={"species": (egret.model_copy(update={"zones": ("x",)}),)})
    from dataclasses import replace

    look = zones_of(replace(site, birds=tied))
    assert look is not None
    inside, far, unknown = look(np.array([120.06, 10.0, np.nan]), np.array([30.27, 10.0, 30.0]))
    assert inside
    assert far == set()
    assert unknown is None


def test_a_file_is_read_without_a_store(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes(table())
    data = birds_of_file(path, site, today=TODAY)
    assert len(data.records) == 117
    assert data.synthetic
    assert set(data.species) == {"anas-zonorhyncha", "tachybaptus-ruficollis", "aix-galericulata"}


def test_large_files_come_in_parts_and_say_the_same(
    store: Store, site: Site, tmp_path: Path
) -> None:
    take(store, site, table())
    whole = birds_of_store(store, site)
    path = tmp_path / "b.csv"
    path.write_bytes(table())
    alone = birds_of_file(path, site, today=TODAY)
    assert sorted(whole.records["content"]) == sorted(alone.records["content"])


def test_the_examples_are_what_their_scripts_make(
    load_script: Callable[[str], ModuleType], shared: Path
) -> None:
    assert load_script("scripts/xixi_birds.py").main(["--check"]) == 0
    counts = shared / "data" / "birds" / "everglades" / "Counts_maxcounts.csv"
    script = load_script("scripts/everglades_birds.py")
    assert script.main([str(counts), "--check"]) == 0
    row = {"count": "1", "notes": "Present, but unable to determine numbers"}
    assert script.count_of(row) == "present"
    assert script.count_of({"count": "1", "notes": ""}) == "1"


def test_flags_of_reads_what_is_there() -> None:
    assert flags_of(None) == flags_of("") == flags_of("{}") == []
    assert flags_of(json.dumps([{"test": "a"}, 3])) == [{"test": "a"}]
