"""Camtrap DP packages: sequences as surveys, deployments as effort."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.birds.dwccases import codes, packed, read
from wetland.base.errors import InputError

DEPLOYMENTS = (
    "deploymentID,locationID,locationName,latitude,longitude,coordinateUncertainty,"
    "deploymentStart,deploymentEnd,setupBy,habitat\n"
    "d1,P1,pond,30.27,120.05,50,2024-01-01T08:00:00+08:00,2024-02-01T08:00:00+08:00,Li,pond\n"
    "d2,,reed,30.28,120.06,,2024-01-01T08:00:00+08:00,2024-01-02T08:00:00+08:00,,\n"
)
OBSERVATIONS = (
    "observationID,deploymentID,mediaID,eventID,eventStart,eventEnd,observationLevel,"
    "observationType,scientificName,count,classificationMethod\n"
    "o1,d1,,e1,2024-01-02T07:00:00+08:00,2024-01-02T07:01:00+08:00,event,animal,"
    "Egretta garzetta,2,human\n"
    "o2,d1,m1,e1,2024-01-02T07:00:00+08:00,,media,animal,Egretta garzetta,1,machine\n"
    "o3,d1,,e2,2024-01-03T08:00:00+08:00,,event,animal,Sus scrofa,1,human\n"
    "o4,d1,,e3,2024-01-03T09:00:00+08:00,,event,blank,,,human\n"
    "o5,d9,,e4,2024-01-03T09:00:00+08:00,,event,animal,Egretta garzetta,1,human\n"
    "o6,d2,m2,,2024-01-01T23:30:00Z,,media,animal,Ardea alba,,machine\n"
)
MEDIA = (
    "mediaID,deploymentID,timestamp,filePath,filePublic,fileMediatype\n"
    "m2,d2,2024-01-01T23:30:00Z,https://a.org/2.jpg,true,image/jpeg\n"
)


def described(**changed: Any) -> str:
    whole = {
        "resources": [{"name": n, "path": f"{n}.csv"} for n in ("deployments", "media",
                                                                "observations")],
        "taxonomic": [{"scientificName": "Egretta garzetta", "class": "Aves",
                       "vernacularNames": {"eng": "Little Egret"}},
                      {"scientificName": "Sus scrofa", "class": "Mammalia"}],
        **changed,
    }  # fmt: skip
    return json.dumps(whole)


def package(**changed: str) -> dict[str, str]:
    return {"datapackage.json": described(), "deployments.csv": DEPLOYMENTS, "media.csv": MEDIA,
            "observations.csv": OBSERVATIONS, **changed}  # fmt: skip


def test_events_are_surveys_of_their_deployment() -> None:
    reading = read(packed(package()))
    assert reading.layout == "camtrap"
    surveys = {row["event_id"]: row for row in reading.surveys.to_dict("records")}
    assert set(surveys) == {"e1", "d1", "d2", "d2:2024-01-01T23:30:00Z"}
    assert (surveys["e1"]["plot"], surveys["e1"]["parent_event_id"]) == ("P1", "d1")
    assert surveys["d1"]["duration_min"] == 31 * 24 * 60
    assert surveys["d2:2024-01-01T23:30:00Z"]["event_date"].isoformat() == "2024-01-02"
    records = {row["occurrence_id"]: row for row in reading.records.to_dict("records")}
    assert set(records) == {"o1", "o6"}  # o2 is a picture of the sequence o1 counts
    assert (records["o1"]["taxon_id"], records["o1"]["individual_count"]) == (
        "egretta-garzetta", 2.0)  # fmt: skip
    assert records["o6"]["count_qualifier"] == "present"
    assert json.loads(records["o6"]["media"])[0]["identifier"] == "https://a.org/2.jpg"
    assert json.loads(records["o6"]["extra"])["classificationMethod"] == "machine"
    counts = reading.counts
    assert (counts["blank"], counts["pictures"], counts["not_birds"], counts["wrong"]) == (
        1, 1, 1, 1)  # fmt: skip
    assert codes(reading)["orphan"] == 1


@pytest.mark.parametrize(("changed", "words"), [
    ({"datapackage.json": "{"}, "not JSON"),
    ({"datapackage.json": "[" * 100_000}, "not JSON"),
    ({"datapackage.json": "[]"}, "not JSON"),
    ({"datapackage.json": described(resources=[])}, "lacks observations.csv"),
    ({"datapackage.json": described(resources=[{"name": "observations", "path": "../../x"}])},
     "out of"),
    ({"deployments.csv": "_id,start\nd1,2024-01-01\n"}, "lacks the columns"),
    ({"observations.csv": ""}, "no header"),
])  # fmt: skip
def test_packages_that_cannot_be_read(changed: dict[str, str], words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(packed({**package(), **changed}))
    assert words in caught.value.message.en or "deployments.csv" in caught.value.message.en
