"""A table with zones: the same rows in both lanes, closed zones, a file that others can open."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from tests.screening.hostiletables import hostile_csv
from wetland.base.errors import InputError
from wetland.operations.zoned import zone_file
from wetland.reading.files import Given
from wetland.screening import zoned
from wetland.screening.datumguard import SUSPECTED
from wetland.screening.options import ReadOptions
from wetland.screening.zoned import Zoned, zone_observations, zoning_of
from wetland.screening.zonesets import Zoning, sets_of
from wetland.sites.load import Site
from wetland.zones.cellindex import CellIndex
from wetland.zones.datums import from_wgs84
from wetland.zones.lonlat import LocalProjection
from wetland.zones.projection import project

HEADER = "id,lon,lat,date,activity,uncertainty,note\n"
Zone = Callable[..., Zoned]


@pytest.fixture(scope="module")
def zoning(site: Site) -> Zoning:
    return zoning_of(site.zones)


@pytest.fixture
def zone(site: Site, zoning: Zoning) -> Zone:
    def run(content: str | bytes, name: str = "a.csv", **options: object) -> Zoned:
        data = content.encode() if isinstance(content, str) else content
        given = Given.of_bytes(name, data)
        return zone_observations(given, site, zoning, options=ReadOptions(**options))  # type: ignore[arg-type]

    return run


@pytest.fixture
def careful(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Leave out the fast lane."""
    return lambda: monkeypatch.setattr(zoned, "take_plain", lambda *_: None)


def plain_csv(count: int = 300) -> str:
    rng = np.random.default_rng(5)
    lines = [
        f"r{i},{120 + rng.random() * 0.12:.7f},{30.21 + rng.random() * 0.1:.7f},"
        f'202{i % 4}-0{1 + i % 9}-1{i % 9}T0{i % 9}:30:00+08:00,钓鱼,{i % 7}.5,"湖, 第{i}号"\n'
        for i in range(count)
    ]
    return HEADER + "".join(lines)


def test_the_zones_are_those_that_geos_names(zone: Zone, site: Site) -> None:
    """Differential: every row and every zone against shapely on pyproj's projection."""
    found = zone(plain_csv()).table.to_pylist()
    assert len(found) == 300
    inside = 0
    for row in found:
        x, y = project([row["lon"]], [row["lat"]], site.zones.crs_epsg)
        wanted = [z.id for z in site.zones if z.valid_on(row["occurred_on"])
                  and shapely.intersects_xy(site.zones.shape(z).polygon, x, y)[0]]  # fmt: skip
        assert row["zones"] == ";".join(wanted)
        assert row["geometry"] == shapely.to_wkb(Point(row["lon"], row["lat"]))
        inside += bool(wanted)
    assert 50 < inside < 300


@pytest.mark.parametrize("content", [
    plain_csv(),
    plain_csv().replace("\n", "\r\n").replace(",", ";").replace("湖;", "湖,"),
    "\ufeff" + plain_csv(),
    "lon,lat\n120.06,30.27\n120.07,30.28\n",
    "id,lon,lat\na,120.06,30.27\n,120.07,30.28\nb,120.08,30.29\n",
    "编号,经度,纬度,日期,时间,精度\na,120.06,30.27,2024-05-01,14:30,\nb,120.06,30.27,2024/05/02,"
    "09:00:05,5\n",
    "id,lon,lat,time,end\na,120.06,30.27,2024-05-01 06:30,2024-05-01T09:00:00Z\n",
    'id,lon,lat,note,zones\n1,120.06,30.27,"",x\n22,120.06,30.27,"a""b",y\n',
])  # fmt: skip
def test_both_lanes_take_the_same(
    zone: Zone, careful: Callable[[], None], content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zoned, "take_each", None)  # the fast lane must do
    fast = zone(content)
    monkeypatch.undo()
    careful()
    slow = zone(content)
    assert fast.problems.items == slow.problems.items
    assert fast.table.schema == slow.table.schema
    assert fast.table.to_pylist() == slow.table.to_pylist()
    assert (fast.rows, fast.bounds, fast.shapes) == (slow.rows, slow.bounds, slow.shapes)


