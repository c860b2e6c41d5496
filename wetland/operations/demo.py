"""The demo store (演示数据): invented records and observations of a site pack, marked as such.

A pack may bring ``examples/permits.csv``, ``notices.csv``, ``observations.csv`` and ``water.csv``.
Every row of them must say ``synthetic`` is true: the demo never passes anything off as real.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.operations.records import import_records
from wetland.operations.screening import import_observations, screen_store
from wetland.operations.stores import default_store, open_store
from wetland.operations.waterfiles import import_water
from wetland.operations.waterscreen import screen_water
from wetland.regulations.facts import YES
from wetland.screening.options import ReadOptions
from wetland.screening.screen import Settings
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Written
from wetland.water.periods import last_day
from wetland.water.readoptions import WaterOptions

EXAMPLES = "examples"
RECORD_FILES = ("permits.csv", "notices.csv")
OBSERVATION_FILE = "observations.csv"
WATER_FILE = "water.csv"
MARK = "synthetic"
ACTOR = "demo"

COUNTED = ("records", "observations", "water_results", "findings")

Progress = Callable[[float, Text], None]

_OPENING = text("打开存储", "opening the store")
_RECORDS = text("导入示例许可与公告", "importing example permits and notices")
_OBSERVATIONS = text("导入示例观察", "importing example observations")
_SCREENING = text("对照法规筛查", "screening against the law")
_WATER = text("导入示例水质数据", "importing example water results")
_WATER_SCREENING = text("对照水质目标筛查", "screening water against its targets")
_DONE = text("演示数据已就绪", "the demo is ready")


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo store holds, and what preparing it changed (nothing the second time)."""

    store: str
    written: Written
    counts: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON-ready mappings."""
        return {
            "store": self.store,
            "added": self.written.added,
            "changed": self.written.changed,
            "unchanged": self.written.unchanged,
            "counts": dict(self.counts),
        }


def example_files(site: Site) -> dict[str, Path]:
    """Return the example files that a site's pack brings, by name."""
    folder = site.folder / EXAMPLES
    names = (*RECORD_FILES, OBSERVATION_FILE, WATER_FILE)
    return {name: folder / name for name in names if (folder / name).is_file()}


def has_demo(site: Site) -> bool:
    """Tell whether a site's pack brings example observations."""
    return OBSERVATION_FILE in example_files(site)


def prepare_demo(
    site: Site, store: str | Path | None = None, *, progress: Progress | None = None
) -> Demo:
    """Fill the demo store of a site: records, observations, water, and what screening them finds.

    Idempotent: the same pack twice changes nothing. Screening follows the site's own mode, so the
    findings of a site with ``exercise_mode`` are stamped as an exercise.

    Parameters
    ----------
    site
        The opened pack.
    store
        A ``.gpkg`` file or a ``postgresql://`` address; None for the default place of the site. Its
        folder is made if need be.
    progress
        Called with the share done (0 to 1) and what comes next.

    Raises
    ------
    InputError
        The pack has no examples, or a row of them does not say that it is invented.
    """
    files = example_files(site)
    if OBSERVATION_FILE not in files:
        raise InputError(
            text("场地 {s} 没有示例数据", "site {s} has no example data").fill(s=site.id)
        )
    for path in files.values():
        _check_invented(path)
    tell = progress or (lambda share, words: None)
    tell(0.0, _OPENING)
    where = _place(site, store)
    with open_store(where, site) as kept:
        return _fill(kept, site, files, tell)


def _place(site: Site, store: str | Path | None) -> str | Path:
    where = default_store(site.id) if store is None else store
    if "://" not in str(where):
        Path(where).parent.mkdir(parents=True, exist_ok=True)
    return where


def _fill(store: Store, site: Site, files: dict[str, Path], tell: Progress) -> Demo:
    written = Written()
    tell(0.1, _RECORDS)
    for name in RECORD_FILES:
        if name in files:
            written += import_records(store, site, files[name], actor=ACTOR).written
    tell(0.25, _OBSERVATIONS)
    options = ReadOptions(source="demo")
    read = import_observations(store, site, files[OBSERVATION_FILE], options=options, actor=ACTOR)
    written += read.written
    tell(0.35, _SCREENING)
    settings = Settings(assume_schematic=site.config.exercise_mode)
    found = screen_store(store, site, settings=settings, actor=ACTOR)
    written += found.written or Written()
    if WATER_FILE in files:
        written += _fill_water(store, site, files[WATER_FILE], tell)
    tell(1.0, _DONE)
    counts = {table: store.count(table) for table in COUNTED}
    outcomes = store.read("findings", {"site": site.id, "status": "open"})["outcome"]
    counts |= {name: int((outcomes == name).sum()) for name in ("broken", "undecided")}
    return Demo(store.shown, written, counts)


def _fill_water(store: Store, site: Site, file: Path, tell: Progress) -> Written:
    """Import example results, and screen them as of the end of their last month."""
    tell(0.5, _WATER)
    options = WaterOptions(source="demo-water")
    read = import_water(store, site, file, options=options, actor=ACTOR)
    tell(0.7, _WATER_SCREENING)
    newest = max(read.reading.results["sampled_on"])
    as_of = last_day(f"{newest:%Y-%m}")
    found = screen_water(store, site, as_of=as_of, actor=ACTOR)
    return read.written + (found.written or Written())


def _check_invented(path: Path) -> None:
    """Refuse a file in which any row does not say ``synthetic``."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if str(row.get(MARK, "")).strip().casefold() not in YES:
                raise InputError(
                    text(
                        "{f}：示例数据的每一行都须标明 {m} 为 true",
                        "{f}: every row of example data must say {m} is true",
                    ).fill(f=path.name, m=MARK)
                )
