"""Points as well-known binary (WKB), many at once: 21 bytes each, no object a row.

References
----------
OGC 06-103r4, section 8 (well-known binary).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])


def points_as_wkb(x: Floats, y: Floats) -> NDArray[Any]:
    """Return two-dimensional points, each as a `POINT`.

    Examples
    --------
    >>> import shapely
    >>> shapely.from_wkb(points_as_wkb(np.array([120.5]), np.array([30.25])).tobytes()).wkt
    'POINT (120.5 30.25)'
    """
    made = np.empty(len(x), dtype=POINT)
    made["order"], made["kind"], made["x"], made["y"] = 1, 1, x, y
    return made
