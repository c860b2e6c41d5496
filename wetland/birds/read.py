"""Read a file of bird surveys: what is sound becomes surveys and records, what is not, problems.

Nothing is lost: a row becomes a record (or, where a visit found nothing, a survey), or is told with
its row and column. A layout is one reader (`READERS`) that takes a file apart into `Sightings`;
what cells mean is decided in one place for all of them (`wetland.birds.settle`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.birds.birdfiles import look_at_birds
from wetland.birds.birdids import bird_source_id
from wetland.birds.birdsource import BirdSource, Reader
from wetland.birds.checklist import Checklist
from wetland.birds.readlayouts import layout_of
from wetland.birds.readoptions import BirdOptions
from wetland.birds.readplaces import Shift
from wetland.birds.settle import Settled, Settler
from wetland.birds.sightings import Sightings
from wetland.birds.species import Plot
from wetland.reading.files import Given

if TYPE_CHECKING:
    import pandas as pd

# Layout -> module and function that take a file of it apart.
READERS: dict[str, tuple[str, str]] = {
    "dwca": ("wetland.birds.dwca", "read_archive"),
    "dwc": ("wetland.birds.dwccsv", "read_dwc"),
    "camtrap": ("wetland.birds.camtrap", "read_camtrap"),
    "ebird": ("wetland.birds.ebird", "read_ebird"),
    "odk": ("wetland.birds.odk", "read_odk"),
    "sheet": ("wetland.birds.sheet", "read_sheet"),
    "tidy": ("wetland.birds.tidy", "read_tidy"),
}

NOTHING = text("文件中没有可用的鸟类记录或调查", "no usable record or survey of birds in the file")
NOT_BIRDS = text("{n} 行不是鸟类，未读入", "{n} rows are not of birds: not read")
_EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class BirdReading:
    """What a bird file held.

    Parameters
    ----------
    surveys, records
        The tables `BIRD_SURVEYS` and `BIRD_RECORDS`. Records are not yet tested for plausibility.
    problems
        What was wrong or worth knowing.
    source
        The row of `SOURCES` that describes the file.
    rows
        Rows of the file; blank lines are not rows.
    layout
        How it was read.
    counts
        ``surveys``, ``records``, ``present``, ``absent``, ``unmatched`` records, ``wrong`` rows,
        and what the layout counts (``not_birds``, ``duplicates`` ...).
    """

    surveys: pd.DataFrame
    records: pd.DataFrame
    problems: Problems
    source: dict[str, Any]
    rows: int
    layout: str
    counts: dict[str, int] = field(default_factory=dict)


class BirdChunks:
    """A bird file read part by part; ``reading`` describes it once all parts were taken.

    Examples
    --------
    ::

        chunks = read_birds_chunks(path, site_id="xixi", timezone="Asia/Shanghai", ...)
        for surveys, records in chunks:
            ...
        chunks.source, chunks.problems, chunks.counts
    """

    def __init__(self, source: BirdSource, settler: Settler, layout: str, described: dict[str, Any]
                 ) -> None:  # fmt: skip
        self._source, self._settler = source, settler
        self.layout, self.source = layout, described
        self.problems, self.rows = source.problems, 0
        self.counts: dict[str, int] = {}

    @property
    def source_id(self) -> str:
        """Return the identifier of the file read in this way."""
        return str(self.source["source_id"])

    def __iter__(self) -> Iterator[Settled]:
        """Yield surveys and records, each survey once, before its first record."""
        counts = dict.fromkeys(("surveys", "records", "present", "absent", "unmatched", "wrong"), 0)
        for sightings in _reader(self.layout)(self._source):
            settled = self._settler.settle(sightings)
            absent = int((settled.records["occurrence_status"] == "absent").sum())
            counts["surveys"] += len(settled.surveys)
            counts["records"] += len(settled.records)
            counts["absent"] += absent
            counts["present"] += len(settled.records) - absent
            counts["unmatched"] += int((settled.records["match"] == "none").sum())
            yield settled
        self._settler.close()
        self._finish(counts)

    def nothing(self) -> Settled:
        """Return the tables without rows."""
        return self._settler.settle(Sightings.of([], {}))

    def _finish(self, counts: dict[str, int]) -> None:
        tally = self._source.tally
        told = self._settler.tell.wrong_rows + tally.numbers.pop("wrong", 0)
        counts["wrong"] = max(told, len(self.problems.error_rows))
        self.counts = {**counts, **{word: n for word, n in sorted(tally.numbers.items()) if n}}
        left_out = tally.numbers.get("not_birds", 0)
        if left_out:
            self.problems.add("not_birds", message=NOT_BIRDS.fill(n=left_out), level="warning")
        if not counts["surveys"]:
            self.problems.add("no_records", message=NOTHING, level="warning")
        self.rows = tally.rows
        self.source.update(format=tally.format, encoding=tally.encoding, rows=self.rows,
                           rows_read=max(0, self.rows - counts["wrong"]),
                           rows_aside=min(self.rows, counts["wrong"]))  # fmt: skip


def read_birds_chunks(  # noqa: PLR0913 - what a site knows
    source: str | Path | Given,
    *,
    site_id: str,
    timezone: str,
    checklist: Checklist,
    today: dt.date,
    accepted: Mapping[str, str] = _EMPTY,
    plots: Mapping[str, Plot] = _EMPTY,
    options: BirdOptions | None = None,
    beside: Mapping[str, Given] = _EMPTY,
    shift: Shift | None = None,
    store: str | Path | None = None,
) -> BirdChunks:
    """Open a bird file to be read part by part, so that large archives need little memory.

    Parameters
    ----------
    source
        A path (a file, or the folder of a package), or what was sent (`Given.of_bytes`).
    site_id, timezone
        Namespace of the identifiers; time zone of local moments and days.
    checklist
        Species of the site, by which names are matched.
    today
        Day of the import.
    accepted
        Names a person accepted -> species.
    plots
        Plots the site declares, by id; places in the file are matched to ids and names.
    options
        What is known of the file beside its content.
    beside
        Files that belong to it: ``sampling``. A path in the options is opened otherwise.
    shift
        Brings coordinates of other datums to WGS84; without it such places are not read.
    store
        The store's own file, which must not be read this way.

    Raises
    ------
    InputError
        Nothing can be read: no such file, damaged, of no known layout, an option that does not fit.
    """
    checked = (options or BirdOptions()).checked()
    given = look_at_birds(source, store=store)
    others = dict(beside)
    if checked.sampling_file is not None and "sampling" not in others:
        others["sampling"] = look_at_birds(checked.sampling_file, store=store)
    sha256 = given.sha256()
    told = [sha256, *(f"{word}:{one.sha256()}" for word, one in sorted(others.items()))]
    source_id = bird_source_id(site_id, "+".join(told), checked)
    opened = BirdSource(given, checked, Problems(given.name, source_id), timezone, checklist,
                        plots, today, others)  # fmt: skip
    layout = checked.layout or layout_of(opened)
    described = {
        "source_id": source_id,
        "site": site_id,
        "name": checked.source or Path(given.name).stem,
        "sha256": sha256,
        "file": given.name,
        "size_bytes": given.size,
        "crs": None,
        "options": json.dumps(checked.as_json(), ensure_ascii=False, sort_keys=True),
    }
    settler = Settler(opened, site_id=site_id, source_id=source_id, accepted=accepted, shift=shift)
    return BirdChunks(opened, settler, layout, described)


def read_birds(  # noqa: PLR0913 - what a site knows
    source: str | Path | Given,
    *,
    site_id: str,
    timezone: str,
    checklist: Checklist,
    today: dt.date,
    accepted: Mapping[str, str] = _EMPTY,
    plots: Mapping[str, Plot] = _EMPTY,
    options: BirdOptions | None = None,
    beside: Mapping[str, Given] = _EMPTY,
    shift: Shift | None = None,
    store: str | Path | None = None,
) -> BirdReading:
    """Read a bird file as a whole; see `read_birds_chunks`."""
    import pandas as pd

    chunks = read_birds_chunks(
        source, site_id=site_id, timezone=timezone, checklist=checklist, today=today,
        accepted=accepted, plots=plots, options=options, beside=beside, shift=shift, store=store,
    )  # fmt: skip
    parts = list(chunks) or [chunks.nothing()]
    surveys = pd.concat([p.surveys for p in parts if len(p.surveys)] or [parts[0].surveys])
    records = pd.concat([p.records for p in parts if len(p.records)] or [parts[0].records])
    return BirdReading(surveys.reset_index(drop=True), records.reset_index(drop=True),
                       chunks.problems, chunks.source, chunks.rows, chunks.layout,
                       chunks.counts)  # fmt: skip


def _reader(layout: str) -> Reader:
    module, function = READERS[layout]
    return cast(Reader, getattr(import_module(module), function))
