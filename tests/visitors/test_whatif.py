"""A lower cap: arithmetic on days, nothing more."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.base.errors import InputError
from wetland.visitors.whatif import NO_EFFECT, what_if

FIRST = dt.date(2026, 9, 29)


def series(values: list[float]) -> pd.Series:
    """Return values of days in a row."""
    return pd.Series(values, index=[FIRST + dt.timedelta(days=k) for k in range(len(values))])


def test_days_above_are_touched_and_a_day_at_the_cap_is_not() -> None:
    found = what_if(series([900.0, 1000.0, 1001.0, 1500.0, math.nan]), 1000)
    assert (found.days, found.touched, found.visitors, found.above) == (4, 2, 4401.0, 501.0)
    assert (found.moved, found.lost) == (0.0, 501.0)
    assert [str(day) for day in found.by_day["day"]] == ["2026-10-01", "2026-10-02"]
    assert found.by_month.to_dict("records") == [
        {"month": "2026-09", "days": 2.0, "touched": 0.0, "visitors": 1900.0, "above": 0.0,
         "kept": 1900.0},
        {"month": "2026-10", "days": 2.0, "touched": 2.0, "visitors": 2501.0, "above": 501.0,
         "kept": 2000.0},
    ]  # fmt: skip
    assert any("1天" in note.zh for note in found.notes)
    assert NO_EFFECT in found.notes


def test_who_comes_again_is_an_assumption_that_is_told() -> None:
    found = what_if(series([2000.0]), 1000, come_again=0.25)
    assert (found.moved, found.lost) == (250.0, 750.0)
    assert any("25%" in note.zh for note in found.notes)


def test_interval_of_a_forecast() -> None:
    mean, lower, upper = series([900.0, 1200.0]), series([700.0, 950.0]), series([1100.0, 1500.0])
    found = what_if(mean, 1000, bounds=(lower, upper))
    assert (found.above_lower, found.above, found.above_upper) == (0.0, 200.0, 600.0)
    assert math.isnan(what_if(mean, 1000).above_lower)
    with pytest.raises(InputError):
        what_if(mean, 1000, bounds=(lower[:1], upper))


@pytest.mark.parametrize(("cap", "again"), [(0, 0), (-5, 0), (math.nan, 0), (10, 1.5), (10, -0.1)])
def test_what_makes_no_sense_is_refused(cap: float, again: float) -> None:
    with pytest.raises(InputError):
        what_if(series([1.0]), cap, come_again=again)


def test_no_days() -> None:
    found = what_if(pd.Series(dtype=float), 10)
    assert (found.days, found.touched, found.above) == (0, 0, 0.0)
    assert not len(found.by_month)


@given(
    st.lists(st.one_of(st.just(math.nan), st.integers(0, 10**6).map(float)), max_size=60),
    st.integers(1, 10**6), st.integers(1, 10**6), st.floats(0, 1),
)  # fmt: skip
def test_nobody_vanishes_and_a_lower_cap_never_touches_less(
    values: list[float], cap: int, other: int, again: float
) -> None:
    found = what_if(series(values), cap, come_again=again)
    kept = sum(min(v, cap) for v in values if not math.isnan(v))
    assert found.visitors == pytest.approx(kept + found.above)
    assert found.moved + found.lost == pytest.approx(found.above)
    lower = what_if(series(values), min(cap, other))
    assert lower.above >= found.above
    assert lower.touched >= found.touched
    assert found.by_month["above"].sum() == pytest.approx(found.above)
