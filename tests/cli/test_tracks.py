"""``wetland tracks`` as a person types it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from wetland.base.tables import DTYPES
from wetland.cli.tracks import parse_duration
from wetland.operations.screening import import_observations
from wetland.operations.stores import SCHEMAS, open_store
from wetland.operations.tracks import check_tracks, read_tracks, visit_zones
from wetland.reading.files import Given
from wetland.screening.tables import OBSERVATIONS
from wetland.sites.load import Site, open_site
from wetland.store.store import Store

Run = Callable[..., object]

# Four fixes well inside Xixi's protection zone, one jump, a gap of an hour.
ROWS = """船号,经度,纬度,时间
浙A1,120.0600,30.2700,2024-05-01 08:00:00
浙A1,120.0604,30.2700,2024-05-01 08:00:10
浙A1,120.1600,30.2700,2024-05-01 08:00:20
浙A1,120.0612,30.2700,2024-05-01 08:00:30
浙A1,120.0616,30.2700,2024-05-01 09:00:30
"""
GPX = """<?xml version="1.0"?>
<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="30.27" lon="120.06"/>
<trk><name>巡护艇</name><trkseg>
<trkpt lat="30.2700" lon="120.06"><time>2024-05-01T00:00:00Z</time><hdop>1.2</hdop></trkpt>
<trkpt lat="30.2705" lon="120.06"><time>2024-05-01T00:00:10Z</time></trkpt></trkseg></trk>
<trk><name>甲</name><trkseg>
<trkpt lat="30.2700" lon="120.07"><time>2024-05-01T00:00:00Z</time></trkpt></trkseg></trk>
<trk><name>甲</name><trkseg><trkpt lat="30.2705" lon="120.07"/></trkseg></trk>
</gpx>"""


@pytest.fixture(scope="module")
def site() -> Site:
    return open_site("xixi")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "船.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_visits_as_json(run_cli: Run, file: Path) -> None:
    ran = run_cli("tracks", "visits", file, "--source-kind", "gps", "--format", "json")
    assert ran.code == 0, ran.err
    answer = json.loads(ran.out)
    assert answer["notice"]
    assert answer["zone_basis"] == "schematic"
    visits = [v for v in answer["visits"] if v["zone"] == "protection-2011"]
    first, last = visits
    assert (first["entry_kind"], first["exit_kind"], first["n_fixes"]) == ("start", "gap", 3)
    assert first["entered_at"] == "2024-05-01T00:00:00+00:00"  # 08:00 at Xixi
    assert first["dwell_s"] == 30
    assert first["length_m"] == pytest.approx(115.5, abs=0.2)  # 0.0012 degrees at 30.27 N
    assert (last["entry_kind"], last["exit_kind"], last["dwell_s"]) == ("gap", "end", 0)
    assert [g["duration_s"] for g in answer["gaps"]] == [3600]
    whole = next(t for t in answer["totals"] if t["zone"] is None)
    assert (whole["fixes"], whole["gaps"], whole["gap_s"]) == (4, 1, 3600)
    assert (answer["counts"]["rows"], answer["counts"]["doubted"]) == (5, 1)
    bridged = run_cli("tracks", "visits", file, "--max-gap", "2h", "--format", "json")
    assert json.loads(bridged.out)["gaps"] == []


def test_doubtful_fixes_are_used_where_that_is_asked(run_cli: Run, file: Path) -> None:
    ran = run_cli("tracks", "visits", file, "--all-fixes", "--source-kind", "gps", "-f", "json")
    answer = json.loads(ran.out)
    assert answer["counts"]["fixes"] == answer["counts"]["rows"] == 5
    kinds = [v["exit_kind"] for v in answer["visits"] if v["zone"] == "protection-2011"]
    assert kinds == ["crossing", "gap", "end"]  # out to the east and back


def test_the_uncertainty_taken_is_told_where_it_makes_doubt(run_cli: Run, file: Path) -> None:
    ran = run_cli("tracks", "visits", file, "--lang", "en")
    assert "(0 certain)" in ran.out
    assert "5 rows state no uncertainty" in ran.out
    assert "--source-kind" in ran.out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_visits_as_a_table(run_cli: Run, file: Path, lang: str) -> None:
    ran = run_cli("tracks", "visits", file, "--source-kind", "gps", "--lang", lang)
    assert ran.code == 0, ran.err
    assert ("示意" if lang == "zh" else "not for enforcement") in ran.out
    assert ("确定的到访" if lang == "zh" else "Certain visits") in ran.out
    assert ("不作为事实" if lang == "zh" else "within the errors") in ran.out
    assert ("未采用" if lang == "zh" else "left out") in ran.out
    assert ("缺口" if lang == "zh" else "gap") in ran.out
    assert "2024-05-01 08:00:00" in ran.out  # the site's own time
    assert ("4 个定位点" if lang == "zh" else "4 fixes") in ran.out


def test_visits_as_csv_bear_the_notice(run_cli: Run, file: Path) -> None:
    ran = run_cli("tracks", "visits", file, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert rows
    assert all(row["notice"] for row in rows)
    assert {row["certain"] for row in rows} <= {"true", "false"}


def test_wide_positions_are_uncertain_visits(run_cli: Run, file: Path) -> None:
    """Without --source-kind nothing is known of how the fixes were found: 1 km may be wrong."""
    ran = run_cli("tracks", "visits", file, "--map", "uncertainty=船号", "--format", "json")
    assert ran.code == 0
    ran = run_cli("tracks", "visits", file, "--format", "json")
    assert not any(v["certain"] for v in json.loads(ran.out)["visits"])


def test_check_flags_the_fix_that_jumps(run_cli: Run, file: Path) -> None:
    ran = run_cli("tracks", "check", file, "--format", "json")
    answer = json.loads(ran.out)
    assert [f["source_row"] for f in answer["flagged"]] == [4]
    assert answer["counts"]["impossible_speed"] == 1
    for lang, word in (("zh", "速度异常"), ("en", "impossible speed")):
        assert word in run_cli("tracks", "check", file, "--lang", lang).out
    slow = run_cli("tracks", "check", file, "--max-speed", "2", "--format", "json")
    assert json.loads(slow.out)["counts"]["impossible_speed"] > 1
    walk = run_cli("tracks", "check", file, "--kind", "walk", "--format", "csv")
    assert "impossible_speed" in walk.out.splitlines()[0]


def test_a_gpx_file_is_read_fix_by_fix(site: Site) -> None:
    tracks = read_tracks(Given.of_bytes("a.gpx", GPX.encode()), site)
    assert tracks.observations["track_id"].tolist() == ["巡护艇", "巡护艇", "甲 (2)", "甲 (3)"]
    found = visit_zones(tracks, site)
    assert found.counts["fixes"] == 3
    assert found.counts["no_time"] == 1
    kept = found.visits[found.visits["track"] == "巡护艇"]
    assert (kept["length_m"] > 55).all()


def test_gpx_without_tracks(run_cli: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.gpx"
    path.write_text(GPX[: GPX.index("<trk>")] + "</gpx>", encoding="utf-8")
    ran = run_cli("tracks", "visits", path)
    assert ran.code == 1
    assert "航迹点" in ran.err


def test_without_a_track_column_all_is_one(site: Site) -> None:
    lines = ROWS.replace("船号", "备注")
    tracks = read_tracks(Given.of_bytes("a.csv", lines.encode()), site)
    assert tracks.note is not None
    assert visit_zones(tracks, site).counts["tracks"] == 1


def test_tracks_of_the_store(run_cli: Run, file: Path, tmp_path: Path, site: Site) -> None:
    store = tmp_path / "s.gpkg"
    assert run_cli("observations", "import", file, "--store", store, "--source-kind", "gps",
                   "--actor", "a").code == 0  # fmt: skip
    ran = run_cli("tracks", "visits", "--store", store, "--format", "json")
    of_file = run_cli("tracks", "visits", file, "--source-kind", "gps", "--format", "json")
    kept, given = json.loads(ran.out), json.loads(of_file.out)
    assert kept["visits"] == given["visits"]
    assert run_cli("tracks", "check", "--store", store).code == 0
    assert run_cli("tracks", "visits").code == 1
    empty = tmp_path / "e.gpkg"
    with open_store(empty, site):
        pass
    assert run_cli("tracks", "visits", "--store", empty).code == 1


def test_an_older_store_takes_the_new_column(tmp_path: Path, site: Site, file: Path) -> None:
    """A store from before tracks: the column is added, what it holds stays as it was."""
    without = tuple(c for c in OBSERVATIONS.columns if c.name != "track_id")
    older = replace(OBSERVATIONS, columns=without)
    path = tmp_path / "old.gpkg"
    schemas = [older if s.name == "observations" else s for s in SCHEMAS]
    with Store.open(path, schemas=schemas) as store, store.transaction(actor="a", reason="t") as tx:
        row = dict.fromkeys(older.names)
        row |= {"observation_id": "o-1", "site": site.id, "source_id": "s-1", "content": "c",
                "position_source": "gps"}  # fmt: skip
        frame = pd.DataFrame([row], columns=older.names)
        tx.write("observations", frame.astype({c.name: DTYPES[c.kind] for c in older.columns}))
    with open_store(path, site) as store:
        import_observations(store, site, file, actor="a")
        kept = store.read("observations", {"site": site.id})
        assert len(kept) == 6
        assert kept.set_index("observation_id")["track_id"].isna()["o-1"]


def test_zones_that_begin_on_the_way(site: Site) -> None:
    """Management zones hold from 2018-01-05: only fixes of that day count; the others go on."""
    lines = ["track_id,lon,lat,time"]
    lines += [f"a,{120.06 + k * 1e-5},30.27,2018-01-04 23:59:{k:02}" for k in range(50, 60, 2)]
    lines += [f"a,{120.0601 + k * 1e-5},30.27,2018-01-05 00:00:{k:02}" for k in range(0, 10, 2)]
    found = visit_zones(read_tracks(Given.of_bytes("a.csv", "\n".join(lines).encode()), site), site)
    visits = found.visits.set_index("zone")
    assert visits["n_fixes"]["protection-2011"] == 10
    assert visits["dwell_s"]["protection-2011"] == 18
    assert visits["n_fixes"]["management-middle-2018"] == 5
    assert visits["dwell_s"]["management-middle-2018"] == 8
    assert found.counts["fixes"] == 10
    assert found.totals["zone"].isna().sum() == 1


def test_durations() -> None:
    assert [parse_duration(v) for v in ("90", "90s", "1.5h", "2 min", 3.0)] == [
        90, 90, 5400, 120, 3,
    ]  # fmt: skip


@pytest.mark.parametrize("said", ["10x", "-5", "", "soon"])
def test_a_duration_that_is_none(run_cli: Run, file: Path, said: str) -> None:
    assert run_cli("tracks", "visits", file, f"--max-gap={said}").code == 2


def test_a_real_patrol(shared: Path, site: Site) -> None:
    """EarthRanger's relocations (ecoscope, BSD-3): 110 rows, half of them said twice."""
    path = shared / "data" / "patrol" / "earthranger" / "small_events.parquet"
    tracks = read_tracks(path, site)
    assert len(tracks.observations) == 55
    found = visit_zones(tracks, site)
    assert found.counts["fixes"] + sum(
        found.counts.get(n, 0) for n in ("no_time", "no_position", "repeated")
    ) == 55  # fmt: skip
    assert not len(found.visits)  # Kenya is not at Xixi
    assert found.totals["length_m"].sum() > 1000
    checked = check_tracks(tracks, site)
    assert checked.counts["rows"] == 55
    single = read_tracks(path.with_name("sample_observation.json"), site)
    assert visit_zones(single, site).counts["visits"] == 0
