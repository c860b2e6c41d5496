"""Import bird surveys: read, test for plausibility, keep, remember how a source is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import Lang, text
from wetland.birds.readoptions import BirdOptions, saved_mapping
from wetland.operations.birdkeeping import Counted, Keeper
from wetland.operations.birds import accepted_names, checklist_of, plots_of
from wetland.operations.water import empty
from wetland.operations.waterfiles import MAPPING_UNFIT, MAPPING_USED
from wetland.reading.files import Given, accepting
from wetland.reports.findings import problem_json, rows_of
from wetland.screening.tables import SOURCES
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Written

if TYPE_CHECKING:
    import pandas as pd

    from wetland.birds.read import BirdChunks, BirdReading
    from wetland.birds.settle import Settled

BIRDS_ACCEPTED = text(
    "鸟类调查可读取：达尔文核心归档（ZIP 或文件夹）、CSV、TSV、XLSX、eBird、ODK、Camtrap DP",
    "bird surveys can be read from: Darwin Core archives (ZIP or folder), CSV, TSV, XLSX, eBird, "
    "ODK, Camtrap DP",
)


@dataclass(frozen=True, slots=True)
class ImportedBirds:
    """What an import of bird surveys did.

    Parameters
    ----------
    problems, source, layout, rows, numbers
        Of the file; ``numbers`` are the reader's counts.
    counted
        What was written and flagged.
    suggestions
        Names that nothing was matched with, most frequent first: (name, records, species that it
        may have been).
    """

    problems: Problems
    source: Mapping[str, Any]
    layout: str
    rows: int
    numbers: Mapping[str, int]
    counted: Counted
    suggestions: tuple[tuple[str, int, tuple[str, ...]], ...] = ()

    @property
    def written(self) -> Written:
        """Return how many surveys and records were new, changed or known."""
        return self.counted.surveys + self.counted.records

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return the import as JSON-ready mappings in one language."""
        problems = sorted(self.problems.items, key=lambda p: p.row or 0)  # stable
        told = self.counted
        return {
            "source": dict(self.source),
            "layout": self.layout,
            "synthetic": told.synthetic,
            "problems": [problem_json(p, lang) for p in problems],
            "unmatched": [
                {"name": name, "records": n, "suggestions": list(likely)}
                for name, n, likely in self.suggestions
            ],
            "counts": {
                "rows": self.rows,
                "rows_aside": self.source.get("rows_aside", 0),
                **dict(self.numbers),
                "problems": len(self.problems),
                "problems_by_code": self.problems.counts(),
                "flagged": told.flagged,
                "flags": dict(sorted(told.flags.items())),
                "changed_after_review": told.decided,
                **_written("surveys", told.surveys),
                **_written("records", told.records),
                "added": self.written.added,
                "changed": self.written.changed,
                "unchanged": self.written.unchanged,
            },
        }


def _written(table: str, done: Written) -> dict[str, int]:
    return {
        f"{table}_added": done.added,
        f"{table}_changed": done.changed,
        f"{table}_unchanged": done.unchanged,
    }


def import_birds(
    store: Store,
    site: Site,
    path: str | Path | Given,
    *,
    options: BirdOptions | None = None,
    actor: str,
    today: dt.date,
) -> ImportedBirds:
    """Read a file of bird surveys and keep it: surveys, records, problems, all or nothing.

    How the file was read (columns, layout, datum) is kept with the name of its source; the next
    file of that source is read the same way where nothing else is asked for, which is said as a
    warning. Large archives are read and written part by part.

    Parameters
    ----------
    today
        Later days are doubted.

    Notes
    -----
    The same file twice changes nothing. A survey or record with the identifier of one that the
    store holds replaces it where it says otherwise. What a person decided about a record (accepted,
    corrected, rejected) is never overwritten: where the source says otherwise by then, the record
    stays as decided and carries a flag with what the source says now. A record that nothing was
    matched with before, and that the checklist knows by now, is matched.

    Raises
    ------
    InputError
        The file cannot be read.
    StoreError
        The store cannot be written; it then holds what it held before.
    """
    opened, parts = _read_as_before(store, site, path, options or BirdOptions(), today)
    counted = Counted()
    keeper = Keeper(site, checklist_of(site.birds), today, counted)
    with store.transaction(actor=actor, reason="import") as tx:
        for surveys, records in parts:
            keeper.keep(tx, surveys, records)
        tx.write(SOURCES.name, source_table(opened.source))
        tx.write("problems", opened.problems.frame())
    return ImportedBirds(opened.problems, opened.source, opened.layout, opened.rows,
                         opened.counts, counted, keeper.suggestions())  # fmt: skip


