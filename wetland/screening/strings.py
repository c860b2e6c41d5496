"""Columns of text, all cells at once: which are blank, trimmed, quoted as JSON, digested.

Each function says of a whole Arrow column exactly what Python says of one cell (`str.strip`,
`cells.is_blank`, `json.dumps`): bytes settle the plain cells, and only the cells whose bytes leave
it open are looked at one by one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wetland.reading.cells import is_blank, is_empty

if TYPE_CHECKING:
    import pandas as pd

Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
TEXT = pa.large_string()
CHUNK = 1 << 16  # rows put into words at once: bounds the memory
LONGEST_MARKED = 64  # bytes
LONGEST_BLANK = 12  # bytes; no word for "not known" is longer, however its case is written

# First bytes of the characters that are white space: ASCII, U+0085, U+00A0, and from U+1680 on.
_SPACE = np.zeros(256, dtype=bool)
_SPACE[:0x21] = True
_SPACE[[0xC2, 0xE1, 0xE2, 0xE3]] = True
# First bytes a word for "not known" may have.
_VAGUE = _SPACE.copy()
_VAGUE[np.frombuffer(b"-/nNuU", dtype=np.uint8)] = True
_VAGUE[0x80:] = True
_ESCAPED = np.zeros(256, dtype=bool)  # what JSON does not write as it is
_ESCAPED[:0x20] = True
_ESCAPED[np.frombuffer(b'"\\', dtype=np.uint8)] = True
_UNSIGNED = r"^[0-9]{1,6}(\.[0-9]{1,9})?$"
_SIGNED = rf"^-?{_UNSIGNED[1:]}"
_quote = json.JSONEncoder(ensure_ascii=False).encode


def strings_of(cells: pd.Series) -> pa.LargeStringArray | None:
    """Return a column as Arrow's text, None where it holds anything but text."""
    import pandas as pd

    if isinstance(cells.dtype, pd.StringDtype):
        return one_array(pa.array(cells.array, type=TEXT))
    if cells.dtype != object or pd.api.types.infer_dtype(cells, skipna=True) != "string":
        return None
    try:
        return pa.array(cells.to_numpy(), type=TEXT, from_pandas=True)
    except (pa.ArrowException, UnicodeEncodeError):
        return None


def one_array(given: pa.Array | pa.ChunkedArray) -> pa.LargeStringArray:
    """Return text in one piece."""
    if not isinstance(given, pa.ChunkedArray):
        return given
    return given.chunk(0) if given.num_chunks == 1 else given.combine_chunks()


def bytes_of(words: pa.LargeStringArray) -> tuple[NDArray[np.int64], Bytes]:
    """Return where each cell starts (and the last ends), and all bytes; missing cells too."""
    offsets = np.zeros(1, dtype=np.int64)
    if len(words):
        offsets = np.frombuffer(words.buffers()[1], dtype=np.int64)
        offsets = offsets[words.offset : words.offset + len(words) + 1]
    held = words.buffers()[2]
    data = np.zeros(0, dtype=np.uint8) if held is None else np.frombuffer(held, dtype=np.uint8)
    return offsets, data


def cells_of(data: Bytes, starts: NDArray[np.int64], length: int) -> Bytes:
    """Return the bytes of cells that are all so long, as a matrix; ``starts`` is not empty."""
    first, last = starts[0], starts[-1]
    if last - first == (len(starts) - 1) * length:  # side by side
        return data[first : last + length].reshape(len(starts), length)
    apart: Bytes = data[starts[:, None] + np.arange(length)]
    return apart


def missing(words: pa.LargeStringArray) -> Bools:
    """Tell which cells are missing."""
    return np.asarray(pc.is_null(words).to_numpy(zero_copy_only=False))


def spaced(words: pa.LargeStringArray) -> Bools:
    """Tell which cells may begin or end with white space; the others surely do not."""
    offsets, data = bytes_of(words)
    start, stop = offsets[:-1], offsets[1:]
    found = np.zeros(len(words), dtype=bool)
    full = stop > start
    if not full.any():
        return found
    last = data[np.maximum(stop - 1, 0)]
    found[full] = _SPACE[data[start[full]]] | (last[full] < 0x21)
    wide = full & (last >= 0x80)
    before, two_before = data[np.maximum(stop - 2, 0)], data[np.maximum(stop - 3, 0)]
    found |= wide & (_SPACE[before] | _SPACE[two_before])
    return found


def blank(words: pa.LargeStringArray) -> Bools:
    """Tell which cells say nothing, as `is_blank` does of each."""
    offsets, data = bytes_of(words)
    length = np.diff(offsets)
    found = missing(words) | (length == 0)
    open_ = ~found
    open_[open_] = _VAGUE[data[offsets[:-1][open_]]]
    open_ &= (length <= LONGEST_BLANK) | spaced(words)
    return _judged(words, open_, is_blank, found)


def empty(words: pa.LargeStringArray) -> Bools:
    """Tell which cells hold nothing at all, as `is_empty` does of each."""
    found = missing(words) | (np.diff(bytes_of(words)[0]) == 0)
    return _judged(words, spaced(words) & ~found, is_empty, found)


def _judged(
    words: pa.LargeStringArray, open_: Bools, judge: Callable[[object], bool], found: Bools
) -> Bools:
    """Ask of each distinct cell that is still open, and put the answers to what was found."""
    where = np.flatnonzero(open_)
    if len(where):
        coded = pc.dictionary_encode(words.take(pa.array(where)))
        answers = np.array([judge(v) for v in coded.dictionary.to_pylist()], dtype=bool)
        found[where] = answers[coded.indices.to_numpy()]
    return found


