"""Which side of a line a point lies on, without a wrong sign: compiled, on scalars only.

Coordinates are whole multiples of one power of two and small enough that every difference of two
of them is exact. The sign of a turn is then found from its rounded value where that is beyond its
error bound, and from the exact products where it is not.

What lies exactly on a line is decided as if all footprints were moved by (e, e*e), e infinitely
small: every question then has one answer, the answers never contradict one another, and areas,
which do not jump, are those of the footprints where they are.

References
----------
T. J. Dekker (1971), A floating-point technique for extending the available precision.
J. R. Shewchuk (1997), Adaptive precision floating-point arithmetic (two_two_diff).
H. Edelsbrunner, E. P. Muecke (1990), Simulation of simplicity.
"""

from __future__ import annotations

from wetland.base.compiled import compiled, in_place

SPLITTER = 134217729.0  # 2**27 + 1
DOUBTFUL = 4.0e-16  # of the sum of the two products: beyond it a rounded sign is right


@compiled
def low_part(a: float, b: float, product: float) -> float:
    """Return what rounding took from ``product`` = a * b."""
    c = SPLITTER * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = SPLITTER * b
    b_high = c - (c - b)
    b_low = b - b_high
    return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


@compiled
def exact_difference(left: float, left_low: float, right: float, right_low: float) -> float:
    """Return (left + left_low) - (right + right_low) rounded, with the right sign."""
    i = left_low - right_low
    bb = i - left_low
    x0 = (left_low - (i - bb)) - (right_low + bb)
    j = left + i
    bb = j - left
    rest = (left - (j - bb)) + (i - bb)
    i = rest - right
    bb = i - rest
    x1 = (rest - (i - bb)) - (right + bb)
    x3 = j + i
    bb = x3 - j
    x2 = (j - (x3 - bb)) + (i - bb)
    if x3 != 0.0:
        return x3
    if x2 != 0.0:
        return x2
    if x1 != 0.0:
        return x1
    return x0


@compiled
def exact_turn(ux: float, uy: float, vx: float, vy: float) -> float:
    """Return ux * vy - uy * vx with the right sign."""
    left, right = ux * vy, uy * vx
    return exact_difference(left, low_part(ux, vy, left), right, low_part(uy, vx, right))


@in_place
def turn(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> float:
    """Return twice the area of a, b, c: above 0 where c lies left of a -> b, 0 where on it."""
    ux, uy, vx, vy = bx - ax, by - ay, cx - ax, cy - ay
    left, right = ux * vy, uy * vx
    found = left - right
    if abs(found) > DOUBTFUL * (abs(left) + abs(right)):
        return found
    return exact_turn(ux, uy, vx, vy)
