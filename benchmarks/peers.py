"""SQL engines and data frames on the same points and zones, each in a process of its own.

``make peers`` installs them into ``build/peers``; one that is not there is named and left out. The
scene goes over in a file, the times and a sum over all (point, zone) pairs come back as JSON. Each
is given as many points as it can do in about a second or two.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import report
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import Polygon

HERE = Path(__file__).resolve().parent
PYTHON = HERE.parent / "build" / "peers" / "bin" / "python"
POSTGRES = "WETLAND_TEST_POSTGRES"
REPEATS = 3
MISSING = 3  # exit code of a peer that is not installed
SIZES = {"DuckDB spatial": 100_000, "SedonaDB": 1_000_000, "polars-st": 100_000, "PostGIS": 200_000}
Floats = NDArray[np.float64]
Pairs = tuple[NDArray[np.int64], NDArray[np.int32]]
Peer = tuple[Callable[[], Pairs], str, str]  # what is measured, version, note


def checksum(points: ArrayLike, zones: ArrayLike) -> int:
    """Return a sum over (point, zone) pairs that does not depend on their order."""
    with np.errstate(over="ignore"):
        mixed = np.asarray(points).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= (np.asarray(zones).astype(np.uint64) + np.uint64(1)) * np.uint64(
            0xC2B2AE3D27D4EB4F
        )
        mixed ^= mixed >> np.uint64(31)
        mixed *= np.uint64(0xD6E8FEB86659FD93)
        mixed ^= mixed >> np.uint64(32)
        return (int(mixed.sum(dtype=np.uint64)) + len(mixed)) % 2**64


def rows(zones: Sequence[Polygon], title: str, *, quick: bool) -> list[report.Row]:
    """Measure every peer that is installed; stop where one gives other pairs."""
    import scenes  # noqa: PLC0415 - peers run without the project and what it needs

    from wetland.zones.cellindex import CellIndex  # noqa: PLC0415 - as above

    index = CellIndex.build(zones)
    found = []
    for name, most in SIZES.items():
        size = min(most, 20_000) if quick else most
        x, y = scenes.points(size)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "scene.npz"
            wkb = shapely.to_wkb(np.array(zones, dtype=object))
            ends = np.cumsum([0, *(len(one) for one in wkb)])
            blob = np.frombuffer(b"".join(wkb), dtype=np.uint8)
            np.savez(file, x=x, y=y, wkb=blob, ends=ends)
            found.append(_measured(name, title, file, checksum(*index.pairs(x, y))))
    return found


def _measured(name: str, title: str, scene: Path, wanted: int) -> report.Row:
    def row(said: dict[str, Any], note: str) -> report.Row:
        size, wall, cpu = said.get("size", 0), said.get("wall", 0.0), said.get("cpu", 0.0)
        return report.Row("points", title, name, size, wall, cpu, said.get("extra", 0.0), note=note)

    if not PYTHON.exists():
        return row({}, "not installed: make peers")
    command = [str(PYTHON), str(Path(__file__).resolve()), name, str(scene)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode == MISSING:
        return row({}, f"not installed: {_last_line(ran.stderr)}")
    if ran.returncode:
        return row({}, f"failed: {_last_line(ran.stderr)}")
    said = json.loads(ran.stdout.splitlines()[-1])
    if said["checksum"] != wanted:
        raise SystemExit(f"points: {name} gives other (point, zone) pairs")
    return row(said, f"version {said['version']}; {said['note']}")


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or [""])[-1][:160]


def by_duckdb(x: Floats, y: Floats, wkb: list[bytes]) -> Peer:
    """Join on ST_DWithin(point, zone, 0), its fastest exact join here."""
    import duckdb  # noqa: PLC0415 - only in its own environment
    import pyarrow as pa  # noqa: PLC0415 - only in its own environment

    place = next(Path(duckdb.__file__).parent.parent.rglob("spatial.duckdb_extension"))
    base = duckdb.connect(config={"allow_unsigned_extensions": "true", "threads": 1})
    base.execute(f"LOAD '{place}'")
    points = pa.table({"i": np.arange(len(x)), "x": x, "y": y})
    zones = pa.table({"k": np.arange(len(wkb), dtype=np.int32), "w": pa.array(wkb, pa.binary())})
    base.register("given_points", points)
    base.register("given_zones", zones)

    def work() -> Pairs:
        base.execute(
            "CREATE OR REPLACE TABLE zones AS SELECT k, ST_GeomFromWKB(w) g FROM given_zones"
        )
        base.execute(
            "CREATE OR REPLACE TABLE points AS SELECT i, ST_Point(x, y) g FROM given_points"
        )
        found = base.execute(
            "SELECT p.i, z.k FROM points p JOIN zones z ON ST_DWithin(p.g, z.g, 0)"
        ).fetchnumpy()
        return found["i"], found["k"]

    return work, duckdb.__version__, "1 thread, tables included"


def by_sedona(x: Floats, y: Floats, wkb: list[bytes]) -> Peer:
    """Join on ST_Intersects."""
    import pyarrow as pa  # noqa: PLC0415 - only in its own environment
    import sedonadb  # noqa: PLC0415 - only in its own environment

    base = sedonadb.connect()
    points = pa.table({"i": np.arange(len(x)), "x": x, "y": y})
    zones = pa.table({"k": np.arange(len(wkb), dtype=np.int32), "w": pa.array(wkb, pa.binary())})

    def work() -> Pairs:
        base.create_data_frame(points).to_view("points", overwrite=True)
        base.create_data_frame(zones).to_view("zones", overwrite=True)
        found = base.sql(
            "SELECT p.i, z.k FROM (SELECT i, ST_Point(x, y) g FROM points) p"
            " JOIN (SELECT k, ST_GeomFromWKB(w) g FROM zones) z ON ST_Intersects(z.g, p.g)"
        ).to_arrow_table()
        return found["i"].to_numpy(), found["k"].to_numpy()

    return work, _version("sedonadb"), "all threads"


def by_polars(x: Floats, y: Floats, wkb: list[bytes]) -> Peer:
    """Join with ``sjoin``."""
    import polars as pl  # noqa: PLC0415 - only in its own environment
    import polars_st as st  # noqa: PLC0415 - only in its own environment

    zones = st.GeoDataFrame(
        pl.DataFrame({"k": np.arange(len(wkb), dtype=np.int32), "geometry": wkb})
        .with_columns(geometry=st.from_wkb("geometry"))
    )  # fmt: skip

    def work() -> Pairs:
        frame = pl.DataFrame({"i": np.arange(len(x)), "x": x, "y": y})
        points = frame.select("i", geometry=st.point(pl.concat_arr("x", "y")))
        found = st.GeoDataFrame(points).st.sjoin(zones, predicate="intersects")
        return found["i"].to_numpy(), found["k"].to_numpy()

    return work, _version("polars-st"), "all threads"


def by_postgis(x: Floats, y: Floats, wkb: list[bytes]) -> Peer:
    """Load, index the points, join on ST_Intersects; its CPU time is the server's, not counted."""
    import psycopg  # noqa: PLC0415 - only in its own environment

    address = os.environ.get(POSTGRES)
    if not address:
        raise ImportError(f"{POSTGRES} names no database")
    base = psycopg.connect(address.replace("postgresql+psycopg://", "postgresql://"))
    version = base.execute("SELECT postgis_lib_version()").fetchone()
    base.execute("CREATE TEMP TABLE points (i bigint, x float8, y float8, g geometry)")
    base.execute("CREATE TEMP TABLE zones (k int, g geometry)")

    def work() -> Pairs:
        base.execute("TRUNCATE points, zones")
        base.execute("DROP INDEX IF EXISTS points_g")
        with base.cursor() as cursor:
            with cursor.copy("COPY points (i, x, y) FROM STDIN") as copy:
                for row in zip(range(len(x)), x.tolist(), y.tolist(), strict=True):
                    copy.write_row(row)
            cursor.executemany("INSERT INTO zones VALUES (%s, ST_GeomFromWKB(%s))", enumerate(wkb))
        base.execute("UPDATE points SET g = ST_MakePoint(x, y)")
        base.execute("CREATE INDEX points_g ON points USING gist (g)")
        base.execute("ANALYZE points")
        found = np.array(base.execute(
            "SELECT p.i, z.k FROM zones z JOIN points p ON ST_Intersects(z.g, p.g)"
        ).fetchall()).reshape(-1, 2)  # fmt: skip
        return found[:, 0], found[:, 1]

    return work, str(version and version[0]), "load and index included; CPU is the client's only"


WAYS = {"DuckDB spatial": by_duckdb, "SedonaDB": by_sedona, "polars-st": by_polars,
        "PostGIS": by_postgis}  # fmt: skip


def _version(name: str) -> str:
    return report.versions([name])[name]


def main(name: str, scene: str) -> int:
    """Measure one peer (in its own environment) and print JSON."""
    with np.load(scene, allow_pickle=False) as parts:
        x, y, blob, ends = (parts[key] for key in ("x", "y", "wkb", "ends"))
    wkb = [blob[a:b].tobytes() for a, b in pairwise(ends.tolist())]
    try:
        work, version, note = WAYS[name](x, y, wkb)
    except (ImportError, StopIteration) as error:
        print(error, file=sys.stderr)
        return MISSING
    sum_of = checksum(*work())
    before = report.resident_bytes()
    wall, cpu = [], []
    for _ in range(REPEATS):
        started, used = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    extra = (report.resident_bytes() - before) / 1e6
    said = {"size": len(x), "wall": float(np.median(wall)), "cpu": float(np.median(cpu)),
            "extra": extra, "checksum": sum_of, "version": version, "note": note}  # fmt: skip
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
