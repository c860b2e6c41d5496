"""Write ``docs/cli.md`` from the commands themselves, so that it cannot fall behind.

Run ``.venv/bin/python docs/build.py`` (part of ``make format``).
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from wetland.cli import build_app, main

PAGE = Path(__file__).resolve().parent / "cli.md"
INTRODUCTION = """\
# 命令 / Commands

<!-- Written by docs/build.py; edit the command, not this page. -->

`wetland <noun> <verb>`。退出码：0 正常；1 输入有误；2 用法有误；3 有 `--fail-on` 所指的结果；
4 分批筛查时有文件或行被搁置。

Exit codes: 0 fine, 1 something given cannot be used, 2 usage, 3 what `--fail-on` names was found,
4 files or rows were set aside while screening in parts.
"""
WIDTH = "96"


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:  # noqa: ANN401
    """Yield the words of every command below ``command``: ``("law", "at")`` and so on."""
    children = getattr(command, "commands", None)
    if children is None:
        yield words
        return
    for name, child in children.items():
        yield from commands(child, (*words, name))


def every_command() -> list[tuple[str, ...]]:
    """Return the words of every command of ``wetland``."""
    return list(commands(typer.main.get_command(build_app())))


def help_of(words: tuple[str, ...]) -> str:
    """Return what ``wetland <words> --help`` prints at a fixed width."""
    printed = io.StringIO()
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = WIDTH
    try:
        with contextlib.redirect_stdout(printed):
            main([*words, "--help"])
    finally:
        os.environ.pop("COLUMNS")
        if before is not None:
            os.environ["COLUMNS"] = before
    return "\n".join(line.rstrip() for line in printed.getvalue().strip().splitlines())


def page() -> str:
    """Return the text of ``docs/cli.md``."""
    parts = [INTRODUCTION, f"```text\n{help_of(())}\n```\n"]
    parts += [
        f"## wetland {' '.join(words)}\n\n```text\n{help_of(words)}\n```\n"
        for words in every_command()
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
