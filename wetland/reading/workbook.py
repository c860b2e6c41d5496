"""Read the cells of a workbook (XLSX): as text, sheet by sheet, without trusting what it claims.

A workbook is a packed file: what it unpacks to is bounded before anything is read, the size a sheet
claims for itself is not believed, macros and links are never followed, and a formula is the value
that was last calculated, or nothing.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.reading.files import Given

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook as Book

MOST_PARTS = 10_000
MOST_UNPACKED = 1 << 29
MOST_RATIO = 200
SURELY_SMALL = 1 << 24
MOST_COLUMNS = 512
MOST_ROWS = 1_048_576
MOST_MERGED = 100_000
FORMULA = "\x00formula"  # stands for a formula without a calculated value
_CHUNK = 1 << 20

_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\b[^>]*\bref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\""
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_HIDDEN = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden=\"(?:1|true)\"")

BROKEN = text("{f}：工作簿已损坏，无法打开", "{f}: the workbook is damaged and cannot be opened")
BOMB = text(
    "{f}：工作簿解开后过大（{n} MB），不读取",
    "{f}: the workbook unpacks to too much ({n} MB) and is not read",
)
AS_CSV = text("请另存为 CSV", "save it as CSV")
NO_SHEET = text("{f}：没有工作表 {s}；现有：{n}", "{f}: there is no sheet {s}; there are: {n}")
ENTITIES = text("{f}：工作簿内含 XML 实体声明，不读取",
                "{f}: the workbook declares XML entities and is not read")  # fmt: skip
WIDE = text("{f}：工作表超过 {n} 列", "{f}: the sheet has more than {n} columns")


class Merged(NamedTuple):
    """A block of merged cells: first and last row and column, counted from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


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
    _content: io.BytesIO | str = field(repr=False)

    def head(self, sheet: str, rows: int) -> list[list[str]]:
        """Return the cells of the first rows of a sheet that hold any."""
        found: list[list[str]] = []
        for _, cells in _each_row(self._book, sheet, self.file):
            found.append(cells)
            if len(found) >= rows:
                break
        return found

    def read(self, sheet: str) -> SheetCells:
        """Return all cells of a sheet.

        Raises
        ------
        InputError
            The sheet is damaged, or has too many columns.
        """
        pairs = list(_each_row(self._book, sheet, self.file))
        merged, formulas, hidden = _scan(self._packed, self._book, sheet)
        if formulas:
            self._mark_formulas(sheet, pairs)
        return SheetCells(sheet, [n for n, _ in pairs], [cells for _, cells in pairs],
                          merged, formulas, hidden)  # fmt: skip

    def _mark_formulas(self, sheet: str, pairs: list[tuple[int, list[str]]]) -> None:
        """Put `FORMULA` where a formula has no value."""
        by_number = dict(pairs)
        book = _load(self._content, self.file, data_only=False)
        try:
            for number, cells in _each_row(book, sheet, self.file):
                for at, cell in enumerate(cells):
                    if cell.startswith("=") and len(cell) > 1:
                        row = by_number.setdefault(number, [])
                        row.extend([""] * (at + 1 - len(row)))
                        row[at] = row[at] or FORMULA
        finally:
            book.close()
        pairs[:] = sorted(by_number.items())


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
        book = _load(content, given.name, data_only=True)
        try:
            names = tuple(
                SheetName(sheet.title, sheet.sheet_state == "visible") for sheet in book.worksheets
            )
            epoch: Literal[1900, 1904] = 1904 if book.epoch.year == 1904 else 1900
            yield OpenWorkbook(given.name, epoch, names, book, packed, content)
        finally:
            book.close()


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
            except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
                raise InputError(BROKEN.fill(f=name), hint=AS_CSV) from None
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise InputError(ENTITIES.fill(f=name), hint=AS_CSV)


def _load(content: io.BytesIO | str, name: str, *, data_only: bool) -> Book:
    import openpyxl

    if isinstance(content, io.BytesIO):
        content.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which are not read
            return openpyxl.load_workbook(content, read_only=True, data_only=data_only,
                                          keep_links=False)  # fmt: skip
    except Exception as error:
        raise InputError(BROKEN.fill(f=name), hint=AS_CSV) from error


def _each_row(book: Book, sheet: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each row that holds any."""
    page: Any = book[sheet]
    page.reset_dimensions()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, values in enumerate(page.iter_rows(values_only=True), 1):
                if number > MOST_ROWS:
                    break
                cells = [_words(value) for value in values]
                while cells and not cells[-1]:
                    cells.pop()
                if len(cells) > MOST_COLUMNS:
                    raise InputError(WIDE.fill(f=name, n=MOST_COLUMNS), hint=AS_CSV)
                if cells:
                    yield number, cells
    except InputError:
        raise
    except Exception as error:
        raise InputError(BROKEN.fill(f=name), hint=AS_CSV) from error


def _words(value: object) -> str:
    """Return a cell as text.

    A number has 15 digits at most, as a spreadsheet shows it: 0.1 + 0.2 is 0.3.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip().replace("\x00", "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds" if not value.microsecond else "auto")
    return str(value)


def _scan(packed: zipfile.ZipFile, book: Book, sheet: str) -> tuple[tuple[Merged, ...], int, int]:
    """Return what openpyxl does not tell of a sheet it reads row by row."""
    page: Any = book[sheet]
    merged: list[Merged] = []
    formulas = hidden = 0
    rest = b""
    with packed.open(page._worksheet_path) as file:  # the only place that tells it
        while piece := file.read(_CHUNK):
            piece = rest + piece
            cut = piece.rfind(b"<")
            whole, rest = (piece, b"") if cut <= 0 else (piece[:cut], piece[cut:])
            formulas += len(_FORMULA.findall(whole))
            hidden += len(_HIDDEN.findall(whole))
            merged.extend(_block(found) for found in _MERGED.findall(whole))
            if len(merged) > MOST_MERGED:
                break
    return tuple(merged), formulas, hidden


def _block(found: tuple[bytes, bytes, bytes, bytes]) -> Merged:
    columns = [_column(letters) for letters in (found[0], found[2])]
    rows = [int(found[1]), int(found[3])]
    return Merged(min(rows), min(columns), max(rows), max(columns))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
