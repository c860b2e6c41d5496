"""The datum guard over a set of files: told for the file that is shifted, however it was cut."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wetland.operations.batch import Means, screen_files
from wetland.sites.load import Site
from wetland.zones.datums import from_wgs84


def written(folder: Path, name: str, datum: str, site: Site, rows: int) -> Path:
    """Write named landmarks under the noise of a fix, in ``datum``."""
    rng = np.random.default_rng(9)
    points, names = site.landmarks.geometry, site.landmarks["name_zh"].to_numpy()
    some = np.arange(rows) % len(names)
    lon = points.x.to_numpy()[some] + rng.normal(0, 10, rows) / 96_200
    lat = points.y.to_numpy()[some] + rng.normal(0, 10, rows) / 110_900
    x, y = from_wgs84(lon, lat, datum)
    table = pd.DataFrame({"lon": x, "lat": y, "地点": names[some], "n": np.arange(rows)})
    path = folder / f"{name}.parquet"
    table.to_parquet(path)
    return path


@pytest.mark.parametrize("part_rows", [100, 5_000])
def test_the_shifted_file_is_told_however_it_is_cut(
    tmp_path: Path, site: Site, part_rows: int
) -> None:
    right = written(tmp_path, "right", "wgs84", site, 700)
    wrong = written(tmp_path, "wrong", "gcj02", site, 2_000)
    out = tmp_path / f"out-{part_rows}"
    batch = screen_files([str(right), str(wrong)], site, out, means=Means(part_rows=part_rows))
    (told,) = batch.summary["datum_suspected"]
    assert told["file"].endswith("wrong.parquet")
    assert "GCJ-02" in told["en"]
    problems = pd.read_parquet(out / "problems.parquet")
    (row,) = problems[problems["code"] == "datum_suspected"].to_dict("records")
    assert row["message_en"] == told["en"]
    assert row["file"] == told["file"]
    assert row["source_id"]
    assert json.loads((out / "summary.json").read_text("utf-8"))["datum_suspected"] == [told]
    assert batch.complete


def test_the_cut_does_not_change_what_is_told(tmp_path: Path, site: Site) -> None:
    wrong = written(tmp_path, "wrong", "bd09", site, 4_000)
    told = []
    for part_rows in (350, 1_000, 10_000):
        out = tmp_path / f"out-{part_rows}"
        batch = screen_files([str(wrong)], site, out, means=Means(part_rows=part_rows))
        told.append(batch.summary["datum_suspected"])
    assert told[0]
    assert told[0] == told[1] == told[2]
