"""``wetland demo``: the demo store, with the examples that a site's pack brings."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from wetland.base.texts import Text, text
from wetland.cli.options import DEFAULT_SITE, FormatOption, LangOption, SiteOption, StoreOption
from wetland.cli.output import emit

app = typer.Typer()

_THERE = text("演示存储已有：{where}", "the demo store is there: {where}")
_READY = text(
    "演示数据已就绪：{where}（记录 {records}，观察 {observations}，水质结果 {water_results}，"
    "鸟类记录 {bird_records}，疑似问题 {broken}，待定 {undecided}；本次新增 {added}）",
    "the demo is ready: {where} (records {records}, observations {observations}, water results "
    "{water_results}, bird records {bird_records}, findings {broken}, undecided "
    "{undecided}; {added} added now)",
)


@app.callback()
def _noun() -> None:
    """演示数据（虚构的都有标明） / The demo data; what is invented says so."""


@app.command()
def prepare(
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="已有就不动 / Do nothing where it exists")
    ] = False,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """准备演示存储；重复运行不改变内容 / Make the demo store; a second run changes nothing."""
    from wetland.operations.demo import prepare_demo  # noqa: PLC0415 - starts fast
    from wetland.operations.stores import default_store  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    opened = open_site(site)
    where = store or str(default_store(opened.id))
    if if_missing and _exists(where):
        print(_THERE.fill(where=where).get(lang), file=sys.stderr)
        return

    def show(share: float, words: Text) -> None:
        print(f"[{share:4.0%}] {words.get(lang)}", file=sys.stderr, flush=True)

    made = prepare_demo(opened, where, progress=show)
    if format == "table":
        words = _READY.fill(where=made.store, added=made.written.added, **made.counts)
        print(words.get(lang))
    else:
        emit(made.to_json(), format=format, lang=lang)


def _exists(where: str) -> bool:
    from pathlib import Path  # noqa: PLC0415

    return "://" not in where and Path(where).is_file()