@pytest.mark.parametrize("wrong", [
    "x,,30.27,2024-05-01T08:00:00Z,a,5,b\n",
    "x,500,30.27,2024-05-01T08:00:00Z,a,5,b\n",
    "x,30.27,120.06,2024-05-01T08:00:00Z,a,5,b\n",
    "x,nan,30.27,2024-05-01T08:00:00Z,a,5,b\n",
    "x,120.06,30.27,2024-05-01T08:00:00Z,a,-5,b\n",
    "x,120.06,30.27,2024-05-01T08:00:00Z,a,nearly,b\n",
    "x,120.06,30.27,2024-02-30T08:00:00Z,a,5,b\n",
    "x,120.06,30.27,1024-02-20T08:00:00Z,a,5,b\n",
    "x,120.06,30.27,5/6/2024,a,5,b\n",
    "r7,120.06,30.27,2024-05-01T08:00:00Z,a,5,b\n",
    "x,120.06,30.27,2024-05-01T08:00:00Z,a,5\n",
    'x,120.06,30.27,2024-05-01T08:00:00Z,a,5,"b\n',
])  # fmt: skip
def test_a_wrong_row_is_told_and_the_others_are_written(zone: Zone, wrong: str) -> None:
    lines = plain_csv(20).splitlines(keepends=True)
    found = zone("".join([*lines[:11], wrong, *lines[11:]]))
    assert found.rows == 21
    assert found.rows_aside >= 1
    assert found.problems.error_rows >= {12} or wrong.startswith("x,,")
    written = set(found.table.column("source_row").to_pylist())
    assert written | found.problems.error_rows == set(range(2, 23))
    assert not written & found.problems.error_rows


@pytest.mark.parametrize("seed", range(12))
def test_a_hostile_table_is_accounted_for(zone: Zone, seed: int) -> None:
    found = zone(hostile_csv(seed))
    assert found.table.num_rows + len(found.problems.error_rows) == found.rows


def test_a_text_that_was_lost_is_told(zone: Zone) -> None:
    found = zone(plain_csv(5).replace("第3号", "\ufffd\ufffd"))
    assert [(p.row, p.code) for p in found.problems.items] == [(5, "garbled")]
    assert found.rows_aside == 0


def squares() -> Zoning:
    """Two squares of a kilometre that share an edge; the second holds in 2024 only."""
    x, y = (v[0] for v in project([120.06], [30.27], 4549))
    polygons = [box(x - 1000, y - 500, x, y + 500), box(x, y - 500, x + 1000, y + 500)]
    day = np.datetime64("2024-01-01").astype(int), np.datetime64("2025-01-01").astype(int)
    return Zoning(("a", "b"), ("core", "core"), CellIndex.build(polygons),
                  LocalProjection.fit(4549, (120.04, 30.25, 120.08, 30.29)),
                  ((None, None), (int(day[0]), int(day[1]))))  # fmt: skip


def test_zones_are_closed_and_edges_are_told() -> None:
    east = 120.065
    places = sets_of(squares(), np.array([120.06, 120.055, east, 121.0, np.nan]),
                     np.array([30.27, 30.27, 30.27, 30.27, np.nan]), {}, None)  # fmt: skip
    inside, edges = (part.words(("a", "b")).to_pylist() for part in places)
    assert inside == ["a;b", "a", "b", "", None]
    assert edges == ["a;b", "", "", "", None]
    assert places[0].words(("core", "core")).to_pylist() == ["core", "core", "core", "", None]


def test_a_zone_counts_on_the_days_it_holds() -> None:
    days = [int(np.datetime64(d).astype(int)) for d in ("2023-12-31", "2024-01-01", "2024-12-31",
                                                         "2025-01-01")]  # fmt: skip
    at = np.full(5, 120.065)
    where, _ = sets_of(squares(), at, np.full(5, 30.27), {},
                       np.array([*days, np.iinfo(np.int64).min]))  # fmt: skip
    assert where.words(("a", "b")).to_pylist() == ["", "b", "b", "", "b"]


def test_lines_and_footprints_are_in_every_zone_they_touch(zone: Zone) -> None:
    things = gpd.GeoDataFrame(
        {"id": ["line", "shed", "far"]},
        geometry=[LineString([(120.03, 30.27), (120.09, 30.27)]),
                  box(120.06, 30.27, 120.061, 30.271), Point(120.2, 30.3)],
        crs=4326,
    )  # fmt: skip
    found = zone(things.to_json().encode(), "a.geojson")
    rows = found.table.to_pylist()
    assert found.shapes == ("Point", "LineString", "Polygon")
    assert len(rows[0]["zones"].split(";")) > len(rows[1]["zones"].split(";")) >= 1
    assert rows[2]["zones"] == ""
    assert found.bounds == [120.03, 30.27, 120.2, 30.3]
    assert shapely.from_wkb(rows[0]["geometry"]).geom_type == "LineString"


def test_a_shifted_file_is_placed_where_it_is(zone: Zone) -> None:
    found = zone("lon,lat\n120.087436,30.264166\n", datum="gcj02").table.to_pylist()
    place = shapely.from_wkb(found[0]["geometry"])
    assert (round(place.x, 5), round(place.y, 5)) == (120.08262, 30.26644)
    assert found[0]["lon"] == 120.087436


