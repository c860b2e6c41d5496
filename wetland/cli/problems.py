"""Say on standard error what of a file is set aside or doubtful, where the answer has no place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from wetland.base.texts import Lang, Text

MOST_TOLD = 5


def tell_problems(problems: Sequence[Mapping[Any, Any]], lang: Lang, counted: Text) -> None:
    """Print how many problems there are, and the first few of them, errors first.

    Parameters
    ----------
    problems
        Rows of `PROBLEMS`.
    counted
        The sentence with ``{e}`` errors and ``{w}`` warnings.
    """
    if not problems:
        return
    errors = [row for row in problems if row["level"] == "error"]
    warnings = [row for row in problems if row["level"] != "error"]
    typer.echo(counted.fill(e=len(errors), w=len(warnings)).get(lang), err=True)
    for row in [*errors, *warnings][:MOST_TOLD]:
        cells = [row[name] for name in ("row", "column", "value")]
        place = " ".join(str(cell) for cell in cells if cell and cell == cell)  # NaN is not itself
        message = row[f"message_{lang}"]
        typer.echo(f"  {place}: {message}" if place else f"  {message}", err=True)
