"""What is hard to believe is flagged for a person, and nothing that a person decided is touched."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from wetland.base.checks import check_table, coerce, empty
from wetland.birds.checklist import Checklist
from wetland.birds.phenology import (
    DAYS,
    days_outside,
    first_last,
    season_of,
    surveyed_weeks,
    weeks_of,
)
from wetland.birds.plausibility import TESTS, flag_records
from wetland.birds.species import BirdPack, Species
from wetland.birds.tables import BIRD_RECORDS, BIRD_SURVEYS

TODAY = dt.date(2026, 11, 24)
LISTED = Checklist.of(
    BirdPack(
        species=(
            Species(id="a", scientific_name="Ardea cinerea", name_zh="苍鹭", name_en="Grey Heron"),
            Species(id="w", scientific_name="Anas crecca", present="10-03", most=500),
            Species(id="h", scientific_name="Hydrophasianus chirurgus", habitats=("pond", "湖"),
                    zones=("east",)),
        )
    )
)  # fmt: skip


def tables(*rows: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return records and surveys; each row is one record of one survey, `survey_id` shares one."""
    surveys: dict[str, dict[str, Any]] = {}
    records = []
    for number, row in enumerate(rows):
        survey_id = row.get("survey_id", f"s{number}")
        day = row.get("day", dt.date(2024, 5, 4))
        own = {
            "survey_id": survey_id, "site": "x", "source_id": "f", "event_date": day,
            "event_end": row.get("end", day), "content": "c",
        } | {k: row[k] for k in ("plot", "habitat", "geometry", "event_at", "duration_min",
                                 "observers", "sampling_protocol") if k in row}  # fmt: skip
        surveys.setdefault(survey_id, own)
        status = row.get("occurrence_status", "present")
        records.append({
            "record_id": row.get("record_id", f"r{number}"), "site": "x", "source_id": "f",
            "survey_id": survey_id, "name_received": row.get("name", "n"),
            "taxon_id": row.get("taxon", "a"), "match": row.get("match", "exact"),
            "occurrence_status": status, "individual_count": row.get("count", 1),
            "count_qualifier": "exact", "validation": row.get("validation", "unreviewed"),
            "flags": row.get("flags"), "content": "c",
        })  # fmt: skip
    return (
        coerce(BIRD_RECORDS, pd.DataFrame(records)),
        coerce(BIRD_SURVEYS, pd.DataFrame(list(surveys.values()))),
    )


def flagged(*rows: dict[str, Any], **more: Any) -> list[list[str]]:
    """Return the tests that each record fails."""
    out = flag_records(*tables(*rows), LISTED, **({"today": TODAY} | more))
    good, problems = check_table(BIRD_RECORDS, out)
    assert len(good) == len(out)
    assert problems.empty
    told = [json.loads(cell) if isinstance(cell, str) else [] for cell in out["flags"]]
    for flags, validation in zip(told, out["validation"], strict=True):
        assert (validation == "flagged") == bool(flags)
        for flag in flags:
            assert set(flag) == {"test", "level", "zh", "en", "numbers"}
            assert flag["zh"]
            assert flag["en"]
            assert flag["test"] in TESTS
            assert "{" not in flag["zh"] + flag["en"]
    return [[flag["test"] for flag in flags] for flags in told]


def test_a_plain_record_has_no_flag() -> None:
    assert flagged({}, {"count": None}, {"occurrence_status": "absent", "count": 0}) == [[], [], []]


