"""Options that say how a file of water results is to be read, the same for every command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from wetland.base.errors import InputError
from wetland.base.texts import Lang, text
from wetland.cli.options import (
    DEFAULT_SITE,
    Datum,
    Format,
    FormatOption,
    LangOption,
    SiteOption,
    StoreOption,
    parse_pairs,
)
from wetland.cli.problems import tell_problems
from wetland.cli.reading import EncodingOption, TimezoneOption, given_file, with_options
from wetland.cli.tableoptions import (
    DateOrderOption,
    MapOption,
    SheetOption,
    SinceOption,
    SourceOption,
    UntilOption,
)

if TYPE_CHECKING:
    import pandas as pd

    from wetland.operations.water import WaterData
    from wetland.water.readoptions import WaterOptions

Layout = Literal["tidy", "wide", "wqp", "cnemc", "egret"]
Body = Literal["river", "lake"]
MeanPer = Literal["month", "quarter", "year"]
Command = Callable[..., None]

FileArgument = Annotated[
    str,
    typer.Argument(metavar="FILE", help="CSV、XLSX、Parquet；- 为标准输入 / - is standard input"),
]
MaybeFileArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help="CSV、XLSX、Parquet，- 为标准输入；不给则读存储 / - is standard input; without it the "
        "store is read",
    ),
]
StationsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--station", metavar="STATION", help="站点编号或名称（可重复） / Id or name (repeatable)"
    ),
]
MeanPerOption = Annotated[MeanPer, typer.Option("--per", help="时段 / Period")]
BodyOption = Annotated[
    Body | None,
    typer.Option(
        "--water-body",
        help="未写明水体类型的站点是河流还是湖库 / What stations are whose kind nobody told",
    ),
]
LayoutOption = Annotated[
    Layout | None,
    typer.Option("--layout", help="表格版式，默认由表头判断 / Layout; default: by the header"),
]
ParameterAsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter-as",
        metavar="WORD=CODE",
        help="文件用词=指标代码（可重复） / Word of the file = parameter",
    ),
]
UnitOption = Annotated[
    list[str] | None,
    typer.Option(
        "--unit",
        metavar="PARAMETER=UNIT",
        help="指标=单位，文件没有写时用 / Unit where the file tells none",
    ),
]
DatumOption = Annotated[
    Datum | None, typer.Option("--datum", help="站点坐标的基准 / Datum of stations' coordinates")
]
YearOption = Annotated[
    int | None,
    typer.Option("--year", min=1900, max=2200, help="未写年份的日期属哪年 / Year of dates without"),
]
DefaultDateOption = Annotated[
    str | None,
    typer.Option(
        "--default-date",
        metavar="YYYY-MM[-DD]",
        help="没有日期列的文件是哪天或哪月 / Day or month of a file without a column of dates",
    ),
]
DefaultStationOption = Annotated[
    str | None,
    typer.Option(
        "--default-station",
        help="没有站点列的文件是哪个站 / Station of a file that has no column of them",
    ),
]
DefaultParameterOption = Annotated[
    str | None,
    typer.Option(
        "--default-parameter",
        help="没有指标列的文件是哪个指标 / Parameter of a file that has no column of them",
    ),
]

_ASIDE = text(
    "文件有 {e} 处错误（已搁置）、{w} 处提醒；全部列出：wetland water import",
    "{e} errors in the file (set aside) and {w} warnings; wetland water import lists all",
)
_NO_RESULTS = text(
    "{f}：没有一行可用的水质结果", "{f}: no row of it has a water result that can be used"
)

OPTIONS: dict[str, object] = {
    "water_body": BodyOption,
    "layout": LayoutOption,
    "sheet": SheetOption,
    "encoding": EncodingOption,
    "source": SourceOption,
    "map": MapOption,
    "parameter_as": ParameterAsOption,
    "unit": UnitOption,
    "datum": DatumOption,
    "timezone": TimezoneOption,
    "year": YearOption,
    "default_date": DefaultDateOption,
    "date_order": DateOrderOption,
    "default_station": DefaultStationOption,
    "default_parameter": DefaultParameterOption,
}


def water_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of reading to a command that takes ``reading: WaterOptions``."""
    return with_options(command, OPTIONS, _options, type_name="WaterOptions")


