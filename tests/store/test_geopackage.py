"""The file is a GeoPackage: GDAL opens every table without a warning, also while we write.

GDAL never runs in this process: it would delete the write-ahead log beneath the open store.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.store.tables import NOTES, THINGS, things
from tests.store.test_store import WHO, Opener, geometries, write
from wetland.base.errors import InputError, StoreDamaged, StoreError
from wetland.store import Store, geometry
from wetland.store.geopackage import add_functions

GDAL = """
import json, sys, warnings
warnings.simplefilter("error")
import pyogrio, shapely
path, found = sys.argv[1], {}
for name, kind in pyogrio.list_layers(path).tolist():
    info = pyogrio.read_info(path, layer=name)
    arguments = {"layer": name}
    if len(sys.argv) > 2 and kind is not None:
        arguments["bbox"] = tuple(json.loads(sys.argv[2]))
    meta, fids, shapes, fields = pyogrio.raw.read(path, **arguments)
    row = {n: str(f[0]) for n, f in zip(meta["fields"], fields)} if len(fids or fields[0]) else {}
    found[name] = {
        "kind": kind, "count": len(fields[0]), "crs": info["crs"],
        "types": dict(zip(info["fields"].tolist(), info["dtypes"].tolist())), "row": row,
        "numbers": [float(v).hex() for v in fields[meta["fields"].tolist().index("value")]]
                   if name == "things" else [],
        "shapes": [] if shapes is None else [None if s is None else shapely.from_wkb(s).wkt
                                             for s in shapes[:5]],
    }
