"""Take one sheet of a workbook apart as it streams by (SpreadsheetML): cells, merged blocks, rows.

Only what the cells say is kept: a number as a spreadsheet shows it (15 digits), a day or a moment
in ISO form where the cell is formatted as one, a share as a percentage where it is formatted so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import IO, NamedTuple
from xml.parsers import expat

MOST_COLUMNS = 512
MOST_ROWS = 1_048_576
MOST_CELLS = 20_000_000
MOST_MERGED = 100_000
FORMULA = "#FORMULA!"  # stands for a formula that was never calculated
_CHUNK = 1 << 18
_DAY_US = 86_400_000_000
_EPOCHS = {1900: dt.datetime(1899, 12, 30), 1904: dt.datetime(1904, 1, 1)}  # noqa: DTZ001 - local
_LAST_SERIAL = 2_958_466  # 10000-01-01
_FEBRUARY_29 = 60  # the day 1900-02-29 that spreadsheets count, and that never was

_BLOCK = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$")
_LITERAL = re.compile(r"\"[^\"]*\"|\\.|_.|\*.|\[[^\]]*\]")
_BUILTIN_DAYS = {14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58}
_BUILTIN_TIMES = {18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56}
_BUILTIN_MOMENTS = {22}
_BUILTIN_SHARES = {9, 10}

Kind = str
NUMBER, DAY, TIME, MOMENT, SHARE = "number", "day", "time", "moment", "share"


class Merged(NamedTuple):
    """A block of merged cells: first and last row and column, counted from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class BadSheet(ValueError):
    """A sheet that is no SpreadsheetML, or that is too large."""


class _EnoughError(Exception):
    """All rows that were asked for are there."""


def kind_of_format(number: int, code: str | None) -> Kind:
    """Tell what a number format shows: a number, a day, a time, a moment or a share.

    Examples
    --------
    >>> kind_of_format(14, None), kind_of_format(164, "yyyy-mm-dd h:mm"), kind_of_format(10, None)
    ('day', 'moment', 'share')
    >>> kind_of_format(164, '0.00"m"'), kind_of_format(164, 'yyyy"年"m"月"')
    ('number', 'day')
    """
    if code is None:
        for kind, numbers in ((DAY, _BUILTIN_DAYS), (TIME, _BUILTIN_TIMES),
                              (MOMENT, _BUILTIN_MOMENTS), (SHARE, _BUILTIN_SHARES)):  # fmt: skip
            if number in numbers:
                return kind
        return NUMBER
    shown = _LITERAL.sub("", code.split(";")[0]).casefold()
    if "general" in shown:
        return NUMBER
    day, time = any(c in shown for c in "yd"), any(c in shown for c in "hs")
    if day or time:
        return MOMENT if day and time else DAY if day else TIME
    if "m" in shown:
        return DAY
    return SHARE if "%" in shown else NUMBER


