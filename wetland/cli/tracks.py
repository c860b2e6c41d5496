"""``wetland tracks``: when tracks were in which zone, and which of their fixes are doubtful."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wetland.base.texts import Lang, text
from wetland.cli.options import (
    DEFAULT_SITE,
    AssumeSchematicOption,
    FormatOption,
    LangOption,
    SiteOption,
    StoreOption,
)
from wetland.cli.output import emit
from wetland.cli.reading import given_file, reading_options
from wetland.cli.screen import heading, print_assumed

if TYPE_CHECKING:
    import pandas as pd

    from wetland.operations.tracks import Tracks, TrackVisits
    from wetland.screening.options import ReadOptions
    from wetland.sites.load import Site

Kind = Literal["walk", "boat", "car", "drone"]

SHOWN = ("track", "zone", "entered_at", "left_at", "dwell_s", "length_m", "n_fixes", "certain",
         "entry_kind", "exit_kind")  # fmt: skip
TOTALS = ("track", "zone", "visits", "certain", "dwell_s", "length_m", "gaps", "gap_s")
TITLES = {
    "track": text("轨迹", "track"),
    "zone": text("分区", "zone"),
    "entered_at": text("进入", "entered"),
    "left_at": text("离开", "left"),
    "dwell_s": text("停留秒", "dwell s"),
    "length_m": text("里程米", "length m"),
    "n_fixes": text("区内点", "fixes"),
    "certain": text("确定", "certain"),
    "entry_kind": text("进入方式", "entry"),
    "exit_kind": text("离开方式", "exit"),
    "visits": text("到访", "visits"),
    "gaps": text("缺口", "gaps"),
    "gap_s": text("缺口秒", "gap s"),
    "source_row": text("行", "row"),
    "at": text("时刻", "at"),
    "lon": text("经度", "longitude"),
    "lat": text("纬度", "latitude"),
    "impossible_speed": text("速度异常", "impossible speed"),
    "stale": text("位置停滞", "stale"),
    "duplicate_time": text("时刻重复", "time repeated"),
    "out_of_order": text("顺序颠倒", "out of order"),
}
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def parse_duration(value: str | float) -> float:
    """Read a duration written as ``90s``, ``10m``, ``1h`` or in seconds; ``none`` is no limit.

    Examples
    --------
    >>> parse_duration("10m"), parse_duration("90"), parse_duration("none")
    (600.0, 90.0, inf)
    """
    if isinstance(value, float):
        return value
    said = value.strip().casefold()
    if said == "none":
        return math.inf
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", said)
    if found is None or found[2] not in _UNITS:
        raise typer.BadParameter(
            f"{value!r}：时长写成 90s、10m、1h 或 none / write 90s, 10m, 1h or none"
        )
    return float(found[1]) * _UNITS[found[2]]


FileOption = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help="带时刻的定位点；不给则读存储 / Fixes with times; without it the store is read",
    ),
]
GapOption = Annotated[
    float,
    typer.Option(
        "--max-gap",
        parser=parse_duration,
        metavar="DURATION",
        help="两点间隔超过它算缺口，不连线 / A longer time between fixes is a gap, not bridged",
    ),
]
GapMetresOption = Annotated[
    float | None,
    typer.Option(
        "--max-gap-m", min=0, help="两点相距超过多少米算缺口 / A longer way between fixes is a gap"
    ),
]
AllFixesOption = Annotated[
    bool,
    typer.Option(
        "--all-fixes", help="可疑点也采用（tracks check） / Use doubtful fixes too (tracks check)"
    ),
]
KindOption = Annotated[
    Kind | None, typer.Option("--kind", help="何种轨迹，定限速 / Kind of track: sets the limit")
]
SpeedOption = Annotated[
    float | None,
    typer.Option("--max-speed", min=0.1, help="限速（米/秒，默认 50） / Limit, m/s (default 50)"),
]


def _read(file: str | None, site: Site, reading: ReadOptions, store: str | None) -> Tracks:
    """Read the tracks of a file, or of the store where no file is given."""
    from wetland.operations.stores import open_store  # noqa: PLC0415 - starts fast
    from wetland.operations.tracks import read_tracks  # noqa: PLC0415

    if file is not None or store is None:
        given = None if file is None else given_file(file)
        return read_tracks(given, site, options=reading)
    with open_store(store, site) as kept:
        return read_tracks(None, site, store=kept)


@reading_options
def _visits(
    reading: ReadOptions,
    file: FileOption = None,
    max_gap: GapOption = 600.0,
    max_gap_m: GapMetresOption = None,
    all_fixes: AllFixesOption = False,
    assume_schematic: AssumeSchematicOption = False,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """轨迹何时进出各分区、停留与里程 / When tracks were in which zone, how long and how far."""
    from wetland.operations.tracks import visit_zones  # noqa: PLC0415 - starts fast
    from wetland.sites.load import open_site  # noqa: PLC0415
    from wetland.zones.tracks import Breaks  # noqa: PLC0415

    opened = open_site(site)
    breaks = Breaks(None if math.isinf(max_gap) else max_gap, max_gap_m)
    tracks = _read(file, opened, reading, store)
    found = visit_zones(tracks, opened, breaks=breaks, assume_schematic=assume_schematic,
                        believe_all=all_fixes)  # fmt: skip
    if format == "table":
        _print(found, lang)
        return
    told = None if found.notice is None else found.notice.get(lang)
    emit(found.to_json(lang), format=format, lang=lang, rows=found.visits.assign(notice=told))


def _print(found: TrackVisits, lang: Lang) -> None:
    if found.notice is not None:
        typer.echo(found.notice.get(lang))
    if found.tracks.note is not None:
        typer.echo(found.tracks.note.get(lang))
    sure = found.visits["certain"].to_numpy(dtype=bool)
    for title, rows in (
        (text("确定的到访", "Certain visits"), found.visits[sure]),
        (
            text("不确定的到访（误差之内，不作为事实）", "Uncertain visits (within the errors)"),
            found.visits[~sure],
        ),
    ):
        heading(title, lang)
        emit(_shown(rows, found, lang), format="table", lang=lang, titles=TITLES)
    heading(text("合计", "Sums"), lang)
    sums = found.totals[list(TOTALS)].round({"dwell_s": 1, "length_m": 1, "gap_s": 1})
    emit(sums, format="table", lang=lang, titles=TITLES)
    typer.echo("")
    typer.echo(_counted(found, lang))
    if not sure.all():
        print_assumed(_assumed(found), lang)
    aside = len(found.tracks.errors)
    if aside:
        said = text("{n} 个问题，见 --format json", "{n} problems, see --format json")
        typer.echo(said.fill(n=aside).get(lang))


def _assumed(found: TrackVisits) -> list[dict[str, Any]]:
    """Return what uncertainty was taken for rows that state none, by source of position."""
    table = found.tracks.observations
    unstated = table.loc[table["uncertainty_m"].isna(), "position_source"]
    return [
        {"position_source": kind, "count": n,
         "uncertainty_m": found.site.config.position_defaults[str(kind)]}
        for kind, n in unstated.value_counts().items()
    ]  # fmt: skip


def _shown(rows: pd.DataFrame, found: TrackVisits, lang: Lang) -> pd.DataFrame:
    """Return visits as a person reads them: the site's time, and words of one language."""
    from wetland.zones.tracks import ENDS  # noqa: PLC0415 - starts fast

    words = {kind.en: kind.get(lang) for kind in ENDS}
    shown = rows[list(SHOWN)].round({"dwell_s": 1, "length_m": 1})
    for name in ("entered_at", "left_at"):
        local = shown[name].dt.tz_convert(found.site.timezone)
        shown[name] = local.dt.strftime("%Y-%m-%d %H:%M:%S")
    for name in ("entry_kind", "exit_kind"):
        shown[name] = shown[name].map(words)
    return shown


