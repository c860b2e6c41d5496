"""``wetland observations``: import what was seen."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from wetland.base.texts import text
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
from wetland.cli.reading import FileArgument, given_file, reading_options

if TYPE_CHECKING:
    from wetland.screening.options import ReadOptions

app = typer.Typer()

OutOption = Annotated[
    str, typer.Option("--out", "-o", metavar="OUT.parquet", help="写到哪里 / The file to write")
]

TITLES = {
    "row": text("行", "row"),
    "column": text("列", "column"),
    "value": text("原值", "value"),
    "level": text("级别", "level"),
    "code": text("代码", "code"),
    "message": text("说明", "message"),
}


@app.command("import")
@reading_options
def import_(
    reading: ReadOptions,
    file: FileArgument,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    fail: FailOnOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """导入观察记录，好的行入库，错的行列明 / Import observations; wrong rows are listed."""
    from wetland.operations.screening import import_observations  # noqa: PLC0415 - starts fast

    with opened_store(store, site) as (kept, opened):
        done = import_observations(kept, opened, given_file(file), options=reading, actor=actor)
    answer = done.to_json(lang)
    if format == "table":
        emit(answer["problems"], format=format, lang=lang, titles=TITLES)
        typer.echo(_summary(answer["counts"], lang))
    else:
        emit(answer, format=format, lang=lang, rows=answer["problems"])
    fail_on(fail, {"problems": len(answer["problems"])})


def _summary(counts: dict[str, int], lang: str) -> str:
    said = text(
        "共 {rows} 行：新增 {added}，更新 {changed}，已有 {unchanged}，搁置 {rows_aside}",
        "{rows} rows: {added} added, {changed} changed, {unchanged} known, {rows_aside} kept aside",
    )
    return said.fill(**counts).get("zh" if lang == "zh" else "en")


EVIDENCE = {
    "declared": text("文件写明", "declared"),
    "read_as": text("按此读", "read as"),
    "evidence": text("依据", "evidence"),
    "n": text("处数", "places"),
    "residual_m": text("中位偏差（米）", "median off (m)"),
    "mad_m": text("离散（米）", "scatter (m)"),
    "fits": text("相符比例", "share that fits"),
    "score": text("对数似然比", "log likelihood ratio"),
    "speaks": text("足以断定", "settles it"),
}
_COMPARED = text(
    "按 {declared} 写明的 {rows} 行：看不出坐标系有误",
    "{rows} rows that declare {declared}: no sign of another datum",
)
_NOT_COMPARED = text(
    "没有可比对的行（场地在中国以外，或没有位置）",
    "no row can be compared (the site is outside China, or no position is near it)",
)


@app.command("datum")
@reading_options
def datum(
    reading: ReadOptions,
    file: FileArgument,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    fail: FailOnOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """核查文件的坐标系，不入库、不转换 / Compare a file with the site in each datum."""
    from wetland.operations.datumcheck import check_datum_of  # noqa: PLC0415 - starts fast
    from wetland.operations.stores import open_store  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    opened = open_site(site)
    with ExitStack() as stack:
        kept = None if store is None else stack.enter_context(open_store(store, opened))
        checked = check_datum_of(given_file(file), opened, store=kept, options=reading)
    answer = checked.to_json(lang)
    if format == "table":
        emit(answer["evidence"], format=format, lang=lang, titles=EVIDENCE)
        for verdict in answer["verdicts"]:
            typer.echo(verdict["message"] or _COMPARED.fill(**verdict).get(lang))
        if not answer["verdicts"]:
            typer.echo(_NOT_COMPARED.get(lang))
    else:
        emit(answer, format=format, lang=lang, rows=answer["evidence"])
    fail_on(fail, {"problems": len(checked.suspected)})


@app.command("zone")
@reading_options
def zone(
    reading: ReadOptions,
    file: FileArgument,
    out: OutOption,
    site: SiteOption = DEFAULT_SITE,
    fail: FailOnOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """给每一行标注所在分区，写成 GeoParquet / Write each sound row with its zones as GeoParquet."""
    from wetland.operations.zoned import zone_file  # noqa: PLC0415 - starts fast
    from wetland.sites.load import open_site  # noqa: PLC0415

    done = zone_file(given_file(file), open_site(site), out, options=reading)
    answer = done.to_json(lang)
    if format == "table":
        if done.notice is not None:
            typer.echo(done.notice.get(lang))
        emit(answer["problems"], format=format, lang=lang, titles=TITLES)
        said = text(
            "共 {rows} 行：写出 {written}，搁置 {rows_aside}；{out}",
            "{rows} rows: {written} written, {rows_aside} kept aside; {out}",
        )
        typer.echo(said.fill(**answer["counts"], out=answer["out"]).get(lang))
    else:
        emit(answer, format=format, lang=lang, rows=answer["problems"])
    fail_on(fail, {"problems": len(answer["problems"])})


@app.command("list")
def list_(
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """列出已入库的观察记录 / List the observations of the store."""
    with opened_store(store, site) as (kept, opened):
        emit(kept.read("observations", {"site": opened.id}), format=format, lang=lang)
