"""What is known of car parks at a moment: usable readings by local clock, and the last of each."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetland.visitors.pack import CarPark, VisitorPack

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

DAY_MIN = 1440.0
PAST_DAYS = 84  # how far back readings are looked at
LONGEST_GAP_MIN = 90.0  # between two readings that a value is drawn between
NEAR_MIN = 20.0  # how far outside of readings the nearest one still counts
STALE_MIN = 30.0  # of a car park that the pack does not tell
STALE_STEPS = 2.5  # or so many of its usual steps, where these are longer
WALK_COLUMNS = ("walk_min", "步行分钟")


@dataclass(frozen=True, eq=False)
class ParkSeries:
    """The readings of one car park that may be used, up to the moment of asking.

    Attributes
    ----------
    clock : array of float
        Minutes of the local clock since 1970-01-01, ascending.
    share : array of float
        Occupied share of the bays, 0 to 1; a car park told fuller than full is full.
    occupied, bays : float or None
        Of the last reading; bays from the reading, else from the pack; None unknown.
    read_at : datetime or None
        Instant of the last usable reading.
    set_aside_at : datetime or None
        Instant of a later reading that failed its tests and is not used.
    walk_min : float or None
        Minutes on foot told in the file.
    """

    car_park: str
    clock: Floats
    share: Floats
    occupied: float | None = None
    bays: float | None = None
    read_at: dt.datetime | None = None
    set_aside_at: dt.datetime | None = None
    walk_min: float | None = None
    synthetic: bool = False

    def at(self, clock: Floats) -> Floats:
        """Return the share at times of the local clock, NaN where nothing was read near them.

        Between two readings at most `LONGEST_GAP_MIN` apart it is drawn in a straight line; else
        the nearest reading within `NEAR_MIN` counts.
        """
        found = np.full(len(clock), np.nan)
        if not len(self.clock):
            return found
        after = np.searchsorted(self.clock, clock)
        low = np.clip(after - 1, 0, len(self.clock) - 1)
        high = np.clip(after, 0, len(self.clock) - 1)
        to_low = np.abs(clock - self.clock[low])
        to_high = np.abs(self.clock[high] - clock)
        between = (low < high) & (to_low + to_high <= LONGEST_GAP_MIN)
        part = np.divide(to_low, to_low + to_high, where=between, out=np.zeros(len(clock)))
        drawn = self.share[low] + part * (self.share[high] - self.share[low])
        near = np.where(to_low <= to_high, self.share[low], self.share[high])
        close = np.minimum(to_low, to_high) <= NEAR_MIN
        found[between] = drawn[between]
        found[~between & close] = near[~between & close]
        return found

    @property
    def usual_step_min(self) -> float:
        """Return the median step between readings in minutes, 0 where there are not two."""
        return float(np.median(np.diff(self.clock))) if len(self.clock) > 1 else 0.0


def stale_after_min(series: ParkSeries | None, told: CarPark | None) -> float:
    """Return from which age in minutes on the last reading of a car park is out of date.

    It is the pack's; of a car park that the pack does not tell `STALE_MIN`, or `STALE_STEPS` of
    its usual steps where these are longer.
    """
    if told is not None:
        return told.stale_after_min
    return max(STALE_MIN, STALE_STEPS * series.usual_step_min if series else 0.0)


def local_clock(at: dt.datetime, tz: dt.tzinfo) -> float:
    """Return the minutes of the local clock since 1970-01-01."""
    here = at.astimezone(tz).replace(tzinfo=None)
    return (here - dt.datetime(1970, 1, 1)) / dt.timedelta(minutes=1)  # noqa: DTZ001 - a clock


def bays_on(told: CarPark | None, day: dt.date) -> float | None:
    """Return how many bays the pack tells of a car park on a day; None: it does not."""
    if told is None:
        return None
    return next((float(b.bays) for b in told.bays if b.holds_on(day)), None)


def park_series(
    readings: pd.DataFrame, pack: VisitorPack, *, now: dt.datetime, tz: dt.tzinfo
) -> dict[str, ParkSeries]:
    """Return what is known of every car park that was read at or before ``now``.

    Readings that failed their tests, without a number of cars or below nought are not used. Of
    several at one instant the last of the table counts. Later ones than ``now`` are never looked
    at, nor are those older than `PAST_DAYS`.
    """
    told = {park.id: park for park in pack.car_parks}
    known = readings[readings["read_at"] <= now]
    since = now - dt.timedelta(days=PAST_DAYS)
    known = known[known["read_at"] >= since].sort_values("read_at", kind="stable")
    return {
        str(name): _series(str(name), rows, told.get(str(name)), tz)
        for name, rows in known.groupby("car_park", sort=True)
    }


def _series(name: str, rows: pd.DataFrame, told: CarPark | None, tz: dt.tzinfo) -> ParkSeries:
    wrong = rows["flag"] == "fail" if "flag" in rows else rows["occupied"].isna()
    usable = rows[~wrong & rows["occupied"].notna() & (rows["occupied"] >= 0)]
    aside = rows[wrong]["read_at"].max() if bool(wrong.any()) else None
    walk, synthetic = (
        _walk_told(rows),
        "synthetic" in rows and bool(rows["synthetic"].fillna(False).astype(bool).any()),
    )
    none = np.empty(0)
    if usable.empty:
        at = None if aside is None else aside.to_pydatetime()
        return ParkSeries(name, none, none, set_aside_at=at, walk_min=walk, synthetic=synthetic)
    here = usable["read_at"].dt.tz_convert(tz)
    bays = _bays(usable, here, told)
    clock = here.dt.tz_localize(None).to_numpy("datetime64[us]").astype(np.int64) / 60e6
    occupied = usable["occupied"].to_numpy(np.float64)
    share = np.minimum(occupied / bays, 1.0)
    kept = _ascending(clock, ~np.isnan(share))
    last = usable["read_at"].iloc[-1]
    return ParkSeries(
        name,
        clock[kept],
        share[kept],
        float(occupied[-1]),
        None if np.isnan(bays[-1]) else float(bays[-1]),
        last.to_pydatetime(),
        aside.to_pydatetime() if aside is not None and aside > last else None,
        walk,
        synthetic,
    )


def _ascending(clock: Floats, known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the places of known values by clock, of several at one time the last."""
    order = np.argsort(clock, kind="stable")
    order = order[known[order]]
    last = np.append(np.diff(clock[order]) > 0, True) if len(order) else np.empty(0, bool)
    found: NDArray[np.int64] = order[last]
    return found


def _bays(usable: pd.DataFrame, here: pd.Series[Any], told: CarPark | None) -> Floats:
    """Return the bays at every reading: as the source told them, else the pack's of that day."""
    bays = np.full(len(usable), np.nan)
    if "capacity" in usable:
        bays = usable["capacity"].to_numpy(np.float64, na_value=np.nan).copy()
    for at in np.nonzero(~(bays > 0))[0]:
        bays[at] = bays_on(told, here.iloc[at].date()) or np.nan
    return bays


def _walk_told(rows: pd.DataFrame) -> float | None:
    """Return the minutes on foot that the newest row tells in a column of its own, or None."""
    if "extra" not in rows:
        return None
    for extra in reversed(rows["extra"].tolist()):
        told = _number_in(extra)
        if told is not None:
            return told
    return None


def _number_in(extra: object) -> float | None:
    if not isinstance(extra, str) or not any(name in extra for name in WALK_COLUMNS):
        return None
    try:
        found = json.loads(extra)
        told = [found[name] for name in WALK_COLUMNS if name in found]
        minutes = float(told[0])
    except (ValueError, TypeError, IndexError, KeyError):
        return None
    return minutes if 0 <= minutes < DAY_MIN else None