def source_table(source: Mapping[str, Any]) -> pd.DataFrame:
    """Return the description of a file as the table `SOURCES`."""
    import pandas as pd

    kinds = empty(SOURCES).dtypes.to_dict()
    return pd.DataFrame([dict(source)], columns=SOURCES.names).astype(kinds)


def look_at_file(path: str | Path | Given, *, store: Path | None = None) -> Given:
    """Look at a file or folder that should hold bird surveys.

    Raises
    ------
    InputError
        It is missing, empty, damaged, or the store itself.
    """
    from wetland.birds.birdfiles import look_at_birds  # noqa: PLC0415 - starts fast

    with accepting(BIRDS_ACCEPTED):
        return look_at_birds(path, store=store)


def read_file(
    path: str | Path | Given,
    site: Site | None,
    options: BirdOptions | None,
    *,
    accepted: Mapping[str, str],
    today: dt.date,
) -> BirdReading:
    """Read a file as a whole; nothing is kept.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    from wetland.birds.birdfiles import look_at_birds  # noqa: PLC0415 - starts fast
    from wetland.birds.checklist import Checklist  # noqa: PLC0415
    from wetland.birds.read import read_birds  # noqa: PLC0415
    from wetland.birds.species import BirdPack  # noqa: PLC0415

    with accepting(BIRDS_ACCEPTED):
        return read_birds(
            look_at_birds(path),
            site_id="-" if site is None else site.id,
            timezone="UTC" if site is None else site.timezone,
            checklist=Checklist.of(BirdPack() if site is None else site.birds),
            plots={} if site is None else plots_of(site),
            accepted=accepted,
            today=today,
            options=options,
            shift=shift,
        )


def shift(lon: float, lat: float, datum: str) -> tuple[float, float]:
    """Bring one place of another datum to WGS84."""
    from wetland.zones.datums import to_wgs84  # noqa: PLC0415 - starts fast

    x, y = to_wgs84(lon, lat, datum)
    return float(x), float(y)


def _read_as_before(
    store: Store, site: Site, path: str | Path | Given, asked: BirdOptions, today: dt.date
) -> tuple[BirdChunks, Iterator[Settled]]:
    """Open a file over the mapping kept with its source, or plainly where that does not fit."""
    from wetland.birds.read import read_birds_chunks  # noqa: PLC0415 - starts fast

    given = look_at_file(path, store=store.path)
    known, accepted = checklist_of(site.birds), accepted_names(store, site)

    def opened(options: BirdOptions) -> tuple[BirdChunks, Iterator[Settled]]:
        with accepting(BIRDS_ACCEPTED):
            chunks = read_birds_chunks(
                given, site_id=site.id, timezone=site.timezone, checklist=known, today=today,
                accepted=accepted, plots=plots_of(site), options=options, shift=shift,
                store=store.path,
            )  # fmt: skip
            return chunks, _begun(chunks)

    name = asked.source or Path(given.name).stem
    saved = mapping_of(store, site, name)
    if saved is None or asked.over(saved).as_json() == asked.as_json():
        return opened(asked)
    try:
        found = opened(asked.over(saved))
    except InputError as error:
        found = opened(asked)
        message = MAPPING_UNFIT.fill(s=name, why=error.message)
        found[0].problems.add("mapping_unfit", message=message, level="warning")
        return found
    used = {k: v for k, v in saved.as_json().items() if k not in asked.as_json()}
    message = MAPPING_USED.fill(s=name, m=", ".join(used) or "-")
    found[0].problems.add("mapping_used", message=message, level="warning")
    return found


def _begun(chunks: BirdChunks) -> Iterator[Settled]:
    """Read the first part at once, so that what cannot be read at all is told before writing."""
    rest = iter(chunks)
    first = next(rest, None)

    def parts() -> Iterator[Settled]:
        if first is not None:
            yield first
            yield from rest

    return parts()


def mapping_of(store: Store, site: Site, source: str) -> BirdOptions | None:
    """Return how the last bird file of a source was read; None where nothing was set."""
    from wetland.birds.sightings import ROLES  # noqa: PLC0415 - starts fast

    for row in reversed(rows_of(store.read(SOURCES.name, {"site": site.id, "name": source}))):
        saved = saved_mapping(row["options"])
        if saved is not None and set(saved.columns) <= set(ROLES):
            return saved
    return None
