"""How full car parks may be: distributions from past days, their calibration on a real file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.visitors.madeparking import (
    FIRST,
    LONDON,
    ZONE,
    birmingham,
    frame,
    made_pack,
    readings,
)
from wetland.base.texts import text
from wetland.visitors.calendar import Calendar
from wetland.visitors.pack import Bays, CarPark, VisitorPack
from wetland.visitors.parkingpast import Plausible, plausible_shares
from wetland.visitors.parkingseries import (
    ParkSeries,
    bays_on,
    local_clock,
    park_series,
    stale_after_min,
)

NO_PACK = VisitorPack()
LAST = FIRST + dt.timedelta(days=21, hours=10)
DAY = 1440.0


def told(got: Any, at: dt.datetime, now: dt.datetime) -> dict[str, Plausible | None]:
    known = park_series(got, NO_PACK, now=now, tz=ZONE)
    clocks = {"clock": local_clock(at, ZONE), "now_clock": local_clock(now, ZONE)}
    found = plausible_shares(list(known.values()), calendar=Calendar(), **clocks)
    return dict(zip(known, found, strict=True))


@given(top=st.floats(0, 1.5), ahead=st.integers(2, 3 * 24 * 60), limit=st.floats(0, 1))
@settings(max_examples=10)
def test_a_distribution_is_one(top: float, ahead: int, limit: float) -> None:
    """Weights add up to one, shares lie within bounds, the chance rises with the limit."""
    got = readings({"a": top, "b": 0.5}, days=8)
    now = FIRST + dt.timedelta(days=8, hours=10)
    for one in told(got, now + dt.timedelta(minutes=ahead), now).values():
        assert one is not None
        assert one.weight.sum() == pytest.approx(1)
        assert (one.weight > 0).all()
        assert (np.diff(one.share) >= 0).all()
        assert 0 <= one.share[0] <= one.share[-1] <= 1
        assert 0 < one.below(limit / 2) <= one.below(limit) < 1
        low, high = one.range_below(limit)
        assert 0 <= low <= one.below(limit) <= high <= 1
        assert one.quantile(0.05) <= one.quantile(0.5) <= one.quantile(0.95)


def test_the_usual_course_is_followed() -> None:
    """A car park that goes the same way every day is told within a few bays of it."""
    got = readings({"a": 0.8, "b": 0.6})
    for hours in (1, 3, 6, 24):
        one = told(got, LAST + dt.timedelta(hours=hours), LAST)["a"]
        assert one is not None
        hour = (10 + hours) % 24
        assert one.mean == pytest.approx(0.8 * (1 - abs(hour - 13) / 7), abs=0.03)
        assert one.pairs >= 20


def test_an_unusual_day_is_carried_on_but_not_for_ever() -> None:
    """30 % fuller this morning: an hour later still, a day later hardly."""
    got = readings({"a": 0.6, "b": 0.6})
    wobble = np.random.default_rng(3).normal(0, 0.1, 22)
    days = (
        got["read_at"].dt.tz_convert(ZONE).dt.tz_localize(None) - FIRST.replace(tzinfo=None)
    ).dt.days
    # Whole days differ from each other; the last one most.
    level = 1 + wobble
    level[-1] = 1.3
    got["occupied"] = np.minimum((got["occupied"] * level[days]).round(), 200.0)
    usual = 0.6 * 5 / 7
    soon = told(got, LAST + dt.timedelta(hours=1), LAST)["a"]
    tomorrow = told(got, LAST + dt.timedelta(hours=25), LAST)["a"]
    assert soon is not None
    assert tomorrow is not None
    assert soon.mean > 1.15 * usual
    assert abs(tomorrow.mean - usual) < 0.5 * (soon.mean - usual)


def test_days_off_go_their_own_way() -> None:
    """A car park that is full on Sundays only: told on Saturday for Sunday and for Monday."""
    got = readings({"a": 0.5, "b": 0.5}, days=26)
    sunday = got["read_at"].dt.tz_convert(ZONE).dt.day_of_week == 6
    got.loc[sunday, "occupied"] = np.minimum(got["occupied"] * 1.9, 200.0).round()
    saturday = FIRST + dt.timedelta(days=26, hours=10)
    one = told(got, saturday + dt.timedelta(hours=27), saturday)["a"]
    two = told(got, saturday + dt.timedelta(hours=51), saturday)["a"]
    assert one is not None
    assert two is not None
    assert one.mean > 0.65
    assert two.mean < 0.6


def test_little_history_uses_changes_at_any_hour_or_says_nothing() -> None:
    """One morning of readings is enough for a few minutes; eight changes are the least."""
    rows = [
        ("a", FIRST + dt.timedelta(hours=8, minutes=5 * i), 50.0 + 2 * i, 200.0, "good")
        for i in range(20)
    ]
    got = frame(rows)
    now = rows[-1][1]
    one = told(got, now + dt.timedelta(minutes=15), now)["a"]
    assert one is not None
    assert one.mean == pytest.approx((50 + 2 * 19 + 6) / 200)
    assert told(got, now + dt.timedelta(minutes=65), now)["a"] is None
    assert told(got, now + dt.timedelta(minutes=60), now)["a"] is not None


def test_hours_at_which_nothing_was_ever_read_are_not_told() -> None:
    got = readings({"a": 0.5, "b": 0.5})
    hour = got["read_at"].dt.tz_convert(ZONE).dt.hour
    got = got[(hour >= 8) & (hour < 17)]
    assert told(got, LAST + dt.timedelta(hours=9), LAST)["a"] is None
    assert told(got, LAST + dt.timedelta(hours=5), LAST)["a"] is not None
    assert told(got, LAST + dt.timedelta(days=14, hours=1), LAST)["a"] is None


def test_values_between_readings() -> None:
    """Drawn over gaps up to 90 minutes; else the nearest within 20 counts."""
    one = ParkSeries("a", np.array([0.0, 60.0, 300.0]), np.array([0.2, 0.4, 0.9]))
    at = np.array([-30.0, -20.0, 0.0, 15.0, 60.0, 80.0, 81.0, 200.0, 280.0, 320.0, 321.0])
    want = [np.nan, 0.2, 0.2, 0.25, 0.4, 0.4, np.nan, np.nan, 0.9, 0.9, np.nan]
    np.testing.assert_allclose(one.at(at), want)
    assert np.isnan(ParkSeries("b", np.empty(0), np.empty(0)).at(at)).all()


def test_the_clock_is_the_local_one_over_summer_time() -> None:
    """09:00 stays 09:00 when the clocks change; the hour that is there twice is ordered."""
    rows = [
        (
            "a",
            dt.datetime(2016, 10, 30, 0, 30, tzinfo=dt.UTC) + dt.timedelta(hours=h),
            h,
            10.0,
            "good",
        )
        for h in range(4)
    ]
    known = park_series(frame(rows), NO_PACK, now=rows[-1][1], tz=LONDON)["a"]
    assert ((known.clock % DAY) / 60).tolist() == [1.5, 2.5, 3.5][: len(known.clock)]
    assert known.share.tolist() == [0.1, 0.2, 0.3]
    assert known.occupied == 3


def test_bays_are_those_of_the_day_where_the_source_has_none() -> None:
    half = FIRST.date() + dt.timedelta(days=1)
    bays = (Bays(bays=100, source="s", valid_to=half), Bays(bays=50, source="s", valid_from=half))
    park = CarPark(id="a", name=text("甲", "A"), bays=bays, stale_after_min=7)
    pack = VisitorPack(car_parks=(park,))
    rows = [("a", FIRST + dt.timedelta(days=d), 20.0, float("nan"), "good") for d in (0, 1)]
    known = park_series(frame(rows), pack, now=rows[-1][1], tz=ZONE)["a"]
    assert known.share.tolist() == [0.2, 0.4]
    assert known.bays == bays_on(park, half) == 50
    assert stale_after_min(known, park) == 7
    assert stale_after_min(known, None) == 2.5 * DAY
    assert bays_on(None, half) is None


def test_wrong_readings_and_later_ones_are_left_out() -> None:
    late = FIRST + dt.timedelta(hours=1)
    rows = [
        ("a", FIRST, 20.0, 100.0, "good"),
        ("a", FIRST + dt.timedelta(minutes=5), -3.0, 100.0, "unknown"),
        ("a", FIRST + dt.timedelta(minutes=10), 500.0, 100.0, "fail"),
        ("a", FIRST + dt.timedelta(minutes=15), 110.0, 100.0, "suspect"),
        ("a", FIRST + dt.timedelta(minutes=20), 30.0, 100.0, "fail"),
        ("a", late, 50.0, 100.0, "good"),
    ]
    known = park_series(frame(rows), NO_PACK, now=late - dt.timedelta(minutes=1), tz=ZONE)["a"]
    assert known.share.tolist() == [0.2, 1.0]
    assert known.set_aside_at == FIRST + dt.timedelta(minutes=20)


def _outcomes(got: Any) -> np.ndarray[Any, Any]:
    """Return lead, chance below 95 %, climatology's, last reading's and what came (1 below)."""
    grid: dict[str, dict[float, float]] = {}
    usable = got[got["flag"] != "fail"]
    clock = usable["read_at"].dt.tz_convert(LONDON).dt.tz_localize(None)
    # The half hour that a reading is nearest to.
    half = (clock.to_numpy("datetime64[us]").astype(np.int64) / 60e6 / 30 + 0.5).astype(int) * 30
    share = usable["occupied"] / usable["capacity"]
    for name, at, value in zip(usable["car_park"], half, share, strict=True):
        grid.setdefault(name, {})[float(at)] = value
    first = local_clock(dt.datetime(2016, 11, 1, tzinfo=LONDON), LONDON)
    rows = []
    for day in range(0, 31, 2):
        for slot in (19, 23, 27):
            now = first + day * DAY + slot * 30
            parks = [
                ParkSeries(name, np.array(known), np.array([values[c] for c in known]))
                for name, values in grid.items()
                if (known := [c for c in sorted(values) if c <= now]) and now in values
            ]
            for lead in (60.0, 240.0, DAY):
                found = plausible_shares(
                    parks, clock=now + lead, now_clock=now, calendar=Calendar()
                )
                for park, one in zip(parks, found, strict=True):
                    values = grid[park.car_park]
                    if (came := values.get(now + lead)) is None or one is None:
                        continue
                    past = [values.get(now + lead - DAY * b) for b in range(1, 60)]
                    was = [v < 0.95 for v in past if v is not None and v == v]
                    rate = (sum(was) + 0.15) / (len(was) + 0.3)
                    rows.append((lead, one.below(0.95), rate, values[now] < 0.95, came < 0.95))
    return np.array(rows, dtype=np.float64)


def test_chances_are_calibrated_on_real_car_parks(shared: Path) -> None:
    """Better than the last reading and than climatology at every lead; what is told comes."""
    made = _outcomes(birmingham(shared))
    assert len(made) > 3000
    for lead in (60.0, 240.0, DAY):
        part = made[made[:, 0] == lead]
        brier = ((part[:, 1:4] - part[:, 4:5]) ** 2).mean(axis=0)
        assert brier[0] < 0.85 * brier[1], (lead, brier)
        assert brier[0] < 0.85 * brier[2], (lead, brier)
    for low, high in ((0, 0.5), (0.5, 0.9), (0.9, 1.0)):
        part = made[(made[:, 1] >= low) & (made[:, 1] < high)]
        error = np.sqrt((part[:, 1] * (1 - part[:, 1])).sum()) / len(part)
        # Neighbouring car parks and days hang together: four standard errors and a little.
        assert abs(part[:, 1].mean() - part[:, 4].mean()) < 4 * error + 0.01, (low, high)


def test_zones_differ() -> None:
    """The same readings, told by another clock, are of other times of day."""
    got = readings({"a": 0.5}, days=2)
    one = park_series(got, NO_PACK, now=LAST, tz=ZONE)["a"]
    other = park_series(got, made_pack(), now=LAST, tz=ZoneInfo("UTC"))["a"]
    assert (one.clock - other.clock == 480).all()
