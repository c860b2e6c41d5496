"""The form of the code: sizes, names, and what may be imported or read where."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
PACKAGE = sorted((REPO / "wetland").rglob("*.py"))
SCRIPTS = [
    p for folder in ("benchmarks", "docs", "scripts", "web") for p in REPO.glob(f"{folder}/*.py")
]
MODULE_LINES = 500
FUNCTION_LINES = 40
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "core", "misc"}
HEAVY = {
    "branca",
    "folium",
    "geopandas",
    "numpy",
    "pandas",
    "pandera",
    "psycopg",
    "pyarrow",
    "pyogrio",
    "pyproj",
    "shapely",
    "sqlalchemy",
    "streamlit",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def own_lines(function: Function, *, signature: bool) -> int:
    """Count the lines of a function without its docstring; a command's options are declarations."""
    start = function.lineno if signature else function.body[0].lineno
    lines = (function.end_lineno or start) - start + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


@pytest.mark.parametrize("path", [*PACKAGE, *SCRIPTS], ids=lambda p: str(p.relative_to(REPO)))
def test_sizes_and_names(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MODULE_LINES, "split the module by what it is about"
    assert path.stem not in FORBIDDEN_NAMES, "name the module by what it is about"
    long = {
        function.name: lines
        for function in functions(ast.parse(source))
        if (lines := own_lines(function, signature=path.parent.name != "cli")) > FUNCTION_LINES
    }
    assert not long, f"functions longer than {FUNCTION_LINES} lines"


def test_app_is_short() -> None:
    assert len((REPO / "app.py").read_text(encoding="utf-8").splitlines()) <= 40


def test_packages_have_no_forbidden_names() -> None:
    folders = {p.parent.name for p in PACKAGE}
    assert not folders & FORBIDDEN_NAMES


def test_layers_hold_data_only() -> None:
    assert not list((REPO / "layers").rglob("*.py"))


@pytest.mark.parametrize("path", PACKAGE, ids=lambda p: str(p.relative_to(REPO)))
def test_only_shells_read_the_environment(path: Path) -> None:
    package = path.relative_to(REPO / "wetland").parts[0]
    if package in {"cli", "ui"}:
        return
    reads = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in {"environ", "getenv", "environb", "putenv"}
    ]
    assert not reads, "only cli and ui read the environment; hand the value down"


@pytest.mark.parametrize(
    "module", ["wetland", "wetland.base", "wetland.base.errors", "wetland.cli", "wetland.__main__"]
)
def test_importing_it_is_light(module: str) -> None:
    code = f"import sys, {module}; print(*{{m.split('.')[0] for m in sys.modules}})"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPO
    )
    assert not HEAVY & set(ran.stdout.split())


def test_the_root_imports_nothing_of_the_house() -> None:
    code = "import sys, wetland; print(*[m for m in sys.modules if m.startswith('wetland.')])"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPO
    )
    assert ran.stdout.strip() == ""


HOMES = {
    "streamlit": {"ui"},
    "typer": {"cli"},
    "sql": {"store"},
    "folium": {"maps"},
    "pure": {"cli", "maps", "operations", "store", "ui"},
}


def test_each_library_has_one_home() -> None:
    """A new package must be held to every contract; import-linter checks only those it is told."""
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {c["id"]: c for c in project["tool"]["importlinter"]["contracts"]}
    packages = {p.parent.name for p in (REPO / "wetland").glob("*/__init__.py")}
    for name, homes in HOMES.items():
        held = {module.removeprefix("wetland.") for module in contracts[name]["source_modules"]}
        assert held == packages - homes, name
