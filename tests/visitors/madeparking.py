"""Car parks made for tests, and readings of a file of car parks as the tables hold them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from wetland.base.texts import text
from wetland.visitors.pack import Area, Bays, CarPark, Closure, Gate, VisitorPack, Walk

ZONE = ZoneInfo("Asia/Shanghai")
LONDON = ZoneInfo("Europe/London")
FIRST = dt.datetime(2026, 3, 2, tzinfo=ZONE)  # a Monday


def made_pack(**changes: object) -> VisitorPack:
    """Return a site of two areas with a gate each and three car parks."""
    pack = VisitorPack(
        areas=(
            Area(id="park", name=text("全园", "park")),
            Area(id="east", name=text("东区", "east"), parent="park"),
            Area(id="west", name=text("西区", "west"), parent="park"),
        ),
        gates=(
            Gate(id="g1", name=text("东门", "East gate"), area="east", lon=120.08, lat=30.27),
            Gate(id="g2", name=text("西门", "West gate"), area="west", lon=120.04, lat=30.26),
        ),
        car_parks=(
            _car_park("p1", "1号停车场", "P1", area="east", lon=120.081),
            _car_park("p2", "2号停车场", "P2", area="east", lon=120.084),
            _car_park("p3", "3号停车场", "P3", area="west", lon=120.041),
        ),
        walks=(
            Walk(car_park="p1", gate="g1", minutes=3, source="paced"),
            Walk(car_park="p2", gate="g1", minutes=6, source="paced"),
        ),
    )
    return pack.model_copy(update=changes)


def _car_park(name: str, zh: str, en: str, *, area: str, lon: float) -> CarPark:
    bays = (Bays(bays=200, source="counted"),)
    return CarPark(id=name, name=text(zh, en), area=area, lon=lon, lat=30.27, bays=bays)


def closure(area: str, day: dt.date) -> Closure:
    """Return an area closed for one day."""
    return Closure(area=area, valid_from=day, valid_to=day + dt.timedelta(days=1), source="decided")


def readings(shares: dict[str, float], *, days: int = 21, bays: float = 200.0) -> pd.DataFrame:
    """Return half-hourly readings: car parks that fill up to a share at 13:00 and empty again.

    The last reading is at 10:00 of the day after the full days.
    """
    rows = []
    wobble = np.random.default_rng(6)
    for name, top in shares.items():
        for half in range(days * 48 + 21):
            at = FIRST + half * dt.timedelta(minutes=30)
            hour = at.hour + at.minute / 60
            part = max(0.0, 1 - abs(hour - 13) / 7)
            cars = np.clip(top * part * bays + wobble.normal(0, 2), 0, bays)
            rows.append((name, at, float(round(cars)), bays, "good"))
    return frame(rows)


def frame(rows: list[tuple[str, dt.datetime, float, float, str]]) -> pd.DataFrame:
    """Return a table of readings."""
    made = pd.DataFrame(rows, columns=["car_park", "read_at", "occupied", "capacity", "flag"])
    made["read_at"] = pd.to_datetime(made["read_at"], utc=True).astype("datetime64[us, UTC]")
    return made


def birmingham(shared: Path) -> pd.DataFrame:
    """Return the file of car parks as the table of readings holds it.

    Birmingham City Council, CC BY 4.0 (Stolfi and others 2017).
    """
    got = pd.read_csv(shared / "data/visitors/birmingham_parking_train.csv")
    here = pd.to_datetime(got["LastUpdated"]).dt.tz_localize(LONDON)
    wrong = (got["Occupancy"] < 0) | (got["Occupancy"] > got["Capacity"])
    return pd.DataFrame(
        {
            "car_park": got["SystemCodeNumber"].astype("str"),
            "read_at": here.dt.tz_convert("UTC").astype("datetime64[us, UTC]"),
            "occupied": got["Occupancy"].astype("float64"),
            "capacity": got["Capacity"].astype("float64"),
            "flag": np.where(wrong, "fail", "good"),
        }
    )
