"""Forms of ODK and Kobo. All submissions here are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.birds.sheetcases import SPECIES, codes, facts, read, workbook
from wetland.base.errors import InputError

EGRET, HERON, NIGHT, GREBE, COOT = (name.lower().replace(" ", "-") for name, _, _ in SPECIES)

MAIN = (
    "SubmissionDate,start,end,visit-date,visit-plot,visit-location-Latitude,"
    "visit-location-Longitude,visit-location-Altitude,visit-location-Accuracy,observer,"
    "meta-instanceID,KEY,SubmitterName,ReviewState\n"
    "2024-01-05T10:00:00.000Z,2024-01-05T07:30:00.000+08:00,x,2024-01-05,P1,30.27,120.06,4,5,"
    "张三,uuid:aaa,uuid:aaa,u1,\n"
    "2024-01-06T10:00:00.000Z,x,x,2024-01-06,P2,,,,,李四,uuid:bbb,uuid:bbb,u1,rejected\n"
    "2024-01-07T10:00:00.000Z,x,x,2024-01-07,P2,,,,,李四,uuid:ccc,uuid:ccc,u1,\n"
)
REPEAT = (
    "species,count,behaviour,photo,PARENT_KEY,KEY\n"
    "egretta_garzetta,3+2,feeding flying,1.jpg,uuid:aaa,uuid:aaa/birds[1]\n"
    "ardea-cinerea,,,,uuid:aaa,uuid:aaa/birds[2]\n"
    "ardea-cinerea,1,,,uuid:bbb,uuid:bbb/birds[1]\n"
    "ardea-cinerea,1,,,uuid:zzz,uuid:zzz/birds[1]\n"
)
KOBO = (
    "start;visit/date;visit/plot;gps;_gps_latitude;_gps_longitude;_gps_precision;species;count;"
    "weather/sunny;weather/rain;_id;_uuid;_submission_time;_index\n"
    "2024-01-05T07:30:00+08:00;2024-01-05;P1;30.2701 120.0602 5 4.5;30.27;120.06;4.5;"
    "egretta_garzetta ardea_cinerea;;1;0;7;abc;2024-01-05T10:00:00;1\n"
    "2024-01-06T07:30:00+08:00;;P1;30.2701 120.0602 5 4.5;30.27;120.06;4.5;fulica-atra;12只;1;1;8;"
    "abd;2024-01-06T10:00:00;2\n"
)


@pytest.mark.parametrize("swapped", [False, True])
def test_submissions_with_a_repeat_of_species(swapped: bool) -> None:
    first, second = (REPEAT, MAIN) if swapped else (MAIN, REPEAT)
    reading = read("form.csv", first, {"sampling": second})
    assert reading.layout == "odk"
    assert facts(reading) == {
        ("P1", "2024-01-05", EGRET, 5, "exact", "present"),
        ("P1", "2024-01-05", HERON, None, "present", "present"),
    }
    surveys = reading.surveys.set_index("event_id")
    assert set(surveys.index) == {"uuid:aaa", "uuid:ccc"}  # one was rejected, one saw nothing
    assert surveys.loc["uuid:aaa", "observers"] == "张三"
    assert surveys.loc["uuid:aaa", "geometry"].coords[0] == (120.06, 30.27)
    assert surveys.loc["uuid:aaa", "uncertainty_m"] == 5
    assert surveys["duration_min"].isna().all()
    record = reading.records.set_index("occurrence_id").loc["uuid:aaa/birds[1]"]
    assert record["behavior"] == "feeding flying"
    assert "1.jpg" in record["media"]
    assert codes(reading) == {"orphan_row": 1}
    assert reading.counts["rejected"] == 1


def test_a_form_without_a_repeat_and_several_species_chosen_together() -> None:
    reading = read("kobo.csv", KOBO)
    assert facts(reading) == {
        ("P1", "2024-01-05", EGRET, None, "present", "present"),
        ("P1", "2024-01-05", HERON, None, "present", "present"),
        ("P1", "2024-01-06", COOT, 12, "exact", "present"),
    }
    survey = reading.surveys.set_index("event_id").loc["uuid:abc"]
    assert survey["geometry"].coords[0] == (120.0602, 30.2701)
    assert survey["uncertainty_m"] == 4.5
    assert '"weather": "sunny"' in survey["extra"]


def test_the_sheets_of_one_workbook() -> None:
    main = [["date", "plot", "_id", "_uuid", "_submission_time", "_index"],
            ["2024-01-05", "P1", 7, "abc", "2024-01-05T10:00:00", 1],
            ["2024-01-06", "P1", 8, "abd", "2024-01-06T10:00:00", 2]]  # fmt: skip
    birds = [["species", "count", "_index", "_parent_table_name", "_parent_index",
              "_submission__id", "_submission__uuid"],
             ["白鹭", 3, 1, "form", 1, 7, "abc"], ["苍鹭", 4, 2, "form", 2, 8, "abd"]]  # fmt: skip
    reading = read("kobo.xlsx", workbook(main, title="form", more={"birds": birds}))
    assert {fact[1:4] for fact in facts(reading)} == {
        ("2024-01-05", EGRET, 3), ("2024-01-06", HERON, 4)}  # fmt: skip
    assert set(reading.surveys["event_id"]) == {"uuid:abc", "uuid:abd"}


def test_the_same_download_in_two_forms_has_the_same_identifiers() -> None:
    central = read("a.csv", MAIN, {"sampling": REPEAT})
    slashed = MAIN.replace("visit-", "visit/").replace("meta-", "meta/")
    other = read("a.csv", slashed, {"sampling": REPEAT})
    assert set(central.records["record_id"]) == set(other.records["record_id"])
    assert set(central.surveys["survey_id"]) == set(other.surveys["survey_id"])


def test_a_submission_twice_counts_once() -> None:
    line = MAIN.splitlines()[1]
    reading = read("a.csv", MAIN + line + "\n", {"sampling": REPEAT})
    assert codes(reading)["submission_twice"] == 1
    assert len(reading.surveys) == 2


def test_a_repeat_alone_is_refused_with_what_is_missing() -> None:
    with pytest.raises(InputError) as error:
        read("birds.csv", REPEAT)
    assert "--sampling-file" in error.value.show("zh")


@settings(max_examples=15, deadline=None)
@given(st.permutations(REPEAT.splitlines()[1:]), st.permutations(MAIN.splitlines()[1:]))
def test_the_order_of_rows_does_not_matter(repeat: list[str], main: list[str]) -> None:
    shuffled = read("a.csv", "\n".join([MAIN.splitlines()[0], *main]),
                    {"sampling": "\n".join([REPEAT.splitlines()[0], *repeat])})  # fmt: skip
    straight = read("a.csv", MAIN, {"sampling": REPEAT})
    assert set(shuffled.records["record_id"]) == set(straight.records["record_id"])
    assert set(shuffled.records["content"]) == set(straight.records["content"])
    assert set(shuffled.surveys["content"]) == set(straight.surveys["content"])


def test_a_row_of_the_repeat_without_a_species_is_told() -> None:
    lines = REPEAT.splitlines()
    lines[2] = ",7,,,uuid:aaa,uuid:aaa/birds[2]"
    reading = read("a.csv", MAIN, {"sampling": "\n".join(lines)})
    assert codes(reading)["name_missing"] == 1
    assert len(reading.records) == 1


def test_a_form_in_which_nothing_names_species_is_told() -> None:
    alone = MAIN.replace("observer,", "mystery,")
    reading = read("form.csv", alone)
    assert len(reading.records) == 0
    assert codes(reading)["no_species_column"] == 1
    told = next(p for p in reading.problems.items if p.code == "no_species_column")
    assert "mystery" in told.message.zh
    assert "--map name=" in told.message.en
    assert "no_species_column" not in codes(read("form.csv", MAIN, {"sampling": REPEAT}))
