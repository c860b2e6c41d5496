"""``wetland visitors forecast|parking``: what the next days bring, and where to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.cli.birdtables import SYNTHETIC
from wetland.cli.options import (
    DEFAULT_SITE,
    FormatOption,
    LangOption,
    SiteOption,
    StoreOption,
)
from wetland.cli.problems import tell_problems
from wetland.cli.reading import given_file
from wetland.cli.visitoranswers import ASIDE, read_visitors
from wetland.cli.visitoroptions import (
    MaybeFileArgument,
    Measure,
    moment_of,
    today_of,
    visitor_options,
)
from wetland.cli.visitortables import FORECAST, OF_CAR_PARKS, PARKING, show

if TYPE_CHECKING:
    from wetland.base.texts import Lang
    from wetland.operations.visitorforecast import Forecasts
    from wetland.visitors.readoptions import CountOptions

Freq = Literal["hour", "day", "month"]
Aggregate = Literal["auto", "sum", "mean", "nearest"]

FreqOption = Annotated[
    Freq, typer.Option("--freq", help="逐时、逐日或逐月 / By hour, by day or by month")
]
HorizonOption = Annotated[
    int | None,
    typer.Option(
        "--horizon",
        min=1,
        help="预测几步：小时最多 336，日最多 14，月最多 12 / Steps ahead: up to 336 hours, 14 "
        "days, 12 months",
    ),
]
AlphaOption = Annotated[
    float,
    typer.Option(
        "--alpha", min=0.01, max=0.5, help="区间之外的份额，默认 0.1 / Share outside the interval"
    ),
]
PlacesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--place",
        metavar="PLACE",
        help="区域、出入口、码头，默认全园；文件的序列，默认全部（可重复） / Area, gate or pier "
        "(default: the whole site); series of a file (default: all); repeatable",
    ),
]
MeasureOption = Annotated[
    Measure, typer.Option("--measure", help="读存储时：预测什么 / Of the store: what is forecast")
]
AggregateOption = Annotated[
    Aggregate,
    typer.Option(
        "--aggregate",
        help="一步内多个数值：合计、平均或最近读数，默认按内容判断 / Several values within a step",
    ),
]
CalendarOption = Annotated[
    bool | None,
    typer.Option(
        "--calendar/--no-calendar",
        help="是否用场地包的节假日与活动，默认用；文件的序列不属场地时，误差变小才用 / Whether to "
        "use holidays and events of the pack; default: yes; for series of elsewhere where past "
        "errors were smaller with them",
    ),
]
WeatherOption = Annotated[
    str | None,
    typer.Option(
        "--weather",
        metavar="FILE",
        help="逐日天气（date 列与数值列），须含预测的日子 / Weather by day, of the days ahead too",
    ),
]
GateOption = Annotated[
    str, typer.Option("--gate", metavar="GATE", help="去哪个出入口 / Which gate to go to")
]
AtOption = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="TIME",
        help="到达时刻，无时区为场地当地时间，默认最近读数时 / Arrival; without an offset local "
        "time of the site; default: the latest reading",
    ),
]
NowOption = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="TIME",
        help="询问时刻，其后的读数不用 / Moment of asking: no later reading is used",
    ),
]

_WEATHER = text("逐日的天气只用于 --freq day", "weather by day goes with --freq day only")
_MEASURE = text(
    "--measure 只用于存储中的计数；文件请用 --default-measure 或 --measure-as",
    "--measure is about counts of the store; for a file use --default-measure or --measure-as",
)
_HIDDEN = text("{series}：不显示。{why}", "{series}: not shown. {why}")
_SHOWN = text("{series}：{why}", "{series}: {why}")
_SIGN = text("诱导牌：{words}", "sign: {words}")


@visitor_options
def forecast(
    reading: CountOptions,
    file: MaybeFileArgument = None,
    freq: FreqOption = "day",
    horizon: HorizonOption = None,
    alpha: AlphaOption = 0.1,
    place: PlacesOption = None,
    measure: MeasureOption = "entries",
    aggregate: AggregateOption = "auto",
    calendar: CalendarOption = None,
    weather: WeatherOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """客流预测及区间，胜过季节性朴素预测才显示 / Forecast, shown where it beats seasonal naive.

    文件：series,time,count（可有 capacity），何处的都可以；表格只列可显示的序列 / A file has
    series,time,count, of anywhere; a table lists what may be shown, JSON and CSV all of it.
    """
    from wetland.operations.visitorfileforecast import forecast_of_file  # noqa: PLC0415
    from wetland.operations.visitorforecast import forecast_of  # noqa: PLC0415 - starts fast
    from wetland.operations.visitorweather import read_weather  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    if weather is not None and freq != "day":
        raise InputError(_WEATHER)
    if file is not None and measure != "entries":
        raise InputError(_MEASURE)
    known = None if weather is None else read_weather(given_file(weather))
    if file is None:
        data = read_visitors(None, reading, site=site, store=store, lang=lang)
        found = forecast_of(data, freq=freq, horizon=horizon, places=place, measure=measure,
                            alpha=alpha, weather=known, calendar=calendar is not False)  # fmt: skip
    else:
        opened = open_site(site)
        found = forecast_of_file(given_file(file), opened, reading, freq=freq, horizon=horizon,
                                 series=place, alpha=alpha, aggregate=aggregate, weather=known,
                                 calendar=calendar, today=today_of(opened))  # fmt: skip
        tell_problems(found.problems.to_dict("records"), lang, ASIDE)
    rows = found.rows(lang)
    if format != "table":
        show(rows, FORECAST, format=format, lang=lang)
        return
    shown = [{**row, "series": found.name(row["series"]).get(lang)} for row in rows if row["shown"]]
    show(shown, FORECAST, format=format, lang=lang)
    _tell_series(found, lang)


def _tell_series(found: Forecasts, lang: Lang) -> None:
    """Say of every series why it is shown or not, and what a reader has to know."""
    told = dict.fromkeys(note.get(lang) for note in found.notes)
    for one in found.forecasts:
        words = _SHOWN if one.told.shown else _HIDDEN
        name = found.name(one.series)
        typer.echo(words.fill(series=name, why=one.told.reason).get(lang))
        told.update(dict.fromkeys(note.get(lang) for note in one.told.notes))
    for note in told:
        typer.echo(note, err=True)
    if found.synthetic or found.invented:
        typer.echo(SYNTHETIC.get(lang), err=True)


@visitor_options
def parking(
    reading: CountOptions,
    file: MaybeFileArgument = None,
    *,
    gate: GateOption,
    at: AtOption = None,
    now: NowOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """去某出入口停哪里：到时有空位的可能、步行与找位 / Where to stop for a gate, best first."""
    from wetland.operations.visitorparking import parking_of, where_read  # noqa: PLC0415

    data = read_visitors(file, reading, site=site, store=store, lang=lang)
    data = where_read(data, reading.timezone)
    advice = parking_of(data, gate=gate, at=moment_of(at, data.timezone),
                        now=moment_of(now, data.timezone))  # fmt: skip
    show(advice.to_json(lang), PARKING, format=format, lang=lang, titles=OF_CAR_PARKS)
    if format != "table":
        return
    for line in advice.sign:
        typer.echo(_SIGN.fill(words=line.words).get(lang))
    for note in advice.notes:
        typer.echo(note.get(lang), err=True)
