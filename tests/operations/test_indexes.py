"""A site's indexes: stored beside the pack, else in the cache; warmed without a word."""

from __future__ import annotations

import logging
import shutil
import sys
from pathlib import Path

import pytest

from wetland.operations import indexes
from wetland.sites.load import Site, open_site, pack_digest
from wetland.zones import readiness


@pytest.fixture
def site(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(indexes, "user_cache_path", lambda _: tmp_path / "cache")
    monkeypatch.setattr(readiness, "_READY", type(readiness._READY)())
    shutil.copytree(repo / "layers" / "xixi", tmp_path / "xixi",
                    ignore=shutil.ignore_patterns(".index"))  # fmt: skip
    return open_site(tmp_path / "xixi")


def test_made_once_and_found_again(site: Site) -> None:
    count = len(list(indexes.asked_layers(site)))
    assert count > 0
    made = indexes.prepare_indexes(site)
    files = sorted((site.folder / ".index").glob("*.npz"))
    assert 0 < len(files) == made <= count  # the same boundaries need one file
    again = open_site(site.folder)
    assert again.digest == site.digest == pack_digest(site.folder)
    assert indexes.prepare_indexes(again) == 0
    assert len(again.zones.indexes) == count
    assert sorted((site.folder / ".index").glob("*.npz")) == files


def test_what_no_version_asks_for_is_removed(site: Site) -> None:
    folder = site.folder / ".index"
    folder.mkdir()
    (folder / "old.npz").write_bytes(b"")
    indexes.prepare_indexes(site)
    assert not (folder / "old.npz").exists()


def test_a_pack_that_cannot_be_written_has_them_in_the_cache(site: Site, tmp_path: Path) -> None:
    (site.folder / ".index").write_text("in the way")
    made = indexes.prepare_indexes(site)
    assert made > 0
    assert list((tmp_path / "cache").rglob("*.npz"))
    assert indexes.prepare_indexes(open_site(site.folder)) == 0


def test_nowhere_to_write(site: Site, tmp_path: Path) -> None:
    (site.folder / ".index").write_text("in the way")
    (tmp_path / "cache").write_text("in the way")
    indexes.prepare_indexes(site)
    assert len(site.zones.indexes) == len(list(indexes.asked_layers(site)))


def test_warm_up_says_when_it_is_ready(site: Site) -> None:
    assert not readiness.compiled_pays(readiness.FEW)
    thread = indexes.warm_in_background(site)
    thread.join(120)
    assert not thread.is_alive()
    assert readiness.compiled_pays(readiness.FEW)
    assert not readiness.compiled_pays(readiness.FEW - 1)
    names = ("cellkernels", "nearkernels", "lonlatkernels", "overlaykernels", "trackkernels")
    assert not [name for name in names if f"wetland.zones.{name}" not in sys.modules]


def test_a_warm_up_that_fails_raises_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Site) -> None:
        raise RuntimeError("no compiler here")

    monkeypatch.setattr(indexes, "warm_up", fail)
    with caplog.at_level(logging.WARNING):
        indexes.warm_in_background(site).join(20)
    assert "could not be loaded" in caplog.text
    assert not readiness.compiled_pays(readiness.FEW)
