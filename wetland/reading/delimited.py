"""Read tables in text: CSV in UTF-8, GB18030 or UTF-16, parted by comma, semicolon or tab.

The fast way (Arrow) reads sound files. A file with an open quotation mark would lose every row
after it that way, so such files are taken apart line by line, and only the broken line is kept
aside.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from wetland.base.errors import InputError
from wetland.base.problems import Problems
from wetland.base.texts import Text, text
from wetland.reading.files import Given
from wetland.reading.raw import MOST_ROWS, RawTable

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = ",;\t|"
BLOCK_BYTES = 1 << 24
HEAD_BYTES = 1 << 16
LONGEST_RECORD = 50  # lines; a quoted cell may hold line breaks
GUESSES = ("utf-8", "gb18030")
_LOST = re.compile("[\udc80-\udcff]")
_LINE = re.compile(r"\r\n|\n|\r")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


class TextOptions(Protocol):
    """What is known of a text file beside its content."""

    @property
    def encoding(self) -> str | None:
        """Return the encoding, None where the content decides."""


Broken = list[tuple[int, str, Text]]
Found = tuple["pd.DataFrame", np.ndarray[Any, Any], Broken]
Taken = tuple[list[str], str, "pd.DataFrame", np.ndarray[Any, Any], Broken]

CELLS = text("列数不对：应有 {n} 列，实有 {m} 列", "wrong number of cells: {n} expected, {m} found")
NOT_DECODED = text(
    "这一行有不属于该编码的字节，请用 --encoding 指明编码",
    "bytes of this row are not of the file's encoding; name it by --encoding",
)
OPEN_QUOTE = text(
    "引号没有闭合，这一行无法拆分", "a quotation mark is not closed; cannot be parted"
)


def read_csv(given: Given, options: TextOptions, problems: Problems) -> RawTable:
    """Read a table in text.

    Rule of decision: the first line that is not blank is the header (row 1 if it is the first
    line); rows are counted as a spreadsheet shows them. A row with too many or too few cells is an
    error and is kept aside; blank rows are not rows.

    A row with bytes that are not of the file's encoding is an error too, unless most rows are.

    Raises
    ------
    InputError
        The encoding cannot be told, or there is nothing but a header.
    """
    data = given.read()
    taken = _take_as_it_is(data, options.encoding, given.name)
    header, encoding, records, numbers, broken = taken or _take_apart(data, options, given.name)
    for number, value, message in broken:
        problems.add("wrong_cells", row=number, value=value, message=message)
    kept = ~_blank_rows(records)
    cells = records if kept.all() else records[kept].reset_index(drop=True)
    total = len(cells) + len(broken)
    if not total:
        raise InputError(
            text("{f}：只有表头，没有数据行", "{f}: there is a header and no row").fill(
                f=given.name
            )
        )
    cells.columns = _unique(header, problems)
    return RawTable("csv", numbers[kept], cells, total, encoding=encoding)


def _take_as_it_is(data: bytes, encoding: str | None, name: str) -> Taken | None:
    """Read a table in sound UTF-8 without decoding it as a whole; None where it may not be one."""
    marked = data.startswith(codecs.BOM_UTF8)
    stop = data.rfind(b"\n", 0, HEAD_BYTES) + 1
    if not stop or data.count(b'"') % 2 or b"\0" in data or not _is_utf8(data):
        return None
    if encoding not in {None, "utf-8"} and not marked:
        return None
    decoder = "utf-8-sig" if marked else "utf-8"
    try:
        header, first, separator = header_of(data[:stop].decode(decoder), name)
    except InputError:
        return None
    found = _read_fast(memoryview(data)[3 if marked else 0 :], header, first, separator)
    return None if found is None else (header, decoder, *found)


def _is_utf8(data: bytes) -> bool:
    import pyarrow as pa

    ends = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    whole = pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(data))
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _take_apart(data: bytes, options: TextOptions, name: str) -> Taken:
    """Read a table in any encoding, record by record where it must be."""
    words, encoding = _decode_rows(data, options.encoding, name)
    header, first, separator = header_of(words, name)
    found = None
    if not words.count('"') % 2 and not _LOST.search(words):
        found = _read_fast(memoryview(words.encode("utf-8")), header, first, separator)
    return header, encoding, *(found or _read_slowly(words, header, first, separator))


def decode(data: bytes, encoding: str | None, name: str) -> tuple[str, str]:
    """Decode a text file and name its encoding.

    Rule of decision: a byte order mark decides; else the encoding asked for; else UTF-8, else
    GB18030 (which holds GBK and GB2312).

    Raises
    ------
    InputError
        The bytes are not of that encoding: says the line.
    """
    marked = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    tried = [marked] if marked else [encoding] if encoding else list(GUESSES)
    failure: UnicodeError | None = None
    for one in tried:
        try:
            words = data.decode(one)
        except UnicodeError as error:
            failure = failure or error
        except LookupError:
            raise InputError(
                text("不认识的编码 {e}", "unknown encoding {e}").fill(e=one),
                hint=text("例如 utf-8、gb18030", "for example utf-8, gb18030"),
            ) from None
        else:
            _refuse_binary(words, name)
            return words, one
    at = getattr(failure, "start", 0)
    raise InputError(
        text("{f}：第 {n} 行不是 {e} 编码", "{f}: line {n} is not encoded in {e}").fill(
            f=name, n=data.count(b"\n", 0, at) + 1, e=" / ".join(tried)
        ),
        hint=text(
            "用 --encoding 指明编码，或另存为 UTF-8", "name it by --encoding, or save as UTF-8"
        ),
    )


def _decode_rows(data: bytes, encoding: str | None, name: str) -> tuple[str, str]:
    """Decode a table; where only some rows are not of its encoding, their bytes are marked as lost.

    Rule of decision: as `decode`, but a file most of whose Chinese lines are UTF-8 is UTF-8
    (GB18030 would take its bytes too, and garble them). Else, of the encodings that may be meant,
    the one with the fewest wrong lines; its header must be right, and at least half of the lines.
    """
    asked = encoding or ("utf-8" if _mostly_utf8(data) else None)
    try:
        return decode(data, asked, name)
    except InputError:
        found = [_leniently(data, one) for one in ([asked] if asked else GUESSES)]
        usable = [(wrong, words, one) for wrong, words, one in found if wrong is not None]
        if not usable or any(data.startswith(mark) for mark, _ in _BOMS[1:]):
            raise
        _, words, best = min(usable, key=lambda item: item[0])
        _refuse_binary(words, name)
        return words, best


def _mostly_utf8(data: bytes) -> bool:
    """Tell whether most lines that are more than ASCII are UTF-8."""
    right = wrong = 0
    for line in data.split(b"\n") if not data.isascii() else ():
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            right += 1
        except UnicodeDecodeError:
            wrong += 1
    return right > wrong


def _leniently(data: bytes, encoding: str) -> tuple[int | None, str, str]:
    """Decode with lost bytes marked; the count of wrong lines is None where too much is wrong."""
    try:
        words = data.removeprefix(codecs.BOM_UTF8).decode(encoding, "surrogateescape")
    except (UnicodeError, LookupError):
        return None, "", encoding
    lines = [line for line in _LINE.split(words) if line.strip()]
    wrong = sum(_LOST.search(line) is not None for line in lines)
    usable = bool(lines) and _LOST.search(lines[0]) is None and wrong * 2 <= len(lines)
    return (wrong if usable else None), words, encoding


def _refuse_binary(words: str, name: str) -> None:
    if "\0" in words:
        raise InputError(
            text("{f}：这是二进制文件，不是文本", "{f}: this is a binary file, not text").fill(
                f=name
            )
        )


def header_of(words: str, name: str) -> tuple[list[str], int, str]:
    """Return the names of the columns, how many lines they end after, and the separator."""
    position = 0
    lines = 0
    while position < len(words):
        end = _LINE.search(words, position)
        stop = end.start() if end else len(words)
        line = words[position:stop]
        lines += 1
        position = end.end() if end else len(words)
        if not line.strip(" \t,;|\"'"):
            continue
        separator = max(SEPARATORS, key=line.count)
        if not line.count(separator):
            separator = ","
        try:
            cells = next(csv.reader([line], delimiter=separator, strict=True))
        except csv.Error:
            break
        return [c.strip() for c in cells], lines, separator
    raise InputError(
        text("{f}：读不到表头", "{f}: there is no header that can be read").fill(f=name),
        hint=text("第 1 行应为列名", "row 1 should hold the names of the columns"),
    )


def _read_fast(content: memoryview, header: list[str], first: int, separator: str) -> Found | None:
    """Read with Arrow; None where a row is broken in a way that may have swallowed others."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    broken: Broken = []
    swallowed = False

    def on_invalid(row: arrow_csv.InvalidRow) -> str:
        nonlocal swallowed
        swallowed = swallowed or "\n" in row.text or "\r" in row.text
        broken.append((row.number, row.text, CELLS.fill(n=len(header), m=row.actual_columns)))
        return "skip"

    names = [f"c{i}" for i in range(len(header))]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(content)),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=BLOCK_BYTES, column_names=names, skip_rows=first
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=on_invalid,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if swallowed:
        return None
    _refuse_many(table.num_rows)
    numbers = np.arange(first + 1, first + 1 + table.num_rows + len(broken))
    skipped = np.array([number for number, _, _ in broken], dtype=np.int64)
    return table.to_pandas(), np.delete(numbers, skipped - first - 1), broken


