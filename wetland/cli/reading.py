"""Options that say how a file is to be read, the same for every command that reads one."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

import typer

from wetland.cli.options import Datum, parse_day, parse_pairs

if TYPE_CHECKING:
    from pathlib import Path

    from wetland.reading.files import Given
    from wetland.screening.options import ReadOptions

SourceKind = Literal["gps", "photo", "map_click", "declared", "unknown"]


def _column(flag: str, what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(flag, metavar="COLUMN", help=what)
    return option


FileArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="CSV、GeoJSON、GeoPackage、GPX、GeoParquet；- 为标准输入 / - is standard input",
    ),
]
FileDatumOption = Annotated[
    Datum | None,
    typer.Option("--datum", help="坐标基准（默认 wgs84） / Datum (default wgs84)"),
]
LonOption = Annotated[str | None, _column("--lon", "经度列 / Column of the longitude")]
LatOption = Annotated[str | None, _column("--lat", "纬度列 / Column of the latitude")]
DateOption = Annotated[str | None, _column("--date", "日期列 / Column of the date")]
TimeOption = Annotated[str | None, _column("--time", "时间列 / Column of the time")]
ActivityOption = Annotated[str | None, _column("--activity", "行为列 / Column of the activity")]
IdOption = Annotated[str | None, _column("--id", "编号列 / Column of the identifier")]
UncertaintyOption = Annotated[
    str | None, _column("--uncertainty", "位置误差列（米） / Column of the uncertainty (m)")
]
GeometryOption = Annotated[str | None, _column("--geometry", "WKT 几何列 / Column of WKT")]
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="OURS=THEIRS",
        help="字段或事实=列名（可重复） / Field or fact = column (repeatable)",
    ),
]
ActivityAsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--activity-as",
        metavar="WORD=ACTIVITY",
        help="文件用词=行为（可重复，右边留空表示不是行为） / Word of the file = activity",
    ),
]
EncodingOption = Annotated[str | None, typer.Option(help="文本编码 / Encoding of a text file")]
SourceOption = Annotated[
    str | None,
    typer.Option(help="来源名称，同名来源的编号互认 / Name of the source of the identifiers"),
]
SourceKindOption = Annotated[
    SourceKind | None, typer.Option(help="定位方式 / How positions were found")
]
DefaultActivityOption = Annotated[
    str | None, typer.Option(help="未写行为的行用它 / Activity of rows that name none")
]
DefaultDateOption = Annotated[
    date | None,
    typer.Option(
        parser=parse_day, metavar="YYYY-MM-DD", help="未写日期的行用它 / Date of rows without one"
    ),
]
TimezoneOption = Annotated[
    str | None,
    typer.Option(metavar="ZONE", help="无时区时刻的时区 / Time zone of instants without one"),
]
LayerOption = Annotated[str | None, typer.Option(help="GeoPackage 的图层 / Layer of a GeoPackage")]


def given_file(file: str) -> str | Path | Given:
    """Return what a reader takes for a FILE argument; ``-`` reads standard input."""
    from wetland.reading.files import Given  # noqa: PLC0415 - starts fast

    if file != "-":
        return file
    return Given.of_bytes("stdin", sys.stdin.buffer.read())


# name of the parameter -> its option; `reading_options` adds them all to a command.
OPTIONS: dict[str, object] = {
    "datum": FileDatumOption,
    "lon": LonOption,
    "lat": LatOption,
    "date": DateOption,
    "time": TimeOption,
    "activity": ActivityOption,
    "id": IdOption,
    "uncertainty": UncertaintyOption,
    "geometry": GeometryOption,
    "map": MapOption,
    "activity_as": ActivityAsOption,
    "encoding": EncodingOption,
    "source": SourceOption,
    "source_kind": SourceKindOption,
    "default_activity": DefaultActivityOption,
    "default_date": DefaultDateOption,
    "timezone": TimezoneOption,
    "layer": LayerOption,
}
_COLUMNS = ("lon", "lat", "date", "time", "activity", "id", "uncertainty", "geometry")


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of reading to a command that takes ``reading: ReadOptions``.

    The command line then has one place where these options are declared, and every command that
    reads a file has all of them.
    """
    return with_options(command, OPTIONS, _read_options, type_name="ReadOptions")


def with_options(
    command: Callable[..., None],
    options: Mapping[str, object],
    make: Callable[[dict[str, Any]], object],
    *,
    type_name: str,
    into: str = "reading",
    defaults: Mapping[str, object] | None = None,
) -> Callable[..., None]:
    """Add options to a command that takes what is made of them as one argument.

    Parameters
    ----------
    command
        The function; its parameter ``into`` is no option itself.
    options
        Name of the parameter to its declaration.
    make
        Makes the argument ``into`` from the values of the options.
    type_name
        What ``into`` is annotated with; the class need not be imported to start.
    into
        Name of the parameter that takes what is made.
    defaults
        Values of options that are not given; None for those it does not name.
    """
    hints = get_type_hints(command, localns={type_name: object}, include_extras=True)
    own = dict(inspect.signature(command).parameters)
    del own[into], hints[into]
    unless = defaults or {}

    def run(**values: Any) -> None:  # noqa: ANN401 - as the options declare
        asked = {name: values.pop(name) for name in options}
        command(**{into: make(asked)}, **values)

    parameters = [p.replace(annotation=hints[name]) for name, p in own.items()]
    parameters += [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=unless.get(name), annotation=option
        )
        for name, option in options.items()
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    run.__name__, run.__doc__, run.__module__ = (
        command.__name__, command.__doc__, command.__module__,
    )  # fmt: skip
    return run


def _read_options(asked: dict[str, Any]) -> ReadOptions:
    from wetland.screening.options import ReadOptions  # noqa: PLC0415 - starts fast

    columns = parse_pairs(asked.pop("map") or ())
    words = parse_pairs(asked.pop("activity_as") or ())
    for name in _COLUMNS:
        column = asked.pop(name)
        if column is not None:
            columns[name] = column
    return ReadOptions(columns=columns, activity_words=words, **asked)
