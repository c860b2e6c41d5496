"""``wetland records``: permits, closures, designated areas, works and events."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import typer

from wetland.base.texts import text
from wetland.cli.observations import TITLES as PROBLEM_TITLES
from wetland.cli.opened import opened_store
from wetland.cli.options import (
    DEFAULT_SITE,
    ActorOption,
    DayOption,
    FailOnOption,
    FormatOption,
    LangOption,
    SiteOption,
    StoreOption,
    fail_on,
    parse_day,
    parse_pairs,
)
from wetland.cli.output import emit
from wetland.cli.reading import (
    EncodingOption,
    FileArgument,
    FileDatumOption,
    LayerOption,
    MapOption,
    given_file,
)

app = typer.Typer()

Status = Literal["issued", "changed", "revoked"]

SHOWN = ("record_id", "kind", "number", "holder", "activity", "valid_from", "valid_to", "zone",
         "status", "revoked_on")  # fmt: skip

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="记录编号 / Identifier")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="字段=值（可重复），如 place=WKT、last_day=2024-12-31 / Field = value (repeatable)",
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="原因，记入审计 / Why, for the trail")]


def _day_option(flag: str, what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        flag, parser=parse_day, metavar="YYYY-MM-DD", help=what
    )
    return option


@app.command("import")
def import_(
    file: FileArgument,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    map: MapOption = None,
    datum: FileDatumOption = None,
    encoding: EncodingOption = None,
    layer: LayerOption = None,
    fail: FailOnOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """导入许可与公告，好的行入库，错的行列明 / Import records; wrong rows are listed."""
    from wetland.operations.records import import_records  # noqa: PLC0415 - starts fast
    from wetland.screening.options import ReadOptions  # noqa: PLC0415

    reading = ReadOptions(parse_pairs(map or ()), datum=datum, encoding=encoding, layer=layer)
    with opened_store(store, site) as (kept, opened):
        done = import_records(kept, opened, given_file(file), options=reading, actor=actor)
    answer = done.to_json(lang)
    if format == "table":
        emit(answer["problems"], format=format, lang=lang, titles=PROBLEM_TITLES)
        typer.echo(_SUMMARY.fill(**answer["counts"]).get(lang))
    else:
        emit(answer, format=format, lang=lang, rows=answer["problems"])
    fail_on(fail, {"problems": len(answer["problems"])})


_SUMMARY = text(
    "共 {rows} 行：新增 {added}，更新 {changed}，已有 {unchanged}，搁置 {rows_aside}",
    "{rows} rows: {added} added, {changed} changed, {unchanged} known, {rows_aside} kept aside",
)


@app.command("list")
def list_(
    on: DayOption = None,
    kind: Annotated[str | None, typer.Option(help="种类 / Kind")] = None,
    status: Annotated[Status | None, typer.Option(help="状态 / Status")] = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """列出许可与公告，可限某日有效 / List records; with --on those that may hold on a day."""
    from wetland.operations.records import list_records  # noqa: PLC0415
    from wetland.regulations.records import RECORDS  # noqa: PLC0415

    with opened_store(store, site, create=False) as (kept, opened):
        found = list_records(kept, opened, on=on, kind=kind, status=status)
    titles = {c.name: c.description for c in RECORDS.columns}
    shown = found[list(SHOWN)] if format == "table" else found
    emit(shown, format=format, lang=lang, titles=titles)


@app.command()
def add(
    kind: Annotated[str, typer.Option(help="种类 / Kind")],
    valid_from: Annotated[date, _day_option("--from", "起始日 / First day")],
    last_day: Annotated[date | None, _day_option("--to", "最后一日（含） / Last day")] = None,
    values: SetOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    lang: LangOption = "zh",
) -> None:
    """登记一条许可或公告 / Add one record."""
    from wetland.operations.records import add_record  # noqa: PLC0415

    given: dict[str, object] = {**parse_pairs(values or ()), "kind": kind, "valid_from": valid_from}
    if last_day is not None:
        given["last_day"] = last_day
    with opened_store(store, site) as (kept, opened):
        typer.echo(add_record(kept, opened, given, actor=actor))


@app.command()
def change(
    record: IdArgument,
    values: SetOption,
    reason: ReasonOption,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    lang: LangOption = "zh",
) -> None:
    """变更一条记录的字段 / Change fields of a record."""
    from wetland.operations.records import change_record  # noqa: PLC0415

    with opened_store(store, site, create=False) as (kept, opened):
        pairs = parse_pairs(values or ())
        change_record(kept, opened, record, pairs, actor=actor, reason=reason)


@app.command()
def revoke(
    record: IdArgument,
    on: Annotated[date, _day_option("--on", "自该日起失效 / First day it no longer holds")],
    reason: ReasonOption,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    lang: LangOption = "zh",
) -> None:
    """撤销一条记录 / Revoke a record."""
    from wetland.operations.records import revoke_record  # noqa: PLC0415

    with opened_store(store, site, create=False) as (kept, _):
        revoke_record(kept, record, on=on, actor=actor, reason=reason)
