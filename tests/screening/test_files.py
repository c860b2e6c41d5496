"""What may be opened: content decides, and every refusal says what to do."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
from pathlib import Path

import pytest

from wetland.base.errors import InputError
from wetland.base.problems import PROBLEMS
from wetland.reading import files
from wetland.reading.files import Given, format_of, look_at
from wetland.screening.read import read_observations
from wetland.sites.load import Site
from wetland.store.store import Store


def refusal(source: str | Path | Given) -> str:
    with pytest.raises(InputError) as error:
        format_of(look_at(source))
    return error.value.message.en


def test_missing_empty_and_folders(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    assert "no such file" in refusal(tmp_path / "none.csv")
    assert "no such file" in refusal("a\0b.csv") or "cannot be read" in refusal("a\0b.csv")
    assert "empty" in refusal(tmp_path / "empty.csv")
    assert "folder" in refusal(tmp_path)


def test_packed_files_are_not_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("a.csv", b"0" * 10_000_000)
    for name, data in (("a.zip", packed.getvalue()), ("a.csv", packed.getvalue()),
                       ("a.xlsx", packed.getvalue()), ("a.csv.gz", gzip.compress(b"a,b")),
                       ("a.gpkg", packed.getvalue())):  # fmt: skip
        assert "packed" in refusal(Given.of_bytes(name, data))


def test_binary_renamed_csv(tmp_path: Path) -> None:
    database = tmp_path / "a.csv"
    with sqlite3.connect(database) as connection:
        connection.execute("create table t (x)")
    connection.close()
    assert "damaged or renamed" in refusal(database)
    assert "binary" in refusal(Given.of_bytes("a.csv", bytes(range(256)) * 10))
    assert "Excel" in refusal(Given.of_bytes("a.csv", b"\xd0\xcf\x11\xe0" + b"x" * 100))
    assert "not GPX" in refusal(Given.of_bytes("a.csv", b"<!DOCTYPE html><html></html>"))
    assert "damaged or renamed" in refusal(Given.of_bytes("a.gpkg", b"lon,lat\n1,2\n"))
    assert "damaged or renamed" in refusal(Given.of_bytes("a.parquet", b"lon,lat\n1,2\n"))
    assert "damaged or renamed" in refusal(Given.of_bytes("a.geojson", b"lon,lat\n1,2\n"))


def test_too_large_is_said_before_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 3)
    assert "larger" in refusal(Given.of_bytes("a.csv", b"lon,lat"))


def test_formats_by_content() -> None:
    for name, data, format in (
        ("a.csv", b"lon,lat\n1,2", "csv"),
        ("stdin", b"lon,lat\n1,2", "csv"),
        ("stdin", b'\xef\xbb\xbf {"type": "FeatureCollection"}', "geojson"),
        ("a.gpx", b'<?xml version="1.0"?><gpx version="1.1"></gpx>', "gpx"),
        ("a.txt", "\u7ecf\u5ea6,\u7eac\u5ea6".encode("utf-16"), "csv"),
    ):
        assert format_of(Given.of_bytes(name, data)) == format


def test_the_store_itself_is_refused(tmp_path: Path, site: Site) -> None:
    path = tmp_path / "store.gpkg"
    with Store.open(path, schemas=[PROBLEMS]):
        with pytest.raises(InputError, match="the store itself"):
            read_observations(path, site)
        link = tmp_path / "other.gpkg"
        link.symlink_to(path)
        with pytest.raises(InputError, match="the store itself"):
            read_observations(link, site)
    with pytest.raises(InputError, match="the store itself"):
        read_observations(path, site, store=path)
