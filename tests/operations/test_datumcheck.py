"""What an import tells of a shifted file, from the pack and from what the store holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from wetland.operations.datumcheck import check_datum_of
from wetland.operations.screening import (
    EARLIER_ROWS,
    earlier_records,
    import_observations,
    screen_file,
)
from wetland.reading.files import Given
from wetland.screening.options import ReadOptions
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.zones.datums import from_wgs84

STATIONS = 8


def counted(datum: str = "wgs84", *, day: int = 1, name: str = "a.csv") -> Given:
    """Return a count at stations that no landmark is near, as a file in ``datum``."""
    rng = np.random.default_rng(11)
    lon, lat = rng.uniform(120.04, 120.09, STATIONS), rng.uniform(30.25, 30.28, STATIONS)
    x, y = from_wgs84(lon, lat, datum)
    rows = [f"{x[n]:.7f},{y[n]:.7f},2026-05-{day:02d},S{n:02d}" for n in range(STATIONS)]
    return Given.of_bytes(name, "\n".join(["lon,lat,date,样点", *rows]).encode())


def codes(problems: Any) -> list[str]:
    return [p.code for p in problems.items]


def test_stations_of_an_earlier_import_tell_a_shifted_one(store: Store, site: Site) -> None:
    first = import_observations(store, site, counted(), actor="a ranger")
    assert "datum_suspected" not in codes(first.reading.problems)
    assert earlier_records(store, site) is not None
    shifted = counted("gcj02", day=2, name="b.csv")
    done = import_observations(store, site, shifted, actor="a ranger")
    assert codes(done.reading.problems).count("datum_suspected") == 1
    (comparison,) = done.reading.datums
    assert comparison.suspected == "gcj02"
    said = [p["code"] for p in done.to_json("en")["problems"] if p["row"] is None]
    assert said == ["no_activity", "datum_suspected"]  # those of the whole file come first
    kept = store.read("problems")
    assert (kept["code"] == "datum_suspected").sum() == 1
    points = done.reading.observations["geometry"].to_numpy()  # read as declared, not converted
    held = store.read("observations", {"source_id": done.reading.source["source_id"]})
    assert shapely.get_x(held["geometry"].to_numpy()).tolist() == shapely.get_x(points).tolist()


def test_read_as_it_is_the_file_is_silent(store: Store, site: Site) -> None:
    import_observations(store, site, counted(), actor="a ranger")
    shifted = counted("gcj02", day=2, name="b.csv")
    options = ReadOptions(datum="gcj02")
    done = import_observations(store, site, shifted, options=options, actor="a ranger")
    assert "datum_suspected" not in codes(done.reading.problems)


def test_the_file_itself_is_no_earlier_record(store: Store, site: Site) -> None:
    """A file read wrongly, then rightly: the wrong reading says nothing against the right one."""
    import_observations(store, site, counted("gcj02"), actor="a ranger")
    options = ReadOptions(datum="gcj02")
    again = import_observations(store, site, counted("gcj02"), options=options, actor="a ranger")
    assert "datum_suspected" not in codes(again.reading.problems)


def test_screening_tells_it_too_and_an_empty_store_tells_nothing(store: Store, site: Site) -> None:
    assert earlier_records(store, site) is None
    silent = screen_file(counted("bd09"), site, store=store)
    assert "datum_suspected" not in set(silent.problems["code"])
    import_observations(store, site, counted(), actor="a ranger")
    found = screen_file(counted("bd09", day=2), site, store=store)
    (level,) = found.problems.loc[found.problems["code"] == "datum_suspected", "level"]
    assert level == "warning"
    assert found.counts["rows_aside"] == 0
    without = screen_file(counted("bd09", day=2), site)
    assert "datum_suspected" not in set(without.problems["code"])


def test_the_check_keeps_nothing(store: Store, site: Site) -> None:
    import_observations(store, site, counted(), actor="a ranger")
    head = store.head().hash
    checked = check_datum_of(counted("gcj02", day=3), site, store=store)
    (one,) = checked.suspected
    assert one.suspected == "gcj02"
    answer = checked.to_json("en")
    assert answer["verdicts"][0]["suspected"] == "GCJ-02"
    assert 500 < answer["verdicts"][0]["shift_m"] < 560
    assert {row["evidence"] for row in answer["evidence"]} == {
        "places of earlier records", "rows inside the site",
    }  # fmt: skip
    assert store.head().hash == head


def test_only_the_last_sources_and_their_first_rows_are_asked(store: Store, site: Site) -> None:
    for day in range(1, 24):
        import_observations(store, site, counted(day=day, name=f"{day}.csv"), actor="a ranger")
    rows = [f"120.05,30.26,2026-04-01,{n}" for n in range(EARLIER_ROWS + 100)]
    long = Given.of_bytes("long.csv", "\n".join(["lon,lat,date,n", *rows]).encode())
    import_observations(store, site, long, actor="a ranger")
    earlier = earlier_records(store, site)
    assert earlier is not None
    assert earlier["sha256"].notna().all()
    assert earlier["source_id"].nunique() == 20
    assert earlier["source_row"].max() < EARLIER_ROWS
