"""A file of 100 MB is read whole, in reasonable time and memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.screening.reading import Read, accounted

ROW = (
    "{lon:.6f},{lat:.6f},2024-05-{day:02d} {hour:02d}:{minute:02d},钓鱼,{accuracy},第{i}号，湖边\n"
)
READ = """
import resource, sys, time
from wetland.screening.read import read_observations
from wetland.sites.load import open_site
site = open_site("xixi")
start = time.perf_counter()
reading = read_observations(sys.argv[1], site)
took = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(reading.rows, len(reading.observations), reading.rows_aside, round(took, 1), round(peak))
"""


def write(path: Path, rows: int, *, wrong_every: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("lon,lat,time,activity,accuracy,note\n")
        for i in range(rows):
            lat = 130.0 if i % wrong_every == 0 else 30.2 + i % 1000 * 1e-4
            file.write(
                ROW.format(lon=120 + i * 1e-7, lat=lat, day=1 + i % 28, hour=i % 24,
                           minute=i % 60, accuracy=i % 50, i=i)
            )  # fmt: skip


def test_ten_thousand_rows(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    write(path, 10_000, wrong_every=100)
    started = time.perf_counter()
    reading = read(path)
    assert time.perf_counter() - started < 30
    assert reading.rows == 10_000
    assert reading.rows_aside == 100
    accounted(reading)


@pytest.mark.soak
def test_a_hundred_megabytes(tmp_path: Path, repo: Path) -> None:
    path = tmp_path / "large.csv"
    write(path, 1_500_000, wrong_every=1000)
    assert path.stat().st_size > 100 << 20
    ran = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        capture_output=True, text=True, check=False, cwd=repo,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    rows, good, aside, took, peak_mb = map(float, ran.stdout.split())
    assert (rows, good, aside) == (1_500_000, 1_498_500, 1_500)
    assert took < 300
    assert peak_mb < 6000
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0
