"""Two dated series on one axis of days, months or years (对齐), for a test of association."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetland.base.errors import InputError
from wetland.base.texts import Text, text
from wetland.statistics.kendallblocks import as_series

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Step = Literal["day", "month", "year"]
Combine = Literal["mean", "median", "max", "min", "sum"]
Day = dt.date | int

MONTHS = 12
_COMBINED: dict[str, Callable[[Floats], np.floating]] = {
    "mean": np.mean, "median": np.median, "max": np.max, "min": np.min, "sum": np.sum,
}  # fmt: skip
STEPS: dict[Step, Text] = {
    "day": text("日", "day"),
    "month": text("月", "month"),
    "year": text("年", "year"),
}

_STEP = text("时间步长须为 day、month 或 year：{s}", "a step is day, month or year, not {s!r}")
_COMBINE = text("合并方式须为 {all} 之一：{c}", "values are combined by one of {all}, not {c!r}")
_YEARS = text(
    "只有年份的序列须按年比较", "a series that tells years only can be compared by years only"
)
_LENGTH = text("日期与数值的个数不同", "there are not as many days as values")


@dataclass(frozen=True, eq=False)
class Dated:
    """Values of days, or of years (whole numbers), in any order, several to a day or none.

    ``combine`` says what several values within one step make: counts of birds are ``max`` as a
    rule, concentrations ``mean``, visitors ``sum``. NaN is no value.
    """

    days: Sequence[Day]
    values: ArrayLike
    combine: Combine = "mean"


@dataclass(frozen=True, eq=False)
class Aligned:
    """Steps at which both series have a value.

    Attributes
    ----------
    times
        Whole numbers, one apart for neighbouring steps: years, year x 12 + month - 1, or days.
    x, y
        The two series.
    labels
        What the steps are written as: ``2024``, ``2024-05``, ``2024-05-01``.
    period
        Steps in a year of seasons: 12 for months; None else.
    only_x, only_y
        Steps at which the other series has no value.
    """

    times: Floats
    x: Floats
    y: Floats
    labels: tuple[str, ...]
    period: int | None
    only_x: int
    only_y: int


def align(x: Dated, y: Dated, per: Step = "month", *, lag: int = 0) -> Aligned:
    """Put two series on common steps.

    Parameters
    ----------
    lag
        Steps by which ``y`` comes before ``x``: with 1, the birds of a month are held against the
        water of the month before. The labels are those of ``x``.

    Errors
    ------
    InputError
        An unknown step or way of combining, years where months or days are asked for, days and
        values of different number.

    Examples
    --------
    >>> birds = Dated([dt.date(2024, 1, 3), dt.date(2024, 1, 20), dt.date(2024, 3, 1)], [4, 9, 2],
    ...               "max")
    >>> water = Dated([dt.date(2024, 1, 5), dt.date(2024, 2, 5), dt.date(2024, 3, 5)], [2, 3, 4])
    >>> both = align(birds, water)
    >>> both.labels, both.x.tolist(), both.y.tolist(), both.only_y
    (('2024-01', '2024-03'), [9.0, 2.0], [2.0, 4.0], 1)
    """
    if per not in STEPS:
        raise InputError(_STEP.fill(s=per))
    first = _stepped(x, per)
    second = {step + lag: value for step, value in _stepped(y, per).items()}
    common = sorted(first.keys() & second.keys())
    return Aligned(
        np.array(common, dtype=np.float64),
        np.array([first[step] for step in common], dtype=np.float64),
        np.array([second[step] for step in common], dtype=np.float64),
        tuple(step_label(step, per) for step in common),
        MONTHS if per == "month" else None,
        len(first.keys() - second.keys()),
        len(second.keys() - first.keys()),
    )


def step_label(step: int, per: Step) -> str:
    """Return what a step is written as.

    >>> step_label(2024 * 12 + 4, "month")
    '2024-05'
    """
    if per == "year":
        return str(step)
    if per == "month":
        return f"{step // MONTHS:04d}-{step % MONTHS + 1:02d}"
    return dt.date.fromordinal(step).isoformat()


def _stepped(series: Dated, per: Step) -> dict[int, float]:
    """Return the combined value of every step that has one."""
    if series.combine not in _COMBINED:
        raise InputError(_COMBINE.fill(all=", ".join(_COMBINED), c=series.combine))
    values = as_series("values", series.values)
    if len(series.days) != values.size:
        raise InputError(_LENGTH)
    known = ~np.isnan(values)
    steps = np.array([_step(day, per) for day in series.days], dtype=np.int64)[known]
    values = values[known]
    order = np.argsort(steps, kind="stable")
    found, starts = np.unique(steps[order], return_index=True)
    parts = np.split(values[order], starts[1:]) if found.size else []
    made = _COMBINED[series.combine]
    return {int(step): float(made(part)) for step, part in zip(found, parts, strict=True)}


def _step(day: Day, per: Step) -> int:
    if not isinstance(day, dt.date):
        if per != "year":
            raise InputError(_YEARS)
        return int(day)
    if per == "year":
        return day.year
    return day.year * MONTHS + day.month - 1 if per == "month" else day.toordinal()
