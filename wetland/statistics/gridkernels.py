"""Compiled loops: covariances of values on a grid of days and slots, as sums of products."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetland.base.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def filled(day: Ints, slot: Ints, of_days: Floats, of_slots: Floats) -> Floats:
    """Return the covariance of values: the sum over parts of days times slots.

    Parameters
    ----------
    day, slot : array of int, shape (n,)
        Where each value lies.
    of_days, of_slots : array of float, shapes (days, days, parts) and (slots, slots, parts)

    Returns
    -------
    array of float, shape (n, n)
    """
    size, parts = len(day), of_days.shape[2]
    made = np.empty((size, size))
    for i in range(size):
        for j in range(i + 1):
            left, right = of_days[day[i], day[j]], of_slots[slot[i], slot[j]]
            total = 0.0
            for k in range(parts):
                total += left[k] * right[k]
            made[i, j] = total
            made[j, i] = total
    return made


@compiled
def filled_across(
    first: tuple[Ints, Ints], second: tuple[Ints, Ints], of_days: Floats, of_slots: Floats
) -> Floats:
    """Return the covariance of some values (day, slot) with others, shape (n, m); as `filled`."""
    parts = of_days.shape[2]
    made = np.empty((len(first[0]), len(second[0])))
    for i in range(len(first[0])):
        for j in range(len(second[0])):
            left = of_days[first[0][i], second[0][j]]
            right = of_slots[first[1][i], second[1][j]]
            total = 0.0
            for k in range(parts):
                total += left[k] * right[k]
            made[i, j] = total
    return made


@compiled
def summed(
    by_entry: Floats,
    place: tuple[Ints, Ints],
    of_days: tuple[Floats, Floats],
    of_slots: tuple[Floats, Floats],
) -> Floats:
    """Return the sums over all entries of a slope times the parts and their own slopes.

    Parameters
    ----------
    by_entry : array of float, shape (n, n)
        Symmetric; only its lower triangle is read.
    place : tuple of two arrays of int, shape (n,)
        Day and slot of each value.
    of_days, of_slots : tuple of two arrays
        Of every part, as for `filled`, and its slope.

    Returns
    -------
    array of float, shape (parts, 3)
        With days and slots; with days and the slope of slots; with the slope of days and slots.
    """
    day, slot = place
    days, days_slope = of_days
    slots, slots_slope = of_slots
    parts = days.shape[2]
    total = np.zeros((parts, 3))
    for i in range(len(day)):
        for j in range(i + 1):
            weight = by_entry[i, j] if i == j else 2.0 * by_entry[i, j]
            left, left_slope = days[day[i], day[j]], days_slope[day[i], day[j]]
            right, right_slope = slots[slot[i], slot[j]], slots_slope[slot[i], slot[j]]
            for k in range(parts):
                total[k, 0] += weight * left[k] * right[k]
                total[k, 1] += weight * left[k] * right_slope[k]
                total[k, 2] += weight * left_slope[k] * right[k]
    return total
