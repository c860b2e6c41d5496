"""Read a file of visitors: what is sound becomes counts or readings, what is not, problems.

Nothing is lost: every number of the file is a row of a table (flagged where a test speaks against
it), a repetition that is told, or an error with its row and column. Empty cells and totals are
counted.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.cells import number
from wetland.reading.dates import CellError
from wetland.reading.files import Given, look_at
from wetland.reading.grid import Grid, read_grid
from wetland.reading.options import zone_of
from wetland.reading.telling import Teller
from wetland.visitors.counters import Reading, steps
from wetland.visitors.countfiles import without_own_columns
from wetland.visitors.flags import Limits, run_tests, settle_repeated, tell_gaps
from wetland.visitors.layouts import Head, find_head, need_head, with_title_date
from wetland.visitors.pack import VisitorPack
from wetland.visitors.readframes import counts_table, digest, parking_table
from wetland.visitors.readoptions import CountOptions
from wetland.visitors.readplaces import Places
from wetland.visitors.readrows import RowReader, Rows
from wetland.visitors.readseen import Seen
from wetland.visitors.readtimes import Times
from wetland.visitors.tables import MEASURES

if TYPE_CHECKING:
    import pandas as pd

_NO_PACK = VisitorPack()

OF_TITLE = text("没有日期列，取标题中的 {d}", "no column of dates: {d} was taken from the title")
NOTHING = text("文件中没有可用的数量", "no usable count in the file")


@dataclass(frozen=True, slots=True)
class CountReading:
    """What a file of visitors held.

    Parameters
    ----------
    counts, parking
        The tables `VISITOR_COUNTS` and `PARKING_READINGS`; one of them has no rows.
    problems
        What was wrong or worth knowing.
    source
        The row of `SOURCES` that describes the file.
    rows
        Rows of the file below its header; blank lines are not rows.
    layout
        How it was read: ``tidy``, ``wide`` or ``parking``.
    mapping
        Header of the file -> what it was read as: a role, or the measure and place of its counts.
    numbers
        ``counts`` or ``readings``, ``good``, ``suspect``, ``fail``, ``unknown``, ``empty`` and
        ``closed`` cells, ``totals`` that agreed, ``repeated`` and ``wrong`` rows.
    """

    counts: pd.DataFrame
    parking: pd.DataFrame
    problems: Problems
    source: dict[str, Any]
    rows: int
    layout: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Taken:
    """A file taken apart: its numbers, settled and tested, and how it was understood."""

    seen: list[Seen]
    head: Head
    grid: Grid
    rows: Rows
    tell: Teller
    repeated: int

    @property
    def numbers(self) -> dict[str, int]:
        """Return what was counted while reading."""
        told = Counter(one.flag for one in self.seen)
        here = "readings" if self.head.layout == "parking" else "counts"
        found = {here: len(self.seen), **told, **self.rows.numbers, "repeated": self.repeated,
                 "wrong": self.tell.wrong_rows}  # fmt: skip
        return {word: n for word, n in found.items() if n}


def take_apart(  # noqa: PLR0913 - what a site knows
    given: Given,
    options: CountOptions,
    problems: Problems,
    *,
    timezone: str,
    site_id: str | None = None,
    pack: VisitorPack = _NO_PACK,
    today: dt.date | None = None,
    before: Mapping[tuple[str, ...], Reading] | None = None,
    lone: bool = False,
) -> Taken:
    """Take a file of visitors apart: its numbers with their times, what they count, their flags.

    Parameters
    ----------
    site_id
        What counts are of that name no place, where the pack has no area.
    lone
        Whether it holds plain series for a forecast: places and measures need no name, numbers need
        not be whole, and first days of months stay days.

    Raises
    ------
    InputError
        The file, or its header, cannot be read.
    """
    places = Places(pack, options.places, site=site_id)

    def wanted(grid: Grid) -> bool:
        found = without_own_columns(grid)
        return find_head(found, with_title_date(found, options, places), places) is not None

    tell = Teller(problems)
    grid = without_own_columns(read_grid(given, options, problems, wanted=wanted), problems)
    dated = with_title_date(grid, options, places)
    if dated != options:
        problems.add("date_of_title", value=dated.default_date, level="warning",
                     message=OF_TITLE.fill(d=dated.default_date))  # fmt: skip
    head = need_head(grid, dated, places, given.name)
    rows = RowReader(grid, head, dated, places, tell, lone).read()
    site_zone = zone_of(timezone)
    file_zone = zone_of(options.timezone) if options.timezone else site_zone
    times = Times(file_zone, site_zone, tell, options.hours, not lone)
    settled = times.settle(rows.seen)
    kept = settle_repeated(settled, tell)
    steps(kept, times, before=before)
    run_tests(kept, Limits(options.most, today, not lone))
    tell_gaps(kept, tell, MEASURES)
    _tell_tests(kept, tell)
    tell.close()
    return Taken(kept, head, grid, rows, tell, len(settled) - len(kept))


def _tell_tests(seen: list[Seen], tell: Teller) -> None:
    for one in seen:
        for test in one.tests:
            tell.rows(test.name, [one.row], test.message, column=one.column, value=one.raw,
                      level="warning")  # fmt: skip


def read_counts(  # noqa: PLR0913 - what a site knows
    source: str | Path | Given,
    options: CountOptions | None = None,
    *,
    site_id: str,
    timezone: str,
    pack: VisitorPack = _NO_PACK,
    today: dt.date | None = None,
    history: pd.DataFrame | None = None,
    store: str | Path | None = None,
) -> CountReading:
    """Read a file of counts of visitors, or of readings of car parks.

    Parameters
    ----------
    source
        A path, or what was sent (`Given.of_bytes`): CSV, TSV or XLSX.
    options
        What is known of the file beside its content.
    site_id, timezone
        Namespace of the identifiers; time zone of local moments and days.
    pack
        The site's places and car parks; names in the file are matched to their ids and names.
    today
        Day of the import: later ones cannot have been counted. None does not test it.
    history
        Earlier counts (`VISITOR_COUNTS`), from which counters go on.
    store
        The store's own file, which must not be read this way.

    Raises
    ------
    InputError
        Nothing can be read: no such file, damaged, no header, an option that does not fit.
    """
    checked = (options or CountOptions()).checked()
    given = look_at(source, store=store)
    source_id = "s-" + digest(["visitors", site_id, given.sha256(), checked.as_json()])
    problems = Problems(given.name, source_id)
    taken = take_apart(given, checked, problems, timezone=timezone, site_id=site_id, pack=pack,
                       today=today, before=_before(history))  # fmt: skip
    if not any(one.value is not None and one.flag != "fail" for one in taken.seen):
        problems.add("no_counts", message=NOTHING, level="warning")
    is_parking = taken.head.layout == "parking"
    counts = counts_table([] if is_parking else taken.seen, site_id, source_id)
    parking = parking_table(taken.seen if is_parking else [], site_id, source_id)
    described = _source(given, checked, taken, problems) | {"source_id": source_id, "site": site_id}
    return CountReading(counts, parking, problems, described, taken.rows.rows, taken.head.layout,
                        _mapping(taken.head), taken.numbers)  # fmt: skip


def _source(
    given: Given, options: CountOptions, taken: Taken, problems: Problems
) -> dict[str, Any]:
    """Return what the row of `SOURCES` says of a file."""
    aside = min(taken.rows.rows, len(problems.error_rows))
    return {
        "name": options.source or Path(given.name).stem,
        "sha256": given.sha256(),
        "file": given.name,
        "size_bytes": given.size,
        "format": taken.grid.format,
        "encoding": taken.grid.encoding,
        "crs": None,
        "options": json.dumps(options.as_json(), ensure_ascii=False, sort_keys=True),
        "rows": taken.rows.rows,
        "rows_read": taken.rows.rows - aside,
        "rows_aside": aside,
    }


def _mapping(head: Head) -> dict[str, str]:
    """Return what each column was read as."""
    found = {head.labels[at]: role for role, at in head.roles.items()}
    for column in head.values:
        told = (column.measure, column.place, column.cumulative and "cumulative", column.hour)
        words = " ".join(filter(None, told))
        found[column.label] = words or found.get(column.label, "count")
    found |= {head.labels[at]: "total" for at in head.totals}
    return found


def _before(history: pd.DataFrame | None) -> dict[tuple[str, ...], Reading]:
    """Return the last reading of each counter in earlier counts."""
    found: dict[tuple[str, ...], Reading] = {}
    if history is None or history.empty:
        return found
    names = ["place_kind", "place", "measure", "counter", "value_received", "end_at", "counted_to"]
    used = history[history["counter"].notna()].sort_values(["counted_to", "end_at"])
    for kind, place, measure, counter, raw, end, day in used[names].itertuples(index=False):
        try:
            value = number(raw)
        except CellError:
            continue
        at = None if end is None or end != end else end.to_pydatetime()
        found[kind, place, measure, counter] = Reading(value, at, day)
    return found
