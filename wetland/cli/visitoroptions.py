"""Options that say how a file of visitors is to be read, and moments as a person writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.cli.options import parse_pairs
from wetland.cli.reading import EncodingOption, TimezoneOption, with_options
from wetland.cli.tableoptions import DateOrderOption, MapOption, SheetOption, SourceOption

if TYPE_CHECKING:
    from wetland.sites.load import Site
    from wetland.visitors.readoptions import CountOptions

Layout = Literal["tidy", "wide", "parking"]
PlaceKind = Literal["gate", "area", "boat"]
Measure = Literal["entries", "exits", "present", "boats", "passengers"]
Cumulative = Literal["no", "ever", "day"]
Hours = Literal["0-23", "1-24"]
Command = Callable[..., None]

FileArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="客流计数或停车场读数：CSV、TSV、XLSX；- 为标准输入 / Counts of visitors or readings "
        "of car parks: CSV, TSV, XLSX; - is standard input",
    ),
]
MaybeFileArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help="CSV、TSV、XLSX，- 为标准输入；不给则读存储 / CSV, TSV, XLSX, - is standard input; "
        "without it the store is read",
    ),
]
LayoutOption = Annotated[
    Layout | None,
    typer.Option("--layout", help="表格版式，默认由表头判断 / Layout; default: by the header"),
]
PlaceAsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--place-as",
        metavar="WORD=PLACE",
        help="文件用词=场地包的地点（可重复，右边留空为不读） / Word of the file = place",
    ),
]
MeasureAsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--measure-as",
        metavar="WORD=MEASURE",
        help="文件用词=计数内容（可重复，右边留空为不读） / Word of the file = measure",
    ),
]
YearOption = Annotated[
    int | None,
    typer.Option("--year", min=1900, max=2199, help="未写年份的日期属哪年 / Year of dates without"),
]
DefaultDateOption = Annotated[
    str | None,
    typer.Option(
        "--default-date",
        metavar="YYYY-MM[-DD]",
        help="没有日期的文件是哪天或哪月 / Day or month of a file without dates",
    ),
]
DefaultPlaceOption = Annotated[
    str | None,
    typer.Option("--default-place", help="未写地点的行用它 / Place of rows that name none"),
]
PlaceKindOption = Annotated[
    PlaceKind | None,
    typer.Option("--place-kind", help="未登记的地点是哪类 / Kind of places nobody declared"),
]
DefaultMeasureOption = Annotated[
    Measure | None,
    typer.Option(
        "--default-measure",
        help="文件未说明时计的是什么，默认 entries / What was counted, where the file does not say",
    ),
]
CumulativeOption = Annotated[
    Cumulative | None,
    typer.Option(
        "--cumulative",
        help="是否累计读数：no 否，ever 一直累计，day 每日清零；默认看表头 / Whether numbers are "
        "readings of counters that go on (ever) or start at 0 each day; default: by the header",
    ),
]
HoursOption = Annotated[
    Hours | None,
    typer.Option("--hours", help="小时的写法 / How hours are written: by start or by end"),
]
MostOption = Annotated[
    float | None, typer.Option("--most", min=1, help="超过它为不可能 / Larger is impossible")
]

OPTIONS: dict[str, object] = {
    "layout": LayoutOption,
    "sheet": SheetOption,
    "encoding": EncodingOption,
    "source": SourceOption,
    "map": MapOption,
    "place_as": PlaceAsOption,
    "measure_as": MeasureAsOption,
    "timezone": TimezoneOption,
    "year": YearOption,
    "default_date": DefaultDateOption,
    "date_order": DateOrderOption,
    "default_place": DefaultPlaceOption,
    "place_kind": PlaceKindOption,
    "default_measure": DefaultMeasureOption,
    "cumulative": CumulativeOption,
    "hours": HoursOption,
    "most": MostOption,
}

FIRST_YEAR, PAST_YEAR = 1900, 2200  # as in files

BAD_MOMENT = text(
    "{v}：时刻须写成 年-月-日 时:分，例如 2026-11-22 10:30",
    "{v}: write a moment as YEAR-MONTH-DAY HOUR:MINUTE, for example 2026-11-22 10:30",
)
NO_SUCH_TIME = text(
    "{v}：当地没有这个时刻（夏令时拨快）；请写明时差，例如 +08:00",
    "{v}: there is no such local time (clocks go forward); write the offset, for example +08:00",
)


def visitor_options(command: Command) -> Command:
    """Add the options of reading to a command that takes ``reading: CountOptions``."""
    return with_options(command, OPTIONS, _options, type_name="CountOptions")


def _options(asked: dict[str, Any]) -> CountOptions:
    from wetland.visitors.readoptions import CountOptions  # noqa: PLC0415 - starts fast

    return CountOptions(
        columns=parse_pairs(asked.pop("map") or ()),
        places=parse_pairs(asked.pop("place_as") or ()),
        measures=parse_pairs(asked.pop("measure_as") or ()),
        place=asked.pop("default_place"),
        measure=asked.pop("default_measure"),
        **asked,
    )


def moment_of(words: str | None, timezone: str) -> datetime | None:
    """Read a moment: local time of the site where no offset stands beside it.

    24:00 is midnight at the end of the day; of an hour that comes twice (clocks go back) the first
    is meant. A day without a time of day, and a year that no file may have, are refused.

    Raises
    ------
    InputError
        It is no moment, or there is no such local time.
    """
    if words is None:
        return None
    told = words.strip()
    late = timedelta()
    for form in ("T24:00:00", " 24:00:00", "T24:00", " 24:00"):
        if told.endswith(form):
            told, late = told.removesuffix(form) + "T00:00", timedelta(days=1)
    zone = ZoneInfo(timezone)
    try:
        read = datetime.fromisoformat(told) + late
        if ":" not in told or not FIRST_YEAR <= read.year < PAST_YEAR:
            raise ValueError(told)
        moment = read if read.tzinfo is not None else read.replace(tzinfo=zone)
        there = moment.astimezone(ZoneInfo("UTC")).astimezone(zone)
    except (ValueError, OverflowError):
        raise InputError(BAD_MOMENT.fill(v=words.strip() or "''")) from None
    if read.tzinfo is None and there.replace(tzinfo=None) != read:
        raise InputError(NO_SUCH_TIME.fill(v=words))
    return there


def today_of(site: Site) -> date:
    """Return the local day at a site."""
    return now_of(site).date()


def now_of(site: Site) -> datetime:
    """Return the moment in the local time of a site."""
    return datetime.now(tz=ZoneInfo(site.timezone))