def test_columns_of_ours_do_not_replace_those_received(zone: Zone) -> None:
    table = zone("id,lon,lat,zones,zones_received\n1,120.06,30.27,x,y\n").table
    assert table.column("zones_received_received").to_pylist() == ["x"]
    assert table.column("zones_received").to_pylist() == ["y"]
    assert "protection-2011" in table.column("zones").to_pylist()[0]


def test_parquet_goes_in_and_out(zone: Zone, tmp_path: Path) -> None:
    first = zone(plain_csv(40))
    first.write(tmp_path / "a.parquet", {})
    again = zone((tmp_path / "a.parquet").read_bytes(), "a.parquet")
    assert again.rows_aside == 0
    assert again.table.column("zones").to_pylist() == first.table.column("zones").to_pylist()


def test_a_column_without_a_value_says_nothing(zone: Zone) -> None:
    track = (
        '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="30.27" '
        'lon="120.06"><name>a</name></wpt></gpx>'
    )
    table = zone(track.encode(), "a.gpx").table
    assert table.column("name").to_pylist() == ["a"]
    assert table.column("ele").to_pylist() == [None]
    assert not any("nan" in row.values() for row in table.to_pylist())


GDAL = """
import sys, warnings
warnings.simplefilter("error")
import pyogrio
info = pyogrio.read_info(sys.argv[1])
frame = pyogrio.read_dataframe(sys.argv[1])
print(info["driver"], info["features"], info["geometry_type"], info["crs"])
"""


def test_others_open_the_file(site: Site, tmp_path: Path) -> None:
    csv, out = tmp_path / "a.csv", tmp_path / "a.parquet"
    csv.write_text(plain_csv(50), encoding="utf-8")
    done = zone_file(csv, site, out)
    assert done.to_json("en")["counts"] == {
        "rows": 50, "written": 50, "rows_aside": 0, "problems": 0,
    }  # fmt: skip
    frame = gpd.read_parquet(out)
    assert frame.crs == "OGC:CRS84"
    assert len(frame) == 50
    assert frame.geometry.x.tolist() == frame["lon"].tolist()
    meta = pq.read_metadata(out).metadata
    geo = json.loads(meta[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["bbox"] == frame.total_bounds.tolist()
    notes = json.loads(meta[b"wetland"])
    assert notes["zone_basis"] == "schematic"
    assert notes["notice"]["en"] == done.to_json("en")["notice"] != ""
    if "Parquet" not in pyogrio.list_drivers():
        return  # a GDAL that was built without it
    made = subprocess.run([sys.executable, "-c", GDAL, str(out)], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert made.stdout.split() == ["Parquet", "50", "Point", "OGC:CRS84"]


def test_where_it_may_not_be_written(site: Site, tmp_path: Path) -> None:
    csv = tmp_path / "a.csv"
    csv.write_text(plain_csv(5), encoding="utf-8")
    with pytest.raises(InputError, match="parquet"):
        zone_file(csv, site, tmp_path / "out.csv")
    with pytest.raises(InputError, match="no folder"):
        zone_file(csv, site, tmp_path / "nowhere" / "out.parquet")
    same = tmp_path / "in.parquet"
    pq.write_table(pa.table({"lon": [120.06], "lat": [30.27]}), same)
    with pytest.raises(InputError, match="read from"):
        zone_file(same, site, same)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "in.parquet"]


def test_the_day_is_the_sites_own(zone: Zone) -> None:
    row = zone("lon,lat,time\n120.06,30.27,2024-05-01T20:00:00Z\n").table.to_pylist()[0]
    assert row["occurred_on"] == dt.date(2024, 5, 2)
    assert row["occurred_at"] == dt.datetime(2024, 5, 1, 20, tzinfo=dt.UTC)


@pytest.mark.parametrize("marked", [False, True])
def test_a_file_that_lies_a_datum_off_is_told_of_and_not_moved(
    site: Site, zone: Zone, marked: bool
) -> None:
    """Named landmarks of the pack, written as GCJ-02, with and without saying so."""
    places = site.landmarks
    lon, lat = from_wgs84(places.geometry.x, places.geometry.y, "gcj02")
    datum = ",gcj02" if marked else ""
    rows = [f"{n},{x},{y}{datum}" for n, x, y in zip(places["name_zh"], lon, lat, strict=True)]
    found = zone("\n".join(["name,lon,lat" + (",datum" if marked else ""), *rows]) + "\n")
    told = [p for p in found.problems.items if p.code == SUSPECTED]
    assert len(told) == (0 if marked else 1)
    at = shapely.from_wkb(found.table["geometry"].to_numpy(zero_copy_only=False))
    expected = places.geometry.x.to_numpy() if marked else lon
    assert np.abs(shapely.get_x(at) - expected).max() < 1e-9
    if told:
        assert "528" in told[0].message.en
