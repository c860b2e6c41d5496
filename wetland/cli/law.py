"""``wetland law``: what applies at a place on a day, and what is encoded."""

from __future__ import annotations

import datetime as dt
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wetland.base.errors import InputError
from wetland.base.texts import Lang, text
from wetland.cli.options import (
    DEFAULT_SITE,
    AssumeSchematicOption,
    DatumOption,
    DayOption,
    FormatOption,
    LangOption,
    SiteOption,
    StoreOption,
    parse_day,
    parse_pairs,
)
from wetland.cli.output import emit

if TYPE_CHECKING:
    import pandas as pd

    from wetland.regulations.vocabulary import Vocabulary
    from wetland.sites.load import Site

EDGE = frozenset({"zone_not_surveyed", "position_uncertain", "on_boundary"})

app = typer.Typer()

TITLES = {
    "outcome_text": text("结论", "outcome"),
    "regulation": text("法规", "regulation"),
    "cite": text("条款", "article"),
    "modality_text": text("性质", "modality"),
    "title": text("规则", "rule"),
    "fine": text("罚款", "fine"),
    "missing": text("缺失事实", "missing"),
}


def _parse_time(value: str | dt.time) -> dt.time:
    if isinstance(value, dt.time):
        return value
    try:
        return dt.time.fromisoformat(value.strip())
    except ValueError:
        message = f"{value!r}：时刻须写成 时:分，例如 07:30 / write a time as HH:MM"
        raise typer.BadParameter(message) from None


