"""Darwin Core archives and tables: what they say becomes surveys and records."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from dwca.read import DwCAReader
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.birds.dwccases import (
    CHECKLIST,
    EVENTS,
    MEASUREMENT,
    MEDIA,
    OCCURRENCE,
    OCCURRENCES,
    PLOTS,
    TODAY,
    archive,
    codes,
    lines,
    meta,
    occurrences,
    packed,
    read,
    section,
)
from wetland.base.problems import Problems
from wetland.base.tables import DTYPES
from wetland.birds.birdfiles import look_at_birds, members_of
from wetland.birds.dwcameta import read_meta
from wetland.birds.dwcarows import read_rows
from wetland.birds.read import read_birds_chunks
from wetland.birds.tables import BIRD_RECORDS, BIRD_SURVEYS
from wetland.reading.files import Given
from wetland.reading.telling import Teller

DATA = Path(__file__).parent / "data" / "dwca"


def by(frame: Any, column: str) -> dict[str, Any]:
    return {row[column]: row for row in frame.to_dict("records")}


def test_event_core_with_its_occurrences_media_and_measurements() -> None:
    media = ("media.txt", MEDIA, (("eventID", "occurrenceID", "identifier"),
                                  ("E1", "O1", "https://a.org/1.jpg")))  # fmt: skip
    facts = ("facts.txt", MEASUREMENT, (
        ("eventID", "measurementType", "measurementValue", "measurementUnit"),
        ("E3", "duration", "1.5", "hour"), ("E3", "all species recorded", "true", ""),
        ("E3", "wind", "3", "Bft"),
    ))  # fmt: skip
    reading = read(archive(EVENTS, OCCURRENCES, media, facts, folder="download/"))
    surveys, records = by(reading.surveys, "event_id"), by(reading.records, "occurrence_id")
    assert reading.layout == "dwca"
    assert set(surveys) == {"E1", "E2", "E3"}  # PAR is only what E2 belongs to
    first = surveys["E1"]
    assert (first["plot"], first["event_date"], first["duration_min"]) == (
        "P1", dt.date(2024, 1, 5), 90.0)  # fmt: skip
    assert (first["distance_km"], first["observer_count"]) == (2.0, 2)
    assert first["event_at"] == dt.datetime(2024, 1, 4, 23, tzinfo=dt.UTC)
    # What a child leaves out is its parent's.
    second = surveys["E2"]
    assert (second["event_date"], second["event_end"]) == (dt.date(2024, 2, 1),
                                                           dt.date(2024, 2, 29))  # fmt: skip
    assert (second["sampling_protocol"], second["geometry"].wkt) == ("line", "POINT (120.1 30.2)")
    # A visit without a record is a visit; its effort stands in measurements, its place is its plot.
    third = surveys["E3"]
    assert (third["plot"], third["duration_min"], third["complete"]) == ("P1", 90.0, True)
    assert third["geometry"].wkt == "POINT (120.05 30.27)"
    assert json.loads(third["extra"])["measurements"][0]["type"] == "wind"
    egret, absent = records["O1"], records["O2"]
    assert (egret["taxon_id"], egret["match"], egret["individual_count"]) == (
        "egretta-garzetta", "exact", 5.0)  # fmt: skip
    assert json.loads(egret["media"]) == [{"identifier": "https://a.org/1.jpg"}]
    assert (absent["occurrence_status"], absent["individual_count"]) == ("absent", 0.0)
    # A vague count is present and told; a swapped name and two names are for a person.
    assert (records["O3"]["count_qualifier"], records["O3"]["match"]) == ("present", "none")
    assert records["O4"]["match"] == "none"
    assert codes(reading) == {"count_vague": 1, "name_unmatched": 1, "names_differ": 1,
                              "plot_unknown": 1}  # fmt: skip


def test_tables_have_the_columns_and_kinds_of_their_schemas() -> None:
    reading = read(archive(EVENTS, OCCURRENCES))
    for frame, schema in ((reading.surveys, BIRD_SURVEYS), (reading.records, BIRD_RECORDS)):
        assert list(frame.columns) == schema.names
        assert all(frame[c.name].dtype == DTYPES[c.kind] for c in schema.columns)
        assert frame[schema.key].is_unique
        required = [c.name for c in schema.columns if c.required]
        assert frame[required].notna().all(axis=None)
    assert set(reading.records["survey_id"]) <= set(reading.surveys["survey_id"])
    assert reading.source["rows"] == reading.rows == 4
    assert reading.source["rows_read"] + reading.source["rows_aside"] == reading.rows


def test_a_second_reading_is_the_same_and_a_corrected_row_keeps_its_identity() -> None:
    first = read(archive(EVENTS, OCCURRENCES))
    again = read(archive(EVENTS, OCCURRENCES))
    assert first.surveys.equals(again.surveys)
    assert first.records.equals(again.records)
    assert first.source == again.source
    name, kind, rows = OCCURRENCES
    mended = [list(row) for row in rows]
    mended[3][4] = "7"
    changed = read(archive(EVENTS, (name, kind, mended)))
    assert changed.records["record_id"].tolist() == first.records["record_id"].tolist()
    differs = changed.records["content"] != first.records["content"]
    assert first.records.loc[differs, "occurrence_id"].tolist() == ["O3"]


def test_parts_of_a_file_say_what_the_whole_says(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(archive(EVENTS, OCCURRENCES))
    monkeypatch.setattr("wetland.birds.dwcarows.CHUNK_ROWS", 1)
    monkeypatch.setattr("wetland.birds.dwcarows.read_rows.__kwdefaults__", {"size": 1})
    chunks = read_birds_chunks(
        archive(EVENTS, OCCURRENCES), site_id="xixi", timezone="Asia/Shanghai",
        checklist=CHECKLIST, plots=PLOTS, today=TODAY,
    )  # fmt: skip
    parts = list(chunks)
    assert len(parts) > 3
    seen: set[str] = set()
    for part in parts:
        seen |= set(part.surveys["survey_id"])
        assert set(part.records["survey_id"]) <= seen  # a survey comes before its records
    ids = [i for part in parts for i in part.records["record_id"]]
    assert ids == whole.records["record_id"].tolist()
    assert sorted(i for p in parts for i in p.surveys["content"]) == sorted(
        whole.surveys["content"])  # fmt: skip
    assert (chunks.counts, chunks.source_id) == (whole.counts, whole.source["source_id"])


def test_occurrence_core_without_events_makes_surveys_of_place_day_and_observer() -> None:
    header = ("occurrenceID", "eventDate", "scientificName", "individualCount", "recordedBy",
              "decimalLatitude", "decimalLongitude")  # fmt: skip
    reading = read(archive(occurrences(
        ("O1", "2024-05-01", "Egretta garzetta", "2", "Li", "30.1", "120.1"),
        ("O2", "2024-05-01", "Ardea alba", "1", "Li", "30.1", "120.1"),
        ("O3", "2024-05-01", "Ardea alba", "1", "Wu", "30.1", "120.1"),
        ("O4", "2024-05-02", "Ardea alba", "1", "Li", "30.1", "120.1"),
        header=header,
    )))  # fmt: skip
    assert len(reading.surveys) == 3
    assert reading.records["survey_id"].nunique() == 3
    assert reading.records["recorded_by"].isna().all()  # it is who made the survey
    assert set(reading.surveys["observers"]) == {"Li", "Wu"}


def test_one_event_on_two_days_is_two_surveys_and_another_place_is_the_records_own() -> None:
    header = ("occurrenceID", "eventID", "eventDate", "scientificName", "decimalLatitude",
              "decimalLongitude")  # fmt: skip
    reading = read(archive(occurrences(
        ("O1", "E1", "2024-05-01", "Egretta garzetta", "30.1", "120.1"),
        ("O2", "E1", "2024-05-02", "Egretta garzetta", "30.1", "120.1"),
        ("O3", "E1", "2024-05-01", "Ardea alba", "30.2", "120.2"),
        header=header,
    )))  # fmt: skip
    assert sorted(reading.surveys["event_date"]) == [dt.date(2024, 5, 1), dt.date(2024, 5, 2)]
    assert codes(reading)["event_dates_differ"] == 1
    records = by(reading.records, "occurrence_id")
    assert records["O3"]["geometry"].wkt == "POINT (120.2 30.2)"
    assert records["O1"]["geometry"] is None


def test_status_counts_and_quantities() -> None:
    header = ("occurrenceID", "eventDate", "scientificName", "individualCount", "organismQuantity",
              "organismQuantityType", "occurrenceStatus")  # fmt: skip
    rows = [("5", "", "", ""), ("", "", "", ""), ("0", "", "", ""), ("", "7", "individuals", ""),
            ("", "40", "% cover", ""), ("", "", "", "absent"), ("0", "", "", "present"),
            ("3", "", "", "absent"), ("2.5", "", "", ""), ("", "", "", "doubtful")]  # fmt: skip
    reading = read(archive(occurrences(
        *((f"O{n}", "2024-05-01", "Ardea alba", *row) for n, row in enumerate(rows)),
        header=header,
    )))  # fmt: skip
    told = {row["occurrence_id"]: (row["occurrence_status"], None if row["individual_count"] != row[
        "individual_count"] else row["individual_count"]) for row in
        reading.records.to_dict("records")}  # fmt: skip
    assert told == {"O0": ("present", 5.0), "O1": ("present", None), "O2": ("absent", 0.0),
                    "O3": ("present", 7.0), "O4": ("present", None), "O5": ("absent", 0.0),
                    "O6": ("present", 0.0)}  # fmt: skip
    assert codes(reading) == {"count_contradicts": 1, "count_not_whole": 1, "status_invalid": 1}
    extra = json.loads(by(reading.records, "occurrence_id")["O4"]["extra"])
    assert extra == {"organismQuantity": "40", "organismQuantityType": "% cover"}


def test_rows_of_other_classes_are_counted_and_left_out() -> None:
    header = ("occurrenceID", "eventDate", "scientificName", "class")
    reading = read(archive(occurrences(
        ("O1", "2024-05-01", "Ardea alba", "Aves"), ("O2", "2024-05-01", "Sus scrofa", "Mammalia"),
        ("O3", "2024-05-01", "Ardea alba", ""), header=header,
    )))  # fmt: skip
    assert reading.records["occurrence_id"].tolist() == ["O1", "O3"]
    assert reading.counts["not_birds"] == 1


def test_default_values_columns_out_of_order_and_no_header() -> None:
    table = ("occ.txt", OCCURRENCE, (("occurrenceID", "scientificName"), ("O1", "Ardea alba")))
    core = section("core", table, ignoreHeaderLines="0", defaults={
        "eventDate": "2024-05-01", "basisOfRecord": "HumanObservation"})  # fmt: skip
    reading = read(packed({"meta.xml": meta(core), "occ.txt": "O1\tArdea alba\nO2\tArdea alba\n"}))
    assert reading.records["basis_of_record"].tolist() == ["HumanObservation"] * 2
    assert set(reading.surveys["event_date"]) == {dt.date(2024, 5, 1)}


@pytest.mark.parametrize(("declared", "real"), [
    ("UTF-8", "utf-8"), ("ISO-8859-1", "utf-8"), ("GBK", "gb18030"), ("UTF-8", "gb18030"),
    ("UTF-8", "utf-8-sig"), ("UTF-16", "utf-16"), ("UTF-16LE", "utf-16-le"), (None, "utf-8"),
    ("no-such", "utf-8"),
])  # fmt: skip
def test_encodings_declared_and_real(declared: str | None, real: str) -> None:
    table = occurrences(("O1", "2024-05-01", "白鹭", "2"), ("O2", "2024-05-01", "大白鹭", "1"))
    core = section("core", table, encoding=declared)
    content = lines(table[2]).encode(real)
    reading = read(packed({"meta.xml": meta(core), "occurrence.txt": content}))
    assert reading.records["taxon_id"].tolist() == ["egretta-garzetta", "ardea-alba"]
    told = codes(reading).get("encoding_declared", 0)
    assert told == int((declared, real) in {("ISO-8859-1", "utf-8"), ("UTF-8", "gb18030")})


def test_quotes_with_separators_and_line_breaks_inside() -> None:
    table = occurrences(("O1", "2024-05-01", '"Ardea alba"', '"1"'),
                        ("O2", "2024-05-01", '"Ardea\nalba"', '"1"'))  # fmt: skip
    core = section("core", table, fieldsEnclosedBy="&quot;", fieldsTerminatedBy=",")
    reading = read(packed({"meta.xml": meta(core), "occurrence.txt": lines(table[2], ",")}))
    assert reading.records["taxon_id"].tolist() == ["ardea-alba"] * 2


def test_a_folder_and_its_zip_are_read_alike(tmp_path: Path) -> None:
    table = occurrences(("O1", "2024-05-01", "Ardea alba", "2"))
    (tmp_path / "meta.xml").write_text(meta(section("core", table)), encoding="utf-8")
    (tmp_path / "occurrence.txt").write_text(lines(table[2]), encoding="utf-8")
    from_folder = read(tmp_path)
    assert from_folder.records["record_id"].tolist() == (
        read(archive(table)).records["record_id"].tolist())  # fmt: skip


def test_a_table_of_terms_with_mapped_columns_and_the_names_of_downloads() -> None:
    content = ("gbifid,occurrenceid,scientificname,eventdate,Anzahl,class\n"
               "1,O1,Ardea alba,2024-05-01,4,Aves\n")  # fmt: skip
    given_file = Given.of_bytes("download.csv", content.encode())
    reading = read(given_file, layout="dwc", columns={"count": "Anzahl"})
    assert reading.records["individual_count"].tolist() == [4.0]
    assert reading.records["occurrence_id"].tolist() == ["O1"]
    assert read(given_file).layout == "dwc"


def test_identifiers_given_here_come_back_as_they_are() -> None:
    first = read(archive(occurrences(("", "2024-05-01", "Ardea alba", "2"))))
    survey, record = first.surveys["survey_id"][0], first.records["record_id"][0]
    header = ("occurrenceID", "eventID", "eventDate", "scientificName", "individualCount")
    back = read(archive(occurrences((record, survey, "2024-05-01", "Ardea alba", "2"),
                                    header=header)))  # fmt: skip
    assert (back.surveys["survey_id"][0], back.records["record_id"][0]) == (survey, record)
    assert back.records["occurrence_id"].isna().all()


@pytest.mark.parametrize("name", ["dwca-noheaders-1", "dwca-test-default", "dwca-utf8-eol-test",
                                  "gbif-results"])  # fmt: skip
def test_columns_are_those_python_dwca_reader_sees(name: str) -> None:
    path = DATA / f"{name}.zip"
    problems = Problems(name)
    with members_of(look_at_birds(path)) as members:
        table = read_meta(members.open("meta.xml").read()).core
        found = list(read_rows(members, [table.location[0]], table, Teller(problems), problems))
    ours = [{t: (cells[at] or "") for t, cells in rows.terms.items()}
            for rows in found for at in range(len(rows.numbers))]  # fmt: skip
    with DwCAReader(str(path)) as peer:
        theirs = [{t.rsplit("/", 1)[-1]: v.strip() for t, v in row.data.items()} for row in peer]
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        shared = set(mine) & set(other)
        assert len(shared) >= len(other) - 1
        assert {t: " ".join(mine[t].split()) for t in shared} == {
            t: " ".join(other[t].split()) for t in shared}  # fmt: skip
    assert not problems.items


def test_downloads_of_other_animals_give_no_birds() -> None:
    reading = read(DATA / "gbif-results.zip")
    assert (reading.rows, reading.counts["not_birds"]) == (158, 158)
    assert not len(reading.records)
    assert "no_records" in codes(reading)


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.tuples(_WORDS, _WORDS, _WORDS, _WORDS), min_size=1, max_size=12))
def test_any_words_become_records_or_problems(rows: list[tuple[str, str, str, str]]) -> None:
    reading = read(archive(occurrences(*rows)))
    kept = set(reading.records["source_row"])
    wrong = reading.problems.error_rows
    assert not kept & wrong
    blank = {at for at, row in enumerate(rows, 2) if not any(c.strip("\t") for c in row)}
    assert reading.rows == len(rows) - len(blank)


def test_a_workbook_of_terms_below_a_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Bird survey"])
    sheet.append(["occurrenceID", "eventDate", "scientificName", "individualCount"])
    sheet.append(["O1", dt.date(2024, 5, 1), "Ardea alba", 3])
    sheet.append(["O2", "2024-05-02", "Egretta garzetta", "many"])
    book.save(tmp_path / "birds.xlsx")
    reading = read(tmp_path / "birds.xlsx")
    assert (reading.layout, reading.source["format"]) == ("dwc", "xlsx")
    assert reading.records["taxon_id"].tolist() == ["ardea-alba", "egretta-garzetta"]
    assert reading.records["source_row"].tolist() == [3, 4]
    assert sorted(reading.surveys["event_date"])[0] == dt.date(2024, 5, 1)