def _refuse_many(rows: int) -> None:
    if rows > MOST_ROWS:
        raise InputError(
            text("超过 {n} 行，请拆成几个文件", "more than {n} rows; split the file").fill(
                n=MOST_ROWS
            )
        )


def _read_slowly(words: str, header: list[str], first: int, separator: str) -> Found:
    """Take the file apart record by record; a broken line costs only itself."""
    import pandas as pd

    records: list[list[str]] = []
    numbers: list[int] = []
    broken: Broken = []
    lines = _LINE.split(words)[first:]
    for number, (line, cells) in enumerate(_records(lines, len(header), separator), first + 1):
        if isinstance(cells, Text):
            broken.append((number, line, cells))
        else:
            records.append(cells)
            numbers.append(number)
    _refuse_many(len(records))
    frame = pd.DataFrame(records, columns=[f"c{i}" for i in range(len(header))], dtype="str")
    return frame, np.array(numbers, dtype=np.int64), broken


def _records(
    lines: list[str], width: int, separator: str
) -> Iterator[tuple[str, list[str] | Text]]:
    """Yield each record with its cells, or with what is wrong with it."""
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip() and at == len(lines) - 1:
            return
        cells = _cells(line, separator)
        used = 1
        while cells is None and used < LONGEST_RECORD and at + used < len(lines):
            used += 1
            cells = _cells("\n".join(lines[at : at + used]), separator)
        if _LOST.search("\n".join(lines[at : at + used])):
            yield line, NOT_DECODED
            used = 1
        elif cells is None:
            yield line, OPEN_QUOTE
            used = 1
        elif not any(cells):
            yield line, [""] * width
        elif len(cells) == width:
            yield line, cells
        else:
            yield line, CELLS.fill(n=width, m=len(cells))
            used = 1
        at += used


def _cells(record: str, separator: str) -> list[str] | None:
    """Return the cells of one whole record, None while a quotation mark is open."""
    try:
        found = list(csv.reader(io.StringIO(record, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else [] if not found else None


def _blank_rows(records: pd.DataFrame) -> np.ndarray[Any, Any]:
    blank = np.ones(len(records), dtype=bool)
    for name in records.columns:
        if not blank.any():
            break
        blank &= (records[name].str.strip() == "").to_numpy(dtype=bool)
    return blank


def _unique(header: list[str], problems: Problems) -> list[str]:
    """Give columns without a name, or with the same name, names of their own."""
    seen: dict[str, int] = {}
    names = []
    for position, raw in enumerate(header, 1):
        name = raw or f"column {position}"
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            problems.add(
                "duplicate_column",
                row=1,
                column=name,
                level="warning",
                message=text(
                    "有两列同名，只用第一列", "two columns of this name; the first is used"
                ),
            )
            name = f"{name} ({seen[name]})"
        names.append(name)
    return names
