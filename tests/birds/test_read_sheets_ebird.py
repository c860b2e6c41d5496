"""eBird files: effort, groups, review, zeros. All checklists here are invented."""

from __future__ import annotations

import pytest

from tests.birds.sheetcases import SPECIES, codes, facts, read
from wetland.base.errors import InputError

EGRET, HERON, NIGHT, GREBE, COOT = (name.lower().replace(" ", "-") for name, _, _ in SPECIES)
LATIN = {name.lower().replace(" ", "-"): name for name, _, _ in SPECIES}

EBD = (
    "GLOBAL UNIQUE IDENTIFIER\tLAST EDITED DATE\tCATEGORY\tCOMMON NAME\tSCIENTIFIC NAME\t"
    "OBSERVATION COUNT\tBREEDING CODE\tBREEDING CATEGORY\tLOCALITY\tLOCALITY ID\tLATITUDE\t"
    "LONGITUDE\tOBSERVATION DATE\tTIME OBSERVATIONS STARTED\tOBSERVER ID\t"
    "SAMPLING EVENT IDENTIFIER\tPROTOCOL TYPE\tDURATION MINUTES\tEFFORT DISTANCE KM\t"
    "NUMBER OBSERVERS\tALL SPECIES REPORTED\tGROUP IDENTIFIER\tAPPROVED\tREVIEWED\t"
    "TRIP COMMENTS\tSPECIES COMMENTS\t"
)
SAMPLING = (
    "LAST EDITED DATE\tLOCALITY\tLOCALITY ID\tLATITUDE\tLONGITUDE\tOBSERVATION DATE\t"
    "TIME OBSERVATIONS STARTED\tOBSERVER ID\tSAMPLING EVENT IDENTIFIER\tPROTOCOL TYPE\t"
    "DURATION MINUTES\tEFFORT DISTANCE KM\tNUMBER OBSERVERS\tALL SPECIES REPORTED\t"
    "GROUP IDENTIFIER\tTRIP COMMENTS"
)
MINE = (
    "Submission ID,Common Name,Scientific Name,Taxonomic Order,Count,State/Province,County,"
    "Location ID,Location,Latitude,Longitude,Date,Time,Protocol,Duration (Min),All Obs Reported,"
    "Distance Traveled (km),Area Covered (ha),Number of Observers,Breeding Code,"
    "Observation Details,Checklist Comments,ML Catalog Numbers\n"
)


def seen(
    number: int, species: str, count: str, checklist: str, *, group: str = "", approved: str = "1",
    comment: str = "", minutes: str = "60",
) -> str:  # fmt: skip
    """Return a row of the EBD."""
    return (
        f"URN:CornellLabOfOrnithology:EBIRD:OBS{number}\t2024\tspecies\tname\t{LATIN[species]}\t"
        f"{count}\tNY\tC4\tXixi\tL1\t30.27\t120.06\t2024-01-05\t07:30:00\tobsr1\t{checklist}\t"
        f"Traveling\t{minutes}\t2.5\t2\t1\t{group}\t{approved}\t0\tcold\t{comment}\t"
    )


def sampled(checklist: str, *, group: str = "", complete: int = 1) -> str:
    """Return a row of the sampling events."""
    return (
        f"2024\tXixi\tL1\t30.27\t120.06\t2024-01-05\t07:30:00\tobsr1\t{checklist}\tTraveling\t60\t"
        f"2.5\t2\t{complete}\t{group}\t"
    )


ROWS = [
    EBD,
    seen(1, EGRET, "3", "S1", comment='said "hi'),
    seen(2, HERON, "X", "S1"),
    seen(3, EGRET, "4", "S2", group="G1"),
    seen(4, EGRET, "9", "S3", group="G1", minutes="90"),
    seen(5, HERON, "2", "S3", group="G1", minutes="90"),
    seen(6, GREBE, "2", "S1", approved="0"),
]
EVENTS = [SAMPLING, sampled("S1"), sampled("S2", group="G1"), sampled("S3", group="G1"),
          sampled("S4"), sampled("S5", complete=0)]  # fmt: skip


def by_checklist(text: str, **given: str) -> set[tuple[object, ...]]:
    """Return checklist, species, count and status of each record."""
    reading = read("ebd.txt", text, {"sampling": given["sampling"]} if given else None)
    both = reading.records.merge(reading.surveys, on="survey_id")
    return {
        (r.event_id, r.taxon_id, None if r.individual_count != r.individual_count
         else r.individual_count, r.occurrence_status)
        for r in both.itertuples()
    }  # fmt: skip


def test_checklists_are_surveys_with_their_effort_and_shared_ones_are_one() -> None:
    reading = read("ebd.txt", "\n".join(ROWS))
    assert reading.layout == "ebird"
    surveys = reading.surveys.set_index("event_id")
    assert set(surveys.index) == {"S1", "G1"}
    assert surveys.loc["S1", ["duration_min", "distance_km", "observer_count"]].tolist() == [
        60.0, 2.5, 2]  # fmt: skip
    assert surveys.loc["G1", "duration_min"] == 60.0  # of the first checklist of the group
    # S1 had a species that was not approved: not listing it now is no absence.
    assert surveys["complete"].to_dict() == {"S1": False, "G1": True}
    assert surveys.loc["S1", "geometry"].coords[0] == (120.06, 30.27)
    assert by_checklist("\n".join(ROWS)) == {
        ("S1", EGRET, 3, "present"), ("S1", HERON, None, "present"), ("G1", EGRET, 4, "present"),
        ("G1", HERON, 2, "present")}  # fmt: skip
    assert reading.counts["duplicates"] == 1
    assert codes(reading) == {"not_approved": 1}
    assert set(reading.records["breeding"]) == {"confirmed"}
    assert reading.records["remarks"].iloc[0] == 'said "hi'


