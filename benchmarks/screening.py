"""Measure where-is-it and screening beside geopandas and shapely, in one run on one machine.

Run ``make bench`` (``ARGS="--rows 1000 10000"`` for other sizes, ``--json`` for a machine). The
same random points go through every way, the order of the ways turns from repeat to repeat, and the
answers are compared: a fast wrong answer does not count.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from wetland.sites.load import Site, open_site
from wetland.sites.place import memberships
from wetland.zones.locate import IN, locate_columns

SEED = 20240501
DAY = dt.date(2024, 5, 1)
MARGIN_DEGREES = 0.02
REPEATS = 3
PACKAGES = ("wetland", "geopandas", "shapely", "pandas", "numpy", "pyproj", "pandera")

Way = Callable[[], object]


@dataclass(frozen=True)
class Measured:
    """Seconds of one way at one size, over the repeats."""

    way: str
    rows: int
    best_s: float
    median_s: float


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark and print its tables; return 1 when two ways disagree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--screen-rows", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--site", default="xixi")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    site = open_site(options.site)
    places = [measured for n in options.rows for measured in measure(place_ways(site, n), n)]
    wrong = {n: disagreements(site, n) for n in options.rows}
    with tempfile.TemporaryDirectory() as folder:
        screens = [
            measured
            for n in options.screen_rows
            for measured in measure(screen_ways(site, n, Path(folder)), n)
        ]
    report = {
        "machine": machine(),
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "zones": [vars(m) for m in places],
        "disagreements": wrong,
        "screening": [vars(m) for m in screens],
    }
    print(json.dumps(report, indent=2) if options.json else as_text(report))
    return int(any(wrong.values()))


def measure(ways: dict[str, Way], rows: int) -> list[Measured]:
    """Run each way once to warm it up, then `REPEATS` times in turning order."""
    for way in ways.values():
        way()
    times: dict[str, list[float]] = {name: [] for name in ways}
    names = list(ways)
    for turn in range(REPEATS):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            start = time.perf_counter()
            ways[name]()
            times[name].append(time.perf_counter() - start)
    return [Measured(n, rows, min(t), statistics.median(t)) for n, t in times.items()]


def points(site: Site, rows: int) -> np.ndarray:
    """Return random points over the zones of a site and a margin around them."""
    west, south, east, north = shapely.total_bounds([z.geometry for z in site.zones])
    random = np.random.default_rng(SEED)
    lon = random.uniform(west - MARGIN_DEGREES, east + MARGIN_DEGREES, rows)
    lat = random.uniform(south - MARGIN_DEGREES, north + MARGIN_DEGREES, rows)
    return np.atleast_1d(shapely.points(lon, lat))


def place_ways(site: Site, rows: int) -> dict[str, Way]:
    """Return the ways to tell in which zones points lie."""
    things = points(site, rows)
    layer = site.zones.on(DAY)
    zones = [z.geometry for z in layer]
    left = gpd.GeoDataFrame(geometry=things, crs=4326)
    right = gpd.GeoDataFrame(geometry=zones, crs=4326)
    tree = shapely.STRtree(things)
    uncertainty = np.full(rows, 10.0)
    return {
        "geopandas.sjoin (yes/no)": lambda: gpd.sjoin(left, right, predicate="within"),
        "shapely STRtree (yes/no)": lambda: tree.query(zones, predicate="contains"),
        "wetland locate_columns (three-valued, cause, distance)": lambda: locate_columns(
            layer, things, uncertainty, on=DAY
        ),
        "wetland memberships (objects, kinds, declared)": lambda: memberships(
            site, things, uncertainty, on=DAY, assume_schematic=False
        ),
    }


def disagreements(site: Site, rows: int) -> int:
    """Count points whose membership differs from geopandas when every edge is taken as exact."""
    things = points(site, rows)
    layer = site.zones.on(DAY)
    left = gpd.GeoDataFrame(geometry=things, crs=4326)
    right = gpd.GeoDataFrame(
        {"zone": [z.id for z in layer]}, geometry=[z.geometry for z in layer], crs=4326
    )
    joined = gpd.sjoin(left, right, predicate="within")
    theirs = set(zip(joined.index, joined["zone"], strict=True))
    found = locate_columns(layer, things, np.zeros(rows), on=DAY, assume_schematic=True)
    ours = {
        (row, zone) for zone, column in found.items() for row in np.flatnonzero(column.where == IN)
    }
    return len(theirs ^ ours)


def screen_ways(site: Site, rows: int, folder: Path) -> dict[str, Way]:
    """Return the ways to take a CSV file through the zones, and ours through the law too."""
    from wetland.operations.screening import screen_file

    path = folder / f"sightings-{rows}.csv"
    write_sightings(path, site, rows)
    zones = gpd.GeoDataFrame(geometry=[z.geometry for z in site.zones.on(DAY)], crs=4326)

    def joined() -> object:
        table = pd.read_csv(path)
        geometry = gpd.points_from_xy(table["lon"], table["lat"])
        return gpd.sjoin(gpd.GeoDataFrame(table, geometry=geometry, crs=4326), zones)

    return {
        "pandas.read_csv + geopandas.sjoin (no law)": joined,
        "wetland screen (problems, permits, law, penalties)": lambda: screen_file(path, site),
    }


def write_sightings(path: Path, site: Site, rows: int) -> None:
    """Write a CSV file of sightings with the activities of the site."""
    random = np.random.default_rng(SEED)
    activities = list(site.vocabulary.activities)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "lon", "lat", "date", "activity"])
        for number, point in enumerate(points(site, rows)):
            day = DAY - dt.timedelta(days=int(random.integers(0, 5000)))
            activity = activities[int(random.integers(0, len(activities)))]
            writer.writerow([f"s{number}", f"{point.x:.6f}", f"{point.y:.6f}", day, activity])


def machine() -> dict[str, object]:
    """Return what the numbers depend on."""
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "seed": SEED,
        "repeats": REPEATS,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((x.partition(":")[2].strip() for x in lines if x.startswith("model name")), "")


def as_text(report: dict[str, object]) -> str:
    """Lay the report out for a person."""
    lines = [json.dumps(report["machine"]), json.dumps(report["versions"])]
    for title in ("zones", "screening"):
        lines += ["", f"{title:56} {'rows':>8} {'best s':>9} {'median s':>9} {'rows/s':>10}"]
        measured = report[title]
        if isinstance(measured, list):
            lines += [
                f"{m['way']:56} {m['rows']:>8} {m['best_s']:>9.4f} {m['median_s']:>9.4f}"
                f" {m['rows'] / m['best_s']:>10.0f}"
                for m in measured
            ]
    return "\n".join([*lines, "", f"disagreements with geopandas: {report['disagreements']}"])


if __name__ == "__main__":
    sys.exit(main())
