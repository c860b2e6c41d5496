"""Findings of birds: what makes one, what it says, what it must not tell."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.birds.birdrows import (
    WINTER,
    Listed,
    listed,
    one_visit_each,
    records_of,
    species,
    surveys_of,
)
from wetland.base.checks import coerce
from wetland.base.findings import FINDINGS
from wetland.base.texts import text
from wetland.birds.alerts import AlertSettings
from wetland.birds.detect import RULES, BirdSettings, bird_findings
from wetland.birds.species import BirdPack, Plot
from wetland.reports.detectors import likelihood_label, missing_name, of_detector, rule_titles, says

BEAN, CRANE = "anser-fabalis", "grus-grus"
AS_OF = dt.date(2022, 6, 1)
WINTERS = BirdSettings(season=WINTER, season_id="winter", alerts=AlertSettings(draws=30))


def found(
    tables: tuple[pd.DataFrame, pd.DataFrame], known: Listed, **how: Any
) -> list[dict[str, Any]]:
    how = {"site": "xixi", "pack_digest": "d", "as_of": AS_OF, "settings": WINTERS, **how}
    frame = bird_findings(*tables, known, **how)
    assert frame.equals(coerce(FINDINGS, frame)), "as the schema wants it"
    rows = [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
    return [{**row, "evidence": json.loads(row["evidence"]),
             "missing": json.loads(row["missing"])} for row in rows]  # fmt: skip


def falling(
    factor: float = 0.85, seasons: int = 12, **how: Any
) -> tuple[pd.DataFrame, pd.DataFrame]:
    counts = {f"p{k}": (100.0 * (k + 1) * factor ** np.arange(seasons)).tolist() for k in range(4)}
    return one_visit_each(counts, **how)


def sighting(day: dt.date, **more: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make surveys from 2020 on, and one record of a crane."""
    surveys = surveys_of([
        {"survey_id": "old", "event_date": dt.date(2020, 1, 5), "plot": "a"},
        {"survey_id": "new", "event_date": day, "plot": "a"},
    ])  # fmt: skip
    record = {"survey_id": "new", "taxon_id": CRANE, "individual_count": 2, **more}
    return records_of([record]), surveys


def test_a_decline_is_a_finding_with_its_numbers() -> None:
    (row,) = found(falling(), listed(species()))
    assert (row["rule"], row["outcome"], row["subject_kind"]) == (
        "birds/decline",
        "broken",
        "taxon",
    )
    assert (row["detector"], row["zone_basis"], row["status"]) == ("birds", "not_used", "open")
    assert row["subject"] == "anser-fabalis|winter"
    assert row["severity"] == 4
    assert row["measure"] == pytest.approx(100 * (0.85**10 - 1))
    assert (row["limit"], row["likelihood"], row["confidence"]) == (-50.0, 1.0, "high")
    assert row["occurred_on"] == dt.date(2021, 3, 31), "the end of the reference season 2020/21"
    assert row["geometry"] is None
    evidence = row["evidence"]
    assert evidence["span"] == 10
    assert [change["span"] for change in evidence["changes"]] == [5, 10, 25, None]
    assert evidence["smoothed_index"][-1] == pytest.approx(100)
    assert evidence["synthetic"] is True
    assert len(evidence["records"]) == 4
    assert row["source_id"] == "s"
    assert "from 2010/11 to 2020/21" in row["explanation_en"]
    assert "下降 80%" in row["explanation_zh"]
    assert "合成" in row["explanation_zh"]


def test_severity_grows_with_protection_and_with_the_level() -> None:
    medium = falling(0.96)
    assert [row["severity"] for row in found(medium, listed(species()))] == [3]
    assert [row["severity"] for row in found(medium, listed(species(red_list="VU")))] == [4]
    assert [row["severity"] for row in found(falling(), listed(species(protection="II")))] == [5]
    assert [row["severity"] for row in found(falling(), listed(species(red_list="NT")))] == [4]