def test_complete_checklists_are_filled_with_zeros_of_what_the_file_reports() -> None:
    found = by_checklist("\n".join(ROWS), sampling="\n".join(EVENTS))
    absent = {fact[:2] for fact in found if fact[3] == "absent"}
    assert absent == {("G1", GREBE), ("S4", EGRET), ("S4", HERON), ("S4", GREBE)}
    assert all(fact[2] == 0 for fact in found if fact[3] == "absent")
    assert {fact for fact in found if fact[3] == "present"} == by_checklist("\n".join(ROWS))
    reading = read("ebd.txt", "\n".join(ROWS), {"sampling": "\n".join(EVENTS)})
    assert set(reading.surveys["event_id"]) == {"S1", "G1", "S4", "S5"}
    assert reading.counts["filled_absent"] == 4


def test_a_checklist_that_a_broken_row_names_is_not_filled() -> None:
    broken = [*ROWS, "OBS9\tEgretta\tS3\tG1"]
    found = by_checklist("\n".join(broken), sampling="\n".join(EVENTS))
    assert ("G1", GREBE, 0, "absent") not in found
    assert ("S4", GREBE, 0, "absent") in found
    assert codes(read("ebd.txt", "\n".join(broken)))["wrong_cells"] == 1


def test_a_file_of_one_species_tells_nothing_of_others() -> None:
    rows = "\n".join([EBD, seen(1, EGRET, "3", "S1"), seen(2, EGRET, "4", "S4")])
    reading = read("ebd.txt", rows, {"sampling": "\n".join(EVENTS[:2])})
    assert "one_species" in codes(reading)
    assert set(reading.surveys["complete"]) == {False}
    two = read("ebd.txt", rows + "\n" + seen(3, HERON, "1", "S4"))
    assert set(two.surveys["complete"]) == {True}
    found = by_checklist(rows, sampling="\n".join([*EVENTS[:2], sampled("S7")]))
    assert ("S7", EGRET, 0, "absent") in found


def test_checklists_outside_the_sampling_file_are_read_and_told() -> None:
    reading = read("ebd.txt", "\n".join(ROWS), {"sampling": "\n".join(EVENTS[:2])})
    assert codes(reading)["not_in_sampling"] == 1
    assert set(reading.surveys["event_id"]) == {"S1", "G1"}


def test_my_ebird_data() -> None:
    row = (
        "S9,Little Egret,Egretta garzetta,1,X,CN-33,,L9,Xixi,30.2,120.0,2024-03-02,07:30 AM,"
        'eBird - Traveling Count,65,1,2.1,0.5,2,NE Nest with Eggs,"a ""b"", c",note,12345 678\n'
    )
    reading = read("MyEBirdData.csv", MINE + row)
    assert facts(reading) == {("L9", "2024-03-02", EGRET, None, "present", "present")}
    survey, record = reading.surveys.iloc[0], reading.records.iloc[0]
    assert (survey["duration_min"], survey["distance_km"], survey["area_ha"]) == (65, 2.1, 0.5)
    assert survey["event_at"].isoformat() == "2024-03-01T23:30:00+00:00"
    assert record["breeding"] == "confirmed"
    assert record["remarks"] == 'a "b", c'
    assert "asset/678" in record["media"]


def test_a_second_import_changes_nothing() -> None:
    first = read("ebd.txt", "\n".join(ROWS), {"sampling": "\n".join(EVENTS)})
    again = read("ebd.txt", "\n".join([EBD, *reversed(ROWS[1:4])]))
    assert set(again.records["record_id"]) <= set(first.records["record_id"])
    assert set(again.surveys["survey_id"]) <= set(first.surveys["survey_id"])


def test_what_is_no_ebd_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="--sampling-file"):
        read("sampling.txt", "\n".join(EVENTS))
    with pytest.raises(InputError, match=r"samplingeventidentifier"):
        read("ebd.txt", EBD.replace("SAMPLING EVENT IDENTIFIER", "x") + "\n", layout="ebird")


def test_a_header_that_is_no_header_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="header"):
        read("ebd.txt", b"\r\x01", layout="ebird")


def test_windows_ends_of_lines_and_a_mark_of_byte_order() -> None:
    data = b"\xef\xbb\xbf" + "\r\n".join(ROWS).encode()
    assert read("ebd.txt", data).counts["records"] == 4


def test_a_line_that_cannot_be_decoded_costs_itself() -> None:
    data = "\n".join(ROWS).encode() + b"\n\xff\xfe\xff\n"
    reading = read("ebd.txt", data)
    assert reading.counts["records"] == 4
    assert codes(reading)["wrong_cells"] == 1
