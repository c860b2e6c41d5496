"""What the tests of operations share: the Xixi site, and an empty store of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.birdcases import imported
from wetland.operations.stores import open_store
from wetland.sites.load import Site, open_site
from wetland.store.store import Store


@pytest.fixture(scope="module")
def site() -> Site:
    """Give the Xixi pack."""
    return open_site("xixi")


@pytest.fixture
def store(tmp_path: Path, site: Site) -> Iterator[Store]:
    """Give an empty store in a file."""
    with open_store(tmp_path / "store.gpkg", site) as opened:
        yield opened


@pytest.fixture(scope="session")
def bird_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a closed store with a small invented file of bird surveys."""
    path = tmp_path_factory.mktemp("birds") / "store.gpkg"
    xixi = open_site("xixi")
    with open_store(path, xixi) as opened:
        imported(opened, xixi)
    return path


@pytest.fixture
def birds(tmp_path: Path, site: Site, bird_store: Path) -> Iterator[Store]:
    """Give a store of one's own with a small invented file of bird surveys."""
    path = tmp_path / "birds.gpkg"
    shutil.copyfile(bird_store, path)
    with open_store(path, site) as opened:
        yield opened
