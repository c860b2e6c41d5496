"""Screen the observations of a partition, or of a bucket of tracks, and write its part."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.findings import FINDINGS
from wetland.base.problems import PROBLEMS, Problems
from wetland.base.texts import text
from wetland.operations.batch_counts import counted, merged
from wetland.operations.batch_files import (
    from_arrow,
    read_arrow,
    to_arrow,
    write_arrow,
    write_table,
)
from wetland.operations.batch_job import Job, ScreenOrder, site_of
from wetland.operations.batch_read import spill_of
from wetland.operations.batch_twins import CONFLICT
from wetland.operations.indexes import prepare_indexes
from wetland.regulations.records import RECORDS
from wetland.screening.screen import Law, screen
from wetland.screening.steady import MOST_GAP_S
from wetland.screening.tables import OBSERVATIONS
from wetland.sites.load import Site
from wetland.zones import readiness

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

CHUNK_ROWS = 100_000
_KEPT = threading.local()  # a worker of Dask may run several threads
TWINS_FOLDER = "told"
REPEATED_IN = text("与 {f} 第 {n} 行相同，只读一次", "says the same as row {n} of {f}: read once")
CONFLICT_IN = text(
    "编号与 {f} 第 {n} 行相同而内容不同，无法判断哪一行正确",
    "same identifier as row {n} of {f}, other content: which is right cannot be told",
)


def screen_part(job: Job, order: ScreenOrder) -> dict[str, Any]:
    """Screen observations and write their findings; return what the part says of itself."""
    site = site_of(job)
    records = None if job.records is None else _records(job.records, job.records_digest)
    about: dict[str, Any] = {"key": order.key, "counts": {}}
    told = Problems("")
    if readiness.expect(order.rows_in_all):
        _keep_indexes(site)
    law = _law(site, job)

    def findings() -> Iterator[pd.DataFrame]:
        for rows in _chunks(job, order, told):
            found = screen(rows, site, records=records, settings=job.settings, widest=order.widest,
                           law=law)  # fmt: skip
            about["counts"] = merged([about["counts"], counted(found)])
            yield from found.tables()

    def said() -> dict[str, Any]:
        codes = sorted({p.code for p in told.items})
        twins = {code: sum(p.code == code for p in told.items) for code in codes}
        return {**about, "twins": twins}

    out = Path(job.work).parent
    write_table(findings(), FINDINGS, out / order.part, work=Path(job.work), about=said)
    if len(told):
        _tell(job, order, told)
    return said()


@lru_cache(maxsize=2)
def _keep_indexes(site: Site) -> None:
    """Have the indexes of a site's zones from their files, or make these; once in a process."""
    prepare_indexes(site)


def _law(site: Site, job: Job) -> Law:
    """Return the law with what this thread already had answered for earlier parts of the run."""
    asked = (job.site, job.pack_digest, job.settings)
    if getattr(_KEPT, "asked", None) != asked:
        _KEPT.asked, _KEPT.law = asked, Law.of(site, job.settings)
    law: Law = _KEPT.law
    return law


def told_file(work: Path, key: str) -> Path:
    """Return the file that tells of a part's repeated rows."""
    return work / TWINS_FOLDER / f"{key}.arrow"


def _tell(job: Job, order: ScreenOrder, told: Problems) -> None:
    path = told_file(Path(job.work), order.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_arrow(to_arrow(told.frame(), PROBLEMS), path, work=Path(job.work))


@lru_cache(maxsize=2)
def _records(path: str, digest: str) -> pd.DataFrame:
    return from_arrow(read_arrow(Path(path)), RECORDS)


def _chunks(job: Job, order: ScreenOrder, told: Problems) -> Iterator[pd.DataFrame]:
    """Yield observations, some at a time, fixes of one stretch of a track always together."""
    import pyarrow as pa

    tables = [
        _taken(read_arrow(Path(folder) / spill_of(order)), file, drops, told)
        for folder, file, drops in zip(order.pieces, order.files, order.drops, strict=True)
    ]
    table = pa.concat_tables(tables)
    if order.bucket is None:
        for start in range(0, table.num_rows, CHUNK_ROWS):
            yield from_arrow(table.slice(start, CHUNK_ROWS), OBSERVATIONS)
        return
    order_of, ends = _stretches(table, CHUNK_ROWS)
    start = 0
    for end in ends:
        yield from_arrow(table.take(pa.array(order_of[start:end])), OBSERVATIONS)
        start = end


def _taken(table: pa.Table, file: str, drops: str | None, told: Problems) -> pa.Table:
    """Leave out rows that occur twice, and tell of them."""
    import pyarrow as pa

    if drops is None:
        return table
    lost = np.load(drops, allow_pickle=False)
    at = table.column("at").to_numpy()
    here = np.isin(at, lost["at"])
    gone = table.filter(pa.array(here)).select(["at", "source_id", "record_id", "source_row"])
    why = {int(d["at"]): d for d in lost}
    for row in gone.to_pylist():
        drop = why[row["at"]]
        wrong = int(drop["why"]) == CONFLICT
        message = CONFLICT_IN if wrong else REPEATED_IN
        problems = Problems(file, row["source_id"])
        problems.add("duplicate_id" if wrong else "repeated_row", row=row["source_row"],
                     value=row["record_id"],
                     message=message.fill(f=str(drop["file"]), n=int(drop["row"])))  # fmt: skip
        told.extend(problems.items)
    return table.filter(pa.array(~here))


def _stretches(table: pa.Table, most: int) -> tuple[NDArray[np.int64], list[int]]:
    """Order fixes by track and time, and say where they may be cut.

    A cut lies where another track begins or where more than `MOST_GAP_S` passed: what a filter says
    of one stretch of a track does not hang on another.
    """
    import pyarrow as pa

    track = table.column("track_id").combine_chunks().dictionary_encode()
    names = np.array(track.dictionary.to_pylist(), dtype=object)
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(names)] = np.arange(len(names))
    number = rank[track.indices.to_numpy()]
    instants = table.column("occurred_at").cast(pa.int64())
    at = instants.fill_null(np.iinfo(np.int64).min).to_numpy()
    ids = np.array(table.column("observation_id").to_pylist(), dtype="S26")
    order = np.lexsort((ids, at, number))
    number, at = number[order], at[order]
    gap = (at[1:] / 1e6 - at[:-1] / 1e6) > MOST_GAP_S
    free = np.flatnonzero((number[1:] != number[:-1]) | gap) + 1
    ends: list[int] = []
    for end in [*free.tolist(), len(order)]:
        if end - (ends[-1] if ends else 0) >= most or end == len(order):
            ends.append(end)
    return order, ends
