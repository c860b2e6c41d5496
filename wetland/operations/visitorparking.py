"""Where to stop: ranked advice per gate, and the board of the car parks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from wetland.base.texts import Lang
from wetland.operations.visitors import VisitorData, require_readings
from wetland.operations.wateranswers import plain

if TYPE_CHECKING:
    import pandas as pd

    from wetland.visitors.parking import ParkingAdvice


def parking_of(
    data: VisitorData, *, gate: str, at: dt.datetime | None = None, now: dt.datetime | None = None
) -> ParkingAdvice:
    """Return where to stop for a gate when arriving at a moment, best first.

    Parameters
    ----------
    gate
        Id or name of a gate of the pack.
    at
        Moment of arrival; None is the latest reading.
    now
        Moment of asking: nothing read later is used; None is the newest reading up to ``at``.

    Raises
    ------
    InputError
        There are no readings, or no such gate.
    """
    from wetland.visitors.parking import parking_advice

    require_readings(data)
    arrival = at or _latest(data)
    return parking_advice(data.parking, data.pack, gate=gate, at=arrival, now=now)


def board_of(data: VisitorData, *, at: dt.datetime | None = None) -> pd.DataFrame:
    """Return the board of car parks at a moment; None is the latest reading.

    Raises
    ------
    InputError
        There are no readings.
    """
    from wetland.visitors.parking import parking_board

    require_readings(data)
    return parking_board(data.parking, data.pack, at=at or _latest(data))


def _latest(data: VisitorData) -> dt.datetime:
    """Return the latest usable reading; where none is usable, the latest of all."""
    found: dt.datetime = data.last_reading or data.parking["read_at"].max().to_pydatetime()
    return found.astimezone(data.zone)


def advice_rows(advice: ParkingAdvice, lang: Lang = "zh") -> list[dict[str, Any]]:
    """Return the advice as JSON-ready mappings in one language, best first."""
    return [
        {
            "car_park": row.car_park,
            "free": row.free,
            "probability_free": row.probability_free,
            "walk_min": row.walk_min,
            "rank": row.rank,
            "name": row.name.get(lang),
            "bays": row.bays,
            "occupied": row.occupied,
            "read_at": plain(row.read_at, lang),
            "stale": row.stale,
            "probability_range": plain(row.probability_range, lang),
            "search_min": row.search_min,
            "total_min": row.total_min,
            "diverted": row.diverted,
            "advice": row.advice.get(lang),
            "synthetic": row.synthetic,
        }
        for row in advice.rows
    ]
