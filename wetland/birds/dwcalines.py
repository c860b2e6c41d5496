"""Rows of one text table of an archive, one after the other: separators, quotes, encodings.

Rule of decision: a file that is UTF-8 in its first megabyte is read as UTF-8, whatever is declared,
since no other encoding looks like it by chance at that length; else as declared, else as GB18030.
A line that cannot be decoded so, or that holds Chinese in UTF-8 in a file of
another encoding, is read as what it is, and told. A quotation mark that stays open
for `LONGEST_RECORD` lines costs its own line only.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import IO, Literal, NamedTuple

from wetland.base.texts import Text, text

HEAD_BYTES = 1 << 20
LONGEST_RECORD = 50
LONGEST_LINE = 1 << 20
MOST_BLOCK = 1 << 26  # a file whose lines end in a bare carriage return is one such block
MOST_CELL = 1 << 20
_TWO_HAN = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){2}")  # two Chinese characters in UTF-8
_WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")

MIXED = text("这一行的编码与文件不同，按 {e} 读入", "this line is encoded differently: read as {e}")
NOT_DECODED = text("无法按任何已知编码读取这一行", "this line cannot be decoded")
OPEN_QUOTE = text("引号没有结束", "a quotation mark is left open")
DECLARED = text(
    "声明的编码是 {d}，内容是 {e}，按内容读入", "declared as {d}, the content is {e}: read as such"
)
NOT_TEXT = text("不是文本", "this is not text")
TOO_LONG = text("这一行过长", "the line is too long")

# code, first line, message, is it an error
Complain = Callable[[str, int | None, Text, bool], None]


class Line(NamedTuple):
    """One record of a text table: the number of its first line, its cells."""

    number: int
    cells: list[str]


def encoding_of(head: bytes, declared: str | None) -> str:
    """Return the encoding of a file by its first megabyte and what is declared."""
    for bom, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
                      (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if head.startswith(bom):
            return name
    if declared in _WIDE:
        return str(declared)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head, final=False)
    except UnicodeDecodeError:
        if _mostly_utf8(head):
            return "utf-8"
        return declared if declared not in {None, "utf-8", "ascii"} else "gb18030"
    return "utf-8"


def _mostly_utf8(head: bytes) -> bool:
    """Tell whether most lines that are not ASCII are UTF-8."""
    found = [_is_utf8(line) for line in head.split(b"\n")[:-1] if not line.isascii()]
    return sum(found) * 2 > len(found)


def _plain(encoding: str) -> str:
    """Return the name of an encoding as Python spells it, whether or not a mark begins the file."""
    try:
        return codecs.lookup(encoding).name.removesuffix("-sig")
    except LookupError:
        return encoding


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def separator_of(line: str) -> str:
    """Return what parts the cells of a header line: tab, comma, semicolon or bar."""
    return max("\t,;|", key=lambda one: (line.count(one), one == "\t"))


class Lines:
    """The records of a text table.

    Parameters
    ----------
    file
        The open file.
    encoding
        As declared.
    separator, quote
        None: decided from the first line; an empty quote: none.
    complain
        Told what is wrong, with the number of the line.
    """

    def __init__(
        self, file: IO[bytes], *, encoding: str | None, separator: str | None, quote: str | None,
        complain: Complain,
    ) -> None:  # fmt: skip
        buffered = io.BufferedReader(file, HEAD_BYTES)  # type: ignore[type-var]
        head = buffered.peek(HEAD_BYTES)[:HEAD_BYTES]
        self._file, self._complain, self._declared = buffered, complain, encoding
        self.encoding = encoding_of(head, encoding)
        self._tell_declared(encoding, head)
        self._words = self._decoded()
        self._first = next(self._words, None)
        self._separator = separator or separator_of("" if self._first is None else self._first[1])
        self._quote = '"' if quote is None else quote

    def __iter__(self) -> Iterator[Line]:
        """Yield every record that is not blank."""
        numbers: list[int] = []

        def records() -> Iterator[str]:
            for number, words in self._records():
                numbers.append(number)
                yield words

        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if self._quote else csv.QUOTE_NONE
        csv.field_size_limit(max(csv.field_size_limit(), MOST_CELL))
        reader = csv.reader(records(), delimiter=self._separator, quoting=quoting,
                            quotechar=self._quote or None)  # fmt: skip
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._complain("line_unreadable", numbers[-1], text(str(error), str(error)), True)
                continue
            number = numbers[-1]
            numbers.clear()
            if any(cells):
                yield Line(number, cells)

    def _tell_declared(self, declared: str | None, head: bytes) -> None:
        used = _plain(self.encoding)
        if declared is None or head.isascii() or _plain(declared) in {used, "ascii"}:
            return
        self._complain("encoding_declared", None, DECLARED.fill(d=declared, e=used), False)

    def _decoded(self) -> Iterator[tuple[int, str]]:
        """Yield the physical lines as text, without their ends."""
        if self.encoding in _WIDE:
            wide = io.TextIOWrapper(self._file, self.encoding, errors="replace", newline=None)
            for number, words in enumerate(wide, 1):
                yield number, words.rstrip("\n")
            return
        strict = "utf-8" if self.encoding == "utf-8-sig" else self.encoding
        number = 0
        for raw in iter(lambda: self._file.readline(MOST_BLOCK), b""):
            for piece in raw.splitlines() if b"\r" in raw.rstrip(b"\r\n") else (raw,):
                number += 1
                line = piece.rstrip(b"\r\n")
                if number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                if len(line) > LONGEST_LINE:
                    self._complain("line_too_long", number, TOO_LONG, True)
                    continue
                decoded = self._line(number, line, strict)
                if decoded is not None:
                    yield number, decoded

    def _line(self, number: int, line: bytes, encoding: str) -> str | None:
        if encoding == "utf-8" or not (_TWO_HAN.search(line) and _is_utf8(line)):
            try:
                return line.decode(encoding)
            except UnicodeDecodeError:
                pass
        for other in dict.fromkeys((self._declared or "utf-8", "utf-8", "gb18030")):
            try:
                words = line.decode(other)
            except UnicodeDecodeError:
                continue
            if other == self._declared and other != "utf-8":
                return words
            self._complain("encoding_mixed", number, MIXED.fill(e=other), False)
            return words
        self._complain("encoding_broken", number, NOT_DECODED, True)
        return None

    def _records(self) -> Iterator[tuple[int, str]]:
        """Yield whole records: lines are joined while a quotation mark is open."""
        waiting: list[tuple[int, str]] = [] if self._first is None else [self._first]
        quote, source = self._quote, self._words
        while True:
            line = waiting.pop(0) if waiting else next(source, None)
            if line is None:
                return
            number, words = line
            if not quote or words.count(quote) % 2 == 0:
                yield number, words
                continue
            joined, rest = self._closed(words, waiting, source)
            if joined is None:
                self._complain("quote_open", number, OPEN_QUOTE, True)
                waiting = rest
            else:
                yield number, joined
                waiting = rest

    def _closed(
        self, words: str, waiting: list[tuple[int, str]], source: Iterator[tuple[int, str]]
    ) -> tuple[str | None, list[tuple[int, str]]]:
        """Return the record that closes its quotation mark, and the lines that were not used."""
        taken: list[tuple[int, str]] = []
        marks, parts = words.count(self._quote), [words]
        while len(taken) < LONGEST_RECORD:
            line = waiting.pop(0) if waiting else next(source, None)
            if line is None:
                break
            taken.append(line)
            parts.append(line[1])
            marks += line[1].count(self._quote)
            if marks % 2 == 0:
                return "\n".join(parts), waiting
        return None, [*taken, *waiting]