@pytest.mark.parametrize(
    ("row", "test"),
    [
        ({"day": dt.date(2026, 11, 25)}, ["future"]),
        ({"day": dt.date(2026, 11, 24)}, []),
        ({"day": dt.date(2026, 1, 1), "end": dt.date(2026, 12, 31)}, []),
        ({"count": 0}, ["status"]),
        ({"occurrence_status": "absent", "count": 2}, ["status"]),
        ({"taxon": None, "match": "none", "name": "Ardea cinera"}, ["unmatched"]),
        ({"taxon": "gone"}, ["unlisted"]),
        ({"taxon": "w"}, ["month"]),
        ({"taxon": "w", "day": dt.date(2024, 10, 1)}, []),
        ({"taxon": "w", "day": dt.date(2024, 3, 31)}, []),
        ({"taxon": "w", "day": dt.date(2024, 4, 1)}, ["month"]),
        ({"taxon": "w", "day": dt.date(2024, 9, 30)}, ["month"]),
        ({"taxon": "w", "day": dt.date(2024, 4, 1), "end": dt.date(2024, 10, 5)}, []),
        ({"taxon": "w", "day": dt.date(2024, 4, 1), "end": dt.date(2024, 6, 30)}, ["month"]),
        ({"taxon": "w", "occurrence_status": "absent", "count": 0}, []),
        ({"taxon": "w", "day": dt.date(2024, 1, 1), "count": 500}, []),
        ({"taxon": "w", "day": dt.date(2024, 1, 1), "count": 501}, ["most"]),
        ({"taxon": "h", "habitat": "Pond"}, []),
        ({"taxon": "h", "habitat": "woodland"}, ["habitat"]),
        ({"taxon": "h"}, []),
    ],
)
def test_one_record(row: dict[str, Any], test: list[str]) -> None:
    assert flagged(row) == [test]


def test_an_unmatched_name_is_told_with_what_it_may_have_meant() -> None:
    out = flag_records(*tables({"taxon": None, "match": "none", "name": "Ardea cinera"}), LISTED,
                       today=TODAY)  # fmt: skip
    (flag,) = json.loads(out["flags"][0])
    assert flag["numbers"] == {"name": "Ardea cinera", "suggestions": ["a"]}


def test_places_and_zones() -> None:
    rows: list[dict[str, Any]] = [
        {"geometry": Point(120.05, 30.27)}, {"geometry": Point(121.0, 30.27)}, {},
        {"taxon": "h", "geometry": Point(120.05, 30.27)},
        {"taxon": "h", "geometry": Point(120.08, 30.27)},
    ]  # fmt: skip

    def inside(lon: Any, lat: Any) -> Any:
        return (np.abs(lon - 120.06) < 0.1) & (lat > 30)

    def zones_at(lon: Any, lat: Any) -> Any:
        return [("east",) if x > 120.07 else ("west",) for x in lon]

    assert flagged(*rows, inside=inside, zones_at=zones_at) == [
        [], ["outside"], [], ["zone"], [],
    ]  # fmt: skip
    assert flagged(*rows) == [[]] * 5
    unknown = flagged(*rows, zones_at=lambda lon, lat: [None] * len(lon))
    assert unknown == [[]] * 5


def winter(*days: tuple[int, int, int], **more: Any) -> list[dict[str, Any]]:
    return [{"day": dt.date(*day)} | more for day in days]


SO_FAR = winter((2020, 11, 20), (2020, 12, 10), (2021, 1, 5), (2021, 2, 20), (2021, 11, 12),
                (2022, 1, 8))  # fmt: skip


@pytest.mark.parametrize(
    ("day", "test"),
    [
        ((2024, 1, 15), []),
        ((2024, 10, 29), []),  # 14 days before 12 November
        ((2024, 10, 28), ["season"]),
        ((2024, 3, 6), []),  # 14 days after 20 February
        ((2024, 3, 7), ["season"]),
        ((2024, 7, 1), ["season"]),
    ],
)
def test_days_far_from_those_of_other_years(day: tuple[int, int, int], test: list[str]) -> None:
    assert flagged(*SO_FAR, *winter(day))[-1] == test
    assert flagged(*winter(day), history=tables(*[
        row | {"record_id": f"old{i}", "survey_id": f"old{i}"} for i, row in enumerate(SO_FAR)
    ])) == [test]  # fmt: skip


