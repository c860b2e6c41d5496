"""The indexes of a site's zones: made once per version of the site, stored beside its pack.

They lie in ``.index/`` of the pack; where that cannot be written, in the user's cache. A file names
the coordinates it was made of, so a changed boundary makes a new one; a damaged file is made anew.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
from platformdirs import user_cache_path
from shapely.geometry import LineString, Point, box

from wetland.sites.load import Site
from wetland.sites.place import Sets
from wetland.zones import readiness
from wetland.zones.locate import locate_columns
from wetland.zones.model import ZoneLayer
from wetland.zones.overlay import areas_in_zones
from wetland.zones.placing import Points
from wetland.zones.projection import project
from wetland.zones.trackfixes import order_fixes
from wetland.zones.tracks import find_visits

FOLDER = ".index"
NOTE = "Indexes of the zones, made by the program. Delete them at any time.\n"
REHEARSED = 40
_LOG = logging.getLogger(__name__)


def index_folders(site: Site) -> tuple[Path, ...]:
    """Return where a site's indexes may lie, best first: beside the pack, then in the cache."""
    return site.folder / FOLDER, user_cache_path("wetland") / "indexes" / site.digest[:24]


def asked_layers(site: Site) -> Iterator[ZoneLayer]:
    """Give the zones that a screening asks about together, for each version of the site."""
    starts = {zone.valid_from or dt.date.min for zone in site.zones}
    ends = {zone.valid_to for zone in site.zones if zone.valid_to is not None}
    seen: set[tuple[str, ...]] = set()
    for day in sorted(starts | ends):
        layer = site.zones.on(day)
        for assume in (False, True):
            sets = Sets(site, layer, day_unknown=False, assume=assume)
            zones = {}
            for kinds in sets.all:
                found = [zone for zone in layer if zone.kind in kinds]
                if found:
                    one = layer.union(found, assume_schematic=assume)
                    zones[one.id] = one
            if zones and tuple(zones) not in seen:
                seen.add(tuple(zones))
                yield ZoneLayer(list(zones.values()), site.crs_epsg, like=site.zones)


def prepare_indexes(site: Site) -> int:
    """Have all indexes of a site in memory and in a file; return how many had to be made.

    Where no folder can be written they are made, kept in memory, and that is logged.
    """
    from wetland.zones.zoneindex import kept_index  # noqa: PLC0415 - brings the compiler

    made = 0
    folders = index_folders(site)
    for layer in asked_layers(site):
        for folder in folders:
            try:
                made += not kept_index(layer, folder)[1]
            except OSError as error:
                _LOG.info("no index kept in %s: %s", folder, error)
                continue
            _explain(folder)
            break
    _forget(folders[0], site)
    return made


def warm_up(site: Site) -> None:
    """Load every compiled loop once by a small question, and have the site's indexes at hand."""
    prepare_indexes(site)
    with readiness.rehearsal():
        for layer in asked_layers(site):
            _rehearse(layer)
    readiness.mark_ready()


def warm_in_background(site: Site) -> threading.Thread:
    """Do so in a thread that ends with the program; what goes wrong there is logged, not raised.

    Meanwhile small questions are answered by shapely, with the same answers.
    """

    def work() -> None:
        try:
            warm_up(site)
        except Exception:  # noqa: BLE001 - a warm-up that fails costs time, never an answer
            _LOG.warning("compiled loops could not be loaded", exc_info=True)

    thread = threading.Thread(target=work, name="wetland-warm-up", daemon=True)
    thread.start()
    return thread


def _rehearse(layer: ZoneLayer) -> None:
    """Ask of a few places, lines, footprints and a track what a screening asks of many."""
    from wetland.zones.lonlat import LocalProjection  # noqa: PLC0415 - with the loops only
    from wetland.zones.zoneindex import index_of  # noqa: PLC0415 - brings the compiler

    shapes = [layer.shape(zone).polygon for zone in layer]
    west, south, east, north = shapely.total_bounds([zone.geometry for zone in layer])
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(west, east, REHEARSED), rng.uniform(south, north, REHEARSED)
    x, y = project(lon, lat, layer.crs_epsg)
    here = LocalProjection.fit(layer.crs_epsg, (west, south, east, north))
    index_of(layer).pairs_of(index_of(layer).set_ids_lonlat(here, lon, lat))
    index_of(layer).pairs(x, y)
    small = (east - west) / 200
    sheds = [box(a, b, a + small, b + small) for a, b in zip(lon, lat, strict=True)]
    path = LineString(np.column_stack([lon[:3], lat[:3]]))
    things = [Point(lon[0], lat[0]), path, *sheds]
    for assume in (False, True):
        locate_columns(layer, Points(lon, lat), 5.0, on=None, assume_schematic=assume,
                       probability=True)  # fmt: skip
        locate_columns(layer, things, 5.0, on=None, assume_schematic=assume)
    areas_in_zones(shapes, shapely.box(x, y, x + 9, y + 9))
    at_ns = np.arange(REHEARSED) * 1_000_000_000
    find_visits(order_fixes(np.zeros(REHEARSED, dtype=np.int64), at_ns, x=x, y=y), shapes)


def _explain(folder: Path) -> None:
    note = folder / "README"
    if not note.exists():
        note.write_text(NOTE, encoding="utf-8")
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def _forget(folder: Path, site: Site) -> None:
    """Remove what was stored of boundaries that no version of the site has any more."""
    from wetland.zones.cellfiles import SUFFIX  # noqa: PLC0415 - brings the compiler
    from wetland.zones.zoneindex import index_name  # noqa: PLC0415 - brings the compiler

    kept = {index_name(layer) for layer in asked_layers(site)}
    try:
        for path in folder.glob(f"*{SUFFIX}"):
            if path.name not in kept:
                path.unlink(missing_ok=True)
    except OSError as error:
        _LOG.info("old indexes stay in %s: %s", folder, error)
