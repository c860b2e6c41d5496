"""``wetland findings``: list, explain, export, and the sheet to print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

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

Outcome = Literal["broken", "undecided", "all"]
Status = Literal["open", "verified", "dismissed", "passed"]

SHOWN = ("finding_id", "outcome", "status", "occurred_on", "about", "rule", "article", "missing",
         "likelihood", "zone_basis")  # fmt: skip
TITLES = {
    "finding_id": text("编号", "identifier"),
    "outcome": text("结论", "outcome"),
    "status": text("状态", "status"),
    "occurred_on": text("行为日", "day"),
    "about": text("行为或对象", "act or object"),
    "rule": text("规范", "rule"),
    "article": text("条款", "article"),
    "missing": text("缺失事实", "missing"),
    "likelihood": text("可能性", "likelihood"),
    "zone_basis": text("界线依据", "zones"),
    "lon": text("经度", "longitude"),
    "lat": text("纬度", "latitude"),
}

OutcomeOption = Annotated[Outcome, typer.Option(help="结论 / Outcome")]
IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="编号或其开头 / Identifier, or its beginning")
]
OutOption = Annotated[Path, typer.Option("--out", metavar="FILE", help="输出文件 / File to write")]


@app.command("list")
def list_(
    outcome: OutcomeOption = "broken",
    status: Annotated[Status | None, typer.Option(help="状态 / Status")] = None,
    rule: Annotated[str | None, typer.Option(help="规范 / Rule")] = None,
    role: RoleOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """列出疑似问题 / List findings."""
    from wetland.operations.birdexport import findings_for_role  # noqa: PLC0415
    from wetland.operations.findings import list_findings, notice_for  # noqa: PLC0415
    from wetland.reports.findings import finding_json, rows_of  # noqa: PLC0415

    wanted = None if outcome == "all" else outcome
    with opened_store(store, site) as (kept, opened):
        found = list_findings(kept, site=opened.id, outcome=wanted, status=status, rule=rule)
    found = findings_for_role(found, opened, role)
    notice = notice_for(found, opened)
    if format == "table":
        if notice is not None:
            typer.echo(notice.get(lang), err=True)
        about = found["activity"].where(found["activity"].notna(), found["subject"])
        emit(found.assign(about=about)[list(SHOWN)], format=format, lang=lang, titles=TITLES)
    elif format == "json":
        rows = [finding_json(row, lang, notice=notice) for row in rows_of(found)]
        emit({"findings": rows}, format=format, lang=lang)
    else:
        told = None if notice is None else notice.get(lang)
        emit(found.assign(notice=told), format=format, lang=lang)


@app.command()
def explain(
    finding: IdArgument,
    role: RoleOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """说明一条疑似问题：条款、版本、事实、除外 / Explain one finding: article, facts, unless."""
    from wetland.operations.findings import explain_finding  # noqa: PLC0415

    with opened_store(store, site) as (kept, opened):
        found = explain_finding(kept, opened, finding, lang=lang, role=role)
    if format == "table":
        if found["notice"]:
            typer.echo(found["notice"])
        typer.echo(f"{found['finding_id']}  {found['rule']}  {found['outcome']}")
        typer.echo(found["explanation"] or "")
    else:
        emit(found, format=format, lang=lang, rows=[found])


@app.command()
def export(
    out: OutOption,
    outcome: OutcomeOption = "all",
    role: RoleOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
) -> None:
    """导出（GPKG、GeoJSON、CSV），每行带示意说明 / Export; every row has the notice."""
    from wetland.operations.findings import export_findings  # noqa: PLC0415

    wanted = None if outcome == "all" else outcome
    with opened_store(store, site) as (kept, opened):
        typer.echo(export_findings(kept, opened, out, outcome=wanted, role=role))


@app.command()
def sheet(
    out: OutOption,
    role: RoleOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    lang: LangOption = "zh",
) -> None:
    """写出可打印的清单（HTML，不需网络） / Write the sheet to print (HTML, no network)."""
    from wetland.operations.findings import write_sheet  # noqa: PLC0415

    with opened_store(store, site) as (kept, opened):
        typer.echo(write_sheet(kept, opened, out, lang=lang, role=role))
