"""Where to stop: ranked advice per gate, and the board of the car parks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from wetland.operations.visitors import VisitorData, require_readings
from wetland.visitors.pack import VisitorPack

if TYPE_CHECKING:
    import pandas as pd

    from wetland.visitors.parkingrows import ParkingAdvice


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
    from wetland.visitors.parkingrows import ParkingOptions

    require_readings(data)
    arrival = at or _latest(data)
    options = ParkingOptions(tz=data.zone)
    # Failed readings go along: they are not used, but that there was a later one is told.
    return parking_advice(
        data.parking, _pack_for(data), gate=gate, at=arrival, now=now, options=options
    )


def board_of(data: VisitorData, *, at: dt.datetime | None = None) -> pd.DataFrame:
    """Return the board of car parks at a moment; None is the latest reading.

    Raises
    ------
    InputError
        There are no readings.
    """
    from wetland.visitors.parkingboard import parking_board

    require_readings(data)
    return parking_board(data.parking, data.pack, at=at or _latest(data), tz=data.zone)


def where_read(data: VisitorData, timezone: str | None) -> VisitorData:
    """Return the data in the time zone that its file is said to be in, where that is elsewhere.

    Car parks of the pack keep the site's zone: their file may tell its times in another one.
    """
    if timezone is None or not _is_foreign(data):
        return data
    return replace(data, timezone=timezone)


def _is_foreign(data: VisitorData) -> bool:
    """Tell whether no reading is of a car park of the pack."""
    return {park.id for park in data.pack.car_parks}.isdisjoint(data.parking["car_park"])


def _pack_for(data: VisitorData) -> VisitorPack:
    """Return the pack; for car parks of elsewhere without its holidays, which say nothing there."""
    if not _is_foreign(data):
        return data.pack
    return data.pack.model_copy(update={"holidays": (), "holiday_years": (), "events": ()})


def _latest(data: VisitorData) -> dt.datetime:
    """Return the latest usable reading; where none is usable, the latest of all."""
    found: dt.datetime = data.last_reading or data.parking["read_at"].max().to_pydatetime()
    return found.astimezone(data.zone)
