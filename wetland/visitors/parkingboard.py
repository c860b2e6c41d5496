"""The board of car parks (停车场看板): how full, how many free, which way it goes, how old."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from wetland.base.errors import InputError
from wetland.visitors.pack import VisitorPack
from wetland.visitors.parkingseries import (
    ParkSeries,
    bays_on,
    local_clock,
    park_series,
    stale_after_min,
)
from wetland.visitors.parkingwords import WORDS

if TYPE_CHECKING:
    import pandas as pd

TREND_MIN = 30.0  # over how long the trend is told
BOARD_COLUMNS = (
    "car_park", "name_zh", "name_en", "read_at", "age_min", "stale", "occupied", "bays", "free",
    "share", "trend_cars", "synthetic",
)  # fmt: skip


def parking_board(
    readings: pd.DataFrame, pack: VisitorPack, *, at: dt.datetime, tz: dt.tzinfo | None = None
) -> pd.DataFrame:
    """Return the car parks at a moment, one row each, in order of their identifiers.

    Only readings at or before ``at`` are used. Car parks of the pack without a reading are out of
    date with nothing told; where no reading is of a car park of the pack, those of the readings
    are told alone.

    Returns
    -------
    DataFrame
        `BOARD_COLUMNS`: ``share`` is that of the last reading, also where it is stale; ``free``
        is missing where it is stale; ``trend_cars`` is the change over the last `TREND_MIN`
        minutes before the last reading, missing where nothing was read at their beginning.

    Raises
    ------
    InputError
        For a time without a zone.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import

    if at.tzinfo is None:
        raise InputError(WORDS["no_zone"])
    zone = tz or at.tzinfo
    told = {park.id: park for park in pack.car_parks}
    series = park_series(readings, pack, now=at, tz=zone)
    ours = not series or any(name in told for name in series)
    rows = []
    for name in sorted({*series, *told} if ours else series):
        park, known = told.get(name), series.get(name)
        read_at = known.read_at if known else None
        age = None if read_at is None else (at - read_at) / dt.timedelta(minutes=1)
        stale = age is None or age > stale_after_min(known, park)
        bays = (known.bays if known else None) or bays_on(park, at.astimezone(zone).date())
        occupied = known.occupied if known else None
        free = None if occupied is None or bays is None else max(bays - occupied, 0.0)
        row: dict[str, Any] = {
            "car_park": name,
            "name_zh": park.name.zh if park else name,
            "name_en": park.name.en if park else name,
            "read_at": read_at,
            "age_min": age,
            "stale": stale,
            "occupied": occupied,
            "bays": bays,
            "free": None if stale else free,
            "share": None if free is None or not bays else 1 - free / bays,
            "trend_cars": _trend(known, bays, zone),
            "synthetic": bool(known and known.synthetic) or bool(park and park.synthetic),
        }
        rows.append(row)
    return _typed(pd.DataFrame(rows, columns=list(BOARD_COLUMNS)))


def _trend(series: ParkSeries | None, bays: float | None, zone: dt.tzinfo) -> float | None:
    """Return how many more cars there are than `TREND_MIN` minutes before the last reading."""
    if series is None or series.read_at is None or bays is None or not len(series.clock):
        return None
    last = local_clock(series.read_at, zone)
    before = float(series.at(np.array([last - TREND_MIN]))[0])
    if np.isnan(before) or series.clock[0] > last - TREND_MIN:
        return None
    return round(float(series.share[-1] - before) * bays, 1)


def _typed(board: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - slow to import

    board["read_at"] = pd.to_datetime(board["read_at"], utc=True).astype("datetime64[us, UTC]")
    for name in ("age_min", "occupied", "bays", "free", "share", "trend_cars"):
        board[name] = board[name].astype("float64")
    for name in ("stale", "synthetic"):
        board[name] = board[name].astype("bool")
    return board
