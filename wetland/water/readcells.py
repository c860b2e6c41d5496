"""Whole columns of results: the plain numbers all at once, every other distinct cell once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.reading.dates import CellError
from wetland.water.cells import parse_value

if TYPE_CHECKING:
    import pandas as pd

# How a cell was censored; the position is the code.
CENSORED = ("none", "below", "above")
# What a cell was.
RESULT, NOT_MEASURED, WRONG = 0, 1, 2

_PLAIN = r"^[0-9]{1,9}(\.[0-9]{1,6})?$"


@dataclass(frozen=True, slots=True)
class Cells:
    """What the cells of a column say, one entry a cell.

    Parameters
    ----------
    value
        The number; the limit where censored, NaN where none is told.
    censoring
        Position in `CENSORED`.
    state
        `RESULT`, `NOT_MEASURED` or `WRONG`.
    unit, note
        What stood after the number, None where nothing did.
    settled
        Whether ``unit`` alone counts, whatever the header says (a limit with a unit of its own).
    wrong
        What is wrong, by position.
    """

    value: NDArray[np.float64]
    censoring: NDArray[np.int8]
    state: NDArray[np.int8]
    unit: NDArray[Any]
    note: NDArray[Any]
    settled: NDArray[np.bool_]
    wrong: dict[int, CellError] = field(default_factory=dict)


def read_cells(cells: pd.Series, *, lowest: float = 0.0) -> Cells:
    """Read a column of results as `parse_value` reads each cell."""
    count = len(cells)
    value, rest = _plain_numbers(cells)
    found = Cells(
        value,
        np.zeros(count, dtype=np.int8),
        np.zeros(count, dtype=np.int8),
        np.full(count, None, dtype=object),
        np.full(count, None, dtype=object),
        np.zeros(count, dtype=bool),
    )
    if len(rest):
        _read_rest(cells, rest, found, lowest=lowest)
    return found


def _plain_numbers(cells: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Read the cells that are unsigned decimals; return where the others stand too."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    if not isinstance(cells.dtype, pd.StringDtype):
        return np.full(len(cells), np.nan), np.arange(len(cells))
    words = pa.array(cells.array, type=pa.large_string())
    if isinstance(words, pa.ChunkedArray):
        words = words.combine_chunks()
    fits = pc.match_substring_regex(words, _PLAIN)
    plain = pc.if_else(fits, words, pa.scalar(None, pa.large_string())).cast(pa.float64())
    value = np.array(plain.to_numpy(zero_copy_only=False), dtype=np.float64)
    return value, np.flatnonzero(np.isnan(value))


def _read_rest(cells: pd.Series, rest: NDArray[np.intp], found: Cells, *, lowest: float) -> None:
    """Read the cells that are no plain numbers, each distinct one once."""
    import pandas as pd

    codes, distinct = pd.factorize(cells.iloc[rest].to_numpy(dtype=object))
    size = len(distinct) + 1  # a missing cell has code -1: the last, not measured
    value, censoring = np.full(size, np.nan), np.zeros(size, dtype=np.int8)
    state = np.full(size, NOT_MEASURED, dtype=np.int8)
    unit, note = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    errors: dict[int, CellError] = {}
    for code, raw in enumerate(distinct):
        try:
            read = parse_value(raw, lowest=lowest)
        except CellError as error:
            errors[code], state[code] = error, WRONG
            continue
        if read is not None:
            value[code], unit[code], note[code] = read.value, read.unit, read.note
            censoring[code], state[code] = CENSORED.index(read.censoring), RESULT
    found.value[rest], found.censoring[rest] = value[codes], censoring[codes]
    found.state[rest], found.unit[rest], found.note[rest] = state[codes], unit[codes], note[codes]
    if errors:
        where = np.flatnonzero(np.isin(codes, list(errors)))
        found.wrong.update({int(rest[i]): errors[int(codes[i])] for i in where})
