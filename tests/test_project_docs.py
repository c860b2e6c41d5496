"""What the pages say is true: commands exist, links lead somewhere, both languages agree."""

from __future__ import annotations

import functools
import importlib.util
import json
import re
import shlex
import tomllib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from wetland import __version__
from wetland.base.texts import Text
from wetland.cli import NOUNS, build_app

REPO = Path(__file__).resolve().parent.parent
PAGES = sorted(
    [
        *REPO.glob("*.md"),
        *REPO.glob("docs/*.md"),
        *REPO.glob("*/README.md"),
        *REPO.glob("layers/*/*.md"),
    ]
)
FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+?)(?:#[^)]*)?\)")
TARGET = re.compile(r"^([a-z]+):.*##", re.MULTILINE)


@pytest.fixture(scope="module")
def build(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("docs/build.py")


def shell_lines(page: Path) -> list[str]:
    """Return the command lines in the fenced blocks of a page, continued lines joined."""
    blocks = "\n".join(FENCE.findall(page.read_text(encoding="utf-8"))).replace("\\\n", " ")
    return [line.strip().removeprefix("$ ") for line in blocks.splitlines()]


def wetland_lines(page: Path) -> list[list[str]]:
    found = []
    for line in shell_lines(page):
        command = line.split(" | ")[-1] if " | wetland " in line else line.split(" | ")[0]
        command = command.split("  #")[0]
        if command.startswith("wetland ") and "NOUN" not in command and "<" not in command:
            found.append(shlex.split(command)[1:])
    return found


@functools.cache
def whole_command() -> Any:
    return typer.main.get_command(build_app())


def find_command(words: list[str]) -> Any:
    command: Any = whole_command()
    for word in words:
        children = getattr(command, "commands", None)
        if children is None:
            break
        if not word.startswith("-"):
            assert word in children, f"no command {word!r} in {words}"
            command = children[word]
    return command


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(REPO)))
def test_commands_on_the_page_exist(page: Path) -> None:
    if page.name == "cli.md":
        return
    targets = set(TARGET.findall((REPO / "Makefile").read_text(encoding="utf-8")))
    for line in shell_lines(page):
        if line.startswith("make "):
            for word in line.split("  #")[0].split()[1:]:
                assert "=" in word or word in targets, f"no make target {word}"
    for words in wetland_lines(page):
        command = find_command(words)
        options = {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
        for word in words:
            if word.startswith("--") and word not in {"--help", "--version", "--lang"}:
                assert word.split("=")[0] in options, f"wetland {' '.join(words)}: no {word}"
        needed = [p for p in command.params if p.required and p.param_type_name == "option"]
        lacking = [p.name for p in needed if not set(p.opts) & set(words)]
        assert "--help" in words or not lacking, f"wetland {' '.join(words)} lacks {lacking}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(REPO)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in link and not link.startswith("mailto:"):
            assert (page.parent / link).exists(), link


def test_every_noun_has_its_module() -> None:
    missing = [n for n in NOUNS if importlib.util.find_spec(f"wetland.cli.{n}") is None]
    assert not missing
    modules = {p.stem for p in (REPO / "wetland" / "cli").glob("*.py")} - {"__init__"}
    with_verbs = {m for m in modules if hasattr(import_module(f"wetland.cli.{m}"), "app")}
    assert with_verbs <= set(NOUNS), "a noun is one line in wetland/cli/__init__.py"
    assert all(isinstance(about, Text) for about in NOUNS.values())


def test_the_page_of_commands_is_current(build: ModuleType) -> None:
    assert build.PAGE.read_text(encoding="utf-8") == build.page(), "run: make format"


def test_every_command_and_option_explains_itself(build: ModuleType) -> None:
    for words in build.every_command():
        command = find_command(list(words))
        assert command.help, f"wetland {' '.join(words)} has no help"
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert parameter.help, f"wetland {' '.join(words)} {parameter.name}: no help"


@pytest.mark.parametrize(
    "words",
    [w for w in wetland_lines(REPO / "README.md") if w[0] in {"law", "screen", "water"}],
    ids=" ".join,
)
def test_questions_of_the_readme_are_answered(
    words: list[str], run_cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(REPO)
    if "--out" in words:  # as written, but not into the project, and without the progress
        words = [str(tmp_path) if last == "--out" else word
                 for last, word in zip(["", *words], words, strict=False)]  # fmt: skip
        words.append("--quiet")
    ran = run_cli(*words)
    assert ran.code == 0
    assert ran.err == "" or words[0] == "water"  # that the example is invented is said there
    if "json" in words:
        assert json.loads(ran.out)


def headings(page: Path) -> list[int]:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]


def test_both_readmes_say_the_same() -> None:
    english, chinese = REPO / "README.md", REPO / "README.zh.md"
    assert headings(english) == headings(chinese)
    commands = [
        [
            line.split("  #")[0].rstrip()
            for line in shell_lines(page)
            if line.startswith(("make ", "wetland ", "git "))
        ]
        for page in (english, chinese)
    ]
    assert commands[0] == commands[1]
    assert commands[0]


def test_the_changelog_has_this_version() -> None:
    changelog = (REPO / "CHANGELOG.md").read_text(encoding="utf-8")
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    assert f"## [{__version__}]" in changelog


def test_make_lists_its_targets() -> None:
    targets = set(TARGET.findall((REPO / "Makefile").read_text(encoding="utf-8")))
    assert targets >= {
        "install",
        "app",
        "demo",
        "test",
        "check",
        "format",
        "bench",
        "report",
        "soak",
        "lock",
        "assets",
    }
    contributing = (REPO / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert not [target for target in targets - {"help"} if f"make {target}" not in contributing]
