"""Archives that are broken or hostile: a sentence or a problem, and the rest reads."""

from __future__ import annotations

import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.birds.dwccases import (
    DWC,
    EVENT,
    EVENTS,
    MEASUREMENT,
    MEDIA,
    OCCURRENCE,
    OCCURRENCES,
    TAXON,
    archive,
    codes,
    lines,
    meta,
    occurrences,
    packed,
    read,
    section,
)
from wetland.base.errors import InputError
from wetland.reading.files import Given

GOOD = occurrences(("O1", "2024-05-01", "Ardea alba", "2"))
ROWS = lines(GOOD[2])


def refusal(source: Any, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(source, **options)
    assert caught.value.message.zh
    return caught.value.message.en


@pytest.mark.parametrize(("content", "words"), [
    ("<archive", "not well-formed"),
    ("", "not well-formed"),
    ("<archive/>", "no core"),
    ('<!DOCTYPE a [<!ENTITY e "x">]><archive>&e;</archive>', "document type"),
    ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><archive/>', "document type"),
    (meta(section("core", GOOD), section("core", GOOD)), "2 cores"),
    (meta(section("core", ("t.txt", TAXON, GOOD[2]))), "Taxon"),
    (meta(section("core", ("t.txt", "http://x.org/Nest", GOOD[2]))), "Nest"),
    (meta(section("core", GOOD).replace("occurrence.txt", "")), "no file"),
    (meta(section("core", GOOD).replace("occurrence.txt", "../../etc/passwd")), "out of"),
    (meta(section("core", GOOD).replace("occurrence.txt", "/etc/passwd")), "out of"),
    (meta(section("core", GOOD).replace("occurrence.txt", "http://x.org/o.txt")), "out of"),
    (meta(section("core", GOOD).replace("occurrence.txt", "other.txt")), "lacks other.txt"),
    (meta(section("core", GOOD).replace('index="2"', 'index="two"')), "column number"),
    (meta(section("core", GOOD).replace('index="2"', 'index="99999"')), "column number"),
    (meta(section("core", GOOD, ignoreHeaderLines="-1")), "column number"),
    (meta(section("core", GOOD).replace("<files>", "<f>").replace("</files>", "</f>")), "no file"),
    (meta(section("core", GOOD).replace(f"{DWC}scientificName", f"{DWC}sciName")), "no column of"),
])  # fmt: skip
def test_descriptors_that_cannot_be_followed(content: str, words: str) -> None:
    assert words in refusal(packed({"meta.xml": content, "occurrence.txt": ROWS, "t.txt": ROWS}))


def test_entities_in_utf16_are_refused_too() -> None:
    content = '<!DOCTYPE a [<!ENTITY e "x">]><archive/>'.encode("utf-16")
    assert "document type" in refusal(packed({"meta.xml": content, "occurrence.txt": ROWS}))


@pytest.mark.parametrize("files", [
    {"a.txt": ROWS, "b.txt": ROWS}, {"readme.md": "x"}, {"x/meta.xml": "", "y/meta.xml": ""},
])  # fmt: skip
def test_archives_whose_core_cannot_be_told(files: dict[str, str]) -> None:
    assert refusal(packed(files))


def test_one_table_without_a_descriptor_is_read_by_its_header() -> None:
    reading = read(packed({"occurrence.txt": ROWS, "__MACOSX/._occurrence.txt": "\0\1"}))
    assert (reading.layout, len(reading.records)) == ("dwca", 1)


def test_members_that_lead_out_of_the_archive_write_nothing(tmp_path: Path) -> None:
    evil = packed({"../evil.txt": "x", "/abs.txt": "y", "meta.xml": meta(section("core", GOOD)),
                   "occurrence.txt": ROWS})  # fmt: skip
    before = set(tmp_path.parent.rglob("evil.txt"))
    assert len(read(evil).records) == 1
    assert set(tmp_path.parent.rglob("evil.txt")) == before


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    whole = packed({"meta.xml": meta(section("core", GOOD)), "occurrence.txt": "0" * (65 << 20)})
    assert whole.size < 1 << 20
    assert "too large" in refusal(whole)


def test_damaged_encrypted_and_cut_archives() -> None:
    sound = packed({"meta.xml": meta(section("core", GOOD)), "occurrence.txt": ROWS * 300}).read()
    cut = Given.of_bytes("cut.zip", sound[: len(sound) // 2])
    assert "damaged" in refusal(cut)
    at = sound.index(b"occurrence.txt") + 14 + 20
    bent = sound[:at] + bytes([sound[at] ^ 0xFF, sound[at + 1] ^ 0xFF]) + sound[at + 2 :]
    assert "damaged" in refusal(Given.of_bytes("bent.zip", bent))
    locked = bytearray(sound)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := bytes(locked).find(mark, place + 1)) >= 0:
            flags = struct.unpack_from("<H", locked, place + offset)[0]
            struct.pack_into("<H", locked, place + offset, flags | 1)
    assert "password" in refusal(Given.of_bytes("locked.zip", bytes(locked)))


def test_a_method_of_packing_nobody_knows() -> None:
    sound = bytearray(archive(GOOD).read())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = -1
        while (place := bytes(sound).find(mark, place + 1)) >= 0:
            struct.pack_into("<H", sound, place + offset, 99)
    assert "damaged" in refusal(Given.of_bytes("odd.zip", bytes(sound)))


def test_orphans_repeated_rows_and_short_rows_are_told_and_the_rest_reads() -> None:
    name, kind, rows = OCCURRENCES
    more = [*rows, ("E9", "O5", "Ardea alba", "", "1", "", ""), ("E1", "O7"),
            ("E1", "O1", "Ardea alba", "", "1", "", ""), ("E1", "O8", "", "", "2", "", ""),
            ("E1", "O9", "Ardea alba", "", "-3", "", "")]  # fmt: skip
    events = (*EVENTS[:2], [*EVENTS[2], EVENTS[2][1], ("", *EVENTS[2][1][1:])])
    facts = ("facts.txt", MEASUREMENT, (("eventID", "measurementType", "measurementValue"),
                                        ("E7", "duration", "1")))  # fmt: skip
    reading = read(archive(events, (name, kind, more), facts))
    assert reading.records["occurrence_id"].tolist() == ["O1", "O2", "O3", "O4"]
    told = codes(reading)
    assert {c: told[c] for c in ("orphan", "occurrence_twice", "cells_missing", "name_missing",
                                 "event_twice", "event_id_missing")} == {
        "orphan": 2, "occurrence_twice": 1, "cells_missing": 1, "name_missing": 1,
        "event_twice": 1, "event_id_missing": 1}  # fmt: skip
    assert all(p.message.zh and p.message.en for p in reading.problems.items)


def test_an_extension_that_is_not_there_is_told_and_the_core_reads() -> None:
    media = section("extension", ("media.txt", MEDIA, (("occurrenceID", "identifier"),)))
    reading = read(packed({"meta.xml": meta(section("core", GOOD), media), "occurrence.txt": ROWS}))
    assert len(reading.records) == 1
    assert codes(reading)["file_missing"] == 1


def test_media_of_occurrences_that_are_not_there() -> None:
    media = ("media.txt", MEDIA, (("occurrenceID", "identifier"), ("O1", "https://a.org/1.jpg"),
                                  ("O9", "https://a.org/9.jpg")))  # fmt: skip
    reading = read(archive(GOOD, media))
    assert "https://a.org/1.jpg" in reading.records["media"][0]
    assert codes(reading)["orphan"] == 1


def test_events_without_occurrences_are_surveys_and_told() -> None:
    reading = read(archive(EVENTS))
    assert (len(reading.surveys), len(reading.records)) == (3, 0)
    assert codes(reading)["no_occurrences"] == 1


def test_a_header_that_contradicts_the_descriptor_is_told() -> None:
    head = "\t".join(("occurrenceID", "scientificName", "eventDate", "individualCount")) + "\n"
    body = ROWS.split("\n", 1)[1]
    reading = read(packed({"meta.xml": meta(section("core", GOOD)), "occurrence.txt": head + body}))
    assert codes(reading)["header_differs"] == 2


def test_mixed_encodings_and_an_open_quote_cost_no_other_row() -> None:
    rows = ["O1\t2024-05-01\t白鹭\t2\n".encode(), "O2\t2024-05-01\t白鹭\t2\n".encode("gbk"),
            b'O3\t2024-05-01\t"Ardea alba\t2\n', b"O4\t2024-05-01\tArdea alba\t2\n",
            b"O5\t2024-05-01\t\xff\xff\xff\t2\n"]  # fmt: skip
    head = "\t".join(GOOD[2][0]).encode() + b"\n"
    core = section("core", GOOD, fieldsEnclosedBy="&quot;")
    reading = read(packed({"meta.xml": meta(core), "occurrence.txt": head + b"".join(rows)}))
    assert reading.records["occurrence_id"].tolist() == ["O1", "O2", "O4"]
    assert set(reading.records["taxon_id"]) == {"egretta-garzetta", "ardea-alba"}
    told = codes(reading)
    assert (told["encoding_mixed"], told["quote_open"], told["encoding_broken"]) == (1, 1, 1)


def test_a_table_of_one_enormous_line_is_told() -> None:
    content = ROWS + "O2\t2024-05-01\t" + "x" * (2 << 20) + "\t1\nO3\t2024-05-01\tArdea alba\t1\n"
    noise = random.Random(1).randbytes(1 << 19).hex()  # so that it does not look like a bomb
    reading = read(packed({"meta.xml": meta(section("core", GOOD)), "occurrence.txt": content,
                           "noise.md": noise}))  # fmt: skip
    assert reading.records["occurrence_id"].tolist() == ["O1", "O3"]
    assert codes(reading)["line_too_long"] == 1


def test_line_ends_of_a_single_carriage_return() -> None:
    content = ROWS.replace("\n", "\r")
    reading = read(packed({"meta.xml": meta(section("core", GOOD)), "occurrence.txt": content}))
    assert len(reading.records) == 1


@pytest.mark.parametrize("cells", [
    ("lon", "120.1"), ("200", "95"), ("0", "0"), ("", "30.1"), ("nan", "30"), ("30.2", "120.1"),
    ("1e400", "30"),
])  # fmt: skip
def test_places_that_are_none_are_told_and_the_row_stays(cells: tuple[str, str]) -> None:
    header = ("occurrenceID", "eventDate", "scientificName", "decimalLongitude", "decimalLatitude")
    reading = read(archive(occurrences(("O1", "2024-05-01", "Ardea alba", *cells), header=header)))
    assert len(reading.records) == 1
    assert reading.surveys["geometry"].isna().all()
    assert {p.level for p in reading.problems.items} == {"warning"}


def test_the_same_problem_of_very_many_rows_is_told_by_number() -> None:
    reading = read(archive(occurrences(*((f"O{n}", "x", "Ardea alba", "1") for n in range(1_500)))))
    told = [p for p in reading.problems.items if p.code == "date_invalid"]
    assert (len(told), told[-1].row) == (1_001, None)
    assert "500" in told[-1].message.en
    assert reading.counts["wrong"] == 1_500


def test_cells_that_would_run_or_break_out_stay_words() -> None:
    name = "<script>alert(1)</script> =cmd|' /C calc'!A0"
    reading = read(archive(occurrences(("O1", "2024-05-01", name, "1"))))
    assert reading.records["name_received"].tolist() == [name]
    assert reading.records["match"].tolist() == ["none"]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), cut=st.integers(1, 40))
