"""What the tests of operations share: the Xixi site, and an empty store of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
