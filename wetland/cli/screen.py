"""``wetland screen FILE``: compare a file with zones, records and the law of each day."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from wetland.base.texts import Lang, Text, text
from wetland.cli.options import (
    DEFAULT_SITE,
    ActorOption,
    AssumeSchematicOption,
    FailOnOption,
    FormatOption,
    LangOption,
    SiteOption,
    StoreOption,
    fail_on,
    parse_day,
)
from wetland.cli.output import emit
from wetland.cli.reading import FileArgument, given_file, reading_options

if TYPE_CHECKING:
    from wetland.operations.screening import Screening
    from wetland.screening.options import ReadOptions

SHOWN = ("source_row", "outcome", "rule", "article", "penalty_article", "activity", "occurred_on",
         "fine_min", "fine_max", "fine_unit", "zone_basis")  # fmt: skip
TITLES = {
    "source_row": text("行", "row"),
    "outcome": text("结论", "outcome"),
    "rule": text("规范", "rule"),
    "article": text("条款", "article"),
    "penalty_article": text("罚则", "penalty"),
    "activity": text("行为", "activity"),
    "occurred_on": text("行为日", "day"),
    "fine_min": text("罚款下限", "fine from"),
    "fine_max": text("罚款上限", "to"),
    "fine_unit": text("单位", "unit"),
    "zone_basis": text("界线依据", "zones"),
    "missing": text("缺失事实", "missing"),
    "count": text("次数", "count"),
    "column": text("列", "column"),
    "value": text("原值", "value"),
    "level": text("级别", "level"),
    "message": text("说明", "message"),
}
DecidedOption = Annotated[
    date | None,
    typer.Option(
        "--decided-on",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="决定之日（行政处罚法第三十七条） / Decision day (later and milder law)",
    ),
]
WhatIfOption = Annotated[
    date | None,
    typer.Option(
        "--on",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="假设：改按这一天的法规 / What if: the law of this day instead",
    ),
]
AsOfActOption = Annotated[
    bool,
    typer.Option(
        "--as-of-act", help="按行为之日的法规（默认） / Law of the day of the act (default)"
    ),
]
RowsOption = Annotated[
    bool,
    typer.Option("--undecided-rows", help="也逐条列出待定的 / List undecided rows one by one too"),
]


@reading_options
def screen(
    reading: ReadOptions,
    file: FileArgument,
    as_of_act: AsOfActOption = False,
    on: WhatIfOption = None,
    decided_on: DecidedOption = None,
    assume_schematic: AssumeSchematicOption = False,
    undecided_rows: RowsOption = False,
    fail: FailOnOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """把一个文件对照分区、许可和法规筛查；给出 --store 时入库 / Screen a file; --store keeps it."""
    from wetland.operations.screening import screen_file  # noqa: PLC0415 - starts fast
    from wetland.screening.screen import Settings  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    if as_of_act and on is not None:
        raise typer.BadParameter("--as-of-act / --on：只能用一个 / use one of them only")
    opened = open_site(site)
    settings = Settings(assume_schematic, decided_on, on)
    with ExitStack() as stack:
        kept = None
        if store is not None:
            from wetland.operations.stores import open_store  # noqa: PLC0415

            kept = stack.enter_context(open_store(store, opened))
        found = screen_file(given_file(file), opened, store=kept, options=reading,
                            settings=settings, actor=None if kept is None else actor)  # fmt: skip
    if format == "table":
        _print(found, lang, undecided=undecided_rows)
    else:
        _emit(found, format, lang, undecided=undecided_rows)
    fail_on(fail, found.counts)


def _emit(found: Screening, format: FormatOption, lang: Lang, *, undecided: bool) -> None:
    rows = found.rows(undecided=undecided)
    told = None if found.notice is None else found.notice.get(lang)
    emit(found.to_json(lang, undecided=undecided), format=format, lang=lang,
         rows=rows.assign(notice=told))  # fmt: skip


def _print(found: Screening, lang: Lang, *, undecided: bool) -> None:
    if found.notice is not None:
        typer.echo(found.notice.get(lang))
    answer = found.to_json(lang)
    for problem in answer["problems"]:
        if problem["code"] == "datum_suspected":  # every place may be wrong: before all findings
            typer.echo(problem["message"])
    _heading(text("疑似违反", "Suspected breaches"), lang)
    emit(found.rows(undecided=undecided)[list(SHOWN)], format="table", lang=lang, titles=TITLES)
    _heading(text("待定", "Undecided"), lang)
    emit(answer["undecided"], format="table", lang=lang, titles=TITLES)
    if answer["problems"]:
        _heading(text("问题", "Problems"), lang)
        columns = ("level", "row", "column", "value", "message")
        rows = [{name: problem[name] for name in columns} for problem in answer["problems"]]
        emit(rows, format="table", lang=lang, titles=TITLES | {"row": TITLES["source_row"]})
    counts = answer["counts"]
    said = text(
        "共 {rows} 行，读入 {observations}，搁置 {rows_aside}；疑似违反 {broken}，待定 {undecided}",
        "{rows} rows, {observations} read, {rows_aside} kept aside; {broken} suspected breaches, "
        "{undecided} undecided",
    )
    typer.echo("")
    typer.echo(said.fill(**counts).get(lang))
    for taken in counts["default_uncertainty"]:
        assumed = text(
            "{count} 行未写位置误差，来源“{position_source}”，"
            "按 {uncertainty_m:g} 米计（--source-kind）",
            "{count} rows state no uncertainty: {uncertainty_m:g} m taken for positions by "
            "'{position_source}' (--source-kind)",
        )
        typer.echo(assumed.fill(**taken).get(lang))
    for law in counts["not_covered"]:
        gap = text("未录入的法规：{l}（{n} 次）", "law not encoded: {l} ({n} times)")
        name = law["law_zh"] if lang == "zh" else law["law_en"]
        typer.echo(gap.fill(l=name, n=law["count"]).get(lang))


def _heading(title: Text, lang: Lang) -> None:
    typer.echo("")
    typer.echo(f"## {title.get(lang)}")
