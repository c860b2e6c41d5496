"""Read the rows of a partition and keep, beside its observations, what the whole set must know.

Each partition has a folder named by its key: ``seen.npy`` (who says what, for rows that occur
twice), ``problems.arrow``, ``rows.arrow`` and ``track-N.arrow`` (observations, until they are
screened), and ``about.json``, written last: where it is there, the others were complete.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.base.errors import InputError
from wetland.base.problems import PROBLEMS, Problems
from wetland.operations.batch_datums import keep_sample
from wetland.operations.batch_files import read_json, to_arrow, whole, write_arrow, write_json
from wetland.operations.batch_job import Aside, Job, ReadOrder, ScreenOrder, site_of
from wetland.operations.batch_look import given_of
from wetland.reading.files import Given
from wetland.reading.raw import RawTable
from wetland.screening.identity import substances
from wetland.screening.read import READERS, observations_of
from wetland.screening.read_layers import arrow_rows, damaged
from wetland.screening.tables import OBSERVATIONS, POSITION_SOURCES
from wetland.sites.load import Site

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ABOUT, SEEN, PROBLEMS_FILE, ROWS = "about.json", "seen.npy", "problems.arrow", "rows.arrow"
BUFFER_BYTES = 1 << 20
# Who says what: the identifier's 96 bits, a digest of what is said, where, how sure of its place.
SEEN_TYPE = np.dtype([("high", "<u8"), ("low", "<u4"), ("said", "<u8"), ("at", "<u4"),
                      ("row", "<i8"), ("uncertainty_m", "<f8"), ("source", "<u1")])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a span of rows: the partitions read, and why the rest was set aside."""

    read: tuple[int, ...]
    aside: Aside | None = None


def folder_of(work: str | Path, key: str) -> Path:
    """Return the folder in which a partition is kept."""
    return Path(work) / "read" / key


def track_file(bucket: int) -> str:
    """Return the name of the file of one bucket of tracks."""
    return f"track-{bucket}.arrow"


def spill_of(order: ScreenOrder) -> str:
    """Return the name of the file in which the observations of an order are kept."""
    return ROWS if order.bucket is None else track_file(order.bucket)


def read_span(job: Job, order: ReadOrder) -> Done:
    """Read rows of a file and keep each partition of them.

    Raises
    ------
    InputError
        Not a single partition can be read.
    """
    site, read = site_of(job), 0
    given = given_of(order.file)
    try:
        for raw, problems in _parts(job, order, given):
            _keep(job, order, site, raw, problems=problems, key=order.keys[read])
            read += 1
    except InputError as error:
        if not read:
            raise
        return Done(tuple(range(read)), Aside.of(error))
    return Done(tuple(range(read)))


def _parts(job: Job, order: ReadOrder, given: Given) -> Iterator[tuple[RawTable, Problems]]:
    if order.span.groups != (0, 0):
        yield from _parquet_parts(order, given)
        return
    problems = Problems(given.name, order.source_id)
    raw = READERS[order.format](given, job.options, problems)
    for start, rows in order.span.cuts:
        yield _sliced(raw, start, rows), _of_rows(problems, raw.rows, start, rows)


def _sliced(raw: RawTable, start: int, rows: int) -> RawTable:
    part = slice(start, start + rows)
    lost = raw.total - len(raw.rows) if start == 0 else 0
    return replace(
        raw,
        rows=raw.rows[part],
        cells=raw.cells.iloc[part].reset_index(drop=True),
        total=len(raw.rows[part]) + lost,
        geometry=None if raw.geometry is None else raw.geometry[part],
    )


def _of_rows(problems: Problems, rows: NDArray[np.int64], start: int, count: int) -> Problems:
    """Return the problems of a slice; those of no row that is there belong to the first."""
    here, there = {*rows[start : start + count].tolist()}, {*rows.tolist()}
    kept = [p for p in problems.items if p.row in here or (start == 0 and p.row not in there)]
    return Problems(problems.file, problems.source_id, kept)


def _parquet_parts(order: ReadOrder, given: Given) -> Iterator[tuple[RawTable, Problems]]:
    import pyarrow as pa
    from pyarrow import parquet

    first, last = order.span.groups
    try:
        with parquet.ParquetFile(given.opened, buffer_size=BUFFER_BYTES) as file:
            most = max(rows for _, rows in order.span.cuts)
            groups = list(range(first, last))
            batches = file.iter_batches(batch_size=most, row_groups=groups, use_threads=False)
            whole_parts = _regrouped(batches, file.schema_arrow, [n for _, n in order.span.cuts])
            for (start, rows), table in zip(order.span.cuts, whole_parts, strict=True):
                if table.num_rows != rows:
                    raise damaged(given.name, "rows are missing")
                table.validate(full=True)
                problems = Problems(given.name, order.source_id)
                yield arrow_rows(table, given.name, problems, first=start + 1), problems
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise damaged(given.name, error) from None


