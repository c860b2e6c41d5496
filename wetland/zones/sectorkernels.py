"""A compiled loop of `wetland.zones.likelihood`: which edges matter to which place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def pair_edges(places: Floats, start: int, edges: Floats, reach: float, pairs: Floats) -> Ints:
    """Write place, distance across and both ends along, in standard deviations, of each pair.

    ``places`` holds x, y and the standard deviation; ``edges`` one end, the unit vector along and
    the length. Goes on from place ``start`` until all are done or the next may not fit into
    ``pairs``; returns how many places are done and how many pairs were written.
    """
    used = 0
    for i in range(start, len(places)):
        if used + len(edges) > len(pairs):
            return np.array([i, used])
        x, y, sigma = places[i, 0], places[i, 1], places[i, 2]
        for k in range(len(edges)):
            east, north = edges[k, 0] - x, edges[k, 1] - y
            across = (east * edges[k, 3] - north * edges[k, 2]) / sigma
            if across != 0.0 and abs(across) <= reach:
                first = (east * edges[k, 2] + north * edges[k, 3]) / sigma
                last = first + edges[k, 4] / sigma
                beside = max(0.0, max(first, -last))
                if across**2 + beside**2 <= reach**2:
                    pairs[used, 0], pairs[used, 1] = i, across
                    pairs[used, 2], pairs[used, 3] = first, last
                    used += 1
    return np.array([len(places), used])
