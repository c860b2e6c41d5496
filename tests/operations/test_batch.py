"""Screening in parts: the same answer however the rows are spread, and nothing done twice."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.operations.batches import done, fixes, found, spread, state, write, write_geo
from wetland.base.errors import InputError
from wetland.operations.batch_twins import find_twins
from wetland.operations.screening import screen_file
from wetland.screening.options import ReadOptions
from wetland.screening.screen import Settings
from wetland.sites.load import Site

TABLE = fixes(400)


@pytest.fixture(scope="module")
def alone(site: Site, tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, dict]:
    """Give the findings and counts of the whole table screened as one file, the usual way."""
    path = write(TABLE, tmp_path_factory.mktemp("alone") / "fixes.parquet")
    screened = screen_file(path, site, options=ReadOptions(source="fixes"),
                           settings=Settings(list_undecided=False))  # fmt: skip
    findings = screened.findings.sort_values("finding_id", ignore_index=True)
    return findings, screened.counts


@settings(max_examples=3, suppress_health_check=list(HealthCheck))
@given(cuts=st.lists(st.integers(1, len(TABLE) - 1), max_size=8),
       group=st.sampled_from([7, 100, 10_000]), part_rows=st.sampled_from([11, 64, 50_000]),
       seed=st.integers(0, 5))  # fmt: skip
def test_the_spread_of_rows_changes_nothing(
    site: Site,
    alone: tuple[pd.DataFrame, dict],
    cuts: list[int],
    group: int,
    part_rows: int,
    seed: int,
) -> None:
    shuffled = TABLE.sample(frac=1, random_state=seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "fixes"
        pattern = spread(shuffled, folder, cuts, group=group)
        batch = done(pattern, site, Path(name) / "out", part_rows=part_rows)
        table = found(Path(name) / "out")
    expected, counts = alone
    assert batch.summary["source"] == "fixes"
    for column in ("finding_id", "subject", "rule", "outcome", "occurred_on", "fine_max",
                   "missing", "likelihood", "zones", "explanation_en"):  # fmt: skip
        assert table[column].astype(str).tolist() == expected[column].astype(str).tolist()
    for name in ("rows", "observations", "rows_aside", "problems_by_code", "screened", "broken",
                 "undecided", "by_rule"):  # fmt: skip
        assert batch.counts[name] == counts[name], name


def test_a_part_is_geoparquet_and_a_second_run_does_nothing(site: Site, tmp_path: Path) -> None:
    pattern = spread(TABLE, tmp_path / "fixes", [100, 300], group=50)
    out = tmp_path / "out"
    first = done(pattern, site, out, part_rows=100)
    before = state(out)
    part = next(p for p in sorted(out.glob("part-*.parquet")) if len(gpd.read_parquet(p)))
    frame = gpd.read_parquet(part)
    assert frame.crs.to_authority() == ("OGC", "CRS84")
    geo = json.loads(parquet.read_metadata(part).metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["bbox"] == pytest.approx(frame.total_bounds.tolist())
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["counts"] == first.counts
    again = done(pattern, site, out, part_rows=100)
    parts = {name for name in before if name.startswith("part-")}
    after = state(out)
    assert {n: after[n] for n in parts} == {n: before[n] for n in parts}
    assert again.summary == first.summary
    done(pattern, site, tmp_path / "other", part_rows=100)
    assert {n: b for n, (_, b) in state(tmp_path / "other").items()} == {
        n: b for n, (_, b) in before.items()
    }


def test_a_changed_file_is_done_again_and_the_others_are_not(site: Site, tmp_path: Path) -> None:
    loose = TABLE.drop_duplicates("id").drop(columns=["track_id", "accuracy_m"])
    pattern = spread(loose, tmp_path / "fixes", [100, 200], group=500)
    out = tmp_path / "out"
    done(pattern, site, out)
    before = state(out)
    write(loose[100:150], tmp_path / "fixes" / "001.parquet")
    batch = done(pattern, site, out)
    after = state(out)
    assert batch.counts["rows"] == len(loose) - 50
    same = [n for n in before if n.startswith("part-") and before[n] == after[n]]
    assert sorted(same) == ["part-00000.parquet", "part-00002.parquet"]
    (out / "part-00009.parquet").write_bytes((tmp_path / "fixes" / "000.parquet").read_bytes())
    with pytest.raises(InputError, match="not written by this program"):
        done(pattern, site, out)


@pytest.mark.parametrize("name", ["summary.json", "problems.parquet", "part-1-of-2.parquet"])
def test_no_file_of_another_is_written_over(site: Site, tmp_path: Path, name: str) -> None:
    pattern = spread(TABLE[:20], tmp_path / "fixes", [10], group=100)
    out = tmp_path / "out"
    out.mkdir()
    (out / "note.txt").write_text("mine")
    (out / name).write_text("{}")
    for fresh in (False, True):
        with pytest.raises(InputError, match="not written by this program"):
            done(pattern, site, out, fresh=fresh)
    assert (out / name).read_text() == "{}"
    (out / name).unlink()
    done(pattern, site, out)
    shutil.rmtree(out / ".work")
    done(pattern, site, out, fresh=True)
    assert (out / "note.txt").read_text() == "mine"


def test_what_names_no_file_says_why(site: Site, tmp_path: Path) -> None:
    spread(TABLE[:20], tmp_path / "fixes", [10], group=100)
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="in this folder"):
        done(str(tmp_path / "none"), site, tmp_path / "out")
    with pytest.raises(InputError, match="lie in the output folder"):
        done(str(tmp_path / "fixes"), site, tmp_path)


def test_bad_files_are_named_and_the_rest_is_done(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "fixes"
    rows = TABLE[:60].drop(columns="track_id")
    rows = rows[rows["lon"] < 180]
    write_geo(rows[:20], folder / "a.parquet", "EPSG:4326")
    write_geo(rows[20:40], folder / "b.parquet", "EPSG:4490")
    write_geo(rows[40:], folder / "c-crs.parquet", "EPSG:4549")
    write_geo(rows[40:], folder / "d-none.parquet", None)
    whole = (folder / "a.parquet").read_bytes()
    (folder / "e-cut.parquet").write_bytes(whole[: len(whole) // 2])
    (folder / "f-zero.parquet").write_bytes(b"")
    write(rows[:0], folder / "g-norows.parquet")
    write(rows.drop(columns=["lon", "lat"]), folder / "h-noplace.parquet")
    middle = len(whole) // 4
    (folder / "i-rot.parquet").write_bytes(whole[:middle] + b"\0" * 400 + whole[middle + 400 :])
    batch = done(str(folder), site, tmp_path / "out")
    told = {one.file: one.why.message.en for one in batch.aside}
    assert [n[0] for n in told] == list("cdefghi")
    assert all(name in message for name, message in told.items())
    assert "EPSG:4549" in told["c-crs.parquet"]
    assert "no coordinate reference system" in told["d-none.parquet"]
    assert "damaged" in told["e-cut.parquet"]
    assert "no rows" in told["g-norows.parquet"]
    assert "no longitude" in told["h-noplace.parquet"]
    assert batch.counts["rows"] == 40
    listed = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert len(listed["set_aside"]) == 7
    with pytest.raises(InputError, match="damaged"):
        done(str(folder / "e-cut.parquet"), site, tmp_path / "none")
    with pytest.raises(InputError, match="no such file"):
        done(str(folder / "*.csv"), site, tmp_path / "none")


def test_twins_are_the_same_by_any_range(site: Site, tmp_path: Path) -> None:
    pattern = spread(TABLE, tmp_path / "fixes", [50, 250], group=1000)
    batch = done(pattern, site, tmp_path / "out", part_rows=90)
    folders = {p.name for p in (tmp_path / "out" / ".work" / "read").iterdir()}
    keys = sorted(folders)
    whole = find_twins(tmp_path / "out" / ".work", keys)
    small = find_twins(tmp_path / "out" / ".work", keys, range_rows=10)
    assert {k: v.tolist() for k, v in whole.items()} == {k: v.tolist() for k, v in small.items()}
    codes = batch.counts["problems_by_code"]
    assert sum(map(len, whole.values())) == codes["repeated_row"] + codes["duplicate_id"]
    problems = parquet.read_table(tmp_path / "out" / "problems.parquet").to_pandas()
    rows = problems[problems["row"].notna()]
    assert len(rows) == batch.counts["problems"]
    assert rows["problem_id"].is_unique
