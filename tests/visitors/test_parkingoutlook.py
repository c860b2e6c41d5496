"""Both ways to tell how full car parks may be, together."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tests.visitors.madeparking import FIRST, ZONE, readings
from wetland.visitors.calendar import Calendar
from wetland.visitors.pack import VisitorPack
from wetland.visitors.parkingoutlook import FEWEST_DAYS, chances
from wetland.visitors.parkingpast import Plausible, plausible_shares
from wetland.visitors.parkingseries import ParkSeries, local_clock, park_series

DAYS = 12
LAST = FIRST + dt.timedelta(days=DAYS, hours=10)
GOT = readings({"a": 0.8, "b": 0.5}, days=DAYS)


def both(
    known: list[ParkSeries], minutes: float
) -> tuple[list[Plausible | None], list[Plausible | None]]:
    clock, now = local_clock(LAST, ZONE) + minutes, local_clock(LAST, ZONE)
    told = {"clock": clock, "now_clock": now, "calendar": Calendar()}
    return chances(known, **told), plausible_shares(known, **told)


def parks(minutes_off: float = 0.0) -> list[ParkSeries]:
    found = park_series(GOT, VisitorPack(), now=LAST, tz=ZONE)
    return [
        ParkSeries(p.car_park, p.clock - minutes_off, p.share, p.occupied, p.bays)
        for p in found.values()
    ]


@pytest.mark.parametrize("minutes", [20, 75, 240])
def test_half_of_the_weight_is_each_ways(minutes: float) -> None:
    """The mixture holds all of the past days' shares, and follows the usual course."""
    mixed, past = both(parks(), minutes)
    for one, other, top in zip(mixed, past, (0.8, 0.5), strict=True):
        assert one is not None
        assert other is not None
        assert one.weight.sum() == pytest.approx(1)
        assert (np.diff(one.share) >= 0).all()
        assert len(one.share) > len(other.share)
        assert set(other.share) <= set(one.share)
        hour = 10 + minutes / 60
        assert one.mean == pytest.approx(top * (1 - abs(hour - 13) / 7), abs=0.05)
        assert (one.days, one.pairs) == (other.days, other.pairs)


def test_readings_off_the_half_hour_are_told_as_well() -> None:
    """Seven minutes before every half hour; nothing is taken from after the last reading."""
    mixed, past = both(parks(7.0), 60)
    assert mixed[0] is not None
    assert past[0] is not None
    assert len(mixed[0].share) > len(past[0].share)
    assert mixed[0].mean == pytest.approx(0.8 * (1 - 2 / 7), abs=0.06)


def test_past_days_alone_where_the_forecast_takes_no_part() -> None:
    """At a few minutes, beyond a day and a half, and with few days."""
    for minutes in (5, 2200):
        mixed, past = both(parks(), minutes)
        assert [len(m.share) for m in mixed if m] == [len(p.share) for p in past if p]
    few = [
        ParkSeries(p.car_park, p.clock[kept], p.share[kept])
        for p in parks()
        if (kept := p.clock > p.clock[-1] - (FEWEST_DAYS - 1) * 1440).any()
    ]
    mixed, past = both(few, 60)
    assert mixed[0] is not None
    assert past[0] is not None
    assert mixed[0].share.tolist() == past[0].share.tolist()
    assert both([ParkSeries("a", np.empty(0), np.empty(0))], 60)[0] == [None]


def test_at_the_minute_of_the_reading_a_car_park_is_as_it_was_read() -> None:
    known = parks()
    for park, told in zip(known, both(known, 0)[0], strict=True):
        assert told is not None
        assert told.mean == park.share[-1]
        assert told.below(1.0) > 0.999
        assert told.below(park.share[-1]) < 0.001
