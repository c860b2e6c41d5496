"""Import water results from files: read, keep, remember how a source's files are to be read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.base.errors import InputError
from wetland.base.tables import DTYPES
from wetland.base.texts import Lang, text
from wetland.operations.screening import chunks
from wetland.operations.water import WaterData, empty, station_of, stations_of
from wetland.reading.files import Given, accepting, format_of, look_at
from wetland.reports.findings import problem_json, rows_of
from wetland.screening.tables import SOURCES
from wetland.sites.load import Site
from wetland.store.store import Store
from wetland.store.transaction import Transaction, Written
from wetland.water.readoptions import WaterOptions, saved_mapping
from wetland.water.stations import Station
from wetland.water.tables import WATER_RESULTS, WATER_STATIONS

if TYPE_CHECKING:
    import pandas as pd

    from wetland.water.read import WaterReading

MAPPING_USED = text(
    "按来源“{s}”上次的设置读取：{m}", "read as the last file of source '{s}' was: {m}"
)
MAPPING_UNFIT = text(
    "来源“{s}”上次的设置不适用于此文件，未采用：{why}",
    "how the last file of source '{s}' was read does not fit this one, and was not used: {why}",
)
WATER_FORMATS = ("csv", "xlsx", "parquet")
WATER_ACCEPTED = text(
    "水质数据可读取：CSV、XLSX、Parquet（Water Quality Portal）",
    "water results can be read from: CSV, XLSX, Parquet of the Water Quality Portal",
)
NO_TABLE = text("{f}：这是 {k} 文件，不是检测结果表", "{f}: a {k} file holds no table of results")
CONTRADICTS = text(
    "存储中来源“{s}”的同一结果是 {v}，与此不同；保留原值，此值搁置",
    "the store holds {v} for it from source '{s}': that stays, this one is set aside",
)
KEPT_MEASURED = text(
    "{n} 个单元格写作未测，而存储中已有结果：保留已有结果",
    "{n} cells say that nothing was measured where the store holds a result: that stays",
)
_COMPARED = ("result_id", "source_id", "content", "value", "censoring")


@dataclass(frozen=True, slots=True)
class ImportedWater:
    """What an import of water results did; ``written`` counts results."""

    reading: WaterReading
    written: Written

    def to_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return the import as JSON-ready mappings in one language."""
        reading = self.reading
        problems = sorted(reading.problems.items, key=lambda p: p.row or 0)  # stable
        flags = reading.results["flag"].value_counts()
        return {
            "source": dict(reading.source),
            "problems": [problem_json(p, lang) for p in problems],
            "stations": sorted(set(reading.results["station"])),
            "counts": {
                "rows": reading.rows,
                "rows_aside": reading.source["rows_aside"],
                "problems": len(reading.problems),
                "problems_by_code": reading.problems.counts(),
                "flags": {str(flag): int(n) for flag, n in flags.items()},
                **dict(reading.counts),
                "added": self.written.added,
                "changed": self.written.changed,
                "unchanged": self.written.unchanged,
            },
        }


def look_at_water(source: str | Path | Given, *, store: str | Path | None = None) -> Given:
    """Look at a file that should hold water results.

    Raises
    ------
    InputError
        It is missing, empty, the store itself, or of a format that holds no table of results.
    """
    with accepting(WATER_ACCEPTED):
        given = look_at(source, store=store)
        format = format_of(given, accept={"xlsx"})
    if format not in WATER_FORMATS:
        message = NO_TABLE.fill(f=given.name, k=format)
        raise InputError(message, hint=WATER_ACCEPTED)
    return given


def import_water(
    store: Store,
    site: Site,
    path: str | Path | Given,
    *,
    options: WaterOptions | None = None,
    actor: str,
) -> ImportedWater:
    """Read a file of water results and keep it: stations, results, problems, all or nothing.

    How the file was read (columns, words, units) is kept with the name of its source; the next file
    of that source is read the same way where nothing else is asked for, which is said as a warning.

    Notes
    -----
    The same file twice changes nothing. A result of the same station, moment and parameter from
    the same source replaces the earlier one; one of another source does not, and where it says
    otherwise it is a problem. A station of the site's pack is never changed.

    Raises
    ------
    InputError
        The file cannot be read.
    StoreError
        The store cannot be written; it then holds what it held before.
    """
    given = look_at_water(path, store=store.path)
    reading = _read_as_before(given, site, options or WaterOptions(), store)
    return ImportedWater(reading, _keep(store, site, reading, actor))


def _read_as_before(given: Given, site: Site, asked: WaterOptions, store: Store) -> WaterReading:
    """Read a file over the mapping kept with its source, or plainly where that does not fit."""
    from wetland.water.read import read_water  # noqa: PLC0415 - starts fast

    known = stations_of(store, site)
    history = store.read(WATER_RESULTS.name, {"site": site.id})

    def read(options: WaterOptions) -> WaterReading:
        return read_water(
            given, site_id=site.id, timezone=site.timezone, stations=known, options=options,
            store=store.path, history=history if len(history) else None,
        )  # fmt: skip

    name = asked.source or Path(given.name).stem
    saved = mapping_of(store, site, name)
    if saved is None or asked.over(saved).as_json() == asked.as_json():
        return read(asked)
    try:
        reading = read(asked.over(saved))
    except InputError as error:
        reading = read(asked)
        message = MAPPING_UNFIT.fill(s=name, why=error.message)
        reading.problems.add("mapping_unfit", message=message, level="warning")
        return reading
    used = {k: v for k, v in saved.as_json().items() if k not in asked.as_json()}
    message = MAPPING_USED.fill(s=name, m=", ".join(used) or "-")
    reading.problems.add("mapping_used", message=message, level="warning")
    return reading


