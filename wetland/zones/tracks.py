"""Visits (到访) of tracks to zones: entry, exit, dwell (停留) and length in each zone.

Rule of decision. Between two fixes a track goes straight and evenly in the site's projection, so
entry and exit are placed and timed between the fixes, also where no fix lies inside. A gap (more
time or way than `Breaks` allows) is not bridged: a visit ends at the last fix before it and another
may begin at the first fix after it. Zones are closed: a fix on an edge is in the zone; touching a
corner or an edge between two fixes is no visit. A fix that only touches is a visit of no length.

So the lengths inside and outside a zone and those of the gaps add up to the length of the track,
and likewise the times; cutting a track at a fix changes no sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from wetland.base.texts import Text, text
from wetland.zones.trackcrossings import CROSSING, Turns, find_turns
from wetland.zones.trackfixes import (
    SECOND_NS,
    Bools,
    Breaks,
    Fixes,
    Floats,
    Ints,
    Steps,
    order_fixes,
)

__all__ = ["ENDS", "Breaks", "Fixes", "Gaps", "Totals", "Visits", "find_visits", "order_fixes"]

ENDS: tuple[Text, ...] = (
    text("越界", "crossing"),
    text("轨迹起点", "start"),
    text("轨迹终点", "end"),
    text("缺口", "gap"),
)
CROSSED, START, END, GAP = 0, 1, 2, 3


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Gaps of tracks: the fix before and the fix after, as places in `Fixes`; seconds; metres."""

    before: Ints
    after: Ints
    duration_s: Floats
    length_m: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """What each track did: arrays as long as `Fixes.names`; lengths in metres, times in seconds.

    ``length_m`` and ``duration_s`` leave the gaps out; these stand in ``gap_m`` (straight from fix
    to fix) and ``gap_s``.
    """

    fixes: Ints
    length_m: Floats
    duration_s: Floats
    gaps: Ints
    gap_m: Floats
    gap_s: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Visits of tracks to zones: arrays of equal length.

    In order of track, of the stretches between its gaps, of zone and of time.

    Parameters
    ----------
    track, zone
        Places in `Fixes.names` and in the polygons given.
    entered_ns, left_ns
        Nanoseconds since 1970 (UTC).
    dwell_s, length_m
        Time and way inside.
    entry, exit
        Easting and northing of both ends, (n, 2).
    entry_kind, exit_kind
        Place in `ENDS`: 0 a crossing, 1 the start of the track, 2 its end, 3 a gap.
    first, n_fixes
        Place of the first fix inside in `Fixes`, and how many there are.
    gaps, totals
        Gaps of all tracks, and what each track did.
    """

    track: Ints
    zone: Ints
    entered_ns: Ints
    left_ns: Ints
    dwell_s: Floats
    length_m: Floats
    entry: Floats
    exit: Floats
    entry_kind: NDArray[np.int8]
    exit_kind: NDArray[np.int8]
    first: Ints
    n_fixes: Ints
    gaps: Gaps
    totals: Totals

    def __len__(self) -> int:
        """Return the number of visits."""
        return len(self.track)

    def with_some(self, fixes: NDArray[np.bool_]) -> Bools:
        """Tell for each visit whether ``fixes`` (fixes, zones) is True for a fix inside it.

        Examples
        --------
        A visit is certain when some fix of it lies inside for certain: give it the fixes that do.
        """
        counted = np.zeros((len(fixes) + 1, fixes.shape[1]), dtype=np.int64)
        np.cumsum(fixes, axis=0, out=counted[1:])
        until = counted[self.first + self.n_fixes, self.zone]
        return np.asarray(until > counted[self.first, self.zone])


def find_visits(
    fixes: Fixes, polygons: Sequence[BaseGeometry], *, breaks: Breaks | None = None
) -> Visits:
    """Return every visit of every track to every zone.

    Parameters
    ----------
    fixes
        Ordered fixes, see `order_fixes`.
    polygons
        Zones, projected as the fixes; an invalid one is mended first.
    breaks
        What is a gap; the default is more than ten minutes.

    Examples
    --------
    A boat goes 40 m in 40 s, through a pond 10 m wide, without a fix in it:

    >>> from shapely.geometry import box
    >>> fixes = order_fixes(["boat", "boat"], [0, 40_000_000_000], x=[0, 40], y=[5, 5])
    >>> found = find_visits(fixes, [box(20, 0, 30, 10)])
    >>> found.entered_ns / 1e9, found.dwell_s, found.length_m, found.n_fixes
    (array([20.]), array([10.]), array([10.]), array([0]))
    """
    steps = fixes.steps(breaks or Breaks())
    turns = find_turns(fixes, steps.travelled, polygons)
    at_ns, x, y, way = _placed(fixes, steps, turns)
    into, out = slice(0, None, 2), slice(1, None, 2)
    first = turns.segment[into] + (turns.part[into] > 0)
    kinds = _kinds(fixes, turns)
    return Visits(
        track=fixes.track[turns.segment[into]] if len(fixes) else turns.zone[into],
        zone=turns.zone[into],
        entered_ns=at_ns[into],
        left_ns=at_ns[out],
        dwell_s=(at_ns[out] - at_ns[into]) / SECOND_NS,
        length_m=np.maximum(way[out] - way[into], 0.0),
        entry=np.column_stack([x[into], y[into]]),
        exit=np.column_stack([x[out], y[out]]),
        entry_kind=kinds[into],
        exit_kind=kinds[out],
        first=first,
        n_fixes=turns.segment[out] - first + 1,
        gaps=_gaps(steps),
        totals=_totals(fixes, steps),
    )


def _placed(fixes: Fixes, steps: Steps, turns: Turns) -> tuple[Ints, Floats, Floats, Floats]:
    """Return time, easting, northing and way since the beginning of each turn."""
    i, part = turns.segment, turns.part
    along = np.zeros(len(fixes) + 1)
    np.cumsum(steps.metres * steps.travelled, out=along[1:])
    following = i + steps.travelled[i] if len(fixes) else i
    since = (fixes.at_ns[following] - fixes.at_ns[i]).astype(float)
    at_ns = fixes.at_ns[i] + np.rint(part * since).astype(np.int64)
    x = fixes.x[i] + part * (fixes.x[following] - fixes.x[i])
    y = fixes.y[i] + part * (fixes.y[following] - fixes.y[i])
    return at_ns, x, y, along[i] + part * steps.metres[i]


def _kinds(fixes: Fixes, turns: Turns) -> NDArray[np.int8]:
    """Return what kind of end of a visit each turn is."""
    size = len(fixes)
    changes = np.diff(fixes.track, prepend=-1, append=-1) != 0 if size else np.zeros(1, dtype=bool)
    starts, ends = changes[:-1], changes[1:]
    kinds = np.full(len(turns.zone), CROSSED, dtype=np.int8)
    into = np.arange(len(kinds)) % 2 == 0
    cut = turns.kind != CROSSING
    kinds[cut] = GAP
    kinds[cut & into & starts[turns.segment]] = START
    kinds[cut & ~into & ends[turns.segment]] = END
    return kinds


def _gaps(steps: Steps) -> Gaps:
    before = np.flatnonzero(steps.gap)
    return Gaps(before, before + 1, steps.seconds[before], steps.metres[before])


def _totals(fixes: Fixes, steps: Steps) -> Totals:
    size, gap = len(fixes.names), np.flatnonzero(steps.gap)

    def summed(values: Floats, rows: Ints | slice) -> Floats:
        sums = np.bincount(fixes.track[rows], weights=values[rows], minlength=size)
        return sums.astype(float)

    all_m, all_s = summed(steps.metres, slice(None)), summed(steps.seconds, slice(None))
    gap_m, gap_s = summed(steps.metres, gap), summed(steps.seconds, gap)
    return Totals(
        np.bincount(fixes.track, minlength=size).astype(np.int64),
        np.maximum(all_m - gap_m, 0.0),
        np.maximum(all_s - gap_s, 0.0),
        np.bincount(fixes.track[gap], minlength=size).astype(np.int64),
        gap_m,
        gap_s,
    )
