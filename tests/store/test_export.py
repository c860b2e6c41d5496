"""Copies for others: GeoPackage, GeoJSON and CSV with the notice on every row; whole backups."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pandas as pd
import pyogrio
import pytest
import shapely

from tests.store.tables import NOTES, THINGS, things
from tests.store.test_geopackage import gdal
from tests.store.test_store import WHO, Opener, assert_same, write
from wetland.base.checks import check_table
from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.store import Store
from wetland.store.export import plain_cell, safe_cell

NOTICE = text("示意边界，不作执法依据", "schematic, not for enforcement")


@pytest.fixture
def filled(store: Store) -> Store:
    frame = things(4).astype(object)
    frame.loc[1, THINGS.names[1:]] = None
    frame.at[2, "place"] = shapely.Polygon([(0, 0), (0, 1), (1, 1)])  # wound clockwise
    frame.at[3, "place"] = shapely.from_wkt("GEOMETRYCOLLECTION (POINT (1 2), LINESTRING EMPTY)")
    write(store, frame)
    return store


def test_a_geopackage_holds_the_same_rows_and_the_notice(filled: Store, tmp_path: Path) -> None:
    path = filled.export("things", tmp_path / "out.gpkg", notice=NOTICE)
    found = gdal(path)["things"]
    assert found["crs"] == "EPSG:4326"
    assert found["types"]["seen_on"] == "datetime64[D]"
    assert found["types"]["seen_at"] == "datetime64[ms]"
    assert found["types"]["notice_zh"] == "object"
    back = pyogrio.read_dataframe(path, layer="things")  # another file: GDAL may open it here
    assert back["notice_zh"].unique().tolist() == [NOTICE.zh]
    assert back["notice_en"].unique().tolist() == [NOTICE.en]
    back = back.drop(columns=["notice_zh", "notice_en"]).rename(columns={"geometry": "place"})
    good, problems = check_table(THINGS, pd.DataFrame(back))
    assert problems.empty, problems.to_dict("records")
    assert_same(good, filled.read("things"))
    assert "示意边界" in str(pyogrio.read_info(path, layer="things")["layer_metadata"])


def test_geojson_holds_the_same_rows_and_the_notice(filled: Store, tmp_path: Path) -> None:
    path = filled.export("things", tmp_path / "out.geojson", notice=NOTICE)
    whole = json.loads(path.read_text("utf-8"))
    assert whole["notice"] == {"zh": NOTICE.zh, "en": NOTICE.en}
    held = filled.read("things")
    for feature, row in zip(whole["features"], held.to_dict("records"), strict=True):
        assert feature["properties"]["notice_zh"] == NOTICE.zh
        assert feature["properties"]["thing_id"] == row["thing_id"]
        if row["place"] is None:
            assert feature["geometry"] is None
        elif row["place"].geom_type != "GeometryCollection":
            shape = shapely.geometry.shape(feature["geometry"])
            assert shape.equals(row["place"])
    first = whole["features"][0]["properties"]
    assert first["value"] == 120.0668123456
    assert first["seen_at"] == "2024-05-01T08:30:00.250Z"
    assert first["more"] == {"name": "西溪"}
    ring = shapely.geometry.shape(whole["features"][2]["geometry"]).exterior
    assert ring.is_ccw  # RFC 7946
    assert whole["features"][1]["properties"]["flag"] is None


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(store: Store, tmp_path: Path) -> None:
    words = [
        "=1+1", "+86 571", "-2+3", "@SUM(A1)", "\t=x", '西溪, "湿地"\n二行', "-3.5", "'=x",
    ]  # fmt: skip
    write(store, things(len(words)).assign(words=words))
    path = store.export("things", tmp_path / "out.csv", notice=text("=示意", "-schematic"))
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["words"] for r in rows] == [
        "'=1+1", "'+86 571", "'-2+3", "'@SUM(A1)", "'\t=x", words[5], "-3.5", "'=x",
    ]  # fmt: skip
    assert rows[0]["notice_zh"] == "'=示意"
    assert rows[0]["value"] == "120.0668123456"
    assert rows[1]["flag"] == "false"
    assert rows[0]["place"] == "POINT (120 30)"
    assert [plain_cell(r["words"]) for r in rows][:-1] == words[:-1]


def test_a_cell_that_was_made_safe_comes_back() -> None:
    for cell in ("=x", "'x", "", "-", "+1", "@", "a=b", "-1e5", "\r\n", "−1"):
        assert plain_cell(safe_cell(cell)) == cell


def test_some_rows_only(filled: Store, tmp_path: Path) -> None:
    path = filled.export("things", tmp_path / "one.csv", where={"thing_id": "t000002"})
    assert len(path.read_text("utf-8-sig").splitlines()) == 2


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".csv"])
def test_an_empty_table_and_one_without_places(
    url: str, open_store: Opener, tmp_path: Path, suffix: str
) -> None:
    store = open_store(url, schemas=[THINGS, NOTES])
    for table in ("things", "notes"):
        assert store.export(table, tmp_path / (table + suffix), notice=NOTICE).stat().st_size > 0
    if suffix == ".gpkg":
        assert gdal(tmp_path / "notes.gpkg")["notes"]["kind"] is None
        assert gdal(tmp_path / "things.gpkg")["things"]["count"] == 0


def test_an_older_export_is_replaced_whole(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.gpkg"
    for _ in range(2):
        filled.export("things", path)
    assert gdal(path)["things"]["count"] == 4
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".out")] == []


@pytest.mark.parametrize("name", ["out.xlsx", "out", "none/out.csv"])
def test_an_export_that_cannot_be(filled: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        filled.export("things", tmp_path / name)


# --- backup -------------------------------------------------------------------------------------


def test_a_backup_is_whole_though_the_log_is_full(
    file_store: Store, open_store: Opener, tmp_path: Path
) -> None:
    write(file_store, things(2_000))
    with file_store.transaction(**WHO) as tx:
        tx.write("things", things(10, start=5_000))
        path = open_store(tmp_path / "store.gpkg").backup(tmp_path / "backup.gpkg")
    assert gdal(path)["things"]["count"] == 2_000
    copy = open_store(path)
    assert copy.verify(known_head=copy.head().hash).ok
    assert copy.head().store_id == file_store.head().store_id
    write(copy, things(1, start=8_000))
    assert copy.count("things") == 2_001
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    db.close()


def test_a_backup_replaces_nothing(file_store: Store, tmp_path: Path) -> None:
    (tmp_path / "old.gpkg").write_text("keep")
    with pytest.raises(InputError, match="exists"):
        file_store.backup(tmp_path / "old.gpkg")
    with pytest.raises(InputError, match="folder"):
        file_store.backup(tmp_path / "none" / "b.gpkg")
    assert (tmp_path / "old.gpkg").read_text() == "keep"


def test_postgis_is_backed_up_by_its_own_tool(
    postgis_url: str, open_store: Opener, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refused:
        open_store(postgis_url).backup(tmp_path / "b.gpkg")
    assert "pg_dump" in refused.value.show("zh")
