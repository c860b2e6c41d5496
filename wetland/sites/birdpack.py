"""What a pack says of birds: ``birds.yaml`` with the tables beside it.

``birds.csv`` is the checklist, ``bird-synonyms.csv`` its synonyms, ``bird-plots.csv`` the plots of
a site that has too many to write as YAML. A pack may have none of these files.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wetland.base.errors import Mistake
from wetland.base.mistakes import explain
from wetland.base.texts import text
from wetland.base.yaml import read_yaml
from wetland.birds.checklistread import read_plots, read_species, read_synonyms
from wetland.birds.species import BirdPack

BIRDS_FILE = "birds.yaml"
SPECIES_FILE, SYNONYMS_FILE, PLOTS_FILE = "birds.csv", "bird-synonyms.csv", "bird-plots.csv"
BIRD_FILES = (BIRDS_FILE, SPECIES_FILE, SYNONYMS_FILE, PLOTS_FILE)

NO_BIRDS = BirdPack()
_TOP = text("须为键值表", "keys with values are needed")
_ELSEWHERE = text("写在 {f} 中，不写在这里", "it stands in {f}, not here")
_TWICE = text("{c} 写了两次", "{c} is written twice")
_NO_SEASON = text("seasons 中没有 {c}", "seasons has no {c}")
_NO_ZONE = text("没有区域 {c}；可用：{k}", "there is no zone {c}; there are: {k}")
_NO_EDITION = text(
    "有 {f} 就须在 birds.yaml 的 checklist 中写明名录的名称与来源",
    "with {f}, checklist in birds.yaml has to tell the list's name and source",
)
_ONLY_SYNONYMS = text(
    "没有 birds.csv，异名无所归属", "without birds.csv synonyms belong to nothing"
)


def read_bird_pack(
    folder: Path, *, zones: Collection[str] | None = None
) -> tuple[BirdPack, list[Mistake]]:
    """Read what a pack says of birds and return it with every mistake in all of its files.

    A pack without the files is an empty one without a mistake; what is wrong is left out.

    Parameters
    ----------
    zones
        Kinds and identifiers of zones that a species may name; None: any.
    """
    raw, mistakes = _document(folder / BIRDS_FILE)
    tables: dict[str, Any] = {}
    if (folder / SPECIES_FILE).is_file():
        tables["species"], wrong = read_species(folder / SPECIES_FILE)
        mistakes += wrong
    if (folder / SYNONYMS_FILE).is_file():
        if "species" not in tables:
            mistakes.append(Mistake(SYNONYMS_FILE, "-", _ONLY_SYNONYMS))
        known = {s.id: s for s in tables.get("species", ())}
        tables["synonyms"], wrong = read_synonyms(folder / SYNONYMS_FILE, known)
        mistakes += wrong
    plots: tuple[Any, ...] = ()
    if (folder / PLOTS_FILE).is_file():
        plots, wrong = read_plots(folder / PLOTS_FILE)
        mistakes += wrong
    try:
        pack = BirdPack.model_validate(raw)
    except ValidationError as error:
        mistakes += explain(error, file=BIRDS_FILE)
        pack = NO_BIRDS
    else:
        mistakes += _wrong(pack, has_species=bool(tables.get("species")))
    pack = pack.model_copy(update=tables | {"plots": (*pack.plots, *plots)})
    return pack, [*mistakes, *_plots_twice(pack), *_wrong_zones(pack, zones)]


def _document(path: Path) -> tuple[dict[str, Any], list[Mistake]]:
    if not path.is_file():
        return {}, []
    raw, mistakes = read_yaml(path)
    if mistakes or raw is None:  # nothing but comments
        return {}, mistakes
    if not isinstance(raw, dict):
        return {}, [Mistake(BIRDS_FILE, "-", _TOP)]
    kept = {k: v for k, v in raw.items() if k not in {"species", "synonyms"}}
    for name, file in (("species", SPECIES_FILE), ("synonyms", SYNONYMS_FILE)):
        if name in raw:
            mistakes.append(Mistake(BIRDS_FILE, name, _ELSEWHERE.fill(f=file)))
    return kept, mistakes


def _wrong(pack: BirdPack, *, has_species: bool) -> list[Mistake]:
    mistakes: list[Mistake] = []
    if pack.season is not None and pack.season not in pack.seasons:
        mistakes.append(Mistake(BIRDS_FILE, "season", _NO_SEASON.fill(c=pack.season)))
    for name, season in pack.seasons.items():
        if len(set(season.months)) < len(season.months):
            where = f"seasons.{name}.months"
            mistakes.append(Mistake(BIRDS_FILE, where, _TWICE.fill(c=text("月份", "a month"))))
    if has_species and pack.checklist is None:
        mistakes.append(Mistake(BIRDS_FILE, "checklist", _NO_EDITION.fill(f=SPECIES_FILE)))
    return mistakes


def _plots_twice(pack: BirdPack) -> list[Mistake]:
    seen: set[str] = set()
    twice = [p.id for p in pack.plots if p.id in seen or seen.add(p.id)]  # type: ignore[func-returns-value]
    return [Mistake(BIRDS_FILE, "plots", _TWICE.fill(c=name)) for name in dict.fromkeys(twice)]


def _wrong_zones(pack: BirdPack, zones: Collection[str] | None) -> list[Mistake]:
    if zones is None:
        return []
    known = ", ".join(sorted(zones)) or "-"
    return [
        Mistake(SPECIES_FILE, f"{species.id}: zones", _NO_ZONE.fill(c=zone, k=known))
        for species in pack.species
        for zone in species.zones
        if zone not in zones
    ]
