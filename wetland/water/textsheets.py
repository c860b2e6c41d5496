"""Water tables in text: the header is found first, then the rows are read as they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass

from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.delimited import SEPARATORS, decode, read_csv
from wetland.reading.files import Given
from wetland.reading.raw import RawTable
from wetland.water.heads import HEAD_ROWS, Sheet, find_head, named, no_header

HEAD_BYTES = 1 << 16
_END_OF_LINE = re.compile(rb"\r\n|\n|\r")
_NOTE = re.compile(r"\s*[\"“]?\s*(?:注|备注|说明|附注|note|注释)\s*\d*\s*[:：、.]", re.IGNORECASE)
NOTE_ROW = text("这一行是注释，不是样品", "this row is a note, not a sample")


@dataclass(frozen=True, slots=True)
class _Encoding:
    encoding: str | None


def of_text(
    given: Given, encoding: str | None, problems: Problems, *, told: Collection[str] = ()
) -> Sheet:
    """Read text: the header is put in plain words before the rows are read as they are."""
    data = given.read()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        words, found = decode(data, encoding, given.name)
        data = words.encode("utf-8")
    else:
        words, found = _decoded_head(data, encoding)
    separator, rows, ends = _records(words)
    head = find_head(rows, told=told)
    if head is None:
        raise no_header(given.name)
    lines = ends[head.stop - 1]
    width = max(len(head.names), len(rows[head.stop - 1]))
    header = separator.join(f"c{at}" for at in range(width)).encode()
    body = b"\n" * (lines - 1) + header + b"\n" + data[_after(data, lines) :]
    own = Problems(given.name, problems.source_id)
    given_body = Given.of_bytes(given.name, body)
    asked = None if encoding is not None and found == "utf-8-sig" else encoding
    raw = read_csv(given_body, _Encoding(asked), own)
    _take_over(own, problems)
    if found not in {"utf-8", raw.encoding} or raw.encoding is None:
        raw = RawTable("csv", raw.rows, raw.cells, raw.total, encoding=found)
    return named(raw, head, problems, row=lines)


def _decoded_head(data: bytes, encoding: str | None) -> tuple[str, str]:
    """Decode the first lines; a letter cut in two at their end does not matter."""
    piece = data[:HEAD_BYTES]
    if len(data) > HEAD_BYTES:
        piece = piece[: piece.rfind(b"\n") + 1] or piece
    marked = data.startswith(b"\xef\xbb\xbf")
    for one in ("utf-8-sig",) if marked else (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            return piece.decode(one), one
        except UnicodeError:
            continue
        except LookupError:
            break
    return piece.decode("utf-8", "replace"), "utf-8"


def _records(words: str) -> tuple[str, list[list[str]], list[int]]:
    """Return the separator, the first records that hold anything, and the line each ends on."""
    lines = io.StringIO(words, newline=None).readlines()
    counts = {mark: sum(line.count(mark) for line in lines[:HEAD_ROWS]) for mark in SEPARATORS}
    separator = max(SEPARATORS, key=lambda mark: counts[mark])
    separator = separator if counts[separator] else ","
    reader = csv.reader(lines, delimiter=separator)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append([cell.strip() for cell in cells])
                ends.append(reader.line_num)
            if len(rows) >= HEAD_ROWS:
                break
    except csv.Error:
        pass  # a broken row is told where the rows are read
    return separator, rows, ends


def _after(data: bytes, lines: int) -> int:
    """Return where the line after so many lines starts."""
    position = 0
    for _ in range(lines):
        end = _END_OF_LINE.search(data, position)
        if end is None:
            return len(data)
        position = end.end()
    return position


def _take_over(own: Problems, problems: Problems) -> None:
    for problem in own.items:
        if problem.code == "wrong_cells" and _NOTE.match(problem.value or ""):
            problems.add("note_row", row=problem.row, value=problem.value, level="warning",
                         message=NOTE_ROW)  # fmt: skip
        elif problem.code != "duplicate_column":
            problems.extend([problem])