@app.command()
def at(
    lon: Annotated[float, typer.Option(help="经度 / Longitude")],
    lat: Annotated[float, typer.Option(help="纬度 / Latitude")],
    on: DayOption = None,
    activity: Annotated[
        list[str] | None, typer.Option(help="行为（可重复） / Activity (repeatable)")
    ] = None,
    fact: Annotated[
        list[str] | None, typer.Option(help="事实 名称=值（可重复） / Fact NAME=VALUE (repeatable)")
    ] = None,
    decided_on: Annotated[
        dt.date | None,
        typer.Option(parser=parse_day, metavar="YYYY-MM-DD", help="决定之日 / Decision day"),
    ] = None,
    uncertainty_m: Annotated[
        float | None, typer.Option("--uncertainty-m", help="位置误差（米） / Uncertainty, metres")
    ] = None,
    position_source: Annotated[
        str, typer.Option(help="位置来源 / Source of the position")
    ] = "declared",
    datum: DatumOption = "wgs84",
    time: Annotated[
        dt.time | None,
        typer.Option("--time", parser=_parse_time, metavar="HH:MM", help="当地时刻 / Local time"),
    ] = None,
    store: StoreOption = None,
    assume_schematic: AssumeSchematicOption = False,
    site: SiteOption = DEFAULT_SITE,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """此地此日适用什么，是否违反 / What applies at a place on a day, and was it broken."""
    from wetland.operations.law import LawQuestion, law_at  # noqa: PLC0415 - starts fast
    from wetland.regulations.facts import parse_facts  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    opened = open_site(site)
    question = LawQuestion(
        lon,
        lat,
        on,
        tuple(_activity(opened.vocabulary, word) for word in activity or ()),
        parse_facts(opened.vocabulary, parse_pairs(fact or ())),
        decided_on,
        assume_schematic,
        uncertainty_m,
        position_source,
        datum,
        time,
    )
    answer = law_at(opened, question, records=_records(store, opened)).to_json(lang)
    comma = "、" if lang == "zh" else ", "
    rows = [
        {
            "outcome_text": row["outcome_text"],
            "regulation": row["regulation"],
            "cite": comma.join(filter(None, (row["cite"], row["penalty_cite"]))),
            "modality_text": row["modality_text"],
            "title": row["title"],
            "fine": _fine(row["fine"]),
            "missing": comma.join(row["missing_text"]),
        }
        for row in answer["rules"]
    ]
    if format == "table":
        _header(answer, comma, lang)
    emit(answer, format=format, lang=lang, rows=rows, titles=TITLES)
    if format == "table":
        _footer(answer)


def _records(store: str | None, site: Site) -> pd.DataFrame | None:
    """Read permits, closures, designated areas of a store that was named; else none are known."""
    if store is None:
        return None
    from wetland.operations.records import list_records  # noqa: PLC0415
    from wetland.operations.stores import open_store  # noqa: PLC0415

    with open_store(store, site, create=False) as opened:
        return list_records(opened, site)


def _activity(vocabulary: Vocabulary, word: str) -> str:
    found = vocabulary.find_activity(word)
    if found is not None:
        return found
    names = [n for a in vocabulary.activities.values() for n in (a.name.zh, a.name.en, *a.aliases)]
    near = ", ".join(get_close_matches(word, [*vocabulary.activities, *names], 3)) or "-"
    message = text("未知行为 {a}（相近：{n}）", "unknown activity {a} (near: {n})")
    hint = text("全部行为：wetland law words", "all activities: wetland law words")
    raise InputError(message.fill(a=repr(word), n=near), hint=hint)


def _fine(fine: dict[str, Any] | None) -> str:
    """Write a fine in a table's cell: its tiers in words, then what is only history."""
    if fine is None:
        return ""
    said = " | ".join(tier["text"] for tier in fine["tiers"])
    history = fine["carried_over"]
    return said if history is None else f"{said} [{history['note']}]"


def _header(answer: dict[str, Any], comma: str, lang: Lang) -> None:
    """Print over a table what was asked and what came out as a whole."""
    inside = [zone["name"] for zone in answer["zones"] if zone["where"] == "inside"]
    open_ = [
        f"{z['name']}?" for z in answer["zones"] if z["where"] != "inside" and z["cause"] in EDGE
    ]
    typer.echo(comma.join([*inside, *open_]) or "-")
    typer.echo(f"{answer['on'] or '?'}: {answer['outcome_text']}")
    if answer["far_km"] is not None:
        far = text(
            "距本场地 {k} 公里：本场地的法规未必适用",
            "{k} km from this site: its law may not reach it",
        )
        typer.echo(far.fill(k=answer["far_km"]).get(lang))


def _footer(answer: dict[str, Any]) -> None:
    """Print under a table what a table cannot hold: notice, gaps, the one fine."""
    lines = [answer["notice"], answer["one_fine"] and answer["one_fine"]["text"]]
    lines += [
        f"{gap['law']}: {gap['from'] or '…'} – {gap['to'] or '…'}: {gap['note']}"
        for gap in answer["not_covered"] + answer["partly_covered"]
    ]
    for line in lines:
        if line:
            typer.echo(line)


@app.command()
def rules(
    on: DayOption = None,
    regulation: Annotated[str | None, typer.Option(help="法规版本 / Regulation id")] = None,
    site: SiteOption = DEFAULT_SITE,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """列出已录入的规则 / List the rules that are encoded."""
    from wetland.operations.lawbook import list_rules  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    emit(list_rules(open_site(site), on=on, regulation=regulation, lang=lang), format=format)


@app.command()
def coverage(
    on: DayOption = None,
    site: SiteOption = DEFAULT_SITE,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """列出法规版本、录入程度和空档 / List regulations, how far they are encoded, and gaps."""
    from wetland.operations.lawbook import list_coverage  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    emit(list_coverage(open_site(site), on=on, lang=lang), format=format)


@app.command()
def words(
    site: SiteOption = DEFAULT_SITE, format: FormatOption = "table", lang: LangOption = "zh"
) -> None:
    """列出行为、事实和记录种类 / List activities, facts and record kinds."""
    from wetland.operations.lawbook import list_words  # noqa: PLC0415
    from wetland.sites.load import open_site  # noqa: PLC0415

    emit(list_words(open_site(site), lang=lang), format=format)
