"""``wetland birds index``: a population index from counts at plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from wetland.base.errors import InputError
from wetland.base.texts import Lang, text
from wetland.cli.birdanswers import stored_birds
from wetland.cli.birdoptions import MaybeFileArgument, PlotsOption, SeasonOption, SpeciesOption
from wetland.cli.birdtables import SYNTHETIC, show
from wetland.cli.options import DEFAULT_SITE, FormatOption, LangOption, SiteOption, StoreOption
from wetland.cli.problems import tell_problems
from wetland.cli.reading import EncodingOption, given_file
from wetland.cli.tableoptions import SinceOption, UntilOption

if TYPE_CHECKING:
    from wetland.birds.trim import TrimSettings
    from wetland.birds.trimdesign import Model as TrimModel
    from wetland.birds.trimdesign import Named
    from wetland.cli.options import Format
    from wetland.operations.birdindex import BirdIndex

Model = Literal["1", "2", "3"]
INDEX = ("time", "observed", "imputed", "imputed_se", "totals_ci_lower", "totals_ci_upper", "index",
         "index_se", "fitted")  # fmt: skip

ModelOption = Annotated[
    Model,
    typer.Option(
        "--model",
        help="1 无变化，2 分段直线，3 逐年 / 1 no change, 2 slopes between change points, "
        "3 each time",
    ),
]
OverdispersionOption = Annotated[
    bool | None,
    typer.Option(
        "--overdispersion/--no-overdispersion",
        help="误差计入过度离散；默认：读存储时计入，读文件时不计入 / Errors allow for counts that "
        "vary more than Poisson's; default: on for the store, off for a file",
    ),
]
SerialOption = Annotated[
    bool | None,
    typer.Option(
        "--serial-correlation/--no-serial-correlation",
        help="误差计入逐年相关；默认同上 / Errors allow for serial correlation; default as above",
    ),
]
ChangepointsOption = Annotated[
    str | None,
    typer.Option(
        "--changepoints",
        metavar="auto|all|LIST",
        help="模型2的变化点：auto 逐步选取，all 全部，或年份如 2015,2019 / Of model 2: stepwise, "
        "all, or times such as 2015,2019",
    ),
]
MonthlyOption = Annotated[
    bool,
    typer.Option(
        "--monthly",
        help="须按月：文件要有 month 列；有此列时总会读取 / Counts must be monthly; a column month "
        "is read wherever there is one",
    ),
]
CovariatesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--covariates",
        metavar="COLUMN",
        help="样点分类的列，可重复或用逗号隔开 / Columns of categories of sites; repeat, or commas",
    ),
]
WeightsOption = Annotated[
    str | None, typer.Option("--weights", metavar="COLUMN", help="权重列 / Column of weights")
]
BaseOption = Annotated[
    str | None,
    typer.Option(
        "--base", metavar="TIME", help="指数为1的年份，可多个；默认首年 / Where the index is 1; "
        "several: their mean"
    ),
]  # fmt: skip
LevelOption = Annotated[
    float, typer.Option("--level", min=0.5, max=0.999, help="区间的置信水平 / Level of intervals")
]
_ONE_SOURCE = text(
    "给出文件，或用 --species 从存储中选一种鸟，二者取一",
    "give a file, or a species of the store by --species: one of the two",
)
_TIMES = text(
    "{name} 须为年份，如 2015,2019：{given}", "{name} takes times such as 2015,2019: {given}"
)
_ASIDE = text(
    "文件有 {e} 处错误（该行已搁置）、{w} 处提醒：",
    "{e} errors in the file (the rows are set aside) and {w} warnings:",
)
_SLOPE = text(
    "{first}～{last}：每年 {factor:.4f} 倍（标准误 {se}），{words}",
    "{first} to {last}: times {factor:.4f} a year (standard error {se}), {words}",
)
_FIT = text(
    "拟合优度 χ² {chi2:.1f}（自由度 {df}），AIC {aic}；过度离散 {sigma2}，序列相关 {rho}",
    "goodness of fit: chi-square {chi2:.1f} (df {df}), AIC {aic}; overdispersion {sigma2}, serial "
    "correlation {rho}",
)


def index(
    file: MaybeFileArgument = None,
    species: SpeciesOption = None,
    season: SeasonOption = None,
    plot: PlotsOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    model: ModelOption = "3",
    overdispersion: OverdispersionOption = None,
    serial_correlation: SerialOption = None,
    changepoints: ChangepointsOption = None,
    monthly: MonthlyOption = False,
    covariates: CovariatesOption = None,
    weights: WeightsOption = None,
    base: BaseOption = None,
    level: LevelOption = 0.95,
    encoding: EncodingOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """种群指数（TRIM）：样点×年份的计数，缺测插补 / Population index (TRIM) of counts at plots.

    文件表头 site,time[,month],count[,权重][,协变量]（year 视同 time）；空计数为缺测，0 为查过没有 /
    A file has site,time[,month],count[,weight][,covariates]; an empty count was not counted, 0 was.
    """
    if (file is None) == (not species):
        raise InputError(_ONE_SOURCE)
    of_file = file is not None
    settings = _settings(model, changepoints, (overdispersion, serial_correlation), not of_file)
    bases = None if base is None else _times(base, "--base")
    if file is not None:
        from wetland.birds.trimreading import CountOptions  # noqa: PLC0415 - starts fast
        from wetland.operations.birdindex import index_of_file  # noqa: PLC0415

        reading = CountOptions(_columns(covariates or ()), weights, encoding)
        found = index_of_file(given_file(file), settings, reading=reading, base=bases, level=level,
                              monthly=monthly)  # fmt: skip
    else:
        from wetland.operations.birdanswers import index_of  # noqa: PLC0415 - starts fast

        data = stored_birds(site, store, since=since, until=until, plots=plot)
        found = index_of(data, species or "", settings, season=season, base=bases, level=level)
    _show(found, format, lang)


def _settings(
    model: Model,
    changepoints: str | None,
    corrections: tuple[bool | None, bool | None],
    corrected: bool,
) -> TrimSettings:
    from wetland.birds.trim import TrimSettings  # noqa: PLC0415 - starts fast

    points: Sequence[int] | Named | None = None
    if changepoints is not None:
        word = changepoints.strip().casefold()
        points = cast("Named", word) if word in ("auto", "all") else _times(word, "--changepoints")
    dispersed, serial = (corrected if told is None else told for told in corrections)
    return TrimSettings(cast("TrimModel", int(model)), points, dispersed, serial)


def _columns(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for one in given for name in one.split(",") if name.strip())


def _times(given: str, name: str) -> list[int]:
    try:
        return [int(part) for part in given.replace("，", ",").split(",") if part.strip()]
    except ValueError:
        raise InputError(_TIMES.fill(name=name, given=given)) from None


def _show(found: BirdIndex, format: Format, lang: Lang) -> None:
    """Print an index; what a reader has to know of it goes to standard error but in JSON."""
    answer = found.to_json(lang)
    rows = found.rows()
    if format == "json":
        show(rows, INDEX, format=format, lang=lang, whole=answer)
        return
    tell_problems([p.as_row() for p in found.problems.items], lang, _ASIDE)
    if format == "table" and answer.get("synthetic"):
        typer.echo(SYNTHETIC.get(lang), err=True)
    show(rows, INDEX, format=format, lang=lang)
    if format == "table":
        _tell_model(answer, lang)
    for note in answer["notes"]:
        typer.echo(note[lang], err=True)


def _tell_model(answer: Mapping[str, Any], lang: Lang) -> None:
    overall, gof = answer["overall"], answer["gof"]
    if overall["factor"] is not None:
        slope = {name: overall[name] for name in ("first", "last", "factor")}
        se = "-" if overall["factor_se"] is None else f"{overall['factor_se']:.4f}"
        typer.echo(_SLOPE.fill(**slope, se=se, words=overall["words"][lang]).get(lang))
    told = {name: "-" if answer[name] is None else f"{answer[name]:.3f}"
            for name in ("overdispersion", "serial_correlation")}  # fmt: skip
    aic = "-" if gof["aic"] is None else f"{gof['aic']:.1f}"
    words = _FIT.fill(chi2=gof["chi2"] or 0.0, df=gof["df"], aic=aic,
                      sigma2=told["overdispersion"], rho=told["serial_correlation"])  # fmt: skip
    typer.echo(words.get(lang))
