"""Fixes of tracks that are not to be believed (可疑定位点): flagged and counted, never dropped.

Rule of decision, fix by fix of one track in order of time:

- ``impossible_speed`` 速度异常: a step is impossible when it is longer than the speed limit allows
  for its time, one second more for the clock, and both positions' uncertainty. Impossible steps cut
  the track into pieces; the largest number of fixes in pieces that can follow each other is
  believed, the rest is flagged. So one jump flags the fix that jumps and not its neighbours, and a
  few fixes elsewhere are flagged together. Where two choices believe equally many, nobody can tell,
  and the fixes of both are flagged.
- ``stale`` 位置停滞: exactly the same coordinates again and again, `STALE_FIXES` times at least,
  and longer than `STALE_S` after they first came: a receiver at rest wanders by a metre or two, one
  that lost the sky repeats what it had. The fixes of the first half hour are left alone. Also a fix
  that came in much later than it was made (``received``), or before.
- ``duplicate_time`` 时刻重复: not the first row of its track with this time.
- ``out_of_order`` 顺序颠倒: comes after a row of the same track with a later time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from wetland.base.texts import Text, text
from wetland.zones.trackfixes import (
    NO_TIME,
    SECOND_NS,
    Bools,
    Floats,
    Ints,
    after_a_later_one,
    nanoseconds,
    track_codes,
)
from wetland.zones.trackpieces import CLOCK_S, METRES_PER_DEGREE, choose_pieces

SPEED_M_S = 50.0
SPEEDS_M_S: Mapping[str, float] = MappingProxyType(
    {"walk": 10.0, "boat": 30.0, "car": 50.0, "drone": 40.0}
)
STALE_S = 1800.0
STALE_FIXES = 5
MOST_LAG_S = 3600.0
MANY_PIECES = 300

TITLES: Mapping[str, Text] = MappingProxyType(
    {
        "impossible_speed": text("速度异常", "impossible speed"),
        "stale": text("位置停滞", "stale position"),
        "duplicate_time": text("时刻重复", "time repeated"),
        "out_of_order": text("顺序颠倒", "out of order"),
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of fixes.

    Parameters
    ----------
    speed_m_s
        Highest speed; `SPEEDS_M_S` has one for each kind of track.
    stale_s
        How long the same coordinates may come again.
    most_lag_s
        How long after it was made a fix may come in, where that is known.
    """

    speed_m_s: float = SPEED_M_S
    stale_s: float = STALE_S
    most_lag_s: float = MOST_LAG_S


@dataclass(frozen=True, slots=True, eq=False)
class Flags:
    """What is wrong with each row given; rows without track, time or place have no flag."""

    impossible_speed: Bools
    stale: Bools
    duplicate_time: Bools
    out_of_order: Bools

    @property
    def doubted(self) -> Bools:
        """Return the fixes whose place is not to be believed: impossible speed, or stale."""
        return self.impossible_speed | self.stale

    @property
    def any(self) -> Bools:
        """Return the rows with any flag."""
        return self.doubted | self.duplicate_time | self.out_of_order

    def counts(self) -> dict[str, int]:
        """Return how many rows bear each flag."""
        return {name: int(getattr(self, name).sum()) for name in TITLES}


