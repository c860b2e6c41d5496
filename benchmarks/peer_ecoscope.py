"""Let ecoscope find where tracks cross fences; run by `tracks.py` with ecoscope's own Python.

usage: python peer_ecoscope.py IN.npz OUT.npz REPEATS
"""

from __future__ import annotations

import statistics
import sys
import time
import warnings

import ecoscope
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from ecoscope.analysis.geofence import GeoCrossingProfile, GeoFence, GeoFenceCrossing, Region


def main(given: str, out: str, repeats: int) -> None:
    """Read tracks and zones, time the analysis, write the crossings and the medians."""
    warnings.simplefilter("ignore")
    data = np.load(given, allow_pickle=False)
    zones = shapely.from_wkb([bytes.fromhex(word) for word in data["zones"].tolist()])
    trajectory, made_s = made(fixes_of(data))
    fences = [
        GeoFence(geometry=zone.boundary, unique_id=str(i), fence_name=str(i), warn_level="x")
        for i, zone in enumerate(zones)
    ]
    profile = GeoCrossingProfile(fences, [Region(z, str(i), str(i)) for i, z in enumerate(zones)])
    wall, cpu = [], []
    for _ in range(repeats + 1):
        started, used = time.perf_counter(), time.process_time()
        found = GeoFenceCrossing.analyse(profile, trajectory)
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    np.savez(
        out,
        segments=len(trajectory),
        wall=statistics.median(wall[1:]),
        cpu=statistics.median(cpu[1:]),
        made=made_s,
        fence=found["unique_id"].astype(int).to_numpy(),
        crossed_ns=pd.DatetimeIndex(found["crossing_time"]).as_unit("ns").asi8,
    )


def fixes_of(data: np.lib.npyio.NpzFile) -> gpd.GeoDataFrame:
    """Return the fixes as ecoscope takes them."""
    columns = {
        "fixtime": pd.to_datetime(data["at_ns"], utc=True),
        "groupby_col": data["track"].astype(str),
    }
    return gpd.GeoDataFrame(columns, geometry=shapely.points(data["lon"], data["lat"]), crs=4326)


def made(fixes: gpd.GeoDataFrame) -> tuple[ecoscope.base.Trajectory, float]:
    """Return the trajectory and the CPU seconds it took."""
    used = time.process_time()
    relocations = ecoscope.base.Relocations.from_gdf(
        fixes, groupby_col="groupby_col", time_col="fixtime"
    )
    trajectory = ecoscope.base.Trajectory.from_relocations(relocations)
    return trajectory, time.process_time() - used


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
