"""``wetland visitors``: counts within limits, forecasts, parking, use beside protection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from wetland.base.texts import text
from wetland.cli.birdtables import SYNTHETIC
from wetland.cli.observations import TITLES as PROBLEM_TITLES
from wetland.cli.opened import opened_store
from wetland.cli.options import (
    DEFAULT_SITE,
    ActorOption,
    FailOnOption,
    FormatOption,
    LangOption,
    SiteOption,
    StoreOption,
    fail_on,
)
from wetland.cli.output import emit
from wetland.cli.reading import given_file
from wetland.cli.visitoranswers import capacity, compare, load, screen
from wetland.cli.visitorbalance import balance
from wetland.cli.visitoroptions import FileArgument, today_of, visitor_options
from wetland.cli.visitoroutlook import forecast, parking

if TYPE_CHECKING:
    from wetland.visitors.readoptions import CountOptions

app = typer.Typer()

_SUMMARY = text(
    "共 {rows} 行（{layout}），客流计数 {visitor_counts} 条、停车场读数 {parking_readings} 条："
    "新增 {added}，更新 {changed}，已有 {unchanged}；存疑 {suspect}，不通过 {fail}；"
    "搁置 {rows_aside} 行",
    "{rows} rows ({layout}), {visitor_counts} counts of visitors, {parking_readings} readings of "
    "car parks: {added} added, {changed} changed, {unchanged} known; {suspect} suspect, {fail} "
    "failed; {rows_aside} rows set aside",
)


@app.callback()
def _noun() -> None:
    """游客：承载量以内，停车有位 / Visitors: within limits, and where to stop."""


@app.command("import")
@visitor_options
def import_(
    reading: CountOptions,
    file: FileArgument,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    fail: FailOnOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """导入客流计数或停车场读数 / Import counts of visitors or readings; what is wrong is listed."""
    from wetland.operations.visitorfiles import import_visitors  # noqa: PLC0415 - starts fast

    with opened_store(store, site) as (kept, opened):
        done = import_visitors(kept, opened, given_file(file), options=reading, actor=actor,
                               today=today_of(opened))  # fmt: skip
    answer = done.to_json(lang)
    if format != "table":
        emit(answer, format=format, lang=lang, rows=answer["problems"])
    else:
        columns = ("level", "row", "column", "value", "message")
        rows = [{name: problem[name] for name in columns} for problem in answer["problems"]]
        emit(rows, format=format, lang=lang, titles=PROBLEM_TITLES)
        counts = answer["counts"]
        flags = {name: counts["flags"].get(name, 0) for name in ("suspect", "fail")}
        typer.echo(_SUMMARY.fill(**{**counts, **flags}, layout=answer["layout"]).get(lang))
        if answer["synthetic"]:
            typer.echo(SYNTHETIC.get(lang), err=True)
    fail_on(fail, {"problems": len(answer["problems"])})


app.command("load")(load)
app.command("forecast")(forecast)
app.command("capacity")(capacity)
app.command("parking")(parking)
app.command("balance")(balance)
app.command("compare")(compare)
app.command("screen")(screen)
