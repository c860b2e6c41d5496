"""Whether compiled loops are used: what a process expects decides for its small parts too."""

from __future__ import annotations

import threading

import pytest

from wetland.zones import readiness
from wetland.zones.readiness import compiled_pays, expect


@pytest.fixture(autouse=True)
def _nothing_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin as a new process does, whatever other tests have compiled."""
    monkeypatch.setattr(readiness, "_READY", threading.Event())


def test_few_things_to_come_change_nothing() -> None:
    assert (expect(10), compiled_pays(3_000)) == (False, False)


def test_many_things_to_come_count_for_each_part() -> None:
    assert (expect(10_000_000), compiled_pays(3_000), compiled_pays(10)) == (True, True, False)