class SheetParser:
    """The parser of one sheet; after `run` its lists hold what the sheet says.

    Parameters
    ----------
    shared
        The shared words of the workbook.
    kinds
        What each cell style shows (`kind_of_format`).
    epoch
        1900 or 1904.
    most
        Rows with content after which to stop, None for all.
    """

    def __init__(
        self, shared: Sequence[str], kinds: Sequence[Kind], epoch: int, most: int | None = None
    ) -> None:
        self.numbers: list[int] = []
        self.rows: list[list[str]] = []
        self.merged: list[Merged] = []
        self.formulas = 0
        self.hidden_rows = 0
        self._shared = shared
        self._kinds = kinds
        self._epoch = epoch
        self._most = most
        self._number = 0
        self._row: list[str] = []
        self._cells = 0
        self._column = 0
        self._type = ""
        self._style = 0
        self._words: list[str] = []
        self._collects = False
        self._is_formula = False
        self._seen: dict[tuple[str, str], str] = {}

    def run(self, file: IO[bytes]) -> None:
        """Read the sheet.

        Raises
        ------
        BadSheet
            It is not well formed, declares entities, or has too many columns or cells.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except _EnoughError:
            pass
        except (expat.ExpatError, ValueError, IndexError, OverflowError) as error:
            raise BadSheet(str(error)) from error

    def _refuse(self, *_: object) -> None:
        raise BadSheet("a document type is declared")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        handler = _STARTS.get(name) or _STARTS.get(name.rpartition(":")[2])
        if handler is not None:
            handler(self, attributes)

    def _characters(self, words: str) -> None:
        if self._collects:
            self._words.append(words)

    def _start_row(self, attributes: dict[str, str]) -> None:
        told = attributes.get("r")
        self._number = int(told) if told else self._number + 1
        if self._number > MOST_ROWS:
            raise BadSheet("a row beyond the last")
        self._row = []
        self._column = 0
        self.hidden_rows += attributes.get("hidden") in {"1", "true"}

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place:
            column = 0
            for letter in place:
                if letter.isdigit():
                    break
                column = column * 26 + ord(letter) - 64
            self._column = column
        else:
            self._column += 1
        self._type = attributes.get("t", "")
        self._style = int(attributes.get("s", "0"))
        self._words = []
        self._is_formula = False

    def _start_formula(self, attributes: dict[str, str]) -> None:
        self._is_formula = True
        self.formulas += 1

    def _start_words(self, attributes: dict[str, str]) -> None:
        self._collects = True

    def _start_merged(self, attributes: dict[str, str]) -> None:
        found = _BLOCK.match(attributes.get("ref", ""))
        if found is None or len(self.merged) >= MOST_MERGED:
            return
        columns = sorted((_column_of(found[1]), _column_of(found[3])))
        rows = sorted((int(found[2]), int(found[4])))
        self.merged.append(Merged(rows[0], columns[0], rows[1], columns[1]))

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in {"v", "t"}:
            self._collects = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()

    def _end_cell(self) -> None:
        words = "".join(self._words)
        if words or self._type == "s":
            words = self._value(words)
        elif self._is_formula:
            words = FORMULA
        if not words:
            return
        if not 0 < self._column <= MOST_COLUMNS:
            raise BadSheet("too many columns")
        row = self._row
        if self._column > len(row):
            row.extend([""] * (self._column - len(row)))
        row[self._column - 1] = words
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise BadSheet("too many cells")

    def _end_row(self) -> None:
        if self._row:
            self.numbers.append(self._number)
            self.rows.append(self._row)
            self._row = []
            if self._most is not None and len(self.rows) >= self._most:
                raise _EnoughError

    def _value(self, words: str) -> str:
        kind = self._type
        if kind == "s":
            return self._shared[int(words)].strip()
        if kind == "b":
            return "TRUE" if words == "1" else "FALSE"
        if kind in {"str", "inlineStr", "e"}:
            return words.replace("\x00", "").strip()
        if kind == "d":
            return words.strip().replace("T", " ").removesuffix("Z")
        shown = self._kinds[self._style] if self._style < len(self._kinds) else NUMBER
        key = (shown, words)
        found = self._seen.get(key)
        if found is None:
            found = _shown(words.strip(), shown, self._epoch)
            if len(self._seen) < 1 << 16:
                self._seen[key] = found
        return found


_STARTS: dict[str, Callable[[SheetParser, dict[str, str]], None]] = {
    "row": SheetParser._start_row,
    "c": SheetParser._start_cell,
    "f": SheetParser._start_formula,
    "v": SheetParser._start_words,
    "t": SheetParser._start_words,
    "mergeCell": SheetParser._start_merged,
}


def _column_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _shown(words: str, kind: Kind, epoch: int) -> str:
    """Return a number as the spreadsheet shows it; what is no number stays as it is."""
    try:
        value = float(words)
    except ValueError:
        return words
    if kind == NUMBER or not 0 <= value < _LAST_SERIAL:
        return format(value, ".15g")
    if kind == SHARE:
        return format(value * 100, ".13g") + "%"
    if epoch == 1900 and value < _FEBRUARY_29 and kind != TIME:
        value += 1
    # To the millisecond: a moment is kept as a binary fraction of a day.
    moment = _EPOCHS[epoch] + dt.timedelta(milliseconds=round(value * _DAY_US / 1000))
    timespec = "milliseconds" if moment.microsecond else "seconds"
    if kind == TIME and value < 1:
        return moment.time().isoformat(timespec)
    if kind == DAY and moment.time() == dt.time():
        return moment.date().isoformat()
    return moment.isoformat(" ", timespec)
