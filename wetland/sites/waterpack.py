"""What a pack says of water: stations, monitoring programmes, published statements (water.yaml).

A pack may have none. Stations that come with a file live in the store beside those of the pack; the
pack's words on a station count first.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from wetland.base.errors import Mistake
from wetland.base.mistakes import explain
from wetland.base.texts import Text, text
from wetland.base.yaml import read_yaml
from wetland.water.parameters import parameters
from wetland.water.stations import WaterPack

WATER_FILE = "water.yaml"

NO_WATER = WaterPack()
_TOP = text("须为键值表", "keys with values are needed")
_ITEM = text("没有指标 {c}", "there is no parameter {c}")
_ITEM_LIKE = text("没有指标 {c}；是否指 {s}", "there is no parameter {c}; is {s} meant?")
_TWICE = text("{c} 写了两次", "{c} is written twice")


def read_water_pack(folder: Path) -> tuple[WaterPack, list[Mistake]]:
    """Read `water.yaml` of a pack and return it with every mistake in it.

    A file that is not there is an empty pack without a mistake; one that is wrong is empty too.
    """
    path = folder / WATER_FILE
    if not path.is_file():
        return NO_WATER, []
    raw, mistakes = read_yaml(path)
    if mistakes:
        return NO_WATER, mistakes
    if raw is None:  # nothing but comments
        return NO_WATER, []
    if not isinstance(raw, dict):
        return NO_WATER, [Mistake(WATER_FILE, "-", _TOP)]
    try:
        pack = WaterPack.model_validate(raw)
    except ValidationError as error:
        return NO_WATER, explain(error, file=WATER_FILE)
    return pack, _wrong_items(pack)


def _wrong_items(pack: WaterPack) -> list[Mistake]:
    """Name the items of programmes that are no parameter, or are written twice."""
    if not pack.programmes:
        return []
    known = parameters()
    mistakes: list[Mistake] = []
    for name, programme in pack.programmes.items():
        where = f"programmes.{name}.items"
        for item in dict.fromkeys(programme.items):
            if item not in known:
                mistakes.append(Mistake(WATER_FILE, where, _no_item(item)))
            if programme.items.count(item) > 1:
                mistakes.append(Mistake(WATER_FILE, where, _TWICE.fill(c=item)))
    return mistakes


def _no_item(item: str) -> Text:
    known = parameters()
    meant = known.find(item)
    like = [meant] if meant is not None else known.suggest(item)
    if not like:
        return _ITEM.fill(c=item)
    return _ITEM_LIKE.fill(c=item, s=" / ".join(like))
