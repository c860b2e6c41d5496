"""Columns as codes: each distinct value has a number, so that what is asked of it is asked once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
_ROOM = np.iinfo(np.int64).max


def coded(column: Any) -> tuple[Codes, list[Any]]:  # noqa: ANN401 - a column, list or array
    """Return the number of each value and the values by number; what is missing is number 0, None.

    Values are numbered in the order in which they first appear.

    Examples
    --------
    >>> coded(["b", None, "a", "b"])
    (array([1, 0, 2, 1]), [None, 'b', 'a'])
    """
    import pandas as pd

    numbers, values = pd.factorize(column if hasattr(column, "dtype") else _objects(column))
    return np.asarray(numbers, dtype=np.int64) + 1, [None, *values]


def _objects(values: Any) -> NDArray[Any]:  # noqa: ANN401 - as above
    out = np.empty(len(values), dtype=object)
    out[:] = list(values)
    return out


def together(*columns: NDArray[Any]) -> tuple[Codes, NDArray[np.intp]]:
    """Return one number per distinct combination of codes, and the first row that has each.

    Combinations are numbered in the order in which they first appear. Codes are 0 or more.

    Examples
    --------
    >>> together(np.array([0, 0, 1, 0]), np.array([2, 1, 2, 2]))
    (array([0, 1, 2, 0]), array([0, 1, 2]))
    """
    import pandas as pd

    key = np.asarray(columns[0], dtype=np.int64)
    size = int(key.max(initial=0)) + 1
    for column in columns[1:]:
        more = int(column.max(initial=0)) + 1
        if size > _ROOM // more:
            key = np.asarray(pd.factorize(key)[0], dtype=np.int64)
            size = int(key.max(initial=0)) + 1
        key = key * more + column
        size *= more
    numbers = np.asarray(pd.factorize(key)[0], dtype=np.int64)
    return numbers, first_rows(numbers)


def first_rows(numbers: Codes) -> NDArray[np.intp]:
    """Return where each number first appears, for numbers given in that order."""
    highest = np.maximum.accumulate(numbers) if len(numbers) else numbers
    return np.flatnonzero(np.diff(highest, prepend=-1) > 0)
