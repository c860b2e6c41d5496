"""Tables of an archive as columns of terms, some thousand rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import Text, text
from wetland.birds.birdfiles import Members
from wetland.birds.dwcalines import Line, Lines
from wetland.birds.dwcameta import TableFile
from wetland.birds.dwcterms import TERMS, short
from wetland.reading.telling import Teller

CHUNK_ROWS = 20_000

CELLS = text("{f}：这一行只有 {m} 列，应有 {n} 列", "{f}: the row has {m} cells, {n} are needed")
MISSING_FILE = text("存档中没有 {f}（meta.xml 提到它）", "the archive lacks {f}, named in meta.xml")
TOO_MANY = text(
    "{f}：这一行有 {m} 列，表头只有 {n} 列；含分隔符的内容请加引号",
    "{f}: the row has {m} cells, the header {n}: quote what holds a separator",
)
HEADER_DIFFERS = text(
    "{f}：表头写的是“{h}”，meta.xml 写的是“{t}”，按 meta.xml 读入",
    "{f}: the header says '{h}', meta.xml says '{t}': read as meta.xml says",
)
IN_FILE = text("{f}：{m}", "{f}: {m}")


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a table: their line, the identifier of the core, and the cells of each term."""

    numbers: list[int]
    keys: list[str | None]
    terms: dict[str, list[str | None]]

    def column(self, term: str) -> list[str | None]:
        """Return the cells of a term, None in every row where the table has none."""
        return self.terms.get(term) or [None] * len(self.numbers)


def locate(members: Members, base: str, table: TableFile) -> list[str]:
    """Return the members that hold a table; those that are not there are left out.

    A name that differs by case only is taken for the same.
    """
    folded = {name.casefold(): name for name in members.names}
    wanted = [f"{base}{location}" for location in table.location]
    return [folded[name.casefold()] for name in wanted if name.casefold() in folded]


def missing_of(members: Members, base: str, table: TableFile) -> list[str]:
    """Return the names of a table's files that the archive lacks."""
    folded = {name.casefold() for name in members.names}
    return [one for one in table.location if f"{base}{one}".casefold() not in folded]


def read_rows(
    members: Members, names: list[str], table: TableFile, tell: Teller, problems: Problems,
    *, size: int = CHUNK_ROWS,
) -> Iterator[Rows]:  # fmt: skip
    """Yield the rows of a table some thousand at a time, default values put in.

    A row with fewer cells than the descriptor names is told and left out. So is one with more cells
    than the header: a separator that was not quoted (``Ardea cinerea Linnaeus, 1758``) shifts all
    that follows, and a year would become a count.

    Raises
    ------
    InputError
        A file of the table cannot be opened.
    """
    for name in names:

        def complain(
            code: str,
            line: int | None,
            message: Text,
            is_error: bool,
            name: str = name,
        ) -> None:
            whole = IN_FILE.fill(f=name, m=message)
            if line is None:
                problems.add(code, message=whole, level="warning")
            else:
                tell.rows(code, [line], whole, level="error" if is_error else "warning")

        with members.open(name) as file:
            lines = Lines(file, encoding=table.encoding, separator=table.separator,
                          quote=table.quote, complain=complain)  # fmt: skip
            yield from _chunks(name, iter(lines), table, tell, problems, size)


def _chunks(
    name: str, lines: Iterator[Line], table: TableFile, tell: Teller, problems: Problems, size: int
) -> Iterator[Rows]:
    needed = max([*table.columns, -1 if table.key is None else table.key], default=-1) + 1
    most: int | None = None
    for position in range(table.header_lines):
        header = next(lines, None)
        if header is not None and position == table.header_lines - 1:
            _compare(name, header.cells, table, problems)
            most = max(needed, len(header.cells))
    while True:
        found: list[Line] = []
        taken = 0
        for line in islice(lines, size):
            taken += 1
            if len(line.cells) < needed:
                message = CELLS.fill(f=name, m=len(line.cells), n=needed)
                tell.rows("cells_missing", [line.number], message)
            elif most is not None and any(line.cells[most:]):
                message = TOO_MANY.fill(f=name, m=len(line.cells), n=most)
                tell.rows("cells_beyond", [line.number], message)
            else:
                found.append(line)
        if not taken:
            return
        if found:
            yield _columns(found, table)


def _compare(name: str, header: list[str], table: TableFile, problems: Problems) -> None:
    """Tell columns whose header names another term than the descriptor does."""
    for at, term in table.columns.items():
        if at >= len(header):
            continue
        told = short(header[at])
        if told.casefold() != term.casefold() and told.casefold() in TERMS:
            problems.add("header_differs", row=1, column=term, value=header[at], level="warning",
                         message=HEADER_DIFFERS.fill(f=name, h=told, t=term))  # fmt: skip


def _columns(found: list[Line], table: TableFile) -> Rows:
    numbers = [line.number for line in found]
    width = min(len(line.cells) for line in found)
    cells = list(zip(*(line.cells[:width] for line in found), strict=True))
    keys: list[str | None] = [None] * len(found)
    if table.key is not None:
        keys = [key or None for key in cells[table.key]]
    terms: dict[str, list[str | None]] = {}
    for at, term in table.columns.items():
        default = table.defaults.get(term)
        terms[term] = [cell or default for cell in cells[at]]
    for term, value in table.defaults.items():
        if term not in terms:
            terms[term] = [value] * len(found)
    return Rows(numbers, keys, terms)


def refuse_missing(members: Members, base: str, table: TableFile) -> None:
    """Raise where the archive lacks a file of its core.

    Raises
    ------
    InputError
        A file is not there.
    """
    missing = missing_of(members, base, table)
    if missing:
        raise InputError(MISSING_FILE.fill(f=", ".join(missing)))
