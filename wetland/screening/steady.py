"""Which fixes of a track (轨迹) are too shaky to count as inside a zone: hysteresis (迟滞).

One position is inside when it lies deeper than its uncertainty: at an error of 30 m a receiver that
stands just outside is so placed by chance for six fixes in a thousand. A single observation bears
that; a track of seventeen thousand fixes a day does not. So a fix of a track counts as inside only
as part of a stay that chance does not explain. Where being *outside* is what a rule asks for (a
haven, a permit's place), a fix counts as outside only so, too: "inner" below is then "outer".

Rule of decision. A *stretch* is a run of fixes of one track, none more than an hour after the one
before. A *stay* is a run of fixes of a stretch on the inner side of the edge (depth above 0), and
it holds when

1. at least `CERTAIN_FIXES` fixes at different times in a row are certain (deeper than their reach;
   all fixes of a stretch that has fewer), and
2. some fix of it is deep: by `DEEP_REACHES` times its uncertainty beyond the edge's own accuracy.

A certain fix outside such a stay is unsteady. A fix that is a stretch of its own is a single
observation and is left alone, like a row without track or time. A depth that is not known ends a
stay. A fix whose place is not to be believed (impossible speed, or stale: see
`wetland.zones.trackfilters`, stretch by stretch) is unsteady wherever it lies, and bears no stay.

Why 2.5 times: an uncertainty R holds 95 % of the error, so for normal errors R = 2.4477 sigma. Both
conditions must hold even if the error wanders so slowly that all fixes of a minute say one thing:
the first then adds nothing, and the second alone must keep chance out. Beside a straight edge
P(depth >= 2.5 R) = 5e-10, and in the worst of shapes, a receiver in a hole of the zone no larger
than itself, exp(-2.5**2 * 2.4477**2 / 2) = 8e-9; 1,000 days of a fix every 5 s are 1.7e7 fixes, so
0.01 and 0.13 fixes are to be expected at most. At 2 R the same bounds are 8 and 109. The first
condition is there for what is not normal: a reflection throws one fix or two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.zones.trackfilters import flag_fixes
from wetland.zones.trackfixes import NO_TIME, nanoseconds, track_codes

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

DEEP_REACHES = 2.5
CERTAIN_FIXES = 3
MOST_GAP_S = 3600.0


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """The fixes of tracks in order of time, cut into stretches.

    Parameters
    ----------
    size
        Rows that were given.
    rows
        Rows that are fixes of a track and may be believed, by track and time.
    number
        Number of the stretch of each of ``rows``; ascending.
    fresh
        Whether the fix has another time than the one before it in its stretch.
    times
        Different times in each stretch.
    alone
        Stretches of a single time, those of ``doubted`` fixes not left out.
    doubted
        Rows that are fixes of a track and whose place is not to be believed.
    """

    size: int
    rows: Ints
    number: Ints
    fresh: Bools
    times: Ints
    alone: Bools
    doubted: Ints
    deep_reaches: ClassVar[float] = DEEP_REACHES

    @classmethod
    def of(
        cls,
        track: ArrayLike,
        at: ArrayLike,
        *,
        lonlat: tuple[ArrayLike, ArrayLike] | None = None,
        most_gap_s: float = MOST_GAP_S,
    ) -> Stretches:
        """Sort fixes and cut them into stretches.

        Parameters
        ----------
        track
            Name or number of the track of each fix; None or NaN: it belongs to none.
        at
            Instant of each fix (a column of instants, or `numpy.datetime64`); NaT: not known.
        lonlat
            Longitudes and latitudes, degrees, to find fixes that are not to be believed; NaN: no
            fix. None: all are believed.
        most_gap_s
            A longer time without a fix ends a stretch.
        """
        (codes, _), at_ns = track_codes(track), nanoseconds(at)
        known = (codes >= 0) & (at_ns != NO_TIME)
        if lonlat is not None:
            known &= np.isfinite(np.asarray(lonlat, dtype=float)).all(axis=0)
        rows = np.flatnonzero(known)
        rows = rows[np.lexsort((at_ns[rows], codes[rows]))] if len(rows) else rows
        other = np.diff(codes[rows], prepend=-1) != 0
        since = np.diff(at_ns[rows], prepend=0)
        starts = other | (since > most_gap_s * 1e9)
        number = np.cumsum(starts) - 1
        fresh = starts | (since > 0)
        alone = np.bincount(number, weights=fresh) == 1
        doubted = np.zeros(len(rows), dtype=bool)
        if lonlat is not None:
            lon, lat = np.asarray(lonlat, dtype=float)[:, rows]
            doubted = flag_fixes(number, at_ns[rows], lonlat=(lon, lat)).doubted
        kept, away = rows[~doubted], rows[doubted]
        number, when = number[~doubted], at_ns[kept]
        fresh = (np.diff(number, prepend=-1) != 0) | (np.diff(when, prepend=0) > 0)
        times = np.bincount(number, weights=fresh, minlength=len(alone)).astype(np.int64)
        return cls(len(codes), kept, number, fresh, times, alone, away)

    def unsteady(self, depth_m: ArrayLike, reach_m: ArrayLike, *, edge_m: ArrayLike = 0.0) -> Bools:
        """Tell which fixes are certain by themselves and in no stay that holds.

        Parameters
        ----------
        depth_m
            How far inside the zone each fix lies, metres; negative outside, NaN not known.
        reach_m
            Uncertainty of the fix plus the edge's own accuracy; one or one per fix. A fix that
            lies deeper is certain.
        edge_m
            The part of ``reach_m`` that is the edge's accuracy: it is the same for every fix, so
            only the rest is taken `DEEP_REACHES` times.

        Returns
        -------
        ndarray of bool
            One per row that was given; only certain fixes are ever named.
        """
        depth = np.asarray(depth_m, dtype=float)
        reach, edge = np.asarray(reach_m, dtype=float), np.asarray(edge_m, dtype=float)
        with np.errstate(invalid="ignore"):
            certain = np.broadcast_to(depth > reach, (self.size,))
            if not certain.any():
                return np.zeros(self.size, dtype=bool)
            deep = depth >= edge + DEEP_REACHES * np.maximum(reach - edge, 0.0)
            return self.shaky(depth > 0, certain, deep)

    def shaky(self, inner: ArrayLike, certain: ArrayLike, deep: ArrayLike) -> Bools:
        """Do the same where it is known already what is deep, as edges differ in accuracy.

        Parameters
        ----------
        inner
            Whether each fix lies on the inner side of the edge (or outer, where that is asked).
        certain
            Whether it lies deeper than its uncertainty and the nearest edges' accuracy.
        deep
            Whether it would even with an uncertainty `DEEP_REACHES` times as wide; asked only of
            those that are certain.
        """
        out = np.zeros(self.size, dtype=bool)
        sure = np.asarray(certain, dtype=bool)
        out[self.doubted] = sure[self.doubted]
        at = np.flatnonzero((np.asarray(inner, dtype=bool) | sure)[self.rows])
        rows, number = self.rows[at], self.number[at]
        certain = sure[rows]
        if not certain.any():
            return out
        deep = np.asarray(deep, dtype=bool)[rows] & certain
        parted = (np.diff(at, prepend=-2) != 1) | (np.diff(number, prepend=-1) != 0)
        stay = np.cumsum(parted) - 1
        runs = np.cumsum(parted | ~certain) - 1  # a run begins at a fix that is not certain, too
        in_run = np.bincount(runs, weights=certain & self.fresh[at])
        enough = in_run[runs] >= np.minimum(CERTAIN_FIXES, self.times[number])
        stays = int(stay[-1]) + 1
        holds = np.bincount(stay, weights=deep, minlength=stays) > 0
        holds &= np.bincount(stay, weights=enough & certain, minlength=stays) > 0
        out[rows] = certain & ~holds[stay] & ~self.alone[number]
        return out


def unsteady(
    track: ArrayLike,
    at: ArrayLike,
    depth_m: ArrayLike,
    reach_m: ArrayLike,
    *,
    edge_m: ArrayLike = 0.0,
) -> Bools:
    """Tell which fixes of tracks count as inside by themselves, but not as part of a stay.

    What is named is to be taken as not determined, cause ``position_uncertain``; so this only ever
    opens an answer. For many zones make `Stretches` once and ask it for each, or give depths as a
    table (fixes, zones). For being *outside* as a fact that counts, ask with the depths negated.

    Examples
    --------
    A receiver of 30 m error stands beside a zone and is once placed 40 m inside it; then it goes
    120 m in for three fixes:

    >>> import numpy as np
    >>> at = np.datetime64("2024-05-01T08:00") + np.arange(6) * np.timedelta64(10, "s")
    >>> unsteady(["boat"] * 6, at, [-1, 40, -5, 60, 120, 70], 30.0)
    array([False,  True, False, False, False, False])
    """
    stretches = Stretches.of(track, at)
    depths = np.asarray(depth_m, dtype=float)
    if depths.ndim == 1:
        return stretches.unsteady(depths, reach_m, edge_m=edge_m)
    reach = np.broadcast_to(np.asarray(reach_m, dtype=float), depths.shape)
    edge = np.broadcast_to(np.asarray(edge_m, dtype=float), depths.shape)
    out = np.zeros(depths.shape, dtype=bool)
    for zone in range(depths.shape[1]):
        out[:, zone] = stretches.unsteady(depths[:, zone], reach[:, zone], edge_m=edge[:, zone])
    return out
