"""What every test may use: reference data, parts that a machine may lack, the command line."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

# Machines differ in speed: an example may take as long as it needs.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", settings.get_profile("default"), max_examples=3000)
settings.load_profile("default")

REPO = Path(__file__).resolve().parent.parent
REQUIRE_ALL = "WETLAND_REQUIRE_ALL"
SHARED = "WETLAND_SHARED"


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark of tests that take minutes."""
    config.addinivalue_line("markers", "soak: takes long; run with -m soak")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave soak tests out unless they are asked for."""
    if "soak" in str(config.getoption("-m")):
        return
    for item in items:
        if item.get_closest_marker("soak") is not None:
            item.add_marker(pytest.mark.skip(reason="takes long; run with -m soak"))


@dataclass(frozen=True)
class Ran:
    """What a command line printed and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def repo() -> Path:
    """Give the folder of the project."""
    return REPO


@pytest.fixture(scope="session")
def load_script() -> Callable[[str], ModuleType]:
    """Give ``load_script("docs/build.py")``: a script of the project as a module, loaded anew."""

    def load(path: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(Path(path).stem, REPO / path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own settings out of the tests."""
    for name in ("SITE", "STORE", "LANG", "ACTOR", "ROLE", "DEBUG"):
        monkeypatch.delenv(f"WETLAND_{name}", raising=False)


@pytest.fixture(scope="session")
def require_part() -> Callable[[bool, str], None]:
    """Give ``require_part(present, reason)`` for a part that a machine may lack.

    Without the part the test is skipped with ``reason``; where ``WETLAND_REQUIRE_ALL=1`` (CI) it
    fails instead, so that nothing goes untested unnoticed.
    """

    def require(present: bool, reason: str) -> None:
        if present:
            return
        if os.environ.get(REQUIRE_ALL):
            pytest.fail(f"{REQUIRE_ALL} is set: {reason}")
        pytest.skip(reason)

    return require


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of third-party reference files, read in place and never copied."""
    folder = Path(os.environ.get(SHARED) or REPO.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"no reference files: {folder} is not there; set {SHARED}")
    return folder


@pytest.fixture
def run_cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Give ``run_cli("law", "at", ...)``: the command line in this process, with exit code."""
    from wetland.cli import main

    def run(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(a) for a in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run