def test_flipped_bytes_end_in_a_reading_or_a_sentence(seed: int, cut: int) -> None:
    rng = random.Random(seed)
    content = bytearray(archive(EVENTS, OCCURRENCES).read())
    for _ in range(cut):
        content[rng.randrange(len(content))] = rng.randrange(256)
    try:
        reading = read(Given.of_bytes("bent.zip", bytes(content)), layout="dwca")
    except InputError:
        return
    assert set(reading.records["survey_id"]) <= set(reading.surveys["survey_id"])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_bent_descriptors_end_in_a_reading_or_a_sentence(seed: int) -> None:
    rng = random.Random(seed)
    words = meta(section("core", EVENTS), section("extension", OCCURRENCES))
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(words))
        words = words[:at] + rng.choice(["", "<", '"', "&", "0", "-", "é", ">"]) + words[at + 1 :]
    files = {"meta.xml": words, "event.txt": lines(EVENTS[2]),
             "occurrence.txt": lines(OCCURRENCES[2])}  # fmt: skip
    try:
        reading = read(packed(files))
    except InputError:
        return
    assert reading.problems.items or len(reading.surveys)


def test_zip_of_nothing_and_text_named_zip() -> None:
    assert refusal(packed({}))
    with pytest.raises(InputError):
        read(Given.of_bytes("birds.zip", b"PK\x03\x04 not a zip at all"))
    assert zipfile.is_zipfile(__file__) is False
    assert EVENT != OCCURRENCE


