"""``wetland visitors load|capacity|compare|screen``: today against what the park may hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.cli.birdtables import SYNTHETIC, finding_rows
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
    parse_day,
)
from wetland.cli.problems import tell_problems
from wetland.cli.reading import given_file
from wetland.cli.tableoptions import SinceOption, UntilOption
from wetland.cli.visitoroptions import (
    MaybeFileArgument,
    moment_of,
    now_of,
    today_of,
    visitor_options,
)
from wetland.cli.visitortables import (
    CALENDAR,
    CAPACITY,
    COMPARED,
    FINDINGS,
    LOAD,
    OF_CAPACITY,
    show,
)

if TYPE_CHECKING:
    from wetland.base.texts import Lang
    from wetland.cli.options import Format
    from wetland.operations.visitors import VisitorData
    from wetland.visitors.readoptions import CountOptions

Per = Literal["day", "month"]

DayOption = Annotated[
    date | None,
    typer.Option(
        "--day",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="哪天，默认最近有计数的一天 / Which day; default: the last with counts",
    ),
]
AtOption = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="TIME",
        help="哪一时刻，无时区为场地当地时间 / Which moment; without an offset local time of the "
        "site",
    ),
]
AreaOption = Annotated[
    str | None,
    typer.Option("--area", metavar="AREA", help="区域编号或名称 / Id or name of an area"),
]
OnDayOption = Annotated[
    date | None,
    typer.Option(
        "--day",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="哪天，默认今天 / Which day (default: today)",
    ),
]
PerOption = Annotated[Per, typer.Option("--per", help="逐日或逐月 / By day or by month")]
AsOfOption = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="看到哪天为止，默认最近有计数的一天 / Look as of this day (default: the last counted)",
    ),
]
SaveOption = Annotated[
    bool,
    typer.Option(
        "--save/--no-save", help="是否写入疑似问题 / Whether to write what is found as findings"
    ),
]

ASIDE = text(
    "文件有 {e} 处错误（未采用）、{w} 处提醒；全部列出：wetland visitors import",
    "{e} errors in the file (not used) and {w} warnings; wetland visitors import lists all",
)
_TWO_WAYS = text(
    "--since、--until 给出逐日的承载情况，不能与 --day、--at 同用",
    "--since and --until tell day after day and do not go with --day and --at",
)
_NO_AREAS = text(
    "场地包没有登记承载量（visitors.yaml）", "the pack declares no capacities (visitors.yaml)"
)
_SCREENED = text(
    "截至 {as_of}：疑似问题 {broken}，待定 {undecided}；新增 {added}，更新 {changed}",
    "as of {as_of}: {broken} findings, {undecided} undecided; {added} added, {changed} changed",
)


def read_visitors(
    file: str | None,
    reading: CountOptions,
    *,
    site: str,
    store: str | None,
    lang: Lang,
    since: date | None = None,
    until: date | None = None,
) -> VisitorData:
    """Read the counts and readings of a file, or of the store where no file is given.

    Problems of the file are counted on standard error: the answer itself has no place for them.
    """
    from wetland.operations.visitorfiles import visitors_of_file  # noqa: PLC0415 - starts fast
    from wetland.operations.visitors import visitors_of_store  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    if file is None:
        with opened_store(store, site, create=False) as (kept, opened):
            return visitors_of_store(kept, opened, since=since, until=until, as_of=now_of(opened))
    opened = open_site(site)
    data = visitors_of_file(given_file(file), opened, reading, today=today_of(opened))
    tell_problems(data.problems.to_dict("records"), lang, ASIDE)
    return data if since is None and until is None else data.only(since=since, until=until)


@visitor_options
def load(
    reading: CountOptions,
    file: MaybeFileArgument = None,
    day: DayOption = None,
    at: AtOption = None,
    area: AreaOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """各区域瞬时与日游客量对照承载量 / Load of each area at once and by day against its capacity.

    给出 --since、--until 时逐日列出日游客量 / With --since or --until the daily load day by day.
    """
    from wetland.operations.visitoranswers import load_of  # noqa: PLC0415 - starts fast

    by_day = since is not None or until is not None
    if by_day and (day is not None or at is not None):
        raise InputError(_TWO_WAYS)
    data = read_visitors(file, reading, site=site, store=store, lang=lang)
    if by_day:
        _show_days(data, (since, until), area, format=format, lang=lang)
        return
    if area is not None:
        area = data.area(area).id
    found = load_of(data, day=day, at=moment_of(at, data.timezone))
    answer = found.to_json(lang)
    if area is not None:
        answer["loads"] = [row for row in answer["loads"] if row["area"] == area]
    rows = [{**row, "when": row.get("at") or row.get("day")} for row in answer["loads"]]
    columns = LOAD if any(row["actions"] for row in rows) else LOAD[:-1]  # the last is never cut
    show(rows, columns, format=format, lang=lang, whole=answer)
    if format == "table" and not data.pack.capacities:
        typer.echo(_NO_AREAS.get(lang), err=True)


def _show_days(
    data: VisitorData,
    days: tuple[date | None, date | None],
    area: str | None,
    *,
    format: Format,
    lang: Lang,
) -> None:
    from wetland.operations.visitoranswers import calendar_of  # noqa: PLC0415 - starts fast
    from wetland.operations.wateranswers import told  # noqa: PLC0415

    found = calendar_of(data, since=days[0], until=days[1], area=area)
    rows = [_named(row, data, lang) for row in told(found, lang)]
    show(rows, CALENDAR, format=format, lang=lang)


def _named(row: Mapping[str, Any], data: VisitorData, lang: Lang) -> dict[str, Any]:
    """Return a row with the name of its area, and its reason in one language."""
    name = data.name(str(row["area"])).get(lang)
    return {**_one_language(row, ("reason",), lang), "name": name}


def _one_language(row: Mapping[str, Any], names: Sequence[str], lang: Lang) -> dict[str, Any]:
    """Return a row with words of one language only: ``note`` for ``note_zh`` and ``note_en``."""
    both = {f"{name}_{other}" for name in names for other in ("zh", "en")}
    kept = {k: v for k, v in row.items() if k not in both}
    return {**kept, **{name: row.get(f"{name}_{lang}") for name in names}}


def capacity(
    day: OnDayOption = None,
    area: AreaOption = None,
    site: SiteOption = DEFAULT_SITE,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """全部公布的承载量及来源，按哪个判定，当日是否开放 / Every published capacity and its source.

    公布的数字互有出入，全部列出；“判定用”的一项作为当日的承载量 / Published figures conflict: all
    are listed, and the one that the load is judged by is named.
    """
    from wetland.operations.visitoranswers import capacity_of, statements_of  # noqa: PLC0415
    from wetland.operations.visitors import nothing_of  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    opened = open_site(site)
    chosen = day or today_of(opened)
    found = capacity_of(opened.visitors, chosen)
    if area is not None:
        wanted = nothing_of(opened).area(area).id
        found = [one for one in found if one.area.id == wanted]
    whole = {
        "site": opened.id,
        "day": chosen.isoformat(),
        "areas": [one.to_json(lang) for one in found],
        "statements": statements_of(opened.visitors, lang),
    }
    rows = [row for one in found for row in one.rows(lang)]
    show(rows, CAPACITY, format=format, lang=lang, whole=whole, titles=OF_CAPACITY)
    if format == "table" and not found:
        typer.echo(_NO_AREAS.get(lang), err=True)


@visitor_options
def compare(
    reading: CountOptions,
    file: MaybeFileArgument = None,
    per: PerOption = "month",
    area: AreaOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """各期客流及同比、环比 / Visitors beside the same period last year and the one before."""
    from wetland.operations.visitoranswers import compare_of  # noqa: PLC0415 - starts fast
    from wetland.operations.wateranswers import told  # noqa: PLC0415

    data = read_visitors(file, reading, site=site, store=store, lang=lang)
    table = told(compare_of(data, per=per, area=area, since=since, until=until), lang)
    rows = [_one_language(row, ("note",), lang) for row in table]
    show(rows, COMPARED, format=format, lang=lang)
    if format == "table" and data.synthetic:
        typer.echo(SYNTHETIC.get(lang), err=True)


def screen(
    as_of: AsOfOption = None,
    since: SinceOption = None,
    save: SaveOption = True,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    fail: FailOnOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """超载、停车场将满、计数中断，写入疑似问题 / Overload, full car parks, silent counters."""
    from wetland.operations.visitorscreen import screen_visitors  # noqa: PLC0415 - starts fast

    with opened_store(store, site, create=False) as (kept, opened):
        found = screen_visitors(kept, opened, as_of=as_of, since=since,
                                actor=actor if save else None)  # fmt: skip
    answer = found.to_json(lang)
    rows = answer["findings"] if format != "table" else finding_rows(answer["findings"], lang)
    show(rows, FINDINGS, format=format, lang=lang, whole=answer)
    if format == "table":
        done = found.written
        counts = {"added": done.added if done else 0, "changed": done.changed if done else 0}
        typer.echo(_SCREENED.fill(**found.counts, **counts, as_of=found.as_of).get(lang))
    fail_on(fail, found.counts)
