"""Plain series of counts (series, time, count) for a forecast, from whatever table holds them.

Rule of decision: what cannot be (as in `wetland.visitors.flags`; numbers need not be whole), and
totals of several days, are left out and told. Of a file with several measures or periods of one
place each is a series of its own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wetland.base.problems import Problems
from wetland.base.texts import text
from wetland.reading.files import Given, look_at
from wetland.reading.options import zone_of
from wetland.visitors.read import Taken, take_apart
from wetland.visitors.readoptions import CountOptions
from wetland.visitors.readseen import Seen

if TYPE_CHECKING:
    import pandas as pd

LONE = "count"
SPANS = text(
    "{n} 个数是多日合计，不作为序列",
    "{n} numbers are totals of several days and no part of a series",
)


@dataclass(frozen=True, slots=True)
class TidySeries:
    """Series of counts as a file holds them.

    Parameters
    ----------
    frame
        ``series`` (text), ``time`` (naive local time of ``timezone``, datetime64[us]), ``count``
        (float), ``capacity`` (float) where the file has one, ``measure`` and ``period`` (as in
        `VISITOR_COUNTS`; ``occupied`` for car parks), ``row``, ``synthetic``; sorted by series and
        time. Only what may be used: the rest is in ``problems``.
    time_style
        How the file writes times: ``moment`` (day and time of day), ``day`` or ``month``.
    tz_told
        Whether the file told offsets; times are then written with one.
    timezone
        Time zone of ``time``.
    problems
        What was wrong or worth knowing.
    rows
        Rows of the file below its header.
    numbers
        As in `CountReading`.
    """

    frame: pd.DataFrame
    time_style: str
    tz_told: bool
    timezone: str
    problems: Problems
    rows: int = 0
    numbers: dict[str, int] = field(default_factory=dict)


def read_tidy(
    source: str | Path | Given,
    options: CountOptions | None = None,
    *,
    timezone: str,
    today: dt.date | None = None,
    store: str | Path | None = None,
) -> TidySeries:
    """Read series of counts from a tidy table, a park's sheet, or an export of counts.

    Parameters
    ----------
    source
        A path, or what was sent: CSV, TSV or XLSX.
    options
        What is known of the file beside its content: ``columns`` maps ``series`` (or ``place``),
        ``date``, ``count`` and ``capacity`` to its columns.
    timezone
        Time zone of local times.
    today
        Later days cannot have been counted. None does not test it.
    store
        The store's own file, which must not be read this way.

    Raises
    ------
    InputError
        Nothing can be read.
    """
    checked = (options or CountOptions()).checked()
    given = look_at(source, store=store)
    problems = Problems(given.name)
    taken = take_apart(given, checked, problems, timezone=timezone, today=today, lone=True)
    used = [one for one in taken.seen if one.value is not None and one.flag != "fail"]
    spans = [one for one in used if one.period == "span"]
    if spans:
        problems.add("spans_left", message=SPANS.fill(n=len(spans)), level="warning")
        used = [one for one in used if one.period != "span"]
    frame = _frame(used, timezone, has_bays=any(s.capacity is not None for s in taken.seen))
    offsets = any(one.stamp.offset is not None for one in taken.seen)
    return TidySeries(frame, _style(taken), offsets, timezone, problems, taken.rows.rows,
                      taken.numbers)  # fmt: skip


def _style(taken: Taken) -> str:
    """Return how most times are written."""
    if any(one.period in ("hour", "moment") for one in taken.seen):
        return "moment"
    return "month" if any(one.period == "month" for one in taken.seen) else "day"


def _frame(used: Sequence[Seen], timezone: str, *, has_bays: bool) -> pd.DataFrame:
    import pandas as pd

    zone = zone_of(timezone)
    names = _names(used)
    rows = [
        {
            "series": names[one.series, one.period],
            "time": dt.datetime.combine(one.first, dt.time()) if one.start is None
            else one.start.astimezone(zone).replace(tzinfo=None),
            "count": one.value,
            "capacity": one.capacity,
            "measure": one.measure,
            "period": one.period,
            "row": one.row,
            "synthetic": bool(one.synthetic),
        }
        for one in used
    ]  # fmt: skip
    columns = ["series", "time", "count", "capacity", "measure", "period", "row", "synthetic"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.astype({"series": "str", "time": "datetime64[us]", "count": "float64",
                          "capacity": "float64", "measure": "str", "period": "str",
                          "row": "int64", "synthetic": "bool"})  # fmt: skip
    if not has_bays:
        frame = frame.drop(columns="capacity")
    return frame.sort_values(["series", "time"], kind="stable", ignore_index=True)


def _names(used: Sequence[Seen]) -> dict[tuple[tuple[str, ...], str], str]:
    """Return the name of each series: its place, and what tells it from others of that place."""
    several: dict[str, set[tuple[tuple[str, ...], str]]] = defaultdict(set)
    for one in used:
        several[one.place].add((one.series, one.period))
    found = {}
    for place, keys in several.items():
        measures = {series[2] for series, _ in keys}
        counters = {series[3] for series, _ in keys}
        periods = {period for _, period in keys}
        for series, period in keys:
            parts = [
                place,
                series[2] if len(measures) > 1 or not place else "",
                series[3] if len(counters) > 1 else "",
                period if len(periods) > 1 else "",
            ]
            found[series, period] = " ".join(filter(None, parts)) or LONE  # fmt: skip
    return found
