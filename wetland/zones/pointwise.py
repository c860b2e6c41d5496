"""Points against the zones of one question, in two ways that give one answer.

Few points go to GEOS. Many go through compiled loops, block by block; those so near to an edge or
to a belt's rim that another rounding could decide otherwise go to GEOS too.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from wetland.base.places import Cause
from wetland.zones.located import CAUSE_CODE, IN, OPEN, OUT, Located
from wetland.zones.model import Zone, ZoneLayer
from wetland.zones.placing import Placed
from wetland.zones.readiness import compiled_pays
from wetland.zones.shapes import Shape

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rows = NDArray[np.intp]

BLOCK = 65_536  # points at once: what is measured of them stays near the processor
SLACK_M = 1e-6  # far above any difference between two ways to a distance

# A prepared polygon builds its index on first use, and sessions of the app share a site: nothing is
# promised for two threads that meet there.
ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One zone of a question: its shape, the accuracy of each group of edges, and the answer."""

    zone: Zone
    shape: Shape
    own: Floats
    out: Located


def distances(shape: Shape, x: Floats, y: Floats) -> Floats:
    """Return the distance of points to the nearest edge of each group, metres; (groups, n)."""
    if compiled_pays(len(x)):
        return np.stack([group.near().distances(x, y) for group in shape.edges])
    points = np.asarray(shapely.points(x, y))
    with ONE_AT_A_TIME:
        return np.stack([group.distances_m(points) for group in shape.edges])


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What was measured of some points against one zone.

    ``near``: in some belt; ``drawn``: within some edge's own accuracy.
    """

    covered: Bools
    nearest: Floats
    near: Bools
    drawn: Bools


def locate_points(
    layer: ZoneLayer, asked: Sequence[Asked], placed: Placed, uncertainty: Floats
) -> None:
    """Write the answers for the points of ``placed``; ``asked`` are the zones of ``layer``."""
    size = len(placed.points)
    if not compiled_pays(size):
        if size:
            _by_geos(asked, placed, uncertainty, np.arange(size))
        return
    for start in range(0, size, BLOCK):
        _by_loops(layer, asked, placed, uncertainty, slice(start, start + BLOCK))


def _by_geos(asked: Sequence[Asked], placed: Placed, uncertainty: Floats, chosen: Rows) -> None:
    """Let GEOS decide; ``chosen`` are numbers among the points of ``placed``."""
    rows, x, y = placed.points[chosen], placed.x[chosen], placed.y[chosen]
    widths, points = uncertainty[rows], np.asarray(shapely.points(x, y))
    for each in asked:
        own = each.own[:, None]
        with ONE_AT_A_TIME:
            away = np.stack([group.distances_m(points) for group in each.shape.edges])
            covered = each.shape.covers(x, y)
        near: Bools = np.any(away <= widths + own, axis=0)
        drawn: Bools = np.any((away <= own) & (own > 0), axis=0)
        _write(each.out, rows, widths, _Seen(covered, away.min(axis=0), near, drawn))


def _by_loops(
    layer: ZoneLayer, asked: Sequence[Asked], placed: Placed, uncertainty: Floats, part: slice
) -> None:
    from wetland.zones.nearkernels import (  # noqa: PLC0415 - brings the compiler
        BLURRED,
        DRAWN,
        NEAR,
        narrow_belts,
    )
    from wetland.zones.zoneindex import index_of  # noqa: PLC0415 - brings the compiler

    rows, x, y = placed.points[part], placed.x[part], placed.y[part]
    places = _as_slice(rows)
    widths = uncertainty[places]
    bits = np.empty(len(rows), dtype=np.int32)
    nearest = np.empty(len(rows))
    covers = index_of(layer).covers(x, y)
    for each, covered in zip(asked, covers.T, strict=True):
        bits[:], nearest[:] = 0, np.inf
        for group, own in zip(each.shape.edges, each.own.tolist(), strict=True):
            narrow_belts(group.near().distances(x, y), widths, own, SLACK_M, nearest, bits)
        near, drawn = (bits & NEAR) > 0, (bits & DRAWN) > 0
        _write(each.out, places, widths, _Seen(covered, nearest, near, drawn))
        blurred = np.flatnonzero(bits & BLURRED)
        if len(blurred):
            _by_geos([each], placed, uncertainty, blurred + (part.start or 0))


def _as_slice(rows: Rows) -> Rows | slice:
    """Return rows that follow each other as a slice, which is quicker to write to."""
    whole = len(rows) > 0 and rows[-1] - rows[0] == len(rows) - 1
    return slice(int(rows[0]), int(rows[-1]) + 1) if whole else rows


def _write(out: Located, rows: Rows | slice, uncertainty: Floats, seen: _Seen) -> None:
    covered, nearest, near = seen.covered, seen.nearest, seen.near
    out.where[rows] = np.where(near, OPEN, np.where(covered, IN, OUT))
    out.distance_m[rows] = np.where(covered, nearest, -nearest)
    out.whole[rows] = covered & ~near
    alone = (nearest <= uncertainty) & (uncertainty > 0) & ~seen.drawn
    out.cause[rows] = np.where(near & alone, CAUSE_CODE[Cause.POSITION_UNCERTAIN], 0)
