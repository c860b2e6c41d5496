"""Where to park for a gate: ranks, chances, diversion, what is refused."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.visitors.madeparking import (
    FIRST,
    LONDON,
    birmingham,
    closure,
    frame,
    made_pack,
    readings,
)
from wetland.base.errors import InputError
from wetland.visitors.parking import parking_advice
from wetland.visitors.parkingrows import ParkingAdvice, ParkingOptions, ParkRow
from wetland.visitors.tables import PARKING_READINGS

DAYS = 9  # too few for the forecast of half hours, that takes longer
LAST = FIRST + dt.timedelta(days=DAYS, hours=10)
READ = readings({"p1": 0.6, "p2": 0.5, "p3": 0.5}, days=DAYS)


def row(advice: ParkingAdvice, car_park: str) -> ParkRow:
    return next(r for r in advice.rows if r.car_park == car_park)


def test_near_and_free_car_parks_come_first() -> None:
    """Of three half empty car parks the nearest is first; the far one has its straight walk."""
    advice = parking_advice(READ, made_pack(), gate="g1", at=LAST + dt.timedelta(hours=1))
    assert [r.car_park for r in advice.rows] == ["p1", "p2", "p3"]
    assert [r.rank for r in advice.rows] == [1, 2, 3]
    assert advice.now == LAST
    # 0.039 degrees of longitude at 30.27 N are 3.75 km; times 1.3, at 75 m a minute.
    assert row(advice, "p3").walk_min == pytest.approx(65.0, abs=0.2)
    assert "直线" in row(advice, "p3").walk_basis.zh
    assert all((r.probability_free or 0) > 0.95 for r in advice.rows)
    assert all(r.read_at == LAST for r in advice.rows)


def test_a_full_car_park_loses_to_a_farther_one() -> None:
    """The near car park fills up by noon; at 10 it is still half empty, yet it is not first."""
    got = readings({"p1": 1.3, "p2": 0.5}, days=DAYS)
    advice = parking_advice(got, made_pack(), gate="g1", at=LAST + dt.timedelta(hours=3))
    near = row(advice, "p1")
    assert near.free is not None
    assert near.free > 40
    assert near.probability_free is not None
    assert near.probability_free < 0.3
    assert advice.rows[0].car_park == "p2"
    assert "2号停车场" in near.advice.zh
    assert "P2" in near.advice.en
    assert not near.diverted


def test_the_json_has_the_keys_that_were_agreed() -> None:
    advice = parking_advice(READ, made_pack(), gate="西门", at=LAST + dt.timedelta(hours=1))
    told = json.loads(json.dumps(advice.to_json("en")))
    assert list(told[0])[:5] == ["car_park", "free", "probability_free", "walk_min", "rank"]
    assert told[0]["car_park"] == "p3"
    assert told[0]["stale"] is False
    low, high = told[0]["probability_range"]
    assert low <= told[0]["probability_free"] <= high


def test_what_is_read_later_is_not_used() -> None:
    """Readings after the moment of asking change nothing."""
    at, now = LAST + dt.timedelta(hours=1), LAST - dt.timedelta(hours=2)
    pack = made_pack()
    known = READ[READ["read_at"] <= now]
    one = parking_advice(READ, pack, gate="g1", at=at, now=now).to_json("zh")
    other = parking_advice(known, pack, gate="g1", at=at, now=now).to_json("zh")
    assert one == other


def test_out_of_date_car_parks_are_diverted() -> None:
    """A car park that was not read for two hours comes after all others, without free bays."""
    late = (READ["car_park"] == "p1") & (READ["read_at"] > LAST - dt.timedelta(hours=2))
    advice = parking_advice(READ[~late], made_pack(), gate="g1", at=LAST + dt.timedelta(minutes=10))
    old = advice.rows[-1]
    assert (old.car_park, old.stale, old.diverted, old.free) == ("p1", True, True, None)
    assert old.read_at == LAST - dt.timedelta(hours=2)
    assert old.probability_free is not None
    assert "08:00" in old.advice.zh
    assert "P2" in old.advice.en
    assert advice.sign[-1].state == "no_data"
    assert "暂无数据" in advice.sign[-1].words.zh


def test_a_closed_area_diverts_its_car_parks() -> None:
    """Also where the area that it is a part of is closed, or the car park itself."""
    at = LAST + dt.timedelta(minutes=30)
    closed = made_pack(closures=(closure("east", LAST.date()),))
    advice = parking_advice(READ, closed, gate="g2", at=at)
    assert [r.car_park for r in advice.rows] == ["p3", "p1", "p2"]
    assert [r.diverted for r in advice.rows] == [False, True, True]
    assert "请改去3号停车场" in advice.rows[1].advice.zh
    assert advice.sign[1].words.en == "P1 CLOSED → P3"
    all_closed = ParkingOptions(closed=frozenset({"park"}))
    advice = parking_advice(READ, made_pack(), gate="g1", at=at, options=all_closed)
    assert all(r.closed for r in advice.rows)
    assert "暂无可推荐" in advice.rows[0].advice.zh
    assert "所在区域当日关闭" in advice.notes[0].zh
    one = ParkingOptions(closed=frozenset({"p1"}))
    advice = parking_advice(READ, made_pack(), gate="g1", at=at, options=one)
    assert [r.car_park for r in advice.rows if r.closed] == ["p1"]


def test_a_closure_of_another_day_closes_nothing() -> None:
    pack = made_pack(closures=(closure("east", LAST.date() - dt.timedelta(days=1)),))
    advice = parking_advice(READ, pack, gate="g1", at=LAST)
    assert not any(r.closed for r in advice.rows)


def test_readings_that_failed_are_not_used_and_said() -> None:
    got = READ.copy()
    newest = (got["car_park"] == "p1") & (got["read_at"] == LAST)
    got.loc[newest, "occupied"] = 900.0
    got.loc[newest, "flag"] = "fail"
    advice = parking_advice(got, made_pack(), gate="g1", at=LAST)
    near = row(advice, "p1")
    assert near.read_at == LAST - dt.timedelta(minutes=30)
    assert near.occupied is not None
    assert near.occupied < 200
    assert "未通过检验" in near.advice.zh


def test_a_file_of_other_car_parks_works_with_any_gate() -> None:
    """Without a place nobody knows the walk; they are ranked by searching, and it is said."""
    got = readings({"x1": 1.3, "x2": 0.5}, days=DAYS)
    advice = parking_advice(got, made_pack(), gate="g2", at=LAST + dt.timedelta(hours=3))
    assert [r.car_park for r in advice.rows] == ["x2", "x1"]
    assert [r.walk_min for r in advice.rows] == [None, None]
    assert advice.rows[0].search_min is not None
    assert any("步行时间未知" in note.zh for note in advice.notes)


def test_minutes_on_foot_of_the_file_count_where_the_pack_has_none() -> None:
    got = readings({"x1": 0.5, "x2": 0.5}, days=3)
    got["extra"] = [json.dumps({"walk_min": "4" if n == "x2" else "9"}) for n in got["car_park"]]
    at = FIRST + dt.timedelta(days=3, hours=11)
    advice = parking_advice(got, made_pack(), gate="g2", at=at)
    assert [(r.car_park, r.walk_min) for r in advice.rows] == [("x2", 4.0), ("x1", 9.0)]


def test_a_car_park_of_the_pack_without_readings_is_told_as_such() -> None:
    got = READ[READ["car_park"] != "p2"]
    advice = parking_advice(got, made_pack(), gate="g1", at=LAST)
    silent = advice.rows[-1]
    assert (silent.car_park, silent.stale, silent.probability_free) == ("p2", True, None)
    assert "没有读数" in silent.advice.zh
    assert silent.bays == 200


def test_one_reading_tells_its_own_moment_and_nothing_else() -> None:
    got = frame([("p1", LAST, 150.0, 200.0, "good"), ("p2", LAST, 200.0, 200.0, "good")])
    here = parking_advice(got, made_pack(), gate="g1", at=LAST)
    assert (row(here, "p1").probability_free or 0) > 0.9
    assert (row(here, "p2").probability_free or 1) < 0.1
    later = parking_advice(got, made_pack(), gate="g1", at=LAST + dt.timedelta(minutes=20))
    assert row(later, "p1").probability_free is None
    assert "太少" in row(later, "p1").advice.zh
    assert [r.car_park for r in later.rows][:2] == ["p1", "p2"]
    assert later.sign[1].words.zh == "2号停车场 已满 → 1号停车场"


def test_no_bays_no_share() -> None:
    """Where nobody tells how many bays there are, nothing is said of free ones."""
    got = READ.assign(capacity=float("nan"), car_park="x" + READ["car_park"])
    advice = parking_advice(got, made_pack(), gate="g1", at=LAST)
    assert all(r.free is None and r.probability_free is None for r in advice.rows)
    assert "泊位总数未知" in advice.rows[0].advice.zh
    with_pack = READ.assign(capacity=float("nan"))
    told = parking_advice(with_pack, made_pack(), gate="g1", at=LAST)
    assert told.to_json() == parking_advice(READ, made_pack(), gate="g1", at=LAST).to_json()


def test_an_old_file_is_out_of_date_not_certain() -> None:
    """More than a fortnight after the last reading nothing is known."""
    advice = parking_advice(READ, made_pack(), gate="g1", at=LAST + dt.timedelta(days=20))
    assert all(r.stale and r.probability_free is None and r.free is None for r in advice.rows)


@pytest.mark.parametrize(
    ("gate", "at", "now", "said"),
    [
        ("east gate", LAST, None, "East gate"),
        ("g1", LAST.replace(tzinfo=None), None, "时区"),
        ("g1", LAST, LAST + dt.timedelta(hours=1), "早于"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    gate: str, at: dt.datetime, now: dt.datetime | None, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        parking_advice(READ, made_pack(), gate=gate, at=at, now=now)
    assert said in f"{refused.value.message.zh} {refused.value.message.en}"


def test_an_unknown_gate_names_the_one_most_like_it() -> None:
    with pytest.raises(InputError) as refused:
        parking_advice(READ, made_pack(), gate="East gat", at=LAST)
    assert refused.value.hint is not None
    assert "g1" in refused.value.hint.en
    with pytest.raises(InputError, match="no gates"):
        parking_advice(READ, made_pack(gates=()), gate="g1", at=LAST)


def test_no_readings_at_all() -> None:
    kinds = {"read_at": "datetime64[us, UTC]", "occupied": "float64", "capacity": "float64"}
    empty = pd.DataFrame(columns=PARKING_READINGS.names).astype(kinds)
    advice = parking_advice(empty, made_pack(), gate="g1", at=LAST)
    assert [r.probability_free for r in advice.rows] == [None] * 3
    assert all(r.stale for r in advice.rows)
    none = parking_advice(empty, made_pack(car_parks=()), gate="g1", at=LAST)
    assert none.rows == ()
    assert "没有停车场读数" in none.notes[0].zh


def test_synthetic_is_said() -> None:
    advice = parking_advice(READ.assign(synthetic=True), made_pack(), gate="g1", at=LAST)
    assert all(r.synthetic for r in advice.rows)
    assert any("合成" in note.zh for note in advice.notes)


@given(
    tops=st.lists(st.floats(0, 1.6), min_size=3, max_size=3),
    ahead=st.integers(0, 30 * 60),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=12)
def test_ranks_are_a_permutation_whatever_the_order_of_rows(tops, ahead, order) -> None:
    got = readings(dict(zip(("p1", "p2", "p3"), tops, strict=True)), days=9)
    rows = list(range(len(got)))
    order.shuffle(rows)
    at = FIRST + dt.timedelta(days=9, hours=10, minutes=ahead)
    one = parking_advice(got, made_pack(), gate="g1", at=at)
    other = parking_advice(got.iloc[rows], made_pack(), gate="g1", at=at)
    assert one.to_json() == other.to_json()
    assert sorted(r.rank for r in one.rows) == [1, 2, 3]
    usable = [r.total_min for r in one.rows]
    assert usable == sorted(usable)
    for r in one.rows:
        assert r.probability_free is not None
        assert 0 < r.probability_free < 1
        low, high = r.probability_range
        assert low <= r.probability_free <= high
        assert r.total_min >= r.walk_min


def test_real_car_parks_are_answered_at_any_time_of_their_day(shared: Path) -> None:
    """Full ones last; the readings above the capacity never count."""
    got = birmingham(shared)
    at = dt.datetime(2016, 11, 19, 13, 0, tzinfo=LONDON)
    advice = parking_advice(got, made_pack(), gate="g1", at=at, now=at - dt.timedelta(hours=2))
    assert len(advice.rows) == 29
    chances = {r.car_park: r.probability_free for r in advice.rows}
    # At 13:00 of Saturdays this one is full; at 11:00 it has 90 of 1010 bays left.
    assert chances["BHMBRCBRG01"] is not None
    assert chances["BHMBRCBRG01"] < 0.3
    assert next(r for r in advice.rows if r.car_park == "BHMBRCBRG01").free == 90
    assert sum((c or 0) > 0.9 for c in chances.values()) >= 20
    night = parking_advice(got, made_pack(), gate="g1", at=at.replace(hour=23))
    assert all(r.probability_free is None for r in night.rows)
