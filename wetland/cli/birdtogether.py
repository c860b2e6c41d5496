"""``wetland birds indicator|associate``: several species together; birds beside water."""

from __future__ import annotations

from typing import Annotated

import typer

from wetland.base.texts import text
from wetland.cli.birdanswers import stored_birds, today_of
from wetland.cli.birdoptions import PlotsOption, SeasonOption
from wetland.cli.birdtables import COMPARED, INDICATOR, SYNTHETIC, show
from wetland.cli.opened import opened_store
from wetland.cli.options import DEFAULT_SITE, FormatOption, LangOption, SiteOption, StoreOption
from wetland.cli.tableoptions import SinceOption, UntilOption

GroupOption = Annotated[
    str,
    typer.Option(
        "--group",
        help="waterbirds、all，或名录中的目、科 / waterbirds, all, or an order or family",
    ),
]
MembersOption = Annotated[
    list[str] | None,
    typer.Option("--species", help="改为这些种（可重复） / These species instead (repeatable)"),
]
BaseOption = Annotated[
    int | None, typer.Option("--base", help="指数为100的年份，默认首年 / Where it is 100")
]
WithOption = Annotated[
    str,
    typer.Option(
        "--with",
        metavar="WHAT",
        help="water:站点:指标、water_class:站点，或 file:文件（date,value，如水面、客流） / "
        "water:STATION:PARAMETER, water_class:STATION, or file:FILE of date,value (water extent, "
        "visitors)",
    ),
]
LagOption = Annotated[
    int, typer.Option("--lag", help="对方提前几季 / Seasons by which the other comes before")
]

_TREND = text(
    "{first}～{last}：{words}，{change:+.1f}%（{lower:+.1f}%～{upper:+.1f}%），{n} 种",
    "{first} to {last}: {words}, {change:+.1f} % ({lower:+.1f} % to {upper:+.1f} %), {n} species",
)
_LEFT_OUT = text("未纳入 {name}：{why}", "left out {name}: {why}")
_RHO = text(
    "{birds} 与 {other}：秩相关 {rho}（{lower}～{upper}），p = {p}，{n} 季，"
    "相当于 {worth} 个独立值",
    "{birds} and {other}: rank correlation {rho} ({lower} to {upper}), p = {p}, {n} seasons worth "
    "{worth} independent ones",
)


def indicator(
    group: GroupOption = "waterbirds",
    species: MembersOption = None,
    season: SeasonOption = None,
    base: BaseOption = None,
    plot: PlotsOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """多物种指数：各种指数的几何平均与区间 / Multi-species index: geometric mean with intervals."""
    from wetland.birds.indicator import IndicatorSettings  # noqa: PLC0415 - starts fast
    from wetland.operations.birdindicator import indicator_of  # noqa: PLC0415

    data = stored_birds(site, store, since=since, until=until, plots=plot)
    made = indicator_of(data, species or group, season=season,
                        settings=IndicatorSettings(base=base))  # fmt: skip
    answer = made.to_json(lang)
    if format == "table" and answer["synthetic"]:
        typer.echo(SYNTHETIC.get(lang), err=True)
    show(made.rows(), INDICATOR, format=format, lang=lang, whole=answer)
    if format != "table":
        return
    trend = answer["overall"]
    told = {name: trend[name] for name in ("first", "last", "words", "lower", "upper")}
    if trend["change_percent"] is not None and trend["lower"] is not None:
        words = _TREND.fill(**told, change=trend["change_percent"], n=len(answer["species"]))
        typer.echo(words.get(lang))
    for one in answer["left_out"]:
        typer.echo(_LEFT_OUT.fill(name=one["name"], why=one["why"]).get(lang), err=True)
    for note in answer["notes"]:
        typer.echo(note, err=True)


def associate(
    species: Annotated[
        str,
        typer.Argument(
            metavar="SPECIES", help="物种，或 richness（种数） / A species, or richness"
        ),
    ],
    with_: WithOption,
    season: SeasonOption = None,
    lag: LagOption = 0,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """鸟类与水质、水面或客流的关联，计入自相关；关联不是因果 / Association; never a cause."""
    from wetland.operations.birdassociation import associate_of  # noqa: PLC0415 - starts fast

    with opened_store(store, site, create=False) as (kept, opened):
        found = associate_of(kept, opened, species, with_=with_, season=season, lag=lag,
                             as_of=today_of(opened))  # fmt: skip
    answer = found.to_json(lang)
    if format == "table" and answer["synthetic"]:
        typer.echo(SYNTHETIC.get(lang), err=True)
    show(found.rows(), COMPARED, format=format, lang=lang, whole=answer)
    if format == "table":
        names = ("rho", "lower", "upper", "p_value", "n_effective")
        short = {name: "-" if answer[name] is None else f"{answer[name]:.3f}" for name in names}
        words = _RHO.fill(birds=answer["birds"], other=answer["with"], rho=short["rho"],
                          lower=short["lower"], upper=short["upper"], p=short["p_value"],
                          n=answer["n"], worth=short["n_effective"])  # fmt: skip
        typer.echo(words.get(lang))
        typer.echo(answer["caveat"])
    for note in answer["notes"] if format == "table" else ():
        typer.echo(note, err=True)