def flag_fixes(
    track: ArrayLike,
    at: ArrayLike,
    *,
    lonlat: tuple[ArrayLike, ArrayLike],
    uncertainty_m: ArrayLike = 0.0,
    received: ArrayLike | None = None,
    limits: Limits | None = None,
) -> Flags:
    """Flag the fixes of tracks that are not to be believed.

    Parameters
    ----------
    track, at
        Name or number of each row's track, and its instant; what is missing is no fix.
    lonlat
        Longitudes and latitudes, degrees.
    uncertainty_m
        Uncertainty of each position, metres: so far a fix may jump at any speed. NaN is 0.
    received
        When each fix came in, where that is known.
    limits
        What is asked of fixes.

    Examples
    --------
    A jump of a kilometre and back within 20 s:

    >>> at = np.arange(5) * 10 * 10**9
    >>> lon = np.array([120.06, 120.0601, 120.07, 120.0603, 120.0604])
    >>> flags = flag_fixes(["a"] * 5, at, lonlat=(lon, np.full(5, 30.27)))
    >>> flags.impossible_speed
    array([False, False,  True, False, False])
    """
    asked = limits or Limits()
    (codes, _), at_ns = track_codes(track), nanoseconds(at)
    lon, lat = (np.asarray(c, dtype=float) for c in lonlat)
    given = np.broadcast_to(np.asarray(uncertainty_m, dtype=float), (len(codes),))
    known = (codes >= 0) & (at_ns != NO_TIME) & np.isfinite(lon) & np.isfinite(lat)
    rows = np.flatnonzero(known)
    late = after_a_later_one(codes[rows], at_ns[rows])
    order = rows[np.lexsort((at_ns[rows], codes[rows]))]
    code, when = codes[order], at_ns[order]
    places = np.column_stack([lon[order], lat[order]])
    again = np.zeros(len(order), dtype=bool)
    again[1:] = (np.diff(code) == 0) & (np.diff(when) == 0)
    fast = _impossible(code, when, places, np.nan_to_num(given[order]), asked.speed_m_s)
    stale = _standing_still(code, when, places, asked.stale_s)
    if received is not None:
        lag_s = (nanoseconds(received)[order] - when) / SECOND_NS
        arrived = nanoseconds(received)[order] != NO_TIME
        stale |= arrived & ((lag_s > asked.most_lag_s) | (lag_s < -60.0))
    out = [np.zeros(len(codes), dtype=bool) for _ in range(4)]
    for flags, found in zip(out, (fast, stale, again), strict=False):
        flags[order] = found
    out[3][rows] = late
    return Flags(*out)


def _impossible(code: Ints, when: Ints, places: Floats, blur: Floats, speed: float) -> Bools:
    flagged = np.zeros(len(code), dtype=bool)
    if len(code) < 2:
        return flagged
    same = code[1:] == code[:-1]
    seconds = np.diff(when) / SECOND_NS
    a, b = places[:-1], places[1:]
    east = (b[:, 0] - a[:, 0] + 180.0) % 360.0 - 180.0
    east *= np.cos(np.radians((a[:, 1] + b[:, 1]) / 2))
    metres = np.hypot(east, b[:, 1] - a[:, 1]) * METRES_PER_DEGREE
    far = metres > speed * (seconds + CLOCK_S) + blur[:-1] + blur[1:]
    jumps = np.flatnonzero(same & far)
    if not len(jumps):
        return flagged
    cuts = np.flatnonzero(np.concatenate([[True], ~same | far, [True]]))
    troubled = np.isin(code[cuts[:-1]], code[jumps])
    first, last = cuts[:-1][troubled], cuts[1:][troubled] - 1
    choose = _chooser(len(first))
    sized = (last - first + 1).astype(float)
    ends = np.column_stack([places[first], when[first] / SECOND_NS, blur[first],
                            places[last], when[last] / SECOND_NS, blur[last], sized])  # fmt: skip
    believed = choose(ends, code[first], speed, False) & choose(ends, code[first], speed, True)
    for low, high in zip(first[~believed].tolist(), last[~believed].tolist(), strict=True):
        flagged[low : high + 1] = True
    return flagged


def _chooser(pieces: int) -> Callable[[Floats, Ints, float, bool], Bools]:
    """Return `choose_pieces`, compiled where there is much to choose."""
    if pieces < MANY_PIECES:
        return choose_pieces
    from wetland.base.compiled import compiled  # noqa: PLC0415 - loads the compiler

    return compiled(choose_pieces)


def _standing_still(code: Ints, when: Ints, places: Floats, stale_s: float) -> Bools:
    if not len(code):
        return np.zeros(0, dtype=bool)
    moved = np.ones(len(code), dtype=bool)
    moved[1:] = (np.diff(code) != 0) | (np.diff(places, axis=0) != 0).any(axis=1)
    stand = np.cumsum(moved) - 1
    since_s = (when - when[np.flatnonzero(moved)][stand]) / SECOND_NS
    return np.asarray((since_s > stale_s) & (np.bincount(stand)[stand] >= STALE_FIXES))
