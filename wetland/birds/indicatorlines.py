"""Lines through indices as matrices (衔接与平滑): chaining over missing years, local regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Chain:
    """How the logarithms of each species go into the index.

    Attributes
    ----------
    lines
        By species ``[all years, its years]``: their products with the species' logarithms add up to
        the index, which is 0 in the first year.
    broken
        The first year that no species shares with the next one; None where there is none.
    """

    lines: tuple[Floats, ...]
    broken: int | None


def chain(years: Sequence[Numbers], times: Numbers) -> Chain:
    """Chain the mean yearly steps of species over ``times`` (every year, ascending).

    ``years`` are those of each species. A step is the mean over the species whose series holds both
    its ends; years missing within a series lie on the straight line between their neighbours.
    """
    holds = np.array([(times[:-1] >= own[0]) & (times[1:] <= own[-1]) for own in years])
    number = holds.sum(axis=0)
    empty = np.flatnonzero(number == 0)
    if empty.size:
        return Chain((), int(times[empty[0]]))
    lines = []
    for own, steps in zip(years, holds, strict=True):
        whole = in_gaps(own, times)
        change = np.where((steps / number)[:, None] > 0, np.diff(whole, axis=0), 0.0)
        change = change * (steps / number)[:, None]
        lines.append(np.vstack([np.zeros((1, own.size)), np.cumsum(change, axis=0)]))
    return Chain(tuple(lines), None)


def in_gaps(own: Numbers, times: Numbers) -> Floats:
    """Return the matrix that puts a series of ``own`` years on all ``times`` by straight lines.

    Before its first and after its last year the series has none (rows of 0).

    Examples
    --------
    >>> in_gaps(np.array([1, 3]), np.arange(1, 5)).tolist()
    [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0], [0.0, 0.0]]
    """
    out = np.zeros((times.size, own.size))
    for k in range(own.size):
        unit = np.zeros(own.size)
        unit[k] = 1.0
        out[:, k] = np.interp(times, own, unit, left=0.0, right=0.0)
    return out


def local_lines(size: int, span: float) -> Floats:
    """Return the matrix of a local regression over ``size`` equally spaced points.

    At every point a line is fitted to the nearest ``span`` of all points (at least four, or all of
    them), with tricube weights of the distance, as LOWESS without robustness. Straight lines stay
    as they are.

    Examples
    --------
    >>> smoother = local_lines(6, 0.75)
    >>> (smoother @ np.arange(6.0)).round(9).tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    """
    at = np.arange(size, dtype=np.float64)
    near = min(size, max(int(span * size + 1e-9), 4))
    out = np.zeros((size, size))
    for k in range(size):
        distance = np.abs(at - at[k])
        reach = np.sort(distance)[near - 1] * (1 + 1e-9) if near < size else distance.max() * 1.001
        weight = np.clip(1 - (distance / max(reach, 1e-9)) ** 3, 0.0, None) ** 3
        design = np.stack([np.ones(size), at - at[k]], axis=1)
        solved = np.linalg.pinv(design * np.sqrt(weight)[:, None])
        out[k] = solved[0] * np.sqrt(weight)
    return out
