"""From a CSV of observations to a GeoParquet with zones: read, checked, projected, zoned, written.

Every way writes a file of its own; all files must hold the same (row, zone) pairs. ``validated``
against ``not validated`` is what looking at every cell costs; the switch is here, not in the
product.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import peers
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import report
import scenes
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from wetland.screening import plainrows, zoned
from wetland.screening.read import read_observations
from wetland.screening.zonesets import Zoning
from wetland.sites.load import open_site
from wetland.zones.cellindex import CellIndex
from wetland.zones.lonlat import LocalProjection

ROWS = 1_000_000
QUICK_ROWS = 50_000
OURS = "wetland, validated"
ACTIVITIES = ("钓鱼", "捕鸟", "烧烤", "游泳", "观鸟", "放生")
NOTES = ("湖边垂钓", "渔具, 无人", "巡护正常", "平台附近烟火", "秩序良好")
CRS84 = CRS.from_user_input("OGC:CRS84").to_json_dict()
HEADINGS = ("ingest", "CSV -> GeoParquet, 503 zones")
SQL = """
copy (
  with p as (select *, st_transform(st_point(lon, lat), 'EPSG:4326', 'EPSG:{epsg}', true) xy
             from read_csv('{csv}')),
       z as (select zone, st_geomfromwkb(wkb) g from read_parquet('{zones}')),
       j as (select id, list(zone) zones from p join z on st_dwithin(xy, g, 0) group by id)
  select p.* exclude xy, zones, st_point(lon, lat) geometry from p left join j using (id)
) to '{out}' (format parquet)
"""
DUCKDB = """
import json, sys, time
from pathlib import Path
import duckdb
place = next(Path(duckdb.__file__).parent.parent.rglob("spatial.duckdb_extension"))
base = duckdb.connect(config={"allow_unsigned_extensions": "true", "threads": 1})
base.execute(f"LOAD '{place}'")
base.execute("SET enable_progress_bar = false")
wall, cpu = time.perf_counter(), time.process_time()
base.execute(sys.argv[1])
print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu,
                  "version": duckdb.__version__}))
