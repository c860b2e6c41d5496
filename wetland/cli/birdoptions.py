"""Options that say how a bird file is to be read, and which records a question is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wetland.base.texts import Lang
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
from wetland.cli.reading import EncodingOption, TimezoneOption, with_options
from wetland.cli.tableoptions import (
    DateOrderOption,
    MapOption,
    SheetOption,
    SinceOption,
    SourceOption,
    UntilOption,
)

if TYPE_CHECKING:
    from wetland.birds.readoptions import BirdOptions

Layout = Literal["dwca", "dwc", "camtrap", "ebird", "odk", "sheet", "tidy"]
Command = Callable[..., None]

FileArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="达尔文核心归档（ZIP 或文件夹）、CSV、TSV、XLSX、eBird、ODK、Camtrap DP；- 为标准输入"
        " / Darwin Core archive, CSV, TSV, XLSX, eBird, ODK, Camtrap DP; - is standard input",
    ),
]
MaybeFileArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help="文件，- 为标准输入；不给则读存储 / A file, - is standard input; without it the store "
        "is read",
    ),
]
SpeciesOption = Annotated[
    str | None,
    typer.Option(
        "--species",
        metavar="NAME",
        help="物种编号、学名、中文名或英文名 / Id or any name of a species",
    ),
]
PlotsOption = Annotated[
    list[str] | None,
    typer.Option("--plot", metavar="PLOT", help="样点（可重复） / Plot (repeatable)"),
]
SeasonOption = Annotated[
    str | None,
    typer.Option("--season", help="计数季，默认场地包所定 / Count season; default: the pack's"),
]
LayoutOption = Annotated[
    Layout | None,
    typer.Option("--layout", help="文件版式，默认由内容判断 / Layout; default: by the content"),
]
DatumOption = Annotated[
    Datum | None, typer.Option("--datum", help="坐标基准，默认 wgs84 / Datum (default wgs84)")
]
YearOption = Annotated[
    int | None,
    typer.Option("--year", min=1900, max=2199, help="未写年份的日期属哪年 / Year of dates without"),
]
DefaultDateOption = Annotated[
    str | None,
    typer.Option(
        "--default-date",
        metavar="YYYY[-MM[-DD]]",
        help="没有日期的文件是哪天、哪月或哪年 / Day, month or year of a file without dates",
    ),
]
DefaultPlotOption = Annotated[
    str | None,
    typer.Option("--default-plot", help="未写样点的行用它 / Plot of rows that name none"),
]
ProtocolOption = Annotated[
    str | None,
    typer.Option("--protocol", help="未写调查方法的用它 / Protocol of surveys that name none"),
]
CompleteOption = Annotated[
    bool | None,
    typer.Option(
        "--complete/--not-complete",
        help="文件未说明时，是否记录了全部物种；记全时未列的为没有 / Whether all species found are "
        "listed, where the file does not say; then what is not listed was absent",
    ),
]
SamplingFileOption = Annotated[
    str | None,
    typer.Option(
        "--sampling-file",
        metavar="FILE",
        help="eBird 的调查文件或 ODK 的重复组 / eBird's sampling events, repeats of an ODK form",
    ),
]

OPTIONS: dict[str, object] = {
    "layout": LayoutOption,
    "sheet": SheetOption,
    "encoding": EncodingOption,
    "source": SourceOption,
    "map": MapOption,
    "datum": DatumOption,
    "timezone": TimezoneOption,
    "year": YearOption,
    "default_date": DefaultDateOption,
    "date_order": DateOrderOption,
    "default_plot": DefaultPlotOption,
    "protocol": ProtocolOption,
    "complete": CompleteOption,
    "sampling_file": SamplingFileOption,
}


def bird_options(command: Command) -> Command:
    """Add the options of reading to a command that takes ``reading: BirdOptions``."""
    return with_options(command, OPTIONS, _options, type_name="BirdOptions")


def _options(asked: dict[str, Any]) -> BirdOptions:
    from wetland.birds.readoptions import BirdOptions  # noqa: PLC0415 - starts fast

    columns = parse_pairs(asked.pop("map") or ())
    return BirdOptions(columns=columns, plot=asked.pop("default_plot"), **asked)


@dataclass(frozen=True)
class Asked:
    """What every command that answers from stored records is told: which, and how to answer."""

    site: str
    store: str | None
    format: Format
    lang: Lang
    species: str | None = None
    plot: list[str] | None = None
    since: date | None = None
    until: date | None = None


# name of the parameter -> its option; `bird_answer` adds them all to a command.
ASKED: dict[str, object] = {
    "species": SpeciesOption,
    "plot": PlotsOption,
    "since": SinceOption,
    "until": UntilOption,
    "site": SiteOption,
    "store": StoreOption,
    "format": FormatOption,
    "lang": LangOption,
}
DEFAULTS: dict[str, object] = {"site": DEFAULT_SITE, "format": "table", "lang": "zh"}


def bird_answer(command: Command) -> Command:
    """Add the options of which records and of the answer to a command that takes ``asked``."""

    def make(values: dict[str, Any]) -> Asked:
        return Asked(**values)

    return with_options(command, ASKED, make, type_name="Asked", into="asked", defaults=DEFAULTS)
