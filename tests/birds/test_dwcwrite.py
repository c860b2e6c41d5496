"""Archives that are given out: read again by python-dwca-reader, row by row."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from dwca.read import DwCAReader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.birds.exportcases import CHECKLIST, POINT, record, records_of, survey, surveys_of
from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.dwcflat import write_flat
from wetland.birds.dwcrows import cell
from wetland.birds.dwcwrite import DWC, EVENT, MEASUREMENT, OCCURRENCE, write_archive
from wetland.birds.eml import LICENCES, ArchiveMetadata

TOLD = ArchiveMetadata(
    text("西溪鸟类调查", "Bird surveys of Xixi"), dt.date(2026, 11, 24), "Asia/Shanghai"
)
MORNING = pd.Timestamp("2024-01-14T07:30:00+08:00")
SURVEYS = surveys_of(
    survey("v-1", event_id="EV-1", plot="P1", event_at=MORNING, sampling_protocol="样点法",
           duration_min=60, distance_km=1.5, observer_count=2, complete=True, habitat="池塘",
           geometry=POINT, uncertainty_m=30, remarks="一\t二\n三", observers="张三|李四"),
    survey("v-2", event_date=dt.date(2024, 2, 1), event_end=dt.date(2024, 2, 29),
           synthetic=False, area_ha=2.5),
    survey("v-3", event_date=dt.date(2023, 12, 1), synthetic=None),
)  # fmt: skip
RECORDS = records_of(
    record("b-1", "v-1", occurrence_id="OCC-1", sex="male", behavior="觅食"),
    record("b-2", "v-1", individual_count=50, count_qualifier="about", count_received="约50",
           validation="accepted"),
    record("b-3", "v-1", taxon_id="aythya-baeri", occurrence_status="absent", individual_count=0,
           count_received="0"),
    record("b-4", "v-2", taxon_id=None, match="none", name_received="小白鹭子",
           individual_count=None, count_qualifier="present", count_received="√"),
    record("b-5", "v-2", taxon_id=None, match="none", name_received="Ardea cinerea jouyi",
           geometry=POINT, validation="flagged", synthetic=False),
    record("b-6", "v-2", validation="rejected"),
    record("b-7", "gone"),
    record("b-8", "v-2", individual_count=0.5, media='[{"identifier": "https://a.org/1.jpg"}, '
           '{"identifier": "C:/secret.jpg"}]', synthetic=False),
)  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "birds.zip"
    write_archive(SURVEYS, RECORDS, CHECKLIST, path, metadata=replace(TOLD, licence="CC-BY-4.0"))
    return path


def rows_of(archive: Path) -> tuple[dict[str, dict], dict[str, dict], list[dict]]:
    """Return events, occurrences and measurements as python-dwca-reader reads them."""
    with DwCAReader(str(archive)) as dwca:
        events, found, effort = {}, {}, []
        for row in dwca:
            events[row.id] = _short(row.data)
            for hung in row.extensions:
                assert hung.core_id == row.id
                if hung.rowtype == OCCURRENCE:
                    told = _short(hung.data)
                    found[told["occurrenceID"]] = {**told, "of": row.id}
                else:
                    effort.append({**_short(hung.data), "of": row.id})
        assert not dwca.orphaned_extension_rows() or all(
            not rows for rows in dwca.orphaned_extension_rows().values()
        )
        return events, found, effort


def _short(data: dict[str, str]) -> dict[str, str]:
    return {term.rpartition("/")[2]: value for term, value in data.items()}


def test_the_descriptor_is_of_events_with_two_extensions(archive: Path) -> None:
    with DwCAReader(str(archive)) as dwca:
        told = dwca.descriptor
        assert dwca.core_file_location == "event.txt"
        assert (told.core.type, told.core.id_index) == (EVENT, 0)
        assert {e.type for e in told.extensions} == {OCCURRENCE, MEASUREMENT}
        assert all(e.coreid_index == 0 for e in told.extensions)
        assert told.core.file_encoding == "UTF-8"
        assert all(t.startswith(("http://rs.tdwg.org/dwc/", "http://purl.org/dc/"))
                   for t in told.core.terms)  # fmt: skip
        assert dwca.metadata.find("dataset/title").text.startswith("【合成数据】西溪鸟类调查")
    header = zipfile.ZipFile(archive).read("occurrence.txt").split(b"\n", 1)[0].decode()
    assert [DWC + h for h in header.split("\t") if h != "license"] == [
        f["term"] for f in _fields(archive, OCCURRENCE) if not f["term"].endswith("/license")
    ]


def _fields(archive: Path, row_type: str) -> list[dict]:
    with DwCAReader(str(archive)) as dwca:
        parts = [dwca.descriptor.core, *dwca.descriptor.extensions]
        return next(p.fields for p in parts if p.type == row_type)


def test_every_row_is_there_again(archive: Path) -> None:
    events, found, effort = rows_of(archive)
    assert list(events) == ["v-3", "EV-1", "v-2"]  # by day
    first = events["EV-1"]
    assert first["eventDate"] == "2024-01-14T07:30:00+08:00"
    assert (first["sampleSizeValue"], first["sampleSizeUnit"]) == ("60", "minute")
    assert first["eventRemarks"] == "一 二 三"
    assert (float(first["decimalLongitude"]), float(first["decimalLatitude"])) == (POINT.x, POINT.y)
    assert (first["geodeticDatum"], first["locationID"]) == ("EPSG:4326", "P1")
    assert events["v-2"]["eventDate"] == "2024-02-01/2024-02-29"
    assert events["v-2"]["decimalLatitude"] == ""
    assert set(found) == {"OCC-1", "b-2", "b-3", "b-4", "b-5", "b-8"}  # neither b-6 nor b-7
    egret = found["OCC-1"]
    assert (egret["of"], egret["scientificName"]) == ("EV-1", "Egretta garzetta")
    assert (egret["vernacularName"], egret["individualCount"]) == ("白鹭", "3")
    assert egret["recordedBy"] == "张三|李四"
    assert egret["identificationVerificationStatus"] == "unverified"
    about = found["b-2"]
    assert about["identificationVerificationStatus"] == "verified"
    assert json.loads(about["dynamicProperties"])["countQualifier"] == "about"
    assert json.loads(about["dynamicProperties"])["countReceived"] == "约50"
    assert (found["b-3"]["occurrenceStatus"], found["b-3"]["individualCount"]) == ("absent", "0")
    assert (found["b-8"]["individualCount"], found["b-8"]["organismQuantity"]) == ("", "0.5")
    assert found["b-8"]["associatedMedia"] == "https://a.org/1.jpg"
    told = {(m["of"], m["measurementType"]): m["measurementValue"] for m in effort}
    assert told == {
        ("EV-1", "duration"): "60", ("EV-1", "distance"): "1.5",
        ("EV-1", "number of observers"): "2", ("EV-1", "all species recorded"): "true",
        ("EV-1", "observers"): "张三|李四", ("v-2", "area"): "2.5",
    }  # fmt: skip


def test_a_name_that_was_not_matched_is_no_species(archive: Path) -> None:
    _, found, _ = rows_of(archive)
    local, latin = found["b-4"], found["b-5"]
    assert (local["scientificName"], local["taxonRank"]) == ("Aves", "class")
    assert local["verbatimIdentification"] == "小白鹭子"
    assert latin["scientificName"] == "Ardea cinerea jouyi"
    assert "not matched" in local["identificationRemarks"]
    assert latin["identificationVerificationStatus"] == "unverified, flagged for review"


@pytest.mark.parametrize("at_once", [1, 100])
def test_what_a_source_counts_and_allows_goes_with_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("wetland.birds.dwcwrite.ROWS_AT_ONCE", at_once)
    extra = '{"license": "CC0-1.0", "source": "doi:10.5281/zenodo.1", "unit": "nesting pairs"}'
    records = records_of(record("b-1", "v-1", individual_count=300, extra=extra, synthetic=False),
                         record("b-2", "v-1", extra='{"unit": "只", "weather": "晴"}'))  # fmt: skip
    path = tmp_path / "a.zip"
    told = replace(TOLD, licence="CC-BY-4.0")
    write_archive(SURVEYS, records, CHECKLIST, path, metadata=told)
    _, found, _ = rows_of(path)
    nests, birds = found["b-1"], found["b-2"]
    assert (nests["individualCount"], nests["organismQuantity"]) == ("", "300")
    assert nests["organismQuantityType"] == "nesting pairs"
    assert nests["license"] == LICENCES["CC0-1.0"][0]
    assert nests["associatedReferences"] == "doi:10.5281/zenodo.1"
    assert (birds["individualCount"], birds["organismQuantityType"]) == ("3", "")
    assert birds["license"] == LICENCES["CC-BY-4.0"][0]


def test_invented_rows_say_so_one_by_one(archive: Path) -> None:
    events, found, _ = rows_of(archive)
    invented = {k for k, row in {**events, **found}.items() if "synthetic" in
                row["dynamicProperties"]}  # fmt: skip
    assert invented == {"EV-1", "OCC-1", "b-2", "b-3", "b-4"}
    assert all("合成数据" in row["datasetName"] for row in found.values())
    eml = zipfile.ZipFile(archive).read("eml.xml").decode()
    assert "invented for exercise" in eml


def test_real_data_say_nothing_of_invention(tmp_path: Path) -> None:
    real = SURVEYS.assign(synthetic=False)
    told = write_archive(real, RECORDS.assign(synthetic=False), CHECKLIST, tmp_path / "a.zip",
                         metadata=TOLD)  # fmt: skip
    assert not told.synthetic
    with zipfile.ZipFile(tmp_path / "a.zip") as whole:
        assert not any("合成" in whole.read(name).decode() for name in whole.namelist())


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    told = write_archive(SURVEYS, RECORDS, CHECKLIST, tmp_path / "a.zip", metadata=TOLD)
    assert told.to_json() == {
        "events": 3, "occurrences": 6, "measurements": 6, "rejected": 1, "orphans": 1,
        "blurred": 0, "unreviewed": 5, "synthetic": True,
    }  # fmt: skip


def test_the_same_content_is_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    one, other = tmp_path / "one.zip", tmp_path / "other.zip"
    write_archive(SURVEYS, RECORDS, CHECKLIST, one, metadata=TOLD)
    write_archive(SURVEYS[::-1], RECORDS.sample(frac=1, random_state=3), CHECKLIST, other,
                  metadata=TOLD)  # fmt: skip
    assert one.read_bytes() == other.read_bytes()


def test_pieces_make_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = tmp_path / "one.zip", tmp_path / "other.zip"
    write_archive(SURVEYS, RECORDS, CHECKLIST, one, metadata=TOLD)
    monkeypatch.setattr("wetland.birds.dwcwrite.ROWS_AT_ONCE", 2)
    told = write_archive(SURVEYS, RECORDS, CHECKLIST, other, metadata=TOLD)
    assert zipfile.ZipFile(one).read("occurrence.txt") == zipfile.ZipFile(other).read(
        "occurrence.txt"
    )
    assert one.read_bytes() == other.read_bytes()
    assert told.measurements == 6


@pytest.mark.parametrize("licence", [None, "CC0-1.0", "CC-BY-4.0", "内部使用"])
def test_the_licence_is_as_told_or_not_told(tmp_path: Path, licence: str | None) -> None:
    path = tmp_path / "a.zip"
    told = replace(TOLD, licence=licence, contact_name="王五", contact_email="w@example.org")
    write_archive(SURVEYS, RECORDS, CHECKLIST, path, metadata=told)
    root = ET.fromstring(zipfile.ZipFile(path).read("eml.xml"))  # noqa: S314 - our own
    rights = "".join(root.find("dataset/intellectualRights").itertext())
    events, _, _ = rows_of(path)
    if licence in LICENCES:
        assert root.find(".//ulink").get("url") == LICENCES[licence][0]
        assert events["EV-1"]["license"] == LICENCES[licence][0]
    elif licence is None:
        assert "no licence is told" in rights
        assert "license" not in events["EV-1"]
    else:
        assert licence in rights
    assert root.find("dataset/contact/individualName/surName").text == "王五"
    box = {e.tag: float(e.text) for e in root.find(".//boundingCoordinates")}
    assert box["westBoundingCoordinate"] == pytest.approx(POINT.x, abs=1e-6)


def test_generalised_rows_say_so_and_have_our_identifiers(tmp_path: Path) -> None:
    surveys = SURVEYS.assign(blurred=[True, False, False])
    records = RECORDS.assign(blurred=RECORDS["survey_id"] == "v-1")
    path = tmp_path / "a.zip"
    assert write_archive(surveys, records, CHECKLIST, path, metadata=TOLD).blurred == 3
    events, found, _ = rows_of(path)
    assert "EV-1" not in events
    assert "OCC-1" not in found
    assert "generalised" in events["v-1"]["dataGeneralizations"]
    assert "withheld" in found["b-1"]["informationWithheld"]  # it has no place of its own


def test_no_store_folder_or_missing_place_is_written_to(tmp_path: Path) -> None:
    store = tmp_path / "store.gpkg"
    store.write_bytes(b"whole")
    for path in (store, tmp_path, tmp_path / "none" / "a.zip"):
        with pytest.raises(InputError):
            write_archive(SURVEYS, RECORDS, CHECKLIST, path, metadata=TOLD, store_path=store)
    assert store.read_bytes() == b"whole"
    with pytest.raises(InputError, match="no bird surveys"):
        write_archive(SURVEYS[:0], RECORDS, CHECKLIST, tmp_path / "a.zip", metadata=TOLD)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["store.gpkg"]


def test_a_failure_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"older")

    def full(self: zipfile.ZipFile, *told: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(InputError, match="No space left"):
        write_archive(SURVEYS, RECORDS, CHECKLIST, path, metadata=TOLD)
    monkeypatch.undo()
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"older"]


WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(words=st.lists(WORDS, min_size=4, max_size=4))
def test_no_words_break_the_files(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.zip"
    name, plot, remark, event = words
    given_survey = {"plot": plot or None, "remarks": remark or None, "event_id": event or None}
    surveys = surveys_of(survey("v-1")).astype(object).assign(**given_survey)
    records = records_of(record("b-1", "v-1", taxon_id=None, match="none")).astype(object)
    records = records.assign(name_received=name or "x", remarks=remark or None)
    told = replace(TOLD, title=text(f"题{name}", f"t{plot}"), contact_name=remark or None)
    write_archive(surveys, records, CHECKLIST, path, metadata=told)
    lines = zipfile.ZipFile(path).read("occurrence.txt").decode("utf-8").split("\n")
    assert len(lines) == 3
    assert len({line.count("\t") for line in lines[:2]}) == 1
    events, found, _ = rows_of(path)
    (one,) = found.values()
    assert one["of"] in events
    readable = cell(remark).encode("utf-8", "replace").decode()
    assert one.get("occurrenceRemarks", "") == readable


def test_the_flat_table_runs_nothing_and_has_a_row_per_record(tmp_path: Path) -> None:
    records = RECORDS.copy()
    records.loc[0, "remarks"] = '=HYPERLINK("http://evil.example")'
    path = tmp_path / "birds.csv"
    told = write_flat(SURVEYS, records, CHECKLIST, path, metadata=TOLD)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert len(rows) == told.occurrences == 6
    first = next(r for r in rows if r["occurrenceID"] == "OCC-1")
    assert first["occurrenceRemarks"].startswith("'=")
    assert (first["eventID"], first["duration_min"], first["locationID"]) == ("EV-1", "60", "P1")
    assert float(first["decimalLatitude"]) == POINT.y
    assert next(r for r in rows if r["occurrenceID"] == "b-5")["decimalLatitude"]
