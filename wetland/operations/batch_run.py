"""Have calls done: in this process, in processes of this machine, or by workers of Dask.

All three give the same answers. A worker that dies costs time, not rows: what it had in hand is
done again by a fresh one, and only what kills a worker that has nothing else in hand, time after
time, is set aside.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing import get_context, parent_process
from typing import Any, Protocol, TypeVar

from wetland.base.errors import InputError, WetlandError
from wetland.base.texts import text
from wetland.operations.batch_job import Answer, Aside, Job, answer, check

MOST_DEATHS = 2  # of a worker that had nothing else in hand
AHEAD = 2  # calls sent for each worker, so that none waits for the next
REACH_S = 10
_ADDRESS = re.compile(r"(?:[a-z]+://)?\S+:\d+/?")  # what `dask scheduler` prints
KILLED = text(
    "处理它的进程 {n} 次被终止（内存不足？）",
    "the process that worked on it was killed {n} times (out of memory?)",
)
UNREACHED = text("无法连接调度器 {a}", "the scheduler {a} cannot be reached")
NO_WORKERS = text("调度器 {a} 没有工作进程", "the scheduler {a} has no workers")
NO_PROGRAM = text("工作进程 {w} 不能运行本程序：{e}", "the worker {w} cannot run this program: {e}")
LOST = text("与调度器的连接中断", "the connection to the scheduler was lost")

_T = TypeVar("_T")
Numbered = tuple[int, Answer[_T]]


class Runner(Protocol):
    """What has calls done."""

    def run(
        self, function: Callable[[Job, Any], _T], job: Job, orders: Sequence[Any]
    ) -> Iterator[Numbered[_T]]:
        """Do ``function(job, order)`` for each order; yield number and answer as they come."""

    def close(self, *, now: bool = False) -> None:
        """Let the workers go; ``now`` does not wait for what they have in hand."""


class Here:
    """Does everything in this process, one after the other."""

    def run(
        self, function: Callable[[Job, Any], _T], job: Job, orders: Sequence[Any]
    ) -> Iterator[Numbered[_T]]:
        """Do each call as it is asked for."""
        for number, order in enumerate(orders):
            yield number, answer(function, job, order)

    def close(self, *, now: bool = False) -> None:
        """Do nothing: there is nobody to let go."""


def _quietly() -> None:
    """Leave an interrupt to the process that was started by a person; use one thread."""
    import pyarrow as pa

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pa.set_cpu_count(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, killed perhaps."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # nobody is left to be told, and the main thread waits for work for ever


class Processes:
    """Spreads calls over processes of this machine."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def run(
        self, function: Callable[[Job, Any], _T], job: Job, orders: Sequence[Any]
    ) -> Iterator[Numbered[_T]]:
        """Do the calls; those a dying worker had in hand are done again, one by one."""
        rest = deque(range(len(orders)))
        suspects: deque[int] = deque()
        deaths: dict[int, int] = {}
        while rest or suspects:
            queue, at_once = (suspects, 1) if suspects else (rest, self.workers * AHEAD)
            lost = yield from self._spread(function, job, orders, queue=queue, at_once=at_once)
            for number in lost:
                alone = len(lost) == 1 and at_once == 1
                deaths[number] = deaths.get(number, 0) + alone
                if deaths[number] >= MOST_DEATHS:
                    yield number, Answer(aside=Aside(KILLED.fill(n=deaths[number])))
                else:
                    suspects.append(number)

    def _spread(
        self,
        function: Callable[[Job, Any], _T],
        job: Job,
        orders: Sequence[Any],
        *,
        queue: deque[int],
        at_once: int,
    ) -> Any:  # noqa: ANN401 - a generator that returns what was lost
        """Work a queue off; at the death of a worker stop and return what was in hand."""
        running: dict[Future[Answer[_T]], int] = {}
        try:
            while queue or running:
                while queue and len(running) < at_once:
                    running[self._send(function, job, orders[queue[0]])] = queue[0]
                    queue.popleft()
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    found = future.result()
                    yield running.pop(future), found
        except BrokenProcessPool:
            self.close()
            return sorted(running.values())
        return []

    def _send(
        self, function: Callable[[Job, Any], _T], job: Job, order: object
    ) -> Future[Answer[_T]]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.workers, mp_context=get_context("spawn"), initializer=_quietly
            )
        return self._pool.submit(answer, function, job, order)

    def close(self, *, now: bool = False) -> None:
        """End the processes."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        if now:
            for process in [*(pool._processes or {}).values()]:
                process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


class Dask:
    """Spreads calls over the workers of a Dask scheduler."""

    def __init__(self, address: str) -> None:
        self.address = address
        if _ADDRESS.fullmatch(address) is None:  # a name alone is waited for, and then some
            raise self._unreached()
        self._dask = _distributed()
        try:
            self._client: Any = self._dask.Client(address, timeout=REACH_S, set_as_default=False)
        except (OSError, ValueError, TimeoutError):
            raise self._unreached() from None

    def _unreached(self) -> InputError:
        return InputError(
            UNREACHED.fill(a=self.address),
            hint=text("地址形如 tcp://主机:8786", "an address looks like tcp://host:8786"),
        )

    def run(
        self, function: Callable[[Job, Any], _T], job: Job, orders: Sequence[Any]
    ) -> Iterator[Numbered[_T]]:
        """Do the calls; Dask does again what a dying worker had in hand."""
        self._refuse_strangers(job)
        rest = deque(enumerate(orders))
        running: dict[Any, int] = {}
        done = self._dask.as_completed(loop=self._client.loop)
        try:
            while rest or running:
                while rest and len(running) < self._at_once():
                    number, order = rest.popleft()
                    future = self._client.submit(answer, function, job, order, pure=False,
                                                 retries=MOST_DEATHS)  # fmt: skip
                    running[future] = number
                    done.add(future)
                future = next(done)
                yield running.pop(future), self._result(future)
                future.release()
        finally:
            for future in running:
                future.cancel()

    def _at_once(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values())) * AHEAD

    def _refuse_strangers(self, job: Job) -> None:
        """Refuse workers that have another pack or another version, before any work is given."""
        answers = self._client.run(answer, check, job, None, on_error="return")
        if not answers:
            raise InputError(NO_WORKERS.fill(a=self.address))
        for worker, found in sorted(answers.items()):
            if not isinstance(found, Answer):
                raise WetlandError(NO_PROGRAM.fill(w=worker, e=f"{type(found).__name__}: {found}"))
            why = found.stop or (None if found.aside is None else found.aside.message)
            if why is not None:
                raise WetlandError(text("{w}：{e}", "{w}: {e}").fill(w=worker, e=why))

    def close(self, *, now: bool = False) -> None:
        """Leave the scheduler; its workers go on for others."""
        self._client.close()

    def _result(self, future: Any) -> Answer[Any]:  # noqa: ANN401 - a future of Dask
        lost = (self._dask.CancelledError, self._dask.comm.CommClosedError, OSError)
        try:
            found: Answer[Any] = future.result()
        except self._dask.KilledWorker as error:
            return Answer(aside=Aside(KILLED.fill(n=error.allowed_failures + 1)))
        except lost:
            return Answer(stop=LOST)
        return found


def _distributed() -> Any:  # noqa: ANN401 - it comes without types
    return import_module("distributed")