"""
Pairs = NDArray[np.int64]


def write_csv(path: Path, count: int) -> None:
    """Write the table: identifier, place, instant, activity, uncertainty and Chinese text."""
    lon, lat = scenes.points_lonlat(count)
    rng = np.random.default_rng(scenes.SEED + 4)
    at = np.datetime64("2023-01-01") + rng.integers(0, 3 * 365 * 86_400, count).astype("m8[s]")
    days = np.datetime_as_string(at, unit="s")
    activity, note = rng.integers(0, len(ACTIVITIES), count), rng.integers(0, len(NOTES), count)
    uncertainty = np.round(rng.gamma(2, 4, count), 1)
    with path.open("w", encoding="utf-8") as file:
        file.write("id,lon,lat,date,activity,uncertainty,note\n")
        for i in range(count):
            file.write(
                f"r{i:07d},{lon[i]:.8f},{lat[i]:.8f},{days[i]}+08:00,{ACTIVITIES[activity[i]]},"
                f'{uncertainty[i]},"{NOTES[note[i]]}第{i % 5000}号"\n'
            )


class Ways:
    """Ways from one file to another."""

    def __init__(self, folder: Path, count: int) -> None:
        self.csv = folder / "observations.csv"
        self.folder = folder
        write_csv(self.csv, count)
        self.site = open_site("xixi")
        self.polygons = scenes.zones_b()
        self.names = tuple(f"z{i}" for i in range(len(self.polygons)))
        back = Transformer.from_crs(scenes.CRS_EPSG, 4326, always_xy=True)
        west, south, east, north = scenes.zones_bounds()
        low, high = back.transform(west, south), back.transform(east, north)
        self.projection = LocalProjection.fit(scenes.CRS_EPSG, (*low, *high))
        self.kept = self._zoning()

    def _zoning(self) -> Zoning:
        index = CellIndex.build(self.polygons)
        permits = ["permit"] * (len(self.names) - 3)
        kinds = ("protection", "buffer", "landscape", *permits)
        return Zoning(self.names, kinds, index, self.projection)

    def out(self, name: str) -> Path:
        """Return where a way writes."""
        return self.folder / f"{name}.parquet"

    def wetland(self) -> None:
        """Go our way, the index built too."""
        self._wetland(self._zoning(), "wetland")

    def wetland_kept(self) -> None:
        """Go our way with the index at hand."""
        self._wetland(self.kept, "kept")

    def wetland_unvalidated(self) -> None:
        """Go our way without looking at any cell."""
        with unvalidated():
            self._wetland(self._zoning(), "unvalidated")

    def wetland_with_a_wrong_row(self) -> None:
        """Go the careful way, as a file with anything wrong in it makes us."""
        with patch.object(zoned, "take_plain", lambda *_: None):
            self._wetland(self.kept, "careful")

    def _wetland(self, zoning: Zoning, name: str) -> None:
        found = zoned.zone_observations(self.csv, self.site, zoning)
        found.write(self.out(name), {})

    def read(self) -> None:
        """Read observations as an import does: identifiers, digests, facts, law's words."""
        read_observations(self.csv, self.site)

    def geopandas(self) -> None:
        """Go the usual way."""
        import geopandas as gpd
        import pandas as pd

        table = pd.read_csv(self.csv)
        table["date"] = pd.to_datetime(table["date"])
        places = gpd.points_from_xy(table["lon"], table["lat"], crs=4326)
        things = gpd.GeoDataFrame(table, geometry=places)
        zones = gpd.GeoDataFrame(
            {"zone": self.names}, geometry=list(self.polygons), crs=scenes.CRS_EPSG
        )
        joined = gpd.sjoin(things.to_crs(scenes.CRS_EPSG), zones, predicate="within")
        things["zones"] = joined.groupby(level=0)["zone"].agg(list)
        things.to_parquet(self.out("geopandas"))

    def by_hand(self) -> None:
        """Go the best way with pyarrow, pyproj and prepared polygons."""
        one_thread = pyarrow.csv.ReadOptions(use_threads=False)
        table = pyarrow.csv.read_csv(self.csv, read_options=one_thread)
        lon, lat = (table.column(name).to_numpy() for name in ("lon", "lat"))
        forward = Transformer.from_crs(4326, scenes.CRS_EPSG, always_xy=True)
        points, zones = contained(self.polygons, *forward.transform(lon, lat))
        ends = np.searchsorted(points, np.arange(len(lon) + 1)).astype(np.int32)
        names = pa.array(self.names)
        lists = pa.ListArray.from_arrays(pa.array(ends), names.take(pa.array(zones)))
        table = table.append_column("zones", lists).append_column("geometry", wkb(lon, lat))
        about = {"encoding": "WKB", "geometry_types": ["Point"], "crs": CRS84}
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": about}}
        pyarrow.parquet.write_table(
            table.replace_schema_metadata({"geo": json.dumps(geo)}), self.out("hand")
        )

    def duckdb(self, count: int, base_s: float) -> report.Row:
        """Go the way of SQL, in the peers' own environment (``make peers``)."""
        zones = self.folder / "zones.parquet"
        wkb_column = pa.array(shapely.to_wkb(np.array(self.polygons)), type=pa.binary())
        pyarrow.parquet.write_table(pa.table({"zone": self.names, "wkb": wkb_column}), zones)
        sql = SQL.format(epsg=scenes.CRS_EPSG, csv=self.csv, zones=zones, out=self.out("duckdb"))
        if not peers.PYTHON.exists():
            return report.Row(*HEADINGS, "DuckDB", 0, 0, 0, 0, None, "not installed")
        made = subprocess.run(
            [str(peers.PYTHON), "-c", DUCKDB, sql], capture_output=True, text=True, check=False
        )
        if made.returncode:
            why = (made.stderr.strip().splitlines() or ["failed"])[-1][:80]
            return report.Row(*HEADINGS, "DuckDB", 0, 0, 0, 0, None, why)
        found = json.loads(made.stdout.strip().splitlines()[-1])
        ratio = found["cpu"] / base_s
        return report.Row(*HEADINGS, f"DuckDB {found['version']}", count, found["wall"],
                          found["cpu"], 0, ratio, "1 thread")  # fmt: skip


