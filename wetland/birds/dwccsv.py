"""Read one table of Darwin Core terms, a text or a workbook: a row is a record and its visit.

Columns are known by their terms, without case and prefixes; a column that a person maps counts
before those. Columns under the names of roles of effort (``duration_min``) are taken for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.birdfiles import Members, is_packed
from wetland.birds.birdsource import BirdSource
from wetland.birds.dwcalines import Lines
from wetland.birds.dwcameta import TableFile
from wetland.birds.dwcarecords import check_terms, occurrences_of
from wetland.birds.dwcarows import CHUNK_ROWS, Rows, read_rows
from wetland.birds.dwcterms import EVENT_TERMS, OCCURRENCE, RECORD_TERMS, TERMS, short
from wetland.birds.readoptions import BirdOptions
from wetland.birds.sightings import Sightings
from wetland.reading.telling import Teller

NO_HEADER = text("表中没有表头", "the table has no header")
NO_COLUMN = text("没有列 {c}；现有：{n}", "there is no column {c}; there are: {n}")
_HEAD_ROWS, _ENOUGH = 20, 2
_ONE_CELL = {"count": "individualCount", "code": "taxonID", "name_zh": "vernacularName"}


def read_dwc(source: BirdSource) -> Iterator[Sightings]:
    """Yield the sightings of a table of Darwin Core terms.

    Raises
    ------
    InputError
        No header, no column of names, or a mapped column that is not there.
    """
    if is_packed(source.given):
        yield from _of_workbook(source)
        return
    tell = Teller(source.problems)
    members = _One(source)
    table = simple_table(members, source.given.name, source.options)
    check_terms(table, source.problems)
    source.tally.encoding = table.encoding
    for rows in read_rows(members, [source.given.name], table, tell, source.problems):
        source.tally.rows += len(rows.numbers)
        yield occurrences_of(rows, core=False)
    tell.close()
    source.tally.count("wrong", tell.wrong_rows)


def _of_workbook(source: BirdSource) -> Iterator[Sightings]:
    """Yield the sightings of a sheet of a workbook; its header is the first row of terms."""
    from wetland.reading.grid import read_grid

    options = source.options
    grid = read_grid(source.given, options, source.problems,
                     wanted=lambda one: _header_of(one.rows) is not None)  # fmt: skip
    source.tally.format = grid.format
    start = _header_of(grid.rows) or 0
    columns = columns_of(grid.rows[start], options)
    check_terms(TableFile((), OCCURRENCE, None, columns, {}), source.problems)
    source.tally.rows = len(grid.rows) - start - 1
    for first in range(start + 1, len(grid.rows), CHUNK_ROWS):
        part = range(first, min(first + CHUNK_ROWS, len(grid.rows)))
        terms: dict[str, list[str | None]] = {
            term: [grid.cell(row, at) or None for row in part] for at, term in columns.items()
        }
        rows = Rows([grid.numbers[row] for row in part], [None] * len(part), terms)
        yield occurrences_of(rows, core=False)


def _header_of(rows: list[list[str]]) -> int | None:
    """Return the first row that names terms of Darwin Core, None where none of the first does."""
    for at, row in enumerate(rows[:_HEAD_ROWS]):
        if len({cell.casefold() for cell in row} & TERMS.keys()) >= _ENOUGH:
            return at
    return None


def simple_table(members: Members, name: str, options: BirdOptions) -> TableFile:
    """Return what the header of a table says of its columns.

    Raises
    ------
    InputError
        There is no header, or a mapped column is not there.
    """
    with members.open(name) as file:
        lines = Lines(file, encoding=options.encoding, separator=None, quote=None,
                      complain=_silent)  # fmt: skip
        header = next(iter(lines), None)
        encoding = lines.encoding
    if header is None:
        raise InputError(NO_HEADER)
    columns = columns_of(header.cells, options)
    return TableFile((name,), OCCURRENCE, None, columns, {}, options.encoding or encoding,
                     header_lines=1)  # fmt: skip


def columns_of(header: list[str], options: BirdOptions) -> dict[int, str]:
    """Return the term of each column of a header; a mapped column counts before its own name.

    Raises
    ------
    InputError
        A mapped column is not there.
    """
    names = [cell.strip() for cell in header]
    columns = {at: short(cell) for at, cell in enumerate(names) if cell}
    for role, column in options.columns.items():
        if column not in names:
            raise InputError(NO_COLUMN.fill(c=column, n=", ".join(n for n in names if n)[:500]))
        columns[names.index(column)] = term_of(role)
    return columns


def term_of(role: str) -> str:
    """Return the term that says what a role says; the role itself where there is none.

    Examples
    --------
    >>> term_of("name"), term_of("duration_min")
    ('scientificName', 'duration_min')
    """
    told = EVENT_TERMS.get(role) or RECORD_TERMS.get(role)
    return _ONE_CELL.get(role, role) if told is None else told[0]


def _silent(code: str, line: int | None, message: Text, is_error: bool) -> None:
    """Tell nothing: the header is read again with its rows."""


class _One:
    """A file by itself, as the only member of an archive."""

    def __init__(self, source: BirdSource) -> None:
        self._given = source.given

    @property
    def names(self) -> list[str]:
        return [self._given.name]

    def size(self, name: str) -> int:
        return self._given.size

    def open(self, name: str) -> IO[bytes]:
        import io

        opened = self._given.opened
        return io.BytesIO(opened) if isinstance(opened, bytes) else opened.open("rb")
