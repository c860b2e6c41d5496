"""Number the groups of keys: sorting only where a table of all possible keys would be too large."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def grouped(keys: Integers) -> tuple[Integers, int]:
    """Return each key's number among the distinct keys in rising order, and how many there are.

    Examples
    --------
    >>> import numpy as np
    >>> numbers, size = grouped(np.array([30, 10, 30, 20]))
    >>> numbers.tolist(), size
    ([2, 0, 2, 1], 3)
    """
    if not len(keys):
        return np.zeros(0, dtype=np.int64), 0
    least = int(keys.min())
    span = int(keys.max()) - least + 1
    if span <= 8 * len(keys) + 4096:
        present = np.zeros(span, dtype=bool)
        present[keys - least] = True
        numbers = np.cumsum(present) - 1
        return numbers[keys - least], int(numbers[-1]) + 1
    distinct, inverse = np.unique(keys, return_inverse=True)
    return inverse, len(distinct)
