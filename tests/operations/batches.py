"""Sets of files for the tests of batches: written anew, never from the wild."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import parquet
from pyproj import CRS

from wetland.operations.batch import Batch, Means, screen_files
from wetland.sites.load import Site

ACTS = ("fishing.net", "fishing.angling", "fishing.electric")
MODULO = ["source_id", "source_row"]


def fixes(count: int, seed: int = 7) -> pd.DataFrame:
    """Return fixes on and around the site: own names, doubles, contradictions, tracks, gaps."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2015-05-01", tz="UTC")
    table = pd.DataFrame(
        {
            "id": [f"r{k}" for k in range(count)],
            "lon": rng.uniform(120.04, 120.09, count).round(6),
            "lat": rng.uniform(30.24, 30.29, count).round(6),
            "time": start + pd.to_timedelta(rng.integers(0, 86400 * 30, count), unit="s"),
            "activity": rng.choice(ACTS, count),
            "accuracy_m": rng.choice([3.0, 8.0, np.nan], count),
            "track_id": rng.choice(["boat 1", "boat 2", None, None], count),
        }
    )
    table.loc[rng.integers(0, count, count // 20), "lon"] = 999.0
    double = table.sample(count // 10, random_state=seed)
    other = table.sample(count // 20, random_state=seed + 1).assign(activity=ACTS[2])
    return pd.concat([table, double, other], ignore_index=True)


def write(table: pd.DataFrame, path: Path, *, group: int = 10_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.Table.from_pandas(table, preserve_index=False), path,
                        row_group_size=group)  # fmt: skip
    return path


def write_geo(table: pd.DataFrame, path: Path, crs: object) -> Path:
    """Write GeoParquet with the CRS given; None says that it is not known."""
    shapes = shapely.to_wkb(shapely.points(table["lon"], table["lat"]))
    known = None if crs is None else CRS.from_user_input(crs).to_json_dict()
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {
        "encoding": "WKB", "geometry_types": ["Point"], "crs": known}}}  # fmt: skip
    made = pa.Table.from_pandas(table.drop(columns=["lon", "lat"]), preserve_index=False)
    made = made.append_column("geometry", pa.array(shapes, type=pa.binary()))
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(made.replace_schema_metadata({b"geo": json.dumps(geo).encode()}), path)
    return path


def spread(table: pd.DataFrame, folder: Path, cuts: Sequence[int], *, group: int) -> str:
    """Write a table as several files, cut where asked; return the pattern that names them."""
    edges = [0, *sorted({c for c in cuts if 0 < c < len(table)}), len(table)]
    for number, (start, end) in enumerate(itertools.pairwise(edges)):
        write(table[start:end], folder / f"{number:03d}.parquet", group=group)
    return str(folder / "*.parquet")


def done(given: str | list[str], site: Site, out: Path, **means: Any) -> Batch:
    names = [given] if isinstance(given, str) else given
    return screen_files(names, site, out, means=Means(**means))


def found(out: Path) -> pd.DataFrame:
    """Return all findings, in order of identifiers, without where in which file they stood."""
    parts = [parquet.read_table(p).to_pandas() for p in sorted(out.glob("part-*.parquet"))]
    whole = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
    return whole.drop(columns=MODULO).sort_values("finding_id", ignore_index=True)


def state(out: Path) -> dict[str, tuple[int, bytes]]:
    """Return when each file of a folder was written, and what it holds."""
    return {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in out.iterdir() if p.is_file()}