def test_too_few_days_tell_no_season() -> None:
    assert flagged(*SO_FAR[:4], *winter((2024, 7, 1)))[-1] == []
    one_year = winter(*[(2021, 1, d) for d in range(1, 20)])
    assert flagged(*one_year, *winter((2024, 7, 1)))[-1] == []


def test_what_is_flagged_or_rejected_makes_no_season() -> None:
    for validation, test in (
        ("flagged", ["season"]), ("rejected", ["season"]), ("accepted", []),
    ):  # fmt: skip
        earlier = winter((2023, 6, 25), validation=validation)
        assert flagged_last(*SO_FAR, *earlier, *winter((2024, 7, 1))) == test


def flagged_last(*rows: dict[str, Any]) -> list[str]:
    out = flag_records(*tables(*rows), LISTED, today=TODAY)
    cell = out["flags"].iloc[-1]
    return [flag["test"] for flag in json.loads(cell)] if isinstance(cell, str) else []


def test_counts_far_above_the_others() -> None:
    ten: list[dict[str, Any]] = [{"count": c} for c in (12, 15, 20, 22, 25, 18, 30, 16, 21, 19)]
    assert flagged(*ten, {"count": 40}) == [[]] * 11
    assert flagged(*ten, {"count": 400}) == [[]] * 10 + [["count"]]
    assert flagged(*ten[:9], {"count": 400}) == [[]] * 10  # nine others are too few
    accepted = {"count": 500, "validation": "accepted"}
    assert flagged_last(*ten, accepted, {"count": 400}) == []


def test_the_same_visit_twice() -> None:
    visit = {"plot": "P1", "sampling_protocol": "line", "observers": "甲"}
    at = pd.Timestamp("2024-05-04T06:00Z")
    timed = visit | {"event_at": at, "duration_min": 60.0}

    def twice(**other: Any) -> list[list[str]]:
        return flagged(timed | {"survey_id": "1"}, timed | {"survey_id": "2"} | other)

    assert twice() == [["duplicate"]] * 2
    assert twice(observers="乙") == [["duplicate"]] * 2
    assert twice(plot="p1 ", sampling_protocol=None, event_at=None) == [["duplicate"]] * 2
    assert twice(event_at=at + pd.Timedelta(minutes=59)) == [["duplicate"]] * 2
    assert twice(event_at=at + pd.Timedelta(minutes=60)) == [[], []]
    assert twice(plot="P2") == [[], []]
    assert twice(sampling_protocol="point") == [[], []]
    assert twice(day=dt.date(2024, 5, 5)) == [[], []]
    assert twice(taxon="h") == [[], []]  # one missed what the other saw: no doubt of either


def test_a_visit_that_was_there_before() -> None:
    old = {"plot": "P1", "survey_id": "old", "record_id": "old", "count": 7, "observers": "甲"}
    new = old | {"survey_id": "new", "record_id": "new", "count": 9, "observers": "乙"}
    out = flag_records(*tables(new), LISTED, today=TODAY, history=tables(old))
    (flag,) = json.loads(out["flags"][0])
    assert flag["numbers"] == {
        "other_survey": "old", "count": 9.0, "other_count": 7.0, "same_observers": False,
    }  # fmt: skip
    again = flag_records(*tables(old), LISTED, today=TODAY, history=tables(old))
    assert again["flags"].isna().all()  # a record is no duplicate of itself


@pytest.mark.parametrize("decided", ["accepted", "corrected", "rejected"])
def test_what_a_person_decided_is_not_touched(decided: str) -> None:
    told = '[{"test": "count"}]'
    rows = tables({"count": 0, "validation": decided, "flags": told})
    out = flag_records(*rows, LISTED, today=TODAY)
    pd.testing.assert_frame_equal(out, rows[0])


def test_flags_of_others_stay_and_old_ones_go() -> None:
    told = json.dumps([{"test": "source_changed"}, {"test": "most"}])
    out = flag_records(*tables({"flags": told, "validation": "flagged"}), LISTED, today=TODAY)
    assert json.loads(out["flags"][0]) == [{"test": "source_changed"}]
    assert out["validation"][0] == "flagged"
    plain = json.dumps([{"test": "most"}])
    out = flag_records(*tables({"flags": plain, "validation": "flagged"}), LISTED, today=TODAY)
    assert out["validation"][0] == "unreviewed"
    assert out["flags"].isna().all()


