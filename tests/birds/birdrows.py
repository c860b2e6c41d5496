"""Synthetic surveys and records as tables, for tests of what is made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wetland.base.checks import coerce
from wetland.base.texts import text
from wetland.birds.species import CountSeason, Species
from wetland.birds.tables import BIRD_RECORDS, BIRD_SURVEYS

WINTER = CountSeason(name=text("冬季", "winter"), months=(11, 12, 1, 2, 3))


@dataclass(frozen=True)
class Listed:
    """A checklist as detectors see it."""

    species: Mapping[str, Species]


def listed(*species: Species) -> Listed:
    return Listed({one.id: one for one in species})


def species(taxon_id: str = "anser-fabalis", **more: Any) -> Species:
    name = taxon_id.replace("-", " ").capitalize()
    return Species(id=taxon_id, scientific_name=name, **more)


def surveys_of(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Make surveys; ``survey_id`` and ``event_date`` are wanted of each."""
    fixed = {"site": "xixi", "source_id": "s", "content": "c", "synthetic": True, "complete": True}
    made = [{**fixed, "event_end": row["event_date"], **row} for row in rows]
    return coerce(BIRD_SURVEYS, pd.DataFrame(made))


def records_of(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Make records; ``survey_id`` is wanted of each."""
    fixed = {
        "site": "xixi", "source_id": "s", "content": "c", "synthetic": True, "match": "exact",
        "occurrence_status": "present", "count_qualifier": "exact", "validation": "unreviewed",
        "taxon_id": "anser-fabalis", "name_received": "豆雁",
    }  # fmt: skip
    made = [{"record_id": f"r{k}", "source_row": k + 2, **fixed, **row}
            for k, row in enumerate(rows)]  # fmt: skip
    return coerce(BIRD_RECORDS, pd.DataFrame(made, columns=None if made else ["record_id"]))


def one_visit_each(
    counts: Mapping[str, Sequence[float | None]],
    *,
    first: int = 2010,
    taxon_id: str = "anser-fabalis",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make records and surveys: one visit on 15 January of each winter from ``first`` on.

    ``counts`` are those of each plot; None was not surveyed, 0 has no record (all species were).
    """
    surveys: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    for plot, series in counts.items():
        for k, count in enumerate(series):
            if count is None:
                continue
            day = dt.date(first + k + 1, 1, 15)
            survey = f"{plot}-{day}"
            surveys.append({"survey_id": survey, "event_date": day, "plot": plot})
            if count:
                records.append({
                    "survey_id": survey, "individual_count": count, "taxon_id": taxon_id,
                    "record_id": f"{taxon_id}-{survey}",
                })  # fmt: skip
    return records_of(records), surveys_of(surveys)
