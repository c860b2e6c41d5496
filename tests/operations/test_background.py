"""A screening in a process of its own says the same as one in this process."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from shapely.geometry import Point

from wetland.base.errors import InputError
from wetland.operations import background
from wetland.operations.background import FINDINGS, Running
from wetland.operations.batch import How
from wetland.operations.overview import overview_in, overview_of, packed
from wetland.operations.screening import screen_file
from wetland.operations.stores import open_store
from wetland.reading.files import Given
from wetland.screening.options import ReadOptions
from wetland.screening.screen import Settings
from wetland.sites.load import Site

SECONDS = 120.0
SETTINGS = Settings(assume_schematic=True)


@pytest.fixture(scope="module")
def example(site: Site) -> Given:
    path = site.folder / "examples" / "observations.csv"
    return Given.of_bytes("观察 [1].csv", path.read_bytes())


def wait(running: Running) -> Running:
    deadline = time.monotonic() + SECONDS
    while not running.state().ended and time.monotonic() < deadline:
        time.sleep(0.1)
    assert running.state().ended
    return running


def test_it_finds_what_this_process_finds(site: Site, example: Given, tmp_path: Path) -> None:
    how = How(ReadOptions(source_kind="gps"), SETTINGS)
    running = wait(background.start(example, site, tmp_path / "job", how=how))
    assert running.state().failed is None
    there = overview_in(running.folder / FINDINGS)
    here = overview_of(screen_file(example, site, options=how.options, settings=SETTINGS))
    assert set(there.findings["finding_id"]) == set(here.findings["finding_id"])
    assert there.broken == here.broken == len(here.all_findings) > 0
    assert there.counts["by_outcome"] == here.counts["by_outcome"]
    in_order = [sorted(found.undecided, key=lambda one: sorted(map(str, one.items())))
                for found in (there, here)]  # fmt: skip
    assert in_order[0] == in_order[1]
    assert there.notice == here.notice
    assert isinstance(there.findings["geometry"].iloc[0], Point)
    names = zipfile.ZipFile(BytesIO(packed(running.folder / FINDINGS))).namelist()
    assert {"summary.json", "problems.parquet"} < set(names)
    running.stop()
    assert not (tmp_path / "job").exists()


def test_the_severest_findings_are_shown_first(site: Site, example: Given) -> None:
    screening = screen_file(example, site, settings=SETTINGS)
    few = overview_of(screening, most=3)
    assert len(few.findings) == 3 < few.broken
    lowest = few.findings["severity"].min()
    assert lowest >= sorted(few.all_findings["severity"], reverse=True)[2]


def test_it_keeps_in_the_store_only_with_an_actor(
    site: Site, example: Given, tmp_path: Path
) -> None:
    address = str(tmp_path / "x.gpkg")
    open_store(address, site).close()
    how = How(ReadOptions(), SETTINGS)
    wait(background.start(example, site, tmp_path / "a", how=how, store=address))
    with open_store(address, site) as store:
        assert len(store.read("observations")) == 0
    kept = wait(
        background.start(example, site, tmp_path / "b", how=how, store=address, actor="ranger")
    )
    written = kept.written()
    with open_store(address, site) as store:
        assert written is not None
        assert written["added"] == len(store.read("findings")) > 0
        assert set(store.audit(table="findings")["actor"]) == {"ranger"}


def test_a_file_that_cannot_be_read_is_told_in_words(site: Site, tmp_path: Path) -> None:
    given = Given.of_bytes("x.csv", b"a,b\n1,2\n")
    running = wait(background.start(given, site, tmp_path / "job", how=How()))
    failed = running.state().failed
    assert failed is not None
    assert "x.csv" in failed.show("zh")


def test_one_that_was_killed_says_so(site: Site, example: Given, tmp_path: Path) -> None:
    running = background.start(example, site, tmp_path / "job", how=How())
    running.process.kill()
    running.process.wait()
    failed = running.state().failed
    assert failed is not None
    assert not isinstance(failed, InputError)
    assert "中断" in failed.show("zh")


def test_how_far_it_is_counts_rows(site: Site, tmp_path: Path) -> None:
    rows = "\n".join(f"r{i},120.0668,30.2742,2015-05-01,fishing" for i in range(500))
    given = Given.of_bytes("many.csv", f"id,lon,lat,date,activity\n{rows}\n".encode())
    running = wait(background.start(given, site, tmp_path / "job", how=How()))
    state = running.state()
    assert (state.step, state.done, state.total) == ("screen", 500, 500)
    running.stop()