def _counted(found: TrackVisits, lang: Lang) -> str:
    from wetland.operations.tracks import NOTED  # noqa: PLC0415 - starts fast

    said = text(
        "{rows} 行，{fixes} 个定位点，{tracks} 条轨迹；"
        "到访 {visits} 次（确定 {certain}），缺口 {gaps}",
        "{rows} rows, {fixes} fixes, {tracks} tracks; {visits} visits ({certain} certain), "
        "{gaps} gaps",
    )
    parts = [said.fill(**found.counts).get(lang)]
    for name, what in NOTED.items():
        if found.counts.get(name):
            parts.append(f"{what.get(lang)} {found.counts[name]}")
    return ("；" if lang == "zh" else "; ").join(parts)


@reading_options
def _check(
    reading: ReadOptions,
    file: FileOption = None,
    kind: KindOption = None,
    max_speed: SpeedOption = None,
    site: SiteOption = DEFAULT_SITE,
    store: StoreOption = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """找出可疑的定位点，只标不删 / Find fixes that are not to be believed; nothing is dropped."""
    from wetland.operations.tracks import check_tracks  # noqa: PLC0415 - starts fast
    from wetland.sites.load import open_site  # noqa: PLC0415
    from wetland.zones.trackfilters import SPEED_M_S, SPEEDS_M_S, Limits  # noqa: PLC0415

    opened = open_site(site)
    speed = max_speed or (SPEED_M_S if kind is None else SPEEDS_M_S[kind])
    tracks = _read(file, opened, reading, store)
    found = check_tracks(tracks, opened, limits=Limits(speed_m_s=speed))
    if format != "table":
        emit(found.to_json(lang), format=format, lang=lang, rows=found.flagged)
        return
    if tracks.note is not None:
        typer.echo(tracks.note.get(lang))
    emit(found.flagged, format="table", lang=lang, titles=TITLES)
    said = text(
        "{rows} 行，{tracks} 条轨迹；可疑 {flagged}：速度异常 {impossible_speed}，"
        "位置停滞 {stale}，时刻重复 {duplicate_time}，顺序颠倒 {out_of_order}",
        "{rows} rows, {tracks} tracks; {flagged} flagged: {impossible_speed} impossible speed, "
        "{stale} stale, {duplicate_time} time repeated, {out_of_order} out of order",
    )
    typer.echo(said.fill(**found.counts).get(lang))


app = typer.Typer()
app.command("visits")(_visits)
app.command("check")(_check)
