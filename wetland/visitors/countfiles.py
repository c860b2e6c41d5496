"""Exports of the project's own tables of visitors, brought to what a park's file looks like."""

from __future__ import annotations

from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.grid import Grid

_COUNTS = frozenset({"count_id", "place", "measure", "period", "counted_on", "value"})
_READINGS = frozenset({"reading_id", "car_park", "read_at", "occupied"})
FAILED = text(
    "{n} 行在导出前已判为不通过，未读入", "{n} rows were marked as failed before: not read"
)


def without_own_columns(grid: Grid, problems: Problems | None = None) -> Grid:
    """Return an export of counts or readings as a tidy table; any other file as it is.

    Rows flagged ``fail`` are left out and told. A count begins with ``start_at``, where it has one,
    else with ``counted_on``; a counter's steps are no readings any more.
    """
    header = grid.rows[0] if grid.rows else []
    at = {name: position for position, name in enumerate(header)}
    if set(at) >= _COUNTS:
        names = ["date", "date_end", "place", "measure", "period", "count", "counter", "remarks",
                 "synthetic"]  # fmt: skip
        make = _count
    elif set(at) >= _READINGS:
        names = ["date", "car_park", "capacity", "occupied", "synthetic"]
        make = _reading
    else:
        return grid
    rows, numbers, failed = [names], [grid.numbers[0]], 0
    for row, number in zip(grid.rows[1:], grid.numbers[1:], strict=True):
        cells = {name: row[p] if p < len(row) else "" for name, p in at.items()}
        if cells.get("flag") == "fail":
            failed += 1
            continue
        rows.append(make(cells))
        numbers.append(number)
    if failed and problems is not None:
        problems.add("failed_before", message=FAILED.fill(n=failed), level="warning")
    return Grid(rows, numbers, (), grid.format, grid.encoding, grid.part)


def _count(cells: dict[str, str]) -> list[str]:
    start, end = cells.get("start_at", ""), cells.get("end_at", "")
    date, last = (start, end if end != start else "") if start else (
        cells["counted_on"], cells.get("counted_to", "") if cells["period"] == "span" else ""
    )  # fmt: skip
    told = [date, last, cells["place"], cells["measure"], cells["period"], cells["value"]]
    return [*told, *(cells.get(name, "") for name in ("counter", "remarks", "synthetic"))]


def _reading(cells: dict[str, str]) -> list[str]:
    names = ("read_at", "car_park", "capacity", "occupied", "synthetic")
    return [cells.get(name, "") for name in names]