def contained(
    polygons: tuple[Any, ...], x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[Pairs, Pairs]:
    """Return (point, polygon) pairs: points sorted by x, each polygon tried on its slice."""
    order = np.argsort(x)
    sorted_x, sorted_y = x[order], y[order]
    points, zones = [], []
    for number, polygon in enumerate(polygons):
        shapely.prepare(polygon)
        low_x, low_y, high_x, high_y = polygon.bounds
        start, stop = np.searchsorted(sorted_x, [low_x, high_x])
        rows = np.arange(start, stop)
        rows = rows[(sorted_y[start:stop] >= low_y) & (sorted_y[start:stop] <= high_y)]
        inside = rows[shapely.contains_xy(polygon, sorted_x[rows], sorted_y[rows])]
        points.append(order[inside])
        zones.append(np.full(len(inside), number))
    point, zone = np.concatenate(points), np.concatenate(zones)
    by_point = np.argsort(point, kind="stable")
    return point[by_point], zone[by_point]


def wkb(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> pa.Array:
    """Return points as WKB."""
    made = np.empty(len(lon), dtype=[("o", "u1"), ("k", "<u4"), ("x", "<f8"), ("y", "<f8")])
    made["o"], made["k"], made["x"], made["y"] = 1, 1, lon, lat
    ends = np.arange(0, 21 * len(lon) + 1, 21, dtype=np.int32)
    return pa.BinaryArray.from_buffers(
        pa.binary(), len(lon), [None, pa.py_buffer(ends), pa.py_buffer(made)]
    )


@contextmanager
def unvalidated() -> Iterator[None]:
    """Take every cell on trust."""
    with ExitStack() as stack:
        for name in ("_near", "_sound_numbers", "_sound_text", "_closed", "_differ"):
            stack.enter_context(patch.object(plainrows, name, lambda *_: True))
        yield


def pairs_in(path: Path) -> Pairs:
    """Return the (row, zone) pairs of a file as sorted numbers."""
    table = pyarrow.parquet.read_table(path, columns=["id", "zones"])
    rows = np.array([int(v[1:]) for v in table.column("id").to_pylist()])
    found = []
    for row, names in zip(rows.tolist(), table.column("zones").to_pylist(), strict=True):
        held = names.split(";") if isinstance(names, str) else names
        found += [row * 1000 + int(name[1:]) for name in held or () if name]
    return np.sort(np.array(found, dtype=np.int64))


def compare(ways: Ways, names: list[str]) -> None:
    """Stop where two files do not hold the same pairs."""
    first = pairs_in(ways.out(names[0]))
    for name in names[1:]:
        if not np.array_equal(first, pairs_in(ways.out(name))):
            raise SystemExit(f"{name} puts other rows into zones than {names[0]}")


def rows(*, quick: bool) -> list[report.Row]:
    """Measure the ways from CSV to GeoParquet with zones."""
    count = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as name:
        ways = Ways(Path(name), count)
        measured: dict[str, Callable[[], object]] = {
            OURS: ways.wetland,
            "wetland, validated, index at hand": ways.wetland_kept,
            "wetland, not validated": ways.wetland_unvalidated,
            "pyarrow + pyproj + contains_xy by hand, not validated": ways.by_hand,
            "geopandas": ways.geopandas,
        }
        checked = ["wetland", "kept", "unvalidated", "hand", "geopandas"]
        repeats = 3 if quick else report.REPEATS
        section, scene = HEADINGS
        found = report.measure(measured, section=section, scene=scene, size=count, ours=OURS,
                               repeats=repeats)  # fmt: skip
        found.append(ways.duckdb(count, found[0].cpu_s))
        if ways.out("duckdb").exists():
            checked.append("duckdb")
        rest = {"careful, as with a wrong row": ways.wetland_with_a_wrong_row,
                "read as observations (import)": ways.read}  # fmt: skip
        found += report.measure(rest, section=section, scene="every cell by itself", size=count,
                                repeats=1)  # fmt: skip
        compare(ways, [*checked, "careful"])
    return found


if __name__ == "__main__":
    report.run_alone(rows, __doc__)
