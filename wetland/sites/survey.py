"""Put surveyed boundaries in the place of drawn ones, without losing what old findings rest on."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wetland.base.errors import InputError, PackError
from wetland.base.texts import Text, text
from wetland.sites.load import ZONES_FILE, Site, open_site, pack_digest
from wetland.zones.features import read_zones, zone_feature
from wetland.zones.model import Zone, ZoneLayer
from wetland.zones.read import Boundaries
from wetland.zones.topology import check_topology


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of surveyed boundaries.

    ``since`` is the first day the new boundary counts; None: it always was there, and only the
    drawing of it changes.
    """

    source: str
    accuracy_m: float
    since: dt.date | None = None
    schematic: bool = False


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a survey changed in a pack: ids of zones."""

    added: tuple[str, ...]
    closed: tuple[str, ...]
    removed: tuple[str, ...]
    digest: str


def replace_zones(
    folder: Path, boundaries: Boundaries, kinds: Sequence[str], *, survey: Survey
) -> Replaced:
    """Replace the zones of some kinds in a pack by surveyed boundaries.

    Parameters
    ----------
    folder
        The pack.
    boundaries, kinds
        The surveyed polygons and, for each, the kind of zone it is. All zones of a kind are
        replaced together.
    survey
        Source, accuracy and the first day.

    Notes
    -----
    A boundary that moved on a day: the zones in force are closed on that day (``valid_to``) and the
    new ones begin on it. A boundary that always was there: the zone in force is removed and the new
    one takes its period. Names, relations and declared areas are those of the zone replaced. The
    file is changed only if the whole pack is valid afterwards and its topology sound.

    Raises
    ------
    InputError
        A kind is not one of the site, has no zone in force, or zones would overlap or leave gaps.
    PackError
        The pack is ill-formed before or after.
    """
    site = open_site(folder)
    old = _replaced_zones(site, kinds, survey)
    new = _new_zones(site, boundaries, kinds, old, survey)
    document = json.loads((folder / ZONES_FILE).read_text(encoding="utf-8-sig"))
    gone = {zone.id for zones in old.values() for zone in zones}
    document["features"] = [
        *_kept(document["features"], gone, survey.since), *(zone_feature(zone) for zone in new)
    ]  # fmt: skip
    _check(site, document)
    _write(folder / ZONES_FILE, document)
    closed = tuple(sorted(gone)) if survey.since is not None else ()
    removed = () if survey.since is not None else tuple(sorted(gone))
    return Replaced(tuple(zone.id for zone in new), closed, removed, pack_digest(folder))


def _replaced_zones(site: Site, kinds: Iterable[str], survey: Survey) -> dict[str, list[Zone]]:
    """Return the zones that are in force (and stay so without end), by kind."""
    found: dict[str, list[Zone]] = {}
    for kind in dict.fromkeys(kinds):
        if kind not in site.config.kinds:
            what = text("没有 {k} 这类分区；有：{n}", "there is no kind {k}; there are: {n}")
            raise InputError(what.fill(k=kind, n=", ".join(site.config.kinds)))
        found[kind] = [z for z in site.zones if z.kind == kind and z.valid_to is None]
        late = survey.since is not None and any(
            z.valid_from is not None and z.valid_from >= survey.since for z in found[kind]
        )
        if not found[kind] or late:
            what = text(
                "{k} 在 {d} 之前没有生效且未终止的分区可替换",
                "{k} has no zone without end, in force before {d}, to replace",
            )
            raise InputError(what.fill(k=kind, d=survey.since or "-"))
    return found


def _new_zones(
    site: Site,
    boundaries: Boundaries,
    kinds: Sequence[str],
    old: dict[str, list[Zone]],
    survey: Survey,
) -> list[Zone]:
    taken = {zone.id for zone in site.zones}
    note: Text = text("测绘边界", "surveyed boundary")
    zones = []
    for geometry, kind in zip(boundaries.geometry, kinds, strict=True):
        before = old[kind][0]
        zone_id = _free_id(kind, survey, taken)
        taken.add(zone_id)
        zones.append(
            replace(
                before,
                id=zone_id,
                geometry=geometry,
                schematic=survey.schematic,
                positional_accuracy_m=survey.accuracy_m,
                edges=(),
                source=survey.source,
                note=note,
                reading=None,
                valid_from=survey.since or before.valid_from,
                valid_to=None,
            )
        )
    return zones


def _free_id(kind: str, survey: Survey, taken: set[str]) -> str:
    stem = kind.replace("_", "-") + (f"-{survey.since:%Y}" if survey.since else "-survey")
    number, chosen = 2, stem
    while chosen in taken:
        number, chosen = number + 1, f"{stem}-{number}"
    return chosen


def _kept(features: list[Any], gone: set[str], since: dt.date | None) -> list[Any]:
    """Close, or leave out, the features that are replaced; all others stay as they are."""
    kept = []
    for feature in features:
        if feature["properties"]["id"] not in gone:
            kept.append(feature)
        elif since is not None:
            closed = feature["properties"] | {"valid_to": since.isoformat()}
            kept.append(feature | {"properties": closed})
    return kept


def _check(site: Site, document: dict[str, Any]) -> None:
    zones, mistakes = read_zones(document, file=ZONES_FILE, kinds=site.config.kinds)
    if mistakes:
        raise PackError(site.id, mistakes)
    faults = check_topology(ZoneLayer(zones, site.crs_epsg))
    if faults:
        zh = "；".join(f"{fault.zone}：{fault.message.zh}" for fault in faults)
        en = "; ".join(f"{fault.zone}: {fault.message.en}" for fault in faults)
        raise InputError(
            text("替换后边界不合：{l}", "the boundaries would not fit: {l}").fill(
                l=Text(zh=zh, en=en)
            ),
            hint=text(
                "相邻的分区须一并替换；什么都没有写入",
                "zones that adjoin must be replaced together; nothing was written",
            ),
        )


def _write(path: Path, document: dict[str, Any]) -> None:
    """Write the file whole or not at all, one feature per line."""
    lines = ",\n".join(json.dumps(f, ensure_ascii=False) for f in document["features"])
    head = {key: value for key, value in document.items() if key != "features"}
    content = json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n' + lines + "\n]}\n"
    beside = path.with_suffix(".new")
    beside.write_text(content, encoding="utf-8", newline="\n")
    os.replace(beside, path)
