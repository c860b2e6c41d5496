"""``wetland water trends|certainty|forecast``: where water is heading, and how sure that is."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.cli.screen import heading
from wetland.cli.waterreading import (
    Asked,
    MeanPerOption,
    read_annual,
    read_series,
    read_water,
    water_answer,
)
from wetland.cli.watertables import (
    ANNUAL_TRENDS,
    CERTAINTY,
    FORECAST,
    FORECAST_CLASSES,
    TRENDS,
    reply,
    show,
)

Method = Literal["mann_kendall", "seasonal_kendall", "regional_kendall", "spearman"]
Autocorrelation = Literal[
    "none", "hamed_rao", "yue_wang", "pre_whitening", "trend_free_pre_whitening", "hirsch_slack"
]
Repeats = Literal["mean", "median", "refuse", "keep"]

_FIXED = text(
    "spearman 的年均值、显著性水平等由《地表水环境质量评价办法》规定，不能另选 --period、--alpha、"
    "--repeats、--autocorrelation",
    "the official method fixes how spearman is done: --period, --alpha, --repeats and "
    "--autocorrelation do not go with it",
)

ParametersOption = Annotated[
    list[str] | None,
    typer.Option("--parameter", metavar="PARAMETER", help="指标（可重复） / Parameter"),
]
AlphaOption = Annotated[
    float, typer.Option("--alpha", min=0.0001, max=0.5, help="显著性水平 / Significance level")
]
PeriodOption = Annotated[
    int, typer.Option("--period", min=1, max=366, help="一年几季，如 12、4 / Seasons in a year")
]


@water_answer()
def trends(
    asked: Asked,
    method: Annotated[Method, typer.Option("--method", help="方法 / Method")] = "seasonal_kendall",
    period: PeriodOption = 12,
    alpha: AlphaOption = 0.05,
    repeats: Annotated[
        Repeats,
        typer.Option("--repeats", help="同一季多个值怎么办 / Several values in one season"),
    ] = "mean",
    autocorrelation: Annotated[
        Autocorrelation,
        typer.Option("--autocorrelation", help="自相关修正 / Correction for autocorrelation"),
    ] = "none",
    parameter: ParametersOption = None,
) -> None:
    """趋势检验与 Sen 斜率 / Trend tests and Sen's slope.

    文件为长表 station,date,parameter,value[,censored]，指标名不限；不给文件则读存储 / The file is
    tidy, with parameters of any name; without a file the store is read. spearman 为《评价办法》的
    年均值秩相关法，用水质结果，或每年一个值的文件，只接受默认选项 / spearman is the official test
    of annual means: of results, or of a file with one value a year.
    """
    from wetland.operations.watertrends import Trend, annual_trends_of, trends_of  # noqa: PLC0415
    from wetland.water.annualtrends import series_trends  # noqa: PLC0415

    if method == "spearman":
        if (period, alpha, repeats, autocorrelation) != (12, 0.05, "mean", "none"):
            raise InputError(_FIXED)
        annual = read_annual(asked, parameter)
        if annual is None:
            found = annual_trends_of(read_water(asked), parameters=parameter)
        else:
            found = series_trends(annual, as_of=asked.until)
        reply(asked, found, ANNUAL_TRENDS)
        return
    how = Trend(method, period, alpha, repeats, autocorrelation)
    reply(asked, trends_of(read_series(asked, parameter), how), TRENDS)


@water_answer()
def certainty(
    asked: Asked,
    per: MeanPerOption = "year",
) -> None:
    """类别的抽样可信度，如“Ⅲ类，86%” / How sure a class is, given the sampling."""
    from wetland.operations.wateranswers import certainty_of  # noqa: PLC0415 - starts fast

    reply(asked, certainty_of(read_water(asked), per=per), CERTAINTY)


@water_answer()
def forecast(
    asked: Asked,
    months: Annotated[
        int, typer.Option("--months", min=1, max=12, help="预测几个月 / Months ahead")
    ] = 12,
    alpha: AlphaOption = 0.05,
    parameter: ParametersOption = None,
) -> None:
    """预测指标与类别，胜过“照去年同月”才可用 / Forecast, shown only where it beats last year."""
    from wetland.operations.wateranswers import forecast_of, told  # noqa: PLC0415 - starts fast

    data = read_water(asked)
    found, classes = forecast_of(data, months=months, parameters=parameter, alpha=alpha)
    if asked.format == "table":
        reply(asked, found, FORECAST)
        heading(text("类别", "Classes"), asked.lang)
        reply(asked, classes, FORECAST_CLASSES)
    else:
        rows = told(found, asked.lang)
        whole = {"parameters": rows, "classes": told(classes, asked.lang)}
        show(rows, FORECAST, format=asked.format, lang=asked.lang, whole=whole)