def test_a_late_line_in_the_declared_encoding_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wetland.birds.dwcalines.HEAD_BYTES", 64)
    head = lines(GOOD[2]) + "".join(f"A{n}\t2024-05-01\tArdea alba\t1\n" for n in range(9))
    late = "O2\t2024-05-01\tÉgretta\t1\n".encode("latin-1")
    core = section("core", GOOD, encoding="ISO-8859-1")
    reading = read(packed({"meta.xml": meta(core), "occurrence.txt": head.encode() + late}))
    assert reading.records["name_received"].tolist()[-1] == "Égretta"
    assert set(codes(reading)) == {"name_unmatched"}


def test_a_misspelled_term_is_told_and_its_cells_are_kept() -> None:
    header = ("occurrenceID", "eventDate", "scientificName", "individualCounts", "scientificNameID")
    reading = read(archive(occurrences(("O1", "2024-05-01", "Ardea alba", "7", "x"),
                                       header=header)))  # fmt: skip
    assert [p.column for p in reading.problems.items] == ["individualCounts"]
    assert "individualCount" in reading.problems.items[0].message.en
    assert '"individualCounts": "7"' in reading.records["extra"][0]
    assert reading.records["count_qualifier"][0] == "present"


def test_rows_with_more_cells_than_the_header_are_kept_aside() -> None:
    table = (
        "scientificName,individualCount,eventDate,basisOfRecord\n"
        "Ardea alba Linnaeus, 1758,3,2024-01-05\n"  # as wide as the header: its date is none
        "Ardea alba Linnaeus, 1758,2024-01-05,3,HumanObservation\n"
        '"Ardea alba Linnaeus, 1758",4,2024-01-05,HumanObservation\n'
        "Egretta garzetta,5,2024-01-05,HumanObservation,,\n"
    )
    reading = read(Given.of_bytes("birds.csv", table.encode()))
    assert sorted(reading.records["individual_count"]) == [4.0, 5.0]
    assert codes(reading) == {"cells_beyond": 1, "date_invalid": 1}
    assert reading.counts["wrong"] == 2


@pytest.mark.parametrize("asked", [None, "UTF-8", "utf-8-sig"])
def test_a_mark_before_utf8_is_no_other_encoding(asked: str | None) -> None:
    table = "scientificName,vernacularName,eventDate\nArdea alba,大白鹭,2024-01-05\n"
    reading = read(Given.of_bytes("birds.csv", table.encode("utf-8-sig")), encoding=asked)
    assert codes(reading) == {}
    assert len(reading.records) == 1
