"""``wetland site``: check, list, show and make site packs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wetland.base.texts import Lang, Text, text
from wetland.cli.options import DEFAULT_SITE, FormatOption, LangOption, SiteOption, parse_day
from wetland.cli.output import align, emit

if TYPE_CHECKING:
    from wetland.operations.sites import SiteCheck

app = typer.Typer()

NameArgument = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="场地名称或文件夹 / Site or its folder")
]

AREA_TITLES = {
    "zone": text("分区", "zone"),
    "name": text("名称", "name"),
    "declared_km2": text("公布面积", "declared km2"),
    "projected_km2": text("投影面积", "projected km2"),
    "geodesic_km2": text("椭球面积", "geodesic km2"),
    "deviation": text("偏差", "deviation"),
    "tolerance": text("允许", "tolerance"),
    "ok": text("合格", "ok"),
}


@app.command()
def check(
    name: NameArgument = None,
    site: SiteOption = DEFAULT_SITE,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """检查场地包：面积、拓扑、法规与案例 / Check areas, topology, rules and cases of a pack."""
    from wetland.operations.sites import check_rows, check_site  # noqa: PLC0415 - starts fast

    result = check_site(name or site)
    if format == "table":
        _print_check(result, lang)
    else:
        emit(result.to_json(lang), format=format, lang=lang, rows=check_rows([result], lang))
    if not result.ok:
        raise typer.Exit(1)


@app.command("list")
def list_(format: FormatOption = "table", lang: LangOption = "zh") -> None:
    """列出随程序提供的场地包 / List the packs that come with the program."""
    from wetland.operations.sites import list_sites  # noqa: PLC0415

    emit(list_sites(lang), format=format, lang=lang)


@app.command()
def show(
    name: NameArgument = None,
    site: SiteOption = DEFAULT_SITE,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """显示场地包的内容与来源 / Show what a pack holds and where it comes from."""
    from wetland.operations.sites import show_site  # noqa: PLC0415

    shown = show_site(name or site, lang)
    if format in {"csv", "geojson"}:
        emit(shown, format=format, lang=lang, rows=shown["zones"])
    else:
        emit(shown, format=format, lang=lang)


@app.command()
def init(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="新场地的名称 / Name of the new site")
    ],
    zones: Annotated[
        Path, typer.Option(help="边界文件：GPKG、SHP、GeoJSON / Boundaries: GPKG, SHP, GeoJSON")
    ],
    timezone: Annotated[
        str, typer.Option(help="时区，如 Asia/Shanghai / Time zone, like Asia/Shanghai")
    ],
    id_column: Annotated[str | None, typer.Option(help="编号列 / Column of ids")] = None,
    name_zh_column: Annotated[
        str | None, typer.Option(help="中文名称列 / Column of Chinese names")
    ] = None,
    name_en_column: Annotated[
        str | None, typer.Option(help="英文名称列 / Column of English names")
    ] = None,
    kind_column: Annotated[str | None, typer.Option(help="类别列 / Column of kinds")] = None,
    layer: Annotated[str | None, typer.Option(help="图层 / Layer of a GeoPackage")] = None,
    crs: Annotated[
        str | None, typer.Option(help="文件未写明时的坐标系 / CRS where the file names none")
    ] = None,
    crs_epsg: Annotated[
        int | None,
        typer.Option(help="量算用的投影坐标系 EPSG / EPSG of the CRS to measure in (default: UTM)"),
    ] = None,
    name_zh: Annotated[str | None, typer.Option(help="场地中文名 / Chinese name")] = None,
    name_en: Annotated[str | None, typer.Option(help="场地英文名 / English name")] = None,
    source: Annotated[str | None, typer.Option(help="边界来源 / Source of the boundaries")] = None,
    licence: Annotated[str, typer.Option(help="边界的许可 / Licence")] = "not stated",
    accuracy_m: Annotated[
        float, typer.Option(min=0, help="边界精度（米） / Accuracy of the boundaries, metres")
    ] = 50.0,
    surveyed: Annotated[
        bool, typer.Option("--surveyed", help="边界经测绘 / The boundaries were surveyed")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="新文件夹（默认 layers/NAME） / New folder")
    ] = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """由边界文件新建场地包 / Make a new site pack from a file of boundaries."""
    from wetland.operations import sites  # noqa: PLC0415

    boundaries = sites.read_new_boundaries(zones, crs=crs, layer=layer, crs_epsg=crs_epsg)
    about = sites.NewSite(
        id=name,
        name=Text(zh=name_zh or name_en or name, en=name_en or name_zh or name),
        timezone=timezone,
        crs_epsg=crs_epsg if crs_epsg is not None else sites.utm_epsg(boundaries),
        source=source or zones.name,
        licence=licence,
        schematic=not surveyed,
        positional_accuracy_m=accuracy_m,
    )
    columns = sites.Columns(id_column, name_zh_column, name_en_column, kind_column)
    folder = out if out is not None else Path("layers") / name
    made = sites.init_site(folder, boundaries, about, columns=columns)
    if format == "json":
        emit(made.to_json(lang), format=format, lang=lang)
        return
    for row, change in sorted(boundaries.changes.items()):
        typer.echo(f"{made.zones[row - 1].id}: {change.message.get(lang)}")
    _print_check(made.check, lang)
    done = text(
        "已建立场地包 {f}；检查：wetland site check {f}",
        "made the site pack {f}; check it with: wetland site check {f}",
    ).fill(f=made.folder)
    typer.echo(done.get(lang))


@app.command()
def survey(
    name: Annotated[str, typer.Argument(metavar="NAME", help="场地或文件夹 / Site or its folder")],
    zones: Annotated[
        Path, typer.Option(help="测绘边界文件 / Surveyed boundaries: GPKG, SHP, GeoJSON")
    ],
    source: Annotated[str, typer.Option(help="测绘来源 / Source of the survey")],
    accuracy_m: Annotated[float, typer.Option(min=0, help="精度（米） / Accuracy, metres")],
    kind: Annotated[str | None, typer.Option(help="类别 / Kind of zone")] = None,
    kind_column: Annotated[str | None, typer.Option(help="类别列 / Column of kinds")] = None,
    since: Annotated[
        date | None,
        typer.Option(
            "--from",
            parser=parse_day,
            metavar="YYYY-MM-DD",
            help="生效之日；不给表示向来如此 / First day; without it the boundary always was there",
        ),
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help="文件未写明时的坐标系 / CRS where the file names none")
    ] = None,
    format: FormatOption = "table",
    lang: LangOption = "zh",
) -> None:
    """以测绘边界替换示意边界 / Put surveyed boundaries in the place of drawn ones."""
    from wetland.operations import sites  # noqa: PLC0415

    what = sites.Survey(source=source, accuracy_m=accuracy_m, since=since)
    done = sites.survey_site(name, zones, survey=what, kind=kind, kind_column=kind_column, crs=crs)
    shown = {"added": done.added, "closed": done.closed, "removed": done.removed}
    emit({**shown, "digest": done.digest}, format=format, lang=lang)


def _print_check(result: SiteCheck, lang: Lang) -> None:
    """Print a check for a person: areas, then what is off, then the verdict."""
    rows = [
        {key: row[key] for key in AREA_TITLES}
        | {"deviation": _percent(row["deviation"]), "tolerance": _percent(row["tolerance"])}
        for row in (zone.to_json(lang) for zone in result.areas)
    ]
    if rows:
        typer.echo(align(rows, lang=lang, titles=AREA_TITLES))
        typer.echo("")
    for line in _faults(result, lang):
        typer.echo(line)
    if result.site is not None:
        laws = result.site.regulations
        counts = text(
            "法规 {a} 部，规则 {b} 条，案例 {c} 个（不符 {d} 个），拓扑问题 {e} 处",
            "{a} regulations, {b} rules, {c} cases ({d} failed), {e} faults of topology",
        )
        typer.echo(
            counts.fill(
                a=len(laws.regulations),
                b=len(laws.rules),
                c=len(result.cases),
                d=len(result.failed_cases),
                e=len(result.topology),
            ).get(lang)
        )
    good, bad = text("合格", "all is well"), text("有问题，见上", "something is off, see above")
    typer.echo(f"{result.name}: {(good if result.ok else bad).get(lang)}")


def _faults(result: SiteCheck, lang: Lang) -> list[str]:
    off = text("{z}：面积偏差 {d} 超出允许的 {t}", "{z}: the area is off by {d}, more than {t}")
    none = text("{z}：面积无法计算（几何无效）", "{z}: the area cannot be told (invalid geometry)")
    lacking = text("规则 {r} 缺少案例：{k}", "rule {r} lacks cases: {k}")
    lines = [mistake.show(lang) for mistake in result.mistakes]
    lines += [f"{fault.zone}: {fault.message.get(lang)}" for fault in result.topology]
    lines += [
        (none if zone.deviation is None else off)
        .fill(z=zone.zone.id, d=_percent(zone.deviation), t=_percent(zone.zone.tolerance))
        .get(lang)
        for zone in result.areas
        if not zone.ok
    ]
    lines += [f"{case.name}: {'; '.join(case.faults)}" for case in result.failed_cases]
    lines += [
        lacking.fill(r=rule, k=", ".join(kinds)).get(lang) for rule, kinds in result.without_cases
    ]
    return lines


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.2%}"
