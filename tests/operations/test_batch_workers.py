"""Workers in processes of their own: the same answer, also when one of them is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

import pytest
from distributed import LocalCluster

from tests.operations.batches import done, fixes, spread, state
from wetland.base.errors import InputError, WetlandError
from wetland.operations import batch_parts
from wetland.operations.batch_job import Job, code_digest
from wetland.operations.batch_run import MOST_DEATHS, Dask, Processes
from wetland.screening.options import ReadOptions
from wetland.screening.screen import Settings
from wetland.sites.load import Site

TABLE = fixes(300)


@pytest.fixture
def pattern(tmp_path: Path) -> str:
    return spread(TABLE, tmp_path / "fixes", [60, 120, 180, 240], group=1000)


@pytest.fixture
def wanted(site: Site, pattern: str, tmp_path: Path) -> dict[str, bytes]:
    """Give what one process alone writes."""
    done(pattern, site, tmp_path / "alone")
    return contents(tmp_path / "alone")


@pytest.fixture
def job(site: Site, tmp_path: Path) -> Job:
    return Job("xixi", site.digest, code_digest(), ReadOptions(), Settings(), str(tmp_path))


def contents(out: Path) -> dict[str, bytes]:
    return {name: content for name, (_, content) in state(out).items()}


def once_deadly(job: Job, order: int) -> int:
    """Kill the worker that does this first; any other worker does it well."""
    flag = Path(job.work) / f"killed-{order}"
    if order == 3 and not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return order * 10


def always_deadly(job: Job, order: int) -> int:
    if order == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return order * 10


def test_a_killed_process_loses_nothing(job: Job) -> None:
    pool = Processes(2)
    try:
        answers = dict(pool.run(once_deadly, job, list(range(6))))
        assert {n: a.value for n, a in answers.items()} == {n: n * 10 for n in range(6)}
        answers = dict(pool.run(always_deadly, job, list(range(5))))
    finally:
        pool.close()
    assert {n: a.value for n, a in answers.items() if a.value is not None} == {
        n: n * 10 for n in range(5) if n != 2
    }
    assert answers[2].aside is not None
    assert f"killed {MOST_DEATHS} times" in answers[2].aside.message.en


def test_processes_write_what_one_alone_writes(
    site: Site, pattern: str, wanted: dict[str, bytes], tmp_path: Path
) -> None:
    done(pattern, site, tmp_path / "many", workers=2)
    assert contents(tmp_path / "many") == wanted


def test_dask_workers_write_the_same_though_one_is_killed(
    site: Site, pattern: str, wanted: dict[str, bytes], job: Job, tmp_path: Path
) -> None:
    killed = threading.Event()
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        pids = [w.pid for w in cluster.workers.values() if getattr(w, "pid", None)]

        def kill(step: str, count: int, total: int) -> None:
            if step == "read" and count and not killed.is_set():
                killed.set()
                os.kill(pids[0], signal.SIGKILL)

        done(pattern, site, tmp_path / "dask", scheduler=cluster.scheduler_address, progress=kill)
        assert killed.is_set()
        assert contents(tmp_path / "dask") == wanted
        runner = Dask(cluster.scheduler_address)
        try:
            for other, said in ((replace(job, pack_digest="0" * 64), "another site pack"),
                                (replace(job, code="0" * 16), "another version")):  # fmt: skip
                with pytest.raises(WetlandError, match=said):
                    list(runner.run(once_deadly, other, [1]))
        finally:
            runner.close()


def test_a_scheduler_that_is_not_there(
    site: Site, pattern: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wetland.operations.batch_run.REACH_S", 0.5)
    with pytest.raises(InputError, match="cannot be reached"):
        done(pattern, site, tmp_path / "out", scheduler="tcp://127.0.0.1:9")
    monkeypatch.setattr("wetland.operations.batch_run.REACH_S", 600)  # nobody is asked
    for address in ("foo", "", "tcp://127.0.0.1", "a b:1"):
        with pytest.raises(InputError, match="cannot be reached"):
            done(pattern, site, tmp_path / "out", scheduler=address)


def _start_one(go: Connection) -> None:
    runner = Processes(1)
    work = runner.run(process_number, cast("Job", None), [0, 1])
    go.send(next(work)[1].value)
    go.recv()


def process_number(job: Job, order: int) -> int:
    return os.getpid()


def test_processes_end_with_the_one_that_was_killed() -> None:
    spawn = get_context("spawn")
    here, there = spawn.Pipe()
    starter = spawn.Process(target=_start_one, args=(there,))
    starter.start()
    assert here.poll(60)
    worker = here.recv()
    os.kill(worker, 0)
    starter.kill()
    starter.join()
    deadline = time.monotonic() + 20
    while _runs(worker):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _runs(process: int) -> bool:
    """Tell whether a process runs; one that ended and was not yet waited for does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_an_interrupted_run_goes_on(
    site: Site, pattern: str, wanted: dict[str, bytes], tmp_path: Path
) -> None:
    def stop(step: str, count: int, total: int) -> None:
        if step == "screen" and count:
            raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        done(pattern, site, out, progress=stop)
    before = state(out)
    assert any(name.startswith("part-") for name in before)
    assert not (out / batch_parts.WORK / "tmp").exists() or not list(
        (out / batch_parts.WORK / "tmp").iterdir()
    )
    done(pattern, site, out)
    after = state(out)
    assert contents(out) == wanted
    assert all(after[name] == before[name] for name in before)
