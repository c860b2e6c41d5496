"""What forecasts by the hour are made from: covariance, scale, yardsticks, past errors."""

from __future__ import annotations

import datetime as dt
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.visitors.hourcases import FIRST, car_parks, gates
from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.statistics.gaussian import factored, surprise, surprise_slope
from wetland.statistics.onethread import one_thread
from wetland.visitors.calendar import Calendar
from wetland.visitors.hourserrors import (
    LEAD_HOURS,
    error_quantiles,
    few_days,
    lead_class,
    normal_quantiles,
)
from wetland.visitors.hoursfit import fitted
from wetland.visitors.hoursgrid import SlotGrid, day_table, window
from wetland.visitors.hoursjudge import outcomes_of, yardstick
from wetland.visitors.hourskernel import START, Kernel, farthest, grounds, start
from wetland.visitors.hoursroll import Block, Pairs, joined, learn, roll, roll_block, tell
from wetland.visitors.hoursscale import from_model, scaled, to_model
from wetland.visitors.pack import Holiday

LEVELS = np.array([0.05, 0.5, 0.95])


@pytest.fixture(scope="module")
def protocol() -> ModuleType:
    folder = str(Path(__file__).resolve().parents[2] / "benchmarks")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("visitorprotocol")
    finally:
        sys.path.remove(folder)


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    with one_thread():
        yield


# Grid and days


@pytest.mark.parametrize(
    ("shape", "slots", "limit"),
    [((1, 3, 24), 48, None), ((2, 3, 24), 24, None), ((1, 3, 12), 12, None), ((1, 3, 24), 24, 0)],
)
def test_grid_whose_parts_do_not_fit_is_refused(
    shape: tuple[int, ...], slots: int, limit: float | None
) -> None:
    bays = None if limit is None else np.array([float(limit)])
    with pytest.raises(InputError):
        SlotGrid(("a",), FIRST, slots, np.zeros(shape), bays)


def test_values_that_cannot_be_are_not_used() -> None:
    values = np.full((1, 2, 24), np.nan)
    values[0, 0, :4] = [-1, 5, 11, np.inf]
    levels = SlotGrid(("a",), FIRST, 24, values, np.array([10.0]))
    assert np.isfinite(levels.usable()).sum() == 1
    assert levels.last_known() == (0, 1)
    assert SlotGrid(("a",), FIRST, 24, values).last_known() == (0, 2)
    assert SlotGrid(("a",), FIRST, 24, values * np.nan).last_known() is None


def test_days_are_labelled_by_weekday_holiday_and_makeup_day() -> None:
    off, worked = dt.date(2026, 3, 4), dt.date(2026, 3, 7)  # a Wednesday off, a Saturday worked
    name = text("节", "feast")
    known = {d: Holiday(day=d, off=d == off, name=name) for d in (off, worked)}
    table = day_table(FIRST, 7, Calendar(known, frozenset({2026})))
    assert table.label.tolist() == [0, 1, 7, 3, 4, 8, 6]
    assert table.off.tolist() == [False, False, True, False, False, False, True]
    assert table.holiday.tolist() == [-1, -1, 0, -1, -1, -1, -1]
    assert day_table(FIRST, 7, None).label.tolist() == list(range(7))


def test_window_holds_the_last_days_and_the_last_time_of_coming_holidays() -> None:
    days = [dt.date(2026, 3, 4), dt.date(2026, 3, 12), dt.date(2026, 6, 1)]
    names = [text("甲", "a"), text("乙", "b"), text("甲", "a")]
    known = {d: Holiday(day=d, off=True, name=n) for d, n in zip(days, names, strict=True)}
    table = day_table(FIRST, 120, Calendar(known, frozenset({2026})))
    assert window(table, upto=85, ahead=14, size=28).tolist() == [2, *range(57, 85)]
    assert window(table, upto=85, ahead=3, size=28).tolist() == list(range(57, 85))
    assert window(table, upto=20, ahead=3, size=28).tolist() == list(range(20))


