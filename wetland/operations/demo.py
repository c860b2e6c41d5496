"""The demo store (演示数据): what a site pack brings to look at, marked for what it is.

A pack may bring ``examples/permits.csv``, ``notices.csv``, ``observations.csv``, ``water.csv``,
``birds.csv``, ``visitors.csv`` and ``parking.csv``. Every row of them must say ``synthetic`` is
true, or name the licence and the source of what is real (columns ``license`` and ``source``): the
demo never passes anything off as real, and never leaves out whose it is.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.readoptions import BirdOptions
from wetland.operations.birdfiles import import_birds
from wetland.operations.birds import birds_of_store
from wetland.operations.birdscreen import screen_birds
from wetland.operations.records import import_records
from wetland.operations.screening import import_observations, screen_store
from wetland.operations.stores import default_store, open_store
from wetland.operations.visitorfiles import import_visitors
from wetland.operations.visitorscreen import screen_visitors
from wetland.operations.waterfiles import import_water
from wetland.operations.waterscreen import screen_water
from wetland.regulations.facts import YES
from wetland.screening.options import ReadOptions
from wetland.screening.screen import Settings
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Written
from wetland.visitors.readoptions import CountOptions
from wetland.water.periods import last_day
from wetland.water.readoptions import WaterOptions

EXAMPLES = "examples"
RECORD_FILES = ("permits.csv", "notices.csv")
OBSERVATION_FILE = "observations.csv"
WATER_FILE = "water.csv"
BIRD_FILE = "birds.csv"
VISITOR_FILES = ("visitors.csv", "parking.csv")
MARK = "synthetic"
ORIGIN = ("license", "source")
ACTOR = "demo"

COUNTED = (
    "records", "observations", "water_results", "bird_surveys", "bird_records", "visitor_counts",
    "parking_readings", "findings",
)  # fmt: skip

Progress = Callable[[float, Text], None]

_OPENING = text("打开存储", "opening the store")
_RECORDS = text("导入示例许可与公告", "importing example permits and notices")
_OBSERVATIONS = text("导入示例观察", "importing example observations")
_SCREENING = text("对照法规筛查", "screening against the law")
_WATER = text("导入示例水质数据", "importing example water results")
_WATER_SCREENING = text("对照水质目标筛查", "screening water against its targets")
_BIRDS = text("导入示例鸟类调查", "importing example bird surveys")
_BIRD_SCREENING = text("检验鸟类数量下降等", "looking for declines and more in birds")
_VISITORS = text("导入示例客流与停车场数据", "importing example visitors and car parks")
_VISITOR_SCREENING = text("对照承载量检查客流", "comparing visitors with capacities")
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
    names = (*RECORD_FILES, OBSERVATION_FILE, WATER_FILE, BIRD_FILE, *VISITOR_FILES)
    return {name: folder / name for name in names if (folder / name).is_file()}


def has_demo(site: Site) -> bool:
    """Tell whether a site's pack brings examples."""
    return bool(example_files(site))


def prepare_demo(
    site: Site, store: str | Path | None = None, *, progress: Progress | None = None
) -> Demo:
    """Fill the demo store of a site: records, observations, water, birds, visitors, and findings.

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
        The pack has no examples, or a row of them says neither that it is invented nor whose it is.
    """
    files = example_files(site)
    if not files:
        raise InputError(
            text("场地 {s} 没有示例数据", "site {s} has no example data").fill(s=site.id)
        )
    for path in files.values():
        _check_origin(path)
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
    if OBSERVATION_FILE in files:
        written += _fill_observations(store, site, files[OBSERVATION_FILE], tell)
    if WATER_FILE in files:
        written += _fill_water(store, site, files[WATER_FILE], tell)
    if BIRD_FILE in files:
        written += _fill_birds(store, site, files[BIRD_FILE], tell)
    if any(name in files for name in VISITOR_FILES):
        written += _fill_visitors(store, site, files, tell)
    tell(1.0, _DONE)
    counts = {table: store.count(table) for table in COUNTED}
    outcomes = store.read("findings", {"site": site.id, "status": "open"})["outcome"]
    counts |= {name: int((outcomes == name).sum()) for name in ("broken", "undecided")}
    return Demo(store.shown, written, counts)


def _fill_observations(store: Store, site: Site, file: Path, tell: Progress) -> Written:
    """Import example observations, and screen them in the site's own mode."""
    tell(0.2, _OBSERVATIONS)
    options = ReadOptions(source="demo")
    read = import_observations(store, site, file, options=options, actor=ACTOR)
    tell(0.3, _SCREENING)
    settings = Settings(assume_schematic=site.config.exercise_mode)
    found = screen_store(store, site, settings=settings, actor=ACTOR)
    return read.written + (found.written or Written())


def _fill_water(store: Store, site: Site, file: Path, tell: Progress) -> Written:
    """Import example results, and screen them as of the end of their last month."""
    tell(0.4, _WATER)
    options = WaterOptions(source="demo-water")
    read = import_water(store, site, file, options=options, actor=ACTOR)
    tell(0.5, _WATER_SCREENING)
    newest = max(read.reading.results["sampled_on"])
    as_of = last_day(f"{newest:%Y-%m}")
    found = screen_water(store, site, as_of=as_of, actor=ACTOR)
    return read.written + (found.written or Written())


def _fill_birds(store: Store, site: Site, file: Path, tell: Progress) -> Written:
    """Import example surveys, and look at them as of the end of the last season with counts."""
    from wetland.birds.seasons import NO_SEASON, season_end, season_years  # noqa: PLC0415

    tell(0.7, _BIRDS)
    today = dt.datetime.now(tz=ZoneInfo(site.timezone)).date()
    options = BirdOptions(source="demo-birds")
    read = import_birds(store, site, file, options=options, actor=ACTOR, today=today)
    tell(0.8, _BIRD_SCREENING)
    data = birds_of_store(store, site)
    _, season = data.season()
    newest = max(data.surveys["event_end"])
    counted = max(season_years(data.surveys["event_end"].tolist(), season))
    as_of = newest if counted == NO_SEASON else max(newest, season_end(int(counted), season))
    found = screen_birds(store, site, as_of=as_of, actor=ACTOR)
    return read.written + (found.written or Written())


def _fill_visitors(store: Store, site: Site, files: dict[str, Path], tell: Progress) -> Written:
    """Import example visitors and car parks, and compare them with what the park may hold."""
    tell(0.85, _VISITORS)
    today = dt.datetime.now(tz=ZoneInfo(site.timezone)).date()
    written = Written()
    for name in VISITOR_FILES:
        if name in files:
            options = CountOptions(source=f"demo-{Path(name).stem}")
            read = import_visitors(store, site, files[name], options=options, actor=ACTOR,
                                   today=today)  # fmt: skip
            written += read.written
    tell(0.95, _VISITOR_SCREENING)
    if VISITOR_FILES[0] not in files:
        return written
    found = screen_visitors(store, site, actor=ACTOR)
    return written + (found.written or Written())


def _check_origin(path: Path) -> None:
    """Refuse a file in which a row says neither that it is invented nor whose it is."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            invented = str(row.get(MARK, "")).strip().casefold() in YES
            if not invented and not all(str(row.get(name) or "").strip() for name in ORIGIN):
                raise InputError(
                    text(
                        "{f}：示例数据的每一行都须标明 {m} 为 true；真实数据须写明 {o}",
                        "{f}: every row of example data must say {m} is true, or name its {o}",
                    ).fill(f=path.name, m=MARK, o=", ".join(ORIGIN))
                )
