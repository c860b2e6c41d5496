"""A process that imports rows and may be killed at any moment; it tells where it is.

It says ``open``, ``rows N`` (N rows are in the open transaction), ``written`` (all are, nothing is
committed) and ``done`` (committed). After ``rows N`` with N at least ``stop_at`` (after ``written``
where that is -1) it waits, within the transaction; 0 never waits.

The processes are forked from a server that has the libraries loaded: each is its own process with
its own connections and locks, and starts in a moment.
"""

from __future__ import annotations

import multiprocessing as mp
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from tests.store.tables import THINGS, things
from wetland.store.store import Store

START, ROWS, PIECE = 500, 3_000, 500
PATIENCE_S = 60.0


def _import(url: str, *, words: str, stop_at: int, pipe: Connection) -> None:
    with Store.open(url, schemas=[THINGS]) as store:
        pipe.send("open")
        with store.transaction(actor="writer", reason="import") as tx:
            for done in range(0, ROWS, PIECE):
                tx.write("things", things(PIECE, start=START + done, words=words))
                pipe.send(f"rows {done + PIECE}")
                if 0 < stop_at <= done + PIECE:
                    time.sleep(2 * PATIENCE_S)
            pipe.send("written")
            if stop_at < 0:
                time.sleep(2 * PATIENCE_S)
        pipe.send("done")


@dataclass
class Writer:
    """A process that imports rows 500 to 3,499."""

    process: BaseProcess
    pipe: Connection

    def wait_for(self, words: str) -> None:
        """Wait until it says ``words``."""
        while self.pipe.poll(PATIENCE_S):
            if self.pipe.recv() == words:
                return
        raise TimeoutError(f"the writer did not say {words!r}")

    def kill(self) -> list[str]:
        """Kill it (SIGKILL) and return what it had still said."""
        self.process.kill()
        self.process.join(PATIENCE_S)
        rest = []
        try:
            while self.pipe.poll(0):
                rest.append(self.pipe.recv())
        except EOFError:
            pass
        self.pipe.close()
        return rest


def start(url: str, *, stop_at: int, words: str) -> Writer:
    """Start a process that imports rows."""
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(["tests.store.writer"])
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_import, args=(url,), kwargs={"words": words, "stop_at": stop_at, "pipe": theirs}
    )
    process.start()
    theirs.close()
    return Writer(process, ours)