# Covariance


def test_slopes_of_the_covariance_are_those_of_small_steps() -> None:
    base = grounds(day_table(FIRST, 9, None), np.arange(9), np.arange(0.0, 24, 3))
    rng = np.random.default_rng(2)
    log, values = start() + rng.normal(0, 0.2, len(start())), rng.normal(size=60)
    log = np.minimum(log, farthest())
    places = tuple(x[:60] for x in np.nonzero(np.ones((9, 8))))

    def loss(at: np.ndarray) -> float:
        return surprise(factored(Kernel.of(at, base).between((places[0], places[1])), values))

    kernel = Kernel.of(log, base)
    found = factored(kernel.between((places[0], places[1])), values)
    slopes = kernel.slopes((places[0], places[1]), surprise_slope(found), len(log))
    for i, step in enumerate(1e-5 * np.eye(len(log))):
        assert slopes[i] == pytest.approx((loss(log + step) - loss(log - step)) / 2e-5, abs=2e-3)


@pytest.mark.parametrize("far", [False, True])
def test_covariance_is_one_also_over_midnight(far: bool) -> None:
    days = np.array([0, 1, 2, 5, 6, 20, 21])
    base = grounds(day_table(FIRST, 30, None), days, np.arange(0.0, 24, 0.5))
    log = np.where(np.isfinite(farthest()) & far, farthest(), start())
    kernel = Kernel.of(log, base)
    day, slot = np.nonzero(np.ones((7, 48)))
    whole = kernel.between((day, slot))
    assert np.linalg.eigvalsh(whole).min() > (-0.01 if far else 0)
    assert kernel.variances((day, slot)) == pytest.approx(np.diag(whole))
    assert kernel.across((day[:5], slot[:5]), (day, slot)) == pytest.approx(whole[:5])
    late, next_day, day_after = 47, 48, 96  # 23:30, and 0:00 of the two days after
    assert whole[late, next_day] > whole[late, day_after] + 0.05
    assert len(log) == len(START) + (len(START) - 1) + 4


def test_what_is_learnt_is_likelier_and_series_with_little_keep_what_is_common() -> None:
    grid = gates(30, 3)
    grid.values[2, :28] = np.nan
    table = day_table(FIRST, 40, None)
    model = to_model(grid.usable(), flows=True)
    days = np.arange(30)
    scale = scaled(model, days, usual_days=days, flows=True)
    standard, slots = scale.standard(model), np.arange(8, 18)
    found = fitted(standard, days, table, slots=slots)
    base = grounds(table, days, slots.astype(np.float64))

    def loss(log: np.ndarray, row: np.ndarray) -> float:
        known = np.nonzero(np.isfinite(row))
        return surprise(factored(Kernel.of(log, base).between((known[0], known[1])), row[known]))

    for one in (0, 1):
        row = standard[one, days][:, slots]
        assert loss(found[one], row) < loss(start(), row)
    assert not np.allclose(found[0], found[1])
    alone = fitted(standard[2:], days, table, slots=slots)
    assert alone[0] == pytest.approx(start())


# Scale


@given(value=st.floats(0, 1e6), limit=st.floats(1, 1e6))
def test_scale_of_the_model_goes_there_and_back(value: float, limit: float) -> None:
    one = np.array([value])
    assert from_model(to_model(one, flows=True), limit=None) == pytest.approx(one)
    back = from_model(to_model(one, flows=False), limit=np.array([limit]))
    assert back == pytest.approx(min(value, limit))


def test_slots_of_nought_are_closed_for_flows_and_not_for_levels() -> None:
    grid = gates(10, 1)
    days = np.arange(10)
    flows = scaled(grid.values, days, usual_days=days, flows=True)
    assert flows.closed[0].sum() == 14
    assert flows.open[0].sum() == 10
    assert not scaled(grid.values, days, usual_days=days, flows=False).closed.any()
    few = np.arange(4)
    assert not scaled(grid.values, few, usual_days=few, flows=True).closed.any()
    standard = flows.standard(grid.values)
    assert np.nanmean(standard[0, :, 12]) == pytest.approx(0, abs=1e-9)


