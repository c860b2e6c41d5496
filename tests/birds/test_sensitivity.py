"""Where sensitive species were seen: hidden from roles that may not know, in every column."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from wetland.base.checks import check_table, coerce, empty
from wetland.base.findings import FINDINGS
from wetland.birds.blurgrid import CELL_KM, cell_of
from wetland.birds.checklist import Checklist
from wetland.birds.sensitivefindings import blur_findings
from wetland.birds.sensitivity import blur, may_see
from wetland.birds.species import BirdPack, Species, Synonym
from wetland.birds.tables import BIRD_RECORDS, BIRD_SURVEYS

PACK = BirdPack(
    species=(
        Species(id="egretta-garzetta", scientific_name="Egretta garzetta", name_zh="白鹭"),
        Species(id="aythya-baeri", scientific_name="Aythya baeri", name_zh="青头潜鸭",
                name_en="Baer's Pochard", sensitivity="5km", codes=("bp",)),
        Species(id="hydrophasianus-chirurgus", scientific_name="Hydrophasianus chirurgus",
                name_zh="水雉", sensitivity="1km"),
        Species(id="otus-secretus", scientific_name="Otus secretus", sensitivity="withhold"),
    ),
    synonyms=(Synonym(name="青头鸭", id="aythya-baeri"),),
)  # fmt: skip
LISTED = Checklist.of(PACK)
DAY = dt.date(2024, 5, 4)


def survey(survey_id: str, lon: float = 120.0705, lat: float = 30.2722, **more: Any) -> Any:
    return {
        "survey_id": survey_id, "site": "xixi", "source_id": "secretsource", "source_row": 3,
        "event_id": "secretevent", "plot": "secretplot", "event_date": DAY, "event_end": DAY,
        "event_at": pd.Timestamp("2024-05-04T06:12:13Z"), "sampling_protocol": "line",
        "duration_min": 63.5, "observers": "secretobserver", "complete": True, "habitat": "pond",
        "geometry": Point(lon, lat), "uncertainty_m": 12.0, "remarks": "secretremark",
        "extra": '{"a": "secretextra"}', "synthetic": False, "content": "secretdigest",
    } | more  # fmt: skip


def record(record_id: str, survey_id: str, taxon_id: str | None, **more: Any) -> Any:
    return {
        "record_id": record_id, "site": "xixi", "source_id": "secretsource", "source_row": 7,
        "survey_id": survey_id, "occurrence_id": f"secretocc{record_id}",
        "name_received": "secretname", "taxon_id": taxon_id, "match": "exact",
        "occurrence_status": "present", "individual_count": 2.0, "count_qualifier": "exact",
        "count_received": "2 secretcount", "behavior": "secretbehaviour",
        "recorded_by": "secretobserver", "media": '[{"identifier": "secretmedia"}]',
        "geometry": None, "remarks": "secretremark", "flags": '[{"test": "secretflag"}]',
        "validation": "unreviewed", "extra": '{"b": "secretextra"}', "synthetic": False,
        "content": "secretdigest",
    } | more  # fmt: skip


def tables(surveys: list[Any], records: list[Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    return (
        coerce(BIRD_SURVEYS, pd.DataFrame(surveys)),
        coerce(BIRD_RECORDS, pd.DataFrame(records)),
    )


SURVEYS, RECORDS = tables(
    [survey("s1"), survey("s2", 120.046, 30.268), survey("s3", 120.0535, 30.2612)],
    [
        record("r1", "s1", "egretta-garzetta"),
        record("r2", "s1", "hydrophasianus-chirurgus"),
        record("r3", "s2", "hydrophasianus-chirurgus", occurrence_status="absent",
               individual_count=0.0),
        record("r4", "s2", "egretta-garzetta"),
        record("r5", "s3", "aythya-baeri", geometry=Point(120.0801, 30.2801), uncertainty_m=5.0),
        record("r6", "s3", None, match="none", name_received="Aythya cf. baeri"),
        record("r7", "s1", None, match="none", name_received="otus secretuss"),
        record("r8", "s1", None, match="none", name_received="什么鸟"),
    ],
)  # fmt: skip


def public(surveys: pd.DataFrame = SURVEYS, records: pd.DataFrame = RECORDS) -> Any:
    return blur(surveys, records, LISTED, role=None, exact_roles=("ecologist",))


def test_a_role_that_may_see_sees_everything() -> None:
    surveys, records = blur(SURVEYS, RECORDS, LISTED, role="ecologist", exact_roles=("ecologist",))
    pd.testing.assert_frame_equal(surveys.drop(columns="blurred"), SURVEYS)
    pd.testing.assert_frame_equal(records.drop(columns="blurred"), RECORDS)
    assert not surveys["blurred"].any()
    assert not records["blurred"].any()


@pytest.mark.parametrize("role", [None, "", "public", "Ecologist", "manager"])
def test_others_do_not(role: str | None) -> None:
    assert not may_see(role, ("ecologist",))
    _, records = blur(SURVEYS, RECORDS, LISTED, role=role, exact_roles=("ecologist",))
    assert records["blurred"].sum() == 5


def test_nothing_of_a_hidden_record_tells_where_it_was() -> None:
    surveys, records = public()
    hidden = records[records["blurred"]]
    assert sorted(hidden["taxon_id"].dropna()) == [
        "aythya-baeri", "hydrophasianus-chirurgus", "hydrophasianus-chirurgus",
    ]  # fmt: skip
    words = hidden.to_csv() + surveys[surveys["blurred"]].to_csv()
    assert "secret" not in words.replace("Otus secretus", "")
    for old in [*SURVEYS["survey_id"], *RECORDS["record_id"]]:
        assert f",{old}," not in words
    generalised = surveys[surveys["blurred"]]
    for column in ("plot", "event_id", "event_at", "duration_min", "observers", "habitat",
                   "source_row", "sampling_protocol", "complete", "remarks", "extra"):  # fmt: skip
        assert generalised[column].isna().all(), column
    assert set(hidden["survey_id"]) == set(generalised["survey_id"])
    assert set(generalised["event_date"]) == {DAY}
    assert list(hidden["individual_count"].dropna()).count(0.0) == 1


def test_identifiers_cannot_be_tried_out_against_what_stays() -> None:
    """The same sighting at another plot of the same cell has the same identifiers."""
    near = tables([survey("s1", 120.0705, 30.2722), survey("s9", 120.0709, 30.2712)],
                  [record("a", "s1", "hydrophasianus-chirurgus")])  # fmt: skip
    other = near[0], coerce(BIRD_RECORDS, near[1].assign(survey_id="s9", record_id="b"))
    one, two = public(*near), public(*other)
    shown = one[1].columns
    pd.testing.assert_frame_equal(one[1][shown], two[1][shown])
    assert list(one[0]["survey_id"])[-1] == list(two[0]["survey_id"])[-1]


def test_places_are_centres_of_cells_and_the_rest_stays_exact() -> None:
    surveys, records = public()
    by_taxon = records[records["blurred"]].set_index("taxon_id")
    duck = by_taxon.loc["aythya-baeri"]
    cell = cell_of(120.0801, 30.2801, "5km")
    assert cell is not None
    assert (duck["geometry"].x, duck["geometry"].y) == (cell.lon, cell.lat)
    assert duck["uncertainty_m"] == cell.uncertainty_m == 3536
    kept = surveys[~surveys["blurred"]].set_index("survey_id")
    assert list(kept.index) == ["s1", "s2"]  # s3 held sensitive species alone
    assert kept.loc["s1", "geometry"] == Point(120.0705, 30.2722)
    assert kept.loc["s1", "plot"] == "secretplot"
    egret = records[records["taxon_id"] == "egretta-garzetta"]
    assert list(egret["survey_id"]) == ["s1", "s2"]
    assert list(egret["remarks"]) == ["secretremark"] * 2


def test_gaps_and_remarks_of_what_stays_do_not_tell_either() -> None:
    surveys, records = public()
    assert records["source_row"].isna().all()
    assert surveys["source_row"].isna().all()
    assert surveys["remarks"].isna().all()
    assert list(records.index) == list(range(len(records)))
    assert list(records["blurred"]) == sorted(records["blurred"])  # hidden rows are not in between


def test_a_name_nobody_matched_is_hidden_like_what_it_resembles() -> None:
    _, records = public()
    names = records.set_index("name_received")["blurred"]
    assert names["Aythya baeri ?"]
    assert names["Otus secretus ?"]
    assert not names["什么鸟"]
    owl = records[records["name_received"] == "Otus secretus ?"].iloc[0]
    assert owl["geometry"] is None
    assert pd.isna(owl["uncertainty_m"])


@pytest.mark.parametrize(
    "words", ["莲花滩有青头潜鸭两只", "2 Baer’s Pochards", "青头鸭", "A. BAERI"]
)
def test_texts_that_name_a_sensitive_species_are_emptied(words: str) -> None:
    escaped = json.dumps({"note": words})
    _, records = public(*tables(
        [survey("s1")],
        [record("a", "s1", "egretta-garzetta", remarks=words, extra=escaped),
         record("b", "s1", "egretta-garzetta", remarks="晴")],
    ))  # fmt: skip
    assert records["remarks"].isna().tolist() == [True, False]
    assert records["extra"].isna().tolist() == [True, False]
    assert not records["blurred"].any()


def test_tables_keep_their_form() -> None:
    surveys, records = public()
    for schema, frame in ((BIRD_SURVEYS, surveys), (BIRD_RECORDS, records)):
        checked, problems = check_table(schema, frame.drop(columns="blurred"))
        assert len(checked) == len(frame)
        assert problems.empty
        assert frame.drop(columns="blurred").dtypes.equals(empty(schema).dtypes)


def test_empty_tables_and_sites_without_sensitive_species() -> None:
    surveys, records = public(empty(BIRD_SURVEYS), empty(BIRD_RECORDS))
    assert len(surveys) == len(records) == 0
    plain = Checklist.of(BirdPack(species=PACK.species[:1]))
    surveys, records = blur(SURVEYS, RECORDS, plain, role=None, exact_roles=())
    pd.testing.assert_frame_equal(records.drop(columns="blurred"), RECORDS)


def visits(*days: tuple[str, dt.date], cell: float = 0.0) -> list[dict[str, Any]]:
    """Return one survey per place and day, all of them within one cell of 5 km."""
    lons = {"P1": 120.070, "P2": 120.075, "P3": 120.080, "P4": 120.085}
    return [
        survey(f"v{i}", lons[plot] + cell, 30.28, plot=plot, event_date=day, event_end=day)
        for i, (plot, day) in enumerate(days)
    ]  # fmt: skip


DAY2, LATER, OTHER_YEAR = dt.date(2024, 5, 9), dt.date(2024, 9, 1), dt.date(2020, 1, 1)


@pytest.mark.parametrize(
    ("others", "shown"),
    [
        ([], (DAY, DAY)),  # the only place of the cell: the day tells no more than the cell
        ([("P2", DAY), ("P3", DAY)], (DAY, DAY)),
        ([("P2", DAY)], (DAY, DAY)),  # all places of the cell were visited on it
        ([("P2", DAY), ("P3", DAY2)], (dt.date(2024, 5, 1), dt.date(2024, 5, 31))),
        ([("P2", DAY2), ("P3", LATER)], (dt.date(2024, 1, 1), dt.date(2024, 12, 31))),
        ([("P2", LATER)], (dt.date(2024, 1, 1), dt.date(2024, 12, 31))),
        ([("P2", OTHER_YEAR), ("P3", OTHER_YEAR)], (dt.date(2024, 1, 1), dt.date(2024, 12, 31))),
    ],
)
def test_days_do_not_single_out_a_plot(
    others: list[tuple[str, dt.date]], shown: tuple[dt.date, dt.date]
) -> None:
    held = visits(("P1", DAY), *others)
    seen = [record(f"e{i}", s["survey_id"], "egretta-garzetta") for i, s in enumerate(held)]
    surveys, _ = public(*tables(held, [*seen, record("r", "v0", "aythya-baeri")]))
    (told,) = surveys.loc[surveys["blurred"], ["event_date", "event_end"]].to_numpy().tolist()
    assert tuple(told) == shown


@pytest.mark.parametrize("taxon", ["aythya-baeri", "otus-secretus", None])
@pytest.mark.parametrize("same_day", [True, False])
def test_what_is_shown_is_the_same_whichever_survey_met_it(
    taxon: str | None, *, same_day: bool
) -> None:
    """Surveys of four plots in May: the public tables do not depend on which held the sighting."""
    days = [DAY] * 4 if same_day else [dt.date(2024, 5, d) for d in (1, 9, 20, 31)]
    held = visits(*zip(["P1", "P2", "P3", "P4"], days, strict=True))
    egrets = [record(f"e{i}", f"v{i}", "egretta-garzetta") for i in range(4)]
    shown = []
    for i in range(4):
        name = {} if taxon else {"match": "none", "name_received": "Aythya bearii"}
        met = record(f"x{i}", f"v{i}", taxon, occurrence_id=f"o{i}", source_row=i + 10, **name)
        shown.append(public(*tables(held, [*egrets[: i + 1], met, *egrets[i + 1 :]])))
    for surveys, records in shown[1:]:
        pd.testing.assert_frame_equal(surveys, shown[0][0])
        pd.testing.assert_frame_equal(records, shown[0][1])
    assert shown[0][1]["blurred"].sum() == 1


def test_places_of_other_cells_do_not_count_but_where_nothing_is_told() -> None:
    far = [survey(f"f{i}", 121.0 + i / 10, 31.0, plot=f"F{i}") for i in range(3)]
    held = [*visits(("P1", DAY), ("P2", DAY2)), *far]
    seen = [record(f"e{i}", s["survey_id"], "egretta-garzetta") for i, s in enumerate(held)]
    for taxon, day in (("aythya-baeri", dt.date(2024, 5, 1)), ("otus-secretus", DAY)):
        surveys, _ = public(*tables(held, [*seen, record("r", "v0", taxon)]))
        assert surveys.loc[surveys["blurred"], "event_date"].tolist() == [day]


def test_rows_that_share_an_index_are_not_mixed_up() -> None:
    twice = pd.concat([RECORDS, RECORDS.assign(record_id=RECORDS["record_id"] + "b")])
    _, records = public(SURVEYS, twice)
    assert records["blurred"].sum() == 10
    assert records["record_id"].is_unique


def test_a_transect_is_shown_by_the_cell_of_its_middle() -> None:
    line = LineString([(120.07, 30.27), (120.08, 30.28)])
    surveys, _ = public(*tables([survey("s1", geometry=line)],
                                [record("a", "s1", "aythya-baeri")]))  # fmt: skip
    cell = cell_of(120.075, 30.275, "5km")
    assert cell is not None
    assert list(surveys["geometry"]) == [Point(cell.lon, cell.lat)]


PLACES = st.tuples(st.floats(-180, 180), st.floats(-85, 85), st.sampled_from(list(CELL_KM)))


@given(PLACES)
def test_a_place_is_within_the_uncertainty_of_its_cell(place: tuple[float, float, str]) -> None:
    lon, lat, level = place
    cell = cell_of(lon, lat, level)
    assert cell is not None
    off_lon = (lon - cell.lon + 180) % 360 - 180
    north = (lat - cell.lat) * 111_320
    east = off_lon * 111_320 * math.cos(math.radians(min(abs(lat), abs(cell.lat))))
    assert math.hypot(north, east) <= cell.uncertainty_m + 2
    assert cell.uncertainty_m <= CELL_KM[level] * 1000  # half a diagonal is 0.71 of a side
    again = cell_of(cell.lon, cell.lat, level)
    assert again == cell or abs(abs(lon) - 180) < 1  # the last column of a row is cut there


@pytest.mark.parametrize(
    ("lon", "lat", "level"),
    [(181, 0, "1km"), (0, 91, "1km"), (math.nan, 0, "1km"), (0, 0, "withhold"), (0, 0, "none")],
)
def test_no_cell(lon: float, lat: float, level: str) -> None:
    assert cell_of(lon, lat, level) is None


def test_a_place_less_certain_than_its_cell_keeps_that() -> None:
    cells = [cell_of(120.0, 30.0, "1km", uncertainty_m=u) for u in (0, 700, 1200, 1999)]
    assert [c.uncertainty_m for c in cells if c] == [708, 708, 2000, 2000]


def findings(*rows: dict[str, Any]) -> pd.DataFrame:
    plain = {
        "site": "xixi", "rule": "birds/first_record", "subject_kind": "taxon",
        "outcome": "undecided", "zone_basis": "not_used", "status": "open", "pack_digest": "d",
        "geometry": Point(120.0705, 30.2722), "zones": '["management_east"]', "source_id": "src",
        "evidence": json.dumps({
            "count": 3, "plots": ["EX-B1", "EX-B2"], "plots_counted": 2, "record_ids": ["r2"],
            "places": [{"plot": "EX-B1", "lon": 120.0705}], "species": "水雉",
            "records": [{"record_id": "r3", "day": "2024-05-04"}], "as_of": "2024-05-04",
            "notes": [{"zh": "未使用 EX-B5", "en": "EX-B5 is not used"}],
            "facts": [{"name": "plot", "value": "EX-B7"}, {"name": "change", "value": -30}],
        }, ensure_ascii=False),
        "explanation_zh": "水雉于2024-05-04首次记录于EX-B1", "occurred_on": DAY,
        "explanation_en": "first record on 2024-05-04 at EX-B1 or EX-B7",
    }  # fmt: skip
    made = [plain | row | {"finding_id": f"f{i}"} for i, row in enumerate(rows)]
    return coerce(FINDINGS, pd.DataFrame(made))


def test_a_finding_is_known_by_its_evidence_too() -> None:
    evidence = json.dumps({"taxon_id": "aythya-baeri", "plot": "EX-B1"})
    rows = findings({"detector": "birds", "subject": "w-1", "evidence": evidence},
                    {"detector": "birds", "subject": "w-2", "evidence": "[]"},
                    {"detector": "birds", "subject": "w-3", "evidence": None})  # fmt: skip
    shown = blur_findings(rows, LISTED, role=None, exact_roles=())
    assert list(shown["blurred"]) == [True, False, False]
    assert json.loads(shown["evidence"][0]) == {"taxon_id": "aythya-baeri"}


def test_findings_of_sensitive_species_lose_their_place() -> None:
    given_rows = findings(
        {"detector": "birds", "subject": "hydrophasianus-chirurgus|2024"},
        {"detector": "birds", "subject": "taxon|otus-secretus|breeding"},
        {"detector": "birds", "subject": "egretta-garzetta"},
        {"detector": "screening", "subject": "o-1"},
    )
    shown = blur_findings(given_rows, LISTED, role="public", exact_roles=("ecologist",))
    assert list(shown["blurred"]) == [True, True, False, False]
    cell = cell_of(120.0705, 30.2722, "1km")
    assert cell is not None
    assert shown["geometry"][0] == Point(cell.lon, cell.lat)
    assert shown["geometry"][1] is None
    for i in (0, 1):
        words = " ".join(str(shown[c][i]) for c in ("evidence", "explanation_zh", "explanation_en"))
        for hint in ("EX-B", "r2", "r3", "120.07", "src", "05-04"):
            assert hint not in words
        assert "2024-05" in shown["explanation_zh"][i]
        assert shown["occurred_on"][i] == dt.date(2024, 5, 1)
        told = json.loads(shown["evidence"][i])
        assert (told["count"], told["plots_counted"], told["species"]) == (3, 2, "水雉")
        assert told["facts"][1]["value"] == -30
        assert "地点不公开" in shown["explanation_zh"][i]
    pd.testing.assert_frame_equal(shown[2:].drop(columns="blurred"), given_rows[2:])
    all_of = blur_findings(given_rows, LISTED, role="ecologist", exact_roles=("ecologist",))
    pd.testing.assert_frame_equal(all_of.drop(columns="blurred"), given_rows)
