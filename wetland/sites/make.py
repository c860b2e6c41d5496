"""Make a new site pack from boundaries: valid from the first day, with no law encoded yet.

The law of the new site is honest: one regulation file with ``coverage: none``, so every question is
answered "not covered" until somebody encodes it.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import shapely
import yaml
from shapely.geometry.base import BaseGeometry

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.sites.blank import README, VOCABULARY, NewSite, law_document, site_document
from wetland.sites.config import SITE_ID
from wetland.sites.load import SITE_FILE, open_site
from wetland.zones.features import zone_feature
from wetland.zones.model import Zone, ZoneLayer
from wetland.zones.projection import project_geometry
from wetland.zones.read import Boundaries
from wetland.zones.topology import NOISE_M2, check_topology

DEFAULT_KIND = "zone"
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of the file hold what; None: generated."""

    id: str | None = None
    name_zh: str | None = None
    name_en: str | None = None
    kind: str | None = None


def make_pack(
    folder: Path, boundaries: Boundaries, about: NewSite, *, columns: Columns
) -> list[Zone]:
    """Write a new pack into ``folder`` and return its zones.

    Ids and kinds are made of the named columns where they are plain words (``a-z0-9_-``), else
    numbered; names come from the name columns, one language standing in for the other. A kind all
    of whose zones lie in the zones of another kind is declared as nested in it.

    Raises
    ------
    InputError
        The folder exists and is not empty, a column is not in the file, the name is no site id,
        zones overlap without lying in each other.
    PackError
        What was written is not a valid pack (nothing is left behind).
    """
    _check_request(folder, boundaries, about, columns)
    zones = _nest(_zones(boundaries, about, columns), about.crs_epsg)
    faults = check_topology(ZoneLayer(zones, about.crs_epsg))
    if faults:
        raise _topology_error(faults)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        made = Path(beside) / folder.name
        made.mkdir()
        _write(made, zones, about, _kinds(boundaries, zones, columns))
        open_site(made)
        if folder.is_dir():
            folder.rmdir()
        shutil.move(made, folder)
    return zones


