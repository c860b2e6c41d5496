"""``wetland screen FILE ...``: compare files with zones, records and the law of each day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wetland.base.errors import InputError
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
from wetland.cli.reading import given_file, reading_options

if TYPE_CHECKING:
    from wetland.cli.options import Format
    from wetland.operations.screening import Screening
    from wetland.screening.options import ReadOptions
    from wetland.screening.screen import Settings

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


FilesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="CSV、GeoJSON、GeoPackage、GPX、GeoParquet；- 为标准输入；有 --out 时也可给多个文件、"
        "文件夹或加引号的通配符 / - is standard input; with --out also several files, a folder or "
        "a quoted pattern",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="分批筛查，结果写入文件夹 / Screen in parts, "
                 "write what is found to a folder"),
]  # fmt: skip
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=0, metavar="N", help="本机进程数，0 为不另开进程 / Processes on "
                 "this machine (default: its cores); 0 uses this one alone"),
]  # fmt: skip
SchedulerOption = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="tcp://HOST:PORT", help="改用 Dask 调度器的工作进程 / Use "
                 "the workers of a Dask scheduler"),
]  # fmt: skip
FreshOption = Annotated[
    bool,
    typer.Option("--fresh/--resume", help="全部重做，或接着上次做（默认） / Do all anew, or go on "
                 "from the last run (default)"),
]  # fmt: skip
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="不显示进度 / Do not tell how far it is")
]


@reading_options
def screen(
    reading: ReadOptions,
    files: FilesArgument,
    out: OutOption = None,
    as_of_act: AsOfActOption = False,
    on: WhatIfOption = None,
    decided_on: DecidedOption = None,
    assume_schematic: AssumeSchematicOption = False,
    undecided_rows: RowsOption = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    fresh: FreshOption = False,
    quiet: QuietOption = False,
    fail: FailOnOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """把文件对照分区、许可和法规筛查 / Screen files.

    一个文件：给出 --store 时入库 / One file: --store keeps it.
    --out：分批筛查任意多的文件，--store 只用来查许可；退出码 4 表示有文件或行被搁置 / --out screens
    any number of files part by part, reads permits from --store and writes nothing to it; exit code
    4 says that files or rows were set aside.
    """
    if as_of_act and on is not None:
        raise typer.BadParameter("--as-of-act / --on：只能用一个 / use one of them only")
    asked = Asked(reading, site, store, assume_schematic, decided_on, on, undecided_rows)
    if out is not None:
        from wetland.cli.batches import screen_batch  # noqa: PLC0415 - starts fast

        means = (workers, scheduler, fresh, quiet)
        screen_batch(files, out, asked, means=means, shown=(format, lang), fail=fail)
        return
    if workers is not None or scheduler is not None or fresh:
        raise typer.BadParameter("--workers / --scheduler / --fresh：需要 --out / need --out")
    if len(files) != 1:
        raise typer.BadParameter("多个文件需要 --out 文件夹 / several files need --out FOLDER")
    if files[0] != "-" and _names_many(files[0]):
        raise InputError(
            text("{f} 不是一个文件", "{f} is not one file").fill(f=files[0]),
            hint=text("文件夹和通配符需要 --out 文件夹", "folders and patterns need --out FOLDER"),
        )
    counts = _screen_one(files[0], asked, actor, (format, lang))
    fail_on(fail, counts)


def _names_many(file: str) -> bool:
    path = Path(file)
    return path.is_dir() or (has_magic(file) and not path.exists())


def _screen_one(file: str, asked: Asked, actor: str, shown: tuple[Format, Lang]) -> dict[str, Any]:
    from wetland.operations.screening import screen_file  # noqa: PLC0415 - starts fast
    from wetland.sites.load import open_site  # noqa: PLC0415

    format, lang = shown
    opened = open_site(asked.site)
    with ExitStack() as stack:
        kept = None
        if asked.store is not None:
            from wetland.operations.stores import open_store  # noqa: PLC0415

            kept = stack.enter_context(open_store(asked.store, opened))
        found = screen_file(given_file(file), opened, store=kept, options=asked.reading,
                            settings=asked.settings(),
                            actor=None if kept is None else actor)  # fmt: skip
    if format == "table":
        _print(found, lang, undecided=asked.undecided_rows)
    else:
        _emit(found, format, lang, undecided=asked.undecided_rows)
    return found.counts


@dataclass(frozen=True)
class Asked:
    """What was asked of a screening, of one file or of many."""

    reading: ReadOptions
    site: str
    store: str | None
    assume_schematic: bool
    decided_on: date | None
    on: date | None
    undecided_rows: bool

    def settings(self) -> Settings:
        """Return how to screen."""
        from wetland.screening.screen import Settings  # noqa: PLC0415 - starts fast

        return Settings(self.assume_schematic, self.decided_on, self.on)


def _emit(found: Screening, format: Format, lang: Lang, *, undecided: bool) -> None:
    rows = found.rows(undecided=undecided)
    told = None if found.notice is None else found.notice.get(lang)
    emit(found.to_json(lang, undecided=undecided), format=format, lang=lang,
         rows=rows.assign(notice=told))  # fmt: skip


def _print(found: Screening, lang: Lang, *, undecided: bool) -> None:
    if found.notice is not None:
        typer.echo(found.notice.get(lang))
    from wetland.screening.datumguard import SUSPECTED  # noqa: PLC0415 - starts fast

    answer = found.to_json(lang)
    for problem in answer["problems"]:
        if problem["code"] == SUSPECTED:  # every place may be wrong: before all findings
            typer.echo(problem["message"])
    heading(text("疑似违反", "Suspected breaches"), lang)
    emit(found.rows(undecided=undecided)[list(SHOWN)], format="table", lang=lang, titles=TITLES)
    heading(text("待定", "Undecided"), lang)
    emit(answer["undecided"], format="table", lang=lang, titles=TITLES)
    if answer["problems"]:
        heading(text("问题", "Problems"), lang)
        columns = ("level", "row", "column", "value", "message")
        rows = [{name: problem[name] for name in columns} for problem in answer["problems"]]
        emit(rows, format="table", lang=lang, titles=TITLES | {"row": TITLES["source_row"]})
    print_counts(answer["counts"], lang)


def print_counts(counts: Mapping[str, Any], lang: Lang) -> None:
    """Tell what was read and found, what uncertainty was taken, and which laws are not encoded."""
    said = text(
        "共 {rows} 行，读入 {observations}，搁置 {rows_aside}；疑似违反 {broken}，待定 {undecided}",
        "{rows} rows, {observations} read, {rows_aside} kept aside; {broken} suspected breaches, "
        "{undecided} undecided",
    )
    typer.echo("")
    typer.echo(said.fill(**counts).get(lang))
    print_assumed(counts["default_uncertainty"], lang)
    for law in counts["not_covered"]:
        gap = text("未录入的法规：{l}（{n} 次）", "law not encoded: {l} ({n} times)")
        name = law["law_zh"] if lang == "zh" else law["law_en"]
        typer.echo(gap.fill(l=name, n=law["count"]).get(lang))


def print_assumed(defaults: Iterable[Mapping[str, Any]], lang: Lang) -> None:
    """Tell what uncertainty was taken where none was stated."""
    for taken in defaults:
        assumed = text(
            "{count} 行未写位置误差，来源“{position_source}”，"
            "按 {uncertainty_m:g} 米计（--source-kind）",
            "{count} rows state no uncertainty: {uncertainty_m:g} m taken for positions by "
            "'{position_source}' (--source-kind)",
        )
        typer.echo(assumed.fill(**taken).get(lang))


def heading(title: Text, lang: Lang) -> None:
    """Print the title of a section."""
    typer.echo("")
    typer.echo(f"## {title.get(lang)}")
