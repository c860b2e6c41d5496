"""Small invented tables of visitors for tests: what a reader would have made of a file."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from wetland.base.checks import coerce
from wetland.operations.visitors import VisitorData
from wetland.operations.water import empty
from wetland.sites.load import Site
from wetland.visitors.tables import PARKING_READINGS, VISITOR_COUNTS

ZONE = ZoneInfo("Asia/Shanghai")
GATES = ("EX-G1", "EX-G2", "EX-G3", "EX-G4")  # two lead to xihu, two to yuhang
TODAY = dt.date(2026, 11, 24)
DAY = dt.date(2026, 11, 9)  # a Monday


def day_rows(
    place: str, values: Iterable[float], *, first: dt.date = DAY, **told: Any
) -> list[dict[str, Any]]:
    """Return counts of whole days of a place, one day after another."""
    return [
        _row(place, value, day=first + dt.timedelta(days=k), **{"period": "day", **told})
        for k, value in enumerate(values)
    ]


def hour_rows(
    place: str, values: Iterable[float], *, day: dt.date = DAY, first: int = 8, **told: Any
) -> list[dict[str, Any]]:
    """Return counts of hours of one day of a place, from an hour on."""
    start = dt.datetime.combine(day, dt.time(first), ZONE)
    rows = []
    for k, value in enumerate(values):
        begins = start + dt.timedelta(hours=k)
        ends = begins + dt.timedelta(hours=1)
        rows.append(_row(place, value, period="hour", day=day, start_at=begins, end_at=ends,
                         **told))  # fmt: skip
    return rows


def moment_row(place: str, value: float, *, at: dt.datetime, **told: Any) -> dict[str, Any]:
    """Return a count of people present at a moment."""
    return _row(place, value, period="moment", day=at.astimezone(ZONE).date(), start_at=at,
                end_at=at, measure="present", **told)  # fmt: skip


def _row(place: str, value: float, *, period: str, day: dt.date, **told: Any) -> dict[str, Any]:
    kind = "gate" if place in GATES else "boat" if place.startswith("EX-D") else "area"
    return {
        "site": "xixi", "source_id": "s", "place": place, "place_kind": kind,
        "measure": "entries", "period": period, "counted_on": day, "counted_to": day,
        "value": value, "value_received": f"{value:g}", "flag": "good", "synthetic": True,
        "content": f"{value:g}", **told,
    }  # fmt: skip


def counts_of(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as the table `VISITOR_COUNTS`."""
    number = itertools.count()
    whole = [{**dict.fromkeys(VISITOR_COUNTS.names), "count_id": f"c{next(number)}", **row}
             for row in rows]  # fmt: skip
    return coerce(VISITOR_COUNTS, pd.DataFrame(whole, columns=VISITOR_COUNTS.names))


def readings_of(rows: Iterable[tuple[str, dt.datetime, float]]) -> pd.DataFrame:
    """Return readings (car park, instant, bays taken) as the table `PARKING_READINGS`."""
    whole = [
        {
            **dict.fromkeys(PARKING_READINGS.names), "reading_id": f"r{k}", "site": "xixi",
            "source_id": "s", "car_park": park, "read_at": at, "occupied": taken, "flag": "good",
            "synthetic": True, "content": f"{taken:g}",
        }
        for k, (park, at, taken) in enumerate(rows)
    ]  # fmt: skip
    return coerce(PARKING_READINGS, pd.DataFrame(whole, columns=PARKING_READINGS.names))


def data_of(
    site: Site, rows: Sequence[dict[str, Any]], parking: pd.DataFrame | None = None, **told: Any
) -> VisitorData:
    """Return counts and readings with the pack of a site."""
    counts = counts_of(rows) if rows else empty(VISITOR_COUNTS)
    readings = empty(PARKING_READINGS) if parking is None else parking
    return VisitorData(counts, readings, site.visitors, timezone=site.timezone, **told)
