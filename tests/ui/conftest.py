"""The app in a test: a folder of its own, so that no test finds another's store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from wetland.operations.demo import prepare_demo
from wetland.sites.load import open_site

SECONDS = 60


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _assets(require_part: Callable[[bool, str], None]) -> None:
    from wetland.ui.assets import missing_files

    lost = missing_files()
    require_part(not lost, f"map files are not installed ({', '.join(lost)}): run make install")


@pytest.fixture
def app(repo: Path) -> AppTest:
    """Give the app as a visitor opens it; call ``run()`` to see the first page."""
    return AppTest.from_file(str(repo / "app.py"), default_timeout=SECONDS)


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demo store once; tests copy it."""
    path = tmp_path_factory.mktemp("demo") / "xixi.gpkg"
    prepare_demo(open_site("xixi"), path)
    return path


def shown(at: AppTest) -> str:
    """Return all words on the page, in one string."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "error", "warning",
             "success", "text")  # fmt: skip
    words = [str(element.value) for kind in kinds for element in at.get(kind)]
    return "\n".join(words)