def stripped(words: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return every cell without white space around it, as `str.strip` does."""
    where = spaced(words) & ~missing(words)
    if not where.any():
        return words
    mask = pa.array(where)
    changed = [v.strip() for v in words.filter(mask).to_pylist()]
    return pc.replace_with_mask(words, mask, pa.array(changed, type=TEXT))


def plain_numbers(
    cells: pd.Series, *, signed: bool = True
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Read the cells that are plain decimal numbers; return those, and where the others stand.

    A plain number has at most 15 digits and no exponent, so that every reader of numbers gives the
    same. The others are NaN.
    """
    words = strings_of(cells)
    if words is None:
        return np.full(len(cells), np.nan), np.arange(len(cells))
    fits = pc.match_substring_regex(words, _SIGNED if signed else _UNSIGNED)
    plain = pc.if_else(fits, words, pa.scalar(None, TEXT)).cast(pa.float64())
    values = plain.to_numpy(zero_copy_only=False)
    if not values.flags.writeable:
        values = values.copy()
    return values, np.flatnonzero(np.isnan(values))


def without(words: pa.LargeStringArray, gone: Bools) -> pa.LargeStringArray:
    """Return the column with some cells missing."""
    return pc.if_else(pa.array(gone), pa.scalar(None, TEXT), words) if gone.any() else words


def quoted(words: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return every cell as a JSON string; what is missing stays missing."""
    offsets, data = bytes_of(words)
    first = int(offsets[0])
    held = np.flatnonzero(_ESCAPED[data[first : int(offsets[-1])]]) + first
    where = np.zeros(len(words), dtype=bool)
    where[np.searchsorted(offsets, held, side="right") - 1] = True
    where &= ~missing(words)
    whole = joined([pa.scalar('"', TEXT), words, pa.scalar('"', TEXT)], "")
    if not where.any():
        return whole
    mask = pa.array(where)
    escaped = [_quote(v) for v in words.filter(mask).to_pylist()]
    return pc.replace_with_mask(whole, mask, pa.array(escaped, type=TEXT))


def joined(parts: list[Any], separator: str, *, skip: bool = False) -> pa.LargeStringArray:
    """Put parts of each row together; a missing part is left out with ``skip``, else spoils it.

    With ``skip`` the first part is a column; a row without any part is empty.
    """
    if skip:  # Arrow leaves rows out of which every part is missing
        nothing = pc.is_null(parts[0])
        for part in parts[1:]:
            nothing = pc.and_(nothing, pc.is_null(part))
        parts = [pc.if_else(nothing, pa.scalar("", TEXT), parts[0]), *parts[1:]]
    handling = "skip" if skip else "emit_null"
    return pc.binary_join_element_wise(*parts, pa.scalar(separator, TEXT), null_handling=handling)


def taken(distinct: list[str | None], codes: NDArray[np.integer[Any]]) -> pa.LargeStringArray:
    """Return ``distinct[code]`` of each row."""
    return pa.array(distinct, type=TEXT).take(pa.array(codes))


def digests(
    count: int, lines: Callable[[slice], pa.LargeStringArray], *, most: int = 64, mark: str = ""
) -> pa.ChunkedArray:
    """Return the SHA-256 of a line of each row, in hexadecimal.

    Parameters
    ----------
    count
        Number of rows.
    lines
        Gives the lines of some rows; asked piece by piece, so that never all are in memory.
    most
        Digits kept.
    mark
        What stands before the digits.
    """
    sha256 = hashlib.sha256
    pieces = [
        pa.array(
            [mark + sha256(line).hexdigest()[:most] for line in each_bytes(lines(part))],
            type=TEXT,
        )
        for part in pieces_of(count)
    ]
    return pa.chunked_array(pieces, type=TEXT)


def pieces_of(count: int) -> Iterator[slice]:
    """Yield slices that cover ``count`` rows."""
    for start in range(0, count, CHUNK):
        yield slice(start, min(start + CHUNK, count))


def each_bytes(words: pa.LargeStringArray) -> list[bytes]:
    """Return the UTF-8 of each cell."""
    found: list[bytes] = pc.cast(words, pa.large_binary()).to_numpy(zero_copy_only=False).tolist()
    return found


def marks_of(words: pa.LargeStringArray) -> NDArray[np.uint64] | None:
    """Return a number made of the bytes of each cell; None where one is very long.

    Equal cells have equal numbers; two that differ have the same one hardly ever.
    """
    offsets, data = bytes_of(words)
    lengths = np.diff(offsets)
    found = np.empty(len(words), dtype=np.uint64)
    if not len(lengths) or lengths.max() > LONGEST_MARKED:
        return None
    for length in np.flatnonzero(np.bincount(lengths)).tolist():
        rows = np.flatnonzero(lengths == length)
        cells = np.zeros((len(rows), -(-length // 8) * 8 + 8), dtype=np.uint8)
        cells[:, :length] = cells_of(data, offsets[rows], length)
        cells[:, -1] = length
        mark = np.zeros(len(rows), dtype=np.uint64)
        for part in cells.view("<u8").T:
            mark = (mark ^ part) * np.uint64(0x9E3779B97F4A7C15)
            mark ^= mark >> np.uint64(29)
        found[rows] = mark
    return found
