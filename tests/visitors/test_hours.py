"""Forecasts by the hour: nothing of the future is used, limits hold, the test is honest."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.visitors.hourcases import FIRST, OPEN, car_parks, gates
from wetland.base.errors import InputError
from wetland.base.texts import text
from wetland.visitors.calendar import Calendar
from wetland.visitors.hours import SlotGrid, evaluate_slots, forecast_slots
from wetland.visitors.hoursgrid import day_table
from wetland.visitors.hoursmodel import learn_slots, rolling_blocks
from wetland.visitors.hoursoutlook import LEVELS, outlook, outlook_of
from wetland.visitors.pack import Event, Holiday


def test_forecast_is_shown_where_it_beats_the_yardsticks_and_stays_within_what_is_possible() -> (
    None
):
    for one in forecast_slots(gates(), horizon=48):
        assert one.shown, one.reason.en
        assert one.evaluation is not None
        assert one.evaluation.skill is not None
        assert one.evaluation.skill > 0.1
        assert one.evaluation.coverage > 0.75
        closed = np.ones(48, dtype=bool)
        closed[OPEN] = closed[24 + OPEN.start : 24 + OPEN.stop] = False
        assert (one.mean[closed] == 0).all()  # always nought there: closed
        assert (one.upper[closed] == 0).all()
        assert (one.mean[~closed] > 0).all()
        assert (one.lower >= 0).all()
        assert (one.lower <= one.mean).all()
        assert (one.mean <= one.upper).all()


def test_levels_lie_within_their_limit_and_slots_never_seen_are_not_told() -> None:
    grid = car_parks()
    for one in forecast_slots(grid, horizon=96):
        seen = np.isfinite(one.mean)
        assert seen.sum() == 52
        assert not seen[:14].any()
        assert one.upper[seen].max() <= 300
        assert one.lower[seen].min() >= 0
        assert any("ever observed" in note.en for note in one.notes)


def test_origin_inside_tells_what_would_have_been_told_then() -> None:
    grid = car_parks(30)
    values = grid.values[:, :25].copy()
    values[:, -1, 21:] = np.nan
    then = forecast_slots(replace(grid, values=values), horizon=10)
    now = forecast_slots(grid, horizon=10, origin=(24, 20))
    for a, b in zip(then, now, strict=True):
        assert a.mean == pytest.approx(b.mean, nan_ok=True)
        assert a.upper == pytest.approx(b.upper, nan_ok=True)
        assert a.evaluation == b.evaluation


def test_all_series_tell_the_same_steps_where_one_fell_silent() -> None:
    grid = gates(30)
    grid.values[1, 27:] = np.nan
    loud, silent = forecast_slots(grid, horizon=24)
    assert np.isfinite(silent.mean).all()
    wide, narrow = (one.upper - one.lower for one in (silent, loud))
    assert (wide[OPEN] / silent.mean[OPEN] > narrow[OPEN] / loud.mean[OPEN]).mean() > 0.5


def test_series_without_any_value_tells_nothing() -> None:
    grid = gates(30)
    grid.values[1] = np.nan
    told, nothing = forecast_slots(grid, horizon=24)
    assert np.isfinite(told.mean).all()
    assert np.isnan(nothing.mean).all()
    assert not nothing.shown
    assert nothing.evaluation is None


def test_series_that_never_changes_goes_on() -> None:
    grid = car_parks(30)
    grid.values[0] = np.where(np.isnan(grid.values[0]), np.nan, 120.0)
    flat, _ = forecast_slots(grid, horizon=48)
    seen = np.isfinite(flat.mean)
    assert flat.mean[seen] == pytest.approx(120, abs=0.01)
    assert (flat.upper - flat.lower)[seen].max() < 0.1
    assert not flat.shown
    assert "nothing to beat" in flat.reason.en


def test_too_few_days_are_told_but_not_shown() -> None:
    for one in forecast_slots(gates(12), horizon=24):
        assert not one.shown
        assert "22 days" in one.reason.en
        assert "there are 12" in one.reason.en
        assert np.isfinite(one.mean).all()


def test_days_whose_holidays_are_unknown_are_said() -> None:
    told = forecast_slots(gates(20, 1), horizon=24, calendar=Calendar(years=frozenset({2025})))
    assert "2026" in told[0].notes[0].en
    assert forecast_slots(gates(20, 1), horizon=24)[0].notes == ()


def test_coming_holiday_is_told_by_its_last_time() -> None:
    grid = gates(60, 1, seed=3)
    days = [FIRST + dt.timedelta(days=i) for i in (15, 16, 17, 60, 61, 62)]  # Tuesday on, Friday on
    held = {d: Holiday(day=d, off=True, name=text("花朝节", "flower festival")) for d in days}
    grid.values[:, 15:18] *= 4
    with_it = forecast_slots(
        grid, horizon=24, calendar=Calendar(held, frozenset({2026}))
    )[0]  # fmt: skip
    without = forecast_slots(grid, horizon=24)[0]
    usual = np.nanmean(grid.values[0, 18:, 12])
    assert with_it.mean[12] > 2 * usual
    assert without.mean[12] < 2 * usual


def test_event_is_told_by_its_last_time_and_a_new_one_teaches_nothing() -> None:
    grid = gates(60, 1, seed=4)
    grid.values[:, 22:25] *= 3

    def event(kind: str, day: int) -> Event:
        first = FIRST + dt.timedelta(days=day)
        last = first + dt.timedelta(days=3)
        name = text("节", "feast")
        return Event(
            id=f"{kind} {day}", kind=kind, name=name, source="-", valid_from=first, valid_to=last
        )

    known, new = (
        Calendar(years=frozenset({2026}), events=(event("feast", 22), event(kind, 60)))
        for kind in ("feast", "race")
    )
    told, other = (forecast_slots(grid, horizon=24, calendar=c)[0] for c in (known, new))
    assert told.mean[12] > 1.5 * other.mean[12]
    assert not day_table(FIRST, 63, new, known=60).special[60:].max() >= 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"horizon": 0}, "at most 14 days"),
        ({"horizon": 14 * 24 + 1}, "at most 14 days"),
        ({"alpha": 1.0}, "alpha"),
        ({"origin": (40, 0)}, "outside"),
        ({"origin": (0, 24)}, "outside"),
    ],
)
def test_what_cannot_be_asked_is_refused(change: dict[str, object], said: str) -> None:
    asked: dict[str, object] = {"horizon": 24, **change}
    with pytest.raises(InputError, match=said):
        forecast_slots(gates(20, 1), **asked)  # type: ignore[arg-type]


def test_grid_without_values_is_refused() -> None:
    with pytest.raises(InputError, match="no usable value"):
        forecast_slots(SlotGrid(("a",), FIRST, 24, np.full((1, 9, 24), np.nan)), horizon=24)
    late = gates(20, 1)
    late.values[:, :10] = np.nan
    with pytest.raises(InputError, match="no value up to the origin"):
        forecast_slots(late, horizon=24, origin=(5, 0))


def test_evaluation_pools_what_the_series_tell() -> None:
    grid = gates(45)
    found = evaluate_slots(grid, horizon=24)
    told = forecast_slots(grid, horizon=24)
    assert found.series == tuple(one.evaluation for one in told)
    assert found.shown == tuple(one.shown for one in told)
    tests = [one for one in found.series if one is not None]
    sizes = [one.tested for one in tests]
    assert found.mae == pytest.approx(np.average([one.mae for one in tests], weights=sizes))
    assert found.coverage == pytest.approx(
        np.average([one.coverage for one in tests], weights=sizes)
    )
    few = evaluate_slots(gates(10), horizon=24)
    assert few.coverage is None
    assert few.series == (None, None)


@given(days=st.integers(1, 120), horizon=st.integers(1, 336))
@settings(max_examples=40)
def test_blocks_lie_at_the_end_after_the_warm_up(days: int, horizon: int) -> None:
    grid = SlotGrid(("a",), FIRST, 24, np.ones((1, days, 24)))
    blocks = rolling_blocks(grid, horizon=horizon)
    if days < 18:
        assert blocks == []
        return
    assert blocks[-1].end == days
    assert blocks[0].start >= 14
    assert 2 <= len(blocks) <= 5
    assert all(a.end == b.start for a, b in itertools.pairwise(blocks))
    pairs = sum((b.end - b.start) * 24 / b.stride * horizon for b in blocks)
    assert pairs <= 20_000 * 1.3


def test_outlook_is_a_distribution_within_the_limit() -> None:
    grid = car_parks()
    model = learn_slots(grid, origin=(38, 20), horizon=72)
    targets = [(38, 21), (38, 28), (39, 24), (39, 2)]
    found = outlook_of(model, targets)
    assert found.sample.shape == (2, 4, LEVELS)
    part = found.sample[:, :3]
    assert (np.diff(part, axis=2) >= 0).all()
    assert part.min() >= 0
    assert part.max() <= 300
    assert np.isnan(found.middle[:, 3]).all()
    chance = [found.chance_below(line)[:, :3] for line in (0.0, 150.0, 299.5, 301.0)]
    assert (np.diff(chance, axis=0) >= 0).all()
    assert (chance[0] == 0).all()
    assert (chance[3] == 1).all()
    assert np.isnan(found.chance_below(np.full(2, 300.0))[:, 3]).all()
    assert (found.quantile(0.05)[:, :3] <= found.middle[:, :3]).all()
    width = found.quantile(0.95) - found.quantile(0.05)
    assert (width[:, 0] < width[:, 2]).all()  # half an hour ahead is surer than a day ahead
    for target in ((38, 20), (10, 0)):
        with pytest.raises(InputError, match="after the origin"):
            outlook_of(model, [target])


def test_outlook_of_a_grid_learns_as_far_as_is_asked() -> None:
    grid = car_parks(24)
    found = outlook(grid, targets=[(24, 20)], origin=(23, 30))
    same = outlook_of(learn_slots(grid, origin=(23, 30), horizon=38), [(24, 20)])
    assert found.sample == pytest.approx(same.sample)
    with pytest.raises(InputError, match="at most 14 days"):
        outlook(grid, targets=[(40, 20)])
    with pytest.raises(InputError, match="no usable value"):
        outlook(SlotGrid(("a",), FIRST, 24, np.full((1, 2, 24), np.nan)), targets=[(3, 1)])


@given(
    seed=st.integers(0, 100_000),
    days=st.integers(1, 22),
    series=st.integers(1, 3),
    per_day=st.sampled_from([24, 48]),
    level=st.booleans(),
)
@settings(max_examples=12, deadline=None)
def test_any_grid_is_told_within_what_is_possible(
    seed: int, days: int, series: int, per_day: int, level: bool
) -> None:
    """Gaps, constants, single values, impossible values: never an error, never a wild number."""
    rng = np.random.default_rng(seed)
    values = rng.choice([0.0, 3.0, 50.0, 400.0, -2.0], size=(series, days, per_day))
    values[rng.random(values.shape) < rng.choice([0.0, 0.5, 0.98])] = np.nan
    values[:, :, rng.random(per_day) < 0.5] = np.nan
    values[0, 0, 5] = 7.0
    names = tuple(str(i) for i in range(series))
    grid = SlotGrid(names, FIRST, per_day, values, np.full(series, 300.0) if level else None)
    for one, known in zip(forecast_slots(grid, horizon=30), grid.usable(), strict=True):
        told = np.isfinite(one.mean)
        start = np.nonzero(np.isfinite(grid.usable()).any(0).ravel())[0][-1] + 1
        seen = np.isfinite(known).any(axis=0)[(start + np.arange(30)) % per_day]
        assert np.array_equal(told, seen)
        assert np.array_equal(told, np.isfinite(one.lower + one.upper))
        assert (one.lower[told] <= one.mean[told] + 1e-9).all()
        assert (one.mean[told] <= one.upper[told] + 1e-9).all()
        assert (one.lower[told] >= 0).all()
        assert (one.upper[told] <= (300.0 if level else 40_000.0)).all()
