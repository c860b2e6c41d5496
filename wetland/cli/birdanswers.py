"""``wetland birds richness|alerts|checklist``: answers from stored surveys, or from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from wetland.base.errors import InputError
from wetland.base.texts import Lang, text
from wetland.cli.birdoptions import MaybeFileArgument, PlotsOption, SeasonOption, SpeciesOption
from wetland.cli.birdtables import (
    ALERTS,
    CHECKLIST,
    ESTIMATES,
    FINDINGS,
    PHENOLOGY,
    RICHNESS,
    SYNTHETIC,
    finding_rows,
    show,
)
from wetland.cli.opened import opened_store
from wetland.cli.options import (
    DEFAULT_SITE,
    ActorOption,
    FailOnOption,
    FormatOption,
    LangOption,
    RoleOption,
    SiteOption,
    StoreOption,
    fail_on,
    parse_day,
)
from wetland.cli.problems import tell_problems
from wetland.cli.reading import EncodingOption, given_file
from wetland.cli.tableoptions import SinceOption, UntilOption

if TYPE_CHECKING:
    from wetland.operations.birds import BirdData
    from wetland.sites.load import Site

Per = Literal["year", "season", "plot"]

AsOfOption = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="看到哪天为止，默认今天 / Look as of this day (default: today)",
    ),
]
PerOption = Annotated[
    Per, typer.Option("--per", help="读存储时，每年、每季或每个样点 / Of the store: per what")
]
DrawsOption = Annotated[
    int, typer.Option("--draws", min=0, help="自助抽样次数，0 为不做 / Bootstrap draws; 0: none")
]
SeedOption = Annotated[int, typer.Option("--seed", help="抽样种子 / Seed of the draws")]
LevelOption = Annotated[
    float, typer.Option("--level", min=0.5, max=0.999, help="区间的置信水平 / Level of intervals")
]
SaveOption = Annotated[
    bool,
    typer.Option(
        "--save/--no-save", help="是否写入疑似问题 / Whether to write what is found as findings"
    ),
]

_ASIDE = text(
    "文件有 {e} 处错误（该行已搁置）、{w} 处提醒：",
    "{e} errors in the file (the rows are set aside) and {w} warnings:",
)
_FOUND = {"observed": text("种数", "species")}
_LISTED = text(
    "名录：{name}（{n} 种{partial}）；来源：{source}",
    "checklist: {name} ({n} species{partial}); source: {source}",
)
_PARTIAL = text("，不完整", ", partial")
_NO_LIST = text("场地包没有鸟类名录（birds.csv）", "the pack has no checklist of birds (birds.csv)")
_SCREENED = text(
    "截至 {as_of}：疑似问题 {broken}，待定 {undecided}；新增 {added}，更新 {changed}",
    "as of {as_of}: {broken} findings, {undecided} undecided; {added} added, {changed} changed",
)


def richness(
    file: MaybeFileArgument = None,
    per: PerOption = "year",
    since: SinceOption = None,
    until: UntilOption = None,
    plot: PlotsOption = None,
    draws: DrawsOption = 200,
    seed: SeedOption = 0,
    level: LevelOption = 0.95,
    encoding: EncodingOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """物种丰富度与多样性 / Richness and diversity, of a site x species table or of the store.

    文件：首列样点，其余每列一种；给出实测、Chao1、Chao2、ACE、刀切、Hill 数与曲线 /
    A file has sites in its first column and a species in each other one.
    """
    if file is not None:
        from wetland.operations.birdrichness import richness_of_file  # noqa: PLC0415

        found = richness_of_file(given_file(file), draws=draws, seed=seed, confidence=level,
                                 encoding=encoding)  # fmt: skip
        answer = found.to_json(lang)
        if format == "json":
            show([], ESTIMATES, format=format, lang=lang, whole=answer)
            return
        tell_problems([p.as_row() for p in found.problems.items], lang, _ASIDE)
        show(found.rows(), ESTIMATES, format=format, lang=lang)
        for note in answer["notes"]:
            typer.echo(note[lang], err=True)
        return
    from wetland.operations.birdanswers import richness_of  # noqa: PLC0415 - starts fast

    data = stored_birds(site, store, since=since, until=until, plots=plot)
    table = richness_of(data, per=per)
    show(plain_rows(table, lang), RICHNESS, format=format, lang=lang, titles=_FOUND)
    for told in table.attrs.get("notes", ()):
        typer.echo(told.get(lang), err=True)


def alerts(
    species: SpeciesOption = None,
    season: SeasonOption = None,
    as_of: AsOfOption = None,
    save: SaveOption = True,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    fail: FailOnOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """下降预警、1%标准、新记录、繁殖，写入疑似问题 / Alerts, 1 % test, new, breeding: findings.

    平滑指数按 5、10、25 季和全部时段比较，终点为倒数第二季；25%～50% 为中度，50% 起为高度 / The
    smoothed index over 5, 10, 25 seasons and all of them, up to the season before the last.
    """
    from wetland.operations.birdanswers import alerts_of  # noqa: PLC0415 - starts fast
    from wetland.operations.birds import birds_of_store  # noqa: PLC0415
    from wetland.operations.birdscreen import screen_birds  # noqa: PLC0415

    with opened_store(store, site, create=False) as (kept, opened):
        day = as_of or today_of(opened)
        data = birds_of_store(kept, opened, as_of=day)
        if species is not None:
            data = data.only([species])
        answer = alerts_of(data, season=season).to_json(lang)
        screened = screen_birds(kept, opened, as_of=day, actor=actor if save else None)
    if species is not None:
        screened = screened.only(data.taxon(species))
    findings = screened.to_json(lang)
    answer["findings"], answer["counts"] = findings["findings"], findings["counts"]
    rows = [_alert_row(row) for row in answer["species"]]
    if format != "table":
        show(rows, ALERTS, format=format, lang=lang, whole=answer)
    else:
        if answer["synthetic"]:
            typer.echo(SYNTHETIC.get(lang), err=True)
        show(rows, ALERTS, format=format, lang=lang)
        typer.echo("")
        show(finding_rows(answer["findings"], lang), FINDINGS, format=format, lang=lang)
        done = screened.written
        counts = {"added": done.added if done else 0, "changed": done.changed if done else 0}
        typer.echo(_SCREENED.fill(**screened.counts, **counts, as_of=day).get(lang))
        for note in answer["notes"]:
            typer.echo(note, err=True)
    fail_on(fail, screened.counts)


def checklist(
    role: RoleOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """名录各种及其记录 / The species of the checklist, and what was recorded of them."""
    from pathlib import Path  # noqa: PLC0415 - starts fast

    from wetland.operations.birdanswers import checklist_rows  # noqa: PLC0415
    from wetland.operations.birds import nothing_of  # noqa: PLC0415
    from wetland.operations.stores import default_store  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    opened = open_site(site)
    where = store or str(default_store(opened.id))
    there = "://" in where or Path(where).is_file()
    data = stored_birds(site, store, needed=False) if there else nothing_of(opened)
    rows = checklist_rows(data.seen_by(role), lang)
    if not rows:
        raise InputError(_NO_LIST)
    show(rows, CHECKLIST, format=format, lang=lang)
    edition = opened.birds.checklist
    if format == "table" and edition is not None:
        partial = _PARTIAL.get(lang) if edition.partial else ""
        words = _LISTED.fill(name=edition.name, n=len(rows), partial=partial,
                             source=edition.source)  # fmt: skip
        typer.echo(words.get(lang))


def phenology(
    species: SpeciesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    role: RoleOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """各种最早与最晚的日子 / First and last day of the year of each species."""
    from wetland.operations.birdanswers import phenology_of  # noqa: PLC0415 - starts fast

    data = stored_birds(site, store).seen_by(role)
    data = data.only(None if species is None else [species], since=since, until=until)
    rows = plain_rows(phenology_of(data), lang)
    named = [{"name": data.checklist.name(str(r.get("taxon_id"))).get(lang), **r} for r in rows]
    for row in named:
        row["first_day"] = _month_day(row["first_day_of_year"])
        row["last_day"] = _month_day(row["last_day_of_year"])
    show(named, PHENOLOGY, format=format, lang=lang)


def stored_birds(
    site: str,
    store: str | None,
    *,
    since: date | None = None,
    until: date | None = None,
    plots: Sequence[str] | None = None,
    needed: bool = True,
) -> BirdData:
    """Return the birds of a store as they are known today; `InputError` where there are none."""
    from wetland.operations.birds import birds_of_store, require_records  # noqa: PLC0415

    with opened_store(store, site, create=False) as (kept, opened):
        data = birds_of_store(
            kept, opened, plots=plots, since=since, until=until, as_of=today_of(opened)
        )
    return require_records(data) if needed else data


def today_of(site: Site) -> date:
    """Return the local day at a site."""
    return datetime.now(tz=ZoneInfo(site.timezone)).date()


def plain_rows(frame: Any, lang: Lang) -> list[dict[str, Any]]:  # noqa: ANN401 - a DataFrame
    """Return the rows of a table; words in one language."""
    rows = frame.to_dict("records")
    return [{k: v.get(lang) if hasattr(v, "zh") else v for k, v in row.items()} for row in rows]


def _month_day(day_of_year: int) -> str:
    """Return month and day of a day of a year without leap day."""
    return (date(2001, 1, 1) + timedelta(days=int(day_of_year) - 1)).strftime("%m-%d")


def _alert_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return alerts of a species as one flat row: change and level of each span."""
    spans = {
        "all" if change["span"] is None else str(change["span"]): change
        for change in row["changes"]
    }
    changes = {f"change_{k}": spans[k]["change_percent"] if k in spans else None
               for k in ("5", "10", "25", "all")}  # fmt: skip
    return {
        "species": row["species"], "name": row["name"], "alert": row["alert"], **changes,
        "likelihood": row.get("likelihood"), "reference": row["reference"], "plots": row["plots"],
        "one_percent": row["one_percent"]["outcome"], "mean": row["one_percent"]["mean"],
        "threshold": row["one_percent"]["threshold"], "note": "; ".join(row["notes"]),
    }  # fmt: skip
