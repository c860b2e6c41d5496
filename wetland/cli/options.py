"""The options that mean the same in every command, as annotated types.

::

    def at(
        site: SiteOption = DEFAULT_SITE,
        store: StoreOption = None,
        format: FormatOption = "table",
        lang: LangOption = "zh",
    ) -> None: ...
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import date
from typing import Annotated, Literal

import typer

from wetland.base.texts import Lang

Format = Literal["table", "csv", "json", "geojson"]
Datum = Literal["wgs84", "gcj02", "bd09", "cgcs2000"]
FailOn = Literal["broken", "undecided", "any"]

DEFAULT_SITE = "xixi"
FINDINGS_EXIST = 3
SET_ASIDE = 4
FAIL_ON: dict[FailOn, tuple[str, ...]] = {
    "broken": ("broken",),
    "undecided": ("broken", "undecided"),
    "any": ("broken", "undecided", "problems"),
}

# The language of this run, for messages printed outside a command; None: not chosen yet.
chosen_lang: ContextVar[Lang | None] = ContextVar("chosen_lang", default=None)


def _choose_lang(context: typer.Context, value: Lang) -> Lang:
    """Take the language given nearest to the command; ``wetland --lang en law at`` counts too."""
    source = context.get_parameter_source("lang")
    given = source is not None and source.name == "COMMANDLINE"
    inherited = chosen_lang.get()
    lang = value if given or inherited is None else inherited
    chosen_lang.set(lang)
    return lang


def parse_day(value: str | date) -> date:
    """Read a day written as ``2024-05-01``; a date without its year is refused.

    Examples
    --------
    >>> parse_day("2024-05-01")
    datetime.date(2024, 5, 1)
    """
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise typer.BadParameter(
            f"{value!r}：日期须写成 年-月-日，例如 2024-05-01"
            " / write a day as YEAR-MONTH-DAY, for example 2024-05-01"
        ) from None


def parse_pairs(values: Sequence[str]) -> dict[str, str]:
    """Read repeated ``name=value`` options; a later value of the same name wins.

    Examples
    --------
    >>> parse_pairs(["is_construction_project=yes", "area_m2=40"])
    {'is_construction_project': 'yes', 'area_m2': '40'}
    """
    pairs: dict[str, str] = {}
    for value in values:
        name, equals, given = value.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"{value!r}：须写成 名称=值 / write NAME=VALUE")
        pairs[name.strip()] = given.strip()
    return pairs


def fail_on(asked: FailOn | None, counts: Mapping[str, int]) -> None:
    """End the command with exit code 3 when something that ``--fail-on`` names was found.

    Each threshold holds those before it: ``broken``; ``undecided`` fails on broken or undecided;
    ``any`` fails on problems in the file too.

    Parameters
    ----------
    asked
        What the user asked to fail on; None never fails.
    counts
        How many there are under ``broken``, ``undecided`` and ``problems``; missing is none.
    """
    if asked is not None and any(counts.get(name, 0) for name in FAIL_ON[asked]):
        raise typer.Exit(FINDINGS_EXIST)


SiteOption = Annotated[
    str,
    typer.Option("--site", envvar="WETLAND_SITE", help="场地或场地包文件夹 / Site or its folder"),
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="WETLAND_STORE",
        help="存储文件或 postgresql:// 地址 / Store file or postgresql:// address",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="输出格式 / Output format")]
LangOption = Annotated[
    Lang,
    typer.Option(
        "--lang",
        envvar="WETLAND_LANG",
        is_eager=True,
        callback=_choose_lang,
        help="语言 / Language",
    ),
]
DayOption = Annotated[
    date | None,
    typer.Option("--on", parser=parse_day, metavar="YYYY-MM-DD", help="行为之日 / Day of the act"),
]
DatumOption = Annotated[
    Datum, typer.Option("--datum", help="坐标系 / Datum of the coordinates given")
]


RoleOption = Annotated[
    str | None,
    typer.Option(
        "--role",
        envvar="WETLAND_ROLE",
        help="谁要看：场地包列出的角色可见敏感物种的确切位置，其他人只见网格 / Who asks: roles "
        "that the pack names see exact places of sensitive species, others a cell of a grid",
    ),
]


def _account(value: str) -> str:
    """Take the name given, else that of the account the command runs under."""
    if value.strip():
        return value
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such account (a bare container)
        return ""


ActorOption = Annotated[
    str,
    typer.Option(
        "--actor",
        envvar="WETLAND_ACTOR",
        callback=_account,
        help="操作人，记入审计；默认为登录名 / Who does this; default: the account's name",
    ),
]
FailOnOption = Annotated[
    FailOn | None,
    typer.Option("--fail-on", help="有这类结果时以 3 退出 / Exit with 3 when there are any"),
]
AssumeSchematicOption = Annotated[
    bool,
    typer.Option(
        "--assume-schematic",
        help="演练：把示意边界当作实测边界 / Exercise: take schematic edges as surveyed",
    ),
]