def test_a_decline_that_may_be_none_is_undecided() -> None:
    rng = np.random.default_rng(5)
    counts = {f"p{k}": (40 * 0.95 ** np.arange(12) * rng.lognormal(0, 1.2, 12)).round().tolist()
              for k in range(4)}  # fmt: skip
    (row,) = found(one_visit_each(counts), listed(species(protection="II")))
    change = next(c for c in row["evidence"]["changes"] if c["span"] == row["evidence"]["span"])
    assert change["lower"] < -25 < 0 <= change["upper"]
    assert (row["outcome"], row["missing"]) == ("undecided", ["more_counts"])
    assert row["severity"] == (4 if row["limit"] == -50 else 3)
    assert "includes no decline" in row["explanation_en"]
    assert "更多计数" in row["explanation_zh"]


def test_steady_numbers_too_few_plots_and_a_park_total_make_none() -> None:
    assert found(falling(1.0), listed(species())) == []
    records, surveys = falling()
    two = surveys[surveys["plot"].isin(["p0", "p1"])].reset_index(drop=True)
    assert found((records, two), listed(species())) == []
    park = surveys[surveys["plot"] == "p0"].reset_index(drop=True)
    assert found((records, park), listed(species())) == []


def test_the_biological_filter_keeps_short_declines_back() -> None:
    counts = {f"p{k}": [90.0] * 5 + (90 * 0.9 ** np.arange(1, 8)).tolist() for k in range(4)}
    tables = one_visit_each(counts)
    short = BirdSettings(season=WINTER, alerts=AlertSettings(spans=(3,), draws=30))
    plain = found(tables, listed(species()), settings=short)
    assert plain[0]["evidence"]["changes"][0]["filtered"] is False
    held = found(tables, listed(species(fluctuates=True)), settings=short)
    assert held[0]["evidence"]["changes"][0]["filtered"] is True
    assert held[0]["evidence"]["span"] is None, "the full series alone"


def test_the_day_it_is_looked_on_decides_what_is_known() -> None:
    tables, known = falling(), listed(species())
    early = found(tables, known, as_of=dt.date(2022, 3, 30))
    assert early[0]["evidence"]["seasons"][-1] == 2020, "the winter 2021/22 is not over"
    assert found(tables, known)[0]["evidence"]["seasons"][-1] == 2021
    assert found(tables, known, as_of=dt.date(2013, 1, 1)) == []


def test_rejected_records_never_count_and_flagged_ones_are_told() -> None:
    records, surveys = falling()
    flagged = records.assign(validation="flagged")
    (row,) = found((flagged, surveys), listed(species()))
    assert "flagged for review" in row["explanation_en"]
    assert row["evidence"]["flagged_records"] > 0
    assert found((records.assign(validation="rejected"), surveys), listed(species())) == []


def test_one_percent_waits_for_a_person() -> None:
    known = listed(species(one_percent=500, flyway="EAAF", one_percent_edition="WPE5"))
    (row,) = found(falling(1.0), known)
    assert (row["rule"], row["outcome"], row["missing"]) == (
        "birds/one_percent", "undecided", ["confirmation"]
    )  # fmt: skip
    assert (row["measure"], row["limit"]) == (1000.0, 500.0)
    assert row["evidence"]["annual_maxima"] == {str(y): 1000.0 for y in range(2017, 2022)}
    assert (row["evidence"]["flyway"], row["evidence"]["edition"]) == ("EAAF", "WPE5")
    assert len(row["evidence"]["records"]) == 20
    assert "EAAF; WPE5" in row["explanation_en"]
    assert found(falling(1.0), listed(species(one_percent=1001))) == []
    assert found(falling(1.0), listed(species())) == []


def test_a_single_count_above_one_percent_makes_no_finding() -> None:
    tables = one_visit_each({"a": [1, 1, 1, 5000, 1, 1, 1, 1, 1], "b": [2] * 9})
    assert found(tables, listed(species(one_percent=2000))) == []


