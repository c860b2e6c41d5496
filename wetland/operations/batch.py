"""Screen a set of files partition by partition (分批筛查): in bounded memory, on many workers.

1. *look*: which files there are, what their columns mean over the whole set, how they are cut;
2. *read*: each partition is read and its observations kept until they are screened;
3. what only the whole set knows: rows that occur twice, the widest uncertainty of each source;
4. *screen*: each partition, and each bucket of whole tracks, makes one part of the output.

What is found does not hang on how the rows are spread over files and row groups, nor on who does
the work. A part says in its footer what it was made from; a second run makes only what changed.
Workers on other machines must see input and output under the same paths.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.operations.batch_files import to_arrow, write_arrow
from wetland.operations.batch_job import Job, code_digest
from wetland.operations.batch_look import find_files
from wetland.operations.batch_parts import WORK, Parts
from wetland.operations.batch_plan import look_at_all, plan
from wetland.operations.batch_run import Dask, Here, Processes, Runner
from wetland.operations.batch_steps import Count, Progress, Steps
from wetland.operations.batch_summary import Batch, summarize
from wetland.operations.screening import records_of, widest_stated
from wetland.regulations.records import RECORDS
from wetland.screening.options import ReadOptions
from wetland.screening.partitions import PART_ROWS, source_name
from wetland.screening.screen import Settings
from wetland.sites.load import Site, list_packs
from wetland.store.store import Store

NOTHING = text("没有一个文件可以筛查", "not one of the files can be screened")


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class How:
    """How to read and how to screen.

    Undecided answers are counted, and listed row by row only where ``settings.list_undecided`` says
    so: how many there are in one part must not decide.
    """

    options: ReadOptions = field(default_factory=ReadOptions)
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class Means:
    """With what a batch is done.

    Parameters
    ----------
    workers
        Processes on this machine; 0 does everything in this one.
    scheduler
        Address of a Dask scheduler, whose workers are used instead.
    fresh
        Make everything anew, whatever an earlier run left.
    progress
        Told after each piece of work: step, rows (files, for ``look``) done, and of how many.
    part_rows
        Most rows of a partition.
    """

    workers: int = 0
    scheduler: str | None = None
    fresh: bool = False
    progress: Progress = _silent
    part_rows: int = PART_ROWS

    def runner(self) -> Runner:
        """Return what does the work."""
        if self.scheduler is not None:
            return Dask(self.scheduler)
        return Processes(self.workers) if self.workers else Here()


def screen_files(
    given: Sequence[str],
    site: Site,
    out: str | Path,
    *,
    how: How | None = None,
    store: Store | None = None,
    means: Means | None = None,
) -> Batch:
    """Screen files and write what is found to a folder.

    Parameters
    ----------
    given
        Files, folders and patterns.
    site
        The opened pack.
    out
        Folder for ``part-*.parquet`` (GeoParquet), ``problems.parquet`` and ``summary.json``.
    how
        How to read and how to screen.
    store
        Where permits and notices are; nothing is written to it.
    means
        With what it is done.

    Raises
    ------
    InputError
        There are no files, not one of them can be used, or the folder cannot be written.
    WetlandError
        The run cannot go on: a worker of another version, no room on the disk. What is finished
        stays, and the same call goes on from there.
    """
    chosen, asked = means or Means(), how or How()
    folder = _folder(Path(out))
    files = find_files(given, folder)
    runner = chosen.runner()
    now = True
    try:
        job = _job(site, folder, asked, chosen)
        job = _with_records(job, store, site)
        source = job.options.source or source_name(given, [Path(f.path) for f in files])
        told = Count("look", len(files), chosen.progress)
        looks, aside = look_at_all(runner, job, files, tell=told.add)
        made = plan(job, site, files, looks, source=source, aside=aside)
        steps = Steps(runner, job, Parts(folder), chosen.progress)
        result = steps.do(made, widest_stated(store, site))
        batch = summarize(job, site, made, result)
        steps.sweep(made, result)
        now = False
    finally:
        runner.close(now=now)
    if not result.pieces:
        raise _nothing_done(batch)
    return batch


def _nothing_done(batch: Batch) -> InputError:
    first = batch.aside[0]
    if len(batch.aside) == 1:
        return InputError(first.told(), hint=first.why.hint)
    lines = [one.told() for one in batch.aside]
    said = text("{n}：{l}", "{n}: {l}").fill(
        n=NOTHING, l=text("；".join(t.zh for t in lines), "; ".join(t.en for t in lines))
    )
    return InputError(said, hint=first.why.hint)


def _folder(out: Path) -> Path:
    if out.exists() and not out.is_dir():
        raise InputError(
            text("{o} 不是文件夹", "{o} is not a folder").fill(o=out),
            hint=text("--out 给出一个文件夹", "--out names a folder"),
        )
    folder = out.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _job(site: Site, folder: Path, how: How, means: Means) -> Job:
    parts = Parts(folder)
    parts.refuse_foreign()
    if means.fresh:
        parts.clear()
        shutil.rmtree(folder / WORK, ignore_errors=True)
    work = folder / WORK
    shutil.rmtree(work / "tmp", ignore_errors=True)
    work.mkdir(exist_ok=True)
    listed = replace(how.settings, list_undecided=bool(how.settings.list_undecided))
    return Job(
        site=_name_of(site),
        pack_digest=site.digest,
        code=code_digest(),
        options=how.options.checked(site.vocabulary),
        settings=listed,
        work=str(work),
        part_rows=means.part_rows,
    )


def _with_records(job: Job, store: Store | None, site: Site) -> Job:
    """Put permits and notices where every worker can read them."""
    records = records_of(store, site)
    if records is None:
        return job
    path = Path(job.work) / "records.arrow"
    write_arrow(to_arrow(records, RECORDS), path, work=Path(job.work))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return replace(job, records=str(path), records_digest=digest)


def _name_of(site: Site) -> str:
    """Return how a worker, perhaps on another machine, finds the pack."""
    folder = site.folder.resolve()
    shipped = list_packs().get(folder.name)
    return folder.name if shipped is not None and shipped.resolve() == folder else str(folder)