def utm_epsg(boundaries: Boundaries) -> int:
    """Return the EPSG code of the UTM zone (WGS84) in which the boundaries lie."""
    west, south, east, north = shapely.total_bounds(boundaries.geometry)
    number = int(((west + east) / 2 + 180) // 6) % 60 + 1
    return (32700 if (south + north) / 2 < 0 else 32600) + number


def _check_request(folder: Path, boundaries: Boundaries, about: NewSite, columns: Columns) -> None:
    if not re.fullmatch(SITE_ID, about.id):
        what = text(
            "场地名 {n} 不可用：小写字母开头，只含小写字母、数字、_、-",
            "{n} cannot name a site: a small letter, then small letters, digits, _ and -",
        )
        raise InputError(what.fill(n=repr(about.id)))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = text("{f} 已存在且不为空", "{f} exists and is not empty").fill(f=folder)
        raise InputError(what, hint=text("请用 --out 另指文件夹", "name another one with --out"))
    for column in (columns.id, columns.name_zh, columns.name_en, columns.kind):
        column_words(boundaries, column)


def _zones(boundaries: Boundaries, about: NewSite, columns: Columns) -> list[Zone]:
    kinds = _slugs(column_words(boundaries, columns.kind), "kind", DEFAULT_KIND, dash="_")
    ids = _unique(_slugs(column_words(boundaries, columns.id), "zone", None, dash="-"))
    chinese = column_words(boundaries, columns.name_zh)
    english = column_words(boundaries, columns.name_en)
    return [
        Zone(
            id=zone_id,
            kind=kind,
            name=Text(zh=zh or en or zone_id, en=en or zh or zone_id),
            geometry=geometry,
            schematic=about.schematic,
            positional_accuracy_m=about.positional_accuracy_m,
            source=about.source,
        )
        for zone_id, kind, zh, en, geometry in zip(
            ids, kinds, chinese, english, boundaries.geometry, strict=True
        )
    ]


def column_words(boundaries: Boundaries, column: str | None) -> list[str]:
    """Return a column as words; missing is an empty word, and 3.0 is 3.

    Raises
    ------
    InputError
        The file has no such column.
    """
    if column is None:
        return [""] * len(boundaries)
    if column not in boundaries.columns:
        what = text("文件没有列 {l}；有：{c}", "the file has no column {l}; it has: {c}")
        known = ", ".join(boundaries.columns) or "-"
        raise InputError(what.fill(l=column, c=known))
    return [_word(value) for value in boundaries.columns[column]]


def _word(value: object) -> str:
    if value is None or value != value:  # NaN is not itself
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _slugs(words: Sequence[str], prefix: str, blank: str | None, *, dash: str) -> list[str]:
    """Make identifiers of words: plain ones are kept, others numbered in order of appearance."""
    made: dict[str, str] = {}
    out = []
    for number, word in enumerate(words, start=1):
        if not word:
            out.append(blank or f"{prefix}{dash}{number}")
            continue
        plain = re.sub(r"[^a-z0-9]+", dash, word.casefold()).strip(dash)
        if word.isascii() and plain and (dash == "-" or plain[0].isalpha()):
            out.append(plain)
        else:
            out.append(made.setdefault(word, f"{prefix}{dash}{len(made) + 1}"))
    return out


def _unique(ids: Sequence[str]) -> list[str]:
    """Put a number to what occurs more than once; no other name is taken for it."""
    taken = set(ids)
    seen: set[str] = set()
    out = []
    for name in ids:
        chosen, number = name, 2
        while chosen in seen or (chosen != name and chosen in taken):
            chosen, number = f"{name}-{number}", number + 1
        seen.add(chosen)
        out.append(chosen)
    return out


def _kinds(boundaries: Boundaries, zones: Sequence[Zone], columns: Columns) -> dict[str, Text]:
    """Return the name of each kind: the word of the file it was made of."""
    default = text("分区", "zone")
    words = column_words(boundaries, columns.kind)
    named: dict[str, Text] = {}
    for zone, word in zip(zones, words, strict=True):
        named.setdefault(zone.kind, Text(zh=word, en=word) if word else default)
    return named


def _nest(zones: Sequence[Zone], crs_epsg: int) -> list[Zone]:
    """Declare a kind as nested in another where all of its zones lie in that one's.

    Of two kinds that fill the same area the one with more zones is the inner one.
    """
    shapes: dict[str, list[BaseGeometry]] = {}
    for zone in zones:
        shapes.setdefault(zone.kind, []).append(project_geometry(zone.geometry, crs_epsg))
    unions = {kind: shapely.union_all(parts) for kind, parts in shapes.items()}
    # From the outermost to the innermost: a kind can only lie in one that comes before it.
    order = sorted(unions, key=lambda kind: (-round(unions[kind].area), len(shapes[kind])))
    parents: dict[str, str] = {}
    for place, kind in enumerate(order):
        for other in reversed(order[:place]):
            if shapely.difference(unions[kind], unions[other]).area <= NOISE_M2:
                parents[kind] = other
                break
    return [replace(zone, nested_in=parents.get(zone.kind)) for zone in zones]


def _topology_error(faults: Sequence[Any]) -> InputError:
    shown = faults[:MOST_SHOWN]
    zh = "；".join(f"{fault.zone}：{fault.message.zh}" for fault in shown)
    en = "; ".join(f"{fault.zone}: {fault.message.en}" for fault in shown)
    return InputError(
        text("{n} 处边界问题：{l}", "{n} fault(s) in the boundaries: {l}").fill(
            n=len(faults), l=Text(zh=zh, en=en)
        ),
        hint=text(
            "请在 GIS 中修正后重试；包含关系须完全包含，或用 --kind-column 区分类别",
            "mend them in a GIS and try again; a zone in another must lie wholly in it and be of"
            " another kind (--kind-column)",
        ),
    )


def _write(folder: Path, zones: Sequence[Zone], about: NewSite, kinds: dict[str, Text]) -> None:
    _write_yaml(folder / SITE_FILE, site_document(about, kinds))
    features = [zone_feature(zone) for zone in zones]
    _write_geojson(folder / "zones.geojson", features)
    _write_geojson(folder / "landmarks.geojson", [])
    _write_yaml(folder / "vocabulary.yaml", VOCABULARY)
    laws = folder / "regulations"
    laws.mkdir()
    _write_yaml(laws / f"{about.id}-law.yaml", law_document(about))
    _write_yaml(laws / f"{about.id}-law.cases.yaml", {"cases": []})
    readme = README.format(
        name=about.name.en, name_zh=about.name.zh, id=about.id, source=about.source,
        licence=about.licence, count=len(zones),
    )  # fmt: skip
    (folder / "README.md").write_text(readme, encoding="utf-8", newline="\n")


def _write_yaml(path: Path, document: dict[str, Any]) -> None:
    content = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)
    path.write_text(content, encoding="utf-8", newline="\n")


def _write_geojson(path: Path, features: list[dict[str, Any]]) -> None:
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    content = '{"type": "FeatureCollection", "features": [\n' + lines + "\n]}\n"
    path.write_text(content, encoding="utf-8", newline="\n")
