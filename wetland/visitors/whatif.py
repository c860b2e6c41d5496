"""What a lower cap would have meant (限流测算): days it touches, visitors it turns away or moves.

Arithmetic on days that were counted or forecast, no model of people: how many of those turned away
come on another day is what who asks assumes. What it does to birds or water is not told: nothing
here knows that.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wetland.base.errors import InputError
from wetland.base.texts import Text, text

if TYPE_CHECKING:
    import pandas as pd

NO_EFFECT = text(
    "只是按日相减的测算：不预测人们会怎样改变行程，也不说明对鸟类、水质有何影响。",
    "Only days less what exceeds the cap: it does not foretell what people do instead, nor what "
    "becomes of birds or water.",
)
_NONE_RETURN = text("假定被限的游客都不改日再来", "those turned away are taken not to come again")
_RETURN = text(
    "假定被限游客的{p}改日再来（不计入其他日子）",
    "{p} of those turned away are taken to come on another day (not added to other days)",
)
_LEFT_OUT = text("{n}天计数不全，未参与", "{n} days are not wholly counted: left out")
_INTERVAL = text(
    "区间来自各日预测区间之和，按各日误差同向估计，偏宽",
    "the interval adds those of the days as if their errors went together: rather too wide",
)
_CAP = text("日限额须为大于 0 的人数", "a cap is a number of people above 0")
_SHARE = text(
    "改日再来的比例须在 0 与 1 之间", "the share that comes on another day is between 0 and 1"
)
_BOUNDS = text("区间上下限须与各日一一对应", "bounds are told for the same days as the values")


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What a cap would have changed.

    Attributes
    ----------
    cap
        People a day.
    days, touched
        Days that are known, and those of them above the cap.
    visitors, above
        Visitors of those days, and how many of them came above the cap.
    moved, lost
        Of those above, how many come on another day by what is assumed, and how many do not.
    above_lower, above_upper
        Interval of ``above`` where the days have one; NaN else.
    by_month, by_day
        ``month`` (or ``day``), ``days``, ``touched``, ``visitors``, ``above``, ``kept``; by day
        only those above the cap.
    notes
        What is assumed, what was left out; printed wherever the numbers are.
    """

    cap: float
    days: int
    touched: int
    visitors: float
    above: float
    moved: float
    lost: float
    above_lower: float
    above_upper: float
    by_month: pd.DataFrame
    by_day: pd.DataFrame
    notes: tuple[Text, ...]


def what_if(
    days: pd.Series[Any],
    cap: float,
    *,
    come_again: float = 0.0,
    bounds: tuple[pd.Series[Any], pd.Series[Any]] | None = None,
) -> WhatIf:
    """Tell what a cap of visitors a day changes.

    Of each day ``min(visitors, cap)`` are let in. A day exactly at the cap is not touched. Days
    that are not known (NaN) are left out and counted.

    Parameters
    ----------
    days
        Visitors by local day (index `datetime.date`), counted or forecast.
    cap
        People a day, above 0.
    come_again
        Share of those turned away who come on another day, 0 to 1; an assumption.
    bounds
        Lower and upper bound of every day, for a forecast.

    Raises
    ------
    InputError
        A cap that is not above 0, a share not between 0 and 1, bounds of other days.

    Examples
    --------
    >>> import pandas as pd
    >>> found = what_if(pd.Series([900.0, 1200.0], [dt.date(2026, 5, 1), dt.date(2026, 5, 2)]),
    ...                 1000, come_again=0.5)
    >>> found.touched, found.above, found.moved, found.lost
    (1, 200.0, 100.0, 100.0)
    """
    if not (cap > 0 and math.isfinite(cap)):
        raise InputError(_CAP)
    if not 0 <= come_again <= 1:
        raise InputError(_SHARE)
    table = _table(days, cap)
    above = float(table["above"].sum())
    moved = come_again * above
    low = high = math.nan
    if bounds is not None:
        low, high = (_above(days, one, cap) for one in bounds)
    notes = [NO_EFFECT, _assumed(come_again)]
    left_out = len(days) - len(table)
    notes += [_LEFT_OUT.fill(n=left_out)] if left_out else []
    notes += [_INTERVAL] if bounds is not None else []
    return WhatIf(
        float(cap), len(table), int(table["touched"].sum()), float(table["visitors"].sum()),
        above, moved, above - moved, low, high, _by_month(table),
        table[table["touched"] > 0].reset_index(drop=True), tuple(notes),
    )  # fmt: skip


def _assumed(come_again: float) -> Text:
    return _RETURN.fill(p=f"{come_again:.0%}") if come_again else _NONE_RETURN


def _table(days: pd.Series[Any], cap: float) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - starts fast

    known = days.astype(float).dropna()
    above = (known - cap).clip(lower=0.0)
    return pd.DataFrame(
        {
            "day": list(known.index),
            "days": 1,
            "touched": (above > 0).astype(int).to_numpy(),
            "visitors": known.to_numpy(),
            "above": above.to_numpy(),
            "kept": (known - above).to_numpy(),
        }
    )


def _above(days: pd.Series[Any], bound: pd.Series[Any], cap: float) -> float:
    """Return the sum above the cap of a bound, over the days that are known."""
    if list(bound.index) != list(days.index):
        raise InputError(_BOUNDS)
    known = bound.astype(float)[days.notna().to_numpy()]
    if bool(known.isna().any()):
        return math.nan
    return float((known - cap).clip(lower=0.0).sum())


def _by_month(table: pd.DataFrame) -> pd.DataFrame:
    months = [_month(day) for day in table["day"]]
    sums = table.drop(columns="day").groupby(months, sort=True).sum()
    return sums.rename_axis("month").reset_index()


def _month(day: dt.date) -> str:
    return f"{day:%Y-%m}"
