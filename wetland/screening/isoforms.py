"""Plain ISO forms of days and times, many cells at once: digits read as numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wetland.reading.dates import END_YEAR, FIRST_YEAR
from wetland.screening.strings import CHUNK, cells_of

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NONE = np.iinfo(np.int64).min  # no day, no time, no offset, no instant; numpy's NaT too
SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR

_CLOCKS = ("dd:dd", "dd:dd:dd", "dd:dd:dd.ddd", "dd:dd:dd.dddddd")
_EITHER = {"-": ("-", "/"), "T": ("T", " "), "+": ("+", "-"), ".": (".", ",")}
_OFFSETS = ("", "Z", "+dd", "+dd:dd", "+dddd")
_FORMS = (
    "yyyy-mm-dd",
    *(f"yyyy-mm-ddT{clock}{offset}" for clock, offset in product(_CLOCKS, _OFFSETS)),
    *_CLOCKS[:2],
)


class Found(Protocol):
    """Where what was read is put: one entry a row, see `moments.Moments`."""

    @property
    def given(self) -> Bools:
        """Whether there is a moment at all."""

    @property
    def day(self) -> Ints:
        """Return the days since 1970-01-01 as written."""

    @property
    def clock(self) -> Ints:
        """Return the microseconds since midnight."""

    @property
    def offset(self) -> Ints:
        """Return the seconds ahead of UTC."""


def read_forms(offsets: Ints, data: NDArray[np.uint8], lengths: Ints, *, found: Found) -> None:
    """Read the cells in plain form; the others are left alone."""
    by_length: dict[int, list[str]] = {}
    for form in _FORMS:
        by_length.setdefault(len(form), []).append(form)
    for length, forms in by_length.items():
        for rows, cells in _cells(offsets, data, lengths, length):
            left = np.ones(len(rows), dtype=bool)
            for form in forms:
                fit = np.flatnonzero(left)
                done = _read_form(cells[fit], form, rows[fit], found)
                left[fit[done]] = False


def _cells(
    offsets: Ints, data: NDArray[np.uint8], lengths: Ints, length: int
) -> Iterator[tuple[Ints, NDArray[np.uint8]]]:
    """Yield the rows whose cell is so long, with the bytes of the cells as a matrix."""
    rows = np.flatnonzero(lengths == length)
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        yield some, cells_of(data, offsets[some], length)


def _read_form(cells: NDArray[np.uint8], form: str, rows: Ints, found: Found) -> Bools:
    """Read cells that are of one form; return which were."""
    digits = cells - np.uint8(ord("0"))
    fits = np.ones(len(cells), dtype=bool)
    for position, sign in enumerate(form):
        one = cells[:, position]
        if sign in "ymd":
            fits &= digits[:, position] < 10
        elif sign in "-T+.":
            a, b = _EITHER[sign]
            fits &= (one == ord(a)) | (one == ord(b))
        else:
            fits &= one == ord(sign)
    dated = form.startswith("y")
    if dated:
        fits &= cells[:, 4] == cells[:, 7]
    day: Ints | int = NONE
    clock: Ints | int = NONE
    number = _Digits(digits)
    if dated:
        day, real = _days(number(0, 4), number(5, 2), number(8, 2))
        fits &= real
    if not dated or len(form) > 10:
        clock, real = _clock(number, form, 11 if dated else 0)
        fits &= real
    offset, real = _offset_seconds(number, cells, form)
    fits &= real
    at = rows[fits]
    found.given[at] = True
    for column, values in ((found.day, day), (found.clock, clock), (found.offset, offset)):
        column[at] = values[fits] if isinstance(values, np.ndarray) else values
    return fits


@dataclass(frozen=True, slots=True)
class _Digits:
    """Digits of many cells, read as numbers."""

    digits: NDArray[np.uint8]

    def __call__(self, start: int, count: int) -> Ints:
        total = np.zeros(len(self.digits), dtype=np.int64)
        for position in range(start, start + count):
            total = total * 10 + self.digits[:, position]
        return total


def _days(year: Ints, month: Ints, day: Ints) -> tuple[Ints, Bools]:
    months = (np.clip(year, FIRST_YEAR, END_YEAR) - 1970) * 12 + np.clip(month, 1, 12) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    real = (year >= FIRST_YEAR) & (year < END_YEAR) & (month >= 1) & (month <= 12)
    return first + day - 1, real & (day >= 1) & (day <= after - first)


def _clock(number: _Digits, form: str, start: int) -> tuple[Ints, Bools]:
    words = form[start:]
    hour, minute = number(start, 2), number(start + 3, 2)
    real = (hour < 24) & (minute < 60)
    clock = (hour * 60 + minute) * 60 * SECOND
    if words[5:6] == ":":
        second = number(start + 6, 2)
        real &= second < 60
        clock = clock + second * SECOND
    if words[8:9] == ".":
        digits = 6 if words.startswith(_CLOCKS[3]) else 3
        clock = clock + number(start + 9, digits) * 10 ** (6 - digits)
    return clock, real


def _offset_seconds(
    number: _Digits, cells: NDArray[np.uint8], form: str
) -> tuple[Ints | int, Bools]:
    plus = form.find("+")
    real = np.ones(len(cells), dtype=bool)
    if plus < 0:
        return (0 if form.endswith("Z") else NONE), real
    hours, minutes = number(plus + 1, 2), np.zeros(len(cells), dtype=np.int64)
    if len(form) > plus + 3:
        minutes = number(len(form) - 2, 2)
    real = (hours < 24) & (minutes < 60)
    seconds = (hours * 60 + minutes) * 60
    return np.where(cells[:, plus] == ord("-"), -seconds, seconds), real
