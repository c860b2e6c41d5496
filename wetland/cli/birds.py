"""``wetland birds``: surveys, names, review, indices, richness, alerts, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from wetland.base.texts import Lang, text
from wetland.cli.birdanswers import alerts, checklist, phenology, richness, today_of
from wetland.cli.birdindex import index
from wetland.cli.birdoptions import FileArgument, bird_options
from wetland.cli.birdreview import export, names_app, queue, validate
from wetland.cli.birdtables import SYNTHETIC
from wetland.cli.birdtogether import associate, indicator
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

if TYPE_CHECKING:
    from wetland.birds.checklist import Checklist
    from wetland.birds.readoptions import BirdOptions

app = typer.Typer()

_SUMMARY = text(
    "共 {rows} 行（{layout}），调查 {surveys} 次、记录 {records} 条：新增 {added}，更新 {changed}，"
    "已有 {unchanged}；未匹配 {unmatched}，存疑 {flagged}；搁置 {rows_aside} 行",
    "{rows} rows ({layout}), {surveys} surveys, {records} records: {added} added, {changed} "
    "changed, {unchanged} known; {unmatched} not matched, {flagged} flagged; {rows_aside} rows set "
    "aside",
)
_UNMATCHED = text("未匹配的名称：{names}", "names not matched: {names}")
_MAYBE = text("{name}（{n} 条）", "{name} ({n})")
_LIKELY = text("{name}（{n} 条，是否 {s}）", "{name} ({n}; {s}?)")
_ACCEPT = text(
    "由人确认后采纳：wetland birds names accept 名称 物种",
    "a person accepts a suggestion: wetland birds names accept NAME SPECIES",
)
_REVIEWED = text(
    "{n} 条已审核的记录在来源中变了：审核结果保留，见 wetland birds queue",
    "the source changed {n} reviewed records: the decisions stay, see wetland birds queue",
)
MOST_NAMES = 8


@app.callback()
def _noun() -> None:
    """鸟类调查：从记录表到种群指数 / Birds: from a field sheet to a population index."""


@app.command("import")
@bird_options
def import_(
    reading: BirdOptions,
    file: FileArgument,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    fail: FailOnOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """导入鸟类调查，好的入库，错的列明 / Import bird surveys; what is wrong is listed."""
    from wetland.operations.birdfiles import import_birds  # noqa: PLC0415 - starts fast
    from wetland.operations.birds import nothing_of  # noqa: PLC0415

    with opened_store(store, site) as (kept, opened):
        done = import_birds(kept, opened, given_file(file), options=reading, actor=actor,
                            today=today_of(opened))  # fmt: skip
    answer = done.to_json(lang)
    if format != "table":
        emit(answer, format=format, lang=lang, rows=answer["problems"])
    else:
        columns = ("level", "row", "column", "value", "message")
        rows = [{name: problem[name] for name in columns} for problem in answer["problems"]]
        emit(rows, format=format, lang=lang, titles=PROBLEM_TITLES)
        counts = answer["counts"]
        typer.echo(_SUMMARY.fill(**counts, layout=answer["layout"]).get(lang))
        _tell_names(answer["unmatched"], nothing_of(opened).checklist, lang)
        if counts["changed_after_review"]:
            typer.echo(_REVIEWED.fill(n=counts["changed_after_review"]).get(lang))
        if answer["synthetic"]:
            typer.echo(SYNTHETIC.get(lang), err=True)
    fail_on(fail, {"problems": len(answer["problems"])})


def _tell_names(unmatched: list[dict[str, object]], checklist: Checklist, lang: Lang) -> None:
    """Say which names nothing was matched with, and what they may have been."""
    if not unmatched:
        return
    words = []
    for one in unmatched[:MOST_NAMES]:
        likely = one["suggestions"]
        said = _LIKELY if likely else _MAYBE
        ids = likely if isinstance(likely, list) else []
        told = text("、", ", ").get(lang).join(checklist.name(str(i)).get(lang) for i in ids)
        words.append(said.fill(name=one["name"], n=one["records"], s=told).get(lang))
    more = [] if len(unmatched) <= MOST_NAMES else ["…"]
    listed = text("；", "; ").get(lang).join([*words, *more])
    typer.echo(_UNMATCHED.fill(names=listed).get(lang), err=True)
    typer.echo(_ACCEPT.get(lang), err=True)


app.command("queue")(queue)
app.command("validate")(validate)
app.add_typer(names_app, name="names", help="未匹配的鸟名 / Names that matched no species",
              no_args_is_help=True)  # fmt: skip
app.command("index")(index)
app.command("richness")(richness)
app.command("alerts")(alerts)
app.command("indicator")(indicator)
app.command("associate")(associate)
app.command("checklist")(checklist)
app.command("phenology")(phenology)
app.command("export")(export)
