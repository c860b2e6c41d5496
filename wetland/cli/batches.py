"""``wetland screen ... --out FOLDER``: any number of files, partition by partition."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from wetland.base.texts import Lang, text
from wetland.cli.options import SET_ASIDE, FailOn, Format, fail_on
from wetland.cli.output import emit
from wetland.cli.progress import progress
from wetland.cli.screen import TITLES, Asked, heading, print_counts
from wetland.operations.batch import How, Means, screen_files
from wetland.operations.batch_summary import Batch
from wetland.sites.load import Site, open_site

if TYPE_CHECKING:
    from wetland.store.store import Store

INTERRUPTED = text(
    "已中断。做完的部分保留在 {o}；再运行同一命令会接着做（--fresh 全部重做）。",
    "Interrupted. What is finished stays in {o}; the same command goes on from there "
    "(--fresh does all anew).",
)
WRITTEN = text("结果在 {o}：{n} 个分区文件", "Written to {o}: {n} part(s)")
UNLISTED = text(
    "待定的只计数，不逐条列出（--undecided-rows 列出）",
    "Undecided answers are counted, not listed (--undecided-rows lists them)",
)


def screen_batch(
    files: Sequence[str],
    out: Path,
    asked: Asked,
    *,
    means: tuple[int | None, str | None, bool, bool],
    shown: tuple[Format, Lang],
    fail: FailOn | None,
) -> None:
    """Screen files to a folder, and end with the exit code that tells how it went.

    Parameters
    ----------
    means
        Workers, scheduler, whether to do all anew, whether to be quiet.
    shown
        Format and language of what is printed.
    """
    workers, scheduler, fresh, quiet = means
    format, lang = shown
    if format not in {"table", "json"}:
        raise typer.BadParameter("--out 时用 table 或 json / with --out use table or json")
    if "-" in files:
        raise typer.BadParameter("--out 不读标准输入 / --out does not read standard input")
    if workers is not None and scheduler is not None:
        raise typer.BadParameter("--workers / --scheduler：只能用一个 / use one of them only")
    site = open_site(asked.site)
    count = (os.cpu_count() or 1) if workers is None else workers
    with ExitStack() as stack:
        store = None if asked.store is None else stack.enter_context(_store(asked.store, site))
        told = stack.enter_context(progress(lang, quiet=quiet))
        try:
            found = screen_files(files, site, out, how=_how(asked), store=store,
                                 means=Means(count, scheduler, fresh, told))  # fmt: skip
        except KeyboardInterrupt:
            print(INTERRUPTED.fill(o=out).get(lang), file=sys.stderr)
            raise
    if format == "json":
        emit(found.to_json(lang), format="json", lang=lang)
    else:
        _print(found, lang)
    if not found.complete:
        raise typer.Exit(SET_ASIDE)
    fail_on(fail, found.counts)


def _how(asked: Asked) -> How:
    return How(asked.reading, replace(asked.settings(), list_undecided=asked.undecided_rows))


def _store(url: str, site: Site) -> Store:
    from wetland.operations.stores import open_store  # noqa: PLC0415 - starts fast

    return open_store(url, site, create=False)


def _print(found: Batch, lang: Lang) -> None:
    if found.notice is not None:
        typer.echo(found.notice.get(lang))
    for warning in found.summary["datum_suspected"]:  # every place may be wrong: said first
        typer.echo(f"! {warning['file']}: {warning[lang]}")
    heading(text("疑似违反", "Suspected breaches"), lang)
    rules = found.counts["by_rule"].items()
    broken = [{"rule": rule, "count": n} for rule, seen in rules if (n := seen.get("broken"))]
    emit(broken, format="table", lang=lang, titles=TITLES)
    heading(text("待定", "Undecided"), lang)
    emit(found.summary["undecided"], format="table", lang=lang, titles=TITLES)
    problems = found.counts["problems_by_code"]
    if problems:
        heading(text("问题", "Problems"), lang)
        examples = found.examples(lang)
        rows = [{"code": code, "count": count, "example": examples.get(code, "")}
                for code, count in problems.items()]  # fmt: skip
        titles = TITLES | {"code": text("代码", "code"), "example": text("例如", "for example")}
        emit(rows, format="table", lang=lang, titles=titles)
    print_counts(found.counts, lang)
    if not found.summary["options"]["screen"]["undecided_rows"]:
        typer.echo(UNLISTED.get(lang))
    typer.echo(WRITTEN.fill(o=found.folder, n=len(found.summary["parts"])).get(lang))
    for one in found.aside:
        hint = "" if one.why.hint is None else f" — {one.why.hint.get(lang)}"
        told = text("搁置：{t}", "set aside: {t}").fill(t=one.told()).get(lang)
        print(f"{told}{hint}", file=sys.stderr)