def test_a_first_record_needs_a_history_and_to_be_recent() -> None:
    known = listed(species(CRANE))
    (row,) = found(sighting(dt.date(2022, 5, 1)), known)
    assert (row["rule"], row["outcome"], row["severity"]) == ("birds/first_record", "undecided", 2)
    assert row["occurred_on"] == dt.date(2022, 5, 1)
    assert row["missing"] == ["confirmation"]
    assert "not of all that" in row["explanation_en"]
    assert found(sighting(dt.date(2021, 5, 1)), known) == [], "more than a year ago"
    assert found(sighting(dt.date(2020, 6, 1)), known, as_of=dt.date(2020, 7, 1)) == []
    assert found(sighting(dt.date(2022, 6, 2)), known) == [], "not known yet"
    seen_before, surveys = sighting(dt.date(2022, 5, 1))
    again = seen_before.assign(record_id="before", survey_id="old")
    both = pd.concat([seen_before, again], ignore_index=True)
    assert found((both, surveys), known) == []
    doubted = pd.concat([seen_before, again.assign(validation="rejected")], ignore_index=True)
    assert len(found((doubted, surveys), known)) == 1
    absent = sighting(dt.date(2022, 5, 1), occurrence_status="absent", individual_count=0)
    assert found(absent, known) == []


def test_a_confirmed_record_is_missing_nothing() -> None:
    (row,) = found(sighting(dt.date(2022, 5, 1), validation="accepted"), listed(species(CRANE)))
    assert (row["missing"], row["confidence"]) == ([], "high")
    (row,) = found(sighting(dt.date(2022, 5, 1), validation="flagged"), listed(species(CRANE)))
    assert row["confidence"] == "low"


def test_breeding_is_one_finding_per_species_and_year() -> None:
    known = listed(species(CRANE, protection="I"))
    settings_ = BirdSettings(rules=("birds/breeding",))
    records, surveys = sighting(dt.date(2022, 5, 1), breeding="confirmed")
    more = records.assign(record_id="second", breeding="probable")
    both = pd.concat([more, records], ignore_index=True)
    (row,) = found((both, surveys), known, settings=settings_)
    assert (row["subject"], row["severity"]) == ("grus-grus|2022", 4)
    assert (row["evidence"]["breeding"], row["evidence"]["n"]) == ("confirmed", 2)
    assert row["evidence"]["records"][0]["record_id"] == "r0", "the best evidence first"
    late, day = sighting(dt.date(2022, 8, 1), breeding="probable")
    year = (pd.concat([records, late.assign(record_id="late", survey_id="late")]),
            pd.concat([surveys, day.iloc[-1:].assign(survey_id="late")]))  # fmt: skip
    (row,) = found(year, known, settings=settings_, as_of=dt.date(2023, 7, 1))
    told = (row["evidence"]["breeding"], row["evidence"]["n"], row["occurred_on"])
    assert told == ("confirmed", 2, dt.date(2022, 5, 1)), "what is recent tells of its whole year"
    possible = (records.assign(breeding="possible"), surveys)
    assert found(possible, known, settings=settings_) == []
    assert found((records, surveys), known, settings=settings_, as_of=dt.date(2024, 1, 1)) == []


PLACE = shapely.Point(120.0612, 30.2699)
PLOTS = {"a": Plot(id="a", name=text("甲塘", "Pond A"), lon=120.05, lat=30.26)}


def test_a_place_comes_from_the_record_its_survey_or_its_plot() -> None:
    known = listed(species(CRANE))
    day = dt.date(2022, 5, 1)
    own = sighting(day, geometry=PLACE)
    assert found(own, known, plots=PLOTS)[0]["geometry"] == PLACE
    records, surveys = sighting(day)
    placed = surveys.assign(geometry=np.array([PLACE, shapely.Point(120, 30)], dtype=object))
    assert found((records, placed), known)[0]["geometry"] == shapely.Point(120, 30)
    (row,) = found((records, surveys), known, plots=PLOTS)
    assert row["geometry"] == shapely.Point(120.05, 30.26)
    assert row["evidence"]["plot"] == "a"
    assert found((records, surveys), known)[0]["geometry"] is None


