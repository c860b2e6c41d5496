"""An app and a command line on one store wait for each other, up to a limit, then say so."""

from __future__ import annotations

import inspect
import threading
import time

import pytest

from tests.store.tables import NOTES, THINGS, things
from tests.store.test_store import WHO, Opener, write
from tests.store.writer import start
from wetland.base.errors import StoreBusy
from wetland.store import Store, Written


def test_another_process_is_waited_for_and_then_named(url: str, open_store: Opener) -> None:
    store = open_store(url, wait_s=1.0)
    holder = start(url, stop_at=500, words="holder")
    holder.wait_for("rows 500")
    began = time.monotonic()
    with pytest.raises(StoreBusy) as busy:
        write(store, things(1))
    waited = time.monotonic() - began
    assert 0.9 < waited < 10
    assert "另一个程序正在写入存储，等了 1 秒" in busy.value.show("zh")
    assert "another program is writing to the store; waited 1 s" in busy.value.show("en")
    assert "nothing of this was written" in busy.value.show("en")
    # readers do not wait
    assert store.count("things") == 0
    holder.kill()
    assert write(store, things(1)) == Written(added=1)


def test_a_writer_that_ends_in_time_is_waited_for(url: str, open_store: Opener) -> None:
    store = open_store(url, wait_s=60)
    other = start(url, stop_at=0, words="other")
    other.wait_for("rows 500")
    assert write(store, things(10)) == Written(added=10)
    other.wait_for("done")
    other.process.join(60)
    assert other.process.exitcode == 0
    other.pipe.close()
    assert store.count("things") == 3_010
    assert store.verify().ok
    by = store.audit()["actor"].tolist()
    assert by == ["wetland"] + ["writer"] * 3_000 + ["陈工"] * 10  # one after the other


def test_unless_told_otherwise_a_minute_is_waited() -> None:
    from wetland.operations.stores import open_store as open_site_store

    for opens in (Store.open, open_site_store):
        assert inspect.signature(opens).parameters["wait_s"].default == 60.0


def test_writers_in_threads_keep_one_chain(url: str, store: Store) -> None:
    """Four sessions of the app write at once: no entry is lost, none comes twice."""

    def work(number: int) -> None:
        for part in range(5):
            with store.transaction(actor=f"session {number}", reason="test") as tx:
                tx.write("things", things(20, start=number * 1_000 + part * 20))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.count("things") == 400
    result = store.verify()
    assert result.ok
    assert result.entries == 401


def test_a_store_made_by_several_at_once_is_made_once(url: str, open_store: Opener) -> None:
    made: list[Store] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            made.append(open_store(url, schemas=[THINGS, NOTES]))
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert {s.head().store_id for s in made} == {made[0].head().store_id}
    assert made[0].verify().ok
    assert made[0].audit()["key"].tolist() == ["table:things", "table:notes"]
    with made[3].transaction(**WHO) as tx:
        tx.write("things", things(1))