# Rolling


def test_nothing_later_than_the_origin_is_used() -> None:
    """Values after an origin may be anything: what was told there stays."""
    grid = car_parks(24)
    leads = np.array([1, 3, 20, 48])
    blocks = [Block(16, 20), Block(20, 24)]
    table = day_table(FIRST, 40, None)
    told = roll(grid, table, blocks, leads)
    cut = 20 * 48 + 25
    later = grid.values.reshape(2, -1).copy()
    later[:, cut + 1 :] = np.where(np.isnan(later[:, cut + 1 :]), np.nan, 17.0)
    changed = roll(
        SlotGrid(grid.names, FIRST, 48, later.reshape(grid.values.shape), grid.limit),
        table, blocks, leads,
    )  # fmt: skip
    before = told.origin <= cut
    assert before.sum() > 500
    assert changed.told[before] == pytest.approx(told.told[before], abs=1e-7)
    assert changed.spread[before] == pytest.approx(told.spread[before], abs=1e-7)
    assert not np.allclose(changed.told[~before], told.told[~before])


def test_last_origin_tells_what_rolling_told() -> None:
    """One factorisation in order of time agrees with solving for the steps ahead."""
    grid = car_parks(20)
    table = day_table(FIRST, 40, None)
    model = to_model(grid.usable(), flows=False)
    learnt = learn(model, table, upto=17, ahead_days=3, flows=False)
    leads = np.arange(1, 60)
    pairs = joined(roll_block(model, table, learnt, Block(17, 19), leads))
    origin = 18 * 48 + 20
    known = model.reshape(2, -1).copy()
    known[:, origin + 1 :] = np.nan
    days = np.concatenate([learnt.days, [17, 18]])
    later = type(learnt)(17, days, learnt.slots, learnt.scale, learnt.numbers)
    means, spreads = tell(known.reshape(model.shape), table, later, origin + leads)
    rows = pairs.origin == origin
    at = (pairs.series[rows], pairs.lead[rows] - 1)
    assert rows.sum() > 40
    assert means[at] == pytest.approx(pairs.told[rows], abs=1e-3)
    assert spreads[at] == pytest.approx(pairs.spread[rows], rel=1e-3)


# Yardsticks


