"""Dates, effort, places, names and identities of surveys, whatever file they came from."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.birds.dwccases import (
    CHECKLIST,
    EVENTS,
    OCCURRENCES,
    PLOTS,
    TODAY,
    archive,
    codes,
    occurrences,
    read,
)
from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.birds.birdsource import BirdSource
from wetland.birds.dwcwrite import write_archive
from wetland.birds.eml import ArchiveMetadata
from wetland.birds.read import read_birds
from wetland.birds.readdates import Clock, When, read_when
from wetland.birds.readeffort import hectares, kilometres, minutes, truth
from wetland.birds.readoptions import BirdOptions, saved_mapping
from wetland.birds.settle import Settler
from wetland.birds.sightings import Sightings
from wetland.reading.dates import CellError
from wetland.reading.files import Given

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOCK = Clock(SHANGHAI, SHANGHAI)
NOON = dt.datetime(2024, 5, 1, 4, tzinfo=dt.UTC)


def day(month: int, number: int, year: int = 2024) -> dt.date:
    return dt.date(year, month, number)


@pytest.mark.parametrize(("words", "first", "last"), [
    ("2024", day(1, 1), day(12, 31)), ("2024-02", day(2, 1), day(2, 29)),
    ("2024/5", day(5, 1), day(5, 31)), ("2024年5月", day(5, 1), day(5, 31)),
    ("2024-05-01/2024-05-03", day(5, 1), day(5, 3)), ("2024-05-01/03", day(5, 1), day(5, 3)),
    ("2024-05/06", day(5, 1), day(6, 30)), ("2024/2025", day(1, 1), day(12, 31, 2025)),
    ("2024年5月1日至3日", day(5, 1), day(5, 3)), ("2024-05-30~06-02", day(5, 30), day(6, 2)),
    ("2024/5/1", day(5, 1), day(5, 1)), ("2024-122", day(5, 1), day(5, 1)),
    ("２０２４－０５－０１", day(5, 1), day(5, 1)), ("2024-05-01T00:00:00Z", day(5, 1), day(5, 1)),
])  # fmt: skip
def test_days_months_years_and_intervals(words: str, first: dt.date, last: dt.date) -> None:
    span = read_when(When(words), CLOCK)
    assert (span.first, span.last, span.at) == (first, last, None)


def test_moments_and_times() -> None:
    told = read_when(When("2024-05-01T12:00/13:30"), CLOCK)
    assert (told.at, told.until) == (NOON, NOON + dt.timedelta(minutes=90))
    assert read_when(When("2024-05-01", time="12:00-13:30"), CLOCK) == told
    assert read_when(When("2024-05-01", time="1200", time_end="13:30"), CLOCK) == told
    # An instant is of the site's own day; a night count goes past midnight.
    assert read_when(When("2024-04-30T20:00:00Z"), CLOCK).first == day(5, 1)
    night = read_when(When("2024-05-01", time="23:00/01:00"), CLOCK)
    assert (night.first, night.last) == (day(5, 1), day(5, 2))
    assert night.at is not None
    assert night.until == night.at + dt.timedelta(hours=2)
    assert read_when(When(dt.datetime(2024, 5, 1)), CLOCK).at is None  # noqa: DTZ001 - a cell


@pytest.mark.parametrize(("words", "code"), [
    ("5/6/2024", "date_two_ways"), ("5月1日", "date_no_year"), ("45413", "date_serial"),
    ("2024-13", "no_such_day"), ("2023-366", "no_such_day"), ("2024-05-03/2024-05-01",
     "date_backwards"), ("x" * 100, "date_invalid"), ("24-5-1", "year_two_digits"),
])  # fmt: skip
def test_dates_that_are_not_guessed(words: str, code: str) -> None:
    with pytest.raises(CellError) as caught:
        read_when(When(words), CLOCK)
    assert caught.value.code == code


def test_what_a_person_tells_settles_them() -> None:
    told = Clock(SHANGHAI, SHANGHAI, year=2023, order="dmy")
    assert read_when(When("5/6/2024"), told).first == day(6, 5)
    assert read_when(When("5月1日"), told).first == day(5, 1, 2023)
    assert read_when(When(month="5", day="2"), told).first == day(5, 2, 2023)
    assert read_when(When(year="2024", month="5"), CLOCK).last == day(5, 31)
    dated = Clock(SHANGHAI, SHANGHAI, default="2024-05")
    assert read_when(When(), dated).first == day(5, 1)
    with pytest.raises(CellError):
        read_when(When(), CLOCK)


@given(first=st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 30)), length=st.integers(0, 800))
def test_any_interval_of_days_is_read_as_written(first: dt.date, length: int) -> None:
    last = min(first + dt.timedelta(days=length), dt.date(2199, 12, 31))
    for words in (f"{first}/{last}", f"{first}至{last}"):
        assert read_when(When(words), CLOCK)[:2] == (first, last)
    assert read_when(When(first, date_end=last), CLOCK)[:2] == (first, last)


@given(st.text(max_size=30))
def test_any_words_are_a_span_or_a_problem(words: str) -> None:
    try:
        span = read_when(When(words), Clock(SHANGHAI, SHANGHAI, year=2024, order="mdy"))
    except CellError:
        return
    assert span.first <= span.last


@given(st.text(alphabet="0123456789.:小时分钟 hminPT公里km²亩ha-～约", max_size=14))
def test_any_words_are_an_effort_or_a_problem(words: str) -> None:
    for reader in (minutes, kilometres, hectares):
        with contextlib.suppress(CellError):
            assert reader(words) >= 0


def test_efforts_in_their_units() -> None:
    assert [minutes(w) for w in ("90", "1.5 h", "1小时30分", "PT1H30M", "01:30:00", dt.time(1, 30))
            ] == [90.0] * 6  # fmt: skip
    assert [kilometres(w) for w in ("1.5", "1500 m", "1.5公里", "3里")] == [1.5] * 4
    assert [hectares(w) for w in ("2", "30亩", "20000 m²", "0.02 km2", "20000平方米")] == [2.0] * 5
    assert (truth("是"), truth("N"), truth(True)) == (True, False, True)
    for reader, words in ((minutes, "long"), (minutes, -1), (kilometres, "5 kg"), (truth, "maybe")):
        with pytest.raises(CellError):
            reader(words)


def settled(columns: dict[str, Any], **options: Any) -> tuple[Any, Any, Problems]:
    problems = Problems("x")
    checked = BirdOptions(**options).checked()
    given_file = Given.of_bytes("x.csv", b"x")
    source = BirdSource(given_file, checked, problems, "Asia/Shanghai", CHECKLIST, PLOTS, TODAY)
    settler = Settler(source, site_id="xixi", source_id="s", accepted={"鹭鸶": "ardea-alba"},
                      shift=lambda lon, lat, _: (lon - 0.005, lat))  # fmt: skip
    count = max(len(c) for c in columns.values() if isinstance(c, list))
    found = settler.settle(Sightings.of(range(2, 2 + count), columns))
    settler.close()
    return found.surveys, found.records, problems


def test_two_equal_rows_without_identifiers_are_two_records_and_stay_so() -> None:
    told = {"plot": "P1", "date": "2024-05-01", "name": ["白鹭"] * 3, "count": ["1", "1", "2"]}
    surveys, records, _ = settled(told)
    assert (len(surveys), len(records), records["record_id"].nunique()) == (1, 3, 3)
    _, again, _ = settled(told)
    assert again["record_id"].tolist() == records["record_id"].tolist()


def test_names_of_one_row_that_agree_contradict_or_were_accepted() -> None:
    _, records, problems = settled({
        "plot": "P1", "date": "2024-05-01", "name_zh": ["白鹭", "大白鹭", None],
        "name": ["Egretta garzetta", "Egretta garzetta", "鹭鸶"],
    })  # fmt: skip
    assert records["match"].tolist() == ["exact", "none", "accepted"]
    assert records["name_received"][1] == "Egretta garzetta, 大白鹭"
    assert [p.code for p in problems.items] == ["names_differ"]


def test_a_first_cell_told_counts_and_a_difference_is_told() -> None:
    surveys, _, problems = settled({
        "event_id": "E1", "date": "2024-05-01", "name": ["白鹭", "白鹭", "白鹭"],
        "duration_min": [None, "60", "90"], "observer_count": "2", "plot": "样点一",
    })  # fmt: skip
    assert (surveys["duration_min"][0], surveys["plot"][0]) == (60.0, "P1")
    assert [p.code for p in problems.items] == ["event_differs"]


def test_places_of_another_datum_are_shifted_or_left_out() -> None:
    told = {"date": "2024-05-01", "name": ["白鹭"], "lon": "120.1", "lat": "30.2"}
    surveys, _, _ = settled(told, datum="gcj02")
    assert surveys["geometry"][0].x == pytest.approx(120.095)
    surveys, _, problems = settled({**told, "datum": "NAD27"})
    assert surveys["geometry"][0].x == 120.1
    assert [p.code for p in problems.items] == ["datum_unread"]
    unread = read_birds(
        Given.of_bytes("x.csv", b"scientificName,eventDate,decimalLongitude,decimalLatitude\n"
                                b"Ardea alba,2024-05-01,120.1,30.2\n"),
        site_id="xixi", timezone="Asia/Shanghai", checklist=CHECKLIST, today=TODAY,
        options=BirdOptions(layout="dwc", datum="bd09"),
    )  # fmt: skip
    assert unread.surveys["geometry"].isna().all()
    assert codes(unread)["datum_unread"] == 1


def test_effort_that_cannot_be_read_is_left_out_and_told() -> None:
    surveys, records, problems = settled({
        "plot": "P1", "date": "2024-05-01", "name": ["白鹭"], "duration_min": "long",
        "complete": "maybe",
    })  # fmt: skip
    assert (len(records), surveys["duration_min"].isna()[0], surveys["complete"].isna()[0]) == (
        1, True, True)  # fmt: skip
    assert {p.code for p in problems.items} == {"effort_invalid", "truth_invalid"}


def test_a_visit_without_a_bird_is_a_survey() -> None:
    surveys, records, _ = settled({"plot": ["P1"], "date": "2024-05-01", "only_survey": True},
                                  complete=True)  # fmt: skip
    assert (len(surveys), len(records), surveys["complete"][0]) == (1, 0, True)


def test_an_export_comes_back_as_it_went(tmp_path: Path) -> None:
    header = ("occurrenceID", "eventDate", "scientificName", "individualCount", "recordedBy",
              "locationID")  # fmt: skip
    own = read(archive(occurrences(
        ("", "2024-05-01T06:00/08:30", "白鹭", "约50", "Li", "P1"),
        ("", "2024-05", "大白鹭", "√", "Wu", "P1"), ("", "2024-05", "大白鹭", "0", "Wu", "P1"),
        header=header,
    )), synthetic=True)  # fmt: skip
    metadata = ArchiveMetadata(text("x", "x"), TODAY, "Asia/Shanghai")
    for reading in (own, read(archive(EVENTS, OCCURRENCES))):
        path = tmp_path / "out.zip"
        write_archive(reading.surveys, reading.records, CHECKLIST, path, metadata=metadata)
        back = read(path)
        for ours, theirs, key in ((reading.surveys, back.surveys, "survey_id"),
                                  (reading.records, back.records, "record_id")):  # fmt: skip
            columns = [key, "content", "synthetic"]
            pd.testing.assert_frame_equal(
                ours[columns].sort_values(key, ignore_index=True),
                theirs[columns].sort_values(key, ignore_index=True),
            )


def test_options_over_a_saved_mapping() -> None:
    saved = BirdOptions(columns={"plot": "样点"}, year=2023, complete=True, source="park")
    kept = saved_mapping(saved.as_json())
    assert kept is not None
    assert kept.as_json() == {"columns": {"plot": "样点"}, "complete": True}
    merged = BirdOptions(columns={"name": "鸟"}, complete=False).over(kept)
    assert merged.as_json() == {"columns": {"name": "鸟", "plot": "样点"}, "complete": False}
    for wrong in (BirdOptions(layout="x"), BirdOptions(columns={"x": "y"}), BirdOptions(year=1),
                  BirdOptions(timezone="Mars/Base"), BirdOptions(datum="x")):  # fmt: skip
        with pytest.raises(InputError):
            wrong.checked()


@pytest.mark.parametrize(("role", "cell"), [
    ("observer_count", "1e300"), ("observer_count", "-2"), ("uncertainty_m", "-5"),
    ("uncertainty_m", "1e999"), ("duration_min", "-1"), ("distance_km", "9" * 5_000),
    ("area_ha", "nan ha"), ("record_uncertainty_m", "far"),
])  # fmt: skip
def test_numbers_no_table_can_hold_are_told(role: str, cell: str) -> None:
    surveys, records, problems = settled({"plot": "P1", "date": "2024-05-01", "name": ["白鹭"],
                                          role: cell})  # fmt: skip
    assert (len(surveys), len(records), len(problems)) == (1, 1, 1)
    assert problems.items[0].level == "warning"


def test_a_time_of_any_length_is_refused_at_once() -> None:
    with pytest.raises(CellError):
        read_when(When("2024-05-01", time="06:00" + "-" * 500_000), CLOCK)
    with pytest.raises(CellError):
        read_when(When("2024-05-01", date_end="1" * 500_000), CLOCK)


def test_a_visit_with_a_row_that_cannot_be_read_is_not_complete() -> None:
    table = (
        "eventID,eventDate,scientificName,individualCount,complete\n"
        "E1,2024-05-01,Egretta garzetta,3,true\nE1,2024-05-01,Ardea alba,12.5,true\n"
        "E2,2024-05-02,Egretta garzetta,3,true\nE2,2024-05-02,Ardea alba,many,true\n"
    )
    reading = read(Given.of_bytes("birds.csv", table.encode()))
    complete = reading.surveys.set_index("event_id")["complete"].to_dict()
    # Of "many" there is a record of presence, so that nothing is taken for absent.
    assert complete == {"E1": False, "E2": True}
    assert codes(reading)["not_complete"] == 1


def test_a_row_that_stands_twice_is_told_and_counts_twice() -> None:
    head = "eventID,eventDate,scientificName,individualCount,sex\n"
    row = "E1,2024-05-01,Egretta garzetta,{n},{s}\n"
    table = head + row.format(n=3, s="") * 2 + row.format(n=4, s="") + row.format(n=3, s="male")
    reading = read(Given.of_bytes("birds.csv", table.encode()))
    assert codes(reading) == {"row_twice": 1}
    assert reading.records["individual_count"].tolist() == [3, 3, 4, 3]
    assert reading.records["record_id"].is_unique


def test_a_date_without_a_year_says_how_to_tell_it() -> None:
    with pytest.raises(CellError) as caught:
        read_when(When("12.1"), CLOCK)
    assert "--year" in caught.value.message.en
