"""The cell index of a layer of zones: made once, kept with the layer, stored by who has a place."""

from __future__ import annotations

import threading
from pathlib import Path

from wetland.zones.cellfiles import SUFFIX, load_index, polygons_digest, save_index
from wetland.zones.cellindex import CellIndex
from wetland.zones.model import ZoneLayer

_ONE_AT_A_TIME = threading.Lock()


def index_of(layer: ZoneLayer) -> CellIndex:
    """Return the index over the projected shapes of a layer's zones, in the layer's order.

    Made on first use; layers made of the same one (``on``, ``of_kind``, ``like``) share it.
    """
    key = tuple(zone.id for zone in layer)
    made = layer.indexes.get(key)
    if made is None:
        with _ONE_AT_A_TIME:
            made = layer.indexes.get(key)
            if made is None:
                made = CellIndex.build([layer.shape(zone).polygon for zone in layer])
                layer.indexes[key] = made
    return made


def index_name(layer: ZoneLayer) -> str:
    """Return the name of the file that holds a layer's index: it tells the coordinates."""
    shapes = [layer.shape(zone).polygon for zone in layer]
    return f"{polygons_digest(shapes)[:24]}{SUFFIX}"


def kept_index(layer: ZoneLayer, folder: Path) -> tuple[CellIndex, bool]:
    """Return a layer's index from a folder, and whether it was found there; else make it.

    Raises
    ------
    OSError
        It was made, is kept with the layer, but cannot be written into the folder.
    """
    key = tuple(zone.id for zone in layer)
    shapes = [layer.shape(zone).polygon for zone in layer]
    path = folder / index_name(layer)
    found = load_index(path, shapes)
    if found is not None:
        layer.indexes.setdefault(key, found)
        return layer.indexes[key], True
    made = index_of(layer)
    folder.mkdir(parents=True, exist_ok=True)
    save_index(made, path)
    return made, False