def _options(asked: dict[str, Any]) -> WaterOptions:
    from wetland.water.readoptions import WaterOptions  # noqa: PLC0415 - starts fast

    columns = parse_pairs(asked.pop("map") or ())
    words = parse_pairs(asked.pop("parameter_as") or ())
    units = parse_pairs(asked.pop("unit") or ())
    return WaterOptions(
        columns=columns,
        parameter_words=words,
        units=units,
        station=asked.pop("default_station"),
        parameter=asked.pop("default_parameter"),
        **asked,
    )


@dataclass(frozen=True)
class Asked:
    """What every command that answers from results is told: which results, and how to answer."""

    file: str | None
    reading: WaterOptions
    site: str
    store: str | None
    format: Format
    lang: Lang
    station: list[str] | None = None
    since: date | None = None
    until: date | None = None


# name of the parameter -> its option; `water_answer` adds them all to a command.
ASKED: dict[str, object] = {
    "file": MaybeFileArgument,
    "station": StationsOption,
    "since": SinceOption,
    "until": UntilOption,
    "site": SiteOption,
    "store": StoreOption,
    "format": FormatOption,
    "lang": LangOption,
}
DEFAULTS: dict[str, object] = {"site": DEFAULT_SITE, "format": "table", "lang": "zh"}


def water_answer(*, stations: bool = True) -> Callable[[Command], Command]:
    """Add the options of which results, of reading and of the answer to a command.

    The command takes them as ``asked: Asked``; without ``stations`` it is about all of them.
    """
    own = {name: option for name, option in ASKED.items() if stations or name != "station"}

    def make(values: dict[str, Any]) -> Asked:
        told = {name: values.pop(name) for name in own}
        return Asked(reading=_options(values), **told)

    def add(command: Command) -> Command:
        return with_options(
            command, own | OPTIONS, make, type_name="Asked", into="asked", defaults=DEFAULTS
        )

    return add


def read_water(asked: Asked) -> WaterData:
    """Read the results of a file, or of the store where no file is given.

    Problems of the file are counted on standard error: the answer itself has no place for them.
    It is looked on today, or on the last day that was asked for: what is not over by then has no
    official answer.
    """
    from wetland.operations.stores import open_store  # noqa: PLC0415 - starts fast
    from wetland.operations.water import check_days, water_of_store  # noqa: PLC0415
    from wetland.operations.waterfiles import water_of_file  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    check_days(asked.since, asked.until)
    site = open_site(asked.site)
    if asked.file is None:
        with open_store(asked.store, site, create=False) as kept:
            data = water_of_store(kept, site, stations=asked.station, since=asked.since,
                                  until=asked.until)  # fmt: skip
        body = asked.reading.water_body
        data = data if body is None else data.assume(body)
    else:
        data = water_of_file(given_file(asked.file), site, options=asked.reading)
        tell_problems(data.problems.to_dict("records"), asked.lang, _ASIDE)
        if not len(data.results):
            raise InputError(_NO_RESULTS.fill(f=asked.file))
        data = data.only(asked.station, since=asked.since, until=asked.until)
    today = datetime.now(tz=ZoneInfo(site.timezone)).date()
    return replace(data, as_of=min(today, asked.until or today))


def read_series(asked: Asked, parameters: list[str] | None) -> pd.DataFrame:
    """Read series for trends: of any tidy file, or of the results that the store holds."""
    from wetland.operations.watertrends import only_series, series_of, series_of_file  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    if asked.file is None:
        return only_series(series_of(read_water(asked)), parameters=parameters)
    given = given_file(asked.file)
    return _asked_for(series_of_file(given, lambda: open_site(asked.site), asked.reading),
                      asked, parameters)  # fmt: skip


def read_annual(asked: Asked, parameters: list[str] | None) -> pd.DataFrame | None:
    """Read a file that holds one value for each year; None for any other, and for the store."""
    from wetland.operations.watertrends import annual_series_of_file  # noqa: PLC0415

    if asked.file is None:
        return None
    found = annual_series_of_file(given_file(asked.file), asked.reading)
    return None if found is None else _asked_for(found, asked, parameters)


def _asked_for(
    found: tuple[pd.DataFrame, pd.DataFrame], asked: Asked, parameters: list[str] | None
) -> pd.DataFrame:
    """Tell the problems of a file, and keep of its series what was asked for."""
    from wetland.operations.watertrends import only_series  # noqa: PLC0415

    series, problems = found
    tell_problems(problems.to_dict("records"), asked.lang, _ASIDE)
    return only_series(series, stations=asked.station, parameters=parameters, since=asked.since,
                       until=asked.until)  # fmt: skip
