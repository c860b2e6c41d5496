"""Import counts of visitors and readings of car parks: read, keep, remember how it was read."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.base.errors import InputError
from wetland.base.tables import TableSchema
from wetland.base.texts import Lang, text
from wetland.operations.birdfiles import source_table
from wetland.operations.screening import chunks
from wetland.operations.visitors import VisitorData, pack_of
from wetland.operations.wateranswers import plain
from wetland.operations.waterfiles import MAPPING_UNFIT, MAPPING_USED
from wetland.reading.files import Given, accepting, look_at
from wetland.reports.findings import problem_json, rows_of
from wetland.screening.tables import SOURCES
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Transaction, Written
from wetland.visitors.pack import VisitorPack
from wetland.visitors.tables import PARKING_READINGS, VISITOR_COUNTS

if TYPE_CHECKING:
    import pandas as pd

    from wetland.visitors.read import CountReading
    from wetland.visitors.readoptions import CountOptions

VISITORS_ACCEPTED = text(
    "客流计数与停车场读数可读取：CSV、TSV、XLSX",
    "counts of visitors and readings of car parks can be read from: CSV, TSV, XLSX",
)
KEPT_GOOD = text(
    "存储中来源“{s}”的同一计数是 {v}；此值未通过检验或是虚构的，保留原值",
    "the store holds {v} for it from source '{s}'; this one failed its tests or is invented: the "
    "former stays",
)
REPLACED = text(
    "来源“{s}”的同一计数原为 {v}，已按此文件更新",
    "source '{s}' had {v} for it: replaced by what this file says",
)
AND_MORE = text("另有 {n} 行与存储中其他来源的不同", "{n} more rows differ from other sources")
MOST_TOLD = 200  # differences told one by one
_VALUES = {VISITOR_COUNTS.name: "value", PARKING_READINGS.name: "occupied"}


@dataclass(frozen=True, slots=True)
class ImportedVisitors:
    """What an import did: ``counts`` of visitors and ``parking`` readings written."""

    reading: CountReading
    counts: Written
    parking: Written

    @property
    def written(self) -> Written:
        """Return how many rows of both tables were new, changed or known."""
        return self.counts + self.parking

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return the import as JSON-ready mappings in one language."""
        reading = self.reading
        problems = sorted(reading.problems.items, key=lambda p: p.row or 0)  # stable
        tables = (reading.counts, reading.parking)
        flags = Counter(str(flag) for table in tables for flag in table["flag"])
        return {
            "source": dict(reading.source),
            "layout": reading.layout,
            "mapping": plain(reading.mapping, lang),
            "places": sorted(set(reading.counts["place"])),
            "car_parks": sorted(set(reading.parking["car_park"])),
            "synthetic": any(_invented(table) for table in tables),
            "problems": [problem_json(p, lang) for p in problems],
            "counts": {
                "rows": reading.rows,
                "rows_aside": reading.source.get("rows_aside", 0),
                "problems": len(reading.problems),
                "problems_by_code": reading.problems.counts(),
                "flags": dict(sorted(flags.items())),
                **dict(reading.numbers),
                "visitor_counts": len(reading.counts),
                "parking_readings": len(reading.parking),
                "added": self.written.added,
                "changed": self.written.changed,
                "unchanged": self.written.unchanged,
            },
        }


def import_visitors(
    store: Store,
    site: Site,
    path: str | Path | Given,
    *,
    options: CountOptions | None = None,
    actor: str,
    today: dt.date,
) -> ImportedVisitors:
    """Read a file of counts or of car parks and keep it: rows, problems, all or nothing.

    How the file was read is kept with the name of its source; the next file of that source is read
    the same way where nothing else is asked for, which is said as a warning.

    Parameters
    ----------
    today
        Later days are doubted.

    Notes
    -----
    The same file twice changes nothing. A count of the same place, content and time replaces the
    earlier one, which is told where it came from another source. One that failed its tests never
    takes the place of one that did not, nor an invented one that of a measured one.

    Raises
    ------
    InputError
        The file cannot be read.
    StoreError
        The store cannot be written; it then holds what it held before.
    """
    reading = _read_as_before(store, site, path, options, today)
    with store.transaction(actor=actor, reason=f"import {reading.source['file']}") as tx:
        names = _source_names(tx, site)
        tx.write(SOURCES.name, source_table(reading.source))
        counts = _write(tx, VISITOR_COUNTS, reading.counts, reading, names)
        parking = _write(tx, PARKING_READINGS, reading.parking, reading, names)
        tx.write("problems", reading.problems.frame())
    return ImportedVisitors(reading, counts, parking)


def visitors_of_file(
    path: str | Path | Given,
    site: Site | None = None,
    options: CountOptions | None = None,
    *,
    today: dt.date,
) -> VisitorData:
    """Return the counts and readings of a file; nothing is kept.

    Parameters
    ----------
    site
        Gives places, capacities and time zone; None knows none (times without an offset are then
        UTC).
    options
        How to read it.
    today
        Later days are doubted.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    reading = read_file(path, site, options, today=today)
    return VisitorData(
        reading.counts,
        reading.parking,
        VisitorPack() if site is None else pack_of(site),
        source_table(reading.source),
        reading.problems.frame(),
        timezone="UTC" if site is None else site.timezone,
    )


def read_file(
    path: str | Path | Given,
    site: Site | None = None,
    options: CountOptions | None = None,
    *,
    today: dt.date,
    history: pd.DataFrame | None = None,
    store: Path | None = None,
) -> CountReading:
    """Read a file as a whole; nothing is kept.

    Parameters
    ----------
    history
        Earlier counts, from which counters go on.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    from wetland.visitors.read import read_counts  # noqa: PLC0415 - starts fast

    with accepting(VISITORS_ACCEPTED):
        return read_counts(
            path,
            options,
            site_id="-" if site is None else site.id,
            timezone="UTC" if site is None else site.timezone,
            pack=VisitorPack() if site is None else pack_of(site),
            today=today,
            history=history,
            store=store,
        )


