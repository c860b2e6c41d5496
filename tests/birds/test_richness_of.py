"""Species per year, season and plot with their effort, and at equal completeness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.base.tables import DTYPES, TableSchema
from wetland.base.texts import text
from wetland.birds.checklist import Checklist
from wetland.birds.curves import Chance
from wetland.birds.hill import hill_number, of_units
from wetland.birds.richness import chao2
from wetland.birds.richnessof import RICHNESS_COLUMNS, RichnessSettings, richness_of
from wetland.birds.species import BirdPack, CountSeason, Species
from wetland.birds.standardised import standardise
from wetland.birds.tables import BIRD_RECORDS, BIRD_SURVEYS

NAMES = ("egret", "heron", "teal", "coot", "grebe")
CHECKLIST = Checklist.of(
    BirdPack(species=tuple(Species(id=n, scientific_name=f"Avis {n}") for n in NAMES))
)
# A visit: plot, first day, last day, minutes, km, complete, and the species with their counts.
Visit = tuple[str | None, str, str, float | None, float | None, bool | None, dict[str, float]]
NO_DRAWS = RichnessSettings(draws=0)


def frame(schema: TableSchema, rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=schema.names)
    return made.astype({c.name: DTYPES[c.kind] for c in schema.columns})


def birds(visits: Sequence[Visit], **more: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    surveys: list[dict[str, object]] = []
    records: list[dict[str, object]] = []
    for k, (plot, first, last, minutes, km, complete, seen) in enumerate(visits):
        surveys.append(
            {
                "survey_id": f"e{k}", "site": "x", "source_id": "s", "plot": plot,
                "event_date": dt.date.fromisoformat(first), "complete": complete,
                "event_end": dt.date.fromisoformat(last), "duration_min": minutes,
                "distance_km": km, "content": "c", "synthetic": False,
            }
        )  # fmt: skip
        for name, count in seen.items():
            records.append(
                {
                    "record_id": f"e{k}-{name}", "site": "x", "source_id": "s",
                    "survey_id": f"e{k}", "name_received": name, "match": "exact",
                    "taxon_id": None if name == "unknown" else name, "count_qualifier": "exact",
                    "occurrence_status": "present" if count else "absent", "content": "c",
                    "individual_count": count, "validation": "unreviewed", **more,
                }
            )  # fmt: skip
    return frame(BIRD_RECORDS, records), frame(BIRD_SURVEYS, surveys)


def visit(plot: str, day: str, *names: str) -> Visit:
    return plot, day, day, 60.0, 2.0, True, dict.fromkeys(names, 1.0)


def test_what_counts_as_a_species() -> None:
    records, surveys = birds(
        [
            ("p", "2023-01-05", "2023-01-05", 60, 1.5, True, {"egret": 3, "heron": 0, "teal": 1}),
            ("p", "2023-02-05", "2023-02-05", None, None, None, {"unknown": 9, "coot": 2}),
            ("q", "2024-01-05", "2024-01-05", 30, 0.5, False, {"grebe": 1, "egret": 1}),
            ("q", "2023-12-31", "2024-01-01", 30, 0.5, True, {"grebe": 1}),
            (None, "2024-03-01", "2024-03-01", 90, None, True, {}),
        ]
    )
    records.loc[records["taxon_id"] == "teal", "validation"] = "rejected"
    records.loc[records["taxon_id"] == "coot", "validation"] = "flagged"
    found = richness_of(records, surveys, CHECKLIST, settings=NO_DRAWS)
    assert list(found.columns) == list(RICHNESS_COLUMNS)
    assert found["period"].tolist() == ["2023", "2024"]
    assert found["observed"].tolist() == [2, 2]  # egret and coot; grebe and egret
    assert found["surveys"].tolist() == [2, 2]
    assert found["units"].tolist() == [2, 1]
    assert found["hours"].tolist() == [1.0, 2.0]
    assert found["without_hours"].tolist() == [1, 0]
    assert found["km"].tolist() == [1.5, 0.5]
    assert found["without_km"].tolist() == [1, 1]
    assert found["unmatched"].tolist() == [1, 0]
    assert found["flagged"].tolist() == [1, 0]
    assert found["standardised"].isna().all()
    assert found["chao2"].isna().tolist() == [False, True]  # one unit says nothing of the unseen
    told = " ".join(note.en for note in found.attrs["notes"])
    for words in (
        "1 surveys go over the period", "1 records without a matched name",
        "1 records flagged", "1 surveys did not list all species",
        "not compared (fewer than 3 complete surveys, or each species met once): 2023, 2024",
    ):  # fmt: skip
        assert words in told
    plots = richness_of(records, surveys, CHECKLIST, per="plot", settings=NO_DRAWS)
    assert plots["period"].tolist() == ["p", "q"]
    assert plots["observed"].tolist() == [2, 2]


def test_more_visits_find_more_and_coverage_makes_them_equal() -> None:
    """Two years of one community, one with four times the visits: equal coverage agrees."""
    rng = np.random.default_rng(11)
    chances = dict(zip(NAMES, (0.9, 0.7, 0.5, 0.3, 0.15), strict=True))
    visits = []
    for when, times in ((2023, 6), (2024, 24)):
        for k in range(times):
            seen = [name for name in NAMES if rng.random() < chances[name]]
            visits.append(visit("p", f"{when}-{k % 12 + 1:02d}-{k // 12 + 1:02d}", *seen))
    records, surveys = birds(visits)
    how = RichnessSettings(draws=40, seed=3)
    found = richness_of(records, surveys, CHECKLIST, settings=how).set_index("period")
    parts, tables = {}, {}
    for year in ("2023", "2024"):
        of_year = surveys[[day.year == int(year) for day in surveys["event_date"]]]["survey_id"]
        table = [
            [
                ((records["survey_id"] == e) & (records["taxon_id"] == n)).any()
                for n in sorted(NAMES)
            ]
            for e in of_year
        ]
        tables[year] = table
        parts[year] = of_units(np.array(table, dtype=float))
    rows = standardise(parts, orders=(0,), chance=Chance(40, 3))
    for row in rows:
        got = found.loc[row.name]
        values = [got["standardised"], got["lower"], got["upper"], got["level"]]
        assert values == pytest.approx([row.value, row.lower, row.upper, row.level])
        assert got["region"] == row.region
        estimated = chao2(np.array(tables[row.name], dtype=float))
        assert [got["chao2"], got["chao2_lower"], got["chao2_upper"]] == pytest.approx(
            [float(estimated.value), float(estimated.lower), float(estimated.upper)]
        )
    few = richness_of(
        records, surveys, CHECKLIST, settings=RichnessSettings(by="surveys", draws=0)
    ).set_index("period")
    assert few["level"].tolist() == [12, 12]
    expected = float(hill_number(parts["2024"], 0, 12)[0])
    assert few.loc["2024", "standardised"] == pytest.approx(expected)
    hours = richness_of(
        records, surveys, CHECKLIST, settings=RichnessSettings(by="hours", draws=0)
    ).set_index("period")
    assert hours["standardised"].tolist() == pytest.approx(few["standardised"].tolist())


def test_hours_need_the_duration_of_every_survey() -> None:
    visits = [visit("p", f"2023-0{k}-01", "egret", "heron") for k in range(1, 5)]
    visits += [visit("p", f"2024-0{k}-01", "egret") for k in range(1, 5)]
    visits[0] = ("p", "2023-01-01", "2023-01-01", None, None, True, {"egret": 1})
    found = richness_of(
        *birds(visits), CHECKLIST, settings=RichnessSettings(by="hours", draws=0)
    )  # fmt: skip
    assert np.isnan(found["standardised"].iloc[0])
    assert found["standardised"].iloc[1] == pytest.approx(1)
    assert any("no duration: 2023" in note.en for note in found.attrs["notes"])


def test_seasons_are_named_by_the_year_they_begin_in() -> None:
    visits = [
        visit("p", day, "egret")
        for day in ("2023-11-20", "2024-01-05", "2024-03-31", "2024-05-01", "2024-12-01")
    ]
    records, surveys = birds(visits)
    winter = CountSeason(name=text("冬季", "winter"), months=(11, 12, 1, 2, 3))
    how = RichnessSettings(season=winter, draws=0)
    found = richness_of(records, surveys, CHECKLIST, per="season", settings=how)
    assert found["period"].tolist() == ["2023/24", "2024/25"]
    assert found["surveys"].tolist() == [3, 1]
    assert any("1 surveys go over" in note.en for note in found.attrs["notes"])
    quarters = richness_of(records, surveys, CHECKLIST, per="season", settings=NO_DRAWS)
    assert quarters["period"].tolist() == [
        "2023 09–11", "2023/24 12–02", "2024 03–05", "2024/25 12–02",
    ]  # fmt: skip
    assert quarters["surveys"].sum() == 5


def test_invented_data_say_so_and_nothing_is_nothing() -> None:
    records, surveys = birds([visit("p", "2023-01-01", "egret")])
    surveys["synthetic"] = pd.array([True], dtype="boolean")
    found = richness_of(records, surveys, CHECKLIST, settings=NO_DRAWS)
    assert found["synthetic"].tolist() == [True]
    assert any("invented" in note.en for note in found.attrs["notes"])
    none = richness_of(*birds([]), CHECKLIST, settings=NO_DRAWS)
    assert none.empty
    assert list(none.columns) == list(RICHNESS_COLUMNS)
    other = Checklist.of(BirdPack())  # a checklist without the species: nothing is one
    alone = richness_of(records, surveys, other, settings=NO_DRAWS)
    assert (alone["observed"].tolist(), alone["unmatched"].tolist()) == ([0], [1])


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.integers(2020, 2023), st.sets(st.sampled_from(NAMES))), min_size=1, max_size=25
    ),
    st.sampled_from(["coverage", "surveys", "hours"]),
)
def test_properties(rows: list[tuple[int, set[str]]], by: str) -> None:
    """Observed richness is that of the records, whatever else; comparing never fails."""
    visits = [visit("p", f"{year}-06-{k % 28 + 1:02d}", *seen)
              for k, (year, seen) in enumerate(rows)]  # fmt: skip
    how = RichnessSettings(by=by, draws=0)  # type: ignore[arg-type]
    found = richness_of(*birds(visits), CHECKLIST, settings=how)
    for row in found.to_dict("records"):
        seen = set().union(*(names for year, names in rows if str(year) == row["period"]))
        assert row["observed"] == len(seen)
        assert row["surveys"] == sum(str(year) == row["period"] for year, _ in rows)
        if not np.isnan(row["standardised"]):
            assert row["standardised"] >= 0
            assert row["units"] >= 3
            if row["region"] == "observed":
                assert row["standardised"] == pytest.approx(len(seen))


@pytest.mark.parametrize(
    "wrong",
    [{"per": "decade"}, {"settings": RichnessSettings(by="money")}],  # type: ignore[arg-type]
)
def test_wrong_input_is_said(wrong: dict[str, object]) -> None:
    records, surveys = birds([visit("p", "2023-01-01", "egret")])
    with pytest.raises(InputError):
        richness_of(records, surveys, CHECKLIST, **wrong)  # type: ignore[arg-type]