@given(seed=st.integers(0, 10_000), step=st.sampled_from([1, 7]))
@settings(max_examples=20)
def test_yardstick_is_the_latest_known_value_of_that_slot(seed: int, step: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.random((1, 50, 24))
    values[rng.random(values.shape) < 0.4] = np.nan
    origin, lead = rng.integers(0, 35 * 24, 30), rng.integers(1, 14 * 24, 30)
    none = np.zeros(30)
    pairs = Pairs(np.zeros(30, int), origin, lead, none, none, none, np.zeros(30, int))
    for told, from_step, ahead in zip(
        yardstick(values, pairs, step=step), origin, lead, strict=True
    ):
        day, slot = divmod(int(from_step + ahead), 24)
        back = [d for d in range(day - step, -1, -step) if d * 24 + slot <= from_step]
        back = [d for d in back if back[0] - d <= 28 and np.isfinite(values[0, d, slot])]
        wanted = values[0, back[0], slot] if back else np.nan
        assert told == pytest.approx(wanted, nan_ok=True)


def test_yardsticks_are_those_of_the_protocol(protocol: ModuleType, shared: Path) -> None:
    data = protocol.parking(shared / "data/visitors/birmingham_parking_train.csv")
    for horizon, lead in (("1 h", 2), ("4 h", 8), ("24 h", 18)):
        asked = protocol.cases(data, horizon, protocol.FIRST_TEST)
        none, size = np.zeros(len(asked)), np.full(len(asked), lead)
        origin = asked.day * 18 + asked.slot
        pairs = Pairs(asked.park, origin, size, none, none, none, asked.park)
        daily, weekly = (yardstick(data.share, pairs, step=step) for step in (1, 7))
        assert np.array_equal(daily, asked.daily)
        assert np.mean(weekly == asked.weekly) > 0.999  # four weeks back here, 28 days there


# Past errors


def test_quantiles_are_the_normal_ones_without_errors_and_follow_many() -> None:
    nothing = error_quantiles(joined([]), count=2, per_day=24, levels=LEVELS)
    assert nothing == pytest.approx(np.broadcast_to(normal_quantiles(LEVELS), (2, 11, 3)))
    rng = np.random.default_rng(0)
    size = 60_000
    series, origin = rng.integers(0, 2, size), rng.integers(0, 24 * 400, size)
    miss = rng.laplace(size=size) * np.where(series == 0, 1.0, 3.0)
    one = np.ones(size)
    pairs = Pairs(series, origin, np.ones(size, int), miss, 0 * one, one, np.zeros(size, int))
    found = error_quantiles(pairs, count=2, per_day=24, levels=LEVELS)
    assert found[0, 1] == pytest.approx([-2.3, 0, 2.3], abs=0.25)
    assert found[1, 1] == pytest.approx([-6.9, 0, 6.9], abs=0.7)
    assert found[:, 9] == pytest.approx(1.02 * found[:, 1], rel=0.02)  # no errors of longer leads
    assert found[0, 0] == pytest.approx(normal_quantiles(LEVELS), abs=0.1)


def test_few_days_widen() -> None:
    wide = [few_days(np.array([0.95]), days)[0] for days in (2, 7, 14, 100)]
    assert wide == sorted(wide, reverse=True)
    assert wide[0] == pytest.approx(
        2.353 / 1.645, abs=1e-3
    )  # Student's table, 3 degrees of freedom
    assert wide[3] == pytest.approx(1, abs=0.02)


@given(lead=st.integers(1, 14 * 48), per_day=st.sampled_from([24, 48]))
def test_class_of_a_lead_is_the_first_that_holds_it(lead: int, per_day: int) -> None:
    lead = min(lead, 14 * per_day)
    found = int(lead_class(np.array([lead]), per_day)[0])
    hours = lead * 24 / per_day
    assert hours <= LEAD_HOURS[found]
    assert found == 0 or hours > LEAD_HOURS[found - 1]


# Car parks of Birmingham


def test_car_parks_of_birmingham_before_the_test(protocol: ModuleType, shared: Path) -> None:
    """Golden: the four weeks the method was set by, from every half hour of their last week."""
    data = protocol.parking(shared / "data/visitors/birmingham_parking_train.csv")
    values = np.full((29, 28, 48), np.nan)
    values[:, :, 16:34] = data.share[:, :28]
    grid = SlotGrid(data.names, data.first, 48, values, np.ones(29))
    table = day_table(data.first, 60, None)
    pairs = roll(grid, table, [Block(14, 21), Block(21, 28)], np.array([2, 8, 48]))
    outcomes = outcomes_of(grid, pairs, alpha=0.1)
    assert len(outcomes.actual) == 7615
    assert {r for r in outcomes.pairs.round} == {21}
    errors = {}
    for lead in (2, 8, 48):
        part = outcomes.at(outcomes.pairs.lead == lead)
        errors[lead] = [np.abs(part.actual - one).mean() for one in (part.told, part.naive)]
    assert errors[2][0] == pytest.approx(0.0219, abs=0.0003)
    assert errors[8][0] == pytest.approx(0.0515, abs=0.0008)
    assert errors[48][0] == pytest.approx(0.0542, abs=0.0010)
    assert all(mine < 0.85 * theirs for mine, theirs in errors.values())
    inside = (outcomes.actual >= outcomes.lower) & (outcomes.actual <= outcomes.upper)
    assert 0.85 < inside.mean() < 0.97
