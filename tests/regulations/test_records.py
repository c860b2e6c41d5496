"""Does a permit, a closure or a designated area cover an act? Doubt stays doubt."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.regulations.small import act
from wetland.regulations.records import RECORDS, Record, record_from_row, register_truth

BASE = record_from_row(
    {
        **dict.fromkeys(RECORDS.names),
        "record_id": "p1",
        "kind": "consent",
        "valid_from": dt.date(2020, 3, 1),
        "valid_to": dt.date(2020, 7, 1),
        "status": "issued",
    }
)


def _truth(record: Record, on: str = "2020-06-01", *, place=True, at=None, complete=None, **facts):
    return register_truth(
        [record], act(on, **facts), lambda _: place, at=at, complete_from=complete
    ).value


@pytest.mark.parametrize(
    ("on", "answer"),
    [("2020-02-29", None), ("2020-03-01", True), ("2020-06-30", True), ("2020-07-01", None)],
)
def test_the_period_is_half_open_and_absence_is_unknown(on, answer) -> None:
    assert _truth(BASE, on) is answer


def test_absence_means_none_only_from_where_the_register_is_complete() -> None:
    assert _truth(BASE, "2020-08-01", complete=dt.date(2020, 1, 1)) is False
    assert _truth(BASE, "2020-08-01", complete=dt.date(2020, 9, 1)) is None
    assert (
        register_truth([], act(), lambda _: True, complete_from=dt.date(2020, 1, 1)).value is False
    )


@pytest.mark.parametrize(("place", "answer"), [(True, True), (None, None), (False, None)])
def test_the_place_counts(place, answer) -> None:
    assert _truth(BASE, place=place) is answer


def test_a_permit_names_its_holder() -> None:
    named = replace(BASE, holder="甲")
    assert _truth(named, party_name="甲") is True
    assert _truth(named, party_name="乙", complete=dt.date(2020, 1, 1)) is False
    assert _truth(named) is None


def test_a_quantity_is_a_limit() -> None:
    limited = replace(BASE, quantity=10.0)
    assert _truth(limited, quantity=10.0) is True
    assert _truth(limited, quantity=10.5, complete=dt.date(2020, 1, 1)) is False
    assert _truth(limited) is None


def test_revoked_from_a_day() -> None:
    revoked = replace(BASE, revoked=True, revoked_on=dt.date(2020, 5, 1))
    assert _truth(revoked, "2020-04-30") is True
    assert _truth(revoked, "2020-05-01", complete=dt.date(2020, 1, 1)) is False
    assert _truth(replace(revoked, revoked_on=None), "2020-04-30") is None


def test_season_weekdays_and_hours() -> None:
    area = replace(
        BASE,
        valid_from=dt.date(2020, 1, 1),
        valid_to=None,
        season=("11-01", "02-28"),
        weekdays=(6, 7),
        hours=(dt.time(6), dt.time(18)),
    )
    complete = dt.date(2020, 1, 1)
    assert _truth(area, "2020-12-05", at=dt.time(6), complete=complete) is True  # a Saturday
    assert _truth(area, "2020-12-05", at=dt.time(18), complete=complete) is False
    assert _truth(area, "2020-12-05", complete=complete) is None
    assert _truth(area, "2020-12-04", at=dt.time(7), complete=complete) is False
    assert _truth(area, "2020-06-06", at=dt.time(7), complete=complete) is False


def test_a_permit_for_another_activity_does_not_cover() -> None:
    digging = replace(BASE, activity="digging")
    assert _truth(digging, complete=dt.date(2020, 1, 1)) is False
    assert _truth(replace(BASE, activity="fishing.angling")) is None


@given(
    st.sampled_from([True, None, False]),
    st.sampled_from(["甲", "乙", None]),
    st.sampled_from([5.0, 50.0, None]),
    st.sampled_from(["2020-06-01", "2020-08-01"]),
    st.booleans(),
)
def test_forgetting_never_turns_a_permit(place, party, quantity, on, complete) -> None:
    record = replace(BASE, holder="甲", quantity=10.0)
    start = dt.date(2020, 1, 1) if complete else None
    facts = {k: v for k, v in (("party_name", party), ("quantity", quantity)) if v is not None}
    full = _truth(record, on, place=place, complete=start, **facts)
    for name in facts:
        less = {k: v for k, v in facts.items() if k != name}
        assert _truth(record, on, place=place, complete=start, **less) in {full, None}
    assert _truth(record, on, place=None, complete=start, **facts) in {full, None}
