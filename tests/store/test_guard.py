"""No reader and no export gets at the store's own file, whatever the path is called."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.store.tables import THINGS, things
from tests.store.test_store import Opener, write
from wetland.base.errors import InputError
from wetland.reading import guard
from wetland.store import Store


@pytest.fixture
def path(file_store: Store, tmp_path: Path) -> Path:
    write(file_store, things(3))
    return tmp_path / "store.gpkg"


def test_the_store_is_refused_under_every_name(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link.gpkg").symlink_to(path)
    (tmp_path / "link2.gpkg").symlink_to(tmp_path / "link.gpkg")
    os.link(path, tmp_path / "hard.gpkg")
    (tmp_path / "folder").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    names = [
        path, str(path), "store.gpkg", "./x/../store.gpkg", "link.gpkg", "link2.gpkg", "hard.gpkg",
        "folder/store.gpkg", f"file://{path}", f"zip://{path}", f"zip://{path}!inner.gpkg",
        f"/vsizip/{path}", f"/vsizip/{path}/inner.gpkg", f"/vsizip/{{{path}}}/inner.gpkg",
        f"/vsigzip/{path}", "/vsizip/store.gpkg/x", f"/vsicached?file={path}",
        f"/vsisubfile/0_100,{path}", f"GPKG:{path}", f"GPKG:{path}:things", f"gpkg:{path}",
        f"SQLite:{path}", f"zip+file://{path}", f"/vsizip//vsicurl/file://{path}",
        f"{path}|layername=things", f"{path}?mode=ro", f"{path}-wal", f"{path}-shm",
    ]  # fmt: skip
    (tmp_path / "x").mkdir()
    for name in names:
        assert guard.is_same(name, path), name
        with pytest.raises(InputError, match="the store itself"):
            guard.refuse_store(name, path)
        with pytest.raises(InputError):  # stores that are open here are known without being named
            guard.refuse_store(name)


def test_other_files_pass(path: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("store.gpkg", b"x")
    (tmp_path / "b.csv").write_text("a")
    for name in (
        tmp_path / "a.zip", f"zip://{tmp_path}/a.zip!store.gpkg", tmp_path / "b.csv",
        tmp_path / "none.gpkg", "-", "", "x\x00y", f"/vsizip/{tmp_path}/a.zip/store.gpkg",
        "https://example.org/store.gpkg", f"{tmp_path}", "C:\\data\\store.gpkg", "文件.gpkg",
    ):  # fmt: skip
        guard.refuse_store(name, path)


def test_a_store_that_is_no_file_refuses_nothing(tmp_path: Path) -> None:
    guard.refuse_store(tmp_path / "a.gpkg", "postgresql://127.0.0.1/x")
    guard.refuse_store(tmp_path / "a.gpkg", None)


def test_a_closed_store_is_refused_only_where_it_is_named(
    tmp_path: Path, open_store: Opener
) -> None:
    path = tmp_path / "closed.gpkg"
    first, second = open_store(path), open_store(path)
    first.close()
    with pytest.raises(InputError):
        guard.refuse_store(path)
    second.close()
    guard.refuse_store(path)
    with pytest.raises(InputError):
        guard.refuse_store(path, path)


def test_the_guard_opens_nothing(path: Path, file_store: Store) -> None:
    """Opening and closing the file would drop this process's locks on it."""
    held = set(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else set()
    guard.is_same(path, path)
    guard.is_same(f"zip://{path}!x", path)
    if held:
        assert len(set(os.listdir("/proc/self/fd"))) <= len(held)
    assert file_store.count("things") == 3


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".csv"])
def test_no_export_replaces_the_store(
    path: Path, file_store: Store, tmp_path: Path, suffix: str
) -> None:
    target = tmp_path / f"link{suffix}"
    target.symlink_to(path)
    with pytest.raises(InputError, match="the store itself"):
        file_store.export(THINGS.name, target)
    with pytest.raises(InputError):
        file_store.backup(target)
    assert file_store.verify().ok


def test_the_guard_is_light() -> None:
    """Readers of files ask it before anything else: it loads no database and no tables."""
    code = (
        "import sys, wetland.reading.guard as g; g.refuse_store('a.csv', 'b.gpkg');"
        "print([m for m in ('sqlalchemy', 'pandas', 'shapely', 'pandera') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
