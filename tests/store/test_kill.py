"""kill -9 at any moment of an import leaves the old state or the new one, never half.

Each of several processes imports 3,000 rows that partly replace what is there. Most are killed
while they wait inside the open transaction, after having said how many rows are in (several
thousand rows are more than SQLite's cache: part of them is already in the log on disk). The others
run freely and are killed some time after their first rows. With ``-m soak`` there are 30 of them.
"""

from __future__ import annotations

import random
import signal
import time

import pytest

from tests.store.tables import things
from tests.store.test_store import Opener, write
from tests.store.writer import PIECE, ROWS, START, start

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")


@pytest.mark.parametrize(
    ("killed_inside", "killed_free"), [(7, 2), pytest.param(24, 6, marks=pytest.mark.soak)]
)
def test_a_killed_import_leaves_the_old_or_the_new_rows(
    url: str, open_store: Opener, killed_inside: int, killed_free: int
) -> None:
    old = things(1_000)
    store = open_store(url)
    write(store, old)
    head = store.head()
    rng = random.Random(20240501)
    for number in range(killed_inside):
        stop_at = -1 if number % 6 == 0 else rng.randrange(PIECE, ROWS + 1, PIECE)
        writer = start(url, stop_at=stop_at, words=f"inside {number}")
        writer.wait_for("written" if stop_at < 0 else f"rows {stop_at}")
        # It waits within its transaction now: nothing is committed, and it did not end by itself.
        assert writer.process.is_alive()
        assert store.head() == head
        assert "done" not in writer.kill()
        assert writer.process.exitcode == -signal.SIGKILL
        assert store.head() == head
        assert store.count("things") == len(old)
        if number % 6 == 0:
            assert store.verify().ok
    assert store.read("things")["words"].unique().tolist() == ["白鹭 egret"]
    ended = []
    for number in range(killed_free):
        words = f"free {number}"
        writer = start(url, stop_at=0, words=words)
        writer.wait_for(f"rows {PIECE}")
        time.sleep(rng.uniform(0, 0.3))
        rest = writer.kill()
        held = store.read("things")
        new = (held["words"] == words).sum()
        assert new in (0, ROWS)  # none of its rows or all of them
        assert new == ROWS or "done" not in rest
        ended.append(len(held))
    assert set(ended) <= {len(old), START + ROWS}
    # whoever was killed left no lock behind
    write(store, things(10, start=50_000))
    result = store.verify()
    assert result.ok, result.frame()
    assert result.entries == store.head().seq
