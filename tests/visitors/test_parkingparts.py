"""Searching, walking, signs and the board of car parks."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.visitors.madeparking import FIRST, ZONE, made_pack, readings
from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.visitors.pack import Gate, Walk
from wetland.visitors.parkingboard import BOARD_COLUMNS, parking_board
from wetland.visitors.parkingsearch import Stop, costs, round_minutes, search_minutes
from wetland.visitors.parkingsign import Signed, columns, shortened, sign_line
from wetland.visitors.parkingwalk import walk_time
from wetland.visitors.tables import PARKING_READINGS

LAST = FIRST + dt.timedelta(days=3, hours=10)
CHANCE = st.floats(0, 1)
MINUTES = st.floats(0, 40)


def test_searching_takes_longer_the_fuller_it_is() -> None:
    """At 99 % a hundred bays are passed: 90 s; never more than once past all bays."""
    share = np.linspace(0, 1, 101)
    minutes = search_minutes(share, 300)
    assert (np.diff(minutes) >= 0).all()
    assert minutes[99] == pytest.approx(1 + 100 * 0.9 / 60)
    assert minutes[100] == pytest.approx(1 + 300 * 0.9 / 60)
    assert search_minutes(np.ones(1), 50_000)[0] == 11
    assert round_minutes(300) == pytest.approx(minutes[100] + 2)


def test_minutes_of_two_car_parks_by_hand() -> None:
    stops = [Stop(0.5, 1.0, 4.0, 3.0), Stop(0.9, 1.0, 6.0, 8.0)]
    metres: list[list[float | None]] = [[None, None], [None, None]]
    first = 0.5 * 4 + 0.5 * (4 + max(4, 5 + 1 + 8 + 0.1 * 15))
    second = 0.9 * 9 + 0.1 * (6 + max(9, 5 + 1 + 3 + 0.5 * 15))
    found = costs(stops, metres)
    assert [c.total_min for c in found] == pytest.approx([first, second])
    # The same without the walks: of the first itself, and of the other from there.
    assert found[0].search_min == pytest.approx(0.5 * 1 + 0.5 * (4 + 5 + 1 + 0.1 * 15))
    alone = costs(stops[:1], [[None]])[0]
    assert alone.total_min == pytest.approx(0.5 * 4 + 0.5 * (4 + 4 + 15))
    assert alone.search_min == pytest.approx(0.5 * 1 + 0.5 * (4 + 1 + 15))


@given(
    chances=st.lists(CHANCE, min_size=1, max_size=5),
    more=CHANCE,
    walks=st.lists(MINUTES, min_size=5, max_size=5),
    apart=st.one_of(st.none(), st.floats(0, 5000)),
)
@settings(max_examples=100)
def test_more_chance_never_costs_minutes(chances, more, walks, apart) -> None:
    def total(first: float) -> float:
        told = [first, *chances[1:]]
        stops = [Stop(c, 1.5, 4.0, w) for c, w in zip(told, walks, strict=False)]
        return costs(stops, [[apart] * len(stops)] * len(stops))[0].total_min

    low, high = sorted((chances[0], more))
    assert total(high) <= total(low) + 1e-9
    assert total(low) >= walks[0] + 1.5 - 1e-9


def test_walks_are_the_packs_then_the_files_then_the_straight_line() -> None:
    pack = made_pack()
    east, west = pack.gates
    assert walk_time(pack, car_park="p1", gate=east, told_min=99.0).minutes == 3
    assert walk_time(pack, car_park="p1", gate=west, told_min=99.0).minutes == 99
    far = walk_time(pack, car_park="p1", gate=west)
    assert far.minutes == pytest.approx(41 * 96.15 * 1.3 / 75, rel=0.05)
    assert not far.synthetic
    assert walk_time(pack, car_park="elsewhere", gate=west).minutes is None
    nowhere = Gate(id="g", name=text("门", "gate"), area="east")
    assert walk_time(pack, car_park="p1", gate=nowhere).minutes is None
    invented = Walk(car_park="p1", gate="g1", minutes=5, source="invented", synthetic=True)
    assert walk_time(made_pack(walks=(invented,)), car_park="p1", gate=east).synthetic


NAMES = st.text(
    st.one_of(st.characters(codec="utf-8", exclude_categories=("C", "Z", "M")), st.just("停")),
    min_size=1,
    max_size=40,
)


@given(
    name=NAMES,
    onward=st.one_of(st.none(), NAMES),
    state=st.sampled_from(["free", "full", "no_data", "closed"]),
    free=st.integers(0, 99_999),
    walk=st.one_of(st.none(), st.floats(0, 99)),
    most=st.integers(16, 60),
)
@settings(max_examples=200)
def test_lines_fit_and_keep_what_counts(name, onward, state, free, walk, most) -> None:
    """A line is never too long; the number of bays and the state stay whole."""
    onto = None if onward is None else text(onward, onward)
    line = sign_line(Signed("p", text(name, name), state, free, walk, onto), most=most)
    core = {
        "free": (f"余 {free} 位", f"{free} free"),
        "full": ("已满", "FULL"),
        "no_data": ("暂无数据", "no data"),
        "closed": ("关闭", "CLOSED"),
    }[state]
    for words, kept in zip((line.words.zh, line.words.en), core, strict=True):
        assert columns(words) <= most
        assert kept in words
        assert "\n" not in words


def test_identifiers_stand_for_names_that_do_not_fit_on_a_sign() -> None:
    long, next_one = text("四号", "example car park 4"), text("一号", "example car park 1")
    full = Signed("EX-C4", long, "full", onward=next_one, onward_id="EX-C1")
    assert sign_line(full).words.en == "example car park 4 FULL → EX-C1"
    assert sign_line(full).words.zh == "四号 已满 → 一号"
    assert sign_line(full, most=24).words.en == "EX-C4 FULL → EX-C1"
    assert sign_line(Signed("EX-C4", long, "free", 12), most=16).words.en == "EX-C4 12 free"
    assert "…" in sign_line(Signed("x" * 30, long, "free", 12), most=16).words.en


def test_lines_of_signs() -> None:
    one, two = text("1号停车场", "P1"), text("2号停车场", "P2")
    said = sign_line(Signed("p1", one, "free", 123, 6.4)).words
    assert (said.zh, said.en) == ("1号停车场 余 123 位 步行 6 分", "P1 123 free, 6 min walk")
    said = sign_line(Signed("p1", one, "full", onward=two)).words
    assert (said.zh, said.en) == ("1号停车场 已满 → 2号停车场", "P1 FULL → P2")
    said = sign_line(Signed("p1", one, "no_data")).words
    assert (said.zh, said.en) == ("1号停车场 暂无数据", "P1 no data")
    assert sign_line(Signed("p1", one, "free", 5, 6.0), most=20).words.zh == "1号停车场 余 5 位"
    assert shortened("1号停车场", 6) == "1号…"
    assert shortened("1号停车场", 1) == ""


def test_the_board_says_share_trend_and_age() -> None:
    got = readings({"p1": 0.7, "p2": 0.7}, days=3)
    got = got[(got["car_park"] == "p1") | (got["read_at"] < LAST - dt.timedelta(hours=3))]
    board = parking_board(got, made_pack(), at=LAST + dt.timedelta(minutes=5))
    assert list(board.columns) == list(BOARD_COLUMNS)
    assert board["car_park"].tolist() == ["p1", "p2", "p3"]
    assert board["stale"].tolist() == [False, True, True]
    first = board.iloc[0]
    assert first["age_min"] == 5
    assert first["share"] == pytest.approx(0.7 * 4 / 7, abs=0.04)
    assert first["free"] == 200 - first["occupied"]
    # Half an hour of the rise to 70 % of 200 bays within seven hours is ten cars.
    assert first["trend_cars"] == pytest.approx(10, abs=8)
    assert np.isnan(board["free"].iloc[1])
    assert board["share"].iloc[1] > 0
    assert pd.isna(board["read_at"].iloc[2])


def test_the_board_of_nothing_and_of_other_car_parks() -> None:
    kinds = {"read_at": "datetime64[us, UTC]", "occupied": "float64", "capacity": "float64"}
    empty = pd.DataFrame(columns=PARKING_READINGS.names).astype(kinds)
    assert len(parking_board(empty, made_pack(car_parks=()), at=LAST)) == 0
    assert parking_board(empty, made_pack(), at=LAST)["stale"].all()
    other = readings({"x": 0.5}, days=1)
    board = parking_board(other, made_pack(), at=FIRST + dt.timedelta(hours=1), tz=ZONE)
    assert board["car_park"].tolist() == ["x"]
    with pytest.raises(InputError, match="zone"):
        parking_board(other, made_pack(), at=FIRST.replace(tzinfo=None))
