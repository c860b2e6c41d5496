"""Counts per plot and season, and the highest numbers of the site."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.birds.birdrows import WINTER, one_visit_each, records_of, surveys_of
from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.birds.seasons import (
    NO_SEASON,
    YEAR,
    SeasonSurveys,
    count_table_of,
    first_month,
    season_counts,
    season_end,
    season_years,
    site_maxima,
)
from wetland.birds.species import CountSeason

BEAN = "anser-fabalis"
DAY = dt.date(2024, 1, 15)


def season(*months: int, measure: Any = "max") -> CountSeason:
    return CountSeason(name=text("季", "season"), months=months, measure=measure)


def visit(survey: str, day: dt.date = DAY, plot: str | None = "a", **more: Any) -> dict[str, Any]:
    return {"survey_id": survey, "event_date": day, "plot": plot, **more}


def seen(survey: str, count: float | None, **more: Any) -> dict[str, Any]:
    return {"survey_id": survey, "individual_count": count, **more}


def counted(records: list[dict[str, Any]], surveys: list[dict[str, Any]],
            which: CountSeason = WINTER) -> list[tuple[str, int, float]]:  # fmt: skip
    found = season_counts(records_of(records), surveys_of(surveys), which, taxon_id=BEAN)
    return list(found[["plot", "season", "count"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("months", "first"),
    [((11, 12, 1, 2, 3), 11), ((1, 2, 3, 11, 12), 11), ((12,), 12), ((4, 5, 6, 7), 4),
     (tuple(range(1, 13)), 1), ((7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6), 7),
     ((3, 4, 9, 10), 3), ((9, 10, 3, 4), 9), ((12, 1, 2, 2), 12)],
)  # fmt: skip
def test_a_season_begins_after_the_longest_gap(months: tuple[int, ...], first: int) -> None:
    assert first_month(months) == first


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12, unique=True), st.dates(
    dt.date(1900, 1, 1), dt.date(2199, 12, 31)))  # fmt: skip
def test_every_day_of_a_season_is_before_its_end(months: list[int], day: dt.date) -> None:
    which = season(*months)
    year = int(season_years([day], which)[0])
    if day.month not in months:
        assert year == NO_SEASON
        return
    assert day <= season_end(year, which)
    assert day > season_end(year - 1, which)
    assert year in (day.year, day.year - 1)


def test_not_surveyed_has_no_row_and_not_found_is_0() -> None:
    records, surveys = one_visit_each({"a": [3, None, 0], "b": [0, 2, None]})
    found = season_counts(records, surveys, WINTER, taxon_id=BEAN)
    assert found[["plot", "season", "count"]].to_numpy().tolist() == [
        ["a", 2010, 3.0], ["a", 2012, 0.0], ["b", 2010, 0.0], ["b", 2011, 2.0]
    ]  # fmt: skip
    assert found["surveys"].tolist() == [1, 1, 1, 1]


def test_a_survey_of_some_species_tells_nothing_of_the_others() -> None:
    surveys = [visit("v1", complete=False), visit("v2", plot="b", complete=None),
               visit("v3", plot="c", complete=False)]  # fmt: skip
    records = [seen("v3", 0, occurrence_status="absent")]
    assert counted(records, surveys) == [("c", 2023, 0.0)]


def test_sexes_and_ages_of_one_survey_are_added() -> None:
    records = [seen("v1", 2, sex="male"), seen("v1", 3, sex="female"), seen("v1", 4,
               taxon_id="grus-grus")]  # fmt: skip
    assert counted(records, [visit("v1")]) == [("a", 2023, 5.0)]


@pytest.mark.parametrize(("measure", "count"), [("max", 9.0), ("mean", 5.0), ("sum", 15.0)])
def test_the_measure_of_a_season(measure: str, count: float) -> None:
    surveys = [visit(f"v{k}", dt.date(2024, k, 3)) for k in (1, 2, 3)]
    records = [seen("v1", 9), seen("v2", 6)]
    assert counted(records, surveys, season(11, 12, 1, 2, 3, measure=measure)) == [
        ("a", 2023, count)
    ]


def test_rejected_records_are_neither_counts_nor_absences() -> None:
    records = [seen("v1", 900, validation="rejected"), seen("v2", 900, validation="rejected"),
               seen("v3", 4)]  # fmt: skip
    surveys = [visit("v1"), visit("v2", plot="b"), visit("v3", dt.date(2024, 2, 1), plot="b")]
    assert counted(records, surveys) == [("b", 2023, 4.0)]


def test_a_rejected_absence_leaves_the_survey_as_it_is() -> None:
    records = [seen("v1", 0, occurrence_status="absent", validation="rejected")]
    assert counted(records, [visit("v1")]) == [("a", 2023, 0.0)]


def test_flagged_records_count_and_are_told() -> None:
    records = records_of([seen("v1", 7, validation="flagged"), seen("v2", 3)])
    surveys = surveys_of([visit("v1"), visit("v2", dt.date(2025, 1, 2), plot="b"),
                          visit("v3", dt.date(2025, 1, 2))])  # fmt: skip
    found = season_counts(records, surveys, WINTER, taxon_id=BEAN)
    assert found["count"].tolist() == [7.0, 0.0, 3.0]
    assert found["flagged"].tolist() == [1, 0, 0]
    told = " ".join(note.en for note in count_table_of(found).notes)
    assert "flagged for review" in told
    assert "invented" in told


def test_birds_that_nobody_counted() -> None:
    uncounted = {"count_qualifier": "present"}
    surveys = [visit("v1"), visit("v2", dt.date(2024, 2, 1)), visit("v3", plot="b"),
               visit("v4", dt.date(2024, 2, 1), plot="b")]  # fmt: skip
    records = [seen("v1", None, **uncounted), seen("v2", 5), seen("v3", None, **uncounted)]
    assert counted(records, surveys) == [("a", 2023, 5.0)], "b: seen, so its 0 of v4 is no maximum"
    assert counted(records, surveys, season(1, 2, measure="mean")) == []


def test_surveys_outside_the_season_or_longer_than_it_are_left_out() -> None:
    surveys = surveys_of([
        visit("v1", dt.date(2024, 5, 1)), visit("v2", dt.date(2024, 1, 1),
                                                event_end=dt.date(2024, 12, 31)),
        visit("v3", dt.date(2024, 1, 1), event_end=dt.date(2024, 1, 31)),
    ])  # fmt: skip
    dated = SeasonSurveys.of(surveys, WINTER)
    assert dated.surveys["survey_id"].tolist() == ["v3"]
    assert dated.left_out == 2
    assert SeasonSurveys.of(surveys, YEAR).left_out == 0
    assert len(SeasonSurveys.of(surveys, WINTER, until=dt.date(2024, 3, 30)).surveys) == 0
    assert len(SeasonSurveys.of(surveys, WINTER, until=dt.date(2024, 3, 31)).surveys) == 1


def test_a_park_total_is_no_set_of_plots() -> None:
    whole = surveys_of([visit(f"v{y}", dt.date(y, 1, 3), plot=None) for y in (2020, 2021)])
    records = records_of([seen("v2020", 3), seen("v2021", 4)])
    with pytest.raises(InputError, match="no counts"):
        count_table_of(season_counts(records, whole, WINTER, taxon_id=BEAN))
    one = one_visit_each({"park": [3, 4, 5]})
    with pytest.raises(InputError, match="total of a park"):
        count_table_of(season_counts(*one, WINTER, taxon_id=BEAN))


def test_the_highest_number_of_a_site_is_that_of_one_day() -> None:
    surveys = [visit("a1"), visit("b1", plot="b"), visit("a2", dt.date(2024, 1, 16)),
               visit("b2", dt.date(2024, 1, 16), plot="b"), visit("again")]  # fmt: skip
    records = [seen("a1", 10), seen("b1", 20), seen("a2", 25), seen("b2", 1), seen("again", 12)]
    found = site_maxima(records_of(records), surveys_of(surveys), WINTER, taxon_id=BEAN)
    assert found["count"].tolist() == [32.0], "12 + 20 of the 15th, not 25 + 20 of two days"
    assert found["day"].tolist() == [DAY]
    assert found["occasions"].tolist() == [2]
    assert sorted(found["records"][0]) == ["r1", "r4"]


def test_visits_of_one_event_are_one_count_of_the_site() -> None:
    surveys = [visit("a1", parent_event_id="round 1"),
               visit("b1", dt.date(2024, 1, 16), plot="b", parent_event_id="round 1"),
               visit("w", dt.date(2024, 2, 1), plot=None)]  # fmt: skip
    records = [seen("a1", 10), seen("b1", 20), seen("w", 28), seen("w", 1)]
    found = site_maxima(records_of(records), surveys_of(surveys), WINTER, taxon_id=BEAN)
    assert found["count"].tolist() == [30.0]
    assert found["day"].tolist() == [DAY]


def test_a_parent_event_of_a_whole_winter_is_no_single_count() -> None:
    """Birds that move from one plot to another would count twice, and reach 1 % by that."""
    winter = {"parent_event_id": "winter 2023/24"}
    surveys = [visit("a1", **winter), visit("b1", plot="b", **winter),
               visit("b2", dt.date(2024, 2, 20), plot="b", **winter)]  # fmt: skip
    records = [seen("a1", 10), seen("b1", 5), seen("b2", 12)]
    found = site_maxima(records_of(records), surveys_of(surveys), WINTER, taxon_id=BEAN)
    assert found["count"].tolist() == [15.0], "the 15th of January, not 10 + 12 of two months"
    own = [visit("a1", parent_event_id="a"), visit("b1", plot="b", parent_event_id="b")]
    found = site_maxima(records_of(records[:2]), surveys_of(own), WINTER, taxon_id=BEAN)
    assert found["count"].tolist() == [15.0], "a parent of each plot does not part a day"


def test_visits_known_by_their_month_are_not_added() -> None:
    january = {"event_end": dt.date(2024, 1, 31)}
    surveys = [visit("a1", dt.date(2024, 1, 1), **january),
               visit("b1", dt.date(2024, 1, 1), plot="b", **january)]  # fmt: skip
    records = records_of([seen("a1", 10), seen("b1", 12)])
    found = site_maxima(records, surveys_of(surveys), WINTER, taxon_id=BEAN)
    assert found["count"].tolist() == [12.0]


def test_a_number_that_belies_its_status_is_neither() -> None:
    for status, number in (("present", 0), ("absent", 12)):
        one = seen("v1", number, occurrence_status=status)
        assert counted([one], [visit("v1")]) == []
        assert counted([one, seen("v2", 7)], [visit("v1"), visit("v2")]) == [("a", 2023, 7.0)]


def test_a_name_nobody_matched_is_no_absence_of_what_it_may_mean() -> None:
    flags = [{"test": "unmatched", "numbers": {"name": "豆鴈", "suggestions": [BEAN]}}]
    told = {"taxon_id": None, "match": "none", "flags": json.dumps(flags)}
    surveys = surveys_of([visit("v1"), visit("v2", plot="b"), visit("v3", plot="c")])
    records = records_of([seen("v1", 9, **told), seen("v2", 5), seen("v2", 9, **told)])
    dated = SeasonSurveys.of(surveys, WINTER, records=records)
    found = season_counts(records, dated, taxon_id=BEAN)
    assert dict(zip(found["plot"], found["count"], strict=True)) == {"b": 5.0, "c": 0.0}
    other = season_counts(records, dated, taxon_id="anser-anser")
    assert other["count"].tolist() == [0.0, 0.0, 0.0]
    rejected = records.assign(validation="rejected")
    assert not SeasonSurveys.of(surveys, WINTER, records=rejected).in_doubt


def test_a_season_that_begins_before_the_days_asked_for_is_left_out() -> None:
    surveys = surveys_of([visit("v1"), visit("v2", dt.date(2024, 11, 1))])
    dated = SeasonSurveys.of(surveys, WINTER, since=dt.date(2024, 1, 1))
    assert dated.surveys["survey_id"].tolist() == ["v2"]
    assert len(SeasonSurveys.of(surveys, WINTER, since=dt.date(2023, 11, 1)).surveys) == 2


def test_upper_limits_are_no_maxima_and_empty_seasons_have_no_row() -> None:
    records = [seen("v1", 5000, count_qualifier="at_most"), seen("v2", 3)]
    surveys = [visit("v1"), visit("v2", dt.date(2025, 1, 1)), visit("v3", dt.date(2026, 1, 1))]
    found = site_maxima(records_of(records), surveys_of(surveys), WINTER, taxon_id=BEAN)
    assert dict(zip(found["season"], found["count"], strict=True)) == {2024: 3.0, 2025: 0.0}


def test_no_rows_at_all() -> None:
    records, surveys = one_visit_each({"a": [3]})
    assert not len(season_counts(records[:0], surveys[:0], WINTER, taxon_id=BEAN))
    assert not len(site_maxima(records[:0], surveys[:0], WINTER, taxon_id=BEAN))
    assert season_counts(records[:0], surveys, WINTER, taxon_id=BEAN)["count"].tolist() == [0.0]


@settings(max_examples=25)
@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=3, max_size=3),
                min_size=2, max_size=4))  # fmt: skip
def test_counts_come_back_whatever_their_order(rows: list[list[int | None]]) -> None:
    counts = {f"p{k}": row for k, row in enumerate(rows)}
    if not any(count is not None for row in rows for count in row):
        return
    records, surveys = one_visit_each(counts)
    rng = np.random.default_rng(len(rows))
    mixed = surveys.iloc[rng.permutation(len(surveys))].reset_index(drop=True)
    found = season_counts(records, mixed, WINTER, taxon_id=BEAN)
    told = {(plot, year): n for plot, year, n in
            found[["plot", "season", "count"]].itertuples(index=False, name=None)}  # fmt: skip
    assert told == {
        (plot, 2010 + k): float(n) for plot, row in counts.items()
        for k, n in enumerate(row) if n is not None
    }  # fmt: skip


def test_plots_of_sensitive_species_are_not_named() -> None:
    surveys = [visit(f"{p}{y}", dt.date(y, 1, 5), p, complete=True)
               for p in "ab" for y in (2020, 2021)]  # fmt: skip
    records = [seen(f"b{y}", 4) for y in (2020, 2021)]
    found = season_counts(records_of(records), surveys_of(surveys), season(1), taxon_id=BEAN)
    with pytest.raises(InputError, match=r"\(b\)"):
        count_table_of(found)
    with pytest.raises(InputError, match=r"\(#1\)"):
        count_table_of(found, named=False)
    three = pd.concat([found, found[found["plot"] == "b"].assign(plot="c")])
    assert count_table_of(three, named=False).sites == ("#1", "#2")
    assert "#3" in " ".join(note.en for note in count_table_of(three, named=False).notes)