def test_a_second_run_says_the_same() -> None:
    rows = tables(*SO_FAR, *winter((2024, 7, 1)), {"count": 0}, {"taxon": "w"})
    once = flag_records(*rows, LISTED, today=TODAY)
    again = flag_records(once, rows[1], LISTED, today=TODAY, history=(once, rows[1]))
    pd.testing.assert_frame_equal(once, again)


def test_empty_tables_and_records_without_survey() -> None:
    out = flag_records(empty(BIRD_RECORDS), empty(BIRD_SURVEYS), LISTED, today=TODAY,
                       history=(empty(BIRD_RECORDS), empty(BIRD_SURVEYS)))  # fmt: skip
    assert out.empty
    records, _ = tables({"taxon": "w"}, {"taxon": None, "match": "none", "name": "白鹭"})
    out = flag_records(records, empty(BIRD_SURVEYS), LISTED, today=TODAY)
    assert list(out["validation"]) == ["unreviewed", "flagged"]
    assert first_last(empty(BIRD_RECORDS), empty(BIRD_SURVEYS)).empty


def test_first_and_last_days() -> None:
    summer = [{"taxon": "h", "day": dt.date(y, m, d)} for y, m, d in
              ((2020, 4, 10), (2021, 4, 2), (2021, 9, 30), (2022, 6, 1))]  # fmt: skip
    month = {"taxon": "h", "day": dt.date(2022, 1, 1), "end": dt.date(2022, 1, 31)}
    gone = {"taxon": "h", "day": dt.date(2022, 1, 1), "validation": "rejected"}
    none = {"taxon": "h", "day": dt.date(2022, 1, 1), "occurrence_status": "absent", "count": 0}
    out = first_last(*tables(*SO_FAR, *summer, month, gone, none)).to_numpy().tolist()
    assert out[0] == [
        "a", 316, 51, True, 6, 3, dt.date(2020, 11, 20), dt.date(2022, 1, 8),
    ]  # fmt: skip
    assert out[1] == [
        "h", 92, 273, False, 4, 3, dt.date(2020, 4, 10), dt.date(2022, 6, 1),
    ]  # fmt: skip


def test_weeks() -> None:
    records, surveys = tables({"day": dt.date(2020, 1, 1), "count": 3},
                              {"day": dt.date(2021, 1, 7), "count": 5},
                              {"day": dt.date(2021, 12, 31), "count": None},
                              {"day": dt.date(2021, 1, 3), "occurrence_status": "absent",
                               "count": 0})  # fmt: skip
    out = weeks_of(records, surveys)
    assert out[["taxon_id", "week", "surveys", "surveyed"]].to_numpy().tolist() == [
        ["a", 1, 2, 3], ["a", 52, 1, 1],
    ]  # fmt: skip
    assert out["most"].iloc[0] == 5
    assert np.isnan(out["most"].iloc[1])
    assert surveyed_weeks(surveys) == {1: 3, 52: 1}


@given(st.lists(st.integers(1, DAYS), min_size=1, max_size=30), st.integers(0, DAYS))
def test_a_season_holds_its_days_and_turns_with_the_year(days: list[int], shift: int) -> None:
    season = season_of(np.array(days))
    assert all(days_outside(day, season) == 0 for day in days)
    turned = np.array([(day - 1 + shift) % DAYS + 1 for day in days])
    length = (season[1] - season[0]) % DAYS
    first, last = season_of(turned)
    assert (last - first) % DAYS == length  # whatever the day the year begins
    free = DAYS - 1 - length
    outside = [days_outside(day, season) for day in range(1, DAYS + 1)]
    assert sum(off > 0 for off in outside) == free
    assert max(outside) == (free + 1) // 2
