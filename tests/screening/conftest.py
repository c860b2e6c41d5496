"""What the screening tests share: the Xixi site, and reading a file from a few lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wetland.reading.files import Given
from wetland.screening.options import ReadOptions
from wetland.screening.read import Reading, read_observations
from wetland.sites.load import Site, open_site


@pytest.fixture(scope="session")
def site() -> Site:
    """Give the Xixi pack."""
    return open_site("xixi")


@pytest.fixture(scope="session")
def read(site: Site) -> Callable[..., Reading]:
    """Give ``read(lines_or_bytes, name="a.csv", **options)``."""

    def run(content: str | bytes | Path, name: str = "a.csv", **options: Any) -> Reading:
        if isinstance(content, Path):
            return read_observations(content, site, ReadOptions(**options))
        data = content.encode("utf-8") if isinstance(content, str) else content
        return read_observations(Given.of_bytes(name, data), site, ReadOptions(**options))

    return run


@pytest.fixture(scope="session")
def earthranger() -> Path:
    """Give the folder of EarthRanger examples."""
    return Path(__file__).parent / "data" / "earthranger"
