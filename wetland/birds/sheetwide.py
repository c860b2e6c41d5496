"""Tables of visits by species (宽表): one row is one visit, and each species has a column.

Rule of decision: the header is the row with most cells that are names of the checklist, if there
are at least two, beside a column of dates or plots and none of species. Columns of other roles tell
of the visit; of the other columns those the checklist knows are counts, and so are those that hold
nothing but counts. A visit without any count was not surveyed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wetland.birds.birdsource import BirdSource
from wetland.birds.countcells import parse_count
from wetland.birds.sheetnames import (
    NAME_ROLES,
    find_roles,
    is_of_species,
    is_summary,
    is_total,
    role_of,
)
from wetland.birds.sheetrows import CHUNK_ROWS, NOT_COMPLETE, apart, is_unread, of_rows
from wetland.birds.sheettable import SheetTable, body_rows, is_of_visit, table_at, with_unit
from wetland.birds.sightings import EVENT_COLUMNS, Sightings
from wetland.reading.grid import HEAD_ROWS, Grid

if TYPE_CHECKING:
    from wetland.birds.checklist import Checklist

FEWEST = 2
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class WideHead:
    """Where the header of a table of visits is, and which of its cells the checklist knows."""

    at: int
    known: frozenset[str]


def find_wide_head(
    grid: Grid, checklist: Checklist | None, told: Mapping[str, str]
) -> WideHead | None:
    """Find the header of a table of visits by species; None where there is none."""
    best: WideHead | None = None
    for at, row in enumerate(grid.rows[:HEAD_ROWS]):
        names = [" ".join(cell.split()) for cell in row if cell and len(cell) <= LONGEST_NAME]
        roles = find_roles(names, told)
        if checklist is None or set(roles) & set(NAME_ROLES):
            continue
        if not set(roles) & {"date", "year", "plot", "event_id"}:
            continue
        known = frozenset(name for name in names if name not in roles.values()
                          and checklist.match(name).taxon_id is not None)  # fmt: skip
        if len(known) >= FEWEST and (best is None or len(known) > len(best.known)):
            best = WideHead(at, known)
    return best


def read_wide(source: BirdSource, grid: Grid, head: WideHead) -> Iterator[Sightings]:
    """Yield the sightings of a table of visits by species, species by species.

    Raises
    ------
    InputError
        There is no row below the header, or a column that is told is not there.
    """
    table = table_at(grid, head.at, source.options.columns, source.problems)
    table = replace(table, roles={role: at for role, at in table.roles.items()
                                  if role in EVENT_COLUMNS})  # fmt: skip
    rows = list(body_rows(table, source.problems))
    source.tally.rows = len(rows)
    counts = [at for at in table.others() if _is_species(table, at, head, rows)]
    surveyed = [(number, cells) for number, cells in rows
                if any(parse_count(cells[at]) is not None for at in counts)]  # fmt: skip
    source.tally.count("not_surveyed", len(rows) - len(surveyed))
    others = [at for at in table.others() if at not in counts]
    gaps = {number for number, cells in surveyed if any(is_unread(cells[at]) for at in counts)}
    gaps = gaps if source.options.complete or "complete" in table.roles else set()
    if gaps:
        source.problems.add("not_complete", row=min(gaps), level="warning",
                            message=NOT_COMPLETE.fill(n=len(gaps)))  # fmt: skip
    named = {role: table.headers[at] for role, at in table.roles.items()}
    together: list[dict[str, Any]] = []
    for at in counts:
        found = [row for row in surveyed if parse_count(row[1][at]) is not None]
        made = [_row(table, at, others, row, is_whole=row[0] not in gaps) for row in found]
        if apart(made):  # so that problems are told with the name of the column
            yield of_rows(made, {**named, "name": table.headers[at], "count": table.headers[at]})
        else:
            together += made
        if len(together) >= CHUNK_ROWS:
            yield of_rows(together, named)
            together = []
    if together:
        yield of_rows(together, named)


def _is_species(
    table: SheetTable, at: int, head: WideHead, rows: list[tuple[int, list[str]]]
) -> bool:
    name = table.headers[at]
    if name in head.known:
        return True
    if role_of(name) or is_of_visit(name) or is_of_species(name) or is_total(name):
        return False
    filled = [count for _, cells in rows if (count := parse_count(cells[at])) is not None]
    return bool(filled) and not is_summary(name) and all(c.status is not None for c in filled)


def _row(
    table: SheetTable, at: int, others: list[int], row: tuple[int, list[str]], *, is_whole: bool
) -> dict[str, Any]:
    number, cells = row
    told: dict[str, Any] = {role: with_unit(role, table.headers[position], cells[position])
                            for role, position in table.roles.items()}  # fmt: skip
    if not is_whole:
        told["complete"] = False
    extra = {table.headers[o]: cells[o] for o in others if cells[o]}
    return {**told, "name": table.headers[at], "count": cells[at], "event_extra": extra or None,
            "row": number}  # fmt: skip