def _regrouped(
    batches: Iterator[pa.RecordBatch], schema: pa.Schema, sizes: list[int]
) -> Iterator[pa.Table]:
    """Put batches together to tables of the sizes asked for, holding no more than one."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    for size in sizes:
        while sum(len(b) for b in held) < size:
            batch = next(batches, None)
            if batch is None:
                break
            held.append(batch)
        table = pa.Table.from_batches(held, schema=schema)
        yield table.slice(0, size)
        held = table.slice(size).to_batches()


def _keep(
    job: Job, order: ReadOrder, site: Site, raw: RawTable, *, problems: Problems, key: str
) -> None:
    folder = folder_of(job.work, key)
    folder.mkdir(parents=True, exist_ok=True)
    rows = observations_of(_filled_up(raw, order), site, job.options, problems=problems,
                           name=order.source, columns=order.columns)  # fmt: skip
    work, seen = Path(job.work), _seen(rows)
    whole(folder / SEEN, lambda p: np.save(p, seen, allow_pickle=False), work=work)
    keep_sample(rows, seen, folder, work)
    write_arrow(to_arrow(problems.frame(), PROBLEMS), folder / PROBLEMS_FILE, work=work)
    tracks = _spill(rows, folder, order.track_buckets, work)
    loose = {p.code for p in problems.items if p.row is None}
    about = {
        "rows": raw.total,
        "observations": len(rows),
        "problems": _by_code(problems),
        "remarks": sorted(loose),
        "tracks": tracks,
        "loose": len(rows) - sum(tracks.values()),
        "widest": widest_seen(seen),
        "crs": raw.crs,
    }
    write_json(about, folder / ABOUT, work=work)


def _by_code(problems: Problems) -> dict[str, int]:
    """Count problems of rows by code, each once; remarks on a file are no problems of its rows."""
    unique = {p.problem_id: p.code for p in problems.items if p.row is not None}
    return dict(Counter(unique.values()))


def _filled_up(raw: RawTable, order: ReadOrder) -> RawTable:
    """Give a partition the columns that other files of the set have, without content."""
    meaning = order.columns
    used = [*meaning.roles.values(), *meaning.facts.values(), *meaning.rest]
    lacking = [name for name in used if name not in raw.cells.columns]
    if not lacking:
        return raw
    blank = {name: np.full(len(raw.cells), None, dtype=object) for name in lacking}
    return replace(raw, cells=raw.cells.assign(**blank))


def _seen(rows: pd.DataFrame) -> NDArray[Any]:
    """Return, in order of identifiers, who says what."""
    seen = np.zeros(len(rows), dtype=SEEN_TYPE)
    ids = [bytes.fromhex(key[2:]) for key in rows["observation_id"].tolist()]
    whole_id = np.frombuffer(b"".join(ids), dtype=np.dtype([("high", ">u8"), ("low", ">u4")]))
    seen["high"], seen["low"] = whole_id["high"], whole_id["low"]
    digests = [hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).digest()
               for words in substances(rows)]  # fmt: skip
    seen["said"] = np.frombuffer(b"".join(digests), dtype="<u8")
    seen["at"] = np.arange(len(rows))
    seen["row"] = rows["source_row"].to_numpy(dtype=np.int64, na_value=-1)
    seen["uncertainty_m"] = rows["uncertainty_m"].to_numpy(dtype=float, na_value=np.nan)
    numbers = {name: number for number, name in enumerate(POSITION_SOURCES)}
    seen["source"] = [numbers[name] for name in rows["position_source"].tolist()]
    return seen[np.lexsort((seen["at"], seen["low"], seen["high"]))]


def widest_seen(seen: NDArray[Any]) -> dict[str, float]:
    """Return the widest uncertainty stated, by source of position."""
    stated = seen[np.isfinite(seen["uncertainty_m"])]
    found: dict[str, float] = {}
    for number, name in enumerate(POSITION_SOURCES):
        here = stated["uncertainty_m"][stated["source"] == number]
        if len(here):
            found[name] = float(here.max())
    return found


def _spill(rows: pd.DataFrame, folder: Path, buckets: int, work: Path) -> dict[str, int]:
    """Keep observations until they are screened: fixes of a track by bucket, the others together.

    ``at`` of a row is its place among the partition's observations.
    """
    import pyarrow as pa

    table = to_arrow(rows, OBSERVATIONS).append_column(
        "at", pa.array(np.arange(len(rows)), type=pa.uint32())
    )
    tracks = table.column("track_id").to_pylist()
    numbers = [-1 if track is None else bucket_of(track, buckets) for track in tracks]
    bucket = np.array(numbers, dtype=np.int64)
    write_arrow(table.filter(pa.array(bucket < 0)), folder / ROWS, work=work)
    counts: dict[str, int] = {}
    for number in np.unique(bucket[bucket >= 0]).tolist():
        here = bucket == number
        write_arrow(table.filter(pa.array(here)), folder / track_file(number), work=work)
        counts[str(number)] = int(here.sum())
    return counts


def bucket_of(track: str, buckets: int) -> int:
    """Return the bucket of a track; it hangs on nothing but its name and their number.

    Examples
    --------
    >>> bucket_of("boat 7", 16)
    9
    """
    return zlib.crc32(track.encode("utf-8", "surrogatepass")) % buckets


def about_piece(work: str | Path, key: str) -> dict[str, Any] | None:
    """Return what is kept of a partition; None where it was not read to the end."""
    return read_json(folder_of(work, key) / ABOUT)
