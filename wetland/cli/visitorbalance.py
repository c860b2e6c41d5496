"""``wetland visitors balance``: visitors beside birds, water and findings; what a cap touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.cli.birdtables import SYNTHETIC
from wetland.cli.opened import opened_store
from wetland.cli.options import DEFAULT_SITE, FormatOption, LangOption, SiteOption, StoreOption
from wetland.cli.tableoptions import SinceOption, UntilOption
from wetland.cli.visitoranswers import AreaOption
from wetland.cli.visitoroptions import now_of
from wetland.cli.visitortables import BALANCE, CAP, OF_BALANCE, show

if TYPE_CHECKING:
    from datetime import date

    from wetland.base.texts import Lang
    from wetland.cli.options import Format
    from wetland.visitors.whatif import WhatIf

Per = Literal["month", "year"]

PerOption = Annotated[Per, typer.Option("--per", help="逐月或逐年 / By month or by year")]
LagOption = Annotated[
    list[int] | None,
    typer.Option(
        "--lag",
        min=0,
        max=12,
        help="客流领先几期，默认 0、1、2（可重复） / Steps by which visitors come before",
    ),
]
ParameterOption = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter",
        metavar="PARAMETER",
        help="水质指标，默认高锰酸盐指数、氨氮、总磷（可重复） / Parameter of water (repeatable)",
    ),
]
CapOption = Annotated[
    float | None,
    typer.Option("--cap", min=1, help="假设每日上限（人） / What if: people let in a day"),
]
ComeAgainOption = Annotated[
    float,
    typer.Option(
        "--come-again",
        min=0,
        max=1,
        help="被分流者改日再来的比例（假设） / Share of those turned away who come another day",
    ),
]
AheadOption = Annotated[
    int | None,
    typer.Option(
        "--ahead", min=1, max=14, help="上限用于今后几天的预测 / Cap the forecast of the next days"
    ),
]

_CAP = text(
    "每日上限 {cap} 人：{days} 天中 {touched} 天超出，共超 {above} 人次；"
    "改日再来 {moved}，不再来 {lost}",
    "a cap of {cap} a day: {touched} of {days} days lie above it, by {above} visits in all; "
    "{moved} come another day, {lost} do not",
)
_ONLY_CAP = text(
    "--since、--until、--ahead、--come-again 只与 --cap 同用",
    "--since, --until, --ahead and --come-again go with --cap only",
)
_AHEAD_DAYS = text(
    "--ahead 说的是今后，不与 --since、--until 同用",
    "--ahead is about days to come and does not go with --since and --until",
)


def balance(
    area: AreaOption = None,
    per: PerOption = "month",
    lag: LagOption = None,
    parameter: ParameterOption = None,
    cap: CapOption = None,
    come_again: ComeAgainOption = 0.0,
    ahead: AheadOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """客流与鸟类、水质、疑似问题是否一起变化；假设上限 / Visitors beside birds, water, findings.

    检验计入自相关与调查努力，多重比较已校正；关联不等于因果 / Tests respect autocorrelation and
    effort, corrected for their number; association is not cause.
    """
    if cap is None and (since or until or ahead or come_again):
        raise InputError(_ONLY_CAP)
    if ahead is not None and (since or until):
        raise InputError(_AHEAD_DAYS)
    if cap is not None:
        found, invented = _capped(store, site, (cap, come_again, ahead), (since, until), area)
        _show_cap(found, invented, format=format, lang=lang)
        return
    from wetland.operations.visitorbalance import PARAMETERS, balance_of  # noqa: PLC0415

    with opened_store(store, site, create=False) as (kept, opened):
        made = balance_of(kept, opened, area=area, per=per, lags=lag or (0, 1, 2),
                          parameters=parameter or PARAMETERS, as_of=now_of(opened))  # fmt: skip
    answer = made.to_json(lang)
    show(made.rows(lang), BALANCE, format=format, lang=lang, whole=answer, titles=OF_BALANCE)
    if format == "table":
        for words in (*answer["notes"], *answer["caveats"]):
            typer.echo(words, err=words in answer["notes"])


def _capped(
    store: str | None,
    site: str,
    how: tuple[float, float, int | None],
    days: tuple[date | None, date | None],
    area: str | None,
) -> tuple[WhatIf, bool]:
    from wetland.operations.visitorbalance import cap_ahead, cap_of  # noqa: PLC0415
    from wetland.operations.visitors import visitors_of_store  # noqa: PLC0415 - starts fast

    cap, come_again, ahead = how
    with opened_store(store, site, create=False) as (kept, opened):
        data = visitors_of_store(kept, opened, as_of=now_of(opened))
    if ahead is not None:
        return cap_ahead(data, cap, area=area, horizon=ahead, come_again=come_again), data.synthetic
    found = cap_of(data, cap, area=area, since=days[0], until=days[1], come_again=come_again)
    return found, data.synthetic


def _show_cap(found: WhatIf, synthetic: bool, *, format: Format, lang: Lang) -> None:
    from wetland.operations.wateranswers import plain, told  # noqa: PLC0415 - starts fast

    rows = told(found.by_day, lang)
    numbers = ("cap", "days", "touched", "visitors", "above", "moved", "lost", "above_lower",
               "above_upper")  # fmt: skip
    whole: dict[str, Any] = {name: plain(getattr(found, name), lang) for name in numbers}
    whole |= {"by_month": told(found.by_month, lang), "by_day": rows, "synthetic": synthetic}
    whole["notes"] = [note.get(lang) for note in found.notes]
    show(rows, CAP, format=format, lang=lang, whole=whole)
    if format != "table":
        return
    words = {name: f"{getattr(found, name):,.0f}" for name in numbers[:7]}
    typer.echo(_CAP.fill(**words).get(lang))
    for note in whole["notes"]:
        typer.echo(note)
    if synthetic:
        typer.echo(SYNTHETIC.get(lang), err=True)
