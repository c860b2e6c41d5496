"""How far many lines and footprints are from a zone's edges: compiled loops."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled

Floats = NDArray[np.float64]
Offsets = NDArray[np.int64]

CLOSE_M = 1e-6  # nearer than this GEOS says whether they meet


class Outlines(NamedTuple):
    """Vertices of many things: thing i has begins[i]..begins[i + 1]; ``last`` ends a line."""

    xy: Floats
    begins: Offsets
    last: NDArray[np.bool_]


@compiled
def squared_away(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Return the square of the distance from p to the piece a, b."""
    ux, uy = bx - ax, by - ay
    vx, vy = px - ax, py - ay
    long = ux * ux + uy * uy
    part = 0.0
    if long > 0.0:
        part = min(max((vx * ux + vy * uy) / long, 0.0), 1.0)
    dx, dy = vx - part * ux, vy - part * uy
    return dx * dx + dy * dy


@compiled
def nearest_edges(things: Outlines, edges: Floats, away: Floats) -> None:
    """Write each thing's distance to the nearest edge; NaN where GEOS must be asked.

    GEOS is asked where a thing and an edge meet or nearly do, and where an end of an edge lies in
    the thing's box, so that it might lie inside the thing.
    """
    xy, begins, last = things.xy, things.begins, things.last
    for i in range(len(away)):
        low_x = low_y = np.inf
        high_x = high_y = -np.inf
        for k in range(begins[i], begins[i + 1]):
            low_x, high_x = min(low_x, xy[k, 0]), max(high_x, xy[k, 0])
            low_y, high_y = min(low_y, xy[k, 1]), max(high_y, xy[k, 1])
        mx, my = (low_x + high_x) / 2, (low_y + high_y) / 2
        radius = np.hypot(high_x - low_x, high_y - low_y) / 2
        least = np.inf
        for e in range(len(edges)):
            least = min(
                least, squared_away(mx, my, edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3])
            )
        best = (np.sqrt(least) + radius) ** 2 * (1 + 1e-12)
        for e in range(len(edges)):
            ax, ay, bx, by = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
            if squared_away(mx, my, ax, ay, bx, by) > (np.sqrt(best) + radius) ** 2 * (1 + 1e-12):
                continue
            if (low_x <= ax <= high_x and low_y <= ay <= high_y) or (
                low_x <= bx <= high_x and low_y <= by <= high_y
            ):
                best = 0.0
                break
            for k in range(begins[i], begins[i + 1]):
                best = min(best, squared_away(xy[k, 0], xy[k, 1], ax, ay, bx, by))
                if not last[k]:
                    x, y, nx, ny = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
                    best = min(best, squared_away(ax, ay, x, y, nx, ny))
                    best = min(best, squared_away(bx, by, x, y, nx, ny))
                    if crossing(ax, ay, bx, by, x, y, nx, ny):
                        best = 0.0
        away[i] = np.sqrt(best) if best > CLOSE_M * CLOSE_M else np.nan


@compiled
def crossing(  # noqa: PLR0913 - two pieces are eight numbers
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float
) -> bool:
    """Tell whether the pieces a, b and c, d cross; where rounding decides they are close anyway."""
    ux, uy, vx, vy = bx - ax, by - ay, dx - cx, dy - cy
    c_left = ux * (cy - ay) > uy * (cx - ax)
    d_left = ux * (dy - ay) > uy * (dx - ax)
    a_left = vx * (ay - cy) > vy * (ax - cx)
    b_left = vx * (by - cy) > vy * (bx - cx)
    return c_left != d_left and a_left != b_left


@compiled
def in_one_belt(
    things: Outlines, edges: Floats, width: Floats, rows: Offsets, lost: NDArray[np.bool_]
) -> None:
    """Mark the things that lie wholly within ``width`` of one edge, a little less to be safe.

    The distance to one straight edge is convex: nothing between the vertices is farther than they.
    """
    xy, begins = things.xy, things.begins
    for number in range(len(rows)):
        i = rows[number]
        reach = width[number] - CLOSE_M
        if reach <= 0:
            continue
        reach = reach * reach
        for e in range(len(edges)):
            inside = True
            for k in range(begins[i], begins[i + 1]):
                if (
                    squared_away(
                        xy[k, 0], xy[k, 1], edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
                    )
                    > reach
                ):
                    inside = False
                    break
            if inside:
                lost[number] = True
                break
