"""Read the cells of a workbook (XLSX): as text, sheet by sheet, without trusting what it claims.

A workbook is a packed file: what it unpacks to is bounded before anything is read, the size a sheet
claims for itself is not believed, macros and links are never followed, and a formula is the value
that was last calculated, or nothing.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.reading.files import Given
from wetland.reading.sheetxml import (
    FORMULA,
    MOST_COLUMNS,
    BadSheet,
    Kind,
    Merged,
    SheetParser,
    kind_of_format,
)

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook as Book

__all__ = ["FORMULA", "Merged", "OpenWorkbook", "SheetCells", "SheetName", "find_sheet",
           "open_workbook"]  # fmt: skip

MOST_PARTS = 10_000
MOST_UNPACKED = 1 << 29
MOST_RATIO = 200
SURELY_SMALL = 1 << 24
_OWN_FORMATS = 164  # number formats below are built in

BROKEN = text("{f}：工作簿已损坏，无法打开", "{f}: the workbook is damaged and cannot be opened")
BAD_SHEET = text(
    "{f}：工作表“{s}”已损坏，或超过 {n} 列",
    "{f}: the sheet '{s}' is damaged, or has more than {n} columns",
)
BOMB = text(
    "{f}：工作簿解开后过大（{n} MB），不读取",
    "{f}: the workbook unpacks to too much ({n} MB) and is not read",
)
AS_CSV = text("请另存为 CSV", "save it as CSV")
NO_SHEET = text("{f}：没有工作表 {s}；现有：{n}", "{f}: there is no sheet {s}; there are: {n}")
ENTITIES = text(
    "{f}：工作簿内含 XML 实体声明，不读取", "{f}: the workbook declares XML entities: not read"
)


@dataclass(frozen=True, slots=True)
class SheetName:
    """A sheet: its name, and whether a person opening the workbook sees it."""

    name: str
    visible: bool


@dataclass(frozen=True, slots=True)
class SheetCells:
    """The cells of one sheet as text.

    Parameters
    ----------
    name
        Name of the sheet.
    numbers
        Number of each row as the spreadsheet shows it; rows without any cell are left out.
    rows
        Cells of each row, blank ones at the end left out: numbers with up to 15 digits, moments as
        ``2024-05-01 08:00:00``, `FORMULA` for a formula that was never calculated.
    merged
        Blocks of merged cells; only the first cell of a block holds its text.
    formulas
        How many cells are formulas.
    hidden_rows
        How many rows are hidden (by a filter, for one).
    """

    name: str
    numbers: list[int]
    rows: list[list[str]]
    merged: tuple[Merged, ...] = ()
    formulas: int = 0
    hidden_rows: int = 0


@dataclass(slots=True)
class OpenWorkbook:
    """A workbook that is open for reading."""

    file: str
    epoch: Literal[1900, 1904]
    sheets: tuple[SheetName, ...]
    _book: Book = field(repr=False)
    _packed: zipfile.ZipFile = field(repr=False)
    _kinds: list[Kind] = field(repr=False)

    def head(self, sheet: str, rows: int) -> list[list[str]]:
        """Return the cells of the first rows of a sheet that hold any."""
        return self._parsed(sheet, rows).rows

    def read(self, sheet: str) -> SheetCells:
        """Return all cells of a sheet.

        Raises
        ------
        InputError
            The sheet is damaged, or has too many columns.
        """
        found = self._parsed(sheet, None)
        return SheetCells(sheet, found.numbers, found.rows, tuple(found.merged), found.formulas,
                          found.hidden_rows)  # fmt: skip

    def _parsed(self, sheet: str, most: int | None) -> SheetParser:
        page: Any = self._book[sheet]
        parser = SheetParser(page._shared_strings, self._kinds, self.epoch, most)
        try:
            with self._packed.open(page._worksheet_path) as file:
                parser.run(file)
        except (BadSheet, zipfile.BadZipFile, OSError, EOFError, KeyError, NotImplementedError,
                RuntimeError, zlib.error) as error:  # fmt: skip
            message = BAD_SHEET.fill(f=self.file, s=sheet, n=MOST_COLUMNS)
            raise InputError(message, hint=AS_CSV) from error
        return parser


@contextmanager
def open_workbook(given: Given) -> Iterator[OpenWorkbook]:
    """Open a workbook for reading.

    Raises
    ------
    InputError
        It is damaged, or would unpack to too much.
    """
    opened = given.opened
    content = io.BytesIO(opened) if isinstance(opened, bytes) else str(opened)
    try:
        packed = zipfile.ZipFile(content)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise InputError(BROKEN.fill(f=given.name), hint=AS_CSV) from None
    with packed:
        _refuse_bomb(packed, given.name)
        book = _load(content, given.name)
        try:
            names = tuple(
                SheetName(sheet.title, sheet.sheet_state == "visible") for sheet in book.worksheets
            )
            epoch: Literal[1900, 1904] = 1904 if book.epoch.year == 1904 else 1900
            yield OpenWorkbook(given.name, epoch, names, book, packed, _kinds_of(book))
        finally:
            book.close()


def _kinds_of(book: Any) -> list[Kind]:  # noqa: ANN401 - openpyxl tells the styles nowhere else
    """Return what each cell style shows."""
    formats = book._number_formats
    found: list[Kind] = []
    for style in book._cell_styles:
        number = style.numFmtId
        own = number - _OWN_FORMATS
        found.append(kind_of_format(number, formats[own] if 0 <= own < len(formats) else None))
    return found


def find_sheet(book: OpenWorkbook, wanted: str) -> SheetName:
    """Return the sheet of a name, or of a number counted from 1.

    Raises
    ------
    InputError
        There is none: says which there are.
    """
    for sheet in book.sheets:
        if sheet.name.strip().casefold() == wanted.strip().casefold():
            return sheet
    if wanted.isdecimal() and 1 <= int(wanted) <= len(book.sheets):
        return book.sheets[int(wanted) - 1]
    names = ", ".join(sheet.name for sheet in book.sheets)
    raise InputError(NO_SHEET.fill(f=book.file, s=wanted, n=names))


def _refuse_bomb(packed: zipfile.ZipFile, name: str) -> None:
    parts = packed.infolist()
    whole = sum(part.file_size for part in parts)
    sent = max(1, sum(part.compress_size for part in parts))
    too_dense = whole > SURELY_SMALL and whole > MOST_RATIO * sent
    if len(parts) > MOST_PARTS or whole > MOST_UNPACKED or too_dense:
        raise InputError(BOMB.fill(f=name, n=whole >> 20), hint=AS_CSV)
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            try:
                with packed.open(part) as file:
                    start = file.read(4096)
            except (
                zipfile.BadZipFile,
                OSError,
                RuntimeError,
                NotImplementedError,
                ValueError,
                EOFError,
                zlib.error,
            ):
                raise InputError(BROKEN.fill(f=name), hint=AS_CSV) from None
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise InputError(ENTITIES.fill(f=name), hint=AS_CSV)


def _load(content: io.BytesIO | str, name: str) -> Book:
    import openpyxl

    if isinstance(content, io.BytesIO):
        content.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which are not read
            return openpyxl.load_workbook(content, read_only=True, keep_links=False)
    except Exception as error:  # a hostile one fails in any way
        raise InputError(BROKEN.fill(f=name), hint=AS_CSV) from error