def mapping_of(store: Store, site: Site, source: str) -> CountOptions | None:
    """Return how the last file of a source was read; None where nothing was set."""
    from wetland.visitors.readoptions import saved_mapping  # noqa: PLC0415 - starts fast
    from wetland.visitors.readwords import ROLES  # noqa: PLC0415

    for row in reversed(rows_of(store.read(SOURCES.name, {"site": site.id, "name": source}))):
        saved = saved_mapping(row["options"])
        if saved is not None and set(saved.columns) <= set(ROLES):
            return saved
    return None


def _read_as_before(
    store: Store, site: Site, path: str | Path | Given, asked: CountOptions | None, today: dt.date
) -> CountReading:
    """Read a file over the mapping kept with its source, or plainly where that does not fit."""
    from wetland.visitors.readoptions import CountOptions  # noqa: PLC0415 - starts fast

    with accepting(VISITORS_ACCEPTED):
        given = look_at(path, store=store.path)
    mine = asked or CountOptions()

    def read(options: CountOptions) -> CountReading:
        reading = read_file(given, site, options, today=today, store=store.path)
        history = _earlier(store, site, reading.counts)
        if history is None:
            return reading
        return read_file(given, site, options, today=today, history=history, store=store.path)

    name = mine.source or Path(given.name).stem
    saved = mapping_of(store, site, name)
    if saved is None or mine.over(saved).as_json() == mine.as_json():
        return read(mine)
    try:
        reading = read(mine.over(saved))
    except InputError as error:
        reading = read(mine)
        message = MAPPING_UNFIT.fill(s=name, why=error.message)
        reading.problems.add("mapping_unfit", message=message, level="warning")
        return reading
    used = {k: v for k, v in saved.as_json().items() if k not in mine.as_json()}
    message = MAPPING_USED.fill(s=name, m=", ".join(used) or "-")
    reading.problems.add("mapping_used", message=message, level="warning")
    return reading


def _earlier(store: Store, site: Site, counts: pd.DataFrame) -> pd.DataFrame | None:
    """Return what counters of a file told before the file begins; None where nothing did.

    A counter goes on from its last reading before the first one of the file: so a file that is
    imported again, or a corrected one, gives the same steps.
    """
    mine = counts[counts["counter"].notna()]
    if not len(mine):
        return None
    held = store.read(VISITOR_COUNTS.name, {"site": site.id, "place": sorted(set(mine["place"]))})
    held = held[held["counter"].notna()]
    names = ["place", "measure", "counter"]
    first = mine.groupby(names).agg(began=("start_at", "min"), first_day=("counted_on", "min"))
    told = held.join(first, on=names, how="inner")
    at, began = told["end_at"], told["began"]
    sooner = (at < began).where(at.notna() & began.notna(),
                                told["counted_to"] < told["first_day"])  # fmt: skip
    earlier = held.loc[told.index[sooner.to_numpy(dtype=bool)]]
    return earlier if len(earlier) else None


def _source_names(tx: Transaction, site: Site) -> dict[str, str]:
    held = tx.read(SOURCES.name, {"site": site.id})
    return dict(zip(held["source_id"], held["name"], strict=True))


def _write(
    tx: Transaction,
    schema: TableSchema,
    read: pd.DataFrame,
    reading: CountReading,
    names: Mapping[str, str],
) -> Written:
    """Write the rows of a table that are new or say otherwise, and tell what they replace."""
    key, value = schema.key, _VALUES[schema.name]
    compared = [key, "source_id", "content", "flag", "synthetic", value]
    held: dict[str, dict[str, Any]] = {}
    for part in chunks(read[key].tolist()):
        found = tx.read(schema.name, {key: part})
        held |= {str(row[key]): row for row in rows_of(found[compared])}
    if not held:
        return tx.write(schema.name, read) if len(read) else Written()
    fresh, differ = [], []
    for row in rows_of(read[[*compared, "source_row", "value_received"]]):
        before = held.get(str(row[key]))
        fresh.append(before is None or _replaces(row, before))
        if before is not None and row["content"] != before["content"]:
            other = names.get(str(before["source_id"]), str(before["source_id"]))
            if not fresh[-1] or (other != reading.source["name"] and row[value] != before[value]):
                message = REPLACED if fresh[-1] else KEPT_GOOD
                differ.append((row, message.fill(s=other, v=_number(before[value]))))
    for row, message in differ[:MOST_TOLD]:
        reading.problems.add("differs_from_store", row=row["source_row"], level="warning",
                             value=row["value_received"], message=message)  # fmt: skip
    if len(differ) > MOST_TOLD:
        message = AND_MORE.fill(n=len(differ) - MOST_TOLD)
        reading.problems.add("differs_from_store", message=message, level="warning")
    new = read[np.array(fresh, dtype=bool)].reset_index(drop=True)
    written = tx.write(schema.name, new) if len(new) else Written()
    return written + Written(unchanged=len(read) - len(new))


def _replaces(row: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Tell whether a row takes the place of what the store holds under its identifier."""
    if row["content"] == before["content"]:
        return False
    worse = row["flag"] == "fail" and before["flag"] != "fail"
    return not worse and not (bool(row["synthetic"]) and not bool(before["synthetic"]))


def _invented(table: pd.DataFrame) -> bool:
    return bool(table["synthetic"].fillna(False).astype(bool).any())


def _number(value: object) -> str:
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
