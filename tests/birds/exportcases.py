"""Small tables of surveys and records for tests of what is given out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import shapely

from wetland.base.checks import coerce
from wetland.birds.checklist import Checklist
from wetland.birds.species import BirdPack, Species
from wetland.birds.tables import BIRD_RECORDS, BIRD_SURVEYS

CHECKLIST = Checklist.of(
    BirdPack(
        species=(
            Species(id="egretta-garzetta", scientific_name="Egretta garzetta", name_zh="白鹭",
                    authorship="(Linnaeus, 1766)", order="Pelecaniformes", family="Ardeidae"),
            Species(id="aythya-baeri", scientific_name="Aythya baeri", name_zh="青头潜鸭",
                    name_en="Baer's Pochard", sensitivity="5km"),
        )
    )
)  # fmt: skip
POINT = shapely.Point(120.0668123, 30.2742456)


def survey(survey_id: str, **told: Any) -> dict[str, Any]:
    day = told.pop("event_date", dt.date(2024, 1, 14))
    plain = {"site": "xixi", "source_id": "s-1", "event_date": day, "event_end": day,
             "content": "c", "synthetic": True}  # fmt: skip
    return {"survey_id": survey_id, **plain, **told}


def record(record_id: str, survey_id: str, **told: Any) -> dict[str, Any]:
    plain = {"site": "xixi", "source_id": "s-1", "name_received": "白鹭", "match": "exact",
             "taxon_id": "egretta-garzetta", "occurrence_status": "present",
             "individual_count": 3, "count_qualifier": "exact", "count_received": "3",
             "validation": "unreviewed", "content": "c", "synthetic": True}  # fmt: skip
    return {"record_id": record_id, "survey_id": survey_id, **plain, **told}


def surveys_of(*rows: dict[str, Any]) -> pd.DataFrame:
    return coerce(BIRD_SURVEYS, pd.DataFrame(list(rows), columns=BIRD_SURVEYS.names, dtype=object))


def records_of(*rows: dict[str, Any]) -> pd.DataFrame:
    return coerce(BIRD_RECORDS, pd.DataFrame(list(rows), columns=BIRD_RECORDS.names, dtype=object))
