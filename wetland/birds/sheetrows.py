"""Rows of bird tables as sightings, some ten thousand at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wetland.base.texts import text
from wetland.birds.birdsource import BirdSource
from wetland.birds.countcells import parse_count
from wetland.birds.sheetcells import parted_name
from wetland.birds.sheetnames import NAME_ROLES
from wetland.birds.sheettable import SheetTable, body_rows, is_of_visit, with_unit
from wetland.birds.sightings import Sightings
from wetland.reading.cells import is_blank

CHUNK_ROWS = 50_000
# What tells one visit from another.
_VISIT = ("event_id", "plot", "locality", "date", "time", "year", "month", "day", "observers",
          "protocol")  # fmt: skip
NOT_COMPLETE = text(
    "{n} 次调查有数量无法读取，不再算作记录了全部物种",
    "{n} visits have counts that cannot be read: they no longer count as complete",
)
NO_COUNTS = text(
    "没有数量列，每行按有而未计数读入；如有数量列，请用 --map count=列名 指明",
    "no column of counts: each row is read as present, not counted; name one by --map count=NAME",
)
NO_NAME = text("有数量而没有鸟名", "a count without a name")


def sightings_of(
    table: SheetTable, source: BirdSource, *, given: Mapping[str, Any] | None = None
) -> Iterator[Sightings]:
    """Yield the rows of a table as sightings, some ten thousand at a time.

    Rule of decision: a row with a name and an empty count was not recorded and is left out; a row
    without a name and without a count speaks of a visit only; a count without a name is an error.
    Without a column of counts a row is a species that was met.

    Parameters
    ----------
    table
        The table.
    source
        Takes rows that cannot be read, and counts those left out.
    given
        Cells that count instead of those of the columns.
    """
    if not {"count", "status"} & set(table.roles):
        source.problems.add("no_count_column", level="warning", message=NO_COUNTS)
    rows: list[tuple[int, list[str]]] = []
    for number, cells in body_rows(table, source.problems):
        rows.append((number, cells))
        if len(rows) >= CHUNK_ROWS:
            yield from _chunk(table, rows, source, given or {})
            rows = []
    if rows:
        yield from _chunk(table, rows, source, given or {})


def _chunk(
    table: SheetTable,
    rows: list[tuple[int, list[str]]],
    source: BirdSource,
    given: Mapping[str, Any],
) -> Iterator[Sightings]:
    kept: list[tuple[int, list[str]]] = []
    only_survey: list[bool] = []
    names = [table.roles[role] for role in NAME_ROLES if role in table.roles]
    count_at, status_at = table.roles.get("count"), table.roles.get("status")
    for number, cells in rows:
        has_name = any(not is_blank(cells[at]) for at in names)
        count = None if count_at is None else cells[count_at]
        is_told = status_at is not None and not is_blank(cells[status_at])
        is_empty = count is not None and parse_count(count) is None and not is_told
        if has_name and is_empty:
            source.tally.count("not_recorded")
        elif has_name or is_empty or count is None:
            kept.append((number, cells))
            only_survey.append(not has_name)
        else:
            source.problems.add("name_missing", row=number, column=table.headers[names[0]],
                                value=count, message=NO_NAME)  # fmt: skip
    if kept:
        yield _sightings(table, kept, only_survey, _with_gaps(table, kept, source, given))


def _with_gaps(
    table: SheetTable,
    kept: list[tuple[int, list[str]]],
    source: BirdSource,
    given: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Take the completeness from visits with a count that cannot be read: it is no absence."""
    complete_at, count_at = table.roles.get("complete"), table.roles.get("count")
    if count_at is None or (complete_at is None and not source.options.complete):
        return given
    visit = [at for role, at in table.roles.items() if role in _VISIT]
    keys = [tuple(cells[at] for at in visit) for _, cells in kept]
    gaps = {key for key, (_, cells) in zip(keys, kept, strict=True) if is_unread(cells[count_at])}
    if not gaps:
        return given
    told = [None if complete_at is None else cells[complete_at] for _, cells in kept]
    numbers = [number for (number, _), key in zip(kept, keys, strict=True) if key in gaps]
    source.problems.add("not_complete", row=numbers[0], level="warning",
                        message=NOT_COMPLETE.fill(n=len(gaps)))  # fmt: skip
    complete = [False if key in gaps else cell for key, cell in zip(keys, told, strict=True)]
    return {**given, "complete": complete}


def _sightings(
    table: SheetTable,
    kept: list[tuple[int, list[str]]],
    only_survey: list[bool],
    given: Mapping[str, Any],
) -> Sightings:
    columns: dict[str, Any] = {}
    headers: dict[str, str] = {}
    for role, at in table.roles.items():
        header = table.headers[at]
        headers[role] = header
        columns[role] = [with_unit(role, header, cells[at]) for _, cells in kept]
    if "name" in columns:
        told = [parted_name(cell) for cell in columns["name"]]
        columns["verbatim"] = [cell if cell != name else None for cell, (name, _) in
                               zip(columns["name"], told, strict=True)]  # fmt: skip
        columns["name"] = [name for name, _ in told]
        if "name_zh" not in columns and any(zh for _, zh in told):
            columns["name_zh"] = [zh for _, zh in told]
    others = table.others()
    visit = [at for at in others if is_of_visit(table.headers[at])]
    rest = [at for at in others if at not in visit]
    columns["event_extra"] = [_cells(table, cells, visit) for _, cells in kept]
    columns["extra"] = [_cells(table, cells, rest) for _, cells in kept]
    columns["only_survey"] = only_survey
    columns.update(given)
    return Sightings.of([number for number, _ in kept], columns, headers=headers)


def is_unread(cell: str) -> bool:
    """Tell whether a count is there and cannot be read."""
    count = parse_count(cell)
    return count is not None and count.status is None


def of_rows(rows: Sequence[Mapping[str, Any]], headers: Mapping[str, str]) -> Sightings:
    """Make sightings of rows that are mappings of columns to cells, with ``row`` its number.

    Examples
    --------
    >>> of_rows([{"row": 2, "name": "白鹭"}, {"row": 3, "plot": "P1"}], {}).frame["plot"].tolist()
    [None, 'P1']
    """
    names = set().union(*rows) - {"row", "only_survey"}
    columns: dict[str, Any] = {name: [row.get(name) for row in rows] for name in names}
    columns["only_survey"] = [bool(row.get("only_survey")) for row in rows]
    return Sightings.of([row["row"] for row in rows], columns, headers=headers)


def apart(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether a column of counts holds any that a problem is told of."""
    counts = (parse_count(row["count"]) for row in rows)
    return any(count is not None and count.problem is not None for count in counts)


def _cells(table: SheetTable, cells: list[str], positions: list[int]) -> dict[str, str] | None:
    found = {table.headers[at]: cells[at] for at in positions if cells[at]}
    return found or None
