"""Ways to look at what was read."""

from __future__ import annotations

from collections.abc import Callable

from wetland.screening.read import Reading

Read = Callable[..., Reading]


def told(reading: Reading, *, level: str | None = None) -> list[tuple[int | None, str]]:
    """Return (row, code) of each problem, of one level if asked."""
    found = [p for p in reading.problems.items if level in {None, p.level}]
    return [(p.row, p.code) for p in found]


def accounted(reading: Reading) -> None:
    """Check that every row is an observation or has an error."""
    rows = set(reading.observations["source_row"])
    assert not rows & reading.problems.error_rows
    assert len(rows) + len(reading.problems.error_rows) == reading.rows
    assert len(reading.observations) == len(rows)
    assert reading.source["rows_read"] == len(rows)
    assert reading.source["rows_aside"] == reading.rows_aside