print(json.dumps(found))
"""


def gdal(path: Path, *arguments: str) -> dict[str, Any]:
    """Open every table of a file with GDAL in another process, warnings being errors."""
    script = [sys.executable, "-W", "error", "-c", GDAL, str(path), *arguments]
    done = subprocess.run(script, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_gdal_opens_every_table_also_during_a_write(tmp_path: Path, open_store: Opener) -> None:
    store = open_store(tmp_path / "store.gpkg", schemas=[THINGS, NOTES])
    frame = things(500)
    write(store, frame)
    with store.transaction(**WHO) as tx:
        tx.write("things", things(3_000, start=1_000))
        found = gdal(tmp_path / "store.gpkg")
    assert set(found) == {"things", "notes", "wetland_audit", "wetland_head", "wetland_migrations"}
    assert found["things"]["count"] == 500  # what is not committed is not seen
    assert found["things"]["crs"] == "EPSG:4326"
    assert found["things"]["numbers"] == [float(v).hex() for v in frame["value"]]
    assert found["things"]["row"]["seen_at"] == "2024-05-01T08:30:00.250+00:00" or (
        found["things"]["row"]["seen_at"].startswith("2024-05-01T08:30:00.250")
    )
    assert found["things"]["row"]["seen_on"] == "2024-02-29"
    assert found["things"]["row"]["words"] == "白鹭 egret"
    assert found["things"]["types"] == {
        "thing_id": "object", "words": "object", "limit": "int64", "value": "float64",
        "flag": "bool", "seen_on": "datetime64[D]", "seen_at": "datetime64[ms]",
        "more": "object", "row_digest": "object",
    }  # fmt: skip
    assert found["wetland_audit"]["count"] == 502
    assert found["wetland_audit"]["types"]["at"] == "datetime64[ms]"
    # and the reading process took nothing away
    write(store, things(10, start=9_000))
    assert store.count("things") == 3_510
    assert store.verify().ok


def test_gdal_finds_the_same_rows_in_a_box(tmp_path: Path, file_store: Store) -> None:
    write(file_store, things(2_000))
    box = (120.0005, 30.0, 120.0006, 31.0)
    near = file_store.read("things", within=box)
    assert len(near) == 101
    assert gdal(tmp_path / "store.gpkg", json.dumps(box))["things"]["count"] == len(near)


def test_rows_that_stayed_in_the_log_are_in_the_file_after_closing(
    tmp_path: Path, file_store: Store
) -> None:
    write(file_store, things(100))
    file_store.close()
    assert not (tmp_path / "store.gpkg-wal").exists()
    shutil.copy(tmp_path / "store.gpkg", tmp_path / "copy.gpkg")
    assert gdal(tmp_path / "copy.gpkg")["things"]["count"] == 100


def test_another_process_sees_the_header_at_once(tmp_path: Path, file_store: Store) -> None:
    """The header is in the file itself, not in the log: another program tells by it what it is."""
    read = (
        "import sys; b = open(sys.argv[1], 'rb').read(100);"
        "print(b[68:72].decode(), int.from_bytes(b[60:64], 'big'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", read, str(tmp_path / "store.gpkg")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["GPKG", "10400"]
    assert file_store.count("things") == 0


def test_the_index_follows_every_change(tmp_path: Path, file_store: Store) -> None:
    """The triggers keep index and rows together when other programs write, too."""
    frame = things(6)
    frame["place"] = [
        shapely.Point(1, 1), None, shapely.Polygon(), shapely.box(0, 0, 2, 2),
        shapely.Point(5, 5), shapely.Point(6, 6),
    ]  # fmt: skip
    write(file_store, frame)
    frame["place"] = [
        shapely.Point(2, 2), shapely.Point(3, 3), shapely.box(4, 4, 5, 5), None,
        shapely.Polygon(), shapely.Point(6, 6),
    ]  # fmt: skip
    write(file_store, frame)
    file_store.close()
    with sqlite3.connect(tmp_path / "store.gpkg") as db:
        add_functions(db)
        db.execute("DELETE FROM things WHERE thing_id = 't000005'")
        db.execute("UPDATE things SET fid = 77 WHERE thing_id = 't000000'")
        db.execute("UPDATE things SET fid = 78 WHERE thing_id = 't000003'")
        boxes = db.execute("SELECT * FROM rtree_things_place ORDER BY id").fetchall()
        assert boxes == [(2, 3, 3, 3, 3), (3, 4, 5, 4, 5), (77, 2, 2, 2, 2)]
        assert db.execute("SELECT rtreecheck('rtree_things_place')").fetchone() == ("ok",)
        extent = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'things'"
        assert db.execute(extent).fetchone() == (0, 0, 6, 6)
    db.close()


@given(geometries)
def test_a_blob_says_what_its_geometry_says(shape: shapely.Geometry) -> None:
    blob = geometry.to_blob(shape)
    assert shapely.to_wkb(geometry.from_blob(blob)) == shapely.to_wkb(shape)
    assert geometry.is_empty_blob(blob) == shape.is_empty
    bounds = geometry.blob_bounds(blob)
    assert (bounds is None) == shape.is_empty
    if bounds is not None:
        assert bounds == shape.bounds


@given(st.binary(max_size=120) | st.binary(max_size=80).map(lambda b: b"GP\x00\x03" + b))
def test_a_blob_of_anything_is_an_error_not_a_crash(blob: bytes) -> None:
    with contextlib.suppress(ValueError):
        geometry.from_blob(blob)


def test_blobs_of_other_programs_are_read() -> None:
    """Big endian, an envelope with heights, a point with envelope: all allowed by the standard."""
    wkb = shapely.to_wkb(shapely.Point(120, 30), byte_order=0)
    envelope = np.array([120, 120, 30, 30, 0, 0], dtype=">f8").tobytes()
    blob = b"GP\x00" + bytes([0b0000_0100]) + (4326).to_bytes(4, "big") + envelope + wkb
    assert geometry.from_blob(blob).wkt == "POINT (120 30)"
    assert geometry.blob_bounds(blob) == (120, 30, 120, 30)


# --- what is not a store ------------------------------------------------------------------------


def test_a_file_that_is_not_a_store_is_left_alone(tmp_path: Path, open_store: Opener) -> None:
    path = tmp_path / "layers.gpkg"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a store"):
        open_store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\x00" + b"x" * 600])
def test_a_file_that_is_no_database_is_named(
    tmp_path: Path, open_store: Opener, content: bytes
) -> None:
    path = tmp_path / "odd.gpkg"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"odd\.gpkg"):
        open_store(path)
    assert path.read_bytes() == content


def test_a_store_cut_short_is_damaged(tmp_path: Path, open_store: Opener) -> None:
    path = tmp_path / "store.gpkg"
    store = open_store(path)
    write(store, things(3_000))
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreDamaged):
        open_store(path).read("things")


@pytest.mark.parametrize("name", ["store.sqlite", "mysql://x/y", "postgresql+nope://h/d", "a.csv"])
def test_an_address_that_cannot_be_a_store(open_store: Opener, tmp_path: Path, name: str) -> None:
    with pytest.raises((InputError, StoreError)):
        open_store(name if "://" in name else tmp_path / name)


def test_no_store_is_made_unasked(tmp_path: Path, open_store: Opener) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        open_store(tmp_path / "none.gpkg", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_password_is_never_shown(open_store: Opener) -> None:
    with pytest.raises(StoreError) as failed:
        open_store("postgresql://me:secret@127.0.0.1:1/none")
    assert "secret" not in failed.value.show("zh") + str(failed.value)
    assert "***" in failed.value.show("en")