@pytest.mark.parametrize("level", ["1km", "5km", "10km", "withhold"])
def test_places_of_sensitive_species_are_nowhere_in_a_finding(level: str) -> None:
    records, surveys = sighting(dt.date(2022, 5, 1), geometry=PLACE, breeding="confirmed",
                                remarks="nest behind the old pavilion")  # fmt: skip
    surveys = surveys.assign(
        plot="secret-pond", remarks="pavilion", geometry=np.array([PLACE] * 2, dtype=object)
    )
    plots = {"secret-pond": PLOTS["a"]}
    rows = found((records, surveys), listed(species(CRANE, sensitivity=level)), plots=plots)
    assert len(rows) == 2
    for row in rows:
        assert row["geometry"] is None
        whole = json.dumps(row, ensure_ascii=False, default=str)
        for secret in ("secret-pond", "甲塘", "pavilion", "120.06", "30.26"):
            assert secret not in whole
        assert "敏感物种" in row["explanation_zh"]


def test_identifiers_hang_on_the_species_not_on_the_numbers_nor_the_order() -> None:
    known = listed(species())
    (first,) = found(falling(), known)
    (again,) = found(falling(0.9), known)
    assert first["finding_id"] == again["finding_id"]
    records, surveys = falling()
    mixed = (records.sample(frac=1, random_state=1), surveys.sample(frac=1, random_state=2))
    (shuffled,) = found((mixed[0].reset_index(drop=True), mixed[1].reset_index(drop=True)), known)
    assert shuffled["finding_id"] == first["finding_id"]
    assert shuffled["measure"] == pytest.approx(first["measure"])
    assert shuffled["evidence"]["records"] == first["evidence"]["records"]


def test_species_outside_the_checklist_are_left_out_and_nothing_makes_nothing() -> None:
    records, surveys = falling()
    assert found((records, surveys), listed(species(CRANE))) == []
    assert found((records[:0], surveys), listed(species())) == []
    assert found((records[:0], surveys[:0]), listed(species())) == []
    unmatched = records.assign(taxon_id=pd.Series([None] * len(records), dtype="str"))
    assert found((unmatched, surveys), listed(species())) == []


def test_worst_first() -> None:
    bean, crane = falling(0.9), falling(0.8, taxon_id=CRANE)
    both = (pd.concat([bean[0], crane[0]], ignore_index=True), bean[1])
    rows = found(both, listed(species(), species(CRANE, protection="I")))
    assert [row["subject"] for row in rows] == ["grus-grus|winter", "anser-fabalis|winter"]


def test_rules_are_named_in_both_languages_and_can_be_chosen() -> None:
    titles = rule_titles()
    for rule in RULES:
        told = says(rule)
        assert titles[rule].zh
        assert told is not None
        assert told.en
    assert missing_name("confirmation") is not None
    assert missing_name("more_counts") is not None
    assert of_detector({"detector": "birds"})
    assert not of_detector({"detector": "screening"})
    assert "下降" in likelihood_label({"detector": "birds"}).zh
    none = BirdSettings(season=WINTER, rules=())
    assert found(falling(), listed(species()), settings=none) == []


def test_settings_of_a_pack() -> None:
    pack = BirdPack(seasons={"winter": WINTER}, season="winter")
    assert (BirdSettings.of(pack).season, BirdSettings.of(pack).season_id) == (WINTER, "winter")
    assert BirdSettings.of(BirdPack()).season_id == "year"


@settings(max_examples=8)
@given(
    st.lists(st.lists(st.one_of(st.none(), st.integers(0, 400)), min_size=8, max_size=8),
             min_size=1, max_size=4),
    st.sampled_from(["none", "5km"]),
)  # fmt: skip
def test_whatever_the_counts_a_table_comes_out(rows: list[list[int | None]], level: str) -> None:
    tables = one_visit_each({f"p{k}": row for k, row in enumerate(rows)})
    if not len(tables[1]):
        return
    known = listed(species(sensitivity=level, one_percent=100))
    for row in found(tables, known, plots=PLOTS):
        assert 1 <= row["severity"] <= 5
        assert row["explanation_zh"]
        assert row["explanation_en"]
