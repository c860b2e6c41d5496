"""Choose what to believe of a track that is in pieces; plain Python that can also be compiled."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLOCK_S = 1.0  # clocks tell whole seconds
METRES_PER_DEGREE = 111_320.0
LOOK_BACK = 64  # pieces before a piece that it is compared with


def choose_pieces(ends: Floats, track: Ints, speed_m_s: float, later: bool) -> Bools:
    """Choose pieces of each track that can follow each other, with the most fixes.

    Parameters
    ----------
    ends
        Of each piece, in order: longitude, latitude, second and uncertainty (m) of its first fix,
        the same of its last, and how many fixes it has.
    track
        Track of each piece; ascending.
    speed_m_s
        What one can go at.
    later
        Which of two equally good choices is taken: the later pieces, or the earlier.
    """
    count = len(ends)
    best, before = ends[:, 8].copy(), np.full(count, -1)
    chosen = np.zeros(count, dtype=np.bool_)
    top = 0
    for b in range(count):
        if b > 0 and track[b] != track[b - 1]:
            while top >= 0:
                chosen[top] = True
                top = before[top]
            top = b
        for a in range(max(0, b - LOOK_BACK), b):
            total = best[a] + ends[b, 8]
            if track[a] != track[b] or total < best[b] or (total == best[b] and not later):
                continue
            east = (ends[b, 0] - ends[a, 4] + 180.0) % 360.0 - 180.0
            east *= math.cos(math.radians((ends[b, 1] + ends[a, 5]) / 2))
            metres = math.hypot(east, ends[b, 1] - ends[a, 5]) * METRES_PER_DEGREE
            reach = speed_m_s * (ends[b, 2] - ends[a, 6] + CLOCK_S) + ends[b, 3] + ends[a, 7]
            if metres <= reach:
                best[b], before[b] = total, a
        if best[b] > best[top] or (later and best[b] == best[top]):
            top = b
    while count > 0 and top >= 0:
        chosen[top] = True
        top = before[top]
    return chosen
