"""Fixes (定位点) of tracks (轨迹) in order of time, and where a track has gaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

NO_TIME = np.iinfo(np.int64).min
FARTHEST_M = 1e8  # of a projected coordinate: beyond it nothing is said of a place
SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Breaks:
    """What is a gap (缺口): two fixes in a row with more time or more way between them.

    A limit of None is no limit. At exactly the limit there is no gap.
    """

    max_gap_s: float | None = 600.0
    max_gap_m: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Fixes:
    """The usable fixes of all tracks, by track and time.

    Parameters
    ----------
    names
        Names of the tracks, in order of first appearance.
    track
        Place in ``names`` of each fix; ascending.
    at_ns
        Nanoseconds since 1970 (UTC); ascending within a track.
    x, y
        Easting and northing, metres.
    row
        Row of each fix in what was given.
    dropped
        Rows given that are no fix, by reason: ``no_track``, ``no_time``, ``no_position``,
        ``repeated`` (same track, time and place as a row before).
    noted
        Fixes that are used but worth knowing of: ``out_of_order`` (earlier than a row before of the
        same track), ``equal_time`` (same time as another, elsewhere).
    """

    names: tuple[Any, ...]
    track: Ints
    at_ns: Ints
    x: Floats
    y: Floats
    row: Ints
    dropped: dict[str, int] = field(default_factory=dict)
    noted: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of fixes."""
        return len(self.row)

    def steps(self, breaks: Breaks) -> Steps:
        """Return what lies between each fix and the next."""
        size = len(self)
        same = np.zeros(size, dtype=bool)
        seconds, metres = np.zeros(size), np.zeros(size)
        if size > 1:
            np.equal(self.track[1:], self.track[:-1], out=same[:-1])
            np.divide(np.diff(self.at_ns), SECOND_NS, out=seconds[:-1])
            east, north = np.diff(self.x), np.diff(self.y)
            np.sqrt(east * east + north * north, out=metres[:-1])
            seconds[~same] = 0.0
            metres[~same] = 0.0
        long = np.zeros(size, dtype=bool)
        if breaks.max_gap_s is not None:
            long |= seconds > breaks.max_gap_s
        if breaks.max_gap_m is not None:
            long |= metres > breaks.max_gap_m
        return Steps(same & ~long, long, seconds, metres)


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """From each fix to the next: travelled, or a gap, and how long and how far it is.

    Neither, and 0, from the last fix of a track.
    """

    travelled: Bools
    gap: Bools
    seconds: Floats
    metres: Floats


def order_fixes(track: ArrayLike, at: ArrayLike, *, x: ArrayLike, y: ArrayLike) -> Fixes:
    """Sort the fixes of tracks by time and set aside what is none.

    Parameters
    ----------
    track
        Name or number of each row's track; None and NaN: none.
    at
        Instant of each row: a column of instants, `numpy.datetime64`, or nanoseconds since 1970 as
        integers. NaT: not known.
    x, y
        Easting and northing in a projected CRS, metres. NaN, infinite and absurdly far: no place.

    Notes
    -----
    Rows out of order are sorted, rows of equal time keep their order; a second row of the same
    track, time and place is set aside. All of this is counted, see `Fixes`.

    Examples
    --------
    >>> fixes = order_fixes(["a", "a", "a"], [30, 10, 20], x=[3.0, 1.0, float("nan")], y=[0, 0, 0])
    >>> fixes.x.tolist(), fixes.dropped, fixes.noted
    ([1.0, 3.0], {'no_position': 1}, {'out_of_order': 1})
    """
    codes, names = track_codes(track)
    at_ns = nanoseconds(at)
    east, north = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    with np.errstate(invalid="ignore"):
        placed = (np.abs(east) <= FARTHEST_M) & (np.abs(north) <= FARTHEST_M)
    bad = {"no_track": codes < 0, "no_time": at_ns == NO_TIME, "no_position": ~placed}
    rows = np.flatnonzero((codes >= 0) & (at_ns != NO_TIME) & placed)
    late = after_a_later_one(codes[rows], at_ns[rows])
    if late.any() or (np.diff(codes[rows]) < 0).any():
        rows = rows[np.lexsort((at_ns[rows], codes[rows]))]
    same = np.zeros(len(rows), dtype=bool)
    same[1:] = (np.diff(codes[rows]) == 0) & (np.diff(at_ns[rows]) == 0)
    kept = _not_repeated(same, east[rows], north[rows])
    again = int(len(rows) - kept.sum())
    rows = rows[kept]
    equal = (np.diff(codes[rows]) == 0) & (np.diff(at_ns[rows]) == 0)
    dropped = {name: int(rule.sum()) for name, rule in bad.items()} | {"repeated": again}
    noted = {"out_of_order": int(late.sum()), "equal_time": int(equal.sum())}
    return Fixes(
        names, codes[rows], at_ns[rows], east[rows], north[rows], rows,
        {k: v for k, v in dropped.items() if v}, {k: v for k, v in noted.items() if v},
    )  # fmt: skip


def track_codes(track: Any) -> tuple[Ints, tuple[Any, ...]]:  # noqa: ANN401 - names of any kind
    """Return the number of each row's track (-1: none) and the names, by first appearance."""
    import pandas as pd

    codes, names = pd.factorize(pd.Series(track))
    return np.asarray(codes, dtype=np.int64), tuple(names.tolist())


def nanoseconds(at: Any) -> Ints:  # noqa: ANN401 - a column, an index or an array of instants
    """Return instants as nanoseconds since 1970 (UTC); the smallest integer stands for NaT."""
    import pandas as pd

    given = at if hasattr(at, "dtype") else np.asarray(at)
    if isinstance(given, np.ndarray) and np.issubdtype(given.dtype, np.integer):
        return given.astype(np.int64)
    index = pd.DatetimeIndex(pd.to_datetime(given, utc=True)).as_unit("ns")
    return np.asarray(index.asi8)


def after_a_later_one(codes: Ints, at_ns: Ints) -> Bools:
    """Tell which rows come after a row of the same track that is later."""
    late = np.zeros(len(codes), dtype=bool)
    step = np.diff(codes)
    if ((step > 0) | ((step == 0) & (np.diff(at_ns) >= 0))).all():
        return late  # each track in one piece, each in order
    order = np.argsort(codes, kind="stable")
    code, at = codes[order], at_ns[order]
    first = np.flatnonzero(np.diff(code, prepend=-1) != 0)
    for low, high in zip(first, [*first[1:], len(code)], strict=True):
        late[order[low:high]] = at[low:high] < np.maximum.accumulate(at[low:high])
    return late


def _not_repeated(same: Bools, x: Floats, y: Floats) -> Bools:
    """Tell which fixes differ from every earlier one of the same track and time."""
    kept = np.ones(len(same), dtype=bool)
    kept[1:] = ~(same[1:] & (np.diff(x) == 0) & (np.diff(y) == 0))
    groups = np.cumsum(~same) - 1
    many = np.bincount(groups, minlength=1) > 2 if len(groups) else np.zeros(0, dtype=bool)
    for group in np.flatnonzero(many).tolist():
        seen: set[tuple[float, float]] = set()
        low, high = np.searchsorted(groups, [group, group + 1])
        for i in range(int(low), int(high)):
            place = (float(x[i]), float(y[i]))
            kept[i] = place not in seen
            seen.add(place)
    return kept
