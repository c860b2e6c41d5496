"""Stepwise choice of change points (逐步选择变化点)."""

from __future__ import annotations

from wetland.birds.trimdesign import Design, make_design
from wetland.birds.trimfit import Corrections, Estimates, Fitting
from wetland.birds.trimtable import CountTable
from wetland.birds.trimtests import change_point_tests, score_test

LEAVE = 0.2  # a change point with a larger p is dropped
ENTER = 0.15  # a dropped one with a smaller p comes back

Fitted = tuple[Fitting, Estimates]


def fit_points(table: CountTable, points: tuple[int, ...], corrections: Corrections) -> Fitted:
    """Fit model 2 with given change points."""
    fitting = Fitting(table, make_design(table, 2, points))
    return fitting, fitting.run(corrections)


def stepwise(table: CountTable, points: tuple[int, ...], corrections: Corrections) -> Fitted:
    """Drop change points that say nothing, take back those that do; return the last model.

    In turn: the change point with the largest p of Wald's test is dropped where that is above 0.2
    (the later one of equals); of the dropped ones, that with the smallest p of the score test comes
    back where that is below 0.15. The end is where neither happens, or where change points come
    round that were there before. The last change point may be dropped too: then nothing changes
    in time.

    References
    ----------
    Pannekoek and van Strien (2005), TRIM 3 manual, 2.7.
    """
    dropped: tuple[int, ...] = ()
    fitting, estimates = fit_points(table, points, corrections)
    seen = {points}
    while True:
        worst = _worst(fitting.design, estimates, table)
        if worst is not None:
            points, dropped = _without(points, worst), (*dropped, worst)
            fitting, estimates = fit_points(table, points, corrections)
        best = _best(table, estimates, points, dropped)
        if best is not None:
            points, dropped = tuple(sorted((*points, best))), _without(dropped, best)
            fitting, estimates = fit_points(table, points, corrections)
        if (worst is None and best is None) or points in seen:
            return fitting, estimates
        seen.add(points)


def _without(points: tuple[int, ...], point: int) -> tuple[int, ...]:
    return tuple(p for p in points if p != point)


def _worst(design: Design, estimates: Estimates, table: CountTable) -> int | None:
    tests = change_point_tests(design, estimates, table.times)
    if not tests:
        return None
    number = max(range(len(tests)), key=lambda k: (tests[k].p_value, k))
    return design.change_points[number] if tests[number].p_value > LEAVE else None


def _best(
    table: CountTable, estimates: Estimates, points: tuple[int, ...], dropped: tuple[int, ...]
) -> int | None:
    chances = [(score_test(table, estimates, point, points), point) for point in sorted(dropped)]
    if not chances:
        return None
    p_value, point = min(chances)
    return point if p_value < ENTER else None