def mapping_of(store: Store, site: Site, source: str) -> WaterOptions | None:
    """Return how the last water file of a source was read; None where nothing was set."""
    from wetland.water.columns import ROLES  # noqa: PLC0415 - starts fast

    for row in reversed(rows_of(store.read(SOURCES.name, {"site": site.id, "name": source}))):
        saved = saved_mapping(row["options"])
        if saved is not None and set(saved.columns) <= set(ROLES):
            return saved
    return None


def _keep(store: Store, site: Site, reading: WaterReading, actor: str) -> Written:
    import pandas as pd

    source = pd.DataFrame([reading.source], columns=SOURCES.names).astype(
        {c.name: DTYPES[c.kind] for c in SOURCES.columns}
    )
    declared = {station.id for station in site.water.stations}
    stations = reading.stations[~reading.stations["station"].isin(declared)]
    with store.transaction(actor=actor, reason=f"import {reading.source['file']}") as tx:
        tx.write(SOURCES.name, source)
        tx.write(WATER_STATIONS.name, stations.reset_index(drop=True))
        new = _new_rows(tx, site, reading)
        written = tx.write(WATER_RESULTS.name, new.reset_index(drop=True))
        tx.write("problems", reading.problems.frame())
    return written + Written(unchanged=len(reading.results) - len(new))


def _new_rows(tx: Transaction, site: Site, reading: WaterReading) -> pd.DataFrame:
    """Return the results that the store does not hold yet, or holds otherwise from this source.

    What another source told otherwise stays, and the contradiction is a problem: nothing tells
    which is right. A result takes the place of one that was missing, whoever told that; a missing
    one never that of a result, which is told.
    """
    read = reading.results
    held: dict[str, dict[str, Any]] = {}
    for part in chunks(read["result_id"].tolist()):
        found = tx.read(WATER_RESULTS.name, {"result_id": part})
        held |= {str(row["result_id"]): row for row in rows_of(found[list(_COMPARED)])}
    if not held:
        return read
    sources = tx.read(SOURCES.name, {"site": site.id})
    names = dict(zip(sources["source_id"], sources["name"], strict=True))
    own = str(reading.source["name"])
    new = []
    kept = 0
    for row in rows_of(read[[*_COMPARED, "source_row", "parameter", "value_received"]]):
        before = held.get(str(row["result_id"]))
        if before is None or before["content"] == row["content"]:
            new.append(before is None)
            continue
        if _is_missing(before) or _is_missing(row):
            new.append(_is_missing(before) and not _is_missing(row))
            kept += not _is_missing(before)
            continue
        other = str(names.get(before["source_id"], before["source_id"]))
        new.append(other == own)
        if other != own and not _same(before, row):
            _tell_contradiction(reading, row, before, other)
    if kept:
        message = KEPT_MEASURED.fill(n=kept)
        reading.problems.add("measured_before", message=message, level="warning")
    return read[np.array(new, dtype=bool)]


def _is_missing(row: Mapping[str, Any]) -> bool:
    return row["value"] is None and row["censoring"] == "none"


def _same(before: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Tell whether two results say the same, however they were written."""
    one, other = before["value"], row["value"]
    if before["censoring"] != row["censoring"] or (one is None) != (other is None):
        return False
    return one is None or math.isclose(one, other, rel_tol=1e-9)


def _tell_contradiction(
    reading: WaterReading, row: Mapping[str, Any], before: Mapping[str, Any], other: str
) -> None:
    value = ("<" if before["censoring"] == "below" else "") + f"{before['value']}"
    reading.problems.add(
        "contradicts_store",
        row=row["source_row"],
        column=str(row["parameter"]),
        value=row["value_received"],
        message=CONTRADICTS.fill(s=other, v=value),
    )


def water_of_file(
    path: str | Path | Given, site: Site | None = None, options: WaterOptions | None = None
) -> WaterData:
    """Return the water results of a file; nothing is kept.

    Parameters
    ----------
    site
        Gives stations, programmes and time zone; None knows none (times without an offset are then
        UTC).
    options
        How to read it.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    from wetland.water.read import read_water  # noqa: PLC0415 - starts fast

    known: Mapping[str, Station] = {} if site is None else stations_of(None, site)
    reading = read_water(
        look_at_water(path),
        site_id="-" if site is None else site.id,
        timezone="UTC" if site is None else site.timezone,
        stations=known,
        options=options or WaterOptions(),
    )
    came = {str(row["station"]): station_of(row) for row in rows_of(reading.stations)}
    return WaterData(
        reading.results,
        {**came, **known},
        {} if site is None else site.water.programmes,
        () if site is None else site.water.statements,
        _sources(reading.source),
        reading.problems.frame(),
    )


def _sources(source: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    table = empty(SOURCES)
    row = pd.DataFrame([source], columns=SOURCES.names).astype(table.dtypes.to_dict())
    return row
