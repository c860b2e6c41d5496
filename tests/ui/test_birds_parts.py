"""What the bird page counts: weeks, places, days, files that are given out."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from tests.ui.test_birds import HIDDEN, ROWS, SECRET, _import
from wetland.birds.tables import BIRD_RECORDS, BIRD_SURVEYS
from wetland.operations.stores import open_store
from wetland.sites.load import open_site
from wetland.ui.birdexports import file_of
from wetland.ui.birdsummary import (
    days_words,
    places_of,
    species_table,
    summary_of,
    week_of,
    weeks_of,
)

DAY = dt.date(2024, 1, 9)


def survey(name: str, **more: Any) -> dict[str, Any]:
    day = more.pop("day", DAY)
    known = {"survey_id": name, "event_date": day, "event_end": day, "complete": True}
    return known | {"geometry": Point(120.05, 30.25), "plot": "P"} | more


def record(of: str, count: float | None = 3.0, **more: Any) -> dict[str, Any]:
    known = {"record_id": f"{of}-{count}", "survey_id": of, "taxon_id": "a", "geometry": None}
    told = {"occurrence_status": "present", "individual_count": count, "validation": "unreviewed"}
    return known | told | more


def frames(
    surveys: list[dict[str, Any]], records: list[dict[str, Any]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    made = [pd.DataFrame(surveys), pd.DataFrame(records)]
    for frame, schema in zip(made, (BIRD_SURVEYS, BIRD_RECORDS), strict=True):
        for column in schema.columns:
            if column.name not in frame:
                frame[column.name] = None
    return made[0], made[1]


def test_a_rejected_record_never_counts_and_an_absence_is_no_bird() -> None:
    surveys, records = frames(
        [survey("s", duration_min=90.0), survey("t")],
        [
            record("s", 3.0),
            record("s", 500.0, validation="rejected"),
            record("t", 0.0, occurrence_status="absent"),
            record("t", 7.0, taxon_id=None),
        ],
    )
    told = summary_of(surveys, records)
    assert (told.species, told.individuals, told.surveys, told.records) == (1, 3, 2, 4)
    assert (told.hours, told.km, told.unmatched) == (1.5, None, 1)
    [row] = species_table(surveys, records).to_dict("records")
    assert (row["records"], row["most"], row["last"]) == (1, 3.0, "2024-01-09")


def test_not_surveyed_looked_for_and_found_are_three_things() -> None:
    surveys, records = frames(
        [
            survey("found"),
            survey("none", day=DAY + dt.timedelta(7)),
            survey("open", day=DAY + dt.timedelta(14), complete=False),
            survey("absent", day=DAY + dt.timedelta(21), complete=False),
            survey("long", event_end=DAY + dt.timedelta(30)),
        ],
        [record("found"), record("found", 5.0), record("long"),
         record("absent", 0.0, occurrence_status="absent")],
    )  # fmt: skip
    weeks = weeks_of(surveys, records, "a", total="all")
    assert {w.row for w in weeks} == {"all", "2024"}
    by_week = {w.week: (w.surveys, w.found, w.mean) for w in weeks if w.row == "all"}
    assert by_week == {2: (1, 1, 8.0), 3: (1, 0, None), 5: (1, 0, None)}


def test_records_of_one_place_stand_together_and_a_blurred_one_knows_its_square() -> None:
    surveys, records = frames(
        [survey("s"), survey("t"), survey("u", plot=None, uncertainty_m=700.0)],
        [record("s"), record("t", 9.0), record("u", 1.0, blurred=True, uncertainty_m=707.0)],
    )
    exact, hidden = sorted(places_of(surveys, records, "a"), key=lambda p: p.blurred_m or 0)
    assert (exact.found, exact.most, exact.name, exact.blurred_m) == (2, 9.0, "P", None)
    assert (hidden.found, hidden.name, hidden.blurred_m) == (1, "", 707.0)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2040, 12, 31)))
def test_a_week_has_seven_days_and_begins_with_the_year(day: dt.date) -> None:
    assert 1 <= week_of(day) <= 53
    assert week_of(day.replace(month=1, day=7)) == 1
    assert week_of(day) <= week_of(min(day + dt.timedelta(7), dt.date(day.year, 12, 31)))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2024-02-01", "2024-02-29", "2024-02"),
        ("2023-12-01", "2023-12-31", "2023-12"),
        ("2023-01-01", "2023-12-31", "2023"),
        ("2023-01-01", "2024-12-31", "2023-01-01 – 2024-12-31"),
        ("2023-02-01", "2024-01-31", "2023-02-01 – 2024-01-31"),
        ("2023-05-03", "2023-05-05", "2023-05-03 – 2023-05-05"),
    ],
)
def test_a_survey_known_by_its_month_or_year_is_not_given_a_day(
    first: str, last: str, said: str
) -> None:
    assert days_words(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) == said


def test_what_is_given_out_hides_the_plot_from_the_public(tmp_path: Path) -> None:
    _import(tmp_path / "x.gpkg", "x.csv", (ROWS + HIDDEN).encode())
    site = open_site("xixi")
    with open_store(tmp_path / "x.gpkg", site) as store:
        tables = {role: file_of(store, site, "csv", role).decode("utf-8-sig")
                  for role in ("public", "ecologist")}  # fmt: skip
        archive = zipfile.ZipFile(io.BytesIO(file_of(store, site, "zip", "public")))
    hidden = [line for line in tables["public"].splitlines() if "Aythya baeri" in line]
    assert hidden
    assert not [line for line in hidden if SECRET in line or "30.2612" in line]
    assert any(SECRET in line for line in tables["ecologist"].splitlines() if "baeri" in line)
    assert "meta.xml" in archive.namelist()
