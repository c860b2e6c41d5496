"""Read one table of Darwin Core terms (CSV or TSV): each row tells its visit and its record.

Columns are known by their terms, without case and prefixes; a column that a person maps counts
before those. Columns under the names of roles of effort (``duration_min``) are taken for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.birds.birdfiles import Members
from wetland.birds.birdsource import BirdSource
from wetland.birds.dwcalines import Lines
from wetland.birds.dwcameta import TableFile
from wetland.birds.dwcterms import EVENT_TERMS, OCCURRENCE, RECORD_TERMS, short
from wetland.birds.readoptions import BirdOptions
from wetland.birds.sightings import Sightings
from wetland.birds.telling import Teller

NO_HEADER = text("表中没有表头", "the table has no header")
NO_COLUMN = text("没有列 {c}；现有：{n}", "there is no column {c}; there are: {n}")
_ONE_CELL = {"count": "individualCount", "code": "taxonID", "name_zh": "vernacularName"}


def read_dwc(source: BirdSource) -> Iterator[Sightings]:
    """Yield the sightings of a table of Darwin Core terms.

    Raises
    ------
    InputError
        No header, no column of names, or a mapped column that is not there.
    """
    from wetland.birds.dwca import occurrences_of, refuse_nameless
    from wetland.birds.dwcarows import read_rows

    tell = Teller(source.problems)
    members = _One(source)
    table = simple_table(members, source.given.name, source.options)
    refuse_nameless(table)
    source.tally.encoding = table.encoding
    for rows in read_rows(members, [source.given.name], table, tell, source.problems):
        source.tally.rows += len(rows.numbers)
        yield occurrences_of(rows, core=False)
    tell.close()
    source.tally.count("wrong", tell.wrong_rows)


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
    names = [cell.strip() for cell in header.cells]
    columns = {at: short(cell) for at, cell in enumerate(names) if cell}
    for role, column in options.columns.items():
        if column not in names:
            raise InputError(NO_COLUMN.fill(c=column, n=", ".join(n for n in names if n)[:500]))
        columns[names.index(column)] = term_of(role)
    return TableFile((name,), OCCURRENCE, None, columns, {}, options.encoding or encoding,
                     header_lines=1)  # fmt: skip


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
