"""Options of every command that reads a table of measurements or counts, or asks about days."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import typer

from wetland.cli.options import parse_day

DateOrder = Literal["mdy", "dmy"]

SinceOption = Annotated[
    date | None,
    typer.Option("--since", parser=parse_day, metavar="YYYY-MM-DD", help="首日 / First day"),
]
UntilOption = Annotated[
    date | None,
    typer.Option("--until", parser=parse_day, metavar="YYYY-MM-DD", help="末日 / Last day"),
]
SheetOption = Annotated[
    str | None, typer.Option("--sheet", help="工作表，默认第一张 / Sheet; default: the first")
]
SourceOption = Annotated[
    str | None,
    typer.Option(
        "--source", help="来源名称，列的对应随之保存 / Source; the mapping is kept with it"
    ),
]
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OURS=THEIRS", help="字段=列名（可重复） / Field = column"),
]
DateOrderOption = Annotated[
    DateOrder | None,
    typer.Option("--date-order", help="5/6/2024 这类日期的顺序 / Order of dates like 5/6/2024"),
]
