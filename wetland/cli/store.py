"""``wetland store``: what is in it, is it sound, back it up, export, migrate."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from wetland.base.errors import StoreDamaged
from wetland.base.texts import text
from wetland.cli.opened import opened_store
from wetland.cli.options import (
    DEFAULT_SITE,
    FormatOption,
    LangOption,
    RoleOption,
    SiteOption,
    StoreOption,
)
from wetland.cli.output import emit

app = typer.Typer()

FAULT_TITLES = {
    "kind": text("类别", "kind"),
    "table": text("表", "table"),
    "key": text("编号", "key"),
    "seq": text("审计编号", "entry"),
    "message": text("说明", "what was found"),
    "detail": text("细节", "detail"),
}
SOUND = text(
    "存储完好：{rows} 行，{entries} 条审计记录",
    "the store is sound: {rows} rows, {entries} entries",
)
DAMAGED = text("核验发现 {n} 处不符", "verification found {n} fault(s)")

OutOption = Annotated[Path, typer.Option("--out", metavar="FILE", help="输出文件 / File to write")]


@app.command()
def info(
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """存储在哪里、有多少行、链头是什么 / Where it is, how many rows, the head of its chain."""
    from wetland.operations.stores import store_info  # noqa: PLC0415 - starts fast

    with opened_store(store, site, create=False, migrate=False) as (kept, _):
        said = store_info(kept)
    if format in {"csv", "geojson"}:
        emit(said, format=format, lang=lang, rows=said["tables"])
    else:
        emit(said, format=format, lang=lang)


@app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="以前抄下的链头 / A head of the chain noted earlier")
    ] = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """核验审计链与每一行；有不符以 1 退出 / Check chain and rows; exit 1 if anything is off."""
    from wetland.operations.stores import verification_json  # noqa: PLC0415

    with opened_store(store, site, create=False, migrate=False) as (kept, _):
        found = kept.verify(known_head=head)
    said = verification_json(found, lang)
    if format != "table":
        emit(said, format=format, lang=lang, rows=said["faults"])
    elif found.ok:
        typer.echo(SOUND.fill(rows=found.rows, entries=found.entries).get(lang))
        typer.echo(found.limits.get(lang))
    else:
        emit(said["faults"], format=format, lang=lang, titles=FAULT_TITLES)
    if not found.ok:
        raise StoreDamaged(DAMAGED.fill(n=len(found.faults)))


@app.command()
def backup(
    target: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="输出文件 / File to write")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="输出文件 / File to write")
    ] = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
) -> None:
    """把整个存储（含日志）备份到新文件 / Write a whole copy, its log included, to a new file.

    不写文件名时放在存储旁边，以时刻命名。 / Without a name: beside the store, by the time.
    """
    with opened_store(store, site, create=False, migrate=False) as (kept, _):
        typer.echo(kept.backup(out or target or _beside(kept.path)))


def _beside(store: Path | None) -> Path:
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    return Path(f"backup-{now}.gpkg") if store is None else store.with_suffix(f".{now}.gpkg")


@app.command()
def export(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="表名 / Table")],
    out: OutOption,
    role: RoleOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
) -> None:
    """导出一张表（GPKG、GeoJSON、CSV），每行带示意说明 / Export; every row has the notice."""
    from wetland.operations.stores import export_table  # noqa: PLC0415

    with opened_store(store, site, create=False, migrate=False) as (kept, opened):
        typer.echo(export_table(kept, opened, table, out, role=role))


@app.command()
def migrate(
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="只列出，不执行 / List only, change nothing")
    ] = False,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """补上程序新增的表和列 / Add the tables and columns that the program needs."""
    with opened_store(store, site, create=False, migrate=False) as (kept, _):
        names = kept.pending() if check else kept.migrate()
    emit([{"migration": name} for name in names], format=format, lang=lang)
