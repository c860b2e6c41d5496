"""Files that other people made: EarthRanger's examples, and landmarks in three datums."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from tests.screening.reading import Read, accounted, told
from wetland.screening.screen import Settings, screen
from wetland.sites.load import Site

EVENTS = "get-events.example-return.parquet"
WORDS = {"poacher_camp_rep": "hunting", "fire_rep": "cooking", "bird_sighting_rep": ""}


def test_events_are_read_whole(read: Read, earthranger: Path) -> None:
    """Differential: rows, places and instants as Arrow reads them."""
    raw = pq.read_table(earthranger / EVENTS).to_pandas().reset_index(drop=True)
    reading = read(earthranger / EVENTS)
    accounted(reading)
    table = reading.observations
    assert reading.rows == len(raw) == len(table) == 784
    assert table["record_id"].tolist() == raw["id"].tolist()
    places = shapely.from_wkb(raw["geometry"])
    assert shapely.equals(
        places[~shapely.is_missing(places)], table["geometry"].dropna().to_numpy()
    ).all()
    assert table["geometry"].isna().sum() == shapely.is_missing(places).sum() == 9
    assert (table["occurred_at"] == pd.to_datetime(raw["time"], utc=True)).all()
    days = raw["time"].dt.tz_convert("Asia/Shanghai").dt.date
    assert table["occurred_on"].tolist() == days.tolist()
    assert not [p for p in reading.problems.items if p.level == "error"]


def test_event_types_are_translated_on_request(read: Read, earthranger: Path) -> None:
    types = pq.read_table(earthranger / EVENTS).to_pandas()["event_type"].value_counts()
    plain = read(earthranger / EVENTS)
    assert plain.observations["activity"].isna().all()
    assert plain.problems.counts()["unknown_activity"] == types.sum()
    words = read(earthranger / EVENTS, activity_words=WORDS)
    found = words.observations["activity"].value_counts()
    assert found.to_dict() == {"hunting": types["poacher_camp_rep"], "cooking": types["fire_rep"]}
    unknown = types.sum() - sum(types[w] for w in WORDS)
    assert words.problems.counts()["unknown_activity"] == unknown


def test_events_are_screened(read: Read, earthranger: Path, site: Site) -> None:
    reading = read(earthranger / EVENTS, activity_words=WORDS)
    screened = screen(reading.observations, site)
    counts = screened.counts
    assert counts["observations"] == 784
    assert counts["screened"] + counts["without_activity"] == 784
    assert sum(counts["by_outcome"].values()) == 784
    # Kenya lies in no zone of Xixi: nothing can be broken there by a rule of its zones.
    assert not (screened.findings["outcome"] == "broken").any()


def test_fixes_of_a_patrol_that_stand_in_two_groups(read: Read, earthranger: Path) -> None:
    reading = read(earthranger / "small_events.parquet")
    raw = pq.read_table(earthranger / "small_events.parquet").to_pandas()
    assert reading.rows == len(raw) == 110
    assert len(reading.observations) == raw["extra__id"].nunique() == 55
    assert reading.problems.counts()["repeated_row"] == 55
    accounted(reading)


def test_patrols_in_json(read: Read, earthranger: Path) -> None:
    path = earthranger / "get_patrol_events_with_poly_geojson.json"
    reading = read(path)
    raw = json.loads(path.read_text(encoding="utf-8"))
    events = raw["patrol_segments"]["0"][0]["events"]
    assert reading.rows == len(events)
    assert set(reading.observations["shape"].dropna()) == {"station", "line", "footprint"}
    assert reading.problems.counts()["position_missing"] == sum(
        not e.get("geojson", {}).get("geometry") for e in events
    )
    accounted(reading)


def test_one_position_in_json(read: Read, earthranger: Path) -> None:
    found = read(earthranger / "sample_observation.json").observations.iloc[0]
    assert (found["geometry"].x, found["geometry"].y) == (37.56781, 0.5682499)
    assert str(found["occurred_on"]) == "2014-01-23"


def test_the_same_patrol_in_two_forms(read: Read, shared: Path) -> None:
    """Differential: events inside patrols against the same events as their own table."""
    folder = shared / "data" / "patrol" / "earthranger"
    patrols = read(folder / "get-patrols.example-return.parquet").observations
    events = read(folder / "get-patrol-events.example-return.parquet").observations
    one = patrols.set_index("record_id").sort_index()
    two = events.set_index("record_id").sort_index()
    assert one.index.tolist() == two.index.tolist()
    assert (one["occurred_at"] == two["occurred_at"]).all()
    both = two["geometry"].notna()
    assert shapely.equals(one["geometry"][both].to_numpy(), two["geometry"][both].to_numpy()).all()


def test_landmarks_in_three_datums(read: Read, shared: Path) -> None:
    """Differential: our conversion against the WGS84 columns that the file itself gives."""
    path = shared / "facts" / "landmarks.csv"
    reading = read(path)
    raw = pd.read_csv(path)
    assert reading.rows == len(raw)
    unknown = raw.index[raw["datum"] == "unknown"] + 2
    assert told(reading, level="error") == [(row, "unknown_datum") for row in unknown]
    accounted(reading)
    table = reading.observations
    stated = raw.set_index(raw.index + 2).loc[table["source_row"]]
    for name, values in (("lon", shapely.get_x(table["geometry"].to_numpy())),
                         ("lat", shapely.get_y(table["geometry"].to_numpy()))):  # fmt: skip
        assert abs(values - stated[f"{name}_wgs84"].to_numpy()).max() < 2e-6
    assert set(table["datum"]) == {"wgs84", "gcj02", "bd09"}
    assert reading.problems.counts()["datum_doubted"] == 12


@pytest.mark.parametrize("exercise", [False, True])
def test_landmarks_are_screened(read: Read, shared: Path, site: Site, exercise: bool) -> None:
    import datetime as dt

    reading = read(shared / "facts" / "landmarks.csv", default_activity="烧烤",
                   default_date=dt.date(2015, 5, 1), source_kind="gps")  # fmt: skip
    screened = screen(reading.observations, site, settings=Settings(assume_schematic=exercise))
    assert screened.counts["screened"] == len(reading.observations)
    assert set(screened.findings["zone_basis"]) == {"exercise" if exercise else "schematic"}
