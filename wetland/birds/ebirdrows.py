"""Rows of eBird files as they stream by: the EBD and its sampling events, and "My eBird data".

The EBD is text parted by tabs in which a quotation mark is a letter like any other; "My eBird data"
is CSV with quotation marks. A file of any length is read line by line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.birds.sheetnames import plain
from wetland.birds.sheettable import CELLS, listed
from wetland.reading.delimited import decode
from wetland.reading.files import Given, format_of

LONGEST_LINE = 1 << 20
_MOST_TOLD = 100
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

NOT_DECODED = text(
    "这一行有不属于该编码的字节，请用 --encoding 指明编码",
    "bytes of this row are not of the file's encoding; name it by --encoding",
)
NO_COLUMN = text("{f}：缺少列 {c}；现有：{n}", "{f}: there is no column {c}; there are: {n}")
ONLY_HEADER = text("{f}：只有表头，没有数据行", "{f}: there is a header and no row")
UNKNOWN_ENCODING = text("不认识的编码 {e}", "unknown encoding {e}")


class Row(NamedTuple):
    """A row: its number in the file, the header being 1, and its cells."""

    number: int
    cells: list[str]


@dataclass(slots=True)
class EbirdRows:
    """The rows of one eBird file.

    Attributes
    ----------
    name
        Name of the file.
    columns
        Plain name of a column -> its position.
    headers
        Plain name of a column -> its header.
    encoding
        How the text was decoded.
    is_ebd
        Whether it is parted by tabs.
    lost
        Cells of rows that could not be read: the checklists they name are not known as a whole.
    """

    name: str
    columns: dict[str, int]
    headers: dict[str, str]
    encoding: str
    is_ebd: bool
    _lines: Iterator[tuple[int, str]]
    _problems: Problems
    lost: set[str] = field(default_factory=set)
    _told: int = field(default=0)

    def cell(self, row: Row, *names: str) -> str | None:
        """Return the first of some columns that the file has, None where blank."""
        for name in names:
            at = self.columns.get(name)
            if at is not None:
                return row.cells[at] or None
        return None

    def need(self, *names: str) -> None:
        """Raise InputError where the file has none of some columns."""
        if not any(name in self.columns for name in names):
            message = NO_COLUMN.fill(f=self.name, c=names[0], n=listed(list(self.headers.values())))
            raise InputError(message)

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows; one with another number of cells is told and left out."""
        width = max(self.columns.values()) + 1
        for number, cells in self._parted():
            if len(cells) < width or any(cell for cell in cells[width:]):
                self._tell(number, cells, width)
                continue
            yield Row(number, [cell.strip() for cell in cells[:width]])

    def _parted(self) -> Iterator[tuple[int, list[str]]]:
        if self.is_ebd:
            for number, line in self._lines:
                words = line.rstrip("\r\n")
                if words.strip():
                    yield number, words.split("\t")
            return
        at = [1]

        def lines() -> Iterator[str]:
            for number, line in self._lines:
                at[0] = number
                yield line

        reader = csv.reader(lines())
        while True:
            start = at[0] + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                self._tell(start, [], len(self.columns))
                continue
            if any(cells):
                yield start, cells

    def _tell(self, number: int, cells: list[str], width: int) -> None:
        self._told += 1
        self.lost.update(cell.strip() for cell in cells)
        if self._told <= _MOST_TOLD:
            self._problems.add("wrong_cells", row=number, value=" ".join(cells),
                               message=CELLS.fill(n=width, m=len(cells)))  # fmt: skip


def ebird_rows(given: Given, encoding: str | None, problems: Problems) -> EbirdRows:
    """Open an eBird file: the header is read, the rows stream by.

    Raises
    ------
    InputError
        No header, no text, or an encoding nobody knows.
    """
    format_of(given)
    used = encoding or "utf-8"
    lines = _lines(given, used, problems)
    header = next(((number, line) for number, line in lines if line.strip()), None)
    if header is None:
        raise InputError(ONLY_HEADER.fill(f=given.name))
    words = header[1].removeprefix("\ufeff").rstrip("\r\n")
    is_ebd = words.count("\t") > words.count(",")
    try:
        names = words.split("\t") if is_ebd else next(csv.reader([words]))
    except csv.Error:  # a bare carriage return, for one
        raise InputError(ONLY_HEADER.fill(f=given.name)) from None
    columns: dict[str, int] = {}
    headers: dict[str, str] = {}
    for at, name in enumerate(names):
        key = plain(name)
        if key and key not in columns:
            columns[key], headers[key] = at, name.strip()
    if not columns:
        raise InputError(ONLY_HEADER.fill(f=given.name))
    return EbirdRows(given.name, columns, headers, used, is_ebd, lines, problems)


def _lines(given: Given, encoding: str, problems: Problems) -> Iterator[tuple[int, str]]:
    """Yield numbered lines; one that cannot be decoded is told and left out."""
    head = given.head()
    if head.startswith(_UTF16):
        words, _ = decode(given.read(), None, given.name)
        yield from enumerate(io.StringIO(words), 1)
        return
    try:
        "".encode(encoding)
    except LookupError:
        raise InputError(UNKNOWN_ENCODING.fill(e=encoding)) from None
    told = 0
    opened = given.opened
    with io.BytesIO(opened) if isinstance(opened, bytes) else opened.open("rb") as file:
        for number, raw in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
            try:
                yield number, raw.decode(encoding).replace("\0", "")
            except UnicodeDecodeError:
                told += 1
                if told <= _MOST_TOLD:
                    problems.add("wrong_cells", row=number, message=NOT_DECODED,
                                 value=raw.decode(encoding, "replace"))  # fmt: skip
