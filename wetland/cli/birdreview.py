"""``wetland birds queue|validate|names|export``: what waits for a person, and giving birds out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from wetland.base.texts import Lang, text
from wetland.cli.birdoptions import PlotsOption
from wetland.cli.birdtables import NAMES, QUEUE, SYNTHETIC, show
from wetland.cli.opened import opened_store
from wetland.cli.options import (
    DEFAULT_SITE,
    ActorOption,
    FormatOption,
    LangOption,
    RoleOption,
    SiteOption,
    StoreOption,
)
from wetland.cli.output import emit
from wetland.cli.tableoptions import SinceOption, UntilOption

if TYPE_CHECKING:
    from wetland.birds.checklist import Checklist

Decision = Literal["accept", "correct", "reject", "undo"]

ReasonOption = Annotated[
    str | None,
    typer.Option("--reason", help="理由；更正、否定和撤回必填 / Why; needed unless accepted"),
]
OutOption = Annotated[
    Path,
    typer.Option(
        "--out",
        metavar="FILE",
        help=".zip 为达尔文核心归档，或 .csv / .zip: Darwin Core archive, or .csv",
    ),
]

_WAITING = text(
    "{n} 条待审核，其中 {f} 条存疑；审核：wetland birds validate accept|correct|reject 编号",
    "{n} records wait for review, {f} of them flagged; wetland birds validate accept|correct|"
    "reject ID",
)
_WITHHELD = text(
    "另有 {n} 条敏感物种记录，只对可看确切位置的身份列出",
    "{n} more of sensitive species are listed for roles that may see exact places",
)
_DECIDED = text("已处理 {n} 条", "{n} records decided")
_MATCHED = text(
    "已采纳“{name}”为 {species}，{n} 条记录重新匹配",
    "'{name}' is taken for {species}; {n} records were matched anew",
)
_EXPORTED = text(
    "已导出 {file}：调查 {events}，记录 {occurrences}，其中位置模糊 {blurred}，未审核 {unreviewed}",
    "wrote {file}: {events} surveys, {occurrences} records, of them {blurred} with a blurred place "
    "and {unreviewed} not reviewed",
)
_SPECIES = {"name": text("物种", "species")}
MOST_ROWS = 50

names_app = typer.Typer()


def queue(
    role: RoleOption = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="最多列出几条，0 为全部 / Rows at most; 0: all")
    ] = MOST_ROWS,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """待审核的记录，存疑的在前 / Records that wait for review, the flagged ones first."""
    from wetland.operations.birds import nothing_of  # noqa: PLC0415 - starts fast
    from wetland.operations.birdvalidation import queue as waiting_of  # noqa: PLC0415
    from wetland.reports.findings import rows_of  # noqa: PLC0415 - starts fast

    with opened_store(store, site, create=False) as (kept, opened):
        waiting = waiting_of(kept, opened, role=role)
        names = nothing_of(opened).checklist
    shown = waiting.head(limit) if limit else waiting
    rows = [{**row, "name": _called(row["taxon_id"], names, lang), "why": row[f"why_{lang}"]}
            for row in rows_of(shown)]  # fmt: skip
    show(rows, QUEUE, format=format, lang=lang, titles=_SPECIES)
    flagged = int((waiting["validation"] == "flagged").sum())
    typer.echo(_WAITING.fill(n=len(waiting), f=flagged).get(lang), err=True)
    withheld = int(waiting.attrs.get("withheld", 0))
    if withheld:
        typer.echo(_WITHHELD.fill(n=withheld).get(lang), err=True)


def validate(
    decision: Annotated[
        Decision,
        typer.Argument(help="采纳、更正、否定或撤回 / Accept, correct, reject, or take back"),
    ],
    records: Annotated[
        list[str], typer.Argument(metavar="ID...", help="记录编号 / Identifiers of records")
    ],
    reason: ReasonOption = None,
    species: Annotated[
        str | None, typer.Option("--species", help="更正为哪个物种 / Which species is right")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=0, help="更正为多少只 / Which count is right")
    ] = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """审核记录；全部留痕 / Decide about records; everything is audited."""
    from wetland.operations.birds import nothing_of  # noqa: PLC0415 - starts fast
    from wetland.operations.birdvalidation import validate as decide  # noqa: PLC0415

    with opened_store(store, site, create=False) as (kept, opened):
        taxon = None if species is None else nothing_of(opened).taxon(species)
        done = decide(kept, opened, records, decision=decision, actor=actor, reason=reason,
                      taxon_id=taxon, individual_count=count)  # fmt: skip
    if format == "table":
        typer.echo(_DECIDED.fill(n=done).get(lang))
    else:
        emit({"decision": decision, "records": records, "changed": done}, format=format, lang=lang)


@names_app.command("list")
def names_list(
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """未匹配的名称及建议 / Names that matched no species, and what they may have been."""
    from wetland.operations.birdnames import unmatched  # noqa: PLC0415 - starts fast
    from wetland.operations.birds import nothing_of  # noqa: PLC0415
    from wetland.reports.findings import rows_of  # noqa: PLC0415 - starts fast

    with opened_store(store, site, create=False) as (kept, opened):
        found = unmatched(kept, opened)
        names = nothing_of(opened).checklist
    rows = [{**row, "note": row.get(f"note_{lang}")} for row in rows_of(found)]
    if format == "table":
        for row in rows:
            row["suggestions"] = [_called(one, names, lang) for one in row["suggestions"]]
    show(rows, NAMES, format=format, lang=lang)


@names_app.command("accept")
def names_accept(
    name: Annotated[str, typer.Argument(help="来源中的名称 / The name as received")],
    species: Annotated[str, typer.Argument(help="名录中的物种 / The species of the checklist")],
    reason: ReasonOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """采纳一个名称为某种，已有记录随之匹配 / Take a name for a species; records follow."""
    from wetland.operations.birdnames import accept_name  # noqa: PLC0415 - starts fast
    from wetland.operations.birds import nothing_of  # noqa: PLC0415

    with opened_store(store, site, create=False) as (kept, opened):
        known = nothing_of(opened)
        taxon = known.taxon(species)
        done = accept_name(kept, opened, name, taxon, actor=actor, reason=reason)
        called = known.checklist.name(taxon).get(lang)
    if format == "table":
        typer.echo(_MATCHED.fill(name=name, species=called, n=done).get(lang))
    else:
        emit({"name": name, "species": taxon, "matched": done}, format=format, lang=lang)


def export(
    out: OutOption,
    role: RoleOption = None,
    species: Annotated[
        list[str] | None, typer.Option("--species", help="物种（可重复） / Species (repeatable)")
    ] = None,
    plot: PlotsOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    licence: Annotated[
        str | None, typer.Option("--licence", help="许可，如 CC-BY-4.0 / Licence, e.g. CC-BY-4.0")
    ] = None,
    organisation: Annotated[
        str | None, typer.Option("--organisation", help="发布单位 / Who publishes it")
    ] = None,
    contact_name: Annotated[
        str | None, typer.Option("--contact-name", help="联系人 / Name of the contact")
    ] = None,
    contact_email: Annotated[
        str | None, typer.Option("--contact-email", help="联系邮箱 / E-mail of the contact")
    ] = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """导出达尔文核心归档或 CSV；敏感物种位置按身份模糊 / Write a Darwin Core archive or CSV."""
    from wetland.operations.birdexport import Wanted, export_birds  # noqa: PLC0415

    wanted = Wanted(species=species, plots=plot, since=since, until=until)
    with opened_store(store, site, create=False) as (kept, opened):
        done = export_birds(
            kept, opened, out, role=role, wanted=wanted, licence=licence,
            organisation=organisation, contact_name=contact_name, contact_email=contact_email,
        )  # fmt: skip
    answer = done.to_json()
    if format == "table":
        typer.echo(_EXPORTED.fill(file=answer["file"], **answer["counts"]).get(lang))
        if answer["synthetic"]:
            typer.echo(SYNTHETIC.get(lang), err=True)
    else:
        emit(answer, format=format, lang=lang)


def _called(taxon_id: object, names: Checklist, lang: Lang) -> str | None:
    """Return what people call a species; None where a record has none."""
    return names.name(taxon_id).get(lang) if isinstance(taxon_id, str) else None
