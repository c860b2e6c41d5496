"""``wetland water``: import results, classes, trophic state, trends, forecasts, findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from wetland.base.texts import text
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
    parse_day,
)
from wetland.cli.output import emit
from wetland.cli.reading import given_file
from wetland.cli.screen import RowsOption
from wetland.cli.wateroutlook import certainty, forecast, trends
from wetland.cli.waterreading import (
    Asked,
    FileArgument,
    MeanPerOption,
    read_water,
    water_answer,
    water_options,
)
from wetland.cli.watersummary import summary
from wetland.cli.watertables import (
    CHANGES,
    CLASSES,
    COMPLIANCE,
    FINDINGS,
    GRADES,
    REACH_CHANGES,
    STATIONS,
    TROPHIC,
    finding_rows,
    reply,
    show,
)

if TYPE_CHECKING:
    from wetland.water.readoptions import WaterOptions

Per = Literal["sample", "month", "quarter", "year"]
Against = Literal["last_year", "previous"]

PerOption = Annotated[
    Per, typer.Option("--per", help="按样品或时段均值评价 / A class per sample or period")
]
ProgrammeOption = Annotated[
    str | None,
    typer.Option("--programme", help="按哪个监测方案看是否齐全 / Programme for completeness"),
]

ScreenSinceOption = Annotated[
    date | None,
    typer.Option(
        "--since",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="从哪天起，默认两年前 / Judge from this day on (default: two years before)",
    ),
]

app = typer.Typer()

_SUMMARY = text(
    "共 {rows} 行，结果 {results} 个，未测 {missing} 个：新增 {added}，更新 {changed}，"
    "已有 {unchanged}；搁置 {rows_aside} 行",
    "{rows} rows, {results} results, {missing} not measured: {added} added, {changed} changed, "
    "{unchanged} known; {rows_aside} rows set aside",
)
_SCREENED = text(
    "截至 {as_of}：疑似问题 {broken}，待定 {undecided}（--undecided-rows 逐条列出）",
    "as of {as_of}: {broken} findings, {undecided} undecided (--undecided-rows lists them)",
)
_LEFT_OUT = text(
    "未评价的站点（没有说明是河流还是湖库）：{s}",
    "stations not judged (nobody told whether they are rivers or lakes): {s}",
)


_NO_TARGET = text(
    "没有目标类别的站点：{s}；请在场地包 water.yaml 的 target_class 或文件的“目标类别”列写明",
    "stations without a target class: {s}; give it as target_class in water.yaml of the site or in "
    "a column target_class of the file",
)


@app.command("import")
@water_options
def import_(
    reading: WaterOptions,
    file: FileArgument,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    fail: FailOnOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """导入水质检测结果，好的入库，错的列明 / Import results; what is wrong is listed."""
    from wetland.operations.waterfiles import import_water  # noqa: PLC0415

    with opened_store(store, site) as (kept, opened):
        done = import_water(kept, opened, given_file(file), options=reading, actor=actor)
    answer = done.to_json(lang)
    if format == "table":
        columns = ("level", "row", "column", "value", "message")
        rows = [{name: problem[name] for name in columns} for problem in answer["problems"]]
        emit(rows, format=format, lang=lang, titles=PROBLEM_TITLES)
        typer.echo(_SUMMARY.fill(**answer["counts"]).get(lang))
    else:
        emit(answer, format=format, lang=lang, rows=answer["problems"])
    fail_on(fail, {"problems": len(answer["problems"])})


@app.command()
@water_answer()
def classes(
    asked: Asked,
    per: PerOption = "sample",
    programme: ProgrammeOption = None,
) -> None:
    """水质类别、决定指标与主要污染指标 / Class, what sets it, and the main pollutants."""
    from wetland.operations.wateranswers import classes_of  # noqa: PLC0415 - starts fast

    reply(asked, classes_of(read_water(asked), per=per, programme=programme), CLASSES)


@app.command()
@water_answer()
def trophic(
    asked: Asked,
    per: PerOption = "month",
) -> None:
    """湖库、池塘的综合营养状态指数 / Trophic level index of lakes and ponds, never of rivers."""
    from wetland.operations.wateranswers import trophic_of  # noqa: PLC0415 - starts fast

    # Named stations are taken at their word: a river among them is refused, not left out.
    found = trophic_of(read_water(asked), per=per, lakes_only=not asked.station)
    reply(asked, found, TROPHIC)


@app.command()
@water_answer(stations=False)
def grades(
    asked: Asked,
    per: MeanPerOption = "year",
) -> None:
    """河流、湖库和全部站点的评价，断面比例 / Rivers, lakes and the whole: shares and condition."""
    from wetland.operations.wateranswers import grades_of  # noqa: PLC0415 - starts fast

    reply(asked, grades_of(read_water(asked), per=per), GRADES)


@app.command()
@water_answer()
def changes(
    asked: Asked,
    per: MeanPerOption = "year",
    against: Annotated[
        Against, typer.Option("--against", help="同比 last_year 或环比 previous / Compared with")
    ] = "last_year",
    reaches: Annotated[
        bool,
        typer.Option("--reaches", help="河流、湖库和全部站点，而非各站 / Rivers and lakes instead"),
    ] = False,
) -> None:
    """各站类别的同比或环比变化 / Change of each station's class, in official words.

    河流和全部站点还按ΔG-ΔD（Ⅰ～Ⅲ类与劣Ⅴ类比例之差）判断，取变化大者 / Rivers and the whole site
    also by the change of shares; the larger change counts.
    """
    from wetland.operations import wateranswers  # noqa: PLC0415 - starts fast

    data = read_water(replace(asked, since=None, until=None))  # periods compared with lie before
    compare = wateranswers.reach_changes_of if reaches else wateranswers.changes_of
    found = compare(data, per=per, against=against, since=asked.since, until=asked.until)
    reply(asked, found, REACH_CHANGES if reaches else CHANGES)


@app.command()
@water_answer()
def compliance(
    asked: Asked,
    per: PerOption = "month",
) -> None:
    """各站达到目标类别的时段数 / In how many periods each station met its target class."""
    from wetland.operations.water import listed  # noqa: PLC0415 - starts fast
    from wetland.operations.wateranswers import compliance_of  # noqa: PLC0415

    data = read_water(asked)
    reply(asked, compliance_of(data, per=per), COMPLIANCE)
    held = data.stations
    aimless = [i for i in data.station_ids if i not in held or held[i].target_class is None]
    if aimless:
        typer.echo(_NO_TARGET.fill(s=listed(aimless)).get(asked.lang), err=True)


@app.command()
def screen(
    as_of: Annotated[
        date | None,
        typer.Option(
            "--as-of",
            parser=parse_day,
            metavar="YYYY-MM-DD",
            help="看到哪天为止，默认今天 / Look as of this day (default: today)",
        ),
    ] = None,
    since: ScreenSinceOption = None,
    undecided_rows: RowsOption = False,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    actor: ActorOption = "",
    fail: FailOnOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """筛查存储中的水质：超目标、变差、突变，写入疑似问题 / Screen stored results into findings."""
    from wetland.operations.waterscreen import screen_water  # noqa: PLC0415

    with opened_store(store, site, create=False) as (kept, opened):
        day = as_of or datetime.now(tz=ZoneInfo(opened.timezone)).date()
        found = screen_water(kept, opened, as_of=day, since=since, actor=actor)
    answer = found.to_json(lang, undecided=undecided_rows)
    if format == "table":
        show(finding_rows(answer["findings"], lang), FINDINGS, format=format, lang=lang)
        typer.echo(_SCREENED.fill(**found.counts, as_of=found.as_of).get(lang))
        if found.left_out:
            typer.echo(_LEFT_OUT.fill(s=", ".join(found.left_out)).get(lang))
    else:
        emit(answer, format=format, lang=lang, rows=found.rows(undecided=undecided_rows))
    fail_on(fail, found.counts)


app.command("trends")(trends)
app.command("certainty")(certainty)
app.command("summary")(summary)
app.command("forecast")(forecast)


@app.command()
def stations(
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """列出站点及其数据起止 / List stations and what the store holds of them."""
    from wetland.operations.waterstations import station_rows  # noqa: PLC0415

    with opened_store(store, site, create=False) as (kept, opened):
        rows = station_rows(kept, opened, lang)
    show(rows, STATIONS, format=format, lang=lang)
